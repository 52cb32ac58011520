package index

import (
	"cmp"
	"container/heap"
	"errors"
	"os"
	"slices"
)

// wake tells the background that memory is full.
func (x *Index) wake() {
	select {
	case x.full <- struct{}{}:
	default:
	}
}

func (x *Index) background() {
	defer x.bg.Done()
	for {
		select {
		case <-x.stop:
			return
		case <-x.full:
			if err := x.Flush(); err != nil {
				x.mu.Lock()
				x.bgErr = err
				x.mu.Unlock()
			}
		}
	}
}

// Flush writes what memory holds as a segment, forgets the logs behind it, and joins segments that have become many.
func (x *Index) Flush() error {
	x.merge.Lock()
	defer x.merge.Unlock()
	if err := x.flush(); err != nil {
		return err
	}
	for {
		if again, err := x.compact(); err != nil || !again {
			return err
		}
	}
}

func (x *Index) flush() error {
	x.mu.Lock()
	if x.frozen == nil {
		if x.mem.n == 0 {
			x.mu.Unlock()
			return nil
		}
		log, err := newWAL(x.path(logName(x.next)))
		if err != nil {
			x.mu.Unlock()
			return err
		}
		old := x.log
		x.frozen, x.mem, x.log, x.man.Log = x.mem, newMemory(), log, x.next
		x.next++
		// Under the lock: whoever is told that a sale is known already must not hear it before that sale is durable.
		if err := errors.Join(old.close(), syncDir(x.dir)); err != nil {
			x.mu.Unlock()
			return err
		}
	}
	frozen, name := x.frozen, segName(x.next)
	x.next++
	m := x.man
	x.mu.Unlock()

	var b []byte
	for i := range frozen.shards {
		for _, rs := range frozen.shards[i].m {
			for k := range rs {
				n := len(b)
				b = append(b, make([]byte, recSize)...)
				rs[k].put(b[n:])
			}
		}
	}
	s, err := x.write(name, sorted(b))
	if err != nil {
		return err
	}
	m.Segments = append(slices.Clone(m.Segments), name)
	if err := x.publish(m); err != nil {
		return err
	}
	x.mu.Lock()
	x.segs, x.frozen, x.man.Segments = append(slices.Clone(x.segs), s), nil, m.Segments
	x.mu.Unlock()
	return x.dropLogs(m.Log)
}

