package synth

import (
	"slices"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// overuseScenarios: C003, C005, C007 and C008, too many tests and treatments.
func overuseScenarios() []*scenario {
	all := panelOveruse()
	all = append(all, recognitionScenarios()...)
	all = append(all, evaluationScenarios()...)
	return append(all, physiotherapyScenarios()...)
}

// tests books n different laboratory items from a moment on, no tumour marker among them, and returns the last line's tag.
func (s *scene) tests(v *visit, n int, t claim.Time) int {
	tag, k := 0, 0
	for _, role := range []string{"lab", "lab2"} {
		for _, it := range s.ix.roles[role] {
			if k < n && !it.has("C003", 's') && it.fits(s.p, s.d) && it.suits(v) && !s.has(v, it) {
				tag = v.add(it, 1, addSec(t, k*20)).tag
				k++
			}
		}
	}
	if k < n {
		return 0
	}
	return tag
}

// tagged finds the line of a tag.
func (v *visit) tagged(tag int) *line {
	for i := range v.lines {
		if v.lines[i].tag == tag {
			return &v.lines[i]
		}
	}
	return nil
}

func panelOveruse() []*scenario {
	var all []*scenario
	add := func(kind, name string, w want, build func(s *scene) bool) {
		all = append(all, (&scenario{rule: "C003", name: name, kind: kind, want: w, span: 8, build: build}).alone())
	}
	many := func(n int, change func(v *visit)) func(*scene) bool {
		return func(s *scene) bool {
			v := s.clinicVisit(s.county(), 0, "A03", "K52.900")
			tag := s.tests(v, n, addSec(v.begin, 3600))
			if tag == 0 {
				return false
			}
			if change != nil {
				change(v)
			}
			s.hit(v, v.tagged(tag), whole)
			return true
		}
	}
	inBed := func(day int) func(*scene) bool {
		return func(s *scene) bool {
			v := s.inpatientStay(s.county(), 0, 6, pneumonia)
			v.without(func(ln *line) bool { return ln.it.ChargeType == "04" })
			tag := s.tests(v, 26, at(v.day()+claim.Day(day), 14*3600))
			if tag == 0 {
				return false
			}
			s.hit(v, v.tagged(tag), whole)
			return true
		}
	}
	markers := func(n int, diag string) func(*scene) bool {
		return func(s *scene) bool {
			v := s.clinicVisit(s.county(), 0, "A03", diag)
			var ln *line
			for k := range n {
				_, it := s.pick("C003", v, nil)
				if it == nil {
					return false
				}
				ln = v.add(it, 1, addSec(v.begin, 3600+k*20))
			}
			s.hit(v, ln, whole)
			return true
		}
	}
	woman := want{female: true} // markers of both sexes would not reach six
	add(plant, "twenty-six tests", want{}, many(26, nil))
	add(nearMiss, "twenty-five tests", want{}, many(25, nil))
	add(nearMiss, "an emergency", want{}, many(26, func(v *visit) { v.er = true }))
	add(nearMiss, "rescue", want{}, many(26, func(v *visit) { v.rescue = true }))
	add(plant, "twenty-six tests on the third day of a stay", want{}, inBed(2))
	add(nearMiss, "twenty-six tests on the second day of a stay", want{}, inBed(1))
	add(plant, "six tumour markers", woman, markers(6, "K52.900"))
	add(nearMiss, "five tumour markers", woman, markers(5, "K52.900"))
	add(nearMiss, "six tumour markers with a tumour", woman, markers(6, "C34.900"))
	return all
}

// recogItems are the examinations the hospitals of the province recognise of each other for so many days.
const recogDays = 30

var recogItems = []string{"腹部彩超", "甲状腺彩超", "心脏彩超", "泌尿系彩超"}

// recognised writes the list.
func (c *city) recognised(o *blockOut) {
	for _, name := range recogItems {
		if it := c.ix.byName[name]; it != nil {
			r := o.small("recog")
			r.str(it.Code)
			r.int(recogDays)
			r.str(areaCity)
			r.end()
		}
	}
}

// recognitionScenarios: C005.
func recognitionScenarios() []*scenario {
	type again struct {
		gap     int
		same    bool // in the same hospital
		silent  bool // the first was never uploaded
		other   bool // an item outside the list
		between bool // an operation in between
		change  func(v, w *visit)
	}
	var all []*scenario
	add := func(kind, name string, a again) {
		all = append(all, (&scenario{rule: "C005", name: name, kind: kind, span: 40, build: func(s *scene) bool {
			inst := s.tcm()
			if a.same {
				inst = s.county()
			}
			v := s.clinicVisit(s.county(), 0, "A03", "K52.900")
			w := s.clinicVisit(inst, a.gap, "A03", "K52.900")
			it := s.named(recogItems[s.n%len(recogItems)])
			if a.other {
				it = s.named("常规心电图")
			}
			if it == nil || !s.harmless(it, v) || !s.harmless(it, w) {
				return false
			}
			v.add(it, 1, addSec(v.begin, 3600))
			ln := w.add(it, 1, addSec(w.begin, 3600))
			if !a.silent {
				s.reportOf(v, it, addSec(v.begin, 3700))
			}
			if a.between {
				x := s.inpatientStay(s.county(), 3, 4, pneumonia)
				x.dropHome()
				x.without(func(ln *line) bool { return ln.it == it })
				x.operated("80.5x01", "关节清理术", "", at(x.day()+1, 9*3600))
			}
			if a.change != nil {
				a.change(v, w)
			}
			s.hit(w, ln, whole)
			return true
		}}).alone())
	}
	add(plant, "again after ten days", again{gap: 10})
	add(plant, "on the last day of the period", again{gap: recogDays - 1})
	add(nearMiss, "the day after the period", again{gap: recogDays})
	add(nearMiss, "the same hospital", again{gap: 10, same: true})
	add(nearMiss, "never uploaded", again{gap: 10, silent: true})
	add(nearMiss, "not on the list", again{gap: 10, other: true})
	add(nearMiss, "an operation in between", again{gap: 12, between: true})
	add(nearMiss, "an emergency", again{gap: 10, change: func(v, w *visit) { w.er = true }})
	add(nearMiss, "rescue", again{gap: 10, change: func(v, w *visit) { w.rescue = true }})
	add(nearMiss, "the first was taken back", again{gap: 10, change: func(v, w *visit) { v.undo = true }})
	return all
}

// evaluationScenarios: C007, training without an evaluation.
func evaluationScenarios() []*scenario {
	type training struct {
		days   []int // of the stay
		fault  int   // first day at fault (index of days), 0 none
		change func(s *scene, v *visit, it *item, p *knowledge.Point)
	}
	run := func(from, n int) (days []int) {
		for k := range n {
			days = append(days, from+k)
		}
		return days
	}
	var all []*scenario
	add := func(kind, name string, tr training) {
		los := tr.days[len(tr.days)-1] + 2
		all = append(all, (&scenario{rule: "C007", name: name, kind: kind, span: los + 3, build: func(s *scene) bool {
			v := s.inpatientStay(s.county(), 0, los, &diagnosis{code: "I63.900", name: "脑梗死", dept: "A21"})
			v.opers = v.opers[:0]
			v.dept = v.inst.dept("A21")
			p, it := s.pick("C007", v, func(p *knowledge.Point, it *item) bool {
				for _, m := range it.marks {
					if m.part == 's' && (m.rule == "A016" && m.pt.Limit < 28*claim.QtyOne || m.rule == "C006" && !v.supports(m.pt.DiagSet)) {
						return false
					}
				}
				return it.unequipped()
			}, "A016", "C006")
			if it == nil {
				return false
			}
			for k, d := range tr.days {
				ln := v.add(it, 1, at(v.day()+claim.Day(d), 15*3600))
				ln.dept = v.dept
				if kind == plant && k >= tr.fault {
					s.hit(v, ln, whole)
				} else if kind == nearMiss && k == len(tr.days)-1 {
					s.hit(v, ln, unsure)
				}
			}
			if tr.change != nil {
				tr.change(s, v, it, p)
			}
			return true
		}}).alone())
	}
	add(plant, "fifteen days and more", training{days: run(1, 17), fault: 14})
	add(nearMiss, "fourteen days", training{days: run(1, 14)})
	add(plant, "with a week's pause", training{days: slices.Concat(run(0, 10), run(16, 6)), fault: 14})
	add(nearMiss, "begun anew after eight days", training{days: slices.Concat(run(0, 10), run(17, 6))})
	evaluated := func(day int) func(*scene, *visit, *item, *knowledge.Point) {
		return func(s *scene, v *visit, it *item, p *knowledge.Point) { // self-paid ones count too
			v.add(s.ix.byCode[p.Params.Require[0]], 1, at(v.day()+claim.Day(day), 9*3600)).own = true
		}
	}
	add(nearMiss, "evaluated on the way", training{days: run(1, 17), change: evaluated(8)})
	add(plant, "evaluated too long ago", training{days: run(1, 19), fault: 17, change: evaluated(3)})
	add(nearMiss, "evaluated in the record", training{days: run(1, 17), change: func(s *scene, v *visit, it *item, p *knowledge.Point) {
		s.written(v, "康复评定记录", at(v.day()+8, 9*3600))
	}})
	return all
}

// physiotherapyScenarios: C008, kinds and hours of a day.
func physiotherapyScenarios() []*scenario {
	var all []*scenario
	add := func(kind, name string, kinds, sessions int) {
		all = append(all, (&scenario{rule: "C008", name: name, kind: kind, span: 4, build: func(s *scene) bool {
			v := s.clinicVisit(s.tcm(), 0, "A50", "M54.500")
			v.diags = append(v.diags, "M79.100")
			var ln *line
			for k := range kinds {
				_, it := s.pick("C008", v, func(p *knowledge.Point, it *item) bool {
					for _, m := range it.marks {
						if m.part == 's' && m.rule == "C006" && !v.supports(m.pt.DiagSet) {
							return false
						}
					}
					half := p.Limit == 30*claim.QtyOne && p.Unit == "分钟" && !it.has("B021", 's') && !it.has("F009", 's') && it.PricingUnit == "次"
					return it.unequipped() && !it.has("A016", 's') && (sessions == 1 || half)
				}, "C006")
				if it == nil {
					return false
				}
				for n := k; n < max(sessions, kinds); n += kinds {
					ln = v.add(it, 1, addSec(v.begin, 3600+n*1500))
				}
			}
			slices.SortStableFunc(v.lines, func(a, b line) int { return int(min(1, max(-1, a.at.Clock()-b.at.Clock()))) })
			s.hit(v, &v.lines[len(v.lines)-1], whole)
			return ln != nil
		}}).alone())
	}
	add(plant, "five kinds", 5, 1)
	add(nearMiss, "four kinds", 4, 1)
	add(plant, "six hours and a half", 4, 13)
	add(nearMiss, "six hours", 4, 12)
	return all
}
