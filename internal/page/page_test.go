package page

import (
	"bytes"
	"context"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/rule"
	"github.com/mingjian/mingjian/internal/synth"
)

// audited makes a small city, audits it and returns its data directory.
func audited(t *testing.T) (string, *rule.Library) {
	t.Helper()
	dir := t.TempDir()
	city := filepath.Join(dir, "city")
	if _, err := synth.Generate(synth.Options{Out: city, Persons: 1000, Months: 2, Seed: 3}); err != nil {
		t.Fatal(err)
	}
	ks, err := knowledge.Open(filepath.Join(dir, "knowledge"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ks.ImportStarter(); err != nil {
		t.Fatal(err)
	}
	l, err := lake.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	w, err := l.Writer()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if _, err := w.Import(context.Background(), []string{city}, lake.ImportOptions{}); err != nil {
		t.Fatal(err)
	}
	lib, err := rule.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	a, err := audit.Open(dir, lib)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Run(context.Background(), audit.Options{}); err != nil {
		t.Fatal(err)
	}
	return dir, lib
}

func TestGatherSumsAreTheStores(t *testing.T) {
	t.Parallel()
	dir, lib := audited(t)
	d, err := Gather(dir, lib)
	if err != nil {
		t.Fatal(err)
	}
	st := audit.OpenStore(dir)
	months, err := st.Months()
	if err != nil {
		t.Fatal(err)
	}
	var want audit.Sum
	for _, m := range months {
		sums, err := st.Summary(m)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range sums {
			want.Findings, want.Lines = want.Findings+s.Findings, want.Lines+s.Lines
			want.Vola, want.Fund, want.Charged = want.Vola+s.Vola, want.Fund+s.Fund, want.Charged+s.Charged
		}
	}
	if want.Findings == 0 {
		t.Fatal("the city has no findings: nothing is tested")
	}
	if s := d.Sum; s.Findings != want.Findings || s.Lines != want.Lines || s.Vola != want.Vola || s.Fund != want.Fund || s.Charged != want.Charged {
		t.Errorf("page sums %+v, store sums %+v", s, want)
	}
	for name, ts := range map[string][]Tally{"rule": d.ByRule, "institution": d.ByInst, "month": d.ByMonth, "severity": d.BySeverity[:]} {
		var n int64
		var charged claim.Money
		for _, x := range ts {
			n, charged = n+x.Findings, charged+x.Charged
		}
		if n != want.Findings || charged != want.Charged {
			t.Errorf("by %s: %d findings, %s yuan; want %d, %s", name, n, charged, want.Findings, want.Charged)
		}
	}
	if d.Sum.Vola < d.Refund+d.Sum.Charged {
		t.Errorf("claimed %s is less than refunds %s and charged %s together", d.Sum.Vola, d.Refund, d.Sum.Charged)
	}
	html := render(t, d)
	for _, want := range []string{
		`id="fig-findings">` + thousands(d.Sum.Findings) + "<", `id="fig-charged">` + big(d.Sum.Charged)[0] + "<",
		`id="fig-vola">` + big(d.Sum.Vola)[0] + "<", `id="fig-fund">` + big(d.Sum.Fund)[0] + "<", yuan(d.ByRule[0].Charged),
	} {
		if !strings.Contains(html, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if n := strings.Count(html, "<tr data-s="); n != len(d.Top) {
		t.Errorf("%d findings listed, want %d", n, len(d.Top))
	}
	again, err := Gather(dir, lib)
	if err != nil {
		t.Fatal(err)
	}
	if render(t, again) != html {
		t.Error("the same data gave another page")
	}
}

func render(t *testing.T, d *Data) string {
	t.Helper()
	var b bytes.Buffer
	if err := Render(&b, d); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// sample is data whose every text tries to break out of the page.
func sample() *Data {
	const evil = `<script>alert("x")</script>'"&`
	d := &Data{Title: "标题" + evil, Dir: evil, Months: []claim.Month{2025 * 12, 2025*12 + 1}, rules: map[string]*Tally{}, insts: map[string]*Tally{}, months: map[claim.Month]*Tally{}}
	d.add([]audit.Row{
		{FindingID: "id1", RuleID: "A001", RuleName: evil, Severity: 1, Month: 2025 * 12, Inst: evil, Psn: "330100200001011234", Mdtrt: "SECRETVISIT", Sn: "f1", Type: 1,
			Vola: 1_234_567_89, Fund: 1_000_000_00, Charged: 1_234_567_00, Cont: evil, PointID: evil, Basis: evil},
		{FindingID: "id1", RuleID: "A001", Severity: 1, Month: 2025 * 12, Inst: evil, Sn: "f0", Type: 2},
	})
	d.add([]audit.Row{{FindingID: "id2", RuleID: "G001", Severity: 2, Month: 2025*12 + 1, Inst: "H1", Psn: "99", Type: 1}})
	d.Skips = []Skip{{Rule: "X", Name: evil, Reason: evil, Count: 3}, {Rule: "Y", Reason: "缺表", Whole: true}}
	d.Thin = []Thin{{Rule: "X", Name: evil, Column: evil, Institutions: 1}}
	d.Gaps = []audit.Gap{{Inst: evil, Month: evil}}
	d.finish(map[string]RuleInfo{"A001": {ID: "A001", Name: evil, Basis: evil, Severity: 1}}, map[string]string{"H1": evil}, nil)
	return d
}

func TestPageIsSafeAndSelfContained(t *testing.T) {
	t.Parallel()
	html := render(t, sample())
	if n := strings.Count(html, "<script"); n != 1 {
		t.Errorf("%d script elements, want the page's own", n)
	}
	if strings.Contains(html, `alert("x")`) {
		t.Error("data was not escaped")
	}
	if m := regexp.MustCompile(`(?i)(https?:)?//[a-z0-9]|@import|url\(|src=|<link`).FindString(html); m != "" {
		t.Errorf("the page refers to something outside: %q", m)
	}
	for _, secret := range []string{"330100200001011234", "SECRETVISIT", "01011234"} {
		if strings.Contains(html, secret) {
			t.Errorf("the page shows %q", secret)
		}
	}
	for _, want := range []string{"****1234", "123.46<small>万元", "1,234,567.89", "2025年1月至2025年2月"} {
		if !strings.Contains(html, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

func TestEveryRuleOpensIntoFindings(t *testing.T) {
	t.Parallel()
	d := &Data{rules: map[string]*Tally{}, insts: map[string]*Tally{}, months: map[claim.Month]*Tally{}}
	for i := range 12 * topFindings {
		r := audit.Row{FindingID: thousands(int64(i)), RuleID: "B001", Severity: 1, Month: 1, Type: 1, Sn: "f", Vola: claim.Money(i + 1), Charged: claim.Money(i + 1)}
		if i%100 == 0 {
			r.RuleID, r.Vola, r.Charged = "G001", 0, 0
		}
		d.add([]audit.Row{r})
	}
	d.finish(nil, nil, nil)
	of := map[string]int{}
	for _, f := range d.Top {
		of[f.Rule]++
	}
	if of["B001"] != topFindings || of["G001"] != topOfRule {
		t.Errorf("listed %v", of)
	}
	if d.Top[0].Charged != 12*topFindings {
		t.Errorf("first is %s yuan", d.Top[0].Charged)
	}
}

func TestFormats(t *testing.T) {
	t.Parallel()
	for m, want := range map[claim.Money]string{0: "0.00 元", 99_999_49: "10.00 万元", 9_999_99: "9,999.99 元", 1_000_000: "1.00 万元",
		123_456_789_00: "1.23 亿元", 9_999_999_99: "1,000.00 万元"} {
		if got := bigText(m); got != want {
			t.Errorf("%d fen: %q, want %q", int64(m), got, want)
		}
	}
	for _, x := range []struct {
		ms   []claim.Month
		want string
	}{{[]claim.Month{24305}, "2025年6月"}, {[]claim.Month{24305, 24306}, "2025年6月至2025年7月"}, {[]claim.Month{24305, 24308}, "2025年6月至2025年9月中的 2 个月"}} {
		if got := period(x.ms); got != x.want {
			t.Errorf("%q, want %q", got, x.want)
		}
	}
	if lastFour("12") != "****2" || lastFour("") != "****" || lastFour("12345678") != "****5678" {
		t.Error("masking")
	}
	if percent(1, 0) != "—" || percent(1, 3) != "33.3%" || percent(1, 10000) != "0.01%" {
		t.Error("percent")
	}
}
