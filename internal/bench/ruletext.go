package bench

import (
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
	"github.com/mingjian/mingjian/internal/rule"
)

// lineRules are ten shipped cards that judge line by line, as conditions that CEL and expr-lang both read. What is tedious
// in them (sets of diagnoses, the catalogue, the register of work injuries) is a fact worked out in Go, to their favour.
var lineRules = []struct{ id, text string }{
	{"A001", `(sex == 1 || sex == 2) && !conflict && sex != pt_sex && !(pt_fetal && pregnant) && !(sex == 1 && breast && endocrine)`},
	{"A002", `(sex == 1 || sex == 2) && !conflict && sex != pt_sex && !(pt_fetal && pregnant) && !(sex == 1 && breast && endocrine)`},
	{"A003", `age >= 18 && fund_paid && !pt_diag`},
	{"A004", `age >= 0 && age > pt_age_max && fund_paid && !pt_diag`},
	{"A005", `age >= 0 && (pt_allow == "新生儿" ? days > 28 && !(inpatient && adm_days <= 28 && premature) : pt_allow == "婴幼儿" ? age >= 3 : age >= 14)`},
	{"A006", `age >= 0 && age < pt_age_min`},
	{"A007", `insutype != "" && insutype != "400" && !work_injury`},
	{"A008", `insutype != "510" && !maternity_flag && !maternity && !maternity_diag && insutype != ""`},
	{"A010", `tier >= 0 && ((pt_level > 0 && tier > 0 && tier < pt_level) || (pt_allow != "" && category != "" && !category_allowed))`},
	{"A011", `(inpatient || day_surgery || emergency || rescue || outpatient || maternity) && !((allow_inpatient && (inpatient || day_surgery)) || (allow_emergency && emergency) || (allow_rescue && rescue) || (allow_outpatient && outpatient) || (allow_maternity && maternity))`},
}

// subject is a line and a point that names it.
type subject struct {
	b  *rule.Bound
	ds *claim.Dicts
	t  *claim.Timeline
	l  *claim.Line
	p  *knowledge.Point
}

// lineFact is a value that a condition reads: one of the three is set.
type lineFact struct {
	num  func(s *subject) int64
	text func(s *subject) string
	is   func(s *subject) bool
}

var (
	breast    = claim.MustDiagSet("C50")
	premature = claim.MustDiagSet("P07")
	delivery  = claim.MustDiagSet("O00-O99|Z34-Z39")
)

