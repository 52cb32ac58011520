package api

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/auth/oidc"
)

// Signing in at another office (OpenID Connect). The browser is sent there and comes back with a code; whatever goes wrong, it ends at the
// sign-in page, which says why.

// wayCookie is what the browser keeps while it is away. It comes back from another site, so it cannot be strict.
const wayCookie = "mingjian_oidc"

const wayPath = "/api/session/oidc"

type signInWays struct {
	OIDC string `json:"oidc" doc:"统一认证按钮上的字；空为没有开通"`
}

type redirect struct {
	Status   int
	Location string   `header:"Location"`
	Cookies  []string `header:"Set-Cookie"`
}

func (a *API) elsewhere() {
	tag := []string{"登录"}
	Add(a, huma.Operation{OperationID: "sign-in-ways", Method: http.MethodGet, Path: wayPath, Summary: "可以怎样登录", Tags: tag}, Need{Open: true},
		func(context.Context, *struct{}) (*Body[signInWays], error) {
			out := &Body[signInWays]{}
			if a.Door != nil {
				out.Body.OIDC = a.Door.Name
			}
			return out, nil
		})
	Add(a, huma.Operation{OperationID: "oidc-start", Method: http.MethodGet, Path: wayPath + "/start", Summary: "转到统一认证", Tags: tag, DefaultStatus: http.StatusSeeOther}, Need{Open: true},
		func(ctx context.Context, in *struct {
			From string `query:"from" maxLength:"300" doc:"登录后回到哪一页"`
		}) (*redirect, error) {
			if why := a.shut(ctx); why != "" {
				return back(why), nil
			}
			to, keeps, err := a.Door.Begin(ctx, local(in.From))
			if err != nil {
				a.Log.ErrorContext(ctx, "the OIDC provider cannot be asked", "err", err)
				return back("unreachable"), nil
			}
			return &redirect{http.StatusSeeOther, to, []string{a.keeps(keeps, 600)}}, nil
		})
	Add(a, huma.Operation{OperationID: "oidc-callback", Method: http.MethodGet, Path: wayPath + "/callback", Summary: "从统一认证回来", Tags: tag, DefaultStatus: http.StatusSeeOther}, Need{Open: true},
		func(ctx context.Context, in *struct {
			Code  string `query:"code" maxLength:"4096"`
			State string `query:"state" maxLength:"256"`
			Error string `query:"error" maxLength:"256"`
			Keeps string `cookie:"mingjian_oidc"`
		}) (*redirect, error) {
			return a.cameBack(ctx, in.State, in.Keeps, in.Code, in.Error), nil
		})
}

// shut tells why nobody can sign in this way now; "" = he can.
func (a *API) shut(ctx context.Context) string {
	if a.Door == nil {
		return "off"
	}
	if _, ok := a.tries.Take(callerOf(ctx).from, time.Now()); !ok {
		return "often"
	}
	return ""
}

func (a *API) cameBack(ctx context.Context, state, keeps, code, refusal string) *redirect {
	out := back("")
	defer func() { out.Cookies = append(out.Cookies, a.keeps("", -1)) }()
	if a.Door == nil {
		out.Location = back("off").Location
		return out
	}
	login, from, err := a.Door.Finish(ctx, state, keeps, code)
	var x *auth.Session
	if err == nil {
		x, err = a.Sessions.SignInAs(ctx, login, a.Door.Name, time.Now())
	}
	why := ""
	switch {
	case err == nil:
	case errors.Is(err, oidc.ErrState):
		why = "state"
	case refusal != "":
		why = "refused"
	case errors.Is(err, oidc.ErrToken):
		a.Log.WarnContext(ctx, "a token of the OIDC provider is not believed", "err", err)
		why = "token"
	case errors.Is(err, auth.ErrLocked):
		why = "locked"
	case errors.Is(err, auth.ErrDenied):
		why = "unknown"
	default:
		a.Log.ErrorContext(ctx, "sign-in by OIDC failed", "err", err)
		why = "unreachable"
	}
	if why != "" {
		out.Location = back(why).Location
		return out
	}
	if c := callerOf(ctx); c.cookie && c.token != "" { // the browser's session before
		if err := a.Sessions.SignOut(ctx, c.token, x.Who.Name); err != nil {
			a.Log.ErrorContext(ctx, "the session before could not be ended", "err", err)
		}
	}
	out.Location = from
	out.Cookies = []string{a.cookie(x.Token, int(time.Until(x.Expires).Seconds())).String()}
	return out
}

// back is the way to the sign-in page, with why.
func back(why string) *redirect {
	return &redirect{Status: http.StatusSeeOther, Location: "/login?" + url.Values{"why": {why}}.Encode()}
}

func (a *API) keeps(value string, maxAge int) string {
	return (&http.Cookie{Name: wayCookie, Value: value, Path: wayPath, MaxAge: maxAge, HttpOnly: true, Secure: a.Secure, SameSite: http.SameSiteLaxMode}).String()
}

// local is an address of the console: never one of another site.
func local(from string) string {
	u, err := url.Parse(from)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(from, "/") || strings.HasPrefix(from, "//") || strings.ContainsAny(from, "\\\r\n\t") || strings.HasPrefix(from, "/api/") {
		return "/"
	}
	return from
}
