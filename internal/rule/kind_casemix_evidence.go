package rule

import (
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// evidenceCard is the card whose points say what the bill of a diagnosis or an operation holds; others of the group may have
// points of their own and read these as well, so that a bureau writes them once.
const evidenceCard = "R004"

// careShown tells whether a point knows what treating the diagnosis leaves on a bill, and whether the stay's bill has any of it.
// Of several points that name the code one that is met suffices.
func (e *Eval) careShown(c *compiled, si int32, code string) (pt int32, known, met bool) {
	return e.evidenced(c, si, func(p *point) bool { return p.diags.Has(code) })
}

// shown is careShown for an operation: points with subject "oprn:<prefix of the code>".
func (e *Eval) shown(c *compiled, si int32, code string) (pt int32, known, met bool) {
	return e.evidenced(c, si, func(p *point) bool {
		prefix, ok := strings.CutPrefix(p.Subject, "oprn:")
		return ok && strings.HasPrefix(code, prefix)
	})
}

func (e *Eval) evidenced(c *compiled, si int32, names func(p *point) bool) (pt int32, known, met bool) {
	pt = -1
	last := &e.t.Visits[e.t.Stays[si].Last]
	cards := []*compiled{c}
	if c.ID != evidenceCard {
		cards = append(cards, e.b.byID[evidenceCard]...)
	}
	for _, k := range cards {
		for _, i := range k.diagPoints {
			p := &e.b.points[i]
			if !names(p) || !e.pointOnVisit(p, last) {
				continue
			}
			if !known {
				pt = i
			}
			known = true
			if e.billed(si, p) {
				return i, true, true
			}
		}
	}
	return pt, known, false
}

// billed tells whether the stay's bill, or what was taken home, holds an item of the point: its code among require, or
// beginning with one of allow.
func (e *Eval) billed(si int32, p *point) bool {
	for _, vi := range e.t.Stays[si].Visits {
		for _, li := range e.t.LinesOf(vi) {
			if l := &e.t.Lines[li]; l.Cnt > 0 && evidences(p, e.item(e.b.canonical(l.Item))) {
				return true
			}
		}
		for _, r := range e.t.Extra["medorder"] { // ordered, though billed in a package or brought along
			if r.B.Visit[r.Row] == e.t.Visits[vi].Key && evidences(p, e.item(e.b.canonical(r.B.I32(r.B.Table.MustCol("hilist_code"), r.Row)))) {
				return true
			}
		}
	}
	return false
}

func evidences(p *point, item string) bool {
	return item != "" && (slices.Contains(p.Params.Require, item) || slices.ContainsFunc(p.allow, func(a string) bool { return strings.HasPrefix(item, a) }))
}

// examMoney sums examinations and laboratory tests (charge types 3 and 4) of a visit, in fen.
func (e *Eval) examMoney(vi int32) (sum claim.Money) {
	for _, li := range e.t.LinesOf(vi) {
		if l := &e.t.Lines[li]; l.Chrg == 3 || l.Chrg == 4 {
			sum += l.Amt
		}
	}
	return sum
}
