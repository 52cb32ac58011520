package lake

import (
	"fmt"
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/claim"
)

// What counts is the fullest month: a file of one month that begins with days of the month before is one month's lines.
func TestGuessBuckets(t *testing.T) {
	lines := func(days ...string) string {
		var b strings.Builder
		for i := range 200 {
			fmt.Fprintf(&b, "N%d,%s 08:00:00,2.50\n", i, days[i%len(days)])
		}
		return b.String()
	}
	for _, c := range []struct {
		name, content string
		fees          int64
		want          int
	}{
		{"small", lines("2026-03-05"), 1000, 4},
		{"one month", lines("2026-03-05"), 1_200_000, 32},
		{"one month and some days of the month before", lines("2026-03-05", "2026-03-17", "2026-03-21", "2026-02-27"), 1_200_000, 32},
		{"two months", lines("2026-03-05", "2026-02-05"), 1_200_000, 16},
		{"a year", lines("2026-01-05", "2026-02-05", "2026-03-05", "2026-04-05", "2026-05-05", "2026-06-05", "2026-07-05", "2026-08-05", "2026-09-05", "2026-10-05", "2026-11-05", "2026-12-05"), 3_000_000, 8},
		{"no times at all", strings.Repeat("N1,2.50\n", 500), 1_200_000, 32},
		{"more than there are buckets", lines("2026-03-05"), 100_000_000, 256},
	} {
		in := &stepInput{input: input{path: write(t, t.TempDir(), "fee.csv", []byte(c.content)), name: "fee.csv", size: 300 * c.fees, table: claim.MustTable("fee")}}
		if got := guessBuckets([]*stepInput{in}); got != c.want {
			t.Errorf("%s: %d buckets, want %d", c.name, got, c.want)
		}
	}
}
