package review

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/store"
)

// Kinds of ties to an institution.
const tieWorks, tieLeft = "任职", "离职"

var tieKinds = []string{tieWorks, tieLeft, "亲属", "其他"}

// judges are the permissions of those who judge findings: they have ties to record.
var judges = []auth.Permission{auth.PanelReview, auth.Confirm, auth.FirstReview, auth.SecondReview, auth.Inspect}

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
	if n.Kind == tieLeft && n.Until <= 0 {
		return badField("until", "请写明离职日")
	}
	return d.do(ctx, func(b *batch) error {
		if err := may(who, judges...); err != nil {
			return err
		}
		if n.Login != who.Name {
			if err := may(who, auth.Confirm); err != nil {
				return err
			}
		}
		if _, err := b.tx.User(n.Login); errors.Is(err, store.ErrNotFound) {
			return badField("login", "没有用户 %s", n.Login)
		} else if err != nil {
			return err
		}
		i, err := b.tx.ReviewInst(n.Inst)
		if errors.Is(err, store.ErrNotFound) || (err == nil && n.Login != who.Name && !who.Scope.Sees(i.Admdvs, i.Code)) {
			return badField("fixmedins_code", "没有机构 %s", n.Inst)
		}
		if err != nil {
			return err
		}
		until := int64(0)
		if n.Kind == tieLeft {
			if until = int64(n.Until); n.Until > b.today {
				return badField("until", "离职日 %s 在将来：离职以前登记为任职", n.Until)
			}
		}
		b.log(who, "登记回避关系", n.Login, strings.TrimSpace(strings.Join([]string{n.Inst, n.Kind, dayOrNone(until), n.Note}, " ")))
		return b.tx.AddTie(store.Tie{ID: store.NewID(), Login: n.Login, Inst: n.Inst, Kind: n.Kind, UntilDay: until, Note: n.Note, MadeAt: b.now, MadeBy: who.Name, Version: 1})
	})
}

func dayOrNone(d int64) string {
	if d <= 0 {
		return ""
	}
	return claim.Day(d).String()
}

// TieView is a tie with what people call those it ties.
type TieView struct {
	store.Tie
	Name     string // of the person
	InstName string
	Lapses   claim.Day // of 离职: the last day on which it keeps him away; 0 = others
}

// Judges lists who judges findings within somebody's scope, for recording their ties.
func (d *Desk) Judges(ctx context.Context, who *auth.Identity) (out []store.User, err error) {
	if err := may(who, auth.Confirm); err != nil {
		return nil, err
	}
	err = d.DB.View(ctx, func(tx *store.Tx) (err error) { out, err = tx.UsersOf(""); return err })
	return slices.DeleteFunc(out, func(u store.User) bool {
		x := &auth.Identity{Name: u.Login, Roles: u.Roles}
		return u.Disabled || !slices.ContainsFunc(judges, x.May) || (u.Admdvs != "" && !strings.HasPrefix(u.Admdvs, who.Scope.Admdvs) && !strings.HasPrefix(who.Scope.Admdvs, u.Admdvs))
	}), told(err)
}

// Ties lists ties, newest first: everybody reads his own, 终审 those to institutions in his scope. login and inst "" = all; ended ones too or not.
func (d *Desk) Ties(ctx context.Context, who *auth.Identity, login, inst string, ended bool, p store.Page) (out []TieView, err error) {
	if err := may(who, judges...); err != nil {
		return nil, err
	}
	scope := store.Scope(who.Scope)
	if !who.May(auth.Confirm) {
		login, scope = who.Name, store.Scope{}
	}
	err = d.DB.View(ctx, func(tx *store.Tx) error {
		out = nil
		b := &batch{d: d, tx: tx, today: d.Today()}
		if b.params, err = tx.Params(""); err != nil {
			return err
		}
		ts, err := tx.TiesIn(scope, login, inst, ended, p)
		if err != nil {
			return err
		}
		codes := make([]string, len(ts))
		for i := range ts {
			codes[i] = ts[i].Inst
		}
		names, err := tx.NamesOf(codes)
		if err != nil {
			return err
		}
		all, err := tx.People()
		if err != nil {
			return err
		}
		people := map[string]string{}
		for _, p := range all {
			people[p.Login] = p.Name
		}
		for _, t := range ts {
			v := TieView{Tie: t, Name: people[t.Login], InstName: names[t.Inst]}
			if t.Kind == tieLeft {
				area := ""
				if i, err := tx.ReviewInst(t.Inst); err == nil {
					area = i.Admdvs
				}
				v.Lapses = monthsLater(claim.Day(t.UntilDay), int(b.param("回避月数", area)))
			}
			out = append(out, v)
		}
		return nil
	})
	return out, told(err)
}

// EndTieInput ends a tie of the version seen.
type EndTieInput struct {
	ID      string
	Version int64
	Left    claim.Day // of 任职: the last day of employment
	Reason  string
}

// EndTie ends a tie. Employment that ends becomes 离职 from its last day on and keeps him away for the area's months; that its owner may say
// himself. Everything else is ended by 终审, never by the one it ties: he would let himself in.
func (d *Desk) EndTie(ctx context.Context, who *auth.Identity, in EndTieInput) error {
	return d.do(ctx, func(b *batch) error {
		if err := may(who, judges...); err != nil {
			return err
		}
		t, err := b.tx.Tie(in.ID)
		if err == nil && t.Login != who.Name {
			i, more := b.tx.ReviewInst(t.Inst)
			if more != nil || !who.May(auth.Confirm) || !who.Scope.Sees(i.Admdvs, i.Code) {
				err = store.ErrNotFound
			}
		}
		if errors.Is(err, store.ErrNotFound) {
			return refuse(CodeNotFound, "回避关系 %s 不存在", in.ID)
		}
		if err != nil {
			return err
		}
		switch {
		case t.Version != in.Version:
			return refuse(CodeVersion, "这条回避关系刚被别人改过，请刷新后再办")
		case t.EndedAt != 0:
			return refuse(CodeState, "这条回避关系已由 %s 结束", t.EndedBy)
		case t.Kind == tieWorks && (in.Left <= 0 || in.Left > b.today):
			return badField("until", "任职结束要写明离职日，且不在将来")
		case t.Kind != tieWorks && t.Login == who.Name:
			return refuse(CodeSelf, "本人的“%s”关系要由终审结束，不能自己结束", t.Kind)
		case t.Kind != tieWorks && len([]rune(strings.TrimSpace(in.Reason))) < 2:
			return &Error{CodeReason, "请写明为什么结束", "reason"}
		}
		t.EndedBy, t.EndedAt, t.EndReason = who.Name, b.now, strings.TrimSpace(in.Reason)
		if t.Kind == tieWorks {
			left := store.Tie{ID: store.NewID(), Login: t.Login, Inst: t.Inst, Kind: tieLeft, UntilDay: int64(in.Left), Note: t.Note, MadeAt: b.now, MadeBy: who.Name, Version: 1}
			if t.EndReason == "" {
				t.EndReason = tieLeft
			}
			if err := b.tx.AddTie(left); err != nil {
				return err
			}
		}
		b.log(who, "结束回避关系", t.Login, strings.TrimSpace(strings.Join([]string{t.Inst, t.Kind, dayOrNone(int64(in.Left)), t.EndReason}, " ")))
		return b.tx.ChangeTie(t)
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
