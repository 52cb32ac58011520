package rule

import (
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// Candidate is a line and a point that names it, selected by the item index for a card that judges line by line: in force,
// in scope, in range, not exempt.
type Candidate struct {
	Card, Line, point int32
	Point             *knowledge.Point
}

// Candidates are what the index hands to the line checks. With JudgeCandidates it is for measuring: Judge does both and
// everything else.
func (e *Eval) Candidates(t *claim.Timeline) []Candidate {
	e.t = t
	var out []Candidate
	for li := range t.Lines {
		l := &t.Lines[li]
		if int(l.Item) >= len(e.b.items) || l.InScope <= 0 {
			continue
		}
		for k := range e.b.items[l.Item] {
			r := &e.b.items[l.Item][k]
			if !e.active[r.card] || r.second {
				continue
			}
			c := e.b.cards[r.card]
			if c.line != nil && e.applies(r, l) && e.inRange(l.Month) && !e.unfitInst(c, l.Inst) && !e.exempt(c, l.Visit) {
				out = append(out, Candidate{Card: r.card, Line: int32(li), point: r.pt, Point: e.b.points[r.pt].Point})
			}
		}
	}
	return out
}

// JudgeCandidates runs the line checks on what was selected. The hits are valid until the next call.
func (e *Eval) JudgeCandidates(t *claim.Timeline, cs []Candidate) []Hit {
	e.t, e.hits = t, e.hits[:0]
	for i := range cs {
		if c := e.b.cards[cs[i].Card]; c.guard == nil || e.allowLine(c, cs[i].Line) {
			e.passed = true
			c.line.line(e, c, cs[i].Line, cs[i].point)
			e.passed = false
		}
	}
	return e.hits
}

// Canonical is the item code under which catalogue and prices know an item.
func (b *Bound) Canonical(item int32) int32 { return b.canonical(item) }
