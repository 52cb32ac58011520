package cli

import (
	"errors"
	"fmt"

	"github.com/mingjian/mingjian/internal/casemix/area"
	"github.com/mingjian/mingjian/internal/casemix/board"
	"github.com/mingjian/mingjian/internal/casemix/mix"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
)

type paymentBoardsCmd struct {
	jsonFlag
	storeFlag
	childFlags
	Data string `help:"数据目录" default:"./data" placeholder:"目录"`
	Year int    `help:"年度；缺省为参数文件的年度"`
}

func (c *paymentBoardsCmd) Run(s *streams) error {
	defer c.begin(s)()
	y, err := makeBoards(s, c.Data, c.Store, c.Year)
	if err != nil {
		return err
	}
	if c.JSON {
		return s.json(y)
	}
	for _, x := range y.Insured {
		s.printf("%d 年险种 %s（%s）：%s 例，%d 家机构，截至 %s\n", y.Year, x.Insutype, x.Mode, thousands(int64(x.Stays)), len(x.Mixes), y.Through)
	}
	return nil
}

// makeBoards computes the figures that the console shows of a year of case groups, by the setup the data directory has chosen.
func makeBoards(s *streams, dir, at string, year int) (*board.Year, error) {
	set, err := mix.Open(dir)
	if err != nil {
		return nil, err
	}
	if set == nil {
		return nil, errors.New("还没有选定分组方案和付费参数：先运行 mingjian payment use")
	}
	if year == 0 {
		year = set.Params.Year
	}
	if year == 0 {
		return nil, usageError{errors.New("参数文件没有写年度，请给 --year")}
	}
	snap, done, err := snapshotOf(dir)
	if err != nil {
		return nil, err
	}
	defer done()
	from := claim.DayOf(year, 1, 1).Month()
	in, err := area.FromLake(snap, from, from+11)
	if err != nil {
		return nil, err
	}
	if len(in) == 0 {
		return nil, fmt.Errorf("%d 年没有已结算的住院", year)
	}
	var opt area.Options
	if opt.Special, err = granted(s, dir, at); err != nil {
		return nil, err
	}
	run, err := area.Do(set.Params, set.Grouping, in, opt)
	if err != nil {
		return nil, err
	}
	places, err := placesOf(snap)
	if err != nil {
		return nil, err
	}
	y, hs := board.Make(run, places)
	y.Year, y.Setup, y.Sample, y.Snapshot = year, set.ID, set.Options.Sample, snap.ID()
	return y, board.Write(dir, y, hs)
}

// placesOf are the institutions as the newest reference data names them.
func placesOf(snap *lake.Snapshot) (map[string]board.Place, error) {
	b, err := snap.Reference("institution")
	if err != nil {
		return nil, err
	}
	ds := snap.Dicts()
	text := func(col string, i int) string {
		c := b.Table.MustCol(col)
		if t := b.Table.Columns[c]; t.Type == claim.Code {
			return ds[t.Dict].String(b.I32(c, i))
		}
		return b.Str(c, i)
	}
	out := map[string]board.Place{}
	for i := range b.N { // by code and begin: the last row of a code is the newest
		p := board.Place{Inst: text("fixmedins_code", i), Name: text("fixmedins_name", i), Area: text("admdvs", i), Level: text("hosp_lv", i)}
		out[p.Inst] = p
	}
	return out, nil
}
