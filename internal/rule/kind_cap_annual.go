package rule

import (
	"cmp"
	"slices"

	"github.com/mingjian/mingjian/internal/claim"
)

// Kind CAP: what a person used of something up to a point of the year, against a ceiling.
func init() {
	register("CAP", "annual", func(p *params, c *Card) (any, error) {
		set, err := claim.ParseDiagSet(p.str("exempt_person", "C00-C97|D00-D09|Z51|Z49|N18.5|N18.6|Z94|D66|D67"))
		return annual{money: p.yuan("year_yuan", 20000), exempt: set}, err
	})
}

// annual: drugs that are easily resold: quantity (the point's limit) or money of one drug in a calendar year. Only what
// is dispensed out of hospital or taken home counts.
type annual struct {
	money  claim.Money
	exempt claim.DiagSet // persons with such a diagnosis at any visit need as much
}

// capUse is one line of a drug and year.
type capUse struct {
	ref  lineRef
	drug int64
	year int
}

func (a annual) group(e *Eval, c *compiled, refs []lineRef) {
	uses := make([]capUse, 0, len(refs))
	for _, r := range refs {
		l := &e.t.Lines[r.li]
		if (e.t.SettingOf(l)&claim.Inpatient != 0 && l.Flags&claim.TakeHome == 0) || e.t.TagsOf(l)&claim.FamilyAccount != 0 {
			continue
		}
		if n := len(uses); n > 0 && uses[n-1].ref.li == r.li {
			continue
		}
		y, _, _ := l.Time.Day().Civil()
		uses = append(uses, capUse{r, e.b.drugs[l.Item].generic, y})
	}
	slices.SortStableFunc(uses, func(x, y capUse) int {
		return cmp.Or(cmp.Compare(x.drug, y.drug), cmp.Compare(x.year, y.year))
	})
	for lo := 0; lo < len(uses); {
		hi := lo + 1
		for hi < len(uses) && uses[hi].drug == uses[lo].drug && uses[hi].year == uses[lo].year {
			hi++
		}
		a.judge(e, c, uses[lo:hi])
		lo = hi
	}
}

// judge compares one drug and year. Both ceilings are used up in line order; of a line the larger share counts.
func (a annual) judge(e *Eval, c *compiled, uses []capUse) {
	var qty claim.Qty
	var sum claim.Money
	var lines []HitLine
	pt := &e.b.points[uses[0].ref.pt]
	over := claim.NoDay
	for _, u := range uses {
		l := &e.t.Lines[u.ref.li]
		cnt, known := e.measured(l, e.b.points[u.ref.pt].Unit) // in packs of the first product: others may hold more or less
		if !known {
			e.skipLine(c, u.ref.li, unknownPack) // its money counts all the same
		}
		if own := e.b.points[u.ref.pt].Limit; own != pt.Limit && own > 0 && pt.Limit != claim.None64 {
			cnt = claim.Qty(claim.MulDiv(int64(cnt), int64(pt.Limit), int64(own)))
		}
		qty, sum = qty+cnt, sum+l.InScope
		h := HitLine{Line: u.ref.li, Type: 2, Den: 1, Money: -1}
		if pt.Limit != claim.None64 && qty > pt.Limit && cnt > 0 {
			h.Num, h.Den = int64(min(cnt, qty-pt.Limit)), int64(cnt)
		}
		if m := min(l.InScope, sum-a.money); m > 0 && claim.MulDiv(int64(l.InScope), h.Num, h.Den) < int64(m) {
			h.Num, h.Den = int64(m), int64(l.InScope)
		}
		if h.Num > 0 {
			h.Type = 1
			if over == claim.NoDay {
				over = l.Time.Day()
			}
		}
		lines = append(lines, h)
	}
	first := &e.t.Lines[uses[0].ref.li]
	if over == claim.NoDay || a.ill(e, over) || e.unfitInst(c, first.Inst) {
		return
	}
	limit := a.money.String() + "元"
	if pt.Limit != claim.None64 {
		limit = pt.Limit.String() + pt.Unit + "、" + limit
	}
	name := e.item(e.b.canonical(first.Item))
	if d := e.b.drugs[first.Item].generic; d > 0 {
		name = e.b.ds[claim.DictText].String(int32(d))
	}
	e.hitFrom(c, key("year", e.t.LineMdtrt(first), name, itoa(uses[0].year)), lines, uses[0].ref.pt,
		Fact{"项目", e.itemName(first)}, Fact{"量", qty.String() + pt.Unit + "、" + sum.String() + "元"}, Fact{"限额", limit})
}

// ill: a disease that lawfully takes that much, at any visit up to the day.
func (a annual) ill(e *Eval, until claim.Day) bool {
	for vi := range e.t.Visits {
		if v := &e.t.Visits[vi]; !v.Out && v.Begin.Day() <= until && (e.visitDiag(int32(vi), &a.exempt) || v.Tags&(claim.Oncology|claim.Dialysis) != 0) {
			return true
		}
	}
	for _, r := range e.t.Chronics {
		if a.exempt.Has(e.b.ds[claim.DictDiag].String(r.Dise)) {
			return true
		}
	}
	return false
}
