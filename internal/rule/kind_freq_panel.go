package rule

import (
	"github.com/mingjian/mingjian/internal/claim"
)

// Kind FREQ, continued: how many different things in a day or on a prescription.
func init() {
	register("FREQ", "panel", func(p *params, c *Card) (any, error) {
		return panel{markers: p.int("tumor_marker", 5), labs: p.int("lab_items", 25)}, nil
	})
	register("FREQ", "kinds_day", func(p *params, c *Card) (any, error) {
		return kindsDay{kinds: p.int("max_kinds", 4), hours: p.int("max_hours", 6)}, nil
	})
	register("FREQ", "rx_items", func(p *params, c *Card) (any, error) { return rxItems{p.int("max_items", 5)}, nil })
}

// overKinds collects the lines of every kind after the first max different ones; earlier lines are evidence. It returns
// nil when there are no more kinds than that.
func overKinds(lines []int32, max int, kind func(li int32) int64) (out []HitLine, kinds int) {
	var seen []int64
	for _, li := range lines {
		k, n := kind(li), 0
		for n < len(seen) && seen[n] != k {
			n++
		}
		if n == len(seen) {
			seen = append(seen, k)
		}
		if n < max {
			out = append(out, involved(li))
		} else {
			out = append(out, whole(li))
		}
	}
	if len(seen) <= max {
		return nil, len(seen)
	}
	return out, len(seen)
}

func (e *Eval) itemKind(li int32) int64 { return int64(e.b.canonical(e.t.Lines[li].Item)) }

// byVisitOf splits lines of one day by visit, in the order in which visits appear, and calls f with each.
func (e *Eval) byVisitOf(lines []int32, f func(lines []int32)) {
	for len(lines) > 0 {
		visit := e.t.Lines[lines[0]].VisitKey
		var mine, rest []int32
		for _, li := range lines {
			if e.t.Lines[li].VisitKey == visit {
				mine = append(mine, li)
			} else {
				rest = append(rest, li)
			}
		}
		f(mine)
		lines = rest
	}
}

// busyDays calls f with the lines of each day on which more than max lines count.
func (e *Eval) busyDays(max int, counts func(l *claim.Line) bool, f func(lines []int32)) {
	ls := e.t.Lines
	for lo := 0; lo < len(ls); {
		day, n, hi := ls[lo].Time.Day(), 0, lo
		for ; hi < len(ls) && ls[hi].Time.Day() == day; hi++ {
			if counts(&ls[hi]) {
				n++
			}
		}
		if n > max {
			lines := make([]int32, 0, n)
			for i := lo; i < hi; i++ {
				if counts(&ls[i]) {
					lines = append(lines, int32(i))
				}
			}
			f(lines)
		}
		lo = hi
	}
}

// panel: too many tumour markers (points name them) or laboratory items in a day of one visit.
type panel struct{ markers, labs int }

func (a panel) group(e *Eval, c *compiled, refs []lineRef) {
	for lo := 0; lo < len(refs); {
		day, hi := e.t.Lines[refs[lo].li].Time.Day(), lo
		var lines []int32
		for ; hi < len(refs) && e.t.Lines[refs[hi].li].Time.Day() == day; hi++ {
			if n := len(lines); n == 0 || lines[n-1] != refs[hi].li {
				lines = append(lines, refs[hi].li)
			}
		}
		pt := refs[lo].pt
		lo = hi
		if len(lines) <= a.markers {
			continue
		}
		e.byVisitOf(lines, func(mine []int32) {
			l := &e.t.Lines[mine[0]]
			if e.t.TagsOf(l)&claim.Oncology == 0 && !e.unfitInst(c, l.Inst) {
				a.record(e, c, mine, a.markers, "肿瘤标志物", []int32{pt})
			}
		})
	}
}

func (a panel) person(e *Eval, c *compiled) {
	e.busyDays(a.labs, func(l *claim.Line) bool { return l.Chrg == 4 && l.List == 201 && l.InScope > 0 }, func(lines []int32) {
		e.byVisitOf(lines, func(mine []int32) {
			l := &e.t.Lines[mine[0]]
			if len(mine) > a.labs && !e.admitting(l) && !e.unfitInst(c, l.Inst) && !e.exempt(c, l.Visit) {
				a.record(e, c, mine, a.labs, "检验", nil)
			}
		})
	})
}

// admitting: the day of admission or the next, when everything is tested at once.
func (e *Eval) admitting(l *claim.Line) bool {
	if l.Visit < 0 || e.t.Visits[l.Visit].Stay < 0 {
		return false
	}
	gap := l.Time.Day() - e.t.Stays[e.t.Visits[l.Visit].Stay].In.Day()
	return gap >= 0 && gap <= 1
}

func (panel) record(e *Eval, c *compiled, lines []int32, max int, what string, pts []int32) {
	hit, n := overKinds(lines, max, e.itemKind)
	if hit == nil {
		return
	}
	l := &e.t.Lines[lines[0]]
	unit := key("day", e.t.LineMdtrt(l), l.Time.Day().String())
	for i := range e.hits {
		if h := &e.hits[i]; h.CardIdx == c.idx && h.Unit == unit {
			if e.faultKinds(h.Lines) >= e.faultKinds(hit) {
				return
			}
			h.Lines, h.Points, h.Facts = hit, pts, nil
			h.Facts = append(h.Facts, Fact{"限定", what}, fact("量", "%d", n), fact("限额", "%d", max), Fact{"日期", l.Time.Day().String()})
			return
		}
	}
	e.hit(c, unit, hit, pts, Fact{"限定", what}, fact("量", "%d", n), fact("限额", "%d", max), Fact{"日期", l.Time.Day().String()})
}

