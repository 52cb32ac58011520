package life

import (
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// fnc1 ends a field of variable length.
const (
	fnc1     = "\x1d"
	fnc1rune = '\x1d'
)

// separators are spellings of fnc1 that scanners and middleware put into text.
var separators = []string{"<GS>", "{GS}", "[GS]", "<FNC1>", "{FNC1}", "[FNC1]", `\u001d`, `\x1d`, `\x1D`, "&#29;", "%1D", "␝", "~1"}

// symbologies are prefixes that scanners add to say which symbol was read.
var symbologies = []string{"]d2", "]D2", "]C1", "]c1", "]e0", "]Q3", "]J1"}

// elements are application identifiers of GS1 with the length of their data; 0 = variable up to most.
var elements = map[string]struct{ fixed, most int }{
	"00": {18, 18}, "01": {14, 14}, "02": {14, 14}, "10": {0, 20}, "11": {6, 6}, "12": {6, 6}, "13": {6, 6}, "15": {6, 6}, "16": {6, 6}, "17": {6, 6},
	"20": {2, 2}, "21": {0, 20}, "22": {0, 20}, "30": {0, 8}, "37": {0, 8}, "240": {0, 30}, "241": {0, 30}, "250": {0, 30}, "251": {0, 30},
	"400": {0, 30}, "410": {13, 13}, "414": {13, 13}, "710": {0, 20}, "711": {0, 20}, "712": {0, 20}, "713": {0, 20}, "714": {0, 20},
	"90": {0, 30}, "91": {0, 90}, "92": {0, 90}, "93": {0, 90}, "94": {0, 90}, "95": {0, 90}, "96": {0, 90}, "97": {0, 90}, "98": {0, 90}, "99": {0, 90},
}

// parseGS1 reads an element string. ok is false when s is none, so that other forms may be tried.
func parseGS1(s string) (Code, bool) {
	marked := false
	for _, p := range symbologies {
		if strings.HasPrefix(s, p) {
			s, marked = s[len(p):], true
			break
		}
	}
	if strings.HasPrefix(s, fnc1) {
		s, marked = strings.TrimLeft(s, fnc1), true
	}
	var f map[string]string
	if strings.HasPrefix(s, "(") {
		if f = bracketed(s); f != nil {
			marked = true
		}
	} else {
		f = plain(strings.ReplaceAll(s, " ", ""))
	}
	gtin := f["01"]
	switch {
	case f == nil && marked:
		return bad(s, "GS1码读不完整"), true
	case f == nil:
		return Code{}, false
	case gtin == "":
		if marked {
			return bad(s, "GS1码没有商品条码(01)"), true
		}
		return Code{}, false
	case !checkDigit(gtin):
		if marked {
			return bad(s, "GS1码的商品条码校验位不对"), true
		}
		return Code{}, false
	}
	c := Code{Form: GS1, Prefix: gtin, Serial: f["21"], Lot: f["10"], Expiry: gs1Day(f["17"])}
	if c.Serial == "" {
		if !marked && len(f) == 1 { // 16 digits that happen to read as a GTIN
			return bad("01"+gtin, "是商品条码，不是追溯码"), true
		}
		c.Form, c.Reason = Bad, "GS1码没有序列号(21)，不能认到每一盒"
		c.Text = "01" + gtin + "10" + c.Lot
		return c, true
	}
	c.Text = "01" + gtin + "21" + c.Serial
	return c, true
}

// bracketed reads "(01)…(21)…"; nil when a bracket holds no application identifier.
func bracketed(s string) map[string]string {
	out := map[string]string{}
	for s != "" {
		if s[0] != '(' {
			return nil
		}
		ai, rest, ok := strings.Cut(s[1:], ")")
		e, known := elements[strings.TrimSpace(ai)]
		if !ok || !known {
			return nil
		}
		end := len(rest)
		for i := 0; i < len(rest); i++ { // a bracket that opens an identifier ends the field; others are data
			if rest[i] == '(' {
				if next, _, closed := strings.Cut(rest[i+1:], ")"); closed && known1(next) {
					end = i
					break
				}
			}
		}
		v := strings.Trim(rest[:end], " "+fnc1)
		if v = strings.ReplaceAll(v, " ", ""); !fits(v, e.fixed, e.most) {
			return nil
		}
		if _, twice := out[strings.TrimSpace(ai)]; twice {
			return nil
		}
		out[strings.TrimSpace(ai)] = v
		s = rest[end:]
	}
	return out
}

func known1(ai string) bool { _, ok := elements[strings.TrimSpace(ai)]; return ok }

func fits(v string, fixed, most int) bool {
	if fixed > 0 {
		if len(v) != fixed {
			return false
		}
		for i := 0; i < len(v); i++ {
			if v[i] < '0' || v[i] > '9' {
				return false
			}
		}
		return true
	}
	if v == "" || len(v) > most {
		return false
	}
	for i := 0; i < len(v); i++ {
		if v[i] <= ' ' || v[i] > '~' {
			return false
		}
	}
	return true
}

// plain reads a string without brackets that begins with (01). A field of variable length ends at the separator; without
// one it takes the rest.
func plain(s string) map[string]string {
	if !strings.HasPrefix(s, "01") || len(s) == 20 && onlyDigits(s) == s {
		return nil
	}
	out := map[string]string{}
	for s != "" {
		ai := ""
		for _, n := range []int{2, 3} {
			if len(s) >= n && known1(s[:n]) {
				ai = s[:n]
				break
			}
		}
		if ai == "" {
			return nil
		}
		if _, twice := out[ai]; twice {
			return nil
		}
		e, rest := elements[ai], s[len(ai):]
		n := e.fixed
		if n == 0 {
			if n = strings.Index(rest, fnc1); n < 0 {
				n = len(rest)
			}
		}
		if n > len(rest) || !fits(rest[:n], e.fixed, e.most) {
			return nil
		}
		out[ai] = rest[:n]
		s = strings.TrimLeft(rest[n:], fnc1)
	}
	return out
}

// gs1Day reads yymmdd; day 00 is the last of the month. Years are this century's.
func gs1Day(s string) claim.Day {
	if len(s) != 6 {
		return claim.NoDay
	}
	if s[4:] == "00" {
		m, err := claim.ParseMonth("20" + s[:2] + "-" + s[2:4])
		if err != nil {
			return claim.NoDay
		}
		return m.Last()
	}
	d, err := claim.ParseDay("20" + s[:2] + "-" + s[2:4] + "-" + s[4:])
	if err != nil {
		return claim.NoDay
	}
	return d
}
