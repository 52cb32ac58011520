package bench

import (
	"cmp"
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
	Growth  bool   // also measure a city a tenth as large; of growthFrom and more it always is
	History bool   // measure with twelve months before the audited one on a city of so many lines, whatever it costs, and not on one of yearLines
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

	Lines          int64              `json:"lines"`
	Cards          int                `json:"cards"`
	LinesPerS      *float64           `json:"lines_per_s"`
	EngineS        *float64           `json:"engine_s"`
	EngineCPU      *float64           `json:"engine_cpu_s"` // processor time: tells more than the clock on a busy machine
	SQLSeconds     map[string]float64 `json:"sql_s"`
	SQL10S         *float64           `json:"sql10_s"`
	SQL10CPU       *float64           `json:"sql10_cpu_s"`
	SQL10Ratio     *float64           `json:"sql10_ratio"`
	Speedup        *float64           `json:"speedup_2_workers"`
	HistoryRatio   *float64           `json:"history_ratio"`
	HistoryS       *float64           `json:"history_s"`
	HistoryPeakRSS *float64           `json:"history_peak_rss_mib"`
	HistoryLines   int64              `json:"history_lines"` // of the month that the ratio was measured on
	WindowShare    *float64           `json:"window_share"`
	PeakRSS        *float64           `json:"peak_rss_mib"`
	RSSGrowth      *float64           `json:"rss_growth"`
	ImportRatio    *float64           `json:"import_ratio"`
	ImportS        *float64           `json:"import_s"`
	CopyS          *float64           `json:"copy_s"`
	ImportPeakRSS  *float64           `json:"import_peak_rss_mib"`
}

const (
	// yearLines is how many lines a month the city with twelve months before the audited one has at most, unless more is
	// asked for: thirteen months of a million lines take minutes to make.
	yearLines = 100_000
	// growthFrom is the size from which on growth of memory is worth a city of its own: below, what is kept of a person
	// grows with the persons.
	growthFrom = 10_000_000
)

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
	if b.res.Cards, err = cards(); err != nil {
		return err
	}
	// the first round proves both sides equal and warms the file cache; nothing of it is counted
	both := append([]task{b.engine(b.city, b.city.full(), workers)}, b.statements()...)
	first, err := b.rounds(ctx, 1, both)
	if err != nil {
		return err
	}
	b.res.Lines = first[0].Rows
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
	return b.figures(ctx, both)
}

// figures measures. Rounds go through all tasks in turn, so that what disturbs the machine disturbs all alike.
func (b *run) figures(ctx context.Context, both []task) error {
	os, err := b.rounds(ctx, b.opt.Runs, append(both, b.engine(b.city, b.city.full(), 1)))
	if err != nil {
		return err
	}
	r, two, one := b.res, os[0], os[len(os)-1]
	r.EngineS, r.EngineCPU, r.PeakRSS = &two.Seconds, &two.CPU, &two.PeakMiB
	r.LinesPerS = ratio(float64(two.Rows), two.Seconds)
	sum, cpu := 0.0, 0.0
	for i, id := range Rules {
		r.SQLSeconds[id] = os[i+1].Seconds
		sum, cpu = sum+os[i+1].Seconds, cpu+os[i+1].CPU
	}
	r.SQL10S, r.SQL10CPU, r.SQL10Ratio = &sum, &cpu, ratio(two.Seconds, sum)
	r.Speedup = ratio(one.Seconds, two.Seconds)
	if err := b.imports(ctx); err != nil {
		return err
	}
	if b.opt.Growth || b.opt.Lines >= growthFrom {
		if err := b.growth(ctx, two); err != nil {
			return err
		}
	}
	return b.history(ctx)
}

func ratio(a, b float64) *float64 {
	if b <= 0 {
		return nil
	}
	q := a / b
	return &q
}

// task is something that is measured several times; next prepares and names the job of one time.
type task struct {
	what string
	next func() (job, error)
}

// engine audits the month with all cards, each time from nothing found before.
func (b *run) engine(c *city, data string, n int) task {
	return task{fmt.Sprintf("引擎审核，%d 个工作线程", n), func() (job, error) {
		j := job{Kind: "audit", Data: data, Month: c.month, Workers: n}
		if n == workers {
			j.Profile = b.opt.Profile
		}
		return j, os.RemoveAll(filepath.Join(data, "findings"))
	}}
}

