package online

import "github.com/mingjian/mingjian/internal/claim"

// EventKind is what happened.
type EventKind int8

// Kinds of events. Uploads may come again and again: a line is known by (institution, visit, line), a settlement by its
// setl_id, a visit by its mdtrt_id; what comes later replaces what came before.
const (
	Charged   EventKind = iota + 1 // 2204, 2301, 2203, 2401: a visit, or fee lines not settled yet
	Settled                        // 2207, 2304, 5203 with 5204: a settlement, with its lines where the shape has them
	Reversed                       // 2208, 2305: the settlement Init is taken back
	Withdrawn                      // 2205, 2302: unsettled lines are taken back
)

// Event is what a channel tells beside questions: it makes no answer, it becomes history of the person for later calls.
type Event struct {
	Kind     EventKind
	Infno    string
	MsgID    string
	Inst     string     // fixmedins_code
	At       claim.Time // civil time at which it became known: inf_time, else when it arrived
	Patient  Patient    // who, with the encounter it is about; Orders are fee lines (ID = feedetl_sn), Current says nothing here
	Setl     string     // setl_id of Settled; of Reversed that of the refund
	Init     string     // setl_id that Reversed takes back
	SetlTime claim.Time // setl_time
	Batch    string     // chrg_bchno of Charged: Waiting asks by it
	// Lines of Withdrawn by feedetl_sn; nil means every unsettled line of the encounter. Of Settled: those of the visit's lines
	// known earlier that belong to the settlement; nil means all unsettled ones, unless Patient has orders of its own.
	Lines []string
}
