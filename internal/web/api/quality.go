package api

import (
	"context"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/govern"
	"github.com/mingjian/mingjian/internal/store"
)

type qualityList struct {
	Bounds map[string]float64 `json:"bounds" doc:"准确率下限，按程度 1、2、3；0 为不设"`
	Rules  []govern.Quality   `json:"rules" doc:"最费时的在前；金额单位分"`
}

type runItem struct {
	Run        int    `json:"run"`
	StartedAt  string `json:"started_at"`
	FinishedAt string `json:"finished_at" doc:"空为没有全部入库"`
	Added      int64  `json:"new"`
	Same       int64  `json:"same"`
	Revised    int64  `json:"revised"`
	Withdrawn  int64  `json:"withdrawn"`
	Tasks      int64  `json:"tasks"`
}

func (a *API) quality() {
	tags := []string{"质量"}
	Add(a, huma.Operation{OperationID: "list-quality", Method: http.MethodGet, Path: "/api/rules/quality", Summary: "每张卡的质量", Tags: tags,
		Description: "只管部分区划的用户看到的疑点和金额只算本区划的，不含整次审核的数字。"}, lookRules,
		func(ctx context.Context, _ *struct{}) (*Body[qualityList], error) {
			r := a.Rules()
			qs, err := r.QualitiesIn(ctx, ScopeOf(ctx))
			if err != nil {
				return nil, err
			}
			bs, err := r.Bounds(ctx)
			out := &Body[qualityList]{qualityList{Bounds: map[string]float64{}, Rules: qs}}
			for sev, b := range bs {
				out.Body.Bounds[strconv.Itoa(sev)] = b
			}
			return out, err
		})
	Add(a, huma.Operation{OperationID: "set-bound", Method: http.MethodPut, Path: "/api/rules/quality/bounds/{severity}", Summary: "改准确率下限", Tags: tags, DefaultStatus: http.StatusNoContent},
		Need{Any: []auth.Permission{auth.ApproveRules}}, func(ctx context.Context, in *struct {
			Severity int `path:"severity" minimum:"1" maximum:"3"`
			Body     struct {
				Bound float64 `json:"bound" minimum:"0" maximum:"1" doc:"0 为不设"`
			}
		}) (*struct{}, error) {
			return nil, a.Rules().SetBound(ctx, Who(ctx), in.Severity, in.Body.Bound)
		})
	Add(a, huma.Operation{OperationID: "list-runs", Method: http.MethodGet, Path: "/api/runs", Summary: "已入库的审核", Tags: tags}, Need{Any: []auth.Permission{auth.ReadFindings}},
		func(ctx context.Context, in *struct {
			Cursor int `query:"cursor" minimum:"0"`
			Limit  int `query:"limit" minimum:"1" maximum:"200" default:"50"`
		}) (*Body[List[runItem]], error) {
			var rs []store.Run
			err := a.DB.View(ctx, func(tx *store.Tx) (err error) { rs, err = tx.RunsBefore(in.Cursor, in.Limit+1); return err })
			return Paged(rs, Paging{Limit: in.Limit}, func(r *store.Run) string { return strconv.Itoa(r.Run) }, func(r *store.Run) runItem {
				return runItem{r.Run, Moment(r.Started), Moment(r.Finished), r.Added, r.Same, r.Revised, r.Withdrawn, r.Tasks}
			}), err
		})
}
