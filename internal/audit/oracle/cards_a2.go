package oracle

import (
	"slices"
	"strconv"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

const longIllness = "C00-C97|D00-D09|E10-E14|I10-I15|I20-I25|I60-I69|J44|J45|K74|M05|M06|N18|B18|F20|G20|G40"

// A013 药品限适应症.
func (j *judge) a013() {
	for _, l := range j.charged("A013") {
		if len(j.of("A013", l)) == 0 {
			continue
		}
		own := append([]string{}, l.visit.diags...)
		if j.pharmacyLine(l) {
			for _, r := range j.prescriptions(l) {
				if r["diag_code"] != "" {
					own = append(own, r["diag_code"])
				}
			}
		}
		if len(own) == 0 && l.visit.row["dise_codg"] == "" {
			continue
		}
		all := append(append([]string{}, own...), l.visit.row["dise_codg"])
		for _, v := range j.p.visits {
			ago := int(l.day - v.beg.Day())
			for _, d := range v.diags {
				if v != l.visit && ago >= 0 && ago < j.int("A013", "lookback_d") && inSet(d, longIllness) {
					all = append(all, d)
				}
			}
		}
		for _, op := range j.c.where("operation", "mdtrt_id", l.row["mdtrt_id"]) {
			all = append(all, op["oprn_oprt_code"])
		}
		severity := 2
		if j.pending(l, own) {
			severity = 3
		}
		if j.anyPoint("A013", l, func(pt knowledge.Point) bool { return pt.DiagSet != "" && !anyInSet(all, pt.DiagSet) }) {
			j.line("A013", severity, l)
		}
	}
}

// pending: only symptoms so far, and no more than 48 hours since it began.
func (j *judge) pending(l *line, diags []string) bool {
	for _, d := range diags {
		if !inSet(d, "R") {
			return false
		}
	}
	if !l.visit.beg.Has() {
		return false
	}
	hours := j.param("A013", "first_h", 0)
	if l.at.DayOnly() || l.visit.beg.DayOnly() {
		return int64(l.day-l.visit.beg.Day()) <= (hours+23)/24
	}
	return l.at.Clock()-l.visit.beg.Clock() <= hours*3_600_000_000
}

// A015 药品限支付疗程.
func (j *judge) a015() {
	j.course("A015", 1, func(pt knowledge.Point) string {
		if pt.Params.Group != "" {
			return pt.Params.Group
		}
		return pt.Subject
	}, func(claim.Day, claim.Day) bool { return false })
}

// A016 项目限支付疗程: by item, and an operation starts a new course.
func (j *judge) a016() {
	operated := func(from, to claim.Day) bool { return j.operatedBetween(from, to) }
	j.course("A016", 2, func(pt knowledge.Point) string { return pt.Subject }, operated)
}

// operatedBetween tells of an operation of the person between two days, both included.
func (j *judge) operatedBetween(from, to claim.Day) bool {
	return slices.ContainsFunc(j.rowsOfPerson("operation"), func(op row) bool {
		d := op.time("oprn_oprt_begntime").Day()
		return d.Has() && d >= from && d <= to
	})
}

// A017 药品限专科/职称.
func (j *judge) a017() {
	for _, l := range j.charged("A017") {
		if l.visit.rescue() {
			continue
		}
		code, name := l.row["bilg_dept_codg"], l.row["bilg_dept_name"]
		title := j.title(l)
		if j.anyPoint("A017", l, func(pt knowledge.Point) bool {
			wrongDept := pt.Allow != "" && (code != "" || name != "") && !deptAllowed(pt.Allow, code, name)
			least, _ := strconv.Atoi(pt.Params.MinTitle)
			return wrongDept || (least > 0 && title > least)
		}) {
			j.line("A017", 3, l)
		}
	}
}

func deptAllowed(allow, code, name string) bool {
	for _, a := range split(allow) {
		if strings.HasPrefix(code, a) || strings.Contains(name, a) {
			return true
		}
	}
	return false
}

// title is the number of the billing doctor's title on the fee day, the record of the same institution first; 0 unknown.
func (j *judge) title(l *line) int {
	var all, here []row
	for _, r := range j.c.where("practitioner", "prac_psn_code", l.row["bilg_dr_codg"]) {
		if !r.covers(l.day, "begndate", "enddate") {
			continue
		}
		all = append(all, r)
		if r.is("fixmedins_code", l.inst) {
			here = append(here, r)
		}
	}
	if len(here) > 0 {
		all = here
	}
	n, _ := strconv.Atoi(newest(all, l.day)["pro_tech_duty"])
	return n
}

// A018 项目限开单科室.
func (j *judge) a018() {
	for _, l := range j.charged("A018") {
		code, name, accepting := l.row["bilg_dept_codg"], l.row["bilg_dept_name"], l.row["acord_dept_codg"]
		if l.visit.rescue() || (code == "" && name == "" && accepting == "") {
			continue
		}
		if j.anyPoint("A018", l, func(pt knowledge.Point) bool {
			return pt.Allow != "" && !deptAllowed(pt.Allow, code, name) && !deptAllowed(pt.Allow, accepting, "")
		}) {
			j.line("A018", 3, l)
		}
	}
}

// A022 目录外纳入结算.
func (j *judge) a022() {
	for _, l := range j.charged("A022") {
		if l.is("list_type", "103") || !j.listed(l) || j.recoded(l) {
			continue
		}
		if r := j.catalogue(l); r == nil || r.is("chrgitm_lv", "03") {
			j.line("A022", 1, l)
		}
	}
}

// listed tells whether the place of care has a catalogue of the line's kind at all.
func (j *judge) listed(l *line) bool {
	for _, r := range j.c.where("catalogue", "list_type", l.row["list_type"]) {
		if l.row["list_type"] != "" && j.c.distance(r["admdvs"], l.inst, l.day) >= 0 {
			return true
		}
	}
	return false
}

// recoded: the code ran out of the catalogue no more than 30 days ago.
func (j *judge) recoded(l *line) bool {
	if j.catalogue(l) != nil {
		return false
	}
	for _, code := range []string{l.code, l.row["hilist_code"], stem(l.row["hilist_code"])} {
		for _, r := range j.c.where("catalogue", "hilist_code", code) {
			end := r.day("enddate")
			if end.Has() && end < l.day && int(l.day-end) <= j.int("A022", "grace_d") && j.c.distance(r["admdvs"], l.inst, l.day) >= 0 {
				return true
			}
		}
	}
	return false
}

// outpatientLimit is how many days one out-patient prescription may supply (A028).
func (j *judge) outpatientLimit(v *visit) int64 {
	switch {
	case v.emergency():
		return j.param("A028", "er_d", 0)
	case v.chronic():
		return j.param("A028", "long_d", 0)
	case v.has(chronicSet):
		return j.param("A028", "chronic_d", 0)
	}
	return j.param("A028", "normal_d", 0)
}

// A028 门诊用药天数.
func (j *judge) a028() {
	for _, l := range j.charged("A028") {
		days, ok := j.days(l)
		if !ok || l.visit.medType() == "" || l.visit.inpatient() || l.visit.buying() {
			continue
		}
		severity := 2
		if age, known := j.c.ageOn(l.row["psn_no"], l.day); known && age >= j.int("A028", "elder_y") {
			severity = 3
		}
		if n := j.packs(l, days, days-j.outpatientLimit(l.visit)); n > 0 {
			j.report("A028", severity, []part{{l, l.share(n)}})
		}
	}
}

// A029 出院带药超天数.
func (j *judge) a029() {
	for _, l := range j.charged("A029") {
		days, ok := j.days(l)
		if !ok || !l.visit.inpatient() || !l.is("dscg_tkdrug_flag", "1") {
			continue
		}
		limit := j.param("A029", "acute_d", 0)
		if l.visit.has(chronicSet) {
			limit = j.param("A029", "chronic_d", 0)
		}
		for i, pt := range j.of("A029", l) {
			if n := int64(pt.Limit / claim.QtyOne); pt.Limit.Has() && (i == 0 || n < limit) {
				limit = n
			}
		}
		if n := j.packs(l, days, days-limit); n > 0 {
			j.report("A029", 2, []part{{l, l.share(n)}})
		}
	}
}

// A030 出院带检查治疗.
func (j *judge) a030() {
	for _, l := range j.charged("A030") {
		if l.is("dscg_tkdrug_flag", "1") && l.is("list_type", "201") {
			j.line("A030", 2, l)
		}
	}
}
