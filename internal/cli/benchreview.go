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
	For      time.Duration `help:"办理多久" default:"5m"`
	Seed     uint64        `help:"随机种子" default:"1"`
}

func (c *benchReviewCmd) Run(s *streams) error {
	if c.Findings < 1000 || c.Users < 1 || c.For < time.Second {
		return usageError{fmt.Errorf("--findings 至少 1000，--users 至少 1，--for 至少 1s")}
	}
	opt := bench.ReviewOptions{Findings: c.Findings, Users: c.Users, For: c.For, Seed: c.Seed, Version: Version, Progress: func(what string) { s.note("%s\n", what) }}
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
	s.printf("门槛通过：%s，%s 条疑点，%d 人办理 %.0f 秒，作出 %d 个决定，没有丢失或重复，台账相符；%s，%d 核\n", r.Engine, thousands(int64(r.Findings)), r.Users, r.Seconds, r.Decided, r.CPU, r.Cores)
	var rows [][]string
	for _, w := range [][2]string{{"list", "疑点池第一页"}, {"filter", "按机构、规则、月份、区划、就诊筛选"}, {"queue", "在办的按到期先后，第 1 至 4 页"}, {"open", "打开一条"}, {"decide", "保留或排除，连同留痕和台账"}} {
		l := r.Work[w[0]]
		rows = append(rows, []string{w[0], fmt.Sprint(l.Count), fmt.Sprintf("%.1f", l.P50), fmt.Sprintf("%.1f", l.P95), fmt.Sprintf("%.1f", l.Max), w[1]})
	}
	table(s.out, []string{"动作", ">次数", ">中位(毫秒)", ">p95(毫秒)", ">最长(毫秒)", "含义"}, rows)
	return nil
}
