package claim

import (
	"math"
	"slices"
)

// Past tells which rows of the months before those judged can bear on a judgement. A person's year is long and a month's
// judgement reads little of it: lines of the same class as a line judged, the visits such lines belong to, stays in
// hospital, operations, reports, and what began shortly before. Keeping more never changes a verdict, keeping less would.
type Past struct {
	// Class is by item code: lines of one class may bear on each other (the same item, drug, group of a card); items
	// beyond it bear on nothing.
	Class []int32
	// Classes is one more than the highest class.
	Classes int32
	// Known tells by item code that diagnoses made at other visits bear on a line of the item.
	Known []bool
	// Lasting tells by diagnosis code that it is one of those diagnoses.
	Lasting []bool
	// Told tells by item code that a line of the item asks since when the person's care is known, and what diagnoses other
	// visits bear; Telling by diagnosis code that it is one of these.
	Told    []bool
	Telling []bool
	// Days: of the visits that began up to so many days before the earliest thing judged all count.
	Days Day
	// Crowd: where so many visits began since CrowdDays before the earliest thing judged, all of those count, 0 = never.
	Crowd     int
	CrowdDays Day

	// The following say of whom every visit counts.
	Operated   []bool          // by operation code: somebody who had it
	Qualified  []bool          // by diagnosis code: somebody with a chronic qualification for it
	Visits     int             // somebody with so many visits or settlements on record, 0 = never
	Registered map[string]bool // somebody with a row in one of these tables
	Mixed      bool            // somebody insured in more than one way
	Away       func(inst, area int32) bool
	Drawn      bool // somebody for whom the fund paid at least Ceiling in a calendar year, likewise
	Ceiling    Money
}

// chooser chooses among a person's past rows. The rows of cursors that are not Past are all read.
type chooser struct {
	*Past
	on     bool // some past rows are to be left out
	stamps []uint32
	gen    uint32
	visits []uint64 // keys of the visits that count, sorted
	bills  []uint64 // keys of the visits of which every line counts, sorted
	setls  []uint64 // keys of settlements that a settlement judged reverses

	first Day  // of the earliest thing judged
	known bool // diagnoses of other visits bear on a line judged
	told  bool // likewise telling ones, and the first visit on record
	all   bool // every visit counts with its lines
	every bool // every visit counts
	rows  int  // visits on record
	paid  int  // settlements on record

	scheme, area int32    // the first seen
	drawn        [2]Money // paid by the fund in even and odd years
	year         [2]Day   // first day of the year last looked at, and of the next
	odd          int      // its place among them
}

func (p *chooser) has(visit uint64) bool { return found(p.visits, visit) }

func found(sorted []uint64, key uint64) bool {
	if len(sorted) <= 12 {
		return slices.Contains(sorted, key)
	}
	_, ok := slices.BinarySearch(sorted, key)
	return ok
}

// bears tells that a visit with the diagnosis counts.
func (p *chooser) bears(diag int32) bool {
	return (p.known && at(p.Lasting, diag)) || (p.told && at(p.Telling, diag))
}

func (p *chooser) wanted(item int32) bool {
	return int(item) < len(p.Class) && p.stamps[p.Class[item]] == p.gen
}

// choosePast decides which past rows of the person under the cursors count.
func (a *Assembler) choosePast() {
	p := &a.past
	p.on = p.Past != nil && slices.ContainsFunc(a.live, func(c *cursor) bool { return c.Past })
	if !p.on {
		return
	}
	p.begin()
	for _, c := range a.live {
		a.judgedRows(c)
	}
	n := p.sort(0)
	a.eachVisit(func(key uint64, began Day) {
		if began < p.first && found(p.visits[:n], key) {
			p.first = began
		}
	})
	for _, c := range a.live {
		a.standingRows(c)
	}
	days := p.Days
	if p.Crowd > 0 && p.rows >= p.Crowd && a.visitsSince(p.first-p.CrowdDays) >= p.Crowd {
		days = max(days, p.CrowdDays)
	}
	for _, c := range a.live {
		if c.Past {
			a.pastRows(c, p.first-days)
		}
	}
	if p.told && !p.all && !p.every {
		a.firstVisit()
	}
	p.sort(n)
}

// firstVisit adds the first visit on record.
func (a *Assembler) firstVisit() {
	key, first := uint64(0), int64(math.MaxInt64)
	for _, c := range a.live {
		for r := c.lo; c.tab == "visit" && r < c.hi; r++ {
			if at := Time(c.Batch.I64(c.cols.begntime, r)).Clock(); at < first {
				key, first = c.Batch.Visit[r], at
			}
		}
	}
	if first < math.MaxInt64 {
		a.past.add(key)
	}
}

