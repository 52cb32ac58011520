package rule

// Which institutions upload documents at all: a card to which a missing row means something must know.

type uploadKey struct {
	table string
	inst  int32
}

// SetUploads tells that an institution uploads rows of a table at all: where it does not, a row that is missing says
// nothing.
func (b *Bound) SetUploads(table string, inst int32) {
	if b.uploads == nil {
		b.uploads = map[uploadKey]bool{}
	}
	b.uploads[uploadKey{table, inst}] = true
}

// markUploads tells which institutions uploaded orders or records.
func (w *world) markUploads(b *Bound) {
	for _, table := range []string{"medorder", "record"} {
		if rows := w.rows.Batch(table); rows != nil {
			for i := 0; i < rows.N; i++ {
				b.SetUploads(table, rows.I32(rows.Table.MustCol("fixmedins_code"), i))
			}
		}
	}
}
