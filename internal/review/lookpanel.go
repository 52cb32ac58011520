package review

import (
	"context"
	"slices"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/store"
)

// This file is what screens look up about panels.

// PanelRow is a panel in a list, with what lies before it.
type PanelRow struct {
	store.Panel
	RuleName string
	Cases    int
	Open     int   // not decided yet
	ToVote   int   // of these, without the vote of the expert who asks
	DueDay   int64 // what runs out first; 0 = nothing
}

// PanelsPage lists panels, newest first: for an expert those he sits on, for the bureau those with cases in the scope.
func (d *Desk) PanelsPage(ctx context.Context, who *auth.Identity, state, rule string, p store.Page) (out []PanelRow, err error) {
	if err := may(who, auth.ReadFindings); err != nil {
		return nil, err
	}
	if who.Outside() {
		return nil, refuse(CodePermission, "合议由医保部门办理")
	}
	login := ""
	if expertOnly(who) {
		login = who.Name
	}
	err = d.DB.View(ctx, func(tx *store.Tx) (err error) {
		if login != "" {
			if in, err := inTerm(tx, login, d.Today()); err != nil || !in {
				return err
			}
		}
		out = nil
		ps, err := tx.PanelsIn(store.Scope(who.Scope), state, rule, login, p)
		for i := range ps {
			row, more := panelRow(tx, who, ps[i], login)
			if more != nil {
				return more
			}
			out = append(out, *row)
		}
		return err
	})
	return out, told(err)
}

// panelRow counts what a panel has before it.
func panelRow(tx *store.Tx, who *auth.Identity, p store.Panel, login string) (*PanelRow, error) {
	row := &PanelRow{Panel: p}
	cs, err := tx.CasesOfPanel(p.ID)
	if err != nil {
		return nil, err
	}
	vs, err := tx.Votes(p.ID)
	if err != nil {
		return nil, err
	}
	for i := range cs {
		if !who.Scope.Sees(cs[i].Admdvs, cs[i].Inst) {
			continue
		}
		row.Cases++
		if cs[i].State != Panelled {
			continue
		}
		row.Open++
		mine := slices.ContainsFunc(vs, func(v store.Vote) bool { return v.Finding == cs[i].Finding && v.Login == login })
		if login != "" && !mine {
			row.ToVote++
		}
		if cs[i].DueDay > 0 && (row.DueDay == 0 || cs[i].DueDay < row.DueDay) {
			row.DueDay = cs[i].DueDay
		}
	}
	if len(cs) > 0 {
		at, err := tx.ItemsOf([]string{cs[0].Finding})
		if err != nil {
			return nil, err
		}
		row.RuleName = at[cs[0].Finding].RuleName
	}
	return row, nil
}

// PanelWhole is a panel with its cases. Votes on a case are left out until it is decided, but for one's own.
type PanelWhole struct {
	Panel   store.Panel
	Members []store.Member
	Cases   []store.Case
	Votes   []store.Vote
	Voted   map[string]int // how many have voted, by case
	Items   map[string]store.FindingItem
	Names   map[string]string // of institutions, by code
}

// OpenPanel opens a panel for somebody.
func (d *Desk) OpenPanel(ctx context.Context, who *auth.Identity, id string) (*PanelWhole, error) {
	out := &PanelWhole{}
	gone := refuse(CodeNotFound, "合议 %s 不存在", id)
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		*out = PanelWhole{Voted: map[string]int{}}
		p, ms, err := tx.Panel(id)
		if err != nil {
			return gone
		}
		cs, err := tx.CasesOfPanel(id)
		if err != nil {
			return err
		}
		state := map[string]string{}
		for i := range cs {
			ok, err := visible(tx, who, &cs[i], d.Today())
			if err != nil {
				return err
			}
			if ok && !who.Outside() {
				out.Cases = append(out.Cases, cs[i])
				state[cs[i].Finding] = cs[i].State
			}
		}
		if len(out.Cases) == 0 {
			return gone
		}
		out.Panel, out.Members = *p, ms
		if out.Items, err = itemsByID(tx, len(out.Cases), func(i int) string { return out.Cases[i].Finding }); err != nil {
			return err
		}
		codes := make([]string, len(out.Cases))
		for i := range codes {
			codes[i] = out.Cases[i].Inst
		}
		if out.Names, err = tx.NamesOf(codes); err != nil {
			return err
		}
		vs, err := tx.Votes(id)
		for _, v := range vs {
			out.Voted[v.Finding]++
			if s, ok := state[v.Finding]; ok && (s != Panelled || v.Login == who.Name) {
				out.Votes = append(out.Votes, v)
			}
		}
		return err
	})
	if err != nil {
		return nil, told(err)
	}
	return out, nil
}
