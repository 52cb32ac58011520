package fsi

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/online"
)

func clock(t testing.TB, s string) claim.Time {
	t.Helper()
	v, err := claim.ParseTime(s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// full is a request with n orders and every field filled that a 3102 carries.
func full(t testing.TB, n int) *online.Request {
	at := clock(t, "2025-03-18 09:30:12")
	e := online.Encounter{ID: "99010001M2025031800001", Inst: "H99010100001", InstName: "示例县人民医院", InstArea: "990101", InstType: "A1", InstLevel: "05",
		Ward: "BQ01", Bed: "12", Begin: clock(t, "2025-03-18 09:01:00"), End: clock(t, "2025-03-18 09:40:00"), MainDiag: "I10.x00x002", MainDiagName: "高血压病3级（极高危）",
		Doctor: "D990101000017", DeptIn: "A03.03", DeptInName: "心血管内科门诊", DeptOut: "A03.03", DeptOutName: "心血管内科门诊", Kind: "1", MedType: "11", Matn: "0",
		Insutype: "310", RemoteSettle: "2", Total: 123456, Own: 100, SelfPay: 2050, Account: 3000, Fund: 98765,
		Diagnoses:  []online.Diagnosis{{InOut: "1", Main: true, Order: 1, Code: "I10.x00x002", Name: "高血压病3级", At: at}, {InOut: "1", Order: 2, Code: "E11.900", Name: "2型糖尿病", At: at}},
		Operations: []online.Operation{{ID: "OP1", Code: "96.0400", Name: "气管内插管", Main: true, On: at.Day(), Surgeon: "D990101000018", Anaesth: "D990101000019"}}}
	for i := range n {
		e.Orders = append(e.Orders, online.Order{ID: fmt.Sprintf("RX20250318%08d", i), Rxno: "CF2025031800017", Group: "1", Long: i%3 == 0, ListType: "101", Charge: "09",
			TakeHome: i%4 == 0, Item: fmt.Sprintf("XZZ09CAA%03dA001010100483", i), Name: "示例降压片（缓释）", HospItem: fmt.Sprintf("YP%06d", i), HospName: "示例降压片(缓释)",
			DosForm: "缓释片", Cnt: claim.Qty(20000 + i), Price: 12_345_678, Amount: 2469, Own: 0, SelfPay: 247, Unit: "盒", Begin: at,
			Stop: clock(t, "2025-04-01 09:30:12"), Dept: "A03.03", DeptName: "心血管内科门诊", Doctor: "D990101000017", Title: "3", Days: claim.None32, Current: i < n-2 || n < 3})
	}
	return &online.Request{Infno: "3102", Stage: online.During, Channel: "fsi", MsgID: "H99010100001202503180930120001", TaskID: "T1", Inst: "H99010100001", Operator: "op01",
		Admdvs: "990101", Insured: "990102", Scenarios: []string{"7"}, At: at, Patients: []online.Patient{{ID: "99010119600101000123", Name: "张示例", Sex: "1",
			Birth: claim.DayOf(1960, 1, 1), Area: "990102", Current: e.ID, Encounters: []online.Encounter{e}}}}
}

func TestEncodeThenDecodeIsTheSame(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 20} {
		want := full(t, n)
		body := Encode(want)
		if !json.Valid(body) {
			t.Fatalf("not JSON: %s", body)
		}
		got, err := Decode(body, nil)
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			got.Odd = nil // says that nothing is ordered
			want.Patients[0].Encounters[0].Orders = got.Patients[0].Encounters[0].Orders
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%d orders: written and read differ:\n%s", n, d)
		}
	}
}

func TestEncodeNamesEveryNationalField(t *testing.T) {
	t.Parallel()
	body := string(Encode(full(t, 1)))
	for _, f := range strings.Fields(`infno msgid mdtrtarea_admvs insuplc_admdvs recer_sys_code dev_no dev_safe_info cainfo signtype infver opter_type opter
		opter_name inf_time fixmedins_code fixmedins_name sign_no input syscode patient_dtos rule_ids task_id trig_scen patn_id patn_name gend brdy poolarea
		curr_mdtrt_id fsi_encounter_dtos fsi_his_data_dto mdtrt_id medins_id medins_name medins_admdvs medins_type medins_lv wardarea_codg wardno bedno
		adm_date dscg_date dscg_main_dise_codg dscg_main_dise_name fsi_diagnose_dtos dr_codg adm_dept_codg adm_dept_name dscg_dept_codg dscg_dept_name
		med_mdtrt_type med_type fsi_order_dtos matn_stas medfee_sumamt ownpay_amt selfpay_amt acct_payamt ma_amt hifp_payamt setl_totlnum insutype
		reim_flag out_setl_flag fsi_operation_dtos dise_id inout_dise_type maindise_flag dias_srt_no dise_codg dise_name dise_date rx_id rxno grpno
		long_drord_flag hilist_type chrg_type drord_bhvr hilist_code hilist_name hilist_dosform hilist_lv hilist_pric lv1_hosp_item_pric
		lv2_hosp_item_pric lv3_hosp_item_pric hilist_memo hosplist_code hosplist_name hosplist_dosform cnt pric sumamt spec spec_unt drord_begn_date
		drord_stop_date drord_dept_codg drord_dept_name drord_dr_codg drord_dr_name drord_dr_profttl curr_drord_flag setl_list_oprn_id oprn_code
		oprn_name main_oprn_flag oprn_date anst_way oper_dr_name oper_dr_code anst_dr_name anst_dr_code`) {
		if !strings.Contains(body, `"`+f+`":`) {
			t.Errorf("field %s is not written", f)
		}
	}
}

