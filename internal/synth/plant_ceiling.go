package synth

import "github.com/mingjian/mingjian/internal/claim"

// used writes what the person had used of a ceiling by the day before `off` days of the scene, in yuan.
func (s *scene) used(kind, dise string, amount, off int) {
	p, d := s.p, s.d
	y, _, _ := d.Civil()
	s.events = append(s.events, func(o *blockOut) {
		o.named("quota_used", "admdvs", areaCounty, "insutype", p.insutype, "limit_kind", kind, "dise_codg", dise, "year", itoa(y), "psn_no", p.no(d),
			"used_amt", itoa(amount), "as_of", dayOf(d+claim.Day(off)))
	})
}

// eve is the last day of the window's last year that ends inside it, NoDay when none does.
func (l *life) eve() claim.Day {
	y, _, _ := (l.last + 1).Civil()
	if d := claim.DayOf(y, 1, 1) - 1; d >= l.first {
		return d
	}
	return claim.NoDay
}

// ceilingScenarios: H006, X011, X015, L009.
func ceilingScenarios() []*scenario {
	all := append(refillRushScenarios(), yearRushScenarios()...)
	all = append(all, burstLimitScenarios()...)
	return append(all, twoYearScenarios()...)
}

// rush is how a chronic patient runs up to the ceiling before it lapses.
type rush struct {
	dise   int     // of the programme
	before int     // yuan used by the day before the window
	known  int     // days before the scene the statement was made
	spend  float64 // hundreds of yuan of goods, once a week, three times
	ends   bool    // the qualification ends, not the year
	offset int     // days the purchases keep from the end
	diag   string
}

func (x rush) play(s *scene) bool {
	d := s.ix.diseases[x.dise]
	end := s.eve()
	to := s.last + 400
	if x.ends {
		end = max(s.first+70, claim.DayOf(yearOf(s.last), 6, 1))
		to = end
	}
	if !end.Has() || end-75 < s.first || end > s.last {
		return false
	}
	s.d = end - 40 - claim.Day(x.offset)
	s.chronicRow(d, s.first-700, to, "通过", s.first-700, claim.NoDay)
	if x.before > 0 {
		s.used("门慢", d.code, x.before, -x.known)
	}
	// A year's ordinary refills, so that the months before are known.
	for k := range 3 {
		s.chronicVisit(s.county(), -30+k*9, d.code, d.diags[0])
	}
	var v *visit
	for k := range 3 {
		v = s.chronicVisit(s.county(), 1+k*9, d.code, d.diags[0])
		s.goods(v, x.spend, addSec(v.begin, 900))
	}
	if x.diag != "" {
		v.diags = append(v.diags, x.diag)
	}
	s.hit(v, nil, zero)
	return true
}

func yearOf(d claim.Day) int {
	y, _, _ := d.Civil()
	return y
}

func refillRushScenarios() []*scenario {
	tell := func(kind, name string, x rush) *scenario {
		sc := near("H006", name, want{insutype: "310", from: 45, to: 78}, x.play)
		sc.kind, sc.span = kind, 45
		if x.ends {
			sc.span = 115
		}
		return sc.alone()
	}
	// The ceiling is 6000; three purchases bring 75 % of their price.
	return variants(
		tell(plant, "before the year ends", rush{before: 2500, known: 10, spend: 15}),
		tell(plant, "before the qualification ends", rush{before: 2500, known: 10, spend: 15, ends: true}),
		tell(nearMiss, "not quite the ceiling", rush{before: 1500, known: 10, spend: 15}),
		tell(nearMiss, "most was used before", rush{before: 4600, known: 10, spend: 5.5}),
		tell(nearMiss, "kidney transplanted", rush{before: 2500, known: 10, spend: 15, diag: "Z94.000"}),
		tell(nearMiss, "tumour", rush{before: 2500, known: 10, spend: 15, diag: "C34.900"}),
		tell(nearMiss, "dialysis", rush{before: 2500, known: 10, spend: 15, diag: "N18.600"}),
	)
}

// yearRushScenarios: X011, the year's ceiling in its last two months.
func yearRushScenarios() []*scenario {
	adult := want{insutype: "390"}
	stays := func(kind, name, ceiling string, before int, goods float64, twoPlaces bool, change func(s *scene, v, w *visit)) *scenario {
		sc := near("X011", name, adult, func(s *scene) bool {
			end := s.eve()
			if !end.Has() || end-62 < s.first {
				return false
			}
			s.d = end - 50
			s.used(ceiling, "", before, -12)
			v := s.inpatientStay(s.county(), 0, 6, pneumonia)
			other := s.county()
			if twoPlaces {
				other = s.tcm()
			}
			w := s.inpatientStay(other, 30, 6, stroke)
			for _, x := range []*visit{v, w} {
				x.dropHome()
				x.opers = x.opers[:0]
				s.goods(x, goods, at(x.day()+1, 15*3600))
				if ceiling == "大病封顶" {
					x.slip.hifmi = 1_500_000
				}
			}
			if change != nil {
				change(s, v, w)
			}
			s.hit(w, nil, zero)
			return true
		})
		sc.kind, sc.span = kind, 45
		return sc.alone()
	}
	return variants(
		stays(plant, "at two hospitals", "住院封顶", 262_000, 150, true, nil),
		stays(plant, "large-sum insurance", "大病封顶", 358_000, 200, true, nil),
		stays(nearMiss, "at one hospital", "住院封顶", 262_000, 150, false, nil),
		stays(nearMiss, "not near the ceiling", "住院封顶", 200_000, 150, true, nil),
		stays(nearMiss, "tumour", "住院封顶", 262_000, 150, true, func(s *scene, v, w *visit) { w.diags = append(w.diags, "C34.900") }),
		stays(nearMiss, "dialysis", "住院封顶", 262_000, 150, true, func(s *scene, v, w *visit) { w.diags = append(w.diags, "N18.600") }),
		stays(nearMiss, "haemophilia", "住院封顶", 262_000, 150, true, func(s *scene, v, w *visit) { w.diags = append(w.diags, "D66.x00") }),
	)
}

