package oracle

import (
	"slices"

	"github.com/mingjian/mingjian/internal/claim"
)

// inside tells of a row whose days hold d strictly, with some more left off at both ends.
func insideRow(r row, d, grace claim.Day) bool {
	b, e := r.time("begntime").Day(), r.time("endtime").Day()
	return b.Has() && d > b+grace && (!e.Has() || d < e-grace)
}

// I002 在押, I003 出境.
func (j *judge) i002() {
	j.away("I002", "custody", 0, false)
}

func (j *judge) i003() { j.away("I003", "exit_entry", claim.Day(j.int("I003", "grace_d")), true) }

func (j *judge) away(card, table string, grace claim.Day, inpatients bool) {
	rows := j.c.events(table, j.p)
	for _, v := range j.p.visits {
		if v.medType() == "" || (v.inpatient() && !inpatients) || j.c.lacks(card, v.inst) {
			continue
		}
		severity := 0
		var at []*line
		for _, l := range v.lines {
			if l.inscope <= 0 || l.setl == nil || !l.fundPaid() || j.exempted(card, v, l.setl) {
				continue
			}
			best := 0
			for _, r := range rows {
				if !insideRow(r, l.day, grace) || (table == "custody" && hasAny(r["memo"], "监外|保外|取保|社区矫正|监视居住")) {
					continue
				}
				open := !r.time("endtime").Has()
				if open && table == "exit_entry" && slices.ContainsFunc(rows, func(o row) bool { return o.time("begntime").Clock() > r.time("begntime").Clock() }) {
					continue
				}
				if !open {
					best = 2
				} else if best == 0 {
					best = 3
				}
			}
			if best > 0 {
				at = append(at, l)
				if severity == 0 || best < severity {
					severity = best
				}
			}
		}
		if severity > 0 {
			j.visit(card, severity, v, money(at))
		}
	}
}

// I004 人脸.
func (j *judge) i004() {
	for _, s := range j.settlements("I004") {
		score := s.qty("face_score")
		if !score.Has() || s.fund <= 0 {
			continue
		}
		limit := claim.Qty(j.param("I004", "score", 4))
		if score > claim.QtyOne {
			limit *= 100
		}
		switch {
		case score <= 0:
			j.settlement("I004", 3, s, j.settled(s))
		case score < limit:
			j.settlement("I004", 2, s, j.settled(s))
		}
	}
}

// I011 待遇状态.
func (j *judge) i011() {
	for _, s := range j.settlements("I011") {
		v := j.visitOfSetl(s)
		if v == nil || s.fund <= 0 || !v.beg.Has() {
			continue
		}
		bad, good := false, false
		for _, r := range j.c.where("benefit", "psn_no", s.row["psn_no"]) {
			a, b := r.covers(v.beg.Day(), "begndate", "enddate"), r.covers(s.at.Day(), "begndate", "enddate")
			bad = bad || (oneOf(r["stas"], "2", "3") && a && b)
			good = good || (r.is("stas", "1") && (a || b))
		}
		if bad && !good {
			j.settlement("I011", 1, s, j.settled(s))
		}
	}
}

// ownScheme is the insurance a settlement or its visit wrote; "" when neither did or they contradict each other.
func (j *judge) ownScheme(s *setl) string {
	a, b := s.row["insutype"], ""
	if v := j.visitOfSetl(s); v != nil {
		b = v.row["insutype"]
	}
	if a != "" && b != "" && a != b {
		return ""
	}
	return firstOf(a, b)
}

// sameBill tells whether two settlements are one and the same cost.
func (j *judge) sameBill(a, b *setl) bool {
	if a.row["fixmedins_code"] != b.row["fixmedins_code"] {
		return false
	}
	if a.row["invono"] != "" && b.row["invono"] != "" {
		return a.row["invono"] == b.row["invono"]
	}
	af, at := j.spanOf(a)
	bf, bt := j.spanOf(b)
	return af.Has() && at.Has() && af == bf && at == bt && a.money("medfee_sumamt") == b.money("medfee_sumamt")
}

// spanOf are the days of a settlement, its visit's where it does not say.
func (j *judge) spanOf(s *setl) (from, to claim.Day) {
	from, to = s.day("begndate"), s.day("enddate")
	defer func() { from, to = orDay(from, s.at.Day()), max(to, orDay(from, s.at.Day())) }()
	if v := j.visitOfSetl(s); v != nil {
		if !from.Has() {
			from = v.beg.Day()
		}
		if !to.Has() && v.end.Has() {
			to = v.end.Day()
		}
	}
	return from, to
}

func orDay(d, otherwise claim.Day) claim.Day {
	if d.Has() {
		return d
	}
	return otherwise
}

