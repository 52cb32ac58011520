package index

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/trace/life"
	"pgregory.net/rapid"
)

var start = claim.Time(claim.DayOf(2025, 9, 1).Start().Clock())

func code(n int) life.Code { return life.Parse(fmt.Sprintf("9901%016d", n)) }

func slip(inst, psn string, sec int64, doc string, codes ...int) *Slip {
	s := &Slip{Inst: inst, Psn: psn, At: start + claim.Time(sec*1e6), Docs: []string{doc}, Paid: true}
	for _, n := range codes {
		s.Boxes = append(s.Boxes, Box{Code: code(n), Qty: claim.None64})
	}
	return s
}

func open(t testing.TB, dir string) *Index {
	t.Helper()
	x, err := Open(dir, life.Usual(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func sell(t *testing.T, x *Index, s *Slip) bool {
	t.Helper()
	_, ok, err := x.Sell(s)
	if err != nil {
		t.Fatal(err)
	}
	return ok
}

func TestSellOnceUndoSellAgain(t *testing.T) {
	t.Parallel()
	x := open(t, t.TempDir())
	defer x.Close()
	if !sell(t, x, slip("9901A", "p1", 0, "d1", 1, 2)) {
		t.Fatal("a new box was refused")
	}
	if !sell(t, x, slip("9901A", "p1", 5, "d1", 1, 2)) {
		t.Fatal("the same slip again is the same sale")
	}
	if sell(t, x, slip("9901B", "p2", 9, "d2", 2, 3)) {
		t.Fatal("a sold box was sold again")
	}
	if !sell(t, x, slip("9901B", "p2", 10, "d3", 3)) {
		t.Fatal("a slip that was refused must record none of its boxes")
	}
	a, _, err := x.Sell(slip("9901B", "p2", 9, "d2", 2))
	if err != nil || a[0].Again.Class != life.Fake || a[0].Before == nil || x.Institution(a[0].Before.Inst) != "9901A" {
		t.Fatalf("%+v %v", a, err)
	}
	for i, want := range []bool{true, false} {
		if ok, err := x.Undo(code(2), "9901A", "d1", claim.None64, start+20e6); ok != want || err != nil {
			t.Fatalf("undo %d: %v %v", i, ok, err)
		}
	}
	if ok, _ := x.Undo(code(1), "9901B", "", claim.None64, start+20e6); ok {
		t.Fatal("undone by one who never sold it")
	}
	if !sell(t, x, slip("9901B", "p2", 30, "d2", 2)) {
		t.Fatal("after undoing the box is free")
	}
	s := slip("9901C", "p3", 40, "d9", 2)
	s.Insist = true
	if !sell(t, x, s) {
		t.Fatal("the clerk insisted")
	}
	if _, _, err := x.Sell(&Slip{Inst: "a", Docs: []string{"d"}, Boxes: []Box{{Code: life.Parse("x")}}}); err == nil {
		t.Fatal("an invalid code")
	}
}

// Scanned by mistake, undone, and scanned again for the same receipt: the box is sold, whenever the clocks say that was.
func TestSoldAgainUnderTheSameReceipt(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	x := open(t, dir)
	for round := range 3 {
		if !sell(t, x, slip("9901A", "p1", 0, "d1", 1)) {
			t.Fatal("sold, the first or again")
		}
		if sell(t, x, slip("9901B", "p2", 5, fmt.Sprint("e", round), 1)) {
			t.Fatalf("round %d: another counter sold a sold box", round)
		}
		if round == 1 {
			if err := x.Flush(); err != nil {
				t.Fatal(err)
			}
			x.Close()
			x = open(t, dir)
		}
		if round == 2 {
			break
		}
		if ok, err := x.Undo(code(1), "9901A", "d1", claim.None64, start+1e6); !ok || err != nil {
			t.Fatal(ok, err)
		}
	}
	x.Close()
}

func TestPartsOfAPack(t *testing.T) {
	t.Parallel()
	x := open(t, t.TempDir())
	defer x.Close()
	for i, want := range []bool{true, true, false} {
		s := slip("9901A", fmt.Sprint("p", i), int64(i)*1000, fmt.Sprint("d", i), 7)
		s.Boxes[0].Split, s.Boxes[0].Qty, s.Boxes[0].Pack = true, 120000, 240000
		if got := sell(t, x, s); got != want {
			t.Fatalf("part %d: %v", i, got)
		}
	}
}

// Many counters, few boxes, the same instant: each box goes once.
func TestExactlyOneWins(t *testing.T) {
	t.Parallel()
	x := open(t, t.TempDir())
	defer x.Close()
	const boxes, counters = 40, 16
	var won [boxes]atomic.Int32
	var wg sync.WaitGroup
	for c := range counters {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for b := range boxes {
				if _, ok, err := x.Sell(slip(fmt.Sprint("9901", c), fmt.Sprint("p", c), 0, fmt.Sprint("d", c, "-", b), b)); err != nil {
					t.Error(err)
				} else if ok {
					won[b].Add(1)
				}
				if b == boxes/2 && c == 0 {
					if err := x.Flush(); err != nil {
						t.Error(err)
					}
				}
			}
		}()
	}
	wg.Wait()
	for b := range won {
		if n := won[b].Load(); n != 1 {
			t.Errorf("box %d was sold %d times", b, n)
		}
	}
}

func TestSecondProcessIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	x := open(t, dir)
	if _, err := Open(dir, life.Usual(), nil); !errors.Is(err, ErrBusy) {
		t.Fatal(err)
	}
	x.Close()
	open(t, dir).Close()
}

func TestDamageIsTold(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	x := open(t, dir)
	for i := range 300 {
		sell(t, x, slip("a", "p", int64(i)*100, fmt.Sprint(i), i))
	}
	if err := x.Flush(); err != nil {
		t.Fatal(err)
	}
	x.Close()
	names, _ := filepath.Glob(filepath.Join(dir, "seg-*"))
	b, _ := os.ReadFile(names[0])
	b[5000]++
	os.WriteFile(names[0], b, 0o644)
	x = open(t, dir)
	defer x.Close()
	var failed bool
	for i := range 300 {
		_, err := x.Events(life.KeyOf(code(i).Text))
		failed = failed || errors.Is(err, ErrDamaged)
	}
	if !failed {
		t.Fatal("a changed byte went unnoticed")
	}
}

// The index says what a map of lives says, whatever is flushed, joined, bulk-loaded and reopened in between.
func TestAgainstAMap(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp(t.TempDir(), "x")
		if err != nil {
			rt.Fatal(err)
		}
		x, err := Open(dir, life.Usual(), nil)
		if err != nil {
			rt.Fatal(err)
		}
		defer func() { x.Close() }()
		owner := map[int]string{} // box → slip it stands under
		for k := range rapid.IntRange(1, 80).Draw(rt, "steps") {
			box := rapid.IntRange(0, 5).Draw(rt, "box")
			inst := fmt.Sprint("9901", rapid.IntRange(0, 2).Draw(rt, "inst"))
			doc := fmt.Sprint(inst, "-", k)
			switch rapid.IntRange(0, 9).Draw(rt, "act") {
			case 0:
				if err := x.Flush(); err != nil {
					rt.Fatal(err)
				}
			case 1:
				if err := x.Close(); err != nil {
					rt.Fatal(err)
				}
				if x, err = Open(dir, life.Usual(), nil); err != nil {
					rt.Fatal(err)
				}
			case 2:
				if owner[box] != "" {
					continue
				}
				b, err := x.Build()
				if err != nil {
					rt.Fatal(err)
				}
				n, _ := b.Institution(inst)
				if err := b.Add(&Record{Key: life.KeyOf(code(box).Text), Inst: n, At: start + claim.Time(k*100*1e6), Doc: DocHash(doc), Kind: life.Sold, Qty: claim.None64}); err != nil {
					rt.Fatal(err)
				}
				if err := b.Close(); err != nil {
					rt.Fatal(err)
				}
				owner[box] = doc
			case 3, 4:
				ok, err := x.Undo(code(box), inst, "", claim.None64, start+claim.Time(k*100*1e6))
				if err != nil {
					rt.Fatal(err)
				}
				mine := owner[box] != "" && owner[box][:len(inst)] == inst
				if ok != mine {
					rt.Fatalf("undo of box %d at %s: %v, it stands under %q", box, inst, ok, owner[box])
				}
				if ok {
					owner[box] = ""
				}
			default:
				_, ok, err := x.Sell(slip(inst, fmt.Sprint("p", k), int64(k)*100, doc, box))
				if err != nil {
					rt.Fatal(err)
				}
				if ok != (owner[box] == "") {
					rt.Fatalf("step %d: box %d sold %v, it stands under %q", k, box, ok, owner[box])
				}
				if ok {
					owner[box] = doc
				}
			}
		}
	})
}

