package synth

import (
	"github.com/mingjian/mingjian/internal/claim"
)

// dead lets the person die on the scene's day at the hour and be billed afterwards.
func dead(kind, name string, sources int, dayOnly bool, off, hour int) *scenario {
	sc := &scenario{rule: "I001", name: name, kind: kind, want: want{from: 40, to: 79}, span: 6, build: func(s *scene) bool {
		t := at(s.d, 10*3600)
		if dayOnly {
			t = s.d.Start()
		}
		s.died = at(s.d, 10*3600)
		s.deathRow("民政", t)
		if sources > 1 {
			s.deathRow("卫健", t)
		}
		v := s.visit(s.township(), "11", at(s.d+claim.Day(off), hour*3600), "A03")
		v.diags = append(v.diags, "I10.x00")
		s.prescribe(v, v.day(), addSec(v.begin, 60), 2, 5, 7)
		if len(v.lines) == 0 {
			return false
		}
		for i := range v.lines {
			s.hit(v, &v.lines[i], whole)
		}
		v.end = addSec(v.begin, 600)
		return true
	}}
	return sc.alone()
}

func identityScenarios() []*scenario {
	worker := want{insutype: "310"}
	child := func(name, kind string, build func(s *scene) bool, w want) *scenario {
		return &scenario{rule: "I006", name: name, kind: kind, want: w, span: 3, build: build}
	}
	ward := func(change func(s *scene, v *visit)) func(*scene) bool {
		return func(s *scene) bool {
			v := s.clinicVisit(s.county(), 0, "A07", "J06.900")
			s.bill(v, "lab", 2, addSec(v.begin, 900))
			if change != nil {
				change(s, v)
			}
			for i := range v.lines {
				s.hit(v, &v.lines[i], whole)
			}
			return len(v.lines) > 0
		}
	}
	childItem := func(s *scene) bool {
		v := s.clinicVisit(s.county(), 0, "A03", "J06.900")
		_, it := s.pick("A005", v, nil)
		if it == nil {
			return false
		}
		ln := s.book(v, it)
		s.hit(v, ln, whole)
		s.also("A005", v, ln, whole)
		return true
	}
	all := []*scenario{
		dead(plant, "two days later, two registers", 2, false, 2, 10),
		dead(plant, "three days later, one register", 1, false, 3, 10),
		dead(plant, "the next day", 2, false, 1, 9),
		dead(plant, "second day after, the clock unknown", 1, true, 2, 9),
		dead(nearMiss, "day after, the clock unknown", 1, true, 1, 9),
		dead(nearMiss, "an hour before", 2, false, 0, 9),
		dead(nearMiss, "booked later on the day of death", 2, false, 0, 15),
		near("I001", "settled after death", want{from: 40, to: 79}, func(s *scene) bool {
			v := s.clinicVisit(s.township(), 0, "A03", "I10.x00")
			v.setlAt = at(s.d+3, 10*3600+s.c.n(20_000))
			s.died = at(s.d+1, 10*3600)
			s.deathRow("民政", s.died)
			s.hit(v, &v.lines[0], unsure)
			return len(v.lines) > 0
		}).spanning(6).alone(),
		child("grown-up in paediatrics", plant, ward(nil), worker),
		child("child item for a grown-up worker", plant, childItem, worker),
		child("a child in paediatrics", nearMiss, ward(nil), want{from: 5, to: 12}),
		child("resident in paediatrics", nearMiss, ward(nil), want{insutype: "390"}),
		child("family account", nearMiss, ward(func(s *scene, v *visit) { v.family = true }), worker),
		child("congenital heart disease", nearMiss, ward(func(s *scene, v *visit) { v.diags = append(v.diags, "Q21.100") }), worker),
	}
	return append(append(all, clockScenarios()...), standingScenarios()...)
}

// apart books two visits at institutions some minutes apart.
func apart(kind, name string, minutes int, where func(s *scene) (a, b *institution), change func(s *scene, v, w *visit)) *scenario {
	sc := &scenario{rule: "I007", name: name, kind: kind, span: 3, build: func(s *scene) bool {
		a, b := where(s)
		if a == nil || b == nil {
			return false
		}
		v := s.clinicVisit(a, 0, "A03", "K52.900")
		w := s.clinicVisit(b, 0, "A03", "J06.900")
		w.shift(int((v.begin-w.begin)/1_000_000) + minutes*60)
		v.end, w.end = addSec(v.begin, 300), addSec(w.begin, 300)
		if change != nil {
			change(s, v, w)
		}
		s.hit(w, nil, visitSum)
		return true
	}}
	return sc.alone()
}

// farPair finds the county hospital and an institution at least 5 km away outside its group.
func farPair(s *scene) (a, b *institution) {
	for _, k := range []kind{kindTertiary, kindNeighbor} {
		for _, i := range s.pl.by[k] {
			if km(s.county(), i) > 8 && i.group != s.county().group {
				return s.county(), i
			}
		}
	}
	return nil, nil
}

