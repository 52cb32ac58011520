package synth

import (
	"github.com/mingjian/mingjian/internal/claim"
)

// result of a line: hours after it (0: none), told by name alone or by nothing.
type result struct {
	hours           int
	byName, unnamed bool
}

// resulted bills n items of a role at the county hospital and writes the reports of all but the last; the last has its own.
func resulted(role string, n int, last result, change func(s *scene, v *visit, ln *line)) func(*scene) bool {
	return func(s *scene) bool {
		v := s.clinicVisit(s.county(), 0, "A03", "K52.900")
		var mine *line
		for k := range n {
			it := s.reportable(role, v)
			if it == nil {
				return false
			}
			mine = v.add(it, 1, addSec(v.begin, 1800+k*60))
			if k < n-1 {
				s.resultRow(v, mine, result{hours: 5})
			}
		}
		if last.hours > 0 {
			s.resultRow(v, mine, last)
		}
		if change != nil {
			change(s, v, mine)
		}
		s.hit(v, mine, whole)
		return true
	}
}

// reportable is an item of a role for which a report is expected.
func (s *scene) reportable(role string, v *visit) *item {
	pool := s.ix.roles[role]
	for i := range pool {
		it := pool[(s.n*5+i)%len(pool)]
		if it.fits(s.p, s.d) && it.suits(v) && !s.has(v, it) && !it.has("B026", 's') && !it.has("F007", 's') && !it.use.imaging {
			return it
		}
	}
	return nil
}

func (s *scene) resultRow(v *visit, l *line, r result) {
	code, name := l.it.Code, l.it.Name
	if r.byName || r.unnamed {
		code = ""
	}
	if r.unnamed {
		name = ""
	}
	done, out := addSec(l.at, 600), addSec(l.at, r.hours*3600)
	if r.hours > 48 { // sampled late as well
		done = addSec(out, -1800)
	}
	if l.it.ChargeType == "03" {
		v.examRow(code, name, done, out)
	} else {
		v.labRow(code, name, done, out)
		if done.Day() > v.day()+7 { // sampled after the patient had long left
			s.also("L005", v, nil, zero)
		}
	}
}

// missingReportScenarios: B026, examinations and tests without a report within seven days.
func missingReportScenarios() []*scenario {
	adult := want{}
	const week = 7 * 24
	var all []*scenario
	for _, role := range []string{"lab", "exam"} {
		all = append(all,
			planted("B026", role+" without a report", adult, resulted(role, 3, result{}, nil)),
			planted("B026", role+" reported after eight days", adult, resulted(role, 3, result{hours: week + 24}, nil)),
			near("B026", role+" reported after seven days", adult, resulted(role, 3, result{hours: week}, nil)),
			near("B026", role+" reported by name", adult, resulted(role, 3, result{hours: 4, byName: true}, nil)),
			near("B026", role+" sent out", adult, resulted(role, 3, result{}, func(s *scene, v *visit, ln *line) { ln.sentOut = true })),
			near("B026", role+" paid by the patient", adult, resulted(role, 3, result{}, func(s *scene, v *visit, ln *line) { ln.own = true })),
			near("B026", role+": no reports at all", adult, resulted(role, 1, result{}, nil)))
	}
	return append(all,
		near("B026", "reports uploaded in part", adult, resulted("lab", 3, result{}, func(s *scene, v *visit, ln *line) { v.later = v.later[:1] })),
		near("B026", "a report that does not say of what", adult, resulted("lab", 3, result{hours: 4, unnamed: true}, nil)),
		near("B026", "done at the bedside", adult, func(s *scene) bool {
			v := s.clinicVisit(s.county(), 0, "A03", "K52.900")
			it := s.reportable("lab", v)
			if it == nil {
				return false
			}
			s.resultRow(v, v.add(it, 1, s.when(0, 11)), result{hours: 4})
			s.hit(v, v.add(s.named("末梢血糖测定"), 1, s.when(0, 12)), unsure)
			return true
		}))
}

// consentScenarios: B036, much outside the catalogue and no form for it. The patient's share is set on the fifth of the bill.
func consentScenarios() []*scenario {
	adult := want{}
	stay := func(percent int64, forms []string, change func(s *scene, v *visit)) func(*scene) bool {
		return func(s *scene) bool {
			v := s.inpatientStay(s.county(), 0, 6, pneumonia)
			for i := range v.lines {
				v.lines[i].own = false
			}
			it := s.free("consumable", v)
			if it == nil {
				return false
			}
			var all, own claim.Money
			for i := range v.lines {
				l := &v.lines[i]
				l.tally()
				all, own = all+l.det, own+l.full
			}
			ln := v.add(it, 1, at(v.day()+2, 15*3600))
			ln.own = true
			// own + x = percent of all + x
			x := (int64(all)*percent/100 - int64(own)) * 100 / (100 - percent)
			ln.cnt = claim.Qty(x*100_000_000/int64(ln.price)) / claim.QtyOne * claim.QtyOne
			if ln.cnt <= 0 {
				return false
			}
			for _, f := range forms {
				v.consentRow(f)
			}
			if change != nil {
				change(s, v)
			}
			s.hit(v, nil, zero)
			return true
		}
	}
	other := []string{"手术知情同意书", "输血治疗知情同意书"}
	return []*scenario{
		planted("B036", "a quarter without a form", adult, stay(26, other, nil)).spanning(8),
		planted("B036", "a fifth and a little", adult, stay(22, other, nil)).spanning(8),
		planted("B036", "half without a form", adult, stay(50, other[:1], nil)).spanning(8),
		near("B036", "with the form", adult, stay(26, append([]string{"自费药品及材料使用同意书"}, other...), nil)).spanning(8),
		near("B036", "less than a fifth", adult, stay(19, other, nil)).spanning(8),
		near("B036", "no forms uploaded", adult, stay(26, nil, nil)).spanning(8),
		near("B036", "rescue", adult, stay(26, other, func(s *scene, v *visit) { v.rescue = true })).spanning(8),
		near("B036", "emergency", adult, stay(26, other, func(s *scene, v *visit) { v.er = true })).spanning(8),
	}
}
