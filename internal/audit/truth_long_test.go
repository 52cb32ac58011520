package audit_test

import (
	"slices"
	"testing"

	"github.com/mingjian/mingjian/internal/audit/oracle"
	"github.com/mingjian/mingjian/internal/claim"
)

// longCards judge more than a year: only a city longer than that plants them.
var longCards = []string{"C018"}

// reported are the lines (visits, where a finding has no line) that findings accuse.
func reported(fs []oracle.Finding) map[label]bool {
	got := map[label]bool{}
	for _, f := range fs {
		if len(f.Lines) == 0 {
			got[label{f.Rule, f.Mdtrt, ""}] = true
		}
		for _, l := range f.Lines {
			if l.Type == 1 {
				got[label{f.Rule, l.MdtrtID, l.FeedetlSn}] = true
			}
		}
	}
	return got
}

// checkMoney holds the money of what was found to the money of the labels, where they name any.
func checkMoney(t *testing.T, tables string, fs []oracle.Finding) {
	t.Helper()
	got := map[label][]claim.Money{}
	for _, f := range fs {
		if len(f.Lines) == 0 {
			l := label{f.Rule, f.Mdtrt, ""}
			got[l] = append(got[l], f.Vola)
		}
		for _, x := range f.Lines {
			if x.Type == 1 {
				l := label{f.Rule, x.MdtrtID, x.FeedetlSn}
				got[l] = append(got[l], x.Vola)
			}
		}
	}
	checked := 0
	for _, r := range csvRows(t, tables, "truth") {
		found := got[label{r["rule_id"], r["mdtrt_id"], r["feedetl_sn"]}]
		if r["vola_amt"] == "" || r["kind"] == "near_miss" || len(found) == 0 {
			continue
		}
		want, err := claim.ParseDecimal(r["vola_amt"], 2)
		if err != nil {
			t.Fatal(err)
		}
		if checked++; !slices.Contains(found, claim.Money(want)) {
			t.Errorf("%s at %s %s: %v, labelled %s", r["rule_id"], r["mdtrt_id"], r["feedetl_sn"], found, r["vola_amt"])
		}
	}
	if checked < 50 {
		t.Errorf("only %d labels name money that was found", checked)
	}
}

// What only shows after a year is found in a city of fourteen months, and nothing else is.
func TestTruthOfMoreThanAYear(t *testing.T) {
	t.Parallel()
	tables := city(t, 1500, 14, 3)
	_, fs := auditDir(t, tables, starter(t))
	checkMoney(t, tables, fs)
	got, truth := reported(fs), readTruth(t, tables)
	plants, nears := map[string]int{}, map[string]int{}
	for l, kind := range truth {
		switch {
		case !slices.Contains(longCards, l.rule):
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
		if slices.Contains(longCards, l.rule) && truth[l] == "" {
			t.Errorf("%s at %s: reported, but truth knows nothing of it", l.rule, l.mdtrt)
		}
	}
	for _, id := range longCards {
		if plants[id] == 0 || nears[id] == 0 {
			t.Errorf("%s: %d plants, %d near-misses", id, plants[id], nears[id])
		}
	}
}
