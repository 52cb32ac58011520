package rule

import (
	"github.com/mingjian/mingjian/internal/claim"
)

// Stays arranged by the insurance's calendar or tariff rather than by the illness: L009, X012.
func init() {
	register("STAY", "cross_year", func(p *params, c *Card) (any, error) {
		return crossYear{edge: claim.Day(p.int("edge_d", 10)), gap: claim.Day(p.int("gap_d", 3))}, nil
	})
	register("STAY", "deductible", func(p *params, c *Card) (any, error) {
		return deductible{n: p.int("n", 3), gap: claim.Day(p.int("gap_d", 1)), due: [4]claim.Money{0, p.yuan("dedc1", 200), p.yuan("dedc2", 400), p.yuan("dedc3", 800)}}, nil
	})
}

// crossYear: one illness settled in two years at the turn of the year, where the old year's ceiling would not have
// covered all of it. A settlement in between that is marked as one is lawful: many areas want it.
type crossYear struct{ edge, gap claim.Day }

func (a crossYear) stay(e *Eval, c *compiled, si int32) {
	s := &e.t.Stays[si]
	if s.MidSettle || e.exemptStay(c, s) {
		return
	}
	before := int32(-1) // settlement of the old year's part
	year, _, _ := s.In.Day().Civil()
	if in := s.In.Day() - claim.DayOf(year, 1, 1); in < a.edge {
		year--
		before = a.partBefore(e, si, year)
	} else if len(s.Visits) > 1 || e.settledIn(s, year+1) >= 0 {
		before = e.settledIn(s, year)
	}
	after := e.settledIn(s, year+1)
	if before < 0 || after < 0 || before == after {
		return
	}
	o := &e.t.Setls[before]
	kind := &yearKinds[0]
	used, limit, known := a.usedBy(e, kind, o, year)
	if !known {
		e.skip(c, s.Inst, "没有年度限额")
		return
	}
	second := kind.pays(e, &e.t.Setls[after])
	if second <= 0 || used+second <= limit {
		return
	}
	h := e.hitVisit(c, s.Last, key("year", e.t.MdtrtID(&e.t.Visits[s.First]), itoa(year)), nil, Fact{"限额", limit.String() + "元"}, Fact{"实际", itoa(year) + " 年已用 " + used.String() + " 元"},
		Fact{"量", "次年结算 " + second.String() + " 元"}, Fact{"日期", e.t.Setls[after].Time.Day().String()})
	if h != nil && s.Open {
		h.Severity = 3
	}
}

// partBefore is the last settlement of the stay at the same institution for the same disease that ended just before the
// turn of the year, −1 when there was none.
func (a crossYear) partBefore(e *Eval, si int32, year int) int32 {
	s := &e.t.Stays[si]
	turn := claim.DayOf(year+1, 1, 1)
	d := e.b.ds[claim.DictDiag]
	for oi := si - 1; oi >= 0; oi-- {
		p := &e.t.Stays[oi]
		out := p.Out.Day()
		if p.Inst != s.Inst || p.Open || out >= turn || turn-out > a.edge || s.In.Day()-out > a.gap {
			continue
		}
		x, y := d.String(e.stayDiag(p)), d.String(e.stayDiag(s))
		last := &e.t.Visits[p.Last]
		if x == "" || y == "" || category(x) != category(y) || p.MidSettle || last.Tags&(claim.Transferred|claim.LeftAgainstAdvice) != 0 || s.Tags&claim.Planned != 0 {
			continue
		}
		return e.settledIn(p, year)
	}
	return -1
}

// settledIn is the last settlement of a stay in a year, −1 when there was none.
func (e *Eval) settledIn(s *claim.Stay, year int) int32 {
	from, to := claim.DayOf(year, 1, 1), claim.DayOf(year, 12, 31)
	for i := len(e.t.Setls) - 1; i >= 0; i-- {
		o := &e.t.Setls[i]
		if o.Visit < 0 || o.Time.Day() < from || o.Time.Day() > to || e.t.Visits[o.Visit].Stay < 0 {
			continue
		}
		if s == &e.t.Stays[e.t.Visits[o.Visit].Stay] {
			return int32(i)
		}
	}
	return -1
}

// usedBy is what the year's ceiling was used up to at its end, in which o was settled.
func (a crossYear) usedBy(e *Eval, k *quotaKind, o *claim.Settlement, year int) (used, limit claim.Money, ok bool) {
	last := int32(-1)
	for i := range e.t.Setls {
		if y, _, _ := e.t.Setls[i].Time.Day().Civil(); y == year {
			last = int32(i)
		}
	}
	q, ok := e.standing(k, last, 0, claim.DayOf(year, 12, 31))
	return q.used, q.limit, ok
}

// deductible: transfers between hospitals of different level, again and again, each of which brings the person to the
// higher one for less than its deductible.
type deductible struct {
	n   int
	gap claim.Day
	due [4]claim.Money // of a hospital's first stay, by level; fen
}

func (a deductible) person(e *Eval, c *compiled) {
	if len(e.t.Stays) < a.n {
		return
	}
	year, n := 0, 0
	for si := range e.t.Stays {
		s := &e.t.Stays[si]
		y, _, _ := s.In.Day().Civil()
		if y != year {
			year, n = y, 0
		}
		dedc, lowered := a.lowered(e, c, int32(si))
		if !lowered {
			continue
		}
		v := &e.t.Visits[s.Last]
		if n++; n == a.n && !e.unfitInst(c, v.Inst) {
			e.hitVisit(c, s.Last, key("window", e.psn(v), itoa(year)), nil, fact("量", "%d次", n), fact("限额", "%d次", a.n), Fact{"实际", "本次起付 " + dedc.String() + " 元"}, Fact{"日期", itoa(year)})
		}
	}
}

// lowered: the stay follows one at a hospital of another level within days, and its deductible was less than the level's.
func (a deductible) lowered(e *Eval, c *compiled, si int32) (dedc claim.Money, ok bool) {
	s := &e.t.Stays[si]
	x := e.b.Ref.InstOn(s.Inst, s.In.Day())
	if s.Open || x == nil || x.Tier <= 0 || e.exempt(c, s.First) {
		return 0, false
	}
	switched := false
	for oi := range e.t.Stays {
		p := &e.t.Stays[oi]
		gap := s.In.Day() - p.Out.Day()
		if int32(oi) == si || p.Open || p.Inst == s.Inst || gap < 0 || gap > a.gap || p.In.Clock() >= s.In.Clock() {
			continue
		}
		y := e.b.Ref.InstOn(p.Inst, p.Out.Day())
		switched = switched || (y != nil && y.Tier > 0 && y.Tier != x.Tier)
	}
	if !switched {
		return 0, false
	}
	known := false
	for i := range e.t.Setls {
		o := &e.t.Setls[i]
		if o.Visit < 0 || e.t.Visits[o.Visit].Stay != si {
			continue
		}
		if m := claim.Money(e.setlI64(o, setlDedc)); m.Has() {
			known = true
			dedc += m
		}
	}
	return dedc, known && dedc < a.due[x.Tier]
}
