package synth

import (
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// courseOfStayScenarios: F019, G009, G012, G019, G024, G031: one stay and what was, or was not, done in it.
func courseOfStayScenarios() []*scenario {
	var all []*scenario
	for _, group := range [][]*scenario{nursedScenarios(), presenceScenarios(), checkupScenarios(), lengthScenarios()} {
		all = append(all, group...)
	}
	return all
}

// nursedScenarios: F019, intensive nursing of light complaints.
func nursedScenarios() []*scenario {
	adult, mother := want{from: 20, to: 70}, want{female: true, from: 21, to: 40}
	nursed := func(grade string, days int, change func(s *scene, v *visit)) func(*scene) bool {
		return func(s *scene) bool {
			v := s.inpatientStay(s.county(), 0, 5, &diagnosis{code: "K52.900", dept: "A03"})
			low, high := s.role0("nursing"), s.named(grade)
			if high == nil || v.open {
				return false
			}
			v.calm()
			v.diags, v.adm = append(v.diags[:1], "K04.000"), "2"
			if change != nil {
				change(s, v)
			}
			for k := range days {
				ln := v.lineOf(low, k)
				ln.it, ln.price = high, high.priceAt(v.inst)
				if k > 0 || days == 1 {
					s.hit(v, ln, whole)
				}
			}
			return true
		}
	}
	diag := func(code string) func(*scene, *visit) {
		return func(s *scene, v *visit) { v.diags = append(v.diags, code) }
	}
	const first, special = "Ⅰ级护理", "特级护理"
	return []*scenario{
		planted("F019", "first grade for a bowel complaint", adult, nursed(first, 4, nil)).spanning(7),
		planted("F019", "special grade for a bowel complaint", adult, nursed(special, 3, nil)).spanning(7),
		near("F019", "only on the first day", adult, nursed(first, 1, nil)).spanning(7),
		near("F019", "a heavier disease besides", adult, nursed(first, 4, diag("I50.900"))).spanning(7),
		near("F019", "after an operation", adult, nursed(first, 4, func(s *scene, v *visit) { s.record(v, otherOperation, "", 1, 9, 60) })).spanning(7),
		near("F019", "after intensive care", adult, nursed(first, 4, func(s *scene, v *visit) { s.intensiveRow(v) })).spanning(7),
		near("F019", "a rescue", adult, nursed(first, 4, func(s *scene, v *visit) { v.rescue = true })).spanning(7),
		near("F019", "died", adult, nursed(first, 4, func(s *scene, v *visit) { v.way = "5" })).spanning(7),
		near("F019", "pregnant", mother, nursed(first, 4, diag("O26.900"))).spanning(7),
		near("F019", "malignant", adult, nursed(first, 4, diag("C50.900"))).spanning(7),
		near("F019", "psychiatric", adult, nursed(first, 4, func(s *scene, v *visit) { v.diags[0] = "F20.900" })).spanning(7),
		near("F019", "newborn on the mother's card", mother, nursed(first, 4, func(s *scene, v *visit) { v.newborn, v.mom = true, v.p.no(v.day()) })).spanning(7),
		near("F019", "seventy-five and older", want{from: 76, to: 90}, nursed(first, 4, nil)).spanning(7),
		near("F019", "a small child", want{from: 1, to: 5}, nursed(first, 4, nil)).spanning(7),
		near("F019", "paid by the patient", adult, nursed(first, 4, func(s *scene, v *visit) {
			for i := range v.lines {
				v.lines[i].own = v.lines[i].own || v.lines[i].it == s.role0("nursing")
			}
		})).spanning(7),
	}
}

// intensiveRow writes two days of intensive care.
func (s *scene) intensiveRow(v *visit) {
	v.later = append(v.later, func(o *blockOut, v *visit) {
		r := o.small("icu")
		r.str(v.no())
		r.str("ICU")
		r.none()
		r.str("I" + itoa(v.p.n))
		r.str(v.dept.code)
		r.time(addSec(v.begin, 3600))
		r.time(addSec(v.begin, 2*86400))
		r.end()
	})
}

// presenceScenarios: G009, G012: where the patient was, and what was written of it.
func presenceScenarios() []*scenario {
	adult, mother := want{}, want{female: true, from: 21, to: 40}
	atWork := func(day int, change func(s *scene, v *visit)) func(*scene) bool {
		return func(s *scene) bool {
			v := s.inpatientStay(s.county(), 0, 6, pneumonia)
			if v.open {
				return false
			}
			p, t := s.p, at(v.day()+claim.Day(day), 8*3600+600)
			s.events = append(s.events, func(o *blockOut) {
				r := o.small("attendance")
				r.str(p.no(t.Day()))
				r.str(p.cert)
				r.time(t)
				r.time(addSec(t, 9*3600))
				r.str("单位考勤")
				r.none()
				r.end()
			})
			if change != nil {
				change(s, v)
			}
			s.hit(v, nil, zero)
			return true
		}
	}
	// written: hours from admission to the first note; 0 none at all.
	written := func(hours, los int, change func(s *scene, v *visit)) func(*scene) bool {
		return func(s *scene) bool {
			v := s.inpatientStay(oneOf(&s.c, s.pl.by[kindPrivate]), 0, los, pneumonia)
			if v.open {
				return false
			}
			v.calm()
			v.balance(50)
			v.bare = true
			if hours > 0 {
				v.later = append(v.later, func(o *blockOut, v *visit) {
					for k := range 40 {
						o.note(v, k, "病程记录", addSec(v.begin, hours*3600+k*300))
					}
				})
			}
			if change != nil {
				change(s, v)
			}
			s.hit(v, nil, zero)
			return true
		}
	}
	newborn := func(s *scene, v *visit) { v.newborn, v.mom = true, v.p.no(v.day()) }
	dayCase := func(s *scene, v *visit) { v.daySurg = true }
	home := func(s *scene, v *visit) { v.mode = "2" }
	return []*scenario{
		planted("G009", "at work on the second day", adult, atWork(2, nil)).spanning(8),
		planted("G009", "at work on the day before discharge", adult, atWork(5, nil)).spanning(8),
		near("G009", "at work on the day of admission", adult, atWork(0, nil)).spanning(8),
		near("G009", "at work on the day of discharge", adult, atWork(6, nil)).spanning(8),
		near("G009", "at work on leave", adult, atWork(3, func(s *scene, v *visit) { s.onLeave(v, 2, 5) })).spanning(8),
		near("G009", "newborn on the mother's card", mother, atWork(2, newborn)).spanning(8),
		near("G009", "day surgery", adult, atWork(2, dayCase)).spanning(8),
		near("G009", "a bed at home", adult, atWork(2, home)).spanning(8),

		planted("G012", "nothing written down", adult, written(0, 6, nil)).spanning(8),
		planted("G012", "the first note after two days", adult, written(50, 6, nil)).spanning(8),
		near("G012", "the first note within two days", adult, written(47, 6, nil)).spanning(8),
		near("G012", "home before two days were over", adult, written(0, 2, func(s *scene, v *visit) {
			v.end = addSec(v.begin, 47*3600)
			v.trimTo(v.end)
			v.daySurg = false
			s.fill(v, "injected", 1.5, 2)
		})).spanning(8),
		near("G012", "newborn on the mother's card", mother, written(0, 6, newborn)).spanning(8),
		near("G012", "day surgery", adult, written(0, 6, dayCase)).spanning(8),
		near("G012", "a bed at home", adult, written(0, 6, home)).spanning(8),
		near("G012", "admission prepared", adult, written(0, 6, func(s *scene, v *visit) { v.preIpt = true })).spanning(8),
		near("G012", "a hospital that sends no notes", adult, func(s *scene) bool {
			v := s.inpatientStay(s.tcm(), 0, 6, pneumonia)
			s.hit(v, nil, zero)
			return true
		}).spanning(8),
	}
}

// trimTo drops what was billed after the time.
func (v *visit) trimTo(t claim.Time) {
	kept := v.lines[:0]
	for _, ln := range v.lines {
		if ln.at < t && !ln.take {
			kept = append(kept, ln)
		}
	}
	v.lines = kept
}

// checkupScenarios: G019, a check-up in bed, by diagnosis or by what was done.
func checkupScenarios() []*scenario {
	adult, mother := want{from: 25, to: 68}, want{female: true, from: 21, to: 40}
	coded := func(code string, change func(s *scene, v *visit)) func(*scene) bool {
		return func(s *scene) bool {
			v := s.inpatientStay(s.county(), 0, 4, &diagnosis{code: code, dept: "A03"})
			if v.open {
				return false
			}
			v.calm()
			v.balance(50)
			v.adm = "2"
			if change != nil {
				change(s, v)
			}
			s.hit(v, nil, zero)
			return true
		}
	}
	// packaged does n of the set's items; treat is the money of treatment as a share of theirs.
	packaged := func(n int, treat float64, change func(s *scene, v *visit)) func(*scene) bool {
		return func(s *scene) bool {
			v := s.inpatientStay(s.county(), 0, 4, pneumonia)
			if v.open {
				return false
			}
			var set []*item
			for _, p := range s.ix.points["G019"] {
				if it := s.ix.byCode[p.Subject]; it != nil && p.Params.Group == "基础体检套餐" {
					set = append(set, it)
				}
			}
			if n > len(set) {
				return false
			}
			v.calm()
			v.adm = "2"
			kept := v.lines[:0]
			for _, ln := range v.lines {
				if strings.Contains("01 02 07", ln.it.ChargeType) {
					kept = append(kept, ln)
				}
			}
			v.lines = kept
			for k, it := range set[:n] {
				v.add(it, 1, at(v.day()+1+claim.Day(k/8), 10*3600+k%8*301))
			}
			if treat > 0 {
				s.fill(v, "injected", treat, 4)
			}
			if change != nil {
				change(s, v)
			}
			s.hit(v, nil, zero)
			if treat < 0.5 && change == nil {
				s.also("G016", v, nil, zero)
			}
			return true
		}
	}
	diag := func(code string) func(*scene, *visit) {
		return func(s *scene, v *visit) { v.diags = append(v.diags, code) }
	}
	return []*scenario{
		planted("G019", "a general examination", adult, coded("Z00.000", nil)).spanning(6),
		planted("G019", "a follow-up examination", adult, coded("Z09.800", nil)).spanning(6),
		planted("G019", "the set of a check-up", adult, packaged(13, 0, nil)).spanning(6),
		planted("G019", "six sevenths of the set", adult, packaged(12, 0, nil)).spanning(6),
		near("G019", "a disease", adult, coded("K52.900", nil)).spanning(6),
		near("G019", "the set with treatment", adult, packaged(13, 2, nil)).spanning(6),
		near("G019", "three quarters of the set", adult, packaged(11, 0, nil)).spanning(6),
		near("G019", "an operation", adult, coded("Z09.800", func(s *scene, v *visit) { s.record(v, otherOperation, "", 1, 9, 60) })).spanning(6),
		near("G019", "an emergency", adult, coded("Z03.900", func(s *scene, v *visit) { v.er = true })).spanning(6),
		near("G019", "after a tumour", adult, coded("Z08.000", diag("C50.900"))).spanning(6),
		near("G019", "pregnant", mother, coded("Z03.900", diag("O26.900"))).spanning(6),
		near("G019", "day surgery", adult, coded("Z09.800", func(s *scene, v *visit) { v.daySurg = true })).spanning(6),
		near("G019", "died", adult, coded("Z03.900", func(s *scene, v *visit) { v.way = "5" })).spanning(6),
		near("G019", "transferred", adult, coded("Z03.900", func(s *scene, v *visit) { v.way = "2" })).spanning(6),
		near("G019", "newborn on the mother's card", mother, coded("Z00.100", func(s *scene, v *visit) { v.newborn, v.mom = true, v.p.no(v.day()) })).spanning(6),
	}
}

// lengthScenarios: G024, G031: stays that are long, stays that are dear.
func lengthScenarios() []*scenario {
	adult, mother := want{}, want{female: true, from: 21, to: 40}
	long := func(los int, change func(s *scene, v *visit)) func(*scene) bool {
		return func(s *scene) bool {
			v := s.inpatientStay(s.county(), 0, los, pneumonia)
			if v.open {
				return false
			}
			s.thin(v, 2)
			if change != nil {
				change(s, v)
			}
			s.hit(v, nil, zero)
			return true
		}
	}
	diag := func(code string) func(*scene, *visit) {
		return func(s *scene, v *visit) { v.diags = append(v.diags, code) }
	}
	const two = 61
	g024 := func(kind, name string, w want, los int, change func(s *scene, v *visit)) *scenario {
		return (&scenario{rule: "G024", name: name, kind: kind, want: w, build: long(los, change)}).spanning(los + 1).alone()
	}
	// dear makes the stay cost a sum, borne by the patient or by the insurance.
	dear := func(total claim.Money, own bool) func(*scene) bool {
		return func(s *scene) bool {
			v := s.inpatientStay(s.county(), 0, 6, pneumonia)
			it := s.ix.ledgerItem(ledgerItems)
			if it == nil || v.open {
				return false
			}
			v.dropHome()
			s.dilute(v) // before the sum is rounded off: nothing may be added later
			var sum claim.Money
			for i := range v.lines {
				v.lines[i].tally()
				sum += v.lines[i].det
			}
			ln := v.add(it, 1, at(v.day()+2, 15*3600))
			ln.own = own
			ln.price = claim.Price(total-sum) * 10_000
			s.hit(v, nil, zero)
			return total > sum
		}
	}
	return []*scenario{
		g024(plant, "sixty-one days", adult, two, nil),
		g024(nearMiss, "sixty days", adult, 60, nil),
		g024(nearMiss, "an operation", adult, two, func(s *scene, v *visit) { s.record(v, otherOperation, "", 3, 9, 60) }),
		g024(nearMiss, "intensive care", adult, two, func(s *scene, v *visit) { s.intensiveRow(v) }),
		g024(nearMiss, "psychiatric", adult, two, func(s *scene, v *visit) { v.diags[0] = "F20.900" }),
		g024(nearMiss, "paid by the day", adult, two, func(s *scene, v *visit) { v.bedPay = true }),
		g024(nearMiss, "newborn on the mother's card", mother, two, func(s *scene, v *visit) { v.newborn, v.mom = true, v.p.no(v.day()) }),
		g024(nearMiss, "tuberculosis", adult, two, diag("A15.000")),
		g024(nearMiss, "born too early", adult, two, func(s *scene, v *visit) {
			v.diags = append(v.diags, "P07.300")
			s.also("C024", v, nil, unsure) // a grown-up is not
		}),
		g024(nearMiss, "rehabilitation", adult, two, diag("Z50.900")),
		g024(nearMiss, "palliative", adult, two, diag("Z51.500")),
		g024(nearMiss, "discharged from rehabilitation", adult, two, func(s *scene, v *visit) { v.out = v.inst.dept("A21") }),
		planted("G031", "more than a hundred thousand", adult, dear(10_000_001, true)).spanning(8),
		planted("G031", "more than fifty thousand of the fund", adult, dear(9_500_000, false)).spanning(8),
		near("G031", "a hundred thousand", adult, dear(10_000_000, true)).spanning(8),
		near("G031", "less than fifty thousand of the fund", adult, dear(4_500_000, false)).spanning(8),
	}
}
