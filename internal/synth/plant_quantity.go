package synth

import (
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// quantityScenarios: B001, B005 to B010, B021, B022, G029.
func quantityScenarios() []*scenario {
	var all []*scenario
	for _, r := range []string{"B001", "B021", "B009"} {
		all = append(all, dailyScenarios(r)...)
	}
	all = append(all, recordedScenarios()...)
	all = append(all, wardScenarios()...)
	all = append(all, hourScenarios()...)
	return append(all, perStayScenarios()...)
}

// lone keeps points whose item no other daily limit speaks of, so that a surplus has one voice.
func lone(rule string) func(*scene, *knowledge.Point, *item) bool {
	return func(s *scene, p *knowledge.Point, it *item) bool {
		for _, r := range []string{"B001", "B021", "B009", "B010", "B022", "B012", "B006", "B007", "B008", "F010"} {
			if r != rule && it.has(r, 's') {
				return false
			}
		}
		return it.Price < 800*claim.PriceOne && it.PricingUnit != "部位" && it.PricingUnit != "侧"
	}
}

// dailyScenarios: more of an item on one day than its point allows.
func dailyScenarios(rule string) []*scenario {
	adult := want{}
	fill := func(lines func(limit int) []float64, change change) func(*scene) bool {
		return func(s *scene) bool {
			v := s.inpatientStay(s.tcm(), 0, 6, pneumonia)
			p, it := s.pick(rule, v, func(p *knowledge.Point, it *item) bool { return lone(rule)(s, p, it) })
			if it == nil {
				return false
			}
			limit := int(p.Limit / claim.QtyOne)
			if rule == "B009" {
				limit *= max(1, p.Params.Channels)
			}
			sum := claim.Qty(0)
			for i, n := range lines(limit) {
				ln := v.add(it, n, at(v.day()+2, 6*3600+i*1801))
				over := min(ln.cnt, sum+ln.cnt-claim.Qty(limit)*claim.QtyOne)
				sum += ln.cnt
				switch {
				case s.sc.kind == plant && over > 0:
					s.hit(v, ln, excess(over, ln.cnt))
				case s.sc.kind == nearMiss && i == 0:
					s.hit(v, ln, unsure)
				}
				if change != nil {
					change(s, v, ln, p)
				}
			}
			return true
		}
	}
	return []*scenario{
		planted(rule, "one line of too much", adult, fill(func(l int) []float64 { return []float64{float64(l) + 2} }, nil)).spanning(7),
		planted(rule, "one line too many", adult, fill(func(l int) []float64 { return []float64{float64(l), 1} }, nil)).spanning(7),
		planted(rule, "the crossing line in part", adult, fill(func(l int) []float64 { return []float64{float64(l) - 0.5, 1.5, 1} }, nil)).spanning(7),
		near(rule, "exactly the limit", adult, fill(func(l int) []float64 { return []float64{float64(l)} }, nil)).spanning(7),
		near(rule, "refunded down to the limit", adult, fill(func(l int) []float64 { return []float64{float64(l) + 1} }, func(s *scene, v *visit, ln *line, p *knowledge.Point) {
			v.giveBack(*ln, 1, s.n%2 == 0)
		})).spanning(7),
		near(rule, "paid by the patient", adult, fill(func(l int) []float64 { return []float64{float64(l) + 2} }, ownPaid)).spanning(7),
		near(rule, "two days, each within the limit", adult, func(s *scene) bool {
			v := s.inpatientStay(s.tcm(), 0, 6, pneumonia)
			p, it := s.pick(rule, v, func(p *knowledge.Point, it *item) bool { return lone(rule)(s, p, it) })
			if it == nil {
				return false
			}
			limit := float64(p.Limit) / float64(claim.QtyOne)
			v.add(it, limit, at(v.day()+1, 22*3600))
			s.hit(v, v.add(it, limit, at(v.day()+2, 6*3600)), unsure)
			return true
		}).spanning(7),
	}
}

// giveBack books a negative line for n of an earlier line, naming it or not.
func (v *visit) giveBack(ln line, n float64, named bool) {
	back := ln
	back.cnt, back.tag, back.generated = -claim.Qty(n*10_000), 0, true
	back.at = addSec(ln.at, 3600)
	back.order, back.rx = 0, 0
	if named {
		back.gives = ln.tag
	}
	v.lines = append(v.lines, back)
}

// recordedScenarios: B001 against execution records, and the same order uploaded twice.
func recordedScenarios() []*scenario {
	adult := want{}
	executed := func(billed, done int) func(*scene) bool {
		return func(s *scene) bool {
			v := s.inpatientStay(s.tcm(), 0, 6, pneumonia)
			it := s.free("treat", v)
			if it == nil || it.has("B001", 's') || it.has("B021", 's') || it.has("F010", 's') {
				it = nil
				for _, x := range s.ix.roles["treat"] {
					if !x.has("B001", 0) && !x.has("B021", 0) && !x.has("F010", 0) && !s.has(v, x) && x.suits(v) && x.PricingUnit == "次" {
						it = x
						break
					}
				}
			}
			if it == nil {
				return false
			}
			var lines []claim.Time
			for i := range billed {
				ln := v.add(it, 1, at(v.day()+2, 10*3600+i*3600))
				lines = append(lines, ln.at)
				if i >= done && s.sc.kind == plant || i == billed-1 && s.sc.kind == nearMiss {
					s.hit(v, ln, whole)
				}
			}
			for i := range done {
				s.executed(v, it, addSec(lines[i], 60), i)
			}
			return true
		}
	}
	twin := func(sameTime, order bool) func(*scene) bool {
		return func(s *scene) bool {
			v := s.inpatientStay(s.tcm(), 0, 6, pneumonia)
			var it *item
			for _, x := range s.ix.roles["treat"] {
				if !x.has("B001", 0) && !x.has("B021", 0) && !x.has("F010", 0) && !x.has("B022", 0) && !s.has(v, x) && x.suits(v) && x.PricingUnit == "次" {
					it = x
					break
				}
			}
			if it == nil {
				return false
			}
			t := at(v.day()+2, 10*3600)
			a := v.add(it, 1, t)
			if order {
				a.order = 40
			}
			if !sameTime {
				t = addSec(t, 1800)
			}
			b := v.add(it, 1, t)
			if order {
				b.order = 40
			}
			s.hit(v, b, whole)
			return true
		}
	}
	return []*scenario{
		planted("B001", "more than was carried out", adult, executed(3, 2)).spanning(7),
		near("B001", "as often as it was carried out", adult, executed(3, 3)).spanning(7),
		planted("B001", "one order uploaded twice", adult, twin(true, true)).spanning(7),
		near("B001", "one order at two times", adult, twin(false, true)).spanning(7),
		near("B001", "same moment without an order", adult, twin(true, false)).spanning(7),
	}
}

func (s *scene) executed(v *visit, it *item, t claim.Time, k int) {
	v.later = append(v.later, func(o *blockOut, v *visit) {
		r := o.small("exec")
		r.str(v.inst.code)
		r.str("X" + v.no() + itoa(k))
		r.str(v.no())
		r.none()
		r.str(it.Code)
		r.time(t)
		r.str("1")
		r.str(v.doc.code)
		r.end()
	})
}

// hourScenarios: B010, more hours than the stay has.
func hourScenarios() []*scenario {
	adult := want{}
	hours := func(n func(total int) float64) func(*scene) bool {
		return func(s *scene) bool {
			v := s.inpatientStay(s.tcm(), 0, 4, pneumonia)
			_, it := s.pick("B010", v, func(p *knowledge.Point, it *item) bool { return it.PricingUnit == "小时" && it.ChargeType == "05" }, "B009")
			if it == nil {
				return false
			}
			total := int((v.end-v.begin)/3_600_000_000) + 1 // hours, begun ones whole
			if (v.end-v.begin)%3_600_000_000 == 0 {
				total--
			}
			want, sum := n(total), 0.0
			for k := 0; sum < want; k++ {
				q := min(24, want-sum)
				ln := v.add(it, q, at(v.day()+claim.Day(k%5), 11*3600+k))
				sum += q
				if over := sum - float64(total+1); over > 0 && s.sc.kind == plant {
					s.hit(v, ln, excess(claim.Qty(min(over, q)*10_000), ln.cnt))
				} else if s.sc.kind == nearMiss && sum >= want {
					s.hit(v, ln, unsure)
				}
			}
			return true
		}
	}
	return []*scenario{
		planted("B010", "longer than the stay", adult, hours(func(t int) float64 { return float64(t + 5) })).spanning(6),
		near("B010", "as long as the stay", adult, hours(func(t int) float64 { return float64(t) })).spanning(6),
		near("B010", "the hour of grace", adult, hours(func(t int) float64 { return float64(t + 1) })).spanning(6),
	}
}

// perStayScenarios: B022.
func perStayScenarios() []*scenario {
	adult := want{}
	count := func(perDay bool, over int) func(*scene) bool {
		return func(s *scene) bool {
			v := s.inpatientStay(s.county(), 0, 5, pneumonia)
			p, it := s.pick("B022", v, func(p *knowledge.Point, it *item) bool {
				return p.Params.PerDay == perDay && !it.has("B021", 's') && !it.has("B001", 's') && !it.has("B023", 's') && it.Price < 400*claim.PriceOne && p.Limit < 20*claim.QtyOne
			})
			if it == nil {
				return false
			}
			allow := int(p.Limit / claim.QtyOne)
			if perDay {
				allow *= v.los() + 1
			}
			days, left, sum := 5, allow+over, 0
			for k := range days {
				n := left / (days - k)
				left -= n
				if n == 0 {
					continue
				}
				ln := v.add(it, float64(n), at(v.day()+claim.Day(k), 15*3600))
				sum += n
				if x := sum - allow; x > 0 && s.sc.kind == plant {
					s.hit(v, ln, excess(claim.Qty(min(x, n))*claim.QtyOne, ln.cnt))
				} else if s.sc.kind == nearMiss && k == days-1 {
					s.hit(v, ln, unsure)
				}
			}
			return true
		}
	}
	return []*scenario{
		planted("B022", "more than one stay allows", adult, count(false, 1)).spanning(6),
		planted("B022", "more than the days allow", adult, count(true, 2)).spanning(6),
		near("B022", "all that one stay allows", adult, count(false, 0)).spanning(6),
		near("B022", "all that the days allow", adult, count(true, 0)).spanning(6),
	}
}
