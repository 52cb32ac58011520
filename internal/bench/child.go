package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"strconv"
	"strings"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/lake/lakesql"
	"github.com/mingjian/mingjian/internal/rule"
	"github.com/mingjian/mingjian/internal/synth"
)

// job is one measurement, done in a process of its own.
type job struct {
	Kind    string         `json:"kind"` // audit, sql, import, copy, share, city, rules
	Data    string         `json:"data,omitempty"`
	Month   claim.Month    `json:"month,omitempty"`
	Workers int            `json:"workers,omitempty"`
	Rule    string         `json:"rule,omitempty"`
	Out     string         `json:"out,omitempty"`
	Paths   []string       `json:"paths,omitempty"`
	City    *synth.Options `json:"city,omitempty"`
	Profile string         `json:"profile,omitempty"`
	Runs    int            `json:"runs,omitempty"`
	Trace   *traceJob      `json:"trace,omitempty"`
	Loaded  bool           `json:"loaded,omitempty"` // of an audit: reading and compiling the knowledge is timed by itself
}

// outcome is what a measurement says. Seconds leave out the start of the process and what is prepared for the work.
type outcome struct {
	Seconds float64       `json:"seconds"`
	Rows    int64         `json:"rows"`  // fee lines judged, rows imported, rows found
	CPU     float64       `json:"cpu_s"` // processor time spent in those seconds
	PeakMiB float64       `json:"peak_rss_mib"`
	Share   float64       `json:"share,omitempty"`
	Rules   *RuleTimes    `json:"rules,omitempty"`
	Load    float64       `json:"load_s,omitempty"`
	Trace   *traceOutcome `json:"trace,omitempty"`
}

// ChildArgs are the arguments by which the program runs itself for one measurement.
var ChildArgs = []string{"bench", "child"}

// measure runs a job in a new process of this program.
func measure(ctx context.Context, j job) (outcome, error) {
	var o outcome
	exe, err := os.Executable()
	if err != nil {
		return o, err
	}
	in, err := json.Marshal(j)
	if err != nil {
		return o, err
	}
	cmd := exec.CommandContext(ctx, exe, ChildArgs...)
	cmd.Stdin = strings.NewReader(string(in))
	if j.Workers > 0 {
		cmd.Env = append(os.Environ(), "GOMAXPROCS="+strconv.Itoa(j.Workers))
	}
	var said strings.Builder
	cmd.Stderr = &said
	b, err := cmd.Output()
	if err != nil {
		return o, fmt.Errorf("测量 %s %s 失败：%w：%s", j.Kind, j.Rule, err, strings.TrimSpace(said.String()))
	}
	return o, json.Unmarshal(b, &o)
}

// Child reads a job, does it and writes its outcome: what a process started by measure runs.
func Child(ctx context.Context, in io.Reader, out io.Writer) error {
	var j job
	if err := json.NewDecoder(in).Decode(&j); err != nil {
		return fmt.Errorf("测量任务无法读取：%w", err)
	}
	if j.Kind == "noop" {
		return serveNoop(in, out)
	}
	if j.Profile != "" {
		f, err := os.Create(j.Profile)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	do, ok := map[string]func(context.Context, job) (outcome, error){"audit": doAudit, "sql": doSQL, "import": doImport, "copy": doCopy,
		"share": doShare, "city": doCity, "rules": doRules, "trace": doTrace}[j.Kind]
	if !ok {
		return fmt.Errorf("没有名为 %q 的测量任务", j.Kind)
	}
	o, err := do(ctx, j)
	if err != nil {
		return err
	}
	o.PeakMiB = peakMiB()
	return json.NewEncoder(out).Encode(o)
}

// peakMiB is the largest resident memory of this process so far; 0 where the system does not tell.
func peakMiB() float64 {
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for _, l := range strings.Split(string(b), "\n") {
		if v, ok := strings.CutPrefix(l, "VmHWM:"); ok {
			kib, _ := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(v), " kB"), 64)
			return kib / 1024
		}
	}
	return 0
}

