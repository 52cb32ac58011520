package fsi

import (
	"fmt"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/online"
)

// Step is what a settlement message does to the visit's lines.
type Step int8

// Steps.
const (
	Upload   Step = iota + 1 // 2204, 2301, 5204: lines come
	Withdraw                 // 2205, 2302: lines go
	Preview                  // 2206, 2303: what would the settlement be
	Settle                   // 2207, 2304: the settlement itself
	Settled                  // 5203: a settlement that took place
	Reverse                  // 2208, 2305: a settlement is taken back
)

var steps = map[string]Step{"2204": Upload, "2301": Upload, "5204": Upload, "2205": Withdraw, "2302": Withdraw, "2206": Preview, "2303": Preview,
	"2207": Settle, "2304": Settle, "5203": Settled, "2208": Reverse, "2305": Reverse}

// Bill is a settlement or detail shape. The lines are the orders of Request's encounters, all current: det_item_fee_sumamt is
// the amount, fulamt_ownpay_amt what is out of scope, preselfpay_amt what the patient pays first, fee_ocur_time the beginning.
type Bill struct {
	Step      Step
	Request   *online.Request // one patient and encounter a person and visit named, with the lines if the shape has them
	Batch     string          // chrg_bchno; "0000" = all that is unsettled
	Setl      string          // setl_id
	SetlTime  claim.Time
	Fund      claim.Money       // fund_pay_sumamt
	InScope   claim.Money       // inscp_scp_amt
	Withdrawn []string          // feedetl_sn that Withdraw names; none = the batch
	Refunds   map[string]string // feedetl_sn → init_feedetl_sn of the line that it takes back
	Traces    []traced          // drug_trac_info beside a settlement
	Confirmed string            // why the clerk goes on although a box was sold before (trac_cfm_flag 1 with memo)
	confirm   bool
}

// billHead is the data or setlinfo node, and what a line says about its visit.
type billHead struct {
	bill *Bill
	p    online.Patient
	e    online.Encounter
}

// billLine is a fee line with the head it stands under.
type billLine struct {
	billHead
	o       online.Order
	initial string // init_feedetl_sn
	orderer string // orders_dr_code
	listed  string // hilist_code: what the platform adds to med_list_codg
	valid   bool
}

func newBill(infno string) *Bill {
	return &Bill{Step: steps[infno], Request: &online.Request{}, SetlTime: claim.NoTime, Fund: claim.None64, InScope: claim.None64}
}

func newHead(b *Bill) billHead {
	return billHead{bill: b, p: online.Patient{Birth: claim.NoDay}, e: newEncounter()}
}

