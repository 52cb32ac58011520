package trace

import (
	"testing"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/rule"
	"pgregory.net/rapid"
)

// The ledger against a shelf: boxes are put on it and taken from it one movement at a time, and what is written down must
// say what lies there, to the last unit.
func TestLedgerBalances(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		begin := claim.DayOf(2025, 3, 1)
		var ms []rule.Move
		shelf, day := map[claim.Day]claim.Qty{}, begin
		now, loss := claim.Qty(0), map[claim.Day]claim.Qty{}
		for range rapid.IntRange(1, 60).Draw(t, "moves") {
			next := day + claim.Day(rapid.IntRange(0, 2).Draw(t, "days"))
			if next != day {
				if rapid.IntRange(0, 4).Draw(t, "count") == 0 { // counted in the evening; something may have vanished
					gone := claim.Qty(rapid.Int64Range(0, 30_000).Draw(t, "gone"))
					now -= gone
					loss[day] = -gone
					ms = append(ms, rule.Move{At: day.Start(), Kind: 1, Qty: now})
				}
				shelf[day] = now
				day = next
			}
			n := claim.Qty(rapid.Int64Range(1, 1_000_000).Draw(t, "qty"))
			kind := rapid.IntRange(2, 5).Draw(t, "kind")
			at := claim.Time(day.Start().Clock() + rapid.Int64Range(0, 86_399).Draw(t, "sec")*1_000_000)
			switch kind {
			case 2, 3:
				if rapid.Bool().Draw(t, "out") {
					n = -n
				}
				now += n
			default:
				now -= n
			}
			ms = append(ms, rule.Move{At: at, Kind: kind, Qty: n})
		}
		shelf[day] = now
		known := false
		var before claim.Qty
		for _, d := range Days(ms) {
			date, err := claim.ParseDay(d.Date)
			if err != nil {
				t.Fatal(err)
			}
			if d.Opening != before {
				t.Fatalf("%s opens with %s, the evening before left %s", d.Date, d.Opening, before)
			}
			if d.Opening+d.Bought-d.SentBack-d.Billed-d.SoldOwn+d.Changed != d.Closing {
				t.Fatalf("%s does not add up: %+v", d.Date, d)
			}
			if d.Known != known {
				t.Fatalf("%s: opening known %v, want %v", d.Date, d.Known, known)
			}
			before = d.Closing
			if d.Counted != claim.None64 {
				if d.Gap != loss[date] {
					t.Fatalf("%s: %s vanished, the ledger says %s", d.Date, loss[date], d.Gap)
				}
				before, known = d.Counted, true
			}
			if before != shelf[date] {
				t.Fatalf("%s: %s in the book, %s on the shelf", d.Date, before, shelf[date])
			}
		}
	})
}
