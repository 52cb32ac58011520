package store_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/mingjian/mingjian/internal/store"
)

// fillMessages writes a row into every table of messages and reports.
func fillMessages(tx *store.Tx) error {
	_, err := tx.AddMessage(store.Message{ID: "m1", Kind: "规则公布", Title: "甲", At: 5}, []string{"u"}, []store.Send{{ID: "s1", Message: "m1", Way: store.WayHook, Target: "oa", State: store.SendWaits, MadeAt: 5}})
	_, err2 := tx.TakeReport("p1", 7, "h", 1, 9)
	return errors.Join(err, err2, tx.SetMessagePerson(&store.MessagePerson{Login: "u", Mail: "u@x"}), tx.SetMessageMark("happened", 8), tx.AddReportPlan(store.ReportPlan{ID: "p1", Title: "月报"}))
}

func viewed[T any](t *testing.T, db *store.DB, f func(tx *store.Tx) (T, error)) (out T) {
	t.Helper()
	if err := db.View(context.Background(), func(tx *store.Tx) (err error) { out, err = f(tx); return err }); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestMessagesAreOnesOwn: a message is added once, is for whom it was for, and no longer for who has moved elsewhere.
func TestMessagesAreOnesOwn(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB) {
		update(t, db, func(tx *store.Tx) error {
			for i := range 9 {
				m := store.Message{ID: fmt.Sprint("m", i), Kind: []string{"甲", "乙"}[i%2], Title: "x", At: int64(i / 2), Inst: []string{"", "H1", "H2"}[i%3], Admdvs: []string{"", "990101", "990201"}[i%3]}
				for _, want := range []bool{true, false} {
					if added, err := tx.AddMessage(m, []string{"a", "b"}, nil); err != nil || added != want {
						t.Errorf("%s: added %v %v", m.ID, added, err)
					}
				}
			}
			return tx.SeeMessages("b", []string{"m0", "m1"}, 77)
		})
		count := func(login string, s store.Scope) int64 {
			return viewed(t, db, func(tx *store.Tx) (int64, error) { return tx.Unread(login, s) })
		}
		for _, c := range []struct {
			login string
			scope store.Scope
			want  int64
		}{{"a", store.Scope{}, 9}, {"b", store.Scope{}, 7}, {"c", store.Scope{}, 0}, {"a", store.Scope{Inst: "H1"}, 6}, {"a", store.Scope{Admdvs: "9902"}, 6}, {"a", store.Scope{Inst: "H9"}, 3}} {
			if n := count(c.login, c.scope); n != c.want {
				t.Errorf("%s in %+v: %d unread, want %d", c.login, c.scope, n, c.want)
			}
			all := viewed(t, db, func(tx *store.Tx) (all []store.ReadMessage, err error) {
				all = pages(t, func(p store.WatchPage) ([]store.ReadMessage, error) {
					return tx.Messages(store.MessageFilter{Login: c.login, Scope: c.scope, Unread: true}, p)
				}, (*store.ReadMessage).Cursor)
				return all, nil
			})
			if int64(len(all)) != c.want {
				t.Errorf("%s in %+v: %d listed, want %d", c.login, c.scope, len(all), c.want)
			}
		}
		kinds := viewed(t, db, func(tx *store.Tx) ([]store.ReadMessage, error) {
			return tx.Messages(store.MessageFilter{Login: "a", Kind: "乙"}, store.WatchPage{Limit: 50})
		})
		if len(kinds) != 4 {
			t.Errorf("%d of a kind", len(kinds))
		}
		update(t, db, func(tx *store.Tx) error { return errors.Join(tx.SeeMessages("a", nil, 78), tx.ForgetMessages(2)) })
		if n := count("a", store.Scope{}); n != 0 {
			t.Errorf("%d unread after all were seen", n)
		}
		if all := viewed(t, db, func(tx *store.Tx) ([]store.ReadMessage, error) {
			return tx.Messages(store.MessageFilter{Login: "b"}, store.WatchPage{Limit: 50})
		}); len(all) != 5 {
			t.Errorf("%d are left of nine", len(all))
		}
	})
}

