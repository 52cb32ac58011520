package selfcheckapi

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/review"
	"github.com/mingjian/mingjian/internal/selfcheck"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web"
	"github.com/mingjian/mingjian/internal/web/api"
)

// selfReport is a declaration as lists show it.
type selfReport struct {
	ID        string `json:"report_id"`
	Inst      string `json:"fixmedins_code"`
	Name      string `json:"fixmedins_name"`
	Check     string `json:"check_id"`
	Lines     int    `json:"line_count"`
	Amt       int64  `json:"amt_fen"`
	Paid      string `json:"paid_date"`
	Memo      string `json:"memo"`
	State     string `json:"state" doc:"已申报 已登记 退回"`
	MadeBy    string `json:"made_by"`
	MadeAt    string `json:"made_at"`
	DecidedBy string `json:"decided_by"`
	DecidedAt string `json:"decided_at"`
	Reason    string `json:"reason"`
	Version   int64  `json:"version"`
}

// selfReportWhole is a declaration with its lines.
type selfReportWhole struct {
	Report selfReport        `json:"report"`
	Items  []review.SelfLine `json:"items"`
}

var (
	seeReports = api.Need{Any: []auth.Permission{auth.Appeal, auth.Execute, auth.Dispatch}, Inst: true, Locals: true}
	settle     = api.Need{Any: []auth.Permission{auth.Execute, auth.Dispatch}, Locals: true}
)

func (g *group) shape(ctx context.Context, rs []store.SelfReport) (func(*store.SelfReport) selfReport, error) {
	codes := make([]string, len(rs))
	for i := range rs {
		codes[i] = rs[i].Inst
	}
	names, err := g.Desk().Names(ctx, codes)
	return func(r *store.SelfReport) selfReport {
		paid := ""
		if r.PaidDay > 0 {
			paid = claim.Day(r.PaidDay).String()
		}
		return selfReport{r.ID, r.Inst, names[r.Inst], r.Check, r.LineCount, r.Amt, paid, r.Memo, r.State, r.MadeBy, api.Moment(r.MadeAt), r.DecidedBy, api.Moment(r.DecidedAt), r.Reason, r.Version}
	}, err
}

func (g *group) reports() {
	tags := []string{tag}
	api.Add(g.API, huma.Operation{OperationID: "declare-selfcheck", Method: http.MethodPost, Path: "/api/selfcheck/checks/{id}/report", Summary: "申报自查退款", Tags: tags, DefaultStatus: http.StatusCreated, Errors: []int{404},
		Description: "只把选中的疑点按去重后的金额申报给医保局；别的结果仍只在机构。"}, own, g.declare)
	api.Add(g.API, huma.Operation{OperationID: "list-self-reports", Method: http.MethodGet, Path: "/api/selfcheck/reports", Summary: "自查退款申报", Tags: tags}, seeReports,
		func(ctx context.Context, in *struct {
			api.Paging
			State string `query:"state" maxLength:"16"`
		}) (*api.Body[api.List[selfReport]], error) {
			rs, err := g.Desk().SelfReports(ctx, api.Who(ctx), "", in.State, in.Page())
			if err != nil {
				return nil, err
			}
			shape, err := g.shape(ctx, rs)
			return api.Paged(rs, in.Paging, func(r *store.SelfReport) string { return r.ID }, shape), err
		})
	api.Add(g.API, huma.Operation{OperationID: "get-self-report", Method: http.MethodGet, Path: "/api/selfcheck/reports/{id}", Summary: "一份申报和它的行", Tags: tags, Errors: []int{404}}, seeReports,
		func(ctx context.Context, in *CheckID) (*api.Tagged[selfReportWhole], error) {
			rs, err := g.Desk().SelfReports(ctx, api.Who(ctx), in.ID, "", store.Page{Limit: 1})
			if err == nil && len(rs) == 0 {
				err = fmt.Errorf("申报 %s %w", in.ID, store.ErrNotFound)
			}
			if err != nil {
				return nil, err
			}
			shape, err := g.shape(ctx, rs)
			if err != nil {
				return nil, err
			}
			lines, err := review.SelfLines(&rs[0])
			return api.Tag(rs[0].Version, selfReportWhole{shape(&rs[0]), lines}), err
		})
	api.Add(g.API, huma.Operation{OperationID: "settle-self-report", Method: http.MethodPost, Path: "/api/selfcheck/reports/{id}/settle", Summary: "登记到账，或退回申报", Tags: tags, Errors: []int{404, 409, 412, 428},
		Description: "登记后各行记入“另行退款”，以后同一笔钱不再收。"}, settle,
		func(ctx context.Context, in *struct {
			CheckID
			api.Matched
			Body struct {
				Take   bool   `json:"take" doc:"true 登记，false 退回"`
				Paid   string `json:"paid_date,omitempty" maxLength:"10" doc:"到账日"`
				Reason string `json:"reason,omitempty" maxLength:"1000"`
			}
		}) (*api.Tagged[selfReport], error) {
			v, err := in.Version()
			if err != nil {
				return nil, err
			}
			var paid claim.Day
			if in.Body.Paid != "" {
				if paid, err = claim.ParseDay(in.Body.Paid); err != nil {
					return nil, err
				}
			}
			r, err := g.Desk().SettleReport(ctx, api.Who(ctx), in.ID, v, in.Body.Take, paid, in.Body.Reason)
			if err != nil {
				return nil, err
			}
			shape, err := g.shape(ctx, []store.SelfReport{*r})
			if err != nil {
				return nil, err
			}
			return api.Tag(r.Version, shape(r)), nil
		})
}

