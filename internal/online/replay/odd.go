package replay

import (
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/rule"
)

// Where a pair has two verdicts, the month's facts are judged again as the channel would have told them: with what a call does not
// carry taken out of the rows of the visit asked about. Where the verdict changes by that alone, it hangs on facts that the channel
// lacks; the pair cannot be compared, and is told by rule. Otherwise it is a difference.

// judgeOdd judges pairs with two verdicts.
func (r *run) judgeOdd(x *teller, s step, odd []key, said map[key]int, src []claim.Source) {
	blind := r.again(x.t.Pers, x.t.Visits[s.visit].Key, src)
	open := r.goesOn(x.t, s)
	for _, k := range odd {
		mo, on := r.monthly[k], said[k]
		switch {
		case blind[k] != mo:
			r.except(k.rule, WhyFacts, true)
		case open:
			r.except(k.rule, WhyOpen, true)
		default:
			r.out.Compared++
			r.out.Different++
			if mo != 0 {
				r.out.HitsCompared++
			}
			if len(r.out.Differences) < maxDifferences {
				r.out.Differences = append(r.out.Differences, Difference{k.rule, k.mdtrt, k.sn, k.setl, mo, on})
			}
		}
	}
}

// goesOn tells that what the settlement belongs to had not ended: settled in parts, or a stay that was taken up again.
func (r *run) goesOn(t *claim.Timeline, s step) bool {
	v := &t.Visits[s.visit]
	if v.Setting&claim.Inpatient == 0 {
		return false
	}
	if !v.End.Has() || v.End.Day() > s.at.Day() {
		return true
	}
	return v.Stay >= 0 && t.Stays[v.Stay].Last != s.visit
}

// again judges the person's month with a visit as the channel tells it.
func (r *run) again(pers int32, visit uint64, src []claim.Source) map[key]int {
	var parts []claim.Part
	var own []claim.Source
	for _, q := range src {
		p := claim.NewPart(q).Of(pers)
		if p.Lo == p.Hi {
			continue
		}
		rows := make([]int, 0, p.Hi-p.Lo)
		for i := p.Lo; i < p.Hi; i++ {
			rows = append(rows, i)
		}
		q.Batch = q.Batch.Pick(rows)
		own = append(own, q)
	}
	for _, q := range r.facts.Blind(own, map[uint64]bool{visit: true}) {
		parts = append(parts, claim.NewPart(q))
	}
	t := r.as.One(pers, parts)
	out := map[key]int{}
	for _, h := range r.eval.Judge(t) {
		if h.Hushed || h.Exempt != "" {
			continue
		}
		for k := range r.keysOf(t, &h) {
			out[k] = h.Severity
		}
	}
	return out
}

// keysOf are the pairs of a hit.
func (r *run) keysOf(t *claim.Timeline, h *rule.Hit) map[key]bool {
	out := map[key]bool{}
	for _, l := range h.Lines {
		if l.Type == 1 {
			x := &t.Lines[l.Line]
			k := key{rule: h.Card.ID, mdtrt: strings.Clone(t.LineMdtrt(x)), sn: strings.Clone(t.FeedetlSn(x))}
			if x.Setl >= 0 {
				k.setl = strings.Clone(t.SetlID(&t.Setls[x.Setl]))
			}
			out[k] = true
		}
	}
	if len(h.Lines) > 0 {
		return out
	}
	setl, mdtrt := "", ""
	if h.Setl >= 0 {
		setl, mdtrt = strings.Clone(t.SetlID(&t.Setls[h.Setl])), strings.Clone(t.SetlMdtrt(&t.Setls[h.Setl]))
	}
	if h.Visit >= 0 {
		mdtrt = strings.Clone(t.MdtrtID(&t.Visits[h.Visit]))
	}
	out[r.bare(h.Card.ID, mdtrt, setl)] = true
	return out
}

// except counts a pair that cannot be compared.
func (r *run) except(id, why string, hit bool) {
	r.out.NotJudgeable++
	k := [2]string{id, why}
	e := r.why[k]
	if e == nil {
		e = &Exception{Rule: id, Why: why}
		r.why[k] = e
	}
	e.Pairs++
	if hit {
		e.Hits++
	}
}

func (r *run) finish() *Result {
	for _, e := range r.why {
		r.out.Exceptions = append(r.out.Exceptions, *e)
	}
	slices.SortFunc(r.out.Exceptions, func(a, b Exception) int { return strings.Compare(a.Rule+a.Why, b.Rule+b.Why) })
	return r.out
}
