package store_test

import (
	"context"
	"errors"
	"testing"

	"github.com/mingjian/mingjian/internal/store"
)

// duty fills a row.
func duty(tx *store.Tx) error {
	_, err := tx.TakeDuty("时钟", "a", 1, 100)
	return err
}

func TestDuty(t *testing.T) {
	t.Parallel()
	for name, at := range engines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := open(t, at(t))
			take := func(holder string, now int64) (taken bool) {
				t.Helper()
				update(t, db, func(tx *store.Tx) (err error) { taken, err = tx.TakeDuty("时钟", holder, now, now+100); return err })
				return taken
			}
			for _, x := range []struct {
				holder string
				now    int64
				want   bool
			}{{"a", 1, true}, {"b", 50, false}, {"a", 60, true}, {"b", 159, false}, {"b", 160, true}, {"a", 170, false}} {
				if got := take(x.holder, x.now); got != x.want {
					t.Errorf("%s at %d: %v", x.holder, x.now, got)
				}
			}
			end := func(holder string) error {
				return db.Update(context.Background(), func(tx *store.Tx) error { return tx.EndDuty("时钟", holder, "2026-01-05", "做完", 180) })
			}
			if err := end("a"); !errors.Is(err, store.ErrConflict) {
				t.Errorf("who lost it ends it: %v", err)
			}
			if err := end("b"); err != nil {
				t.Fatal(err)
			}
			if err := db.View(context.Background(), func(tx *store.Tx) error {
				d, err := tx.Duty("时钟")
				if err == nil && *d != (store.Duty{Name: "时钟", Holder: "b", DoneDay: "2026-01-05", DoneAt: 180, Said: "做完"}) {
					t.Errorf("%+v", d)
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
			if !take("a", 181) {
				t.Error("what is done cannot be taken again")
			}
		})
	}
}

func TestTrailIsFiltered(t *testing.T) {
	t.Parallel()
	for name, at := range engines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := open(t, at(t))
			update(t, db, func(tx *store.Tx) error {
				return errors.Join(tx.AddChain(store.Chain{ID: "c"}), tx.AddChain(store.Chain{ID: "d"}), tx.AddRecords([]store.Record{
					{Chain: "c", Seq: 1, At: 10, Actor: "li", Action: "登录", Object: "li"}, {Chain: "c", Seq: 2, At: 10, Actor: "wang", Action: "保留", Object: "f1"},
					{Chain: "d", Seq: 1, At: 10, Actor: "li", Action: "保留", Object: "f1"}, {Chain: "d", Seq: 2, At: 30, Actor: "li", Action: "退出", Object: "li"}}))
			})
			for _, x := range []struct {
				f    store.TrailFilter
				want string
			}{
				{store.TrailFilter{}, "d2 d1 c2 c1 "}, {store.TrailFilter{Actor: "li"}, "d2 d1 c1 "}, {store.TrailFilter{Object: "f1"}, "d1 c2 "}, {store.TrailFilter{Action: "保留", Actor: "wang"}, "c2 "},
				{store.TrailFilter{From: 11}, "d2 "}, {store.TrailFilter{To: 30}, "d1 c2 c1 "}, {store.TrailFilter{Actor: "' OR 1=1 --"}, ""},
			} {
				got := ""
				for before := ""; ; { // a row a page: pages meet without gaps
					var rs []store.Record
					if err := db.View(context.Background(), func(tx *store.Tx) (err error) {
						rs, err = tx.RecordsIn(x.f, store.Page{Before: before, Limit: 1})
						return err
					}); err != nil {
						t.Fatal(err)
					}
					if len(rs) == 0 {
						break
					}
					got += rs[0].Chain + string(rune('0'+rs[0].Seq)) + " "
					before = store.RecordCursor(&rs[0])
				}
				if got != x.want {
					t.Errorf("%+v: %q, want %q", x.f, got, x.want)
				}
			}
			if err := db.View(context.Background(), func(tx *store.Tx) error {
				_, err := tx.RecordsIn(store.TrailFilter{}, store.Page{Before: "1.x", Limit: 1})
				return err
			}); !errors.Is(err, store.ErrCursor) {
				t.Errorf("a made-up cursor: %v", err)
			}
		})
	}
}
