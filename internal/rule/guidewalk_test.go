package rule

import (
	"os"
	"strings"
	"testing"
)

// The guide's walk is kept working: its card passes its cases, and each mistake of its table is refused in the words it shows.
func TestGuideWalk(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../../docs/规则编写指南.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(string(data), "```yaml\nid: Y001")
	text, _, _ = strings.Cut(text, "```")
	text = "id: Y001" + text
	c, err := ParseCard("Y001.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	results, wrong := TestCard(c)
	if len(results) != 3 || len(wrong) > 0 {
		t.Errorf("%d cases, %v", len(results), wrong)
	}
	for _, r := range results {
		if r.Err != nil {
			t.Errorf("%s: %v", r.Case, r.Err)
		}
	}
	for _, x := range [][2]string{{"severity: 2", "severty: 2"}, {"params: {}", "params: {上限: 3}"}, {"check: day", "check: daily"}, {"needs: [fee.cnt]", "needs: [fee.count]"},
		{"exempt: [rescue]", "exempt: [抢救]"}, {"exempt: [rescue]", "exempt: [rescue]\nguard: inst.level <= 2"}} {
		row := ""
		for l := range strings.Lines(string(data)) {
			if f := strings.Split(l, "|"); len(f) == 4 && strings.Contains(f[1], "`"+strings.TrimPrefix(x[1], "exempt: [rescue]\n")+"`") {
				row = strings.TrimSpace(f[2])
			}
		}
		if row == "" {
			t.Errorf("the guide does not show %q", x[1])
			continue
		}
		_, err := ParseCard("Y001.yaml", []byte(strings.Replace(text, x[0], x[1], 1)))
		if err == nil {
			t.Errorf("%q is taken", x[1])
			continue
		}
		// the guide may end early
		if said, _, _ := strings.Cut(row, " ……"); !strings.Contains(strings.SplitN(err.Error(), "\n", 2)[0], said) {
			t.Errorf("%q:\n says %s\nguide %s", x[1], err, said)
		}
	}
	guarded := strings.Replace(text, "exempt: [rescue]", "exempt: [rescue]\nguard: inst.tier <= 2", 1)
	if _, err := ParseCard("Y001.yaml", []byte(guarded)); err != nil {
		t.Error(err)
	}
}
