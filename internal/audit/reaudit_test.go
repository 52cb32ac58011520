package audit_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/claim"
)

// women is the point that makes item W a violation for P1, P3 and P5.
const women = "A002 W sex=女"

// audited is a town audited once: P1 in January with one finding, P2 in January without any, P3 in March with one.
func audited(t *testing.T) *town {
	t.Helper()
	w := newTown(t).know(women)
	w.arrive(upload{}.visit("a", "P1", "H1", "2025-01-10", "W*2", "N").visit("b", "P2", "H1", "2025-01-11", "W").
		visit("c", "P3", "H2", "2025-03-05", "W"))
	w.again("2025-01 2025-03")
	w.wantFound("2025-01 A002 a-1=20.00", "2025-03 A002 c-1=10.00")
	return w
}

// TestTrouble: what arrives after a month was audited, the months that are audited again for it, what is found then and
// how the change is told.
func TestTrouble(t *testing.T) {
	t.Parallel()
	const newer = " updt_time=2025-04-01_00:00:00"
	line := func(sn, mdtrt, setl, psn, inst, day, item, cnt, more string) string {
		var n float64
		fmt.Sscan(cnt, &n)
		return fmt.Sprintf("feedetl_sn=%s mdtrt_id=%s setl_id=%s psn_no=%s fixmedins_code=%s fee_ocur_time=%s_09:00:00 list_type=201 hilist_code=%s hilist_name=%s cnt=%s pric=10 det_item_fee_sumamt=%.2f inscp_scp_amt=%.2f %s",
			sn, mdtrt, setl, psn, inst, day, item, item, cnt, n*10, n*10, more)
	}
	setl := func(id, mdtrt, psn, inst, day string, amt float64, more string) string {
		return fmt.Sprintf("setl_id=%s mdtrt_id=%s psn_no=%s fixmedins_code=%s insutype=390 clr_type=11 setl_time=%s_18:00:00 medfee_sumamt=%.2f fund_pay_sumamt=%.2f %s",
			id, mdtrt, psn, inst, day, amt, amt*0.6, more)
	}
	const jan, march = "2025-01 A002 a-1=20.00", "2025-03 A002 c-1=10.00"
	both := "2025-01 2025-03" // March looks back on January
	for _, c := range []struct {
		name    string
		late    upload
		months  string
		found   []string
		changes [4]int64
		what    string
		words   []string
	}{
		{"late line of an audited settlement", upload{}.add("fee", line("a-9", "a", "s-a", "P1", "H1", "2025-01-10", "W", "1", "")),
			both, []string{jan, "2025-01 A002 a-9=10.00", march}, [4]int64{1, 1, 1, 0}, "新增", []string{"W"}},
		{"first finding of a bucket that had none", upload{}.visit("d", "P5", "H3", "2025-01-20", "W"),
			both, []string{jan, "2025-01 A002 d-1=10.00", march}, [4]int64{1, 2, 0, 0}, "新增", []string{"W"}},
		{"quantity corrected", upload{}.add("fee", line("a-1", "a", "s-a", "P1", "H1", "2025-01-10", "W", "1", newer)),
			both, []string{"2025-01 A002 a-1=10.00", march}, [4]int64{0, 1, 1, 0}, "变更", []string{"违规金额 20.00→10.00 元"}},
		{"fund payment corrected", upload{}.add("settlement", setl("s-a", "a", "P1", "H1", "2025-01-10", 30, "")+newer).fund("9.00"),
			both, []string{jan, march}, [4]int64{0, 1, 1, 0}, "变更", []string{"基金 12.00→6.00 元"}},
		{"sex corrected", upload{}.add("person", "psn_no=P1 gend=2 brdy=1980-01-01 insutype=390 begndate=2020-01-01"+newer),
			both, []string{march}, [4]int64{0, 1, 0, 1}, "撤回", []string{"数据有更正"}},
		{"line withdrawn", upload{}.add("fee", line("a-1", "a", "s-a", "P1", "H1", "2025-01-10", "W", "2", "vali_flag=0")),
			both, []string{march}, [4]int64{0, 1, 0, 1}, "撤回", []string{"作废"}},
		{"only settlement of a month withdrawn", upload{}.add("settlement", setl("s-c", "c", "P3", "H2", "2025-03-05", 10, "vali_flag=0")),
			"2025-01 2025-03", []string{jan}, [4]int64{0, 1, 0, 1}, "撤回", []string{"未结算"}},
		{"settlement moved to another month", upload{}.add("settlement", setl("s-c", "c", "P3", "H2", "2025-04-27", 10, newer)),
			"2025-01 2025-03 2025-04", []string{jan, "2025-04 A002 c-1=10.00"}, [4]int64{0, 1, 1, 0}, "变更", []string{"月份 2025-03→2025-04"}},
		{"refund in another month", upload{}.add("settlement", setl("r-a", "a", "P1", "H1", "2025-03-20", -30, "refd_setl_flag=1 init_setl_id=s-a")),
			both, []string{march}, [4]int64{0, 1, 0, 1}, "撤回", []string{"冲正"}},
		{"refund ten months later", upload{}.add("settlement", setl("r-a", "a", "P1", "H1", "2025-11-20", -30, "refd_setl_flag=1 init_setl_id=s-a")),
			"2025-01 2025-03 2025-11", []string{march}, [4]int64{0, 1, 0, 1}, "撤回", []string{"冲正"}},
		{"negative line in another month", upload{}.bill("a", "P1", "H1", "2025-03-20", "s-a2", "W*-2"),
			both, []string{march}, [4]int64{0, 1, 0, 1}, "撤回", []string{"退费"}},
		{"negative line ten months later", upload{}.bill("a", "P1", "H1", "2025-11-20", "s-a2", "W*-1"),
			"2025-01 2025-03 2025-11", []string{"2025-01 A002 a-1=10.00", march}, [4]int64{0, 1, 1, 0}, "变更", []string{"违规金额 20.00→10.00 元"}},
		{"a later month alone", upload{}.visit("e", "P3", "H2", "2025-12-01", "W"),
			"2025-12", []string{jan, march, "2025-12 A002 e-1=10.00"}, [4]int64{1, 0, 0, 0}, "", nil},
		{"the same again", upload{}.visit("c", "P3", "H2", "2025-03-05", "W"), "", []string{jan, march}, [4]int64{}, "", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := audited(t)
			w.arrive(c.late)
			rep := w.again(c.months)
			w.wantFound(c.found...)
			w.wantChanges(rep, c.changes[0], c.changes[1], c.changes[2], c.changes[3])
			if c.what != "" {
				w.wantTold(rep, c.what, c.words...)
			}
		})
	}
}

