package govern

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/store"
)

// TestWilson holds the interval to values worked out by hand from (p + z²/2n ± z√(p(1−p)/n + z²/4n²)) / (1 + z²/n), z = 1.959964.
func TestWilson(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		right, n  int
		low, high float64
	}{
		{0, 0, 0, 1},
		{30, 30, 0.88649, 1},      // n/(n+z²) = 30/33.84146
		{0, 30, 0, 0.11351},       // z²/(n+z²) = 3.84146/33.84146
		{0, 1, 0, 0.79345},        // 3.84146/4.84146
		{5, 10, 0.23659, 0.76341}, // 0.5 ± 1.959964·√(0.025+0.0096036)/1.384146
		{27, 30, 0.74378, 0.96540},
	} {
		low, high := Wilson(c.right, c.n)
		if math.Abs(low-c.low) > 1e-5 || math.Abs(high-c.high) > 1e-5 {
			t.Errorf("Wilson(%d, %d) = %.5f … %.5f, want %.5f … %.5f", c.right, c.n, low, high, c.low, c.high)
		}
	}
}

// findings puts n findings of a card into the store, of the version that is live.
func findings(t testing.TB, r *Rules, n, severity int) (ids []string) {
	t.Helper()
	var fs []*store.Finding
	for i := range n {
		ids = append(ids, fmt.Sprintf("f%03d", i))
		fs = append(fs, &store.Finding{ID: ids[i], RuleID: "Y001", RuleVersion: r.Library.Card("Y001").Version, Severity: severity, Month: "2025-01", State: store.MachineState,
			PointID: "p1", Basis: "某市医保〔2025〕12 号第三条", Vola: 1000, Fund: 600, Charged: 500, Version: 1})
	}
	if err := r.DB.Update(ctx, func(tx *store.Tx) error { return tx.AddFindings(fs) }); err != nil {
		t.Fatal(err)
	}
	return ids
}

func sheets(t testing.TB, r *Rules, who *auth.Identity) (ids []string) {
	t.Helper()
	for _, s := range must(r.Sheets(ctx, who, "2025-01"))(t) {
		ids = append(ids, s.Finding)
	}
	return ids
}

func TestSample(t *testing.T) {
	onBoth(t, func(t *testing.T, r *Rules) {
		findings(t, r, 100, 1)
		if n := must(r.Draw(ctx, wang, "2025-01"))(t); n != SampleSize {
			t.Errorf("%d drawn", n)
		}
		if n := must(r.Draw(ctx, wang, "2025-01"))(t); n != 0 {
			t.Errorf("%d drawn again", n)
		}
		if q := must(r.Qualities(ctx))(t); len(q) != 1 || q[0].Decided != 0 || q[0].Precision != nil {
			t.Errorf("quality before anybody has judged: %+v", q)
		}
		ids := sheets(t, r, chu)
		all := make([]string, 0, 100)
		for i := 99; i >= 0; i-- { // another order, the same lots
			all = append(all, fmt.Sprintf("f%03d", i))
		}
		again, other := draw("2025-01\x1fY001", all, SampleSize), draw("2025-02\x1fY001", all, SampleSize)
		if strings.Join(ids, " ") != strings.Join(again, " ") || strings.Join(ids, " ") == strings.Join(other, " ") {
			t.Errorf("drawn %v, again %v, another month %v", ids, again, other)
		}
	})
}

// TestBlind: neither judge sees the other's answer before both are in; nobody judges twice, no third one judges.
func TestBlind(t *testing.T) {
	onBoth(t, func(t *testing.T, r *Rules) {
		findings(t, r, 3, 1)
		must(r.Draw(ctx, wang, "2025-01"))(t)
		must(r.Judge(ctx, chu, "f000", Wrong, "说明"))(t)
		if _, err := r.Judge(ctx, chu, "f000", Right, ""); err == nil {
			t.Error("a judge answers twice")
		}
		if _, err := r.Judge(ctx, wang, "f000", Right, ""); err == nil {
			t.Error("somebody who reviews nothing judges")
		}
		for _, s := range must(r.Sheets(ctx, fu, "2025-01"))(t) {
			if s.Other != "" || s.Mine != "" || s.Note != "" || s.Full {
				t.Errorf("the second judge sees %+v", s)
			}
		}
		rs := must(r.DB.Records(ctx, 50))(t)
		for _, x := range rs {
			if strings.Contains(x.Detail, Wrong) || strings.Contains(x.Detail, "说明") {
				t.Errorf("the trail tells the answer: %+v", x)
			}
		}
		must(r.Judge(ctx, fu, "f000", Right, ""))(t)
		if s := must(r.Sheets(ctx, fu, "2025-01"))(t)[0]; s.Other != Wrong || s.Mine != Right || !s.Full {
			t.Errorf("after both: %+v", s)
		}
		if _, err := r.Judge(ctx, &auth.Identity{Name: "third", Roles: []string{"复审"}}, "f000", Right, ""); err == nil {
			t.Error("a third one judges")
		}
		if _, err := r.Judge(ctx, chu, "unknown", Right, ""); err == nil {
			t.Error("a finding that was not drawn is judged")
		}
	})
}

