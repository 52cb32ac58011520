package cli

import (
	"strconv"

	"github.com/mingjian/mingjian/internal/casemix/mix"
	"github.com/mingjian/mingjian/internal/lake"
)

type paymentUseCmd struct {
	jsonFlag
	schemeFlags
	Data      string `help:"数据目录" default:"./data" placeholder:"目录"`
	Params    string `help:"付费参数文件（yaml）；缺省用自带的示例参数" placeholder:"文件"`
	Weights   string `help:"权重表所在目录；缺省用分组方案目录" placeholder:"目录"`
	Catalogue string `help:"DIP 病种目录；缺省用自带的示例目录" placeholder:"目录"`
	Show      bool   `help:"只看现在用的是哪一套，不改"`
}

func (c *paymentUseCmd) Run(s *streams) error {
	if c.Show {
		set, err := mix.Open(c.Data)
		if err != nil {
			return err
		}
		return c.tell(s, set)
	}
	l, err := lake.Open(c.Data)
	if err != nil {
		return err
	}
	defer l.Close()
	lock, err := l.Lock() // one writer a data directory
	if err != nil {
		return err
	}
	defer lock.Close()
	set, err := mix.Choose(c.Data, mix.Chosen{Params: c.Params, Scheme: c.Scheme, ICD: c.ICD, Splits: c.Splits, Region: c.Region, Weights: c.Weights, Catalogue: c.Catalogue})
	if err != nil {
		return err
	}
	return c.tell(s, set)
}

func (c *paymentUseCmd) tell(s *streams, set *mix.Setup) error {
	if set == nil {
		s.printf("没有选定：病组规则（CASEMIX）不判。用 mingjian payment use --data %s --params 文件 --scheme 目录 选定\n", c.Data)
		return nil
	}
	if c.JSON {
		return s.json(struct {
			ID     string `json:"id"`
			Params string `json:"params"`
			Area   string `json:"area"`
			Year   int    `json:"year"`
			Sample bool   `json:"sample"`
		}{set.ID, set.Params.Name, set.Params.Area, set.Params.Year, set.Options.Sample})
	}
	var rows [][]string
	for _, k := range set.Insured() {
		by := "病种目录"
		if set.Params.Insurance[k].Mode == "DRG" {
			by = set.Grouping.Scheme.String() + "，权重 " + strconv.Itoa(len(set.Grouping.Weights)) + " 组"
		}
		rows = append(rows, []string{k, set.Params.Insurance[k].Mode, by})
	}
	s.printf("%s（%d 年度，编号 %s）\n\n", set.Params.Name, set.Params.Year, set.ID)
	table(s.out, []string{"险种", "方式", "分组"}, rows)
	if set.Options.Sample {
		s.note("这是自带的示例方案和参数，数字是编的，不能用来付费\n")
	}
	return nil
}
