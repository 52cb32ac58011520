package bench

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"sync"
	"time"

	"github.com/mingjian/mingjian/internal/casemix"
	"github.com/mingjian/mingjian/internal/casemix/plain"
)

// GrouperOptions of the grouper benchmark.
type GrouperOptions struct {
	Scheme  string // directory of a scheme in the 1.1 tables; "" = the shipped one
	Cases   int
	Seed    uint64
	Runs    int
	Version string
}

// GrouperResult of the grouper benchmark. Figures are absent when the gate did not pass.
type GrouperResult struct {
	Gate    bool   `json:"gate"` // the plain grouper gives every case the same MDC, ADRG and DRG
	Version string `json:"version"`
	Seed    uint64 `json:"seed"`
	Runs    int    `json:"runs"`
	CPU     string `json:"cpu"`
	Cores   int    `json:"cores"`
	Hash    string `json:"hash"` // of the groups of all cases, in order

	Scheme   string   `json:"scheme"`
	Cases    int      `json:"cases"`
	Groups   int      `json:"groups_reached"`
	Differ   int      `json:"differences"`
	Examples []string `json:"examples"`

	PerS      *float64 `json:"cases_per_s"`          // all cores, from code strings to group
	PerSTrace *float64 `json:"cases_per_s_trace"`    // all cores, with the whole explanation
	PerS1     *float64 `json:"cases_per_s_one_core"` // one core
	Plain1    *float64 `json:"cases_per_s_maps"`     // the plain grouper on one core
	Ratio     *float64 `json:"ratio_maps"`           // one core each
	LoadS     *float64 `json:"load_s"`               // tables on disk → ready to group

	// Processor time says what a busy machine hides: the same work, whoever else was running.
	CPU1    *float64 `json:"cpu_us_per_case"` // one core, without explanations
	CPULoad *float64 `json:"cpu_s_load"`
}

// Grouper measures the case grouper, after proving it against a grouper of plain maps on random cases of the scheme.
func Grouper(ctx context.Context, opt GrouperOptions) (*GrouperResult, error) {
	r := &GrouperResult{Version: opt.Version, Seed: opt.Seed, Runs: opt.Runs, CPU: cpuName(), Cores: runtime.GOMAXPROCS(0), Cases: opt.Cases, Examples: []string{}}
	tables, load := casemix.ShippedTables(), casemix.Shipped
	if opt.Scheme != "" {
		tables = os.DirFS(opt.Scheme)
		load = func() (*casemix.Scheme, error) { return casemix.Open(opt.Scheme, casemix.LoadOptions{}) }
	}
	s, err := load()
	if err != nil {
		return nil, err
	}
	r.Scheme = s.ID
	p, cases, err := grouperCases(tables, opt)
	if err != nil {
		return nil, err
	}
	r.gate(s, p, cases)
	if r.Gate = r.Differ == 0; !r.Gate {
		return r, nil
	}
	begun, cpu := cpuTime(), 0.0
	spread(s, cases, 1, func(g *casemix.Grouper, c *casemix.Case) { g.Group(c) })
	cpu = (cpuTime() - begun).Seconds() * 1e6 / float64(len(cases))
	begun = cpuTime()
	if _, err := load(); err != nil {
		return nil, err
	}
	loadCPU := (cpuTime() - begun).Seconds()
	r.CPU1, r.CPULoad = &cpu, &loadCPU
	few := cases[:max(1, len(cases)/20)] // explanations and maps are slower: a part of the cases serves
	one := func(g *casemix.Grouper, c *casemix.Case) { g.Group(c) }
	told := func(g *casemix.Grouper, c *casemix.Case) {
		_, t := g.Explain(c, true, false)
		_ = t.String()
	}
	for _, m := range []struct {
		into    **float64
		cases   []casemix.Case
		workers int
		do      func(*casemix.Grouper, *casemix.Case)
	}{{&r.PerS, cases, r.Cores, one}, {&r.PerS1, cases, 1, one}, {&r.PerSTrace, few, r.Cores, told}} {
		var times []float64
		for range opt.Runs {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			times = append(times, spread(s, m.cases, m.workers, m.do))
		}
		v := float64(len(m.cases)) / middle(times)
		*m.into = &v
	}
	var maps, loads []float64
	for range opt.Runs {
		begun := time.Now()
		for i := range few {
			p.Group(&few[i])
		}
		maps = append(maps, time.Since(begun).Seconds())
		begun = time.Now()
		if _, err := load(); err != nil {
			return nil, err
		}
		loads = append(loads, time.Since(begun).Seconds())
	}
	perS, ratio, loadS := float64(len(few))/middle(maps), 0.0, middle(loads)
	ratio = *r.PerS1 / perS
	r.Plain1, r.Ratio, r.LoadS = &perS, &ratio, &loadS
	return r, nil
}

func grouperCases(tables fs.FS, opt GrouperOptions) (*plain.Grouper, []casemix.Case, error) {
	p, err := plain.Open(tables)
	if err != nil {
		return nil, nil, err
	}
	cases, err := plain.Cases(tables, opt.Cases, opt.Seed)
	return p, cases, err
}

func (r *GrouperResult) gate(s *casemix.Scheme, p *plain.Grouper, cases []casemix.Case) {
	h, seen, g := sha256.New(), map[string]bool{}, s.NewGrouper()
	for i := range cases {
		x := g.Group(&cases[i])
		m, a, d := p.Group(&cases[i])
		if x.MDC != m || x.ADRG != a || x.DRG != d {
			if r.Differ++; len(r.Examples) < 10 {
				r.Examples = append(r.Examples, fmt.Sprintf("%v %v: %s %s, maps %s %s", cases[i].Dx, cases[i].Proc, x.String(), x.DRG, m, d))
			}
		}
		seen[x.DRG] = true
		fmt.Fprintln(h, cases[i].ID, x.MDC, x.ADRG, x.DRG)
	}
	delete(seen, "0000")
	r.Groups, r.Hash = len(seen), hex.EncodeToString(h.Sum(nil))
}

// spread runs the cases over workers and returns the seconds it took.
func spread(s *casemix.Scheme, cases []casemix.Case, workers int, do func(*casemix.Grouper, *casemix.Case)) float64 {
	begun := time.Now()
	var wg sync.WaitGroup
	for w := range workers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			g := s.NewGrouper()
			for i := w * len(cases) / workers; i < (w+1)*len(cases)/workers; i++ {
				do(g, &cases[i])
			}
		}()
	}
	wg.Wait()
	return time.Since(begun).Seconds()
}
