package synth

import (
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// special is what a special drug's approval says: offsets in days from the scene, the institutions it names.
type special struct {
	from, to   int
	idet, shop func(s *scene) *institution
	generic    string // another drug than the one bought
}

func (s *scene) specialRow(it *item, a special) {
	p, d := s.p, s.d
	idet, shop, generic := "", "", it.Generic
	if a.idet != nil {
		idet = a.idet(s).code
	}
	if a.shop != nil {
		shop = a.shop(s).code
	}
	if a.generic != "" {
		generic = a.generic
	}
	doc := s.tertiary().depts[0].doctors[0].code
	s.events = append(s.events, func(o *blockOut) {
		r := o.small("special_drug")
		r.str(p.no(d))
		r.str(generic)
		r.str(idet)
		r.str(doc)
		r.str(shop)
		r.day(d + claim.Day(a.from))
		r.day(d + claim.Day(a.to))
		r.end()
	})
}

var (
	countyOf   = func(s *scene) *institution { return s.county() }
	tertiaryOf = func(s *scene) *institution { return s.tertiary() }
	shopOf     = func(s *scene) *institution { return s.plainShop() }
)

// dearDrug picks one of the dual-channel drugs, all of which are paid for separately as well.
func (s *scene) dearDrug(v *visit) *item {
	_, it := s.pick("A032", v, func(p *knowledge.Point, it *item) bool { return it.has("A033", 's') && it.Price < 6000*claim.PriceOne }, "A033")
	return it
}

// fromShop sells a dual-channel drug in a pharmacy to somebody approved for it.
func fromShop(change func(s *scene, v *visit, ln *line)) func(*scene) bool {
	return func(s *scene) bool {
		if since := claim.DayOf(2025, 1, 1); s.d < since { // before that no electronic prescription was asked for
			if s.d = since + claim.Day(s.c.n(20)); s.d+3 > s.last {
				return false
			}
		}
		v := s.visit(s.plainShop(), "41", s.when(0, 15), "A02")
		it := s.dearDrug(v)
		if it == nil {
			return false
		}
		s.specialRow(it, special{from: -60, to: 200, idet: tertiaryOf, shop: shopOf})
		ln := s.book(v, it)
		ln.rx = 0
		if change != nil {
			change(s, v, ln)
		}
		s.hit(v, ln, whole)
		return true
	}
}

// channelScenarios: A032, dual-channel drugs sold on other than electronic prescriptions.
func channelScenarios() []*scenario {
	adult := want{}
	source := func(kind string) func(s *scene, v *visit, ln *line) {
		return func(s *scene, v *visit, ln *line) {
			ln.hiRx = "HD" + s.p.no(s.d) + itoa(int(s.d))
			s.sourced(v, s.county(), ln.hiRx, "K52.900", kind)
		}
	}
	return []*scenario{
		planted("A032", "no prescription at all", adult, fromShop(nil)),
		planted("A032", "the hospital's own prescription", adult, fromShop(source("2"))),
		planted("A032", "a paper prescription", adult, fromShop(source("3"))),
		near("A032", "an electronic prescription", adult, fromShop(source("1"))),
		near("A032", "flagged as circulated", adult, fromShop(func(s *scene, v *visit, ln *line) { ln.circulated = true })),
		near("A032", "the prescription has not arrived", adult, fromShop(func(s *scene, v *visit, ln *line) { ln.hiRx = "HD" + s.p.no(s.d) + itoa(int(s.d)) })),
		near("A032", "paid by the patient", adult, fromShop(func(s *scene, v *visit, ln *line) { ln.own = true })),
		near("A032", "in a hospital", adult, func(s *scene) bool {
			v := s.clinicVisit(s.county(), 0, "A03", "K52.900")
			it := s.dearDrug(v)
			if it == nil {
				return false
			}
			s.specialRow(it, special{from: -60, to: 200, idet: countyOf})
			s.hit(v, s.book(v, it), unsure)
			return true
		}),
	}
}

// separateScenarios: A033, separately paid drugs without approval or at another institution. Five days of grace.
func separateScenarios() []*scenario {
	adult := want{}
	in := func(inst func(s *scene) *institution, rows ...special) func(*scene) bool {
		return func(s *scene) bool {
			v := s.clinicVisit(inst(s), 0, "A03", "K52.900")
			it := s.dearDrug(v)
			if it == nil {
				return false
			}
			for _, a := range rows {
				s.specialRow(it, a)
			}
			s.hit(v, s.book(v, it), whole)
			return true
		}
	}
	shop := func(rows ...special) func(*scene) bool {
		return func(s *scene) bool {
			v := s.visit(s.plainShop(), "41", s.when(0, 15), "A02")
			it := s.dearDrug(v)
			if it == nil {
				return false
			}
			for _, a := range rows {
				s.specialRow(it, a)
			}
			ln := s.book(v, it)
			ln.rx, ln.circulated = 0, true
			s.hit(v, ln, whole)
			return true
		}
	}
	covers := special{from: -90, to: 90, idet: countyOf}
	return []*scenario{
		planted("A033", "nothing on file", adult, in(countyOf)),
		planted("A033", "expired six days ago", adult, in(countyOf, special{from: -90, to: -6, idet: countyOf})),
		planted("A033", "approved from the sixth day on", adult, in(countyOf, special{from: 6, to: 90, idet: countyOf})),
		planted("A033", "neither the approving nor the supplying institution", adult, in(countyOf, special{from: -90, to: 90, idet: tertiaryOf, shop: shopOf})),
		planted("A033", "approved for another drug", adult, in(countyOf, special{from: -90, to: 90, idet: countyOf, generic: "示例其他特药"})),
		planted("A033", "another pharmacy", adult, shop(special{from: -90, to: 90, idet: tertiaryOf, shop: (*scene).otherShop})),
		near("A033", "approved", adult, in(countyOf, covers)),
		near("A033", "expired five days ago", adult, in(countyOf, special{from: -90, to: -5, idet: countyOf})),
		near("A033", "approved within five days", adult, in(countyOf, special{from: 5, to: 90, idet: countyOf})),
		near("A033", "the supplying pharmacy", adult, shop(special{from: -90, to: 90, idet: tertiaryOf, shop: shopOf})),
		near("A033", "any pharmacy where none is named", adult, shop(special{from: -90, to: 90, idet: tertiaryOf})),
		near("A033", "in a stay", adult, func(s *scene) bool {
			v := s.inpatientStay(s.county(), 0, 6, pneumonia)
			it := s.dearDrug(v)
			if it == nil {
				return false
			}
			s.hit(v, v.add(it, 1, at(v.day()+2, 11*3600)), unsure)
			return true
		}).spanning(8),
		near("A033", "no fund money", adult, func(s *scene) bool {
			ok := in(countyOf)(s)
			s.visits[len(s.visits)-1].noFund = true
			return ok
		}),
	}
}
