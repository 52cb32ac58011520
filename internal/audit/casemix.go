package audit

import (
	"fmt"
	"maps"
	"slices"

	"github.com/mingjian/mingjian/internal/casemix/mix"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/rule"
)

// Case groups. CASEMIX cards read what the scheme and the parameters of the area say of settled stays. Like the day book it is
// made of the snapshot before any person is judged, and needs no checkpoint. Stays of the twelve months before bear on a
// month's figures; factsID hashes them.

// options are the installation's rules with what stays are grouped by, so that another scheme, tariff or panel's decision makes
// the months due.
func (a *Auditor) options() rule.Options {
	o := a.Rules
	if a.Groups == nil {
		return o
	}
	o.CaseGroups = a.Groups.ID
	for _, id := range slices.Sorted(maps.Keys(a.Granted)) {
		o.CaseGroups += fmt.Sprint(" ", id, *a.Granted[id])
	}
	return o
}

// openMix makes the book of case groups of the months from … to and attaches it.
func (a *Auditor) openMix(e *engine, from, to claim.Month) error {
	if a.Groups == nil || !e.bound.MixCards(e.judged) {
		return nil
	}
	book, err := mix.Make(e.snap, a.Groups, from, to, a.Granted)
	if err != nil {
		return fmt.Errorf("病组：%w", err)
	}
	e.bound.SetMix(book)
	return nil
}
