package rule

import (
	"slices"

	"github.com/mingjian/mingjian/internal/claim"
)

// Kind PAIR_X, continued: drugs that must not be mixed.
func init() {
	register("PAIR_X", "incompatible", func(p *params, c *Card) (any, error) { return incompatible{}, nil })
}

// incompatible: two drugs in one infusion (同组) or on one prescription (同处方) that must not meet: the cheaper is at
// fault, the later one when equal.
type incompatible struct{}

func (a incompatible) group(e *Eval, c *compiled, refs []lineRef) {
	for _, p := range byPoint(refs) {
		a.judge(e, c, p)
	}
}

func (a incompatible) judge(e *Eval, c *compiled, p pairRefs) {
	pt := &e.b.points[p.pt]
	type sides struct {
		visit uint64
		day   claim.Day
		x, y  []lineRef
	}
	var groups []sides
	add := func(s []lineRef, r lineRef) []lineRef {
		if slices.ContainsFunc(s, func(o lineRef) bool { return o.li == r.li }) {
			return s
		}
		return append(s, r)
	}
	for _, m := range p.main {
		ml := &e.t.Lines[m.li]
		for _, o := range p.other {
			ol := &e.t.Lines[o.li]
			if m.li == o.li || ml.VisitKey != ol.VisitKey || ml.Time.Day() != ol.Time.Day() || e.unfitInst(c, ml.Inst) {
				continue
			}
			met, known := e.mixed(pt.Scope, ml, ol)
			if !known {
				e.skipLine(c, max(m.li, o.li), "没有成组号或处方号")
			}
			if !met {
				continue
			}
			k := slices.IndexFunc(groups, func(g sides) bool { return g.visit == ml.VisitKey && g.day == ml.Time.Day() })
			if k < 0 {
				k, groups = len(groups), append(groups, sides{visit: ml.VisitKey, day: ml.Time.Day()})
			}
			groups[k].x, groups[k].y = add(groups[k].x, m), add(groups[k].y, o)
		}
	}
	for i := range groups {
		g := &groups[i]
		fault, other := g.x, g.y
		if sx, sy := e.sumAmt(g.x), e.sumAmt(g.y); sy < sx || (sx == sy && lastLine(g.y) > lastLine(g.x)) {
			fault, other = g.y, g.x
		}
		exclusive{}.record(e, c, p.pt, scopeDay{day: g.day}, fault, other)
	}
}

// mixed tells whether two lines of a visit and day meet in one infusion or prescription; known is false where the bill
// does not say.
func (e *Eval) mixed(scope string, a, b *claim.Line) (met, known bool) {
	if scope == "" {
		scope = "同处方"
		if a.List == 101 && b.List == 101 {
			scope = "同组"
		}
	}
	col := "rxno"
	if scope == "同组" {
		col = "grpno"
	}
	x, y := e.text(a, col), e.text(b, col)
	switch {
	case x != "" && y != "":
		return x == y, true
	case col == "rxno" && x == y && sameInstant(a, b) && !a.Time.DayOnly() && !b.Time.DayOnly():
		return true, true // booked together
	}
	return false, false
}
