package traceapi

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/trace"
	"github.com/mingjian/mingjian/internal/trace/index"
	"github.com/mingjian/mingjian/internal/trace/life"
	"github.com/mingjian/mingjian/internal/web"
	"github.com/mingjian/mingjian/internal/web/api"
)

// Counter answers for boxes at once: package trace/counter.
type Counter interface {
	Look(inst, raw string, at claim.Time) (life.Code, *index.Answer, error)
	Undo(inst, raw string, at claim.Time) (bool, error)
	Institution(n uint32) string
}

// Deps are what the operations work with.
type Deps struct {
	DB      *store.DB
	Trail   *auth.Trail
	Facts   func(ctx context.Context) (*trace.Facts, error) // of the data that is imported now
	Counter func() Counter                                  // nil answer: another process owns the index
	Due     claim.Day                                       // from when codes are due
}

// Group adds the operations to the interface. deps is asked when an operation is called.
func Group(deps func() *Deps) func(*api.API) {
	return func(a *api.API) {
		g := &group{API: a, deps: deps}
		g.codes()
		g.stock()
		g.clues()
	}
}

type group struct {
	*api.API
	deps func() *Deps
	mu   sync.Mutex // reading the facts sorts them
	last digest
}

// facts are the facts, the caller's until free.
func (g *group) facts(ctx context.Context) (f *trace.Facts, free func(), err error) {
	g.mu.Lock()
	held := false
	defer func() { // also where reading panics: who comes next must not wait for ever
		if !held {
			g.mu.Unlock()
		}
	}()
	if f, err = g.deps().Facts(ctx); err != nil {
		return nil, nil, err
	}
	held = true
	return f, g.mu.Unlock, nil
}

var (
	tags = []string{"追溯码与进销存"}
	look = api.Need{Any: []auth.Permission{auth.ReadFindings}, Inst: true, Locals: true}
	work = api.Need{Any: []auth.Permission{auth.FirstReview, auth.Inspect, auth.Dispatch, auth.Confirm}, Locals: true}
)

// sees tells whether an institution of a division lies within a scope.
func sees(s store.Scope, inst, area string) bool {
	return (s.Inst == "" || s.Inst == inst) && strings.HasPrefix(area, s.Admdvs)
}

func civilNow() claim.Time {
	return claim.Time(claim.DayOf(1970, 1, 1).Start().Clock() + (time.Now().Unix()+8*3600)*1_000_000)
}

func gone(what string) error { return web.NewProblem(http.StatusNotFound, web.CodeNotFound, what) }

type stepOut struct {
	At    string `json:"time"`
	Event string `json:"event"`
	Inst  string `json:"fixmedins_code" doc:"范围之外的机构为空"`
	Name  string `json:"fixmedins_name"`
	Item  string `json:"hilist_code"`
	Doc   string `json:"doc"`
	Note  string `json:"note"`
}

type lifeOut struct {
	Code    string    `json:"drug_trac_codg"`
	Form    string    `json:"form" doc:"20位追溯码 GS1码 企业自编码"`
	Prefix  string    `json:"prefix"`
	Known   bool      `json:"known"`
	Net     int       `json:"net_sales"`
	Verdict string    `json:"verdict"`
	Steps   []stepOut `json:"steps"`
	Why     []string  `json:"explained"`
}

func lifeOf(s *trace.Story, scope store.Scope) lifeOut {
	out := lifeOut{Code: s.Code, Form: s.Form, Prefix: s.Prefix, Known: s.Known, Net: s.Net, Verdict: s.Verdict, Steps: []stepOut{}, Why: append([]string{}, s.Why...)}
	for _, x := range s.Steps {
		o := stepOut{x.At, x.Event, x.Inst, x.Name, x.Item, x.Doc, x.Note}
		if !sees(scope, x.Inst, x.Area) {
			o.Inst, o.Name, o.Doc = "", "其他机构", ""
			if scope.Admdvs != "" && scope.Inst == "" {
				o.Name = "其他区划的机构"
			}
		}
		out.Steps = append(out.Steps, o)
	}
	return out
}

type boxOut struct {
	Code  string `json:"drug_trac_codg"`
	Form  string `json:"form"`
	May   string `json:"may" doc:"可以卖 不能卖 看不懂"`
	Why   string `json:"why"`
	Class string `json:"class"`
	When  string `json:"sold_at" doc:"前次售出的时间"`
	Here  bool   `json:"here" doc:"前次是本机构售出的，可一步撤销"`
	Count int    `json:"sales"`
}

