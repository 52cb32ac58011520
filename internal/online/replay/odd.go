package replay

import (
	"maps"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/online"
	"github.com/mingjian/mingjian/internal/rule"
)

// Where a pair has two verdicts, the month's facts are judged again as the channel would have told them: with what a call does not
// carry taken out of the rows of the visit asked about. Where the verdict changes by that alone, it hangs on facts that the channel
// lacks; the pair cannot be compared, and is told by rule. Otherwise it is a difference.

// judgeOdd judges pairs with two verdicts.
func (r *run) judgeOdd(x *teller, s step, odd []key, said map[key]int, src []claim.Source) {
	own := mine(x.t.Pers, src)
	blind := r.again(x.t.Pers, r.facts.Blind(own, r.told))
	open := r.goesOn(x.t, s)
	for _, k := range odd {
		mo, on := r.monthly[k], said[k]
		switch {
		case blind[k] != mo:
			r.except(k.rule, WhyFacts+" "+r.lacking(x.t.Pers, own, k, mo), true)
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

// mine are a person's rows of the sources.
func mine(pers int32, src []claim.Source) (own []claim.Source) {
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
	return own
}

// again judges a person's month on some facts.
func (r *run) again(pers int32, src []claim.Source) map[key]int {
	parts := make([]claim.Part, len(src))
	for i, q := range src {
		parts[i] = claim.NewPart(q)
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

// lacking names the facts of the visit on which a verdict hangs: those that change it alone; where none does, that it takes several.
func (r *run) lacking(pers int32, own []claim.Source, k key, monthly int) string {
	var out, either []string
	for _, q := range own {
		t := q.Batch.Table
		if !online.OfVisit(t.Name) || slices.Contains(out, t.Name) {
			continue
		}
		names := []string{t.Name}
		if r.facts[t.Name] {
			names = names[:0]
			for _, c := range t.Columns {
				names = append(names, t.Name+"."+c.Name)
			}
		}
		for _, n := range names {
			if r.facts[n] || slices.Contains(out, n) || slices.Contains(either, n) {
				continue
			}
			if r.again(pers, r.but(n).Blind(own, r.told))[k] != monthly {
				out = append(out, n)
			} else if r.again(pers, r.with(n).Blind(own, r.told))[k] == monthly {
				either = append(either, n)
			}
		}
	}
	switch {
	case out != nil:
		return strings.Join(out, "、")
	case either != nil:
		return strings.Join(either, " 或 ")
	}
	return "若干项"
}

// but is all facts of all tables but one table or column.
func (r *run) but(name string) online.Facts {
	if r.all == nil {
		r.all = online.Facts{}
		for _, t := range claim.Tables() {
			r.all[t.Name] = true
			for _, c := range t.Columns {
				r.all[t.Name+"."+c.Name] = true
			}
		}
	}
	f := maps.Clone(r.all)
	delete(f, name)
	return f
}

// with is what the channel carries and one table or column more.
func (r *run) with(name string) online.Facts {
	f := maps.Clone(r.facts)
	f[name] = true
	return f
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