// TestAnyTextSurvives writes texts with everything that breaks JSON.
func TestAnyTextSurvives(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		want := full(t, 1)
		name := rapid.StringOf(rapid.RuneFrom([]rune("a\"\\/\n\t\x01  中💊{}[],: 9"))).Draw(rt, "name")
		want.Patients[0].Encounters[0].Orders[0].Name = name
		got, err := Decode(Encode(want), nil)
		if err != nil {
			rt.Fatal(err)
		}
		trimmed := strings.TrimSpace(name)
		if blank(trimmed) {
			trimmed = ""
		}
		if o := got.Patients[0].Encounters[0].Orders[0]; o.Name != trimmed {
			rt.Fatalf("%q became %q", name, o.Name)
		}
	})
}

const small = `{"infno":"3102","msgid":"m","mdtrtarea_admvs":"990101","inf_time":"2025-03-18 09:30:12","fixmedins_code":"H99010100001","input":{"data":{"trig_scen":"7","patient_dtos":[{"patn_id":"P1","curr_mdtrt_id":"M1","fsi_encounter_dtos":[{"mdtrt_id":"M1","adm_date":"2025-03-18","fsi_diagnose_dtos":[],"fsi_order_dtos":[{"rx_id":"R1","hilist_code":"X1","cnt":1.5,"sumamt":"3.00","curr_drord_flag":"1"}]}]}]}}}`

func decodeText(t *testing.T, s string) *online.Request {
	t.Helper()
	q, err := Decode([]byte(s), nil)
	if err != nil {
		t.Fatalf("%v\n%s", err, s)
	}
	return q
}