// fund sets what the fund paid in the last settlement.
func (u upload) fund(amt string) upload {
	u["settlement"][len(u["settlement"])-1]["fund_pay_sumamt"] = amt
	return u
}

// TestSettlementAfterItsFees: unsettled lines are nobody's finding until their settlement comes.
func TestSettlementAfterItsFees(t *testing.T) {
	t.Parallel()
	w := newTown(t).know(women)
	u := upload{}.visit("a", "P1", "H1", "2025-01-10", "W").visit("b", "P2", "H1", "2025-01-11", "N")
	settled := upload{"settlement": u["settlement"][:1]}
	u["settlement"] = u["settlement"][1:]
	w.arrive(u)
	w.again("2025-01")
	w.wantFound()
	w.arrive(settled)
	rep := w.again("2025-01")
	w.wantFound("2025-01 A002 a-1=10.00")
	w.wantTold(rep, "新增", "W")
}

// TestPersonsUnitedLate: two numbers prove to be one person. What either did stays what it was, wherever it lies now, and
// what they did together is found.
func TestPersonsUnitedLate(t *testing.T) {
	t.Parallel()
	w := newTown(t).know(women, "B023 E1 window_d=14 limit_value=1")
	u := upload{}
	for i := range 12 { // enough numbers that some change their bucket
		x, y := fmt.Sprintf("X%d", i), fmt.Sprintf("Y%d", i)
		for _, p := range []string{x, y} {
			u.add("person", fmt.Sprintf("psn_no=%s gend=1 brdy=1980-01-01 insutype=390 begndate=2020-01-01", p))
		}
		u.visit("x"+x, x, "H1", "2025-01-20", "W", "E1").visit("y"+y, y, "H2", "2025-01-28", "W", "E1")
	}
	w.arrive(u)
	rep := w.again("2025-01")
	w.wantChanges(rep, 24, 0, 0, 0)
	before := w.rows()
	links := upload{}
	for i := range 12 {
		links.add("person_link", fmt.Sprintf("psn_no=X%d pers_id=Z%d link_type=人工", i, i)).add("person_link", fmt.Sprintf("psn_no=Y%d pers_id=Z%d link_type=人工", i, i))
	}
	w.arrive(links)
	a := w.open()
	for _, r := range before[:8] { // between the union and the re-audit a finding can still be explained
		x, err := a.Explain(r.FindingID)
		if err != nil || !x.Holds {
			t.Fatalf("%s: %v, holds %v", r.FindingID, err, x != nil && x.Holds)
		}
	}
	rep = w.again("2025-01")
	w.wantChanges(rep, 12, 24, 0, 0)
	w.wantTold(rep, "新增", "14")
	if n := len(w.found()); n != 36 {
		t.Errorf("%d findings, want 36", n)
	}
}

