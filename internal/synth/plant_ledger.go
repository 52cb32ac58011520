package synth

import (
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// ledgerScenarios: E007, E008, E011: prices and dates against what was bought.
func ledgerScenarios() []*scenario {
	adult := want{}
	// over tells by how much of its price a line is too dear.
	over := func(ln *line, legal claim.Price) amount {
		return amount{mode: amtLine, num: int64(ln.price - legal), den: int64(ln.price)}
	}
	// priced bills an item of the ledger at tenths of the list price; legal is in tenths too, 0 for none.
	priced := func(k int, tenths, legal claim.Price, change func(s *scene, v *visit, ln *line)) func(*scene) bool {
		return func(s *scene) bool {
			inst := []*institution{s.county(), s.tcm(), s.tertiary()}[s.n%3]
			it := s.ix.ledgerItem(k)
			if it == nil {
				return false
			}
			v := s.clinicVisit(inst, 0, "A03", "K52.900")
			if !it.suits(v) || !it.fits(s.p, s.d) {
				return false
			}
			ln := v.add(it, 2, s.when(0, 11))
			list := ln.price
			ln.price = list * tenths / 10
			if change != nil {
				change(s, v, ln)
			}
			s.hit(v, ln, over(ln, list*legal/10))
			return true
		}
	}
	awarded := func(rule string, tenths claim.Price, change func(s *scene, v *visit, ln *line, award claim.Price) amount) func(*scene) bool {
		return func(s *scene) bool {
			m := s.implanting("E001", s.county(), func(p *knowledge.Point, it *item) bool { return s.ix.awarded[it.Code] > 0 })
			if m == nil {
				return false
			}
			m.procedure(2, "", true)
			ln := m.use(1, 2, 0)
			award := s.ix.awarded[m.it.Code]
			ln.price = award * tenths / 10
			amt := amount{}
			if ln.price > award {
				amt = over(ln, award)
			}
			if change != nil {
				amt = change(s, m.v, ln, award)
			}
			s.hit(m.v, ln, amt)
			return true
		}
	}
	return append([]*scenario{
		planted("E007", "a fifth above what was paid", adult, priced(ledgerPlain, 12, 10, nil)),
		planted("E007", "what was dear is more than a year ago", adult, priced(ledgerLongAgo, 14, 10, nil)),
		planted("E007", "above the only price, long ago", adult, priced(ledgerOnlyLong, 18, 15, nil)),
		planted("E007", "another unit, it seems", adult, priced(ledgerPlain, 60, 10, nil)),
		near("E007", "at what was paid", adult, priced(ledgerPlain, 10, 10, nil)),
		near("E007", "a fen above", adult, priced(ledgerPlain, 10, 10, func(s *scene, v *visit, ln *line) { ln.price += 10_000 })),
		near("E007", "at the dearest of the year", adult, priced(ledgerDearer, 15, 15, nil)),
		near("E007", "at the only price, long ago", adult, priced(ledgerOnlyLong, 15, 15, nil)),
		near("E007", "paid by the patient", adult, priced(ledgerPlain, 12, 10, func(s *scene, v *visit, ln *line) { ln.own = true })),
		near("E007", "never bought", adult, priced(ledgerItems, 20, 10, nil)),

		planted("E008", "a tenth above the award", adult, awarded("E008", 11, nil)).spanning(9),
		planted("E008", "the difference borne by the patient", adult, awarded("E008", 12, func(s *scene, v *visit, ln *line, award claim.Price) amount {
			gap := claim.Money((ln.price - award) / 10_000)
			ln.above = gap
			return fixed(gap)
		})).spanning(9),
		near("E008", "at the award", adult, awarded("E008", 10, nil)).spanning(9),
		near("E008", "below the award", adult, awarded("E008", 9, nil)).spanning(9),
		near("E008", "paid by the patient", adult, awarded("E008", 12, func(s *scene, v *visit, ln *line, award claim.Price) amount {
			ln.own = true
			return unsure
		})).spanning(9),
		near("E008", "no product of the award", adult, func(s *scene) bool {
			m := s.implanting("E001", s.county(), func(p *knowledge.Point, it *item) bool { return s.ix.awarded[it.Code] == 0 })
			if m == nil {
				return false
			}
			m.procedure(2, "", true)
			ln := m.use(1, 2, 0)
			ln.price = ln.price * 13 / 10
			s.hit(m.v, ln, unsure)
			return true
		}).spanning(9),
	}, lateScenarios()...)
}

// lateScenarios: E011, implants used before the hospital had bought any.
func lateScenarios() []*scenario {
	adult := want{from: 30, to: 70}
	// used puts the implant in some days before (negative) or after the first purchase.
	used := func(kind, name, code string, day int, private bool) *scenario {
		return (&scenario{rule: "E011", name: name, kind: kind, want: adult, build: func(s *scene) bool {
			on := s.firstBought() + claim.Day(day)
			inst := s.county()
			if private {
				inst = oneOf(&s.c, s.pl.by[kindPrivate])
			}
			s.d = on - 2
			if s.d < s.first || on+6 > s.last {
				return false
			}
			m := s.implanting("E012", inst, func(p *knowledge.Point, it *item) bool { return it.Code == code })
			if m == nil {
				return false
			}
			m.procedure(2, "", true)
			s.hit(m.v, m.use(1, 2, 0), whole)
			return true
		}}).spanning(9)
	}
	return []*scenario{
		used(plant, "days before the first purchase", lateImplant, -5, false),
		used(plant, "the day before the first purchase", lateImplant, -1, false),
		used(nearMiss, "on the day of the first purchase", lateImplant, 0, false),
		used(nearMiss, "after the first purchase", lateImplant, 4, false),
		used(plant, "consigned, more than thirty days before", lateConsignment, -31, false),
		used(nearMiss, "consigned, thirty days before", lateConsignment, -30, false),
		used(nearMiss, "the ledger begins late", lateImplant, -5, true),
		near("E011", "never bought", adult, func(s *scene) bool {
			m := s.implanting("E012", s.county(), func(p *knowledge.Point, it *item) bool { return !s.late(it) })
			if m == nil {
				return false
			}
			m.procedure(2, "", true)
			s.hit(m.v, m.use(1, 2, 0), unsure)
			return true
		}).spanning(9),
	}
}
