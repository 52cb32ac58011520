package rule

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/mingjian/mingjian/internal/claim"
)

// BookRows are the narrow rows that day-book cards read of all persons.
type BookRows uint8

// Kinds of narrow rows.
const (
	BookSwipes  BookRows = 1 << iota // settlements: institution, moment, person, amount, terminal, operator
	BookBeds                         // bed_move
	BookOps                          // operations with surgeon, begin and end
	BookRx                           // pharmacies' fee lines that name a prescription
	BookPrices                       // drugs' prices by institution, item, unit and month
	BookDoctors                      // in-patient visits of practitioners
	BookCodes                        // trace codes on bills and in the uploads of sale, purchase and stock
	BookStock                        // what was bought, counted, moved and sold
)

// How many months before a finding's month its evidence may lie: begins of visits, prescriptions dispensed, prices. No
// verdict reaches further, so that it does not hang on how many months are judged together.
const (
	BookMonths      = 12
	BookRxMonths    = 4
	BookPriceMonths = 3
)

// dayBookHook judges what all persons' rows say of an institution, before any person is judged. It leaves marks on
// settlements and visits, which Judge turns into hits of the persons they belong to, or facts that its other hooks look
// up. Without a book (the stream of single persons) such a card is not judged.
type dayBookHook interface {
	rows() BookRows
	book(k *Book, c *compiled)
}

// Book is what institutions' rows say together: gathered from all persons, then judged (Close), then read only. A card's
// verdict on a row may depend on rows before it alone, within the card's window, never on the months gathered.
type Book struct {
	b        *Bound
	from, to claim.Month
	last     claim.Month // the last of which anything is settled, judged now or not
	rows     BookRows
	cards    []*compiled
	shard    Shard

	swipes   []swipe
	clocks   map[instMonth]clocks
	since    claim.Day // of which on swipes are kept
	beds     []bedRow
	surgery  []surgery
	dispense []dispensed
	sums     map[priceKey]*priceSum

	setls  map[uint64][]bookMark
	visits map[uint64][]bookMark
	doctor map[int32][]doctorStay
	spikes map[priceKey]spike
	spiky  map[int32]bool // items of spikes
	reused map[rxItem][]dispensed
	codes  codeBook
	lots   bool // keep the batches of what moved
	// Skipped counts what day-book cards could not judge before any person was.
	Skipped map[NotJudged]int64
	// Spent is the time on each card.
	Spent map[string]time.Duration
}

// Shard is a part of the institutions: a book may be gathered part by part, so that memory stays bounded.
type Shard struct{ N, Of int }

// Has tells whether the shard holds the code.
func (s Shard) Has(code int32) bool { return s.Of <= 1 || int(uint32(code)*2654435761>>8)%s.Of == s.N }

// bookMark is a card's verdict on a settlement or visit.
type bookMark struct {
	card  int
	unit  string // "" = the settlement's or visit's own
	facts []Fact
}

// BookRows tells which rows the cards of a run want gathered; nil only means all cards.
func (b *Bound) BookRows(only map[string]bool) (rows BookRows) {
	for _, c := range b.bookCards(only) {
		rows |= c.bookH.rows()
	}
	return rows
}

func (b *Bound) bookCards(only map[string]bool) (out []*compiled) {
	for i, c := range b.cards {
		if c.bookH != nil && b.missing[i] == "" && (only == nil || only[c.ID]) {
			out = append(out, c)
		}
	}
	return out
}

// NewBook returns an empty book for the judgement of the months from … to with the cards of only (nil = all).
func (b *Bound) NewBook(from, to claim.Month, only map[string]bool) *Book {
	cards := b.bookCards(only)
	return &Book{b: b, from: from, to: to, last: to, rows: b.BookRows(only), cards: cards, clocks: map[instMonth]clocks{}, since: swipesSince(cards, from), sums: map[priceKey]*priceSum{},
		setls: map[uint64][]bookMark{}, visits: map[uint64][]bookMark{}, doctor: map[int32][]doctorStay{}, spikes: map[priceKey]spike{},
		spiky: map[int32]bool{}, reused: map[rxItem][]dispensed{}, codes: newCodeBook(), Skipped: map[NotJudged]int64{}, Spent: map[string]time.Duration{}}
}

