package oracle

import (
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// boxCode is what one written trace code says (追溯码与进销存 二).
type boxCode struct {
	text   string // one spelling for every way of writing the code
	prefix string // the first seven of twenty digits, or a trade item number
	bad    bool   // written, but no code of a box
	twenty bool
	lot    string
	expiry claim.Day
}

// boxCodes reads a field of codes parted by |.
func boxCodes(field string) []boxCode {
	var out []boxCode
	for w := range strings.SplitSeq(field, "|") {
		if c := readCode(w); c.text != "" {
			out = append(out, c)
		}
	}
	return out
}

// readCode reads what these tests write: twenty digits with blanks, strokes or full-width digits; bracketed GS1; letters
// and digits of a maker. Scanners' other spellings are package life's own tests.
func readCode(w string) boxCode {
	c := boxCode{expiry: claim.NoDay}
	var b strings.Builder
	for _, r := range strings.ToUpper(w) {
		if r >= '０' && r <= '９' {
			r -= '０' - '0'
		}
		if !strings.ContainsRune(" -　", r) {
			b.WriteRune(r)
		}
	}
	s := b.String()
	if strings.HasPrefix(s, "(") {
		return readBrackets(s)
	}
	c.text = s
	digits := s != "" && strings.Trim(s, "0123456789") == ""
	switch {
	case digits && strings.Trim(s, s[:1]) == "", len(s) < 10, len(s) > 60, digits && len(s) == 13 && strings.HasPrefix(s, "69"):
		c.bad = true
	case digits && len(s) == 20:
		c.twenty, c.prefix = true, s[:7]
	}
	return c
}

// readBrackets reads (01)…(21)… with a lot (10) and an expiry (17, the month's last day where the day is 00).
func readBrackets(s string) boxCode {
	c := boxCode{text: s, expiry: claim.NoDay}
	parts := map[string]string{}
	for w := range strings.SplitSeq(s[1:], "(") {
		ai, v, _ := strings.Cut(w, ")")
		parts[ai] = v
	}
	if parts["01"] == "" || parts["21"] == "" {
		c.bad = true
		return c
	}
	c.text, c.prefix, c.lot = parts["01"]+"/"+parts["21"], parts["01"], parts["10"]
	if e := parts["17"]; len(e) == 6 {
		d, err := claim.ParseDay("20" + e[:2] + "-" + e[2:4] + "-" + e[4:])
		if err == nil {
			c.expiry = d
		}
	}
	return c
}
