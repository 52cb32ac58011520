package rule

import (
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// Kind PAIR_R: what must stand beside the bill in the records: the operation of an implant (E012), the device of an
// examination (F008).
func init() {
	register("PAIR_R", "operation", func(p *params, c *Card) (any, error) { return implantOperation{}, nil })
	register("PAIR_R", "device_grade", func(p *params, c *Card) (any, error) { return deviceGrade{}, nil })
}

// implantOperation: an implant without an operation it belongs to. In-patients only: operations of out-patients are hardly
// ever uploaded. A stay that billed an operation but holds no record of any is not judged: the record is missing.
type implantOperation struct{}

func (implantOperation) line(e *Eval, c *compiled, li, pi int32) {
	l, pt := &e.t.Lines[li], &e.b.points[pi]
	if l.Visit < 0 || e.t.Visits[l.Visit].Stay < 0 {
		return
	}
	recorded, billed := false, false
	for _, vi := range e.t.Stays[e.t.Visits[l.Visit].Stay].Visits {
		for _, o := range e.t.OpsOf(vi) {
			recorded = true
			code := e.b.ds[claim.DictOprn].String(o.Code)
			if len(pt.allow) == 0 || slices.ContainsFunc(pt.allow, func(p string) bool { return strings.HasPrefix(code, p) }) {
				return
			}
		}
		for _, i := range e.t.LinesOf(vi) {
			o := &e.t.Lines[i]
			billed = billed || o.Chrg == 6 || slices.Contains(pt.Params.Require, e.item(e.b.canonical(o.Item)))
		}
	}
	if !recorded && billed {
		e.skipLine(c, li, "有手术收费而没有手术记录")
		return
	}
	what := "没有手术记录，也没有手术收费"
	if recorded {
		what = "手术记录中没有相应的手术"
	}
	e.hitLine(c, li, []int32{pi}, Fact{"项目", e.itemName(l)}, Fact{"实际", what}, Fact{"日期", l.Time.Day().String()})
}

// deviceGrade: an examination priced for better equipment than it was made on. The report names the device; else every
// registered device of the type must be below the grade.
type deviceGrade struct{}

func (a deviceGrade) line(e *Eval, c *compiled, li, pi int32) {
	l, pt := &e.t.Lines[li], &e.b.points[pi]
	if l.Flags&claim.Outsourced != 0 || pt.Limit == claim.None64 {
		return
	}
	no := a.deviceOf(e, l)
	day := l.Time.Day()
	var best claim.Qty = -1
	var name string
	for _, d := range e.b.Ref.Devices(l.Inst) {
		if !d.On(day) || (no != "" && d.No != no) || (no == "" && d.Type != pt.Params.Group) {
			continue
		}
		g := gradeOf(d.Grade)
		if g < 0 {
			best = -1
			break
		}
		if g > best {
			best, name = g, d.Grade
		}
	}
	switch {
	case best < 0 && no != "":
		e.skipLine(c, li, "设备台账中没有这台设备或其档次")
	case best < 0:
		e.skipLine(c, li, "设备台账中没有这类设备或其档次")
	case best < pt.Limit:
		e.hitLine(c, li, []int32{pi}, Fact{"项目", e.itemName(l)}, Fact{"实际", name}, Fact{"限定", pt.Limit.String() + pt.Unit}, Fact{"日期", day.String()})
	}
}

// deviceOf the examination that the line bills, as a report of the visit on that item names it: the report of the line's
// day first, "" when none names one.
func (deviceGrade) deviceOf(e *Eval, l *claim.Line) string {
	other := ""
	for _, r := range e.t.Extra["exam"] {
		t := r.B.Table
		if r.B.Visit[r.Row] != l.VisitKey || e.b.canonical(r.B.I32(t.MustCol("hilist_code"), r.Row)) != e.b.canonical(l.Item) {
			continue
		}
		no := r.B.Str(t.MustCol("device_no"), r.Row)
		if no != "" && claim.Time(r.B.I64(t.MustCol("exam_time"), r.Row)).Day() == l.Time.Day() {
			return no
		}
		if other == "" {
			other = no
		}
	}
	return other
}

// gradeOf reads the number a grade begins with ("64排", "3.0T") in 1/10 000; −1 when there is none.
func gradeOf(s string) claim.Qty {
	s = strings.TrimSpace(s)
	n := 0
	for n < len(s) && (s[n] == '.' || (s[n] >= '0' && s[n] <= '9')) {
		n++
	}
	v, err := claim.ParseDecimal(s[:n], 4)
	if n == 0 || err != nil {
		return -1
	}
	return claim.Qty(v)
}
