package claim

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"
)

// Units of the facts. Nothing here is ever a float.
type (
	// Money is fen (分), 1/100 yuan.
	Money int64
	// Qty is a quantity in 1/10 000 of its unit (N(16,4)).
	Qty int64
	// Price is yuan in 1/1 000 000 (N(16,6)).
	Price int64
	// Day is a civil day: days since 1970-01-01, no time zone.
	Day int32
	// Time is civil (wall clock) microseconds since 1970-01-01 00:00:00, without a zone. An odd value means the
	// source gave a date only ("day precision"); inputs carry whole seconds, so the lowest bit is free for that.
	Time int64
)

// Absent values. A zero is a value; absence is one of these (and code 0 or "" for coded and text columns).
const (
	None32 = math.MinInt32
	None64 = math.MinInt64

	NoDay  Day  = None32
	NoTime Time = None64

	QtyOne      Qty   = 10_000
	PriceOne    Price = 1_000_000
	microsOfDay       = 86_400_000_000
	// OpenDay stands for "still running" (9999 or empty end dates) wherever an end bounds an interval.
	OpenDay Day = 2_932_896
)

// Has reports whether the value is present.
func (m Money) Has() bool { return m != None64 }
func (q Qty) Has() bool   { return q != None64 }
func (p Price) Has() bool { return p != None64 }
func (d Day) Has() bool   { return d != NoDay }
func (t Time) Has() bool  { return t != NoTime }

// Or returns the money, or alt when absent.
func (m Money) Or(alt Money) Money {
	if m == None64 {
		return alt
	}
	return m
}

// Day of a time; NoDay when absent.
func (t Time) Day() Day {
	if t == NoTime {
		return NoDay
	}
	return Day(floorDiv(int64(t), microsOfDay))
}

// DayOnly tells that the source named the day but not the clock.
func (t Time) DayOnly() bool { return t != NoTime && t&1 == 1 }

// Clock is t without its precision mark: comparable microseconds.
func (t Time) Clock() int64 { return int64(t) &^ 1 }

// Hour is the clock hour since the epoch (for "the same clock hour").
func (t Time) Hour() int64 { return floorDiv(t.Clock(), 3_600_000_000) }

