package api

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/auth/oidc"
	"github.com/mingjian/mingjian/internal/govern"
	"github.com/mingjian/mingjian/internal/knowledge"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web"
)

// Config is what the interface works with.
type Config struct {
	Server   *web.Server
	DB       *store.DB
	Trail    *auth.Trail
	Sessions *auth.Sessions
	Gateway  *web.Gateway           // lets API keys in
	Rules    func() *govern.Rules   // over the cards that are live now
	Base     func() *knowledge.Base // knowledge without the sets that versions lay over it
	Trials   Trials
	Evidence func(ctx context.Context, f *store.Finding) (*audit.Evidence, error)
	Log      *slog.Logger
	Version  string
	Door     *oidc.Door                 // sign-in at another office; nil = none
	Secure   bool                       // the cookie goes over TLS only
	Groups   []func(*API)               // operations of the areas that have a package of their own beside this one
	Errors   []func(error) *web.Problem // what the areas' errors are called; nil = not one of theirs
}

// API is the interface under way, what groups of operations are added to.
type API struct {
	Config
	huma   huma.API
	jobs   *runner
	tries  *web.Limits   // sign-ins by address
	hashes chan struct{} // passwords being checked at once: each takes 19 MiB
}

// mux mounts each operation on the server, so that logs and metrics name it.
type mux struct{ *web.Server }

func (m mux) HandleFunc(pattern string, f func(http.ResponseWriter, *http.Request)) {
	m.Mount(pattern, http.HandlerFunc(f))
}

// Document is the interface's description, OpenAPI 3.1 as JSON. It needs nothing of the configuration but the groups.
func Document(c Config) ([]byte, error) {
	srv, err := web.New(web.Options{})
	if err != nil {
		return nil, err
	}
	c.Server = srv
	return json.MarshalIndent(mount(c).huma.OpenAPI(), "", " ")
}

// Mount puts the interface on a server.
func Mount(c Config) error {
	a := mount(c)
	c.Server.Background("jobs", a.jobs.run)
	return nil
}

func mount(c Config) *API {
	a := &API{Config: c, tries: web.NewLimits(2, 30), hashes: make(chan struct{}, 2)}
	a.jobs = newRunner(c)
	conf := huma.DefaultConfig("明鉴接口", c.Version)
	conf.Info.Description = "规则治理、质量、疑点查看和长任务。错误一律是 application/problem+json（RFC 9457），code 供程序判断，detail 是中文说明。" +
		"改动已有的东西要带 If-Match，值为读到的 ETag；别人先改了回 412，没带回 428。列表按从新到旧分页，next 不为空时作为 cursor 取下一页。"
	conf.OpenAPIPath, conf.DocsPath, conf.SchemasPath = "/api/openapi", "", ""
	conf.CreateHooks = nil // no $schema links in answers
	conf.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", names())
	conf.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"session": {Type: "apiKey", In: "cookie", Name: cookieName, Description: "登录后的 Cookie；改动还要带请求头 " + csrfHeader},
		"bearer":  {Type: "http", Scheme: "bearer", Description: "登录时写 bearer: true 得到的令牌"},
		"tif":     {Type: "apiKey", In: "header", Name: "x-tif-paasid", Description: "国家网关签名：x-tif-paasid、x-tif-timestamp、x-tif-nonce、x-tif-signature"},
	}
	a.huma = humago.New(mux{c.Server}, conf)
	for _, group := range []func(){a.session, a.elsewhere, a.versions, a.steps, a.notices, a.areas, a.exemptions, a.quality, a.samples, a.blind, a.basis, a.findings, a.evidence, a.summary, a.jobOps} {
		group()
	}
	for _, group := range c.Groups {
		group(a)
	}
	return a
}

// Need says who may call an operation.
type Need struct {
	Open   bool              // nobody has to sign in
	Keys   bool              // API keys may call it too
	Inst   bool              // users of an institution may call it
	Any    []auth.Permission // one of these; none = whoever has signed in
	Locals bool              // users of a part of the area may call it
}

// Needs that several operations share.
var (
	lookRules = Need{Any: []auth.Permission{auth.ReadFindings}, Locals: true}
	whole     = []auth.Permission{auth.EditKnowledge, auth.ApproveRules}
)

// caller is who calls, and how the call was let in.
type caller struct {
	who    *auth.Identity
	token  string // of the session; "" = an API key
	cookie bool
	from   string // address
}

type callerKey struct{}

func callerOf(ctx context.Context) *caller {
	c, _ := ctx.Value(callerKey{}).(*caller)
	if c == nil {
		c = &caller{}
	}
	return c
}

// Who is the one who calls; never nil where somebody had to sign in.
func Who(ctx context.Context) *auth.Identity { return callerOf(ctx).who }

// ScopeOf is what the caller may see.
func ScopeOf(ctx context.Context) store.Scope { return store.Scope(Who(ctx).Scope) }

// Add registers an operation of a group: who may call it is asked before its body is read, and its errors become problems.
func Add[I, O any](a *API, op huma.Operation, n Need, f func(ctx context.Context, in *I) (*O, error)) {
	if op.DefaultStatus == 0 {
		op.DefaultStatus = http.StatusOK
	}
	if op.MaxBodyBytes == 0 {
		op.MaxBodyBytes = 1 << 20
	}
	if !n.Open {
		op.Security = []map[string][]string{{"session": {}}, {"bearer": {}}}
		op.Errors = append(op.Errors, http.StatusUnauthorized, http.StatusForbidden)
		if n.Keys {
			op.Security = append(op.Security, map[string][]string{"tif": {}})
		}
	}
	op.BodyReadTimeout = 30 * time.Second
	op.Middlewares = append(op.Middlewares, func(ctx huma.Context, next func(huma.Context)) {
		r, w := humago.Unwrap(ctx)
		w.Header().Set("Cache-Control", "no-store")
		c, p := a.admit(w, r, n)
		if p != nil {
			p.Write(w, r)
			return
		}
		next(huma.WithValue(ctx, callerKey{}, c))
	})
	huma.Register(a.huma, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := f(ctx, in)
		if err != nil {
			return nil, a.problem(ctx, err)
		}
		return out, nil
	})
}

// allowed tells whether somebody may call an operation at all. What he may do to what is decided where it is done.
func (n Need) allowed(who *auth.Identity) *web.Problem {
	forbid := func(detail string) *web.Problem {
		return web.NewProblem(http.StatusForbidden, web.CodeForbidden, detail)
	}
	switch {
	case len(n.Any) > 0 && !slices.ContainsFunc(n.Any, who.May):
		return forbid("用户 " + who.Name + " 没有“" + string(n.Any[0]) + "”权限")
	case who.Scope.Inst != "" && !n.Inst && !n.Keys:
		return forbid("定点机构的用户不能用这个功能")
	case who.Scope.Admdvs != "" && !n.Locals && !n.Inst && !n.Keys:
		return forbid("用户 " + who.Name + " 只管区划 " + who.Scope.Admdvs + "，这里要全部区划的权限")
	}
	return nil
}
