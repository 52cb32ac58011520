package synth

import (
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// pickPair chooses a pair point whose two items can stand on the visit and that no other card links.
func (s *scene) pickPair(rule string, v *visit, take func(p *knowledge.Point, a, b *item) bool) (a, b *item, p *knowledge.Point) {
	ps := s.ix.points[rule]
	for i := range ps {
		p := ps[(s.n*13+i)%len(ps)]
		a, b := s.ix.byCode[p.Subject], s.ix.byCode[p.Second]
		if a == nil || b == nil || a == b || (take != nil && !take(p, a, b)) || linkedElsewhere(a, b, p) {
			continue
		}
		s.own = p
		if s.harmless(a, v) && s.harmless(b, v) {
			return a, b, p
		}
	}
	return nil, nil, nil
}

// linkedElsewhere: a second pair point, or one discount group, that also speaks of the two.
func linkedElsewhere(a, b *item, own *knowledge.Point) bool {
	for _, m := range a.marks {
		if m.pt != own && (m.pt.Subject == b.Code || m.pt.Second == b.Code) {
			return true
		}
		for _, c := range m.pt.Params.Children {
			if c == b.Code {
				return true
			}
		}
		if m.rule == "B011" || m.rule == "B012" {
			for _, n := range b.marks {
				if n.rule == m.rule && n.pt.Params.Group == m.pt.Params.Group {
					return true
				}
			}
		}
	}
	return false
}

// pairing is one way to bill a pair.
type pairing struct {
	rule, scope string
	bed         bool
	gap         int // seconds from A to B
	amount      [2]float64
	cap         bool // take points with a cap
	bare        bool // without the visit's own consultation
	fault       byte // b: the second item; c: the cheaper; empty: b
	filter      func(p *knowledge.Point) bool
	change      func(s *scene, v *visit, a, b *line)
}

func (pr pairing) play(s *scene) bool {
	var v *visit
	if pr.bed {
		v = s.inpatientStay(s.tcm(), 0, 6, pneumonia)
	} else {
		v = s.clinicVisit(s.tcm(), 0, "A03", "K52.900")
	}
	if pr.bare {
		v.lines = v.lines[:0]
	}
	a, b, p := s.pickPair(pr.rule, v, func(p *knowledge.Point, a, b *item) bool {
		return (pr.scope == "" || p.Scope == pr.scope) && (p.Params.CapN > 0) == pr.cap && !p.Params.ErObs && (pr.filter == nil || pr.filter(p)) &&
			(pr.fault != 'c' || a.priceAt(v.inst) != b.priceAt(v.inst))
	})
	if a == nil {
		return false
	}
	qa, qb := 1.0, 1.0
	if pr.amount[1] > 0 {
		qa, qb = pr.amount[0], pr.amount[1]
	}
	t := at(v.day()+1, 13*3600+300)
	if !pr.bed {
		t = at(v.day(), 13*3600+300)
	}
	v.add(a, qa, t)
	v.add(b, qb, addSec(t, pr.gap))
	la, lb := &v.lines[len(v.lines)-2], &v.lines[len(v.lines)-1]
	if pr.change != nil {
		pr.change(s, v, la, lb)
	}
	amt := whole
	if n := p.Params.CapN; n > 0 {
		over := min(float64(n)*qa, qb)
		amt = excess(claim.Qty(over*10_000), claim.Qty(qb*10_000))
	}
	if pr.fault == 'c' && la.price < lb.price {
		lb = la
	}
	s.hit(v, lb, amt)
	return true
}

func pairScenarios() []*scenario {
	adult := want{}
	play := func(kind, name string, pr pairing) *scenario {
		return &scenario{rule: pr.rule, name: name, kind: kind, want: adult, span: 8, build: pr.play}
	}
	mother := func(sc *scenario) *scenario { sc.want = want{female: true, from: 21, to: 40}; return sc }
	const day, once, six, hour = "单日", "单次就诊", "6小时", "同一小时"
	own := func(first bool) func(*scene, *visit, *line, *line) {
		return func(s *scene, v *visit, a, b *line) { a.own, b.own = first, !first }
	}
	all := []*scenario{
		play(plant, "one day", pairing{rule: "B002", scope: day, bed: true, gap: 3600}),
		play(plant, "one visit", pairing{rule: "B002", scope: once, bed: true, gap: 86400}),
		mother(play(plant, "six hours to the second", pairing{rule: "B002", scope: six, bed: true, gap: 6 * 3600})),
		play(plant, "the same clock hour", pairing{rule: "B002", scope: hour, bed: true, gap: 3000}),
		play(plant, "more than the contained number", pairing{rule: "B002", cap: true, gap: 1800, amount: [2]float64{1, 7}}),
		play(nearMiss, "the next day", pairing{rule: "B002", scope: day, bed: true, gap: 86400}),
		mother(play(nearMiss, "after six hours", pairing{rule: "B002", scope: six, bed: true, gap: 6*3600 + 60})),
		play(nearMiss, "the next clock hour", pairing{rule: "B002", scope: hour, bed: true, gap: 3600}),
		play(nearMiss, "the main item paid by the patient", pairing{rule: "B002", scope: day, bed: true, gap: 3600, change: own(true)}),
		play(nearMiss, "the contained item paid by the patient", pairing{rule: "B002", scope: day, bed: true, gap: 3600, change: own(false)}),
		play(nearMiss, "the contained item refunded", pairing{rule: "B002", scope: day, bed: true, gap: 3600, change: func(s *scene, v *visit, a, b *line) {
			v.giveBack(*b, 1, s.n%2 == 0)
		}}),
		near("B002", "observation that became a stay", adult, observed).spanning(8),

		play(plant, "one day", pairing{rule: "B003", scope: day, bed: true, gap: 3600, fault: 'c'}),
		play(plant, "one visit", pairing{rule: "B003", scope: once, gap: 1200, fault: 'c', bare: true}),
		play(nearMiss, "the next day", pairing{rule: "B003", scope: day, bed: true, gap: 86400, fault: 'c'}),
		play(nearMiss, "two sides", pairing{rule: "B003", scope: day, bed: true, gap: 3600, fault: 'c', change: func(s *scene, v *visit, a, b *line) { a.side, b.side = "左", "右" }}),
		play(nearMiss, "two parts of the body", pairing{rule: "B003", scope: day, bed: true, gap: 3600, fault: 'c', change: func(s *scene, v *visit, a, b *line) { a.part, b.part = "颈部", "腰部" }}),
		play(nearMiss, "two incisions", pairing{rule: "B003", scope: day, bed: true, gap: 3600, fault: 'c', change: func(s *scene, v *visit, a, b *line) { a.incise, b.incise = "1", "2" }}),

		play(plant, "material that the item contains", pairing{rule: "E002", scope: day, bed: true, gap: 600}),
		play(nearMiss, "material on the next day", pairing{rule: "E002", scope: day, bed: true, gap: 86400}),
		play(nearMiss, "material paid by the patient", pairing{rule: "E002", scope: day, bed: true, gap: 600, change: own(false)}),

		play(plant, "infusion and injection at one moment", pairing{rule: "F001", fault: 'c'}),
		play(nearMiss, "infusion and injection at two moments", pairing{rule: "F001", gap: 900, fault: 'c'}),
		play(plant, "two kinds of monitoring", pairing{rule: "F006", bed: true, gap: 3600, fault: 'c'}),
		play(nearMiss, "monitoring on two days", pairing{rule: "F006", bed: true, gap: 86400, fault: 'c'}),

		play(plant, "general and local", pairing{rule: "F002", bed: true, gap: 600, filter: func(p *knowledge.Point) bool { return !p.Params.Analgesia }}),
		play(nearMiss, "analgesia after the operation", pairing{rule: "F002", bed: true, gap: 600, filter: func(p *knowledge.Point) bool { return p.Params.Analgesia }}),
		play(nearMiss, "two operations", pairing{rule: "F002", bed: true, gap: 7200, filter: func(p *knowledge.Point) bool { return !p.Params.Analgesia }, change: func(s *scene, v *visit, a, b *line) {
			v.opers = v.opers[:0] // one that the ward brought might join the two
			for k, t := range []claim.Time{a.at, b.at} {
				v.opers = append(v.opers, operation{code: "86.3x0" + itoa(k+1), name: "皮肤病损切除术", incision: "1", anaesthesia: "01", begin: t, end: addSec(t, 1800), doc: v.doc})
			}
		}}),
		play(nearMiss, "the next day", pairing{rule: "F002", bed: true, gap: 86400, filter: func(p *knowledge.Point) bool { return !p.Params.Analgesia }}),
	}
	return append(append(all, panelScenarios()...), monitorPeriod())
}

// observed: emergency monitoring contains the bed, but on the day on which observation became a stay both are due.
func observed(s *scene) bool {
	v := s.inpatientStay(s.county(), 0, 6, pneumonia)
	v.obs, v.adm = at(v.day(), 2*3600), "1"
	bed := s.role0("bed")
	for _, p := range s.ix.points["B002"] {
		if p.Params.ErObs && p.Second == bed.Code {
			it := s.ix.byCode[p.Subject]
			v.add(it, 1, at(v.day(), 3*3600))
			s.hit(v, v.lineOf(bed, 0), unsure)
			return true
		}
	}
	return false
}

// monitorPeriod: F006 again, the dearer first in time: the cheaper is still the one at fault.
func monitorPeriod() *scenario {
	pr := pairing{rule: "F006", bed: true, gap: -3600, fault: 'c'}
	return &scenario{rule: "F006", name: "the cheaper came first", kind: plant, span: 8, build: pr.play}
}

// panelScenarios: B004 by the time of the sample, B013 by completeness.
func panelScenarios() []*scenario {
	adult := want{}
	sampled := func(gap int, both bool) func(*scene) bool {
		return func(s *scene) bool {
			v := s.clinicVisit(s.county(), 0, "A03", "K52.900")
			a, b, _ := s.pickPair("B004", v, nil)
			if a == nil {
				return false
			}
			t := s.when(0, 11)
			v.add(a, 1, t)
			ln := v.add(b, 1, addSec(t, 60))
			s.hit(v, ln, whole)
			s.sampled(v, a, t, 1)
			if both {
				s.sampled(v, b, addSec(t, gap), 2)
			} else { // half of what was billed has a report: the other half lacks its own
				s.also("B026", v, ln, whole)
			}
			return true
		}
	}
	return []*scenario{
		planted("B004", "one sample", adult, sampled(1800, true)),
		planted("B004", "an hour apart to the second", adult, sampled(3600, true)),
		near("B004", "another sample", adult, sampled(3700, true)),
		near("B004", "no report of the single test", adult, sampled(0, false)),
		planted("B013", "all parts and no whole", adult, parts(0, 0)),
		near("B013", "one part missing", adult, parts(1, 0)),
		near("B013", "on two days", adult, parts(0, 1)).spanning(7),
	}
}

func (s *scene) sampled(v *visit, it *item, t claim.Time, k int) {
	v.later = append(v.later, func(o *blockOut, v *visit) {
		r := o.small("lab")
		r.str(v.inst.code)
		r.str(v.no())
		r.str("L" + v.no() + itoa(k))
		r.str(v.p.no(v.day()))
		r.str(it.Code)
		r.str("1")
		r.str("LI" + itoa(it.n))
		r.str(it.Name)
		r.str("5.1")
		r.str("mmol/L")
		r.str("3.9-6.1")
		r.time(t)
		r.time(addSec(t, 5400))
		r.end()
	})
}

// parts bills the children of a B013 point, leaving out the last `without`, the last one `later` days later.
func parts(without, later int) func(*scene) bool {
	return func(s *scene) bool {
		v := s.inpatientStay(s.tcm(), 0, 5, pneumonia)
		for i := range s.ix.points["B013"] {
			p := s.ix.points["B013"][(s.n+i)%len(s.ix.points["B013"])]
			main := s.ix.byCode[p.Subject]
			var kids []*item
			var sum claim.Price
			ok := main != nil && !s.hasCode(v, p.Subject)
			for _, c := range p.Params.Children {
				it := s.ix.byCode[c]
				if ok = ok && it != nil && s.harmless(it, v); ok {
					kids = append(kids, it)
					sum += it.priceAt(v.inst)
				}
			}
			if !ok || sum <= main.priceAt(v.inst) {
				continue
			}
			over := claim.Money((sum - main.priceAt(v.inst)) / 10_000)
			n := len(kids) - without
			var made []*line
			for k, it := range kids[:n] {
				t := at(v.day()+2, 17*3600+k*60)
				if later > 0 && k == n-1 {
					t = at(v.day()+3, 17*3600)
				}
				v.add(it, 1, t)
			}
			for k := range n {
				made = append(made, &v.lines[len(v.lines)-n+k])
			}
			for k := n - 1; k >= 0; k-- {
				part := min(over, claim.Money(made[k].price/10_000))
				over -= part
				s.hit(v, made[k], fixed(part))
			}
			return true
		}
		return false
	}
}
