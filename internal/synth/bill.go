package synth

import (
	"slices"

	"github.com/mingjian/mingjian/internal/claim"
)

// line is one fee line before it is written.
type line struct {
	it    *item
	cnt   claim.Qty
	price claim.Price
	at    claim.Time
	dept  *dept
	doc   *doctor
	exec  string // acord_dept_codg when it is not the billing department

	rx, order int // prescription and order within the visit, 0 none
	days      int // prd_days, 0 absent
	dose      claim.Qty
	freq      string
	hiRx      string
	group     string // grpno: what hangs in one bottle
	herbs     int    // herb_dose_cnt, 0 absent
	way       string // medc_way when it is not the usual one
	rxNo      string // a prescription number of another institution
	rxFlag    byte   // rx_flag as the institution writes it, 0 none
	code      string // drug_trac_codg
	ownName   string // medins_list_name
	parts     bool   // trdn_flag 1: part of a pack

	take, matn, nego   bool        // discharge drug, maternity fee, dual-channel drug
	sentOut            bool        // carried out elsewhere (etip_flag)
	above              claim.Money // what is above the limit price and borne by the patient
	own                bool        // paid by the patient in full
	void               bool        // vali_flag 0
	forced             bool        // the fund pays although it must not
	approved           bool        // hosp_appr_flag
	dayOnly            bool
	circulated         bool // rx_circ_flag
	unsigned           bool // bilg_dr_codg is missing
	late               int  // hours from the service to the upload, where that is a scenario's point
	part, side, incise string
	generated          bool // partial refund lines and other dirt
	mishap             mishap

	det, full, over, pre, in claim.Money

	sn     int // number within the visit
	tag    int // what truth refers to, 0 none
	gives  int // tag of the line a negative line names
	refund int // its number, 0 none
	setl   int // settlement of the visit, −1 open
}

// operation of a stay.
type operation struct {
	code, name, side, incision, anaesthesia string
	begin, end                              claim.Time
	doc                                     *doctor
	fixed                                   bool // the scenario names the surgeon; else the block's plan does
}

// settlement of a visit.
type settlement struct {
	at                                    claim.Time
	from, to                              claim.Day
	mid                                   bool
	payMode                               string
	insutype                              string
	fee, full, over, pre, in, dedc        claim.Money
	fund, acct, mulaid, cash, hifp, hifes claim.Money
	hifmi                                 claim.Money
	refunds                               int  // index+1 of the settlement it reverses
	nameless                              bool // a reversal that does not name its original
	again                                 int  // index+1 of the settlement it replaces and names
	card                                  string
}

// visit with everything billed in it.
type visit struct {
	p          *person
	inst       *institution
	med        string
	begin, end claim.Time // end NoTime: still in
	dept, out  *dept
	doc        *doctor
	diags      []string // main diagnosis first
	dise       string
	way, adm   string // dscg_way, adm_way
	insutype   string

	er, rescue, daySurg, preIpt, planned, newborn bool
	obs                                           claim.Time // er_obs_begntime
	mom, mode, from, to, agent, ipt               string
	matn                                          string
	found                                         claim.Time // when the last diagnosis was made, 0: at the beginning
	fetus                                         int

	setlAt  claim.Time // settled when; NoTime: at the end
	setlIns string     // insutype of the settlement when it differs
	open    bool       // not settled
	family  bool       // paid from a relative's account: no fund money
	noFund  bool       // paid by card money only
	bedPay  bool
	payMode string // as which its settlements say they are paid, "" = nothing said
	midAt   []claim.Time
	halfAt  claim.Time // settled up to then without being called an interim settlement, 0 never
	noCard  bool
	slip    slip

	thirdParty bool   // ttp_resp
	again      bool   // reversed and settled anew, the new settlement naming the old
	againAfter int    // days between the settlement and its reversal, with again
	byCentre   bool   // setl_type: the centre settled by hand
	device     string // dev_no when it is not the institution's own
	roughly    bool   // begin and end without a time

	lines     []line
	opers     []operation
	setls     []settlement
	later     []func(o *blockOut, v *visit) // rows of related tables, written when ids are known
	seq       int
	tags      int
	wrongDiag string // main diagnosis as it was first sent
	undo      bool   // its settlement is reversed on the same day
	keep      bool   // no dirt: the visit carries a label
	bare      bool   // nothing was written down of it
}