// Until says which month is the last that anything is settled in: a period that ends by then is over, whichever of its months are
// judged. Without it the last month judged is taken for it.
func (k *Book) Until(m claim.Month) { k.last = max(k.to, m) }

// Part returns an empty book for one worker, which gathers only what belongs to a shard of institutions.
func (k *Book) Part(s Shard) *Book {
	p := k.b.NewBook(k.from, k.to, nil)
	p.rows, p.cards, p.since, p.shard, p.last, p.lots = k.rows, k.cards, k.since, s, k.last, k.lots
	return p
}

// Take adds the rows that a part gathered. The order in which parts are taken does not matter.
func (k *Book) Take(p *Book) {
	k.swipes = slices.Grow(k.swipes, len(p.swipes)) // no more than needed: there may be many
	k.swipes, k.beds, k.surgery = append(k.swipes, p.swipes...), append(k.beds, p.beds...), append(k.surgery, p.surgery...)
	k.dispense = append(k.dispense, p.dispense...)
	for key, c := range p.clocks {
		k.clocks[key] = k.clocks[key].add(c)
	}
	k.codes.rows, k.codes.goods = append(k.codes.rows, p.codes.rows...), append(k.codes.goods, p.codes.goods...)
	k.codes.lots = append(k.codes.lots, p.codes.lots...)
	for key := range p.codes.dead {
		k.codes.dead[key] = true
	}
	for d, s := range p.doctor {
		k.doctor[d] = append(k.doctor[d], s...)
	}
	for key, s := range p.sums {
		k.sum(key).add(s)
	}
}

// Judge lets the cards judge the rows gathered so far and drops the rows. kinds says which rows are complete.
func (k *Book) Judge(kinds BookRows) {
	k.sort()
	for _, c := range k.cards {
		if c.bookH.rows()&kinds != 0 {
			begun := time.Now()
			c.bookH.book(k, c)
			k.Spent[c.ID] += time.Since(begun)
		}
	}
	k.swipes, k.beds, k.surgery, k.dispense = nil, nil, nil, nil
	clear(k.clocks)
	k.sums = map[priceKey]*priceSum{}
	if kinds&(BookCodes|BookStock) != 0 {
		k.codes.rows, k.codes.goods, k.codes.lives = nil, nil, nil
	}
}

// SetBook attaches a judged book: cards with a day-book hook take part from now on.
func (b *Bound) SetBook(k *Book) { b.book = k }

// BookCards are the ids of the cards that cannot be judged from one person's rows.
func (l *Library) BookCards() (ids []string) {
	for _, c := range l.Cards {
		if mk := checks[c.Kind+"/"+c.Check]; mk != nil {
			if check, err := mk(newParams(c, nil), c); err == nil {
				if _, ok := check.(dayBookHook); ok {
					ids = append(ids, c.ID)
				}
			}
		}
	}
	return ids
}

