package paper

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"text/template"
	"text/template/parse"

	"gopkg.in/yaml.v3"
)

// Template is a document's form.
type Template struct {
	Name  string // file name without its end
	Title string // what the document is called; may hold actions
	About string // one line for who chooses a template
	wide  bool
	dense bool
	parts map[string]*template.Template
}

type front struct {
	Title  string `yaml:"title"`
	Number string `yaml:"number"`
	Head   string `yaml:"head"`
	Foot   string `yaml:"foot"`
	About  string `yaml:"about"`
	Wide   bool   `yaml:"wide"`
	Dense  bool   `yaml:"dense"`
}

// Parse reads a template. Its errors name the template and what is wrong in Chinese.
func Parse(name string, src []byte) (*Template, error) {
	head, text, ok := strings.Cut(strings.TrimPrefix(strings.ReplaceAll(string(src), "\r\n", "\n"), "---\n"), "\n---\n")
	if !ok {
		return nil, fmt.Errorf("模板 %s：开头要有两行 --- 之间的题头（title、number、head、foot、about）", name)
	}
	var f front
	dec := yaml.NewDecoder(strings.NewReader(head))
	dec.KnownFields(true)
	if err := dec.Decode(&f); err != nil {
		return nil, fmt.Errorf("模板 %s：题头写法不对，只能有 title、number、head、foot、about、wide、dense", name)
	}
	if f.Title == "" {
		return nil, fmt.Errorf("模板 %s：题头缺 title", name)
	}
	t := &Template{Name: name, Title: f.Title, About: f.About, wide: f.Wide, dense: f.Dense, parts: map[string]*template.Template{}}
	for part, text := range map[string]string{"title": f.Title, "number": f.Number, "head": f.Head, "foot": f.Foot, "body": marked(text)} {
		x, err := template.New(part).Funcs(funcs).Option("missingkey=error").Parse(text)
		if err != nil {
			return nil, fmt.Errorf("模板 %s 的 %s：%s", name, part, where(err))
		}
		if part == "body" {
			for _, y := range x.Templates() { // itself among them
				guard(y.Root)
			}
		}
		t.parts[part] = x
	}
	return t, nil
}

// Fill sets the facts into the form.
func (t *Template) Fill(facts any) (*Doc, error) {
	say := func(part string) (string, error) {
		var b bytes.Buffer
		if err := t.parts[part].Execute(&b, facts); err != nil {
			return "", fmt.Errorf("模板 %s 的 %s：%s", t.Name, part, where(err))
		}
		return b.String(), nil
	}
	d := &Doc{Wide: t.wide, Dense: t.dense}
	for part, to := range map[string]*string{"title": &d.Title, "number": &d.Number, "head": &d.Head, "foot": &d.Foot} {
		s, err := say(part)
		if err != nil {
			return nil, err
		}
		*to = strings.TrimSpace(s)
	}
	body, err := say("body")
	if err != nil {
		return nil, err
	}
	if d.Blocks, err = read([]byte(body)); err != nil {
		return nil, fmt.Errorf("模板 %s：%w", t.Name, err)
	}
	return d, t.drawn(d, facts)
}

// Drawn are facts that have charts, by the names that forms call them.
type Drawn interface{ Charts() map[string]*Chart }

// drawn puts the facts' charts where the form wants them.
func (t *Template) drawn(d *Doc, facts any) error {
	var by map[string]*Chart
	for i, b := range d.Blocks {
		f, ok := b.(figure)
		if !ok {
			continue
		}
		if x, ok := facts.(Drawn); ok && by == nil {
			by = x.Charts()
		}
		var c Charts
		for _, name := range f.names {
			if by[name] == nil {
				return fmt.Errorf("模板 %s：没有“%s”这张图", t.Name, name)
			}
			c.Of = append(c.Of, by[name])
		}
		d.Blocks[i] = c
	}
	return nil
}

// guard sends what every action prints through set, so that a fact is never markup.
func guard(n parse.Node) {
	switch n := n.(type) {
	case *parse.ListNode:
		if n != nil {
			for _, x := range n.Nodes {
				guard(x)
			}
		}
	case *parse.ActionNode:
		if len(n.Pipe.Decl) == 0 {
			n.Pipe.Cmds = append(n.Pipe.Cmds, &parse.CommandNode{NodeType: parse.NodeCommand, Pos: n.Pos, Args: []parse.Node{parse.NewIdentifier("set").SetPos(n.Pos)}})
		}
	case *parse.IfNode:
		guard(n.List)
		guard(n.ElseList)
	case *parse.RangeNode:
		guard(n.List)
		guard(n.ElseList)
	case *parse.WithNode:
		guard(n.List)
		guard(n.ElseList)
	}
}

// set writes a fact so that Markdown reads it as text.
func set(v any) string {
	if v == nil || (reflect.ValueOf(v).Kind() == reflect.Pointer && reflect.ValueOf(v).IsNil()) {
		return ""
	}
	var b strings.Builder
	for _, r := range strings.Join(strings.Fields(fmt.Sprint(v)), " ") {
		if private(r) {
			continue
		}
		if strings.ContainsRune("\\`*_{}[]()#+-.!|<>~&:\"'$%^=/?@,;", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

var (
	lineAt = regexp.MustCompile(`^template: \w+:(\d+)`)
	quoted = regexp.MustCompile(`<(\.[^>]*)>|"([^"]*)"`)
)

// where says in Chinese what the template library says of an error.
func where(err error) string {
	var x template.ExecError
	s := err.Error()
	if errors.As(err, &x) {
		s = x.Error()
	}
	line, what := "", ""
	if m := lineAt.FindStringSubmatch(s); m != nil {
		line = "正文第 " + m[1] + " 行"
	}
	if m := quoted.FindAllStringSubmatch(s, -1); m != nil {
		last := m[len(m)-1]
		what = "“" + last[1] + last[2] + "”"
	}
	switch {
	case strings.Contains(s, "function") && strings.Contains(s, "not defined"):
		return line + "没有 " + what + " 这个函数"
	case strings.Contains(s, "can't evaluate field"), strings.Contains(s, "map has no entry"):
		return line + "没有 " + what + " 这项内容"
	case strings.Contains(s, "unclosed"), strings.Contains(s, "unexpected"):
		return line + "写法不对：花括号或 end 没有配好 " + what
	}
	return line + "填不进去 " + what
}
