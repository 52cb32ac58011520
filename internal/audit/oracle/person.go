package oracle

import (
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// identify prepares the persons: one for each distinct identity of the psn_no that the tables speak of.
func (c *City) identify() {
	c.persons = map[string]*person{}
	for _, r := range c.table("person") {
		c.personOf(r["psn_no"])
	}
}

// personOf finds the human being behind a psn_no, making one when it is the first time.
func (c *City) personOf(psn string) *person {
	id := c.identity(psn)
	p := c.persons[id]
	if p == nil {
		p = &person{id: id, psn: map[string]bool{}, cert: map[string]bool{}}
		c.persons[id] = p
	}
	p.psn[psn] = true
	if r := newest(c.where("person", "psn_no", psn), claim.OpenDay); usableCert(r, c.guardian(psn)) {
		p.cert[r["certno"]] = true
	}
	return p
}

// identity is pers_id from person_link, else the certificate with birth date and sex, else psn_no.
// A guardian's link names somebody else and therefore links nothing.
func (c *City) identity(psn string) string {
	var link row
	for _, r := range c.where("person_link", "psn_no", psn) {
		if r.is("link_type", "监护人证") {
			continue
		}
		if link == nil || r.day("begndate") > link.day("begndate") ||
			(r.day("begndate") == link.day("begndate") && r["pers_id"] < link["pers_id"]) {
			link = r
		}
	}
	if link != nil {
		return link["pers_id"]
	}
	if r := newest(c.where("person", "psn_no", psn), claim.OpenDay); usableCert(r, c.guardian(psn)) {
		return r["certno"] + "|" + r["brdy"] + "|" + r["gend"]
	}
	return psn
}

func (c *City) guardian(psn string) bool {
	for _, r := range c.where("person_link", "psn_no", psn) {
		if r.is("link_type", "监护人证") {
			return true
		}
	}
	return false
}

// usableCert tells whether a person row's certificate can stand for the person.
func usableCert(r row, guardian bool) bool {
	return r != nil && !guardian && len(r["certno"]) == 18 && oneOf(r["psn_cert_type"], "", "01") &&
		strings.Trim(r["certno"], "9") != ""
}

// personRow is the person's record on a day (规则口径 一.9); nil when there is none.
func (c *City) personRow(psn string, day claim.Day) row {
	return newest(c.where("person", "psn_no", psn), day)
}

// ageOn is the age in completed years, false when no person row tells it.
func (c *City) ageOn(psn string, day claim.Day) (int, bool) {
	b := c.personRow(psn, day).day("brdy")
	if !b.Has() || !day.Has() {
		return 0, false
	}
	return b.YearsOn(day), true
}

// lifeDays is the number of days since birth, false when unknown.
func (c *City) lifeDays(psn string, day claim.Day) (int, bool) {
	b := c.personRow(psn, day).day("brdy")
	if !b.Has() || !day.Has() {
		return 0, false
	}
	return int(day - b), true
}

// sexOn is 男 or 女, or "" when unknown or contradicted by the 17th digit of the certificate (规则口径 一.10).
func (c *City) sexOn(psn string, day claim.Day) string {
	r := c.personRow(psn, day)
	sex := map[string]string{"1": "男", "2": "女"}[r["gend"]]
	cert := r["certno"]
	if sex == "" || len(cert) != 18 || !oneOf(r["psn_cert_type"], "", "01") || c.guardian(psn) {
		return sex
	}
	if cert[6:14] != strings.ReplaceAll(r["brdy"], "-", "") || cert[16] < '0' || cert[16] > '9' {
		return sex
	}
	odd := (cert[16]-'0')%2 == 1
	if odd != (sex == "男") {
		return ""
	}
	return sex
}

// instRow is the institution on a day.
func (c *City) instRow(code string, day claim.Day) row {
	return newest(c.where("institution", "fixmedins_code", code), day)
}

// level is 3, 2, 1 for tertiary, secondary, primary; 0 for none.
func (c *City) level(inst string, day claim.Day) int { return levelOf(c.instRow(inst, day)["hosp_lv"]) }

func levelOf(code string) int {
	switch code {
	case "01", "02", "03", "04", "1":
		return 3
	case "05", "06", "07", "2":
		return 2
	case "08", "09", "10", "3":
		return 1
	}
	return 0
}

func (c *City) pharmacy(inst string, day claim.Day) bool {
	return c.instRow(inst, day).is("fixmedins_type", "2")
}

// distance of an area from the institution's place of care: 0 county, 1 city, 2 province, 3 nation, −1 elsewhere.
func (c *City) distance(area, inst string, day claim.Day) int {
	return steps(area, c.instRow(inst, day)["admdvs"])
}

// steps from a division up to the area that holds it.
func steps(area, own string) int {
	chain := []string{own, own, own, ""}
	if len(own) == 6 {
		chain = []string{own, own[:4] + "00", own[:2] + "0000", ""}
	}
	if oneOf(area, "000000", "100000") {
		area = ""
	}
	for i, a := range chain {
		if a == area {
			return i
		}
	}
	return -1
}

// insurance of a line: the settlement's, else the visit's, else the person's on the day.
func (c *City) insurance(l *line) string {
	if l.setl != nil && l.setl.row["insutype"] != "" {
		return l.setl.row["insutype"]
	}
	if l.visit.row["insutype"] != "" {
		return l.visit.row["insutype"]
	}
	return c.personRow(l.row["psn_no"], l.day)["insutype"]
}

// events are the rows of death, work_injury … about the person, by number or by certificate.
func (c *City) events(table string, p *person) []row {
	out := c.ofPerson(table, p)
	for cert := range p.cert {
		for _, r := range c.where(table, "certno", cert) {
			if r["psn_no"] == "" {
				out = append(out, r)
			}
		}
	}
	return out
}

// ofPerson are the rows of a table keyed by psn_no (chronic, contract, birth …) about the person.
func (c *City) ofPerson(table string, p *person) []row {
	var out []row
	for psn := range p.psn {
		out = append(out, c.where(table, "psn_no", psn)...)
	}
	return out
}
