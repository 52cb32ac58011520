package synth

import (
	"errors"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// chronicDiseases of the programme: code|name|diagnoses|share of adults registered (per 10,000). The drugs of each come
// from the H002 points.
const chronicDiseases = `
M03900|高血压|I10.x00|1000
M01600|糖尿病|E11.900|430
M04600|冠心病|I25.100|160
M04803|脑卒中后遗症|I69.300|90
M07800|慢性肾衰竭（透析）|N18.600|13
M00500|恶性肿瘤|C50.900|40
`

const (
	dialysisCode   = "M07800"
	malignancyCode = "M00500"
)

func (ix *index) chronicProgramme() error {
	for _, ln := range strings.Split(strings.TrimSpace(chronicDiseases), "\n") {
		f := strings.Split(ln, "|")
		d := &disease{code: f[0], name: f[1], diags: strings.Split(f[2], ","), rate: float64(atoi(f[3])) / 10_000}
		for _, p := range ix.points["H002"] {
			it := ix.byCode[p.Subject]
			if it != nil && strings.Contains("|"+p.Allow+"|", "|"+d.code+"|") && it.refillable() && !ix.everydayHarm(it) {
				d.drugs = append(d.drugs, it)
			}
		}
		if len(d.drugs) == 0 {
			continue // no catalogue: the disease cannot be judged, so nobody is registered for it
		}
		ix.names[d.diags[0]] = d.name
		ix.diseases = append(ix.diseases, d)
	}
	if len(ix.diseases) == 0 {
		return errors.New("知识库没有门诊慢特病用药目录（H002 知识点），无法生成慢特病就诊")
	}
	return nil
}

func atoi(s string) int {
	n := 0
	for _, c := range s {
		n = n*10 + int(c-'0')
	}
	return n
}

// refillable: a drug of the chronic programme that any township may give out month after month.
func (it *item) refillable() bool {
	for _, m := range it.marks {
		switch m.rule {
		case "H002", "C009", "D001", "A006", "A029", "C013", "C014", "C015", "C016", "C017", "C018", "D006": // hold at ordinary use
		default:
			return false
		}
	}
	return it.list == "101" && strings.Contains(it.MedcWay, "口服") && it.DDD.Has() && it.DDDUnit == it.PrepUnit && it.level != '3' && it.packsFor(30) <= it.maxPacks()
}

// packsFor days, rounded up to whole packs.
func (it *item) packsFor(days int) int64 {
	per := int64(it.dose) * int64(it.times)
	return (int64(days)*per + it.pack() - 1) / it.pack()
}

func (it *item) maxPacks() int64 {
	for _, m := range it.marks {
		if m.rule == "D001" && m.part == 's' {
			return int64(m.pt.Limit / claim.QtyOne)
		}
	}
	return 99
}

// enrol registers the person for chronic diseases by age.
func (ix *index) enrol(p *person, c *chance, mid claim.Day) {
	age := p.age(mid)
	if age < 25 {
		return
	}
	f := 0.25
	switch {
	case age >= 65:
		f = 2.6
	case age >= 50:
		f = 1.35
	}
	for _, d := range ix.diseases {
		if c.p(d.rate * f) {
			p.chronic = append(p.chronic, d)
		}
		if len(p.chronic) == 2 {
			break
		}
	}
	p.care = p.home
	if c.p(0.2) {
		p.care = p.hosp
	}
}

// chronicRow registers a disease; refills within [from, to] are covered.
func (l *life) chronicRow(d *disease, from, to claim.Day, review string, reviewed, effect claim.Day) {
	p := l.p
	l.events = append(l.events, func(o *blockOut) {
		r := o.small("chronic")
		r.str(p.no(from))
		r.str(d.code)
		r.str(d.name)
		r.day(from)
		r.day(to)
		r.str("1")
		r.str(p.hosp.code)
		r.str(p.hosp.depts[0].doctors[0].code)
		r.day(from - 10)
		r.str(review)
		r.day(reviewed)
		r.day(effect)
		r.end()
	})
}

func (l *life) contractRow(i *institution, from, to claim.Day) {
	p := l.p
	l.events = append(l.events, func(o *blockOut) {
		r := o.small("contract")
		r.str(p.no(from))
		r.str(i.code)
		r.str("门慢定点")
		r.day(from)
		r.day(to)
		r.end()
	})
}

// chronicCare books the monthly refills, and dialysis three times a week.
func (l *life) chronicCare() {
	p := l.p
	if len(p.chronic) == 0 {
		return
	}
	for _, d := range p.chronic {
		from := l.first - claim.Day(l.c.between(100, 900))
		stas, to := "通过", l.last+claim.Day(l.c.between(40, 700))
		l.chronicRow(d, from, to, stas, from, claim.NoDay)
	}
	if l.c.p(0.5) {
		l.contractRow(p.care, l.first-500, l.last+300)
		if p.care != p.hosp { // where dialysis is given
			l.contractRow(p.hosp, l.first-500, l.last+300)
		}
	}
	var drugs []*item
	for _, d := range p.chronic {
		drugs = l.pickDrugs(drugs, d, l.c.between(1, 2))
		if d.code == dialysisCode {
			l.dialysis(d)
		}
	}
	main := p.chronic[0]
	day := l.first + claim.Day(l.c.n(30)) - 4
	for day <= l.endOfLife() {
		d := l.marketDay(day)
		for range 6 { // wait until a stay is over
			if d <= l.endOfLife() && l.at(d) != 0 {
				d++
			}
		}
		days := l.c.between(28, 30)
		if d > l.endOfLife() {
			break
		}
		if d < l.first || l.at(d) != 0 {
			day = d + 3
			continue
		}
		l.refill(main, p.care, at(d, l.clock(p.care)), drugs, days)
		l.mark(d, d, busyVisit)
		day = d + claim.Day(days) + claim.Day(l.c.between(0, 4))
		for x := d; x < day && x <= l.last; x++ { // in bed the hospital gives the drugs: those at home last longer
			if l.at(x)&busyStay != 0 {
				day++
			}
		}
	}
}

// marketDay moves a refill at the township to the next market day: the genuine bulk clinic.
func (l *life) marketDay(d claim.Day) claim.Day {
	if l.p.care.kind != kindTownship || l.p.n%3 != 0 {
		return d
	}
	for int(d)%5 != l.pl.market[l.p.township] {
		d++
	}
	return d
}

// pickDrugs adds up to n drugs of the disease, never two of one class or one generic.
func (l *life) pickDrugs(drugs []*item, d *disease, n int) []*item {
	k := l.c.n(len(d.drugs))
	for i := 0; i < len(d.drugs) && n > 0; i++ {
		it := d.drugs[(k+i)%len(d.drugs)]
		ok := it.fits(l.p, l.first)
		for _, o := range drugs {
			ok = ok && o.Generic != it.Generic && (it.class() == "" || o.class() != it.class())
		}
		if ok {
			drugs, n = append(drugs, it), n-1
		}
	}
	return drugs
}

// class is the pharmacological class the knowledge speaks of.
func (it *item) class() string {
	for _, m := range it.marks {
		if m.rule == "C009" {
			return m.pt.Params.Group
		}
	}
	return ""
}

// refill books one chronic visit; drugs not yet used up stay out.
func (l *life) refill(d *disease, inst *institution, t claim.Time, drugs []*item, days int) *visit {
	v := l.visit(inst, "1401", t, "A03")
	v.dise = d.code
	for _, x := range l.p.chronic {
		v.diags = append(v.diags, x.diags[0])
	}
	if len(v.diags) == 0 {
		v.diags = append(v.diags, d.diags[0])
	}
	if inst.level <= 1 {
		l.bill(v, "consult1", 1, addSec(t, 60))
	} else {
		l.bill(v, "consult", 1, addSec(t, 60))
	}
	for i, it := range drugs {
		if l.canBuy(it.Generic, t.Day()) {
			l.drug(v, it, days, addSec(t, 600+i*20)).rx = 1
		}
	}
	v.end = lastLine(v)
	return v
}

// dialysis books Monday-Wednesday-Friday or Tuesday-Thursday-Saturday sessions: the group that always meets.
func (l *life) dialysis(d *disease) {
	pool := l.ix.roles["dialysis"]
	if len(pool) == 0 {
		return
	}
	odd := l.p.n % 2
	for day := l.first; day <= l.endOfLife(); day++ {
		w := int(day.Weekday())
		if w == 0 || w%2 == odd || l.at(day) != 0 {
			continue
		}
		t := at(day, 7*3600+1800+l.p.n%4*17*60)
		v := l.visit(l.p.hosp, "1402", t, "A03.06")
		v.dise = d.code
		v.diags = append(v.diags, d.diags[0])
		v.add(pool[0], 1, addSec(t, 1200))
		v.end = at(day, 12*3600+l.p.n*37%1800) // nobody settles a whole ward in one second
		l.mark(day, day, busyVisit)
	}
}