func (b *run) sqlDir() string { return filepath.Join(b.opt.Data, "sql") }

// statements are the ten rules as SQL, in the order of Rules.
func (b *run) statements() []task {
	var out []task
	for _, id := range Rules {
		to := filepath.Join(b.sqlDir(), id+".parquet")
		out = append(out, task{"SQL " + id, func() (job, error) {
			return job{Kind: "sql", Data: b.city.full(), Month: b.city.month, Workers: workers, Rule: id, Out: to}, os.RemoveAll(to)
		}})
	}
	return out
}

// imports compares the import of the fee lines with a plain typed copy of the same file.
func (b *run) imports(ctx context.Context) error {
	paths, err := b.city.tables(func(n string) bool { return strings.HasPrefix(n, "fee") })
	if err != nil {
		return err
	}
	to := filepath.Join(b.opt.Data, "import")
	defer os.RemoveAll(to)
	out := filepath.Join(b.opt.Data, "copy.parquet")
	defer os.Remove(out)
	os, err := b.rounds(ctx, b.opt.Runs, []task{
		{"导入费用", func() (job, error) {
			return job{Kind: "import", Data: to, Paths: paths, Workers: workers}, copyTree(b.city.bare(), to)
		}},
		{"DuckDB 复制费用", func() (job, error) {
			return job{Kind: "copy", Paths: paths, Workers: workers, Out: out}, nil
		}},
	})
	if err != nil {
		return err
	}
	in, cp := os[0], os[1]
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
	os, err := b.rounds(ctx, b.opt.Runs, []task{b.engine(small, small.full(), workers)})
	if err != nil {
		return err
	}
	b.res.RSSGrowth = ratio(engine.PeakMiB, os[0].PeakMiB)
	return nil
}

// history compares the last month of thirteen with the same month alone.
func (b *run) history(ctx context.Context) error {
	long := b.city
	if b.opt.Months < 13 {
		b.opt.Progress("准备十三个月的示例城市")
		lines, persons := b.opt.Lines, b.opt.Persons
		if !b.opt.History && (persons > 0 || lines > yearLines) {
			lines, persons = yearLines, 0
		}
		var err error
		if long, err = makeCity(ctx, filepath.Join(b.opt.Data, "year"), lines, persons, 13, b.opt.Seed, b.opt.Version); err != nil {
			return err
		}
	}
	if err := long.onlyLastMonth(ctx); err != nil {
		return err
	}
	both := []task{b.engine(long, long.full(), workers), b.engine(long, long.month1(), workers)}
	if _, err := b.rounds(ctx, 1, both); err != nil { // as above: brings the files into the system's cache
		return err
	}
	os, err := b.rounds(ctx, b.opt.Runs, both)
	if err != nil {
		return err
	}
	if os[0].Rows != os[1].Rows {
		return fmt.Errorf("带历史与不带历史审的行数不同：%d 与 %d", os[0].Rows, os[1].Rows)
	}
	b.res.HistoryRatio, b.res.HistoryS, b.res.HistoryPeakRSS = ratio(os[0].Seconds, os[1].Seconds), &os[0].Seconds, &os[0].PeakMiB
	b.res.HistoryLines = os[0].Rows
	o, err := measure(ctx, job{Kind: "share", Data: long.full(), Month: long.month, Workers: workers})
	if err != nil {
		return err
	}
	b.res.WindowShare = &o.Share
	return nil
}

// rounds measures every task several times, in turn, and returns of each the run in the middle by time, with the highest
// memory of all.
func (b *run) rounds(ctx context.Context, n int, tasks []task) ([]outcome, error) {
	got := make([][]outcome, len(tasks))
	for i := 0; i < n; i++ {
		for k, t := range tasks {
			b.opt.Progress(fmt.Sprintf("%s（第 %d 次）", t.what, i+1))
			j, err := t.next()
			if err != nil {
				return nil, err
			}
			o, err := measure(ctx, j)
			if err != nil {
				return nil, err
			}
			got[k] = append(got[k], o)
		}
	}
	out := make([]outcome, len(tasks))
	for k, os := range got {
		slices.SortFunc(os, func(x, y outcome) int { return cmp.Compare(x.Seconds, y.Seconds) })
		out[k] = os[len(os)/2]
		for _, o := range os {
			out[k].PeakMiB = max(out[k].PeakMiB, o.PeakMiB)
		}
	}
	return out, nil
}
