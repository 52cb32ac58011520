package review

import (
	"errors"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/store"
)

// This file is the one place that says whose cases a person may see. What is not for him does not exist: the answer is the same as
// for an id that was never given out.

// hidden is that answer.
func hidden(id string) error { return refuse(CodeNotFound, "疑点 %s 不存在", id) }

// sees tells whether a case is for somebody.
func (b *batch) sees(who *auth.Identity, c *store.Case) error {
	if who == machineID {
		return nil
	}
	ok, err := visible(b.tx, who, c, b.today)
	if err == nil && !ok {
		err = hidden(c.Finding)
	}
	return err
}

// visible: within both scopes; for an institution only what was sent to it; inside a hospital, for those who do not answer for it, only
// what was relayed to them; for an expert only what is before a panel of his, in his term.
func visible(tx *store.Tx, who *auth.Identity, c *store.Case, today claim.Day) (bool, error) {
	if !who.May(auth.ReadFindings) || !who.Scope.Sees(c.Admdvs, c.Inst) {
		return false, nil
	}
	if who.Outside() {
		if c.SentDay == 0 || who.Scope.Inst == "" {
			return false, nil
		}
		if who.May(auth.Appeal) {
			return true, nil
		}
		rs, err := tx.Relays(c.Finding)
		return slices.ContainsFunc(rs, func(r store.Relay) bool { return r.Login == who.Name }), err
	}
	if !expertOnly(who) {
		return true, nil
	}
	if in, err := inTerm(tx, who.Name, today); err != nil || !in || c.Panel == "" {
		return false, err
	}
	_, ms, err := tx.Panel(c.Panel)
	return slices.ContainsFunc(ms, func(m store.Member) bool { return m.Login == who.Name && m.Recused == "" }), err
}

// expertOnly: sits on panels and has no other business here.
func expertOnly(who *auth.Identity) bool {
	return who.May(auth.PanelReview) && !slices.ContainsFunc([]auth.Permission{auth.FirstReview, auth.SecondReview, auth.Confirm, auth.Dispatch, auth.Execute, auth.Inspect,
		auth.ReadBoards}, who.May)
}

func inTerm(tx *store.Tx, login string, today claim.Day) (bool, error) {
	t, err := tx.Term(login)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil && t.FromDay <= int64(today) && int64(today) <= t.UntilDay, err
}

// may refuses what somebody's roles do not allow.
func may(who *auth.Identity, p ...auth.Permission) error {
	if who == machineID || slices.ContainsFunc(p, who.May) {
		return nil
	}
	return refuse(CodePermission, "用户 %s 没有“%s”权限", who.Name, p[0])
}

// mayArea: a permission, over a whole division.
func (b *batch) mayArea(who *auth.Identity, p auth.Permission, area string) error {
	if err := may(who, p); err != nil {
		return err
	}
	if !strings.HasPrefix(area, who.Scope.Admdvs) || who.Scope.Inst != "" {
		return refuse(CodePermission, "用户 %s 只管区划 %s", who.Name, who.Scope.Admdvs)
	}
	return nil
}

// mayInst: a permission, over an institution. One outside the scope does not exist.
func (b *batch) mayInst(who *auth.Identity, inst string, p ...auth.Permission) (*store.ReviewInst, error) {
	if err := may(who, p...); err != nil {
		return nil, err
	}
	i, err := b.tx.ReviewInst(inst)
	if errors.Is(err, store.ErrNotFound) || (err == nil && who != machineID && !who.Scope.Sees(i.Admdvs, i.Code)) {
		return nil, refuse(CodeNotFound, "机构 %s 不存在；先用 review inst 登记机构", inst)
	}
	return i, err
}