func billFields() reads[billHead] {
	type H = billHead
	return reads[H]{
		"psn_no":            func(d *decoder, h *H) { d.text(&h.p.ID) },
		"psn_name":          func(d *decoder, h *H) { d.text(&h.p.Name) },
		"gend":              func(d *decoder, h *H) { d.coded("gend", &h.p.Sex) },
		"brdy":              func(d *decoder, h *H) { d.day(&h.p.Birth) },
		"certno":            func(d *decoder, h *H) { d.text(&h.p.CertNo) },
		"psn_cert_type":     func(d *decoder, h *H) { d.text(&h.p.CertType) },
		"psn_type":          func(d *decoder, h *H) { d.coded("psn_type", &h.p.PsnType) },
		"mdtrt_id":          func(d *decoder, h *H) { d.text(&h.e.ID) },
		"fixmedins_code":    func(d *decoder, h *H) { d.text(&h.e.Inst) },
		"fixmedins_name":    func(d *decoder, h *H) { d.text(&h.e.InstName) },
		"med_type":          func(d *decoder, h *H) { d.coded("med_type", &h.e.MedType) },
		"insutype":          func(d *decoder, h *H) { d.coded("insutype", &h.e.Insutype) },
		"begndate":          func(d *decoder, h *H) { d.moment(&h.e.Begin) },
		"begntime":          func(d *decoder, h *H) { d.moment(&h.e.Begin) },
		"enddate":           func(d *decoder, h *H) { d.end(&h.e.End) },
		"medfee_sumamt":     func(d *decoder, h *H) { d.money(&h.e.Total) },
		"fulamt_ownpay_amt": func(d *decoder, h *H) { d.money(&h.e.Own) },
		"preselfpay_amt":    func(d *decoder, h *H) { d.money(&h.e.SelfPay) },
		"acct_pay":          func(d *decoder, h *H) { d.money(&h.e.Account) },
		"hifp_pay":          func(d *decoder, h *H) { d.money(&h.e.Fund) },
		"dise_codg":         func(d *decoder, h *H) { d.text(&h.e.MainDiag) },
		"dise_name":         func(d *decoder, h *H) { d.text(&h.e.MainDiagName) },
		"expContent":        func(d *decoder, h *H) { d.extra(&h.e) },
		"chrg_bchno":        func(d *decoder, h *H) { d.text(&h.bill.Batch) },
		"setl_id":           func(d *decoder, h *H) { d.text(&h.bill.Setl) },
		"setl_time":         func(d *decoder, h *H) { d.moment(&h.bill.SetlTime) },
		"fund_pay_sumamt":   func(d *decoder, h *H) { d.money(&h.bill.Fund) },
		"inscp_scp_amt":     func(d *decoder, h *H) { d.money(&h.bill.InScope) },
		"trac_cfm_flag":     func(d *decoder, h *H) { d.flag(&h.bill.confirm) },
		"memo":              func(d *decoder, h *H) { d.text(&h.bill.Confirmed) },
		"feedetl_sn": func(d *decoder, h *H) {
			var sn string
			if d.text(&sn); sn != "" && sn != "0000" { // 0000: all of the visit
				h.bill.Withdrawn = append(h.bill.Withdrawn, sn)
			}
		},
	}
}

func lineFields() reads[billLine] {
	type L = billLine
	return reads[L]{
		"feedetl_sn":          func(d *decoder, l *L) { d.text(&l.o.ID) },
		"init_feedetl_sn":     func(d *decoder, l *L) { d.text(&l.initial) },
		"psn_no":              func(d *decoder, l *L) { d.text(&l.p.ID) },
		"mdtrt_id":            func(d *decoder, l *L) { d.text(&l.e.ID) },
		"med_type":            func(d *decoder, l *L) { d.coded("med_type", &l.e.MedType) },
		"dise_codg":           func(d *decoder, l *L) { d.text(&l.e.MainDiag) },
		"expContent":          func(d *decoder, l *L) { d.extra(&l.e) },
		"chrg_bchno":          func(d *decoder, l *L) { d.text(&l.bill.Batch) },
		"setl_id":             func(d *decoder, l *L) { d.text(&l.bill.Setl) },
		"rxno":                func(d *decoder, l *L) { d.text(&l.o.Rxno) },
		"rx_drord_no":         func(d *decoder, l *L) { d.text(&l.o.Rxno) },
		"drord_no":            func(d *decoder, l *L) { d.text(&l.o.Rxno) },
		"fee_ocur_time":       func(d *decoder, l *L) { d.moment(&l.o.Begin) },
		"med_list_codg":       func(d *decoder, l *L) { d.text(&l.o.Item) },
		"hilist_code":         func(d *decoder, l *L) { d.text(&l.listed) },
		"hilist_name":         func(d *decoder, l *L) { d.text(&l.o.Name) },
		"list_type":           func(d *decoder, l *L) { d.coded("hilist_type", &l.o.ListType) },
		"med_chrgitm_type":    func(d *decoder, l *L) { d.coded("chrg_type", &l.o.Charge) },
		"medins_list_codg":    func(d *decoder, l *L) { d.text(&l.o.HospItem) },
		"medins_list_name":    func(d *decoder, l *L) { d.text(&l.o.HospName) },
		"dosform_name":        func(d *decoder, l *L) { d.text(&l.o.DosForm) },
		"det_item_fee_sumamt": func(d *decoder, l *L) { d.money(&l.o.Amount) },
		"cnt":                 func(d *decoder, l *L) { d.qty(&l.o.Cnt) },
		"pric":                func(d *decoder, l *L) { d.price(&l.o.Price) },
		"fulamt_ownpay_amt":   func(d *decoder, l *L) { d.money(&l.o.Own) },
		"preselfpay_amt":      func(d *decoder, l *L) { d.money(&l.o.SelfPay) },
		"sin_dos_dscr":        func(d *decoder, l *L) { d.text(&l.o.Dose) },
		"sin_dos":             func(d *decoder, l *L) { d.text(&l.o.Dose) },
		"sin_dosunt":          func(d *decoder, l *L) { d.text(&l.o.DoseUnit) },
		"used_frqu_dscr":      func(d *decoder, l *L) { d.text(&l.o.Frequency) },
		"frqu_dscr":           func(d *decoder, l *L) { d.text(&l.o.Frequency) },
		"medc_way_dscr":       func(d *decoder, l *L) { d.text(&l.o.Way) },
		"prd_days":            func(d *decoder, l *L) { d.daysOf(&l.o.Days) },
		"dismed_unt":          func(d *decoder, l *L) { d.text(&l.o.Unit) },
		"bilg_dept_codg":      func(d *decoder, l *L) { d.text(&l.o.Dept) },
		"bilg_dept_name":      func(d *decoder, l *L) { d.text(&l.o.DeptName) },
		"bilg_dr_codg":        func(d *decoder, l *L) { d.text(&l.o.Doctor) },
		"orders_dr_code":      func(d *decoder, l *L) { d.text(&l.orderer) },
		"dscg_tkdrug_flag":    func(d *decoder, l *L) { d.flag(&l.o.TakeHome) },
		"vali_flag":           func(d *decoder, l *L) { d.flag(&l.valid) },
		"drug_trac_codg":      func(d *decoder, l *L) { d.text(&l.o.Traces) },
		"drugtracinfo":        func(d *decoder, l *L) { d.traces(&l.o.Traces) },
		"trdn_flag":           func(d *decoder, l *L) { d.flag(&l.o.Split) },
	}
}

