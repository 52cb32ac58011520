package online_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/online"
	"github.com/mingjian/mingjian/internal/online/onlinetest"
	"github.com/mingjian/mingjian/internal/rule"
)

var cityDir string

// dataDir is the city all tests share; those that write use a copy of nothing: each has a log of its own.
func dataDir(t testing.TB) string {
	t.Helper()
	once.Do(func() { cityDir = onlinetest.City(shared{t}, 200, 2, 3) })
	return cityDir
}

var once sync.Once

// shared is a test whose folders outlive it.
type shared struct{ testing.TB }

func (s shared) TempDir() string {
	d, err := os.MkdirTemp(root, "city")
	if err != nil {
		s.Fatal(err)
	}
	return d
}

func open(t testing.TB, opt online.Options) *online.Engine {
	t.Helper()
	e, err := online.Open(dataDir(t), opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e
}

// inMemory is an engine without a log.
func inMemory(t testing.TB) *online.Engine {
	return open(t, online.Options{Until: onlinetest.Last, Bound: onlinetest.Last})
}

// TestCheckIsTheAudit: a call about a wild person says exactly what the audit's Assembler and Eval say of the same facts written as rows:
// an earlier visit that was told as an event, and the orders asked about.
func TestCheckIsTheAudit(t *testing.T) {
	e := inMemory(t)
	b := e.Ground().Bound()
	states, err := e.Cards("test", online.During)
	if err != nil {
		t.Fatal(err)
	}
	judged, speaks := map[string]bool{}, map[string]bool{}
	_, all := b.OfStage(online.During)
	for id := range all {
		judged[id] = true
	}
	for _, c := range states {
		speaks[c.ID] = c.Why == "" && !c.Lacks
	}
	hits := 0
	for seed := range uint64(150) {
		m := newMaker(e, seed)
		psn := fmt.Sprintf("W%d", seed)
		q := m.request(psn, 1+m.IntN(30))
		p := &q.Patients[0]
		before := m.encounter(psn+"-A", m.IntN(12), false)
		at := noon - 3600_000_000
		ev := &online.Event{Kind: online.Settled, Inst: before.Inst, At: at, SetlTime: at, Setl: psn + "-S", Patient: online.Patient{ID: psn, Area: p.Area,
			Encounters: []online.Encounter{before}}}
		var sum claim.Money
		for i := range before.Orders {
			sum += claim.Money(claim.MulDiv(int64(before.Orders[i].Cnt), int64(before.Orders[i].Price), 1e8))
		}
		ev.Patient.Encounters[0].Fund = sum
		if err := e.Tell(context.Background(), ev); err != nil {
			t.Fatal(err)
		}
		a, err := e.Check(context.Background(), q)
		if err != nil {
			t.Fatal(err)
		}
		ds := e.Ground().Snapshot().Dicts().Over()
		o := b.Over(b.Vocab.Over(ds))
		rows := claim.NewRows(ds)
		if err := rows.Add("person", []string{"psn_no", "gend", "brdy", "insutype", "insu_admdvs"}, []string{psn, p.Sex, p.Birth.String(), p.Encounters[0].Insutype, p.Area}); err != nil {
			t.Fatal(err)
		}
		rowsOf(t, rows, p, &before, psn+"-S", at)
		rowsOf(t, rows, p, &p.Encounters[0], psn+"-N", noon)
		src := rows.Sources()
		o.Vocab.Grow()
		o.Grow()
		tl, _ := claim.NewAssembler(o.Vocab, src, noon.Day()+1).Next()
		month := noon.Day().Month()
		want, got := map[string]int{}, map[string]int{}
		for _, h := range o.NewEval(month, month, judged).Judge(tl) {
			if h.Hushed || !speaks[h.Card.ID] {
				continue
			}
			for _, l := range h.Lines {
				if x := &tl.Lines[l.Line]; l.Type == 1 && tl.LineMdtrt(x) == psn+"-V" {
					want[h.Card.ID+" "+tl.FeedetlSn(x)] = h.Severity
				}
			}
			if len(h.Lines) == 0 && h.Visit >= 0 && tl.MdtrtID(&tl.Visits[h.Visit]) == psn+"-V" {
				want[h.Card.ID+" visit"] = h.Severity
			}
		}
		for _, r := range a.Reminders {
			for _, l := range r.Lines {
				if l.Type == 1 && l.Visit == psn+"-V" {
					got[r.Rule+" "+l.Order] = int(r.Severity)
				}
			}
			if len(r.Lines) == 0 {
				got[r.Rule+" visit"] = int(r.Severity)
			}
			if n := len([]rune(r.Text)); n == 0 || n > 60 {
				t.Errorf("%s: %d characters: %s", r.Rule, n, r.Text)
			}
			if len(r.ID) > 50 || r.ID == "" {
				t.Errorf("jr_id %q", r.ID)
			}
		}
		hits += len(got)
		for k, s := range want {
			if got[k] != s {
				t.Errorf("%s: %s: the audit says %d, online %d", psn, k, s, got[k])
			}
		}
		for k, s := range got {
			if want[k] == 0 {
				t.Errorf("%s: %s: online says %d, the audit nothing", psn, k, s)
			}
		}
	}
	if hits < 100 {
		t.Errorf("only %d hits: the test tests nothing", hits)
	}
}

// TestReloadDropsNothing: calls go on while rules are swapped; a set that cannot be taken leaves the old one.
func TestReloadDropsNothing(t *testing.T) {
	var broken atomic.Bool
	e := open(t, online.Options{Until: onlinetest.Last, Bound: onlinetest.Last, Open: func(_ context.Context, dir string) (*audit.Auditor, error) {
		if broken.Load() {
			return nil, errors.New("卡片写错了")
		}
		lib, err := rule.Shipped()
		if err != nil {
			return nil, err
		}
		return audit.Open(dir, lib)
	}})
	m := newMaker(e, 9)
	q := m.request("R1", 20)
	say := func(a *online.Answer) string {
		var b strings.Builder
		for _, r := range a.Reminders {
			fmt.Fprintln(&b, r.ID, r.Rule, r.Severity, r.Vola, r.Text)
		}
		return b.String()
	}
	first, err := e.Check(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	want := say(first)
	var stop atomic.Bool
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for !stop.Load() {
				a, err := e.Check(context.Background(), q)
				if err != nil || say(a) != want {
					t.Errorf("%v: %s instead of %s", err, say(a), want)
					return
				}
			}
		})
	}
	for i := range 6 {
		broken.Store(i%2 == 1)
		if err := e.Reload(context.Background()); (err != nil) != (i%2 == 1) || (err != nil && !strings.Contains(err.Error(), "卡片写错了")) {
			t.Errorf("reload %d: %v", i, err)
		}
	}
	stop.Store(true)
	wg.Wait()
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Check(context.Background(), q); !errors.Is(err, online.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}

