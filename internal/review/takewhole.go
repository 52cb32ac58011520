package review

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/store"
)

// A take-over as people do it: files are read, each row is told what becomes of it, somebody confirms, and the whole can be undone while
// nothing was built on it.

// States of a take-over.
const (
	TakeWaits  = "待确认"
	TakeGoes   = "接管中" // confirmed; rows are still being taken
	TakeDone   = "已接管"
	TakeUndone = "已撤销"
)

// Fates of its rows.
const (
	FateTake   = "接管"
	FateLink   = "关联" // the same fact is a finding of this system: the case is made on it
	FateDoubt  = "存疑" // taken only where somebody says so
	FateRefuse = "不收"
	FateKnown  = "已有"
)

// NewTakeover reads what becomes of the rows of an older system's files and keeps it for somebody to look at. Nothing is taken yet. known
// tells whether a card exists.
func (d *Desk) NewTakeover(ctx context.Context, who *auth.Identity, files []string, rows []OldRow, known func(rule string) bool) (*store.Takeover, error) {
	if len(rows) == 0 || len(rows) > maxOldRows {
		return nil, badField("file", "一次接管 1 到 %d 行，现有 %d 行：请分几次", maxOldRows, len(rows))
	}
	t := store.Takeover{ID: store.NewID(), Files: strings.Join(files, "、"), State: TakeWaits, Rows: len(rows), MadeBy: who.Name, Version: 1}
	err := d.do(ctx, func(b *batch) error {
		if err := b.mayArea(who, auth.Dispatch, ""); err != nil {
			return err
		}
		t.MadeAt = b.now
		out, err := b.fates(rows, known)
		if err != nil {
			return err
		}
		for i := range out {
			out[i].Takeover, out[i].Seq = t.ID, i+1
		}
		b.log(who, "检查旧系统文件", t.ID, fmt.Sprintf("%s，%d 行", t.Files, len(rows)))
		b.order = nil // cases were looked at, not worked on
		return b.tx.AddTakeover(t, out)
	})
	return &t, err
}

// TakeoverView is a take-over with the counts of its rows.
type TakeoverView struct {
	store.Takeover
	Sums []store.TakeoverSum
}

// Takeovers lists take-overs, newest first; id "" = all.
func (d *Desk) Takeovers(ctx context.Context, who *auth.Identity, id string, p store.Page) (out []TakeoverView, err error) {
	if err := (&batch{}).mayArea(who, auth.Dispatch, ""); err != nil {
		return nil, err
	}
	err = d.DB.View(ctx, func(tx *store.Tx) error {
		out = nil
		ts, err := tx.Takeovers(p)
		if id != "" {
			var t *store.Takeover
			if t, err = tx.Takeover(id); err == nil {
				ts = []store.Takeover{*t}
			}
		}
		if err != nil {
			return err
		}
		for _, t := range ts {
			sums, err := tx.TakeoverSums(t.ID)
			if err != nil {
				return err
			}
			out = append(out, TakeoverView{t, sums})
		}
		return nil
	})
	return out, told(err)
}

// TakeoverRows lists rows of a take-over after a number, in order; fate "" = all.
func (d *Desk) TakeoverRows(ctx context.Context, who *auth.Identity, id, fate string, after, limit int) (out []store.TakeoverRow, err error) {
	if err := (&batch{}).mayArea(who, auth.Dispatch, ""); err != nil {
		return nil, err
	}
	var fates []string
	if fate != "" {
		fates = []string{fate}
	}
	err = d.DB.View(ctx, func(tx *store.Tx) error {
		if _, err := tx.Takeover(id); err != nil {
			return err
		}
		out, err = tx.TakeoverRows(id, fates, after, limit)
		return err
	})
	return out, told(err)
}

// ConfirmTakeover says that a take-over is to be done, with those doubtful rows (by number) that are to be taken all the same.
func (d *Desk) ConfirmTakeover(ctx context.Context, who *auth.Identity, id string, version int64, doubtful []int) (*store.Takeover, error) {
	return d.changeTakeover(ctx, who, id, version, func(b *batch, t *store.Takeover) error {
		if t.State != TakeWaits {
			return refuse(CodeState, "接管 %s 现为“%s”，不能再确认", id, t.State)
		}
		doubts, err := b.tx.TakeoverRows(id, []string{FateDoubt}, 0, maxOldRows)
		if err != nil {
			return err
		}
		chosen := map[int]bool{}
		for _, n := range doubtful {
			chosen[n] = true
		}
		for i := range doubts {
			if r := &doubts[i]; chosen[r.Seq] {
				r.Chosen = true
				if err := b.tx.SetTakeoverRow(r); err != nil {
					return err
				}
				delete(chosen, r.Seq)
			}
		}
		if len(chosen) > 0 {
			return badField("doubtful", "选的行里有 %d 行不是存疑的行", len(chosen))
		}
		t.State, t.DecidedBy, t.DecidedAt = TakeGoes, who.Name, b.now
		b.log(who, "确认接管", id, fmt.Sprintf("%s，存疑照收 %d 行", t.Files, len(doubtful)))
		return nil
	})
}

