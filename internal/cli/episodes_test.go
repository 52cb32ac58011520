package cli

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mingjian/mingjian/internal/knowledge"
)

// Items of the ward's points: for women only (the patients are men) with another of the same group, for diabetics, twice a day.
const (
	forWomen = "XZZ01A1"
	instead  = "XZZ01A2"
	forSugar = "XZZ02B1"
	twiceDay = "990200000010000"
	harmless = "990300000010000"
)

// ward is a hospital whose doctor asks, answers, changes and settles over HTTP, and whose bills reach the bureau in the month's files.
type ward struct {
	t    *testing.T
	dir  string
	his  *till
	at   time.Time // in China
	rows map[string][]map[string]string
}

// order is a line of a doctor, price in yuan.
type wardOrder struct {
	item      string
	cnt, pric int
	own       bool // outside the scope of the fund
}

func newWard(t *testing.T) *ward {
	t.Helper()
	w := &ward{t: t, dir: filepath.Join(t.TempDir(), "d"), his: &till{}, at: time.Now().In(time.FixedZone("", 8*3600)), rows: map[string][]map[string]string{}}
	var points [][]string
	for _, p := range [][]string{{"A001", forWomen, "sex", "女"}, {"A013", forSugar, "diag_set", "E11"}, {"B021", twiceDay, "limit_value", "2", "unit", "次"}} {
		row := make([]string, len(knowledge.PointColumns))
		kv := append([]string{"rule_id", p[0], "subject_code", p[1], "point_id", p[0] + "-" + p[1], "basis", "测试依据"}, p[2:]...)
		for i := 0; i < len(kv); i += 2 {
			row[slices.Index(knowledge.PointColumns, kv[i])] = kv[i+1]
		}
		points = append(points, row)
	}
	file := filepath.Join(t.TempDir(), "points.csv")
	w.csv(file, knowledge.PointColumns, points)
	mj(t, "knowledge", "import", "--data", w.dir, file)
	for _, h := range []string{"H99010100001", "H99010100002"} {
		w.add("institution", "fixmedins_code", h, "fixmedins_name", "医院"+h, "fixmedins_type", "1", "hosp_lv", "05", "admdvs", "990101", "begndate", "2020-01-01")
	}
	for i := range 12 {
		w.add("person", "psn_no", fmt.Sprintf("WP%d", i), "gend", "1", "brdy", "1980-01-01", "insutype", "390", "begndate", "2020-01-01")
	}
	w.land()
	var key struct {
		ID     string `json:"key_id"`
		Secret string `json:"secret"`
	}
	if err := json.Unmarshal([]byte(mj(t, "key", "add", "HIS", "--admdvs", "9901", "--data", w.dir, "--json")), &key); err != nil {
		t.Fatal(err)
	}
	w.his.key, w.his.secret = key.ID, key.Secret
	return w
}

func (w *ward) csv(path string, head []string, rows [][]string) {
	f, err := os.Create(path)
	if err != nil {
		w.t.Fatal(err)
	}
	defer f.Close()
	c := csv.NewWriter(f)
	if err := c.WriteAll(append([][]string{head}, rows...)); err != nil {
		w.t.Fatal(err)
	}
}

func (w *ward) add(table string, kv ...string) {
	m := map[string]string{}
	for i := 0; i < len(kv); i += 2 {
		m[kv[i]] = kv[i+1]
	}
	w.rows[table] = append(w.rows[table], m)
}

// land imports what was added since.
func (w *ward) land() {
	w.t.Helper()
	dir := w.t.TempDir()
	for table, rows := range w.rows {
		var out [][]string
		head := slices.Sorted(maps.Keys(rows[0]))
		for _, r := range rows {
			var row []string
			for _, h := range head {
				row = append(row, r[h])
			}
			out = append(out, row)
		}
		w.csv(filepath.Join(dir, table+".csv"), head, out)
	}
	w.rows = map[string][]map[string]string{}
	mj(w.t, "import", "--data", w.dir, dir)
}

func (w *ward) clock(hour int) string {
	return fmt.Sprintf("%s %02d:00:00", w.at.Format(time.DateOnly), hour)
}

// send sends a transaction that must be accepted.
func (w *ward) send(infno, input string) *tillSaid {
	w.t.Helper()
	x, err := w.his.send(infno, "H99010100001", input)
	if err != nil || x.Code != 0 {
		w.t.Fatalf("%s: %v %+v", infno, err, x)
	}
	return x
}

// warned is a reminder as the doctor's system reads it.
type warned struct {
	ID   string `json:"jr_id"`
	Rule string `json:"rule_id"`
	Text string `json:"vola_cont"`
}

