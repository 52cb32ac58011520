package rule

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// CardError is one thing that is wrong with a card: where, what and what to do about it.
type CardError struct {
	File    string `json:"file"`
	Line    int    `json:"line"`   // of the file, from 1; 0 where the whole file is meant
	Column  int    `json:"column"` // from 1; 0 where the whole line is meant
	Card    string `json:"card"`   // id, where it is known
	Msg     string `json:"message"`
	Fix     string `json:"remedy"`
	Excerpt string `json:"excerpt,omitempty"` // text with a caret under the place
}

// Error is file, place, what is wrong and the remedy.
func (e *CardError) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Line > 0 {
		fmt.Fprintf(&b, "：第 %d 行", e.Line)
		if e.Column > 0 {
			fmt.Fprintf(&b, "第 %d 列", e.Column)
		}
	}
	b.WriteString("：")
	if e.Card != "" {
		b.WriteString(e.Card + " ")
	}
	b.WriteString(e.Msg)
	if e.Fix != "" {
		b.WriteString("；" + e.Fix)
	}
	if e.Excerpt != "" {
		b.WriteString("\n    " + strings.ReplaceAll(e.Excerpt, "\n", "\n    "))
	}
	return b.String()
}

// CardErrors is everything wrong that was found, in the order of the files.
type CardErrors []CardError

func (es CardErrors) Error() string {
	out := make([]string, len(es))
	for i := range es {
		out[i] = es[i].Error()
	}
	return strings.Join(out, "\n")
}

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)$`)

// yamlWords are the YAML reader's messages in Chinese, with the remedy; the first that fits is taken.
var yamlWords = []struct{ has, msg, fix string }{
	{"mapping values are not allowed", "这里多了冒号，或缩进不对", "同一层的项目左边对齐；文字里有冒号时整段加引号"},
	{"did not find expected '-' indicator", "列表的缩进不对", "同一列表的 - 左边对齐"},
	{"did not find expected ',' or ']'", "方括号的列表没有写完", "补上逗号或右方括号，文字里有逗号、冒号时加引号"},
	{"did not find expected ',' or '}'", "花括号没有写完", "补上逗号或右花括号，文字里有逗号、冒号时加引号"},
	{"did not find expected key", "缩进不对，或引号后面多了文字", "同一层的项目左边对齐；引号要包住整段文字"},
	{"could not find expected ':'", "缺少冒号", "写作 名称: 值，冒号后空一格"},
	{"tab character", "缩进用了制表符", "缩进只用空格"},
	{"found character that cannot start any token", "有不能放在开头的字符", "以 @、`、% 或制表符开头的文字要加引号"},
	{"unexpected end of stream", "文件没有写完", "引号、括号要成对"},
	{"block sequence entries are not allowed", "列表的 - 写在了不该写的地方", "把列表另起一行并缩进"},
	{"control characters are not allowed", "有看不见的控制字符", "删去这些字符，用 UTF-8 保存"},
	{"UTF-8", "文件不是 UTF-8 编码", "用 UTF-8 保存"},
	{"Unicode", "有不能用的字符", "用 UTF-8 保存"},
	{"expected comment or line break", "引号后面多了文字", "引号要包住整段文字"},
	{"expected alphabetic", "* 或 & 后面的名称不对", "文字以 & 或 * 开头时加引号"},
	{"unknown anchor", "用了没有定义的别名（*名字）", "不要用别名，文字以 * 开头时加引号"},
	{"anchor", "别名或锚点写得不对", "不要用别名，文字以 & 或 * 开头时加引号"},
	{"escape", "双引号里的反斜线写法不对", `改用单引号，或把 \ 写成 \\`},
	{"tag", "用了不认识的标签（!名字）", "文字以 ! 开头时加引号"},
	{"document", "一个文件写了几张卡，或 --- 写错了地方", "一个文件只写一张卡"},
	{"max depth", "套得太深", "减少层次"},
}

// parserWords begin the messages whose line the YAML reader counts from 0.
var parserWords = regexp.MustCompile(`^did not find expected`)

var anchorName = regexp.MustCompile(`^yaml: unknown anchor '(.*)' referenced$`)

// yamlError translates an error of the YAML reader.
func yamlError(file string, data []byte, err error) CardError {
	e := CardError{File: file, Msg: "规则卡写法有误：YAML 语法不对", Fix: "核对缩进、冒号后的空格、引号和括号"}
	m := yamlLine.FindStringSubmatch(err.Error())
	if m == nil {
		return e
	}
	if e.Line = 1; m[1] != "" { // the reader names no line for the first one
		e.Line, _ = strconv.Atoi(m[1])
		if parserWords.MatchString(m[2]) {
			e.Line++
		}
	}
	if a := anchorName.FindStringSubmatch(err.Error()); a != nil {
		e.Line = 1 + strings.Count(string(data[:max(0, strings.Index(string(data), "*"+a[1]))]), "\n")
	}
	if n := openQuote(data); n > 0 && n < e.Line { // the reader stumbles only where the next quote stands
		e.Line, e.Msg, e.Fix = n, "规则卡写法有误：双引号没有成对", "补上右引号"
		return e
	}
	for _, w := range yamlWords {
		if strings.Contains(m[2], w.has) {
			e.Msg, e.Fix = "规则卡写法有误："+w.msg, w.fix
			break
		}
	}
	return e
}

// openQuote is the first line, from 1, with a quotation mark too many, 0 where the file's are in pairs.
func openQuote(data []byte) int {
	text := strings.ReplaceAll(string(data), `\"`, "")
	if strings.Count(text, `"`)%2 == 0 {
		return 0
	}
	n := 0
	for line := range strings.Lines(text) {
		n++
		if strings.Count(line, `"`)%2 != 0 {
			return n
		}
	}
	return 0
}

// closest is the name that most likely was meant, "" when none is near.
func closest(s string, names []string) string {
	best, at := "", 3
	if len(s) <= 4 {
		at = 2
	}
	for _, n := range names {
		if d := editDistance(s, n); d < at {
			best, at = n, d
		}
	}
	return best
}

// editDistance counts the letters to add, drop or change.
func editDistance(a, b string) int {
	prev := make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := range len(a) {
		diag := prev[0]
		prev[0] = i + 1
		for j := range len(b) {
			next := diag
			if a[i] != b[j] {
				next = 1 + min(diag, prev[j], prev[j+1])
			}
			diag, prev[j+1] = prev[j+1], next
		}
	}
	return prev[len(b)]
}