// I012 重复参保.
func (j *judge) i012() {
	all := j.settlements("I012")
	for i, b := range all {
		for _, a := range all[:i] {
			x, y := j.ownScheme(a), j.ownScheme(b)
			if !oneOf(x, "310", "390") || !oneOf(y, "310", "390") || a.fund <= 0 || b.fund <= 0 {
				continue
			}
			from, to := whichCity(j.insuredArea(a)), whichCity(j.insuredArea(b))
			cities := from != "" && to != "" && from != to
			af, at := j.spanOf(a)
			bf, bt := j.spanOf(b)
			overlap := int(min(at, bt)-max(af, bf)) - 1
			abed := af.Has() && at.Has() && bf.Has() && bt.Has() && j.inpatientSetl(a) && j.inpatientSetl(b) &&
				a.row["fixmedins_code"] != b.row["fixmedins_code"] && x != y && overlap >= j.int("I012", "overlap")
			if (j.sameBill(a, b) && (x != y || cities)) || abed {
				j.settlement("I012", 1, b, j.settled(b))
				break
			}
		}
	}
}

// X009 一人多地同险待遇.
func (j *judge) x009() {
	all := j.settlements("X009")
	for i, b := range all {
		for _, a := range all[:i] {
			x, y := whichCity(j.insuredArea(a)), whichCity(j.insuredArea(b))
			af, at := j.spanOf(a)
			bf, bt := j.spanOf(b)
			if x == "" || y == "" || x == y || a.fund <= 0 || b.fund <= 0 || !af.Has() || !at.Has() || !bf.Has() || !bt.Has() || j.sameBill(a, b) {
				continue
			}
			overlap := int(min(at, bt)-max(af, bf)) + 1
			if overlap < j.int("X009", "overlap_d") {
				continue
			}
			if d := max(af, bf); overlap == 1 && j.moved(x, y, d, b) {
				continue
			}
			j.settlement("X009", 1, b, j.settled(b))
			break
		}
	}
}

func later(a, b *setl) bool {
	return a.at.Clock() > b.at.Clock() || (a.at.Clock() == b.at.Clock() && a.id > b.id)
}

// moved tells whether the person may have moved on the day from being insured in one city to another: until then, as far
// as the settlement, nothing of the other, and from then on nothing of the one.
func (j *judge) moved(from, to string, d claim.Day, until *setl) bool {
	for _, s := range j.p.setls {
		b, e := j.spanOf(s)
		c := whichCity(j.insuredArea(s))
		if !later(s, until) && ((c == from && e > d) || (c == to && b < d)) {
			return false
		}
	}
	return true
}

// X007 异地就医异常.
func (j *judge) x007() {
	counts, sums, said := map[string]map[string]bool{}, map[string]claim.Money{}, map[string]bool{}
	for _, v := range j.p.visits {
		if !paid(v) || j.exempted("X007", v, nil) || v.row["refl_from"] != "" || v.row["refl_to"] != "" || j.filedElsewhere(v.beg.Day()) {
			continue
		}
		p := j.c.personRow(v.row["psn_no"], v.beg.Day())
		home := whichCity(j.insuredArea(v.setls[0]))
		care := whichCity(j.c.instRow(v.inst, v.beg.Day())["admdvs"])
		if home == "" || care == "" || care == home || care == whichCity(p["addr_admdvs"]) {
			continue
		}
		year := v.beg.Day().String()[:4]
		if counts[year] == nil {
			counts[year] = map[string]bool{}
		}
		counts[year][v.beg.Day().String()+v.inst] = true
		for _, s := range v.setls {
			sums[year] += s.money("medfee_sumamt").Or(0)
		}
		if len(counts[year]) >= j.int("X007", "n") && sums[year] > claim.Money(j.param("X007", "amt", 2)) && !said[year] {
			said[year] = true
			j.visit("X007", 2, v, 0)
		}
	}
}

// X008 异地备案与本地同期结算.
func (j *judge) x008() {
	seen, counts := map[string]bool{}, map[claim.Month]int{}
	for _, v := range j.p.visits {
		d := v.beg.Day()
		if v.medType() == "" || v.inpatient() || !paid(v) || j.exempted("X008", v, nil) {
			continue
		}
		home := whichCity(j.insuredArea(v.setls[0]))
		if whichCity(j.c.instRow(v.inst, d)["admdvs"]) != home || home == "" {
			continue
		}
		away := slices.ContainsFunc(j.c.ofPerson("remote_filing", j.p), func(r row) bool {
			b, e := r.day("begndate"), r.day("enddate")
			return !hasAny(r["filing_type"], "转诊|临时|急诊") && whichCity(r["mdtrtarea_admdvs"]) != home && b < d && (!e.Has() || d < e)
		})
		k := d.String() + v.inst
		if !away || seen[k] {
			continue
		}
		seen[k] = true
		counts[d.Month()]++
		if counts[d.Month()] == j.int("X008", "n") {
			j.visit("X008", 3, v, 0)
		}
	}
}

