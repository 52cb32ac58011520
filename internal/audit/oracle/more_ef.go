package oracle

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// sides reads a side: 1 left, 2 right, 3 both, 0 unknown.
func sides(s string) int {
	switch {
	case strings.Contains(s, "双") || s == "3":
		return 3
	case strings.Contains(s, "左") || s == "1":
		return 1
	case strings.Contains(s, "右") || s == "2":
		return 2
	}
	return 0
}

// sessions counts operations: visit by visit and day by day, those that do not overlap apart, at least one a day.
func (j *judge) sessions(vs []*visit) int {
	n := 0
	for _, v := range vs {
		byDay := map[claim.Day][]row{}
		for _, r := range j.c.where("operation", "mdtrt_id", v.id) {
			if d := operationDay(r); d.Has() {
				byDay[d] = append(byDay[d], r)
			}
		}
		for _, rs := range byDay {
			n += apartCount(rs)
		}
	}
	return n
}

// apartCount counts operations of a day that lie apart; one without an end, or with one before its begin or more than a day
// later, ends as it begins, one without a clock is one with any other.
func apartCount(rs []row) int {
	n, till := 0, int64(0)
	for _, r := range sortRows(rs, "oprn_oprt_begntime") {
		b, e := r.time("oprn_oprt_begntime"), r.time("oprn_oprt_endtime")
		if b.DayOnly() {
			continue
		}
		if n == 0 || b.Clock() > till {
			n++
		}
		till = max(till, b.Clock())
		if e.Has() && e.Clock()-b.Clock() <= 24*hour {
			till = max(till, e.Clock())
		}
	}
	return max(1, n)
}

func (j *judge) groupOf(pt knowledge.Point, l *line) string { return firstOf(pt.Params.Group, l.code) }

// perProcedure groups a card's lines by segment and the point's group.
func (j *judge) perProcedure(card string, f func(pt knowledge.Point, u []*line)) {
	lines := keep(j.lines(card), func(l *line) bool { return len(j.of(card, l)) > 0 })
	for _, u := range groups(lines, func(l *line) string {
		pt, _ := j.pointOf(card, l)
		return l.container() + "|" + j.groupOf(pt, l)
	}) {
		pt, _ := j.pointOf(card, u[0])
		f(pt, u)
	}
}

func (j *judge) segmentSeverity(l *line, severity int) int {
	if l.visit.stay != nil {
		return opened(severity, l.visit.stay)
	}
	return severity
}

// E004 植入耗材数量超手术需要.
func (j *judge) e004() {
	j.perProcedure("E004", func(pt knowledge.Point, u []*line) {
		vs := segment(u[0].visit)
		required := keep(linesOf(vs), func(l *line) bool { return oneOf(l.code, pt.Params.Require...) })
		times := claim.Qty(max(1, j.sessions(vs), len(lineDays(required)))) * claim.QtyOne
		if oneOf(pt.Unit, "眼", "侧") {
			named := 0
			for _, r := range j.rowsOf("operation", vs) {
				named |= sides(r["side"])
			}
			eyes := map[int]claim.Qty{0: 0, 1: 1, 2: 1, 3: 2}[named] * claim.QtyOne
			times = max(eyes, total(required))
			if times == 0 {
				times = 2 * claim.QtyOne
			}
			times = min(times, 2*claim.QtyOne)
		}
		if pt.Limit.Has() {
			allowed := claim.Qty(claim.MulDiv(int64(pt.Limit), int64(times), int64(claim.QtyOne)))
			j.report("E004", j.segmentSeverity(u[0], 2), beyond(u, claim.Qty(float64(allowed)*j.ratio("E004", "ratio"))), u...)
		}
	})
}

// E009 透析耗材按次超量.
func (j *judge) e009() {
	j.perProcedure("E009", func(pt knowledge.Point, u []*line) {
		times := total(keep(linesOf(segment(u[0].visit)), func(l *line) bool { return oneOf(l.code, pt.Params.Require...) }))
		if times > 0 && pt.Limit.Has() {
			allowed := claim.Qty(claim.MulDiv(int64(pt.Limit), int64(times), int64(claim.QtyOne)))
			j.report("E009", j.segmentSeverity(u[0], 1), beyond(u, claim.Qty(float64(allowed)*j.ratio("E009", "ratio"))), u...)
		}
	})
}

