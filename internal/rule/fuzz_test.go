package rule

import (
	"strings"
	"testing"
	"unicode"
)

// FuzzParseCard reads arbitrary text as a card: it never panics, and what it refuses it refuses in Chinese, naming the
// file; a card it takes gives the same version when read again, and its cases can be run.
func FuzzParseCard(f *testing.F) {
	lib, err := Shipped()
	if err != nil {
		f.Fatal(err)
	}
	for _, id := range []string{"A001", "B002", "B023", "G001", "X003"} {
		b, err := shipped.ReadFile("cards/" + id + ".yaml")
		if err != nil || lib.Card(id) == nil {
			f.Fatal(id, err)
		}
		f.Add(string(b))
	}
	for _, s := range []string{"", "id: X", "- a", "id: [1]", "\x00", "a: &a [*a]", "cases: [{given: {fee: 1}}]", "cases: [{given: {fee: {cnt: [1]}}}]", "min_fill: x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, err := ParseCard("卡.yaml", []byte(s))
		if err != nil {
			if !strings.HasPrefix(err.Error(), "卡.yaml：") || !strings.ContainsFunc(err.Error()[len("卡.yaml："):], han) {
				t.Error(err)
			}
			return
		}
		again, err := ParseCard("另.yaml", []byte(s))
		if err != nil || again.Version != c.Version {
			t.Errorf("read again: %v", err)
		}
		if len(s) < 1<<14 {
			TestCard(c)
		}
	})
}

// FuzzCases gives shipped cards small facts of arbitrary values: no card panics, whatever the facts are.
func FuzzCases(f *testing.F) {
	f.Add(uint(0), "fee hilist_code=A cnt=3\nvisit med_type=21 endtime=2025-03-12\npoint subject_code=A limit_value=1 sex=女")
	f.Add(uint(20), "fee hilist_code=A\nfee hilist_code=B cnt=-1\npoint subject_code=A subject2_code=B scope=单日 params={\"cap_n\":1}")
	f.Add(uint(40), "fee prd_days=400 cnt=0.0001\nsettlement refd_setl_flag=1\nperson brdy=9999-12-31")
	f.Add(uint(60), "visit mdtrt_id=m1\nvisit mdtrt_id=m2 med_type=21 begntime=0001-01-01\ndiagnosis diag_code=O80\nperson_link pers_id=x psn_no=p2")
	f.Add(uint(80), "institution hosp_lv=11 lon=181 lat=91\npoint subject_code=diag:O diag_set=O80-O00 window_d=-1 age_min=99\nexec exec_cnt=-1\nparams x=1")
	lib, err := Shipped()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, n uint, text string) {
		if len(text) > 4096 {
			return
		}
		k := Case{Name: "模糊", Given: map[string]caseRows{}}
		for line := range strings.Lines(text) {
			w := strings.Fields(line)
			if len(w) == 0 {
				continue
			}
			row := map[string]any{}
			for _, kv := range w[1:] {
				col, v, _ := strings.Cut(kv, "=")
				row[col] = strings.ReplaceAll(v, "_", " ")
			}
			k.Given[w[0]] = append(k.Given[w[0]], row)
		}
		c := *lib.Cards[n%uint(len(lib.Cards))]
		c.Cases = []Case{k}
		results, _ := TestCard(&c)
		for _, r := range results {
			if r.Err != nil && !strings.ContainsFunc(r.Err.Error(), han) {
				t.Errorf("%s: %v", c.ID, r.Err)
			}
		}
	})
}

func han(r rune) bool { return unicode.Is(unicode.Han, r) }
