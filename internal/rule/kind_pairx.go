package rule

import (
	"slices"

	"github.com/mingjian/mingjian/internal/claim"
)

// Kind PAIR_X: items that exclude or contain each other.
func init() {
	register("PAIR_X", "contained", func(p *params, c *Card) (any, error) { return contained{}, nil })
	register("PAIR_X", "exclusive", func(p *params, c *Card) (any, error) { return exclusive{}, nil })
	register("PAIR_X", "icu_bed", func(p *params, c *Card) (any, error) { return icuBed{}, nil })
}

// pairRefs are the lines of one point, its two sides apart.
type pairRefs struct {
	pt          int32
	main, other []lineRef
}

// byPoint splits references by point and keeps the points of which both sides were billed.
func byPoint(refs []lineRef) []pairRefs {
	if !slices.ContainsFunc(refs, func(r lineRef) bool { return r.second }) {
		return nil
	}
	var out []pairRefs
	for _, r := range refs {
		if r.second {
			continue
		}
		if i := slices.IndexFunc(out, func(p pairRefs) bool { return p.pt == r.pt }); i >= 0 {
			out[i].main = append(out[i].main, r)
		} else {
			out = append(out, pairRefs{pt: r.pt, main: []lineRef{r}})
		}
	}
	if len(out) == 0 {
		return nil
	}
	for _, r := range refs {
		if r.second {
			if i := slices.IndexFunc(out, func(p pairRefs) bool { return p.pt == r.pt }); i >= 0 {
				out[i].other = append(out[i].other, r)
			}
		}
	}
	return slices.DeleteFunc(out, func(p pairRefs) bool { return len(p.other) == 0 })
}

const hourMicros = 3_600_000_000

// inScope tells whether two lines meet within the point's scope.
func (e *Eval) inScope(scope string, a, b *claim.Line) bool {
	if e.scopeID(a) != e.scopeID(b) {
		return false
	}
	sameDay := a.Time.Day() == b.Time.Day()
	rough := a.Time.DayOnly() || b.Time.DayOnly()
	switch scope {
	case "6小时":
		if rough {
			return sameDay
		}
		d := a.Time.Clock() - b.Time.Clock()
		return d <= 6*hourMicros && -d <= 6*hourMicros
	case "同一小时":
		if rough {
			return sameDay
		}
		return a.Time.Hour() == b.Time.Hour()
	case "单次就诊", "本次":
		return true
	case "同一切口":
		x, y := e.code(a, "incision_no"), e.code(b, "incision_no")
		return (x != 0 && x == y) || (x == 0 && y == 0 && sameDay)
	}
	return sameDay
}

// contained: the main item already pays for the contained one (B002, E002, F002).
type contained struct{}

func (a contained) group(e *Eval, c *compiled, refs []lineRef) {
	for _, p := range byPoint(refs) {
		a.judge(e, c, p)
	}
}

type scopeDay struct {
	scope int64
	day   claim.Day
}

func (a contained) judge(e *Eval, c *compiled, p pairRefs) {
	pt := &e.b.points[p.pt]
	mains, others := map[scopeDay][]lineRef{}, map[scopeDay][]lineRef{}
	var order []scopeDay
	keyOf := func(l *claim.Line) scopeDay {
		k := scopeDay{e.scopeID(l), l.Time.Day()}
		if pt.Scope == "单次就诊" || pt.Scope == "本次" {
			k.day = claim.NoDay
		}
		return k
	}
	for _, o := range p.other {
		ol := &e.t.Lines[o.li]
		hit := false
		for _, m := range p.main {
			ml := &e.t.Lines[m.li]
			if m.li == o.li || !e.inScope(pt.Scope, ml, ol) || a.excused(e, c, pt, ml, ol) {
				continue
			}
			hit = true
			k := keyOf(ol)
			if !slices.ContainsFunc(mains[k], func(x lineRef) bool { return x.li == m.li }) {
				mains[k] = append(mains[k], m)
			}
		}
		if hit {
			k := keyOf(ol)
			if others[k] == nil {
				order = append(order, k)
			}
			others[k] = append(others[k], o)
		}
	}
	for _, k := range order {
		a.record(e, c, p.pt, k, mains[k], others[k])
	}
}

