package govern

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/rule"
	"github.com/mingjian/mingjian/internal/store"
)

// RecordTrial keeps the result of a trial with the version. A version that is past its trial keeps its state: one that was live
// before may be tried again.
func (r *Rules) RecordTrial(ctx context.Context, who *auth.Identity, id string, res *Result) (*store.RuleVersion, error) {
	var v *store.RuleVersion
	err := r.do(ctx, func(tx *store.Tx) (events []auth.Event, err error) {
		keep := func(_ *store.Tx, v *store.RuleVersion) ([]auth.Event, error) {
			return nil, setResults(v, func(x *Results) { x.Trial = res })
		}
		was, err := tx.RuleVersion(id)
		if err != nil {
			return nil, err
		}
		if State(was.State) != Shadow {
			v, events, err = act(tx, who, id, ActTrial, res.words(), keep)
			return events, err
		}
		if err := allowed(who, was.Area, auth.EditKnowledge); err != nil {
			return nil, err
		}
		if _, err := keep(tx, was); err != nil {
			return nil, err
		}
		v = was
		if err := tx.ChangeRuleVersion(v, store.Micros(time.Now())); err != nil {
			return nil, err
		}
		v.Version++
		return log(tx, who, v, ActTrial, Shadow, res.words())
	})
	return v, err
}

// MayTry tells whether somebody may try a version now, and returns it.
func (r *Rules) MayTry(ctx context.Context, who *auth.Identity, id string) (*store.RuleVersion, error) {
	var v *store.RuleVersion
	err := r.DB.View(ctx, func(tx *store.Tx) (err error) { v, err = tx.RuleVersion(id); return err })
	if err != nil {
		return nil, err
	}
	if err := r.seen(v.Version); err != nil {
		return nil, err
	}
	if err := allowed(who, v.Area, auth.EditKnowledge); err != nil || State(v.State) == Shadow {
		return v, err
	}
	_, err = next(State(v.State), ActTrial)
	return v, err
}

// RecordShadow keeps what the shadow run said of a version. The machine does it after each audit; a version that has moved on is left.
func (r *Rules) RecordShadow(ctx context.Context, id string, res *Result) error {
	return r.DB.Update(ctx, func(tx *store.Tx) error {
		v, err := tx.RuleVersion(id)
		if err != nil || !State(v.State).candidate() {
			return err
		}
		if err := setResults(v, func(x *Results) { x.Shadow = res }); err != nil {
			return err
		}
		return tx.ChangeRuleVersion(v, store.Micros(time.Now()))
	})
}

// words sums a result up for the log.
func (res *Result) words() string {
	s := fmt.Sprintf("%s 至 %s", res.From, res.To)
	for i := range res.Contrast {
		c := &res.Contrast[i]
		s += fmt.Sprintf("，%s 疑点 %d、%s 元（现行 %d、%s 元，新增 %d，减少 %d）", c.Rule, c.Other.Findings, c.Other.Vola, c.Live.Findings, c.Live.Vola, c.New.Findings, c.Gone.Findings)
	}
	if res.Why != "" {
		s += "；理由：" + res.Why
	}
	return s
}

// ToShadow puts a tried version beside the live one: from the next audit on both judge.
func (r *Rules) ToShadow(ctx context.Context, who *auth.Identity, id, why string) (*store.RuleVersion, error) {
	return r.step(ctx, who, id, ActShadow, why, nil)
}

// Submit asks for approval. The version must have been tried on history and judged in the shadow.
func (r *Rules) Submit(ctx context.Context, who *auth.Identity, id, why string) (*store.RuleVersion, error) {
	return r.step(ctx, who, id, ActSubmit, why, func(_ *store.Tx, v *store.RuleVersion) ([]auth.Event, error) {
		x, err := results(v)
		switch {
		case err != nil:
			return nil, err
		case x.Trial == nil:
			return nil, refusef(ErrState, "还没有试算结果：请先用 mingjian rules trial 试算")
		case x.Shadow == nil:
			return nil, refusef(ErrState, "还没有影子运行的结果：请先运行 mingjian audit")
		}
		return nil, nil
	})
}

