package claim

import (
	"strconv"
	"strings"
)

// What day-book cards read of the reference tables: where terminals are registered, who practitioners are as persons,
// and when institutions are open.

// TerminalRow is the registration of a settlement terminal.
type TerminalRow struct {
	Inst     int32
	Lon, Lat Price
}

// OpeningHours of an institution in minutes of the day; Close before Open runs past midnight. Known tells whether both
// were given and could be read, AllDay that it never closes.
type OpeningHours struct {
	Open, Close   int
	Known, AllDay bool
}

type bookRefs struct {
	terminals map[string]TerminalRow
	certs     map[string][]int32 // certificate number, upper case → practitioners
	hours     map[int32][]hoursRow
}

type hoursRow struct {
	OpeningHours
	from, to Day
}

// readBooks fills the compact accessors of this file.
func (r *Reference) readBooks(table func(string) *Batch) {
	r.books = bookRefs{terminals: map[string]TerminalRow{}, certs: map[string][]int32{}, hours: map[int32][]hoursRow{}}
	r.each("terminal", table, func(g rowGetter) {
		r.books.terminals[g.str("dev_no")] = TerminalRow{g.code("fixmedins_code"), Price(g.wide("lon")), Price(g.wide("lat"))}
	})
	r.each("practitioner", table, func(g rowGetter) {
		if c := strings.ToUpper(g.str("certno")); len(c) == 18 || len(c) == 15 {
			r.books.certs[c] = append(r.books.certs[c], g.code("prac_psn_code"))
		}
	})
	r.each("institution", table, func(g rowGetter) {
		if h := hoursOf(g.str("open_time"), g.str("close_time")); h.Known {
			i := g.code("fixmedins_code")
			r.books.hours[i] = append(r.books.hours[i], hoursRow{h, g.from(), g.to()})
		}
	})
}

func (g rowGetter) str(col string) string {
	return strings.Clone(strings.TrimSpace(g.b.Str(g.b.Table.MustCol(col), g.row)))
}

// hoursOf reads opening hours written HH:mm, HH:mm:ss, HHmm or HH. 24:00 is the end of the day; equal times mean that it
// never closes.
func hoursOf(open, shut string) OpeningHours {
	o, ok1 := minuteOf(open)
	c, ok2 := minuteOf(shut)
	if !ok1 || !ok2 {
		return OpeningHours{}
	}
	return OpeningHours{Open: o, Close: c, Known: true, AllDay: o%1440 == c%1440 || (o == 0 && c >= 1439)}
}

func minuteOf(s string) (int, bool) {
	h, m, colon := strings.Cut(strings.ReplaceAll(s, "：", ":"), ":")
	if !colon && len(s) == 4 {
		h, m = s[:2], s[2:]
	}
	m, _, _ = strings.Cut(m, ":")
	hh, err := strconv.Atoi(h)
	if err != nil || hh < 0 || hh > 24 {
		return 0, false
	}
	mm := 0
	if m != "" {
		if mm, err = strconv.Atoi(m); err != nil || mm < 0 || mm > 59 {
			return 0, false
		}
	}
	return min(hh*60+mm, 1440), true
}

// Terminal is the registration of a terminal number; ok is false when nobody registered it.
func (r *Reference) Terminal(dev string) (TerminalRow, bool) {
	t, ok := r.books.terminals[dev]
	return t, ok
}

// PractitionersByCert are the practitioners whose certificate this is (upper case).
func (r *Reference) PractitionersByCert(cert string) []int32 { return r.books.certs[cert] }

// HasPractitionerCerts tells whether any practitioner's certificate is known.
func (r *Reference) HasPractitionerCerts() bool { return len(r.books.certs) > 0 }

// HoursOn are the institution's opening hours on a day.
func (r *Reference) HoursOn(inst int32, d Day) OpeningHours {
	for _, h := range r.books.hours[inst] {
		if (h.from == NoDay || h.from <= d) && d <= h.to {
			return h.OpeningHours
		}
	}
	return OpeningHours{}
}

// PriceChanged tells whether a price limit of the item came into force for the area after one day and up to another: an
// official change of price.
func (r *Reference) PriceChanged(item, area int32, after, upto Day) bool {
	for i := range r.prices[item] {
		x := &r.prices[item][i]
		if x.From <= after || x.From > upto {
			continue
		}
		for _, a := range r.Chain(area) {
			if x.Area == a {
				return true
			}
		}
	}
	return false
}