// burstLimitScenarios: X015, the out-patient ceiling within a month.
func burstLimitScenarios() []*scenario {
	burst := func(kind, name, insutype string, days []int, hundreds float64, change tweak2) *scenario {
		sc := near("X015", name, want{insutype: insutype}, func(s *scene) bool {
			if yearOf(s.d) != yearOf(s.d+claim.Day(days[len(days)-1])) {
				return false
			}
			var v *visit
			for _, day := range days {
				v = s.clinicVisit(s.county(), day, "A03", "M54.500")
				s.goods(v, hundreds, addSec(v.begin, 1200))
				if change != nil {
					change(s, v)
				}
			}
			s.hit(v, nil, zero)
			return true
		})
		sc.kind, sc.span = kind, days[len(days)-1]+2
		return sc.alone()
	}
	// 60 % of 3 × 9500 is 17,100 of the 20,000 a year.
	return variants(
		burst(plant, "in three weeks", "310", []int{0, 10, 20}, 95, nil),
		burst(nearMiss, "in five weeks", "310", []int{0, 17, 34}, 95, nil),
		burst(nearMiss, "three quarters of it", "310", []int{0, 10, 20}, 82, nil),
		burst(nearMiss, "a resident", "390", []int{0, 10, 20}, 250, nil),
		burst(nearMiss, "from the account", "310", []int{0, 10, 20}, 95, func(s *scene, v *visit) { v.noFund = true }),
		burst(nearMiss, "tumour", "310", []int{0, 10, 20}, 95, func(s *scene, v *visit) { v.diags[0] = "C34.900" }),
		burst(nearMiss, "rescue", "310", []int{0, 10, 20}, 95, func(s *scene, v *visit) { v.rescue = true }),
	)
}

// twoYearScenarios: L009, one illness charged to two years.
func twoYearScenarios() []*scenario {
	adult := want{insutype: "390"}
	// split settles one stay twice, on both sides of New Year.
	split := func(kind, name string, before int, change tweak2) *scenario {
		sc := near("L009", name, adult, func(s *scene) bool {
			end := s.eve()
			if !end.Has() || end-20 < s.first {
				return false
			}
			s.d = end - 9
			s.used("住院封顶", "", before, -20)
			v := s.inpatientStay(s.county(), 0, 9, pneumonia)
			if v.open {
				return false
			}
			v.dropHome()
			// December is judged without what January settles: fewer days than would look idle (G007).
			s.goods(v, 120, at(v.day()+8, 15*3600))
			v.halfAt = at(end-2, 19*3600+s.c.n(3600))
			v.setlAt = at(end+2, 9*3600+s.c.n(20_000))
			if change != nil {
				change(s, v)
			}
			s.hit(v, nil, zero)
			return true
		})
		sc.kind, sc.span = kind, 14
		return sc.alone()
	}
	back := backAfterNewYear
	return variants(
		split(plant, "one stay settled in two years", 296_000, nil),
		split(nearMiss, "there was room in the old year", 150_000, nil),
		split(nearMiss, "an interim settlement", 296_000, func(s *scene, v *visit) { v.midAt, v.halfAt = append(v.midAt, v.halfAt), 0 }),
		split(nearMiss, "settled at once", 296_000, func(s *scene, v *visit) { v.halfAt = 0 }),
		back(plant, "out and in again over New Year", 2, nil),
		back(nearMiss, "for something else", 2, func(s *scene, v, w *visit) { w.diags[0] = "K80.200" }),
		back(nearMiss, "four days later", 4, nil),
	)
}

// backAfterNewYear leaves before New Year and comes back after it.
func backAfterNewYear(kind, name string, gap int, change func(s *scene, v, w *visit)) *scenario {
	sc := near("L009", name, want{insutype: "390"}, func(s *scene) bool {
		y, _, _ := s.last.Civil()
		end := claim.DayOf(y, 1, 1) - 1
		s.d = end - 8
		s.used("住院封顶", "", 296_000, -20)
		v := s.inpatientStay(s.county(), 0, 7, pneumonia)
		w := s.inpatientStay(s.county(), 7+gap, 6, pneumonia)
		v.dropHome()
		w.dropHome()
		v.adm, w.adm = "2", "2"
		v.opers, w.opers = v.opers[:0], w.opers[:0]
		s.goods(w, 120, at(w.day()+1, 15*3600))
		if change != nil {
			change(s, v, w)
		}
		s.hit(w, nil, zero)
		if w.diags[0] == v.diags[0] && !w.planned && len(v.midAt) == 0 {
			s.also("G001", w, nil, zero)
		}
		return !w.open
	})
	sc.kind, sc.span, sc.newYear = kind, 18, 14
	return sc.alone()
}
