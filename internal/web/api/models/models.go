package models

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/model"
	"github.com/mingjian/mingjian/internal/model/runs"
	"github.com/mingjian/mingjian/internal/model/worker"
	"github.com/mingjian/mingjian/internal/modeldesk"
	"github.com/mingjian/mingjian/internal/review"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web"
	"github.com/mingjian/mingjian/internal/web/api"
)

// Service is what the operations work with. One run and two queries at a time: the machine's other cores answer doctors.
type Service struct {
	Data string
	open Opener

	Queries worker.Limits // of one analyst's query; Rows is for the table on screen

	mu      sync.Mutex
	running *progress
	cancel  context.CancelFunc // of the run
	queries chan struct{}

	drawings map[string]*drawn // portraits by kind and views
}

// Opener opens a finding for somebody: who may see it, and whether without persons, is the review desk's to say.
type Opener func(ctx context.Context, who *auth.Identity, id string) (*review.Detail, error)

// New returns the service over a data directory.
func New(data string, open Opener) *Service {
	return &Service{Data: data, open: open, Queries: queryLimits, queries: make(chan struct{}, 2)}
}

type progress struct {
	Started string `json:"started"`
	Seconds int    `json:"seconds" doc:"已用几秒"`
	Done    int    `json:"done"`
	Total   int    `json:"total"`
	Model   string `json:"model" doc:"正在运行的模型"`
	Error   string `json:"error,omitempty"`

	began time.Time
}

// Limits of what the service starts.
var (
	runLimits   = worker.Limits{MemoryMiB: 6144, Threads: 1, Time: 10 * time.Minute}
	queryLimits = worker.Limits{MemoryMiB: 2048, Threads: 1, Time: time.Minute, Rows: 1000, SpillMiB: 4096, AnswerMiB: 32}
)

var look = []auth.Permission{auth.ReadFindings}

type library struct {
	Models []*model.Model             `json:"models"`
	Topics []model.Topic              `json:"topics"`
	Curves map[string]model.Threshold `json:"curves" doc:"自带模型主要参数的阈值曲线：值、案例、查出、误报、精确率、召回率"`
}

type runList struct {
	Items   []*runs.Run `json:"items"`
	Running *progress   `json:"running,omitempty"`
}

type RunID struct {
	Run string `path:"run" maxLength:"32"`
}

type ResultID struct {
	RunID
	Model string `path:"model" maxLength:"8"`
}

