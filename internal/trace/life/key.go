package life

import (
	"encoding/binary"
	"math/bits"

	"github.com/zeebo/xxh3"
)

// Key stands for a code's canonical text in 12 bytes. A code of up to 27 digits is held whole, so two boxes never share a
// key; longer and lettered codes are held as 95 bits of a hash. Keys are spread evenly over their range.
type Key [12]byte

// maxDigits is how many digits fit beside the leading one that keeps their zeros.
const maxDigits = 27

// KeyOf is the key of a canonical text.
func KeyOf(text string) (k Key) {
	var hi, lo uint64
	if exact(text) {
		hi, lo = 0, 1
		for i := 0; i < len(text); i++ {
			var carry uint64
			h, l := bits.Mul64(lo, 10)
			lo, carry = bits.Add64(l, uint64(text[i]-'0'), 0)
			hi = hi*10 + h + carry
		}
	} else {
		h := xxh3.HashString128(text)
		hi, lo = h.Hi&(1<<31-1)|1<<31, h.Lo
	}
	a, b := scramble(hi<<16|lo>>48, lo&mask48)
	binary.BigEndian.PutUint64(k[:8], a<<16|b>>32)
	binary.BigEndian.PutUint32(k[8:], uint32(b))
	return k
}

// Text gives back the digits of a key that holds them; "" for one that holds a hash.
func (k Key) Text() string {
	v := binary.BigEndian.Uint64(k[:8])
	a, b := unscramble(v>>16, v&0xffff<<32|uint64(binary.BigEndian.Uint32(k[8:])))
	hi, lo := a>>16, a&0xffff<<48|b
	if hi&(1<<31) != 0 {
		return ""
	}
	var d [40]byte
	n := len(d)
	for hi > 0 || lo > 0 {
		q, r := hi/10, hi%10
		var rem uint64
		lo, rem = bits.Div64(r, lo, 10)
		hi = q
		n--
		d[n] = byte('0' + rem)
	}
	if n >= len(d)-1 {
		return ""
	}
	return string(d[n+1:])
}

func exact(s string) bool {
	if s == "" || len(s) > maxDigits {
		return false
	}
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

const mask48 = 1<<48 - 1

// scramble is a Feistel network over two halves of 48 bits: products share prefixes, keys must not.
func scramble(a, b uint64) (uint64, uint64) {
	for i := range uint64(4) {
		a, b = b, (a^mix(b+i))&mask48
	}
	return a, b
}

func unscramble(a, b uint64) (uint64, uint64) {
	for i := 3; i >= 0; i-- {
		a, b = (b^mix(a+uint64(i)))&mask48, a
	}
	return a, b
}

func mix(x uint64) uint64 {
	x *= 0x9e3779b97f4a7c15
	x ^= x >> 29
	x *= 0xbf58476d1ce4e5b9
	return x ^ x>>32
}
