package audit_test

import (
	"errors"
	"testing"

	"github.com/mingjian/mingjian/internal/audit"
)

// TestEvidence: the bill beside a finding holds every violating line of a visit that stands, marked as the finding has it and
// with the money the explanation names, and the person's year holds the visit it is about.
func TestEvidence(t *testing.T) {
	t.Parallel()
	dir := wildTown(t, 12, 16)
	a := openAuditor(t, dir)
	seen := map[string]bool{}
	for _, r := range storedRows(t, dir) {
		if seen[r.FindingID] {
			continue
		}
		seen[r.FindingID] = true
		if len(seen) > 60 {
			break
		}
		x, err := a.Evidence(r.FindingID, r.Month, 0)
		if errors.Is(err, audit.ErrGone) {
			x, err = a.Evidence(r.FindingID, r.Month, 1)
		}
		if err != nil {
			t.Fatal(err)
		}
		if !x.Holds {
			t.Errorf("%s %s does not hold", r.RuleID, r.FindingID)
		}
		marked := map[string]int{}
		for _, l := range x.Bill {
			if l.Mark > 0 {
				marked[l.Mdtrt+"/"+l.Sn] = l.Mark
			}
			if l.Mark == 1 && l.Amt <= 0 {
				t.Errorf("%s %s: line %s at fault costs %s", r.RuleID, r.FindingID, l.Sn, l.Amt)
			}
		}
		for _, l := range x.Lines {
			if l.Type == 1 && marked[l.Mdtrt+"/"+l.Sn] != 1 {
				t.Errorf("%s %s: line %s of %s is not in the bill", r.RuleID, r.FindingID, l.Sn, l.Mdtrt)
			}
		}
		about := 0
		for i, v := range x.Visits {
			if v.Mark {
				about++
			}
			if i > 0 && v.Begin < x.Visits[i-1].Begin && len(v.Begin) == len(x.Visits[i-1].Begin) {
				t.Errorf("%s: visit %s comes after one that began later", r.FindingID, v.Mdtrt)
			}
		}
		if x.Visit["mdtrt_id"] != "" && about == 0 {
			t.Errorf("%s %s: no visit of the year is the one it is about", r.RuleID, r.FindingID)
		}
	}
	if len(seen) < 30 {
		t.Fatalf("only %d findings", len(seen))
	}
}
