package claim

import (
	"fmt"
	"strings"
)

// Type of a column in memory and in the lake.
type Type uint8

// Column types. Coded columns carry a code of the dictionary named in Column.Dict.
const (
	Str  Type = iota // text, not coded (near-unique codes, free text)
	Code             // int32 dictionary code, 0 = absent
	Int              // int32
	Date             // int32 Day
	Tm               // int64 Time
	Mny              // int64 Money (scale 2)
	Num              // int64 Qty (scale 4)
	Prc              // int64 Price (scale 6)
)

// Wide tells whether the column lives in Column.I64 (otherwise I32, or Str).
func (t Type) Wide() bool { return t >= Tm }

// Dictionaries of coded columns. Codes are private to one data directory and never leave it.
const (
	DictPerson = iota // psn_no
	DictInst          // fixmedins_code
	DictItem          // hilist_code, medins_list_codg
	DictDept          // department codes and names
	DictPrac          // practitioners
	DictDiag          // diagnoses
	DictOprn          // operations
	DictList          // closed and open code lists (med_type, insutype, gend …), areas
	DictText          // names of items, institutions, units: low-cardinality text
	DictCount
)

// Column of an input table.
type Column struct {
	Name     string
	Type     Type
	Dict     int // DictPerson … when Type is Code
	Required bool
	Values   []string // closed list; a value outside it rejects the row
}

// Table of the contract.
type Table struct {
	Name    string
	Columns []Column
	Key     []string // natural key columns
	// PersonKeyed tables are partitioned by person; they name the person by psn_no or, when they lack it, by mdtrt_id.
	// The others are reference tables, read whole.
	PersonKeyed bool
	// At is the column that says when the row happened ("" for reference tables).
	At string

	index map[string]int
}

// Col returns the index of a column, or −1.
func (t *Table) Col(name string) int {
	if i, ok := t.index[name]; ok {
		return i
	}
	return -1
}

// MustCol is Col for names that code spells itself; it panics on a misspelt one.
func (t *Table) MustCol(name string) int {
	i := t.Col(name)
	if i < 0 {
		panic("claim: table " + t.Name + " has no column " + name)
	}
	return i
}

var byName = func() map[string]*Table {
	m := map[string]*Table{}
	for _, t := range tables {
		m[t.Name] = t
	}
	return m
}()

// Tables lists all input tables in the order in which they should be loaded: parents first.
func Tables() []*Table { return tables }

// TableOf returns the table of that name, or nil.
func TableOf(name string) *Table { return byName[name] }

// MustTable is TableOf for names that code spells itself.
func MustTable(name string) *Table {
	t := byName[name]
	if t == nil {
		panic("claim: no table " + name)
	}
	return t
}

// def reads a column list: "name*:type[=a|b]" separated by blanks. Types: s text, c.<dict> coded, i int, d day,
// t time, m money, q quantity, p price.
func def(name, at string, person bool, key, cols string) *Table {
	dicts := map[string]int{"psn": DictPerson, "inst": DictInst, "item": DictItem, "dept": DictDept, "prac": DictPrac,
		"diag": DictDiag, "oprn": DictOprn, "list": DictList, "text": DictText}
	types := map[string]Type{"s": Str, "i": Int, "d": Date, "t": Tm, "m": Mny, "q": Num, "p": Prc}
	t := &Table{Name: name, At: at, PersonKeyed: person, Key: strings.Fields(key), index: map[string]int{}}
	for _, f := range strings.Fields(cols) {
		head, vals, _ := strings.Cut(f, "=")
		n, ty, ok := strings.Cut(head, ":")
		if !ok {
			panic("claim: bad column " + f)
		}
		c := Column{Name: strings.TrimSuffix(n, "*"), Required: strings.HasSuffix(n, "*")}
		if d, ok := strings.CutPrefix(ty, "c."); ok {
			c.Type = Code
			if c.Dict, ok = dicts[d]; !ok {
				panic("claim: bad dictionary " + f)
			}
		} else if c.Type, ok = types[ty]; !ok {
			panic("claim: bad type " + f)
		}
		if vals != "" {
			c.Values = strings.Split(vals, "|")
		}
		if _, dup := t.index[c.Name]; dup {
			panic(fmt.Sprintf("claim: %s.%s twice", name, c.Name))
		}
		t.index[c.Name] = len(t.Columns)
		t.Columns = append(t.Columns, c)
	}
	for _, k := range append(t.Key, at) {
		if k != "" && t.Col(k) < 0 {
			panic("claim: " + name + " key " + k)
		}
	}
	return t
}

