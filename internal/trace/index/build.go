package index

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// Builder takes any number of records in any order and adds them to the index as one segment: the import of what was
// uploaded before, or of another system's history. Memory does not grow with their number.
type Builder struct {
	x    *Index
	dir  string
	out  [256]*bufio.Writer
	file [256]*os.File
}

// Build begins a bulk load.
func (x *Index) Build() (*Builder, error) {
	dir, err := os.MkdirTemp(x.dir, "tmp-build-")
	if err != nil {
		return nil, err
	}
	b := &Builder{x: x, dir: dir}
	for i := range b.out {
		if b.file[i], err = os.Create(filepath.Join(dir, fmt.Sprint(i))); err != nil {
			b.drop()
			return nil, err
		}
		b.out[i] = bufio.NewWriterSize(b.file[i], 64<<10)
	}
	return b, nil
}

// Institution numbers a fixmedins_code for records.
func (b *Builder) Institution(code string) (uint32, error) { return b.x.insts.code(code) }

// Add takes a record.
func (b *Builder) Add(r *Record) error {
	var rec [recSize]byte
	r.put(rec[:])
	_, err := b.out[r.Key[0]].Write(rec[:])
	return err
}

func (b *Builder) drop() {
	for _, f := range b.file {
		if f != nil {
			f.Close()
		}
	}
	os.RemoveAll(b.dir)
}

// Close sorts what was added and publishes it. Until it returns, readers see nothing of it; killed before, nothing remains.
func (b *Builder) Close() error {
	defer b.drop()
	x := b.x
	x.merge.Lock()
	defer x.merge.Unlock()
	if err := x.flush(); err != nil { // a manifest is published only when nothing waits to be written
		return err
	}
	x.mu.Lock()
	name := segName(x.next)
	x.next++
	x.mu.Unlock()
	w, err := newSegmentWriter(x.path(name))
	if err != nil {
		return err
	}
	type sortedPart struct {
		next func() []byte
		err  error
	}
	parts := make(chan sortedPart, 1)
	quit := make(chan struct{})
	go func() {
		defer close(parts)
		for i := range b.out {
			err := b.out[i].Flush()
			var all []byte
			if err == nil {
				all, err = os.ReadFile(b.file[i].Name())
			}
			p := sortedPart{err: err}
			if err == nil {
				p.next = sorted(all)
				err = os.Remove(b.file[i].Name())
			}
			select {
			case parts <- p:
			case <-quit:
				return
			}
		}
	}()
	defer close(quit)
	for p := range parts {
		if p.err != nil {
			w.f.Close()
			return p.err
		}
		for r := p.next(); r != nil; r = p.next() {
			if err := w.add(r); err != nil {
				w.f.Close()
				return err
			}
		}
	}
	if w.n == 0 {
		w.f.Close()
		return os.Remove(w.path)
	}
	s, err := w.close()
	if err != nil {
		return err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	m := x.man
	m.Segments = append([]string{name}, m.Segments...)
	if err := x.publish(m); err != nil {
		return errors.Join(err, s.f.Close())
	}
	x.man, x.segs = m, append([]*segment{s}, slices.Clone(x.segs)...)
	return nil
}

// Scan calls each for every code that has more than one record, in order of keys within a part, with its records; parts are
// walked side by side and each is called from several goroutines, with the number of the part. It reads the files from
// end to end and holds one code at a time.
func (x *Index) Scan(parts int, each func(part int, recs []Record) error) (records int64, err error) {
	if err := x.Flush(); err != nil {
		return 0, err
	}
	x.mu.RLock()
	segs := make([]*segment, len(x.segs))
	for i, s := range x.segs { // handles of its own: joining may close the index's
		if segs[i], err = openSegment(x.path(s.name)); err != nil {
			x.mu.RUnlock()
			return 0, err
		}
		defer segs[i].f.Close()
	}
	x.mu.RUnlock()
	type result struct {
		n   int64
		err error
	}
	done := make(chan result, parts)
	step := ^uint64(0)/uint64(parts) + 1
	for p := range parts {
		lo := uint64(p) * step
		hi := lo + step - 1
		if p == parts-1 {
			hi = ^uint64(0)
		}
		go func() {
			n, err := scanPart(newMerge(segs, lo, hi), func(recs []Record) error { return each(p, recs) })
			done <- result{n, err}
		}()
	}
	for range parts {
		r := <-done
		records += r.n
		err = errors.Join(err, r.err)
	}
	return records, err
}

func scanPart(m *merge, each func([]Record) error) (n int64, err error) {
	var last [recSize]byte
	var group []Record
	for rec := m.next(); rec != nil; rec = m.next() {
		n++
		if n > 1 && prefix(rec) == prefix(last[:]) && string(rec[:12]) == string(last[:12]) {
			if len(group) == 0 {
				var r Record
				r.get(last[:])
				group = append(group, r)
			}
			var r Record
			r.get(rec)
			group = append(group, r)
		} else if len(group) > 0 {
			if err := each(group); err != nil {
				return n, err
			}
			group = group[:0]
		}
		copy(last[:], rec)
	}
	if len(group) > 0 && m.err == nil {
		if err := each(group); err != nil {
			return n, err
		}
	}
	return n, m.err
}
