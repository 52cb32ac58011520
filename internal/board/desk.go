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

// AreaName is what a division is called, with its code where only that is known; "" is the whole area.
func (d *Desk) AreaName(admdvs string) string {
	return d.Sources.area(admdvs, "全部区划", "区划 "+admdvs)
}

// area is what a division is called: all for "", and unknown when there is no name.
func (s *Sources) area(admdvs, all, unknown string) string {
	if admdvs == "" {
		return all
	}
	if s.Name != nil {
		if name := s.Name(admdvs); name != "" {
			return name
		}
	}
	return unknown
}

// ErrUnknown: there is no indicator of this id.
var ErrUnknown = errors.New("指标字典里没有")

// onBoard are the sums that the home board reads. Calls are not among them: they come all day.
var onBoard = []store.BoardSource{store.BoardFindings, store.BoardCases, store.BoardPosts, store.BoardEpisodes}

// Figures works indicators out; all of them when ids is empty.
func (d *Desk) Figures(ctx context.Context, ask Ask, ids ...string) ([]Figure, error) {
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
	of := onBoard
	if slices.ContainsFunc(list, func(i *Indicator) bool { return i.Source == "call" || i.Source == "load" }) {
		of = nil // all
	}
	if err := d.DB.RefreshBoards(ctx, of...); err != nil {
		return nil, err
	}
	var out []Figure
	err := d.DB.View(ctx, func(tx *store.Tx) (err error) {
		out, err = d.figures(newFacts(tx, &d.Sources, ask.Scope, ask.Period, ask.Today), ask, list)
		return err
	})
	return out, err
}

func (d *Desk) figures(now *facts, ask Ask, list []*Indicator) ([]Figure, error) {
	was := newFacts(now.tx, &d.Sources, ask.Scope, ask.Period.Before(ask.Against), ask.Today)
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
	if errors.Is(err, errWhole) || errors.Is(err, errNoSource) || errors.Is(err, errNoRuns) || errors.Is(err, errNoGroups) || errors.Is(err, errNoPlaces) {
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
