package audit_test

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/audit/oracle"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/rule"
)

// caseDay is the day until which cases are judged (规则编写指南).
var caseDay = claim.DayOf(2025, 3, 31)

// bothOpinions judges a case twice and says where the two differ.
func bothOpinions(c *rule.Card, k rule.Case) (hits int, diff []string, err error) {
	w, err := rule.Work(c, &k)
	if err != nil {
		return 0, nil, err
	}
	facts := map[string][]map[string]string{}
	for table, rows := range w.Facts {
		for _, r := range rows {
			facts[table] = append(facts[table], maps.Clone(r.Fields))
		}
	}
	city := oracle.Of(facts)
	if city.Rejected > 0 {
		return 0, nil, fmt.Errorf("%d rows rejected", city.Rejected)
	}
	city.Tune(c.ID, k.Params)
	var got []oracle.Finding
	for _, h := range w.Hits {
		f := oracle.Finding{Rule: c.ID, Severity: h.Severity, Mdtrt: h.Mdtrt, Vola: h.Vola}
		for _, l := range h.Lines {
			f.Lines = append(f.Lines, oracle.Line{FeedetlSn: l.Sn, MdtrtID: l.Mdtrt, Type: int(l.Type), Vola: l.Vola})
		}
		got = append(got, f)
	}
	want := city.JudgeCase(c.ID, w.Points, caseDay)
	for i := range want { // a case's hits are compared by line or visit; months are the city's business
		want[i].Month, want[i].Setl = 0, ""
		if !slices.ContainsFunc(facts["visit"], func(v map[string]string) bool { return v["mdtrt_id"] == want[i].Mdtrt && v["vali_flag"] != "0" }) {
			want[i].Mdtrt = "" // a settlement whose visit has not come
		}
	}
	return len(got), oracle.Differences(got, want), nil
}

// The second evaluator says of every case of every card what the engine says: a card's own examples, read twice.
func TestSecondOpinionOnCases(t *testing.T) {
	t.Parallel()
	lib, err := rule.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	only := os.Getenv("MINGJIAN_CARDS")
	for _, c := range lib.Cards {
		if !oracle.Judges(c.ID) || (only != "" && !slices.Contains(strings.Split(only, ","), c.ID)) {
			continue
		}
		for _, k := range c.Cases {
			if k.Given["case_group"] != nil {
				continue // the second evaluator knows no case groups
			}
			_, diff, err := bothOpinions(c, k)
			if err != nil {
				t.Errorf("%s「%s」：%v", c.ID, k.Name, err)
			}
			for _, d := range diff {
				t.Errorf("%s「%s」：%s", c.ID, k.Name, d)
			}
		}
	}
}
