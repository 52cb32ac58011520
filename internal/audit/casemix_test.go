package audit_test

import (
	"testing"

	"github.com/mingjian/mingjian/internal/casemix/mix"
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
	upcoding := map[string]bool{"R003": true, "R004": true, "R005": true}
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
}
