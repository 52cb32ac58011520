package oracle

import (
	"fmt"
	"testing"

	"github.com/mingjian/mingjian/internal/knowledge"
)

const ward = "visit med_type=21 begntime=2025-03-10_09:00:00 endtime=2025-03-13_10:00:00 dscg_way=1\n"

func TestFrequencies(t *testing.T) {
	t.Parallel()
	once := of(pt("B021", "A", limit(1), unit("日")))
	runCases(t, []testCase{
		{"second of a day", "B021", once, "fee\nfee", "1 f2=10.00"},
		{"crossing line, its excess only", "B021", once, "fee cnt=4 det_item_fee_sumamt=10 inscp_scp_amt=10", "1 f1=7.50"},
		{"two visits of a day", "B021", once, "visit\nvisit mdtrt_id=m2\nfee\nfee mdtrt_id=m2", ""},
		{"priced in another unit", "B021", once, "catalogue hilist_code=A pricing_unit=小时\nfee\nfee", ""},
		{"priced by part", "B021", once, "catalogue hilist_code=A pricing_unit=部位\nfee body_part=头\nfee body_part=胸\nfee body_part=胸", "1 f3=10.00"},
		{"narrower card speaks", "B021", append(of(pt("B001", "A", limit(2))), once...), "fee\nfee\nfee", "1 f2=10.00"},
		{"over the limit", "B001", append(of(pt("B001", "A", limit(2))), once...), "fee\nfee\nfee", "2 f3=10.00"},
		{"more than executed", "B001", nil, "fee cnt=3\nexec exec_no=1 hilist_code=A exec_time=2025-03-10\nexec exec_no=2 hilist_code=A exec_time=2025-03-10", "2 f1=10.00"},
		{"uploaded twice", "B001", nil, "fee drord_no=1\nfee drord_no=1", "2 f2=10.00"},
		{"two orders", "B001", nil, "fee drord_no=1\nfee drord_no=2", ""},
		{"hours of a day", "B009", of(pt("B009", "A", limit(24), unit("小时"))), "fee cnt=25", "2 f1=10.00"},
		{"two channels", "B009", of(pt("B009", "A", limit(24), params(func(p *knowledge.Params) { p.Channels = 2 }))), "fee cnt=48", ""},
		{"beds", "B006", of(pt("B006", "A")), ward + "fee cnt=4", "1 f1=10.00"},
		{"extra bed", "B006", of(pt("B006", "A", params(func(p *knowledge.Params) { p.Extra = true }))), ward + "fee cnt=4", ""},
		{"moved to intensive care", "B006", of(pt("B006", "A"), pt("B006", "I", params(func(p *knowledge.Params) { p.ICU = true }))),
			ward + "fee cnt=3\nfee hilist_code=I", ""},
		{"two levels of a day", "B007", of(pt("B007", "A", limit(1)), pt("B007", "C", limit(2))), ward + "fee\nfee hilist_code=C", "2 f2=10.00"},
		{"rounds", "B008", of(pt("B008", "A")), ward + "fee cnt=2\nfee cnt=2", "2 f2=10.00"},
		{"hours of the stay", "B010", of(pt("B010", "A", unit("小时"))), ward + "fee cnt=74", ""},
		{"an hour more", "B010", of(pt("B010", "A", unit("小时"))), ward + "fee cnt=75 inscp_scp_amt=75", "1 f1=1.00"},
		{"of a stay", "B022", of(pt("B022", "A", limit(1))), ward + "fee\nfee fee_ocur_time=2025-03-12", "1 f2=10.00"},
		{"of a stay by days", "B022", of(pt("B022", "A", limit(1), params(func(p *knowledge.Params) { p.PerDay = true }))), ward + "fee cnt=4", ""},
		{"too soon", "B023", of(pt("B023", "A", limit(1), window(7))), "fee fee_ocur_time=2025-03-01\nfee fee_ocur_time=2025-03-07", "1 f2=10.00"},
		{"soon enough", "B023", of(pt("B023", "A", limit(1), window(7))), "fee fee_ocur_time=2025-03-01\nfee fee_ocur_time=2025-03-08", ""},
		{"a fault is not the previous one", "B023", of(pt("B023", "A", limit(1), window(7))),
			"fee fee_ocur_time=2025-03-01\nfee fee_ocur_time=2025-03-05\nfee fee_ocur_time=2025-03-08", "1 f2=10.00"},
		{"seen elsewhere", "B023", of(pt("B023", "A", limit(1), window(7))), `visit
			visit mdtrt_id=m2 fixmedins_code=h2 begntime=2025-03-12
			institution fixmedins_code=h2
			fee
			fee mdtrt_id=m2`, "3 f2=10.00"},
	})
}