// faultKinds is how many different items are at fault.
func (e *Eval) faultKinds(ls []HitLine) int {
	seen := map[int64]bool{}
	for _, h := range ls {
		if h.Type == 1 {
			seen[e.itemKind(h.Line)] = true
		}
	}
	return len(seen)
}

// kindsDay: more kinds of physical and Chinese treatment, or more hours of it, than fit into a person's day at one
// institution.
type kindsDay struct{ kinds, hours int }

func (a kindsDay) group(e *Eval, c *compiled, refs []lineRef) {
	for lo := 0; lo < len(refs); {
		day, hi := e.t.Lines[refs[lo].li].Time.Day(), lo
		for hi < len(refs) && e.t.Lines[refs[hi].li].Time.Day() == day {
			hi++
		}
		for rest := refs[lo:hi]; len(rest) > 0; {
			inst := e.t.Lines[rest[0].li].Inst
			var mine, others []lineRef
			for _, r := range rest {
				if e.t.Lines[r.li].Inst != inst {
					others = append(others, r)
				} else if n := len(mine); n == 0 || mine[n-1].li != r.li {
					mine = append(mine, r)
				}
			}
			rest = others
			if !e.unfitInst(c, inst) {
				a.judge(e, c, mine)
			}
		}
		lo = hi
	}
}

func (a kindsDay) judge(e *Eval, c *compiled, refs []lineRef) {
	lines := make([]int32, len(refs))
	for i, r := range refs {
		lines[i] = r.li
	}
	l := &e.t.Lines[lines[0]]
	unit := key("day", e.inst(l.Inst), e.t.LineMdtrt(l), l.Time.Day().String())
	if hit, n := overKinds(lines, a.kinds, e.itemKind); hit != nil {
		e.hitFrom(c, unit, hit, refs[0].pt, fact("量", "%d种", n), fact("限额", "%d种", a.kinds), Fact{"日期", l.Time.Day().String()})
		return
	}
	limit, used := int64(a.hours)*60*int64(claim.QtyOne), int64(0)
	var hit []HitLine
	for _, r := range refs {
		m := e.minutes(&e.t.Lines[r.li], &e.b.points[r.pt])
		before := used
		used += m
		switch {
		case m == 0 || used <= limit:
			hit = append(hit, involved(r.li))
		case before >= limit:
			hit = append(hit, whole(r.li))
		default:
			hit = append(hit, HitLine{Line: r.li, Type: 1, Num: used - limit, Den: m, Money: -1})
		}
	}
	if used > limit {
		e.hitFrom(c, unit, hit, refs[0].pt, fact("量", "%s小时", claim.Qty(used/60)), fact("限额", "%d小时", a.hours), Fact{"日期", l.Time.Day().String()})
	}
}

// minutes of a line in 1/10 000, by the point's length of one session; 0 where it gives none.
func (e *Eval) minutes(l *claim.Line, pt *point) int64 {
	if pt.Limit == claim.None64 {
		return 0
	}
	m := claim.MulDiv(int64(l.Cnt), int64(pt.Limit), int64(claim.QtyOne))
	switch unitName(pt.Unit) {
	case "分钟":
		return m
	case "小时":
		return m * 60
	}
	return 0
}

// rxItems: more different drugs on one out-patient prescription than the rules on prescriptions allow. The drugs
// themselves are not at issue: no money.
type rxItems struct{ max int }

func (a rxItems) person(e *Eval, c *compiled) {
	e.busyDays(a.max, func(l *claim.Line) bool {
		return l.List == 101 && l.InScope > 0 && int(l.Item) < len(e.b.drugs) && !e.b.drugs[l.Item].solvent
	}, func(lines []int32) {
		e.byVisitOf(lines, func(mine []int32) {
			l := &e.t.Lines[mine[0]]
			s := e.t.SettingOf(l)
			if len(mine) > a.max && s&(claim.Outpatient|claim.EmergencyCare) != 0 && s&(claim.Inpatient|claim.Pharmacy) == 0 &&
				!e.unfitInst(c, l.Inst) && !e.exempt(c, l.Visit) {
				a.visit(e, c, mine)
			}
		})
	})
}

func (a rxItems) visit(e *Eval, c *compiled, lines []int32) {
	for len(lines) > a.max {
		no := e.text(&e.t.Lines[lines[0]], "rxno")
		var mine, rest []int32
		for _, li := range lines {
			if e.text(&e.t.Lines[li], "rxno") == no {
				mine = append(mine, li)
			} else {
				rest = append(rest, li)
			}
		}
		lines = rest
		hit, n := overKinds(mine, a.max, func(li int32) int64 { return e.b.drugs[e.t.Lines[li].Item].generic })
		if hit == nil {
			continue
		}
		if no == "" {
			e.skipLine(c, mine[0], "没有处方号")
			continue
		}
		for i := range hit {
			hit[i].Money = 0
		}
		e.hit(c, key("rx", e.t.LineMdtrt(&e.t.Lines[mine[0]]), no), hit, nil, fact("量", "%d", n), fact("限额", "%d", a.max))
	}
}
