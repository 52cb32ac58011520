package cli

import (
	"fmt"
	"strings"

	"github.com/mingjian/mingjian/internal/casemix/area"
	"github.com/mingjian/mingjian/internal/casemix/pay"
	"github.com/mingjian/mingjian/internal/claim"
)

type paymentBudgetCmd struct {
	jsonFlag
	yearFlags
	Through string `help:"算到哪个月；缺省为有结算的最后一个月" placeholder:"yyyy-MM"`
}

func (c *paymentBudgetCmd) Run(s *streams) error {
	p, err := c.params(c.Params)
	if err != nil {
		return err
	}
	if c.Through != "" {
		if _, err := claim.ParseMonth(c.Through); err != nil {
			return usageError{err}
		}
	}
	in, g, opt, err := c.load(s, p)
	if err != nil {
		return err
	}
	run, err := area.Do(p, g, in, opt)
	if err != nil {
		return err
	}
	lines := []pay.BudgetLine{}
	for _, k := range sortedKeys(run.Insured) {
		through := c.Through
		for _, a := range run.Insured[k].Accounts {
			if last := a.Months[len(a.Months)-1].Month; c.Through == "" && last > through {
				through = last
			}
		}
		lines = append(lines, p.Insurance[k].Progress(k, run.Insured[k].Accounts, through)...)
	}
	if c.JSON {
		return s.json(lines)
	}
	var rows [][]string
	var talk []string
	for _, l := range lines {
		name := l.Inst
		if name == "" {
			name = "全区"
		}
		budget, spent := "-", "-"
		if l.Budget > 0 {
			budget, spent = l.Budget.String(), l.Spent.Percent()
		}
		rows = append(rows, []string{l.Insutype, name, budget, l.Payable.String(), spent, l.Time.Percent(), l.Ratio.Percent(), l.Forecast.String(), l.RatioEnd.Percent()})
		if len(l.Warnings) > 0 {
			talk = append(talk, fmt.Sprintf("  %s %s：%s", l.Insutype, name, strings.Join(l.Warnings, "；")))
		}
	}
	table(s.out, []string{"险种", "机构", ">全年预算", ">已应付", ">预算执行", ">时间进度", ">结付率", ">预计全年应付", ">预计年底结付率"}, rows)
	if len(talk) > 0 {
		s.printf("\n约谈名单：\n%s\n", strings.Join(talk, "\n"))
	}
	return nil
}
