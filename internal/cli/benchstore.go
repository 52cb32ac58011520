package cli

import (
	"fmt"

	"github.com/mingjian/mingjian/internal/bench"
	"github.com/mingjian/mingjian/internal/store"
)

type benchStoreCmd struct {
	storeFlag
	jsonFlag
	Findings int    `help:"疑点条数，平均每条两行" default:"200000"`
	Seed     uint64 `help:"随机种子" default:"1"`
	Runs     int    `help:"每项测几次，取中位数" default:"3"`
	Only     string `help:"只测 sqlite 或 postgres" enum:",sqlite,postgres" default:"" placeholder:"库"`
}

func (c *benchStoreCmd) Run(s *streams) error {
	if c.Findings < 1000 || c.Runs < 1 {
		return usageError{fmt.Errorf("--findings 至少 1000，--runs 至少 1")}
	}
	opt := bench.StoreOptions{Findings: c.Findings, Seed: c.Seed, Runs: c.Runs, Version: Version, Only: store.Engine(c.Only), Progress: func(what string) { s.note("%s\n", what) }}
	if c.Store != "" {
		at, err := store.ParseLocation(c.Store)
		if err != nil {
			return usageError{err}
		}
		if at.Engine == store.Postgres {
			opt.Postgres = &at
		}
	}
	r, err := bench.Store(s.ctx, opt)
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
	s.printf("门槛通过（指纹 %s）：%s 条疑点、%s 行，每项 %d 次取中位数；%s，%d 核\n", r.Hash[:16], thousands(int64(r.Findings)), thousands(int64(r.Lines)), r.Runs, r.CPU, r.Cores)
	num := func(v *float64) string {
		if v == nil {
			return "未测"
		}
		return thousands(int64(*v))
	}
	table(s.out, []string{"指标", ">每秒疑点", "目标", "含义"}, [][]string{
		{"findings_per_s_postgres", num(r.Postgres), "≥ 20,000", "第一次入库，连同费用行，PostgreSQL"},
		{"findings_per_s_sqlite", num(r.SQLite), "", "同上，SQLite"},
		{"compared_per_s_postgres", num(r.Same), "", "再次审核后核对：2% 变了，PostgreSQL"},
		{"compared_per_s_sqlite", num(r.SameLite), "", "同上，SQLite"},
	})
	if r.NoPostgres != "" {
		s.printf("PostgreSQL 未测：%s\n", r.NoPostgres)
	}
	return nil
}
