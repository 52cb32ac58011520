package fsi

import (
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/mingjian/mingjian/internal/online"
)

// answerNames are the fields of a result that a profile may rename.
var answerNames = []string{"jr_id", "rule_id", "rule_name", "vola_cont", "patn_id", "mdtrt_id", "judge_result_detail_dtos", "vola_amt",
	"vola_amt_stas", "sev_deg", "vola_evid", "vola_bhvr_type", "task_id", "jrd_id", "rx_id", "vola_item_type"}

// maxID is the length of jr_id and jrd_id, C50; maxEvid that of vola_evid in characters.
const (
	maxID   = 50
	maxEvid = 500
)

// levels are the stop levels as rule_warn_lv says them.
var levels = map[online.Stop]string{online.Block: "3", online.Confirm: "2", online.Inform: "1"}

// china is the zone of all times of the interface.
var china = time.FixedZone("UTC+8", 8*3600)

// stamp is refmsg_time and respond_time: yyyyMMddHHmmssSSS.
func stamp(t time.Time) string {
	return strings.Replace(t.In(china).Format("20060102150405.000"), ".", "", 1)
}

// reply is what one message is answered.
type reply struct {
	m        *Message
	fault    *Fault
	warn     string
	output   func(w *writer) // members of output
	received time.Time
	serial   *atomic.Uint64
	watch    stopwatch
}

// encode writes the response envelope. infcode is a number, 0 or -1.
func (r *reply) encode(now time.Time) []byte {
	w := &writer{b: make([]byte, 0, 1024)}
	code, text := 0, ""
	if r.fault != nil {
		code, text = -1, r.fault.Error()
	}
	w.open('{')
	w.number("infcode", code)
	w.text("inf_refmsgid", r.id(now))
	w.text("refmsg_time", stamp(r.received))
	w.text("respond_time", stamp(now))
	w.text("err_msg", text)
	w.text("warn_msg", r.warn)
	w.text("signtype", r.m.SignType)
	w.text("cainfo", "")
	w.text("enctype", "")
	w.key("output")
	w.open('{')
	if r.output != nil {
		r.output(w)
	}
	w.close('}')
	w.close('}')
	return w.b
}

// id is inf_refmsgid: division (6), time (14), serial (10).
func (r *reply) id(now time.Time) string {
	area := r.m.Admdvs
	if len(area) != 6 || strings.Trim(area, "0123456789") != "" {
		area = "000000"
	}
	return fmt.Sprintf("%s%s%010d", area, now.In(china).Format("20060102150405"), r.serial.Add(1)%10_000_000_000)
}

// warnings puts the oddities of a message into one text.
func warnings(odd []online.Oddity, more ...string) string {
	var b strings.Builder
	add := func(s string) {
		if b.Len() > 0 {
			b.WriteString("；")
		}
		b.WriteString(s)
	}
	for _, s := range more {
		if s != "" {
			add(s)
		}
	}
	const most = 10
	for i, o := range odd {
		if i == most {
			add(fmt.Sprintf("另有 %d 处", len(odd)-most))
			break
		}
		if o.Value == "" {
			add(o.Path + " " + o.Why)
		} else {
			add(o.Path + " = " + o.Value + "：" + o.Why)
		}
	}
	return b.String()
}

// results writes the reminders as national results, under the profile's names.
func (m *Message) results(w *writer, task string, rs []online.Reminder) {
	p := m.Profile
	w.list("result", len(rs), func(i int) {
		r := &rs[i]
		w.open('{')
		w.as(p, "jr_id", r.ID)
		w.as(p, "rule_id", r.Rule)
		w.as(p, "rule_name", r.RuleName)
		w.as(p, "vola_cont", r.Text)
		w.as(p, "patn_id", r.Patient)
		w.as(p, "mdtrt_id", r.Visit)
		w.list(p.called("judge_result_detail_dtos"), len(r.Lines), func(k int) { w.detail(p, r, k) })
		w.money(p.called("vola_amt"), r.Vola)
		w.as(p, "vola_amt_stas", amountState(r))
		w.as(p, "sev_deg", strconv.Itoa(int(r.Severity)))
		w.as(p, "vola_evid", clip(r.Basis, maxEvid))
		w.as(p, "vola_bhvr_type", "")
		w.as(p, "task_id", task)
		w.text("rule_warn_lv", levels[r.Stop])
		w.text("dspo_sugg", r.Advice)
		w.close('}')
	})
}

// amountState is vola_amt_stas: 1 = computed, 0 = not.
func amountState(r *online.Reminder) string {
	if r.Vola.Has() {
		return "1"
	}
	return "0"
}

// detail writes a line. Lines of other institutions are counted, never named.
func (w *writer) detail(p *Profile, r *online.Reminder, k int) {
	l := &r.Lines[k]
	tail := "-" + strconv.Itoa(k+1)
	head := r.ID
	if n := maxID - len(tail); len(head) > n {
		head = head[len(head)-n:]
	}
	w.open('{')
	w.as(p, "jrd_id", head+tail)
	w.as(p, "patn_id", r.Patient)
	if l.Elsewhere {
		w.as(p, "mdtrt_id", "")
		w.as(p, "rx_id", "")
	} else {
		w.as(p, "mdtrt_id", l.Visit)
		w.as(p, "rx_id", l.Order)
	}
	w.as(p, "vola_item_type", strconv.Itoa(int(l.Type)))
	w.money(p.called("vola_amt"), l.Vola)
	w.close('}')
}

func (w *writer) as(p *Profile, name, v string) { w.text(p.called(name), v) }

// called is a result field's name under the profile.
func (p *Profile) called(name string) string {
	if n := p.answer[name]; n != "" {
		return n
	}
	return name
}

// violations writes the reminders as voladetail, the shape in which settlement transactions tell them.
func violations(w *writer, q *online.Request, rs []online.Reminder) {
	type place struct{ visit, order string }
	lines := map[place]*online.Order{}
	for i := range q.Patients {
		for j := range q.Patients[i].Encounters {
			e := &q.Patients[i].Encounters[j]
			for k := range e.Orders {
				lines[place{e.ID, e.Orders[k].ID}] = &e.Orders[k]
			}
		}
	}
	var none online.Order
	w.key("voladetail")
	w.open('[')
	row := func(r *online.Reminder, visit string, o *online.Order) {
		w.open('{')
		w.text("mdtrt_id", visit)
		w.text("medins_list_codg", o.HospItem)
		w.text("medins_list_name", o.HospName)
		w.text("med_list_codg", o.Item)
		w.text("feedetl_sn", o.ID)
		w.text("vola_type", r.Rule)
		w.text("vola_dscr", r.Text)
		w.close('}')
	}
	for i := range rs {
		r, told := &rs[i], false
		for _, l := range r.Lines {
			if o := lines[place{l.Visit, l.Order}]; o != nil && l.Type == 1 && !l.Elsewhere {
				row(r, l.Visit, o)
				told = true
			}
		}
		if !told {
			row(r, r.Visit, &none)
		}
	}
	w.close(']')
}

func clip(s string, most int) string {
	n := 0
	for i := range s {
		if n == most {
			return s[:i]
		}
		n++
	}
	return s
}
