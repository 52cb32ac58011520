package audit

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// gone is a finding of the last run that this one does not find, with the reason in words.
type gone struct {
	Finding  string      `json:"finding"`
	Rule     string      `json:"rule"`
	Month    claim.Month `json:"month"`
	Revision string      `json:"revision"`
	Was      *Row        `json:"was,omitempty"` // for the first few, to tell what became of them
	Vola     claim.Money `json:"vola,omitempty"`
	Fund     claim.Money `json:"fund,omitempty"`
	Why      string      `json:"why,omitempty"`
}

// recall holds a bucket's findings of the last run against what this run finds, person by person, while the facts that
// tell why one went are at hand.
type recall struct {
	e     *engine
	facts []claim.Source
	prog  map[claim.Month]string // with which each month was judged
	left  map[int32][]gone
	told  []gone
	rows  map[string][]Row // of findings not yet found again
}

func newRecall(e *engine, f []claim.Source, old []Row, prog map[claim.Month]string) *recall {
	w := &recall{e: e, facts: f, prog: prog, left: map[int32][]gone{}, rows: map[string][]Row{}}
	for _, r := range old {
		if r.Hushed || (e.only != nil && !e.only[r.RuleID]) {
			continue
		}
		if w.rows[r.FindingID] == nil { // a person's number stays, the person it belongs to may not
			p := e.snap.Pers(r.Pers)
			w.left[p] = append(w.left[p], gone{Finding: r.FindingID, Rule: r.RuleID, Month: r.Month, Revision: r.Revision})
		}
		w.rows[r.FindingID] = append(w.rows[r.FindingID], r)
	}
	return w
}

// compare takes note of which findings of the person and the months judged are not among those found now.
func (w *recall) compare(t *claim.Timeline, now []Row, from, to claim.Month) {
	var rest []gone
	for _, g := range w.left[t.Pers] {
		if g.Month < from || g.Month > to {
			rest = append(rest, g)
			continue
		}
		i := slices.IndexFunc(now, func(r Row) bool { return r.FindingID == g.Finding && r.Month == g.Month })
		if i >= 0 && now[i].Hushed {
			g.Why = "同一事实由更具体的规则提出"
			if x := now[i].Exempt; x != "" {
				g.Why = "豁免 " + x + " 适用"
			}
		}
		if i < 0 || now[i].Hushed {
			w.tell(g, t, t.Pers)
		}
	}
	if rest == nil {
		delete(w.left, t.Pers)
	} else {
		w.left[t.Pers] = rest
	}
}

// rest adds the findings of persons of whom nothing is left in the months judged, and returns all in order.
func (w *recall) rest() []gone {
	for p, gs := range w.left {
		for _, g := range gs {
			w.tell(g, nil, p)
		}
	}
	slices.SortFunc(w.told, gone.order)
	return w.told
}

func (w *recall) tell(g gone, t *claim.Timeline, pers int32) {
	rows := w.rows[g.Finding]
	g.Was = &rows[0]
	for _, r := range rows {
		g.Vola, g.Fund = g.Vola+r.Vola, g.Fund+r.Fund
	}
	for i := 0; i < len(rows) && g.Why == ""; i++ {
		g.Why = w.why(&rows[i], t, pers)
	}
	if g.Why == "" {
		g.Why = "所依据的数据有更正"
		if w.prog[g.Month] != w.e.prog {
			g.Why = whyProgram
		}
	}
	w.told = append(w.told, g)
}

// why tells what became of a line or settlement of a finding, "" when it is as good as before.
func (w *recall) why(r *Row, t *claim.Timeline, pers int32) string {
	if r.Sn == "" {
		if r.Setl != "" && t != nil && !hasSetl(t, claim.KeyOf(r.Setl)) {
			return fmt.Sprintf("结算 %s 已冲正或作废", r.Setl)
		}
		return ""
	}
	setl, ok := w.line(pers, r)
	switch {
	case !ok:
		return fmt.Sprintf("费用行 %s 已作废", r.Sn)
	case !w.settled(pers, setl):
		return fmt.Sprintf("费用行 %s 现未结算，所属结算已作废", r.Sn)
	case t != nil && !hasSetl(t, setl):
		return fmt.Sprintf("费用行 %s 所属结算 %s 已冲正", r.Sn, r.Setl)
	case t != nil && !hasLine(t, r):
		return fmt.Sprintf("费用行 %s 已全部退费", r.Sn)
	}
	return ""
}

// each calls f with the person's rows of a table until it says that it has found what it wants.
func (w *recall) each(table string, pers int32, f func(b *claim.Batch, i int) bool) bool {
	for _, s := range w.facts {
		if s.Batch.Table.Name != table || s.Extra {
			continue
		}
		i, _ := slices.BinarySearch(s.Batch.Pers, pers)
		for ; i < s.Batch.N && s.Batch.Pers[i] == pers; i++ {
			if f(s.Batch, i) {
				return true
			}
		}
	}
	return false
}

// line finds a finding's line among the facts, with the settlement it names.
func (w *recall) line(pers int32, r *Row) (setl uint64, ok bool) {
	visit := claim.KeyOf(r.Mdtrt)
	ok = w.each("fee", pers, func(b *claim.Batch, i int) bool {
		setl = b.Setl[i]
		return b.Visit[i] == visit && b.Str(b.Table.MustCol("feedetl_sn"), i) == r.Sn && b.I64(b.Table.MustCol("cnt"), i) > 0
	})
	return setl, ok
}

func (w *recall) settled(pers int32, setl uint64) bool {
	return w.each("settlement", pers, func(b *claim.Batch, i int) bool { return b.Setl[i] == setl })
}

func hasSetl(t *claim.Timeline, key uint64) bool {
	return slices.ContainsFunc(t.Setls, func(s claim.Settlement) bool { return s.Key == key })
}

func hasLine(t *claim.Timeline, r *Row) bool {
	for i := range t.Lines {
		if l := &t.Lines[i]; t.FeedetlSn(l) == r.Sn && t.LineMdtrt(l) == r.Mdtrt {
			return true
		}
	}
	return false
}

// order is by month, rule and finding.
func (g gone) order(h gone) int {
	return cmp.Or(cmp.Compare(g.Month, h.Month), strings.Compare(g.Rule, h.Rule), strings.Compare(g.Finding, h.Finding))
}