// purchases of the line's item by its institution, of positive quantity: as written, else as normalised.
func (j *judge) purchases(l *line) []row {
	for _, code := range []string{l.row["hilist_code"], l.code} {
		out := keepRows(j.c.where("purchase", "fixmedins_code", l.inst), func(r row) bool {
			return r["med_list_codg"] == code && r.qty("purc_retn_cnt").Has() && r.qty("purc_retn_cnt") > 0 && r.time("purc_retn_stoin_time").Has()
		})
		if len(out) > 0 {
			return out
		}
	}
	return nil
}

// dearer reports a line whose price is above the lawful one; what the patient already bore is returned to them.
func (j *judge) dearer(card string, severity int, l *line, lawful claim.Price) {
	price := l.row.price("pric")
	diff := claim.Money(claim.MulDiv(int64(price-lawful), int64(l.net), 100_000_000))
	vola := l.portion(int64(price-lawful), int64(price))
	if over := l.money("overlmt_amt"); over.Has() && over >= diff {
		vola = diff
	}
	j.report(card, severity, []part{{l, vola}})
}

// E007 耗材加价超标.
func (j *judge) e007() {
	for _, l := range j.lines("E007") {
		if !l.is("list_type", "301") {
			continue
		}
		cost, latest := claim.Price(0), claim.NoDay
		recent := claim.Price(0)
		for _, r := range j.purchases(l) {
			d, p := r.time("purc_retn_stoin_time").Day(), r.price("finl_trns_pric")
			if d > l.day || !p.Has() || p <= 0 {
				continue
			}
			if int(l.day-d) < j.int("E007", "window_d") {
				recent = max(recent, p)
			}
			if d > latest {
				latest, cost = d, 0
			}
			if d == latest {
				cost = max(cost, p)
			}
		}
		if recent > 0 {
			cost = recent
		}
		if cost == 0 {
			continue
		}
		price := l.row.price("pric")
		lawful := cost + claim.Price(claim.MulDiv(int64(cost), j.param("E007", "markup", 6), 1_000_000))
		severity := 2
		if int64(price) > int64(cost)*j.param("E007", "strange", 0) {
			severity = 3
		}
		if price > lawful+claim.Price(j.param("E007", "tolerance", 6)) {
			j.dearer("E007", severity, l, lawful)
		}
	}
}

// limitOfType is the most specific price limit of a kind for the line (B005's way).
func (j *judge) limitOfType(l *line, kind func(string) bool) claim.Price {
	for _, code := range []string{l.code, l.row["hilist_code"], stem(l.row["hilist_code"])} {
		best, limit, begun := 99, claim.Price(claim.None64), claim.NoDay
		for _, r := range j.c.where("price_limit", "hilist_code", code) {
			d := j.c.distance(r["admdvs"], l.inst, l.day)
			own := levelOf(r["hosp_lv"])
			if d < 0 || !kind(r["limit_type"]) || !r.covers(l.day, "begndate", "enddate") ||
				(r["hosp_lv"] != "" && (own == 0 || own != j.c.level(l.inst, l.day))) {
				continue
			}
			rank := d * 2
			if r["hosp_lv"] == "" {
				rank++
			}
			if rank < best || (rank == best && r.day("begndate") > begun) {
				best, limit, begun = rank, r.price("pric_uplmt_amt"), r.day("begndate")
			}
		}
		if limit.Has() {
			return limit
		}
	}
	return claim.Price(claim.None64)
}

// E008 集采耗材未按中选价.
func (j *judge) e008() {
	for _, l := range j.lines("E008") {
		limit := j.limitOfType(l, func(s string) bool { return s == "中选价" })
		if l.is("list_type", "301") && limit.Has() && l.row.price("pric") > limit+claim.Price(j.param("E008", "tolerance", 6)) {
			j.dearer("E008", 1, l, limit)
		}
	}
}

