package audit_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/audit/oracle"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// boxPoints are the knowledge of the city of boxes: what is exempt, what must be coded, confirmed prefixes, recalled lots.
const boxPoints = `point_id,rule_id,subject_code,allow,basis,valid_from
K1,T011,XZZ9905A001001011001,,按表豁免,
K2,E006,99690001000000C,,高值目录,
K3,T014,XZZ9901A001001011001,9900014,已核对,
K4,T014,XZZ9902A001001011001,9900015|9900016,已核对,
K5,T014,XZZ9903A001001011001,9900015,已核对,
K6,T021,XZZ9901A001001011001,L1|L2,召回,2025-08-01
K7,T021,XZZ9902A001001011001,L3,召回,
`

// boxCity writes a small town of hospitals and shops whose boxes are sold, returned, sent twice and sold again in every way,
// with dirt. It knows no right answers: two evaluators must agree on it.
type boxCity struct {
	wildCity
	codes, devices []string
	docs           int
}

func writeBoxCity(t *testing.T, dir string, seed uint64) {
	t.Helper()
	b := &boxCity{wildCity: wildCity{r: rand.New(rand.NewPCG(seed, 23)), rows: map[string][]map[string]string{}}}
	for i := range 9 {
		kind, area, group := "1", "990101", ""
		if i > 3 {
			kind = "2"
		}
		if i == 2 || i == 6 {
			area = "990201"
		}
		if i == 5 || i == 7 {
			group = "G1"
		}
		b.add("institution", "fixmedins_code", b.inst(i), "fixmedins_name", "机构", "fixmedins_type", kind, "hosp_lv", "05", "admdvs", area, "group_no", group)
	}
	for i, pack := range []string{"24", "12", "10", "6", "24", ""} {
		exempt := ""
		if i == 3 {
			exempt = "1"
		}
		b.add("catalogue", "hilist_code", drug(i), "list_type", "101", "generic_name", fmt.Sprint("药", i), "min_pac_cnt", pack, "min_pacunt", "盒", "min_prepunt", "片", "admdvs", "990000", "begndate", "2020-01-01", "trac_exempt", exempt)
	}
	for i := range 2 {
		b.add("catalogue", "hilist_code", device(i), "list_type", "301", "generic_name", fmt.Sprint("材料", i), "admdvs", "990000", "begndate", "2020-01-01")
	}
	for i := range 5 { // what dirt calls items
		b.add("code_map", "src_system", "his", "src_code", fmt.Sprintf("L%d", i), "dst_code", drug(i), "relation", "等同", "begndate", "2024-01-01")
	}
	for i := range 90 {
		b.codes = append(b.codes, pick(&b.wildCity, fmt.Sprintf("990001%d%013d", 4+i%4, 1000+i/4), fmt.Sprintf("(01)06901234567892(17)25%02d%02d(10)L%d(21)S%03d", 7+i%6, 1+i%28, i%5, i), fmt.Sprintf("ZQ%08dAB", i)))
	}
	for i := range 25 {
		b.devices = append(b.devices, fmt.Sprintf("(01)06999999999997(21)D%02d", i))
	}
	for p := range 25 {
		b.add("person", "psn_no", psn(p), "gend", "1", "brdy", "1960-01-01", "insutype", "310", "insu_admdvs", "990101")
	}
	for v := range 170 {
		b.visit(v)
	}
	b.serialRun()
	b.goods()
	b.again()
	b.write(t, dir)
}

// again is dirt: rows that come twice or are corrected, items in the institution's own codes.
func (b *boxCity) again() {
	for _, f := range b.rows["fee"] {
		if b.chance(3) && f["list_type"] == "101" && f["init_feedetl_sn"] == "" && f["cnt"][0] != '-' {
			for i := range 5 {
				if f["hilist_code"] == drug(i) {
					f["hilist_code"] = fmt.Sprintf("L%d", i)
				}
			}
		}
	}
	for _, t := range []string{"fee", "settlement", "visit", "sale"} {
		for n := len(b.rows[t]); n > 0; n -= 40 {
			r := map[string]string{}
			for k, v := range b.rows[t][b.r.IntN(len(b.rows[t]))] {
				r[k] = v
			}
			if t != "sale" && r["updt_time"] == "" && b.chance(50) {
				r["updt_time"] = fmt.Sprintf("2025-06-01 00:00:%02d", n%60)
			}
			b.rows[t] = append(b.rows[t], r)
		}
	}
}

