package synth

import (
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

func (ix *index) disease(code string) *disease {
	for _, d := range ix.diseases {
		if d.code == code {
			return d
		}
	}
	return nil
}

// chronicVisit opens a visit of the chronic programme on day off.
func (s *scene) chronicVisit(inst *institution, off int, dise, diag string) *visit {
	v := s.visit(inst, "1401", at(s.d+claim.Day(off), 9*3600+s.c.n(3600)), "A03")
	v.dise = dise
	v.diags = append(v.diags, diag)
	s.consult(v, v.begin)
	v.end = addSec(v.begin, 3600)
	return v
}

// programmeScenarios: H005, H009, H012, H013, H014.
func programmeScenarios() []*scenario {
	all := append(hemiplegiaScenarios(), twoBenefitScenarios()...)
	all = append(all, twoDiseaseScenarios()...)
	all = append(all, sessionScenarios()...)
	return append(all, cycleScenarios()...)
}

// appraisal is the story of a person found fit for benefits after a stroke.
type appraisal struct {
	stay    *diagnosis // nil: none in the year before
	selfpay bool
	picture bool   // of the head, on the stay's bill
	exam    int    // day of a report of the head counted from discharge, noExam none
	mute    bool   // nothing is known of the year before
	change  tweak2 // of the visit that settles first
}

type tweak2 = func(s *scene, v *visit)

const noExam = -99

func (a appraisal) play(s *scene) bool {
	const dise = "M04803"
	d := s.ix.disease(dise)
	y, m, _ := (s.d + 20).Civil()
	settled := claim.DayOf(y, m, 1) + 14 // appraised and settled in one month
	if d == nil || settled-12 < s.first || settled > s.last {
		return false
	}
	s.d = settled - 14
	if !a.mute {
		early := s.clinicVisit(s.county(), -230, "A03", "I10.x00")
		early.setlAt = addSec(early.begin, 3600)
	}
	if a.stay != nil {
		v := s.inpatientStay(s.county(), 0, 6, a.stay)
		v.diags, v.adm, v.opers = v.diags[:1], "2", v.opers[:0]
		v.strip(func(ln *line, k int) bool {
			return !ln.it.has("H005", 's') && !ln.it.use.imaging && !ln.it.use.radiology
		})
		v.dropHome()
		if a.picture {
			if _, it := s.pick("H005", v, nil, "C022"); it != nil {
				v.add(it, 1, at(v.day()+1, 10*3600))
			} else {
				return false
			}
		}
		if a.exam != noExam {
			when := at(v.end.Day()+claim.Day(a.exam), 10*3600)
			v.later = append(v.later, func(o *blockOut, v *visit) {
				o.named("exam", "fixmedins_code", v.inst.code, "mdtrt_id", v.no(), "rpotc_no", v.no()+"E1", "psn_no", v.p.no(v.day()), "exam_item_name", "头颅平扫",
					"exam_part", "头颅", "exam_time", stampOf(when), "rpt_time", stampOf(addSec(when, 3600)))
			})
		}
	}
	if a.selfpay {
		p, inst, from := s.p, s.county(), s.d
		s.events = append(s.events, func(o *blockOut) {
			o.named("selfpay_visit", "mdtrt_id", "ZF"+p.no(from), "psn_no", p.no(from), "certno", p.cert, "fixmedins_code", inst.code,
				"begntime", stampOf(at(from, 9*3600)), "endtime", stampOf(at(from+6, 9*3600)), "dscg_maindiag_code", "I63.900")
		})
	}
	s.chronicRow(d, s.d+22, s.last+400, "通过", s.d+22, claim.NoDay) // appraised ten days before
	v := s.chronicVisit(s.county(), 24, dise, "I69.300")
	if a.change != nil {
		a.change(s, v)
	}
	s.hit(v, nil, visitSum)
	return true
}

func hemiplegiaScenarios() []*scenario {
	tell := func(kind, name string, a appraisal) *scenario {
		sc := near("H005", name, want{from: 45, to: 78}, a.play)
		sc.kind, sc.span = kind, 50
		return sc.alone()
	}
	lumbar := &diagnosis{code: "K80.200", dept: "A03"}
	none := func(a appraisal) appraisal { a.exam = noExam; return a }
	return variants(
		tell(plant, "never in hospital", none(appraisal{})),
		tell(plant, "no picture of the head", none(appraisal{stay: stroke})),
		tell(plant, "in hospital for something else", none(appraisal{stay: lumbar, picture: true})),
		tell(plant, "the picture was taken later", appraisal{stay: stroke, exam: 3}),
		tell(nearMiss, "a stroke with its picture", none(appraisal{stay: stroke, picture: true})),
		tell(nearMiss, "a stay nobody insured, its pictures neither", none(appraisal{selfpay: true})),
		tell(nearMiss, "the report is the picture", appraisal{stay: stroke, exam: -2}),
		tell(nearMiss, "the day after discharge", appraisal{stay: stroke, picture: true, exam: 1}),
		tell(nearMiss, "nothing is known of the year before", none(appraisal{mute: true})),
		tell(nearMiss, "insured lately", none(appraisal{change: func(s *scene, v *visit) { s.p.joined = s.d - 240 }})),
		tell(nearMiss, "lives elsewhere", none(appraisal{change: func(s *scene, v *visit) { s.filing("990201", s.d-200, s.d+200) }})),
		near("H005", "the second settlement", want{from: 45, to: 78}, func(s *scene) bool {
			if !none(appraisal{stay: stroke, picture: true}).play(s) {
				return false
			}
			w := s.chronicVisit(s.county(), 26, "M04803", "I69.300")
			s.hit(w, nil, unsure)
			return true
		}).spanning(52).alone(),
	)
}

func twoBenefitScenarios() []*scenario {
	worker := want{insutype: "310", from: 40, to: 78}
	// both buys one drug under two benefits: the second `gap` days later.
	both := func(kind, name string, w want, gap int, change func(v, w *visit, a, b *line)) *scenario {
		sc := near("H009", name, w, func(s *scene) bool {
			d := s.ix.diseases[0]
			s.chronicRow(d, s.first-400, s.last+400, "通过", s.first-400, claim.NoDay)
			v := s.chronicVisit(s.county(), 0, d.code, d.diags[0])
			var it *item
			for i := range d.drugs {
				if x := d.drugs[(s.n+i)%len(d.drugs)]; x.fits(s.p, s.d) && x.suits(v) && s.harmless(x, v, "H002", "C009") {
					it = x
					break
				}
			}
			if it == nil {
				return false
			}
			a := s.dose(v, it, 5, addSec(v.begin, 900))
			w := s.clinicVisit(s.county(), gap, "A03", d.diags[0])
			w.shift(4 * 3600)
			b := s.dose(w, it, 5, addSec(w.begin, 900))
			if change != nil {
				change(v, w, a, b)
			}
			s.hit(w, b, whole)
			return true
		})
		sc.kind, sc.span = kind, 9
		return sc.alone()
	}
	hiRx := func(v, w *visit, a, b *line) { a.hiRx, b.hiRx = "W"+v.p.no(v.day()), "W"+v.p.no(v.day()) }
	return variants(
		both(plant, "on one day", worker, 0, nil),
		both(nearMiss, "when the first is used up", worker, 6, nil),
		both(nearMiss, "a resident", want{insutype: "390", from: 40, to: 78}, 0, nil),
		both(nearMiss, "one from the account", worker, 0, func(v, w *visit, a, b *line) { w.noFund = true }),
		both(nearMiss, "one prescription", worker, 0, hiRx),
		both(nearMiss, "one hospital prescription", worker, 0, func(v, w *visit, a, b *line) {
			a.rxNo, b.rxNo, a.rx, b.rx = "A"+v.p.no(v.day()), "A"+v.p.no(v.day()), 0, 0
		}),
		both(nearMiss, "one taken back", worker, 0, func(v, w *visit, a, b *line) { v.undo = true }),
		both(nearMiss, "two chronic visits", worker, 0, func(v, w *visit, a, b *line) { w.med, w.dise = v.med, v.dise }),
	)
}

func twoDiseaseScenarios() []*scenario {
	adult := want{from: 40, to: 78}
	// give books a drug under the benefit for hypertension and diabetes.
	give := func(kind, name string, take func(s *scene, it *item) bool, change tweak) *scenario {
		sc := near("H012", name, adult, func(s *scene) bool {
			v := s.visit(s.county(), "140105", s.when(0, 9), "A03")
			v.diags = append(v.diags, "I10.x00")
			s.consult(v, v.begin)
			v.end = addSec(v.begin, 3600)
			for i := range s.ix.items {
				it := s.ix.items[(s.n*19+i)%len(s.ix.items)]
				if !take(s, it) || !it.fits(s.p, s.d) || !it.suits(v) || !s.harmless(it, v, "H002", "H012") || it.Price > 90*claim.PriceOne || it.Narcotic {
					continue
				}
				ln := v.add(it, 2, addSec(v.begin, 900))
				ln.days = 5
				s.ban(it.Generic)
				if change != nil {
					change(s, v, ln)
				}
				s.hit(v, ln, whole)
				return true
			}
			return false
		})
		sc.kind = kind
		return sc.alone()
	}
	oral := func(it *item) bool {
		return it.list == "101" && strings.Contains(it.MedcWay, "口服") && it.Dosform != ""
	}
	proper := func(atc string) bool {
		return strings.HasPrefix(atc, "A10") || (len(atc) > 2 && atc[:3] >= "C02" && atc[:3] <= "C09")
	}
	other := func(s *scene, it *item) bool {
		return oral(it) && it.ATC != "" && !proper(it.ATC) && !it.has("H012", 's')
	}
	return variants(
		give(plant, "a drug for something else", other, nil),
		give(plant, "a drug for the lipids", func(s *scene, it *item) bool { return other(s, it) && strings.HasPrefix(it.ATC, "C10") }, nil),
		give(plant, "herbs", func(s *scene, it *item) bool { return it.list == "102" }, func(s *scene, v *visit, ln *line) { ln.cnt, ln.days = 60*claim.QtyOne, 0 }),
		give(nearMiss, "for the blood pressure", func(s *scene, it *item) bool { return oral(it) && strings.HasPrefix(it.ATC, "C0") && proper(it.ATC) }, nil),
		give(nearMiss, "for the sugar", func(s *scene, it *item) bool { return oral(it) && strings.HasPrefix(it.ATC, "A10") }, nil),
		give(nearMiss, "on the area's own list", func(s *scene, it *item) bool { return it.has("H012", 's') }, nil),
		give(nearMiss, "of an unknown class", func(s *scene, it *item) bool { return it.list == "101" && it.ATC == "" }, nil),
		give(nearMiss, "no fund money", other, func(s *scene, v *visit, ln *line) { v.noFund = true }),
		give(nearMiss, "an ordinary visit", other, func(s *scene, v *visit, ln *line) { v.med = "11" }),
		give(nearMiss, "a preparation of the house", func(s *scene, it *item) bool { return it.list == "103" }, nil),
	)
}

// sessions of dialysis under the chronic programme.
type sessions struct {
	days   []int // of the sessions
	count  int   // sessions charged in the last visit
	filter int   // dialysers charged in the last visit, 0 the price holds them
	done   int   // sessions carried out in the last visit as the ward recorded them, 0 nothing recorded
	change tweak2
}

func (x sessions) play(s *scene) bool {
	d := s.ix.disease(dialysisCode)
	pool := s.ix.roles["dialysis"]
	if d == nil || len(pool) == 0 {
		return false
	}
	s.chronicRow(d, s.first-400, s.last+400, "通过", s.first-400, claim.NoDay)
	var filter *item
	for _, p := range s.ix.points["H013"] {
		if p.Subject == pool[0].Code {
			for _, c := range p.Params.Require {
				if it := s.ix.byCode[c]; it != nil && filter == nil && !paired(pool[0], it) {
					filter = it
				}
			}
		}
	}
	for k, day := range x.days {
		v := s.visit(s.county(), "1402", at(s.d+claim.Day(day), 7*3600+1800), "A03.06")
		v.dise, v.diags = d.code, append(v.diags, d.diags[0])
		v.end = at(v.day(), 12*3600)
		last := k == len(x.days)-1
		n := 1
		if last {
			n = max(1, x.count)
		}
		v.add(pool[0], float64(n), addSec(v.begin, 1200))
		if !last {
			continue
		}
		if x.filter > 0 {
			if filter == nil {
				return false
			}
			v.add(filter, float64(x.filter), addSec(v.begin, 1210))
		}
		if x.done > 0 {
			v.later = append(v.later, func(o *blockOut, v *visit) {
				o.named("exec", "fixmedins_code", v.inst.code, "exec_no", v.no()+"X1", "mdtrt_id", v.no(), "hilist_code", pool[0].Code,
					"exec_time", stampOf(addSec(v.begin, 1200)), "exec_cnt", itoa(x.done), "exec_psn_code", v.doc.code)
			})
		}
		if x.change != nil {
			x.change(s, v)
		}
		ln := &v.lines[0]
		amt := whole
		if over := n - max(x.filter, x.done); n > 1 && over > 0 {
			amt = excess(claim.Qty(over), claim.Qty(n))
		}
		s.hit(v, ln, amt)
		switch { // what other cards say of so many sessions, or of more than were carried out
		case len(x.days) > 4 && x.days[4] < 7:
			s.also("B023", v, ln, whole)
			if !v.rescue {
				s.also("F005", v, ln, whole)
			}
		case n > 1 && x.done > 0:
			s.also("B001", v, ln, amt)
			s.also("B025", v, ln, amt)
		case n > 1:
			s.also("B021", v, ln, excess(claim.Qty(n-1), claim.Qty(n)))
		}
	}
	return true
}

func sessionScenarios() []*scenario {
	adult := want{}
	tell := func(kind, name string, x sessions) *scenario {
		sc := near("H013", name, adult, x.play)
		sc.kind, sc.span = kind, 10
		return sc.alone()
	}
	return variants(
		tell(plant, "five in a week", sessions{days: []int{0, 1, 3, 5, 6}}),
		tell(plant, "two charged, one dialyser", sessions{days: []int{0}, count: 2, filter: 1}),
		tell(plant, "two charged, one carried out", sessions{days: []int{0}, count: 2, done: 1}),
		tell(nearMiss, "four in a week", sessions{days: []int{0, 2, 4, 6}}),
		tell(nearMiss, "five in eight days", sessions{days: []int{0, 2, 4, 6, 7}}),
		tell(nearMiss, "one dialyser each", sessions{days: []int{0}, count: 1, filter: 1}),
		tell(nearMiss, "the dialyser is in the price", sessions{days: []int{0}, count: 1}),
		tell(nearMiss, "carried out", sessions{days: []int{0}, count: 1, done: 1}),
		tell(nearMiss, "rescue", sessions{days: []int{0, 1, 3, 5, 6}, change: func(s *scene, v *visit) { v.rescue = true }}),
	)
}

func cycleScenarios() []*scenario {
	adult := want{}
	// twice buys a special drug again after so many percent of its cycle.
	twice := func(kind, name string, percent int, change func(v, w *visit, a, b *line)) *scenario {
		sc := near("H014", name, adult, func(s *scene) bool {
			inst := s.county()
			v := s.clinicVisit(inst, 0, "A03", "C34.900")
			v.med = "1405"
			p, it := s.pick("H014", v, func(p *knowledge.Point, it *item) bool { return p.WindowD >= 14 && p.WindowD <= 30 && it.level != '3' })
			if it == nil {
				return false
			}
			gap := (p.WindowD*percent + 99) / 100
			give := func(v *visit) *line {
				ln := v.add(it, 1, addSec(v.begin, 900))
				ln.rx, ln.days, ln.freq = 1, p.WindowD, ""
				return ln
			}
			a := give(v)
			w := s.clinicVisit(inst, gap, "A03", "C34.900")
			w.med = "1405"
			w.shift(2 * 3600)
			b := give(w)
			s.ban(it.Generic)
			if change != nil {
				change(v, w, a, b)
			}
			s.hit(w, b, whole)
			return true
		})
		sc.kind, sc.span = kind, 30
		return sc.alone()
	}
	return variants(
		twice(plant, "after two thirds of the cycle", 66, nil),
		twice(nearMiss, "after four fifths", 80, nil),
		twice(nearMiss, "on one day", 0, nil),
		twice(nearMiss, "the first was for less", 50, func(v, w *visit, a, b *line) { a.days /= 2; b.days /= 2 }),
		twice(nearMiss, "another dose", 66, func(v, w *visit, a, b *line) { a.dose, b.dose = claim.QtyOne, 2*claim.QtyOne }),
		twice(nearMiss, "no fund money", 66, func(v, w *visit, a, b *line) { w.noFund = true }),
		twice(nearMiss, "the first taken back", 66, func(v, w *visit, a, b *line) { v.undo = true }),
	)
}
