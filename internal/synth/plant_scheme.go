package synth

// otherCity is a city the county's people may be insured in as well.
const otherCity = "990201"

// schemeScenarios: I012 and X009, one person paid for twice.
func schemeScenarios() []*scenario {
	resident := want{insutype: "390"}
	twin := billedTwice
	invoice := func(v, w *visit, a, b string) { v.slip.invoice, w.slip.invoice = a, b }
	one := func(s *scene) string { return "FP" + s.p.no(s.d) }
	two := func(s *scene) string { return "FQ" + s.p.no(s.d) }
	// before lets the second city pay once some days before, so that no change of insurance explains the two.
	before := func(s *scene, w *visit) {
		x := s.clinicVisit(w.inst, -6, "A03", "J06.900")
		x.insutype, x.slip.area = w.insutype, w.slip.area
	}
	beds := func(rule, kind, name string, overlap int, change func(s *scene, v, w *visit)) *scenario {
		sc := near(rule, name, resident, func(s *scene) bool {
			v := s.inpatientStay(s.county(), 0, 7, pneumonia)
			w := s.inpatientStay(s.tcm(), 7-overlap, 6, stroke)
			if w.open {
				return false
			}
			v.dropHome()
			w.dropHome()
			v.opers, w.opers = v.opers[:0], w.opers[:0]
			v.insutype, w.insutype = "390", "310"
			if change != nil {
				change(s, v, w)
			}
			s.hit(w, nil, visitSum)
			if overlap > 1 && w.mom == "" {
				s.also("X001", w, nil, zero)
			}
			return true
		})
		sc.kind, sc.span = kind, 16
		return sc.alone()
	}
	return variants(
		twin("I012", plant, "one invoice, two insurances", func(s *scene, v, w *visit) {
			invoice(v, w, one(s), one(s))
			w.insutype = "310"
		}),
		twin("I012", plant, "one sum, two insurances", func(s *scene, v, w *visit) { w.insutype = "310" }),
		twin("I012", plant, "one invoice, two cities", func(s *scene, v, w *visit) {
			invoice(v, w, one(s), one(s))
			w.slip.area = otherCity
		}),
		beds("I012", plant, "two insurances at two hospitals", 3, nil),
		twin("I012", nearMiss, "two invoices", func(s *scene, v, w *visit) {
			invoice(v, w, one(s), two(s))
			w.insutype = "310"
		}),
		twin("I012", nearMiss, "another sum", func(s *scene, v, w *visit) {
			w.insutype = "310"
			w.lines = w.lines[:len(w.lines)-1]
		}),
		twin("I012", nearMiss, "one insurance", func(s *scene, v, w *visit) { invoice(v, w, one(s), one(s)) }),
		twin("I012", nearMiss, "the first was taken back", func(s *scene, v, w *visit) {
			invoice(v, w, one(s), one(s))
			w.insutype, v.undo = "310", true
		}),
		twin("I012", nearMiss, "the second without fund money", func(s *scene, v, w *visit) {
			invoice(v, w, one(s), one(s))
			w.insutype, w.noFund = "310", true
		}),
		twin("I012", nearMiss, "another insurance altogether", func(s *scene, v, w *visit) {
			invoice(v, w, one(s), one(s))
			w.insutype = "510"
		}),
		beds("I012", nearMiss, "out of one bed into the other", 0, nil),
		beds("I012", nearMiss, "one insurance at two hospitals", 3, func(s *scene, v, w *visit) { w.insutype = "390" }),

		twin("X009", plant, "two cities on one day", func(s *scene, v, w *visit) {
			invoice(v, w, one(s), two(s))
			w.slip.area = otherCity
			before(s, w)
		}),
		beds("X009", plant, "two cities pay for two beds", 3, func(s *scene, v, w *visit) { w.insutype, w.slip.area = "390", otherCity }),
		twin("X009", nearMiss, "moved on that day", func(s *scene, v, w *visit) {
			invoice(v, w, one(s), two(s))
			w.slip.area = otherCity
		}),
		twin("X009", nearMiss, "one city", func(s *scene, v, w *visit) {
			invoice(v, w, one(s), two(s))
			before(s, w)
		}),
		twin("X009", nearMiss, "one without fund money", func(s *scene, v, w *visit) {
			invoice(v, w, one(s), two(s))
			w.slip.area, w.noFund = otherCity, true
			before(s, w)
		}),
		twin("X009", nearMiss, "on two days", func(s *scene, v, w *visit) {
			invoice(v, w, one(s), two(s))
			w.slip.area = otherCity
			w.shift(86400)
			before(s, w)
		}),
	)
}

// billedTwice books two visits of one day at one hospital, the second two hours later.
func billedTwice(rule, kind, name string, change func(s *scene, v, w *visit)) *scenario {
	sc := near(rule, name, want{insutype: "390"}, func(s *scene) bool {
		s.d += 6
		v := s.clinicVisit(s.county(), 0, "A03", "K52.900")
		s.bill(v, "lab", 2, addSec(v.begin, 900))
		w := s.clinicVisit(s.county(), 0, "A03", "K52.900")
		w.shift(2 * 3600)
		w.lines = w.lines[:0]
		for _, ln := range v.lines {
			t := w.add(ln.it, 1, addSec(ln.at, 2*3600))
			t.price, t.cnt = ln.price, ln.cnt
		}
		v.insutype, w.insutype = "390", "390"
		change(s, v, w)
		s.hit(w, nil, visitSum)
		return true
	})
	sc.kind, sc.span = kind, 14
	return sc.alone()
}
