package rule

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// problems collects what is wrong with a card while it is read.
type problems struct {
	file  string
	root  *yaml.Node
	card  *Card
	found CardErrors
}

func (p *problems) add(n *yaml.Node, msg, fix string) {
	e := CardError{File: p.file, Msg: msg, Fix: fix}
	if p.card != nil {
		e.Card = p.card.ID
	}
	if n == nil {
		n = p.root
	}
	if n != nil {
		e.Line = n.Line
	}
	p.found = append(p.found, e)
}

// read parses the file into its one mapping; nil where there is none.
func (p *problems) read(data []byte) *yaml.Node {
	if line := badText(data); line > 0 {
		p.found = append(p.found, CardError{File: p.file, Line: line, Msg: "规则卡写法有误：有不是 UTF-8 的字符或看不见的控制字符", Fix: "删去这些字符，用 UTF-8 保存"})
		return nil
	}
	var doc, more yaml.Node
	d := yaml.NewDecoder(bytes.NewReader(data))
	if err := d.Decode(&doc); err != nil {
		e := yamlError(p.file, data, err)
		if len(bytes.TrimSpace(data)) == 0 {
			e.Msg, e.Fix = "规则卡写法有误：文件是空的", "按规则编写指南写一张卡"
		}
		p.found = append(p.found, e)
		return nil
	}
	if len(doc.Content) != 1 || doc.Content[0].Kind != yaml.MappingNode {
		p.add(&doc, "规则卡写法有误：不是“名称: 值”的形式", "按规则编写指南写一张卡")
		return nil
	}
	if d.Decode(&more) == nil {
		p.add(&more, "规则卡写法有误：一个文件写了几张卡", "一个文件只写一张卡，去掉 ---")
		return nil
	}
	p.root = doc.Content[0]
	return p.root
}

// badText is the first line with bytes that are no text, 0 where there is none.
func badText(data []byte) int {
	for i := 0; i < len(data); {
		r, n := utf8.DecodeRune(data[i:])
		if (r == utf8.RuneError && n == 1) || (r < ' ' && !strings.ContainsRune("\n\r\t", r)) || r == 0x7f || (r >= 0xfffe && r <= 0xffff) || (r >= 0x80 && r < 0xa0 && r != 0x85) {
			return 1 + bytes.Count(data[:i], []byte("\n"))
		}
		i += n
	}
	return 0
}

// shape holds the file against the fields of Card: unknown and repeated names, values of the wrong form.
func (p *problems) shape(root *yaml.Node) bool {
	p.struct_(root, reflect.TypeFor[Card](), "")
	return len(p.found) == 0
}

// fieldsOf are a struct's fields by their names in YAML.
func fieldsOf(t reflect.Type) map[string]reflect.Type {
	out := map[string]reflect.Type{}
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
		if name != "" && name != "-" {
			out[name] = t.Field(i).Type
		}
	}
	return out
}

func (p *problems) struct_(n *yaml.Node, t reflect.Type, where string) {
	if n.Kind != yaml.MappingNode {
		p.add(n, "规则卡写法有误："+orText(where, "卡")+"应写成“名称: 值”的形式", "照规则编写指南的例子改")
		return
	}
	fields := fieldsOf(t)
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		if p.repeated(n, i) {
			continue
		}
		ft, ok := fields[k.Value]
		if !ok || k.Kind != yaml.ScalarNode {
			var names []string
			for f := range fields {
				names = append(names, f)
			}
			slices.Sort(names)
			fix := "可写的有 " + strings.Join(names, "、")
			if near := closest(k.Value, names); near != "" {
				fix = "是不是 " + near + "？"
			}
			p.add(k, fmt.Sprintf("规则卡写法有误：没有 %s 这一项", k.Value), fix)
			continue
		}
		p.value(v, ft, strings.TrimPrefix(where+"."+k.Value, "."))
	}
}

// repeated tells and reports that the i-th name of a mapping stood before.
func (p *problems) repeated(n *yaml.Node, i int) bool {
	for j := 0; j < i; j += 2 {
		if n.Content[j].Value == n.Content[i].Value {
			p.add(n.Content[i], fmt.Sprintf("规则卡写法有误：%s 写了两次，前一次在第 %d 行", n.Content[i].Value, n.Content[j].Line), "留一处")
			return true
		}
	}
	return false
}

func orText(s, alt string) string {
	if s == "" {
		return alt
	}
	return s
}

// forms are what values are called in messages, with an example.
var forms = map[reflect.Kind][2]string{reflect.Int: {"整数", "1"}, reflect.Bool: {" true 或 false", "true"}, reflect.Float64: {"数字", "0.3"}, reflect.String: {"一段文字", `"文字"`}}

