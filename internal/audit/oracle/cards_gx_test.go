package oracle

import (
	"strings"
	"testing"
)

// back is one stay at h1 ended on 5 March and another from the day and with the words given.
func back(day, words string) string {
	return "visit mdtrt_id=a med_type=21 begntime=2025-03-01 endtime=2025-03-05 dscg_way=1 dscg_maindiag_code=J18.9\n" +
		"visit mdtrt_id=b med_type=21 begntime=" + day + " endtime=2025-03-28 dscg_way=1 " + words + "\n"
}

// inside is a stay of 1 to 9 March and an out-patient visit on the day with the words given.
func inside(day, words string) string {
	return "visit mdtrt_id=a med_type=21 begntime=2025-03-01 endtime=2025-03-09 dscg_way=1\n" +
		"visit mdtrt_id=o begntime=" + day + " " + words + "\n"
}

func TestStayCards(t *testing.T) {
	t.Parallel()
	runCases(t, []testCase{
		{"fifteen days", "G001", nil, back("2025-03-20", "dscg_maindiag_code=J18.0"), "2 b=0.00"},
		{"sixteen days", "G001", nil, back("2025-03-21", "dscg_maindiag_code=J18.0"), ""},
		{"another illness", "G001", nil, back("2025-03-20", "dscg_maindiag_code=K35"), ""},
		{"as emergency", "G001", nil, back("2025-03-20", "dscg_maindiag_code=J18.0 adm_way=1"), ""},
		{"planned", "G001", nil, back("2025-03-20", "dscg_maindiag_code=J18.0 plan_readm_flag=1"), ""},
		{"next day is G002's", "G001", nil, back("2025-03-06", "dscg_maindiag_code=J18.0"), ""},
		{"next day", "G002", nil, back("2025-03-06", "dscg_maindiag_code=K35"), "2 b=0.00"},
		{"in another house between", "G002", nil, back("2025-03-06", "") + "visit mdtrt_id=c fixmedins_code=h2 med_type=21 begntime=2025-03-05 endtime=2025-03-06", ""},
		{"another department", "G003", nil, strings.ReplaceAll(back("2025-03-06", "adm_dept_codg=B"), "J18.9", "J18.9 dscg_dept_codg=A") + "bed_move begntime=2025-03-06", "2 b=0.00"},
		{"no record of beds", "G003", nil, strings.ReplaceAll(back("2025-03-06", "adm_dept_codg=B"), "J18.9", "J18.9 dscg_dept_codg=A"), ""},
		{"self-paid between", "G004", nil, back("2025-03-10", "") + "selfpay_visit mdtrt_id=x begntime=2025-03-05 endtime=2025-03-10", "2 b=0.00"},
		{"during a stay", "G006", nil, inside("2025-03-05", "") + "fee mdtrt_id=o", "2 o=10.00"},
		{"small and alone", "G006", nil, inside("2025-03-05", "") + "settlement setl_id=s-o mdtrt_id=o medfee_sumamt=49.99\nfee mdtrt_id=o", "3 o=10.00"},
		{"on the day of admission", "G006", nil, inside("2025-03-01", "") + "fee mdtrt_id=o", ""},
		{"examined in the same house", "G006", nil, inside("2025-03-05", "") + "fee mdtrt_id=o med_chrgitm_type=03", ""},
		{"on leave", "G006", nil, inside("2025-03-05", "") + "fee mdtrt_id=o\nleave mdtrt_id=a begntime=2025-03-04 endtime=2025-03-06", ""},
		{"chronic drugs", "H008", nil, inside("2025-03-05", "med_type=14") + "fee mdtrt_id=o", "2 o=10.00"},
		{"and so not G006", "G006", nil, inside("2025-03-05", "med_type=14") + "fee mdtrt_id=o", ""},
		{"three idle days", "G007", nil, inside("2025-03-30", "") + "fee mdtrt_id=a med_chrgitm_type=05 fee_ocur_time=2025-03-05\nfee mdtrt_id=a med_chrgitm_type=05 fee_ocur_time=2025-03-08", "2 a=0.00"},
		{"two idle days", "G007", nil, inside("2025-03-30", "") + "fee mdtrt_id=a med_chrgitm_type=05 fee_ocur_time=2025-03-04\nfee mdtrt_id=a med_chrgitm_type=05 fee_ocur_time=2025-03-07", ""},
		{"fee classes not filled", "G007", nil, inside("2025-03-30", "") + "fee mdtrt_id=a", ""},
		{"mild illness", "G015", of(pt("G015", "diag:J06", diag("J06"))), ward + "diagnosis diag_code=J06.9", "2 m1=0.00"},
		{"mild illness and another", "G015", of(pt("G015", "diag:J06", diag("J06"))), ward + "diagnosis diag_code=J06.9\ndiagnosis diag_code=I10", ""},
		{"mostly examined", "G016", nil, ward + "fee med_chrgitm_type=03 pric=60\nfee med_chrgitm_type=09 pric=40", "2 m1=0.00"},
		{"less examined", "G016", nil, ward + "fee med_chrgitm_type=03 pric=59\nfee med_chrgitm_type=09 pric=41", ""},
		{"mostly tablets", "G017", nil, ward + "fee med_chrgitm_type=09 medc_way=口服 pric=50\nfee med_chrgitm_type=03 list_type=201 pric=50", "3 m1=0.00"},
		{"two cheap days", "G018", nil, "visit med_type=21 endtime=2025-03-12 dscg_way=1\nfee", "3 m1=0.00"},
		{"three cheap days", "G018", nil, ward + "fee", ""},
		{"bed before admission", "G029", of(pt("G029", "A")), ward + "fee fee_ocur_time=2025-03-09_23:00:00", "1 f1=10.00"},
		{"two schemes", "G030", nil, `visit mdtrt_id=a med_type=21 begntime=2025-03-01 endtime=2025-03-05
			visit mdtrt_id=b med_type=21 begntime=2025-03-02 endtime=2025-03-06
			settlement mdtrt_id=a setl_id=1 insutype=310 begndate=2025-03-01 enddate=2025-03-05
			settlement mdtrt_id=b setl_id=2 insutype=390 begndate=2025-03-02 enddate=2025-03-06`, "1 b=0.00"},
		{"open, as seen at the month's end", "G006", nil, "visit mdtrt_id=a med_type=21 begntime=2025-03-01\nvisit mdtrt_id=o begntime=2025-03-30\nfee mdtrt_id=o", "3 o=10.00"},
	})
}

