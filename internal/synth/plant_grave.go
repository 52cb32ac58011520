package synth

import (
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// wardReasonScenarios: C011, C018, C019, C023, C025 and C026: what the course of a stay must show.
func wardReasonScenarios() []*scenario {
	all := reserveScenarios()
	all = append(all, firstDayScenarios()...)
	all = append(all, intensiveScenarios()...)
	return append(all, organLossScenarios()...)
}

// reserveScenarios: C011, antibiotics of last reserve for three days of a stay, from day 3.
func reserveScenarios() []*scenario {
	var all []*scenario
	add := func(kind, name string, days int, change func(s *scene, v *visit, p *knowledge.Point)) {
		all = append(all, (&scenario{rule: "C011", name: name, kind: kind, span: 12, build: func(s *scene) bool {
			v := s.inpatientStay(s.county(), 0, 9, pneumonia)
			v.expert()
			p, it := s.pick("C011", v, func(p *knowledge.Point, it *item) bool { return it.Price < 600*claim.PriceOne }, "A013")
			if it == nil {
				return false
			}
			s.appease(v, it)
			v.without(func(ln *line) bool { return slices.Contains(p.Params.Require, ln.it.Code) })
			var ln *line
			for k := range days {
				ln = v.add(it, 1, at(v.day()+claim.Day(4+k), 15*3600))
				ln.days, ln.dept = 1, v.dept
				if kind == plant && k > 0 {
					s.hit(v, ln, whole)
				}
			}
			if kind == nearMiss {
				s.hit(v, ln, unsure)
			}
			if change != nil {
				change(s, v, p)
			}
			return true
		}}).alone())
	}
	cultured := func(day int) func(s *scene, v *visit, p *knowledge.Point) {
		return func(s *scene, v *visit, p *knowledge.Point) {
			v.add(s.ix.byCode[p.Params.Require[0]], 1, at(v.day()+claim.Day(day), 8*3600)).own = true
		}
	}
	add(plant, "neither culture nor consultation", 3, nil)
	add(nearMiss, "one urgent day", 1, nil)
	add(nearMiss, "cultured three days before", 3, cultured(1))
	add(plant, "cultured four days before", 3, cultured(0))
	add(nearMiss, "the culture was reported only", 3, func(s *scene, v *visit, p *knowledge.Point) {
		s.labValue(v, "痰培养及药敏", "阴性", "", "", at(v.day()+3, 8*3600))
	})
	add(nearMiss, "consultation in the record", 3, func(s *scene, v *visit, p *knowledge.Point) {
		s.written(v, "抗菌药物会诊记录", at(v.day()+4, 9*3600))
	})
	add(nearMiss, "consultation ordered", 3, func(s *scene, v *visit, p *knowledge.Point) {
		s.orders(v, "", "请感染科会诊", at(v.day()+4, 9*3600), 1)
	})
	add(nearMiss, "rescue", 3, func(s *scene, v *visit, p *knowledge.Point) { v.rescue = true })
	return all
}

// onFirstDay books a drug that the first day of a stay does not allow, so many days after admission.
func onFirstDay(day int, change change) func(s *scene) bool {
	return func(s *scene) bool {
		v := s.inpatientStay(s.county(), 1, 6, pneumonia)
		v.opers, v.adm = v.opers[:0], "2"
		p, it := s.pick("C025", v, func(p *knowledge.Point, it *item) bool {
			return it.list == "101" && it.has("C010", 's') && !v.supports(p.DiagSet)
		}, "C010")
		if it == nil {
			return false
		}
		for _, m := range it.marks { // its indication, but none of what excuses the first day
			if m.rule != "C010" {
				continue
			}
			for _, part := range splitSet(m.pt.DiagSet) {
				if code := firstOf(part); !v.supports(m.pt.DiagSet) && !inSet(code, p.DiagSet) && !inSet(code, "S00-T98") {
					v.diags = append(v.diags, code)
				}
			}
			if !v.supports(m.pt.DiagSet) {
				return false
			}
		}
		ln := s.book(v, it)
		ln.at = at(v.day()+claim.Day(day), 15*3600)
		if change != nil {
			change(s, v, ln, p)
		}
		s.hit(v, ln, whole)
		return true
	}
}

// firstDayScenarios: C025.
func firstDayScenarios() []*scenario {
	var all []*scenario
	add := func(kind, name string, day int, change change) {
		all = append(all, (&scenario{rule: "C025", name: name, kind: kind, span: 9, build: onFirstDay(day, change)}).alone())
	}
	set := func(f func(s *scene, v *visit)) change {
		return func(s *scene, v *visit, ln *line, p *knowledge.Point) { f(s, v) }
	}
	add(plant, "given on the first day", 0, nil)
	add(nearMiss, "given on the second day", 1, nil)
	add(nearMiss, "excused by the diagnosis", 0, func(s *scene, v *visit, ln *line, p *knowledge.Point) {
		last := splitSet(p.DiagSet)
		v.diags = append(v.diags, firstOf(last[len(last)-1]))
	})
	add(nearMiss, "from observation", 0, set(func(s *scene, v *visit) { v.obs = at(v.day(), 2*3600) }))
	add(nearMiss, "transferred in", 0, set(func(s *scene, v *visit) { v.from = s.township().code }))
	add(nearMiss, "intensive care", 0, set(func(s *scene, v *visit) { s.inICU(v, v.begin, at(v.day()+2, 8*3600)) }))
	add(nearMiss, "operated before", 0, set(func(s *scene, v *visit) { v.operated("80.5x01", "关节清理术", "", at(v.day(), 11*3600)) }))
	add(nearMiss, "an emergency", 0, set(func(s *scene, v *visit) { v.er = true }))
	add(nearMiss, "day surgery", 0, set(func(s *scene, v *visit) { v.daySurg = true }))
	add(nearMiss, "rescue", 0, set(func(s *scene, v *visit) { v.rescue = true }))
	add(nearMiss, "paid by the patient", 0, ownPaid)
	add(nearMiss, "ordered for the next day", 0, func(s *scene, v *visit, ln *line, p *knowledge.Point) {
		ln.order = 9
		s.orders(v, ln.it.Code, ln.it.Name, at(v.day()+1, 8*3600), 1)
	})
	return all
}

// intensiveScenarios: C026, intensive care without a sign of grave illness.
func intensiveScenarios() []*scenario {
	var all []*scenario
	add := func(kind, name string, days int, change func(s *scene, v *visit, p *knowledge.Point)) {
		all = append(all, (&scenario{rule: "C026", name: name, kind: kind, span: 11, build: func(s *scene) bool {
			v := s.inpatientStay(s.county(), 0, 8, pneumonia)
			v.opers = v.opers[:0]
			bed := s.named("重症监护病房床位费")
			if bed == nil || len(s.ix.points["C026"]) == 0 {
				return false
			}
			p := s.ix.points["C026"][0]
			v.without(func(ln *line) bool {
				k := int(ln.at.Day() - v.day())
				return slices.Contains(p.Params.Require, ln.it.Code) || ln.it.ChargeType == "06" || ln.it == s.role0("bed") && k >= 3 && k < 3+days
			})
			var ln *line
			for k := range days {
				ln = v.add(bed, 1, at(v.day()+claim.Day(3+k), 12*3600))
				if kind == plant {
					s.hit(v, ln, zero)
				}
			}
			if kind == nearMiss {
				s.hit(v, ln, unsure)
			}
			if change != nil {
				change(s, v, p)
			}
			return true
		}}).alone())
	}
	scored := func(day int) func(s *scene, v *visit, p *knowledge.Point) {
		return func(s *scene, v *visit, p *knowledge.Point) {
			if score := s.named("序贯器官衰竭评分"); score != nil {
				v.add(score, 1, at(v.day()+claim.Day(day), 16*3600)).own = true
			}
		}
	}
	document := func(kind string) func(s *scene, v *visit, p *knowledge.Point) {
		return func(s *scene, v *visit, p *knowledge.Point) { s.written(v, kind, at(v.day()+4, 9*3600)) }
	}
	add(plant, "two days without a sign", 2, nil)
	add(plant, "three days without a sign", 3, nil)
	add(nearMiss, "one day", 1, nil)
	add(nearMiss, "scored", 3, scored(4))
	add(nearMiss, "scored the day before", 3, scored(2))
	add(plant, "scored two days before", 3, scored(1))
	add(nearMiss, "told to be dangerous", 3, document("病危（重）通知书"))
	add(nearMiss, "scored in the record", 3, document("APACHE Ⅱ评分表"))
	add(nearMiss, "operated meanwhile", 3, func(s *scene, v *visit, p *knowledge.Point) {
		v.operated("80.5x01", "关节清理术", "", at(v.day()+4, 9*3600))
	})
	add(nearMiss, "rescue", 3, func(s *scene, v *visit, p *knowledge.Point) { v.rescue = true })
	add(nearMiss, "death", 3, func(s *scene, v *visit, p *knowledge.Point) {
		v.dropHome()
		v.way = "5"
	})
	return all
}

// charged bills an operation that R005 asks a charge of.
func (s *scene) charged(v *visit, code string, t claim.Time) {
	for _, p := range s.ix.points["R005"] {
		prefix, ok := strings.CutPrefix(p.Subject, "oprn:")
		if !ok || !strings.HasPrefix(code, prefix) {
			continue
		}
		if it := s.ix.byCode[p.Params.Require[0]]; it != nil && !s.has(v, it) {
			v.add(it, 1, t).own = true
		}
		return
	}
}

// organLossScenarios: C019, C023 and C018: stents without a bed, organs that are gone, stents nobody protects.
func organLossScenarios() []*scenario {
	var all []*scenario
	add := func(rule, kind, name string, span int, build func(s *scene) bool) {
		all = append(all, (&scenario{rule: rule, name: name, kind: kind, span: span, build: build}).alone())
	}
	stent := func(change func(s *scene, v *visit)) func(*scene) bool {
		return func(s *scene) bool {
			v := s.clinicVisit(s.county(), 4, "A03", "I20.000")
			// A material that needs no procedure of its own: E001 has no say.
			_, it := s.pick("C019", v, func(p *knowledge.Point, it *item) bool { return it.list == "301" && !it.has("E001", 's') })
			if it == nil {
				return false
			}
			ln := v.add(it, 1, addSec(v.begin, 3600))
			if change != nil {
				change(s, v)
			}
			s.hit(v, ln, whole)
			return true
		}
	}
	add("C019", plant, "no bed", 12, stent(nil))
	add("C019", plant, "a bed two days later", 12, stent(func(s *scene, v *visit) { s.inpatientStay(s.tcm(), 6, 4, pneumonia).dropHome() }))
	add("C019", nearMiss, "a bed on the same day", 12, stent(func(s *scene, v *visit) { s.inpatientStay(s.county(), 4, 4, pneumonia) }))
	add("C019", nearMiss, "a bed within a day", 12, stent(func(s *scene, v *visit) {
		w := s.inpatientStay(s.county(), 5, 4, pneumonia)
		v.shift(7200)
		w.adm = "1"
	}))
	add("C019", nearMiss, "day surgery", 12, stent(func(s *scene, v *visit) { v.daySurg = true }))
	add("C019", nearMiss, "rescue", 12, stent(func(s *scene, v *visit) { v.rescue = true }))
	add("C019", nearMiss, "death", 12, stent(func(s *scene, v *visit) { v.way = "5" }))

	// lost removes the organ in a stay and bills the item forty days later.
	lost := func(paired bool, code func(p *knowledge.Point) string, sides [2]string, later bool) func(*scene) bool {
		return func(s *scene) bool {
			x := s.inpatientStay(s.tcm(), 0, 6, pneumonia)
			var v *visit
			if paired {
				v = s.inpatientStay(s.tcm(), 40, 6, pneumonia)
			} else {
				v = s.clinicVisit(s.tcm(), 40, "A04", "K52.900")
			}
			v.opers = v.opers[:0]
			x.dropHome()
			p, it := s.pick("C023", v, func(p *knowledge.Point, it *item) bool {
				return (p.Params.Class == "成对") == paired && it.unequipped() && !it.has("A010", 's') && !it.has("C022", 's') && !it.has("C024", 's') && it.Price < 3000*claim.PriceOne
			})
			if it == nil {
				return false
			}
			ln := v.add(it, 1, addSec(v.begin, 26*3600))
			if !paired {
				ln.at = addSec(v.begin, 3600)
			}
			ln.side = sides[1]
			on := x
			if later {
				on = s.inpatientStay(s.county(), 50, 5, stroke)
				on.adm = "1"
			}
			on.opers = on.opers[:0]
			on.operated(code(p), "切除术", sides[0], at(on.day()+1, 9*3600))
			s.charged(on, code(p), at(on.day()+1, 14*3600))
			s.hit(v, ln, whole)
			return true
		}
	}
	removed := func(p *knowledge.Point) string { return firstOf(p.DiagSet) }
	other := func(p *knowledge.Point) string { return "80.5100" }
	add("C023", plant, "organ removed before", 62, lost(false, removed, [2]string{}, false))
	add("C023", nearMiss, "another operation before", 62, lost(false, other, [2]string{}, false))
	add("C023", nearMiss, "removed only afterwards", 62, lost(false, removed, [2]string{}, true))
	add("C023", plant, "the same side", 62, lost(true, removed, [2]string{"左", "左"}, false))
	add("C023", nearMiss, "the other side", 62, lost(true, removed, [2]string{"左", "右"}, false))
	add("C023", nearMiss, "side unknown", 62, lost(true, removed, [2]string{"", "左"}, false))
	return append(all, stentScenarios()...)
}
