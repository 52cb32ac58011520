package fsi

import (
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/online"
)

// The nodes by their national names. A field that no card reads is not listed: it is skipped.

type reads[T any] map[string]func(*decoder, *T)

func patientFields() reads[online.Patient] {
	type P = online.Patient
	return reads[P]{
		"patn_id":       func(d *decoder, p *P) { d.text(&p.ID) },
		"patn_name":     func(d *decoder, p *P) { d.text(&p.Name) },
		"gend":          func(d *decoder, p *P) { d.coded("gend", &p.Sex) },
		"brdy":          func(d *decoder, p *P) { d.day(&p.Birth) },
		"poolarea":      func(d *decoder, p *P) { d.text(&p.Area) },
		"psn_type":      func(d *decoder, p *P) { d.coded("psn_type", &p.PsnType) },
		"certno":        func(d *decoder, p *P) { d.text(&p.CertNo) },
		"psn_cert_type": func(d *decoder, p *P) { d.text(&p.CertType) },
		"curr_mdtrt_id": func(d *decoder, p *P) { d.text(&p.Current) },
		"fsi_encounter_dtos": func(d *decoder, p *P) {
			d.nodes(d.lim.Items, func() {
				p.Encounters = append(p.Encounters, newEncounter())
				rowMembers(d, d.p.encounter, &d.rows.encounter, &p.Encounters[len(p.Encounters)-1], nil)
			})
		},
	}
}

// orderBytes is what an order takes at least in a message that fills its fields: how much room its list is given at first.
const orderBytes = 600

func newEncounter() online.Encounter {
	return online.Encounter{Begin: claim.NoTime, End: claim.NoTime, Total: claim.None64, Own: claim.None64, SelfPay: claim.None64,
		Account: claim.None64, Fund: claim.None64}
}

func encounterFields() reads[online.Encounter] {
	type E = online.Encounter
	return reads[E]{
		"mdtrt_id":            func(d *decoder, e *E) { d.text(&e.ID) },
		"medins_id":           func(d *decoder, e *E) { d.text(&e.Inst) },
		"medins_name":         func(d *decoder, e *E) { d.text(&e.InstName) },
		"medins_admdvs":       func(d *decoder, e *E) { d.text(&e.InstArea) },
		"medins_type":         func(d *decoder, e *E) { d.coded("medins_type", &e.InstType) },
		"medins_lv":           func(d *decoder, e *E) { d.coded("medins_lv", &e.InstLevel) },
		"wardarea_codg":       func(d *decoder, e *E) { d.text(&e.Ward) },
		"bedno":               func(d *decoder, e *E) { d.text(&e.Bed) },
		"adm_date":            func(d *decoder, e *E) { d.moment(&e.Begin) },
		"dscg_date":           func(d *decoder, e *E) { d.end(&e.End) },
		"dscg_main_dise_codg": func(d *decoder, e *E) { d.text(&e.MainDiag) },
		"dscg_main_dise_name": func(d *decoder, e *E) { d.text(&e.MainDiagName) },
		"dr_codg":             func(d *decoder, e *E) { d.text(&e.Doctor) },
		"adm_dept_codg":       func(d *decoder, e *E) { d.text(&e.DeptIn) },
		"adm_dept_name":       func(d *decoder, e *E) { d.text(&e.DeptInName) },
		"dscg_dept_codg":      func(d *decoder, e *E) { d.text(&e.DeptOut) },
		"dscg_dept_name":      func(d *decoder, e *E) { d.text(&e.DeptOutName) },
		"med_mdtrt_type":      func(d *decoder, e *E) { d.coded("med_mdtrt_type", &e.Kind) },
		"med_type":            func(d *decoder, e *E) { d.coded("med_type", &e.MedType) },
		"matn_stas":           func(d *decoder, e *E) { d.coded("matn_stas", &e.Matn) },
		"insutype":            func(d *decoder, e *E) { d.coded("insutype", &e.Insutype) },
		"out_setl_flag":       func(d *decoder, e *E) { d.coded("out_setl_flag", &e.RemoteSettle) },
		"medfee_sumamt":       func(d *decoder, e *E) { d.money(&e.Total) },
		"ownpay_amt":          func(d *decoder, e *E) { d.money(&e.Own) },
		"selfpay_amt":         func(d *decoder, e *E) { d.money(&e.SelfPay) },
		"acct_payamt":         func(d *decoder, e *E) { d.money(&e.Account) },
		"hifp_payamt":         func(d *decoder, e *E) { d.money(&e.Fund) },
		"resc_flag":           func(d *decoder, e *E) { d.flag(&e.Rescue) },
		"er_flag":             func(d *decoder, e *E) { d.flag(&e.Emergency) },
		"expContent":          func(d *decoder, e *E) { d.extra(e) },
		"fsi_diagnose_dtos": func(d *decoder, e *E) {
			d.nodes(d.lim.Items, func() {
				e.Diagnoses = append(e.Diagnoses, online.Diagnosis{At: claim.NoTime})
				rowMembers(d, d.p.diagnosis, &d.rows.diagnosis, &e.Diagnoses[len(e.Diagnoses)-1], nil)
			})
		},
		"fsi_order_dtos": func(d *decoder, e *E) {
			if e.Orders == nil {
				e.Orders = make([]online.Order, 0, min((len(d.s)-d.i)/orderBytes+1, 64))
			}
			d.nodes(d.lim.Orders, func() { d.order(e) })
		},
		"fsi_operation_dtos": func(d *decoder, e *E) {
			d.nodes(d.lim.Items, func() {
				e.Operations = append(e.Operations, online.Operation{On: claim.NoDay})
				members(d, d.p.operation, &e.Operations[len(e.Operations)-1], nil)
			})
		},
	}
}

