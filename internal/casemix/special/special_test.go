package special

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mingjian/mingjian/internal/casemix/pay"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/store"
)

func month(s string) claim.Month {
	m, err := claim.ParseMonth(s)
	if err != nil {
		panic(err)
	}
	return m
}

func TestDeadline(t *testing.T) {
	terms := National()
	// The first quarter of 2025 ends on Monday 31 March; 4 April is a holiday, so the fifteenth working day is Tuesday 22 April.
	// New Year 2026 frees Thursday and Friday and works Sunday 4 January.
	for m, want := range map[string]claim.Day{"2025-01": claim.DayOf(2025, 4, 22), "2025-03": claim.DayOf(2025, 4, 22), "2025-12": claim.DayOf(2026, 1, 22)} {
		if d := terms.Deadline(month(m)); d != want {
			t.Errorf("%s: %s, want %s", m, d, want)
		}
	}
	terms.Holidays = map[claim.Day]bool{claim.DayOf(2025, 4, 4): true}
	if d := terms.Deadline(month("2025-02")); d != claim.DayOf(2025, 4, 22) {
		t.Errorf("with a holiday: %s", d)
	}
	terms.Working = map[claim.Day]bool{claim.DayOf(2025, 4, 6): true}
	if d := terms.Deadline(month("2025-02")); d != claim.DayOf(2025, 4, 21) {
		t.Errorf("with a worked Sunday: %s", d)
	}
}

func application(change func(*Application)) *Application {
	a := &Application{Inst: "H1", Visit: "m1", Insutype: "310", Kind: "DRG", Settled: month("2025-02"), Reason: "复杂危重", Asked: "按项目", Cost: 5_000_000, Fund: 4_000_000,
		On: claim.DayOf(2025, 4, 22), Materials: map[string]string{"申请表": "a", "病案首页": "b", "费用清单": "c", "出院记录": "d"}}
	if change != nil {
		change(a)
	}
	return a
}

func TestCheck(t *testing.T) {
	terms := National()
	for _, x := range []struct {
		name, want    string
		a             *Application
		stays, before int
		cut           int64
	}{
		{"in order, last of the share", "", application(nil), 100, 4, 0},
		{"beyond the share", "R013", application(nil), 100, 5, 0},
		{"share of a small hospital", "R013", application(nil), 19, 0, 0},
		{"DIP's share", "", application(func(a *Application) { a.Kind = "DIP" }), 200, 0, 0},
		{"beyond DIP's share", "R013", application(func(a *Application) { a.Kind = "DIP" }), 199, 0, 0},
		{"a day late", "R014", application(func(a *Application) { a.On++ }), 100, 0, 0},
		{"a paper missing", "R015", application(func(a *Application) { delete(a.Materials, "出院记录") }), 100, 0, 0},
		{"at the bound of unreasonable fees", "", application(nil), 100, 0, 1_200_000},
		{"beyond it", "R015", application(nil), 100, 0, 1_200_005},
	} {
		var got []string
		for _, p := range terms.Check(x.a, x.stays, x.before, pay.Fen(x.cut)) {
			got = append(got, p.Code)
		}
		if strings.Join(got, " ") != x.want {
			t.Errorf("%s: %v, want %s", x.name, got, x.want)
		}
	}
}

func TestDrawIsFairAndRepeatable(t *testing.T) {
	var pool []Expert
	for i := range 30 {
		pool = append(pool, Expert{ID: fmt.Sprint("e", i), Inst: fmt.Sprint("H", i%5), Specialty: []string{"心内", "骨科"}[i%2]})
	}
	first := map[string]int{}
	for n := range 600 {
		seed := fmt.Sprint(n)
		a, b := Draw(pool, "H1", "心内", seed), Draw(pool, "H1", "心内", seed)
		if len(a) != 24 || fmt.Sprint(a) != fmt.Sprint(b) {
			t.Fatal("not repeatable, or of the wrong number")
		}
		for i, e := range a {
			if e.Inst == "H1" || (i < 12) != (e.Specialty == "心内") {
				t.Fatalf("%d: %+v", i, e)
			}
		}
		first[a[0].ID]++
	}
	for _, e := range pool {
		if e.Inst != "H1" && e.Specialty == "心内" && (first[e.ID] < 20 || first[e.ID] > 90) {
			t.Errorf("%s was first %d times of 600, about 50 expected", e.ID, first[e.ID])
		}
	}
}

