package audit_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/audit"
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
	truthOfCaseGroups(t, 3000, 3, 11)
}

// TestTruthOfCaseGroupsOfMoreCities asks the same of the cities that MINGJIAN_CITIES names (see TestTruthOfMoreCities).
func TestTruthOfCaseGroupsOfMoreCities(t *testing.T) {
	for _, n := range namedCities(t) {
		t.Run(fmt.Sprint(n), func(t *testing.T) { truthOfCaseGroups(t, n[1], n[2], uint64(n[0])) })
	}
}

func truthOfCaseGroups(t *testing.T, persons, months int, seed uint64) {
	tables := city(t, persons, months, seed)
	dir := t.TempDir()
	if _, err := mix.Choose(dir, mix.Chosen{}); err != nil {
		t.Fatal(err)
	}
	_, fs := auditIn(t, dir, tables, starter(t))
	got, plants, nears := reported(fs), map[string]int{}, map[string]int{}
	upcoding := map[string]bool{"R003": true, "R004": true, "R005": true, "R006": true, "R009": true, "R018": true, "R019": true}
	outlying := map[string]bool{"R001": true, "R002": true}                            // the city's own life has outliers too: secondOutliers tells those
	staying := map[string]bool{"G015": true, "G016": true, "G017": true, "G018": true} // held to their groups
	truth, above := readLabels(t, tables), aboveLow(t, dir)
	for l, kind := range truth {
		switch {
		case !upcoding[l.rule] && !outlying[l.rule] && !staying[l.rule]:
		case kind == "plant":
			plants[l.rule]++
			if l.rule == "G018" && above[l.mdtrt] == got[l] {
				t.Errorf("G018 planted at %s: reported %v, no cheaper than its group's low end %v", l.mdtrt, got[l], above[l.mdtrt])
			} else if l.rule != "G018" && !got[l] {
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
		if l.rule == "G018" && above[l.mdtrt] {
			t.Errorf("G018 at %s: no cheaper than its group's low end", l.mdtrt)
		}
		if (upcoding[l.rule] || staying[l.rule] && l.rule != "G018") && truth[l] == "" {
			t.Errorf("%s at %s: reported, but truth knows nothing of it", l.rule, l.mdtrt)
		}
	}
	maps.Copy(upcoding, outlying)
	maps.Copy(upcoding, staying)
	for id := range upcoding {
		if plants[id] == 0 || nears[id] == 0 {
			t.Errorf("%s: %d plants, %d near-misses", id, plants[id], nears[id])
		}
	}
	boundedByTheFund(t, dir, tables)
	money := false
	for _, f := range fs {
		money = money || upcoding[f.Rule] && !staying[f.Rule] && f.Vola > 0
	}
	if !money {
		t.Error("no payment difference at all")
	}
	secondOutliers(t, dir, fs, excusedFromLow(t, tables))
}

// TestCaseGroupCardsAlone: cards that only take their money from case groups say the same alone as among all.
func TestCaseGroupCardsAlone(t *testing.T) {
	t.Parallel()
	tables := city(t, 3000, 3, 11)
	rules := []string{"R010", "R011"}
	var rows [2][]audit.Row
	for i, asked := range [][]string{nil, rules} {
		dir := t.TempDir()
		if _, err := mix.Choose(dir, mix.Chosen{}); err != nil {
			t.Fatal(err)
		}
		settleIn(t, dir, lake.ImportOptions{}, tables)
		if _, err := openAuditor(t, dir).Run(context.Background(), audit.Options{Rules: asked}); err != nil {
			t.Fatal(err)
		}
		rows[i] = storedRows(t, dir)
	}
	for _, r := range rules {
		among, alone := told(only(rows[0], r)), told(only(rows[1], r))
		if len(among) == 0 || !slices.Equal(among, alone) {
			t.Errorf("%s alone: %d findings, among all %d:\n%s", r, len(alone), len(among), firstDifference(strings.Join(alone, "\n"), strings.Join(among, "\n")))
		}
	}
}

// secondOutliers finds the high and low outliers of the insurance type with a fixed rate by another way, from the year's payment
// run: every finding of R001 and R002 there must be one of them, and nearly all of them must be found but those that ended so that
// R002 excuses them.
func secondOutliers(t *testing.T, dir string, fs []oracle.Finding, excused map[string]bool) {
	t.Helper()
	run := yearOf(t, dir, claim.DayOf(2025, 1, 1).Month(), claim.DayOf(2025, 12, 1).Month())
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

// yearOf pays the stays of some months by the setup that was chosen.
func yearOf(t *testing.T, dir string, from, to claim.Month) *area.Run {
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
	in, err := area.FromLake(snap, from, to)
	if err != nil {
		t.Fatal(err)
	}
	run, err := area.Do(set.Params, set.Grouping, in, area.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// aboveLow finds by another way the stays that cost no less than the low end of their group: the tenth percentile, by nearest
// rank, of the group's stays of three days and more of the twelve months, where there are twenty. G018 leaves them alone.
func aboveLow(t *testing.T, dir string) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	run := yearOf(t, dir, claim.DayOf(2024, 1, 1).Month(), claim.DayOf(2026, 12, 1).Month())
	for _, r := range run.Insured {
		for i := range r.Priced {
			p := &r.Priced[i]
			cheaper, all := 0, 0
			for j := range r.Priced {
				q := &r.Priced[j]
				m, err := claim.ParseMonth(p.Month)
				n, err2 := claim.ParseMonth(q.Month)
				if err != nil || err2 != nil {
					t.Fatal(err, err2)
				}
				if q.Group != p.Group || q.Ambiguous || q.LOS < 3 || n > m || n <= m-12 {
					continue
				}
				if all++; q.Cost <= p.Cost {
					cheaper++
				}
			}
			out[p.ID] = p.Group != "" && all >= 20 && cheaper*10 >= all
		}
	}
	return out
}

// excusedFromLow are visits that ended by transfer, death or against advice, or were day surgery.
func excusedFromLow(t *testing.T, tables string) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	for _, r := range readAll(t, filepath.Join(tables, "visit_*.csv")) {
		if slices.Contains([]string{"2", "3", "4", "5"}, r["dscg_way"]) || r["day_surg_flag"] == "1" {
			out[r["mdtrt_id"]] = true
		}
	}
	return out
}

// boundedByTheFund: what is charged for case groups is fund money of the settlement, and with all else that is charged there makes up no
// more than the fund paid, but for the fen that shares are rounded up by.
func boundedByTheFund(t *testing.T, dir, tables string) {
	t.Helper()
	paid := map[string]claim.Money{}
	for _, r := range readAll(t, filepath.Join(tables, "settlement_*.csv")) {
		n, err := claim.ParseDecimal(r["fund_pay_sumamt"], 2)
		if err != nil {
			t.Fatal(err)
		}
		paid[r["setl_id"]] = claim.Money(n)
	}
	lib, err := rule.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	a, err := audit.Open(dir, lib)
	if err != nil {
		t.Fatal(err)
	}
	months, err := a.Store.Months()
	if err != nil {
		t.Fatal(err)
	}
	cards := groupCards(t)
	sum, shares, grouped := map[string]claim.Money{}, map[string]claim.Money{}, map[string]bool{}
	for _, m := range months {
		rows, err := a.Store.Rows(m, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := range rows {
			r := &rows[i]
			if r.Type != 1 || r.Vola <= 0 || r.Refund {
				continue
			}
			part := min(r.Fund, claim.Money(claim.MulDiv(int64(r.Charged), int64(r.Fund), int64(r.Vola))))
			sum[r.Setl] += part
			if !cards[r.RuleID] {
				shares[r.Setl]++
				continue
			}
			grouped[r.Setl] = true
			if r.Vola != r.Fund || r.Charged < 0 || r.Charged > r.Fund || r.Fund > paid[r.Setl] {
				t.Errorf("%s at %s: at issue %s, fund %s, charged %s; the fund paid %s", r.RuleID, r.Mdtrt, r.Vola, r.Fund, r.Charged, paid[r.Setl])
			}
		}
	}
	for s := range grouped {
		if sum[s] > paid[s]+shares[s] {
			t.Errorf("settlement %s: %s of fund money charged, %s paid", s, sum[s], paid[s])
		}
	}
	if len(grouped) == 0 {
		t.Error("no payment difference at all")
	}
}

// readAll are the rows of some files by column.
func readAll(t *testing.T, glob string) []map[string]string {
	t.Helper()
	files, err := filepath.Glob(glob)
	if err != nil || len(files) == 0 {
		t.Fatal(err, files)
	}
	var out []map[string]string
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
		for _, r := range rows[1:] {
			m := map[string]string{}
			for k, name := range rows[0] {
				m[name] = r[k]
			}
			out = append(out, m)
		}
	}
	return out
}
