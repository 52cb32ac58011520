package effect

import (
	"fmt"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/online/remind"
)

// settle ends an episode on its person's facts. t is nil when nothing of the person has been uploaded.
func (r *run) settle(e *episode, t *claim.Timeline) {
	p := r.opt.Areas.Of(e.area)
	e.AsOf, e.Note = r.opt.AsOf.String(), ""
	wait := p.UnsettledDays
	if e.Inpatient {
		wait = p.UnsettledStays
	}
	x := ended{choice: e.Choice, bare: len(e.orders) == 0, expired: int(r.opt.AsOf-e.first) > wait, audited: true}
	vi := int32(-1)
	if t != nil {
		vi = visitOf(t, e.Mdtrt)
	}
	var bill bill
	if vi >= 0 {
		bill = r.bill(t, vi)
		x.settled = bill.n > 0
	}
	if !x.settled {
		e.Outcome = x.outcome()
		e.clear()
		return
	}
	e.SetlDay = bill.last.String()
	for m := range bill.months {
		if !r.judged[m] {
			x.audited = false
		}
	}
	f := r.final(e, t, vi, &bill)
	x.orig, x.final, x.finalScope, x.origScope, x.subst = f.orig, f.cnt, f.scope, f.origScope, f.substCnt
	x.hit = r.hit(e, t, f)
	x.diagnosed = e.newDiagnosis(r.diagnoses(t, vi))
	e.Outcome, e.Hit = x.outcome(), x.hit
	e.OrigCnt, e.FinalCnt = int64(f.orig), int64(f.cnt)
	e.OrigFund, e.FinalFund, e.SubstFund = int64(f.origFund), int64(f.fund), int64(f.substFund)
	e.Complied = complied(e.Outcome, x.hit)
	e.Avoided, e.Reopened, e.ReopenedAt = 0, false, ""
	if avoids(e.Outcome) {
		e.Avoided = max(0, e.OrigFund-e.FinalFund-e.SubstFund)
		if at := r.reopened(e, t, vi, bill.last+claim.Day(p.ReopenDays)); at != "" {
			e.Reopened, e.ReopenedAt, e.Avoided = true, at, 0
		}
	}
	if e.Outcome == NoAnswerOut && e.Choice == remind.Change {
		e.Note = "答复为修改，结算时没有改"
	}
	e.Frozen = x.audited && r.opt.AsOf >= bill.last+claim.Day(p.FreezeDays)
}

// clear takes back what an earlier settlement, reversed since, had said.
func (e *episode) clear() {
	e.Complied, e.Hit, e.OrigCnt, e.FinalCnt, e.OrigFund, e.FinalFund, e.SubstFund, e.Avoided = false, false, 0, 0, 0, 0, 0, 0
	e.Reopened, e.ReopenedAt, e.SetlDay, e.Frozen = false, "", "", false
}

// bill is a visit's live settlements together.
type bill struct {
	n           int
	fund, scope claim.Money
	last        claim.Day
	months      map[claim.Month]bool
}

func (r *run) bill(t *claim.Timeline, vi int32) bill {
	b := bill{last: claim.NoDay, months: map[claim.Month]bool{}}
	for i := range t.Setls {
		if s := &t.Setls[i]; s.Visit == vi {
			b.n++
			b.fund, b.scope = b.fund+s.Fund, b.scope+s.LineScope
			b.last = max(b.last, s.Time.Day())
			b.months[s.Month] = true
		}
	}
	return b
}

// share is the fund's part of in-scope money of the visit: what it paid for the whole, in proportion.
func (b *bill) share(scope claim.Money) claim.Money {
	if b.scope <= 0 || b.fund <= 0 || scope <= 0 {
		return 0
	}
	return min(claim.Money(claim.MulDiv(int64(scope), int64(b.fund), int64(b.scope))), scope)
}

// finals is what was settled in the place of an episode's orders.
type finals struct {
	orig, cnt, substCnt       claim.Qty
	origScope, scope          claim.Money
	origFund, fund, substFund claim.Money
	lines                     map[string]bool // feedetl_sn of the lines counted
}

