package synth

import (
	"github.com/mingjian/mingjian/internal/claim"
)

// barred books a visit by a doctor whose credential is suspended (0) or ended (1), day counted from the beginning of the
// suspension, or from its end when after is set.
func barred(kind, name string, which, day int, after bool, change func(s *scene, v *visit)) *scenario {
	return &scenario{rule: "B029", name: name, kind: kind, span: 3, build: func(s *scene) bool {
		from, to := s.suspension()
		s.d = from + claim.Day(day+s.c.n(max(1, int(to-from)-day-1)))
		if day < 0 {
			s.d = from + claim.Day(day)
		}
		if after {
			s.d = to + claim.Day(day)
		}
		v := s.clinicVisit(s.county(), 0, "A03", "K52.900")
		s.bill(v, "lab", 2, addSec(v.begin, 900))
		v.doc = &v.inst.barred[which]
		for i := range v.lines {
			v.lines[i].doc = v.doc
		}
		if change != nil {
			change(s, v)
		}
		for i := range v.lines {
			s.hit(v, &v.lines[i], whole)
		}
		return len(v.lines) > 0
	}}
}

// standingScenarios: B029 and B030.
func standingScenarios() []*scenario {
	setl := func(kind, name string, off int, after bool) *scenario {
		return &scenario{rule: "B030", name: name, kind: kind, span: 3, build: func(s *scene) bool {
			from, to := s.suspension()
			s.d = from + claim.Day(off+s.c.n(max(1, int(to-from)-off)))
			if off < 0 {
				s.d = from + claim.Day(off)
			}
			if after {
				s.d = to + claim.Day(off)
			}
			v := s.clinicVisit(s.pl.by[kindSuspended][0], 0, "A03", "K52.900")
			s.bill(v, "lab", 2, addSec(v.begin, 900))
			s.hit(v, nil, visitSum)
			return len(v.lines) > 0
		}}
	}
	rescue := func(s *scene, v *visit) { v.rescue = true }
	return []*scenario{
		barred(plant, "suspended", 0, 0, false, nil),
		barred(plant, "struck off", 1, 0, false, nil),
		barred(plant, "struck off, rescue", 1, 0, false, rescue),
		barred(nearMiss, "suspended, rescue", 0, 0, false, rescue),
		barred(nearMiss, "the day before", 0, -1, false, nil),
		barred(nearMiss, "the day after", 0, 1, true, nil),
		setl(plant, "agreement interrupted", 0, false),
		setl(nearMiss, "the day before", -1, false),
		setl(nearMiss, "the day after", 1, true),
		(&scenario{rule: "B030", name: "treated before, settled within", kind: plant, span: 3, build: func(s *scene) bool {
			from, _ := s.suspension()
			s.d = from - 1
			v := s.clinicVisit(s.pl.by[kindSuspended][0], 0, "A03", "K52.900")
			v.setlAt = at(from+1, 9*3600+s.c.n(20_000)) // not all in one second
			s.hit(v, nil, visitSum)
			return len(v.lines) > 0
		}}),
	}
}

// crossScenarios: G030, X002, X003.
func crossScenarios() []*scenario {
	adult := want{}
	return []*scenario{
		twoInsurances(plant, "both insurances", 4, nil),
		twoInsurances(nearMiss, "one after the other", 0, nil),
		twoInsurances(nearMiss, "one without fund money", 4, func(s *scene, v, w *visit) { w.noFund = true }),
		sameDay(plant, "four institutions", 4, nil),
		sameDay(nearMiss, "three institutions", 3, nil),
		sameDay(nearMiss, "vaccination among them", 4, func(v *visit, k int) {
			if k == 1 {
				v.diags = append(v.diags, "Z24.200")
			}
		}),
		sameDay(nearMiss, "a pharmacy among them", 4, func(v *visit, k int) {
			if k == 2 {
				v.med = "41"
			}
		}),
		(&scenario{rule: "X003", name: "twenty in a month", kind: plant, want: adult, span: 30, build: often(20, "K52.900")}).alone(),
		(&scenario{rule: "X003", name: "nineteen in a month", kind: nearMiss, want: adult, span: 30, build: often(19, "K52.900")}).alone(),
		(&scenario{rule: "X003", name: "rehabilitation", kind: nearMiss, want: adult, span: 30, build: often(22, "Z50.900")}).alone(),
		(&scenario{rule: "X003", name: "four departments on a day", kind: plant, want: adult, span: 3, build: departments(4)}).alone(),
		(&scenario{rule: "X003", name: "three departments on a day", kind: nearMiss, want: adult, span: 3, build: departments(3)}).alone(),
	}
}

// twoInsurances settles two stays that overlap by n days with two insurances at one hospital.
func twoInsurances(kind, name string, n int, change func(s *scene, v, w *visit)) *scenario {
	sc := &scenario{rule: "G030", name: name, kind: kind, want: want{insutype: "390"}, span: 16, build: func(s *scene) bool {
		v := s.inpatientStay(s.county(), 0, 7, pneumonia)
		off := 7 - n
		if n == 0 {
			off = 7 + 3
		}
		w := s.inpatientStay(s.county(), off, 5, stroke)
		if w.open {
			return false
		}
		v.dropHome()
		w.insutype = "310"
		if change != nil {
			change(s, v, w)
		}
		later := w
		if w.end < v.end {
			later = v
		}
		s.hit(later, nil, zero)
		return true
	}}
	return sc.alone()
}

// sameDay visits n institutions within a day, hours apart.
func sameDay(kind, name string, n int, change func(v *visit, k int)) *scenario {
	sc := &scenario{rule: "X002", name: name, kind: kind, span: 3, build: func(s *scene) bool {
		places := []*institution{s.county(), s.tcm(), s.pl.by[kindPrivate][0], s.pl.by[kindMaternity][0]}
		var v *visit
		for k := range n {
			v = s.visit(places[k], "11", at(s.d, (8+k*3)*3600), "A03")
			v.diags = append(v.diags, []string{"K52.900", "J06.900", "M54.500", "G47.000"}[k])
			s.consult(v, v.begin)
			s.bill(v, "lab", 1, addSec(v.begin, 900))
			if change != nil {
				change(v, k)
			}
		}
		s.hit(v, nil, zero)
		if kind == plant {
			s.also("X003", v, nil, zero)
		}
		return true
	}}
	return sc.alone()
}

// often visits one hospital once a day on n days of one calendar month.
func often(n int, diag string) func(*scene) bool {
	return func(s *scene) bool {
		y, m, _ := (s.first + 3).Civil()
		month := claim.DayOf(y, m, 1).Month() + claim.Month(s.c.n(s.opt.Months))
		var v *visit
		for k := range n {
			v = s.visit(s.county(), "11", at(month.First()+claim.Day(k+1), 9*3600+s.c.n(1800)), "A03")
			v.diags = append(v.diags, diag)
			s.consult(v, v.begin)
			if k%5 == 0 {
				s.bill(v, "lab", 1, addSec(v.begin, 900))
			}
		}
		if v.day() > s.last {
			return false
		}
		s.hit(v, nil, zero)
		return true
	}
}

// departments visits n departments of one hospital on one day.
func departments(n int) func(*scene) bool {
	return func(s *scene) bool {
		var v *visit
		for k, code := range []string{"A03", "A04", "A11", "A13"}[:n] {
			v = s.visit(s.county(), "11", at(s.d, (8+k*2)*3600), code)
			v.diags = append(v.diags, []string{"K52.900", "M54.500", "J06.900", "L30.900"}[k])
			s.consult(v, v.begin)
		}
		s.hit(v, nil, zero)
		return true
	}
}
