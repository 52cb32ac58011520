package claim

// NoCodeRow is stock of an item that an institution put on the list of goods without a trace code (无码库).
type NoCodeRow struct {
	Made     Day // production date, NoDay unknown
	From, To Day
}

func (r *Reference) readNoCode(table func(string) *Batch) {
	r.nocode = map[[2]int32][]NoCodeRow{}
	r.each("nocode_stock", table, func(g rowGetter) {
		k := [2]int32{g.code("fixmedins_code"), g.code("med_list_codg")}
		r.nocode[k] = append(r.nocode[k], NoCodeRow{Made: Day(g.code("manu_date")), From: g.from(), To: g.to()})
	})
}

// NoCode are the institution's entries of an item in the list of goods without a code that hold on a day.
func (r *Reference) NoCode(inst, item int32, d Day) (out []NoCodeRow) {
	for _, x := range r.nocode[[2]int32{inst, item}] {
		if (x.From == NoDay || x.From <= d) && d <= x.To {
			out = append(out, x)
		}
	}
	return out
}
