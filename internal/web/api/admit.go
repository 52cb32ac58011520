package api

import (
	"errors"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/web"
)

const (
	cookieName = "mingjian_session"
	csrfHeader = "X-Csrf-Token"
)

// admit finds out who calls and whether he may call this operation.
func (a *API) admit(w http.ResponseWriter, r *http.Request, n Need) (*caller, *web.Problem) {
	c := &caller{from: r.RemoteAddr}
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		c.from = host
	}
	c.token, c.cookie = tokenOf(r)
	if n.Open {
		return c, nil
	}
	if p := a.recognise(w, r, n, c); p != nil {
		return nil, p
	}
	if p := n.allowed(c.who); p != nil {
		return nil, p
	}
	return c, nil
}

// tokenOf is the token of a session that a request brings.
func tokenOf(r *http.Request) (token string, cookie bool) {
	if t, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		return strings.TrimSpace(t), false
	}
	if x, err := r.Cookie(cookieName); err == nil {
		return x.Value, true
	}
	return "", false
}

func (a *API) recognise(w http.ResponseWriter, r *http.Request, n Need, c *caller) *web.Problem {
	if r.Header.Get("x-tif-paasid") != "" {
		who, p := a.Gateway.Admit(w, r)
		if p != nil {
			return p
		}
		if c.who, c.token = who, ""; !n.Keys {
			return web.NewProblem(http.StatusForbidden, web.CodeForbidden, "接口密钥不能用这个功能，请用户登录后办理")
		}
		return nil
	}
	signIn := web.NewProblem(http.StatusUnauthorized, web.CodeSignIn, auth.ErrNoSession.Error())
	if c.token == "" {
		return signIn
	}
	who, err := a.Sessions.Who(r.Context(), c.token, time.Now())
	switch {
	case errors.Is(err, auth.ErrNoSession):
		return signIn
	case err != nil:
		return a.problem(r.Context(), err)
	case c.cookie && !safe(r.Method) && !auth.SameCSRF(c.token, r.Header.Get(csrfHeader)):
		return web.NewProblem(http.StatusForbidden, web.CodeForbidden, "请求头 "+csrfHeader+" 缺少或不对：请刷新页面后再办")
	}
	c.who = who
	return nil
}

func safe(method string) bool { return method == http.MethodGet || method == http.MethodHead }