// Start is midnight at the start of the day, with day precision.
func (d Day) Start() Time {
	if d == NoDay {
		return NoTime
	}
	return Time(int64(d)*microsOfDay + 1)
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// Month is year×12 + month−1. 0 is "no month": open lines that no settlement has claimed yet.
type Month int32

// Month of a day.
func (d Day) Month() Month {
	if d == NoDay {
		return 0
	}
	y, m, _ := d.Civil()
	return Month(y*12 + m - 1)
}

// First day of the month.
func (m Month) First() Day { return DayOf(int(m)/12, int(m)%12+1, 1) }

// Last day of the month.
func (m Month) Last() Day { return (m + 1).First() - 1 }

func (m Month) String() string {
	if m == 0 {
		return "open"
	}
	return fmt.Sprintf("%04d-%02d", int(m)/12, int(m)%12+1)
}

// ParseMonth reads yyyy-MM.
func ParseMonth(s string) (Month, error) {
	if len(s) == 7 && s[4] == '-' {
		y, ok1 := digits(s[:4])
		m, ok2 := digits(s[5:])
		if ok1 && ok2 && y > 0 && m >= 1 && m <= 12 {
			return Month(y*12 + m - 1), nil
		}
	}
	return 0, fmt.Errorf("月份 %q 应写作 yyyy-MM", s)
}

// DayOf is the civil day of a Gregorian date.
func DayOf(y, m, d int) Day {
	if m <= 2 {
		y--
	}
	era := floorDiv(int64(y), 400)
	yoe := int64(y) - era*400
	mp := int64((m + 9) % 12)
	doy := (153*mp+2)/5 + int64(d) - 1
	doe := yoe*365 + yoe/4 - yoe/100 + doy
	return Day(era*146097 + doe - 719468)
}

// Civil is the Gregorian date of a day.
func (d Day) Civil() (y, m, day int) {
	z := int64(d) + 719468
	era := floorDiv(z, 146097)
	doe := z - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	day = int(doy - (153*mp+2)/5 + 1)
	m = int(mp + 3)
	if m > 12 {
		m -= 12
	}
	y = int(yoe + era*400)
	if m <= 2 {
		y++
	}
	return y, m, day
}

// Weekday of a civil day.
func (d Day) Weekday() time.Weekday { return time.Weekday((int64(d)%7 + 11) % 7) }

func (d Day) String() string {
	if d == NoDay {
		return ""
	}
	y, m, dd := d.Civil()
	if y < 0 || y > 9999 {
		return fmt.Sprintf("%04d-%02d-%02d", y, m, dd)
	}
	return string([]byte{digit(y / 1000), digit(y / 100), digit(y / 10), digit(y), '-', digit(m / 10), digit(m), '-', digit(dd / 10), digit(dd)})
}

// digit is the last decimal digit of a number.
func digit(n int) byte { return '0' + byte(n%10) }

// String is yyyy-MM-dd HH:mm:ss, or the date alone at day precision.
func (t Time) String() string {
	if t == NoTime {
		return ""
	}
	if t.DayOnly() {
		return t.Day().String()
	}
	s := (t.Clock() - int64(t.Day())*microsOfDay) / 1_000_000
	return fmt.Sprintf("%s %02d:%02d:%02d", t.Day(), s/3600, s/60%60, s%60)
}

// YearsOn is the age in completed years on day d, the birthday included.
func (d Day) YearsOn(on Day) int {
	// Far from a birthday the mean length of a year decides: leap days shift a birthday by less than four days.
	if n := int64(on) - int64(d); n >= 0 && n < 1<<20 {
		if left := n * 400 % 146097 / 400; left > 4 && left < 361 {
			return int(n * 400 / 146097)
		}
	}
	return d.yearsByCalendar(on)
}

func (d Day) yearsByCalendar(on Day) int {
	by, bm, bd := d.Civil()
	y, m, dd := on.Civil()
	age := y - by
	if m < bm || (m == bm && dd < bd) {
		age--
	}
	return age
}

var (
	errDate    = errors.New("应为 yyyy-MM-dd，且是存在的日期")
	errTime    = errors.New("应为 yyyy-MM-dd HH:mm:ss（或只有日期），且是存在的时刻")
	errDecimal = errors.New("应为数字")
	errScale   = errors.New("小数位数超出本字段允许的位数")
	errRange   = errors.New("数值超出允许的范围")
)

func digits(s string) (int, bool) {
	n := 0
	for i := 0; i < len(s); i++ {
		c := s[i] - '0'
		if c > 9 {
			return 0, false
		}
		n = n*10 + int(c)
	}
	return n, true
}

// ParseDay reads yyyy-MM-dd (a time behind it is ignored; / and yyyyMMdd are accepted as exports write them).
func ParseDay(s string) (Day, error) {
	if len(s) == 8 {
		if _, ok := digits(s); ok {
			return civilDay(s[:4], s[4:6], s[6:8])
		}
		return NoDay, errDate
	}
	if len(s) < 10 || (s[4] != '-' && s[4] != '/') || s[7] != s[4] {
		return NoDay, errDate
	}
	if len(s) > 10 && s[10] != ' ' && s[10] != 'T' {
		return NoDay, errDate
	}
	return civilDay(s[:4], s[5:7], s[8:10])
}

func civilDay(ys, ms, ds string) (Day, error) {
	y, ok1 := digits(ys)
	m, ok2 := digits(ms)
	d, ok3 := digits(ds)
	if !ok1 || !ok2 || !ok3 || y < 1 || m < 1 || m > 12 || d < 1 || d > daysIn(y, m) {
		return NoDay, errDate
	}
	return DayOf(y, m, d), nil
}

func daysIn(y, m int) int {
	switch m {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if y%4 == 0 && (y%100 != 0 || y%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// ParseTime reads yyyy-MM-dd HH:mm:ss with a blank or T between; a date alone is kept with day precision, seconds
// may be missing, and fractions of a second are dropped.
func ParseTime(s string) (Time, error) {
	d, err := ParseDay(s)
	if err != nil {
		return NoTime, errTime
	}
	if len(s) == 8 || len(s) == 10 {
		return d.Start(), nil
	}
	c := s[11:]
	if len(c) > 8 && c[8] == '.' {
		if _, ok := digits(c[9:]); !ok {
			return NoTime, errTime
		}
		c = c[:8]
	}
	if (len(c) != 5 && len(c) != 8) || c[2] != ':' {
		return NoTime, errTime
	}
	h, ok1 := digits(c[:2])
	m, ok2 := digits(c[3:5])
	sec, ok3 := 0, true
	if len(c) == 8 {
		if c[5] != ':' {
			return NoTime, errTime
		}
		sec, ok3 = digits(c[6:8])
	}
	if !ok1 || !ok2 || !ok3 || h > 23 || m > 59 || sec > 59 {
		return NoTime, errTime
	}
	return Time(int64(d)*microsOfDay + int64(h*3600+m*60+sec)*1_000_000), nil
}

// ParseDecimal reads a decimal into an integer of 10^-scale. Trailing zeros beyond the scale are accepted, other
// digits beyond it are an error: nothing is rounded on the way in.
func ParseDecimal(s string, scale int) (int64, error) {
	i, neg := 0, false
	if i < len(s) && (s[i] == '-' || s[i] == '+') {
		neg = s[i] == '-'
		i++
	}
	var n int64
	seen, frac := false, -1
	for ; i < len(s); i++ {
		c := s[i]
		if c == '.' {
			if frac >= 0 {
				return 0, errDecimal
			}
			frac = 0
			continue
		}
		if c < '0' || c > '9' {
			return 0, errDecimal
		}
		seen = true
		if frac >= 0 {
			if frac == scale {
				if c != '0' {
					return 0, errScale
				}
				continue
			}
			frac++
		}
		if n > (math.MaxInt64-9)/10 {
			return 0, errRange
		}
		n = n*10 + int64(c-'0')
	}
	if !seen {
		return 0, errDecimal
	}
	if frac < 0 {
		frac = 0
	}
	for ; frac < scale; frac++ {
		if n > math.MaxInt64/10 {
			return 0, errRange
		}
		n *= 10
	}
	if n > math.MaxInt64/4 {
		return 0, errRange
	}
	if neg {
		n = -n
	}
	return n, nil
}

// FormatDecimal writes an integer of 10^-scale with at least min decimals and no further trailing zeros.
func FormatDecimal(n int64, scale, min int) string {
	if n == None64 {
		return ""
	}
	neg := n < 0
	if neg {
		n = -n
	}
	s := strconv.FormatInt(n, 10)
	for len(s) <= scale {
		s = "0" + s
	}
	whole, frac := s[:len(s)-scale], s[len(s)-scale:]
	for len(frac) > min && frac[len(frac)-1] == '0' {
		frac = frac[:len(frac)-1]
	}
	if frac != "" {
		whole += "." + frac
	}
	if neg {
		return "-" + whole
	}
	return whole
}

// String is yuan with two decimals.
func (m Money) String() string { return FormatDecimal(int64(m), 2, 2) }
func (q Qty) String() string   { return FormatDecimal(int64(q), 4, 0) }
func (p Price) String() string { return FormatDecimal(int64(p), 6, 2) }

// MulDiv is m × a ÷ b rounded half up (away from zero), exact through 128 bits; 0 when b is 0.
func MulDiv(m, a, b int64) int64 { return mulDiv(m, a, b) }
