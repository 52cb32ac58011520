package rule

import (
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/trace/life"
)

// lotRow is a movement of stock with what it says of its batch. A book keeps them only for whoever looks at ledgers (KeepLots):
// the cards do without.
type lotRow struct {
	goodsRow
	batch, number string // fixmedins_bchno, manu_lotnum
	expiry        claim.Day
	codes         []string // of the boxes moved
	visit         uint64
	told          bool // an upload of a sale that insurance paid: it moves nothing, the fee line does, and only names its batch
}

// KeepLots makes the book remember the batches of what moved.
func (k *Book) KeepLots() { k.lots = true }

// lot remembers a movement's batch. codes is what was written of boxes.
func (k *Book) lot(g goodsRow, batch, number string, expiry claim.Day, codes []life.Code, visit uint64, told bool) {
	if !k.lots || g.qty == claim.None64 {
		return
	}
	r := lotRow{goodsRow: g, batch: strings.Clone(strings.TrimSpace(batch)), number: strings.Clone(strings.TrimSpace(number)), expiry: expiry, visit: visit, told: told}
	for i := range codes {
		if c := &codes[i]; c.Valid() {
			r.codes = append(r.codes, strings.Clone(c.Text))
			if r.number == "" && len(codes) == 1 {
				r.number = strings.Clone(c.Lot)
			}
			if r.expiry == claim.NoDay && len(codes) == 1 {
				r.expiry = c.Expiry
			}
		}
	}
	k.codes.lots = append(k.codes.lots, r)
}

// LotMove is one movement of stock, or the part of one that belongs to a batch. Batch "" with Number "" means that nobody says
// of which batch it was.
type LotMove struct {
	Move
	Batch, Number string
	Expiry        claim.Day
}

// EachLot calls f for the movements of every item at every institution with their batches, in order of days. The quantities of a
// movement's parts add up to the movement's.
func (k *Book) EachLot(f func(ms []LotMove)) {
	k.sortGoods()
	by := map[[2]int32][]*lotRow{}
	for i := range k.codes.lots {
		r := &k.codes.lots[i]
		by[[2]int32{r.inst, r.item}] = append(by[[2]int32{r.inst, r.item}], r)
	}
	k.EachItem(func(ms []Move) {
		s := newShelf(by[[2]int32{ms[0].Inst, ms[0].Item}])
		var out []LotMove
		for _, r := range s.rows {
			if !r.told {
				out = append(out, s.parts(r)...)
			}
		}
		slices.SortStableFunc(out, func(x, y LotMove) int { return int(x.At.Day() - y.At.Day()) })
		f(out)
	})
}

// lotName is a batch as the uploads of one item at one institution know it.
type lotName struct {
	batch, number string
	expiry        claim.Day
}

// shelf is one item at one institution: what its uploads say of batches.
type shelf struct {
	rows    []*lotRow
	batches map[string]lotName   // by fixmedins_bchno
	numbers map[string][]string  // manu_lotnum → batches
	boxes   map[string]lotName   // box → batch it came or went with
	bills   map[uint64][]*lotRow // settlement or visit → uploads of its sale
	lines   map[uint64]int       // settlement → fee lines of the item
}

func newShelf(rows []*lotRow) *shelf {
	s := &shelf{rows: rows, batches: map[string]lotName{}, numbers: map[string][]string{}, boxes: map[string]lotName{}, bills: map[uint64][]*lotRow{}, lines: map[uint64]int{}}
	for _, incoming := range []bool{true, false} { // what a purchase says of a batch holds before what a sale says
		for _, r := range rows {
			if (r.kind == goodsIn) != incoming || (r.batch == "" && r.number == "") {
				continue
			}
			if n, ok := s.batches[r.batch]; r.batch != "" && (!ok || n.number == "" || n.expiry == claim.NoDay) {
				if n.number == "" {
					n.number = r.number
				}
				if !ok || n.expiry == claim.NoDay {
					n.expiry = r.expiry
				}
				n.batch = r.batch
				s.batches[r.batch] = n
			}
			if r.batch != "" && r.number != "" && !slices.Contains(s.numbers[r.number], r.batch) {
				s.numbers[r.number] = append(s.numbers[r.number], r.batch)
			}
			for _, c := range r.codes {
				if _, ok := s.boxes[c]; !ok {
					s.boxes[c] = lotName{r.batch, r.number, r.expiry}
				}
			}
		}
	}
	for _, r := range rows {
		switch {
		case r.told && r.setl != 0:
			s.bills[r.setl] = append(s.bills[r.setl], r)
		case r.told && r.visit != 0:
			s.bills[r.visit] = append(s.bills[r.visit], r)
		case r.kind == goodsSold:
			s.lines[r.setl]++
		}
	}
	return s
}

// name brings what a row says of its batch to the batch it is of.
func (s *shelf) name(batch, number string, expiry claim.Day) lotName {
	if n, ok := s.batches[batch]; ok && batch != "" {
		return n
	}
	if bs := s.numbers[number]; number != "" && len(bs) == 1 {
		return s.batches[bs[0]]
	}
	return lotName{batch, number, expiry}
}

// parts are the batches of one movement.
func (s *shelf) parts(r *lotRow) []LotMove {
	move := func(n lotName, q claim.Qty) LotMove {
		return LotMove{Move{r.inst, r.item, r.at, int(r.kind), q}, n.batch, n.number, n.expiry}
	}
	if r.batch != "" || r.number != "" {
		return []LotMove{move(s.name(r.batch, r.number, r.expiry), r.qty)}
	}
	if n := len(r.codes); n > 0 { // each box its share, what does not divide to the last
		var out []LotMove
		each, left := r.qty/claim.Qty(n), r.qty
		for i, c := range r.codes {
			q := each
			if i == n-1 {
				q = left
			}
			left -= q
			b := s.boxes[c]
			out = append(out, move(s.name(b.batch, b.number, b.expiry), q))
		}
		if slices.ContainsFunc(out, func(m LotMove) bool { return m.Batch != "" || m.Number != "" }) {
			return out
		}
	}
	told := s.bills[r.setl]
	if len(told) == 0 {
		told = s.bills[r.visit]
	}
	var names []lotName
	var sum claim.Qty
	for _, u := range told {
		n := s.name(u.batch, u.number, u.expiry)
		sum += u.qty
		if !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	switch {
	case r.kind == goodsSold && len(names) == 1:
		return []LotMove{move(names[0], r.qty)}
	case r.kind == goodsSold && len(names) > 1 && sum == r.qty && s.lines[r.setl] == 1:
		var out []LotMove
		for _, u := range told {
			out = append(out, move(s.name(u.batch, u.number, u.expiry), u.qty))
		}
		return out
	}
	return []LotMove{move(lotName{expiry: claim.NoDay}, r.qty)}
}

// Recalled tells whether a lot of an item was recalled by a day, as T021 would judge it.
func (k *Book) Recalled(item, inst int32, number string, d claim.Day) bool {
	for _, c := range k.b.cards {
		if c.ID != "T021" || number == "" {
			continue
		}
		pi, ok := k.pointOn(c, item, inst, d)
		return ok && slices.Contains(k.b.points[pi].allow, number)
	}
	return false
}

// LastDay is the last day of the months the book was made of.
func (k *Book) LastDay() claim.Day { return k.to.Last() }