func drug(i int) string   { return fmt.Sprintf("XZZ99%02dA001001011001", i+1) }
func device(i int) string { return fmt.Sprintf("9969%04d000000C", i+1) }
func psn(i int) string    { return fmt.Sprintf("9901%08d", i) }

// when is a random moment of the second half of 2025, to the second.
func (b *boxCity) when(day claim.Day) string {
	return fmt.Sprintf("%s %02d:%02d:%02d", day, 8+b.r.IntN(11), b.r.IntN(60), b.r.IntN(60))
}

func (b *boxCity) day() claim.Day { return claim.DayOf(2025, 6, 15) + claim.Day(b.r.IntN(190)) }

// spelt is a code as one clerk or another writes it.
func (b *boxCity) spelt(code string) string {
	if code[0] == '(' {
		return code
	}
	switch b.r.IntN(6) {
	case 0:
		return code[:4] + " " + code[4:9] + " " + code[9:]
	case 1:
		if strings.Trim(code, "0123456789") == "" {
			return code[:7] + "-" + code[7:]
		}
	case 2:
		return strings.ToLower(code)
	case 3:
		if code[0] == '9' {
			return "９" + code[1:]
		}
	}
	return code
}

func (b *boxCity) code() string { return b.spelt(b.codes[b.r.IntN(len(b.codes))]) }

func (b *boxCity) visit(v int) {
	id, p, house := fmt.Sprintf("M%04d", v), psn(b.r.IntN(25)), b.r.IntN(9)
	day := b.day()
	mt := "41"
	if house < 4 {
		mt = pick(&b.wildCity, "11", "21", "21")
	}
	begin := b.when(day)
	end := begin
	if mt == "21" {
		end = b.when(day + 3)
	}
	if !b.chance(3) {
		b.add("visit", "mdtrt_id", id, "psn_no", p, "fixmedins_code", b.inst(house), "insutype", "310", "med_type", mt, "begntime", begin, "endtime", end,
			"dscg_way", "1", "vali_flag", map[bool]string{true: "0"}[b.chance(2)])
	}
	setls := 1
	if b.chance(8) {
		setls = 2
	}
	for s := range setls {
		setl := fmt.Sprintf("S%04d%d", v, s)
		lines := 1 + b.r.IntN(3)
		for n := range lines {
			b.line(id, setl, p, house, day, mt, fmt.Sprintf("F%d%d", s, n))
		}
		when := b.when(day) // what settles in a later month is not known yet when the month is judged
		row := b.add("settlement", "setl_id", setl, "mdtrt_id", id, "psn_no", p, "fixmedins_code", b.inst(house), "insutype", "310", "med_type", mt, "setl_time", when, "medfee_sumamt", "100",
			"inscp_scp_amt", "100", "fund_pay_sumamt", "60", "refd_setl_flag", "0", "mid_setl_flag", map[bool]string{true: "1"}[setls == 2 && s == 0])
		if b.chance(7) {
			back := map[string]string{}
			for k, v := range row {
				back[k] = v
			}
			back["setl_id"], back["refd_setl_flag"], back["init_setl_id"], back["medfee_sumamt"] = "R"+setl, "1", setl, "-100"
			b.rows["settlement"] = append(b.rows["settlement"], back)
		}
	}
	if house < 3 && b.chance(25) {
		for range 1 + b.r.IntN(2) {
			b.add("implant", "fixmedins_code", b.inst(house), "mdtrt_id", id, "udi", b.devices[b.r.IntN(len(b.devices))], "hilist_code", device(b.r.IntN(2)), "used_time", pick(&b.wildCity, "", b.when(day)))
		}
	}
}

