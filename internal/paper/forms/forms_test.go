package forms

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mingjian/mingjian/internal/paper"
)

// decided is a case that has been through everything.
func decided() *Case {
	c := &Case{Bureau: Bureau{Name: "九九市医疗保障局", Short: "九医保"}, Today: "2025-06-18", Year: 2025, ID: "F1", Rule: "B002", RuleName: "重复收费", Severity: "明确违规", Month: "2025-03",
		Cont: "同日 | 重复 <收取> 两项", Basis: "价格项目规范", InstCode: "H99010100001", Inst: "九九市人民医院", Psn: "P1", Mdtrt: "M1", Setl: "S1", State: "执行", Verdict: "部分违规",
		Claimed: 100000, Charged: 60050, Fund: 42035, Owed: 42035,
		Lines:   []Line{{"S1", "1", 100000, 60050, 42035}},
		Pleas:   []Step{{ID: "appeal", Name: "申诉", Day: "2025-05-06", Reason: "合理诊疗", Opinion: "病情需要"}},
		Files:   []File{{"病历.pdf", "yibao", "2025-05-06", 812}},
		Panel:   &Panel{ID: "P9", Chair: "zhao", Day: "2025-05-30", Minutes: "三人合议，维持六成", Members: []string{"zhao", "qian", "sun"}, Recused: []string{"li（本院）"}, Votes: []Vote{{"zhao", "部分违规", "", 60050, false}, {"qian", "部分违规", "", 60050, false}, {"sun", "不违规", "有指征", 0, true}}, For: 2, Against: 1},
		Notices: []Notice{{"N1", "疑点", "疑点告知书", "", "2025-04-20", "chen", "2025-04-22", "签收", "周"}},
		Entries: []Entry{{"2025-06-10", "列为应追回", "D1", 42035}}}
	for i, e := range []string{"take", "keep", "send", "deliver", "appeal", "refer", "conclude", "confirm", "execute"} {
		c.Steps = append(c.Steps, Step{ID: e, Name: e, To: "x", Who: "y", Day: "2025-05-0" + string(rune('1'+i))})
	}
	return c
}