func TestScanFindsEveryDouble(t *testing.T) {
	t.Parallel()
	x := open(t, t.TempDir())
	defer x.Close()
	b, err := x.Build()
	if err != nil {
		t.Fatal(err)
	}
	n, _ := b.Institution("9901A")
	const codes = 20_000
	want := map[string]int{}
	r := rand.New(rand.NewPCG(1, 2))
	for i := range codes {
		times := 1
		if r.IntN(200) == 0 {
			times = 2 + r.IntN(4)
			want[code(i).Text] = times
		}
		for k := range times {
			if err := b.Add(&Record{Key: life.KeyOf(code(i).Text), Inst: n, At: start + claim.Time(k*1e9), Doc: uint64(i*10 + k), Kind: life.Sold}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	for _, parts := range []int{1, 3} {
		var mu sync.Mutex
		got := map[string]int{}
		if _, err := x.Scan(parts, func(_ int, recs []Record) error {
			mu.Lock()
			defer mu.Unlock()
			got[recs[0].Key.Text()] += len(recs)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if len(got) != len(want) {
			t.Fatalf("%d codes, want %d", len(got), len(want))
		}
		for c, n := range want {
			if got[c] != n {
				t.Fatalf("%s: %d, want %d", c, got[c], n)
			}
		}
	}
}

// TestOneReceiptOnTwoWays: what came on two ways under one document is one sale; sold again after it came back is two, and parts add up.
func TestOneReceiptOnTwoWays(t *testing.T) {
	sale := func(sec int64, kind life.Kind) Record {
		return Record{Key: life.KeyOf(code(1).Text), Inst: 3, Doc: 77, At: claim.Time(sec * 1e6), Kind: kind, Qty: claim.None64, Paid: true}
	}
	live := func(recs ...Record) (n int) {
		l := life.Of(Events(recs))
		for i := range l.Sales {
			if l.Sales[i].Live() {
				n++
			}
		}
		return n
	}
	if n := live(sale(100, life.Sold), sale(3700, life.Sold)); n != 1 {
		t.Errorf("reported twice: %d sales", n)
	}
	if n := live(sale(100, life.Sold), sale(200, life.Returned)); n != 0 {
		t.Errorf("taken back: %d sales", n)
	}
	if n := live(sale(100, life.Sold), sale(200, life.Returned), sale(300, life.Sold)); n != 1 {
		t.Errorf("taken back and scanned again: %d sales", n)
	}
	part := sale(100, life.Sold)
	part.Split, part.Qty = true, claim.QtyOne
	more := part
	more.At += 60 * 1e6
	if n := live(part, more); n != 2 {
		t.Errorf("two parts under one receipt: %d sales", n)
	}
}
