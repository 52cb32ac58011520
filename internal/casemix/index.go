package casemix

import "math/bits"

// index finds what the tables say of a code. A slot is eight bytes, half of the code's hash and the number of its record;
// the record holds the code, its severity and its row of lists side by side. So a look-up touches one small table and one
// or two neighbouring lines of memory, whatever the number of codes. Small letters are read as capitals on the way. Codes
// of more than 16 bytes (dagger pairs) go to a map.
type index struct {
	slots []uint64 // power of two; hash in the upper half, number of the record + 1 in the lower, 0 = empty
	recs  []uint64 // recHead words and a row each
	width int      // words of a record
	long  map[string]int32
}

// Words of a record before its row.
const (
	recLo    = iota
	recHi    // the code
	recEntry // entry, and above it the exclusion table it stands in as a principal diagnosis
	recSev   // exclusion tables as MCC and, above, as CC
	recHead
)

const shortCode = 16

// pack writes a code of at most 16 bytes into two words, small letters as capitals. Different codes give different words:
// they hold no zero byte.
func pack(s string) (lo, hi uint64) {
	switch n := len(s); {
	case n >= 8:
		lo = le64(s)
		if n > 8 {
			hi = le64(s[n-8:]) >> (uint(16-n) * 8)
		}
	case n >= 4:
		lo = uint64(le32(s)) | uint64(le32(s[n-4:]))<<(uint(n-4)*8)
	default:
		for i := range n {
			lo |= uint64(s[i]) << (uint(i) * 8)
		}
	}
	return capitals(lo), capitals(hi)
}

func le64(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 | uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

func le32(s string) uint32 {
	_ = s[3]
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}

// capitals turns the bytes a–z of a word into A–Z and leaves all others, eight at a time.
func capitals(w uint64) uint64 {
	const each = 0x0101010101010101
	low := w & (0x7f * each)
	fromA, afterZ := low+(0x80-'a')*each, low+(0x7f-'z')*each
	return w ^ (fromA&^afterZ&^w&(0x80*each))>>2
}

func spot(lo, hi uint64) uint64 {
	h, l := bits.Mul64(lo^0x9e3779b97f4a7c15, hi^0xc2b2ae3d27d4eb4f)
	return h ^ l
}

// newIndex of codes to entries; fill writes what is known of an entry into its record, from recEntry on.
func newIndex(ids map[string]int32, words int, fill func(e int32, rec []uint64)) index {
	n := 16
	for n < 2*len(ids) {
		n *= 2
	}
	x := index{slots: make([]uint64, n), long: map[string]int32{}, width: recHead + words}
	x.recs = make([]uint64, 0, len(ids)*x.width)
	for code, e := range ids {
		lo, hi := uint64(0), uint64(0)
		if len(code) <= shortCode {
			lo, hi = pack(code)
			if at := x.short(lo, hi); at >= 0 { // another spelling of a code that is there
				continue
			}
		}
		at := len(x.recs) / x.width
		x.recs = append(x.recs, make([]uint64, x.width)...)
		rec := x.recs[at*x.width:]
		rec[recLo], rec[recHi] = lo, hi
		fill(e, rec)
		if len(code) > shortCode {
			x.long[code] = int32(at)
			continue
		}
		h := spot(lo, hi)
		i := h & uint64(n-1)
		for x.slots[i] != 0 {
			i = (i + 1) & uint64(n-1)
		}
		x.slots[i] = h>>32<<32 | uint64(at+1)
	}
	return x
}

// probe is a look-up under way: the packed code and the first slot it may be in. The codes of a case are all probed before
// the first is looked at, so that the memory they wait for comes at the same time and not one after the other.
type probe struct{ lo, hi, hash, slot uint64 }

func (x *index) probe(code string) probe {
	if len(code) > shortCode {
		return probe{}
	}
	lo, hi := pack(code)
	h := spot(lo, hi)
	return probe{lo, hi, h, x.slots[h&uint64(len(x.slots)-1)]}
}

// at is find for a code that was probed.
func (x *index) at(code string, p *probe) int {
	if p.slot != 0 && p.slot>>32 == p.hash>>32 {
		at := int(uint32(p.slot)) - 1
		if r := x.recs[at*x.width:]; r[recLo] == p.lo && r[recHi] == p.hi {
			return at
		}
	}
	return x.find(code)
}

// find the number of a code's record; -1 when it has none.
func (x *index) find(code string) int {
	if len(code) <= shortCode {
		return x.short(pack(code))
	}
	if at, ok := x.long[code]; ok {
		return int(at)
	}
	return -1
}

func (x *index) short(lo, hi uint64) int {
	h := spot(lo, hi)
	mask := uint64(len(x.slots) - 1)
	for i := h & mask; ; i = (i + 1) & mask {
		s := x.slots[i]
		if s == 0 {
			return -1
		}
		if s>>32 != h>>32 {
			continue
		}
		at := int(uint32(s)) - 1
		if r := x.recs[at*x.width:]; r[recLo] == lo && r[recHi] == hi {
			return at
		}
	}
}

// code reads a record.
func (x *index) code(at int) code {
	r := x.recs[at*x.width : (at+1)*x.width : (at+1)*x.width]
	return code{entry: int32(uint32(r[recEntry])), row: r[recHead:],
		sev: severity{mcc: int32(uint32(r[recSev])), cc: int32(r[recSev] >> 32), excluded: int32(r[recEntry] >> 32)}}
}

func (x *index) entry(at int) int32 { return int32(uint32(x.recs[at*x.width+recEntry])) }
