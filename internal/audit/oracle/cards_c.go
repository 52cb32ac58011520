package oracle

import (
	"cmp"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// C002 短期重复大型检查.
func (j *judge) c002() {
	lawful := map[string][]*line{} // by kind and part, for one at fault is nobody's former one
	for _, l := range j.charged("C002") {
		said, seen := false, map[string]bool{}
		for _, pt := range j.of("C002", l) {
			k := pt.Params.Group + "|" + bodyPart(pt, l)
			if seen[k] {
				continue
			}
			seen[k] = true
			e := j.lastExam(pt, l, lawful[k])
			if e == nil {
				lawful[k] = append(lawful[k], l)
				continue
			}
			severity := 2
			if e.inst != l.inst {
				severity = 3
			}
			if !said {
				said = true
				j.line("C002", severity, l, e)
			}
		}
	}
}

// lastExam is the latest earlier exam of the same kind and part that the line repeats too soon; nil when lawful.
func (j *judge) lastExam(pt knowledge.Point, l *line, before []*line) *line {
	window := pt.WindowD
	if window <= 0 {
		switch {
		case strings.HasPrefix(pt.Params.Group, "CT"):
			window = j.int("C002", "ct_d")
		case strings.HasPrefix(pt.Params.Group, "MR"):
			window = j.int("C002", "mri_d")
		}
	}
	v := l.visit
	if bodyPart(pt, l) == "" || v.has("I60-I62") || v.rescue() || len(j.c.where("icu", "mdtrt_id", v.id)) > 0 ||
		(v.emergency() && v.trauma()) {
		return nil
	}
	for _, e := range slices.Backward(before) {
		if (e.day == l.day && e.row["mdtrt_id"] == l.row["mdtrt_id"]) || !j.sameExam(pt, l, e) {
			continue
		}
		if int(l.day-e.day) < window && !j.operatedBetween(e.day, l.day) {
			return e
		}
		return nil
	}
	return nil
}

func bodyPart(pt knowledge.Point, l *line) string {
	if pt.Params.Part != "" {
		return pt.Params.Part
	}
	return l.row["body_part"]
}

func (j *judge) sameExam(pt knowledge.Point, l, e *line) bool {
	for _, other := range j.of("C002", e) {
		if other.Params.Group == pt.Params.Group && bodyPart(other, e) == bodyPart(pt, l) {
			return true
		}
	}
	return false
}

// dosing is one drug of a class over the days it was given: one line out of hospital, a whole stay in it.
type dosing struct {
	class, name string
	from, to    claim.Day
	first       *line
	where       string
}

// C009 同类药叠加.
func (j *judge) c009() {
	all := j.dosings()
	slices.SortStableFunc(all, func(a, b dosing) int { return cmp.Or(cmp.Compare(a.from, b.from), cmpLine(a.first, b.first)) })
	said := map[string]bool{}
	for i, b := range all {
		for _, a := range all[:i] {
			overlap := int(min(a.to, b.to)-max(a.from, b.from)) + 1
			if a.class != b.class || a.name == b.name || overlap <= j.int("C009", "overlap_d") || j.stopped(a, b.from) {
				continue
			}
			if k := b.first.row["mdtrt_id"] + "|" + b.first.sn; !said[k] {
				said[k] = true
				j.line("C009", 2, b.first, a.first)
			}
		}
	}
}

func (j *judge) dosings() []dosing {
	var out []dosing
	inside := map[string]int{}
	for _, l := range j.charged("C009") {
		for _, pt := range j.of("C009", l) {
			d := dosing{class: pt.Params.Group, name: j.generic(l), from: l.day, to: l.day, first: l, where: l.container()}
			if l.visit.inpatient() && !l.is("dscg_tkdrug_flag", "1") {
				k := d.class + "|" + d.name + "|" + d.where
				if i, ok := inside[k]; ok {
					out[i].to = max(out[i].to, l.day)
					continue
				}
				inside[k] = len(out)
			} else {
				days, ok := j.days(l)
				if !ok {
					continue
				}
				d.to = l.day + claim.Day(days) - 1
			}
			out = append(out, d)
		}
	}
	return out
}

// stopped tells whether, by the day the latter drug began, an order for the former one was stopped: one of the visit
// where it was given, or one anywhere that was stopped since it was first given.
func (j *judge) stopped(a dosing, day claim.Day) bool {
	orders := j.c.ofPerson("medorder", j.p) // its visit may not have come
	for v := range j.ownVisits() {
		orders = append(orders, j.c.where("medorder", "mdtrt_id", v)...)
	}
	return slices.ContainsFunc(orders, func(r row) bool {
		stop := r.time("drord_stop_date").Day()
		counts := stop.Has() && stop <= day && (stop >= a.from || r.is("mdtrt_id", a.first.row["mdtrt_id"]))
		return counts && j.genericOf(r["hilist_code"], r["fixmedins_code"], day) == a.name
	})
}

// C022 生育前 180 天放射.
func (j *judge) c022() {
	births := j.births()
	for _, l := range j.charged("C022") {
		v := l.visit
		if len(j.of("C022", l)) == 0 || v.rescue() || (v.emergency() && v.trauma()) {
			continue
		}
		for _, b := range births {
			before := int(b - l.day)
			delivery := v.stay != nil && v.stay.adm <= b && b <= v.stay.dis
			if before >= 1 && before <= j.int("C022", "window_d") && !delivery {
				j.line("C022", 2, l)
				break
			}
		}
	}
}

// births are the days of delivery: of the birth table, else the admissions of in-patient visits with O80–O84.
func (j *judge) births() []claim.Day {
	var out []claim.Day
	for _, r := range j.c.ofPerson("birth", j.p) {
		out = append(out, r.time("birth_time").Day())
	}
	if len(out) > 0 {
		return out
	}
	for _, v := range j.p.visits {
		if v.inpatient() && v.has("O80-O84") {
			out = append(out, v.beg.Day())
		}
	}
	return out
}

// C024 年龄与项目/诊断不合理.
func (j *judge) c024() {
	for _, l := range j.charged("C024") {
		age, ok := j.c.ageOn(l.row["psn_no"], l.day)
		if ok && !l.visit.newborn() && j.anyPoint("C024", l, func(pt knowledge.Point) bool { return outOfAge(pt, age) }) {
			j.line("C024", 2, l)
		}
	}
	for _, v := range j.p.visits {
		age, ok := j.c.ageOn(v.row["psn_no"], v.beg.Day())
		if ok && !v.newborn() && j.strangeDiagnosis(v, age) {
			severity := 2
			if age < 2 {
				severity = 3
			}
			j.visit("C024", severity, v, 0)
		}
	}
}

func outOfAge(pt knowledge.Point, age int) bool {
	return (pt.AgeMin >= 0 && age < pt.AgeMin) || (pt.AgeMax >= 0 && age > pt.AgeMax)
}

func (j *judge) strangeDiagnosis(v *visit, age int) bool {
	for subject := range j.byRule["C024"] {
		if !strings.HasPrefix(subject, "diag:") {
			continue
		}
		for _, pt := range j.points("C024", subject, v.circumstances()) {
			for _, d := range v.diags {
				if inSet(d, pt.DiagSet) && outOfAge(pt, age) && !(v.pregnancy() && inSet(d, "P00-P96")) {
					return true
				}
			}
		}
	}
	return false
}
