package rule

import (
	"slices"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/trace/life"
)

// What trace reads of a book: the same rows, read into the same lives, by which the cards judge.

// Told is one report about a box. Codes of institutions, persons and items are the data directory's.
type Told struct {
	life.Event
	Item    int32
	List    int16
	Doc, Sn string // retail, purchase or stock document; fee line
	Lot     string
	Expiry  claim.Day
	Prefix  string
	Form    life.Form
	Month   claim.Month
}

// EachBox calls f for every box with its life and the reports it was read from (Event.Row numbers them), in order of codes.
func (k *Book) EachBox(f func(code string, l *life.Life, told []Told)) {
	boxes := k.boxes()
	for i := range boxes {
		b := &boxes[i]
		told := make([]Told, len(b.rows))
		for n := range b.rows {
			told[n] = tell1(&b.rows[n])
		}
		f(b.rows[0].code, &b.Life, told)
	}
}

// EachBare calls f for every drug line billed without a code, and every code that is none.
func (k *Book) EachBare(f func(t Told)) {
	k.boxes()
	for i := range k.codes.rows {
		if r := &k.codes.rows[i]; r.Kind == life.Sold && r.Via == life.ByFee && r.form < life.Drug20 {
			f(tell1(r))
		}
	}
}

func tell1(r *codeRow) Told {
	sn := r.sn
	if sn == noLine {
		sn = ""
	}
	return Told{Event: r.Event, Item: r.item, List: r.list, Doc: r.doc, Sn: sn, Lot: r.lot, Expiry: r.expiry, Prefix: r.prefix, Form: r.form, Month: r.month}
}

// PackOf is how many smallest units a box of the item holds (1e-4), 0 unknown.
func (k *Book) PackOf(item, inst int32, d claim.Day) claim.Qty {
	if cat := k.cat(item, inst, d); cat != nil && cat.PacCnt.Has() && cat.PacCnt > 0 {
		return cat.PacCnt
	}
	return 0
}

// PlaceOf is what verdicts know of an institution.
func (k *Book) PlaceOf(inst int32) life.Place { return k.place(inst) }

// InstName is what an institution is called.
func (k *Book) InstName(inst int32, d claim.Day) string { return k.instText(inst, d) }

// Move is one movement of stock in packs (1e-4): Kind 1 counted, 2 bought or sent back, 3 changed, 4 billed, 5 sold without
// insurance. Qty of 2 and 3 has its sign.
type Move struct {
	Inst, Item int32
	At         claim.Time
	Kind       int
	Qty        claim.Qty
}

// EachItem calls f for the movements of every item at every institution, in order of days.
func (k *Book) EachItem(f func(ms []Move)) {
	k.sortGoods()
	rows := k.codes.goods
	for lo := 0; lo < len(rows); {
		hi := lo
		for hi < len(rows) && rows[hi].inst == rows[lo].inst && rows[hi].item == rows[lo].item {
			hi++
		}
		ms := make([]Move, 0, hi-lo)
		for _, g := range rows[lo:hi] {
			ms = append(ms, Move{g.inst, g.item, g.at, int(g.kind), g.qty})
		}
		f(ms)
		lo = hi
	}
}

// Coded is how many purchase rows of an institution bear a code, of how many.
func (k *Book) Coded(inst int32) (coded, all int64) { n := k.codes.coded[inst]; return n[0], n[1] }

// Buyers are the institutions that upload purchases.
func (k *Book) Buyers() (out []int32) {
	for i := range k.codes.coded {
		out = append(out, i)
	}
	slices.Sort(out)
	return out
}

// Shop tells whether an institution is a pharmacy.
func (b *Bound) Shop(inst int32, d claim.Day) bool { return b.shopOn(inst, d) }
