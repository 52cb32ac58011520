package cli

import (
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/mingjian/mingjian/internal/casemix/area"
	"github.com/mingjian/mingjian/internal/casemix/mix"
	"github.com/mingjian/mingjian/internal/casemix/pay"
	"github.com/mingjian/mingjian/internal/casemix/special"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/store"
)

type specialCmd struct {
	Apply  specialApplyCmd  `cmd:"" help:"申报一例：查时限、占比、材料和不合理费用"`
	List   specialListCmd   `cmd:"" help:"申报清单"`
	Draw   specialDrawCmd   `cmd:"" help:"随机抽评审专家（本院专家回避；有人回避时补抽）"`
	Vote   specialVoteCmd   `cmd:"" help:"登记一位专家的意见"`
	Decide specialDecideCmd `cmd:"" help:"按多数意见定结果，进入付费"`
	Stats  specialStatsCmd  `cmd:"" help:"申报数、通过数、通过率、金额"`
	Terms  specialTermsCmd  `cmd:"" help:"这个数据目录的条件：占比、时限和延期的季度、材料、理由、专家人数"`
	Export specialExportCmd `cmd:"" help:"写成 special_case 表（csv），导入后审核 R013–R015"`
}

// specialFlags are common to all.
type specialFlags struct {
	dataFlag
	storeFlag
	jsonFlag
}

// book opens the book of special cases.
func (c *specialFlags) book(s *streams, f func(o *office, b *special.Book) error) error {
	terms, err := special.Load(c.Data)
	if err != nil {
		return err
	}
	return withOffice(s, c.Data, c.Store, func(o *office) error { return f(o, &special.Book{DB: o.db, Terms: terms}) })
}

type specialApplyCmd struct {
	specialFlags
	Visit     string            `help:"就诊号 mdtrt_id" required:""`
	Kind      string            `help:"DRG 或 DIP" enum:"DRG,DIP" default:"DRG"`
	Reason    string            `help:"申报理由：住院时间长、医疗费用高、新药耗新技术、复杂危重、多学科联合诊疗" required:""`
	Asked     string            `help:"申请：按项目 或 按标准" enum:"按项目,按标准" default:"按项目"`
	Material  map[string]string `help:"材料，如 申请表=文件名，可多次" placeholder:"种类=文件"`
	Unreason  string            `name:"unreasonable" help:"审核出的不合理费用（元）" default:"0"`
	On        string            `help:"申报日，缺省今天" placeholder:"yyyy-MM-dd"`
	Applicant string            `help:"申报人"`
}

func (c *specialApplyCmd) Run(s *streams) error {
	cut, err := pay.ParseFen(c.Unreason)
	if err != nil {
		return usageError{fmt.Errorf("--unreasonable %w", err)}
	}
	on := time.Now()
	if c.On != "" {
		if on, err = time.Parse("2006-01-02", c.On); err != nil {
			return usageError{fmt.Errorf("--on “%s”不是 yyyy-MM-dd 的日期", c.On)}
		}
	}
	a, stays, err := c.find(c.Data)
	if err != nil {
		return err
	}
	a.Kind, a.Reason, a.Asked, a.Materials = c.Kind, c.Reason, c.Asked, c.Material
	a.On = claim.DayOf(on.Year(), int(on.Month()), on.Day())
	return c.book(s, func(o *office, b *special.Book) error {
		got, problems, err := b.Apply(s.ctx, a, stays, cut, c.Applicant)
		if err != nil {
			return err
		}
		if err := o.record(s, "特例单议申报", got.ID, a.Inst+" "+a.Visit+" "+got.State); err != nil {
			return err
		}
		if c.JSON {
			return s.json(struct {
				Case     *store.SpecialCase `json:"case"`
				Problems []special.Problem  `json:"problems"`
			}{got, append([]special.Problem{}, problems...)})
		}
		s.printf("%s %s，截止日 %s\n", got.ID, got.State, b.Terms.Deadline(a.Settled))
		for _, p := range problems {
			s.printf("  %s %s\n", p.Code, p.Text)
		}
		return nil
	})
}

// find reads the stay and counts what its hospital settled in the quarter.
// The stays are those whose insurance type is paid as the application says, where parameters were chosen.
func (c *specialApplyCmd) find(dir string) (*special.Application, int, error) {
	snap, done, err := snapshotOf(c.Data)
	if err != nil {
		return nil, 0, err
	}
	defer done()
	set, err := mix.Open(dir)
	if err != nil {
		return nil, 0, err
	}
	counts := func(insutype string) bool {
		if set == nil {
			return true
		}
		i := set.Params.Insurance[insutype]
		return i != nil && i.Mode == c.Kind
	}
	all, err := area.FromLake(snap, claim.DayOf(1900, 1, 1).Month(), claim.DayOf(9000, 1, 1).Month())
	if err != nil {
		return nil, 0, err
	}
	for i := range all {
		x := &all[i]
		if x.ID != c.Visit {
			continue
		}
		m, err := claim.ParseMonth(x.Month)
		if err != nil {
			return nil, 0, err
		}
		stays := 0
		for j := range all {
			if other, err := claim.ParseMonth(all[j].Month); err == nil && all[j].Inst == x.Inst && counts(all[j].Insutype) && special.Quarter(other) == special.Quarter(m) {
				stays++
			}
		}
		return &special.Application{Inst: x.Inst, Visit: x.ID, Insutype: x.Insutype, Settled: m, Cost: x.Cost, Fund: x.Fund}, stays, nil
	}
	return nil, 0, fmt.Errorf("没有已结算的住院 %s", c.Visit)
}

type specialListCmd struct {
	specialFlags
	Period string `help:"季度，如 2025Q1；缺省全部"`
}

