package claim

import (
	"math"
	"slices"
)

// Which past lines of a class count. Most cards that look back read every line of their items, but not all: some read a drug
// only while its supply lasts, some only when a year's lines together exceed something, and lines of drugs that no card
// names bear on a later purchase by the days of supply that are left.
//
// Those are used up day by day. Where a purchase found nothing left, what was bought before it bears on nothing that comes
// after: of a chronic patient's year a month or two remain. Supplies of fewer purchases never last longer, so a day on which
// all of them together were used up is one on which those that a card counts (within a window, in scope, not taken back)
// were too. In hospital nothing is used up: as many days as the person lay there a supply may last longer. A line judged of
// another route than the rest counts none of them or all; where they differ among themselves all are read.

// Reading tells how cards read past lines of a class.
type Reading struct {
	// Always: some card reads them whatever their age.
	Always bool
	// Lasting: some card reads them as long as their supply lasts.
	Lasting bool
	// Yearly: some card reads those of a calendar year where the drug's may exceed a ceiling (Past.YearQty, Past.YearSum).
	Yearly bool
}

// drugState is what a person's past purchases say of a drug of which a line is judged.
type drugState struct {
	gen   uint32
	all   bool  // its supplies cannot be told: every line counts
	since Day   // what was bought before is used up
	last  Day   // of the last purchase
	until Day   // the day by which all is used up
	route int32 // of all purchases
	used  int64 // of the ceiling on a year's quantity, in millionths
	sum   Money // of the year

	asked  Day  // of the first line judged
	odd    bool // a line judged whose supply cannot be told
	days   Day  // supplies judged, together
	fewest Day  // the least of them
}

// slight tells that whatever was left of past supplies is less than any card minds.
func (d *drugState) slight(p *chooser) bool {
	left := max(0, d.until+p.lines.ward-d.asked)
	return !d.all && !d.odd && left+d.days-d.fewest <= p.Left && left+d.days <= p.Stock
}

// wholeYear is a year's ceiling in the parts that are counted.
const wholeYear = 1_000_000

const anyRoute int32 = -1

// maxSupply is the longest supply that a line is believed to name, in days.
const maxSupply = 365

// pastLines is what a chooser knows for choosing lines.
type pastLines struct {
	classes []uint32 // by class: gen where a line judged is of it
	drugs   []drugState
	gen     uint32
	year    Day      // the first day of the calendar year of the earliest thing judged
	plain   bool     // the following are all that lengthens supplies
	ward    Day      // days in hospital
	wards   []uint64 // visits there
	stays   []uint64 // visits that settlements there name
	undone  []uint64 // visits of which something was taken back, sorted
}

func (p *chooser) beginLines() {
	l := &p.lines
	if len(l.classes) < int(p.Classes) {
		l.classes = make([]uint32, p.Classes)
	}
	if len(l.drugs) < int(p.Drugs) {
		l.drugs = make([]drugState, p.Drugs)
	}
	if l.gen++; l.gen == 0 {
		clear(l.classes)
		clear(l.drugs)
		l.gen = 1
	}
	l.plain, l.ward = true, 0
	l.wards, l.stays, l.undone = l.wards[:0], l.stays[:0], l.undone[:0]
}

// judges tells that a line judged is of the item's class.
func (p *chooser) judges(item int32) bool {
	return int(item) < len(p.Class) && p.lines.classes[p.Class[item]] == p.lines.gen
}

// drug is what is known of the item's drug when a line judged is of it, else nil.
func (p *chooser) drug(item int32) *drugState {
	if s := &p.lines.drugs[p.Drug[item]]; s.gen == p.lines.gen {
		return s
	}
	return nil
}

// ask notes that a line of the item is read whole.
func (p *chooser) ask(item int32) {
	p.lines.classes[p.Class[item]] = p.lines.gen
	if d := &p.lines.drugs[p.Drug[item]]; d.gen != p.lines.gen {
		*d = drugState{gen: p.lines.gen, since: OpenDay, last: math.MinInt32, until: math.MinInt32 / 2, route: anyRoute, asked: OpenDay, fewest: OpenDay}
	}
}

// wanted tells that a past line counts.
func (p *chooser) wanted(c *cursor, r int) bool {
	item := c.cols.item.at(r)
	if !p.judges(item) {
		return false
	}
	how := &p.Reading[p.Class[item]]
	if how.Always || !p.lines.plain || found(p.lines.undone, c.Batch.Visit[r]) {
		return true
	}
	day := Time(c.cols.time.at(r)).Day()
	if day >= p.first-p.Days {
		return true
	}
	if how.Lasting {
		if n := c.cols.supplied(r); n < 0 || day+n > p.first {
			return true
		}
	}
	d := p.drug(item)
	return d != nil && (d.all || (day >= d.since && !d.slight(p)) || (how.Yearly && day >= p.lines.year && (d.used > wholeYear || d.sum > p.YearSum)))
}

