package rule

import (
	"cmp"
	"slices"

	"github.com/mingjian/mingjian/internal/claim"
)

// Kind TIME against reports and operations: recordings that were too short (F007), samples that cannot be (F014),
// anaesthesia longer than the operation (F017).
func init() {
	register("TIME", "duration", func(p *params, c *Card) (any, error) {
		return duration{bp: p.num("bp_h", 20), holter: p.num("holter_h", 22)}, nil
	})
	register("TIME", "sample", func(p *params, c *Card) (any, error) {
		return sampleTime{int64(p.int("tolerance_h", 24)) * hourMicros}, nil
	})
	register("TIME", "anaesthesia", func(p *params, c *Card) (any, error) { return anaesthesia{claim.Qty(p.int("extra_h", 2))}, nil })
}

// duration: between application (or the start of the examination) and the report less time passed than the recording
// takes. That bounds it from above, whatever was done.
type duration struct{ bp, holter float64 }

func (a duration) line(e *Eval, c *compiled, li, pi int32) {
	l, pt := &e.t.Lines[li], &e.b.points[pi]
	if l.Flags&claim.Outsourced != 0 {
		return
	}
	need := int64(a.holter * hourMicros)
	if pt.Params.Group == "血压" {
		need = int64(a.bp * hourMicros)
	}
	if pt.Limit != claim.None64 {
		need = claim.MulDiv(int64(pt.Limit), hourMicros, int64(claim.QtyOne))
	}
	longest := int64(-1)
	for _, r := range e.t.Extra["exam"] {
		if r.B.Visit[r.Row] != l.VisitKey || e.b.canonical(r.B.I32(r.B.Table.MustCol("hilist_code"), r.Row)) != e.b.canonical(l.Item) {
			continue
		}
		if d := a.between(r); d > longest {
			longest = d
		}
	}
	switch {
	case longest < 0:
		e.skipLine(c, li, "没有检查起止时刻")
	case longest < need:
		e.hitLine(c, li, []int32{pi}, Fact{"项目", e.itemName(l)}, fact("实际", "%d小时%d分", longest/hourMicros, longest%hourMicros/60_000_000),
			fact("限额", "%d小时", need/hourMicros), Fact{"日期", l.Time.Day().String()})
	}
}

// between is the longest the recording of a report can have taken, in microseconds; −1 when its clock times are not known.
func (duration) between(r claim.RowRef) int64 {
	at := func(col string) claim.Time { return claim.Time(r.B.I64(r.B.Table.MustCol(col), r.Row)) }
	from, to := at("exam_time"), at("rpt_time")
	if applied := at("appy_time"); applied.Has() && (!from.Has() || applied.Clock() < from.Clock()) {
		from = applied
	}
	exam := at("exam_time")
	if !from.Has() || !to.Has() || from.DayOnly() || to.DayOnly() || to.Clock() < from.Clock() || (exam.Has() && to.Clock() < exam.Clock()) {
		return -1
	}
	return to.Clock() - from.Clock()
}

// sampleTime: reported before it was taken, or taken while the in-patient was not there. One finding a visit; it charges
// nothing, for wrong times are not wrong fees.
type sampleTime struct{ tolerance int64 }

func (a sampleTime) visit(e *Eval, c *compiled, vi int32) {
	rows := e.t.Extra["lab"]
	if len(rows) == 0 || e.exempt(c, vi) {
		return
	}
	v := &e.t.Visits[vi]
	for _, r := range rows {
		if r.B.Visit[r.Row] != v.Key || e.outsourced(vi, r) {
			continue
		}
		at := claim.Time(r.B.I64(r.B.Table.MustCol("sapl_time"), r.Row))
		done := claim.Time(r.B.I64(r.B.Table.MustCol("rpt_time"), r.Row))
		if !at.Has() {
			continue
		}
		if done.Has() && strictlyBefore(done, at) {
			e.hitVisit(c, vi, e.unitVisit(vi), nil, Fact{"实际", "报告早于采样"}, Fact{"日期", done.String()}, Fact{"限额", at.String()})
			return
		}
		if v.Stay >= 0 && a.away(&e.t.Stays[v.Stay], at) {
			s := &e.t.Stays[v.Stay]
			e.hitVisit(c, vi, e.unitVisit(vi), nil, Fact{"实际", "采样时不在院"}, Fact{"日期", at.String()}, Fact{"限额", "住院 " + s.Since.String() + " 至 " + s.Out.String()})
			return
		}
	}
}

// strictlyBefore tells that a comes before b; where either has no clock, by days.
func strictlyBefore(a, b claim.Time) bool {
	if a.DayOnly() || b.DayOnly() {
		return a.Day() < b.Day()
	}
	return a.Clock() < b.Clock()
}

