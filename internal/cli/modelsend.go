package cli

import (
	"fmt"
	"sort"
	"strconv"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/model"
	"github.com/mingjian/mingjian/internal/model/runs"
	"github.com/mingjian/mingjian/internal/modeldesk"
	"github.com/mingjian/mingjian/internal/store"
)

type modelsSendCmd struct {
	dataFlag
	storeFlag
	jsonFlag
	asFlag
	Case  []string `help:"只送这些案例（case_id）" placeholder:"案例"`
	Why   string   `help:"说明" placeholder:"文字"`
	RunID string   `arg:"" name:"run" help:"运行编号"`
	Model string   `arg:"" help:"模型编号"`
}

func (c *modelsSendCmd) Run(s *streams) error {
	c.Model = strings.ToUpper(c.Model)
	r, err := runs.Result(c.Data, c.RunID, c.Model)
	if err != nil {
		return err
	}
	lib, err := model.ForData(c.Data)
	if err != nil {
		return err
	}
	ms, err := lib.Pick([]string{c.Model})
	if err != nil {
		return usageError{err}
	}
	return withOffice(s, c.Data, c.Store, func(o *office) error {
		who, err := o.identity(s, c.As)
		if err != nil {
			return err
		}
		d := &modeldesk.Desk{DB: o.db, Trail: o.trail, Data: c.Data}
		out, err := d.Send(s.ctx, who, modeldesk.Sending{Source: "模型", Model: ms[0], Result: r, Cases: c.Case, Origin: c.RunID, Why: c.Why})
		if err != nil {
			return err
		}
		if c.JSON {
			return s.json(out)
		}
		if out.Batch == "" {
			s.printf("没有新的可送：%d 次就诊或指标以前送过，%d 条明细没有落到机构\n", out.Known, out.Homeless)
			return nil
		}
		s.printf("批次 %s：案例 %d，疑点 %d（机审），依据 %d 次就诊或指标，涉及 %s 元；以前送过的 %d，没有落到机构的 %d\n", out.Batch, out.Cases, out.Findings, out.Facts, yuan(out.Money), out.Known, out.Homeless)
		return nil
	})
}

type modelsBatchesCmd struct {
	dataFlag
	storeFlag
	jsonFlag
}

func (c *modelsBatchesCmd) Run(s *streams) error {
	return withOffice(s, c.Data, c.Store, func(o *office) error {
		d := &modeldesk.Desk{DB: o.db, Trail: o.trail, Data: c.Data}
		bs, sum, err := d.Batches(s.ctx, store.Scope{}, store.Page{Limit: 1000})
		if err != nil {
			return err
		}
		if c.JSON {
			return s.json(struct {
				Totals modeldesk.Totals  `json:"totals"`
				Items  []modeldesk.Batch `json:"items"`
			}{sum, bs})
		}
		var rows [][]string
		for _, b := range bs {
			var states []string
			for k, n := range b.States {
				states = append(states, fmt.Sprintf("%s %d", k, n))
			}
			sort.Strings(states)
			rows = append(rows, []string{b.ID, b.Source, b.Model + " " + b.Name, b.Actor, strconv.FormatInt(b.Findings, 10), strconv.FormatInt(b.Facts, 10), yuan(b.Money), strings.Join(states, "，")})
		}
		table(s.out, []string{"批次", "来源", "模型", "送出人", ">疑点", ">就诊/指标", ">涉及金额（元）", "状态"}, rows)
		s.printf("%d 类、%d 批、%s 条疑点，涉及 %s 元\n", sum.Kinds, sum.Batches, thousands(sum.Findings), claim.Money(sum.Money))
		return nil
	})
}
