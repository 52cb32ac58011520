package rule

// How well institutions document stays: to a card for which a missing row means something, an institution that hardly
// uploads any is not judged.

// SetDocumented tells how many orders and records an institution uploaded, and for how many discharges.
func (b *Bound) SetDocumented(inst int32, rows, discharges int64) {
	if b.documents == nil {
		b.documents = map[int32]float64{}
	}
	b.documents[inst] = float64(rows) / float64(max(1, discharges))
}

// markDocumented counts a case's orders, records and discharges.
func (w *world) markDocumented(b *Bound) {
	rows, stays := map[int32]int64{}, map[int32]int64{}
	for _, table := range []string{"medorder", "record"} {
		if t := w.rows.Batch(table); t != nil {
			for i := 0; i < t.N; i++ {
				rows[t.I32(t.Table.MustCol("fixmedins_code"), i)]++
			}
		}
	}
	if t := w.rows.Batch("visit"); t != nil {
		for i := 0; i < t.N; i++ {
			if t.I32(t.Table.MustCol("dscg_way"), i) != 0 {
				stays[t.I32(t.Table.MustCol("fixmedins_code"), i)]++
			}
		}
	}
	for inst, n := range rows {
		b.SetDocumented(inst, n, stays[inst])
	}
}