// end reads the end of a visit: the year 9999 means that it has none.
func (d *decoder) end(to *claim.Time) {
	d.moment(to)
	if to.Has() && to.Day() >= claim.OpenDay {
		*to = claim.NoTime
	}
}

// extra reads the regional extension, JSON of its own, as far as it says what the national nodes lack.
func (d *decoder) extra(e *online.Encounter) {
	if c := d.peek(); c != '"' && c != '{' {
		d.skip()
		return
	}
	if d.s[d.i] == '{' {
		members(d, d.p.extra, e, nil)
		return
	}
	at := d.i
	text := d.str()
	sub := newDecoder(text, d.p, d.lim)
	if sub.peek() == '{' {
		members(sub, d.p.extra, e, nil)
	}
	if sub.err == nil && (sub.peek() != 0 || blank(text)) {
		return // not an object: nothing in it for us
	}
	if sub.err != nil {
		d.oddly(d.s[at:d.i], "扩展内容不是合法的 JSON，未采用")
	}
}

func extraFields() reads[online.Encounter] {
	type E = online.Encounter
	return reads[E]{
		"resc_flag": func(d *decoder, e *E) { d.flag(&e.Rescue) },
		"er_flag":   func(d *decoder, e *E) { e.Emergency = d.scalar() == "1" },
	}
}

func diagnosisFields() reads[online.Diagnosis] {
	type D = online.Diagnosis
	return reads[D]{
		"inout_dise_type": func(d *decoder, x *D) { d.coded("inout_dise_type", &x.InOut) },
		"maindise_flag":   func(d *decoder, x *D) { d.flag(&x.Main) },
		"dias_srt_no":     func(d *decoder, x *D) { d.integer(&x.Order) },
		"dise_codg":       func(d *decoder, x *D) { d.text(&x.Code) },
		"dise_name":       func(d *decoder, x *D) { d.text(&x.Name) },
		"dise_date":       func(d *decoder, x *D) { d.moment(&x.At) },
	}
}

func newOrder() online.Order {
	return online.Order{Cnt: claim.None64, Price: claim.None64, Amount: claim.None64, Own: claim.None64, SelfPay: claim.None64,
		Begin: claim.NoTime, Stop: claim.NoTime, Days: claim.None32}
}

func (d *decoder) order(e *online.Encounter) {
	if d.orders++; d.orders > d.lim.Orders {
		d.stop(fault(TooMany, "一次请求的医嘱超过 %d 条", d.lim.Orders))
		return
	}
	e.Orders = append(e.Orders, newOrder())
	rowMembers(d, d.p.order, &d.rows.order, &e.Orders[len(e.Orders)-1], nil)
}

