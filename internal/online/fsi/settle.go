package fsi

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/online"
)

// refusing are the cards whose hit refuses a settlement whatever their stop level: who may not claim, and where. Their verdict
// knows the exceptions (rescue during a suspension); nothing is judged here a second time. No release lifts them.
var refusing = map[string]bool{"B029": true, "B030": true}

// forbid says of what no reason helps that it is blocked: whoever asks must not learn it only when the settlement is refused. A card
// that is only to inform stays so.
func forbid(a *online.Answer) {
	for i := range a.Reminders {
		if r := &a.Reminders[i]; refusing[r.Rule] && r.Stop > online.Inform {
			r.Stop = online.Block
		}
	}
}

// bill answers the settlement and detail shapes.
func (s *server) bill(ctx context.Context, re *reply) *Fault {
	b, inst := re.m.Bill, re.m.Inst
	b.Request.At, b.Request.Received = re.m.At, re.received
	p := &b.Request.Patients[0]
	e := &p.Encounters[0]
	switch b.Step {
	case Withdraw:
		return s.tell(ctx, b, online.Withdrawn)
	case Reverse:
		return s.reverse(ctx, b)
	case Settled: // it took place elsewhere: nothing to judge any more
		return s.tell(ctx, b, online.Settled)
	case Settle, Preview:
		if w := s.waiting(inst, p.ID, e.ID, b.Batch); w != nil {
			mergeEncounter(e, w)
			e.Orders = append(e.Orders, w.Orders...)
		} else {
			re.warn = warnings(re.m.Odd, "没有收到过这次就诊的费用明细，只按机构和就诊核对")
		}
	}
	a, shown, bad := s.judge(ctx, re, b.Request)
	if bad != nil {
		return bad
	}
	if a.Partial {
		re.warn = warnings(re.m.Odd, "时间不够，只核对了一部分，未列出的不等于没有问题")
	}
	re.output = func(w *writer) {
		violations(w, b.Request, shown)
		re.m.results(w, "", shown)
		w.text("rule_warn_lv", levels[gravest(shown)])
		w.text("ana_flag", anaFlag(a))
	}
	switch b.Step {
	case Upload:
		return s.tell(ctx, b, online.Charged)
	case Settle, Preview:
		if bad := refusal(a.Reminders); bad != nil {
			return bad
		}
	}
	if b.Step == Settle {
		if bad := s.sell(ctx, re, b); bad != nil {
			return bad
		}
		return s.tell(ctx, b, online.Settled)
	}
	return nil
}

// refusal is why a settlement is refused, nil when it is not. It looks at everything that was found: what is not worth an interruption
// may still be refused.
func refusal(rs []online.Reminder) *Fault {
	var why []string
	for _, r := range rs {
		if r.Rule == twiceRule { // sell decides, when the settlement itself comes
			continue
		}
		if r.Stop == online.Block {
			if x := fmt.Sprintf("%s（%s）", r.Text, r.Rule); !slices.Contains(why, x) { // one doctor wrote many lines
				why = append(why, x)
			}
		}
	}
	if len(why) == 0 {
		return nil
	}
	const most = 5
	if n := len(why); n > most {
		why = append(why[:most], fmt.Sprintf("另有 %d 项", n-most))
	}
	return fault(Refused, "不予医保结算：%s", strings.Join(why, "；"))
}

// waiting is what was uploaded of a visit and waits for its settlement; nil = nothing.
func (s *server) waiting(inst, psn, visit, batch string) *online.Encounter {
	if s.History == nil {
		return nil
	}
	return s.History.Waiting(inst, psn, visit, batch)
}

// tell hands a bill to the history, a person at a time.
func (s *server) tell(ctx context.Context, b *Bill, kind online.EventKind) *Fault {
	if s.History == nil {
		return nil
	}
	q := b.Request
	for i := range q.Patients {
		for j := range q.Patients[i].Encounters {
			p := q.Patients[i]
			p.Encounters = p.Encounters[j : j+1]
			ev := &online.Event{Kind: kind, Infno: q.Infno, MsgID: q.MsgID, Inst: q.Inst, At: q.At, Patient: p, Setl: b.Setl, SetlTime: b.SetlTime, Batch: b.Batch}
			if kind == online.Withdrawn {
				ev.Lines = b.Withdrawn
				if ev.Lines == nil && b.Batch != "" && b.Batch != "0000" { // a batch: its lines
					ev.Lines = []string{}
					if w := s.waiting(q.Inst, p.ID, p.Encounters[0].ID, b.Batch); w != nil {
						for k := range w.Orders {
							ev.Lines = append(ev.Lines, w.Orders[k].ID)
						}
					}
				}
			}
			if kind == online.Settled && ev.Setl == "" {
				ev.Setl = q.MsgID // medins_setl_id: the platform's own number is not known before its answer
			}
			if kind == online.Settled && !ev.SetlTime.Has() {
				ev.SetlTime = q.At
			}
			if err := s.History.Tell(ctx, ev); err != nil {
				return s.failed(ctx, err)
			}
		}
	}
	return nil
}
