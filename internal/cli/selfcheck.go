package cli

import (
	"fmt"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/selfcheck"
)

type selfcheckCmd struct {
	dataFlag
	storeFlag
	jsonFlag
	childFlags
	Inst  string   `help:"哪家机构" required:"" placeholder:"机构编码"`
	Out   string   `help:"结果放在哪个文件夹" required:"" placeholder:"文件夹"`
	Paths []string `arg:"" name:"path" help:"机构自己的文件（person、visit、diagnosis、settlement、fee……）"`
}

func (c *selfcheckCmd) Run(s *streams) error {
	defer c.begin(s)()
	audit.LimitMemory()
	book, err := liveBook(s, c.Data, c.Store)
	if err != nil {
		return err
	}
	m := s.meter()
	defer m.end()
	r, err := selfcheck.Run(s.ctx, selfcheck.Options{Home: c.Data, Dir: c.Out, Inst: c.Inst, Book: book, Paths: c.Paths,
		Progress: func(what string, done, total int64) { m.show(what, done, total, 0) }})
	if err != nil {
		return err
	}
	m.end()
	if c.JSON {
		return s.json(r)
	}
	s.printf("自查 %s：%s 人、%s 行费用，疑点 %d 条，违规金额 %s 元，其中基金 %s 元，去重后 %s 元\n", c.Inst, thousands(r.Persons), thousands(r.Lines), r.Sum.Findings,
		yuan(r.Sum.Vola), yuan(r.Sum.Fund), yuan(r.Sum.Charged))
	var rows [][]string
	for _, p := range r.Rules {
		rows = append(rows, []string{p.Key, p.Name, severityNames[p.Severity], fmt.Sprint(p.Findings), yuan(p.Vola), yuan(p.Charged)})
	}
	table(s.out, []string{"规则", "名称", "程度", ">疑点", ">违规金额(元)", ">去重(元)"}, rows)
	if r.Foreign > 0 {
		s.printf("另有 %d 条疑点在别家机构的费用上，不是本机构的，没有列出。\n", r.Foreign)
	}
	s.printf("明细在 %s/findings.json。在别家机构的就诊不在文件里，要看别处的规则可能少判。\n", c.Out)
	return nil
}