var lineFactTable = map[string]lineFact{
	"sex": {num: func(s *subject) int64 {
		if p := s.t.PersonOf(s.l); p != nil {
			return int64(p.Gend)
		}
		return 0
	}},
	"conflict": {is: func(s *subject) bool { p := s.t.PersonOf(s.l); return p != nil && p.Conflict }},
	"age": {num: func(s *subject) int64 {
		if p := s.t.PersonOf(s.l); p != nil && p.Birth.Has() {
			return int64(p.Birth.YearsOn(s.l.Time.Day()))
		}
		return -1
	}},
	"days":     {num: func(s *subject) int64 { return int64(s.l.Time.Day() - s.t.PersonOf(s.l).Birth) }},
	"adm_days": {num: func(s *subject) int64 { return int64(s.t.Visits[s.l.Visit].Begin.Day() - s.t.PersonOf(s.l).Birth) }},
	"tier": {num: func(s *subject) int64 {
		if x := s.b.Ref.InstOn(s.l.Inst, s.l.Time.Day()); x != nil {
			return int64(x.Tier)
		}
		return -1
	}},
	"category":       {text: (*subject).category},
	"insutype":       {text: func(s *subject) string { return s.b.Vocab.Str(s.t.InsutypeOf(s.l)) }},
	"pregnant":       {is: func(s *subject) bool { return s.t.TagsOf(s.l)&claim.Pregnancy != 0 }},
	"day_surgery":    {is: func(s *subject) bool { return s.t.TagsOf(s.l)&claim.DaySurgery != 0 }},
	"fund_paid":      {is: func(s *subject) bool { return s.t.FundPaid(s.l) }},
	"maternity_flag": {is: func(s *subject) bool { return s.l.Flags&claim.MatnFee != 0 }},
	"inpatient":      {is: inSetting(claim.Inpatient)},
	"emergency":      {is: inSetting(claim.EmergencyCare)},
	"rescue":         {is: inSetting(claim.RescueCare)},
	"outpatient":     {is: inSetting(claim.Outpatient)},
	"maternity":      {is: inSetting(claim.Maternity)},
	"breast":         {is: func(s *subject) bool { return s.diag(&breast) }},
	"premature":      {is: func(s *subject) bool { return s.diag(&premature) }},
	"maternity_diag": {is: func(s *subject) bool {
		return s.l.Visit >= 0 && delivery.Has(s.ds[claim.DictDiag].String(s.t.Visits[s.l.Visit].MainDiag))
	}},
	"endocrine":   {is: (*subject).endocrine},
	"work_injury": {is: (*subject).workInjury},
	"category_allowed": {is: func(s *subject) bool {
		return slices.Contains(strings.Split(s.p.Allow, "|"), s.category())
	}},
	"pt_sex":   {num: func(s *subject) int64 { return map[string]int64{"男": 1, "女": 2}[s.p.Sex] }},
	"pt_fetal": {is: func(s *subject) bool { return s.p.Params.Fetal }},
	"pt_allow": {text: func(s *subject) string { return s.p.Allow }},
	"pt_level": {num: func(s *subject) int64 { return max(0, int64(s.p.Limit)/int64(claim.QtyOne)) }},
	"pt_age_max": {num: func(s *subject) int64 {
		if s.p.AgeMax >= 0 {
			return int64(s.p.AgeMax)
		}
		return 14
	}},
	"pt_age_min": {num: func(s *subject) int64 {
		if s.p.AgeMin >= 0 {
			return int64(s.p.AgeMin)
		}
		return 18
	}},
	"pt_diag": {is: func(s *subject) bool {
		set, err := claim.ParseDiagSet(s.p.DiagSet)
		return err == nil && !set.Empty() && s.diag(&set)
	}},
	"allow_inpatient":  {is: allows("住院")},
	"allow_emergency":  {is: allows("急诊")},
	"allow_rescue":     {is: allows("抢救")},
	"allow_outpatient": {is: allows("门诊")},
	"allow_maternity":  {is: allows("生育")},
}

func inSetting(set claim.Setting) func(*subject) bool {
	return func(s *subject) bool { return s.t.SettingOf(s.l)&set != 0 }
}

func allows(word string) func(*subject) bool {
	return func(s *subject) bool { return strings.Contains(s.p.Allow, word) }
}

func (s *subject) category() string {
	if x := s.b.Ref.InstOn(s.l.Inst, s.l.Time.Day()); x != nil {
		return s.ds[claim.DictList].String(x.Cate)
	}
	return ""
}

func (s *subject) code() string { return s.ds[claim.DictItem].String(s.b.Canonical(s.l.Item)) }

// diag tells whether any diagnosis of the visit belongs to the set.
func (s *subject) diag(set *claim.DiagSet) bool {
	if s.l.Visit < 0 {
		return false
	}
	d := s.ds[claim.DictDiag]
	if m := s.t.Visits[s.l.Visit].MainDiag; m != 0 && set.Has(d.String(m)) {
		return true
	}
	return slices.ContainsFunc(s.t.DiagsOf(s.l.Visit), func(g claim.Diag) bool { return set.Has(d.String(g.Code)) })
}

func (s *subject) endocrine() bool {
	item, day := s.b.Canonical(s.l.Item), s.l.Time.Day()
	if strings.HasPrefix(s.ds[claim.DictItem].String(item), "XL02") {
		return true
	}
	x := s.b.Ref.InstOn(s.l.Inst, day)
	if x == nil {
		return false
	}
	cat := s.b.Ref.CatOn(item, x.Area, day)
	return cat != nil && strings.HasPrefix(s.ds[claim.DictList].String(cat.ATC), "L02")
}

func (s *subject) workInjury() bool {
	day := s.l.Time.Day()
	for _, r := range s.t.Extra["work_injury"] {
		t := r.B.Table
		from, to := claim.Time(r.B.I64(t.MustCol("begntime"), r.Row)), claim.Time(r.B.I64(t.MustCol("endtime"), r.Row))
		if from.Day() <= day && (!to.Has() || day <= to.Day()) {
			return true
		}
	}
	return false
}
