package review

import (
	"context"
	"fmt"
	"slices"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/store"
)

// This file is what an institution may do.

// Accept accepts a finding as it was sent.
func (d *Desk) Accept(ctx context.Context, who *auth.Identity, ref Ref, say Say) (*store.Case, error) {
	return d.act(ctx, who, "accept", ref, say, func(t *turn) error {
		t.c.Reopened = -1 // accepted in so many words: no second thoughts
		return nil
	})
}

// AppealInput appeals against a finding, or against some of its lines.
type AppealInput struct {
	Ref
	Say
	Lines []int    `json:"lines"` // violating lines appealed against; empty = all
	Files []string `json:"files"` // attachments uploaded before, to be named in the appeal
}

// Appeal appeals in time. The rest of the package goes its own way.
func (d *Desk) Appeal(ctx context.Context, who *auth.Identity, in AppealInput) (*store.Case, error) {
	return d.act(ctx, who, "appeal", in.Ref, in.Say, func(t *turn) error { return t.appealed(in) })
}

// Reopen appeals with cause after silence was taken as acceptance.
func (d *Desk) Reopen(ctx context.Context, who *auth.Identity, in AppealInput) (*store.Case, error) {
	return d.act(ctx, who, "reopen", in.Ref, in.Say, func(t *turn) error {
		t.c.Reopened = -1
		return t.appealed(in)
	})
}

func (t *turn) appealed(in AppealInput) error {
	for i, n := range in.Lines {
		if t.line(n) == nil || slices.Contains(in.Lines[:i], n) {
			return badField("lines", "疑点 %s 没有第 %d 行违规，或写了两次", t.c.Finding, n)
		}
	}
	if len(in.Lines) > 0 {
		t.detail["申诉的行"] = in.Lines
	}
	return t.nameFiles(in.Files)
}

// nameFiles checks that attachments belong to the case and names them in the step.
func (t *turn) nameFiles(ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	have, err := t.tx.Attachments(t.c.Finding)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if !slices.ContainsFunc(have, func(a store.Attachment) bool { return a.ID == id }) {
			return badField("files", "附件 %s 不属于疑点 %s，请先上传", id, t.c.Finding)
		}
	}
	t.detail["附件"] = ids
	return nil
}

// SupplementDocs answers a request for more documents.
func (d *Desk) SupplementDocs(ctx context.Context, who *auth.Identity, in AppealInput) (*store.Case, error) {
	return d.act(ctx, who, "supplement", in.Ref, in.Say, func(t *turn) error {
		if len(in.Files) == 0 && saysWhy(t) != nil {
			return badField("files", "请上传补充的材料，或写明不能补充的理由")
		}
		return t.nameFiles(in.Files)
	})
}

// AskPanel asks that a panel look at an appeal. Whether one does is the second reviewer's to say; that it was asked for is on record before him.
func (d *Desk) AskPanel(ctx context.Context, who *auth.Identity, in AppealInput) (*store.Case, error) {
	return d.act(ctx, who, "ask_panel", in.Ref, in.Say, func(t *turn) error { return t.nameFiles(in.Files) })
}

// SecondAppeal appeals once more after the second review.
func (d *Desk) SecondAppeal(ctx context.Context, who *auth.Identity, in AppealInput) (*store.Case, error) {
	return d.act(ctx, who, "second", in.Ref, in.Say, func(t *turn) error { return t.appealed(in) })
}

// Waive accepts the result of the second review.
func (d *Desk) Waive(ctx context.Context, who *auth.Identity, ref Ref, say Say) (*store.Case, error) {
	return d.act(ctx, who, "waive", ref, say, nil)
}

