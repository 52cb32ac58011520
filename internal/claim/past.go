package claim

import "slices"

// Past tells which rows of the months before those judged can bear on a judgement. A person's year is long and a month's
// judgement reads little of it: lines of the same class as a line judged, the visits such lines belong to, stays in
// hospital, operations, and what began shortly before. Keeping more never changes a verdict, keeping less would.
type Past struct {
	// Class is by item code: lines of one class may bear on each other (the same item, drug, group of a card); items
	// beyond it bear on nothing.
	Class []int32
	// Classes is one more than the highest class.
	Classes int32
	// Known tells by item code that diagnoses made at other visits bear on a line of the item.
	Known []bool
	// Whole tells by item code that every visit of the person bears on a line of the item.
	Whole []bool
	// Lasting tells by diagnosis code that it is one of those diagnoses.
	Lasting []bool
	// Days: of the visits that began up to so many days before the earliest thing judged all count.
	Days Day
	// Visits: of a person with so many visits on record all count, 0 = never.
	Visits int
	// Crowd: where so many visits began since CrowdDays before the earliest thing judged, all of those count, 0 = never.
	Crowd     int
	CrowdDays Day
}

// chooser chooses among a person's past rows. The rows of cursors that are not Past are all read.
type chooser struct {
	*Past
	on     bool // some past rows are to be left out
	stamps []uint32
	gen    uint32
	visits []uint64 // keys of the visits that count, sorted
	setls  []uint64 // keys of settlements that a settlement judged reverses
}

func (p *chooser) has(visit uint64) bool { return found(p.visits, visit) }

func found(sorted []uint64, key uint64) bool {
	if len(sorted) <= 12 {
		return slices.Contains(sorted, key)
	}
	_, ok := slices.BinarySearch(sorted, key)
	return ok
}

// class of an item, −1 when nothing bears on it.
func (p *chooser) class(item int32) int32 {
	if int(item) < len(p.Class) {
		return p.Class[item]
	}
	return -1
}

func (p *chooser) wanted(item int32) bool {
	c := p.class(item)
	return c >= 0 && p.stamps[c] == p.gen
}

// choosePast decides which past rows of the person under the cursors count.
func (a *Assembler) choosePast() {
	p := &a.past
	p.on = p.Past != nil && slices.ContainsFunc(a.live, func(c *cursor) bool { return c.Past })
	if !p.on {
		return
	}
	if len(p.stamps) < int(p.Classes) {
		p.stamps = make([]uint32, p.Classes)
	}
	if p.gen++; p.gen == 0 {
		clear(p.stamps)
		p.gen = 1
	}
	first, known, all, rows := a.judgedRows()
	p.close(0)
	n := len(p.visits)
	a.eachVisit(func(key uint64, began Day) {
		if began < first && found(p.visits[:n], key) {
			first = began
		}
	})
	days := p.Days
	if p.Crowd > 0 && rows >= p.Crowd {
		a.eachVisit(func(_ uint64, began Day) {
			if began < first-p.CrowdDays {
				rows--
			}
		})
		if rows >= p.Crowd {
			days = max(days, p.CrowdDays)
		}
	}
	a.pastRows(first-days, known, all)
	p.close(n)
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

// close sorts the keys added since the first n.
func (p *chooser) close(n int) {
	if len(p.visits) > n {
		slices.Sort(p.visits)
		p.visits = slices.Compact(p.visits)
	}
	slices.Sort(p.setls)
}

// judgedRows notes the classes and visits of what is judged, and tells the day of its earliest line, whether known
// diagnoses bear on it, whether all visits count, and how many are on record.
func (a *Assembler) judgedRows() (first Day, known, all bool, rows int) {
	p := &a.past
	p.visits, p.setls = p.visits[:0], p.setls[:0]
	first = OpenDay
	for _, c := range a.live {
		b := c.Batch
		switch c.tab {
		case "visit":
			rows += c.hi - c.lo
		case "death": // what the dead still had done is looked at whole
			all = true
		}
		if c.Past || c.Extra {
			continue
		}
		switch c.tab {
		case "fee":
			for r := c.lo; r < c.hi; r++ {
				item := c.cols.item[r]
				if k := p.class(item); k >= 0 {
					p.stamps[k] = p.gen
				}
				if int(item) < len(p.Known) {
					known, all = known || p.Known[item], all || p.Whole[item]
				}
				first = min(first, Time(c.cols.time[r]).Day())
				p.add(b.Visit[r])
			}
		case "settlement":
			for r := c.lo; r < c.hi; r++ {
				p.add(b.Visit[r])
				if init := b.Str(c.cols.initSetl, r); init != "" {
					p.setls = append(p.setls, KeyOf(init))
				}
			}
		case "operation":
			for r := c.lo; r < c.hi; r++ {
				p.add(b.Visit[r])
			}
		}
	}
	return first, known, all || (p.Visits > 0 && rows >= p.Visits), rows
}

func (p *chooser) add(visit uint64) {
	if n := len(p.visits); n == 0 || p.visits[n-1] != visit {
		p.visits = append(p.visits, visit)
	}
}

// pastRows adds the visits of past lines, diagnoses and stays that count, and visits that began since a day.
func (a *Assembler) pastRows(since Day, known, all bool) {
	p := &a.past
	for _, c := range a.live {
		if !c.Past {
			continue
		}
		b, k := c.Batch, c.cols
		switch c.tab {
		case "fee":
			for r := c.lo; r < c.hi; r++ {
				if p.wanted(k.item[r]) {
					p.add(b.Visit[r])
				}
			}
		case "diagnosis":
			for r := c.lo; known && r < c.hi; r++ {
				if p.lasting(b.I32(k.diagCode, r)) {
					p.add(b.Visit[r])
				}
			}
		case "visit":
			for r := c.lo; r < c.hi; r++ {
				if all || Time(b.I64(k.begntime, r)).Day() >= since || a.vocab.Setting(b.I32(k.medType, r))&Inpatient != 0 ||
					(known && p.lasting(b.I32(k.mainDiag, r))) {
					p.add(b.Visit[r])
				}
			}
		}
	}
}

func (p *chooser) lasting(diag int32) bool { return int(diag) < len(p.Lasting) && p.Lasting[diag] }

// leaveOut tells that a past row of a table with visits does not count.
func (a *Assembler) leaveOut(c *cursor, r int) bool {
	return c.Past && a.past.on && !a.past.has(c.Batch.Visit[r])
}

// leaveOutSetl likewise for settlements: stays count also when their visit is unknown.
func (a *Assembler) leaveOutSetl(c *cursor, r int) bool {
	return a.leaveOut(c, r) && a.vocab.Setting(c.Batch.I32(c.cols.medType, r))&Inpatient == 0 && !found(a.past.setls, c.Batch.Setl[r])
}

// leaveOutLine likewise for lines.
func (a *Assembler) leaveOutLine(c *cursor, r int) bool {
	return a.leaveOut(c, r) && !a.past.wanted(c.cols.item[r])
}
