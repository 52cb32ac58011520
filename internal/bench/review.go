package bench

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
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
	Seed     uint64
	Postgres *store.Location // nil = SQLite; a schema of its own is made and dropped
	Version  string
	Progress func(what string)
}

// Latency of one kind of work, in milliseconds.
type Latency struct {
	Count int     `json:"count"`
	P50   float64 `json:"p50_ms"`
	P95   float64 `json:"p95_ms"`
	Max   float64 `json:"max_ms"`
}

// ReviewResult of the benchmark of people at work.
type ReviewResult struct {
	Gate     bool               `json:"gate"` // no decision lost or doubled, and all invariants of the review hold afterwards
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
	Work     map[string]Latency `json:"work"`
	Decided  int                `json:"decided"`
}

// Review fills a store and lets many people list, filter, open and decide at once.
func Review(ctx context.Context, opt ReviewOptions) (r *ReviewResult, err error) {
	r = &ReviewResult{Gate: true, Why: []string{}, Version: opt.Version, Seed: opt.Seed, Runs: 1, CPU: cpuName(), Cores: runtime.NumCPU(), Findings: opt.Findings, Users: opt.Users,
		Engine: "SQLite", Work: map[string]Latency{}}
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
	db, err := store.Open(ctx, at)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	w := &reviewRun{opt: opt, res: r, db: db, desk: &review.Desk{DB: db, Trail: auth.OpenTrail(dir, opt.Version)}, took: map[string][]time.Duration{}, decided: map[string]int{}}
	start := time.Now()
	if err := w.fill(ctx); err != nil {
		return nil, err
	}
	r.Load = time.Since(start).Seconds()
	opt.Progress(fmt.Sprintf("%s：装入 %d 条，%.0f 秒", r.Engine, opt.Findings, r.Load))
	if err := w.work(ctx); err != nil {
		return nil, err
	}
	return r, w.check(ctx)
}

type reviewRun struct {
	opt  ReviewOptions
	res  *ReviewResult
	db   *store.DB
	desk *review.Desk

	mu      sync.Mutex
	took    map[string][]time.Duration
	decided map[string]int
}

func benchID(roles ...string) *auth.Identity {
	return &auth.Identity{Name: roles[0], Roles: roles}
}

const benchInsts, benchRules = 400, 150

// fill makes findings as a first audit does, and takes some up.
func (w *reviewRun) fill(ctx context.Context) error {
	clerk := benchID("经办")
	var is []store.ReviewInst
	for i := range benchInsts {
		is = append(is, store.ReviewInst{Code: fmt.Sprintf("H9901%04d", i), Name: "机构", Admdvs: fmt.Sprintf("9901%02d", i%12)})
	}
	if err := w.desk.SetInstitutions(ctx, clerk, is); err != nil {
		return err
	}
	rnd := rand.New(rand.NewPCG(w.opt.Seed, 1))
	const atOnce = 20000
	for lo := 0; lo < w.opt.Findings; lo += atOnce {
		var fs []*store.Finding
		for i := lo; i < min(w.opt.Findings, lo+atOnce); i++ {
			fs = append(fs, w.finding(i, rnd))
		}
		if err := w.db.Update(ctx, func(tx *store.Tx) error { return tx.AddFindings(fs) }); err != nil {
			return err
		}
	}
	n := min(20000, w.opt.Findings/5)
	got, err := w.desk.Take(ctx, clerk, review.TakeInput{Limit: n, Sample: 30, Seed: "bench"})
	if err == nil && got.Taken == 0 {
		err = errors.New("nothing was taken up")
	}
	return err
}

// finding is the i-th; every third lies on the visit of the one before.
func (w *reviewRun) finding(i int, rnd *rand.Rand) *store.Finding {
	visit := i - i%3/2
	vola := int64(100 + rnd.IntN(100000))
	if rnd.IntN(50) == 0 {
		vola *= 30
	}
	inst := visit % benchInsts
	f := &store.Finding{ID: fmt.Sprintf("%016x%08x", uint64(i)*0x9e3779b97f4a7c15, i), Revision: "r", Published: "r/0", RuleID: fmt.Sprintf("A%03d", rnd.IntN(benchRules)), RuleName: "规则",
		RuleVersion: "1", Severity: 1 + rnd.IntN(3), Stage: "事后", Month: fmt.Sprintf("2025-%02d", 1+visit%12), Bucket: visit % 64, Inst: fmt.Sprintf("H9901%04d", inst),
		Psn: fmt.Sprint("P", visit/5), Mdtrt: fmt.Sprint("M", visit), Setl: fmt.Sprint("S", visit), LineCount: 1, Vola: vola, Fund: vola * 6 / 10, Charged: vola,
		Cont: "限定支付范围外使用，请核对", PointID: "p", Basis: "某文第三条", State: store.MachineState, FirstRun: 1, LastRun: 1, Version: 1, Prio: i % 9, Admdvs: fmt.Sprintf("9901%02d", inst%12)}
	f.Lines = []store.Line{{Type: 1, Inst: f.Inst, Mdtrt: f.Mdtrt, Setl: f.Setl, Sn: fmt.Sprint(i % 3 / 2), Vola: vola, Fund: f.Fund, Charged: vola, Scope: vola},
		{Type: 2, Inst: f.Inst, Mdtrt: f.Mdtrt, Setl: f.Setl, Sn: "e"}}
	return f
}

