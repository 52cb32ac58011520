package synth

import (
	"github.com/mingjian/mingjian/internal/claim"
)

// visitsPerYear by age, before what chronic care adds.
func visitsPerYear(age int) float64 {
	switch {
	case age < 7:
		return 7.2
	case age < 18:
		return 3.6
	case age < 45:
		return 4.2
	case age < 65:
		return 6.2
	}
	return 8.4
}

func (l *life) outpatients(years float64, age int) {
	n := l.c.poisson(visitsPerYear(age) * years)
	for range n {
		d := l.freeDay()
		if !d.Has() || d > l.endOfLife() {
			continue
		}
		inst := l.whereTo(age)
		if v := l.outpatient(inst, at(d, l.clock(inst)), nil); v != nil {
			l.mark(d, d, busyVisit)
		}
	}
}

// whereTo picks where an ailment is taken: nearly half to the village, a quarter to the township.
func (l *life) whereTo(age int) *institution {
	switch l.c.pick([]int{44, 27, 19, 5, 3, 2}) {
	case 0:
		return l.p.clinic
	case 1:
		return l.p.home
	case 2:
		return l.p.hosp
	case 3:
		return oneOf(&l.c, l.pl.by[kindTCM])
	case 4:
		if age < 14 || !l.p.male {
			return oneOf(&l.c, l.pl.by[kindMaternity])
		}
		return l.p.hosp
	}
	return oneOf(&l.c, l.pl.by[kindPrivate])
}

// ailment draws a diagnosis of the person's age, of the season, that the institution has a department for.
func (l *life) ailment(inst *institution, d claim.Day, bed bool) *diagnosis {
	age := l.p.age(d)
	for range 40 {
		x := l.ix.drawDiagnosis(&l.c, bed)
		if age < x.from || age > x.to || (x.winter && !winter(d) && l.c.p(0.45)) {
			continue
		}
		if inst.level > 0 && !inst.hasDept(l.deptFor(inst, x, age)) {
			continue
		}
		return x
	}
	return l.ix.common
}

// deptFor sends children to paediatrics where there is one: adults never get there.
func (l *life) deptFor(inst *institution, x *diagnosis, age int) string {
	if age < 14 && inst.hasDept("A07") && inst.level > 0 {
		return "A07"
	}
	if x.dept == "A07" || !inst.hasDept(x.dept) {
		return "A03"
	}
	return x.dept
}

// outpatient books one ordinary visit: consultation, what is examined, what is done, what is prescribed.
func (l *life) outpatient(inst *institution, t claim.Time, x *diagnosis) *visit {
	d := t.Day()
	age := l.p.age(d)
	if x == nil {
		x = l.ailment(inst, d, false)
	}
	v := l.visit(inst, "11", t, l.deptFor(inst, x, age))
	if inst.hasDept("A20") && inst.level > 0 && age >= 14 && l.c.p(0.04) {
		v.med, v.er = "13", true
		v.dept = inst.dept("A20")
		v.doc = &v.dept.doctors[0]
		v.noCard = l.c.p(0.15)
	}
	v.diags = append(v.diags, x.code)
	l.consult(v, t)
	big := 0.0
	if inst.level >= 2 {
		big = 1
	}
	if l.c.p(0.25 + 0.40*big) {
		l.bill(v, "lab", l.c.between(1, 1+int(2*big)), addSec(t, 900))
	}
	if big > 0 && l.c.p(0.42) {
		l.bill(v, "exam", 1, addSec(t, 1800))
	}
	if l.c.p(0.22) {
		l.injections(v, d, addSec(t, 3000), 1)
	}
	if inst.level > 0 && l.c.p(0.16) {
		l.bill(v, "treat", 1, addSec(t, 2700))
	}
	if l.c.p(0.82) {
		most := 7
		if v.er {
			most = 3
		}
		l.prescribe(v, d, addSec(t, 2400), l.c.between(1, 2+int(big)), 3, most)
	} else if inst.kind == kindTCM || l.c.p(0.3) {
		l.herbs(v, addSec(t, 2500))
	}
	v.end = lastLine(v)
	return v
}

func lastLine(v *visit) claim.Time {
	t := v.begin
	for i := range v.lines {
		if v.lines[i].at > t {
			t = v.lines[i].at
		}
	}
	return addSec(t, 120)
}

func (l *life) consult(v *visit, t claim.Time) {
	role := "consult"
	if v.inst.level <= 1 {
		role = "consult1"
	}
	l.bill(v, role, 1, addSec(t, 60))
}

// bill adds n different items of a role, once each.
func (l *life) bill(v *visit, role string, n int, t claim.Time) {
	pool := l.ix.roles[role]
	if len(pool) == 0 {
		return
	}
	k := l.c.n(len(pool))
	for i := range min(n, len(pool)) {
		it := pool[(k+i)%len(pool)]
		if it.fits(l.p, t.Day()) && it.suits(v) && !l.has(v, it) && !(it.use.radiology && l.birth.Has()) {
			v.add(it, 1, addSec(t, i*31))
		}
	}
}

