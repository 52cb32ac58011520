package models

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/model"
	"github.com/mingjian/mingjian/internal/model/runs"
	"github.com/mingjian/mingjian/internal/model/worker"
	"github.com/mingjian/mingjian/internal/modeldesk"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web/api"
)

// desk is the office side over the server's store.
func (s *Service) desk(a *api.API) *modeldesk.Desk {
	return &modeldesk.Desk{DB: a.DB, Trail: a.Trail, Data: s.Data, Limits: worker.Limits{MemoryMiB: runLimits.MemoryMiB, Threads: 1, Time: queryLimits.Time}}
}

type batch struct {
	ID       string           `json:"batch_id"`
	Source   string           `json:"source" doc:"模型或查询"`
	Model    string           `json:"model_id"`
	Name     string           `json:"name"`
	Severity int              `json:"severity"`
	Run      string           `json:"run_id,omitempty"`
	SQL      string           `json:"sql,omitempty"`
	Basis    string           `json:"basis"`
	Why      string           `json:"why,omitempty"`
	Actor    string           `json:"actor"`
	Sent     string           `json:"sent_at"`
	Findings int64            `json:"findings" doc:"疑点数，只计看得到的"`
	Facts    int64            `json:"facts" doc:"就诊或指标数"`
	Persons  int64            `json:"persons"`
	Money    int64            `json:"money" doc:"涉及金额（分），不是拟拒付"`
	States   map[string]int64 `json:"states" doc:"各状态的疑点数"`
}

type batches struct {
	Items  []batch          `json:"items"`
	Next   string           `json:"next"`
	Totals modeldesk.Totals `json:"totals"`
}

type batchItem struct {
	Finding string `json:"finding_id"`
	Inst    string `json:"fixmedins_code"`
	Name    string `json:"fixmedins_name,omitempty"`
	Case    string `json:"case_id"`
	Group   string `json:"group_id"`
	State   string `json:"state"`
	Cont    string `json:"cont"`
	Persons int64  `json:"persons"`
	Facts   int64  `json:"facts"`
	Money   int64  `json:"money"`
}

type oneBatch struct {
	batch
	Items []batchItem `json:"items"`
	Next  string      `json:"next"`
}

func batchOf(b *modeldesk.Batch) batch {
	return batch{b.ID, b.Source, b.Model, b.Name, b.Severity, b.Origin, b.Statement, b.Basis, b.Why, b.Actor, api.Moment(b.SentAt), b.Findings, b.Facts, b.Persons, b.Money, b.States}
}

