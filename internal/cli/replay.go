package cli

import (
	"context"
	"fmt"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/online/replay"
)

type replayCmd struct {
	dataFlag
	storeFlag
	jsonFlag
	Month string `help:"已审核的月份" required:"" placeholder:"yyyy-MM"`
}

// opener prepares the audit of a directory with what the installation decided about its rules.
func opener(s *streams, store string) func(context.Context, string) (*audit.Auditor, error) {
	return func(_ context.Context, dir string) (*audit.Auditor, error) {
		book, err := liveBook(s, dir, store)
		if err != nil {
			return nil, err
		}
		return book.Open(dir)
	}
}

func (c *replayCmd) Run(s *streams) error {
	m, err := claim.ParseMonth(c.Month)
	if err != nil {
		return usageError{err}
	}
	audit.LimitMemory()
	meter := newMeter(s.err)
	defer meter.end()
	r, err := replay.Run(s.ctx, c.Data, m, opener(s, c.Store), func(done, of int) { meter.show("回放 "+c.Month, int64(done), int64(of), 0) })
	if err != nil {
		return err
	}
	meter.end()
	if r.Different > 0 {
		s.failed = true
	}
	if c.JSON {
		return s.json(r)
	}
	s.printf("%s：%d 次就诊，%d 笔结算，%d 条 3102 报文（%.1f MB）\n", r.Month, r.Visits, r.Settlements, r.Messages, float64(r.Bytes)/1e6)
	s.printf("比对 %d 对（卡片×费用行），可比 %d（%.2f %%），不可比 %d，不一致 %d\n", r.Pairs, r.Compared, 100*float64(r.Compared)/float64(max(1, r.Pairs)), r.NotJudgeable, r.Different)
	s.printf("月度命中 %d 对，其中可比 %d；事中提示 %d 对\n", r.Hits, r.HitsCompared, r.HitsOnline)
	for _, x := range r.Exceptions {
		s.printf("  不可比 %s %s：%d 对，其中命中 %d\n", x.Rule, x.Why, x.Pairs, x.Hits)
	}
	for _, d := range r.Differences {
		s.printf("  不一致 %s 就诊 %s 行 %s：月度 %s，事中 %s\n", d.Rule, d.Mdtrt, d.Sn, verdictName(d.Monthly), verdictName(d.Online))
	}
	return nil
}

func verdictName(sev int) string {
	if sev == 0 {
		return "无"
	}
	return fmt.Sprintf("%d 级", sev)
}
