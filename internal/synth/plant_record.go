package synth

import (
	"slices"

	"github.com/mingjian/mingjian/internal/claim"
)

// needsOrder: drugs and services for which an order is expected in a stay (B024).
func (l *line) needsOrder() bool {
	return (l.it.list == "101" || l.it.list == "201") && !slices.Contains([]string{"01", "02", "06", "07", "08", "12", "13", "14"}, l.it.ChargeType)
}

// ordersFor writes a standing order for every item of the stay that needs one, but for those left out.
func (v *visit) ordersFor(except func(it *item) bool) {
	v.later = append(v.later, func(o *blockOut, v *visit) {
		var seen []*item
		for i := range v.lines {
			it := v.lines[i].it
			if !v.lines[i].needsOrder() || slices.Contains(seen, it) || except(it) {
				continue
			}
			seen = append(seen, it)
			var sum claim.Qty
			for j := range v.lines {
				if l := &v.lines[j]; l.it == it && !l.void {
					sum += l.cnt
				}
			}
			v.orderRow(o, v.no()+"O"+itoa(len(seen)), "1", it.Code, it.Name, addSec(v.begin, 600), v.end, sum)
		}
	})
}

// orderScenarios: B024, services of a stay without an order in force. A day of slack on both sides.
func orderScenarios() []*scenario {
	adult := want{}
	type order func(s *scene, o *blockOut, v *visit, ln *line)
	// one treatment on day 3 stands on its own order, or on none.
	stay := func(change func(s *scene, v *visit, ln *line), write order) func(*scene) bool {
		return func(s *scene) bool {
			v := s.inpatientStay(s.county(), 0, 7, pneumonia)
			v.opers = v.opers[:0]
			it := s.free("treat", v)
			if it == nil {
				return false
			}
			ln := v.add(it, 1, at(v.day()+3, 15*3600))
			if change != nil {
				change(s, v, ln)
			}
			s.hit(v, ln, whole)
			if s.sc.name == "no orders at all" {
				return true
			}
			few := s.sc.name == "orders uploaded in part"
			v.ordersFor(func(o *item) bool { return o == it || (few && o.list == "101") })
			if write != nil {
				mine := *ln
				v.later = append(v.later, func(o *blockOut, v *visit) { write(s, o, v, &mine) })
			}
			return true
		}
	}
	// within writes an order by the item's code, begun and stopped on days of the stay.
	within := func(kind string, from, to int) order {
		return func(s *scene, o *blockOut, v *visit, ln *line) {
			stop := claim.NoTime
			if to >= 0 {
				stop = at(v.day()+claim.Day(to), 18*3600)
			}
			v.orderRow(o, v.no()+"Z1", kind, ln.it.Code, ln.it.Name, at(v.day()+claim.Day(from), 9*3600), stop, 1*claim.QtyOne)
		}
	}
	return []*scenario{
		planted("B024", "no order", adult, stay(nil, nil)).spanning(9),
		planted("B024", "stopped two days before", adult, stay(nil, within("1", 0, 1))).spanning(9),
		planted("B024", "ordered once, two days later", adult, stay(nil, within("2", 5, -1))).spanning(9),
		near("B024", "stopped the day before", adult, stay(nil, within("1", 0, 2))).spanning(9),
		near("B024", "ordered once that day", adult, stay(nil, within("2", 3, -1))).spanning(9),
		near("B024", "ordered without an end", adult, stay(nil, within("1", 1, -1))).spanning(9),
		near("B024", "the order by its number", adult, stay(func(s *scene, v *visit, ln *line) { ln.order = 77 }, func(s *scene, o *blockOut, v *visit, ln *line) {
			v.orderRow(o, v.no()+"Y077", "1", "", "", addSec(v.begin, 600), v.end, claim.QtyOne)
		})).spanning(9),
		near("B024", "the order by its name", adult, stay(nil, func(s *scene, o *blockOut, v *visit, ln *line) {
			v.orderRow(o, v.no()+"Z2", "1", "", ln.it.Name, addSec(v.begin, 600), v.end, claim.QtyOne)
		})).spanning(9),
		near("B024", "the day of an operation", adult, stay(func(s *scene, v *visit, ln *line) {
			t := addSec(ln.at, -4*3600)
			v.opers = append(v.opers, operation{code: "86.3x01", name: "皮肤病损切除术", incision: "1", anaesthesia: "01", begin: t, end: addSec(t, 1800), doc: v.doc})
		}, nil)).spanning(9),
		near("B024", "rescue", adult, stay(func(s *scene, v *visit, ln *line) { v.rescue = true }, nil)).spanning(9),
		near("B024", "orders uploaded in part", adult, stay(nil, nil)).spanning(9),
		near("B024", "no orders at all", adult, stay(nil, nil)).spanning(9),
		near("B024", "paid by the patient", adult, stay(func(s *scene, v *visit, ln *line) { ln.own = true }, nil)).spanning(9),
		near("B024", "a bed needs no order", adult, func(s *scene) bool {
			v := s.inpatientStay(s.county(), 0, 7, pneumonia)
			v.ordersFor(func(*item) bool { return false })
			s.hit(v, v.lineOf(s.role0("bed"), 3), unsure)
			return true
		}).spanning(9),
	}
}

