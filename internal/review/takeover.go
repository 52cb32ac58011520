package review

import (
	"cmp"
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
	Received  string    // of 关闭: yyyy-MM in which the money came, "" = not known: booked in the open month
	Cont      string

	line int // of its file; 0 = the list has no other
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
			_, _, err := b.takeOver(who, o, "")
			return err
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
			out.Rejects = append(out.Rejects, fmt.Sprintf("第 %d 行 %s：%s", cmp.Or(o.line, i+2), o.ID, err))
		}
	}
	return out, nil
}

// takeOver makes a case of an older system's finding: on the finding of this system that is the same fact where there is one that nobody has
// taken up, else on one of its own. It returns the finding.
func (b *batch) takeOver(who *auth.Identity, o *Old, takeover string) (id string, linked bool, err error) {
	inst, rule, err := b.oldFits(o)
	if err != nil {
		return "", false, err
	}
	olds, err := b.tx.Olds([]string{o.ID})
	if err != nil {
		return "", false, err
	}
	rows, err := b.tx.ClaimsOn([]string{o.Mdtrt})
	if err != nil {
		return "", false, err
	}
	o.findLine(rule, rows)
	f := o.finding(rule, inst, b.now)
	if _, err := b.tx.Finding(f.ID); err == nil || olds[o.ID].Finding != "" {
		return "", false, refuse(CodeOnce, "旧编号 %s 已经接管过", o.ID)
	}
	if err := b.free(f, rows); err != nil {
		return "", false, err
	}
	same, err := b.linkTo(o, rule, rows)
	if err != nil {
		return "", false, err
	}
	if linked = same != nil; linked {
		f = same
	} else if err := b.tx.AddFindings([]*store.Finding{f}); err != nil {
		return "", false, err
	}
	w, err := b.newWork(f, inst.Admdvs)
	if err != nil {
		return "", false, err
	}
	if linked { // what the older system claimed of it counts, not what this one would
		l := &w.lines[0]
		l.Vola, l.Fund, l.Upheld, l.Charged, w.c.Claim = o.Vola, o.Fund, o.Vola, o.Vola, o.Vola
		w.sum()
	}
	if err := b.tx.NoteOld(store.OldFinding{OldID: o.ID, Finding: f.ID, Takeover: takeover, MadeAt: b.now}); err != nil {
		return "", false, err
	}
	return f.ID, linked, b.placeOld(who, o, w, linked)
}

// oldFits checks what an older system says of a finding; the institution and the card it is of.
func (b *batch) oldFits(o *Old) (*store.ReviewInst, string, error) {
	inst, err := b.tx.ReviewInst(o.Inst)
	if errors.Is(err, store.ErrNotFound) {
		return nil, "", badField("fixmedins_code", "机构 %s 没有登记", o.Inst)
	}
	if err != nil {
		return nil, "", err
	}
	if b.aliases == nil {
		if b.aliases, err = b.tx.RuleAliases(); err != nil {
			return nil, "", err
		}
	}
	rule := b.aliases[o.Rule]
	_, monthErr := claim.ParseMonth(o.Month)
	switch {
	case o.ID == "":
		return nil, "", badField("old_id", "旧编号不能为空")
	case rule == "":
		return nil, "", badField("old_rule", "旧规则 %q 没有对应现有规则，请先导入对应表", o.Rule)
	case !slices.Contains(takeStates, o.State):
		return nil, "", badField("state", "状态 %q 应为：%s", o.State, strings.Join(takeStates, "、"))
	case o.Vola <= 0 || o.Fund < 0 || o.Fund > o.Vola || (o.Scope != 0 && o.Scope < o.Vola):
		return nil, "", badField("vola_amt", "金额不对：违规 %s 元应大于零，基金 %s 元不大于它，可扣 %s 元（知道的话）不小于它", claim.Money(o.Vola), claim.Money(o.Fund), claim.Money(o.Scope))
	case monthErr != nil || len(o.Month) != 7 || o.Month > b.today.Month().String():
		return nil, "", badField("month", "结算月份 %q 应为 2025-07 的样子，且不在将来", o.Month)
	case o.Mdtrt == "":
		return nil, "", badField("mdtrt_id", "就诊号不能为空：没有就诊号的收回，请作为另行退款登记")
	case o.State == Answering && (o.Delivered <= 0 || o.Delivered > b.today):
		return nil, "", badField("delivered", "状态“反馈申诉”要有送达日，且不在将来")
	}
	return inst, rule, b.receivedFits(o)
}

// receivedFits: money that had come back is booked in the month in which it came, so that the years can be compared; a closed month stays as it is.
func (b *batch) receivedFits(o *Old) error {
	if o.State != Closed || o.Received == "" {
		return nil
	}
	open, err := b.openMonth()
	if err != nil {
		return err
	}
	if _, err := claim.ParseMonth(o.Received); err != nil || len(o.Received) != 7 || o.Received < o.Month || o.Received > open {
		return badField("received", "收回月份 %q 应为 2025-07 的样子，不早于结算月份 %s，不晚于 %s", o.Received, o.Month, open)
	}
	if b.closed[o.Received] {
		return badField("received", "收回月份 %s 已经月结，不能再往里记", o.Received)
	}
	return nil
}

