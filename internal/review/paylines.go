package review

import (
	"context"
	"errors"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/review/ledger"
	"github.com/mingjian/mingjian/internal/store"
)

// PayLine is a fee line as it stands in the ledger at the end of a month, and what moved in that month. Money is in fen, of the fund.
type PayLine struct {
	store.PayLine
	Proposed  int64 // not yet confirmed
	Confirmed int64 // confirmed and not yet refused, offset or paid
	Refused   int64 // never paid out
	Offset    int64 // taken from this month's payment
	Received  int64 // has come back, offsets of closed months with it
	Returned  int64 // paid back to the institution, or to be
}

// PayFile is an institution's payment sheet of a month held against the ledger.
type PayFile struct {
	Sheet  *store.Sheet // nil = none was written yet
	Booked int64        // offset by the ledger in the month: what the lines add up to
}

// PayLines lists the lines of an institution on which money moved in a month; account: only those on which something moved to it (抵扣, 拒付 …).
// An institution reads its own, of what was sent to it.
func (d *Desk) PayLines(ctx context.Context, who *auth.Identity, inst, month, account, after string, limit int) (out []PayLine, err error) {
	if err := mayPay(who, month); err != nil {
		return nil, err
	}
	err = d.DB.View(ctx, func(tx *store.Tx) error {
		out = nil
		ls, err := tx.PayLines(store.Scope(who.Scope), inst, month, account, who.Outside(), after, limit)
		for i := range ls {
			out = append(out, payLine(&ls[i], month))
		}
		return err
	})
	return out, told(err)
}

func mayPay(who *auth.Identity, month string) error {
	if err := may(who, auth.Execute, auth.Confirm, auth.ReadBoards, auth.Appeal); err != nil {
		return err
	}
	if who.Outside() && who.Scope.Inst == "" {
		return refuse(CodePermission, "用户 %s 没有指定机构", who.Name)
	}
	if _, err := claim.ParseMonth(month); err != nil || len(month) != 7 {
		return badField("month", "月份 %q 应为 2025-07 的样子", month)
	}
	return nil
}

func payLine(l *store.PayLine, month string) PayLine {
	x := PayLine{PayLine: *l}
	bal := map[string]int64{}
	for i := range l.Posts {
		p := &l.Posts[i]
		bal[p.From] -= p.Amount
		bal[p.To] += p.Amount
		if p.Month == month {
			x.Offset += offsetOf(store.PostSum{Book: p.Book, From: p.From, To: p.To, Amount: p.Amount})
		}
	}
	x.Proposed = bal[ledger.Proposed]
	x.Confirmed = bal[ledger.Confirmed] + bal[ledger.Due] + bal[ledger.Clearing] + bal[ledger.YearEnd] + bal[ledger.Handed]
	x.Refused = bal[ledger.Refused]
	x.Received = bal[ledger.Received] + bal[ledger.Paid] + bal[ledger.Elsewhere]
	x.Returned = bal[ledger.BackDue] + bal[ledger.Back]
	x.Posts = nil
	return x
}

// PayFile reads an institution's payment sheet of a month and what the ledger offset in it.
func (d *Desk) PayFile(ctx context.Context, who *auth.Identity, inst, month string) (*PayFile, error) {
	if err := mayPay(who, month); err != nil {
		return nil, err
	}
	if who.Scope.Inst != "" {
		inst = who.Scope.Inst
	}
	out := &PayFile{}
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		*out = PayFile{}
		b := &batch{d: d, tx: tx}
		if _, err := b.mayInst(who, inst, auth.Execute, auth.Confirm, auth.ReadBoards, auth.Appeal); err != nil {
			return err
		}
		s, err := tx.Sheet(month, inst)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		out.Sheet = s
		out.Booked, err = b.offsetSoFar(month, inst)
		return err
	})
	return out, told(err)
}
