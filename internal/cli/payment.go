package cli

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"github.com/mingjian/mingjian/internal/casemix"
	"github.com/mingjian/mingjian/internal/casemix/area"
	"github.com/mingjian/mingjian/internal/casemix/dip"
	"github.com/mingjian/mingjian/internal/casemix/mix"
	"github.com/mingjian/mingjian/internal/casemix/pay"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
)

type paymentCmd struct {
	Use      paymentUseCmd      `cmd:"" help:"给数据目录选定分组方案、病种目录和付费参数：审核的病组规则和控制台都按它"`
	Run      paymentRunCmd      `cmd:"" help:"按病组（病种）付费：逐例应付、月预结、年清算"`
	Simulate paymentSimulateCmd `cmd:"" help:"换一套参数算同一年，看各机构差多少"`
	Budget   paymentBudgetCmd   `cmd:"" help:"双控制：总额预算进度与结付率，预测到年底，列约谈名单"`
	Boards   paymentBoardsCmd   `cmd:"" help:"算出控制台病组看板的数：病例组合、消耗指数、预算与结付率、逐例付费"`
	Special  specialCmd         `cmd:"" help:"特例单议：申报、抽专家、投票、结果、统计"`
	Params   paymentParamsCmd   `cmd:"" help:"检查一个参数文件，或写出示例参数"`
}

// yearFlags choose the stays and what groups and pays them.
type yearFlags struct {
	schemeFlags
	storeFlag
	Data      string `help:"数据目录：取其中已结算的住院" placeholder:"目录"`
	In        string `help:"不用数据目录，用带金额的病例表" placeholder:"文件"`
	Year      int    `help:"年度；缺省为参数文件的年度"`
	Params    string `help:"付费参数文件（yaml）；缺省用自带的示例参数" placeholder:"文件"`
	Weights   string `help:"权重表所在目录；缺省用分组方案目录" placeholder:"目录"`
	Catalogue string `help:"DIP 病种目录；缺省用自带的示例目录" placeholder:"目录"`
	Scores    string `help:"年度考核得分（csv：fixmedins_code,score）" placeholder:"文件"`

	chosen *mix.Setup // of the data directory, where no other tables are asked for
}

// params reads a parameter file; "" are those that the data directory has chosen (payment use), else the sample.
func (c *yearFlags) params(path string) (*pay.Params, error) {
	if path != "" {
		return pay.ReadParams(path)
	}
	if c.Data != "" && c.Scheme == "" && c.Catalogue == "" && c.Weights == "" {
		var err error
		if c.chosen, err = mix.Open(c.Data); err != nil {
			return nil, err
		}
		if c.chosen != nil {
			return c.chosen.Params, nil
		}
	}
	return pay.Shipped()
}

// paramsText is the file that params reads.
func (c *yearFlags) paramsText(path string) ([]byte, error) {
	switch {
	case path != "":
		return os.ReadFile(path)
	case c.chosen != nil:
		return mix.ParamsText(c.Data)
	}
	return pay.Example(), nil
}

// load reads the stays, the grouping and the options of a year.
func (c *yearFlags) load(s *streams, p *pay.Params) ([]area.Input, *area.Grouping, area.Options, error) {
	var opt area.Options
	if (c.In == "") == (c.Data == "") {
		return nil, nil, opt, usageError{errors.New("--data（数据目录）和 --in（病例表）给且只给一个")}
	}
	year := c.Year
	if year == 0 {
		year = p.Year
	}
	if year == 0 {
		return nil, nil, opt, usageError{errors.New("参数文件没有写年度，请给 --year")}
	}
	from := claim.DayOf(year, 1, 1).Month()
	inputs, err := c.inputs(from, from+11)
	if err != nil {
		return nil, nil, opt, err
	}
	g, err := c.grouping(p)
	if err != nil {
		return nil, nil, opt, err
	}
	if opt.Special, err = granted(s, c.Data, c.Store); err != nil {
		return nil, nil, opt, err
	}
	opt.Scores, err = readScores(c.Scores)
	return inputs, g, opt, err
}

func (c *yearFlags) inputs(from, to claim.Month) ([]area.Input, error) {
	if c.In != "" {
		r, err := casemix.OpenCases(c.In)
		if err != nil {
			return nil, err
		}
		defer r.Close()
		all, err := area.FromList(r)
		kept := all[:0]
		for _, in := range all {
			if m, _ := claim.ParseMonth(in.Month); m >= from && m <= to {
				kept = append(kept, in)
			}
		}
		return kept, err
	}
	snap, done, err := snapshotOf(c.Data)
	if err != nil {
		return nil, err
	}
	defer done()
	return area.FromLake(snap, from, to)
}

func snapshotOf(dir string) (*lake.Snapshot, func() error, error) {
	if _, err := os.Stat(dir); err != nil {
		return nil, nil, fmt.Errorf("数据目录 %s 不存在", dir)
	}
	l, err := lake.Open(dir)
	if err != nil {
		return nil, nil, err
	}
	snap, err := l.Snapshot()
	if err != nil {
		l.Close()
		return nil, nil, err
	}
	return snap, l.Close, nil
}

func (c *yearFlags) grouping(p *pay.Params) (*area.Grouping, error) {
	if c.chosen != nil && c.chosen.Grouping.Fits(p) == nil {
		return c.chosen.Grouping, nil
	}
	g := &area.Grouping{}
	for _, i := range p.Insurance {
		var err error
		switch {
		case i.Mode == "DIP" && g.Catalogue == nil:
			if c.Catalogue == "" {
				g.Catalogue, err = dip.Shipped()
			} else {
				g.Catalogue, err = dip.Open(c.Catalogue)
			}
			if err == nil && c.ICD != "" {
				var codes *casemix.Codebook
				if codes, err = casemix.OpenCodebook(c.ICD); err == nil {
					g.Catalogue.Use(codes)
				}
			}
		case i.Mode == "DRG" && g.Scheme == nil:
			if g.Scheme, err = c.open(); err != nil {
				return nil, err
			}
			tables := casemix.ShippedTables()
			if dir := c.Weights; dir != "" {
				tables = os.DirFS(dir)
			} else if c.Scheme != "" {
				tables = os.DirFS(c.Scheme)
			}
			g.Weights, err = pay.ReadWeights(tables)
		}
		if err != nil {
			return nil, err
		}
	}
	return g, nil
}

