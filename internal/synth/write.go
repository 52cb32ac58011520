package synth

import (
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// blockOut collects the rows of one block of persons.
type blockOut struct {
	months [][4]row // by month of the window, by monthly table
	smalls map[string]*row
	heads  map[string]string // of tables that come ready as CSV
	stats  Stats
	totals map[clearing]*clearingSum
	city   *city
}

type clearing struct {
	inst  *institution
	month int
	ins   string
	kind  string
}

type clearingSum struct {
	n         int
	fee, fund claim.Money
}

// small returns the row of a small table, counting it.
func (o *blockOut) small(table string) *row {
	r := o.smalls[table]
	if r == nil {
		r = &row{}
		o.smalls[table] = r
	}
	o.stats.Rows[table]++
	return r
}

// month index of a day, clipped to the window.
func (o *blockOut) month(d claim.Day) int {
	return min(max(0, int(d.Month()-o.city.firstMonth)), len(o.months)-1)
}

// visitNo writes the number of a visit: person and running number.
func (v *visit) appendNo(b []byte) []byte {
	return appendPad(appendPad(append(b, 'M'), v.p.n, 8), v.seq, 4)
}

func (v *visit) no() string { return string(v.appendNo(nil)) }

func (v *visit) appendSetl(b []byte, k int) []byte {
	return append(appendPad(appendPad(append(b, 'S'), v.p.n, 8), v.seq, 4), byte('0'+k))
}

func (v *visit) appendLine(b []byte, sn int) []byte {
	return appendPad(appendPad(append(b, v.p.appendShort(nil)...), v.seq, 3), sn, 4)
}

func (p *person) appendShort(b []byte) []byte { return appendPad(b, p.n, 8) }

// put writes a closed visit with all that hangs on it.
func (o *blockOut) put(v *visit) {
	m := len(o.months) - 1
	if len(v.setls) > 0 {
		m = o.month(v.setls[0].at.Day())
	}
	if v.wrongDiag != "" {
		right := v.diags[0]
		v.diags[0] = v.wrongDiag
		o.visitRow(&o.months[m][tabVisit], v, 1800)
		v.diags[0] = right
	}
	o.visitRow(&o.months[m][tabVisit], v, 3600)
	o.diagRows(&o.months[m][tabDiagnosis], v)
	for k := range v.setls {
		o.setlRow(&o.months[o.month(v.setls[k].at.Day())][tabSettlement], v, k)
	}
	for i := range v.lines {
		l := &v.lines[i]
		lm := m
		if l.setl >= 0 {
			lm = o.month(v.setls[l.setl].at.Day())
		}
		r := &o.months[lm][tabFee]
		switch l.mishap {
		case resent:
			o.feeRow(r, v, l, 5400)
		case corrected:
			wrong := *l
			wrong.cnt += claim.QtyOne
			wrong.tally()
			o.feeRow(r, v, &wrong, 1800)
		case revoked:
			valid := *l
			valid.void = false
			o.feeRow(r, v, &valid, 1800)
		}
		o.feeRow(r, v, l, 5400)
	}
	for k := range v.opers {
		o.operRow(v, k)
	}
	for _, f := range v.later {
		f(o, v)
	}
	o.stats.Visits++
	if v.inpatient() {
		o.stats.Stays++
	}
}

func (o *blockOut) visitRow(r *row, v *visit, updated int) {
	o.stats.Rows["visit"]++
	in := v.inpatient()
	r.b = append(v.appendNo(r.b), ',')
	r.b = append(v.p.appendNo(r.b, v.day()), ',')
	r.str(v.inst.code)
	r.str(v.insutype)
	r.str(v.p.psnType)
	r.str(v.med)
	r.time(v.stamp(v.begin))
	r.time(v.stamp(v.end))
	r.str(v.ipt)
	r.str(v.adm)
	r.time(v.obs)
	r.str(v.dept.code)
	r.str(v.dept.name)
	out := v.out
	if out == nil {
		out = v.dept
	}
	if in && !v.end.Has() {
		r.none()
		r.none()
	} else {
		r.str(out.code)
		r.str(out.name)
	}
	r.str(v.doc.code)
	if in && v.p.n%7 != 0 { // some wards leave the bed number empty
		r.str("B" + itoa(1+(v.p.n*31+v.seq)%max(1, v.inst.beds)))
	} else {
		r.none()
	}
	r.str(v.way)
	if len(v.diags) > 0 {
		r.str(v.diags[0])
		r.str(o.city.ix.names[v.diags[0]])
	} else {
		r.none()
		r.none()
	}
	r.str(v.dise)
	r.str(v.matn)
	if v.fetus > 0 {
		r.int(v.fetus)
	} else {
		r.none()
	}
	r.flag(v.newborn)
	r.str(v.mom)
	r.flag(v.er)
	r.flag(v.rescue)
	r.flag(v.daySurg)
	r.flag(v.preIpt)
	r.flag(v.planned)
	r.str(v.mode)
	r.str(v.from)
	r.str(v.to)
	r.str(v.agent)
	r.mark(v.thirdParty || v.slip.thirdParty)
	r.str(v.insured())
	r.str("1")
	r.time(addSec(claim.Time(int64(v.day()+1)*microsOfDay), updated))
	r.end()
}

// insured is the area the visit is paid from.
func (v *visit) insured() string {
	switch {
	case v.slip.area != "":
		return v.slip.area
	case v.p.insured != "":
		return v.p.insured
	}
	return areaCounty
}

func (v *visit) setlType() string {
	if v.byCentre {
		return "1"
	}
	if v.slip.kind != "" {
		return v.slip.kind
	}
	return "2" // on line; 1 is the bureau's counter
}

// stamp is a visit time as its institution writes it.
func (v *visit) stamp(t claim.Time) claim.Time {
	if (v.roughly || (v.inst.dateOnly && !v.keep)) && t.Has() {
		return t.Day().Start()
	}
	return t
}

func (o *blockOut) diagRows(r *row, v *visit) {
	for k, code := range v.diags {
		o.stats.Rows["diagnosis"]++
		r.b = append(v.appendNo(r.b), ',')
		r.str("1")
		if v.inpatient() {
			r.str("2")
		} else {
			r.str("1")
		}
		r.flag(k == 0)
		r.int(k + 1)
		r.str(code)
		r.str(o.city.ix.names[code])
		r.str(v.dept.code)
		if v.found != 0 && k == len(v.diags)-1 {
			r.time(v.found)
		} else {
			r.time(v.begin)
		}
		r.end()
	}
}

func (o *blockOut) setlRow(r *row, v *visit, k int) {
	s := &v.setls[k]
	o.stats.Settlements++
	o.stats.Rows["settlement"]++
	r.b = append(v.appendSetl(r.b, k), ',')
	r.b = append(v.appendNo(r.b), ',')
	r.b = append(v.p.appendNo(r.b, v.day()), ',')
	r.str(v.inst.code)
	r.str(s.insutype)
	r.str(v.p.psnType)
	r.str(v.med)
	r.time(s.at)
	r.day(s.from)
	r.day(s.to)
	r.flag(s.mid)
	r.str(v.setlType())
	r.str(s.payMode)
	r.money(s.fee)
	r.money(s.full)
	r.money(s.over)
	r.money(s.pre)
	r.money(s.in)
	r.money(s.dedc)
	r.money(s.hifp)
	r.money(s.hifes)
	r.money(s.hifmi)
	r.money(s.fund)
	r.money(0)
	r.money(s.fee - s.fund)
	r.money(s.acct)
	r.money(s.mulaid)
	r.money(s.cash)
	r.flag(s.refunds > 0)
	switch {
	case s.refunds > 0 && !s.nameless:
		r.b = append(v.appendSetl(r.b, s.refunds-1), ',')
	case s.again > 0:
		r.b = append(v.appendSetl(r.b, s.again-1), ',')
	default:
		r.none()
	}
	r.str(v.slip.invoice)
	kind := "11"
	if v.inpatient() {
		kind = "21"
	}
	r.str(kind)
	r.str("1")
	r.str(areaCounty)
	mo := s.at.Day().Month()
	r.str(strings.Replace(mo.String(), "-", "", 1))
	r.flag(mo+1 < o.city.opt.End)
	r.str(v.terminal())
	r.str(v.slip.opter)
	r.str(s.card)
	r.str(v.slip.face)
	r.str(v.insured())
	r.str("1")
	r.time(addSec(s.at, 30))
	r.end()
	if m := s.at.Day().Month(); m < o.city.firstMonth || m > o.city.opt.End {
		return // what was settled outside the window is in no month's total
	}
	key := clearing{v.inst, o.month(s.at.Day()), s.insutype, kind}
	t := o.totals[key]
	if t == nil {
		t = &clearingSum{}
		o.totals[key] = t
	}
	t.n++
	t.fee += s.fee
	t.fund += s.fund
}

// feeRow writes a line in the code shape of its institution.
func (o *blockOut) feeRow(r *row, v *visit, l *line, updated int) {
	o.stats.Lines++
	it := l.it
	r.b = append(v.appendLine(r.b, l.sn), ',')
	r.b = append(v.appendNo(r.b), ',')
	if l.setl >= 0 {
		r.b = v.appendSetl(r.b, l.setl)
	}
	r.b = append(r.b, ',')
	r.b = append(v.p.appendNo(r.b, v.day()), ',')
	r.str(v.inst.code)
	if l.dayOnly {
		r.day(l.at.Day())
	} else {
		r.time(l.at)
	}
	r.str(it.list)
	r.b = append(r.b, it.Code...)
	switch {
	case v.inst.codeShape == 1:
		r.b = append(r.b, v.inst.suffix...)
	case v.inst.codeShape == 2 && it.n%5 == 0:
		r.b = append(r.b[:len(r.b)-len(it.Code)], it.local...)
	}
	r.b = append(r.b, ',')
	r.str(it.Name)
	r.str(it.local)
	r.str(it.ChargeType)
	r.b = append(r.b, '0', it.level, ',')
	r.qty(l.cnt)
	if l.parts {
		r.str(it.PrepUnit)
	} else {
		r.str(it.Unit)
	}
	r.price(l.price)
	r.money(l.det)
	if it.level == '2' {
		r.str("0.1")
	} else {
		r.str("0")
	}
	r.money(l.full)
	r.money(l.over)
	r.money(l.pre)
	if v.inst.noInscp {
		r.none()
	} else {
		r.money(l.in)
	}
	if l.rx > 0 {
		r.b = appendPad(append(v.appendNo(r.b), 'R'), l.rx, 2)
	}
	r.str(l.rxNo)
	r.str(l.hiRx)
	if l.rxFlag > 0 {
		r.b = append(r.b, l.rxFlag)
	}
	r.b = append(r.b, ',')
	r.mark(l.circulated)
	if l.order > 0 {
		r.b = appendPad(append(v.appendNo(r.b), 'Y'), l.order, 3)
	}
	r.b = append(r.b, ',')
	r.str(l.group)
	if l.dose > 0 {
		r.qty(l.dose)
		r.str(it.PrepUnit)
		r.str(l.freq)
	} else {
		r.b = append(r.b, ",,,"...)
	}
	if l.days > 0 {
		r.int(l.days)
	} else {
		r.none()
	}
	if l.way != "" {
		r.str(l.way)
	} else {
		r.str(it.MedcWay)
	}
	if l.herbs > 0 {
		r.int(l.herbs)
	} else {
		r.none()
	}
	r.mark(l.approved)
	r.flag(l.take)
	r.mark(l.sentOut)
	r.flag(l.matn)
	r.flag(l.nego)
	r.str(l.part)
	r.str(l.side)
	r.str(l.incise)
	r.str(it.Dosform)
	r.str(l.dept.code)
	r.str(l.dept.name)
	if l.unsigned {
		r.none()
	} else {
		r.str(l.doc.code)
	}
	if l.exec != "" {
		r.str(l.exec)
	} else {
		r.str(l.dept.code)
	}
	r.str(l.doc.code)
	if l.refund > 0 {
		r.b = v.appendLine(r.b, l.refund)
	}
	r.b = append(r.b, ',')
	r.time(l.uploaded(v))
	r.str(l.code)
	r.mark(l.parts)
	r.flag(!l.void)
	r.time(addSec(l.at, updated))
	r.str(l.ownName)
	r.end()
	o.stats.Rows["fee"]++
}

func (o *blockOut) operRow(v *visit, k int) {
	p := &v.opers[k]
	r := o.small("operation")
	r.b = append(v.appendNo(r.b), ',')
	r.int(k + 1)
	r.str(p.code)
	r.str(p.name)
	r.flag(k == 0)
	r.str(p.incision)
	r.str(p.side)
	r.time(p.begin)
	r.time(p.end)
	r.str(p.anaesthesia)
	r.str(p.doc.code)
	r.end()
}