// TestLenient sends one thing in all the shapes that senders use: the request is the same.
func TestLenient(t *testing.T) {
	t.Parallel()
	want := decodeText(t, small)
	if len(want.Odd) != 0 || want.Patients[0].Encounters[0].Orders[0].Cnt != 15000 {
		t.Fatalf("%+v", want)
	}
	quote := func(s string) string { b, _ := json.Marshal(s); return string(b) }
	cut := func(from, to string) string {
		i := strings.Index(small, from) + len(from)
		return small[i : strings.Index(small[i:], to)+i]
	}
	input := cut(`"input":`, "}}}") + "}}"
	input = small[strings.Index(small, `"input":`)+8 : len(small)-1]
	patients := small[strings.Index(small, `"patient_dtos":`)+15 : len(small)-3]
	patient := patients[1 : len(patients)-1]
	at := strings.Index(small, `"fsi_order_dtos":`) + 17
	orders := small[at : strings.Index(small[at:], "]")+at+1]
	for name, body := range map[string]string{
		"object for list":           strings.Replace(small, patients, patient, 1),
		"order as object":           strings.Replace(small, orders, orders[1:len(orders)-1], 1),
		"input as text":             strings.Replace(small, input, quote(input), 1),
		"patients as text":          strings.Replace(small, patients, quote(patients), 1),
		"each patient as text":      strings.Replace(small, patients, "["+quote(patient)+"]", 1),
		"orders text in input text": strings.Replace(small, input, quote(strings.Replace(input, orders, quote(orders), 1)), 1),
		"amounts as text":           strings.Replace(small, `"cnt":1.5`, `"cnt":" 1.50 "`, 1),
		"exponent":                  strings.Replace(small, `"cnt":1.5`, `"cnt":15e-1`, 1),
		"flag as number":            strings.Replace(small, `"curr_drord_flag":"1"`, `"curr_drord_flag":1`, 1),
		"flag as bool":              strings.Replace(small, `"curr_drord_flag":"1"`, `"curr_drord_flag":true`, 1),
		"no flag at all":            strings.Replace(small, `,"curr_drord_flag":"1"`, ``, 1),
		"empty text for list":       strings.Replace(small, `"fsi_diagnose_dtos":[]`, `"fsi_diagnose_dtos":""`, 1),
		"null for list":             strings.Replace(small, `"fsi_diagnose_dtos":[]`, `"fsi_diagnose_dtos":null`, 1),
		"dash for list":             strings.Replace(small, `"fsi_diagnose_dtos":[]`, `"fsi_diagnose_dtos":"-"`, 1),
		"list as text":              strings.Replace(small, `"fsi_diagnose_dtos":[]`, `"fsi_diagnose_dtos":"[]"`, 1),
		"empty object for list":     strings.Replace(small, `"fsi_diagnose_dtos":[]`, `"fsi_diagnose_dtos":{}`, 1),
		"list of nothing":           strings.Replace(small, `"fsi_diagnose_dtos":[]`, `"fsi_diagnose_dtos":[null,"",{}]`, 1),
		"scene as number":           strings.Replace(small, `"trig_scen":"7"`, `"trig_scen":7`, 1),
		"scene as list":             strings.Replace(small, `"trig_scen":"7"`, `"trig_scen":["7"]`, 1),
		"capitals":                  strings.Replace(small, `"rx_id"`, `"RX_ID"`, 1),
		"camel":                     strings.Replace(small, `"curr_drord_flag"`, `"currDrordFlag"`, 1),
		"blanks":                    strings.ReplaceAll(strings.ReplaceAll(small, ",", " ,\r\n\t"), ":\"", " : \""),
		"unknown fields":            strings.Replace(small, `"rx_id"`, `"neu":{"a":[1,{"b":null}]},"neu2":"x","rx_id"`, 1),
		"byte order mark":           "\ufeff" + small,
		"input first":               `{"input":` + input + "," + strings.Replace(small[1:], `,"input":`+input, "", 1),
		"data as list":              strings.Replace(strings.Replace(small, `"data":{`, `"data":[{`, 1), "}}}", "}]}}", 1),
		"no data node":              strings.Replace(strings.Replace(small, `"data":{`, ``, 1), "}}}", "}}", 1),
		"escapes":                   strings.Replace(small, `"P1"`, `"\u0050\u0031"`, 1),
		"compact time":              strings.Replace(small, "2025-03-18 09:30:12", "20250318093012", 1),
		"zoned time":                strings.Replace(small, "2025-03-18 09:30:12", "2025-03-18T01:30:12Z", 1),
		"offset time":               strings.Replace(small, "2025-03-18 09:30:12", "2025-03-18T09:30:12.000+08:00", 1),
		"milliseconds":              strings.Replace(small, `"2025-03-18 09:30:12"`, "1742261412000", 1),
	} {
		if body == small {
			t.Errorf("%s: nothing was changed", name)
		}
		if d := cmp.Diff(want, decodeText(t, body)); d != "" {
			t.Errorf("%s:\n%s", name, d)
		}
	}
}

func TestWordsKept(t *testing.T) {
	t.Parallel()
	q := decodeText(t, strings.NewReplacer(`"trig_scen":"7"`, `"trig_scen":"1,23，99"`, `"infno":"3102"`, `"infno":"3102A"`, `"adm_date"`, `"med_type":"140104X","adm_date"`).Replace(small))
	if d := cmp.Diff([]string{"1", "23", "99"}, q.Scenarios); d != "" || q.Infno != "3102A" || q.Stage != online.During || q.Patients[0].Encounters[0].MedType != "140104X" {
		t.Errorf("%s %+v", d, q)
	}
}

