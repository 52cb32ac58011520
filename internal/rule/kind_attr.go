package rule

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// Kind ATTR: one line against attributes of the person, the visit, the institution or the prescriber.
func init() {
	register("ATTR", "sex", func(p *params, c *Card) (any, error) { return sexCheck{services: c.ID == "A002"}, nil })
	register("ATTR", "age_over", func(p *params, c *Card) (any, error) {
		return ageOver{atLeast: p.has("max_age_y"), max: p.int("max_age_y", 18), over: p.int("age_max", 14)}, nil
	})
	register("ATTR", "age_class", func(p *params, c *Card) (any, error) {
		return ageClass{p.int("newborn_d", 28), p.int("infant_y", 3), p.int("child_y", 14)}, nil
	})
	register("ATTR", "age_under", func(p *params, c *Card) (any, error) { return ageUnder{p.int("age_min", 18)}, nil })
	register("ATTR", "age_range", func(p *params, c *Card) (any, error) { return ageRange{}, nil })
	register("ATTR", "insurance", func(p *params, c *Card) (any, error) {
		return insurance{strings.Split(p.str("insutype_allow", "400"), "|")}, nil
	})
	register("ATTR", "maternity", func(p *params, c *Card) (any, error) { return maternity{}, nil })
	register("ATTR", "level", func(p *params, c *Card) (any, error) { return levelCheck{}, nil })
	register("ATTR", "setting", func(p *params, c *Card) (any, error) { return settingCheck{}, nil })
	register("ATTR", "discharge_item", func(p *params, c *Card) (any, error) { return dischargeItem{}, nil })
}

// fact is a shorthand for facts whose value needs formatting.
func fact(name, format string, args ...any) Fact { return Fact{name, fmt.Sprintf(format, args...)} }

var sexNumbers = map[string]int8{"男": 1, "女": 2}

// sexName of a gend code, "" for any other than man and woman.
func sexName(gend int8) string {
	switch gend {
	case 1:
		return "男"
	case 2:
		return "女"
	}
	return ""
}

// sexCheck: drugs (A001) and services (A002) for one sex. Couples examine each other in assisted reproduction: services
// only.
type sexCheck struct{ services bool }

var breastCancer = claim.MustDiagSet("C50")

func (a sexCheck) line(e *Eval, c *compiled, li, pi int32) {
	l, pt := &e.t.Lines[li], &e.b.points[pi]
	p := e.t.PersonOf(l)
	switch {
	case p == nil || (p.Gend != 1 && p.Gend != 2):
		e.skipLine(c, li, "性别不详")
		return
	case p.Conflict:
		e.skipLine(c, li, "性别与证件号矛盾")
		return
	case p.Gend == pt.sex:
		return
	}
	tags := e.t.TagsOf(l)
	if pt.Params.Fetal && tags&claim.Pregnancy != 0 {
		return
	}
	if p.Gend == 1 && e.visitDiag(l.Visit, &breastCancer) && e.isEndocrine(l) {
		return
	}
	h := e.hitLine(c, li, []int32{pi}, Fact{"项目", e.itemName(l)}, Fact{"限定", "限" + pt.Sex + "性"}, Fact{"实际", sexName(p.Gend) + "性"})
	if h != nil && a.services && tags&claim.Fertility != 0 {
		h.Severity = max(h.Severity, 2)
	}
}

// isEndocrine: endocrine therapy (ATC L02), told by the national drug code's second to fourth character or the catalogue.
func (e *Eval) isEndocrine(l *claim.Line) bool {
	if s := e.item(e.b.canonical(l.Item)); strings.HasPrefix(s, "XL02") {
		return true
	}
	cat := e.cat(l)
	return cat != nil && strings.HasPrefix(e.b.ds[claim.DictList].String(cat.ATC), "L02")
}

// ageOn is the age in completed years on the line's day; false when the birth date is unknown.
func (e *Eval) ageOn(c *compiled, li int32) (years int, birth claim.Day, ok bool) {
	l := &e.t.Lines[li]
	p := e.t.PersonOf(l)
	if p == nil || !p.Birth.Has() {
		e.skipLine(c, li, "出生日期不详")
		return 0, 0, false
	}
	return p.Birth.YearsOn(l.Time.Day()), p.Birth, true
}

