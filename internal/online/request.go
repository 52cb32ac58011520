package online

import (
	"time"

	"github.com/mingjian/mingjian/internal/claim"
)

// Stage of a call.
const (
	Before = "事前" // 3101, order-select, order-sign: nothing is charged yet
	During = "事中" // 3102: before settlement
)

// Request is what a calling system asks about, whatever its message looked like. Codes are the sender's strings, cleaned
// of blanks; numbers are in the units of package claim; absent is "" or claim's None.
type Request struct {
	Infno     string // as sent: "3101", "3102", "3660"; of CDS Hooks the hook's name
	Stage     string // Before or During
	Channel   string // "fsi", "cds", "web", "file", "replay": which facts a channel carries is known by it
	MsgID     string // msgid of the envelope
	TaskID    string // task_id, echoed
	Key       string // id of the API key that signed the call, "" on the command line
	Inst      string // fixmedins_code of the envelope
	Operator  string // opter
	Admdvs    string // mdtrtarea_admvs
	Insured   string // insuplc_admdvs
	Scenarios []string
	Rules     []string   // rule_ids: only these, nil for all of the stage
	At        claim.Time // civil time of the call: inf_time, else when it arrived
	Patients  []Patient
	Late      bool      // sent afterwards: the caller had let pass without an answer, nobody was reminded (未提示)
	Received  time.Time // when the call reached the server; zero = nobody waits for the answer with a clock in hand
	Odd       []Oddity  // fields that could not be read; the rest is judged
}

// Oddity is a field of the request that could not be read.
type Oddity struct {
	Path  string // input.data.patient_dtos[0].brdy
	Value string
	Why   string // Chinese, says what is expected
}

// Patient is one patient_dtos.
type Patient struct {
	ID         string // patn_id = psn_no
	Name       string
	Sex        string // gend
	Birth      claim.Day
	Area       string // poolarea
	PsnType    string
	CertNo     string
	CertType   string
	Current    string // curr_mdtrt_id
	Encounters []Encounter
}

// Encounter is one fsi_encounter_dtos. Encounters that hold no current order are context.
type Encounter struct {
	ID            string // mdtrt_id
	Inst          string // medins_id
	InstName      string
	InstArea      string // medins_admdvs
	InstType      string // medins_type
	InstLevel     string // medins_lv
	Ward, Bed     string
	Begin, End    claim.Time // adm_date, dscg_date; End is None while the patient is still there (9999-12-31 too)
	MainDiag      string     // dscg_main_dise_codg
	MainDiagName  string
	Doctor        string // dr_codg
	DeptIn        string // adm_dept_codg
	DeptInName    string
	DeptOut       string // dscg_dept_codg
	DeptOutName   string
	Kind          string // med_mdtrt_type: 1 门诊 2 住院 3 购药 4 其他
	MedType       string // med_type
	Matn          string // matn_stas
	Insutype      string
	RemoteSettle  string // out_setl_flag
	Total         claim.Money
	Own, SelfPay  claim.Money
	Account, Fund claim.Money // acct_payamt, hifp_payamt
	Diagnoses     []Diagnosis
	Orders        []Order
	Operations    []Operation
	DscgWay       string // dscg_way: 2402 and richer channels; the 3102 node lacks it
	// Rescue and Emergency are said by richer channels; the national nodes lack them.
	Rescue, Emergency bool
}

// Diagnosis is one fsi_diagnose_dtos.
type Diagnosis struct {
	InOut string // inout_dise_type: 1 admission, 2 discharge
	Main  bool
	Order int
	Code  string
	Name  string
	At    claim.Time
}

// Order is one fsi_order_dtos, or one fee line of a settlement shape.
type Order struct {
	ID        string // rx_id: the join key of the answer
	Rxno      string
	Group     string // grpno
	Long      bool   // long_drord_flag
	ListType  string // hilist_type
	Charge    string // chrg_type
	TakeHome  bool   // drord_bhvr 1
	Item      string // hilist_code
	Name      string // hilist_name
	HospItem  string // hosplist_code
	HospName  string
	DosForm   string
	Cnt       claim.Qty
	Price     claim.Price
	Amount    claim.Money // sumamt
	Own       claim.Money // ownpay_amt: out of scope
	SelfPay   claim.Money // selfpay_amt: in scope, paid by the patient
	Unit      string      // spec_unt
	Begin     claim.Time  // drord_begn_date
	Stop      claim.Time
	Dept      string // drord_dept_codg
	DeptName  string
	Doctor    string // drord_dr_codg
	Title     string // drord_dr_profttl
	Days      int32  // prd_days where a channel says it, else None32
	Dose      string // sin_dos with unit, used_frqu, medc_way where a channel says them
	DoseUnit  string
	Frequency string
	Way       string
	Current   bool // curr_drord_flag 1: judged; else context
}

// Operation is one fsi_operation_dtos.
type Operation struct {
	ID      string
	Code    string
	Name    string
	Main    bool
	On      claim.Day
	Surgeon string
	Anaesth string
}
