package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/govern"
	"github.com/mingjian/mingjian/internal/store"
)

type exemptionItem struct {
	ID       string `json:"exemption_id"`
	Rule     string `json:"rule_id"`
	Inst     string `json:"fixmedins_code"`
	Dept     string `json:"dept"`
	Item     string `json:"item" doc:"项目编码，可只有前几位"`
	Diags    string `json:"diags"`
	From     string `json:"valid_from"`
	To       string `json:"valid_to"`
	Reason   string `json:"reason"`
	State    string `json:"state" doc:"今天：待批 未到 生效 到期 作废"`
	Author   string `json:"author"`
	Approver string `json:"approver"`
	Version  int64  `json:"version"`
}

func exemptionOf(x *store.Exemption) exemptionItem {
	return exemptionItem{x.ID, x.Rule, x.Inst, x.Dept, x.Item, x.Diags, x.From, x.To, x.Reason, govern.Standing(x, Today()), x.Author, x.Approver, x.Version}
}

type exemptionIn struct {
	Body struct {
		Rule   string `json:"rule_id" minLength:"1" maxLength:"32"`
		Inst   string `json:"fixmedins_code,omitempty" maxLength:"32"`
		Dept   string `json:"dept,omitempty" maxLength:"64" doc:"开单科室，代码或名称"`
		Item   string `json:"item,omitempty" maxLength:"64"`
		Diags  string `json:"diags,omitempty" maxLength:"500" doc:"C00-C97|Z51 的样子"`
		From   string `json:"valid_from" minLength:"10" maxLength:"10"`
		To     string `json:"valid_to" minLength:"10" maxLength:"10"`
		Reason string `json:"reason" minLength:"1" maxLength:"2000"`
	}
}

func (a *API) exemptions() {
	tags, errs := []string{"豁免"}, []int{404, 409, 412, 428}
	Add(a, huma.Operation{OperationID: "list-exemptions", Method: http.MethodGet, Path: "/api/rules/exemptions", Summary: "有期限的豁免", Tags: tags}, lookRules,
		func(ctx context.Context, in *struct {
			Paging
			Rule string `query:"rule_id" maxLength:"32"`
		}) (*Body[List[exemptionItem]], error) {
			var xs []store.Exemption
			err := a.DB.View(ctx, func(tx *store.Tx) (err error) {
				xs, err = tx.ExemptionsIn(ScopeOf(ctx), "", in.Rule, in.Page())
				return err
			})
			return Paged(xs, in.Paging, func(x *store.Exemption) string { return x.ID }, exemptionOf), err
		})
	one := func(ctx context.Context, id string) (*store.Exemption, error) {
		var xs []store.Exemption
		err := a.DB.View(ctx, func(tx *store.Tx) (err error) {
			xs, err = tx.ExemptionsIn(ScopeOf(ctx), id, "", store.Page{Limit: 1})
			return err
		})
		if err == nil && len(xs) == 0 {
			err = notFound("豁免", id)
		}
		if err != nil {
			return nil, err
		}
		return &xs[0], nil
	}
	decide := func(ctx context.Context, id string, m Matched, f func(r *govern.Rules) (*store.Exemption, error)) (*Tagged[exemptionItem], error) {
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
		return Tag(x.Version, exemptionOf(x)), nil
	}
	Add(a, huma.Operation{OperationID: "get-exemption", Method: http.MethodGet, Path: "/api/rules/exemptions/{id}", Summary: "一项豁免", Tags: tags, Errors: []int{404}}, lookRules,
		func(ctx context.Context, in *struct {
			ID string `path:"id" maxLength:"64"`
		}) (*Tagged[exemptionItem], error) {
			x, err := one(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			return Tag(x.Version, exemptionOf(x)), nil
		})
	Add(a, huma.Operation{OperationID: "request-exemption", Method: http.MethodPost, Path: "/api/rules/exemptions", Summary: "申请豁免", Tags: tags, DefaultStatus: http.StatusCreated,
		Description: "另一个人确认后生效。机构、科室、项目、诊断至少写一样，必须有终止日期。"}, Need{Any: whole},
		func(ctx context.Context, in *exemptionIn) (*Tagged[exemptionItem], error) {
			b := &in.Body
			x, err := a.Rules().RequestExemption(ctx, Who(ctx), store.Exemption{Rule: b.Rule, Inst: b.Inst, Dept: b.Dept, Item: b.Item, Diags: b.Diags, From: b.From, To: b.To, Reason: b.Reason})
			if err != nil {
				return nil, err
			}
			return Tag(x.Version, exemptionOf(x)), nil
		})
	Add(a, huma.Operation{OperationID: "confirm-exemption", Method: http.MethodPost, Path: "/api/rules/exemptions/{id}/confirm", Summary: "确认豁免", Tags: tags, Errors: errs}, Need{Any: whole},
		func(ctx context.Context, in *decision) (*Tagged[exemptionItem], error) {
			return decide(ctx, in.ID, in.Matched, func(r *govern.Rules) (*store.Exemption, error) { return r.ConfirmExemption(ctx, Who(ctx), in.ID) })
		})
	Add(a, huma.Operation{OperationID: "end-exemption", Method: http.MethodPost, Path: "/api/rules/exemptions/{id}/end", Summary: "终止豁免", Tags: tags, Errors: errs}, Need{Any: whole},
		func(ctx context.Context, in *ending) (*Tagged[exemptionItem], error) {
			return decide(ctx, in.ID, in.Matched, func(r *govern.Rules) (*store.Exemption, error) {
				return r.EndExemption(ctx, Who(ctx), in.ID, in.Body.From, in.Body.Why)
			})
		})
}
