package synth

import (
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// labValue writes one laboratory result of the visit.
func (s *scene) labValue(v *visit, name, value, unit, ref string, t claim.Time) {
	code := ""
	if it := s.named("肾功能全套"); it != nil {
		code = it.Code
	}
	v.later = append(v.later, func(o *blockOut, v *visit) {
		r := o.small("lab")
		r.str(v.inst.code)
		r.str(v.no())
		r.str("LV" + v.no())
		r.str(v.p.no(v.day()))
		r.str(code)
		r.str("1")
		r.str("LV")
		r.str(name)
		r.str(value)
		r.str(unit)
		r.str(ref)
		r.time(t)
		r.time(addSec(t, 5400))
		r.end()
	})
}

// written adds a medical document to the visit.
func (s *scene) written(v *visit, kind string, t claim.Time) {
	v.later = append(v.later, func(o *blockOut, v *visit) {
		r := o.small("record")
		r.str(v.inst.code)
		r.str(v.no())
		r.str("W" + v.no())
		r.str(kind)
		r.time(t)
		r.str(v.doc.code)
		r.none()
		r.end()
	})
}

// reportOf writes the report of an examination that the visit billed.
func (s *scene) reportOf(v *visit, it *item, t claim.Time) {
	s.reported(v, report{it: it, asked: addSec(t, -1800), done: t, out: addSec(t, 3600), k: 9})
}

// orders writes one medical order of the visit, its ninth; n < 0 leaves its quantity open.
func (s *scene) orders(v *visit, code, name string, from claim.Time, n int) {
	v.later = append(v.later, func(o *blockOut, v *visit) {
		r := o.small("medorder")
		r.str(v.inst.code)
		r.str(v.no())
		r.str(v.no() + "Y009")
		r.str(v.p.no(v.day()))
		r.str("2")
		r.str(code)
		r.str(name)
		r.time(from)
		r.none()
		if n < 0 {
			r.none()
		} else {
			r.int(n)
		}
		r.str(v.doc.code)
		r.end()
	})
}

// inICU writes the time in intensive care.
func (s *scene) inICU(v *visit, from, to claim.Time) {
	v.later = append(v.later, func(o *blockOut, v *visit) {
		r := o.small("icu")
		r.str(v.no())
		r.str("W09")
		r.str("R01")
		r.str("B01")
		r.str(v.dept.code)
		r.time(from)
		r.time(to)
		r.end()
	})
}

// operated adds an operation record to the visit. It names no surgeon: chance would have one operate twice at a time.
func (v *visit) operated(code, name, side string, t claim.Time) {
	v.opers = append(v.opers, operation{code: code, name: name, side: side, incision: "1", anaesthesia: "02", begin: t, end: addSec(t, 3600), doc: &doctor{}})
}

// without takes the lines off the visit that the test names.
func (v *visit) without(drop func(*line) bool) {
	kept := v.lines[:0]
	for _, ln := range v.lines {
		if !drop(&ln) {
			kept = append(kept, ln)
		}
	}
	v.lines = kept
}

// expert lets the highest title of the department see the patient: some drugs ask for one.
func (v *visit) expert() {
	for k := range v.dept.doctors {
		if d := &v.dept.doctors[k]; d.title < v.doc.title {
			v.doc = d
		}
	}
	for i := range v.lines {
		v.lines[i].doc = v.doc
	}
}

// unequipped: neither a device nor a registered speciality is asked for.
func (it *item) unequipped() bool { return !it.has("B018", 's') && !it.has("B027", 's') }

// supports tells whether a diagnosis of the visit is in the set.
func (v *visit) supports(set string) bool {
	for _, d := range v.diags {
		if inSet(d, set) {
			return true
		}
	}
	return false
}

// remembered are the diseases known for a year.
const remembered = "C00-C97|D00-D09|E10-E14|I10-I15|I20-I25|I60-I69|J44|J45|K74|M05|M06|N18|B18|F20|G20|G40"

// lasting gives the first diagnosis of a set that is remembered, "" when there is none.
func lasting(set string) string {
	for _, p := range strings.Split(set, "|") {
		if code := firstOf(p); inSet(code, remembered) {
			return code
		}
	}
	return ""
}