// sort brings the rows into an order that depends on nothing but what they say.
func (k *Book) sort() {
	inst, rank := k.b.ds[claim.DictInst], k.ranks()
	slices.SortFunc(k.swipes, func(x, y swipe) int {
		if x.inst != y.inst {
			return cmp.Compare(rank[x.inst], rank[y.inst])
		}
		if c := cmp.Compare(x.at.Clock(), y.at.Clock()); c != 0 {
			return c
		}
		return strings.Compare(x.id, y.id)
	})
	slices.SortFunc(k.beds, func(x, y bedRow) int {
		if x.inst != y.inst {
			return strings.Compare(inst.String(x.inst), inst.String(y.inst))
		}
		return cmp.Or(strings.Compare(x.bed, y.bed), cmp.Compare(x.from.Clock(), y.from.Clock()), strings.Compare(x.mdtrt, y.mdtrt))
	})
	prac := k.b.ds[claim.DictPrac]
	slices.SortFunc(k.surgery, func(x, y surgery) int {
		if x.doctor != y.doctor {
			return strings.Compare(prac.String(x.doctor), prac.String(y.doctor))
		}
		return cmp.Or(cmp.Compare(x.from.Clock(), y.from.Clock()), strings.Compare(x.mdtrt, y.mdtrt), cmp.Compare(x.to.Clock(), y.to.Clock()))
	})
	slices.SortFunc(k.dispense, func(x, y dispensed) int {
		return cmp.Or(strings.Compare(x.rx.rx, y.rx.rx), cmp.Compare(x.rx.item, y.rx.item), cmp.Compare(x.at.Clock(), y.at.Clock()), strings.Compare(x.setl, y.setl))
	})
	for _, s := range k.doctor {
		slices.SortFunc(s, func(x, y doctorStay) int { return cmp.Or(cmp.Compare(x.in, y.in), strings.Compare(x.mdtrt, y.mdtrt)) })
	}
}

// ranks are, by code, the places of the swipes' institutions in the order of their numbers.
func (k *Book) ranks() []int32 {
	var codes []int32
	for i := range k.swipes {
		if c := k.swipes[i].inst; i == 0 || c != k.swipes[i-1].inst {
			codes = append(codes, c)
		}
	}
	slices.Sort(codes)
	codes = slices.Compact(codes)
	if len(codes) == 0 {
		return nil
	}
	rank := make([]int32, codes[len(codes)-1]+1)
	inst := k.b.ds[claim.DictInst]
	slices.SortFunc(codes, func(x, y int32) int { return strings.Compare(inst.String(x), inst.String(y)) })
	for i, c := range codes {
		rank[c] = int32(i)
	}
	return rank
}

func (k *Book) skip(c *compiled, inst int32, reason string, n int64) {
	if pl := c.places; pl != nil && c.idx != pl.base {
		return // counted once for all variants
	}
	k.Skipped[NotJudged{c.idx, inst, reason}] += n
}

// markSetl leaves a verdict on a settlement; a card marks a settlement once.
func (k *Book) markSetl(c *compiled, s *swipe, facts ...Fact) {
	for _, m := range k.setls[s.key] {
		if m.card == c.idx {
			return
		}
	}
	k.setls[s.key] = append(k.setls[s.key], bookMark{card: c.idx, facts: facts})
}

func (k *Book) markVisit(c *compiled, visit uint64, unit string, facts ...Fact) {
	k.visits[visit] = append(k.visits[visit], bookMark{c.idx, unit, facts})
}

// bookMarks turns the marks on the person's settlements and visits into hits.
func (e *Eval) bookMarks() {
	k := e.b.book
	for si := 0; si < len(e.t.Setls) && len(k.setls) > 0; si++ {
		s := &e.t.Setls[si]
		if !e.inRange(s.Month) {
			continue
		}
		for _, m := range k.setls[s.Key] {
			c := e.b.cards[m.card]
			if !e.active[m.card] || e.unfitInst(c, s.Inst) || e.exempt(c, s.Visit) {
				continue
			}
			if h := e.hitSettle(c, int32(si), m.facts...); h != nil {
				h.Vola = 0
			}
		}
	}
	if len(k.codes.marks)+len(k.codes.visits) > 0 {
		e.lineMarks()
	}
	for vi := 0; vi < len(e.t.Visits) && len(k.visits) > 0; vi++ {
		v := &e.t.Visits[vi]
		if v.Out || !e.inRange(v.Month) {
			continue
		}
		for _, m := range k.visits[v.Key] {
			if c := e.b.cards[m.card]; e.active[m.card] && !e.unfitInst(c, v.Inst) && !e.exempt(c, int32(vi)) {
				e.hitVisit(c, int32(vi), m.unit, nil, m.facts...)
			}
		}
	}
}
