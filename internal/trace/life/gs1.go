package life

import (
	"net/url"
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
		f = bracketed(s)
		ai, _, _ := strings.Cut(s[1:], ")")
		marked = f != nil || known1(ai) // a scan cut short is no maker's code: the next box of the product would be taken for this one
	} else if t := strings.ReplaceAll(s, " ", ""); marked || strings.Contains(t, fnc1) || strings.HasPrefix(t, "01") {
		if f = plain(t); !strings.Contains(t, fnc1) {
			if g := unparted(t); g != nil {
				f = g
			}
		}
	} else if g := plain(t); len(t) > 20 && (strings.HasPrefix(t, "17") || strings.HasPrefix(t, "11")) && g["01"] != "" && g["21"] != "" && checkDigit(g["01"]) {
		f = g // a date first, and nothing says that it is GS1 but that everything fits
	}
	if f == nil {
		if marked {
			return bad(s, "GS1码读不完整"), true
		}
		return Code{}, false
	}
	return fromElements(s, f, marked)
}

// fromElements makes the code of the elements read; marked tells that s is surely GS1.
func fromElements(s string, f map[string]string, marked bool) (Code, bool) {
	gtin := f["01"]
	switch {
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

// wholeGTIN writes a GTIN of 8, 12 or 13 digits as the 14 that every other spelling of it reads.
func wholeGTIN(v string) string {
	if n := len(v); n == 8 || n == 12 || n == 13 {
		return strings.Repeat("0", 14-n) + v
	}
	return v
}

// fromLink reads a code out of an address, as a telephone's camera hands it over: a GS1 Digital Link (…/01/GTIN/21/serial?17=…),
// else the one run of 20 digits in it, else the value of a field that is a code by itself.
func fromLink(s string) Code {
	_, rest, _ := strings.Cut(s, "://")
	path, query, _ := strings.Cut(strings.SplitN(rest, "#", 2)[0], "?")
	f, steps := map[string]string{}, strings.Split(path, "/")
	for i := 1; i+1 < len(steps); i++ {
		if known1(steps[i]) && (f["01"] != "" || steps[i] == "01") {
			if v := decoded(steps[i+1]); steps[i] == "01" {
				f["01"] = wholeGTIN(v)
			} else if e := elements[steps[i]]; fits(v, e.fixed, e.most) {
				f[steps[i]] = v
			}
			i++
		}
	}
	var values []string
	for _, q := range strings.FieldsFunc(query, func(r rune) bool { return r == '&' || r == ';' }) {
		name, v, _ := strings.Cut(q, "=")
		v = decoded(v)
		if e, ok := elements[name]; ok && f["01"] != "" && fits(v, e.fixed, e.most) {
			f[name] = v
		}
		values = append(values, v)
	}
	if g := f["01"]; len(g) == 14 && fits(g, 14, 14) {
		if c, ok := fromElements(s, f, true); ok {
			return c
		}
	}
	found := ""
	for _, d := range strings.FieldsFunc(rest, func(r rune) bool { return r < '0' || r > '9' }) {
		if len(d) == 20 && d != found {
			if found != "" {
				return bad(s, "网址里不止一个追溯码")
			}
			found = d
		}
	}
	if found != "" {
		return parseDigits(found)
	}
	for _, v := range values {
		if c, ok := parseGS1(clean(v)); ok && c.Valid() {
			return c
		}
	}
	return bad(s, "网址里没有追溯码")
}

func decoded(s string) string {
	if t, err := url.PathUnescape(s); err == nil {
		return t
	}
	return s
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
		if v = strings.ReplaceAll(v, " ", ""); strings.TrimSpace(ai) == "01" || strings.TrimSpace(ai) == "02" {
			v = wholeGTIN(v)
		}
		if !fits(v, e.fixed, e.most) {
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

// plain reads a string without brackets. A field of variable length ends at the separator; without
// one it takes the rest.
func plain(s string) map[string]string {
	if len(s) == 20 && onlyDigits(s) == s {
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

// unparted reads a string whose separators a scanner dropped: GTIN, serial, lot and expiry in any order, where that can be read in one
// way only; nil otherwise. Without it the field before the missing separator swallows those after it, and one box has two names.
func unparted(s string) map[string]string {
	if len(s) > 16+2+20+2+20+8 || len(s) < 16+3+3+8 {
		return nil
	}
	var found map[string]string
	several := false
	var read func(rest string, f map[string]string)
	read = func(rest string, f map[string]string) {
		if several {
			return
		}
		if rest == "" {
			if len(f) == 4 {
				several = found != nil
				found = map[string]string{"01": f["01"], "10": f["10"], "17": f["17"], "21": f["21"]}
			}
			return
		}
		if len(rest) < 3 {
			return
		}
		ai, data := rest[:2], rest[2:]
		if _, twice := f[ai]; twice {
			return
		}
		take := func(n int) {
			f[ai] = data[:n]
			read(data[n:], f)
			delete(f, ai)
		}
		switch {
		case ai == "01" && len(data) >= 14 && fits(data[:14], 14, 14) && checkDigit(data[:14]):
			take(14)
		case ai == "17" && len(data) >= 6 && data[:2] >= "15" && data[:2] <= "49" && gs1Day(data[:6]) != claim.NoDay:
			take(6)
		case ai == "10" || ai == "21":
			for n := 1; n <= min(20, len(data)); n++ {
				if fits(data[:n], 0, 20) {
					take(n)
				}
			}
		}
	}
	read(s, map[string]string{})
	if several {
		return nil
	}
	return found
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