// TestStrangersGrowNothing: codes that nobody knows leave the shared dictionaries as they are.
func TestStrangersGrowNothing(t *testing.T) {
	e := inMemory(t)
	ds := e.Ground().Snapshot().Dicts()
	var was [claim.DictCount]int
	for i, d := range ds {
		was[i] = d.Len()
	}
	m := newMaker(e, 4)
	for i := range 300 {
		q := m.request(fmt.Sprintf("N%d", i), 10)
		for k := range q.Patients[0].Encounters[0].Orders {
			o := &q.Patients[0].Encounters[0].Orders[k]
			o.Item, o.Doctor, o.Dept, o.Name = fmt.Sprintf("XZZ%d-%d", i, k), fmt.Sprintf("D%d-%d", i, k), fmt.Sprint(i, k), fmt.Sprint("名", i, k)
		}
		if _, err := e.Check(context.Background(), q); err != nil {
			t.Fatal(err)
		}
	}
	for i, d := range ds {
		if d.Len() != was[i] {
			t.Errorf("dictionary %d grew from %d to %d", i, was[i], d.Len())
		}
	}
}

// TestBudget: out of time, the answer says so; with a list of rules only these speak.
func TestBudget(t *testing.T) {
	e := open(t, online.Options{Until: onlinetest.Last, Bound: onlinetest.Last, Budget: 1})
	m := newMaker(e, 5)
	a, err := e.Check(context.Background(), m.request("B1", 200))
	if err != nil || !a.Partial {
		t.Errorf("%v, partial %v", err, a.Partial)
	}
	e = inMemory(t)
	for seed := range uint64(20) {
		q := newMaker(e, seed).request("B2", 30)
		all, err := e.Check(context.Background(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range all.Reminders {
			q.Rules = []string{r.Rule}
			one, err := e.Check(context.Background(), q)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(one.Reminders, func(x online.Reminder) bool { return x.ID == r.ID }) ||
				slices.ContainsFunc(one.Reminders, func(x online.Reminder) bool { return x.Rule != r.Rule }) {
				t.Errorf("rules %v: %d reminders", q.Rules, len(one.Reminders))
			}
		}
	}
}

// TestHistoryFiles: what the lake knows of a person counts, from files as from memory; a damaged file is made again.
func TestHistoryFiles(t *testing.T) {
	dir := dataDir(t)
	e, err := online.Open(dir, online.Options{Bound: onlinetest.Last})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if err := e.Prepare(nil); err != nil {
		t.Fatal(err)
	}
	e2 := inMemory(t)
	ds := e.Ground().Snapshot().Dicts()
	different := 0
	for c := 1; c < ds[claim.DictPerson].Len(); c++ {
		q := newMaker(e, uint64(c)).request(ds[claim.DictPerson].String(int32(c)), 6)
		a, err := e.Check(context.Background(), q)
		if err != nil {
			t.Fatal(err)
		}
		b, err := e2.Check(context.Background(), q)
		if err != nil || len(a.Reminders) != len(b.Reminders) {
			t.Errorf("%s: %d from files, %d from memory, %v", q.Patients[0].ID, len(a.Reminders), len(b.Reminders), err)
		}
		q.Patients[0].ID = "somebody"
		s, err := e.Check(context.Background(), q)
		if err != nil {
			t.Fatal(err)
		}
		if len(s.Reminders) != len(a.Reminders) {
			different++
		}
	}
	if different == 0 {
		t.Error("nobody's history mattered")
	}
	files, _ := filepath.Glob(filepath.Join(dir, "online", "history-*", "*.arrow"))
	if len(files) == 0 {
		t.Fatal("no history files")
	}
	e.Close()
	if err := os.WriteFile(files[0], []byte("damaged"), 0o600); err != nil {
		t.Fatal(err)
	}
	e3, err := online.Open(dir, online.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer e3.Close()
	for c := 1; c < ds[claim.DictPerson].Len(); c++ {
		if _, err := e3.Check(context.Background(), newMaker(e3, 1).request(ds[claim.DictPerson].String(int32(c)), 1)); err != nil {
			t.Fatal(err)
		}
	}
}

// TestEmptyDirectory: before the first import there is nothing to hold calls to but points; they are answered.
func TestEmptyDirectory(t *testing.T) {
	dir := t.TempDir()
	l, err := lake.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	e, err := online.Open(dir, online.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	q := newMaker(inMemory(t), 1).request("P", 3)
	if _, err := e.Check(context.Background(), q); err != nil {
		t.Fatal(err)
	}
}

// BenchmarkCheck judges twenty orders of somebody with a history.
func BenchmarkCheck(b *testing.B) {
	e := inMemory(b)
	ds := e.Ground().Snapshot().Dicts()
	var qs []*online.Request
	for c := 1; c < min(100, ds[claim.DictPerson].Len()); c++ {
		qs = append(qs, newMaker(e, uint64(c)).request(ds[claim.DictPerson].String(int32(c)), 20))
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, err := e.Check(context.Background(), qs[i%len(qs)]); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFiveThousand judges five thousand orders at once.
func BenchmarkFiveThousand(b *testing.B) {
	e := inMemory(b)
	q := newMaker(e, 1).request("P", 5000)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := e.Check(context.Background(), q); err != nil {
			b.Fatal(err)
		}
	}
}
