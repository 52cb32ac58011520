package synth

import (
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// excludedScenarios: A023, what the fund never pays for.
func excludedScenarios() []*scenario {
	adult := want{}
	repairable := func(yes bool) func(*scene, *knowledge.Point, *item) bool {
		return func(s *scene, p *knowledge.Point, it *item) bool {
			return (p.DiagSet != "") == yes && (it.ChargeType == "05" || it.ChargeType == "03")
		}
	}
	repair := func(s *scene, v *visit, ln *line, p *knowledge.Point) { v.diags = append(v.diags, firstOf(p.DiagSet)) }
	return []*scenario{
		planted("A023", "health and beauty", adult, onVisit("A023", repairable(false), nil)),
		planted("A023", "beauty without anything to repair", adult, onVisit("A023", repairable(true), nil)),
		planted("A023", "burns are no reason to whiten skin", adult, onVisit("A023", repairable(false), withDiag("T21.000"))),
		near("A023", "repaired after burns", adult, onVisit("A023", repairable(true), repair)),
		near("A023", "only the personal account paid", want{insutype: "310"}, onVisit("A023", repairable(false), noFundMoney)),
		near("A023", "paid from a relative's account", adult, onVisit("A023", repairable(false), fromFamily)),
		near("A023", "paid by the patient", adult, onVisit("A023", repairable(false), ownPaid)),
		near("A023", "settlement reversed", adult, onVisit("A023", repairable(false), reversed)),
	}
}

// benefitScenarios: A031, items for some classes or ages of insured people.
func benefitScenarios() []*scenario {
	adult := want{}
	class := func(s *scene, p *knowledge.Point, it *item) bool { return p.Allow != "" && it.ChargeType != "01" }
	child := func(s *scene, p *knowledge.Point, it *item) bool { return p.AgeMax >= 14 }
	old := func(s *scene, p *knowledge.Point, it *item) bool { return p.AgeMin >= 60 }
	entitled := func(s *scene, v *visit, ln *line, p *knowledge.Point) { s.p.psnType = splitSet(p.Allow)[0] }
	return []*scenario{
		planted("A031", "not of the class", adult, onVisit("A031", class, nil)),
		planted("A031", "grown up", adult, onVisit("A031", child, nil)),
		planted("A031", "too young", want{from: 22, to: 50}, onVisit("A031", old, nil)),
		near("A031", "of the class", adult, onVisit("A031", class, entitled)),
		near("A031", "of a sub-class", adult, onVisit("A031", class, func(s *scene, v *visit, ln *line, p *knowledge.Point) {
			s.p.psnType = splitSet(p.Allow)[0] + "01"
		})),
		near("A031", "child", want{from: 5, to: 12}, onVisit("A031", child, nil)),
		near("A031", "old enough", want{from: 66, to: 78}, onVisit("A031", old, nil)),
		near("A031", "newborn on the mother's card", want{female: true, from: 21, to: 40}, onVisit("A031", child, func(s *scene, v *visit, ln *line, p *knowledge.Point) {
			v.newborn, v.mom = true, v.p.no(v.day())
		})),
		near("A031", "family account", adult, onVisit("A031", class, fromFamily)),
		near("A031", "no fund money", adult, onVisit("A031", child, noFundMoney)),
		near("A031", "paid by the patient", adult, onVisit("A031", class, ownPaid)),
	}
}

// herbal prescribes grams of one of the rule's herbs at the Chinese medicine hospital and labels the line.
func herbal(rule string, rx int, change func(s *scene, v *visit, ln *line)) func(*scene) bool {
	return func(s *scene) bool {
		v := s.clinicVisit(s.tcm(), 0, "A50", "K52.900")
		_, it := s.pick(rule, v, func(p *knowledge.Point, it *item) bool { return it.list == "102" && it.Price < 20*claim.PriceOne })
		if it == nil {
			return false
		}
		ln := v.add(it, 60, s.when(0, 11))
		ln.rx = rx
		s.hit(v, ln, whole)
		if change != nil {
			change(s, v, ln)
		}
		return true
	}
}

// withHerb adds an ordinary herb to a prescription.
func withHerb(rx int, change func(s *scene, v *visit, ln *line)) func(s *scene, v *visit, ln *line) {
	return func(s *scene, v *visit, ln *line) {
		if it := s.free("herb", v); it != nil {
			o := v.add(it, 90, addSec(ln.at, 5))
			o.rx = rx
			if change != nil {
				change(s, v, o)
			}
		}
	}
}

// herbAloneScenarios: A034 and A035.
func herbAloneScenarios() []*scenario {
	adult := want{}
	another := func(rule string, rx int) func(s *scene, v *visit, ln *line) {
		return func(s *scene, v *visit, ln *line) {
			if _, it := s.pick(rule, v, func(p *knowledge.Point, it *item) bool { return it.list == "102" }); it != nil {
				o := v.add(it, 45, addSec(ln.at, 9))
				o.rx = rx
				s.hit(v, o, whole)
			}
		}
	}
	return []*scenario{
		planted("A034", "one herb", adult, herbal("A034", 3, nil)),
		planted("A034", "one herb without a number", adult, herbal("A034", 0, nil)),
		planted("A034", "two sheets of one herb each", adult, herbal("A034", 3, another("A034", 4))),
		planted("A034", "the other was taken back", adult, herbal("A034", 3, withHerb(3, func(s *scene, v *visit, ln *line) { refunded(s, v, ln, nil) }))),
		near("A034", "two herbs of the list", adult, herbal("A034", 3, another("A034", 3))),
		near("A034", "with another herb", adult, herbal("A034", 3, withHerb(3, nil))),
		near("A034", "with another herb, both without a number", adult, herbal("A034", 0, withHerb(0, nil))),
		near("A034", "the other paid by the patient", adult, herbal("A034", 3, withHerb(3, func(s *scene, v *visit, ln *line) { ln.own = true }))),
		near("A034", "paid by the patient", adult, herbal("A034", 3, func(s *scene, v *visit, ln *line) { ln.own = true })),
		planted("A035", "one herb", adult, herbal("A035", 3, nil)),
		planted("A035", "in a compound", adult, herbal("A035", 3, withHerb(3, nil))),
		near("A035", "paid by the patient", adult, herbal("A035", 3, func(s *scene, v *visit, ln *line) { ln.own = true })),
		near("A035", "settlement reversed", adult, herbal("A035", 3, func(s *scene, v *visit, ln *line) { v.undo = true })),
	}
}
