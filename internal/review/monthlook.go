package review

import (
	"context"
	"errors"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/store"
)

// MonthView is an account month as somebody may see it.
type MonthView struct {
	Period *store.Period // nil while it is open
	Sheets []store.Sheet
	Booked map[string]int64 // offset by the ledger, by institution, fen
	Wrong  []string         // where ledger, sheet and voucher disagree; only for who sees the whole area
}

// Month shows an account month: sheets within the scope, and what keeps the month from being closed.
func (d *Desk) Month(ctx context.Context, who *auth.Identity, month string) (*MonthView, error) {
	if err := may(who, auth.Execute, auth.Confirm, auth.ReadBoards); err != nil {
		return nil, err
	}
	if _, err := claim.ParseMonth(month); err != nil {
		return nil, badField("month", "月份 %q 应为 2025-07 的样子", month)
	}
	out := &MonthView{}
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		*out = MonthView{Booked: map[string]int64{}}
		ps, err := tx.Periods()
		if err != nil {
			return err
		}
		for i := range ps {
			if ps[i].Month == month {
				out.Period = &ps[i]
			}
		}
		sheets, err := tx.SheetsIn(store.Scope(who.Scope), month)
		if err != nil {
			return err
		}
		out.Sheets = sheets
		sums, err := tx.PostSums(month)
		for _, p := range sums {
			out.Booked[p.Inst] += offsetOf(p)
		}
		if who.Scope.Admdvs == "" && who.Scope.Inst == "" && out.Period == nil {
			var more error
			out.Wrong, more = (&batch{d: d, tx: tx}).disagreements(month)
			err = errors.Join(err, more)
		}
		return err
	})
	return out, told(err)
}

// AddRefundFor registers money that came back on another way from an institution that somebody may see.
func (d *Desk) AddRefundFor(ctx context.Context, who *auth.Identity, r NewRefund) (int, error) {
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		_, err := (&batch{d: d, tx: tx}).mayInst(who, r.Inst, auth.Execute, auth.Dispatch)
		return err
	})
	if err != nil {
		return 0, told(err)
	}
	return d.AddRefunds(ctx, who, []NewRefund{r})
}
