package synth

import (
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// A013: drugs for listed indications.
func indicationScenarios() []*scenario {
	adult := want{}
	// The carrier's diagnosis K52.900 must not be in the set; expensive drugs would distort a small city's money.
	fits := func(s *scene, p *knowledge.Point, it *item) bool {
		return !inSet("K52.900", p.DiagSet) && !inSet("J18.900", p.DiagSet) && it.Price < 2000*claim.PriceOne
	}
	long := func(s *scene, p *knowledge.Point, it *item) bool { // diagnoses that are remembered for a year
		return fits(s, p, it) && inSet(firstOf(p.DiagSet), "C00-C97|E10-E14|I10-I15|I20-I25|I60-I69|J44|J45|K74|M05|M06|N18|B18|F20|G20|G40")
	}
	plan := []*scenario{
		planted("A013", "no listed diagnosis", adult, onVisit("A013", fits, nil)).alone(),
		planted("A013", "no listed diagnosis in a stay", adult, onStay("A013", fits, nil)).alone(),
		near("A013", "listed diagnosis", adult, onVisit("A013", fits, func(s *scene, v *visit, ln *line, p *knowledge.Point) {
			v.diags = append(v.diags, firstOf(p.DiagSet))
		})).alone(),
		near("A013", "known from an earlier visit", adult, func(s *scene) bool {
			v := s.clinicVisit(s.county(), 9, "A03", "K52.900")
			p, it := s.pick("A013", v, func(p *knowledge.Point, it *item) bool { return long(s, p, it) })
			if it == nil {
				return false
			}
			s.clinicVisit(s.township(), 0, "A03", firstOf(p.DiagSet))
			s.hit(v, s.book(v, it), unsure)
			return true
		}).spanning(12).alone(),
		near("A013", "no diagnosis at all", adult, onVisit("A013", fits, func(s *scene, v *visit, ln *line, p *knowledge.Point) {
			v.diags = v.diags[:0]
			s.also("B034", v, nil, zero)
		})).alone(),
		near("A013", "paid by the patient", adult, onVisit("A013", fits, ownPaid)).alone(),
		near("A013", "pharmacy, listed on the prescription", adult, func(s *scene) bool {
			v := s.visit(s.plainShop(), "41", s.when(0, 15), "A02")
			p, it := s.pick("A013", v, func(p *knowledge.Point, it *item) bool { return fits(s, p, it) })
			if it == nil {
				return false
			}
			ln := s.book(v, it)
			ln.rx, ln.hiRx = 0, "HR"+s.p.no(s.d)+itoa(int(s.d))
			s.prescribed(v, s.county(), ln.hiRx, firstOf(p.DiagSet))
			s.hit(v, ln, unsure)
			return true
		}).alone(),
		near("A013", "pharmacy without prescription", adult, func(s *scene) bool {
			v := s.visit(s.plainShop(), "41", s.when(0, 15), "A02")
			_, it := s.pick("A013", v, func(p *knowledge.Point, it *item) bool { return fits(s, p, it) })
			if it == nil {
				return false
			}
			ln := s.book(v, it)
			ln.rx = 0
			s.hit(v, ln, unsure)
			return true
		}).alone(),
	}
	return append(plan, catalogueScenarios()...)
}

// A022: what the catalogue does not pay for.
func catalogueScenarios() []*scenario {
	adult := want{}
	outside := func(s *scene, v *visit, take func(*item) bool) *item {
		for i := range s.ix.items {
			it := s.ix.items[(s.n*31+i)%len(s.ix.items)]
			if take(it) && it.Price < 1500*claim.PriceOne && len(it.use.depts) == 0 && it.plainMarks() {
				return it
			}
		}
		return nil
	}
	return []*scenario{
		planted("A022", "third class paid by the fund", adult, func(s *scene) bool {
			v := s.clinicVisit(s.county(), 0, "A03", "K52.900")
			it := outside(s, v, func(it *item) bool { return it.level == '3' })
			if it == nil {
				return false
			}
			ln := s.book(v, it)
			ln.forced = true
			s.hit(v, ln, whole)
			return true
		}),
		planted("A022", "code no longer valid", adult, func(s *scene) bool {
			v := s.clinicVisit(s.county(), 0, "A03", "K52.900")
			it := outside(s, v, func(it *item) bool { return it.To < s.first-60 && it.list == "201" })
			if it == nil {
				return false
			}
			s.hit(v, s.book(v, it), whole)
			return true
		}),
		near("A022", "third class paid by the patient", adult, func(s *scene) bool {
			v := s.clinicVisit(s.county(), 0, "A03", "K52.900")
			it := outside(s, v, func(it *item) bool { return it.level == '3' })
			if it == nil {
				return false
			}
			s.hit(v, s.book(v, it), unsure)
			return true
		}),
		planted("A022", "the code changed long ago", adult, changedCode(40)).spanning(3),
		near("A022", "the code changed thirty days ago", adult, changedCode(30)),
		near("A022", "before the code changed", adult, changedCode(0)),
		near("A022", "hospital preparation", adult, func(s *scene) bool {
			v := s.clinicVisit(s.county(), 0, "A03", "K52.900")
			it := outside(s, v, func(it *item) bool { return it.list == "103" })
			if it == nil {
				return false
			}
			ln := v.add(it, 1, s.when(0, 11))
			ln.rx = 1
			s.hit(v, ln, unsure)
			return true
		}),
	}
}

// changedCode bills the item whose code ended in the window, so many days after its last day.
func changedCode(after int) func(*scene) bool {
	return func(s *scene) bool {
		it := s.ix.changed
		s.d = it.To + claim.Day(after)
		if s.d < s.first+3 || s.d > s.last-4 {
			return false
		}
		v := s.clinicVisit(s.county(), 0, "A03", "K52.900")
		s.hit(v, v.add(it, 1, s.when(0, 11)), whole)
		return true
	}
}

// plainMarks: no point but those that speak of department, level or category.
func (it *item) plainMarks() bool {
	for _, m := range it.marks {
		if m.part == 's' {
			return false
		}
	}
	return true
}

// untitled keeps points that ask for no title.
func untitled(take func(*scene, *knowledge.Point, *item) bool) func(*scene, *knowledge.Point, *item) bool {
	return func(s *scene, p *knowledge.Point, it *item) bool { return take(s, p, it) && p.Params.MinTitle == "" }
}

// A017 and A018: who may prescribe.
func departmentScenarios() []*scenario {
	adult := want{}
	var all []*scenario
	for _, r := range []string{"A017", "A018"} {
		wrong := func(s *scene, p *knowledge.Point, it *item) bool {
			return !strings.HasPrefix(p.Allow, "A07") && !deptAllowed(splitSet(p.Allow), s.county().dept("A11")) && it.Price < 3000*claim.PriceOne
		}
		// The out-patient department of ear, nose and throat is in no list.
		build := func(change change, take func(*scene, *knowledge.Point, *item) bool) func(*scene) bool {
			return func(s *scene) bool {
				v := s.clinicVisit(s.county(), 0, "A11", "K52.900")
				p, it := s.pick(r, v, func(p *knowledge.Point, it *item) bool { return take == nil || take(s, p, it) }, "A013")
				if it == nil {
					return false
				}
				s.appease(v, it)
				ln := s.book(v, it)
				if change != nil {
					change(s, v, ln, p)
				}
				s.hit(v, ln, whole)
				return true
			}
		}
		all = append(all,
			planted(r, "wrong department", adult, build(nil, wrong)),
			near(r, "rescue", adult, build(func(s *scene, v *visit, ln *line, p *knowledge.Point) { v.rescue = true }, wrong)),
			near(r, "no department on the line", adult, build(func(s *scene, v *visit, ln *line, p *knowledge.Point) { ln.dept = &dept{} }, untitled(wrong))),
			near(r, "right department", want{insutype: "390"}, build(func(s *scene, v *visit, ln *line, p *knowledge.Point) {
				ln.dept = &dept{code: splitSet(p.Allow)[0], name: splitSet(p.Allow)[0]}
				ln.doc = &doctor{code: s.county().depts[0].doctors[0].code}
				for _, d := range s.county().doctorsOf() {
					if d.title == "231" {
						ln.doc = &doctor{code: d.code, title: d.title}
					}
				}
			}, untitled(wrong))))
	}
	return append(all,
		planted("A017", "title too low", want{insutype: "390"}, titled(false)),
		near("A017", "title high enough", want{insutype: "390"}, titled(true)),
		near("A018", "right executing department", adult, func(s *scene) bool {
			v := s.clinicVisit(s.county(), 0, "A11", "K52.900")
			return s.bookOn("A018", v, nil, func(s *scene, v *visit, ln *line, p *knowledge.Point) { ln.exec = splitSet(p.Allow)[0] })
		}))
}

// titled prescribes a drug that asks for a title, in any department it allows.
func titled(enough bool) func(*scene) bool {
	return func(s *scene) bool {
		inst := s.county()
		for k := range inst.depts {
			d := &inst.depts[k]
			if d.code == "A07" { // a grown-up with the children would be a story of its own (I006)
				continue
			}
			v := s.clinicVisit(inst, 0, d.code, "K52.900")
			for j := range d.doctors {
				v.doc = &d.doctors[j]
				p, it := s.pick("A017", v, func(p *knowledge.Point, it *item) bool {
					return p.Params.MinTitle != "" && deptAllowed(splitSet(p.Allow), d) && (v.doc.title <= p.Params.MinTitle) == enough
				}, "A013")
				if p != nil {
					s.appease(v, it)
					for i := range v.lines {
						v.lines[i].doc = v.doc
					}
					s.hit(v, s.book(v, it), whole)
					return true
				}
			}
			s.drop(v)
		}
		return false
	}
}

// drop takes back the visit opened last.
func (s *scene) drop(v *visit) {
	s.visits = s.visits[:len(s.visits)-1]
	*v = visit{lines: v.lines[:0]}
	s.life.free = append(s.life.free, v)
}

// C024: what does not go with the patient's age.
func ageScenarios() []*scenario {
	young := want{from: 5, to: 10}
	diag := func(code string, w want, kind, name string) *scenario {
		return &scenario{rule: "C024", name: name, kind: kind, want: w, span: 3, build: func(s *scene) bool {
			v := s.clinicVisit(s.county(), 0, "A03", code)
			if code[0] == 'P' && kind == nearMiss {
				v.mom, v.newborn = s.p.no(s.d), true
			}
			amt := unsure
			s.hit(v, nil, amt)
			return true
		}}
	}
	outOfAge := func(s *scene, p *knowledge.Point, it *item) bool {
		age := s.p.age(s.d)
		return (p.AgeMin >= 0 && age < p.AgeMin) || (p.AgeMax >= 0 && age > p.AgeMax)
	}
	inAge := func(s *scene, p *knowledge.Point, it *item) bool { return !outOfAge(s, p, it) }
	return []*scenario{
		planted("C024", "item for another age, old", want{from: 62, to: 80, female: true}, onVisit("C024", outOfAge, nil)),
		planted("C024", "item for another age, young", young, onVisit("C024", outOfAge, nil)),
		near("C024", "item within its age", want{from: 30, to: 45}, onVisit("C024", inAge, nil)),
		near("C024", "newborn on the mother's card", want{from: 64, to: 80, female: true}, onVisit("C024", outOfAge, func(s *scene, v *visit, ln *line, p *knowledge.Point) {
			v.newborn, v.mom = true, s.p.no(s.d)
		})),
		diag("O26.900", want{female: true, from: 62, to: 80}, plant, "pregnancy at sixty"),
		diag("P59.900", want{from: 20, to: 60}, plant, "newborn disease in an adult"),
		diag("N95.100", want{female: true, from: 20, to: 30}, plant, "menopause at twenty"),
		diag("P59.900", want{female: true, from: 21, to: 40}, nearMiss, "newborn disease on the mother's card"),
		diag("N95.100", want{female: true, from: 50, to: 60}, nearMiss, "menopause in time"),
		near("C024", "newborn disease in a pregnancy", want{female: true, from: 21, to: 40}, func(s *scene) bool {
			v := s.clinicVisit(s.county(), 0, "A05", "O26.900")
			v.diags = append(v.diags, "P59.900")
			s.hit(v, nil, unsure)
			return true
		}),
	}
}
