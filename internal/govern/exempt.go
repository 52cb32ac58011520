package govern

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/store"
)

// RequestExemption asks that a card lets something pass for some days; it holds when another person has confirmed it. An exemption
// must end.
func (r *Rules) RequestExemption(ctx context.Context, who *auth.Identity, x store.Exemption) (*store.Exemption, error) {
	if err := errors.Join(allowed(who, "", auth.EditKnowledge), checkDays(x.From, x.To)); err != nil {
		return nil, err
	}
	switch {
	case x.To == "" || x.From == "":
		return nil, errors.New("豁免要写明起止日期")
	case x.Reason == "":
		return nil, errors.New("请写明理由")
	case x.Inst == "" && x.Dept == "" && x.Item == "" && x.Diags == "":
		return nil, errors.New("豁免要写明机构、科室、项目或诊断中的至少一样；整张卡不执行请停用它")
	}
	if _, err := claim.ParseDiagSet(x.Diags); err != nil {
		return nil, err
	}
	x.ID, x.State, x.Author, x.Approver, x.MadeAt, x.DecidedAt = store.NewID(), string(Submitted), who.Name, "", store.Micros(time.Now()), 0
	x.Version = 1
	return &x, r.do(ctx, func(tx *store.Tx) ([]auth.Event, error) {
		l, err := readLedger(tx)
		if err != nil {
			return nil, err
		}
		b, err := l.compose(r.Library, nil)
		if err != nil {
			return nil, err
		}
		if b.Library.Card(x.Rule) == nil {
			return nil, fmt.Errorf("现行规则里没有 %q", x.Rule)
		}
		if err := tx.AddExemption(&x); err != nil {
			return nil, err
		}
		return decided(tx, who, "豁免", x.ID, x.Rule, "", x.State, fmt.Sprintf("机构 %s 科室 %s 项目 %s 诊断 %s；%s 至 %s；%s", x.Inst, x.Dept, x.Item, x.Diags, x.From, x.To, x.Reason))
	})
}

// ConfirmExemption grants an exemption; whoever asked for it cannot.
func (r *Rules) ConfirmExemption(ctx context.Context, who *auth.Identity, id string) (*store.Exemption, error) {
	return r.decideExemption(ctx, who, id, "", func(x *store.Exemption) (State, error) {
		if State(x.State) != Submitted {
			return "", refusef(ErrState, "豁免 %s 已是“%s”", id, x.State)
		}
		if x.Author == who.Name {
			return "", ErrSamePerson
		}
		x.Approver = who.Name
		return Live, nil
	})
}

// EndExemption ends an exemption from a day on; "" voids it from the beginning.
func (r *Rules) EndExemption(ctx context.Context, who *auth.Identity, id, from, why string) (*store.Exemption, error) {
	if err := checkDay(from); err != nil {
		return nil, err
	}
	if why == "" {
		return nil, errors.New("请写明理由")
	}
	return r.decideExemption(ctx, who, id, why, func(x *store.Exemption) (State, error) {
		switch {
		case State(x.State) == Dropped:
			return "", refusef(ErrState, "豁免 %s 已是“%s”", id, x.State)
		case from == "" || from <= x.From || State(x.State) == Submitted:
			return Dropped, nil
		case from > x.To:
			return "", fmt.Errorf("豁免 %s 到 %s 就已终止", id, x.To)
		}
		x.To = dayBefore(from)
		return Live, nil
	})
}

func (r *Rules) decideExemption(ctx context.Context, who *auth.Identity, id, why string, change func(*store.Exemption) (State, error)) (x *store.Exemption, err error) {
	err = r.do(ctx, func(tx *store.Tx) ([]auth.Event, error) {
		if x, err = tx.Exemption(id); err != nil {
			return nil, err
		}
		if err := r.seen(x.Version); err != nil {
			return nil, err
		}
		from := State(x.State)
		if err := allowed(who, "", auth.ApproveRules); err != nil {
			return nil, err
		}
		to, err := change(x)
		if err != nil {
			return nil, err
		}
		x.State, x.DecidedAt = string(to), store.Micros(time.Now())
		if err := tx.ChangeExemption(x); err != nil {
			return nil, err
		}
		x.Version++
		return decided(tx, who, "豁免", id, x.Rule, from, x.State, why)
	})
	return x, err
}

// Exemptions lists the exemptions of a card, all when "".
func (r *Rules) Exemptions(ctx context.Context, card string) (out []store.Exemption, err error) {
	err = r.DB.View(ctx, func(tx *store.Tx) (err error) { out, err = tx.Exemptions(); return err })
	return slices.DeleteFunc(out, func(x store.Exemption) bool { return card != "" && x.Rule != card }), err
}

// Standing says in a word how an exemption stands on a day: 待批, 未到, 生效, 到期, 作废.
func Standing(x *store.Exemption, day string) string {
	switch {
	case State(x.State) != Live:
		return x.State
	case day < x.From:
		return "未到"
	case day > x.To:
		return "到期"
	}
	return string(Live)
}
