package rule

import (
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// Kind IDENT: is the person who was treated the person insured. Kind DUPBILL: was it paid twice.
func init() {
	register("IDENT", "dead", func(p *params, c *Card) (any, error) { return dead{}, nil })
	register("IDENT", "paediatrics", func(p *params, c *Card) (any, error) { return paediatrics{p.int("min_age", 18)}, nil })
	register("DUPBILL", "double_insurance", func(p *params, c *Card) (any, error) { return doubleInsurance{}, nil })
}

// dead: treated after death. Settling after death what was done before is lawful.
type dead struct{}

func (dead) person(e *Eval, c *compiled) {
	if len(e.t.Deaths) == 0 {
		return
	}
	at := e.t.Deaths[0].At
	sources := map[int32]bool{}
	for _, d := range e.t.Deaths {
		if d.At.Clock() < at.Clock() {
			at = d.At
		}
		sources[d.Source] = true
	}
	after := func(t claim.Time) bool {
		if at.DayOnly() || at.Clock()%86_400_000_000 == 0 {
			return t.Day() > at.Day()+1
		}
		if t.DayOnly() {
			return t.Day() > at.Day()
		}
		return t.Clock() > at.Clock() && t.Day() > at.Day()
	}
	for i := range e.t.Lines {
		l := &e.t.Lines[i]
		if l.InScope <= 0 || !after(l.Time) || e.unfitInst(c, l.Inst) || e.exempt(c, l.Visit) {
			continue
		}
		if name := e.itemName(l); strings.Contains(name, "尸体") || strings.Contains(name, "太平间") {
			continue
		}
		if len(sources) == 1 && e.signsOfLife(at, l.Month) {
			e.skipLine(c, int32(i), "死亡数据疑错：死后仍有执行或检验记录")
			continue
		}
		h := e.hitLine(c, int32(i), nil, Fact{"项目", e.itemName(l)}, Fact{"限额", "死亡时间 " + at.String()}, Fact{"日期", l.Time.String()})
		if h != nil && len(sources) < 2 {
			h.Severity = 2
		}
	}
}

// signMonths is how many months before a line's settlement a visit may have begun whose records show somebody alive.
const signMonths = 3

// signsOfLife: executions or samples from the second day after death to the end of the month in which a line was settled,
// at visits that began in that month or shortly before. What comes later must not change a month that was judged.
func (e *Eval) signsOfLife(death claim.Time, month claim.Month) bool {
	for _, tc := range [][2]string{{"exec", "exec_time"}, {"lab", "sapl_time"}} {
		for _, r := range e.t.Extra[tc[0]] {
			t := claim.Time(r.B.I64(r.B.Table.MustCol(tc[1]), r.Row))
			if !t.Has() || t.Day() < death.Day()+2 || (month != 0 && t.Day() > month.Last()) {
				continue
			}
			if slices.ContainsFunc(e.t.Visits, func(v claim.Visit) bool {
				began := v.Begin.Day().Month()
				return v.Key == r.B.Visit[r.Row] && (month == 0 || (began >= month-signMonths && began <= month))
			}) {
				return true
			}
		}
	}
	return false
}

// paediatrics: an adult's employee insurance used for a child.
type paediatrics struct{ minAge int }

func (a paediatrics) visit(e *Eval, c *compiled, vi int32) {
	v := &e.t.Visits[vi]
	if v.Setting&claim.Inpatient != 0 || e.b.Vocab.Setting(v.MedType)&(claim.Outpatient|claim.EmergencyCare) == 0 ||
		e.exempt(c, vi) {
		return
	}
	for _, li := range e.t.LinesOf(vi) {
		l := &e.t.Lines[li]
		if l.InScope <= 0 || !e.report(li) || !e.t.FundPaid(l) || e.b.Vocab.Num(e.t.InsutypeOf(l)) != 310 {
			continue
		}
		p := e.t.PersonOf(l)
		if p == nil || !p.Birth.Has() {
			e.skipLine(c, li, "出生日期不详")
			continue
		}
		age := p.Birth.YearsOn(l.Time.Day())
		if age < a.minAge || (!e.paediatricDept(l) && !e.childOnly(l)) {
			continue
		}
		e.hitLine(c, li, nil, Fact{"项目", e.itemName(l)}, fact("实际", "职工医保参保人 %d 周岁", age))
	}
}

// paediatricDept: the department of the visit or of the line is paediatric.
func (e *Eval) paediatricDept(l *claim.Line) bool {
	d := e.b.ds[claim.DictDept]
	if isPaediatric(d.String(l.Dept), e.text(l, "bilg_dept_name")) {
		return true
	}
	if l.Visit < 0 {
		return false
	}
	v := &e.t.Visits[l.Visit]
	return isPaediatric(d.String(v.AdmDept), d.String(v.AdmDeptName))
}

// isPaediatric: standard code A07, or a name with 儿科 or 小儿; shared rooms and adults' follow-up are none.
func isPaediatric(code, name string) bool {
	for _, no := range []string{"全科", "注射", "成人"} {
		if strings.Contains(name, no) {
			return false
		}
	}
	return strings.HasPrefix(code, "A07") || strings.Contains(name, "儿科") || strings.Contains(name, "小儿")
}

// childOnly: the item has a point of a children's card.
func (e *Eval) childOnly(l *claim.Line) bool {
	return int(l.Item) < len(e.b.child) && e.b.child[l.Item]
}

// doubleInsurance: one stay settled under employee and resident insurance.
type doubleInsurance struct{}

func (doubleInsurance) settle(e *Eval, c *compiled, si int32) {
	s := &e.t.Setls[si]
	if s.Fund <= 0 || !e.inpatient(s) || e.exempt(c, s.Visit) {
		return
	}
	ins := e.b.Vocab.Num(e.schemeOf(s))
	if ins != 310 && ins != 390 {
		return
	}
	from, to := e.settledDays(s)
	for j := range e.t.Setls {
		o := &e.t.Setls[j]
		other := e.b.Vocab.Num(e.schemeOf(o))
		if j == int(si) || !e.inpatient(o) || o.Inst != s.Inst || o.Fund <= 0 || (other != 310 && other != 390) || other == ins || !earlier(o, s, int32(j), si) {
			continue
		}
		of, ot := e.settledDays(o)
		if lo, hi := max(from, of), min(to, ot); hi-lo >= 2 {
			if h := e.hitSettle(c, si, Fact{"实际", "另有险种 " + e.b.Vocab.Str(e.schemeOf(o)) + " 的结算 " + e.t.SetlID(o)}, Fact{"日期", lo.String()}); h != nil {
				h.Vola = 0
			}
			return
		}
	}
}

// schemeOf is the insurance that a settlement was paid under: its own, its visit's, else the person's on that day.
func (e *Eval) schemeOf(s *claim.Settlement) int32 {
	if s.Insutype != 0 {
		return s.Insutype
	}
	if s.Visit >= 0 && e.t.Visits[s.Visit].Insutype != 0 {
		return e.t.Visits[s.Visit].Insutype
	}
	b := e.t.Source(s.Src)
	if p := e.t.PersonOn(b.I32(b.Table.MustCol("psn_no"), int(s.Row)), s.Time.Day()); p != nil {
		return p.Insutype
	}
	return 0
}

// inpatient tells whether a settlement pays for a stay in hospital.
func (e *Eval) inpatient(s *claim.Settlement) bool {
	if s.Visit >= 0 {
		return e.t.Visits[s.Visit].Setting&claim.Inpatient != 0
	}
	return e.b.Vocab.Setting(s.MedType)&claim.Inpatient != 0
}

func earlier(a, b *claim.Settlement, i, j int32) bool {
	if a.Time.Clock() != b.Time.Clock() {
		return a.Time.Clock() < b.Time.Clock()
	}
	return i < j
}

func (e *Eval) settledDays(s *claim.Settlement) (from, to claim.Day) {
	from, to = s.From, s.To
	if s.Visit >= 0 {
		v := &e.t.Visits[s.Visit]
		if !from.Has() {
			from = v.Begin.Day()
		}
		if !to.Has() {
			to = v.End.Day()
		}
	}
	return from, to
}
