package api

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/govern"
	"github.com/mingjian/mingjian/internal/rule"
	"github.com/mingjian/mingjian/internal/rulebook"
	"github.com/mingjian/mingjian/internal/store"
)

type areaItem struct {
	ID       string          `json:"override_id"`
	Rule     string          `json:"rule_id"`
	RuleName string          `json:"rule_name"`
	Area     string          `json:"admdvs"`
	From     string          `json:"valid_from"`
	To       string          `json:"valid_to"`
	Change   json.RawMessage `json:"change" doc:"params、severity、stop、exempt、judge"`
	Says     string          `json:"says" doc:"改了什么，人话"`
	Enabled  bool            `json:"enabled" doc:"false：在这个区划不执行"`
	Reason   string          `json:"reason"`
	State    string          `json:"state" doc:"待批 生效 作废"`
	Author   string          `json:"author"`
	Approver string          `json:"approver"`
	Version  int64           `json:"version"`
}

func areaOf(w *rulebook.AreaWords, x *store.AreaRule) areaItem {
	return areaItem{x.ID, x.Rule, w.Name(x.Rule), x.Area, x.From, x.To, json.RawMessage(x.Change), w.Says(x.Rule, x.Change, x.Enabled), x.Enabled, x.Reason, x.State, x.Author, x.Approver, x.Version}
}

// areaWords say settings in words, by the cards in force.
func (a *API) areaWords(ctx context.Context) (*rulebook.AreaWords, error) {
	book, err := a.Rules().Live(ctx)
	if err != nil {
		return nil, err
	}
	return rulebook.WordsOfAreas(book.Library), nil
}

type areaIn struct {
	Body struct {
		Rule     string         `json:"rule_id" minLength:"1" maxLength:"32"`
		Area     string         `json:"admdvs" minLength:"2" maxLength:"6" doc:"2、4 或 6 位"`
		From     string         `json:"valid_from,omitempty"`
		To       string         `json:"valid_to,omitempty"`
		Params   map[string]any `json:"params,omitempty" doc:"参数"`
		Severity int            `json:"severity,omitempty" enum:"1,2,3"`
		Stop     string         `json:"stop,omitempty" enum:"block,confirm,inform,silent"`
		Exempt   []string       `json:"exempt,omitempty" doc:"另加的豁免标记"`
		Judge    []string       `json:"judge,omitempty" doc:"卡上写的豁免里，在这个区划不豁免的：标记或 exempt_diag 的一段"`
		Off      bool           `json:"off,omitempty" doc:"在这个区划不执行"`
		Reason   string         `json:"reason" minLength:"1" maxLength:"2000"`
	}
}

// decision is what a second person says of a request.
type decision struct {
	ID string `path:"id" maxLength:"64"`
	Matched
}

// ending ends what was granted.
type ending struct {
	ID string `path:"id" maxLength:"64"`
	Matched
	Body struct {
		From string `json:"from,omitempty" doc:"从哪一天起不再适用；不写则自始作废"`
		Why  string `json:"why" minLength:"1" maxLength:"2000"`
	}
}

