package synth

import (
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// The quarter is a part of the city that plays what only shows across people: gangs, cloned stays, institutions unlike their
// peers. Its hospitals, pharmacies and persons are its own, so that no other label of the city depends on it, and what is
// billed beyond the ordinary is billed with items that no knowledge point names. Labels are in truth_models.csv: a row for each member of
// a case; a twin is a case that looks alike and is innocent.
type quarter struct {
	*city
	l     *life
	o     *blockOut
	next  int
	cases int
	hosps []*institution
	shops []*institution
	seen  map[*institution][]done // ordinary visits of the hospitals
	items map[string]*item
	plain []*diagnosis // that adults see a physician for
}

// done is a visit that has been written.
type done struct {
	p   *person
	no  string
	day claim.Day
	v   visit // a copy without its lines
}

const (
	peerHospitals = 20
	peerShops     = 12
	peerBeds      = 12
	peerVisits    = 100 // out-patient visits of each peer hospital
	peerStays     = 9
	peerSales     = 45 // of each shop in each of the last two months
	// quarterPersons begins where no person, guest or stranger is.
	quarterPersons = 96_000_000
)

// quarter writes all of it.
func (c *city) quarter(o *blockOut) {
	q := &quarter{city: c, l: &life{city: c, first: c.first, last: c.last}, o: o, seen: map[*institution][]done{}, hosps: c.pl.by[kindPeer], shops: c.pl.by[kindPeerShop]}
	for _, x := range c.ix.diags {
		if x.dept == "A03" && x.out > 0 && x.from <= 20 && x.to >= 59 {
			q.plain = append(q.plain, x)
		}
	}
	q.invent()
	q.ordinary()
	for _, f := range []func(){q.odd, q.crowds, q.stays, q.papers, q.counters, q.staffing, q.boxes} {
		f()
	}
}

// invent makes the items of the quarter: in the catalogue, in no knowledge point, with no price limit.
func (q *quarter) invent() {
	q.items = map[string]*item{}
	for n, x := range []struct {
		key, code, list, charge, generic, vbp, nego string
		price                                       int64
	}{{"vbp", "XZZ9901A001001011001", "101", "09", "示例洛平", "1", "0", 12}, {"rival", "XZZ9901A001001011002", "101", "09", "示例洛平", "0", "0", 30},
		{"dear", "XZZ9902A001001011001", "101", "09", "示例替尼", "0", "1", 1200}, {"favoured", "XZZ9903A001001011001", "101", "09", "示例芍苷", "0", "0", 60},
		{"bulk", "XZZ9904A001001011001", "101", "09", "示例康宁", "0", "0", 25}, {"steer", "XZZ9905A001001011001", "101", "09", "示例舒坦", "0", "0", 80},
		{"c1", "XZZ9906A001001011001", "101", "09", "示例甲平", "0", "0", 22}, {"c2", "XZZ9907A001001011001", "101", "09", "示例乙平", "0", "0", 25},
		{"c3", "XZZ9908A001001011001", "101", "09", "示例丙平", "0", "0", 28}, {"c4", "XZZ9909A001001011001", "101", "09", "示例丁平", "0", "0", 24},
		{"c5", "XZZ9910A001001011001", "101", "09", "示例戊平", "0", "0", 27}, {"care", "990199010000000", "201", "05", "", "0", "0", 50}, {"nailA", "C990100000000000001", "301", "08", "", "0", "0", 600}, {"nailB", "C990100000000000002", "301", "08", "", "0", "0", 300},
		{"nocode", "XZZ9911A001001011001", "101", "09", "示例己平", "0", "0", 26}, {"kit", "C990100000000000003", "301", "08", "", "0", "0", 50}, {"goods", "C990100000000000004", "301", "08", "", "0", "0", 1}} {
		it := *q.ix.goods
		it.Item = knowledge.Item{Code: x.code, Name: "示例" + x.key, ListType: x.list, ChargeType: x.charge, Level: "03", Unit: "盒", PricingUnit: "盒", Generic: x.generic,
			Price: claim.Price(x.price) * claim.PriceOne, From: q.first - 2000, To: claim.OpenDay}
		it.n, it.list, it.level, it.local, it.marks = 900_001+n*5, x.list, '3', "MX"+itoa(n), nil
		for l := range it.prices {
			it.prices[l] = it.Price
		}
		if x.generic != "" {
			it.Name = x.generic + "片"
		}
		q.items[x.key] = &it
		exempt := ""
		if x.key == "nocode" { // its packs are too small to bear a code
			exempt = "1"
		}
		q.o.named("catalogue_models", "hilist_code", x.code, "list_type", x.list, "generic_name", x.generic, "vbp_flag", x.vbp, "nego_flag", x.nego, "chrgitm_lv", "03", "otc_flag", "1",
			"pricing_unit", "盒", "trac_exempt", exempt, "admdvs", areaCity, "begndate", dayOf(q.first-2000))
	}
}

// person is a grown-up of the quarter, with a home of its own.
func (q *quarter) person() *person {
	n := quarterPersons + q.next
	q.next++
	p := peopleOf(&q.opt, q.pl, q.ix, n)
	p.guardian, p.linked, p.renumbered, p.gendCode, p.fixGend, p.fixName = -1, false, 0, 0, false, false
	p.chronic, p.insutype, p.psnType = nil, "390", "14"
	p.male = n%2 == 0
	p.born = q.first - claim.Day(365*(24+n%33)+n%300)
	p.cert = "98" + certificate(p.born, p.male, n)[2:]
	p.street = "示例新区" + itoa(q.next) + "号"
	return p
}

// people are n of them, on one street when it is named.
func (q *quarter) people(n int, street string) []*person {
	var all []*person
	for range n {
		p := q.person()
		if street != "" {
			p.street = street
		}
		all = append(all, p)
	}
	return all
}

// live lets a person live what f books and writes it.
func (q *quarter) live(p *person, f func(l *life)) []done {
	q.l.reset(p)
	q.l.careful = true
	f(q.l)
	q.o.personRows(p)
	q.l.finish(q.o)
	var out []done
	for _, v := range q.l.visits {
		out = append(out, done{p, v.no(), v.day(), visit{p: v.p, inst: v.inst, doc: v.doc, dept: v.dept, begin: v.begin, end: v.end, seq: v.seq, setls: append([]settlement{}, v.setls...)}})
	}
	return out
}

// caseOf begins a case and returns how its members are labelled.
func (q *quarter) caseOf(model string, twin bool) func(p *person, i *institution, doctor, mdtrt string) {
	q.cases++
	id, kind := itoa(q.cases), plant
	if twin {
		kind = "twin"
	}
	return func(p *person, i *institution, doctor, mdtrt string) {
		psn, inst := "", ""
		if p != nil {
			psn = p.no(q.first)
		}
		if i != nil {
			inst = i.code
		}
		q.o.named("truth_models", "model_id", model, "case_id", id, "kind", kind, "psn_no", psn, "fixmedins_code", inst, "prac_psn_code", doctor, "mdtrt_id", mdtrt)
	}
}

// of labels institutions.
func (q *quarter) of(model string, twin bool, insts ...*institution) {
	for _, i := range insts {
		q.caseOf(model, twin)(nil, i, "", "")
	}
}

// members labels a group.
func (q *quarter) members(model string, twin bool, people []*person) {
	say := q.caseOf(model, twin)
	for _, p := range people {
		say(p, nil, "", "")
	}
}

// diag is the k-th plain diagnosis.
func (q *quarter) diag(k int) *diagnosis { return q.plain[k%len(q.plain)] }

// weekday moves a day back to one on which people work.
func weekday(d claim.Day) claim.Day {
	for d.Weekday() == 0 || d.Weekday() == 6 {
		d--
	}
	return d
}

// span is the window's last three months, or all of a shorter one.
func (q *quarter) span() (from claim.Day, days int) {
	from = max(q.first+2, q.last-88)
	return from, int(q.last-from) - 2
}

// seenBy books an out-patient visit.
func (q *quarter) seenBy(l *life, i *institution, d claim.Day, sec, k int) *visit {
	v := l.outpatient(i, at(d, sec), q.diag(k))
	v.med, v.er = "11", false
	v.sign(&v.dept.doctors[0])
	return v
}

// sign lets a doctor bill the whole visit.
func (v *visit) sign(d *doctor) {
	v.doc = d
	for i := range v.lines {
		v.lines[i].doc = d
	}
}

// extra bills an item of the quarter, paid by the patient.
func (q *quarter) extra(v *visit, key string, n float64, t claim.Time) *line {
	ln := v.add(q.items[key], n, t)
	ln.own = true
	if v.inst.pharmacy() {
		ln.rxFlag = '0'
	}
	return ln
}

// sale books a purchase of ordinary goods.
func (q *quarter) sale(l *life, i *institution, d claim.Day, sec int) *visit {
	v := l.visit(i, "41", at(d, sec), "A02")
	l.prescribe(v, d, at(d, sec+20), 1, 5, 5)
	for k := range v.lines {
		v.lines[k].atCounter()
	}
	if len(v.lines) == 0 {
		q.extra(v, "goods", float64(20+sec%37), at(d, sec+20))
	}
	v.end = lastLine(v)
	v.till()
	return v
}
