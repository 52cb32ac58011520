package oracle

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// world builds a city from lines "table col=value col=value"; what is not said is filled in the way 规则编写指南 fills a
// case. "!settlement" leaves visits without a settlement of their own unsettled.
func world(t *testing.T, facts string) *City {
	t.Helper()
	in := map[string][]row{}
	settle := true
	for text := range strings.SplitSeq(facts, "\n") {
		words := strings.Fields(text)
		if len(words) == 0 {
			continue
		}
		if words[0] == "!settlement" {
			settle = false
			continue
		}
		r := row{}
		for _, w := range words[1:] {
			k, v, _ := strings.Cut(w, "=")
			r[k] = strings.ReplaceAll(v, "_", " ")
		}
		in[words[0]] = append(in[words[0]], r)
	}
	complete(in, settle)
	c := &City{Params: factory(), tables: map[string][]row{}}
	for _, tab := range claim.Tables() {
		seen := map[string]int{}
		for _, r := range in[tab.Name] {
			c.land(tab, r, seen)
		}
	}
	if c.Rejected > 0 {
		t.Fatalf("%d rows rejected of %.500s", c.Rejected, facts)
	}
	c.assemble()
	return c
}

func complete(in map[string][]row, settle bool) {
	fill := func(table string, values ...string) {
		for _, r := range in[table] {
			for _, kv := range values {
				k, v, _ := strings.Cut(kv, "=")
				if _, said := r[k]; !said {
					r[k] = v
				}
			}
		}
	}
	if in["person"] == nil {
		in["person"] = []row{{}}
	}
	fill("person", "psn_no=p1", "gend=1", "brdy=1980-01-01", "insutype=390", "begndate=2020-01-01")
	if !slices.ContainsFunc(in["institution"], func(r row) bool { return r["fixmedins_code"] == "h1" }) {
		in["institution"] = append(in["institution"], row{"fixmedins_code": "h1"})
	}
	fill("institution", "fixmedins_name=医院", "fixmedins_type=1", "hosp_lv=05", "admdvs=990101", "begndate=2020-01-01")
	if in["visit"] == nil {
		in["visit"] = []row{{}}
	}
	fill("visit", "mdtrt_id=m1", "psn_no=p1", "fixmedins_code=h1", "med_type=11", "begntime=2025-03-10 09:00:00")
	visits := map[string]row{}
	for _, v := range in["visit"] {
		visits[v["mdtrt_id"]] = v
		if v["med_type"][0] == '2' {
			continue
		}
		if v["endtime"] == "" {
			v["endtime"] = v["begntime"]
		}
	}
	first := in["visit"][0]["mdtrt_id"]
	for i, f := range in["fee"] {
		if f["mdtrt_id"] == "" {
			f["mdtrt_id"] = first
		}
		v := visits[f["mdtrt_id"]]
		in["x"] = []row{f}
		fill("x", fmt.Sprintf("feedetl_sn=f%d", i+1), "psn_no="+v["psn_no"], "fixmedins_code="+v["fixmedins_code"],
			"fee_ocur_time="+v["begntime"], "cnt=1", "pric=10", "list_type=101", "hilist_code=A")
		det := claim.MulDiv(f.num("cnt", 4)*f.num("pric", 6)/10_000, 1, 10_000)
		fill("x", "det_item_fee_sumamt="+claim.Money(det).String())
		fill("x", "inscp_scp_amt="+f["det_item_fee_sumamt"])
		if f["setl_id"] == "" && settle {
			f["setl_id"] = "s-" + f["mdtrt_id"]
		}
	}
	delete(in, "x")
	for _, id := range slices.Sorted(maps.Keys(visits)) {
		said := slices.ContainsFunc(in["settlement"], func(s row) bool { return s["mdtrt_id"] == id })
		if !said && settle {
			in["settlement"] = append(in["settlement"], row{"mdtrt_id": id, "setl_id": "s-" + id})
		}
	}
	for _, s := range in["settlement"] {
		v := visits[s["mdtrt_id"]]
		at := v["endtime"]
		if at == "" {
			at = v["begntime"]
		}
		in["x"] = []row{s}
		fill("x", "psn_no="+v["psn_no"], "fixmedins_code="+v["fixmedins_code"], "setl_time="+at, "medfee_sumamt=100",
			"fund_pay_sumamt=60")
	}
	delete(in, "x")
	for name := range in {
		fill(name, "mdtrt_id="+first, "psn_no=p1", "fixmedins_code=h1", "admdvs=990101", "begndate=2020-01-01")
	}
	for i, d := range in["diagnosis"] {
		in["x"] = []row{d}
		main := "0"
		if i == 0 {
			main = "1"
		}
		fill("x", "inout_diag_type=2", "maindiag_flag="+main, "diag_type=1", fmt.Sprintf("diag_srt_no=%d", i+1))
	}
	delete(in, "x")
}

// pt makes a point and lets the caller change it.
func pt(rule, subject string, change ...func(*knowledge.Point)) knowledge.Point {
	p := point(rule, subject)
	for _, f := range change {
		f(&p)
	}
	return p
}

func limit(n float64) func(*knowledge.Point) {
	return func(p *knowledge.Point) { p.Limit = claim.Qty(n * 10_000) }
}

// verdicts writes a card's findings as "severity line+line=money", or "severity visit" for those without lines.
func verdicts(fs []Finding, rule string) string {
	var out []string
	for _, f := range fs {
		if f.Rule != rule {
			continue
		}
		who := []string{}
		for _, l := range f.Lines {
			if l.Type == 1 {
				who = append(who, l.FeedetlSn)
			}
		}
		if len(who) == 0 {
			who = append(who, f.Mdtrt)
		}
		out = append(out, fmt.Sprintf("%d %s=%s", f.Severity, strings.Join(who, "+"), f.Vola))
	}
	return strings.Join(out, "; ")
}

type testCase struct {
	name, rule string
	points     []knowledge.Point
	facts      string
	want       string
}

func runCases(t *testing.T, cases []testCase) {
	t.Helper()
	for _, tc := range cases {
		t.Run(tc.rule+" "+tc.name, func(t *testing.T) {
			t.Parallel()
			if got := verdicts(world(t, tc.facts).Evaluate(tc.points, nil), tc.rule); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}
