package rule

import (
	"slices"

	"github.com/mingjian/mingjian/internal/claim"
)

// Kind FREQ: dialysis too often for a chronic patient (F005): by the week, by the month, or in one hospital while the
// person lies in another.
func init() {
	register("FREQ", "dialysis", func(p *params, c *Card) (any, error) {
		return dialysis{week: p.int("week_max", 4), month: claim.Qty(p.int("month_max", 15)) * claim.QtyOne}, nil
	})
}

// dialysis counts days, not lines: a day's sessions are the most of any one item, so that filtration beside dialysis is one
// session. A month booked in one line is one day of the week and all its quantity of the month. A day at fault does not
// count for later ones.
type dialysis struct {
	week  int
	month claim.Qty
}

// dialysisItem is what a day holds of one item.
type dialysisItem struct {
	item int32
	qty  claim.Qty
}

func (a dialysis) group(e *Eval, c *compiled, refs []lineRef) {
	var counted []claim.Day
	var month claim.Month
	var used claim.Qty
	for lo := 0; lo < len(refs); {
		day := e.t.Lines[refs[lo].li].Time.Day()
		hi := lo + 1
		for hi < len(refs) && e.t.Lines[refs[hi].li].Time.Day() == day {
			hi++
		}
		today := slices.CompactFunc(slices.Clone(refs[lo:hi]), func(x, y lineRef) bool { return x.li == y.li })
		lo = hi
		if m := day.Month(); m != month {
			month, used = m, 0
		}
		near := 0
		for _, d := range counted {
			if day-d < 7 {
				near++
			}
		}
		if near >= a.week {
			var lines []HitLine
			for _, r := range today {
				lines = append(lines, whole(r.li))
			}
			a.record(e, c, day, today[0], lines, fact("实际", "七天内第%d天透析", near+1), fact("限额", "%d次/周", a.week))
			continue
		}
		counted = append(counted, day)
		lines, total := a.overMonth(e, today, a.month-used)
		used = min(a.month, used+total)
		if lines != nil {
			a.record(e, c, day, today[0], lines, Fact{"实际", "本月累计超出上限"}, Fact{"限额", a.month.String() + "次/月"})
			continue
		}
		a.elsewhere(e, c, day, today)
	}
}

// overMonth splits a day's lines at what is left of the month, item by item; total is the day's sessions.
func (dialysis) overMonth(e *Eval, today []lineRef, left claim.Qty) (lines []HitLine, total claim.Qty) {
	var items []dialysisItem
	over := false
	for _, r := range today {
		l := &e.t.Lines[r.li]
		it := e.b.canonical(l.Item)
		i := slices.IndexFunc(items, func(x dialysisItem) bool { return x.item == it })
		if i < 0 {
			i = len(items)
			items = append(items, dialysisItem{item: it})
		}
		before := items[i].qty
		items[i].qty += l.Cnt
		total = max(total, items[i].qty)
		switch {
		case items[i].qty <= left:
			lines = append(lines, involved(r.li))
		case before >= left:
			lines, over = append(lines, whole(r.li)), true
		default:
			lines, over = append(lines, part(r.li, items[i].qty-left, l.Cnt)), true
		}
	}
	if !over {
		return nil, total
	}
	return lines, total
}

// elsewhere: out-patient dialysis on a day strictly inside a stay at another institution: lent out for treatment, or not
// there at all. A hint only. What the ward itself billed that day is no part of it.
func (a dialysis) elsewhere(e *Eval, c *compiled, day claim.Day, today []lineRef) {
	var lines []HitLine
	var away *claim.Stay
	first := today[0]
	for _, r := range today {
		s := a.wardOf(e, &e.t.Lines[r.li], day)
		if s == nil {
			lines = append(lines, involved(r.li))
			continue
		}
		if away == nil {
			away, first = s, r
		}
		lines = append(lines, whole(r.li))
	}
	if away == nil {
		return
	}
	h := a.record(e, c, day, first, lines, Fact{"实际", "住院于" + e.instName(away.Inst, day)}, Fact{"限额", "不得在他院透析"})
	if h != nil {
		h.Severity = 3
	}
}

// wardOf is the stay elsewhere that an out-patient line falls strictly inside, nil without one.
func (dialysis) wardOf(e *Eval, l *claim.Line, day claim.Day) *claim.Stay {
	if l.Visit < 0 || e.t.Visits[l.Visit].Setting&claim.Inpatient != 0 {
		return nil
	}
	for i := range e.t.Stays {
		s := &e.t.Stays[i]
		if s.Inst != l.Inst && day > s.In.Day() && (s.Open || day < s.Out.Day()) && !e.onLeave(s, day) {
			return s
		}
	}
	return nil
}

func (dialysis) record(e *Eval, c *compiled, day claim.Day, r lineRef, lines []HitLine, facts ...Fact) *Hit {
	l := &e.t.Lines[r.li]
	psn := ""
	if l.Visit >= 0 {
		psn = e.psn(&e.t.Visits[l.Visit])
	}
	return e.hitFrom(c, key("dialysis", psn, day.String()), lines, r.pt, append(facts, Fact{"项目", e.itemName(l)}, Fact{"日期", day.String()})...)
}
