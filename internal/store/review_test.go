package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mingjian/mingjian/internal/store"
)

// fillReview writes a row into every table of the review and its ledger.
func fillReview(tx *store.Tx) error {
	_, err := tx.AddRefund(store.RefundElse{ID: "r", Inst: "H1", Amt: 9})
	err = errors.Join(err, tx.AddSelfReport(store.SelfReport{ID: "sr", Inst: "H1", Lines: "[]", State: "已申报", Version: 1}))
	return errors.Join(err, tx.SetReviewInst(store.ReviewInst{Code: "H1", Admdvs: "990101"}),
		tx.AddCases([]store.Case{{Finding: "f1", Inst: "H1", State: "初审", DueDay: 9, Version: 1}}, []store.CaseLine{{Finding: "f1", LineNo: 1, Mdtrt: "M'1"}}),
		tx.AddSteps(store.Step{Finding: "f1", Seq: 1, Event: "take", Day: 4}), tx.AddPackage(store.Package{ID: "p", Inst: "H1", Version: 1}),
		tx.AddNotice(store.Notice{ID: "n", Inst: "H1", SentDay: 3, Version: 1}), tx.AddAttachment(store.Attachment{ID: "a", Finding: "f1"}),
		tx.AddPanel(store.Panel{ID: "p", Version: 1}, []store.Member{{Panel: "p", Login: "e"}}), tx.AddVote(store.Vote{Panel: "p", Finding: "f1", Login: "e"}),
		tx.AddExtension(store.Extension{ID: "x", Finding: "f1", Version: 1}), tx.AddParam(store.Param{ID: "q", Name: "申诉期限", Version: 1}), tx.AddTie(store.Tie{ID: "t", Login: "e", MadeBy: "e", Version: 1}),
		tx.AddTakeover(store.Takeover{ID: "t", Files: "a.csv", State: "待确认", Rows: 1, Version: 1}, []store.TakeoverRow{{Takeover: "t", Seq: 1, Body: "{}", Fate: "接管", Chosen: true}}), tx.NoteOld(store.OldFinding{OldID: "o", Finding: "f1"}),
		tx.SetTerm(store.Term{Login: "e"}), tx.AddRelay(store.Relay{ID: "y", Finding: "f1", Login: "d", Version: 1}), tx.Lock("here"), tx.WriteLock("there"), tx.SetRuleAlias(store.RuleAlias{OldRule: "3", Rule: "A001"}),
		tx.AddPosts(store.Post{ID: "f1-1", Finding: "f1", Book: "基金", Inst: "H1", From: "来源", To: "提出", Amount: 5, Month: "2025-01"}),
		tx.SetSettled(store.Settled{ID: "s", Inst: "H1", Paid: "1"}), tx.AddSheet(store.Sheet{Month: "2025-01", Inst: "H1", Version: 1}), tx.AddPeriod(store.Period{Month: "2024-12"}),
		tx.AddSaved(store.Saved{ID: "v", Kind: "filter", Owner: "l", Name: "超期的", Body: "{}", Version: 1}))
}

func TestCases(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB) {
		update(t, db, func(tx *store.Tx) error {
			return errors.Join(tx.AddFindings([]*store.Finding{finding("f1", 2)}), fillReview(tx))
		})
		var c *store.Case
		update(t, db, func(tx *store.Tx) (err error) { c, err = tx.Case("f1"); return err })
		old := *c
		c.State, c.Charged, c.Verdict = "复审", 1<<40, "部分违规"
		update(t, db, func(tx *store.Tx) error { return tx.ChangeCase(c) })
		if err := db.Update(context.Background(), func(tx *store.Tx) error { return tx.ChangeCase(&old) }); !errors.Is(err, store.ErrConflict) {
			t.Errorf("a change of an old version gives %v, want ErrConflict", err)
		}
		var got *store.Case
		update(t, db, func(tx *store.Tx) (err error) { got, err = tx.Case("f1"); return err })
		c.Version = 2
		if d := cmp.Diff(c, got); d != "" {
			t.Error(d)
		}
		for what, f := range map[string]func(tx *store.Tx) error{
			"a case twice":         func(tx *store.Tx) error { return tx.AddCases([]store.Case{{Finding: "f1"}}, nil) },
			"a step twice":         func(tx *store.Tx) error { return tx.AddSteps(store.Step{Finding: "f1", Seq: 1}) },
			"a vote twice":         func(tx *store.Tx) error { return tx.AddVote(store.Vote{Panel: "p", Finding: "f1", Login: "e"}) },
			"a month closed twice": func(tx *store.Tx) error { return tx.AddPeriod(store.Period{Month: "2024-12"}) },
		} {
			if err := db.Update(context.Background(), f); !errors.Is(err, store.ErrExists) {
				t.Errorf("%s gives %v, want ErrExists", what, err)
			}
		}
		for what, f := range map[string]func(tx *store.Tx) error{
			"using more than there is": func(tx *store.Tx) error { return tx.UseRefund("r", 10) },
			"giving back too much":     func(tx *store.Tx) error { return tx.UseRefund("r", -1) },
		} {
			if err := db.Update(context.Background(), f); !errors.Is(err, store.ErrConflict) {
				t.Errorf("%s gives %v, want ErrConflict", what, err)
			}
		}
		update(t, db, func(tx *store.Tx) error {
			on, err := tx.CasesOn("基金", "提出", "H1", 10)
			if len(on) != 1 || on[0].Amount != 5 {
				t.Errorf("on the account %+v", on)
			}
			none, err2 := tx.CasesOn("基金", "确认", "", 10)
			if len(none) != 0 {
				t.Errorf("on another account %+v", none)
			}
			return errors.Join(err, err2)
		})
	})
}

