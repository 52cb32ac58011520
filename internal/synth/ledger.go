package synth

import (
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// The ledgers of purchases: few rows, of the items that scenarios speak of. Every county-level hospital has them; the
// private one's begins late.
//
// item of the price rows | what was bought (days before the window, price in tenths of the list price)
const (
	ledgerPlain    = iota // at the list price; a dear return besides
	ledgerLongAgo         // dear more than a year before the window, then at the list price
	ledgerDearer          // dear within the year, then at the list price
	ledgerOnlyLong        // dear, once, more than a year before every day of the window
	ledgerItems
)

// Implants that were first bought in the middle of the window.
const (
	lateImplant     = "99630017000000C" // bought before it is used
	lateConsignment = "99630016000000C" // E011: used first, bought within the days of its point
)

func (c *city) late(it *item) bool { return it.Code == lateImplant || it.Code == lateConsignment }

// firstBought is when the late implants came in.
func (c *city) firstBought() claim.Day { return c.first + (c.last-c.first)*3/5 }

// ledgerItem is one of the unmarked consumables of the price rows, nil when the catalogue has too few.
func (ix *index) ledgerItem(k int) *item {
	for _, role := range []string{"opconsumable", "consumable"} {
		for _, it := range ix.roles[role] {
			if len(it.marks) > 0 || ix.awarded[it.Code] > 0 {
				continue
			}
			if k == 0 {
				return it
			}
			k--
		}
	}
	return nil
}

// ledgers writes the purchases.
func (c *city) ledgers(o *blockOut) {
	n := 0
	buy := func(i *institution, code string, d claim.Day, cnt string, price claim.Price) {
		n++
		r := o.small("purchase")
		r.str(i.code)
		r.str("JH" + itoa(n))
		r.str(code)
		r.str("P" + itoa(n))
		r.str(cnt)
		r.price(price)
		r.time(at(d, 9*3600))
		r.none()
		r.none()
		r.none()
		r.end()
	}
	year := claim.Day(c.opt.Months)*31 + 420 // before every day's last 365
	for _, i := range c.pl.all {
		start := c.first - year
		switch i.kind {
		case kindCounty, kindTCM, kindTertiary:
			for k := range ledgerItems {
				it := c.ix.ledgerItem(k)
				if it == nil {
					continue
				}
				p := it.priceAt(i)
				if k != ledgerOnlyLong {
					buy(i, it.Code, c.first-60, "200", p)
				}
				switch k {
				case ledgerPlain:
					buy(i, it.Code, c.first-30, "-2", 3*p)
				case ledgerDearer:
					buy(i, it.Code, c.first-20, "50", p*3/2)
				default:
					buy(i, it.Code, start, "200", p*3/2)
				}
			}
			buy(i, lateImplant, c.firstBought(), "50", c.ix.byCode[lateImplant].Price)
			buy(i, lateConsignment, c.firstBought(), "50", c.ix.byCode[lateConsignment].Price)
		case kindPrivate:
			if it := c.ix.ledgerItem(ledgerPlain); it != nil {
				buy(i, it.Code, c.firstBought()-100, "200", it.priceAt(i))
			}
			buy(i, lateImplant, c.firstBought(), "50", c.ix.byCode[lateImplant].Price)
		}
	}
}

// Device numbers of the private hospital.
const (
	deviceCT64  = "CT-02"
	deviceCT16  = "CT-01"
	deviceNone  = "CT-77" // in no register
	deviceMR    = "MR-01"
	deviceOldCT = "CT-00" // 128 rows, given up before the window
)

// devices registers the machines of the private hospitals. One of every kind, so that nothing ordinary lacks its machine.
func (c *city) devices(o *blockOut) {
	for _, i := range c.pl.by[kindPrivate] {
		write := func(no, kind, grade string, to claim.Day) {
			r := o.small("device")
			r.str(i.code)
			r.str(no)
			r.str(kind)
			r.str(grade)
			r.day(c.first - 1000)
			r.day(to)
			r.end()
		}
		write(deviceCT16, "CT", "16排", claim.OpenDay)
		write(deviceCT64, "CT", "64排", claim.OpenDay)
		write(deviceOldCT, "CT", "128排", c.first-10)
		write(deviceMR, "MR", "1.5T", claim.OpenDay)
		write("MR-02", "MR", "超导", claim.OpenDay) // says nothing of its field
		seen := map[string]bool{"CT": true, "MR": true}
		for _, p := range c.ix.points["B018"] {
			if kind, _, _ := strings.Cut(p.Allow, "|"); kind != "" && !seen[kind] {
				seen[kind] = true
				write("SB-"+itoa(len(seen)), kind, "普通", claim.OpenDay)
			}
		}
	}
}

// chartRows is how many notes (nursing, rounds) a day the private hospital, which sends its charts, writes.
const chartRows = 6

// chart writes the notes of a stay at the private hospital, from two hours after admission on.
func (l *life) chart(v *visit) {
	if v.inst.kind != kindPrivate || !v.inpatient() || v.bare {
		return
	}
	v.later = append(v.later, func(o *blockOut, v *visit) {
		end := v.end
		if !end.Has() {
			end = at(l.last, 23*3600)
		}
		o.note(v, 0, "入院记录", addSec(v.begin, 2*3600))
		for k := 1; k <= chartRows*v.los(); k++ {
			if t := addSec(v.begin, k*86400/chartRows+1800); t < end {
				o.note(v, k, "病程记录", t)
			}
		}
	})
}

func (o *blockOut) note(v *visit, k int, kind string, t claim.Time) {
	r := o.small("record")
	r.str(v.inst.code)
	r.str(v.no())
	r.str(v.no() + "J" + itoa(k))
	r.str(kind)
	r.time(t)
	r.str(v.doc.code)
	r.str("示例" + kind + v.no() + itoa(k))
	r.end()
}
