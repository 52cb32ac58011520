package cli

import (
	"fmt"
	"os"
	"strconv"

	"github.com/mingjian/mingjian/internal/bench"
)

type benchCmd struct {
	Audit   benchAuditCmd   `cmd:"" help:"审核：全部规则对照十条规则的 DuckDB SQL，先核对结果相等再报时间"`
	Store   benchStoreCmd   `cmd:"" help:"业务库：疑点入库的速度，先核对内容相等再报时间"`
	Rules   benchRulesCmd   `cmd:"" help:"规则：十条逐行规则对照 cel-go 和 expr-lang，先核对结果相等再报时间；十倍知识；每张卡的开销"`
	Online  benchOnlineCmd  `cmd:"" help:"事中审核：先回放核对结论，再测开环、闭环、与审核同时的时延"`
	Grouper benchGrouperCmd `cmd:"" help:"分组器：先与朴素分组器逐例核对，再报速度"`
	Review  benchReviewCmd  `cmd:"" help:"疑点办理：许多人同时列表、筛选、打开、决定，先核对没有丢失或重复再报时间"`
	Trace   benchTraceCmd   `cmd:"" help:"追溯码：查重、拦截、每码占用，先核对查出的与埋下的相等再报时间"`
	Child   benchChildCmd   `cmd:"" hidden:"" help:"在单独的进程里做一项测量"`
}

// benchChildCmd is what the benchmark runs of itself for one measurement.
type benchChildCmd struct{}

func (benchChildCmd) Run(s *streams) error { return bench.Child(s.ctx, s.in, s.out) }

type benchAuditCmd struct {
	jsonFlag
	Lines      int    `help:"每月费用行数" default:"1000000"`
	Months     int    `help:"月数，审最后一个月" default:"1"`
	Seed       uint64 `help:"随机种子" default:"1"`
	Runs       int    `help:"每项测几次，取中位数" default:"3"`
	Data       string `help:"示例城市放在哪里，下次可接着用；缺省用完即删" placeholder:"目录"`
	Growth     bool   `help:"另测十分之一的城市，看内存随行数涨多少；一千万行起总是测"`
	History    bool   `help:"带十二个月历史的审核也按 --lines 造十三个月（很慢）；缺省最多每月十万行"`
	CPUProfile string `name:"cpuprofile" hidden:"" help:"引擎进程的 CPU 剖析"`
}

func (c *benchAuditCmd) Run(s *streams) error {
	if c.Lines < 1000 || c.Months < 1 || c.Months > 60 || c.Runs < 1 {
		return usageError{fmt.Errorf("--lines 至少 1000，--months 在 1 到 60 之间，--runs 至少 1")}
	}
	if c.Data != "" {
		if err := os.MkdirAll(c.Data, 0o755); err != nil {
			return err
		}
	}
	r, err := bench.Audit(s.ctx, bench.Options{Lines: c.Lines, Months: c.Months, Seed: c.Seed, Runs: c.Runs, Data: c.Data, Growth: c.Growth,
		History: c.History, Version: Version, Profile: c.CPUProfile, Progress: func(what string) { s.note("%s\n", what) }})
	if err != nil {
		return err
	}
	s.failed = !r.Gate
	printDifferences(s, r)
	if c.JSON {
		return s.json(r)
	}
	printBench(s, r)
	return nil
}

// printDifferences shows the first differences of each rule on the error stream.
func printDifferences(s *streams, r *bench.Result) {
	shown := map[string]int{}
	for _, d := range r.Diff {
		if shown[d.Rule]++; shown[d.Rule] > 10 {
			continue
		}
		side := map[string]string{"engine": "只有引擎有", "sql": "只有 SQL 有"}[d.Side]
		s.note("两边不同 %s %s：就诊 %s 行 %s\n", d.Rule, side, d.Mdtrt, d.Sn)
	}
}

func printBench(s *streams, r *bench.Result) {
	if !r.Gate {
		s.printf("门槛没有通过：引擎与 SQL 的结果有 %d 处不同，不报时间。\n", len(r.Diff))
		return
	}
	s.printf("门槛通过：十条规则的结果完全相同（指纹 %s）。审 %s，%s 行，%d 张卡；%s，%d 核，每项 %d 次取中位数。\n\n", r.Hash[:16], r.Month,
		thousands(r.Lines), r.Cards, r.CPU, r.Cores, r.Runs)
	num := func(v *float64, digits int) string {
		if v == nil {
			return "未测"
		}
		return strconv.FormatFloat(*v, 'f', digits, 64)
	}
	table(s.out, []string{"指标", ">数值", "目标", "含义"}, [][]string{
		{"lines_per_s", num(r.LinesPerS, 0), "", "全部卡、两个工作线程，每秒审核的费用行"},
		{"sql10_ratio", num(r.SQL10Ratio, 2), "≤ 1.0", "全部卡的时间 ÷ 十条规则各一条 SQL 的时间之和"},
		{"speedup_2_workers", num(r.Speedup, 2), "≥ 1.6", "一个工作线程的时间 ÷ 两个的"},
		{"history_ratio", num(r.HistoryRatio, 2), "≤ 1.5", fmt.Sprintf("带十二个月历史审一个月（%s 行）÷ 没有历史审同一个月", thousands(r.HistoryLines))},
		{"window_share", num(r.WindowShare, 3), "≥ 0.15", "窗口类、回看类卡要读的行占该月的比例"},
		{"peak_rss_mib", num(r.PeakRSS, 0), "≤ 400", "引擎进程的内存峰值（MiB）"},
		{"rss_growth", num(r.RSSGrowth, 2), "≤ 1.15", "内存峰值 ÷ 十分之一行数时的内存峰值"},
		{"import_ratio", num(r.ImportRatio, 2), "≤ 3", "导入费用的时间 ÷ DuckDB 逐列定型复制同一文件的时间"},
	})
	s.printf("\n引擎 %s 秒（处理器 %s 秒）；SQL 合计 %s 秒（处理器 %s 秒）：", num(r.EngineS, 2), num(r.EngineCPU, 2), num(r.SQL10S, 2), num(r.SQL10CPU, 2))
	for _, id := range bench.Rules {
		s.printf(" %s %.2f", id, r.SQLSeconds[id])
	}
	s.printf("\n导入 %s 秒，复制 %s 秒，导入的内存峰值 %s MiB\n", num(r.ImportS, 2), num(r.CopyS, 2), num(r.ImportPeakRSS, 0))
}
