package lake

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
)

// decision is what the keys of one partition lead to.
type decision struct {
	entries  []keyRow // for the sidecar
	landed   int      // how many they were
	drop     []uint32 // already there, or rejected
	hide     []uint32 // lands as an older version or as withdrawn
	rejected []uint32
	known    []uint32
	correct  []uint32
	withdraw []uint32
	super    []keyRow // versions in the lake that are replaced
	moves    []keyMove
	err      error
}

// keyMove tells children that the parent they lie by has another month, person or validity now.
type keyMove struct {
	key uint64
	old ref
}

// decide compares the keys of the step with each other and with the lake's, partition by partition. What the sidecar
// needs is written as soon as it is known: ten million keys would fill the memory otherwise.
func (s *step) decide(ctx context.Context, idx keyIndex) (all []*decision, err error) {
	n := max(1, min(runtime.GOMAXPROCS(0), 8))
	out := make([]chan *decision, keyParts)
	for p := range out {
		out[p] = make(chan *decision, 1)
	}
	next, ahead := make(chan int), make(chan struct{}, 2*n)
	var wg sync.WaitGroup
	defer wg.Wait()
	for range n {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for p := range next {
				out[p] <- s.decidePart(p, idx)
			}
		}()
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		defer close(next)
		for p := 0; p < keyParts; p++ {
			select {
			case ahead <- struct{}{}:
				next <- p
			case <-ctx.Done():
				return
			}
		}
	}()
	side := &sideKeys{s: s, name: fmt.Sprintf("%06d-%s.keys", s.seq, s.t.Name)}
	for p := range out {
		select {
		case d := <-out[p]:
			<-ahead
			if d.err != nil {
				return nil, d.err
			}
			if err := side.part(p, d.entries); err != nil {
				return nil, err
			}
			d.landed, d.entries = len(d.entries), nil
			all = append(all, d)
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return all, side.close()
}

// sideKeys writes a sidecar that comes into being with its first key.
type sideKeys struct {
	s    *step
	name string
	w    *sidecarWriter
}

func (k *sideKeys) part(p int, rows []keyRow) (err error) {
	if len(rows) == 0 && k.w == nil {
		return nil
	}
	if k.w == nil {
		if k.w, err = newSidecarWriter(k.s.w.path(keysDir, k.name)); err != nil {
			return err
		}
		for range p {
			if err := k.w.part(nil); err != nil {
				return err
			}
		}
	}
	return k.w.part(rows)
}

func (k *sideKeys) close() error {
	if k.w == nil {
		return nil
	}
	ts := k.s.m.table(k.s.t.Name)
	ts.Keys = append(ts.Keys, k.name)
	return k.w.close()
}

func (s *step) decidePart(p int, idx keyIndex) *decision {
	d := &decision{}
	rows, err := s.keys.load(p)
	if err != nil {
		d.err = err
		return d
	}
	slices.SortFunc(rows, cmpKeys)
	var old []keyRow
	for lo := 0; lo < len(rows); {
		hi := lo + 1
		for hi < len(rows) && rows[hi].key == rows[lo].key {
			hi++
		}
		old = idx.versions(rows[lo].key, old[:0])
		d.key(rows[lo:hi], old, s.drop)
		lo = hi
	}
	return d
}

// key decides the versions of one key: old ones from the lake, oldest first, and new ones by updt_time. Sorting makes
// the outcome independent of the order of files.
func (d *decision) key(rows, old []keyRow, dead bits) {
	var cur keyRow
	has, mine := false, false
	if len(old) > 0 {
		cur, has = old[len(old)-1], true
	}
	was := cur
	for _, r := range rows {
		switch {
		case dead.has(r.ord):
			continue
		case !has:
			cur, has, mine = r, true, true
			d.land(r)
		case r.content == cur.content:
			d.drop, d.known = append(d.drop, r.ord), append(d.known, r.ord)
			if r.updt > cur.updt { // nothing changed but the time: remember it, so that a version between is not newer
				touched := cur
				touched.updt = r.updt
				cur = touched
				d.entries = append(d.entries, touched)
			}
		case newer(r, cur):
			d.correct = append(d.correct, r.ord)
			if mine {
				d.hide = append(d.hide, cur.ord)
				d.entries[len(d.entries)-1].ref |= refSuper
			} else if cur.ref&refWithdrawn == 0 {
				d.super = append(d.super, cur)
			}
			cur, mine = r, true
			d.land(r)
		case slices.ContainsFunc(old, func(o keyRow) bool { return o.content == r.content }):
			d.drop, d.known = append(d.drop, r.ord), append(d.known, r.ord)
		default:
			d.drop, d.rejected = append(d.drop, r.ord), append(d.rejected, r.ord)
		}
	}
	if mine && len(old) > 0 && (was.ref != cur.ref || was.psn != cur.psn) {
		d.moves = append(d.moves, keyMove{key: cur.key, old: was.ref})
	}
}

func (d *decision) land(r keyRow) {
	d.entries = append(d.entries, r)
	if r.ref&refWithdrawn != 0 {
		d.hide, d.withdraw = append(d.hide, r.ord), append(d.withdraw, r.ord)
	}
}

// newer tells whether r replaces cur: a later updt_time, or a withdrawal that is not older.
func newer(r, cur keyRow) bool {
	if r.updt > cur.updt {
		return true
	}
	withdraws := r.ref&refWithdrawn != 0 && cur.ref&refWithdrawn == 0
	return withdraws && (r.updt == cur.updt || r.updt == noUpdt)
}

const noUpdt = -1 << 63
