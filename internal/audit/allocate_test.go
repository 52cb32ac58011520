package audit

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/mingjian/mingjian/internal/claim"
)

// Whatever cards claim on a grouped stay (its lines, the stay itself, several payment differences), a difference is charged as fund money
// and no more than the fund paid, and all that is charged on a settlement never makes up more fund money than was paid for it, but for
// the fen that every share of it may be rounded up by.
func TestChargesOfAGroupedStay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		money := func(name string, lo, hi claim.Money) claim.Money {
			return claim.Money(rapid.Int64Range(int64(lo), int64(hi)).Draw(rt, name))
		}
		paid, scope := map[string]claim.Money{}, map[string]claim.Money{}
		var rows []Row
		n, difference, whole := 0, map[string]bool{}, map[string]bool{}
		add := func(r Row) {
			n++
			r.FindingID, r.RuleID, r.Type, r.Inst, r.Mdtrt = fmt.Sprint("f", n), fmt.Sprint("R", n%7), 1, "h", "m"
			r.Priority, r.Hushed = rapid.IntRange(0, 9).Draw(rt, "priority"), rapid.IntRange(0, 9).Draw(rt, "hushed") == 0
			rows = append(rows, r)
		}
		for k := range rapid.IntRange(1, 3).Draw(rt, "settlements") {
			setl := fmt.Sprint("s", k)
			var lines []claim.Money
			for range rapid.IntRange(0, 4).Draw(rt, "lines") {
				lines = append(lines, money("line", 1, 90_000))
				scope[setl] += lines[len(lines)-1]
			}
			paid[setl] = money("paid", 0, scope[setl])
			for i, in := range lines {
				for range rapid.IntRange(0, 3).Draw(rt, "cards") {
					vola := money("vola", 0, in)
					add(Row{Sn: fmt.Sprint(setl, "-", i), Setl: setl, Vola: vola, Fund: share(vola, paid[setl], scope[setl]), Scope: in})
				}
			}
			if rapid.Bool().Draw(rt, "whole") {
				vola := money("whole", 0, scope[setl])
				add(Row{Setl: setl, Vola: vola, Fund: share(vola, paid[setl], scope[setl]), Scope: scope[setl]})
				whole[setl] = true
			}
			for range rapid.IntRange(0, 3).Draw(rt, "differences") {
				vola := min(money("difference", 0, 200_000), paid[setl])
				add(Row{Setl: setl, Vola: vola, Fund: vola, Scope: paid[setl]})
				difference[fmt.Sprint("f", n)] = true
			}
		}
		allocate(rows)
		sum, differences, parts := map[string]claim.Money{}, map[string]claim.Money{}, map[string]claim.Money{}
		for i := range rows {
			r := &rows[i]
			p := r.fundPart()
			if r.Charged < 0 || r.Charged > r.Vola || p < 0 || p > r.Fund || r.Hushed && r.Charged != 0 {
				rt.Fatalf("charged %d, fund part %d of %+v", r.Charged, p, *r)
			}
			sum[r.Setl] += p
			if difference[r.FindingID] {
				if p != r.Charged {
					rt.Fatalf("a difference is charged %d, of which fund %d", r.Charged, p)
				}
				differences[r.Setl] += p
			} else {
				parts[r.Setl]++
			}
		}
		for s, all := range sum {
			if differences[s] > paid[s] || !whole[s] && differences[s] > 0 && all > paid[s] || all > paid[s]+parts[s] {
				rt.Fatalf("%s: fund money %d charged, of it differences %d; paid %d", s, all, differences[s], paid[s])
			}
		}
	})
}
