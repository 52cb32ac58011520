package synth

import (
	"cmp"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// registered is how many days before the window people were insured: longer than any rule looks back.
const registered = 900

// personRows writes the register of persons with its dirt.
func (o *blockOut) personRows(p *person) {
	c := o.city
	gend, name := p.gend(), p.name
	if p.fixGend {
		o.personRow(p, p.no(c.first), sexCode(!p.male), name, c.first-registered, claim.OpenDay, c.first-199)
	}
	if p.fixName {
		o.personRow(p, p.no(c.first), gend, runeSwap(name), c.first-registered, claim.OpenDay, c.first-199)
	}
	if p.renumbered != 0 {
		old, now := p.no(p.renumbered-1), p.no(p.renumbered)
		o.personRow(p, old, gend, name, c.first-2000, p.renumbered-1, c.first-190)
		o.personRow(p, now, gend, name, p.renumbered, claim.OpenDay, p.renumbered)
		o.linkRow(old, now, "旧证", p.renumbered)
		o.linkRow(now, now, "更名", p.renumbered)
		return
	}
	begin := c.first - registered
	if p.joined != 0 {
		begin = p.joined
	}
	o.personRow(p, p.no(c.first), gend, name, begin, claim.OpenDay, c.first-150)
	if p.linked {
		o.linkRow(p.no(c.first), p.no(c.first), "监护人证", begin)
	}
}

func runeSwap(s string) string { return s[:3] + "洁" + s[3:] }

func (o *blockOut) personRow(p *person, no, gend, name string, from, to, updated claim.Day) {
	r := o.small("person")
	cert := p.cert
	if p.guardian >= 0 {
		cert = o.city.guardianCert(p)
	}
	r.str(no)
	r.str(name)
	r.str("01")
	r.str(cert)
	r.str(gend)
	r.day(p.born)
	r.str(p.psnType)
	r.str(p.insutype)
	r.str(cmp.Or(p.insured, areaCounty))
	if p.psnType == "11" {
		k := p.n / 60
		r.str("E" + itoa(k))
		r.str("示例单位" + itoa(k))
	} else {
		r.none()
		r.none()
	}
	r.str(cmp.Or(p.addr, areaCounty))
	r.str(cmp.Or(p.street, "示例镇"+itoa(p.township+1)+"村"+itoa(p.n/400%40+1)))
	r.day(from)
	r.day(to)
	r.time(at(updated, 9*3600))
	r.end()
}

func (c *city) guardianCert(p *person) string {
	return peopleOf(&c.opt, c.pl, c.ix, p.guardian).cert
}

func (o *blockOut) linkRow(no, person, kind string, from claim.Day) {
	r := o.small("person_link")
	r.str(no)
	r.str(person)
	r.str(kind)
	r.str("1")
	r.day(from)
	r.none()
	r.end()
}

// references writes the tables that belong to no person.
func (c *city) references(o *blockOut) {
	since := c.first - 1500
	c.recognised(o)
	for _, i := range c.pl.all {
		o.institutionRow(i, since)
		for _, d := range i.depts {
			for k := range d.doctors {
				o.doctorRow(i, d.code, &d.doctors[k], since)
			}
		}
		for k := range i.barred {
			o.doctorRow(i, i.depts[0].code, &i.barred[k], since)
		}
		c.standing(o, i, since)
		c.onDuty(o, i)
		c.equipment(o, i, since)
	}
	c.otherStaff(o)
	c.ceilings(o)
	for _, it := range c.ix.items {
		if it.n%5 != 0 {
			continue
		}
		r := o.small("code_map")
		r.str("HIS")
		r.str(it.local)
		r.str(it.Code)
		if it.n%10 == 0 {
			r.str("等同")
		} else {
			r.none()
		}
		r.str([]string{"", areaCounty, areaCity}[it.n%3])
		r.day(since)
		r.none()
		r.str("示例县医保局")
		r.end()
	}
}

// ownCatalogue appends the city's own item to the starter's catalogue, in whatever order its columns stand.
func (c *city) ownCatalogue() []byte {
	csv := slices.Clone(c.ix.pack.Catalogue)
	if n := len(csv); n > 0 && csv[n-1] != '\n' {
		csv = append(csv, '\n')
	}
	head, _, _ := strings.Cut(string(csv), "\n")
	it := c.ix.changed
	vals := map[string]string{"hilist_code": it.Code, "list_type": it.list, "pricing_unit": it.PricingUnit, "chrgitm_lv": it.Level,
		"admdvs": areaCity, "begndate": it.From.String(), "enddate": it.To.String()}
	r := row{b: csv}
	for _, col := range strings.Split(strings.TrimRight(head, "\r"), ",") {
		r.str(vals[col])
	}
	r.end()
	// In the neighbouring county this item is priced by the day: no hours can be counted there.
	vals["hilist_code"], vals["pricing_unit"], vals["admdvs"] = byDayElsewhere, "日", areaNeighbor
	vals["begndate"], vals["enddate"] = it.From.String(), ""
	for _, col := range strings.Split(strings.TrimRight(head, "\r"), ",") {
		r.str(vals[col])
	}
	r.end()
	return r.b
}

// byDayElsewhere is an item priced by the hour in the city's own county: electrocardiographic monitoring.
const byDayElsewhere = "990300560000000"

func (o *blockOut) institutionRow(i *institution, since claim.Day) {
	r := o.small("institution")
	r.str(i.code)
	r.str(i.name)
	if i.pharmacy() {
		r.str("2")
	} else {
		r.str("1")
	}
	r.str(i.lv)
	r.str(i.cate)
	r.str(i.area)
	r.int(i.beds)
	if i.open < 0 {
		r.b = append(r.b, ","...)
		r.none()
	} else {
		r.b = appendPad(r.b, i.open/3600, 2)
		r.b = appendPad(append(r.b, ':'), i.open/60%60, 2)
		r.b = appendPad(append(r.b, ','), i.shut/3600, 2)
		r.b = append(appendPad(append(r.b, ':'), i.shut/60%60, 2), ',')
	}
	var scope []string
	for _, d := range i.depts {
		if i.noScope {
			break
		}
		scope = append(scope, d.code)
	}
	r.str(strings.Join(scope, ";"))
	r.str(i.group)
	r.price(claim.Price(i.lon*10_000) * 100)
	r.price(claim.Price(i.lat*10_000) * 100)
	r.day(since)
	r.none()
	r.end()
}

func (o *blockOut) doctorRow(i *institution, dept string, d *doctor, since claim.Day) {
	r := o.small("practitioner")
	r.str(d.code)
	r.str(d.name)
	if i.pharmacy() {
		r.str("3")
	} else {
		r.str("1")
	}
	r.str(d.title)
	r.str(i.code)
	r.str(dept)
	r.str(d.certificate())
	r.day(since)
	r.none()
	r.end()
}

// standing writes agreements and credentials. The suspended institution's agreement is interrupted in the middle of the
// window; of the two barred doctors of each institution one is suspended, one struck off, from the window's first day.
func (c *city) standing(o *blockOut, i *institution, since claim.Day) {
	agree := func(stas string, from, to claim.Day) {
		r := o.small("agreement")
		r.str(i.code)
		r.str(stas)
		r.day(from)
		r.day(to)
		r.none()
		r.none()
		r.end()
	}
	if i.kind == kindSuspended {
		from, to := c.suspension()
		agree("1", since, from-1)
		agree("2", from, to)
		agree("1", to+1, claim.OpenDay)
	} else {
		agree("1", since, claim.OpenDay)
	}
	if !i.hospital() {
		return
	}
	c.pilots(o, i, since)
	from, to := c.suspension()
	for k, d := range i.barred {
		r := o.small("credential")
		r.str(d.code)
		r.int(k + 2)
		r.day(from)
		if k == 0 {
			r.day(to)
		} else {
			r.none()
		}
		r.str("违反协议")
		r.none()
		r.end()
	}
}

// The hospitals' pilots of single-disease payment: one that runs, and one that was over before the window's first day.
const pilotRuns, pilotOver = "M77.300", "M77.400"

func (c *city) pilots(o *blockOut, i *institution, since claim.Day) {
	pilot := func(set string, from, to claim.Day) {
		r := o.small("pilot")
		r.str(i.code)
		r.str(set)
		r.day(from)
		r.day(to)
		r.none()
		r.end()
	}
	pilot("M77.3|M65.3", since, claim.OpenDay)
	pilot("M77.4", since, c.first-1)
}

// suspension is the middle third of the window: the interruption of agreements and credentials.
func (c *city) suspension() (from, to claim.Day) {
	n := int(c.last-c.first) + 1
	return c.first + claim.Day(n/3), c.first + claim.Day(2*n/3)
}
