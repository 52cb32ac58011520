package intake

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/store"
)

// two publications in which everything happens: parts that come and go, findings that move, change, go and return.
func twoRuns(n int) (first, second *publication) {
	first, second = &publication{Run: 1, Parts: map[string][]audit.Row{}}, &publication{Run: 2, Parts: map[string][]audit.Row{}}
	rnd := rand.New(rand.NewPCG(1, 2))
	for i := range n {
		for _, p := range []*publication{first, second} {
			m, b := jan+claim.Month(rnd.IntN(3)), rnd.IntN(4)
			if rnd.IntN(5) > 0 {
				p.Parts[at(m, b)] = append(p.Parts[at(m, b)], row(fmt.Sprintf("f%04d", i), fmt.Sprint("r", rnd.IntN(2)), m, "1", rnd.IntN(3)))
			}
		}
	}
	return first, second
}

// state is the whole store, without the moments at which things happened. Boards are brought up to date first: which marks wait for
// that depends on where a sync was stopped, what they come to does not.
func state(t testing.TB, db *store.DB) string {
	t.Helper()
	var all bytes.Buffer
	err := db.RefreshBoards(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Dump(context.Background(), func(table string) (io.Writer, func() error, error) {
		if table == "review_lock" { // says nothing: PostgreSQL's transactions wait for each other on its rows
			return io.Discard, func() error { return nil }, nil
		}
		fmt.Fprintln(&all, table)
		return &all, func() error { return nil }, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return moment.ReplaceAllString(all.String(), "T")
}

var moment = regexp.MustCompile(`\b1[0-9]{15}\b`)

// prepared is a store that has taken in the first run, with some findings acted on.
func prepared(t testing.TB, db *store.DB, first *publication) {
	t.Helper()
	sync1(t, db, first)
	n := 0
	for _, rows := range first.Parts {
		for i := range rows {
			if id := rows[i].FindingID; id[len(id)-1] == '7' {
				act(t, db, id)
				n++
			}
		}
	}
	if n == 0 {
		t.Fatal("nobody acted on anything")
	}
}

var errStopped = errors.New("stopped")

// TestStoppedAnywhere stops the sync at every step in turn, and goes on: the result is that of an undisturbed one.
func TestStoppedAnywhere(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB) {
		first, second := twoRuns(60)
		prepared(t, db, first)
		ref := open(t, engines["sqlite"](t))
		prepared(t, ref, first)
		want := sync1(t, ref, second)
		stops := 0
		for {
			left := stops%8 + 1 // how many steps this time; several parts are under way at once
			_, err := Sync(context.Background(), second, db, Options{step: func(string) error {
				if left--; left < 0 {
					return errStopped
				}
				return nil
			}})
			if err == nil {
				break
			}
			if !errors.Is(err, errStopped) {
				t.Fatal(err)
			}
			if stops++; stops > 200 {
				t.Fatal("the sync does not get on")
			}
		}
		if stops < 5 {
			t.Errorf("stopped only %d times", stops)
		}
		if got, want := state(t, db), state(t, ref); got != want {
			t.Errorf("after %d stops the store differs\n%.3000s\nwant\n%.3000s", stops, got, want)
		}
		if want.Withdrawn == 0 || want.Moved == 0 || want.Revised == 0 || want.Tasks == 0 || want.Added == 0 {
			t.Errorf("the runs do not differ in everything: %+v", want)
		}
	})
}

// TestKilledSyncs kills syncing processes at random moments until one gets through.
func TestKilledSyncs(t *testing.T) {
	t.Parallel()
	first, second := twoRuns(2000)
	ref := open(t, engines["sqlite"](t))
	prepared(t, ref, first)
	start := time.Now()
	sync1(t, ref, second)
	whole := time.Since(start) + 150*time.Millisecond // and a process's start
	want := state(t, ref)
	rounds := 2
	if os.Getenv("MINGJIAN_SOAK") != "" {
		rounds = 25
	}
	for name, place := range engines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rnd := rand.New(rand.NewPCG(3, 4))
			for n := range rounds {
				t.Run(strconv.Itoa(n), func(t *testing.T) { // closes what it opened: a server has only so many connections
					at := place(t)
					db := open(t, at)
					prepared(t, db, first)
					kills := 0
					for !killedChild(t, second, at, time.Duration(rnd.Int64N(int64(whole)))) {
						kills++
					}
					if got := state(t, db); got != want {
						t.Errorf("after %d kills the store differs", kills)
					}
					t.Logf("%d kills", kills)
				})
			}
		})
	}
}

func killedChild(t testing.TB, p *publication, at store.Location, after time.Duration) bool {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	what, err := json.Marshal(job{p, at})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "job.json")
	if err := os.WriteFile(file, what, 0o600); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(self)
	c.Env = append(os.Environ(), childEnv+"="+file)
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(after, func() { c.Process.Kill() })
	defer timer.Stop()
	err = c.Wait()
	if err != nil && c.ProcessState.ExitCode() >= 0 {
		t.Fatalf("sync failed: %s", out.String())
	}
	return err == nil
}
