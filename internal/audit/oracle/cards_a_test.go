package oracle

import (
	"testing"

	"github.com/mingjian/mingjian/internal/knowledge"
)

func sex(s string) func(*knowledge.Point)   { return func(p *knowledge.Point) { p.Sex = s } }
func allow(s string) func(*knowledge.Point) { return func(p *knowledge.Point) { p.Allow = s } }
func scope(s string) func(*knowledge.Point) { return func(p *knowledge.Point) { p.Scope = s } }
func diag(s string) func(*knowledge.Point)  { return func(p *knowledge.Point) { p.DiagSet = s } }
func unit(s string) func(*knowledge.Point)  { return func(p *knowledge.Point) { p.Unit = s } }
func area(s string) func(*knowledge.Point)  { return func(p *knowledge.Point) { p.Area = s } }
func second(s string) func(*knowledge.Point) {
	return func(p *knowledge.Point) { p.Second = s }
}
func ages(lo, hi int) func(*knowledge.Point) {
	return func(p *knowledge.Point) { p.AgeMin, p.AgeMax = lo, hi }
}
func window(n int) func(*knowledge.Point) { return func(p *knowledge.Point) { p.WindowD = n } }
func params(f func(*knowledge.Params)) func(*knowledge.Point) {
	return func(p *knowledge.Point) { f(&p.Params) }
}
func of(p ...knowledge.Point) []knowledge.Point { return p }

