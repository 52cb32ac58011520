package store_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mingjian/mingjian/internal/store"
)

func releaseOf(id string) *store.Release {
	return &store.Release{ID: id, JrID: "j'1", Finding: "f", Rule: "A001", Subject: "XZZ01", Facts: "d\\N", Excess: -3, Inst: "H99010100001", Admdvs: "990101", Psn: "P1",
		Mdtrt: "M1", Cont: "“限女性”\t", Vola: 1 << 50, ReasonCode: "01", Reason: "抢救", First: store.Person{Operator: "o1", Name: "甲", Key: "mk1", At: 100}, Until: 200, State: store.ReleaseAsked}
}

func fillReleases(tx *store.Tx) error {
	return errors.Join(tx.AddRelease(releaseOf("r1")), tx.SetOnlineSetting(&store.OnlineSetting{Name: "inform_only", Area: "9901", Value: "1", Actor: "a", Why: "w", ChangedAt: 5}))
}

func TestReleaseNeedsTwoAndEnds(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		want := releaseOf("r1")
		update(t, db, func(tx *store.Tx) error { return errors.Join(tx.AddRelease(want), tx.AddRelease(releaseOf("r2"))) })
		var got *store.Release
		read := func() {
			t.Helper()
			update(t, db, func(tx *store.Tx) (err error) { got, err = tx.Release("r1"); return err })
		}
		read()
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
		if rs, err := db.ReleasesOf(ctx, want.Inst, "M1", 150); err != nil || len(rs) != 0 {
			t.Errorf("one person alone has released: %+v %v", rs, err)
		}
		got.Second, got.Until, got.State = store.Person{Operator: "o2", Name: "乙", Key: "mk1", At: 120}, 500, store.ReleaseGiven
		stale := *got
		update(t, db, func(tx *store.Tx) error { return tx.GiveRelease(got) })
		if err := db.Update(ctx, func(tx *store.Tx) error { return tx.GiveRelease(&stale) }); !errors.Is(err, store.ErrConflict) {
			t.Errorf("given twice: %v", err)
		}
		for _, c := range []struct {
			inst, visit string
			now         int64
			want        int
		}{{want.Inst, "M1", 499, 1}, {want.Inst, "M1", 500, 0}, {"H99010100002", "M1", 300, 0}, {want.Inst, "M2", 300, 0}} {
			if rs, err := db.ReleasesOf(ctx, c.inst, c.visit, c.now); err != nil || len(rs) != c.want {
				t.Errorf("%+v: %d, %v", c, len(rs), err)
			}
		}
		read()
		got.State, got.Reviewer, got.Review, got.ReviewedAt = store.ReleaseRejected, "x", "不成立", 130
		update(t, db, func(tx *store.Tx) error { return tx.ReviewRelease(got) })
		if rs, err := db.ReleasesOf(ctx, want.Inst, "M1", 300); err != nil || len(rs) != 0 {
			t.Errorf("in force though rejected: %+v %v", rs, err)
		}
		if rs, err := db.Releases(ctx, store.ReleaseRejected, 10); err != nil || len(rs) != 1 || rs[0].Review != "不成立" || rs[0].Second.Name != "乙" {
			t.Errorf("%+v %v", rs, err)
		}
		if err := db.View(ctx, func(tx *store.Tx) error { _, err := tx.Release("none"); return err }); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%v", err)
		}
	})
}

func TestSettingsAreOfAVersion(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		set := func(s store.OnlineSetting) error {
			return db.Update(ctx, func(tx *store.Tx) error { return tx.SetOnlineSetting(&s) })
		}
		if err := set(store.OnlineSetting{Name: "n", Area: "9901", Value: "1"}); err != nil {
			t.Fatal(err)
		}
		if err := set(store.OnlineSetting{Name: "n", Area: "9901", Value: "2"}); !errors.Is(err, store.ErrExists) {
			t.Errorf("stored twice: %v", err)
		}
		if err := set(store.OnlineSetting{Name: "n", Area: "9901", Value: "2", Version: 7}); !errors.Is(err, store.ErrConflict) {
			t.Errorf("another version: %v", err)
		}
		if err := set(store.OnlineSetting{Name: "n", Area: "9901", Value: "2", Actor: "a", Why: "w", ChangedAt: 9, Version: 1}); err != nil {
			t.Fatal(err)
		}
		all, err := db.OnlineSettings(ctx)
		if d := cmp.Diff([]store.OnlineSetting{{Name: "n", Area: "9901", Value: "2", Actor: "a", Why: "w", ChangedAt: 9, Version: 2}}, all); d != "" || err != nil {
			t.Error(d, err)
		}
		update(t, db, func(tx *store.Tx) error {
			s, err := tx.OnlineSetting("n", "")
			if s.Version != 0 || s.Value != "" {
				t.Errorf("%+v", s)
			}
			return err
		})
	})
}
