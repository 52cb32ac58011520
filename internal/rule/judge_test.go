package rule

import (
	"slices"
	"strings"
	"testing"
)

// An area judges what the card exempts: the case that shows the exemption is found there.
func TestAreaJudgesWhatTheCardExempts(t *testing.T) {
	t.Parallel()
	lib, err := Shipped()
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct{ card, judge, shown string }{
		{"G016", "oncology", "豁免 肿瘤"}, {"X002", "P59", "豁免 黄疸监测就诊不计"}, {"G015", "day_surgery", "豁免 日间"},
		{"G001", "psychiatric", "豁免 精神疾病"}, {"G017", "A15-A19", "豁免 结核"},
	} {
		k, err := lib.Card(x.card).With(Override{Judge: []string{x.judge}})
		if err != nil {
			t.Fatal(err)
		}
		if k.Version == lib.Card(x.card).Version {
			t.Errorf("%s: judging %s leaves the version", x.card, x.judge)
		}
		results, _ := TestCard(k)
		found := slices.ContainsFunc(results, func(r CaseResult) bool { return r.Case == x.shown && r.Err != nil })
		if !found {
			t.Errorf("%s judging %s: the case %s is still excused", x.card, x.judge, x.shown)
		}
	}
	for _, x := range []struct{ card, judge, says string }{
		{"G016", "rescue", `G016 不豁免 "rescue"；卡上写的豁免是 death、transfer`}, {"B011", "rescue", "B011 没有写豁免"},
	} {
		if _, err := lib.Card(x.card).With(Override{Judge: []string{x.judge}}); err == nil || !strings.Contains(err.Error(), x.says) {
			t.Errorf("%s: %v, want %s", x.card, err, x.says)
		}
	}
}