type declareIn struct {
	CheckID
	Body struct {
		Findings []string `json:"finding_ids,omitempty" maxItems:"20000" doc:"要退的疑点；不写为有金额的全部"`
		Memo     string   `json:"memo,omitempty" maxLength:"1000"`
	}
}

// declare makes a declaration of findings: of each the charged money of its violating lines, or of the whole where it is on no line.
func (g *group) declare(ctx context.Context, in *declareIn) (*api.Tagged[selfReport], error) {
	dir, err := g.dir(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	all, err := selfcheck.ReadFindings(dir)
	if errors.Is(err, fs.ErrNotExist) {
		err = web.NewProblem(http.StatusConflict, web.CodeConflict, "自查还没有做完")
	}
	if err != nil {
		return nil, err
	}
	chosen := map[string]bool{}
	for _, id := range in.Body.Findings {
		chosen[id] = true
	}
	var lines []review.SelfLine
	known := 0
	for i := range all {
		f := &all[i]
		if len(chosen) > 0 && !chosen[f.ID] {
			continue
		}
		known++
		if f.Open && chosen[f.ID] {
			return nil, fmt.Errorf("就诊 %s 的疑点（%s）在还没有结算的费用上：改好再结算，没有要退的", f.Mdtrt, f.Name)
		}
		if !f.Open {
			lines = append(lines, linesOf(f)...)
		}
	}
	if known < len(chosen) {
		return nil, fmt.Errorf("选的 %d 条疑点里有 %d 条不在这次自查里", len(chosen), len(chosen)-known)
	}
	if len(lines) == 0 {
		return nil, errors.New("选的疑点没有要退的金额")
	}
	r, err := g.Desk().Declare(ctx, api.Who(ctx), in.ID, lines, 0, in.Body.Memo)
	if err != nil {
		return nil, err
	}
	shape, err := g.shape(ctx, []store.SelfReport{*r})
	if err != nil {
		return nil, err
	}
	return api.Tag(r.Version, shape(r)), nil
}

func linesOf(f *selfcheck.Finding) (out []review.SelfLine) {
	rest := f.Charged
	for _, l := range f.Lines {
		if l.Type == 1 && l.Charged > 0 {
			out = append(out, review.SelfLine{Finding: f.ID, Rule: f.Rule, Setl: l.Setl, Sn: l.Sn, Amt: l.Charged, Text: f.Text})
			rest -= l.Charged
		}
	}
	if rest > 0 {
		out = append(out, review.SelfLine{Finding: f.ID, Rule: f.Rule, Setl: f.Setl, Amt: rest, Text: f.Text})
	}
	return out
}
