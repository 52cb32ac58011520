package synth

import (
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// reasoned books an item whose point lists diagnoses on a visit whose own are not among them.
type reasoned struct {
	rule   string
	bed    bool     // a stay, used on its third day
	except []string // further cards whose points may name the item
	from   func(s *scene) *institution
	take   func(s *scene, p *knowledge.Point, it *item) bool
	change change
}

func (r reasoned) play(s *scene) bool {
	inst := s.county()
	if r.from != nil {
		inst = r.from(s)
	}
	var v *visit
	if r.bed {
		v = s.inpatientStay(inst, 0, 6, pneumonia)
	} else {
		v = s.clinicVisit(inst, 0, "A03", "K52.900")
	}
	p, it := s.pick(r.rule, v, func(p *knowledge.Point, it *item) bool {
		return it.unequipped() && it.Price < 3000*claim.PriceOne && !v.supports(p.DiagSet) && (r.take == nil || r.take(s, p, it))
	}, r.except...)
	if it == nil {
		return false
	}
	ln := s.book(v, it)
	if r.bed {
		ln.at = at(v.day()+2, 15*3600)
	}
	if r.change != nil {
		r.change(s, v, ln, p)
	}
	s.hit(v, ln, whole)
	return true
}

func listed(s *scene, v *visit, ln *line, p *knowledge.Point) {
	v.diags = append(v.diags, firstOf(p.DiagSet))
}
func rescued(s *scene, v *visit, ln *line, p *knowledge.Point) { v.rescue = true }
func nameless(s *scene, v *visit, ln *line, p *knowledge.Point) {
	v.diags = v.diags[:0]
	s.also("B034", v, nil, zero)
}

// knownBefore lets an earlier visit diagnose a disease of the set that is remembered for a year.
func knownBefore(s *scene, v *visit, ln *line, p *knowledge.Point) {
	s.clinicVisit(s.township(), -2, "A03", lasting(p.DiagSet))
}

func lastingPoint(s *scene, p *knowledge.Point, it *item) bool { return lasting(p.DiagSet) != "" }

// reasonScenarios: C001, C006 and C010, use without a listed diagnosis.
func reasonScenarios() []*scenario {
	var all []*scenario
	add := func(kind, name string, r reasoned) {
		all = append(all, (&scenario{rule: r.rule, name: name, kind: kind, span: 8, build: r.play}).alone())
	}
	symptom := withDiag("R53.x00")
	unsymptomatic := func(s *scene, p *knowledge.Point, it *item) bool { return !inSet("R53.x00", p.DiagSet) }
	for _, rule := range []string{"C001", "C006", "C010"} {
		var except []string
		if rule == "C010" { // the first day of a stay is C025's
			except = []string{"C025"}
		}
		of := func(bed bool, take func(*scene, *knowledge.Point, *item) bool, c change) reasoned {
			return reasoned{rule: rule, bed: bed, except: except, take: take, change: c}
		}
		add(plant, "no reason", of(false, nil, nil))
		add(plant, "no reason in a stay", of(true, nil, nil))
		add(nearMiss, "listed diagnosis", of(false, nil, listed))
		add(nearMiss, "listed diagnosis in a stay", of(true, nil, listed))
		add(nearMiss, "known for a year", of(false, lastingPoint, knownBefore))
		add(nearMiss, "no diagnosis at all", of(false, nil, nameless))
		add(nearMiss, "paid by the patient", of(false, nil, ownPaid))
		if rule == "C001" {
			add(nearMiss, "a symptom is reason enough", of(false, nil, symptom))
		} else {
			add(plant, "a symptom is no reason", of(false, unsymptomatic, symptom))
		}
		if rule == "C010" {
			add(plant, "rescue is no reason", of(false, nil, rescued))
		} else {
			add(nearMiss, "rescue", of(false, nil, rescued))
		}
	}
	return append(append(all, injectionScenarios()...), nutritionScenarios()...)
}

// injectionScenarios: D011, Chinese medicine injected below its level or without its disease.
func injectionScenarios() []*scenario {
	var all []*scenario
	add := func(kind, name string, r reasoned) {
		r.rule = "D011"
		all = append(all, (&scenario{rule: r.rule, name: name, kind: kind, span: 8, build: r.play}).alone())
	}
	second := func(s *scene, p *knowledge.Point, it *item) bool { return p.Limit == 2*claim.QtyOne }
	township := func(s *scene) *institution { return s.township() }
	add(plant, "level too low", reasoned{from: township, take: second, change: listed})
	add(plant, "level too low, rescue", reasoned{from: township, take: second, change: rescued})
	add(plant, "no listed disease", reasoned{take: second})
	add(plant, "no listed disease in a stay", reasoned{bed: true, take: second})
	add(nearMiss, "listed disease at its level", reasoned{take: second, change: listed})
	add(nearMiss, "known for a year", reasoned{take: func(s *scene, p *knowledge.Point, it *item) bool {
		return second(s, p, it) && lastingPoint(s, p, it)
	}, change: knownBefore})
	add(nearMiss, "rescue", reasoned{take: second, change: rescued})
	add(nearMiss, "intensive care", reasoned{bed: true, take: second, change: func(s *scene, v *visit, ln *line, p *knowledge.Point) {
		s.inICU(v, at(v.day()+1, 8*3600), at(v.day()+4, 8*3600))
	}})
	add(nearMiss, "paid by the patient", reasoned{take: second, change: ownPaid})
	return all
}

// nutritionScenarios: D012 and D013, albumin by its laboratory value, parenteral nutrition and acid blockers by need.
func nutritionScenarios() []*scenario {
	var all []*scenario
	albumin := func(s *scene, p *knowledge.Point, it *item) bool { return p.Params.Class == "白蛋白" }
	other := func(s *scene, p *knowledge.Point, it *item) bool { return p.Params.Class == "" }
	measured := func(value string, before int, more change) change {
		return func(s *scene, v *visit, ln *line, p *knowledge.Point) {
			v.opers = v.opers[:0]
			ln.at = at(v.end.Day()-1, 15*3600)
			t := at(ln.at.Day()-claim.Day(before), 7*3600)
			s.labValue(v, "白蛋白", value, "g/L", "40-55", t)
			if more != nil {
				more(s, v, ln, p)
			}
		}
	}
	unoperated := func(more change) change {
		return func(s *scene, v *visit, ln *line, p *knowledge.Point) {
			v.opers = v.opers[:0]
			if more != nil {
				more(s, v, ln, p)
			}
		}
	}
	add := func(kind, rule, name string, take func(*scene, *knowledge.Point, *item) bool, los int, c change) {
		r := reasoned{rule: rule, bed: true, take: take, change: c}
		all = append(all, (&scenario{rule: rule, name: name, kind: kind, span: los + 3, build: r.play}).alone())
	}
	add(plant, "D012", "albumin is high enough", albumin, 6, measured("31.2", 1, listed))
	add(plant, "D012", "low, but no listed disease", albumin, 6, measured("27.5", 1, nil))
	add(nearMiss, "D012", "low with a listed disease", albumin, 6, measured("29.9", 1, listed))
	add(plant, "D012", "exactly thirty", albumin, 6, measured("30", 1, listed))
	add(nearMiss, "D012", "no laboratory value", albumin, 6, unoperated(nil))
	add(nearMiss, "D012", "rescue", albumin, 6, measured("33", 1, rescued))
	add(nearMiss, "D012", "measured afterwards only", albumin, 6, unoperated(func(s *scene, v *visit, ln *line, p *knowledge.Point) {
		s.labValue(v, "白蛋白", "34", "g/L", "40-55", at(ln.at.Day()+1, 7*3600))
	}))
	add(nearMiss, "D012", "another albumin", albumin, 6, unoperated(func(s *scene, v *visit, ln *line, p *knowledge.Point) {
		s.labValue(v, "前白蛋白", "320", "mg/L", "200-400", at(ln.at.Day()-1, 7*3600))
	}))
	for _, rule := range []string{"D012", "D013"} {
		add(plant, rule, "no need", other, 6, unoperated(nil))
		add(nearMiss, rule, "listed disease", other, 6, unoperated(listed))
		add(nearMiss, rule, "nothing by mouth", other, 6, unoperated(func(s *scene, v *visit, ln *line, p *knowledge.Point) {
			s.orders(v, "", "禁食", at(ln.at.Day(), 7*3600), -1)
		}))
		add(nearMiss, rule, "intensive care", other, 6, unoperated(func(s *scene, v *visit, ln *line, p *knowledge.Point) {
			s.inICU(v, at(v.day()+1, 8*3600), at(v.day()+4, 8*3600))
		}))
		add(nearMiss, rule, "the third day of an operation", other, 6, unoperated(func(s *scene, v *visit, ln *line, p *knowledge.Point) {
			ln.at = at(v.day()+3, 15*3600)
			v.operated("80.5x01", "关节清理术", "", at(v.day()+1, 9*3600))
		}))
		add(plant, rule, "the fourth day of an operation", other, 6, unoperated(func(s *scene, v *visit, ln *line, p *knowledge.Point) {
			ln.at = at(v.day()+4, 15*3600)
			v.operated("80.5x01", "关节清理术", "", at(v.day()+1, 9*3600))
		}))
		add(nearMiss, rule, "rescue", other, 6, unoperated(rescued))
		add(nearMiss, rule, "paid by the patient", other, 6, unoperated(ownPaid))
	}
	return all
}
