package remind

import (
	"cmp"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/online"
	"github.com/mingjian/mingjian/internal/store"
)

// entry is a record of the journal: a call with all it found, or an answer to a reminder.
type entry struct {
	V         int               `json:"v"`
	Call      *store.Call       `json:"call,omitempty"`
	Silence   *store.Silence    `json:"silence,omitempty"` // what calls name in NotJudged, with the first of them
	Visits    []store.CallVisit `json:"visits,omitempty"`
	Reminders []store.Reminder  `json:"reminders,omitempty"`
	Choice    *Choice           `json:"choice,omitempty"`
	At        int64             `json:"at,omitempty"` // of the choice
}

const entryVersion = 1

// SaidLine is a line of a reminder, as Reminder.Lines keeps it.
type SaidLine struct {
	Order string      `json:"i"`
	Visit string      `json:"v,omitempty"`
	Type  int8        `json:"t"`
	Vola  claim.Money `json:"a,omitempty"`
}

// linesText are lines as Reminder.Lines keeps them, for ReadLines. Written by hand: every reminder of every call passes here.
func linesText(ls []online.Line) string {
	b := append(make([]byte, 0, 2+64*len(ls)), '[')
	for i := range ls {
		l := &ls[i]
		if i > 0 {
			b = append(b, ',')
		}
		b = appendString(append(b, `{"i":`...), l.Order)
		if l.Visit != "" {
			b = appendString(append(b, `,"v":`...), l.Visit)
		}
		b = strconv.AppendInt(append(b, `,"t":`...), int64(l.Type), 10)
		if l.Vola != 0 {
			b = strconv.AppendInt(append(b, `,"a":`...), int64(l.Vola), 10)
		}
		b = append(b, '}')
	}
	return string(append(b, ']'))
}

// appendString writes a JSON string.
func appendString(b []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			q, _ := json.Marshal(s) // a string always can be written
			return append(b, q...)
		}
	}
	return append(append(append(b, '"'), s...), '"')
}

// ReadLines reads Reminder.Lines.
func ReadLines(text string) (ls []SaidLine, err error) {
	err = json.Unmarshal([]byte(text), &ls)
	return ls, err
}

// Verdicts of a call.
var verdicts = map[online.Stop]string{online.Silent: "放行", online.Inform: "提示", online.Confirm: "确认", online.Block: "阻断"}

// notShown is the verdict of a call whose answer nobody saw.
const notShown = "未提示"

// logged is a call as the log keeps it. now is when it arrived.
func logged(req *online.Request, ans *online.Answer, d *Decision, now time.Time) *entry {
	at, day := store.Micros(now), dayOf(req, now)
	c := &store.Call{ID: d.Call, At: at, Infno: req.Infno, Stage: req.Stage, Channel: req.Channel, Scenes: strings.Join(req.Scenarios, ","), Key: req.Key, Inst: req.Inst,
		Admdvs: areaOf(req), Operator: req.Operator, TaskID: req.TaskID, MsgID: req.MsgID, Program: ans.Program, Verdict: verdicts[d.Stop], Partial: ans.Partial,
		Found: len(ans.Reminders), Shown: len(d.Shown), Micros: ans.Took.Microseconds(), Odd: len(req.Odd)}
	if len(d.Shown) == 0 {
		c.Verdict = verdicts[online.Silent]
	}
	if d.Unseen != "" {
		c.Verdict, c.Shown = notShown, 0
	}
	e := &entry{V: entryVersion, Call: c}
	for i := range req.Patients {
		pt := &req.Patients[i]
		for j := range pt.Encounters {
			if v, n := visitOf(req, pt, &pt.Encounters[j], d.Call, at, now); v != nil {
				e.Visits = append(e.Visits, *v)
				c.Orders += n
			}
		}
	}
	e.Reminders = make([]store.Reminder, 0, len(d.Shown)+len(d.Held))
	civil := day.String()
	add := func(r *online.Reminder, shown bool, as []string, why, of string) {
		w := d.where.of(req, r)
		e.Reminders = append(e.Reminders, store.Reminder{Call: d.Call, Seq: len(e.Reminders) + 1, JrID: r.ID, Finding: r.Finding, At: at, Day: civil, Stage: req.Stage,
			Scenes: c.Scenes, Inst: w.Inst, Dept: w.Dept, Doctor: w.Doctor, Psn: r.Patient, Mdtrt: cmp.Or(r.Visit, w.Visit), Inpatient: w.Inpatient,
			Rule: r.Rule, RuleName: r.RuleName, RuleVersion: r.Version, Severity: int(r.Severity), Level: verdicts[r.Stop], Subject: r.Subject, Facts: r.Facts,
			Excess: r.Excess, Cont: r.Text, Point: r.Point, Vola: int64(r.Vola), Fund: int64(r.Fund), Lines: linesText(r.Lines), Shown: shown, Why: why,
			Audience: strings.Join(as, "、"), QuietOf: of})
	}
	for i := range d.Shown {
		add(d.Shown[i].Alone(), d.Unseen == "", d.Shown[i].Audience, d.Unseen, "")
	}
	for i := range d.Held {
		h := &d.Held[i]
		seen, why := false, h.Why
		if why == HeldSame {
			if seen = d.Unseen == ""; !seen {
				why = d.Unseen
			}
		}
		add(&h.Reminder, seen, h.Audience, why, h.QuietOf)
	}
	return e
}