// TestOddFieldsDropNothing sends fields that cannot be read: each is named by its path, the rest is there.
func TestOddFieldsDropNothing(t *testing.T) {
	t.Parallel()
	const order = "input.data.patient_dtos[0].fsi_encounter_dtos[0].fsi_order_dtos[0]."
	for name, c := range map[string]struct{ from, to, path string }{
		"no number":     {`"cnt":1.5`, `"cnt":"eins"`, order + "cnt"},
		"NaN":           {`"cnt":1.5`, `"cnt":"NaN"`, order + "cnt"},
		"huge":          {`"cnt":1.5`, `"cnt":1e25`, order + "cnt"},
		"huger":         {`"cnt":1.5`, `"cnt":1e999999999`, order + "cnt"},
		"long digits":   {`"cnt":1.5`, `"cnt":` + strings.Repeat("9", 400), order + "cnt"},
		"object":        {`"cnt":1.5`, `"cnt":{"v":1}`, order + "cnt"},
		"array":         {`"cnt":1.5`, `"cnt":[1]`, order + "cnt"},
		"decimals":      {`"sumamt":"3.00"`, `"sumamt":"3.005"`, order + "sumamt"},
		"bad flag":      {`"curr_drord_flag":"1"`, `"curr_drord_flag":"1","long_drord_flag":"maybe"`, order + "long_drord_flag"},
		"bad day":       {`"adm_date":"2025-03-18"`, `"adm_date":"2025-02-30"`, "input.data.patient_dtos[0].fsi_encounter_dtos[0].adm_date"},
		"bad birth":     {`"patn_id":"P1"`, `"patn_id":"P1","brdy":"31.12.1960"`, "input.data.patient_dtos[0].brdy"},
		"bad time":      {`"inf_time":"2025-03-18 09:30:12"`, `"inf_time":"25:61"`, "inf_time"},
		"no item":       {`"hilist_code":"X1",`, ``, order + "hilist_code"},
		"no line id":    {`"rx_id":"R1",`, ``, order + "rx_id"},
		"text in a box": {`"patn_id":"P1"`, `"patn_id":"P1","patn_name":["A","B"]`, "input.data.patient_dtos[0].patn_name"},
	} {
		q := decodeText(t, strings.Replace(small, c.from, c.to, 1))
		if len(q.Odd) != 1 || q.Odd[0].Path != c.path || q.Odd[0].Why == "" {
			t.Errorf("%s: oddities %+v, want one at %s", name, q.Odd, c.path)
		}
		if len(q.Patients) != 1 || len(q.Patients[0].Encounters[0].Orders) != 1 {
			t.Errorf("%s: something was dropped: %+v", name, q)
		}
	}
	q := decodeText(t, strings.Replace(small, `"sumamt":"3.00"`, `"sumamt":3.3000000000000003`, 1))
	if o := q.Patients[0].Encounters[0].Orders[0]; o.Amount != 330 || len(q.Odd) != 0 {
		t.Errorf("a binary fraction reads as %v, %+v", o.Amount, q.Odd)
	}
}

func TestVariants(t *testing.T) {
	t.Parallel()
	order := `{"rx_id":"R1","hilist_code":"X1","cnt":1.5,"sumamt":"3.00","curr_drord_flag":"1","drord_dr_profttl":"231"}`
	env := func(infno, admvs, input string) string {
		return fmt.Sprintf(`{"infno":%q,"msgid":"m","mdtrtarea_admvs":%q,"inf_time":"2025-03-18 09:30:12","fixmedins_code":"H99010100001","input":%s}`, infno, admvs, input)
	}
	for name, c := range map[string]struct{ body, stage, title, matn string }{
		"湖南":   {env("3661", "430100", `{"trigScen":{"trig_scen":"1,2","patientDtos":[{"psn_no":"P1","psn_name":"张","insuplc_admdvs":"430102","curr_mdtrt_id":"M1","encounterDtos":{"mdtrt_id":"M1","matn_stas":"1","orderDtos":[`+order+`]}}]}}`), online.During, "231", "1"},
		"湖南事前": {env("3660", "", `{"trigScen":{"trig_scen":"1,2","patientDtos":[{"psn_no":"P1","curr_mdtrt_id":"M1","encounterDtos":{"mdtrt_id":"M1","matn_stas":"1","orderDtos":[`+order+`]}}]}}`), online.Before, "231", "1"},
		"海南":   {env("3102", "460100", `{"data":{"patient_dtos":{"patn_id":"P1","curr_mdtrt_id":"M1","encounterDtos":{"mdtrt_id":"M1","cvlserv_flag":"1","matn_stas":"1","orderDtos":`+order+`,"diagnoseDtos":""}}}}`), online.During, "231", "1"},
		"北京":   {env("3102", "110101", `{"data":{"patient_dtos":{"patn_id":"P1","curr_mdtrt_id":"M1","mdtrt_id":"M1","med_mdtrt_type":"3","matn_stas":"3","fsi_order_dtos":`+order+`}}}`), online.During, "5", "1"},
	} {
		q := decodeText(t, c.body)
		e := q.Patients[0].Encounters[0]
		if q.Stage != c.stage || q.Patients[0].ID != "P1" || e.ID != "M1" || len(e.Orders) != 1 || e.Orders[0].Title != c.title || e.Matn != c.matn || len(q.Odd) != 0 {
			t.Errorf("%s: %+v", name, q)
		}
	}
}

func TestFaultsNameThePlace(t *testing.T) {
	t.Parallel()
	var f *Fault
	_, err := Decode([]byte(strings.Replace(small, `"fsi_order_dtos":[`, `"fsi_order_dtos":[5,`, 1)), nil)
	if !errors.As(err, &f) || f.Code != WrongNode || f.Path != "input.data.patient_dtos[0].fsi_encounter_dtos[0].fsi_order_dtos[0]" {
		t.Errorf("%+v", err)
	}
	_, err = Decode([]byte(`{"infno":"3102","input":"{\"data\":{\"patient_dtos\":[}}"}`), nil)
	if !errors.As(err, &f) || f.Code != NotJSON || !strings.HasPrefix(f.Path, "input") {
		t.Errorf("%+v", err)
	}
}
