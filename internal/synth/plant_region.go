package synth

import "github.com/mingjian/mingjian/internal/claim"

func (s *scene) filed(area, kind string, from, to int) {
	p, d := s.p, s.d
	s.events = append(s.events, func(o *blockOut) {
		o.named("remote_filing", "psn_no", p.no(d), "mdtrtarea_admdvs", area, "filing_type", kind, "begndate", dayOf(d+claim.Day(from)), "enddate", dayOf(d+claim.Day(to)))
	})
}

// regionScenarios: X007, X008, X012.
func regionScenarios() []*scenario {
	adult := want{insutype: "310"}
	// strangers come from another city n times and cost so many hundreds each.
	strange := func(kind, name string, n int, hundreds float64, change func(s *scene, v *visit, k int)) *scenario {
		sc := near("X007", name, adult, func(s *scene) bool {
			y, _, _ := s.d.Civil()
			if eve := claim.DayOf(y, 12, 31); s.d+20 > eve && eve < s.last { // counted by the year
				if s.d = eve + 4; s.d+20 > s.last {
					return false
				}
			}
			s.p.insured, s.p.addr = otherCity, otherCity
			var v *visit
			for k := range n {
				v = s.clinicVisit(s.county(), k*4, "A03", "M54.500")
				s.goods(v, hundreds, addSec(v.begin, 1200))
				if change != nil {
					change(s, v, k)
				}
			}
			s.hit(v, nil, unsure)
			return true
		})
		sc.kind, sc.span = kind, 20
		return sc.alone()
	}
	at4 := func(f func(s *scene, v *visit)) func(s *scene, v *visit, k int) {
		return func(s *scene, v *visit, k int) {
			if k == 4 {
				f(s, v)
			}
		}
	}
	// home visits while filed to live elsewhere.
	home := func(kind, name, filing string, from, to int, days []int, change func(s *scene, v *visit, k int)) *scenario {
		sc := near("X008", name, want{}, func(s *scene) bool {
			y, m, _ := (s.d + 25).Civil()
			s.d = claim.DayOf(y, m, 1)
			if s.d < s.first || s.d+25 > s.last {
				s.d = s.first.Month().First()
			}
			s.filed(otherCity, filing, from, to)
			var v *visit
			for k, day := range days {
				v = s.clinicVisit(s.county(), day, "A03", "K52.900")
				if change != nil {
					change(s, v, k)
				}
			}
			s.hit(v, nil, zero)
			return true
		})
		sc.kind, sc.span = kind, 28
		return sc.alone()
	}
	last := func(f func(v *visit)) func(s *scene, v *visit, k int) {
		return func(s *scene, v *visit, k int) {
			if k == 2 {
				f(v)
			}
		}
	}
	three := []int{3, 9, 15}
	return append(variants(
		strange(plant, "five times for sixty thousand", 5, 120, nil),
		strange(nearMiss, "four times", 4, 160, nil),
		strange(nearMiss, "five times for forty thousand", 5, 80, nil),
		strange(nearMiss, "filed", 5, 120, func(s *scene, v *visit, k int) {
			if k == 0 {
				s.filed(areaCounty, "1", -30, 200)
			}
		}),
		strange(nearMiss, "lives here", 5, 120, func(s *scene, v *visit, k int) { s.p.addr = areaCounty }),
		strange(nearMiss, "referred", 5, 120, at4(func(s *scene, v *visit) { v.from = s.township().code })),
		strange(nearMiss, "emergency", 5, 120, at4(func(s *scene, v *visit) { v.er = true })),
		strange(nearMiss, "dialysis", 5, 120, func(s *scene, v *visit, k int) { v.diags[0] = "N18.600" }),
		strange(nearMiss, "no fund money", 5, 120, at4(func(s *scene, v *visit) { v.noFund = true })),

		home(plant, "three visits at home", "1", -60, 90, three, nil),
		home(nearMiss, "two visits at home", "1", -60, 90, three[:2], nil),
		home(nearMiss, "filed for one referral", "转诊转院", -60, 90, three, nil),
		home(nearMiss, "filed for the time being", "临时外出就医", -60, 90, three, nil),
		home(nearMiss, "filed after an emergency", "异地急诊", -60, 90, three, nil),
		home(nearMiss, "from the first day on", "1", 3, 90, three, nil),
		home(nearMiss, "until the last day", "1", -60, 15, three, nil),
		home(nearMiss, "one by an agent", "1", -60, 90, three, last(func(v *visit) { v.agent = certificate(v.p.born-9000, true, v.p.n+17) })),
		home(nearMiss, "one in an emergency", "1", -60, 90, three, last(func(v *visit) { v.er = true })),
		home(nearMiss, "one online", "1", -60, 90, three, last(func(v *visit) { v.mode = "1" })),
	), threshold()...)
}

// threshold: X012, from bed to bed past the deductible.
func threshold() []*scenario {
	hops := func(kind, name string, n int, change func(s *scene, v, w *visit, k int)) *scenario {
		sc := near("X012", name, want{}, func(s *scene) bool {
			y, _, _ := s.last.Civil()
			s.d = max(s.d, claim.DayOf(y, 1, 1))
			if s.d+claim.Day(n*20) > s.last {
				s.d = s.last - claim.Day(n*20)
			}
			if s.d < s.first {
				return false
			}
			mains := []*diagnosis{pneumonia, {code: "K80.200", dept: "A03"}, {code: "M51.200", dept: "A03"}}
			var w *visit
			for k := range n {
				v := s.inpatientStay(s.township(), k*20, 5, mains[k%3])
				w = s.inpatientStay(s.county(), k*20+5, 5, mains[(k+1)%3])
				w.begin = at(w.day(), 14*3600)
				for i := range w.lines {
					if ln := &w.lines[i]; ln.at.Day() == w.day() {
						ln.at = max(ln.at, addSec(w.begin, 600+i))
					}
				}
				for _, x := range []*visit{v, w} {
					x.dropHome()
					x.diags, x.adm, x.opers = x.diags[:1], "2", x.opers[:0]
					x.strip(func(ln *line, d int) bool { return !ln.it.use.imaging && !ln.in3("06") && !ln.it.has("E001", 's') })
				}
				v.way, v.to, w.from = "2", w.inst.code, v.inst.code
				w.slip.dedc, w.slip.hasDedc = 0, true
				if change != nil {
					change(s, v, w, k)
				}
			}
			s.hit(w, nil, zero)
			return !w.open
		})
		sc.kind, sc.span = kind, 62
		return sc.alone()
	}
	third := func(f func(s *scene, v, w *visit)) func(s *scene, v, w *visit, k int) {
		return func(s *scene, v, w *visit, k int) {
			if k == 2 {
				f(s, v, w)
			}
		}
	}
	return variants(
		hops(plant, "three times without a deductible", 3, nil),
		hops(nearMiss, "twice", 2, nil),
		hops(nearMiss, "the deductible was paid", 3, third(func(s *scene, v, w *visit) { w.slip.dedc = 40_000 })),
		hops(nearMiss, "emergency", 3, third(func(s *scene, v, w *visit) { w.adm, w.er = "1", true })),
		hops(nearMiss, "tumour", 3, third(func(s *scene, v, w *visit) { w.diags = append(w.diags, "C34.900") })),
		hops(nearMiss, "dialysis", 3, third(func(s *scene, v, w *visit) { w.diags = append(w.diags, "N18.600") })),
		hops(nearMiss, "psychiatric", 3, third(func(s *scene, v, w *visit) { w.diags[0] = "F20.900" })),
	)
}