func (d *Desk) changeTakeover(ctx context.Context, who *auth.Identity, id string, version int64, f func(*batch, *store.Takeover) error) (*store.Takeover, error) {
	var out store.Takeover
	err := d.do(ctx, func(b *batch) error {
		if err := b.mayArea(who, auth.Dispatch, ""); err != nil {
			return err
		}
		if err := b.tx.Lock("takeover"); err != nil {
			return err
		}
		t, err := b.tx.Takeover(id)
		if err != nil {
			return err
		}
		if version != 0 && t.Version != version {
			return refuse(CodeVersion, "接管 %s 刚被别人办过，请刷新后再办", id)
		}
		if err := f(b, t); err != nil {
			return err
		}
		out = *t
		out.Version++
		return b.tx.ChangeTakeover(t)
	})
	return &out, err
}

// takeRowsAtOnce rows are taken in one transaction: on SQLite nobody else decides meanwhile.
const takeRowsAtOnce = 25

// TakeRows takes further rows of a take-over that was confirmed, some at a time; left is how many are still to be taken, and the take-over
// is done when there are none. A row that can no longer be taken is refused and says why. What was broken off goes on.
func (d *Desk) TakeRows(ctx context.Context, who *auth.Identity, id string) (left int, err error) {
	_, err = d.changeTakeover(ctx, who, id, 0, func(b *batch, t *store.Takeover) error {
		if t.State == TakeDone {
			left = 0
			return refuse(CodeState, "接管 %s 已经做完", id)
		}
		if t.State != TakeGoes {
			return refuse(CodeState, "接管 %s 现为“%s”，请先确认", id, t.State)
		}
		rows, err := b.tx.TakeoverRows(id, []string{FateTake, FateLink, FateDoubt}, 0, maxOldRows)
		if err != nil {
			return err
		}
		rows = slices.DeleteFunc(rows, func(r store.TakeoverRow) bool { return r.Made != "" || (r.Fate == FateDoubt && !r.Chosen) })
		// Rules first: findings are of them.
		slices.SortStableFunc(rows, func(x, y store.TakeoverRow) int { return flag(y.Kind == rowRule) - flag(x.Kind == rowRule) })
		n := min(takeRowsAtOnce, len(rows))
		for i := range rows[:n] {
			r := &rows[i]
			err := b.takeRow(who, r)
			if c := CodeOf(err); c == CodeInput || c == CodeOnce {
				r.Fate, r.Why = FateRefuse, err.Error()
			} else if err != nil {
				return err
			}
			if err := b.tx.SetTakeoverRow(r); err != nil {
				return err
			}
		}
		if left = len(rows) - n; left == 0 {
			t.State = TakeDone
			b.log(who, "接管完成", id, t.Files)
		}
		return nil
	})
	return left, err
}

// takeRow does one row. A refusal comes before anything was written.
func (b *batch) takeRow(who *auth.Identity, r *store.TakeoverRow) error {
	x, err := rowOf(r)
	if err != nil {
		return err
	}
	switch r.Kind {
	case rowRule:
		as, err := b.tx.RuleAliases()
		if err != nil {
			return err
		}
		b.aliases = nil
		r.Was, r.Made = as[x.Cells["old_rule"]], x.Cells["old_rule"]
		return b.tx.SetRuleAlias(store.RuleAlias{OldRule: r.Made, Rule: x.Cells["rule_id"], Note: x.Cells["note"], MadeAt: b.now})
	case rowRefund:
		f, err := x.refund()
		if err != nil {
			return err
		}
		f.MadeAt = b.now
		ok, err := b.tx.AddRefund(*f)
		if err == nil && !ok {
			return refuse(CodeOnce, "%s 已经登记过", f.ID)
		}
		r.Made = f.ID
		return err
	}
	o, err := x.old()
	if err != nil {
		return err
	}
	id, linked, err := b.takeOver(who, o, r.Takeover)
	if err != nil {
		return err
	}
	if r.Made, r.Linked = id, ""; linked {
		r.Linked = id
	}
	return b.flushOne(id)
}

// flushOne writes a case at once, so that the next row of the same visit sees it.
func (b *batch) flushOne(id string) error {
	if err := b.flush(); err != nil {
		return err
	}
	b.works, b.order = map[string]*work{}, nil
	return nil
}

