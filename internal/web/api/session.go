package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/web"
)

type signIn struct {
	Body struct {
		Login    string `json:"login" minLength:"1" maxLength:"32" doc:"登录名"`
		Password string `json:"password" minLength:"1" maxLength:"1024" doc:"口令"`
		Bearer   bool   `json:"bearer,omitempty" doc:"true：在答复里给令牌，不设 Cookie；供程序用"`
	}
}

type sessionItem struct {
	Login   string            `json:"login"`
	Roles   []string          `json:"roles"`
	May     []auth.Permission `json:"may" doc:"可以做的事"`
	Admdvs  string            `json:"admdvs" doc:"数据范围：区划，空为全部"`
	Inst    string            `json:"fixmedins_code" doc:"数据范围：机构，空为全部"`
	CSRF    string            `json:"csrf" doc:"用 Cookie 时，改动要放进请求头 X-Csrf-Token"`
	Token   string            `json:"token,omitempty" doc:"令牌，只给这一次"`
	Expires string            `json:"expires_at,omitempty"`
}

func itemOf(who *auth.Identity) sessionItem {
	x := sessionItem{Login: who.Name, Roles: who.Roles, May: who.Permissions(), Admdvs: who.Scope.Admdvs, Inst: who.Scope.Inst}
	if x.Roles == nil {
		x.Roles = []string{}
	}
	return x
}

type sessionAnswer struct {
	Cookie *http.Cookie `header:"Set-Cookie"`
	Body   sessionItem
}

func (a *API) session() {
	Add(a, huma.Operation{OperationID: "sign-in", Method: http.MethodPost, Path: "/api/session", Summary: "登录", Tags: []string{"登录"},
		Description: "连续 5 次失败锁定 15 分钟。半小时不用或 12 小时后要重新登录；改口令、停用账号立即失效。", Errors: []int{401, 429}}, Need{Open: true}, a.signIn)
	Add(a, huma.Operation{OperationID: "who-am-i", Method: http.MethodGet, Path: "/api/session", Summary: "我是谁，能做什么", Tags: []string{"登录"}}, Need{Keys: true, Inst: true},
		func(ctx context.Context, _ *struct{}) (*Body[sessionItem], error) {
			c := callerOf(ctx)
			x := itemOf(c.who)
			if c.cookie && c.token != "" {
				x.CSRF = auth.CSRF(c.token)
			}
			return &Body[sessionItem]{x}, nil
		})
	Add(a, huma.Operation{OperationID: "sign-out", Method: http.MethodDelete, Path: "/api/session", Summary: "退出", Tags: []string{"登录"}, DefaultStatus: http.StatusNoContent},
		Need{Inst: true}, func(ctx context.Context, _ *struct{}) (*signedOut, error) {
			c := callerOf(ctx)
			return &signedOut{a.cookie("", -1)}, a.Sessions.SignOut(ctx, c.token, c.who.Name)
		})
}

type signedOut struct {
	Cookie *http.Cookie `header:"Set-Cookie"`
}

// signIn opens a session with a new token; one that the browser still had is ended.
func (a *API) signIn(ctx context.Context, in *signIn) (*sessionAnswer, error) {
	c := callerOf(ctx)
	if _, ok := a.tries.Take(c.from, time.Now()); !ok {
		return nil, web.NewProblem(http.StatusTooManyRequests, web.CodeTooMany, "登录太频繁，请过几秒再试")
	}
	select {
	case a.hashes <- struct{}{}:
		defer func() { <-a.hashes }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	x, err := a.Sessions.SignIn(ctx, in.Body.Login, in.Body.Password, time.Now())
	if err != nil {
		return nil, err
	}
	if c.cookie && c.token != "" {
		if err := a.Sessions.SignOut(ctx, c.token, x.Who.Name); err != nil {
			return nil, err
		}
	}
	out := &sessionAnswer{Body: itemOf(x.Who)}
	out.Body.Expires = x.Expires.In(china).Format(time.RFC3339)
	if in.Body.Bearer {
		out.Body.Token = x.Token
		return out, nil
	}
	out.Body.CSRF = x.CSRF
	out.Cookie = a.cookie(x.Token, int(time.Until(x.Expires).Seconds()))
	return out, nil
}

func (a *API) cookie(value string, maxAge int) *http.Cookie {
	return &http.Cookie{Name: cookieName, Value: value, Path: "/", MaxAge: maxAge, HttpOnly: true, Secure: a.Secure, SameSite: http.SameSiteStrictMode}
}

// Slow lets a check of a password through as sign-ins are: so many at once, so often from an address.
func (a *API) Slow(ctx context.Context) error {
	if _, ok := a.tries.Take(callerOf(ctx).from, time.Now()); !ok {
		return web.NewProblem(http.StatusTooManyRequests, web.CodeTooMany, "太频繁，请过几秒再试")
	}
	return nil
}
