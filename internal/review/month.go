package review

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/review/ledger"
	"github.com/mingjian/mingjian/internal/store"
)

const (
	sheetOpen   = "未结"
	sheetClosed = "已结"
)

// SheetInput is a row of the payment sheet: what an institution is to be paid for a month before offsets, and what was taken off.
type SheetInput struct {
	Month   string `json:"month"` // yyyy-MM
	Inst    string `json:"fixmedins_code"`
	Payable int64  `json:"payable_fen"`
	Offset  int64  `json:"offset_fen"` // as the finance office took it off; must agree with the ledger at the close
}

// SetSheet writes an institution's payment sheet of a month that is open.
func (d *Desk) SetSheet(ctx context.Context, who *auth.Identity, in SheetInput) error {
	if _, err := claim.ParseMonth(in.Month); err != nil || in.Payable < 0 || in.Offset < 0 || in.Offset > in.Payable {
		return badField("offset_fen", "%s %s：月份应为 2025-07 的样子，应拨 %s 元、抵扣 %s 元应不小于零，抵扣不超过应拨", in.Month, in.Inst, claim.Money(in.Payable), claim.Money(in.Offset))
	}
	return d.do(ctx, func(b *batch) error {
		if _, err := b.mayInst(who, in.Inst, auth.Execute); err != nil {
			return err
		}
		if err := b.openFor(in.Month); err != nil {
			return err
		}
		b.log(who, "拨付单", in.Month+" "+in.Inst, fmt.Sprintf("应拨 %s 抵扣 %s", claim.Money(in.Payable), claim.Money(in.Offset)))
		s, err := b.tx.Sheet(in.Month, in.Inst)
		if errors.Is(err, store.ErrNotFound) {
			return b.tx.AddSheet(store.Sheet{Month: in.Month, Inst: in.Inst, Payable: in.Payable, Offset: in.Offset, State: sheetOpen, MadeBy: who.Name, ChangedAt: b.now, Version: 1})
		}
		if err != nil {
			return err
		}
		s.Payable, s.Offset, s.MadeBy, s.ChangedAt = in.Payable, in.Offset, who.Name, b.now
		return b.tx.ChangeSheet(s)
	})
}

// SetVoucher writes the bank voucher of what was really paid.
func (d *Desk) SetVoucher(ctx context.Context, who *auth.Identity, month, inst, no string, amount int64) error {
	if strings.TrimSpace(no) == "" || amount < 0 {
		return badField("voucher_no", "请写明凭证号和实拨金额")
	}
	return d.do(ctx, func(b *batch) error {
		if _, err := b.mayInst(who, inst, auth.Execute); err != nil {
			return err
		}
		if err := b.openFor(month); err != nil {
			return err
		}
		s, err := b.tx.Sheet(month, inst)
		if err != nil {
			return err
		}
		s.VoucherNo, s.Voucher, s.ChangedAt = no, amount, b.now
		b.log(who, "拨付凭证", month+" "+inst, no+" "+claim.Money(amount).String())
		return b.tx.ChangeSheet(s)
	})
}

// openFor refuses a closed month. It waits for a close that is under way.
func (b *batch) openFor(month string) error {
	if err := b.tx.Lock("month:" + month); err != nil {
		return err
	}
	if _, err := b.openMonth(); err != nil {
		return err
	}
	if b.closed[month] {
		return refuse(CodePeriod, "%s 已月结，不能再改；更正记在以后的月份", month)
	}
	return nil
}

// OffsetResult tells what was offset.
type OffsetResult struct {
	Inst   string `json:"fixmedins_code"`
	Offset int64  `json:"offset_fen"`
	Left   int64  `json:"left_fen"` // still due: more than is to be paid this month
	Cases  int    `json:"cases"`
}