// finding is what an older system's finding is in this one.
func (o *Old) finding(rule string, inst *store.ReviewInst, now int64) *store.Finding {
	sum := sha256.Sum256([]byte(legacy + "\x1e" + o.ID))
	f := &store.Finding{ID: hex.EncodeToString(sum[:12]), Revision: legacy, Published: legacy + "/", RuleID: rule, RuleName: o.RuleName, RuleVersion: legacy, Severity: 2,
		Stage: "事后", Month: o.Month, Bucket: -1, Inst: o.Inst, Psn: o.Psn, Mdtrt: o.Mdtrt, Setl: o.Setl, Vola: o.Vola, Fund: o.Fund, Charged: o.Vola,
		Cont: strings.TrimSpace(legacy + " " + o.ID + " " + o.Cont), State: Machine, ChangedAt: now, Version: 1, Admdvs: inst.Admdvs,
		Lines: []store.Line{{Type: 1, Inst: o.Inst, Mdtrt: o.Mdtrt, Setl: o.Setl, Sn: o.Sn, Vola: o.Vola, Fund: o.Fund, Charged: o.Vola, Scope: o.Scope}}}
	if o.Sn != "" {
		f.LineCount = 1
	}
	return f
}

// findLine gives a finding that names no line the one of this system's on the visit by the same card, so that the line's money is not charged
// twice; it says how many there are to choose from, and chooses only where there is one.
func (o *Old) findLine(rule string, rows []store.Claim) int {
	if o.Sn != "" {
		return 1
	}
	var at []*store.Claim
	for i := range rows {
		if r := &rows[i]; r.Rule == rule && r.Inst == o.Inst && r.Mdtrt == o.Mdtrt && (o.Setl == "" || r.Setl == o.Setl) && r.Revision != legacy && !r.Withdrawn {
			at = append(at, r)
		}
	}
	if len(at) == 1 {
		o.Setl, o.Sn = at[0].Setl, at[0].Sn
		if o.Scope == 0 && at[0].Scope >= o.Vola {
			o.Scope = at[0].Scope
		}
	}
	return len(at)
}

// sameFact is the claim of this system on the same line by the same card, nil when there is none.
func sameFact(o *Old, rule string, rows []store.Claim) *store.Claim {
	for i := range rows {
		r := &rows[i]
		if r.Rule == rule && r.Inst == o.Inst && r.Setl == o.Setl && r.Sn == o.Sn && r.Mdtrt == o.Mdtrt && r.Revision != legacy {
			return r
		}
	}
	return nil
}

// linkTo is the finding of this system that is the same fact, nobody has taken up and claims no less; nil when there is none.
func (b *batch) linkTo(o *Old, rule string, rows []store.Claim) (*store.Finding, error) {
	same := sameFact(o, rule, rows)
	if same == nil || same.State != Machine || same.Withdrawn || same.Vola < o.Vola || !alone(same, rows) {
		return nil, nil
	}
	if _, err := b.tx.Case(same.Finding); !errors.Is(err, store.ErrNotFound) {
		return nil, err // it has a history
	}
	f, err := b.tx.Finding(same.Finding)
	if err != nil || f.LineCount > 1 {
		return nil, err
	}
	return f, nil
}

// alone: the claim is all that its finding claims on the visit.
func alone(c *store.Claim, rows []store.Claim) bool {
	n := 0
	for i := range rows {
		n += flag(rows[i].Finding == c.Finding)
	}
	return n == 1
}

// free refuses a past recovery on a line whose money is taken already.
func (b *batch) free(f *store.Finding, rows []store.Claim) error {
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
func (b *batch) placeOld(who *auth.Identity, o *Old, w *work, linked bool) error {
	c := w.c
	t := &turn{batch: b, work: w, who: who, ev: &Event{ID: "takeover", Name: "接管旧系统疑点", To: []string{o.State}}, to: o.State, from: b.today,
		detail: map[string]any{"旧编号": o.ID, "旧规则": o.Rule}}
	if linked {
		t.detail["关联"] = "本系统的同一条疑点"
	}
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

// postOld books what the older system had booked: what had come back in the month in which it came.
func (b *batch) postOld(o *Old, w *work) error {
	s, err := b.stamp(legacy, oldDoc(o.ID), "接管")
	if err != nil {
		return err
	}
	if o.State == Closed && o.Received != "" {
		s.Month = o.Received
	}
	state := w.c.State
	w.c.State = First // enters as proposed
	err = b.postAs(w, s)
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
	for i := 1; i < len(path); i++ {
		if _, err := w.book.MoveUpTo(ledger.Fund, path[i-1], path[i], -1, s); err != nil {
			return err
		}
	}
	return nil
}

// oldDoc is the document of postings that a take-over made.
func oldDoc(oldID string) string { return legacy + " " + oldID }
