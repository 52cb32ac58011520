package cli

import (
	"context"
	"testing"
	"time"

	"github.com/mingjian/mingjian/internal/bench"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/store/pgtest"
)

// TestKillReview kills the real server again and again while people list, open and decide over HTTP: what was answered as done is there
// afterwards, once, by who did it; nothing else is; states, clocks, ledger and trail fit.
func TestKillReview(t *testing.T) {
	t.Parallel()
	for name, at := range map[string]func(t *testing.T) *store.Location{
		"sqlite":   func(*testing.T) *store.Location { return nil },
		"postgres": func(t *testing.T) *store.Location { return &store.Location{Engine: store.Postgres, DSN: pgtest.DSN(t)} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := bench.Review(context.Background(), bench.ReviewOptions{Findings: 1000 + 100*killRounds(), Users: 8, For: time.Millisecond, Kills: killRounds(), Seed: 7, Postgres: at(t),
				Version: "test", Progress: func(string) {}})
			if err != nil {
				t.Fatal(err)
			}
			if !r.Gate {
				t.Errorf("%d kills: %q", r.Kills, r.Why)
			}
			if r.Decided < 10*r.Kills || r.Work["decide"].Count < r.Decided || r.Claim <= 0 {
				t.Errorf("too little was done: %+v", r)
			}
			t.Logf("%d kills, %d decisions answered, %d under way of which %d took effect", r.Kills, r.Decided, r.Unsure, r.UnsureIn)
		})
	}
}
