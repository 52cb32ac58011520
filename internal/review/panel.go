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

// States of a panel.
const (
	panelSits    = "评议中"
	panelDecided = "已结论"
)

// ConveneInput makes a panel for cases of one rule that were referred.
type ConveneInput struct {
	Cases   []Ref    `json:"cases"`
	Members []string `json:"members"` // odd, at least the area's number
	Chair   string   `json:"chair"`   // one of them
}

// Convene makes a panel. Nobody sits on it who has dealt with a case of it, or is tied to its institution.
func (d *Desk) Convene(ctx context.Context, who *auth.Identity, in ConveneInput) (p *store.Panel, err error) {
	err = d.do(ctx, func(b *batch) error {
		if err := may(who, auth.SecondReview, auth.Confirm); err != nil {
			return err
		}
		if len(in.Cases) == 0 {
			return badField("cases", "请选择要合议的疑点")
		}
		p = &store.Panel{ID: store.NewID(), State: panelSits, Chair: in.Chair, ConvenedBy: who.Name, ConvenedAt: b.now, Version: 1}
		for _, ref := range in.Cases {
			w, err := b.load(ref.ID)
			if err != nil {
				return err
			}
			if err := b.sees(who, w.c); err != nil {
				return err
			}
			switch {
			case w.c.Version != ref.Version:
				return refuse(CodeVersion, "疑点 %s 刚被别人改过，请刷新后再办", ref.ID)
			case w.c.State != Panelled || w.c.Panel != "":
				return refuse(CodeState, "疑点 %s 现为“%s”，或已交给合议组", ref.ID, w.c.State)
			case p.Rule != "" && p.Rule != w.c.Rule:
				return refuse(CodePanel, "一次合议只办同一条规则的疑点：%s 与 %s", p.Rule, w.c.Rule)
			}
			p.Rule = w.c.Rule
			if err := b.tied(who.Name, w.c, CodeSelf); err != nil { // who chooses the panel has a hand in it
				return err
			}
			if err := b.panelFits(in, w.c); err != nil {
				return err
			}
			w.c.Panel = p.ID
			if err := b.tx.ChangeCase(w.c); err != nil {
				return err
			}
		}
		var ms []store.Member
		for _, m := range in.Members {
			ms = append(ms, store.Member{Panel: p.ID, Login: m, At: b.now})
		}
		b.log(who, "召集合议", p.ID, fmt.Sprintf("%d 条疑点；成员 %s；组长 %s", len(in.Cases), strings.Join(in.Members, "、"), in.Chair))
		return b.tx.AddPanel(*p, ms)
	})
	return p, err
}

// panelFits checks the members of a panel for a case.
func (b *batch) panelFits(in ConveneInput, c *store.Case) error {
	least := int(b.param("合议人数", c.Admdvs))
	if n := len(in.Members); n < least || n%2 == 0 {
		return refuse(CodePanel, "合议组 %d 人：应为单数，至少 %d 人", n, least)
	}
	if !slices.Contains(in.Members, in.Chair) {
		return refuse(CodePanel, "组长 %q 应是合议组成员", in.Chair)
	}
	for i, m := range in.Members {
		if slices.Contains(in.Members[:i], m) {
			return refuse(CodePanel, "成员 %s 写了两次", m)
		}
		if err := b.memberFits(m, c); err != nil {
			return err
		}
	}
	return nil
}

// memberFits: an expert in his term, with no part in the case and no tie to its institution.
func (b *batch) memberFits(login string, c *store.Case) error {
	u, err := b.tx.User(login)
	if errors.Is(err, store.ErrNotFound) {
		return refuse(CodePanel, "没有用户 %s", login)
	}
	if err != nil {
		return err
	}
	x := &auth.Identity{Name: u.Login, Roles: u.Roles}
	if u.Disabled || !x.May(auth.PanelReview) {
		return refuse(CodePanel, "用户 %s 不是合议专家，或已停用", login)
	}
	if in, err := inTerm(b.tx, login, b.today); err != nil || !in {
		return errors.Join(err, refuse(CodePanel, "专家 %s 不在聘期内", login))
	}
	if slices.Contains([]string{c.FirstBy, c.SecondBy, c.DismissBy, c.Dismiss2By}, login) {
		return refuse(CodeSelf, "专家 %s 办理过疑点 %s，应当回避", login, c.Finding)
	}
	return b.tied(login, c, CodePanel)
}

