package synth

import (
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// careScenarios: the cards A014 to A035 and B018 to B036, and what the older ones lacked.
func careScenarios() []*scenario {
	var all []*scenario
	for _, group := range [][]*scenario{secondLineScenarios(), testedScenarios(), severeScenarios(), rescueScenarios(), excludedScenarios(),
		benefitScenarios(), herbAloneScenarios(), channelScenarios(), separateScenarios(), thirdPartyScenarios(), injuryScenarios(), abroadScenarios(),
		deviceScenarios(), licenceScenarios(), selfMadeScenarios(), staffScenarios(), terminalScenarios(), orderScenarios(), execScenarios(),
		missingReportScenarios(), consentScenarios(), uploadScenarios(), codingScenarios(), lateUploadScenarios(), olderScenarios()} {
		all = append(all, group...)
	}
	return all
}

// begun plays the start of a drug which something must precede; earlier books what precedes it.
type begun struct {
	rule    string
	known   int // days back to the earliest visit, 0: none
	take    func(*knowledge.Point, *item) bool
	earlier func(s *scene, p *knowledge.Point, v *visit) bool
	change  func(s *scene, v *visit, ln *line, p *knowledge.Point)
}

func (b begun) play(s *scene) bool {
	if b.known > 0 {
		s.former(b.known)
	}
	v := s.clinicVisit(s.county(), 0, "A03", "K52.900")
	p, it := s.pick(b.rule, v, b.take)
	if it == nil || (b.earlier != nil && !b.earlier(s, p, v)) {
		return false
	}
	ln := s.book(v, it)
	if b.change != nil {
		b.change(s, v, ln, p)
	}
	s.hit(v, ln, whole)
	return true
}

// goesOn buys the drug again 25 days later: what was begun goes on and is judged where it began.
func (b begun) goesOn(s *scene) bool {
	if b.known > 0 {
		s.former(b.known)
	}
	v := s.clinicVisit(s.county(), 0, "A03", "K52.900")
	_, it := s.pick(b.rule, v, b.take)
	if it == nil {
		return false
	}
	s.label(b.rule, plant, v, s.book(v, it), whole)
	w := s.clinicVisit(s.tcm(), 25, "A03", "K52.900")
	s.hit(w, s.book(w, it), unsure)
	return true
}

// secondLineScenarios: A014. The window of 180 days includes the day itself.
func secondLineScenarios() []*scenario {
	adult := want{}
	play := func(kind, name string, known int, earlier func(*scene, *knowledge.Point, *visit) bool, change func(*scene, *visit, *line, *knowledge.Point)) *scenario {
		b := begun{rule: "A014", known: known, earlier: earlier, change: change}
		return (&scenario{rule: "A014", name: name, kind: kind, want: adult, span: 3, build: b.play}).alone()
	}
	first := func(back int, own bool) func(*scene, *knowledge.Point, *visit) bool {
		return func(s *scene, p *knowledge.Point, v *visit) bool {
			ln := s.oneFrom(p.Params.Require, s.clinicVisit(s.tcm(), -back, "A03", "K52.900"))
			if ln != nil {
				ln.own = own
			}
			return ln != nil
		}
	}
	diag := func(of func(p *knowledge.Point) string) func(*scene, *knowledge.Point, *visit) bool {
		return func(s *scene, p *knowledge.Point, v *visit) bool {
			if of(p) == "" {
				return false
			}
			w := s.clinicVisit(s.county(), -40, "A03", "K52.900")
			w.diags = append(w.diags, of(p))
			return true
		}
	}
	goesOn := begun{rule: "A014", known: 200}
	return []*scenario{
		play(plant, "begun without the first line", 200, nil, nil),
		play(plant, "the first line half a year ago", 0, first(180, false), nil),
		play(plant, "the first line only afterwards", 190, first(-2, false), nil).spanning(5),
		play(plant, "approved by the hospital", 200, nil, func(s *scene, v *visit, ln *line, p *knowledge.Point) { ln.approved = true }),
		play(nearMiss, "the first line within half a year", 200, first(179, false), nil),
		play(nearMiss, "the first line at the patient's own cost", 200, first(60, true), nil),
		play(nearMiss, "the first line in the same prescription", 200, func(s *scene, p *knowledge.Point, v *visit) bool {
			return s.oneFrom(p.Params.Require, v) != nil
		}, nil),
		play(nearMiss, "another did not agree with the patient", 200, diag(func(*knowledge.Point) string { return "Z88.800" }), nil),
		play(nearMiss, "adverse effect of a drug", 200, diag(func(*knowledge.Point) string { return "Y57.900" }), nil),
		play(nearMiss, "contraindicated", 200, diag(func(p *knowledge.Point) string {
			if p.DiagSet == "" || p.DiagSet[0] == 'O' { // nothing a man cannot have
				return ""
			}
			return firstOf(p.DiagSet)
		}), nil),
		play(nearMiss, "nothing is known from before", 0, nil, nil),
		play(nearMiss, "paid by the patient", 200, nil, ownPaid),
		(&scenario{rule: "A014", name: "goes on elsewhere", kind: nearMiss, want: adult, span: 28, build: goesOn.goesOn}).alone(),
	}
}

// testedScenarios: A021. The test may lie 365 days back, the day itself included.
func testedScenarios() []*scenario {
	adult := want{}
	play := func(kind, name string, b begun) *scenario {
		b.rule = "A021"
		take := b.take
		b.take = func(p *knowledge.Point, it *item) bool {
			return it.Price < 1500*claim.PriceOne && (take == nil || take(p, it))
		}
		return (&scenario{rule: "A021", name: name, kind: kind, want: adult, span: 3, build: b.play}).alone()
	}
	test := func(back int) func(*scene, *knowledge.Point, *visit) bool {
		return func(s *scene, p *knowledge.Point, v *visit) bool {
			ln := s.oneFrom(p.Params.Require, s.clinicVisit(s.tertiary(), -back, "A03", "K52.900"))
			if ln != nil {
				ln.own = back%2 == 0
			}
			return ln != nil
		}
	}
	report := func(name string) func(*scene, *knowledge.Point, *visit) bool {
		return func(s *scene, p *knowledge.Point, v *visit) bool {
			w := s.clinicVisit(s.tertiary(), -20, "A03", "K52.900")
			w.labRow("", name, addSec(w.begin, 1800), addSec(w.begin, 6*3600))
			return true
		}
	}
	hard := func(p *knowledge.Point, it *item) bool { return p.DiagSet != "" }
	goesOn := begun{rule: "A021", known: 120, take: func(p *knowledge.Point, it *item) bool { return it.Price < 1500*claim.PriceOne }}
	return []*scenario{
		play(plant, "begun without a test", begun{known: 120}),
		play(plant, "tested a year and a day ago", begun{known: 120, earlier: test(365)}),
		play(plant, "another report", begun{known: 120, earlier: report("血常规")}),
		play(nearMiss, "tested within the year", begun{known: 120, earlier: test(364)}),
		play(nearMiss, "tested last week", begun{known: 120, earlier: test(7)}),
		play(nearMiss, "a report of pathology", begun{known: 120, earlier: report("穿刺组织病理诊断")}),
		play(nearMiss, "a report of genes", begun{known: 120, earlier: report("EGFR基因突变检测")}),
		play(nearMiss, "tissue hard to come by", begun{known: 120, take: hard, change: func(s *scene, v *visit, ln *line, p *knowledge.Point) {
			v.diags = append(v.diags, firstOf(p.DiagSet))
		}}),
		play(nearMiss, "several departments agreed", begun{known: 120, change: func(s *scene, v *visit, ln *line, p *knowledge.Point) {
			v.recordRow("多学科会诊记录", addSec(v.begin, 1200))
		}}),
		play(nearMiss, "nothing is known from before", begun{known: 60}),
		play(nearMiss, "paid by the patient", begun{known: 120, change: ownPaid}),
		(&scenario{rule: "A021", name: "goes on elsewhere", kind: nearMiss, want: adult, span: 28, build: goesOn.goesOn}).alone(),
	}
}