// away: the sample was taken before admission or after discharge by more than the tolerance.
func (a sampleTime) away(s *claim.Stay, at claim.Time) bool {
	return longAfter(s.Since, at, a.tolerance) || (!s.Open && longAfter(at, s.Out, a.tolerance))
}

// longAfter tells that a lies more than so many microseconds after b; where either is a day without a clock, more days than that.
func longAfter(a, b claim.Time, micros int64) bool {
	if a.DayOnly() || b.DayOnly() {
		return a.Day()-b.Day() > wholeDays(micros)
	}
	return a.Clock()-b.Clock() > micros
}

// outsourced: the visit billed the report's item as sent to another laboratory.
func (e *Eval) outsourced(vi int32, r claim.RowRef) bool {
	item := e.b.canonical(r.B.I32(r.B.Table.MustCol("hilist_code"), r.Row))
	return slices.ContainsFunc(e.t.LinesOf(vi), func(li int32) bool {
		l := &e.t.Lines[li]
		return l.Flags&claim.Outsourced != 0 && e.b.canonical(l.Item) == item
	})
}

// anaesthesia: hours billed beyond those the recorded operations and their preparation took. A point's limit is the hours
// the basic item includes: they are not billed by the hour.
type anaesthesia struct{ extra claim.Qty }

func (a anaesthesia) group(e *Eval, c *compiled, refs []lineRef) {
	type hours struct {
		scope int64
		name  string
		refs  []lineRef
	}
	var all []hours
	for _, r := range refs {
		l, pt := &e.t.Lines[r.li], &e.b.points[r.pt]
		id, name := e.scopeID(l), pt.Params.Group
		if name == "" {
			name = pt.Subject
		}
		i := slices.IndexFunc(all, func(h hours) bool { return h.scope == id && h.name == name })
		if i < 0 {
			i = len(all)
			all = append(all, hours{scope: id, name: name})
		}
		if h := &all[i]; len(h.refs) == 0 || h.refs[len(h.refs)-1].li != r.li {
			h.refs = append(h.refs, r)
		}
	}
	for i := range all {
		a.judge(e, c, all[i].name, all[i].refs)
	}
}

func (a anaesthesia) judge(e *Eval, c *compiled, name string, refs []lineRef) {
	l, pt := &e.t.Lines[refs[0].li], &e.b.points[refs[0].pt]
	took, sessions := a.operated(e, l.Visit)
	if sessions == 0 {
		e.skipLine(c, refs[0].li, "没有手术起止时刻")
		return
	}
	limit := took + a.extra*sessions*claim.QtyOne
	if pt.Limit != claim.None64 {
		limit -= pt.Limit * sessions
	}
	lines, total := e.overLimit(refs, max(0, limit))
	if lines == nil {
		return
	}
	h := e.hitFrom(c, key("anaesthesia", e.scopeUnit(l), name), lines, refs[0].pt, Fact{"项目", e.itemName(l)}, Fact{"量", total.String()},
		Fact{"限额", max(0, limit).String()}, Fact{"实际", "手术 " + took.String() + " 小时"}, Fact{"日期", l.Time.Day().String()})
	e.provisional(h, l)
}

// operated sums the hours of the stay's (or visit's) operations, each session rounded up, overlapping ones once; 0 sessions
// when any lacks its times.
func (anaesthesia) operated(e *Eval, visit int32) (took, sessions claim.Qty) {
	if visit < 0 {
		return 0, 0
	}
	visits := []int32{visit}
	if s := e.t.Visits[visit].Stay; s >= 0 {
		visits = e.t.Stays[s].Visits
	}
	var ops []claim.Operation
	for _, vi := range visits {
		ops = append(ops, e.t.OpsOf(vi)...)
	}
	for i := range ops {
		o := &ops[i]
		if !o.Begin.Has() || !o.End.Has() || o.Begin.DayOnly() || o.End.DayOnly() || o.End.Clock() < o.Begin.Clock() {
			return 0, 0
		}
	}
	slices.SortStableFunc(ops, func(x, y claim.Operation) int { return cmp.Compare(x.Begin.Clock(), y.Begin.Clock()) })
	for i := 0; i < len(ops); {
		from, to := ops[i].Begin.Clock(), ops[i].End.Clock()
		for i++; i < len(ops) && ops[i].Begin.Clock() <= to; i++ {
			to = max(to, ops[i].End.Clock())
		}
		took += claim.Qty((to-from+hourMicros-1)/hourMicros) * claim.QtyOne
		sessions++
	}
	return took, sessions
}