// E011 耗材使用日期早于购进.
func (j *judge) e011() {
	for _, l := range j.lines("E011") {
		pt, known := j.pointOf("E011", l)
		grace := j.int("E011", "grace_d")
		if known && pt.Params.Class == "寄售" {
			grace = pt.WindowD
		}
		first := claim.NoDay
		for _, r := range j.purchases(l) {
			if d := r.time("purc_retn_stoin_time").Day(); !first.Has() || d < first {
				first = d
			}
		}
		ledger := claim.NoDay
		for _, r := range j.c.where("purchase", "fixmedins_code", l.inst) {
			if d := r.time("purc_retn_stoin_time").Day(); d.Has() && r.qty("purc_retn_cnt") > 0 && (!ledger.Has() || d < ledger) {
				ledger = d
			}
		}
		if l.is("list_type", "301") && first.Has() && int(first-l.day) > grace && int(l.day-ledger) >= j.int("E011", "reach_d") {
			j.line("E011", 2, l)
		}
	}
}

// E012 体内植入无手术记录.
func (j *judge) e012() {
	for _, l := range j.lines("E012") {
		if !l.visit.inpatient() {
			continue
		}
		vs := segment(l.visit)
		ops := j.rowsOf("operation", vs)
		if j.anyPoint("E012", l, func(pt knowledge.Point) bool {
			if len(ops) == 0 {
				return !slices.ContainsFunc(linesOf(vs), func(e *line) bool {
					return e.is("med_chrgitm_type", "06") || oneOf(e.code, pt.Params.Require...)
				})
			}
			return !slices.ContainsFunc(ops, func(r row) bool { return pt.Allow == "" || inSet(r["oprn_oprt_code"], pt.Allow) })
		}) {
			j.line("E012", 2, l)
		}
	}
}

// F003 冠脉介入内涵重复, F004 血透内涵重复.
func (j *judge) f003() { j.contained("F003", true) }
func (j *judge) f004() { j.contained("F004", true) }

// F005 血透频次异常.
func (j *judge) f005() {
	lines := keep(j.lines("F005"), func(l *line) bool { return len(j.of("F005", l)) > 0 })
	var lawful []claim.Day
	month := map[claim.Month]claim.Qty{}
	for _, u := range groups(lines, func(l *line) string { return l.day.String() }) {
		d := u[0].day
		recent := 0
		for _, e := range lawful {
			if d-e < 7 {
				recent++
			}
		}
		if recent >= j.int("F005", "week_max") {
			j.report("F005", 2, whole(u))
			continue
		}
		lawful = append(lawful, d)
		items := groups(u, func(l *line) string { return l.code })
		most := claim.Qty(0)
		for _, it := range items {
			most = max(most, total(it))
		}
		left := max(0, claim.Qty(j.param("F005", "month_max", 4))-month[d.Month()])
		month[d.Month()] += most
		if most > left {
			var parts []part
			for _, it := range items {
				parts = append(parts, beyond(it, left)...)
			}
			j.report("F005", 2, parts)
			continue
		}
		away := keep(u, func(l *line) bool {
			return !l.visit.inpatient() && slices.ContainsFunc(j.p.stays, func(s *stay) bool {
				return s.inst != l.inst && d > s.adm && (s.open || d < s.dis) && !j.onLeave(s, d)
			})
		})
		if len(away) > 0 {
			j.report("F005", 3, whole(away))
		}
	}
}

// F007 动态血压心电时长不足.
func (j *judge) f007() {
	for _, l := range j.lines("F007") {
		longest, known := int64(0), false
		for _, r := range j.c.where("exam", "mdtrt_id", l.row["mdtrt_id"]) {
			from, to := r.time("exam_time"), r.time("rpt_time")
			if a := r.time("appy_time"); a.Has() && (!from.Has() || a.Clock() < from.Clock()) {
				from = a
			}
			if !j.named(r, l.inst, l.day, []string{l.code}) || !from.Has() || !to.Has() || from.DayOnly() || to.DayOnly() {
				continue
			}
			if e := r.time("exam_time"); to.Clock() < from.Clock() || (e.Has() && to.Clock() < e.Clock()) {
				continue
			}
			known, longest = true, max(longest, to.Clock()-from.Clock())
		}
		if !known || l.is("etip_flag", "1") {
			continue
		}
		if j.anyPoint("F007", l, func(pt knowledge.Point) bool {
			limit := pt.Limit
			if !limit.Has() {
				name := "holter_h"
				if strings.Contains(pt.Params.Group, "血压") {
					name = "bp_h"
				}
				limit = claim.Qty(j.param("F007", name, 4))
			}
			return longest < claim.MulDiv(int64(limit), hour, int64(claim.QtyOne))
		}) {
			j.line("F007", 2, l)
		}
	}
}

