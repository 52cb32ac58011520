package rule

import (
	"github.com/mingjian/mingjian/internal/claim"
)

// Kind DOSE: how many days of a drug a person was given. Only whole packs in excess count.
func init() {
	register("DOSE", "outpatient_days", func(p *params, c *Card) (any, error) {
		return rxDays{normal: p.int("normal_d", 7), er: p.int("er_d", 3), chronic: p.int("chronic_d", 28), long: p.int("long_d", 84), elder: p.int("elder_y", 65)}, nil
	})
	register("DOSE", "discharge_days", func(p *params, c *Card) (any, error) {
		return dischargeDays{acute: p.int("acute_d", 7), chronic: p.int("chronic_d", 30)}, nil
	})
	register("DOSE", "single", func(p *params, c *Card) (any, error) { return single{}, nil })
	register("DOSE", "rolling", func(p *params, c *Card) (any, error) {
		return rolling{window: claim.Day(p.int("window_d", 365)), over: p.int("over_d", 30) + p.int("buffer_d", 15), chronic: c.ID == "H001"}, nil
	})
	register("DOSE", "early", func(p *params, c *Card) (any, error) {
		return early{roll: rolling{window: 365, over: 45, plain: true}, remain: p.int("remain_d", 7), chronic: p.int("chronic_d", 14),
			discharge: claim.Day(p.int("discharge_d", 7)), long: p.int("long_d", 28)}, nil
	})
}

var chronicDiag = claim.MustDiagSet("I10-I15|E10-E14|I20-I25|I60-I69|J44|J45|N18|B18|F20|G20|G40")

// rxLimit is the number of days one out-patient prescription may last.
func (a rxDays) limit(e *Eval, l *claim.Line) int {
	s := e.t.SettingOf(l)
	switch {
	case s&claim.EmergencyCare != 0:
		return a.er
	case s&claim.Chronic != 0:
		return a.long
	case l.Visit >= 0 && e.visitDiag(l.Visit, &chronicDiag):
		return a.chronic
	}
	return a.normal
}

type rxDays struct{ normal, er, chronic, long, elder int }

func (a rxDays) person(e *Eval, c *compiled) {
	for _, u := range e.drugUses() {
		l := &e.t.Lines[u.li]
		if u.ward || e.t.SettingOf(l)&claim.Pharmacy != 0 || !e.report(u.li) || e.unfitInst(c, l.Inst) || e.exempt(c, l.Visit) {
			continue
		}
		if u.days < 0 {
			e.skipLine(c, u.li, "供应天数不详")
			continue
		}
		limit := a.limit(e, l)
		n, packs := e.packsOver(c, u.li, u.days, u.days-limit)
		if n == 0 {
			continue
		}
		h := e.hit(c, e.unitLine(u.li), []HitLine{part(u.li, n, l.Cnt)}, nil, Fact{"项目", e.itemName(l)}, fact("天数", "%d", u.days), fact("限额", "%d天", limit), Fact{"量", packs.String() + "盒"})
		if p := e.t.PersonOf(l); h != nil && p != nil && p.Birth.Has() && p.Birth.YearsOn(u.day) >= a.elder {
			h.Severity = 3
		}
	}
}

type dischargeDays struct{ acute, chronic int }

func (a dischargeDays) person(e *Eval, c *compiled) {
	if e.flags&claim.TakeHome == 0 {
		return
	}
	for _, u := range e.drugUses() {
		l := &e.t.Lines[u.li]
		if !u.takeHome || !u.ward || !e.report(u.li) || e.unfitInst(c, l.Inst) || e.exempt(c, l.Visit) {
			continue
		}
		if u.days < 0 {
			e.skipLine(c, u.li, "供应天数不详")
			continue
		}
		limit, pts := a.acute, []int32(nil)
		if l.Visit >= 0 && e.visitDiag(l.Visit, &chronicDiag) {
			limit = a.chronic
		}
		for k := range e.b.items[l.Item] {
			if r := &e.b.items[l.Item][k]; int(r.card) == c.idx && e.applies(r, l) && e.b.points[r.pt].Limit != claim.None64 {
				limit, pts = int(e.b.points[r.pt].Limit/claim.QtyOne), []int32{r.pt}
			}
		}
		if n, packs := e.packsOver(c, u.li, u.days, u.days-limit); n > 0 {
			e.hit(c, e.unitLine(u.li), []HitLine{part(u.li, n, l.Cnt)}, pts, Fact{"项目", e.itemName(l)}, fact("天数", "%d", u.days), fact("限额", "%d天", limit), Fact{"量", packs.String() + "盒"})
		}
	}
}