// Approve is the second person's consent. Whoever drafted, tried or submitted the version cannot give it.
func (r *Rules) Approve(ctx context.Context, who *auth.Identity, id, why string) (*store.RuleVersion, error) {
	return r.step(ctx, who, id, ActApprove, why, func(tx *store.Tx, v *store.RuleVersion) ([]auth.Event, error) {
		if err := another(tx, who, v); err != nil {
			return nil, err
		}
		v.Approver = who.Name
		return nil, nil
	})
}

// another holds a decision to a person who had no hand in what is decided.
func another(tx *store.Tx, who *auth.Identity, v *store.RuleVersion) error {
	steps, err := tx.RuleSteps(v.ID)
	if err != nil {
		return err
	}
	mine := func(s store.RuleStep) bool {
		return s.Actor == who.Name && slices.Contains([]State{Draft, Tried, Shadow, Submitted}, State(s.To)) && State(s.From) != Submitted
	}
	if v.Author == who.Name || slices.ContainsFunc(steps, mine) {
		return ErrSamePerson
	}
	return nil
}

// Reject sends a submitted version back to its author.
func (r *Rules) Reject(ctx context.Context, who *auth.Identity, id, why string) (*store.RuleVersion, error) {
	if why == "" {
		return nil, errors.New("退回要写明理由")
	}
	return r.step(ctx, who, id, ActReject, why, nil)
}

// Announce tells institutions of an approved version and of the day from which it holds.
func (r *Rules) Announce(ctx context.Context, who *auth.Identity, id, body, effective string) (*store.RuleVersion, error) {
	if err := checkDay(effective); err != nil {
		return nil, err
	}
	if effective == "" || body == "" {
		return nil, errors.New("公布要写明正文和生效日期")
	}
	return r.step(ctx, who, id, ActAnnounce, effective+" 起施行", func(tx *store.Tx, v *store.RuleVersion) ([]auth.Event, error) {
		if v.To != "" && v.To < effective {
			return nil, fmt.Errorf("生效日期 %s 晚于终止日期 %s", effective, v.To)
		}
		v.From = effective
		return nil, tx.AddRuleNotice(store.RuleNotice{ID: store.NewID(), Version: v.ID, Body: body, Effective: effective, Actor: who.Name, At: store.Micros(time.Now())})
	})
}

// GoLive puts an announced version into force from its effective day on. The version that was live keeps judging the days before.
func (r *Rules) GoLive(ctx context.Context, who *auth.Identity, id, why string) (*store.RuleVersion, error) {
	return r.step(ctx, who, id, ActLive, why, func(tx *store.Tx, v *store.RuleVersion) (events []auth.Event, err error) {
		if v.Approver == "" || v.Approver == v.Author {
			return nil, ErrSamePerson
		}
		head, err := headOf(tx, v.Kind, v.Subject, v.Area)
		if err != nil {
			return nil, err
		}
		now := store.Micros(time.Now())
		if head != nil {
			now = max(now, head.LiveAt+1)
		}
		v.LiveAt = now
		if head == nil || head.ID == v.ID {
			return nil, nil
		}
		v.Replaces = head.ID
		a := actSupersede
		if !State(head.State).judges() { // it was put back to the shadow: it will not be live again
			a = ActDrop
		}
		_, events, err = act(tx, machine, head.ID, a, "版本 "+v.ID+" 生效", nil)
		return events, err
	})
}

// Retire ends a version: from the day on the card is not judged. Days before stay judged.
func (r *Rules) Retire(ctx context.Context, who *auth.Identity, id, from, why string) (*store.RuleVersion, error) {
	if err := checkDay(from); err != nil {
		return nil, err
	}
	if from == "" || why == "" {
		return nil, errors.New("停用要写明从哪一天起和理由")
	}
	return r.step(ctx, who, id, ActRetire, "自 "+from+" 起："+why, func(_ *store.Tx, v *store.RuleVersion) ([]auth.Event, error) {
		d, err := claim.ParseDay(from)
		v.To = (d - 1).String()
		return nil, err
	})
}

