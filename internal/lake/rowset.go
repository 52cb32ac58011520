package lake

import "github.com/mingjian/mingjian/internal/claim"

// appendRows adds rows [lo,hi) of from to out.
func appendRows(out, from *rowset, lo, hi int) {
	n := out.b.N
	out.ref = append(out.ref, from.ref[lo:hi]...)
	out.ord = append(out.ord, from.ord[lo:hi]...)
	out.content = append(out.content, from.content[lo:hi]...)
	appendBatch(out.b, from.b, lo, hi)
	out.b.N = n + hi - lo
}

// appendBatch adds rows [lo,hi) of from to the columns of b, which must not be nil where either has values.
func appendBatch(b, from *claim.Batch, lo, hi int) {
	n, more := b.N, hi-lo
	if from.Pers != nil {
		b.Pers = append(b.Pers, from.Pers[lo:hi]...)
	}
	if from.Visit != nil {
		b.Visit = append(b.Visit, from.Visit[lo:hi]...)
	}
	if from.Setl != nil {
		b.Setl = append(b.Setl, from.Setl[lo:hi]...)
	}
	for ci := range b.Cols {
		c, f, typ := &b.Cols[ci], &from.Cols[ci], b.Table.Columns[ci].Type
		switch {
		case typ == claim.Str:
			appendText(&c.Text, &f.Text, n, lo, hi)
		case typ.Wide() && f.I64 != nil:
			if c.I64 == nil && n > 0 {
				c.I64 = absent64(n)
			}
			c.I64 = append(c.I64, f.I64[lo:hi]...)
		case typ.Wide() && c.I64 != nil:
			c.I64 = append(c.I64, absent64(more)...)
		case !typ.Wide() && f.I32 != nil:
			if c.I32 == nil && n > 0 {
				c.I32 = absent32(n, typ)
			}
			c.I32 = append(c.I32, f.I32[lo:hi]...)
		case !typ.Wide() && c.I32 != nil:
			c.I32 = append(c.I32, absent32(more, typ)...)
		}
	}
	b.N = n + more
}

func appendText(t, f *claim.Text, n, lo, hi int) {
	if t.Off == nil && f.Off == nil {
		return
	}
	if t.Off == nil {
		t.Off = make([]uint32, n+1)
	}
	if f.Off == nil {
		end := t.Off[len(t.Off)-1]
		for i := lo; i < hi; i++ {
			t.Off = append(t.Off, end)
		}
		return
	}
	base := uint32(len(t.Data)) - f.Off[lo]
	for i := lo; i < hi; i++ {
		t.Off = append(t.Off, f.Off[i+1]+base)
	}
	t.Data = append(t.Data, f.Data[f.Off[lo]:f.Off[hi]]...)
}
