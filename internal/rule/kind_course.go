package rule

import (
	"cmp"
	"slices"

	"github.com/mingjian/mingjian/internal/claim"
)

// Kind COURSE: days of use of a drug or item within a stay, a course of disease or a year.
func init() {
	register("COURSE", "course", func(p *params, c *Card) (any, error) { return course{claim.Day(p.int("gap_d", 90))}, nil })
}

type course struct{ gap claim.Day }

// courseUse is one line's days of use.
type courseUse struct {
	ref    lineRef
	group  string
	window int64
	day    claim.Day
	n      claim.Day // consecutive days, 1 but for drugs taken home
}

func (a course) group(e *Eval, c *compiled, refs []lineRef) {
	uses := make([]courseUse, 0, len(refs))
	for _, r := range refs {
		l, pt := &e.t.Lines[r.li], &e.b.points[r.pt]
		u := courseUse{ref: r, group: pt.Params.Group, day: l.Time.Day(), n: 1}
		if u.group == "" {
			u.group = e.item(e.b.canonical(l.Item))
		}
		u.group += "\x1f" + pt.Scope
		if d := e.wide(l, "prd_days"); c.ID != "A016" && l.Flags&claim.TakeHome != 0 && d > int64(claim.QtyOne) && d <= 365*int64(claim.QtyOne) {
			u.n = claim.Day(d / int64(claim.QtyOne))
		}
		if n := len(uses); n > 0 && uses[n-1].ref.li == r.li && uses[n-1].group == u.group {
			continue
		}
		uses = append(uses, u)
	}
	slices.SortStableFunc(uses, func(x, y courseUse) int { return cmp.Compare(x.group, y.group) })
	for lo := 0; lo < len(uses); {
		hi := lo + 1
		for hi < len(uses) && uses[hi].group == uses[lo].group {
			hi++
		}
		a.windows(e, c, uses[lo:hi])
		lo = hi
	}
}

// windows cuts the uses of one drug into stays, courses of disease or years and judges each.
func (a course) windows(e *Eval, c *compiled, uses []courseUse) {
	scope := e.b.points[uses[0].ref.pt].Scope
	last := claim.NoDay
	n := int64(0)
	for i := range uses {
		u := &uses[i]
		l := &e.t.Lines[u.ref.li]
		switch scope {
		case "单次住院":
			u.window = e.scopeID(l)
		case "自然年":
			y, _, _ := u.day.Civil()
			u.window = int64(y)
		default:
			if last != claim.NoDay && (u.day-last >= a.gap || (c.ID == "A016" && u.day > last && e.operatedBetween(last, u.day))) {
				n++
			}
			u.window = n
		}
		last = max(last, u.day+u.n-1)
	}
	slices.SortStableFunc(uses, func(x, y courseUse) int { return cmp.Compare(x.window, y.window) })
	for lo := 0; lo < len(uses); {
		hi := lo + 1
		for hi < len(uses) && uses[hi].window == uses[lo].window {
			hi++
		}
		a.judge(e, c, uses[lo:hi], scope)
		lo = hi
	}
}

// operatedBetween: an operation between two days of use starts a new course. One on either of these days counts as between:
// the hour at which a day's items are booked does not say which came first.
func (e *Eval) operatedBetween(from, to claim.Day) bool {
	for _, o := range e.t.Ops {
		if d := o.Begin.Day(); o.Begin.Has() && from <= d && d <= to {
			return true
		}
	}
	return false
}

func (a course) judge(e *Eval, c *compiled, uses []courseUse, scope string) {
	pt := &e.b.points[uses[0].ref.pt]
	limit := int(pt.Limit / claim.QtyOne)
	var days []claim.Day
	for _, u := range uses {
		for d := u.day; d < u.day+u.n; d++ {
			days = append(days, d)
		}
	}
	slices.Sort(days)
	days = slices.Compact(days)
	if pt.Limit == claim.None64 || len(days) <= limit {
		return
	}
	cut := days[0] - 1 // the last day within the limit
	if limit > 0 {
		cut = days[limit-1]
	}
	byVisit := map[uint64][]HitLine{}
	var order []uint64
	var before []HitLine
	for _, u := range uses {
		over := min(u.n, u.day+u.n-1-cut)
		if over <= 0 {
			before = append(before, involved(u.ref.li))
			continue
		}
		v := e.t.Lines[u.ref.li].VisitKey
		if byVisit[v] == nil {
			order = append(order, v)
		}
		byVisit[v] = append(byVisit[v], HitLine{Line: u.ref.li, Type: 1, Num: int64(over), Den: int64(u.n), Money: -1})
	}
	for _, v := range order {
		lines := byVisit[v]
		first := &e.t.Lines[lines[0].Line]
		unit := key("course", uses[0].group, e.t.LineMdtrt(first))
		if scope == "自然年" {
			y, _, _ := first.Time.Day().Civil()
			unit = key(unit, itoa(y))
		}
		e.hitFrom(c, unit, append(lines, before...), uses[0].ref.pt, Fact{"项目", e.itemName(first)}, fact("天数", "%d", len(days)), fact("限额", "%d天", limit), Fact{"限定", scope})
	}
}
