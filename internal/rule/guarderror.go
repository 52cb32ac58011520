package rule

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"cel.dev/cel-go/common"

	"github.com/mingjian/mingjian/internal/claim"
)

// guardSource is where a condition stands in its card.
type guardSource struct{ c *Card }

// fail is an error at a line (from 1) and column (from 0) of the condition; line 0 stands for the whole of it.
func (src guardSource) fail(line, col int, msg, fix string) *CardError {
	at := src.c.guardAt
	e := &CardError{File: src.c.File, Card: src.c.ID, Line: at.line, Msg: "guard：" + msg, Fix: fix}
	if line <= 0 || col < 0 {
		return e
	}
	e.Line = at.line + line - 1
	e.Column = at.col + col + 1
	if line > 1 || at.block {
		e.Column = at.indent + col + 1
	}
	rows := strings.Split(src.c.Guard, "\n")
	if line <= len(rows) {
		row := []rune(rows[line-1])
		width := 0
		for _, r := range row[:min(col, len(row))] {
			width++
			if r > 0x2e80 { // Chinese characters are two columns wide
				width++
			}
		}
		e.Excerpt = string(row) + "\n" + strings.Repeat(" ", width) + "^"
	}
	return e
}

var (
	undeclared = regexp.MustCompile(`^undeclared reference to '([^']*)'`)
	overload   = regexp.MustCompile(`^found no matching overload for '([^']*)' applied to '(.*)'$`)
	noField    = regexp.MustCompile(`^type '([^']*)' does not support field selection`)
	noRange    = regexp.MustCompile(`^expression of type '([^']*)' cannot be range`)
	otherType  = regexp.MustCompile(`^expected type '([^']*)' but found '([^']*)'`)
	badToken   = regexp.MustCompile(`^Syntax error: token recognition error at: '(.*)'$`)
	wordOps    = regexp.MustCompile(`(?i)input '(and|or|not)'`)
	chinese    = regexp.MustCompile(`\p{Han}`)
)

// translate says in Chinese what CEL found wrong and what to do.
func (src guardSource) translate(e *common.Error) *CardError {
	line, col, m := e.Location.Line(), e.Location.Column(), e.Message
	at := func(msg, fix string) *CardError { return src.fail(line, col, msg, fix) }
	if chinese.MatchString(m) && !strings.HasPrefix(m, "Syntax error") {
		msg, fix, ok := strings.Cut(m, "，例如")
		if ok {
			fix = "例如" + fix
		}
		return at(msg, fix)
	}
	if s := undeclared.FindStringSubmatch(m); s != nil {
		return src.unknownName(line, col, s[1])
	}
	if s := overload.FindStringSubmatch(m); s != nil {
		return at(fmt.Sprintf("“%s”不能用在（%s）上", operatorName(s[1]), typeNames(s[2])), "两边的类型要相同：金额用 yuan(300)，数量用 qty(2.5)，单价用 price(12.5)，文字加引号")
	}
	if s := noField.FindStringSubmatch(m); s != nil {
		return at(typeName(s[1])+"后面不能再加点", "核对事实的名称，全部名称见规则编写指南")
	}
	if s := noRange.FindStringSubmatch(m); s != nil {
		return at(typeName(s[1])+"不能逐个查看", "exists、all、filter 只用在 diag 上")
	}
	if s := otherType.FindStringSubmatch(m); s != nil {
		return at(fmt.Sprintf("这里应为%s，写的是%s", typeName(s[1]), typeName(s[2])), "改成对应的类型")
	}
	if s := badToken.FindStringSubmatch(m); s != nil {
		return at(fmt.Sprintf("“%s”不能写在这里", strings.TrimSpace(s[1])), tokenFix(s[1]))
	}
	switch {
	case strings.Contains(m, "expression code point size exceeds"):
		return at(fmt.Sprintf("条件太长，不能超过 %d 字", guardSize), "拆成几张卡")
	case strings.Contains(m, "recursion limit"):
		return at("括号套得太深", "拆成几张卡")
	case wordOps.MatchString(m):
		return at("不能写 and、or、not", "并且写 &&，或者写 ||，不是写 !")
	case strings.Contains(m, "<EOF>"):
		return at("条件没有写完，或括号、引号不成对", "补上缺少的部分")
	case strings.HasPrefix(m, "invalid int literal"), strings.HasPrefix(m, "invalid double literal"), strings.HasPrefix(m, "invalid uint literal"):
		return at("数字写得不对或太大", "核对这个数")
	case strings.Contains(m, "invalid argument to"), strings.Contains(m, "argument must be"), strings.Contains(m, "argument is not an identifier"):
		return at("函数括号里写得不对", `写法例如 diag.exists(d, d.startsWith("I10"))`)
	}
	return at("写法有误", "并且写 &&，或者写 ||，不是写 !，等于写 ==，文字加引号")
}

