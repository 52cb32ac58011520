package claim

import (
	"fmt"
	"strings"
	"testing"
)

// defaults complete the rows of a case, so that a test writes only what it is about.
var defaults = map[string]string{
	"person":     "psn_no=p1 gend=1 brdy=1980-01-01",
	"visit":      "mdtrt_id=m1 psn_no=p1 fixmedins_code=h1 med_type=11 begntime=2025-03-10_09:00:00",
	"settlement": "setl_id=s1 mdtrt_id=m1 psn_no=p1 fixmedins_code=h1 setl_time=2025-03-10_18:00:00 medfee_sumamt=10 fund_pay_sumamt=6",
	"fee": "mdtrt_id=m1 psn_no=p1 fixmedins_code=h1 setl_id=s1 fee_ocur_time=2025-03-10_10:00:00 hilist_code=A cnt=1 pric=10 " +
		"det_item_fee_sumamt=10",
	"diagnosis":     "mdtrt_id=m1 inout_diag_type=2",
	"operation":     "mdtrt_id=m1 oprn_oprt_code=x",
	"institution":   "fixmedins_code=h1 fixmedins_name=医院 fixmedins_type=1 admdvs=990101",
	"catalogue":     "hilist_code=A admdvs=990101 begndate=2020-01-01",
	"price_limit":   "hilist_code=A admdvs=990101 begndate=2020-01-01 pric_uplmt_amt=1",
	"practitioner":  "prac_psn_code=d1 fixmedins_code=h1",
	"credential":    "prac_psn_code=d1 begndate=2025-01-01",
	"agreement":     "fixmedins_code=h1 begndate=2025-01-01",
	"person_link":   "psn_no=p1",
	"death":         "source=民政",
	"chronic":       "psn_no=p1 begndate=2025-01-01",
	"work_injury":   "source=人社",
	"selfpay_visit": "fixmedins_code=h1 begntime=2025-03-10_09:00:00",
}

// rowsOf reads a case: one row a line, "table column=value …", _ for a blank; "column=" takes a default away. Fee lines
// are numbered f1, f2 … unless they say otherwise.
func rowsOf(t testing.TB, text string) *Rows {
	t.Helper()
	r := NewRows(NewDicts())
	fees := 0
	for line := range strings.Lines(text) {
		f := strings.Fields(line)
		if len(f) == 0 {
			continue
		}
		all := strings.Fields(defaults[f[0]])
		if f[0] == "fee" {
			fees++
			all = append(all, fmt.Sprintf("feedetl_sn=f%d", fees))
		}
		at := map[string]int{}
		var names, values []string
		for _, kv := range append(all, f[1:]...) {
			k, v, _ := strings.Cut(kv, "=")
			v = strings.ReplaceAll(v, "_", " ")
			if i, ok := at[k]; ok {
				values[i] = v
				continue
			}
			at[k] = len(names)
			names, values = append(names, k), append(values, v)
		}
		if err := r.Add(f[0], names, values); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
	}
	return r
}

// asOf is the evaluation day of the cases.
var asOf = DayOf(2025, 3, 31)

// timelines assembles every person of a case and calls f on each.
func timelines(t testing.TB, text string, f func(*Timeline)) {
	t.Helper()
	r := rowsOf(t, text)
	v := NewVocab(r.Dicts)
	for a := NewAssembler(v, r.Sources(), asOf); ; {
		tl, ok := a.Next()
		if !ok {
			return
		}
		f(tl)
	}
}

// timeline assembles a case of one person.
func timeline(t testing.TB, text string) *Timeline {
	t.Helper()
	var out *Timeline
	n := 0
	timelines(t, text, func(tl *Timeline) { out, n = tl, n+1 })
	if n != 1 {
		t.Fatalf("%d persons, want one", n)
	}
	return out
}

// tell writes what a timeline holds in a line: net lines, live settlements, and what was left out.
func tell(t *Timeline) string {
	var out []string
	for i := range t.Lines {
		l := &t.Lines[i]
		s := t.FeedetlSn(l)
		if l.Cnt != QtyOne {
			s += "*" + l.Cnt.String()
		}
		out = append(out, s)
	}
	out = append(out, "|")
	for i := range t.Setls {
		out = append(out, t.SetlID(&t.Setls[i]))
	}
	out = append(out, "|")
	for _, set := range [][]Unpaired{t.Unpaired, t.Orphans} {
		for _, u := range set {
			b := t.Source(u.Src)
			key := map[string]string{"fee": "feedetl_sn", "settlement": "setl_id"}[u.Table]
			out = append(out, b.Str(b.Table.MustCol(key), int(u.Row)))
		}
	}
	return strings.Join(out, " ")
}

func wantTold(t *testing.T, text, want string) {
	t.Helper()
	if got := tell(timeline(t, text)); got != want {
		t.Errorf("%s\ngot  %s\nwant %s", strings.TrimSpace(text), got, want)
	}
}
