package audit

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/rule"
	"github.com/mingjian/mingjian/internal/synth"
)

// crowd is a city's month with everybody's timeline.
type crowd struct {
	m      claim.Month
	bound  *rule.Bound
	people []*claim.Timeline
}

func newCrowd(t testing.TB, persons int) *crowd {
	t.Helper()
	in, dir := t.TempDir(), t.TempDir()
	if _, err := synth.Generate(synth.Options{Out: in, Persons: persons, Months: 1, Seed: 3}); err != nil {
		t.Fatal(err)
	}
	l, err := lake.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	w, err := l.Writer()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Import(context.Background(), []string{in}, lake.ImportOptions{}); err != nil {
		t.Fatal(err)
	}
	w.Close()
	ks, err := knowledge.Open(filepath.Join(dir, "knowledge"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ks.ImportStarter(); err != nil {
		t.Fatal(err)
	}
	lib, err := rule.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	a, err := Open(dir, lib)
	if err != nil {
		t.Fatal(err)
	}
	c := &crowd{m: claim.DayOf(2025, 12, 1).Month()}
	err = a.Timelines(context.Background(), c.m, func(b *rule.Bound, t *claim.Timeline) { c.bound, c.people = b, append(c.people, t) })
	if err != nil || len(c.people) == 0 {
		t.Fatalf("%d people, %v", len(c.people), err)
	}
	return c
}

func told(hits []rule.Hit) string {
	var b strings.Builder
	for i := range hits {
		fmt.Fprintln(&b, hits[i].Card.ID, hits[i].Unit, hits[i].Lines, hits[i].Facts, hits[i].Hushed)
	}
	return b.String()
}

// TestStopwatchChangesNothing judges everybody with and without the clock.
func TestStopwatchChangesNothing(t *testing.T) {
	t.Parallel()
	c := newCrowd(t, 3000)
	plain, w := c.bound.NewEval(c.m, c.m, nil), newStopwatch(c.bound, c.m, c.m, nil, 0, 10*timedPersons)
	all, k := c.bound.NewTimedEval(c.m, c.m, nil)
	hits := 0
	for _, p := range c.people {
		want := told(plain.Judge(p))
		hits += strings.Count(want, "\n")
		w.person()
		if got := told(w.judge(p, c.m, c.m)); got != want {
			t.Fatalf("by the stopwatch:\n%s\nwant:\n%s", got, want)
		}
		if got := told(all.Judge(p)); got != want {
			t.Fatalf("with the clock:\n%s\nwant:\n%s", got, want)
		}
	}
	if hits < 100 {
		t.Errorf("only %d hits to compare", hits)
	}
	if got, want := w.counts(), plain.Counts(); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("not judged %v, want %v", got, want)
	}
	whole := k.ByCard()
	if len(whole) < 100 {
		t.Errorf("only %d cards were measured", len(whole))
	}
	took := w.took()
	var sum time.Duration
	for id, d := range took.byCard() {
		if whole[id] == 0 {
			t.Errorf("%s was measured on a share and not on all", id)
		}
		sum += d
	}
	if sum <= 0 {
		t.Error("the cards took no time")
	}
	if x := (&spent{Judged: 300, Measured: 100, Cards: map[string]time.Duration{"A": 5}}).byCard()["A"]; x != 15 {
		t.Errorf("a third was measured as 5: %v", x)
	}
	if took.Measured <= 0 || took.Measured >= took.Judged {
		t.Errorf("measured %v of %v: not a share", took.Measured, took.Judged)
	}
}

// BenchmarkStopwatch tells what the clock costs. Each person is judged some times with and without it, in turns, and the fastest of each
// are added up: what else a machine does only ever adds.
func BenchmarkStopwatch(b *testing.B) {
	const turns = 15
	c := newCrowd(b, 2000)
	plain, w := c.bound.NewEval(c.m, c.m, nil), newStopwatch(c.bound, c.m, c.m, nil, 0, 1_000_000)
	fastest := func(f func()) time.Duration {
		begun := time.Now()
		f()
		return time.Since(begun)
	}
	var without, with time.Duration
	measured, judged := 0, 0
	for b.Loop() {
		for _, p := range c.people {
			w.person()
			if judged++; w.next%w.every == 0 {
				measured++
			}
			x, y := time.Hour, time.Hour
			for range turns {
				x = min(x, fastest(func() { plain.Judge(p) }))
				y = min(y, fastest(func() { w.judge(p, c.m, c.m) }))
			}
			without, with = without+x, with+y
		}
	}
	b.ReportMetric(100*(float64(with)/float64(without)-1), "%slower")
	b.ReportMetric(100*float64(measured)/float64(judged), "%measured")
	b.ReportMetric(float64(without.Nanoseconds())/float64(judged), "ns/person")
}
