package trace

import (
	"cmp"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/rule"
)

// Lot is one batch of an item at an institution with its own ledger. The lots of an item sum to the item, day by day: what no
// report names a batch of stands in a lot without batch and number.
type Lot struct {
	Inst   string
	Item   string
	Batch  string // fixmedins_bchno
	Number string // manu_lotnum
	Expiry claim.Day
	Days   []Day
	// Late is what was sold after the expiry, Recalled after the lot was recalled (packs, 1e-4; returns taken off).
	Late, Recalled claim.Qty
	// IsRecalled tells that the lot stands on a recall list on the last day of the data.
	IsRecalled bool
	// Left is what lies there at the end.
	Left claim.Qty
	// Expired tells that the lot is past its expiry on the last day of the data.
	Expired bool
}

// Named tells whether anything says of which batch the lot is.
func (l *Lot) Named() bool { return l.Batch != "" || l.Number != "" }

// Lots calls each with the lots of every item of an institution ("" all) and item ("" all): by batch, the unnamed last.
func (f *Facts) Lots(inst, item string, each func(lots []Lot) error) error {
	var err error
	f.Book.EachLot(func(ms []rule.LotMove) {
		if err != nil || len(ms) == 0 || (inst != "" && f.inst(ms[0].Inst) != inst) || (item != "" && f.item(ms[0].Item) != item) {
			return
		}
		lots := SplitLots(ms)
		end := f.Book.LastDay()
		for i := range lots {
			l := &lots[i]
			l.Inst, l.Item = f.inst(ms[0].Inst), f.item(ms[0].Item)
			l.Expired = l.Expiry.Has() && end > l.Expiry
			l.IsRecalled = f.Book.Recalled(ms[0].Item, ms[0].Inst, l.Number, end)
			for k := range l.Days {
				d := &l.Days[k]
				d.Inst, d.Item = l.Inst, l.Item
				day, _ := claim.ParseDay(d.Date)
				if l.Expiry.Has() && day > l.Expiry {
					l.Late += d.Billed + d.SoldOwn
				}
				if f.Book.Recalled(ms[0].Item, ms[0].Inst, l.Number, day) {
					l.Recalled += d.Billed + d.SoldOwn
				}
			}
		}
		err = each(lots)
	})
	return err
}

// SplitLots parts the movements of one item, in order of days, into its lots. A stock-taking counts the whole shelf: a lot that was
// there before and is not on the list was counted as none.
func SplitLots(ms []rule.LotMove) []Lot {
	type name struct{ batch, number string }
	by := map[name][]rule.Move{}
	expiry := map[name]claim.Day{}
	var counted []claim.Day
	for i := range ms {
		m := &ms[i]
		n := name{m.Batch, m.Number}
		by[n] = append(by[n], m.Move)
		if e, ok := expiry[n]; !ok || e == claim.NoDay {
			expiry[n] = m.Expiry
		}
		if d := m.At.Day(); m.Kind == 1 && !slices.Contains(counted, d) {
			counted = append(counted, d)
		}
	}
	var out []Lot
	for n, moves := range by {
		slices.SortStableFunc(moves, func(x, y rule.Move) int { return cmp.Compare(x.At.Day(), y.At.Day()) })
		first := moves[0].At.Day()
		for _, d := range counted {
			if d >= first {
				moves = append(moves, rule.Move{Inst: moves[0].Inst, Item: moves[0].Item, At: d.Start(), Kind: 1})
			}
		}
		slices.SortStableFunc(moves, func(x, y rule.Move) int { return cmp.Compare(x.At.Day(), y.At.Day()) })
		l := Lot{Batch: n.batch, Number: n.number, Expiry: expiry[n], Days: Days(moves)}
		last := &l.Days[len(l.Days)-1]
		if l.Left = last.Closing; last.Counted != claim.None64 {
			l.Left = last.Counted
		}
		out = append(out, l)
	}
	slices.SortFunc(out, func(x, y Lot) int {
		return cmp.Or(cmp.Compare(b2i(!x.Named()), b2i(!y.Named())), strings.Compare(x.Batch, y.Batch), strings.Compare(x.Number, y.Number))
	})
	return out
}
