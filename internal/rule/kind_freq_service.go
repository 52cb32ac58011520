package rule

import (
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// Kind FREQ: parts of the body in a day (F009), units of one session (F010), rehabilitation in a day (F011). Items that an
// institution books in batches cannot be told apart by day: not judged.
func init() {
	register("FREQ", "sites", func(p *params, c *Card) (any, error) { return sites{}, nil })
	register("FREQ", "session", func(p *params, c *Card) (any, error) { return session{}, nil })
	register("FREQ", "rehab", func(p *params, c *Card) (any, error) {
		return rehab{p.int("max_items", 6), claim.Qty(p.int("max_min", 240)) * claim.QtyOne}, nil
	})
}

const batchedReason = "批量记账，分不清哪一天"

// sites: an item priced by the part, more parts in a day than the body has, or than the application names.
type sites struct{}

func (a sites) group(e *Eval, c *compiled, refs []lineRef) {
	for _, g := range e.byDay(refs) {
		pt := &e.b.points[g.pt]
		first := &e.t.Lines[g.refs[0].li]
		if g.day == claim.NoDay {
			e.skipLine(c, g.refs[0].li, batchedReason)
			continue
		}
		limit, why := pt.Limit, "部位上限"
		if n := a.applied(e, first); n > 0 && (limit == claim.None64 || n < limit) {
			limit, why = n, "申请部位数"
		}
		if limit == claim.None64 {
			continue
		}
		if lines, total := e.overLimit(g.refs, limit); lines != nil {
			e.hitFrom(c, e.dayUnit(&g), lines, g.pt, Fact{"项目", e.itemName(first)}, Fact{"日期", g.day.String()}, Fact{"量", total.String()},
				Fact{"限额", limit.String()}, Fact{"限定", why})
		}
	}
}

// applied counts the parts that applications of the day name for the item of a line, made before it; 0 when none does.
func (sites) applied(e *Eval, l *claim.Line) claim.Qty {
	n := 0
	for _, r := range e.t.Extra["exam"] {
		t := r.B.Table
		if r.B.Visit[r.Row] != l.VisitKey || e.b.canonical(r.B.I32(t.MustCol("hilist_code"), r.Row)) != e.b.canonical(l.Item) {
			continue
		}
		at, done := claim.Time(r.B.I64(t.MustCol("appy_time"), r.Row)), claim.Time(r.B.I64(t.MustCol("exam_time"), r.Row))
		if !at.Has() || at.Day() > l.Time.Day() || (done.Has() && done.Day() != l.Time.Day()) {
			continue
		}
		part := e.b.ds[claim.DictText].String(r.B.I32(t.MustCol("exam_part"), r.Row))
		if part == "" {
			return 0 // an application that does not say what it is for bounds nothing
		}
		n += len(strings.FieldsFunc(part, func(x rune) bool { return strings.ContainsRune("、,，;；+/ ", x) }))
	}
	return claim.Qty(n) * claim.QtyOne
}

// session: an item priced by the session, billed several times at one instant: by hours or parts it is not priced by.
type session struct{}

func (a session) group(e *Eval, c *compiled, refs []lineRef) {
	at := func(r lineRef) int64 { return e.t.Lines[r.li].Time.Clock() }
	eachRun(refs, func(x, y lineRef) bool { return at(x) == at(y) }, func(run []lineRef) {
		same := func(x, y lineRef) bool {
			l, o := &e.t.Lines[x.li], &e.t.Lines[y.li]
			return x.pt == y.pt && l.VisitKey == o.VisitKey && e.b.canonical(l.Item) == e.b.canonical(o.Item)
		}
		eachKind(run, same, func(together []lineRef) { a.judge(e, c, together) })
	})
}

func (session) judge(e *Eval, c *compiled, refs []lineRef) {
	l, pt := &e.t.Lines[refs[0].li], &e.b.points[refs[0].pt]
	if pt.Limit == claim.None64 {
		return
	}
	if lines, _ := e.overLimit(refs, pt.Limit); lines == nil {
		return
	}
	times, ok := e.unitFits(c, l, pt, refs)
	for _, r := range refs {
		if left, right := sidesOf(e.text(&e.t.Lines[r.li], "side")); left && right && times == 1 {
			times = 2
		}
	}
	lines, total := e.overLimit(refs, pt.Limit*times)
	switch {
	case lines == nil:
	case !ok:
		e.skipLine(c, refs[0].li, "计价单位与知识点单位不同")
	case l.Time.DayOnly():
		e.skipLine(c, refs[0].li, "没有时刻")
	case e.isBatched(l):
		e.skipLine(c, refs[0].li, batchedReason)
	default:
		e.hitFrom(c, key("session", e.t.LineMdtrt(l), e.item(e.b.canonical(l.Item)), l.Time.String()), lines, refs[0].pt,
			Fact{"项目", e.itemName(l)}, Fact{"日期", l.Time.String()}, Fact{"量", total.String()}, Fact{"限额", (pt.Limit * times).String()},
			Fact{"单位", pt.Unit})
	}
}

// eachRun calls f with the stretches of references that are alike and stand together.
func eachRun(refs []lineRef, alike func(x, y lineRef) bool, f func([]lineRef)) {
	for lo := 0; lo < len(refs); {
		hi := lo + 1
		for hi < len(refs) && alike(refs[lo], refs[hi]) {
			hi++
		}
		f(refs[lo:hi])
		lo = hi
	}
}

// eachKind calls f with the references of a short stretch that are alike, in their order, wherever they stand in it.
func eachKind(refs []lineRef, alike func(x, y lineRef) bool, f func([]lineRef)) {
	for i, r := range refs {
		if slices.ContainsFunc(refs[:i], func(o lineRef) bool { return alike(o, r) }) {
			continue
		}
		kind := refs[i : i+1 : i+1]
		for _, o := range refs[i+1:] {
			if alike(r, o) {
				kind = append(kind, o)
			}
		}
		f(kind)
	}
}

// rehab: more kinds of training in a day than a person can follow, or more minutes than a therapist has. A point's limit is
// the minutes of one session of the item.
type rehab struct {
	items   int
	minutes claim.Qty
}

func (a rehab) group(e *Eval, c *compiled, refs []lineRef) {
	line := func(r lineRef) *claim.Line { return &e.t.Lines[r.li] }
	eachRun(refs, func(x, y lineRef) bool { return line(x).Time.Day() == line(y).Time.Day() }, func(day []lineRef) {
		eachKind(day, func(x, y lineRef) bool { return e.scopeID(line(x)) == e.scopeID(line(y)) }, func(today []lineRef) {
			a.judge(e, c, slices.CompactFunc(today, func(x, y lineRef) bool { return x.li == y.li }))
		})
	})
}

func (a rehab) judge(e *Eval, c *compiled, today []lineRef) {
	var seen []int32
	var minutes claim.Qty
	var lines []HitLine
	over := false
	for _, r := range today {
		l, pt := &e.t.Lines[r.li], &e.b.points[r.pt]
		if e.isBatched(l) {
			e.skipLine(c, r.li, batchedReason)
			return
		}
		it := e.b.canonical(l.Item)
		if !slices.Contains(seen, it) {
			if len(seen) >= a.items {
				lines, over = append(lines, whole(r.li)), true
				continue
			}
			seen = append(seen, it)
		}
		if pt.Limit == claim.None64 || pt.Limit <= 0 {
			lines = append(lines, involved(r.li))
			continue
		}
		took := claim.Qty(claim.MulDiv(int64(l.Cnt), int64(pt.Limit), int64(claim.QtyOne)))
		switch before := minutes; {
		case before+took <= a.minutes:
			lines = append(lines, involved(r.li))
		case before >= a.minutes:
			lines, over = append(lines, whole(r.li)), true
		default:
			lines, over = append(lines, part(r.li, before+took-a.minutes, took)), true
		}
		minutes += took
	}
	if !over {
		return
	}
	l := &e.t.Lines[today[0].li]
	e.hitFrom(c, key("rehab", e.scopeUnit(l), l.Time.Day().String()), lines, today[0].pt, Fact{"项目", e.itemName(l)},
		Fact{"日期", l.Time.Day().String()}, fact("量", "%d项%s分钟", len(seen), minutes.String()), fact("限额", "%d项%s分钟", a.items, a.minutes.String()))
}
