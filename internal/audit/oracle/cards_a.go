package oracle

import (
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// anyPoint tells whether a live point of the rule on the line's item satisfies bad.
func (j *judge) anyPoint(rule string, l *line, bad func(knowledge.Point) bool) bool {
	for _, pt := range j.of(rule, l) {
		if bad(pt) {
			return true
		}
	}
	return false
}

func (j *judge) wrongSex(rule string, l *line) bool {
	sex := j.c.sexOn(l.row["psn_no"], l.day)
	return sex != "" && !l.visit.newborn() && !l.visit.has("Q56|F64") && j.anyPoint(rule, l, func(pt knowledge.Point) bool {
		return pt.Sex != "" && pt.Sex != sex && (!pt.Params.Fetal || !l.visit.pregnancy())
	})
}

// A001 药品限性别.
func (j *judge) a001() {
	for _, l := range j.charged("A001") {
		endocrine := inSet(l.code, "XL02") || inSet(j.catalogue(l)["atc"], "L02")
		if j.c.sexOn(l.row["psn_no"], l.day) == "男" && l.visit.has("C50") && endocrine {
			continue
		}
		if j.wrongSex("A001", l) {
			j.line("A001", 1, l)
		}
	}
}

// A002 项目限性别.
func (j *judge) a002() {
	for _, l := range j.charged("A002") {
		severity := 1
		if l.visit.has("N46|N97|Z31") {
			severity = 2
		}
		if j.wrongSex("A002", l) {
			j.line("A002", severity, l)
		}
	}
}

// A003 药品儿童专用.
func (j *judge) a003() {
	for _, l := range j.charged("A003") {
		age, ok := j.c.ageOn(l.row["psn_no"], l.day)
		if ok && l.fundPaid() && !l.setl.familyAccount() && j.anyPoint("A003", l, func(pt knowledge.Point) bool {
			return age >= j.int("A003", "max_age_y") && !l.visit.has(pt.DiagSet)
		}) {
			j.line("A003", 1, l)
		}
	}
}

// A004 药品限儿童.
func (j *judge) a004() {
	for _, l := range j.charged("A004") {
		age, ok := j.c.ageOn(l.row["psn_no"], l.day)
		if ok && l.fundPaid() && !l.setl.familyAccount() && j.anyPoint("A004", l, func(pt knowledge.Point) bool {
			limit := pt.AgeMax
			if limit < 0 {
				limit = j.int("A004", "age_max")
			}
			return age > limit && !l.visit.has(pt.DiagSet)
		}) {
			j.line("A004", 1, l)
		}
	}
}

// A005 项目儿童专用.
func (j *judge) a005() {
	for _, l := range j.charged("A005") {
		age, known := j.c.ageOn(l.row["psn_no"], l.day)
		lived, _ := j.c.lifeDays(l.row["psn_no"], l.day)
		atAdmission, _ := j.c.lifeDays(l.row["psn_no"], l.visit.beg.Day())
		premature := l.visit.inpatient() && l.visit.beg.Has() && atAdmission <= j.int("A005", "newborn_d") && l.visit.has("P07")
		if known && !l.visit.newborn() && !premature && j.anyPoint("A005", l, func(pt knowledge.Point) bool {
			return len(split(pt.Allow)) > 0 && !j.childAllowed(pt.Allow, age, lived)
		}) {
			j.line("A005", 2, l)
		}
	}
}

func (j *judge) childAllowed(allow string, age, lived int) bool {
	for _, who := range split(allow) {
		switch {
		case who == "新生儿" && lived <= j.int("A005", "newborn_d"),
			who == "婴幼儿" && age < j.int("A005", "infant_y"),
			who == "儿童" && age < j.int("A005", "child_y"):
			return true
		}
	}
	return false
}

// A006 药品限成人.
func (j *judge) a006() {
	for _, l := range j.charged("A006") {
		age, ok := j.c.ageOn(l.row["psn_no"], l.day)
		severity := 0
		for _, pt := range j.of("A006", l) {
			limit := pt.AgeMin
			if limit < 0 {
				limit = j.int("A006", "age_min")
			}
			switch {
			case !ok || age >= limit:
			case oneOf("禁用", split(pt.Allow)...):
				severity = 2
			case oneOf("未确立", split(pt.Allow)...) && severity == 0:
				severity = 3
			}
		}
		if severity > 0 {
			j.report("A006", severity, []part{{l, 0}})
		}
	}
}

// A007 限工伤保险.
func (j *judge) a007() {
	for _, l := range j.charged("A007") {
		ins := j.c.insurance(l)
		if ins == "" || len(j.of("A007", l)) == 0 || oneOf(ins, split(j.text("A007", "insutype_allow"))...) {
			continue
		}
		injured := false
		for _, r := range j.c.events("work_injury", j.p) {
			injured = injured || r.covers(l.day, "begntime", "endtime")
		}
		if !injured {
			j.line("A007", 2, l)
		}
	}
}

// A008 限生育保险.
func (j *judge) a008() {
	for _, l := range j.charged("A008") {
		ins := j.c.insurance(l)
		lawful := ins == "510" || l.visit.maternity() || l.is("matn_fee_flag", "1") || inSet(l.visit.main, "O00-O99|Z34-Z39")
		if ins != "" && !lawful && len(j.of("A008", l)) > 0 {
			j.line("A008", 2, l)
		}
	}
}

// prescriptions are the person's prescriptions that the line was dispensed on.
func (j *judge) prescriptions(l *line) []row {
	var out []row
	for _, r := range j.c.ofPerson("prescription", j.p) {
		if (l.row["hi_rxno"] != "" && r.is("hi_rxno", l.row["hi_rxno"])) || (l.row["rxno"] != "" && r.is("rxno", l.row["rxno"])) {
			out = append(out, r)
		}
	}
	return out
}

// A009 药品限机构级别; a pharmacy stands at the level of the hospital that prescribed.
func (j *judge) a009() {
	for _, l := range j.charged("A009") {
		level := j.c.level(l.inst, l.day)
		if j.c.pharmacy(l.inst, l.day) {
			level = 0
			for _, r := range j.prescriptions(l) {
				level = max(level, j.c.level(r["fixmedins_code"], l.day))
			}
		}
		if level > 0 && j.anyPoint("A009", l, func(pt knowledge.Point) bool { return below(level, pt.Limit) }) {
			j.line("A009", 1, l)
		}
	}
}

func below(level int, limit claim.Qty) bool {
	return limit.Has() && claim.Qty(level)*claim.QtyOne < limit
}

// A010 项目限机构级别/类别.
func (j *judge) a010() {
	for _, l := range j.charged("A010") {
		level, cate := j.c.level(l.inst, l.day), j.c.instRow(l.inst, l.day)["medins_cate"]
		if j.anyPoint("A010", l, func(pt knowledge.Point) bool {
			allow := split(pt.Allow)
			return (level > 0 && below(level, pt.Limit)) || (len(allow) > 0 && cate != "" && !oneOf(cate, allow...))
		}) {
			j.line("A010", 2, l)
		}
	}
}

// A011 药品限就医方式.
func (j *judge) a011() { j.visitMode("A011") }

// A012 项目限就医方式.
func (j *judge) a012() { j.visitMode("A012") }

func (j *judge) visitMode(rule string) {
	for _, l := range j.charged(rule) {
		if l.visit.medType() != "" && j.anyPoint(rule, l, func(pt knowledge.Point) bool {
			return len(split(pt.Allow)) > 0 && modeAllowed(l.visit, "住院|急诊|抢救|门诊|生育") && !modeAllowed(l.visit, pt.Allow)
		}) {
			j.line(rule, 2, l)
		}
	}
}

func modeAllowed(v *visit, allow string) bool {
	for _, mode := range split(allow) {
		switch {
		case mode == "住院" && (v.inpatient() || v.daySurgery()),
			mode == "急诊" && v.emergency(),
			mode == "抢救" && v.rescue(),
			mode == "门诊" && (v.outpatient() || v.chronic() || v.buying()),
			mode == "生育" && v.maternity():
			return true
		}
	}
	return false
}
