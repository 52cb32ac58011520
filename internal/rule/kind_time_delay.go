package rule

import (
	"regexp"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// Kind TIME, continued: injuries at work, and what was uploaded or settled too late.
func init() {
	register("TIME", "work_injury", func(p *params, c *Card) (any, error) {
		return workInjury{open: claim.Day(p.int("open_d", 365)), own: words(p.str("insutype_injury", "400|410")),
			refused: words(p.str("refused", "不予认定|撤销"))}, nil
	})
	register("TIME", "late_upload", func(p *params, c *Card) (any, error) {
		return lateUpload{limit: int64(p.int("limit_h", 24)), primary: int64(p.int("primary_h", 72))}, nil
	})
	register("TIME", "cross_period", func(p *params, c *Card) (any, error) {
		return crossPeriod{claim.Day(p.int("limit_d", 180)), claim.Day(p.int("early_d", 30)), words(p.str("manual", "1"))}, nil
	})
}

// workInjury: the injured part treated at the cost of basic insurance while an injury at work is recognised.
type workInjury struct {
	open    claim.Day // how long a recognition without an end lasts
	own     []string  // insurance of work injuries
	refused []string  // words of a memo that say that it was not recognised
}

var (
	icdCategory  = regexp.MustCompile(`[A-Z][0-9]{2}`)
	occupational = claim.MustDiagSet("S00-T79|J60-J70|H83.3|L23-L25")
)

func (a workInjury) settle(e *Eval, c *compiled, si int32) {
	rows := e.t.Extra["work_injury"]
	s := &e.t.Setls[si]
	if len(rows) == 0 || s.Fund <= 0 || s.Visit < 0 || e.exempt(c, s.Visit) {
		return
	}
	ins := e.b.Vocab.Str(e.schemeOf(s))
	if ins == "" {
		e.skip(c, s.Inst, "险种不详")
		return
	}
	if hasAnyPrefix(ins, a.own) {
		return
	}
	day := e.t.Visits[s.Visit].Begin.Day()
	for _, r := range rows {
		t := r.B.Table
		from, to := intervalOf(r)
		if to == claim.OpenDay {
			to = from + a.open - 1
		}
		memo := r.B.Str(t.MustCol("memo"), r.Row)
		if day < from || day > to || containsAny(memo, a.refused...) {
			continue
		}
		parts := icdCategory.FindAllString(memo, -1)
		code := e.injured(s.Visit, parts)
		if code == "" {
			continue
		}
		h := e.hitSettle(c, si, Fact{"实际", "诊断 " + code}, Fact{"限额", from.String() + " 起认定"}, Fact{"日期", day.String()})
		if h != nil && len(parts) == 0 {
			h.Severity = 3
		}
		return
	}
}

// injured finds a diagnosis of the visit of one of the parts; where no part is known, any injury or occupational disease.
func (e *Eval) injured(vi int32, parts []string) string {
	d := e.b.ds[claim.DictDiag]
	match := func(code string) bool {
		if len(parts) == 0 {
			return occupational.Has(code)
		}
		for _, p := range parts {
			if bodyRegion(code) == bodyRegion(p) {
				return true
			}
		}
		return false
	}
	if m := d.String(e.t.Visits[vi].MainDiag); match(m) {
		return m
	}
	for _, g := range e.t.DiagsOf(vi) {
		if code := d.String(g.Code); match(code) {
			return code
		}
	}
	return ""
}

// bodyRegion is the part of the body an injury code names: chapter XIX orders single injuries by region (S0 head … S9
// foot); everything else is compared by category.
func bodyRegion(code string) string {
	if strings.HasPrefix(code, "S") && len(code) > 1 {
		return code[:2]
	}
	return category(code)
}

// lateUpload: in-patient lines uploaded later than the day's list is due. One finding a visit, without money.
type lateUpload struct{ limit, primary int64 } // hours; of institutions of the first level or none

func (a lateUpload) visit(e *Eval, c *compiled, vi int32) {
	v := &e.t.Visits[vi]
	if e.b.Vocab.Setting(v.MedType)&claim.Inpatient == 0 || e.exempt(c, vi) {
		return
	}
	limit := a.limit
	if x := e.b.Ref.InstOn(v.Inst, v.Begin.Day()); x == nil || x.Tier <= 1 {
		limit = max(limit, a.primary)
	}
	col := e.feeCol["upld_time"]
	var lines []HitLine
	worst := int64(0)
	for _, li := range e.t.LinesOf(vi) {
		l := &e.t.Lines[li]
		up := claim.Time(e.t.I64(l, col))
		if !up.Has() || !e.report(li) {
			continue
		}
		late, hours := isLate(l.Time, up, limit)
		if late {
			lines = append(lines, money(li, 0))
			worst = max(worst, hours)
		}
	}
	if len(lines) > 0 {
		e.hit(c, e.unitVisit(vi), lines, nil, fact("实际", "%d 行晚于时限，最长 %d 小时", len(lines), worst), fact("限额", "%d 小时", limit))
	}
}

// wholeDays is how many days may lie between two dates without a clock before they are surely more than so many
// microseconds apart: the day on the boundary is not judged.
func wholeDays(tolerance int64) claim.Day {
	const day = 24 * hourMicros
	return claim.Day((tolerance + day - 1) / day)
}

// isLate compares an upload with the time of the fee; where either is known to the day only the boundary day is not late.
func isLate(fee, up claim.Time, limit int64) (late bool, hours int64) {
	if fee.DayOnly() || up.DayOnly() {
		days := int64(up.Day() - fee.Day())
		return days > (limit+23)/24, days * 24
	}
	gap := up.Clock() - fee.Clock()
	return gap > limit*hourMicros, gap / hourMicros
}

// crossPeriod: settled long after the care was given. Of in-patients the time runs from discharge.
type crossPeriod struct {
	limit  claim.Day
	early  claim.Day // a line dated so much before its visit is misdated, not late
	manual []string // kinds of settlement made by hand at the bureau, which have their own term
}

func (a crossPeriod) settle(e *Eval, c *compiled, si int32) {
	s := &e.t.Setls[si]
	if s.Visit < 0 || e.exempt(c, s.Visit) {
		return
	}
	b := e.t.Source(s.Src)
	kind := e.b.ds[claim.DictList].String(b.I32(b.Table.MustCol("setl_type"), int(s.Row)))
	if b.Str(b.Table.MustCol("init_setl_id"), int(s.Row)) != "" || slices.Contains(a.manual, kind) {
		return
	}
	v := &e.t.Visits[s.Visit]
	ward := v.Setting&claim.Inpatient != 0
	var lines []HitLine
	worst := claim.Day(0)
	for _, li := range e.t.LinesOf(s.Visit) {
		l := &e.t.Lines[li]
		if l.Setl != si || l.InScope <= 0 || v.Begin.Day()-l.Time.Day() > a.early {
			continue
		}
		since := l.Time.Day()
		if ward {
			if v.Open {
				continue
			}
			since = max(since, v.End.Day())
		}
		if days := s.Time.Day() - since; days > a.limit {
			lines = append(lines, whole(li))
			worst = max(worst, days)
		}
	}
	if len(lines) > 0 {
		e.hit(c, key("setl", e.t.SetlID(s)), lines, nil, fact("天数", "%d", worst), fact("限额", "%d", a.limit), Fact{"日期", s.Time.Day().String()})
	}
}
