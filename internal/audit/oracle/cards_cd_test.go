package oracle

import (
	"testing"

	"github.com/mingjian/mingjian/internal/knowledge"
)

func inGroup(g string) func(*knowledge.Point) {
	return params(func(p *knowledge.Params) { p.Group = g })
}

func TestReason(t *testing.T) {
	t.Parallel()
	ct := of(pt("C002", "A", inGroup("CT"), params(func(p *knowledge.Params) { p.Part = "头" })))
	statins := of(pt("C009", "A", inGroup("他汀")), pt("C009", "B", inGroup("他汀")))
	xray := of(pt("C022", "A"))
	runCases(t, []testCase{
		{"again within a week", "C002", ct, "fee fee_ocur_time=2025-03-01\nfee fee_ocur_time=2025-03-07", "2 f2=10.00"},
		{"a week later", "C002", ct, "fee fee_ocur_time=2025-03-01\nfee fee_ocur_time=2025-03-08", ""},
		{"plain and enhanced", "C002", ct, "fee\nfee", ""},
		{"operated between", "C002", ct, "fee fee_ocur_time=2025-03-01\nfee fee_ocur_time=2025-03-07\noperation oprn_oprt_code=x oprn_oprt_begntime=2025-03-01", ""},
		{"after a stroke", "C002", ct, "fee fee_ocur_time=2025-03-01\nfee fee_ocur_time=2025-03-07\ndiagnosis diag_code=I61.9", ""},
		{"part unknown", "C002", of(pt("C002", "A", inGroup("CT"))), "fee fee_ocur_time=2025-03-01\nfee fee_ocur_time=2025-03-07", ""},
		{"three days together", "C009", statins, "fee prd_days=7\nfee hilist_code=B prd_days=7 fee_ocur_time=2025-03-14", "2 f2=10.00"},
		{"two days together", "C009", statins, "fee prd_days=7\nfee hilist_code=B prd_days=7 fee_ocur_time=2025-03-15", ""},
		{"one drug", "C009", statins, "catalogue hilist_code=A generic_name=x\ncatalogue hilist_code=B generic_name=x\nfee prd_days=7\nfee hilist_code=B prd_days=7", ""},
		{"in one stay, once", "C009", statins, ward + `fee
			fee fee_ocur_time=2025-03-13
			fee hilist_code=B
			fee hilist_code=B fee_ocur_time=2025-03-13`, "2 f3=10.00"},
		{"stopped", "C009", statins, ward + `fee
			fee fee_ocur_time=2025-03-13
			fee hilist_code=B fee_ocur_time=2025-03-11
			fee hilist_code=B fee_ocur_time=2025-03-13
			medorder drord_no=1 hilist_code=A drord_stop_date=2025-03-11`, ""},
		{"180 days before the birth", "C022", xray, "fee\nbirth birth_time=2025-09-06_01:00:00", "2 f1=10.00"},
		{"181 days before", "C022", xray, "fee\nbirth birth_time=2025-09-07_01:00:00", ""},
		{"no birth known", "C022", xray, "fee\ndiagnosis diag_code=I10", ""},
		{"by diagnosis of the delivery", "C022", xray, "visit\nvisit mdtrt_id=m2 med_type=52 begntime=2025-04-01 endtime=2025-04-03\nfee\ndiagnosis mdtrt_id=m2 diag_code=O80", "2 f1=10.00"},
		{"item out of age", "C024", of(pt("C024", "A", ages(16, 60))), "person brdy=1950-01-01\nfee", "2 f1=10.00"},
		{"last day of the age", "C024", of(pt("C024", "A", ages(16, 60))), "person brdy=1964-03-11\nfee", ""},
		{"newborn's illness of an adult", "C024", of(pt("C024", "diag:P", ages(0, 0), diag("P00-P96"))), "fee\ndiagnosis diag_code=P59", "2 m1=0.00"},
		{"carried on to the second year", "C024", of(pt("C024", "diag:P", ages(0, 0), diag("P00-P96"))), "person brdy=2023-12-01\nfee\ndiagnosis diag_code=P59", "3 m1=0.00"},
	})
}

