package review

import (
	"context"
	"errors"
	"fmt"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/store"
)

// SetInstitutions registers institutions: the division decides who sees its findings, a closing day that nothing is offset any more.
func (d *Desk) SetInstitutions(ctx context.Context, who *auth.Identity, is []store.ReviewInst) error {
	return d.setInstitutions(ctx, who, is)
}

// SyncInstitutions registers the institutions of the imported data; a closing day that people registered stays.
func (d *Desk) SyncInstitutions(ctx context.Context, is []store.ReviewInst) error {
	return d.setInstitutions(ctx, machineID, is)
}

func (d *Desk) setInstitutions(ctx context.Context, who *auth.Identity, is []store.ReviewInst) error {
	for lo := 0; lo < len(is); lo += takeAtOnce {
		part := is[lo:min(len(is), lo+takeAtOnce)]
		err := d.do(ctx, func(b *batch) error {
			if who != machineID {
				if err := b.mayArea(who, auth.Dispatch, ""); err != nil {
					return err
				}
			}
			n := 0
			for _, i := range part {
				if i.Code == "" {
					return badField("fixmedins_code", "机构代码不能为空")
				}
				old, err := b.tx.ReviewInst(i.Code)
				if err != nil && !errors.Is(err, store.ErrNotFound) {
					return err
				}
				i.ChangedAt, i.Version = b.now, 1
				if old != nil {
					if who == machineID && i.ClosedOn == "" {
						i.ClosedOn = old.ClosedOn
					}
					i.ChangedAt, i.Version = old.ChangedAt, old.Version
					if *old == i {
						continue
					}
					i.ChangedAt, i.Version = b.now, old.Version+1
				}
				if err := b.tx.SetReviewInst(i); err != nil {
					return err
				}
				n++
			}
			if n > 0 {
				b.log(who, "登记机构", fmt.Sprint(n)+" 家", part[0].Code)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// NoteSettled registers what execution must know of settlements: whether they were paid, how, where the person is insured, and which
// funds paid.
func (d *Desk) NoteSettled(ctx context.Context, who *auth.Identity, ss []store.Settled) error {
	for lo := 0; lo < len(ss); lo += takeAtOnce {
		part := ss[lo:min(len(ss), lo+takeAtOnce)]
		err := d.do(ctx, func(b *batch) error {
			if err := may(who, auth.Execute, auth.Dispatch); err != nil {
				return err
			}
			for _, s := range part {
				if s.ID == "" || (s.Paid != "" && s.Paid != paidNo && s.Paid != paidYes) {
					return badField("clr_stas", "结算 %q 的清算状态 %q 应为 0 或 1", s.ID, s.Paid)
				}
				s.ChangedAt = b.now
				if err := b.tx.SetSettled(s); err != nil {
					return err
				}
			}
			b.log(who, "登记结算", fmt.Sprint(len(part))+" 笔", part[0].ID)
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// NewRefund is money that came back on another way: self-check, inspection, another case, an older system.
type NewRefund struct {
	Source string    `json:"source"` // 自查 飞检 纪委 旧系统 其他
	RefNo  string    `json:"ref_no"`
	Line   string    `json:"line"`
	Inst   string    `json:"fixmedins_code"`
	Rule   string    `json:"rule_id"`
	Setl   string    `json:"setl_id"`
	Sn     string    `json:"feedetl_sn"`
	Amt    int64     `json:"amt_fen"`
	Paid   claim.Day `json:"paid_date"`
}

// AddRefunds registers money that came back on other ways; what is there already (institution, reference, line) is not added again.
func (d *Desk) AddRefunds(ctx context.Context, who *auth.Identity, rs []NewRefund) (added int, err error) {
	for lo := 0; lo < len(rs); lo += takeAtOnce {
		part := rs[lo:min(len(rs), lo+takeAtOnce)]
		n := 0
		err := d.do(ctx, func(b *batch) error {
			n = 0
			if err := may(who, auth.Execute, auth.Dispatch); err != nil {
				return err
			}
			for _, r := range part {
				if r.Inst == "" || r.RefNo == "" || r.Amt <= 0 {
					return badField("amt", "%s %s 第 %s 行：机构、编号要有，金额 %s 元应大于零", r.Inst, r.RefNo, r.Line, claim.Money(r.Amt))
				}
				id := refundID(r.Inst, r.RefNo, r.Line)
				ok, err := b.tx.AddRefund(store.RefundElse{ID: id, Source: r.Source, RefNo: r.RefNo, Line: r.Line, Inst: r.Inst, Rule: r.Rule, Setl: r.Setl, Sn: r.Sn, Amt: r.Amt,
					PaidDay: int64(max(r.Paid, 0)), MadeAt: b.now, Version: 1})
				if err != nil {
					return err
				}
				n += flag(ok)
			}
			if n > 0 {
				b.log(who, "登记另行退款", fmt.Sprint(n)+" 条", part[0].Inst)
			}
			return nil
		})
		if err != nil {
			return added, err
		}
		added += n
	}
	return added, nil
}
