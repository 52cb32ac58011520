package index

import (
	"fmt"
	"slices"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/trace/life"
)

// Box is one box of a sale.
type Box struct {
	Code  life.Code
	Split bool
	Qty   claim.Qty // of a split pack: smallest units (1e-4), None64 unknown
	Pack  claim.Qty // smallest units in the box, 0 unknown
}

// Slip is what a counter reports: one document with its boxes.
type Slip struct {
	Inst string // fixmedins_code
	Psn  string
	At   claim.Time
	// Docs are the names the sale goes by: mdtrt_id, setl_id, rtal_docno, as far as known; the first is kept. A sale that
	// is already there under any of them at this institution is this sale.
	Docs       []string
	Paid, Ward bool
	Boxes      []Box
	// Insist records the sale although a box was sold before: the clerk read the warning.
	Insist bool
}

// Answer for one box.
type Answer struct {
	Box    int
	Known  bool        // this very sale is recorded already
	Again  *life.Again // nil: nothing against it
	Before *Record     // the sale that stands against it
	Count  int         // live sales of the box, this one included if it stands
}

// Stands tells whether the box may go.
func (a *Answer) Stands() bool { return a.Again == nil || a.Again.Explained() }

// Sell asks for all boxes of a slip and, when every one stands (or the clerk insists), records them as one. It returns
// after the record is durable. Of several counters that sell a box in the same instant exactly one is told that it stands.
// An invalid code is an error: the caller asks first (T013).
func (x *Index) Sell(s *Slip) (answers []Answer, recorded bool, err error) { return x.ask(s, true) }

// Check asks without recording.
func (x *Index) Check(s *Slip) ([]Answer, error) {
	a, _, err := x.ask(s, false)
	return a, err
}

func (x *Index) ask(s *Slip, record bool) (answers []Answer, recorded bool, err error) {
	if len(s.Docs) == 0 || s.Docs[0] == "" {
		return nil, false, fmt.Errorf("销售没有单据号：请填 mdtrt_id、setl_id 或 rtal_docno")
	}
	inst, err := x.insts.code(s.Inst)
	if err != nil {
		return nil, false, err
	}
	recs := make([]Record, len(s.Boxes))
	for i := range s.Boxes {
		b := &s.Boxes[i]
		if !b.Code.Valid() {
			return nil, false, fmt.Errorf("追溯码 %q %s", b.Code.Text, b.Code.Reason)
		}
		recs[i] = Record{Key: life.KeyOf(b.Code.Text), Inst: inst, Pers: PersonHash(s.Psn), At: s.At, Doc: DocHash(s.Docs[0]), Kind: life.Sold,
			Qty: b.Qty, Split: b.Split, Paid: s.Paid, Ward: s.Ward}
	}
	x.mu.RLock()
	unlock := x.lockShards(recs)
	answers, fresh, err := x.judge(s, recs)
	if err != nil || !record || len(fresh) == 0 || (!s.Insist && slices.ContainsFunc(answers, func(a Answer) bool { return !a.Stands() })) {
		log := x.log
		unlock()
		x.mu.RUnlock()
		if err == nil && record && len(fresh) == 0 && len(recs) > 0 {
			return answers, true, <-log.barrier() // told before: true once that is durable
		}
		return answers, false, err
	}
	b := make([]byte, len(fresh)*recSize)
	for i, n := range fresh {
		recs[n].Odd = !answers[n].Stands()
		recs[n].put(b[i*recSize:])
		x.mem.add(&recs[n])
	}
	done, n := x.log.append(b), x.mem.grow(len(fresh))
	unlock()
	x.mu.RUnlock()
	if n >= memLimit {
		x.wake()
	}
	if err := <-done; err != nil {
		return nil, false, fmt.Errorf("追溯码索引写盘失败：%w", err)
	}
	return answers, true, nil
}

// lockShards locks the shards of the records in order, each once.
func (x *Index) lockShards(recs []Record) (unlock func()) {
	var ns []int
	for i := range recs {
		ns = append(ns, int(recs[i].Key[0]))
	}
	slices.Sort(ns)
	ns = slices.Compact(ns)
	mem := x.mem
	for _, n := range ns {
		mem.shards[n].mu.Lock()
	}
	return func() {
		for _, n := range ns {
			mem.shards[n].mu.Unlock()
		}
	}
}