// TestSendsAreTakenOnce: of many senders one has a send; who goes away leaves it; what another one has cannot be ended.
func TestSendsAreTakenOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB) {
		update(t, db, func(tx *store.Tx) error {
			var ss []store.Send
			for i := range 30 {
				ss = append(ss, store.Send{ID: fmt.Sprintf("s%02d", i), Message: "m", Way: store.WayMail, Target: "x@y", State: store.SendWaits, MadeAt: 1, NextAt: int64(i)})
			}
			_, err := tx.AddMessage(store.Message{ID: "m"}, nil, ss)
			return err
		})
		var mu sync.Mutex
		had := map[string]string{}
		var wg sync.WaitGroup
		for k := range 4 {
			wg.Go(func() {
				holder := fmt.Sprint("h", k)
				for {
					var some []store.Send
					err := db.Update(context.Background(), func(tx *store.Tx) (err error) { some, err = tx.TakeSends(holder, 20, 50, 3); return err })
					if err != nil {
						t.Error(err)
					}
					mu.Lock()
					for _, s := range some {
						if had[s.ID] != "" || s.Tries != 1 {
							t.Errorf("%s of %s is taken by %s, try %d", s.ID, had[s.ID], holder, s.Tries)
						}
						had[s.ID] = holder
					}
					mu.Unlock()
					if len(some) == 0 {
						return
					}
				}
			})
		}
		wg.Wait()
		if len(had) != 21 { // the others are not due yet
			t.Errorf("%d were taken, want 21", len(had))
		}
		update(t, db, func(tx *store.Tx) error {
			late, err := tx.TakeSends("later", 60, 90, 100)
			if err != nil || len(late) != 30 {
				t.Errorf("%d taken over, %v", len(late), err)
			}
			gone := late[0]
			gone.Holder = had[gone.ID]
			if mine, err := tx.EndSend(&gone, store.SendDone, "", 0, 61); err != nil || mine {
				t.Errorf("what another one has was ended: %v", err)
			}
			if mine, err := tx.EndSend(&late[0], store.SendDone, "", 0, 62); err != nil || !mine {
				t.Errorf("not ended: %v", err)
			}
			if mine, err := tx.EndSend(&late[1], store.SendFailed, "坏", 0, 63); err != nil || !mine {
				t.Errorf("not ended: %v", err)
			}
			return errors.Join(tx.SendAgain(late[1].ID, 64))
		})
		err := db.Update(context.Background(), func(tx *store.Tx) error { return tx.SendAgain("s00", 65) })
		if !errors.Is(err, store.ErrConflict) {
			t.Errorf("one that was sent is sent again: %v", err)
		}
		failed := viewed(t, db, func(tx *store.Tx) ([]store.Send, error) { return tx.Sends(store.SendFailed, store.WatchPage{Limit: 9}) })
		done := viewed(t, db, func(tx *store.Tx) ([]store.Send, error) { return tx.Sends(store.SendDone, store.WatchPage{Limit: 9}) })
		if len(failed) != 0 || len(done) != 1 || done[0].SentAt != 62 {
			t.Errorf("failed %+v done %+v", failed, done)
		}
	})
}

// TestReportsAreTakenOnce: a report of a day has one maker at a time, and none when it is made.
func TestReportsAreTakenOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB) {
		take := func(holder string, now int64) (f *store.ReportFile) {
			update(t, db, func(tx *store.Tx) (err error) { f, err = tx.TakeReport("p", 3, holder, now, now+10); return err })
			return f
		}
		a := take("a", 100)
		if a == nil || take("b", 105) != nil {
			t.Fatal("two have it")
		}
		b := take("b", 111)
		if b == nil || b.Tries != 2 {
			t.Fatalf("nobody took over from one that is gone: %+v", b)
		}
		for _, f := range []*store.ReportFile{a, b} {
			f.State, f.Name, f.Content, f.MadeAt = store.ReportDone, "月报.docx", "AAAA", 112
			mine := false
			update(t, db, func(tx *store.Tx) (err error) { mine, err = tx.EndReport(f); return err })
			if mine != (f == b) {
				t.Errorf("the report is %s's: %v", f.Holder, mine)
			}
		}
		if take("c", 999) != nil {
			t.Error("a report that is made was taken")
		}
	})
}