func text(d *paper.Doc) string {
	var b bytes.Buffer
	for _, x := range d.Blocks {
		switch x := x.(type) {
		case paper.Para:
			for _, s := range x.Text {
				b.WriteString(s.Text)
			}
		case paper.Table:
			for _, r := range append([][][]paper.Span{x.Head}, x.Rows...) {
				for _, c := range r {
					for _, s := range c {
						b.WriteString(s.Text + "|")
					}
				}
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestEveryForm(t *testing.T) {
	o := Office{t.TempDir()}
	for name, want := range map[string][]string{
		"tell": {"九九市人民医院：", "同日 | 重复 <收取> 两项", "1,000.00"}, "appeal": {"病情需要", "病历.pdf", "812"}, "minutes": {"认定违规或部分违规 2 票，认定不违规 1 票", "sun（少数意见）", "回避：li（本院）"},
		"confirm": {"420.35", "人民币肆佰贰拾元叁角伍分", "部分违规"}, "recover": {"尚待收回 420.35 元", "九医保确〔2025〕 号"}, "receipt": {"疑点告知书|2025-04-20|2025-04-22|签收|周"}, "course": {"conclude"},
	} {
		d, err := o.Doc(name, decided())
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range want {
			if !strings.Contains(text(d), w) {
				t.Errorf("%s lacks %q:\n%s", name, w, text(d))
			}
		}
		if strings.Contains(text(d), "<no value>") || strings.Contains(text(d), "\\") {
			t.Errorf("%s:\n%s", name, text(d))
		}
	}
	docs, err := o.File(decided())
	if err != nil || len(docs) != len(file) {
		t.Errorf("%d documents in the file, %v", len(docs), err)
	}
}

func TestGrounds(t *testing.T) {
	o, c := Office{t.TempDir()}, decided()
	c.Steps, c.Notices, c.Pleas, c.Files, c.Panel, c.Entries = c.Steps[:1], nil, nil, nil, nil, nil
	for _, name := range []string{"tell", "appeal", "minutes", "confirm", "recover", "receipt"} {
		if _, err := o.Doc(name, c); err == nil {
			t.Errorf("%s was made without ground", name)
		}
	}
	if docs, err := o.File(c); err != nil || len(docs) != 1 {
		t.Errorf("%d documents, %v", len(docs), err)
	}
	for _, name := range []string{"", "../bureau", "a/b", "nothing"} {
		if _, err := o.Doc(name, c); err == nil || !strings.Contains(err.Error(), "没有“") {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestSheet(t *testing.T) {
	f := &Findings{Bureau: Bureau{Name: "局"}, Today: "2025-06-18", Inst: "甲院", InstCode: "H1", Month: "2025-03", Rows: []Row{{"F1", "A001", "限性别", "明确违规", "2025-03", "甲院", "P1", "M1", "初审", 100, 50, 50}}, Vola: 100, Charged: 50, More: 3}
	d, err := Office{t.TempDir()}.Sheet(f)
	if err != nil {
		t.Fatal(err)
	}
	if s := text(d); !d.Wide || !strings.Contains(s, "共 1 条") || !strings.Contains(s, "还有 3 条未印") || !strings.Contains(s, "1|A001|限性别|") {
		t.Error(s)
	}
}

func TestOwnPaper(t *testing.T) {
	dir := t.TempDir()
	o := Office{dir}
	put := func(name, s string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(s), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put("bureau.yaml", "name: 八八县医疗保障局\nshort: 八医保\n")
	if b, err := o.Bureau(); err != nil || b.Name != "八八县医疗保障局" || b.Seal != nil {
		t.Errorf("%+v %v", b, err)
	}
	put("confirm.md", "---\ntitle: 本局确认书\n---\n{{.Inst}}\n")
	put("extra.md", "---\ntitle: 约谈记录\n---\n{{.Inst}}\n")
	fs, err := o.Forms()
	if err != nil || len(fs) != len(file)+2 || fs[len(fs)-1].Title != "约谈记录" || !fs[len(fs)-1].Own {
		t.Errorf("%+v %v", fs, err)
	}
	if d, err := o.Doc("confirm", decided()); err != nil || d.Title != "本局确认书" {
		t.Error(err)
	}
	put("seal.png", "not a picture")
	if _, err := o.Bureau(); err == nil || !strings.Contains(err.Error(), "PNG") {
		t.Error(err)
	}
	put("bureau.yaml", "nmae: x")
	if _, err := o.Bureau(); err == nil || !strings.Contains(err.Error(), "name") {
		t.Error(err)
	}
}

func TestPrint(t *testing.T) {
	o := Office{t.TempDir()}
	docs, err := o.File(decided())
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := o.Print(&b, "docx", time.Time{}, docs[0]); err != nil || b.Len() == 0 {
		t.Error(err)
	}
	if err := o.Print(&b, "docx", time.Time{}, docs...); err == nil {
		t.Error("a whole file as DOCX")
	}
	if err := o.Print(&b, "odt", time.Time{}, docs[0]); err == nil {
		t.Error("odt")
	}
	b.Reset()
	if err := o.Print(&b, "pdf", time.Time{}, docs...); err != nil && !errors.Is(err, paper.ErrNoFont) {
		t.Error(err)
	}
}

// TestOwnMinutes: the minutes of a panel on several findings are printed of each by itself, and as they are when they name none.
func TestOwnMinutes(t *testing.T) {
	all := "ec93e020c872a823b225f517：不认定违规。\n有指南依据。\n0a93e020c872a823b225f500：维持"
	for id, want := range map[string]string{"ec93e020c872a823b225f517": "不认定违规。\n有指南依据。", "0a93e020c872a823b225f500": "维持", "other": all} {
		if got := ownMinutes(all, id); got != want {
			t.Errorf("%s: %q", id, got)
		}
	}
	if got := ownMinutes("一致维持", "ec93e020c872a823b225f517"); got != "一致维持" {
		t.Error(got)
	}
}
