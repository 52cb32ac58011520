package synth

import (
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// controlledScenarios: D006, D008, D014, D015 and D016.
func controlledScenarios() []*scenario {
	all := resaleScenarios()
	all = append(all, spikeScenarios()...)
	all = append(all, targetedScenarios()...)
	all = append(all, narcoticScenarios()...)
	return append(all, varietyScenarios()...)
}

// boughtOver buys a watched drug in three months, `over` packs above the year's quantity.
func boughtOver(over int, change func(v *visit, k int)) func(s *scene) bool {
	return func(s *scene) bool {
		if y, _, _ := s.d.Civil(); s.d+62 > claim.DayOf(y, 12, 31) {
			if s.d = claim.DayOf(y, 12, 31) - 62; s.d < s.first {
				return false
			}
		}
		var v *visit
		var it *item
		var limit int
		for k := range 3 {
			v = s.clinicVisit(s.county(), k*28, "A03", "I25.100")
			if it == nil {
				var p *knowledge.Point
				p, it = s.pick("D006", v, func(p *knowledge.Point, it *item) bool {
					return it.list == "101" && it.DDD.Has() && it.Price < 60*claim.PriceOne && !it.has("D001", 's') && !it.has("A013", 's') && !it.has("D015", 's') &&
						!it.has("C018", 's') && p.Limit >= 9*claim.QtyOne && int64(p.Limit/claim.QtyOne)*int64(it.Price/claim.PriceOne) < 15000
				})
				if it == nil {
					return false
				}
				limit = int(p.Limit / claim.QtyOne)
			}
			n := limit / 3
			if k == 2 {
				n = limit + over - 2*(limit/3)
			}
			ln := v.add(it, float64(n), addSec(v.begin, 1800))
			ln.rx, ln.days, ln.dose, ln.freq = 1, 28, it.dose, it.freq
			if change != nil {
				change(v, k)
			}
			if k == 2 {
				s.hit(v, ln, excess(claim.Qty(max(1, over))*claim.QtyOne, ln.cnt))
			}
		}
		return true
	}
}

// resaleScenarios: D006, three monthly purchases that together pass the year's quantity by `over` packs.
func resaleScenarios() []*scenario {
	var all []*scenario
	add := func(kind, name string, over int, change func(v *visit, k int)) {
		all = append(all, (&scenario{rule: "D006", name: name, kind: kind, span: 62, build: boughtOver(over, change)}).alone())
	}
	add(plant, "two packs above the year's quantity", 2, nil)
	add(nearMiss, "the year's quantity", 0, nil)
	add(nearMiss, "malignant disease", 2, func(v *visit, k int) {
		if k == 2 {
			v.diags = append(v.diags, "C34.900")
		}
	})
	add(nearMiss, "a relative's account", 2, func(v *visit, k int) { v.family = k == 2 })
	add(nearMiss, "one purchase taken back", 2, func(v *visit, k int) { v.undo = k == 0 })
	add(nearMiss, "paid by the patient", 2, func(v *visit, k int) {
		if k == 1 {
			v.lines[len(v.lines)-1].own = true
		}
	})
	return all
}

// spikeScenarios: D008, a price far above (or below) the hospital's own mean of the last months. A stay with twelve days of
// the drug makes the mean, for the item is one that nobody else is given.
func spikeScenarios() []*scenario {
	var all []*scenario
	const variants = 6
	add := func(kind, name string, days int, percent claim.Price, amt amount) {
		variant := len(all)
		all = append(all, (&scenario{rule: "D008", name: name, kind: kind, span: 52, build: func(s *scene) bool {
			inst := s.pl.by[kindMaternity][0]
			w := s.clinicVisit(inst, 48, "A03", "K52.900")
			// Every variant has items of its own: none moves the mean of another.
			var own []*knowledge.Point
			for i, p := range s.ix.points["C010"] {
				if i%variants == variant {
					own = append(own, p)
				}
			}
			if len(own) == 0 {
				return false
			}
			p := own[s.n%len(own)]
			it := s.ix.byCode[p.Subject]
			if it == nil || !s.harmless(it, w, "C010", "C025") {
				return false
			}
			w.diags = append(w.diags, firstOf(p.DiagSet))
			if days > 0 {
				v := s.inpatientStay(inst, 0, days+2, pneumonia)
				v.diags = append(v.diags, firstOf(p.DiagSet))
				for k := range days {
					v.add(it, 1, at(v.day()+claim.Day(k+1), 15*3600)).days = 1
				}
			}
			ln := w.add(it, 2, addSec(w.begin, 3600))
			ln.rx, ln.days = 1, 1
			ln.price = ln.price * percent / 100
			s.hit(w, ln, amt)
			return true
		}}).alone())
	}
	// The money follows from what the hospital billed to others as well.
	add(plant, "a price half as high again", 12, 145, unsure)
	add(plant, "twice the price", 12, 200, unsure)
	add(plant, "half the price", 12, 50, zero)
	add(nearMiss, "a fifth above", 12, 120, unsure)
	add(nearMiss, "thirty percent exactly", 12, 130, unsure)
	add(nearMiss, "no mean to speak of", 0, 160, unsure)
	return all
}

// targetedScenarios: D014, more of a targeted drug settled than ordered.
func targetedScenarios() []*scenario {
	var all []*scenario
	add := func(kind, name string, ordered int, change change) {
		all = append(all, (&scenario{rule: "D014", name: name, kind: kind, span: 4, build: func(s *scene) bool {
			v := s.clinicVisit(s.county(), 0, "A19", "C34.900") // where a few orders are far from a whole upload (G012)
			v.expert()
			p, it := s.pick("D014", v, func(p *knowledge.Point, it *item) bool { return it.Price < 2500*claim.PriceOne }, "A013")
			if it == nil {
				return false
			}
			s.appease(v, it)
			ln := v.add(it, 3, addSec(v.begin, 5400))
			ln.rx, ln.days = 1, 3
			if ordered >= 0 {
				s.orders(v, it.Code, it.Name, addSec(v.begin, 1800), ordered)
			}
			if change != nil {
				change(s, v, ln, p)
			}
			s.ban(it.Generic)
			s.hit(v, ln, excess(claim.Qty(max(1, 3-ordered))*claim.QtyOne, 3*claim.QtyOne))
			return true
		}}).alone())
	}
	add(plant, "three settled, two ordered", 2, nil)
	add(nearMiss, "as many as ordered", 3, nil)
	add(nearMiss, "never ordered: the upload is not whole", -1, nil)
	add(nearMiss, "an order without a quantity", -1, func(s *scene, v *visit, ln *line, p *knowledge.Point) {
		s.orders(v, ln.it.Code, ln.it.Name, addSec(v.begin, 1800), -1)
	})
	add(nearMiss, "the third given back", 2, func(s *scene, v *visit, ln *line, p *knowledge.Point) {
		v.giveBack(*ln, 1, true)
	})
	add(nearMiss, "paid by the patient", 2, ownPaid)
	return all
}

// narcoticScenarios: D015, days of a narcotic or psychotropic drug.
func narcoticScenarios() []*scenario {
	var all []*scenario
	add := func(kind, name string, inject bool, days int, change change) {
		all = append(all, (&scenario{rule: "D015", name: name, kind: kind, span: 9, build: func(s *scene) bool {
			v := s.clinicVisit(s.county(), 0, "A03", "I25.100") // a chronic disease: A028 allows four weeks
			v.expert()
			p, it := s.pick("D015", v, func(p *knowledge.Point, it *item) bool {
				return it.injected() == inject && (inject || it.DDD.Has()) && it.Narcotic
			})
			if it == nil {
				return false
			}
			most := int(p.Limit / claim.QtyOne)
			ln := v.add(it, float64(days), addSec(v.begin, 3600)) // a pack a day
			ln.rx, ln.days = 1, days
			if !inject {
				ln.dose, ln.freq = it.dose, it.freq
			}
			if cut := it.maxPacks(); int64(days) > cut {
				ln.cnt = claim.Qty(cut) * claim.QtyOne
			}
			s.ban(it.Generic)
			if change != nil {
				change(s, v, ln, p)
			}
			packs, over := int64(ln.cnt/claim.QtyOne), int64(days-most)
			s.hit(v, ln, amount{mode: amtLine, num: over * packs / int64(days), den: packs})
			return kind == nearMiss || over*packs/int64(days) >= 1
		}}).alone())
	}
	add(plant, "two weeks of tablets", false, 14, nil)
	add(nearMiss, "seven days of tablets", false, 7, nil)
	add(plant, "three days of injections", true, 3, nil)
	add(nearMiss, "one day of injections", true, 1, nil)
	add(plant, "two weeks of tablets for sleep", false, 14, withDiag("G47.000"))
	add(nearMiss, "paid by the patient", false, 14, ownPaid)
	return all
}

// varietyScenarios: D016, kinds of drug on one prescription.
func varietyScenarios() []*scenario {
	var all []*scenario
	add := func(kind, name string, n int, er, split, solvent bool, more ...func(v *visit)) {
		all = append(all, (&scenario{rule: "D016", name: name, kind: kind, span: 4, build: func(s *scene) bool {
			v := s.clinicVisit(s.county(), 0, "A03", "K52.900")
			v.er = er
			var ln *line
			pool := s.ix.roles["oral"]
			k := 0
			for i := range pool {
				it := pool[(s.n*7+i*5)%len(pool)]
				if k == n || !it.fits(s.p, s.d) || !it.suits(v) || !s.canBuy(it.Generic, s.d) || s.has(v, it) || it.class() != "" || !it.lasts(3) || it.packsFor(3) > it.maxPacks() ||
					s.hasCode(v, it.Code) {
					continue
				}
				ln = s.drug(v, it, 3, addSec(v.begin, 3600+k*20))
				ln.rx = 1
				if split && k >= 4 {
					ln.rx = 2
				}
				k++
			}
			if solvent {
				for _, it := range s.ix.items {
					if strings.HasPrefix(it.Name, "氯化钠注射液") && s.harmless(it, v) {
						ln = v.add(it, 1, addSec(v.begin, 5400))
						ln.rx, ln.days = 1, 1
						break
					}
				}
			}
			for _, f := range more {
				f(v)
			}
			s.hit(v, ln, zero)
			return k == n
		}}).alone())
	}
	add(plant, "six drugs", 6, false, false, false)
	add(plant, "six drugs in an emergency", 6, true, false, false)
	add(nearMiss, "five drugs", 5, false, false, false)
	add(nearMiss, "six drugs on two prescriptions", 6, false, true, false)
	add(nearMiss, "five drugs and a solvent", 5, false, false, true)
	add(nearMiss, "six drugs in a rescue", 6, true, false, false, func(v *visit) { v.rescue = true })
	return all
}