// AcceptPackage accepts all findings of a package that still wait for an answer.
func (d *Desk) AcceptPackage(ctx context.Context, who *auth.Identity, ref PackRef, say Say) (accepted int, err error) {
	err = d.do(ctx, func(b *batch) error {
		accepted = 0
		p, err := b.packFor(who, ref)
		if err != nil {
			return err
		}
		cs, err := b.tx.CasesOfPackage(p.ID)
		if err != nil {
			return err
		}
		for i := range cs {
			if cs[i].State != Answering {
				continue
			}
			t, err := b.turn(who, "accept", Ref{cs[i].Finding, cs[i].Version}, say)
			if err != nil {
				return err
			}
			t.c.Reopened = -1
			if err := t.done(); err != nil {
				return err
			}
			accepted++
		}
		if accepted == 0 {
			return refuse(CodeState, "疑点包 %s 里没有待答复的疑点", p.ID)
		}
		return nil
	})
	return accepted, err
}

// RelayInput asks somebody inside the hospital what he says to a finding.
type RelayInput struct {
	ID    string `json:"finding_id"`
	Dept  string `json:"dept"`
	Login string `json:"login"` // of the person asked: 科室 or 医生 of the same institution
	Asks  string `json:"asks"`
	Days  int    `json:"days"` // working days; 0 = the area's default
}

// States of a relayed question.
const (
	relayOpen = "待答"
	relayDone = "已答"
)

// Relay passes a finding on inside the hospital: from the insurance office to a department, from there to a doctor. The inner deadline
// is never after the outer one.
func (d *Desk) Relay(ctx context.Context, who *auth.Identity, in RelayInput) (r *store.Relay, err error) {
	err = d.do(ctx, func(b *batch) error {
		w, err := b.load(in.ID)
		if err != nil {
			return err
		}
		if err := b.sees(who, w.c); err != nil {
			return err
		}
		if !who.Outside() || !who.May(auth.Reply) {
			return refuse(CodePermission, "院内转办由医疗机构办理")
		}
		if flow.state(w.c.State).Side != sideInst {
			return refuse(CodeState, "疑点 %s 现为“%s”，不在机构办理", w.c.Finding, w.c.State)
		}
		u, err := b.tx.User(in.Login)
		if err != nil || u.Disabled || u.Inst != w.c.Inst {
			return badField("login", "本机构没有可用的用户 %s", in.Login)
		}
		if to := (&auth.Identity{Name: u.Login, Roles: u.Roles}); !to.May(auth.Reply) || u.Login == who.Name {
			return badField("login", "用户 %s 不是科室或医生，不能答复", in.Login)
		}
		days := in.Days
		if days <= 0 {
			days = int(b.param("院内期限", w.c.Admdvs))
		}
		due := min(int64(b.d.days().Add(b.today, days)), w.c.DueDay)
		r = &store.Relay{ID: store.NewID(), Finding: in.ID, Inst: w.c.Inst, Dept: in.Dept, Login: in.Login, Asks: in.Asks, DueDay: due, State: relayOpen, AskedBy: who.Name,
			AskedAt: b.now, Version: 1}
		b.log(who, "院内转办", in.ID, fmt.Sprintf("%s %s；%s 前答复；%s", in.Dept, in.Login, claim.Day(due), in.Asks))
		return b.tx.AddRelay(*r)
	})
	return r, err
}

// AnswerRelay is the answer of the person asked.
func (d *Desk) AnswerRelay(ctx context.Context, who *auth.Identity, id string, version int64, reply string) error {
	return d.do(ctx, func(b *batch) error {
		r, err := b.tx.Relay(id)
		if err != nil || r.Login != who.Name || r.Inst != who.Scope.Inst {
			return refuse(CodeNotFound, "院内转办 %s 不存在", id)
		}
		switch {
		case r.Version != version:
			return refuse(CodeVersion, "这条转办刚被改过，请刷新后再办")
		case r.State != relayOpen:
			return refuse(CodeState, "这条转办已经答复")
		case len([]rune(reply)) < 2:
			return &Error{CodeReason, "请写明答复", "reply"}
		}
		r.State, r.Reply, r.RepliedAt = relayDone, reply, b.now
		b.log(who, "院内答复", r.Finding, reply)
		return b.tx.ChangeRelay(r)
	})
}