// tied refuses whoever works at the institution of a case, left it not long ago, has kin there, or gave another reason.
func (b *batch) tied(login string, c *store.Case, code Code) error {
	ts, err := b.tx.Ties(login)
	if err != nil {
		return err
	}
	for _, t := range ts {
		if t.Inst != c.Inst {
			continue
		}
		if t.Kind == tieLeft && monthsLater(claim.Day(t.UntilDay), int(b.param("回避月数", c.Admdvs))) < b.today {
			continue
		}
		who, inst := login, c.Inst
		if u, err := b.tx.User(login); err == nil && u.Name != "" {
			who = u.Name
		}
		if i, err := b.tx.ReviewInst(c.Inst); err == nil && i.Name != "" {
			inst = i.Name
		}
		return refuse(code, "%s 与 %s 有“%s”关系，应当回避，请由另一个人办理", who, inst, t.Kind)
	}
	return nil
}

// monthsLater is the same day some months on, or the last of that month.
func monthsLater(d claim.Day, n int) claim.Day {
	m := d.Month() + claim.Month(n)
	_, _, day := d.Civil()
	return min(m.First()+claim.Day(day)-1, m.Last())
}

// Recuse takes a member off a panel, by himself or by who convened it; somebody may take his place.
func (d *Desk) Recuse(ctx context.Context, who *auth.Identity, panel, login, reason, instead string) error {
	return d.do(ctx, func(b *batch) error {
		p, ms, err := b.tx.Panel(panel)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(ms, func(m store.Member) bool { return m.Login == login && m.Recused == "" })
		switch {
		case who.Name != login && who.Name != p.ConvenedBy:
			return refuse(CodePermission, "回避由本人或召集人 %s 办理", p.ConvenedBy)
		case i < 0:
			return refuse(CodePanel, "%s 不在合议组 %s", login, panel)
		case p.State != panelSits:
			return refuse(CodeState, "合议 %s 现为“%s”", panel, p.State)
		case strings.TrimSpace(reason) == "":
			return &Error{CodeReason, "请写明回避的理由", "reason"}
		}
		ms[i].Recused = reason
		if err := errors.Join(b.tx.SetMember(ms[i]), b.tx.DropVotes(panel, login)); err != nil {
			return err
		}
		if instead != "" {
			if slices.ContainsFunc(ms, func(m store.Member) bool { return m.Login == instead }) {
				return refuse(CodePanel, "%s 已在合议组，或已回避", instead)
			}
			cs, err := b.tx.CasesOfPanel(panel)
			if err != nil {
				return err
			}
			for k := range cs {
				if err := b.memberFits(instead, &cs[k]); err != nil {
					return err
				}
			}
			if err := b.tx.SetMember(store.Member{Panel: panel, Login: instead, At: b.now}); err != nil {
				return err
			}
		}
		if p.Chair == login {
			if p.Chair = instead; instead == "" {
				return refuse(CodePanel, "组长 %s 回避时要有人接替", login)
			}
		}
		b.log(who, "合议回避", panel, fmt.Sprintf("%s：%s；接替 %s", login, reason, instead))
		return b.tx.ChangePanel(p)
	})
}

// Ballot is a member's vote on a case.
type Ballot struct {
	Panel   string `json:"panel_id"`
	ID      string `json:"finding_id"`
	Vote    string `json:"vote"`       // 违规, 不违规, 部分违规
	Upheld  int64  `json:"upheld_fen"` // of 部分违规: what the member would uphold altogether
	Opinion string `json:"opinion"`
}

// Vote casts a vote, once; the others' votes are not seen before the panel has decided.
func (d *Desk) Vote(ctx context.Context, who *auth.Identity, in Ballot) error {
	return d.do(ctx, func(b *batch) error {
		w, err := b.load(in.ID)
		if err != nil {
			return err
		}
		if err := may(who, auth.PanelReview); err != nil {
			return err
		}
		p, ms, err := b.tx.Panel(w.c.Panel)
		if err != nil || w.c.Panel != in.Panel || !slices.ContainsFunc(ms, func(m store.Member) bool { return m.Login == who.Name && m.Recused == "" }) {
			return hidden(in.ID)
		}
		if err := b.sees(who, w.c); err != nil {
			return err
		}
		switch {
		case p.State != panelSits || w.c.State != Panelled:
			return refuse(CodeState, "疑点 %s 的合议已经结束", in.ID)
		case !slices.Contains([]string{VerdictWrong, VerdictFine, VerdictPartly}, in.Vote):
			return badField("vote", "表决应为 违规、不违规 或 部分违规，写的是 %q", in.Vote)
		case len([]rune(strings.TrimSpace(in.Opinion))) < 2:
			return &Error{CodeReason, "请写明意见", "opinion"}
		case in.Vote == VerdictPartly && (in.Upheld <= 0 || in.Upheld >= w.c.Claim):
			return badField("upheld_fen", "部分违规要写认定金额，大于零、小于 %s 元", claim.Money(w.c.Claim))
		}
		// Who sits on the panel may have become tied since it was convened.
		if err := b.tied(who.Name, w.c, CodePanel); err != nil {
			return err
		}
		b.log(who, "合议表决", in.ID, in.Panel)
		err = b.tx.AddVote(store.Vote{Panel: in.Panel, Finding: in.ID, Login: who.Name, Vote: in.Vote, Upheld: in.Upheld, Opinion: in.Opinion, At: b.now})
		if errors.Is(err, store.ErrExists) {
			return refuse(CodeOnce, "%s 已对疑点 %s 表决", who.Name, in.ID)
		}
		return err
	})
}