var tables = []*Table{
	def("institution", "", false, "fixmedins_code begndate",
		`fixmedins_code*:c.inst fixmedins_name*:c.text fixmedins_type*:c.list=1|2 hosp_lv:c.list medins_cate:c.list admdvs*:c.list
		bed_cnt:i open_time:s close_time:s dept_scope:s group_no:c.list succ_code:c.inst lon:p lat:p begndate:d enddate:d`),
	def("practitioner", "", false, "prac_psn_code fixmedins_code begndate",
		`prac_psn_code*:c.prac prac_psn_name:s prac_psn_type:c.list pro_tech_duty:c.list fixmedins_code*:c.inst dept_codg:c.dept
		certno:s begndate:d enddate:d`),
	def("catalogue", "", false, "hilist_code admdvs begndate",
		`hilist_code*:c.item list_type:c.list generic_name:c.text atc:c.list medc_way:c.text dosform:c.text min_pac_cnt:q min_pacunt:c.text
		min_prepunt:c.text ddd:q ddd_unt:c.text pricing_unit:c.text part_group:c.text chrgitm_lv:c.list lmt_text:s otc_flag:c.list rx_flag:c.list
		vbp_flag:c.list nego_flag:c.list single_pay_flag:c.list narc_flag:c.list trac_exempt:c.list admdvs*:c.list begndate*:d enddate:d`),
	def("price_limit", "", false, "hilist_code admdvs hosp_lv begndate",
		`hilist_code*:c.item admdvs*:c.list hosp_lv:c.list pric_uplmt_amt*:p limit_type:c.list begndate*:d enddate:d`),
	def("code_map", "", false, "src_system src_code dst_code admdvs begndate",
		`src_system*:c.list src_code*:c.item dst_code*:c.item relation:c.list admdvs:c.list begndate:d enddate:d approver:s`),
	def("benefit_limit", "", false, "admdvs insutype limit_kind dise_codg year",
		`admdvs*:c.list insutype*:c.list limit_kind:c.list dise_codg:c.diag year*:i amount*:m`),
	def("agreement", "", false, "fixmedins_code begndate",
		`fixmedins_code*:c.inst stas*:c.list=1|2|3 begndate*:d enddate:d reason:s doc_no:s`),
	def("credential", "", false, "prac_psn_code begndate",
		`prac_psn_code*:c.prac stas*:c.list=1|2|3 begndate*:d enddate:d reason:s doc_no:s`),
	def("device", "", false, "fixmedins_code device_no begndate",
		`fixmedins_code*:c.inst device_no*:s device_type:c.list grade:c.list begndate:d enddate:d`),
	def("terminal", "", false, "dev_no", `dev_no*:s fixmedins_code*:c.inst lon:p lat:p ip:s`),
	def("duty", "", false, "prac_psn_code fixmedins_code begntime source",
		`prac_psn_code*:c.prac fixmedins_code*:c.inst begntime*:t endtime:t source:c.list`),
	def("recog", "", false, "hilist_code admdvs", `hilist_code*:c.item valid_days*:i admdvs*:c.list`),
	// pilot is this project's addition: which diseases an institution is paid for in an official pilot of single-disease payment, and when.
	def("pilot", "", false, "fixmedins_code diag_set begndate",
		`fixmedins_code*:c.inst diag_set*:s begndate*:d enddate:d doc_no:s`),
	def("clearing_total", "", false, "fixmedins_code month insutype clr_type",
		`fixmedins_code*:c.inst month*:s insutype*:c.list clr_type*:c.list setl_cnt*:i medfee_sumamt*:m fund_pay_sumamt*:m`),
	def("purchase", "", false, "fixmedins_code purc_no med_list_codg fixmedins_bchno",
		`fixmedins_code*:c.inst purc_no*:s med_list_codg*:c.item fixmedins_hilist_name:c.text fixmedins_bchno*:s manu_lotnum:s manu_date:d
		expy_end:d spler_name:c.text spler_pmtno:s prodentp_name:c.text aprvno:s purc_invo_no:s purc_retn_cnt*:q finl_trns_pric:p
		purc_retn_stoin_time*:t drug_trac_codg:s`),
	def("stock", "", false, "fixmedins_code invdate med_list_codg fixmedins_bchno",
		`fixmedins_code*:c.inst invdate*:d med_list_codg*:c.item fixmedins_bchno:s inv_cnt*:q pric:p expy_end:d`),
	def("stock_change", "", false, "fixmedins_code chg_no",
		`fixmedins_code*:c.inst chg_no*:s med_list_codg*:c.item fixmedins_bchno:s inv_chg_type*:c.list cnt*:q pric:p inv_chg_time*:t drug_trac_codg:s`),
	// nocode_stock is this project's addition: 无码库, stock from before codes were due, which T011 and T016 need.
	def("nocode_stock", "", false, "fixmedins_code med_list_codg fixmedins_bchno begndate",
		`fixmedins_code*:c.inst med_list_codg*:c.item fixmedins_bchno:s manu_lotnum:s manu_date:d inv_cnt:q begndate*:d enddate:d`),
	def("selfcheck_refund", "", false, "fixmedins_code ref_no line",
		`fixmedins_code*:c.inst ref_no*:s line:i source:c.list period:s problem:s rule_id:c.list setl_id:s feedetl_sn:s amt*:m paid_date:d`),

	def("person_link", "", true, "psn_no pers_id",
		`psn_no*:c.psn pers_id*:s link_type:c.list confid:q begndate:d enddate:d`),
	def("person", "", true, "psn_no begndate",
		`psn_no*:c.psn psn_name:s psn_cert_type:c.list certno:s gend*:c.list=1|2|0|9 brdy*:d psn_type:c.list insutype:c.list
		insu_admdvs:c.list emp_no:s emp_name:c.text addr_admdvs:c.list addr:s tel:s begndate:d enddate:d updt_time:t`),
	def("visit", "begntime", true, "mdtrt_id",
		`mdtrt_id*:s psn_no*:c.psn fixmedins_code*:c.inst insutype:c.list psn_type:c.list med_type*:c.list begntime*:t endtime:t ipt_otp_no:s
		adm_way:c.list er_obs_begntime:t adm_dept_codg:c.dept adm_dept_name:c.dept dscg_dept_codg:c.dept dscg_dept_name:c.dept atddr_no:c.prac
		wardarea_codg:c.text wardno:c.text bedno:c.text dscg_way:c.list dscg_maindiag_code:c.diag dscg_maindiag_name:c.text dise_codg:c.diag
		matn_stas:c.list matn_type:c.list fetus_cnt:i nwb_flag:c.list mom_psn_no:c.psn er_flag:c.list resc_flag:c.list day_surg_flag:c.list
		pre_ipt_flag:c.list plan_readm_flag:c.list mdtrt_mode:c.list refl_from:c.inst refl_to:c.inst agnt_certno:s ttp_resp:c.list
		insu_admdvs:c.list vali_flag:c.list updt_time:t`),
	def("diagnosis", "diag_time", true, "mdtrt_id inout_diag_type diag_type diag_srt_no",
		`mdtrt_id*:s diag_type:c.list inout_diag_type:c.list maindiag_flag:c.list diag_srt_no:i diag_code*:c.diag diag_name:c.text diag_dept:c.dept
		diag_time:t`),
	def("operation", "oprn_oprt_begntime", true, "mdtrt_id oprn_srt_no",
		`mdtrt_id*:s oprn_srt_no:i oprn_oprt_code*:c.oprn oprn_oprt_name:c.text main_oprn_flag:c.list incision_no:c.list side:c.list
		oprn_oprt_begntime:t oprn_oprt_endtime:t anst_way:c.list anst_begntime:t anst_endtime:t oper_dr_code:c.prac anst_dr_code:c.prac`),
	def("settlement", "setl_time", true, "setl_id",
		`setl_id*:s mdtrt_id*:s psn_no*:c.psn fixmedins_code*:c.inst insutype:c.list psn_type:c.list med_type:c.list setl_time*:t begndate:d
		enddate:d mid_setl_flag:c.list setl_sn:s setl_type:c.list pay_mode:c.list medfee_sumamt*:m fulamt_ownpay_amt:m overlmt_selfpay:m
		preselfpay_amt:m inscp_scp_amt:m act_pay_dedc:m pool_prop_selfpay:q hifp_pay:m cvlserv_pay:m hifes_pay:m hifmi_pay:m hifob_pay:m
		hifdm_pay:m maf_pay:m oth_pay:m fund_pay_sumamt*:m hosp_part_amt:m psn_part_amt:m acct_pay:m acct_mulaid_pay:m psn_cash_pay:m
		refd_setl_flag:c.list init_setl_id:s invono:s clr_type:c.list clr_way:c.list clr_optins:c.list clr_month:s clr_stas:c.list dev_no:s
		opter:s mdtrt_cert_type:c.list face_score:q insu_admdvs:c.list vali_flag:c.list updt_time:t`),
	def("fee", "fee_ocur_time", true, "fixmedins_code mdtrt_id feedetl_sn setl_id",
		`bkkp_sn:s feedetl_sn*:s mdtrt_id*:s setl_id:s psn_no*:c.psn fixmedins_code*:c.inst fee_ocur_time*:t exec_time:t list_type:c.list
		hilist_code*:c.item hilist_name:c.text medins_list_codg:c.item medins_list_name:c.text med_chrgitm_type:c.list chrgitm_lv:c.list
		cnt*:q cnt_unt:c.text pric*:p det_item_fee_sumamt*:m pric_uplmt_amt:p selfpay_prop:q fulamt_ownpay_amt:m overlmt_amt:m
		preselfpay_amt:m inscp_scp_amt:m lmt_used_flag:c.list hosp_appr_flag:c.list rxno:s hi_rxno:s rx_flag:c.list rx_circ_flag:c.list
		drord_no:s grpno:s sin_dos:q sin_dosunt:c.text used_frqu:c.text prd_days:q dismed_amt:q dismed_unt:c.text medc_way:c.text
		tcmdrug_used_way:c.text herb_dose_cnt:q dscg_tkdrug_flag:c.list etip_flag:c.list matn_fee_flag:c.list hi_nego_drug_flag:c.list
		body_part:c.text side:c.list incision_no:c.list spec:c.text dosform:c.text bilg_dept_codg:c.dept bilg_dept_name:c.dept
		bilg_dr_codg:c.prac acord_dept_codg:c.dept orders_dr_code:c.prac exec_psn_code:c.prac init_feedetl_sn:s upld_time:t
		drug_trac_codg:s trdn_flag:c.list vali_flag:c.list updt_time:t`),
	def("medorder", "drord_begn_date", true, "fixmedins_code mdtrt_id drord_no",
		`fixmedins_code*:c.inst mdtrt_id*:s drord_no*:s psn_no:c.psn drord_type:c.list hilist_code:c.item drord_item_name:c.text
		drord_begn_date:t drord_stop_date:t exe_cnt:q drord_dr_codg:c.prac drord_bhvr:c.list`),
	def("exec", "exec_time", true, "fixmedins_code exec_no",
		`fixmedins_code*:c.inst exec_no*:s mdtrt_id*:s drord_no:s hilist_code:c.item exec_time*:t exec_cnt:q exec_psn_code:c.prac`),
	def("exam", "exam_time", true, "fixmedins_code rpotc_no",
		`fixmedins_code*:c.inst mdtrt_id*:s rpotc_no*:s psn_no:c.psn hilist_code:c.item exam_item_name:c.text exam_part:c.text appy_time:t
		exam_time:t rpt_time:t exam_ccls:s study_uid:s image_hash:s image_count:i exam_dr_code:c.prac device_no:s`),
	def("lab", "sapl_time", true, "fixmedins_code rpotc_no item_srt",
		`fixmedins_code*:c.inst mdtrt_id*:s rpotc_no*:s psn_no:c.psn hilist_code:c.item item_srt*:i item_code*:c.list item_name:c.text
		rslt_val:s rslt_unt:c.text ref_val:s rslt_abn:c.list sapl_time:t rpt_time:t`),
	def("record", "doc_time", true, "fixmedins_code mdtrt_id doc_no",
		`fixmedins_code*:c.inst mdtrt_id*:s doc_no*:s doc_type:c.list doc_time:t dr_code:c.prac content:s`),
	def("bed_move", "begntime", true, "mdtrt_id begntime",
		`mdtrt_id*:s wardarea_codg:c.text wardno:c.text bedno:c.text dept_codg:c.dept begntime*:t endtime:t`),
	def("icu", "begntime", true, "mdtrt_id begntime",
		`mdtrt_id*:s wardarea_codg:c.text wardno:c.text bedno:c.text dept_codg:c.dept begntime*:t endtime:t`),
	def("leave", "begntime", true, "mdtrt_id begntime",
		`mdtrt_id*:s wardarea_codg:c.text wardno:c.text bedno:c.text dept_codg:c.dept begntime*:t endtime:t`),
	def("implant", "used_time", true, "fixmedins_code mdtrt_id udi",
		`fixmedins_code*:c.inst mdtrt_id*:s udi*:s hilist_code:c.item manu_lotnum:s used_time:t oprn_oprt_code:c.oprn`),
	def("consent", "sign_time", true, "mdtrt_id doc_type", `mdtrt_id*:s doc_type*:c.list sign_time:t`),
	def("sale", "sel_retn_time", true, "fixmedins_code rtal_docno line_no",
		`fixmedins_code*:c.inst rtal_docno*:s line_no*:i med_list_codg*:c.item fixmedins_bchno:s manu_lotnum:s manu_date:d expy_end:d
		setl_id:s mdtrt_id:s psn_no:c.psn certno:s rxno:s hi_rxno:s rx_flag:c.list rx_circ_flag:c.list prsc_fixmedins_code:c.inst
		prsc_dr_code:c.prac phar_code:c.prac trdn_flag:c.list sel_retn_cnt*:q medins_prod_sel_no:s finl_trns_pric:p sel_retn_time*:t
		mdtrt_setl_type:c.list drug_trac_codg:s`),
	def("chronic", "", true, "psn_no dise_codg begndate seq",
		`psn_no*:c.psn dise_codg*:c.diag dise_name:c.text begndate*:d enddate:d seq:i fixmedins_code:s idet_dr_code:c.prac idet_date:d
		review_stas:c.list review_date:d effect_date:d`),
	def("special_drug", "", true, "psn_no generic_name",
		`psn_no*:c.psn generic_name*:c.text idet_fixmedins_code:c.inst resp_dr_code:c.prac supply_fixmedins_code:c.inst begndate:d enddate:d`),
	def("contract", "", true, "psn_no fixmedins_code begndate",
		`psn_no*:c.psn fixmedins_code*:c.inst contract_type:c.list begndate:d enddate:d`),
	def("benefit", "", true, "psn_no begndate", `psn_no*:c.psn stas*:c.list=1|2|3 begndate*:d enddate:d reason:s doc_no:s`),
	def("quota_used", "", true, "psn_no admdvs insutype limit_kind dise_codg year",
		`psn_no*:c.psn admdvs*:c.list insutype*:c.list limit_kind:c.list dise_codg:c.diag year*:i amount:m used_amt*:m as_of:d`),
	def("remote_filing", "", true, "psn_no begndate",
		`psn_no*:c.psn mdtrtarea_admdvs*:c.list filing_type:c.list begndate*:d enddate:d`),
	event("death"), event("custody"), event("exit_entry"), event("work_injury"), event("accident"), event("attendance"),
	def("birth", "birth_time", true, "psn_no birth_time",
		`psn_no*:c.psn birth_time*:t birth_way:c.list fetus_cnt:i child_name:s child_psn_no:c.psn`),
	def("prescription", "prsc_time", true, "fixmedins_code rxno",
		`fixmedins_code*:c.inst rxno*:s hi_rxno:s rx_trace_code:s psn_no:c.psn prsc_dr_code:c.prac prsc_time*:t vali_end_time:t rx_source:c.list
		diag_code:c.diag drugs:s stas:c.list`),
	// chronic_proof, receipt and ecode are this project's additions for models: what a chronic qualification was granted on (H010), what
	// a pharmacy's till printed (P012), and on which telephone an insurance code was activated or shown (I013).
	def("chronic_proof", "doc_time", true, "psn_no dise_codg doc_no",
		`psn_no*:c.psn dise_codg*:c.diag doc_no*:s doc_type:c.list digest:s content:s doc_time:t idet_dr_code:c.prac`),
	def("receipt", "", false, "fixmedins_code receipt_no line_no",
		`fixmedins_code*:c.inst receipt_no*:s line_no*:i setl_id:s goods_name*:c.text med_flag:c.list amt:m recp_time*:t`),
	def("ecode", "use_time", true, "psn_no dev_id use_time",
		`psn_no*:c.psn dev_id*:s use_time*:t use_type:c.list=1|2`),
	// front_page and special_case are this project's additions: the front page of the medical record, which R010 compares with what was
	// settled on, and what hospitals put forward for special review (R013-R015).
	def("front_page", "", true, "mdtrt_id",
		`mdtrt_id*:s fixmedins_code:c.inst diag_codes*:s oprn_codes:s act_ipt_days:i medfee_sumamt:m updt_time:t`),
	def("special_case", "", true, "mdtrt_id",
		`mdtrt_id*:s fixmedins_code:c.inst appy_date*:d appy_reason:c.list materials:s cut_amt:m appy_stas:c.list updt_time:t`),
	// selfpay_visit is this project's addition: stays settled without insurance, which only G004 needs.
	def("selfpay_visit", "begntime", true, "mdtrt_id",
		`mdtrt_id*:s psn_no:c.psn certno:s fixmedins_code*:c.inst begntime*:t endtime:t dscg_maindiag_code:c.diag`),
}

func event(name string) *Table {
	return def(name, "begntime", true, "psn_no certno begntime source",
		`psn_no:c.psn certno:s begntime*:t endtime:t source*:c.list memo:s`)
}
