package fsi

import (
	"errors"
	"fmt"
	"slices"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/online"
)

var errBytes = errors.New("不是该编码的字节")

// finish checks what the fields say together and fills in the envelope.
func (r *reading) finish() *Fault {
	if !r.input && r.m.National != "9001" && r.m.National != "9002" {
		return &Fault{Code: Missing, Path: "input", Text: "没有 input 节点"}
	}
	switch m := r.m; {
	case m.Request != nil:
		m.Request.Stage = online.Before
		if m.National == "3102" {
			m.Request.Stage = online.During
		}
		m.fill(m.Request)
		return r.judgeable(m.Request)
	case m.Feedback != nil:
		return m.Feedback.check()
	case m.Pleas != nil:
		return m.Pleas.check(m)
	case m.Bill != nil:
		m.fill(m.Bill.Request)
		m.Bill.Request.Stage, m.Bill.Request.Channel = online.During, BillChannel
		return m.Bill.finish(r.decoder)
	}
	return nil
}

func (m *Message) fill(q *online.Request) {
	q.Infno, q.Channel, q.MsgID, q.Inst, q.Operator = m.Infno, "fsi", m.MsgID, m.Inst, m.Operator
	q.Admdvs, q.Insured, q.At = m.Admdvs, m.Insured, m.At
}

// registrations are the scenarios in which nothing has been ordered yet.
var registrations = []string{"1", "3"}

// judgeable refuses a request about which nothing can be said, and names what else is missing as oddities.
func (r *reading) judgeable(q *online.Request) *Fault {
	if len(q.Patients) == 0 {
		return &Fault{Code: Missing, Path: "input.data.patient_dtos", Text: "没有参保人"}
	}
	current := 0
	for i := range q.Patients {
		p := &q.Patients[i]
		path := fmt.Sprintf("input.data.patient_dtos[%d]", i)
		if p.ID == "" {
			return &Fault{Code: Missing, Path: path + ".patn_id", Text: "没有参保人编号"}
		}
		if len(p.Encounters) == 0 {
			return &Fault{Code: Missing, Path: path + ".fsi_encounter_dtos", Text: "没有就诊"}
		}
		if len(p.Encounters) == 1 && p.Encounters[0].ID == "" {
			p.Encounters[0].ID = p.Current
		}
		for j := range p.Encounters {
			e := &p.Encounters[j]
			at := fmt.Sprintf("%s.fsi_encounter_dtos[%d]", path, j)
			if e.ID == "" {
				return &Fault{Code: Missing, Path: at + ".mdtrt_id", Text: "没有就诊编号"}
			}
			if !r.flagged && (len(p.Encounters) == 1 || e.ID == p.Current) {
				for k := range e.Orders {
					e.Orders[k].Current = true
				}
			}
			if e.Inst == "" {
				e.Inst = q.Inst
			}
			current += r.encounter(e, at, q.At)
		}
	}
	if current == 0 && !slices.ContainsFunc(q.Scenarios, func(s string) bool { return slices.Contains(registrations, s) }) {
		r.note("input.data.patient_dtos", "", "没有本次医嘱（curr_drord_flag=1），只能核对就诊")
	}
	return nil
}

func (r *reading) note(path, value, why string) {
	if len(r.odd) < maxOdd {
		r.odd = append(r.odd, online.Oddity{Path: path, Value: short(value), Why: why})
	}
}

// encounter names what an encounter's orders lack and counts the current ones.
func (r *reading) encounter(e *online.Encounter, at string, now claim.Time) (current int) {
	seen := make(map[string]int, len(e.Orders))
	for k := range e.Orders {
		o := &e.Orders[k]
		if !o.Begin.Has() && o.Current {
			o.Begin = now
		}
		if o.Current {
			current++
		}
		lacks := func(field, why string) {
			r.note(fmt.Sprintf("%s.fsi_order_dtos[%d].%s", at, k, field), "", why)
		}
		switch {
		case o.ID == "" && o.Current:
			lacks("rx_id", "没有明细编号，结果无法指到这一行")
		case o.Item == "" && o.Current:
			lacks("hilist_code", "没有医保目录编码，这一行不核对")
		}
		if o.ID == "" {
			continue
		}
		if first, twice := seen[o.ID]; twice {
			lacks("rx_id", fmt.Sprintf("与第 %d 行的明细编号 %s 相同", first+1, short(o.ID)))
			continue
		}
		seen[o.ID] = k
	}
	return current
}