func (v *visit) inpatient() bool { return v.med[0] == '2' || v.med == "52" }

func (v *visit) day() claim.Day { return v.begin.Day() }

// los is the number of days billed: out − in, at least 1.
func (v *visit) los() int {
	if !v.end.Has() {
		return 1
	}
	return max(1, int(v.end.Day()-v.begin.Day()))
}

// slip is what a settlement says beside the money, as far as it differs from the ordinary.
type slip struct {
	dev, opter, invoice string
	face                string // face_score, "" none
	area                string // insu_admdvs when it is not the person's
	kind                string // setl_type, "" is on line
	thirdParty          bool   // ttp_resp
	dedc                claim.Money
	hasDedc             bool
	hifmi               claim.Money // what of the fund's share large-sum insurance pays
}

// add appends a line at the institution's list price and returns it; the pointer is valid until the next add.
func (v *visit) add(it *item, n float64, t claim.Time) *line {
	v.lines = append(v.lines, line{it: it, cnt: claim.Qty(n*10_000 + 0.5), price: it.priceAt(v.inst), at: t,
		dept: v.dept, doc: v.doc, dayOnly: v.inst.dateOnly && !v.keep})
	l := &v.lines[len(v.lines)-1]
	if v.keep { // labels find their line by this, however the lines move
		v.tags++
		l.tag = v.tags
	}
	switch it.PricingUnit {
	case "部位":
		if l.part = it.use.part; l.part == "" {
			l.part = "腰部"
		}
	case "侧":
		l.side = "左"
	}
	return l
}

// tally fills a line's amounts.
func (l *line) tally() {
	l.det = claim.Money(claim.MulDiv(int64(l.cnt), int64(l.price), 100_000_000))
	l.full, l.over, l.pre = 0, 0, 0
	switch {
	case l.own || (l.it.level == '3' && !l.forced):
		l.full = l.det
	case l.it.level == '2':
		l.pre = claim.Money(claim.MulDiv(int64(l.det), 10, 100))
	}
	l.over = l.above
	l.in = l.det - l.full - l.over - l.pre
}

// close sorts and numbers the lines, settles the visit and makes the money balance.
func (v *visit) close() {
	if !v.inpatient() && v.end.Has() {
		v.end = max(v.end, lastLine(v))
	}
	slices.SortStableFunc(v.lines, func(a, b line) int { return int(min(1, max(-1, a.at.Clock()-b.at.Clock()))) })
	for i := range v.lines {
		l := &v.lines[i]
		l.sn = i + 1
		l.tally()
		l.setl = -1
	}
	for i := range v.lines {
		if v.lines[i].refund < 0 {
			v.lines[i].refund = v.original(i)
		}
		if g := v.lines[i].gives; g != 0 {
			for j := range v.lines {
				if v.lines[j].tag == g {
					v.lines[i].refund = v.lines[j].sn
				}
			}
		}
	}
	if v.open {
		return
	}
	when := v.setlAt
	if when == 0 {
		when = addSec(v.end, 900+v.seq%7*60+v.p.n*37%60) // nobody settles in the second of everybody else
		if when.Day() != v.end.Day() && !v.inpatient() {
			when = v.end
		}
	}
	from := v.begin.Day()
	for _, m := range v.midAt {
		v.settle(from, m.Day(), m, true)
		from = m.Day()
	}
	if v.halfAt != 0 {
		v.settleUntil(from, v.halfAt)
		from = v.halfAt.Day()
	}
	v.settle(from, v.end.Day(), when, false)
}

// settleUntil settles what was billed up to a time as if it were all.
func (v *visit) settleUntil(from claim.Day, when claim.Time) {
	v.settle(from, when.Day(), when, true)
	v.setls[len(v.setls)-1].mid = false
}

// original finds the line that negative line i takes back: the first of the same item, price and moment before it.
func (v *visit) original(i int) int {
	n := &v.lines[i]
	for j := range v.lines {
		if o := &v.lines[j]; o.it == n.it && o.price == n.price && o.at == addSec(n.at, -2400) && o.cnt > 0 && !o.void {
			return o.sn
		}
	}
	return 0
}

