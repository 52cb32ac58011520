package audit

import (
	"time"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/rule"
)

// clockShare is the part of the judging time that reading the clock may take: 1 in 400. Judging is timed by the wall, reading by its least cost,
// so on a busy machine the part is larger than it seems; it stays far below a hundredth.
const clockShare = 400

// stopwatch judges persons and estimates the time of each card from a share of them: as many as the clock's share allows. A measured
// person is judged by an evaluator of its own, so the others pay nothing; what is found does not hang on which one judged.
type stopwatch struct {
	plain, timed *rule.Eval
	clock        *rule.Clock
	total        time.Duration // judging all persons
	measured     time.Duration // judging those with the clock
}

func newStopwatch(b *rule.Bound, from, to claim.Month, only map[string]bool) *stopwatch {
	w := &stopwatch{plain: b.NewEval(from, to, only)}
	w.timed, w.clock = b.NewTimedEval(from, to, only)
	return w
}

func (w *stopwatch) judge(t *claim.Timeline, from, to claim.Month) []rule.Hit {
	ev, timed := w.plain, w.clock.Overhead()*clockShare <= w.total
	if timed {
		ev = w.timed
	}
	ev.SetMonths(from, to)
	begun := time.Now()
	hits := ev.Judge(t)
	d := time.Since(begun)
	w.total += d
	if timed {
		w.measured += d
	}
	return hits
}

// counts are what could not be judged.
func (w *stopwatch) counts() map[rule.NotJudged]int64 {
	out := w.plain.Counts()
	for k, n := range w.timed.Counts() {
		out[k] += n
	}
	return out
}

// byCard is the time spent on each card for all persons.
func (w *stopwatch) byCard() map[string]time.Duration {
	out := w.clock.ByCard()
	net := w.measured - w.clock.Overhead()
	if net <= 0 {
		return out
	}
	times := float64(w.total) / float64(net)
	for id, d := range out {
		out[id] = time.Duration(float64(d) * times)
	}
	return out
}