// panelComplete: every member who does not stand aside has voted, they are odd in number and enough.
func panelComplete(t *turn) error {
	if t.c.Panel == "" {
		return refuse(CodePanel, "疑点 %s 还没有召集合议", t.c.Finding)
	}
	_, ms, err := t.tx.Panel(t.c.Panel)
	if err != nil {
		return err
	}
	sit := 0
	for _, m := range ms {
		if m.Recused == "" {
			sit++
		}
	}
	least := int(t.params.value("合议人数", t.c.Admdvs, t.today))
	vs, err := t.votes()
	switch {
	case err != nil:
		return err
	case sit < least || sit%2 == 0:
		return refuse(CodePanel, "合议组现有 %d 人：应为单数，至少 %d 人，请补足", sit, least)
	case len(vs) < sit:
		return refuse(CodePanel, "合议组 %d 人，已表决 %d 人，请等齐", sit, len(vs))
	}
	return nil
}

func (t *turn) votes() ([]store.Vote, error) {
	vs, err := t.tx.Votes(t.c.Panel)
	return slices.DeleteFunc(vs, func(v store.Vote) bool { return v.Finding != t.c.Finding }), err
}

// ConcludeInput writes down what a panel decided on a case.
type ConcludeInput struct {
	Ref
	Say
	Minutes string         `json:"minutes"`
	Lines   []LineDecision `json:"lines"` // of 部分违规: how the upheld sum lies on the lines
}

// Conclude writes down a panel's decision: the majority's, never the writer's. 部分违规 needs lines that sum to no more than the middle
// one of what the members would uphold.
func (d *Desk) Conclude(ctx context.Context, who *auth.Identity, in ConcludeInput) (*store.Case, error) {
	return d.act(ctx, who, "conclude", in.Ref, in.Say, func(t *turn) error {
		if len([]rune(strings.TrimSpace(in.Minutes))) < 4 {
			return badField("minutes", "请写合议纪要")
		}
		vs, err := t.votes()
		if err != nil {
			return err
		}
		most := median(vs, t.c.Claim)
		minority := 0
		for _, v := range vs {
			if (v.Vote == VerdictFine) != (most == 0) {
				minority++
			}
		}
		t.detail["纪要"], t.detail["票数"], t.detail["少数意见"] = in.Minutes, len(vs), minority
		if err := t.panelDone(in.Minutes); err != nil {
			return err
		}
		if most == 0 {
			if t.say.Reason == "" {
				t.say.Reason = "其他"
			}
			return t.overturned()
		}
		t.to = Told
		if err := t.stand(in.Lines, "合议"); err != nil {
			return err
		}
		var upheld int64
		for i := range t.lines {
			upheld += t.lines[i].Upheld
		}
		if upheld > most {
			return refuse(CodePanel, "多数意见认定不超过 %s 元，写的是 %s 元", claim.Money(most), claim.Money(upheld))
		}
		return nil
	})
}

// median is what a majority upholds at least: the middle one of what the members would uphold.
func median(vs []store.Vote, whole int64) int64 {
	var xs []int64
	for _, v := range vs {
		switch v.Vote {
		case VerdictWrong:
			xs = append(xs, whole)
		case VerdictPartly:
			xs = append(xs, v.Upheld)
		default:
			xs = append(xs, 0)
		}
	}
	slices.Sort(xs)
	return xs[len(xs)/2]
}

// panelDone closes the panel when this was its last case.
func (t *turn) panelDone(minutes string) error {
	p, _, err := t.tx.Panel(t.c.Panel)
	if err != nil {
		return err
	}
	cs, err := t.tx.CasesOfPanel(p.ID)
	if err != nil {
		return err
	}
	if p.Minutes != "" {
		p.Minutes += "\n"
	}
	p.Minutes += t.c.Finding + "：" + minutes
	if !slices.ContainsFunc(cs, func(c store.Case) bool { return c.State == Panelled && c.Finding != t.c.Finding }) {
		p.State, p.DecidedAt = panelDecided, t.now
	}
	return t.tx.ChangePanel(p)
}
