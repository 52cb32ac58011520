package rule

import (
	"fmt"
	"strings"
	"testing"
)

// celCard is a card of kind CEL or one with a guard, with cases.
func celCard(t *testing.T, head, cases string) *Card {
	t.Helper()
	src := "id: Y900\nname: 条件\ngroup: 本地\nkey: person\nseverity: 2\nstop: inform\npriority: 350\nrefines: []\narea: care\nneeds: []\nbasis: 测试\n" + head + "\ncases:\n" + cases
	c, err := ParseCard("条件.yaml", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func runCases(t *testing.T, c *Card) {
	t.Helper()
	results, _ := TestCard(c)
	for _, r := range results {
		if r.Err != nil {
			t.Errorf("%s: %v", r.Case, r.Err)
		}
	}
}

const lineHead = "kind: CEL\ncheck: line\nlevel: line\nstages: [事后]\npoints: false\nmessage: \"{项目}不合条件\"\nguard: "

// TestConditionFacts asks every fact, each with a case in which it is what the condition says, one in which it is not, and
// where it can be missing one in which the line is not judged.
func TestConditionFacts(t *testing.T) {
	t.Parallel()
	for _, x := range []struct{ guard, yes, no, absent string }{
		{`line.code == "990300000000001"`, `fee: {hilist_code: "990300000000001"}`, `fee: {hilist_code: "990300000000002"}`, ""},
		{`line.raw_code.endsWith("-1") && line.code == "990300000000001"`, `fee: {hilist_code: "990300000000001-1"}, catalogue: {hilist_code: "990300000000001"}`, `fee: {hilist_code: "990300000000001"}`, ""},
		{`line.name.contains("针")`, `fee: {hilist_code: a, hilist_name: 针刺}`, `fee: {hilist_code: a, hilist_name: 推拿}`, `fee: {hilist_code: a}`},
		{`line.list_type == 201`, `fee: {hilist_code: a, list_type: 201}`, `fee: {hilist_code: a, list_type: 101}`, ""},
		{`line.chrgitm_type == 5`, `fee: {hilist_code: a, med_chrgitm_type: "05"}`, `fee: {hilist_code: a, med_chrgitm_type: "06"}`, `fee: {hilist_code: a}`},
		{`line.qty_e4 > qty(2.5)`, `fee: {hilist_code: a, cnt: 2.5001}`, `fee: {hilist_code: a, cnt: 2.5}`, ""},
		{`line.price_e6 >= price(12.345678)`, `fee: {hilist_code: a, pric: "12.345678", det_item_fee_sumamt: 12.35}`, `fee: {hilist_code: a, pric: "12.345677", det_item_fee_sumamt: 12.35}`, ""},
		{`line.amount_fen > yuan(300)`, `fee: {hilist_code: a, pric: 300.01}`, `fee: {hilist_code: a, pric: 300}`, ""},
		{`line.scope_fen > yuan(0.5)`, `fee: {hilist_code: a, inscp_scp_amt: 0.51}`, `fee: {hilist_code: a, inscp_scp_amt: 0.5}`, ""},
		{`line.hour >= 22 || line.hour < 6`, `fee: {hilist_code: a, fee_ocur_time: "2025-03-10 22:00:00"}`, `fee: {hilist_code: a, fee_ocur_time: "2025-03-10 21:59:59"}`, `fee: {hilist_code: a, fee_ocur_time: "2025-03-10"}`},
		{`line.weekday == 7`, `fee: {hilist_code: a, fee_ocur_time: "2025-03-09 09:00:00"}`, `fee: {hilist_code: a}`, ""},
		{`line.dept != "A03"`, `fee: {hilist_code: a, bilg_dept_codg: A04}`, `fee: {hilist_code: a, bilg_dept_codg: A03}`, `fee: {hilist_code: a}`},
		{`line.dept_name == "骨科"`, `fee: {hilist_code: a, bilg_dept_name: 骨科}`, `fee: {hilist_code: a, bilg_dept_name: 内科}`, `fee: {hilist_code: a}`},
		{`!has(line.doctor)`, `fee: {hilist_code: a}`, `fee: {hilist_code: a, bilg_dr_codg: D1}`, ""},
		{`line.body_part in ["头部", "颈部"]`, `fee: {hilist_code: a, body_part: 头部}`, `fee: {hilist_code: a, body_part: 足部}`, `fee: {hilist_code: a}`},
		{`line.spec.matches("^[0-9]+mg$")`, `fee: {hilist_code: a, spec: 20mg}`, `fee: {hilist_code: a, spec: 大}`, `fee: {hilist_code: a}`},
		{`line.dosform == "片剂"`, `fee: {hilist_code: a, dosform: 片剂}`, `fee: {hilist_code: a, dosform: 胶囊}`, `fee: {hilist_code: a}`},
		{`line.take_home`, `fee: {hilist_code: a, dscg_tkdrug_flag: 1}`, `fee: {hilist_code: a}`, ""},
		{`line.outsourced`, `fee: {hilist_code: a, etip_flag: 1}`, `fee: {hilist_code: a}`, ""},
		{`visit.med_type == "12"`, `visit: {med_type: 12}, fee: {hilist_code: a}`, `fee: {hilist_code: a}`, ""},
		{`visit.inpatient`, `visit: {med_type: 21, endtime: "2025-03-12 09:00:00"}, fee: {hilist_code: a}`, `fee: {hilist_code: a}`, ""},
		{`visit.outpatient && !visit.pharmacy`, `fee: {hilist_code: a}`, `visit: {med_type: 41}, fee: {hilist_code: a}`, ""},
		{`visit.emergency`, `visit: {med_type: 13}, fee: {hilist_code: a}`, `fee: {hilist_code: a}`, ""},
		{`visit.chronic`, `visit: {med_type: 14}, fee: {hilist_code: a}`, `fee: {hilist_code: a}`, ""},
		{`visit.disease == "M00500"`, `visit: {dise_codg: M00500}, fee: {hilist_code: a}`, `visit: {dise_codg: M1}, fee: {hilist_code: a}`, `fee: {hilist_code: a}`},
		{`visit.adm_way == 1`, `visit: {adm_way: 1}, fee: {hilist_code: a}`, `visit: {adm_way: 2}, fee: {hilist_code: a}`, `fee: {hilist_code: a}`},
		{`visit.adm_dept == "A03"`, `visit: {adm_dept_codg: A03}, fee: {hilist_code: a}`, `visit: {adm_dept_codg: A04}, fee: {hilist_code: a}`, `fee: {hilist_code: a}`},
		{`visit.weekday == 1`, `fee: {hilist_code: a}`, `visit: {begntime: "2025-03-11 09:00:00"}, fee: {hilist_code: a}`, ""},
		{`visit.main_diag == "I10"`, `visit: {dscg_maindiag_code: I10}, fee: {hilist_code: a}`, `visit: {dscg_maindiag_code: I11}, fee: {hilist_code: a}`, `fee: {hilist_code: a}`},
		{`visit.dscg_way == 5`, `visit: {dscg_way: 5}, fee: {hilist_code: a}`, `visit: {dscg_way: 1}, fee: {hilist_code: a}`, `fee: {hilist_code: a}`},
		{`visit.days > 3`, `visit: {med_type: 21, endtime: "2025-03-14 09:00:00"}, fee: {hilist_code: a}`, `visit: {med_type: 21, endtime: "2025-03-13 09:00:00"}, fee: {hilist_code: a}`, ""},
		{`visit.lines > 1 && line.code == "a"`, `fee: [{hilist_code: a}, {hilist_code: b}]`, `fee: {hilist_code: a}`, ""},
		{`visit.scope_fen > yuan(15) && line.code == "a"`, `fee: [{hilist_code: a}, {hilist_code: b}]`, `fee: {hilist_code: a}`, ""},
		{`diag.exists(d, d.startsWith("I1"))`, `diagnosis: {diag_code: I10}, fee: {hilist_code: a}`, `diagnosis: {diag_code: I20}, fee: {hilist_code: a}`, `fee: {hilist_code: a}`},
		{`has_diag("I10-I15|E11.2")`, `diagnosis: {diag_code: E11.201}, fee: {hilist_code: a}`, `diagnosis: {diag_code: E11.1}, fee: {hilist_code: a}`, `fee: {hilist_code: a}`},
		{`tag("rescue")`, `visit: {resc_flag: 1}, fee: {hilist_code: a}`, `fee: {hilist_code: a}`, ""},
		{`person.age >= 65`, `person: {brdy: "1960-03-10"}, fee: {hilist_code: a}`, `person: {brdy: "1960-03-11"}, fee: {hilist_code: a}`, `visit: {psn_no: p9}, fee: {hilist_code: a}`},
		{`person.age_days <= 28`, `person: {brdy: "2025-02-10"}, fee: {hilist_code: a}`, `person: {brdy: "2025-02-09"}, fee: {hilist_code: a}`, `person: {brdy: "2026-01-01"}, fee: {hilist_code: a}`},
		{`person.sex == "女"`, `person: {gend: 2}, fee: {hilist_code: a}`, `fee: {hilist_code: a}`, `person: {gend: 9}, fee: {hilist_code: a}`},
		{`person.insutype == "390"`, `fee: {hilist_code: a}`, `visit: {insutype: 310}, fee: {hilist_code: a}`, ""},
		{`person.type == "11"`, `person: {psn_type: 11}, fee: {hilist_code: a}`, `person: {psn_type: 12}, fee: {hilist_code: a}`, `fee: {hilist_code: a}`},
		{`person.area == inst.area`, `fee: {hilist_code: a}`, `person: {insu_admdvs: "990200"}, fee: {hilist_code: a}`, ""},
		{`inst.code == "h1"`, `fee: {hilist_code: a}`, `visit: {fixmedins_code: h2}, institution: {fixmedins_code: h2}, fee: {hilist_code: a}`, ""},
		{`inst.tier < 2`, `institution: {fixmedins_code: h1, hosp_lv: "09"}, fee: {hilist_code: a}`, `fee: {hilist_code: a}`, `institution: {fixmedins_code: h1, hosp_lv: 11}, fee: {hilist_code: a}`},
		{`inst.type == 2`, `institution: {fixmedins_code: h1, fixmedins_type: 2}, fee: {hilist_code: a}`, `fee: {hilist_code: a}`, ""},
		{`inst.category == "A100"`, `institution: {fixmedins_code: h1, medins_cate: A100}, fee: {hilist_code: a}`, `institution: {fixmedins_code: h1, medins_cate: A200}, fee: {hilist_code: a}`, `fee: {hilist_code: a}`},
		{`settle.total_fen > yuan(10)`, `fee: {hilist_code: a, pric: 10.01}`, `fee: {hilist_code: a}`, `settlement: [], fee: {hilist_code: a}`},
		{`settle.fund_fen >= yuan(6)`, `fee: {hilist_code: a}`, `fee: {hilist_code: a, pric: 9}`, `settlement: [], fee: {hilist_code: a}`},
		{`settle.scope_fen == yuan(10)`, `fee: {hilist_code: a}`, `fee: {hilist_code: a, pric: 9}`, `settlement: [], fee: {hilist_code: a}`},
		{`settle.med_type == "21"`, `settlement: {med_type: 21}, fee: {hilist_code: a}`, `settlement: {med_type: 11}, fee: {hilist_code: a}`, `settlement: [], fee: {hilist_code: a}`},
		{`settle.mid`, `settlement: {mid_setl_flag: 1}, fee: {hilist_code: a}`, `fee: {hilist_code: a}`, `settlement: [], fee: {hilist_code: a}`},
	} {
		cases := fmt.Sprintf("  - {name: 是, given: {%s}, expect: %s}\n  - {name: 否, given: {%s}, expect: []}\n", x.yes, "[f1]", x.no)
		if x.absent != "" {
			cases += fmt.Sprintf("  - {name: 缺, given: {%s}, expect: [], not_judged: true}\n", x.absent)
		}
		t.Run(x.guard, func(t *testing.T) { runCases(t, celCard(t, lineHead+"|\n  "+x.guard, cases)) })
	}
	source, err := testSource()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range guardFacts() {
		if !strings.Contains(source, f.name) {
			t.Errorf("no case asks %s", f.name)
		}
	}
}
