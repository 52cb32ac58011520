package audit_test

import (
	"bytes"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
	"github.com/mingjian/mingjian/internal/rule"
)

var saysWhere = regexp.MustCompile(`^标准输入第 \d+ 行：.*\p{Han}`)

// FuzzStream judges arbitrary bytes: it never panics, and what it cannot read it refuses in Chinese, naming the line.
func FuzzStream(f *testing.F) {
	const (
		visit = "#table\tvisit\tmdtrt_id\tpsn_no\tfixmedins_code\tmed_type\tbegntime\tendtime\n"
		fee   = "#table\tfee\tfeedetl_sn\tmdtrt_id\tsetl_id\tpsn_no\tfixmedins_code\tfee_ocur_time\thilist_code\tcnt\tpric\tdet_item_fee_sumamt\n"
		setl  = "#table\tsettlement\tsetl_id\tmdtrt_id\tpsn_no\tfixmedins_code\tsetl_time\tmedfee_sumamt\tfund_pay_sumamt\trefd_setl_flag\n"
		diag  = "#table\tdiagnosis\tmdtrt_id\tdiag_code\n"
		day   = "2025-03-10 09:00:00"
	)
	for _, s := range []string{
		"", "\n\n", "x", "#table", "#table\tvisit", "#table\tx\ty", "#table\tvisit\tx", "visit\tm1", visit + "visit\tm1", "\t", "\xff\tx",
		visit + "visit\tm1\tP1\th1\t11\t" + day + "\t\\N\nvisit\tm2\tP2\th1\t21\t2025-03-01\t9999-12-31\nvisit\tm3\tP1\th1\t11\t" + day + "\t-\n",
		visit + fee + setl + "visit\tm1\tP1\th1\t11\t" + day + "\t" + day + "\nfee\tf1\tm1\ts1\tP1\th1\t" + day + "\tA\t100\t10\t1000\n" +
			"fee\tf2\tm1\ts1\tP1\th1\t" + day + "\tA\t-1\t10\t-10\nsettlement\ts1\tm1\tP1\th1\t" + day + "\t990\t600\t0\n",
		visit + diag + "diagnosis\tm1\tO80\nvisit\tm1\tP1\th1\t52\t" + day + "\t2025-03-12\n",
		fee + "fee\tf1\tm1\t\tP1\th1\t" + day + "\tA\t0.0001\t0\t23058430092136939.51\n",
		visit + "visit\tm1\tP1\th1\t11\t" + day + "\t\nvisit\tm2\tP2\th1\t11\t" + day + "\t\n#table\trecog\thilist_code\tvalid_days\tadmdvs\nrecog\tA\t1\t990101\n",
	} {
		f.Add([]byte(s))
	}
	lib, err := shipped(f).Only([]string{"B021", "D002", "G001", "X003"}) // few, for every run compiles them anew
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		err := audit.Stream(bytes.NewReader(b), io.Discard, lib, &knowledge.Base{}, rule.Options{}, nil)
		if err != nil && !saysWhere.MatchString(strings.ToValidUTF8(err.Error(), "?")) {
			t.Errorf("%q: %v", b, err)
		}
	})
}

// FuzzStreamFacts judges small worlds made of arbitrary values: whatever a hospital sends, no card panics.
func FuzzStreamFacts(f *testing.F) {
	f.Add("21", "2025-03-01", "2025-03-09 10:00:00", "A", "100", "10", "1000", "O80")
	f.Add("11", "0001-01-01", "9999-12-31 23:59:59", "A", "-1", "0.000001", "23058430092136939.51", "")
	f.Add("1301", "9999-12-31", "0001-01-01", "", "230584300921369.3951", "-1", "-23058430092136939.51", "F20")
	f.Add("52", "2024-02-29", "2024-02-29", "\\N", "0", "0", "0", "\xff")
	lib := shipped(f)
	base := &knowledge.Base{}
	for _, c := range lib.Cards { // a point of every card, on the one item there is
		base.Points = append(base.Points, knowledge.Point{ID: c.ID, RuleID: c.ID, Subject: "A", Second: "A", Scope: "单日", Limit: claim.QtyOne, WindowD: 7,
			Sex: "女", AgeMin: 0, AgeMax: 14, DiagSet: "A00-B99", Allow: "住院", Basis: "测试依据", To: claim.OpenDay,
			Params: knowledge.Params{Group: "组", Part: "头", Class: "bed", Children: []string{"B"}, Require: []string{"B"}}})
	}
	clean := strings.NewReplacer("\t", " ", "\n", " ", "\r", " ")
	f.Fuzz(func(t *testing.T, med, from, to, item, cnt, pric, amt, diag string) {
		in := clean.Replace
		row := func(v ...string) string {
			for i := range v {
				v[i] = in(v[i])
			}
			return strings.Join(v, "\t") + "\n"
		}
		text := "#table\tperson\tpsn_no\tgend\tbrdy\tcertno\n#table\tvisit\tmdtrt_id\tpsn_no\tfixmedins_code\tmed_type\tbegntime\tendtime\tdscg_maindiag_code\n" +
			"#table\tfee\tfeedetl_sn\tmdtrt_id\tsetl_id\tpsn_no\tfixmedins_code\tfee_ocur_time\thilist_code\tcnt\tpric\tdet_item_fee_sumamt\tlist_type\tprd_days\n" +
			"#table\tsettlement\tsetl_id\tmdtrt_id\tpsn_no\tfixmedins_code\tsetl_time\tmedfee_sumamt\tfund_pay_sumamt\n" +
			row("person", "P1", "1", from, amt) + row("visit", "m1", "P1", "h1", med, from, to, diag) + row("visit", "m2", "P1", "h1", "21", to, "\\N", diag) +
			row("fee", "f1", "m1", "s1", "P1", "h1", from, item, cnt, pric, amt, "101", cnt) + row("fee", "f2", "m1", "s1", "P1", "h1", to, item, "2", pric, amt, "201", "1") +
			row("fee", "f3", "m2", "", "P1", "h1", to, item, cnt, pric, amt, "201", "") + row("fee", "f4", "m1", "s1", "P1", "h1", to, item, "-1", pric, "-1", "201", "") +
			row("settlement", "s1", "m1", "P1", "h1", to, amt, amt)
		if err := audit.Stream(strings.NewReader(text), io.Discard, lib, base, rule.Options{}, nil); err != nil && !saysWhere.MatchString(strings.ToValidUTF8(err.Error(), "?")) {
			t.Errorf("%q: %v", text, err)
		}
	})
}
