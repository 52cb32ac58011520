package oracle

import (
	"slices"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// use is one line of a limited drug or item with the days it is used on.
type use struct {
	l    *line
	days []claim.Day
}

// course judges A015 and A016: after the limit-th distinct day of use in the window, every line is violating.
// group says which points limit the same thing; restarts tells of an operation between two days of use.
func (j *judge) course(rule string, severity int, group func(knowledge.Point) string, restarts func(a, b claim.Day) bool) {
	type limit struct {
		group, scope string
		days         claim.Qty
	}
	uses := map[limit][]use{}
	for _, l := range j.charged(rule) {
		seen := map[limit]bool{}
		for _, pt := range j.of(rule, l) {
			k := limit{group(pt), pt.Scope, pt.Limit}
			if pt.Limit.Has() && !seen[k] {
				seen[k] = true
				days := []claim.Day{l.day}
				if rule == "A015" {
					days = useDays(l)
				}
				uses[k] = append(uses[k], use{l, days})
			}
		}
	}
	for k, us := range uses {
		n := int(k.days / claim.QtyOne)
		switch k.scope {
		case "单次住院":
			for _, w := range byContainer(us) {
				j.overCourse(rule, severity, n, w, distinctDays(w))
			}
		case "自然年":
			for _, year := range years(us) {
				j.overCourse(rule, severity, n, us, year)
			}
		default: // 疾病过程
			for _, days := range courses(distinctDays(us), j.param(rule, "gap_d", 0), restarts) {
				j.overCourse(rule, severity, n, us, days)
			}
		}
	}
}

// useDays are the fee's day, or for drugs taken home as many days in a row as they were supplied for.
func useDays(l *line) []claim.Day {
	n := 1
	if p := l.qty("prd_days"); l.is("dscg_tkdrug_flag", "1") && p.Has() {
		n = max(1, int(p/claim.QtyOne))
	}
	var out []claim.Day
	for i := range n {
		out = append(out, l.day+claim.Day(i))
	}
	return out
}

func distinctDays(us []use) []claim.Day {
	var out []claim.Day
	for _, u := range us {
		out = append(out, u.days...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func byContainer(us []use) [][]use {
	var order []string
	by := map[string][]use{}
	for _, u := range us {
		k := u.l.container()
		if by[k] == nil {
			order = append(order, k)
		}
		by[k] = append(by[k], u)
	}
	var out [][]use
	for _, k := range order {
		out = append(out, by[k])
	}
	return out
}

func years(us []use) [][]claim.Day {
	by := map[claim.Month][]claim.Day{}
	for _, d := range distinctDays(us) {
		by[d.Month()/12] = append(by[d.Month()/12], d)
	}
	var out [][]claim.Day
	for _, days := range by {
		out = append(out, days)
	}
	return out
}

// courses cuts the days of use into courses of disease: a gap of gap days or an operation starts a new one.
func courses(days []claim.Day, gap int64, restarts func(a, b claim.Day) bool) [][]claim.Day {
	var out [][]claim.Day
	for i, d := range days {
		if i == 0 || int64(d-days[i-1]) >= gap || restarts(days[i-1], d) {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], d)
	}
	return out
}

// overCourse reports, visit by visit, the lines on days of the window after its limit-th day; the window's lines before
// the first of them are evidence. A take-home line on both sides of the limit violates in proportion of its days.
func (j *judge) overCourse(rule string, severity, limit int, us []use, window []claim.Day) {
	if len(window) <= limit {
		return
	}
	var inside []*line
	byVisit := map[string][]part{}
	var order []string
	for _, u := range us {
		in, over := 0, 0
		for _, d := range u.days {
			i, ok := slices.BinarySearch(window, d)
			if ok {
				in++
				if i >= limit {
					over++
				}
			}
		}
		if in > 0 {
			inside = append(inside, u.l)
		}
		if over > 0 {
			id := u.l.row["mdtrt_id"]
			if byVisit[id] == nil {
				order = append(order, id)
			}
			vola := claim.MulDiv(int64(u.l.inscope), int64(over), int64(len(u.days)))
			byVisit[id] = append(byVisit[id], part{u.l, claim.Money(vola)})
		}
	}
	for _, id := range order {
		parts := byVisit[id]
		evidence := keep(inside, func(l *line) bool { return cmpLine(l, parts[0].l) < 0 })
		j.report(rule, severity, parts, evidence...)
	}
}
