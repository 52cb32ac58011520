package fsi

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/online"
)

// writer writes JSON with the members in the order they are given.
type writer struct{ b []byte }

func (w *writer) comma() {
	if n := len(w.b); n > 0 && w.b[n-1] != '{' && w.b[n-1] != '[' && w.b[n-1] != ':' {
		w.b = append(w.b, ',')
	}
}

func (w *writer) key(k string) {
	w.comma()
	w.b = append(w.b, '"')
	w.b = append(w.b, k...)
	w.b = append(w.b, '"', ':')
}

func (w *writer) open(c byte)  { w.comma(); w.b = append(w.b, c) }
func (w *writer) close(c byte) { w.b = append(w.b, c) }

func (w *writer) text(k, v string) {
	w.key(k)
	w.quote(v)
}

const hexDigits = "0123456789abcdef"

func (w *writer) quote(v string) {
	w.b = append(w.b, '"')
	if !utf8.ValidString(v) {
		v = strings.ToValidUTF8(v, "\ufffd")
	}
	done := 0
	for i := 0; i < len(v); i++ {
		c := v[i]
		if plain[c] {
			continue
		}
		w.b = append(w.b, v[done:i]...)
		done = i + 1
		switch c {
		case '"', '\\':
			w.b = append(w.b, '\\', c)
		case '\n':
			w.b = append(w.b, '\\', 'n')
		default:
			w.b = append(w.b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
	}
	w.b = append(append(w.b, v[done:]...), '"')
}

// raw writes a number, "" when absent.
func (w *writer) raw(k, v string) {
	if v == "" {
		w.text(k, "")
		return
	}
	w.key(k)
	w.b = append(w.b, v...)
}

func (w *writer) number(k string, n int) { w.raw(k, strconv.Itoa(n)) }

func (w *writer) flag(k string, v bool) {
	if v {
		w.text(k, "1")
		return
	}
	w.text(k, "0")
}

func (w *writer) money(k string, m claim.Money) {
	if !m.Has() {
		w.text(k, "")
		return
	}
	w.raw(k, m.String())
}

// clock writes a T field; a time of day precision has midnight.
func (w *writer) clock(k string, t claim.Time) {
	if t.Has() && t.DayOnly() {
		w.text(k, t.Day().String())
		return
	}
	w.text(k, t.String())
}

// Encode writes a request as a full national message of its transaction (3101 or 3102): every field of every node, those
// that a Request does not carry empty. Decode reads back what the Request holds.
func Encode(q *online.Request) []byte {
	w := &writer{b: make([]byte, 0, sizeOf(q))}
	infno := q.Infno
	if infno != "3101" && infno != "3102" {
		infno = "3102"
		if q.Stage == online.Before {
			infno = "3101"
		}
	}
	w.open('{')
	w.text("infno", infno)
	w.text("msgid", q.MsgID)
	w.text("mdtrtarea_admvs", q.Admdvs)
	w.text("insuplc_admdvs", q.Insured)
	w.text("recer_sys_code", "YBXT")
	w.text("dev_no", "")
	w.text("dev_safe_info", "")
	w.text("cainfo", "")
	w.text("signtype", "")
	w.text("infver", "V1.0")
	w.text("opter_type", "1")
	w.text("opter", q.Operator)
	w.text("opter_name", "")
	w.clock("inf_time", q.At)
	w.text("fixmedins_code", q.Inst)
	w.text("fixmedins_name", "")
	w.text("sign_no", "")
	w.key("input")
	w.open('{')
	w.key("data")
	w.open('{')
	w.text("syscode", "")
	w.text("task_id", q.TaskID)
	w.text("trig_scen", join(q.Scenarios))
	if q.Late {
		w.flag("unprmt_flag", true)
	}
	w.list("rule_ids", len(q.Rules), func(i int) { w.comma(); w.quote(q.Rules[i]) })
	w.list("patient_dtos", len(q.Patients), func(i int) { w.patient(&q.Patients[i]) })
	w.close('}')
	w.close('}')
	w.close('}')
	return w.b
}

// sizeOf guesses the length of a message, so that it need not grow.
func sizeOf(q *online.Request) int {
	n := 1024
	for i := range q.Patients {
		for j := range q.Patients[i].Encounters {
			e := &q.Patients[i].Encounters[j]
			n += 2048 + 1024*len(e.Orders) + 256*(len(e.Diagnoses)+len(e.Operations))
		}
	}
	return n
}

func join(ss []string) string {
	out := ""
	for i, s := range ss {
		if i > 0 {
			out += ","
		}
		out += s
	}
	return out
}

func (w *writer) list(k string, n int, each func(int)) {
	w.key(k)
	w.open('[')
	for i := range n {
		each(i)
	}
	w.close(']')
}

func (w *writer) patient(p *online.Patient) {
	w.open('{')
	w.text("patn_id", p.ID)
	w.text("patn_name", p.Name)
	w.text("gend", p.Sex)
	w.text("brdy", p.Birth.String())
	w.text("poolarea", p.Area)
	w.text("psn_type", p.PsnType)
	w.text("psn_cert_type", p.CertType)
	w.text("certno", p.CertNo)
	w.text("curr_mdtrt_id", p.Current)
	w.list("fsi_encounter_dtos", len(p.Encounters), func(i int) { w.encounter(&p.Encounters[i]) })
	w.text("fsi_his_data_dto", "")
	w.close('}')
}

// stillIn is how the national interface writes the end of a stay that goes on.
const stillIn = "9999-12-31 00:00:00"

func (w *writer) encounter(e *online.Encounter) {
	w.open('{')
	w.text("mdtrt_id", e.ID)
	w.text("medins_id", e.Inst)
	w.text("medins_name", e.InstName)
	w.text("medins_admdvs", e.InstArea)
	w.text("medins_type", e.InstType)
	w.text("medins_lv", e.InstLevel)
	w.text("wardarea_codg", e.Ward)
	w.text("wardno", "")
	w.text("bedno", e.Bed)
	w.clock("adm_date", e.Begin)
	if e.End.Has() {
		w.clock("dscg_date", e.End)
	} else {
		w.text("dscg_date", stillIn)
	}
	w.text("dscg_main_dise_codg", e.MainDiag)
	w.text("dscg_main_dise_name", e.MainDiagName)
	w.list("fsi_diagnose_dtos", len(e.Diagnoses), func(i int) { w.diagnosis(&e.Diagnoses[i]) })
	w.text("dr_codg", e.Doctor)
	w.text("adm_dept_codg", e.DeptIn)
	w.text("adm_dept_name", e.DeptInName)
	w.text("dscg_dept_codg", e.DeptOut)
	w.text("dscg_dept_name", e.DeptOutName)
	w.text("med_mdtrt_type", e.Kind)
	w.text("med_type", e.MedType)
	w.list("fsi_order_dtos", len(e.Orders), func(i int) { w.order(&e.Orders[i]) })
	w.text("matn_stas", e.Matn)
	w.money("medfee_sumamt", e.Total)
	w.money("ownpay_amt", e.Own)
	w.money("selfpay_amt", e.SelfPay)
	w.money("acct_payamt", e.Account)
	w.text("ma_amt", "")
	w.money("hifp_payamt", e.Fund)
	w.text("setl_totlnum", "")
	w.text("insutype", e.Insutype)
	w.text("reim_flag", "")
	w.text("out_setl_flag", e.RemoteSettle)
	w.list("fsi_operation_dtos", len(e.Operations), func(i int) { w.operation(&e.Operations[i]) })
	if e.Rescue {
		w.flag("resc_flag", true)
	}
	if e.Emergency {
		w.flag("er_flag", true)
	}
	w.close('}')
}

func (w *writer) diagnosis(x *online.Diagnosis) {
	w.open('{')
	w.text("dise_id", "")
	w.text("inout_dise_type", x.InOut)
	w.flag("maindise_flag", x.Main)
	w.number("dias_srt_no", x.Order)
	w.text("dise_codg", x.Code)
	w.text("dise_name", x.Name)
	w.clock("dise_date", x.At)
	w.close('}')
}

func (w *writer) order(o *online.Order) {
	w.open('{')
	w.text("rx_id", o.ID)
	w.text("rxno", o.Rxno)
	w.text("grpno", o.Group)
	w.flag("long_drord_flag", o.Long)
	w.text("hilist_type", o.ListType)
	w.text("chrg_type", o.Charge)
	w.flag("drord_bhvr", o.TakeHome)
	w.text("hilist_code", o.Item)
	w.text("hilist_name", o.Name)
	w.text("hilist_dosform", o.DosForm)
	w.text("hilist_lv", "")
	w.text("hilist_pric", "")
	w.text("lv1_hosp_item_pric", "")
	w.text("lv2_hosp_item_pric", "")
	w.text("lv3_hosp_item_pric", "")
	w.text("hilist_memo", "")
	w.text("hosplist_code", o.HospItem)
	w.text("hosplist_name", o.HospName)
	w.text("hosplist_dosform", "")
	w.raw("cnt", o.Cnt.String())
	w.raw("pric", o.Price.String())
	w.money("sumamt", o.Amount)
	w.money("ownpay_amt", o.Own)
	w.money("selfpay_amt", o.SelfPay)
	w.text("spec", "")
	w.text("spec_unt", o.Unit)
	w.clock("drord_begn_date", o.Begin)
	w.clock("drord_stop_date", o.Stop)
	w.text("drord_dept_codg", o.Dept)
	w.text("drord_dept_name", o.DeptName)
	w.text("drord_dr_codg", o.Doctor)
	w.text("drord_dr_name", "")
	w.text("drord_dr_profttl", o.Title)
	w.flag("curr_drord_flag", o.Current)
	w.given(o)
	w.close('}')
}

// given writes what the national order node lacks and a Request may know.
func (w *writer) given(o *online.Order) {
	if o.Days != claim.None32 {
		w.number("prd_days", int(o.Days))
	}
	for _, f := range [...][2]string{{"sin_dos_dscr", o.Dose}, {"sin_dosunt", o.DoseUnit}, {"used_frqu_dscr", o.Frequency}, {"medc_way_dscr", o.Way}} {
		if f[1] != "" {
			w.text(f[0], f[1])
		}
	}
}

func (w *writer) operation(x *online.Operation) {
	w.open('{')
	w.text("setl_list_oprn_id", x.ID)
	w.text("oprn_code", x.Code)
	w.text("oprn_name", x.Name)
	w.flag("main_oprn_flag", x.Main)
	w.text("oprn_date", x.On.String())
	w.text("anst_way", "")
	w.text("oper_dr_name", "")
	w.text("oper_dr_code", x.Surgeon)
	w.text("anst_dr_name", "")
	w.text("anst_dr_code", x.Anaesth)
	w.close('}')
}
