package board

import "testing"

func TestNewest(t *testing.T) {
	for _, c := range []struct{ last, booked, from, to string }{
		{"2026-03", "", "2026-01", "2026-03"},
		{"2026-03", "2026-05", "2026-01", "2026-05"},
		{"2025-12", "2026-01", "2025-02", "2026-01"}, // thirteen months have no year before them
		{"2025-12", "2026-05", "2025-06", "2026-05"}, // the seventh month back has findings
		{"2025-12", "2026-06", "2025-01", "2026-06"}, // most of the last twelve would be empty
		{"2025-12", "2026-11", "2025-01", "2026-11"},
	} {
		if got := newest(c.last, c.booked); got.From != c.from || got.To != c.to {
			t.Errorf("%s, %s: %s to %s, want %s to %s", c.last, c.booked, got.From, got.To, c.from, c.to)
		}
	}
}
