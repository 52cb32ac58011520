package synth

import (
	"github.com/mingjian/mingjian/internal/claim"
)

// leg is one stay of a series.
type leg struct {
	inst   int // 0 county, 1 township, 2 another township of the group, 3 the TCM hospital outside the group
	day    int
	los    int
	diag   *diagnosis
	change func(s *scene, v *visit)
}

// thin leaves a stay the few lines that show it was one, on every n-th day: a bed, an infusion, plain treatment.
func (s *scene) thin(v *visit, n int) {
	v.calm()
	kept := v.lines[:0]
	for _, ln := range v.lines {
		plain := ln.it.ChargeType == "05" && ln.it.PricingUnit == "次" && len(ln.it.marks) == 0 && ln.it.list == "201"
		injected := ln.it.injected() && len(ln.it.marks) == 0 && ln.order == 1
		if k := int(ln.at.Day() - v.day()); k%n == 0 && !ln.take && (ln.it == s.role0("bed") || ln.it == s.role0("infuse") || plain || injected) {
			kept = append(kept, ln)
		}
	}
	v.lines = kept
}

// journey plays a series of stays; the labelled ones are named by index.
func journey(legs []leg, labelled ...int) func(*scene) bool {
	return func(s *scene) bool {
		var all []*visit
		for _, g := range legs {
			inst := s.county()
			switch g.inst {
			case 1:
				inst = s.township()
			case 2:
				inst = nil
				for _, i := range s.pl.by[kindTownship] {
					if i != s.township() && i.group == s.township().group {
						inst = i
					}
				}
			case 3:
				inst = s.tcm()
			}
			if inst == nil {
				return false
			}
			x := g.diag
			if x == nil {
				x = pneumonia
			}
			v := s.inpatientStay(inst, g.day, g.los, x)
			if v.open {
				return false
			}
			s.thin(v, 1)
			v.adm = "2"
			if g.change != nil {
				g.change(s, v)
			}
			all = append(all, v)
		}
		for _, k := range labelled {
			s.hit(all[k], nil, zero)
		}
		return true
	}
}

func shuttleScenarios() []*scenario {
	return append(append(groupScenarios(), oftenScenarios()...), prematureScenarios()...)
}

// groupScenarios: G005, handed round inside the medical community.
func groupScenarios() []*scenario {
	adult, mother := want{}, want{female: true, from: 21, to: 40}
	// trip goes county, township, other township, with a change at each.
	trip := func(gaps [2]int, diags [3]*diagnosis, change [3]func(s *scene, v *visit)) func(*scene) bool {
		d1 := 5 + gaps[0]
		d2 := d1 + 5 + gaps[1]
		return journey([]leg{{0, 0, 5, diags[0], change[0]}, {1, d1, 5, diags[1], change[1]}, {2, d2, 5, diags[2], change[2]}}, 2)
	}
	same := func(x *diagnosis) [3]*diagnosis { return [3]*diagnosis{x, x, x} }
	at := func(k int, f func(s *scene, v *visit)) (c [3]func(s *scene, v *visit)) {
		c[k] = f
		return c
	}
	var none [3]func(s *scene, v *visit)
	var plain [3]*diagnosis
	one := [2]int{1, 1}
	g := func(kind, name string, w want, build func(*scene) bool) *scenario {
		return (&scenario{rule: "G005", name: name, kind: kind, want: w, build: build}).spanning(24).alone()
	}
	return []*scenario{
		g(plant, "county, township, township", adult, trip(one, plain, none)),
		g(plant, "three days in between", adult, trip([2]int{3, 3}, plain, none)),
		g(plant, "signed over as a transfer", adult, trip(one, plain, at(1, func(s *scene, v *visit) { v.way = "2" }))),
		g(nearMiss, "once only", adult, journey([]leg{{0, 0, 5, nil, nil}, {1, 6, 5, nil, nil}}, 1)),
		g(nearMiss, "four days in between", adult, trip([2]int{4, 1}, plain, none)),
		g(nearMiss, "another disease at the end", adult, trip(one, [3]*diagnosis{nil, nil, stroke}, none)),
		g(nearMiss, "outside the group", adult, journey([]leg{{0, 0, 5, nil, nil}, {1, 6, 5, nil, nil}, {3, 12, 5, nil, nil}}, 2)),
		g(nearMiss, "planned", adult, trip(one, plain, at(2, func(s *scene, v *visit) { v.planned = true }))),
		g(nearMiss, "an emergency", adult, trip(one, plain, at(2, func(s *scene, v *visit) { v.adm = "1" }))),
		g(nearMiss, "settled in between", adult, trip(one, plain, at(1, func(s *scene, v *visit) {
			v.midAt = append(v.midAt, addSec(v.begin, 2*86400+3600))
		}))),
		g(nearMiss, "left against advice", adult, trip(one, plain, at(1, func(s *scene, v *visit) { v.way = "4" }))),
		g(nearMiss, "referred", adult, trip(one, plain, at(1, func(s *scene, v *visit) { v.to = s.township().code }))),
		g(nearMiss, "referred to the last", adult, trip(one, plain, at(2, func(s *scene, v *visit) { v.from = s.township().code }))),
		g(nearMiss, "chemotherapy", adult, trip(one, same(&diagnosis{code: "Z51.100", dept: "A19"}), none)),
		g(nearMiss, "rehabilitation", adult, trip(one, same(&diagnosis{code: "Z50.900", dept: "A03"}), none)),
		g(nearMiss, "follow-up of an operation", adult, trip(one, same(&diagnosis{code: "Z47.900", dept: "A03"}), none)),
		g(nearMiss, "an opening looked after", adult, trip(one, same(&diagnosis{code: "Z43.300", dept: "A03"}), none)),
		g(nearMiss, "a session of dialysis", adult, trip(one, same(&diagnosis{code: "Z49.100", dept: "A03"}), none)),
		g(nearMiss, "malignant", adult, trip(one, same(&diagnosis{code: "C34.900", dept: "A03"}), none)),
		g(nearMiss, "psychiatric", adult, trip(one, same(&diagnosis{code: "F20.900", dept: "A15"}), none)),
		g(nearMiss, "dialysis", adult, trip(one, plain, at(2, func(s *scene, v *visit) { v.diags = append(v.diags, "N18.600") }))),
		g(nearMiss, "pregnant", mother, trip(one, plain, at(2, func(s *scene, v *visit) { v.diags = append(v.diags, "O26.900") }))),
		g(nearMiss, "day surgery", adult, trip(one, plain, at(2, func(s *scene, v *visit) { v.daySurg = true }))),
		g(nearMiss, "newborn on the mother's card", mother, trip(one, plain, at(2, func(s *scene, v *visit) { v.newborn, v.mom = true, v.p.no(v.day()) }))),
	}
}