// gradeOf is the number a grade begins with, in 1/10 000; false when there is none.
func gradeOf(s string) (int64, bool) {
	s = strings.TrimSpace(s)
	i := 0
	for i < len(s) && (s[i] >= '0' && s[i] <= '9' || s[i] == '.') {
		i++
	}
	f, err := strconv.ParseFloat(s[:i], 64)
	return int64(f*10_000 + 0.5), err == nil
}

// F008 高配置影像设备套收.
func (j *judge) f008() {
	for _, l := range j.lines("F008") {
		if l.is("etip_flag", "1") {
			continue
		}
		exams := keepRows(j.c.where("exam", "mdtrt_id", l.row["mdtrt_id"]), func(r row) bool { return j.named(r, l.inst, l.day, []string{l.code}) })
		if same := keepRows(exams, func(r row) bool { return reportTime(r).Day() == l.day }); len(same) > 0 {
			exams = same
		}
		named := keepRows(exams, func(r row) bool { return r["device_no"] != "" })
		if j.anyPoint("F008", l, func(pt knowledge.Point) bool {
			devices := keepRows(j.c.where("device", "fixmedins_code", l.inst), func(r row) bool {
				if !r.covers(l.day, "begndate", "enddate") {
					return false
				}
				if len(named) > 0 {
					return slices.ContainsFunc(named, func(e row) bool { return e["device_no"] == r["device_no"] })
				}
				return r["device_type"] == pt.Params.Group
			})
			best := int64(-1)
			for _, r := range devices {
				n, ok := gradeOf(r["grade"])
				if !ok {
					return false
				}
				best = max(best, n)
			}
			return best >= 0 && pt.Limit.Has() && best < int64(pt.Limit)
		}) {
			j.line("F008", 2, l)
		}
	}
}

// F009 按部位项目超部位数.
func (j *judge) f009() {
	for _, u := range groups(j.lines("F009"), func(l *line) string { return l.row["mdtrt_id"] + "|" + l.code + "|" + l.day.String() }) {
		pt, ok := j.pointOf("F009", u[0])
		limit := claim.Qty(claim.None64)
		if pt.Limit.Has() {
			limit = pt.Limit
		}
		asked, blank, n := 0, false, 0
		for _, r := range j.c.where("exam", "mdtrt_id", u[0].row["mdtrt_id"]) {
			a, e := r.time("appy_time").Day(), r.time("exam_time").Day()
			if !j.named(r, u[0].inst, u[0].day, []string{u[0].code}) || !a.Has() || a > u[0].day || (e.Has() && e != u[0].day) {
				continue
			}
			n++
			parts := strings.FieldsFunc(r["exam_part"], func(c rune) bool { return strings.ContainsRune("、，,；;+/ ", c) })
			blank = blank || len(parts) == 0
			asked += len(parts)
		}
		if n > 0 && !blank {
			if q := claim.Qty(asked) * claim.QtyOne; !limit.Has() || q < limit {
				limit = q
			}
		}
		if ok && limit.Has() && !j.c.batched(u[0]) {
			j.report("F009", 2, beyond(u, limit), u...)
		}
	}
}

// F010 扩大计价单位.
func (j *judge) f010() {
	lines := keep(j.lines("F010"), func(l *line) bool { return !l.at.DayOnly() && !j.c.batched(l) })
	for _, u := range groups(lines, func(l *line) string { return l.row["mdtrt_id"] + "|" + l.code + "|" + l.at.String() }) {
		limit, ok := j.least("F010", u[0], func(pt knowledge.Point) (claim.Qty, bool) { return j.dailyLimit(pt, u) })
		if !oneOf(j.pricedIn(u[0]), "部位", "侧", "肢") && slices.ContainsFunc(u, func(l *line) bool { return sides(l.row["side"]) == 3 }) {
			limit *= 2
		}
		if ok {
			j.report("F010", 2, beyond(u, limit), u...)
		}
	}
}

