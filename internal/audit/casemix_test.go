package audit_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/mingjian/mingjian/internal/audit/oracle"
	"github.com/mingjian/mingjian/internal/casemix/area"
	"github.com/mingjian/mingjian/internal/casemix/mix"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/rule"
)

// groupCards are the cards that judge stays by their case groups.
func groupCards(t *testing.T) map[string]bool {
	t.Helper()
	lib, err := rule.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	for _, c := range lib.Cards {
		out[c.ID] = c.Kind == "CASEMIX"
	}
	return out
}

// Where a scheme was chosen, codes that lift a stay into a dearer group are found, their innocent twins are not, and no other
// stay of the city is accused of it. (That none of these cards says anything without a scheme is TestTruth's.)
func TestTruthOfCaseGroups(t *testing.T) {
	t.Parallel()
	tables := city(t, 3000, 3, 11)
	dir := t.TempDir()
	if _, err := mix.Choose(dir, mix.Chosen{}); err != nil {
		t.Fatal(err)
	}
	_, fs := auditIn(t, dir, tables, starter(t))
	got, plants, nears := reported(fs), map[string]int{}, map[string]int{}
	upcoding := map[string]bool{"R003": true, "R004": true, "R005": true, "R006": true, "R009": true, "R018": true, "R019": true}
	truth := readLabels(t, tables)
	for l, kind := range truth {
		switch {
		case !upcoding[l.rule]:
		case kind == "plant":
			if plants[l.rule]++; !got[l] {
				t.Errorf("%s planted at %s was not found", l.rule, l.mdtrt)
			}
		case kind == "near_miss":
			if nears[l.rule]++; got[l] {
				t.Errorf("%s: near-miss at %s was reported", l.rule, l.mdtrt)
			}
		}
	}
	for l := range got {
		if l.rule == "R013" {
			t.Errorf("R013 at %s: the city's applications are few", l.mdtrt)
		}
		if upcoding[l.rule] && truth[l] == "" {
			t.Errorf("%s at %s: reported, but truth knows nothing of it", l.rule, l.mdtrt)
		}
	}
	for id := range upcoding {
		if plants[id] == 0 || nears[id] == 0 {
			t.Errorf("%s: %d plants, %d near-misses", id, plants[id], nears[id])
		}
	}
	money := false
	for _, f := range fs {
		money = money || upcoding[f.Rule] && f.Vola > 0
	}
	if !money {
		t.Error("no payment difference at all")
	}
	secondOutliers(t, dir, fs, excusedFromLow(t, tables))
}

// secondOutliers finds the high and low outliers of the insurance type with a fixed rate by another way, from the year's payment
// run: every finding of R001 and R002 there must be one of them, and nearly all of them must be found but those that ended so that
// R002 excuses them.
func secondOutliers(t *testing.T, dir string, fs []oracle.Finding, excused map[string]bool) {
	t.Helper()
	set, err := mix.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	l, err := lake.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	snap, err := l.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	in, err := area.FromLake(snap, claim.DayOf(2025, 1, 1).Month(), claim.DayOf(2025, 12, 1).Month())
	if err != nil {
		t.Fatal(err)
	}
	run, err := area.Do(set.Params, set.Grouping, in, area.Options{})
	if err != nil {
		t.Fatal(err)
	}
	mine, want, found := map[string]bool{}, map[string]string{}, map[string]int{}
	for _, p := range run.Insured["310"].Priced {
		mine[p.ID] = true
		switch by := p.Way == "病组" || p.Way == "高倍率" || p.Way == "低倍率"; {
		case by && p.Standard > 0 && p.Cost > 3*p.Standard:
			want[p.ID] = "R001"
		case by && p.Standard > 0 && 10*p.Cost < 4*p.Standard && !excused[p.ID]:
			want[p.ID] = "R002"
		}
	}
	for _, f := range fs {
		if (f.Rule == "R001" || f.Rule == "R002") && mine[f.Mdtrt] {
			if found[f.Rule]++; want[f.Mdtrt] != f.Rule {
				t.Errorf("%s at %s: the second way says %q", f.Rule, f.Mdtrt, want[f.Mdtrt])
			}
		}
	}
	if n := found["R001"] + found["R002"]; n*20 < len(want)*19 || n == 0 {
		t.Errorf("%d of %d outliers were found", n, len(want))
	}
}

// excusedFromLow are visits that ended by transfer, death or against advice, or were day surgery.
func excusedFromLow(t *testing.T, tables string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(tables, "visit_*.csv"))
	if err != nil || len(files) == 0 {
		t.Fatal(err, files)
	}
	out := map[string]bool{}
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(f).ReadAll()
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		way, day := slices.Index(rows[0], "dscg_way"), slices.Index(rows[0], "day_surg_flag")
		for _, r := range rows[1:] {
			if slices.Contains([]string{"2", "3", "4", "5"}, r[way]) || r[day] == "1" {
				out[r[0]] = true
			}
		}
	}
	return out
}
