package bench

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// Options of the audit benchmark.
type Options struct {
	Lines   int    // fee lines a month to aim at
	Persons int    // persons instead of lines
	Months  int    // months of data; the last one is audited
	Seed    uint64 // of the city
	Runs    int    // of each measurement; the median counts
	Data    string // where the city is kept and found again; "" = a temporary folder
	Growth  bool   // also measure a city a tenth as large
	History bool   // also measure with twelve months before the audited one
	Version string // of the program
	Profile string // CPU profile of the engine's process
	// GateOnly runs everything once and measures nothing else.
	GateOnly bool
	Progress func(what string)
}

// Result of the audit benchmark. Pointers are nil for what was not asked for.
type Result struct {
	Gate    bool           `json:"gate"` // both sides found the same
	Version string         `json:"version"`
	Seed    uint64         `json:"seed"`
	Runs    int            `json:"runs"`
	CPU     string         `json:"cpu"`
	Cores   int            `json:"cores"`
	Hash    string         `json:"hash"` // of the compared sets
	Month   string         `json:"month"`
	Found   map[string]int `json:"found"` // violating lines by rule, of the ten
	Diff    []Difference   `json:"differences"`

	Lines         int64              `json:"lines"`
	Cards         int                `json:"cards"`
	LinesPerS     *float64           `json:"lines_per_s"`
	EngineS       *float64           `json:"engine_s"`
	SQLSeconds    map[string]float64 `json:"sql_s"`
	SQL10S        *float64           `json:"sql10_s"`
	SQL10Ratio    *float64           `json:"sql10_ratio"`
	Speedup       *float64           `json:"speedup_2_workers"`
	HistoryRatio  *float64           `json:"history_ratio"`
	WindowShare   *float64           `json:"window_share"`
	PeakRSS       *float64           `json:"peak_rss_mib"`
	RSSGrowth     *float64           `json:"rss_growth"`
	ImportRatio   *float64           `json:"import_ratio"`
	ImportS       *float64           `json:"import_s"`
	CopyS         *float64           `json:"copy_s"`
	ImportPeakRSS *float64           `json:"import_peak_rss_mib"`
}

// workers is the number of workers and threads each side gets.
const workers = 2

// Audit runs the benchmark. The result is complete as far as it goes when err is nil; whether the gate passed is Result.Gate.
func Audit(ctx context.Context, opt Options) (*Result, error) {
	if opt.Progress == nil {
		opt.Progress = func(string) {}
	}
	if opt.GateOnly {
		opt.Runs = 1
	}
	if opt.Data == "" {
		tmp, err := os.MkdirTemp("", "mingjian-bench-")
		if err != nil {
			return nil, err
		}
		defer os.RemoveAll(tmp)
		opt.Data = tmp
	}
	b := &run{opt: opt, res: &Result{Version: opt.Version, Seed: opt.Seed, Runs: opt.Runs, CPU: cpuName(), Cores: runtime.NumCPU(), Diff: []Difference{}, SQLSeconds: map[string]float64{}}}
	if err := b.all(ctx); err != nil {
		return nil, err
	}
	return b.res, nil
}

// run is one benchmark under way.
type run struct {
	opt  Options
	res  *Result
	city *city
}

func (b *run) all(ctx context.Context) error {
	months := b.opt.Months
	var err error
	b.opt.Progress("准备示例城市")
	if b.city, err = makeCity(ctx, filepath.Join(b.opt.Data, "city"), b.opt.Lines, b.opt.Persons, months, b.opt.Seed, b.opt.Version); err != nil {
		return err
	}
	b.res.Month = b.city.month.String()
	engine, err := b.engine(ctx, b.city, b.city.full(), workers)
	if err != nil {
		return err
	}
	b.res.Lines = engine.Rows
	if err := b.sqlSide(ctx); err != nil {
		return err
	}
	if b.res.Cards, err = cards(); err != nil {
		return err
	}
	b.opt.Progress("核对两边结果")
	found, diff, hash, err := b.city.gate(ctx, b.sqlDir())
	if err != nil {
		return err
	}
	b.res.Found, b.res.Hash, b.res.Gate = found, hash, len(diff) == 0
	b.res.Diff = append(b.res.Diff, diff...)
	if b.opt.GateOnly || !b.res.Gate {
		return nil
	}
	return b.figures(ctx, engine)
}

// figures fills in what was measured, and measures the rest.
func (b *run) figures(ctx context.Context, engine outcome) error {
	r := b.res
	r.EngineS, r.PeakRSS = &engine.Seconds, &engine.PeakMiB
	r.LinesPerS = ratio(float64(engine.Rows), engine.Seconds)
	sum := 0.0
	for _, s := range r.SQLSeconds {
		sum += s
	}
	r.SQL10S, r.SQL10Ratio = &sum, ratio(engine.Seconds, sum)
	one, err := b.engine(ctx, b.city, b.city.full(), 1)
	if err != nil {
		return err
	}
	r.Speedup = ratio(one.Seconds, engine.Seconds)
	if err := b.imports(ctx); err != nil {
		return err
	}
	if b.opt.Growth {
		if err := b.growth(ctx, engine); err != nil {
			return err
		}
	}
	if b.opt.History || b.opt.Months >= 13 {
		return b.history(ctx)
	}
	return nil
}

