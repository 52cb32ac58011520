package review

import (
	"testing"
	"time"
)

// TestPace: what took long is followed by less, what was quick by more, within bounds; an engine with many writers is not slowed down.
func TestPace(t *testing.T) {
	for _, c := range []struct {
		before, rows int
		took         time.Duration
		want         int
	}{
		{10, 10, 5 * time.Millisecond, 20},       // quick: twice as many, no more
		{20, 20, 10 * time.Millisecond, 40},      // as many as fit
		{40, 40, 10 * time.Millisecond, 40},      // at most
		{40, 40, 80 * time.Millisecond, 10},      // a quarter
		{40, 40, 10 * time.Second, paceLeast},    // at least
		{10, 2, 1 * time.Millisecond, 20},        // the rest of a list says something too
		{10, 10, 0, 20},                          // a clock that does not move
		{paceLeast, 3, 20 * time.Millisecond, 3}, // just right
	} {
		p := &pace{n: c.before, alone: true}
		p.note(c.rows, c.took)
		if p.n != c.want {
			t.Errorf("%d rows of %d took %v: next %d, want %d", c.rows, c.before, c.took, p.n, c.want)
		}
	}
	p := &pace{n: takeAtOnce}
	p.begin()
	p.began = p.began.Add(-time.Hour)
	p.ended(takeAtOnce)
	if p.n != takeAtOnce {
		t.Errorf("with many writers: %d", p.n)
	}
}
