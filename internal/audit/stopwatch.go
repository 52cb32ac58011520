package audit

import (
	"time"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/rule"
)

// Measured persons come in rows of timedRow, since going to and fro between two evaluators costs more than the clock does; of so
// many rows one is measured as the office has timedPersons persons, but one in timedMost at the least.
const (
	timedRow     = 32
	timedPersons = 600
	timedMost    = 128
)

// stopwatch judges persons and measures the cards' time on a share of them. A measured person is judged by an evaluator of its own, so the
// others pay nothing; what is found does not hang on which one judged. With the clock judging takes about 1.3 times as long.
type stopwatch struct {
	plain, timed *rule.Eval
	clock        *rule.Clock
	every        int // one row in so many is measured
	next         int // the row's number, counted on from the bucket's so that small buckets take turns
	in           int // persons of the row so far
	spent        spent
}

// spent is what judging took. The rest is reckoned from the measured persons by fee lines: to time everybody would cost more than to
// measure some.
type spent struct {
	Judged   int64                    `json:"judged"`   // fee lines of all persons, looked back on ones included
	Measured int64                    `json:"measured"` // of those with the clock
	Cards    map[string]time.Duration `json:"cards"`    // of these, what the clock took off
}

func (s *spent) add(x spent) {
	s.Judged, s.Measured = s.Judged+x.Judged, s.Measured+x.Measured
	if s.Cards == nil {
		s.Cards = map[string]time.Duration{}
	}
	for id, d := range x.Cards {
		s.Cards[id] += d
	}
}

// byCard estimates the time on each card for all persons.
func (s *spent) byCard() map[string]time.Duration {
	out := map[string]time.Duration{}
	if s.Measured > 0 {
		for id, d := range s.Cards {
			out[id] = time.Duration(float64(d) * float64(s.Judged) / float64(s.Measured))
		}
	}
	return out
}

// newStopwatch is for a bucket of an office with so many persons.
func newStopwatch(b *rule.Bound, from, to claim.Month, only map[string]bool, bucket, persons int) *stopwatch {
	w := &stopwatch{plain: b.NewEval(from, to, only), every: min(timedMost, max(1, persons/timedPersons)), next: bucket}
	w.timed, w.clock = b.NewTimedEval(from, to, only)
	return w
}

// person begins the next person.
func (w *stopwatch) person() {
	if w.in++; w.in > timedRow {
		w.in, w.next = 1, w.next+1
	}
}

func (w *stopwatch) judge(t *claim.Timeline, from, to claim.Month) []rule.Hit {
	ev, timed := w.plain, w.next%w.every == 0
	if timed {
		ev = w.timed
	}
	ev.SetMonths(from, to)
	n := int64(len(t.Lines)) + 1 // a person without lines is judged too
	w.spent.Judged += n
	if timed {
		w.spent.Measured += n
	}
	return ev.Judge(t)
}

// counts are what could not be judged.
func (w *stopwatch) counts() map[rule.NotJudged]int64 {
	out := w.plain.Counts()
	for k, n := range w.timed.Counts() {
		out[k] += n
	}
	return out
}

// took is what judging took.
func (w *stopwatch) took() spent {
	w.spent.Cards = w.clock.ByCard()
	return w.spent
}
