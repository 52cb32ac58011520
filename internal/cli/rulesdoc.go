package cli

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
	"github.com/mingjian/mingjian/internal/rulebook"
)

type rulesDocCmd struct {
	jsonFlag
	Out   string   `help:"写成网站（可离线打开），放在这个文件夹；缺省在标准输出写 Markdown" placeholder:"文件夹"`
	Data  string   `help:"网站里列这个数据目录在用的知识点，缺省为示例知识包" placeholder:"目录"`
	Date  string   `help:"本次变更记在哪一天，缺省为今天；没有变更时不用" placeholder:"yyyy-MM-dd"`
	URL   string   `name:"url" help:"网站将来的网址，订阅里的链接用它" placeholder:"网址"`
	Files []string `arg:"" optional:"" help:"规则文件或文件夹，缺省为自带规则"`
}

func (c *rulesDocCmd) Run(s *streams) error {
	if c.Out == "" && (c.Data != "" || c.Date != "" || c.URL != "" || c.JSON) {
		return usageError{fmt.Errorf("--data、--date、--url、--json 要和 --out 一起用")}
	}
	if c.Date != "" {
		if _, err := claim.ParseDay(c.Date); err != nil {
			return usageError{fmt.Errorf("--date %q：%w", c.Date, err)}
		}
	}
	lib, err := library(c.Files)
	if err != nil {
		return err
	}
	if c.Out == "" {
		s.printf("# 规则说明（%d 条）\n\n", len(lib.Cards))
		for _, k := range lib.Cards {
			s.printf("%s\n", ruleText(k))
		}
		return nil
	}
	o := rulebook.Options{Cards: lib.Cards, Date: cmp.Or(c.Date, today()), URL: c.URL}
	if err := c.points(&o); err != nil {
		return err
	}
	sum, err := rulebook.Write(c.Out, o)
	if err != nil {
		return err
	}
	if c.JSON {
		return s.json(map[string]any{"out": c.Out, "cards": sum.Cards, "files": sum.Files, "bytes": sum.Bytes, "changes": sum.Changes})
	}
	s.printf("规则说明书写在 %s：%d 条规则，%d 个文件，变更 %d 项；用浏览器打开 %s\n", c.Out, sum.Cards, sum.Files, len(sum.Changes), filepath.Join(c.Out, "index.html"))
	for _, x := range sum.Changes {
		s.printf("  %s\n", strings.Join(strings.Fields(x.Kind+" "+x.ID+" "+x.Name), " "))
	}
	return nil
}

// points are those of the data directory, else of the starter pack, whose item names serve both.
func (c *rulesDocCmd) points(o *rulebook.Options) error {
	pack, err := knowledge.Starter()
	if err != nil {
		return err
	}
	o.Points, o.PointSource, o.ItemNames = pack.Points, "示例知识包", map[string]string{}
	for _, i := range pack.Items {
		o.ItemNames[i.Code] = i.Name
	}
	if c.Data == "" {
		return nil
	}
	if _, err := os.Stat(c.Data); err != nil {
		return fmt.Errorf("数据目录 %s 不存在", c.Data)
	}
	store, err := knowledge.Open(filepath.Join(c.Data, "knowledge"))
	if err != nil {
		return err
	}
	o.Points, o.PointSource = store.Base().Points, "数据目录在用"
	return nil
}
