package lake

import (
	"fmt"
	"os"
	"slices"

	"github.com/mingjian/mingjian/internal/claim"
)

// rowset is rows of one table with what the lake adds to them.
type rowset struct {
	b       *claim.Batch // codes of the lake; Pers, Visit and Setl filled
	ref     []ref
	ord     []uint32
	content []uint64
}

// size in bytes, roughly, for the memory limit.
func (r *rowset) size() int {
	n := r.b.N * 40
	for i := range r.b.Cols {
		c := &r.b.Cols[i]
		n += 4*len(c.I32) + 8*len(c.I64) + 4*len(c.Text.Off) + len(c.Text.Data)
	}
	return n
}

// spill collects rowsets and gives them back group by group. Rows of a run are put in order of their group in memory;
// when the runs exceed the limit they go to a temporary file, one block for each (run, group), so that a group is read
// with one access for each run.
type spill struct {
	t       *claim.Table
	limit   int
	pending []*rowset
	bytes   int
	runs    []*run
	f       *os.File
	at      int64
	path    string
	has     []bool  // columns with a value anywhere
	full    []int64 // values by column, to know which columns have no gap
	rows    int64
}

// run is sorted rows: in memory (sorted set) or in the file (at, by group).
type run struct {
	groups []span
	set    *rowset
}

type span struct {
	ref    ref
	lo, hi int
	off    int64
	size   int
	text   []int // bytes of text by column
}

func newSpill(t *claim.Table, path string, limit int) *spill {
	return &spill{t: t, limit: limit, path: path, has: make([]bool, len(t.Columns)), full: make([]int64, len(t.Columns))}
}

func (s *spill) add(r *rowset) error {
	if r.b.N == 0 {
		return nil
	}
	for i := range r.b.Cols {
		c := &r.b.Cols[i]
		s.has[i] = s.has[i] || c.I32 != nil || c.I64 != nil || c.Text.Off != nil
	}
	s.rows += int64(r.b.N)
	s.pending = append(s.pending, r)
	if s.bytes += r.size(); s.bytes >= s.limit {
		return s.flush(true)
	}
	return nil
}

// finish makes the last run; it stays in memory.
func (s *spill) finish() error { return s.flush(false) }

func (s *spill) close() {
	if s.f != nil {
		s.f.Close()
		os.Remove(s.path)
	}
}

// groups lists all groups in order.
func (s *spill) groups() (out []ref) {
	seen := map[ref]bool{}
	for _, r := range s.runs {
		for _, g := range r.groups {
			if !seen[g.ref] {
				seen[g.ref] = true
				out = append(out, g.ref)
			}
		}
	}
	slices.Sort(out)
	return out
}

func (s *spill) flush(toDisk bool) error {
	if len(s.pending) == 0 {
		return nil
	}
	set, spans := arrange(s.t, s.pending)
	s.pending, s.bytes = nil, 0
	for i := range spans {
		spans[i].text = textSizes(set.b, spans[i].lo, spans[i].hi)
	}
	r := &run{groups: spans, set: set}
	s.runs = append(s.runs, r)
	if !toDisk {
		return nil
	}
	if s.f == nil {
		f, err := os.Create(s.path)
		if err != nil {
			return fmt.Errorf("无法写入临时文件：%w", err)
		}
		s.f = f
	}
	var buf []byte
	for i := range r.groups {
		g := &r.groups[i]
		buf = encodeRows(buf[:0], set, g.lo, g.hi)
		if _, err := s.f.WriteAt(buf, s.at); err != nil {
			return fmt.Errorf("无法写入临时文件（磁盘是否已满？）：%w", err)
		}
		g.off, g.size = s.at, len(buf)
		s.at += int64(len(buf))
	}
	r.set = nil
	return nil
}

// load returns all rows of a group in input order. buf is memory that load may use and give back.
func (s *spill) load(g ref, buf []byte) (*rowset, []byte, error) {
	var at []span
	var from []*run
	rows, text := 0, make([]int, len(s.t.Columns))
	for _, r := range s.runs {
		i, ok := slices.BinarySearchFunc(r.groups, g, func(s span, g ref) int { return int(int64(s.ref) - int64(g)) })
		if ok {
			at, from = append(at, r.groups[i]), append(from, r)
			rows += r.groups[i].hi - r.groups[i].lo
			for c, n := range r.groups[i].text {
				text[c] += n
			}
		}
	}
	out := newRowset(s.t, rows, s.has, text)
	for k, r := range from {
		sp := at[k]
		if r.set != nil {
			appendRows(out, r.set, sp.lo, sp.hi)
			continue
		}
		if cap(buf) < sp.size {
			buf = make([]byte, sp.size*5/4)
		}
		buf = buf[:sp.size]
		if _, err := s.f.ReadAt(buf, sp.off); err != nil {
			return nil, buf, fmt.Errorf("读取临时文件失败：%w", err)
		}
		part := decodeRows(s.t, buf)
		appendRows(out, part, 0, part.b.N)
	}
	return out, buf, nil
}

