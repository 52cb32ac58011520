package review

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/review/ledger"
	"github.com/mingjian/mingjian/internal/store"
)

// legacy acts for what happened in an older system.
const legacy = "旧系统"

// Old is a finding of an older system: one that is being dealt with, or one whose money came back (state 关闭).
type Old struct {
	ID        string // the older system's number; the same one is taken over once
	Rule      string // the older system's
	RuleName  string
	Inst      string
	Psn       string
	Mdtrt     string
	Setl      string
	Sn        string
	Month     string // yyyy-MM of the settlement
	Vola      int64
	Fund      int64
	Scope     int64 // in-scope money of the line; 0 = not known
	State     string
	Delivered claim.Day // of 反馈申诉 and later
	Received  string    // of 关闭: account month in which the money came
	Cont      string
}

// takeStates are the states in which a finding can be taken over.
var takeStates = []string{First, ToSend, Answering, Second, Final, Executing, Closed}

// TakenOver tells what was taken over and what was not, with the reason.
type TakenOver struct {
	Open    int      `json:"open"`
	Past    int      `json:"past"` // money that had come back
	Known   int      `json:"known"`
	Rejects []string `json:"rejects"`
}

// MapRules maps the rule numbers of an older system to cards.
func (d *Desk) MapRules(ctx context.Context, who *auth.Identity, as []store.RuleAlias, known func(rule string) bool) error {
	return d.do(ctx, func(b *batch) error {
		if err := b.mayArea(who, auth.Dispatch, ""); err != nil {
			return err
		}
		for _, a := range as {
			if a.OldRule == "" || !known(a.Rule) {
				return badField("rule_id", "旧规则 %q 对应的 %q 不是现有的规则", a.OldRule, a.Rule)
			}
			a.MadeAt = b.now
			if err := b.tx.SetRuleAlias(a); err != nil {
				return err
			}
		}
		b.log(who, "对应旧规则", fmt.Sprint(len(as))+" 条", "")
		return nil
	})
}

// TakeOver takes findings over from an older system, row by row: a row that cannot be taken over is told and left out. Past recoveries
// hold their lines, so what the audit finds there again charges only what is left.
func (d *Desk) TakeOver(ctx context.Context, who *auth.Identity, olds []Old) (*TakenOver, error) {
	out := &TakenOver{Rejects: []string{}}
	for i := range olds {
		o := &olds[i]
		err := d.do(ctx, func(b *batch) error {
			if err := b.mayArea(who, auth.Dispatch, ""); err != nil {
				return err
			}
			return b.takeOver(who, o)
		})
		switch {
		case err == nil && o.State == Closed:
			out.Past++
		case err == nil:
			out.Open++
		case CodeOf(err) == CodeOnce:
			out.Known++
		case CodeOf(err) == CodePermission || CodeOf(err) == "":
			return out, err
		default:
			out.Rejects = append(out.Rejects, fmt.Sprintf("第 %d 行 %s：%s", i+2, o.ID, err))
		}
	}
	return out, nil
}

