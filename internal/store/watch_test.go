package store_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/mingjian/mingjian/internal/store"
)

// watched fills a store with calls, reminders shown once and again, and what became of them, in two institutions of two divisions.
func watched(t *testing.T, db *store.DB) {
	t.Helper()
	rnd := rand.New(rand.NewPCG(9, 1))
	one := func(of ...string) string { return of[rnd.IntN(len(of))] }
	var cs []store.Call
	var vs []store.CallVisit
	var rs []store.Reminder
	var es []store.Episode
	for i := range 120 {
		at := int64(1_740_000_000_000_000) + int64(i%40)*20_000_000_000 // several at one moment
		inst := one("H1", "H2")
		c := store.Call{ID: fmt.Sprintf("c%03d", i), At: at, Inst: inst, Admdvs: "990100", Verdict: one("放行", "提示", "阻断"), Partial: rnd.IntN(5) == 0, Orders: 2, Shown: rnd.IntN(3), Micros: rnd.Int64N(900_000)}
		cs = append(cs, c)
		mdtrt := fmt.Sprint("M", rnd.IntN(50), inst)
		vs = append(vs, store.CallVisit{Call: c.ID, Psn: "P" + mdtrt, Mdtrt: mdtrt, At: at, Inst: inst, Dept: one("01", "02"), Doctor: one("D1", "D2", "D3"), Orders: "0"})
		for k := range c.Shown {
			r := reminderOf(c.ID, k+1, fmt.Sprint("j", rnd.IntN(60), inst), at)
			r.Inst, r.Mdtrt, r.Psn, r.Dept, r.Doctor, r.Rule, r.RuleName, r.Severity, r.Shown = inst, mdtrt, vs[i].Psn, vs[i].Dept, vs[i].Doctor, one("A001", "B021"), "名", 1+rnd.IntN(3), rnd.IntN(4) > 0
			r.Day = store.Moment(at + 8*3_600_000_000).Format("2006-01-02")
			rs = append(rs, r)
		}
		es = append(es, store.Episode{ID: fmt.Sprintf("e%03d", i), Psn: vs[i].Psn, Mdtrt: mdtrt, Rule: one("A001", "B021"), Inst: inst, Dept: vs[i].Dept, Doctor: vs[i].Doctor, Day: one("2025-02-20", "2025-02-21", "2025-03-01"),
			Outcome: one("撤回", "未回应", "待结算"), Complied: rnd.IntN(2) == 0, Frozen: rnd.IntN(2) == 0, Reopened: rnd.IntN(3) == 0, OrigFund: rnd.Int64N(500), FinalFund: rnd.Int64N(100), Avoided: rnd.Int64N(3) * 100})
	}
	update(t, db, func(tx *store.Tx) error {
		if _, err := tx.SetInstitutions([]store.Institution{{Code: "H1", Name: "甲", Admdvs: "990101"}, {Code: "H2", Name: "乙", Admdvs: "990201"}}); err != nil {
			return err
		}
		for i := range 20 {
			if _, err := tx.AddWrong(store.Wrong{ID: fmt.Sprint("w", i), Kind: "提醒有误", Inst: one("H1", "H2"), Rule: "A001", ReceivedAt: 1_740_000_000_000_000 + int64(i), Due: one("2025-02-25", "2025-02-27")}); err != nil {
				return err
			}
		}
		if err := tx.PutEpisodes(es); err != nil {
			return err
		}
		return tx.AddCalls(cs, vs, rs)
	})
}

// pages reads a list to its end in small pages and counts rows that come twice.
func pages[T any](t *testing.T, list func(p store.WatchPage) ([]T, error), cursor func(*T) string) (all []T) {
	t.Helper()
	seen := map[string]bool{}
	for after := ""; ; {
		page, err := list(store.WatchPage{After: after, Limit: 7})
		if err != nil {
			t.Fatal(err)
		}
		for i := range page {
			if c := cursor(&page[i]); seen[c] {
				t.Fatalf("%s comes twice", c)
			} else {
				seen[c] = true
			}
		}
		all = append(all, page...)
		if len(page) < 7 {
			return all
		}
		after = cursor(&page[6])
	}
}

