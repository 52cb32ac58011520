package synth

import (
	"github.com/mingjian/mingjian/internal/claim"
)

// plannedBirth gives some women a delivery in the window, with antenatal visits before it and the newborn on her card.
func (l *life) plannedBirth(years float64, age int) {
	if l.p.male || age < 20 || age > 42 || !l.c.p(0.034*years) {
		return
	}
	d := l.first + claim.Day(l.c.between(3, int(l.last-l.first)-6))
	l.birth = d
	inst := l.p.hosp
	if l.c.p(0.4) {
		inst = oneOf(&l.c, l.pl.by[kindMaternity])
	}
	n := l.c.between(5, 8)
	for k := range n {
		if day := d - claim.Day(12+k*26+l.c.n(6)); day >= l.first && l.isFree(day, day) {
			l.antenatal(inst, at(day, l.clock(inst)))
			l.mark(day, day, busyVisit)
		}
	}
	l.deliver(inst, d, l.c.p(0.45))
}

func (l *life) antenatal(inst *institution, t claim.Time) *visit {
	v := l.visit(inst, "51", t, "A05")
	v.diags, v.matn = append(v.diags, "Z34.900"), "1"
	l.consult(v, t)
	l.bill(v, "antenatal", 1, addSec(t, 1200))
	l.bill(v, "lab", 2, addSec(t, 900))
	for i := range v.lines {
		v.lines[i].matn = true
	}
	v.end = lastLine(v)
	return v
}

// deliver books the mother's stay, the newborn's stay on her card and the row of the birth register.
func (l *life) deliver(inst *institution, d claim.Day, caesarean bool) *visit {
	x, role, los, way := &diagnosis{code: "O80.900", dept: "A05"}, "delivery", 3, "1"
	if caesarean {
		x, role, los, way = &diagnosis{code: "O82.900", dept: "A05"}, "caesarean", 6, "2"
	}
	v := l.stay(inst, d, los, x)
	v.med, v.matn, v.fetus = "52", "2", 1
	v.without(func(ln *line) bool { return ln.it.has("C014", 's') })
	l.bill(v, role, 1, at(d, 13*3600))
	if caesarean && len(v.lines) > 0 {
		if a := l.ix.byName["椎管内麻醉"]; a != nil {
			v.add(a, 1, at(d, 13*3600-600))
		}
		v.opers = append(v.opers, operation{code: "74.1x01", name: "子宫下段剖宫产术", incision: "1", anaesthesia: "02", begin: at(d, 13*3600),
			end: at(d, 14*3600), doc: v.doc})
	}
	when := at(d, 13*3600+1800)
	p := l.p
	l.events = append(l.events, func(o *blockOut) {
		r := o.small("birth")
		r.str(p.no(d))
		r.time(when)
		r.str(way)
		r.str("1")
		r.str(p.name[:3] + "宝")
		r.none()
		r.end()
	})
	l.newborn(v, addSec(when, 600))
	l.mark(d, d+claim.Day(los), busyStay)
	return v
}

// newborn bills the child's days on the mother's card.
func (l *life) newborn(m *visit, begin claim.Time) {
	if m.open {
		return
	}
	w := l.visit(m.inst, "21", begin, "A07")
	w.newborn, w.mom, w.way, w.adm, w.out = true, l.p.no(begin.Day()), "1", "9", w.dept
	w.diags = append(w.diags, "Z38.000")
	w.ipt = m.ipt + "B"
	w.end, w.setlAt = m.end, addSec(m.setlAt, 120)
	for d := begin.Day(); d < w.end.Day(); d++ {
		for i, name := range []string{"新生儿护理", "新生儿抚触", "新生儿洗浴"} {
			if it := l.ix.byName[name]; it != nil {
				w.add(it, 1, at(d, 15*3600+i*300))
			}
		}
	}
}

// chemotherapy readmits patients of the malignancy programme every 21 days with Z51, which is a plan and not a split stay.
func (l *life) chemotherapy() {
	sick := false
	for _, d := range l.p.chronic {
		sick = sick || d.code == malignancyCode
	}
	if !sick || !l.c.p(0.5) || l.birth.Has() {
		return
	}
	los := l.c.between(5, 8)
	x := &diagnosis{code: "Z51.100", dept: "A19"}
	for d := l.first + claim.Day(l.c.n(21)); d+claim.Day(los) <= min(l.endOfLife(), l.last); d += 21 {
		if !l.isFree(d, d+claim.Day(los)) || l.nearStay(d, d+claim.Day(los), 10) {
			break
		}
		v := l.stay(l.p.hosp, d, los, x)
		v.diags = append(v.diags[:1], "C50.900")
		l.mark(d, d+claim.Day(los), busyStay)
	}
	l.noStay = true
}
