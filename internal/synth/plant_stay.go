package synth

import (
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// materialScenarios: E001, material without the procedure it belongs to.
func materialScenarios() []*scenario {
	adult := want{}
	// use bills the material, with its procedure or without.
	use := func(with bool, scope string, gap int, change func(a, b *line)) func(*scene) bool {
		return func(s *scene) bool {
			v := s.inpatientStay(s.county(), 0, 6, pneumonia)
			var need *item
			_, it := s.pick("E001", v, func(p *knowledge.Point, it *item) bool {
				need = nil
				if it.Price > 3000*claim.PriceOne || p.Scope != scope {
					return false
				}
				for _, c := range p.Params.Require {
					r := s.ix.byCode[c]
					if s.hasCode(v, c) {
						return false
					}
					if r != nil && !paired(r, it) && s.harmless(r, v) {
						need = r
					}
				}
				return need != nil || !with
			})
			if it == nil {
				return false
			}
			v.add(it, 1, at(v.day()+2, 11*3600))
			ln := &v.lines[len(v.lines)-1]
			if with {
				v.add(need, 1, at(v.day()+2+claim.Day(gap), 10*3600))
				a, b := &v.lines[len(v.lines)-2], &v.lines[len(v.lines)-1]
				ln = a
				if change != nil {
					change(a, b)
				}
			}
			s.hit(v, ln, whole)
			return true
		}
	}
	const visit = "单次就诊"
	return []*scenario{
		planted("E001", "material without its procedure", adult, use(false, visit, 0, nil)).spanning(8),
		planted("E001", "procedure refunded to nothing", adult, func(s *scene) bool {
			return use(true, visit, 0, nil)(s) && func() bool {
				v := s.visits[len(s.visits)-1]
				v.giveBack(v.lines[len(v.lines)-1], 1, true)
				return true
			}()
		}).spanning(8),
		near("E001", "with its procedure", adult, use(true, visit, 0, nil)).spanning(8),
		near("E001", "procedure on another day of the visit", adult, use(true, visit, 1, nil)).spanning(8),
		near("E001", "paid by the patient", adult, use(true, visit, 1, func(a, b *line) { a.own = true })).spanning(8),
	}
}

// two is a pair of stays at one hospital.
type two struct {
	rule         string
	gap          int // days between discharge and readmission
	first, later *diagnosis
	change       func(s *scene, v, w *visit)
}

var stroke = &diagnosis{code: "I63.900", name: "脑梗死", dept: "A03"}

func (t two) play(s *scene) bool {
	x, y := t.first, t.later
	if x == nil {
		x = pneumonia
	}
	if y == nil {
		y = x
	}
	v := s.inpatientStay(s.county(), 0, 5, x)
	w := s.inpatientStay(s.county(), 5+t.gap, 5, y)
	v.adm, w.adm = "2", "2"
	v.opers, w.opers = v.opers[:0], w.opers[:0]
	if t.gap == 0 {
		w.begin = at(w.day(), 14*3600)
		for i := range w.lines {
			if ln := &w.lines[i]; ln.at.Day() == w.day() {
				ln.at = max(ln.at, addSec(w.begin, 600+i))
			}
		}
	}
	// The second stay must not repeat what the first sent home.
	v.dropHome()
	w.dropHome()
	if t.change != nil {
		t.change(s, v, w)
	}
	s.hit(w, nil, zero)
	return !w.open
}

func stayScenarios() []*scenario {
	adult := want{}
	play := func(kind, name string, t two) *scenario {
		return (&scenario{rule: t.rule, name: name, kind: kind, want: adult, span: 12 + t.gap, build: t.play}).alone()
	}
	first := func(f func(v *visit)) func(*scene, *visit, *visit) {
		return func(s *scene, v, w *visit) { f(v) }
	}
	second := func(f func(w *visit)) func(*scene, *visit, *visit) {
		return func(s *scene, v, w *visit) { f(w) }
	}
	operated := func(sides ...string) func(*scene, *visit, *visit) {
		return func(s *scene, v, w *visit) {
			for k, x := range []*visit{v, w} {
				t := at(x.day()+1, 9*3600)
				x.opers = append(x.opers, operation{code: "13.4x01", name: "白内障手术", side: sides[k], incision: "1", anaesthesia: "01", begin: t, end: addSec(t, 1800), doc: x.doc})
			}
		}
	}
	piloted := &diagnosis{code: pilotRuns, name: "跟骨骨刺", dept: "A12"}
	cataract := &diagnosis{code: "H25.900", name: "老年性白内障", dept: "A10"}
	all := []*scenario{
		play(plant, "ten days, same disease", two{rule: "G001", gap: 10}),
		play(plant, "fifteen days, same disease", two{rule: "G001", gap: 15}),
		play(nearMiss, "sixteen days", two{rule: "G001", gap: 16}),
		play(nearMiss, "another disease", two{rule: "G001", gap: 8, later: stroke}),
		play(nearMiss, "planned", two{rule: "G001", gap: 8, change: second(func(w *visit) { w.planned = true })}),
		play(nearMiss, "emergency", two{rule: "G001", gap: 8, change: second(func(w *visit) { w.adm = "1" })}),
		play(nearMiss, "transferred out before", two{rule: "G001", gap: 8, change: first(func(v *visit) { v.way = "2" })}),
		play(nearMiss, "left against advice before", two{rule: "G001", gap: 8, change: first(func(v *visit) { v.way = "4" })}),
		play(nearMiss, "chemotherapy", two{rule: "G001", gap: 8, first: &diagnosis{code: "Z51.100", dept: "A19"}}),
		play(nearMiss, "psychiatric", two{rule: "G001", gap: 8, first: &diagnosis{code: "F20.900", dept: "A15"}}),
		play(nearMiss, "malignant", two{rule: "G001", gap: 8, first: &diagnosis{code: "C34.900", dept: "A19"}}),
		play(nearMiss, "the other eye", two{rule: "G001", gap: 8, first: cataract, change: operated("", "")}),
		play(nearMiss, "the other side", two{rule: "G001", gap: 8, change: operated("左", "右")}),
		play(nearMiss, "pilot of single-disease payment", two{rule: "G001", gap: 8, first: piloted}),
		play(nearMiss, "day surgery", two{rule: "G001", gap: 8, change: second(func(w *visit) { w.daySurg = true })}),
		play(nearMiss, "settled in between, one stay", two{rule: "G001", gap: 1, change: func(s *scene, v, w *visit) { v.way, w.ipt = "9", v.ipt }}),

		play(plant, "the next day", two{rule: "G002", gap: 1, later: stroke}),
		play(plant, "the same day", two{rule: "G002", gap: 0, later: stroke}),
		play(plant, "the next day, same disease", two{rule: "G002", gap: 1}),
		play(nearMiss, "two days later", two{rule: "G002", gap: 2, later: stroke}),
		play(nearMiss, "emergency the next day", two{rule: "G002", gap: 1, later: stroke, change: second(func(w *visit) { w.adm = "1" })}),
		play(nearMiss, "died the day before", two{rule: "G002", gap: 1, later: stroke, change: first(func(v *visit) { v.way = "5" })}),
		play(nearMiss, "planned the next day", two{rule: "G002", gap: 1, later: stroke, change: second(func(w *visit) { w.planned = true })}),
		play(nearMiss, "pilot of single-disease payment", two{rule: "G002", gap: 1, first: piloted}),
		play(nearMiss, "pilot of single-disease payment", two{rule: "G003", gap: 1, first: piloted, change: func(s *scene, v, w *visit) {
			w.dept = w.inst.dept("A50")
			w.out = w.dept
			s.moved(w)
		}}),
		play(nearMiss, "pilot of single-disease payment", two{rule: "G004", gap: 12, first: piloted, change: func(s *scene, v, w *visit) { s.selfpaid(v, 2, 8) }}),
		play(nearMiss, "another hospital in between", two{rule: "G002", gap: 1, later: stroke, change: func(s *scene, v, w *visit) {
			x := s.visit(s.tcm(), "21", addSec(v.end, 3600), "A03")
			x.diags, x.way, x.adm, x.daySurg = append(x.diags, "I63.900"), "1", "2", true
			x.end = at(w.day(), 7*3600)
			x.add(s.role0("ward"), 1, addSec(x.begin, 600))
		}}),

		play(plant, "another department the next day", two{rule: "G003", gap: 1, later: stroke, change: func(s *scene, v, w *visit) {
			w.dept = w.inst.dept("A50")
			w.out = w.dept
			s.moved(w)
		}}),
		play(nearMiss, "rehabilitation the next day", two{rule: "G003", gap: 1, later: &diagnosis{code: "Z50.900", dept: "A03"}, change: func(s *scene, v, w *visit) {
			w.dept = w.inst.dept("A21")
			w.out, w.planned = w.dept, true
			s.moved(w)
		}}),
		play(plant, "self-paid days in between", two{rule: "G004", gap: 12, later: stroke, change: func(s *scene, v, w *visit) { s.selfpaid(v, 2, 8) }}),
		play(nearMiss, "self-paid days elsewhere in time", two{rule: "G004", gap: 12, later: stroke, change: func(s *scene, v, w *visit) { s.selfpaid(w, 2, 8) }}),
	}
	return append(append(all, bedScenarios()...), lightScenarios()...)
}

// moved writes the bed of a stay.
func (s *scene) moved(v *visit) {
	v.later = append(v.later, func(o *blockOut, v *visit) {
		r := o.small("bed_move")
		r.str(v.no())
		r.str("W01")
		r.str("R" + itoa(v.p.n)) // a bed of its own: nobody else lies in it
		r.str("B03")
		r.str(v.dept.code)
		r.time(v.begin)
		r.time(v.end)
		r.end()
	})
}

// selfpaid writes a stay without insurance, from and to days after the visit's discharge.
func (s *scene) selfpaid(v *visit, from, to int) {
	inst, d, p := v.inst, v.end.Day(), s.p
	s.events = append(s.events, func(o *blockOut) {
		r := o.small("selfpay_visit")
		r.str("ZF" + p.no(d))
		r.str(p.no(d))
		r.str(p.cert)
		r.str(inst.code)
		r.time(at(d+claim.Day(from), 9*3600))
		r.time(at(d+claim.Day(to), 10*3600))
		r.str("I63.900")
		r.end()
	})
}

// lightScenarios: G007, G015 to G018: stays that needed no bed.
func lightScenarios() []*scenario {
	adult := want{}
	quiet := func(from, to int, change func(s *scene, v *visit), los int) func(*scene) bool {
		return func(s *scene) bool {
			v := s.inpatientStay(s.county(), 0, los, pneumonia)
			kept := v.lines[:0]
			for _, ln := range v.lines {
				k := int(ln.at.Day() - v.day())
				if k < from || k > to || ln.it.ChargeType == "01" || ln.it.ChargeType == "02" || ln.it.ChargeType == "07" {
					kept = append(kept, ln)
				}
			}
			v.lines, v.opers = kept, v.opers[:0]
			v.dropHome()
			v.balance(50)
			if change != nil {
				change(s, v)
			}
			s.hit(v, nil, zero)
			return true
		}
	}
	mature := want{from: 20, to: 68}
	light := func(change func(s *scene, v *visit)) func(*scene) bool {
		return func(s *scene) bool {
			p := s.ix.point("G015", s.n, func(p *knowledge.Point) bool { return p.DiagSet[0] > 'B' }) // A and B are infections
			if p == nil {
				return false
			}
			v := s.inpatientStay(s.county(), 0, 5, &diagnosis{code: firstOf(p.DiagSet), dept: "A03"})
			v.diags, v.adm = v.diags[:1], "2"
			v.opers = v.opers[:0]
			kept := v.lines[:0]
			for _, ln := range v.lines {
				if ln.it.ChargeType != "06" && !(ln.it.ChargeType == "05" && ln.it.Price > 400*claim.PriceOne) {
					kept = append(kept, ln)
				}
			}
			v.lines = kept
			v.balance(50)
			if change != nil {
				change(s, v)
			}
			s.hit(v, nil, zero)
			return true
		}
	}
	all := []*scenario{
		planted("G007", "three days of nothing", adult, quiet(2, 4, nil, 7)).spanning(9),
		near("G007", "two days of nothing", adult, quiet(2, 3, nil, 7)).spanning(9),
		near("G007", "a short stay", adult, quiet(1, 3, nil, 4)).spanning(9),
		near("G007", "on leave", adult, quiet(2, 4, func(s *scene, v *visit) { s.onLeave(v, 2, 5) }, 7)).spanning(9),
		near("G007", "psychiatric", adult, quiet(2, 4, func(s *scene, v *visit) { v.diags[0] = "F20.900" }, 7)).spanning(9),
		near("G007", "palliative", adult, quiet(2, 4, func(s *scene, v *visit) { v.diags = append(v.diags, "Z51.500") }, 7)).spanning(9),
		near("G007", "waiting for the birth", want{female: true, from: 21, to: 40}, quiet(2, 4, func(s *scene, v *visit) { v.diags = append(v.diags, "O26.900") }, 7)).spanning(9),
		near("G007", "rehabilitation", adult, quiet(2, 4, func(s *scene, v *visit) { v.diags[0] = "Z50.900" }, 7)).spanning(9),
		planted("G015", "a light complaint in bed", mature, light(nil)).spanning(7).alone(),
		near("G015", "another disease besides", mature, light(func(s *scene, v *visit) { v.diags = append(v.diags, "I50.900") })).spanning(7).alone(),
		near("G015", "emergency", mature, light(func(s *scene, v *visit) { v.adm = "1" })).spanning(7).alone(),
		near("G015", "an infection besides", mature, light(func(s *scene, v *visit) { v.diags = append(v.diags, "B01.900") })).spanning(7).alone(),
		near("G015", "seventy", want{from: 71, to: 85}, light(nil)).spanning(7).alone(),
		near("G015", "pregnant", want{female: true, from: 21, to: 40}, light(func(s *scene, v *visit) { v.diags = append(v.diags, "O26.900") })).spanning(7).alone(),
		near("G015", "pilot of single-disease payment", mature, light(func(s *scene, v *visit) { v.diags[0] = pilotRuns })).spanning(7).alone(),
		planted("G015", "the pilot is over", mature, light(func(s *scene, v *visit) { v.diags[0] = pilotOver })).spanning(7).alone(),
		near("G015", "day surgery", mature, light(func(s *scene, v *visit) { v.daySurg = true })).spanning(7).alone(),
	}
	return append(all, shareScenarios()...)
}

func (s *scene) onLeave(v *visit, from, to int) {
	v.later = append(v.later, func(o *blockOut, v *visit) {
		r := o.small("leave")
		r.str(v.no())
		r.none()
		r.none()
		r.none()
		r.str(v.dept.code)
		r.time(at(v.day()+claim.Day(from), 0))
		r.time(at(v.day()+claim.Day(to), 0))
		r.end()
	})
}
