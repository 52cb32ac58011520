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

// Kinds of ties to an institution.
var tieKinds = []string{"任职", "离职", "亲属", "其他"}

// NewTie says why somebody may not judge an institution.
type NewTie struct {
	Login string    `json:"login"`
	Inst  string    `json:"fixmedins_code"`
	Kind  string    `json:"kind"`  // 任职, 离职 (with the last day), 亲属, 其他
	Until claim.Day `json:"until"` // of 离职: the last day of employment
	Note  string    `json:"note"`
}

// AddTie records a tie. Anyone records his own; 终审 those of others.
func (d *Desk) AddTie(ctx context.Context, who *auth.Identity, n NewTie) error {
	if !slices.Contains(tieKinds, n.Kind) {
		return badField("kind", "关系 %q 应为：%s", n.Kind, strings.Join(tieKinds, "、"))
	}
	if n.Kind == "离职" && n.Until <= 0 {
		return badField("until", "请写明离职日")
	}
	return d.do(ctx, func(b *batch) error {
		if n.Login != who.Name {
			if err := may(who, auth.Confirm); err != nil {
				return err
			}
		}
		b.log(who, "登记回避关系", n.Login, fmt.Sprintf("%s %s %s %s", n.Inst, n.Kind, n.Until, n.Note))
		return b.tx.AddTie(store.Tie{ID: store.NewID(), Login: n.Login, Inst: n.Inst, Kind: n.Kind, UntilDay: int64(max(n.Until, 0)), Note: n.Note, MadeAt: b.now})
	})
}

// SetTerm says from when to when an expert serves.
func (d *Desk) SetTerm(ctx context.Context, who *auth.Identity, login string, from, until claim.Day) error {
	if from <= 0 || until < from {
		return badField("until", "聘期应有起止，且止不早于起")
	}
	return d.do(ctx, func(b *batch) error {
		if err := may(who, auth.Confirm); err != nil {
			return err
		}
		u, err := b.tx.User(login)
		if err != nil {
			return err
		}
		if x := (&auth.Identity{Roles: u.Roles}); !x.May(auth.PanelReview) {
			return badField("login", "用户 %s 没有合议专家的角色", login)
		}
		b.log(who, "聘任专家", login, fmt.Sprintf("%s 至 %s", from, until))
		return b.tx.SetTerm(store.Term{Login: login, FromDay: int64(from), UntilDay: int64(until), MadeBy: who.Name, MadeAt: b.now, Version: 1})
	})
}
