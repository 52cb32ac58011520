package synth

import "github.com/mingjian/mingjian/internal/claim"

// What one hospital does otherwise than its peers: (model, plants, twins) by the hospital's number.
var oddHospitals = []struct {
	model        string
	plants, twin []int
}{
	{"B019", []int{0, 1}, []int{2, 3, 4}}, {"B032", []int{12, 2}, []int{5}}, {"B037", []int{2, 12}, []int{6}}, {"C004", []int{3, 13}, []int{7}},
	{"D007", []int{4, 14}, []int{8}}, {"D009", []int{5, 15}, []int{9}}, {"D017", []int{6, 16}, []int{10}}, {"D018", []int{7, 17}, []int{11, 12}},
	{"E010", []int{8, 18}, []int{13}}, {"G011", []int{9, 19}, []int{14}}, {"G025", []int{10, 0}, []int{15}}, {"G032", []int{11, 1}, []int{16}},
	{"L007", []int{12, 2}, []int{17}}, {"X010", []int{13, 3}, []int{18}}, {"C021", []int{1, 3}, []int{19}}, {"F013", []int{16, 6}, []int{0}}, {"F015", []int{17, 7}, []int{1}},
	{"I010", []int{14, 4}, []int{2}}, {"G013", []int{18, 8}, []int{3}}, {"G014", []int{19, 9}, []int{4}},
}

// role tells what the hospital plays of a model: 1 a plant, 2 a twin, 0 nothing.
func role(model string, j int) int {
	for _, o := range oddHospitals {
		if o.model != model {
			continue
		}
		for _, k := range o.plants {
			if k == j {
				return 1
			}
		}
		for _, k := range o.twin {
			if k == j {
				return 2
			}
		}
	}
	return 0
}

// ordinary fills the hospitals and shops with everyday traffic, in which the odd hospitals differ by what they are odd in.
func (q *quarter) ordinary() {
	from, days := q.span()
	for j, h := range q.hosps {
		people := q.people(peerVisits/4, "")
		for k, p := range people {
			far := role("X010", j) == 1 && k < 12
			if far || role("X010", j) == 2 && k < 12 {
				p.addr = areaFar
			}
			q.seen[h] = append(q.seen[h], q.live(p, func(l *life) {
				for n := range 4 {
					d := from + claim.Day(n*days/4+l.c.n(max(1, days/4)))
					if l.c.p(0.8) {
						d = weekday(d)
					}
					d = max(d, q.first)
					v := q.seenBy(l, h, d, 8*3600+l.c.n(8*3600), k+n)
					if k%5 > 2 && len(v.dept.doctors) > 1 {
						v.sign(&v.dept.doctors[1])
					}
					q.unlike(l, v, j, k, n)
				}
			})...)
		}
		stays := peerStays
		if role("G032", j) == 1 {
			stays = 60
		}
		for k := range stays {
			p := q.person()
			d := from + claim.Day((k*days)/stays)
			q.seen[h] = append(q.seen[h], q.live(p, func(l *life) { q.stayUnlike(l, q.shortStay(l, h, d, k%3, 4), j, k) })...)
		}
	}
	for j, s := range q.shops {
		for m := range 2 {
			month := q.opt.End - claim.Month(1-m)
			n := peerSales
			if m == 1 && (j == 4 || j == 5) {
				n = peerSales * 5 // P017
			}
			for k := range n {
				p := q.person()
				out := (j == 2 || j == 3) && m == 1 || j == 6 // P016: 2 and 3 suddenly, 6 always
				q.live(p, func(l *life) {
					v := q.sale(l, s, month.First()+claim.Day((k*29)/n), 9*3600+(k*613+j*37)%(10*3600))
					if out {
						v.slip.area = areaNeighbor
					}
				})
			}
		}
	}
	for _, o := range oddHospitals {
		for _, k := range o.plants {
			if o.model != "C021" {
				q.of(o.model, false, q.hosps[k])
			}
		}
		for _, k := range o.twin {
			if o.model != "C021" {
				q.of(o.model, true, q.hosps[k])
			}
		}
	}
	q.of("P017", false, q.shops[4], q.shops[5])
	q.of("P017", true, q.shops[7])
	q.of("P016", false, q.shops[2], q.shops[3])
	q.of("P016", true, q.shops[6])
	for _, k := range []int{1, 3} {
		q.caseOf("C021", false)(nil, nil, q.hosps[k].dept("A03").doctors[0].code, "")
	}
	q.caseOf("C021", true)(nil, nil, q.hosps[19].dept("A03").doctors[0].code, "")
}

