package special

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mingjian/mingjian/internal/casemix/pay"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/store"
)

// States of an application.
const (
	StateIncomplete = "待补正"
	StateWaiting    = "待评审"
	StatePanel      = "评审中"
	StateGranted    = "准予"
	StateRefused    = "不准予"
	StateReturned   = "退回"
)

// Book keeps applications. Whoever calls it puts the step on the trail.
type Book struct {
	DB    *store.DB
	Terms Terms
	Now   func() time.Time // time.Now when nil
}

func (b *Book) now() int64 {
	if b.Now != nil {
		return store.Micros(b.Now())
	}
	return store.Micros(time.Now())
}

// Apply takes an application in: what cannot be made good is returned, what is missing waits to be completed.
func (b *Book) Apply(ctx context.Context, a *Application, stays int, unreasonable pay.Fen, author string) (*store.SpecialCase, []Problem, error) {
	var c *store.SpecialCase
	var ps []Problem
	err := b.DB.Update(ctx, func(tx *store.Tx) error {
		period := Quarter(a.Settled)
		all, err := tx.SpecialCases(period)
		if err != nil {
			return err
		}
		before := 0
		for i := range all {
			if all[i].Inst == a.Inst && all[i].Kind == a.Kind && all[i].State != StateReturned {
				before++
			}
		}
		ps = b.Terms.Check(a, stays, before, unreasonable)
		c = &store.SpecialCase{ID: store.NewID(), Inst: a.Inst, Visit: a.Visit, Insutype: a.Insutype, Kind: a.Kind, Period: period, Reason: a.Reason,
			Materials: asJSON(a.Materials), Asked: a.Asked, Cost: int64(a.Cost), Fund: int64(a.Fund), Standard: int64(a.Standard), State: stateOf(ps),
			Problems: asJSON(ps), Author: author, MadeAt: b.now(), Version: 1}
		if err := tx.AddSpecialCase(c); errors.Is(err, store.ErrExists) {
			return fmt.Errorf("机构 %s 的 %s 已经申报过", a.Inst, a.Visit)
		} else if err != nil {
			return err
		}
		return nil
	})
	return c, ps, err
}

// Complete adds to an application that waits to be completed, and checks it again. material replaces the kinds it names;
// stays and unreasonable are as for Apply.
func (b *Book) Complete(ctx context.Context, id, reason string, material map[string]string, stays int, unreasonable pay.Fen, on claim.Day) (*store.SpecialCase, []Problem, error) {
	return b.change(ctx, id, reason, material, nil, check{stays, unreasonable, on})
}

// MaxFiles is how many materials an application may have.
const MaxFiles = 40

// Attach adds a material that was kept to an application that no panel judges yet, and checks it again where it waits to be
// completed: only what has come counts as handed in.
func (b *Book) Attach(ctx context.Context, f store.SpecialFile, stays int, unreasonable pay.Fen, on claim.Day) (*store.SpecialCase, []Problem, error) {
	return b.change(ctx, f.Case, "", map[string]string{f.Kind: f.Name}, &f, check{stays, unreasonable, on})
}

// Takes tells whether an application takes further materials.
func Takes(state string) bool { return state == StateIncomplete || state == StateWaiting }

type check struct {
	stays        int
	unreasonable pay.Fen
	on           claim.Day
}

func (b *Book) change(ctx context.Context, id, reason string, material map[string]string, file *store.SpecialFile, k check) (*store.SpecialCase, []Problem, error) {
	var c *store.SpecialCase
	var ps []Problem
	err := b.DB.Update(ctx, func(tx *store.Tx) (err error) {
		if c, err = tx.SpecialCase(id); err != nil {
			return err
		}
		if c.State != StateIncomplete && (file == nil || c.State != StateWaiting) {
			return &StateError{fmt.Sprintf("%s 不用补正（现为%s）", id, c.State)}
		}
		have := map[string]string{}
		if err := json.Unmarshal([]byte(c.Materials), &have); err != nil && c.Materials != "[]" {
			return err
		}
		if file != nil {
			if err := b.add(tx, file); err != nil {
				return err
			}
		}
		maps.Copy(have, material)
		if reason != "" {
			c.Reason = reason
		}
		c.Materials = asJSON(have)
		if c.State == StateIncomplete {
			if ps, err = b.again(tx, c, have, k); err != nil {
				return err
			}
			c.Problems, c.State = asJSON(ps), stateOf(ps)
		}
		return tx.ChangeSpecialCase(c)
	})
	if err == nil {
		c.Version++
	}
	return c, ps, err
}

