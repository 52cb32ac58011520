package journal

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// childEnv names the directory that the child of the kill test writes to.
const childEnv = "JOURNAL_TEST_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childEnv); dir != "" {
		child(dir)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// child adds records from many goroutines and prints the number of each that was Kept, until it is killed.
func child(dir string) {
	j, err := Open(dir, Options{Segment: 64 << 10, Sync: 20 * time.Millisecond})
	if err != nil {
		panic(err)
	}
	for g := range 8 {
		go func() {
			for i := 0; ; i++ {
				n := i*8 + g
				if j.Add(record(n), time.Minute) == Kept {
					fmt.Fprintf(os.Stdout, "%d\n", n) // one write: unbuffered, so what the parent reads was acknowledged
				}
			}
		}()
	}
	select {}
}

func record(n int) []byte {
	return []byte(strconv.Itoa(n) + " " + strings.Repeat("x", n%701))
}

func readAll(t testing.TB, dir string) (recs []string, torn int64) {
	t.Helper()
	names, err := Segments(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		for from := int64(0); ; {
			p, err := Read(dir, name, from, 1000)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range p.Records {
				recs = append(recs, string(r))
			}
			torn += p.Torn
			if p.Next == from {
				break
			}
			from = p.Next
		}
	}
	return recs, torn
}

// TestKilled kills writing processes: whatever they acknowledged is there.
func TestKilled(t *testing.T) {
	t.Parallel()
	rounds := 5
	if os.Getenv("MINGJIAN_SOAK") != "" {
		rounds = 50
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for round := range rounds {
		dir := filepath.Join(t.TempDir(), "j")
		c := exec.Command(self)
		c.Env = append(os.Environ(), childEnv+"="+dir)
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		var acked []string
		in := bufio.NewScanner(out)
		for in.Scan() {
			acked = append(acked, in.Text())
			if len(acked) == 2000+round*777 {
				c.Process.Kill() // what is still in the pipe was acknowledged too
			}
		}
		c.Wait() //nolint:errcheck // it was killed
		have := map[string]bool{}
		recs, _ := readAll(t, dir)
		for _, r := range recs {
			n, rest, _ := strings.Cut(r, " ")
			i, err := strconv.Atoi(n)
			if err != nil || rest != strings.Repeat("x", i%701) || have[n] {
				t.Fatalf("record %q is damaged or there twice", r)
			}
			have[n] = true
		}
		for _, n := range acked {
			if !have[n] {
				t.Fatalf("round %d: record %s was acknowledged and is lost (%d acknowledged, %d there)", round, n, len(acked), len(recs))
			}
		}
	}
}

func TestReadsAsWritten(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	want := map[string]bool{}
	for range 2 { // opened twice: two files
		j, err := Open(dir, Options{Segment: 10_000})
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for g := range 4 {
			wg.Go(func() {
				for i := range 100 {
					if a := j.Add(record(g*1000+i), time.Minute); a != Kept {
						t.Errorf("%v", a)
					}
				}
			})
		}
		wg.Wait()
		for g := range 4 {
			for i := range 100 {
				want[string(record(g*1000+i))] = true
			}
		}
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
		if j.Add([]byte("x"), 0) != Dropped {
			t.Error("a closed journal takes records")
		}
	}
	got, torn := readAll(t, dir)
	if len(got) != 800 || torn != 0 {
		t.Errorf("%d records, %d bytes torn", len(got), torn)
	}
	for _, r := range got {
		if !want[r] {
			t.Errorf("%q was never written", r)
		}
	}
}

// TestStalledDisk: answers go on, waiting is bounded, what is lost is counted, what waited is written in the end.
func TestStalledDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	gate, entered := make(chan struct{}), make(chan struct{}, 1)
	j, err := Open(dir, Options{Records: 10, write: func(f *os.File, b []byte) (int, error) {
		select {
		case entered <- struct{}{}:
		default:
		}
		<-gate
		return f.Write(b)
	}})
	if err != nil {
		t.Fatal(err)
	}
	if a := j.Add([]byte("first"), time.Millisecond); a != Late {
		t.Errorf("on a stalled disk: %v, want Late", a)
	}
	<-entered // the writer hangs with the first record
	late, dropped := 1, 0
	for i := range 30 {
		switch j.Add(record(i), 0) {
		case Late:
			late++
		case Dropped:
			dropped++
		default:
			t.Error("kept on a stalled disk")
		}
	}
	if s := j.Stats(); late != 11 || dropped != 20 || s.Dropped != 20 || s.Late != 11 {
		t.Errorf("%d late, %d dropped, %+v", late, dropped, s)
	}
	close(gate)
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if got, _ := readAll(t, dir); len(got) != late {
		t.Errorf("%d records written, %d were waiting", len(got), late)
	}
}

