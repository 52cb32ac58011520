package synth

import (
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// theatreMarks are the cards an implant may be named by and still have only one voice, its procedure being billed.
var theatreMarks = []string{"E001", "E004", "E009", "E011", "E012"}

// only tells whether no card but the named ones speaks of the item itself.
func (it *item) only(rules ...string) bool {
	for _, m := range it.marks {
		if m.part == 's' && !slices.Contains(rules, m.rule) {
			return false
		}
	}
	return true
}

// calm takes chance's operations off a stay.
func (v *visit) calm() {
	v.opers = v.opers[:0]
	kept := v.lines[:0]
	for _, ln := range v.lines {
		if ln.it.ChargeType != "06" && !strings.Contains(ln.it.Name, "麻醉") {
			kept = append(kept, ln)
		}
	}
	v.lines = kept
}

// needed is a procedure that every point of the material accepts and that can stand on the visit; nil when none can.
func (s *scene) needed(it *item, v *visit) *item {
	var all []string
	for _, m := range it.marks {
		if m.part != 's' || len(m.pt.Params.Require) == 0 {
			continue
		}
		if all == nil {
			all = slices.Clone(m.pt.Params.Require)
		} else {
			all = slices.DeleteFunc(all, func(c string) bool { return !slices.Contains(m.pt.Params.Require, c) })
		}
	}
	for _, c := range all {
		r := s.ix.byCode[c]
		if r != nil && !paired(r, it) && !r.has("B027", 's') && !r.has("H013", 's') && !r.has("C026", 0) && !r.has("C023", 's') && s.harmless(r, v) {
			return r
		}
	}
	return nil
}

// oprnFor is an operation code that the implant's E012 point accepts.
func oprnFor(it *item) string {
	for _, m := range it.marks {
		if m.rule != "E012" || m.part != 's' || m.pt.Allow == "" {
			continue
		}
		first := splitSet(m.pt.Allow)[0]
		switch {
		case !strings.Contains(first, "."):
			return first + ".3x001"
		case strings.HasSuffix(first, "."):
			return first + "9x001"
		}
		return first + "x001"
	}
	return otherOperation
}

// otherOperation is a skin lesion's removal: no implant goes with it.
const otherOperation = "86.3x01"

// record adds an operation of the stay on day k.
func (s *scene) record(v *visit, code, side string, k, hour, minutes int) *operation {
	t := at(v.day()+claim.Day(k), hour*3600)
	v.opers = append(v.opers, operation{code: code, name: "示例手术", side: side, incision: "1", anaesthesia: "01", begin: t, end: addSec(t, minutes*60), doc: v.doc})
	return &v.opers[len(v.opers)-1]
}

// implanted is a stay with an implant of the rule, its procedure, and the record of the operation.
type implanted struct {
	s        *scene
	v        *visit
	it, need *item
	p        *knowledge.Point
	limit    float64
}

// implanting finds an implant of the rule; the point may be asked for.
func (s *scene) implanting(rule string, inst *institution, take func(p *knowledge.Point, it *item) bool) *implanted {
	v := s.inpatientStay(inst, 0, 7, pneumonia)
	if v.open {
		return nil
	}
	s.thin(v, 1)
	var need *item
	p, it := s.pick(rule, v, func(p *knowledge.Point, it *item) bool {
		if !it.only(theatreMarks...) || s.late(it) && s.sc.rule != "E011" || it.Price > 6000*claim.PriceOne || take != nil && !take(p, it) {
			return false
		}
		need = s.needed(it, v)
		return need != nil
	}, theatreMarks...)
	if it == nil {
		return nil
	}
	return &implanted{s, v, it, need, p, float64(p.Limit) / float64(claim.QtyOne)}
}

// procedure bills the procedure on day k of the stay and writes its record down.
func (m *implanted) procedure(k int, side string, recorded bool) *line {
	m.v.add(m.need, 1, at(m.v.day()+claim.Day(k), 10*3600))
	ln := &m.v.lines[len(m.v.lines)-1]
	if side != "" {
		ln.side = side
	}
	if recorded {
		m.s.record(m.v, oprnFor(m.it), side, k, 10, 90)
	}
	return ln
}

func (m *implanted) use(n float64, k, minute int) *line {
	return m.v.add(m.it, n, at(m.v.day()+claim.Day(k), 11*3600+minute*60))
}

func implantScenarios() []*scenario {
	adult := want{from: 30, to: 70}
	sided := func(p *knowledge.Point) bool { return p.Unit == "眼" || p.Unit == "侧" }
	plain := func(p *knowledge.Point) bool { return !sided(p) }
	demanding := func(p *knowledge.Point) bool { return !sided(p) && len(p.Params.Require) > 0 }
	e004 := func(kind, name string, points func(*knowledge.Point) bool, build func(m *implanted)) *scenario {
		return (&scenario{rule: "E004", name: name, kind: kind, want: adult, build: func(s *scene) bool {
			m := s.implanting("E004", s.county(), func(p *knowledge.Point, it *item) bool {
				return points(p) && p.Limit <= 8*claim.QtyOne && (it.Price < 3000*claim.PriceOne)
			})
			if m == nil {
				return false
			}
			build(m)
			return true
		}}).spanning(9)
	}
	e012 := func(kind, name string, build func(m *implanted)) *scenario {
		return (&scenario{rule: "E012", name: name, kind: kind, want: adult, build: func(s *scene) bool {
			m := s.implanting("E012", s.county(), nil)
			if m == nil {
				return false
			}
			build(m)
			return true
		}}).spanning(9)
	}
	return append([]*scenario{
		e004(plant, "one more than an operation takes", plain, func(m *implanted) {
			m.procedure(2, "", true)
			n := m.limit + 1
			m.s.hit(m.v, m.use(n, 2, 0), excess(claim.QtyOne, claim.Qty(n*10_000)))
		}),
		e004(plant, "in two lines", plain, func(m *implanted) {
			m.procedure(2, "", true)
			m.use(m.limit, 2, 0)
			m.s.hit(m.v, m.use(1, 3, 0), whole)
		}),
		e004(plant, "two for one side", sided, func(m *implanted) {
			m.procedure(2, "左", true)
			m.s.hit(m.v, m.use(2, 2, 0), excess(claim.QtyOne, 2*claim.QtyOne))
		}),
		e004(nearMiss, "as many as an operation takes", plain, func(m *implanted) {
			m.procedure(2, "", true)
			m.s.hit(m.v, m.use(m.limit, 2, 0), unsure)
		}),
		e004(nearMiss, "two operations on record", plain, func(m *implanted) {
			m.procedure(2, "", true)
			m.s.record(m.v, oprnFor(m.it), "", 2, 14, 60)
			m.s.hit(m.v, m.use(2*m.limit, 2, 0), unsure)
		}),
		e004(nearMiss, "the procedure on two days", demanding, func(m *implanted) {
			m.procedure(2, "", true)
			m.procedure(4, "", false)
			m.s.hit(m.v, m.use(2*m.limit, 4, 0), unsure)
		}),
		e004(nearMiss, "both sides", sided, func(m *implanted) {
			m.procedure(2, "双侧", true)
			m.s.hit(m.v, m.use(2, 2, 0), unsure)
		}),
		e004(nearMiss, "the surplus refunded", plain, func(m *implanted) {
			m.procedure(2, "", true)
			ln := m.use(m.limit+1, 2, 0)
			m.s.hit(m.v, ln, unsure)
			m.v.giveBack(*ln, 1, true)
		}),
		e004(nearMiss, "paid by the patient", plain, func(m *implanted) {
			m.procedure(2, "", true)
			ln := m.use(m.limit+1, 2, 0)
			ln.own = true
			m.s.hit(m.v, ln, unsure)
		}),
		e012(plant, "another operation on record", func(m *implanted) {
			m.procedure(2, "", false)
			m.s.record(m.v, otherOperation, "", 2, 10, 60)
			m.s.hit(m.v, m.use(1, 2, 0), whole)
		}),
		e012(plant, "no operation at all", func(m *implanted) {
			ln := m.use(1, 2, 0)
			m.s.hit(m.v, ln, whole)
			if m.it.has("E001", 's') {
				m.s.also("E001", m.v, ln, whole)
			}
		}),
		e012(nearMiss, "its operation on record", func(m *implanted) {
			m.procedure(2, "", true)
			m.s.hit(m.v, m.use(1, 2, 0), unsure)
		}),
		e012(nearMiss, "one of two operations is its own", func(m *implanted) {
			m.procedure(2, "", true)
			m.s.record(m.v, otherOperation, "", 3, 10, 60)
			m.s.hit(m.v, m.use(1, 2, 0), unsure)
		}),
		e012(nearMiss, "billed but not written down", func(m *implanted) {
			m.procedure(2, "", false)
			m.s.hit(m.v, m.use(1, 2, 0), unsure)
		}),
		e012(nearMiss, "paid by the patient", func(m *implanted) {
			m.procedure(2, "", false)
			m.s.record(m.v, otherOperation, "", 2, 10, 60)
			ln := m.use(1, 2, 0)
			ln.own = true
			m.s.hit(m.v, ln, unsure)
		}),
		near("E012", "not in a bed", adult, func(s *scene) bool {
			v := s.clinicVisit(s.county(), 0, "A04", "K52.900")
			var need *item
			_, it := s.pick("E012", v, func(p *knowledge.Point, it *item) bool {
				need = s.needed(it, v)
				return need != nil && it.only(theatreMarks...) && !s.late(it) && it.Price < 3000*claim.PriceOne
			}, theatreMarks...)
			if it == nil {
				return false
			}
			v.add(need, 1, s.when(0, 11))
			s.hit(v, v.add(it, 1, s.when(0, 11)), unsure)
			return true
		}),
	}, dialyserScenarios()...)
}

// dialyserScenarios: E009, more material than sessions.
func dialyserScenarios() []*scenario {
	adult := want{from: 30, to: 75}
	// sessions on some days (of a stay when bed), n of the material beyond what they take.
	use := func(bed bool, sessions int, over float64, change func(s *scene, v *visit, session, ln *line)) func(*scene) bool {
		return func(s *scene) bool {
			var v *visit
			if bed {
				v = s.inpatientStay(s.county(), 0, 7, pneumonia)
				v.calm()
			} else {
				v = s.clinicVisit(s.county(), 0, "A03.06", "N18.600")
			}
			var need *item
			p, it := s.pick("E009", v, func(p *knowledge.Point, it *item) bool {
				need = s.needed(it, v)
				return need != nil && it.only(theatreMarks...)
			}, theatreMarks...)
			if it == nil || v.open {
				return false
			}
			limit := float64(p.Limit) / float64(claim.QtyOne)
			var last int
			for k := range sessions {
				t := s.when(0, 11)
				if bed {
					t = at(v.day()+1+claim.Day(2*k), 11*3600)
				}
				v.add(need, 1, t)
				last = len(v.lines) - 1
			}
			n := float64(max(1, sessions))*limit + over
			t := s.when(0, 12)
			if bed {
				t = at(v.day()+1+claim.Day(2*max(0, sessions-1)), 12*3600) // a day with a session
			}
			v.add(it, n, t)
			ln := &v.lines[len(v.lines)-1]
			if change != nil {
				change(s, v, &v.lines[last], ln)
			}
			s.hit(v, ln, excess(claim.Qty(over*10_000), claim.Qty(n*10_000)))
			return true
		}
	}
	return []*scenario{
		planted("E009", "two for one session", adult, use(false, 1, 1, nil)),
		planted("E009", "more than the sessions of a stay", adult, use(true, 2, 1, nil)).spanning(9),
		near("E009", "as many as sessions", adult, use(false, 1, 0, nil)),
		near("E009", "as many as the sessions of a stay", adult, use(true, 2, 0, nil)).spanning(9),
		near("E009", "a session at the patient's cost", adult, use(true, 2, 0, func(s *scene, v *visit, session, ln *line) { session.own = true })).spanning(9),
		near("E009", "paid by the patient", adult, use(false, 1, 2, func(s *scene, v *visit, session, ln *line) { ln.own = true })),
		near("E009", "the surplus refunded", adult, use(false, 1, 1, func(s *scene, v *visit, session, ln *line) { v.giveBack(*ln, 1, true) })),
		near("E009", "no session at all", adult, use(false, 0, 1, func(s *scene, v *visit, session, ln *line) {
			if ln.it.has("E001", 's') {
				s.also("E001", v, ln, whole)
			}
		})),
	}
}
