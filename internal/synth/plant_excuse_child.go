package synth

import "github.com/mingjian/mingjian/internal/claim"

// baby is a child born so many days before the scene, with a number of its own.
func (s *scene) baby(days int) *person {
	host := s.p
	g := peopleOf(&s.opt, s.pl, s.ix, 6*guestStride+host.n)
	g.guardian, g.linked, g.renumbered, g.gendCode, g.fixGend, g.fixName = -1, false, 0, 0, false, false
	g.chronic, g.insutype, g.psnType = nil, "390", "14"
	g.born = s.d - claim.Day(days)
	g.cert = certificate(g.born, g.male, g.n)
	s.events = append(s.events, func(o *blockOut) { o.personRows(g) })
	return g
}

// littleOnes are newborns with a number of their own: readmission, jaundice.
func littleOnes() []*scenario {
	adult := want{}
	own := func(rule, name string, days, span int, build func(s *scene) bool) *scenario {
		return near(rule, name, adult, func(s *scene) (ok bool) {
			s.as(s.baby(days), func() { ok = build(s) })
			return ok
		}).spanning(span).alone()
	}
	child := &diagnosis{code: "P22.100", name: "新生儿暂时性呼吸急促", dept: "A07"}
	cold := &diagnosis{code: "P39.900", name: "新生儿感染", dept: "A07"}
	again := two{rule: "G002", gap: 1, first: child, later: cold}
	moved := two{rule: "G003", gap: 1, first: child, later: cold, change: otherDepartment(func(s *scene, v, w *visit) {})}
	yellow := func(code string) func(s *scene) bool {
		return tablets(0, func(s *scene, v *visit) { v.diags = []string{code} })
	}
	return []*scenario{
		own("G002", "a newborn with a number of its own", 3, 13, again.play),
		own("G003", "a newborn with a number of its own", 3, 13, moved.play),
		own("G017", "jaundice of a newborn", 4, 7, yellow("P59.900")),
		own("G017", "jaundice from other blood", 4, 7, yellow("P58.900")),
		own("X002", "a newborn's jaundice watched at one of four", 9, 3, watched(false)),
		own("X003", "a newborn's jaundice watched in one of four departments", 9, 3, watched(true)),
	}
}

// watched sees a newborn four times on a day, the last time only to measure its jaundice: at four institutions, or in four
// departments of one.
func watched(oneHouse bool) func(s *scene) bool {
	return func(s *scene) bool {
		places := []*institution{s.county(), s.tcm(), s.pl.by[kindPrivate][0], s.pl.by[kindMaternity][0]}
		depts := []string{"A07", "A03", "A11", "A05"}
		var v *visit
		for k, where := range places {
			dept := "A07"
			if oneHouse {
				where, dept = s.county(), depts[k]
			}
			v = s.visit(where, "11", at(s.d, (8+k*2)*3600), dept)
			v.diags = append(v.diags, []string{"P39.400", "J06.900", "P92.100", "P59.900"}[k])
			s.consult(v, v.begin)
		}
		s.hit(v, nil, zero)
		return true
	}
}
