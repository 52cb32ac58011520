package index

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/trace/life"
)

// Record is one event of one box in 36 bytes.
type Record struct {
	Key              life.Key
	Inst             uint32 // of the index's own dictionary
	Pers             uint32 // hash of the person, 0 unknown
	At               claim.Time
	Doc              uint64 // 56 bits of the document's hash
	Qty              claim.Qty
	Kind             life.Kind
	Split, Paid, Odd bool // Odd: the clerk insisted
	Ward             bool
}

const (
	recSize = 36
	docMask = 1<<56 - 1
	noQty   = 1<<32 - 1
)

// epoch is second 0 of a record's time: 2000-01-01.
var epoch = claim.DayOf(2000, 1, 1).Start().Clock()

const (
	fSplit = 1 << (3 + iota)
	fPaid
	fWard
	fDay
	fOdd
)

func (r *Record) put(b []byte) {
	copy(b, r.Key[:])
	binary.LittleEndian.PutUint32(b[12:], r.Inst)
	binary.LittleEndian.PutUint32(b[16:], r.Pers)
	sec := (r.At.Clock() - epoch) / 1e6
	binary.LittleEndian.PutUint32(b[20:], uint32(max(0, min(sec, 1<<32-1))))
	q := uint32(noQty)
	if r.Qty >= 0 && int64(r.Qty) < noQty {
		q = uint32(r.Qty)
	}
	binary.LittleEndian.PutUint32(b[24:], q)
	f := byte(r.Kind)
	for _, x := range []struct {
		on  bool
		bit byte
	}{{r.Split, fSplit}, {r.Paid, fPaid}, {r.Ward, fWard}, {r.At.DayOnly(), fDay}, {r.Odd, fOdd}} {
		if x.on {
			f |= x.bit
		}
	}
	binary.LittleEndian.PutUint64(b[28:], r.Doc&docMask|uint64(f)<<56)
}

func (r *Record) get(b []byte) {
	copy(r.Key[:], b)
	r.Inst, r.Pers = binary.LittleEndian.Uint32(b[12:]), binary.LittleEndian.Uint32(b[16:])
	t := epoch + int64(binary.LittleEndian.Uint32(b[20:]))*1e6
	r.Qty = claim.Qty(binary.LittleEndian.Uint32(b[24:]))
	if r.Qty == noQty {
		r.Qty = claim.None64
	}
	last := binary.LittleEndian.Uint64(b[28:])
	f := byte(last >> 56)
	r.Doc, r.Kind = last&docMask, life.Kind(f&7)
	r.Split, r.Paid, r.Ward, r.Odd = f&fSplit != 0, f&fPaid != 0, f&fWard != 0, f&fOdd != 0
	if f&fDay != 0 {
		t |= 1
	}
	r.At = claim.Time(t)
}

// Event is the record as life reads it. row is the caller's number.
func (r *Record) Event(row int32) life.Event {
	e := life.Event{Key: r.Key, Kind: r.Kind, At: r.At, Inst: int32(r.Inst), Pers: int32(r.Pers), Qty: r.Qty, Split: r.Split, Paid: r.Paid,
		Ward: r.Ward, Row: row}
	e.Docs[life.DocMdtrt] = r.Doc
	if r.Kind == life.Returned {
		e.Of = r.Doc
	}
	return e
}

// Events are a code's records as life reads them; Row is the place in recs. A sale under a document is recorded anew only when the one before was
// taken back (scanned by mistake, then scanned again for the same receipt), or when it is of another part of a pack: it is another sale, so it gets a
// document of its own here, and a return belongs to the latest sale before it. Without a return between them two records under one document are one
// sale that came on two ways.
func Events(recs []Record) []life.Event {
	evs := make([]life.Event, len(recs))
	order := make([]int, len(recs))
	for i := range recs {
		evs[i], order[i] = recs[i].Event(int32(i)), i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(recs[a].At.Clock(), recs[b].At.Clock()), cmp.Compare(recs[a].Kind, recs[b].Kind))
	})
	type receipt struct {
		sales uint64
		back  bool // the latest was taken back
	}
	seen := map[[2]uint64]receipt{}
	for _, i := range order {
		r := &recs[i]
		k := [2]uint64{uint64(r.Inst), r.Doc}
		x := seen[k]
		switch {
		case r.Kind != life.Sold:
			x.back = true
		case x.sales == 0 || x.back || r.Split:
			x.sales, x.back = x.sales+1, false
		}
		seen[k] = x
		n := x.sales
		if n > 0 {
			n--
		}
		if n > 0 && r.Doc != 0 {
			evs[i].Docs[life.DocMdtrt] = (r.Doc + n*0x9e3779b97f4a7c15) | 1<<63 // no recorded document has this bit
			if r.Kind == life.Returned {
				evs[i].Of = evs[i].Docs[life.DocMdtrt]
			}
		}
	}
	return evs
}

// compareRec orders encoded records: by key, then time, then the rest, so that files do not depend on arrival.
func compareRec(a, b []byte) int {
	if c := bytes.Compare(a[:12], b[:12]); c != 0 {
		return c
	}
	return cmp.Or(cmp.Compare(binary.LittleEndian.Uint32(a[20:]), binary.LittleEndian.Uint32(b[20:])), bytes.Compare(a[12:recSize], b[12:recSize]))
}

func prefix(b []byte) uint64 { return binary.BigEndian.Uint64(b) }