func TestPairs(t *testing.T) {
	t.Parallel()
	pair := func(rule, scope_ string, f ...func(*knowledge.Point)) []knowledge.Point {
		return of(pt(rule, "A", append(f, second("B"), scope(scope_))...))
	}
	capped := params(func(p *knowledge.Params) { p.CapN = 4 })
	runCases(t, []testCase{
		{"same day", "B002", pair("B002", "单日"), "fee\nfee hilist_code=B", "1 f2=10.00"},
		{"another day", "B002", pair("B002", "单日"), ward + "fee\nfee hilist_code=B fee_ocur_time=2025-03-11", ""},
		{"same stay", "B002", pair("B002", "单次就诊"), ward + "fee\nfee hilist_code=B fee_ocur_time=2025-03-11", "1 f2=10.00"},
		{"main item self-paid", "B002", pair("B002", "单日"), "fee inscp_scp_amt=0\nfee hilist_code=B", ""},
		{"only four contained", "B002", pair("B002", "单日", capped), "fee\nfee hilist_code=B cnt=3\nfee hilist_code=B cnt=3 fee_ocur_time=2025-03-10_10:00:00", "1 f2+f3=40.00"},
		{"six hours", "B002", pair("B002", "6小时"), "fee\nfee hilist_code=B fee_ocur_time=2025-03-10_15:00:00", "1 f2=10.00"},
		{"over six hours", "B002", pair("B002", "6小时"), "fee\nfee hilist_code=B fee_ocur_time=2025-03-10_15:00:01", ""},
		{"day precision", "B002", pair("B002", "6小时"), "fee fee_ocur_time=2025-03-10_23:00:00\nfee hilist_code=B fee_ocur_time=2025-03-10", "1 f2=10.00"},
		{"same clock hour", "B002", pair("B002", "同一小时"), "fee\nfee hilist_code=B fee_ocur_time=2025-03-10_09:59:59", "1 f2=10.00"},
		{"cheaper", "B003", pair("B003", "单日"), "fee pric=5 feedetl_sn=x\nfee hilist_code=B", "1 x=5.00"},
		{"equal, so the later", "B003", pair("B003", "单日"), "fee\nfee hilist_code=B", "1 f2=10.00"},
		{"other side", "B003", pair("B003", "单日"), "fee side=左\nfee hilist_code=B side=右", ""},
		{"same sample", "B004", pair("B004", ""), "fee\nfee hilist_code=B\nlab rpotc_no=1 item_srt=1 item_code=x hilist_code=A sapl_time=2025-03-10_09:00:00\nlab rpotc_no=2 item_srt=1 item_code=x hilist_code=B sapl_time=2025-03-10_10:00:00", "1 f2=10.00"},
		{"another sample", "B004", pair("B004", ""), "fee\nfee hilist_code=B\nlab rpotc_no=1 item_srt=1 item_code=x hilist_code=A sapl_time=2025-03-10_09:00:00\nlab rpotc_no=2 item_srt=1 item_code=x hilist_code=B sapl_time=2025-03-10_10:00:01", ""},
		{"consumable included", "E002", pair("E002", "单日"), "fee\nfee hilist_code=B list_type=301", "1 f2=10.00"},
		{"not at the same moment", "F001", pair("F001", "单日"), "fee\nfee hilist_code=B fee_ocur_time=2025-03-10_10:00:00", ""},
		{"local anaesthetic", "F002", pair("F002", "单日"), "fee\nfee hilist_code=B", "1 f2=10.00"},
		{"pain relief", "F002", pair("F002", "单日", params(func(p *knowledge.Params) { p.Analgesia = true })), "fee\nfee hilist_code=B", ""},
		{"ward bed beside intensive care", "F018", pair("F018", "单日"), ward + `fee fee_ocur_time=2025-03-10
			fee fee_ocur_time=2025-03-11
			fee fee_ocur_time=2025-03-12
			fee hilist_code=B fee_ocur_time=2025-03-11
			fee hilist_code=B fee_ocur_time=2025-03-12`, "1 f4=10.00"},
		{"no operation", "E001", of(pt("E001", "A", scope("单次就诊"), params(func(p *knowledge.Params) { p.Require = []string{"B"} }))), "fee", "2 f1=10.00"},
		{"operation", "E001", of(pt("E001", "A", scope("单次就诊"), params(func(p *knowledge.Params) { p.Require = []string{"B"} }))), "fee\nfee hilist_code=B inscp_scp_amt=0", ""},
	})
}

