package synth

import "slices"

// scenarios keeps what fits into the window.
func (c *city) scenarios() (plan []*scenario, skipped []string) {
	days := int(c.last-c.first) + 1
	for _, s := range allScenarios() {
		if s.span+8 > days {
			skipped = append(skipped, s.rule+" "+s.name)
			continue
		}
		plan = append(plan, s)
	}
	parts := 0.0
	for k, s := range plan {
		parts += c.performances(s, 0, k, true)
	}
	c.crowded = parts > crowd*blockPersons
	if c.crowded {
		parts = 0
		for k, s := range plan {
			parts += c.performances(s, 0, k, true)
		}
	}
	c.weigh(plan, min(1, crowd*blockPersons/parts))
	return plan, skipped
}

// weigh finds out which scenarios bring stays, by playing each for a few persons. What stays they bring, random
// admissions must give way to; share is the part of the performances that blocks have room for.
func (c *city) weigh(plan []*scenario, share float64) {
	l := &life{city: c, first: c.first, last: c.last}
	var people []*person
	for n := range min(600, c.opt.Persons) {
		people = append(people, peopleOf(&c.opt, c.pl, c.ix, n))
	}
	mid := (c.first + c.last) / 2
	stays := 0.0
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
			s.heavy = brought > 0
			stays += float64(brought) * c.performances(s, 0, k, true)
			break
		}
	}
	stays *= share
	months := float64(c.opt.Months)
	c.roomForStays = max(0.15, 1-stays/(admissionsPerYear*blockPersons*months/12))
}

// admissionsPerYear of one person, as random admissions draw them.
const admissionsPerYear = 0.185

// performances of scenario k in a block; with `mean`, on average over the blocks.
//
// Plants come once a quarter, every other block gives one more; near-misses once. Where blocks would be crowded, plants come
// once as well: not every quarter has all of them. A scenario that brings a stay would
// crowd a large city's wards: there it is played in every stride-th block only, still six times a quarter and city.
func (c *city) performances(s *scenario, block, k int, mean bool) float64 {
	n := 1.0
	if s.kind == plant && !c.crowded {
		n = float64((c.opt.Months + 2) / 3)
		switch {
		case mean:
			n += 0.5
		case block%2 == 1:
			n++
		}
	}
	if !s.heavy {
		return n
	}
	blocks := (c.opt.Persons + blockPersons - 1) / blockPersons
	stride := min(24, max(1, blocks/6))
	if s.kind != plant {
		stride = max(stride, 3)
	}
	switch {
	case mean:
		return n / float64(stride)
	case (block+k)%stride != 0:
		return 0
	}
	return n
}

// crowd is the largest share of a block's persons who play a scenario.
const crowd = 0.55

// cast gives each person of a block at most one scenario.
func (c *city) cast(block int, people []*person) []*scenario {
	roles := make([]*scenario, len(people))
	if len(c.plan) == 0 {
		return roles
	}
	ch := newChance(c.opt.Seed, streamBlock, uint64(block))
	mid := (c.first + c.last) / 2
	var parts []*scenario
	for k, s := range c.plan {
		for range int(c.performances(s, block, k, false)) {
			parts = append(parts, s)
		}
	}
	// A block is no crowd of scenarios: what does not fit comes in the next blocks.
	if most := int(float64(len(people)) * crowd); len(parts) > most {
		k := block * most % len(parts)
		parts = append(parts[k:len(parts):len(parts)], parts[:k]...)[:most]
	}
	// Rare persons first, then in an order that differs from block to block: a short block still sees all kinds.
	slices.SortStableFunc(parts, func(a, b *scenario) int { return b.want.rarity() - a.want.rarity() })
	start := ch.n(len(people))
	for _, s := range parts {
		for i := range people {
			k := (start + i*7) % len(people)
			if roles[k] == nil && s.want.met(people[k], mid) {
				roles[k] = s
				start = k + 1
				break
			}
		}
	}
	return roles
}
