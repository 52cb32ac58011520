package review_test

import (
	"testing"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/review"
	"github.com/mingjian/mingjian/internal/store"
)

// TestSelfReport: what an institution declares counts only when the bureau took it in, counts once, and is seen by nobody else.
func TestSelfReport(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		o.simple("line")
		o.to("line", review.Executing)
		lines := []review.SelfLine{{Finding: "x", Rule: "A001", Setl: "S-M-line", Sn: "1", Amt: 10000}}
		_, err := o.desk.Declare(ctx, money, "C1", lines, 0, "")
		o.refused(review.CodeInput, err) // the bureau's own people declare nothing
		r, err := o.desk.Declare(ctx, h1, "C1", lines, 0, "自查")
		o.ok(err)
		_, err = o.desk.Declare(ctx, h1, "C2", lines, 0, "")
		o.refused(review.CodeInput, err)
		rs, err := o.desk.SelfReports(ctx, h2, "", "", store.Page{Limit: 10})
		o.ok(err)
		if len(rs) != 0 {
			t.Errorf("another institution sees %d reports", len(rs))
		}
		_, err = o.desk.SettleReport(ctx, h1, r.ID, r.Version, true, claim.DayOf(2025, 3, 1), "")
		o.refused(review.CodePermission, err)
		_, err = o.desk.SettleReport(ctx, money, r.ID, r.Version, true, 0, "")
		o.refused(review.CodeInput, err)
		_, err = o.desk.SettleReport(ctx, money, r.ID, r.Version, false, 0, "")
		o.refused(review.CodeInput, err)
		back, err := o.desk.SettleReport(ctx, money, r.ID, r.Version, false, 0, "金额不符")
		o.ok(err)
		if back.State != "退回" {
			t.Errorf("state %s", back.State)
		}
		r, err = o.desk.Declare(ctx, h1, "C2", lines, 0, "重报") // what was sent back may be declared again
		o.ok(err)
		_, err = o.desk.SettleReport(ctx, money, r.ID, r.Version, true, claim.DayOf(2025, 3, 1), "")
		o.ok(err)
		_, err = o.desk.SettleReport(ctx, money, r.ID, r.Version+1, true, claim.DayOf(2025, 3, 1), "")
		o.refused(review.CodeInput, err)
		o.book("line")
		if n := o.bal("line")["另退"]; n != 10000 {
			t.Errorf("%d counted as come back by self-check, want 10000", n)
		}
		o.healthy()
	})
}
