package board

import (
	"strconv"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/store"
)

// Filter narrows a list of findings to those that an indicator counts, so that a figure opens into what it was worked out of. false: the
// indicator does not count findings, or its condition is not one of lists.
func (i *Indicator) Filter(at Period, today claim.Day, f *store.FindingFilter) bool {
	span := at.Span()
	i = i.counted()
	switch i.Source {
	case "finding":
		f.From, f.To = at.From, at.To
		if t := i.of("sev_deg"); t != nil {
			f.Severity, _ = strconv.Atoi(t.values[0])
		}
		return i.state(f)
	case "case":
		f.From, f.To, f.ByDue = at.From, at.To, true
		if i.of("overdue") != nil {
			f.Overdue = int64(today)
		}
		return i.state(f)
	case "verdict":
		f.From, f.To, f.Decided = at.From, at.To, i.of("decided") != nil
		if t := i.of("verdict"); t != nil {
			f.Verdicts = t.values
		}
		f.ByDue = true
		return true
	case "step":
		f.Events, f.Since, f.Until = i.of("event").values, span.FirstDay, span.LastDay
		return true
	case "post":
		f.Moved = &store.Moves{Book: i.of("book").values[0], Into: i.of("into").values, From: at.From, To: at.To}
		if i.Measure == "balance" {
			f.Moved.From = ""
		}
		return true
	}
	return false
}

// state asks a list for a state, or for all but one.
func (i *Indicator) state(f *store.FindingFilter) bool {
	t := i.of("state")
	switch {
	case t == nil:
	case len(t.values) != 1:
		return false
	case t.not:
		f.NotState = t.values[0]
	default:
		f.State = t.values[0]
	}
	return true
}

// The lists that figures open into.
const (
	ListFindings  = "findings"
	ListCalls     = "calls"
	ListVisits    = "visits"
	ListReminders = "reminders"
	ListEpisodes  = "episodes"
	ListWrongs    = "wrongs"
	ListProposals = "proposals"
	ListLoads     = "loads"
	ListRows      = "rows" // of Desk.Rows
)

// Watch narrows a list of what the reminder service did to what an indicator counts, and tells which list; "" when it counts none of that.
func (i *Indicator) Watch(at Period, f *store.WatchFilter) string {
	i = i.counted()
	switch i.Source {
	case "call":
		f.At = at.Span()
		switch i.Measure {
		case "visits":
			return ListVisits
		case "partial":
			f.Partial = true
		case "blocked":
			f.Blocked = true
		case "interrupted":
			f.Shown = true
		case "slow":
			f.Over = store.SlowCall
		}
		return ListCalls
	case "reminder":
		f.At = at.Span()
		f.Severities = i.of("sev_deg").values
		return ListReminders
	case "episode":
		f.At = at.Span()
		if t := i.of("outcome"); t != nil && t.not {
			f.NotOutcomes = t.values
		} else if t != nil {
			f.Outcomes = t.values
		}
		f.Complied, f.Frozen, f.Reopened = i.of("complied").asked(), i.of("frozen").asked(), i.of("reopened").asked()
		f.Avoided, f.Back = i.Measure == "avoided", i.Measure == "back"
		return ListEpisodes
	case "load":
		return ListLoads
	}
	return ""
}

func (t *term) asked() store.Tri {
	switch {
	case t == nil:
		return store.Any
	case t.is(true):
		return store.Yes
	}
	return store.No
}

// Wrongs is the part of the inbox that an indicator counts: what came in the period, or what lies there now in a state.
func (i *Indicator) Wrongs(at Period, today claim.Day) store.WrongFilter {
	f := store.WrongFilter{Received: at.Span()}
	if t := i.of("state"); t != nil {
		f.State, f.Received = t.values[0], store.Span{}
	}
	if i.of("overdue") != nil {
		f.Due = today.String()
	}
	return f
}

// List names the list that an indicator opens into; "" for none. A ratio opens into what its part counts.
func (i *Indicator) List(at Period, today claim.Day) string {
	i = i.counted()
	if i.Filter(at, today, &store.FindingFilter{}) {
		return ListFindings
	}
	switch i.Source {
	case "wrong":
		return ListWrongs
	case "proposal":
		return ListProposals
	case "clue", "special", "inst", "rules", "audit", "model", "casemix", "place":
		return ListRows
	}
	return i.Watch(at, &store.WatchFilter{})
}