// wardRows notes what is known of time in hospital.
func (a *Assembler) wardRows(c *cursor) {
	l, k := &a.past.lines, c.cols
	for r := c.lo; r < c.hi; r++ {
		if a.vocab.Setting(c.Batch.I32(k.medType, r))&Inpatient == 0 {
			continue
		}
		if c.tab == "settlement" {
			l.stays = append(l.stays, c.Batch.Visit[r])
			continue
		}
		l.wards = append(l.wards, c.Batch.Visit[r])
		from, to := Time(c.Batch.I64(k.begntime, r)), Time(c.Batch.I64(k.endtime, r))
		if !to.Has() || to.Day() >= openSince || to.Day() < from.Day() {
			l.plain = false
			continue
		}
		const joined = 2 // its last day, and one between it and a visit that goes on with the stay
		l.ward += to.Day() - from.Day() + joined
	}
}

// takenBack notes rows that take something back, or of which something was taken back.
func (a *Assembler) takenBack(c *cursor) {
	l := &a.past.lines
	for r := c.lo; r < c.hi; r++ {
		l.undone = addKey(l.undone, c.Batch.Visit[r])
	}
}

// askedFor notes a line that is read whole.
func (a *Assembler) askedFor(c *cursor, r int) {
	p, item, day := &a.past, c.cols.item.at(r), Time(c.cols.time.at(r)).Day()
	p.ask(item)
	p.addYear(c, r)
	if day < p.first {
		p.lines.plain = false // of a whole bill before what is judged: it comes in no order
	}
	if c.cols.cnt.at(r) <= 0 {
		return
	}
	d, n := p.drug(item), c.cols.supplied(r)
	d.asked, d.odd = min(d.asked, day), d.odd || n < 0
	d.days, d.fewest = d.days+n, min(d.fewest, n)
}

// addYear adds a line to what its drug comes to in the year: a bound, for nothing is taken off.
func (p *chooser) addYear(c *cursor, r int) {
	k, item := c.cols, c.cols.item.at(r)
	limit := p.YearQty[item]
	if limit == 0 || Time(k.time.at(r)).Day() < p.lines.year {
		return
	}
	d := p.drug(item)
	if d == nil {
		return
	}
	if cnt := k.cnt.at(r); limit < 0 {
		d.used = wholeYear + 1
	} else if cnt > 0 {
		d.used += MulDiv(cnt, wholeYear, int64(limit)) + 1
	}
	d.sum += max(0, Money(k.amt.at(r)), Money(k.scope.or0(r)))
}

// beforeLines settles what all rows but past lines say of them.
func (p *chooser) beforeLines() {
	l := &p.lines
	for _, v := range l.stays {
		l.plain = l.plain && slices.Contains(l.wards, v)
	}
	slices.Sort(l.undone)
}

// supplies works out since when past purchases of the drugs judged count.
func (a *Assembler) supplies(c *cursor) {
	p, k := &a.past, c.cols
	for r := c.lo; r < c.hi; r++ {
		item := k.item.at(r)
		if !p.judges(item) {
			continue
		}
		p.addYear(c, r)
		d := p.drug(item)
		if d == nil || d.all || k.scope.or0(r) <= 0 || k.cnt.at(r) == 0 {
			continue
		}
		route := k.way.or0(r)
		if !p.Supplies(item, k.form.or0(r), route) {
			continue
		}
		day, days := Time(k.time.at(r)).Day(), k.supplied(r)
		if first := d.route == anyRoute; days < 0 || (!first && (route != d.route || day < d.last)) {
			d.all = true
			continue
		} else if first {
			d.since, d.route = day, route
		}
		if v := c.Batch.Visit[r]; day < p.first && day-p.lines.ward >= d.until && !found(p.bills, v) && !found(p.lines.undone, v) {
			d.since = day
		}
		d.last, d.until = day, max(d.until, day)+days
	}
}

// supplied is the days of supply that a line names, −1 where it names none to be believed.
func (k *sourceCols) supplied(r int) Day {
	q := k.days.or0(r)
	if q <= 0 || q > maxSupply*int64(QtyOne) {
		return -1
	}
	return Day(q / int64(QtyOne))
}