func (b *boxCity) line(id, setl, p string, house int, day claim.Day, mt, sn string) {
	item, list := b.r.IntN(6), "101"
	code := drug(item)
	var codes []string
	switch n := b.r.IntN(20); {
	case n < 16:
		codes = []string{b.code()}
	case n < 18:
		codes = []string{b.code(), b.code()}
	case n < 19:
		codes = []string{pick(&b.wildCity, "12345", "6901234567892", "11111111111111111111")}
	}
	if house == 3 { // fills too little to be judged in any month
		codes = nil
	}
	if house < 3 && b.chance(25) {
		list, code = "301", device(b.r.IntN(2))
		if codes = nil; b.chance(75) {
			codes = []string{b.devices[b.r.IntN(len(b.devices))]}
		}
	}
	cnt, unit, split := fmt.Sprint(max(1, len(codes))), pick(&b.wildCity, "", "盒"), ""
	if list == "101" && b.chance(25) {
		cnt, split, unit = pick(&b.wildCity, "6", "12", "24", "5", "48"), pick(&b.wildCity, "1", "1", "", "0"), pick(&b.wildCity, "", "片", "片")
	}
	if b.chance(5) {
		cnt = "40"
	}
	at := b.when(day)
	if b.chance(6) {
		at = day.String()
	}
	rx := ""
	if b.chance(8) {
		rx = "RX" + p[9:]
	}
	in := pick(&b.wildCity, "100.00", "100.00", "33.33", "0")
	f := b.add("fee", "feedetl_sn", sn, "mdtrt_id", id, "setl_id", setl, "psn_no", p, "fixmedins_code", b.inst(house), "fee_ocur_time", at, "list_type", list, "hilist_code", code, "cnt", cnt,
		"cnt_unt", unit, "trdn_flag", split, "pric", pick(&b.wildCity, "10", "20", "31", "45"), "det_item_fee_sumamt", "100.00", "inscp_scp_amt", in, "drug_trac_codg", strings.Join(codes, "|"), "hi_rxno", rx)
	if b.chance(5) {
		n := map[string]string{}
		for k, v := range f {
			n[k] = v
		}
		n["feedetl_sn"], n["init_feedetl_sn"], n["cnt"], n["det_item_fee_sumamt"], n["inscp_scp_amt"] = sn+"T", sn, pick(&b.wildCity, "-1", "-"+cnt), "-50.00", "-"+in
		b.rows["fee"] = append(b.rows["fee"], n)
	}
	if list == "101" && b.chance(55) {
		b.upload(f, codes, day)
	}
}

// upload reports the sale a second and third time.
func (b *boxCity) upload(f map[string]string, codes []string, day claim.Day) {
	for n := range 1 + b.r.IntN(2) {
		b.docs++
		at := f["fee_ocur_time"]
		if n > 0 { // two uploads never in one second: nothing says which of them to believe
			at = b.when(day)
		}
		switch b.r.IntN(4) {
		case 0:
			at = b.when(day)
		case 1:
			at = b.when(day + 1)
		case 2:
			if n == 0 {
				at = day.String()
			}
		}
		setl, mdtrt, doc := f["setl_id"], f["mdtrt_id"], fmt.Sprintf("D%04d", b.docs)
		switch b.r.IntN(5) {
		case 0:
			setl = ""
		case 1:
			mdtrt = ""
		case 2:
			setl, mdtrt = "", ""
		}
		text := strings.Join(codes, "|")
		if b.chance(20) {
			text = pick(&b.wildCity, "", b.code())
		}
		b.sale(f["fixmedins_code"], doc, f["hilist_code"], at, f["cnt"], text, "setl_id", setl, "mdtrt_id", mdtrt, "psn_no", pick(&b.wildCity, f["psn_no"], f["psn_no"], ""), "trdn_flag", f["trdn_flag"], "hi_rxno", f["hi_rxno"])
		if b.chance(12) { // taken back, in one way or another
			of := pick(&b.wildCity, doc, doc, "") // one that names nothing may be of a month that is not judged yet
			if of == "" {
				setl = f["setl_id"]
			}
			b.docs++
			b.sale(f["fixmedins_code"], fmt.Sprintf("D%04d", b.docs), f["hilist_code"], b.when(day+claim.Day(b.r.IntN(9))), "-"+f["cnt"], pick(&b.wildCity, text, ""), "medins_prod_sel_no", of, "psn_no", pick(&b.wildCity, f["psn_no"], ""),
				"trdn_flag", f["trdn_flag"], "setl_id", setl)
		}
	}
}

