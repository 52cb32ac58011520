package cli

import (
	"errors"
	"strconv"

	"github.com/mingjian/mingjian/internal/bench"
)

type benchGrouperCmd struct {
	jsonFlag
	Scheme string `help:"分组方案目录；缺省用自带的示例方案" placeholder:"目录"`
	Cases  int    `help:"随机病例数" default:"200000"`
	Seed   uint64 `help:"随机种子" default:"1"`
	Runs   int    `help:"每项测几次，取中位数" default:"3"`
}

func (c *benchGrouperCmd) Run(s *streams) error {
	if c.Cases < 1000 || c.Runs < 1 {
		return usageError{errors.New("--cases 至少 1000，--runs 至少 1")}
	}
	r, err := bench.Grouper(s.ctx, bench.GrouperOptions{Scheme: c.Scheme, Cases: c.Cases, Seed: c.Seed, Runs: c.Runs, Version: Version})
	if err != nil {
		return err
	}
	s.failed = !r.Gate
	for _, e := range r.Examples {
		s.note("两个分组器不同：%s\n", e)
	}
	if c.JSON {
		return s.json(r)
	}
	if !r.Gate {
		s.printf("门槛没有通过：%d 个病例两个分组器分得不同，不报时间。\n", r.Differ)
		return nil
	}
	s.printf("门槛通过：%s 个随机病例与朴素分组器全部相同，覆盖 %d 个组（指纹 %s）。方案 %s；%s，%d 核。\n\n", thousands(int64(r.Cases)), r.Groups, r.Hash[:16],
		r.Scheme, r.CPU, r.Cores)
	num := func(v *float64, digits int) string { return strconv.FormatFloat(*v, 'f', digits, 64) }
	table(s.out, []string{"指标", ">数值", "目标", "含义"}, [][]string{
		{"cases_per_s", num(r.PerS, 0), "≥ 500000", "全部核、不写过程，每秒分组病例数"},
		{"cases_per_s_trace", num(r.PerSTrace, 0), "", "全部核、写过程和改什么会变组"},
		{"cases_per_s_one_core", num(r.PerS1, 0), "", "一个核"},
		{"ratio_maps", num(r.Ratio, 1), "", "一个核，比朴素的映射表分组器快多少倍"},
		{"load_s", num(r.LoadS, 3), "< 1", "装入方案（秒）"},
	})
	return nil
}
