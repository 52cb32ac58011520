package review

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/store"
)

// TakeInput chooses findings of the machine to be looked at by people: by id, or by a filter. Sampling chooses what is looked at; what
// is charged is only ever what was looked at.
type TakeInput struct {
	IDs    []string            `json:"ids"`
	Filter store.FindingFilter `json:"filter"`
	Limit  int                 `json:"limit"`  // with a filter; at most maxTake
	Sample int                 `json:"sample"` // per cent of what the filter finds; 0 = all
	Seed   string              `json:"seed"`   // of the draw: the same seed draws the same
}

// Taken tells what was taken up.
type Taken struct {
	Taken   int      `json:"taken"`
	Skipped []string `json:"skipped"` // taken up by somebody already, withdrawn, or not to be seen
}

const maxTake, takePage = 20000, 200

// Take takes findings up for first review.
func (d *Desk) Take(ctx context.Context, who *auth.Identity, in TakeInput) (*Taken, error) {
	if len(in.IDs) > maxTake || in.Limit > maxTake || in.Sample < 0 || in.Sample > 100 {
		return nil, badField("limit", "一次最多纳入 %d 条，抽样比例 0 到 100", maxTake)
	}
	if err := may(who, auth.Dispatch); err != nil {
		return nil, err
	}
	out, pace := &Taken{}, d.pace()
	if len(in.IDs) > 0 {
		return out, d.takeAll(ctx, who, in.IDs, out, pace)
	}
	if in.Limit <= 0 {
		in.Limit = takePage
	}
	f := in.Filter
	f.State, f.Limit, f.After = Machine, takePage, ""
	if err := scopeFilter(who, &f); err != nil {
		return nil, err
	}
	for out.Taken < in.Limit {
		var items []store.FindingItem
		if err := d.DB.View(ctx, func(tx *store.Tx) (err error) { items, err = tx.ListFindings(f); return err }); err != nil {
			return out, told(err)
		}
		if len(items) == 0 {
			return out, nil
		}
		var ids []string
		for _, x := range items {
			if in.Sample == 0 || drawn(in.Seed+x.ID, int64(in.Sample)) {
				ids = append(ids, x.ID)
			}
		}
		if err := d.takeAll(ctx, who, ids[:min(len(ids), in.Limit-out.Taken)], out, pace); err != nil {
			return out, err
		}
		f.After = items[len(items)-1].Cursor
	}
	return out, nil
}

// drawn tells whether a text is among a share of all texts: always the same answer for the same text.
func drawn(text string, percent int64) bool {
	h := sha256.Sum256([]byte(text))
	return int64(binary.BigEndian.Uint64(h[:8])%10000) < percent*100
}

// takeAll takes findings up, some at a time.
func (d *Desk) takeAll(ctx context.Context, who *auth.Identity, ids []string, out *Taken, pace *pace) error {
	for len(ids) > 0 {
		n := pace.of(len(ids))
		if err := d.take(ctx, who, ids[:n], out, pace); err != nil {
			return err
		}
		ids = ids[n:]
	}
	return nil
}

func (d *Desk) take(ctx context.Context, who *auth.Identity, ids []string, out *Taken, pace *pace) error {
	var skipped []string
	taken := 0
	err := d.do(ctx, func(b *batch) error {
		pace.begin()
		skipped, taken = nil, 0
		var ws []*work
		for _, id := range ids {
			w, err := b.takeUp(who, id)
			if err != nil {
				return err
			}
			if w == nil {
				skipped = append(skipped, id)
				continue
			}
			ws = append(ws, w)
			taken++
		}
		if len(ws) == 0 {
			return nil
		}
		return b.reallocate(ws...)
	})
	pace.ended(len(ids))
	if err == nil {
		out.Taken += taken
		out.Skipped = append(out.Skipped, skipped...)
	}
	return err
}

