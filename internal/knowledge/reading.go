package knowledge

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// reading is what a row of a national sheet means: points (of a generic row: templates without a subject), or why it
// waits for a ruling, or why it cannot be used.
type reading struct {
	points  []Point
	pending string
	reason  string
}

func unusable(format string, a ...any) reading { return reading{reason: fmt.Sprintf(format, a...)} }

// read says what the row means. Product rows mean nothing alone.
func (s *source) read() reading {
	if s.Form == formProduct {
		return reading{}
	}
	r := s.limit()
	for i := range r.points {
		s.finish(&r.points[i])
	}
	return r
}

func (s *source) limit() reading {
	switch s.Kind {
	case kindSex:
		return s.sex()
	case kindAge:
		return s.age()
	case kindInsurance:
		return s.insurance()
	case kindVisit:
		return s.visitKinds()
	case kindLevel:
		return s.level()
	case kindCourse:
		return s.course()
	case kindGroup:
		return s.group()
	case kindContained:
		return s.contained()
	case kindFrequency:
		return s.frequency()
	case kindAgeRange, kindDuration:
		return s.remark()
	case kindCycle:
		return s.cycle()
	}
	return unusable("限定类型“%s”没有对应的规则", s.Kind)
}

// newPoint has all absent values absent.
func newPoint(rule string) Point {
	return Point{RuleID: rule, Limit: claim.None64, AgeMin: -1, AgeMax: -1, To: claim.OpenDay}
}

func live(p ...Point) reading { return reading{points: p} }

// finish fills what all points of the row share.
func (s *source) finish(p *Point) {
	p.Subject, p.Second, p.From = s.Code, s.Code2, s.From
	p.Source = sourcePrefix + s.sheetName()
	p.Basis = s.Name
	if s.Name2 != "" {
		p.Basis += " 与 " + s.Name2
	}
	if t := s.wording(); t != "" {
		p.Basis += "：" + t
	}
	if s.drug() {
		p.Params.Group = s.Name
	}
	s.identify(p)
}

// identify gives the point its id, once the subject is known.
func (s *source) identify(p *Point) {
	scope := p.Scope
	if s.Kind == kindGroup {
		scope = p.Params.Group // one operation may be in several groups
	}
	p.ID = stableID(p.RuleID, p.Subject, p.Second, scope, s.sheetName())
}

func (s *source) drug() bool { return s.Form != formItem }

// sourcePrefix begins the source of every point of a national sheet.
const sourcePrefix = "国家两库·"

func (s *source) sheetName() string {
	if s.drug() {
		return "药品·" + string(s.Kind)
	}
	return "项目·" + string(s.Kind)
}

// wording is the limit in the sheet's own words.
func (s *source) wording() string {
	limit := strings.TrimSpace(s.Value + s.Extra)
	switch {
	case s.Kind == kindFrequency:
		limit = "每日不超过 " + s.Value + s.Extra
	case s.Kind == kindCycle:
		limit = s.Extra + " 天内不超过 " + s.Value + " 次"
	case s.Kind == kindContained:
		limit = s.Scope
	}
	if s.Text == "" {
		return limit
	}
	if limit == "" {
		return s.Text
	}
	return s.Text + "（" + limit + "）"
}

// rule picks the card of drugs or of items.
func (s *source) rule(drug, item string) string {
	if s.drug() {
		return drug
	}
	return item
}

func (s *source) sex() reading {
	if s.Value != "男" && s.Value != "女" {
		return unusable("限定性别“%s”不是男或女", s.Value)
	}
	p := newPoint(s.rule("A001", "A002"))
	p.Sex = s.Value
	// The foetus has no sex of its mother's record: what is done to it stays legal in her visit.
	p.Params.Fetal = !s.drug() && containsAny(s.Name, "胎儿", "胎心", "新生儿", "脐带")
	return live(p)
}

func (s *source) age() reading {
	for _, a := range []string{"新生儿", "婴幼儿", "儿童"} {
		if s.Value == a {
			p := newPoint(s.rule("A003", "A005"))
			p.Allow = a
			return live(p)
		}
	}
	return unusable("限定年龄“%s”不是新生儿、婴幼儿或儿童", s.Value)
}

func (s *source) insurance() reading {
	rule := map[string]string{"工伤": "A007", "生育": "A008"}[strings.TrimSuffix(s.Value, "保险")]
	if rule == "" || !s.drug() {
		return unusable("限定保险类型“%s”没有对应的规则", s.Value)
	}
	p := newPoint(rule)
	p.Allow = strings.TrimSuffix(s.Value, "保险")
	return live(p)
}

func (s *source) group() reading {
	if s.Value == "" || s.drug() {
		return unusable("没有手术组")
	}
	p := newPoint("B011")
	p.Params.Group = s.Value
	return live(p)
}

