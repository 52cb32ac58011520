package oracle

import (
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// longAgo are the tumours and long illnesses diagnosed at other visits in the days before.
func (j *judge) longAgo(vs []*visit, d claim.Day, window int) []string {
	var out []string
	for _, v := range j.p.visits {
		ago := int(d - v.beg.Day())
		if slices.Contains(vs, v) || ago < 0 || ago >= window {
			continue
		}
		for _, x := range v.diags {
			if inSet(x, longIllness) {
				out = append(out, x)
			}
		}
	}
	return out
}

// indicated gathers what may justify a use at the line: diagnoses of the segment, its chronic illness, operations, and
// what was diagnosed in the days before; own is false when the segment has no diagnosis at all.
func (j *judge) indicated(l *line, vs []*visit, window int) (all []string, own bool) {
	all = diagsOf(vs)
	own = len(all) > 0
	for _, v := range vs {
		if v.row["dise_codg"] != "" {
			all, own = append(all, v.row["dise_codg"]), true
		}
	}
	for _, r := range j.rowsOf("operation", vs) {
		all = append(all, r["oprn_oprt_code"])
	}
	return append(all, j.longAgo(vs, l.day, window)...), own
}

// C001 无指征检查, C006 无指征治疗.
func (j *judge) c001() { j.association("C001") }
func (j *judge) c006() { j.association("C006") }

func (j *judge) association(card string) {
	for _, l := range j.lines(card) {
		vs := segment(l.visit)
		all, own := j.indicated(l, vs, j.int(card, "lookback_d"))
		if !own || (j.text(card, "symptoms") == "true" && anyInSet(diagsOf(vs), "R00-R99")) {
			continue
		}
		if j.anyPoint(card, l, func(pt knowledge.Point) bool { return pt.DiagSet != "" && !anyInSet(all, pt.DiagSet) }) {
			j.line(card, 3, l)
		}
	}
}

// C003 套餐式检验.
func (j *judge) c003() {
	for _, u := range groups(j.lines("C003"), func(l *line) string { return l.row["mdtrt_id"] + l.day.String() }) {
		v := u[0].visit
		tests := keep(u, func(l *line) bool { return l.is("list_type", "201") && l.is("med_chrgitm_type", "04") })
		if s := v.stay; s != nil && (u[0].day == s.adm || u[0].day == s.adm+1) {
			tests = nil
		}
		markers := keep(u, func(l *line) bool { return len(j.of("C003", l)) > 0 })
		if v.oncology() {
			markers = nil
		}
		a, overA := beyondKinds(tests, j.int("C003", "lab_items"))
		b, overB := beyondKinds(markers, j.int("C003", "tumor_marker"))
		if overB > 0 && overB >= overA {
			a = b
		}
		j.report("C003", 3, whole(a))
	}
}

// beyondKinds are the lines of items that come, in line order, after the first n different ones, and how many items.
func beyondKinds(ls []*line, n int) (out []*line, kinds int) {
	seen := map[string]int{}
	for _, l := range ls {
		if _, ok := seen[l.code]; !ok {
			seen[l.code] = len(seen)
		}
		if seen[l.code] >= n {
			out = append(out, l)
		}
	}
	return out, max(0, len(seen)-n)
}

// C005 未互认.
func (j *judge) c005() {
	for _, l := range j.lines("C005") {
		best, window := 9, j.param("C005", "window_d", 0)
		for _, r := range j.c.where("recog", "hilist_code", l.code) {
			if d := j.c.distance(r["admdvs"], l.inst, l.day); d >= 0 && d < best {
				best, window = d, j.param("C005", "window_d", 0)
				if n := r.num("valid_days", 0); n > 0 && n < 100_000 {
					window = n
				}
			}
		}
		if best == 9 || !l.is("list_type", "201") {
			continue
		}
		latest, from := int64(-1), claim.NoDay
		for _, table := range []string{"exam", "lab"} {
			for _, r := range j.rowsOfPerson(table) {
				t := r.time("rpt_time")
				v := j.c.visits[r["mdtrt_id"]]
				if v == nil || v.absent || v.out || r.is("fixmedins_code", l.inst) || !t.Has() || !notAfter(t, l.at) ||
					int64(l.day-t.Day()) >= window || !j.named(r, v.inst, t.Day(), []string{l.code}) || !j.readBack(r, l.month()) {
					continue
				}
				if t.Clock() > latest {
					latest, from = t.Clock(), t.Day()
				}
			}
		}
		if latest >= 0 && !j.operatedUntil(from, l) {
			j.line("C005", 3, l)
		}
	}
}

// operatedUntil tells of an operation of the person from a day to the line.
func (j *judge) operatedUntil(from claim.Day, l *line) bool {
	return slices.ContainsFunc(j.rowsOfPerson("operation"), func(r row) bool {
		t := r.time("oprn_oprt_begntime")
		return t.Has() && t.Day() >= from && notAfter(t, l.at)
	})
}

// C007 康复无评定.
func (j *judge) c007() {
	gap, course, every := claim.Day(j.int("C007", "gap_d")), j.int("C007", "max_course"), claim.Day(j.int("C007", "eval_gap_d"))
	training := keep(j.lines("C007"), func(l *line) bool { return len(j.of("C007", l)) > 0 })
	for _, u := range groups(training, func(l *line) string { return l.inst }) {
		var faults []*line
		dates := lineDays(u)
		start := 0
		for i, d := range dates {
			if i > 0 && d-dates[i-1] > gap {
				start = i
			}
			if i-start < course {
				continue
			}
			for _, l := range keep(u, func(l *line) bool { return l.day == d }) {
				if j.lastEvaluation(l, dates[start], every) < d-every {
					faults = append(faults, l)
				}
			}
		}
		for _, f := range groups(faults, func(l *line) string { return l.row["mdtrt_id"] }) {
			j.report("C007", 2, whole(f))
		}
	}
}

// lastEvaluation is the day of the last evaluation before a line, at most so long before the course, else the day
// before the course.
func (j *judge) lastEvaluation(l *line, start, every claim.Day) claim.Day {
	last := start - 1
	for _, pt := range j.of("C007", l) {
		for _, e := range j.p.lines {
			if oneOf(e.code, pt.Params.Require...) && cmpLine(e, l) < 0 && e.day >= start-every && e.inst == l.inst {
				last = max(last, e.day)
			}
		}
	}
	for _, r := range j.rowsOfPerson("record") {
		t := r.time("doc_time")
		if hasAny(r["doc_type"], "评定|评估") && t.Has() && notAfter(t, l.at) && t.Day() >= start-every {
			last = max(last, t.Day())
		}
	}
	return last
}

// C008 单日中医理疗.
func (j *judge) c008() {
	lines := keep(j.lines("C008"), func(l *line) bool { return len(j.of("C008", l)) > 0 })
	for _, u := range groups(lines, func(l *line) string { return l.inst + l.day.String() }) {
		if over, kinds := beyondKinds(u, j.int("C008", "max_kinds")); kinds > 0 {
			j.report("C008", 2, whole(over))
			continue
		}
		j.report("C008", 2, beyondMinutes(u, j.param("C008", "max_hours", 0)*60, func(l *line) int64 { return minutesOf(j.of("C008", l)) }))
	}
}

// minutesOf is how long one of an item takes, in 1/10 000 of a minute.
func minutesOf(pts []knowledge.Point) int64 {
	for _, pt := range pts {
		if pt.Limit.Has() {
			switch unitName(pt.Unit) {
			case "小时":
				return int64(pt.Limit) * 60
			case "分钟":
				return int64(pt.Limit)
			}
		}
	}
	return 0
}

// sessionOf is the same where a point's limit is in minutes whatever its unit says.
func sessionOf(pts []knowledge.Point) int64 {
	for _, pt := range pts {
		if pt.Limit.Has() {
			if unitName(pt.Unit) == "小时" {
				return int64(pt.Limit) * 60
			}
			return int64(pt.Limit)
		}
	}
	return 0
}

// beyondMinutes are the lines after so many minutes are used up, the crossing line with its excess.
func beyondMinutes(ls []*line, allowed int64, each func(*line) int64) []part {
	var out []part
	sum, limit := int64(0), allowed*100_000_000
	for _, l := range ls {
		took := int64(l.net) * each(l)
		before := sum
		sum += took
		if sum > limit && took > 0 {
			out = append(out, part{l, l.portion((sum-max(before, limit))/10_000, took/10_000)})
		}
	}
	return out
}

// C010 重点监控药.
func (j *judge) c010() { j.indication("C010", j.lines("C010"), "first_h") }

// C011 特殊使用级抗菌药.
func (j *judge) c011() {
	used := keep(j.lines("C011"), func(l *line) bool { return len(j.of("C011", l)) > 0 })
	for _, u := range groups(used, (*line).container) {
		first := u[0].day
		for _, l := range u {
			first = min(first, l.day)
		}
		for _, l := range u {
			from := first - claim.Day(j.int("C011", "lookback_d"))
			if l.day == first || !j.anyPoint("C011", l, func(pt knowledge.Point) bool {
				return !slices.ContainsFunc(j.p.lines, func(e *line) bool {
					return oneOf(e.code, pt.Params.Require...) && e.day >= from && notAfter(e.at, l.at)
				})
			}) {
				continue
			}
			if !j.mentioned(l, from, "lab", "sapl_time", "培养|药敏", "item_name") && !j.mentioned(l, from, "record", "doc_time", "会诊", "doc_type") &&
				!j.mentioned(l, from, "medorder", "drord_begn_date", "会诊|培养|药敏", "drord_item_name") {
				j.line("C011", 3, l)
			}
		}
	}
}

// mentioned tells of a row of the person with one of the words, from a day until the line.
func (j *judge) mentioned(l *line, from claim.Day, table, when, words, col string) bool {
	return slices.ContainsFunc(j.rowsOfPerson(table), func(r row) bool {
		t := r.time(when)
		if table == "lab" {
			t = reportTime(r)
		}
		return hasAny(r[col], words) && t.Has() && t.Day() >= from && notAfter(t, l.at)
	})
}

// C012 配伍禁忌.
func (j *judge) c012() {
	all := j.lines("C012")
	for _, pt := range j.pairs("C012") {
		of := func(code string) []*line {
			return keep(all, func(l *line) bool { return l.code == code && j.holds(pt, l) })
		}
		as, bs := of(pt.Subject), of(pt.Second)
		where := func(l *line) string {
			grouped := pt.Scope == "同组"
			if pt.Scope == "" {
				grouped = slices.ContainsFunc(as, func(a *line) bool { return a.is("list_type", "101") }) &&
					slices.ContainsFunc(bs, func(b *line) bool { return b.is("list_type", "101") })
			}
			switch {
			case grouped && l.row["grpno"] == "":
				return ""
			case grouped:
				return l.row["mdtrt_id"] + "|" + l.day.String() + "|g" + l.row["grpno"]
			case l.row["rxno"] != "":
				return l.row["mdtrt_id"] + "|" + l.day.String() + "|r" + l.row["rxno"]
			case l.at.DayOnly():
				return ""
			}
			return l.row["mdtrt_id"] + "|t" + l.at.String()
		}
		for _, u := range groups(append(slices.Clone(as), bs...), where) {
			a := keep(u, func(l *line) bool { return l.code == pt.Subject })
			b := keep(u, func(l *line) bool { return l.code == pt.Second })
			if where(u[0]) == "" || len(a) == 0 || len(b) == 0 {
				continue
			}
			if cheaper(a, b) {
				a, b = b, a
			}
			j.report("C012", 2, whole(b), a...)
		}
	}
}

// knownIll is what was known of the person when a drug was used: diagnoses made before, not those of the discharge.
func (j *judge) knownIll(l *line, window int) []string {
	vs := segment(l.visit)
	out := j.longAgo(vs, l.day, window)
	for _, v := range vs {
		if v.row["dise_codg"] != "" {
			out = append(out, v.row["dise_codg"])
		}
		if !v.inpatient() {
			out = append(out, v.diags...)
			continue
		}
		for _, r := range j.c.where("diagnosis", "mdtrt_id", v.id) {
			d := r.time("diag_time").Day()
			if r.is("inout_diag_type", "1") || (d.Has() && d < l.day) || inSet(r["diag_code"], longIllness) {
				out = append(out, r["diag_code"])
			}
		}
		if inSet(v.main, longIllness) {
			out = append(out, v.main)
		}
	}
	return out
}

// C013 禁忌症.
func (j *judge) c013() {
	for _, l := range j.lines("C013") {
		if j.external(l) {
			continue
		}
		ill := j.knownIll(l, j.int("C013", "lookback_d"))
		age, aged := j.c.ageOn(l.row["psn_no"], l.day)
		if j.anyPoint("C013", l, func(pt knowledge.Point) bool {
			return anyInSet(ill, pt.DiagSet) || (aged && outOfAge(pt, age))
		}) {
			j.line("C013", 2, l)
		}
	}
}

// C014 妊娠哺乳.
func (j *judge) c014() {
	for _, l := range j.lines("C014") {
		vs := segment(l.visit)
		ill := diagsOf(vs)
		is := func(param string) bool {
			return slices.ContainsFunc(vs, func(v *visit) bool {
				return v.row["matn_stas"] != "" && oneOf(v.row["matn_stas"], split(j.text("C014", param))...)
			})
		}
		over := anyInSet(ill, "O00-O08|O36.4|O80-O84")
		pregnant := (is("pregnant") || anyInSet(ill, "O10-O48|O98|O99|Z33-Z36")) && !over
		nursing := is("nursing") || anyInSet(ill, "O91|O92|Z39.1")
		if j.external(l) || j.c.sexOn(l.row["psn_no"], l.day) != "女" {
			continue
		}
		severity := 0
		for _, pt := range j.of("C014", l) {
			allow := split(pt.Allow)
			if !((pregnant && oneOf("妊娠", allow...)) || (nursing && oneOf("哺乳", allow...))) || anyInSet(ill, pt.DiagSet) ||
				!oneOf(pt.Params.Class, split(j.text("C014", "cat"))...) {
				continue
			}
			if pt.Params.Class == "D" && severity == 0 {
				severity = 3
			}
			if pt.Params.Class != "D" {
				severity = 2
			}
		}
		if severity > 0 {
			j.line("C014", severity, l)
		}
	}
}

// labValue is the latest value of an item named so before a line, sampled in the window.
func (j *judge) labValue(l *line, words string, window int) (row, int64, bool) {
	var best row
	for _, r := range j.rowsOfPerson("lab") {
		t := reportTime(r)
		if !hasAny(upper(r["item_name"]), upper(words)) || hasAny(r["item_name"], "前白蛋白|尿") || !t.Has() || !notAfter(t, l.at) || int(l.day-t.Day()) >= window {
			continue
		}
		if _, err := claim.ParseDecimal(r["rslt_val"], 4); err != nil {
			continue
		}
		if best == nil || reportTime(r).Clock() > reportTime(best).Clock() {
			best = r
		}
	}
	if best == nil {
		return nil, 0, false
	}
	n, _ := claim.ParseDecimal(best["rslt_val"], 4)
	if strings.EqualFold(strings.TrimSpace(best["rslt_unt"]), "g/dL") { // to g/L
		n *= 10
	}
	return best, n, true
}

// upperBound is the upper end of a reference range such as 0-40 or <40, in 1/10 000.
func upperBound(s string, otherwise int64) int64 {
	s = strings.NewReplacer("～", "-", "~", "-", "—", "-", "--", "-", "<", "-", "≤", "-").Replace(s)
	i := strings.LastIndex(s, "-")
	n, err := claim.ParseDecimal(strings.TrimSpace(s[i+1:]), 4)
	if err != nil || n <= 0 {
		return otherwise
	}
	return n
}

// C015 肝肾功能.
func (j *judge) c015() {
	window := j.int("C015", "lookback_d")
	for _, l := range j.lines("C015") {
		if j.external(l) {
			continue
		}
		if j.anyPoint("C015", l, func(pt knowledge.Point) bool {
			failing := false
			if strings.Contains(pt.Params.Class, "肝") {
				r, n, ok := j.labValue(l, "ALT|丙氨酸|谷丙", window)
				failing = ok && n > upperBound(r["ref_val"], j.param("C015", "alt_uln", 4))*j.param("C015", "alt_times", 0)
				if !ok {
					failing = anyInSet(j.knownIll(l, 365), firstOf(pt.DiagSet, "K72|K70.4|K71.1"))
				}
			} else {
				_, n, ok := j.labValue(l, "eGFR|肾小球滤过率", window)
				failing = ok && n < j.param("C015", "egfr_lt", 4)
				if !ok {
					failing = anyInSet(j.knownIll(l, 365), firstOf(pt.DiagSet, "N17|N18.5|N18.6|N19"))
				}
			}
			if !failing || !oneOf("减量", split(pt.Allow)...) {
				return failing
			}
			daily, ok := dailyDose(l, pt.Unit)
			return ok && pt.Limit.Has() && daily > int64(pt.Limit)*10_000
		}) {
			j.line("C015", 3, l)
		}
	}
}

// dailyDose is the dose of a day in 1e-8 of the unit; false when it is not known in that unit.
func dailyDose(l *line, unit string) (int64, bool) {
	dose, times := l.qty("sin_dos"), frequency(l.row["used_frqu"])
	if unit == "" || !dose.Has() || dose <= 0 || times <= 0 || doseUnit(l.row["sin_dosunt"]) != doseUnit(unit) {
		return 0, false
	}
	return int64(dose) * times, true
}

// C016 超剂量.
func (j *judge) c016() {
	for _, l := range j.lines("C016") {
		worst := claim.Money(0)
		hit := false
		for _, pt := range j.of("C016", l) {
			dose, ok := dailyDose(l, pt.Unit)
			if pt.Scope == "单次" {
				d := l.qty("sin_dos")
				dose, ok = int64(d)*10_000, d.Has() && d > 0 && doseUnit(l.row["sin_dosunt"]) == doseUnit(pt.Unit)
			}
			limit := int64(float64(pt.Limit)*j.ratio("C016", "factor")+0.5) * 10_000
			if !ok || j.external(l) || !pt.Limit.Has() || dose <= limit {
				continue
			}
			hit = true
			worst = max(worst, l.portion((dose-limit)/10_000, dose/10_000))
		}
		if hit {
			j.report("C016", lowered(l, 2), []part{{l, worst}})
		}
	}
}

// C017 超用法.
func (j *judge) c017() {
	for _, l := range j.lines("C017") {
		way := l.row["medc_way"]
		if l.is("hosp_appr_flag", "1") || !j.anyPoint("C017", l, func(pt knowledge.Point) bool {
			if pt.Scope == "频次" {
				n := frequency(l.row["used_frqu"])
				return n > 0 && pt.Limit.Has() && claim.Qty(n) > pt.Limit
			}
			return pt.Scope != "频次" && strings.Trim(way, "0123456789") != "" && pt.Allow != "" && !hasAny(way, pt.Allow)
		}) {
			continue
		}
		j.line("C017", 3, l)
	}
}

// doseUnit writes a unit of doses in one way.
func doseUnit(u string) string {
	switch u = strings.ToLower(strings.TrimSpace(u)); u {
	case "毫克":
		return "mg"
	case "克":
		return "g"
	case "微克", "μg", "µg":
		return "ug"
	case "毫升":
		return "ml"
	case "单位", "国际单位":
		return "iu"
	}
	return u
}
