package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/review"
	"github.com/mingjian/mingjian/internal/store"
)

// ReviewOptions of the benchmark of people at work on findings.
type ReviewOptions struct {
	Findings int
	Users    int
	For      time.Duration
	Pause    time.Duration // longest that somebody reads between two findings; at least a fifth of it
	Kills    int           // times the server is killed and started again while they work
	Seed     uint64
	Postgres *store.Location // nil = SQLite; a schema of its own is made and dropped
	Version  string
	Progress func(what string)
}

// Latency of one kind of work, in milliseconds, as who asks over HTTP sees it.
type Latency struct {
	Count   int     `json:"count"`
	P50     float64 `json:"p50_ms"`
	P95     float64 `json:"p95_ms"`
	Max     float64 `json:"max_ms"`
	Refused int     `json:"refused"` // somebody else was faster: 409 and 412, as it should be
	Errors  int     `json:"errors"`  // anything else that is no answer; not counted while the server is down
}

// ReviewLimit is the p95 in milliseconds that list, filter, queue, open and decide are held to.
const ReviewLimit = 200

// ReviewResult of the benchmark of people at work.
type ReviewResult struct {
	Gate     bool               `json:"gate"` // no error, no decision lost or doubled, and all invariants of the review hold afterwards
	Why      []string           `json:"failures"`
	Version  string             `json:"version"`
	Seed     uint64             `json:"seed"`
	Runs     int                `json:"runs"`
	CPU      string             `json:"cpu"`
	Cores    int                `json:"cores"`
	Hash     string             `json:"hash"` // engine, findings and users: what is comparable
	Engine   string             `json:"engine"`
	Findings int                `json:"findings"`
	Users    int                `json:"users"`
	Seconds  float64            `json:"seconds"`
	Load     float64            `json:"load_s"` // to fill the store
	Work     map[string]Latency `json:"work"`   // list, filter, queue, open, decide; take = 100 findings taken up
	Rate     float64            `json:"requests_per_s"`
	Server   float64            `json:"server_cpu_s"`
	Decided  int                `json:"decided"` // decisions that were answered as done
	Kills    int                `json:"kills"`
	Unsure   int                `json:"unsure"`      // decisions under way when the server was killed: nobody was told
	UnsureIn int                `json:"unsure_done"` // of these, how many took effect
	Claim    int64              `json:"ledger_fen"`  // fund money that stands in the ledger = by the decisions
	Limit    float64            `json:"limit_ms"`
	Slow     []string           `json:"slow"` // work whose p95 is above the limit
}

// Review fills a store, starts the server on it and lets many people list, filter, open and decide at once, over HTTP; then it proves that
// what was answered as done is there, once, and that ledger and decisions agree.
func Review(ctx context.Context, opt ReviewOptions) (r *ReviewResult, err error) {
	r = &ReviewResult{Gate: true, Why: []string{}, Version: opt.Version, Seed: opt.Seed, Runs: 1, CPU: cpuName(), Cores: runtime.NumCPU(), Findings: opt.Findings, Users: opt.Users,
		Engine: "SQLite", Work: map[string]Latency{}, Limit: ReviewLimit, Slow: []string{}, Kills: opt.Kills}
	dir, err := os.MkdirTemp("", "mingjian-bench-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	at := store.Location{Engine: store.SQLite, Path: filepath.Join(dir, store.FileName)}
	if opt.Postgres != nil {
		r.Engine = "PostgreSQL"
		scratch, remove, err := store.Scratch(ctx, *opt.Postgres)
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, remove()) }()
		at = scratch
	}
	r.Hash = fmt.Sprintf("%s-%d-%d", r.Engine, r.Findings, r.Users)
	w := &reviewRun{opt: opt, res: r, dir: dir, at: at, work: map[string]*times{}, decided: map[string][]decision{}}
	start := time.Now()
	if err := w.withStore(ctx, w.fill); err != nil {
		return nil, err
	}
	r.Load = time.Since(start).Seconds()
	opt.Progress(fmt.Sprintf("%s：装入 %d 条，%.0f 秒", r.Engine, opt.Findings, r.Load))
	if err := w.run(ctx); err != nil {
		return nil, err
	}
	opt.Progress("核对")
	return r, w.withStore(ctx, w.check)
}

// withStore opens the store as long as the server is not at it.
func (w *reviewRun) withStore(ctx context.Context, f func(context.Context, *store.DB) error) error {
	db, err := store.Open(ctx, w.at)
	if err != nil {
		return err
	}
	return errors.Join(f(ctx, db), db.Close())
}

// reviewRun is one measurement.
type reviewRun struct {
	opt    ReviewOptions
	res    *ReviewResult
	dir    string
	at     store.Location
	tokens []string // of the users' sessions

	work    map[string]*times
	decided map[string][]decision // by finding
	unsure  map[string]decision   // under way at a kill
}

// decision is what somebody was told to be done.
type decision struct{ login, event string }

// check proves that every acknowledged decision is there, once, by who made it; that no other was made; and that all invariants hold.
func (w *reviewRun) check(ctx context.Context, db *store.DB) error {
	r := w.res
	fail := func(format string, a ...any) {
		if r.Gate = false; len(r.Why) < 50 {
			r.Why = append(r.Why, fmt.Sprintf(format, a...))
		}
	}
	var steps []store.Step
	if err := db.View(ctx, func(tx *store.Tx) (err error) {
		steps, err = tx.StepsOf([]string{"keep", "dismiss"}, 0, 1<<40)
		return err
	}); err != nil {
		return err
	}
	have := map[string][]decision{}
	for _, s := range steps {
		have[s.Finding] = append(have[s.Finding], decision{s.Actor, s.Event})
	}
	for id, ds := range w.decided {
		r.Decided += len(ds)
		if got := have[id]; len(ds) != 1 || len(got) != 1 || got[0] != ds[0] {
			fail("疑点 %s：答复已办 %v，记下的是 %v", id, ds, got)
		}
	}
	for id, got := range have {
		if w.decided[id] != nil {
			continue
		}
		if d, ok := w.unsure[id]; !ok || len(got) != 1 || got[0].event != d.event {
			fail("疑点 %s：没有人得到答复，却记下了 %v", id, got)
		}
		r.UnsureIn++
	}
	r.Unsure = len(w.unsure)
	h, err := (&review.Desk{DB: db}).Check(ctx)
	if err != nil {
		return err
	}
	r.Claim = h.Booked
	for _, x := range h.Wrong {
		fail("%s", x)
	}
	v, err := auth.Verify(ctx, w.dir, db)
	if err == nil && !v.Whole {
		fail("操作留痕：%s", v.Broken)
	}
	return err
}