// X012 起付线规避.
func (j *judge) x012() {
	counts := map[string]int{}
	for i, b := range j.p.stays {
		if b.open || j.exemptStay("X012", b) || j.c.lacks("X012", b.inst) {
			continue
		}
		level := j.c.level(b.inst, b.adm)
		moved := slices.ContainsFunc(j.p.stays[:i], func(a *stay) bool {
			g := gap(a, b)
			from := j.c.level(a.inst, a.adm)
			return !a.open && g >= 0 && g <= j.int("X012", "gap_d") && from > 0 && from != level && a.inst != b.inst
		})
		if level == 0 || !moved {
			continue
		}
		sum, known := claim.Money(0), false
		for _, v := range b.visits {
			for _, s := range v.setls {
				if m := s.money("act_pay_dedc"); m.Has() {
					sum, known = sum+m, true
				}
			}
		}
		standard := claim.Money(j.param("X012", "dedc"+string(rune('0'+level)), 2))
		if !known || sum >= standard {
			continue
		}
		year := b.adm.String()[:4]
		counts[year]++
		if counts[year] == j.int("X012", "n") {
			j.stay("X012", 3, b)
		}
	}
}

// L005 采样.
func (j *judge) l005() {
	h := j.param("L005", "tolerance_h", 0)
	for _, v := range j.p.visits {
		if v.medType() == "" || j.exempted("L005", v, nil) || j.c.lacks("L005", v.inst) {
			continue
		}
		if slices.ContainsFunc(j.c.where("lab", "mdtrt_id", v.id), func(r row) bool {
			t := r.time("sapl_time")
			if !t.Has() {
				return false
			}
			if v.stay != nil {
				return longBefore(t, v.beginning(), h) || (v.end.Has() && longBefore(v.end, t, h))
			}
			over := max(v.beg.Day(), v.end.Day()) // a visit may run over several days
			return v.beg.Has() && (t.Day() < v.beg.Day() || int(t.Day()-over) > j.int("L005", "later_d"))
		}) {
			j.visit("L005", 2, v, 0)
		}
	}
}

// L010 补录结算超限.
func (j *judge) l010() {
	for _, s := range j.settlements("L010") {
		v := j.visitOfSetl(s)
		if v == nil || !v.inpatient() || !v.end.Has() || s.is("setl_type", "1") || s.row["init_setl_id"] != "" || v.is("ttp_resp", "1") {
			continue
		}
		harmed := slices.ContainsFunc(j.c.events("accident", j.p), func(r row) bool {
			b, e := r.time("begntime").Day(), r.time("endtime").Day()
			return b <= v.beg.Day() && (!e.Has() || e >= v.beg.Day())
		})
		if int(s.at.Day()-v.end.Day()) > j.int("L010", "d") && !harmed {
			j.settlement("L010", 3, s, 0)
		}
	}
}

// L011 病历书写时限.
func (j *judge) l011() {
	for _, v := range j.p.visits {
		if !v.inpatient() || j.exempted("L011", v, nil) || j.c.lacks("L011", v.inst) {
			continue
		}
		earliest := func(code, words string) claim.Time {
			first := claim.NoTime
			for _, r := range j.c.where("record", "mdtrt_id", v.id) {
				t := r.time("doc_time")
				if (r.is("doc_type", code) || hasAny(r["doc_type"], words)) && t.Has() && (!first.Has() || t.Clock() < first.Clock()) {
					first = t
				}
			}
			return first
		}
		late := false
		short := v.end.Has() && v.end.Clock()-v.beg.Clock() < 24*hour
		if t := earliest("1", "入院记录"); t.Has() && longBefore(v.beg, t, j.param("L011", "admission_h", 0)) {
			late = !short
		}
		if t := earliest("2", "首次病程"); t.Has() && longBefore(v.beg, t, j.param("L011", "course_h", 0)) {
			late = true
		}
		ops := j.c.where("operation", "mdtrt_id", v.id)
		if t := earliest("3", "手术记录"); t.Has() && len(ops) == 1 {
			end := ops[0].time("oprn_oprt_endtime")
			late = late || (end.Has() && longBefore(end, t, j.param("L011", "operation_h", 0)))
		}
		if late {
			j.visit("L011", 3, v, 0)
		}
	}
}

// L012 转院间隔异常.
func (j *judge) l012() {
	h := j.param("L012", "h", 0)
	for i, b := range j.p.stays {
		if j.exemptStay("L012", b) {
			continue
		}
		for k, a := range j.p.stays {
			if k == i || a.open || b.begin.Clock() < a.begin.Clock() || !a.left("2", "3") || a.inst == b.inst || j.exemptStay("L012", a) {
				continue
			}
			to := a.last().row["refl_to"]
			named := to == b.inst || (to == "" && b.first().is("refl_from", a.inst))
			between := slices.ContainsFunc(j.p.stays, func(o *stay) bool {
				return o != a && o != b && o.begin.Clock() > a.begin.Clock() && o.begin.Clock() < b.begin.Clock()
			})
			g := gap(a, b)
			apart := g
			if apart < 0 {
				apart = -apart
			}
			if !named || between || apart > j.int("L012", "related_d") {
				continue
			}
			if longBefore(a.till, b.first().beg, h) || b.adm < a.dis {
				j.stay("L012", opened(3, b), b)
				break
			}
		}
	}
}