func (b *batch) takeOver(who *auth.Identity, o *Old) error {
	inst, err := b.tx.ReviewInst(o.Inst)
	if errors.Is(err, store.ErrNotFound) {
		return badField("fixmedins_code", "机构 %s 没有登记", o.Inst)
	}
	if err != nil {
		return err
	}
	rules, err := b.tx.RuleAliases()
	if err != nil {
		return err
	}
	rule := rules[o.Rule]
	_, monthErr := claim.ParseMonth(o.Month)
	switch {
	case o.ID == "":
		return badField("old_id", "旧编号不能为空")
	case rule == "":
		return badField("old_rule", "旧规则 %q 没有对应现有规则，请先导入对应表", o.Rule)
	case !slices.Contains(takeStates, o.State):
		return badField("state", "状态 %q 应为：%s", o.State, strings.Join(takeStates, "、"))
	case o.Vola <= 0 || o.Fund < 0 || o.Fund > o.Vola || monthErr != nil || len(o.Month) != 7:
		return badField("vola_amt", "金额或月份不对：违规 %s 元、基金 %s 元、%q", claim.Money(o.Vola), claim.Money(o.Fund), o.Month)
	case o.Mdtrt == "":
		return badField("mdtrt_id", "就诊号不能为空：没有就诊号的收回，请作为另行退款登记")
	case o.State == Answering && (o.Delivered <= 0 || o.Delivered > b.today):
		return badField("delivered", "状态“反馈申诉”要有送达日，且不在将来")
	}
	sum := sha256.Sum256([]byte(legacy + "\x1e" + o.ID))
	f := &store.Finding{ID: hex.EncodeToString(sum[:12]), Revision: legacy, Published: legacy + "/", RuleID: rule, RuleName: o.RuleName, RuleVersion: legacy, Severity: 2,
		Stage: "事后", Month: o.Month, Bucket: -1, Inst: o.Inst, Psn: o.Psn, Mdtrt: o.Mdtrt, Setl: o.Setl, Vola: o.Vola, Fund: o.Fund, Charged: o.Vola,
		Cont: strings.TrimSpace(legacy + " " + o.ID + " " + o.Cont), State: Machine, ChangedAt: b.now, Version: 1, Admdvs: inst.Admdvs,
		Lines: []store.Line{{Type: 1, Inst: o.Inst, Mdtrt: o.Mdtrt, Setl: o.Setl, Sn: o.Sn, Vola: o.Vola, Fund: o.Fund, Charged: o.Vola, Scope: o.Scope}}}
	if o.Sn != "" {
		f.LineCount = 1
	}
	if _, err := b.tx.Finding(f.ID); err == nil {
		return refuse(CodeOnce, "旧编号 %s 已经接管过", o.ID)
	}
	if err := b.free(f); err != nil {
		return err
	}
	if err := b.tx.AddFindings([]*store.Finding{f}); err != nil {
		return err
	}
	w, err := b.newWork(f, inst.Admdvs)
	if err != nil {
		return err
	}
	return b.placeOld(who, o, w)
}

// free refuses a past recovery on a line whose money is taken already.
func (b *batch) free(f *store.Finding) error {
	rows, err := b.tx.ClaimsOn([]string{f.Mdtrt})
	if err != nil {
		return err
	}
	l := &f.Lines[0]
	held, scope := int64(0), l.Scope
	for i := range rows {
		r := &rows[i]
		if r.Inst != l.Inst || r.Setl != l.Setl || r.Sn != l.Sn {
			continue
		}
		scope = max(scope, r.Scope)
		if r.State == Machine {
			continue
		}
		if w, err := b.load(r.Finding); err == nil && fixed(w.c) {
			held += w.line(r.LineNo).Charged
		}
	}
	if held > 0 && held+l.Vola > scope {
		return badField("feedetl_sn", "这一行已由别的疑点收过 %s 元，不能再接管 %s 元", claim.Money(held), claim.Money(l.Vola))
	}
	return nil
}

// placeOld puts a case where the older system had it.
func (b *batch) placeOld(who *auth.Identity, o *Old, w *work) error {
	c := w.c
	t := &turn{batch: b, work: w, who: who, ev: &Event{ID: "takeover", Name: "接管旧系统疑点", To: []string{o.State}}, to: o.State, from: b.today,
		detail: map[string]any{"旧编号": o.ID, "旧规则": o.Rule}}
	later := slices.Index(takeStates, o.State)
	if later >= 1 {
		c.FirstBy = legacy
	}
	if later >= 2 {
		c.SentDay, c.DeliveredDay, c.Proof = int64(max(o.Delivered, 1)), int64(max(o.Delivered, 1)), legacy+"移交"
		if o.State == Answering {
			t.from = o.Delivered
		}
	}
	if later >= 5 {
		c.SecondBy, c.FinalBy, c.Verdict = legacy, legacy, VerdictWrong
	}
	if o.State == Closed {
		c.Outcome = OutcomeCollected
	}
	if err := t.done(); err != nil {
		return err
	}
	if err := b.reallocate(w); err != nil {
		return err
	}
	if !ledgered(c) {
		return nil
	}
	return b.postOld(o, w)
}

// postOld books what the older system had booked.
func (b *batch) postOld(o *Old, w *work) error {
	state := w.c.State
	w.c.State = First // enters as proposed
	err := b.post(w, legacy, legacy+" "+o.ID, "接管")
	w.c.State = state
	if err != nil {
		return err
	}
	path := []string{ledger.Proposed}
	if state == Executing || state == Closed {
		path = append(path, ledger.Confirmed)
	}
	if state == Closed {
		path = append(path, ledger.Due, ledger.Paid, ledger.Received)
	}
	s, err := b.stamp(legacy, legacy+" "+o.ID, "接管")
	if err != nil {
		return err
	}
	for i := 1; i < len(path); i++ {
		if _, err := w.book.MoveUpTo(ledger.Fund, path[i-1], path[i], -1, s); err != nil {
			return err
		}
	}
	return nil
}
