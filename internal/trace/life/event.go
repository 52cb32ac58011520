package life

import (
	"cmp"
	"slices"

	"github.com/mingjian/mingjian/internal/claim"
)

// Kind of an event in the life of a box.
type Kind uint8

// Kinds, in the order in which they happen when nothing else tells.
const (
	Bought    Kind = iota + 1 // put in stock from a supplier (3503)
	MovedIn                   // by transfer, gift or found in stock-taking (3502: 101 103 106 108 110)
	Sold                      // dispensed or billed (3505, 2207, fee line)
	Returned                  // brought back by the buyer (3506, refund)
	MovedOut                  // by transfer (3502: 102 107)
	SentBack                  // to the supplier (3504; 3502: 109 111)
	Destroyed                 // (3502: 104 105)
)

// String is the bureau's word.
func (k Kind) String() string {
	return [...]string{"", "购进入库", "其他入库", "销售", "退货", "其他出库", "退供应商", "报损销毁"}[k]
}

// Docs of an event: what reports of one sale have in common.
const (
	DocSetl  = iota // setl_id
	DocMdtrt        // mdtrt_id
	DocShop         // rtal_docno, read with the institution
	DocRx           // hi_rxno
	docs
)

// Channel is the way a sale was reported.
type Channel uint8

// Channels.
const (
	ByFee    Channel = iota // the code on the fee line (2204, 2301)
	BySale                  // the sales upload (3505)
	BySettle                // the node beside the settlement (2207)
	channels
)

// Event is one report about one box.
type Event struct {
	Key  Key
	Kind Kind
	Via  Channel
	At   claim.Time
	Inst int32
	Pers int32 // 0 unknown
	Docs [docs]uint64
	Of   uint64    // Returned: the document of the sale that is taken back, 0 when not said
	Qty  claim.Qty // of a split pack: smallest units, 1e-4, None64 unknown; otherwise without meaning
	// Split tells that part of the box was sold, Paid that insurance paid, Ward that an in-patient received it.
	Split, Paid, Ward bool
	Row               int32 // the caller's number for where it was read
}

// Sale is one sale of a box, however many reports speak of it.
type Sale struct {
	Event
	Rows     []int32 // of all reports
	Channels [channels]bool
	Back     bool       // wholly taken back
	BackAt   claim.Time // NoTime while it stands
	Astray   int32      // institution that took it back, where it is another than sold it
	Resent   bool       // the same person's, sent again within a minute: explained
	left     claim.Qty  // of a split sale, not yet taken back
}

// Live tells whether the sale counts.
func (s *Sale) Live() bool { return !s.Back && !s.Resent }

// Life is what became of one box.
type Life struct {
	Key   Key
	Sales []Sale  // in order of time
	Stock []Event // purchases, movements, destruction in order of time
	Stray []Event // returns without a sale
}

// order of events that does not depend on private codes. Of two in one instant the one that insurance paid came first: the other may be its
// shadow, of which nobody said whose it is.
func order(x, y *Event) int {
	c := cmp.Or(cmp.Compare(x.At.Clock(), y.At.Clock()), cmp.Compare(x.Kind, y.Kind))
	if c == 0 && x.Paid != y.Paid {
		if x.Paid {
			return -1
		}
		return 1
	}
	for i := 0; c == 0 && i < docs; i++ {
		c = cmp.Compare(x.Docs[i], y.Docs[i])
	}
	return cmp.Or(c, cmp.Compare(x.Via, y.Via), cmp.Compare(x.Qty, y.Qty), cmp.Compare(x.Row, y.Row))
}

// resend is how far apart one clerk's double submission may be, µs.
const resend = 60 * 1_000_000

// Of reads the events of one key, in any order, into its life. It sorts evs.
func Of(evs []Event) Life {
	l := Life{}
	if len(evs) == 0 {
		return l
	}
	l.Key = evs[0].Key
	slices.SortFunc(evs, func(x, y Event) int { return order(&x, &y) })
	var back []Sale
	for _, kind := range []Kind{Sold, Returned} {
		var one []Sale
		for i := range evs {
			if evs[i].Kind == kind {
				one = append(one, Sale{Event: evs[i], Rows: []int32{evs[i].Row}, BackAt: claim.NoTime, left: evs[i].Qty})
			}
		}
		one = merge(one)
		if kind == Sold { // in order again: a report of the day alone may have met one with a time
			slices.SortStableFunc(one, func(x, y Sale) int { return order(&x.Event, &y.Event) })
			l.Sales = one
		} else {
			back = one
		}
	}
	for i := range evs {
		if evs[i].Kind != Sold && evs[i].Kind != Returned {
			l.Stock = append(l.Stock, evs[i])
		}
	}
	for i := range back {
		l.takeBack(&back[i])
	}
	for j := range l.Sales {
		for i := range j {
			a, b := &l.Sales[i], &l.Sales[j]
			if a.Live() && b.Live() && a.Pers != 0 && a.Pers == b.Pers && a.Inst == b.Inst && a.Split == b.Split && (!a.Split || a.Qty == b.Qty) &&
				!a.At.DayOnly() && !b.At.DayOnly() && b.At.Clock()-a.At.Clock() <= resend {
				if b.Paid && !a.Paid { // what insurance paid is the sale, the other report its shadow
					a.Resent = true
				} else {
					b.Resent = true
				}
			}
		}
	}
	return l
}

