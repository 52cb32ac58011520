package oracle

import (
	"slices"
	"sort"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// codesOf are the codes a stay was settled on: 规则口径, 病组病种类里不看病组的规则.
func (j *judge) codesOf(s *stay) (dx, ops []string) {
	add := func(list []string, code string) []string {
		code = strings.ToUpper(strings.TrimSpace(code))
		if code == "" || slices.Contains(list, code) {
			return list
		}
		return append(list, code)
	}
	var main, rest []string
	for i := len(s.visits) - 1; i >= 0; i-- {
		v := s.visits[i]
		western := keepRows(j.c.where("diagnosis", "mdtrt_id", v.id), func(r row) bool { return r["diag_type"] != "2" && r["diag_type"] != "3" })
		if left := keepRows(western, func(r row) bool { return r["inout_diag_type"] == "2" }); len(left) > 0 {
			western = left
		}
		sort.SliceStable(western, func(a, b int) bool {
			x, y := western[a], western[b]
			if x.is("maindiag_flag", "1") != y.is("maindiag_flag", "1") {
				return x.is("maindiag_flag", "1")
			}
			return x.num("diag_srt_no", 0) < y.num("diag_srt_no", 0)
		})
		if len(dx) == 0 && (len(western) == 0 || !western[0].is("maindiag_flag", "1")) {
			dx = add(dx, v.main)
		}
		for _, r := range western {
			dx = add(dx, r["diag_code"])
		}
		mine := slices.Clone(j.c.where("operation", "mdtrt_id", v.id))
		sort.SliceStable(mine, func(a, b int) bool { return mine[a].num("oprn_srt_no", 0) < mine[b].num("oprn_srt_no", 0) })
		for _, r := range mine {
			if r.is("main_oprn_flag", "1") {
				main = append(main, r["oprn_oprt_code"])
			} else {
				rest = append(rest, r["oprn_oprt_code"])
			}
		}
	}
	for _, code := range append(main, rest...) {
		ops = add(ops, code)
	}
	return dx, ops
}

// lastRow is the row of a stay's last visit that has one.
func (j *judge) lastRow(table string, s *stay) row {
	for i := len(s.visits) - 1; i >= 0; i-- {
		if rs := j.c.where(table, "mdtrt_id", s.visits[i].id); len(rs) > 0 {
			return rs[0]
		}
	}
	return nil
}

func (s *stay) settlements() []*setl {
	var out []*setl
	for _, v := range s.visits {
		out = append(out, v.setls...)
	}
	return out
}

// R010 结算清单与病案首页不一致.
func (j *judge) r010() {
	short := func(code string) string {
		if n := j.int("R010", "chars"); n > 0 && len(code) > n {
			return code[:n]
		}
		return code
	}
	lacks := func(have, want []string) bool {
		return slices.ContainsFunc(want, func(w string) bool {
			return !slices.ContainsFunc(have, func(h string) bool { return short(h) == short(w) })
		})
	}
	for _, s := range j.staysOf("R010") {
		page := j.lastRow("front_page", s)
		if s.open || page == nil {
			continue
		}
		written := func(col string) (out []string) {
			for _, w := range strings.Split(page[col], "|") {
				if w = strings.ToUpper(strings.TrimSpace(w)); w != "" {
					out = append(out, w)
				}
			}
			return out
		}
		dx, ops := j.codesOf(s)
		pageDx, pageOps := written("diag_codes"), written("oprn_codes")
		first := func(x, y []string) bool { return len(x) > 0 && len(y) > 0 && short(x[0]) != short(y[0]) }
		hit := first(dx, pageDx) || first(ops, pageOps) || lacks(pageDx, dx) || lacks(pageOps, ops) || lacks(ops, pageOps)
		hit = hit || (len(dx) <= j.int("R010", "max_other") && lacks(dx, pageDx))
		if page["act_ipt_days"] != "" && s.begin.Has() && s.till.Has() {
			los := max(1, int(s.till.Day()-s.begin.Day()))
			off := los - int(page.num("act_ipt_days", 0))
			hit = hit || max(off, -off) > j.int("R010", "days")
		}
		if ss := s.settlements(); page["medfee_sumamt"] != "" && len(ss) > 0 {
			off := -page.money("medfee_sumamt")
			for _, x := range ss {
				if m := x.row.money("medfee_sumamt"); m.Has() {
					off += m
				}
			}
			hit = hit || max(off, -off) > claim.Money(j.param("R010", "yuan", 2))
		}
		if hit {
			j.stay("R010", 2, s)
		}
	}
}

// R011 编码逻辑错误.
func (j *judge) r011() {
	for _, s := range j.staysOf("R011") {
		dx, ops := j.codesOf(s)
		psn := s.first().row["psn_no"]
		sex := j.c.sexOn(psn, s.begin.Day())
		age, aged := j.c.ageOn(psn, s.begin.Day())
		named := func(subject, set string) bool {
			if p, ok := strings.CutPrefix(subject, "oprn:"); ok {
				return slices.ContainsFunc(ops, func(c string) bool { return strings.HasPrefix(c, p) })
			}
			if set != "" {
				return slices.ContainsFunc(dx, func(c string) bool { return inSet(c, set) })
			}
			p := strings.TrimPrefix(subject, "diag:")
			return slices.ContainsFunc(dx, func(c string) bool { return strings.HasPrefix(c, p) })
		}
		hit := false
		for subject := range j.byRule["R011"] {
			for _, pt := range j.points("R011", subject, s.last().circumstances()) {
				if !named(subject, pt.DiagSet) {
					continue
				}
				if pt.Second != "" {
					hit = hit || named(pt.Second, "")
					continue
				}
				hit = hit || (pt.Sex != "" && sex != "" && sex != pt.Sex) || (aged && outOfAge(pt, age))
			}
		}
		if hit {
			j.stay("R011", opened(2, s), s)
		}
	}
}

// standing is the application for a stay that was not sent back.
func (j *judge) standing(s *stay) row {
	r := j.lastRow("special_case", s)
	if r.is("appy_stas", "退回") {
		return nil
	}
	return r
}

// R014 特例单议申报超时限. The working days here are those of 2025's first and second quarter's ends, written by hand.
func (j *judge) r014() {
	for _, s := range j.staysOf("R014") {
		r := j.standing(s)
		if r == nil || !r.day("appy_date").Has() || len(s.settlements()) == 0 {
			continue
		}
		var last claim.Day
		for _, x := range s.settlements() {
			last = max(last, x.at.Day())
		}
		y, m, _ := last.Civil()
		end := claim.DayOf(y, (int(m)+2)/3*3+1, 1) - 1
		if int(m) > 9 {
			end = claim.DayOf(y, 12, 31)
		}
		d, n := end, j.int("R014", "quarter_workday")
		for n > 0 {
			if d++; workday(d) {
				n--
			}
		}
		if r.day("appy_date") > d {
			j.stay("R014", opened(1, s), s)
		}
	}
}

// workday knows the notices of 2024 to 2026 for the weeks after a quarter's end.
func workday(d claim.Day) bool {
	text := d.String()
	off := []string{"2025-01-01", "2025-04-04", "2025-10-01", "2025-10-02", "2025-10-03", "2025-10-06", "2025-10-07", "2025-10-08", "2025-01-28", "2025-01-29",
		"2025-01-30", "2025-01-31", "2025-02-03", "2025-02-04", "2026-01-01", "2026-01-02", "2025-05-01", "2025-05-02", "2025-05-05"}
	on := []string{"2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11", "2026-01-04"}
	if slices.Contains(off, text) {
		return false
	}
	return slices.Contains(on, text) || (d.Weekday() != 0 && d.Weekday() != 6)
}

// R015 特例单议材料不全或不合理费用.
func (j *judge) r015() {
	for _, s := range j.staysOf("R015") {
		r := j.standing(s)
		if r == nil {
			continue
		}
		hit := false
		if r["materials"] != "" {
			have := map[string]bool{}
			for _, w := range strings.Split(strings.NewReplacer("；", ";", "，", ";", ",", ";", "、", ";", "|", ";").Replace(r["materials"]), ";") {
				have[strings.TrimSpace(w)] = true
			}
			for _, want := range strings.Split(j.text("R015", "docs"), "|") {
				hit = hit || !have[strings.TrimSpace(want)]
			}
		}
		if cut := r.money("cut_amt"); cut.Has() && cut > 0 {
			var fund claim.Money
			for _, x := range s.settlements() {
				fund += x.fund
			}
			hit = hit || (fund > 0 && float64(cut) > float64(fund)*j.ratio("R015", "cut")+1e-6)
		}
		if hit {
			j.stay("R015", opened(2, s), s)
		}
	}
}
