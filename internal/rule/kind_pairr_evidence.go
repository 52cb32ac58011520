package rule

import (
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// Kind PAIR_R, continued: what must go with an item and does not: evaluations, cultures, a stay, signs of grave illness.
func init() {
	register("PAIR_R", "rehab", func(p *params, c *Card) (any, error) {
		return rehabCare{course: p.int("max_course", 14), eval: claim.Day(p.int("eval_gap_d", 14)), gap: claim.Day(p.int("gap_d", 7))}, nil
	})
	register("PAIR_R", "evidence", func(p *params, c *Card) (any, error) {
		return treatmentEvidence{claim.Day(p.int("lookback_d", 3))}, nil
	})
	register("PAIR_R", "near_stay", func(p *params, c *Card) (any, error) { return nearStay{int64(p.int("window_h", 24))}, nil })
	register("PAIR_R", "grave", func(p *params, c *Card) (any, error) {
		return grave{evidence: p.int("evidence_min", 1), days: p.int("days", 2)}, nil
	})
}

// asked tells whether some point of the card asks for the item beside its subject.
func (e *Eval) asked(c *compiled, item int32) bool {
	if int(item) >= len(e.b.items) {
		return false
	}
	for k := range e.b.items[item] {
		if r := &e.b.items[item][k]; r.second && int(r.card) == c.idx {
			return true
		}
	}
	return false
}

// askedBy tells whether one of the points asks for the item, by whichever way of writing it.
func (e *Eval) askedBy(pts []int32, item int32) bool {
	return slices.ContainsFunc(pts, func(p int32) bool { return e.listed(item, e.b.points[p].Params.Require) })
}

// recordLike tells whether a medical record of the person whose type names one of the words was written in the time.
func (e *Eval) recordLike(from claim.Day, to claim.Time, words ...string) bool {
	for _, r := range e.t.Extra["record"] {
		t := r.B.Table
		at := claim.Time(r.B.I64(t.MustCol("doc_time"), r.Row))
		if at.Has() && at.Day() >= from && before(at, to) && containsAny(e.b.ds[claim.DictList].String(r.B.I32(t.MustCol("doc_type"), r.Row)), words...) {
			return true
		}
	}
	return false
}

// rehab: a course of rehabilitation goes on beyond its length without an evaluation.
type rehabCare struct {
	course    int
	eval, gap claim.Day
}

// rehabCourse is how far a course at one institution has come.
type rehabCourse struct {
	inst        int32
	start, last claim.Day
	days        int
	evaluated   claim.Day
}

func (a rehabCare) group(e *Eval, c *compiled, refs []lineRef) {
	if !slices.ContainsFunc(refs, func(r lineRef) bool { return !r.second }) {
		return
	}
	var courses []rehabCourse
	var faults []rehabFault
	next := 0 // lines looked at for evaluations, whoever pays for them
	for _, r := range refs {
		l := &e.t.Lines[r.li]
		for ; next < int(r.li); next++ {
			if o := &e.t.Lines[next]; e.asked(c, o.Item) {
				courseAt(&courses, o.Inst).evaluated = o.Time.Day()
			}
		}
		if r.second {
			continue
		}
		k := courseAt(&courses, l.Inst)
		day := l.Time.Day()
		if k.days == 0 || day-k.last > a.gap {
			k.start, k.days, k.last = day, 0, claim.NoDay
		}
		if day != k.last {
			k.days++
		}
		k.last = day
		since := k.start - 1
		if k.evaluated != claim.NoDay && k.evaluated > since-a.eval {
			since = max(since, k.evaluated)
		}
		if k.days <= a.course || day-since <= a.eval || !e.report(r.li) || e.unfitInst(c, l.Inst) || e.recordLike(day-a.eval, l.Time, "评定", "评估") {
			continue
		}
		i := slices.IndexFunc(faults, func(f rehabFault) bool { return f.visit == l.VisitKey })
		if i < 0 {
			i, faults = len(faults), append(faults, rehabFault{visit: l.VisitKey})
		}
		f := &faults[i]
		if n := len(f.lines); n == 0 || f.lines[n-1].Line != r.li {
			f.lines = append(f.lines, whole(r.li))
		}
		if !slices.Contains(f.pts, r.pt) {
			f.pts = append(f.pts, r.pt)
		}
		f.days, f.since = k.days, day-since
	}
	for _, f := range faults {
		l := &e.t.Lines[f.lines[0].Line]
		e.hit(c, key("course", e.t.LineMdtrt(l)), f.lines, f.pts, Fact{"项目", e.itemName(l)}, fact("天数", "%d", f.days), fact("限额", "%d天", a.course),
			fact("实际", "已%d天没有评定", f.since))
	}
}

// rehabFault is what is at fault in one visit.
type rehabFault struct {
	visit uint64
	lines []HitLine
	pts   []int32
	days  int
	since claim.Day
}

func courseAt(cs *[]rehabCourse, inst int32) *rehabCourse {
	for i := range *cs {
		if (*cs)[i].inst == inst {
			return &(*cs)[i]
		}
	}
	*cs = append(*cs, rehabCourse{inst: inst, start: claim.NoDay, last: claim.NoDay, evaluated: claim.NoDay})
	return &(*cs)[len(*cs)-1]
}

// treatmentEvidence: a drug of last resort went on without a culture, a sensitivity test or a consultation. The first day may be
// an emergency.
type treatmentEvidence struct{ lookback claim.Day }

func (a treatmentEvidence) group(e *Eval, c *compiled, refs []lineRef) {
	for i, r := range refs {
		l := &e.t.Lines[r.li]
		first := l.Time.Day()
		if r.second {
			continue
		}
		for _, o := range refs[:i] { // by any drug of the card in the same stay or visit
			if ol := &e.t.Lines[o.li]; !o.second && e.scopeID(ol) == e.scopeID(l) {
				first = min(first, ol.Time.Day())
			}
		}
		if l.Time.Day() == first || !e.report(r.li) || e.unfitInst(c, l.Inst) || a.found(e, c, r.li, first-a.lookback) {
			continue
		}
		e.hitLineOnce(c, r.li, r.pt, Fact{"项目", e.itemName(l)}, fact("限定", "用药前%d天起的培养、药敏或会诊", a.lookback), Fact{"日期", l.Time.Day().String()})
	}
}

// found looks for evidence from a day up to the line: billed, reported, written or ordered.
func (a treatmentEvidence) found(e *Eval, c *compiled, li int32, from claim.Day) bool {
	l := &e.t.Lines[li]
	for o := int(e.sameInstant(li)); o >= 0 && e.t.Lines[o].Time.Day() >= from; o-- {
		if before(e.t.Lines[o].Time, l.Time) && e.asked(c, e.t.Lines[o].Item) {
			return true
		}
	}
	for _, r := range e.t.Extra["lab"] {
		t := r.B.Table
		at := claim.Time(r.B.I64(t.MustCol("sapl_time"), r.Row))
		if at.Has() && at.Day() >= from && before(at, l.Time) && containsAny(e.b.ds[claim.DictText].String(r.B.I32(t.MustCol("item_name"), r.Row)), "培养", "药敏") {
			return true
		}
	}
	return e.recordLike(from, l.Time, "会诊") || e.eachOrder(l, func(name string, r claim.RowRef) bool {
		at := claim.Time(r.B.I64(r.B.Table.MustCol("drord_begn_date"), r.Row))
		return at.Has() && at.Day() >= from && before(at, l.Time) && containsAny(name, "会诊", "培养", "药敏")
	})
}

// nearStay: an item that needs a bed was billed out of hospital with no stay within hours of it.
type nearStay struct{ hours int64 }

func (a nearStay) line(e *Eval, c *compiled, li, pi int32) {
	l := &e.t.Lines[li]
	if l.Visit < 0 || e.t.Visits[l.Visit].Setting&claim.Inpatient != 0 || e.t.TagsOf(l)&claim.Died != 0 {
		return
	}
	for i := range e.t.Stays {
		s := &e.t.Stays[i]
		slack := a.hours * hourMicros
		rough := l.Time.DayOnly() || s.In.DayOnly() || (!s.Open && s.Out.DayOnly())
		from, to, at := s.Since.Clock()-slack, s.Out.Clock()+slack, l.Time.Clock()
		if rough {
			days := claim.Day((a.hours + 23) / 24)
			if d := l.Time.Day(); d >= s.Since.Day()-days && (s.Open || d <= s.Out.Day()+days) {
				return
			}
			continue
		}
		if at >= from && (s.Open || at <= to) {
			return
		}
	}
	e.hitLineOnce(c, li, pi, Fact{"项目", e.itemName(l)}, Fact{"日期", l.Time.Day().String()}, fact("限额", "前后%d小时", a.hours))
}

// grave: days in intensive care without ventilator, vasopressors, scores or an operation. Conduct: no money.
type grave struct{ evidence, days int }

func (a grave) group(e *Eval, c *compiled, refs []lineRef) {
	for len(refs) > 0 {
		scope := e.scopeID(&e.t.Lines[refs[0].li])
		var mine, rest []lineRef
		for _, r := range refs {
			if e.scopeID(&e.t.Lines[r.li]) == scope {
				mine = append(mine, r)
			} else {
				rest = append(rest, r)
			}
		}
		refs = rest
		a.judge(e, c, mine)
	}
}

func (a grave) judge(e *Eval, c *compiled, refs []lineRef) {
	var beds []HitLine
	var pts []int32
	days, first, last := 0, claim.NoDay, claim.NoDay
	for _, r := range refs {
		if r.second {
			continue
		}
		d := e.t.Lines[r.li].Time.Day()
		if d != last {
			days++
		}
		if first == claim.NoDay {
			first = d
		}
		last = d
		beds = append(beds, money(r.li, 0))
		if !slices.Contains(pts, r.pt) {
			pts = append(pts, r.pt)
		}
	}
	if len(beds) == 0 || days < a.days {
		return
	}
	l := &e.t.Lines[beds[0].Line]
	if l.Visit < 0 || e.t.Visits[l.Visit].Stay < 0 || e.unfitInst(c, l.Inst) || a.signs(e, pts, e.t.Visits[l.Visit].Stay, first, last) >= a.evidence {
		return
	}
	e.hit(c, e.unitStay(e.t.Visits[l.Visit].Stay), beds, pts, fact("天数", "%d", days), Fact{"日期", first.String()}, e.stakes(e.t.Visits[l.Visit].Stay))
}

// signs counts what shows a grave illness between the day before and the day after intensive care: items asked for,
// operations, scores and notices of critical illness, wherever they were written: who is transferred was ill before.
func (a grave) signs(e *Eval, pts []int32, si int32, first, last claim.Day) (n int) {
	s := &e.t.Stays[si]
	if s.Tags&(claim.Rescue|claim.Died) != 0 {
		return a.evidence
	}
	for i := range e.t.Lines {
		if l := &e.t.Lines[i]; l.Visit >= 0 && l.Time.Day() >= first-1 && l.Time.Day() <= last+1 && e.askedBy(pts, l.Item) {
			n++
		}
	}
	for _, o := range e.t.Ops {
		if d := o.Begin.Day(); o.Visit >= 0 && o.Begin.Has() && d >= first-1 && d <= last+1 {
			n++
		}
	}
	for _, r := range e.t.Extra["record"] {
		t := r.B.Table
		typ := strings.ToUpper(e.b.ds[claim.DictList].String(r.B.I32(t.MustCol("doc_type"), r.Row)))
		at := claim.Time(r.B.I64(t.MustCol("doc_time"), r.Row)).Day()
		if at >= first-1 && at <= last+1 && containsAny(typ, "APACHE", "SOFA", "评分", "病危", "病重", "抢救") {
			n++
		}
	}
	return n
}