// single: one prescription of a drug over the quantity its point allows.
type single struct{}

func (single) group(e *Eval, c *compiled, refs []lineRef) {
	type rxKey struct {
		visit uint64
		rx    string
		pt    int32
	}
	groups := map[rxKey][]lineRef{}
	var order []rxKey
	for _, r := range refs {
		l := &e.t.Lines[r.li]
		if l.List != 101 {
			continue
		}
		rx := e.text(l, "rxno")
		if rx == "" {
			rx = l.Time.Day().String()
		}
		k := rxKey{l.VisitKey, rx, r.pt}
		if groups[k] == nil {
			order = append(order, k)
		}
		groups[k] = append(groups[k], r)
	}
	for _, k := range order {
		pt := &e.b.points[k.pt]
		if pt.Limit == claim.None64 {
			continue
		}
		if lines, total := e.overPacks(c, groups[k], pt); lines != nil {
			l := &e.t.Lines[groups[k][0].li]
			e.hitFrom(c, key("rx", e.t.LineMdtrt(l), k.rx, e.item(e.b.canonical(l.Item))), lines, k.pt, Fact{"项目", e.itemName(l)}, Fact{"量", total.String()}, Fact{"限额", pt.Limit.String()}, Fact{"单位", pt.Unit})
		}
	}
}

// overPacks is overLimit in the point's unit. Less than a whole pack over it is no excess (整盒原则); a line whose quantity cannot
// be told in that unit is not judged and does not count.
func (e *Eval) overPacks(c *compiled, refs []lineRef, pt *point) (lines []HitLine, total claim.Qty) {
	var known []lineRef
	var counts []claim.Qty
	for _, r := range refs {
		n, ok := e.measured(&e.t.Lines[r.li], pt.Unit)
		if !ok {
			e.skipLine(c, r.li, unknownPack)
			continue
		}
		known, counts, total = append(known, r), append(counts, n), total+n
	}
	over := (total - pt.Limit) / claim.QtyOne * claim.QtyOne
	if over <= 0 {
		return nil, total
	}
	return afterLimit(known, counts, total-over), total
}

// rolling: what is left of all earlier supplies, across institutions, plus this one. chronic tells which of the two
// cards speaks: H001 on chronic out-patient lines, D002 on all others.
type rolling struct {
	window  claim.Day
	over    int
	chronic bool
	plain   bool // calendar days only: days in hospital use the supply up too
}

// balance is what is left in days when a use comes, and the use before it, counting earlier uses taken the same way.
func (a rolling) balance(e *Eval, uses []drugUse, at int) (left int, prev *drugUse) {
	u := &uses[at]
	for k := 0; k <= at; k++ {
		o := &uses[k]
		if o.days < 0 || u.day-o.day >= a.window || !sameRoute(o, u) {
			continue
		}
		if prev != nil {
			left -= int(o.day - prev.day)
			if !a.plain {
				left += e.wardDays(prev.day, o.day)
			}
			left = max(0, left)
		}
		if k == at {
			break
		}
		left += o.days
		prev = o
	}
	return left, prev
}

// wardDays counts the days d with from ≤ d < to spent in hospital, where drugs come from the ward.
func (e *Eval) wardDays(from, to claim.Day) int {
	if len(e.t.Stays) == 0 {
		return 0
	}
	n := 0
	for d := from; d < to; d++ {
		for i := range e.t.Stays {
			s := &e.t.Stays[i]
			if in := s.In.Day(); in <= d && (d < e.outOf(s) || d == in) {
				n++
				break
			}
		}
	}
	return n
}

// outOf is the day of discharge, the evaluation day for a stay that has not ended.
func (e *Eval) outOf(s *claim.Stay) claim.Day {
	if s.Open {
		return s.Since.Day() + claim.Day(s.LOS)
	}
	return s.Out.Day()
}

