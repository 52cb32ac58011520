package paper

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"
)

var markdown = goldmark.New(goldmark.WithExtensions(extension.Table))

// Marks that Markdown has no word for; each begins a line of a form. Parse turns them into letters of the private range, which set takes
// out of facts: a fact that begins like a mark is still a fact.
const (
	markTo    = "\ue001" // 致：the addressee, set flush
	markRight = "\ue002" // 右：
	markSeal  = "\ue003" // 章：set right, the seal over it
	markBreak = "\ue004" // 换页
	markWidth = "\ue005" // 列宽：before a table: 1 2 2
	markChart = "\ue006" // 图：names of charts that the facts have, side by side
)

var marks = []struct{ word, mark string }{{"致：", markTo}, {"右：", markRight}, {"章：", markSeal}, {"换页", markBreak}, {"列宽：", markWidth}, {"图：", markChart}}

func marked(form string) string {
	lines := strings.Split(form, "\n")
	for i, l := range lines {
		for _, m := range marks {
			if rest, ok := strings.CutPrefix(l, m.word); ok && (m.mark != markBreak || strings.TrimSpace(rest) == "") {
				lines[i] = m.mark + rest
			}
		}
	}
	return strings.Join(lines, "\n")
}

func private(r rune) bool { return r >= 0xe000 && r <= 0xf8ff }

// read makes blocks of a filled form.
func read(src []byte) (out []Block, err error) {
	doc := markdown.Parser().Parse(text.NewReader(src))
	var widths []int
	for n := doc.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Heading:
			out = append(out, Heading{min(n.Level, 3), spans(n, src)})
		case *ast.Paragraph:
			for _, line := range lines(spans(n, src)) {
				b, w, err := para(line)
				if err != nil {
					return nil, err
				}
				if w != nil {
					widths = w
				} else if b != nil {
					out = append(out, b)
				}
			}
		case *ast.List:
			i := n.Start
			for x := n.FirstChild(); x != nil; x = x.NextSibling() {
				mark := "·"
				if n.IsOrdered() {
					mark = strconv.Itoa(i) + "."
					i++
				}
				var s []Span
				for y := x.FirstChild(); y != nil; y = y.NextSibling() {
					s = append(s, spans(y, src)...)
				}
				out = append(out, Item{mark, s})
			}
		case *east.Table:
			t, err := table(n, src)
			if err != nil {
				return nil, err
			}
			if widths != nil && len(widths) != len(t.Head) {
				return nil, fmt.Errorf("列宽写了 %d 个，表有 %d 列", len(widths), len(t.Head))
			}
			t.Widths, widths = widths, nil
			out = append(out, t)
		case *ast.ThematicBreak:
			out = append(out, Break{})
		default:
			return nil, fmt.Errorf("正文里有不支持的写法（%s）：只能用标题、段落、列表、表格", n.Kind())
		}
	}
	return out, nil
}

// para reads the mark of a paragraph.
func para(s []Span) (Block, []int, error) {
	cut := func(mark string) ([]Span, bool) {
		rest, ok := strings.CutPrefix(s[0].Text, mark)
		if !ok {
			return nil, false
		}
		return append([]Span{{rest, s[0].Bold}}, s[1:]...), true
	}
	if len(s) == 0 || strings.TrimSpace(plain(s)) == "" {
		return nil, nil, nil
	}
	if plain(s) == markBreak {
		return Break{}, nil, nil
	}
	if rest, ok := strings.CutPrefix(plain(s), markWidth); ok {
		var w []int
		for _, x := range strings.Fields(rest) {
			n, err := strconv.Atoi(x)
			if err != nil || n < 1 || n > 100 {
				return nil, nil, errors.New("列宽应为 1 到 100 的整数，空格分开")
			}
			w = append(w, n)
		}
		return nil, w, nil
	}
	if rest, ok := strings.CutPrefix(plain(s), markChart); ok {
		return figure{strings.Fields(rest)}, nil, nil
	}
	if x, ok := cut(markTo); ok {
		return Para{Text: x, Flush: true}, nil, nil
	}
	if x, ok := cut(markSeal); ok {
		return Para{Text: x, Right: true, Seal: true}, nil, nil
	}
	if x, ok := cut(markRight); ok {
		return Para{Text: x, Right: true}, nil, nil
	}
	return Para{Text: s}, nil, nil
}

func table(n *east.Table, src []byte) (t Table, err error) {
	for _, a := range n.Alignments {
		x := Left
		switch a {
		case east.AlignRight:
			x = Right
		case east.AlignCenter:
			x = Centre
		}
		t.Align = append(t.Align, x)
	}
	for r := n.FirstChild(); r != nil; r = r.NextSibling() {
		var row [][]Span
		for c := r.FirstChild(); c != nil; c = c.NextSibling() {
			row = append(row, spans(c, src))
		}
		if _, ok := r.(*east.TableHeader); ok {
			t.Head = row
		} else {
			t.Rows = append(t.Rows, row)
		}
	}
	if len(t.Head) == 0 {
		return t, errors.New("表格没有表头")
	}
	return t, nil
}

// spans is the text under a node.
func spans(n ast.Node, src []byte) (out []Span) {
	add := func(s string, bold bool) {
		if k := len(out) - 1; k >= 0 && out[k].Bold == bold {
			out[k].Text += s
		} else if s != "" {
			out = append(out, Span{s, bold})
		}
	}
	var walk func(n ast.Node, bold bool)
	walk = func(n ast.Node, bold bool) {
		for c := n.FirstChild(); c != nil; c = c.NextSibling() {
			switch c := c.(type) {
			case *ast.Text:
				add(string(c.Segment.Value(src)), bold)
				if c.SoftLineBreak() || c.HardLineBreak() {
					add("\n", bold)
				}
			case *ast.String:
				add(string(c.Value), bold)
			case *ast.Emphasis:
				walk(c, true)
			case *ast.RawHTML:
				add(string(c.Segments.Value(src)), bold)
			default:
				walk(c, bold)
			}
		}
	}
	walk(n, false)
	for i := range out {
		out[i].Text = unescape(out[i].Text)
	}
	return out
}

// unescape takes the strokes away that guard a fact.
func unescape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) && s[i+1] < 0x80 && strings.IndexByte("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", s[i+1]) >= 0 {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// lines parts a paragraph at its line ends: in Chinese a new line in the source is a new paragraph.
func lines(s []Span) (out [][]Span) {
	var line []Span
	for _, x := range s {
		for i, part := range strings.Split(x.Text, "\n") {
			if i > 0 {
				out, line = append(out, line), nil
			}
			if part != "" {
				line = append(line, Span{part, x.Bold})
			}
		}
	}
	return append(out, line)
}
