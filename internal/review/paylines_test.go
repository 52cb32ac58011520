package review_test

import (
	"testing"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/review"
	"github.com/mingjian/mingjian/internal/store"
)

// Line by line: what was proposed, confirmed, refused and offset in a month adds up to the payment sheet, and a hospital reads its own.
func TestPayLines(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		for _, id := range []string{"paid", "unpaid", "waits", "raw"} {
			o.simple(id)
		}
		o.settle(store.Settled{ID: "S-M-paid", Inst: hosp1, Paid: "1", ClrMonth: "2025-02", PayMode: 1})
		o.settle(store.Settled{ID: "S-M-unpaid", Inst: hosp1, Paid: "0", PayMode: 1})
		for _, id := range []string{"paid", "unpaid"} {
			o.to(id, review.Executing)
			o.book(id)
		}
		o.to("waits", review.Answering)
		o.keep("raw") // proposed, not sent
		o.ok(o.desk.SetSheet(ctx, money, review.SheetInput{Month: "2025-03", Inst: hosp1, Payable: 50000}))
		_, err := o.desk.OffsetMonth(ctx, money, "2025-03", hosp1)
		o.ok(err)
		read := func(who *auth.Identity, inst, month, account string) map[string]review.PayLine {
			out := map[string]review.PayLine{}
			after := ""
			for { // page by page
				ls, err := o.desk.PayLines(ctx, who, inst, month, account, after, 1)
				o.ok(err)
				if len(ls) == 0 {
					return out
				}
				if _, twice := out[ls[0].Finding]; twice {
					t.Fatalf("%s twice", ls[0].Finding)
				}
				out[ls[0].Finding], after = ls[0], ls[0].Cursor()
			}
		}
		mine := read(h1, "", "2025-03", "")
		if len(mine) != 3 {
			t.Errorf("the hospital reads %d lines: %+v", len(mine), mine)
		}
		if l := mine["paid"]; l.Offset != 50000 || l.Confirmed != 9999 || l.Proposed != 0 || l.Paid != "1" || l.ClrMonth != "2025-02" || l.Vola != 99999 || l.Fund != 59999 || l.Scope != 200000 || l.Sn != "1" {
			t.Errorf("paid %+v", l)
		}
		if l := mine["unpaid"]; l.Refused != 59999 || l.Offset != 0 || l.Paid != "0" {
			t.Errorf("unpaid %+v", l)
		}
		if l := mine["waits"]; l.Proposed != 59999 || l.Confirmed != 0 {
			t.Errorf("waits %+v", l)
		}
		if all := read(money, hosp1, "2025-03", ""); len(all) != 4 || all["raw"].Proposed == 0 {
			t.Errorf("the bureau reads %d lines", len(all))
		}
		if off := read(h1, "", "2025-03", "抵扣"); len(off) != 1 || off["paid"].Offset != 50000 {
			t.Errorf("offset lines %+v", off)
		}
		f, err := o.desk.PayFile(ctx, h1, hosp2, "2025-03") // whatever he asks for, it is his own
		o.ok(err)
		if f.Sheet == nil || f.Sheet.Inst != hosp1 || f.Booked != 50000 || f.Sheet.Offset != 50000 {
			t.Errorf("%+v", f)
		}
		// Another month shows what stood then, and nobody reads another's.
		if len(read(h1, "", "2025-02", "")) != 0 || len(read(h2, "", "2025-03", "")) != 0 || len(read(h2, hosp1, "2025-03", "")) != 0 {
			t.Error("lines of another month or hospital")
		}
		east := &auth.Identity{Name: "x", Roles: []string{"财务"}, Scope: auth.Scope{Admdvs: "990102"}}
		if len(read(east, hosp1, "2025-03", "")) != 0 {
			t.Error("a division reads another's")
		}
		_, err = o.desk.PayFile(ctx, east, hosp1, "2025-03")
		o.refused(review.CodeNotFound, err)
		for _, who := range []*auth.Identity{doc1, expert1, watch} {
			_, err = o.desk.PayLines(ctx, who, "", "2025-03", "", "", 10)
			o.refused(review.CodePermission, err)
			_, err = o.desk.PayFile(ctx, who, hosp1, "2025-03")
			o.refused(review.CodePermission, err)
		}
		_, err = o.desk.PayLines(ctx, h1, "", "2025-3", "", "", 10)
		o.refused(review.CodeInput, err)
		_, err = o.desk.PayLines(ctx, h1, "", "2025-03", "", "x|y", 10)
		o.refused(review.CodeInput, err)
	})
}
