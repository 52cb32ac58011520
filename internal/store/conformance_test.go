package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mingjian/mingjian/internal/store"
)

// finding makes a finding with lines; texts hold what breaks careless SQL and COPY.
func finding(id string, lines int) *store.Finding {
	f := &store.Finding{ID: id, Revision: "r1", Published: "r1/0", RuleID: "A001", RuleName: "限男性\t药品", RuleVersion: "1", Severity: 1, Stage: "事后",
		Month: "2025-01", Bucket: 3, Inst: "H99010001", Psn: "P1", Mdtrt: "M'1", Setl: "S\\1", LineCount: lines, Vola: 1<<50 + 1, Fund: 7, Charged: 9,
		Cont: "“金额”\n$1 'x' \\N 💊", PointID: "p|q", Basis: "", State: store.MachineState, FirstRun: 1, LastRun: 1, ChangedAt: 1, Version: 1}
	for i := range lines {
		f.Lines = append(f.Lines, store.Line{Type: 1, Inst: f.Inst, Mdtrt: f.Mdtrt, Setl: f.Setl, Sn: fmt.Sprint(i), Vola: int64(i), Fund: -1, Charged: 2})
	}
	return f
}

func TestFindingsReadAsWritten(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB) {
		var fs []*store.Finding
		for i := range 1203 { // more than one chunk, more than one statement
			fs = append(fs, finding(fmt.Sprintf("f%04d", i), i%4))
		}
		update(t, db, func(tx *store.Tx) error { return tx.AddFindings(fs) })
		for _, i := range []int{0, 1, 3, 1202} {
			got, err := db.Finding(context.Background(), fs[i].ID)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(fs[i], got); d != "" {
				t.Errorf("written and read differ:\n%s", d)
			}
		}
		if _, err := db.Finding(context.Background(), "none"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("an unknown finding gives %v, want ErrNotFound", err)
		}
		var byPart, byID map[string]store.Standing
		update(t, db, func(tx *store.Tx) (err error) {
			if byPart, err = tx.StandingOfPart("2025-01", 3); err != nil {
				return err
			}
			ids := []string{"none"}
			for _, f := range fs {
				ids = append(ids, f.ID)
			}
			byID, err = tx.Standing(ids)
			return err
		})
		if len(byPart) != len(fs) || !cmp.Equal(byPart, byID) {
			t.Errorf("%d by part, %d by id, want %d the same", len(byPart), len(byID), len(fs))
		}
		err := db.Update(context.Background(), func(tx *store.Tx) error { return tx.AddFindings(fs[:1]) })
		if !errors.Is(err, store.ErrExists) {
			t.Errorf("adding a finding twice gives %v, want ErrExists", err)
		}
		sums, err := db.FindingSums(context.Background())
		if err != nil || len(sums) != 1 || sums[0].Findings != 1203 || sums[0].Charged != 9*1203 {
			t.Errorf("sums %+v, %v", sums, err)
		}
	})
}

func TestOneDecisionWins(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB) {
		update(t, db, func(tx *store.Tx) error { return tx.AddFindings([]*store.Finding{finding("f", 1)}) })
		var wg sync.WaitGroup
		errs := make([]error, 8)
		for i := range errs {
			wg.Go(func() {
				errs[i] = db.Update(context.Background(), func(tx *store.Tx) error { return tx.SetState("f", 1, "初审", int64(i)) })
			})
		}
		wg.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else if !errors.Is(err, store.ErrConflict) {
				t.Errorf("a late decision gives %v, want ErrConflict", err)
			}
		}
		got, err := db.Finding(context.Background(), "f")
		if won != 1 || err != nil || got.Version != 2 || got.State != "初审" {
			t.Errorf("%d decisions won, the finding is of version %d in state %s, %v", won, got.Version, got.State, err)
		}
	})
}

