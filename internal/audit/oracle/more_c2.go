package oracle

import (
	"slices"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// C018 支架后无抗血小板药: told at the first visit after the window is full.
func (j *judge) c018() {
	window := claim.Day(j.int("C018", "window_d"))
	var stents []row
	ward := map[string]bool{}
	for _, v := range j.p.visits {
		ward[v.id] = v.inpatient()
		if !v.absent {
			stents = append(stents, keepRows(j.c.where("operation", "mdtrt_id", v.id), func(r row) bool {
				return inSet(r["oprn_oprt_code"], j.text("C018", "oprn")) && operationDay(r).Has()
			})...)
		}
	}
	stents = sortRows(stents, "oprn_oprt_begntime")
	if len(j.p.visits) == 0 {
		return
	}
	for i, op := range stents {
		at := op.time("oprn_oprt_begntime")
		last := at.Day() + window
		again := i+1 < len(stents) && operationDay(stents[i+1]) <= last
		var next *visit
		for _, v := range j.p.visits { // in order of begin
			if next == nil && v.beg.Has() && v.beg.Day() > last {
				next = v
			}
		}
		if again || next == nil || !ward[op["mdtrt_id"]] {
			continue
		}
		dead, bled, bought, taken := len(j.c.events("death", j.p)) > 0, false, false, false
		for _, v := range j.p.visits {
			if v.beg.Day() <= last {
				dead = dead || v.is("dscg_way", "5")
				bled = bled || v.has(j.text("C018", "exempt_diag"))
			}
		}
		for _, l := range j.p.lines {
			if l.visit.absent || !notAfter(at, l.at) || l.day > last {
				continue
			}
			taken = taken || len(j.of("C018", l)) > 0
			bought = bought || (l.is("list_type", "101") && !l.visit.inpatient())
		}
		if !dead && !bled && bought && !taken && !j.c.lacks("C018", next.inst) {
			j.visit("C018", 3, next, 0)
		}
	}
}

func keepRows(rs []row, ok func(row) bool) []row {
	var out []row
	for _, r := range rs {
		if ok(r) {
			out = append(out, r)
		}
	}
	return out
}

// C019 门诊支架.
func (j *judge) c019() {
	h := j.param("C019", "window_h", 0)
	for _, l := range j.lines("C019") {
		if l.visit.medType() == "" || l.visit.inpatient() || l.visit.is("dscg_way", "5") || len(j.of("C019", l)) == 0 {
			continue
		}
		near := slices.ContainsFunc(j.p.stays, func(s *stay) bool {
			rough := l.at.DayOnly() || s.begin.DayOnly() || (!s.open && s.till.DayOnly())
			tooEarly, tooLate := apartFrom(l.at, s.begin, s.till, s.open, h, rough)
			return !tooEarly && !tooLate
		})
		if !near {
			j.line("C019", 2, l)
		}
	}
}

// C023 器官已切除.
func (j *judge) c023() {
	for _, l := range j.lines("C023") {
		vs := segment(l.visit)
		if j.anyPoint("C023", l, func(pt knowledge.Point) bool {
			for _, s := range j.p.stays {
				if s.open || s.dis > l.day || slices.Contains(vs, s.first()) {
					continue
				}
				for _, r := range j.operations(s) {
					d := operationDay(r)
					other := pt.Params.Class == "成对" && (r["side"] == "" || l.row["side"] == "" || r["side"] != l.row["side"])
					if inSet(r["oprn_oprt_code"], pt.DiagSet) && d.Has() && d < l.day && !other {
						return true
					}
				}
			}
			return false
		}) {
			j.line("C023", 2, l)
		}
	}
}

// C025 首日限制.
func (j *judge) c025() {
	for _, l := range j.lines("C025") {
		s := l.visit.stay
		if s == nil || l.day < s.adm || int(l.day-s.adm) >= j.int("C025", "days") || l.is("dscg_tkdrug_flag", "1") {
			continue
		}
		in := s.visits[0] // how the patient came is the first visit's to say
		moved := l.visit.row["refl_from"] != "" || l.visit.row["refl_to"] != "" || in.is("adm_way", "1") || in.row["er_obs_begntime"] != ""
		operated := slices.ContainsFunc(j.operations(s), func(r row) bool {
			t := r.time("oprn_oprt_begntime")
			return t.Has() && t.Day() >= s.begin.Day() && notAfter(t, l.at)
		})
		orders := keepRows(j.rowsOf("medorder", s.visits), func(r row) bool {
			return j.named(r, l.inst, l.day, []string{l.code}) || (r["drord_no"] != "" && r["drord_no"] == l.row["drord_no"])
		})
		later := len(orders) > 0 && !slices.ContainsFunc(orders, func(r row) bool {
			d := r.time("drord_begn_date").Day()
			return !d.Has() || int(d-s.adm) < j.int("C025", "days")
		})
		if moved || operated || later || j.inICU([]*visit{l.visit}, l.day) {
			continue
		}
		ill := diagsOf(s.visits)
		if j.anyPoint("C025", l, func(pt knowledge.Point) bool { return !anyInSet(ill, pt.DiagSet) }) {
			j.line("C025", 3, l)
		}
	}
}

// C026 ICU 与病情.
func (j *judge) c026() {
	for _, s := range j.staysOf("C026") {
		beds := keep(s.lines(), func(l *line) bool { return l.inscope > 0 && len(j.of("C026", l)) > 0 })
		dates := lineDays(beds)
		if len(dates) == 0 || len(dates) < j.int("C026", "days") || s.any(func(v *visit) bool { return v.rescue() || v.is("dscg_way", "5") }) {
			continue
		}
		from, to := dates[0]-1, dates[len(dates)-1]+1
		evidence := 0
		var needed []string
		for _, l := range beds {
			for _, pt := range j.of("C026", l) {
				needed = append(needed, pt.Params.Require...)
			}
		}
		evidence += len(keep(j.p.lines, func(l *line) bool { return !l.visit.absent && oneOf(l.code, needed...) && l.day >= from && l.day <= to }))
		for _, r := range j.rowsOf("operation", j.attended()) {
			if d := operationDay(r); d.Has() && d >= from && d <= to {
				evidence++
			}
		}
		for _, r := range j.rowsOf("record", j.attended()) {
			if d := r.time("doc_time").Day(); hasAny(upper(r["doc_type"]), "评分|APACHE|SOFA|病危|病重|抢救") && d >= from && d <= to {
				evidence++
			}
		}
		if evidence < j.int("C026", "evidence_min") {
			j.report("C026", opened(3, s), freeOfCharge(beds))
		}
	}
}

// indication is A013's reading for other cards: no diagnosis, illness of before or operation in the point's set.
func (j *judge) indication(card string, lines []*line, hoursParam string) {
	for _, l := range lines {
		vs := []*visit{l.visit} // 判法同 A013: what the next part of a stay will say is not known yet
		all, own := j.indicated(l, vs, j.int(card, "lookback_d"))
		var written []string
		if j.pharmacyLine(l) {
			for _, r := range j.prescriptions(l) {
				if r["diag_code"] != "" {
					written = append(written, r["diag_code"])
				}
			}
		}
		if !own && len(written) == 0 {
			continue
		}
		severity := 2
		if j.earlySymptoms(l, append(diagsOf(vs), written...), j.param(card, hoursParam, 0)) {
			severity = 3
		}
		if j.anyPoint(card, l, func(pt knowledge.Point) bool {
			return pt.DiagSet != "" && !anyInSet(append(all, written...), pt.DiagSet)
		}) {
			j.line(card, severity, l)
		}
	}
}

func (j *judge) earlySymptoms(l *line, diags []string, hours int64) bool {
	for _, d := range diags {
		if !inSet(d, "R") {
			return false
		}
	}
	return l.visit.beg.Has() && !longBefore(l.visit.beg, l.at, hours)
}

// D006 易倒卖药.
func (j *judge) d006() {
	lines := keep(j.charged("D006"), func(l *line) bool {
		return len(j.of("D006", l)) > 0 && l.visit.medType() != "" && (!l.visit.inpatient() || l.is("dscg_tkdrug_flag", "1")) &&
			!l.setl.familyAccount()
	})
	for _, u := range groups(lines, func(l *line) string { return j.generic(l) + l.day.String()[:4] }) {
		first, _ := j.pointOf("D006", u[0])
		limit, count, spent := int64(first.Limit), int64(0), claim.Money(0)
		yuan := claim.Money(j.param("D006", "year_yuan", 2))
		var parts []part
		for _, l := range u {
			pt, _ := j.pointOf("D006", l)
			was, paid := count, spent
			spent += l.inscope
			vola := claim.Money(0)
			if own, ok := j.counted(l, pt.Unit); ok && first.Limit.Has() && pt.Limit.Has() && pt.Limit > 0 {
				n := claim.MulDiv(int64(own), limit, int64(pt.Limit))
				count += n
				if count > limit {
					vola = l.portion(count-max(was, limit), n)
				}
			}
			if spent > yuan {
				vola = max(vola, spent-max(paid, yuan))
			}
			if vola > 0 {
				parts = append(parts, part{l, vola})
			}
		}
		if len(parts) > 0 && !j.excusedPerson(j.text("D006", "exempt_person"), parts[0].l.day) {
			j.report("D006", 2, parts, u...)
		}
	}
}

// excusedPerson: a diagnosis or registered illness of the set by that day.
func (j *judge) excusedPerson(set string, d claim.Day) bool {
	for _, v := range j.p.visits {
		if v.beg.Day() <= d && (v.has(set) || inSet(v.row["dise_codg"], set)) {
			return true
		}
	}
	return slices.ContainsFunc(j.c.ofPerson("chronic", j.p), func(r row) bool {
		return inSet(r["dise_codg"], set) && (!r.day("begndate").Has() || r.day("begndate") <= d)
	})
}

// D010 饮片超量.
func (j *judge) d010() {
	herbs := keep(j.lines("D010"), func(l *line) bool { return oneOf(l.row["list_type"], "102", "106") })
	for _, u := range groups(herbs, func(l *line) string {
		if l.row["rxno"] != "" {
			return l.row["mdtrt_id"] + "|r" + l.row["rxno"]
		}
		return l.row["mdtrt_id"] + "|t" + l.at.String()
	}) {
		if slices.ContainsFunc(u, j.external) { // a prescription is used in one way
			continue
		}
		extra, _ := beyondKinds(u, j.int("D010", "max_herbs"))
		allowed := j.param("D010", "max_doses", 0)
		if v := u[0].visit; v.chronic() || v.has(chronicSet) {
			allowed = j.param("D010", "long_doses", 0)
		}
		var parts []part
		doses := claim.Qty(0) // of the prescription, on whichever of its lines it stands
		for _, l := range u {
			if n := l.qty("herb_dose_cnt"); n.Has() {
				doses = max(doses, n)
			}
		}
		for _, l := range u {
			vola := claim.Money(-1)
			if contains(extra, l) {
				vola = l.inscope
			}
			if doses > 0 {
				if most := claim.Qty(allowed) * claim.QtyOne; doses > most {
					vola = max(vola, l.portion(int64(doses-most), int64(doses)))
				}
				if pt, ok := j.pointOf("D010", l); ok && pt.Limit.Has() {
					g := l.qty("sin_dos")
					if !g.Has() || doseUnit(l.row["sin_dosunt"]) != "g" {
						g = claim.Qty(claim.MulDiv(int64(l.net), int64(claim.QtyOne), int64(doses)))
						if pack := j.catalogue(l).qty("min_pac_cnt"); pack.Has() && doseUnit(j.catalogue(l)["min_prepunt"]) == "g" {
							g = claim.Qty(claim.MulDiv(int64(g), int64(pack), int64(claim.QtyOne)))
						} else {
							g = 0
						}
					}
					limit := claim.Qty(float64(pt.Limit)*j.ratio("D010", "factor") + 0.5)
					if g > limit {
						vola = max(vola, l.portion(int64(g-limit), int64(g)))
					}
				}
			}
			if vola >= 0 {
				parts = append(parts, part{l, vola})
			}
		}
		j.report("D010", 2, parts, u...)
	}
}

// D011 中药注射剂.
func (j *judge) d011() {
	for _, l := range j.lines("D011") {
		level := j.c.level(l.inst, l.day)
		var written []string
		if j.c.pharmacy(l.inst, l.day) {
			level = 0
			for _, r := range j.prescriptions(l) {
				level = max(level, j.c.level(r["fixmedins_code"], l.day))
				if r["diag_code"] != "" {
					written = append(written, r["diag_code"])
				}
			}
		}
		vs := segment(l.visit)
		all, own := j.indicated(l, vs, 365)
		all = append(all, written...)
		severity := 0
		for _, pt := range j.of("D011", l) {
			if level > 0 && below(level, pt.Limit) {
				severity = 1
			}
			if severity == 0 && pt.DiagSet != "" && (own || len(written) > 0) && !anyInSet(all, pt.DiagSet) && !l.visit.rescue() && !j.inICU(vs, l.day) {
				severity = 2
			}
		}
		if severity > 0 {
			j.line("D011", severity, l)
		}
	}
}

// D012 白蛋白、肠外营养, D013 静脉质子泵抑制剂.
func (j *judge) d012() { j.nutrition("D012") }
func (j *judge) d013() { j.nutrition("D013") }

func (j *judge) nutrition(card string) {
	for _, l := range j.lines(card) {
		vs := segment(l.visit)
		ill := diagsOf(vs)
		fasting := slices.ContainsFunc(j.rowsOf("medorder", vs), func(r row) bool {
			b, e := r.time("drord_begn_date").Day(), r.time("drord_stop_date").Day()
			if r.is("drord_type", "2") && !e.Has() {
				e = b
			}
			return hasAny(r["drord_item_name"], "禁食|禁饮|胃肠减压") && b.Has() && b <= l.day && (!e.Has() || l.day <= e)
		})
		operated := slices.ContainsFunc(j.rowsOf("operation", vs), func(r row) bool {
			d := operationDay(r)
			return d.Has() && l.day >= d && int(l.day-d) < j.int(card, "after_op_d")
		})
		severity := 2
		if len(j.c.where("medorder", "mdtrt_id", l.row["mdtrt_id"])) == 0 {
			severity = 3
		}
		hit := 0
		for _, pt := range j.of(card, l) {
			unfit := (len(ill) > 0 || l.visit.row["dise_codg"] != "") && pt.DiagSet != "" && !anyInSet(ill, pt.DiagSet) && !fasting && !operated && !j.inICU(vs, l.day)
			if card == "D012" && pt.Params.Class == "白蛋白" {
				_, n, ok := j.labValue(l, "白蛋白|ALB", j.int(card, "lookback_d"))
				if !ok {
					continue
				}
				if n >= j.param(card, "alb_lt", 4) {
					hit = 2
					continue
				}
			}
			if unfit && hit == 0 {
				hit = severity
			}
		}
		if hit > 0 {
			j.line(card, hit, l)
		}
	}
}

// D014 结算量超医嘱量.
func (j *judge) d014() {
	lines := keep(j.lines("D014"), func(l *line) bool { return len(j.of("D014", l)) > 0 })
	for _, u := range groups(lines, func(l *line) string { return l.container() + "|" + j.generic(l) }) {
		orders := keepRows(j.rowsOf("medorder", segment(u[0].visit)), func(r row) bool {
			return r["hilist_code"] != "" && j.genericOf(r["hilist_code"], u[0].inst, u[0].day) == j.generic(u[0])
		})
		sum, blank := claim.Qty(0), len(orders) == 0
		for _, r := range orders {
			n := r.qty("exe_cnt")
			blank = blank || !n.Has()
			sum += n
		}
		if !blank {
			severity := 2
			if s := u[0].visit.stay; s != nil {
				severity = opened(2, s)
			}
			j.report("D014", severity, beyond(u, claim.Qty(float64(sum)*j.ratio("D014", "ratio")+0.5)), u...)
		}
	}
}

// D015 精麻药品超量.
func (j *judge) d015() {
	for _, l := range j.lines("D015") {
		n, ok := j.days(l)
		if !ok || !j.anywhere(l).is("narc_flag", "1") || l.visit.medType() == "" || (l.visit.inpatient() && !l.is("dscg_tkdrug_flag", "1")) {
			continue
		}
		form := firstOf(l.row["dosform"], j.anywhere(l)["dosform"]) + "|" + j.anywhere(l)["generic_name"] + "|" + l.row["hilist_name"]
		limit := j.param("D015", "other_d", 0)
		switch {
		case hasAny(form, "注射") && l.visit.oncology():
			limit = j.param("D015", "cancer_inject_d", 0)
		case hasAny(form, "注射"):
			limit = j.param("D015", "inject_d", 0)
		case hasAny(form, "缓释|控释"):
			limit = j.param("D015", "retard_d", 0)
		}
		if pt, ok := j.pointOf("D015", l); ok && pt.Limit.Has() {
			limit = int64(pt.Limit / claim.QtyOne)
		}
		severity := 1
		if l.visit.has("F00-F99|G20|G40|G47") {
			severity = 3
		}
		if x := j.packs(l, n, n-limit); x > 0 {
			j.report("D015", severity, []part{{l, l.share(x)}})
		}
	}
}

// D016 处方品种数.
func (j *judge) d016() {
	lines := keep(j.lines("D016"), func(l *line) bool {
		return l.row["rxno"] != "" && l.is("list_type", "101") && l.visit.medType() != "" && !l.visit.inpatient() && !l.visit.buying() &&
			!hasAny(j.generic(l), solvents)
	})
	for _, u := range groups(lines, func(l *line) string { return l.row["mdtrt_id"] + "|" + l.day.String() + "|" + l.row["rxno"] }) {
		seen := map[string]int{}
		over := keep(u, func(l *line) bool {
			g := j.generic(l)
			if _, ok := seen[g]; !ok {
				seen[g] = len(seen)
			}
			return seen[g] >= j.int("D016", "max_items")
		})
		j.report("D016", 3, freeOfCharge(over), u...)
	}
}
