package lake

import (
	"context"
	"runtime"
	"slices"
	"sync"
)

// decision is what the keys of one partition lead to.
type decision struct {
	entries  []keyRow // for the sidecar
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

// decide compares the keys of the step with each other and with the lake's, partition by partition.
func (s *step) decide(ctx context.Context, idx keyIndex) ([]*decision, error) {
	out := make([]*decision, keyParts)
	var wg sync.WaitGroup
	next := make(chan int)
	for range max(1, min(runtime.GOMAXPROCS(0), 8)) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for p := range next {
				out[p] = s.decidePart(p, idx)
			}
		}()
	}
	for p := 0; p < keyParts && ctx.Err() == nil; p++ {
		next <- p
	}
	close(next)
	wg.Wait()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	for _, d := range out {
		if d.err != nil {
			return nil, d.err
		}
	}
	return out, nil
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
