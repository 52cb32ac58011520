package store_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mingjian/mingjian/internal/store"
)

// fillSpecial writes a row into each table of special cases.
func fillSpecial(tx *store.Tx) error {
	return errors.Join(tx.AddSpecialCase(&store.SpecialCase{ID: "sc", Inst: "H1", Visit: "m1", Period: "2025Q1", State: "待评审", Materials: "[]", Problems: "[]", Cost: 1 << 40, MadeAt: 2}),
		tx.AddSpecialSeats([]store.SpecialSeat{{Case: "sc", Expert: "e2", Seat: 2, DrawnAt: 3}, {Case: "sc", Expert: "e1", Seat: 1, DrawnAt: 3}}),
		tx.AddSpecialFile(store.SpecialFile{ID: "sf", Case: "sc", Kind: "申请表", Name: "a.pdf", SHA256: "00", Size: 1 << 40, At: 5}))
}

func TestSpecialCases(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB) {
		update(t, db, fillSpecial)
		if err := db.Update(context.Background(), func(tx *store.Tx) error {
			return tx.AddSpecialCase(&store.SpecialCase{ID: "other", Inst: "H1", Visit: "m1"})
		}); !errors.Is(err, store.ErrExists) {
			t.Errorf("a second application for a stay gives %v", err)
		}
		var c *store.SpecialCase
		update(t, db, func(tx *store.Tx) (err error) { c, err = tx.SpecialCase("sc"); return err })
		c.State, c.Times, c.Cut, c.Paid, c.Seed, c.DecidedAt = "准予", 2_000_000, 5, 7, "s", 9
		update(t, db, func(tx *store.Tx) error { return tx.ChangeSpecialCase(c) })
		if err := db.Update(context.Background(), func(tx *store.Tx) error { return tx.ChangeSpecialCase(c) }); !errors.Is(err, store.ErrConflict) {
			t.Errorf("a change of an old version gives %v", err)
		}
		update(t, db, func(tx *store.Tx) error {
			want := *c
			want.Version = 2
			for period, n := range map[string]int{"": 1, "2025Q1": 1, "2025Q2": 0} {
				all, err := tx.SpecialCases(period)
				if err != nil || len(all) != n {
					t.Errorf("%q: %v %v", period, all, err)
				} else if n == 1 {
					if d := cmp.Diff(want, all[0]); d != "" {
						t.Error(d)
					}
				}
			}
			if _, err := tx.SetInstitutions([]store.Institution{{Code: want.Inst, Name: "甲", Admdvs: "990101"}}); err != nil {
				return err
			}
			for i, q := range []struct {
				s store.Scope
				f store.SpecialFilter
				n int
			}{{n: 1}, {s: store.Scope{Inst: want.Inst}, n: 1}, {s: store.Scope{Inst: "elsewhere"}}, {s: store.Scope{Admdvs: "9901"}, n: 1}, {s: store.Scope{Admdvs: "9902"}},
				{f: store.SpecialFilter{ID: "sc", Expert: "e1"}, n: 1}, {f: store.SpecialFilter{Expert: "nobody"}}, {f: store.SpecialFilter{Period: "2025Q2"}}, {f: store.SpecialFilter{State: want.State}, n: 1}} {
				if got, err := tx.SpecialCasesIn(q.s, q.f, store.Page{Limit: 9}); err != nil || len(got) != q.n {
					t.Errorf("scope %d: %d rows, %v", i, len(got), err)
				}
			}
			if files, err := tx.SpecialFiles("sc"); err != nil || len(files) != 1 || files[0].Kind != "申请表" || files[0].Size != 1<<40 {
				t.Errorf("files %v, %v", files, err)
			}
			if _, err := tx.SpecialFile("none"); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("an unknown file gives %v", err)
			}
			if n, err := tx.DoubtedFund("H1", "m1"); err != nil || n != 0 {
				t.Errorf("doubts without findings: %d, %v", n, err)
			}
			seats, err := tx.SpecialSeats("sc")
			if err != nil || len(seats) != 2 || seats[0].Expert != "e1" {
				t.Fatalf("%v %v", seats, err)
			}
			seats[0].Vote, seats[0].Cut, seats[0].VotedAt = "准予", 3, 4
			if err := tx.ChangeSpecialSeat(&seats[0]); err != nil {
				return err
			}
			if err := tx.ChangeSpecialSeat(&seats[0]); !errors.Is(err, store.ErrConflict) {
				t.Errorf("an old seat gives %v", err)
			}
			_, err = tx.SpecialCase("none")
			if !errors.Is(err, store.ErrNotFound) {
				t.Errorf("an unknown application gives %v", err)
			}
			return nil
		})
	})
}
