package synth

import (
	"fmt"

	"github.com/mingjian/mingjian/internal/claim"
)

// guestScenarios: F016, G008, G027: what two people make together. The guest plays the one before.
func guestScenarios() []*scenario {
	all := append(surgeonScenarios(), sharedBedScenarios()...)
	return append(all, doctorInBedScenarios()...)
}

// surgeonScenarios: F016, one surgeon at two tables.
func surgeonScenarios() []*scenario {
	adult := want{}
	// overlap in minutes; the labelled operation begins later. change may spoil it.
	two := func(overlap int, elsewhere bool, change func(s *scene, v, w *visit)) func(*scene) bool {
		return func(s *scene) bool {
			w := s.inpatientStay(s.county(), 0, 6, pneumonia)
			var v *visit
			s.as(s.guest(), func() {
				inst := s.county()
				if elsewhere {
					inst = s.tcm()
				}
				v = s.inpatientStay(inst, 0, 6, pneumonia)
			})
			if v.open || w.open {
				return false
			}
			s.thin(v, 1)
			s.thin(w, 1)
			a := s.record(v, otherOperation, "", 2, 9, 120)
			b := s.record(w, otherOperation, "", 2, 11, 90)
			b.begin, b.end = addSec(b.begin, -overlap*60), addSec(b.end, -overlap*60)
			// A surgeon of the scenario's own: no other operation may come in between.
			dr := doctor{code: fmt.Sprintf("D%sT%06d", s.county().code[1:], s.p.n), name: surnames[:3] + "医师", title: "232"}
			a.doc, b.doc, a.fixed, b.fixed = &dr, &dr, true, true
			inst := s.county()
			s.events = append(s.events, func(o *blockOut) { o.doctorRow(inst, "A04", &dr, s.first-1500) })
			if change != nil {
				change(s, v, w)
			}
			s.hit(w, nil, zero)
			return true
		}
	}
	return []*scenario{
		planted("F016", "an hour at two tables", adult, two(60, false, nil)).spanning(8),
		planted("F016", "half an hour at two tables", adult, two(30, false, nil)).spanning(8),
		planted("F016", "at two hospitals", adult, two(60, true, nil)).spanning(8),
		near("F016", "less than half an hour", adult, two(29, false, nil)).spanning(8),
		near("F016", "one after the other", adult, two(0, false, nil)).spanning(8),
		near("F016", "another surgeon", adult, two(60, false, func(s *scene, v, w *visit) { w.opers[0].fixed = false })).spanning(8),
		near("F016", "a rescue", adult, two(60, false, func(s *scene, v, w *visit) { w.rescue = true })).spanning(8),
		near("F016", "the end not written down", adult, two(60, false, func(s *scene, v, w *visit) { w.opers[0].end = claim.NoTime })).spanning(8),
		near("F016", "only the day written down", adult, two(60, false, func(s *scene, v, w *visit) {
			w.opers[0].begin, w.opers[0].end = w.opers[0].begin.Day().Start(), w.opers[0].end.Day().Start()
		})).spanning(8),
		near("F016", "a machine that ran a day", adult, two(60, false, func(s *scene, v, w *visit) { w.opers[0].end = addSec(w.opers[0].begin, 25*3600) })).spanning(8),
		near("F016", "reversed", adult, two(60, false, func(s *scene, v, w *visit) { v.undo = true })).spanning(8),
	}
}