// read reads an input: one object with nodes, or for query answers a list of rows.
func (b *Bill) read(d *decoder) {
	d.nodes(d.lim.Orders, func() {
		head, row := newHead(b), false
		line := b.newLine()
		members(d, billRoot(b), &head, func(key string) bool {
			if b.Step == Upload {
				if f, ok := d.p.line.find(key); ok { // a row without a node around it
					f.read(d, &line)
					row = true
					return true
				}
				return false
			}
			f, ok := d.p.bill.find(key)
			if ok {
				f.read(d, &head)
			}
			return ok
		})
		if row {
			b.add(d, &line)
		}
		b.visit(&head)
	})
}

// lineNodes are the names under which fee lines come.
var lineNodes = []string{"feedetail", "feedetl", "result", "detail", "list"}

func billRoot(b *Bill) node[billHead] {
	head := func(d *decoder, h *billHead) { d.nodes(d.lim.Items, func() { members(d, d.p.bill, h, nil) }) }
	n := node[billHead]{"data": {0, head}, "setlinfo": {1, head}, "mdtrtinfo": {2, head}}
	n["drug_trac_info"] = field[billHead]{3, func(d *decoder, h *billHead) { h.bill.readTraces(d) }}
	n["drugtracinfo"] = field[billHead]{3, n["drug_trac_info"].read}
	if b.Step == Upload {
		for i, name := range lineNodes {
			n[name] = field[billHead]{4 + i, func(d *decoder, _ *billHead) { d.nodes(d.lim.Orders, func() { b.line(d) }) }}
		}
	}
	return n
}

func (b *Bill) newLine() billLine {
	return billLine{billHead: newHead(b), o: newOrder(), valid: true}
}

func (b *Bill) line(d *decoder) {
	l := b.newLine()
	rowMembers(d, d.p.line, &d.rows.line, &l, nil)
	b.add(d, &l)
}

// add puts a line under its person and visit.
func (b *Bill) add(d *decoder, l *billLine) {
	if d.orders++; d.orders > d.lim.Orders {
		d.stop(fault(TooMany, "一次请求的费用明细超过 %d 条", d.lim.Orders))
		return
	}
	if !l.valid {
		return
	}
	o := &l.o
	o.Current = true
	if l.listed != "" {
		o.Item = l.listed
	}
	if o.Doctor == "" {
		o.Doctor = l.orderer
	}
	if l.initial != "" {
		if b.Refunds == nil {
			b.Refunds = map[string]string{}
		}
		b.Refunds[o.ID] = l.initial
	}
	e := b.visit(&l.billHead)
	e.Orders = append(e.Orders, *o)
}

