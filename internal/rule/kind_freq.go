package rule

import (
	"cmp"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// Kind FREQ: how often, how much in a day, a stay or a rolling window.
func init() {
	register("FREQ", "day", func(p *params, c *Card) (any, error) { return dayLimit{}, nil })
	register("FREQ", "window", func(p *params, c *Card) (any, error) {
		return window{parts: p.has("ct_d"), ct: claim.Day(p.int("ct_d", 7)), mri: claim.Day(p.int("mri_d", 14))}, nil
	})
}

// dayLimit: quantities summed per visit, item and civil day (B001, B009, B021).
type dayLimit struct{}

// dayGroup is the lines of one visit, item and day.
type dayGroup struct {
	scope int64
	item  int32
	day   claim.Day
	pt    int32
	refs  []lineRef
}

// byDay groups references by visit, point and day; lines of items booked in batches fall together for the whole stay.
func (e *Eval) byDay(refs []lineRef) []dayGroup {
	var out []dayGroup
	at := map[dayGroupKey]int{}
	for _, r := range refs {
		l := &e.t.Lines[r.li]
		k := dayGroupKey{visit: int64(l.Visit), item: e.b.canonical(l.Item), pt: r.pt, day: l.Time.Day()}
		if l.Visit < 0 {
			k.visit = int64(l.VisitKey | 1<<63)
		}
		if e.isBatched(l) {
			k.visit, k.day = e.scopeID(l), claim.NoDay
		}
		i, ok := at[k]
		if !ok {
			i = len(out)
			at[k] = i
			out = append(out, dayGroup{scope: k.visit, item: k.item, day: k.day, pt: r.pt})
		}
		out[i].refs = append(out[i].refs, r)
	}
	return out
}

type dayGroupKey struct {
	visit int64
	item  int32
	pt    int32
	day   claim.Day
}

func (e *Eval) isBatched(l *claim.Line) bool {
	return len(e.b.batched) > 0 && e.b.batched[BatchKey{l.Inst, l.Item, l.Time.Day().Month()}]
}

// spanDays is by how much a day's limit is multiplied where days cannot be told apart: the calendar days of the stay.
func (e *Eval) spanDays(g *dayGroup) claim.Qty {
	if g.day != claim.NoDay {
		return 1
	}
	if l := &e.t.Lines[g.refs[0].li]; l.Visit >= 0 {
		if s := e.t.Visits[l.Visit].Stay; s >= 0 {
			return claim.Qty(e.t.Stays[s].LOS + 1)
		}
	}
	return 1
}

func (e *Eval) dayUnit(g *dayGroup) string {
	l := &e.t.Lines[g.refs[0].li]
	day := "batch"
	id := e.scopeUnit(l)
	if g.day != claim.NoDay {
		day, id = g.day.String(), e.t.LineMdtrt(l)
	}
	return key("day", id, e.item(g.item), day)
}

func (dayLimit) group(e *Eval, c *compiled, refs []lineRef) {
	herb := func(r lineRef) bool { return e.t.Lines[r.li].List == 102 || e.t.Lines[r.li].List == 106 }
	if c.ID == "B001" && slices.ContainsFunc(refs, herb) {
		refs = slices.DeleteFunc(slices.Clone(refs), herb)
	}
	for _, g := range e.byDay(refs) {
		pt := &e.b.points[g.pt]
		if pt.Limit == claim.None64 {
			continue
		}
		first := &e.t.Lines[g.refs[0].li]
		times, ok := claim.Qty(1), true
		if c.ID != "B001" {
			times, ok = e.unitFits(c, first, pt, g.refs)
		}
		if !ok {
			if e.report(g.refs[0].li) {
				e.skip(c, first.Inst, "计价单位与知识点单位不同")
			}
			continue
		}
		limit := pt.Limit * times * e.spanDays(&g)
		lines, total := e.overLimit(g.refs, limit)
		if lines != nil {
			e.hitFrom(c, e.dayUnit(&g), lines, g.pt, Fact{"项目", e.itemName(first)}, Fact{"日期", e.dayText(&g)},
				Fact{"量", total.String()}, Fact{"限额", limit.String()}, Fact{"单位", pt.Unit})
		}
	}
}

func (e *Eval) dayText(g *dayGroup) string {
	if g.day == claim.NoDay {
		return "整段住院"
	}
	return g.day.String()
}

// hitFrom records a hit on lines that may belong to several months: violating lines of months not asked for stay in it
// only when the first violating line is to be reported.
func (e *Eval) hitFrom(c *compiled, unit string, lines []HitLine, pt int32, facts ...Fact) *Hit {
	return e.hit(c, unit, lines, []int32{pt}, facts...)
}

// provisional lowers a finding on the quantities of a stay that has not ended: more of what they are held against may
// come. l is one of the stay's lines.
func (e *Eval) provisional(h *Hit, l *claim.Line) {
	if h == nil || l.Visit < 0 {
		return
	}
	if s := e.t.Visits[l.Visit].Stay; s >= 0 && e.t.Stays[s].Open {
		h.Severity = 3
	}
}

// unitFits compares the point's unit with the unit the catalogue prices the item in; without either the point's is
// taken. Items priced by part or side may be billed once for each part.
func (e *Eval) unitFits(c *compiled, l *claim.Line, pt *point, refs []lineRef) (times claim.Qty, ok bool) {
	times = 1
	if pt.Params.Channels > 1 {
		times = claim.Qty(pt.Params.Channels)
	}
	cat := e.cat(l)
	if cat == nil || cat.PricingUnit == 0 {
		return times, true
	}
	have := e.b.ds[claim.DictText].String(cat.PricingUnit)
	want := pt.Unit
	if c.ID == "B009" || c.ID == "B010" { // such a card judges items priced by the hour and no others
		return times, unitName(have) == "小时"
	}
	switch unitName(have) {
	case "部位", "侧", "肢":
		return times * claim.Qty(e.countParts(refs)), true
	case unitName(want):
		return times, true
	}
	return times, want == ""
}

// countParts counts the different parts and sides that the lines name, both sides as two; naming none is one more.
func (e *Eval) countParts(refs []lineRef) int {
	seen, n := map[[2]int32]bool{}, 0
	for _, r := range refs {
		l := &e.t.Lines[r.li]
		k := [2]int32{e.code(l, "body_part"), e.code(l, "side")}
		if seen[k] {
			continue
		}
		seen[k] = true
		n++
		if left, right := sidesOf(e.text(l, "side")); left && right {
			n++
		}
	}
	return max(1, n)
}

// unitName folds the spellings of one unit.
func unitName(s string) string {
	switch s {
	case "天", "床日", "每日", "/日":
		return "日"
	case "时", "h", "每小时", "/小时":
		return "小时"
	case "每次", "/次":
		return "次"
	}
	return s
}

// person adds to B001 what needs no knowledge: more billed than executed, and the same order booked twice.
func (dayLimit) person(e *Eval, c *compiled) {
	if c.ID != "B001" {
		return
	}
	e.overExecuted(c)
	e.twice(c)
}

// overExecuted: an item billed more often in a day than its execution records tell.
func (e *Eval) overExecuted(c *compiled) {
	rows := e.t.Extra["exec"]
	if len(rows) == 0 {
		return
	}
	type execKey struct {
		visit uint64
		item  int32
		day   claim.Day
	}
	done := map[execKey]claim.Qty{}
	for _, r := range rows {
		t := r.B.Table
		k := execKey{r.B.Visit[r.Row], e.b.canonical(r.B.I32(t.MustCol("hilist_code"), r.Row)), claim.Time(r.B.I64(t.MustCol("exec_time"), r.Row)).Day()}
		n := claim.Qty(r.B.I64(t.MustCol("exec_cnt"), r.Row))
		if !n.Has() {
			n = claim.QtyOne
		}
		done[k] += n
	}
	billed := map[execKey][]lineRef{}
	var order []execKey
	for i := range e.t.Lines {
		l := &e.t.Lines[i]
		k := execKey{l.VisitKey, e.b.canonical(l.Item), l.Time.Day()}
		if _, ok := done[k]; !ok || l.InScope <= 0 || l.List == 102 || l.List == 106 || e.unfitInst(c, l.Inst) || e.exempt(c, l.Visit) {
			continue
		}
		if billed[k] == nil {
			order = append(order, k)
		}
		billed[k] = append(billed[k], lineRef{li: int32(i)})
	}
	for _, k := range order {
		lines, total := e.overLimit(billed[k], done[k])
		if lines == nil {
			continue
		}
		l := &e.t.Lines[billed[k][0].li]
		e.offer(c, key("day", e.t.LineMdtrt(l), e.item(k.item), k.day.String()), lines, Fact{"项目", e.itemName(l)}, Fact{"日期", k.day.String()},
			Fact{"量", total.String()}, Fact{"限额", done[k].String()}, Fact{"单位", "次（执行记录）"})
	}
}

// offer records a hit unless the same unit already has one with at least as much in excess.
func (e *Eval) offer(c *compiled, unit string, lines []HitLine, facts ...Fact) {
	i := slices.IndexFunc(e.hits, func(h Hit) bool { return h.CardIdx == c.idx && h.Unit == unit })
	if i < 0 {
		e.hit(c, unit, lines, nil, facts...)
		return
	}
	if lines = e.guarded(c, lines); e.excess(lines) > e.excess(e.hits[i].Lines) {
		e.hits[i].Lines, e.hits[i].Facts, e.hits[i].Points = lines, facts, nil
	}
}

// excess is the quantity at fault.
func (e *Eval) excess(ls []HitLine) claim.Qty {
	var q claim.Qty
	for _, h := range ls {
		if h.Type == 1 {
			q += claim.Qty(claim.MulDiv(int64(e.t.Lines[h.Line].Cnt), h.Num, h.Den))
		}
	}
	return q
}

// twice: the same order, instant, quantity and doctor on two lines: likely uploaded twice.
func (e *Eval) twice(c *compiled) {
	ls := e.t.Lines
	again := map[string][]HitLine{}
	var order []string
	for i := range ls {
		l := &ls[i]
		j := e.sameOrder(i)
		if j < 0 || e.unfitInst(c, l.Inst) || e.exempt(c, l.Visit) {
			continue
		}
		unit := key("day", e.t.LineMdtrt(l), e.item(e.b.canonical(l.Item)), l.Time.Day().String())
		if again[unit] == nil {
			order = append(order, unit)
		}
		again[unit] = append(again[unit], whole(int32(i)), involved(int32(j)))
	}
	for _, unit := range order {
		l := &ls[again[unit][0].Line]
		e.offer(c, unit, again[unit], Fact{"项目", e.itemName(l)}, Fact{"日期", l.Time.Day().String()}, Fact{"实际", "同一医嘱同一时刻两行，疑似重复上传"})
	}
}

// sameOrder finds an earlier line that says the same as line i, −1 when there is none.
func (e *Eval) sameOrder(i int) int {
	l := &e.t.Lines[i]
	if l.InScope <= 0 || l.List == 102 || l.List == 106 || l.Time.DayOnly() {
		return -1
	}
	for j := i - 1; j >= 0 && e.t.Lines[j].Time.Clock() == l.Time.Clock(); j-- {
		o := &e.t.Lines[j]
		if o.VisitKey != l.VisitKey || o.Cnt != l.Cnt || o.Doctor != l.Doctor || o.InScope <= 0 || e.b.canonical(o.Item) != e.b.canonical(l.Item) {
			continue
		}
		if no := e.text(l, "drord_no"); no != "" && no == e.text(o, "drord_no") {
			return j
		}
	}
	return -1
}

// window: executions of an item within a rolling window (B023), and large examinations of the same part (C002).
type window struct {
	parts   bool // C002: the group is modality and body part, with its own exemptions
	ct, mri claim.Day
}

// execution is one line that counts as one execution.
type execution struct {
	ref   lineRef
	group string
	days  claim.Day
	k     int
}

func (a window) group(e *Eval, c *compiled, refs []lineRef) {
	execs := make([]execution, 0, len(refs))
	for _, r := range refs {
		if x, ok := a.execution(e, c, r); ok {
			execs = append(execs, x)
		}
	}
	slices.SortStableFunc(execs, func(x, y execution) int { return cmp.Compare(x.group, y.group) })
	for lo := 0; lo < len(execs); {
		hi := lo + 1
		for hi < len(execs) && execs[hi].group == execs[lo].group {
			hi++
		}
		a.roll(e, c, execs[lo:hi])
		lo = hi
	}
}

func (a window) execution(e *Eval, c *compiled, r lineRef) (execution, bool) {
	l, pt := &e.t.Lines[r.li], &e.b.points[r.pt]
	x := execution{ref: r, days: claim.Day(pt.WindowD), k: max(1, int(pt.Limit/claim.QtyOne))}
	if pt.Limit == claim.None64 {
		x.k = 1
	}
	if !a.parts {
		// points of one item that say the same count once; different windows are judged apart
		x.group = e.item(e.b.canonical(l.Item)) + "\x1f" + itoa(pt.WindowD) + "\x1f" + itoa(x.k)
		return x, true
	}
	part := pt.Params.Part
	if part == "" {
		part = e.text(l, "body_part")
	}
	if part == "" {
		e.skipLine(c, r.li, "检查部位不详")
		return x, false
	}
	if x.days == 0 {
		x.days = a.ct
		if strings.Contains(pt.Params.Group, "MR") || strings.Contains(pt.Params.Group, "磁共振") {
			x.days = a.mri
		}
	}
	x.group = pt.Params.Group + "\x1f" + part
	return x, true
}

// roll judges one group in line order: an execution is at fault when k counted ones lie less than N days before it;
// one at fault does not count itself.
func (a window) roll(e *Eval, c *compiled, xs []execution) {
	type fault struct {
		day   claim.Day
		lines []HitLine
		pts   []int32
		away  bool
		last  claim.Day
	}
	var counted []execution
	var faults []fault
	for _, x := range xs {
		l := &e.t.Lines[x.ref.li]
		day := l.Time.Day()
		var near []execution
		for _, p := range counted {
			pl := &e.t.Lines[p.ref.li]
			if p.ref.li == x.ref.li {
				continue
			}
			if gap := day - pl.Time.Day(); gap < x.days && !(a.parts && a.sameSession(e, l, pl)) {
				near = append(near, p)
			}
		}
		if dup := len(counted) > 0 && counted[len(counted)-1].ref.li == x.ref.li; dup {
			continue // a second point with the same limit on the same line
		}
		if len(near) < x.k || (a.parts && a.excused(e, near[len(near)-1].ref.li, x.ref.li)) {
			counted = append(counted, x)
			continue
		}
		prev := &e.t.Lines[near[len(near)-1].ref.li]
		f := fault{day: day, lines: []HitLine{whole(x.ref.li)}, pts: []int32{x.ref.pt}, away: prev.Inst != l.Inst, last: prev.Time.Day()}
		if n := len(faults); n > 0 && faults[n-1].day == day && !a.parts {
			p := &faults[n-1]
			if p.lines[len(p.lines)-1].Line == x.ref.li || slices.ContainsFunc(p.lines, func(h HitLine) bool { return h.Line == x.ref.li }) {
				p.pts = append(p.pts, x.ref.pt)
				continue
			}
			p.lines = append(p.lines, whole(x.ref.li))
			continue
		}
		for _, p := range near {
			f.lines = append(f.lines, involved(p.ref.li))
		}
		faults = append(faults, f)
	}
	for _, f := range faults {
		l := &e.t.Lines[f.lines[0].Line]
		unit := key("item", e.t.LineMdtrt(l), e.item(e.b.canonical(l.Item)), f.day.String())
		if a.parts {
			unit = e.unitLine(f.lines[0].Line)
		}
		if i := slices.IndexFunc(e.hits, func(h Hit) bool { return h.CardIdx == c.idx && h.Unit == unit }); i >= 0 {
			e.hits[i].Points = append(e.hits[i].Points, f.pts...)
			continue
		}
		h := e.hit(c, unit, f.lines, f.pts, Fact{"项目", e.itemName(l)}, Fact{"日期", f.last.String()}, fact("天数", "%d", f.day-f.last), fact("限额", "%d天内%d次", xs[0].days, xs[0].k))
		if h != nil && f.away {
			h.Severity = 3
		}
	}
}

// sameSession: plain and enhanced scans of one session are one examination.
func (a window) sameSession(e *Eval, l, p *claim.Line) bool {
	return l.VisitKey == p.VisitKey && l.Time.Day() == p.Time.Day()
}

var bleeding = claim.MustDiagSet("I60-I62")

// excused: an operation in between, bleeding of the brain, rescue or intensive care, trauma in an emergency.
func (a window) excused(e *Eval, prev, cur int32) bool {
	l, p := &e.t.Lines[cur], &e.t.Lines[prev]
	tags := e.t.TagsOf(l)
	if tags&claim.Rescue != 0 || tags&(claim.Emergency|claim.Trauma) == claim.Emergency|claim.Trauma || e.visitDiag(l.Visit, &bleeding) {
		return true
	}
	for _, o := range e.t.Ops {
		if d := o.Begin.Day(); o.Visit >= 0 && o.Begin.Has() && p.Time.Day() <= d && d <= l.Time.Day() {
			return true
		}
	}
	for _, r := range e.t.Extra["icu"] {
		if r.B.Visit[r.Row] == l.VisitKey {
			return true
		}
	}
	return false
}
