package oracle

import (
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// pointOf is the rule's first live point on the line's item.
func (j *judge) pointOf(rule string, l *line) (knowledge.Point, bool) {
	if pts := j.of(rule, l); len(pts) > 0 {
		return pts[0], true
	}
	return knowledge.Point{}, false
}

// B006 床位费超天数.
func (j *judge) b006() {
	for _, s := range j.p.stays {
		icu, ward := map[claim.Day]bool{}, map[claim.Day]bool{}
		beds := keep(j.stayLines("B006", s), func(l *line) bool {
			pt, ok := j.pointOf("B006", l)
			if !ok || pt.Params.Extra {
				return false
			}
			if pt.Params.ICU {
				icu[l.day] = true
			} else {
				ward[l.day] = true
			}
			return true
		})
		allowed := j.bedDays("B006", s)
		for d := range icu {
			if ward[d] {
				allowed++
			}
		}
		j.report("B006", opened(1, s), beyond(beds, claim.Qty(allowed)*claim.QtyOne), beds...)
	}
}

// bedDays are the days of a stay as an area counts them.
func (j *judge) bedDays(card string, s *stay) int {
	if j.text(card, "head_tail") == "头尾都算" {
		return s.los() + 1
	}
	return s.los()
}

// B007 护理费超天数: the lower of two levels on a day, and what is left beyond the days of the stay.
func (j *judge) b007() {
	for _, s := range j.p.stays {
		rank := map[*line]claim.Qty{}
		best := map[claim.Day]claim.Qty{}
		care := keep(j.stayLines("B007", s), func(l *line) bool {
			pt, ok := j.pointOf("B007", l)
			if !ok || !pt.Limit.Has() {
				return false
			}
			rank[l] = pt.Limit
			if b, seen := best[l.day]; !seen || pt.Limit < b {
				best[l.day] = pt.Limit
			}
			return true
		})
		lower := keep(care, func(l *line) bool { return j.text("B007", "same_day") == "true" && rank[l] > best[l.day] })
		left := keep(care, func(l *line) bool { return !contains(lower, l) })
		parts := append(whole(lower), beyond(left, claim.Qty(j.bedDays("B007", s))*claim.QtyOne)...)
		j.report("B007", opened(2, s), parts, care...)
	}
}

func contains(ls []*line, l *line) bool {
	for _, x := range ls {
		if x == l {
			return true
		}
	}
	return false
}

// B008 诊查费超天数.
func (j *judge) b008() {
	for _, s := range j.p.stays {
		rounds := keep(j.stayLines("B008", s), func(l *line) bool { return len(j.of("B008", l)) > 0 })
		j.report("B008", opened(2, s), beyond(rounds, claim.Qty(j.bedDays("B008", s))*claim.QtyOne), rounds...)
	}
}

// B010 时长超在院.
func (j *judge) b010() {
	for _, s := range j.p.stays {
		hours := int64(s.los()+1) * 24
		if !s.begin.DayOnly() && !s.till.DayOnly() {
			const hour = 3_600_000_000
			hours = (s.till.Clock()-s.begin.Clock()+hour-1)/hour + j.param("B010", "extra_h", 0)
		}
		for _, u := range groups(j.stayLines("B010", s), func(l *line) string { return l.code }) {
			pt, ok := j.pointOf("B010", u[0])
			priced := j.pricedIn(u[0])
			if ok && oneOf(unitName(pt.Unit), "", "小时") && oneOf(priced, "", "小时") {
				j.report("B010", opened(1, s), beyond(u, claim.Qty(hours)*claim.QtyOne), u...)
			}
		}
	}
}

// B011 手术折价.
func (j *judge) b011() {
	lines := keep(j.charged("B011"), func(l *line) bool { return len(j.of("B011", l)) > 0 })
	for _, u := range groups(lines, func(l *line) string {
		pt, _ := j.pointOf("B011", l)
		return l.row["mdtrt_id"] + "|" + l.day.String() + "|" + l.row["incision_no"] + "|" + pt.Params.Group
	}) {
		items, limited := map[string]bool{}, true
		for _, l := range u {
			items[l.code] = true
			_, ok := j.basePrice(l)
			limited = limited && ok
		}
		severity := 1
		if !limited {
			severity = 2
		}
		pt, _ := j.pointOf("B011", u[0])
		if len(items) >= 2 && !j.twoOperations(u[0].row["mdtrt_id"], u[0].day) {
			j.discount("B011", severity, u, pt.Params.Second)
		}
	}
}

// twoOperations tells of two operations of the visit on a day, counted as E004 counts them.
func (j *judge) twoOperations(mdtrt string, day claim.Day) bool {
	return apartCount(keepRows(j.c.where("operation", "mdtrt_id", mdtrt), func(r row) bool { return operationDay(r) == day })) >= 2
}

// B012 检查折价.
func (j *judge) b012() {
	lines := keep(j.charged("B012"), func(l *line) bool { return len(j.of("B012", l)) > 0 })
	for _, u := range groups(lines, func(l *line) string {
		pt, _ := j.pointOf("B012", l)
		return l.row["mdtrt_id"] + "|" + l.day.String() + "|" + pt.Params.Group
	}) {
		several := len(u) >= 2 || total(u) >= 2*claim.QtyOne
		named := len(keep(u, func(l *line) bool { return l.row["body_part"] != "" })) == len(u)
		pt, _ := j.pointOf("B012", u[0])
		if several && (!named || distinct(u, "body_part") >= 2) {
			j.discount("B012", 2, u, pt.Params.Second)
		}
	}
}

// B013 分解收费: all the parts and not the whole, dearer than the whole.
func (j *judge) b013() {
	for _, u := range groups(j.charged("B013"), func(l *line) string { return l.row["mdtrt_id"] + "|" + l.day.String() }) {
		for _, pt := range j.subjects("B013", u[0]) {
			price := j.ceiling(pt.Subject, u[0])
			if !price.Has() {
				if !pt.Limit.Has() {
					continue
				}
				price = claim.Price(pt.Limit) * 100
			}
			children := keep(u, func(l *line) bool { return oneOf(l.code, pt.Params.Children...) })
			found := map[string]bool{}
			for _, l := range children {
				found[l.code] = true
			}
			mainToo := len(keep(u, func(l *line) bool { return l.code == pt.Subject })) > 0
			over := amount(children) - claim.Money(claim.MulDiv(int64(price), 1, 10_000))
			if mainToo || len(found) == 0 || len(found) < countDistinct(pt.Params.Children) || over <= 0 {
				continue
			}
			var parts []part
			for i := len(children) - 1; i >= 0; i-- {
				parts, over = charge(parts, children[i], over)
			}
			j.report("B013", 2, parts)
		}
	}
}

func countDistinct(list []string) int {
	seen := map[string]bool{}
	for _, s := range list {
		seen[s] = true
	}
	return len(seen)
}

// subjects are the rule's live points, on any subject, in the circumstances of the line.
func (j *judge) subjects(rule string, l *line) []knowledge.Point {
	var out []knowledge.Point
	for code := range j.byRule[rule] {
		at := l.circumstances()
		if rule == "H002" {
			at.own = j.c.personRow(l.row["psn_no"], l.day)["insu_admdvs"]
		}
		out = append(out, j.points(rule, code, at)...)
	}
	return out
}

// B014 分解处方.
func (j *judge) b014() {
	drugs := keep(j.charged("B014"), func(l *line) bool {
		return l.is("list_type", "101") && l.row["rxno"] != "" && l.row["bilg_dr_codg"] != "" && l.visit.main != "" &&
			l.visit.medType() != "" && !l.visit.inpatient()
	})
	for _, u := range groups(drugs, func(l *line) string {
		return l.day.String() + "|" + l.inst + "|" + l.row["bilg_dr_codg"] + "|" + first3(bare(l.visit.main))
	}) {
		narcotic, scripts, names := map[string]bool{}, map[string]bool{}, map[string]bool{}
		for _, l := range u {
			if j.catalogue(l).is("narc_flag", "1") {
				narcotic[l.row["rxno"]] = true
			}
		}
		u = keep(u, func(l *line) bool { return !narcotic[l.row["rxno"]] })
		for _, l := range u {
			scripts[l.row["rxno"]] = true
			names[j.generic(l)] = true
		}
		per := j.int("B014", "drugs_per_rx")
		lawful := (len(names) + per - 1) / per
		if len(scripts) >= j.int("B014", "min_rx") && len(scripts) > lawful &&
			money(u) > claim.Money(j.param("B014", "amount_limit", 2)) {
			j.visit("B014", 3, u[len(u)-1].visit, 0)
		}
	}
}

// B029 暂停/终止资格.
func (j *judge) b029() {
	for _, l := range j.charged("B029") {
		doctor := l.row["bilg_dr_codg"]
		if doctor == "" {
			doctor = l.row["orders_dr_code"]
		}
		for _, r := range j.c.where("credential", "prac_psn_code", doctor) {
			barred := r.is("stas", "3") || (r.is("stas", "2") && !l.visit.rescue())
			if doctor != "" && barred && r.covers(l.day, "begndate", "enddate") {
				j.line("B029", 1, l)
				break
			}
		}
	}
}

// B030 协议中止/解除.
func (j *judge) b030() {
	for _, s := range j.p.setls {
		for _, r := range j.c.where("agreement", "fixmedins_code", s.row["fixmedins_code"]) {
			if oneOf(r["stas"], "2", "3") && r.covers(s.at.Day(), "begndate", "enddate") {
				j.settlement("B030", 1, s, j.settled(s))
				break
			}
		}
	}
}

// settled is the in-scope money of a settlement's lines.
func (j *judge) settled(s *setl) claim.Money {
	return money(keep(j.p.lines, func(l *line) bool { return l.setl == s }))
}
