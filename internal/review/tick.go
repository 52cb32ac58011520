package review

import (
	"context"
	"fmt"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/review/ledger"
	"github.com/mingjian/mingjian/internal/store"
)

// TickReport counts what the clocks did.
type TickReport struct {
	Day       string `json:"day"`
	Deemed    int    `json:"deemed_delivered"`
	Reminded  int    `json:"reminded"`
	Lapsed    int    `json:"lapsed"`
	Escalated int    `json:"escalated"`
	Dunned    int    `json:"dunned"`
	Rerun     int    `json:"rerun"` // cases marked because a re-audit says otherwise
	Closed    int    `json:"closed"`
}

// Tick lets the clocks act as of today. It may run as often as one likes: what was done today is not done again. The institution's
// silence counts as acceptance only with proof of delivery and two reminders; the bureau's own lateness is reported upwards and
// decides nothing.
func (d *Desk) Tick(ctx context.Context) (*TickReport, error) {
	rep := &TickReport{Day: d.Today().String()}
	for _, f := range []func(context.Context, *TickReport) error{d.deem, d.noteRerun, d.timeouts, d.settle} {
		if err := f(ctx, rep); err != nil {
			return rep, told(err)
		}
	}
	return rep, nil
}

// deem takes notices as delivered that nobody signed for in the area's days.
func (d *Desk) deem(ctx context.Context, rep *TickReport) error {
	today := d.Today()
	var ns []store.Notice
	if err := d.DB.View(ctx, func(tx *store.Tx) (err error) { ns, err = tx.Undelivered(int64(today)-1, 1<<30); return err }); err != nil {
		return err
	}
	for i := range ns {
		deemed := 0
		err := d.do(ctx, func(b *batch) error {
			deemed = 0
			n, err := b.tx.Notice(ns[i].ID)
			if err != nil || n.DeliveredDay != 0 {
				return err
			}
			area := ""
			if inst, err := b.tx.ReviewInst(n.Inst); err == nil {
				area = inst.Admdvs
			}
			day := d.days().Add(claim.Day(n.SentDay), int(b.param("送达推定", area)))
			if day > b.today {
				return nil
			}
			deemed = 1
			return b.deliver(n, machineID, ProofDeemed, day)
		})
		if err != nil {
			return err
		}
		rep.Deemed += deemed
	}
	return nil
}

// timeouts goes through the states with clocks.
func (d *Desk) timeouts(ctx context.Context, rep *TickReport) error {
	for i := range flow.States {
		s := &flow.States[i]
		if s.Clock == "" {
			continue
		}
		after, pace := "", d.pace()
		for {
			var cs []store.Case
			err := d.DB.View(ctx, func(tx *store.Tx) (err error) {
				cs, err = tx.CasesIn(s.Name, after, int64(d.soon(s)), pace.n)
				return err
			})
			if err != nil {
				return err
			}
			if len(cs) == 0 {
				break
			}
			after = cs[len(cs)-1].Finding
			if err := d.timeout(ctx, s, cs, rep, pace); err != nil {
				return err
			}
			pace.ended(len(cs))
		}
	}
	return nil
}

// soon bounds the due days to look at: overdue ones, and for the institution those that may have to be reminded of.
func (d *Desk) soon(s *State) claim.Day {
	if s.Side == sideInst {
		return d.days().Add(d.Today(), 21)
	}
	return d.Today()
}

