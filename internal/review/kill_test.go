package review_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/review"
	"github.com/mingjian/mingjian/internal/store"
)

// childEnv tells the child of the kill test what to work on.
const childEnv = "REVIEW_TEST_CHILD"

type childJob struct {
	At    store.Location
	Dir   string
	Round int
}

// child decides on findings as fast as it can, several people at once, and says which decisions were acknowledged. It is killed.
func child(what string) {
	var job childJob
	if err := json.Unmarshal([]byte(what), &job); err != nil {
		panic(err)
	}
	db, err := store.Open(ctx, job.At)
	if err != nil {
		panic(err)
	}
	d := &review.Desk{DB: db, Trail: auth.OpenTrail(job.Dir, "test")}
	var mu sync.Mutex
	say := func(format string, a ...any) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Printf(format+"\n", a...)
	}
	var wg sync.WaitGroup
	for k := range 4 {
		wg.Go(func() {
			for i := 0; ; i++ {
				xs, err := d.List(ctx, clerk, store.FindingFilter{State: []string{review.First, review.Machine}[i%2], Limit: 100})
				if err != nil {
					panic(err)
				}
				if len(xs) == 0 && i > 4 {
					return
				}
				if len(xs) > 0 {
					decideOne(d, xs[(k*7+i)%len(xs)], say)
				}
			}
		})
	}
	wg.Wait()
	say("end")
}

func decideOne(d *review.Desk, x store.FindingItem, say func(string, ...any)) {
	if x.State == review.Machine {
		r, err := d.Take(ctx, clerk, review.TakeInput{IDs: []string{x.ID}})
		if err == nil && r.Taken == 1 {
			say("%s %s", x.ID, "take")
		}
		return
	}
	ref := review.Ref{ID: x.ID, Version: x.Version}
	if len(x.ID)%2 == 0 || strings.HasSuffix(x.ID, "7") {
		if _, err := d.Dismiss(ctx, first1, ref, because("合理")); err == nil {
			say("%s %s", x.ID, "dismiss")
		}
		return
	}
	if _, err := d.Keep(ctx, first2, review.KeepInput{Ref: ref, Say: fine}); err == nil {
		say("%s %s", x.ID, "keep")
	}
}

// TestKilledDesk kills a working desk at random moments. What was acknowledged is there afterwards, once; states, clocks and ledger fit;
// the trail is whole.
func TestKilledDesk(t *testing.T) {
	t.Parallel()
	rounds := 3
	if os.Getenv("MINGJIAN_SOAK") != "" {
		rounds = 30
	}
	place := engines["sqlite"](t)
	o := newOffice(t, place)
	dir := filepath.Dir(o.desk.Files)
	ids := count(400*rounds, "k")
	var specs []spec
	for i, id := range ids {
		specs = append(specs, spec{id: id, rule: fmt.Sprintf("A%03d", i%3), prio: i % 3, lines: []store.Line{line(fmt.Sprint("M", i/3), "1", 3000, []int64{3000, 1000, 0}[i%3], 4000)}})
	}
	o.add(specs...)
	acked := map[string][]string{}
	rnd := rand.New(rand.NewPCG(5, 6))
	for round := range rounds {
		for _, a := range killed(t, childJob{At: place, Dir: dir, Round: round}, 60+rnd.IntN(120)) {
			id, event, _ := strings.Cut(a, " ")
			acked[id] = append(acked[id], event)
		}
	}
	if len(acked) < 20 {
		t.Fatalf("only %d findings were worked on", len(acked))
	}
	o.healthy()
	n := 0
	o.ok(o.db.View(ctx, func(tx *store.Tx) error {
		for id, events := range acked {
			steps, err := tx.Steps(id)
			if err != nil {
				return err
			}
			have := map[string]int{}
			for _, s := range steps {
				have[s.Event]++
			}
			for _, e := range events {
				if n++; have[e] != 1 {
					t.Errorf("%s: %s was acknowledged and is there %d times", id, e, have[e])
				}
			}
		}
		return nil
	}))
	t.Logf("%d acknowledged steps in %d rounds", n, rounds)
	v, err := auth.Verify(ctx, dir, o.db)
	o.ok(err)
	if !v.Whole {
		t.Errorf("the trail: %s", v.Broken)
	}
}

// killed runs a child and kills it after so many acknowledged steps; it returns them.
func killed(t testing.TB, job childJob, after int) (acked []string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	what, err := json.Marshal(job)
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(self)
	c.Env = append(os.Environ(), childEnv+"="+string(what))
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var errs strings.Builder
	c.Stderr = &errs
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	for in := bufio.NewScanner(out); in.Scan(); {
		if in.Text() == "end" {
			continue
		}
		if acked = append(acked, in.Text()); len(acked) == after {
			time.Sleep(time.Duration(rand.IntN(5000)) * time.Microsecond) // anywhere within what comes next
			c.Process.Kill()
		}
	}
	if err := c.Wait(); err != nil && c.ProcessState.ExitCode() >= 0 {
		t.Fatalf("the child failed: %s", errs.String())
	}
	return acked
}

// TestFiftyDeciders lets fifty people decide at once on the same findings, each with what he saw: every finding is decided once.
func TestFiftyDeciders(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		ids := count(36, "c")
		var specs []spec
		for i, id := range ids {
			specs = append(specs, spec{id: id, rule: fmt.Sprintf("A%03d", i%3), prio: i % 3, lines: []store.Line{line(fmt.Sprint("M", i/3), "1", 3000, []int64{3000, 1000, 0}[i%3], 4000)}})
		}
		o.add(specs...)
		o.take(ids...)
		// Two processes' worth of desks: the trail of one process takes turns, those of two do not.
		desks := []*review.Desk{o.desk, {DB: o.db, Trail: auth.OpenTrail(filepath.Dir(o.desk.Files), "test"), Now: o.clock}}
		var wg sync.WaitGroup
		var mu sync.Mutex
		won := map[string]int{}
		for k := range 50 {
			wg.Go(func() {
				d, rnd := desks[k%2], rand.New(rand.NewPCG(uint64(k), 9))
				for _, i := range rnd.Perm(len(ids)) {
					id := ids[i]
					x, err := d.Open(ctx, first1, id)
					if err != nil {
						t.Error(err)
						return
					}
					if x.Case.State != review.First {
						continue
					}
					ref := review.Ref{ID: id, Version: x.Case.Version}
					if k%3 == 0 {
						_, err = d.Dismiss(ctx, first2, ref, because("合理"))
					} else {
						_, err = d.Keep(ctx, first1, review.KeepInput{Ref: ref, Say: fine})
					}
					switch code := review.CodeOf(err); {
					case err == nil:
						mu.Lock()
						won[id]++
						mu.Unlock()
					case code == review.CodeVersion || code == review.CodeState:
					default:
						t.Errorf("%s: %v", id, err)
						return
					}
				}
			})
		}
		wg.Wait()
		lost := 0
		for _, id := range ids {
			if won[id] > 1 {
				t.Errorf("%s was decided %d times", id, won[id])
			}
			if won[id] == 0 {
				lost++
			}
		}
		if lost > 0 { // everybody who met a newer version passed on: somebody must have made it newer
			for _, id := range ids {
				if won[id] == 0 && o.c(id).State != review.First {
					t.Errorf("%s is in %s and nobody did it", id, o.c(id).State)
				}
			}
		}
		if lost > len(ids)/4 {
			t.Errorf("%d of %d findings are left", lost, len(ids))
		}
		o.healthy()
	})
}
