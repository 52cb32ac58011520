package govern

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
	"github.com/mingjian/mingjian/internal/rule"
	"github.com/mingjian/mingjian/internal/store"
)

// Kinds of versions.
const (
	Cards  = "card"   // one card, YAML
	Points = "points" // a named set of points, CSV
)

// Rules are the governed rules of a store. Every change is on the trail.
type Rules struct {
	DB    *store.DB
	Trail *auth.Trail
	// Library are the cards that come with the program (and local ones): live until the store says otherwise.
	Library *rule.Library
	// Via is through whom people act where they did not sign in themselves (the machine's account); it goes on the trail.
	Via string

	expect int64 // row version that the caller saw of what it decides on; 0 = not said
}

// Expecting is r for one decision on something of which the caller saw a row version: when it is of another by now the decision is refused with
// store.ErrConflict.
func (r *Rules) Expecting(version int64) *Rules {
	x := *r
	x.expect = version
	return &x
}

// seen holds a decision to what the caller saw.
func (r *Rules) seen(version int64) error {
	if r.expect != 0 && r.expect != version {
		return store.ErrConflict
	}
	return nil
}

// do runs f in a transaction with the records of what it did.
func (r *Rules) do(ctx context.Context, f func(*store.Tx) ([]auth.Event, error)) error {
	return r.Trail.Do(ctx, r.DB, func(tx *store.Tx) ([]auth.Event, error) {
		events, err := f(tx)
		for i := range events {
			if r.Via != "" {
				events[i].Detail += "；经 " + r.Via
			}
		}
		return events, err
	})
}

// Kinds of refusals, for errors.Is; the error itself says in Chinese what is the matter.
var (
	ErrForbidden = errors.New("没有权限")      // this user may not do it, or not there
	ErrState     = errors.New("当前状态不能这样办") // not possible as things stand
)

// refusal is an error of one of these kinds with its own words.
type refusal struct {
	kind error
	says string
}

func (e *refusal) Error() string        { return e.says }
func (e *refusal) Is(target error) bool { return target == e.kind }

func refusef(kind error, format string, a ...any) error {
	return &refusal{kind, fmt.Sprintf(format, a...)}
}

// ErrSamePerson is returned where a second person must decide and the first one tries.
var ErrSamePerson = refusef(ErrForbidden, "须由另一个人办理：起草、试算、送审的人不能批准")

// machine acts where no person does.
var machine = &auth.Identity{Name: "系统"}

// allowed tells whether somebody may do one of these things to rules of an area.
func allowed(who *auth.Identity, area string, may ...auth.Permission) error {
	if who == machine || len(may) == 0 {
		return nil
	}
	if !slices.ContainsFunc(may, who.May) {
		return refusef(ErrForbidden, "用户 %s 没有“%s”权限", who.Name, may[0])
	}
	if !strings.HasPrefix(area, who.Scope.Admdvs) || who.Scope.Inst != "" {
		return refusef(ErrForbidden, "用户 %s 只管区划 %s，不能改这里的规则", who.Name, who.Scope.Admdvs)
	}
	return nil
}

// Text is what a version begins with.
type Text struct {
	Kind      string // Cards or Points
	Name      string // of a set of points; a card has its id
	File      string // for messages
	Body      []byte
	Area      string // administrative division where it is to hold; "" = everywhere
	AppliesOn string // day that decides: "" or fee, admission, discharge, settlement
	To        string // last day, yyyy-MM-dd; "" = open. The first day is announced.
	Why       string
}

// Propose makes a draft. The text is checked as it would be when live; a card's cases must hold.
func (r *Rules) Propose(ctx context.Context, who *auth.Identity, t Text) (*store.RuleVersion, error) {
	area, err := rule.AreaCode(t.Area)
	if err != nil {
		return nil, err
	}
	v := &store.RuleVersion{ID: store.NewID(), Kind: t.Kind, Area: area, Body: string(t.Body), State: string(Draft), Author: who.Name, AppliesOn: t.AppliesOn,
		To: t.To, Trial: "{}"}
	if err := errors.Join(allowed(who, area, auth.EditKnowledge), checkDay(t.To), checkAppliesOn(t.AppliesOn)); err != nil {
		return nil, err
	}
	switch t.Kind {
	case Cards:
		err = r.checkCard(v, t)
	case Points:
		err = r.checkPoints(v, t)
	default:
		err = fmt.Errorf("没有 %q 这种版本", t.Kind)
	}
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{v.Kind, v.Subject, v.Area, v.AppliesOn, v.To, v.Body}, "\x1f")))
	v.Hash = hex.EncodeToString(sum[:6])
	return v, r.do(ctx, func(tx *store.Tx) ([]auth.Event, error) {
		v.MadeAt = store.Micros(time.Now())
		v.Version = 1
		if err := tx.AddRuleVersion(v); err != nil {
			return nil, err
		}
		return log(tx, who, v, actDraft, "", t.Why)
	})
}

func (r *Rules) checkCard(v *store.RuleVersion, t Text) error {
	c, err := rule.ParseCard(t.File, t.Body)
	if err != nil {
		return err
	}
	if _, err := c.With(rule.Override{}); err != nil {
		return err
	}
	results, wrong := rule.TestCard(c)
	if len(wrong) > 0 {
		return wrong
	}
	for _, res := range results {
		if res.Err != nil {
			return fmt.Errorf("%s：第 %d 行：%s 的用例「%s」不符：%w；改卡或改用例", res.File, res.Line, c.ID, res.Case, res.Err)
		}
	}
	v.Subject, v.Title = c.ID, c.Name
	return nil
}

