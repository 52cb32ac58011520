package casemix

import (
	"encoding/binary"
	"math/bits"
)

// index finds a code's entry. Nearly all codes fit into 16 bytes, so their keys lie in the table itself: one place in
// memory a look-up, where a map of strings touches three. Longer codes (dagger pairs) go to a map.
type index struct {
	slots []slot // power of two; e < 0 = empty
	long  map[string]int32
}

type slot struct {
	lo, hi uint64
	e      int32
}

const shortCode = 16

// pack writes a code of at most 16 bytes into two words; different codes give different words (they hold no zero byte).
func pack(s string) (lo, hi uint64) {
	var b [shortCode]byte
	copy(b[:], s)
	return binary.LittleEndian.Uint64(b[:8]), binary.LittleEndian.Uint64(b[8:])
}

func spot(lo, hi uint64) uint64 {
	h, l := bits.Mul64(lo^0x9e3779b97f4a7c15, hi^0xc2b2ae3d27d4eb4f)
	return h ^ l
}

func newIndex(ids map[string]int32) index {
	n := 16
	for n < 2*len(ids) {
		n *= 2
	}
	x := index{slots: make([]slot, n), long: map[string]int32{}}
	for i := range x.slots {
		x.slots[i].e = -1
	}
	for code, e := range ids {
		if len(code) > shortCode {
			x.long[code] = e
			continue
		}
		lo, hi := pack(code)
		i := spot(lo, hi) & uint64(n-1)
		for x.slots[i].e >= 0 {
			i = (i + 1) & uint64(n-1)
		}
		x.slots[i] = slot{lo, hi, e}
	}
	return x
}

func (x *index) find(code string) (int32, bool) {
	if len(code) > shortCode {
		e, ok := x.long[code]
		return e, ok
	}
	lo, hi := pack(code)
	mask := uint64(len(x.slots) - 1)
	for i := spot(lo, hi) & mask; ; i = (i + 1) & mask {
		s := &x.slots[i]
		if s.e < 0 {
			return 0, false
		}
		if s.lo == lo && s.hi == hi {
			return s.e, true
		}
	}
}
