package synth

import "github.com/mingjian/mingjian/internal/claim"

// paperScenarios: L005, L010, L011, L012.
func paperScenarios() []*scenario {
	all := append(sampledAwayScenarios(), lateRecordScenarios()...)
	all = append(all, documentScenarios()...)
	return append(all, transferScenarios()...)
}

// sampled writes a laboratory report of a line's item, its sample taken at a time.
func (v *visit) sampled(it *item, when claim.Time) {
	v.later = append(v.later, func(o *blockOut, v *visit) {
		o.named("lab", "fixmedins_code", v.inst.code, "mdtrt_id", v.no(), "rpotc_no", v.no()+"L9", "psn_no", v.p.no(v.day()), "hilist_code", it.Code,
			"item_srt", "1", "item_code", "L01", "item_name", it.Name, "rslt_val", "1", "sapl_time", stampOf(when), "rpt_time", stampOf(addSec(when, 7200)))
	})
}

func sampledAwayScenarios() []*scenario {
	adult := want{}
	// inBed takes a sample so many hours after admission (negative: before), or after discharge.
	inBed := func(kind, name string, hours int, out bool, change tweak2) *scenario {
		sc := near("L005", name, adult, func(s *scene) bool {
			v := s.inpatientStay(s.county(), 4, 4, pneumonia)
			it := s.free("lab", v)
			if it == nil || v.open {
				return false
			}
			v.add(it, 1, at(v.day()+1, 9*3600))
			from := v.begin
			if out {
				from = v.end
			}
			v.sampled(it, addSec(from, hours*3600))
			if change != nil {
				change(s, v)
			}
			s.hit(v, nil, zero)
			if kind == plant {
				s.also("F014", v, nil, zero)
			}
			return true
		})
		sc.kind, sc.span = kind, 12
		return sc.alone()
	}
	outside := func(kind, name string, days int, change tweak2) *scenario {
		sc := near("L005", name, adult, func(s *scene) bool {
			s.d += 2
			v := s.clinicVisit(s.county(), 0, "A03", "K52.900")
			it := s.free("lab", v)
			if it == nil {
				return false
			}
			v.add(it, 1, addSec(v.begin, 1200))
			v.sampled(it, addSec(v.begin, days*86400))
			if change != nil {
				change(s, v)
			}
			s.hit(v, nil, zero)
			return true
		})
		sc.kind, sc.span = kind, 14
		return sc.alone()
	}
	observed := func(s *scene, v *visit) { v.obs = addSec(v.begin, -30*3600) }
	return variants(
		inBed(plant, "two days before admission", -50, false, nil),
		inBed(plant, "two days after discharge", 50, true, nil),
		outside(plant, "the day before the visit", -1, nil),
		outside(plant, "nine days after the visit", 9, nil),
		inBed(nearMiss, "as the patient came", 1, false, nil),
		inBed(nearMiss, "hours after discharge", 20, true, nil),
		inBed(nearMiss, "under observation", -26, false, observed),
		inBed(nearMiss, "before admission by plan", -50, false, func(s *scene, v *visit) { v.preIpt = true }),
		outside(nearMiss, "within the week", 6, nil),
		outside(nearMiss, "at the patient's home", -1, func(s *scene, v *visit) { v.mode = "2" }),
		outside(nearMiss, "newborn on the mother's card", -1, func(s *scene, v *visit) { v.newborn, v.mom = true, s.p.no(s.d) }),
	)
}

// lateRecordScenarios: L010, stays settled long after discharge.
func lateRecordScenarios() []*scenario {
	late := settledLate
	return variants(
		late(plant, "five weeks later", 35, nil),
		late(nearMiss, "thirty days later", 30, nil),
		late(nearMiss, "at the bureau's counter", 35, func(s *scene, v *visit) { v.slip.kind = "1" }),
		late(nearMiss, "somebody else is liable", 35, func(s *scene, v *visit) { v.slip.thirdParty = true }),
		late(nearMiss, "after an accident", 35, func(s *scene, v *visit) { s.away("accident", -2, 300, "") }),
		late(nearMiss, "injured", 35, func(s *scene, v *visit) { v.diags = append(v.diags, "S52.500") }),
		late(nearMiss, "died", 35, func(s *scene, v *visit) { v.way = "5" }),
	)
}

// paperAt is a document of a stay, hours after admission.
type paperAt struct {
	kind  string
	hours int
}

