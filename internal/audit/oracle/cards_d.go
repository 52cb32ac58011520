package oracle

import (
	"slices"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// D001 单次超量: beyond the point's quantity on one prescription (or day, without a number).
func (j *judge) d001() {
	lines := keep(j.charged("D001"), func(l *line) bool { return l.is("list_type", "101") })
	for _, u := range groups(lines, func(l *line) string {
		if l.row["rxno"] != "" {
			return l.row["mdtrt_id"] + "|rx|" + l.row["rxno"] + "|" + l.code
		}
		return l.row["mdtrt_id"] + "|day|" + l.day.String() + "|" + l.code
	}) {
		unit := ""
		limit, ok := j.least("D001", u[0], func(pt knowledge.Point) (claim.Qty, bool) {
			unit = pt.Unit
			return pt.Limit, pt.Limit.Has()
		})
		if ok {
			j.report("D001", 2, j.boxesBeyond(u, limit, unit), u...)
		}
	}
}

// boxesBeyond are the lines after a limit in the unit it is given in; only what whole packs are over counts.
func (j *judge) boxesBeyond(lines []*line, limit claim.Qty, unit string) (out []part) {
	sum := claim.Qty(0)
	counted := map[*line]claim.Qty{}
	for _, l := range lines {
		if n, ok := j.counted(l, unit); ok {
			counted[l], sum = n, sum+n
		}
	}
	over := (sum - limit) / claim.QtyOne * claim.QtyOne
	for _, l := range slices.Backward(lines) {
		if n := min(counted[l], over); n > 0 {
			out, over = append(out, part{l, l.portion(int64(n), int64(counted[l]))}), over-n
		}
	}
	slices.Reverse(out)
	return out
}

// refills are the lines that hand out drugs for use at home, with known days of supply.
func (j *judge) refills(card string) []*line {
	return keep(j.charged(card), func(l *line) bool {
		_, ok := j.days(l)
		return ok && l.visit.medType() != "" && (!l.visit.inpatient() || l.is("dscg_tkdrug_flag", "1"))
	})
}

func sameWay(a, b *line) bool {
	x, y := a.row["medc_way"], b.row["medc_way"]
	return x == "" || y == "" || x == y
}

// balance is the person's stock in days when the line comes, before and after it, and the refill before it (D002).
func (j *judge) balance(card string, l *line, refills []*line, ward bool) (before, after int64, last *line) {
	for _, e := range refills { // in line order
		back := int(l.day - e.day)
		if cmpLine(e, l) > 0 || j.generic(e) != j.generic(l) || !sameWay(e, l) || back >= j.int(card, "window_d") {
			continue
		}
		if last != nil {
			after -= int64(e.day - last.day)
			if ward {
				after += j.inHospital(last.day, e.day)
			}
			after = max(0, after)
		}
		before = after
		days, _ := j.days(e)
		after += days
		if e == l {
			return before, after, last
		}
		last = e
	}
	return before, after, last
}

// inHospital counts the civil days d with from ≤ d < to that the person spent in hospital (days in, not the day out).
func (j *judge) inHospital(from, to claim.Day) (n int64) {
	for d := from; d < to; d++ {
		if slices.ContainsFunc(j.p.stays, func(s *stay) bool { return s.adm <= d && (d < s.dis || d == s.adm) }) {
			n++
		}
	}
	return n
}

// D002 周期累计超量, H001 慢特病超常量, and D003 提前开药 where neither holds.
func (j *judge) d002() {
	refills := j.refills("D002")
	for _, l := range refills {
		of := "D002"
		if l.visit.chronic() {
			of = "H001"
		}
		limit := j.param(of, "over_d", 0) + j.param(of, "buffer_d", 0)
		_, after, last := j.balance(of, l, refills, true)
		days, _ := j.days(l)
		if n := j.packs(l, days, min(days, after-limit)); n > 0 {
			card := "D002"
			if l.visit.chronic() {
				card = "H001"
			}
			j.report(card, 2, []part{{l, l.share(n)}})
			continue
		}
		before, _, _ := j.balance("D002", l, refills, false)
		if last != nil && j.tooEarly(l, last, before, days) {
			j.line("D003", 2, l)
		}
	}
}

func (j *judge) tooEarly(l, last *line, before, days int64) bool {
	remain := j.param("D003", "remain_d", 0)
	if l.visit.chronic() || l.visit.has(chronicSet) {
		remain = j.param("D003", "chronic_d", 0)
	}
	changed := func(col string) bool {
		return l.row[col] != "" && last.row[col] != "" && l.row[col] != last.row[col]
	}
	return before > remain && last.day != l.day && !changed("sin_dos") && !changed("used_frqu") &&
		days <= j.param("D003", "long_d", 0) && !j.firstAfterDischarge(l)
}

// firstAfterDischarge: the first visit that is no stay, within 7 days of a discharge.
func (j *judge) firstAfterDischarge(l *line) bool {
	for _, s := range j.p.stays {
		since := int(l.day - s.dis)
		if s.open || since < 0 || since > j.int("D003", "discharge_d") {
			continue
		}
		earlier := slices.ContainsFunc(j.p.visits, func(v *visit) bool {
			return v != l.visit && !v.inpatient() && v.beg.Day() >= s.dis && cmpVisit(v, l.visit) < 0
		})
		if !earlier && l.visit.beg.Has() && !l.visit.inpatient() {
			return true
		}
	}
	return false
}

const solvents = "氯化钠注射液|葡萄糖注射液|葡萄糖氯化钠|灭菌注射用水"

// D004 同机构同日重复开药: another department of the day prescribes the same drug, together more than A028 allows.
func (j *judge) d004() {
	lines := keep(j.charged("D004"), func(l *line) bool {
		_, ok := j.days(l)
		return ok && l.visit.medType() != "" && !l.visit.inpatient() && l.row["bilg_dept_codg"] != "" && !hasAny(j.generic(l), solvents)
	})
	for _, u := range groups(lines, func(l *line) string { return l.inst + "|" + l.day.String() + "|" + j.generic(l) }) {
		for _, l := range u {
			same := keep(u, func(e *line) bool { return sameWay(e, l) })
			if same[0].row["bilg_dept_codg"] == l.row["bilg_dept_codg"] {
				continue
			}
			sum := int64(0)
			for _, e := range same {
				days, _ := j.days(e)
				sum += days
			}
			if sum > j.outpatientLimit(l.visit) {
				j.line("D004", 2, l, same[0])
			}
		}
	}
}

// D005 跨机构短期重复.
func (j *judge) d005() {
	lines := keep(j.charged("D005"), func(l *line) bool {
		return j.supplied(l) && l.visit.medType() != "" && !l.visit.inpatient() && !l.is("dscg_tkdrug_flag", "1")
	})
	for i, l := range lines {
		for _, e := range slices.Backward(lines[:i]) {
			if int(l.day-e.day) >= j.int("D005", "window_d") {
				break
			}
			if e.inst != l.inst && j.generic(e) == j.generic(l) && !j.continued(e, l) {
				j.line("D005", 2, l, e)
				break
			}
		}
	}
}

// continued: the earlier supply was short, urgent, the same prescription, referred, or a dual-channel drug.
func (j *judge) continued(e, l *line) bool {
	days, known := j.days(e)
	sameNo := func(col string) bool { return l.row[col] != "" && l.row[col] == e.row[col] }
	referred := func(v *visit) bool { return v.row["refl_from"] != "" || v.row["refl_to"] != "" }
	return (known && days <= j.param("D005", "short_d", 0)) || e.visit.emergency() || l.visit.emergency() ||
		sameNo("rxno") || sameNo("hi_rxno") || referred(e.visit) || referred(l.visit) ||
		e.is("hi_nego_drug_flag", "1") || l.is("hi_nego_drug_flag", "1")
}
