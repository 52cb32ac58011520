package claim

import "hash/maphash"

// codeTable finds the number of a string in a Text: open addressing over words that hold 32 bits of the string's hash and its
// number plus one. It holds no pointer, so the collector has nothing to follow in the names of a whole city's persons, and takes
// a third of what a map takes. The zero value is empty.
type codeTable struct {
	slots []uint64 // a power of two, at most three quarters full; 0 is free
	n     int
}

var codeSeed = maphash.MakeSeed()

func codeHash(s string) uint32 { return uint32(maphash.String(codeSeed, s) >> 32) }

// newCodeTable holds the n strings of a text.
func newCodeTable(t *Text, n int) *codeTable {
	c := &codeTable{}
	for c.room() < n {
		c.grow()
	}
	for i := range n {
		c.add(t.At(i), i)
	}
	return c
}

// find returns the number of s in the text, or −1.
func (c *codeTable) find(t *Text, s string) int32 {
	if c.n == 0 {
		return -1
	}
	h, mask := codeHash(s), uint32(len(c.slots)-1)
	for i := h & mask; c.slots[i] != 0; i = (i + 1) & mask {
		if w := c.slots[i]; uint32(w>>32) == h && t.At(int(uint32(w)-1)) == s {
			return int32(uint32(w) - 1)
		}
	}
	return -1
}

// add notes the number of a string that is not there yet.
func (c *codeTable) add(s string, number int) {
	if c.n >= c.room() {
		c.grow()
	}
	c.set(uint64(codeHash(s))<<32 | uint64(number+1))
	c.n++
}

func (c *codeTable) set(w uint64) {
	mask := uint32(len(c.slots) - 1)
	i := uint32(w>>32) & mask
	for c.slots[i] != 0 {
		i = (i + 1) & mask
	}
	c.slots[i] = w
}

func (c *codeTable) room() int { return len(c.slots) / 4 * 3 }

func (c *codeTable) grow() {
	old := c.slots
	c.slots = make([]uint64, max(8, 2*len(old)))
	for _, w := range old {
		if w != 0 {
			c.set(w)
		}
	}
}