func TestAttributes(t *testing.T) {
	t.Parallel()
	women := of(pt("A001", "A", sex("女")))
	runCases(t, []testCase{
		{"a man", "A001", women, "fee", "1 f1=10.00"},
		{"a woman", "A001", women, "person gend=2\nfee", ""},
		{"unknown sex", "A001", women, "person gend=9\nfee", ""},
		{"certificate contradicts", "A001", women, "person certno=110101198001010023\nfee", ""},
		{"guardian's certificate does not", "A001", women, "person certno=110101195001010023\nfee", "1 f1=10.00"},
		{"out of scope", "A001", women, "fee inscp_scp_amt=0", ""},
		{"intersex", "A001", women, "fee\ndiagnosis diag_code=Q56.400", ""},
		{"newborn with the mother", "A001", women, "visit nwb_flag=1\nfee", ""},
		{"breast cancer of a man", "A001", of(pt("A001", "XL02BA", sex("女"))), "fee hilist_code=XL02BA\ndiagnosis diag_code=C50.9", ""},
		{"suffix of the area", "A001", women, "fee hilist_code=A-01", "1 f1=10.00"},
		{"mapped code", "A001", women, "fee hilist_code=L\ncode_map src_system=h src_code=L dst_code=A", "1 f1=10.00"},
		{"partly mapped code", "A001", women, "fee hilist_code=L\ncode_map src_system=h src_code=L dst_code=A relation=部分", ""},
		{"another city's point", "A001", of(pt("A001", "A", sex("女"), area("990200"))), "fee", ""},
		{"nearest area wins", "A001", of(pt("A001", "A", sex("女"), area("990000")), pt("A001", "A", sex("男"), area("990101"))), "fee", ""},
		{"half refunded", "A001", women, "fee cnt=2\nfee cnt=-1", "1 f1=10.00"},
		{"open line has no month", "A001", women, "!settlement\nfee", ""},
		{"in vitro couple", "A002", of(pt("A002", "A", sex("女"))), "fee\ndiagnosis diag_code=N46", "2 f1=10.00"},
		{"child's medicine at 18", "A003", of(pt("A003", "A")), "person brdy=2007-03-10\nfee", "1 f1=10.00"},
		{"the day before", "A003", of(pt("A003", "A")), "person brdy=2007-03-11\nfee", ""},
		{"nothing from the fund", "A003", of(pt("A003", "A")), "fee\nsettlement setl_id=s-m1 mdtrt_id=m1 fund_pay_sumamt=0", ""},
		{"own limit", "A004", of(pt("A004", "A", ages(-1, 50))), "fee", ""},
		{"newborn at 28 days", "A005", of(pt("A005", "A", allow("新生儿"))), "person brdy=2025-02-10\nfee", ""},
		{"newborn at 29 days", "A005", of(pt("A005", "A", allow("新生儿"))), "person brdy=2025-02-09\nfee", "2 f1=10.00"},
		{"forbidden below 18", "A006", of(pt("A006", "A", allow("禁用"))), "person brdy=2010-01-01\nfee", "2 f1=0.00"},
		{"not established below 18", "A006", of(pt("A006", "A", allow("未确立"))), "person brdy=2010-01-01\nfee", "3 f1=0.00"},
		{"injury scheme", "A007", of(pt("A007", "A")), "fee\nsettlement setl_id=s-m1 mdtrt_id=m1 insutype=400", ""},
		{"resident scheme", "A007", of(pt("A007", "A")), "fee", "2 f1=10.00"},
		{"maternity by main diagnosis", "A008", of(pt("A008", "A")), "fee\ndiagnosis diag_code=O82", ""},
		{"primary below secondary", "A009", of(pt("A009", "A", limit(2))), "institution fixmedins_code=h1 hosp_lv=08\nfee", "1 f1=10.00"},
		{"no level", "A009", of(pt("A009", "A", limit(2))), "institution fixmedins_code=h1 hosp_lv=11\nfee", ""},
		{"pharmacy stands for the hospital", "A009", of(pt("A009", "A", limit(3))), `institution fixmedins_code=ph fixmedins_type=2
			visit fixmedins_code=ph med_type=41
			prescription fixmedins_code=h1 rxno=r prsc_time=2025-03-09
			fee rxno=r`, "1 f1=10.00"},
		{"wrong category", "A010", of(pt("A010", "A", allow("C1"))), "institution fixmedins_code=h1 medins_cate=C2\nfee", "2 f1=10.00"},
		{"ward drug at the clinic", "A011", of(pt("A011", "A", allow("住院"))), "fee", "2 f1=10.00"},
		{"ward drug in day surgery", "A011", of(pt("A011", "A", allow("住院"))), "visit day_surg_flag=1\nfee", ""},
		{"observation is emergency", "A012", of(pt("A012", "A", allow("急诊|抢救"))), "visit er_obs_begntime=2025-03-10\nfee", ""},
		{"department", "A017", of(pt("A017", "A", allow("A03|内科"))), "fee bilg_dept_codg=A04", "3 f1=10.00"},
		{"department by name", "A017", of(pt("A017", "A", allow("内科"))), "fee bilg_dept_codg=A04 bilg_dept_name=肾内科", ""},
		{"the name alone", "A017", of(pt("A017", "A", allow("内科"))), "fee bilg_dept_name=外科", "3 f1=10.00"},
		{"title", "A017", of(pt("A017", "A", params(func(p *knowledge.Params) { p.MinTitle = "232" }))),
			"fee bilg_dept_codg=A bilg_dr_codg=d\npractitioner prac_psn_code=d pro_tech_duty=233", "3 f1=10.00"},
		{"accepting department", "A018", of(pt("A018", "A", allow("B"))), "fee bilg_dept_codg=A acord_dept_codg=B1", ""},
	})
}

func TestIndications(t *testing.T) {
	t.Parallel()
	tumour := of(pt("A013", "A", diag("C00-C97")))
	runCases(t, []testCase{
		{"another illness", "A013", tumour, "fee\ndiagnosis diag_code=I10", "2 f1=10.00"},
		{"no diagnosis of the visit", "A013", tumour, "visit\nvisit mdtrt_id=m2 psn_no=p2\nfee\ndiagnosis mdtrt_id=m2 diag_code=I10", ""},
		{"the main diagnosis alone", "A013", tumour, "visit dscg_maindiag_code=I10\nfee", "2 f1=10.00"},
		{"tumour known for a year", "A013", tumour, `visit
			visit mdtrt_id=m0 begntime=2024-03-11
			fee
			diagnosis diag_code=I10
			diagnosis mdtrt_id=m0 diag_code=C34`, ""},
		{"known for longer", "A013", tumour, `visit
			visit mdtrt_id=m0 begntime=2024-03-10
			fee
			diagnosis diag_code=I10
			diagnosis mdtrt_id=m0 diag_code=C34`, "2 f1=10.00"},
		{"only symptoms", "A013", tumour, "fee\ndiagnosis diag_code=R05", "3 f1=10.00"},
	})
}

