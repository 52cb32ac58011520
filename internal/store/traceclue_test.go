package store_test

import (
	"context"
	"errors"
	"testing"

	"github.com/mingjian/mingjian/internal/store"
)

// fillClues writes a row into both tables of clues.
func fillClues(tx *store.Tx) error {
	if _, err := tx.AddClues([]store.Clue{{ID: "k1", Code: "99", Inst: "h", Detail: "{\"a\": \"\\t\"}", MadeAt: 1}}); err != nil {
		return err
	}
	c, err := tx.Clue("k1")
	if err != nil {
		return err
	}
	if err := tx.AddTracePaper(&store.TracePaper{ID: "p1", Clue: "k1", Name: "发票.jpg", Mime: "image/jpeg", Content: "AAAA", Actor: "a", At: 2}); err != nil {
		return err
	}
	return tx.StepClue(c, "待核查", "", store.ClueStep{Kind: "自述", Actor: "a", Body: "b\n", Papers: "p", At: 2})
}

func TestTraceClues(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB) {
		clues := []store.Clue{{ID: "c1", Code: "99", Inst: "h1", Class: "疑似回流", Detail: "{}", MadeAt: 5, DueAt: 9}, {ID: "c2", Code: "98", Inst: "h2", MadeAt: 5}}
		for _, want := range []int64{2, 0} { // again: those that are there stay
			update(t, db, func(tx *store.Tx) error {
				n, err := tx.AddClues(clues)
				if n != want {
					t.Errorf("%d new, want %d", n, want)
				}
				return err
			})
		}
		var c, old *store.Clue
		update(t, db, func(tx *store.Tx) (err error) {
			if c, err = tx.Clue("c1"); err == nil {
				old, err = tx.Clue("c1")
			}
			return err
		})
		step := func(c *store.Clue, to, verdict string, at int64) error {
			return db.Update(context.Background(), func(tx *store.Tx) error {
				return tx.StepClue(c, to, verdict, store.ClueStep{Kind: "自述", Actor: "a", Body: "b", Papers: "p.jpg", At: at})
			})
		}
		if err := step(c, "已结论", "回流", 6); err == nil {
			t.Error("a verdict without statement")
		}
		if err := step(c, "待结论", "", 6); err != nil {
			t.Fatal(err)
		}
		if err := step(old, "待核查", "", 7); !errors.Is(err, store.ErrConflict) {
			t.Errorf("a step from an old reading: %v", err)
		}
		for _, bad := range []string{"", "别的"} {
			if err := step(c, "已结论", bad, 8); err == nil {
				t.Errorf("verdict %q", bad)
			}
		}
		if err := step(c, "已结论", "回流", 8); err != nil {
			t.Fatal(err)
		}
		update(t, db, func(tx *store.Tx) error {
			got, err := tx.Clue("c1")
			if err != nil || got.State != "已结论" || got.Verdict != "回流" || got.Version != 3 || got.DueAt != 9 {
				t.Errorf("%+v %v", got, err)
			}
			steps, err := tx.ClueSteps("c1")
			if err != nil || len(steps) != 2 || steps[0].Papers != "p.jpg" || steps[1].At != 8 {
				t.Errorf("%+v %v", steps, err)
			}
			for _, q := range []struct {
				inst, state, after string
				n                  int
			}{{"", "", "", 2}, {"h2", "", "", 1}, {"", "待自述", "", 1}, {"", "", "c1", 1}} {
				if cs, err := tx.Clues(q.inst, q.state, q.after, 10); err != nil || len(cs) != q.n {
					t.Errorf("%+v: %d, %v", q, len(cs), err)
				}
			}
			if _, err := tx.Clue("none"); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("an unknown clue: %v", err)
			}
			return nil
		})
	})
}
