package synth

import (
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// labelScenarios: C013 to C017, what the drug's label says against its use.
func labelScenarios() []*scenario {
	all := contraindicationScenarios()
	all = append(all, gestationScenarios()...)
	all = append(all, organScenarios()...)
	return append(all, doseScenarios()...)
}

// forbidding takes the first full diagnosis of the point's set that no other card reads in the item.
func forbidding(p *knowledge.Point, it *item, lastingOnly bool) string {
	for _, part := range splitSet(p.DiagSet) {
		code := firstOf(part)
		if lastingOnly && !inSet(code, remembered) || code[0] == 'O' || inSet(code, "Z30-Z39|S00-T35|T79") {
			continue
		}
		clear := true
		for _, m := range it.marks {
			clear = clear && (m.rule != "C015" || !inSet(code, organFailure[m.pt.Params.Class]+"|"+m.pt.DiagSet))
		}
		if clear {
			return code
		}
	}
	return ""
}

// contraindicationScenarios: C013.
func contraindicationScenarios() []*scenario {
	var all []*scenario
	use := func(kind, name string, bed, lasts bool, change func(s *scene, v *visit, ln *line, code string)) {
		all = append(all, (&scenario{rule: "C013", name: name, kind: kind, span: 9, build: func(s *scene) bool {
			var v *visit
			if bed {
				v = s.inpatientStay(s.county(), 0, 6, pneumonia)
			} else {
				v = s.clinicVisit(s.county(), 2, "A03", "K52.900")
			}
			code := ""
			_, it := s.pick("C013", v, func(p *knowledge.Point, it *item) bool {
				code = forbidding(p, it, lasts)
				return code != "" && it.list == "101" && !v.supports(p.DiagSet) && it.Price < 400*claim.PriceOne
			})
			if it == nil {
				return false
			}
			v.without(func(ln *line) bool { return ln.it.harms(code) })
			ln := s.book(v, it)
			if bed {
				ln.at = at(v.day()+2, 15*3600)
			}
			change(s, v, ln, code)
			s.hit(v, ln, whole)
			return true
		}}).alone())
	}
	told := func(s *scene, v *visit, ln *line, code string) { v.diags = append(v.diags, code) }
	use(plant, "forbidden by the diagnosis", false, false, told)
	use(plant, "forbidden by what was known at admission", true, false, told)
	use(plant, "forbidden by a disease known for a year", false, true, func(s *scene, v *visit, ln *line, code string) {
		s.clinicVisit(s.township(), 0, "A03", code)
	})
	use(nearMiss, "nothing forbids it", false, false, func(s *scene, v *visit, ln *line, code string) {})
	use(nearMiss, "diagnosed only at discharge", true, false, func(s *scene, v *visit, ln *line, code string) {
		if inSet(code, remembered) {
			code = "K92.200"
			if !ln.it.harms(code) {
				return
			}
		}
		v.diags = append(v.diags, code)
		v.found = v.end
	})
	use(nearMiss, "rescue", false, false, func(s *scene, v *visit, ln *line, code string) {
		told(s, v, ln, code)
		v.rescue = true
	})
	use(nearMiss, "for external use", false, false, func(s *scene, v *visit, ln *line, code string) {
		told(s, v, ln, code)
		s.external(ln)
	})
	use(nearMiss, "paid by the patient", false, false, func(s *scene, v *visit, ln *line, code string) {
		told(s, v, ln, code)
		ln.own = true
	})
	return all
}

// external lets the drug be applied from outside; where the label speaks of the way (C017), that is reported as well.
func (s *scene) external(ln *line) {
	ln.way = "外用"
	for _, m := range ln.it.marks {
		if m.rule == "C017" && m.pt.Scope == "途径" && !strings.Contains(m.pt.Allow, "外用") {
			ln.way = m.pt.Allow + "（外用）"
		}
	}
}

// gestationScenarios: C014.
func gestationScenarios() []*scenario {
	var all []*scenario
	mother := want{female: true, from: 21, to: 40}
	use := func(kind, name string, w want, take func(p *knowledge.Point) bool, change change) {
		all = append(all, (&scenario{rule: "C014", name: name, kind: kind, want: w, span: 4, build: func(s *scene) bool {
			v := s.clinicVisit(s.county(), 0, "A03", "K52.900")
			p, it := s.pick("C014", v, func(p *knowledge.Point, it *item) bool {
				return take(p) && it.list == "101" && it.Price < 400*claim.PriceOne && !it.has("A013", 's')
			})
			if it == nil {
				return false
			}
			ln := s.book(v, it)
			change(s, v, ln, p)
			s.hit(v, ln, whole)
			return true
		}}).alone())
	}
	grade := func(class, stage string) func(*knowledge.Point) bool {
		return func(p *knowledge.Point) bool {
			return (class == "" || p.Params.Class == class) && strings.Contains(p.Allow, stage)
		}
	}
	state := func(matn string, diags ...string) change {
		return func(s *scene, v *visit, ln *line, p *knowledge.Point) {
			v.matn = matn
			v.diags = append(v.diags, diags...)
		}
	}
	and := func(a, b change) change {
		return func(s *scene, v *visit, ln *line, p *knowledge.Point) { a(s, v, ln, p); b(s, v, ln, p) }
	}
	pregnant := state("", "O26.900")
	any := grade("", "妊娠")
	use(plant, "forbidden in pregnancy", mother, grade("X", "妊娠"), pregnant)
	use(plant, "to be weighed in pregnancy", mother, grade("D", "妊娠"), pregnant)
	use(plant, "pregnancy in the visit's own field", mother, any, state("1"))
	use(plant, "forbidden while nursing", mother, grade("", "哺乳"), state("2"))
	use(nearMiss, "neither pregnant nor nursing", mother, any, state(""))
	use(nearMiss, "nursing, forbidden in pregnancy only", mother, func(p *knowledge.Point) bool { return p.Allow == "妊娠" }, state("2"))
	use(nearMiss, "no longer pregnant", mother, any, state("", "O26.900", "O04.900"))
	use(nearMiss, "the disease outweighs it", mother, func(p *knowledge.Point) bool { return any(p) && p.DiagSet != "" }, and(pregnant, listed))
	use(nearMiss, "a man", want{male: true, from: 21, to: 40}, any, state("1"))
	use(nearMiss, "rescue", mother, any, and(pregnant, rescued))
	use(nearMiss, "for external use", mother, any, and(pregnant, func(s *scene, v *visit, ln *line, p *knowledge.Point) { s.external(ln) }))
	use(nearMiss, "paid by the patient", mother, any, and(pregnant, ownPaid))
	return all
}

// organScenarios: C015, by the laboratory value of the last seven days, else by the diagnosis.
func organScenarios() []*scenario {
	const egfr, alt = "肾小球滤过率（eGFR）", "丙氨酸氨基转移酶（ALT）"
	var all []*scenario
	// use takes a drug on day 8; lab is what an earlier visit, so many days before, measured.
	use := func(kind, name, organ, lab, value, ref string, before int, reduce bool, change change) {
		all = append(all, (&scenario{rule: "C015", name: name, kind: kind, span: 13, build: func(s *scene) bool {
			v := s.clinicVisit(s.county(), 8, "A03", "K52.900")
			p, it := s.pick("C015", v, func(p *knowledge.Point, it *item) bool {
				return p.Params.Class == organ && (p.Allow == "减量") == reduce && it.list == "101" && it.Price < 400*claim.PriceOne && !it.has("A013", 's') && it.DDD.Has()
			})
			if it == nil {
				return false
			}
			ln := s.book(v, it)
			if reduce && kind == plant { // more than the reduced dose a day
				ln.dose, ln.freq = p.Limit*11/10, "qd"
			} else if reduce {
				ln.dose, ln.freq = p.Limit, "qd"
			}
			if lab != "" {
				w := s.clinicVisit(s.county(), 8-before, "A03", "K52.900")
				w.shift(-3600)
				if before < 0 {
					w.shift(7200)
				}
				s.bill(w, "lab", 1, addSec(w.begin, 600))
				w.without(func(x *line) bool { return x.it.ChargeType == "04" })
				if kidney := s.named("肾功能全套"); kidney != nil {
					w.add(kidney, 1, addSec(w.begin, 600))
				}
				s.labValue(w, lab, value, "", ref, addSec(w.begin, 900))
			}
			if change != nil {
				change(s, v, ln, p)
			}
			s.hit(v, ln, whole)
			return true
		}}).alone())
	}
	// A diagnosis of failure that no other card reads in the item.
	failing := func(code string) change {
		return func(s *scene, v *visit, ln *line, p *knowledge.Point) {
			if !ln.it.has("C013", 's') {
				v.diags = append(v.diags, code)
				return
			}
			for _, m := range ln.it.marks {
				if m.rule == "C013" && inSet(code, m.pt.DiagSet) {
					s.also("C013", v, ln, whole)
				}
			}
			v.diags = append(v.diags, code)
		}
	}
	use(plant, "filtration below thirty", "肾", egfr, "29.5", "", 3, false, nil)
	use(nearMiss, "filtration of thirty", "肾", egfr, "30", "", 3, false, nil)
	use(plant, "measured on the seventh day", "肾", egfr, "22", "", 6, false, nil)
	use(nearMiss, "measured on the eighth day", "肾", egfr, "22", "", 7, false, nil)
	use(nearMiss, "measured afterwards", "肾", egfr, "22", "", -1, false, nil)
	use(plant, "transaminase above five limits", "肝", alt, "251", "9-50", 2, false, nil)
	use(nearMiss, "transaminase of five limits", "肝", alt, "250", "9-50", 2, false, nil)
	use(plant, "transaminase without a reference", "肝", alt, "201", "", 2, false, nil)
	use(plant, "renal failure by diagnosis", "肾", "", "", "", 0, false, failing("N19.x00"))
	use(nearMiss, "renal failure, but filtration is fine", "肾", egfr, "64", "", 2, false, func(s *scene, v *visit, ln *line, p *knowledge.Point) {
		v.diags = append(v.diags, "N19.x00")
	})
	use(plant, "dose not reduced", "肾", egfr, "21", "", 2, true, nil)
	use(nearMiss, "dose reduced", "肾", egfr, "21", "", 2, true, nil)
	use(nearMiss, "rescue", "肾", egfr, "21", "", 2, false, rescued)
	use(nearMiss, "for external use", "肾", egfr, "21", "", 2, false, func(s *scene, v *visit, ln *line, p *knowledge.Point) { s.external(ln) })
	use(nearMiss, "paid by the patient", "肾", egfr, "21", "", 2, false, ownPaid)
	return all
}

// doseScenarios: C016 and C017, dose and way of use against the label.
func doseScenarios() []*scenario {
	var all []*scenario
	use := func(rule, kind, name string, take func(p *knowledge.Point, it *item) bool, set func(s *scene, v *visit, ln *line, p *knowledge.Point) amount) {
		all = append(all, (&scenario{rule: rule, name: name, kind: kind, span: 4, build: func(s *scene) bool {
			v := s.clinicVisit(s.county(), 0, "A03", "K52.900")
			p, it := s.pick(rule, v, func(p *knowledge.Point, it *item) bool {
				return it.list == "101" && it.Price < 400*claim.PriceOne && take(p, it)
			}, "A013")
			if it == nil {
				return false
			}
			s.appease(v, it)
			ln := s.book(v, it)
			s.hit(v, ln, set(s, v, ln, p))
			return true
		}}).alone())
	}
	oral := func(p *knowledge.Point, it *item) bool { return it.DDD.Has() && p.Unit == it.PrepUnit && p.Limit.Has() }
	over := func(extra claim.Qty, more change) func(s *scene, v *visit, ln *line, p *knowledge.Point) amount {
		return func(s *scene, v *visit, ln *line, p *knowledge.Point) amount {
			most := p.Limit * 12 / 10
			ln.dose, ln.freq = most+extra, "qd"
			if more != nil {
				more(s, v, ln, p)
			}
			return excess(extra, most+extra)
		}
	}
	use("C016", plant, "a unit above the limit", oral, over(claim.QtyOne, nil))
	use("C016", nearMiss, "a fifth above the label", oral, over(0, nil))
	use("C016", plant, "approved by the hospital", oral, over(claim.QtyOne, func(s *scene, v *visit, ln *line, p *knowledge.Point) { ln.approved = true }))
	use("C016", nearMiss, "frequency not readable", oral, over(claim.QtyOne, func(s *scene, v *visit, ln *line, p *knowledge.Point) { ln.freq = "遵医嘱" }))
	use("C016", nearMiss, "rescue", oral, over(claim.QtyOne, rescued))
	use("C016", nearMiss, "for external use", oral, over(claim.QtyOne, func(s *scene, v *visit, ln *line, p *knowledge.Point) { s.external(ln) }))
	use("C016", nearMiss, "paid by the patient", oral, over(claim.QtyOne, ownPaid))

	route := func(p *knowledge.Point, it *item) bool { return p.Scope == "途径" && !it.has("A011", 's') }
	times := func(p *knowledge.Point, it *item) bool { return p.Scope == "频次" && p.Limit == 3*claim.QtyOne }
	by := func(way string) func(s *scene, v *visit, ln *line, p *knowledge.Point) amount {
		return func(s *scene, v *visit, ln *line, p *knowledge.Point) amount {
			if ln.way = way; way == "" {
				ln.way = splitSet(p.Allow)[0] + "给药"
			}
			return whole
		}
	}
	often := func(freq string, approved bool) func(s *scene, v *visit, ln *line, p *knowledge.Point) amount {
		return func(s *scene, v *visit, ln *line, p *knowledge.Point) amount {
			ln.freq, ln.dose, ln.approved = freq, claim.QtyOne/4, approved
			return whole
		}
	}
	use("C017", plant, "another way", route, by("鞘内"))
	use("C017", nearMiss, "one of the ways", route, by(""))
	use("C017", nearMiss, "a code for the way", route, by("104"))
	use("C017", nearMiss, "on file with the hospital", route, func(s *scene, v *visit, ln *line, p *knowledge.Point) amount {
		ln.way, ln.approved = "鞘内", true
		return unsure
	})
	use("C017", plant, "four times a day", times, often("qid", false))
	use("C017", nearMiss, "three times a day", times, often("tid", false))
	use("C017", nearMiss, "four times a day, on file", times, often("qid", true))
	use("C017", nearMiss, "paid by the patient", route, func(s *scene, v *visit, ln *line, p *knowledge.Point) amount {
		ln.way, ln.own = "鞘内", true
		return unsure
	})
	return all
}
