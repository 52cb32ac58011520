package api

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/govern"
	"github.com/mingjian/mingjian/internal/store"
)

// Trials judge a version on history and keep the result with it. progress tells how far it is; when ctx ends the work ends.
type Trials interface {
	Try(ctx context.Context, t Trial, progress func(done, total int64)) error
}

// Trial is what is tried, and in whose name.
type Trial struct {
	Version string `json:"version_id"`
	From    string `json:"from"` // months, "" = all
	To      string `json:"to"`
	As      string `json:"as"` // login
}

const kindTrial = "试算"

// Work does a job of a kind: args are the job's. progress tells how far it is; when ctx ends the work ends. said tells how it ended well.
type Work func(ctx context.Context, j *store.Job, progress func(done, total int64)) (said string, err error)

// Works says who does the jobs of a kind. Call it while operations are added.
func (a *API) Works(kind string, w Work) { a.jobs.works[kind] = w }

// Queue puts a job in the line; its event is on the trail with it. Kind, Subject, Area, Args and Actor are the caller's.
func (a *API) Queue(ctx context.Context, j store.Job, e auth.Event) (*store.Job, error) {
	return a.jobs.add(ctx, j, e)
}

// CancelJob ends a job that waits or runs.
func (a *API) CancelJob(ctx context.Context, who *auth.Identity, id string) (*store.Job, error) {
	return a.jobs.cancel(ctx, who, id)
}

// try is the Work of trials.
func (r *runner) try(ctx context.Context, j *store.Job, progress func(done, total int64)) (string, error) {
	var t Trial
	if err := json.Unmarshal([]byte(j.Args), &t); err != nil {
		return "", err
	}
	return "试算结果已记在版本上", r.Trials.Try(ctx, t, progress)
}

// States of a job.
const (
	jobWaits   = "等待"
	jobRuns    = "进行"
	jobDone    = "完成"
	jobFailed  = "失败"
	jobStopped = "取消"
	jobBroken  = "中断"
)

// Times of the runner.
const (
	look  = 2 * time.Second  // for jobs that another server queued
	beat  = time.Second      // how often a running job says that it is alive
	quiet = 30 * time.Second // after so long without a sign its server is gone
)

// runner runs one job after the other: each takes the data directory's lock. Jobs lie in the store, so a server that went away leaves its job there to be seen.
type runner struct {
	Config
	wake  chan struct{}
	works map[string]Work

	mu   sync.Mutex
	stop map[string]context.CancelFunc // of jobs that run here
}

func newRunner(c Config) *runner {
	r := &runner{Config: c, wake: make(chan struct{}, 1), works: map[string]Work{}, stop: map[string]context.CancelFunc{}}
	r.works[kindTrial] = r.try
	return r
}

// add queues a job.
func (r *runner) add(ctx context.Context, j store.Job, e auth.Event) (*store.Job, error) {
	j.ID, j.State, j.MadeAt = store.NewID(), jobWaits, store.Micros(time.Now())
	e.Detail += "；任务 " + j.ID
	err := r.Trail.Do(ctx, r.DB, func(tx *store.Tx) ([]auth.Event, error) { return []auth.Event{e}, tx.AddJob(&j) })
	select {
	case r.wake <- struct{}{}:
	default:
	}
	return &j, err
}

// cancelTries is how often cancelling looks again at a job that beat, or was taken up, at that moment: who cancels means the job, not a version.
const cancelTries = 5

// cancel ends a job that waits or runs.
func (r *runner) cancel(ctx context.Context, who *auth.Identity, id string) (j *store.Job, err error) {
	for try := 1; ; try++ {
		err = r.Trail.Do(ctx, r.DB, func(tx *store.Tx) ([]auth.Event, error) {
			if j, err = tx.Job(id); err != nil {
				return nil, err
			}
			if j.State != jobWaits && j.State != jobRuns {
				return nil, &stateError{"任务已经结束：" + j.State}
			}
			j.State, j.Said, j.FinishedAt = jobStopped, who.Name+" 取消", store.Micros(time.Now())
			return []auth.Event{{Actor: who.Name, Action: "取消任务", Object: id, Detail: j.Kind + " " + j.Subject}}, tx.ChangeJob(j)
		})
		if !errors.Is(err, store.ErrConflict) || try == cancelTries {
			break
		}
	}
	if err == nil {
		r.mu.Lock()
		if stop := r.stop[id]; stop != nil {
			stop() // here; on another server the next beat finds out
		}
		r.mu.Unlock()
	}
	return j, err
}

// stateError is a refusal for the state something is in.
type stateError struct{ says string }

