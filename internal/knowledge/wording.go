package knowledge

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// The sheets of limited payment (限定支付类) carry the catalogue's text and, beside it, a limit column that somebody
// drew from it. Where the two disagree nobody but the bureau may say which holds, so the point waits (待裁决). What
// waits is found by comparing the two; no drug is named here. A pending point carries the reading of the text: that
// is what goes live once it is approved.

var visitWords = []string{"住院", "急诊", "抢救", "门诊", "生育"}

// visitSet is the set of visit kinds a text names, in a fixed order.
func visitSet(text string) []string {
	text = strings.ReplaceAll(text, "急救", "抢救")
	var out []string
	for _, w := range visitWords {
		if strings.Contains(text, w) {
			out = append(out, w)
		}
	}
	return out
}

func (s *source) visitKinds() reading {
	column := visitSet(s.Value)
	if len(column) == 0 {
		return unusable("限定值域“%s”里没有就医方式", s.Value)
	}
	text := visitSet(s.Text)
	p := newPoint(s.rule("A011", "A012"))
	if len(text) == 0 || slices.Equal(text, column) {
		p.Allow = strings.Join(column, "|")
		return live(p)
	}
	p.Allow = strings.Join(text, "|")
	return reading{points: []Point{p}, pending: fmt.Sprintf("原文写“%s”，值域只写“%s”", strings.Join(text, "或"), s.Value)}
}

var (
	levels     = map[string]int{"一": 1, "二": 2, "三": 3}
	levelWord  = regexp.MustCompile(`([一二三])级`)
	firstPresc = regexp.MustCompile(`首次(?:处方|使用|用药)时[^；。，]*[一二三]级`)
)

// level reads the minimum level of the institution. Two different levels in the text are alternatives by kind of
// hospital, and a level asked of the first prescription only says nothing of the next: neither fits one number.
func (s *source) level() reading {
	m := levelWord.FindStringSubmatch(s.Value)
	if m == nil {
		return unusable("限定值域“%s”不是一级、二级或三级", s.Value)
	}
	p := newPoint(s.rule("A009", "A010"))
	p.Limit = claim.Qty(levels[m[1]]) * claim.QtyOne
	named := map[string]bool{}
	for _, w := range levelWord.FindAllString(s.Text, -1) {
		named[w] = true
	}
	switch {
	case firstPresc.MatchString(s.Text):
		return reading{points: []Point{p}, pending: fmt.Sprintf("原文只限定首次处方的机构级别，值域写“%s”", s.Value)}
	case len(named) > 1:
		return reading{points: []Point{p}, pending: fmt.Sprintf("原文按机构类别写了不同级别（%s），值域只写“%s”", joinKeys(named), s.Value)}
	case len(named) == 1 && !named[m[0]]:
		return reading{points: []Point{p}, pending: fmt.Sprintf("原文写“%s”，值域写“%s”", joinKeys(named), s.Value)}
	}
	return live(p)
}

func joinKeys(m map[string]bool) string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return strings.Join(out, "、")
}

var (
	columnDays = regexp.MustCompile(`^([0-9]+)\s*[天日]$`)
	paidTime   = regexp.MustCompile(`(?:支付不超过|最多支付|不超过)\s*([0-9一二两三四五六七八九十]+)\s*(天|日|个月|月|周|年)`)
)

// course reads the days of payment. The text must name the same number in days: months or years written as days are a
// conversion that somebody made.
func (s *source) course() reading {
	m := columnDays.FindStringSubmatch(s.Value)
	if m == nil || number(m[1]) == 0 {
		return unusable("限定值域“%s”不是天数", s.Value)
	}
	p := newPoint(s.rule("A015", "A016"))
	p.Limit, p.Unit, p.Scope = claim.Qty(number(m[1]))*claim.QtyOne, "天", courseScope(s.Text)
	for _, t := range paidTime.FindAllStringSubmatch(s.Text, -1) {
		if t[2] != "天" && t[2] != "日" {
			return reading{points: []Point{p}, pending: fmt.Sprintf("原文写“%s%s”，值域折成“%s”", t[1], t[2], s.Value)}
		}
		if number(t[1]) != number(m[1]) {
			p.Limit = claim.Qty(number(t[1])) * claim.QtyOne
			return reading{points: []Point{p}, pending: fmt.Sprintf("原文写“%s天”，值域写“%s”", t[1], s.Value)}
		}
	}
	return live(p)
}
