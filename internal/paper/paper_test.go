package paper

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
)

const form = `---
title: "违规费用追回通知书"
number: "{{.Year}}〕{{.No}}号"
head: "{{.Bureau}}"
about: "通知机构退回"
---
致：{{.Inst}}：

经核查，你单位**{{.Month}}**结算的费用有下列问题，应退回{{yuan .Sum}}元（{{capital .Sum}}）。

列宽：1 4 2

| 序号 | 问题 | 金额（元） |
|:-:|---|--:|
{{range $i, $x := .Lines}}| {{no $i}} | {{$x.What}} | {{yuan $x.Fen}} |
{{end}}

# 一、依据

1. 依据一
2. 依据二

右：{{.Bureau}}
章：{{day .Day}}
`

type line struct {
	What string
	Fen  int64
}

type facts struct {
	Year, No, Bureau, Inst, Month, Day string
	Sum                                int64
	Lines                              []line
}

func some(n int) facts {
	f := facts{"〔2025", "12", "九九市医疗保障局", "九九市人民医院", "2025年3月", "2025-06-18", 123456789, nil}
	for range n {
		f.Lines = append(f.Lines, line{"同日重复收取“Ⅱ级护理”与“Ⅲ级护理”，超出 3 日", 12345})
	}
	return f
}

func filled(t *testing.T, f facts) *Doc {
	t.Helper()
	x, err := Parse("recover", []byte(form))
	if err != nil {
		t.Fatal(err)
	}
	d, err := x.Fill(f)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestFill(t *testing.T) {
	d := filled(t, some(2))
	if d.Title != "违规费用追回通知书" || d.Number != "〔2025〕12号" || d.Head != "九九市医疗保障局" {
		t.Errorf("%+v", d)
	}
	if p, ok := d.Blocks[0].(Para); !ok || !p.Flush || plain(p.Text) != "九九市人民医院：" {
		t.Errorf("addressee: %+v", d.Blocks[0])
	}
	if p := d.Blocks[1].(Para); plain(p.Text) != "经核查，你单位2025年3月结算的费用有下列问题，应退回1,234,567.89元（人民币壹佰贰拾叁万肆仟伍佰陆拾柒元捌角玖分）。" || !p.Text[1].Bold {
		t.Errorf("%+v", p)
	}
	tab := d.Blocks[2].(Table)
	if len(tab.Rows) != 2 || len(tab.Widths) != 3 || tab.Align[0] != Centre || tab.Align[2] != Right || plain(tab.Rows[1][2]) != "123.45" {
		t.Errorf("%+v", tab)
	}
	if p := d.Blocks[len(d.Blocks)-1].(Para); !p.Seal || plain(p.Text) != "2025年6月18日" {
		t.Errorf("%+v", p)
	}
}

// A fact is text whatever it holds: no mark of a form, of Markdown or of HTML comes out of it.
func TestFactsAreText(t *testing.T) {
	for _, evil := range []string{"| a | b |", "**粗**", "<b>x</b>", "致：某院", "\n\n# 标题\n", "[链](http://x)", "`x`", "{{.Sum}}", "1. 甲", "a\\|b", "&lt;", "![x](y)", "- 一", "---", "换页", "列宽：1 2"} {
		f := some(1)
		f.Lines[0].What = evil
		d := filled(t, f)
		tab := d.Blocks[2].(Table)
		if got := plain(tab.Rows[0][1]); got != strings.Join(strings.Fields(evil), " ") {
			t.Errorf("%q became %q", evil, got)
		}
		if len(tab.Rows) != 1 || len(d.Blocks) != len(filled(t, some(1)).Blocks) {
			t.Errorf("%q changed the page", evil)
		}
	}
}

func TestCapital(t *testing.T) {
	for fen, want := range map[int64]string{
		0: "零元整", 1: "壹分", 10: "壹角整", 105: "壹元零伍分", 100: "壹元整", 1000: "壹拾元整", 100300: "壹仟零叁元整", 1000000: "壹万元整", 1000100: "壹万零壹元整", 10010000: "壹拾万零壹佰元整",
		100000000000: "壹拾亿元整", 10000000001: "壹亿元零壹分", 10001000050: "壹亿零壹万元伍角整", 123: "壹元贰角叁分", 2005000000: "贰仟零伍万元整", 100010000: "壹佰万零壹佰元整",
	} {
		if got := Capital(fen); got != "人民币"+want {
			t.Errorf("%d: %s, not %s", fen, got, want)
		}
	}
	if got := Capital(-150); got != "人民币负壹元伍角整" {
		t.Error(got)
	}
	for fen, want := range map[int64]string{0: "0.00", 5: "0.05", 123456: "1,234.56", -100: "-1.00", 100000000: "1,000,000.00"} {
		if got := yuan(fen); got != want {
			t.Errorf("%d: %s", fen, got)
		}
	}
	for fen, want := range map[int64]string{0: "0.00", 15224000: "15.22", 1522400000: "1,522.40", 5000: "0.01", 4999: "0.00"} {
		if got := wan(fen); got != want {
			t.Errorf("wan %d: %s", fen, got)
		}
	}
}

func TestWrongTemplates(t *testing.T) {
	for src, want := range map[string]string{
		"没有题头":                             "两行 --- 之间",
		"---\ntitel: x\n---\n正文":           "只能有 title",
		"---\nabout: x\n---\n正文":           "缺 title",
		"---\ntitle: x\n---\n{{range .A}}": "模板 t 的 body：正文第",
		"---\ntitle: x\n---\n{{nope .A}}":  "没有 “nope” 这个函数",
	} {
		if _, err := Parse("t", []byte(src)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", src, err)
		}
	}
	for body, want := range map[string]string{
		"{{.Nothing}}":                  "没有 “.Nothing” 这项内容",
		"> 引用":                          "不支持的写法",
		"列宽：1 2\n\n| a |\n|---|\n| b |": "列宽写了 2 个，表有 1 列",
		"列宽：0":                          "1 到 100",
	} {
		x, err := Parse("t", []byte("---\ntitle: x\n---\n"+body))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := x.Fill(some(0)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", body, err)
		}
	}
}

func TestDOCX(t *testing.T) {
	d := filled(t, some(3))
	d.Title = "甲 & 乙 <丙>"
	var b bytes.Buffer
	if err := d.DOCX(&b); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	text := ""
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		dec := xml.NewDecoder(r)
		for {
			tok, err := dec.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", f.Name, err)
			}
			if c, ok := tok.(xml.CharData); ok && f.Name == "word/document.xml" {
				text += string(c)
			}
		}
		r.Close()
	}
	for _, want := range []string{"甲 & 乙 <丙>", "九九市人民医院：", "1,234,567.89", "2025年6月18日"} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is not in the document", want)
		}
	}
}

