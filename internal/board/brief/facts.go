package brief

import (
	"context"
	"fmt"
	"strings"

	"github.com/mingjian/mingjian/internal/board"
	"github.com/mingjian/mingjian/internal/paper"
	"github.com/mingjian/mingjian/internal/paper/forms"
)

// Facts are what forms are filled with.
type Facts struct {
	Bureau  forms.Bureau
	Where   string // 全部区划, or what the area is called
	Period  string // 2025年12月
	Against string // 上年同期 or 上年全年
	Before  string // the months compared with
	Today   string
	Insts   board.Ranked
	Rules   board.RuleRanks
	Overdue board.Overdue

	trend   []board.Month
	figures map[string]*board.Figure
}

// Row is a line of a table of figures.
type Row struct {
	No                            int
	ID, Name, Now, Before, Change string
	Note                          string // why there is no value
}

// Gather works indicators out for a period and area, all when none is named.
func Gather(ctx context.Context, d *board.Desk, ask board.Ask, where string, ids ...string) (*Facts, error) {
	fs, err := d.Figures(ctx, ask, ids...)
	if err != nil {
		return nil, err
	}
	b, err := d.Board(ctx, ask)
	if err != nil {
		return nil, err
	}
	x := &Facts{Where: where, Period: months(ask.Period), Against: b.Against, Before: months(b.Before), Today: ask.Today.String(), Insts: b.Insts, Rules: b.Rules, Overdue: b.Overdue, trend: b.Trend, figures: map[string]*board.Figure{}}
	for i := range fs {
		x.figures[fs[i].ID] = &fs[i]
	}
	return x, nil
}

// months writes a period as people say it.
func months(p board.Period) string {
	say := func(m string) string { return m[:4] + "年" + strings.TrimPrefix(m[5:], "0") + "月" }
	switch {
	case p.From == p.To:
		return say(p.From)
	case p.From[:4] == p.To[:4] && p.From[5:] == "01" && p.To[5:] == "12":
		return p.From[:4] + "年全年"
	case p.From[:4] == p.To[:4]:
		return say(p.From) + "至" + strings.TrimPrefix(p.To[5:], "0") + "月"
	}
	return say(p.From) + "至" + say(p.To)
}

// F is an indicator's figure, for forms: {{(.F "M01").Text}}. Only indicators of the dictionary can be named.
func (x *Facts) F(id string) (*board.Figure, error) {
	if f := x.figures[id]; f != nil {
		return f, nil
	}
	return nil, fmt.Errorf("指标字典里没有 \"%s\"", id)
}

// Rows are figures as the lines of a table, by their ids parted by blanks.
func (x *Facts) Rows(ids string) (out []Row, err error) {
	for i, id := range strings.Fields(ids) {
		f, err := x.F(id)
		if err != nil {
			return nil, err
		}
		out = append(out, Row{i + 1, f.ID, f.Name, f.Text(), f.BeforeText(), f.Change(), f.Missing})
	}
	return out, nil
}

// RowsAfter are the rows of Rows where a table already has so many.
func (x *Facts) RowsAfter(had int, ids string) ([]Row, error) {
	out, err := x.Rows(ids)
	for i := range out {
		out[i].No += had
	}
	return out, err
}

// Count writes a number with the thousands parted.
func (x *Facts) Count(n int64) string { return board.Grouped(n) }

// Missing are the rows of Rows that have no value, each with the reason.
func (x *Facts) Missing(ids string) (out []Row, err error) {
	rows, err := x.Rows(ids)
	for _, r := range rows {
		if r.Note != "" {
			out = append(out, r)
		}
	}
	return out, err
}

// Money writes fen in 元, 万元 or 亿元.
func (x *Facts) Money(fen int64) string { return board.Money(fen) }

// Part writes a part of a whole in percent with one decimal.
func (x *Facts) Part(part, whole int64) string {
	return (&board.Figure{Unit: "‰", Value: part, Of: whole}).Text()
}

// Of is the first n of a list.
func (x *Facts) Of(n int, list []board.Share) []board.Share { return list[:min(n, len(list))] }

// TopRules are the n cards with most money.
func (x *Facts) TopRules(n int) []board.RuleRank { return x.Rules.Items[:min(n, len(x.Rules.Items))] }

// OtherRules is what TopRules of n leave.
func (x *Facts) OtherRules(n int) board.Share {
	rest := board.Share{Count: x.Rules.Total.Count, Fen: x.Rules.Total.Fen}
	for _, r := range x.TopRules(n) {
		rest.Count, rest.Fen = rest.Count-r.Count, rest.Fen-r.Fen
	}
	return rest
}

// outcomeIDs are the indicators that the picture of outcomes shows.
var outcomeIDs = []string{"R21", "R22", "R23", "R24", "R25", "R26", "R27", "R28"}

// Charts are the pictures that forms may name: trend, insts, rules, outcomes.
func (x *Facts) Charts() map[string]*paper.Chart {
	trend := &paper.Chart{Title: "各月金额", Unit: "万元", Per: 1_000_000, Series: []paper.Series{{Name: "拟追", Colour: "1458B8"}, {Name: "拒付", Colour: "D46B08"}, {Name: "已追回", Colour: "0B7A55"}}}
	for _, m := range x.trend {
		name := strings.TrimPrefix(m.Month[5:], "0") + "月"
		if name == "1月" && len(trend.Names) > 0 { // another year begins
			name = m.Month[2:4] + "年" + name
		}
		trend.Names = append(trend.Names, name)
		for k, v := range []int64{m.Charged, m.Refused, m.Recovered} {
			trend.Series[k].Values = append(trend.Series[k].Values, v)
		}
	}
	outcomes := &paper.Chart{Title: "提醒之后怎样了", Unit: "件", Across: true, Series: []paper.Series{{Name: "件数", Colour: "0B7A55"}}}
	for _, id := range outcomeIDs {
		f := x.figures[id]
		if f == nil { // the form has no picture of outcomes
			continue
		}
		_, name, _ := strings.Cut(f.Name, "·")
		outcomes.Names, outcomes.Series[0].Values = append(outcomes.Names, name), append(outcomes.Series[0].Values, f.Value)
	}
	rules := make([]board.Share, 0, 8)
	for _, r := range x.TopRules(8) {
		rules = append(rules, r.Share)
	}
	return map[string]*paper.Chart{"trend": trend, "outcomes": outcomes, "insts": shares("拟追最多的机构", x.Of(8, x.Insts.Items)), "rules": shares("拟追最多的规则", rules)}
}

func shares(title string, list []board.Share) *paper.Chart {
	c := &paper.Chart{Title: title, Unit: "万元", Per: 1_000_000, Across: true, Series: []paper.Series{{Name: "拟追", Colour: "1458B8"}}}
	for _, s := range list {
		c.Names, c.Series[0].Values = append(c.Names, s.Name), append(c.Series[0].Values, s.Fen)
	}
	return c
}
