package store_test

import (
	"errors"
	"testing"

	"github.com/mingjian/mingjian/internal/store"
)

func TestRulingsAndSheetImports(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB) {
		r := store.Ruling{ID: "r1", Row: "A015-1", Rule: "A015", Name: "丙丁丸", Basis: "支付不超过14天", Asked: "原文写14天", Decision: "{}", Reason: "按原文", State: "待批", Author: "wang", MadeAt: 7}
		x := store.SheetImport{ID: "i1", Files: "[]", ValidFrom: "2025-01-01", Reason: "第九批", State: "核对", Author: "wang", MadeAt: 8}
		update(t, db, func(tx *store.Tx) error { return errors.Join(tx.AddRuling(&r), tx.AddSheetImport(&x)) })
		update(t, db, func(tx *store.Tx) error {
			a, err := tx.Ruling("r1")
			if err != nil {
				return err
			}
			b, err := tx.SheetImport("i1")
			if err != nil {
				return err
			}
			a.State, a.Approver, a.DecidedAt = "生效", "li", 9
			b.State, b.Said, b.Base, b.Result, b.Job, b.Approver, b.DecidedAt = "生效", "2 行", 3, 4, "j", "li", 10
			if err := errors.Join(tx.ChangeRuling(a), tx.ChangeSheetImport(b)); err != nil {
				return err
			}
			if err := tx.ChangeRuling(a); !errors.Is(err, store.ErrConflict) {
				t.Errorf("a change of an old ruling gives %v", err)
			}
			if err := tx.ChangeSheetImport(b); !errors.Is(err, store.ErrConflict) {
				t.Errorf("a change of an old import gives %v", err)
			}
			return nil
		})
		update(t, db, func(tx *store.Tx) error {
			rs, err := tx.Rulings()
			xs, err2 := tx.SheetImports(5)
			_, _, n, err3 := tx.RuleSettings()
			want, wantX := r, x
			want.State, want.Approver, want.DecidedAt, want.Version = "生效", "li", 9, 2
			wantX.State, wantX.Said, wantX.Base, wantX.Result, wantX.Job, wantX.Approver, wantX.DecidedAt, wantX.Version = "生效", "2 行", 3, 4, "j", "li", 10, 2
			if len(rs) != 1 || rs[0] != want || len(xs) != 1 || xs[0] != wantX || n != 2 {
				t.Errorf("rulings %+v, imports %+v, sum %d", rs, xs, n)
			}
			_, err4 := tx.Ruling("none")
			if !errors.Is(err4, store.ErrNotFound) {
				t.Errorf("%v", err4)
			}
			return errors.Join(err, err2, err3)
		})
	})
}
