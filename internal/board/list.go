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
