package rule

import (
	"slices"

	"github.com/mingjian/mingjian/internal/claim"
)

// looksBack is what a check implements that reads the past otherwise than through lines of its points, drugs and stays:
// it says which rows it needs.
type looksBack interface{ past(p *claim.Past) }

func (a early) past(p *claim.Past)   { p.Days = max(p.Days, a.discharge) }
func (visitsDay) past(p *claim.Past) { p.Days = max(p.Days, 1) }

func (a visits) past(p *claim.Past) {
	p.Crowd, p.CrowdDays = least(p.Crowd, a.month), 31 // counts calendar days, months …
	p.Visits = least(p.Visits, a.year)                 // … and years
}

// least is the lower of two limits of which 0 is none.
func least(a, b int) int {
	if a == 0 {
		return b
	}
	return min(a, b)
}

// minPastDays covers checks that compare a visit with what happened at about the same time.
const minPastDays = 7

// LookBackItems tells, by item code, whether a card that looks beyond the visit names the item.
func (b *Bound) LookBackItems() []bool {
	out := make([]bool, len(b.items))
	for i, refs := range b.items {
		out[i] = slices.ContainsFunc(refs, func(r itemRef) bool { return b.linesBack(r.card) })
	}
	return out
}

// linesBack tells that a card reads the lines of its points beyond the visit.
func (b *Bound) linesBack(card int32) bool {
	switch c := b.cards[card]; c.Kind + "/" + c.Check {
	case "COURSE/course", "FREQ/window", "PAIR_X/same_class":
		return true
	}
	return false
}

// Past tells what of the past bears on a judgement (claim.Past). Items are of one class when a look-back card groups them
// or they are the same drug.
func (b *Bound) Past() *claim.Past {
	p := &claim.Past{Days: minPastDays, Known: make([]bool, len(b.items))}
	for _, c := range b.cards {
		if l, ok := c.check.(looksBack); ok {
			l.past(p)
		}
	}
	join := newUnion(len(b.items))
	drug, group := map[int64]int32{}, map[string]int32{}
	for i, refs := range b.items {
		code := int32(i)
		joinBy(join, drug, b.drugs[i].generic, code)
		for _, r := range refs {
			switch c := b.cards[r.card]; {
			case b.linesBack(r.card):
				if g := b.points[r.pt].Params.Group; g != "" {
					joinBy(join, group, c.ID+"\x1f"+g, code)
				}
				joinBy(join, drug, -int64(b.canonical(code)), code)
			case c.Kind+"/"+c.Check == "DIAG/indication":
				p.Known[i] = true
			}
		}
	}
	p.Class, p.Classes = join.classes()
	d := b.ds[claim.DictDiag]
	p.Lasting = make([]bool, d.Len())
	for code := range p.Lasting {
		p.Lasting[code] = lasting.Has(d.String(int32(code)))
	}
	return p
}

func joinBy[K comparable](u union, first map[K]int32, key K, code int32) {
	if o, ok := first[key]; ok {
		u.join(o, code)
		return
	}
	first[key] = code
}

// union is a disjoint-set forest.
type union []int32

func newUnion(n int) union {
	u := make(union, n)
	for i := range u {
		u[i] = int32(i)
	}
	return u
}

func (u union) root(i int32) int32 {
	for u[i] != i {
		u[i] = u[u[i]]
		i = u[i]
	}
	return i
}

func (u union) join(a, b int32) { u[u.root(a)] = u.root(b) }

// classes numbers the sets from 0.
func (u union) classes() (of []int32, n int32) {
	of = make([]int32, len(u))
	number := make([]int32, len(u))
	for i := range u {
		if r := u.root(int32(i)); r == int32(i) {
			number[i] = n
			n++
		}
	}
	for i := range u {
		of[i] = number[u.root(int32(i))]
	}
	return of, n
}