// merge joins reports of one sale. Joining is transitive: a report with settlement and document joins one that has only
// the settlement with one that has only the document.
func merge(one []Sale) []Sale {
	n := len(one)
	if n < 2 {
		return one
	}
	root := make([]int, n)
	for i := range root {
		root[i] = i
	}
	find := func(i int) int {
		for root[i] != i {
			i = root[i]
		}
		return i
	}
	for j := range one {
		for i := range j {
			if a, b := find(i), find(j); a != b && same(&one[i].Event, &one[j].Event) {
				root[max(a, b)] = min(a, b)
			}
		}
	}
	var out []Sale
	at := map[int]int{}
	sums := map[[2]int]claim.Qty{}
	for i := range one {
		r := find(i)
		k, ok := at[r]
		if !ok {
			k = len(out)
			at[r] = k
			out = append(out, one[i])
		} else {
			out[k].join(&one[i])
		}
		out[k].Channels[one[i].Via] = true
		sums[[2]int{k, int(one[i].Via)}] = plus(sums[[2]int{k, int(one[i].Via)}], one[i].Qty)
	}
	for k := range out {
		q := claim.Qty(0)
		for v := range int(channels) {
			if s := sums[[2]int{k, v}]; s == claim.None64 || q == claim.None64 {
				q = claim.None64
			} else {
				q = max(q, s)
			}
		}
		out[k].Qty, out[k].left = q, q
	}
	return out
}

func plus(a, b claim.Qty) claim.Qty {
	if a == claim.None64 || b == claim.None64 {
		return claim.None64
	}
	return a + b
}

// join adds another report of the same sale: what one does not know the other may. The institution that insurance paid is
// the seller; a report with a time of day is better than one without.
func (s *Sale) join(o *Sale) {
	s.Rows = append(s.Rows, o.Rows...)
	for i, d := range o.Docs {
		if s.Docs[i] == 0 {
			s.Docs[i] = d
		}
	}
	if s.Pers == 0 {
		s.Pers = o.Pers
	}
	if !s.Paid && o.Paid {
		s.Inst = o.Inst
	}
	if s.At.DayOnly() && !o.At.DayOnly() && s.At.Day() == o.At.Day() {
		s.At = o.At
	}
	s.Split, s.Paid, s.Ward = s.Split || o.Split, s.Paid || o.Paid, s.Ward || o.Ward
	if s.Of == 0 {
		s.Of = o.Of
	}
}

// same tells whether two reports speak of one sale: one settlement; one visit or retail document at one institution; or
// one prescription of one person that a hospital wrote and another shop delivered.
func same(a, b *Event) bool {
	eq := func(i int) bool { return a.Docs[i] != 0 && a.Docs[i] == b.Docs[i] }
	others := a.Pers != 0 && b.Pers != 0 && a.Pers != b.Pers
	switch {
	case eq(DocSetl):
		return true
	case others:
		return false
	case a.Inst == b.Inst:
		d := a.At.Day() - b.At.Day()
		return eq(DocMdtrt) || (eq(DocShop) && d >= -1 && d <= 1)
	}
	return eq(DocRx) && a.Pers != 0 && a.Pers == b.Pers && (a.Docs[DocSetl] == 0 || b.Docs[DocSetl] == 0)
}

// takeBack finds the sale that a return undoes: the one it names, else one it shares a document with, else the latest
// before it at the institution, else the latest anywhere.
func (l *Life) takeBack(r *Sale) {
	best, rank := -1, 0
	for i := range l.Sales {
		s := &l.Sales[i]
		if s.Back {
			continue
		}
		k := 0
		switch {
		case r.Of != 0 && slices.Contains(s.Docs[:DocRx], r.Of) && (s.Inst == r.Inst || r.Of == s.Docs[DocSetl]):
			k = 5
		case same(&s.Event, &r.Event):
			k = 4
		case s.At.Clock() > r.At.Clock() && !(s.At.Day() == r.At.Day() && (s.At.DayOnly() || r.At.DayOnly())):
			continue
		case s.Inst == r.Inst && s.Pers != 0 && s.Pers == r.Pers:
			k = 3
		case s.Inst == r.Inst && (s.Pers == 0 || r.Pers == 0):
			k = 2
		case s.Inst != r.Inst && r.Of == 0:
			k = 1
		}
		if k > 0 && k >= rank {
			best, rank = i, k
		}
	}
	if best < 0 {
		l.Stray = append(l.Stray, r.Event)
		return
	}
	s := &l.Sales[best]
	if s.Inst != r.Inst && rank < 4 {
		s.Astray = r.Inst
	}
	if s.Split && r.Split && s.left != claim.None64 && r.Qty != claim.None64 && r.Qty < s.left {
		s.left -= r.Qty
		return
	}
	s.Back, s.BackAt = true, r.At
}

// Left is what a live split sale still holds of the box, in smallest units; None64 unknown.
func (s *Sale) Left() claim.Qty { return s.left }