func (l *life) has(v *visit, it *item) bool {
	for i := range v.lines {
		if v.lines[i].it == it {
			return true
		}
	}
	return false
}

// prescribe adds up to n oral or external drugs for from … to days, none that the person still has at home.
func (l *life) prescribe(v *visit, d claim.Day, t claim.Time, n, from, to int) {
	pool := l.ix.roles["oral"]
	k, added := l.c.n(len(pool)), 0
	days := l.c.between(from, to)
	for i := 0; i < len(pool) && added < n; i++ {
		it := pool[(k+i*7)%len(pool)]
		if !it.fits(l.p, d) || !it.suits(v) || !l.canBuy(it.Generic, d) || l.has(v, it) || it.packsFor(days) > it.maxPacks() || !it.lasts(days) {
			continue
		}
		ln := l.drug(v, it, days, addSec(t, added*20))
		ln.rx = 1
		added++
	}
}

// drug adds one drug for some days, in whole packs, and remembers the supply.
func (l *life) drug(v *visit, it *item, days int, t claim.Time) *line {
	ln := v.add(it, float64(max(1, it.packsFor(days))), t)
	if !v.inst.noDays {
		ln.days, ln.dose, ln.freq = days, it.dose, it.freq
	}
	l.bought(it.Generic, t.Day(), days)
	return ln
}

// injections adds n injected drugs of one day with the charge for giving them.
func (l *life) injections(v *visit, d claim.Day, t claim.Time, n int) {
	pool := l.ix.roles["injected"]
	k, added := l.c.n(len(pool)), 0
	for i := 0; i < len(pool) && added < n; i++ {
		it := pool[(k+i)%len(pool)]
		if !it.fits(l.p, d) || !it.suits(v) || !l.canBuy(it.Generic, d) {
			continue
		}
		l.drug(v, it, 1, addSec(t, added*20)).rx = 2
		added++
	}
	if added > 0 {
		l.bill(v, "infuse", 1, addSec(t, 300))
		l.bill(v, "consumable", 1, addSec(t, 310))
	}
}

// herbs adds a decoction of some herbs, priced by the gram.
func (l *life) herbs(v *visit, t claim.Time) {
	pool := l.ix.roles["herb"]
	doses := l.c.between(3, 7)
	for i, it := range pool {
		ln := v.add(it, float64(doses*l.c.between(9, 15)), addSec(t, i*5))
		ln.rx, ln.herbs = 3, doses
	}
}

// purchases are the pharmacy's customers.
func (l *life) purchases(years float64, age int) {
	rate := 2.6
	if l.p.insutype == "310" {
		rate = 9
	}
	if age < 14 {
		rate = 1.2
	}
	for range l.c.poisson(rate * years) {
		d := l.freeDay()
		if !d.Has() || d > l.endOfLife() {
			continue
		}
		l.purchase(l.p.shop, at(d, l.clock(l.p.shop)), l.c.between(3, 14))
		l.mark(d, d, busyVisit)
	}
}

// purchase books a pharmacy visit; before a journey the days are thirty, which only a pharmacy may sell.
func (l *life) purchase(inst *institution, t claim.Time, days int) *visit {
	if l.c.p(0.01) {
		days = 30
	}
	v := l.visit(inst, "41", t, "A02")
	v.noFund = l.p.insutype == "310" && l.c.p(0.8)
	l.prescribe(v, t.Day(), addSec(t, 30), l.c.between(1, 3), days, days)
	if len(v.lines) == 0 {
		l.bill(v, "consumable", 1, addSec(t, 30))
	}
	for i := range v.lines {
		v.lines[i].atCounter()
	}
	v.end = lastLine(v)
	v.till()
	return v
}

// sharedDays are the coincidences of real life: an outbreak at school, a family that buys together, twins who fall ill on
// one day.
func (l *life) sharedDays(age int) {
	if d := l.pl.outbreak[l.p.township]; d != 0 && age >= 6 && age < 14 && l.c.p(0.5) {
		if day := d + claim.Day(l.c.n(5)); l.at(day) == 0 && day <= l.endOfLife() {
			l.outpatient(l.p.home, at(day, l.clock(l.p.home)), l.ix.outbreak)
			l.mark(day, day, busyVisit)
		}
	}
	h := newChance(l.opt.Seed, streamHousehold, 1<<40|uint64(l.p.n/4))
	if !h.p(0.20) {
		return
	}
	day := l.first + claim.Day(h.n(int(l.last-l.first)+1))
	sec := h.between(9*3600, 19*3600)
	if age < 14 { // children of one age in the house are its twins
		if l.at(day) == 0 && day <= l.endOfLife() {
			l.outpatient(l.p.home, at(day, min(sec, 16*3600)), l.ix.common)
			l.mark(day, day, busyVisit)
		}
	} else if l.at(day) == 0 && day <= l.endOfLife() {
		// two by two: a family of four in one queue and one stranger behind it would be P008's five cards
		l.purchase(l.p.shop, at(day, sec+l.p.n%4*45+l.p.n%4/2*300), 7)
		l.mark(day, day, busyVisit)
	}
}
