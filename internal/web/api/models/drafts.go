package models

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/model"
	"github.com/mingjian/mingjian/internal/modeldesk"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web/api"
)

type draft struct {
	ID       string           `json:"draft_id"`
	Model    string           `json:"model_id"`
	Name     string           `json:"name"`
	State    string           `json:"state"`
	Checked  bool             `json:"checked" doc:"现在的内容通过了样例"`
	Trial    *modeldesk.Trial `json:"trial,omitempty" doc:"现在的内容在历史数据上的试算"`
	Author   string           `json:"author"`
	Approver string           `json:"approver,omitempty"`
	Why      string           `json:"why,omitempty"`
	Made     string           `json:"made_at"`
	Changed  string           `json:"changed_at"`
	Version  int64            `json:"version"`
	Text     *model.Draft     `json:"text,omitempty"`
}

func draftOf(x *store.ModelDraft, whole bool) (*draft, error) {
	d := &draft{ID: x.ID, Model: x.Model, Name: x.Name, State: x.State, Checked: x.Checked == x.Digest, Author: x.Author, Approver: x.Approver, Why: x.Why, Made: api.Moment(x.MadeAt), Changed: api.Moment(x.ChangedAt), Version: x.Version}
	if x.Trial != "" {
		d.Trial = &modeldesk.Trial{}
		if err := json.Unmarshal([]byte(x.Trial), d.Trial); err != nil {
			return nil, err
		}
	}
	if !whole {
		return d, nil
	}
	var err error
	d.Text, err = modeldesk.TextOf(x)
	return d, err
}

func tagged(x *store.ModelDraft, err error) (*api.Tagged[*draft], error) {
	if err != nil {
		return nil, err
	}
	d, err := draftOf(x, true)
	return api.Tag(x.Version, d), err
}

type DraftID struct {
	ID string `path:"id" maxLength:"32"`
}

// draftOps adds the operations by which a query becomes a model.
func (s *Service) draftOps(a *api.API, tags []string) {
	write := api.Need{Any: []auth.Permission{auth.RunAudit}}
	const path = "/api/models/drafts"
	api.Add(a, huma.Operation{OperationID: "list-model-drafts", Method: http.MethodGet, Path: path, Summary: "模型草稿", Tags: tags}, api.Need{Any: look},
		func(ctx context.Context, in *struct {
			api.Paging
			Model string `query:"model" maxLength:"8"`
		}) (*api.Body[api.List[*draft]], error) {
			ds, err := s.desk(a).Drafts(ctx, in.Model, in.Page())
			if err != nil {
				return nil, err
			}
			return api.Paged(ds, in.Paging, func(x *store.ModelDraft) string { return x.ID }, func(x *store.ModelDraft) *draft { d, _ := draftOf(x, false); return d }), nil
		})
	api.Add(a, huma.Operation{OperationID: "add-model-draft", Method: http.MethodPost, Path: path, Summary: "做成模型：新的草稿", Tags: tags, DefaultStatus: http.StatusCreated, Errors: []int{422}}, write,
		func(ctx context.Context, in *struct{ Body model.Draft }) (*api.Tagged[*draft], error) {
			return tagged(s.desk(a).SaveDraft(ctx, api.Who(ctx), "", 0, in.Body))
		})
	api.Add(a, huma.Operation{OperationID: "get-model-draft", Method: http.MethodGet, Path: path + "/{id}", Summary: "一份模型草稿", Tags: tags, Errors: []int{404}}, api.Need{Any: look},
		func(ctx context.Context, in *DraftID) (*api.Tagged[*draft], error) {
			return tagged(s.desk(a).Draft(ctx, in.ID))
		})
	api.Add(a, huma.Operation{OperationID: "change-model-draft", Method: http.MethodPut, Path: path + "/{id}", Summary: "改模型草稿", Tags: tags, Errors: []int{404, 412, 422, 428}}, write,
		func(ctx context.Context, in *struct {
			DraftID
			api.Matched
			Body model.Draft
		}) (*api.Tagged[*draft], error) {
			v, err := in.Version()
			if err != nil {
				return nil, err
			}
			return tagged(s.desk(a).SaveDraft(ctx, api.Who(ctx), in.ID, v, in.Body))
		})
	api.Add(a, huma.Operation{OperationID: "check-model-draft", Method: http.MethodPost, Path: path + "/{id}/check", Summary: "用自己的样例检查", Tags: tags, Errors: []int{404, 412, 422, 429}}, write,
		func(ctx context.Context, in *DraftID) (*api.Tagged[*draft], error) {
			done, err := s.turn()
			if err != nil {
				return nil, err
			}
			defer done()
			return tagged(s.desk(a).CheckDraft(ctx, api.Who(ctx), in.ID))
		})
	api.Add(a, huma.Operation{OperationID: "try-model-draft", Method: http.MethodPost, Path: path + "/{id}/trial", Summary: "在历史数据上试算，与现用版本比较", Tags: tags, Errors: []int{404, 412, 422, 429}}, write,
		func(ctx context.Context, in *DraftID) (*api.Tagged[*draft], error) {
			done, err := s.turn()
			if err != nil {
				return nil, err
			}
			defer done()
			return tagged(s.desk(a).TryDraft(ctx, api.Who(ctx), in.ID))
		})
	type step struct {
		DraftID
		api.Matched
		Body struct {
			Agree bool   `json:"agree,omitempty" doc:"只在批准时用"`
			Why   string `json:"why,omitempty" maxLength:"500"`
		}
	}
	approve := api.Need{Any: []auth.Permission{auth.ApproveRules}}
	for _, o := range []struct {
		id, path, title string
		need            api.Need
		do              func(d *modeldesk.Desk, ctx context.Context, in *step, v int64) (*store.ModelDraft, error)
	}{
		{"ask-model-draft", "/ask", "提交另一人批准", write, func(d *modeldesk.Desk, ctx context.Context, in *step, v int64) (*store.ModelDraft, error) {
			return d.Ask(ctx, api.Who(ctx), in.ID, v, in.Body.Why)
		}},
		{"decide-model-draft", "/decide", "批准或退回（另一人）", approve, func(d *modeldesk.Desk, ctx context.Context, in *step, v int64) (*store.ModelDraft, error) {
			return d.Decide(ctx, api.Who(ctx), in.ID, v, in.Body.Agree, in.Body.Why)
		}},
		{"retire-model-draft", "/retire", "停用已批准的模型", approve, func(d *modeldesk.Desk, ctx context.Context, in *step, v int64) (*store.ModelDraft, error) {
			return d.Retire(ctx, api.Who(ctx), in.ID, v, in.Body.Why)
		}},
	} {
		api.Add(a, huma.Operation{OperationID: o.id, Method: http.MethodPost, Path: path + "/{id}" + o.path, Summary: o.title, Tags: tags, Errors: []int{404, 412, 422, 428}}, o.need,
			func(ctx context.Context, in *step) (*api.Tagged[*draft], error) {
				v, err := in.Version()
				if err != nil {
					return nil, err
				}
				return tagged(o.do(s.desk(a), ctx, in, v))
			})
	}
}