// visit finds or makes the encounter of a head. Heads without visit belong to the one that is there.
func (b *Bill) visit(h *billHead) *online.Encounter {
	q := b.Request
	if h.p.ID == "" && h.e.ID == "" && len(q.Patients) > 0 {
		last := &q.Patients[len(q.Patients)-1]
		return &last.Encounters[len(last.Encounters)-1]
	}
	for i := len(q.Patients) - 1; i >= 0; i-- {
		p := &q.Patients[i]
		if p.ID != h.p.ID && p.ID != "" && h.p.ID != "" {
			continue
		}
		for j := range p.Encounters {
			if e := &p.Encounters[j]; e.ID == h.e.ID || e.ID == "" || h.e.ID == "" {
				mergePatient(p, &h.p)
				mergeEncounter(e, &h.e)
				return e
			}
		}
		p.Encounters = append(p.Encounters, h.e)
		return &p.Encounters[len(p.Encounters)-1]
	}
	p := h.p
	p.Current, p.Encounters = h.e.ID, []online.Encounter{h.e}
	q.Patients = append(q.Patients, p)
	return &q.Patients[len(q.Patients)-1].Encounters[0]
}

func fill[T comparable](to *T, from, none T) {
	if *to == none {
		*to = from
	}
}

func mergePatient(to, from *online.Patient) {
	fill(&to.ID, from.ID, "")
	fill(&to.Name, from.Name, "")
	fill(&to.Sex, from.Sex, "")
	fill(&to.Birth, from.Birth, claim.NoDay)
	fill(&to.PsnType, from.PsnType, "")
}

func mergeEncounter(to, from *online.Encounter) {
	fill(&to.ID, from.ID, "")
	fill(&to.Inst, from.Inst, "")
	fill(&to.MedType, from.MedType, "")
	fill(&to.Insutype, from.Insutype, "")
	fill(&to.MainDiag, from.MainDiag, "")
	fill(&to.Begin, from.Begin, claim.NoTime)
	fill(&to.End, from.End, claim.NoTime)
	fill(&to.Total, from.Total, claim.None64)
	to.Rescue, to.Emergency = to.Rescue || from.Rescue, to.Emergency || from.Emergency
}

// finish refuses a bill that names nobody, and fills in what follows from the rest.
func (b *Bill) finish(d *decoder) *Fault {
	q := b.Request
	if len(q.Patients) == 0 || q.Patients[0].ID == "" {
		return &Fault{Code: Missing, Path: "input.data.psn_no", Text: "没有人员编号"}
	}
	lines := 0
	for i := range q.Patients {
		p := &q.Patients[i]
		for j := range p.Encounters {
			e := &p.Encounters[j]
			if e.ID == "" {
				return &Fault{Code: Missing, Path: "input.data.mdtrt_id", Text: "没有就诊编号"}
			}
			p.Current = e.ID
			if e.Inst == "" {
				e.Inst = q.Inst
			}
			for k := range e.Orders {
				o := &e.Orders[k]
				lines++
				if o.ID == "" {
					return &Fault{Code: Missing, Path: fmt.Sprintf("input.feedetail[%d].feedetl_sn", k), Text: "没有费用明细流水号"}
				}
				if o.Item == "" && len(d.odd) < maxOdd {
					d.odd = append(d.odd, online.Oddity{Path: fmt.Sprintf("input.feedetail[%d].med_list_codg", k), Why: "没有医保目录编码，这一行不核对"})
				}
				if !o.Begin.Has() {
					o.Begin = q.At
				}
			}
		}
	}
	if b.Step == Upload && lines == 0 {
		return &Fault{Code: Missing, Path: "input.feedetail", Text: "没有费用明细"}
	}
	q.Odd = d.odd
	if !b.confirm {
		b.Confirmed = ""
	}
	return nil
}
