package rule

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestGuideListsEveryCheck keeps the table of the rule author's guide in step with the code: every check with every
// parameter it asks for, and none that is gone.
func TestGuideListsEveryCheck(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../../docs/规则编写指南.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]string{}
	name := regexp.MustCompile("^\\| `([A-Z_]+/[a-z_]+)` \\|")
	for _, l := range strings.Split(string(data), "\n") {
		if m := name.FindStringSubmatch(l); m != nil {
			rows[m[1]] = l
		}
	}
	lib, err := Shipped()
	if err != nil {
		t.Fatal(err)
	}
	for check, make := range checks {
		row := rows[check]
		if row == "" {
			t.Errorf("the guide lacks %s", check)
			continue
		}
		p := newParams(&Card{ID: "X"}, nil)
		if _, err := make(p, p.card); err != nil {
			t.Errorf("%s: %v", check, err)
		}
		cells := strings.Split(strings.ReplaceAll(row, `\|`, "/"), "|")
		written := regexp.MustCompile("`([a-z0-9_]+)`").FindAllStringSubmatch(cells[3], -1)
		for _, w := range written {
			if !p.used[w[1]] {
				t.Errorf("%s has no parameter %s", check, w[1])
			}
			delete(p.used, w[1])
		}
		for n := range p.used {
			t.Errorf("the guide lacks parameter %s of %s", n, check)
		}
	}
	for check := range rows {
		if checks[check] == nil {
			t.Errorf("the guide lists %s, which is gone", check)
		}
	}
	for _, c := range lib.Cards {
		if !strings.Contains(rows[c.Kind+"/"+c.Check], c.ID) {
			t.Errorf("the guide does not name %s beside %s/%s", c.ID, c.Kind, c.Check)
		}
	}
}

// TestGuideListsEveryFact keeps the guide's table of what a condition may read in step with the code.
func TestGuideListsEveryFact(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../../docs/规则编写指南.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range GuardFacts() {
		if row := "| `" + f[0] + "` | " + f[1] + " | " + f[2] + " |\n"; !strings.Contains(string(data), row) {
			t.Errorf("the guide lacks %s", row)
		}
	}
}