// TestListPages walks all pages by money and by due day: every finding once, in order.
func TestListPages(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB) {
		var fs []*store.Finding
		var cs []store.Case
		for i := range 137 {
			f := finding(fmt.Sprintf("f%03d", i), 1)
			f.Charged, f.Inst, f.Severity = int64(i%7), []string{"H1", "H2"}[i%2], 1+i%3
			if i%3 == 0 {
				f.State = "初审"
				cs = append(cs, store.Case{Finding: f.ID, Inst: f.Inst, Rule: f.RuleID, Month: f.Month, State: f.State, Charged: f.Charged, DueDay: int64(i % 5), SentDay: int64(i % 2), Version: 1})
			}
			fs = append(fs, f)
		}
		update(t, db, func(tx *store.Tx) error {
			return errors.Join(tx.AddFindings(fs), tx.AddCases(cs, nil), tx.SetReviewInst(store.ReviewInst{Code: "H1", Admdvs: "990101"}), tx.SetReviewInst(store.ReviewInst{Code: "H2", Admdvs: "990102"}))
		})
		walk := func(f store.FindingFilter) (ids []string, items []store.FindingItem) {
			f.Limit = 10
			for {
				var page []store.FindingItem
				update(t, db, func(tx *store.Tx) (err error) { page, err = tx.ListFindings(f); return err })
				if len(page) == 0 {
					slices.Sort(ids)
					return ids, items
				}
				for _, x := range page {
					ids, items = append(ids, x.ID), append(items, x)
				}
				f.After = page[len(page)-1].Cursor
			}
		}
		want := func(keep func(i int) bool) (out []string) {
			for i := range fs {
				if keep(i) {
					out = append(out, fs[i].ID)
				}
			}
			return out
		}
		for name, x := range map[string]struct {
			f    store.FindingFilter
			keep func(i int) bool
		}{
			"all":       {store.FindingFilter{}, func(int) bool { return true }},
			"state":     {store.FindingFilter{State: "初审"}, func(i int) bool { return i%3 == 0 }},
			"inst":      {store.FindingFilter{Inst: "H2"}, func(i int) bool { return i%2 == 1 }},
			"area":      {store.FindingFilter{Admdvs: "990102"}, func(i int) bool { return i%2 == 1 }},
			"county":    {store.FindingFilter{Admdvs: "9901"}, func(int) bool { return true }},
			"elsewhere": {store.FindingFilter{Admdvs: "99010"}, func(int) bool { return true }},
			"severity":  {store.FindingFilter{Severity: 2}, func(i int) bool { return i%3 == 1 }},
			"money":     {store.FindingFilter{MinFen: 5}, func(i int) bool { return i%7 >= 5 }},
			"visit":     {store.FindingFilter{Mdtrt: "M'1"}, func(int) bool { return true }},
			"no visit":  {store.FindingFilter{Mdtrt: "M"}, func(int) bool { return false }},
			"due":       {store.FindingFilter{ByDue: true}, func(i int) bool { return i%3 == 0 }},
			"sent":      {store.FindingFilter{Sent: true, Inst: "H2"}, func(i int) bool { return i%3 == 0 && i%2 == 1 }},
			"overdue":   {store.FindingFilter{Overdue: 3}, func(i int) bool { return i%3 == 0 && i%5 > 0 && i%5 < 3 }},
		} {
			got, items := walk(x.f)
			if w := want(x.keep); !slices.Equal(got, w) {
				t.Errorf("%s: %d findings, want %d", name, len(got), len(w))
			}
			sorted := slices.IsSortedFunc(items, func(a, b store.FindingItem) int { return int(b.Charged - a.Charged) })
			if x.f.ByDue || x.f.Sent || x.f.Overdue != 0 {
				sorted = slices.IsSortedFunc(items, func(a, b store.FindingItem) int { return int(a.DueDay - b.DueDay) })
			}
			if !sorted {
				t.Errorf("%s: not in order", name)
			}
		}
		err := db.View(context.Background(), func(tx *store.Tx) error {
			_, err := tx.ListFindings(store.FindingFilter{After: "x'--"})
			return err
		})
		if !errors.Is(err, store.ErrCursor) {
			t.Errorf("a made-up cursor gives %v", err)
		}
	})
}