// ageOver: the patient is too old for a child's drug. atLeast reads "at that age or above" (A003), otherwise the point's
// or card's highest age is still allowed (A004).
type ageOver struct {
	atLeast   bool
	max, over int
}

func (a ageOver) line(e *Eval, c *compiled, li, pi int32) {
	l, pt := &e.t.Lines[li], &e.b.points[pi]
	age, _, ok := e.ageOn(c, li)
	if !ok {
		return
	}
	limit := a.max - 1
	if !a.atLeast {
		limit = a.over
		if pt.AgeMax >= 0 {
			limit = pt.AgeMax
		}
	}
	if age <= limit || !e.t.FundPaid(l) || (!pt.diags.Empty() && e.visitDiag(l.Visit, &pt.diags)) {
		return
	}
	e.hitLine(c, li, []int32{pi}, Fact{"项目", e.itemName(l)}, fact("限定", "限%d周岁以下", limit+1), fact("实际", "%d周岁", age))
}

type ageClass struct{ newbornD, infantY, childY int }

var premature = claim.MustDiagSet("P07")

func (a ageClass) line(e *Eval, c *compiled, li, pi int32) {
	l, pt := &e.t.Lines[li], &e.b.points[pi]
	age, birth, ok := e.ageOn(c, li)
	if !ok {
		return
	}
	days := int(l.Time.Day() - birth)
	var limit string
	switch pt.Allow {
	case "新生儿":
		if days <= a.newbornD {
			return
		}
		if l.Visit >= 0 {
			v := &e.t.Visits[l.Visit]
			if v.Setting&claim.Inpatient != 0 && int(v.Begin.Day()-birth) <= a.newbornD && e.visitDiag(l.Visit, &premature) {
				return
			}
		}
		limit = fmt.Sprintf("限新生儿（%d天内）", a.newbornD)
	case "婴幼儿":
		if age < a.infantY {
			return
		}
		limit = fmt.Sprintf("限婴幼儿（%d周岁以下）", a.infantY)
	case "儿童":
		if age < a.childY {
			return
		}
		limit = fmt.Sprintf("限儿童（%d周岁以下）", a.childY)
	default: // a point that says nothing accuses nobody
		return
	}
	e.hitLine(c, li, []int32{pi}, Fact{"项目", e.itemName(l)}, Fact{"限定", limit}, fact("实际", "%d周岁", age))
}

type ageUnder struct{ min int }

func (a ageUnder) line(e *Eval, c *compiled, li, pi int32) {
	l, pt := &e.t.Lines[li], &e.b.points[pi]
	age, _, ok := e.ageOn(c, li)
	limit := a.min
	if pt.AgeMin >= 0 {
		limit = pt.AgeMin
	}
	if !ok || age >= limit || (pt.Allow != "禁用" && pt.Allow != "未确立") {
		return
	}
	h := e.hitLine(c, li, []int32{pi}, Fact{"项目", e.itemName(l)}, fact("限定", "%d周岁以下%s", limit, pt.Allow), fact("实际", "%d周岁", age))
	if h == nil {
		return
	}
	h.Vola, h.Lines[0].Money = 0, 0
	if pt.Allow != "禁用" {
		h.Severity = 3
	}
}

// ageRange: items and diagnoses that make no sense at an age.
type ageRange struct{}

func ageOut(pt *point, age int) bool {
	return (pt.AgeMin >= 0 && age < pt.AgeMin) || (pt.AgeMax >= 0 && age > pt.AgeMax)
}

func ageLimits(pt *point) string {
	switch {
	case pt.AgeMin >= 0 && pt.AgeMax >= 0:
		return fmt.Sprintf("限%d–%d周岁", pt.AgeMin, pt.AgeMax)
	case pt.AgeMin >= 0:
		return fmt.Sprintf("限%d周岁及以上", pt.AgeMin)
	}
	return fmt.Sprintf("限%d周岁及以下", pt.AgeMax)
}

func (ageRange) line(e *Eval, c *compiled, li, pi int32) {
	l, pt := &e.t.Lines[li], &e.b.points[pi]
	if age, _, ok := e.ageOn(c, li); ok && ageOut(pt, age) {
		e.hitLine(c, li, []int32{pi}, Fact{"项目", e.itemName(l)}, Fact{"限定", ageLimits(pt)}, fact("实际", "%d周岁", age))
	}
}

