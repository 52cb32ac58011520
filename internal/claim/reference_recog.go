package claim

// recogRow is one entry of the list of mutually recognised examinations (recog).
type recogRow struct {
	area int32
	days int
}

func (r *Reference) readRecog(table func(string) *Batch) {
	r.recog = map[int32][]recogRow{}
	r.each("recog", table, func(g rowGetter) {
		c := g.code("hilist_code")
		r.recog[c] = append(r.recog[c], recogRow{g.code("admdvs"), int(g.code("valid_days"))})
	})
}

// Recognized tells whether any area recognises results of the item.
func (r *Reference) Recognized(item int32) bool { return len(r.recog[item]) > 0 }

// RecogDays is for how many days a result of the item counts elsewhere in the area (county, city, province, nation: the
// most specific says); ok is false where the item is not on the area's list.
func (r *Reference) RecogDays(item, area int32) (days int, ok bool) {
	rows := r.recog[item]
	if len(rows) == 0 {
		return 0, false
	}
	for _, a := range r.Chain(area) {
		for _, x := range rows {
			if x.area == a {
				return x.days, true
			}
		}
	}
	return 0, false
}
