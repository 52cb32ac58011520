package reviewapi

import (
	"context"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/board"
	"github.com/mingjian/mingjian/internal/review"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web"
	"github.com/mingjian/mingjian/internal/web/api"
)

// Filter chooses findings of a list.
type Filter struct {
	State    string `query:"state" maxLength:"16"`
	Inst     string `query:"fixmedins_code" maxLength:"32"`
	Admdvs   string `query:"admdvs" maxLength:"6" doc:"区划代码的开头"`
	Rule     string `query:"rule_id" maxLength:"32"`
	Month    string `query:"month" maxLength:"7"`
	Severity int    `query:"sev_deg" minimum:"0" maximum:"3"`
	Psn      string `query:"psn_no" maxLength:"64"`
	Mdtrt    string `query:"mdtrt_id" maxLength:"64"`
	Min      int64  `query:"min_fen" minimum:"0"`
	Panel    string `query:"panel_id" maxLength:"64"`
	Package  string `query:"package_id" maxLength:"64"`
	Overdue  bool   `query:"overdue" doc:"只要已经超期的"`
	Ind      string `query:"indicator" maxLength:"8" doc:"只要这个指标所数的疑点，见 /api/board/dictionary"`
	From     string `query:"from" maxLength:"7" doc:"指标期间的起月 yyyy-MM"`
	To       string `query:"to" maxLength:"7" doc:"指标期间的止月"`
	Order    string `query:"order" enum:"money,due" doc:"money 按拟追多少（缺省），due 按到期先后"`
}

func (g *group) filter(f *Filter) (store.FindingFilter, error) {
	out := store.FindingFilter{State: f.State, Inst: f.Inst, Admdvs: f.Admdvs, Rule: f.Rule, Month: f.Month, Severity: f.Severity, Psn: f.Psn, Mdtrt: f.Mdtrt, MinFen: f.Min, Panel: f.Panel,
		Package: f.Package, ByDue: f.Order == "due"}
	if f.Overdue {
		out.Overdue = int64(g.Desk.Today())
	}
	if f.Ind == "" {
		return out, nil
	}
	i := board.TheDictionary().Get(f.Ind)
	at, err := board.ParsePeriod(f.From, f.To)
	if err == nil && (i == nil || !i.Filter(at, g.Desk.Today(), &out)) {
		err = fmt.Errorf("指标 %s 没有疑点清单", f.Ind)
	}
	if err != nil {
		return out, web.NewProblem(http.StatusUnprocessableEntity, web.CodeInvalid, err.Error())
	}
	return out, nil
}

type reviewList struct {
	Items []reviewItem `json:"items"`
	Next  string       `json:"next" doc:"取下一页用的 cursor；空为没有了"`
}

type reviewCount struct {
	State   string `json:"state"`
	Holder  string `json:"holder"`
	Cases   int64  `json:"cases"`
	Overdue int64  `json:"overdue"`
	Charged int64  `json:"charged_fen"`
}

type reviewQueue struct {
	Today string        `json:"today"`
	Items []reviewCount `json:"items"`
}

type reviewInst struct {
	Code   string `json:"fixmedins_code"`
	Name   string `json:"fixmedins_name"`
	Admdvs string `json:"admdvs"`
	Closed string `json:"closed_on"`
}

type reviewInsts struct {
	Items []reviewInst `json:"items"`
}

type reviewFlow struct {
	States  []review.State `json:"states"`
	Events  []review.Event `json:"events"`
	Reasons []string       `json:"reasons"`
	Pays    []string       `json:"pays"`

	PayKinds []review.PayKind `json:"pay_kinds" doc:"各种收付从哪个账户到哪个账户"`
}

