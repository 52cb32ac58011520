package audit_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/audit/oracle"
	"github.com/mingjian/mingjian/internal/knowledge"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/rule"
)

// auditDir imports a folder of tables into a fresh data directory, audits every month and returns the findings in the
// second evaluator's shape.
func auditDir(t *testing.T, tables string, load func(*knowledge.Store)) (dir string, fs []oracle.Finding) {
	t.Helper()
	return auditIn(t, t.TempDir(), tables, load)
}

// auditIn is auditDir in a directory that may hold something already.
func auditIn(t *testing.T, dir, tables string, load func(*knowledge.Store)) (_ string, fs []oracle.Finding) {
	t.Helper()
	ks, err := knowledge.Open(filepath.Join(dir, "knowledge"))
	if err != nil {
		t.Fatal(err)
	}
	load(ks)
	l, err := lake.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	w, err := l.Writer()
	if err != nil {
		t.Fatal(err)
	}
	rep, err := w.Import(context.Background(), []string{tables}, lake.ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range rep.Failed() {
		t.Fatalf("%s: %s", f.File, f.Error)
	}
	w.Close()
	lib, err := rule.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	a, err := audit.Open(dir, lib)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Run(context.Background(), audit.Options{}); err != nil {
		t.Fatal(err)
	}
	months, err := a.Store.Months()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range months {
		rows, err := a.Store.Rows(m, nil)
		if err != nil {
			t.Fatal(err)
		}
		fs = append(fs, asFindings(rows)...)
	}
	return dir, fs
}

// settlementLevel are the cards whose findings are told apart by settlement.
var settlementLevel = sync.OnceValue(func() map[string]bool {
	lib, err := rule.Shipped()
	if err != nil {
		panic(err)
	}
	out := map[string]bool{}
	for _, c := range lib.Cards {
		out[c.ID] = c.Level == "settlement"
	}
	return out
})

func asFindings(rows []audit.Row) []oracle.Finding {
	var out []oracle.Finding
	for i := 0; i < len(rows); {
		r := rows[i]
		f := oracle.Finding{Rule: r.RuleID, Severity: r.Severity, Month: r.Month, Mdtrt: r.Mdtrt}
		if settlementLevel()[r.RuleID] {
			f.Setl = r.Setl
		}
		for ; i < len(rows) && rows[i].FindingID == r.FindingID; i++ {
			x := rows[i]
			f.Vola += x.Vola
			if x.Sn != "" {
				f.Lines = append(f.Lines, oracle.Line{FeedetlSn: x.Sn, MdtrtID: x.Mdtrt, Type: x.Type, Vola: x.Vola})
			}
		}
		out = append(out, f)
	}
	return out
}

// known keeps the findings of cards that the second evaluator judges.
func known(fs []oracle.Finding) []oracle.Finding {
	return slices.DeleteFunc(slices.Clone(fs), func(f oracle.Finding) bool { return !oracle.Judges(f.Rule) })
}

// The engine and the second evaluator agree finding by finding on cities in which everything goes wrong.
func TestSecondOpinion(t *testing.T) {
	seeds := 3
	if n, err := strconv.Atoi(os.Getenv("MINGJIAN_SEEDS")); err == nil {
		seeds = n
	}
	base := uint64(1)
	if n, err := strconv.ParseUint(os.Getenv("MINGJIAN_SEED"), 10, 64); err == nil {
		base = n
	}
	pack, err := knowledge.Starter()
	if err != nil {
		t.Fatal(err)
	}
	for s := 0; s < seeds; s++ {
		t.Run(fmt.Sprint("seed", base+uint64(s)), func(t *testing.T) {
			t.Parallel()
			tables := t.TempDir()
			writeWildCity(t, tables, base+uint64(s), 120)
			_, got := auditDir(t, tables, func(ks *knowledge.Store) {
				if _, err := ks.ImportStarter(); err != nil {
					t.Fatal(err)
				}
			})
			city, err := oracle.Load(tables)
			if err != nil {
				t.Fatal(err)
			}
			want := city.Evaluate(pack.Points, nil)
			if len(want) < 100 {
				t.Fatalf("the city is too tame: %d findings", len(want))
			}
			diff := oracle.Diff(known(got), known(want))
			byRule := map[string]int{}
			for _, d := range diff {
				byRule[strings.Fields(d)[0]]++
			}
			if len(diff) > 0 {
				t.Errorf("%d differences of %d findings %v\n%s", len(diff), len(want), byRule, strings.Join(diff[:min(len(diff), 400)], "\n"))
			}
		})
	}
}