// takeUp makes a case of a finding; nil when it is not to be had.
func (b *batch) takeUp(who *auth.Identity, id string) (*work, error) {
	f, err := b.tx.Finding(id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	area := f.Admdvs
	if area == "" {
		i, err := b.tx.ReviewInst(f.Inst)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		if err == nil {
			area = i.Admdvs
		}
	}
	// Published is empty while a finding that was given back waits for the machine to say it anew.
	if f.State != Machine || f.Withdrawn || f.Published == "" || (who != machineID && !who.Scope.Sees(area, f.Inst)) || b.works[id] != nil {
		return nil, nil
	}
	w, err := b.newWork(f, area)
	if err != nil {
		return nil, err
	}
	w.seen = f.Version
	t := &turn{batch: b, work: w, who: who, ev: flow.event("take"), from: b.today, detail: map[string]any{}}
	return w, t.done()
}

// newWork is a case of a finding: new, or the one that was given back to the machine.
func (b *batch) newWork(f *store.Finding, area string) (*work, error) {
	c := &store.Case{Finding: f.ID, Admdvs: area, Inst: f.Inst, Rule: f.RuleID, Month: f.Month, State: Machine, Track: sideOffice, Severity: f.Severity,
		Refund: int64(flag(f.Refund)), Claim: f.Vola, TakenAt: b.now, Version: 1}
	w := &work{c: c, isNew: true}
	if old, err := b.tx.Case(f.ID); err == nil {
		c.Version, c.Steps, w.isNew, w.dirty = old.Version, old.Steps, false, true
		if err := b.tx.DropCaseLines(f.ID); err != nil {
			return nil, err
		}
	} else if !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	for i, l := range f.Lines {
		if l.Type == 1 {
			w.lines = append(w.lines, store.CaseLine{Finding: f.ID, LineNo: i + 1, Inst: l.Inst, Mdtrt: l.Mdtrt, Setl: l.Setl, Sn: l.Sn, Vola: l.Vola, Fund: l.Fund,
				Scope: l.Scope, Upheld: l.Vola, Charged: l.Charged})
		}
	}
	w.sum()
	w.was = *c
	b.works[f.ID] = w
	b.order = append(b.order, w)
	return w, nil
}

// KeepInput keeps a finding at first review, perhaps as less grave, perhaps with less on some lines.
type KeepInput struct {
	Ref
	Say
	Severity int            `json:"sev_deg"` // 0 = as it is; only milder
	Lines    []LineDecision `json:"lines"`   // "" = all of it
}

// Keep keeps a finding: it will be sent to the institution. Nothing is kept by itself when the time runs out.
func (d *Desk) Keep(ctx context.Context, who *auth.Identity, in KeepInput) (*store.Case, error) {
	return d.act(ctx, who, "keep", in.Ref, in.Say, func(t *turn) error {
		if in.Severity != 0 {
			if in.Severity < t.c.Severity || in.Severity > 3 {
				return badField("sev_deg", "初审只能降级：现为 %d，写的是 %d", t.c.Severity, in.Severity)
			}
			t.detail["程度"] = fmt.Sprintf("%d→%d", t.c.Severity, in.Severity)
			t.c.Severity = in.Severity
		}
		if err := t.decide(in.Lines); err != nil {
			return err
		}
		t.c.FirstBy = t.who.Name
		if err := t.reallocate(t.work); err != nil {
			return err
		}
		return t.post(t.work, t.who.Name, "", "初审保留")
	})
}

// Dismiss ends a finding at first review. Above a sum a second person must agree; some are read again by a third.
func (d *Desk) Dismiss(ctx context.Context, who *auth.Identity, ref Ref, say Say) (*store.Case, error) {
	return d.act(ctx, who, "dismiss", ref, say, func(t *turn) error {
		t.c.DismissBy, t.c.Dismiss2By, t.c.Reason = t.who.Name, "", say.Reason
		if t.c.Claim >= t.params.value("双人金额", t.c.Admdvs, t.today) {
			t.to = DismissTwo
			return nil
		}
		return t.dismissed()
	})
}

// DismissAgree is the second person's agreement to a dismissal.
func (d *Desk) DismissAgree(ctx context.Context, who *auth.Identity, ref Ref, say Say) (*store.Case, error) {
	return d.act(ctx, who, "dismiss_agree", ref, say, func(t *turn) error {
		t.c.Dismiss2By = t.who.Name
		return t.dismissed()
	})
}

// dismissed goes to the third reader when the draw says so, else ends.
func (t *turn) dismissed() error {
	if drawn("抽查"+t.c.Finding, t.params.value("抽查比例", t.c.Admdvs, t.today)) {
		t.to = DismissRead
		return nil
	}
	return t.end(OutcomeDismissed)
}

// DismissRefuse sends a dismissal back: somebody else reviews the finding.
func (d *Desk) DismissRefuse(ctx context.Context, who *auth.Identity, ref Ref, say Say) (*store.Case, error) {
	return d.act(ctx, who, "dismiss_refuse", ref, say, nil)
}

// RereadAgree is the third reader's agreement.
func (d *Desk) RereadAgree(ctx context.Context, who *auth.Identity, ref Ref, say Say) (*store.Case, error) {
	return d.act(ctx, who, "reread_agree", ref, say, func(t *turn) error { return t.end(OutcomeDismissed) })
}

// RereadRefuse sends a dismissal back after it was read again.
func (d *Desk) RereadRefuse(ctx context.Context, who *auth.Identity, ref Ref, say Say) (*store.Case, error) {
	return d.act(ctx, who, "reread_refuse", ref, say, nil)
}

// end closes a case with nothing of it upheld: what it took from others on the same lines goes back to them, and what was received is
// to be paid back. A case with money to be paid back stays with execution until that is done.
func (t *turn) end(outcome string) error {
	t.to = Closed
	t.c.Outcome = outcome
	if t.say.Reason != "" {
		t.c.Reason = t.say.Reason
	}
	if t.c.Verdict == "" || outcome == OutcomeWithdrawn || outcome == OutcomeDismissed {
		t.c.Verdict = VerdictFine
	}
	if t.c.Reason == "知识点不适用" {
		t.c.Verdict = VerdictRule
	}
	for i := range t.lines {
		t.lines[i].Upheld, t.lines[i].UpheldCnt = 0, 0
	}
	t.dirty = true
	// The charge is divided as of the closed case: what it holds is free.
	state := t.c.State
	t.c.State = Closed
	err := t.reallocate(t.work)
	t.c.State = state
	if err != nil {
		return err
	}
	return t.post(t.work, t.who.Name, "", t.ev.Name)
}

// LineDecision upholds part of a line: an amount, or a quantity out of the quantity at fault.
type LineDecision struct {
	LineNo int    `json:"line_no"`
	Amount *int64 `json:"upheld_fen"` // in-scope money that still stands
	Cnt    int64  `json:"upheld_cnt"` // 1e-4
	Of     int64  `json:"of_cnt"`     // 1e-4; quantity at fault on the line
}

// decide writes what is upheld; lines that are not named stay as they are. Nothing can become more than it was: who appeals is never
// worse off for it.
func (t *turn) decide(lines []LineDecision) error {
	seen := map[int]bool{}
	for _, in := range lines {
		l := t.line(in.LineNo)
		if l == nil || seen[in.LineNo] {
			return badField("lines", "疑点 %s 没有第 %d 行违规，或写了两次", t.c.Finding, in.LineNo)
		}
		seen[in.LineNo] = true
		upheld, err := upheldOf(l, in)
		if err != nil {
			return err
		}
		if upheld > l.Upheld {
			return badField("lines", "第 %d 行认定 %s 元，超过此前的 %s 元：不能越办越重", in.LineNo, claim.Money(upheld), claim.Money(l.Upheld))
		}
		if in.Amount == nil {
			l.UpheldCnt, l.OfCnt = in.Cnt, in.Of
		}
		t.detail[fmt.Sprintf("第%d行", in.LineNo)] = fmt.Sprintf("%s→%s元", claim.Money(l.Upheld), claim.Money(upheld))
		l.Upheld, t.dirty = upheld, true
	}
	return nil
}

func upheldOf(l *store.CaseLine, in LineDecision) (int64, error) {
	if in.Amount != nil {
		if *in.Amount < 0 || *in.Amount > l.Vola {
			return 0, badField("lines", "第 %d 行认定金额应在 0 到 %s 元之间", in.LineNo, claim.Money(l.Vola))
		}
		return *in.Amount, nil
	}
	if in.Of <= 0 || in.Cnt < 0 || in.Cnt > in.Of {
		return 0, badField("lines", "第 %d 行要写认定金额，或认定数量和违规数量（认定不超过违规）", in.LineNo)
	}
	if l.OfCnt != 0 && l.OfCnt != in.Of {
		return 0, badField("lines", "第 %d 行此前写的违规数量是 %s，现在是 %s，应当一致", in.LineNo, claim.Qty(l.OfCnt), claim.Qty(in.Of))
	}
	return claim.MulDiv(l.Vola, in.Cnt, in.Of), nil
}

// verdict says how much of the claim stands after a decision.
func (t *turn) verdict() string {
	var upheld, vola int64
	for i := range t.lines {
		upheld, vola = upheld+t.lines[i].Upheld, vola+t.lines[i].Vola
	}
	switch {
	case vola > 0 && upheld == 0:
		return VerdictFine
	case upheld < vola:
		return VerdictPartly
	}
	return VerdictWrong
}

// scopeFilter narrows a filter to what somebody may see.
func scopeFilter(who *auth.Identity, f *store.FindingFilter) error {
	if err := may(who, auth.ReadFindings); err != nil {
		return err
	}
	if who.Scope.Inst != "" {
		if f.Inst != "" && f.Inst != who.Scope.Inst {
			return refuse(CodeNotFound, "机构 %s 不存在", f.Inst)
		}
		f.Inst = who.Scope.Inst
	}
	if a := who.Scope.Admdvs; a != "" {
		if f.Admdvs != "" && !strings.HasPrefix(f.Admdvs, a) && !strings.HasPrefix(a, f.Admdvs) {
			return refuse(CodeNotFound, "区划 %s 不存在", f.Admdvs)
		}
		if len(f.Admdvs) < len(a) {
			f.Admdvs = a
		}
	}
	if who.Outside() {
		if who.Scope.Inst == "" {
			return refuse(CodePermission, "用户 %s 没有指定机构", who.Name)
		}
		f.Sent = true
		if !who.May(auth.Appeal) {
			f.Login = who.Name
		}
	}
	return nil
}