func (a rolling) person(e *Eval, c *compiled) {
	e.byGeneric(func(uses []drugUse) {
		total := 0
		for _, u := range uses {
			if l := &e.t.Lines[u.li]; u.days < 0 && (e.t.SettingOf(l)&claim.Chronic != 0) == a.chronic {
				e.skipLine(c, u.li, "供应天数不详")
			}
			total += max(u.days, 0)
		}
		if total <= a.over {
			return
		}
		for i := range uses {
			u := &uses[i]
			l := &e.t.Lines[u.li]
			if u.days < 0 || !e.report(u.li) || (e.t.SettingOf(l)&claim.Chronic != 0) != a.chronic || e.unfitInst(c, l.Inst) || e.exempt(c, l.Visit) {
				continue
			}
			left, prev := a.balance(e, uses, i)
			over := min(u.days, left+u.days-a.over)
			n, packs := e.packsOver(c, u.li, u.days, over)
			if n == 0 {
				continue
			}
			lines := []HitLine{part(u.li, n, l.Cnt)}
			if prev != nil {
				lines = append(lines, involved(prev.li))
			}
			e.hit(c, e.unitLine(u.li), lines, nil, Fact{"项目", e.itemName(l)}, fact("天数", "%d", left+u.days), fact("限额", "%d天", a.over), Fact{"量", packs.String() + "盒"})
		}
	})
}

// early: the same drug again while more than some days are left.
type early struct {
	roll            rolling
	remain, chronic int
	discharge       claim.Day
	long            int
}

func (a early) person(e *Eval, c *compiled) {
	e.byGeneric(func(uses []drugUse) {
		if len(uses) < 2 {
			return
		}
		for _, u := range uses {
			if u.days < 0 {
				e.skipLine(c, u.li, "供应天数不详")
			}
		}
		for i := range uses {
			u := &uses[i]
			l := &e.t.Lines[u.li]
			if u.days < 0 || !e.report(u.li) || e.unfitInst(c, l.Inst) || e.exempt(c, l.Visit) {
				continue
			}
			left, prev := a.roll.balance(e, uses, i)
			limit := a.remain
			if e.t.SettingOf(l)&claim.Chronic != 0 || (l.Visit >= 0 && e.visitDiag(l.Visit, &chronicDiag)) {
				limit = a.chronic
			}
			if prev == nil || left <= limit || u.day == prev.day || a.excused(e, uses, i, prev) {
				continue
			}
			e.hit(c, e.unitLine(u.li), []HitLine{whole(u.li), involved(prev.li)}, nil, Fact{"项目", e.itemName(l)}, fact("天数", "%d", left), fact("限额", "%d天", limit), Fact{"日期", prev.day.String()})
		}
	})
}

// excused: rolling over-supply speaks instead; a changed dose; a long prescription; the first visit after discharge.
func (a early) excused(e *Eval, uses []drugUse, at int, prev *drugUse) bool {
	u := &uses[at]
	l, p := &e.t.Lines[u.li], &e.t.Lines[prev.li]
	stock, _ := rolling{window: a.roll.window, over: a.roll.over}.balance(e, uses, at)
	if n, _ := e.packsOver(nil, u.li, u.days, min(u.days, stock+u.days-a.roll.over)); n > 0 || u.days > a.long {
		return true
	}
	if x, y := e.wide(l, "sin_dos"), e.wide(p, "sin_dos"); x != claim.None64 && y != claim.None64 && x != y {
		return true
	}
	if x, y := e.code(l, "used_frqu"), e.code(p, "used_frqu"); x != 0 && y != 0 && x != y {
		return true
	}
	return a.firstAfterDischarge(e, l)
}

// firstAfterDischarge: the person's first out-patient visit within days of a discharge.
func (a early) firstAfterDischarge(e *Eval, l *claim.Line) bool {
	if l.Visit < 0 || e.t.Visits[l.Visit].Setting&claim.Inpatient != 0 {
		return false
	}
	for i := range e.t.Stays {
		s := &e.t.Stays[i]
		gap := l.Time.Day() - s.Out.Day()
		if s.Open || gap < 0 || gap > a.discharge {
			continue
		}
		first := true
		for o := int32(0); o < l.Visit; o++ {
			v := &e.t.Visits[o]
			if !v.Out && v.Setting&claim.Inpatient == 0 && v.Begin.Day() >= s.Out.Day() {
				first = false
			}
		}
		if first {
			return true
		}
	}
	return false
}