// OffsetMonth takes what is due from what an institution is to be paid for a month, never more than that. A closed institution is paid
// nothing any more: it is dunned.
func (d *Desk) OffsetMonth(ctx context.Context, who *auth.Identity, month, inst string) (*OffsetResult, error) {
	out := &OffsetResult{Inst: inst}
	err := d.do(ctx, func(b *batch) error {
		*out = OffsetResult{Inst: inst}
		i, err := b.mayInst(who, inst, auth.Execute)
		if err != nil {
			return err
		}
		if i.ClosedOn != "" && i.ClosedOn <= b.today.String() {
			return refuse(CodeLedger, "机构 %s 已于 %s 关停，没有可抵扣的拨付，请催缴", inst, i.ClosedOn)
		}
		if err := b.openFor(month); err != nil {
			return err
		}
		if m, err := b.openMonth(); err != nil || m != month {
			return errors.Join(err, refuse(CodePeriod, "现在记账的月份是 %s，不是 %s", m, month))
		}
		if err := b.earlierClosed(month, inst); err != nil {
			return err
		}
		s, err := b.tx.Sheet(month, inst)
		if err != nil {
			return err
		}
		sum, err := b.offsetSoFar(month, inst)
		if err != nil {
			return err
		}
		room := s.Payable - sum
		due, err := b.tx.CasesOn(ledger.Fund, ledger.Due, inst, 20000)
		if err != nil {
			return err
		}
		for _, x := range due {
			if room <= 0 {
				out.Left += x.Amount
				continue
			}
			t, err := b.turn(machineID, "pay", Ref{ID: x.Finding}, Say{Opinion: "当月抵扣"})
			if CodeOf(err) == CodeState || CodeOf(err) == CodePaused {
				out.Left += x.Amount
				continue
			}
			if err != nil {
				return err
			}
			l, err := b.ledgerOf(t.work)
			if err != nil {
				return err
			}
			st := ledger.Stamp{Actor: who.Name, At: b.now, Month: month, Doc: "拨付 " + month, Memo: "当月抵扣"}
			n, err := l.MoveUpTo(ledger.Fund, ledger.Due, ledger.Offset, room, st)
			if err != nil {
				return err
			}
			t.detail["抵扣分"], t.detail["月份"] = n, month
			if err := t.done(); err != nil {
				return err
			}
			room, out.Offset, out.Left, out.Cases = room-n, out.Offset+n, out.Left+x.Amount-n, out.Cases+1
		}
		s.Offset, s.ChangedAt, s.MadeBy = sum+out.Offset, b.now, who.Name
		b.log(who, "当月抵扣", month+" "+inst, fmt.Sprintf("%d 件，抵扣 %s 元，尚欠 %s 元", out.Cases, claim.Money(out.Offset), claim.Money(out.Left)))
		return b.tx.ChangeSheet(s)
	})
	return out, err
}

// earlierClosed: what was offset in a month is received by that month's close, so the next month waits for it.
func (b *batch) earlierClosed(month, inst string) error {
	ms, err := b.tx.OffsetMonths(inst, ledger.Offset)
	if err != nil {
		return err
	}
	for _, m := range ms {
		if m >= month || b.closed[m] {
			continue
		}
		n, err := b.offsetSoFar(m, inst)
		if err != nil {
			return err
		}
		if n != 0 {
			return refuse(CodePeriod, "机构 %s 在 %s 抵扣的 %s 元还没有月结，请先月结再抵扣 %s", inst, m, claim.Money(n), month)
		}
	}
	return nil
}

// offsetSoFar is what the ledger has offset for an institution in a month.
func (b *batch) offsetSoFar(month, inst string) (sum int64, err error) {
	all, err := b.tx.PostSums(month)
	for _, p := range all {
		if p.Inst == inst {
			sum += offsetOf(p)
		}
	}
	return sum, err
}

func offsetOf(p store.PostSum) int64 {
	switch {
	case p.Book != ledger.Fund:
		return 0
	case p.To == ledger.Offset:
		return p.Amount
	case p.From == ledger.Offset && p.To != ledger.Received:
		return -p.Amount
	}
	return 0
}

