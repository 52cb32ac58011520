package api

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web"
)

func (a *API) evidence() {
	Add(a, huma.Operation{OperationID: "get-evidence", Method: http.MethodGet, Path: "/api/findings/{id}/evidence", Summary: "疑点的证据：按现有数据重新判断，账单、事实、知识点、近一年就诊",
		Tags: []string{"疑点"}, Errors: []int{404, 409}}, bureau,
		func(ctx context.Context, in *struct {
			ID string `path:"id" maxLength:"64"`
		}) (*Body[audit.Evidence], error) {
			var f *store.Finding
			err := a.DB.View(ctx, func(tx *store.Tx) (err error) { f, err = tx.FindingIn(ScopeOf(ctx), in.ID); return err })
			if err != nil {
				return nil, err
			}
			if f.Bucket == store.ModelBucket {
				return nil, web.NewProblem(http.StatusConflict, web.CodeConflict, "这条疑点来自大数据模型，证据是模型的案例，不由规则重新判断：见“模型案例”")
			}
			x, err := a.Evidence(ctx, f)
			if errors.Is(err, audit.ErrGone) {
				return nil, web.NewProblem(http.StatusConflict, web.CodeConflict, audit.ErrGone.Error()+"，没有可重新判断的证据；原有记录仍在疑点里")
			}
			if err != nil {
				return nil, err
			}
			return &Body[audit.Evidence]{*x}, nil
		})
}
