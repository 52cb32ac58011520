package oracle

import (
	"math"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// I001 死亡后结算.
func (j *judge) i001() {
	died, sources := claim.NoTime, map[string]bool{}
	for _, r := range j.c.events("death", j.p) {
		sources[r["source"]] = true
		if t := r.time("begntime"); !died.Has() || t.Clock() < died.Clock() {
			died = t
		}
	}
	if !died.Has() {
		return
	}
	severity := 2
	if len(sources) >= 2 {
		severity = 1
	}
	dayOnly := died.DayOnly() || died.Clock() == died.Day().Start().Clock()
	for _, l := range j.charged("I001") {
		after := l.at.Clock() > died.Clock()
		if dayOnly {
			after = l.day > died.Day()+1
		}
		if after && l.day != died.Day() && !hasAny(l.row["hilist_name"], "尸体|太平间") && (len(sources) > 1 || !j.stirring(died.Day()+2, l.month())) {
			j.line("I001", severity, l)
		}
	}
}

// stirring: executions or samples of the person from a day to the end of a line's month, which the dead do not give, at
// visits that began in that month or the three before, also at those that were settled and reversed.
func (j *judge) stirring(from claim.Day, month claim.Month) bool {
	for _, v := range j.attended() {
		if b := v.beg.Day().Month(); month != 0 && (b < month-3 || b > month) {
			continue
		}
		for table, column := range map[string]string{"exec": "exec_time", "lab": "sapl_time"} {
			for _, r := range j.c.where(table, "mdtrt_id", v.id) {
				if d := r.time(column).Day(); d >= from && (month == 0 || d <= month.Last()) {
					return true
				}
			}
		}
	}
	return false
}

// ownVisits are the numbers of all visits of the person, whatever became of them.
func (j *judge) ownVisits() map[string]bool {
	out := map[string]bool{}
	for psn := range j.p.psn {
		for _, id := range j.c.visitsOfPsn(psn) {
			out[id] = true
		}
	}
	return out
}

// attended are the person's visits that are not void, those settled and reversed included.
func (j *judge) attended() []*visit {
	var out []*visit
	for id := range j.ownVisits() {
		if v := j.c.visits[id]; v != nil && !v.absent {
			out = append(out, v)
		}
	}
	return out
}

// I006 儿科职工医保.
func (j *judge) i006() {
	for _, l := range j.charged("I006") {
		v := l.visit
		age, ok := j.c.ageOn(l.row["psn_no"], l.day)
		if !ok || age < j.int("I006", "min_age") || j.c.insurance(l) != "310" || v.inpatient() || v.has("Q20-Q28") ||
			!(strings.HasPrefix(v.medType(), "1") || oneOf(v.medType(), "41", "51")) || !l.fundPaid() || l.setl.familyAccount() {
			continue
		}
		childOnly := len(j.of("A003", l)) > 0 || len(j.of("A005", l)) > 0
		if childOnly || paediatric(v.row["adm_dept_codg"], v.row["adm_dept_name"]) ||
			paediatric(l.row["bilg_dept_codg"], l.row["bilg_dept_name"]) {
			j.line("I006", 2, l)
		}
	}
}

func paediatric(code, name string) bool {
	return (strings.HasPrefix(code, "A07") || hasAny(name, "儿科|小儿")) && !hasAny(name, "全科|注射|成人")
}

// I007 时空冲突.
func (j *judge) i007() {
	var before *visit
	for _, v := range j.p.visits { // in order of begntime
		if v.medType() == "" || v.inpatient() {
			continue
		}
		if before != nil && j.unreachable(before, v) {
			j.visit("I007", 2, v, money(v.lines))
		}
		before = v
	}
}

func (j *judge) unreachable(a, b *visit) bool {
	x, y := j.c.instRow(a.inst, a.beg.Day()), j.c.instRow(b.inst, b.beg.Day())
	group := x["group_no"] != "" && x["group_no"] == y["group_no"]
	if a.inst == b.inst || group || a.beg.DayOnly() || b.beg.DayOnly() || j.elsewhere(a, x) || j.elsewhere(b, y) {
		return false
	}
	for _, r := range []row{x, y} {
		if r["lon"] == "" || r["lat"] == "" {
			return false
		}
	}
	km := distance(x, y)
	micros := b.beg.Clock() - a.beg.Clock()
	if city(x) == city(y) {
		return micros < j.param("I007", "minutes", 0)*60_000_000 && km >= float64(j.param("I007", "min_km", 0))
	}
	return km > float64(j.param("I007", "speed_kmh", 0))*float64(micros)/3_600_000_000
}

func city(r row) string {
	if len(r["admdvs"]) < 4 {
		return r["admdvs"]
	}
	return r["admdvs"][:4]
}

// elsewhere: the person need not have been at that place.
func (j *judge) elsewhere(v *visit, inst row) bool {
	return v.remote() || v.agent() || v.dialysis() || strings.Contains(inst["fixmedins_name"], "卫生室")
}

// distance on the sphere in kilometres.
func distance(a, b row) float64 {
	rad := func(r row, col string) float64 { return float64(r.price(col)) / 1e6 * math.Pi / 180 }
	dLat, dLon := rad(b, "lat")-rad(a, "lat"), rad(b, "lon")-rad(a, "lon")
	h := math.Pow(math.Sin(dLat/2), 2) + math.Cos(rad(a, "lat"))*math.Cos(rad(b, "lat"))*math.Pow(math.Sin(dLon/2), 2)
	return 2 * 6371 * math.Asin(math.Sqrt(h))
}

// L001 结算早于就诊.
func (j *judge) l001() {
	for _, s := range j.p.setls {
		v := j.c.visits[s.row["mdtrt_id"]]
		if v == nil || !v.beg.Has() {
			continue
		}
		early := s.at.Clock() < v.beg.Clock()
		if s.at.DayOnly() || v.beg.DayOnly() {
			early = s.at.Day() < v.beg.Day()
		}
		if early {
			j.settlement("L001", 1, s, 0)
		}
	}
}

// L002 医嘱早于入院/晚于出院.
func (j *judge) l002() {
	hours := j.param("L002", "tolerance_h", 0)
	for _, v := range j.p.visits {
		if !v.inpatient() {
			continue
		}
		for _, r := range j.c.where("medorder", "mdtrt_id", v.id) {
			t := r.time("drord_begn_date")
			if t.Has() && (longBefore(t, v.beginning(), hours) || (v.end.Has() && longBefore(v.end, t, hours))) {
				j.visit("L002", 2, v, 0)
				break
			}
		}
	}
}

// apartFrom tells whether a time lies more than so many hours before a beginning or after an end; where one of the three
// has no clock, days are compared.
func apartFrom(t, begin, end claim.Time, open bool, hours int64, rough bool) (before, after bool) {
	if rough {
		d := (hours + 23) / 24
		return int64(begin.Day()-t.Day()) > d, !open && int64(t.Day()-end.Day()) > d
	}
	return longBefore(t, begin, hours), !open && longBefore(end, t, hours)
}

// longBefore: a lies more than so many hours before b; with only days to go by, more days than that.
func longBefore(a, b claim.Time, hours int64) bool {
	if a.DayOnly() || b.DayOnly() {
		return int64(b.Day()-a.Day()) > (hours+23)/24
	}
	return b.Clock()-a.Clock() > hours*3_600_000_000
}

// L003 诊疗早于出生.
func (j *judge) l003() {
	for _, l := range j.charged("L003") {
		lived, ok := j.c.lifeDays(l.row["psn_no"], l.day)
		if ok && lived < 0 && !l.visit.newborn() && !l.visit.pregnancy() {
			j.line("L003", 1, l)
		}
	}
}

// L004 手术日不在住院.
func (j *judge) l004() {
	for _, v := range j.p.visits {
		if !v.inpatient() {
			continue
		}
		for _, r := range j.c.where("operation", "mdtrt_id", v.id) {
			d := r.time("oprn_oprt_begntime").Day()
			if d.Has() && (d < v.beginning().Day() || (v.end.Has() && d > v.end.Day())) {
				j.visit("L004", 1, v, 0)
				break
			}
		}
	}
}
