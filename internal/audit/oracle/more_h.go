package oracle

import (
	"slices"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// cityInsured is where the person of a settlement is insured: its own word, the visit's, the register's.
func (j *judge) insuredArea(s *setl) string {
	if a := s.row["insu_admdvs"]; a != "" {
		return a
	}
	if v := j.visitOfSetl(s); v != nil && v.row["insu_admdvs"] != "" {
		return v.row["insu_admdvs"]
	}
	return j.c.personRow(s.row["psn_no"], s.at.Day())["insu_admdvs"]
}

// allowance is the year's limit of a kind for the settlement (规则口径 四 年度限额).
func (j *judge) allowance(s *setl, kind, dise string) (claim.Money, bool) {
	year := s.at.Day().String()[:4]
	best, limit := 99, claim.Money(0)
	for _, r := range j.c.table("benefit_limit") {
		d := steps(r["admdvs"], j.insuredArea(s))
		if !r.is("limit_kind", kind) || !r.is("insutype", j.schemeOf(s)) || !r.is("year", year) || d < 0 || (r["dise_codg"] != "" && r["dise_codg"] != dise) {
			continue
		}
		rank := d
		if r["dise_codg"] == "" {
			rank += 10
		}
		if rank < best {
			best, limit = rank, r.money("amount")
		}
	}
	return limit, best < 99
}

func (s *setl) pooled() claim.Money {
	if p := s.money("hifp_pay"); p.Has() {
		return p
	}
	return s.fund.Or(0)
}

// used is what a kind of benefit took in the year up to and with the settlement.
func (j *judge) used(s *setl, kind, dise string, counts func(*setl) bool, pay func(*setl) claim.Money) claim.Money {
	year := s.at.Day().String()[:4]
	var quota row
	for _, r := range j.c.ofPerson("quota_used", j.p) {
		asOf := r.day("as_of")
		if !r.is("limit_kind", kind) || !r.is("year", year) || !r.is("insutype", j.schemeOf(s)) || !asOf.Has() || asOf >= s.at.Day() ||
			(r["dise_codg"] != "" && r["dise_codg"] != dise) || steps(r["admdvs"], j.insuredArea(s)) < 0 {
			continue
		}
		if quota == nil || asOf > quota.day("as_of") {
			quota = r
		}
	}
	sum, from := claim.Money(0), claim.NoDay
	if quota != nil {
		sum, from = quota.money("used_amt"), quota.day("as_of")
	}
	for _, x := range j.p.setls { // in order of time
		if counts(x) && j.schemeOf(x) == j.schemeOf(s) && x.at.Day().String()[:4] == year && (!from.Has() || x.at.Day() > from) {
			sum += pay(x)
		}
		if x == s {
			break
		}
	}
	return sum
}

// seriously ill: a visit of the 365 days before has one of a card's exemptions.
func (j *judge) excusedYear(card string, s *setl) bool {
	return slices.ContainsFunc(j.p.visits, func(v *visit) bool {
		ago := int(s.at.Day() - v.beg.Day())
		return ago >= 0 && ago < 365 && j.exempted(card, v, nil)
	})
}

func yearEnd(d claim.Day) claim.Day {
	y, _, _ := d.Civil()
	return claim.DayOf(y, 12, 31)
}

func yearStart(d claim.Day) claim.Day {
	y, _, _ := d.Civil()
	return claim.DayOf(y, 1, 1)
}

// H006 慢特病限额冲顶.
func (j *judge) h006() {
	said := map[string]bool{}
	last := claim.Day(j.int("H006", "last_d"))
	for _, s := range j.p.setls {
		v := j.visitOfSetl(s)
		if v == nil || !v.chronic() || v.row["dise_codg"] == "" || j.c.lacks("H006", s.row["fixmedins_code"]) {
			continue
		}
		dise, d := v.row["dise_codg"], s.at.Day()
		end, begun := yearEnd(d), yearStart(d)
		enrolled := claim.NoDay
		covering := claim.NoDay // the end of the qualification that holds on the day, as far as it goes on without a gap
		open := false
		for {
			grown := false
			for _, r := range j.c.ofPerson("chronic", j.p) {
				b, e := r.day("begndate"), r.day("enddate")
				reaches := b <= d && (!e.Has() || e >= d)
				if covering.Has() {
					reaches = b <= covering+1
				}
				if !r.is("dise_codg", dise) || open || !reaches || (e.Has() && e <= covering) {
					continue
				}
				grown, open, covering = true, !e.Has(), e
			}
			if !grown || open {
				break
			}
		}
		for _, r := range j.c.ofPerson("chronic", j.p) {
			if !r.is("dise_codg", dise) {
				continue
			}
			if b := r.day("begndate"); !enrolled.Has() || b < enrolled {
				enrolled = b
			}
		}
		if !open && covering.Has() && covering < end && covering >= yearStart(d) {
			end = covering
		}
		if enrolled.Has() && enrolled > begun {
			begun = enrolled
		}
		from := end - last + 1
		k := dise + d.String()[:4]
		limit, ok := j.allowance(s, "门慢", dise)
		if said[k] || !ok || limit <= 0 || d < from || d > end || int(from-begun) < j.int("H006", "min_d") {
			continue
		}
		counts := func(x *setl) bool {
			y := j.visitOfSetl(x)
			return y != nil && y.chronic() && y.is("dise_codg", dise) && j.schemeOf(x) == j.schemeOf(s)
		}
		used := j.used(s, "门慢", dise, counts, (*setl).pooled)
		window := claim.Money(0)
		for _, x := range j.p.setls {
			if counts(x) && x.at.Day() >= from && x.at.Day() <= end {
				window += x.pooled()
			}
			if x == s {
				break
			}
		}
		before := used - window
		rate := float64(window) / float64(d-from+1)
		usual := float64(before) / float64(from-begun)
		if float64(used) >= j.ratio("H006", "usage")*float64(limit) && float64(window) >= j.ratio("H006", "share")*float64(used) &&
			rate >= j.ratio("H006", "times")*usual && !j.excusedYear("H006", s) {
			said[k] = true
			j.settlementVisit("H006", 2, s)
		}
	}
}

// settlementVisit reports the visit of a settlement, for cards on a person's window.
func (j *judge) settlementVisit(rule string, severity int, s *setl) {
	j.out = append(j.out, Finding{Rule: rule, Severity: severity, Month: s.at.Day().Month(), Mdtrt: s.row["mdtrt_id"]})
}

// X011 年度冲顶消费.
func (j *judge) x011() {
	said := map[string]bool{}
	window := claim.Day(j.int("X011", "last_d"))
	kinds := []struct {
		name   string
		counts func(*setl) bool
		pay    func(*setl) claim.Money
	}{
		{"住院封顶", j.inpatientSetl, (*setl).pooled},
		{"大病封顶", func(s *setl) bool { return s.money("hifmi_pay").Or(0)+s.money("hifob_pay").Or(0) > 0 },
			func(s *setl) claim.Money { return s.money("hifmi_pay").Or(0) + s.money("hifob_pay").Or(0) }},
	}
	for _, s := range j.p.setls {
		d := s.at.Day()
		from := yearEnd(d) - window + 1
		if d < from || j.c.lacks("X011", s.row["fixmedins_code"]) {
			continue
		}
		for _, k := range kinds {
			limit, ok := j.allowance(s, k.name, "")
			if !k.counts(s) || !ok || limit <= 0 || said[k.name+d.String()[:4]] {
				continue
			}
			used := j.used(s, k.name, "", k.counts, k.pay)
			late, month, lastYear := claim.Money(0), claim.Money(0), claim.Money(0)
			houses := map[string]bool{}
			y, m, _ := d.Civil()
			for _, x := range j.p.setls {
				if !k.counts(x) {
					continue
				}
				if x.at.Day() >= from && j.schemeOf(x) == j.schemeOf(s) {
					late += k.pay(x)
					houses[x.row["fixmedins_code"]] = true
				}
				if x.at.Day().Month() == d.Month() {
					month += k.pay(x)
				}
				if x.at.Day().Month() == claim.DayOf(y-1, m, 1).Month() {
					lastYear += k.pay(x)
				}
				if x == s {
					break
				}
			}
			rush := float64(late) >= j.ratio("X011", "share")*float64(used) || len(houses) >= j.int("X011", "org")
			if float64(used) >= j.ratio("X011", "usage")*float64(limit) && rush && float64(month) >= j.ratio("X011", "times")*float64(lastYear) &&
				!j.excusedYear("X011", s) {
				said[k.name+d.String()[:4]] = true
				j.settlementVisit("X011", 2, s)
			}
		}
	}
}

// X015 职工门诊统筹短期耗尽限额.
func (j *judge) x015() {
	said := map[string]bool{}
	counts := func(s *setl) bool {
		v := j.visitOfSetl(s)
		if v == nil { // all that is known of the care is what the settlement says
			v = &visit{row: row{"med_type": s.row["med_type"]}}
		}
		return !v.inpatient() && !v.chronic() && !v.maternity() && (v.outpatient() || v.emergency()) && j.schemeOf(s) == j.text("X015", "insutype")
	}
	for _, s := range j.p.setls {
		limit, ok := j.allowance(s, "门统", "")
		if !counts(s) || s.fund <= 0 || !ok || limit <= 0 || said[s.at.Day().String()[:4]] || j.c.lacks("X015", s.row["fixmedins_code"]) {
			continue
		}
		sum := claim.Money(0)
		for _, x := range j.p.setls {
			if counts(x) && int(s.at.Day()-x.at.Day()) < j.int("X015", "window_d") && x.at.Day() >= yearStart(s.at.Day()) {
				sum += x.pooled()
			}
			if x == s {
				break
			}
		}
		if float64(sum) >= j.ratio("X015", "usage")*float64(limit) && !j.excusedYear("X015", s) && !j.exempted("X015", j.visitOfSetl(s), nil) {
			said[s.at.Day().String()[:4]] = true
			j.settlementVisit("X015", 2, s)
		}
	}
}

// L009 费用结转跨年.
func (j *judge) l009() {
	over := func(before, after *setl) bool {
		limit, ok := j.allowance(before, "住院封顶", "")
		return ok && limit > 0 && float64(j.used(before, "住院封顶", "", j.inpatientSetl, (*setl).pooled)+after.pooled()) > float64(limit)
	}
	year := func(s *setl) string { return s.at.Day().String()[:4] }
	edge := claim.Day(j.int("L009", "edge_d"))
	lastPrevious := func(ss []*setl, y string) (before, after *setl) {
		for _, s := range ss {
			if year(s) < y {
				before = s
			} else if after == nil && year(s) == y {
				after = s
			}
		}
		return before, after
	}
	all := func(s *stay) []*setl {
		return slices.DeleteFunc(slices.Clone(j.p.setls), func(x *setl) bool {
			return !slices.ContainsFunc(s.visits, func(v *visit) bool { return x.row["mdtrt_id"] == v.id })
		})
	}
	for i, b := range j.p.stays {
		if j.exemptStay("L009", b) || b.midSettled() || j.c.lacks("L009", b.inst) {
			continue
		}
		hit := false
		ss := all(b)
		if len(ss) > 0 {
			before, after := lastPrevious(ss, year(ss[len(ss)-1]))
			hit = b.adm >= yearStart(b.adm)+edge && before != nil && year(before) >= b.adm.String()[:4] && after != nil && over(before, after)
		}
		for _, a := range j.p.stays[:i] {
			g := gap(a, b)
			x, y := bare(a.last().main), bare(b.last().main)
			if hit || a.inst != b.inst || a.open || g < 0 || g > j.int("L009", "gap_d") || x == "" || first3(x) != first3(y) || a.midSettled() ||
				a.dis.String()[:4] >= b.adm.String()[:4] || a.dis <= yearEnd(a.dis)-edge || b.adm >= yearStart(b.adm)+edge ||
				a.left("2", "3", "4") || b.any(func(v *visit) bool { return v.is("plan_readm_flag", "1") }) {
				continue
			}
			before, _ := lastPrevious(all(a), b.adm.String()[:4])
			for _, after := range ss {
				if before != nil && !hit && year(after) > year(before) {
					hit = over(before, after)
				}
			}
		}
		if hit {
			j.stay("L009", opened(2, b), b)
		}
	}
}

// H005 虚假偏瘫门特.
func (j *judge) h005() {
	said := map[string]bool{}
	for _, s := range j.p.setls {
		v := j.visitOfSetl(s)
		if v == nil || !v.chronic() || v.row["dise_codg"] == "" || j.c.lacks("H005", s.row["fixmedins_code"]) {
			continue
		}
		var first row
		for _, r := range j.c.ofPerson("chronic", j.p) {
			if r.is("dise_codg", v.row["dise_codg"]) && (first == nil || r.day("begndate") < first.day("begndate")) {
				first = r
			}
		}
		idet := first.day("idet_date")
		stroke := hasAny(first["dise_name"], "偏瘫") || (hasAny(first["dise_name"], "后遗症") && hasAny(first["dise_name"], "脑卒中|脑血管病|脑梗死|脑出血|中风"))
		if first == nil || !idet.Has() || s.at.Day() < idet || said[v.row["dise_codg"]] || !(oneOf(v.row["dise_codg"], split(j.text("H005", "dise"))...) || stroke) {
			continue
		}
		said[v.row["dise_codg"]] = true
		if severity := j.hemiplegia(idet, s, first); severity > 0 {
			j.settlement("H005", severity, s, j.settled(s))
		}
	}
}

func (j *judge) hemiplegia(idet claim.Day, s *setl, enrolled row) int {
	from := idet - claim.Day(j.int("H005", "lookback_d"))
	for _, r := range j.c.ofPerson("remote_filing", j.p) {
		b, e := r.day("begndate"), r.day("enddate")
		if (!e.Has() || e >= from) && b < idet {
			return 0
		}
	}
	insured := claim.NoDay
	for psn := range j.p.psn {
		for _, r := range j.c.where("person", "psn_no", psn) {
			if b := r.day("begndate"); b.Has() && (!insured.Has() || b < insured) {
				insured = b
			}
		}
	}
	if (insured.Has() && insured > from) || from < monthsBack(s.at.Day(), 12) || !j.visited(from, idet-claim.Day(j.int("H005", "cover_d"))) {
		return 0
	}
	stayed, nerves := false, false
	for _, x := range j.p.stays {
		if x.adm <= idet && (x.open || x.dis >= from) {
			stayed = true
			nerves = nerves || x.has(neural)
		}
	}
	imaged, outside := j.headPictures(from, idet)
	for _, r := range j.c.ofPerson("selfpay_visit", j.p) {
		b, e := r.time("begntime").Day(), r.time("endtime").Day()
		if b <= idet && (!e.Has() || e >= from) {
			stayed, imaged, nerves = true, true, true
		}
	}
	switch {
	case !stayed, !imaged, outside:
		return 2
	case !nerves:
		return 3
	}
	return 0
}

// neural is what hemiplegia comes from.
const neural = "I60-I69|G00-G09|G35-G37|G45|G46|G80-G83|G93|G95|C70-C72|D32|D33|D42|D43|S06|S14|S24|S34|T90|Q28"

// visited tells of a visit begun between two days.
func (j *judge) visited(from, to claim.Day) bool {
	return slices.ContainsFunc(j.attended(), func(v *visit) bool { return v.beg.Day() >= from && v.beg.Day() <= to })
}

// headPictures tells whether the head was looked at between two days, and whether a ward calls a picture its own that was made
// more than a day before or after the stay.
func (j *judge) headPictures(from, to claim.Day) (imaged, outside bool) {
	for _, l := range j.p.lines {
		imaged = imaged || (!l.visit.absent && l.day >= from && l.day <= to && len(j.of("H005", l)) > 0)
	}
	for _, v := range j.attended() {
		for _, r := range j.c.where("exam", "mdtrt_id", v.id) {
			d := r.time("exam_time").Day()
			if !d.Has() {
				d = v.beg.Day()
			}
			if !anyContains(r, "头|颅|脑", "exam_part", "exam_item_name") || d < from || d > to {
				continue
			}
			imaged = true
			if s := v.stay; s != nil && (d < s.begin.Day()-1 || (!s.open && d > s.dis+1)) {
				outside = true
			}
		}
	}
	return imaged, outside
}

// monthsBack is the first day of the month so many months before.
func monthsBack(d claim.Day, n int) claim.Day {
	m := d.Month()
	return (m - claim.Month(n)).First()
}

// H009 两类待遇.
func (j *judge) h009() {
	lines := keep(j.lines("H009"), func(l *line) bool {
		return l.is("list_type", "101") && j.c.insurance(l) == j.text("H009", "insutype") && l.fundPaid() && l.visit.medType() != "" && !l.visit.inpatient() && !l.visit.maternity()
	})
	for i, l := range lines {
		for _, e := range lines[:i] {
			same := func(col string) bool { return l.row[col] != "" && l.row[col] == e.row[col] }
			if int(l.day-e.day) < j.int("H009", "window_d") && l.visit.chronic() != e.visit.chronic() && j.generic(l) == j.generic(e) &&
				sameWay(l, e) && !same("rxno") && !same("hi_rxno") {
				j.line("H009", 2, l, e)
				break
			}
		}
	}
}

// H012 两病用药.
func (j *judge) h012() {
	for _, l := range j.lines("H012") {
		if !oneOf(l.visit.medType(), split(j.text("H012", "med_type"))...) || !l.fundPaid() || len(j.of("H012", l)) > 0 {
			continue
		}
		atc := j.catalogue(l)["atc"]
		wrong := oneOf(l.row["list_type"], "102", "106") || (l.is("list_type", "101") && atc != "" && !inSet(atc, j.text("H012", "atc")))
		if wrong {
			j.line("H012", 1, l)
		}
	}
}

// H013 透析次数.
func (j *judge) h013() {
	lines := keep(j.lines("H013"), func(l *line) bool { return l.visit.chronic() && !l.visit.rescue() && len(j.of("H013", l)) > 0 })
	var lawful []claim.Day
	var rest []*line
	for _, u := range groups(lines, func(l *line) string { return l.day.String() }) {
		n := 0
		for _, d := range lawful {
			if u[0].day-d < 7 {
				n++
			}
		}
		if n >= j.int("H013", "week_max") {
			for _, l := range u {
				j.line("H013", 2, l)
			}
			continue
		}
		lawful = append(lawful, u[0].day)
		rest = append(rest, u...)
	}
	for _, u := range groups(rest, func(l *line) string { return l.row["mdtrt_id"] }) {
		most := claim.Qty(0)
		for _, d := range groups(u, func(l *line) string { return l.day.String() }) {
			best := claim.Qty(0)
			for _, it := range groups(d, func(l *line) string { return l.code }) {
				best = max(best, total(it))
			}
			most += best
		}
		var needed []string
		for _, l := range u {
			for _, pt := range j.of("H013", l) {
				needed = append(needed, pt.Params.Require...)
			}
		}
		done, ok := total(keep(u[0].visit.lines, func(l *line) bool { return oneOf(l.code, needed...) })), false
		ok = done > 0
		if !ok || most <= done {
			var any bool
			sum := claim.Qty(0)
			for _, r := range j.c.where("exec", "mdtrt_id", u[0].row["mdtrt_id"]) {
				if slices.ContainsFunc(u, func(l *line) bool { return j.named(r, l.inst, l.day, []string{l.code}) }) {
					any = true
					if n := r.qty("exec_cnt"); n.Has() {
						sum += n
					} else {
						sum += claim.QtyOne
					}
				}
			}
			if !any {
				continue
			}
			done = sum
		}
		var parts []part // on a day of several kinds each uses up what is left, and the day takes the largest
		left := done
		for _, d := range groups(u, func(l *line) string { return l.day.String() }) {
			best := claim.Qty(0)
			for _, it := range groups(d, func(l *line) string { return l.code }) {
				best = max(best, total(it))
				parts = append(parts, beyond(it, left)...)
			}
			left = max(0, left-best)
		}
		if most > done {
			j.report("H013", 2, parts, u...)
		}
	}
}

// H014 特药周期.
func (j *judge) h014() {
	lines := keep(j.lines("H014"), func(l *line) bool {
		return l.visit.medType() != "" && !l.visit.inpatient() && l.fundPaid() && j.anyPoint("H014", l, func(pt knowledge.Point) bool { return pt.WindowD > 0 })
	})
	for _, u := range groups(lines, func(l *line) string {
		pt, _ := j.pointOf("H014", l)
		return firstOf(pt.Params.Group, j.generic(l))
	}) {
		var last *line
		for _, l := range u {
			pt, _ := j.pointOf("H014", l)
			cycle := int64(pt.WindowD)
			if last != nil {
				if n, ok := j.writtenDays(last); ok && n < cycle {
					cycle = n
				}
				changed := func(col string) bool { return l.row[col] != "" && last.row[col] != "" && l.row[col] != last.row[col] }
				if l.day != last.day && float64(l.day-last.day) < float64(cycle)*j.ratio("H014", "ratio")-1e-9 && !changed("sin_dos") && !changed("used_frqu") {
					j.line("H014", 2, l, last)
					continue
				}
			}
			last = l
		}
	}
}
