package rule

import (
	"slices"

	"github.com/mingjian/mingjian/internal/claim"
)

// Kind PAIR_X, continued, and PAIR_R: samples of one blood draw, bundles sold in parts, companions that are missing.
func init() {
	register("PAIR_X", "sample", func(p *params, c *Card) (any, error) { return sample{}, nil })
	register("PAIR_X", "unbundled", func(p *params, c *Card) (any, error) { return unbundled{}, nil })
	register("PAIR_R", "companion", func(p *params, c *Card) (any, error) { return companion{}, nil })
}

// sample: a panel and one of its parts from the same sample.
type sample struct{}

func (a sample) group(e *Eval, c *compiled, refs []lineRef) {
	for _, p := range byPoint(refs) {
		for _, o := range p.other {
			ol := &e.t.Lines[o.li]
			found, unknown := int32(-1), false
			for _, m := range p.main {
				ml := &e.t.Lines[m.li]
				if ml.VisitKey != ol.VisitKey || m.li == o.li {
					continue
				}
				same, known := a.together(e, ml, ol)
				unknown = unknown || (!known && ml.Time.Day() == ol.Time.Day())
				if same && found < 0 {
					found = m.li
				}
			}
			switch {
			case found >= 0:
				pt := &e.b.points[p.pt]
				e.hitFrom(c, key("pair", e.t.LineMdtrt(ol), pt.Subject, pt.Second, e.t.FeedetlSn(ol)), []HitLine{whole(o.li), involved(found)}, p.pt,
					Fact{"项目", e.itemName(ol)}, Fact{"限定", e.itemName(&e.t.Lines[found])}, Fact{"日期", ol.Time.Day().String()})
			case unknown:
				e.skipLine(c, o.li, "没有采样时间")
			}
		}
	}
}

// together tells whether both items have a result from samples taken within an hour; known is false without records.
func (a sample) together(e *Eval, x, y *claim.Line) (same, known bool) {
	tx, ty := e.sampleTimes(x), e.sampleTimes(y)
	for _, p := range tx {
		for _, q := range ty {
			if d := p.Clock() - q.Clock(); d <= hourMicros && -d <= hourMicros {
				return true, true
			}
		}
	}
	return false, len(tx) > 0 && len(ty) > 0
}

func (e *Eval) sampleTimes(l *claim.Line) []claim.Time {
	var out []claim.Time
	for _, r := range e.t.Extra["lab"] {
		t := r.B.Table
		at := claim.Time(r.B.I64(t.MustCol("sapl_time"), r.Row))
		if r.B.Visit[r.Row] == l.VisitKey && at.Has() && at.Day() == l.Time.Day() &&
			e.b.canonical(r.B.I32(t.MustCol("hilist_code"), r.Row)) == e.b.canonical(l.Item) {
			out = append(out, at)
		}
	}
	return out
}

// unbundled: all parts of a listed item billed one by one for more than the item costs.
type unbundled struct{}

func (a unbundled) group(e *Eval, c *compiled, refs []lineRef) {
	byPt := map[int32][]lineRef{}
	var order []int32
	for _, r := range refs {
		if byPt[r.pt] == nil {
			order = append(order, r.pt)
		}
		byPt[r.pt] = append(byPt[r.pt], r)
	}
	for _, pi := range order {
		days := map[scopeDay][]lineRef{}
		var keys []scopeDay
		for _, r := range byPt[pi] {
			l := &e.t.Lines[r.li]
			k := scopeDay{int64(l.Visit), l.Time.Day()}
			if days[k] == nil {
				keys = append(keys, k)
			}
			days[k] = append(days[k], r)
		}
		for _, k := range keys {
			a.judge(e, c, pi, k, days[k])
		}
	}
}

func (a unbundled) judge(e *Eval, c *compiled, pi int32, k scopeDay, refs []lineRef) {
	pt := &e.b.points[pi]
	present := map[string]bool{}
	var sum claim.Money
	for _, r := range refs {
		if !r.second {
			return // the item itself was billed
		}
		l := &e.t.Lines[r.li]
		present[e.item(e.b.canonical(l.Item))] = true
		sum += l.Amt
	}
	for _, child := range pt.Params.Children {
		if !present[child] {
			return
		}
	}
	first := &e.t.Lines[refs[0].li]
	price := e.listPrice(pt.Subject, first)
	if price == claim.None64 {
		if pt.Limit == claim.None64 {
			return
		}
		price = claim.Money(pt.Limit / 100)
	}
	if sum <= price {
		return
	}
	left := sum - price
	lines := make([]HitLine, 0, len(refs))
	for i := len(refs) - 1; i >= 0; i-- {
		l := &e.t.Lines[refs[i].li]
		take := max(0, min(left, l.Amt)) // of what was charged; at issue is the part of it within scope
		lines = append(lines, HitLine{Line: refs[i].li, Type: 1, Num: int64(take), Den: max(1, int64(l.Amt)), Money: -1})
		left -= take
	}
	slices.Reverse(lines)
	e.hitFrom(c, key("bundle", e.t.LineMdtrt(first), pt.Subject, k.day.String()), lines, pi, Fact{"项目", pt.Subject},
		Fact{"限额", price.String() + "元"}, Fact{"实际", sum.String() + "元"}, Fact{"日期", k.day.String()})
}

// listPrice is the price limit of an item given by its code where the line was billed; None64 when there is none.
func (e *Eval) listPrice(code string, l *claim.Line) claim.Money {
	it := e.b.ds[claim.DictItem].Find(code)
	if it <= 0 {
		return claim.None64
	}
	if r := e.priceOn(it, l); r != nil {
		return claim.Money(claim.MulDiv(int64(r.Limit), 1, 10_000))
	}
	return claim.None64
}

// companion: a consumable without the operation it is made for (E001).
type companion struct{}

func (companion) group(e *Eval, c *compiled, refs []lineRef) {
	for _, r := range refs {
		if r.second || !e.report(r.li) {
			continue
		}
		l, pt := &e.t.Lines[r.li], &e.b.points[r.pt]
		if slices.ContainsFunc(e.t.Lines, func(o claim.Line) bool {
			return slices.Contains(pt.Params.Require, e.item(e.b.canonical(o.Item))) && e.inScope(pt.Scope, l, &o)
		}) {
			continue
		}
		e.hitLine(c, r.li, []int32{r.pt}, Fact{"项目", e.itemName(l)}, Fact{"限定", "需有相应手术或操作"})
	}
}
