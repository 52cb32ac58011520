package fsi

import (
	"encoding/json"
	"testing"
)

// The plain shape: what encoding/json does with the same body into structs of the same fields.
type plainBody struct {
	Infno  string `json:"infno"`
	Msgid  string `json:"msgid"`
	Admvs  string `json:"mdtrtarea_admvs"`
	Insu   string `json:"insuplc_admdvs"`
	Opter  string `json:"opter"`
	Time   string `json:"inf_time"`
	Medins string `json:"fixmedins_code"`
	Input  struct {
		Data struct {
			TaskID   string         `json:"task_id"`
			TrigScen string         `json:"trig_scen"`
			RuleIDs  []string       `json:"rule_ids"`
			Patients []plainPatient `json:"patient_dtos"`
		} `json:"data"`
	} `json:"input"`
}

type plainPatient struct {
	ID         string           `json:"patn_id"`
	Name       string           `json:"patn_name"`
	Gend       string           `json:"gend"`
	Brdy       string           `json:"brdy"`
	Area       string           `json:"poolarea"`
	Current    string           `json:"curr_mdtrt_id"`
	Encounters []plainEncounter `json:"fsi_encounter_dtos"`
}

type plainEncounter struct {
	A    string  `json:"mdtrt_id"`
	B    string  `json:"medins_id"`
	C    string  `json:"medins_name"`
	D    string  `json:"medins_admdvs"`
	E    string  `json:"medins_type"`
	F    string  `json:"medins_lv"`
	G    string  `json:"wardarea_codg"`
	H    string  `json:"bedno"`
	I    string  `json:"adm_date"`
	J    string  `json:"dscg_date"`
	K    string  `json:"dscg_main_dise_codg"`
	L    string  `json:"dscg_main_dise_name"`
	M    string  `json:"dr_codg"`
	N    string  `json:"adm_dept_codg"`
	O    string  `json:"adm_dept_name"`
	P    string  `json:"dscg_dept_codg"`
	Q    string  `json:"dscg_dept_name"`
	R    string  `json:"med_mdtrt_type"`
	S    string  `json:"med_type"`
	T    string  `json:"matn_stas"`
	U    float64 `json:"medfee_sumamt"`
	V    float64 `json:"ownpay_amt"`
	W    float64 `json:"selfpay_amt"`
	X    float64 `json:"acct_payamt"`
	Y    float64 `json:"hifp_payamt"`
	Z    string  `json:"insutype"`
	Out  string  `json:"out_setl_flag"`
	Diag []struct {
		A string `json:"inout_dise_type"`
		B string `json:"maindise_flag"`
		C int    `json:"dias_srt_no"`
		D string `json:"dise_codg"`
		E string `json:"dise_name"`
		F string `json:"dise_date"`
	} `json:"fsi_diagnose_dtos"`
	Oprn []struct {
		A string `json:"setl_list_oprn_id"`
		B string `json:"oprn_code"`
		C string `json:"oprn_name"`
		D string `json:"main_oprn_flag"`
		E string `json:"oprn_date"`
		F string `json:"oper_dr_code"`
		G string `json:"anst_dr_code"`
	} `json:"fsi_operation_dtos"`
	Orders []plainOrder `json:"fsi_order_dtos"`
}

type plainOrder struct {
	A string  `json:"rx_id"`
	B string  `json:"rxno"`
	C string  `json:"grpno"`
	D string  `json:"long_drord_flag"`
	E string  `json:"hilist_type"`
	F string  `json:"chrg_type"`
	G string  `json:"drord_bhvr"`
	H string  `json:"hilist_code"`
	I string  `json:"hilist_name"`
	J string  `json:"hosplist_code"`
	K string  `json:"hosplist_name"`
	L string  `json:"hilist_dosform"`
	M float64 `json:"cnt"`
	N float64 `json:"pric"`
	O float64 `json:"sumamt"`
	P float64 `json:"ownpay_amt"`
	Q float64 `json:"selfpay_amt"`
	R string  `json:"spec_unt"`
	S string  `json:"drord_begn_date"`
	T string  `json:"drord_stop_date"`
	U string  `json:"drord_dept_codg"`
	V string  `json:"drord_dept_name"`
	W string  `json:"drord_dr_codg"`
	X string  `json:"drord_dr_profttl"`
	Y string  `json:"curr_drord_flag"`
}

func BenchmarkDecode(b *testing.B) {
	body := Encode(full(b, 20))
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if q, err := Decode(body, nil); err != nil || len(q.Odd) > 0 {
			b.Fatal(err, q.Odd)
		}
	}
}

func BenchmarkPlainJSON(b *testing.B) {
	body := Encode(full(b, 20))
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		var v plainBody
		if err := json.Unmarshal(body, &v); err != nil || len(v.Input.Data.Patients[0].Encounters[0].Orders) != 20 {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	q := full(b, 20)
	b.ReportAllocs()
	for b.Loop() {
		Encode(q)
	}
}