// Group adds the operations.
func (s *Service) Group(a *api.API) {
	tags := []string{"大数据模型"}
	s.batchOps(a, tags)
	s.draftOps(a, tags)
	s.findingOp(a, tags)
	s.portraitOps(a, tags)
	s.usageOps(a, tags)
	api.Add(a, huma.Operation{OperationID: "list-models", Method: http.MethodGet, Path: "/api/models", Summary: "模型库和主题", Tags: tags}, api.Need{Any: look, Locals: true},
		func(context.Context, *struct{}) (*api.Body[library], error) {
			lib, err := model.ForData(s.Data)
			if err != nil {
				return nil, err
			}
			topics, err := model.Topics()
			if err != nil {
				return nil, err
			}
			curves, err := model.Thresholds()
			return &api.Body[library]{Body: library{lib.All, topics, curves}}, err
		})
	api.Add(a, huma.Operation{OperationID: "list-model-views", Method: http.MethodGet, Path: "/api/models/views", Summary: "可用的视图和列", Tags: tags}, api.Need{Any: look, Locals: true},
		func(context.Context, *struct{}) (*api.Body[[]*model.View], error) {
			return &api.Body[[]*model.View]{Body: model.Views()}, nil
		})
	api.Add(a, huma.Operation{OperationID: "list-model-runs", Method: http.MethodGet, Path: "/api/models/runs", Summary: "运行记录", Tags: tags}, api.Need{Any: look},
		func(context.Context, *struct{}) (*api.Body[runList], error) {
			rs, err := runs.List(s.Data)
			if err != nil {
				return nil, err
			}
			if rs == nil {
				rs = []*runs.Run{}
			}
			return &api.Body[runList]{Body: runList{rs, s.now()}}, nil
		})
	api.Add(a, huma.Operation{OperationID: "run-models", Method: http.MethodPost, Path: "/api/models/runs", Summary: "运行模型", Tags: tags, DefaultStatus: http.StatusAccepted,
		Description: "在另外的进程里一个一个运行；用运行记录看进度。", Errors: []int{409, 422}}, api.Need{Any: []auth.Permission{auth.RunAudit}},
		func(ctx context.Context, in *struct {
			Body struct {
				Models []string                      `json:"models,omitempty" maxItems:"200" doc:"不写为全部"`
				Params map[string]map[string]float64 `json:"params,omitempty" doc:"按模型改的参数"`
			}
		}) (*api.Body[progress], error) {
			return s.start(ctx, a, in.Body.Models, in.Body.Params)
		})
	api.Add(a, huma.Operation{OperationID: "cancel-model-run", Method: http.MethodDelete, Path: "/api/models/runs/current", Summary: "取消正在进行的运行", Tags: tags, DefaultStatus: http.StatusNoContent,
		Description: "已算出的也不保存。", Errors: []int{409}}, api.Need{Any: []auth.Permission{auth.RunAudit}},
		func(ctx context.Context, _ *struct{}) (*struct{}, error) { return nil, s.stop(ctx, a) })
	api.Add(a, huma.Operation{OperationID: "get-model-run", Method: http.MethodGet, Path: "/api/models/runs/{run}", Summary: "一次运行", Tags: tags, Errors: []int{404}}, api.Need{Any: look},
		func(_ context.Context, in *RunID) (*api.Body[*runs.Run], error) {
			r, err := runs.Open(s.Data, in.Run)
			return &api.Body[*runs.Run]{Body: r}, err
		})
	api.Add(a, huma.Operation{OperationID: "get-model-result", Method: http.MethodGet, Path: "/api/models/runs/{run}/{model}", Summary: "一个模型的结果", Tags: tags, Errors: []int{404}}, api.Need{Any: look},
		func(_ context.Context, in *ResultID) (*api.Body[*model.Result], error) {
			r, err := runs.Result(s.Data, in.Run, in.Model)
			return &api.Body[*model.Result]{Body: r}, err
		})
	api.Add(a, huma.Operation{OperationID: "get-model-group", Method: http.MethodGet, Path: "/api/models/groups/{model}/{group}", Summary: "一个群体历次运行的样子，成员去过的机构", Tags: tags, Errors: []int{404}}, api.Need{Any: look},
		func(_ context.Context, in *struct {
			Model string `path:"model" maxLength:"8"`
			Group string `path:"group" maxLength:"64"`
		}) (*api.Body[*runs.Past], error) {
			p, err := runs.History(s.Data, in.Model, in.Group)
			return &api.Body[*runs.Past]{Body: p}, err
		})
	type file struct {
		Type        string `header:"Content-Type"`
		Disposition string `header:"Content-Disposition"`
		Body        []byte
	}
	api.Add(a, huma.Operation{OperationID: "export-model-result", Method: http.MethodGet, Path: "/api/models/runs/{run}/{model}/xlsx", Summary: "导出结果，每个案例一张表", Tags: tags, Errors: []int{404}},
		api.Need{Any: []auth.Permission{auth.ExportData}},
		func(ctx context.Context, in *ResultID) (*file, error) {
			lib, err := model.ForData(s.Data)
			if err != nil {
				return nil, err
			}
			r, err := runs.Result(s.Data, in.Run, in.Model)
			if err != nil {
				return nil, err
			}
			b, err := runs.Workbook(lib.Model(in.Model), r)
			if err != nil {
				return nil, err
			}
			if err := s.noted(ctx, a, "导出模型结果", in.Run+" "+in.Model, ""); err != nil {
				return nil, err
			}
			return &file{"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", `attachment; filename="` + in.Model + "-" + in.Run + `.xlsx"`, b}, nil
		})
	api.Add(a, huma.Operation{OperationID: "query-models", Method: http.MethodPost, Path: "/api/models/query", Summary: "分析查询（只读）", Tags: tags,
		Description: "一条 SELECT，只能读可用的视图；只看得到自己区划或机构的行；每一条都记入留痕。", Errors: []int{422, 429}}, api.Need{Any: []auth.Permission{auth.RunAudit}, Locals: true},
		func(ctx context.Context, in *struct {
			Body struct {
				SQL string `json:"sql" doc:"最多 20000 个字符"`
			}
		}) (*api.Body[worker.Table], error) {
			t, err := s.ask(ctx, a, in.Body.SQL, s.Queries.Rows)
			if err != nil {
				return nil, err
			}
			return &api.Body[worker.Table]{Body: *t}, nil
		})
}

