package rule

import (
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// JudgeLines runs only the checks that judge line by line, behind the item index. It is for measuring: Judge does this and
// everything else. The hits are valid until the next call.
func (e *Eval) JudgeLines(t *claim.Timeline) []Hit {
	e.t, e.hits = t, e.hits[:0]
	for li := range t.Lines {
		e.index(int32(li))
	}
	return e.hits
}

// EachCandidate calls f for every card that judges line by line and every point of it that the item index selects for a
// line: what JudgeLines hands to the checks.
func (e *Eval) EachCandidate(t *claim.Timeline, li int32, f func(card int, li int32, p *knowledge.Point)) {
	e.t = t
	l := &t.Lines[li]
	if int(l.Item) >= len(e.b.items) || l.InScope <= 0 {
		return
	}
	for k := range e.b.items[l.Item] {
		r := &e.b.items[l.Item][k]
		if !e.active[r.card] || r.second {
			continue
		}
		c := e.b.cards[r.card]
		if c.line == nil || !e.applies(r, l) || !e.inRange(l.Month) || e.unfitInst(c, l.Inst) || e.exempt(c, l.Visit) {
			continue
		}
		f(c.idx, li, &e.b.points[r.pt].Point)
	}
}

// Canonical is the item code under which catalogue and prices know an item.
func (b *Bound) Canonical(item int32) int32 { return b.canonical(item) }