func TestSupply(t *testing.T) {
	t.Parallel()
	runCases(t, []testCase{
		{"on one prescription", "D001", of(pt("D001", "A", limit(2))), "fee rxno=1 cnt=2\nfee rxno=1 fee_ocur_time=2025-03-10_10:00:00\nfee rxno=2", "2 f2=10.00"},
		{"takes the line from A028", "A028", of(pt("D001", "A", limit(1))), "fee rxno=1 cnt=2 prd_days=60", ""},
		{"45 days are lawful", "D002", nil, "fee prd_days=45 cnt=3", ""},
		{"46 are not, but less than a box over", "D002", nil, "fee prd_days=46 cnt=3", ""},
		{"three boxes of sixty days", "D002", nil, "fee prd_days=60 cnt=4", "2 f1=10.00"},
		{"as chronic patient", "H001", nil, "visit med_type=14\nfee prd_days=60 cnt=4", "2 f1=10.00"},
		{"the stock runs down", "D002", nil, "fee prd_days=40 cnt=4\nfee prd_days=30 cnt=3 fee_ocur_time=2025-04-10", ""},
		{"not in hospital", "D002", nil, `visit
			visit mdtrt_id=m2 med_type=21 begntime=2025-03-11 endtime=2025-04-08 dscg_way=1
			fee prd_days=40 cnt=4
			fee prd_days=30 cnt=3 fee_ocur_time=2025-04-10`, "2 f2=20.00"},
		{"another route", "D002", nil, "fee prd_days=40 cnt=4 medc_way=口服\nfee prd_days=40 cnt=4 medc_way=静注", ""},
		{"early refill", "D003", nil, "fee prd_days=14\nfee prd_days=14 fee_ocur_time=2025-03-16", "2 f2=10.00"},
		{"seven days left", "D003", nil, "fee prd_days=14\nfee prd_days=14 fee_ocur_time=2025-03-17", ""},
		{"dose changed", "D003", nil, "fee prd_days=14 sin_dos=1\nfee prd_days=14 sin_dos=2 fee_ocur_time=2025-03-16", ""},
		{"on one day", "D003", nil, "fee prd_days=14\nfee prd_days=14", ""},
		{"first after discharge", "D003", nil, `visit
			visit mdtrt_id=m2 med_type=21 begntime=2025-03-11 endtime=2025-03-12 dscg_way=1
			visit mdtrt_id=m3 begntime=2025-03-15
			fee prd_days=14
			fee mdtrt_id=m3 prd_days=14`, ""},
		{"two departments", "D004", nil, "fee prd_days=4 bilg_dept_codg=A\nfee prd_days=4 bilg_dept_codg=B", "2 f2=10.00"},
		{"two departments, a week together", "D004", nil, "fee prd_days=4 bilg_dept_codg=A\nfee prd_days=3 bilg_dept_codg=B", ""},
		{"solvent", "D004", nil, "catalogue hilist_code=A generic_name=氯化钠注射液\nfee prd_days=4 bilg_dept_codg=A\nfee prd_days=4 bilg_dept_codg=B", ""},
		{"two houses in three days", "D005", nil, `visit
			visit mdtrt_id=m2 fixmedins_code=h2 begntime=2025-03-12
			institution fixmedins_code=h2
			fee
			fee mdtrt_id=m2`, "2 f2=10.00"},
		{"on the fourth day", "D005", nil, `visit
			visit mdtrt_id=m2 fixmedins_code=h2 begntime=2025-03-13
			institution fixmedins_code=h2
			fee
			fee mdtrt_id=m2`, ""},
		{"short supply before", "D005", nil, `visit
			visit mdtrt_id=m2 fixmedins_code=h2 begntime=2025-03-12
			institution fixmedins_code=h2
			fee prd_days=3
			fee mdtrt_id=m2`, ""},
	})
}
