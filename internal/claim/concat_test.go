package claim

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// handful is some rows of visits in order of person, with some columns missing and, if spread, numbers that lie apart.
func handful(r *rand.Rand, name string, spread bool) *Batch {
	t := MustTable("visit")
	b := NewBatch(t)
	b.N = r.IntN(12)
	for range b.N {
		b.Pers, b.Visit = append(b.Pers, int32(r.IntN(5))), append(b.Visit, r.Uint64())
	}
	slices.Sort(b.Pers)
	for c := range t.Columns {
		if r.IntN(2) == 0 {
			continue
		}
		col, skip := &b.Cols[c], 0
		if spread {
			skip = r.IntN(3)
		}
		switch typ := t.Columns[c].Type; {
		case typ == Str:
			col.Text.Off = []uint32{0}
			for i := range b.N {
				col.Text.Append(fmt.Sprint(name, c, i)[:r.IntN(3)])
			}
		case typ.Wide():
			col.Skip, col.I64 = skip, make([]int64, b.N*(skip+1))
			for i := range col.I64 {
				col.I64[i] = r.Int64()
			}
		default:
			col.Skip, col.I32 = skip, make([]int32, b.N*(skip+1))
			for i := range col.I32 {
				col.I32[i] = r.Int32()
			}
		}
	}
	return b
}

// cells are what rows say, person and key first.
func cells(b *Batch, row int) string {
	s := fmt.Sprint(b.Pers[row], b.Visit[row])
	for c := range b.Table.Columns {
		switch typ := b.Table.Columns[c].Type; {
		case typ == Str:
			s += "|" + b.Str(c, row)
		case typ.Wide():
			s += fmt.Sprint("|", b.I64(c, row))
		default:
			s += fmt.Sprint("|", b.I32(c, row))
		}
	}
	return s
}

// TestConcatAndMerge: both hold every row of every batch, one batch after the other, or person by person.
func TestConcatAndMerge(t *testing.T) {
	t.Parallel()
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 1))
		var bs []*Batch
		type row struct {
			pers int32
			said string
		}
		var want []row
		for i := range r.IntN(6) {
			b := handful(r, fmt.Sprint("批", i), i%2 == 1)
			bs = append(bs, b)
			for k := range b.N {
				want = append(want, row{b.Pers[k], cells(b, k)})
			}
		}
		check := func(what string, got *Batch) {
			if got.N != len(want) {
				t.Fatalf("seed %d: %s has %d rows of %d", seed, what, got.N, len(want))
			}
			for k := range got.N {
				if s := cells(got, k); s != want[k].said {
					t.Fatalf("seed %d: row %d of %s is\n%s, not\n%s", seed, k, what, s, want[k].said)
				}
			}
		}
		check("Concat", Concat(MustTable("visit"), bs))
		slices.SortStableFunc(want, func(x, y row) int { return int(x.pers) - int(y.pers) })
		check("Merge", Merge(MustTable("visit"), bs))
	}
}
