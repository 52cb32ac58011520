package knowledge

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// Ruling is what people decided on a row that waits: which codes it is about and what it limits, or that it is not used.
type Ruling struct {
	Drop bool `json:"drop,omitempty"` // not used, for the reason given
	// Codes are the national codes of a row without a usable one; of the contained item where that one is missing.
	Codes []string `json:"codes,omitempty"`
	Value
	From string `json:"from,omitempty"` // first day, yyyy-MM-dd; "" = the sheet's
}

// Value is the limit, as far as the kind of rule knows it; the fields are those of points.csv.
type Value struct {
	Limit  string `json:"limit_value,omitempty"`
	Unit   string `json:"unit,omitempty"`
	Days   int    `json:"window_d,omitempty"`
	Scope  string `json:"scope,omitempty"`
	Sex    string `json:"sex,omitempty"`
	AgeMin *int   `json:"age_min,omitempty"`
	AgeMax *int   `json:"age_max,omitempty"`
	Allow  string `json:"allow,omitempty"`
}

// Form names the form in which the limit of a rule's points is written; "" when there is none to write.
func Form(rule string) string {
	return map[string]string{"A001": "sex", "A002": "sex", "A003": "ageclass", "A005": "ageclass", "A009": "level", "A010": "level", "A011": "visit", "A012": "visit",
		"A015": "days", "A016": "days", "B002": "scope", "B021": "quantity", "B009": "quantity", "B023": "cycle", "C024": "age"}[rule]
}

// Words that a form lets one choose from.
var (
	AgeClasses    = []string{"新生儿", "婴幼儿", "儿童"}
	VisitKinds    = visitWords
	CourseScopes  = []string{"单次住院", "疾病过程", "自然年"}
	PairScopes    = []string{"单日", "单次就诊", "6小时", "同一小时"}
	QuantityUnits = []string{"日", "次", "部位", "侧", "小时"}
)

// Points are what a ruling makes of one pending point: none when the row is not used. why goes into the basis. An error names the field.
func (r *Ruling) Points(p *Pending, why string) ([]Point, error) {
	if r.Drop {
		return nil, nil
	}
	q := p.Point
	if err := r.limit(&q); err != nil {
		return nil, err
	}
	if r.From != "" {
		d, err := claim.ParseDay(r.From)
		if err != nil {
			return nil, fmt.Errorf("生效日 %q：%w", r.From, err)
		}
		q.From = max(q.From, d)
	}
	q.Basis += "（本局裁决：" + why + "）"
	switch {
	case p.Needs == "":
		return []Point{q}, nil
	case p.Needs == NeedsLimit && q.Subject != "":
		q.identify()
		return []Point{q}, nil
	case p.Needs == NeedsLimit && len(r.Codes) == 0:
		return nil, nil // until product codes come
	case len(r.Codes) == 0:
		return nil, errors.New("请写明国家编码")
	}
	var out []Point
	for _, c := range r.Codes {
		if !goodCode(c) {
			return nil, fmt.Errorf("编码 %q 不是完整的代码", c)
		}
		x := q
		if p.Needs == NeedsSecond {
			x.Second = c
		} else {
			x.Subject = c
		}
		if x.Subject == x.Second {
			return nil, fmt.Errorf("主项与从项是同一编码 %s", c)
		}
		x.identify()
		out = append(out, x)
	}
	return out, nil
}

// identify gives a point of a national sheet the id that the sheet itself would give it.
func (p *Point) identify() {
	scope := p.Scope
	if p.RuleID == "B011" {
		scope = p.Params.Group
	}
	p.ID = stableID(p.RuleID, p.Subject, p.Second, scope, strings.TrimPrefix(p.Source, sourcePrefix))
}

