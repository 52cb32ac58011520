package synth

import (
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// contentScenarios: F003, F004, F009 to F011, F017, F020: what a price contains and how it is counted.
func contentScenarios() []*scenario {
	play := func(kind, name string, pr pairing) *scenario {
		return &scenario{rule: pr.rule, name: name, kind: kind, span: 8, build: pr.play}
	}
	own := func(first bool) func(*scene, *visit, *line, *line) {
		return func(s *scene, v *visit, a, b *line) { a.own, b.own = first, !first }
	}
	back := func(s *scene, v *visit, a, b *line) { v.giveBack(*b, 1, true) }
	const table, day = "同台", "单日"
	all := []*scenario{
		play(plant, "contained in the intervention", pairing{rule: "F003", scope: table, bed: true, gap: 1200}),
		play(nearMiss, "contained, but on the next day", pairing{rule: "F003", scope: table, bed: true, gap: 86400}),
		play(nearMiss, "through two incisions", pairing{rule: "F003", scope: table, bed: true, gap: 1200, change: func(s *scene, v *visit, a, b *line) { a.incise, b.incise = "1", "2" }}),
		play(nearMiss, "two operations that day", pairing{rule: "F003", scope: table, bed: true, gap: 1200, change: func(s *scene, v *visit, a, b *line) {
			v.opers = v.opers[:0]
			s.record(v, "88.5x001", "", 1, 9, 60)
			s.record(v, "36.0x001", "", 1, 13, 90)
		}}),
		play(nearMiss, "the intervention paid by the patient", pairing{rule: "F003", scope: table, bed: true, gap: 1200, change: own(true)}),
		play(nearMiss, "the contained paid by the patient", pairing{rule: "F003", scope: table, bed: true, gap: 1200, change: own(false)}),
		play(nearMiss, "the contained refunded", pairing{rule: "F003", scope: table, bed: true, gap: 1200, change: back}),
		play(plant, "contained in the dialysis", pairing{rule: "F004", scope: day, bed: true, gap: 1200}),
		play(nearMiss, "contained, but on the next day", pairing{rule: "F004", scope: day, bed: true, gap: 86400}),
		play(nearMiss, "the dialysis paid by the patient", pairing{rule: "F004", scope: day, bed: true, gap: 1200, change: own(true)}),
		play(nearMiss, "the contained paid by the patient", pairing{rule: "F004", scope: day, bed: true, gap: 1200, change: own(false)}),
		play(nearMiss, "the contained refunded", pairing{rule: "F004", scope: day, bed: true, gap: 1200, change: back}),
	}
	for _, group := range [][]*scenario{siteScenarios(), unitScenarios(), trainingScenarios(), hoursOfTheatre(), surchargeScenarios()} {
		all = append(all, group...)
	}
	return all
}

// siteScenarios: F009, more parts of the body than the point or the request allows.
func siteScenarios() []*scenario {
	adult := want{}
	sites := func(limit int, n func(limit float64) float64, change func(s *scene, v *visit, ln *line)) func(*scene) bool {
		return func(s *scene) bool {
			v := s.clinicVisit(s.county(), 0, "A03", "K52.900")
			p, it := s.pick("F009", v, func(p *knowledge.Point, it *item) bool {
				return it.only("F009", "C002", "C022", "B018", "C008") && (limit == 0 || p.Limit == claim.Qty(limit)*claim.QtyOne)
			})
			if it == nil {
				return false
			}
			allow := float64(p.Limit) / float64(claim.QtyOne)
			q := n(allow)
			ln := v.add(it, q, s.when(0, 11))
			ln.part = ""
			s.imaging = append(s.imaging, s.d)
			if change != nil {
				change(s, v, ln)
			}
			s.hit(v, ln, excess(claim.QtyOne, ln.cnt))
			return true
		}
	}
	same := func(l float64) float64 { return l }
	more := func(l float64) float64 { return l + 1 }
	asked := func(parts ...string) func(s *scene, v *visit, ln *line) {
		return func(s *scene, v *visit, ln *line) {
			for k, part := range parts {
				s.reported(v, report{it: ln.it, part: part, asked: addSec(ln.at, -600), done: ln.at, out: addSec(ln.at, 3600), k: k})
			}
		}
	}
	return []*scenario{
		planted("F009", "one part more than the body has", adult, sites(0, more, nil)),
		planted("F009", "one part more than was asked for", adult, sites(2, same, asked("上腹部"))),
		planted("F009", "the line names more parts than the body has", adult, sites(0, more, func(s *scene, v *visit, ln *line) { ln.part = "左侧、右侧" })),
		near("F009", "as many as the body has", adult, sites(0, same, nil)),
		near("F009", "as many as were asked for", adult, sites(2, same, asked("上腹部、下腹部"))),
		near("F009", "asked for on two sheets", adult, sites(2, same, asked("上腹部", "下腹部"))),
		near("F009", "one sheet names no part", adult, sites(2, same, asked("上腹部", ""))),
		near("F009", "paid by the patient", adult, sites(0, more, func(s *scene, v *visit, ln *line) { ln.own = true })),
		near("F009", "the surplus refunded", adult, sites(0, more, func(s *scene, v *visit, ln *line) { v.giveBack(*ln, 1, true) })),
	}
}

// unitScenarios: F010, several units of one session.
func unitScenarios() []*scenario {
	adult := want{}
	units := func(quantities []float64, gap int, change func(s *scene, v *visit, ln *line)) func(*scene) bool {
		return func(s *scene) bool {
			v := s.clinicVisit(s.county(), 0, "A03", "K52.900")
			_, it := s.pick("F010", v, func(p *knowledge.Point, it *item) bool {
				return it.only("F010", "B018", "C008") && p.Limit == claim.QtyOne && !it.has("A020", 0) && !it.has("B002", 0)
			})
			if it == nil {
				return false
			}
			var ln *line
			for k, n := range quantities {
				ln = v.add(it, n, addSec(s.when(0, 11), 0))
				ln.at = addSec(at(s.d, 11*3600), k*gap)
				if change != nil {
					change(s, v, ln)
				}
				ln = &v.lines[len(v.lines)-1]
			}
			if len(quantities) == 1 && quantities[0] > 1 {
				over := ln.cnt - claim.QtyOne
				s.hit(v, &v.lines[tagged(v, 1)], excess(over, claim.Qty(quantities[0]*10_000)))
				return true
			}
			s.hit(v, ln, whole)
			return true
		}
	}
	return []*scenario{
		planted("F010", "three units of one session", adult, units([]float64{3}, 0, nil)),
		planted("F010", "two lines of one moment", adult, units([]float64{1, 1}, 0, nil)),
		near("F010", "one session", adult, units([]float64{1}, 0, nil)),
		near("F010", "two sessions", adult, units([]float64{1, 1}, 3600, nil)),
		near("F010", "both sides", adult, units([]float64{2}, 0, func(s *scene, v *visit, ln *line) { ln.side = "双侧" })),
		near("F010", "paid by the patient", adult, units([]float64{2}, 0, func(s *scene, v *visit, ln *line) { ln.own = true })),
		near("F010", "the moment unknown", adult, units([]float64{2}, 0, func(s *scene, v *visit, ln *line) { ln.dayOnly = true })),
		near("F010", "the surplus refunded", adult, units([]float64{2}, 0, func(s *scene, v *visit, ln *line) { v.giveBack(*ln, 1, true) })),
	}
}

// tagged is the index of the visit's last line that is billed and not a refund, counted from the end.
func tagged(v *visit, n int) int {
	for i := len(v.lines) - 1; i >= 0; i-- {
		if v.lines[i].cnt > 0 {
			if n--; n == 0 {
				return i
			}
		}
	}
	return 0
}

// trainingScenarios: F011, kinds and minutes of training on one day.
func trainingScenarios() []*scenario {
	adult := want{from: 20, to: 55}
	// sessions of each kind; half-hour kinds only when there is more than one of any. A kind may have its own daily limit
	// when it is billed once.
	train := func(sessions []float64, pay func(k int) bool) func(*scene) bool {
		once := sessions[0] == 1
		return func(s *scene) bool {
			v := s.clinicVisit(s.tcm(), 0, "A21", "I69.300")
			var used []*item
			for range sessions {
				_, it := s.pick("F011", v, func(p *knowledge.Point, it *item) bool {
					if contains(used, it) || it.use.ageMax < 99 {
						return false
					}
					return once && it.only("F011", "A016", "C007", "B021") || it.only("F011", "A016", "C007") && p.Limit == 30*claim.QtyOne
				}, "A016", "C007")
				if it == nil {
					return false
				}
				used = append(used, it)
			}
			var ln *line
			for k, it := range used {
				v.add(it, sessions[k], addSec(at(s.d, 9*3600), k*300))
				ln = &v.lines[len(v.lines)-1]
				ln.own = pay != nil && pay(k)
			}
			switch {
			case once:
				s.hit(v, ln, whole)
			default:
				s.hit(v, ln, excess(claim.QtyOne, ln.cnt))
			}
			return true
		}
	}
	return []*scenario{
		planted("F011", "a seventh kind", adult, train(kinds(7), nil)),
		planted("F011", "four and a half hours", adult, train([]float64{3, 3, 3}, nil)),
		near("F011", "six kinds", adult, train(kinds(6), nil)),
		near("F011", "four hours", adult, train([]float64{3, 3, 2}, nil)),
		near("F011", "the seventh at the patient's cost", adult, train(kinds(7), func(k int) bool { return k == 6 })),
	}
}

// kinds is one session each of n kinds.
func kinds(n int) []float64 {
	all := make([]float64, n)
	for i := range all {
		all[i] = 1
	}
	return all
}

// hoursOfTheatre: F017, anaesthesia by the hour against the operations on record.
func hoursOfTheatre() []*scenario {
	adult := want{}
	// hours of surcharge, minutes of each operation; shift spoils the record.
	run := func(extra int, minutes []int, spoil func(s *scene, v *visit, ln *line)) func(*scene) bool {
		return func(s *scene) bool {
			v := s.inpatientStay(s.county(), 0, 6, pneumonia)
			v.calm()
			p, it := s.pick("F017", v, func(p *knowledge.Point, it *item) bool { return it.only("F017") })
			if it == nil || v.open {
				return false
			}
			allow := 0
			for k, m := range minutes {
				s.record(v, otherOperation, "", 1+k, 9, m)
				allow += (m+59)/60 + 2 - int(p.Limit/claim.QtyOne)
			}
			n := max(0, allow) + extra
			ln := v.add(it, float64(n), at(v.day()+1, 16*3600))
			if spoil != nil {
				spoil(s, v, ln)
			}
			s.hit(v, ln, excess(claim.Qty(extra)*claim.QtyOne, claim.Qty(n)*claim.QtyOne))
			return true
		}
	}
	return []*scenario{
		planted("F017", "two hours more than the operation", adult, run(2, []int{170}, nil)).spanning(8),
		planted("F017", "an hour more than two operations", adult, run(1, []int{130, 200}, nil)).spanning(8),
		near("F017", "as long as the operation", adult, run(0, []int{170}, nil)).spanning(8),
		near("F017", "as long as two operations", adult, run(0, []int{130, 200}, nil)).spanning(8),
		near("F017", "the end not written down", adult, run(2, []int{170}, func(s *scene, v *visit, ln *line) { v.opers[0].end = claim.NoTime })).spanning(8),
		near("F017", "only the day written down", adult, run(2, []int{170}, func(s *scene, v *visit, ln *line) {
			v.opers[0].begin, v.opers[0].end = v.opers[0].begin.Day().Start(), v.opers[0].end.Day().Start()
		})).spanning(8),
		near("F017", "no operation written down", adult, run(2, nil, nil)).spanning(8),
		near("F017", "paid by the patient", adult, run(2, []int{170}, func(s *scene, v *visit, ln *line) { ln.own = true })).spanning(8),
		near("F017", "the surplus refunded", adult, run(2, []int{170}, func(s *scene, v *visit, ln *line) { v.giveBack(*ln, 2, true) })).spanning(8),
	}
}

// surchargeScenarios: F020.
func surchargeScenarios() []*scenario {
	adult := want{}
	charge := func(allow string, bed bool, age int, change func(s *scene, v *visit)) func(*scene) bool {
		return func(s *scene) bool {
			var v *visit
			dept := "A03"
			if s.p.age(s.d) < 14 {
				dept = "A07"
			}
			if bed {
				v = s.inpatientStay(s.county(), 0, 5, pneumonia)
				v.adm = "2"
			} else {
				v = s.clinicVisit(s.county(), 0, dept, "K52.900")
			}
			_, it := s.pick("F020", v, func(p *knowledge.Point, it *item) bool { return p.Allow == allow && it.only("F020") })
			if it == nil || age > 0 && s.p.age(s.d) != age {
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
	const child, urgent = "儿童", "急诊|抢救"
	return []*scenario{
		planted("F020", "a child's surcharge for an adult", adult, charge(child, false, 0, nil)),
		planted("F020", "seven years old", want{from: 6, to: 8}, charge(child, false, 7, nil)),
		planted("F020", "urgent without urgency", adult, charge(urgent, false, 0, nil)),
		planted("F020", "urgent in an ordinary stay", adult, charge(urgent, true, 0, nil)).spanning(6),
		near("F020", "six years old", want{from: 5, to: 7}, charge(child, false, 6, nil)),
		near("F020", "a small child", want{from: 1, to: 5}, charge(child, false, 0, nil)),
		near("F020", "in the emergency room", adult, charge(urgent, false, 0, func(s *scene, v *visit) { v.er, v.med = true, "13" })),
		near("F020", "a rescue", adult, charge(urgent, false, 0, func(s *scene, v *visit) { v.rescue = true })),
		near("F020", "admitted as an emergency", adult, charge(urgent, true, 0, func(s *scene, v *visit) { v.adm = "1" })).spanning(6),
		near("F020", "newborn on the mother's card", want{female: true, from: 21, to: 40}, charge(child, false, 0, func(s *scene, v *visit) {
			v.newborn, v.mom = true, v.p.no(v.day())
		})),
	}
}