func (a *API) areas() {
	tags, errs := []string{"区划设置"}, []int{404, 409, 412, 428}
	Add(a, huma.Operation{OperationID: "list-areas", Method: http.MethodGet, Path: "/api/rules/areas", Summary: "各统筹区的不同设置", Tags: tags}, lookRules,
		func(ctx context.Context, in *struct {
			Paging
			Rule string `query:"rule_id" maxLength:"32"`
		}) (*Body[List[areaItem]], error) {
			var xs []store.AreaRule
			err := a.DB.View(ctx, func(tx *store.Tx) (err error) {
				xs, err = tx.AreaRulesIn(ScopeOf(ctx), "", in.Rule, in.Page())
				return err
			})
			if err != nil {
				return nil, err
			}
			w, err := a.areaWords(ctx)
			if err != nil {
				return nil, err
			}
			return Paged(xs, in.Paging, func(x *store.AreaRule) string { return x.ID }, func(x *store.AreaRule) areaItem { return areaOf(w, x) }), nil
		})
	Add(a, huma.Operation{OperationID: "request-area", Method: http.MethodPost, Path: "/api/rules/areas", Summary: "申请在一个区划不同", Tags: tags, DefaultStatus: http.StatusCreated,
		Description: "另一个人确认后生效。"}, Need{Any: whole, Locals: true},
		func(ctx context.Context, in *areaIn) (*Tagged[areaItem], error) {
			b := &in.Body
			x, err := a.Rules().RequestArea(ctx, Who(ctx), govern.AreaChange{Rule: b.Rule, Area: b.Area, From: b.From, To: b.To, Off: b.Off, Reason: b.Reason,
				Change: rule.Override{Params: b.Params, Severity: b.Severity, Stop: b.Stop, Exempt: b.Exempt, Judge: b.Judge}})
			if err != nil {
				return nil, err
			}
			w, err := a.areaWords(ctx)
			if err != nil {
				return nil, err
			}
			return Tag(x.Version, areaOf(w, x)), nil
		})
	one := func(ctx context.Context, id string) (*store.AreaRule, error) {
		var xs []store.AreaRule
		err := a.DB.View(ctx, func(tx *store.Tx) (err error) {
			xs, err = tx.AreaRulesIn(ScopeOf(ctx), id, "", store.Page{Limit: 1})
			return err
		})
		if err == nil && len(xs) == 0 {
			err = notFound("区划设置", id)
		}
		if err != nil {
			return nil, err
		}
		return &xs[0], nil
	}
	decide := func(ctx context.Context, id string, m Matched, f func(r *govern.Rules) (*store.AreaRule, error)) (*Tagged[areaItem], error) {
		if _, err := one(ctx, id); err != nil {
			return nil, err
		}
		seen, err := m.Version()
		if err != nil {
			return nil, err
		}
		x, err := f(a.Rules().Expecting(seen))
		if err != nil {
			return nil, err
		}
		w, err := a.areaWords(ctx)
		if err != nil {
			return nil, err
		}
		return Tag(x.Version, areaOf(w, x)), nil
	}
	Add(a, huma.Operation{OperationID: "get-area", Method: http.MethodGet, Path: "/api/rules/areas/{id}", Summary: "一项区划设置", Tags: tags, Errors: []int{404}}, lookRules,
		func(ctx context.Context, in *struct {
			ID string `path:"id" maxLength:"64"`
		}) (*Tagged[areaItem], error) {
			x, err := one(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			w, err := a.areaWords(ctx)
			if err != nil {
				return nil, err
			}
			return Tag(x.Version, areaOf(w, x)), nil
		})
	Add(a, huma.Operation{OperationID: "confirm-area", Method: http.MethodPost, Path: "/api/rules/areas/{id}/confirm", Summary: "确认区划设置", Tags: tags, Errors: errs},
		Need{Any: whole, Locals: true}, func(ctx context.Context, in *decision) (*Tagged[areaItem], error) {
			return decide(ctx, in.ID, in.Matched, func(r *govern.Rules) (*store.AreaRule, error) { return r.ConfirmArea(ctx, Who(ctx), in.ID) })
		})
	Add(a, huma.Operation{OperationID: "end-area", Method: http.MethodPost, Path: "/api/rules/areas/{id}/end", Summary: "终止区划设置", Tags: tags, Errors: errs},
		Need{Any: whole, Locals: true}, func(ctx context.Context, in *ending) (*Tagged[areaItem], error) {
			return decide(ctx, in.ID, in.Matched, func(r *govern.Rules) (*store.AreaRule, error) {
				return r.EndArea(ctx, Who(ctx), in.ID, in.Body.From, in.Body.Why)
			})
		})
}
