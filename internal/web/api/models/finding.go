package models

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/model"
	"github.com/mingjian/mingjian/internal/model/runs"
	"github.com/mingjian/mingjian/internal/modeldesk"
	"github.com/mingjian/mingjian/internal/review"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web"
	"github.com/mingjian/mingjian/internal/web/api"
)

// modelFinding is what a model's finding rests on: the rows of its case in its institution and month. An institution gets its own rows
// and what the model looks at; batch, case and how the bureau verifies are the bureau's.
type modelFinding struct {
	Model    string            `json:"model_id"`
	Name     string            `json:"name"`
	Purpose  string            `json:"purpose,omitempty"`
	Method   string            `json:"method,omitempty" doc:"这个模型看什么、怎样算"`
	Batch    string            `json:"batch_id,omitempty"`
	Run      string            `json:"run_id,omitempty"`
	Case     string            `json:"case_id,omitempty"`
	Group    string            `json:"group_id,omitempty"`
	Why      string            `json:"why,omitempty"`
	Verify   string            `json:"verify,omitempty"`
	Innocent []string          `json:"innocent,omitempty"`
	Titles   map[string]string `json:"titles,omitempty"`
	Persons  int64             `json:"persons"`
	Facts    int64             `json:"facts"`
	Money    int64             `json:"money" doc:"涉及金额（分）"`
	Rows     []model.Row       `json:"rows"`
	More     int               `json:"more" doc:"另有几行没有列出"`
	Names    *model.Names      `json:"names,omitempty"`
	Version  int64             `json:"version"`
}

// findingOp adds the operations by which a reviewer and the institution see what a model's finding rests on, and an analyst takes it back.
func (s *Service) findingOp(a *api.API, tags []string) {
	type id struct {
		ID string `path:"id" maxLength:"64"`
	}
	api.Add(a, huma.Operation{OperationID: "get-model-finding", Method: http.MethodGet, Path: "/api/models/findings/{id}", Summary: "模型疑点的案例：本机构、本月的明细", Tags: tags, Errors: []int{404},
		Description: "送出时的明细，运行删了也在。机构要疑点送达后才看得到，只有本机构的行，没有别的机构和核实办法；合议专家看到的人员编号是遮过的。"}, api.Need{Any: look, Inst: true, Locals: true},
		func(ctx context.Context, in *id) (*api.Body[modelFinding], error) {
			out, err := s.finding(ctx, a, in.ID)
			if err != nil {
				return nil, err
			}
			return &api.Body[modelFinding]{Body: *out}, nil
		})
	api.Add(a, huma.Operation{OperationID: "withdraw-model-finding", Method: http.MethodPost, Path: "/api/models/findings/{id}/withdraw", Summary: "撤下模型疑点", Tags: tags, Errors: []int{404, 422}, DefaultStatus: http.StatusNoContent,
		Description: "只有没人办理、或办理人退回机审的；要写原因，记入留痕；所依据的就诊以后不再送。"}, api.Need{Any: []auth.Permission{auth.RunAudit}, Locals: true},
		func(ctx context.Context, in *struct {
			ID   string `path:"id" maxLength:"64"`
			Body struct {
				Why string `json:"why" minLength:"2" maxLength:"500"`
			}
		}) (*struct{}, error) {
			return nil, s.desk(a).Withdraw(ctx, api.Who(ctx), in.ID, strings.TrimSpace(in.Body.Why))
		})
}

func (s *Service) finding(ctx context.Context, a *api.API, id string) (*modelFinding, error) {
	d, err := s.open(ctx, api.Who(ctx), id)
	if err != nil {
		return nil, err
	}
	f := d.Finding
	if f.Bucket != store.ModelBucket {
		return nil, web.NewProblem(http.StatusNotFound, web.CodeNotFound, "这条疑点不是模型送来的")
	}
	var x *store.ModelItem
	var b *store.ModelBatch
	var e *modeldesk.Evidence
	err = a.DB.View(ctx, func(tx *store.Tx) (err error) {
		if x, err = tx.ItemOfFinding(id); err != nil {
			return err
		}
		if b, err = tx.Batch(store.Scope{}, x.Batch); err != nil {
			return err
		}
		e, err = modeldesk.EvidenceOf(tx, id)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil, web.NewProblem(http.StatusNotFound, web.CodeNotFound, "这条疑点没有模型批次")
	}
	if err != nil {
		return nil, err
	}
	if e == nil {
		e = s.evidenceOfRun(f, x, b)
	}
	out := &modelFinding{Model: b.Model, Name: b.Name, Persons: x.Persons, Facts: x.Facts, Money: x.Money, Version: f.Version}
	if inst := api.ScopeOf(ctx).Inst; inst != "" {
		e = e.For(inst)
	} else {
		out.Batch, out.Run, out.Case, out.Group, out.Why, out.Verify, out.Innocent = b.ID, b.Origin, x.Case, x.Group, b.Why, e.Verify, e.Innocent
	}
	out.Purpose, out.Method, out.Titles, out.Rows, out.More, out.Names = e.Purpose, e.Method, e.Titles, e.Rows, e.More, e.Names
	if d.Masked {
		for i := range out.Rows {
			if out.Rows[i].Psn != "" {
				out.Rows[i].Psn = review.Mask(out.Rows[i].Psn)
			}
		}
	}
	return out, nil
}

// evidenceOfRun makes up the evidence of a finding that was sent before it was kept: the rows that the run still has.
func (s *Service) evidenceOfRun(f *store.Finding, x *store.ModelItem, b *store.ModelBatch) *modeldesk.Evidence {
	e := &modeldesk.Evidence{Rows: []model.Row{}}
	if lib, err := model.ForData(s.Data); err == nil && lib.Model(b.Model) != nil {
		m := lib.Model(b.Model)
		e.Purpose, e.Method, e.Verify, e.Innocent, e.Titles = m.Purpose, m.Method, m.Verify, m.Innocent, m.Titles
	}
	r, err := runs.Result(s.Data, b.Origin, b.Model)
	if err != nil { // a query's, or the run was removed
		return e
	}
	for i := range r.Cases {
		if r.Cases[i].ID != x.Case {
			continue
		}
		for _, row := range r.Cases[i].Rows {
			if row.Inst == f.Inst && (len(row.Day) < 7 || row.Day[:7] == f.Month) {
				e.Rows = append(e.Rows, row)
			}
		}
	}
	e.Names = r.Names.Of(e.Rows)
	return e
}