func TestCourses(t *testing.T) {
	t.Parallel()
	days := func(scope_ string) []knowledge.Point {
		return of(pt("A015", "A", limit(2), scope(scope_)))
	}
	runCases(t, []testCase{
		{"third day of use", "A015", days("疾病过程"), `fee fee_ocur_time=2025-03-01
			fee fee_ocur_time=2025-03-01
			fee fee_ocur_time=2025-03-05
			fee fee_ocur_time=2025-03-09`, "1 f4=10.00"},
		{"ninety days between", "A015", days("疾病过程"), `fee fee_ocur_time=2025-01-01
			fee fee_ocur_time=2025-01-02
			fee fee_ocur_time=2025-04-02`, ""},
		{"eighty-nine days between", "A015", days("疾病过程"), `fee fee_ocur_time=2025-01-01
			fee fee_ocur_time=2025-01-02
			fee fee_ocur_time=2025-04-01`, "1 f3=10.00"},
		{"new year", "A015", days("自然年"), `fee fee_ocur_time=2024-12-30
			fee fee_ocur_time=2024-12-31
			fee fee_ocur_time=2025-01-01`, ""},
		{"stay by stay", "A015", days("单次住院"), `visit med_type=21 begntime=2025-03-01 endtime=2025-03-03 dscg_way=1
			visit mdtrt_id=m2 med_type=21 begntime=2025-03-08 endtime=2025-03-10 dscg_way=1
			fee fee_ocur_time=2025-03-01
			fee fee_ocur_time=2025-03-02
			fee mdtrt_id=m2 fee_ocur_time=2025-03-09`, ""},
		{"taken home in part beyond", "A015", days("单次住院"), `visit med_type=21 begntime=2025-03-01 endtime=2025-03-03 dscg_way=1
			fee fee_ocur_time=2025-03-02
			fee fee_ocur_time=2025-03-03 dscg_tkdrug_flag=1 prd_days=4`, "1 f2=7.50"},
		{"operation restarts", "A016", of(pt("A016", "A", limit(2))), `fee fee_ocur_time=2025-03-01
			fee fee_ocur_time=2025-03-02
			operation oprn_oprt_code=x oprn_oprt_begntime=2025-03-03
			fee fee_ocur_time=2025-03-04`, ""},
	})
}

func TestCatalogueAndDays(t *testing.T) {
	t.Parallel()
	runCases(t, []testCase{
		{"not listed", "A022", nil, "catalogue hilist_code=B list_type=101\nfee", "1 f1=10.00"},
		{"listed as self-paid", "A022", nil, "catalogue hilist_code=A list_type=101 chrgitm_lv=03\nfee", "1 f1=10.00"},
		{"no catalogue of the kind", "A022", nil, "catalogue hilist_code=B list_type=201\nfee", ""},
		{"ran out thirty days ago", "A022", nil, "catalogue hilist_code=A list_type=101 enddate=2025-02-08\nfee", ""},
		{"ran out before", "A022", nil, "catalogue hilist_code=A list_type=101 enddate=2025-02-07\nfee", "1 f1=10.00"},
		{"eight days in one box", "A028", nil, "fee prd_days=8", ""},
		{"fourteen days in two", "A028", nil, "fee prd_days=14 cnt=2", "2 f1=10.00"},
		{"old age", "A028", nil, "person brdy=1950-01-01\nfee prd_days=14 cnt=2", "3 f1=10.00"},
		{"long illness", "A028", nil, "fee prd_days=28 cnt=4\ndiagnosis diag_code=I10", ""},
		{"emergency", "A028", nil, "visit er_flag=1\nfee prd_days=6 cnt=2", "2 f1=10.00"},
		{"pharmacy", "A028", nil, "visit med_type=41\nfee prd_days=60 cnt=2", ""},
		{"taken home", "A029", nil, "visit med_type=21 endtime=2025-03-12\nfee prd_days=14 cnt=2 dscg_tkdrug_flag=1", "2 f1=10.00"},
		{"own limit", "A029", of(pt("A029", "A", limit(30))), "visit med_type=21 endtime=2025-03-12\nfee prd_days=14 cnt=2 dscg_tkdrug_flag=1", ""},
		{"examination taken home", "A030", nil, "visit med_type=21 endtime=2025-03-12\nfee list_type=201 dscg_tkdrug_flag=1", "2 f1=10.00"},
	})
}
