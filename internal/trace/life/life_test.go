package life

import (
	"slices"
	"testing"

	"github.com/mingjian/mingjian/internal/claim"
	"pgregory.net/rapid"
)

var places = map[int32]Place{1: {Area: "990101", Hospital: true}, 2: {Area: "990101"}, 3: {Area: "990102", Group: 7}, 4: {Area: "990201"}, 5: {Area: "990101", Group: 7}}

func terms() *Terms {
	t := Usual()
	t.Where = func(i int32) Place { return places[i] }
	return &t
}

const second = 1_000_000

func at(day, sec int) claim.Time {
	return claim.Time(int64(claim.DayOf(2025, 9, 1)+claim.Day(day))*86400*second + int64(sec)*second)
}

func sold(inst, pers int32, t claim.Time, doc uint64) Event {
	return Event{Kind: Sold, Inst: inst, Pers: pers, At: t, Docs: [docs]uint64{doc, 0, 0, 0}, Paid: true, Qty: 10000}
}

func part(inst, pers int32, t claim.Time, doc uint64, units int64) Event {
	e := sold(inst, pers, t, doc)
	e.Split, e.Qty = true, claim.Qty(units*10000)
	return e
}

func back(inst, pers int32, t claim.Time, of uint64) Event {
	return Event{Kind: Returned, Inst: inst, Pers: pers, At: t, Of: of, Qty: 10000}
}

func TestAgain(t *testing.T) {
	d := at(0, 36000)
	ward := func(e Event) Event { e.Ward = true; return e }
	via := func(e Event, c Channel, shop uint64) Event { e.Via, e.Docs[DocShop] = c, shop; return e }
	noSetl := func(e Event) Event { e.Docs[DocSetl] = 0; return e }
	rx := func(e Event, n uint64) Event { e.Docs[DocRx] = n; return e }
	for _, c := range []struct {
		name  string
		evs   []Event
		class []Class
	}{
		{"one sale", []Event{sold(1, 1, d, 1)}, nil},
		{"three channels of one sale", []Event{sold(2, 1, d, 1), via(sold(2, 1, d, 1), BySale, 9), via(noSetl(sold(2, 0, d, 0)), BySettle, 9)}, nil},
		{"the same retail number two days later is another sale", []Event{noSetl(via(sold(2, 1, d, 0), BySale, 9)), noSetl(via(sold(2, 1, at(2, 0), 0), BySale, 9))}, []Class{Swap}},
		{"again at the same shop a day later", []Event{sold(2, 1, d, 1), sold(2, 2, at(1, 0), 2)}, []Class{Swap}},
		{"another person within half an hour", []Event{sold(2, 1, d, 1), sold(2, 2, d+1800*second, 2)}, []Class{MultiSwipe}},
		{"another person a second later than that", []Event{sold(2, 1, d, 1), sold(2, 2, d+1801*second, 2)}, []Class{Swap}},
		{"double submission at 60 s", []Event{sold(2, 1, d, 1), sold(2, 1, d+60*second, 2)}, nil},
		{"hours later, reported by the day as well", []Event{sold(2, 1, d, 1), sold(2, 1, d+18000*second, 2), via(sold(2, 1, claim.DayOf(2025, 9, 1).Start(), 2), BySale, 9)}, []Class{Swap}},
		{"at 61 s", []Event{sold(2, 1, d, 1), sold(2, 1, d+61*second, 2)}, []Class{Swap}},
		{"within a minute elsewhere", []Event{sold(2, 1, d, 1), sold(1, 1, d+10*second, 2)}, []Class{Fake}},
		{"two days later elsewhere", []Event{sold(1, 1, d, 1), sold(2, 2, at(2, 0), 2)}, []Class{Fake}},
		{"three days", []Event{sold(1, 1, d, 1), sold(2, 2, at(3, 0), 2)}, []Class{Elsewhere}},
		{"six days", []Event{sold(1, 1, d, 1), sold(2, 2, at(6, 0), 2)}, []Class{Elsewhere}},
		{"seven days", []Event{sold(1, 1, d, 1), sold(2, 2, at(7, 0), 2)}, []Class{Reflux}},
		{"another county of the city is not another area", []Event{sold(1, 1, d, 1), sold(3, 2, at(9, 0), 2)}, []Class{Reflux}},
		{"another city", []Event{sold(1, 1, d, 1), sold(4, 2, at(9, 0), 2)}, []Class{OtherArea}},
		{"returned first", []Event{sold(1, 1, d, 1), back(1, 1, at(1, 0), 1), sold(2, 2, at(9, 0), 2)}, nil},
		{"returned afterwards", []Event{sold(1, 1, d, 1), sold(2, 2, at(9, 0), 2), back(1, 1, at(10, 0), 1)}, nil},
		{"one of two returned, third remains", []Event{sold(1, 1, d, 1), sold(2, 2, at(9, 0), 2), back(2, 2, at(10, 0), 0), sold(2, 3, at(11, 0), 3)}, []Class{Reflux}},
		{"parts within the pack", []Event{part(2, 1, d, 1, 10), part(2, 2, at(1, 0), 2, 14)}, nil},
		{"parts beyond the pack", []Event{part(2, 1, d, 1, 10), part(2, 2, at(1, 0), 2, 15)}, []Class{NoClass}},
		{"parts beyond the pack, but some came back", []Event{part(2, 1, d, 1, 10), part(2, 2, at(1, 0), 2, 15), Event{Kind: Returned, Split: true, Qty: 10000, Inst: 2, Pers: 2, At: at(2, 0), Of: 2}}, nil},
		{"a part after the whole", []Event{sold(2, 1, d, 1), part(2, 2, at(1, 0), 2, 1)}, []Class{Swap}},
		{"the whole after a part", []Event{part(2, 1, d, 1, 1), sold(2, 2, at(1, 0), 2)}, []Class{Swap}},
		{"one box scanned for a ward", []Event{ward(sold(1, 1, d, 1)), ward(sold(1, 2, at(0, 80000), 2))}, []Class{Ward}},
		{"the ward a day later", []Event{ward(sold(1, 1, d, 1)), ward(sold(1, 2, at(1, 0), 2))}, []Class{Swap}},
		{"a hospital's drug delivered by a shop", []Event{rx(sold(1, 1, d, 1), 5), rx(noSetl(sold(2, 1, at(1, 0), 0)), 5)}, nil},
	} {
		for range 3 { // in any order
			slices.Reverse(c.evs)
			l := Of(slices.Clone(c.evs))
			var got []Class
			for _, a := range l.Again(terms(), 24*10000) {
				got = append(got, a.Class)
			}
			if !slices.Equal(got, c.class) {
				t.Errorf("%s: %v, want %v", c.name, got, c.class)
			}
		}
	}
}