// ask asks about a visit's orders and returns what a rule says of it.
func (w *ward) ask(infno, visit, psn, rule string, stay bool, diags []string, orders []wardOrder) (out []warned) {
	w.t.Helper()
	kind, med := "1", "11"
	if stay {
		kind, med = "2", "21"
	}
	var ds, os []string
	for i, d := range diags {
		ds = append(ds, fmt.Sprintf(`{"inout_dise_type":"1","maindise_flag":"%d","dias_srt_no":%d,"dise_codg":%q,"dise_name":"诊断","dise_date":%q}`, b2i(i == 0), i+1, d, w.clock(0)))
	}
	total, own := 0, 0
	for i, o := range orders {
		amt := o.cnt * o.pric
		total += amt
		if o.own {
			own += amt
		}
		os = append(os, fmt.Sprintf(`{"rx_id":"%s-%d","hilist_type":%q,"hilist_code":%q,"hilist_name":"项目","cnt":%d,"pric":%d,"sumamt":%d,"ownpay_amt":%d,"drord_dr_codg":"D1","drord_begn_date":%q,"curr_drord_flag":"1"}`,
			visit, i, listOf(o.item), o.item, o.cnt, o.pric, amt, map[bool]int{true: amt}[o.own], w.clock(0)))
	}
	x := w.send(infno, fmt.Sprintf(`{"data":{"trig_scen":"7","patient_dtos":[{"patn_id":%q,"gend":"1","brdy":"1980-01-01","curr_mdtrt_id":%q,"fsi_encounter_dtos":[{"mdtrt_id":%q,"medins_id":"H99010100001","adm_date":%q,"mdtrt_type":%q,"med_type":%q,"insutype":"390","dscg_main_dise_codg":%q,"medfee_sumamt":%d,"ownpay_amt":%d,"fsi_diagnose_dtos":[%s],"fsi_order_dtos":[%s]}]}]}}`,
		psn, visit, visit, w.clock(0), kind, med, diags[0], total, own, strings.Join(ds, ","), strings.Join(os, ",")))
	var said struct {
		Result []warned `json:"result"`
	}
	if err := json.Unmarshal(x.Output, &said); err != nil {
		w.t.Fatalf("%v: %s", err, x.Output)
	}
	for _, r := range said.Result {
		if r.Rule == rule {
			out = append(out, r)
		}
	}
	return out
}