func TestMachineDoesNotTouchWhatPeopleDecided(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB) {
		a, b := finding("a", 2), finding("b", 2)
		update(t, db, func(tx *store.Tx) error { return tx.AddFindings([]*store.Finding{a, b}) })
		update(t, db, func(tx *store.Tx) error { return tx.SetState("a", 1, "初审", 5) })
		again := func(id string) *store.Finding { f := finding(id, 1); f.Revision = "r2"; return f }
		err := db.Update(context.Background(), func(tx *store.Tx) error { return tx.ReplaceFindings([]*store.Finding{again("b"), again("a")}) })
		if !errors.Is(err, store.ErrConflict) {
			t.Errorf("replacing a decided finding gives %v, want ErrConflict", err)
		}
		for _, id := range []string{"a", "b"} { // all or nothing
			if got, err := db.Finding(context.Background(), id); err != nil || got.Revision != "r1" || len(got.Lines) != 2 {
				t.Errorf("%s is %+v, %v after a refused replacement", id, got, err)
			}
		}
		update(t, db, func(tx *store.Tx) error { return tx.ReplaceFindings([]*store.Finding{again("b")}) })
		if got, err := db.Finding(context.Background(), "b"); err != nil || got.Revision != "r2" || len(got.Lines) != 1 {
			t.Errorf("b is %+v, %v after its replacement", got, err)
		}
	})
}

func TestTransactionsAreWhole(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB) {
		boom := errors.New("boom")
		err := db.Update(context.Background(), func(tx *store.Tx) error {
			if err := tx.AddFindings([]*store.Finding{finding("f", 1)}); err != nil {
				return err
			}
			if err := tx.SetPart(store.Part{Month: "2025-01", File: "x"}, 1); err != nil {
				return err
			}
			return boom
		})
		c, err2 := db.Counts(context.Background())
		ps, err3 := db.Parts(context.Background())
		if !errors.Is(err, boom) || err2 != nil || err3 != nil || c.Findings+c.Lines != 0 || len(ps) != 0 {
			t.Errorf("a failed transaction left %+v and %v (%v, %v, %v)", c, ps, err, err2, err3)
		}
	})
}

func TestViewSeesOneMoment(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		update(t, db, func(tx *store.Tx) error { return tx.AddFindings([]*store.Finding{finding("a", 1)}) })
		err := db.View(ctx, func(tx *store.Tx) error {
			before, err := tx.StandingOfPart("2025-01", 3)
			if err != nil {
				return err
			}
			update(t, db, func(tx *store.Tx) error { return tx.AddFindings([]*store.Finding{finding("b", 1)}) })
			after, err := tx.StandingOfPart("2025-01", 3)
			if len(before) != 1 || len(after) != 1 {
				t.Errorf("a view saw %d, then %d findings", len(before), len(after))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if db.View(ctx, func(tx *store.Tx) error { return tx.AddFindings([]*store.Finding{finding("c", 1)}) }) == nil {
			t.Error("a view could write")
		}
	})
}

func TestUsers(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB) {
		u := &store.User{ID: store.NewID(), Login: "wang", Name: "王", Password: "x", Admdvs: "9901", MadeAt: 5, Roles: []string{"初审", "稽核"}}
		update(t, db, func(tx *store.Tx) error { return tx.AddUser(u) })
		twice := *u
		twice.ID = store.NewID()
		if err := db.Update(context.Background(), func(tx *store.Tx) error { return tx.AddUser(&twice) }); !errors.Is(err, store.ErrExists) {
			t.Errorf("a login taken gives %v, want ErrExists", err)
		}
		var got *store.User
		read := func(tx *store.Tx) (err error) { got, err = tx.User("wang"); return err }
		update(t, db, read)
		want := *u
		want.ChangedAt, want.Version = 5, 1
		slices.Sort(want.Roles)
		if d := cmp.Diff(&want, got); d != "" {
			t.Error(d)
		}
		got.Roles, got.Disabled = []string{"只读"}, true
		update(t, db, func(tx *store.Tx) error { return tx.ChangeUser(got, 6) })
		if err := db.Update(context.Background(), func(tx *store.Tx) error { return tx.ChangeUser(got, 7) }); !errors.Is(err, store.ErrConflict) {
			t.Errorf("a change of an old version gives %v, want ErrConflict", err)
		}
		all, err := db.Users(context.Background())
		if err != nil || len(all) != 1 || !all[0].Disabled || !slices.Equal(all[0].Roles, []string{"只读"}) || all[0].Version != 2 {
			t.Errorf("users %+v, %v", all, err)
		}
	})
}

