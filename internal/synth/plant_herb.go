package synth

import (
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// herbScenarios: D010 and C012, decoctions and bottles.
func herbScenarios() []*scenario {
	return append(decoctionScenarios(), mixtureScenarios()...)
}

// decoct books n herbs, so many doses of so many grams each, no two of which are incompatible; nil when there are too few.
func (s *scene) decoct(v *visit, n, doses int, grams float64) []*line {
	bad := map[[2]string]bool{}
	for _, p := range s.ix.points["C012"] {
		bad[[2]string{p.Subject, p.Second}], bad[[2]string{p.Second, p.Subject}] = true, true
	}
	first := len(v.lines)
	for i := range s.ix.herbs {
		it := s.ix.herbs[(s.n*3+i)%len(s.ix.herbs)]
		if len(v.lines)-first == n {
			break
		}
		if !s.harmless(it, v, "C012", "D010") {
			continue
		}
		clash := false
		for k := first; k < len(v.lines); k++ {
			clash = clash || bad[[2]string{it.Code, v.lines[k].it.Code}]
		}
		if clash {
			continue
		}
		ln := v.add(it, float64(doses)*grams, addSec(v.begin, 3600+len(v.lines)*10))
		ln.rx, ln.herbs = 3, doses
	}
	if len(v.lines)-first < n {
		return nil
	}
	var out []*line
	for k := first; k < len(v.lines); k++ {
		out = append(out, &v.lines[k])
	}
	return out
}

func decoctionScenarios() []*scenario {
	var all []*scenario
	add := func(kind, name string, herbs, doses int, grams float64, diag string, mark func(s *scene, v *visit, ls []*line)) {
		all = append(all, (&scenario{rule: "D010", name: name, kind: kind, span: 4, build: func(s *scene) bool {
			v := s.clinicVisit(s.tcm(), 0, "A50", diag)
			ls := s.decoct(v, herbs, doses, grams)
			if ls == nil {
				return false
			}
			mark(s, v, ls)
			return true
		}}).alone())
	}
	every := func(amt amount) func(s *scene, v *visit, ls []*line) {
		return func(s *scene, v *visit, ls []*line) {
			for _, ln := range ls {
				s.hit(v, ln, amt)
			}
		}
	}
	from := func(k int) func(s *scene, v *visit, ls []*line) {
		return func(s *scene, v *visit, ls []*line) {
			for _, ln := range ls[k:] {
				s.hit(v, ln, whole)
			}
		}
	}
	add(plant, "fifteen doses", 6, 15, 1, "K52.900", every(amount{mode: amtLine, num: 1, den: 15}))
	add(nearMiss, "fourteen doses", 6, 14, 1, "K52.900", every(unsure))
	add(nearMiss, "thirty doses with a chronic disease", 6, 30, 1, "I25.100", every(unsure))
	add(plant, "thirty-one doses with a chronic disease", 6, 31, 1, "I25.100", every(amount{mode: amtLine, num: 1, den: 31}))
	add(plant, "twenty-two herbs", 22, 7, 1, "K52.900", from(20))
	add(nearMiss, "twenty herbs", 20, 7, 1, "K52.900", every(unsure))
	add(nearMiss, "for external use", 22, 15, 1, "K52.900", func(s *scene, v *visit, ls []*line) {
		for _, ln := range ls {
			ln.way = "外用"
			s.hit(v, ln, unsure)
		}
	})
	// One herb by the gram, half as much again as the pharmacopoeia or a gram more.
	single := func(kind, name string, over float64, change func(ln *line)) {
		all = append(all, (&scenario{rule: "D010", name: name, kind: kind, span: 4, build: func(s *scene) bool {
			v := s.clinicVisit(s.tcm(), 0, "A50", "K52.900")
			p, it := s.pick("D010", v, func(p *knowledge.Point, it *item) bool { return it.list == "102" && p.Limit.Has() }, "C012")
			if it == nil {
				return false
			}
			most := float64(p.Limit) / 10_000 * 1.5
			ln := v.add(it, 7*(most+over), addSec(v.begin, 3600))
			ln.rx, ln.herbs = 3, 7
			if change != nil {
				change(ln)
			}
			s.hit(v, ln, excess(claim.Qty(over*10_000), claim.Qty((most+over)*10_000)))
			return true
		}}).alone())
	}
	single(plant, "too many grams of one herb", 2, nil)
	single(nearMiss, "half as much again", 0, nil)
	single(nearMiss, "number of doses unknown", 2, func(ln *line) { ln.herbs = 0 })
	single(nearMiss, "many grams for external use", 2, func(ln *line) { ln.way = "外用" })
	return all
}

// mixtureScenarios: C012.
func mixtureScenarios() []*scenario {
	var all []*scenario
	// two books the pair's items on one visit and hands them over, the cheaper second.
	two := func(kind, name string, drug bool, change func(s *scene, v *visit, a, b *line)) {
		all = append(all, (&scenario{rule: "C012", name: name, kind: kind, span: 8, build: func(s *scene) bool {
			var v *visit
			if drug {
				v = s.inpatientStay(s.county(), 0, 5, pneumonia)
			} else {
				v = s.clinicVisit(s.tcm(), 0, "A50", "K52.900")
			}
			ps := s.ix.points["C012"]
			for i := range ps {
				p := ps[(s.n*13+i)%len(ps)]
				a, b := s.ix.byCode[p.Subject], s.ix.byCode[p.Second]
				if a == nil || b == nil || a == b || (a.list == "101") != drug || (b.list == "101") != drug || (p.Scope == "同组") != drug ||
					!s.harmless(a, v, "C012", "D010", "A013") || !s.harmless(b, v, "C012", "D010", "A013") || a.priceAt(v.inst) == b.priceAt(v.inst) {
					continue
				}
				if a.priceAt(v.inst) < b.priceAt(v.inst) {
					a, b = b, a
				}
				t := addSec(v.begin, 3600)
				if drug {
					t = at(v.day()+2, 15*3600)
					v.without(func(ln *line) bool { return ln.it == a || ln.it == b })
					s.appease(v, a)
					s.appease(v, b)
				}
				n := 7.0
				if drug {
					n = 1
				}
				v.add(a, n, t)
				v.add(b, n, t)
				x, y := &v.lines[len(v.lines)-2], &v.lines[len(v.lines)-1]
				for _, ln := range []*line{x, y} {
					if drug {
						ln.group, ln.days = "G1", 1
					} else {
						ln.rx, ln.herbs = 3, 7
					}
				}
				if change != nil {
					change(s, v, x, y)
				}
				s.hit(v, y, whole)
				return true
			}
			return false
		}}).alone())
	}
	two(plant, "incompatible herbs", false, nil)
	two(plant, "incompatible herbs of one moment", false, func(s *scene, v *visit, a, b *line) { a.rx, b.rx = 0, 0 })
	two(nearMiss, "herbs on two prescriptions", false, func(s *scene, v *visit, a, b *line) { b.rx = 2 })
	two(nearMiss, "one herb paid by the patient", false, func(s *scene, v *visit, a, b *line) { b.own = true })
	two(plant, "incompatible drugs in one bottle", true, nil)
	two(nearMiss, "drugs in two bottles", true, func(s *scene, v *visit, a, b *line) { b.group = "G2" })
	two(nearMiss, "bottles unknown", true, func(s *scene, v *visit, a, b *line) { a.group, b.group = "", "" })
	two(nearMiss, "the same bottle number on two days", true, func(s *scene, v *visit, a, b *line) { b.at = addSec(b.at, 86400) })
	return all
}
