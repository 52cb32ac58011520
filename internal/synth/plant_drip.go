package synth

import (
	"slices"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// onDrip gives one of the rule's drugs on day k of a stay that begins `off` days into the scene.
func onDrip(rule string, off, k int, before func(s *scene, v *visit, p *knowledge.Point, t claim.Time) bool) func(*scene) bool {
	return func(s *scene) bool {
		v := s.inpatientStay(s.county(), off, 7, pneumonia)
		p, it := s.pick(rule, v, func(p *knowledge.Point, it *item) bool { return it.injected() && it.Price < 2000*claim.PriceOne })
		if it == nil {
			return false
		}
		v.lacks(p.Params.Require)
		t := at(v.day()+claim.Day(k), 11*3600+60)
		if before != nil && !before(s, v, p, t) {
			return false
		}
		ln := v.add(it, 1, t)
		ln.days = 1
		ln.own = s.sc.name == "paid by the patient"
		ln.approved = s.sc.name == "approved by the hospital"
		s.hit(v, ln, whole)
		return true
	}
}

// lacks drops the ward's lines of some items.
func (v *visit) lacks(codes []string) {
	v.lines = slices.DeleteFunc(v.lines, func(l line) bool { return slices.Contains(codes, l.it.Code) })
}

// severeScenarios: A019, drugs for resistant or grave infections. Seven days, the day of use included.
func severeScenarios() []*scenario {
	adult := want{}
	culture := func(back int, own bool) func(*scene, *visit, *knowledge.Point, claim.Time) bool {
		return func(s *scene, v *visit, p *knowledge.Point, t claim.Time) bool {
			w := v
			day := t.Day() - claim.Day(back)
			if day < v.day() {
				w = s.clinicVisit(s.tcm(), int(day-s.d), "A03", "K52.900")
			}
			ln := s.oneFrom(p.Params.Require, w)
			if ln == nil {
				return false
			}
			ln.at, ln.own = at(day, 10*3600), own
			return true
		}
	}
	diag := func(s *scene, v *visit, p *knowledge.Point, _ claim.Time) bool {
		v.diags = append(v.diags, firstOf(p.DiagSet))
		return true
	}
	return solely(
		planted("A019", "neither culture nor a grave diagnosis", adult, onDrip("A019", 0, 3, nil)).spanning(9),
		planted("A019", "a culture eight days back", adult, onDrip("A019", 8, 0, culture(7, false))).spanning(16),
		planted("A019", "the culture only afterwards", adult, onDrip("A019", 0, 2, culture(-2, false))).spanning(9),
		planted("A019", "approved by the hospital", adult, onDrip("A019", 0, 3, nil)).spanning(9),
		near("A019", "a culture a week back", adult, onDrip("A019", 8, 0, culture(6, false))).spanning(16),
		near("A019", "a culture at the patient's own cost", adult, onDrip("A019", 0, 3, culture(1, true))).spanning(9),
		near("A019", "a report", adult, onDrip("A019", 0, 3, func(s *scene, v *visit, p *knowledge.Point, t claim.Time) bool {
			v.labRow(p.Params.Require[0], "血培养", addSec(t, -86400), addSec(t, -3600))
			return true
		})).spanning(9),
		near("A019", "a grave diagnosis", adult, onDrip("A019", 0, 3, diag)).spanning(9),
		near("A019", "rescue", adult, onDrip("A019", 0, 3, inRescue)).spanning(9),
		near("A019", "intensive care", adult, onDrip("A019", 0, 3, inIntensive)).spanning(9),
		near("A019", "paid by the patient", adult, onDrip("A019", 0, 3, nil)).spanning(9),
	)
}

func inRescue(s *scene, v *visit, p *knowledge.Point, t claim.Time) bool {
	v.rescue = true
	return true
}

func inIntensive(s *scene, v *visit, p *knowledge.Point, t claim.Time) bool {
	v.icuRow(addSec(t, -86400), addSec(t, 86400))
	return true
}

// rescueScenarios: A020, drugs for rescue alone: something of that day must show it.
func rescueScenarios() []*scenario {
	adult := want{}
	saved := func(day int) func(*scene, *visit, *knowledge.Point, claim.Time) bool {
		return func(s *scene, v *visit, p *knowledge.Point, t claim.Time) bool {
			ln := s.oneFrom(p.Params.Require, v)
			if ln == nil {
				return false
			}
			ln.at = addSec(t, day*86400+1800)
			return true
		}
	}
	return []*scenario{
		planted("A020", "an ordinary day", adult, onDrip("A020", 0, 3, nil)).spanning(9),
		planted("A020", "rescued the day after", adult, onDrip("A020", 0, 3, saved(1))).spanning(9),
		planted("A020", "an emergency is no rescue", adult, func(s *scene) bool {
			v := s.clinicVisit(s.county(), 0, "A20", "K52.900")
			v.med, v.er = "13", true
			_, it := s.pick("A020", v, func(p *knowledge.Point, it *item) bool { return it.Price < 2000*claim.PriceOne })
			if it == nil {
				return false
			}
			s.hit(v, s.book(v, it), whole)
			return true
		}),
		planted("A020", "approved by the hospital", adult, onDrip("A020", 0, 3, nil)).spanning(9),
		near("A020", "rescued that day", adult, onDrip("A020", 0, 3, saved(0))).spanning(9),
		near("A020", "a record of the rescue", adult, onDrip("A020", 0, 3, func(s *scene, v *visit, p *knowledge.Point, t claim.Time) bool {
			v.recordRow("抢救记录", addSec(t, 7200))
			return true
		})).spanning(9),
		near("A020", "rescue", adult, onDrip("A020", 0, 3, inRescue)).spanning(9),
		near("A020", "intensive care", adult, onDrip("A020", 0, 3, inIntensive)).spanning(9),
		near("A020", "a critical diagnosis", adult, onDrip("A020", 0, 3, func(s *scene, v *visit, p *knowledge.Point, t claim.Time) bool {
			v.diags = append(v.diags, "R57.000")
			return true
		})).spanning(9),
		near("A020", "the diagnosis the point names", adult, func(s *scene) bool {
			v := s.inpatientStay(s.county(), 0, 7, pneumonia)
			p, it := s.pick("A020", v, func(p *knowledge.Point, it *item) bool { return p.DiagSet != "" && it.Price < 2000*claim.PriceOne })
			if it == nil {
				return false
			}
			v.diags = append(v.diags, firstOf(p.DiagSet))
			s.hit(v, v.add(it, 1, at(v.day()+2, 11*3600)), unsure)
			return true
		}).spanning(9),
		near("A020", "died that day", adult, onDrip("A020", 0, 6, func(s *scene, v *visit, p *knowledge.Point, t claim.Time) bool {
			v.end, v.way, v.open = addSec(t, 8*3600), "5", false
			v.trim()
			s.died = v.end
			s.deathRow("民政", v.end)
			s.deathRow("卫健", v.end)
			return v.end.Day() <= s.last
		})).spanning(9).alone(),
		near("A020", "paid by the patient", adult, onDrip("A020", 0, 3, nil)).spanning(9),
	}
}
