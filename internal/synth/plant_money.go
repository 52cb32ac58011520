package synth

import (
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// grouped picks two different items of one discount group that can stand together on the visit, the dearer first.
func (s *scene) grouped(rule string, v *visit) (a, b *item, p *knowledge.Point) {
	ps := s.ix.points[rule]
	for i := range ps {
		p := ps[(s.n*13+i)%len(ps)]
		a := s.ix.byCode[p.Subject]
		if a == nil || !s.harmless(a, v) || a.Price > 3000*claim.PriceOne {
			continue
		}
		for j := range ps {
			q := ps[(s.n*7+j)%len(ps)]
			b := s.ix.byCode[q.Subject]
			if q.Params.Group == p.Params.Group && b != nil && b != a && b.priceAt(v.inst) < a.priceAt(v.inst) && s.harmless(b, v) && !paired(a, b) &&
				!a.has("B013", 'c') && !b.has("B013", 'c') {
				return a, b, q
			}
		}
	}
	return nil, nil, nil
}

func paired(a, b *item) bool {
	for _, m := range a.marks {
		if m.pt.Second != "" && (m.pt.Subject == b.Code || m.pt.Second == b.Code) {
			return true
		}
	}
	return false
}

// twoOf bills two operations (B011) or two parts (B012) of a group on one day.
func twoOf(rule string, change func(s *scene, v *visit, a, b *line, second float64)) func(*scene) bool {
	return func(s *scene) bool {
		v := s.inpatientStay(s.tcm(), 0, 6, pneumonia)
		a, b, p := s.grouped(rule, v)
		if a == nil {
			return false
		}
		if rule == "B012" { // the same day, not the day of the ward's own examinations
			v.dropGroup(p.Params.Group)
		}
		t := at(v.day()+2, 10*3600)
		v.add(a, 1, t)
		v.add(b, 1, addSec(t, 1200))
		la, lb := &v.lines[len(v.lines)-2], &v.lines[len(v.lines)-1]
		la.part, lb.part = "", ""
		la.side, lb.side = "", ""
		if rule == "B012" {
			la.part, lb.part = partName(a, "上腹部"), partName(b, "颈部")
		}
		second := p.Params.Second
		if second == 0 {
			second = 0.5
		}
		if change != nil {
			change(s, v, la, lb, second)
		}
		s.hit(v, lb, unsure)
		return true
	}
}

func partName(it *item, other string) string {
	for _, m := range it.marks {
		if m.pt.Params.Part != "" {
			return m.pt.Params.Part
		}
	}
	return other
}

func (v *visit) dropGroup(group string) {
	kept := v.lines[:0]
	for _, ln := range v.lines {
		in := false
		for _, m := range ln.it.marks {
			in = in || (m.rule == "B012" && m.pt.Params.Group == group)
		}
		if !in {
			kept = append(kept, ln)
		}
	}
	v.lines = kept
}

func moneyScenarios() []*scenario {
	adult := want{}
	discounted := func(s *scene, v *visit, a, b *line, second float64) {
		b.price = claim.Price(float64(b.price)*second/10_000) * 10_000
	}
	half := func(s *scene, v *visit, a, b *line, second float64) { b.cnt = claim.Qty(second * 10_000) }
	all := []*scenario{
		planted("B011", "second operation at full price", adult, twoOf("B011", nil)).spanning(7),
		near("B011", "second operation at half price", adult, twoOf("B011", discounted)).spanning(7),
		near("B011", "second operation as half a unit", adult, twoOf("B011", half)).spanning(7),
		near("B011", "another incision", adult, twoOf("B011", func(s *scene, v *visit, a, b *line, _ float64) { a.incise, b.incise = "1", "2" })).spanning(7),
		near("B011", "on another day", adult, twoOf("B011", func(s *scene, v *visit, a, b *line, _ float64) { b.at = addSec(b.at, 86400) })).spanning(7),
		near("B011", "two sessions on one day", adult, twoOf("B011", func(s *scene, v *visit, a, b *line, _ float64) {
			b.at = addSec(b.at, 4*3600)
			for k, ln := range []*line{a, b} {
				v.opers = append(v.opers, operation{code: oprnCode(ln.it), name: ln.it.Name, incision: itoa(k + 1), anaesthesia: "02", begin: ln.at,
					end: addSec(ln.at, 3600), doc: v.doc})
			}
		})).spanning(7),
		planted("B012", "second part at full price", adult, twoOf("B012", nil)).spanning(7),
		near("B012", "second part discounted", adult, twoOf("B012", discounted)).spanning(7),
		near("B012", "on another day", adult, twoOf("B012", func(s *scene, v *visit, a, b *line, _ float64) { b.at = addSec(b.at, 86400) })).spanning(7),
	}
	return append(all, splitScenarios()...)
}

// splitScenarios: B014, one consultation on many prescriptions.
func splitScenarios() []*scenario {
	adult := want{insutype: "390"}
	split := func(sheets int, perSheet int, least claim.Money) func(*scene) bool {
		return func(s *scene) bool {
			v := s.clinicVisit(s.county(), 0, "A03", "K52.900")
			var sum claim.Money
			made := 0
			pool := s.ix.roles["oral"]
			for i := 0; i < len(pool) && made < sheets*perSheet; i++ {
				it := pool[(s.n*3+i)%len(pool)]
				packs := claim.Qty(it.packsFor(7))
				dear := it.Price*claim.Price(packs) > 20*claim.PriceOne
				if !it.fits(s.p, s.d) || !it.suits(v) || s.has(v, it) || !s.canBuy(it.Generic, s.d) || it.packsFor(7) > it.maxPacks() || dear == (least == 0) {
					continue
				}
				ln := s.dose(v, it, 7, s.when(0, 11)+claim.Time(made)*60_000_000)
				ln.rx = 1 + made/perSheet
				sum += claim.Money(it.Price / 10_000 * claim.Price(packs))
				made++
			}
			if made < sheets*perSheet || sum < least*10/8 || (least == 0 && sum > 29_000) {
				return false
			}
			s.hit(v, nil, zero)
			return true
		}
	}
	return []*scenario{
		planted("B014", "three sheets for a few drugs", adult, split(5, 2, 30_000)).unchronic(),
		near("B014", "two sheets", adult, split(2, 4, 15_000)).unchronic(),
		near("B014", "three sheets for little money", adult, split(3, 1, 0)).unchronic(),
	}
}

// C002, C022, C024.
func frequencyScenarios() []*scenario {
	adult := want{}
	twice := func(gap func(w int) int, other bool, change func(s *scene, v, w *visit, a, b *line)) func(*scene) bool {
		return func(s *scene) bool {
			v := s.clinicVisit(s.county(), 0, "A03", "K52.900")
			p, it := s.pick("C002", v, func(p *knowledge.Point, it *item) bool { return p.Params.Part != "" })
			if it == nil {
				return false
			}
			s.book(v, it).part = p.Params.Part
			inst := s.county()
			if other {
				inst = s.tcm()
			}
			w := s.clinicVisit(inst, gap(p.WindowD), "A03", "K52.900")
			s.book(w, it).part = p.Params.Part
			a, b := &v.lines[len(v.lines)-1], &w.lines[len(w.lines)-1]
			if change != nil {
				change(s, v, w, a, b)
			}
			s.hit(w, b, whole)
			return true
		}
	}
	early := func(w int) int { return w - 1 }
	all := []*scenario{
		planted("C002", "a day too early", adult, twice(early, false, nil)).spanning(18).alone(),
		planted("C002", "elsewhere, a day too early", adult, twice(early, true, nil)).spanning(18).alone(),
		near("C002", "when the window ends", adult, twice(func(w int) int { return w }, false, nil)).spanning(18).alone(),
		near("C002", "an operation between", adult, twice(early, false, func(s *scene, v, w *visit, a, b *line) {
			t := at(v.day()+2, 9*3600)
			v.opers = append(v.opers, operation{code: "86.3x01", name: "皮肤病损切除术", incision: "1", anaesthesia: "01", begin: t, end: addSec(t, 1800), doc: v.doc})
		})).spanning(18).alone(),
		near("C002", "bleeding in the head", adult, twice(early, false, func(s *scene, v, w *visit, a, b *line) { w.diags = append(w.diags, "I61.900") })).spanning(18).alone(),
		near("C002", "intensive care", adult, twice(early, false, func(s *scene, v, w *visit, a, b *line) {
			w.later = append(w.later, func(o *blockOut, v *visit) {
				r := o.small("icu")
				r.str(v.no())
				r.str("ICU")
				r.str("R01")
				r.str("B01")
				r.str(v.dept.code)
				r.time(v.begin)
				r.time(v.end)
				r.end()
			})
		})).spanning(18).alone(),
		near("C002", "rescue", adult, twice(early, false, func(s *scene, v, w *visit, a, b *line) { w.rescue = true })).spanning(18).alone(),
		near("C002", "injury in an emergency", adult, twice(early, false, func(s *scene, v, w *visit, a, b *line) {
			w.er = true
			w.diags = append(w.diags, "S06.000")
		})).spanning(18).alone(),
		near("C002", "plain and enhanced in one visit", adult, func(s *scene) bool {
			v := s.clinicVisit(s.county(), 0, "A03", "K52.900")
			for _, p := range s.ix.points["C002"] {
				for _, q := range s.ix.points["C002"] {
					a, b := s.ix.byCode[p.Subject], s.ix.byCode[q.Subject]
					if a != nil && b != nil && a != b && p.Params.Part != "" && q.Params.Group == p.Params.Group && q.Params.Part == p.Params.Part && s.harmless(a, v, "C002", "B012") && s.harmless(b, v, "C002", "B012") && !paired(a, b) {
						s.book(v, a).part = p.Params.Part
						ln := s.book(v, b)
						ln.part = p.Params.Part
						ln.at = addSec(ln.at, 1200)
						s.hit(v, ln, unsure)
						return true
					}
				}
			}
			return false
		}).alone(),
	}
	return append(append(all, pregnancyScenarios()...), ageScenarios()...)
}

// pregnancyScenarios: C022, rays before a delivery.
func pregnancyScenarios() []*scenario {
	mother := want{female: true, from: 21, to: 40}
	ray := func(before int, change func(s *scene, v *visit)) func(*scene) bool {
		return func(s *scene) bool {
			v := s.clinicVisit(s.county(), 0, "A03", "K52.900")
			_, it := s.pick("C022", v, func(p *knowledge.Point, it *item) bool { return !it.has("C002", 's') && it.PricingUnit != "侧" })
			if it == nil {
				return false
			}
			ln := s.book(v, it)
			if change != nil {
				change(s, v)
			}
			s.birth = s.d + claim.Day(before)
			m := s.deliver(s.county(), s.birth, s.n%2 == 0)
			s.noStay = true
			s.hit(v, ln, whole)
			return !m.open
		}
	}
	return []*scenario{
		planted("C022", "three weeks before", mother, ray(21, nil)).spanning(31).alone(),
		planted("C022", "the day before", mother, ray(1, nil)).spanning(10).alone(),
		near("C022", "injury in an emergency", mother, ray(21, func(s *scene, v *visit) { v.er, v.diags = true, append(v.diags, "S52.500") })).spanning(31).alone(),
		near("C022", "rescue", mother, ray(21, func(s *scene, v *visit) { v.rescue = true })).spanning(31).alone(),
		near("C022", "in the stay of the delivery", mother, func(s *scene) bool {
			s.birth = s.d
			m := s.deliver(s.county(), s.d, true)
			_, it := s.pick("C022", m, func(p *knowledge.Point, it *item) bool { return !it.has("C002", 's') && it.PricingUnit != "侧" })
			if it == nil || m.open {
				return false
			}
			s.noStay = true
			s.hit(m, m.add(it, 1, at(s.d+1, 9*3600)), unsure)
			return true
		}).spanning(10).alone(),
		near("C022", "half a year before", mother, ray(185, nil)).spanning(194).alone(),
	}
}