func (g *group) lists() {
	api.Add(g.API, huma.Operation{OperationID: "review-flow", Method: http.MethodGet, Path: "/api/review/flow", Summary: "状态机：谁在什么状态按什么条件办什么", Tags: tags}, look,
		func(context.Context, *struct{}) (*api.Body[reviewFlow], error) {
			f := review.TheFlow()
			return &api.Body[reviewFlow]{Body: reviewFlow{f.States, f.Events, review.Reasons, review.PayKinds(), review.Pays()}}, nil
		})
	api.Add(g.API, huma.Operation{OperationID: "review-queue", Method: http.MethodGet, Path: "/api/review/queue", Summary: "各状态有多少件、多少超期", Tags: tags}, look,
		func(ctx context.Context, _ *struct{}) (*api.Body[reviewQueue], error) {
			out := &api.Body[reviewQueue]{Body: reviewQueue{Today: g.Desk.Today().String(), Items: []reviewCount{}}}
			cs, err := g.Desk.Queue(ctx, api.Who(ctx))
			if review.CodeOf(err) == review.CodePermission { // who only gets single cases has no queue
				return out, nil
			}
			for _, c := range cs {
				out.Body.Items = append(out.Body.Items, reviewCount{c.State, holderOf(c.State), c.Cases, c.Overdue, c.Charged})
			}
			return out, err
		})
	api.Add(g.API, huma.Operation{OperationID: "review-list", Method: http.MethodGet, Path: "/api/review/findings", Summary: "疑点", Tags: tags,
		Description: "只有该看到的：机构只看到发给自己的，科室、医生只看到转给自己的，合议专家只看到交给自己的（遮去人员）。"}, look,
		func(ctx context.Context, in *struct {
			Filter
			Cursor string `query:"cursor" maxLength:"64"`
			Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
		}) (*api.Body[reviewList], error) {
			f, err := g.filter(&in.Filter)
			if err != nil {
				return nil, err
			}
			f.After, f.Limit = in.Cursor, in.Limit
			xs, err := g.Desk.List(ctx, api.Who(ctx), f)
			if err != nil {
				return nil, err
			}
			items, err := g.itemsOf(ctx, xs)
			out := reviewList{Items: items}
			if len(xs) >= in.Limit {
				out.Next = xs[len(xs)-1].Cursor
			}
			return &api.Body[reviewList]{Body: out}, err
		})
	type names struct {
		Names map[string]string `json:"names" doc:"登录名或密钥编号 → 姓名或系统名"`
	}
	api.Add(g.API, huma.Operation{OperationID: "review-people", Method: http.MethodGet, Path: "/api/review/people", Summary: "人员姓名，按登录名", Tags: tags, Description: "机构只有本机构的。"}, api.Need{Inst: true, Locals: true},
		func(ctx context.Context, _ *struct{}) (*api.Body[names], error) {
			m, err := g.Desk.People(ctx, api.Who(ctx))
			return &api.Body[names]{Body: names{m}}, err
		})
	api.Add(g.API, huma.Operation{OperationID: "review-institutions", Method: http.MethodGet, Path: "/api/review/institutions", Summary: "机构，按名称或代码查", Tags: tags}, look,
		func(ctx context.Context, in *struct {
			Text string `query:"q" maxLength:"64"`
		}) (*api.Body[reviewInsts], error) {
			out := &api.Body[reviewInsts]{Body: reviewInsts{[]reviewInst{}}}
			is, err := g.Desk.Institutions(ctx, api.Who(ctx), in.Text)
			for _, i := range is {
				out.Body.Items = append(out.Body.Items, reviewInst{i.Code, i.Name, i.Admdvs, i.ClosedOn})
			}
			return out, err
		})
	api.Add(g.API, huma.Operation{OperationID: "review-take", Method: http.MethodPost, Path: "/api/review/take", Summary: "把机审疑点纳入初审", Tags: tags,
		Description: "按编号，或按条件（可抽样：抽样只决定看哪些，不决定扣多少）。"}, office(auth.Dispatch),
		func(ctx context.Context, in *struct {
			Body struct {
				IDs    []string `json:"ids,omitempty" maxItems:"20000"`
				Inst   string   `json:"fixmedins_code,omitempty"`
				Rule   string   `json:"rule_id,omitempty"`
				Month  string   `json:"month,omitempty"`
				Sev    int      `json:"sev_deg,omitempty"`
				Min    int64    `json:"min_fen,omitempty"`
				Limit  int      `json:"limit,omitempty" maximum:"20000"`
				Sample int      `json:"sample,omitempty" minimum:"0" maximum:"100"`
				Seed   string   `json:"seed,omitempty" maxLength:"64"`
			}
		}) (*api.Body[reviewTaken], error) {
			b := &in.Body
			x, err := g.Desk.Take(ctx, api.Who(ctx), review.TakeInput{IDs: b.IDs, Limit: b.Limit, Sample: b.Sample, Seed: b.Seed,
				Filter: store.FindingFilter{Inst: b.Inst, Rule: b.Rule, Month: b.Month, Severity: b.Sev, MinFen: b.Min}})
			if err != nil {
				return nil, err
			}
			return &api.Body[reviewTaken]{Body: reviewTaken{x.Taken, append([]string{}, x.Skipped...)}}, nil
		})
}

type reviewTaken struct {
	Taken   int      `json:"taken"`
	Skipped []string `json:"skipped"`
}
