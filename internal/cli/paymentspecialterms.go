package cli

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/mingjian/mingjian/internal/casemix/special"
)

type specialTermsCmd struct {
	Data    string `help:"数据目录" default:"./data" placeholder:"目录"`
	Set     string `help:"换成这个文件里的条件（yaml）" placeholder:"文件"`
	Example bool   `help:"写出一份带注释的样子（全国的条件），改了再 --set"`
}

func (c *specialTermsCmd) Run(s *streams) error {
	if c.Example {
		s.printf("%s", special.Example)
		return nil
	}
	if c.Set != "" {
		if err := c.put(); err != nil {
			return err
		}
	}
	t, err := special.Load(c.Data)
	if err != nil {
		return err
	}
	rows := [][]string{{"申报占比", "DRG " + t.DRG.Percent() + "，DIP " + t.DIP.Percent()}, {"截止", "季末后第 " + strconv.Itoa(t.Workdays) + " 个工作日"}}
	for _, q := range slices.Sorted(maps.Keys(t.Extended)) {
		rows = append(rows, []string{q + " 延期到", t.Extended[q].String()})
	}
	rows = append(rows, []string{"材料", strings.Join(t.Materials, "、")}, []string{"理由", strings.Join(t.Reasons, "、")},
		[]string{"评审专家", strconv.Itoa(t.Panel) + " 人"}, []string{"不合理费用占比", "超过 " + t.CutShare.Percent() + " 待补正"})
	table(s.out, []string{"条件", "内容"}, rows)
	return nil
}

// put checks the file and copies it into the data directory at one stroke.
func (c *specialTermsCmd) put() error {
	b, err := os.ReadFile(c.Set)
	if err != nil {
		return err
	}
	if _, err := special.ParseTerms(b); err != nil {
		return fmt.Errorf("%s：%w", c.Set, err)
	}
	if st, err := os.Stat(c.Data); err != nil || !st.IsDir() {
		return fmt.Errorf("数据目录 %s 不存在", c.Data)
	}
	path := filepath.Join(c.Data, special.TermsFile)
	if err := os.WriteFile(path+".new", b, 0o644); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}
