package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/store"
)

// FindingItem is a finding as it stands. Money is in fen. The person is a number of the insurer's, never a name or certificate.
type FindingItem struct {
	ID        string `json:"finding_id"`
	Rule      string `json:"rule_id"`
	RuleName  string `json:"rule_name"`
	Version   string `json:"rule_version"`
	Severity  int    `json:"sev_deg" doc:"1 明确违规 2 高度可疑 3 轻度可疑"`
	Month     string `json:"month"`
	Inst      string `json:"fixmedins_code"`
	Psn       string `json:"psn_no"`
	Mdtrt     string `json:"mdtrt_id"`
	Setl      string `json:"setl_id"`
	Lines     int    `json:"line_count"`
	Vola      int64  `json:"vola_fen" doc:"违规金额，分"`
	Fund      int64  `json:"fund_fen"`
	Charged   int64  `json:"charged_fen" doc:"拟追，去重后"`
	Text      string `json:"vola_cont"`
	Basis     string `json:"basis"`
	State     string `json:"state"`
	Withdrawn bool   `json:"withdrawn" doc:"最近的审核已不再发现"`
}

func findingOf(f *store.Finding) FindingItem {
	return FindingItem{f.ID, f.RuleID, f.RuleName, f.RuleVersion, f.Severity, f.Month, f.Inst, f.Psn, f.Mdtrt, f.Setl, f.LineCount, f.Vola, f.Fund, f.Charged,
		f.Cont, f.Basis, f.State, f.Withdrawn}
}

type findingWhole struct {
	FindingItem
	Lines []lineItem `json:"lines" doc:"机构的用户只看到本机构的行"`
}

type lineItem struct {
	Type  int    `json:"vola_item_type" doc:"1 违规 2 牵涉"`
	Inst  string `json:"fixmedins_code"`
	Mdtrt string `json:"mdtrt_id"`
	Setl  string `json:"setl_id"`
	Sn    string `json:"feedetl_sn"`
	Vola  int64  `json:"vola_fen"`
	Fund  int64  `json:"fund_fen"`
}

// bureau are the people of the bureau who look at findings before anything was sent: institutions and experts see what was given to them,
// through the operations of the review.
var bureau = Need{Any: []auth.Permission{auth.ReadBoards}, Locals: true}

func (a *API) findings() {
	n := bureau
	Add(a, huma.Operation{OperationID: "list-findings", Method: http.MethodGet, Path: "/api/findings", Summary: "疑点", Tags: []string{"疑点"},
		Description: "机审的全部结果，供经办机构的人看；区划的用户只看到本区划机构的。机构、科室、医生和专家看交给自己的，见“办理”。按编号排列。"}, n,
		func(ctx context.Context, in *struct {
			Paging
			Rule  string `query:"rule_id" maxLength:"32"`
			Month string `query:"month" maxLength:"7"`
			Inst  string `query:"fixmedins_code" maxLength:"32"`
			State string `query:"state" maxLength:"32"`
		}) (*Body[List[FindingItem]], error) {
			var fs []store.Finding
			err := a.DB.View(ctx, func(tx *store.Tx) (err error) {
				fs, err = tx.FindingsIn(ScopeOf(ctx), store.FindingQuery{Rule: in.Rule, Month: in.Month, Inst: in.Inst, State: in.State}, in.Page())
				return err
			})
			return Paged(fs, in.Paging, func(f *store.Finding) string { return f.ID }, findingOf), err
		})
	Add(a, huma.Operation{OperationID: "get-finding", Method: http.MethodGet, Path: "/api/findings/{id}", Summary: "一条疑点和它的行", Tags: []string{"疑点"}, Errors: []int{404}}, n,
		func(ctx context.Context, in *struct {
			ID string `path:"id" maxLength:"64"`
		}) (*Tagged[findingWhole], error) {
			var f *store.Finding
			err := a.DB.View(ctx, func(tx *store.Tx) (err error) { f, err = tx.FindingIn(ScopeOf(ctx), in.ID); return err })
			if err != nil {
				return nil, err
			}
			out := findingWhole{FindingItem: findingOf(f), Lines: []lineItem{}}
			for _, l := range f.Lines {
				out.Lines = append(out.Lines, lineItem{l.Type, l.Inst, l.Mdtrt, l.Setl, l.Sn, l.Vola, l.Fund})
			}
			return Tag(f.Version, out), nil
		})
}