// oftenDiags are of different categories, so that no stay continues the one before. Performances begin at different ones: the bills of
// these stays are bare, and many of one disease would be that disease's usual cost (C020).
var oftenDiags = []*diagnosis{pneumonia, stroke, {code: "I25.100", dept: "A03"}, {code: "K52.900", dept: "A03"}, {code: "J44.900", dept: "A03"},
	{code: "I50.900", dept: "A03"}, {code: "E11.900", dept: "A03"}}

// oftenScenarios: G023, admissions in a quarter and in a year.
func oftenScenarios() []*scenario {
	adult, mother := want{}, want{female: true, from: 21, to: 40}
	// times admitted, six days apart; change speaks of the k-th.
	times := func(n int, change func(s *scene, v *visit, k int), labelled ...int) func(*scene) bool {
		return func(s *scene) bool {
			if !s.inQuarter(6 * n) {
				return false
			}
			var legs []leg
			for k := range n {
				g := leg{day: 6 * k, los: 4, diag: oftenDiags[(k+s.n)%len(oftenDiags)]}
				if change != nil {
					g.change = func(s *scene, v *visit) { change(s, v, k) }
				}
				legs = append(legs, g)
			}
			return journey(legs, labelled...)(s)
		}
	}
	second := func(f func(s *scene, v *visit)) func(s *scene, v *visit, k int) {
		return func(s *scene, v *visit, k int) {
			if k == 1 {
				f(s, v)
			}
		}
	}
	diag := func(code string) func(s *scene, v *visit, k int) {
		return second(func(s *scene, v *visit) { v.diags = append(v.diags, code) })
	}
	g := func(kind, name string, w want, span int, build func(*scene) bool) *scenario {
		return (&scenario{rule: "G023", name: name, kind: kind, want: w, build: build}).spanning(span).alone()
	}
	return []*scenario{
		g(plant, "four times in a quarter", adult, 26, times(4, nil, 3)),
		g(plant, "seven times in a year", adult, 44, times(7, nil, 3, 6)),
		g(nearMiss, "three times in a quarter", adult, 20, times(3, nil, 2)),
		g(nearMiss, "chemotherapy between", adult, 26, times(4, diag("Z51.100"), 3)),
		g(nearMiss, "dialysis between", adult, 26, times(4, diag("N18.600"), 3)),
		g(nearMiss, "psychiatric between", adult, 26, times(4, second(func(s *scene, v *visit) { v.diags[0] = "F20.900" }), 3)),
		g(nearMiss, "pregnancy between", mother, 26, times(4, diag("O26.900"), 3)),
		g(nearMiss, "day surgery between", adult, 26, times(4, second(func(s *scene, v *visit) { v.daySurg = true }), 3)),
		g(nearMiss, "planned between", adult, 26, times(4, second(func(s *scene, v *visit) { v.planned = true }), 3)),
		g(nearMiss, "newborn between", mother, 26, times(4, second(func(s *scene, v *visit) { v.newborn, v.mom = true, v.p.no(v.day()) }), 3)),
		g(nearMiss, "transferred on", adult, 26, func(s *scene) bool {
			return s.inQuarter(24) && journey([]leg{{day: 0, los: 4, diag: oftenDiags[0]}, {day: 6, los: 4, diag: oftenDiags[1]},
				{day: 12, los: 4, diag: oftenDiags[2], change: func(s *scene, v *visit) { v.way, v.to = "2", s.tcm().code }},
				{inst: 3, day: 17, los: 4, diag: oftenDiags[2]}}, 3)(s)
		}),
	}
}

