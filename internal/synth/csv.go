package synth

import (
	"strconv"

	"github.com/mingjian/mingjian/internal/claim"
)

// row appends one CSV line by hand: no value of the city holds a comma, a quote or a line break unless str is told so.
type row struct{ b []byte }

func (r *row) end() { r.b[len(r.b)-1] = '\n' }

func (r *row) str(s string) { r.b = append(append(r.b, s...), ',') }

func (r *row) none() { r.b = append(r.b, ',') }

func (r *row) flag(on bool) {
	if on {
		r.b = append(r.b, '1', ',')
	} else {
		r.b = append(r.b, '0', ',')
	}
}

// mark writes a flag that most systems leave empty when it is off.
func (r *row) mark(on bool) {
	if on {
		r.b = append(r.b, '1')
	}
	r.b = append(r.b, ',')
}

func (r *row) int(n int) { r.b = append(strconv.AppendInt(r.b, int64(n), 10), ',') }

// pad writes n with leading zeros to the given width.
func appendPad(b []byte, n, width int) []byte {
	var d [20]byte
	for i := width - 1; i >= 0; i-- {
		d[i] = byte('0' + n%10)
		n /= 10
	}
	return append(b, d[:width]...)
}

func appendDay(b []byte, d claim.Day) []byte {
	y, m, dd := d.Civil()
	b = appendPad(b, y, 4)
	b = appendPad(append(b, '-'), m, 2)
	return appendPad(append(b, '-'), dd, 2)
}

// day writes a date; NoDay and OpenDay are empty.
func (r *row) day(d claim.Day) {
	if d.Has() && d < claim.OpenDay {
		r.b = appendDay(r.b, d)
	}
	r.b = append(r.b, ',')
}

const microsOfDay = 86_400_000_000

// time writes a time; at day precision the date alone.
func (r *row) time(t claim.Time) {
	if t.Has() {
		d := t.Day()
		r.b = appendDay(r.b, d)
		if !t.DayOnly() {
			s := int((t.Clock() - int64(d)*microsOfDay) / 1_000_000)
			r.b = appendPad(append(r.b, ' '), s/3600, 2)
			r.b = appendPad(append(r.b, ':'), s/60%60, 2)
			r.b = appendPad(append(r.b, ':'), s%60, 2)
		}
	}
	r.b = append(r.b, ',')
}

func (r *row) money(m claim.Money) {
	if m.Has() {
		r.b = appendMoney(r.b, m)
	}
	r.b = append(r.b, ',')
}

func appendMoney(b []byte, m claim.Money) []byte {
	n := int64(m)
	if n < 0 {
		b, n = append(b, '-'), -n
	}
	b = strconv.AppendInt(b, n/100, 10)
	return append(b, '.', byte('0'+n/10%10), byte('0'+n%10))
}

// scaled writes n·10^-scale without trailing zeros; 0 is written as 0.
func (r *row) scaled(n int64, scale int) {
	if n == claim.None64 {
		r.b = append(r.b, ',')
		return
	}
	if n < 0 {
		r.b, n = append(r.b, '-'), -n
	}
	pow := int64(1)
	for range scale {
		pow *= 10
	}
	r.b = strconv.AppendInt(r.b, n/pow, 10)
	if frac := n % pow; frac != 0 {
		for frac%10 == 0 {
			frac /= 10
			scale--
		}
		r.b = appendPad(append(r.b, '.'), int(frac), scale)
	}
	r.b = append(r.b, ',')
}

func (r *row) qty(q claim.Qty)     { r.scaled(int64(q), 4) }
func (r *row) price(p claim.Price) { r.scaled(int64(p), 6) }

// at makes a time of a day and a second of it.
func at(d claim.Day, sec int) claim.Time {
	return claim.Time(int64(d)*microsOfDay + int64(sec)*1_000_000)
}

// addSec moves a time of second precision.
func addSec(t claim.Time, sec int) claim.Time { return t + claim.Time(sec)*1_000_000 }
