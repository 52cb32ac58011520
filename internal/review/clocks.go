package review

import (
	"context"
	"fmt"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/store"
)

// Pause stops a case's clock while third parties or experts are asked.
func (d *Desk) Pause(ctx context.Context, who *auth.Identity, ref Ref, say Say) (*store.Case, error) {
	return d.act(ctx, who, "pause", ref, say, func(t *turn) error {
		t.c.PausedDay = int64(t.today)
		return t.heldBy(who)
	})
}

// Resume lets the clock run on: the days it stood still are added, as working days.
func (d *Desk) Resume(ctx context.Context, who *auth.Identity, ref Ref, say Say) (*store.Case, error) {
	return d.act(ctx, who, "resume", ref, say, func(t *turn) error {
		n := t.d.days().Between(claim.Day(t.c.PausedDay), t.today)
		t.detail["暂停自"], t.detail["顺延工作日"] = claim.Day(t.c.PausedDay).String(), n
		t.c.DueDay, t.c.PausedDay = int64(t.d.days().Add(claim.Day(t.c.DueDay), n)), 0
		return t.heldBy(who)
	})
}

// holders are the permissions of those in whose hands a case is in a state.
var holders = map[string][]auth.Permission{
	First: {auth.FirstReview}, DismissTwo: {auth.FirstReview}, DismissRead: {auth.SecondReview}, ToSend: {auth.Dispatch}, Answering: {auth.Appeal},
	Second: {auth.SecondReview}, Supplement: {auth.Appeal}, Panelled: {auth.SecondReview}, SecondPlea: {auth.Appeal}, Final: {auth.Confirm},
	Executing: {auth.Execute}, Admin: {auth.Inspect},
}

// Holders are the permissions of those in whose hands a case is in a state.
func Holders(state string) []auth.Permission { return holders[state] }

// heldBy: a clock is for those who hold the case to ask about, not for others.
func (t *turn) heldBy(who *auth.Identity) error { return may(who, holders[t.c.State]...) }

// States of a request for more days.
const (
	extAsked   = "待批"
	extGranted = "批准"
	extRefused = "不批准"
)

// AskExtension asks for more working days, with the reason.
func (d *Desk) AskExtension(ctx context.Context, who *auth.Identity, ref Ref, days int, say Say) (x *store.Extension, err error) {
	_, err = d.act(ctx, who, "ask_extension", ref, say, func(t *turn) error {
		if err := t.heldBy(who); err != nil {
			return err
		}
		most := int(t.params.value("延期上限", t.c.Admdvs, t.today)) - t.c.Extended
		switch {
		case days < 1 || days > most:
			return refuse(CodeDeadline, "疑点 %s 还可延 %d 个工作日，申请的是 %d", t.c.Finding, max(most, 0), days)
		case int64(t.today) > t.c.DueDay:
			return refuse(CodeDeadline, "期限 %s 已过，不能再申请延期", claim.Day(t.c.DueDay))
		}
		have, err := t.tx.Extensions(t.c.Finding)
		if err != nil {
			return err
		}
		for _, e := range have {
			if e.State == extAsked {
				return refuse(CodeOnce, "疑点 %s 已有一份延期申请待批", t.c.Finding)
			}
		}
		x = &store.Extension{ID: store.NewID(), Finding: t.c.Finding, Days: days, Reason: say.Opinion, AskedBy: who.Name, AskedAt: t.now, State: extAsked, Version: 1}
		t.detail["工作日"] = days
		return t.tx.AddExtension(*x)
	})
	return x, err
}

// DecideExtension grants or refuses more days; never by who asked.
func (d *Desk) DecideExtension(ctx context.Context, who *auth.Identity, id string, version int64, grant bool, say Say) (c *store.Case, err error) {
	err = d.do(ctx, func(b *batch) error {
		x, err := b.tx.Extension(id)
		if err != nil {
			return err
		}
		w, err := b.load(x.Finding)
		if err != nil {
			return err
		}
		t, err := b.turn(who, "extend", Ref{x.Finding, w.c.Version}, say)
		if err != nil {
			return err
		}
		switch {
		case x.Version != version || x.State != extAsked:
			return refuse(CodeVersion, "延期申请 %s 现为“%s”，请刷新后再办", id, x.State)
		case x.AskedBy == who.Name:
			return refuse(CodeSelf, "须由另一个人批准：%s 是申请人", who.Name)
		case !grant && saysWhy(t) != nil:
			return &Error{CodeReason, "不批准要写明理由", "opinion"}
		}
		x.DecidedBy, x.DecidedAt, x.State = who.Name, b.now, extRefused
		if grant {
			most := int(b.param("延期上限", t.c.Admdvs)) - t.c.Extended
			if x.Days > most {
				return refuse(CodeDeadline, "疑点 %s 还可延 %d 个工作日", t.c.Finding, max(most, 0))
			}
			x.State = extGranted
			t.c.Extended += x.Days
			t.c.DueDay = int64(b.d.days().Add(claim.Day(t.c.DueDay), x.Days))
		}
		t.detail["申请"], t.detail["结果"] = fmt.Sprintf("%s 申请 %d 个工作日：%s", x.AskedBy, x.Days, x.Reason), x.State
		if err := t.done(); err != nil {
			return err
		}
		c = t.c
		return b.tx.ChangeExtension(x)
	})
	return c, err
}
