package intake

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/store"
)

func find(t testing.TB, db *store.DB, id string) *store.Finding {
	t.Helper()
	f, err := db.Finding(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func act(t testing.TB, db *store.DB, id string) {
	t.Helper()
	err := db.Update(context.Background(), func(tx *store.Tx) error { return tx.SetState(id, find(t, db, id).Version, "初审", 1) })
	if err != nil {
		t.Fatal(err)
	}
}

func wantRun(t testing.TB, got *store.Run, want store.Run) {
	t.Helper()
	want.Run = got.Run
	if *got != want {
		t.Errorf("the sync changed %+v, want %+v", *got, want)
	}
}

func tasks(t testing.TB, db *store.DB) string {
	t.Helper()
	ts, err := db.OpenTasks(context.Background(), 100)
	if err != nil {
		t.Fatal(err)
	}
	s := ""
	for _, x := range ts {
		s += x.Finding + " " + x.Kind + " " + x.Revision + "\n"
	}
	return s
}

func TestWhatPeopleDidNotTouchFollowsTheAudit(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB) {
		hushed := row("h", "r", jan, "9", 0)
		hushed.Hushed = true
		p := &publication{Run: 1, Parts: map[string][]audit.Row{
			at(jan, 0):     {row("same", "r1", jan, "1", 9), row("same", "r1", jan, "2", 9), row("rev", "r1", jan, "3", 9), row("gone", "r1", jan, "4", 9), hushed},
			at(jan, 1):     {row("charge", "r1", jan, "5", 9), row("charge", "r1", jan, "6", 1)},
			at(jan+1, 1):   {},
			at(jan+1, 2):   {row("moves", "r1", jan+1, "7", 9)},
			at(jan+2, 3):   {row("lost", "r1", jan+2, "8", 9)},
			at(jan+2, 0):   {},
			"not a part 0": nil,
		}}
		wantRun(t, sync1(t, db, p), store.Run{Parts: 6, Added: 6})
		if f := find(t, db, "same"); f.LineCount != 2 || f.Vola != 200 || f.Charged != 18 || f.State != store.MachineState || f.Version != 1 || f.FirstRun != 1 {
			t.Errorf("same is %+v", f)
		}
		if _, err := db.Finding(context.Background(), "h"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a hushed finding is in the store: %v", err)
		}
		wantRun(t, sync1(t, db, p), store.Run{}) // nothing new was published

		p = &publication{Run: 2, Parts: map[string][]audit.Row{
			at(jan, 0):   {p.Parts[at(jan, 0)][0], p.Parts[at(jan, 0)][1], row("rev", "r2", jan, "3", 9), row("moves", "r1", jan, "7", 9), row("new", "r1", jan, "10", 1)},
			at(jan, 1):   {row("charge", "r1", jan, "5", 1), row("charge", "r1", jan, "6", 9)}, // the same sum, divided otherwise
			at(jan+1, 1): {},
			at(jan+1, 2): {},
			at(jan+2, 0): {},
		}}
		wantRun(t, sync1(t, db, p), store.Run{Parts: 6, Added: 1, Same: 3, Revised: 1, Withdrawn: 2, Moved: 1})
		for id, want := range map[string]struct {
			version   int64
			first     int
			last      int
			withdrawn bool
		}{"same": {1, 1, 1, false}, "rev": {2, 1, 2, false}, "moves": {2, 1, 2, false}, "new": {1, 2, 2, false}, "charge": {2, 1, 2, false},
			"gone": {2, 1, 2, true}, "lost": {2, 1, 2, true}} {
			if f := find(t, db, id); f.Version != want.version || f.FirstRun != want.first || f.LastRun != want.last || f.Withdrawn != want.withdrawn {
				t.Errorf("%s is %+v, want %+v", id, f, want)
			}
		}
		if f := find(t, db, "charge"); f.Lines[0].Charged != 1 || f.Lines[1].Charged != 9 {
			t.Errorf("charge is divided %+v", f.Lines)
		}
		p.Run, p.Parts[at(jan+1, 1)] = 3, []audit.Row{row("gone", "r1", jan+1, "4", 9)}
		wantRun(t, sync1(t, db, p), store.Run{Parts: 5, Added: 1, Same: 5, Moved: 1})
		if f := find(t, db, "gone"); f.Withdrawn || f.Month != "2025-02" || f.FirstRun != 1 {
			t.Errorf("gone came back as %+v", f)
		}
		if s := tasks(t, db); s != "" {
			t.Errorf("tasks on what nobody touched: %s", s)
		}
	})
}

