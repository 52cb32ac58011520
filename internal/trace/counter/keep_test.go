package counter_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/trace/counter"
)

func inbox(t *testing.T, dir, pattern string) []string {
	t.Helper()
	out, err := filepath.Glob(filepath.Join(dir, counter.InboxDir, pattern))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// What was imported is kept for the days agreed and then removed; what waits for an import never is.
func TestInboxKeepsForSomeDays(t *testing.T) {
	dir := t.TempDir()
	d := openDesk(t, dir)
	for n := range 3 { // three files: two imported, one waiting
		send(t, d, inst, "3505", row(fmt.Sprint("B", n), fmt.Sprint("D", n), "2025-09-01 10:00:00", traced(code(n))), counter.Confirm)
		d.Seal()
		if n < 2 {
			k, err := counter.Collect(dir, t.TempDir())
			if err != nil || k.Rows != 1 {
				t.Fatal(k, err)
			}
			if err := k.Done(); err != nil {
				t.Fatal(err)
			}
		}
	}
	done := inbox(t, dir, "done-*")
	if len(done) != 2 || len(inbox(t, dir, "in-*")) != 1 {
		t.Fatal(done, inbox(t, dir, "in-*"))
	}
	now := time.Now()
	old := now.AddDate(0, 0, -counter.KeepDays-1)
	for _, path := range append([]string{done[0]}, inbox(t, dir, "in-*")...) {
		if err := os.Chtimes(path, old, old); err != nil {
			t.Fatal(err)
		}
	}
	limit := now.AddDate(0, 0, -counter.KeepDays)
	n, freed, err := counter.Sweep(dir, limit)
	if err != nil || n != 1 || freed == 0 {
		t.Fatal(n, freed, err)
	}
	if got := inbox(t, dir, "done-*"); len(got) != 1 || got[0] != done[1] || len(inbox(t, dir, "in-*")) != 1 {
		t.Fatal("removed what was to stay:", got, inbox(t, dir, "in-*"))
	}
	if n, _, err := counter.Sweep(dir, limit); n != 0 || err != nil {
		t.Fatal("swept twice:", n, err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	// The desk opens over what is left; numbers of new files do not collide with old ones.
	d = openDesk(t, dir)
	defer d.Close()
	send(t, d, inst, "3505", row("B9", "D9", "2025-09-01 10:00:00", traced(code(9))), counter.Confirm)
	d.Seal()
	if k, err := counter.Collect(dir, t.TempDir()); err != nil || k.Rows != 2 {
		t.Fatal(k, err)
	}
}

// A row is remembered for the days agreed: its document gives the boxes back until then, and memory is free of it after.
func TestDeskForgets(t *testing.T) {
	d := openDesk(t, t.TempDir())
	defer d.Close()
	on := func(day claim.Day, n int) *counter.Call {
		at := day.Start() + claim.Time(36_000_000_000)
		return &counter.Call{Infno: "3505", Inst: inst, MsgID: "m", At: at, Stop: counter.Confirm,
			Input: []byte(row(fmt.Sprint("B", n), fmt.Sprint("D", n), day.String()+" 10:00:00", traced(code(n))))}
	}
	first := claim.DayOf(2025, 3, 1)
	for n, day := range []claim.Day{first, first + 50, first + 91} {
		if _, err := d.Receive(on(day, n)); err != nil {
			t.Fatal(err)
		}
	}
	back := func(n int) {
		if err := d.Reverse(inst, []string{"\x1eB" + fmt.Sprint(n)}, (first + 92).Start()); err != nil {
			t.Fatal(err)
		}
	}
	for n := range 3 {
		back(n)
	}
	for n, free := range []bool{false, true, true} {
		_, a, err := d.Look(inst, code(n), (first+92).Start()+claim.Time(40_000_000_000))
		if err != nil {
			t.Fatal(err)
		}
		if a.Stands() != free {
			t.Errorf("box %d: free %v, want %v", n, a.Stands(), free)
		}
	}
}
