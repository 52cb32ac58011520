package casemix

import (
	"fmt"
	"strings"
)

// Step kinds of a trace.
const (
	stepCode        = "编码"
	stepMDC         = "MDC"
	stepFellThrough = "未入"
	stepADRG        = "ADRG"
	stepCC          = "合并症"
	stepDRG         = "细分组"
	stepNone        = "无法入组"
	stepChange      = "若改变"
)

// Step is one sentence of a trace.
type Step struct {
	Kind string `json:"kind"`
	Text string `json:"text"`
}

// Trace tells how a case came into its group, in the order in which it was decided.
type Trace struct {
	Steps  []Step `json:"steps"`
	tried  []string
	failed []*adrg // of the MDC being walked
	full   bool    // also name what was tried and failed, one by one
}

func (t *Trace) add(kind, format string, a ...any) {
	text := format
	if len(a) > 0 {
		text = fmt.Sprintf(format, a...)
	}
	t.Steps = append(t.Steps, Step{kind, text})
}

// String is the trace in one line.
func (t *Trace) String() string {
	var b strings.Builder
	for i := range t.Steps {
		if i > 0 {
			b.WriteByte(';')
		}
		b.WriteString(t.Steps[i].Text)
	}
	return b.String()
}

// Title of a code as the tables name it; "" when they do not.
func (s *Scheme) Title(procedure bool, code string) string {
	kind := diagnoses
	if procedure {
		kind = procedures
	}
	b := &s.books[kind]
	f := Fold(code)
	if at := b.index.find(f); at >= 0 {
		f = Fold(b.names[b.index.entry(at)])
	}
	return b.titles[f]
}

// codes tells what was done to the codes before grouping.
func (t *Trace) codes(g *Grouper, main int) {
	c := g.f.c
	say := func(kind int, list []code, given []string, word string) {
		b := &g.s.books[kind]
		for i := range list {
			k := &list[i]
			switch {
			case k.entry >= 0 && Fold(b.names[k.entry]) != Fold(given[i]):
				t.add(stepCode, "%s%s按编码对照转为%s", word, given[i], b.names[k.entry])
			case k.repeat:
				t.add(stepCode, "%s%s重复，只算一次", word, clip(given[i]))
			case k.invalid:
				t.add(stepCode, "%s%s不是有效编码，不参与分组", word, clip(given[i]))
			case t.full && k.entry < 0 && b.byPrefix(Fold(given[i])) == nil:
				t.add(stepCode, "%s%s不在方案的任何表中，对分组没有作用", word, clip(given[i]))
			}
		}
	}
	say(diagnoses, g.dx, c.Dx, "诊断")
	say(procedures, g.proc, c.Proc, "手术或操作")
	if main > 0 && main < len(c.Proc) {
		t.add(stepCode, "%s不得作为主要手术，以%s为主要手术", strings.Join(c.Proc[:main], "、"), c.Proc[main])
	}
}

// leftMDC notes an MDC whose entry condition does not hold; why is told only where the principal diagnosis belongs to it.
func (t *Trace) leftMDC(g *Grouper, m *mdc) {
	t.tried = append(t.tried, strings.TrimPrefix(m.code, "MDC"))
	c := g.f.c
	if m.main < 0 || !has(g.f.rows[atMainDx], m.main) {
		if t.full && m.main < 0 {
			t.add(stepMDC, "不符合%s入组条件（%s）", m.code, m.rule)
		}
		return
	}
	why := "条件“" + m.rule + "”不成立"
	switch {
	case strings.Contains(m.rule, "男性") && c.Sex == 2:
		why = "该类只收男性，病例性别为女：性别与主要诊断矛盾"
	case strings.Contains(m.rule, "女性") && c.Sex == 1:
		why = "该类只收女性，病例性别为男：性别与主要诊断矛盾"
	case strings.Contains(m.rule, "婴儿") && c.Age > 0:
		why = fmt.Sprintf("该类只收 0 岁，病例 %d 岁", c.Age)
	case strings.Contains(m.rule, "多诊断匹配"):
		why = "诊断只涉及创伤部位：" + strings.Join(g.siteNames(), "、") + "，不足两个"
	}
	t.add(stepMDC, "主要诊断%s在%s主诊表中，但%s", c.Dx[0], m.code, why)
}

func (g *Grouper) siteNames() []string {
	var out []string
	f := &g.f
	for i, n := range g.s.sites {
		if f.sites()>>i&1 != 0 {
			out = append(out, n)
		}
	}
	return out
}

func (t *Trace) entered(g *Grouper, m *mdc) {
	t.failed = t.failed[:0]
	rule := m.rule
	if rule == "" {
		rule = m.entry.words(nil)
	}
	if len(t.tried) > 0 {
		t.add(stepMDC, "依次试过MDC%s不符合", strings.Join(t.tried, "、"))
		t.tried = t.tried[:0]
	}
	text := "符合" + m.code + "入组条件，匹配规则：" + rule
	switch {
	case strings.Contains(rule, "多诊断匹配"):
		text += "（主要诊断" + g.f.c.Dx[0] + "在创伤表，部位：" + strings.Join(g.siteNames(), "、") + "）"
	case m.main >= 0 && has(g.f.rows[atMainDx], m.main):
		text += "（主要诊断" + g.f.c.Dx[0] + "在" + m.code + "主诊表）"
	case m.main < 0 && g.main < len(g.f.c.Proc):
		text += "（主要手术" + g.f.c.Proc[g.main] + "在有效手术表）"
	}
	t.add(stepMDC, "%s", text)
}

