package effect

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/online/remind"
	"github.com/mingjian/mingjian/internal/store"
)

// episode is a store.Episode with what it takes to end it.
type episode struct {
	store.Episode
	orders []remind.SaidOrder // as first reminded of; in-patients: of each day
	days   map[claim.Day]bool // in-patients: the days of those orders
	call   map[string]claim.Qty
	diags  []string // of the first call
	first  claim.Day
	vola   int64 // of the first reminder
	fund   int64
	area   string
	rule   map[string]bool // ids of the orders named as violating
}

func episodeID(mdtrt, rule, subject string) string {
	h := sha256.Sum256([]byte(mdtrt + "\x1f" + rule + "\x1f" + subject))
	return hex.EncodeToString(h[:12])
}

// gather makes the episodes of one visit from what it was reminded of, oldest first, and what its calls said.
func gather(rs []store.Reminder, said map[string]*store.CallVisit, choices map[string][]store.Choice, areas map[string]store.Call) ([]*episode, error) {
	by := map[[2]string]*episode{}
	var out []*episode
	for i := range rs {
		r := &rs[i]
		if !r.Shown || r.Mdtrt == "" {
			continue
		}
		k := [2]string{r.Rule, r.Subject}
		e := by[k]
		if e == nil {
			first, err := claim.ParseDay(r.Day)
			if err != nil {
				return nil, err
			}
			e = &episode{Episode: store.Episode{ID: episodeID(r.Mdtrt, r.Rule, r.Subject), Psn: r.Psn, Mdtrt: r.Mdtrt, Rule: r.Rule, Subject: r.Subject, Inst: r.Inst,
				Dept: r.Dept, Doctor: r.Doctor, Day: r.Day, Inpatient: r.Inpatient, Call: r.Call, JrID: r.JrID}, days: map[claim.Day]bool{}, call: map[string]claim.Qty{},
				first: first, vola: r.Vola, fund: r.Fund, area: areas[r.Call].Admdvs, rule: map[string]bool{}}
			by[k] = e
			out = append(out, e)
		}
		e.Times++
		if err := e.see(r, said[r.Call]); err != nil {
			return nil, err
		}
		e.answer(choices[r.JrID])
	}
	return out, nil
}

// see takes in the orders of a reminder: of an out-patient those of the first call, of an in-patient those of the first call
// of each day, for a stay's orders are written day by day.
func (e *episode) see(r *store.Reminder, v *store.CallVisit) error {
	if v == nil {
		return nil
	}
	ls, err := remind.ReadLines(r.Lines)
	if err != nil {
		return err
	}
	named := map[string]bool{}
	for _, l := range ls {
		if l.Type == 1 {
			named[l.Order] = true
		}
	}
	s, err := remind.ReadSaid(v.Orders)
	if err != nil {
		return err
	}
	if e.Times == 1 && v.Diags != "" {
		e.diags = strings.Split(v.Diags, ",")
	}
	if !e.Inpatient && e.Times > 1 {
		return nil
	}
	known := map[claim.Day]bool{}
	for d := range e.days {
		known[d] = true
	}
	for _, o := range s.Orders {
		if e.Times == 1 || (e.Inpatient && !known[o.Day]) {
			e.call[o.Item] += o.Cnt
		}
		if (!named[o.ID] && (o.Context || o.Item != e.Subject || e.Subject == "")) || known[o.Day] {
			continue
		}
		e.orders = append(e.orders, o)
		e.rule[o.ID] = e.rule[o.ID] || named[o.ID]
		e.days[o.Day] = true
	}
	return nil
}

// answer takes in the answers to one of the episode's reminders; the last of all counts, and one that says nothing new does
// not hide an earlier reason.
func (e *episode) answer(cs []store.Choice) {
	if len(cs) > 0 {
		c := cs[len(cs)-1]
		e.Choice, e.Code = c.Way, c.Code
	}
}

// items of the original orders.
func (e *episode) items() map[string]bool {
	out := map[string]bool{}
	for i := range e.orders {
		out[e.orders[i].Item] = true
	}
	return out
}

// newDiagnosis tells whether the visit ends with a diagnosis that the first call did not name.
func (e *episode) newDiagnosis(final []string) bool {
	return slices.ContainsFunc(final, func(d string) bool { return d != "" && !slices.Contains(e.diags, d) })
}
