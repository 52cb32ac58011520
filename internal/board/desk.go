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

// Desk works boards out of a store and of what lies beside it.
type Desk struct {
	DB      *store.DB
	Sources Sources
}

// Ask is what a board is wanted of.
type Ask struct {
	Scope   store.Scope
	Period  Period
	Against string // SamePeriod or WholeYear
	Today   claim.Day
}

// Figure is an indicator's value. Money is in fen; of ratios Value is the part and Of the whole, never a rounded share.
type Figure struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Unit     string `json:"unit" doc:"分 为金额；‰ 为比率：值比 of"`
	Value    int64  `json:"value"`
	Of       int64  `json:"of,omitempty"`
	Before   int64  `json:"before" doc:"对比期的值"`
	BeforeOf int64  `json:"before_of,omitempty"`
	NoBefore string `json:"no_before,omitempty" doc:"为什么没有对比期的值"`
	Missing  string `json:"missing,omitempty" doc:"为什么没有这个数"`
	Opens    bool   `json:"opens" doc:"可打开疑点清单：/api/review/findings?indicator="`
	List     string `json:"list" doc:"打开哪个清单；空为没有"`
}

// ErrUnknown: there is no indicator of this id.
var ErrUnknown = errors.New("指标字典里没有")

// Figures works indicators out; all of them when ids is empty.
func (d *Desk) Figures(ctx context.Context, ask Ask, ids ...string) ([]Figure, error) {
	if err := d.DB.RefreshBoards(ctx); err != nil {
		return nil, err
	}
	var list []*Indicator
	for _, id := range ids {
		i := dictionary.Get(id)
		if i == nil {
			return nil, fmt.Errorf("%w %s", ErrUnknown, id)
		}
		list = append(list, i)
	}
	if len(ids) == 0 {
		list = dictionary.All
	}
	var out []Figure
	err := d.DB.View(ctx, func(tx *store.Tx) (err error) { out, err = d.figures(tx, ask, list); return err })
	return out, err
}

func (d *Desk) figures(tx *store.Tx, ask Ask, list []*Indicator) ([]Figure, error) {
	now := newFacts(tx, &d.Sources, ask.Scope, ask.Period, ask.Today)
	was := newFacts(tx, &d.Sources, ask.Scope, ask.Period.Before(ask.Against), ask.Today)
	out := make([]Figure, 0, len(list))
	for _, i := range list {
		f := Figure{ID: i.ID, Name: i.Name, Unit: i.Unit}
		f.List = i.List(ask.Period, ask.Today)
		f.Opens = f.List == ListFindings
		if i.Missing() {
			f.Missing = i.Means
			out = append(out, f)
			continue
		}
		var err error
		f.Value, f.Of, err = now.value(i)
		if f.Missing, err = missing(err); err != nil {
			return nil, fmt.Errorf("指标 %s：%w", i.ID, err)
		}
		switch {
		case f.Missing != "":
		case i.standing():
			f.NoBefore = "只有现在的数"
		case ask.Period.long():
			f.NoBefore = "期间超过一年，不作同比"
		default:
			if f.Before, f.BeforeOf, err = was.value(i); err != nil {
				return nil, fmt.Errorf("指标 %s：%w", i.ID, err)
			}
		}
		out = append(out, f)
	}
	return out, nil
}

// missing turns errors that say why a figure is not to be had into that sentence.
func missing(err error) (string, error) {
	if errors.Is(err, errWhole) || errors.Is(err, errNoSource) || errors.Is(err, errNoRuns) {
		return err.Error(), nil
	}
	return "", err
}

// standing tells whether an indicator is of now only: its past is not kept.
func (i *Indicator) standing() bool {
	return i.Source == "inst" || i.Source == "proposal" || (i.Source == "wrong" && i.of("state") != nil) || i.Source == "rules" || i.of("overdue") != nil
}

// Share is a part of a whole: an institution, a card, a state.
type Share struct {
	Key   string `json:"key"`
	Name  string `json:"name"`
	Count int64  `json:"count"`
	Fen   int64  `json:"fen"`
}

// Unlisted is what a rest is called.
const Unlisted = "未列明"

// Ranked is the largest parts of a whole and the rest, which makes them sum to it.
type Ranked struct {
	Items []Share `json:"items"`
	Rest  Share   `json:"rest" doc:"未列明：其余各项合计"`
	Total Share   `json:"total"`
}

// rank keeps the n largest by money, then count.
func rank(all []Share, n int) Ranked {
	out := Ranked{Rest: Share{Name: Unlisted}, Total: Share{Name: "合计"}}
	slices.SortFunc(all, func(a, b Share) int {
		return cmp.Or(cmp.Compare(b.Fen, a.Fen), cmp.Compare(b.Count, a.Count), cmp.Compare(a.Key, b.Key))
	})
	for k, s := range all {
		out.Total.Count, out.Total.Fen = out.Total.Count+s.Count, out.Total.Fen+s.Fen
		if k >= n {
			out.Rest.Count, out.Rest.Fen = out.Rest.Count+s.Count, out.Rest.Fen+s.Fen
		}
	}
	out.Items = append([]Share{}, all[:min(n, len(all))]...)
	return out
}