func listOf(item string) string {
	if strings.HasPrefix(item, "9") {
		return "201"
	}
	return "101"
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// settle uploads a visit's lines and settles it over HTTP, and writes it into the month's files. Three fifths of what is in scope are the
// fund's.
func (w *ward) settle(visit, psn string, stay bool, diags []string, orders []wardOrder) {
	w.t.Helper()
	upload, settle, med := "2204", "2207", "11"
	if stay {
		upload, settle, med = "2301", "2304", "21"
	}
	var lines []string
	total, scope := 0, 0
	for i, o := range orders {
		amt := o.cnt * o.pric
		in := amt
		if o.own {
			in = 0
		}
		total, scope = total+amt, scope+in
		sn := fmt.Sprintf("%s-F%d", visit, i)
		lines = append(lines, fmt.Sprintf(`{"feedetl_sn":%q,"mdtrt_id":%q,"psn_no":%q,"chrg_bchno":"B1","fee_ocur_time":%q,"med_list_codg":%q,"cnt":"%d","pric":"%d","det_item_fee_sumamt":"%d","fulamt_ownpay_amt":"%d","bilg_dr_codg":"D1"}`,
			sn, visit, psn, w.clock(0), o.item, o.cnt, o.pric, amt, amt-in))
		w.add("fee", "feedetl_sn", sn, "mdtrt_id", visit, "setl_id", "s-"+visit, "psn_no", psn, "fixmedins_code", "H99010100001", "fee_ocur_time", w.clock(0), "list_type", listOf(o.item), "hilist_code", o.item,
			"hilist_name", "项目", "cnt", fmt.Sprint(o.cnt), "pric", fmt.Sprint(o.pric), "det_item_fee_sumamt", fmt.Sprint(amt), "fulamt_ownpay_amt", fmt.Sprint(amt-in), "inscp_scp_amt", fmt.Sprint(in))
	}
	w.send(upload, fmt.Sprintf(`{"feedetail":[%s]}`, strings.Join(lines, ",")))
	w.send(settle, fmt.Sprintf(`{"data":{"psn_no":%q,"mdtrt_id":%q,"chrg_bchno":"B1","med_type":%q,"insutype":"390","medfee_sumamt":"%d"}}`, psn, visit, med, total))
	w.add("visit", "mdtrt_id", visit, "psn_no", psn, "fixmedins_code", "H99010100001", "insutype", "390", "med_type", med, "begntime", w.clock(0), "endtime", w.clock(23))
	for i, d := range diags {
		w.add("diagnosis", "mdtrt_id", visit, "diag_code", d, "diag_srt_no", fmt.Sprint(i+1), "inout_diag_type", "2", "diag_type", "1", "maindiag_flag", fmt.Sprint(b2i(i == 0)))
	}
	w.add("settlement", "setl_id", "s-"+visit, "mdtrt_id", visit, "psn_no", psn, "fixmedins_code", "H99010100001", "insutype", "390", "clr_type", "11", "setl_time", w.clock(23),
		"medfee_sumamt", fmt.Sprint(total), "inscp_scp_amt", fmt.Sprint(scope), "fund_pay_sumamt", fmt.Sprintf("%.2f", float64(scope)*0.6))
}

// TestHospitalOverHTTP: the server takes what nobody should send; then a doctor is reminded (3101), answers (3103), asks again with what he made of it (3102), the bill is uploaded and settled
// (2204 and 2207, 2301 and 2304), the month's files come, are audited, and each episode ends as it did, with the money it saved.
func TestHospitalOverHTTP(t *testing.T) {
	t.Parallel()
	w := newWard(t)
	cmd := goodsServer(t, w.dir, w.his)
	t.Run("malformed", w.malformed)
	women, plain := wardOrder{item: forWomen, cnt: 2, pric: 10}, wardOrder{item: harmless, cnt: 1, pric: 10}
	plainDiag := []string{"I10"}
	type end struct {
		Outcome  string
		Complied bool
		Avoided  int64
	}
	cases := []struct {
		visit, rule string
		stay        bool
		first       []wardOrder
		way, why    string // the answer, "" = none
		last        []wardOrder
		diags       []string // at the end; nil = as at first
		again       bool     // the second call says the same again
		unsettled   bool
		want        end
	}{
		{visit: "withdrawn", rule: "A001", stay: true, first: []wardOrder{women, plain}, way: "2", last: []wardOrder{plain}, want: end{"撤回", true, 1200}},
		{visit: "reduced", rule: "B021", first: []wardOrder{{item: twiceDay, cnt: 5, pric: 10}}, way: "2", last: []wardOrder{{item: twiceDay, cnt: 2, pric: 10}}, want: end{"减至限额", true, 1800}},
		{visit: "replaced", rule: "A001", first: []wardOrder{women, plain}, way: "2", last: []wardOrder{{item: instead, cnt: 1, pric: 15}, plain}, want: end{"替换", true, 300}},
		{visit: "selfpaid", rule: "A001", first: []wardOrder{women, plain}, way: "3", last: []wardOrder{{item: forWomen, cnt: 2, pric: 10, own: true}, plain}, want: end{"转自费", false, 1200}},
		{visit: "diagnosed", rule: "A013", first: []wardOrder{{item: forSugar, cnt: 1, pric: 10}}, last: []wardOrder{{item: forSugar, cnt: 1, pric: 10}}, diags: []string{"I10", "E11.9"}, want: end{"改诊断后通过", false, 0}},
		{visit: "continued", rule: "A001", first: []wardOrder{women, plain}, way: "1", why: "病情需要", last: []wardOrder{women, plain}, want: end{"说明理由后继续", false, 0}},
		{visit: "noanswer", rule: "A001", first: []wardOrder{women, plain}, last: []wardOrder{women, plain}, again: true, want: end{"未回应", false, 0}},
		{visit: "never", rule: "A001", first: []wardOrder{women}, unsettled: true, want: end{"就诊未结算", false, 0}},
	}
	wants := map[string]end{}
	for i, c := range cases {
		psn := fmt.Sprintf("WP%d", i)
		wants[c.visit] = c.want
		said := w.ask("3101", c.visit, psn, c.rule, c.stay, plainDiag, c.first)
		if len(said) != 1 || said[0].Text == "" {
			t.Fatalf("%s: %s says %+v", c.visit, c.rule, said)
		}
		if c.way != "" {
			w.send("3103", fmt.Sprintf(`{"data":{"warn_type":"1","warns":[{"warn_rslt_id":%q,"dspo_way":%q,"dspo_way_rea":%q}]}}`, said[0].ID, c.way, c.why))
		}
		if c.unsettled {
			continue
		}
		diags := plainDiag
		if c.diags != nil {
			diags = c.diags
		}
		if x := w.ask("3102", c.visit, psn, c.rule, c.stay, diags, c.last); (len(x) > 0) != c.again {
			t.Errorf("%s: the second call says %+v", c.visit, x)
		}
		w.settle(c.visit, psn, c.stay, diags, c.last)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("the server did not stop in order: %v", err)
	}
	w.land()
	mj(t, "audit", "--data", w.dir)
	var rep struct {
		Episodes []struct {
			Mdtrt    string `json:"mdtrt_id"`
			Rule     string `json:"rule_id"`
			Outcome  string `json:"outcome"`
			Complied bool   `json:"complied"`
			Avoided  int64  `json:"avoided_fen"`
		} `json:"episodes"`
	}
	out := mj(t, "remind", "effect", "--data", w.dir, "--list", "--json", "--as-of", w.at.AddDate(0, 0, 75).Format(time.DateOnly))
	if err := json.Unmarshal([]byte(out), &rep); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	got := map[string]end{}
	for _, c := range cases {
		for _, e := range rep.Episodes {
			if e.Mdtrt == c.visit && e.Rule == c.rule {
				got[c.visit] = end{e.Outcome, e.Complied, e.Avoided}
			}
		}
	}
	if d := cmp.Diff(wants, got); d != "" {
		t.Errorf("%s\n%s", d, out)
	}
}