func (p *problems) value(n *yaml.Node, t reflect.Type, where string) {
	if n.Kind == yaml.AliasNode || n.Anchor != "" {
		p.add(n, "规则卡写法有误："+where+" 用了别名或锚点", "把内容写在这里；文字以 & 或 * 开头时加引号")
		return
	}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == reflect.TypeFor[caseRows]() {
		p.rows(n, where)
		return
	}
	switch t.Kind() {
	case reflect.Slice:
		if n.ShortTag() == "!!null" {
			return
		}
		if n.Kind != yaml.SequenceNode {
			p.add(n, fmt.Sprintf("规则卡写法有误：%s 应为列表", where), "写作 [甲, 乙]，没有时写 []")
			return
		}
		for i, x := range n.Content {
			if x.ShortTag() == "!!null" {
				p.add(x, fmt.Sprintf("规则卡写法有误：%s 第 %d 项是空的", where, i+1), "写上内容或去掉这一项，没有时写 []")
				continue
			}
			if t.Elem().Kind() == reflect.Struct {
				p.struct_(x, t.Elem(), fmt.Sprintf("%s 第 %d 个", where, i+1))
				continue
			}
			p.value(x, t.Elem(), where)
		}
	case reflect.Map:
		p.mapping(n, t, where)
	case reflect.Interface:
		p.free(n, where)
	default:
		if n.Kind != yaml.ScalarNode || !fitsTag(t.Kind(), n.ShortTag()) {
			f, name := forms[t.Kind()], where[strings.LastIndexByte(where, '.')+1:]
			if name == "vola_amt" {
				f = [2]string{"金额（元）", "12.50"}
			}
			p.add(n, fmt.Sprintf("规则卡写法有误：%s 写作 %q，应为%s", where, n.Value, f[0]), "写作 "+name+": "+f[1])
		}
	}
}

func (p *problems) mapping(n *yaml.Node, t reflect.Type, where string) {
	if n.ShortTag() == "!!null" {
		return
	}
	if n.Kind != yaml.MappingNode {
		p.add(n, fmt.Sprintf("规则卡写法有误：%s 应为“名称: 值”", where), "写作 {名称: 值}，没有时写 {}")
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if !p.repeated(n, i) {
			p.value(n.Content[i+1], t.Elem(), where+"."+n.Content[i].Value)
		}
	}
}

// rows are a case's rows of one table: one mapping or a list of them, with plain values.
func (p *problems) rows(n *yaml.Node, where string) {
	list := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		list = n.Content
	}
	for _, r := range list {
		if r.ShortTag() == "!!null" {
			continue
		}
		p.mapping(r, reflect.TypeFor[map[string]any](), where)
	}
}

// free checks values of no fixed form for what YAML allows and a card does not.
func (p *problems) free(n *yaml.Node, where string) {
	for i, x := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 0 && p.repeated(n, i) {
			continue
		}
		p.value(x, reflect.TypeFor[any](), where)
	}
	if n.Kind == yaml.ScalarNode && !slices.Contains([]string{"!!str", "!!int", "!!float", "!!bool", "!!null", "!!timestamp"}, n.ShortTag()) {
		p.add(n, fmt.Sprintf("规则卡写法有误：%s 写作 %q，用了标签", where, n.Value), "文字以 ! 或 << 开头时加引号")
	}
}

func fitsTag(k reflect.Kind, tag string) bool {
	switch k {
	case reflect.Int:
		return tag == "!!int"
	case reflect.Bool:
		return tag == "!!bool"
	case reflect.Float64:
		return tag == "!!int" || tag == "!!float"
	}
	return slices.Contains([]string{"!!str", "!!int", "!!float", "!!bool", "!!null", "!!timestamp"}, tag)
}

// at is the value under names and positions of lists, nil where there is none.
func (p *problems) at(path ...any) *yaml.Node {
	n := p.root
	for _, step := range path {
		if n == nil {
			return nil
		}
		switch s := step.(type) {
		case string:
			n = valueOf(n, s)
		case int:
			if n.Kind == yaml.SequenceNode {
				if s >= len(n.Content) {
					return nil
				}
				n = n.Content[s]
			}
		}
	}
	return n
}

// lines notes where fields and cases stand, for what is found when the card meets others.
func (p *problems) lines() {
	p.card.lines = map[string]int{}
	for i := 0; i+1 < len(p.root.Content); i += 2 {
		p.card.lines[p.root.Content[i].Value] = p.root.Content[i].Line
	}
	for i := range p.card.Cases {
		if n := p.at("cases", i); n != nil {
			p.card.lines["cases/"+p.card.Cases[i].Name] = n.Line
		}
	}
}

func valueOf(n *yaml.Node, name string) *yaml.Node {
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return n.Content[i+1]
		}
	}
	return nil
}

// keyOf is the name itself, for errors about it.
func keyOf(n *yaml.Node, name string) *yaml.Node {
	for i := 0; n != nil && n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return n.Content[i]
		}
	}
	return n
}

// place is where a text begins in its file.
type place struct {
	line   int  // of its first line
	col    int  // characters before it, on that line
	indent int  // characters before each line of a block
	block  bool // written as a block (|)
}

func placeOf(n *yaml.Node, data []byte) place {
	at := place{line: n.Line, col: n.Column - 1, indent: n.Column - 1}
	switch {
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		at.line, at.block, at.indent = n.Line+1, true, 0
		if rows := strings.Split(string(data), "\n"); at.line <= len(rows) {
			row := rows[at.line-1]
			at.indent = len(row) - len(strings.TrimLeft(row, " "))
		}
	case n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0:
		at.col++
	}
	return at
}