// excused: observation before admission on its day; analgesia after the operation; several operations that day.
func (contained) excused(e *Eval, c *compiled, pt *point, m, o *claim.Line) bool {
	if pt.Params.ErObs && o.Visit >= 0 {
		for _, l := range []*claim.Line{m, o} {
			if l.Visit < 0 {
				continue
			}
			v := &e.t.Visits[l.Visit]
			if v.ErObs.Has() && v.ErObs.Day() == v.Begin.Day() && o.Time.Day() == v.Begin.Day() {
				return true
			}
		}
	}
	if c.ID != "F002" && pt.Scope != "同台" {
		return false
	}
	if x, y := e.code(m, "incision_no"), e.code(o, "incision_no"); x != 0 && y != 0 && x != y {
		return true
	}
	return pt.Params.Analgesia || e.sessions(m.Visit, m.Time.Day()) >= 2
}

// sessions counts operations of a visit on a day that do not overlap in time; one that touches another is of the same
// session. An end before the begin, or more than a day after it, is no end.
func (e *Eval) sessions(visit int32, day claim.Day) int {
	if visit < 0 {
		return 0
	}
	n := 0
	var end int64
	for _, o := range e.t.OpsOf(visit) {
		if !o.Begin.Has() || o.Begin.Day() != day || o.Begin.DayOnly() {
			continue
		}
		if n == 0 || (o.Begin.Clock() > end && end > 0) {
			n++
		}
		end = max(end, o.Begin.Clock())
		if o.End.Has() && o.End.Clock()-o.Begin.Clock() <= dayMicros {
			end = max(end, o.End.Clock())
		}
	}
	return n
}

func (contained) record(e *Eval, c *compiled, pi int32, k scopeDay, mains, others []lineRef) {
	pt := &e.b.points[pi]
	var total, included claim.Qty
	for _, r := range others {
		total += e.t.Lines[r.li].Cnt
	}
	included = total
	if pt.Params.CapN > 0 {
		included = 0
		for _, r := range mains {
			included += e.t.Lines[r.li].Cnt * claim.Qty(pt.Params.CapN)
		}
	}
	lines, _ := e.overLimit(others, total-min(total, included))
	if lines == nil {
		return
	}
	for _, r := range mains {
		lines = append(lines, involved(r.li))
	}
	first := &e.t.Lines[others[0].li]
	day := ""
	if k.day != claim.NoDay {
		day = k.day.String()
	}
	e.hitFrom(c, key("pair", e.scopeUnit(first), pt.Subject, pt.Second, day), lines, pi, Fact{"项目", e.itemName(first)},
		Fact{"限定", e.itemName(&e.t.Lines[mains[0].li])}, Fact{"日期", first.Time.Day().String()}, Fact{"量", total.String()})
}

// exclusive: two items that must not be billed together: the cheaper one is at fault, the later one when equal.
type exclusive struct{}

func (a exclusive) group(e *Eval, c *compiled, refs []lineRef) {
	for _, p := range byPoint(refs) {
		a.judge(e, c, p)
	}
}