// judgeAll has both judges answer: the first wrong ones are wrong, then open ones differ, the rest are right.
func judgeAll(t testing.TB, r *Rules, wrong, open int) (put string) {
	t.Helper()
	for i, id := range sheets(t, r, chu) {
		a, b := Right, Right
		switch {
		case i < wrong:
			a, b = Wrong, Wrong
		case i < wrong+open:
			b = []string{Wrong, Unclear}[i%2]
		}
		must(r.Judge(ctx, chu, id, a, ""))(t)
		if put != "" {
			t.Error("put back before the sample was complete")
		}
		put = must(r.Judge(ctx, fu, id, b, ""))(t)
	}
	return put
}

// TestTooOftenWrong: with a bound of 0.98 three wrong ones of thirty stay (upper bound 0.9654 is below it: they go), one stays.
func TestTooOftenWrong(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name                  string
		severity, wrong, open int
		back                  bool
	}{
		{"certain, 27 of 30: 96.5 % at best", 1, 3, 0, true},
		{"certain, 29 of 30: 99.4 % at best", 1, 1, 0, false},
		{"suspicious, 27 of 30", 2, 3, 0, false},
		{"suspicious, 22 of 30: 85.8 % at best", 2, 8, 0, true},
		{"slight, all wrong: no bound", 3, 30, 0, false},
		{"certain, 10 differ: they do not count", 1, 0, 10, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newTown(t)
			findings(t, w.r, 40, c.severity)
			must(w.r.Draw(ctx, wang, "2025-01"))(t)
			put := judgeAll(t, w.r, c.wrong, c.open)
			p := must(w.r.Precisions(ctx, ""))(t)[0]
			if p.Right != 30-c.wrong-c.open || p.Wrong != c.wrong || p.Open != c.open || p.Both != 30 || p.Failing != c.back {
				t.Errorf("precision %+v", p)
			}
			past := must(w.r.History(ctx, "Y001"))(t)
			b := must(w.r.Live(ctx))(t)
			if !c.back {
				if put != "" || len(past) != 0 || b.Library.Card("Y001") == nil {
					t.Errorf("put back: %s, %+v", put, past)
				}
				return
			}
			if !strings.Contains(put, fmt.Sprintf("对 %d、错 %d", 30-c.wrong, c.wrong)) || len(past) != 1 || State(past[0].State) != Shadow || b.Library.Card("Y001") != nil {
				t.Fatalf("put back: %q, %+v", put, past)
			}
			sh := must(w.r.Shadow(ctx))(t)
			if sh == nil || sh.Library.Card("Y001") == nil {
				t.Fatal("what was put back is not judged in the shadow")
			}
			// The way back is the whole way, with a trial and a second person.
			if _, err := w.r.Submit(ctx, wang, past[0].ID, ""); err == nil {
				t.Error("submitted again without trial and shadow")
			}
			w.audit()
			must(w.r.RecordTrial(ctx, wang, past[0].ID, nothing))(t)
			must(w.r.Submit(ctx, wang, past[0].ID, ""))(t)
			must(w.r.Approve(ctx, li, past[0].ID, ""))(t)
			must(w.r.Announce(ctx, wang, past[0].ID, "恢复", "1900-01-01"))(t)
			must(w.r.GoLive(ctx, li, past[0].ID, ""))(t)
			w.want(all(1))
		})
	}
}

// TestPutBackOnlyWhatWasJudged: a card that has another version by now is left alone.
func TestPutBackOnlyWhatWasJudged(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	findings(t, w.r, 30, 1)
	must(w.r.Draw(ctx, wang, "2025-01"))(t)
	live(t, w.r, propose(t, w.r, aged(31, 1), ""), "1900-01-01")
	if put := judgeAll(t, w.r, 30, 0); put != "" {
		t.Errorf("another version was put back: %s", put)
	}
	w.want(all(1))
}

