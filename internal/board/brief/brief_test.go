package brief_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/mingjian/mingjian/internal/board"
	"github.com/mingjian/mingjian/internal/board/brief"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/paper"
	"github.com/mingjian/mingjian/internal/paper/forms"
	"github.com/mingjian/mingjian/internal/store"
)

var ctx = context.Background()

// desk is a board over a store with findings of twelve institutions and rules in each month of a year: as much as a page must hold.
func desk(t *testing.T) (*board.Desk, board.Ask) {
	t.Helper()
	db, err := store.Open(ctx, store.Location{Engine: store.SQLite, Path: filepath.Join(t.TempDir(), store.FileName)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	at := board.Period{From: "2025-01", To: "2025-12"}
	err = db.Update(ctx, func(tx *store.Tx) error {
		var fs []*store.Finding
		for i := range 144 {
			inst := "H990101000" + string('a'+rune(i%12))
			if i < 12 {
				if err := tx.SetReviewInst(store.ReviewInst{Code: inst, Name: "九九市第" + string('一'+rune(i)) + "人民医院医疗集团总院", Admdvs: "990101", Version: 1}); err != nil {
					return err
				}
			}
			fs = append(fs, &store.Finding{ID: "f" + string('a'+rune(i%12)) + string('a'+rune(i/12)), Month: at.Months()[i/12], Inst: inst, Admdvs: "990101", RuleID: "A01" + string('0'+rune(i%10)), RuleName: "医疗服务项目限定频次与支付范围不符",
				Severity: 1 + i%3, Vola: 123_456_700, Fund: 100_000_000, Charged: 98_765_400 - int64(i)*1000, State: store.MachineState})
		}
		return tx.AddFindings(fs)
	})
	if err != nil {
		t.Fatal(err)
	}
	return &board.Desk{DB: db}, board.Ask{Period: at, Against: board.SamePeriod, Today: claim.DayOf(2026, 1, 5)}
}

// TestOnePageEach: each form that ships fits a page, says the figures of the dictionary in both files, and names no other.
func TestOnePageEach(t *testing.T) {
	d, ask := desk(t)
	o := brief.Office{Office: forms.Office{Dir: t.TempDir()}}
	fs, err := o.Forms()
	if err != nil || len(fs) != 3 {
		t.Fatalf("%v %v", fs, err)
	}
	figures, err := d.Figures(ctx, ask, "F01", "F05")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range fs {
		doc, err := o.Make(ctx, f.Name, d, ask, d.AreaName("9901"))
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		switch err := o.Print(&b, "pdf", time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC), doc); {
		case errors.Is(err, paper.ErrNoFont):
			t.Log("no font: the page is not counted")
		case err != nil:
			t.Fatal(err)
		default:
			if n := len(regexp.MustCompile(`/Type /Page\b`).FindAll(b.Bytes(), -1)); n != 1 {
				t.Errorf("%s: %d pages", f.Name, n)
			}
		}
		text, charts := word(t, o, doc)
		want := []string{"2025年全年", "区划 9901", "医疗保障局"}
		if f.Name == "briefing" {
			want = append(want, figures[0].Text(), figures[1].Text(), "未列明")
			if charts != 4 {
				t.Errorf("%d charts", charts)
			}
		}
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("%s does not say %s", f.Name, w)
			}
		}
		p := doc.Preview()
		for _, w := range p.Blocks {
			for _, c := range w.Charts {
				for _, s := range c.Series {
					if len(s.Values) != len(c.Names) {
						t.Errorf("%s: %d values for %d names", c.Title, len(s.Values), len(c.Names))
					}
				}
			}
		}
	}
}

// word reads the text of the Word file, all of whose parts are well formed, and counts its charts.
func word(t *testing.T, o brief.Office, doc *paper.Doc) (text string, charts int) {
	t.Helper()
	var b bytes.Buffer
	if err := o.Print(&b, "docx", time.Time{}, doc); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	var named string
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		part, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		for d := xml.NewDecoder(bytes.NewReader(part)); ; {
			x, err := d.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", f.Name, err)
			}
			if c, ok := x.(xml.CharData); ok {
				text += string(c)
			}
		}
		if strings.HasPrefix(f.Name, "word/charts/") {
			charts++
			named += f.Name
		}
		if f.Name == "[Content_Types].xml" {
			defer func() {
				if n := strings.Count(string(part), "drawingml.chart+xml"); n != charts {
					t.Errorf("%d charts are declared, %d are there", n, charts)
				}
			}()
		}
	}
	return text, charts
}

// TestOwnForms: a bureau's own form is used, and one that names what is no indicator or chart is refused in words.
func TestOwnForms(t *testing.T) {
	d, ask := desk(t)
	dir := t.TempDir()
	o := brief.Office{Office: forms.Office{Dir: dir}}
	if err := os.MkdirAll(filepath.Join(dir, "brief"), 0o755); err != nil {
		t.Fatal(err)
	}
	put := func(name, body string) {
		if err := os.WriteFile(filepath.Join(dir, "brief", name+".md"), []byte("---\ntitle: \"{{.Period}}本局简报\"\nabout: \"x\"\n---\n"+body), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	put("own", "疑点 {{(.F \"F01\").Text}}\n\n图：trend\n")
	doc, err := o.Make(ctx, "own", d, ask, "全部区划")
	if err != nil || !strings.Contains(doc.Preview().Blocks[0].Text[0].Text, "144 条") {
		t.Errorf("%+v %v", doc, err)
	}
	put("bad", "{{(.F \"F99\").Text}}")
	if _, err := o.Make(ctx, "bad", d, ask, ""); err == nil || !strings.Contains(err.Error(), "F99") {
		t.Errorf("an indicator that is none: %v", err)
	}
	put("bad", "图：nothing")
	if _, err := o.Make(ctx, "bad", d, ask, ""); err == nil || !strings.Contains(err.Error(), "nothing") {
		t.Errorf("a chart that is none: %v", err)
	}
	for _, name := range []string{"none", "../bureau", ""} {
		if _, err := o.Make(ctx, name, d, ask, ""); !errors.Is(err, brief.ErrForm) {
			t.Errorf("%q: %v", name, err)
		}
	}
}
