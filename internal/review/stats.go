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