// newRowset has room for rows, so that appending does not leave copies behind.
func newRowset(t *claim.Table, rows int, has []bool, text []int) *rowset {
	out := &rowset{b: claim.NewBatch(t), ref: make([]ref, 0, rows), ord: make([]uint32, 0, rows), content: make([]uint64, 0, rows)}
	if t.PersonKeyed {
		out.b.Pers = make([]int32, 0, rows)
	}
	for ci := range t.Columns {
		c, typ := &out.b.Cols[ci], t.Columns[ci].Type
		switch {
		case !has[ci]:
		case typ == claim.Str:
			c.Text = claim.Text{Off: append(make([]uint32, 0, rows+1), 0), Data: make([]byte, 0, text[ci])}
		case typ.Wide():
			c.I64 = make([]int64, 0, rows)
		default:
			c.I32 = make([]int32, 0, rows)
		}
	}
	return out
}

// textSizes are the bytes of text of rows [lo,hi), by column.
func textSizes(b *claim.Batch, lo, hi int) []int {
	out := make([]int, len(b.Cols))
	for i := range b.Cols {
		if t := &b.Cols[i].Text; t.Off != nil {
			out[i] = int(t.Off[hi] - t.Off[lo])
		}
	}
	return out
}

// arrange puts the rows of several sets in order of their group, keeping input order within a group.
func arrange(t *claim.Table, sets []*rowset) (*rowset, []span) {
	count := map[ref]int{}
	total := 0
	for _, s := range sets {
		for _, r := range s.ref {
			count[r]++
		}
		total += s.b.N
	}
	order := make([]ref, 0, len(count))
	for r := range count {
		order = append(order, r)
	}
	slices.Sort(order)
	spans, at := make([]span, len(order)), 0
	next := make(map[ref]*int, len(order))
	for i, r := range order {
		spans[i] = span{ref: r, lo: at, hi: at + count[r]}
		start := at
		next[r] = &start
		at += count[r]
	}
	pos := make([][]int32, len(sets))
	for k, s := range sets {
		pos[k] = make([]int32, s.b.N)
		var last ref
		var p *int
		for i, r := range s.ref {
			if p == nil || r != last {
				last, p = r, next[r]
			}
			pos[k][i] = int32(*p)
			*p++
		}
	}
	return scatter(t, sets, pos, total), spans
}

// scatter moves every row of the sets to its position.
func scatter(t *claim.Table, sets []*rowset, pos [][]int32, n int) *rowset {
	out := &rowset{b: claim.NewBatch(t), ref: make([]ref, n), ord: make([]uint32, n), content: make([]uint64, n)}
	out.b.N = n
	for k, s := range sets {
		move(out.ref, s.ref, pos[k])
		move(out.ord, s.ord, pos[k])
		move(out.content, s.content, pos[k])
		out.b.Pers = moveTo(out.b.Pers, s.b.Pers, pos[k], n)
		out.b.Visit = moveTo(out.b.Visit, s.b.Visit, pos[k], n)
		out.b.Setl = moveTo(out.b.Setl, s.b.Setl, pos[k], n)
	}
	for ci := range t.Columns {
		col := &out.b.Cols[ci]
		typ := t.Columns[ci].Type
		if typ == claim.Str {
			scatterText(&col.Text, sets, ci, pos, n)
			continue
		}
		for k, s := range sets {
			from := &s.b.Cols[ci]
			switch {
			case from.I64 != nil:
				if col.I64 == nil {
					col.I64 = absent64(n)
				}
				move(col.I64, from.I64, pos[k])
			case from.I32 != nil:
				if col.I32 == nil {
					col.I32 = absent32(n, typ)
				}
				move(col.I32, from.I32, pos[k])
			}
		}
	}
	return out
}

func move[T any](to, from []T, pos []int32) {
	for i, v := range from {
		to[pos[i]] = v
	}
}

func moveTo[T any](to, from []T, pos []int32, n int) []T {
	if from == nil {
		return to
	}
	if to == nil {
		to = make([]T, n)
	}
	move(to, from, pos)
	return to
}

func scatterText(out *claim.Text, sets []*rowset, ci int, pos [][]int32, n int) {
	any, size := false, 0
	for _, s := range sets {
		if t := &s.b.Cols[ci].Text; t.Off != nil {
			any = true
			size += len(t.Data)
		}
	}
	if !any {
		return
	}
	off := make([]uint32, n+1)
	for k, s := range sets {
		if t := &s.b.Cols[ci].Text; t.Off != nil {
			for i, p := range pos[k] {
				off[p+1] = t.Off[i+1] - t.Off[i]
			}
		}
	}
	for i := 0; i < n; i++ {
		off[i+1] += off[i]
	}
	data := make([]byte, size)
	for k, s := range sets {
		if t := &s.b.Cols[ci].Text; t.Off != nil {
			for i, p := range pos[k] {
				copy(data[off[p]:off[p+1]], t.Data[t.Off[i]:t.Off[i+1]])
			}
		}
	}
	out.Off, out.Data = off, data
}

func absent64(n int) []int64 {
	v := make([]int64, n)
	for i := range v {
		v[i] = claim.None64
	}
	return v
}

func absent32(n int, t claim.Type) []int32 {
	v := make([]int32, n)
	if t != claim.Code {
		for i := range v {
			v[i] = claim.None32
		}
	}
	return v
}
