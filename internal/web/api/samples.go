package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/govern"
	"github.com/mingjian/mingjian/internal/store"
)

// judges are who may judge a blind sample.
var judges = []auth.Permission{auth.FirstReview, auth.SecondReview, auth.PanelReview, auth.Inspect}

type sheets struct {
	Drawn  int            `json:"drawn" doc:"这次新抽的"`
	Sheets []govern.Sheet `json:"sheets" doc:"两人都判了才看得到另一人的判断"`
}

func (a *API) samples() {
	tags := []string{"盲审"}
	type monthIn struct {
		Month string `path:"month" minLength:"7" maxLength:"7" doc:"yyyy-MM"`
	}
	show := func(ctx context.Context, month string, drawn int) (*Body[sheets], error) {
		ss, err := a.Rules().Sheets(ctx, Who(ctx), month)
		if ss == nil {
			ss = []govern.Sheet{}
		}
		return &Body[sheets]{sheets{drawn, ss}}, err
	}
	type newest struct {
		Month string `json:"month" doc:"最近有疑点的月份；空为还没有疑点"`
	}
	Add(a, huma.Operation{OperationID: "sample-month", Method: http.MethodGet, Path: "/api/rules/sample-month", Summary: "抽样从哪个月看起", Tags: tags}, Need{Any: append(judges[:len(judges):len(judges)], whole...)},
		func(ctx context.Context, _ *struct{}) (*Body[newest], error) {
			out := &Body[newest]{}
			err := a.DB.View(ctx, func(tx *store.Tx) (err error) { out.Body.Month, err = tx.NewestMonth(); return err })
			return out, err
		})
	Add(a, huma.Operation{OperationID: "draw-sample", Method: http.MethodPost, Path: "/api/rules/samples/{month}", Summary: "抽取盲审样本", Tags: tags}, Need{Any: whole},
		func(ctx context.Context, in *monthIn) (*Body[sheets], error) {
			n, err := a.Rules().Draw(ctx, Who(ctx), in.Month)
			if err != nil {
				return nil, err
			}
			return show(ctx, in.Month, n)
		})
	Add(a, huma.Operation{OperationID: "get-sample", Method: http.MethodGet, Path: "/api/rules/samples/{month}", Summary: "盲审样本，自己判了哪些", Tags: tags}, Need{Any: append(judges[:len(judges):len(judges)], whole...)},
		func(ctx context.Context, in *monthIn) (*Body[sheets], error) { return show(ctx, in.Month, 0) })
	Add(a, huma.Operation{OperationID: "judge-finding", Method: http.MethodPost, Path: "/api/rules/judgements", Summary: "判断一条样本", Tags: tags, Errors: []int{404, 409},
		Description: "判了不能改。样本判完、准确率区间低于下限的卡自动退回影子，put_back 说明原因。"}, Need{Any: judges},
		func(ctx context.Context, in *struct {
			Body struct {
				Finding string `json:"finding_id" minLength:"1" maxLength:"64"`
				Verdict string `json:"verdict" enum:"right,wrong,unclear" doc:"对、错、说不清"`
				Note    string `json:"note,omitempty" maxLength:"2000"`
			}
		}) (*Body[judged], error) {
			put, err := a.Rules().Judge(ctx, Who(ctx), in.Body.Finding, in.Body.Verdict, in.Body.Note)
			return &Body[judged]{judged{in.Body.Finding, in.Body.Verdict, put}}, err
		})
	Add(a, huma.Operation{OperationID: "list-precisions", Method: http.MethodGet, Path: "/api/rules/precisions", Summary: "盲审准确率和区间", Tags: tags}, lookRules,
		func(ctx context.Context, in *struct {
			Month string `query:"month" maxLength:"7" doc:"yyyy-MM，空为全部"`
		}) (*Body[[]govern.Precision], error) {
			ps, err := a.Rules().Precisions(ctx, in.Month)
			if ps == nil {
				ps = []govern.Precision{}
			}
			return &Body[[]govern.Precision]{ps}, err
		})
}

type judged struct {
	Finding string `json:"finding_id"`
	Verdict string `json:"verdict"`
	PutBack string `json:"put_back" doc:"规则退回影子的原因，空为没有"`
}
