package synth

import (
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// at level where the rule's item can be booked: the institution, an out-patient visit, one line.
func onVisitAt(rule string, inst func(s *scene) *institution, take func(*scene, *knowledge.Point, *item) bool, change change) func(*scene) bool {
	return func(s *scene) bool {
		v := s.clinicVisit(inst(s), 0, "A03", "K52.900")
		_, it := s.pick(rule, v, func(p *knowledge.Point, it *item) bool { return take == nil || take(s, p, it) })
		if it == nil {
			return false
		}
		ln := s.book(v, it)
		ln.part, ln.side = "", ""
		if change != nil {
			change(s, v, ln, nil)
		}
		s.hit(v, ln, whole)
		return true
	}
}

// deviceScenarios: B018, items whose device the institution's ledger lacks.
func deviceScenarios() []*scenario {
	adult := want{}
	lacking := func(s *scene, p *knowledge.Point, it *item) bool { return s.ix.lacking[p.Allow] }
	township, tcm := (*scene).township, (*scene).tcm
	return []*scenario{
		planted("B018", "a device the township never had", adult, onVisitAt("B018", township, lacking, nil)),
		planted("B018", "a device that was given up", adult, onVisitAt("B018", tcm, lacking, nil)),
		near("B018", "the county hospital has it", adult, onVisitAt("B018", countyOf, lacking, nil)),
		near("B018", "examined elsewhere", adult, onVisitAt("B018", tcm, lacking, sentOut)),
		near("B018", "no ledger", adult, onVisitAt("B018", func(s *scene) *institution { return s.pl.by[kindNeighbor][0] }, lacking, nil)),
		near("B018", "paid by the patient", adult, onVisitAt("B018", tcm, lacking, ownPaid)),
	}
}

func sentOut(s *scene, v *visit, ln *line, p *knowledge.Point) { ln.sentOut = true }

// licenceScenarios: B027, items of departments the institution has no licence for.
func licenceScenarios() []*scenario {
	adult := want{}
	beyond := func(s *scene, p *knowledge.Point, it *item) bool {
		for _, a := range splitSet(p.Allow) {
			if s.township().hasDept(a) {
				return false
			}
		}
		return it.Price < 2000*claim.PriceOne
	}
	township := (*scene).township
	return []*scenario{
		planted("B027", "a department the township has not", adult, onVisitAt("B027", township, beyond, nil)),
		planted("B027", "a department the maternity hospital has not", adult, onVisitAt("B027", func(s *scene) *institution { return s.pl.by[kindMaternity][0] },
			func(s *scene, p *knowledge.Point, it *item) bool {
				return !s.pl.by[kindMaternity][0].licensed(p.Allow) && beyond(s, p, it)
			}, nil)),
		near("B027", "the county hospital has it", adult, onVisitAt("B027", countyOf, beyond, nil)),
		near("B027", "done elsewhere", adult, onVisitAt("B027", township, beyond, sentOut)),
		near("B027", "rescue", adult, onVisitAt("B027", township, beyond, func(s *scene, v *visit, ln *line, p *knowledge.Point) { v.rescue = true })),
		near("B027", "no departments on file", adult, onVisitAt("B027", func(s *scene) *institution { return s.pl.by[kindPrivate][0] }, beyond, nil)),
		near("B027", "paid by the patient", adult, onVisitAt("B027", township, beyond, ownPaid)),
	}
}

// selfMadeScenarios: B020, items that no list knows, under the institution's own code or a placeholder.
func selfMadeScenarios() []*scenario {
	adult := want{}
	own := func(k int, change change) func(*scene) bool {
		return func(s *scene) bool {
			v := s.clinicVisit(s.county(), 0, "A03", "K52.900")
			ln := v.add(s.ix.selfMade[k], 1, s.when(0, 11))
			if change != nil {
				change(s, v, ln, nil)
			}
			s.hit(v, ln, whole)
			if !ln.own && change == nil { // what no list knows is outside the catalogue as well
				s.also("A022", v, ln, whole)
			}
			return true
		}
	}
	return []*scenario{
		planted("B020", "under the institution's own code", adult, own(0, nil)),
		planted("B020", "under a placeholder", adult, own(1, nil)),
		near("B020", "an own code that the code map knows", adult, func(s *scene) bool {
			v := s.clinicVisit(s.tcm(), 0, "A03", "K52.900")
			for _, role := range []string{"lab", "exam", "treat"} {
				for _, it := range s.ix.roles[role] {
					if it.n%5 == 0 && it.fits(s.p, s.d) && it.suits(v) {
						s.hit(v, v.add(it, 1, s.when(0, 11)), unsure)
						return true
					}
				}
			}
			return false
		}),
		near("B020", "own material is no service", adult, own(2, nil)),
		near("B020", "paid by the patient", adult, own(0, ownPaid)),
		near("B020", "refunded", adult, own(1, refunded)),
	}
}

// unknownDoctor begins the code of a doctor whom nobody registered.
const unknownDoctor = "DX"

// staffScenarios: B028, doctors whom no institution has on file. Thirty days of grace on both sides.
func staffScenarios() []*scenario {
	adult := want{}
	by := func(change func(s *scene, v *visit, ln *line)) func(*scene) bool {
		return func(s *scene) bool {
			v := s.clinicVisit(s.county(), 0, "A03", "K52.900")
			it := s.free("treat", v)
			if it == nil {
				return false
			}
			ln := v.add(it, 1, s.when(0, 11))
			ln.doc = &doctor{code: unknownDoctor + s.p.no(s.d)[5:], name: "未备案", title: "234"}
			if change != nil {
				change(s, v, ln)
			}
			s.hit(v, ln, whole)
			return true
		}
	}
	// filed registers the doctor at an institution from one day to another, in days from the scene.
	filed := func(inst func(s *scene) *institution, from, to int) func(s *scene, v *visit, ln *line) {
		return func(s *scene, v *visit, ln *line) {
			doc, i, d := *ln.doc, inst(s), s.d
			s.events = append(s.events, func(o *blockOut) {
				r := o.small("practitioner")
				r.str(doc.code)
				r.str(doc.name)
				r.str("1")
				r.str(doc.title)
				r.str(i.code)
				r.str("A03")
				r.str(doc.certificate())
				r.day(d + claim.Day(from))
				if to == 0 {
					r.none()
				} else {
					r.day(d + claim.Day(to))
				}
				r.end()
			})
		}
	}
	return []*scenario{
		planted("B028", "nobody knows the doctor", adult, by(nil)),
		planted("B028", "only the order names the doctor", adult, by(func(s *scene, v *visit, ln *line) { ln.unsigned = true })),
		planted("B028", "gone for 31 days", adult, by(filed(countyOf, -400, -31))),
		planted("B028", "not yet there for 31 days", adult, by(filed(countyOf, 31, 0))),
		near("B028", "gone for 30 days", adult, by(filed(countyOf, -400, -30))),
		near("B028", "there 30 days later", adult, by(filed(countyOf, 30, 0))),
		near("B028", "on file elsewhere", adult, by(filed(tertiaryOf, -400, 0))),
		near("B028", "rescue", adult, by(func(s *scene, v *visit, ln *line) { v.rescue = true })),
		near("B028", "nobody signed", adult, by(func(s *scene, v *visit, ln *line) { ln.doc = &doctor{} })),
		near("B028", "paid by the patient", adult, by(func(s *scene, v *visit, ln *line) { ln.own = true })),
	}
}

// terminalScenarios: B031, settled on a terminal that is registered for another place. Five hundred metres are one place.
func terminalScenarios() []*scenario {
	adult := want{}
	// on settles on a terminal of its own, registered with an institution so many metres north of the visit's.
	on := func(registered func(s *scene) *institution, metres float64) func(*scene) bool {
		return func(s *scene) bool {
			v := s.clinicVisit(s.county(), 0, "A03", "K52.900")
			v.device = "TX" + s.p.no(s.d)[5:]
			if registered != nil {
				no, i, lon, lat := v.device, registered(s), v.inst.lon, v.inst.lat+metres/111_195
				s.events = append(s.events, func(o *blockOut) { o.terminalRow(no, i, lon, lat) })
			}
			s.hit(v, nil, zero)
			return true
		}
	}
	private := func(s *scene) *institution { return s.pl.by[kindPrivate][0] }
	ally := func(s *scene) *institution {
		for _, i := range s.pl.by[kindTownship] {
			if i.group == s.county().group {
				return i
			}
		}
		return s.county()
	}
	return []*scenario{
		planted("B031", "somebody else's terminal from far away", adult, on(tertiaryOf, 40_000)),
		planted("B031", "its own terminal, six hundred metres away", adult, on(countyOf, 600)),
		near("B031", "its own terminal, four hundred metres away", adult, on(countyOf, 400)),
		near("B031", "somebody else's terminal in the same place", adult, on(tertiaryOf, 300)),
		near("B031", "a terminal of the same group", adult, on(ally, 200)),
		near("B031", "an unregistered terminal", adult, on(nil, 0)),
		near("B031", "the institution's own terminal", adult, func(s *scene) bool {
			v := s.clinicVisit(private(s), 0, "A03", "K52.900")
			s.hit(v, nil, zero)
			return true
		}),
	}
}