// settle makes one settlement of all lines that are not settled yet and lie before it (all of them at the last).
func (v *visit) settle(from, to claim.Day, when claim.Time, mid bool) {
	s := settlement{at: when, from: from, to: to, mid: mid, insutype: v.insutype, card: "02"}
	if v.inst.faces && v.slip.face == "" {
		v.slip.face = "0.9" + itoa(int(mix(uint64(v.p.n)<<16|uint64(v.seq))%10))
	}
	if v.setlIns != "" {
		s.insutype = v.setlIns
	}
	if v.noCard {
		s.card = "99"
	}
	s.payMode = v.payMode
	if v.bedPay {
		s.payMode = "4"
	}
	k := len(v.setls)
	for i := range v.lines {
		l := &v.lines[i]
		if l.setl >= 0 || l.void || (mid && l.at > when) {
			continue
		}
		l.setl = k
		s.fee += l.det
		s.full += l.full
		s.over += l.over
		s.pre += l.pre
		s.in += l.in
	}
	v.pay(&s)
	v.setls = append(v.setls, s)
}

// pay splits a settlement: fund = hifp + hifes, the rest account and cash.
func (v *visit) pay(s *settlement) {
	share := int64(50)
	worker := s.insutype == "310"
	switch {
	case v.family || v.noFund || s.in <= 0:
		share = 0
	case v.inpatient():
		share = 90 - 2*int64(v.inst.level)
		s.dedc = claim.Money([4]int64{0, 15_000, 35_000, 70_000}[v.inst.level])
		if !worker {
			share = 86 - 5*int64(v.inst.level)
		}
	case v.dise != "":
		share = 75
		if !worker {
			share = 65
		}
	case worker:
		share = 60
	case v.inst.level >= 2:
		share = 30
	}
	if v.slip.hasDedc {
		s.dedc = v.slip.dedc
	}
	if s.dedc > s.in {
		s.dedc = s.in / 2
	}
	s.fund = claim.Money(claim.MulDiv(int64(s.in-s.dedc), share, 100))
	s.hifp = s.fund
	if s.in > 4_000_000 {
		s.hifes = s.fund / 10
		s.hifp -= s.hifes
	}
	s.hifmi = min(v.slip.hifmi, s.hifp)
	s.hifp -= s.hifmi
	rest := s.fee - s.fund
	switch {
	case v.family:
		s.mulaid = rest
	case worker && !v.inpatient():
		s.acct = min(rest, max(0, rest-s.full))
		if v.inst.pharmacy() && s.fund > 0 { // what is left of a dear drug is more than the account holds
			s.acct = min(s.acct, 190_000)
		}
	}
	s.cash = rest - s.acct - s.mulaid
}

// reverse takes back settlement k with negative money and negative lines, as its own settlement at the time.
func (v *visit) reverse(k int, when claim.Time, nameless bool) {
	o := v.setls[k]
	s := o
	s.at, s.refunds, s.nameless = when, k+1, nameless
	for _, m := range []*claim.Money{&s.fee, &s.full, &s.over, &s.pre, &s.in, &s.dedc, &s.fund, &s.acct, &s.mulaid, &s.cash, &s.hifp, &s.hifes, &s.hifmi} {
		*m = -*m
	}
	v.setls = append(v.setls, s)
	for i := range v.lines {
		if l := v.lines[i]; l.setl == k {
			l.negate()
			l.mishap = asItIs
			l.setl, l.tag, l.generated = len(v.setls)-1, 0, true
			v.lines = append(v.lines, l)
		}
	}
}

// resettle bills the lines of settlement k again, as a settlement of its own.
func (v *visit) resettle(k int, when claim.Time) {
	s := v.setls[k]
	s.at = when
	v.setls = append(v.setls, s)
	for i := range v.lines {
		if l := v.lines[i]; l.setl == k {
			l.mishap = asItIs
			l.setl, l.tag, l.generated = len(v.setls)-1, 0, true
			v.lines = append(v.lines, l)
		}
	}
}

func (l *line) negate() {
	l.cnt, l.det, l.full, l.over, l.pre, l.in = -l.cnt, -l.det, -l.full, -l.over, -l.pre, -l.in
}
