package mix

import (
	"context"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/rule"
	"github.com/mingjian/mingjian/internal/synth"
)

const december = claim.Month(2025*12 + 11)

func cityLake(t *testing.T) (dir string, snap *lake.Snapshot) {
	t.Helper()
	dir = t.TempDir()
	tables := t.TempDir()
	if _, err := synth.Generate(synth.Options{Out: tables, Persons: 1500, Months: 3, Seed: 7, End: december}); err != nil {
		t.Fatal(err)
	}
	l, err := lake.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	w, err := l.Writer()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Import(context.Background(), []string{tables}, lake.ImportOptions{}); err != nil {
		t.Fatal(err)
	}
	w.Close()
	if snap, err = l.Snapshot(); err != nil {
		t.Fatal(err)
	}
	return dir, snap
}

// What is told of a stay is the same whichever months are made together.
func TestMonthsApartAndTogether(t *testing.T) {
	dir, snap := cityLake(t)
	s, err := Choose(dir, Chosen{})
	if err != nil {
		t.Fatal(err)
	}
	all, err := Make(snap, s, december-2, december, nil)
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for m := december - 2; m <= december; m++ {
		one, err := Make(snap, s, m, m, nil)
		if err != nil {
			t.Fatal(err)
		}
		for k, x := range one.Stays {
			if x.Ref.(*held).month != m {
				continue
			}
			seen++
			a, b := *all.Stays[k], *x
			a.Ref, b.Ref = nil, nil
			if !reflect.DeepEqual(a, b) {
				t.Fatalf("%v\n%+v %+v\n%+v %+v", k, a, a.Hospital, b, b.Hospital)
			}
			if b.Hospital == nil {
				t.Errorf("%v: nothing is told of its hospital", k)
			}
		}
	}
	if seen < 50 {
		t.Errorf("only %d stays", seen)
	}
}

// Regrouping without anything is the same group at the same price; without all codes there is none; a stay merged with itself
// has the same codes.
func TestRegroupNothing(t *testing.T) {
	dir, snap := cityLake(t)
	s, err := Choose(dir, Chosen{})
	if err != nil {
		t.Fatal(err)
	}
	k, err := Make(snap, s, december, december, nil)
	if err != nil {
		t.Fatal(err)
	}
	for key, x := range k.Stays {
		if x.Group == "" || x.Ambiguous || !x.ByGroup {
			continue
		}
		if g, ok := k.Group.Regroup(x, nil, ""); !ok || g != x.MixGroup {
			t.Fatalf("%v: %+v became %+v", key, x.MixGroup, g)
		}
		if g, ok := k.Group.Regroup(x, nil, x.Codes[0]); !ok || g != x.MixGroup {
			t.Fatalf("%v: its own principal diagnosis made it %+v", key, g)
		}
		if _, ok := k.Group.Regroup(x, x.Codes, ""); ok {
			t.Fatalf("%v: grouped without a diagnosis", key)
		}
		if _, ok := k.Group.Regroup(x, nil, "X99.999"); ok {
			t.Fatalf("%v: grouped by a diagnosis it does not have", key)
		}
		if g, _ := k.Group.Merge(x, x); x.Mode == "DRG" && g.Group != x.Group {
			t.Fatalf("%v: twice the same stay is %s, not %s", key, g.Group, x.Group)
		}
	}
}

func TestChooseKeepsTheOldSetup(t *testing.T) {
	dir := t.TempDir()
	none, err := Open(dir)
	if err != nil || none != nil {
		t.Fatalf("%v %v", none, err)
	}
	first, err := Choose(dir, Chosen{})
	if err != nil {
		t.Fatal(err)
	}
	bad := filepath.Join(t.TempDir(), "p.yaml")
	if err := os.WriteFile(bad, []byte("insurance: {\"310\": {mode: DRG}}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Choose(dir, Chosen{Params: bad}); err == nil {
		t.Fatal("parameters without a rate were taken")
	}
	again, err := Open(dir)
	if err != nil || again.ID != first.ID {
		t.Fatalf("%v, %v: the setup before is gone", again, err)
	}
}

// The hospital's CMI against what its own ADRGs weighed before: the structure alone does not count as a rise.
func TestExpected(t *testing.T) {
	past := &peer{grouped: 60, byADRG: map[string][2]int64{"ES2": {30, 30 * million}, "FR1": {30, 60 * million}}}
	shifted := &peer{grouped: 10, weight: 20 * million, byADRG: map[string][2]int64{"FR1": {10, 20 * million}}}
	if got := expected(shifted, past); got != 2*million {
		t.Errorf("all stays heavier of themselves: expected %d", got)
	}
	up := &peer{grouped: 10, weight: 15 * million, byADRG: map[string][2]int64{"ES2": {10, 15 * million}}}
	if got := expected(up, past); got != million {
		t.Errorf("stays heavier inside their ADRG: expected %d", got)
	}
	fresh := &peer{grouped: 10, weight: 15 * million, byADRG: map[string][2]int64{"ES2": {8, 8 * million}, "XX1": {2, 7 * million}}}
	if got := expected(fresh, past); got != -1 {
		t.Errorf("a fifth without a past: %d", got)
	}
	if got := expected(up, nil); got != -1 {
		t.Errorf("no past: %d", got)
	}
}

func TestTenthPercentile(t *testing.T) {
	var rows []row
	for n := 20; n >= 1; n-- {
		rows = append(rows, row{group: "ES25", grouped: true, month: december, cost: int64(n)})
	}
	if got := lows(rows, december)["ES25"]; got != 2 {
		t.Errorf("nearest rank of 20: %d, want the second", got)
	}
	if _, ok := lows(rows[:19], december)["ES25"]; ok {
		t.Error("told of nineteen stays")
	}
	// Cheap short stays, however many, do not pull down the bound of a group with enough ordinary ones.
	var mixed []row
	for n := range 60 {
		r := row{group: "ES25", grouped: true, month: december, cost: int64(100 + n), los: ordinary}
		if n >= 20 {
			r.cost, r.los = 5, ordinary-1
		}
		mixed = append(mixed, r)
	}
	if got := lows(mixed, december)["ES25"]; got != 101 {
		t.Errorf("forty short stays made the bound %d", got)
	}
	if got := lows(mixed[1:], december)["ES25"]; got != 5 {
		t.Errorf("nineteen ordinary stays: %d, want all stays' own", got)
	}
}

var _ rule.CaseGrouper = (*book)(nil)