func (a exclusive) judge(e *Eval, c *compiled, p pairRefs) {
	pt := &e.b.points[p.pt]
	type sides struct{ x, y []lineRef }
	groups := map[scopeDay]*sides{}
	var order []scopeDay
	add := func(s []lineRef, r lineRef) []lineRef {
		if slices.ContainsFunc(s, func(x lineRef) bool { return x.li == r.li }) {
			return s
		}
		return append(s, r)
	}
	for _, m := range p.main {
		ml := &e.t.Lines[m.li]
		for _, o := range p.other {
			ol := &e.t.Lines[o.li]
			if m.li == o.li || !e.inScope(pt.Scope, ml, ol) || e.apart(ml, ol) || (c.ID == "F001" && !sameInstant(ml, ol)) {
				continue
			}
			k := scopeDay{e.scopeID(ml), ml.Time.Day()}
			if pt.Scope == "单次就诊" || pt.Scope == "本次" {
				k.day = claim.NoDay
			}
			g := groups[k]
			if g == nil {
				g = &sides{}
				groups[k] = g
				order = append(order, k)
			}
			g.x, g.y = add(g.x, m), add(g.y, o)
		}
	}
	for _, k := range order {
		g := groups[k]
		fault, other := g.x, g.y
		if sx, sy := e.sumAmt(g.x), e.sumAmt(g.y); sy < sx || (sx == sy && lastLine(g.y) > lastLine(g.x)) {
			fault, other = g.y, g.x
		}
		a.record(e, c, p.pt, k, fault, other)
	}
}

func sameInstant(a, b *claim.Line) bool {
	if a.Time.DayOnly() || b.Time.DayOnly() {
		return a.Time.Day() == b.Time.Day()
	}
	return a.Time.Clock() == b.Time.Clock()
}

func lastLine(rs []lineRef) int32 {
	last := int32(-1)
	for _, r := range rs {
		last = max(last, r.li)
	}
	return last
}

func (e *Eval) sumAmt(rs []lineRef) claim.Money {
	var m claim.Money
	for _, r := range rs {
		m += e.t.Lines[r.li].Amt
	}
	return m
}

// apart: both lines name a side, part or incision, and name different ones.
func (e *Eval) apart(a, b *claim.Line) bool {
	for _, col := range [...]string{"side", "body_part", "incision_no"} {
		if x, y := e.code(a, col), e.code(b, col); x != 0 && y != 0 && x != y {
			return true
		}
	}
	return false
}

func (exclusive) record(e *Eval, c *compiled, pi int32, k scopeDay, fault, other []lineRef) {
	pt := &e.b.points[pi]
	slices.SortFunc(fault, func(x, y lineRef) int { return int(x.li - y.li) })
	var lines []HitLine
	for _, r := range fault {
		lines = append(lines, whole(r.li))
	}
	for _, r := range other {
		lines = append(lines, involved(r.li))
	}
	first := &e.t.Lines[fault[0].li]
	day := ""
	if k.day != claim.NoDay {
		day = k.day.String()
	}
	e.hitFrom(c, key("pair", e.scopeUnit(first), pt.Subject, pt.Second, day), lines, pi, Fact{"项目", e.itemName(first)},
		Fact{"限定", e.itemName(&e.t.Lines[other[0].li])}, Fact{"日期", first.Time.Day().String()})
}

// icuBed: an ordinary bed billed on a day in intensive care, but not on the days of transfer.
type icuBed struct{}

func (icuBed) group(e *Eval, c *compiled, refs []lineRef) {
	for _, p := range byPoint(refs) {
		days := map[scopeDay]lineRef{}
		for _, m := range p.main {
			l := &e.t.Lines[m.li]
			days[scopeDay{e.scopeID(l), l.Time.Day()}] = m
		}
		for _, o := range p.other {
			l := &e.t.Lines[o.li]
			k := scopeDay{e.scopeID(l), l.Time.Day()}
			m, ok := days[k]
			if !ok || l.Visit < 0 || e.t.Visits[l.Visit].Stay < 0 {
				continue // out of hospital nobody is moved between wards
			}
			_, before := days[scopeDay{k.scope, k.day - 1}]
			_, after := days[scopeDay{k.scope, k.day + 1}]
			if !before || !after {
				continue // first or last day in intensive care: the day of transfer
			}
			unit := key("pair", e.scopeUnit(l), e.b.points[p.pt].Subject, e.b.points[p.pt].Second, k.day.String(), e.t.FeedetlSn(l))
			e.hitFrom(c, unit, []HitLine{whole(o.li), involved(m.li)}, p.pt, Fact{"项目", e.itemName(l)},
				Fact{"限定", e.itemName(&e.t.Lines[m.li])}, Fact{"日期", k.day.String()})
		}
	}
}
