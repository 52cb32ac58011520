package rule

import (
	"strconv"

	"github.com/mingjian/mingjian/internal/claim"
)

// Kind FREQ over stays: admitted too often in a year or a quarter (G023).
func init() {
	register("FREQ", "stays", func(p *params, c *Card) (any, error) { return stays{p.int("year", 6), p.int("quarter", 3)}, nil })
}

// stays counts admissions by calendar year and quarter. Courses of treatment (the card's exemptions) and a stay that goes on
// in another hospital after a transfer are not counted. One finding a window: the stay that exceeds it.
type stays struct{ year, quarter int }

func (a stays) person(e *Eval, c *compiled) {
	if len(e.t.Stays) <= min(a.year, a.quarter) {
		return
	}
	year, quarter, ny, nq := 0, 0, 0, 0
	for i := range e.t.Stays {
		s := &e.t.Stays[i]
		if s.Tags&c.tags != 0 || e.exemptStay(c, s) || a.transferred(e, int32(i)) {
			continue
		}
		y, m, _ := s.In.Day().Civil()
		q := y*4 + (m-1)/3
		if y != year {
			year, ny = y, 0
		}
		if q != quarter {
			quarter, nq = q, 0
		}
		ny++
		nq++
		if ny == a.year+1 {
			a.record(e, c, int32(i), strconv.Itoa(y), ny, fact("限额", "一年%d次", a.year))
		}
		if nq == a.quarter+1 {
			a.record(e, c, int32(i), strconv.Itoa(y)+"Q"+strconv.Itoa((m-1)/3+1), nq, fact("限额", "一季%d次", a.quarter))
		}
	}
}

func (stays) record(e *Eval, c *compiled, si int32, window string, n int, limit Fact) {
	s := &e.t.Stays[si]
	if !e.inRange(e.t.Visits[s.Last].Month) || e.unfitInst(c, s.Inst) {
		return
	}
	h := e.hitVisit(c, s.Last, key("stays", e.psn(&e.t.Visits[s.First]), window), nil, Fact{"日期", s.In.Day().String()}, fact("量", "%d", n), limit, e.stakes(si))
	if h != nil && s.Open {
		h.Severity = 3
	}
}

// transferred: the patient came on or the day after a transfer from another hospital: one illness, one admission. Days are
// compared, for many hospitals write no time of admission; of two stays of one day that each could go on in the other, the
// later one is left out.
func (a stays) transferred(e *Eval, si int32) bool {
	for i := range e.t.Stays {
		if a.goesOn(e, int32(i), si) && (int32(i) < si || !a.goesOn(e, si, int32(i))) {
			return true
		}
	}
	return false
}

// goesOn tells whether stay from ended in a transfer that stay to may be the other end of.
func (stays) goesOn(e *Eval, from, to int32) bool {
	o, s := &e.t.Stays[from], &e.t.Stays[to]
	gap := s.In.Day() - o.Out.Day()
	return o.Inst != s.Inst && !o.Open && gap >= 0 && gap <= 1 && e.left(o, claim.Transferred)
}
