package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web"
)

// blindCase is a sampled finding as a judge looks at it: what happened and what the rule says. How grave the machine holds it, what it says of it in
// its own words, how far it has come in the review and what another judge answered are not in it.
type blindCase struct {
	Finding string                `json:"finding_id"`
	Rule    string                `json:"rule_id"`
	Month   string                `json:"month"`
	Amount  int64                 `json:"vola_fen" doc:"争议金额，分"`
	Basis   string                `json:"basis"`
	Facts   []audit.ExplainFact   `json:"facts"`
	Points  []audit.ExplainPoint  `json:"points"`
	Person  blindPerson           `json:"person"`
	Visit   blindVisit            `json:"visit"`
	Diags   []audit.EvidenceDiag  `json:"diagnoses"`
	Bill    []audit.BillLine      `json:"bill" doc:"mark：1 为规则提出的行，2 为有关的行"`
	Visits  []audit.EvidenceVisit `json:"visits" doc:"近一年就诊"`
}

type blindPerson struct {
	Number    string `json:"psn_no" doc:"遮去前面的"`
	Sex       string `json:"gend"`
	Age       string `json:"age" doc:"周岁"`
	Insurance string `json:"insutype"`
}

type blindVisit struct {
	MedType string `json:"med_type"`
	Begin   string `json:"begntime"`
	End     string `json:"endtime"`
	Diag    string `json:"main_diagnosis"`
}

func (a *API) blind() {
	Add(a, huma.Operation{OperationID: "get-blind-case", Method: http.MethodGet, Path: "/api/rules/samples/{month}/{finding}", Summary: "一条盲审样本：账单、事实、就诊，不含机器的程度与结论和别人的判断", Tags: []string{"盲审"},
		Errors: []int{404, 409}}, Need{Any: append(judges[:len(judges):len(judges)], whole...)},
		func(ctx context.Context, in *struct {
			Month   string `path:"month" minLength:"7" maxLength:"7" doc:"yyyy-MM"`
			Finding string `path:"finding" maxLength:"64"`
		}) (*Body[blindCase], error) {
			var f *store.Finding
			err := a.DB.View(ctx, func(tx *store.Tx) error {
				ss, err := tx.SamplesOf(in.Finding)
				if err == nil && !slices.ContainsFunc(ss, func(s store.Sampled) bool { return s.Month == in.Month }) {
					err = fmt.Errorf("疑点 %s 不在 %s 的盲审样本里：%w", in.Finding, in.Month, store.ErrNotFound)
				}
				if err != nil {
					return err
				}
				f, err = tx.FindingIn(ScopeOf(ctx), in.Finding)
				return err
			})
			if err != nil {
				return nil, err
			}
			if f.Bucket == store.ModelBucket {
				return nil, web.NewProblem(http.StatusConflict, web.CodeConflict, "这条来自大数据模型，没有可重新判断的账单：请判“说不清”并写明")
			}
			x, err := a.Evidence(ctx, f)
			if errors.Is(err, audit.ErrGone) {
				return nil, web.NewProblem(http.StatusConflict, web.CodeConflict, "抽取之后规则或数据改过，最近一次审核不再提出它，没有可看的账单：请判“说不清”并写明")
			}
			if err != nil {
				return nil, err
			}
			return &Body[blindCase]{blindOf(f, x)}, nil
		})
}

func blindOf(f *store.Finding, x *audit.Evidence) blindCase {
	out := blindCase{Finding: f.ID, Rule: f.RuleID, Month: f.Month, Amount: f.Vola, Basis: x.Basis, Facts: x.Facts, Points: x.Points, Diags: x.Diagnoses,
		Person: blindPerson{tail(x.Person["psn_no"]), x.Person["gend"], x.Person["age"], x.Person["insutype"]},
		Visit:  blindVisit{x.Visit["med_type"], x.Visit["begntime"], x.Visit["endtime"], x.Visit["main_diagnosis"]},
		Bill:   slices.Clone(x.Bill), Visits: slices.Clone(x.Visits)}
	for i := range out.Bill {
		b := &out.Bill[i]
		b.Mdtrt, b.Setl, b.Sn = tail(b.Mdtrt), tail(b.Setl), fmt.Sprint(i+1)
	}
	for i := range out.Visits {
		out.Visits[i].Mdtrt = tail(out.Visits[i].Mdtrt) + fmt.Sprint("-", i+1)
	}
	return out
}

// tail leaves the last four characters of a number.
func tail(s string) string {
	r := []rune(s)
	return "****" + string(r[max(0, len(r)-4):])
}
