package bench

import (
	"bufio"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// TraceOptions of the benchmark of trace codes.
type TraceOptions struct {
	Sales    int64
	Open     int64 // codes of the hollow index of which only the opening is measured, 0 = not
	Checks   int64
	Seed     uint64
	Runs     int
	Data     string // where the index lies; "" = a temporary directory
	Version  string
	Progress func(string)
}

// TraceResult is what the benchmark says. Figures are nil unless the gate passed.
type TraceResult struct {
	Gate    bool     `json:"gate"`
	Why     []string `json:"why,omitempty"`
	Version string   `json:"version"`
	Seed    uint64   `json:"seed"`
	Runs    int      `json:"runs"`
	CPU     string   `json:"cpu"`
	Cores   int      `json:"cores"`
	Hash    string   `json:"hash"` // of the doubles found
	Sales   int64    `json:"sales"`
	Planted int      `json:"planted"`
	Found   int      `json:"found"`

	FindS    *float64 `json:"find_s"`
	PeakRSS  *float64 `json:"peak_rss_mib"`
	CheckRPS *float64 `json:"check_rps"`
	CheckP99 *float64 `json:"check_p99_ms"`
	CheckP50 *float64 `json:"check_p50_ms"`
	Disk     *float64 `json:"bytes_per_code_disk"`
	Mem      *float64 `json:"bytes_per_code_mem"`
	OpenS    *float64 `json:"open_s"`
	BuildS   *float64 `json:"build_s"`
	LookNs   *float64 `json:"look_us"` // one question without recording, one caller

	OpenCodes int64    `json:"open_codes,omitempty"`
	OpenBigS  *float64 `json:"open_big_s,omitempty"`
	MemBig    *float64 `json:"bytes_per_code_mem_big,omitempty"`
	Mem10G    *float64 `json:"projected_mem_gib_10g,omitempty"`
	Open10G   *float64 `json:"projected_open_s_10g,omitempty"`
	Disk10G   *float64 `json:"projected_disk_gib_10g,omitempty"`
}

// traceOutcome is what one process of the benchmark measured.
type traceOutcome struct {
	OpenS    float64 `json:"open_s"`
	RPS      float64 `json:"rps"`
	P50, P99 float64
	LookUs   float64 `json:"look_us"`
	MemBytes float64 `json:"mem_bytes"`
	Bytes    int64   `json:"bytes"`
	Wrong    string  `json:"wrong,omitempty"`
}

// Trace builds an index of synthetic sales with planted doubles and innocent twins, finds the doubles by reading it from
// end to end, and asks it at many counters at once. The gate: exactly the planted doubles with their classes, every box
// already sold refused, every new one let through.
func Trace(ctx context.Context, o TraceOptions) (*TraceResult, error) {
	dir := o.Data
	if dir == "" {
		tmp, err := os.MkdirTemp("", "mingjian-trace-")
		if err != nil {
			return nil, err
		}
		defer os.RemoveAll(tmp)
		dir = tmp
	}
	r := &TraceResult{Version: o.Version, Seed: o.Seed, Runs: o.Runs, CPU: cpuName(), Cores: runtime.NumCPU(), Sales: o.Sales}
	idx := filepath.Join(dir, "index")
	if err := os.RemoveAll(idx); err != nil {
		return nil, err
	}
	run := func(stage string, n int64) (outcome, error) {
		o.Progress(stage)
		return measure(ctx, job{Kind: "trace", Data: idx, Out: filepath.Join(dir, "doubles.csv"), Trace: &traceJob{Stage: stage, Sales: n, Seed: o.Seed, Checks: o.Checks}})
	}
	build, err := run("build", o.Sales)
	if err != nil {
		return nil, err
	}
	var finds []outcome
	for range o.Runs {
		f, err := run("find", o.Sales)
		if err != nil {
			return nil, err
		}
		finds = append(finds, f)
	}
	slices.SortFunc(finds, func(a, b outcome) int { return cmp.Compare(a.Seconds, b.Seconds) })
	find := finds[len(finds)/2]
	if err := r.compare(filepath.Join(dir, "doubles.csv"), planted(o.Sales, o.Seed)); err != nil {
		return nil, err
	}
	check, err := run("check", o.Sales)
	if err != nil {
		return nil, err
	}
	c := check.Trace
	if c.Wrong != "" {
		r.Why = append(r.Why, c.Wrong)
	}
	if r.Gate = len(r.Why) == 0; !r.Gate {
		return r, nil
	}
	n := float64(o.Sales)
	r.FindS, r.PeakRSS, r.BuildS = &find.Seconds, &find.PeakMiB, &build.Seconds
	r.CheckRPS, r.CheckP99, r.CheckP50, r.LookNs, r.OpenS = &c.RPS, &c.P99, &c.P50, &c.LookUs, &c.OpenS
	r.Disk, r.Mem = share(float64(c.Bytes), n), share(c.MemBytes, n)
	if o.Open > 0 {
		idx = filepath.Join(dir, "hollow")
		defer os.RemoveAll(idx)
		if _, err := run("hollow", o.Open); err != nil {
			return nil, err
		}
		big, err := run("open", o.Open)
		if err != nil {
			return nil, err
		}
		r.OpenCodes, r.OpenBigS, r.MemBig = o.Open, &big.Trace.OpenS, share(big.Trace.MemBytes, float64(o.Open))
		times := 1e10 / float64(o.Open)
		mem, open, disk := big.Trace.MemBytes*times/(1<<30), big.Trace.OpenS*times, *r.Disk*1e10/(1<<30)
		r.Mem10G, r.Open10G, r.Disk10G = &mem, &open, &disk
	}
	return r, nil
}

func share(a, b float64) *float64 { v := a / b; return &v }

// compare holds the doubles found against those planted.
func (r *TraceResult) compare(path string, want map[string]string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	var got []string
	sc := bufio.NewScanner(f)
	sc.Scan()
	missed := len(want)
	for sc.Scan() {
		c := strings.SplitN(sc.Text(), ",", 3)
		got = append(got, c[0]+" "+c[1])
		if want[c[0]] == c[1] {
			missed--
		} else if len(r.Why) < 10 {
			r.Why = append(r.Why, fmt.Sprintf("多报或类别不对：%s %s，应为 %q", c[0], c[1], want[c[0]]))
		}
	}
	if missed != 0 {
		r.Why = append(r.Why, fmt.Sprintf("漏报 %d 个", missed))
	}
	slices.Sort(got)
	h := sha256.Sum256([]byte(strings.Join(got, "\n")))
	r.Hash, r.Planted, r.Found = hex.EncodeToString(h[:]), len(want), len(got)
	return sc.Err()
}
