package knowledge

import (
	"regexp"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/sheet"
)

// kind is what a national sheet limits, in the words of its 限定类型 column.
type kind string

const (
	kindSex       kind = "限定性别对象"
	kindAge       kind = "限定年龄对象"
	kindInsurance kind = "限定保险类型"
	kindVisit     kind = "限定就医方式"
	kindLevel     kind = "限定机构等级"
	kindCourse    kind = "限定支付疗程"
	kindGroup     kind = "限定主次操作"
	kindContained kind = "重复收费"
	kindFrequency kind = "限定频次"
	kindAgeRange  kind = "限定年龄"
	kindDuration  kind = "限定疗程"
	kindCycle     kind = "限定周期"
)

// form is how a row names its subject.
type form string

const (
	formGeneric form = "通用名" // a drug by its generic name, with the limit
	formProduct form = "产品码" // a product code of a generic name, without the limit
	formItem    form = "项目"  // an item code with the limit in the same row
	formDrug    form = "药品"  // a product code with the limit in the same row
)

// source is one readable row of a national sheet. The store keeps every source, so that a generic sheet and its
// product codes join in whatever order and run they arrive.
type source struct {
	Kind         kind
	Form         form
	Name, Code   string // generic or item name; product or item code
	Name2, Code2 string // contained item of 重复收费
	Scope        string // 频度 of 重复收费
	Value        string // the limit column
	Extra        string // 数量单位 of 限定频次, 疗程周期 of 限定周期
	Text         string // the description the limit was taken from
	From         claim.Day
}

// key names what the row is about, without its validity.
func (s *source) key() string {
	parts := []string{string(s.Kind), string(s.Form), s.Name, s.Code, s.Code2, s.Scope}
	if s.Form == formItem || s.Form == formDrug {
		parts[2] = ""
	}
	if s.Kind == kindGroup {
		parts = append(parts, s.Value)
	}
	return strings.Join(parts, "\x1f")
}

// says tells whether two rows about the same thing say the same.
func (s *source) says(o *source) bool {
	a, b := *s, *o
	a.From, b.From = 0, 0
	return a == b
}

var (
	colGeneric = []string{"药品通用名", "通用名", "药品名称"}
	colItem    = []string{"项目名称", "医疗服务项目名称"}
	colCode    = []string{"国标代码", "药品代码", "项目编码", "项目代码", "国家代码", "医保代码", "国家编码", "编码", "代码"}
	colValue   = []string{"限定对象", "限定性别", "限定值域", "限定年龄", "限定值"}
	colText    = []string{"药品说明", "项目说明", "备注", "说明", "限定说明"}
	colType    = []string{"限定类型"}
)

// kindOfType reads a 限定类型 value.
func kindOfType(v string) kind {
	for _, k := range []struct {
		word string
		kind kind
	}{{"性别", kindSex}, {"年龄", kindAge}, {"保险", kindInsurance}, {"就医方式", kindVisit}, {"机构等级", kindLevel},
		{"机构级别", kindLevel}, {"疗程", kindCourse}, {"主次", kindGroup}} {
		if strings.Contains(v, k.word) {
			return k.kind
		}
	}
	return ""
}

// layout says which columns of a national sheet hold what; −1 is no such column.
type layout struct {
	kind                         kind // "" when each row's 限定类型 tells it
	form                         form
	typ, name, code, value, text int
	name2, code2, scope, extra   int
}

// layoutOf recognises a national sheet by its header and, where there is one, its 限定类型 column; nil when it is none.
func layoutOf(t *sheet.Table) *layout {
	l := &layout{form: formItem, name2: -1, code2: -1, scope: -1, extra: -1}
	l.typ, l.code, l.value, l.text = t.Col(colType...), t.Col(colCode...), t.Col(colValue...), t.Col(colText...)
	l.name = t.Col(colItem...)
	switch {
	case t.Has("主项编码", "从项编码", "频度"):
		l.kind, l.name, l.code = kindContained, t.Col("主项名称"), t.Col("主项编码")
		l.name2, l.code2, l.scope = t.Col("从项名称"), t.Col("从项编码"), t.Col("频度")
	case t.Has("限制数量", "数量单位") && l.code >= 0:
		l.kind, l.value, l.extra = kindFrequency, t.Col("限制数量"), t.Col("数量单位")
	case t.Has("频次上限", "疗程周期") && l.code >= 0:
		l.kind, l.value, l.extra = kindCycle, t.Col("频次上限"), t.Col("疗程周期")
	case l.typ >= 0 && typed(t, l.typ):
		return l.ofDrug(t)
	case l.typ < 0 && l.name >= 0 && l.code >= 0 && t.Col("备注") >= 0:
		l.kind, l.text = kindDuration, t.Col("备注")
	default:
		return nil
	}
	return l
}