func clockScenarios() []*scenario {
	late := func(kind, name string, sec int) *scenario {
		return &scenario{rule: "L001", name: name, kind: kind, span: 3, build: func(s *scene) bool {
			v := s.clinicVisit(s.county(), 0, "A03", "K52.900")
			v.setlAt = addSec(v.begin, sec)
			s.hit(v, nil, zero)
			return true
		}}
	}
	order := func(kind, name string, hours int, after bool) *scenario {
		return &scenario{rule: "L002", name: name, kind: kind, span: 8, build: func(s *scene) bool {
			v := s.inpatientStay(s.county(), 2, 4, pneumonia)
			it := s.free("lab2", v)
			if it == nil {
				return false
			}
			t := addSec(v.begin, -hours*3600)
			if after {
				t = addSec(v.end, hours*3600)
			}
			v.later = append(v.later, func(o *blockOut, v *visit) {
				r := o.small("medorder")
				r.str(v.inst.code)
				r.str(v.no())
				r.str(v.no() + "Y900")
				r.str(v.p.no(v.day()))
				r.str("2")
				r.str(it.Code)
				r.str(it.Name)
				r.time(t)
				r.none()
				r.str("1")
				r.str(v.doc.code)
				r.end()
			})
			s.hit(v, nil, zero)
			return true
		}}
	}
	cut := func(kind, name string, day int, observed bool) *scenario {
		return &scenario{rule: "L004", name: name, kind: kind, span: 9, build: func(s *scene) bool {
			v := s.inpatientStay(s.county(), 3, 4, pneumonia)
			t := at(v.day()+claim.Day(day), 9*3600)
			if observed {
				v.obs = at(v.day()-1, 20*3600)
			}
			v.opers = append(v.opers[:0], operation{code: "86.3x01", name: "皮肤病损切除术", incision: "1", anaesthesia: "01", begin: t, end: addSec(t, 1800), doc: v.doc})
			s.hit(v, nil, zero)
			return true
		}}
	}
	// Years ago the catalogue was another: the child is small.
	unborn := func(kind, name string, off int) *scenario {
		return &scenario{rule: "L003", name: name, kind: kind, want: want{from: 1, to: 4}, span: 3, build: func(s *scene) bool {
			v := s.clinicVisit(s.county(), 0, "A03", "J06.900")
			it := s.free("lab", v)
			if it == nil {
				return false
			}
			ln := v.add(it, 1, at(s.p.born+claim.Day(off), 11*3600))
			s.hit(v, ln, whole)
			return true
		}}
	}
	return []*scenario{
		apart(plant, "ten minutes for many kilometres", 10, farPair, nil),
		apart(plant, "at the same minute", 0, farPair, nil),
		apart(nearMiss, "half an hour", 30, farPair, nil),
		apart(nearMiss, "online", 10, farPair, func(s *scene, v, w *visit) { w.mode = "1" }),
		apart(nearMiss, "by an agent", 10, farPair, func(s *scene, v, w *visit) { w.agent = certificate(s.p.born-9000, true, s.p.n+17) }),
		apart(nearMiss, "dialysis", 10, farPair, func(s *scene, v, w *visit) { w.diags = append(w.diags, "N18.600") }),
		apart(nearMiss, "next door", 10, func(s *scene) (a, b *institution) {
			if km(s.county(), s.tcm()) < 4 {
				return s.county(), s.tcm()
			}
			return nil, nil
		}, nil),
		late(plant, "settled before it began", -1800),
		late(plant, "settled the day before", -86400),
		late(nearMiss, "settled as it began", 0),
		order(plant, "two days before admission", 49, false),
		order(plant, "two days after discharge", 49, true),
		order(nearMiss, "not a day before admission", 23, false),
		order(nearMiss, "hours after discharge", 20, true),
		cut(plant, "operated before admission", -2, false),
		cut(plant, "operated after discharge", 6, false),
		cut(nearMiss, "operated on the day of admission", 0, false),
		cut(nearMiss, "operated on the day of discharge", 4, false),
		cut(nearMiss, "operated under observation", -1, true),
		unborn(plant, "treated before birth", -3),
		unborn(nearMiss, "treated on the day of birth", 0),
		near("L003", "newborn on the mother's card", want{from: 1, to: 4}, func(s *scene) bool {
			v := s.clinicVisit(s.county(), 0, "A03", "J06.900")
			v.newborn, v.mom = true, s.p.no(s.d)
			it := s.free("lab", v)
			if it == nil {
				return false
			}
			s.hit(v, v.add(it, 1, at(s.p.born-3, 11*3600)), unsure)
			return true
		}),
	}
}