// inQuarter moves the scene so that the days lie in one natural quarter; false when the window has none that long.
func (s *scene) inQuarter(days int) bool {
	quarter := func(d claim.Day) claim.Month { return d.Month() / 3 }
	for d := s.d; d > s.first; d-- {
		if d+claim.Day(days) <= s.last-1 && quarter(d) == quarter(d+claim.Day(days)) {
			s.d = d
			return true
		}
	}
	return false
}

// prematureScenarios: G028, sent home too early and back as an emergency. The label is the first stay's.
func prematureScenarios() []*scenario {
	adult, mother := want{}, want{female: true, from: 21, to: 40}
	back := func(los, gap int, bed bool, first, later func(s *scene, v *visit)) func(*scene) bool {
		return func(s *scene) bool {
			v := s.inpatientStay(s.county(), 0, los, stroke)
			s.thin(v, 1)
			v.adm = "2"
			var w *visit
			if bed {
				w = s.inpatientStay(s.county(), los+gap, 5, stroke)
				s.thin(w, 1)
				w.adm = "1"
			} else {
				w = s.clinicVisit(s.county(), los+gap, "A20", "I63.900")
				w.med, w.er = "13", true
			}
			if v.open {
				return false
			}
			if first != nil {
				first(s, v)
			}
			if later != nil {
				later(s, w)
			}
			s.hit(v, nil, zero)
			return true
		}
	}
	diag := func(code string) func(*scene, *visit) {
		return func(s *scene, v *visit) { v.diags = append(v.diags, code) }
	}
	way := func(code string) func(*scene, *visit) { return func(s *scene, v *visit) { v.way = code } }
	g := func(kind, name string, w want, build func(*scene) bool) *scenario {
		return (&scenario{rule: "G028", name: name, kind: kind, want: w, build: build}).spanning(40).alone()
	}
	return []*scenario{
		g(plant, "back in the emergency room", adult, back(3, 6, false, nil, nil)),
		g(plant, "back as an emergency admission", adult, back(3, 20, true, nil, nil)),
		g(plant, "back on the thirtieth day", adult, back(3, 30, false, nil, nil)),
		g(nearMiss, "back on the thirty-first day", adult, back(3, 31, false, nil, nil)),
		g(nearMiss, "four days in bed", adult, back(4, 6, false, nil, nil)),
		g(nearMiss, "back for something else", adult, back(3, 6, false, nil, func(s *scene, v *visit) { v.diags[0] = "J06.900" })),
		g(nearMiss, "back, but no emergency", adult, back(3, 6, false, nil, func(s *scene, v *visit) { v.med, v.er = "11", false })),
		g(nearMiss, "back as planned", adult, back(3, 20, true, nil, func(s *scene, v *visit) { v.planned = true })),
		g(nearMiss, "died", adult, back(3, 6, false, way("5"), nil)),
		g(nearMiss, "transferred", adult, back(3, 6, false, way("2"), nil)),
		g(nearMiss, "left against advice", adult, back(3, 6, false, way("4"), nil)),
		g(nearMiss, "malignant", adult, back(3, 6, false, diag("C50.900"), nil)),
		g(nearMiss, "dialysis", adult, back(3, 6, false, diag("N18.600"), nil)),
		g(nearMiss, "palliative", adult, back(3, 6, false, diag("Z51.500"), nil)),
		g(nearMiss, "pregnant", mother, back(3, 6, false, diag("O26.900"), nil)),
		g(nearMiss, "psychiatric", adult, back(3, 6, false, func(s *scene, v *visit) { v.diags[0] = "F20.900" }, func(s *scene, v *visit) { v.diags[0] = "F20.900" })),
		g(nearMiss, "day surgery", adult, back(3, 6, false, func(s *scene, v *visit) { v.daySurg = true }, nil)),
		g(nearMiss, "a planned stay", adult, back(3, 6, false, func(s *scene, v *visit) { v.planned = true }, nil)),
		g(nearMiss, "newborn on the mother's card", mother, back(3, 6, false, func(s *scene, v *visit) { v.newborn, v.mom = true, v.p.no(v.day()) }, nil)),
		g(nearMiss, "settled in between", adult, back(3, 6, false, func(s *scene, v *visit) { v.midAt = append(v.midAt, addSec(v.begin, 86400)) }, nil)),
	}
}
