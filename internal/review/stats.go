package review

import (
	"context"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/store"
)

// Dismissal tells how often somebody dismisses at first review, and how often others thought otherwise.
type Dismissal struct {
	Who       string `json:"login"`
	Reviewed  int    `json:"reviewed"` // kept or dismissed
	Dismissed int    `json:"dismissed"`
	Permille  int    `json:"permille"` // of those reviewed
	Second    int    `json:"second_refused"`
	Reread    int    `json:"reread"` // read again by a third
	Refused   int    `json:"reread_refused"`
}

// Dismissals lists dismissal rates by person between two days, for who watches the reviewers.
func (d *Desk) Dismissals(ctx context.Context, who *auth.Identity, from, to claim.Day) ([]Dismissal, error) {
	if err := may(who, auth.ReadDismissals, auth.Confirm); err != nil {
		return nil, err
	}
	var steps []store.Step
	err := d.DB.View(ctx, func(tx *store.Tx) (err error) {
		steps, err = tx.StepsOf([]string{"keep", "dismiss", "dismiss_refuse", "reread_agree", "reread_refuse"}, int64(from), int64(to))
		return err
	})
	if err != nil {
		return nil, told(err)
	}
	by := map[string]*Dismissal{}
	at := func(name string) *Dismissal {
		if by[name] == nil {
			by[name] = &Dismissal{Who: name}
		}
		return by[name]
	}
	last := map[string]string{} // who dismissed it; steps come by event, dismissals before what others said of them
	for _, s := range steps {
		switch s.Event {
		case "keep":
			at(s.Actor).Reviewed++
		case "dismiss":
			at(s.Actor).Reviewed++
			at(s.Actor).Dismissed++
			last[s.Finding] = s.Actor
		case "dismiss_refuse":
			at(last[s.Finding]).Second++
		case "reread_agree":
			at(last[s.Finding]).Reread++
		case "reread_refuse":
			at(last[s.Finding]).Reread++
			at(last[s.Finding]).Refused++
		}
	}
	var out []Dismissal
	for _, x := range by {
		if x.Who == "" { // dismissed before the first day
			x.Who = "（期前）"
		}
		if x.Reviewed > 0 {
			x.Permille = x.Dismissed * 1000 / x.Reviewed
		}
		out = append(out, *x)
	}
	slices.SortFunc(out, func(a, b Dismissal) int { return strings.Compare(a.Who, b.Who) })
	return out, nil
}

// Account is what lies on an account of an institution.
type Account struct {
	Inst    string `json:"fixmedins_code"`
	Book    string `json:"book"`
	Account string `json:"account"`
	Amount  int64  `json:"amount_fen"`
}

// Accounts lists what lies on the accounts, by institution; of a month only what moved in it.
func (d *Desk) Accounts(ctx context.Context, who *auth.Identity, month string) ([]Account, error) {
	if err := may(who, auth.Execute, auth.Confirm, auth.ReadBoards, auth.Appeal); err != nil {
		return nil, err
	}
	type key struct{ inst, book, acct string }
	sums := map[key]int64{}
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		areas, err := tx.Divisions()
		if err != nil {
			return err
		}
		ps, err := tx.PostSums(month)
		for _, p := range ps {
			if who.Scope.Sees(areas[p.Inst], p.Inst) {
				sums[key{p.Inst, p.Book, p.From}] -= p.Amount
				sums[key{p.Inst, p.Book, p.To}] += p.Amount
			}
		}
		return err
	})
	out := []Account{}
	for k, n := range sums {
		if k.acct != "来源" && n != 0 {
			out = append(out, Account{k.inst, k.book, k.acct, n})
		}
	}
	slices.SortFunc(out, func(a, b Account) int {
		return strings.Compare(a.Inst+"\x1f"+a.Book+"\x1f"+a.Account, b.Inst+"\x1f"+b.Book+"\x1f"+b.Account)
	})
	return out, told(err)
}