func (r *run) final(e *episode, t *claim.Timeline, vi int32, b *bill) *finals {
	f := &finals{lines: map[string]bool{}}
	type sum struct {
		cnt        claim.Qty
		amt, scope claim.Money
		lines      []string
	}
	mine := map[string]sum{}  // by item of the episode
	other := map[string]sum{} // by substitute
	ids := map[string]bool{}
	for i := range e.orders {
		ids[e.orders[i].ID] = true
	}
	items := e.items()
	for _, li := range t.LinesOf(vi) {
		l := &t.Lines[li]
		if l.Setl < 0 || l.Cnt <= 0 {
			continue
		}
		item, sn := r.ds[claim.DictItem].String(l.Item), t.FeedetlSn(l)
		here := !e.Inpatient || e.days[l.Time.Day()]
		switch {
		case ids[sn] || (items[item] && here):
			s := mine[item]
			mine[item] = sum{s.cnt + l.Cnt, s.amt + l.Amt, s.scope + l.InScope, nil}
			f.cnt, f.scope = f.cnt+l.Cnt, f.scope+l.InScope
			f.lines[sn] = true
		case here && l.InScope > 0 && r.substitutes(e, item, items):
			s := other[item]
			other[item] = sum{s.cnt + l.Cnt, s.amt + l.Amt, s.scope + l.InScope, append(s.lines, sn)}
		}
	}
	for item, s := range other { // of what was ordered in the same call anyhow only the more counts
		more := s.cnt - e.call[item]
		if more <= 0 {
			continue
		}
		for _, sn := range s.lines {
			f.lines[sn] = true
		}
		f.substCnt += more
		f.substFund += b.share(claim.Money(claim.MulDiv(int64(s.scope), int64(more), int64(s.cnt))))
	}
	for i := range e.orders {
		o := &e.orders[i]
		scope := max(0, o.Amount-o.Own)
		if s := mine[o.Item]; s.scope > 0 && s.amt > 0 { // the part of it that turned out to be in scope
			scope = claim.Money(claim.MulDiv(int64(o.Amount), int64(s.scope), int64(s.amt)))
		}
		f.orig, f.origScope = f.orig+o.Cnt, f.origScope+scope
	}
	f.fund = b.share(f.scope)
	if f.origFund = b.share(f.origScope); b.scope <= 0 && e.vola > 0 { // nothing in scope is left to show the fund's share
		f.origFund = claim.Money(claim.MulDiv(int64(f.origScope), e.fund, e.vola))
	}
	return f
}

// substitutes tells whether an item may stand in the place of the episode's. When the answer was "change", everything of the
// same list is taken for it: money is rather not counted than counted wrongly.
func (r *run) substitutes(e *episode, item string, items map[string]bool) bool {
	if items[item] {
		return false
	}
	for own := range items {
		if r.class(own) == r.class(item) || (e.Choice == remind.Change && own[:min(1, len(own))] == item[:min(1, len(item))]) {
			return true
		}
	}
	return false
}

// class of an item: its therapeutic group where the catalogue names it, else what its code says (a drug's ATC group at the
// third level, a consumable's class, a service's chapter).
func (r *run) class(item string) string {
	if a := r.atc[item]; len(a) >= 4 {
		return "ATC " + a[:4]
	}
	if item == "" {
		return ""
	}
	switch n := len(item); item[0] {
	case 'X':
		if n > 5 && !strings.HasPrefix(item, "XZZ") {
			return "ATC " + item[1:5]
		}
		return item[:min(n, 6)]
	case 'C':
		return item[:min(n, 7)]
	default:
		return item[:min(n, 4)]
	}
}

// hit tells whether what was settled in the episode's place is still hit by its rule. A finding that a narrower card speaks for
// counts: the fault is there.
func (r *run) hit(e *episode, t *claim.Timeline, f *finals) bool {
	sns, ok := r.hits[ruleVisit{e.Rule, e.Mdtrt}]
	if !ok {
		return false
	}
	if len(e.orders) == 0 || sns[""] {
		return true
	}
	for sn := range sns {
		if f.lines[sn] {
			return true
		}
	}
	return false
}

// reopened finds the subject's items of the same person in another visit, anywhere, after the reminder and up to a day.
func (r *run) reopened(e *episode, t *claim.Timeline, vi int32, until claim.Day) string {
	items := e.items()
	for i := range t.Lines {
		l := &t.Lines[i]
		d := l.Time.Day()
		if l.Visit == vi || l.Visit < 0 || d < e.first || d > until || l.Cnt <= 0 || l.InScope <= 0 || !items[r.ds[claim.DictItem].String(l.Item)] {
			continue
		}
		return fmt.Sprintf("%s %s %s", r.ds[claim.DictInst].String(l.Inst), t.LineMdtrt(l), d)
	}
	return ""
}

func (r *run) diagnoses(t *claim.Timeline, vi int32) []string {
	var out []string
	for _, d := range t.DiagsOf(vi) {
		out = append(out, r.ds[claim.DictDiag].String(d.Code))
	}
	return append(out, r.ds[claim.DictDiag].String(t.Visits[vi].MainDiag))
}

func visitOf(t *claim.Timeline, mdtrt string) int32 {
	for i := range t.Visits {
		if t.MdtrtID(&t.Visits[i]) == mdtrt {
			return int32(i)
		}
	}
	return -1
}
