package synth

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"github.com/mingjian/mingjian/internal/claim"
)

// scenarios keeps what fits into the window.
func (c *city) scenarios() (plan []*scenario, skipped []string) {
	days := int(c.last-c.first) + 1
	for _, s := range allScenarios() {
		if s.span+8 > days {
			skipped = append(skipped, s.rule+" "+s.name)
			continue
		}
		if s.newYear > 0 && !c.crossesYear(s.newYear) {
			skipped = append(skipped, s.rule+" "+s.name)
			continue
		}
		plan = append(plan, s)
	}
	c.weigh(plan)
	return plan, skipped
}

// crossesYear tells whether the window holds the end of a year, two months before it and some days after it.
func (c *city) crossesYear(after int) bool {
	y, _, _ := c.last.Civil()
	eve := claim.DayOf(y, 1, 1) - 1
	return eve-60 >= c.first && eve+claim.Day(after) <= c.last
}

// weigh finds out which scenarios bring stays, by playing each for a few persons. What stays they bring, random
// admissions must give way to.
func (c *city) weigh(plan []*scenario) {
	l := &life{city: c, first: c.first, last: c.last}
	var people []*person
	for n := range min(600, c.opt.Persons) {
		people = append(people, peopleOf(&c.opt, c.pl, c.ix, n))
	}
	mid := (c.first + c.last) / 2
	brings := make([]float64, len(plan))
	for k, s := range plan {
		for _, p := range people {
			if !s.want.met(p, mid) {
				continue
			}
			l.reset(p)
			if !l.perform(s, k) {
				continue
			}
			brought := 0
			for _, v := range l.visits {
				if v.inpatient() && !v.newborn {
					brought++
				}
			}
			s.heavy, brings[k] = brought > 0, float64(brought)
			break
		}
	}
	blocks := (c.opt.Persons + blockPersons - 1) / blockPersons
	c.share, c.least = 1, 0
	parts := 0.0
	for k, s := range plan {
		parts += c.performances(s, 0, k, true)
	}
	c.share = min(1, actors*blockPersons/parts)
	c.least = min(1/float64(blocks), actors*blockPersons/float64(len(plan)+1))
	c.wanted = map[string]float64{}
	for _, s := range plan {
		if s.kind == plant {
			c.wanted[s.rule]++
		}
	}
	scenes := maps.Clone(c.wanted)
	for per := plantsPerCard; per >= 1; per-- { // as many as a small city has persons for
		for rule, n := range scenes {
			c.wanted[rule] = min(1, per/n/float64(blocks))
		}
		parts = 0
		for k, s := range plan {
			parts += c.performances(s, 0, k, true)
		}
		if parts <= crowded*blockPersons {
			break
		}
	}
	stays := 0.0
	for k, s := range plan {
		stays += brings[k] * c.performances(s, 0, k, true)
	}
	months := float64(c.opt.Months)
	c.roomForStays = max(0.15, 1-stays/(admissionsPerYear*blockPersons*months/12))
}

// admissionsPerYear of one person, as random admissions draw them.
const admissionsPerYear = 0.185

// actors is the share of the persons who may play in scenarios: the others live as people do.
const actors = 0.6

// plantsPerCard is how many turns the plants of a card have together, even in a small city.
const plantsPerCard = 7.0

// crowded is the share of the persons who play where a small city has to show every card.
const crowded = 0.78

// turn tells whether a scenario with a phase of its own has its turn in a block: so many times a block, evenly spread.
func turn(block int, rate, phase float64) bool {
	phase -= math.Floor(phase)
	return math.Floor(float64(block+1)*rate+phase) > math.Floor(float64(block)*rate+phase)
}

// performances of scenario k in a block; with `mean`, on average over the blocks.
//
// Plants come once a quarter, every other block gives one more; near-misses once. A scenario that brings a stay would
// crowd a large city's wards: there it is played in one of `stride` blocks only, still some times a quarter and city.
// Where blocks have no room for all, scenarios take turns: equally often but for their strides, and each at least once in
// a city that can hold them all; the few plants of a card with few scenarios more often.
func (c *city) performances(s *scenario, block, k int, mean bool) float64 {
	n := 1.0
	if s.kind == plant {
		n = float64((c.opt.Months + 2) / 3)
		switch {
		case mean:
			n += 0.5
		case block%2 == 1:
			n++
		}
	}
	blocks := (c.opt.Persons + blockPersons - 1) / blockPersons
	stride := 1
	switch {
	case s.seldom && s.kind == plant:
		stride = 2
	case s.seldom:
		stride = 4
	}
	if s.heavy {
		stride = min(96, max(1, blocks/3))
		if s.kind != plant {
			stride = max(stride, 3)
		}
	}
	rate := max(c.share/float64(stride), c.least)
	if s.kind == plant {
		rate = max(rate, c.wanted[s.rule])
	}
	switch {
	case mean:
		return n * rate
	case !turn(block, rate, float64(k)*0.6180339887):
		return 0
	}
	return n
}

// cast gives each person of a block at most one scenario.
func (c *city) cast(block int, people []*person) []*scenario {
	roles := make([]*scenario, len(people))
	if len(c.plan) == 0 {
		return roles
	}
	ch := newChance(c.opt.Seed, streamBlock, uint64(block))
	mid := (c.first + c.last) / 2
	type part struct {
		*scenario
		round int
	}
	var parts []part
	first := block * 97 % len(c.plan)
	for i := range c.plan {
		k := (first + i) % len(c.plan)
		for round := range int(c.performances(c.plan[k], block, k, false)) {
			parts = append(parts, part{c.plan[k], round})
		}
	}
	// Everyone's first performance before anyone's second, rare persons first, then in an order that differs from block to
	// block: where there are more parts than players, all kinds are still seen.
	slices.SortStableFunc(parts, func(a, b part) int {
		return cmp.Or(a.round-b.round, b.want.rarity()-a.want.rarity())
	})
	start := ch.n(len(people))
	for _, s := range parts {
		for i := range people {
			k := (start + i*7) % len(people)
			if roles[k] == nil && s.want.met(people[k], mid) {
				roles[k] = s.scenario
				start = k + 1
				break
			}
		}
	}
	return roles
}