func TestBounds(t *testing.T) {
	onBoth(t, func(t *testing.T, r *Rules) {
		if err := r.SetBound(ctx, wang, 1, 0.5); err == nil {
			t.Error("an author sets the bound")
		}
		for _, bad := range []float64{-0.1, 1, math.NaN(), math.Inf(1)} {
			if err := r.SetBound(ctx, li, 1, bad); err == nil {
				t.Errorf("%v is taken", bad)
			}
		}
		if err := r.SetBound(ctx, li, 1, 0.95); err != nil {
			t.Fatal(err)
		}
		if b := must(r.Bounds(ctx))(t); b[1] != 0.95 || b[2] != 0.9 || b[3] != 0 {
			t.Errorf("bounds %v", b)
		}
	})
}

func TestQualities(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	w.audit()
	w.audit() // nothing to do: no run of the card
	q := must(w.r.Qualities(ctx))(t)
	if len(q) != 1 || q[0].Runs != 1 || q[0].Findings != 12 || q[0].Vola != 12*1000 || q[0].Fund != 12*600 || q[0].Charged != 12*1000 || q[0].Decided != 0 {
		t.Fatalf("quality %+v", q)
	}
	// Four are decided on, one of them against the card.
	n := 0
	var ids []string
	if err := w.r.DB.EachRuleFinding(ctx, "", func(f *store.RuleFinding) error { ids = append(ids, f.ID); return nil }); err != nil {
		t.Fatal(err)
	}
	for i, s := range []string{"不成立", "成立", "成立", "已扣款", "初审"} {
		if err := w.r.DB.Update(ctx, func(tx *store.Tx) error { return tx.SetState(ids[i], 1, s, 1) }); err != nil {
			t.Fatal(err)
		}
		n++
	}
	if q := must(w.r.Qualities(ctx))(t); q[0].Decided != 4 || q[0].Overturned != 1 {
		t.Errorf("decided %+v", q[0])
	}
}

func TestWithdrawnBasis(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	w.audit()
	var ids []string
	if err := w.r.DB.EachRuleFinding(ctx, "2025-01", func(f *store.RuleFinding) error { ids = append(ids, f.ID); return nil }); err != nil {
		t.Fatal(err)
	}
	if err := w.r.DB.Update(ctx, func(tx *store.Tx) error {
		post := func(id, from, to string, fen int64) store.Post {
			return store.Post{ID: id, Finding: ids[0], Book: "基金", Inst: "h1", Item: "统筹基金", From: from, To: to, Amount: fen, Month: "2025-03"}
		}
		// seven yuan came back, of which two were paid back
		return errors.Join(tx.SetState(ids[0], 1, "已扣款", 1), tx.AddPosts(post("p1", "应收", "已收", 700), post("p2", "已收", "待退", 200), post("p3", "应收", "拒付", 50)))
	}); err != nil {
		t.Fatal(err)
	}
	for basis, want := range map[string][3]int{"〔2025〕12 号": {1, 0, 12}, "点的依据〔2025〕9 号": {0, 1, 12}, "〔2025〕13 号": {0, 0, 0}} {
		x, acted, err := w.r.Rests(ctx, basis, w.base())
		if err != nil {
			t.Fatal(err)
		}
		n, m := int64(0), claim.Money(0)
		var back, kept int64
		for _, s := range x.Findings {
			back, kept = back+s.Received, kept+s.Refused
			n, m = n+s.Findings, m+claim.Money(s.Vola)
		}
		if len(x.Cards) != want[0] || len(x.Points) != want[1] || n != int64(want[2]) || m != claim.Money(1000*want[2]) || (len(acted) == 1) != (want[2] > 0) {
			t.Errorf("on %s rest %+v, acted %d", basis, x, len(acted))
		}
		if touched := n > 0; touched && (back != 500 || kept != 50) || !touched && back+kept != 0 {
			t.Errorf("on %s rest %d fen that came back and %d that were not paid", basis, back, kept)
		}
	}
	if _, _, err := w.r.Rests(ctx, "条例", w.base()); err == nil {
		t.Error("two characters name half of the library")
	}
	x := must(w.r.WithdrawBasis(ctx, wang, "〔2025〕12 号", "新规", w.base()))(t)
	if x.Tasks != 2 { // the card, and the finding that was acted on
		t.Errorf("%d tasks", x.Tasks)
	}
	if x = must(w.r.WithdrawBasis(ctx, wang, "〔2025〕12 号", "新规", w.base()))(t); x.Tasks != 0 {
		t.Errorf("%d tasks the second time", x.Tasks)
	}
	w.want(all(1)) // it is for people to change the rules
}
