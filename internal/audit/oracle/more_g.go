package oracle

import (
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

const (
	aftercare = "Z51|Z47|Z43|Z49"
)

// G005 医联体机构间倒手: a chain of stays from one hospital of a group to another for one illness.
func (j *judge) g005() {
	chain := map[*stay]int{}
	for _, b := range j.p.stays { // in order of admission
		var a *stay
		for _, x := range j.p.stays {
			if x == b || x.open || cmpVisit(x.first(), b.first()) >= 0 {
				continue
			}
			gx, gb := j.c.instRow(x.inst, b.adm)["group_no"], j.c.instRow(b.inst, b.adm)["group_no"]
			if gx == "" || gx != gb || (a != nil && x.till.Clock() < a.till.Clock()) {
				continue
			}
			a = x
		}
		if a == nil || a.inst == b.inst {
			continue
		}
		x, y := bare(a.last().main), bare(b.last().main)
		g := gap(a, b)
		if x == "" || y == "" || first3(x) != first3(y) || g < 0 || g > j.int("G005", "gap_d") {
			continue
		}
		referred := func(v *visit) bool { return v.row["refl_from"] != "" || v.row["refl_to"] != "" }
		lawful := b.any(func(v *visit) bool { return v.is("plan_readm_flag", "1") }) || b.first().is("adm_way", "1") || b.any((*visit).emergency) ||
			a.midSettled() || a.left("4") || a.any(referred) || b.any(referred) || inSet(y, aftercare+"|Z50") || inSet(x, "Z50") ||
			j.exemptStay("G005", a) || j.exemptStay("G005", b)
		if lawful {
			continue
		}
		chain[b] = chain[a] + 1
		if chain[b] >= j.int("G005", "min_times") {
			j.stay("G005", opened(2, b), b)
		}
	}
}

// G009 在岗打卡.
func (j *judge) g009() {
	for _, s := range j.staysOf("G009") {
		hits := 0
		for d := s.adm + 1; d < s.dis; d++ {
			if j.onLeave(s, d) {
				continue
			}
			if slices.ContainsFunc(j.c.events("attendance", j.p), func(r row) bool {
				b, e := r.time("begntime").Day(), r.time("endtime").Day()
				if !e.Has() {
					e = b
				}
				return b <= d && d <= e
			}) {
				hits++
			}
		}
		if hits > 0 && hits >= j.int("G009", "min_hits") {
			j.stay("G009", opened(2, s), s)
		}
	}
}

// G012 无病历或信息未上传.
func (j *judge) g012() {
	h := j.param("G012", "limit_h", 0)
	for _, s := range j.staysOf("G012") {
		if !longBefore(s.first().beg, s.till, h) || !j.documents(s.inst) {
			continue
		}
		known := false
		for _, x := range [][2]string{{"medorder", "drord_begn_date"}, {"record", "doc_time"}} {
			for _, r := range j.rowsOf(x[0], s.visits) {
				t := r.time(x[1])
				known = known || (t.Has() && !longBefore(s.first().beg, t, h))
			}
		}
		if !known {
			j.stay("G012", opened(2, s), s)
		}
	}
}

// documents tells whether an institution uploads orders and records at all: so many rows to each discharge.
func (j *judge) documents(inst string) bool {
	rows := 0
	for _, t := range []string{"medorder", "record"} {
		rows += len(j.c.where(t, "fixmedins_code", inst))
	}
	return rows > 0 && float64(rows) >= j.ratio("G012", "min_docs")*float64(j.c.discharged[inst])
}

// G019 体检式住院.
func (j *judge) g019() {
	for _, s := range j.staysOf("G019") {
		if j.surgery(s) || s.first().is("adm_way", "1") {
			continue
		}
		hit := false
		for subject := range j.byRule["G019"] {
			if !strings.HasPrefix(subject, "diag:") {
				continue
			}
			for _, pt := range j.points("G019", subject, s.last().circumstances()) {
				hit = hit || (s.last().main != "" && inSet(s.last().main, setOf(pt)))
			}
		}
		packs, size := map[string]map[string]bool{}, map[string]claim.Qty{}
		ls := keep(s.lines(), func(l *line) bool { return l.inscope > 0 })
		for _, l := range ls {
			for _, pt := range j.of("G019", l) {
				if packs[pt.Params.Group] == nil {
					packs[pt.Params.Group] = map[string]bool{}
				}
				packs[pt.Params.Group][l.code] = true
				if size[pt.Params.Group] == 0 && pt.Limit.Has() {
					size[pt.Params.Group] = pt.Limit
				}
			}
		}
		all, rest := money(ls), money(ls)-money(ofType(ls, "03", "04"))
		treated := float64(rest) > j.ratio("G019", "treat")*float64(all)
		for g, items := range packs {
			covered := size[g] > 0 && float64(len(items))*10_000 >= j.ratio("G019", "cover")*float64(size[g])-1e-6
			hit = hit || (covered && !treated && all > 0)
		}
		if hit {
			j.stay("G019", opened(2, s), s)
		}
	}
}

// G023 住院频次异常-年度.
func (j *judge) g023() {
	counts := map[string]int{}
	follows := func(a, b *stay) bool {
		return a.inst != b.inst && !a.open && a.left("2", "3") && gap(a, b) >= 0 && gap(a, b) <= 1
	}
	for i, s := range j.p.stays {
		continued := false
		for k, a := range j.p.stays {
			if follows(a, s) && (!follows(s, a) || k < i) {
				continued = true
			}
		}
		if continued || j.exemptStay("G023", s) {
			continue
		}
		y, m, _ := s.adm.Civil()
		year, quarter := s.adm.String()[:4], s.adm.String()[:4]+"q"+string(rune('0'+(int(m)-1)/3))
		_ = y
		counts[year]++
		counts[quarter]++
		for k, limit := range map[string]string{year: "year", quarter: "quarter"} {
			if counts[k] == j.int("G023", limit)+1 {
				j.stay("G023", opened(2, s), s)
			}
		}
	}
}

// G024 住院天数异常-超长.
func (j *judge) g024() {
	for _, s := range j.staysOf("G024") {
		rehab := s.any(func(v *visit) bool {
			return strings.Contains(v.row["adm_dept_name"], "康复") || strings.Contains(v.row["dscg_dept_name"], "康复")
		})
		if s.los() > j.int("G024", "limit_d") && !rehab && !j.surgery(s) && len(j.rowsOf("icu", s.visits)) == 0 && !s.has("A15-A19|P07|Z50|Z51.5") {
			j.stay("G024", 3, s)
		}
	}
}

// G028 推诿重病: sent home early and back as an emergency.
func (j *judge) g028() {
	for _, a := range j.staysOf("G028") {
		if a.open || a.los() > j.int("G028", "early_d") || a.midSettled() || a.has("Z51.5") {
			continue
		}
		x := bare(a.last().main)
		if slices.ContainsFunc(j.p.visits, func(v *visit) bool {
			since := int(v.beg.Day() - a.dis)
			urgent := v.emergency() || v.is("adm_way", "1")
			return !slices.Contains(a.visits, v) && since >= 1 && since <= j.int("G028", "window_d") && urgent && !v.is("plan_readm_flag", "1") &&
				x != "" && v.main != "" && first3(bare(v.main)) == first3(x)
		}) {
			j.stay("G028", 3, a)
		}
	}
}

// G031 大额费用病例复核.
func (j *judge) g031() {
	for _, s := range j.staysOf("G031") {
		total, fund := claim.Money(0), claim.Money(0)
		for _, v := range s.visits {
			for _, x := range v.setls {
				total += x.money("medfee_sumamt").Or(0)
				fund += x.fund.Or(0)
			}
			if len(v.setls) == 0 {
				total += amount(v.lines)
			}
		}
		if total > claim.Money(j.param("G031", "total", 2)) || fund > claim.Money(j.param("G031", "fund", 2)) {
			j.stay("G031", 3, s)
		}
	}
}
