package online

import (
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// Requests and events become rows of the contract's tables, one mapping for both: what is asked about, what is kept of it for later
// calls and what the audit reads must be the same facts. Columns are found once, by name.

// Tables that calls fill.
const (
	tPerson = iota
	tVisit
	tDiagnosis
	tOperation
	tSettlement
	tFee
	tableCount
)

var tableNames = [tableCount]string{"person", "visit", "diagnosis", "operation", "settlement", "fee"}

var callTables = func() (out [tableCount]*claim.Table) {
	for i, n := range tableNames {
		out[i] = claim.MustTable(n)
	}
	return out
}()

// sink takes rows: a table, then the values of its columns, then the end of the row. Absent values are not given.
type sink interface {
	row(table int)
	str(col int, s string)
	num(col int, v int64)
	end()
}

func col(t int, name string) int { return callTables[t].MustCol(name) }

// Columns by table. The names are the contract's.
var (
	pPsn, pName, pCert, pCertType = col(tPerson, "psn_no"), col(tPerson, "psn_name"), col(tPerson, "certno"), col(tPerson, "psn_cert_type")
	pGend, pBrdy, pType, pInsu    = col(tPerson, "gend"), col(tPerson, "brdy"), col(tPerson, "psn_type"), col(tPerson, "insutype")
	pArea                         = col(tPerson, "insu_admdvs")

	vID, vPsn, vInst, vInsu, vPsnType    = col(tVisit, "mdtrt_id"), col(tVisit, "psn_no"), col(tVisit, "fixmedins_code"), col(tVisit, "insutype"), col(tVisit, "psn_type")
	vMedType, vBegin, vEnd               = col(tVisit, "med_type"), col(tVisit, "begntime"), col(tVisit, "endtime")
	vDeptIn, vDeptInName                 = col(tVisit, "adm_dept_codg"), col(tVisit, "adm_dept_name")
	vDeptOut, vDeptOutName               = col(tVisit, "dscg_dept_codg"), col(tVisit, "dscg_dept_name")
	vDoctor, vWard, vBed, vMatn          = col(tVisit, "atddr_no"), col(tVisit, "wardarea_codg"), col(tVisit, "bedno"), col(tVisit, "matn_stas")
	vMain, vMainName, vEr, vResc, vInsuA = col(tVisit, "dscg_maindiag_code"), col(tVisit, "dscg_maindiag_name"), col(tVisit, "er_flag"), col(tVisit, "resc_flag"), col(tVisit, "insu_admdvs")
	vDscgWay                             = col(tVisit, "dscg_way")

	dID, dInOut, dMain, dOrder = col(tDiagnosis, "mdtrt_id"), col(tDiagnosis, "inout_diag_type"), col(tDiagnosis, "maindiag_flag"), col(tDiagnosis, "diag_srt_no")
	dCode, dName, dAt          = col(tDiagnosis, "diag_code"), col(tDiagnosis, "diag_name"), col(tDiagnosis, "diag_time")

	oID, oCode, oName, oMain  = col(tOperation, "mdtrt_id"), col(tOperation, "oprn_oprt_code"), col(tOperation, "oprn_oprt_name"), col(tOperation, "main_oprn_flag")
	oBegin, oSurgeon, oAnaest = col(tOperation, "oprn_oprt_begntime"), col(tOperation, "oper_dr_code"), col(tOperation, "anst_dr_code")

	sID, sVisit, sPsn, sInst, sInsu = col(tSettlement, "setl_id"), col(tSettlement, "mdtrt_id"), col(tSettlement, "psn_no"), col(tSettlement, "fixmedins_code"), col(tSettlement, "insutype")
	sMedType, sTime, sFrom, sTo     = col(tSettlement, "med_type"), col(tSettlement, "setl_time"), col(tSettlement, "begndate"), col(tSettlement, "enddate")
	sTotal, sOwn, sScope, sHifp     = col(tSettlement, "medfee_sumamt"), col(tSettlement, "fulamt_ownpay_amt"), col(tSettlement, "inscp_scp_amt"), col(tSettlement, "hifp_pay")
	sRefund, sInit                  = col(tSettlement, "refd_setl_flag"), col(tSettlement, "init_setl_id")
	sFund, sAcct, sInsuA, sPsnType  = col(tSettlement, "fund_pay_sumamt"), col(tSettlement, "acct_pay"), col(tSettlement, "insu_admdvs"), col(tSettlement, "psn_type")

	fID, fVisit, fSetl, fPsn, fInst        = col(tFee, "feedetl_sn"), col(tFee, "mdtrt_id"), col(tFee, "setl_id"), col(tFee, "psn_no"), col(tFee, "fixmedins_code")
	fTime, fList, fItem, fName             = col(tFee, "fee_ocur_time"), col(tFee, "list_type"), col(tFee, "hilist_code"), col(tFee, "hilist_name")
	fHospItem, fHospName, fCharge, fUnit   = col(tFee, "medins_list_codg"), col(tFee, "medins_list_name"), col(tFee, "med_chrgitm_type"), col(tFee, "cnt_unt")
	fCnt, fPrice, fAmount, fOwn, fScope    = col(tFee, "cnt"), col(tFee, "pric"), col(tFee, "det_item_fee_sumamt"), col(tFee, "fulamt_ownpay_amt"), col(tFee, "inscp_scp_amt")
	fRxno, fGroup, fDays, fDose, fDoseUnit = col(tFee, "rxno"), col(tFee, "grpno"), col(tFee, "prd_days"), col(tFee, "sin_dos"), col(tFee, "sin_dosunt")
	fFreq, fWay, fForm, fTake              = col(tFee, "used_frqu"), col(tFee, "medc_way"), col(tFee, "dosform"), col(tFee, "dscg_tkdrug_flag")
	fTraces, fSplit                        = col(tFee, "drug_trac_codg"), col(tFee, "trdn_flag")
	fDept, fDeptName, fDoctor, fInit       = col(tFee, "bilg_dept_codg"), col(tFee, "bilg_dept_name"), col(tFee, "bilg_dr_codg"), col(tFee, "init_feedetl_sn")
)

func text(s sink, col int, v string) {
	if v != "" {
		s.str(col, v)
	}
}

func flag(s sink, col int, on bool) {
	if on {
		s.str(col, "1")
	}
}

func wide(s sink, col int, v int64) {
	if v != claim.None64 {
		s.num(col, v)
	}
}

func day(s sink, col int, d claim.Day) {
	if d.Has() {
		s.num(col, int64(d))
	}
}

// putPerson writes what the caller says of the person. The insured register, where it knows the person, goes before.
func putPerson(s sink, p *Patient) {
	s.row(tPerson)
	s.str(pPsn, p.ID)
	text(s, pName, p.Name)
	text(s, pCertType, p.CertType)
	text(s, pCert, p.CertNo)
	text(s, pGend, p.Sex)
	day(s, pBrdy, p.Birth)
	text(s, pType, p.PsnType)
	text(s, pArea, p.Area)
	for i := range p.Encounters {
		if x := p.Encounters[i].Insutype; x != "" {
			s.str(pInsu, x)
			break
		}
	}
	s.end()
}

// inpatient tells whether the encounter is a stay in hospital.
func (e *Encounter) inpatient() bool {
	return strings.HasPrefix(e.MedType, "2") || e.MedType == "52" || (e.MedType == "" && e.Kind == "2")
}

// medType is the medical category; where the caller only says what kind of encounter it is, the plain one of that kind.
func (e *Encounter) medType() string {
	if e.MedType != "" {
		return e.MedType
	}
	switch e.Kind {
	case "2":
		return "21"
	case "3":
		return "41"
	}
	return "11"
}

// instOf is where the encounter takes place.
func (e *Encounter) inst(caller string) string {
	if e.Inst != "" {
		return e.Inst
	}
	return caller
}

// putVisit writes an encounter with its diagnoses and operations.
func putVisit(s sink, p *Patient, e *Encounter, inst, insured string) {
	s.row(tVisit)
	s.str(vID, e.ID)
	s.str(vPsn, p.ID)
	text(s, vInst, inst)
	text(s, vInsu, e.Insutype)
	text(s, vPsnType, p.PsnType)
	s.str(vMedType, e.medType())
	wide(s, vBegin, int64(e.Begin))
	end := e.End
	if !end.Has() && !e.inpatient() {
		end = e.Begin // out-patients leave on the day they came
	}
	wide(s, vEnd, int64(end))
	text(s, vDeptIn, e.DeptIn)
	text(s, vDeptInName, e.DeptInName)
	text(s, vDeptOut, e.DeptOut)
	text(s, vDeptOutName, e.DeptOutName)
	text(s, vDoctor, e.Doctor)
	text(s, vWard, e.Ward)
	text(s, vBed, e.Bed)
	text(s, vMain, e.MainDiag)
	text(s, vMainName, e.MainDiagName)
	text(s, vMatn, e.Matn)
	text(s, vDscgWay, e.DscgWay)
	flag(s, vEr, e.Emergency)
	flag(s, vResc, e.Rescue)
	text(s, vInsuA, insured)
	s.end()
	for i := range e.Diagnoses {
		d := &e.Diagnoses[i]
		if d.Code == "" {
			continue
		}
		s.row(tDiagnosis)
		s.str(dID, e.ID)
		text(s, dInOut, d.InOut)
		flag(s, dMain, d.Main)
		s.num(dOrder, int64(d.Order))
		s.str(dCode, d.Code)
		text(s, dName, d.Name)
		wide(s, dAt, int64(d.At))
		s.end()
	}
	for i := range e.Operations {
		o := &e.Operations[i]
		if o.Code == "" {
			continue
		}
		s.row(tOperation)
		s.str(oID, e.ID)
		s.str(oCode, o.Code)
		text(s, oName, o.Name)
		flag(s, oMain, o.Main)
		if o.On.Has() {
			s.num(oBegin, int64(o.On.Start()))
		}
		text(s, oSurgeon, o.Surgeon)
		text(s, oAnaest, o.Anaesth)
		s.end()
	}
}

// putSettlement writes a settlement of the encounter.
func putSettlement(s sink, p *Patient, e *Encounter, inst, insured, id string, at claim.Time, fund claim.Money) {
	s.row(tSettlement)
	text(s, sID, id)
	s.str(sVisit, e.ID)
	s.str(sPsn, p.ID)
	text(s, sInst, inst)
	text(s, sInsu, e.Insutype)
	text(s, sPsnType, p.PsnType)
	s.str(sMedType, e.medType())
	wide(s, sTime, int64(at))
	day(s, sFrom, e.Begin.Day())
	if end := e.End; end.Has() {
		day(s, sTo, end.Day())
	} else {
		day(s, sTo, at.Day())
	}
	wide(s, sTotal, int64(e.Total.Or(e.sum())))
	wide(s, sOwn, int64(e.Own))
	if e.Total.Has() && e.Own.Has() {
		wide(s, sScope, int64(max(0, e.Total-e.Own)))
	}
	wide(s, sHifp, int64(fund))
	wide(s, sFund, int64(fund))
	wide(s, sAcct, int64(e.Account))
	text(s, sInsuA, insured)
	s.end()
}

// sum of the orders' money, in fen.
func (e *Encounter) sum() (m claim.Money) {
	for i := range e.Orders {
		m += e.Orders[i].amount()
	}
	return m
}

func (o *Order) amount() claim.Money {
	if o.Amount.Has() || !o.Cnt.Has() || !o.Price.Has() {
		return o.Amount.Or(0)
	}
	const qtyPricePerFen = 1e8 // 1e-4 × 1e-6 yuan are 1e-8 fen
	return claim.Money(claim.MulDiv(int64(o.Cnt), int64(o.Price), qtyPricePerFen))
}

// item is the insurance code of the order; where the caller has none, the hospital's own, which the code map may know.
func (o *Order) item() string {
	if o.Item != "" {
		return o.Item
	}
	return o.HospItem
}

// putOrder writes an order as a fee line; setl is the settlement it belongs to, "" while there is none. It tells whether there
// was enough to make a line of.
func putOrder(s sink, p *Patient, e *Encounter, o *Order, inst, setl string, at claim.Time) bool {
	if o.item() == "" || !o.Cnt.Has() || o.Cnt == 0 {
		return false
	}
	when := o.Begin
	if !when.Has() {
		when = at
	}
	s.row(tFee)
	s.str(fID, o.ID)
	s.str(fVisit, e.ID)
	text(s, fSetl, setl)
	s.str(fPsn, p.ID)
	text(s, fInst, inst)
	s.num(fTime, int64(when))
	text(s, fList, o.ListType)
	s.str(fItem, o.item())
	text(s, fName, o.Name)
	text(s, fHospItem, o.HospItem)
	text(s, fHospName, o.HospName)
	text(s, fCharge, o.Charge)
	text(s, fUnit, o.Unit)
	s.num(fCnt, int64(o.Cnt))
	amount := o.amount()
	if o.Price.Has() {
		s.num(fPrice, int64(o.Price))
	} else {
		s.num(fPrice, claim.MulDiv(int64(amount), 1e8, int64(o.Cnt)))
	}
	s.num(fAmount, int64(amount))
	if o.Own.Has() {
		s.num(fOwn, int64(o.Own))
		s.num(fScope, int64(amount-o.Own))
	}
	text(s, fRxno, o.Rxno)
	text(s, fGroup, o.Group)
	if o.Days > 0 {
		s.num(fDays, int64(o.Days)*int64(claim.QtyOne))
	}
	if o.Dose != "" {
		if n, err := claim.ParseDecimal(o.Dose, 4); err == nil {
			s.num(fDose, n)
			text(s, fDoseUnit, o.DoseUnit)
		}
	}
	text(s, fFreq, o.Frequency)
	text(s, fWay, o.Way)
	text(s, fForm, o.DosForm)
	flag(s, fTake, o.TakeHome)
	text(s, fDept, o.Dept)
	text(s, fDeptName, o.DeptName)
	text(s, fDoctor, o.Doctor)
	text(s, fTraces, o.Traces)
	flag(s, fSplit, o.Split)
	s.end()
	return true
}
