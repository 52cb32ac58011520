package synth

import (
	"github.com/mingjian/mingjian/internal/claim"
)

// lead is how long before the window a stay that ends inside it may begin.
const lead = 14

// life is one person's calendar while it is being filled. A worker reuses it for one person after the other.
type life struct {
	*city
	p           *person
	c           chance
	first, last claim.Day
	busy        []byte // by day since first−lead
	supply      []supply
	imaging     []claim.Day // last CT or MRI
	visits      []*visit
	truths      []truth
	events      []func(o *blockOut) // rows of the person that hang on no visit
	died        claim.Time          // NoTime: alive
	birth       claim.Day           // delivery in or shortly after the window, NoDay
	noChronic   bool                // the scenario brings its own chronic story
	noStay      bool                // the scenario brings its own stays
	solo        bool                // the scenario owns the whole calendar
	free        []*visit
	careful     bool // scenario visits carry no dirt
	number      int  // of the block
	theatre     theatrePlan
}

// What a day of the calendar holds.
const (
	busyVisit byte = 1 << iota // a non-inpatient visit or a purchase
	busyStay                   // in a bed, first and last day included
	busyKept                   // kept free by a scenario
)

// supply remembers until when a generic lasts and when it was last bought.
type supply struct {
	generic     string
	until, last claim.Day
}

func (l *life) reset(p *person) {
	l.p = p
	l.c.seed(l.opt.Seed, streamLife, uint64(p.n))
	if n := int(l.last-l.first) + lead + 2; len(l.busy) != n {
		l.busy = make([]byte, n)
	}
	clear(l.busy)
	for _, v := range l.visits {
		*v = visit{lines: v.lines[:0], opers: v.opers[:0], setls: v.setls[:0], later: v.later[:0]}
		l.free = append(l.free, v)
	}
	l.supply, l.imaging, l.visits = l.supply[:0], l.imaging[:0], l.visits[:0]
	l.truths, l.events = l.truths[:0], l.events[:0]
	l.died, l.birth = claim.NoTime, claim.NoDay
	l.noChronic, l.noStay, l.solo = false, false, false
}

// at looks a day up in the calendar; days outside it are busy.
func (l *life) at(d claim.Day) byte {
	i := int(d-l.first) + lead
	if i < 0 || i >= len(l.busy) {
		return 0xff
	}
	return l.busy[i]
}

func (l *life) mark(from, to claim.Day, what byte) {
	for d := from; d <= to; d++ {
		if i := int(d-l.first) + lead; i >= 0 && i < len(l.busy) {
			l.busy[i] |= what
		}
	}
}

// clear tells that nothing is booked in [from, to].
func (l *life) isFree(from, to claim.Day) bool {
	for d := from; d <= to; d++ {
		if l.at(d) != 0 {
			return false
		}
	}
	return true
}

// nearStay tells whether a stay lies within n days before from or after to.
func (l *life) nearStay(from, to claim.Day, n int) bool {
	for d := from - claim.Day(n); d <= to+claim.Day(n); d++ {
		if i := int(d-l.first) + lead; i >= 0 && i < len(l.busy) && l.busy[i]&busyStay != 0 {
			return true
		}
	}
	return false
}

// canBuy tells whether the generic has run out by day d and was not bought within the last days.
func (l *life) canBuy(generic string, d claim.Day) bool {
	for i := range l.supply {
		if s := &l.supply[i]; s.generic == generic {
			return d >= s.until && d-s.last >= 3
		}
	}
	return true
}

func (l *life) bought(generic string, d claim.Day, days int) {
	for i := range l.supply {
		if s := &l.supply[i]; s.generic == generic {
			s.until, s.last = max(s.until, d+claim.Day(days)), max(s.last, d)
			return
		}
	}
	l.supply = append(l.supply, supply{generic, d + claim.Day(days), d})
}

// ban keeps a generic out of random traffic.
func (l *life) ban(generic string) { l.bought(generic, l.last+400, 400) }

