package rule

import (
	"math"

	"github.com/mingjian/mingjian/internal/claim"
)

// reading is what a check implements that does not read past lines of its items whatever their age: it adds to how the lines of
// a point's item are read.
type reading interface {
	reading(b *Bound, p *claim.Past, pt *point, item int32)
}

// Two drugs of a class overlap as long as the first lasts.
func (sameClass) reading(_ *Bound, p *claim.Past, _ *point, item int32) {
	p.Reading[p.Class[item]].Lasting = true
}

// Quantities as the lines count them are packs or parts of packs, never less than the packs they make, but where the point
// counts in smaller units or a pack holds less than one.
func (a annual) reading(b *Bound, p *claim.Past, pt *point, item int32) {
	p.Reading[p.Class[item]].Yearly = true
	p.YearSum = min(p.YearSum, a.money)
	limit := pt.Limit
	if limit == claim.None64 {
		limit = math.MaxInt64
	}
	text := b.ds[claim.DictText]
	for _, r := range b.Ref.CatRows(b.canonical(item)) {
		smaller := pt.Unit != "" && r.PrepUnit != r.PacUnit && text.String(r.PrepUnit) == pt.Unit
		if smaller || (r.PacCnt.Has() && r.PacCnt < claim.QtyOne) {
			limit = -1
		}
	}
	if limit <= 0 {
		limit = -1
	}
	if was := p.YearQty[item]; was == 0 || limit < was {
		p.YearQty[item] = limit
	}
}

// readings works out how cards read past lines of each class.
func (b *Bound) readings(p *claim.Past) {
	p.Reading, p.YearQty, p.YearSum = make([]claim.Reading, p.Classes), make([]claim.Qty, len(b.items)), math.MaxInt64
	for i, on := range b.LookBackItems() {
		if !on {
			continue
		}
		how, named := &p.Reading[p.Class[i]], false
		for _, r := range b.items[i] {
			if b.reach(r.card)&linesOfPoint == 0 {
				continue
			}
			named = true
			if x, ok := b.cards[r.card].check.(reading); ok {
				x.reading(b, p, &b.points[r.pt], int32(i))
			} else {
				how.Always = true
			}
		}
		how.Always = how.Always || !named // another product of a drug that a card names
	}
}

// drugNumbers numbers the drugs, by item.
func (b *Bound) drugNumbers() (of []int32, n int32) {
	of = make([]int32, len(b.items))
	number := map[int64]int32{}
	for i := range of {
		g := b.drugs[i].generic
		k, ok := number[g]
		if !ok {
			k = int32(len(number))
			number[g] = k
		}
		of[i] = k
	}
	return of, int32(len(number))
}

// supplies tells whether a line of a drug, with a dosage form and a route, is a supply that lasts for days.
func (b *Bound) supplies(item, form, way int32) bool {
	return !b.external(&b.drugs[item], form, way)
}
