package casemix

import "strings"

// Fold is the one spelling of a code: trimmed, upper case, half width. "a00.000X001 " and "A00.000x001" are the same
// code, and a dagger pair ("A01.001+K77.0*") stays one string.
func Fold(code string) string {
	clean := true
	for i := 0; i < len(code); i++ {
		if b := code[i]; b <= ' ' || b >= 0x80 || 'a' <= b && b <= 'z' {
			clean = false
			break
		}
	}
	if clean {
		return code
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r <= ' ' || r == 0xa0 || r == '\u3000' || r == '\ufeff' || r == '\u200b':
			return -1
		case 'a' <= r && r <= 'z':
			return r - 'a' + 'A'
		case '\uff01' <= r && r <= '\uff5e': // full-width forms
			r -= 0xfee0
			if 'a' <= r && r <= 'z' {
				r -= 'a' - 'A'
			}
		}
		return r
	}, code)
}

// diagnosisShaped tells whether a folded code could be an ICD-10 code at all.
func diagnosisShaped(code string) bool {
	return len(code) >= 3 && 'A' <= code[0] && code[0] <= 'Z' && digit(code[1]) && digit(code[2]) && (len(code) == 3 || code[3] == '.' || code[3] == '+')
}

func digit(b byte) bool { return '0' <= b && b <= '9' }

// kinds of codes; each has a dictionary and lists of its own.
const (
	diagnoses = iota
	procedures
)

// book is one dictionary of codes with, for each code, the lists it is in: a row of bits, so that any test of
// membership is one load, and "any of the case's codes" is an OR of rows.
type book struct {
	index  index    // folded code (or alias), and the spelling of the tables → entry
	names  []string // as the tables spell it
	titles map[string]string
	words  int      // of a row
	rows   []uint64 // names × words
	prefix map[string][]uint64
	longest,
	shortest int // of prefixes
	catalogued bool // a national code list was loaded: a code outside it is invalid
}

// row of an entry; nil for a code in no table.
func (b *book) row(e int32) []uint64 {
	i := int(e) * b.words
	return b.rows[i : i+b.words : i+b.words]
}

// byPrefix is the row of a code that only prefixes cover, nil when none does.
func (b *book) byPrefix(code string) []uint64 {
	var row []uint64
	for n := b.shortest; n <= min(b.longest, len(code)); n++ {
		p := b.prefix[code[:n]]
		if p == nil {
			continue
		}
		if row == nil {
			row = make([]uint64, b.words)
		}
		or(row, p)
	}
	return row
}

func or(dst, src []uint64) {
	for i, w := range src {
		dst[i] |= w
	}
}

func has(row []uint64, bit int32) bool { return row[bit>>6]>>(uint(bit)&63)&1 != 0 }
