package bench

import (
	"context"
	"fmt"
	"os"
	"testing"

	modelworker "github.com/mingjian/mingjian/internal/model/worker"
)

// TestMain lets the test binary be the process that a measurement starts.
func TestMain(m *testing.M) {
	if len(os.Args) > len(ChildArgs) && os.Args[1] == ChildArgs[0] && os.Args[2] == ChildArgs[1] {
		if err := Child(context.Background(), os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	if len(os.Args) > 1 && os.Args[1] == modelworker.Args[0] {
		if err := modelworker.Child(context.Background(), os.Stdin, os.Stdout); err != nil {
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// The gate itself: the engine and the SQL find the same, whatever the city, and each rule has something to find in some city. No figure is
// asserted.
func TestGate(t *testing.T) {
	found := map[string]int64{}
	for _, c := range []struct {
		persons, months int
		seed            uint64
	}{{3000, 1, 1}, {3000, 2, 20251}} {
		t.Run(fmt.Sprintf("%d persons, %d months, seed %d", c.persons, c.months, c.seed), func(t *testing.T) {
			r, err := Audit(t.Context(), Options{Persons: c.persons, Months: c.months, Seed: c.seed, GateOnly: true, Data: t.TempDir()})
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range r.Diff {
				t.Errorf("only %s: %s %s %s", d.Side, d.Rule, d.Mdtrt, d.Sn)
			}
			for _, id := range Rules {
				found[id] += int64(r.Found[id])
			}
			if !r.Gate || r.Hash == "" {
				t.Errorf("gate = %v, hash = %q", r.Gate, r.Hash)
			}
		})
	}
	for _, id := range Rules {
		if found[id] == 0 {
			t.Errorf("%s: nothing found: the comparison says nothing", id)
		}
	}
}
