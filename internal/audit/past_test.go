package audit_test

import (
	"context"
	"testing"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/synth"
)

// TestMonthByMonth: of a year and more of a synthetic city, the months judged one by one, each with what its judgement
// looks back at, say the same as all judged together, which hold every line of every month.
func TestMonthByMonth(t *testing.T) {
	t.Parallel()
	for _, seed := range []uint64{3} {
		tables := t.TempDir()
		if _, err := synth.Generate(synth.Options{Out: tables, Persons: 800, Months: 14, Seed: seed}); err != nil {
			t.Fatal(err)
		}
		one, two := t.TempDir(), t.TempDir()
		for _, dir := range []string{one, two} {
			settleIn(t, dir, lake.ImportOptions{Buckets: 2}, tables)
		}
		if _, err := openAuditor(t, one).Run(context.Background(), audit.Options{}); err != nil {
			t.Fatal(err)
		}
		a := openAuditor(t, two)
		s, err := a.Lake.Snapshot()
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range s.Months() {
			if _, err := a.Run(context.Background(), audit.Options{From: m, To: m}); err != nil {
				t.Fatal(err)
			}
		}
		if x, y := exported(t, one), exported(t, two); x != y {
			t.Errorf("seed %d: findings differ at %s", seed, firstDifference(x, y))
		}
	}
}
