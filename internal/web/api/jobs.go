package api

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/govern"
	"github.com/mingjian/mingjian/internal/store"
)

// JobItem is a job as it stands.
type JobItem struct {
	ID         string `json:"job_id"`
	Kind       string `json:"kind"`
	Subject    string `json:"subject" doc:"版本编号"`
	State      string `json:"state" doc:"等待 进行 完成 失败 取消 中断"`
	Done       int64  `json:"done"`
	Total      int64  `json:"total" doc:"0 为还不知道"`
	Said       string `json:"message" doc:"怎样结束的，或为什么没有做成"`
	Actor      string `json:"actor"`
	MadeAt     string `json:"made_at"`
	StartedAt  string `json:"started_at"`
	FinishedAt string `json:"finished_at"`
	Version    int64  `json:"version"`
}

// JobOf writes a job.
func JobOf(j *store.Job) JobItem {
	return JobItem{j.ID, j.Kind, j.Subject, j.State, j.Done, j.Total, j.Said, j.Actor, Moment(j.MadeAt), Moment(j.StartedAt), Moment(j.FinishedAt), j.Version}
}

type trialIn struct {
	VersionID
	Matched
	Body struct {
		From string `json:"from,omitempty" maxLength:"7" doc:"从哪个月，yyyy-MM"`
		To   string `json:"to,omitempty" maxLength:"7" doc:"到哪个月"`
	}
}

func (a *API) jobOps() {
	tags := []string{"长任务"}
	Add(a, huma.Operation{OperationID: "try-version", Method: http.MethodPost, Path: "/api/rules/versions/{id}/trial", Summary: "在历史数据上试算", Tags: []string{"规则版本"}, DefaultStatus: http.StatusAccepted,
		Description: "排队在另一个进程里做，不影响在线答复；用返回的任务看进度。结果记在版本上。", Errors: []int{404, 409, 412, 428}}, Need{Any: whole, Locals: true}, a.try)
	Add(a, huma.Operation{OperationID: "list-jobs", Method: http.MethodGet, Path: "/api/jobs", Summary: "长任务", Tags: tags}, lookRules,
		func(ctx context.Context, in *Paging) (*Body[List[JobItem]], error) {
			var js []store.Job
			err := a.DB.View(ctx, func(tx *store.Tx) (err error) { js, err = tx.Jobs(ScopeOf(ctx), "", in.Page()); return err })
			return Paged(js, *in, func(j *store.Job) string { return j.ID }, JobOf), err
		})
	type jobID struct {
		ID string `path:"id" maxLength:"64"`
	}
	Add(a, huma.Operation{OperationID: "get-job", Method: http.MethodGet, Path: "/api/jobs/{id}", Summary: "一个长任务的进度", Tags: tags, Errors: []int{404}}, lookRules,
		func(ctx context.Context, in *jobID) (*Tagged[JobItem], error) {
			j, err := a.job(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			return Tag(j.Version, JobOf(j)), nil
		})
	Add(a, huma.Operation{OperationID: "cancel-job", Method: http.MethodPost, Path: "/api/jobs/{id}/cancel", Summary: "取消长任务", Tags: tags, Errors: []int{404, 409}}, Need{Any: whole, Locals: true},
		func(ctx context.Context, in *jobID) (*Tagged[JobItem], error) {
			j, err := a.job(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			who := Who(ctx)
			if who.Name != j.Actor && !strings.HasPrefix(j.Area, who.Scope.Admdvs) {
				return nil, govern.ErrForbidden
			}
			if j, err = a.jobs.cancel(ctx, who, j.ID); err != nil {
				return nil, err
			}
			return Tag(j.Version, JobOf(j)), nil
		})
}

// job reads a job within the caller's scope.
func (a *API) job(ctx context.Context, id string) (*store.Job, error) {
	var js []store.Job
	err := a.DB.View(ctx, func(tx *store.Tx) (err error) {
		js, err = tx.Jobs(ScopeOf(ctx), id, store.Page{Limit: 1})
		return err
	})
	if err == nil && len(js) == 0 {
		err = notFound("任务", id)
	}
	if err != nil {
		return nil, err
	}
	return &js[0], nil
}

// try queues the trial of a version.
func (a *API) try(ctx context.Context, in *trialIn) (*Tagged[JobItem], error) {
	if _, err := a.version(ctx, in.ID); err != nil {
		return nil, err
	}
	seen, err := in.Version()
	if err != nil {
		return nil, err
	}
	for _, m := range []string{in.Body.From, in.Body.To} {
		if m != "" {
			if _, err := claim.ParseMonth(m); err != nil {
				return nil, err
			}
		}
	}
	who := Who(ctx)
	v, err := a.Rules().Expecting(seen).MayTry(ctx, who, in.ID)
	if err != nil {
		return nil, err
	}
	args, err := json.Marshal(Trial{Version: v.ID, From: in.Body.From, To: in.Body.To, As: who.Name})
	if err != nil {
		return nil, err
	}
	j, err := a.jobs.add(ctx, store.Job{Kind: kindTrial, Subject: v.ID, Area: v.Area, Args: string(args), Actor: who.Name},
		auth.Event{Actor: who.Name, Action: "试算任务", Object: v.Subject, Detail: "版本 " + v.ID})
	if err != nil {
		return nil, err
	}
	return Tag(j.Version, JobOf(j)), nil
}
