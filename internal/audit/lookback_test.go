package audit_test

import (
	"testing"

	"github.com/mingjian/mingjian/internal/audit"
)

// TestLookBack: cards that look back find what lies in other months and at other institutions, and each month reports
// only its own findings.
func TestLookBack(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		points []string
		facts  upload
		want   []string
	}{
		{"the interval of an examination crosses a month and an institution", []string{"B023 E1 window_d=14 limit_value=1"},
			upload{}.visit("a", "P1", "H1", "2025-01-25", "E1").visit("b", "P1", "H2", "2025-02-05", "E1").visit("c", "P1", "H1", "2025-02-08", "E1"),
			[]string{"2025-02 B023 b-1=10.00"}}, // c is 14 days after a; b, at fault itself, is not counted
		{"a course of disease goes on through three months", []string{"A015 D1 limit_value=3 scope=疾病过程 params={\"group\":\"甲药\"}"},
			upload{}.visit("a", "P1", "H1", "2025-01-31", "D1").visit("b", "P1", "H2", "2025-02-10", "D1", "D1@10:00").
				visit("c", "P1", "H1", "2025-02-28", "D1").visit("d", "P1", "H3", "2025-03-01", "D1", "D1@11:00").visit("e", "P1", "H1", "2025-07-01", "D1"),
			[]string{"2025-03 A015 d-1+d-2=20.00"}},
		{"a first-line drug months ago and elsewhere; one who begins with the second line, and goes on", []string{`A014 D2 params={"require":["D1"]}`},
			upload{}.visit("a", "P1", "H1", "2024-06-01", "E9").visit("b", "P1", "H2", "2024-12-10", "D1").visit("c", "P1", "H1", "2025-03-01", "D2").
				visit("d", "P2", "H1", "2024-06-01", "E9").visit("e", "P2", "H1", "2025-01-05", "D2").visit("f", "P2", "H2", "2025-03-05", "D2"),
			[]string{"2025-01 A014 e-1=10.00"}},
		{"a test long before a targeted drug, and none", []string{`A021 D2 params={"require":["E1"]}`},
			upload{}.visit("a", "P1", "H2", "2024-09-20", "E1").visit("b", "P1", "H1", "2025-03-01", "D2").
				visit("c", "P2", "H2", "2024-09-20", "E9").visit("d", "P2", "H1", "2025-02-01", "D2").visit("e", "P2", "H1", "2025-03-01", "D2"),
			[]string{"2025-02 A021 d-1=10.00"}},
		{"a rescue and its drug on one day at two hospitals, settled in two months", []string{`A020 D2 params={"require":["E1"]}`},
			upload{}.visit("a", "P1", "H2", "2025-01-31", "E1").visit("b", "P1", "H1", "2025-01-31", "D2").settledOn(1, "2025-02-01").
				visit("c", "P1", "H1", "2025-02-03", "D2"),
			[]string{"2025-02 A020 c-1=10.00"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newTown(t).know(c.points...)
			w.arrive(c.facts)
			w.audit(audit.Options{})
			w.wantFound(c.want...)
			// A month audited on its own says the same, and an earlier one nothing of it.
			alone := newTown(t).know(c.points...)
			alone.arrive(c.facts)
			for _, m := range []string{"2025-03", "2025-02", "2025-01"} {
				if snap, err := alone.open().Lake.Snapshot(); err != nil || snap.Rows("fee", month(t, m)) == 0 {
					continue
				}
				alone.audit(audit.Options{From: month(t, m), To: month(t, m)})
			}
			alone.wantFound(c.want...)
		})
	}
}

// settledOn moves the settlement of the i-th visit to a later day.
func (u upload) settledOn(i int, day string) upload {
	u["settlement"][i]["setl_time"] = day + " 08:00:00"
	return u
}

// TestSupplyLooksBack: a drug prescribed in one month is still in hand in the next.
func TestSupplyLooksBack(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	u := upload{}.visit("a", "P1", "H1", "2025-01-20", "D1").visit("b", "P1", "H2", "2025-02-01", "D1*2")
	for i, days := range []string{"40", "40"} {
		u["fee"][i]["list_type"], u["fee"][i]["prd_days"] = "101", days
	}
	w.arrive(u)
	w.audit(audit.Options{Rules: []string{"D002"}})
	// 40 − 12 days left, 40 more: 68 in hand, 23 over 45, of which one of two boxes (20 days each) is whole.
	w.wantFound("2025-02 D002 b-1=10.00")
}