// visit opens a visit of the person in a department; the doctor is drawn.
func (l *life) visit(inst *institution, med string, begin claim.Time, deptCode string) *visit {
	var v *visit
	if n := len(l.free); n > 0 {
		v, l.free = l.free[n-1], l.free[:n-1]
	} else {
		v = &visit{}
	}
	v.p, v.inst, v.med, v.begin, v.end, v.insutype = l.p, inst, med, begin, begin, l.p.insutype
	v.setlAt, v.obs, v.open, v.keep = 0, claim.NoTime, false, l.careful
	v.dept = inst.dept(deptCode)
	v.doc = &v.dept.doctors[l.c.n(len(v.dept.doctors))]
	l.visits = append(l.visits, v)
	return v
}

// clock draws a second of the day within opening hours, with the morning and afternoon peaks of out-patients.
func (l *life) clock(i *institution) int {
	if i.kind == kindPharmacy {
		return l.c.between(9*3600, 19*3600+1800) // what is returned and settled later still falls before the pharmacist goes
	}
	if l.c.p(0.62) {
		return l.c.between(8*3600, 11*3600)
	}
	return l.c.between(14*3600, 17*3600)
}

// dayWeight of out-patient traffic: Mondays and winters are busy.
func dayWeight(d claim.Day) float64 {
	w := [7]float64{0.62, 1.28, 1.05, 1.0, 1.0, 1.0, 0.78}[d.Weekday()]
	if winter(d) {
		w *= 1.22
	}
	return w / 1.57
}

func winter(d claim.Day) bool {
	_, m, _ := d.Civil()
	return m >= 11 || m <= 2
}

// freeDay draws a day by weight on which nothing is booked; NoDay after some tries.
func (l *life) freeDay() claim.Day {
	for range 12 {
		d := l.first + claim.Day(l.c.n(int(l.last-l.first)+1))
		if l.c.float() < dayWeight(d) && l.at(d) == 0 {
			return d
		}
	}
	return claim.NoDay
}

// live fills the calendar of a person that no scenario claims as a whole: the order matters, what is fixed in time comes
// first and random traffic fills what is left.
func (l *life) live(scenario bool) {
	years := float64(l.last-l.first+1) / 365.25
	age := l.p.age((l.first + l.last) / 2)
	if !scenario {
		l.plannedBirth(years, age)
		l.plannedDeath(years, age)
	}
	if !scenario {
		l.chemotherapy()
	}
	if !l.noChronic {
		l.chronicCare()
	}
	if !l.noStay {
		l.randomStays(years, age)
	}
	l.sharedDays(age)
	l.outpatients(years, age)
	l.purchases(years, age)
}

// endOfLife is the last day on which the person may be anywhere.
func (l *life) endOfLife() claim.Day {
	if l.died.Has() {
		return l.died.Day() - 1
	}
	return l.last
}

func (l *life) plannedDeath(years float64, age int) {
	if l.birth.Has() || age < 1 {
		return
	}
	rate := 0.0012
	switch {
	case age >= 80:
		rate = 0.080
	case age >= 70:
		rate = 0.034
	case age >= 60:
		rate = 0.013
	case age >= 45:
		rate = 0.004
	}
	if !l.c.p(rate * years) {
		return
	}
	d := l.first + claim.Day(l.c.between(12, max(13, int(l.last-l.first)-2)))
	if d > l.last-1 {
		return
	}
	l.died = at(d, l.c.between(3600, 22*3600))
	if l.c.p(0.55) {
		l.lastStay()
	}
	l.mark(d, l.last, busyKept)
	l.deathRow("民政", l.died)
	if l.c.p(0.6) {
		l.deathRow("卫健", l.died)
	}
}

func (l *life) deathRow(source string, t claim.Time) {
	p := l.p
	l.events = append(l.events, func(o *blockOut) {
		r := o.small("death")
		r.str(p.no(t.Day()))
		r.str(p.cert)
		r.time(t)
		r.none()
		r.str(source)
		r.none()
		r.end()
	})
}
