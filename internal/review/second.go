package review

import (
	"context"
	"fmt"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/store"
)

// AskMore asks the institution for documents, once.
func (d *Desk) AskMore(ctx context.Context, who *auth.Identity, ref Ref, say Say) (*store.Case, error) {
	return d.act(ctx, who, "ask", ref, say, func(t *turn) error {
		t.c.Supplements++
		_, err := t.notify(noticeOf{kind: "补充材料通知", c: t.c, body: fmt.Sprintf("请在 %d 个工作日内补充：%s", t.params.value("补充材料期限", t.c.Admdvs, t.today), say.Opinion)})
		return err
	})
}

// DecideInput upholds a finding, all of it or part.
type DecideInput struct {
	Ref
	Say
	Lines []LineDecision `json:"lines"`
}

// Uphold is the second reviewer's decision that a finding stands, all of it or part. The result is sent at once; the second appeal's time
// begins with its delivery.
func (d *Desk) Uphold(ctx context.Context, who *auth.Identity, in DecideInput) (*store.Case, error) {
	return d.act(ctx, who, "uphold", in.Ref, in.Say, func(t *turn) error {
		t.c.SecondBy = who.Name
		return t.stand(in.Lines, "复审")
	})
}

// stand upholds what is said and tells the institution.
func (t *turn) stand(lines []LineDecision, what string) error {
	if err := t.decide(lines); err != nil {
		return err
	}
	if t.c.Verdict = t.verdict(); t.c.Verdict == VerdictFine {
		return badField("lines", "一行也不认定的，请办理“撤销”")
	}
	if err := t.reallocate(t.work); err != nil {
		return err
	}
	if err := t.post(t.work, t.who.Name, "", what); err != nil {
		return err
	}
	t.c.SentDay, t.c.DeliveredDay, t.c.Proof = int64(t.today), 0, ""
	_, err := t.notify(noticeOf{kind: noticeSecond, c: t.c, body: fmt.Sprintf("疑点 %s 经%s认定：%s，拟追回基金 %s 元。不服的，自送达之日起 %d 个工作日内可再申诉一次。", t.c.Finding, what, t.c.Verdict,
		claim.Money(t.c.Fund), t.params.value("二次申诉期限", t.c.Admdvs, t.today))})
	return err
}

// Withdraw is the second reviewer's decision that nothing of a finding stands.
func (d *Desk) Withdraw(ctx context.Context, who *auth.Identity, ref Ref, say Say) (*store.Case, error) {
	return d.act(ctx, who, "withdraw", ref, say, func(t *turn) error {
		t.c.SecondBy = who.Name
		return t.overturned()
	})
}

// overturned ends a case in the institution's favour and tells it so.
func (t *turn) overturned() error {
	if err := t.end(OutcomeWithdrawn); err != nil {
		return err
	}
	_, err := t.notify(noticeOf{kind: "撤销通知书", c: t.c, body: fmt.Sprintf("疑点 %s 撤销，原因：%s。已扣、已缴的款项退付。", t.c.Finding, t.say.Reason)})
	return err
}

// Refer asks for a panel.
func (d *Desk) Refer(ctx context.Context, who *auth.Identity, ref Ref, say Say) (*store.Case, error) {
	return d.act(ctx, who, "refer", ref, say, func(t *turn) error {
		t.c.SecondBy, t.c.Panel = who.Name, ""
		return nil
	})
}

// Confirm is the final decision that a finding stands, all of it or part: from here on money is asked for.
func (d *Desk) Confirm(ctx context.Context, who *auth.Identity, in DecideInput) (*store.Case, error) {
	return d.act(ctx, who, "confirm", in.Ref, in.Say, func(t *turn) error {
		if err := t.decide(in.Lines); err != nil {
			return err
		}
		if t.c.Verdict = t.verdict(); t.c.Verdict == VerdictFine {
			return badField("lines", "一行也不认定的，请办理“终审撤销”")
		}
		t.c.FinalBy = who.Name
		if err := t.reallocate(t.work); err != nil {
			return err
		}
		if err := t.post(t.work, who.Name, "", "终审"); err != nil {
			return err
		}
		if err := t.moveAll("提出", "确认", "", "违规确认书"); err != nil {
			return err
		}
		_, err := t.notify(noticeOf{kind: "违规确认书", c: t.c, body: fmt.Sprintf("疑点 %s 认定：%s，违规金额 %s 元，应追回基金 %s 元。", t.c.Finding, t.c.Verdict, claim.Money(t.c.Charged), claim.Money(t.c.Fund))})
		return err
	})
}

// Overturn is the final decision that nothing of a finding stands.
func (d *Desk) Overturn(ctx context.Context, who *auth.Identity, ref Ref, say Say) (*store.Case, error) {
	return d.act(ctx, who, "overturn", ref, say, func(t *turn) error {
		t.c.FinalBy = who.Name
		return t.overturned()
	})
}

// moveAll moves all the fund's money of a case from one account to another.
func (t *turn) moveAll(from, to, doc, memo string) error {
	l, err := t.ledgerOf(t.work)
	if err != nil {
		return err
	}
	s, err := t.stamp(t.who.Name, doc, memo)
	if err != nil {
		return err
	}
	_, err = l.MoveUpTo("基金", from, to, -1, s)
	return err
}
