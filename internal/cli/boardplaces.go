package cli

import (
	"cmp"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/board"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
)

// placeWords are what an agreement's state means to boards; an agreement that runs is nothing to count.
var placeWords = map[string]string{"2": board.PlaceSuspended, "3": board.PlaceEnded}

// placeMonths are the agreements that were interrupted or ended, and the audited months (months) in which what an institution sold was held against what it bought and counted,
// oldest first; nil when no institutions were imported.
func placeMonths(snap *lake.Snapshot, months []claim.Month) ([]board.PlaceMonth, error) {
	insts, err := snap.Reference("institution")
	if err != nil || insts == nil || insts.N == 0 {
		return nil, err
	}
	col := func(b *claim.Batch, name string, i int) string {
		return b.Format(snap.Dicts(), b.Table.MustCol(name), i)
	}
	known := map[string]board.PlaceMonth{}
	for i := range insts.N {
		code := col(insts, "fixmedins_code", i)
		known[code] = board.PlaceMonth{Inst: code, Area: col(insts, "admdvs", i), Kind: col(insts, "fixmedins_type", i)}
	}
	out := []board.PlaceMonth{}
	add := func(code, what, month, at, note string) {
		if p, ok := known[code]; ok {
			p.What, p.Month, p.At, p.Note = what, month, at, note
			out = append(out, p)
		}
	}
	agreements, err := snap.Reference("agreement")
	if err != nil {
		return nil, err
	}
	for i := range rowsIn(agreements) {
		if what := placeWords[col(agreements, "stas", i)]; what != "" {
			from := col(agreements, "begndate", i)
			add(col(agreements, "fixmedins_code", i), what, from[:min(7, len(from))], from, strings.TrimSpace(col(agreements, "reason", i)+" "+col(agreements, "doc_no", i)))
		}
	}
	held := map[int32]bool{} // reports what it buys or counts, so that the audit holds its sales against them
	for _, table := range []string{"purchase", "stock"} {
		f, err := snap.Fill(table)
		if err != nil {
			return nil, err
		}
		for inst := range f.ByInst {
			held[inst] = true
		}
	}
	billed, err := snap.Fill("fee")
	if err != nil {
		return nil, err
	}
	for _, m := range months {
		for inst := range billed.ByMonth[m] {
			if held[inst] {
				add(snap.Dicts()[claim.DictInst].String(inst), board.PlaceCounted, m.String(), "", "")
			}
		}
	}
	slices.SortFunc(out, func(a, b board.PlaceMonth) int {
		return cmp.Or(cmp.Compare(a.Month, b.Month), cmp.Compare(a.At, b.At), cmp.Compare(a.Inst, b.Inst), cmp.Compare(a.What, b.What))
	})
	return out, nil
}

// rowsIn is how many rows a table has; none when it was not imported.
func rowsIn(b *claim.Batch) int {
	if b == nil {
		return 0
	}
	return b.N
}