func TestPDF(t *testing.T) {
	font, err := Font(t.TempDir())
	if errors.Is(err, ErrNoFont) {
		t.Skip("skipped: no font with Chinese letters is installed (apt-get install fonts-wqy-microhei)")
	}
	if err != nil {
		t.Fatal(err)
	}
	made := time.Date(2025, 6, 18, 0, 0, 0, 0, time.UTC)
	var one, again, all bytes.Buffer
	for _, w := range []io.Writer{&one, &again} {
		if err := PDF(w, font, made, filled(t, some(60))); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(one.Bytes(), again.Bytes()) {
		t.Error("the same document is not the same file")
	}
	if n := bytes.Count(one.Bytes(), []byte("/Type /Page\n")); n < 3 {
		t.Errorf("60 rows on %d pages", n)
	}
	if err := PDF(&all, font, made, filled(t, some(60)), filled(t, some(1))); err != nil {
		t.Fatal(err)
	}
	if n, m := bytes.Count(one.Bytes(), []byte("/Type /Page\n")), bytes.Count(all.Bytes(), []byte("/Type /Page\n")); m != n+2 {
		t.Errorf("contents, %d pages and one: %d", n, m)
	}
}

func TestNoFont(t *testing.T) {
	if err := PDF(io.Discard, []byte("no font"), time.Time{}, filled(t, some(1))); !errors.Is(err, ErrNoFont) {
		t.Error(err)
	}
}
