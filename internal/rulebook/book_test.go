package rulebook

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/rule"
)

// TestGuideSaysEverything: what a card's page takes from the guide is there: its check in words, and each parameter of the
// check with its meaning.
func TestGuideSaysEverything(t *testing.T) {
	t.Parallel()
	g := readGuide()
	for check, c := range g.checks {
		if c.Says == "" {
			t.Errorf("the guide does not say what %s judges", check)
		}
		if k, _, _ := strings.Cut(check, "/"); kindWords[k] == "" {
			t.Errorf("kind %s has no word", k)
		}
		for _, p := range c.Params {
			if text, ok := g.param(check, p.Name); !ok || text.Means == "" {
				t.Errorf("参数一览 of the guide does not say what %s of %s means", p.Name, check)
			}
		}
	}
	lib, err := rule.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range lib.Cards {
		check := c.Kind + "/" + c.Check
		if g.checks[check].Says == "" {
			t.Errorf("the guide does not know %s of %s", check, c.ID)
		}
		for _, k := range sortedKeys(c.Params) {
			if text, ok := g.param(check, k); !ok || text.Means == "" {
				t.Errorf("参数一览 of the guide does not say what %s of %s means", k, c.ID)
			}
		}
		for _, e := range c.Exempt {
			if claim.TagTitles[e] == "" {
				t.Errorf("%s: exemption %s has no title", c.ID, e)
			}
		}
	}
}

// TestGuideTables reads rows as authors write them.
func TestGuideTables(t *testing.T) {
	t.Parallel()
	g := parseGuide("| `FREQ/day` | 数量 `x` 超限 | `n`(4) `amount`(300 元) `flag` | subject_code, allow=住院\\|急诊 | B001 |\n"+
		"| `n` | 次数 | 次 | – |\n| `n` | 家数 | 家 | `FREQ/inst` |\n",
		"- **C001 甲 / C006 乙**〔行；3〕**都**这样判。\n- **F001 丙**、**F006 丁**〔对〕同上。\n- 共同：不是卡。\n")
	c := g.checks["FREQ/day"]
	if c.Says != "数量 x 超限" || c.Points != "subject_code, allow=住院|急诊" || len(c.Params) != 3 || c.Params[1] != (paramDefault{"amount", "300 元"}) {
		t.Errorf("check %+v", c)
	}
	if p, _ := g.param("FREQ/day", "n"); p.Means != "次数" {
		t.Errorf("n is %+v", p)
	}
	if p, _ := g.param("FREQ/inst", "n"); p.Means != "家数" {
		t.Errorf("n of FREQ/inst is %+v", p)
	}
	if len(g.readings) != 4 || g.readings["C006"] != "〔行；3〕都这样判。" || g.readings["F001"] != g.readings["F006"] {
		t.Errorf("readings %q", g.readings)
	}
}

// TestExamples: the hit is the case with money, the near miss the one closest to it, and the pages say what the verdict is.
func TestExamples(t *testing.T) {
	t.Parallel()
	lib, err := rule.LoadDir("testdata/cards")
	if err != nil {
		t.Fatal(err)
	}
	b, err := newBook(Options{Cards: lib.Cards, Date: "2025-06-01"})
	if err != nil {
		t.Fatal(err)
	}
	v := b.byID["Y001"]
	if v.Hit.Name != "一日三次，第三次违规" || v.Miss.Name != "一日两次，刚好不违规" {
		t.Fatalf("examples %s, %s", v.Hit.Name, v.Miss.Name)
	}
	if l := v.Hit.Bill[2]; l.Class != "bad" || l.Vola != "10.00" || l.Item != "项目甲" || v.Hit.Bill[0].Class != "inv" {
		t.Errorf("bill %+v", v.Hit.Bill)
	}
	if h := v.Hit.Verdict; len(h) != 1 || h[0].Vola != "10.00" || !strings.Contains(h[0].Sentence, "项目甲本日已收3次，上限2") {
		t.Errorf("verdict %+v", h)
	}
	if v.Miss.Hit || len(v.Miss.Verdict) != 0 || len(v.Others) != 2 || v.Others[1].Outcome != "命中，违规金额 20.00 元，轻度可疑" {
		t.Errorf("others %+v", v.Others)
	}
	y2 := b.byID["Y002"]
	for _, s := range []string{"相隔 180 天", "<svg", "出生登记"} {
		if !strings.Contains(string(y2.Hit.Picture), s) {
			t.Errorf("the picture lacks %s: %s", s, y2.Hit.Picture)
		}
	}
	if v.Hit.Picture != "" {
		t.Error("a picture of one day of one visit")
	}
	if len(y2.Miss.Known) != 1 || !y2.Miss.Known[0].Says[0].New {
		t.Errorf("the difference is not marked: %+v", y2.Miss.Known)
	}
}

// TestRefusals: a folder that holds something else, a broken history, a day that is none.
func TestRefusals(t *testing.T) {
	t.Parallel()
	other, broken, newer := t.TempDir(), t.TempDir(), t.TempDir()
	for path, text := range map[string]string{filepath.Join(other, "index.html"): "x", filepath.Join(broken, historyFile): "{", filepath.Join(newer, historyFile): `{"format":2}`} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ dir, date, want string }{
		{other, "2025-06-01", "别的 index.html"}, {broken, "2025-06-01", "已损坏"}, {newer, "2025-06-01", "格式"},
		{t.TempDir(), "昨天", "yyyy-MM-dd"}, {t.TempDir(), "", "yyyy-MM-dd"},
	} {
		if _, err := Write(c.dir, Options{Date: c.date}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %q: %v, want %s", c.dir, c.date, err, c.want)
		}
	}
	if b, err := os.ReadFile(filepath.Join(other, "index.html")); err != nil || string(b) != "x" {
		t.Error("another site was overwritten")
	}
}

// TestThreeHundred: names stay apart and everything is linked when the library has grown.
func TestThreeHundred(t *testing.T) {
	t.Parallel()
	lib, err := rule.LoadDir("testdata/cards")
	if err != nil {
		t.Fatal(err)
	}
	var cards []*rule.Card
	for i := range 300 {
		c := *lib.Cards[i%2]
		c.ID = string(rune('A'+i/100)) + strings.Repeat("0", 3-len(itoa(i%100))) + itoa(i%100)
		c.Refines = nil
		cards = append(cards, &c)
	}
	dir := t.TempDir()
	s, err := Write(dir, Options{Cards: cards, Date: "2025-06-01"})
	if err != nil {
		t.Fatal(err)
	}
	if s.Cards != 300 {
		t.Errorf("%+v", s)
	}
	site := files(t, dir)
	links(t, site)
	if n := len(site["index.html"]); n > 400_000 {
		t.Errorf("the index has %d bytes", n)
	}
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + itoa(n%10)
}
