package claim

import "slices"

// Which diagnoses of past visits count. Cards ask whether some visit of the last so many days had a disease, or some visit before a
// day of the year: of the months before anything judged began, the last one and the first one with a visit that bears a code
// answer for those between.

// bearing is when a code was seen before anything judged began.
type bearing struct {
	code        int32
	dise        bool // as the disease of a chronic benefit, which is asked for apart
	first, last seen
}

// seen is a month, and a visit that began in it.
type seen struct {
	month Month
	visit uint64
}

// bears tells that a visit with the diagnosis counts.
func (p *chooser) bears(diag int32) bool {
	return (p.known && at(p.Lasting, diag)) || (p.told && at(p.Telling, diag))
}

// eachBearing calls f with the past diagnoses of the cursor that bear on something, and their visits.
func (a *Assembler) eachBearing(c *cursor, f func(visit uint64, code int32, dise bool)) {
	p, b, k := &a.past, c.Batch, c.cols
	if !p.known && !p.told {
		return
	}
	for r := c.lo; r < c.hi; r++ {
		switch c.tab {
		case "diagnosis":
			if code := b.I32(k.diagCode, r); p.bears(code) {
				f(b.Visit[r], code, false)
			}
		case "visit":
			if code := b.I32(k.mainDiag, r); p.bears(code) {
				f(b.Visit[r], code, false)
			}
			if code := b.I32(k.dise, r); p.bears(code) {
				f(b.Visit[r], code, true)
			}
		}
	}
}

func (p *chooser) bearing(code int32, dise bool) *bearing {
	for i := range p.borne {
		if x := &p.borne[i]; x.code == code && x.dise == dise {
			return x
		}
	}
	return nil
}

// findBearings finds when codes were seen.
func (a *Assembler) findBearings() {
	p := &a.past
	p.borne = p.borne[:0]
	for _, c := range a.live {
		if !p.early(c) {
			continue
		}
		a.eachBearing(c, func(visit uint64, code int32, dise bool) {
			if found(p.lines.undone, visit) {
				return // the visit may not have come about
			}
			now := seen{c.Month, visit}
			x := p.bearing(code, dise)
			if x == nil {
				p.borne = append(p.borne, bearing{code, dise, now, now})
				return
			}
			if now.month < x.first.month {
				x.first = now
			}
			if now.month > x.last.month {
				x.last = now
			}
		})
	}
	// A diagnosis without its visit says nothing of any other.
	p.borne = slices.DeleteFunc(p.borne, func(x bearing) bool {
		return !a.hasVisit(x.first.visit) || (x.last != x.first && !a.hasVisit(x.last.visit))
	})
}

func (a *Assembler) hasVisit(key uint64) bool {
	for _, c := range a.live {
		if c.tab == "visit" && slices.Contains(c.Batch.Visit[c.lo:c.hi], key) {
			return true
		}
	}
	return false
}

// early tells that the cursor's month ended before anything judged began.
func (p *chooser) early(c *cursor) bool { return c.Past && c.Month != 0 && c.Month < p.firstMonth }

// addBearing adds the visits of past diagnoses that count.
func (a *Assembler) addBearing(c *cursor) {
	p := &a.past
	early := p.early(c)
	a.eachBearing(c, func(visit uint64, code int32, dise bool) {
		x := p.bearing(code, dise)
		if !early || x == nil || x.last.month == c.Month || (p.told && x.first.month == c.Month) || found(p.lines.undone, visit) {
			p.add(visit)
		}
	})
}
