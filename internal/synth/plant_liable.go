package synth

import "github.com/mingjian/mingjian/internal/claim"

// liable settles one visit at the county hospital and labels it as a whole.
func liable(diag string, change func(s *scene, v *visit)) func(*scene) bool {
	return func(s *scene) bool {
		v := s.clinicVisit(s.county(), 0, "A04", diag)
		s.bill(v, "lab", 2, addSec(v.begin, 1200))
		if change != nil {
			change(s, v)
		}
		s.hit(v, nil, visitSum)
		return true
	}
}

// solely are scenarios whose person has no other visit: what is on file about the person would touch it.
func solely(all ...*scenario) []*scenario {
	for _, s := range all {
		s.alone()
	}
	return all
}

// thirdPartyScenarios: A024, somebody else must pay. The accident lies within 30 days, the day of the visit included.
func thirdPartyScenarios() []*scenario {
	adult := want{}
	accident := func(back int, memo string) func(s *scene, v *visit) {
		return func(s *scene, v *visit) { s.personEvent("accident", s.d-claim.Day(back), claim.NoDay, "交警", memo) }
	}
	also := func(f func(s *scene, v *visit), g func(v *visit)) func(s *scene, v *visit) {
		return func(s *scene, v *visit) { f(s, v); g(v) }
	}
	return solely(
		planted("A024", "an accident on file", adult, liable("S82.200", accident(3, "对方全责"))),
		planted("A024", "29 days after the accident", adult, liable("S82.200", accident(29, "对方全责"))),
		planted("A024", "who caused it has run away", adult, liable("S06.000", accident(1, "肇事逃逸"))),
		planted("A024", "the visit itself names a third party", adult, liable("T14.900", func(s *scene, v *visit) { v.thirdParty = true })),
		planted("A024", "the cause as a second diagnosis", adult, liable("M54.500", also(accident(2, "对方主责"), func(v *visit) { v.diags = append(v.diags, "V03.100") }))),
		near("A024", "30 days after the accident", adult, liable("S82.200", accident(30, "对方全责"))),
		near("A024", "the accident came later", adult, liable("S82.200", accident(-2, "对方全责"))),
		near("A024", "another illness after an accident", adult, liable("K52.900", accident(3, "对方全责"))),
		near("A024", "a complication of treatment", adult, liable("T81.400", accident(3, "对方全责"))),
		near("A024", "an injury, nobody's fault", adult, liable("S82.200", nil)),
		near("A024", "no fund money", adult, liable("S82.200", also(accident(3, "对方全责"), func(v *visit) { v.noFund = true }))),
		near("A024", "settlement reversed", adult, liable("S82.200", also(accident(3, "对方全责"), func(v *visit) { v.undo = true }))),
	)
}

// injuryScenarios: A025, the same part of the body while an injury at work is recognised.
func injuryScenarios() []*scenario {
	adult := want{insutype: "310"}
	recognised := func(from, to int, memo string) func(s *scene, v *visit) {
		return func(s *scene, v *visit) {
			end := claim.NoDay
			if to != 0 {
				end = s.d + claim.Day(to)
			}
			s.personEvent("work_injury", s.d+claim.Day(from), end, "人社", memo)
		}
	}
	return solely(
		planted("A025", "the same part", adult, liable("S52.500", recognised(-30, 200, "S52.300 前臂骨折"))),
		planted("A025", "the day before it ends", adult, liable("S52.500", recognised(-60, 1, "S52.300"))),
		planted("A025", "recognised without an end", adult, liable("S52.500", recognised(-300, 0, "S51.000"))),
		planted("A025", "an occupational disease", adult, liable("J62.800", recognised(-40, 300, "J62.000 矽肺"))),
		planted("A025", "the part is not on file", adult, liable("S82.200", recognised(-20, 200, "下肢伤"))),
		near("A025", "another part", adult, liable("S82.200", recognised(-30, 200, "S52.300 前臂骨折"))),
		near("A025", "before it was recognised", adult, liable("S52.500", recognised(1, 200, "S52.300"))),
		near("A025", "over", adult, liable("S52.500", recognised(-60, -1, "S52.300"))),
		near("A025", "without an end, more than a year ago", adult, liable("S52.500", recognised(-370, 0, "S52.300"))),
		near("A025", "refused", adult, liable("S52.500", recognised(-30, 200, "S52.300 不予认定工伤"))),
		near("A025", "revoked", adult, liable("S52.500", recognised(-30, 200, "S52.300 认定已撤销"))),
		near("A025", "another illness", adult, liable("K52.900", recognised(-30, 200, "腰部"))),
		near("A025", "settled by work injury insurance", adult, liable("S52.500", func(s *scene, v *visit) {
			recognised(-30, 200, "S52.300")(s, v)
			v.setlIns = "400"
		})),
		near("A025", "no fund money", adult, liable("S52.500", func(s *scene, v *visit) {
			recognised(-30, 200, "S52.300")(s, v)
			v.noFund = true
		})),
	)
}

// abroadScenarios: A027. Area codes outside the mainland are not in the reserved ranges, so the name tells.
func abroadScenarios() []*scenario {
	adult := want{}
	away := func(inst func(s *scene) *institution, change func(v *visit)) func(*scene) bool {
		return func(s *scene) bool {
			v := s.clinicVisit(inst(s), 0, "A03", "K52.900")
			s.filing(v.inst.area, s.d-30, s.d+200)
			if change != nil {
				change(v)
			}
			s.hit(v, nil, visitSum)
			return true
		}
	}
	abroad := func(s *scene) *institution { return s.pl.by[kindAbroad][0] }
	return []*scenario{
		planted("A027", "outside the mainland", adult, away(abroad, nil)),
		planted("A027", "a stay outside the mainland", adult, func(s *scene) bool {
			v := s.inpatientStay(abroad(s), 0, 5, pneumonia)
			s.hit(v, nil, visitSum)
			return !v.open
		}).spanning(7),
		planted("A027", "an emergency outside the mainland", adult, away(abroad, func(v *visit) { v.med, v.er = "13", true })),
		near("A027", "in another county", adult, away(func(s *scene) *institution { return s.pl.by[kindNeighbor][0] }, nil)),
		near("A027", "no fund money", adult, away(abroad, func(v *visit) { v.noFund = true })),
		near("A027", "settlement reversed", adult, away(abroad, func(v *visit) { v.undo = true })),
	}
}
