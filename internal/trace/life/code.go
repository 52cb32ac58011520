package life

import (
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// Form is the family a trace code belongs to.
type Form uint8

// Forms of codes.
const (
	NoCode Form = iota // nothing was written
	Bad                // not a code of a box: Reason says why
	Drug20             // 20 digits, the first 7 name product, specification and level of packaging
	GS1                // GS1 element string: GTIN and serial number
	Maker              // a manufacturer's own code, and other registers of device identifiers
)

// String is the bureau's word.
func (f Form) String() string {
	return [...]string{"无码", "格式不符", "20位追溯码", "GS1码", "企业自编码"}[f]
}

// Code is a trace code as it was understood.
type Code struct {
	Form   Form
	Text   string // canonical: equal for every way of writing the same code
	Prefix string // what names the product: 7 digits, or the GTIN; "" for manufacturers' codes
	Serial string
	Lot    string
	Expiry claim.Day // NoDay when the code does not say
	Reason string    // of Bad, in words a clerk understands
}

// Valid tells whether the code names one box.
func (c *Code) Valid() bool { return c.Form >= Drug20 }

// Lengths of manufacturers' codes.
const (
	makerMin = 10
	makerMax = 60
)

// Parse reads one code as scanners, clerks and interfaces write it: full-width digits, blanks and strokes, brackets around
// application identifiers, symbology identifiers and group separators in their spellings, addresses that carry a code.
func Parse(raw string) Code {
	s := clean(raw)
	if s == "" {
		return Code{Form: NoCode, Expiry: claim.NoDay}
	}
	if strings.Contains(s, "://") {
		return fromLink(s)
	}
	if c, ok := parseGS1(s); ok {
		return c
	}
	s = strings.ReplaceAll(s, fnc1, "")
	if d := onlyDigits(s); d != "" {
		if c, ok := parseGS1(d); ok {
			return c
		}
		return parseDigits(d)
	}
	s = strings.ToUpper(strings.ReplaceAll(s, " ", ""))
	for _, r := range s {
		if !strings.ContainsRune(makerChars, r) {
			return bad(s, "含有不应出现的字符 "+string(r))
		}
	}
	if len(s) < makerMin || len(s) > makerMax {
		return bad(s, "长度不对")
	}
	if !strings.ContainsAny(s, "0123456789") {
		return bad(s, "没有数字")
	}
	return Code{Form: Maker, Text: s, Expiry: claim.NoDay}
}

const makerChars = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-./+$%*=&"

func bad(s, why string) Code { return Code{Form: Bad, Text: s, Reason: why, Expiry: claim.NoDay} }

func parseDigits(d string) Code {
	switch {
	case strings.Count(d, d[:1]) == len(d):
		return bad(d, "各位数字相同")
	case len(d) == 20:
		return Code{Form: Drug20, Text: d, Prefix: d[:7], Serial: d[7:], Expiry: claim.NoDay}
	case len(d) == 8 || len(d) == 12 || len(d) == 13 || len(d) == 14:
		if checkDigit(d) {
			return bad(d, "是商品条码，不是追溯码")
		}
		if len(d) < makerMin {
			return bad(d, "长度不对")
		}
	case len(d) < makerMin || len(d) > makerMax:
		return bad(d, "长度不对")
	}
	return Code{Form: Maker, Text: d, Expiry: claim.NoDay}
}

// clean brings what scanners add or change to one spelling: separators become fnc1 or go, wide characters become narrow.
func clean(raw string) string {
	s := strings.TrimSpace(raw)
	if s == "" || s == "-" || strings.EqualFold(s, "null") || s == `\N` {
		return ""
	}
	for _, g := range separators {
		if strings.Contains(s, g) {
			s = strings.ReplaceAll(s, g, fnc1)
		}
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case r >= '！' && r <= '～': // full width
			r -= '！' - '!'
		case r == '　' || r == '\u00a0' || r == '\t':
			r = ' '
		case r == '\u200b' || r == '\ufeff' || r == '\u200e' || r == '\u200f' || (r < ' ' && r != fnc1rune):
			continue
		case r == '【' || r == '〔' || r == '﹙':
			r = '('
		case r == '】' || r == '〕' || r == '﹚':
			r = ')'
		}
		b.WriteRune(r)
	}
	return strings.TrimSpace(b.String())
}

// onlyDigits drops blanks, strokes, points and brackets from a code that otherwise holds digits; "" when it does not.
func onlyDigits(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			b.WriteByte(c)
		case strings.IndexByte(" -._/()[]", c) >= 0:
		default:
			return ""
		}
	}
	return b.String()
}

// checkDigit tells whether the last digit is the GS1 check digit of the others.
func checkDigit(d string) bool {
	if len(d) < 2 {
		return false
	}
	sum := 0
	for i, w := len(d)-2, 3; i >= 0; i, w = i-1, 4-w {
		sum += int(d[i]-'0') * w
	}
	return int(d[len(d)-1]-'0') == (10-sum%10)%10
}

// Codes reads a field that may hold several codes: "|" and line ends part them; commas and semicolons do where every part
// is a code by itself.
func Codes(field string) []Code {
	var out []Code
	for _, p := range strings.FieldsFunc(field, func(r rune) bool { return r == '|' || r == '｜' || r == '\n' || r == '\r' }) {
		parts := strings.FieldsFunc(p, func(r rune) bool { return strings.ContainsRune(",;，；、", r) })
		var sub []Code
		for _, q := range parts {
			if c := Parse(q); c.Valid() {
				sub = append(sub, c)
			}
		}
		if len(parts) > 1 && len(sub) == len(parts) {
			out = append(out, sub...)
			continue
		}
		if c := Parse(p); c.Form != NoCode {
			out = append(out, c)
		}
	}
	return out
}
