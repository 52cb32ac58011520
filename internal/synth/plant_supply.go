package synth

import (
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// buy opens a visit on day off and gives out a drug for some days.
func (s *scene) buy(inst *institution, off int, it *item, days int) (*visit, *line) {
	v := s.clinicVisit(inst, off, "A03", "I25.100")
	ln := s.drug(v, it, days, addSec(v.begin, 1800))
	ln.rx = 1
	return v, ln
}

// steady is a clean drug of which any number of days is a small number of packs.
func (s *scene) steady() *item {
	pool := s.ix.roles["oral"]
	for i := range pool {
		it := pool[(s.n*17+i)%len(pool)]
		if it.fits(s.p, s.d) && len(it.marks) == 0 && it.packsFor(28) >= 4 && it.packsFor(28) <= 14 && it.Price < 40*claim.PriceOne {
			return it
		}
	}
	return nil
}

// refills is a series of supplies: day offset and days.
type refills struct {
	inst   func(s *scene, k int) *institution
	at     [][2]int
	change func(s *scene, v *visit, ln *line, k int)
	fault  int // index of the labelled line
	amount func(ln *line) amount
}

func (r refills) play(s *scene) bool {
	it := s.steady()
	if it == nil {
		return false
	}
	s.noStay = true
	for k, x := range r.at {
		inst := s.county()
		if r.inst != nil {
			inst = r.inst(s, k)
		}
		v, ln := s.buy(inst, x[0], it, x[1])
		v.shift(k * 5400) // a second visit on one day comes later
		if r.change != nil {
			r.change(s, v, ln, k)
		}
		if k == r.fault {
			amt := whole
			if r.amount != nil {
				amt = r.amount(ln)
			}
			s.hit(v, ln, amt)
		}
	}
	return true
}

// shift moves a visit within its day.
func (v *visit) shift(sec int) {
	v.begin, v.end = addSec(v.begin, sec), addSec(v.end, sec)
	for i := range v.lines {
		v.lines[i].at = addSec(v.lines[i].at, sec)
	}
}

// dropHome takes the discharge drugs off a stay.
func (v *visit) dropHome() {
	kept := v.lines[:0]
	for _, ln := range v.lines {
		if !ln.take {
			kept = append(kept, ln)
		}
	}
	v.lines = kept
}

// packsOver is the money of the whole packs in `over` days of supply.
func packsOver(over, days int) func(*line) amount {
	return func(ln *line) amount {
		packs := int64(ln.cnt / claim.QtyOne)
		return amount{mode: amtLine, num: int64(over) * packs / int64(days), den: packs}
	}
}

func supplyScenarios() []*scenario {
	adult := want{}
	series := func(kind, rule, name string, r refills, span int) *scenario {
		return (&scenario{rule: rule, name: name, kind: kind, want: adult, span: span, build: r.play}).alone()
	}
	elsewhere := func(s *scene, k int) *institution {
		if k%2 == 0 {
			return s.county()
		}
		return s.tcm()
	}
	dept := func(code string) func(*scene, *visit, *line, int) {
		return func(s *scene, v *visit, ln *line, k int) {
			if k == 1 {
				v.dept = v.inst.dept(code)
				for i := range v.lines {
					v.lines[i].dept = v.dept
				}
			}
		}
	}
	change := func(f func(v *visit, ln *line)) func(*scene, *visit, *line, int) {
		return func(s *scene, v *visit, ln *line, k int) {
			if k == 1 {
				f(v, ln)
			}
		}
	}
	all := []*scenario{
		// D002: 28 + 28 − 4 = 52 days in hand, 7 beyond 45.
		series(plant, "D002", "two months within a week", refills{at: [][2]int{{0, 28}, {4, 28}}, fault: 1, amount: packsOver(7, 28)}, 8),
		series(plant, "D002", "elsewhere", refills{at: [][2]int{{0, 28}, {4, 28}}, fault: 1, inst: elsewhere, amount: packsOver(7, 28)}, 8),
		// 14 in hand, 28 more: 42.
		series(nearMiss, "D002", "a month and a half in hand", refills{at: [][2]int{{0, 28}, {14, 28}}, fault: 1}, 18),
		series(plant, "D003", "two weeks and a day too early", refills{at: [][2]int{{0, 28}, {13, 14}}, fault: 1}, 16),
		series(nearMiss, "D003", "two weeks early with a chronic disease", refills{at: [][2]int{{0, 28}, {14, 14}}, fault: 1}, 17),
		series(nearMiss, "D003", "a long prescription", refills{at: [][2]int{{0, 28}, {13, 29}}, fault: 1}, 16),
		series(nearMiss, "D003", "another dose", refills{at: [][2]int{{0, 28}, {13, 14}}, fault: 1, change: change(func(v *visit, ln *line) { ln.dose *= 2 })}, 16),
		series(nearMiss, "D003", "after a stay", refills{at: [][2]int{{0, 28}, {8, 14}}, fault: 1, change: func(s *scene, v *visit, ln *line, k int) {
			if k == 1 {
				w := s.stay(s.county(), s.d+2, 4, pneumonia)
				w.dropHome()
			}
		}}, 16),
		series(plant, "D005", "elsewhere two days later", refills{at: [][2]int{{0, 7}, {2, 7}}, fault: 1, inst: elsewhere}, 6),
		series(nearMiss, "D005", "elsewhere three days later", refills{at: [][2]int{{0, 7}, {3, 7}}, fault: 1, inst: elsewhere}, 7),
		series(nearMiss, "D005", "the first only for three days", refills{at: [][2]int{{0, 3}, {2, 7}}, fault: 1, inst: elsewhere}, 6),
		series(nearMiss, "D005", "emergency", refills{at: [][2]int{{0, 7}, {2, 3}}, fault: 1, inst: elsewhere, change: change(func(v *visit, ln *line) { v.er = true })}, 6),
		series(nearMiss, "D005", "referred", refills{at: [][2]int{{0, 7}, {2, 7}}, fault: 1, inst: elsewhere, change: change(func(v *visit, ln *line) { v.from = v.p.hosp.code })}, 6),
		series(nearMiss, "D005", "dual channel", refills{at: [][2]int{{0, 7}, {2, 7}}, fault: 1, inst: elsewhere, change: change(func(v *visit, ln *line) { ln.nego = true })}, 6),
		series(nearMiss, "D005", "one prescription", refills{at: [][2]int{{0, 7}, {2, 7}}, fault: 1, inst: elsewhere, change: func(s *scene, v *visit, ln *line, k int) {
			ln.hiRx = "HR" + s.p.no(s.d) + itoa(int(s.d))
		}}, 6),
		series(plant, "D004", "two departments", refills{at: [][2]int{{0, 28}, {0, 14}}, fault: 1, change: dept("A11")}, 4),
		series(nearMiss, "D004", "two departments, four weeks together", refills{at: [][2]int{{0, 14}, {0, 14}}, fault: 1, change: dept("A11")}, 4),
		series(nearMiss, "D004", "one department", refills{at: [][2]int{{0, 28}, {0, 14}}, fault: 1}, 4),
	}
	return append(append(all, singleScenarios()...), overlapScenarios()...)
}

// singleScenarios: D001, more on one prescription than the point allows.
func singleScenarios() []*scenario {
	adult := want{}
	packs := func(over int, parts bool) func(*scene) bool {
		return func(s *scene) bool {
			v := s.clinicVisit(s.county(), 0, "A03", "I25.100")
			p, it := s.pick("D001", v, func(p *knowledge.Point, it *item) bool {
				n := int(p.Limit/claim.QtyOne) + 1
				per := int(int64(n) * it.pack() / max(1, int64(it.dose)*int64(it.times)))
				return it.list == "101" && it.DDD.Has() && it.DDDUnit == it.PrepUnit && per <= 28 && p.Limit%claim.QtyOne == 0
			})
			if it == nil {
				return false
			}
			n := int(p.Limit/claim.QtyOne) + over
			ln := v.add(it, float64(n), s.when(0, 11))
			ln.rx = 1
			ln.days, ln.dose, ln.freq = int(int64(n)*it.pack()/(int64(it.dose)*int64(it.times))), it.dose, it.freq
			if parts { // counted and paid by the tablet
				ln.parts, ln.cnt, ln.price = true, claim.Qty(int64(n)*it.pack()), it.Price*claim.Price(claim.QtyOne)/claim.Price(it.pack())/10_000*10_000
			}
			s.ban(it.Generic)
			s.hit(v, ln, excess(claim.Qty(max(1, over))*claim.QtyOne, claim.Qty(n)*claim.QtyOne))
			return true
		}
	}
	return []*scenario{
		planted("D001", "a pack too many", adult, packs(1, false)).alone(),
		near("D001", "as many as allowed", adult, packs(0, false)).alone(),
		near("D001", "as many as allowed, by the tablet", adult, packs(0, true)).alone(),
	}
}

// overlapScenarios: C009, two drugs of one class at a time.
func overlapScenarios() []*scenario {
	adult := want{}
	two := func(first, gap, second int, same bool, stop bool) func(*scene) bool {
		return func(s *scene) bool {
			v := s.clinicVisit(s.county(), 0, "A03", "I25.100")
			w := s.clinicVisit(s.county(), gap, "A03", "I25.100")
			ps := s.ix.points["C009"]
			for i := range ps {
				p := ps[(s.n*13+i)%len(ps)]
				a := s.ix.byCode[p.Subject]
				if a == nil || !s.coursable(a, v, first) {
					continue
				}
				for j := range ps {
					q := ps[(s.n*7+j)%len(ps)]
					b := s.ix.byCode[q.Subject]
					if b == nil || q.Params.Group != p.Params.Group || (b.Generic == a.Generic) != same || (same && b != a) || !s.coursable(b, w, second) {
						continue
					}
					x := s.drug(v, a, first, addSec(v.begin, 1800))
					x.rx, x.order = 1, 3
					y := s.drug(w, b, second, addSec(w.begin, 1800))
					y.rx = 1
					if stop {
						s.ordered(v, a, w.begin)
					}
					s.hit(w, y, whole)
					return true
				}
			}
			return false
		}
	}
	return []*scenario{
		planted("C009", "a fortnight together", adult, two(28, 10, 14, false, false)).spanning(28).alone(),
		planted("C009", "three days together", adult, two(14, 11, 14, false, false)).spanning(28).alone(),
		near("C009", "two days together", adult, two(14, 12, 14, false, false)).spanning(29).alone(),
		near("C009", "the first was stopped", adult, two(28, 10, 14, false, true)).spanning(28).alone(),
		near("C009", "one drug", adult, two(14, 12, 14, true, false)).spanning(29).alone(),
	}
}

func (s *scene) coursable(it *item, v *visit, days int) bool {
	return it.list == "101" && it.DDD.Has() && it.DDDUnit == it.PrepUnit && it.packsFor(days) <= it.maxPacks() && s.harmless(it, v, "C009") && it.Price < 80*claim.PriceOne
}

// ordered writes the medical order of a drug, stopped at a time.
func (s *scene) ordered(v *visit, it *item, stop claim.Time) {
	v.later = append(v.later, func(o *blockOut, v *visit) {
		r := o.small("medorder")
		r.str(v.inst.code)
		r.str(v.no())
		r.str(v.no() + "Y003")
		r.str(v.p.no(v.day()))
		r.str("1")
		r.str(it.Code)
		r.str(it.Name)
		r.time(v.begin)
		r.time(stop)
		r.str("1")
		r.str(v.doc.code)
		r.end()
	})
}