// ofDrug tells the generic sheet from its product codes and both from items.
func (l *layout) ofDrug(t *sheet.Table) *layout {
	generic := t.Col(colGeneric...)
	switch {
	case generic >= 0 && l.code < 0:
		l.form = formGeneric
	case generic >= 0 && l.value < 0:
		l.form = formProduct
	case generic >= 0:
		l.form = formDrug
	case l.name >= 0 && l.code >= 0:
		return l
	default:
		return nil
	}
	l.name = generic
	return l
}

// typed tells whether the 限定类型 column holds a type this importer knows.
func typed(t *sheet.Table, col int) bool {
	for _, r := range t.Rows {
		if kindOfType(cell(r, col)) != "" {
			return true
		}
	}
	return false
}

func cell(row []string, i int) string {
	if i < 0 || i >= len(row) {
		return ""
	}
	return row[i]
}

// codePattern is a code as the catalogues write it; a number that a spreadsheet turned into 1.1E+14 is none.
var (
	codePattern = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z_-]*$`)
	spoiledCode = regexp.MustCompile(`^[0-9](\.[0-9]+)?[eE]\+?[0-9]+$`)
)

// source reads one row; reason tells why it cannot be used, and needs what a person would have to give.
func (l *layout) source(row []string, from claim.Day) (s source, needs, reason string) {
	s = source{
		Kind: l.kind, Form: l.form, Name: cell(row, l.name), Code: cell(row, l.code), Name2: cell(row, l.name2),
		Code2: cell(row, l.code2), Scope: cell(row, l.scope), Value: cell(row, l.value), Extra: cell(row, l.extra),
		Text: cell(row, l.text), From: from,
	}
	first := firstFilled(row)
	switch {
	case strings.HasPrefix(first, "合计"), strings.HasPrefix(first, "总计"):
		return s, "", "合计行，不是知识点"
	case strings.HasPrefix(first, "备注"), strings.HasPrefix(first, "注："), strings.HasPrefix(first, "说明："):
		return s, "", "表末备注，不是知识点"
	}
	if l.kind == kindDuration && strings.Contains(s.Text, "年龄") {
		s.Kind = kindAgeRange // sheets 8-2 and 8-3 have the same header
	}
	if l.kind == "" {
		typ := cell(row, l.typ)
		if s.Kind = kindOfType(typ); s.Kind == "" {
			return s, "", "限定类型“" + typ + "”没有对应的规则"
		}
	}
	needs, reason = s.lacks()
	return s, needs, reason
}

// lacks tells what the row must have and has not.
func (s *source) lacks() (needs, reason string) {
	switch {
	case s.Name == "":
		return "", "没有名称"
	case s.Form != formGeneric && !goodCode(s.Code):
		if s.Form == formProduct { // says nothing alone: the limit stands with the generic name
			return "", "编码“" + s.Code + "”不是完整的代码"
		}
		return NeedsCode, "编码“" + s.Code + "”不是完整的代码"
	case s.Kind == kindContained && !goodCode(s.Code2):
		return NeedsSecond, "从项编码“" + s.Code2 + "”不是完整的代码"
	case s.Kind == kindContained && s.Code == s.Code2:
		return "", "主项与从项是同一编码"
	}
	return "", ""
}

func goodCode(c string) bool { return codePattern.MatchString(c) && !spoiledCode.MatchString(c) }

func firstFilled(row []string) string {
	for _, c := range row {
		if c != "" {
			return c
		}
	}
	return ""
}
