package claim

import (
	"cmp"
	"slices"
)

// SupplyRow is one receipt of goods at an institution: the day it was put in stock and its price per unit of sale
// (1e-6 yuan). Returns to the supplier are not receipts.
type SupplyRow struct {
	Day  Day
	Pric Price
}

// supplies are the receipts of goods (table purchase) by institution and item, in order of days.
type supplies struct {
	rows  map[[2]int32][]SupplyRow
	first map[int32]Day // first receipt of anything, by institution
}

func (s *supplies) read(r *Reference, table func(string) *Batch) {
	s.rows, s.first = map[[2]int32][]SupplyRow{}, map[int32]Day{}
	r.each("purchase", table, func(g rowGetter) {
		day := Time(g.wide("purc_retn_stoin_time")).Day()
		if day == NoDay || g.wide("purc_retn_cnt") <= 0 {
			return
		}
		inst := g.code("fixmedins_code")
		k := [2]int32{inst, g.code("med_list_codg")}
		s.rows[k] = append(s.rows[k], SupplyRow{day, Price(g.wide("finl_trns_pric"))})
		if f, ok := s.first[inst]; !ok || day < f {
			s.first[inst] = day
		}
	})
	for _, rows := range s.rows {
		slices.SortFunc(rows, func(x, y SupplyRow) int {
			return cmp.Or(cmp.Compare(x.Day, y.Day), cmp.Compare(x.Pric, y.Pric))
		})
	}
}

// Supplies are the receipts of an item at an institution in order of days.
func (r *Reference) Supplies(inst, item int32) []SupplyRow {
	return r.supply.rows[[2]int32{inst, item}]
}

// SuppliedSince is the day of the first receipt of anything at an institution: what came before is not known. NoDay when it
// uploaded none.
func (r *Reference) SuppliedSince(inst int32) Day {
	if d, ok := r.supply.first[inst]; ok {
		return d
	}
	return NoDay
}
