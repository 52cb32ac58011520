package effect

import (
	"slices"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/online/remind"
)

// Outcomes. The first three are compliance when the settled lines are no longer hit.
const (
	WithdrawnOut = "撤回"
	ReducedOut   = "减至限额"
	ReplacedOut  = "替换"
	SelfPaidOut  = "转自费"
	DiagnosedOut = "改诊断后通过" // a clue for those who look after coding, not compliance
	ContinuedOut = "说明理由后继续"
	NoAnswerOut  = "未回应"
	NeverOut     = "就诊未结算"

	// Not ended yet.
	PendingSettle = "待结算"
	PendingAudit  = "待审核"
)

// Outcomes lists the eight outcomes in order.
var Outcomes = []string{WithdrawnOut, ReducedOut, ReplacedOut, SelfPaidOut, DiagnosedOut, ContinuedOut, NoAnswerOut, NeverOut}

// Unended are the outcomes that say nothing of whether somebody complied: never settled, or not yet.
var Unended = []string{NeverOut, PendingSettle, PendingAudit}

// Ended counts the episodes that compliance is measured on.
func Ended(outcomes map[string]int64) (n int64) {
	for o, k := range outcomes {
		if !slices.Contains(Unended, o) {
			n += k
		}
	}
	return n
}

// ended is what is known of an episode when its outcome is asked for. Quantities are of the subject's items: as ordered when
// first reminded, and as settled net.
type ended struct {
	settled    bool
	expired    bool // not settled for so long that it never will be
	audited    bool
	hit        bool // what was settled in its place is still hit by the rule
	bare       bool // the reminder is about the visit, not about orders
	orig       claim.Qty
	final      claim.Qty
	finalScope claim.Money // in-scope
	subst      claim.Qty
	origScope  claim.Money
	diagnosed  bool   // the visit has diagnoses at the end that the call did not have
	choice     string // last answer
}

// outcome of an episode; exactly one holds.
func (e *ended) outcome() string {
	switch {
	case !e.settled && e.expired:
		return NeverOut
	case !e.settled:
		return PendingSettle
	case !e.audited:
		return PendingAudit
	case !e.bare && e.final <= 0 && e.choice == remind.SelfPay: // paid at the desk, outside the insurance
		return SelfPaidOut
	case !e.bare && e.final <= 0 && e.subst > 0:
		return ReplacedOut
	case !e.bare && e.final <= 0:
		return WithdrawnOut
	case !e.bare && e.finalScope <= 0 && e.origScope > 0:
		return SelfPaidOut
	case !e.bare && e.final < e.orig && !e.hit:
		return ReducedOut
	case !e.hit && e.diagnosed:
		return DiagnosedOut
	case e.choice == remind.Continue || e.choice == remind.Wrong:
		return ContinuedOut
	}
	return NoAnswerOut
}

// complied: the first three, and what was settled is no longer hit.
func complied(outcome string, hit bool) bool {
	return !hit && (outcome == WithdrawnOut || outcome == ReducedOut || outcome == ReplacedOut)
}

// avoids tells whether an outcome can have avoided money: the order did not go on as it was.
func avoids(outcome string) bool {
	switch outcome {
	case WithdrawnOut, ReducedOut, ReplacedOut, SelfPaidOut:
		return true
	}
	return false
}