// F011 康复项目单日超次.
func (j *judge) f011() {
	lines := keep(j.lines("F011"), func(l *line) bool { return len(j.of("F011", l)) > 0 && !j.c.batched(l) })
	for _, u := range groups(lines, func(l *line) string { return l.container() + "|" + l.day.String() }) {
		over, _ := beyondKinds(u, j.int("F011", "max_items"))
		rest := keep(u, func(l *line) bool { return !contains(over, l) })
		parts := append(whole(over), beyondMinutes(rest, j.param("F011", "max_min", 0), func(l *line) int64 { return sessionOf(j.of("F011", l)) })...)
		j.report("F011", 2, parts, u...)
	}
}

// F014 检验样本逻辑异常.
func (j *judge) f014() {
	h := j.param("F014", "tolerance_h", 0)
	for _, v := range j.p.visits {
		if j.exempted("F014", v, nil) || j.c.lacks("F014", v.inst) {
			continue
		}
		bad := slices.ContainsFunc(j.c.where("lab", "mdtrt_id", v.id), func(r row) bool {
			t, rep := r.time("sapl_time"), r.time("rpt_time")
			sent := slices.ContainsFunc(v.lines, func(l *line) bool {
				return l.is("etip_flag", "1") && j.named(r, l.inst, l.day, []string{l.code})
			})
			if !t.Has() || sent {
				return false
			}
			early := rep.Has() && rep.Clock() < t.Clock()
			if rep.DayOnly() || t.DayOnly() {
				early = rep.Has() && rep.Day() < t.Day()
			}
			outside := v.stay != nil && (longBefore(t, v.stay.begin, h) || (!v.stay.open && longBefore(v.stay.till, t, h)))
			return early || outside
		})
		if bad {
			j.visit("F014", 2, v, 0)
		}
	}
}

// F017 麻醉时长超手术时长.
func (j *judge) f017() {
	j.perProcedure("F017", func(pt knowledge.Point, u []*line) {
		ops := j.rowsOf("operation", segment(u[0].visit))
		type span struct{ b, e int64 }
		var spans []span
		for _, r := range ops {
			b, e := r.time("oprn_oprt_begntime"), r.time("oprn_oprt_endtime")
			if !b.Has() || !e.Has() || b.DayOnly() || e.DayOnly() || e.Clock() < b.Clock() {
				return
			}
			spans = append(spans, span{b.Clock(), e.Clock()})
		}
		if len(spans) == 0 {
			return
		}
		slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.b, b.b) })
		var merged []span
		for _, s := range spans {
			if n := len(merged); n > 0 && s.b < merged[n-1].e {
				merged[n-1].e = max(merged[n-1].e, s.e)
				continue
			}
			merged = append(merged, s)
		}
		allowed := claim.Qty(0)
		for _, s := range merged {
			allowed += claim.Qty((s.e-s.b+hour-1)/hour)*claim.QtyOne + claim.Qty(j.param("F017", "extra_h", 4)) - orZero(pt.Limit)
		}
		j.report("F017", j.segmentSeverity(u[0], 2), beyond(u, max(0, allowed)), u...)
	})
}

// F019 特级/一级护理与病情不符.
func (j *judge) f019() {
	for _, s := range j.staysOf("F019") {
		ill := diagsOf(s.visits)
		age, aged := j.c.ageOn(s.first().row["psn_no"], s.adm)
		serious := s.any(func(v *visit) bool {
			return v.rescue() || v.is("dscg_way", "5") || v.pregnancy() || v.psychiatric() || v.oncology() || v.newborn()
		})
		if len(ill) == 0 || !aged || age < j.int("F019", "young_y") || age >= j.int("F019", "old_y") || serious || j.surgery(s) ||
			len(j.rowsOf("icu", s.visits)) > 0 {
			continue
		}
		care := keep(s.lines(), func(l *line) bool {
			return l.inscope > 0 && j.anyPoint("F019", l, func(pt knowledge.Point) bool {
				return pt.DiagSet != "" && !slices.ContainsFunc(ill, func(d string) bool { return !inSet(d, pt.DiagSet) })
			})
		})
		j.report("F019", 3, beyond(care, claim.Qty(j.param("F019", "free_d", 4))), care...)
	}
}

