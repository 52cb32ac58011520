package synth

import (
	"math"
	"math/rand/v2"
)

// chance is one deterministic stream. Every person, household and institution has its own, so that the number of
// workers, persons or scenarios elsewhere never moves it.
type chance struct{ pcg rand.PCG }

// stream names keep unrelated draws of one subject apart.
const (
	streamPerson = iota + 1
	streamHousehold
	streamLife
	streamPlace
	streamBlock
)

func (c *chance) seed(seed, stream, n uint64) {
	c.pcg.Seed(mix(seed^mix(stream)), mix(n+0x9e3779b97f4a7c15*stream))
}

func newChance(seed, stream, n uint64) *chance {
	c := new(chance)
	c.seed(seed, stream, n)
	return c
}

// mix is the finaliser of splitmix64.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// n is uniform in [0, k).
func (c *chance) n(k int) int {
	if k <= 1 {
		return 0
	}
	return int((c.pcg.Uint64() >> 32) * uint64(k) >> 32)
}

// between is uniform in [a, b].
func (c *chance) between(a, b int) int { return a + c.n(b-a+1) }

func (c *chance) float() float64 { return float64(c.pcg.Uint64()>>11) / (1 << 53) }

func (c *chance) p(prob float64) bool { return c.float() < prob }

// poisson by products of uniforms; means here are small.
func (c *chance) poisson(mean float64) int {
	limit, k, prod := math.Exp(-mean), 0, c.float()
	for prod > limit && k < 200 {
		k++
		prod *= c.float()
	}
	return k
}

// pick returns an index by weight.
func (c *chance) pick(w []int) int {
	sum := 0
	for _, x := range w {
		sum += x
	}
	r := c.n(sum)
	for i, x := range w {
		if r -= x; r < 0 {
			return i
		}
	}
	return len(w) - 1
}

func oneOf[T any](c *chance, s []T) T { return s[c.n(len(s))] }
