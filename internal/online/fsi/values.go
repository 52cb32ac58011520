package fsi

import (
	"math"
	"strconv"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// scalar reads any value as text: strings trimmed, numbers as they stand, true and false as 1 and 0, what stands for
// nothing as "". An object or array with content is odd.
func (d *decoder) scalar() string {
	switch c := d.peek(); {
	case c == '"':
		s := d.str()
		if s == "" {
			return ""
		}
		if opens(s[0]) || closes(s) {
			s = strings.TrimSpace(s)
		}
		if len(s) <= 4 && blank(s) {
			return ""
		}
		return s
	case c == '-' || c-'0' <= 9:
		return d.number()
	case c == 't':
		d.word("true")
		return "1"
	case c == 'f':
		d.word("false")
		return "0"
	case c == 'n':
		d.word("null")
		return ""
	}
	at := d.i
	d.skip()
	if d.err == nil {
		if raw := d.s[at:d.i]; strings.Trim(raw, "{}[] \r\n\t") != "" {
			d.oddly(raw, "应为单个值，收到对象或数组")
		}
	}
	return ""
}

// opens tells that a first byte may be of a blank: those beyond ASCII begin with four bytes, with which no Chinese character does.
func opens(c byte) bool { return c <= ' ' || c == 0xC2 || (c >= 0xE1 && c <= 0xE3) }

// closes tells that a string may end in a blank.
func closes(s string) bool {
	n := len(s)
	c := s[n-1]
	return c <= ' ' || (c >= 0x80 && ((n > 1 && s[n-2] == 0xC2) || (n > 2 && s[n-3] >= 0xE1 && s[n-3] <= 0xE3)))
}

// Empty values never overwrite: of two names of one thing the filled one counts.
func (d *decoder) text(to *string) {
	if s := d.scalar(); s != "" {
		*to = s
	}
}

// coded reads a dictionary value; the profile says what a local value is called nationally. Unknown values are kept.
func (d *decoder) coded(dict string, to *string) {
	s := d.scalar()
	if s == "" {
		return
	}
	if m := d.p.values[dict]; m != nil {
		if v, ok := m[s]; ok {
			s = v
		}
	}
	*to = s
}

func (d *decoder) money(to *claim.Money) {
	if n, ok := d.decimal(2); ok {
		*to = claim.Money(n)
	}
}

func (d *decoder) qty(to *claim.Qty) {
	if n, ok := d.decimal(4); ok {
		*to = claim.Qty(n)
	}
}

func (d *decoder) price(to *claim.Price) {
	if n, ok := d.decimal(6); ok {
		*to = claim.Price(n)
	}
}

// Decimal reads a number as senders write it into an integer of 10^-scale, rounded half up; false when it is none or far too large.
func Decimal(s string, scale int) (int64, bool) {
	if n, err := claim.ParseDecimal(s, scale); err == nil {
		return n, true
	}
	n, _, err := roughDecimal(s, scale)
	return n, err == ""
}

// Moment reads a time as senders write it, as China's civil time; false when it is none.
func Moment(s string) (claim.Time, bool) { return parseMoment(s) }

func (d *decoder) decimal(scale int) (int64, bool) {
	s := d.scalar()
	if s == "" {
		return 0, false
	}
	if n, err := claim.ParseDecimal(s, scale); err == nil {
		return n, true
	}
	n, note, err := roughDecimal(s, scale)
	switch {
	case err != "":
		d.oddly(s, err)
		return 0, false
	case note != "":
		d.oddly(s, note)
	}
	return n, true
}

// maxMoney bounds numbers: beyond it no fee line can be.
const maxMoney = math.MaxInt64 / 1_000_000

// roughDecimal reads what ParseDecimal refuses: thousands separators, exponents, and more decimals than the field has.
// The last are rounded; senders that compute in binary fractions send 3.3000000000000003, which is not worth a note.
func roughDecimal(s string, scale int) (n int64, note, err string) {
	const want = "应为数字"
	t := strings.ReplaceAll(s, ",", "")
	mant, exp, has := t, 0, false
	if at := strings.IndexAny(t, "eE"); at >= 0 {
		e, bad := strconv.Atoi(t[at+1:])
		if bad != nil || e > 30 || e < -30 {
			return 0, "", "数值超出允许的范围"
		}
		mant, exp, has = t[:at], e, true
	}
	neg := strings.HasPrefix(mant, "-")
	mant = strings.TrimLeft(mant, "+-")
	whole, frac, _ := strings.Cut(mant, ".")
	if whole+frac == "" || strings.Trim(whole+frac, "0123456789") != "" || len(s)-len(mant) > 40 {
		return 0, "", want
	}
	if exp >= 0 {
		frac += strings.Repeat("0", max(0, exp-len(frac)))
		whole, frac = whole+frac[:exp], frac[exp:]
	} else {
		whole = strings.Repeat("0", max(0, -exp-len(whole))) + whole
		cut := len(whole) + exp
		whole, frac = whole[:cut], whole[cut:]+frac
	}
	rest := ""
	if len(frac) > scale {
		frac, rest = frac[:scale], frac[scale:]
	}
	frac += strings.Repeat("0", scale-len(frac))
	n, bad := strconv.ParseInt("0"+whole+frac, 10, 64)
	if bad != nil || n > maxMoney {
		return 0, "", "数值超出允许的范围"
	}
	if rest != "" && rest[0] >= '5' {
		n++
	}
	if strings.Trim(rest, "0") != "" && len(frac)+len(rest) < 12 && !has {
		note = "小数位数超出本字段，已四舍五入"
	}
	if neg {
		n = -n
	}
	return n, note, ""
}

func (d *decoder) day(to *claim.Day) {
	var t claim.Time = claim.NoTime
	if d.moment(&t); t.Has() {
		*to = t.Day()
	}
}

// zone is China's, which all civil times of the interface are in: microseconds ahead of UTC.
const zone = 8 * 3600 * 1_000_000

// moment reads a time. Besides the national form senders write yyyyMMddHHmmss, ISO 8601 with a zone, and milliseconds since
// 1970 (as some serializers do with dates).
func (d *decoder) moment(to *claim.Time) {
	s := d.scalar()
	if s == "" {
		return
	}
	t, ok := parseMoment(s)
	if !ok {
		d.oddly(s, "应为 yyyy-MM-dd HH:mm:ss 或 yyyy-MM-dd，且是存在的时刻")
		return
	}
	*to = t
}

func parseMoment(s string) (claim.Time, bool) {
	if t, err := claim.ParseTime(s); err == nil {
		return t, true
	}
	if all := strings.Trim(s, "0123456789") == ""; all && len(s) >= 14 && len(s) <= 17 {
		t, err := claim.ParseTime(s[:4] + "-" + s[4:6] + "-" + s[6:8] + " " + s[8:10] + ":" + s[10:12] + ":" + s[12:14])
		return t, err == nil
	} else if all && (len(s) == 12 || len(s) == 13) {
		ms, err := strconv.ParseInt(s, 10, 64)
		return claim.Time((ms/1000)*1_000_000 + zone), err == nil
	}
	return parseZoned(s)
}

// parseZoned reads 2025-03-01T08:00:00Z and the like as China's civil time.
func parseZoned(s string) (claim.Time, bool) {
	at := strings.LastIndexAny(s, "Z+-")
	if at < 16 {
		return claim.NoTime, false
	}
	t, err := claim.ParseTime(s[:at])
	if err != nil {
		return claim.NoTime, false
	}
	if s[at] == 'Z' {
		return t + zone, at == len(s)-1
	}
	off := strings.ReplaceAll(s[at+1:], ":", "")
	n, err := strconv.Atoi(off)
	if err != nil || len(off) != 4 || n/100 > 14 || n%100 > 59 || n < 0 {
		return claim.NoTime, false
	}
	shift := claim.Time(n/100*60+n%100) * 60 * 1_000_000
	if s[at] == '+' {
		shift = -shift
	}
	return t + shift + zone, true
}

// flag reads a 0/1 flag; other words are odd.
func (d *decoder) flag(to *bool) bool {
	switch s := d.scalar(); s {
	case "":
		return false
	case "1", "true", "TRUE", "Y", "y", "是":
		*to = true
	case "0", "false", "FALSE", "N", "n", "否":
		*to = false
	default:
		d.oddly(s, "应为 1 或 0")
		return false
	}
	return true
}

func (d *decoder) integer(to *int) {
	s := d.scalar()
	if s == "" {
		return
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > 1_000_000 {
		d.oddly(s, "应为整数")
		return
	}
	*to = n
}

// daysOf reads a number of days, N4,2: a part of a day counts as one.
func (d *decoder) daysOf(to *int32) {
	n, ok := d.decimal(2)
	if !ok {
		return
	}
	if n < 0 || n > 100*36_500 {
		d.oddly(claim.Money(n).String(), "应为天数")
		return
	}
	*to = int32((n + 99) / 100)
}

// words reads a list written as an array or joined by commas.
func (d *decoder) words(to *[]string) {
	split := func(s string) {
		for _, w := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(",，;；、| ", r) }) {
			*to = append(*to, w)
		}
	}
	if d.peek() != '[' {
		split(d.scalar())
		return
	}
	d.open()
	for first := true; d.next(']', first); first = false {
		if len(*to) >= 1000 {
			d.stop(fault(TooMany, "数组超过 1000 个元素"))
			return
		}
		split(d.scalar())
	}
}
