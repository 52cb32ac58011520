package rulebook

import (
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/rule"
)

// Readings on screen name no column, table or parameter by its code.
func TestReadingsInWords(t *testing.T) {
	lib, err := rule.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	g, changed := readGuide(), 0
	for _, c := range lib.Cards {
		said := g.inWords(c.Kind+"/"+c.Check, g.readings[c.ID])
		if said != g.readings[c.ID] {
			changed++
		}
		for _, w := range codeWord.FindAllString(said, -1) {
			if strings.ContainsAny(w, "_.") || claim.ColumnTitle("", w) != "" || claim.TableTitles[w] != "" {
				t.Errorf("%s names %s: %s", c.ID, w, said)
			}
		}
	}
	if changed < len(lib.Cards)/2 {
		t.Errorf("only %d of %d readings differ from the codes", changed, len(lib.Cards))
	}
	for reading, want := range map[string]string{
		"days = prd_days（0<prd_days≤365）":   "用药天数 = 用药天数（0<用药天数≤365）",
		"cnt_unt = catalogue.min_prepunt":   "数量单位 = 医保目录的最小制剂单位",
		"险种 510；诊断 N18、Z51；行的 dosform 缺":    "险种 510；诊断 N18、Z51；行的剂型缺",
		"费用日周岁 ≥ max_age_y(18)，med_type 51": "费用日周岁 ≥ 年满多少周岁即超(18)，医疗类别 51",
	} {
		if got := g.inWords("ATTR/age", reading); got != want {
			t.Errorf("%q is said as %q, not %q", reading, got, want)
		}
	}
}