func readScores(path string) (map[string]int, error) {
	if path == "" {
		return nil, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || len(rows) == 0 || len(rows[0]) < 2 {
		return nil, fmt.Errorf("%s 要有 fixmedins_code、score 两列：%v", path, err)
	}
	out := map[string]int{}
	for _, r := range rows[1:] {
		n, err := strconv.Atoi(r[1])
		if err != nil {
			return nil, fmt.Errorf("%s 里 %s 的得分“%s”不是整数", path, r[0], r[1])
		}
		out[r[0]] = n
	}
	return out, nil
}

// lakeStays are the settled stays of a data directory as a source of cases.
type lakeStays struct{ left []area.Input }

func lakeCases(dir, from, to string) (*lakeStays, error) {
	lo, hi := claim.DayOf(1900, 1, 1).Month(), claim.DayOf(9000, 1, 1).Month()
	for _, b := range []struct {
		text string
		into *claim.Month
	}{{from, &lo}, {to, &hi}} {
		if b.text == "" {
			continue
		}
		var err error
		if *b.into, err = claim.ParseMonth(b.text); err != nil {
			return nil, usageError{err}
		}
	}
	snap, done, err := snapshotOf(dir)
	if err != nil {
		return nil, err
	}
	defer done()
	in, err := area.FromLake(snap, lo, hi)
	return &lakeStays{in}, err
}

func (l *lakeStays) Next(c *casemix.Case) error {
	if len(l.left) == 0 {
		return io.EOF
	}
	*c, l.left = l.left[0].Case, l.left[1:]
	return nil
}

func (l *lakeStays) Close() error { return nil }

type paymentRunCmd struct {
	jsonFlag
	yearFlags
	Out string `help:"结果目录：payments.csv（逐例）、months.csv（月预结）、accounts.csv（年清算）" placeholder:"目录"`
}

func (c *paymentRunCmd) Run(s *streams) error {
	p, err := c.params(c.Params)
	if err != nil {
		return err
	}
	in, g, opt, err := c.load(s, p)
	if err != nil {
		return err
	}
	run, err := area.Do(p, g, in, opt)
	if err != nil {
		return err
	}
	if c.Out != "" {
		if err := os.MkdirAll(c.Out, 0o755); err != nil {
			return err
		}
		for name, rows := range map[string]func() [][]string{"payments.csv": run.PaymentRows, "months.csv": run.MonthRows, "accounts.csv": run.AccountRows} {
			if err := writeRows(s, filepath.Join(c.Out, name), rows()); err != nil {
				return err
			}
		}
	}
	if c.JSON {
		return s.json(run.Summary())
	}
	printRun(s, run)
	return nil
}

func writeRows(s *streams, path string, rows [][]string) error {
	return writeFile(s, path, func(w io.Writer) error {
		c := csv.NewWriter(w)
		if err := c.WriteAll(rows); err != nil {
			return err
		}
		return c.Error()
	})
}

func printRun(s *streams, run *area.Run) {
	for _, k := range sortedKeys(run.Insured) {
		r := run.Insured[k]
		kind := "固定"
		if r.Rate.Floating {
			kind = "浮动"
		}
		unit := "费率"
		if run.Params.Insurance[k].Mode == "DIP" {
			unit = "点值"
		}
		s.printf("险种 %s（%s）：%s 例，%s%s %s 元", k, run.Params.Insurance[k].Mode, thousands(int64(len(r.Stays))), kind, unit, r.Rate.Value)
		if r.Rate.Floating {
			s.printf("，可分配总额 %s，未分配尾差 %s", r.Rate.Total, r.Rate.Residue)
		}
		s.printf("\n\n")
		var rows [][]string
		for i := range r.Accounts {
			a := &r.Accounts[i]
			rows = append(rows, []string{a.Inst, strconv.Itoa(a.Stays), a.Declared.String(), a.Payable.String(), a.Ratio.Percent(), a.Retained.String(), a.Shared.String(),
				a.Settled.String(), a.Paid.String(), a.Advance.String(), a.Due.String()})
		}
		table(s.out, []string{"机构", ">例数", ">按项目统筹", ">病组应付", ">结付率", ">结余留用", ">超支分担", ">应清算", ">已月付", ">预付金", ">应补(负退)"}, rows)
		s.printf("\n")
	}
	for _, k := range sortedKeys(run.Left) {
		s.note("险种 %q 没有付费参数，%d 例没有计算\n", k, run.Left[k])
	}
}

type paymentParamsCmd struct {
	Check   string `help:"检查这个参数文件" placeholder:"文件"`
	Example bool   `help:"把自带的示例参数写到标准输出"`
}

func (c *paymentParamsCmd) Run(s *streams) error {
	switch {
	case c.Example:
		_, err := s.out.Write(pay.Example())
		return err
	case c.Check == "":
		return usageError{errors.New("给 --check 文件，或 --example")}
	}
	p, err := pay.ReadParams(c.Check)
	if err != nil {
		return err
	}
	s.printf("参数 %s：统筹区 %s，%d 年度，%d 个险种，没有错误\n", p.Name, p.Area, p.Year, len(p.Insurance))
	return nil
}
