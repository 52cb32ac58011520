package ledger_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/mingjian/mingjian/internal/review/ledger"
	"github.com/mingjian/mingjian/internal/store"
)

func TestSplitSumsToTheWhole(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		amount := rapid.Int64Range(0, 1<<40).Draw(t, "amount")
		shares := rapid.MapOf(rapid.SampledFrom([]string{"统筹", "大病", "救助", "其他"}), rapid.Int64Range(-5, 1<<30)).Draw(t, "shares")
		var sum, whole int64
		for _, s := range shares {
			whole += max(s, 0)
		}
		for item, n := range ledger.Split(amount, shares) {
			if sum += n; n <= 0 {
				t.Fatalf("%s gets %d", item, n)
			}
			if whole > 0 {
				if exact := float64(amount) * float64(shares[item]) / float64(whole); float64(n) < exact-1.01 || float64(n) > exact+1.01 {
					t.Fatalf("%s gets %d, exactly %f", item, n, exact)
				}
			}
		}
		if sum != amount {
			t.Fatalf("%d of %d", sum, amount)
		}
	})
}

// TestAdjust changes a claim at random with money anywhere: the claim is what was wanted, every book adds up, and what is read again from
// the postings is the same.
func TestAdjust(t *testing.T) {
	t.Parallel()
	ways := [][2]string{{ledger.Proposed, ledger.Confirmed}, {ledger.Confirmed, ledger.Due}, {ledger.Confirmed, ledger.Refused}, {ledger.Confirmed, ledger.Elsewhere}, {ledger.Due, ledger.Offset},
		{ledger.Offset, ledger.Received}, {ledger.Due, ledger.Paid}, {ledger.Paid, ledger.Received}, {ledger.BackDue, ledger.Back}, {ledger.Confirmed, ledger.YearEnd}, {ledger.Confirmed, ledger.Clearing},
		{ledger.Confirmed, ledger.Handed}, {ledger.Handed, ledger.Confirmed}, {ledger.Confirmed, ledger.Waived}}
	rapid.Check(t, func(t *rapid.T) {
		c, err := ledger.Read("f", "H1", nil)
		if err != nil {
			t.Fatal(err)
		}
		c.Lines[1] = ledger.Line{Setl: "s", Sn: "1"}
		other := map[string]int64{}
		for i := range rapid.IntRange(1, 25).Draw(t, "steps") {
			s := ledger.Stamp{Doc: fmt.Sprint("d", i%3), Month: "2025-01"}
			if rapid.Bool().Draw(t, "adjust") {
				want := ledger.Split(rapid.Int64Range(0, 1000).Draw(t, "want"), map[string]int64{"统筹": 3, "大病": 1})
				freed, err := c.Adjust(ledger.Fund, 1, want, ledger.Proposed, s)
				if err != nil {
					t.Fatal(err)
				}
				for doc, n := range freed {
					if other[doc] -= n; other[doc] < 0 {
						t.Fatalf("%s gave back more than it had", doc)
					}
				}
				for _, k := range c.Keys(ledger.Fund) {
					if c.Claim(ledger.Fund, k) != want[k.Item] {
						t.Fatalf("%v claims %d, want %d", k, c.Claim(ledger.Fund, k), want[k.Item])
					}
				}
			} else {
				w := rapid.SampledFrom(ways).Draw(t, "way")
				n, err := c.MoveUpTo(ledger.Fund, w[0], w[1], rapid.Int64Range(-1, 800).Draw(t, "limit"), s)
				if err != nil {
					t.Fatal(err)
				}
				if w[1] == ledger.Elsewhere {
					other[s.Doc] += n
				}
			}
			if err := c.Check(); err != nil {
				t.Fatal(err)
			}
		}
		again, err := ledger.Read("f", "H1", c.Added())
		if err != nil {
			t.Fatal(err)
		}
		if a, b := fmt.Sprint(c.Balances(ledger.Fund)), fmt.Sprint(again.Balances(ledger.Fund)); a != b {
			t.Fatalf("%s, read again %s", a, b)
		}
	})
}

func TestForgedPostsAreFound(t *testing.T) {
	t.Parallel()
	for what, p := range map[string]store.Post{
		"no such move":    {Book: ledger.Fund, From: ledger.Source, To: ledger.Received, Amount: 1},
		"no such book":    {Book: "私房", From: ledger.Source, To: ledger.Due, Amount: 1},
		"not there":       {Book: ledger.Fund, From: ledger.Due, To: ledger.Offset, Amount: 1},
		"negative":        {Book: ledger.Fund, From: ledger.Source, To: ledger.Proposed, Amount: -1},
		"another's money": {Book: ledger.Breach, From: ledger.Received, To: ledger.BackDue, Amount: 1},
	} {
		if _, err := ledger.Read("f", "H", []store.Post{p}); err == nil || !strings.Contains(err.Error(), "台账分录") {
			t.Errorf("%s: %v", what, err)
		}
	}
}