// TestFailingDisk: a write that fails half way leaves no half record behind, and later ones go on.
func TestFailingDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	n := 0
	j, err := Open(dir, Options{write: func(f *os.File, b []byte) (int, error) {
		if n++; n%2 == 0 {
			k, _ := f.Write(b[:len(b)/2])
			return k, errors.New("no space left")
		}
		return f.Write(b)
	}})
	if err != nil {
		t.Fatal(err)
	}
	kept := 0
	for i := range 20 {
		if j.Add(record(i), time.Minute) == Kept {
			kept++
		}
	}
	if s := j.Stats(); kept != 10 || s.Failed != 10 || s.Dropped != 10 {
		t.Errorf("%d kept, %+v", kept, s)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if got, torn := readAll(t, dir); len(got) != kept || torn != 0 {
		t.Errorf("%d records, %d bytes torn, want %d", len(got), torn, kept)
	}
}

func TestTornPlaces(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp("", "journal")
		if err != nil {
			rt.Fatal(err)
		}
		defer os.RemoveAll(dir)
		var buf []byte
		var ends []int
		for i := range rapid.IntRange(2, 30).Draw(rt, "records") {
			buf = frame(buf, record(i*37))
			ends = append(ends, len(buf))
		}
		lo := rapid.IntRange(0, len(buf)-1).Draw(rt, "from")
		hi := min(len(buf), lo+rapid.IntRange(1, 500).Draw(rt, "bytes"))
		cut := rapid.Bool().Draw(rt, "cut")
		if cut {
			buf = buf[:lo]
		} else {
			zero := rapid.Bool().Draw(rt, "zero") // pages that never reached the disk
			for i := lo; i < hi; i++ {
				if buf[i] ^= 0xa5; zero && i > lo {
					buf[i] = 0
				}
			}
		}
		whole, start := 0, 0
		for _, e := range ends {
			if e <= lo || (!cut && start >= hi) {
				whole++
			}
			start = e
		}
		path := filepath.Join(dir, "a"+suffix)
		if err := os.WriteFile(path, buf, 0o600); err != nil {
			rt.Fatal(err)
		}
		old := time.Now().Add(-time.Hour)
		if err := os.Chtimes(path, old, old); err != nil {
			rt.Fatal(err)
		}
		got, _ := readAll(t, dir)
		if len(got) != whole {
			rt.Fatalf("%d records found, %d are whole", len(got), whole)
		}
		if ok, err := Remove(dir, "a"+suffix, int64(len(buf)), time.Minute); err != nil || !ok {
			rt.Fatalf("not removed: %v", err)
		}
	})
}

func TestWhatIsBeingWrittenIsLeftForLater(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	b := frame(frame(nil, []byte("one")), []byte("two"))
	path := filepath.Join(dir, "a"+suffix)
	if err := os.WriteFile(path, b[:len(b)-1], 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := Read(dir, "a"+suffix, 0, 1000)
	if err != nil || len(p.Records) != 1 || p.End {
		t.Fatalf("%+v %v", p, err)
	}
	if q, err := Read(dir, "a"+suffix, p.Next, 1000); err != nil || q.Next != p.Next || q.Torn != 0 {
		t.Errorf("a frame that is being written was passed over: %+v %v", q, err)
	}
	if ok, _ := Remove(dir, "a"+suffix, p.Next, 0); ok {
		t.Error("removed with a record in it")
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	if q, err := Read(dir, "a"+suffix, p.Next, 1000); err != nil || len(q.Records) != 1 || !q.End {
		t.Errorf("%+v %v", q, err)
	}
}

func BenchmarkAdd(b *testing.B) {
	j, err := Open(b.TempDir(), Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer j.Close()
	rec := make([]byte, 3000)
	b.SetBytes(int64(len(rec)))
	b.SetParallelism(32)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			j.Add(rec, 5*time.Millisecond)
		}
	})
	s := j.Stats()
	b.ReportMetric(float64(s.Dropped)/float64(b.N), "dropped/op")
}
