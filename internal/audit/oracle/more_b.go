package oracle

import (
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// B018 串换诊疗项目-设备不具备.
func (j *judge) b018() {
	for _, l := range j.lines("B018") {
		all := j.c.where("device", "fixmedins_code", l.inst)
		if len(all) == 0 || l.is("etip_flag", "1") {
			continue
		}
		severity := 0
		for _, pt := range j.of("B018", l) {
			if pt.Allow == "" || j.hasDevice(l.inst, pt.Allow, l.day) {
				continue
			}
			severity = 2
			if g := j.c.instRow(l.inst, l.day)["group_no"]; g != "" {
				for _, r := range j.c.table("institution") {
					if o := r["fixmedins_code"]; o != l.inst && j.c.instRow(o, l.day).is("group_no", g) && j.hasDevice(o, pt.Allow, l.day) {
						severity = 3
					}
				}
			}
		}
		if severity > 0 {
			j.line("B018", severity, l)
		}
	}
}

func (j *judge) hasDevice(inst, words string, d claim.Day) bool {
	return slices.ContainsFunc(j.c.where("device", "fixmedins_code", inst), func(r row) bool {
		return hasAny(r["device_type"], words) && r.covers(d, "begndate", "enddate")
	})
}

// B020 自立项目收费.
func (j *judge) b020() {
	for _, l := range j.lines("B020") {
		code, own := l.row["hilist_code"], l.row["medins_list_codg"]
		holder := slices.ContainsFunc(split(j.text("B020", "placeholders")), func(w string) bool { return code == w })
		if !j.listed(l) {
			continue
		}
		if !l.is("list_type", "201") || !(holder || (own != "" && own == code)) {
			continue
		}
		known := len(j.maps[code]) > 0 || len(j.c.where("code_map", "src_code", code)) > 0
		for _, c := range []string{code, stem(code), l.code} {
			known = known || len(j.c.where("catalogue", "hilist_code", c)) > 0 || len(j.c.where("price_limit", "hilist_code", c)) > 0
		}
		if !known {
			j.line("B020", 1, l)
		}
	}
}

// B024 无医嘱收费.
func (j *judge) b024() {
	slack := claim.Day(j.int("B024", "slack_d"))
	lines := keep(j.lines("B024"), func(l *line) bool {
		return l.visit.inpatient() && oneOf(l.row["list_type"], "101", "201") && !oneOf(l.row["med_chrgitm_type"], split(j.text("B024", "skip_charges"))...)
	})
	lines = keep(lines, func(l *line) bool {
		return !slices.ContainsFunc(j.rowsOf("operation", segment(l.visit)), func(r row) bool { return operationDay(r) == l.day })
	})
	for _, u := range groups(lines, ofVisit) {
		orders := j.rowsOf("medorder", segment(u[0].visit))
		if len(orders) == 0 {
			continue
		}
		var bare []*line
		for _, l := range u {
			if !slices.ContainsFunc(orders, func(r row) bool { return j.orders(r, l, slack) }) {
				bare = append(bare, l)
			}
		}
		if float64(len(u)-len(bare)) < j.ratio("B024", "min_match")*float64(len(u)) {
			continue
		}
		for _, l := range bare {
			j.line("B024", 2, l)
		}
	}
}

func ofVisit(l *line) string { return l.row["mdtrt_id"] }

// orders tells whether an order stands behind a line: by number, item or name, and in force.
func (j *judge) orders(r row, l *line, slack claim.Day) bool {
	name := r["drord_item_name"]
	same := (r["drord_no"] != "" && r["drord_no"] == l.row["drord_no"]) || j.named(r, l.inst, l.day, []string{l.code}) ||
		(name != "" && name == l.row["hilist_name"])
	from, to := r.time("drord_begn_date").Day(), r.time("drord_stop_date").Day()
	if !same {
		return false
	}
	if !from.Has() { // nobody says since when, but it may have been stopped
		return !to.Has() || l.day <= to+slack
	}
	if r.is("drord_type", "2") && !to.Has() {
		to = from
	}
	return l.day >= from-slack && (!to.Has() || l.day <= to+slack)
}

// B025 无执行记录收费.
func (j *judge) b025() {
	lines := keep(j.lines("B025"), func(l *line) bool {
		return l.is("list_type", "201") && oneOf(l.row["med_chrgitm_type"], split(j.text("B025", "charges"))...) && oneOf(j.pricedIn(l), "", "次")
	})
	for _, visit := range groups(lines, func(l *line) string { return l.row["mdtrt_id"] }) {
		items := groups(visit, func(l *line) string { return l.code })
		counts, with := map[string]claim.Qty{}, 0
		for _, u := range items {
			for _, r := range j.c.where("exec", "mdtrt_id", u[0].row["mdtrt_id"]) {
				if j.named(r, u[0].inst, r.time("exec_time").Day(), []string{u[0].code}) {
					n := claim.QtyOne
					if c := r.qty("exec_cnt"); c.Has() {
						n = c
					}
					counts[u[0].code] += n
				}
			}
			if counts[u[0].code] > 0 {
				with++
			}
		}
		if float64(with) < j.ratio("B025", "min_match")*float64(len(items)) {
			continue
		}
		for _, u := range items {
			done := counts[u[0].code]
			allowed := claim.Qty(float64(done) * j.ratio("B025", "ratio"))
			severity := 2
			if float64(total(u)) <= float64(done)*j.ratio("B025", "strong") {
				severity = 3
			}
			j.report("B025", severity, beyond(u, allowed), u...)
		}
	}
}

// B026 无报告收费.
func (j *judge) b026() {
	grace := int(j.param("B026", "grace_d", 0))
	for _, class := range [][2]string{{"03", "exam"}, {"04", "lab"}} {
		lines := keep(j.lines("B026"), func(l *line) bool {
			return l.visit.end.Has() && l.is("list_type", "201") && l.is("med_chrgitm_type", class[0]) && !l.is("etip_flag", "1") && len(j.of("B026", l)) == 0
		})
		for _, u := range groups(lines, ofVisit) {
			reports := j.rowsOf(class[1], segment(u[0].visit))
			nameless := slices.ContainsFunc(reports, func(r row) bool {
				return r["hilist_code"] == "" && r["exam_item_name"] == "" && r["item_name"] == ""
			})
			if len(reports) == 0 || nameless {
				continue
			}
			without := keep(u, func(l *line) bool {
				return !slices.ContainsFunc(reports, func(r row) bool { return j.reports(r, l, grace) })
			})
			if float64(len(u)-len(without)) < j.ratio("B026", "min_match")*float64(len(u)) {
				continue
			}
			for _, l := range without {
				j.line("B026", 2, l)
			}
		}
	}
}

func (j *judge) reports(r row, l *line, grace int) bool {
	same := j.named(r, l.inst, l.day, []string{l.code})
	for _, col := range []string{"exam_item_name", "item_name"} {
		same = same || (r[col] != "" && r[col] == l.row["hilist_name"])
	}
	timed, near := false, false
	for _, col := range []string{"exam_time", "sapl_time", "rpt_time", "appy_time"} {
		if d := r.time(col).Day(); d.Has() {
			timed = true
			near = near || (int(d-l.day) <= grace && int(l.day-d) <= grace)
		}
	}
	return same && (near || !timed)
}

// B027 资质不符-超诊疗科目.
func (j *judge) b027() {
	for _, l := range j.lines("B027") {
		licence := j.c.instRow(l.inst, l.day)
		if !licence.covers(l.day, "begndate", "enddate") {
			continue
		}
		scope := split(strings.ReplaceAll(licence["dept_scope"], ";", "|"))
		if len(scope) == 0 || l.is("etip_flag", "1") {
			continue
		}
		if j.anyPoint("B027", l, func(pt knowledge.Point) bool {
			return pt.Allow != "" && !slices.ContainsFunc(split(pt.Allow), func(a string) bool {
				return slices.ContainsFunc(scope, func(s string) bool { return strings.HasPrefix(a, s) || strings.HasPrefix(s, a) })
			})
		}) {
			j.line("B027", 2, l)
		}
	}
}

// B028 资质不符-人员资格异常.
func (j *judge) b028() {
	grace := claim.Day(j.int("B028", "grace_d"))
	for _, l := range j.lines("B028") {
		doctor := firstOf(l.row["bilg_dr_codg"], l.row["orders_dr_code"])
		if doctor == "" || len(j.c.where("practitioner", "fixmedins_code", l.inst)) == 0 {
			continue
		}
		if !slices.ContainsFunc(j.c.where("practitioner", "prac_psn_code", doctor), func(r row) bool { return coversWidely(r, l.day, grace) }) {
			j.line("B028", 2, l)
		}
	}
}

// coversWidely: the row's days, with some more on both sides.
func coversWidely(r row, d, grace claim.Day) bool {
	b, e := r.day("begndate"), r.day("enddate")
	return (!b.Has() || b-grace <= d) && (!e.Has() || d <= e+grace)
}

// B033 数据上传不及时.
func (j *judge) b033() {
	late := keep(j.p.lines, func(l *line) bool {
		if l.visit.absent || j.c.lacksIn("B033", l.inst, l.month()) || j.exempted("B033", l.visit, l.setl) {
			return false
		}
		up := l.row.time("upld_time")
		hours := j.param("B033", "limit_h", 0)
		if j.c.level(l.inst, l.day) <= 1 {
			hours = j.param("B033", "primary_h", 0)
		}
		return l.visit.inpatient() && up.Has() && longBefore(l.at, up, hours)
	})
	for _, u := range groups(late, func(l *line) string { return l.row["mdtrt_id"] }) {
		j.report("B033", 3, freeOfCharge(u))
	}
}

// freeOfCharge are lines at fault without money.
func freeOfCharge(ls []*line) []part {
	var out []part
	for _, l := range ls {
		out = append(out, part{l, 0})
	}
	return out
}

// B034 诊断缺失或编码不规范.
func (j *judge) b034() {
	for _, s := range j.settlements("B034") {
		v := j.visitOfSetl(s)
		if v == nil || !v.end.Has() || oneOf(v.medType(), split(j.text("B034", "skip_types"))...) {
			continue
		}
		codes := append(slices.Clone(v.diags), v.row["dise_codg"])
		codes = slices.DeleteFunc(codes, func(c string) bool { return strings.TrimSpace(c) == "" })
		bad := slices.ContainsFunc(codes, func(c string) bool { return !shaped(c) })
		if d := v.row["dise_codg"]; d != "" {
			bad = slices.ContainsFunc(v.diags, func(c string) bool { return !shaped(c) })
		}
		switch {
		case len(codes) == 0:
			j.settlement("B034", 1, s, 0)
		case bad:
			j.settlement("B034", 2, s, 0)
		}
	}
}

// shaped: a letter and two digits, or a code of Chinese medicine, which is letters and digits, six or more.
func shaped(code string) bool {
	c := upper(strings.TrimSpace(code))
	if len(c) < 3 || c[0] < 'A' || c[0] > 'Z' {
		return false
	}
	digits := func(s string) bool { return strings.Trim(s, "0123456789") == "" }
	letters := func(s string) bool { return strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" }
	return digits(c[1:3]) || (len(c) >= 6 && letters(c[:3]))
}

// B035 跨期收费.
func (j *judge) b035() {
	for _, s := range j.settlements("B035") {
		v := j.visitOfSetl(s)
		if s.row["init_setl_id"] != "" || oneOf(s.row["setl_type"], split(j.text("B035", "manual"))...) {
			continue
		}
		old := keep(j.p.lines, func(l *line) bool {
			from := l.day
			if v != nil && v.inpatient() {
				if !v.end.Has() {
					return false
				}
				from = max(from, v.end.Day())
			}
			if v != nil && v.beg.Has() && int(v.beg.Day()-l.day) > j.int("B035", "early_d") {
				return false
			}
			return l.setl == s && !l.visit.absent && l.inscope > 0 && int(s.at.Day()-from) > j.int("B035", "limit_d")
		})
		if len(old) > 0 {
			j.report("B035", 3, whole(old))
		}
	}
}

// B036 自费未经同意.
func (j *judge) b036() {
	for _, v := range j.p.visits {
		papers := j.c.where("consent", "mdtrt_id", v.id)
		asked := slices.ContainsFunc(papers, func(r row) bool { return hasAny(r["doc_type"], j.text("B036", "docs")) })
		if !v.inpatient() || !v.end.Has() || j.exempted("B036", v, nil) || j.c.lacks("B036", v.inst) || len(papers) == 0 || asked {
			continue
		}
		own, all := claim.Money(0), claim.Money(0)
		for _, s := range v.setls {
			own += s.money("fulamt_ownpay_amt").Or(0)
			all += s.money("medfee_sumamt").Or(0)
		}
		if all > 0 && float64(own) > j.ratio("B036", "ratio")*float64(all) {
			j.visit("B036", 3, v, 0)
		}
	}
}