// Problem is what this area's errors are called; nil for those of others.
func Problem(err error) *web.Problem {
	switch {
	case errors.Is(err, runs.ErrNone):
		return web.NewProblem(http.StatusNotFound, web.CodeNotFound, err.Error())
	case errors.Is(err, worker.ErrStopped), errors.Is(err, worker.ErrRefused), errors.Is(err, modeldesk.ErrRefused):
		return web.NewProblem(http.StatusUnprocessableEntity, web.CodeInvalid, err.Error())
	}
	return nil
}

func (s *Service) noted(ctx context.Context, a *api.API, action, object, detail string) error {
	return a.Trail.Do(ctx, a.DB, func(*store.Tx) ([]auth.Event, error) {
		return []auth.Event{{Actor: api.Who(ctx).Name, Action: action, Object: object, Detail: detail}}, nil
	})
}

func (s *Service) now() *progress {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running == nil {
		return nil
	}
	p := *s.running
	p.Seconds = int(time.Since(p.began).Seconds())
	return &p
}

// start runs models beside the request that asked for it.
func (s *Service) start(ctx context.Context, a *api.API, ids []string, params map[string]map[string]float64) (*api.Body[progress], error) {
	lib, err := model.ForData(s.Data)
	if err != nil {
		return nil, err
	}
	ms, err := lib.Pick(ids)
	if err != nil {
		return nil, web.NewProblem(http.StatusUnprocessableEntity, web.CodeInvalid, err.Error())
	}
	for _, m := range ms {
		if _, err := m.Values(params[m.ID]); err != nil {
			return nil, web.NewProblem(http.StatusUnprocessableEntity, web.CodeInvalid, err.Error())
		}
	}
	s.mu.Lock()
	if s.running != nil && s.running.Error == "" {
		s.mu.Unlock()
		return nil, web.NewProblem(http.StatusConflict, web.CodeConflict, "已有一次运行在进行：请等它结束")
	}
	s.running = &progress{Started: time.Now().Format("15:04:05"), Total: len(ms), began: time.Now()}
	p := *s.running
	s.mu.Unlock()
	if err := s.noted(ctx, a, "运行模型", "控制台", ""); err != nil {
		s.finish(err)
		return nil, err
	}
	run, cancel := context.WithCancel(context.WithoutCancel(ctx))
	s.mu.Lock()
	s.cancel = cancel
	s.mu.Unlock()
	go func() {
		defer cancel()
		_, err := runs.Do(run, runs.Options{Data: s.Data, Models: ms, Params: params, Limits: runLimits, Progress: func(done, total int, id string) {
			s.mu.Lock()
			s.running.Done, s.running.Total, s.running.Model = done, total, id
			s.mu.Unlock()
		}})
		s.finish(err)
	}()
	return &api.Body[progress]{Body: p}, nil
}

func (s *Service) finish(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case errors.Is(err, context.Canceled):
		s.running.Error = "已取消，没有保存结果"
	case err != nil:
		s.running.Error = err.Error()
	default:
		s.running = nil
	}
}

// stop cancels the run that is under way; nothing of it is kept.
func (s *Service) stop(ctx context.Context, a *api.API) error {
	s.mu.Lock()
	cancel, going := s.cancel, s.running != nil && s.running.Error == ""
	s.mu.Unlock()
	if !going || cancel == nil {
		return web.NewProblem(http.StatusConflict, web.CodeConflict, "没有正在进行的运行")
	}
	if err := s.noted(ctx, a, "取消模型运行", "控制台", ""); err != nil {
		return err
	}
	cancel()
	return nil
}

// turn takes one of the places of queries; the caller gives it back.
func (s *Service) turn() (done func(), err error) {
	select {
	case s.queries <- struct{}{}:
		return func() { <-s.queries }, nil
	default:
		return nil, web.NewProblem(http.StatusTooManyRequests, web.CodeTooMany, "正在查询的人多：请稍后再试")
	}
}
