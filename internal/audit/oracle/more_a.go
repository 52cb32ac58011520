package oracle

import (
	"regexp"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// continuing: the same drug was used at another visit within the window before.
func (j *judge) continuing(l *line, window int) bool {
	return slices.ContainsFunc(j.p.lines, func(e *line) bool {
		return !e.visit.absent && e.row["mdtrt_id"] != l.row["mdtrt_id"] && cmpLine(e, l) < 0 && int(l.day-e.day) < window && j.generic(e) == j.generic(l)
	})
}

// seenBefore: the person had a visit that began before the day.
func (j *judge) seenBefore(d claim.Day) bool {
	for id := range j.ownVisits() { // also one whose settlement was reversed: the person was there
		if v := j.c.visits[id]; v != nil && !v.absent && v.beg.Has() && v.beg.Day() < d {
			return true
		}
	}
	return false
}

// A014 药品限二线用药.
func (j *judge) a014() {
	window := j.int("A014", "lookback_d")
	for _, l := range j.lines("A014") {
		from := l.day - claim.Day(window) + 1
		if !j.seenBefore(from) || j.continuing(l, window) {
			continue
		}
		var ill []string
		for _, v := range j.p.visits {
			ends := v.beg.Day()
			if v.inpatient() {
				ends = v.openUntil(claim.OpenDay).Day()
			}
			if v == l.visit || (ends >= from && v.beg.Day() <= l.day) {
				ill = append(ill, v.diags...)
			}
		}
		if anyInSet(ill, j.text("A014", "intolerance")) {
			continue
		}
		if j.anyPoint("A014", l, func(pt knowledge.Point) bool {
			tried := slices.ContainsFunc(j.p.lines, func(e *line) bool {
				return !e.visit.absent && e.day >= from && notAfter(e.at, l.at) && j.sameDrug(e, pt.Params.Require)
			})
			return len(pt.Params.Require) > 0 && !tried && !anyInSet(ill, pt.DiagSet)
		}) {
			j.line("A014", lowered(l, 2), l)
		}
	}
}

// A019 药品限耐药/重症感染.
func (j *judge) a019() {
	for _, l := range j.lines("A019") {
		if l.visit.rescue() || j.intensive(l.day) || len(l.visit.diags) == 0 {
			continue
		}
		from := l.day - claim.Day(j.int("A019", "lookback_d")) + 1
		if j.anyPoint("A019", l, func(pt knowledge.Point) bool {
			return !l.visit.has(pt.DiagSet) && !j.done(pt.Params.Require, from, l.day) && !j.reported(pt.Params.Require, "", from, l.day, l)
		}) {
			j.line("A019", lowered(l, 2), l)
		}
	}
}

// done tells of a line of the items, paid by whomever, between two days.
func (j *judge) done(items []string, from, to claim.Day) bool {
	return slices.ContainsFunc(j.p.lines, func(e *line) bool { return !e.visit.absent && oneOf(e.code, items...) && e.day >= from && e.day <= to })
}

// reported tells of an exam or lab report of the items, or with one of the words in its name, between two days.
func (j *judge) reported(items []string, words string, from, to claim.Day, l *line) bool {
	for _, table := range []string{"exam", "lab"} {
		for _, r := range j.rowsOfPerson(table) {
			d := reportTime(r).Day()
			hit := j.named(r, l.inst, d, items) || anyContains(r, words, "exam_item_name", "item_name")
			if hit && d.Has() && d >= from && d <= to && j.readBack(r, l.month()) {
				return true
			}
		}
	}
	return false
}

// A020 药品限抢救使用.
func (j *judge) a020() {
	for _, l := range j.lines("A020") {
		v, w := l.visit, claim.Day(j.int("A020", "window_d"))
		dead := v.is("dscg_way", "5") && v.end.Has() && v.end.Day() == l.day
		for _, r := range j.c.events("death", j.p) {
			dead = dead || r.time("begntime").Day() == l.day
		}
		noted := slices.ContainsFunc(j.rowsOfPerson("record"), func(r row) bool {
			d := r.time("doc_time").Day()
			return hasAny(r["doc_type"], "抢救") && d.Has() && d >= l.day-w && d <= l.day+w
		})
		if v.rescue() || dead || noted || j.intensive(l.day) || v.has(j.text("A020", "critical")) {
			continue
		}
		severity := lowered(l, 2)
		if v.emergency() {
			severity = 3
		}
		if j.anyPoint("A020", l, func(pt knowledge.Point) bool {
			return !j.done(pt.Params.Require, l.day-w, l.day+w) && !v.has(pt.DiagSet)
		}) {
			j.line("A020", severity, l)
		}
	}
}

// A021 药品需基因检测/病理依据.
func (j *judge) a021() {
	window := j.int("A021", "lookback_d")
	for _, l := range j.lines("A021") {
		from, till := l.day-claim.Day(window)+1, l.day
		if l.setl != nil {
			till = max(till, l.setl.at.Day())
		}
		excused := slices.ContainsFunc(j.c.where("record", "mdtrt_id", l.row["mdtrt_id"]), func(r row) bool {
			return anyContains(r, j.text("A021", "exempt_docs"), "doc_type", "content")
		})
		if excused || !j.seenBefore(l.day-claim.Day(j.int("A021", "known_d"))+1) || j.continuing(l, window) {
			continue
		}
		if j.anyPoint("A021", l, func(pt knowledge.Point) bool {
			return !l.visit.has(pt.DiagSet) && !j.done(pt.Params.Require, from, till) &&
				!j.reported(pt.Params.Require, j.text("A021", "words"), from, till, l)
		}) {
			j.line("A021", lowered(l, 2), l)
		}
	}
}

// A023 美容保健类, and A035 饮片复方.
func (j *judge) a023() {
	for _, l := range j.lines("A023") {
		if l.fundPaid() && j.anyPoint("A023", l, func(pt knowledge.Point) bool { return !l.visit.has(pt.DiagSet) }) {
			j.line("A023", 1, l)
		}
	}
}

func (j *judge) a035() {
	for _, l := range j.lines("A035") {
		if j.anyPoint("A035", l, func(pt knowledge.Point) bool { return !l.visit.has(pt.DiagSet) }) {
			j.line("A035", 1, l)
		}
	}
}

// A024 第三人负担.
func (j *judge) a024() {
	for _, s := range j.settlements("A024") {
		v := j.visitOfSetl(s)
		if v == nil || s.fund <= 0 {
			continue
		}
		severity := 0
		if v.is("ttp_resp", "1") && v.has(j.text("A024", "diags")) {
			severity = 2
		}
		if v.has(j.text("A024", "diags")) {
			for _, r := range j.c.events("accident", j.p) {
				ago := int(v.beg.Day() - r.time("begntime").Day())
				if ago >= 0 && ago < j.int("A024", "lookback_d") {
					severity = 2
					if hasAny(r["memo"], j.text("A024", "advance")) {
						severity = 3
					}
				}
			}
		}
		if severity > 0 {
			j.settlement("A024", severity, s, j.settled(s))
		}
	}
}

var icd = regexp.MustCompile(`[A-Z][0-9]{2}`)

// where an injury is: by the second sign in S, by category elsewhere.
func injuredPart(code string) string {
	c := first3(bare(code))
	if strings.HasPrefix(c, "S") {
		return c[:2]
	}
	return c
}

// A025 应由工伤保险支付.
func (j *judge) a025() {
	for _, s := range j.settlements("A025") {
		v := j.visitOfSetl(s)
		if v == nil || s.fund <= 0 || j.schemeOf(s) == "" || oneOf(j.schemeOf(s), split(j.text("A025", "insutype_injury"))...) {
			continue
		}
		best := 0
		for _, r := range j.c.events("work_injury", j.p) {
			from, to := r.day("begntime"), r.time("endtime").Day()
			from = r.time("begntime").Day()
			if !to.Has() {
				to = from + claim.Day(j.int("A025", "open_d")) - 1
			}
			if v.beg.Day() < from || v.beg.Day() > to || hasAny(r["memo"], j.text("A025", "refused")) {
				continue
			}
			codes := icd.FindAllString(upper(r["memo"]), -1)
			for _, d := range v.diags {
				if len(codes) == 0 && inSet(d, "S00-T98|J60-J70") && best == 0 {
					best = 3
				}
				for _, c := range codes {
					if injuredPart(c) == injuredPart(d) {
						best = 2
					}
				}
			}
		}
		if best > 0 {
			j.settlement("A025", best, s, j.settled(s))
		}
	}
}

// A027 境外就医.
func (j *judge) a027() {
	for _, s := range j.settlements("A027") {
		i := j.c.instRow(s.row["fixmedins_code"], s.at.Day())
		abroad := hasAny(i["fixmedins_name"], j.text("A027", "names"))
		for _, a := range split(j.text("A027", "areas")) {
			abroad = abroad || strings.HasPrefix(i["admdvs"], a)
		}
		if abroad && s.fund > 0 {
			j.settlement("A027", 1, s, j.settled(s))
		}
	}
}

// A031 非限定人群.
func (j *judge) a031() {
	for _, l := range j.lines("A031") {
		class := ""
		if l.setl != nil {
			class = l.setl.row["psn_type"]
		}
		class = firstOf(firstOf(class, l.visit.row["psn_type"]), j.c.personRow(l.row["psn_no"], l.day)["psn_type"])
		age, known := j.c.ageOn(l.row["psn_no"], l.day)
		if l.fundPaid() && j.anyPoint("A031", l, func(pt knowledge.Point) bool {
			aged := pt.AgeMin >= 0 || pt.AgeMax >= 0
			if aged && known && !outOfAge(pt, age) {
				return false
			}
			allow := split(pt.Allow)
			if (class == "" && len(allow) > 0) || (aged && !known) || (len(allow) == 0 && !aged) {
				return false
			}
			return !slices.ContainsFunc(split(pt.Allow), func(a string) bool { return strings.HasPrefix(class, a) })
		}) {
			j.line("A031", 1, l)
		}
	}
}

// A032 双通道药品未走电子处方.
func (j *judge) a032() {
	since, _ := claim.ParseDay(j.text("A032", "effective"))
	for _, l := range j.lines("A032") {
		if !j.pharmacyLine(l) || l.day < since+claim.Day(j.int("A032", "grace_d")) || len(j.of("A032", l)) == 0 || l.is("rx_circ_flag", "1") {
			continue
		}
		rxs := j.prescriptions(l)
		if len(rxs) == 0 && l.row["hi_rxno"] != "" {
			continue
		}
		if !slices.ContainsFunc(rxs, func(r row) bool { return oneOf(r["rx_source"], "", "1") }) {
			j.line("A032", 2, l)
		}
	}
}

// A033 单独支付药品资格缺失.
func (j *judge) a033() {
	grace := claim.Day(j.int("A033", "grace_d"))
	for _, l := range j.lines("A033") {
		if !l.fundPaid() || (l.visit.inpatient() && j.text("A033", "inpatient") != "true") || l.visit.medType() == "" {
			continue
		}
		if j.anyPoint("A033", l, func(pt knowledge.Point) bool {
			if pt.Params.Group == "" && j.anywhere(l)["generic_name"] == "" {
				return false
			}
			for _, r := range j.c.ofPerson("special_drug", j.p) {
				if !oneOf(r["generic_name"], firstOf(pt.Params.Group, j.generic(l)), j.generic(l)) {
					continue
				}
				b, e := r.day("begndate"), r.day("enddate")
				if (b.Has() && l.day < b-grace) || (e.Has() && l.day > e+grace) {
					continue
				}
				supply := split(strings.ReplaceAll(r["supply_fixmedins_code"], ";", "|"))
				idet := split(strings.ReplaceAll(r["idet_fixmedins_code"], ";", "|"))
				if oneOf(l.inst, supply...) || oneOf(l.inst, idet...) || (len(supply) == 0 && (j.c.pharmacy(l.inst, l.day) || len(idet) == 0)) {
					return false
				}
			}
			return true
		}) {
			j.line("A033", 2, l)
		}
	}
}

// A034 饮片单方.
func (j *judge) a034() {
	charged := j.lines("A034")
	herbs := keep(j.p.lines, func(l *line) bool { return oneOf(l.row["list_type"], "102", "106") })
	for _, u := range groups(herbs, func(l *line) string {
		if l.row["rxno"] != "" {
			return l.row["mdtrt_id"] + "|rx|" + l.row["rxno"]
		}
		return l.row["mdtrt_id"] + "|" + l.day.String()
	}) {
		kinds := map[string]bool{}
		for _, l := range u {
			kinds[l.code] = true
		}
		for _, l := range u {
			if len(kinds) == 1 && slices.Contains(charged, l) && len(j.of("A034", l)) > 0 {
				j.line("A034", 1, l)
			}
		}
	}
}