func (g *group) codes() {
	api.Add(g.API, huma.Operation{OperationID: "trace-life", Method: http.MethodGet, Path: "/api/trace/life", Summary: "一个追溯码的一生", Tags: tags,
		Description: "不显示患者。定点机构看得到其他机构的时间，看不到名称。"}, look,
		func(ctx context.Context, in *struct {
			Code string `query:"code" required:"true" minLength:"1" maxLength:"200"`
		}) (*api.Body[lifeOut], error) {
			if k := life.Parse(in.Code); !k.Valid() {
				return nil, web.NewProblem(http.StatusUnprocessableEntity, web.CodeInvalid, "这不是一个能认的追溯码："+k.Reason)
			}
			f, free, err := g.facts(ctx)
			if err != nil {
				return nil, err
			}
			defer free()
			s, err := f.Life(in.Code)
			if err != nil {
				return nil, err
			}
			return &api.Body[lifeOut]{Body: lifeOf(s, api.ScopeOf(ctx))}, nil
		})
	at := func(ctx context.Context, inst string) (string, error) {
		s := api.ScopeOf(ctx)
		if s.Inst != "" {
			return s.Inst, nil
		}
		if inst == "" {
			return "", web.NewProblem(http.StatusUnprocessableEntity, web.CodeInvalid, "请给出机构编码")
		}
		err := g.deps().DB.View(ctx, func(tx *store.Tx) error {
			in, err := tx.InScope(s, inst)
			if err == nil && !in {
				err = gone("没有机构 " + inst)
			}
			return err
		})
		return inst, err
	}
	api.Add(g.API, huma.Operation{OperationID: "trace-box", Method: http.MethodPost, Path: "/api/trace/box", Summary: "这盒能不能卖", Tags: tags,
		Description: "只问，不记账。机构的用户问的是本机构。"}, look,
		func(ctx context.Context, in *struct {
			Body struct {
				Code string `json:"code" minLength:"1" maxLength:"200"`
				Inst string `json:"fixmedins_code,omitempty" maxLength:"32"`
			}
		}) (*api.Body[boxOut], error) {
			c := g.deps().Counter()
			if c == nil {
				return nil, web.NewProblem(http.StatusServiceUnavailable, web.CodeUnavailable, "追溯码索引正被另一个程序使用，请稍后再问")
			}
			inst, err := at(ctx, in.Body.Inst)
			if err != nil {
				return nil, err
			}
			k, a, err := c.Look(inst, in.Body.Code, civilNow())
			if err != nil {
				return nil, err
			}
			out := boxOut{Code: k.Text, Form: k.Form.String(), May: "可以卖", Why: "没有售出记录"}
			switch {
			case !k.Valid():
				out.May, out.Why = "看不懂", k.Reason
				if k.Form == life.NoCode {
					out.Why = "没有内容"
				}
			case !a.Stands():
				out.May, out.Class, out.Count = "不能卖", a.Again.Class.String(), a.Count-1
				out.Why = "这盒已经售出过"
				if a.Before != nil {
					out.When, out.Here = a.Before.At.String(), c.Institution(a.Before.Inst) == inst
				}
			}
			return &api.Body[boxOut]{Body: out}, nil
		})
	api.Add(g.API, huma.Operation{OperationID: "trace-undo", Method: http.MethodPost, Path: "/api/trace/undo", Summary: "扫错了：撤销本机构最近一笔销售", Tags: tags, Errors: []int{404}}, look,
		func(ctx context.Context, in *struct {
			Body struct {
				Code string `json:"code" minLength:"1" maxLength:"200"`
			}
		}) (*api.Body[struct {
			Done bool `json:"done"`
		}], error) {
			s := api.ScopeOf(ctx)
			if s.Inst == "" {
				return nil, web.NewProblem(http.StatusForbidden, web.CodeForbidden, "撤销销售由卖出的机构办理")
			}
			c := g.deps().Counter()
			if c == nil {
				return nil, web.NewProblem(http.StatusServiceUnavailable, web.CodeUnavailable, "追溯码索引正被另一个程序使用，请稍后再办")
			}
			ok, err := c.Undo(s.Inst, in.Body.Code, civilNow())
			if err != nil {
				return nil, err
			}
			if !ok {
				return nil, gone("本机构没有可撤销的销售")
			}
			k := life.Parse(in.Body.Code)
			err = g.deps().Trail.Do(ctx, g.deps().DB, func(*store.Tx) ([]auth.Event, error) {
				return []auth.Event{{Actor: api.Who(ctx).Name, Action: "撤销追溯码销售", Object: k.Text, Detail: s.Inst}}, nil
			})
			out := &api.Body[struct {
				Done bool `json:"done"`
			}]{}
			out.Body.Done = true
			return out, err
		})
}
