package claim

// Concat joins batches of one table, rows after rows. Pers, Visit and Setl must be filled in all of them or in none.
func Concat(t *Table, bs []*Batch) *Batch {
	out := NewBatch(t)
	for _, b := range bs {
		out.N += b.N
		out.Pers, out.Visit, out.Setl = append(out.Pers, b.Pers...), append(out.Visit, b.Visit...), append(out.Setl, b.Setl...)
	}
	for c := range t.Columns {
		col, typ := &out.Cols[c], t.Columns[c].Type
		for _, b := range bs {
			switch {
			case b.Cols[c].I32 != nil && col.I32 == nil:
				col.I32 = make([]int32, 0, out.N)
			case b.Cols[c].I64 != nil && col.I64 == nil:
				col.I64 = make([]int64, 0, out.N)
			case b.Cols[c].Text.Off != nil && col.Text.Off == nil:
				col.Text.Off = append(make([]uint32, 0, out.N+1), 0)
			}
		}
		for _, b := range bs {
			for r := 0; r < b.N; r++ {
				switch {
				case typ == Str && col.Text.Off != nil:
					col.Text.Append(b.Str(c, r))
				case typ.Wide() && col.I64 != nil:
					col.I64 = append(col.I64, b.I64(c, r))
				case col.I32 != nil:
					col.I32 = append(col.I32, b.I32(c, r))
				}
			}
		}
	}
	return out
}
