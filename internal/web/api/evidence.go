package api

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web"
)

// evidenceItem is what a finding rests on. Hidden counts visits at other institutions that the caller may not see.
type evidenceItem struct {
	audit.Evidence
	Hidden int `json:"hidden_visits" doc:"其他机构的就诊次数：机构的用户看不到"`
}

func (a *API) evidence() {
	n := Need{Any: []auth.Permission{auth.ReadFindings}, Inst: true, Locals: true}
	Add(a, huma.Operation{OperationID: "get-evidence", Method: http.MethodGet, Path: "/api/findings/{id}/evidence", Summary: "疑点的证据：按现有数据重新判断，账单、事实、知识点、近一年就诊",
		Tags: []string{"疑点"}, Errors: []int{404}}, n,
		func(ctx context.Context, in *struct {
			ID string `path:"id" maxLength:"64"`
		}) (*Body[evidenceItem], error) {
			who := Who(ctx)
			var f *store.Finding
			err := a.DB.View(ctx, func(tx *store.Tx) (err error) { f, err = tx.FindingIn(store.Scope(who.Scope), in.ID); return err })
			if err != nil {
				return nil, err
			}
			x, err := a.Evidence(ctx, f)
			if errors.Is(err, audit.ErrGone) {
				return nil, web.NewProblem(http.StatusConflict, web.CodeConflict, audit.ErrGone.Error()+"，没有可重新判断的证据；原有记录仍在疑点里")
			}
			if err != nil {
				return nil, err
			}
			out := evidenceItem{Evidence: *x}
			if own := who.Scope.Inst; own != "" {
				out.only(own)
				hide, err := a.Hide(ctx)
				if err != nil {
					return nil, err
				}
				out.hide(hide)
			}
			return &Body[evidenceItem]{out}, nil
		})
}

// only leaves what belongs to an institution: it may not learn where else its patients go.
func (x *evidenceItem) only(inst string) {
	own := func(i string) bool { return i == inst }
	mine := map[string]bool{}
	var visits []audit.EvidenceVisit
	for _, v := range x.Visits {
		if own(v.Inst) {
			visits = append(visits, v)
			mine[v.Mdtrt] = true
		}
	}
	x.Hidden, x.Visits = len(x.Visits)-len(visits), visits
	x.Bill = slices.DeleteFunc(slices.Clone(x.Bill), func(l audit.BillLine) bool { return !own(l.Inst) })
	e := *x.Explanation
	e.Lines = slices.DeleteFunc(slices.Clone(e.Lines), func(l audit.ExplainLine) bool { return !mine[l.Mdtrt] })
	if m := e.Visit["mdtrt_id"]; m != "" && !mine[m] {
		e.Visit = map[string]string{}
		x.Diagnoses = nil
	}
	x.Explanation = &e
}

// hide takes what the caller may not read out of the words of the judgement.
func (x *evidenceItem) hide(f func(string) string) {
	e := *x.Explanation
	e.Cont, e.Advice, e.Facts = f(e.Cont), f(e.Advice), slices.Clone(e.Facts)
	for i := range e.Facts {
		e.Facts[i].Value = f(e.Facts[i].Value)
	}
	x.Explanation = &e
}