func TestOutcome(t *testing.T) {
	g := func(cut int64) Ballot { return Ballot{Vote: VoteGrant, Cut: pay.Fen(cut)} }
	n, r := Ballot{Vote: VoteRefuse}, Ballot{Vote: Recused}
	for _, x := range []struct {
		votes   []Ballot
		granted bool
		cut     int64
		err     bool
	}{
		{[]Ballot{g(1), g(9), n}, true, 1, false},
		{[]Ballot{g(1), g(5), g(900)}, true, 5, false},
		{[]Ballot{g(1), n, n}, false, 0, false},
		{[]Ballot{g(1), g(1), r}, false, 0, true},
		{[]Ballot{g(1), g(1), r, n}, true, 1, false},
		{[]Ballot{g(1), g(1), {}}, false, 0, true},
		{[]Ballot{g(1), g(1), n, n}, false, 0, false},
	} {
		granted, cut, err := Outcome(x.votes, 3)
		if granted != x.granted || int64(cut) != x.cut || (err != nil) != x.err {
			t.Errorf("%v: %v %s %v", x.votes, granted, cut, err)
		}
	}
}

func TestBook(t *testing.T) {
	ctx := context.Background()
	db, err := store.Open(ctx, store.Location{Engine: store.SQLite, Path: filepath.Join(t.TempDir(), store.FileName)})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	b := &Book{DB: db, Terms: National(), Now: func() time.Time { return time.UnixMicro(5) }}
	c, ps, err := b.Apply(ctx, application(nil), 40, 0, "a")
	if err != nil || len(ps) != 0 || c.State != StateWaiting || c.Period != "2025Q1" {
		t.Fatalf("%+v %v %v", c, ps, err)
	}
	if _, _, err := b.Apply(ctx, application(nil), 40, 0, "a"); err == nil {
		t.Error("a stay was put forward twice")
	}
	second, _, err := b.Apply(ctx, application(func(a *Application) { a.Visit = "m2" }), 40, 0, "a")
	if err != nil || second.State != StateWaiting {
		t.Fatal(second, err)
	}
	third, ps, err := b.Apply(ctx, application(func(a *Application) { a.Visit = "m3" }), 40, 0, "a")
	if err != nil || third.State != StateReturned || ps[0].Code != "R013" {
		t.Fatal(third, ps, err)
	}
	pool := []Expert{{ID: "own", Inst: "H1"}, {ID: "e1", Inst: "H2"}, {ID: "e2", Inst: "H2"}, {ID: "e3", Inst: "H3"}}
	seats, err := b.Draw(ctx, c.ID, pool, "")
	if err != nil || len(seats) != 3 {
		t.Fatal(seats, err)
	}
	if err := b.Vote(ctx, c.ID, Ballot{Expert: "own", Vote: VoteGrant}, ""); err == nil {
		t.Error("an expert who was not drawn voted")
	}
	if err := b.Vote(ctx, c.ID, Ballot{Expert: "e1", Vote: Recused}, "亲属"); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Draw(ctx, c.ID, pool, ""); err == nil {
		t.Error("a seat was filled out of an empty pool")
	}
	if _, err := b.Draw(ctx, c.ID, append(pool, Expert{ID: "e4", Inst: "H4"}), ""); err != nil {
		t.Fatal(err)
	}
	for e, v := range map[string]Ballot{"e2": {Vote: VoteGrant, Cut: 100}, "e3": {Vote: VoteRefuse}, "e4": {Vote: VoteGrant, Cut: 300}} {
		if _, err := b.Decide(ctx, c.ID, 0); err == nil {
			t.Error("decided before all voted")
		}
		v.Expert = e
		if err := b.Vote(ctx, c.ID, v, ""); err != nil {
			t.Fatal(err)
		}
		if err := b.Vote(ctx, c.ID, v, ""); err == nil {
			t.Error("voted twice")
		}
	}
	if c, err = b.Decide(ctx, c.ID, 0); err != nil || c.State != StateGranted || c.Cut != 100 {
		t.Fatal(c, err)
	}
	granted, err := b.Granted(ctx)
	if err != nil || len(granted) != 1 || granted["m1"].Cut != 100 {
		t.Error(granted, err)
	}
	s, err := b.Stats(ctx, "2025Q1")
	if err != nil || s.Asked != 3 || s.Judged != 1 || s.Granted != 1 || s.Rate.Percent() != "100.00%" || s.Fund != 4_000_000 || s.ByState[StateReturned] != 1 {
		t.Errorf("%+v %v", s, err)
	}
}
