package rulebook

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// pointFields name the columns of points.csv.
var pointFields = map[string]string{
	"subject_code": "项目", "subject2_code": "对方项目", "scope": "范围", "limit_value": "限额", "unit": "单位", "window_d": "天数", "sex": "性别",
	"age_min": "最小年龄", "age_max": "最大年龄", "diag_set": "诊断范围", "allow": "允许的取值",
}

// plainly says what a card judges in whole sentences made of its parts: where its line is drawn, what is let pass, what
// one finding stands for and what it costs. fields are the point fields its check reads, as the guide writes them.
func (v *cardView) plainly(fields string) string {
	var out []string
	say := func(format string, a ...any) { out = append(out, fmt.Sprintf(format, a...)+"。") }
	if v.Card.Points {
		if f := pointFieldWords(fields); len(f) > 0 {
			say("判哪些项目、界线在哪里，由知识点写明（%s）", strings.Join(f, "、"))
		} else {
			say("判哪些项目由知识点写明")
		}
	} else {
		say("对所有项目适用，不必装知识点")
	}
	var limits []string
	for _, p := range v.Params {
		if p.Set {
			limits = append(limits, p.Means+"（"+p.With()+"）")
		}
	}
	if len(limits) > 0 {
		say("出厂界线：%s；统筹区可以改", strings.Join(limits, "，"))
	}
	if len(v.Exempts) > 0 {
		say("属于%s的不判", strings.Join(v.Exempts, "、"))
	}
	if len(v.Needs) > 0 {
		titles := make([]string, len(v.Needs))
		for i, n := range v.Needs {
			titles[i] = n.Title
		}
		say("要有%s数据，没有就记未判", strings.Join(titles, "、"))
	}
	say("%s", v.Level)
	return strings.Join(out, "")
}

// With is the value with its unit, as one says it.
func (p *paramView) With() string {
	switch {
	case p.Unit == "万分之":
		return "万分之 " + p.Value
	case p.Unit == "比例":
		if f, err := strconv.ParseFloat(p.Value, 64); err == nil {
			return strconv.FormatFloat(math.Round(f*1e4)/1e2, 'f', -1, 64) + "%"
		}
	case p.Unit != "" && startsWithDigit(p.Value) && !strings.HasSuffix(p.Unit, "代码"):
		return p.Value + " " + p.Unit
	}
	return p.Value
}

func startsWithDigit(s string) bool { return s != "" && s[0] >= '0' && s[0] <= '9' }

// pointFieldWords are the words of "subject_code, allow=住院|急诊, params.group=组": what is said after = is kept.
func pointFieldWords(fields string) []string {
	var out []string
	fields = strings.NewReplacer("`diag:…`+diag_set", "诊断范围", "`diag:…`", "诊断", "`", "").Replace(fields)
	for _, f := range strings.FieldsFunc(fields, func(r rune) bool { return r == ',' || r == '，' }) {
		f = strings.TrimSpace(f)
		name, note, noted := strings.Cut(f, "=")
		key := name
		if i := strings.IndexFunc(name, func(r rune) bool { return r > 127 || r == ' ' }); i > 0 { // "subject_code 主"
			key, note = strings.TrimSpace(name[:i]), strings.TrimSpace(name[i:])
		}
		word := pointFields[key]
		if word == "" && strings.HasPrefix(key, "诊断") {
			word = key
		}
		if p, ok := strings.CutPrefix(key, "params."); ok {
			word = pointParamTitles[p]
		}
		switch {
		case word == "":
			continue
		case noted:
			word += "：" + strings.ReplaceAll(note, "|", "/")
		case note != "":
			word += "（" + note + "）"
		}
		out = append(out, word)
	}
	return out
}