// work lets everybody do his work until the time is over.
func (w *reviewRun) work(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	until := time.Now().Add(w.opt.For)
	start := time.Now()
	var wg sync.WaitGroup
	errs := make([]error, w.opt.Users)
	for k := range w.opt.Users {
		wg.Go(func() {
			rnd := rand.New(rand.NewPCG(w.opt.Seed, uint64(k)))
			for time.Now().Before(until) && errs[k] == nil {
				errs[k] = w.one(ctx, rnd)
				select { // people read before they click
				case <-ctx.Done():
				case <-time.After(time.Duration(200+rnd.IntN(800)) * time.Millisecond):
				}
			}
			if errs[k] != nil {
				stop()
			}
		})
	}
	wg.Wait()
	w.res.Seconds = time.Since(start).Seconds()
	for what, ds := range w.took {
		slices.Sort(ds)
		ms := func(i int) float64 { return float64(ds[i].Microseconds()) / 1000 }
		w.res.Work[what] = Latency{Count: len(ds), P50: ms(len(ds) / 2), P95: ms(min(len(ds)-1, len(ds)*95/100)), Max: ms(len(ds) - 1)}
	}
	return errors.Join(errs...)
}

func (w *reviewRun) time(what string, f func() error) error {
	start := time.Now()
	err := f()
	d := time.Since(start)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.took[what] = append(w.took[what], d)
	return err
}

// one is what a reviewer does in a minute: look at the pool, filter it in his way, see his queue, open a finding and decide on it.
func (w *reviewRun) one(ctx context.Context, rnd *rand.Rand) error {
	d, reader := w.desk, benchID("领导")
	list := func(what string, who *auth.Identity, f store.FindingFilter) (xs []store.FindingItem, err error) {
		f.Limit = 50
		err = w.time(what, func() (err error) { xs, err = d.List(ctx, who, f); return err })
		return xs, err
	}
	if _, err := list("list", reader, store.FindingFilter{State: review.Machine}); err != nil {
		return err
	}
	f := store.FindingFilter{}
	county := reader
	switch rnd.IntN(6) {
	case 0:
		f.Inst = fmt.Sprintf("H9901%04d", rnd.IntN(benchInsts))
	case 1:
		f.Rule, f.State = fmt.Sprintf("A%03d", rnd.IntN(benchRules)), review.Machine
	case 2:
		f.Month, f.Severity = fmt.Sprintf("2025-%02d", 1+rnd.IntN(12)), 1
	case 3:
		county = &auth.Identity{Name: "county", Roles: []string{"领导"}, Scope: auth.Scope{Admdvs: fmt.Sprintf("9901%02d", rnd.IntN(12))}}
	case 4:
		f.Rule, f.Month, f.Inst = fmt.Sprintf("A%03d", rnd.IntN(benchRules)), "2025-03", fmt.Sprintf("H9901%04d", rnd.IntN(benchInsts))
	case 5:
		f.Mdtrt = fmt.Sprint("M", rnd.IntN(w.opt.Findings))
	}
	if _, err := list("filter", county, f); err != nil {
		return err
	}
	after := ""
	var xs []store.FindingItem
	for range 1 + rnd.IntN(4) { // not everybody on the first page
		page, err := list("queue", reader, store.FindingFilter{State: review.First, ByDue: true, After: after})
		if err != nil || len(page) == 0 {
			return err
		}
		xs, after = page, page[len(page)-1].Cursor
	}
	return w.decide(ctx, rnd, xs[rnd.IntN(len(xs))].ID)
}

func (w *reviewRun) decide(ctx context.Context, rnd *rand.Rand, id string) error {
	d := w.desk
	var x *review.Detail
	if err := w.time("open", func() (err error) { x, err = d.Open(ctx, benchID("领导"), id); return err }); err != nil {
		return err
	}
	if x.Case.State != review.First {
		return nil
	}
	ref := review.Ref{ID: id, Version: x.Case.Version}
	err := w.time("decide", func() (err error) {
		if rnd.IntN(4) == 0 {
			_, err = d.Dismiss(ctx, benchID("初审"), ref, review.Say{Reason: "合理诊疗", Opinion: "医嘱在案"})
		} else {
			_, err = d.Keep(ctx, benchID("初审"), review.KeepInput{Ref: ref, Say: review.Say{Opinion: "属实"}})
		}
		return err
	})
	if code := review.CodeOf(err); code == review.CodeVersion || code == review.CodeState {
		return nil // somebody else was faster: that is right
	}
	if err == nil {
		w.mu.Lock()
		w.decided[id]++
		w.mu.Unlock()
	}
	return err
}

// check proves that every acknowledged decision is there, once, and that all invariants hold.
func (w *reviewRun) check(ctx context.Context) error {
	w.opt.Progress("核对")
	w.res.Decided = len(w.decided)
	fail := func(format string, a ...any) {
		w.res.Gate = false
		w.res.Why = append(w.res.Why, fmt.Sprintf(format, a...))
	}
	for id, n := range w.decided {
		x, err := w.desk.Open(ctx, benchID("领导"), id)
		if err != nil {
			return err
		}
		have := 0
		for _, s := range x.Steps {
			if s.Event == "keep" || s.Event == "dismiss" {
				have++
			}
		}
		if n != 1 || have != 1 {
			fail("疑点 %s：确认过 %d 次，记下 %d 次", id, n, have)
		}
	}
	h, err := w.desk.Check(ctx)
	if err != nil {
		return err
	}
	for _, x := range h.Wrong {
		fail("%s", x)
	}
	return nil
}
