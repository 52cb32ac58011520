package synth

import (
	"testing"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// A scenario that no person can ever host labels nothing, and its rule is thought to be covered.
func TestEveryScenarioFindsAHost(t *testing.T) {
	pack, err := knowledge.Starter()
	if err != nil {
		t.Fatal(err)
	}
	opt := Options{Out: "x", Persons: 3000, Months: 14, Seed: 5}
	if err := opt.fill(); err != nil {
		t.Fatal(err)
	}
	c := &city{opt: opt, first: opt.first(), last: opt.last(), firstMonth: opt.first().Month(), roomForStays: 1}
	if c.ix, err = newIndex(pack, c.first-lead, c.last); err != nil {
		t.Fatal(err)
	}
	c.pl = newPlace(&c.opt)
	var people []*person
	for n := range opt.Persons {
		people = append(people, peopleOf(&c.opt, c.pl, c.ix, n))
	}
	l, mid := &life{city: c, first: c.first, last: c.last}, (c.first+c.last)/2
	for _, s := range allScenarios() {
		hosted, tries := false, 0
		for n, p := range people {
			if hosted || tries == 60 {
				break
			}
			if s.want.met(p, mid) {
				tries++
				l.reset(p)
				hosted = l.perform(s, n)
			}
		}
		if !hosted {
			t.Errorf("%s %q: none of %d persons could host it", s.rule, s.name, tries)
		}
	}
}

// In ordinary life nobody stands at two tables.
func TestSurgeonsStandAtOneTable(t *testing.T) {
	dir, _ := made(t, Options{Persons: 6000, Months: 3, Seed: 8, Clean: true})
	patient := map[string]string{}
	for _, r := range rows(t, dir, "visit") {
		patient[r["mdtrt_id"]] = r["psn_no"]
	}
	type span struct {
		who      string
		from, to claim.Time
	}
	taken := map[string][]span{}
	operations := rows(t, dir, "operation")
	for _, r := range operations {
		from, err := claim.ParseTime(r["oprn_oprt_begntime"])
		if err != nil {
			t.Fatal(err)
		}
		to, err := claim.ParseTime(r["oprn_oprt_endtime"])
		if err != nil {
			t.Fatal(err)
		}
		dr := r["oper_dr_code"]
		for _, o := range taken[dr] {
			if o.who != patient[r["mdtrt_id"]] && from < o.to && o.from < to {
				t.Errorf("%s operates on %s and on %s at once", dr, o.who, patient[r["mdtrt_id"]])
			}
		}
		taken[dr] = append(taken[dr], span{patient[r["mdtrt_id"]], from, to})
	}
	if len(operations) < 50 {
		t.Errorf("only %d operations", len(operations))
	}
}
