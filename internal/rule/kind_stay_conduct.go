package rule

import (
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// Kind STAY, continued: sent round within a group of hospitals (G005), very long stays (G024), sent home too early (G028).
func init() {
	register("STAY", "shuttle", func(p *params, c *Card) (any, error) {
		return shuttle{claim.Day(p.int("gap_d", 3)), p.int("min_times", 2)}, nil
	})
	register("STAY", "long", func(p *params, c *Card) (any, error) { return longStay{p.int("limit_d", 60)}, nil })
	register("STAY", "premature", func(p *params, c *Card) (any, error) {
		return sentEarly{claim.Day(p.int("window_d", 30)), p.int("early_d", 3)}, nil
	})
}

// shuttle: stays that follow each other within days, at different hospitals of one group, for the same disease, so many
// times in a row. It speaks at the stay that completes the count and at each further one.
type shuttle struct {
	gap   claim.Day
	times int
}

func (a shuttle) stay(e *Eval, c *compiled, si int32) {
	n, from := 0, si
	for at := si; ; n++ {
		prev := a.previous(e, c, at)
		if prev < 0 {
			break
		}
		at, from = prev, prev
	}
	if n < a.times {
		return
	}
	s, first := &e.t.Stays[si], &e.t.Stays[from]
	e.hitStay(c, si, fact("量", "%d", n), fact("限额", "%d次", a.times), Fact{"日期", first.In.Day().String()},
		Fact{"机构", e.instName(first.Inst, first.In.Day())}, Fact{"实际", "主诊断 " + e.b.ds[claim.DictDiag].String(e.stayDiag(s))})
}

// previous is the stay from which the patient was passed on to this one, −1 when there is none.
func (a shuttle) previous(e *Eval, c *compiled, si int32) int32 {
	s := &e.t.Stays[si]
	d := e.b.ds[claim.DictDiag]
	mine := category(d.String(e.stayDiag(s)))
	if mine == "" {
		return -1
	}
	best := int32(-1)
	for i := int32(0); i < si; i++ {
		o := &e.t.Stays[i]
		gap := s.In.Day() - o.Out.Day()
		if o.Inst == s.Inst || o.Open || gap < 0 || gap > a.gap || category(d.String(e.stayDiag(o))) != mine || !e.sameGroup(o.Inst, s.Inst, s.In.Day()) {
			continue
		}
		if best < 0 || e.t.Stays[best].Out.Clock() <= o.Out.Clock() {
			best = i
		}
	}
	if best < 0 || e.exemptStay(c, s) || e.exemptStay(c, &e.t.Stays[best]) || a.excused(e, s, &e.t.Stays[best]) {
		return -1
	}
	return best
}

// excused: planned, as an emergency, by a referral on record, for rehabilitation, against advice, settled midway.
func (shuttle) excused(e *Eval, s, p *claim.Stay) bool {
	first, last := &e.t.Visits[s.First], &e.t.Visits[p.Last]
	return s.Tags&claim.Planned != 0 || e.b.Vocab.Num(first.AdmWay) == 1 || s.Tags&claim.Emergency != 0 || p.MidSettle ||
		last.Tags&claim.LeftAgainstAdvice != 0 || e.visitReferred(first) || e.visitReferred(last) || e.mainDiag(s.Last, &plannedCare) ||
		e.mainDiag(s.Last, &rehabilitation) || e.mainDiag(p.Last, &rehabilitation)
}

// longStay: in bed longer than the limit without an operation or intensive care.
type longStay struct{ limit int }

var longIllness = claim.MustDiagSet("A15-A19|P07|Z50|Z51.5|Z515")

func (a longStay) stay(e *Eval, c *compiled, si int32) {
	s := &e.t.Stays[si]
	if s.LOS <= a.limit || s.Tags&c.tags != 0 || e.exemptStay(c, s) || e.stayHas(s, &longIllness) || rehabWard(e, s) || e.operated(si) || e.intensive(s) {
		return
	}
	e.hitStay(c, si, fact("天数", "%d", s.LOS), fact("限额", "%d天", a.limit), Fact{"日期", s.In.Day().String()})
}

// rehabWard: admitted to or discharged from a department of rehabilitation.
func rehabWard(e *Eval, s *claim.Stay) bool {
	d := e.b.ds[claim.DictDept]
	for _, vi := range s.Visits {
		v := &e.t.Visits[vi]
		if strings.Contains(d.String(v.AdmDeptName), "康复") || strings.Contains(d.String(v.DscgDeptName), "康复") {
			return true
		}
	}
	return false
}

// sentEarly: a short stay ended on the doctor's word, and the patient came back as an emergency with the same disease. The
// finding is on the stay that ended too early, whoever took the patient in afterwards.
type sentEarly struct {
	window claim.Day
	early  int
}

func (a sentEarly) stay(e *Eval, c *compiled, si int32) {
	s := &e.t.Stays[si]
	d := e.b.ds[claim.DictDiag]
	mine := category(d.String(e.stayDiag(s)))
	if s.Open || s.MidSettle || s.LOS > a.early || mine == "" || s.Tags&c.tags != 0 || e.exemptStay(c, s) || e.stayHas(s, &palliative) {
		return
	}
	out := s.Out.Day()
	for vi := range e.t.Visits {
		v := &e.t.Visits[vi]
		gap := v.Begin.Day() - out
		if v.Out || gap < 1 || gap > a.window || v.Stay == si || category(d.String(v.MainDiag)) != mine || v.Tags&claim.Planned != 0 {
			continue
		}
		if v.Tags&claim.Emergency == 0 && e.b.Vocab.Num(v.AdmWay) != 1 {
			continue
		}
		e.hitStay(c, si, fact("天数", "%d", s.LOS), Fact{"日期", v.Begin.Day().String()}, Fact{"机构", e.instName(v.Inst, v.Begin.Day())},
			fact("限额", "%d天", a.window), Fact{"实际", "主诊断 " + d.String(v.MainDiag)})
		return
	}
}
