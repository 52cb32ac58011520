package oracle

import (
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// has tells whether a diagnosis of any visit of the stay belongs to the set.
func (s *stay) has(set string) bool { return s.any(func(v *visit) bool { return v.has(set) }) }

func (s *stay) psychiatric() bool { return s.any((*visit).psychiatric) }

func (s *stay) left(ways ...string) bool { return oneOf(s.last().row["dscg_way"], ways...) }

// ofType are the lines of the given fee classes.
func ofType(ls []*line, types ...string) []*line {
	return keep(ls, func(l *line) bool { return oneOf(l.row["med_chrgitm_type"], types...) })
}

// surgery: an operation record, or an operation fee.
func (j *judge) surgery(s *stay) bool { return j.operated(s) || len(ofType(s.lines(), "06")) > 0 }

// G007 无实质诊疗日.
func (j *judge) g007() {
	for _, s := range j.p.stays {
		rehab := s.has("Z50") || s.any(func(v *visit) bool {
			return strings.Contains(v.row["adm_dept_name"], "康复") || strings.Contains(v.row["dscg_dept_name"], "康复")
		})
		if s.los() < j.int("G007", "min_los") || s.psychiatric() || s.has("Z51.5") || rehab || s.any((*visit).pregnancy) ||
			!j.filled("G007", s.inst) {
			continue
		}
		run, idle := 0, 0
		active := ofType(s.lines(), "03", "04", "05", "06", "09", "10", "11")
		for d := s.adm + 1; d < s.dis; d++ {
			run++
			if onDay(active, d) || j.onLeave(s, d) {
				run = 0
			}
			idle = max(idle, run)
		}
		if idle >= j.int("G007", "days") {
			j.stay("G007", opened(2, s), s)
		}
	}
}

// G015 轻症住院.
func (j *judge) g015() {
	for _, s := range j.p.stays {
		v := s.last()
		age, ok := j.c.ageOn(v.row["psn_no"], s.adm)
		if !ok || age < j.int("G015", "young_y") || age >= j.int("G015", "old_y") || v.main == "" || !j.mild(v) || j.surgery(s) {
			continue
		}
		urgent := s.any(func(v *visit) bool { return v.is("adm_way", "1") || v.emergency() })
		if !j.pilot(s) && !urgent && !s.any((*visit).pregnancy) && !s.any((*visit).daySurgery) && !s.has("A|B") && !otherIllness(s, v.main) {
			j.stay("G015", opened(2, s), s)
		}
	}
}

func (j *judge) mild(v *visit) bool {
	for subject := range j.byRule["G015"] {
		for _, pt := range j.points("G015", subject, v.circumstances()) {
			if inSet(v.main, setOf(pt)) {
				return true
			}
		}
	}
	return false
}

func otherIllness(s *stay, main string) bool {
	return s.any(func(v *visit) bool {
		for _, d := range v.diags {
			if first3(bare(d)) != first3(bare(main)) {
				return true
			}
		}
		return false
	})
}

// G016 检查费占比.
func (j *judge) g016() {
	for _, s := range j.p.stays {
		ls := s.lines()
		dear := keep(ofType(ls, "05"), func(l *line) bool { return l.amount >= claim.Money(j.param("G016", "procedure_yuan", 2)) })
		if s.los() <= 1 || s.left("5", "2", "3") || s.any((*visit).oncology) || s.any((*visit).daySurgery) ||
			s.any((*visit).dialysis) || j.pilot(s) || len(dear) > 0 || j.surgery(s) || !j.filled("G016", s.inst) {
			continue
		}
		exam, all := money(ofType(ls, "03", "04")), money(ls)
		if all > 0 && int64(exam)*10_000 >= int64(all)*j.param("G016", "ratio", 4) {
			j.stay("G016", opened(2, s), s)
		}
	}
}

// G017 口服药为主.
func (j *judge) g017() {
	for _, s := range j.p.stays {
		ls := s.lines()
		drugs := keep(ls, func(l *line) bool { return oneOf(l.row["list_type"], "101", "102", "103", "106") })
		told := keep(drugs, func(l *line) bool { return l.row["medc_way"] != "" })
		if len(told) == 0 || s.psychiatric() || s.has("A15-A19|P58|P59|O20|Z51.5") || j.pilot(s) || !j.filled("G017", s.inst) {
			continue
		}
		oral := keep(drugs, func(l *line) bool { return hasAny(strings.ToLower(l.row["medc_way"]), "口服|po") })
		active := keep(ls, func(l *line) bool {
			return oneOf(l.row["med_chrgitm_type"], "05", "06") || (contains(drugs, l) && injected(l))
		})
		if money(ls) > 0 && int64(money(active))*10_000 < int64(money(ls))*j.param("G017", "ratio", 4) &&
			int64(money(oral))*10_000 > int64(money(drugs))*j.param("G017", "oral", 4) {
			j.stay("G017", 3, s)
		}
	}
}

func injected(l *line) bool {
	return hasAny(l.row["dosform"], "注射") || hasAny(l.row["medc_way"], "注射|静|肌")
}

// G018 短住院无手术.
func (j *judge) g018() {
	for _, s := range j.p.stays {
		limit := ""
		switch j.c.level(s.inst, s.adm) {
		case 3:
			limit = "low3"
		case 2:
			limit = "low2"
		case 1:
			limit = "low1"
		}
		if limit == "" || len(s.lines()) == 0 || s.los() >= j.int("G018", "min_days") || s.left("5", "2", "3", "4") ||
			s.any((*visit).daySurgery) || s.any((*visit).oncology) || j.pilot(s) || j.surgery(s) {
			continue
		}
		if money(s.lines()) < claim.Money(j.param("G018", limit, 2)) {
			j.stay("G018", 3, s)
		}
	}
}

// G029 床位护理早于入院晚于出院.
func (j *judge) g029() {
	for _, l := range j.charged("G029") {
		v := l.visit
		if v.absent || !v.inpatient() || len(j.of("G029", l)) == 0 || v.is("pre_ipt_flag", "1") || v.newborn() || v.pregnancy() {
			continue
		}
		if l.day < v.beginning().Day() || (v.end.Has() && l.day > v.end.Day()) {
			j.line("G029", 1, l)
		}
	}
}

// G030 职工居民重复住院结算.
func (j *judge) g030() {
	pair := split(j.text("G030", "pair"))
	for i, b := range j.p.setls { // in order of time
		for _, a := range j.p.setls[:i] {
			x, y := j.schemeOf(a), j.schemeOf(b)
			af, at := j.spanOf(a)
			bf, bt := j.spanOf(b)
			from, to := max(af, bf), min(at, bt)
			if x != y && oneOf(x, pair...) && oneOf(y, pair...) && to-from >= 2 && a.fund > 0 && b.fund > 0 &&
				a.row["fixmedins_code"] == b.row["fixmedins_code"] && j.inpatientSetl(a) && j.inpatientSetl(b) {
				j.settlement("G030", 1, b, 0)
				break
			}
		}
	}
}

func (j *judge) inpatientSetl(s *setl) bool {
	if v := j.c.visits[s.row["mdtrt_id"]]; v != nil {
		return v.inpatient()
	}
	return strings.HasPrefix(s.row["med_type"], "2") || s.is("med_type", "52")
}

// schemeOf is the insurance of a settlement, else of its visit, else of the person on that day.
func (j *judge) schemeOf(s *setl) string {
	if s.row["insutype"] != "" {
		return s.row["insutype"]
	}
	if v := j.c.visits[s.row["mdtrt_id"]]; v != nil && v.row["insutype"] != "" {
		return v.row["insutype"]
	}
	return j.c.personRow(s.row["psn_no"], s.at.Day())["insutype"]
}