// F020 会诊/加收项目无依据.
func (j *judge) f020() {
	for _, l := range j.lines("F020") {
		age, aged := j.c.ageOn(l.row["psn_no"], l.day)
		v, severity := l.visit, 0
		urgent := v.emergency() || v.rescue() || v.is("adm_way", "1")
		for _, pt := range j.of("F020", l) {
			allow := split(pt.Allow)
			judged, lawful, emergency := len(allow) > 0, false, false
			for _, a := range allow {
				switch a {
				case "儿童":
					limit := j.int("F020", "child_age")
					if pt.AgeMax >= 0 {
						limit = pt.AgeMax
					}
					judged = judged && aged
					lawful = lawful || age <= limit
				case "急诊", "抢救":
					emergency = true
					lawful = lawful || urgent
				default:
					judged = false
				}
			}
			if !judged || lawful {
				continue
			}
			if emergency && v.inpatient() {
				if severity == 0 {
					severity = 2
				}
			} else {
				severity = 1
			}
		}
		if severity > 0 {
			j.line("F020", severity, l)
		}
	}
}

// F021 口腔种植等自费串医保.
func (j *judge) f021() {
	class := func(l *line, c string) bool {
		return slices.ContainsFunc(j.of("F021", l), func(pt knowledge.Point) bool { return pt.Params.Class == c })
	}
	own := keep(j.p.lines, func(l *line) bool { return l.inscope == 0 && !l.visit.absent && class(l, "自费") })
	paid := keep(j.lines("F021"), func(l *line) bool { return class(l, "医保") })
	at := map[*line]bool{}
	evidence := map[*line]bool{}
	for _, o := range own {
		near := keep(paid, func(l *line) bool {
			d := int(l.day - o.day)
			return l.inst == o.inst && d <= j.int("F021", "window_d") && -d <= j.int("F021", "window_d")
		})
		if total(near) >= claim.Qty(j.param("F021", "min_qty", 4)) {
			evidence[o] = true
			for _, l := range near {
				at[l] = true
			}
		}
	}
	faults := keep(paid, func(l *line) bool { return at[l] })
	for _, u := range groups(faults, func(l *line) string { return l.row["mdtrt_id"] }) {
		j.report("F021", 2, whole(u), keep(own, func(l *line) bool { return evidence[l] })...)
	}
}

// F022 眼科白内障项目异常.
func (j *judge) f022() {
	lines := keep(j.lines("F022"), func(l *line) bool { return len(j.of("F022", l)) > 0 })
	per := claim.Qty(j.param("F022", "per_eye", 4))
	for _, u := range groups(lines, func(l *line) string {
		pt, _ := j.pointOf("F022", l)
		return j.groupOf(pt, l)
	}) {
		used := map[int]claim.Qty{}
		for _, l := range u {
			all := used[0] + used[1] + used[2]
			room := 2*per - all
			side := j.eyeOf(l)
			var ok claim.Qty
			switch side {
			case 1, 2:
				ok = min(l.net, per-used[side], room)
				used[side] += max(0, ok)
			case 3:
				each := max(claim.QtyOne, l.net/2)
				for _, eye := range []int{1, 2} {
					x := max(0, min(each, per-used[eye], 2*per-used[0]-used[1]-used[2]))
					used[eye] += x
					ok += x
				}
				ok = claim.Qty(claim.MulDiv(int64(l.net), int64(ok), int64(2*each)))
			default:
				ok = min(l.net, room)
				used[0] += max(0, ok)
			}
			if ok = max(0, ok); ok < l.net {
				j.report("F022", 2, []part{{l, l.share(l.net - ok)}})
			}
		}
	}
}

func (j *judge) eyeOf(l *line) int {
	if s := sides(l.row["side"]); s != 0 {
		return s
	}
	eye := 0
	for _, r := range j.c.where("operation", "mdtrt_id", l.row["mdtrt_id"]) {
		if operationDay(r) == l.day {
			eye |= sides(r["side"])
		}
	}
	if eye == 3 {
		return 0
	}
	return eye
}
