package synth

import (
	"github.com/mingjian/mingjian/internal/claim"
)

// uploadScenarios: B033, lines of a stay that reach the bureau late: more than 24 hours, 72 where the first level uploads.
func uploadScenarios() []*scenario {
	adult := want{}
	late := func(inst func(s *scene) *institution, hours int, change func(v *visit)) func(*scene) bool {
		return func(s *scene) bool {
			v := s.inpatientStay(inst(s), 0, 6, pneumonia)
			n := 0
			for i := range v.lines {
				if l := &v.lines[i]; l.at.Day() == v.day()+2 {
					l.late, n = hours, n+1
					l.own = false
					s.hit(v, l, zero)
				}
			}
			if change != nil {
				change(v)
			}
			return n > 0
		}
	}
	tcm := (*scene).tcm
	private := func(s *scene) *institution { return s.pl.by[kindPrivate][0] }
	return []*scenario{
		planted("B033", "a day and an hour", adult, late(tcm, 25, nil)).spanning(8),
		planted("B033", "three days and an hour at the first level", adult, late(private, 73, nil)).spanning(8),
		near("B033", "within the day", adult, late(tcm, 24, nil)).spanning(8),
		near("B033", "within three days at the first level", adult, late(private, 72, nil)).spanning(8),
		near("B033", "care at home", adult, late(tcm, 30, func(v *visit) { v.mode = "2" })).spanning(8),
		near("B033", "not a stay", adult, func(s *scene) bool {
			v := s.clinicVisit(s.tcm(), 0, "A03", "K52.900")
			for i := range v.lines {
				v.lines[i].late = 60
				s.hit(v, &v.lines[i], zero)
			}
			return true
		}),
	}
}

// codingScenarios: B034, settled without a diagnosis, or with what is none.
func codingScenarios() []*scenario {
	adult := want{}
	coded := func(change func(s *scene, v *visit)) func(*scene) bool {
		return func(s *scene) bool {
			v := s.clinicVisit(s.county(), 0, "A03", "K52.900")
			change(s, v)
			s.hit(v, nil, zero)
			return true
		}
	}
	return []*scenario{
		planted("B034", "none at all", adult, coded(func(s *scene, v *visit) { v.diags = nil })),
		planted("B034", "a number is no code", adult, coded(func(s *scene, v *visit) { v.diags = []string{"0001"} })),
		planted("B034", "words are no code", adult, coded(func(s *scene, v *visit) { v.diags = append(v.diags, "胃肠炎") })),
		near("B034", "a traditional diagnosis", adult, coded(func(s *scene, v *visit) { v.diags = []string{"BNP120"} })),
		near("B034", "only the chronic disease", adult, coded(func(s *scene, v *visit) { v.diags, v.dise = nil, "M03900" })),
		near("B034", "registration", adult, coded(func(s *scene, v *visit) { v.diags, v.med = nil, "12" })),
		near("B034", "settlement reversed", adult, coded(func(s *scene, v *visit) { v.diags, v.undo = nil, true })),
		near("B034", "a purchase", adult, func(s *scene) bool {
			v := s.visit(s.plainShop(), "41", s.when(0, 15), "A02")
			it := s.free("oral", v)
			if it == nil {
				return false
			}
			s.dose(v, it, 5, v.begin).rx = 0
			s.hit(v, nil, zero)
			return true
		}),
		near("B034", "still in bed", adult, func(s *scene) bool {
			v := s.inpatientStay(s.county(), 0, 9, pneumonia)
			v.diags, v.end, v.open, v.way = nil, claim.NoTime, true, ""
			s.hit(v, nil, zero)
			return true
		}).spanning(8).alone(),
	}
}

// lateUploadScenarios: B035, settled more than 180 days after the service, or after the discharge.
func lateUploadScenarios() []*scenario {
	adult := want{}
	settled := func(days int, change func(v *visit)) func(*scene) bool {
		return func(s *scene) bool {
			v := s.clinicVisit(s.county(), -days, "A03", "K52.900")
			s.bill(v, "lab", 2, addSec(v.begin, 1200))
			v.setlAt = s.when(0, 15)
			if change != nil {
				change(v)
			}
			for i := range v.lines {
				s.hit(v, &v.lines[i], whole)
			}
			return true
		}
	}
	return []*scenario{
		planted("B035", "after 181 days", adult, settled(181, nil)).alone(),
		planted("B035", "after 300 days", adult, settled(300, nil)).alone(),
		near("B035", "after 180 days", adult, settled(180, nil)).alone(),
		near("B035", "by hand at the centre", adult, settled(200, func(v *visit) { v.byCentre = true })).alone(),
		near("B035", "settled again after a reversal", adult, settled(200, func(v *visit) { v.again = true })).alone(),
		near("B035", "a long stay counts from its end", adult, func(s *scene) bool {
			v := s.longStay(190)
			for _, i := range []int{0, len(v.lines) - 1} {
				s.hit(v, &v.lines[i], unsure)
			}
			return true
		}).alone(),
	}
}

// longStay is a psychiatric ward's: it began so many days before the scene and ends with it.
func (s *scene) longStay(days int) *visit {
	s.noStay = true
	v := s.visit(s.county(), "21", at(s.d-claim.Day(days), 9*3600), "A15")
	v.ipt = "Z" + itoa(int(s.d)) + itoa(s.p.n)
	v.diags = append(v.diags, "F20.900", "I10.x00")
	v.way, v.adm, v.out = "1", "2", v.dept
	v.end = at(s.d, 10*3600)
	for k := range days {
		for i, role := range [...]string{"bed", "nursing", "ward"} {
			v.add(s.role0(role), 1, at(v.day()+claim.Day(k), 8*3600+i*7))
		}
		if k%2 == 0 {
			if it := s.role0("treat"); it.suits(v) {
				v.add(it, 1, at(v.day()+claim.Day(k), 15*3600))
			}
		}
	}
	v.setlAt = addSec(v.end, 1800)
	return v
}
