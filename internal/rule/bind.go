package rule

import (
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// Bound is a Program over the codes of one data directory. It is shared by workers and changes only through Grow.
type Bound struct {
	*Program
	Ref   *claim.Reference
	Vocab *claim.Vocab
	ds    *claim.Dicts
	items [][]itemRef // by item code
	past  [][]itemRef // those of cards that look beyond the visit
	canon []int32     // item code → the code under which catalogue and price limits know it
	// unfit tells by card and institution that the institution fills too little of what the card needs; nil for cards with
	// which none does.
	unfit [][]bool
	// missing names the table a card needs that holds no rows; such a card is never judged.
	missing   []string
	batched   map[BatchKey]bool
	catOK     []bool  // by item code: nothing for A022 to say of it where the catalogue reaches
	catReach  []bool  // by institution: the catalogue reaches it
	catAreas  []int32 // areas of institutions that the catalogue reaches
	pricedOK  []bool
	drugs     []drugInfo
	child     []bool            // by item code: for children only
	diagHit   [][]bool          // by card with points on diagnoses, by diagnosis code: some point names it
	lasts     []bool            // by diagnosis code: a lasting disease
	extText   []bool            // by text code: names a form or route for external use
	back      []bool            // by card: reads the lines of its points beyond the visit
	documents map[int32]float64 // by institution: orders and records uploaded for each discharge
	mix       *MixBook          // case groups of stays, nil where none are known
	book      *Book             // what institutions' rows say together, nil where only single persons are judged
}

// BatchKey names an item that an institution books in batches in a month (规则口径 "批量记账").
type BatchKey struct {
	Inst, Item int32
	Month      claim.Month
}

// itemRef is a point that names an item, restricted to when and where the code map that leads there is valid.
type itemRef struct {
	pointRef
	from, to claim.Day
	area     int32 // 0 = everywhere
	again    bool  // an earlier mapping of the item leads to the same point
}

// Bind attaches the program to dictionaries and reference facts. has tells whether a table has any rows.
func (p *Program) Bind(ref *claim.Reference, v *claim.Vocab, has func(table string) bool) *Bound {
	b := &Bound{Program: p, Ref: ref, Vocab: v, ds: v.Dicts(), unfit: make([][]bool, len(p.cards)), batched: map[BatchKey]bool{}}
	b.missing = make([]string, len(p.cards))
	for i, c := range p.cards {
		for _, n := range c.Needs {
			t, _, _ := strings.Cut(n, ".")
			if !has(t) && !optionalTable(c.Card, t) {
				b.missing[i] = t
				break
			}
		}
		if c.mixH != nil && !p.grouped {
			b.missing[i] = MissingGroups
		}
	}
	for i := range p.cards {
		b.back = append(b.back, b.reach(int32(i)) != 0)
	}
	b.reachOfCatalogue()
	b.Grow()
	return b
}

// optionalTable: before-delivery radiology finds deliveries in the birth register or in diagnoses; a stay is documented by
// orders or by records. One suffices.
func optionalTable(c *Card, table string) bool {
	return (c.Check == "before_delivery" && table == "birth") || c.Check == "no_record"
}

// Over returns a Bound over dictionaries laid over b's: it grows by itself and leaves b as it is.
func (b *Bound) Over(v *claim.Vocab) *Bound {
	o := *b
	o.Vocab, o.ds = v, v.Dicts()
	o.items, o.past, o.canon, o.catOK, o.pricedOK = slices.Clip(b.items), slices.Clip(b.past), slices.Clip(b.canon), slices.Clip(b.catOK), slices.Clip(b.pricedOK)
	o.drugs, o.child, o.extText, o.lasts = slices.Clip(b.drugs), slices.Clip(b.child), slices.Clip(b.extText), slices.Clip(b.lasts)
	o.diagHit = make([][]bool, len(b.diagHit))
	for i, d := range b.diagHit {
		o.diagHit[i] = slices.Clip(d)
	}
	return &o
}

// Grow binds item codes that appeared since; only for a single-threaded owner of growing dictionaries.
func (b *Bound) Grow() {
	d := b.ds[claim.DictItem]
	for code := len(b.items); code < d.Len(); code++ {
		refs, canon := b.resolve(d.String(int32(code)), int32(code))
		b.items = append(b.items, refs)
		b.past = append(b.past, slices.DeleteFunc(slices.Clone(refs), func(r itemRef) bool { return !b.back[r.card] }))
		b.canon = append(b.canon, canon)
	}
	if b.diagHit == nil {
		b.diagHit = make([][]bool, len(b.cards))
	}
	for i, c := range b.cards {
		for code := len(b.diagHit[i]); len(c.diagPoints) > 0 && code < b.ds[claim.DictDiag].Len(); code++ {
			b.diagHit[i] = append(b.diagHit[i], b.namedByPoint(c, b.ds[claim.DictDiag].String(int32(code))))
		}
	}
	for code := len(b.lasts); code < b.ds[claim.DictDiag].Len(); code++ {
		b.lasts = append(b.lasts, lasting.Has(b.ds[claim.DictDiag].String(int32(code))))
	}
	for code := len(b.extText); code < b.ds[claim.DictText].Len(); code++ {
		b.extText = append(b.extText, isExternal(b.ds[claim.DictText].String(int32(code))))
	}
	for code := len(b.catOK); code < d.Len(); code++ {
		b.catOK = append(b.catOK, b.isAlwaysListed(int32(code)))
		b.pricedOK = append(b.pricedOK, b.Ref.Priced(b.canonical(int32(code))))
		b.drugs = append(b.drugs, b.drugOf(int32(code)))
		b.child = append(b.child, b.forChildren(d.String(int32(code))))
	}
}

// resolve finds the points of an item code: by itself, without its "-suffix", else through the code map.
func (b *Bound) resolve(s string, code int32) ([]itemRef, int32) {
	if s == "" {
		return nil, code
	}
	if refs := b.refsOf(s); refs != nil || len(b.Ref.CatRows(code)) > 0 {
		return refs, code
	}
	if i := strings.LastIndexByte(s, '-'); i > 0 {
		base := s[:i]
		c := b.ds[claim.DictItem].Find(base)
		if refs := b.refsOf(base); refs != nil || (c > 0 && len(b.Ref.CatRows(c)) > 0) {
			return refs, max(c, 0)
		}
	}
	var out []itemRef
	canon := code
	for _, m := range b.maps[s] {
		if c := b.ds[claim.DictItem].Find(m.Dst); c > 0 {
			canon = c
		}
		area := int32(0)
		if m.Area != "" {
			area = max(b.ds[claim.DictList].Find(m.Area), -1)
		}
		for _, r := range b.refsOf(m.Dst) {
			r.from, r.to, r.area = m.From, m.To, area
			r.again = slices.ContainsFunc(out, func(o itemRef) bool { return o.pointRef == r.pointRef })
			out = append(out, r)
		}
	}
	return out, canon
}

func (b *Bound) refsOf(subject string) []itemRef {
	ps := b.subjects[subject]
	if len(ps) == 0 {
		return nil
	}
	out := make([]itemRef, len(ps))
	for i, p := range ps {
		out[i] = itemRef{pointRef: p, from: claim.NoDay, to: claim.OpenDay}
	}
	return out
}

// Unfit marks that an institution fills too little of what a card needs: not judged there.
func (b *Bound) Unfit(card string, inst int32) {
	if inst < 0 {
		return
	}
	for _, c := range b.byID[card] {
		for len(b.unfit[c.idx]) <= int(inst) {
			b.unfit[c.idx] = append(b.unfit[c.idx], false)
		}
		b.unfit[c.idx][inst] = true
	}
}

// SetBatched tells which items are booked in batches.
func (b *Bound) SetBatched(keys []BatchKey) {
	for _, k := range keys {
		b.batched[k] = true
	}
}

// DayItems tells, by item code, whether a card that counts by the day names the item: what batch booking matters for.
func (b *Bound) DayItems() []bool {
	out := make([]bool, len(b.items))
	for i, refs := range b.items {
		for _, r := range refs {
			switch b.cards[r.card].ID {
			case "B001", "B009", "B021", "F001", "F006", "F009", "F010", "F011", "F018":
				out[i] = true
			}
		}
	}
	return out
}

// canonical item code for catalogue and prices.
func (b *Bound) canonical(item int32) int32 {
	if item >= 0 && int(item) < len(b.canon) && b.canon[item] > 0 {
		return b.canon[item]
	}
	return item
}

// forChildren tells whether a children's card names the item, however it is written.
func (b *Bound) forChildren(s string) bool {
	if b.children[s] {
		return true
	}
	if i := strings.LastIndexByte(s, '-'); i > 0 && b.children[s[:i]] {
		return true
	}
	for _, m := range b.maps[s] {
		if b.children[m.Dst] {
			return true
		}
	}
	return false
}

func (b *Bound) namedByPoint(c *compiled, code string) bool {
	for _, p := range c.diagPoints {
		if b.points[p].diags.Has(code) {
			return true
		}
	}
	return false
}

// diagNamed tells whether any diagnosis of the visit is named by a point of the card.
func (e *Eval) diagNamed(c *compiled, vi int32) bool {
	hit := e.b.diagHit[c.idx]
	has := func(code int32) bool { return int(code) < len(hit) && hit[code] }
	if has(e.t.Visits[vi].MainDiag) {
		return true
	}
	for _, g := range e.t.DiagsOf(vi) {
		if has(g.Code) {
			return true
		}
	}
	return false
}