func (ageRange) visit(e *Eval, c *compiled, vi int32) {
	v := &e.t.Visits[vi]
	if !e.diagNamed(c, vi) || e.exempt(c, vi) {
		return
	}
	for _, pi := range c.diagPoints {
		pt := &e.b.points[pi]
		day := v.Begin.Day()
		if !e.pointOnVisit(pt, v) || !e.strangeDiag(vi, pt) {
			continue
		}
		p := e.t.PersonOn(v.Psn, day)
		if p == nil || !p.Birth.Has() {
			e.skip(c, v.Inst, "出生日期不详")
			continue
		}
		age := p.Birth.YearsOn(day)
		if !ageOut(pt, age) {
			continue
		}
		h := e.hitVisit(c, vi, key("visit", e.t.MdtrtID(v), pt.Subject), []int32{pi}, Fact{"项目", "诊断"}, Fact{"限定", ageLimits(pt)}, fact("实际", "%d周岁", age))
		if h != nil && age < 2 {
			h.Severity = 3
		}
		return
	}
}

var newbornDiag = claim.MustDiagSet("P00-P96")

// strangeDiag: a diagnosis of the visit belongs to the point; a newborn's diagnosis in its mother's pregnancy does not
// count.
func (e *Eval) strangeDiag(vi int32, pt *point) bool {
	d := e.b.ds[claim.DictDiag]
	v := &e.t.Visits[vi]
	mother := v.Tags&claim.Pregnancy != 0
	counts := func(code int32) bool {
		s := d.String(code)
		return code != 0 && pt.diags.Has(s) && !(mother && newbornDiag.Has(s))
	}
	if counts(v.MainDiag) {
		return true
	}
	for _, g := range e.t.DiagsOf(vi) {
		if counts(g.Code) {
			return true
		}
	}
	return false
}

type insurance struct{ allow []string }

func (a insurance) line(e *Eval, c *compiled, li, pi int32) {
	l := &e.t.Lines[li]
	ins := e.b.Vocab.Str(e.t.InsutypeOf(l))
	if ins == "" {
		e.skipLine(c, li, "险种不详")
		return
	}
	if slices.Contains(a.allow, ins) || e.covers("work_injury", l.Time.Day()) {
		return
	}
	e.hitLine(c, li, []int32{pi}, Fact{"项目", e.itemName(l)}, Fact{"限定", "限工伤保险"}, Fact{"实际", "险种" + ins})
}

// covers tells whether an event or status row of a table with begntime/endtime (or begndate/enddate) covers the day.
func (e *Eval) covers(table string, d claim.Day) bool {
	for _, r := range e.t.Extra[table] {
		from, to := intervalOf(r)
		if from <= d && d <= to {
			return true
		}
	}
	return false
}

func intervalOf(r claim.RowRef) (from, to claim.Day) {
	t := r.B.Table
	to = claim.OpenDay
	if c := t.Col("begntime"); c >= 0 {
		from = claim.Time(r.B.I64(c, r.Row)).Day()
		if end := claim.Time(r.B.I64(t.MustCol("endtime"), r.Row)); end.Has() {
			to = end.Day()
		}
		return from, to
	}
	from = claim.Day(r.B.I32(t.MustCol("begndate"), r.Row))
	if end := claim.Day(r.B.I32(t.MustCol("enddate"), r.Row)); end.Has() {
		to = end
	}
	return from, to
}

type maternity struct{}

var maternityDiag = claim.MustDiagSet("O00-O99|Z34-Z39")

func (maternity) line(e *Eval, c *compiled, li, pi int32) {
	l := &e.t.Lines[li]
	ins := e.b.Vocab.Str(e.t.InsutypeOf(l))
	if ins == "510" || l.Flags&claim.MatnFee != 0 || e.t.SettingOf(l)&claim.Maternity != 0 {
		return
	}
	if l.Visit >= 0 && e.mainDiag(l.Visit, &maternityDiag) {
		return
	}
	if ins == "" {
		e.skipLine(c, li, "险种不详")
		return
	}
	e.hitLine(c, li, []int32{pi}, Fact{"项目", e.itemName(l)}, Fact{"限定", "限生育保险"}, Fact{"实际", "险种" + ins})
}

