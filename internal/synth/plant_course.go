package synth

import (
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// course gives an item every day of a stay, for `over` days more than the point allows (negative: fewer), and labels the
// lines after the limit; a near-miss labels its last line.
type course struct {
	rule, scope string
	most        int  // largest limit taken
	over        int  // days beyond the limit
	twice       bool // two lines a day: days count, not lines
	operation   int  // an operation after so many days (0 none)
	takeHome    int  // the last days go home as one line
}

func (c course) play(s *scene) bool {
	v := s.inpatientStay(s.county(), 0, c.most+c.over+2, pneumonia)
	p, it := s.pick(c.rule, v, func(p *knowledge.Point, it *item) bool {
		return p.Scope == c.scope && p.Limit <= claim.Qty(c.most)*claim.QtyOne && it.Price < 800*claim.PriceOne
	}, "A013", "A015")
	if it == nil {
		return false
	}
	s.appease(v, it)
	v.opers = v.opers[:0] // an operation would begin the course anew
	limit := int(p.Limit / claim.QtyOne)
	days := limit + c.over - c.takeHome
	var last *line
	for k := range days {
		for twice := range 2 {
			if twice == 1 && !c.twice {
				break
			}
			ln := v.add(it, 1, at(v.day()+claim.Day(k), 16*3600+twice*7200+k*7))
			ln.dept = v.dept
			if it.list == "101" {
				ln.days = 1
			}
			last = ln
			if k >= limit && s.sc.kind == plant {
				s.hit(v, ln, whole)
			}
		}
	}
	if c.takeHome > 0 {
		v.end = at(v.day()+claim.Day(days), 10*3600)
		v.trim()
		last = v.add(it, 1, addSec(v.end, -900))
		last.days, last.take = c.takeHome, true
		if over := int64(days + c.takeHome - limit); over > 0 {
			s.hit(v, last, amount{mode: amtLine, num: min(over, int64(c.takeHome)), den: int64(c.takeHome)})
		}
	}
	if c.operation > 0 {
		t := at(v.day()+claim.Day(c.operation), 9*3600)
		v.opers = append(v.opers, operation{code: "80.5x01", name: "关节清理术", incision: "1", anaesthesia: "02", begin: t, end: addSec(t, 3600), doc: v.doc})
	}
	if s.sc.kind == nearMiss {
		s.hit(v, last, unsure)
	}
	s.ban(it.Generic)
	return last != nil
}

// trim drops the ward's lines on and after the day of discharge.
func (v *visit) trim() {
	kept := v.lines[:0]
	for _, ln := range v.lines {
		if ln.at.Day() < v.end.Day() {
			kept = append(kept, ln)
		}
	}
	v.lines = kept
	v.setlAt = addSec(v.end, 1800)
}

// appease adds the diagnoses the item's indications ask for.
func (s *scene) appease(v *visit, it *item) {
	for _, m := range it.marks {
		if m.rule == "A013" {
			v.diags = append(v.diags, firstOf(m.pt.DiagSet))
		}
	}
}

func courseScenarios() []*scenario {
	adult := want{}
	const perStay, illness, year = "单次住院", "疾病过程", "自然年"
	play := func(kind, rule, name string, c course) *scenario {
		c.rule = rule
		return &scenario{rule: rule, name: name, kind: kind, want: adult, span: c.most + c.over + 4, build: c.play, solo: true, noStay: true, noChronic: true}
	}
	all := []*scenario{
		play(plant, "A015", "a stay of too many days", course{scope: perStay, most: 14, over: 3}),
		play(plant, "A015", "an illness of too many days", course{scope: illness, most: 14, over: 3}),
		play(plant, "A015", "the rest goes home", course{scope: illness, most: 14, over: 3, takeHome: 5}),
		play(nearMiss, "A015", "exactly the days allowed", course{scope: perStay, most: 14}),
		play(nearMiss, "A015", "exactly the days allowed, two lines a day", course{scope: illness, most: 14, twice: true}),
		play(plant, "A016", "a stay of too many days", course{scope: illness, most: 20, over: 2}),
		play(nearMiss, "A016", "exactly the days allowed", course{scope: illness, most: 20}),
		play(nearMiss, "A016", "begun anew after an operation", course{scope: illness, most: 20, over: 2, operation: 8}),
		near("A015", "two stays, each within the limit", adult, twoStays(18)).spanning(42).alone(),
		near("A015", "two courses ninety days apart", adult, twoCourses).spanning(118).alone(),
	}
	return append(all, periodScenarios()...)
}

// twoStays gives a per-stay drug for its full limit in each of two stays.
func twoStays(gap int) func(*scene) bool {
	return func(s *scene) bool {
		v := s.inpatientStay(s.county(), 0, 9, pneumonia)
		p, it := s.pick("A015", v, func(p *knowledge.Point, it *item) bool {
			return p.Scope == "单次住院" && p.Limit <= 14*claim.QtyOne
		}, "A013")
		if it == nil {
			return false
		}
		limit := min(8, int(p.Limit/claim.QtyOne))
		w := s.inpatientStay(s.county(), 9+gap, 9, pneumonia)
		for _, x := range []*visit{v, w} {
			s.appease(x, it)
			for k := range limit {
				ln := x.add(it, 1, at(x.day()+claim.Day(k), 16*3600))
				if k == limit-1 {
					s.hit(x, ln, unsure)
				}
			}
		}
		return true
	}
}

// twoCourses gives a per-illness drug twice with more than ninety days between: two courses of disease.
func twoCourses(s *scene) bool {
	v := s.inpatientStay(s.county(), 0, 9, pneumonia)
	_, it := s.pick("A015", v, func(p *knowledge.Point, it *item) bool {
		return p.Scope == "疾病过程" && p.Limit >= 8*claim.QtyOne && p.Limit <= 14*claim.QtyOne
	}, "A013")
	if it == nil {
		return false
	}
	w := s.inpatientStay(s.county(), 101, 9, pneumonia)
	for _, x := range []*visit{v, w} {
		s.appease(x, it)
		for k := range 8 {
			ln := x.add(it, 1, at(x.day()+claim.Day(k), 16*3600))
			if x == w && k == 7 {
				s.hit(x, ln, unsure)
			}
		}
	}
	return true
}

// B023: executions within a window of days.
func periodScenarios() []*scenario {
	adult := want{}
	// visits on the given days, each with one execution; the last one is labelled.
	series := func(shift func(window int) int, other bool, second func(s *scene, v *visit, ln *line)) func(*scene) bool {
		return func(s *scene) bool {
			v := s.clinicVisit(s.county(), 0, "A03", "K52.900")
			p, it := s.pick("B023", v, func(p *knowledge.Point, it *item) bool {
				return p.Limit == claim.QtyOne && p.WindowD <= 30 && it.fits(s.p, s.d) && len(it.use.depts) == 0
			})
			if it == nil {
				return false
			}
			s.book(v, it)
			inst := s.county()
			if other {
				inst = s.tcm()
			}
			w := s.clinicVisit(inst, shift(p.WindowD), "A03", "K52.900")
			ln := s.book(w, it)
			if second != nil {
				second(s, w, ln)
			}
			s.hit(w, ln, whole)
			return true
		}
	}
	before := func(w int) int { return w - 1 }
	on := func(w int) int { return w }
	return []*scenario{
		planted("B023", "a day too early", adult, series(before, false, nil)).spanning(33).alone(),
		planted("B023", "elsewhere, a day too early", adult, series(before, true, nil)).spanning(33).alone(),
		near("B023", "on the day the window ends", adult, series(on, false, nil)).spanning(33).alone(),
		near("B023", "the second paid by the patient", adult, series(before, false, func(s *scene, v *visit, ln *line) { ln.own = true })).spanning(33).alone(),
		near("B023", "the first at fault is not counted", adult, func(s *scene) bool {
			v := s.clinicVisit(s.county(), 0, "A03", "K52.900")
			p, it := s.pick("B023", v, func(p *knowledge.Point, it *item) bool {
				return p.Limit == claim.QtyOne && p.WindowD <= 20 && len(it.use.depts) == 0
			})
			if it == nil {
				return false
			}
			s.book(v, it)
			w := s.clinicVisit(s.county(), p.WindowD-1, "A03", "K52.900")
			ln := s.book(w, it)
			s.label("B023", plant, w, ln, whole)
			x := s.clinicVisit(s.county(), p.WindowD+1, "A03", "K52.900")
			s.hit(x, s.book(x, it), unsure)
			return true
		}).spanning(25).alone(),
	}
}
