package oracle

import (
	"cmp"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

const (
	oneSecond = int64(1_000_000)
	minute    = 60 * oneSecond
	hour      = 60 * minute
)

// segment are the visits of 段: the stay of an in-patient visit, else the visit.
func segment(v *visit) []*visit {
	if v.stay != nil {
		return v.stay.visits
	}
	return []*visit{v}
}

func (j *judge) rowsOf(table string, vs []*visit) []row {
	var out []row
	for _, v := range vs {
		out = append(out, j.c.where(table, "mdtrt_id", v.id)...)
	}
	return out
}

// rowsOfPerson are the rows of all the person's visits, whatever became of them.
func (j *judge) rowsOfPerson(table string) []row {
	var out []row
	for id := range j.ownVisits() {
		out = append(out, j.c.where(table, "mdtrt_id", id)...)
	}
	return out
}

func linesOf(vs []*visit) []*line {
	var out []*line
	for _, v := range vs {
		out = append(out, v.lines...)
	}
	sortLines(out)
	return out
}

func diagsOf(vs []*visit) []string {
	var out []string
	for _, v := range vs {
		out = append(out, v.diags...)
	}
	return out
}

// notAfter compares clocks, or days where either has only a day.
func notAfter(a, b claim.Time) bool {
	if a.DayOnly() || b.DayOnly() {
		return a.Day() <= b.Day()
	}
	return a.Clock() <= b.Clock()
}

// reportTime is when an exam or sample was taken, else reported.
func reportTime(r row) claim.Time {
	for _, col := range []string{"sapl_time", "exam_time", "rpt_time", "appy_time"} {
		if t := r.time(col); t.Has() {
			return t
		}
	}
	return claim.NoTime
}

// readBack tells whether a report is still read when a line's month is judged: its visit began no more than three
// months before that month.
func (j *judge) readBack(r row, month claim.Month) bool {
	v := j.c.visits[r["mdtrt_id"]]
	return j.c.whole || month == 0 || v == nil || !v.beg.Has() || v.beg.Day().Month() >= month-3
}

// sameDrug tells whether a line is one of the drugs or items a point names, or another product of the same drug.
func (j *judge) sameDrug(l *line, codes []string) bool {
	return oneOf(l.code, codes...) || slices.ContainsFunc(codes, func(c string) bool {
		return j.genericOf(c, l.inst, l.day) == j.generic(l)
	})
}

// named tells whether a row's item, as normalised, is one of the codes.
func (j *judge) named(r row, inst string, day claim.Day, codes []string) bool {
	return r["hilist_code"] != "" && oneOf(j.normalise(r["hilist_code"], firstOf(r["fixmedins_code"], inst), day), codes...)
}

// inICU tells whether one of the visits was in intensive care on the day.
func (j *judge) inICU(vs []*visit, d claim.Day) bool {
	return slices.ContainsFunc(j.rowsOf("icu", vs), func(r row) bool { return r.covers(d, "begntime", "endtime") })
}

// intensive tells whether the person lay in intensive care on a day, in whatever visit. A row without an end lasts as long as its
// visit; of a visit that is void or whose settlements have all left it is worth its first day.
func (j *judge) intensive(d claim.Day) bool {
	for id := range j.ownVisits() {
		v := j.c.visits[id]
		for _, r := range j.c.where("icu", "mdtrt_id", id) {
			from, till := r.day("begntime"), r.day("endtime")
			switch {
			case till.Has():
			case v == nil || v.absent || v.out:
				till = from
			case v.end.Has():
				till = v.end.Day()
			default:
				till = claim.OpenDay
			}
			if from <= d && d <= till {
				return true
			}
		}
	}
	return false
}

// operationDay is the day of an operation.
func operationDay(r row) claim.Day { return r.time("oprn_oprt_begntime").Day() }

// lowered is the severity, 3 where the hospital approved the use.
func lowered(l *line, severity int) int {
	if l.is("hosp_appr_flag", "1") {
		return 3
	}
	return severity
}

// external tells whether a drug is for outward use.
func (j *judge) external(l *line) bool {
	cat := j.anywhere(l)
	return hasAny(firstOf(l.row["dosform"], cat["dosform"]), external) || hasAny(firstOf(l.row["medc_way"], cat["medc_way"]), external)
}

// pharmacyLine: bought, or at a pharmacy.
func (j *judge) pharmacyLine(l *line) bool { return l.visit.buying() || j.c.pharmacy(l.inst, l.day) }

func hoursBetween(a, b claim.Time) float64 { return float64(b.Clock()-a.Clock()) / float64(hour) }

func days[T any](of []T, day func(T) claim.Day) []claim.Day {
	var out []claim.Day
	for _, x := range of {
		out = append(out, day(x))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func lineDays(ls []*line) []claim.Day { return days(ls, func(l *line) claim.Day { return l.day }) }

func sortRows(rs []row, col string) []row {
	rs = slices.Clone(rs)
	slices.SortStableFunc(rs, func(a, b row) int { return cmp.Compare(a.time(col).Clock(), b.time(col).Clock()) })
	return rs
}

// portion is the in-scope money of num/den of the line.
func (l *line) portion(num, den int64) claim.Money {
	if den <= 0 {
		return 0
	}
	return claim.Money(claim.MulDiv(int64(l.inscope), min(num, den), den))
}

// whichCity is the city of a division.
func whichCity(admdvs string) string {
	if len(admdvs) < 4 {
		return admdvs
	}
	return admdvs[:4]
}

func anyContains(r row, words string, cols ...string) bool {
	return slices.ContainsFunc(cols, func(c string) bool { return hasAny(r[c], words) })
}

func upper(s string) string { return strings.ToUpper(s) }

// fee is what a settlement's visit or the settlement itself says of where and what.
func (j *judge) setlMedType(s *setl) string {
	if v := j.visitOfSetl(s); v != nil && v.medType() != "" {
		return v.medType()
	}
	return s.row["med_type"]
}

// setOf are the diagnoses of a point on diagnoses: its set, else the one its subject begins with.
func setOf(pt knowledge.Point) string {
	return firstOf(pt.DiagSet, strings.TrimPrefix(pt.Subject, "diag:"))
}

func orZero(q claim.Qty) claim.Qty {
	if !q.Has() {
		return 0
	}
	return q
}
