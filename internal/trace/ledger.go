package trace

import (
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/rule"
)

// Day is a line of the ledger: opening + bought − sent back − sold ± changed = closing, in packs (1e-4).
type Day struct {
	Inst     string    `json:"fixmedins_code"`
	Item     string    `json:"med_list_codg"`
	Date     string    `json:"date"`
	Known    bool      `json:"opening_known"` // false: nothing was counted before; opening is then what came since, from 0
	Opening  claim.Qty `json:"-"`
	Bought   claim.Qty `json:"-"`
	SentBack claim.Qty `json:"-"`
	Billed   claim.Qty `json:"-"`
	SoldOwn  claim.Qty `json:"-"` // without insurance
	Changed  claim.Qty `json:"-"`
	Closing  claim.Qty `json:"-"`
	Counted  claim.Qty `json:"-"` // None64: not counted that day
	Gap      claim.Qty `json:"-"` // counted − closing: what stock-taking corrects; the next opening is what was counted
}

// Ledger writes the ledger of an institution ("" all) and item ("" all), day by day; only days on which something moved.
func (f *Facts) Ledger(inst, item string, each func(d *Day) error) error {
	var err error
	f.Book.EachItem(func(ms []rule.Move) {
		if err != nil || (inst != "" && f.inst(ms[0].Inst) != inst) || (item != "" && f.item(ms[0].Item) != item) {
			return
		}
		days := Days(ms)
		for i := range days {
			days[i].Inst, days[i].Item = f.inst(ms[0].Inst), f.item(ms[0].Item)
			if err = each(&days[i]); err != nil {
				return
			}
		}
	})
	return err
}

// Days adds up the movements of one item, which are in order of days. A day's stock-taking is what lies there that evening.
func Days(ms []rule.Move) []Day {
	var out []Day
	stock, known := claim.Qty(0), false
	for lo := 0; lo < len(ms); {
		day := ms[lo].At.Day()
		d := Day{Date: day.String(), Known: known, Opening: stock, Counted: claim.None64}
		hi := lo
		for ; hi < len(ms) && ms[hi].At.Day() == day; hi++ {
			m := &ms[hi]
			switch {
			case m.Kind == 1 && d.Counted == claim.None64:
				d.Counted = m.Qty
			case m.Kind == 1: // another batch of it
				d.Counted += m.Qty
			case m.Kind == 2 && m.Qty >= 0:
				d.Bought += m.Qty
			case m.Kind == 2:
				d.SentBack -= m.Qty
			case m.Kind == 3:
				d.Changed += m.Qty
			case m.Kind == 4:
				d.Billed += m.Qty
			default:
				d.SoldOwn += m.Qty
			}
		}
		d.Closing = d.Opening + d.Bought - d.SentBack - d.Billed - d.SoldOwn + d.Changed
		stock = d.Closing
		if d.Counted != claim.None64 {
			d.Gap = d.Counted - d.Closing
			stock, known = d.Counted, true
		}
		out = append(out, d)
		lo = hi
	}
	return out
}

// Place is what an institution is called at the end of time, and its division.
func (f *Facts) Place(inst string) (name, area string) {
	n := f.Dicts[claim.DictInst].Find(inst)
	if n <= 0 {
		return "", ""
	}
	return f.Book.InstName(n, claim.OpenDay-1), f.Book.PlaceOf(n).Area
}
