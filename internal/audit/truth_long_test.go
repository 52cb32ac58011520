package audit_test

import (
	"slices"
	"testing"

	"github.com/mingjian/mingjian/internal/audit/oracle"
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

// What only shows after a year is found in a city of fourteen months, and nothing else is.
func TestTruthOfMoreThanAYear(t *testing.T) {
	t.Parallel()
	tables := city(t, 1500, 14, 3)
	_, fs := auditDir(t, tables, starter(t))
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
