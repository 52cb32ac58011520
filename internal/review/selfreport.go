package review

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/store"
)

// States of what an institution declares of its own accord.
const (
	selfDeclared = "已申报"
	selfTaken    = "已登记"
	selfReturned = "退回"
)

// SelfLine is one line of money that an institution gives back; Amt in fen.
type SelfLine struct {
	Finding string `json:"finding_id"`
	Rule    string `json:"rule_id"`
	Setl    string `json:"setl_id"`
	Sn      string `json:"feedetl_sn"`
	Amt     int64  `json:"amt_fen"`
	Text    string `json:"text"`
}

// everyReport is more than an institution declares in its life.
const everyReport = 1 << 20

// maxSelfLines bounds one declaration.
const maxSelfLines = 20000

// Declare lets an institution make known what it found itself and gives back: lines of its own check, the day it paid (claim.NoDay: not yet).
// A line (settlement, fee line, rule) that was declared before and not returned is refused, so that nothing is given back twice.
func (d *Desk) Declare(ctx context.Context, who *auth.Identity, check string, lines []SelfLine, paid claim.Day, memo string) (*store.SelfReport, error) {
	inst := who.Scope.Inst
	if inst == "" {
		return nil, badField("fixmedins_code", "只有机构的用户能申报自查退款")
	}
	if len(lines) == 0 || len(lines) > maxSelfLines {
		return nil, badField("lines", "一次申报 1 到 %d 行，现有 %d 行", maxSelfLines, len(lines))
	}
	var r store.SelfReport
	err := d.do(ctx, func(b *batch) error {
		if err := may(who, auth.Appeal); err != nil {
			return err
		}
		if err := b.tx.Lock("自查申报 " + inst); err != nil {
			return err
		}
		before, err := declared(b.tx, inst)
		if err != nil {
			return err
		}
		var sum int64
		seen := map[SelfLine]bool{}
		for _, l := range lines {
			k := l.key()
			switch {
			case l.Amt <= 0:
				return badField("amt_fen", "结算 %s 明细 %s：金额 %s 元应大于零", l.Setl, l.Sn, claim.Money(l.Amt))
			case before[k] != "":
				return badField("lines", "结算 %s 明细 %s 规则 %s 已在申报 %s 里，不能再报", l.Setl, l.Sn, l.Rule, before[k])
			case seen[k]:
				return badField("lines", "结算 %s 明细 %s 规则 %s 写了两次", l.Setl, l.Sn, l.Rule)
			}
			seen[k] = true
			sum += l.Amt
		}
		text, err := json.Marshal(lines)
		if err != nil {
			return err
		}
		area, err := b.tx.InstitutionArea(inst)
		if err != nil {
			return err
		}
		r = store.SelfReport{ID: store.NewID(), Inst: inst, Admdvs: area, Check: check, Lines: string(text), LineCount: len(lines), Amt: sum, PaidDay: int64(max(paid, 0)),
			Memo: memo, State: selfDeclared, MadeBy: who.Name, MadeAt: b.now, Version: 1}
		b.log(who, "申报自查退款", fmt.Sprintf("%d 行 %s 元", len(lines), claim.Money(sum)), r.ID)
		return b.tx.AddSelfReport(r)
	})
	return &r, err
}

// key names what a line gives back, whatever is said of it.
func (l SelfLine) key() SelfLine { return SelfLine{Rule: l.Rule, Setl: l.Setl, Sn: l.Sn} }

// declared are the lines that an institution declared and that were not returned, with the report they are in.
func declared(tx *store.Tx, inst string) (map[SelfLine]string, error) {
	out := map[SelfLine]string{}
	rs, err := tx.SelfReports(store.Scope{Inst: inst}, "", "", store.Page{Limit: everyReport})
	for i := range rs {
		if rs[i].State == selfReturned {
			continue
		}
		lines, err := SelfLines(&rs[i])
		if err != nil {
			return nil, err
		}
		for _, l := range lines {
			out[l.key()] = rs[i].ID
		}
	}
	return out, err
}

// SelfLines reads the lines of a report.
func SelfLines(r *store.SelfReport) (out []SelfLine, err error) {
	return out, json.Unmarshal([]byte(r.Lines), &out)
}

// SelfReports lists reports within the caller's scope, newest first.
func (d *Desk) SelfReports(ctx context.Context, who *auth.Identity, id, state string, p store.Page) (out []store.SelfReport, err error) {
	err = d.DB.View(ctx, func(tx *store.Tx) (err error) {
		out, err = tx.SelfReports(store.Scope{Inst: who.Scope.Inst, Admdvs: who.Scope.Admdvs}, id, state, p)
		return err
	})
	return out, err
}

// SettleReport takes a report in, once the money is there (paid is the day): its lines count as come back another way from then on; or sends
// it back with a reason.
func (d *Desk) SettleReport(ctx context.Context, who *auth.Identity, id string, version int64, take bool, paid claim.Day, reason string) (*store.SelfReport, error) {
	if !take && reason == "" {
		return nil, badField("reason", "退回要写明原因")
	}
	var r store.SelfReport
	err := d.do(ctx, func(b *batch) error {
		if err := may(who, auth.Execute, auth.Dispatch); err != nil {
			return err
		}
		rs, err := b.tx.SelfReports(store.Scope{Inst: who.Scope.Inst, Admdvs: who.Scope.Admdvs}, id, "", store.Page{Limit: 1})
		if err != nil {
			return err
		}
		if len(rs) == 0 {
			return fmt.Errorf("申报 %s %w", id, store.ErrNotFound)
		}
		r = rs[0]
		if r.State != selfDeclared {
			return badField("state", "申报 %s 已%s，不能再办", id, map[string]string{selfTaken: "登记", selfReturned: "退回"}[r.State])
		}
		r.Version = version
		r.DecidedBy, r.DecidedAt, r.Reason, r.State = who.Name, b.now, reason, selfReturned
		if take {
			if paid <= 0 {
				return badField("paid_date", "登记要写明到账日")
			}
			r.State, r.PaidDay = selfTaken, int64(paid)
			if err := b.takeSelf(&r, paid); err != nil {
				return err
			}
		}
		b.log(who, "办理自查申报", r.State+" "+reason, r.ID)
		return b.tx.ChangeSelfReport(&r)
	})
	if err == nil {
		r.Version++
	}
	return &r, err
}

// takeSelf registers a report's lines as money that came back another way.
func (b *batch) takeSelf(r *store.SelfReport, paid claim.Day) error {
	lines, err := SelfLines(r)
	if err != nil {
		return err
	}
	for i, l := range lines {
		n := fmt.Sprint(i + 1)
		_, err := b.tx.AddRefund(store.RefundElse{ID: r.Inst + "|" + r.ID + "|" + n, Source: "自查", RefNo: r.ID, Line: n, Inst: r.Inst, Rule: l.Rule, Setl: l.Setl, Sn: l.Sn,
			Amt: l.Amt, PaidDay: int64(paid), MadeAt: b.now, Version: 1})
		if err != nil {
			return err
		}
	}
	return nil
}
