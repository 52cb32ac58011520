package index

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/trace/life"
)

const killVar = "MINGJIAN_TRACE_KILL"

// TestMain lets the test binary be the process that is killed.
func TestMain(m *testing.M) {
	if dir := os.Getenv(killVar); dir != "" {
		sellUntilKilled(dir)
		return
	}
	os.Exit(m.Run())
}

// sellUntilKilled sells boxes that all counters want, and says each sale it was told is recorded.
func sellUntilKilled(dir string) {
	x, err := Open(dir, life.Usual(), nil)
	if err != nil {
		fmt.Println("error", err)
		return
	}
	out := bufio.NewWriter(os.Stdout)
	var mu sync.Mutex
	say := func(what string, a ...any) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Fprintf(out, what+"\n", a...)
		out.Flush()
	}
	say("open")
	for c := range 8 {
		go func() {
			r := rand.New(rand.NewPCG(uint64(os.Getpid()), uint64(c)))
			for k := 0; ; k++ {
				box, inst := r.IntN(2_000_000), fmt.Sprint("9901", c)
				if k%3 == 0 {
					box = r.IntN(300) // what everybody wants
				}
				doc := fmt.Sprint(os.Getpid(), "-", c, "-", k)
				s := &Slip{Inst: inst, Psn: doc, At: start + claim.Time(time.Now().UnixMicro()&^1), Docs: []string{doc}, Boxes: []Box{{Code: code(box), Qty: claim.None64}}}
				if _, ok, err := x.Sell(s); err != nil {
					say("error %v", err)
				} else if ok {
					say("sold %d %s", box, doc)
				}
				if k%500 == 499 && c == 0 {
					if err := x.Flush(); err != nil {
						say("error %v", err)
					}
				}
			}
		}()
	}
	select {}
}

// Killed under load again and again: what was acknowledged is there, and no box stands sold twice.
func TestKilledUnderLoad(t *testing.T) {
	times := 5
	if testing.Short() {
		times = 2
	}
	dir := t.TempDir()
	acked := map[string]int{} // document → box
	owner := map[int]string{}
	for round := range times {
		cmd := exec.Command(os.Args[0], "-test.run=^$")
		cmd.Env = append(os.Environ(), killVar+"="+dir)
		pipe, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		in := bufio.NewScanner(pipe)
		limit := 400 + rand.IntN(3000) // sales until the kill: no clock decides
		n := 0
		for in.Scan() {
			line := in.Text()
			if strings.HasPrefix(line, "error") {
				t.Errorf("round %d: %s", round, line)
			}
			var box int
			var doc string
			if _, err := fmt.Sscanf(line, "sold %d %s", &box, &doc); err == nil {
				acked[doc] = box
				if was, ok := owner[box]; ok {
					t.Errorf("round %d: box %d was let through twice, under %s and %s", round, box, was, doc)
				}
				owner[box] = doc
			}
			if n++; n == limit {
				cmd.Process.Kill()
			}
		}
		cmd.Wait()
		if n < limit {
			t.Fatalf("round %d: the process ended by itself after %d lines", round, n)
		}
		x := open(t, dir)
		for doc, box := range acked {
			recs, err := x.Events(life.KeyOf(code(box).Text))
			if err != nil {
				t.Fatal(err)
			}
			if len(recs) != 1 || recs[0].Doc != DocHash(doc) {
				t.Fatalf("round %d: box %d acknowledged under %s is held as %+v", round, box, doc, recs)
			}
		}
		if _, err := x.Scan(2, func(_ int, recs []Record) error { return fmt.Errorf("sold twice: %+v", recs) }); err != nil {
			t.Fatal(err)
		}
		if err := x.Close(); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d acknowledged sales survived %d kills", len(acked), times)
}