func (b *boxCity) sale(inst, doc, item, at, cnt, codes string, more ...string) {
	b.add("sale", append([]string{"fixmedins_code", inst, "rtal_docno", doc, "line_no", "1", "med_list_codg", item, "sel_retn_cnt", cnt, "sel_retn_time", at, "drug_trac_codg", codes, "fixmedins_bchno", pick(&b.wildCity, "", "B0", "B1", "B2"),
		"manu_lotnum", pick(&b.wildCity, "", "L1", "L3", "L9"), "expy_end", pick(&b.wildCity, "", "", "2025-09-30", "2027-01-01"), "finl_trns_pric", "20"}, more...)...)
}

// serialRun sells one carton to a dozen persons within an hour and a half.
func (b *boxCity) serialRun() {
	day, house := claim.DayOf(2025, 10, 1)+claim.Day(b.r.IntN(20)), 4+b.r.IntN(4)
	for i := range 13 {
		id, at := fmt.Sprintf("Q%03d", i), fmt.Sprintf("%s %02d:%02d:%02d", day, 9+i/8, i%8*7, b.r.IntN(60))
		b.add("visit", "mdtrt_id", id, "psn_no", psn(i), "fixmedins_code", b.inst(house), "insutype", "310", "med_type", "41", "begntime", at)
		b.add("settlement", "setl_id", "S"+id, "mdtrt_id", id, "psn_no", psn(i), "fixmedins_code", b.inst(house), "med_type", "41", "setl_time", at, "medfee_sumamt", "30", "fund_pay_sumamt", "20")
		b.add("fee", "feedetl_sn", "1", "mdtrt_id", id, "setl_id", "S"+id, "psn_no", psn(i), "fixmedins_code", b.inst(house), "fee_ocur_time", at, "list_type", "101", "hilist_code", drug(0), "cnt", "1", "pric", "30",
			"det_item_fee_sumamt", "30", "inscp_scp_amt", "30", "drug_trac_codg", fmt.Sprintf("9900014%013d", 777000+i))
	}
}

// goods are purchases, stock-takings, changes, sales without insurance, returns from nowhere, stock without codes.
func (b *boxCity) goods() {
	for i := range 9 {
		for k := range 6 {
			for n := range 1 + b.r.IntN(4) {
				day := claim.DayOf(2024, 4, 1) + claim.Day(b.r.IntN(600))
				codes := []string{b.code(), b.code()}
				if n == 0 {
					day = claim.DayOf(2024, 5, 1) + claim.Day(b.r.IntN(60))
				}
				if i%3 == 0 && b.chance(30) {
					codes = nil
				}
				b.add("purchase", "fixmedins_code", b.inst(i), "purc_no", fmt.Sprintf("P%d%d%d", i, k, n), "med_list_codg", drug(k), "fixmedins_bchno", fmt.Sprintf("B%d", n), "manu_lotnum", fmt.Sprintf("L%d", b.r.IntN(5)), "expy_end", pick(&b.wildCity, "", "2025-10-31", "2026-12-31"),
					"purc_retn_cnt", pick(&b.wildCity, "10", "4", "4", "30", "-2"), "finl_trns_pric", pick(&b.wildCity, "8", "20", ""), "purc_retn_stoin_time", b.when(day), "drug_trac_codg", strings.Join(codes, "|"))
			}
			for n := range b.r.IntN(4) {
				b.add("stock", "fixmedins_code", b.inst(i), "invdate", (claim.DayOf(2025, 5, 20) + claim.Day(b.r.IntN(170))).String(), "med_list_codg", drug(k), "fixmedins_bchno", fmt.Sprintf("B%d", n), "inv_cnt", pick(&b.wildCity, "0", "1", "3", "12"))
			}
		}
		for n := range 6 {
			b.add("stock_change", "fixmedins_code", b.inst(i), "chg_no", fmt.Sprintf("C%d%d", i, n), "med_list_codg", drug(b.r.IntN(6)), "inv_chg_type", fmt.Sprint(101+b.r.IntN(11)), "cnt", pick(&b.wildCity, "1", "2", "-1"),
				"inv_chg_time", b.when(b.day()), "drug_trac_codg", pick(&b.wildCity, "", b.code(), b.devices[b.r.IntN(len(b.devices))]))
			b.docs++
			b.sale(b.inst(i), fmt.Sprintf("D%04d", b.docs), drug(b.r.IntN(6)), b.when(b.day()), pick(&b.wildCity, "1", "1", "3"), pick(&b.wildCity, "", b.code()), "mdtrt_setl_type", "2", "trdn_flag", pick(&b.wildCity, "", "1"), "psn_no", pick(&b.wildCity, "", psn(b.r.IntN(25))))
		}
		for k := range 2 {
			b.add("stock", "fixmedins_code", b.inst(i), "invdate", "2025-06-20", "med_list_codg", device(k), "fixmedins_bchno", "B0", "inv_cnt", "0")
		}
		for k := range 3 {
			b.add("nocode_stock", "fixmedins_code", b.inst(i), "med_list_codg", drug(2*k), "fixmedins_bchno", "B1", "manu_date", pick(&b.wildCity, "", "2025-01-05", "2025-08-01", "2025-08-01", "2025-08-01"), "begndate", "2025-07-01", "enddate", pick(&b.wildCity, "", "2025-10-01"))
		}
	}
}

