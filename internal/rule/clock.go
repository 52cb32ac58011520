package rule

import (
	"slices"
	"time"

	"github.com/mingjian/mingjian/internal/claim"
)

// Clock measures the time each card takes. It is carried by an evaluator of its own, whose cards' hooks are wrapped: who is judged
// without it pays nothing.
type Clock struct {
	b      *Bound
	nanos  []int64 // by card, readings of the clock taken off
	cost   int64   // nanoseconds of a pair
	inside bool    // a hook is being measured: what it asks for is its own
}

// NewTimedEval is NewEval with a clock.
func (b *Bound) NewTimedEval(from, to claim.Month, only map[string]bool) (*Eval, *Clock) {
	k := &Clock{b: b, nanos: make([]int64, len(b.cards)), cost: readingCost()}
	p := *b.Program
	p.cards = slices.Clone(b.cards)
	for i, c := range p.cards {
		p.cards[i] = k.wrap(c)
	}
	timed := *b
	timed.Program = &p
	e := timed.NewEval(from, to, only)
	e.clock = k
	return e, k
}

// readingCost is what measuring nothing takes here: a pair of readings and what is kept of them, the least of some rounds.
func readingCost() int64 {
	const pairs = 64
	k := &Clock{nanos: make([]int64, 1)}
	least := int64(1 << 62)
	for range 8 {
		begun := time.Now()
		for range pairs {
			at, mine := k.begin()
			k.end(0, at, mine)
		}
		least = min(least, int64(time.Since(begun))/pairs)
	}
	return max(1, least)
}

// ByCard is the time spent on each card, variants with their card.
func (k *Clock) ByCard() map[string]time.Duration {
	out := map[string]time.Duration{}
	for i, n := range k.nanos {
		if n > 0 {
			out[k.b.cards[i].ID] += time.Duration(n)
		}
	}
	return out
}

// begin reads the clock for a hook; false when the hook runs inside another, whose time it is.
func (k *Clock) begin() (time.Time, bool) {
	if k.inside {
		return time.Time{}, false
	}
	k.inside = true
	return time.Now(), true
}

// end adds the time since begin to a card.
func (k *Clock) end(card int, begun time.Time, mine bool) {
	if !mine {
		return
	}
	n := int64(time.Since(begun))
	k.inside = false
	k.nanos[card] += max(0, n-k.cost)
}

// wrap is a card with measured hooks.
func (k *Clock) wrap(c *compiled) *compiled {
	out := *c
	if c.line != nil {
		out.line = timedLine{k, c.line}
	}
	if c.group != nil {
		out.group = timedGroup{k, c.group}
	}
	if c.visitH != nil {
		out.visitH = timedVisit{k, c.visitH}
	}
	if c.stayH != nil {
		out.stayH = timedStay{k, c.stayH}
	}
	if c.settleH != nil {
		out.settleH = timedSettle{k, c.settleH}
	}
	if c.personH != nil {
		out.personH = timedPerson{k, c.personH}
	}
	return &out
}

type (
	timedLine struct {
		k *Clock
		h lineHook
	}
	timedGroup struct {
		k *Clock
		h groupHook
	}
	timedVisit struct {
		k *Clock
		h visitHook
	}
	timedStay struct {
		k *Clock
		h stayHook
	}
	timedSettle struct {
		k *Clock
		h settleHook
	}
	timedPerson struct {
		k *Clock
		h personHook
	}
)

func (t timedLine) line(e *Eval, c *compiled, li, pt int32) {
	at, mine := t.k.begin()
	t.h.line(e, c, li, pt)
	t.k.end(c.idx, at, mine)
}

func (t timedGroup) group(e *Eval, c *compiled, refs []lineRef) {
	at, mine := t.k.begin()
	t.h.group(e, c, refs)
	t.k.end(c.idx, at, mine)
}

func (t timedVisit) visit(e *Eval, c *compiled, vi int32) {
	at, mine := t.k.begin()
	t.h.visit(e, c, vi)
	t.k.end(c.idx, at, mine)
}

func (t timedStay) stay(e *Eval, c *compiled, si int32) {
	at, mine := t.k.begin()
	t.h.stay(e, c, si)
	t.k.end(c.idx, at, mine)
}

func (t timedSettle) settle(e *Eval, c *compiled, si int32) {
	at, mine := t.k.begin()
	t.h.settle(e, c, si)
	t.k.end(c.idx, at, mine)
}

func (t timedPerson) person(e *Eval, c *compiled) {
	at, mine := t.k.begin()
	t.h.person(e, c)
	t.k.end(c.idx, at, mine)
}