type levelCheck struct{}

var tierNames = map[int8]string{3: "三级", 2: "二级", 1: "一级"}

func (levelCheck) line(e *Eval, c *compiled, li, pi int32) {
	l, pt := &e.t.Lines[li], &e.b.points[pi]
	inst := e.b.Ref.InstOn(l.Inst, l.Time.Day())
	if inst == nil {
		e.skipLine(c, li, "机构不详")
		return
	}
	if inst.Type == 2 && c.ID == "A009" {
		if inst = e.prescriber(l); inst == nil {
			e.skipLine(c, li, "外配处方机构不详")
			return
		}
	}
	need := int8(pt.Limit / claim.QtyOne)
	if pt.Limit != claim.None64 && need > 0 && inst.Tier > 0 && inst.Tier < need {
		e.hitLine(c, li, []int32{pi}, Fact{"项目", e.itemName(l)}, Fact{"限定", tierNames[need] + "及以上机构"}, Fact{"实际", tierNames[inst.Tier] + "机构"})
		return
	}
	if cate := e.b.ds[claim.DictList].String(inst.Cate); len(pt.allow) > 0 && cate != "" && !slices.Contains(pt.allow, cate) {
		e.hitLine(c, li, []int32{pi}, Fact{"项目", e.itemName(l)}, Fact{"限定", "限" + pt.Allow}, Fact{"实际", cate})
	}
}

// prescription is the row of the prescription a pharmacy line dispenses, by hi_rxno, else rxno.
func (e *Eval) prescription(l *claim.Line) *claim.RowRef {
	rows := e.t.Extra["prescription"]
	if len(rows) == 0 {
		return nil
	}
	for _, col := range []string{"hi_rxno", "rxno"} {
		no := e.text(l, col)
		if no == "" {
			continue
		}
		for i := range rows {
			if rows[i].B.Str(rows[i].B.Table.MustCol(col), rows[i].Row) == no {
				return &rows[i]
			}
		}
	}
	return nil
}

func (e *Eval) prescriber(l *claim.Line) *claim.InstRow {
	r := e.prescription(l)
	if r == nil {
		return nil
	}
	return e.b.Ref.InstOn(r.B.I32(r.B.Table.MustCol("fixmedins_code"), r.Row), l.Time.Day())
}

type settingCheck struct{}

var settingNames = map[string]claim.Setting{"住院": claim.Inpatient, "急诊": claim.EmergencyCare, "抢救": claim.RescueCare,
	"门诊": claim.Outpatient, "生育": claim.Maternity}

func settingText(s claim.Setting) string {
	var out []string
	for _, n := range []string{"住院", "急诊", "抢救", "门诊", "生育"} {
		if s&settingNames[n] != 0 {
			out = append(out, n)
		}
	}
	return strings.Join(out, "、")
}

func (settingCheck) line(e *Eval, c *compiled, li, pi int32) {
	l, pt := &e.t.Lines[li], &e.b.points[pi]
	if pt.settings == 0 {
		return // a point that allows nothing is not a restriction but a blank
	}
	s := e.t.SettingOf(l)
	if e.t.TagsOf(l)&claim.DaySurgery != 0 {
		s |= claim.Inpatient
	}
	if s == 0 {
		e.skipLine(c, li, "就医方式不详")
		return
	}
	if s&pt.settings != 0 {
		return
	}
	e.hitLine(c, li, []int32{pi}, Fact{"项目", e.itemName(l)}, Fact{"限定", "限" + strings.ReplaceAll(pt.Allow, "|", "或")}, Fact{"实际", settingText(s)})
}

// dischargeItem: examinations and treatments cannot be taken home.
type dischargeItem struct{}

func (dischargeItem) person(e *Eval, c *compiled) {
	if e.flags&claim.TakeHome == 0 {
		return
	}
	for li := range e.t.Lines {
		l := &e.t.Lines[li]
		if l.Flags&claim.TakeHome != 0 && l.List == 201 && l.InScope > 0 && !e.unfitInst(c, l.Inst) && !e.exempt(c, l.Visit) {
			e.hitLine(c, int32(li), nil, Fact{"项目", e.itemName(l)})
		}
	}
}
