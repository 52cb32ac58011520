package synth

import (
	"github.com/mingjian/mingjian/internal/claim"
)

// Rows of other tables that stand beside a visit or a person.

// icuRow says that the patient lay in intensive care.
func (v *visit) icuRow(from, to claim.Time) {
	v.later = append(v.later, func(o *blockOut, v *visit) {
		r := o.small("icu")
		r.str(v.no())
		r.str("ICU")
		r.str("R01")
		r.str("B01")
		r.str(v.dept.code)
		r.time(from)
		r.time(to)
		r.end()
	})
}

// recordRow writes a medical record of a type.
func (v *visit) recordRow(kind string, t claim.Time) {
	n := len(v.later)
	v.later = append(v.later, func(o *blockOut, v *visit) {
		r := o.small("record")
		r.str(v.inst.code)
		r.str(v.no())
		r.str("W" + v.no() + itoa(n))
		r.str(kind)
		r.time(t)
		r.str(v.doc.code)
		r.none()
		r.end()
	})
}

// consentRow writes a form that the patient signed on admission.
func (v *visit) consentRow(kind string) {
	v.later = append(v.later, func(o *blockOut, v *visit) {
		r := o.small("consent")
		r.str(v.no())
		r.str(kind)
		r.time(addSec(v.begin, 1800))
		r.end()
	})
}

// labRow writes one result; code and name may each be missing.
func (v *visit) labRow(code, name string, sample, report claim.Time) {
	n := len(v.later)
	v.later = append(v.later, func(o *blockOut, v *visit) {
		r := o.small("lab")
		r.str(v.inst.code)
		r.str(v.no())
		r.str("L" + v.no() + itoa(n))
		r.str(v.p.no(v.day()))
		r.str(code)
		r.str("1")
		r.str("L" + itoa(n))
		r.str(name)
		r.none()
		r.none()
		r.none()
		r.time(sample)
		r.time(report)
		r.end()
	})
}

// examRow writes the report of an examination.
func (v *visit) examRow(code, name string, done, report claim.Time) {
	n := len(v.later)
	v.later = append(v.later, func(o *blockOut, v *visit) {
		r := o.small("exam")
		r.str(v.inst.code)
		r.str(v.no())
		r.str("E" + v.no() + itoa(n))
		r.str(v.p.no(v.day()))
		r.str(code)
		r.str(name)
		r.none()
		r.time(done)
		r.time(done)
		r.time(report)
		r.none()
		r.end()
	})
}

// orderRow writes a medical order; kind is 1 standing or 2 once, stop may be NoTime.
func (v *visit) orderRow(o *blockOut, number, kind, code, name string, begin, stop claim.Time, cnt claim.Qty) {
	r := o.small("medorder")
	r.str(v.inst.code)
	r.str(v.no())
	r.str(number)
	r.str(v.p.no(v.day()))
	r.str(kind)
	r.str(code)
	r.str(name)
	r.time(begin)
	r.time(stop)
	r.qty(cnt)
	r.str(v.doc.code)
	r.end()
}

// personEvent writes a row of the tables of events that are keyed by person: accident, work_injury.
func (s *scene) personEvent(table string, from, to claim.Day, source, memo string) {
	p, d := s.p, s.d
	s.events = append(s.events, func(o *blockOut) {
		r := o.small(table)
		r.str(p.no(d))
		r.str(p.cert)
		r.time(at(from, 8*3600))
		if to.Has() {
			r.time(at(to, 18*3600))
		} else {
			r.none()
		}
		r.str(source)
		r.str(memo)
		r.end()
	})
}

// former is an ordinary visit so many days before the scene: it shows that the person's care is known from then on.
func (s *scene) former(days int) *visit { return s.clinicVisit(s.county(), -days, "A03", "K52.900") }

// oneFrom books the first of some items that can stand on the visit beside everything else.
func (s *scene) oneFrom(codes []string, v *visit, except ...string) *line {
	for i := range codes {
		it := s.ix.byCode[codes[(s.n+i)%len(codes)]]
		if it != nil && s.harmless(it, v, except...) {
			return s.book(v, it)
		}
	}
	return nil
}
