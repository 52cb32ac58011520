package rule

import (
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// Kind TIME over the day book: a surgeon at two tables, two patients in a bed, a doctor who lies in hospital.
func init() {
	register("TIME", "surgeon", func(p *params, c *Card) (any, error) {
		return surgeon{int64(p.int("overlap_min", 30)) * 60 * secondMicros}, nil
	})
	register("TIME", "bed", func(p *params, c *Card) (any, error) {
		return bedTwice{max: p.int("max", 1), least: int64(p.num("overlap_h", 4) * hourMicros), extra: strings.Split(p.str("extra_bed", "加|临|+"), "|")}, nil
	})
	register("TIME", "doctor_inpatient", func(p *params, c *Card) (any, error) { return doctorInpatient{}, nil })
}

// known tells whether a judgement of the finding's month alone would see an earlier visit too.
func known(of, begun, other claim.Month) bool {
	return of == 0 || (begun >= of-BookMonths && other >= of-BookMonths && other <= of)
}

// surgeon: two operations of one surgeon, on two persons, that run at the same time.
type surgeon struct{ least int64 }

func (surgeon) rows() BookRows { return BookOps }

func (a surgeon) book(k *Book, c *compiled) {
	rows := k.surgery
	for i := range rows {
		s := &rows[i]
		for j := i - 1; j >= 0 && rows[j].doctor == s.doctor && s.from.Clock()-rows[j].from.Clock() < dayMicros; j-- {
			o := &rows[j]
			both := min(s.to.Clock(), o.to.Clock()) - s.from.Clock()
			if o.pers == s.pers || both < a.least || !known(s.month, s.begun, o.begun) {
				continue
			}
			k.markVisit(c, s.visit, key("visits", o.mdtrt, s.mdtrt), Fact{"实际", "术者 " + k.b.ds[claim.DictPrac].String(s.doctor)},
				fact("量", "重叠%d分钟", both/(60*secondMicros)), Fact{"日期", s.from.String() + " 至 " + s.to.String()},
				Fact{"另一台手术", o.mdtrt + " " + k.b.ds[claim.DictInst].String(o.inst) + " " + o.from.String() + " 至 " + o.to.String()})
			break
		}
	}
}

// bedTwice: more patients in a bed at a time than it holds. Extra beds are told by their numbers.
type bedTwice struct {
	max   int
	least int64
	extra []string
}

func (bedTwice) rows() BookRows { return BookBeds }

func (a bedTwice) book(k *Book, c *compiled) {
	rows := k.beds
	told := map[uint64]bool{}
	for lo := 0; lo < len(rows); {
		hi := lo
		for hi < len(rows) && rows[hi].inst == rows[lo].inst && rows[hi].bed == rows[lo].bed {
			hi++
		}
		if hi-lo > a.max && !a.isExtra(rows[lo].bed) {
			for i := lo; i < hi; i++ {
				a.judge(k, c, rows[lo:i+1], told)
			}
		}
		lo = hi
	}
}

func (a bedTwice) isExtra(bed string) bool {
	no := bed[strings.LastIndexByte(bed, '\x1f')+1:]
	for _, x := range a.extra {
		if x != "" && strings.Contains(no, x) {
			return true
		}
	}
	return false
}

// judge looks at who already lay in the bed when the last of the rows began. A visit is at fault once.
func (a bedTwice) judge(k *Book, c *compiled, rows []bedRow, told map[uint64]bool) {
	s := &rows[len(rows)-1]
	if told[s.visit] {
		return
	}
	n, first := 1, (*bedRow)(nil)
	var most int64
	seen := map[int32]bool{s.pers: true}
	for i := range rows[:len(rows)-1] {
		o := &rows[i]
		both := min(s.to.Clock(), o.to.Clock()) - s.from.Clock()
		if s.from.DayOnly() || o.to.DayOnly() || s.to.DayOnly() { // the boundary day says nothing
			both = (min(s.to.Day(), o.to.Day()).Start().Clock() - (s.from.Day() + 1).Start().Clock())
		}
		if seen[o.pers] || both <= a.least || !known(s.month, s.begun, o.begun) {
			continue
		}
		seen[o.pers] = true
		if n++; first == nil {
			first = o
		}
		most = max(most, both)
	}
	if n <= a.max || first == nil {
		return
	}
	told[s.visit] = true
	k.markVisit(c, s.visit, key("visits", first.mdtrt, s.mdtrt), Fact{"项目", strings.Trim(strings.ReplaceAll(s.bed, "\x1f", "-"), "-")}, fact("量", "%d人", n),
		fact("实际", "重叠%d小时", most/hourMicros), Fact{"日期", s.from.String() + " 至 " + s.to.String()},
		Fact{"另一就诊", first.mdtrt + " " + first.from.String() + " 至 " + first.to.String()})
}

// doctorInpatient: a doctor who lies in hospital takes in or orders for others. What is billed day by day under the name of
// the attending doctor says nothing, so of in-patients only those admitted meanwhile count.
type doctorInpatient struct{}

func (doctorInpatient) rows() BookRows { return BookDoctors }

// book leaves the stays gathered, which person looks up.
func (doctorInpatient) book(k *Book, c *compiled) {
	if !k.b.Ref.HasPractitionerCerts() {
		k.skip(c, 0, "人员备案没有证件号", 1)
	}
}

func (a doctorInpatient) person(e *Eval, c *compiled) {
	stays := e.b.book.doctor
	if len(stays) == 0 {
		return
	}
	visit := int32(-1)
	var doctor int32
	for i := range e.t.Lines {
		l := &e.t.Lines[i]
		if l.Doctor == 0 || l.Visit < 0 || !e.inRange(l.Month) || len(stays[l.Doctor]) == 0 || (l.Visit == visit && l.Doctor == doctor) {
			continue
		}
		v := &e.t.Visits[l.Visit]
		day := l.Time.Day()
		if v.Setting&claim.Inpatient != 0 {
			day = v.Begin.Day()
		}
		s := a.stayOn(stays[l.Doctor], e.t.Pers, day, v.Month)
		if s == nil || e.exempt(c, l.Visit) || e.unfitInst(c, l.Inst) || a.told(e, c, l.Visit, l.Doctor) {
			continue
		}
		visit, doctor = l.Visit, l.Doctor
		code := e.b.ds[claim.DictPrac].String(l.Doctor)
		e.hitVisit(c, l.Visit, a.unit(e, l.Visit, l.Doctor), nil, Fact{"实际", "医师 " + code}, Fact{"日期", day.String()},
			Fact{"医师住院", s.mdtrt + " " + s.in.String() + " 至 " + s.out.String()}, Fact{"项目", e.itemName(l)})
	}
}

func (doctorInpatient) unit(e *Eval, vi, doctor int32) string {
	return key("visit", e.t.MdtrtID(&e.t.Visits[vi]), e.b.ds[claim.DictPrac].String(doctor))
}

func (a doctorInpatient) told(e *Eval, c *compiled, vi, doctor int32) bool {
	unit := a.unit(e, vi, doctor)
	for i := range e.hits {
		if e.hits[i].CardIdx == c.idx && e.hits[i].Unit == unit {
			return true
		}
	}
	return false
}

func (doctorInpatient) stayOn(stays []doctorStay, patient int32, day claim.Day, month claim.Month) *doctorStay {
	for i := range stays {
		if s := &stays[i]; s.pers != patient && s.covers(day) && (month == 0 || s.in.Month() >= month-BookMonths) {
			return s
		}
	}
	return nil
}
