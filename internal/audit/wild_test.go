package audit_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// wildCity writes a small city in which nearly everything is wrong: items drawn from the points so that every card has
// something to say, and dirt of every kind. It knows no right answers; two evaluators must agree on it.
type wildCity struct {
	r     *rand.Rand
	parts *rand.Rand // which drugs are sold by the tablet
	pack  *knowledge.Pack
	rows  map[string][]map[string]string
	fees  int
	items map[string]knowledge.Item
	drugs []knowledge.Item
}

func writeWildCity(t *testing.T, dir string, seed uint64, persons int) {
	t.Helper()
	pack, err := knowledge.Starter()
	if err != nil {
		t.Fatal(err)
	}
	w := &wildCity{r: rand.New(rand.NewPCG(seed, 7)), parts: rand.New(rand.NewPCG(seed, 11)), pack: pack, rows: map[string][]map[string]string{}, items: map[string]knowledge.Item{}}
	for _, it := range pack.Items {
		w.items[it.Code] = it
		if it.ListType == "101" {
			w.drugs = append(w.drugs, it)
		}
	}
	w.institutions()
	for p := 0; p < persons; p++ {
		w.person(p)
	}
	w.registers(persons)
	w.dirt()
	w.write(t, dir)
	for name, data := range map[string][]byte{"catalogue": pack.Catalogue, "price_limit": pack.PriceLimit} {
		if err := os.WriteFile(filepath.Join(dir, name+".csv"), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func pick[T any](w *wildCity, v ...T) T { return v[w.r.IntN(len(v))] }
func (w *wildCity) chance(pct int) bool { return w.r.IntN(100) < pct }
func (w *wildCity) add(t string, kv ...string) map[string]string {
	m := map[string]string{}
	for i := 0; i < len(kv); i += 2 {
		if kv[i+1] != "" {
			m[kv[i]] = kv[i+1]
		}
	}
	w.rows[t] = append(w.rows[t], m)
	return m
}

var first = claim.DayOf(2025, 1, 1)

func (w *wildCity) inst(i int) string { return fmt.Sprintf("H9901000000%02d", i) }

func (w *wildCity) institutions() {
	for i := 0; i < 7; i++ {
		kind, lv := "1", []string{"02", "05", "08", "11", "2", "05", "11"}[i]
		if i == 6 {
			kind = "2"
		}
		group := ""
		if i == 1 || i == 2 {
			group = "G1"
		}
		area := "990101"
		if i == 5 {
			area = "990201"
		}
		w.add("institution", "fixmedins_code", w.inst(i), "fixmedins_name", pick(w, "城东医院", "城西卫生室", "药店"), "fixmedins_type", kind, "hosp_lv", lv,
			"medins_cate", pick(w, "", "综合医院", "妇产医院"), "admdvs", area, "group_no", group, "lon", fmt.Sprintf("%d.%d", 110+i/5, i), "lat", "30.1")
		for d := 0; d < 3; d++ {
			w.add("practitioner", "prac_psn_code", fmt.Sprintf("D%d%d", i, d), "prac_psn_type", "1", "pro_tech_duty", pick(w, "231", "233", "234", ""), "fixmedins_code", w.inst(i), "begndate", "2015-01-01")
		}
	}
	w.add("credential", "prac_psn_code", "D11", "stas", "2", "begndate", "2025-02-01", "enddate", "2025-03-05")
	w.add("credential", "prac_psn_code", "D20", "stas", "3", "begndate", "2025-03-01")
	w.add("agreement", "fixmedins_code", w.inst(2), "stas", "2", "begndate", "2025-02-10", "enddate", "2025-02-20")
	w.add("agreement", "fixmedins_code", w.inst(3), "stas", "1", "begndate", "2020-01-01")
}

var wildDiags = []string{"I10.x00", "J18.900", "E11.900", "C50.900", "Q56.300", "N97.900", "O80.000", "O24.900", "Z51.100", "P07.300", "P59.900", "R05.x00",
	"S72.000", "I61.900", "H25.900", "F20.900", "Z50.100", "A09.900", "N18.500", "Z34.900", "K80.100", "I63.900", "D05.100", "Z51.500", "J06.900"}

func (w *wildCity) person(p int) {
	psn := fmt.Sprintf("9901%08d", p)
	born := claim.DayOf(2025, 1, 1) - claim.Day(pick(w, w.r.IntN(60), w.r.IntN(900), w.r.IntN(7000), w.r.IntN(30000), 6570+w.r.IntN(90)))
	gend := pick(w, "1", "2", "1", "2", "1", "2", "9")
	cert := ""
	if w.chance(50) {
		y, m, d := born.Civil()
		cert = fmt.Sprintf("990101%04d%02d%02d%03dX", y, m, d, 100+w.r.IntN(800))
	}
	if w.chance(97) {
		w.add("person", "psn_no", psn, "psn_cert_type", pick(w, "01", ""), "certno", cert, "gend", gend, "brdy", born.String(), "insutype", pick(w, "310", "390"), "insu_admdvs", "990101")
	}
	if w.chance(8) && p > 0 {
		w.add("person_link", "psn_no", psn, "pers_id", fmt.Sprintf("L%d", p/2), "link_type", pick(w, "旧证", "人工"))
	}
	last := ""
	for v, n := 0, 2+w.r.IntN(7); v < n; v++ {
		last = w.visit(psn, p, v, last)
	}
	if w.chance(30) {
		for i, n := 0, 1+w.r.IntN(2); i < n; i++ {
			w.add("chronic", "psn_no", psn, "dise_codg", pick(w, "M03900", "M01600", "M07800", "M99999"), "begndate", "2023-01-01", "seq", fmt.Sprint(i),
				"enddate", pick(w, "", "2025-01-31", "2025-02-20", "2025-12-31"), "review_stas", pick(w, "", "", "待复审", "未通过", "通过"), "review_date", pick(w, "", "2025-01-20"), "effect_date", pick(w, "", "2025-02-10"))
		}
	}
	if w.chance(12) {
		w.add("contract", "psn_no", psn, "fixmedins_code", w.inst(w.r.IntN(7)), "begndate", "2024-06-01", "enddate", pick(w, "", "2025-02-15"))
	}
	if w.chance(6) {
		w.add("death", "psn_no", psn, "begntime", pick(w, "2025-02-10 00:00:00", "2025-02-10 13:00:00", "2025-02-11"), "source", pick(w, "民政", "公安"))
		if w.chance(40) {
			w.add("death", "psn_no", psn, "begntime", "2025-02-12 09:00:00", "source", "殡葬")
		}
	}
	if w.chance(6) {
		w.add("birth", "psn_no", psn, "birth_time", pick(w, "2025-03-10 03:00:00", "2025-08-01 10:00:00"))
	}
	if w.chance(4) {
		w.add("remote_filing", "psn_no", psn, "mdtrtarea_admdvs", "990201", "begndate", "2025-01-15", "enddate", "2025-03-01")
	}
	if w.chance(4) {
		w.add("work_injury", "psn_no", psn, "begntime", "2025-01-10 00:00:00", "source", "人社")
	}
}

func (w *wildCity) visit(psn string, p, v int, last string) string {
	id := fmt.Sprintf("M%05d%02d", p, v)
	day := first + claim.Day(w.r.IntN(88))
	if last != "" && w.chance(45) { // near the former visit: readmissions, repeats
		d, err := claim.ParseDay(last)
		if err == nil {
			day = d + claim.Day(w.r.IntN(8))
		}
	}
	mt := pick(w, "11", "11", "11", "13", "1301", "14", "14", "21", "21", "21", "41", "51", "52", "9921")
	begin := fmt.Sprintf("%s %02d:%02d:00", day, 7+w.r.IntN(12), w.r.IntN(60))
	if w.chance(5) {
		begin = day.String()
	}
	stay := claim.Day(0)
	inpatient := mt == "21" || mt == "52"
	if inpatient {
		stay = claim.Day(pick(w, 0, 1, 2, 4, 7, 12))
	}
	end := fmt.Sprintf("%s %02d:30:00", day+stay, 19)
	if inpatient && w.chance(4) {
		end = ""
	}
	inst := w.inst(w.r.IntN(6))
	if mt == "41" {
		inst = w.inst(6)
	}
	f := func(pct int, v string) string {
		if w.chance(pct) {
			return v
		}
		return ""
	}
	obs := ""
	if inpatient && w.chance(8) {
		obs = fmt.Sprintf("%s 06:00:00", day-claim.Day(w.r.IntN(2)))
	}
	main := pick(w, wildDiags...)
	w.add("visit", "mdtrt_id", id, "psn_no", psn, "fixmedins_code", inst, "insutype", pick(w, "", "310", "390", "390", "400", "510"), "med_type", mt, "begntime", begin, "endtime", end,
		"ipt_otp_no", f(20, "Z"+psn), "adm_way", pick(w, "", "1", "2", "2"), "er_obs_begntime", obs, "adm_dept_codg", pick(w, "A03", "A07", "A11"), "adm_dept_name", pick(w, "内科", "儿科", "康复科", "全科"),
		"dscg_dept_codg", pick(w, "A03", "A07", "A11"), "dscg_way", pick(w, "1", "1", "1", "2", "4", "5", "9", ""), "dscg_maindiag_code", f(85, main), "dise_codg", f(60, pick(w, "M03900", "M01600", "M07800")),
		"nwb_flag", f(3, "1"), "er_flag", f(6, "1"), "resc_flag", f(5, "1"), "day_surg_flag", f(4, "1"), "pre_ipt_flag", f(4, "1"), "plan_readm_flag", f(4, "1"), "mdtrt_mode", f(4, "1"),
		"refl_to", f(4, w.inst(0)), "agnt_certno", f(3, "X"), "vali_flag", f(3, "0"))
	for i, n := 0, w.r.IntN(3); i <= n; i++ {
		flag := "0"
		if i == 0 {
			flag = "1"
		}
		w.add("diagnosis", "mdtrt_id", id, "diag_type", "1", "inout_diag_type", pick(w, "1", "2", "2"), "maindiag_flag", flag, "diag_srt_no", fmt.Sprint(i+1), "diag_code", pick(w, wildDiags...))
	}
	if inpatient && w.chance(30) {
		w.add("operation", "mdtrt_id", id, "oprn_srt_no", "1", "oprn_oprt_code", "47.0100", "side", pick(w, "", "1", "2"), "oprn_oprt_begntime", fmt.Sprintf("%s 09:00:00", day+claim.Day(w.r.IntN(4)-1)), "oprn_oprt_endtime", fmt.Sprintf("%s 10:00:00", day+1))
	}
	w.bill(psn, id, inst, day, stay, inpatient)
	w.extras(psn, id, inst, day, stay)
	return (day + stay).String()
}

// bill fills a visit with lines: whole points (pairs, bundles) and drugs with dosage, then settles it.
func (w *wildCity) bill(psn, id, inst string, day, stay claim.Day, inpatient bool) {
	setl := "S" + id[1:]
	if w.chance(3) {
		setl = ""
	}
	var total, scope claim.Money
	var codes []string
	for i, n := 0, 1+w.r.IntN(5); i < n; i++ {
		pt := w.pack.Points[w.r.IntN(len(w.pack.Points))]
		reps := 1
		if pt.RuleID == "A015" || pt.RuleID == "B006" || pt.RuleID == "B007" || pt.RuleID == "F018" || pt.RuleID == "B008" {
			reps = 1 + w.r.IntN(16)
		}
		for k := 0; k < reps; k++ {
			codes = append(codes, pt.Subject)
			if w.chance(75) {
				codes = append(codes, pt.Second)
			}
			if w.chance(60) {
				codes = append(codes, pt.Params.Children...)
			}
		}
	}
	for i, n := 0, w.r.IntN(4); i < n; i++ {
		codes = append(codes, w.drugs[w.r.IntN(min(25, len(w.drugs)))].Code)
	}
	hour := 8 + w.r.IntN(6)
	for i, code := range codes {
		it, ok := w.items[code]
		if !ok {
			continue
		}
		d := day + claim.Day(w.r.IntN(int(stay)+1))
		if len(codes) > 12 {
			d = day + claim.Day(i%(int(stay)+1))
		}
		if w.chance(3) {
			d += claim.Day(w.r.IntN(5) - 2)
		}
		a, s := w.line(psn, id, inst, setl, it, d, hour, inpatient)
		total, scope = total+a, scope+s
	}
	if setl == "" {
		return
	}
	fund := scope * claim.Money(pick(w, 60, 60, 60, 0)) / 100
	at := day + stay
	when := fmt.Sprintf("%s %02d:40:00", at, 20)
	if w.chance(3) {
		when = fmt.Sprintf("%s 05:00:00", day)
	}
	s := w.add("settlement", "setl_id", setl, "mdtrt_id", id, "psn_no", psn, "fixmedins_code", inst, "insutype", pick(w, "", "310", "390"), "med_type", "", "setl_time", when,
		"begndate", day.String(), "enddate", at.String(), "mid_setl_flag", map[bool]string{true: "1"}[w.chance(5)], "pay_mode", pick(w, "", "1", "2", "4"), "medfee_sumamt", total.String(),
		"inscp_scp_amt", scope.String(), "fund_pay_sumamt", fund.String(), "psn_cash_pay", (total - fund).String(), "acct_mulaid_pay", map[bool]string{true: "5.00"}[w.chance(4)], "refd_setl_flag", "0")
	if w.chance(5) { // reversed, perhaps settled again
		r := map[string]string{}
		for k, v := range s {
			r[k] = v
		}
		r["setl_id"], r["refd_setl_flag"], r["init_setl_id"] = "R"+id[1:], "1", pick(w, setl, setl, "", "S-unknown")
		r["medfee_sumamt"], r["fund_pay_sumamt"], r["inscp_scp_amt"] = (-total).String(), (-fund).String(), (-scope).String()
		r["setl_time"] = fmt.Sprintf("%s 21:00:00", at+claim.Day(pick(w, 0, 1, 35)))
		w.rows["settlement"] = append(w.rows["settlement"], r)
	}
}

func (w *wildCity) line(psn, id, inst, setl string, it knowledge.Item, d claim.Day, hour int, inpatient bool) (amt, scope claim.Money) {
	w.fees++
	sn := fmt.Sprintf("F%07d", w.fees)
	price := it.Price
	if w.chance(8) {
		price = price * 3 / 2
	}
	price = max(price/10_000*10_000, 10_000)
	cnt := claim.Qty(pick(w, 10_000, 10_000, 10_000, 20_000, 5_000, 30_000, 250_000))
	amt = claim.Money(claim.MulDiv(int64(price), int64(cnt), 1e8))
	scope = amt
	switch w.r.IntN(12) {
	case 0:
		scope = 0
	case 1:
		scope = amt / 2
	}
	code := it.Code
	if w.chance(10) {
		code += "-1"
	}
	when := fmt.Sprintf("%s %02d:%02d:00", d, hour+w.r.IntN(3), pick(w, 0, 0, 30))
	if w.chance(5) {
		when = d.String()
	}
	own, insc := (amt - scope).String(), scope.String()
	if w.chance(10) {
		insc = ""
	}
	f := w.add("fee", "feedetl_sn", sn, "mdtrt_id", id, "setl_id", setl, "psn_no", psn, "fixmedins_code", inst, "fee_ocur_time", when, "list_type", it.ListType, "hilist_code", code, "hilist_name", it.Name,
		"med_chrgitm_type", it.ChargeType, "cnt", cnt.String(), "pric", price.String(), "det_item_fee_sumamt", amt.String(), "fulamt_ownpay_amt", own, "inscp_scp_amt", insc,
		"bilg_dept_codg", pick(w, "A03", "A07", "A15", ""), "bilg_dept_name", pick(w, "内科", "儿科", "精神科", ""), "bilg_dr_codg", pick(w, "D11", "D20", "D00", "D01", ""),
		"rxno", pick(w, "", "", "RX1"+id, "RX2"+id, "RX3"+id), "side", pick(w, "", "", "", "1", "2", "双侧"), "body_part", pick(w, "", "", "胸部", "头部"), "incision_no", pick(w, "", "", "1", "2"),
		"drord_no", pick(w, "", "O1"), "acord_dept_codg", pick(w, "", "A15"))
	if it.ListType == "101" {
		f["prd_days"] = pick(w, "", "3", "7", "14", "30", "60", "90")
		f["sin_dos"], f["sin_dosunt"], f["used_frqu"] = pick(w, "1", "2", "0.5"), pick(w, it.PrepUnit, "g"), pick(w, "qd", "bid", "tid", "xx")
		f["medc_way"] = pick(w, "口服", "口服", "静脉注射", "")
		if w.parts.IntN(100) < 15 { // parts of packs, said in one way or another
			f["cnt_unt"], f["trdn_flag"] = [...]string{it.PrepUnit, it.PacUnit, "", "盒"}[w.parts.IntN(4)], [...]string{"1", "0", ""}[w.parts.IntN(3)]
			f["cnt"] = [...]string{"1", "6", "12", "24", "48", "60"}[w.parts.IntN(6)]
		}
		if w.chance(20) {
			f["hi_nego_drug_flag"] = pick(w, "0", "1")
		}
	}
	if inpatient && w.chance(6) {
		f["dscg_tkdrug_flag"] = "1"
	}
	if w.chance(4) { // taken back, wholly or in part
		n := map[string]string{}
		for k, v := range f {
			n[k] = v
		}
		w.fees++
		n["feedetl_sn"] = fmt.Sprintf("F%07d", w.fees)
		n["cnt"] = pick(w, "-"+cnt.String(), "-0.5")
		n["det_item_fee_sumamt"], n["inscp_scp_amt"] = "-"+amt.String(), "-"+scope.String()
		n["init_feedetl_sn"] = pick(w, sn, "", "F-unknown")
		w.rows["fee"] = append(w.rows["fee"], n)
	}
	return amt, scope
}

func (w *wildCity) extras(psn, id, inst string, day, stay claim.Day) {
	at := func(h int) string { return fmt.Sprintf("%s %02d:00:00", day+claim.Day(w.r.IntN(int(stay)+1)), h) }
	if w.chance(15) {
		for i := 0; i < 2; i++ {
			pt := w.pack.Points[w.r.IntN(len(w.pack.Points))]
			for k, c := range []string{pt.Subject, pt.Second} {
				if w.items[c].Code != "" {
					w.add("lab", "fixmedins_code", inst, "mdtrt_id", id, "rpotc_no", fmt.Sprintf("%s-%d%d", id, i, k), "psn_no", psn, "hilist_code", c, "item_srt", "1", "item_code", "x", "sapl_time", at(9))
				}
			}
		}
	}
	if w.chance(10) {
		w.add("icu", "mdtrt_id", id, "begntime", at(8))
	}
	if w.chance(5) {
		w.add("leave", "mdtrt_id", id, "begntime", at(8), "endtime", at(18))
	}
	if w.chance(10) {
		w.add("medorder", "fixmedins_code", inst, "mdtrt_id", id, "drord_no", "O1", "psn_no", psn, "hilist_code", w.drugs[w.r.IntN(25)].Code,
			"drord_begn_date", fmt.Sprintf("%s 08:00:00", day+claim.Day(w.r.IntN(9)-4)), "drord_stop_date", fmt.Sprintf("%s 08:00:00", day+claim.Day(w.r.IntN(3))))
	}
	for _, f := range w.rows["fee"][max(0, len(w.rows["fee"])-4):] {
		if f["mdtrt_id"] == id && w.chance(5) {
			w.add("exec", "fixmedins_code", inst, "exec_no", fmt.Sprintf("E%s%d", id, w.r.IntN(1e6)), "mdtrt_id", id, "hilist_code", strings.TrimSuffix(f["hilist_code"], "-1"), "exec_time", f["fee_ocur_time"], "exec_cnt", pick(w, "1", ""))
		}
	}
	if w.chance(8) {
		w.add("prescription", "fixmedins_code", w.inst(w.r.IntN(4)), "rxno", "RX1"+id, "psn_no", psn, "prsc_time", at(8), "diag_code", pick(w, wildDiags...))
	}
}

// registers adds what belongs to nobody in particular.
func (w *wildCity) registers(persons int) {
	for i := 0; i < 3; i++ {
		w.add("bed_move", "mdtrt_id", fmt.Sprintf("M%05d00", w.r.IntN(persons)), "begntime", "2025-01-05 10:00:00")
		w.add("selfpay_visit", "mdtrt_id", fmt.Sprintf("SP%d", i), "psn_no", fmt.Sprintf("9901%08d", w.r.IntN(persons)), "fixmedins_code", w.inst(i), "begntime", "2025-02-03 10:00:00", "endtime", "2025-02-05 10:00:00")
	}
	for i := 0; i < 5; i++ {
		it := w.pack.Items[w.r.IntN(len(w.pack.Items))].Code
		w.add("code_map", "src_system", "his", "src_code", fmt.Sprintf("L%d", i), "dst_code", it, "relation", pick(w, "等同", "", "部分"), "begndate", "2024-01-01")
	}
}

// dirt repeats rows, corrects some and batches an institution's times.
func (w *wildCity) dirt() {
	for _, t := range []string{"fee", "settlement", "visit"} {
		n := len(w.rows[t])
		for i := 0; i < n/50; i++ {
			src := w.rows[t][w.r.IntN(n)]
			r := map[string]string{}
			for k, v := range src {
				r[k] = v
			}
			if w.chance(50) && r["updt_time"] == "" {
				r["updt_time"] = fmt.Sprintf("2025-06-01 00:00:%02d", i%60)
				switch t {
				case "fee":
					r["bilg_dept_name"] = "更正科"
				case "visit":
					r["dscg_maindiag_code"] = pick(w, wildDiags...)
				default:
					r["insutype"] = "310"
				}
			}
			w.rows[t] = append(w.rows[t], r)
		}
	}
	recoded := map[string]string{} // by line: a line sent twice keeps one code, or which of its rows came last would decide
	for _, f := range w.rows["fee"] {
		if w.chance(2) {
			recoded[f["feedetl_sn"]] = fmt.Sprintf("L%d", w.r.IntN(5))
		}
	}
	for _, f := range w.rows["fee"] {
		if c := recoded[f["feedetl_sn"]]; c != "" {
			f["hilist_code"] = c
		}
	}
}

func (w *wildCity) write(t *testing.T, dir string) {
	t.Helper()
	for name, rows := range w.rows {
		cols := map[string]bool{}
		for _, r := range rows {
			for k := range r {
				cols[k] = true
			}
		}
		var head []string
		for c := range cols {
			head = append(head, c)
		}
		sort.Strings(head)
		var b strings.Builder
		b.WriteString(strings.Join(head, ",") + "\n")
		for _, r := range rows {
			cells := make([]string, len(head))
			for i, c := range head {
				cells[i] = r[c]
			}
			b.WriteString(strings.Join(cells, ",") + "\n")
		}
		if err := os.WriteFile(filepath.Join(dir, name+".csv"), []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
