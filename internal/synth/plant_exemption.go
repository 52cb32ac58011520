package synth

import "github.com/mingjian/mingjian/internal/claim"

// exemptionScenarios are near-misses of older cards: exemptions that nobody had played.
func exemptionScenarios() []*scenario {
	old := want{from: 40, to: 79}
	// doubted lets one register bury a person whom the laboratory goes on seeing.
	doubted := func(kind, name string, sources int, seen int) *scenario {
		sc := near("I001", name, old, func(s *scene) bool {
			s.deathRow("民政", at(s.d, 10*3600))
			if sources > 1 {
				s.deathRow("卫健", at(s.d, 10*3600))
			}
			s.died = at(s.d, 10*3600)
			v := s.clinicVisit(s.county(), 3, "A03", "I10.x00")
			it := s.free("lab", v)
			if it == nil {
				return false
			}
			v.add(it, 1, addSec(v.begin, 900))
			if seen != 0 {
				v.sampled(it, at(s.d+claim.Day(seen), 9*3600+1800))
			}
			for i := range v.lines {
				s.hit(v, &v.lines[i], whole)
			}
			if seen != 0 && seen < 3 {
				s.also("L005", v, nil, zero) // taken before the visit
			}
			return true
		})
		sc.kind, sc.span = kind, 8
		return sc.alone()
	}
	dayOnly := func(kind, name string, off int) *scenario {
		sc := near("L001", name, want{}, func(s *scene) bool {
			v := s.clinicVisit(s.county(), 0, "A03", "K52.900")
			v.setlAt = (s.d + claim.Day(off)).Start()
			s.hit(v, nil, zero)
			return true
		})
		sc.kind, sc.span = kind, 4
		return sc.alone()
	}
	// contracted signs the person up with a code and sees it at an institution.
	contracted := func(kind, name string, at func(s *scene) *institution, change tweak2, codes ...func(s *scene) string) *scenario {
		sc := near("H007", name, want{insutype: "310", from: 40, to: 78}, func(s *scene) bool {
			d := s.ix.diseases[0]
			s.chronicRow(d, s.first-400, s.last+400, "通过", s.first-400, claim.NoDay)
			v := s.chronicVisit(at(s), 0, d.code, d.diags[0])
			for _, code := range codes {
				p, c, from, to := s.p, code(s), s.d-300, s.d+300
				s.events = append(s.events, func(o *blockOut) {
					o.named("contract", "psn_no", p.no(from), "fixmedins_code", c, "contract_type", "门慢定点", "begndate", dayOf(from), "enddate", dayOf(to))
				})
			}
			if change != nil {
				change(s, v)
			}
			s.hit(v, nil, visitSum)
			return true
		})
		sc.kind = kind
		return sc.alone()
	}
	county := func(s *scene) *institution { return s.pl.by[kindCounty][0] }
	tcm := func(s *scene) *institution { return s.pl.by[kindTCM][0] }
	code := func(of func(s *scene) *institution) func(s *scene) string {
		return func(s *scene) string { return of(s).code }
	}
	former := func(s *scene) string { return formerCounty }
	clinic := func(s *scene) (a, b *institution) { // a clinic far from the hospital
		for _, i := range s.pl.by[kindClinic] {
			if km(s.tcm(), i) > 6 && i.group != s.tcm().group {
				return s.tcm(), i
			}
		}
		return nil, nil
	}
	return variants(
		doubted(nearMiss, "one register, and the laboratory says otherwise", 1, 3),
		doubted(plant, "one register, and the sample was taken the next day", 1, 1),
		doubted(plant, "two registers against a sample", 2, 3),
		dayOnly(nearMiss, "settled on the day, hour unknown", 0),
		dayOnly(plant, "settled the day before, hour unknown", -1),
		contracted(nearMiss, "the institution's code has changed", county, nil, former),
		contracted(plant, "another institution's code has changed", tcm, nil, former),
		contracted(nearMiss, "one of two", tcm, nil, code(county), code(tcm)),
		contracted(nearMiss, "emergency", tcm, func(s *scene, v *visit) { v.er = true }, code(county)),
		contracted(nearMiss, "filed to live elsewhere", tcm, func(s *scene, v *visit) { s.filed(areaNeighbor, "1", -20, 100) }, code(county)),
		apart(nearMiss, "to a village clinic", 10, clinic, nil),
		apart(nearMiss, "to another city in good time", 75, farPair, nil),
	)
}
