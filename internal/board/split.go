package board

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/store"
)

// Split is an indicator in parts that sum to it.
type Split struct {
	Indicator string  `json:"indicator"`
	Name      string  `json:"name"`
	Unit      string  `json:"unit"`
	By        string  `json:"by"`
	Period    Period  `json:"period"`
	Items     []Share `json:"items" doc:"fen 为金额，count 为其余单位"`
	Total     Share   `json:"total"`
}

// ErrSplit: this indicator cannot be divided so.
var ErrSplit = errors.New("这个指标不能这样分")

// Newest is the period that is shown when none is asked for: from January of the year of the newest month with findings to that month, or to the newest month in which
// money was booked for what was decided since. Where that is more than a year, so that there would be nothing to hold it against, it is the last twelve months of it,
// unless most of these have none (old findings, recovered now: the picture would be empty). A month with less than a twentieth of the findings of the fullest has only stragglers and is passed over.
func (d *Desk) Newest(ctx context.Context, today claim.Day) (Period, error) {
	last, booked := today.Month().String(), ""
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		newest, err := tx.NewestMonth()
		if err != nil {
			return err
		}
		last = cmp.Or(newest, last)
		rows, err := tx.BoardSums(store.BoardQuery{Source: store.BoardPosts, By: []string{"month"}})
		if len(rows) > 0 {
			booked = rows[len(rows)-1].Key[0]
		}
		return err
	})
	return newest(last, booked), err
}

// newest is the period of Newest: last is the newest month with findings, booked the newest with money, "" = none.
func newest(last, booked string) Period {
	at := Period{last[:4] + "-01", max(last, booked)}
	if ms := at.Months(); at.long() && ms[len(ms)-6] <= last {
		at.From = ms[len(ms)-12]
	}
	return at
}

// Split divides an indicator of findings or money by month, fixmedins_code, rule_id, admdvs or state.
func (d *Desk) Split(ctx context.Context, ask Ask, id, by string) (*Split, error) {
	i := dictionary.Get(id)
	if i == nil {
		return nil, fmt.Errorf("%w %s", ErrUnknown, id)
	}
	if err := d.DB.RefreshBoards(ctx, onBoard...); err != nil {
		return nil, err
	}
	out := &Split{Indicator: id, Name: i.Name, Unit: i.Unit, By: by, Period: ask.Period}
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		f := newFacts(tx, &d.Sources, ask.Scope, ask.Period, ask.Today)
		parts, err := f.parted(i, by)
		if err != nil {
			return err
		}
		out.Items = []Share{}
		for k, n := range parts {
			s := Share{Key: k, Name: k, Count: n}
			if i.Unit == "分" {
				s.Count, s.Fen = 0, n
			}
			out.Total.Count, out.Total.Fen = out.Total.Count+s.Count, out.Total.Fen+s.Fen
			if by == "fixmedins_code" {
				if s.Name, err = f.instName(k); err != nil {
					return err
				}
			}
			if by == "admdvs" {
				s.Name = d.Sources.area(k, "区划不明", k)
			}
			out.Items = append(out.Items, s)
		}
		if by == "rule_id" {
			return f.nameCards(out.Items)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(out.Items, func(a, b Share) int {
		if by == "month" || a.Fen+a.Count == b.Fen+b.Count {
			return cmp.Compare(a.Key, b.Key)
		}
		return cmp.Compare(b.Fen+b.Count, a.Fen+a.Count)
	})
	return out, nil
}

func (f *facts) nameCards(items []Share) error {
	ids := make([]string, len(items))
	for k := range items {
		ids[k] = items[k].Key
	}
	names, err := f.tx.RuleNames(ids)
	for k := range items {
		items[k].Name = names[items[k].Key]
	}
	return err
}

// parted is an indicator by the values of a column.
func (f *facts) parted(i *Indicator, by string) (map[string]int64, error) {
	out := map[string]int64{}
	switch {
	case i.Source == "finding" && i.Measure != "insts" && i.Measure != "documents":
		rows, err := f.rolled(store.BoardFindings, f.at.From, []string{by, "sev_deg", "state"})
		for _, r := range rows {
			out[r.Key[0]] += i.measured(r.Key[1:], r.Sum)
		}
		return out, err
	case i.Source == "post" && i.Measure == "net" && by != "rule_id" && by != "state":
		rows, err := f.rolled(store.BoardPosts, f.at.From, []string{by, "book", "from_acct", "to_acct"})
		for _, r := range rows {
			if n := i.moved(r.Key[2], r.Key[3]); i.of("book").holds(r.Key[1]) && n != 0 {
				out[r.Key[0]] += n * r.Sum[1]
			}
		}
		return out, err
	}
	return nil, fmt.Errorf("%w：%s 按 %s", ErrSplit, i.Name, by)
}
