package synth

import (
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// excusedScenarios are near-misses of exemptions that no other file plays: what excuses a stay, a visit, a settlement.
func excusedScenarios() []*scenario {
	all := append(excusedStays(), littleOnes()...)
	all = append(all, excusedVisits()...)
	return variants(append(all, excusedBills()...)...)
}

// excusedStays: G003, G006, G015 to G018, F018, L009, L011, C025.
func excusedStays() []*scenario {
	adult := want{}
	elsewhere := func(s *scene, v, w *visit) { // a day at another hospital between the two
		x := s.visit(s.tcm(), "21", addSec(v.end, 3600), "A03")
		x.diags, x.way, x.adm, x.daySurg = append(x.diags, "I63.900"), "1", "2", true
		x.end = at(w.day(), 7*3600)
		x.add(s.role0("ward"), 1, addSec(x.begin, 600))
	}
	main := func(code string) func(*scene, *visit) {
		return func(s *scene, v *visit) { v.diags[0] = code }
	}
	return []*scenario{
		(&scenario{rule: "G003", name: "another hospital in between", kind: nearMiss, span: 13,
			build: two{rule: "G003", gap: 1, later: stroke, change: otherDepartment(elsewhere)}.play}).alone(),
		near("G006", "observation that became a stay", want{insutype: "390"}, underObservation).spanning(10).alone(),
		near("G015", "not yet six", want{from: 2, to: 5}, lightly).spanning(7).alone(),
		near("G016", "one day", adult, examined(0, 1, nil)).spanning(4).alone(),
		near("G017", "a pregnancy held", want{female: true, from: 21, to: 40}, tablets(0, main("O20.000"))).spanning(7).alone(),
		near("G018", "a short course against a tumour", adult, brief(2, 0, main("Z51.100"))).spanning(4).alone(),
		near("F018", "back from intensive care", adult, backOnTheWard).spanning(8),
		near("C025", "the diagnosis comes with the later part of the stay", adult, diagnosedLater).spanning(9).alone(),
		near("L011", "in and out within a day", adult, withinADay).spanning(5).alone(),
		backAfterNewYear(nearMiss, "paid by the day", 2, func(s *scene, v, w *visit) { w.bedPay = true }),
		backAfterNewYear(nearMiss, "planned", 2, func(s *scene, v, w *visit) { w.planned = true }),
		backAfterNewYear(nearMiss, "transferred out before", 2, func(s *scene, v, w *visit) { v.way = "2" }),
	}
}

// underObservation: the night and day in the emergency department before admission are a visit of their own, the last of which is
// booked when the patient is on the ward already.
func underObservation(s *scene) bool {
	bed := s.inpatientStay(s.county(), 2, 6, pneumonia)
	if bed.open {
		return false
	}
	bed.adm, bed.er = "1", true
	bed.obs = at(bed.day()-2, 20*3600)
	v := s.visit(s.county(), "13", bed.obs, "A20")
	v.diags, v.er, v.obs = append(v.diags, "J18.900"), true, bed.obs
	s.consult(v, v.begin)
	it := s.free("injected", v)
	if it == nil {
		return false
	}
	ln := v.add(it, 1, at(bed.day()+1, 9*3600))
	ln.days = 1
	v.end = addSec(bed.begin, -3600)
	s.hit(v, nil, unsure)
	return true
}

// lightly puts a child to bed for a complaint that needs none.
func lightly(s *scene) bool {
	p := s.ix.point("G015", s.n, nil)
	if p == nil {
		return false
	}
	v := s.inpatientStay(s.county(), 0, 5, &diagnosis{code: firstOf(p.DiagSet), dept: "A07"})
	v.diags, v.adm = v.diags[:1], "2"
	v.strip(func(ln *line, _ int) bool {
		return !ln.in3("06") && !(ln.in3("05") && ln.it.Price > 400*claim.PriceOne)
	})
	v.balance(50)
	s.hit(v, nil, zero)
	return true
}

// backOnTheWard bills the ordinary bed on the day intensive care ends, and on none of its other days but the first.
func backOnTheWard(s *scene) bool {
	if !intensive(false)(s) {
		return false
	}
	v := s.visits[len(s.visits)-1]
	s.truths = s.truths[:len(s.truths)-1] // the label of the day it began
	s.hit(v, v.lineOf(s.role0("bed"), 4), unsure)
	return true
}

// diagnosedLater parts a stay in two registrations; what excuses the first day's drug is written in the second.
func diagnosedLater(s *scene) bool {
	var excuses string
	first := onFirstDay(0, func(s *scene, v *visit, ln *line, p *knowledge.Point) {
		last := splitSet(p.DiagSet)
		excuses = firstOf(last[len(last)-1])
	})
	if !first(s) {
		return false
	}
	v := s.visits[len(s.visits)-1]
	w := s.stayAt(v.inst, addSec(v.end, 1800), 3, pneumonia)
	if w.open {
		return false
	}
	v.way, w.ipt, w.adm, w.opers = "9", v.ipt, v.adm, w.opers[:0]
	v.dropHome()
	w.dropHome()
	w.diags = append(w.diags, excuses)
	return true
}

// withinADay is written up after the patient has left: there was no day for an admission note.
func withinADay(s *scene) bool {
	v := s.inpatientStay(s.county(), 0, 1, pneumonia)
	if v.open {
		return false
	}
	v.opers = v.opers[:0]
	v.dropHome()
	v.begin = at(v.day(), 15*3600)
	for i := range v.lines {
		if ln := &v.lines[i]; ln.at < v.begin {
			ln.at = addSec(v.begin, 300+i)
		}
	}
	v.end = addSec(v.begin, 18*3600)
	for i := range v.lines {
		if ln := &v.lines[i]; ln.at > v.end {
			ln.at = addSec(v.end, -600)
		}
	}
	v.setlAt = addSec(v.end, 1800)
	s.goods(v, 60, addSec(v.begin, 3600)) // dear enough for two days
	v.later = append(v.later, func(o *blockOut, v *visit) {
		o.named("record", "fixmedins_code", v.inst.code, "mdtrt_id", v.no(), "doc_no", v.no()+"W1", "doc_type", "入院记录",
			"doc_time", stampOf(addSec(v.begin, 30*3600)), "dr_code", v.doc.code)
	})
	s.hit(v, nil, zero)
	return true
}