// add writes a material; the same content comes once under a kind.
func (b *Book) add(tx *store.Tx, f *store.SpecialFile) error {
	all, err := tx.SpecialFiles(f.Case)
	if err != nil {
		return err
	}
	if len(all) >= MaxFiles {
		return &StateError{fmt.Sprintf("材料已有 %d 个，最多 %d 个", len(all), MaxFiles)}
	}
	for i := range all {
		if all[i].SHA256 == f.SHA256 && all[i].Kind == f.Kind {
			return &StateError{"同样内容的" + f.Kind + "已经上传过：" + all[i].Name}
		}
	}
	f.At = b.now()
	return tx.AddSpecialFile(*f)
}

// again checks an application with what it has now.
func (b *Book) again(tx *store.Tx, c *store.SpecialCase, have map[string]string, k check) ([]Problem, error) {
	settled, err := lastMonth(c.Period)
	if err != nil {
		return nil, err
	}
	all, err := tx.SpecialCases(c.Period)
	if err != nil {
		return nil, err
	}
	before := 0
	for i := range all {
		if all[i].Inst == c.Inst && all[i].Kind == c.Kind && all[i].State != StateReturned && all[i].ID != c.ID {
			before++
		}
	}
	return b.Terms.Check(&Application{Inst: c.Inst, Visit: c.Visit, Insutype: c.Insutype, Kind: c.Kind, Settled: settled, Reason: c.Reason, Materials: have, Asked: c.Asked,
		Cost: pay.Fen(c.Cost), Fund: pay.Fen(c.Fund), Standard: pay.Fen(c.Standard), On: k.on}, k.stays, before, k.unreasonable), nil
}

// lastMonth of a quarter (2025Q1): its deadline is the same for all its months.
func lastMonth(period string) (claim.Month, error) {
	y, q, ok := strings.Cut(period, "Q")
	year, err := strconv.Atoi(y)
	n, err2 := strconv.Atoi(q)
	if !ok || err != nil || err2 != nil || n < 1 || n > 4 {
		return 0, fmt.Errorf("季度 %q 不像 2025Q1", period)
	}
	return claim.DayOf(year, 3*n, 1).Month(), nil
}

// StateError is a step that an application's state does not allow.
type StateError struct{ says string }

func (e *StateError) Error() string { return e.says }

func stateOf(ps []Problem) string {
	switch {
	case slices.ContainsFunc(ps, func(p Problem) bool { return p.Fatal }):
		return StateReturned
	case len(ps) > 0:
		return StateIncomplete
	}
	return StateWaiting
}

func asJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil || string(b) == "null" {
		return "[]"
	}
	return string(b)
}

// Draw draws the panel of an application that waits, or fills seats of recused experts.
func (b *Book) Draw(ctx context.Context, id string, pool []Expert, specialty string) ([]store.SpecialSeat, error) {
	var out []store.SpecialSeat
	err := b.DB.Update(ctx, func(tx *store.Tx) error {
		c, err := tx.SpecialCase(id)
		if err != nil {
			return err
		}
		if c.State != StateWaiting && c.State != StatePanel {
			return &StateError{fmt.Sprintf("%s 的申报不能抽专家（现为%s）", id, c.State)}
		}
		seats, err := tx.SpecialSeats(id)
		if err != nil {
			return err
		}
		if c.Seed == "" {
			c.Seed = store.NewID()
		}
		need := b.Terms.Panel
		for i := range seats {
			if seats[i].Vote != Recused {
				need--
			}
		}
		if need <= 0 {
			return fmt.Errorf("%s 的专家已经抽满 %d 位", id, b.Terms.Panel)
		}
		var add []store.SpecialSeat
		for _, e := range Draw(pool, c.Inst, specialty, c.Seed) {
			if len(add) < need && !slices.ContainsFunc(seats, func(s store.SpecialSeat) bool { return s.Expert == e.ID }) {
				add = append(add, store.SpecialSeat{Case: id, Expert: e.ID, Seat: int64(len(seats) + len(add) + 1), DrawnAt: b.now()})
			}
		}
		if len(add) < need {
			return fmt.Errorf("专家库里可参加评审的只有 %d 位，还差 %d 位", len(add), need-len(add))
		}
		if err := tx.AddSpecialSeats(add); err != nil {
			return err
		}
		c.State = StatePanel
		out = append(seats, add...)
		return tx.ChangeSpecialCase(c)
	})
	return out, err
}