func TestChronicAndIdentity(t *testing.T) {
	t.Parallel()
	const chronic = "visit med_type=14 dise_codg=M1\n"
	list := of(pt("H002", "A", allow("M1|M2")))
	geo := "institution fixmedins_code=h1 lon=110 lat=30\ninstitution fixmedins_code=h2 lon=110.1 lat=30 %\n"
	near := strings.ReplaceAll(geo, "%", "")
	far := strings.ReplaceAll(geo, "%", "admdvs=990201")
	runCases(t, []testCase{
		{"not of the illness", "H002", list, chronic + "fee hilist_code=B", "1 f1=10.00"},
		{"of the illness", "H002", list, chronic + "fee", ""},
		{"illness without a list", "H002", list, chronic + "chronic dise_codg=M9\nfee hilist_code=B", ""},
		{"six days late", "H003", nil, chronic + "fee\nchronic dise_codg=M1 enddate=2025-03-04", "2 m1=10.00"},
		{"five days late", "H003", nil, chronic + "fee\nchronic dise_codg=M1 enddate=2025-03-05", ""},
		{"review pending", "H003", nil, chronic + "fee\nchronic dise_codg=M1 enddate=2025-03-01 review_stas=待复审", ""},
		{"never had it", "H003", nil, chronic + "fee\nchronic dise_codg=M2 enddate=2025-03-01", ""},
		{"failed the review", "H004", nil, chronic + "fee\nchronic dise_codg=M1 review_stas=未通过 review_date=2025-02-20", "2 m1=10.00"},
		{"in effect next month", "H004", nil, chronic + "fee\nchronic dise_codg=M1 review_stas=未通过 review_date=2025-03-02", ""},
		{"elsewhere contracted", "H007", nil, chronic + "fee\ncontract fixmedins_code=h9", "2 m1=10.00"},
		{"its successor", "H007", nil, "institution fixmedins_code=h9 succ_code=h1\n" + chronic + "fee\ncontract fixmedins_code=h9", ""},
		{"after death, one source", "I001", nil, "death begntime=2025-03-09_12:00:00 source=民政\nfee", "2 f1=10.00"},
		{"after death, two sources", "I001", nil, "death begntime=2025-03-09_12:00:00 source=民政\ndeath begntime=2025-03-09_13:00:00 source=公安\nfee", "1 f1=10.00"},
		{"the day after a dated death", "I001", nil, "death begntime=2025-03-09_00:00:00 source=民政\nfee", ""},
		{"two days after", "I001", nil, "death begntime=2025-03-08_00:00:00 source=民政\nfee", "2 f1=10.00"},
		{"still tested", "I001", nil, "death begntime=2025-03-01 source=民政\nfee\nexec exec_no=1 exec_time=2025-03-04", ""},
		{"adult at paediatrics", "I006", nil, "visit insutype=310 adm_dept_name=小儿外科\nfee", "2 f1=10.00"},
		{"adult's congenital heart", "I006", nil, "visit insutype=310 adm_dept_name=小儿外科\nfee\ndiagnosis diag_code=Q21", ""},
		{"ten kilometres in twenty minutes", "I007", nil, near + "visit\nvisit mdtrt_id=m2 fixmedins_code=h2 begntime=2025-03-10_09:20:00\nfee mdtrt_id=m2", "2 m2=10.00"},
		{"in half an hour", "I007", nil, near + "visit\nvisit mdtrt_id=m2 fixmedins_code=h2 begntime=2025-03-10_09:30:00", ""},
		{"to another city in time", "I007", nil, far + "visit\nvisit mdtrt_id=m2 fixmedins_code=h2 begntime=2025-03-10_09:20:00", ""},
		{"to another city in four minutes", "I007", nil, far + "visit\nvisit mdtrt_id=m2 fixmedins_code=h2 begntime=2025-03-10_09:04:00", "2 m2=0.00"},
		{"settled before the visit", "L001", nil, "settlement setl_id=s mdtrt_id=m1 setl_time=2025-03-10_08:59:59\nfee", "1 m1=0.00"},
		{"dated the same day", "L001", nil, "settlement setl_id=s mdtrt_id=m1 setl_time=2025-03-10", ""},
		{"order a day early", "L002", nil, ward + "medorder drord_no=1 drord_begn_date=2025-03-09_08:59:59", "2 m1=0.00"},
		{"order less than a day early", "L002", nil, ward + "medorder drord_no=1 drord_begn_date=2025-03-09_09:00:00", ""},
		{"before birth", "L003", nil, "person brdy=2025-03-11\nfee", "1 f1=10.00"},
		{"operated after discharge", "L004", nil, ward + "operation oprn_oprt_code=x oprn_oprt_begntime=2025-03-14", "1 m1=0.00"},
	})
}

