package online_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/online"
)

// tale is the i-th of a row of events, each of a person of its own: an order of an item, not settled yet.
func tale(i int) *online.Event {
	psn := fmt.Sprintf("K%d", i)
	e := online.Encounter{ID: psn + "-V", Inst: "H1", Begin: noon - 7200_000_000, End: claim.NoTime, MedType: "21", Total: claim.None64, Own: claim.None64,
		SelfPay: claim.None64, Account: claim.None64, Fund: claim.None64}
	e.Orders = []online.Order{{ID: "L1", Item: "990100020000000", ListType: "201", Cnt: claim.QtyOne, Price: claim.PriceOne, Amount: 100, Own: 0, SelfPay: claim.None64,
		Begin: noon - 3600_000_000, Stop: claim.NoTime, Days: claim.None32}}
	return &online.Event{Kind: online.Charged, Inst: "H1", At: noon - 3600_000_000, Patient: online.Patient{ID: psn, Encounters: []online.Encounter{e}}}
}

// emptyDir is a directory without facts.
func emptyDir(t *testing.T) string {
	t.Helper()
	return t.TempDir()
}

// TestKilledLog: what Tell acknowledged is known after the process is killed with -9, again and again.
func TestKilledLog(t *testing.T) {
	dir := emptyDir(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	told := -1
	for round := range 3 {
		c := exec.Command(self)
		c.Env = append(os.Environ(), "ONLINE_TEST_CHILD="+dir)
		c.Stderr = os.Stderr
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		last := -1
		for sc := bufio.NewScanner(out); sc.Scan(); {
			if n, err := strconv.Atoi(sc.Text()); err == nil {
				last = n
			}
			if last == 200*(round+1) {
				c.Process.Kill()
			}
		}
		_ = c.Wait()
		told = max(told, last)
		e, err := online.Open(dir, online.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i <= last; i++ {
			if !online.Knows(e, fmt.Sprintf("K%d", i)) {
				t.Fatalf("round %d: event %d of %d was acknowledged and is gone", round, i, last)
			}
			if w := e.Waiting("H1", fmt.Sprintf("K%d", i), fmt.Sprintf("K%d-V", i), ""); w == nil || len(w.Orders) != 1 || w.Orders[0].Amount != 100 {
				t.Fatalf("round %d: the line of event %d no longer waits for its settlement: %+v", round, i, w)
			}
		}
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if told < 200 {
		t.Fatalf("only %d events were told", told)
	}
}

// TestTornLog: wherever a power loss cuts the log, what stands before the cut holds, and the service starts.
func TestTornLog(t *testing.T) {
	dir := emptyDir(t)
	e, err := online.Open(dir, online.Options{Sync: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := online.Open(dir, online.Options{}); !errors.Is(err, online.ErrLogHeld) {
		t.Errorf("a second writer: %v", err)
	}
	var ends []int64
	name := filepath.Join(dir, "online", "log", "00000000.log")
	for i := range 4 {
		if err := e.Tell(context.Background(), tale(i)); err != nil {
			t.Fatal(err)
		}
		st, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		ends = append(ends, st.Size())
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	if err := e.Tell(context.Background(), tale(9)); err == nil {
		t.Error("a closed engine took an event")
	}
	whole, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for cut := ends[2]; cut <= ends[3]; cut += 7 {
		if err := os.WriteFile(name, whole[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		e, err := online.Open(dir, online.Options{})
		if err != nil {
			t.Fatalf("cut at %d: %v", cut, err)
		}
		for i := range 4 {
			if want := ends[i] <= cut; online.Knows(e, fmt.Sprintf("K%d", i)) != want {
				t.Errorf("cut at %d: event %d known: %v", cut, i, !want)
			}
		}
		e.Close()
	}
	bad := append([]byte{}, whole...)
	bad[ends[3]-1] ^= 1 // of the last record: torn
	os.WriteFile(name, bad, 0o600)
	if e, err = online.Open(dir, online.Options{}); err != nil || online.Knows(e, "K3") || !online.Knows(e, "K2") {
		t.Errorf("a flipped bit: %v", err)
	}
	e.Close()
	os.WriteFile(name, bad, 0o600)
	os.WriteFile(filepath.Join(dir, "online", "log", "00000001.log"), nil, 0o600)
	if _, err := online.Open(dir, online.Options{}); err == nil {
		t.Error("damage before the last file went unnoticed")
	}
}

// TestLifeOfALine: charged, settled, taken back, settled again.
func TestLifeOfALine(t *testing.T) {
	e := inMemory(t)
	tell := func(ev *online.Event) {
		t.Helper()
		if err := e.Tell(context.Background(), ev); err != nil {
			t.Fatal(err)
		}
	}
	expect := func(step string, lines, setls int) {
		t.Helper()
		if l, s := online.Held(e, "K7"); l != lines || s != setls {
			t.Errorf("%s: %d lines and %d settlements, want %d and %d", step, l, s, lines, setls)
		}
	}
	tell(tale(7))
	tell(tale(7))
	expect("charged twice", 1, 0)
	two := tale(7)
	two.Patient.Encounters[0].Orders[0].ID = "L2"
	tell(two)
	expect("a second line", 2, 0)
	w := tale(7)
	w.Kind, w.Lines, w.Patient.Encounters[0].Orders = online.Withdrawn, []string{"L2"}, nil
	tell(w)
	expect("withdrawn", 1, 0)
	s := tale(7)
	s.Kind, s.Setl, s.SetlTime, s.Patient.Encounters[0].Orders = online.Settled, "S1", noon, nil
	tell(s)
	expect("settled", 1, 1)
	w.Lines = nil
	tell(w)
	expect("what is settled cannot be withdrawn", 1, 1)
	r := &online.Event{Kind: online.Reversed, Init: "S1", At: noon, Patient: online.Patient{ID: "K7", Encounters: []online.Encounter{{ID: "K7-V"}}}}
	tell(r)
	expect("reversed", 0, 0)
	for _, bad := range []*online.Event{{Kind: online.Charged}, {Kind: online.Settled, Patient: online.Patient{ID: "X"}}, {Kind: online.Reversed, Patient: online.Patient{ID: "X"}}} {
		if err := e.Tell(context.Background(), bad); err == nil {
			t.Errorf("%+v was taken", bad)
		}
	}
}