func TestKeys(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB) {
		k := &store.Key{ID: "k1", Name: "HIS", Secret: "sealed", Inst: "H99010001", MadeAt: 3, ExpiresAt: 9}
		update(t, db, func(tx *store.Tx) error { return tx.AddKey(k) })
		var got *store.Key
		update(t, db, func(tx *store.Tx) (err error) { got, err = tx.Key("k1"); return err })
		update(t, db, func(tx *store.Tx) error { return tx.RevokeKey(got, 4) })
		if err := db.Update(context.Background(), func(tx *store.Tx) error { return tx.RevokeKey(got, 5) }); !errors.Is(err, store.ErrConflict) {
			t.Errorf("revoking twice gives %v, want ErrConflict", err)
		}
		ks, err := db.Keys(context.Background())
		want := []store.Key{{ID: "k1", Name: "HIS", Secret: "sealed", Inst: "H99010001", MadeAt: 3, ExpiresAt: 9, RevokedAt: 4, Version: 2}}
		if err != nil || !cmp.Equal(ks, want) {
			t.Errorf("keys %+v, %v", ks, err)
		}
	})
}

func TestOrderIsByBytes(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB) {
		logins := []string{"b", "B", "a_", "aa", "张", "李", "é", "10", "9"}
		update(t, db, func(tx *store.Tx) error {
			for _, l := range logins {
				if err := tx.AddUser(&store.User{ID: store.NewID(), Login: l}); err != nil {
					return err
				}
			}
			return nil
		})
		us, err := db.Users(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, u := range us {
			got = append(got, u.Login)
		}
		slices.Sort(logins)
		if !slices.Equal(got, logins) {
			t.Errorf("order %v, want %v", got, logins)
		}
	})
}

func TestTasksAreAddedOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB) {
		for i, want := range []bool{true, false} {
			update(t, db, func(tx *store.Tx) error {
				added, err := tx.AddTask(store.Task{ID: "t", Kind: "撤回", Finding: "f", Run: i, MadeAt: 1})
				if added != want {
					t.Errorf("time %d: added is %v", i+1, added)
				}
				return err
			})
		}
		ts, err := db.OpenTasks(context.Background(), 10)
		if err != nil || len(ts) != 1 || ts[0].Run != 0 {
			t.Errorf("tasks %+v, %v", ts, err)
		}
	})
}

func TestOneInstallationOwnsAStore(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB) {
		for i, c := range []struct {
			id   string
			want error
		}{{"one", nil}, {"one", nil}, {"two", store.ErrForeign}} {
			if err := db.Claim(context.Background(), c.id); !errors.Is(err, c.want) {
				t.Errorf("claim %d by %s gives %v, want %v", i, c.id, err, c.want)
			}
		}
	})
}

func TestOpenedByManyAtOnce(t *testing.T) {
	t.Parallel()
	for name, at := range engines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			loc := at(t)
			var wg sync.WaitGroup
			for range 4 {
				wg.Go(func() {
					db, err := store.Open(context.Background(), loc)
					if err != nil {
						t.Error(err)
						return
					}
					defer db.Close()
					if v, err := db.Version(context.Background()); err != nil || v != store.SchemaVersion() {
						t.Errorf("version %d, %v", v, err)
					}
				})
			}
			wg.Wait()
		})
	}
}

func TestIDsSortByTime(t *testing.T) {
	t.Parallel()
	old := ""
	seen := map[string]bool{}
	for range 3 {
		for range 100 {
			seen[store.NewID()] = true
		}
		now := time.Now().UnixMilli()
		for time.Now().UnixMilli() == now {
		}
		id := store.NewID()
		if id <= old || len(id) != 26 {
			t.Errorf("%s after %s", id, old)
		}
		old = id
	}
	if len(seen) != 300 {
		t.Errorf("%d ids of 300 differ", len(seen))
	}
}