// traceCards are the cards of boxes and of stock.
func traceCards(rule string) bool {
	return rule[0] == 'T' || slices.Contains([]string{"B015", "B016", "B017", "E003", "E006", "E013", "P005", "P006"}, rule)
}

// The engine and the second evaluator agree on every card of boxes and stock, finding by finding.
func TestSecondOpinionOnBoxes(t *testing.T) {
	t.Parallel()
	points, err := knowledge.ParsePoints("points.csv", []byte(boxPoints))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "points.csv")
	if err := os.WriteFile(file, []byte(boxPoints), 0o644); err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for s := range seedsOf(3) {
		tables := t.TempDir()
		writeBoxCity(t, tables, s)
		_, got := auditDir(t, tables, func(ks *knowledge.Store) {
			if _, err := ks.Import([]string{file}, knowledge.Options{}); err != nil {
				t.Fatal(err)
			}
		})
		city, err := oracle.Load(tables)
		if err != nil {
			t.Fatal(err)
		}
		want := city.Evaluate(points, nil)
		of := func(fs []oracle.Finding) []oracle.Finding {
			return slices.DeleteFunc(slices.Clone(fs), func(f oracle.Finding) bool { return !traceCards(f.Rule) })
		}
		for _, f := range of(want) {
			seen[f.Rule]++
		}
		byRule := map[string]int{}
		diff := oracle.Diff(of(got), of(want))
		for _, d := range diff {
			byRule[strings.Fields(d)[0]]++
		}
		if len(diff) > 0 {
			t.Errorf("seed %d: %d differences of %d findings %v\n%s", s, len(diff), len(of(want)), byRule, strings.Join(diff[:min(len(diff), 60)], "\n"))
		}
	}
	for _, rule := range []string{"T001", "T008", "T009", "T010", "T011", "T013", "T014", "T015", "T016", "T019", "T020", "T021", "B015", "B016", "B017", "E003", "E006", "E013", "P005", "P006"} {
		if seen[rule] == 0 {
			t.Errorf("%s has nothing to say in these cities: %v", rule, seen)
		}
	}
}

// seedsOf are the seeds to try: n of them unless MINGJIAN_SEEDS says otherwise, from MINGJIAN_SEED.
func seedsOf(n int) func(func(uint64) bool) {
	base := uint64(1)
	if x := os.Getenv("MINGJIAN_SEEDS"); x != "" {
		fmt.Sscan(x, &n)
	}
	if x := os.Getenv("MINGJIAN_SEED"); x != "" {
		fmt.Sscan(x, &base)
	}
	return func(yield func(uint64) bool) {
		for s := range uint64(n) {
			if !yield(base + s) {
				return
			}
		}
	}
}