// RetireCard retires what is live of a card of the library that has no version of its own yet.
func (r *Rules) RetireCard(ctx context.Context, who *auth.Identity, card, from, why string) (*store.RuleVersion, error) {
	c := r.Library.Card(card)
	if c == nil {
		return nil, fmt.Errorf("规则库里没有 %q", card)
	}
	if err := errors.Join(allowed(who, "", auth.ApproveRules), checkDay(from)); err != nil {
		return nil, err
	}
	var v *store.RuleVersion
	err := r.do(ctx, func(tx *store.Tx) ([]auth.Event, error) {
		head, err := headOf(tx, Cards, card, "")
		if err != nil {
			return nil, err
		}
		if head != nil {
			return nil, refusef(ErrState, "规则 %s 已有版本 %s，请停用这个版本", card, head.ID)
		}
		var events []auth.Event
		v, events, err = r.adopt(tx, c, string(c.Text()))
		return events, err
	})
	if err != nil {
		return nil, err
	}
	return r.Retire(ctx, who, v.ID, from, why)
}

// Rollback takes a live (or retired) version back as if it had never been: what was live before it is live again.
func (r *Rules) Rollback(ctx context.Context, who *auth.Identity, id, why string) (*store.RuleVersion, error) {
	if why == "" {
		return nil, errors.New("回退要写明理由")
	}
	return r.step(ctx, who, id, ActRollback, why, func(tx *store.Tx, v *store.RuleVersion) (events []auth.Event, err error) {
		before := v.Replaces
		v.LiveAt = 0
		if before == "" {
			return nil, nil
		}
		was, err := tx.RuleVersion(before)
		if err != nil || State(was.State) != Superseded {
			return nil, err // it was put back to the shadow: the card stays silent
		}
		_, events, err = act(tx, machine, before, actRevive, "版本 "+v.ID+" 回退", nil)
		return events, err
	})
}

// Drop ends a version that is not live.
func (r *Rules) Drop(ctx context.Context, who *auth.Identity, id, why string) (*store.RuleVersion, error) {
	return r.step(ctx, who, id, ActDrop, why, nil)
}

// adopt makes a version of a card of the library as it stands, live, so that it can be retired or put back like any other.
func (r *Rules) adopt(tx *store.Tx, c *rule.Card, body string) (*store.RuleVersion, []auth.Event, error) {
	now := store.Micros(time.Now())
	v := &store.RuleVersion{ID: store.NewID(), Kind: Cards, Subject: c.ID, Hash: c.Version, Title: c.Name, Body: body, State: string(Live), Author: machine.Name,
		Approver: "出厂", Trial: "{}", LiveAt: now, MadeAt: now, Version: 1}
	if err := tx.AddRuleVersion(v); err != nil {
		return nil, nil, err
	}
	events, err := log(tx, machine, v, actDraft, "", "出厂规则")
	return v, events, err
}

// headOf is the version that went live last of its kind, subject and area and was not taken back; nil when there is none.
func headOf(tx *store.Tx, kind, subject, area string) (*store.RuleVersion, error) {
	vs, err := tx.RuleVersions(kind, subject)
	if err != nil {
		return nil, err
	}
	var head *store.RuleVersion
	for i := range vs {
		if v := &vs[i]; v.Area == area && v.LiveAt > 0 && (head == nil || v.LiveAt > head.LiveAt) {
			head = v
		}
	}
	return head, nil
}

// History is all that happened to the versions of a card or set.
func (r *Rules) History(ctx context.Context, subject string) (out []Past, err error) {
	err = r.DB.View(ctx, func(tx *store.Tx) error {
		out = nil
		vs, err := tx.RuleVersions("", subject)
		for _, v := range vs {
			steps, err := tx.RuleSteps(v.ID)
			if err != nil {
				return err
			}
			out = append(out, Past{v, steps})
		}
		return err
	})
	return out, err
}

// Past is a version with its steps.
type Past struct {
	store.RuleVersion
	Steps []store.RuleStep
}

// Notices lists what is announced for an area, newest effective day first; "" lists all.
func (r *Rules) Notices(ctx context.Context, area string) (out []store.RuleNotice, err error) {
	code, err := rule.AreaCode(area)
	if err != nil {
		return nil, err
	}
	err = r.DB.View(ctx, func(tx *store.Tx) error {
		all, err := tx.RuleNotices()
		out = slices.DeleteFunc(all, func(n store.RuleNotice) bool {
			return State(n.State) == Dropped || State(n.State) == RolledBack || (area != "" && !rule.Within(code, n.Area))
		})
		return err
	})
	return out, err
}