// limit writes the value over what the point says, field by field as the rule's form has them.
func (r *Ruling) limit(p *Point) error {
	switch Form(p.RuleID) {
	case "sex":
		return oneOf(r.Sex, &p.Sex, "限定性别", "男", "女")
	case "ageclass":
		return oneOf(r.Allow, &p.Allow, "限定年龄", AgeClasses...)
	case "level":
		return r.level(p)
	case "visit":
		kinds := strings.Split(r.Allow, "|")
		if i := slices.IndexFunc(kinds, func(k string) bool { return !slices.Contains(VisitKinds, k) }); i >= 0 {
			return fmt.Errorf("就医方式 %q 只能是 %s", kinds[i], strings.Join(VisitKinds, "、"))
		}
		p.Allow = r.Allow
	case "days":
		p.Unit = "天"
		if err := oneOf(r.Scope, &p.Scope, "计算窗口", CourseScopes...); err != nil {
			return err
		}
		return quantity(r.Limit, &p.Limit, "支付天数", 1, 3660, true)
	case "scope":
		return oneOf(r.Scope, &p.Scope, "频度", PairScopes...)
	case "quantity":
		if err := oneOf(r.Unit, &p.Unit, "数量单位", QuantityUnits...); err != nil {
			return err
		}
		if p.RuleID = "B021"; r.Unit == "小时" {
			p.RuleID = "B009"
		}
		return quantity(r.Limit, &p.Limit, "每日数量", 0, 10000, false)
	case "cycle":
		if r.Days <= 0 {
			return errors.New("周期要写明天数")
		}
		p.WindowD, p.Unit = r.Days, "次"
		return quantity(r.Limit, &p.Limit, "次数", 1, 1000, true)
	case "age":
		if r.AgeMin == nil && r.AgeMax == nil {
			return errors.New("年龄要写明下限或上限")
		}
		p.AgeMin, p.AgeMax = -1, -1
		if r.AgeMin != nil {
			p.AgeMin = *r.AgeMin
		}
		if r.AgeMax != nil {
			p.AgeMax = *r.AgeMax
		}
		if p.AgeMax >= 0 && p.AgeMin > p.AgeMax {
			return fmt.Errorf("年龄下限 %d 大于上限 %d", p.AgeMin, p.AgeMax)
		}
	}
	return nil
}

// level is a lowest level of the institution, or for services (A010) also the categories that may, or these alone.
func (r *Ruling) level(p *Point) error {
	if r.Allow != "" {
		if p.RuleID != "A010" {
			return fmt.Errorf("机构类别 %q 只能用于诊疗项目（A010），%s 只按机构级别", r.Allow, p.RuleID)
		}
		for c := range strings.SplitSeq(r.Allow, "|") {
			if c == "" || c != strings.TrimSpace(c) || len([]rune(c)) > 20 {
				return fmt.Errorf("机构类别 %q 里每一类都要写名称，不超过 20 个字，用 | 分开", r.Allow)
			}
		}
	}
	p.Allow = r.Allow
	if r.Limit == "" && r.Allow != "" {
		p.Limit = claim.None64
		return nil
	}
	return quantity(r.Limit, &p.Limit, "机构级别", 1, 3, true)
}

func oneOf(v string, to *string, field string, allowed ...string) error {
	if !slices.Contains(allowed, v) {
		return fmt.Errorf("%s %q 只能是 %s", field, v, strings.Join(allowed, "、"))
	}
	*to = v
	return nil
}

// quantity reads a number above low (or from low on, where whole) up to high.
func quantity(v string, to *claim.Qty, field string, low, high int64, whole bool) error {
	n, err := claim.ParseDecimal(v, 4)
	one := int64(claim.QtyOne)
	if err != nil || n <= 0 || n < low*one || n > high*one || (whole && n%one != 0) {
		return fmt.Errorf("%s %q 应为 %d 到 %d 的%s", field, v, max(low, 0), high, map[bool]string{true: "整数", false: "数"}[whole])
	}
	*to = claim.Qty(n)
	return nil
}

// Words say what a ruling decided, for people.
func (r *Ruling) Words(rule string) string {
	if r.Drop {
		return "不采用"
	}
	p := newPoint(rule)
	p.From = FirstDay // which day it is from on is said below
	if err := r.limit(&p); err != nil {
		return err.Error()
	}
	said := p.Says()
	if len(r.Codes) > 0 {
		said = strings.TrimPrefix(said+"；编码 "+strings.Join(r.Codes, "、"), "；")
	}
	if r.From != "" {
		said += "；" + r.From + " 起"
	}
	return said
}

// Asks tells whether the row lacks a code that a ruling may give.
func (p *Pending) Asks() bool {
	return p.Needs == NeedsCode || p.Needs == NeedsSecond || (p.Needs == NeedsLimit && p.Point.Subject == "")
}

// About is the generic name, or the item a pending point is of.
func (p *Pending) About() string { return p.Point.about() }
