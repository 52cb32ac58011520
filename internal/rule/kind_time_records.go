package rule

import (
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// Records against the visit they belong to: samples (L005), late settlements (L010), papers (L011), transfers (L012).
func init() {
	register("TIME", "lab_outside", func(p *params, c *Card) (any, error) {
		return labOutside{tolerance: int64(p.int("tolerance_h", 24)) * hourMicros, later: claim.Day(p.int("later_d", 7))}, nil
	})
	register("TIME", "settle_late", func(p *params, c *Card) (any, error) { return settleLate{claim.Day(p.int("d", 30))}, nil })
	register("TIME", "paper_late", func(p *params, c *Card) (any, error) {
		return paperLate{[3]int{p.int("admission_h", 24), p.int("course_h", 8), p.int("operation_h", 24)}}, nil
	})
	register("TIME", "transfer_gap", func(p *params, c *Card) (any, error) {
		return transferGap{hours: p.int("h", 24), related: claim.Day(p.int("related_d", 15))}, nil
	})
}

// labOutside: a sample taken before the patient came or after he left. Out-patients may come back for it.
type labOutside struct {
	tolerance int64
	later     claim.Day
}

var labSampled = claim.MustTable("lab").MustCol("sapl_time")

func (a labOutside) visit(e *Eval, c *compiled, vi int32) {
	rows := e.t.Extra["lab"]
	v := &e.t.Visits[vi]
	if len(rows) == 0 || v.Out || e.exempt(c, vi) {
		return
	}
	worst := claim.NoTime
	for _, r := range rows {
		if r.B.Visit[r.Row] != v.Key {
			continue
		}
		if at := claim.Time(r.B.I64(labSampled, r.Row)); at.Has() && a.outside(e, v, at) && (!worst.Has() || at < worst) {
			worst = at
		}
	}
	if !worst.Has() {
		return
	}
	from, to := bounds(v)
	during := "就诊 " + from.String()
	if v.Setting&claim.Inpatient != 0 {
		during = "住院 " + from.String() + " 至 " + to.String()
	}
	e.hitVisit(c, vi, e.unitVisit(vi), nil, Fact{"日期", worst.String()}, Fact{"限额", during})
}

func (a labOutside) outside(e *Eval, v *claim.Visit, at claim.Time) bool {
	from, to := bounds(v)
	if v.Setting&claim.Inpatient == 0 {
		return at.Day() < from.Day() || at.Day() > max(from.Day(), to.Day())+a.later
	}
	return longAfter(from, at, a.tolerance) || (!v.Open && longAfter(at, to, a.tolerance))
}

// settleLate: a stay settled long after discharge. What the centre pays by hand, what a reversal made necessary and what
// somebody else is to answer for takes time.
type settleLate struct{ days claim.Day }

var liable = claim.MustTable("visit").MustCol("ttp_resp")

func (a settleLate) settle(e *Eval, c *compiled, si int32) {
	s := &e.t.Setls[si]
	if s.Visit < 0 {
		return
	}
	v := &e.t.Visits[s.Visit]
	late := s.Time.Day() - v.End.Day()
	if v.Setting&claim.Inpatient == 0 || v.Open || late <= a.days || e.exempt(c, s.Visit) {
		return
	}
	third := e.t.Source(v.Src).I32(liable, int(v.Row))
	if e.setlStr(s, setlInit) != "" || e.b.Vocab.Num(e.setlI32(s, setlType)) == 1 || e.b.Vocab.Flag(third) || e.covers("accident", v.Begin.Day()) {
		return
	}
	h := e.hitSettle(c, si, fact("天数", "%d", late), fact("限额", "%d天", a.days), Fact{"日期", s.Time.Day().String()})
	if h != nil {
		h.Vola = 0
	}
}

// paperLate: papers written later than the rules for medical records allow, counted from admission or from the end of the
// operation. What is missing altogether may only not have been uploaded.
type paperLate struct{ hours [3]int }

var papers = [3]struct{ code, name string }{{"1", "入院记录"}, {"2", "首次病程"}, {"3", "手术记录"}}

var (
	docTime = claim.MustTable("record").MustCol("doc_time")
	docType = claim.MustTable("record").MustCol("doc_type")
)

func (a paperLate) visit(e *Eval, c *compiled, vi int32) {
	rows := e.t.Extra["record"]
	v := &e.t.Visits[vi]
	if len(rows) == 0 || v.Out || v.Setting&claim.Inpatient == 0 || e.exempt(c, vi) {
		return
	}
	for k := range papers {
		written := claim.NoTime // the earliest of the kind: what follows are corrections
		for _, r := range rows {
			if r.B.Visit[r.Row] != v.Key || !isPaper(k, e.b.Vocab.Str(r.B.I32(docType, r.Row))) {
				continue
			}
			if at := claim.Time(r.B.I64(docTime, r.Row)); at.Has() && (!written.Has() || at < written) {
				written = at
			}
		}
		since := v.Begin
		if k == 2 {
			since = e.operationEnd(vi)
		}
		if !written.Has() || !since.Has() || !lateBy(since, written, a.hours[k]) {
			continue
		}
		if k == 0 && !v.Open && v.End.Clock()-v.Begin.Clock() < 24*hourMicros {
			continue // one record of admission and discharge, due a day after discharge
		}
		e.hitVisit(c, vi, e.unitVisit(vi), nil, Fact{"项目", papers[k].name}, Fact{"日期", written.String()}, fact("限额", "%d小时", a.hours[k]), Fact{"实际", since.String()})
		return
	}
}

func isPaper(k int, doc string) bool {
	if doc == papers[k].code || strings.Contains(doc, papers[k].name) {
		return true
	}
	return k == 1 && strings.Contains(doc, "首程")
}

// operationEnd is when the visit's first operation ended; unknown where there were several, for nobody can tell which one
// a record is of.
func (e *Eval) operationEnd(vi int32) claim.Time {
	if ops := e.t.OpsOf(vi); len(ops) == 1 {
		return ops[0].End
	}
	return claim.NoTime
}

// lateBy tells whether at lies more than so many hours after since; with only days to go by, more days than that takes.
func lateBy(since, at claim.Time, hours int) bool {
	if since.DayOnly() || at.DayOnly() {
		return int(at.Day()-since.Day()) > (hours+23)/24
	}
	return at.Clock()-since.Clock() > int64(hours)*hourMicros
}

// transferGap: a patient handed to another hospital who arrived there before he left, or long after.
type transferGap struct {
	hours   int
	related claim.Day
}

func (a transferGap) stay(e *Eval, c *compiled, si int32) {
	s := &e.t.Stays[si]
	for oi := range e.t.Stays {
		p := &e.t.Stays[oi]
		if int32(oi) == si || p.Open || p.Inst == s.Inst || !a.handed(e, p, s) || !a.next(e, int32(oi), si) || e.exempt(c, s.First) || e.exempt(c, p.Last) {
			continue
		}
		rough := p.Out.DayOnly() || s.In.DayOnly()
		hours := (s.In.Clock() - p.Out.Clock()) / hourMicros
		late := s.In.Clock()-p.Out.Clock() > int64(a.hours)*hourMicros
		if rough {
			late = int(s.In.Day()-p.Out.Day()) > (a.hours+23)/24
		}
		if before := s.In.Day() < p.Out.Day(); !late && !before {
			continue
		}
		what := itoa(int(hours)) + "小时"
		if rough {
			what = itoa(int(s.In.Day()-p.Out.Day())) + "天"
		}
		e.hitVisit(c, s.Last, key("stays", e.t.MdtrtID(&e.t.Visits[p.First]), e.t.MdtrtID(&e.t.Visits[s.First])), nil,
			Fact{"机构", e.instName(p.Inst, p.Out.Day())}, Fact{"日期", p.Out.String()}, Fact{"实际", what}, fact("限额", "%d小时", a.hours))
		return
	}
}

// handed: p was left by transfer, and one side names the other.
func (a transferGap) handed(e *Eval, p, s *claim.Stay) bool {
	gap := s.In.Day() - p.Out.Day()
	if gap > a.related || -gap > a.related || s.In.Clock() < p.In.Clock() {
		return false
	}
	last, first := &e.t.Visits[p.Last], &e.t.Visits[s.First]
	if n := e.b.Vocab.Num(last.DscgWay); n != 2 && n != 3 {
		return false
	}
	to := e.t.Source(last.Src).I32(personRefl[1], int(last.Row))
	from := e.t.Source(first.Src).I32(personRefl[0], int(first.Row))
	if to != 0 {
		return to == s.Inst
	}
	return from == p.Inst
}

// next: no other stay began between the two, which the transfer may have led to.
func (a transferGap) next(e *Eval, pi, si int32) bool {
	p, s := &e.t.Stays[pi], &e.t.Stays[si]
	for oi := range e.t.Stays {
		o := &e.t.Stays[oi]
		if int32(oi) != pi && int32(oi) != si && o.In.Clock() > p.In.Clock() && o.In.Clock() < s.In.Clock() {
			return false
		}
	}
	return true
}