func (s *source) contained() reading {
	p := newPoint("B002")
	switch s.Scope {
	case "单日", "单次就诊", "6小时", "同一小时":
		p.Scope = s.Scope
	default:
		return unusable("频度“%s”不是单日、单次就诊、6小时或同一小时", s.Scope)
	}
	p.Params.CapN = containedCount(s.Text, s.Name2)
	p.Params.ErObs = strings.Contains(s.Name, "急诊监护")
	return live(p)
}

func (s *source) frequency() reading {
	n, err := claim.ParseDecimal(s.Value, 4)
	if err != nil || n <= 0 {
		return unusable("限制数量“%s”不是大于 0 的数", s.Value)
	}
	rule := map[string]string{"日": "B021", "天": "B021", "次": "B021", "部位": "B021", "侧": "B021", "小时": "B009"}[s.Extra]
	if rule == "" {
		return unusable("数量单位“%s”没有对应的规则", s.Extra)
	}
	p := newPoint(rule)
	p.Limit, p.Unit = claim.Qty(n), s.Extra
	return live(p)
}

func (s *source) cycle() reading {
	n, err1 := strconv.Atoi(s.Value)
	days, err2 := strconv.Atoi(strings.TrimRight(s.Extra, "天日"))
	if err1 != nil || n <= 0 {
		return unusable("频次上限“%s”不是大于 0 的整数", s.Value)
	}
	if err2 != nil || days <= 0 || days > 36600 {
		return unusable("疗程周期“%s”不是天数", s.Extra)
	}
	return live(every(n, days))
}

// every is at most n executions in days.
func every(n, days int) Point {
	p := newPoint("B023")
	p.Limit, p.Unit, p.WindowD = claim.Qty(n)*claim.QtyOne, "次", days
	return p
}

var (
	totalDays = regexp.MustCompile(`(?:总时间|支付)不超过([0-9一二两三]+)(天|日|个月|月|年)`)
	interval  = regexp.MustCompile(`间隔时间?不短于([0-9]+)[天日]`)
	weekly    = regexp.MustCompile(`每周最多支付([0-9一二两三]+)次`)
	ageRange  = regexp.MustCompile(`([0-9]{1,3})[—–\-~至]([0-9]{1,3})(?:周)?岁`)
)

// remark reads sheets 8-2 and 8-3, whose limit stands in the remark alone: an age, a total time, a minimum interval,
// a number a week.
func (s *source) remark() reading {
	var out []Point
	if strings.Contains(s.Text, "年龄") {
		p := newPoint("C024")
		switch m := ageRange.FindStringSubmatch(s.Text); {
		case m != nil:
			p.AgeMin, p.AgeMax = number(m[1]), number(m[2])
		case strings.Contains(s.Text, "法定就业年龄"):
			p.AgeMin, p.AgeMax = 16, 60 // 劳动法第十五条；法定退休年龄
		default:
			return unusable("备注没有写明年龄：%s", s.Text)
		}
		out = append(out, p)
	}
	if m := totalDays.FindStringSubmatch(s.Text); m != nil {
		p := newPoint("A016")
		p.Limit, p.Unit, p.Scope = claim.Qty(number(m[1])*daysOf(m[2]))*claim.QtyOne, "天", courseScope(s.Text)
		out = append(out, p)
	}
	if m := interval.FindStringSubmatch(s.Text); m != nil && number(m[1]) > 0 {
		out = append(out, every(1, number(m[1])))
	} else if m := weekly.FindStringSubmatch(s.Text); m != nil {
		out = append(out, every(number(m[1]), 7))
	}
	if len(out) == 0 {
		return unusable("备注里读不出年龄、总时间或间隔：%s", s.Text)
	}
	return live(out...)
}

// courseScope is the window a text names: one stay, a year, else one course of disease.
func courseScope(text string) string {
	switch {
	case strings.Contains(text, "单次住院"):
		return "单次住院"
	case containsAny(text, "每年", "一年内", "年度", "自然年"):
		return "自然年"
	}
	return "疾病过程"
}

func daysOf(unit string) int {
	switch unit {
	case "年":
		return 365
	case "月", "个月":
		return 30
	}
	return 1
}

// number reads small numbers in digits or Chinese; 0 when it is none.
func number(s string) int {
	if i := strings.Index("零一二三四五六七八九", s); len(s) == 3 && i >= 0 {
		return i / 3
	}
	if s == "两" {
		return 2
	}
	if s == "十" {
		return 10
	}
	n, err := strconv.Atoi(s)
	if err != nil || n > 36600 {
		return 0
	}
	return n
}

func containsAny(s string, words ...string) bool {
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}
