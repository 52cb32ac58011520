package cli

import (
	"fmt"
	"os"
	"strconv"

	"github.com/mingjian/mingjian/internal/bench"
)

type benchRulesCmd struct {
	jsonFlag
	Lines  int    `help:"费用行数，一个月" default:"200000"`
	Seed   uint64 `help:"随机种子" default:"1"`
	Runs   int    `help:"每项测几次，取中位数" default:"3"`
	Points int    `help:"知识点数，另测它的十倍" default:"15000"`
	Data   string `help:"示例城市放在哪里，下次可接着用；缺省用完即删" placeholder:"目录"`
}

func (c *benchRulesCmd) Run(s *streams) error {
	if c.Lines < 1000 || c.Runs < 1 || c.Points < 2000 {
		return usageError{fmt.Errorf("--lines 至少 1000，--runs 至少 1，--points 至少 2000")}
	}
	if c.Data != "" {
		if err := os.MkdirAll(c.Data, 0o755); err != nil {
			return err
		}
	}
	r, err := bench.LineRules(s.ctx, bench.RuleOptions{Lines: c.Lines, Seed: c.Seed, Runs: c.Runs, Points: c.Points, Data: c.Data, Version: Version,
		Progress: func(what string) { s.note("%s\n", what) }})
	if err != nil {
		return err
	}
	s.failed = !r.Gate
	for i, d := range r.Diff {
		if i == 20 {
			break
		}
		s.note("结果不同 %s（%s）：就诊 %s 行 %s\n", d.Rule, d.Side, d.Mdtrt, d.Sn)
	}
	if c.JSON {
		return s.json(r)
	}
	if !r.Gate {
		s.printf("门槛没有通过：三个引擎的结果有 %d 处不同，不报时间。\n", len(r.Diff))
		return nil
	}
	s.printf("门槛通过：十条规则在三个引擎里结果完全相同（指纹 %s）。%s 行，其中 %s 行有知识点点名，共 %s 次判断；%s，一个核，每项 %d 次取中位数。\n\n", r.Hash[:16],
		thousands(r.Lines), thousands(r.Named), thousands(r.Evaluations), r.CPU, r.Runs)
	num := func(v *float64, digits int) string { return strconv.FormatFloat(*v, 'f', digits, 64) }
	table(s.out, []string{"指标", ">数值", "目标", "含义"}, [][]string{
		{"ratio_cel", num(r.RatioCEL, 2), "≥ 8", fmt.Sprintf("cel-go ÷ 本引擎，同一项目索引之后（%.0f 与 %.0f 纳秒一次）", r.CELNs, r.EngineNs)},
		{"ratio_expr", num(r.RatioExpr, 2), "≥ 8", fmt.Sprintf("expr-lang ÷ 本引擎，同一项目索引之后（%.0f 纳秒一次）", r.ExprNs)},
		{"unindexed_cel", num(r.Unindexed, 2), "", "cel-go 每行问十条 ÷ 本引擎"},
		{"knowledge_x10_slowdown", num(r.Slowdown, 3), "≤ 0.10", fmt.Sprintf("%d 个知识点的审核比 %d 个慢多少（%.2f 与 %.2f 秒）", r.PointsX10, r.Points, *r.AuditX10S, *r.AuditS)},
		{"knowledge_load_s", num(r.LoadS, 2), "< 2", fmt.Sprintf("装入并编译 %d 个知识点的秒数", r.PointsX10)},
	})
	s.printf("\n每张卡单独判一个月的开销，贵的在前：\n")
	var rows [][]string
	for i, k := range r.Cards {
		if i == 15 {
			break
		}
		rows = append(rows, []string{k.ID, strconv.FormatFloat(k.NsPerLine, 'f', 2, 64), strconv.FormatFloat(100*k.Share, 'f', 1, 64) + "%"})
	}
	table(s.out, []string{"卡", ">每行纳秒", ">份额"}, rows)
	return nil
}
