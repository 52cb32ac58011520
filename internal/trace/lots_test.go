package trace

import (
	"fmt"
	"testing"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/rule"
	"pgregory.net/rapid"
)

// sumLots says what the lots of an item do not sum to: on every day the movements, the stock in the evening, what was counted and
// what was missing.
func sumLots(days []Day, lots []Lot) (wrong []string) {
	type sum struct{ in, back, billed, own, changed, gap claim.Qty }
	add := func(s *sum, d *Day) {
		s.in, s.back, s.billed, s.own, s.changed, s.gap = s.in+d.Bought, s.back+d.SentBack, s.billed+d.Billed, s.own+d.SoldOwn, s.changed+d.Changed, s.gap+d.Gap
	}
	for i := range days {
		d := &days[i]
		var want, got sum
		add(&want, d)
		evening, counted := claim.Qty(0), claim.Qty(claim.None64)
		for k := range lots {
			left := claim.Qty(0)
			for n := range lots[k].Days {
				x := &lots[k].Days[n]
				if x.Date > d.Date {
					break
				}
				left = x.Closing
				if x.Counted != claim.None64 {
					left = x.Counted
				}
				if x.Date == d.Date {
					add(&got, x)
					if x.Opening+x.Bought-x.SentBack-x.Billed-x.SoldOwn+x.Changed != x.Closing {
						wrong = append(wrong, fmt.Sprintf("%s lot %s does not balance: %+v", d.Date, lots[k].Batch, x))
					}
					if x.Counted != claim.None64 {
						counted = max(0, counted) + x.Counted
					}
				}
			}
			evening += left
		}
		left := d.Closing
		if d.Counted != claim.None64 {
			left = d.Counted
		}
		if got != want || evening != left || counted != d.Counted {
			wrong = append(wrong, fmt.Sprintf("%s: the lots say %+v, %s left, %s counted; the item %+v, %s, %s", d.Date, got, evening, counted, want, left, d.Counted))
		}
	}
	return wrong
}

// The lots of an item sum to the item on every day, whatever is said of batches.
func TestLotsSumToTheItem(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var ms []rule.LotMove
		day := claim.DayOf(2025, 3, 1)
		for range rapid.IntRange(1, 50).Draw(t, "moves") {
			day += claim.Day(rapid.IntRange(0, 2).Draw(t, "days"))
			m := rule.LotMove{Batch: rapid.SampledFrom([]string{"", "", "b1", "b2", "b3"}).Draw(t, "batch"), Expiry: claim.NoDay}
			if m.Batch == "" {
				m.Number = rapid.SampledFrom([]string{"", "L1"}).Draw(t, "number")
			}
			m.Kind = rapid.SampledFrom([]int{1, 2, 2, 3, 4, 4, 5}).Draw(t, "kind")
			m.Qty = claim.Qty(rapid.Int64Range(0, 900_000).Draw(t, "qty"))
			if m.Kind == 3 && rapid.Bool().Draw(t, "out") {
				m.Qty = -m.Qty
			}
			m.At = claim.Time(day.Start().Clock() + rapid.Int64Range(0, 86_399).Draw(t, "sec")*1_000_000)
			ms = append(ms, m)
		}
		var whole []rule.Move
		for _, m := range ms {
			whole = append(whole, m.Move)
		}
		for _, w := range sumLots(Days(whole), SplitLots(ms)) {
			t.Fatal(w)
		}
	})
}
