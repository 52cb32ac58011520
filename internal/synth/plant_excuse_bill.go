package synth

// excusedBills: I012, X009, L010, L012: what excuses the second of two bills, or a late one.
func excusedBills() []*scenario {
	invoice := func(s *scene, v, w *visit, same bool) {
		v.slip.invoice, w.slip.invoice = "FP"+s.p.no(s.d), "FQ"+s.p.no(s.d)
		if same {
			w.slip.invoice = v.slip.invoice
		}
	}
	// otherTown lets another city, which has paid for the person before, pay for the second.
	otherTown := func(s *scene, v, w *visit) {
		invoice(s, v, w, false)
		w.slip.area = otherCity
		x := s.clinicVisit(w.inst, -6, "A03", "J06.900")
		x.insutype, x.slip.area = w.insutype, w.slip.area
	}
	child := func(s *scene, v *visit) { v.newborn, v.mom = true, s.p.no(s.d) }
	return []*scenario{
		billedTwice("I012", nearMiss, "newborn on the mother's card", func(s *scene, v, w *visit) {
			invoice(s, v, w, true)
			w.insutype = "310"
			child(s, w)
		}),
		billedTwice("X009", nearMiss, "newborn on the mother's card", func(s *scene, v, w *visit) {
			otherTown(s, v, w)
			child(s, w)
		}),
		billedTwice("X009", nearMiss, "the newborn was first", func(s *scene, v, w *visit) {
			otherTown(s, v, w)
			child(s, v)
		}),
		settledLate(nearMiss, "newborn on the mother's card", 35, child),
		settledAgainLate(),
		transferred(nearMiss, "newborn on the mother's card", 50, func(s *scene, v, w *visit) { child(s, w) }),
	}
}

// settledAgainLate is settled at discharge; five weeks later that is taken back and settled anew.
func settledAgainLate() *scenario {
	sc := settledLate(nearMiss, "settled again after a reversal", 0, func(s *scene, v *visit) { v.again, v.againAfter = true, 35 })
	sc.span = 44
	return sc
}
