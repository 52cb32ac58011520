package fsi

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/online"
	"github.com/mingjian/mingjian/internal/trace/counter"
	"github.com/mingjian/mingjian/internal/trace/index"
	"github.com/mingjian/mingjian/internal/trace/life"
)

// Goods is the desk of boxes and stock: package counter.
type Goods interface {
	Receive(c *counter.Call) (*counter.Receipt, error)
	Settle(s *counter.Settlement, record bool) (why string, recorded bool, err error)
	Reverse(inst string, docs []string, at claim.Time) error
	// Stop is the stop level of a second sale where an institution lies.
	Stop(admdvs string) online.Stop
}

// twiceRule is the card of a second sale.
const twiceRule, twiceName = "T001", "追溯码重复结算"

// traced is a code of a settlement's line.
type traced struct {
	sn, codes string
	split     bool
}

func (b *Bill) readTraces(d *decoder) {
	d.nodes(d.lim.Orders, func() {
		var t traced
		members(d, folded(node[traced]{
			"feedetl_sn":     {0, func(d *decoder, t *traced) { d.text(&t.sn) }},
			"drug_trac_codg": {1, func(d *decoder, t *traced) { d.text(&t.codes) }},
			"trdn_flag":      {2, func(d *decoder, t *traced) { d.flag(&t.split) }},
		}), &t, nil)
		b.Traces = append(b.Traces, t)
	})
}

// folded adds the names without underscores in small letters.
func folded[T any](n node[T]) node[T] {
	out := node[T]{}
	for k, f := range n {
		out[k], out[fold(k)] = f, f
	}
	return out
}