// Vote writes an expert's vote or recusal. A vote once given stands.
func (b *Book) Vote(ctx context.Context, id string, v Ballot, note string) error {
	if v.Vote != VoteGrant && v.Vote != VoteRefuse && v.Vote != Recused {
		return fmt.Errorf("票 %q 不是 %s、%s 或 %s", v.Vote, VoteGrant, VoteRefuse, Recused)
	}
	return b.DB.Update(ctx, func(tx *store.Tx) error {
		c, err := tx.SpecialCase(id)
		if err != nil {
			return err
		}
		if c.State != StatePanel {
			return &StateError{fmt.Sprintf("%s 不在评审中（现为%s）", id, c.State)}
		}
		if v.Cut < 0 || int64(v.Cut) > c.Fund {
			return fmt.Errorf("核减 %s 要在 0 到基金支付 %s 之间", v.Cut, pay.Fen(c.Fund))
		}
		seats, err := tx.SpecialSeats(id)
		if err != nil {
			return err
		}
		for i := range seats {
			s := &seats[i]
			if s.Expert != v.Expert {
				continue
			}
			if s.Vote != "" {
				return fmt.Errorf("专家 %s 已经投过“%s”", v.Expert, s.Vote)
			}
			s.Vote, s.Cut, s.Note, s.VotedAt = v.Vote, int64(v.Cut), note, b.now()
			return tx.ChangeSpecialSeat(s)
		}
		return fmt.Errorf("专家 %s 不在这次评审里", v.Expert)
	})
}

// Decide counts the votes and closes the application. times > 0 pays the standard so often, 0 by item.
func (b *Book) Decide(ctx context.Context, id string, times pay.Decimal) (*store.SpecialCase, error) {
	var c *store.SpecialCase
	err := b.DB.Update(ctx, func(tx *store.Tx) (err error) {
		if c, err = tx.SpecialCase(id); err != nil {
			return err
		}
		if c.State != StatePanel {
			return &StateError{fmt.Sprintf("%s 不在评审中（现为%s）", id, c.State)}
		}
		seats, err := tx.SpecialSeats(id)
		if err != nil {
			return err
		}
		votes := make([]Ballot, len(seats))
		for i, s := range seats {
			votes[i] = Ballot{s.Expert, s.Vote, pay.Fen(s.Cut)}
		}
		granted, cut, err := Outcome(votes, b.Terms.Panel)
		if err != nil {
			return err
		}
		c.State, c.DecidedAt = StateRefused, b.now()
		if granted {
			c.State, c.Cut, c.Times = StateGranted, int64(cut), int64(times)
		}
		return tx.ChangeSpecialCase(c)
	})
	return c, err
}

// Granted are the outcomes for payment, by stay.
func (b *Book) Granted(ctx context.Context) (map[string]*pay.Special, error) {
	out := map[string]*pay.Special{}
	err := b.DB.View(ctx, func(tx *store.Tx) error {
		all, err := tx.SpecialCases("")
		for i := range all {
			if all[i].State == StateGranted {
				out[all[i].Visit] = &pay.Special{Times: pay.Decimal(all[i].Times), Cut: pay.Fen(all[i].Cut)}
			}
		}
		return err
	})
	return out, err
}

// Stats of a period.
type Stats struct {
	Period   string         `json:"period"`
	Asked    int            `json:"asked"`
	Judged   int            `json:"judged"`
	Granted  int            `json:"granted"`
	Rate     pay.Decimal    `json:"rate"` // granted ÷ judged
	Fund     pay.Fen        `json:"fund"` // item-based fund charge of the granted
	Cut      pay.Fen        `json:"cut"`
	ByState  map[string]int `json:"by_state"`
	ByReason map[string]int `json:"by_reason"`
}

// Stats counts the applications of a period, "" = all.
func (b *Book) Stats(ctx context.Context, period string) (*Stats, error) {
	s := &Stats{Period: period, ByState: map[string]int{}, ByReason: map[string]int{}}
	err := b.DB.View(ctx, func(tx *store.Tx) error {
		all, err := tx.SpecialCases(period)
		for i := range all {
			c := &all[i]
			s.Asked++
			s.ByState[c.State]++
			s.ByReason[c.Reason]++
			switch c.State {
			case StateGranted:
				s.Granted++
				s.Fund += pay.Fen(c.Fund)
				s.Cut += pay.Fen(c.Cut)
				s.Judged++
			case StateRefused:
				s.Judged++
			}
		}
		return err
	})
	s.Rate = pay.Ratio(int64(s.Granted), int64(s.Judged))
	return s, err
}