func ratio(a, b float64) *float64 {
	if b <= 0 {
		return nil
	}
	q := a / b
	return &q
}

// engine audits the month with all cards, each time from nothing found before.
func (b *run) engine(ctx context.Context, c *city, data string, n int) (outcome, error) {
	return b.median(ctx, fmt.Sprintf("引擎审核，%d 个工作线程", n), func() (job, error) {
		j := job{Kind: "audit", Data: data, Month: c.month, Workers: n}
		if n == workers {
			j.Profile = b.opt.Profile
		}
		return j, os.RemoveAll(filepath.Join(data, "findings"))
	})
}

func (b *run) sqlDir() string { return filepath.Join(b.opt.Data, "sql") }

func (b *run) sqlSide(ctx context.Context) error {
	if err := os.RemoveAll(b.sqlDir()); err != nil {
		return err
	}
	for _, r := range Rules {
		o, err := b.median(ctx, "SQL "+r, func() (job, error) {
			return job{Kind: "sql", Data: b.city.full(), Month: b.city.month, Workers: workers, Rule: r, Out: filepath.Join(b.sqlDir(), r+".parquet")}, nil
		})
		if err != nil {
			return err
		}
		b.res.SQLSeconds[r] = o.Seconds
	}
	return nil
}

// imports compares the import of the fee lines with a plain typed copy of the same file.
func (b *run) imports(ctx context.Context) error {
	paths, err := b.city.tables(func(n string) bool { return strings.HasPrefix(n, "fee") })
	if err != nil {
		return err
	}
	to := filepath.Join(b.opt.Data, "import")
	defer os.RemoveAll(to)
	in, err := b.median(ctx, "导入费用", func() (job, error) {
		return job{Kind: "import", Data: to, Paths: paths, Workers: workers}, copyTree(b.city.bare(), to)
	})
	if err != nil {
		return err
	}
	out := filepath.Join(b.opt.Data, "copy.parquet")
	defer os.Remove(out)
	cp, err := b.median(ctx, "DuckDB 复制费用", func() (job, error) {
		return job{Kind: "copy", Paths: paths, Workers: workers, Out: out}, nil
	})
	if err != nil {
		return err
	}
	b.res.ImportS, b.res.CopyS, b.res.ImportPeakRSS = &in.Seconds, &cp.Seconds, &in.PeakMiB
	b.res.ImportRatio = ratio(in.Seconds, cp.Seconds)
	return nil
}

// growth compares peak memory with that of a city a tenth as large.
func (b *run) growth(ctx context.Context, engine outcome) error {
	b.opt.Progress("准备十分之一的示例城市")
	small, err := makeCity(ctx, filepath.Join(b.opt.Data, "tenth"), b.opt.Lines/10, b.opt.Persons/10, b.opt.Months, b.opt.Seed, b.opt.Version)
	if err != nil {
		return err
	}
	o, err := b.engine(ctx, small, small.full(), workers)
	if err != nil {
		return err
	}
	b.res.RSSGrowth = ratio(engine.PeakMiB, o.PeakMiB)
	return nil
}

// history compares the last month of thirteen with the same month alone.
func (b *run) history(ctx context.Context) error {
	long := b.city
	if b.opt.Months < 13 {
		b.opt.Progress("准备十三个月的示例城市")
		var err error
		if long, err = makeCity(ctx, filepath.Join(b.opt.Data, "year"), b.opt.Lines, b.opt.Persons, 13, b.opt.Seed, b.opt.Version); err != nil {
			return err
		}
	}
	if err := long.onlyLastMonth(ctx); err != nil {
		return err
	}
	with, err := b.engine(ctx, long, long.full(), workers)
	if err != nil {
		return err
	}
	without, err := b.engine(ctx, long, long.month1(), workers)
	if err != nil {
		return err
	}
	b.res.HistoryRatio = ratio(with.Seconds, without.Seconds)
	o, err := measure(ctx, job{Kind: "share", Data: long.full(), Month: long.month, Workers: workers})
	if err != nil {
		return err
	}
	b.res.WindowShare = &o.Share
	return nil
}

// median measures several times and returns the run in the middle by time, with the highest memory of all.
func (b *run) median(ctx context.Context, what string, next func() (job, error)) (outcome, error) {
	var os []outcome
	peak := 0.0
	for i := 0; i < max(1, b.opt.Runs); i++ {
		b.opt.Progress(fmt.Sprintf("%s（第 %d 次）", what, i+1))
		j, err := next()
		if err != nil {
			return outcome{}, err
		}
		o, err := measure(ctx, j)
		if err != nil {
			return outcome{}, err
		}
		os, peak = append(os, o), max(peak, o.PeakMiB)
	}
	slices.SortFunc(os, func(x, y outcome) int {
		switch {
		case x.Seconds < y.Seconds:
			return -1
		case x.Seconds > y.Seconds:
			return 1
		}
		return 0
	})
	o := os[len(os)/2]
	o.PeakMiB = peak
	return o, nil
}
