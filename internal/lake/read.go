package lake

import (
	"fmt"
	"slices"

	"github.com/mingjian/mingjian/internal/claim"
)

// Reader reads a snapshot again and again into the same memory. It belongs to one goroutine; a batch it returns is
// valid until its next read of the same table.
type Reader struct {
	s     *Snapshot
	sc    scratch
	keep  map[string]*claim.Batch
	fresh bool
}

// Reader returns a reader with memory of its own.
func (s *Snapshot) Reader() *Reader { return &Reader{s: s, keep: map[string]*claim.Batch{}} }

// Read returns the rows of a table in a month and bucket: sorted by person, time, visit and line, with Pers, Visit and
// Setl filled. cols names the columns wanted, nil = all; others stay absent. Reads of one snapshot with different
// columns are row-aligned.
func (s *Snapshot) Read(table string, m claim.Month, bucket int, cols []string) (*claim.Batch, error) {
	r := Reader{s: s, fresh: true}
	return r.Read(table, m, bucket, cols)
}

// Reference returns all rows of a reference table, sorted by key.
func (s *Snapshot) Reference(table string) (*claim.Batch, error) { return s.Read(table, 0, 0, nil) }

// Refunds returns the settlements of a bucket, of all months, that refund another or were refunded.
func (s *Snapshot) Refunds(bucket int) (*claim.Batch, error) {
	return s.reversals("settlement", bucket)
}

// Negatives returns the negative fee lines of a bucket, of all months.
func (s *Snapshot) Negatives(bucket int) (*claim.Batch, error) { return s.reversals("fee", bucket) }

// Read is Snapshot.Read into the reader's memory.
func (r *Reader) Read(table string, m claim.Month, bucket int, cols []string) (*claim.Batch, error) {
	t := claim.TableOf(table)
	if t == nil {
		return nil, fmt.Errorf("没有名为 %s 的表", table)
	}
	want, err := wanted(t, cols)
	if err != nil {
		return nil, err
	}
	places := r.s.at[table][makeRef(bucket, m)]
	switch len(places) {
	case 0:
		return claim.NewBatch(t), nil
	case 1:
		b := r.batch(t)
		p := places[0]
		if err := r.group(b, p.f, p.g.Index, p.g.Rows, want); err != nil {
			return nil, err
		}
		return b, r.s.ordered(b, p.f.Name)
	}
	return r.merge(t, places, want)
}

func (r *Reader) batch(t *claim.Table) *claim.Batch {
	if r.fresh {
		return claim.NewBatch(t)
	}
	b := r.keep[t.Name]
	if b == nil {
		b = claim.NewBatch(t)
		r.keep[t.Name] = b
	}
	return b
}

func (r *Reader) group(b *claim.Batch, f *fileState, index int, rows int64, want []int) error {
	ff, err := r.s.l.files.get(f)
	if err != nil {
		return err
	}
	if !r.fresh { // columns of an earlier read that are not wanted now must not shine through
		for i := range b.Cols {
			if !slices.Contains(want, i) {
				b.Cols[i] = claim.Col{}
			}
		}
	}
	return ff.readGroup(b, index, int(rows), want, &r.sc)
}

// wanted lists the columns to decode.
func wanted(t *claim.Table, cols []string) ([]int, error) {
	all := allColumns(t)
	if cols == nil {
		return all, nil
	}
	out := slices.DeleteFunc(all, func(ci int) bool { return ci >= 0 })
	for _, c := range cols {
		ci := t.Col(c)
		if ci < 0 {
			return nil, fmt.Errorf("表 %s 没有列 %s", t.Name, c)
		}
		if !slices.Contains(out, ci) {
			out = append(out, ci)
		}
	}
	return out, nil
}

// ordered checks cheaply that a file's rows are in the order everything above relies on.
func (s *Snapshot) ordered(b *claim.Batch, name string) error {
	at := atColumn(b)
	for i := 1; i < len(b.Pers); i++ {
		if b.Pers[i] < b.Pers[i-1] || (at != nil && b.Pers[i] == b.Pers[i-1] && at[i]|1 < at[i-1]&^1) {
			return corrupt(name, fmt.Errorf("第 %d 行的顺序不对", i+1))
		}
	}
	return nil
}

// merge reads several pieces and sorts them together. The columns of the order are read even when not wanted.
func (r *Reader) merge(t *claim.Table, places []place, want []int) (*claim.Batch, error) {
	need := slices.Clone(want)
	order := tieCols(t)
	if t.At != "" {
		order = append(order, t.MustCol(t.At))
	}
	for _, ci := range order {
		if !slices.Contains(need, ci) {
			need = append(need, ci)
		}
	}
	all := claim.NewBatch(t)
	for _, p := range places {
		b := claim.NewBatch(t)
		ff, err := r.s.l.files.get(p.f)
		if err != nil {
			return nil, err
		}
		index, rows := p.g.Index, p.g.Rows
		if p.f.Groups == nil { // a side file
			index, rows = p.g.Side, p.g.SideN
		}
		if err := ff.readGroup(b, index, int(rows), need, &r.sc); err != nil {
			return nil, err
		}
		appendBatch(all, b, 0, b.N)
	}
	out := permute(all, sortRows(all, r.s.dicts))
	for _, ci := range need[len(want):] {
		out.Cols[ci] = claim.Col{}
	}
	return out, nil
}

func (s *Snapshot) reversals(table string, bucket int) (*claim.Batch, error) {
	t := claim.MustTable(table)
	var places []place
	for _, ref := range s.refs(table) {
		for _, p := range s.at[table][ref] {
			if ref.bucket() == bucket && p.g.Side >= 0 {
				places = append(places, place{f: p.f.Side, g: p.g})
			}
		}
	}
	if len(places) == 0 {
		return claim.NewBatch(t), nil
	}
	r := Reader{s: s, fresh: true}
	return r.merge(t, places, allColumns(t))
}
