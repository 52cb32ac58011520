package synth

import (
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// randomStays books the admissions of the window, far enough apart that none looks like the continuation of another.
func (l *life) randomStays(years float64, age int) {
	rate := 0.112
	switch {
	case age >= 65:
		rate = 0.52
	case age >= 50:
		rate = 0.21
	case age < 6:
		rate = 0.16
	case age < 18:
		rate = 0.07
	}
	for range l.c.poisson(rate * years * 0.74 * l.roomForStays) {
		for range 6 {
			d := l.first - 9 + claim.Day(l.c.n(int(l.last-l.first)+9))
			los := l.losOf()
			end := d + claim.Day(los)
			if end > l.endOfLife() && l.died.Has() || end < l.first || !l.isFree(d, min(end, l.last)) || l.nearStay(d, end, 18) {
				continue
			}
			l.randomStay(d, los)
			break
		}
	}
}

// losOf draws a length of stay: 8 days on average.
func (l *life) losOf() int {
	return 4 + l.c.pick([]int{10, 14, 17, 16, 12, 9, 7, 5, 4, 2, 2, 1, 1})
}

func (l *life) randomStay(d claim.Day, los int) {
	inst := l.p.hosp
	remote := false
	switch l.c.pick([]int{50, 28, 8, 5, 5, 4}) {
	case 1:
		inst = l.p.home
	case 2:
		inst = oneOf(&l.c, l.pl.by[kindTCM])
	case 3:
		inst = oneOf(&l.c, l.pl.by[kindPrivate])
	case 4:
		inst, remote = oneOf(&l.c, l.pl.by[kindTertiary]), true
	case 5:
		inst, remote = oneOf(&l.c, l.pl.by[kindNeighbor]), true
	}
	v := l.stay(inst, d, los, nil)
	l.mark(d, d+claim.Day(los), busyStay)
	if remote && l.c.p(0.5) {
		l.filing(inst.area, d-3, d+360)
	}
	// The township passes a difficult case on: out here and in there on one day.
	if end := d + claim.Day(los); inst == l.p.home && !v.open && los >= 4 && l.c.p(0.10) && end+9 < l.last && l.isFree(end+1, end+9) && !l.nearStay(end+1, end+9, 0) {
		v.way, v.to = "2", l.p.hosp.code
		w := l.stayAt(l.p.hosp, at(end, 15*3600+l.c.n(3600)), 7, l.ix.byDiag(v.diags[0]))
		w.from = inst.code
		l.mark(end, end+7, busyStay)
	}
}

func (ix *index) byDiag(code string) *diagnosis {
	for _, d := range ix.diags {
		if d.code == code {
			return d
		}
	}
	return ix.common
}

func (l *life) filing(area string, from, to claim.Day) {
	p := l.p
	l.events = append(l.events, func(o *blockOut) {
		r := o.small("remote_filing")
		r.str(p.no(from))
		r.str(area)
		r.str("1")
		r.day(from)
		r.day(to)
		r.end()
	})
}

func (l *life) stay(inst *institution, d claim.Day, los int, x *diagnosis) *visit {
	return l.stayAt(inst, at(d, l.c.between(8*3600, 10*3600)), los, x)
}

// stayAt books an in-patient stay with everything a ward bills. A stay that outlasts the window stays open.
func (l *life) stayAt(inst *institution, begin claim.Time, los int, x *diagnosis) *visit {
	d := begin.Day()
	if x == nil {
		x = l.ailment(inst, d, true)
	}
	v := l.visit(inst, "21", begin, l.deptFor(inst, x, l.p.age(d)))
	v.ipt = "Z" + itoa(int(d)) + itoa(l.p.n)
	v.diags = append(v.diags, x.code)
	l.secondary(v, x)
	v.way, v.adm, v.out = "1", "2", v.dept
	if l.c.p(0.3) {
		v.adm = "1"
	}
	v.end = at(d+claim.Day(los), l.c.between(10*3600, 12*3600))
	if v.end.Day() > l.last {
		v.end, v.open, v.way = claim.NoTime, true, ""
	}
	l.ward(v, los)
	surgical := x.dept != "A05" && (x.dept == "A04" && inst.level >= 2 && l.c.p(0.85) || x.dept != "A04" && inst.level >= 2 && l.c.p(0.16))
	if surgical && los >= 4 && inst.hasDept("A04") && l.p.age(d) >= 8 {
		l.surgery(v, d+claim.Day(l.c.between(1, 2)))
	}
	if los > 3 {
		l.takeHome(v)
	}
	v.setlAt = addSec(v.end, l.c.between(600, 5400))
	v.balance(50)
	return v
}

// balance drops the dearest examinations until examinations and laboratory are at most so many percent of the stay: no
// clean stay is one for examination's sake.
func (v *visit) balance(percent claim.Money) {
	for {
		var all, exams claim.Money
		dear := -1
		for i := range v.lines {
			ln := &v.lines[i]
			ln.tally()
			all += ln.in
			if ln.in3("03 04") {
				exams += ln.in
				if dear < 0 || ln.in > v.lines[dear].in {
					dear = i
				}
			}
		}
		if dear < 0 || exams*100 <= all*percent {
			return
		}
		v.lines = append(v.lines[:dear], v.lines[dear+1:]...)
	}
}

// secondary adds one or two further diagnoses of other categories: a stay is never for one light complaint alone.
func (l *life) secondary(v *visit, x *diagnosis) {
	age := l.p.age(v.day())
	for range l.c.between(3, 6) {
		y := l.ix.drawDiagnosis(&l.c, true)
		if y.code[:3] == x.code[:3] || age < y.from || age > y.to || len(v.diags) >= 3 {
			continue
		}
		if len(v.diags) == 1 || v.diags[1][:3] != y.code[:3] {
			v.diags = append(v.diags, y.code)
		}
	}
	if len(v.diags) == 1 {
		v.diags = append(v.diags, "D64.900")
	}
}

// ward bills the daily items from the day of admission to the day before discharge.
func (l *life) ward(v *visit, los int) {
	d0 := v.day()
	jitter := l.c.n(1500)
	tests := l.c.between(7, 11)
	for k := range los {
		d := d0 + claim.Day(k)
		if d > l.last-1 {
			break
		}
		morning := at(d, 8*3600+jitter)
		if k == 0 {
			morning = addSec(v.begin, 1200+jitter)
		}
		for i, role := range [...]string{"bed", "nursing", "ward"} {
			if pool := l.ix.roles[role]; len(pool) > 0 {
				v.add(pool[0], 1, addSec(morning, i*7))
			}
		}
		if k == 0 {
			l.bill(v, "lab", tests, addSec(morning, 600))
			l.bill(v, "exam", l.c.between(1, 3), addSec(morning, 3600))
			l.scan(v, addSec(morning, 5400))
		}
		if k == 1 && v.inst.level >= 2 {
			l.bill(v, "lab2", 2+v.inst.level, addSec(morning, 600))
		}
		l.daily(v, d, addSec(morning, 1800))
	}
}

// wardDose makes the daily drugs of a stay as dear as its level: units a day for each time of giving.
var wardDose = [4]int64{1, 1, 3, 13}

// daily bills treatments, injections and what is used up.
func (l *life) daily(v *visit, d claim.Day, t claim.Time) {
	lv := max(1, v.inst.level)
	pool := l.ix.roles["injected"]
	start := int(mix(uint64(l.p.n)^uint64(v.day())) % uint64(max(1, len(pool))))
	n := 0
	for i := 0; i < len(pool) && n < 3+lv/2; i++ {
		it := pool[(start+i)%len(pool)]
		if !it.fits(l.p, d) || !it.suits(v) || it.class() != "" {
			continue
		}
		ln := v.add(it, float64(min(int64(it.times)*wardDose[lv], it.maxPacks())), addSec(t, n*13))
		ln.own = l.c.p(0.055)
		ln.order, ln.days, ln.dose, ln.freq = 1+i%5, 1, it.dose, it.freq
		if v.inst.noDays {
			ln.days, ln.dose, ln.freq = 0, 0, ""
		}
		n++
	}
	l.billDaily(v, "infuse", 1, addSec(t, 200))
	l.billDaily(v, "treat", lv, addSec(t, 300))
	l.billDaily(v, "consumable", 2+lv/2, addSec(t, 400))
	// Stays that carry labels keep out of the batch: they would thin it out in a small city.
	if pool := l.ix.roles["hour"]; len(pool) > 0 && !(v.keep && v.inst.batchHour) {
		ln := v.add(pool[0], float64(l.c.between(3, 8)), addSec(t, 500))
		if v.inst.batchHour && d >= l.first && !l.died.Has() { // the month before the window is not whole; nobody is billed when dead
			ln.at = l.booked(d)
		}
	}
}

// booked is when the batch hospital enters its hour items: in one go on the 15th and on the last day of the month.
func (l *life) booked(d claim.Day) claim.Time {
	y, m, day := d.Civil()
	if day <= 15 {
		return at(claim.DayOf(y, m, 15), 8*3600)
	}
	return at(d.Month().Last(), 8*3600)
}

// billDaily repeats the same items of a role every day of the stay.
func (l *life) billDaily(v *visit, role string, n int, t claim.Time) {
	pool := l.ix.roles[role]
	if len(pool) == 0 {
		return
	}
	k, added := int(mix(uint64(l.p.n)+uint64(v.day()))%uint64(len(pool))), 0
	for i := 0; i < len(pool) && added < n; i++ {
		it := pool[(k+i)%len(pool)]
		if it.fits(l.p, t.Day()) && it.suits(v) {
			ln := v.add(it, 1, addSec(t, added*11))
			ln.own = role == "consumable" && it.level == '2' // the better material at the patient's own cost
			added++
		}
	}
}

// scan books at most one CT or MRI a month of a person, none near a delivery.
func (l *life) scan(v *visit, t claim.Time) {
	pool := l.ix.roles["imaging"]
	if len(pool) == 0 || v.inst.level < 2 || l.birth.Has() || !l.c.p(0.4) {
		return
	}
	for _, d := range l.imaging {
		if d-t.Day() < 30 && t.Day()-d < 30 {
			return
		}
	}
	it := pool[l.c.n(len(pool))]
	if it.fits(l.p, t.Day()) && it.suits(v) {
		ln := v.add(it, 1, t)
		ln.part = it.use.part
		l.imaging = append(l.imaging, t.Day())
	}
}

// surgery adds one operation with its anaesthesia and materials.
func (l *life) surgery(v *visit, d claim.Day) {
	ops := l.ix.roles["surgery"]
	if len(ops) == 0 || d > l.last-2 {
		return
	}
	k := l.c.n(len(ops))
	for i := range ops {
		it := ops[(k+i)%len(ops)]
		if !it.fits(l.p, d) || !it.suits(v) || it.unlicensed(v.inst) {
			continue
		}
		t := at(d, l.c.between(9*3600, 14*3600))
		v.add(it, 1, t)
		if a := l.ix.byName["椎管内麻醉"]; a != nil {
			v.add(a, 1, addSec(t, -900))
		}
		n := len(v.lines)
		l.bill(v, "opconsumable", 1+v.inst.level, addSec(t, 300))
		for i := n; i < len(v.lines); i++ {
			v.lines[i].own = l.c.p(0.3)
		}
		dr := v.inst.dept("A04")
		v.opers = append(v.opers, operation{code: oprnCode(it), name: it.Name, incision: "1", anaesthesia: "02",
			begin: t, end: addSec(t, l.c.between(2400, 9000)), doc: &dr.doctors[0]})
		return
	}
}

// oprnCode invents an operation code of the classification's shape from the item.
func oprnCode(it *item) string {
	return "9" + it.Code[3:4] + "." + it.Code[4:8] + "x001"
}

// takeHome adds discharge drugs: a week, a month for chronic diseases, less where a point says so.
func (l *life) takeHome(v *visit) {
	if v.open || !l.c.p(0.6) {
		return
	}
	d, pool := v.end.Day(), l.ix.roles["oral"]
	k, added := l.c.n(len(pool)), 0
	days := l.c.between(5, 7)
	for i := 0; i < len(pool) && added < 2; i++ {
		it := pool[(k+i*5)%len(pool)]
		n := days
		if it.use.takeMax > 0 {
			n = min(n, it.use.takeMax)
		}
		if !it.fits(l.p, d) || !it.suits(v) || !l.canBuy(it.Generic, d) || it.packsFor(n) > it.maxPacks() || !it.lasts(n) {
			continue
		}
		l.drug(v, it, n, addSec(v.end, -1800+added*9)).take = true
		added++
	}
}

// lastStay is the stay that a death ends: everything is billed before the hour of death.
func (l *life) lastStay() {
	d := l.died.Day()
	los := l.c.between(3, 8)
	if d-claim.Day(los) < l.first {
		return
	}
	v := l.stay(l.p.hosp, d-claim.Day(los), los, nil)
	v.end, v.way, v.open = l.died, "5", false
	kept := v.lines[:0]
	for _, ln := range v.lines {
		if ln.at.Day() < d && !ln.take {
			if strings.HasSuffix(ln.it.Name, "（小时）") {
				continue
			}
			kept = append(kept, ln)
		}
	}
	v.lines = kept
	v.setlAt = addSec(l.died, 3*3600)
	if v.setlAt.Day() > l.last {
		v.setlAt = l.died
	}
	l.mark(d-claim.Day(los), d, busyStay)
}