// TestWatchedListsAddUp reads the lists of what the reminder service did page by page and holds them to the sums.
func TestWatchedListsAddUp(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB) {
		watched(t, db)
		all := store.Span{From: 0, To: 1 << 60, FirstDate: "2025-02-20", LastDate: "2025-02-28"}
		some := store.Span{From: 1_740_000_000_000_000 + 60_000_000_000, To: 1_740_000_000_000_000 + 500_000_000_000, FirstDate: "2025-02-21", LastDate: "2025-03-31"}
		nothing := true
		for _, f := range []store.WatchFilter{{At: all}, {At: some}, {At: all, Scope: store.Scope{Admdvs: "9901"}}, {At: all, Scope: store.Scope{Inst: "H2"}, Doctor: "D1"}, {At: all, Scope: store.Scope{Admdvs: "9901", Inst: "H2"}},
			{At: all, Rule: "A001", Dept: "02"}, {At: all, Partial: true}, {At: all, Over: store.SlowCall, Shown: true}, {At: all, Blocked: true, Mdtrt: "M3H1"}, {At: all, Complied: store.Yes, Frozen: store.No}, {At: all, NotOutcomes: []string{"待结算"}},
			{At: all, Outcomes: []string{"撤回", "未回应"}, Reopened: store.Yes}, {At: all, Severities: []string{"1"}}, {At: all, Severities: []string{"2", "3"}, Scope: store.Scope{Inst: "H1"}}} {
			err := db.View(context.Background(), func(tx *store.Tx) error {
				calls := pages(t, func(p store.WatchPage) ([]store.Call, error) { return tx.WatchedCalls(f, p) }, (*store.Call).Cursor)
				visits := pages(t, func(p store.WatchPage) ([]store.WatchedVisit, error) { return tx.WatchedVisits(f, p) }, (*store.WatchedVisit).Cursor)
				said := pages(t, func(p store.WatchPage) ([]store.SaidReminder, error) { return tx.WatchedReminders(f, p) }, (*store.SaidReminder).Cursor)
				es := pages(t, func(p store.WatchPage) ([]store.Episode, error) { return tx.WatchedEpisodes(f, p) }, (*store.Episode).Cursor)
				nothing = nothing && len(calls)+len(said)+len(es) == 0
				sums, err := tx.CallSums(f)
				if err != nil {
					return err
				}
				var slow, micros int64
				for i := range calls {
					micros += calls[i].Micros
					if calls[i].Micros > store.SlowCall {
						slow++
					}
				}
				steps, err := tx.LatencyCounts(f)
				if err != nil {
					return err
				}
				if sums.Calls != int64(len(calls)) || sums.Slow != slow || sums.Micros != micros || steps[len(steps)-1] != slow {
					t.Errorf("%+v: %d calls, %d slow in the list; the sums say %+v, the steps %v", f, len(calls), slow, sums, steps)
				}
				if n, err := tx.VisitCount(f); err != nil || n != int64(len(visits)) {
					t.Errorf("%+v: %d visits in the list, %d counted %v", f, len(visits), n, err)
				}
				counts, err := tx.SaidCounts(f)
				if err != nil {
					return err
				}
				by := map[string]int64{}
				for i := range said {
					by[fmt.Sprint(said[i].Severity)]++
					if f.Scope.Inst != "" && said[i].Inst != f.Scope.Inst {
						t.Errorf("%+v: a reminder of %s", f, said[i].Inst)
					}
				}
				for sev, n := range counts {
					if asked := len(f.Severities) == 0 || fmt.Sprint(f.Severities) == "["+sev+"]" || len(f.Severities) == 2 && sev != "1"; asked != (by[sev] == n) {
						t.Errorf("%+v: %v of severity %s in the list, %d counted", f, by[sev], sev, n)
					}
				}
				cells, err := tx.EpisodeCells(f)
				if err != nil {
					return err
				}
				var n, avoided, back, n2, avoided2, back2 int64
				for _, c := range cells {
					n, avoided, back = n+c.Episodes, avoided+c.AvoidedFen, back+c.BackFen
				}
				for i := range es {
					n2, avoided2, back2 = n2+1, avoided2+es[i].Avoided, back2+es[i].Back()
				}
				if n != n2 || avoided != avoided2 || back != back2 {
					t.Errorf("%+v: %d episodes, %d avoided, %d back in the list; %d, %d, %d summed", f, n2, avoided2, back2, n, avoided, back)
				}
				for _, part := range []string{"rule", "inst", "dept", "doctor", "day"} {
					ps, err := tx.EffectSums(part, f)
					if err != nil {
						return err
					}
					var sum int64
					for _, p := range ps {
						sum += p.Episodes
					}
					if sum != n {
						t.Errorf("%+v by %s: %d of %d episodes", f, part, sum, n)
					}
					if _, err := tx.SaidParts(f, part); err != nil {
						return err
					}
					cp, err := tx.CallParts(f, part)
					if err != nil {
						return err
					}
					sum = 0
					for _, p := range cp {
						sum += p.Calls
					}
					if part != "rule" && !f.Partial && !f.Blocked && !f.Shown && sum != sums.Calls {
						t.Errorf("%+v by %s: %d of %d calls", f, part, sum, sums.Calls)
					}
				}
				return nil
			})
			if err != nil {
				t.Fatalf("%+v: %v", f, err)
			}
		}
		if nothing {
			t.Error("no list has a row")
		}
		err := db.View(context.Background(), func(tx *store.Tx) error {
			f := store.WrongFilter{Scope: store.Scope{Admdvs: "9902"}, State: store.WrongOpen, Due: "2025-02-26"}
			ws, err := tx.WrongsIn(f, 0, 50)
			if err != nil {
				return err
			}
			if n, err := tx.WrongCount(f); err != nil || n != int64(len(ws)) || n == 0 || n == 20 {
				t.Errorf("%d in the inbox, %d counted %v", len(ws), n, err)
			}
			if _, err := tx.WrongIn(store.Scope{Inst: "H1"}, ws[0].ID); err == nil {
				t.Error("another institution's word is read")
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