func TestProof(t *testing.T) {
	stock := func(k Kind, inst int32, day int) Event { return Event{Kind: k, Inst: inst, At: at(day, 30000)} }
	for _, c := range []struct {
		name string
		evs  []Event
		want Proof
	}{
		{"nothing", nil, NoProof},
		{"bought", []Event{stock(Bought, 2, -1)}, Proved},
		{"bought a year before", []Event{stock(Bought, 2, -365)}, Proved},
		{"a day more", []Event{stock(Bought, 2, -366)}, NoProof},
		{"reported a week late", []Event{stock(Bought, 2, 7)}, Proved},
		{"eight days late", []Event{stock(Bought, 2, 8)}, TooLate},
		{"somebody else's", []Event{stock(Bought, 1, -1)}, NoProof},
		{"sent back", []Event{stock(Bought, 2, -9), stock(SentBack, 2, -2)}, GaveBack},
		{"sent back and bought again", []Event{stock(Bought, 2, -9), stock(SentBack, 2, -5), stock(Bought, 2, -2)}, Proved},
		{"destroyed, though bought again", []Event{stock(Bought, 2, -9), stock(Destroyed, 2, -5), stock(Bought, 2, -2)}, Scrapped},
		{"destroyed afterwards", []Event{stock(Bought, 2, -9), stock(Destroyed, 2, 5)}, Proved},
		{"moved in", []Event{stock(MovedIn, 2, -1)}, Proved},
	} {
		l := Of(append(c.evs, sold(2, 1, at(0, 36000), 1)))
		if got, _ := l.Proof(terms(), 0, 365, 7); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	l := Of([]Event{{Kind: Bought, Inst: 5, At: at(-3, 0)}, sold(3, 1, at(0, 0), 1)})
	if got, _ := l.Proof(terms(), 0, 365, 7); got != Proved {
		t.Error("the chain's central purchase", got)
	}
}

// A life told as what truly happened, then reported by careless channels in any order: the reports must give back as many
// sales too many as truly happened.
func TestReportsTellTheTrueLife(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var evs []Event
		live, extra, clock := 0, 0, 0
		n := rapid.IntRange(0, 6).Draw(t, "sales")
		for k := range n {
			clock += rapid.IntRange(61, 20*86400).Draw(t, "gap")
			inst, pers := int32(rapid.IntRange(1, 4).Draw(t, "inst")), int32(rapid.IntRange(1, 3).Draw(t, "pers"))
			doc := uint64(1000 + k)
			e := sold(inst, pers, at(0, clock), doc)
			e.Docs[DocMdtrt], e.Docs[DocShop] = doc+100, doc+200
			evs = append(evs, e)
			for v := range channels {
				if rapid.Bool().Draw(t, "again by channel") {
					o := e
					o.Via = v
					for i := range docs {
						if i != rapid.IntRange(0, 2).Draw(t, "kept") && rapid.Bool().Draw(t, "drop") {
							o.Docs[i] = 0
						}
					}
					if o.Docs == [docs]uint64{} {
						o.Docs = e.Docs
					}
					if rapid.Bool().Draw(t, "nobody") {
						o.Pers = 0
					}
					evs = append(evs, o)
				}
			}
			returned := rapid.IntRange(0, 3).Draw(t, "fate") == 0
			if returned {
				clock += rapid.IntRange(1, 60).Draw(t, "soon")
				evs = append(evs, back(inst, pers, at(0, clock), doc))
				if rapid.Bool().Draw(t, "return twice told") {
					evs = append(evs, evs[len(evs)-1])
					evs[len(evs)-1].Docs[DocSetl], evs[len(evs)-2].Docs[DocSetl] = doc, doc
				}
				continue
			}
			if live > 0 {
				extra++
			}
			live++
		}
		perm := rapid.Permutation(evs).Draw(t, "order")
		l := Of(perm)
		if got := l.Again(terms(), 0); len(got) != extra {
			t.Fatalf("%d too many, truly %d: %+v", len(got), extra, l.Sales)
		}
		if len(l.Sales) != n {
			t.Fatalf("%d sales, truly %d", len(l.Sales), n)
		}
		if len(l.Stray) > 0 {
			t.Fatalf("returns without sale: %+v", l.Stray)
		}
	})
}
