package audit

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// Rows found by search are those found by looking at every row.
func TestRowsOfPersons(t *testing.T) {
	t.Parallel()
	for seed := range uint64(500) {
		r := rand.New(rand.NewPCG(seed, 1))
		draw := func(n, codes int) []int32 {
			out := make([]int32, r.IntN(n))
			for i := range out {
				out[i] = int32(r.IntN(codes))
			}
			slices.Sort(out)
			return out
		}
		codes := 1 + r.IntN(60)
		pers, of := draw(80, codes), slices.Compact(draw(30, codes))
		var want []int
		for i, p := range pers {
			if slices.Contains(of, p) {
				want = append(want, i)
			}
		}
		if got := rowsOfPersons(pers, of); !slices.Equal(got, want) {
			t.Fatalf("seed %d: rows of %v in %v: %v, want %v", seed, of, pers, got, want)
		}
	}
}