func documentScenarios() []*scenario {
	adult := want{}
	written := func(kind, name string, docs []paperAt, change tweak2) *scenario {
		sc := near("L011", name, adult, func(s *scene) bool {
			v := s.inpatientStay(s.county(), 0, 6, pneumonia)
			v.opers = v.opers[:0]
			if change != nil {
				change(s, v)
			}
			v.later = append(v.later, func(o *blockOut, v *visit) {
				for k, d := range docs {
					o.named("record", "fixmedins_code", v.inst.code, "mdtrt_id", v.no(), "doc_no", v.no()+"W"+itoa(k+1), "doc_type", d.kind,
						"doc_time", stampOf(addSec(v.begin, d.hours*3600)), "dr_code", v.doc.code)
				}
			})
			s.hit(v, nil, zero)
			return true
		})
		sc.kind, sc.span = kind, 9
		return sc.alone()
	}
	operated := func(n int) tweak2 {
		return func(s *scene, v *visit) {
			for k := range n {
				t := addSec(v.begin, 24*3600+k*30*3600)
				v.opers = append(v.opers, operation{code: "86.3x01", name: "皮肤病损切除术", incision: itoa(k + 1), anaesthesia: "01", begin: t, end: addSec(t, 3600), doc: v.doc})
			}
		}
	}
	const admission, course, surgery = "入院记录", "首次病程记录", "手术记录"
	return variants(
		written(plant, "admission note after thirty hours", []paperAt{{admission, 30}}, nil),
		written(plant, "first note after ten hours", []paperAt{{course, 10}}, nil),
		written(plant, "operation note two days later", []paperAt{{surgery, 80}}, operated(1)),
		written(nearMiss, "in time", []paperAt{{admission, 20}, {course, 6}}, nil),
		written(nearMiss, "written again later", []paperAt{{admission, 20}, {admission, 40}, {course, 6}, {course, 60}}, nil),
		written(nearMiss, "operation note the same day", []paperAt{{surgery, 40}}, operated(1)),
		written(nearMiss, "which of two operations", []paperAt{{surgery, 80}}, operated(2)),
		written(nearMiss, "another document", []paperAt{{"出院小结", 120}}, nil),
		written(nearMiss, "rescue", []paperAt{{course, 10}}, func(s *scene, v *visit) { v.rescue = true }),
		written(nearMiss, "day surgery", []paperAt{{course, 10}}, func(s *scene, v *visit) { v.daySurg = true }),
	)
}

// transferScenarios: L012, from one hospital to the other.
func transferScenarios() []*scenario {
	moved := transferred
	return variants(
		moved(plant, "two days on the way", 50, nil),
		moved(plant, "named by the second hospital only", 50, func(s *scene, v, w *visit) { v.to = "" }),
		moved(nearMiss, "within a day", 20, nil),
		moved(nearMiss, "not transferred", 50, func(s *scene, v, w *visit) { v.way, v.to, w.from = "1", "", "" }),
		moved(nearMiss, "to somewhere else", 50, func(s *scene, v, w *visit) { v.to, w.from = s.county().code, "" }),
		moved(nearMiss, "weeks later", 16*24, nil),
		moved(nearMiss, "planned", 50, func(s *scene, v, w *visit) { w.planned = true }),
	)
}

// shiftStay moves a whole stay in time, its settlement too.
func (v *visit) shiftStay(sec int) {
	v.shift(sec)
	v.setlAt = addSec(v.setlAt, sec)
	for i := range v.opers {
		v.opers[i].begin, v.opers[i].end = addSec(v.opers[i].begin, sec), addSec(v.opers[i].end, sec)
	}
}

// settledLate is a stay settled so many days after discharge.
func settledLate(kind, name string, days int, change tweak2) *scenario {
	sc := near("L010", name, want{}, func(s *scene) bool {
		v := s.inpatientStay(s.county(), 0, 5, pneumonia)
		if v.open {
			return false
		}
		v.diags = append(v.diags[:1], "D64.900")
		v.setlAt = at(v.end.Day()+claim.Day(days), 9*3600+s.c.n(20_000))
		if change != nil {
			change(s, v)
		}
		s.hit(v, nil, zero)
		return true
	})
	sc.kind, sc.span = kind, 8+days
	return sc.alone()
}

// transferred moves a patient from the township to the other hospital, so many hours on the way.
func transferred(kind, name string, hours int, change func(s *scene, v, w *visit)) *scenario {
	sc := near("L012", name, want{}, func(s *scene) bool {
		v := s.inpatientStay(s.township(), 0, 5, pneumonia)
		w := s.inpatientStay(s.tcm(), 8, 5, stroke)
		if w.open {
			return false
		}
		v.dropHome()
		w.shiftStay(int((addSec(v.end, hours*3600) - w.begin) / 1_000_000))
		v.way, v.to, w.from = "2", w.inst.code, v.inst.code
		if change != nil {
			change(s, v, w)
		}
		s.hit(w, nil, zero)
		return true
	})
	sc.kind, sc.span = kind, 26
	return sc.alone()
}
