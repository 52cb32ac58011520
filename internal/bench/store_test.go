package bench_test

import (
	"context"
	"testing"

	"github.com/mingjian/mingjian/internal/bench"
)

// TestStoreGate runs the store benchmark on a small publication: the gate must pass, and what was not measured must say why.
func TestStoreGate(t *testing.T) {
	t.Parallel()
	r, err := bench.Store(context.Background(), bench.StoreOptions{Findings: 6000, Seed: 7, Runs: 1, Progress: func(string) {}})
	if err != nil {
		t.Fatal(err)
	}
	if !r.Gate || len(r.Why) > 0 || r.SQLite == nil || *r.SQLite <= 0 || r.Postgres != nil || r.NoPostgres == "" || r.Lines <= 6000 {
		t.Errorf("%+v", r)
	}
}
