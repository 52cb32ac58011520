package board

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/mingjian/mingjian/internal/store"
)

// FigureRow is a line of the list of a figure that counts neither findings nor what the reminder service did.
type FigureRow struct {
	Key      string `json:"key"`
	Title    string `json:"title"`
	Inst     string `json:"fixmedins_code"`
	InstName string `json:"fixmedins_name"`
	State    string `json:"state"`
	At       string `json:"at"`
	Link     string `json:"link" doc:"控制台里的地址；空为没有"`
	N        int64  `json:"n" doc:"在这个数里算多少；各行相加就是这个数"`

	cursor string
}

// ErrNoList: the figure has no list of this kind.
var ErrNoList = errors.New("这个指标没有这样的清单")

// Rows lists what a figure was counted from, a page of it; next is the cursor of the page after, "" when there is none. The sum of N of all pages is the figure.
func (d *Desk) Rows(ctx context.Context, ask Ask, id, after string, limit int) (rows []FigureRow, next string, err error) {
	i := dictionary.Get(id)
	if i == nil {
		return nil, "", fmt.Errorf("%w %s", ErrUnknown, id)
	}
	i = i.counted()
	if i.List(ask.Period, ask.Today) != ListRows {
		return nil, "", fmt.Errorf("%w：%s", ErrNoList, i.Name)
	}
	err = d.DB.View(ctx, func(tx *store.Tx) (err error) {
		f := newFacts(tx, &d.Sources, ask.Scope, ask.Period, ask.Today)
		if rows, err = f.rows(i, after, limit+1); err != nil {
			return err
		}
		for k := range rows {
			if rows[k].Inst != "" {
				if rows[k].InstName, err = f.instName(rows[k].Inst); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if said, err := missing(err); err != nil || said != "" {
		return nil, "", cmp.Or(err, fmt.Errorf("%w：%s", ErrNoList, said))
	}
	if len(rows) > limit {
		next, rows = rows[limit-1].cursor, rows[:limit]
	}
	return rows, next, nil
}

func (f *facts) rows(i *Indicator, after string, limit int) (out []FigureRow, err error) {
	span, page := f.at.Span(), store.WatchPage{After: after, Limit: limit}
	if i.Measure == "items" {
		return f.few(i, after)
	}
	switch i.Source {
	case "clue":
		cs, err := f.tx.CluesMade(f.scope, span, i.of("state").asks(), page)
		for _, c := range cs {
			out = append(out, FigureRow{Key: c.ID, Title: "追溯码 " + c.Code, Inst: c.Inst, State: c.State, At: day(c.MadeAt), Link: "/trace/clues/" + c.ID, N: 1, cursor: c.Cursor()})
		}
		return out, err
	case "special":
		cs, err := f.tx.SpecialsMade(f.scope, span, i.of("state").asks(), page)
		for _, c := range cs {
			out = append(out, FigureRow{Key: c.ID, Title: c.Reason, Inst: c.Inst, State: c.State, At: day(c.MadeAt), Link: "/casemix/special?id=" + c.ID, N: 1, cursor: c.Cursor()})
		}
		return out, err
	case "inst":
		is, err := f.tx.InstsAfter(f.scope, after, limit)
		for _, x := range is {
			out = append(out, FigureRow{Key: x.Code, Title: x.Name, Inst: x.Code, State: x.Kind, Link: "/findings?inst=" + x.Code, N: 1, cursor: x.Code})
		}
		return out, err
	}
	return f.few(i, after)
}

// few are lists that are short enough to be read at once; their cursor is a place in them.
func (f *facts) few(i *Indicator, after string) (out []FigureRow, err error) {
	switch i.Source {
	case "clue":
		items, err := f.tx.ClueItems(f.scope, f.at.Span())
		if err != nil {
			return nil, err
		}
		for _, x := range items {
			out = append(out, FigureRow{Key: x.Item, Title: "医保目录编码 " + x.Item, State: fmt.Sprintf("%d 条线索", x.Clues), N: 1})
		}
	case "rules":
		ids, err := f.tx.CardsRun()
		if err != nil {
			return nil, err
		}
		names, err := f.tx.RuleNames(ids)
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			out = append(out, FigureRow{Key: id, Title: strings.TrimSpace(id + " " + names[id]), Link: "/library/cards/" + id, N: 1})
		}
	case "audit":
		out, err = f.auditRows(i)
	case "model":
		out, err = f.modelRows(i)
	case "place":
		var ps []PlaceMonth
		ps, err = f.placeMonths(i)
		for _, p := range ps {
			out = append(out, FigureRow{Key: p.Inst, Title: strings.TrimSpace(p.What + " " + p.Note), Inst: p.Inst, State: p.Month, At: cmp.Or(p.At, p.Month), Link: "/findings?inst=" + p.Inst, N: 1})
		}
	case "casemix":
		var cs []CaseMonth
		cs, err = f.caseMonths(i)
		for k := range cs {
			c := &cs[k]
			x := FigureRow{Key: c.Month + " " + c.Inst + " " + c.Mode, Title: c.Month + " " + cmp.Or(c.Mode, "不按病组付费"), Inst: c.Inst, State: fmt.Sprintf("%d 例", c.Stays), At: c.Month, N: c.measure(i.Measure)}
			if c.Mode != "" {
				x.Link = "/casemix/hospital?fixmedins_code=" + c.Inst
			}
			if x.N != 0 {
				out = append(out, x)
			}
		}
	}
	if err != nil {
		return nil, err
	}
	for k := range out {
		out[k].cursor = strconv.Itoa(k + 1)
	}
	from, _ := strconv.Atoi(after) // "" is the beginning
	return out[min(max(from, 0), len(out)):], nil
}

func (f *facts) auditRows(i *Indicator) (out []FigureRow, err error) {
	if f.scope != (store.Scope{}) {
		return nil, errWhole
	}
	if f.src.Audited == nil {
		return nil, errNoSource
	}
	months, err := f.src.Audited()
	for _, m := range months {
		if m.Month < f.at.From || m.Month > f.at.To {
			continue
		}
		n := m.Settlements
		if i.Measure == "lines" {
			n = m.Lines
		}
		out = append(out, FigureRow{Key: m.Month, Title: m.Month + " 已审核", At: m.Month, Link: "/findings?indicator=F01&from=" + m.Month + "&to=" + m.Month, N: n})
	}
	return out, err
}

func (f *facts) modelRows(i *Indicator) (out []FigureRow, err error) {
	if f.scope != (store.Scope{}) {
		return nil, errWhole
	}
	if f.src.Models == nil {
		return nil, errNoSource
	}
	runs, err := f.src.Models()
	last := map[string]int{}
	for _, r := range runs { // in the order in which they were made
		if r.Month < f.at.From || r.Month > f.at.To {
			continue
		}
		x := FigureRow{Key: r.Run + " " + r.Model, Title: r.Model + " " + r.Name, State: fmt.Sprintf("%d 个案例", r.Cases), At: r.At, Link: "/models/runs/" + r.Run + "/" + r.Model, N: 1}
		if i.Measure == "cases" {
			x.N = r.Cases
		}
		k, again := last[r.Model]
		if again && i.Measure != "batches" { // only the last run of a model counts
			out[k] = x
			continue
		}
		last[r.Model] = len(out)
		out = append(out, x)
	}
	slices.SortStableFunc(out, func(a, b FigureRow) int { return cmp.Compare(b.At, a.At) })
	return out, err
}

// day is the civil day of a moment in China.
func day(micros int64) string { return store.Moment(micros).In(china).Format("2006-01-02") }

// counted is the indicator whose list shows what this one counts: of a ratio that is the part.
func (i *Indicator) counted() *Indicator {
	if i.Source == "ratio" {
		for k := range i.Measure {
			if i.Measure[k] == '/' {
				return dictionary.Get(i.Measure[:k])
			}
		}
	}
	return i
}

// asks are the values that a condition asks for; none = any.
func (t *term) asks() []string {
	if t == nil {
		return nil
	}
	return t.values
}
