package audit_test

import (
	"context"
	"encoding/csv"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/audit/oracle"
	"github.com/mingjian/mingjian/internal/knowledge"
	"github.com/mingjian/mingjian/internal/rule"
	"github.com/mingjian/mingjian/internal/synth"
)

// label names a line (or a visit, without feedetl_sn) that a rule is said to hold for.
type label struct{ rule, mdtrt, sn string }

// readTruth reads the labels but those of cards on case groups, which judge only where a scheme was chosen
// (TestTruthOfCaseGroups).
func readTruth(t *testing.T, dir string) map[label]string {
	t.Helper()
	out := readLabels(t, dir)
	groups := groupCards(t)
	maps.DeleteFunc(out, func(l label, _ string) bool { return groups[l.rule] })
	return out
}

func readLabels(t *testing.T, dir string) map[label]string {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, "truth.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]int{}
	for i, h := range rows[0] {
		at[h] = i
	}
	out := map[label]string{}
	for _, r := range rows[1:] {
		out[label{r[at["rule_id"]], r[at["mdtrt_id"]], r[at["feedetl_sn"]]}] = r[at["kind"]]
	}
	return out
}

func city(t *testing.T, persons, months int, seed uint64) string {
	t.Helper()
	dir := t.TempDir()
	if _, err := synth.Generate(synth.Options{Out: dir, Persons: persons, Months: months, Seed: seed}); err != nil {
		t.Fatal(err)
	}
	return dir
}

func starter(t *testing.T) func(*knowledge.Store) {
	return func(ks *knowledge.Store) {
		if _, err := ks.ImportStarter(); err != nil {
			t.Fatal(err)
		}
	}
}

// awaited are cards that the labelled city does not plant: T001 says the same fact and speaks for them.
var awaited = strings.Fields(`T002 T003 T004 T005 T006 T007 T017`)

// On the labelled city every plant of every card is found, no near-miss is, and nothing is reported that truth does not
// know.
func TestTruth(t *testing.T) {
	t.Parallel()
	tables := city(t, 5000, 3, 20251)
	dir, fs := auditDir(t, tables, starter(t))
	ledgerOfTheCity(t, tables, dir)
	checkMoney(t, tables, fs)
	got := reported(fs)
	type score struct{ plants, found, nearHit, unexplained int }
	scores := map[string]*score{}
	of := func(rule string) *score {
		if scores[rule] == nil {
			scores[rule] = &score{}
		}
		return scores[rule]
	}
	truth := readTruth(t, tables)
	for l, kind := range truth {
		switch s := of(l.rule); kind {
		case "plant":
			s.plants++
			if got[l] {
				s.found++
			} else {
				t.Errorf("%s planted at %s %s was not found", l.rule, l.mdtrt, l.sn)
			}
		case "near_miss":
			if got[l] {
				s.nearHit++
				t.Errorf("%s: near-miss at %s %s was reported", l.rule, l.mdtrt, l.sn)
			}
		}
	}
	for l := range got {
		if k := truth[l]; k == "" && !slices.Contains(awaited, l.rule) {
			of(l.rule).unexplained++
			t.Errorf("%s at %s %s: reported, but truth knows nothing of it", l.rule, l.mdtrt, l.sn)
		}
	}
	lib, err := rule.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, c := range lib.Cards {
		ids = append(ids, c.ID)
		if c.Kind != "CASEMIX" && of(c.ID).plants == 0 && !slices.Contains(awaited, c.ID) && !slices.Contains(longCards, c.ID) {
			t.Errorf("%s has no plant in the city", c.ID)
		}
	}
	sort.Strings(ids)
	for _, id := range ids {
		s := of(id)
		t.Logf("%s plants %d found %d near-miss hits %d unexplained %d", id, s.plants, s.found, s.nearHit, s.unexplained)
	}
}

// A city in which nothing was planted gives nothing.
func TestCleanCity(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := synth.Generate(synth.Options{Out: dir, Persons: 3000, Months: 2, Seed: 5, Clean: true}); err != nil {
		t.Fatal(err)
	}
	_, fs := auditDir(t, dir, starter(t))
	for _, f := range fs {
		t.Errorf("%s at %s: a clean city has findings", f.Rule, f.Mdtrt)
	}
}

// The second evaluator agrees on a small synthetic city too, dirt included.
func TestSecondOpinionOnCity(t *testing.T) {
	t.Parallel()
	pack, err := knowledge.Starter()
	if err != nil {
		t.Fatal(err)
	}
	persons := 250
	if os.Getenv("MINGJIAN_SOAK") != "" {
		persons = 1200
	}
	tables := city(t, persons, 2, 77)
	_, got := auditDir(t, tables, starter(t))
	c, err := oracle.Load(tables)
	if err != nil {
		t.Fatal(err)
	}
	want := c.Evaluate(pack.Points, nil)
	if len(want) == 0 {
		t.Fatal("nothing was planted")
	}
	for _, d := range oracle.Diff(known(got), known(want)) {
		t.Error(d)
	}
}

// Months judged one at a time, with their look-back from projections, say what all months together say.
func TestMonthsAlone(t *testing.T) {
	t.Parallel()
	tables := t.TempDir()
	writeWildCity(t, tables, 4711, 150)
	dir, together := auditDir(t, tables, starter(t))
	lib, err := rule.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	for _, sub := range []string{"findings", "history", "runs"} {
		if err := os.RemoveAll(filepath.Join(dir, sub)); err != nil {
			t.Fatal(err)
		}
	}
	a, err := audit.Open(dir, lib)
	if err != nil {
		t.Fatal(err)
	}
	snap, err := a.Lake.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	var alone []oracle.Finding
	for _, m := range snap.Months() {
		if _, err := a.Run(context.Background(), audit.Options{From: m, To: m}); err != nil {
			t.Fatal(err)
		}
		rows, err := a.Store.Rows(m, nil)
		if err != nil {
			t.Fatal(err)
		}
		alone = append(alone, asFindings(rows)...)
	}
	if len(alone) < 100 {
		t.Fatalf("the city is too tame: %d findings", len(alone))
	}
	for _, d := range oracle.Diff(alone, together) {
		t.Error(d)
	}
}