func orderFields() reads[online.Order] {
	type O = online.Order
	return reads[O]{
		"rx_id":            func(d *decoder, o *O) { d.text(&o.ID) },
		"rxno":             func(d *decoder, o *O) { d.text(&o.Rxno) },
		"grpno":            func(d *decoder, o *O) { d.text(&o.Group) },
		"long_drord_flag":  func(d *decoder, o *O) { d.flag(&o.Long) },
		"hilist_type":      func(d *decoder, o *O) { d.coded("hilist_type", &o.ListType) },
		"chrg_type":        func(d *decoder, o *O) { d.coded("chrg_type", &o.Charge) },
		"drord_bhvr":       func(d *decoder, o *O) { o.TakeHome = d.scalar() == "1" },
		"hilist_code":      func(d *decoder, o *O) { d.text(&o.Item) },
		"hilist_name":      func(d *decoder, o *O) { d.text(&o.Name) },
		"hosplist_code":    func(d *decoder, o *O) { d.text(&o.HospItem) },
		"hosplist_name":    func(d *decoder, o *O) { d.text(&o.HospName) },
		"hilist_dosform":   func(d *decoder, o *O) { d.text(&o.DosForm) },
		"cnt":              func(d *decoder, o *O) { d.qty(&o.Cnt) },
		"pric":             func(d *decoder, o *O) { d.price(&o.Price) },
		"sumamt":           func(d *decoder, o *O) { d.money(&o.Amount) },
		"ownpay_amt":       func(d *decoder, o *O) { d.money(&o.Own) },
		"selfpay_amt":      func(d *decoder, o *O) { d.money(&o.SelfPay) },
		"spec_unt":         func(d *decoder, o *O) { d.text(&o.Unit) },
		"drord_begn_date":  func(d *decoder, o *O) { d.moment(&o.Begin) },
		"drord_stop_date":  func(d *decoder, o *O) { d.end(&o.Stop) },
		"drord_dept_codg":  func(d *decoder, o *O) { d.text(&o.Dept) },
		"drord_dept_name":  func(d *decoder, o *O) { d.text(&o.DeptName) },
		"drord_dr_codg":    func(d *decoder, o *O) { d.text(&o.Doctor) },
		"drord_dr_profttl": func(d *decoder, o *O) { d.coded("drord_dr_profttl", &o.Title) },
		"drug_trac_codg":   func(d *decoder, o *O) { d.text(&o.Traces) },
		"drugtracinfo":     func(d *decoder, o *O) { d.traces(&o.Traces) },
		"trdn_flag":        func(d *decoder, o *O) { d.flag(&o.Split) },
		"prd_days":         func(d *decoder, o *O) { d.daysOf(&o.Days) },
		"sin_dos_dscr":     func(d *decoder, o *O) { d.text(&o.Dose) },
		"sin_dosunt":       func(d *decoder, o *O) { d.text(&o.DoseUnit) },
		"used_frqu_dscr":   func(d *decoder, o *O) { d.text(&o.Frequency) },
		"medc_way_dscr":    func(d *decoder, o *O) { d.text(&o.Way) },
		"curr_drord_flag":  func(d *decoder, o *O) { d.flagged = d.flag(&o.Current) || d.flagged },
	}
}

func operationFields() reads[online.Operation] {
	type X = online.Operation
	return reads[X]{
		"setl_list_oprn_id": func(d *decoder, x *X) { d.text(&x.ID) },
		"oprn_code":         func(d *decoder, x *X) { d.text(&x.Code) },
		"oprn_name":         func(d *decoder, x *X) { d.text(&x.Name) },
		"main_oprn_flag":    func(d *decoder, x *X) { d.flag(&x.Main) },
		"oprn_date":         func(d *decoder, x *X) { d.day(&x.On) },
		"oper_dr_code":      func(d *decoder, x *X) { d.text(&x.Surgeon) },
		"anst_dr_code":      func(d *decoder, x *X) { d.text(&x.Anaesth) },
	}
}
