package store_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mingjian/mingjian/internal/store"
)

// fillRules writes a row into every table of governance.
func fillRules(tx *store.Tx) error {
	_, err := tx.AddWithdrawnBasis(store.WithdrawnBasis{Basis: "某文〔2025〕1号", Actor: "a", Why: "w", At: 1})
	return errors.Join(err, tx.AddRuleVersion(&store.RuleVersion{ID: "v", Kind: "card", Subject: "A001", Body: "id: A001\n\t“x”", State: "草稿", MadeAt: 1}),
		tx.AddRuleStep(store.RuleStep{ID: "s", Version: "v", To: "草稿", Actor: "a", At: 1}), tx.AddRuleNotice(store.RuleNotice{ID: "n", Version: "v", Body: "b", At: 1}),
		tx.AddAreaRule(&store.AreaRule{ID: "o", Rule: "A001", Area: "990100", Change: "{}", Enabled: true}), tx.AddExemption(&store.Exemption{ID: "x", Rule: "A001"}),
		tx.AddRuling(&store.Ruling{ID: "r", Row: "A001-1", Rule: "A001"}), tx.AddSheetImport(&store.SheetImport{ID: "i", Files: "[]"}),
		tx.SetRuleRuns(1, []store.RuleRun{{Rule: "A001", Vola: 1 << 40}}), tx.AddSamples([]store.Sampled{{Month: "2025-01", Rule: "A001", Finding: "f"}}),
		tx.AddJudgement(store.Judgement{Month: "2025-01", Finding: "f", Judge: "j", Verdict: "right"}))
}

func TestRuleVersions(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB) {
		v := &store.RuleVersion{ID: "v1", Kind: "card", Subject: "A001", Area: "990100", Hash: "h", Title: "题", Body: "id: A001\n", State: "草稿", Author: "wang",
			AppliesOn: "admission", From: "2025-01-01", MadeAt: 5}
		update(t, db, func(tx *store.Tx) error { return tx.AddRuleVersion(v) })
		update(t, db, func(tx *store.Tx) error {
			return tx.AddRuleVersion(&store.RuleVersion{ID: "v0", Kind: "points", Subject: "限频", MadeAt: 4})
		})
		var got *store.RuleVersion
		update(t, db, func(tx *store.Tx) (err error) { got, err = tx.RuleVersion("v1"); return err })
		want := *v
		want.ChangedAt, want.Version = 5, 1
		if d := cmp.Diff(&want, got); d != "" {
			t.Error(d)
		}
		got.State, got.Body = "试算", "changed"
		update(t, db, func(tx *store.Tx) error { return tx.ChangeRuleVersion(got, 6) })
		if err := db.Update(context.Background(), func(tx *store.Tx) error { return tx.ChangeRuleVersion(got, 7) }); !errors.Is(err, store.ErrConflict) {
			t.Errorf("a change of an old version gives %v, want ErrConflict", err)
		}
		update(t, db, func(tx *store.Tx) error {
			all, err := tx.RuleVersions("", "")
			if err != nil || len(all) != 2 || all[0].ID != "v0" || all[1].State != "试算" || all[1].Body != "id: A001\n" || all[1].Version != 2 {
				t.Errorf("all %+v, %v", all, err)
			}
			some, err := tx.RuleVersions("card", "A001")
			if err != nil || len(some) != 1 {
				t.Errorf("of a card %+v, %v", some, err)
			}
			_, err = tx.RuleVersion("none")
			if !errors.Is(err, store.ErrNotFound) {
				t.Errorf("an unknown version gives %v", err)
			}
			return nil
		})
	})
}

func TestAreaRulesAndExemptions(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB) {
		update(t, db, fillRules)
		update(t, db, func(tx *store.Tx) error {
			a, err := tx.AreaRule("o")
			if err != nil {
				return err
			}
			a.State, a.Approver, a.To = "生效", "li", "2025-12-31"
			x, err := tx.Exemption("x")
			if err != nil {
				return err
			}
			x.State = "生效"
			return errors.Join(tx.ChangeAreaRule(a), tx.ChangeExemption(x))
		})
		update(t, db, func(tx *store.Tx) error {
			as, err := tx.AreaRules()
			xs, err2 := tx.Exemptions()
			if len(as) != 1 || as[0].State != "生效" || as[0].To != "2025-12-31" || !as[0].Enabled || as[0].Version != 2 || len(xs) != 1 || xs[0].Version != 2 {
				t.Errorf("overrides %+v, exemptions %+v", as, xs)
			}
			if err := tx.ChangeExemption(&store.Exemption{ID: "x", Version: 1}); !errors.Is(err, store.ErrConflict) {
				t.Errorf("a change of an old exemption gives %v", err)
			}
			return errors.Join(err, err2)
		})
	})
}

func TestRuleRunsAndJudgements(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB) {
		update(t, db, func(tx *store.Tx) error {
			return errors.Join(tx.SetRuleRuns(1, []store.RuleRun{{Rule: "A001"}, {Rule: "B002"}}), tx.SetRuleRuns(1, []store.RuleRun{{Rule: "A001", Findings: 3, Error: "缺表"}}))
		})
		update(t, db, func(tx *store.Tx) error {
			rs, err := tx.RuleRuns()
			if len(rs) != 1 || rs[0].Findings != 3 || rs[0].Run != 1 || rs[0].Error != "缺表" {
				t.Errorf("runs %+v", rs)
			}
			return errors.Join(err, tx.AddSamples([]store.Sampled{{Month: "2025-01", Rule: "A001", Finding: "f"}}))
		})
		j := store.Judgement{Month: "2025-01", Finding: "f", Judge: "wang", Verdict: "right"}
		update(t, db, func(tx *store.Tx) error { return tx.AddJudgement(j) })
		if err := db.Update(context.Background(), func(tx *store.Tx) error { return tx.AddJudgement(j) }); !errors.Is(err, store.ErrExists) {
			t.Errorf("judging twice gives %v, want ErrExists", err)
		}
	})
}