// doAudit audits a month with all cards; the clock runs from the snapshot to the published findings.
func doAudit(ctx context.Context, j job) (outcome, error) {
	lib, err := rule.Shipped()
	if err != nil {
		return outcome{}, err
	}
	audit.LimitMemory() // as the command does
	start := startClock()
	a, err := audit.Open(j.Data, lib)
	if err != nil {
		return outcome{}, err
	}
	load := 0.0
	if j.Loaded {
		if err := a.Prepare(); err != nil {
			return outcome{}, err
		}
		load = start.stop().Seconds
		start = startClock()
	}
	rep, err := a.Run(ctx, audit.Options{From: j.Month, To: j.Month, Workers: j.Workers, Force: true})
	if err != nil {
		return outcome{}, err
	}
	o := start.stop()
	o.Rows, o.Load = monthLines(a, j.Month, rep), load
	return o, nil
}

// monthLines counts the fee lines of the month judged.
func monthLines(a *audit.Auditor, m claim.Month, rep *audit.Report) int64 {
	if s, err := a.Lake.Snapshot(); err == nil {
		return s.Rows("fee", m)
	}
	return rep.Lines
}

// doImport imports files into a data directory; the clock runs from opening it to the last commit.
func doImport(ctx context.Context, j job) (outcome, error) {
	audit.LimitMemory() // as the command does
	start := startClock()
	l, err := lake.Open(j.Data)
	if err != nil {
		return outcome{}, err
	}
	w, err := l.Writer()
	if err != nil {
		return outcome{}, err
	}
	defer w.Close()
	rep, err := w.Import(ctx, j.Paths, lake.ImportOptions{})
	if err != nil {
		return outcome{}, err
	}
	if f := rep.Failed(); len(f) > 0 {
		return outcome{}, fmt.Errorf("导入失败：%v", f)
	}
	o := start.stop()
	s, err := l.Snapshot()
	if err != nil {
		return o, err
	}
	o.Rows = s.TotalRows("fee")
	return o, nil
}

// doCity writes the synthetic city.
func doCity(_ context.Context, j job) (outcome, error) {
	start := startClock()
	if j.City == nil {
		return outcome{}, errors.New("造城任务没有参数")
	}
	st, err := synth.Generate(*j.City)
	if err != nil {
		return outcome{}, err
	}
	o := start.stop()
	o.Rows = st.Lines
	return o, nil
}

// openSide prepares DuckDB for a month of a data directory; nothing of it is timed.
func openSide(ctx context.Context, j job) (*duck, error) {
	l, err := lake.Open(j.Data)
	if err != nil {
		return nil, err
	}
	s, err := l.Snapshot()
	if err != nil {
		return nil, err
	}
	ks, err := knowledge.Open(filepath.Join(j.Data, "knowledge"))
	if err != nil {
		return nil, err
	}
	k, err := newKnowhow(s, ks.Base())
	if err != nil {
		return nil, err
	}
	tmp, err := os.MkdirTemp("", "mingjian-duck-")
	if err != nil {
		return nil, err
	}
	d, err := openDuck(ctx, max(1, j.Workers), tmp)
	if err != nil {
		return nil, err
	}
	d.tmp = tmp
	if err := d.setup(ctx, s, k, j.Month); err != nil {
		d.close()
		return nil, err
	}
	runtime.GC()
	return d, nil
}

// doSQL runs one rule's statement and writes its result.
func doSQL(ctx context.Context, j job) (outcome, error) {
	q, err := statement(j.Rule)
	if err != nil {
		return outcome{}, err
	}
	d, err := openSide(ctx, j)
	if err != nil {
		return outcome{}, err
	}
	defer d.close()
	if j.Profile != "" {
		if err := d.exec(ctx, "SET enable_profiling='json'"); err != nil {
			return outcome{}, err
		}
		if err := d.exec(ctx, "SET profiling_output="+lakesql.Quote(j.Profile+".json")); err != nil {
			return outcome{}, err
		}
	}
	start := startClock()
	if err := d.copyTo(ctx, q, j.Out); err != nil {
		return outcome{}, fmt.Errorf("规则 %s：%w", j.Rule, err)
	}
	o := start.stop()
	err = d.conn.QueryRowContext(ctx, "SELECT count(*) FROM read_parquet("+lakesql.Quote(j.Out)+")").Scan(&o.Rows)
	return o, err
}