func (r *Rules) checkPoints(v *store.RuleVersion, t Text) error {
	if v.Subject = strings.TrimSpace(t.Name); v.Subject == "" {
		return errors.New("知识点集要有名字")
	}
	if v.Area != "" {
		return errors.New("知识点集不分区划：请在行里写 admdvs")
	}
	ps, err := knowledge.ParsePoints(t.File, t.Body)
	if err != nil {
		return err
	}
	if len(ps) == 0 {
		return fmt.Errorf("%s 里没有知识点", t.File)
	}
	for i := range ps {
		if ps[i].AppliesOn != t.AppliesOn && t.AppliesOn != "" {
			return fmt.Errorf("%s 的知识点 %s 写了另外的 applies_on", t.File, ps[i].ID)
		}
	}
	v.Title = fmt.Sprintf("%s（%d 个知识点）", v.Subject, len(ps))
	return nil
}

func checkDay(days ...string) error {
	for _, d := range days {
		if d == "" {
			continue
		}
		if _, err := claim.ParseDay(d); err != nil || len(d) != len(time.DateOnly) {
			return fmt.Errorf("日期 %q 写得不对，应为 2025-07-01 的样子", d)
		}
	}
	return nil
}

func checkAppliesOn(s string) error {
	if !slices.Contains([]string{"", "fee", "admission", "discharge", "settlement"}, s) {
		return fmt.Errorf("applies-on 写作 %q，只能是 fee、admission、discharge、settlement 之一", s)
	}
	return nil
}

// log writes a step and returns its record for the trail.
func log(tx *store.Tx, who *auth.Identity, v *store.RuleVersion, a Action, from State, why string) ([]auth.Event, error) {
	err := tx.AddRuleStep(store.RuleStep{ID: store.NewID(), Version: v.ID, From: string(from), To: v.State, Actor: who.Name, Why: why, At: store.Micros(time.Now())})
	detail := fmt.Sprintf("版本 %s（%s）；%s→%s", v.ID, v.Hash, from, v.State)
	if why != "" {
		detail += "；" + why
	}
	return []auth.Event{{Actor: who.Name, Action: "规则" + string(a), Object: object(v), Detail: detail}}, err
}

func object(v *store.RuleVersion) string {
	if v.Area == "" {
		return v.Subject
	}
	return v.Subject + "@" + v.Area
}

// step takes an action on a version inside a transaction. change may refuse, and set what goes with the step; its events are of
// what else the step moved.
func (r *Rules) step(ctx context.Context, who *auth.Identity, id string, a Action, why string, change func(*store.Tx, *store.RuleVersion) ([]auth.Event, error)) (*store.RuleVersion, error) {
	var v *store.RuleVersion
	err := r.do(ctx, func(tx *store.Tx) (events []auth.Event, err error) {
		if r.expect != 0 {
			err := queue(tx) // the version is compared with what the step before left
			if err != nil {
				return nil, err
			}
			now, err := tx.RuleVersion(id)
			if err == nil {
				err = r.seen(now.Version)
			}
			if err != nil {
				return nil, err
			}
		}
		v, events, err = act(tx, who, id, a, why, change)
		return events, err
	})
	return v, err
}

// settingChanged is when a version last took a step.
const settingChanged = "rules_changed"

// queue lets steps wait for each other: who reads what is live sees it as the last step left it.
func queue(tx *store.Tx) error {
	return tx.SetSetting(settingChanged, strconv.FormatInt(store.Micros(time.Now()), 10))
}

func act(tx *store.Tx, who *auth.Identity, id string, a Action, why string, change func(*store.Tx, *store.RuleVersion) ([]auth.Event, error)) (*store.RuleVersion, []auth.Event, error) {
	now := store.Micros(time.Now())
	if err := queue(tx); err != nil {
		return nil, nil, err
	}
	v, err := tx.RuleVersion(id)
	if err != nil {
		return nil, nil, err
	}
	if err := allowed(who, v.Area, moves[a].may...); err != nil {
		return nil, nil, err
	}
	from := State(v.State)
	to, err := next(from, a)
	if err != nil {
		return nil, nil, err
	}
	var more []auth.Event
	if change != nil {
		if more, err = change(tx, v); err != nil {
			return nil, nil, err
		}
	}
	v.State = string(to)
	if err := tx.ChangeRuleVersion(v, now); err != nil {
		return nil, nil, err
	}
	v.Version++
	events, err := log(tx, who, v, a, from, why)
	return v, append(more, events...), err
}

// Results are what judging a version on history showed, kept with it.
type Results struct {
	Trial  *Result `json:"trial"`  // nil before the first
	Shadow *Result `json:"shadow"` // nil before the first, and again when a live version was put back
}

// Result is one judgement of a version beside what is live.
type Result struct {
	From     string           `json:"from"` // months
	To       string           `json:"to"`
	Why      string           `json:"why,omitempty"`
	Judged   int64            `json:"judged"`             // fee lines
	NotLive  []string         `json:"not_live,omitempty"` // months without live findings to compare with
	Contrast []audit.Contrast `json:"contrast"`
	Samples  []string         `json:"samples,omitempty"` // explanations
	At       string           `json:"at"`                // UTC
}

func results(v *store.RuleVersion) (out Results, err error) {
	if v.Trial == "" {
		return out, nil
	}
	if err := json.Unmarshal([]byte(v.Trial), &out); err != nil {
		return out, fmt.Errorf("版本 %s 的试算结果已损坏：%w", v.ID, err)
	}
	return out, nil
}

func setResults(v *store.RuleVersion, f func(*Results)) error {
	x, err := results(v)
	if err != nil {
		return err
	}
	f(&x)
	b, err := json.Marshal(x)
	v.Trial = string(b)
	return err
}