// TestOnlySomeRules: --rules replaces the findings of those cards and shares the money anew.
func TestOnlySomeRules(t *testing.T) {
	t.Parallel()
	w := newTown(t).know(women, "B021 W limit_value=1 unit=次")
	w.arrive(upload{}.visit("a", "P1", "H1", "2025-01-10", "W*3").visit("b", "P2", "H1", "2025-01-10", "W*2"))
	w.audit(audit.Options{})
	w.wantFound("2025-01 A002 a-1=30.00", "2025-01 B021 a-1=20.00", "2025-01 B021 b-1=10.00")
	charged := func(want ...string) {
		t.Helper()
		var got []string
		for _, r := range w.rows() {
			got = append(got, r.RuleID+" "+r.Sn+" "+r.Charged.String())
		}
		w.want("charged", strings.Join(got, "; "), strings.Join(want, "; "))
	}
	byRule := func() map[string]claim.Money {
		out := map[string]claim.Money{}
		for _, r := range w.rows() {
			out[r.RuleID+" "+r.Sn] = r.Charged
		}
		return out
	}
	c := byRule()
	if c["A002 a-1"]+c["B021 a-1"] != 3000 {
		t.Errorf("charged %v of a line of 30.00", c)
	}
	// With the knowledge of A002 turned round its findings go over to the woman, and B021 takes what A002 had taken.
	w.know("A002 W sex=男")
	rep := w.audit(audit.Options{Rules: []string{"A002"}, From: month(t, "2025-01"), To: month(t, "2025-01")})
	w.want("rules reported", fmt.Sprint(len(rep.Rules)), 1)
	w.wantChanges(rep, 1, 0, 0, 1)
	w.wantTold(rep, "撤回", "规则或知识")
	charged("A002 b-1 10.00", "B021 b-1 10.00", "B021 a-1 20.00")
	// B021 was not judged with the new knowledge: the month is still to be audited.
	w.again("2025-01")
}

// TestOnlySomeRulesFirst: a month audited for some rules is not audited for the others.
func TestOnlySomeRulesFirst(t *testing.T) {
	t.Parallel()
	w := newTown(t).know(women, "B021 W limit_value=1 unit=次")
	w.arrive(upload{}.visit("a", "P1", "H1", "2025-01-10", "W*3"))
	w.audit(audit.Options{Rules: []string{"A002"}})
	w.wantFound("2025-01 A002 a-1=30.00")
	w.again("2025-01")
	w.wantFound("2025-01 A002 a-1=30.00", "2025-01 B021 a-1=20.00")
	// Late data audited for one rule only leaves the month open for the others.
	w.arrive(upload{}.visit("b", "P3", "H1", "2025-01-10", "W*3"))
	w.audit(audit.Options{Rules: []string{"A002"}})
	rep := w.again("2025-01")
	w.wantChanges(rep, 1, 3, 0, 0)
}

// TestRefinedRuleAlone: a card that a narrower one silences stays silent when it is audited alone.
func TestRefinedRuleAlone(t *testing.T) {
	t.Parallel()
	w := newTown(t).know("B001 W limit_value=1", "B021 W limit_value=1 unit=次")
	w.arrive(upload{}.visit("a", "P1", "H1", "2025-01-10", "W", "W@10:00"))
	w.audit(audit.Options{})
	want := w.found()
	w.want("findings of all rules", strings.Join(want, "; "), "2025-01 B001 a-2=10.00")
	w.audit(audit.Options{Rules: []string{"B021"}, Force: true})
	w.wantFound(want...)
	w.audit(audit.Options{Rules: []string{"B001"}, Force: true})
	w.wantFound(want...)
}

// TestNewPoint: a point that arrives later is held against the past months in a run of its own.
func TestNewPoint(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	w.arrive(upload{}.visit("a", "P1", "H1", "2025-01-10", "W").visit("b", "P3", "H1", "2025-02-10", "W").visit("c", "P5", "H1", "2025-03-10", "W"))
	w.again("2025-01 2025-02 2025-03")
	w.wantFound()
	w.know("A002 W sex=女 valid_from=2025-02-01")
	rep := w.again("2025-01 2025-02 2025-03")
	w.wantFound("2025-02 A002 b-1=10.00", "2025-03 A002 c-1=10.00")
	w.wantChanges(rep, 2, 0, 0, 0)
	w.wantTold(rep, "新增", "W")
	w.want("why", rep.Why["2025-01"], "规则或知识有变化")
	data, err := os.ReadFile(filepath.Join(w.dir, "runs", fmt.Sprintf("audit-%05d.json", rep.Run)))
	if err != nil {
		t.Fatal(err)
	}
	var kept audit.Report
	if err := json.Unmarshal(data, &kept); err != nil {
		t.Fatal(err)
	}
	w.want("the run's own report", kept.ChangeTotals, rep.ChangeTotals)
	w.want("its first run's report", fmt.Sprint(exists(filepath.Join(w.dir, "runs", "audit-00001.json"))), true)
	// Another reading of the same point is another program, whatever its id.
	w.know("A002 W sex=男 valid_from=2025-02-01")
	rep = w.again("2025-01 2025-02 2025-03")
	w.wantFound()
	w.wantChanges(rep, 0, 0, 0, 2)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
