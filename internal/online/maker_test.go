package online_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/online"
)

// maker makes wild calls of what the city knows.
type maker struct {
	*rand.Rand
	items, insts, diags, depts, ops []string
}

func newMaker(e *online.Engine, seed uint64) *maker {
	ds := e.Ground().Snapshot().Dicts()
	all := func(d int) (out []string) {
		for c := 1; c < ds[d].Len(); c++ {
			out = append(out, ds[d].String(int32(c)))
		}
		return out
	}
	return &maker{rand.New(rand.NewPCG(seed, 1)), all(claim.DictItem), all(claim.DictInst), all(claim.DictDiag), all(claim.DictDept), all(claim.DictOprn)}
}

func (m *maker) of(s []string) string { return s[m.IntN(len(s))] }

var noon = claim.DayOf(2026, 1, 5).Start()&^1 + 12*3600_000_000

// encounter is a wild one that began some days before noon.
func (m *maker) encounter(id string, orders int, current bool) online.Encounter {
	begin := noon - claim.Time(m.IntN(6))*24*3600_000_000 - 7200_000_000
	e := online.Encounter{ID: id, Inst: m.of(m.insts), Begin: begin, End: noon, Kind: "1", MedType: []string{"11", "1401", "13", "21", "41", "52"}[m.IntN(6)],
		Insutype: []string{"310", "390", "510"}[m.IntN(3)], MainDiag: m.of(m.diags), DeptIn: m.of(m.depts), Total: claim.None64, Own: claim.None64,
		SelfPay: claim.None64, Account: claim.None64, Fund: claim.None64, Rescue: m.IntN(9) == 0}
	for i := range 1 + m.IntN(3) {
		e.Diagnoses = append(e.Diagnoses, online.Diagnosis{InOut: fmt.Sprint(1 + m.IntN(2)), Main: i == 0, Order: i + 1, Code: m.of(m.diags), At: begin})
	}
	if m.IntN(3) == 0 {
		e.Operations = append(e.Operations, online.Operation{Code: m.of(m.ops), On: begin.Day()})
	}
	few := []string{m.of(m.items), m.of(m.items), m.of(m.items), m.of(m.items) + "-01", "XZZ9"}
	for i := range orders {
		o := online.Order{ID: fmt.Sprintf("%s-%03d", id, i), ListType: []string{"101", "201", "301", "102"}[m.IntN(4)], Charge: fmt.Sprintf("%02d", 1+m.IntN(14)),
			Item: m.of(m.items), Cnt: claim.Qty(1+m.IntN(60)) * claim.QtyOne, Price: claim.Price(1+m.IntN(300)) * claim.PriceOne, Amount: claim.None64, Own: 0,
			SelfPay: claim.None64, Begin: begin + claim.Time(m.IntN(100))*60_000_000, Stop: claim.NoTime, Dept: e.DeptIn, Doctor: "D1", Days: int32(m.IntN(40)), Current: current}
		if m.IntN(2) == 0 {
			o.Item = m.of(few)
		}
		e.Orders = append(e.Orders, o)
	}
	return e
}

func (m *maker) request(psn string, orders int) *online.Request {
	e := m.encounter(psn+"-V", orders, true)
	p := online.Patient{ID: psn, Sex: fmt.Sprint(1 + m.IntN(2)), Birth: claim.DayOf(1930+m.IntN(95), 1+m.IntN(12), 3), Area: "990101", Current: e.ID, Encounters: []online.Encounter{e}}
	return &online.Request{Stage: online.During, Channel: "test", TaskID: "T", Inst: e.Inst, At: noon, Patients: []online.Patient{p}}
}

// rowsOf writes the same facts as rows of the contract, by name and as text: the way of the stream.
func rowsOf(t *testing.T, r *claim.Rows, p *online.Patient, e *online.Encounter, setl string, at claim.Time) {
	t.Helper()
	add := func(table string, kv ...string) {
		var names, vals []string
		for i := 0; i < len(kv); i += 2 {
			if kv[i+1] != "" {
				names, vals = append(names, kv[i]), append(vals, kv[i+1])
			}
		}
		if err := r.Add(table, names, vals); err != nil {
			t.Fatal(err)
		}
	}
	resc := ""
	if e.Rescue {
		resc = "1"
	}
	add("visit", "mdtrt_id", e.ID, "psn_no", p.ID, "fixmedins_code", e.Inst, "insutype", e.Insutype, "med_type", e.MedType, "begntime", e.Begin.String(),
		"endtime", e.End.String(), "adm_dept_codg", e.DeptIn, "dscg_maindiag_code", e.MainDiag, "resc_flag", resc)
	for i, d := range e.Diagnoses {
		main := "0"
		if d.Main {
			main = "1"
		}
		add("diagnosis", "mdtrt_id", e.ID, "inout_diag_type", d.InOut, "maindiag_flag", main, "diag_srt_no", fmt.Sprint(i+1), "diag_code", d.Code, "diag_time", d.At.String())
	}
	for _, o := range e.Operations {
		add("operation", "mdtrt_id", e.ID, "oprn_oprt_code", o.Code, "oprn_oprt_begntime", o.On.String())
	}
	var sum claim.Money
	for i := range e.Orders {
		o := &e.Orders[i]
		amt := claim.Money(claim.MulDiv(int64(o.Cnt), int64(o.Price), 1e8))
		sum += amt
		days := ""
		if o.Days > 0 {
			days = fmt.Sprint(o.Days)
		}
		add("fee", "feedetl_sn", o.ID, "mdtrt_id", e.ID, "setl_id", setl, "psn_no", p.ID, "fixmedins_code", e.Inst, "fee_ocur_time", o.Begin.String(), "list_type", o.ListType,
			"hilist_code", o.Item, "med_chrgitm_type", o.Charge, "cnt", o.Cnt.String(), "pric", o.Price.String(), "det_item_fee_sumamt", amt.String(),
			"inscp_scp_amt", amt.String(), "prd_days", days, "bilg_dept_codg", o.Dept, "bilg_dr_codg", o.Doctor)
	}
	add("settlement", "setl_id", setl, "mdtrt_id", e.ID, "psn_no", p.ID, "fixmedins_code", e.Inst, "insutype", e.Insutype, "med_type", e.MedType, "setl_time", at.String(),
		"begndate", e.Begin.Day().String(), "enddate", e.End.Day().String(), "medfee_sumamt", sum.String(), "fund_pay_sumamt", sum.String(), "hifp_pay", sum.String(), "insu_admdvs", p.Area)
}
