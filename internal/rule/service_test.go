package rule

import (
	"testing"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// Items booked in batches cannot be told apart by day: F009, F010 and F011 do not judge them, though the same lines are
// hits without.
func TestBatchedServicesAreNotJudged(t *testing.T) {
	t.Parallel()
	lib, err := Shipped()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range lib.Cards {
		if c.ID != "F009" && c.ID != "F010" && c.ID != "F011" {
			continue
		}
		k := &c.Cases[0]
		w, err := newWorld(c, k)
		if err != nil {
			t.Fatal(err)
		}
		for _, batched := range []bool{false, true} {
			hits, skipped := judgeBatched(t, w, c, batched)
			if (hits > 0) == batched || (skipped > 0) != batched {
				t.Errorf("%s, batched %v: %d hits, %d not judged", c.ID, batched, hits, skipped)
			}
		}
	}
}

func judgeBatched(t *testing.T, w *world, c *Card, batched bool) (hits, skipped int) {
	t.Helper()
	p, err := Compile(&Library{Cards: []*Card{c}}, &knowledge.Base{Points: w.points}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	v := claim.NewVocab(w.rows.Dicts)
	b := p.Bind(claim.NewReference(v, w.rows.Batch).Prepare(), v, func(string) bool { return true })
	if batched {
		fee := w.rows.Batch("fee")
		for i := 0; i < fee.N; i++ {
			day := claim.Time(fee.I64(fee.Table.MustCol("fee_ocur_time"), i)).Day()
			b.SetBatched([]BatchKey{{fee.I32(fee.Table.MustCol("fixmedins_code"), i), fee.I32(fee.Table.MustCol("hilist_code"), i), day.Month()}})
		}
	}
	e := b.NewEval(0, claim.DayOf(2999, 1, 1).Month(), nil)
	as := claim.NewAssembler(v, w.rows.Sources(), claim.DayOf(2025, 3, 31))
	for {
		tl, ok := as.Next()
		if !ok {
			break
		}
		hits += len(e.Judge(tl))
	}
	for range e.Skipped {
		skipped++
	}
	return hits, skipped
}

// A grade is read by the number it begins with.
func TestGradeOf(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]claim.Qty{"64排": 64 * claim.QtyOne, "3.0T": 3 * claim.QtyOne, " 1.5T": 15_000, "128": 128 * claim.QtyOne, "螺旋": -1, "": -1, ".": -1} {
		if got := gradeOf(s); got != want {
			t.Errorf("%q is %d, want %d", s, got, want)
		}
	}
}