func (c *specialListCmd) Run(s *streams) error {
	return c.book(s, func(o *office, _ *special.Book) error {
		var all []store.SpecialCase
		err := o.db.View(s.ctx, func(tx *store.Tx) (err error) { all, err = tx.SpecialCases(c.Period); return err })
		if err != nil {
			return err
		}
		if c.JSON {
			return s.json(append([]store.SpecialCase{}, all...))
		}
		var rows [][]string
		for _, x := range all {
			rows = append(rows, []string{x.ID, x.Period, x.Inst, x.Visit, x.Kind, x.Reason, pay.Fen(x.Cost).String(), pay.Fen(x.Fund).String(), x.State, pay.Fen(x.Cut).String()})
		}
		table(s.out, []string{"编号", "季度", "机构", "就诊", "方式", "理由", ">总费用", ">按项目统筹", "状态", ">核减"}, rows)
		return nil
	})
}

type specialDrawCmd struct {
	specialFlags
	ID        string `arg:"" help:"申报编号"`
	Experts   string `help:"专家库（csv：id,name,fixmedins_code,specialty）" required:"" placeholder:"文件"`
	Specialty string `help:"优先的专业"`
}

func (c *specialDrawCmd) Run(s *streams) error {
	pool, err := readExperts(c.Experts)
	if err != nil {
		return err
	}
	return c.book(s, func(o *office, b *special.Book) error {
		seats, err := b.Draw(s.ctx, c.ID, pool, c.Specialty)
		if err != nil {
			return err
		}
		var names []string
		for _, x := range seats {
			names = append(names, x.Expert)
		}
		if err := o.record(s, "特例单议抽专家", c.ID, strings.Join(names, "、")); err != nil {
			return err
		}
		if c.JSON {
			return s.json(seats)
		}
		s.printf("评审专家：%s\n", strings.Join(names, "、"))
		return nil
	})
}

func readExperts(path string) ([]special.Expert, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s：%w", path, err)
	}
	if len(rows) == 0 || len(rows[0]) < 4 || strings.TrimPrefix(rows[0][0], "\ufeff") != "id" {
		return nil, fmt.Errorf("%s 的列要是 id,name,fixmedins_code,specialty", path)
	}
	var out []special.Expert
	for _, r := range rows[1:] {
		out = append(out, special.Expert{ID: r[0], Name: r[1], Inst: r[2], Specialty: r[3]})
	}
	return out, nil
}

type specialVoteCmd struct {
	specialFlags
	ID     string `arg:"" help:"申报编号"`
	Expert string `help:"专家" required:""`
	Vote   string `help:"准予、不准予、回避" enum:"准予,不准予,回避" required:""`
	Cut    string `help:"核减的不合理费用（元）" default:"0"`
	Note   string `help:"意见"`
}

func (c *specialVoteCmd) Run(s *streams) error {
	cut, err := pay.ParseFen(c.Cut)
	if err != nil {
		return usageError{fmt.Errorf("--cut %w", err)}
	}
	return c.book(s, func(o *office, b *special.Book) error {
		if err := b.Vote(s.ctx, c.ID, special.Ballot{Expert: c.Expert, Vote: c.Vote, Cut: cut}, c.Note); err != nil {
			return err
		}
		if err := o.record(s, "特例单议投票", c.ID, c.Expert+" "+c.Vote+" 核减 "+cut.String()); err != nil {
			return err
		}
		if c.JSON {
			return s.json(map[string]string{"id": c.ID, "expert": c.Expert, "vote": c.Vote})
		}
		s.printf("已登记\n")
		return nil
	})
}

type specialDecideCmd struct {
	specialFlags
	ID    string `arg:"" help:"申报编号"`
	Times string `help:"准予时按标准的几倍付；0 为按项目" default:"0"`
}

func (c *specialDecideCmd) Run(s *streams) error {
	times, err := pay.ParseDecimal(c.Times)
	if err != nil || times < 0 {
		return usageError{errors.New("--times 要是不小于 0 的数")}
	}
	return c.book(s, func(o *office, b *special.Book) error {
		got, err := b.Decide(s.ctx, c.ID, times)
		if err != nil {
			return err
		}
		if err := o.record(s, "特例单议结果", c.ID, got.State+" 核减 "+pay.Fen(got.Cut).String()); err != nil {
			return err
		}
		if c.JSON {
			return s.json(got)
		}
		s.printf("%s，核减 %s 元\n", got.State, pay.Fen(got.Cut))
		return nil
	})
}

type specialStatsCmd struct {
	specialFlags
	Period string `help:"季度，如 2025Q1；缺省全部"`
}

func (c *specialStatsCmd) Run(s *streams) error {
	return c.book(s, func(o *office, b *special.Book) error {
		x, err := b.Stats(s.ctx, c.Period)
		if err != nil {
			return err
		}
		if c.JSON {
			return s.json(x)
		}
		s.printf("申报 %d 例，评审 %d 例，准予 %d 例，通过率 %s；准予的按项目统筹 %s 元，核减 %s 元\n", x.Asked, x.Judged, x.Granted, x.Rate.Percent(), x.Fund, x.Cut)
		for _, k := range sortedKeys(x.ByState) {
			s.printf("  %s %d\n", k, x.ByState[k])
		}
		return nil
	})
}

// granted are the special cases that a data directory's store grants, none when it has no store.
func granted(s *streams, dir, given string) (map[string]*pay.Special, error) {
	if dir == "" {
		return nil, nil
	}
	at, err := store.Locate(dir, given)
	if err != nil {
		return nil, err
	}
	if at.Engine == store.SQLite {
		if _, err := os.Stat(at.Path); err != nil {
			return nil, nil // nothing was decided yet
		}
	}
	db, err := store.Open(s.ctx, at)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	return (&special.Book{DB: db}).Granted(s.ctx)
}
