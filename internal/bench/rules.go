package bench

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// RuleOptions of the rules benchmark.
type RuleOptions struct {
	Lines, Persons int // fee lines of the city's one month, or persons instead
	Seed           uint64
	Runs           int
	Points         int    // of the smaller knowledge; the larger has ten times as many
	Data           string // where the city is kept; "" = a temporary folder
	Version        string
	GateOnly       bool // compare the findings, measure nothing
	Progress       func(what string)
}

// RuleResult of the rules benchmark. Ratios are times of the other side by the engine's; nil for what was not measured.
type RuleResult struct {
	Gate    bool   `json:"gate"` // all sides found the same
	Version string `json:"version"`
	Seed    uint64 `json:"seed"`
	Runs    int    `json:"runs"`
	CPU     string `json:"cpu"`
	Cores   int    `json:"cores"`
	Hash    string `json:"hash"` // of the findings compared
	*RuleTimes

	RatioCEL   *float64 `json:"ratio_cel"`
	RatioExpr  *float64 `json:"ratio_expr"`
	Unindexed  *float64 `json:"unindexed_cel"`
	Slowdown   *float64 `json:"knowledge_x10_slowdown"` // audit with ten times the points by audit, less 1; without the loading
	LoadS      *float64 `json:"knowledge_load_s"`       // of the ten times: reading and compiling
	Points     int      `json:"points"`
	PointsX10  int      `json:"points_x10"`
	AuditS     *float64 `json:"audit_s"`
	AuditX10S  *float64 `json:"audit_x10_s"`
	LoadSmallS *float64 `json:"knowledge_load_small_s"`
}

// LineRules runs the rules benchmark: the gate first, then times.
func LineRules(ctx context.Context, opt RuleOptions) (*RuleResult, error) {
	if opt.Progress == nil {
		opt.Progress = func(string) {}
	}
	if opt.Data == "" {
		tmp, err := os.MkdirTemp("", "mingjian-bench-")
		if err != nil {
			return nil, err
		}
		defer os.RemoveAll(tmp)
		opt.Data = tmp
	}
	opt.Progress("准备示例城市")
	c, err := makeCity(ctx, filepath.Join(opt.Data, "city"), opt.Lines, opt.Persons, 1, opt.Seed, opt.Version)
	if err != nil {
		return nil, err
	}
	opt.Progress("十条规则在三个引擎里各判一遍")
	runs := opt.Runs
	if opt.GateOnly {
		runs = 0
	}
	o, err := measure(ctx, job{Kind: "rules", Data: c.full(), Month: c.month, Workers: 1, Runs: runs})
	if err != nil {
		return nil, err
	}
	r := &RuleResult{Gate: o.Rules.Gate, Version: opt.Version, Seed: opt.Seed, Runs: opt.Runs, CPU: cpuName(), Cores: runtime.NumCPU(), Hash: o.Rules.Hash,
		RuleTimes: o.Rules, Points: opt.Points, PointsX10: 10 * opt.Points}
	if !r.Gate || opt.GateOnly {
		r.RuleTimes.clear()
		return r, nil
	}
	t := r.RuleTimes
	r.RatioCEL, r.RatioExpr, r.Unindexed = ratio(t.CELNs, t.EngineNs), ratio(t.ExprNs, t.EngineNs), ratio(t.UnindexedNs, t.EngineNs)
	return r, knowledgeTimes(ctx, c, opt, r)
}

// knowledgeTimes audits the same month with points and ten times the points, each time in its own process, in turn.
func knowledgeTimes(ctx context.Context, c *city, opt RuleOptions, r *RuleResult) error {
	dirs := [2]string{filepath.Join(opt.Data, "points"), filepath.Join(opt.Data, "points10")}
	for i, n := range []int{opt.Points, 10 * opt.Points} {
		opt.Progress(fmt.Sprintf("准备 %d 个知识点", n))
		defer os.RemoveAll(dirs[i])
		if err := c.withPoints(dirs[i], n, opt.Seed); err != nil {
			return err
		}
	}
	audits, loads := [2][]float64{}, [2][]float64{}
	for run := range opt.Runs + 1 { // the first round warms the file cache
		for i, d := range dirs {
			opt.Progress(fmt.Sprintf("审核与装入知识（第 %d 次）", run))
			if err := os.RemoveAll(filepath.Join(d, "findings")); err != nil {
				return err
			}
			a, err := measure(ctx, job{Kind: "audit", Data: d, Month: c.month, Workers: workers, Loaded: true})
			if err != nil {
				return err
			}
			if run > 0 {
				audits[i], loads[i] = append(audits[i], a.Seconds), append(loads[i], a.Load)
			}
		}
	}
	mid := func(xs []float64) *float64 {
		m := middle(xs)
		return &m
	}
	r.AuditS, r.AuditX10S = mid(audits[0]), mid(audits[1])
	r.LoadSmallS, r.LoadS = mid(loads[0]), mid(loads[1])
	slow := *r.AuditX10S / *r.AuditS - 1
	r.Slowdown = &slow
	return nil
}