// traces reads drugtracinfo of a line: an object, a list of objects or texts, or a text.
func (d *decoder) traces(to *string) {
	var all []string
	add := func(s string) {
		if s != "" && !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	object := func() {
		var s string
		members(d, folded(node[string]{"drug_trac_codg": {0, func(d *decoder, s *string) { d.text(s) }}}), &s, nil)
		add(s)
	}
	switch d.peek() {
	case '{':
		d.object(object)
	case '[':
		d.open()
		for first := true; d.next(']', first); first = false {
			if d.peek() == '{' {
				d.object(object)
			} else {
				add(d.scalar())
			}
		}
	case '"':
		if s := d.str(); strings.HasPrefix(strings.TrimSpace(s), "{") || strings.HasPrefix(strings.TrimSpace(s), "[") {
			d.within(s, func() { d.traces(to) })
		} else if !blank(s) {
			add(strings.TrimSpace(s))
		}
	default:
		d.skip()
	}
	if len(all) > 0 {
		if *to != "" && !slices.Contains(all, *to) {
			all = append([]string{*to}, all...)
		}
		*to = strings.Join(all, "|")
	}
}

// boxes are the codes of an encounter's current orders and of a bill, by line.
func boxes(e *online.Encounter, more []traced) (out []counter.SettledLine) {
	for i := range e.Orders {
		o := &e.Orders[i]
		l := counter.SettledLine{Sn: o.ID, Item: o.Item, Cnt: o.Cnt, Split: o.Split}
		if o.Current {
			l.Codes = life.Codes(o.Traces)
		}
		for _, t := range more {
			if t.sn == o.ID {
				for _, c := range life.Codes(t.codes) {
					if !slices.ContainsFunc(l.Codes, func(k life.Code) bool { return k.Text == c.Text }) {
						l.Codes = append(l.Codes, c)
					}
				}
				l.Split = l.Split || t.split
			}
		}
		if len(l.Codes) > 0 {
			out = append(out, l)
		}
	}
	for _, t := range more {
		if !slices.ContainsFunc(e.Orders, func(o online.Order) bool { return o.ID == t.sn }) {
			out = append(out, counter.SettledLine{Sn: t.sn, Cnt: claim.None64, Split: t.split, Codes: life.Codes(t.codes)})
		}
	}
	return out
}

func (s *server) settlement(q *online.Request, p *online.Patient, e *online.Encounter, b *Bill) *counter.Settlement {
	x := &counter.Settlement{MsgID: q.MsgID}
	x.Inst, x.Psn, x.At, x.Paid = e.Inst, p.ID, q.At, true
	x.Docs = []string{e.ID}
	x.Ward = e.Kind == "2" || strings.HasPrefix(e.MedType, "2") || (b != nil && strings.HasPrefix(q.Infno, "23"))
	var more []traced
	if b != nil {
		if b.Setl != "" {
			x.Docs = append(x.Docs, b.Setl)
		}
		more, x.Insist = b.Traces, false
	}
	x.Lines = boxes(e, more)
	return x
}

// stopOf is what a second sale does where the caller lies, the area's switch considered.
func (s *server) stopOf(ctx context.Context, inst, admdvs string) online.Stop {
	area := areaOf(inst)
	if area == "" {
		area = admdvs
	}
	stop := s.Goods.Stop(area)
	if s.Desk != nil && stop > online.Inform {
		if on, err := s.Desk.InformOnly(ctx, area, s.Now()); on && err == nil {
			stop = online.Inform
		}
	}
	return stop
}

func counterStop(s online.Stop) counter.Stop {
	switch s {
	case online.Block:
		return counter.Block
	case online.Confirm:
		return counter.Confirm
	}
	return counter.Tell
}

// sold adds what the index says of a request's boxes to an answer: a question, nothing is recorded.
func (s *server) sold(ctx context.Context, q *online.Request, a *online.Answer) {
	if s.Goods == nil || (q.Stage != online.During && q.Channel != BillChannel) {
		return
	}
	for i := range q.Patients {
		p := &q.Patients[i]
		for j := range p.Encounters {
			e := &p.Encounters[j]
			for _, l := range boxes(e, nil) {
				x := s.settlement(q, p, e, nil)
				x.Lines = []counter.SettledLine{l}
				why, _, err := s.Goods.Settle(x, false)
				if err != nil {
					s.Log.ErrorContext(ctx, "trace index does not answer", "err", err)
					return
				}
				if why == "" {
					continue
				}
				k := slices.IndexFunc(e.Orders, func(o online.Order) bool { return o.ID == l.Sn })
				r := online.Reminder{ID: clip("ZS"+fmt.Sprintf("%015x", index.DocHash(e.ID+"\x1f"+l.Sn)), maxID), Patient: p.ID, Visit: e.ID, Rule: twiceRule, RuleName: twiceName, Severity: 2,
					Stop: s.stopOf(ctx, e.Inst, q.Admdvs), Text: clip(why, 60), Basis: "四部门关于药品追溯码医保和工伤保险采集应用的通知", Advice: "请核对药盒；扫错了请撤销后重扫", Subject: l.Item, Facts: why, Vola: claim.None64, Fund: claim.None64}
				line := online.Line{Order: l.Sn, Visit: e.ID, Type: 1, Vola: claim.None64}
				if k >= 0 {
					line.Item, line.ItemName = e.Orders[k].Item, e.Orders[k].Name
				}
				r.Lines = []online.Line{line}
				if r.Stop > online.Silent {
					a.Reminders = append(a.Reminders, r)
				}
			}
		}
	}
}

// sell records the boxes of a settlement. Of several counters that settle a box in one instant exactly one passes.
func (s *server) sell(ctx context.Context, re *reply, b *Bill) *Fault {
	if s.Goods == nil {
		return nil
	}
	q := b.Request
	for i := range q.Patients {
		p := &q.Patients[i]
		for j := range p.Encounters {
			x := s.settlement(q, p, &p.Encounters[j], b)
			stop := s.stopOf(ctx, x.Inst, q.Admdvs)
			x.Stop = counterStop(stop)
			x.Insist = stop == online.Confirm && b.Confirmed != ""
			why, ok, err := s.Goods.Settle(x, true)
			switch {
			case err != nil:
				return s.failed(ctx, err)
			case !ok && stop == online.Confirm:
				return fault(SoldTwice, "%s（%s）。请核对药盒；确要结算，请写 trac_cfm_flag 为 1、memo 写明理由后再结算", why, twiceRule)
			case !ok:
				return fault(Refused, "不予医保结算：%s（%s）", why, twiceRule)
			case why != "" && stop > online.Silent:
				re.warn = warnings(re.m.Odd, why)
			}
		}
	}
	return nil
}

// reverse takes back the boxes of a settlement that is undone.
func (s *server) reverse(ctx context.Context, b *Bill) *Fault {
	e := &b.Request.Patients[0].Encounters[0]
	if s.Goods != nil {
		var docs []string
		for _, d := range []string{b.Setl, e.ID} {
			if d != "" {
				docs = append(docs, d)
			}
		}
		if err := s.Goods.Reverse(b.Request.Inst, docs, b.Request.At); err != nil {
			return s.failed(ctx, err)
		}
	}
	return nil
}

// goods answers a 3501–3507.
func (s *server) goods(ctx context.Context, re *reply) *Fault {
	m := re.m
	if s.Goods == nil {
		return fault(UnknownInfno, "本服务没有开通进销存和追溯码")
	}
	stop := s.stopOf(ctx, m.Inst, m.Admdvs)
	c := &counter.Call{Infno: m.National, Inst: m.Inst, MsgID: m.MsgID, At: m.At, Input: m.Goods, Stop: counterStop(stop)}
	if strings.HasSuffix(strings.ToUpper(m.Infno), "A") {
		c.Infno += "A"
	}
	r, err := s.Goods.Receive(c)
	var wrong *counter.Wrong
	switch {
	case errors.As(err, &wrong):
		return &Fault{Code: Missing, Path: "input", Text: wrong.Text}
	case err != nil:
		return s.failed(ctx, err)
	}
	var no, words []string
	confirm := false
	for _, o := range r.Rows {
		if !o.Taken {
			no, confirm = append(no, o.Text), confirm || o.Confirm
		} else if o.Text != "" && stop > online.Silent {
			words = append(words, o.Text)
		}
	}
	no, words = slices.Compact(no), slices.Compact(words)
	re.warn = warnings(m.Odd, words...)
	if len(no) > 0 && !r.Batch {
		if confirm {
			return fault(SoldTwice, "%s（%s）。请核对药盒；扫错了请撤销，确要销售请写 trac_cfm_flag 为 1、memo 写明理由后再传", strings.Join(no, "；"), twiceRule)
		}
		return fault(Refused, "%s（%s）", strings.Join(no, "；"), twiceRule)
	}
	re.output = func(w *writer) {
		w.key("result")
		w.open('{')
		w.text("retRslt", map[bool]string{true: "1", false: "0"}[len(no) == 0])
		w.text("msgRslt", strings.Join(no, "；"))
		w.close('}')
		if !r.Batch {
			return
		}
		for _, part := range []struct {
			name  string
			taken bool
		}{{"sucessData", true}, {"failData", false}} {
			w.key(part.name)
			w.open('[')
			for _, o := range r.Rows {
				if o.Taken == part.taken {
					w.open('{')
					w.text("seq", fmt.Sprint(o.Row))
					w.text("msg", o.Text)
					w.close('}')
				}
			}
			w.close(']')
		}
	}
	return nil
}
