package audit_test

import (
	"fmt"
	"testing"

	"github.com/mingjian/mingjian/internal/audit"
)

// TestCompleteness: what landed is held against the totals the institutions cleared, and every gap is told with both figures.
func TestCompleteness(t *testing.T) {
	t.Parallel()
	total := func(inst, month, ins string, n int, fee, fund float64) string {
		return fmt.Sprintf("fixmedins_code=%s month=%s insutype=%s clr_type=11 setl_cnt=%d medfee_sumamt=%.2f fund_pay_sumamt=%.2f", inst, month, ins, n, fee, fund)
	}
	w := newTown(t)
	w.arrive(upload{}.visit("a", "P1", "H1", "2025-01-10", "N*2").visit("b", "P2", "H1", "2025-01-11", "N").visit("c", "P3", "H2", "2025-01-12", "N").
		visit("d", "P4", "H3", "2025-02-12", "N").
		add("clearing_total", total("H1", "202501", "390", 3, 60, 36)).    // one settlement is missing
		add("clearing_total", total("H2", "2025-01", "310", 1, 10, 6)).    // under another insurance
		add("clearing_total", total("H3", "2025-02", "390", 1, 10, 6)).    // whole
		add("clearing_total", total("H3", "2025-03", "390", 7, 700, 420))) // a month of which nothing landed
	rep := w.audit(audit.Options{})
	var got []string
	for _, g := range rep.Completeness {
		got = append(got, fmt.Sprintf("%s %s %s: %d/%d settlements, fund %s/%s, fees %s/%s", g.Inst, g.Month, g.Insutype, g.Have, g.Want, g.HaveFund, g.WantFund, g.HaveFee, g.WantFee))
	}
	want := []string{
		"H1 2025-01 390: 2/3 settlements, fund 18.00/36.00, fees 30.00/60.00",
		"H2 2025-01 310: 0/1 settlements, fund 0.00/6.00, fees 0.00/10.00",
		"H2 2025-01 390: 1/0 settlements, fund 6.00/0.00, fees 10.00/0.00",
		"H3 2025-03 390: 0/7 settlements, fund 0.00/420.00, fees 0.00/700.00",
	}
	w.want("gaps", fmt.Sprintf("%q", got), fmt.Sprintf("%q", want))
	// The missing settlement arrives: the gap closes.
	w.arrive(upload{}.visit("e", "P5", "H1", "2025-01-20", "N*3"))
	if rep = w.audit(audit.Options{From: month(t, "2025-01"), To: month(t, "2025-01")}); len(rep.Completeness) != 2 {
		t.Errorf("gaps left in January: %+v", rep.Completeness)
	}
}
