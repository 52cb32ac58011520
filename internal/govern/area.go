package govern

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/rule"
	"github.com/mingjian/mingjian/internal/store"
)

// AreaChange asks for a card to differ in a pooling area.
type AreaChange struct {
	Rule     string
	Area     string // 2, 4 or 6 digits
	From, To string // days, "" = open
	Change   rule.Override
	Off      bool // the card is not judged there
	Reason   string
}

// RequestArea asks for an override; it holds when another person has confirmed it.
func (r *Rules) RequestArea(ctx context.Context, who *auth.Identity, c AreaChange) (*store.AreaRule, error) {
	area, err := rule.AreaCode(c.Area)
	if err != nil {
		return nil, err
	}
	if area == "" {
		return nil, errors.New("请写明区划：全国统一的改动请起草新版本")
	}
	if c.Reason == "" {
		return nil, errors.New("请写明理由")
	}
	if err := errors.Join(allowed(who, area, auth.EditKnowledge), checkDays(c.From, c.To)); err != nil {
		return nil, err
	}
	b, err := json.Marshal(c.Change)
	if err != nil {
		return nil, err
	}
	if empty := string(b) == "{}"; empty != c.Off {
		return nil, errors.New("请写明改什么：参数、严重程度、拦截级别、豁免，或停用，停用时不能再改别的")
	}
	a := &store.AreaRule{ID: store.NewID(), Rule: c.Rule, Area: area, From: c.From, To: c.To, Change: string(b), Enabled: !c.Off, Reason: c.Reason,
		State: string(Submitted), Author: who.Name, MadeAt: store.Micros(time.Now()), Version: 1}
	return a, r.do(ctx, func(tx *store.Tx) ([]auth.Event, error) {
		if err := r.fits(tx, *a); err != nil {
			return nil, err
		}
		if err := tx.AddAreaRule(a); err != nil {
			return nil, err
		}
		return decided(tx, who, "区划设置", a.ID, a.Rule+"@"+a.Area, "", a.State, fmt.Sprintf("%s 启用 %t；%s 至 %s；%s", a.Change, a.Enabled, a.From, a.To, a.Reason))
	})
}

// fits composes the book as it would be with an override: what the card does not know is said now, not at the next audit.
func (r *Rules) fits(tx *store.Tx, a store.AreaRule) error {
	l, err := readLedger(tx)
	if err != nil {
		return err
	}
	a.State = string(Live)
	l.areas = append(slices.DeleteFunc(l.areas, func(x store.AreaRule) bool { return x.ID == a.ID }), a)
	b, err := l.compose(r.Library, nil)
	if err != nil {
		return err
	}
	if b.Library.Card(a.Rule) == nil {
		return fmt.Errorf("现行规则里没有 %q", a.Rule)
	}
	return nil
}

func checkDays(from, to string) error {
	if err := checkDay(from, to); err != nil {
		return err
	}
	if from != "" && to != "" && from > to {
		return fmt.Errorf("终止日期 %s 早于起始日期 %s", to, from)
	}
	return nil
}

// ConfirmArea puts an override into force; whoever asked for it cannot.
func (r *Rules) ConfirmArea(ctx context.Context, who *auth.Identity, id string) (*store.AreaRule, error) {
	return r.decideArea(ctx, who, id, Submitted, Live, "", func(tx *store.Tx, a *store.AreaRule) error {
		if a.Author == who.Name {
			return ErrSamePerson
		}
		a.Approver = who.Name
		return r.fits(tx, *a)
	})
}

// EndArea ends an override from a day on; one that was never in force, or ends before it began, is void.
func (r *Rules) EndArea(ctx context.Context, who *auth.Identity, id, from, why string) (*store.AreaRule, error) {
	if err := checkDay(from); err != nil {
		return nil, err
	}
	if why == "" {
		return nil, errors.New("请写明理由")
	}
	var a *store.AreaRule
	if err := r.DB.View(ctx, func(tx *store.Tx) (err error) { a, err = tx.AreaRule(id); return err }); err != nil {
		return nil, err
	}
	to := Live
	if State(a.State) == Submitted || from == "" || (a.From != "" && from <= a.From) {
		to = Dropped
	}
	return r.decideArea(ctx, who, id, State(a.State), to, why, func(_ *store.Tx, a *store.AreaRule) error {
		if to == Live {
			if a.To != "" && from > a.To {
				return fmt.Errorf("区划设置 %s 到 %s 就已终止，不能延长：请另行申请", id, a.To)
			}
			a.To = dayBefore(from)
		}
		return nil
	})
}

func dayBefore(day string) string { return (firstDay(day) - claim.Day(1)).String() }

func (r *Rules) decideArea(ctx context.Context, who *auth.Identity, id string, from, to State, why string, change func(*store.Tx, *store.AreaRule) error) (a *store.AreaRule, err error) {
	err = r.do(ctx, func(tx *store.Tx) ([]auth.Event, error) {
		if a, err = tx.AreaRule(id); err != nil {
			return nil, err
		}
		if err := r.seen(a.Version); err != nil {
			return nil, err
		}
		if State(a.State) != from || from == Dropped {
			return nil, refusef(ErrState, "区划设置 %s 已是“%s”", id, a.State)
		}
		if err := errors.Join(allowed(who, a.Area, auth.ApproveRules), change(tx, a)); err != nil {
			return nil, err
		}
		a.State, a.DecidedAt = string(to), store.Micros(time.Now())
		if err := tx.ChangeAreaRule(a); err != nil {
			return nil, err
		}
		a.Version++
		return decided(tx, who, "区划设置", id, a.Rule+"@"+a.Area, from, a.State, why)
	})
	return a, err
}

// decided logs a step of an override or exemption.
func decided(tx *store.Tx, who *auth.Identity, what, id, object string, from State, to, why string) ([]auth.Event, error) {
	err := tx.AddRuleStep(store.RuleStep{ID: store.NewID(), Version: id, From: string(from), To: to, Actor: who.Name, Why: why, At: store.Micros(time.Now())})
	return []auth.Event{{Actor: who.Name, Action: what + to, Object: object, Detail: id + "；" + why}}, err
}

// Areas lists the overrides of a card, all when "".
func (r *Rules) Areas(ctx context.Context, card string) (out []store.AreaRule, err error) {
	err = r.DB.View(ctx, func(tx *store.Tx) (err error) { out, err = tx.AreaRules(); return err })
	return slices.DeleteFunc(out, func(a store.AreaRule) bool { return card != "" && a.Rule != card }), err
}
