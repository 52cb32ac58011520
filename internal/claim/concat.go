package claim

// Concat joins batches of one table, rows after rows. Pers, Visit and Setl must be filled in all of them or in none.
func Concat(t *Table, bs []*Batch) *Batch {
	var runs []run
	for i, b := range bs {
		if b.N > 0 {
			runs = append(runs, run{i, 0, b.N})
		}
	}
	return gather(t, bs, runs)
}

// Merge joins batches of one table, each sorted by person, into one sorted by person. The rows of a person stay in the order of
// the batches.
func Merge(t *Table, bs []*Batch) *Batch {
	var runs []run
	at := make([]int, len(bs))
	for {
		pers, left := int32(noPerson), false
		for i, b := range bs {
			if at[i] < b.N {
				pers, left = min(pers, b.Pers[at[i]]), true
			}
		}
		if !left {
			return gather(t, bs, runs)
		}
		for i, b := range bs {
			lo := at[i]
			for at[i] < b.N && b.Pers[at[i]] == pers {
				at[i]++
			}
			if lo < at[i] {
				runs = append(runs, run{i, lo, at[i]})
			}
		}
	}
}

// run is rows lo … hi−1 of one of several batches.
type run struct{ batch, lo, hi int }

// gather copies runs of rows, one after the other.
func gather(t *Table, bs []*Batch, runs []run) *Batch {
	out := NewBatch(t)
	for _, r := range runs {
		out.N += r.hi - r.lo
	}
	out.Pers = gatherKeys(bs, runs, out.N, func(b *Batch) []int32 { return b.Pers })
	out.Visit = gatherKeys(bs, runs, out.N, func(b *Batch) []uint64 { return b.Visit })
	out.Setl = gatherKeys(bs, runs, out.N, func(b *Batch) []uint64 { return b.Setl })
	for c := range t.Columns {
		col := &out.Cols[c]
		switch typ := t.Columns[c].Type; {
		case typ == Str:
			col.Text = gatherText(bs, runs, out.N, c)
		case typ.Wide():
			col.I64 = gatherNumbers(bs, runs, out.N, None64, func(b *Batch) ([]int64, int) { return b.Cols[c].I64, b.Cols[c].Skip })
		default:
			col.I32 = gatherNumbers(bs, runs, out.N, t.Columns[c].Absent(), func(b *Batch) ([]int32, int) { return b.Cols[c].I32, b.Cols[c].Skip })
		}
	}
	return out
}

func gatherKeys[T any](bs []*Batch, runs []run, n int, of func(*Batch) []T) []T {
	var out []T
	for _, r := range runs {
		if keys := of(bs[r.batch]); keys != nil {
			if out == nil {
				out = make([]T, 0, n)
			}
			out = append(out, keys[r.lo:r.hi]...)
		}
	}
	return out
}

// gatherNumbers is nil where no batch has the column; rows of those that lack it are absent.
func gatherNumbers[T any](bs []*Batch, runs []run, n int, absent T, of func(*Batch) ([]T, int)) []T {
	any := false
	for _, b := range bs {
		v, _ := of(b)
		any = any || v != nil
	}
	if !any {
		return nil
	}
	out := make([]T, 0, n)
	for _, r := range runs {
		v, skip := of(bs[r.batch])
		for i := r.lo; i < r.hi; i++ {
			if v == nil {
				out = append(out, absent)
			} else {
				out = append(out, v[i+i*skip])
			}
		}
	}
	return out
}

func gatherText(bs []*Batch, runs []run, n, col int) (out Text) {
	size, any := 0, false
	for _, r := range runs {
		if t := &bs[r.batch].Cols[col].Text; t.Off != nil {
			size, any = size+int(t.Off[r.hi]-t.Off[r.lo]), true
		}
	}
	if !any {
		return out
	}
	out.Off, out.Data = append(make([]uint32, 0, n+1), 0), make([]byte, 0, size)
	for _, r := range runs {
		t := &bs[r.batch].Cols[col].Text
		if t.Off == nil {
			for range r.hi - r.lo {
				out.Off = append(out.Off, uint32(len(out.Data)))
			}
			continue
		}
		shift := uint32(len(out.Data)) - t.Off[r.lo]
		out.Data = append(out.Data, t.Data[t.Off[r.lo]:t.Off[r.hi]]...)
		for _, off := range t.Off[r.lo+1 : r.hi+1] {
			out.Off = append(out.Off, off+shift)
		}
	}
	return out
}
