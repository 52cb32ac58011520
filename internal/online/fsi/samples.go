package fsi

import (
	"fmt"

	"github.com/mingjian/mingjian/internal/online"
)

// Channels of requests: which facts a channel carries decides which cards may judge its calls.
const (
	Channel     = "fsi"  // 3101, 3102: the national nodes
	BillChannel = "bill" // settlement and detail shapes: lines without diagnoses; what a card needs beyond them it does not judge
)

// Samples are requests in which every field is filled that a channel's messages have for certain.
func Samples() (map[string][]*online.Request, error) {
	out := map[string][]*online.Request{}
	for _, stage := range []string{online.Before, online.During} {
		q := online.Fullest(stage)
		q.Channel = Channel
		for i := range q.Patients[0].Encounters {
			e := &q.Patients[0].Encounters[i]
			e.Rescue, e.Emergency = false, false // not of the national nodes, nor what follows
			for k := range e.Orders {
				o, none := &e.Orders[k], newOrder()
				o.Days, o.Dose, o.DoseUnit, o.Frequency, o.Way = none.Days, "", "", "", ""
			}
		}
		q, err := Decode(Encode(q), nil)
		if err != nil {
			return nil, fmt.Errorf("fsi: the sample cannot be read back: %w", err)
		}
		q.Stage = stage
		out[Channel] = append(out[Channel], q)
	}
	ps, err := national()
	if err != nil {
		return nil, err
	}
	m, err := ps.Read([]byte(billSample), Source{})
	if err != nil {
		return nil, fmt.Errorf("fsi: the sample cannot be read: %w", err)
	}
	out[BillChannel] = []*online.Request{m.Bill.Request}
	return out, nil
}

// billSample has the fields that 2204, 2301 and 5204 all require.
const billSample = `{"infno":"2204","msgid":"M","mdtrtarea_admvs":"990100","insuplc_admdvs":"990100","inf_time":"2025-01-02 08:00:00","fixmedins_code":"H99010000001",
"input":{"feedetail":[{"feedetl_sn":"F","mdtrt_id":"V","psn_no":"P","fee_ocur_time":"2025-01-02 08:00:00","med_list_codg":"X","medins_list_codg":"H",
"det_item_fee_sumamt":"1.00","cnt":"1","pric":"1","bilg_dept_codg":"1","bilg_dept_name":"1","bilg_dr_codg":"D"}]}}`