// UndoTakeover takes a whole take-over back: every case, posting, refund and rule number it made, as long as nothing was built on any of them.
func (d *Desk) UndoTakeover(ctx context.Context, who *auth.Identity, id string, version int64, why string) (*store.Takeover, error) {
	if len([]rune(strings.TrimSpace(why))) < 2 {
		return nil, &Error{CodeReason, "请写明为什么撤销", "why"}
	}
	return d.changeTakeover(ctx, who, id, version, func(b *batch, t *store.Takeover) error {
		if t.State == TakeUndone {
			return refuse(CodeState, "接管 %s 已经撤销", id)
		}
		rows, err := b.tx.TakeoverRows(id, nil, 0, maxOldRows)
		if err != nil {
			return err
		}
		var built []string
		var visits []string
		n := 0
		for i := range rows {
			r := &rows[i]
			if r.Made == "" {
				continue
			}
			n++
			visit, err := b.undoRow(r)
			if CodeOf(err) != "" {
				built = append(built, fmt.Sprintf("%s 第 %d 行 %s：%s", r.File, r.Line, r.OldID, err))
				continue
			}
			if err != nil {
				return err
			}
			if visit != "" {
				visits = append(visits, visit)
			}
		}
		if len(built) > 0 {
			return refuse(CodeState, "接管之后已经有人办过 %d 行，不能整批撤销：%s", len(built), strings.Join(built[:min(len(built), 10)], "；"))
		}
		visits = slices.Compact(slices.Sorted(slices.Values(visits)))
		if err := b.tx.Lock(prefixed("visit:", visits)...); err != nil {
			return err
		}
		if err := b.share(visits, map[string]bool{}); err != nil { // others may claim again what these held
			return err
		}
		t.State, t.UndoneBy, t.UndoneAt, t.Why = TakeUndone, who.Name, b.now, why
		b.log(who, "撤销接管", id, fmt.Sprintf("%d 行；%s", n, why))
		return nil
	})
}

func prefixed(p string, xs []string) []string {
	out := make([]string, len(xs))
	for i, x := range xs {
		out[i] = p + x
	}
	return out
}

// undoRow takes back what a row made, and returns the visit it held money on. A refusal says what was built on it.
func (b *batch) undoRow(r *store.TakeoverRow) (visit string, err error) {
	switch r.Kind {
	case rowRule:
		as, err := b.tx.RuleAliases()
		if err != nil {
			return "", err
		}
		x, err := rowOf(r)
		if err != nil || as[r.Made] != x.Cells["rule_id"] {
			return "", err // it has been mapped anew since
		}
		if r.Was == "" {
			return "", b.tx.DropRuleAlias(r.Made)
		}
		return "", b.tx.SetRuleAlias(store.RuleAlias{OldRule: r.Made, Rule: r.Was, MadeAt: b.now})
	case rowRefund:
		x, err := b.tx.RefundElse(r.Made)
		if err != nil {
			return "", err
		}
		if x.Used != 0 {
			return "", refuse(CodeLedger, "已抵减 %s 元", claim.Money(x.Used))
		}
		return "", b.tx.DropRefund(r.Made)
	}
	c, err := b.tx.Case(r.Made)
	if err != nil {
		return "", err
	}
	if err := b.untouched(c, oldDoc(r.OldID)); err != nil {
		return "", err
	}
	f, err := b.tx.Finding(c.Finding)
	if err != nil {
		return "", err
	}
	if err := b.tx.DropCase(c); err != nil {
		return "", err
	}
	if err := b.tx.ForgetOld(r.OldID); err != nil {
		return "", err
	}
	if r.Linked != "" {
		return f.Mdtrt, b.tx.ReleaseFinding(c.Finding, b.now)
	}
	return f.Mdtrt, b.tx.DropFinding(c.Finding)
}

// untouched: since it was taken over nobody, and no clock, has done anything with the case, and no month was closed over its money.
func (b *batch) untouched(c *store.Case, doc string) error {
	n, err := b.tx.Papers(c.Finding)
	if err != nil {
		return err
	}
	steps, err := b.tx.Steps(c.Finding)
	if err != nil {
		return err
	}
	posts, err := b.tx.Posts(c.Finding)
	if err != nil {
		return err
	}
	if _, err := b.openMonth(); err != nil {
		return err
	}
	switch {
	case len(steps) != 1 || steps[0].Event != "takeover":
		return refuse(CodeState, "已由 %s 办过“%s”", steps[len(steps)-1].Actor, steps[len(steps)-1].Event)
	case n > 0 || c.Package != "" || c.Panel != "":
		return refuse(CodeState, "已有文书、附件或疑点包")
	case c.Reminders > 0 || c.Escalated > 0 || c.Machine != "":
		return refuse(CodeState, "已催办、上报，或有机审变更")
	}
	for i := range posts {
		if posts[i].Doc != doc {
			return refuse(CodeLedger, "台账上已有别的分录")
		}
		if b.closed[posts[i].Month] {
			return refuse(CodePeriod, "%s 已月结", posts[i].Month)
		}
	}
	return nil
}
