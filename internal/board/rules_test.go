package board_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/mingjian/mingjian/internal/board"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/store"
)

// TestRulesThatMakeFourFifths: the board says how many cards make four fifths of the money, fewer than ten or more, shows ten at least where there
// are so many, all of those that it takes, and what is left makes up the whole.
func TestRulesThatMakeFourFifths(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct {
		fens               []int64 // of one finding of a card each
		need, cards, shown int
	}{
		"one has it all":     {[]int64{1000, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10}, 1, 12, 10},
		"exactly at a card":  {[]int64{500, 300, 100, 100}, 2, 4, 4},
		"all alike":          {[]int64{100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100}, 16, 20, 16},
		"some without money": {[]int64{100, 0, 0}, 1, 1, 3},
		"no money":           {[]int64{0, 0}, 0, 0, 2},
		"nothing":            {nil, 0, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db, err := store.Open(context.Background(), store.Location{Engine: store.SQLite, Path: filepath.Join(t.TempDir(), store.FileName)})
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			var fs []*store.Finding
			total := int64(0)
			for i, fen := range x.fens {
				total += fen
				fs = append(fs, &store.Finding{ID: fmt.Sprintf("f%02d", i), Month: "2025-02", Inst: "H1", Admdvs: "990101", RuleID: fmt.Sprintf("A%03d", i), RuleName: "规则", Severity: 1, Charged: fen, State: store.MachineState, Version: 1})
			}
			if err := db.Update(context.Background(), func(tx *store.Tx) error { return tx.AddFindings(fs) }); err != nil {
				t.Fatal(err)
			}
			b, err := (&board.Desk{DB: db}).Board(context.Background(), board.Ask{Period: board.Period{From: "2025-01", To: "2025-12"}, Against: board.SamePeriod, Today: claim.DayOf(2025, 3, 11)})
			if err != nil {
				t.Fatal(err)
			}
			r := b.Rules
			if r.Need != x.need || r.Cards != x.cards || len(r.Items) != x.shown || r.Total.Fen != total {
				t.Errorf("%d of %d cards make four fifths of %d, %d are shown", r.Need, r.Cards, r.Total.Fen, len(r.Items))
			}
			if x.need > 0 && (r.Items[x.need-1].Upto*5 < total*4 || (x.need > 1 && r.Items[x.need-2].Upto*5 >= total*4)) {
				t.Errorf("up to the %dth card %d of %d", x.need, r.Items[x.need-1].Upto, total)
			}
			if n := len(r.Items); n > 0 && (r.Items[n-1].Upto+r.Rest.Fen != total || r.Rest.Count != int64(len(x.fens)-n)) {
				t.Errorf("the rest is %+v", r.Rest)
			}
		})
	}
}
