package cli

import (
	"fmt"
	"time"

	"github.com/mingjian/mingjian/internal/bench"
	"github.com/mingjian/mingjian/internal/store"
)

type benchReviewCmd struct {
	storeFlag
	jsonFlag
	Findings int           `help:"疑点条数" default:"1000000"`
	Users    int           `help:"同时办理的人" default:"50"`
	Seconds  int           `help:"办理多少秒" default:"300"`
	Pause    time.Duration `help:"每办一条停下来看多久（五分之一到全部之间）" default:"5s"`
	Kills    int           `help:"办理中用 kill -9 杀掉服务多少次" default:"0"`
	Seed     uint64        `help:"随机种子" default:"1"`
}

// workDone are the kinds of work of the benchmark, in the order of a reviewer's day.
var workDone = [][2]string{{"list", "疑点池第一页"}, {"filter", "按机构、规则、月份、区划、就诊筛选"}, {"queue", "在办的按到期先后，第 1 至 4 页"}, {"open", "打开一条"},
	{"decide", "保留或排除，连同留痕和台账"}, {"take", "派单：一次纳入 100 条（不在 p95 要求之内）"}}

func (c *benchReviewCmd) Run(s *streams) error {
	if c.Findings < 1000 || c.Users < 2 || c.Seconds < 1 || c.Pause < 0 || c.Kills < 0 {
		return usageError{fmt.Errorf("--findings 至少 1000，--users 至少 2，--seconds 至少 1，--pause、--kills 不能为负")}
	}
	opt := bench.ReviewOptions{Findings: c.Findings, Users: c.Users, For: time.Duration(c.Seconds) * time.Second, Pause: c.Pause, Kills: c.Kills, Seed: c.Seed, Version: Version,
		Progress: func(what string) { s.note("%s\n", what) }}
	if c.Store != "" {
		at, err := store.ParseLocation(c.Store)
		if err != nil {
			return usageError{err}
		}
		if at.Engine == store.Postgres {
			opt.Postgres = &at
		}
	}
	r, err := bench.Review(s.ctx, opt)
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
	s.printf("门槛通过：%s，%s 条疑点，%d 人办理 %.0f 秒，作出 %d 个决定，没有丢失或重复，台账 %s 元与决定相符；每秒 %.0f 次请求，服务用处理器 %.0f 秒；%s，%d 核\n", r.Engine, thousands(int64(r.Findings)),
		r.Users, r.Seconds, r.Decided, yuan(r.Claim), r.Rate, r.Server, r.CPU, r.Cores)
	if r.Kills > 0 {
		s.printf("杀掉服务 %d 次：得到答复的都在；正办到一半的 %d 个，其中 %d 个已生效\n", r.Kills, r.Unsure, r.UnsureIn)
	}
	var rows [][]string
	for _, w := range workDone {
		if l := r.Work[w[0]]; l.Count > 0 {
			rows = append(rows, []string{w[0], fmt.Sprint(l.Count), fmt.Sprintf("%.1f", l.P50), fmt.Sprintf("%.1f", l.P95), fmt.Sprintf("%.1f", l.Max), fmt.Sprint(l.Refused), fmt.Sprint(l.Errors), w[1]})
		}
	}
	table(s.out, []string{"动作", ">次数", ">中位(毫秒)", ">p95(毫秒)", ">最长(毫秒)", ">别人先办", ">错误", "含义"}, rows)
	for _, what := range r.Slow {
		s.printf("超过 %d 毫秒：%s\n", bench.ReviewLimit, what)
	}
	return nil
}
