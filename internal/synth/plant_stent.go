package synth

// stentDays is the window of C018: a city shorter than it and a few weeks plays none of these scenarios.
const stentDays = 366

// stentScenarios: C018, a year without a drug against clots after a coronary stent. The first visit after the year shows it,
// in the same month of the calendar: further back the audit does not look.
func stentScenarios() []*scenario {
	var all []*scenario
	add := func(kind, name string, change func(s *scene, v *visit)) {
		all = append(all, (&scenario{rule: "C018", name: name, kind: kind, want: want{from: 45, to: 79}, span: stentDays + 30, build: func(s *scene) bool {
			for { // early in a month, so that the year ends in the same one
				if _, _, day := s.d.Civil(); day >= 4 && day <= 12 {
					break
				}
				s.d++
			}
			v := s.inpatientStay(s.tertiary(), 0, 6, &diagnosis{code: "I20.000", name: "不稳定型心绞痛", dept: "A03"})
			v.opers = v.opers[:0]
			v.without(func(ln *line) bool { return ln.it.has("C018", 's') })
			v.operated("36.0700", "冠状动脉药物洗脱支架置入术", "", at(v.day()+1, 10*3600))
			w := s.clinicVisit(s.county(), 120, "A03", "I25.100") // the person is seen, and buys drugs, all year
			if it := s.free("oral", w); it != nil {
				s.drug(w, it, 7, addSec(w.begin, 1800)).rx = 1
			}
			x := s.clinicVisit(s.county(), stentDays+3, "A03", "I25.100")
			if change != nil {
				change(s, w)
			}
			s.hit(x, nil, zero)
			return x.day().Month() == v.day().Month()+12 && x.day() <= s.last
		}}).alone())
	}
	bought := func(own bool) func(s *scene, w *visit) {
		return func(s *scene, w *visit) {
			if it := s.ix.byCode[s.ix.points["C018"][0].Subject]; it != nil {
				ln := s.drug(w, it, 7, addSec(w.begin, 2400))
				ln.rx, ln.own = 1, own
			}
		}
	}
	add(plant, "nothing against clots", nil)
	add(nearMiss, "bought once", bought(false))
	add(nearMiss, "bought by the patient", bought(true))
	add(nearMiss, "bleeding", func(s *scene, w *visit) { w.diags = append(w.diags, "K92.200") })
	add(nearMiss, "no drug of any kind", func(s *scene, w *visit) {
		w.without(func(ln *line) bool { return ln.it.list == "101" })
	})
	add(nearMiss, "another stent meanwhile", func(s *scene, w *visit) {
		v := s.inpatientStay(s.tertiary(), 200, 5, &diagnosis{code: "I20.000", name: "不稳定型心绞痛", dept: "A03"})
		v.opers = v.opers[:0]
		v.without(func(ln *line) bool { return ln.it.has("C018", 's') })
		v.operated("36.0700", "冠状动脉药物洗脱支架置入术", "", at(v.day()+1, 10*3600))
	})
	return all
}
