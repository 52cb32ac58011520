package audit_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/rule"
	"github.com/mingjian/mingjian/internal/synth"
)

type exemption struct{ rule, use string }

// readExemptions reads the table: by card and case the near-miss of the city, "" where there is none yet.
func readExemptions(t *testing.T) map[exemption]string {
	t.Helper()
	data, err := os.ReadFile("testdata/exemptions.tsv")
	if err != nil {
		t.Fatal(err)
	}
	out := map[exemption]string{}
	for i, l := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		f := strings.Split(l, "\t")
		switch {
		case strings.HasPrefix(l, "#"):
		case len(f) == 4 && f[2] == "—" && f[3] != "":
			out[exemption{f[0], f[1]}] = ""
		case len(f) == 3 && f[2] != "—":
			out[exemption{f[0], f[1]}] = f[2]
		default:
			t.Errorf("line %d: want card, case, near-miss; or card, case, —, reason", i+1)
		}
	}
	return out
}

// notPlayed is how many exemptions no city plays yet: it may only fall.
const notPlayed = 6

// Every exemption that a card's cases show is played by a near-miss of the city, which is written without looking at the cards; and
// every card whose 口径 names exemptions shows at least one in its cases. A new exemption needs a row of the table, so it needs both.
func TestEveryExemptionHasItsNegative(t *testing.T) {
	t.Parallel()
	table := readExemptions(t)
	near := map[exemption]bool{}
	for _, s := range synth.Scenes() {
		if s.Near {
			near[exemption{s.Rule, s.Name}] = true
		}
	}
	lib, err := rule.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	cases, shown := map[exemption]bool{}, map[string]bool{}
	for _, c := range lib.Cards {
		for _, k := range c.Cases {
			if !strings.HasPrefix(k.Name, "豁免") || strings.HasPrefix(c.ID, "T") {
				continue
			}
			e := exemption{c.ID, k.Name}
			cases[e], shown[c.ID] = true, true
			if _, ok := table[e]; !ok {
				t.Errorf("%s「%s」: no near-miss named in testdata/exemptions.tsv", c.ID, k.Name)
			}
			if len(k.Expect) > 0 && k.Severity != 3 && !firesBeside(&k) {
				t.Errorf("%s「%s」 excuses nothing: it expects %v", c.ID, k.Name, k.Expect)
			}
		}
	}
	open := 0
	for e, scene := range table {
		switch {
		case !cases[e]:
			t.Errorf("%s has no case「%s」", e.rule, e.use)
		case scene == "":
			open++
		case !near[exemption{e.rule, scene}]:
			t.Errorf("%s: the city has no near-miss %q", e.rule, scene)
		}
	}
	if open > notPlayed {
		t.Errorf("%d exemptions are played by no city, want at most %d", open, notPlayed)
	}
	for _, id := range exempting(t) {
		if !shown[id] {
			t.Errorf("docs/规则口径.md names exemptions of %s, none of its cases does", id)
		}
	}
}

// firesBeside: the case shows next to the excused line one that is not.
func firesBeside(k *rule.Case) bool { return len(k.Given["fee"]) > len(k.Expect) }

var clause = regexp.MustCompile(`(?m)^- \*\*([A-Z]\d{3})\b.*豁免[：（]`)

// exempting are the cards of which 规则口径 names exemptions.
func exempting(t *testing.T) (ids []string) {
	t.Helper()
	text, err := os.ReadFile("../../docs/规则口径.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range clause.FindAllStringSubmatch(string(text), -1) {
		if !strings.HasPrefix(m[1], "T") {
			ids = append(ids, m[1])
		}
	}
	if len(ids) < 40 {
		t.Fatalf("only %d cards with exemptions were understood", len(ids))
	}
	return ids
}