// sharedBedScenarios: G008, two patients in one bed.
func sharedBedScenarios() []*scenario {
	adult := want{}
	// hours for which both lie there; the guest was there first. What is spoilt is said by name.
	both := func(hours int, change func(s *scene, v, w *visit, place *[2][3]string, times *[2][2]claim.Time)) func(*scene) bool {
		return func(s *scene) bool {
			w := s.inpatientStay(s.county(), 4, 5, pneumonia)
			var v *visit
			s.as(s.guest(), func() { v = s.inpatientStay(s.county(), 0, 6, pneumonia) })
			if v.open || w.open {
				return false
			}
			s.thin(v, 1)
			s.thin(w, 1)
			out := addSec(w.begin, hours*3600) // the first leaves the bed
			spot := [3]string{"W09", "T" + itoa(s.p.n), "B07"}
			place := [2][3]string{spot, spot}
			times := [2][2]claim.Time{{v.begin, out}, {w.begin, w.end}}
			if change != nil {
				change(s, v, w, &place, &times)
			}
			for k, x := range []*visit{v, w} {
				s.bedRow(x, place[k][0], place[k][1], place[k][2], times[k][0], times[k][1])
			}
			s.hit(w, nil, zero)
			return true
		}
	}
	type spots = *[2][3]string
	type clocks = *[2][2]claim.Time
	return []*scenario{
		planted("G008", "a day in one bed", adult, both(26, nil)).spanning(10),
		planted("G008", "five hours in one bed", adult, both(5, nil)).spanning(10),
		planted("G008", "the first never left on paper", adult, both(26, func(s *scene, v, w *visit, p spots, t clocks) { t[0][1] = claim.NoTime })).spanning(10),
		near("G008", "the first was moved on", adult, both(26, func(s *scene, v, w *visit, p spots, t clocks) {
			t[0][1] = claim.NoTime // the next row says when
			s.bedRow(v, "W09", "U"+itoa(s.p.n), "B01", addSec(w.begin, -3600), v.end)
		})).spanning(10),
		near("G008", "four hours in one bed", adult, both(4, nil)).spanning(10),
		near("G008", "after the other", adult, both(0, nil)).spanning(10),
		near("G008", "the same number in another room", adult, both(26, func(s *scene, v, w *visit, p spots, t clocks) { p[1][1] += "A" })).spanning(10),
		near("G008", "the same number in another ward", adult, both(26, func(s *scene, v, w *visit, p spots, t clocks) { p[1][0] = "W10" })).spanning(10),
		near("G008", "an extra bed", adult, both(26, func(s *scene, v, w *visit, p spots, t clocks) { p[0][2], p[1][2] = "加07", "加07" })).spanning(10),
		near("G008", "the bed has no number", adult, both(26, func(s *scene, v, w *visit, p spots, t clocks) { p[0][2], p[1][2] = "", "" })).spanning(10),
		near("G008", "mother and child", want{female: true, from: 21, to: 40}, both(26, func(s *scene, v, w *visit, p spots, t clocks) {
			w.newborn, w.mom = true, w.p.no(w.day())
		})).spanning(10),
		near("G008", "only days written down", adult, both(26, func(s *scene, v, w *visit, p spots, t clocks) {
			for k := range t {
				for j := range t[k] {
					t[k][j] = t[k][j].Day().Start()
				}
			}
		})).spanning(10),
		near("G008", "the first stay was reversed", adult, both(26, func(s *scene, v, w *visit, p spots, t clocks) { v.undo = true })).spanning(10),
	}
}

// doctorInBedScenarios: G027, the guest is a doctor in bed, and the person is treated in his name.
func doctorInBedScenarios() []*scenario {
	adult := want{}
	// day of the doctor's stay of eight days on which the person comes; bed: is admitted rather than seen.
	treat := func(day int, bed bool, change func(s *scene, ill, v *visit)) func(*scene) bool {
		return func(s *scene) bool {
			g := s.guest()
			var ill *visit
			s.as(g, func() { ill = s.inpatientStay(s.tcm(), 0, 8, pneumonia) })
			if ill.open {
				return false
			}
			s.thin(ill, 1)
			var v *visit
			if bed {
				v = s.inpatientStay(s.county(), day, 5, stroke)
			} else {
				v = s.clinicVisit(s.county(), day, "A03", "K52.900")
				s.prescribe(v, v.day(), addSec(v.begin, 1800), 1, 5, 7)
			}
			if v.open {
				return false
			}
			dr := &doctor{code: fmt.Sprintf("D%sU%06d", s.county().code[1:], s.p.n), name: g.name, title: "233", cert: g.cert}
			inst := s.county()
			s.events = append(s.events, func(o *blockOut) { o.doctorRow(inst, "A03", dr, s.first-1500) })
			v.doc = dr
			for i := range v.lines {
				v.lines[i].doc = dr
			}
			if change != nil {
				change(s, ill, v)
			}
			s.hit(v, nil, zero)
			return true
		}
	}
	return []*scenario{
		planted("G027", "sees patients from bed", adult, treat(3, false, nil)).spanning(12),
		planted("G027", "admits a patient from bed", adult, treat(3, true, nil)).spanning(12),
		near("G027", "on the day of admission", adult, treat(0, false, nil)).spanning(12),
		near("G027", "on the day of discharge", adult, treat(8, false, nil)).spanning(12),
		near("G027", "the patient was there before", adult, treat(-2, true, nil)).spanning(14),
		near("G027", "on leave", adult, treat(3, false, func(s *scene, ill, v *visit) { s.as(ill.p, func() { s.onLeave(ill, 2, 5) }) })).spanning(12),
		near("G027", "online", adult, treat(3, false, func(s *scene, ill, v *visit) { v.mode = "1" })).spanning(12),
		near("G027", "a day's operation", adult, treat(3, false, func(s *scene, ill, v *visit) { ill.daySurg = true })).spanning(12),
		near("G027", "another doctor in bed", adult, treat(3, false, func(s *scene, ill, v *visit) {
			v.doc = &v.dept.doctors[0]
			for i := range v.lines {
				v.lines[i].doc = v.doc
			}
		})).spanning(12),
		near("G027", "the doctor's stay was reversed", adult, treat(3, false, func(s *scene, ill, v *visit) { ill.undo = true })).spanning(12),
	}
}
