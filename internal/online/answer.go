package online

import (
	"strings"
	"time"

	"github.com/mingjian/mingjian/internal/claim"
)

// Stop is what a reminder does to the call: the card's stop level, not its severity.
type Stop int8

// Stop levels, gravest first when compared from high to low.
const (
	Silent  Stop = iota // recorded, never shown
	Inform              // shown
	Confirm             // shown, wants a reason to go on
	Block               // the settlement is refused, unless released on the spot
)

// Answer is everything the rules found on a request's current orders, before anybody chose what to show.
type Answer struct {
	Reminders []Reminder // by stop level, money, rule, patient, visit, line: the same request gives the same order
	NotJudged []NotJudged
	Partial   bool   // the time budget ran out: what is here is true, more may be
	Program   string // id of the Program that judged
	Took      time.Duration
}

// Reminder is one hit on the request's current orders (or on the encounter when the card judges visits).
type Reminder struct {
	ID       string // jr_id: stable for (rule, encounter, unit, task), at most 50 characters
	Finding  string // finding_id the monthly audit gives the same hit once the lines are settled under the same names
	Patient  string // patn_id
	Visit    string // mdtrt_id
	Rule     string
	RuleName string
	Version  string
	Severity int8 // 1 明确违规 2 高度可疑 3 轻度可疑
	Stop     Stop
	Text     string // vola_cont: at most 60 characters, what is wrong, the limit, the remedy
	Basis    string // vola_evid
	Advice   string
	Point    string
	Subject  string // canonical item the reminder is about, "" for visits: with Rule the unit of quietness and of episodes
	Facts    string // digest of the facts that matter (lines, quantities, diagnoses): equal digest, equal facts
	Excess   int64  // how far over the limit, 1e-4 of the card's own unit, 0 where that means nothing: larger is worse
	Vola     claim.Money
	Fund     claim.Money
	Lines    []Line
}

// Line of a reminder.
type Line struct {
	Order     string // rx_id
	Visit     string
	Type      int8 // 1 violating, 2 involved
	Vola      claim.Money
	Elsewhere bool   // of another institution: must not be named to the caller
	Item      string // code and name as far as known: package remind must see whether a line is about a sensitive drug
	ItemName  string
}

// NotJudged is a card that could not judge, with the reason in Chinese.
type NotJudged struct {
	Rule string
	Why  string
}

// Own makes strings pieces of one copy. Those of a call are pieces of its message, which whoever keeps them would keep as long.
func Own(all ...*string) {
	var b strings.Builder
	n := 0
	for _, s := range all {
		n += len(*s)
	}
	b.Grow(n)
	for _, s := range all {
		b.WriteString(*s)
	}
	copied := b.String()
	for _, s := range all {
		*s, copied = copied[:len(*s)], copied[len(*s):]
	}
}
