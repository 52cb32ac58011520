package cli

import (
	"fmt"
	"os"
	"strconv"

	"github.com/mingjian/mingjian/internal/bench"
)

type benchTraceCmd struct {
	jsonFlag
	Sales  int64  `help:"销售记录数（每条一盒）" default:"10000000"`
	Open   int64  `help:"另测打开这么多个码的索引（只写目录，页留空），给出一百亿的推算" default:"0"`
	Checks int64  `help:"拦截询问次数" default:"40000"`
	Seed   uint64 `help:"随机种子" default:"1"`
	Runs   int    `help:"查重测几次，取中位数" default:"3"`
	Data   string `help:"索引放在哪里；缺省用完即删" placeholder:"目录"`
}

func (c *benchTraceCmd) Run(s *streams) error {
	if c.Sales < 1000 || c.Checks < 100 || c.Runs < 1 || c.Open < 0 {
		return usageError{fmt.Errorf("--sales 至少 1000，--checks 至少 100，--runs 至少 1")}
	}
	if c.Data != "" {
		if err := os.MkdirAll(c.Data, 0o755); err != nil {
			return err
		}
	}
	r, err := bench.Trace(s.ctx, bench.TraceOptions{Sales: c.Sales, Open: c.Open, Checks: c.Checks, Seed: c.Seed, Runs: c.Runs, Data: c.Data, Version: Version,
		Progress: func(what string) { s.note("%s\n", what) }})
	if err != nil {
		return err
	}
	s.failed = !r.Gate
	for _, why := range r.Why {
		s.note("%s\n", why)
	}
	if c.JSON {
		return s.json(r)
	}
	if !r.Gate {
		s.printf("门槛没有通过，不报时间。\n")
		return nil
	}
	s.printf("门槛通过（指纹 %s）：%s 条销售，埋 %d 个重码，查出 %d 个，类别全对；拦截 %s 次全对。%s，%d 核\n", r.Hash[:16], thousands(r.Sales), r.Planted,
		r.Found, thousands(c.Checks), r.CPU, r.Cores)
	num := func(v *float64, digits int) string {
		if v == nil {
			return "未测"
		}
		return strconv.FormatFloat(*v, 'f', digits, 64)
	}
	table(s.out, []string{"指标", ">数值", "目标", "含义"}, [][]string{
		{"find_s", num(r.FindS, 2), "≤ 60（一亿条）", "读完索引、找出重码、分类并写出的秒数"},
		{"peak_rss_mib", num(r.PeakRSS, 0), "≤ 4096", "查重进程的内存峰值（MiB）"},
		{"check_rps", num(r.CheckRPS, 0), "≥ 2000", "每秒拦截询问（十六个窗口同时卖，落盘后才答复）"},
		{"check_p99_ms", num(r.CheckP99, 2), "≤ 10", "百分之九十九的答复在多少毫秒内"},
		{"look_us", num(r.LookNs, 1), "", "查一个码的一生（不记账），微秒"},
		{"bytes_per_code_disk", num(r.Disk, 2), "≤ 40", "每个码占磁盘字节"},
		{"bytes_per_code_mem", num(r.Mem, 3), "≤ 2", "每个码占内存字节"},
		{"open_s", num(r.OpenS, 3), "", "打开索引的秒数"},
		{"build_s", num(r.BuildS, 1), "", "成批建立索引的秒数（含造数据）"},
	})
	if r.OpenCodes > 0 {
		s.printf("\n%s 个码：打开 %s 秒，每码内存 %s 字节；推算一百亿个码：内存 %s GiB，打开 %s 秒，磁盘 %s GiB\n", thousands(r.OpenCodes), num(r.OpenBigS, 2),
			num(r.MemBig, 3), num(r.Mem10G, 2), num(r.Open10G, 1), num(r.Disk10G, 0))
	}
	return nil
}
