package store_test

import (
	"context"
	"errors"
	"testing"

	"github.com/mingjian/mingjian/internal/store"
)

// TestVoidedNumbersStay: a voided number is not given again, its document gets the next one, and the register shows both.
func TestVoidedNumbersStay(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB) {
		number := func(object string) (n *store.PaperNumber) {
			update(t, db, func(tx *store.Tx) (err error) {
				n, err = tx.NumberPaper(store.PaperNumber{Kind: "confirm", Year: 2025, Object: object, Actor: "zhu", At: 7})
				return err
			})
			return n
		}
		if a, b, again := number("f1"), number("f2"), number("f1"); a.Number != 1 || b.Number != 2 || again.Number != 1 {
			t.Fatalf("numbers %d, %d, again %d", a.Number, b.Number, again.Number)
		}
		void := func(n int) error {
			return db.Update(context.Background(), func(tx *store.Tx) error {
				_, err := tx.VoidPaper("confirm", 2025, n, "qin", "金额写错", 9)
				return err
			})
		}
		if err := void(2); err != nil {
			t.Fatal(err)
		}
		if err := void(2); !errors.Is(err, store.ErrConflict) {
			t.Errorf("voided twice: %v", err)
		}
		if err := void(9); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a number that was not given: %v", err)
		}
		if c, d := number("f2"), number("f3"); c.Number != 3 || d.Number != 4 {
			t.Errorf("after the void %d and %d", c.Number, d.Number)
		}
		err := db.View(context.Background(), func(tx *store.Tx) error {
			all, err := tx.PaperNumbers(2025, "confirm")
			if err != nil || len(all) != 4 || all[1].VoidWhy != "金额写错" || all[1].VoidedBy != "qin" || all[2].VoidedAt != 0 {
				t.Errorf("the register %+v %v", all, err)
			}
			n, err := tx.PaperNumberOf("confirm", "f2")
			if err != nil || n.Number != 3 {
				t.Errorf("f2 has %+v %v", n, err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