func (d *Desk) timeout(ctx context.Context, s *State, cs []store.Case, rep *TickReport, pace *pace) error {
	var n TickReport
	err := d.do(ctx, func(b *batch) error {
		pace.begin()
		n = TickReport{}
		for i := range cs {
			w, err := b.load(cs[i].Finding)
			if err != nil {
				return err
			}
			if w.c.State != s.Name || w.c.PausedDay != 0 {
				continue
			}
			if s.Side == sideInst {
				err = b.remindOrLapse(s, w, &n)
			} else if int64(b.today) > w.c.DueDay {
				err = b.escalate(s, w, &n)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		rep.Reminded, rep.Lapsed, rep.Escalated, rep.Dunned = rep.Reminded+n.Reminded, rep.Lapsed+n.Lapsed, rep.Escalated+n.Escalated, rep.Dunned+n.Dunned
	}
	return err
}

// remindOrLapse reminds an institution on the area's days before the end, and later until two reminders were sent; only then, and not on
// the day of the last one, silence has its effect.
func (b *batch) remindOrLapse(s *State, w *work, n *TickReport) error {
	c := w.c
	due, today := claim.Day(c.DueDay), b.today
	first := b.d.days().Add(due, -int(b.param("催办提前一", c.Admdvs)))
	second := b.d.days().Add(due, -int(b.param("催办提前二", c.Admdvs)))
	want := flag(today >= first) + flag(today >= second)
	if s.Timeout == "supplement_lapse" {
		want = min(want, 1)
	}
	if c.Reminders < want && c.RemindedDay < int64(today) {
		t, err := b.turn(machineID, "remind", Ref{ID: c.Finding}, Say{})
		if err != nil {
			return err
		}
		c.Reminders, c.RemindedDay = c.Reminders+1, int64(today)
		t.detail["第几次"] = c.Reminders
		if _, err := b.notify(noticeOf{kind: "催办通知", c: c, body: fmt.Sprintf("疑点 %s 的“%s”期限为 %s，请及时办理。逾期：%s。", c.Finding, s.Name, due, flow.event(s.Timeout).Name)}); err != nil {
			return err
		}
		n.Reminded++
		return t.done()
	}
	if today <= due || (s.Timeout != "supplement_lapse" && (c.Reminders < 2 || c.RemindedDay >= int64(today))) {
		return nil
	}
	t, err := b.turn(machineID, s.Timeout, Ref{ID: c.Finding}, Say{})
	if err != nil {
		return err
	}
	if s.Timeout == "lapse" && c.Reopened == 0 {
		c.Reopened = int64(today)
	}
	n.Lapsed++
	return t.done()
}

// escalate reports a case that the bureau is late with to the next level, and again after some days. Money that is late is asked for.
func (b *batch) escalate(s *State, w *work, n *TickReport) error {
	c := w.c
	if c.EscalatedDay != 0 && b.d.days().Between(claim.Day(c.EscalatedDay), b.today) < int(b.param("上报间隔", c.Admdvs)) {
		return nil
	}
	if s.Timeout == "dun" {
		l, err := b.ledgerOf(w)
		if err != nil {
			return err
		}
		if l.Total(ledger.Fund, ledger.Due, ledger.Confirmed) == 0 && l.Total(ledger.Breach, ledger.Due) == 0 {
			return nil
		}
	}
	t, err := b.turn(machineID, s.Timeout, Ref{ID: c.Finding}, Say{})
	if err != nil {
		return err
	}
	c.Escalated, c.EscalatedDay = c.Escalated+1, int64(b.today)
	t.detail["第几级"], t.detail["期限"] = c.Escalated, claim.Day(c.DueDay).String()
	if s.Timeout == "dun" {
		n.Dunned++
		body := fmt.Sprintf("疑点 %s 应缴 %s 元，期限 %s 已过，请在收到本通知后缴清。", c.Finding, claim.Money(c.Fund), claim.Day(c.DueDay))
		if most := int(b.param("催缴次数", c.Admdvs)); c.Escalated >= most {
			body += fmt.Sprintf("已催缴 %d 次，将建议暂停拨付。", c.Escalated)
			t.detail["建议"] = "暂停拨付"
		}
		if _, err := b.notify(noticeOf{kind: "催缴通知", c: c, body: body}); err != nil {
			return err
		}
	} else {
		n.Escalated++
	}
	return t.done()
}

// settle closes cases whose money is settled.
func (d *Desk) settle(ctx context.Context, rep *TickReport) error {
	after, pace := "", d.pace()
	for {
		var cs []store.Case
		if err := d.DB.View(ctx, func(tx *store.Tx) (err error) { cs, err = tx.CasesIn(Executing, after, 0, pace.n); return err }); err != nil {
			return err
		}
		if len(cs) == 0 {
			return nil
		}
		after = cs[len(cs)-1].Finding
		n := 0
		err := d.do(ctx, func(b *batch) error {
			pace.begin()
			n = 0
			for i := range cs {
				t, err := b.turn(machineID, "close", Ref{ID: cs[i].Finding}, Say{})
				if CodeOf(err) == CodeLedger || CodeOf(err) == CodeState {
					continue
				}
				if err != nil {
					return err
				}
				if err := t.finish(); err != nil {
					return err
				}
				if err := t.done(); err != nil {
					return err
				}
				n++
			}
			return nil
		})
		if err != nil {
			return err
		}
		pace.ended(len(cs))
		rep.Closed += n
	}
}
