package reviewapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web/api"
)

type savedItem struct {
	ID      string `json:"saved_id"`
	Kind    string `json:"kind"`
	Owner   string `json:"owner"`
	Shared  bool   `json:"shared"`
	Name    string `json:"name"`
	Body    string `json:"body"`
	Version int64  `json:"version"`
}

func savedOf(x *store.Saved) savedItem {
	return savedItem{x.ID, x.Kind, x.Owner, x.Shared, x.Name, x.Body, x.Version}
}

type savedList struct {
	Items []savedItem `json:"items"`
}

func (g *group) saved() {
	api.Add(g.API, huma.Operation{OperationID: "saved", Method: http.MethodGet, Path: "/api/review/saved", Summary: "存下的条件和模板：自己的和同事共享的", Tags: tags}, look,
		func(ctx context.Context, in *struct {
			Kind string `query:"kind" required:"true" enum:"filter,template,default" doc:"default：自己进列表先用的条件，至多一个"`
		}) (*api.Body[savedList], error) {
			xs, err := g.Desk.Saved(ctx, api.Who(ctx), in.Kind)
			out := savedList{[]savedItem{}}
			for i := range xs {
				out.Items = append(out.Items, savedOf(&xs[i]))
			}
			return &api.Body[savedList]{Body: out}, err
		})
	api.Add(g.API, huma.Operation{OperationID: "save", Method: http.MethodPost, Path: "/api/review/saved", Summary: "存下条件或模板", Tags: tags, DefaultStatus: http.StatusCreated}, look,
		func(ctx context.Context, in *struct {
			Body struct {
				Kind   string `json:"kind" enum:"filter,template,default"`
				Name   string `json:"name" minLength:"1" maxLength:"40"`
				Body   string `json:"body" minLength:"1" maxLength:"4000"`
				Shared bool   `json:"shared,omitempty"`
			}
		}) (*api.Tagged[savedItem], error) {
			x, err := g.Desk.Save(ctx, api.Who(ctx), in.Body.Kind, in.Body.Name, in.Body.Body, in.Body.Shared)
			if err != nil {
				return nil, err
			}
			return api.Tag(x.Version, savedOf(x)), nil
		})
	api.Add(g.API, huma.Operation{OperationID: "unsave", Method: http.MethodDelete, Path: "/api/review/saved/{id}", Summary: "删去自己存下的", Tags: tags, Errors: errs, DefaultStatus: http.StatusNoContent}, look,
		func(ctx context.Context, in *struct {
			PaperID
			api.Matched
		}) (*struct{}, error) {
			v, err := in.Version()
			if err == nil {
				err = g.Desk.Unsave(ctx, api.Who(ctx), in.ID, v)
			}
			return nil, err
		})
}