// tokenFix is the remedy for a character that CEL does not know.
func tokenFix(tok string) string {
	switch tok = strings.TrimSpace(tok); {
	case strings.HasPrefix(tok, "&"):
		return "并且写 &&"
	case strings.HasPrefix(tok, "|"):
		return "或者写 ||"
	case strings.HasPrefix(tok, "="):
		return "等于写 =="
	case strings.HasPrefix(tok, "'"), strings.HasPrefix(tok, `"`):
		return "引号要成对"
	case strings.ContainsAny(tok, "（），“”‘’＞＜＝！；："):
		return "标点要用半角"
	case chinese.MatchString(tok):
		return "中文文字要加引号，事实用英文名称"
	}
	return "删去或改用半角字符"
}

var dottedPath = regexp.MustCompile(`^[A-Za-z_][A-Za-z_0-9]*(\.[A-Za-z_][A-Za-z_0-9]*)*`)

// unknownName answers a name that is no fact, with what there is.
func (src guardSource) unknownName(line, col int, name string) *CardError {
	rows := strings.Split(src.c.Guard, "\n")
	if line <= len(rows) {
		if row := []rune(rows[line-1]); col < len(row) {
			if full := dottedPath.FindString(string(row[col:])); strings.HasPrefix(full, name) {
				name = full
			}
		}
	}
	if line <= len(rows) && strings.Contains(name, ".") { // CEL points at the dot
		row := []rune(rows[line-1])
		if i := strings.LastIndex(string(row[:min(len(row), col+len(name))]), name); i >= 0 {
			col = len([]rune(string(row)[:i]))
		}
	}
	head, _, _ := strings.Cut(name, ".")
	if have := factNames(head + "."); have != "" {
		return src.fail(line, col, fmt.Sprintf("没有 %s 这项事实", name), head+" 有："+have)
	}
	if near := closest(name, append(allFacts(), "has", "has_diag", "tag", "yuan", "qty", "price", "startsWith", "endsWith", "contains", "matches", "size", "exists", "all", "filter")); near != "" {
		return src.fail(line, col, fmt.Sprintf("没有 %s", name), "是不是 "+near+"？")
	}
	return src.fail(line, col, fmt.Sprintf("没有 %s", name), "事实有 line、visit、diag、person、inst、settle 几组，函数有 has、has_diag、tag、yuan、qty、price；文字要加引号")
}

func allFacts() []string {
	var out []string
	for _, f := range guardFacts() {
		out = append(out, f.name)
	}
	return out
}

// stages refuses a condition that reads what does not exist yet at a stage of its card.
func (src guardSource) stages(g *guard) *CardError {
	if !slices.Contains(src.c.Stages, "事前") {
		return nil
	}
	for _, f := range g.reads {
		if f.stage > fromOrder {
			name := strings.TrimPrefix(f.name, hasPrefix)
			if tag, ok := strings.CutPrefix(f.name, tagPrefix); ok {
				name = `tag("` + tag + `")`
			}
			line, col := src.find(name)
			return src.fail(line, col, fmt.Sprintf("%s 在事前还不知道，事前与事后会判得不同", name), "从 stages 里去掉 事前，或不用 "+name)
		}
	}
	return nil
}

// find is the place of a name in the condition.
func (src guardSource) find(name string) (line, col int) {
	for i, row := range strings.Split(src.c.Guard, "\n") {
		if j := strings.Index(row, name); j >= 0 {
			return i + 1, len([]rune(row[:j]))
		}
	}
	return 0, 0
}

// tagList is every tag with its name for people.
func tagList() string {
	var out []string
	for n := range claim.TagNames {
		out = append(out, n+" "+claim.TagTitles[n])
	}
	slices.Sort(out)
	return strings.Join(out, "、")
}

// operatorName is what an author wrote for CEL's name of a function.
func operatorName(name string) string {
	if o, ok := map[string]string{"_&&_": "&&", "_||_": "||", "!_": "!", "_?_:_": "? :", "@in": "in", "-_": "-", "_[_]": "[ ]"}[name]; ok {
		return o
	}
	return strings.Trim(name, "_")
}

func typeName(t string) string {
	if n, ok := map[string]string{"int": "整数", "string": "文字", "bool": "是否", "double": "小数", "list(string)": "文字的列表", "list(int)": "整数的列表",
		"uint": "无符号整数", "null": "空值", "bytes": "字节", "dyn": "任意值", "timestamp": "时刻", "duration": "时长"}[t]; ok {
		return n
	}
	return "其他类型的值"
}

// typeNames translates "(int, string)" or "int.(string)".
func typeNames(sig string) string {
	target, args, _ := strings.Cut(sig, "(")
	var out []string
	if target = strings.TrimSuffix(target, "."); target != "" {
		out = append(out, typeName(target))
	}
	depth, start := 0, 0
	args = strings.TrimSuffix(args, ")")
	for i, r := range args + "," {
		switch r {
		case '(':
			depth++
		case ')':
			depth--
		case ',':
			if depth == 0 {
				if a := strings.TrimSpace(args[start:i]); a != "" {
					out = append(out, typeName(a))
				}
				start = i + 1
			}
		}
	}
	return strings.Join(out, "，")
}
