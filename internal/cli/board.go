package cli

import (
	"context"
	"fmt"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/board"
	mixboard "github.com/mingjian/mingjian/internal/casemix/board"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/division"
	"github.com/mingjian/mingjian/internal/govern"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/model/runs"
	"github.com/mingjian/mingjian/internal/review"
	"github.com/mingjian/mingjian/internal/store"
)

type boardCmd struct {
	Show       boardShowCmd       `cmd:"" default:"withargs" help:"各项指标的值和对比"`
	Dictionary boardDictionaryCmd `cmd:"" help:"指标字典"`
	Brief      boardBriefCmd      `cmd:"" help:"出简报或发布会表格（.docx、.pdf）"`
	Template   boardTemplateCmd   `cmd:"" help:"输出简报的自带模板，改好放进数据目录的 paper/brief/ 即用自己的"`
}

// boardFlags say of what figures are wanted.
type boardFlags struct {
	placeFlags
	From    string `help:"起月；不写为最近有疑点的月份所在年的一月" placeholder:"yyyy-MM"`
	To      string `help:"止月；不写为最近有疑点的月份" placeholder:"yyyy-MM"`
	Against string `help:"和什么比：上年同期、上年全年" enum:"上年同期,上年全年" default:"上年同期"`
	Area    string `help:"区划（代码前缀）" placeholder:"代码"`
}

// asked opens the board for the user.
func (f *boardFlags) asked(s *streams, do func(o *office, d *board.Desk, ask board.Ask) error) error {
	return f.with(s, func(d *review.Desk, who *auth.Identity, o *office) error {
		if !who.May(auth.ReadBoards) || who.Scope.Inst != "" {
			return fmt.Errorf("用户 %s 没有“%s”权限", who.Name, auth.ReadBoards)
		}
		scope := store.Scope(who.Scope)
		if f.Area != "" {
			if !who.Scope.Sees(f.Area, "") {
				return fmt.Errorf("区划 %s 不存在", f.Area)
			}
			scope.Admdvs = f.Area
		}
		b := &board.Desk{DB: o.db, Sources: boardSources(o)}
		at, err := b.Newest(s.ctx, d.Today())
		if err != nil {
			return err
		}
		if f.To != "" {
			at = board.Period{From: at.From, To: f.To}
			if f.From == "" && len(f.To) == 7 {
				at.From = f.To[:4] + "-01"
			}
		}
		if f.From != "" {
			at.From = f.From
		}
		if at, err = board.ParsePeriod(at.From, at.To); err != nil {
			return usageError{err}
		}
		return do(o, b, board.Ask{Scope: scope, Period: at, Against: f.Against, Today: d.Today()})
	})
}

type boardShowCmd struct {
	boardFlags
	IDs []string `arg:"" optional:"" name:"指标编号" help:"只看这些指标"`
}

func (c *boardShowCmd) Run(s *streams) error {
	return c.asked(s, func(_ *office, d *board.Desk, ask board.Ask) error {
		fs, err := d.Figures(s.ctx, ask, c.IDs...)
		if err != nil {
			return err
		}
		if c.JSON {
			return s.json(struct {
				Period  board.Period   `json:"period"`
				Against string         `json:"against"`
				Before  board.Period   `json:"before"`
				Figures []board.Figure `json:"figures"`
			}{ask.Period, ask.Against, ask.Period.Before(ask.Against), fs})
		}
		s.printf("%s，对比%s（%s）\n", ask.Period, ask.Against, ask.Period.Before(ask.Against))
		var rows [][]string
		for i := range fs {
			f := &fs[i]
			rows = append(rows, []string{f.ID, f.Name, f.Text(), f.BeforeText(), f.Change()})
		}
		table(s.out, []string{"编号", "指标", ">值", ">对比期", ">增减"}, rows)
		return nil
	})
}

type boardDictionaryCmd struct {
	jsonFlag
}

func (c *boardDictionaryCmd) Run(s *streams) error {
	all := board.TheDictionary().All
	if c.JSON {
		return s.json(all)
	}
	var rows [][]string
	for _, i := range all {
		how := i.Means
		if i.Missing() {
			how = "暂无来源：" + how
		}
		rows = append(rows, []string{i.ID, i.Name, i.Unit, how, i.Once, i.Asked})
	}
	table(s.out, []string{"编号", "指标", "单位", "定义", "去重", "出处"}, rows)
	return nil
}

// boardSources reads what the store does not hold of a data directory.
func boardSources(o *office) board.Sources {
	return board.Sources{Audited: o.beside.audited, Models: func() ([]board.ModelRun, error) { return modelRuns(o.dir) }, Casemix: o.beside.caseMonths, Places: o.beside.places,
		Sample: func(ctx context.Context) (*board.Sample, error) { return newestSample(ctx, o) }, Name: divisionNames(o.dir).Name}
}

// divisionNames are the office's names of divisions; none while its list cannot be read, which serve says when it starts.
func divisionNames(dir string) division.Names {
	n, err := division.Load(dir)
	if err != nil {
		return division.Names{}
	}
	return n
}

// caseMonths are the stays of the years whose case groups were worked out; nil when none was.
func caseMonths(dir string, years []int) (out []board.CaseMonth, err error) {
	for _, y := range years {
		x, err := mixboard.Read(dir, y)
		if err != nil {
			return nil, err
		}
		for _, c := range x.Cases {
			out = append(out, board.CaseMonth{Month: c.Month, Mode: c.Mode, Inst: c.Inst, Area: c.Area, Stays: int64(c.Stays), Grouped: int64(c.Grouped), Declared: c.Declared, Payable: c.Payable})
		}
	}
	return out, nil
}

// audited counts the settlements and lines of the months that were judged.
func audited(snap *lake.Snapshot, months []claim.Month) (out []board.Audited) {
	for _, m := range months {
		out = append(out, board.Audited{Month: m.String(), Settlements: snap.Rows("settlement", m), Lines: snap.Rows("fee", m)})
	}
	return out
}

// modelRuns lists what models found, oldest run first.
func modelRuns(dir string) ([]board.ModelRun, error) {
	all, err := runs.List(dir)
	var out []board.ModelRun
	for k := len(all) - 1; k >= 0; k-- {
		for _, m := range all[k].Models {
			if m.Error == "" && m.Unjudged == "" && len(all[k].Started) >= 7 {
				out = append(out, board.ModelRun{Month: all[k].Started[:7], Model: m.Model, Cases: int64(m.Cases), Run: all[k].ID, Name: m.Name, At: all[k].Started[:min(10, len(all[k].Started))]})
			}
		}
	}
	return out, err
}

// newestSample adds up the newest blind sample of which something was judged by two.
func newestSample(ctx context.Context, o *office) (*board.Sample, error) {
	ps, err := (&govern.Rules{DB: o.db}).Precisions(ctx, "")
	if err != nil {
		return nil, err
	}
	var out *board.Sample
	for _, p := range ps {
		if p.Both > 0 && (out == nil || p.Month > out.Month) {
			out = &board.Sample{Month: p.Month}
		}
	}
	for _, p := range ps {
		if out != nil && p.Month == out.Month {
			out.Drawn, out.Both, out.Right, out.Wrong, out.Open = out.Drawn+p.Drawn, out.Both+p.Both, out.Right+p.Right, out.Wrong+p.Wrong, out.Open+p.Open
		}
	}
	return out, nil
}