func (p *chooser) begin() {
	if len(p.stamps) < int(p.Classes) {
		p.stamps = make([]uint32, p.Classes)
	}
	if p.gen++; p.gen == 0 {
		clear(p.stamps)
		p.gen = 1
	}
	p.visits, p.bills, p.setls = p.visits[:0], p.bills[:0], p.setls[:0]
	p.first, p.known, p.told, p.all, p.every, p.rows, p.paid, p.scheme, p.area = OpenDay, false, false, false, false, 0, 0, 0, 0
	p.drawn = [2]Money{}
}

// sort puts the keys in order when any were added since the first n, and returns how many there are.
func (p *chooser) sort(n int) int {
	if len(p.visits) > n {
		slices.Sort(p.visits)
		p.visits = slices.Compact(p.visits)
	}
	slices.Sort(p.bills)
	p.bills = slices.Compact(p.bills)
	slices.Sort(p.setls)
	return len(p.visits)
}

func (p *chooser) add(visit uint64) { p.visits = addKey(p.visits, visit) }

// addBill adds a visit with all its lines.
func (p *chooser) addBill(visit uint64) {
	p.add(visit)
	p.bills = addKey(p.bills, visit)
}

func addKey(keys []uint64, key uint64) []uint64 {
	if n := len(keys); n > 0 && keys[n-1] == key {
		return keys
	}
	return append(keys, key)
}

// judgedRows notes the visits and the earliest day of what is judged.
func (a *Assembler) judgedRows(c *cursor) {
	if !c.Driver {
		return
	}
	p := &a.past
	for r := c.lo; r < c.hi; r++ {
		p.addBill(c.Batch.Visit[r])
	}
	switch c.tab {
	case "fee":
		for r := c.lo; r < c.hi; r++ {
			p.first = min(p.first, Time(c.cols.time.at(r)).Day())
		}
	case "settlement":
		for r := c.lo; r < c.hi; r++ {
			if init := c.Batch.Str(c.cols.initSetl, r); init != "" {
				p.setls = append(p.setls, KeyOf(init))
			}
		}
	}
}

func (a *Assembler) eachVisit(f func(key uint64, began Day)) {
	for _, c := range a.live {
		if c.tab == "visit" {
			for r := c.lo; r < c.hi; r++ {
				f(c.Batch.Visit[r], Time(c.Batch.I64(c.cols.begntime, r)).Day())
			}
		}
	}
}

func (a *Assembler) visitsSince(day Day) (n int) {
	a.eachVisit(func(_ uint64, began Day) {
		if began >= day {
			n++
		}
	})
	return n
}

// standingRows notes what counts whatever its time: classes of lines that are read whole, operations and reports with
// their visits, and what makes every visit count.
func (a *Assembler) standingRows(c *cursor) {
	p, b, k := &a.past, c.Batch, c.cols
	p.all = p.all || p.Registered[c.tab]
	switch c.tab {
	case "visit":
		p.rows += c.hi - c.lo
		p.all = p.all || (p.Visits > 0 && p.rows >= p.Visits)
		a.paidRows(c)
	case "exam", "lab":
		for r := c.lo; r < c.hi; r++ {
			p.addBill(b.Visit[r])
		}
	case "operation":
		for r := c.lo; r < c.hi; r++ {
			p.addBill(b.Visit[r])
			p.all = p.all || at(p.Operated, b.I32(k.oprnCode, r))
		}
	case "chronic":
		for r := c.lo; r < c.hi; r++ {
			p.all = p.all || at(p.Qualified, b.I32(k.dise, r))
		}
	case "person":
		p.all = p.all || (p.Mixed && (c.hi-c.lo > 1 || differs(&p.area, b.I32(k.insuArea, c.lo))))
		for r := c.lo; p.Away != nil && r < c.hi; r++ {
			a.awayFrom(b.I32(k.insuArea, r))
		}
	case "settlement":
		p.paid += c.hi - c.lo
		p.all = p.all || (p.Visits > 0 && p.paid >= p.Visits)
		a.paidRows(c)
		a.drawnRows(c)
	case "fee":
		if !c.Past && !c.Extra {
			a.wholeRows(c)
		}
	}
}

func at(flags []bool, code int32) bool { return int(code) < len(flags) && flags[code] }

