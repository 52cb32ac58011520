package online

import (
	"encoding/binary"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// Fee lines that were uploaded wait for their settlement, whose message names none of them. They are the delta's rows without a
// settlement: what Tell acknowledged as Charged is there after the process was killed, and after any number of weeks in hospital.

// noteCol is a column that no table has: what an upload says beside its lines. It stands first in a row, and is no fact of the audit.
const noteCol = 255

// noteOf an upload: batch, medical category, diagnosis, insurance, marks.
func noteOf(batch string, e *Encounter) string {
	marks := ""
	if e.Rescue {
		marks += "R"
	}
	if e.Emergency {
		marks += "E"
	}
	if batch+e.MedType+e.MainDiag+e.Insutype+marks == "" {
		return ""
	}
	return strings.Join([]string{batch, e.MedType, e.MainDiag, e.Insutype, marks}, "\x1f")
}

// note of a row, nil where it has none.
func (r *deltaRow) note() []string {
	if len(r.body) < 2 || int(r.body[0]) != noteCol {
		return nil
	}
	n, k := binary.Uvarint(r.body[1:])
	if k <= 0 || uint64(len(r.body)-1-k) < n {
		return nil
	}
	if parts := strings.Split(string(r.body[1+k:1+k+int(n)]), "\x1f"); len(parts) == 5 {
		return parts
	}
	return nil
}

// Waiting is a visit with the fee lines that an institution told as Charged and that were not settled or withdrawn since; nil when
// there are none. batch restricts them to a chrg_bchno; "" and 0000 mean all, and lines without a batch belong to each.
func (e *Engine) Waiting(inst, psn, visit, batch string) *Encounter {
	var out *Encounter
	_ = eachRow(e.d.of(psn), func(r deltaRow) error {
		if r.table != tFee || r.get(fVisit) != visit || r.get(fInst) != inst || r.get(fSetl) != "" {
			return nil
		}
		note := r.note()
		if note != nil && batch != "" && batch != allBatches && note[0] != "" && note[0] != batch {
			return nil
		}
		if out == nil {
			out = &Encounter{ID: visit, Inst: inst, Begin: claim.NoTime, End: claim.NoTime, Total: claim.None64, Own: claim.None64, SelfPay: claim.None64,
				Account: claim.None64, Fund: claim.None64}
		}
		if note != nil { // the last upload's word counts
			for i, to := range []*string{&out.MedType, &out.MainDiag, &out.Insutype} {
				if note[1+i] != "" {
					*to = note[1+i]
				}
			}
			out.Rescue, out.Emergency = out.Rescue || strings.Contains(note[4], "R"), out.Emergency || strings.Contains(note[4], "E")
		}
		out.Orders = append(out.Orders, r.order())
		return nil
	})
	return out
}

// allBatches is the national word for all that is unsettled.
const allBatches = "0000"

// order is a fee row as the order that made it: what putOrder wrote, read back.
func (r *deltaRow) order() Order {
	o := Order{Cnt: claim.None64, Price: claim.None64, Amount: claim.None64, Own: claim.None64, SelfPay: claim.None64, Begin: claim.NoTime, Stop: claim.NoTime,
		Days: claim.None32, Current: true}
	_ = r.values(func(c int, s string, v int64) {
		switch c {
		case fID:
			o.ID = s
		case fTime:
			o.Begin = claim.Time(v)
		case fList:
			o.ListType = s
		case fItem:
			o.Item = s
		case fName:
			o.Name = s
		case fHospItem:
			o.HospItem = s
		case fHospName:
			o.HospName = s
		case fCharge:
			o.Charge = s
		case fUnit:
			o.Unit = s
		case fCnt:
			o.Cnt = claim.Qty(v)
		case fPrice:
			o.Price = claim.Price(v)
		case fAmount:
			o.Amount = claim.Money(v)
		case fOwn:
			o.Own = claim.Money(v)
		case fRxno:
			o.Rxno = s
		case fGroup:
			o.Group = s
		case fDays:
			o.Days = int32(v / int64(claim.QtyOne))
		case fDose:
			o.Dose = claim.Qty(v).String()
		case fDoseUnit:
			o.DoseUnit = s
		case fFreq:
			o.Frequency = s
		case fWay:
			o.Way = s
		case fForm:
			o.DosForm = s
		case fTake:
			o.TakeHome = s == "1"
		case fDept:
			o.Dept = s
		case fDeptName:
			o.DeptName = s
		case fDoctor:
			o.Doctor = s
		}
	})
	return o
}
