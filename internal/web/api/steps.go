package api

import (
	"context"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/govern"
	"github.com/mingjian/mingjian/internal/store"
)

// notFound is the error for what is not there, or not within the caller's scope: the two look the same.
func notFound(what, id string) error { return fmt.Errorf("%s %s %w", what, id, store.ErrNotFound) }

type reason struct {
	Why string `json:"why,omitempty" maxLength:"2000" doc:"理由"`
}

type stepIn struct {
	VersionID
	Matched
	Body reason
}

// step registers a plain step of a version.
func (a *API) step(name, path, summary, more string, f func(r *govern.Rules, ctx context.Context, who *auth.Identity, id, why string) (*store.RuleVersion, error)) {
	Add(a, huma.Operation{OperationID: name + "-version", Method: http.MethodPost, Path: "/api/rules/versions/{id}/" + path, Summary: summary, Description: more,
		Tags: []string{"规则版本"}, Errors: []int{404, 409, 412, 428}}, Need{Any: whole, Locals: true},
		func(ctx context.Context, in *stepIn) (*Tagged[VersionItem], error) {
			return a.take(ctx, in.ID, in.Matched, func(r *govern.Rules) (*store.RuleVersion, error) { return f(r, ctx, Who(ctx), in.ID, in.Body.Why) })
		})
}

// take takes a step on a version that the caller can see and of which he says what he saw.
func (a *API) take(ctx context.Context, id string, m Matched, f func(r *govern.Rules) (*store.RuleVersion, error)) (*Tagged[VersionItem], error) {
	if _, err := a.version(ctx, id); err != nil {
		return nil, err
	}
	seen, err := m.Version()
	if err != nil {
		return nil, err
	}
	v, err := f(a.Rules().Expecting(seen))
	if err != nil {
		return nil, err
	}
	return Tag(v.Version, versionOf(v)), nil
}

type announceIn struct {
	VersionID
	Matched
	Body struct {
		Text      string `json:"text" minLength:"1" maxLength:"20000" doc:"公布的正文"`
		Effective string `json:"effective" minLength:"10" maxLength:"10" doc:"生效日期 yyyy-MM-dd"`
	}
}

type retireIn struct {
	VersionID
	Matched
	Body struct {
		From string `json:"from" minLength:"10" maxLength:"10" doc:"从哪一天起不再执行"`
		Why  string `json:"why" minLength:"1" maxLength:"2000" doc:"理由"`
	}
}

func (a *API) steps() {
	type rules = *govern.Rules
	a.step("shadow", "shadow", "转影子", "从下一次审核起与现行规则并行判断，不对外。", rules.ToShadow)
	a.step("submit", "submit", "送审", "要有试算和影子运行的结果。", rules.Submit)
	a.step("approve", "approve", "批准", "须由没有起草、试算、送审过的另一个人。", rules.Approve)
	a.step("reject", "reject", "退回起草", "要写理由。", rules.Reject)
	a.step("live", "live", "生效", "从公布的日期起执行。", rules.GoLive)
	a.step("rollback", "rollback", "回退", "像它从未生效过一样，恢复原来的版本。", rules.Rollback)
	a.step("drop", "drop", "作废", "", rules.Drop)
	errs := []int{404, 409, 412, 428}
	Add(a, huma.Operation{OperationID: "announce-version", Method: http.MethodPost, Path: "/api/rules/versions/{id}/announce", Summary: "向机构公布", Tags: []string{"规则版本"}, Errors: errs},
		Need{Any: whole, Locals: true}, func(ctx context.Context, in *announceIn) (*Tagged[VersionItem], error) {
			return a.take(ctx, in.ID, in.Matched, func(r *govern.Rules) (*store.RuleVersion, error) {
				return r.Announce(ctx, Who(ctx), in.ID, in.Body.Text, in.Body.Effective)
			})
		})
	Add(a, huma.Operation{OperationID: "retire-version", Method: http.MethodPost, Path: "/api/rules/versions/{id}/retire", Summary: "停用", Tags: []string{"规则版本"}, Errors: errs},
		Need{Any: whole, Locals: true}, func(ctx context.Context, in *retireIn) (*Tagged[VersionItem], error) {
			return a.take(ctx, in.ID, in.Matched, func(r *govern.Rules) (*store.RuleVersion, error) {
				return r.Retire(ctx, Who(ctx), in.ID, in.Body.From, in.Body.Why)
			})
		})
	Add(a, huma.Operation{OperationID: "retire-card", Method: http.MethodPost, Path: "/api/rules/cards/{id}/retire", Summary: "停用还没有版本的出厂规则", Tags: []string{"规则版本"}, Errors: []int{404, 409}},
		Need{Any: whole}, func(ctx context.Context, in *struct {
			ID   string `path:"id" maxLength:"32" doc:"规则编号"`
			Body struct {
				From string `json:"from" minLength:"10" maxLength:"10"`
				Why  string `json:"why" minLength:"1" maxLength:"2000"`
			}
		}) (*Tagged[VersionItem], error) {
			r := a.Rules()
			if r.Library.Card(in.ID) == nil {
				return nil, notFound("规则", in.ID)
			}
			v, err := r.RetireCard(ctx, Who(ctx), in.ID, in.Body.From, in.Body.Why)
			if err != nil {
				return nil, err
			}
			return Tag(v.Version, versionOf(v)), nil
		})
}