// CloseMonth closes a month: only when, for every institution, ledger, payment sheet and voucher agree to the fen. What was offset
// counts as received from then on.
func (d *Desk) CloseMonth(ctx context.Context, who *auth.Identity, month string) (*store.Period, error) {
	var p store.Period
	err := d.do(ctx, func(b *batch) error {
		if err := b.mayArea(who, auth.Execute, ""); err != nil {
			return err
		}
		if _, err := claim.ParseMonth(month); err != nil || month > b.today.Month().String() {
			return badField("month", "月份 %q 应为 2025-07 的样子，且不在将来", month)
		}
		if err := b.openFor(month); err != nil {
			return err
		}
		wrong, err := b.disagreements(month)
		if err != nil {
			return err
		}
		if len(wrong) > 0 {
			return refuse(CodePeriod, "%s 不能月结，台账、拨付单、凭证不符：%s", month, strings.Join(wrong[:min(len(wrong), 20)], "；"))
		}
		sheets, err := b.tx.Sheets(month)
		if err != nil {
			return err
		}
		p = store.Period{Month: month, ClosedAt: b.now, ClosedBy: who.Name}
		for i := range sheets {
			p.Offset, p.Net = p.Offset+sheets[i].Offset, p.Net+sheets[i].Voucher
			if err := b.receive(who, month, &sheets[i]); err != nil {
				return err
			}
		}
		b.log(who, "月结", month, fmt.Sprintf("%d 家，抵扣 %s 元，实拨 %s 元", len(sheets), claim.Money(p.Offset), claim.Money(p.Net)))
		return b.tx.AddPeriod(p)
	})
	if err != nil {
		return nil, err
	}
	return &p, nil
}

// disagreements lists where ledger, sheet and voucher of a month differ.
func (b *batch) disagreements(month string) ([]string, error) {
	sums, err := b.tx.PostSums(month)
	if err != nil {
		return nil, err
	}
	booked := map[string]int64{}
	var insts []string
	for _, p := range sums {
		if _, ok := booked[p.Inst]; !ok {
			insts = append(insts, p.Inst)
		}
		booked[p.Inst] += offsetOf(p)
	}
	sheets, err := b.tx.Sheets(month)
	if err != nil {
		return nil, err
	}
	var wrong []string
	has := map[string]bool{}
	for _, s := range sheets {
		has[s.Inst] = true
		if booked[s.Inst] != s.Offset {
			wrong = append(wrong, fmt.Sprintf("%s 台账抵扣 %s 元，拨付单抵扣 %s 元", s.Inst, claim.Money(booked[s.Inst]), claim.Money(s.Offset)))
		}
		if s.VoucherNo == "" || s.Payable-s.Offset != s.Voucher {
			wrong = append(wrong, fmt.Sprintf("%s 应实拨 %s 元，凭证 %q %s 元", s.Inst, claim.Money(s.Payable-s.Offset), s.VoucherNo, claim.Money(s.Voucher)))
		}
	}
	for _, i := range insts {
		if !has[i] && booked[i] != 0 {
			wrong = append(wrong, fmt.Sprintf("%s 台账抵扣 %s 元，没有拨付单", i, claim.Money(booked[i])))
		}
	}
	return wrong, nil
}

// receive turns what was offset from an institution into what was received, and closes the cases that are settled by it.
func (b *batch) receive(who *auth.Identity, month string, s *store.Sheet) error {
	on, err := b.tx.CasesOn(ledger.Fund, ledger.Offset, s.Inst, 100000)
	if err != nil {
		return err
	}
	for _, x := range on {
		w, err := b.load(x.Finding)
		if err != nil {
			return err
		}
		t := &turn{batch: b, work: w, who: machineID, ev: flow.event("pay"), from: b.today, detail: map[string]any{"月结": month}}
		l, err := b.ledgerOf(w)
		if err != nil {
			return err
		}
		if _, err := l.MoveUpTo(ledger.Fund, ledger.Offset, ledger.Received, -1, ledger.Stamp{Actor: who.Name, At: b.now, Month: month, Doc: s.VoucherNo, Memo: "月结"}); err != nil {
			return err
		}
		if err := t.done(); err != nil {
			return err
		}
	}
	s.State, s.ChangedAt = sheetClosed, b.now
	return b.tx.ChangeSheet(s)
}
