package replay

import (
	"maps"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/online"
	"github.com/mingjian/mingjian/internal/rule"
)

// Where a pair has two verdicts, the audit judges the person's month again on the facts that the call could know: those of the time,
// and in the columns that the channel carries. Online must say the same; if it does not, that is a difference. If it does, the month's
// verdict hangs on facts that the channel lacks or that came later: the pair cannot be compared, and the fact is named.

// judgeOdd judges pairs with two verdicts.
func (r *run) judgeOdd(x *teller, s step, odd []key, said map[key]int, src []claim.Source) {
	own := mine(x.t.Pers, src)
	then := r.asOf(x.t, own, s)
	known := r.again(x.t.Pers, r.facts.Blind(then, r.told), s.at.Day()+1)
	blind := r.again(x.t.Pers, r.facts.Blind(own, r.told), r.m.Last())
	for _, k := range odd {
		mo, on := r.monthly[k], said[k]
		switch {
		case known[k] != on:
			r.out.Compared++
			r.out.Different++
			if mo != 0 {
				r.out.HitsCompared++
			}
			if len(r.out.Differences) < maxDifferences {
				r.out.Differences = append(r.out.Differences, Difference{k.rule, k.mdtrt, k.sn, k.setl, mo, on})
			}
		case blind[k] == on:
			r.except(k.rule, WhyFacts+" "+r.lacking(x.t.Pers, own, k, mo), true)
		default:
			r.out.Later++
			r.except(k.rule, WhyLater+r.later(x.t, s, k), true)
		}
	}
}

// later says what had not happened yet.
func (r *run) later(t *claim.Timeline, s step, k key) string {
	v := &t.Visits[s.visit]
	if v.Setting&claim.Inpatient != 0 {
		if !v.End.Has() || v.End.Day() > s.at.Day() {
			return "中途结算，还在住院"
		}
		if v.Stay >= 0 && t.Stays[v.Stay].Last != s.visit {
			return "其后又有接续的住院"
		}
	}
	for i := range t.Stays {
		if x := &t.Stays[i]; x.In.Clock() <= s.at.Clock() && (x.Open || x.Out.Clock() > s.at.Clock()) && t.Stays[i].Last != s.visit {
			return "另一次住院的出院"
		}
	}
	for i := range t.Setls {
		if x := &t.Setls[i]; x.Visit == s.visit && int32(i) > s.setl {
			return "同一就诊其后的结算"
		}
	}
	return "其后的就诊"
}

// asOf is a person's facts as they were when a settlement was about to be made: later settlements with their lines, visits and records
// left out, stays that had not ended open. Bills of stays count as they are written.
func (r *run) asOf(t *claim.Timeline, own []claim.Source, s step) (out []claim.Source) {
	hidden, ward := map[uint64]bool{}, map[uint64]bool{}
	for i := range t.Visits {
		if v := &t.Visits[i]; v.Setting&claim.Inpatient != 0 {
			ward[v.Key] = true
		}
	}
	for i := range t.Setls {
		if x := &t.Setls[i]; x.Time&^1 > s.at || (x.Time&^1 == s.at && int32(i) > s.setl) {
			hidden[x.Key] = true
		}
	}
	visit := t.Visits[s.visit].Key
	for _, q := range own {
		b := q.Batch
		if q.Extra || b.Table.At == "" || !online.OfVisit(b.Table.Name) {
			out = append(out, q)
			continue
		}
		at := b.Table.MustCol(b.Table.At)
		var rows []int
		for i := 0; i < b.N; i++ {
			when := claim.Time(b.I64(at, i))
			early := !when.Has() || when.Clock() <= s.at.Clock()
			switch b.Table.Name {
			case "settlement":
				early = !hidden[b.Setl[i]]
			case "fee":
				early = !hidden[b.Setl[i]] || (early && (ward[b.Visit[i]] || b.Visit[i] == visit))
			case "diagnosis", "operation":
				early = !when.Has() || when.Day() <= s.at.Day()
			}
			if early {
				rows = append(rows, i)
			}
		}
		b = b.Pick(rows)
		if b.Table.Name == "visit" {
			online.Reopen(b, s.at)
		}
		if c := b.Table.Col("setl_id"); b.Table.Name == "fee" && b.Cols[c].Text.Off != nil {
			var text claim.Text
			for i := 0; i < b.N; i++ {
				if hidden[b.Setl[i]] {
					b.Setl[i] = 0
					text.Append("")
				} else {
					text.Append(b.Str(c, i))
				}
			}
			b.Cols[c].Text = text
		}
		q.Batch = b
		out = append(out, q)
	}
	return out
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
func (r *run) again(pers int32, src []claim.Source, asOf claim.Day) map[key]int {
	parts := make([]claim.Part, len(src))
	for i, q := range src {
		parts[i] = claim.NewPart(q)
	}
	r.as.AsOf = asOf
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
			if r.again(pers, r.but(n).Blind(own, r.told), r.m.Last())[k] != monthly {
				out = append(out, n)
			} else if r.again(pers, r.with(n).Blind(own, r.told), r.m.Last())[k] == monthly {
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