// execScenarios: B025, treatments billed more often than they were carried out.
func execScenarios() []*scenario {
	adult := want{}
	plain := func(s *scene, v *visit) *item {
		for i := range s.ix.roles["treat"] {
			x := s.ix.roles["treat"][(s.n+i)%len(s.ix.roles["treat"])]
			if x.ChargeType == "05" && x.PricingUnit == "次" && len(x.marks) == 0 && !s.has(v, x) && x.suits(v) && x.fits(s.p, s.d) {
				return x
			}
		}
		return nil
	}
	// Billed once on each of some days of a stay, carried out on the first ones; the day with no record at all has no say
	// in B001.
	stay := func(billed, done int, change func(s *scene, v *visit, ln *line)) func(*scene) bool {
		return func(s *scene) bool {
			v := s.inpatientStay(s.county(), 0, 8, pneumonia)
			it := plain(s, v)
			if it == nil {
				return false
			}
			for k := range billed {
				ln := v.add(it, 1, at(v.day()+claim.Day(k), 15*3600))
				if change != nil {
					change(s, v, ln)
				}
				if (s.sc.kind == plant && k >= done) || (s.sc.kind == nearMiss && k == billed-1) {
					s.hit(v, ln, whole)
				}
			}
			few := s.sc.name == "records uploaded in part"
			v.later = append(v.later, func(o *blockOut, v *visit) {
				n, mine := 0, 0
				for i := range v.lines {
					l := &v.lines[i]
					if l.it.list != "201" || l.it.ChargeType != "05" || (l.it == it && mine >= done) || (few && l.it != it) {
						continue
					}
					if l.it == it {
						mine++
					}
					n++
					v.execRow(o, n, l.it, addSec(l.at, 90), l.cnt)
				}
			})
			return true
		}
	}
	return []*scenario{
		planted("B025", "twice as often", adult, stay(4, 2, nil)).spanning(9),
		planted("B025", "one in four not carried out", adult, stay(4, 3, nil)).spanning(9),
		planted("B025", "on one day", adult, func(s *scene) bool {
			v := s.clinicVisit(s.county(), 0, "A03", "K52.900")
			it := plain(s, v)
			if it == nil {
				return false
			}
			ln := v.add(it, 3, s.when(0, 11))
			t := ln.at
			v.later = append(v.later, func(o *blockOut, v *visit) { v.execRow(o, 1, it, addSec(t, 60), claim.QtyOne) })
			s.hit(v, ln, excess(2*claim.QtyOne, 3*claim.QtyOne))
			s.also("B001", v, ln, excess(2*claim.QtyOne, 3*claim.QtyOne))
			return true
		}),
		near("B025", "as often", adult, stay(4, 4, nil)).spanning(9),
		near("B025", "records uploaded in part", adult, stay(4, 2, nil)).spanning(9),
		near("B025", "paid by the patient", adult, stay(4, 2, func(s *scene, v *visit, ln *line) { ln.own = true })).spanning(9),
		near("B025", "hours are no times", adult, func(s *scene) bool {
			v := s.inpatientStay(s.county(), 0, 6, pneumonia)
			hour := s.role0("hour")
			v.add(hour, 6, at(v.day()+2, 15*3600))
			v.later = append(v.later, func(o *blockOut, v *visit) {
				n := 0
				for i := range v.lines {
					if l := &v.lines[i]; l.it.list == "201" && l.it.ChargeType == "05" && l.it != hour {
						n++
						v.execRow(o, n, l.it, addSec(l.at, 90), l.cnt)
					}
				}
			})
			s.hit(v, &v.lines[len(v.lines)-1], unsure)
			return true
		}).spanning(9),
	}
}

func (v *visit) execRow(o *blockOut, n int, it *item, t claim.Time, cnt claim.Qty) {
	r := o.small("exec")
	r.str(v.inst.code)
	r.str("X" + v.no() + "B" + itoa(n))
	r.str(v.no())
	r.none()
	r.str(it.Code)
	r.time(t)
	r.qty(cnt)
	r.str(v.doc.code)
	r.end()
}