// judge answers for each box by its life; fresh are the boxes that are not recorded yet.
func (x *Index) judge(s *Slip, recs []Record) (answers []Answer, fresh []int, err error) {
	var buf [pageSize]byte
	for i := range recs {
		r := &recs[i]
		a := Answer{Box: i}
		known, err := x.events(r.Key, buf[:])
		if err != nil {
			return nil, nil, err
		}
		evs := Events(known)
		live := life.Of(slices.Clone(evs))
		if hasSale(&live, known, r, s.Docs) {
			a.Known = true
			for k := range live.Sales {
				a.Count += b2i(live.Sales[k].Live())
			}
			answers = append(answers, a)
			continue
		}
		if !slices.ContainsFunc(recs[:i], func(o Record) bool { return o.Key == r.Key }) { // a box scanned twice for one slip
			fresh = append(fresh, i)
		}
		// What is recorded came first, whatever clocks say: of two sales in one instant the second to arrive is one too many.
		mine := r.Event(int32(len(known)))
		for n := range known {
			if c := known[n].At.Clock(); mine.At.Clock() <= c {
				mine.At = claim.Time(c + 2)
			}
			if known[n].Inst == r.Inst && known[n].Doc == r.Doc { // taken back before: this is another sale, and comes after that
				r.At = max(r.At, claim.Time(known[n].At.Clock()+1_000_000))
				mine.Docs[life.DocMdtrt] = ^r.Doc
			}
		}
		l := life.Of(append(evs, mine))
		for k := range l.Sales {
			a.Count += b2i(l.Sales[k].Live())
		}
		for _, v := range l.Again(&x.terms, s.Boxes[i].Pack) {
			if slices.Contains(l.Sales[v.Sale].Rows, int32(len(known))) {
				a.Again = &v
				if p := l.Sales[v.Prev].Row; int(p) < len(known) {
					a.Before = &known[p]
				}
			}
		}
		answers = append(answers, a)
	}
	return answers, fresh, nil
}

// hasSale tells whether a standing sale goes by one of the names.
func hasSale(l *life.Life, known []Record, r *Record, names []string) bool {
	for i := range l.Sales {
		s := &l.Sales[i]
		if s.Back || uint32(s.Inst) != r.Inst {
			continue
		}
		for _, d := range names {
			if h := DocHash(d); h != 0 && h == known[s.Row].Doc {
				return true
			}
		}
	}
	return false
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Undo takes a sale back: the clerk scanned by mistake, or the buyer returned the box (3506). doc is any name of the sale;
// empty means the latest at this institution. It tells whether there was a sale to take back.
func (x *Index) Undo(code life.Code, inst, doc string, qty claim.Qty, at claim.Time) (bool, error) {
	n, err := x.insts.code(inst)
	if err != nil {
		return false, err
	}
	r := Record{Key: life.KeyOf(code.Text), Inst: n, At: at, Doc: DocHash(doc), Kind: life.Returned, Qty: qty, Split: qty != none}
	x.mu.RLock()
	unlock := x.lockShards([]Record{r})
	ok, err := x.undoable(&r)
	if err != nil || !ok {
		unlock()
		x.mu.RUnlock()
		return false, err
	}
	b := make([]byte, recSize)
	r.put(b)
	x.mem.add(&r)
	done := x.log.append(b)
	x.mem.grow(1)
	unlock()
	x.mu.RUnlock()
	if err := <-done; err != nil {
		return false, fmt.Errorf("追溯码索引写盘失败：%w", err)
	}
	return true, nil
}

// undoable finds the sale that a return would take back and names it in the record, so that every later reading takes back
// the same one.
func (x *Index) undoable(r *Record) (bool, error) {
	var buf [pageSize]byte
	known, err := x.events(r.Key, buf[:])
	if err != nil {
		return false, err
	}
	l := life.Of(Events(known))
	for i := len(l.Sales) - 1; i >= 0; i-- {
		if s := &l.Sales[i]; !s.Back && uint32(s.Inst) == r.Inst && (r.Doc == 0 || r.Doc == known[s.Row].Doc) {
			r.Doc, r.Pers = known[s.Row].Doc, uint32(s.Pers)
			if !s.Split {
				r.Split, r.Qty = false, none
			} else if !r.Split {
				r.Split, r.Qty = true, s.Left()
			}
			if r.At.Clock() < s.At.Clock() {
				r.At = s.At
			}
			return true, nil
		}
	}
	return false, nil
}