// matched tells which lists of the ADRG's rule the case's codes are in.
func (t *Trace) matched(g *Grouper, m *mdc, a *adrg) {
	if len(t.failed) > 0 {
		if t.full {
			for i := 0; i < len(t.failed); { // those of one rule together
				j, words := i, t.failed[i].words(nil)
				var codes []string
				for ; j < len(t.failed) && t.failed[j].words(nil) == words; j++ {
					codes = append(codes, t.failed[j].code)
				}
				t.add(stepADRG, "不符合%s：%s", strings.Join(codes, "、"), words)
				i = j
			}
		} else if n := len(t.failed); n == 1 {
			t.add(stepADRG, "在前的%s不符合", t.failed[0].code)
		} else {
			t.add(stepADRG, "在前的%s至%s等%d个ADRG不符合", t.failed[0].code, t.failed[n-1].code, n)
		}
	}
	t.add(stepADRG, "符合%s入组条件，匹配规则：%s", a.code, a.words(g.hit))
}

// words of an ADRG's rule: as the table words it, with the condition and the codes that made it true.
func (a *adrg) words(hit func(*node) string) string {
	condition := a.condition.words(hit)
	if a.rule == "" || a.rule == a.condition.text {
		return condition
	}
	return a.rule + "（" + condition + "）"
}

// hit names the code that makes a membership true.
func (g *Grouper) hit(n *node) string {
	if n.eval(&g.f) != yes {
		return ""
	}
	list, given, main := g.dx, g.f.c.Dx, 0
	if n.pos.kind() == procedures {
		list, given, main = g.proc, g.f.c.Proc, g.main
	}
	for i := range list {
		if i != main && (n.pos == atMainDx || n.pos == atMainProc) || i == main && (n.pos == atOtherDx || n.pos == atOtherProc) {
			continue
		}
		if has(list[i].row, n.bit) {
			return given[i]
		}
	}
	return ""
}

// complications tells each secondary diagnosis that is an MCC or CC, with its exclusion table and what the principal
// diagnosis has to do with it.
func (t *Trace) complications(g *Grouper) {
	c := g.f.c
	own := "不在任何排除表"
	if x := g.dx[0].sev.excluded; x > 0 {
		own = fmt.Sprintf("在排除表%d", x)
	}
	for i := 1; i < len(g.dx); i++ {
		k := &g.dx[i]
		word, table := "CC", k.sev.cc
		if k.cc == countsMCC || k.cc == excludedMCC {
			word, table = "MCC", k.sev.mcc
		}
		name := "排除表999（不排除）"
		if table > 0 {
			name = fmt.Sprintf("排除表%d", table)
		}
		switch k.cc {
		case countsMCC, countsCC:
			t.add(stepCC, "%s为%s，用%s，主要诊断%s%s，未被排除", c.Dx[i], word, name, c.Dx[0], own)
		case excludedMCC, excludedCC:
			t.add(stepCC, "%s为%s，用%s，主要诊断%s在同一排除表，被排除，不算%s", c.Dx[i], word, name, c.Dx[0], word)
		}
	}
}

// words of what a DRG asks for.
func (d *drg) words() string { return d.condition.words(nil) }

// took tells the DRG chosen and what the ADRG's other DRGs would have needed.
func (t *Trace) took(g *Grouper, a *adrg, i int) {
	d := &a.drgs[i]
	text := a.code + "不再细分，入" + d.code
	if len(a.drgs) > 1 {
		text = "条件“" + d.words() + "”成立，入" + d.code
		if d.condition.always() {
			text = "其余情形，入" + d.code
		}
		var others []string
		for j := range a.drgs {
			switch o := &a.drgs[j]; {
			case j == i:
			case o.condition.always():
				others = append(others, o.code+"收其余情形")
			default:
				others = append(others, o.code+"要"+o.words())
			}
		}
		text += "（" + strings.Join(others, "，") + "）"
	}
	if d.name != "" {
		text += " " + d.name
	}
	t.add(stepDRG, "%s", text)
}

func (t *Trace) nothing(g *Grouper) {
	switch row := g.f.rows[atMainDx]; {
	case g.dx[0].entry < 0 && !t.anyMDC(g, row):
		t.add(stepNone, "主要诊断%s不在方案的任何主诊表中", g.f.c.Dx[0])
	case !t.anyMDC(g, row):
		t.add(stepNone, "主要诊断%s不能决定MDC：不在任何主诊表中", g.f.c.Dx[0])
	}
	t.add(stepNone, "不符合所有MDC的入组条件，无法入组")
}

func (t *Trace) anyMDC(g *Grouper, row []uint64) bool {
	for i := range g.s.mdcs {
		if m := g.s.mdcs[i].main; m >= 0 && has(row, m) {
			return true
		}
	}
	return false
}
