package synth

import (
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// at institution level n; the department is the general one.
func (s *scene) visitAtLevel(level int) *visit {
	inst := s.county()
	switch level {
	case 1:
		inst = s.township()
	case 3:
		inst = s.tertiary()
	}
	return s.clinicVisit(inst, 0, "A03", "K52.900")
}

// levelled books an item whose point asks for at least `asks` at an institution of level `is`.
func levelled(rule string, asks, is int, bed bool) func(*scene) bool {
	return func(s *scene) bool {
		var v *visit
		if bed {
			inst := s.township()
			if is >= 2 {
				inst = s.county()
			}
			v = s.inpatientStay(inst, 0, 5, pneumonia)
		} else {
			v = s.visitAtLevel(is)
		}
		for k := range v.dept.doctors { // some of these drugs ask for a title as well
			if d := &v.dept.doctors[k]; d.title < v.doc.title {
				v.doc = d
			}
		}
		_, it := s.pick(rule, v, func(p *knowledge.Point, it *item) bool {
			return p.Limit == claim.Qty(asks)*claim.QtyOne && it.Price < 6000*claim.PriceOne
		}, "A013")
		if it == nil {
			return false
		}
		s.appease(v, it)
		s.hit(v, s.book(v, it), whole)
		return true
	}
}

func modeScenarios() []*scenario {
	adult := want{}
	all := []*scenario{
		planted("A009", "second level drug in a township", adult, levelled("A009", 2, 1, true)),
		planted("A009", "third level drug in a county", adult, levelled("A009", 3, 2, true)),
		near("A009", "second level drug in a county", adult, levelled("A009", 2, 2, true)),
		near("A009", "institution without level", adult, func(s *scene) bool {
			v := s.clinicVisit(s.p.clinic, 0, "A02", "K52.900")
			_, it := s.pick("A009", v, func(p *knowledge.Point, it *item) bool { return p.Limit == 2*claim.QtyOne })
			if it == nil {
				return false
			}
			s.hit(v, s.book(v, it), unsure)
			return true
		}),
		planted("A009", "pharmacy, prescribed in a township", adult, pharmacyLevel(func(s *scene) *institution { return s.township() })),
		near("A009", "pharmacy, prescribed in a county", adult, pharmacyLevel(func(s *scene) *institution { return s.county() })),
		near("A009", "pharmacy without a prescription", adult, pharmacyLevel(nil)),
		planted("A010", "second level item in a township", adult, levelled("A010", 2, 1, true)),
		near("A010", "second level item in a county", adult, levelled("A010", 2, 2, true)),
		planted("A010", "category", adult, func(s *scene) bool {
			v := s.inpatientStay(s.tcm(), 0, 5, &diagnosis{code: "F20.900", dept: "A15"})
			v.diags[0] = "F20.900"
			return s.bookOn("A010", v, func(_ *scene, p *knowledge.Point, it *item) bool {
				return p.Allow != "" && !strings.Contains(p.Allow, v.inst.cate)
			}, nil)
		}),
	}
	for _, r := range []string{"A011", "A012"} {
		// Ward items would stand on the bill twice.
		only := func(set string) func(*scene, *knowledge.Point, *item) bool {
			return func(s *scene, p *knowledge.Point, it *item) bool {
				return p.Allow == set && !it.has("B006", 's') && !it.has("B007", 's') && !it.has("B008", 's')
			}
		}
		er := func(s *scene, v *visit, ln *line, p *knowledge.Point) { v.er = true }
		all = append(all,
			planted(r, "in-patients only, used out-patient", adult, onVisit(r, only("住院"), nil)),
			near(r, "in-patients only, in-patient", adult, onStay(r, only("住院"), nil)),
			near(r, "day surgery counts as a stay", adult, onVisit(r, only("住院"), func(s *scene, v *visit, ln *line, p *knowledge.Point) { v.daySurg = true })))
		if r == "A011" {
			all = append(all,
				planted(r, "emergency or bed, used out-patient", adult, onVisit(r, only("急诊|住院"), nil)),
				near(r, "emergency or bed, in an emergency", adult, onVisit(r, only("急诊|住院"), er)),
				near(r, "observation counts as emergency", adult, onVisit(r, only("急诊|住院"), func(s *scene, v *visit, ln *line, p *knowledge.Point) { v.obs = addSec(v.begin, 300) })),
				near(r, "rescue", adult, onVisit(r, only("急诊|抢救|住院"), func(s *scene, v *visit, ln *line, p *knowledge.Point) { v.rescue = true })))
		} else {
			all = append(all,
				planted(r, "out-patients only, used in a stay", adult, onStay(r, only("门诊|急诊"), nil)),
				near(r, "out-patients only, out-patient", adult, onVisit(r, only("门诊|急诊"), nil)),
				near(r, "emergency item in an emergency", adult, onVisit(r, only("急诊|抢救|住院"), er)))
		}
	}
	return append(all, insuranceScenarios()...)
}

// pharmacyLevel sells a level-bound drug on a prescription of the institution (nil: without one).
func pharmacyLevel(of func(s *scene) *institution) func(*scene) bool {
	return func(s *scene) bool {
		inst := s.plainShop()
		v := s.visit(inst, "41", s.when(0, 15), "A02")
		_, it := s.pick("A009", v, func(p *knowledge.Point, it *item) bool { return p.Limit == 2*claim.QtyOne })
		if it == nil {
			return false
		}
		ln := s.book(v, it)
		ln.rx = 0
		if of != nil {
			from := of(s)
			ln.hiRx = "HR" + s.p.no(s.d) + itoa(int(s.d))
			s.prescribed(v, from, ln.hiRx, "K52.900")
		}
		s.hit(v, ln, whole)
		return true
	}
}

// prescribed writes the electronic prescription behind a pharmacy line.
func (s *scene) prescribed(v *visit, from *institution, number, diag string) {
	s.sourced(v, from, number, diag, "1")
}

// sourced writes a prescription of a source (rx_source: 1 electronic, 2 the hospital's own, 3 paper).
func (s *scene) sourced(v *visit, from *institution, number, diag, source string) {
	doc := from.depts[0].doctors[0].code
	v.later = append(v.later, func(o *blockOut, v *visit) {
		r := o.small("prescription")
		r.str(from.code)
		r.str("RX" + number)
		r.str(number)
		r.str(v.p.no(v.day()))
		r.str(doc)
		r.time(addSec(v.begin, -7200))
		r.time(addSec(v.begin, 3*86400))
		r.str(source)
		r.str(diag)
		r.str("1")
		r.none()
		r.end()
	})
}

// A007 and A008: drugs that another insurance pays.
func insuranceScenarios() []*scenario {
	adult := want{}
	mother := want{female: true, from: 21, to: 40}
	return []*scenario{
		planted("A007", "work injury drug under basic insurance", adult, onVisit("A007", nil, nil)),
		near("A007", "settled by work injury insurance", adult, onVisit("A007", nil, func(s *scene, v *visit, ln *line, p *knowledge.Point) { v.setlIns = "400" })),
		near("A007", "work injury on file", adult, onVisit("A007", nil, func(s *scene, v *visit, ln *line, p *knowledge.Point) {
			person, d := s.p, s.d
			s.events = append(s.events, func(o *blockOut) {
				r := o.small("work_injury")
				r.str(person.no(d))
				r.str(person.cert)
				r.time(at(d-20, 8*3600))
				r.time(at(d+200, 8*3600))
				r.str("人社")
				r.none()
				r.end()
			})
		})).alone(),
		near("A007", "paid by the patient", adult, onVisit("A007", nil, ownPaid)),
		planted("A008", "maternity drug in an ordinary visit", mother, onVisit("A008", nil, nil)),
		near("A008", "maternity insurance", mother, onVisit("A008", nil, func(s *scene, v *visit, ln *line, p *knowledge.Point) { v.setlIns = "510" })),
		near("A008", "maternity visit", mother, onVisit("A008", nil, func(s *scene, v *visit, ln *line, p *knowledge.Point) { v.med = "51" })),
		near("A008", "maternity flag", mother, onVisit("A008", nil, func(s *scene, v *visit, ln *line, p *knowledge.Point) { ln.matn = true })),
		near("A008", "main diagnosis of pregnancy", mother, onVisit("A008", nil, func(s *scene, v *visit, ln *line, p *knowledge.Point) { v.diags[0] = "O26.900" })),
	}
}

func drugDayScenarios() []*scenario {
	adult := want{}
	all := append(indicationScenarios(), departmentScenarios()...)
	// A028: days of supply outside a ward.
	days := func(med, diag string, er bool, n int, dise *disease) func(*scene) bool {
		return func(s *scene) bool {
			v := s.clinicVisit(s.county(), 0, "A03", diag)
			v.med, v.er = med, er
			it := s.packed(v, n)
			if it == nil {
				return false
			}
			ln := s.dose(v, it, n, s.when(0, 11))
			limit := 7
			switch {
			case er:
				limit = 3
			case diag[0] == 'I':
				limit = 28
			}
			s.hit(v, ln, overPacks(ln, n, limit))
			return true
		}
	}
	all = append(all,
		planted("A028", "a month for a cold", adult, days("11", "K52.900", false, 28, nil)).unchronic(),
		planted("A028", "emergency", adult, days("13", "K52.900", true, 14, nil)).unchronic(),
		planted("A028", "the old", want{from: 67, to: 80}, days("11", "K52.900", false, 28, nil)).unchronic(),
		near("A028", "seven days", adult, days("11", "K52.900", false, 7, nil)).unchronic(),
		near("A028", "three days in an emergency", adult, days("13", "K52.900", true, 3, nil)).unchronic(),
		near("A028", "four weeks with a chronic disease", adult, days("11", "I25.100", false, 28, nil)).unchronic(),
		near("A028", "less than a pack too much", adult, func(s *scene) bool {
			v := s.clinicVisit(s.county(), 0, "A03", "K52.900")
			it := s.packed(v, 9)
			if it == nil {
				return false
			}
			ln := s.dose(v, it, 9, s.when(0, 11))
			ln.cnt = claim.QtyOne
			s.hit(v, ln, unsure)
			return true
		}).unchronic(),
		near("A028", "days that nobody wrote down", adult, func(s *scene) bool {
			v := s.clinicVisit(s.county(), 0, "A03", "K52.900")
			it := s.packed(v, 28)
			if it == nil {
				return false
			}
			ln := s.dose(v, it, 28, s.when(0, 11))
			ln.days, ln.dose, ln.freq = 0, 0, ""
			s.hit(v, ln, unsure)
			return true
		}).unchronic(),
		planted("A028", "days worked out from the dose", adult, func(s *scene) bool {
			v := s.clinicVisit(s.county(), 0, "A03", "K52.900")
			it := s.packed(v, 28)
			if it == nil {
				return false
			}
			ln := s.dose(v, it, 28, s.when(0, 11))
			ln.days = 0
			have := int(int64(ln.cnt/claim.QtyOne) * it.pack() / (int64(it.dose) * int64(it.times)))
			if have > 40 {
				return false
			}
			s.hit(v, ln, overPacks(ln, have, 7))
			return true
		}).unchronic(),
		near("A028", "external use", adult, func(s *scene) bool {
			v := s.clinicVisit(s.county(), 0, "A03", "K52.900")
			it := s.free("external", v)
			if it == nil {
				return false
			}
			ln := v.add(it, 2, s.when(0, 11))
			ln.days, ln.rx = 30, 1
			s.hit(v, ln, unsure)
			return true
		}))
	return append(all, dischargeScenarios()...)
}

// packed finds a clean drug of which n days are several packs, so that the excess is whole packs.
func (s *scene) packed(v *visit, n int) *item {
	pool := s.ix.roles["oral"]
	for i := range pool {
		it := pool[(s.n*11+i)%len(pool)]
		if it.fits(s.p, s.d) && it.suits(v) && !s.has(v, it) && s.canBuy(it.Generic, s.d) && it.packsFor(n) >= 4*int64(min(1, n/10)) &&
			it.packsFor(n) <= min(12, it.maxPacks()) && it.Price < 40*claim.PriceOne && it.use.takeMax == 0 {
			return it
		}
	}
	return nil
}

// overPacks is the money of the whole packs beyond the limit.
func overPacks(ln *line, days, limit int) amount {
	packs := int64(ln.cnt / claim.QtyOne)
	if packs < 1 || days <= limit {
		return unsure
	}
	over := int64(days-limit) * packs / int64(days)
	return amount{mode: amtLine, num: over, den: packs}
}

// A029 and A030: what goes home with the patient.
func dischargeScenarios() []*scenario {
	adult := want{}
	take := func(days int, diag string) func(*scene) bool {
		return func(s *scene) bool {
			v := s.inpatientStay(s.county(), 0, 6, pneumonia)
			v.diags = append(v.diags[:1], diag)
			v.dropHome()
			it := s.packed(v, days)
			if it == nil {
				return false
			}
			ln := s.dose(v, it, days, addSec(v.end, -1500))
			ln.take, ln.rx = true, 0
			limit := 7
			if diag[0] == 'I' {
				limit = 30
			}
			s.hit(v, ln, overPacks(ln, days, limit))
			return true
		}
	}
	return []*scenario{
		planted("A029", "four weeks to take home", adult, take(28, "K52.900")).spanning(7).unchronic(),
		near("A029", "a week to take home", adult, take(7, "K52.900")).spanning(7).unchronic(),
		near("A029", "thirty days with a chronic disease", adult, take(30, "I10.x00")).spanning(7).unchronic(),
		planted("A030", "treatment to take home", adult, takeService("treat")).spanning(7),
		planted("A030", "examination to take home", adult, takeService("exam")).spanning(7),
		near("A030", "injection drug to take home", adult, func(s *scene) bool {
			v := s.inpatientStay(s.county(), 0, 6, pneumonia)
			it := s.free("injected", v)
			if it == nil {
				return false
			}
			ln := s.dose(v, it, 3, addSec(v.end, -1500))
			ln.take, ln.rx = true, 0
			s.hit(v, ln, unsure)
			return true
		}).spanning(7).unchronic(),
	}
}

func takeService(role string) func(*scene) bool {
	return func(s *scene) bool {
		v := s.inpatientStay(s.county(), 0, 6, pneumonia)
		it := s.free(role, v)
		if it == nil {
			return false
		}
		ln := v.add(it, 1, addSec(v.end, -1200))
		ln.take = true
		s.hit(v, ln, whole)
		return true
	}
}