func TestPrices(t *testing.T) {
	t.Parallel()
	group := params(func(p *knowledge.Params) { p.Group = "g" })
	ops := of(pt("B011", "A", group), pt("B011", "B", group))
	runCases(t, []testCase{
		{"over the limit", "B005", nil, "price_limit hilist_code=A pric_uplmt_amt=8\nfee cnt=3 list_type=201", "1 f1=6.00"},
		{"within the tolerance", "B005", nil, "price_limit hilist_code=A pric_uplmt_amt=9.99\nfee list_type=201", ""},
		{"of another level", "B005", nil, "price_limit hilist_code=A pric_uplmt_amt=8 hosp_lv=03\nfee list_type=201", ""},
		{"second operation in full", "B011", ops, "fee pric=100\nfee hilist_code=B pric=60", "2 f2=30.00"},
		{"second operation at half", "B011", ops, "price_limit hilist_code=A pric_uplmt_amt=100\nprice_limit hilist_code=B pric_uplmt_amt=60\nfee pric=100\nfee hilist_code=B pric=30", ""},
		{"two incisions", "B011", ops, "fee incision_no=1\nfee hilist_code=B incision_no=2", ""},
		{"two parts in full", "B012", of(pt("B012", "A", group, params(func(p *knowledge.Params) { p.Second = 0.8 }))), "fee body_part=a\nfee body_part=b", "2 f2=2.00"},
		{"one part", "B012", of(pt("B012", "A", group)), "fee body_part=a\nfee body_part=a", ""},
		{"unbundled", "B013", of(pt("B013", "M", limit(15), params(func(p *knowledge.Params) { p.Children = []string{"A", "B"} }))), "fee\nfee hilist_code=B", "2 f1+f2=5.00"},
		{"main item too", "B013", of(pt("B013", "M", limit(15), params(func(p *knowledge.Params) { p.Children = []string{"A", "B"} }))), "fee\nfee hilist_code=B\nfee hilist_code=M", ""},
		{"three prescriptions", "B014", nil, `visit dscg_maindiag_code=I10
			fee rxno=1 bilg_dr_codg=d pric=101
			fee rxno=2 bilg_dr_codg=d pric=101
			fee rxno=3 bilg_dr_codg=d pric=101`, "3 m1=0.00"},
	})
}

func TestQualifications(t *testing.T) {
	t.Parallel()
	runCases(t, []testCase{
		{"suspended", "B029", nil, "credential prac_psn_code=d stas=2 begndate=2025-03-01\nfee orders_dr_code=d", "1 f1=10.00"},
		{"suspended, rescue", "B029", nil, "visit resc_flag=1\ncredential prac_psn_code=d stas=2 begndate=2025-03-01\nfee bilg_dr_codg=d", ""},
		{"ended, rescue", "B029", nil, "visit resc_flag=1\ncredential prac_psn_code=d stas=3 begndate=2025-03-01\nfee bilg_dr_codg=d", "1 f1=10.00"},
		{"not any more", "B029", nil, "credential prac_psn_code=d stas=2 begndate=2025-03-01 enddate=2025-03-09\nfee bilg_dr_codg=d", ""},
		{"agreement ended", "B030", nil, "agreement stas=3 begndate=2025-03-10\nfee\nfee", "1 m1=20.00"},
	})
}

// TestBatchBooking: a hundred lines of an item at one instant in a month say nothing of the day, so the stay is judged.
func TestBatchBooking(t *testing.T) {
	t.Parallel()
	once := of(pt("B021", "A", limit(1), unit("日")))
	for n, want := range map[int]int{99: 98, 100: 96} { // the day allows one, the stay LOS + 1 = 4
		facts := ward
		for i := range n {
			facts += fmt.Sprintf("fee feedetl_sn=f%03d\n", i)
		}
		got := 0
		for _, f := range world(t, facts).Evaluate(once, nil) {
			for _, l := range f.Lines {
				if l.Type == 1 && f.Rule == "B021" {
					got++
				}
			}
		}
		if got != want {
			t.Errorf("%d lines at once: %d violating, want %d", n, got, want)
		}
	}
}

// TestParams: what a card's parameters say is what is judged.
func TestParams(t *testing.T) {
	t.Parallel()
	c := world(t, "fee prd_days=14 cnt=2")
	c.Params["A028"] = map[string]string{"normal_d": "14"}
	if got := verdicts(c.Evaluate(nil, nil), "A028"); got != "" {
		t.Errorf("fourteen days allowed, yet %s", got)
	}
}