func (e *stateError) Error() string        { return e.says }
func (e *stateError) Is(target error) bool { return target == govern.ErrState }

// run works until ctx ends.
func (r *runner) run(ctx context.Context) error {
	tick := time.NewTicker(look)
	defer tick.Stop()
	for {
		if err := r.sweep(ctx); err != nil && ctx.Err() == nil {
			r.Log.Error("jobs of servers that are gone", "error", err.Error())
		}
		for ctx.Err() == nil {
			j, err := r.next(ctx)
			if err != nil && ctx.Err() == nil {
				r.Log.Error("no job taken up", "error", err.Error())
			}
			if j == nil {
				break
			}
			r.work(ctx, j)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-r.wake:
		case <-tick.C:
		}
	}
}

// sweep marks jobs whose server has gone silent.
func (r *runner) sweep(ctx context.Context) error {
	var running []store.Job
	err := r.DB.View(ctx, func(tx *store.Tx) (err error) { running, err = tx.JobsIn(jobRuns); return err })
	for i := range running {
		j := &running[i]
		if err != nil {
			return err
		}
		if time.Since(store.Moment(j.BeatAt)) < quiet {
			continue
		}
		err = r.end(ctx, j, jobBroken, interrupted)
		if errors.Is(err, store.ErrConflict) {
			err = nil // its server, or another one, was faster
		}
	}
	return err
}

// interrupted is what a job says whose server stopped.
const interrupted = "服务停止时没有做完，请重新开始"

func (r *runner) end(ctx context.Context, j *store.Job, state, said string) error {
	return r.DB.Update(ctx, func(tx *store.Tx) error {
		x := *j
		x.State, x.Said, x.FinishedAt = state, said, store.Micros(time.Now())
		return tx.ChangeJob(&x)
	})
}

// next takes up the oldest job that waits; nil when there is none.
func (r *runner) next(ctx context.Context) (*store.Job, error) {
	var taken *store.Job
	err := r.DB.Update(ctx, func(tx *store.Tx) error {
		taken = nil
		waiting, err := tx.JobsIn(jobWaits)
		if err != nil || len(waiting) == 0 {
			return err
		}
		j := waiting[0]
		now := store.Micros(time.Now())
		j.State, j.StartedAt, j.BeatAt = jobRuns, now, now
		if err := tx.ChangeJob(&j); err != nil {
			return err
		}
		taken = &j
		return nil
	})
	if errors.Is(err, store.ErrConflict) { // another server took it up, or it was cancelled
		return nil, nil
	}
	return taken, err
}

// work runs a job and says how it ended.
func (r *runner) work(server context.Context, j *store.Job) {
	ctx, stop := context.WithCancel(server)
	defer stop()
	r.mu.Lock()
	r.stop[j.ID] = stop
	r.mu.Unlock()
	defer func() {
		r.mu.Lock()
		delete(r.stop, j.ID)
		r.mu.Unlock()
	}()
	var done, total atomic.Int64
	beating := make(chan struct{})
	go func() {
		defer close(beating)
		r.beats(ctx, stop, j.ID, &done, &total)
	}()
	said, err := "", error(&stateError{"这台服务不会做“" + j.Kind + "”"})
	if w := r.works[j.Kind]; w != nil {
		said, err = w(ctx, j, func(d, n int64) { done.Store(d); total.Store(n) })
	}
	cancelled := ctx.Err() != nil
	stop()
	<-beating
	state := jobDone
	switch {
	case err != nil && server.Err() != nil:
		state, said = jobBroken, interrupted
	case err != nil && cancelled:
		return // whoever cancelled it has said so
	case err != nil:
		state, said = jobFailed, err.Error()
	}
	j.Done, j.Total = done.Load(), total.Load()
	last, cancel := context.WithTimeout(context.WithoutCancel(server), 10*time.Second)
	defer cancel()
	if err := r.end(last, j, state, said); err != nil && !errors.Is(err, store.ErrConflict) {
		r.Log.Error("how a job ended is not noted", "job", j.ID, "error", err.Error())
	}
}

// beats tells the store that a job is alive until ctx ends, and ends the job when somebody cancelled it.
func (r *runner) beats(ctx context.Context, stop func(), id string, done, total *atomic.Int64) {
	tick := time.NewTicker(beat)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		err := r.DB.Update(ctx, func(tx *store.Tx) error {
			still, err := tx.BeatJob(id, jobRuns, done.Load(), total.Load(), store.Micros(time.Now()))
			if err == nil && !still {
				stop()
			}
			return err
		})
		if err != nil && ctx.Err() == nil {
			r.Log.Error("a job cannot say that it is alive", "job", id, "error", err.Error())
		}
	}
}