func TestAcrossInstitutions(t *testing.T) {
	t.Parallel()
	two := func(from string) string {
		return "visit mdtrt_id=a med_type=21 begntime=2025-03-01 endtime=2025-03-05\ninstitution fixmedins_code=h2\n" +
			"visit mdtrt_id=b fixmedins_code=h2 med_type=21 begntime=" + from + " endtime=2025-03-09\n"
	}
	clinics := func(n int, words string) (s string) {
		for i := range n {
			s += "visit mdtrt_id=m" + string(rune('a'+i)) + " fixmedins_code=h" + string(rune('a'+i)) + " " + words + "\n"
		}
		return s
	}
	runCases(t, []testCase{
		{"one day inside both", "X001", nil, two("2025-03-03"), "3 b=0.00"},
		{"treated in both", "X001", nil, two("2025-03-03") + "fee mdtrt_id=a list_type=201 fee_ocur_time=2025-03-04\nfee mdtrt_id=b list_type=201 fee_ocur_time=2025-03-04", "1 b=0.00"},
		{"bed only", "X001", nil, two("2025-03-03") + "fee mdtrt_id=a list_type=201 fee_ocur_time=2025-03-04\nfee mdtrt_id=b list_type=201 fee_ocur_time=2025-03-04 med_chrgitm_type=01", "3 b=0.00"},
		{"no day strictly inside", "X001", nil, two("2025-03-04"), ""},
		{"four houses", "X002", nil, clinics(4, ""), "3 md=0.00"},
		{"three houses and a pharmacy", "X002", nil, clinics(3, "") + "visit mdtrt_id=me fixmedins_code=he med_type=41", ""},
		{"for rabies", "X002", nil, clinics(4, "dscg_maindiag_code=Z24.2"), ""},
		{"four in a day", "X003", nil, clinics(4, ""), "3 md=0.00"},
		{"twenty in a month, four that day", "X003", nil, clinics(20, ""), "3 md=0.00; 3 mt=0.00"},
	})
}

func TestDiff(t *testing.T) {
	t.Parallel()
	a := []Finding{{Rule: "A001", Severity: 1, Month: 24302, Mdtrt: "m", Vola: 10, Lines: []Line{{"f", "m", 1, 10}, {"e", "m", 2, 0}}},
		{Rule: "G001", Severity: 2, Month: 24302, Mdtrt: "m"}}
	b := []Finding{{Rule: "A001", Severity: 2, Month: 24302, Mdtrt: "m", Vola: 9, Lines: []Line{{"f", "m", 1, 9}}}}
	if d := Diff(a, a); len(d) != 0 {
		t.Errorf("a list differs from itself: %v", d)
	}
	got := strings.Join(Diff(a, b), "\n")
	want := "A001 visit m line f: severity 1 against 2\nA001 visit m line f: money 0.10 against 0.09\n" +
		"G001 visit m: only the first has it (severity 2, 0.00, 2025-03)"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