// unlike makes an out-patient visit what its hospital is odd in.
func (q *quarter) unlike(l *life, v *visit, j, k, n int) {
	d, t := v.day(), addSec(v.begin, 3900)
	if r := role("B019", j); r > 0 {
		name := "保健理疗套餐"
		if r == 2 {
			name = "挂号诊金"
		}
		v.lines[0].ownName = name
	}
	if r := role("B032", j); r == 1 && k%2 == 0 {
		v.sign(&q.pl.by[kindSuspended][0].depts[0].doctors[0])
	} else if r == 2 && k%2 == 0 {
		v.sign(&q.hosps[6].dept("A03").doctors[0])
	}
	if r := role("C004", j); r > 0 && n < 2 {
		v.without(func(ln *line) bool { return ln.it.ChargeType == "04" })
		for i, it := range q.ix.roles["lab"][:min(7, len(q.ix.roles["lab"]))] {
			v.add(it, 1, addSec(t, i*20))
		}
		if r == 2 {
			v.diags = v.diags[:1]
			v.diags[0] = q.diag(3).code
		}
	}
	if r := role("D007", j); r == 1 && n < 3 {
		q.extra(v, "favoured", 2, t)
	}
	if r := role("D009", j); true {
		key := "vbp"
		if r == 1 && n < 3 || r == 2 && n == 0 {
			key = "rival"
		}
		if n != 3 || r == 1 {
			q.extra(v, key, 1, addSec(t, 30))
		}
	}
	if r := role("D017", j); r == 1 && k%10 < 7 && v.lines[len(v.lines)-1].it.list != "" {
		l.injections(v, d, addSec(t, 60), 1)
	} else if r == 2 && n == 0 {
		w := q.seenBy(l, v.inst, min(d+1, q.last-1), 19*3600, k)
		w.without(func(ln *line) bool { return ln.it.list == "101" })
		w.med, w.er = "13", true
		l.injections(w, w.day(), addSec(w.begin, 600), 1)
	}
	if r := role("D018", j); r == 1 {
		v.diags[0] = []string{"H61.200", "L03.000", "M71.300"}[k%3]
		if j == 17 {
			v.diags[0] = []string{"H11.000", "L02.900", "M67.400"}[k%3]
		}
	} else if r == 2 && n < 2 {
		v.diags[0] = []string{"H04.100", "L23.900"}[k%2]
	}
	if r := role("L007", j); r == 1 && k%10 < 7 {
		v.moveTo(21*3600 + k*60)
	}
	if r := role("C021", j); r == 1 && v.doc == &v.dept.doctors[0] {
		q.cocktail(v, t)
	} else if r == 2 && v.doc == &v.dept.doctors[0] {
		q.cocktail(v, t)
		v.diags[0] = "C16.900"
	}
	if r := role("X010", j); r == 2 && k < 12 {
		v.without(func(ln *line) bool { return ln.days > 3 || ln.it.list == "101" && ln.days == 0 && !ln.own })
		v.med, v.er = "13", true
	}
}

// cocktail is what a doctor prescribes who prescribes much: five drugs, none of which stands out.
func (q *quarter) cocktail(v *visit, t claim.Time) {
	for k, key := range []string{"c1", "c2", "c3", "c4", "c5"} {
		q.extra(v, key, 3, addSec(t, 90+k*10))
	}
}

// moveTo moves a visit to another second of its day.
func (v *visit) moveTo(sec int) {
	by := int64(at(v.day(), sec).Clock()-v.begin.Clock()) / 1_000_000
	v.begin, v.end = addSec(v.begin, int(by)), addSec(v.end, int(by))
	for i := range v.lines {
		v.lines[i].at = addSec(v.lines[i].at, int(by))
	}
}

// shortStay is a stay of a few days with one plain main diagnosis.
func (q *quarter) shortStay(l *life, h *institution, d claim.Day, k, los int) *visit {
	d = min(d, q.last-claim.Day(los)-2)
	v := l.stay(h, d, los, q.diag(k))
	v.adm = "2"
	return v
}

// stayUnlike makes a stay what its hospital is odd in.
func (q *quarter) stayUnlike(l *life, v *visit, j, k int) {
	t := at(v.day()+1, 15*3600)
	switch role("B037", j) {
	case 1, 2:
		it := q.items["dear"]
		v.later = append(v.later, func(o *blockOut, v *visit) {
			v.orderRow(o, v.no()+"W1", "2", it.Code, it.Name+"（外购）", t, claim.NoTime, claim.QtyOne)
		})
		if role("B037", j) == 2 {
			s := q.shops[8]
			w := l.visit(s, "41", at(v.end.Day(), 17*3600), "A02")
			ln := q.extra(w, "dear", 1, at(v.end.Day(), 17*3600+60))
			q.onRx(w, ln, v.inst, v.doc, "W"+itoa(w.p.n), at(v.end.Day(), 10*3600))
		}
	}
	if r := role("E010", j); r > 0 {
		q.extra(v, "kit", 100, t)
		if r == 2 {
			v.operated("47.01x", "阑尾切除术", "", at(v.day()+1, 9*3600))
		}
	}
}

// onRx says that a pharmacy's line was sold on a prescription of a hospital's doctor.
func (q *quarter) onRx(w *visit, ln *line, h *institution, d *doctor, number string, when claim.Time) {
	no := "Q" + number
	ln.hiRx, ln.circulated = no, true
	p := w.p
	w.end = lastLine(w)
	q.o.named("prescription", "fixmedins_code", h.code, "rxno", no, "hi_rxno", no, "psn_no", p.no(q.first), "prsc_dr_code", d.code, "prsc_time", stampOf(when),
		"vali_end_time", stampOf(addSec(when, 3*86400)), "rx_source", "1", "stas", "1")
}
