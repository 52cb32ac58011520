package board_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/board"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/store"
)

// TestFiguresAreTheSumOfTheirRows: each figure of clues, special reviews, institutions, cards, audits and models is what the rows of its list add up to,
// over all pages, for the whole area and a part of it; a ratio opens into what its part counts.
func TestFiguresAreTheSumOfTheirRows(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	db, err := store.Open(ctx, store.Location{Engine: store.SQLite, Path: filepath.Join(t.TempDir(), store.FileName)})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	span := board.Period{From: "2025-01", To: "2025-12"}.Span()
	err = db.Update(ctx, func(tx *store.Tx) error {
		var clues []store.Clue
		for i := range 23 {
			inst := fmt.Sprint("H", 1+i%3)
			clues = append(clues, store.Clue{ID: fmt.Sprintf("c%02d", i), Code: "8", Inst: inst, MadeAt: span.From + int64(i/3) - 2}) // several at one moment, some before
			c := &store.SpecialCase{ID: fmt.Sprintf("s%02d", i), Visit: fmt.Sprint(i), Inst: inst, State: []string{"准予", "待评审"}[i%2], Reason: "费用极高", MadeAt: span.To - int64(i%5)}
			if err := tx.AddSpecialCase(c); err != nil {
				return err
			}
		}
		if _, err := tx.AddClues(clues); err != nil {
			return err
		}
		for i := range 9 {
			c, err := tx.Clue(fmt.Sprintf("c%02d", i+8))
			if err != nil {
				return err
			}
			if err := errors.Join(tx.StepClue(c, "待结论", "", store.ClueStep{Clue: c.ID, Kind: "自述"}), tx.StepClue(c, "已结论", "拆零", store.ClueStep{Clue: c.ID, Kind: "结论"})); err != nil {
				return err
			}
		}
		for i := range 3 {
			if err := tx.SetReviewInst(store.ReviewInst{Code: fmt.Sprint("H", i+1), Name: "院", Admdvs: fmt.Sprintf("99010%d", i), Version: 1}); err != nil {
				return err
			}
		}
		_, err := tx.SetInstitutions([]store.Institution{{Code: "H1", Admdvs: "990100"}, {Code: "H2", Admdvs: "990101"}, {Code: "H3", Admdvs: "990201"}})
		return errors.Join(err, tx.SetRuleRuns(1, []store.RuleRun{{Rule: "A001"}}), tx.SetRuleRuns(2, []store.RuleRun{{Rule: "A001"}, {Rule: "B003"}}))
	})
	if err != nil {
		t.Fatal(err)
	}
	d := &board.Desk{DB: db, Sources: board.Sources{Audited: func() ([]board.Audited, error) {
		return []board.Audited{{Month: "2024-12", Settlements: 9, Lines: 9}, {Month: "2025-01", Settlements: 100, Lines: 700}, {Month: "2025-02", Settlements: 50, Lines: 300}}, nil
	}, Models: func() ([]board.ModelRun, error) {
		return []board.ModelRun{{Month: "2024-12", Run: "a", Model: "M1", Cases: 99}, {Month: "2025-03", Run: "b", Model: "M1", Cases: 5}, {Month: "2025-03", Run: "b", Model: "M2", Cases: 7}, {Month: "2025-04", Run: "c", Model: "M1", Cases: 6}}, nil
	}}}
	opened := 0
	for _, scope := range []store.Scope{{}, {Admdvs: "9901"}, {Inst: "H3"}} {
		ask := board.Ask{Scope: scope, Period: board.Period{From: "2025-01", To: "2025-12"}, Against: board.SamePeriod, Today: claim.DayOf(2025, 12, 31)}
		fs, err := d.Figures(ctx, ask)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range fs {
			if f.List != board.ListRows {
				if f.List == "" && f.Missing == "" {
					t.Errorf("%s %s opens into nothing", f.ID, f.Name)
				}
				continue
			}
			sum, seen, after := int64(0), map[string]bool{}, ""
			for {
				rows, next, err := d.Rows(ctx, ask, f.ID, after, 4)
				if err != nil {
					if f.Missing == "" || !errors.Is(err, board.ErrNoList) {
						t.Errorf("%s in %+v: %v", f.ID, scope, err)
					}
					break
				}
				for _, r := range rows {
					if sum += r.N; seen[r.Key] {
						t.Errorf("%s in %+v lists %s twice", f.ID, scope, r.Key)
					}
					seen[r.Key] = true
				}
				if after = next; next == "" {
					break
				}
			}
			if sum != f.Value {
				t.Errorf("%s %s in %+v: the figure says %d, its rows %d", f.ID, f.Name, scope, f.Value, sum)
			}
			if f.Value > 0 {
				opened++
			}
		}
	}
	if opened < 20 {
		t.Errorf("only %d figures had rows: the test looks at nothing", opened)
	}
	if _, _, err := d.Rows(ctx, board.Ask{Period: board.Period{From: "2025-01", To: "2025-12"}}, "F01", "", 4); !errors.Is(err, board.ErrNoList) {
		t.Errorf("findings as rows: %v", err)
	}
}

// TestDictionarySaysHow: no code of the program is left in what people read.
func TestDictionarySaysHow(t *testing.T) {
	for _, i := range board.TheDictionary().All {
		if i.Missing() != (i.How == "") || strings.HasPrefix(i.How, "的") || strings.HasSuffix(i.How, "的") || regexp.MustCompile(`[a-z_=|]`).MatchString(i.How) {
			t.Errorf("%s %s is worked out as %q", i.ID, i.Name, i.How)
		}
	}
}