// batchOps adds the operations of batches.
func (s *Service) batchOps(a *api.API, tags []string) {
	api.Add(a, huma.Operation{OperationID: "send-model-result", Method: http.MethodPost, Path: "/api/models/runs/{run}/{model}/batch", Summary: "把结果送闭环，成一个批次", Tags: tags, Errors: []int{404, 422},
		Description: "一个案例在一家机构、一个月里成一条机审疑点；同一模型送过的就诊不再送；金额是涉及金额，不计拟拒付。"}, api.Need{Any: []auth.Permission{auth.RunAudit}},
		func(ctx context.Context, in *struct {
			ResultID
			Body struct {
				Cases []string `json:"cases,omitempty" maxItems:"5000" doc:"只送这些案例；不写为全部"`
				Why   string   `json:"why,omitempty" maxLength:"500"`
			}
		}) (*api.Body[*modeldesk.Sent], error) {
			lib, err := model.ForData(s.Data)
			if err != nil {
				return nil, err
			}
			m := lib.Model(in.Model)
			r, err := runs.Result(s.Data, in.Run, in.Model)
			if err == nil && m == nil {
				err = runs.ErrNone
			}
			if err != nil {
				return nil, err
			}
			out, err := s.desk(a).Send(ctx, api.Who(ctx), modeldesk.Sending{Source: "模型", Model: m, Result: r, Cases: in.Body.Cases, Origin: in.Run, Why: in.Body.Why})
			return &api.Body[*modeldesk.Sent]{Body: out}, err
		})
	api.Add(a, huma.Operation{OperationID: "send-query", Method: http.MethodPost, Path: "/api/models/query/batch", Summary: "把查询的结果送闭环，成一个批次", Tags: tags, Errors: []int{422, 429},
		Description: "查询要有 inst 列，最好有 visit、person、day、money 列；只送自己区划内的。"}, api.Need{Any: []auth.Permission{auth.RunAudit}, Locals: true},
		func(ctx context.Context, in *struct {
			Body struct {
				SQL      string `json:"sql" doc:"最多 20000 个字符"`
				Name     string `json:"name" minLength:"2" maxLength:"60"`
				Basis    string `json:"basis" minLength:"2" maxLength:"500"`
				Verify   string `json:"verify" minLength:"2" maxLength:"500"`
				Severity int    `json:"severity" minimum:"2" maximum:"3"`
				Why      string `json:"why,omitempty" maxLength:"500"`
			}
		}) (*api.Body[*modeldesk.Sent], error) {
			b := in.Body
			t, err := s.ask(ctx, a, b.SQL, mostSentRows)
			if err != nil {
				return nil, err
			}
			y, mo, d := api.China().Date()
			m, r, err := modeldesk.QueryResult(b.SQL, model.Draft{Name: b.Name, Basis: b.Basis, Verify: b.Verify, Severity: b.Severity}, t, claim.DayOf(y, int(mo), d))
			if err != nil {
				return nil, err
			}
			out, err := s.desk(a).Send(ctx, api.Who(ctx), modeldesk.Sending{Source: "查询", Model: m, Result: r, Statement: b.SQL, Why: b.Why})
			return &api.Body[*modeldesk.Sent]{Body: out}, err
		})
	api.Add(a, huma.Operation{OperationID: "list-model-batches", Method: http.MethodGet, Path: "/api/models/batches", Summary: "批次和它们的办理状态", Tags: tags}, api.Need{Any: look, Locals: true},
		func(ctx context.Context, in *api.Paging) (*api.Body[batches], error) {
			bs, sum, err := s.desk(a).Batches(ctx, api.ScopeOf(ctx), in.Page())
			if err != nil {
				return nil, err
			}
			out := batches{Items: []batch{}, Totals: sum}
			for i := range bs[:min(len(bs), in.Limit)] {
				out.Items = append(out.Items, batchOf(&bs[i]))
			}
			if len(bs) > in.Limit {
				out.Next = bs[in.Limit-1].ID
			}
			return &api.Body[batches]{Body: out}, nil
		})
	api.Add(a, huma.Operation{OperationID: "get-model-batch", Method: http.MethodGet, Path: "/api/models/batches/{batch}", Summary: "一个批次和它的疑点", Tags: tags, Errors: []int{404}}, api.Need{Any: look, Locals: true},
		func(ctx context.Context, in *struct {
			Batch string `path:"batch" maxLength:"32"`
			After string `query:"after" maxLength:"64"`
			Limit int    `query:"limit" minimum:"1" maximum:"500" default:"100"`
		}) (*api.Body[oneBatch], error) {
			b, items, err := s.desk(a).Batch(ctx, api.ScopeOf(ctx), in.Batch, in.After, in.Limit+1)
			if err != nil {
				return nil, err
			}
			names, err := namesOf(ctx, a.DB, items)
			if err != nil {
				return nil, err
			}
			out := oneBatch{batch: batchOf(b), Items: []batchItem{}}
			for _, x := range items[:min(len(items), in.Limit)] {
				out.Items = append(out.Items, batchItem{x.Finding, x.Inst, names[x.Inst], x.Case, x.Group, x.State, x.Cont, x.Persons, x.Facts, x.Money})
			}
			if len(items) > in.Limit {
				out.Next = items[in.Limit-1].Finding
			}
			return &api.Body[oneBatch]{Body: out}, nil
		})
}

// namesOf are what the institutions of some findings are called; one that the register does not know has no name.
func namesOf(ctx context.Context, db *store.DB, items []store.ModelItemState) (map[string]string, error) {
	out := map[string]string{}
	err := db.View(ctx, func(tx *store.Tx) error {
		for _, x := range items {
			if _, known := out[x.Inst]; known {
				continue
			}
			i, err := tx.ReviewInst(x.Inst)
			if errors.Is(err, store.ErrNotFound) {
				i, err = &store.ReviewInst{}, nil
			}
			if err != nil {
				return err
			}
			out[x.Inst] = i.Name
		}
		return nil
	})
	return out, err
}

// mostSentRows of a query can be sent at once.
const mostSentRows = 50_000

// whose is what the caller may see, as a child's scope.
func whose(s store.Scope) worker.Scope {
	switch {
	case s.Inst != "":
		return worker.Scope{Insts: []string{s.Inst}}
	case s.Admdvs != "":
		return worker.Scope{Areas: []string{s.Admdvs}}
	}
	return worker.Scope{}
}