func TestWhatPeopleDecidedStays(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB) {
		p := &publication{Run: 1, Parts: map[string][]audit.Row{at(jan, 0): {row("a", "r1", jan, "1", 9), row("b", "r1", jan, "2", 9), row("c", "r1", jan, "3", 9)}}}
		sync1(t, db, p)
		for _, id := range []string{"a", "b", "c"} {
			act(t, db, id)
		}
		before := find(t, db, "a")
		p = &publication{Run: 2, Parts: map[string][]audit.Row{at(jan, 0): {row("a", "r2", jan, "other", 1), row("c", "r1", jan, "3", 4)}}}
		wantRun(t, sync1(t, db, p), store.Run{Parts: 1, Same: 1, Revised: 1, Withdrawn: 1, Tasks: 2})
		after := find(t, db, "a")
		if !strings.HasPrefix(after.Published, "r2/") {
			t.Errorf("a was published as %s", after.Published)
		}
		after.Published = before.Published
		if after.Revision != "r1" || after.Version != before.Version || after.State != "初审" || after.Lines[0].Sn != "1" || after.Vola != before.Vola {
			t.Errorf("a was %+v and is %+v", before, after)
		}
		if b := find(t, db, "b"); !b.Withdrawn || b.State != "初审" || b.Version != 2 {
			t.Errorf("b is %+v", b)
		}
		want := "a 变更 r2\nb 撤回 \n"
		if s := tasks(t, db); s != want && s != "b 撤回 \na 变更 r2\n" {
			t.Errorf("tasks\n%s", s)
		}
		if r, err := Sync(context.Background(), p, db, Options{All: true}); err != nil || r.Tasks+r.Revised+r.Withdrawn+r.Added != 0 || r.Same != 2 {
			t.Errorf("comparing all again changed %+v, %v", r, err)
		}
		p.Run, p.Parts[at(jan, 0)] = 3, append(p.Parts[at(jan, 0)], row("b", "r1", jan, "2", 9))
		wantRun(t, sync1(t, db, p), store.Run{Parts: 1, Same: 2, Added: 1, Tasks: 1})
		if s := tasks(t, db); !strings.Contains(s, "b 重现 r1") {
			t.Errorf("tasks\n%s", s)
		}
	})
}

// TestDecisionDuringASync decides on a finding while its part is being taken in: the decision is kept.
func TestDecisionDuringASync(t *testing.T) {
	t.Parallel()
	db := open(t, engines["postgres"](t)) // SQLite has one writer: there the decision waits
	p := &publication{Run: 1, Parts: map[string][]audit.Row{at(jan, 0): {row("a", "r1", jan, "1", 9)}}}
	sync1(t, db, p)
	p = &publication{Run: 2, Parts: map[string][]audit.Row{at(jan, 0): {row("a", "r2", jan, "1", 9)}}}
	decided := false
	r, err := Sync(context.Background(), &between{p, func() {
		if !decided {
			decided = true
			act(t, db, "a")
		}
	}}, db, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if f := find(t, db, "a"); f.State != "初审" || f.Revision != "r1" || r.Tasks != 1 {
		t.Errorf("a is %+v after %+v", f, r)
	}
}

// between does something after a part was read from the files.
type between struct {
	*publication
	do func()
}

func (b *between) ReadPart(p audit.Part) ([]audit.Row, error) {
	b.do()
	return b.publication.ReadPart(p)
}

// TestManyMoved moves more findings than are always looked for: adding them fails first, and then they are found.
func TestManyMoved(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB) {
		one := &publication{Run: 1, Parts: map[string][]audit.Row{at(jan, 0): {}, at(jan+1, 0): {}}}
		two := &publication{Run: 2, Parts: map[string][]audit.Row{at(jan, 0): {}, at(jan+1, 0): {}}}
		for i := range fewUnknown + 100 {
			one.Parts[at(jan+1, 0)] = append(one.Parts[at(jan+1, 0)], row(fmt.Sprint("f", i), "r", jan+1, "1", 1))
			two.Parts[at(jan, 0)] = append(two.Parts[at(jan, 0)], row(fmt.Sprint("f", i), "r", jan, "1", 1))
		}
		sync1(t, db, one)
		wantRun(t, sync1(t, db, two), store.Run{Parts: 2, Same: fewUnknown + 100, Moved: fewUnknown + 100})
	})
}

// TestWhatAllocationNeeds: a finding comes in with what its charge is divided by, and with the division of its institution.
func TestWhatAllocationNeeds(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB) {
		if err := db.Update(context.Background(), func(tx *store.Tx) error {
			return tx.SetReviewInst(store.ReviewInst{Code: "H1", Admdvs: "990101"})
		}); err != nil {
			t.Fatal(err)
		}
		r := row("a", "r1", jan, "1", 9)
		r.Inst, r.Scope, r.Priority, r.Refund = "H1", 77, 5, true
		sync1(t, db, &publication{Run: 1, Parts: map[string][]audit.Row{at(jan, 0): {r}}})
		if f := find(t, db, "a"); f.Lines[0].Scope != 77 || f.Prio != 5 || !f.Refund || f.Admdvs != "990101" {
			t.Errorf("came in as %+v", f)
		}
	})
}