// paidRows looks for settlements and visits under different insurances or regions.
func (a *Assembler) paidRows(c *cursor) {
	p, b, k := &a.past, c.Batch, c.cols
	for r := c.lo; p.Mixed && !p.all && r < c.hi; r++ {
		p.all = differs(&p.scheme, b.I32(k.insutype, r)) || (k.setlArea >= 0 && differs(&p.area, b.I32(k.setlArea, r)))
	}
}

// drawnRows adds up what the fund may have paid by calendar year. What was taken back is not taken off: this is a bound.
func (a *Assembler) drawnRows(c *cursor) {
	p, b, k := &a.past, c.Batch, c.cols
	for r := c.lo; p.Drawn && !p.every && r < c.hi; r++ {
		day := Time(b.I64(k.at, r)).Day()
		if day < p.year[0] || day >= p.year[1] { // rows are in order of time: seldom
			y, _, _ := day.Civil()
			p.year, p.odd = [2]Day{DayOf(y, 1, 1), DayOf(y+1, 1, 1)}, y&1
		}
		sum := &p.drawn[p.odd]
		*sum += max(0, Money(b.I64(k.hifp, r)).Or(0), Money(b.I64(k.fund, r)).Or(0))
		for _, col := range []int{k.hifmi, k.hifob} {
			*sum += max(0, Money(b.I64(col, r)).Or(0))
		}
		p.every = *sum >= p.Ceiling
	}
}

// differs remembers the first code that is not absent and tells that another is not it.
func differs(first *int32, code int32) bool {
	if *first == 0 {
		*first = code
	}
	return code != 0 && code != *first
}

// wholeRows notes the lines of bills that are read whole.
func (a *Assembler) wholeRows(c *cursor) {
	p := &a.past
	for r := c.lo; r < c.hi; r++ {
		item := c.cols.item.at(r)
		if int(item) < len(p.Class) {
			p.stamps[p.Class[item]] = p.gen
			p.known, p.told = p.known || p.Known[item], p.told || p.Told[item]
		}
		p.addBill(c.Batch.Visit[r])
	}
}

// awayFrom looks for something judged far from where the person is insured.
func (a *Assembler) awayFrom(area int32) {
	p := &a.past
	for _, c := range a.live {
		for r := c.lo; c.Driver && c.tab == "settlement" && !p.all && r < c.hi; r++ {
			p.all = p.Away(c.Batch.I32(c.cols.inst, r), area)
		}
	}
}

// pastRows adds the visits of past lines, diagnoses and stays that count, and visits that began since a day.
func (a *Assembler) pastRows(c *cursor, since Day) {
	p, b, k := &a.past, c.Batch, c.cols
	switch c.tab {
	case "fee":
		for r := c.lo; r < c.hi; r++ {
			if p.wanted(k.item.at(r)) {
				p.add(b.Visit[r])
			}
		}
	case "diagnosis":
		for r := c.lo; (p.known || p.told) && r < c.hi; r++ {
			if p.bears(b.I32(k.diagCode, r)) {
				p.add(b.Visit[r])
			}
		}
	case "visit":
		for r := c.lo; r < c.hi; r++ {
			switch {
			case p.all, Time(b.I64(k.begntime, r)).Day() >= since, a.vocab.Setting(b.I32(k.medType, r))&Inpatient != 0:
				p.addBill(b.Visit[r])
			case p.every, p.bears(b.I32(k.mainDiag, r)), p.bears(b.I32(k.dise, r)):
				p.add(b.Visit[r])
			}
		}
	}
}

// leaveOut tells that a past row of a table with visits does not count.
func (a *Assembler) leaveOut(c *cursor, r int) bool {
	return c.Past && a.past.on && !a.past.has(c.Batch.Visit[r])
}

// leaveOutSetl likewise for settlements: stays count also when their visit is unknown.
func (a *Assembler) leaveOutSetl(c *cursor, r int) bool {
	return a.leaveOut(c, r) && !a.past.all && !a.past.every && a.vocab.Setting(c.Batch.I32(c.cols.medType, r))&Inpatient == 0 && !found(a.past.setls, c.Batch.Setl[r])
}

// leaveOutLine likewise for lines: a visit may count for its diagnoses alone.
func (a *Assembler) leaveOutLine(c *cursor, r int) bool {
	return c.Past && a.past.on && !found(a.past.bills, c.Batch.Visit[r]) && !a.past.wanted(c.cols.item.at(r))
}