// visitOf is what a call said of a visit; nil for one that is neither current nor has current orders.
func visitOf(req *online.Request, pt *online.Patient, x *online.Encounter, call string, at int64, now time.Time) (*store.CallVisit, int) {
	n := 0
	day := dayOf(req, now)
	civil := req.At
	if !civil.Has() {
		t := now.In(china)
		civil = claim.Time(int64(civilDay(now))*86_400_000_000 + int64(t.Hour()*3600+t.Minute()*60+t.Second())*1_000_000)
	}
	text := strconv.AppendInt(make([]byte, 0, 24+80*len(x.Orders)), int64(civil), 10)
	for i := range x.Orders {
		o := &x.Orders[i]
		if o.Current {
			n++
		}
		d := day
		if o.Begin.Has() {
			d = o.Begin.Day()
		}
		said := SaidOrder{o.ID, o.Rxno, o.Item, o.Cnt, o.Amount.Or(0), o.Own.Or(0), d, o.ListType, !o.Current}
		text = said.append(text)
	}
	if n == 0 && x.ID != pt.Current {
		return nil, 0
	}
	codes := []string{}
	if x.MainDiag != "" {
		codes = append(codes, x.MainDiag)
	}
	for _, d := range x.Diagnoses {
		if d.Code != "" {
			codes = append(codes, d.Code)
		}
	}
	slices.Sort(codes)
	w := whereOf(req, pt, x)
	return &store.CallVisit{Call: call, Psn: pt.ID, Mdtrt: x.ID, At: at, Inst: w.Inst, Dept: w.Dept, Doctor: w.Doctor, Inpatient: w.Inpatient,
		Diags: strings.Join(slices.Compact(codes), ","), Orders: string(text)}, n
}

// areaOf a call: of care, else of the institution, else of insurance.
func areaOf(req *online.Request) string {
	a := req.Admdvs
	for i := range req.Patients {
		for j := range req.Patients[i].Encounters {
			a = cmp.Or(a, req.Patients[i].Encounters[j].InstArea)
		}
	}
	return cmp.Or(a, req.Insured)
}

// Choice is an answer to a reminder, as 3103, CDS feedback or the page for clinics give it. To give it again changes nothing.
type Choice struct {
	JrID     string `json:"jr"`
	Way      string `json:"way"` // Continue, Change, SelfPay, Wrong
	Code     string `json:"code,omitempty"`
	Reason   string `json:"reason,omitempty"`
	Actor    string `json:"actor,omitempty"`
	Channel  string `json:"channel,omitempty"`
	Inst     string `json:"inst,omitempty"` // of who answers; another institution's reminders cannot be answered
	WarnType string `json:"warn_type,omitempty"`
}

// maxReason is the length of a reason in characters (dspo_way_rea).
const maxReason = 500

// check completes a choice and refuses one that cannot be kept.
func (c *Choice) check() error {
	for _, text := range []*string{&c.JrID, &c.Way, &c.Code, &c.Actor} { // PostgreSQL keeps no NUL, and one answer must not hold up the log
		*text = strings.ReplaceAll(*text, "\x00", "")
	}
	c.Reason = strings.TrimSpace(strings.ToValidUTF8(strings.ReplaceAll(c.Reason, "\x00", ""), "\ufffd"))
	if c.Code == "" { // "01 病情需要" or "01:…" in the text
		head, rest, found := strings.Cut(c.Reason, ":")
		if !found {
			head, rest, _ = strings.Cut(c.Reason, "：")
		}
		if _, ok := ReasonOf(strings.TrimSpace(head)); ok {
			c.Code, c.Reason = strings.TrimSpace(head), strings.TrimSpace(rest)
		}
	}
	reason, known := ReasonOf(c.Code)
	switch {
	case c.JrID == "" || len(c.JrID) > 64:
		return errors.New("缺少预警结果编号，或编号太长")
	case !slices.Contains([]string{Continue, Change, SelfPay, Wrong}, c.Way):
		return errors.New("处理方式应为 继续、修改、转自费 或 有误")
	case c.Way == Continue && c.Code == "" && c.Reason == "":
		return errors.New("继续执行要选理由或写理由")
	case c.Way == Continue && known && reason.Free && c.Reason == "":
		return errors.New("理由选“" + reason.Name + "”时要写明")
	case c.Way == Wrong && c.Reason == "":
		return errors.New("请写一句话说明提醒错在哪里")
	case len([]rune(c.Reason)) > maxReason:
		return errors.New("理由不能超过 500 字")
	}
	return nil
}
