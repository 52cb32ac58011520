package fsi

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Limits bound what one message may hold.
type Limits struct {
	Bytes  int // of a body, unpacked
	Depth  int // of nesting, strings that hold JSON included
	Orders int // orders of a message, context included
	Items  int // elements of any other array
}

// DefaultLimits take the largest stays that hospitals send whole.
var DefaultLimits = Limits{Bytes: 16 << 20, Depth: 32, Orders: 20_000, Items: 5_000}

// scanner reads JSON as RFC 8259 has it from valid UTF-8. The first error stops it: every later read finds the end.
type scanner struct {
	s     string
	i     int
	depth int
	most  int // depth
	err   *Fault
}

func (d *scanner) fail(f *Fault) {
	if d.err == nil {
		d.err = f
	}
	d.i = len(d.s)
}

func (d *scanner) broken() {
	if d.i >= len(d.s) {
		d.fail(fault(Truncated, "报文不完整：读到第 %d 字节就结束了，请核对发送长度", len(d.s)))
		return
	}
	d.fail(fault(NotJSON, "报文不是合法的 JSON：第 %d 字节附近 %q", d.i+1, short(d.s[d.i:min(len(d.s), d.i+12)])))
}

// peek skips blanks and returns the next byte, 0 at the end.
func (d *scanner) peek() byte {
	for d.i < len(d.s) {
		c := d.s[d.i]
		if c != ' ' && c != '\n' && c != '\r' && c != '\t' {
			return c
		}
		d.i++
	}
	return 0
}

// open enters an object or array.
func (d *scanner) open() {
	d.i++
	if d.depth++; d.depth > d.most {
		d.fail(fault(TooDeep, "嵌套超过 %d 层", d.most))
	}
}

// next is called before each member: it reports whether there is one. first is true before the first.
func (d *scanner) next(end byte, first bool) bool {
	c := d.peek()
	if c == end {
		d.i++
		d.depth--
		return false
	}
	if !first {
		if c != ',' {
			d.broken()
			return false
		}
		d.i++
		c = d.peek()
		if c == end { // a comma before the end
			d.broken()
			return false
		}
	}
	if c == 0 {
		d.broken()
	}
	return d.err == nil
}

// key reads a member's name and the colon.
func (d *scanner) key() string {
	if d.peek() != '"' {
		d.broken()
		return ""
	}
	k := d.str()
	if d.peek() != ':' {
		d.broken()
		return ""
	}
	d.i++
	return k
}

// plain are the bytes of a string that stand for themselves.
var plain = func() (t [256]bool) {
	for c := range t {
		t[c] = c >= 0x20 && c != '"' && c != '\\'
	}
	return t
}()

// str reads a string at its opening quote. Without escapes it is a piece of the message, not a copy.
func (d *scanner) str() string {
	d.i++
	s, i := d.s, d.i
	for i < len(s) && plain[s[i]] {
		i++
	}
	if i < len(s) && s[i] == '"' {
		out := s[d.i:i]
		d.i = i + 1
		return out
	}
	return d.escaped(i)
}

func (d *scanner) escaped(i int) string {
	var b strings.Builder
	b.WriteString(d.s[d.i:i])
	d.i = i
	for d.i < len(d.s) {
		switch c := d.s[d.i]; {
		case c == '"':
			d.i++
			return b.String()
		case c == '\\':
			if !d.escape(&b) {
				d.broken()
				return ""
			}
		case c < 0x20:
			d.broken()
			return ""
		default:
			j := d.i
			for j < len(d.s) && plain[d.s[j]] {
				j++
			}
			b.WriteString(d.s[d.i:j])
			d.i = j
		}
	}
	d.broken()
	return ""
}

// escape reads one escape; false leaves the scanner at what it cannot read.
func (d *scanner) escape(b *strings.Builder) bool {
	if d.i+1 >= len(d.s) {
		d.i = len(d.s)
		return false
	}
	const names, values = `"\/bfnrt`, "\"\\/\b\f\n\r\t"
	if at := strings.IndexByte(names, d.s[d.i+1]); at >= 0 {
		b.WriteByte(values[at])
		d.i += 2
		return true
	}
	r, ok := d.unit(d.i)
	if !ok {
		if len(d.s)-d.i < 6 {
			d.i = len(d.s)
		}
		return false
	}
	d.i += 6
	if utf16.IsSurrogate(r) {
		low, ok := d.unit(d.i)
		if r = utf16.DecodeRune(r, low); ok && r != utf8.RuneError {
			d.i += 6
		}
	}
	if r == 0 { // no text of a hospital has it, and PostgreSQL keeps none
		r = utf8.RuneError
	}
	b.WriteRune(r) // a lone surrogate becomes U+FFFD
	return true
}

// unit reads \uXXXX at i.
func (d *scanner) unit(i int) (rune, bool) {
	if i+6 > len(d.s) || d.s[i] != '\\' || d.s[i+1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(d.s[i+2:i+6], 16, 16)
	return rune(n), err == nil && d.s[i+2] != '+' && d.s[i+2] != '_'
}

// number reads a number as it stands.
func (d *scanner) number() string {
	s, i := d.s, d.i
	digits := func() bool {
		j := i
		for i < len(s) && s[i]-'0' <= 9 {
			i++
		}
		return i > j
	}
	ok := true
	if i < len(s) && s[i] == '-' {
		i++
	}
	if i < len(s) && s[i] == '0' {
		i++
	} else {
		ok = digits()
	}
	if ok && i < len(s) && s[i] == '.' {
		i++
		ok = digits()
	}
	if ok && i < len(s) && (s[i] == 'e' || s[i] == 'E') {
		i++
		if i < len(s) && (s[i] == '+' || s[i] == '-') {
			i++
		}
		ok = digits()
	}
	if !ok {
		d.i = i
		d.broken()
		return ""
	}
	out := s[d.i:i]
	d.i = i
	return out
}

// word reads true, false or null.
func (d *scanner) word(w string) {
	if !strings.HasPrefix(d.s[d.i:], w) {
		if strings.HasPrefix(w, d.s[d.i:]) {
			d.i = len(d.s)
		}
		d.broken()
		return
	}
	d.i += len(w)
}

// skip reads a value of any kind and forgets it.
func (d *scanner) skip() {
	switch c := d.peek(); {
	case c == '"':
		d.str()
	case c == '{':
		d.open()
		for first := true; d.next('}', first); first = false {
			d.key()
			d.skip()
		}
	case c == '[':
		d.open()
		for first := true; d.next(']', first); first = false {
			d.skip()
		}
	case c == 't':
		d.word("true")
	case c == 'f':
		d.word("false")
	case c == 'n':
		d.word("null")
	case c == '-' || c-'0' <= 9:
		d.number()
	default:
		d.broken()
	}
}
