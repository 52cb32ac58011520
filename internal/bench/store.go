package bench

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/mingjian/mingjian/internal/intake"
	"github.com/mingjian/mingjian/internal/store"
)

// StoreOptions of the store benchmark.
type StoreOptions struct {
	Findings int // with two lines each on average
	Seed     uint64
	Runs     int             // of each measurement; the median counts
	Postgres *store.Location // nil = not measured; a schema of its own is made and dropped
	Version  string
	Only     store.Engine // measure this engine alone; "" = both
	Progress func(what string)
}

// StoreResult of the store benchmark.
type StoreResult struct {
	Gate     bool     `json:"gate"` // both engines hold what was published, before and after a second round
	Why      []string `json:"failures"`
	Version  string   `json:"version"`
	Seed     uint64   `json:"seed"`
	Runs     int      `json:"runs"`
	CPU      string   `json:"cpu"`
	Cores    int      `json:"cores"`
	Hash     string   `json:"hash"` // of findings, revisions, lines and money
	Findings int      `json:"findings"`
	Lines    int      `json:"lines"`

	Postgres    *float64 `json:"findings_per_s_postgres"` // first taking in, with lines, indexes and durable commits
	SQLite      *float64 `json:"findings_per_s_sqlite"`
	Same        *float64 `json:"compared_per_s_postgres"` // comparing what mostly stayed the same
	SameLite    *float64 `json:"compared_per_s_sqlite"`
	NoPostgres  string   `json:"postgres_skipped,omitempty"` // why it was not measured
	PostgresVia string   `json:"postgres,omitempty"`
}

// Store measures how fast published findings come into the store, after proving that they do.
func Store(ctx context.Context, opt StoreOptions) (*StoreResult, error) {
	r := &StoreResult{Gate: true, Why: []string{}, Version: opt.Version, Seed: opt.Seed, Runs: opt.Runs, CPU: cpuName(), Cores: runtime.NumCPU(), Findings: opt.Findings}
	b := &storeRun{ctx: ctx, opt: opt, res: r}
	var err error
	for round := 1; round <= 2; round++ {
		if b.want[round-1], r.Lines, err = b.expect(round); err != nil {
			return nil, err
		}
	}
	r.Hash = b.want[0]
	if opt.Only != store.Postgres {
		if r.SQLite, r.SameLite, err = b.engine("SQLite", b.lite); err != nil {
			return nil, err
		}
	}
	if opt.Only == store.SQLite {
		r.NoPostgres = "只测 SQLite"
	} else if opt.Postgres == nil {
		r.NoPostgres = "没有给 PostgreSQL 的地址（--store 或环境变量 MINGJIAN_STORE）"
	} else {
		r.PostgresVia = opt.Postgres.String()
		if r.Postgres, r.Same, err = b.engine("PostgreSQL", b.scratch); err != nil {
			return nil, err
		}
	}
	if !r.Gate {
		r.Postgres, r.SQLite, r.Same, r.SameLite = nil, nil, nil, nil
	}
	return r, nil
}

type storeRun struct {
	ctx  context.Context
	opt  StoreOptions
	res  *StoreResult
	want [2]string
}

func (b *storeRun) source(round int) *published {
	return &published{findings: b.opt.Findings, seed: b.opt.Seed, round: round}
}

// expect is the hash of what a round publishes, and how many lines that is.
func (b *storeRun) expect(round int) (string, int, error) {
	var all []standing
	lines := 0
	err := b.source(round).lines(func(id, revision string, n int, vola, fund, charged int64) {
		all = append(all, standing{id, revision, n, vola, fund, charged})
		lines += n
	})
	slices.SortFunc(all, func(x, y standing) int { return cmp.Compare(x.id, y.id) })
	h := sha256.New()
	for _, f := range all {
		digestLine(h, f)
	}
	return hex.EncodeToString(h.Sum(nil)), lines, err
}

// holds is the hash of what stands in a store.
func (b *storeRun) holds(db *store.DB) (string, error) {
	h := sha256.New()
	err := db.EachFinding(b.ctx, func(id, published string, withdrawn bool, lines int, vola, fund, charged int64) error {
		if revision, _, _ := strings.Cut(published, "/"); !withdrawn {
			digestLine(h, standing{id, revision, lines, vola, fund, charged})
		}
		return nil
	})
	return hex.EncodeToString(h.Sum(nil)), err
}

// lite and scratch give an empty place for a store and a way to remove it.
func (b *storeRun) lite() (store.Location, func() error, error) {
	dir, err := os.MkdirTemp("", "mingjian-bench-")
	return store.Location{Engine: store.SQLite, Path: filepath.Join(dir, store.FileName)}, func() error { return os.RemoveAll(dir) }, err
}

func (b *storeRun) scratch() (store.Location, func() error, error) {
	return store.Scratch(b.ctx, *b.opt.Postgres)
}

// engine measures an engine: the median rates of taking in all, and of comparing the second round.
func (b *storeRun) engine(name string, place func() (store.Location, func() error, error)) (first, second *float64, err error) {
	var took, compared []float64
	for i := range b.opt.Runs {
		b.opt.Progress(fmt.Sprintf("%s 第 %d 次", name, i+1))
		a, c, err := b.once(name, place)
		if err != nil {
			return nil, nil, err
		}
		took, compared = append(took, a), append(compared, c)
	}
	return median(took), median(compared), nil
}

func median(rates []float64) *float64 {
	slices.Sort(rates)
	return &rates[len(rates)/2]
}

func (b *storeRun) once(name string, place func() (store.Location, func() error, error)) (took, compared float64, err error) {
	at, remove, err := place()
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, remove()) }()
	db, err := store.Open(b.ctx, at)
	if err != nil {
		return 0, 0, err
	}
	defer db.Close()
	var rates [2]float64
	for round := 1; round <= 2; round++ {
		start := time.Now()
		got, err := intake.Sync(b.ctx, b.source(round), db, intake.Options{})
		if err != nil {
			return 0, 0, err
		}
		rates[round-1] = float64(b.opt.Findings) / time.Since(start).Seconds()
		want := b.source(round).wantSecond()
		if round == 1 {
			want = store.Run{Run: 1, Parts: want.Parts, Added: int64(b.opt.Findings)}
		}
		b.check(*got == want, "%s 第 %d 轮：变化 %+v，应为 %+v", name, round, *got, want)
		have, err := b.holds(db)
		if err != nil {
			return 0, 0, err
		}
		b.check(have == b.want[round-1], "%s 第 %d 轮：库里的内容与发布的不同", name, round)
	}
	return rates[0], rates[1], nil
}

func (b *storeRun) check(ok bool, format string, a ...any) {
	if !ok {
		b.res.Gate = false
		b.res.Why = append(b.res.Why, fmt.Sprintf(format, a...))
	}
}
