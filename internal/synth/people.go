package synth

import (
	"strconv"

	"github.com/mingjian/mingjian/internal/claim"
)

// person of the city. Everything here follows from the seed and the number, so that any worker can rebuild anyone.
type person struct {
	n        int
	male     bool
	born     claim.Day
	insutype string // 310 or 390
	psnType  string // 11 working, 12 retired, 14 resident
	name     string
	cert     string // national identity number
	township int

	// dirt of the registers
	guardian   int       // ≥ 0: the certificate column carries this person's number
	linked     bool      // … and person_link says so
	renumbered claim.Day // psn_no changes on this day (0 never)
	gendCode   byte      // 0: as it is, else the code the register shows
	fixGend    bool      // the register's sex was corrected later
	fixName    bool

	// what a scenario makes of the registers, empty for what is usual
	insured string    // insu_admdvs
	addr    string    // addr_admdvs
	joined  claim.Day // insured since
	street  string    // addr

	chronic []*disease
	home    *institution // township centre
	clinic  *institution
	shop    *institution
	hosp    *institution // county hospital
	care    *institution // where the chronic refills are fetched
}

// roles in a household of four
func peopleOf(opt *Options, pl *place, ix *index, n int) *person {
	h := newChance(opt.Seed, streamHousehold, uint64(n/4))
	c := newChance(opt.Seed, streamPerson, uint64(n))
	mid := (opt.first() + opt.last()) / 2
	parents := h.between(24, 62)
	twins := h.p(0.012)
	family := surname(h)
	p := &person{n: n, guardian: -1, name: family + given(c)}
	age := 0
	switch n % 4 {
	case 0:
		p.male, age = true, parents
	case 1:
		p.male, age = false, max(22, parents-h.between(0, 4))
		p.name = surname(c) + given(c)
	case 2:
		p.male = c.p(0.51)
		if child := parents - h.between(22, 32); (child >= 0 && child < 18) || h.p(0.24) {
			age = max(0, min(17, child))
		} else {
			age = c.between(18, 34)
		}
	case 3:
		p.male = c.p(0.50)
		switch {
		case twins:
		case c.p(0.80):
			age = 61 + c.pick([]int{6, 6, 6, 6, 6, 6, 6, 5, 5, 5, 5, 5, 4, 4, 4, 4, 3, 3, 3, 3, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1})
		case c.p(0.70):
			age = c.between(0, 17)
		default:
			age = c.between(18, 50)
		}
	}
	y, m, _ := mid.Civil()
	p.born = claim.DayOf(y-age, m, 1) - claim.Day(c.n(365))
	if p.born >= opt.first()-40 { // newborns are billed on their mother's card
		p.born = opt.first() - 40 - claim.Day(c.n(300))
	}
	if n%4 == 3 && twins {
		q := peopleOf(opt, pl, ix, n-1)
		p.born, p.name = q.born, family+given(c)
	}
	p.township = h.n(len(pl.clinics))
	p.home = pl.by[kindTownship][p.township]
	p.clinic = oneOf(h, pl.clinics[p.township])
	p.shop = pl.by[kindPharmacy][h.n(len(pl.by[kindPharmacy]))]
	if s := pl.pharmacy[p.township]; len(s) > 0 {
		p.shop = oneOf(h, s)
	}
	p.hosp = pl.by[kindCounty][p.township%len(pl.by[kindCounty])]
	p.insure(c, mid)
	p.cert = certificate(p.born, p.male, n)
	p.dirty(c, opt, mid)
	ix.enrol(p, c, mid)
	return p
}

func (p *person) age(d claim.Day) int { return p.born.YearsOn(d) }

func (p *person) insure(c *chance, mid claim.Day) {
	p.insutype, p.psnType = "390", "14"
	switch age := p.age(mid); {
	case age >= 60:
		if c.p(0.34) {
			p.insutype, p.psnType = "310", "12"
		}
	case age >= 20:
		if c.p(0.345) {
			p.insutype, p.psnType = "310", "11"
		}
	}
}

// certificate is an 18-digit number of a reserved area, its 17th digit odd for men, with the true check digit.
func certificate(born claim.Day, male bool, n int) string {
	seq := n % 500 * 2
	if male {
		seq++
	}
	b := make([]byte, 0, 18)
	b = append(b, "99"...)
	b = appendPad(b, n/500%10_000, 4) // with the sequence: unique for five million persons
	y, m, d := born.Civil()
	b = appendPad(appendPad(appendPad(b, y, 4), m, 2), d, 2)
	b = appendPad(b, seq, 3)
	sum := 0
	for i, w := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += int(b[i]-'0') * w
	}
	return string(append(b, "10X98765432"[sum%11]))
}

// dirty decides what the registers get wrong about the person.
func (p *person) dirty(c *chance, opt *Options, mid claim.Day) {
	age := p.age(mid)
	switch r := c.float(); {
	case age < 14 && r < 0.16:
		p.guardian = p.n/4*4 + 1
		p.linked = c.p(0.5)
	case age >= 18 && r < 0.004:
		p.renumbered = opt.first() + claim.Day(c.n(int(opt.last()-opt.first())+1))
	case r < 0.006:
		p.gendCode = oneOf(c, []byte{'0', '9'})
	case r < 0.009:
		p.gendCode = '3' // contradicts the certificate: the writer turns the true sex round
	case r < 0.012:
		p.fixGend = true
	case r < 0.015:
		p.fixName = true
	}
}

func (p *person) gend() string {
	switch p.gendCode {
	case '0':
		return "0"
	case '9':
		return "9"
	case '3':
		return sexCode(!p.male)
	}
	return sexCode(p.male)
}

func sexCode(male bool) string {
	if male {
		return "1"
	}
	return "2"
}

// appendNo writes the psn_no valid on a day: 9901 and eight digits, with another second half before a renumbering.
func (p *person) appendNo(b []byte, d claim.Day) []byte {
	if p.renumbered != 0 && d < p.renumbered {
		return append(appendPad(append(b, "99019"...), p.n, 8), '7')
	}
	return append(appendPad(append(b, "99010"...), p.n, 8), '0')
}

func (p *person) no(d claim.Day) string { return string(p.appendNo(nil, d)) }

func itoa(n int) string { return strconv.Itoa(n) }
