package cli

import (
	"fmt"

	"github.com/mingjian/mingjian/internal/auth"
)

type trailCmd struct {
	Verify trailVerifyCmd `cmd:"" help:"核对全部操作留痕，指出第一条不符的"`
	Show   trailShowCmd   `cmd:"" help:"查看最近的操作留痕"`
}

type trailVerifyCmd struct {
	dataFlag
	storeFlag
	jsonFlag
}

func (c *trailVerifyCmd) Run(s *streams) error {
	return withOffice(s, c.Data, c.Store, func(o *office) error {
		v, err := auth.Verify(s.ctx, c.Data, o.db)
		if err != nil {
			return err
		}
		s.failed = !v.Whole
		if c.JSON {
			return s.json(v)
		}
		if !v.Whole {
			s.printf("留痕不完整：%s\n", v.Broken)
			return nil
		}
		s.printf("留痕完整：%s 条记录，%d 条链，%d 个锚点\n", thousands(int64(v.Records)), v.Chains, v.Anchors)
		return nil
	})
}

type trailShowCmd struct {
	dataFlag
	storeFlag
	jsonFlag
	Limit int `help:"最近多少条" default:"50"`
}

type trailItem struct {
	Chain  string `json:"chain"`
	Seq    int64  `json:"seq"`
	At     string `json:"at"`
	Actor  string `json:"actor"`
	Action string `json:"action"`
	Object string `json:"object"`
	Detail string `json:"detail"`
	Hash   string `json:"hash"`
}

func (c *trailShowCmd) Run(s *streams) error {
	if c.Limit < 1 {
		return usageError{fmt.Errorf("--limit 至少为 1")}
	}
	return withOffice(s, c.Data, c.Store, func(o *office) error {
		rs, err := o.db.Records(s.ctx, c.Limit)
		if err != nil {
			return err
		}
		items := make([]trailItem, len(rs))
		rows := make([][]string, len(rs))
		for i, r := range rs {
			items[i] = trailItem{r.Chain, r.Seq, clock(r.At), r.Actor, r.Action, r.Object, r.Detail, r.Hash}
			rows[i] = []string{clock(r.At), r.Actor, r.Action, r.Object, r.Detail}
		}
		if c.JSON {
			return s.json(items)
		}
		table(s.out, []string{"时间", "操作人", "操作", "对象", "说明"}, rows)
		return nil
	})
}