// dropLogs removes the logs whose records are in segments.
func (x *Index) dropLogs(from int) error {
	for n := from - 1; n >= 0; n-- {
		if err := os.Remove(x.path(logName(n))); errors.Is(err, os.ErrNotExist) && n < from-64 {
			return nil
		} else if err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// sorted puts encoded records in order.
func sorted(b []byte) func() []byte {
	type place struct {
		p uint64
		i int32
	}
	idx := make([]place, len(b)/recSize)
	for i := range idx {
		idx[i] = place{prefix(b[i*recSize:]), int32(i)}
	}
	slices.SortFunc(idx, func(x, y place) int {
		if x.p != y.p {
			return cmp.Compare(x.p, y.p)
		}
		return compareRec(b[int(x.i)*recSize:], b[int(y.i)*recSize:])
	})
	i := 0
	return func() []byte {
		if i == len(idx) {
			return nil
		}
		i++
		return b[int(idx[i-1].i)*recSize:]
	}
}

func (x *Index) write(name string, next func() []byte) (*segment, error) {
	w, err := newSegmentWriter(x.path(name))
	if err != nil {
		return nil, err
	}
	for r := next(); r != nil; r = next() {
		if err := w.add(r); err != nil {
			w.f.Close()
			return nil, err
		}
	}
	return w.close()
}

// fan is how many segments of one size are kept side by side.
const fan = 4

// tier is the size of a segment: each holds fan times as much as the one below.
func tier(n int64) (t int) {
	for n /= memLimit; n > 0; n /= fan {
		t++
	}
	return t
}

// compact joins the newest segments once fan of them are of one size, so that a record is rewritten once a tier and a
// lookup asks few files. It tells whether it did.
func (x *Index) compact() (bool, error) {
	x.mu.RLock()
	segs := x.segs
	x.mu.RUnlock()
	from := len(segs)
	for from > 0 && tier(segs[from-1].n) <= tier(segs[len(segs)-1].n) {
		from--
	}
	if len(segs)-from < fan {
		return false, nil
	}
	old := segs[from:]
	x.mu.Lock()
	name := segName(x.next)
	x.next++
	m := x.man
	x.mu.Unlock()
	c := newMerge(old, 0, 1<<64-1)
	s, err := x.write(name, c.next)
	if err = errors.Join(err, c.err); err != nil {
		return false, err
	}
	m.Segments = append(slices.Clone(m.Segments[:from]), name)
	if err := x.publish(m); err != nil {
		return false, err
	}
	x.mu.Lock()
	x.segs, x.man.Segments = append(slices.Clone(segs[:from]), s), m.Segments
	x.mu.Unlock()
	for _, o := range old { // nobody reads them now: readers hold x.mu
		err = errors.Join(err, o.f.Close(), os.Remove(x.path(o.name)))
	}
	return true, err
}

// cursor walks a segment's records with prefixes in [lo, hi].
type cursor struct {
	s    *segment
	page int
	buf  []byte // several pages
	in   int    // pages in buf
	at   int
	recs []byte
	pos  int
	hi   uint64
	rec  []byte
}

const readPages = 64

// merge yields the records of several segments in order.
type merge struct {
	cs  []*cursor
	cur *cursor
	err error
}

func newMerge(segs []*segment, lo, hi uint64) *merge {
	m := &merge{}
	for _, s := range segs {
		i, _ := slices.BinarySearch(s.fences, lo)
		c := &cursor{s: s, page: max(0, i-1), hi: hi, buf: make([]byte, readPages*pageSize)}
		for m.advance(c) && prefix(c.rec) < lo {
		}
		if c.rec != nil {
			m.cs = append(m.cs, c)
		}
	}
	heap.Init(m)
	return m
}

func (m *merge) Len() int           { return len(m.cs) }
func (m *merge) Less(i, j int) bool { return compareRec(m.cs[i].rec, m.cs[j].rec) < 0 }
func (m *merge) Swap(i, j int)      { m.cs[i], m.cs[j] = m.cs[j], m.cs[i] }
func (m *merge) Push(any)           {}
func (m *merge) Pop() any           { m.cs = m.cs[:len(m.cs)-1]; return nil }

// next returns the next record, valid until the call after it; nil at the end.
func (m *merge) next() []byte {
	if m.cur != nil {
		if m.advance(m.cur); m.cur.rec == nil {
			heap.Remove(m, slices.Index(m.cs, m.cur))
		} else if len(m.cs) > 1 {
			heap.Fix(m, 0)
		}
		m.cur = nil
	}
	if len(m.cs) == 0 || m.err != nil {
		return nil
	}
	m.cur = m.cs[0]
	return m.cur.rec
}

// advance moves to the next record; rec is nil at the end.
func (m *merge) advance(c *cursor) bool {
	c.rec = nil
	for c.pos == len(c.recs) {
		if c.at == c.in {
			n := min(readPages, len(c.s.fences)-c.page)
			if n <= 0 {
				return false
			}
			if _, err := c.s.f.ReadAt(c.buf[:n*pageSize], int64(c.page)*pageSize); err != nil {
				m.err = err
				return false
			}
			c.page, c.in, c.at = c.page+n, n, 0
		}
		recs, err := records(c.buf[c.at*pageSize : (c.at+1)*pageSize])
		if err != nil {
			m.err = err
			return false
		}
		c.recs, c.pos = recs, 0
		c.at++
	}
	r := c.recs[c.pos : c.pos+recSize]
	if prefix(r) > c.hi {
		return false
	}
	c.pos += recSize
	c.rec = r
	return true
}
