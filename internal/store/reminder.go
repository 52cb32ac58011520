package store

import (
	"database/sql"
	"errors"
	"maps"
	"math"
	"slices"
	"strings"
)

// Call is one request that was answered, without its orders. Times are microseconds UTC.
type Call struct {
	ID        string // call_id, sortable by time
	At        int64
	Infno     string
	Stage     string
	Channel   string
	Scenes    string // comma-joined trig_scen
	Key       string
	Inst      string
	Admdvs    string
	Operator  string
	TaskID    string
	MsgID     string
	Program   string
	Verdict   string
	Partial   bool
	Orders    int // current ones
	Found     int
	Shown     int
	Micros    int64  // until the answer was ready
	NotJudged string // rule=reason, one a line; or "@" and the number of a Silence that says it
	Odd       int
}

func (c *Call) fields() []any {
	return []any{&c.ID, &c.At, &c.Infno, &c.Stage, &c.Channel, &c.Scenes, &c.Key, &c.Inst, &c.Admdvs, &c.Operator, &c.TaskID, &c.MsgID, &c.Program,
		&c.Verdict, &c.Partial, &c.Orders, &c.Found, &c.Shown, &c.Micros, &c.NotJudged, &c.Odd}
}

// CallVisit is what a call said of one visit: what was known when.
type CallVisit struct {
	Call      string
	Psn       string
	Mdtrt     string
	At        int64
	Inst      string
	Dept      string
	Doctor    string
	Inpatient bool
	Diags     string // codes, comma-joined, sorted
	Orders    string // JSON, as package remind writes it
}

func (v *CallVisit) fields() []any {
	return []any{&v.Call, &v.Psn, &v.Mdtrt, &v.At, &v.Inst, &v.Dept, &v.Doctor, &v.Inpatient, &v.Diags, &v.Orders}
}

// Reminder is one hit of a call, shown or not. Money is in fen, Day the civil day of the call.
type Reminder struct {
	Call        string
	Seq         int
	JrID        string
	Finding     string
	At          int64
	Day         string
	Stage       string
	Scenes      string
	Inst        string
	Dept        string
	Doctor      string
	Psn         string
	Mdtrt       string
	Inpatient   bool
	Rule        string
	RuleName    string
	RuleVersion string
	Severity    int
	Level       string // rule_warn_lv: how it stopped the call
	Subject     string
	Facts       string
	Excess      int64
	Cont        string // as shown
	Point       string
	Vola        int64
	Fund        int64
	Lines       string // JSON, as package remind writes it
	Shown       bool
	Why         string // it was not shown
	Audience    string
	QuietOf     string // jr_id of the explained one that keeps this one quiet
}

func (r *Reminder) fields() []any {
	return []any{&r.Call, &r.Seq, &r.JrID, &r.Finding, &r.At, &r.Day, &r.Stage, &r.Scenes, &r.Inst, &r.Dept, &r.Doctor, &r.Psn, &r.Mdtrt, &r.Inpatient,
		&r.Rule, &r.RuleName, &r.RuleVersion, &r.Severity, &r.Level, &r.Subject, &r.Facts, &r.Excess, &r.Cont, &r.Point, &r.Vola, &r.Fund, &r.Lines,
		&r.Shown, &r.Why, &r.Audience, &r.QuietOf}
}

// Choice is what somebody answered to a reminder. The last of a jr_id counts; the earlier ones are kept.
type Choice struct {
	JrID     string
	Seq      int
	At       int64
	Way      string // 继续 修改 转自费 有误
	Code     string // of the reason
	Reason   string
	Actor    string
	Channel  string
	Inst     string
	WarnType string // as sent: 1 before, 2 during
}

func (c *Choice) fields() []any {
	return []any{&c.JrID, &c.Seq, &c.At, &c.Way, &c.Code, &c.Reason, &c.Actor, &c.Channel, &c.Inst, &c.WarnType}
}

// same tells whether two answers say the same, whenever they were given.
func (c *Choice) same(d *Choice) bool {
	return c.Way == d.Way && c.Code == d.Code && c.Reason == d.Reason
}

var (
	callColumns      = strings.Join(callTable.names(), ", ")
	callVisitColumns = strings.Join(callVisitTable.names(), ", ")
	reminderColumns  = strings.Join(reminderTable.names(), ", ")
	choiceColumns    = strings.Join(choiceTable.names(), ", ")
)

// bound are what pointers to a row's fields point at, as a load wants them: truth as 0 or 1.
func bound(fields []any) []any {
	out := make([]any, len(fields))
	for i, f := range fields {
		switch p := f.(type) {
		case *string:
			out[i] = strings.ReplaceAll(*p, "\x00", "") // PostgreSQL keeps none
		case *int64:
			out[i] = *p
		case *int:
			out[i] = *p
		case *bool:
			out[i] = flag(*p)
		}
	}
	return out
}

// AddCalls adds calls with their visits and reminders in bulk; ErrExists when one is there already.
func (tx *Tx) AddCalls(cs []Call, vs []CallVisit, rs []Reminder) error {
	for i := range cs {
		tx.mark(markCall, dayOf(cs[i].At), "", "")
	}
	for i := range vs {
		tx.mark(markCall, dayOf(vs[i].At), "", "")
	}
	if err := tx.markLate(vs, rs); err != nil {
		return err
	}
	if err := tx.load(callTable.name, callTable.names(), len(cs), func(i int) []any { return bound(cs[i].fields()) }); err != nil {
		return err
	}
	if err := tx.load(callVisitTable.name, callVisitTable.names(), len(vs), func(i int) []any { return bound(vs[i].fields()) }); err != nil {
		return err
	}
	return tx.load(reminderTable.name, reminderTable.names(), len(rs), func(i int) []any { return bound(rs[i].fields()) })
}

// markLate marks the days on which a visit or a reminder counted that is now known from an earlier one. Calls come in the order of time but for those that are
// asked again of the past.
func (tx *Tx) markLate(vs []CallVisit, rs []Reminder) error {
	first := int64(math.MaxInt64)
	visits, said := []string{}, []string{}
	for i := range vs {
		first, visits = min(first, vs[i].At), append(visits, vs[i].Mdtrt)
	}
	for i := range rs {
		if rs[i].Shown {
			first, said = min(first, rs[i].At), append(said, rs[i].JrID)
		}
	}
	var last int64
	if err := tx.one([]any{&last}, "SELECT CAST(COALESCE(MAX(at), 0) AS BIGINT) FROM reminder_visit"); err != nil || dayOf(last) <= dayOf(first) {
		return err
	}
	return errors.Join(tx.markDays("SELECT at FROM reminder_visit WHERE mdtrt_id IN (", visits), tx.markDays("SELECT at FROM reminder WHERE jr_id IN (", said))
}

// markDays marks the days of the moments that a query finds for some ids.
func (tx *Tx) markDays(query string, ids []string) error {
	return inChunks(ids, func(in string, args []any) error {
		return tx.query(func(r *sql.Rows) error {
			var at int64
			err := r.Scan(&at)
			tx.mark(markCall, dayOf(at), "", "")
			return err
		}, query+in+")", args...)
	})
}

// SeeReminder makes a reminder that was held back for a reason one that was shown.
func (tx *Tx) SeeReminder(jrID, why string) error {
	calls, err := tx.texts("UPDATE reminder SET shown = 1, why = '' WHERE jr_id = $1 AND why = $2 RETURNING call_id", jrID, why)
	if err != nil || len(calls) == 0 {
		return err
	}
	// The visits' moments are what doctors' days are counted by; another showing of it may be its first no longer.
	return errors.Join(tx.markDays("SELECT at FROM reminder_visit WHERE call_id IN (", calls), tx.markDays("SELECT at FROM reminder WHERE jr_id IN (", []string{jrID}))
}

// AddChoice adds an answer unless the last one of the same jr_id by that time says the same: to answer twice changes nothing.
func (tx *Tx) AddChoice(c Choice) (added bool, err error) {
	all, err := tx.choices("SELECT "+choiceColumns+" FROM reminder_choice WHERE jr_id = $1 ORDER BY at, seq", c.JrID)
	if err != nil {
		return false, err
	}
	for i := range all {
		before := all[i].At <= c.At && (i+1 == len(all) || all[i+1].At > c.At)
		if all[i].same(&c) && (before || all[i].At == c.At) {
			return false, nil
		}
		c.Seq = max(c.Seq, all[i].Seq)
	}
	c.Seq++
	return true, tx.load(choiceTable.name, choiceTable.names(), 1, func(int) []any { return bound(c.fields()) })
}

func (tx *Tx) choices(query string, args ...any) (out []Choice, err error) {
	err = tx.query(func(r *sql.Rows) error {
		var c Choice
		err := r.Scan(c.fields()...)
		out = append(out, c)
		return err
	}, query, args...)
	return out, err
}

// ChoicesOf returns the answers to these reminders by jr_id, the last one last.
func (tx *Tx) ChoicesOf(jrIDs []string) (map[string][]Choice, error) {
	out := map[string][]Choice{}
	err := inChunks(jrIDs, func(in string, args []any) error {
		cs, err := tx.choices("SELECT "+choiceColumns+" FROM reminder_choice WHERE jr_id IN ("+in+") ORDER BY jr_id, at, seq", args...)
		for _, c := range cs {
			out[c.JrID] = append(out[c.JrID], c)
		}
		return err
	})
	return out, err
}

func (tx *Tx) reminders(query string, args ...any) (out []Reminder, err error) {
	err = tx.query(func(r *sql.Rows) error {
		var x Reminder
		err := r.Scan(x.fields()...)
		out = append(out, x)
		return err
	}, query, args...)
	return out, err
}

// LastReminder is the newest reminder with a jr_id; ErrNotFound.
func (tx *Tx) LastReminder(jrID string) (*Reminder, error) {
	var r Reminder
	err := tx.one(r.fields(), "SELECT "+reminderColumns+" FROM reminder WHERE jr_id = $1 ORDER BY at DESC, call_id DESC, seq DESC LIMIT 1", jrID)
	return &r, err
}

// RemindersOfFindings lists the reminders that name these findings, oldest first.
func (tx *Tx) RemindersOfFindings(ids []string) (map[string][]Reminder, error) {
	out := map[string][]Reminder{}
	err := inChunks(ids, func(in string, args []any) error {
		rs, err := tx.reminders("SELECT "+reminderColumns+" FROM reminder WHERE finding_id IN ("+in+") ORDER BY at, call_id, seq", args...)
		for _, r := range rs {
			out[r.Finding] = append(out[r.Finding], r)
		}
		return err
	})
	return out, err
}

// RemindersOfVisits lists all reminders of these visits by mdtrt_id, oldest first.
func (tx *Tx) RemindersOfVisits(mdtrtIDs []string) (map[string][]Reminder, error) {
	out := map[string][]Reminder{}
	err := inChunks(mdtrtIDs, func(in string, args []any) error {
		rs, err := tx.reminders("SELECT "+reminderColumns+" FROM reminder WHERE mdtrt_id IN ("+in+") ORDER BY at, call_id, seq", args...)
		for _, r := range rs {
			out[r.Mdtrt] = append(out[r.Mdtrt], r)
		}
		return err
	})
	return out, err
}

// CallsOfVisits lists what calls said of these visits, by mdtrt_id, oldest first.
func (tx *Tx) CallsOfVisits(mdtrtIDs []string) (map[string][]CallVisit, error) {
	out := map[string][]CallVisit{}
	err := inChunks(mdtrtIDs, func(in string, args []any) error {
		return tx.query(func(r *sql.Rows) error {
			var v CallVisit
			err := r.Scan(v.fields()...)
			out[v.Mdtrt] = append(out[v.Mdtrt], v)
			return err
		}, "SELECT "+callVisitColumns+" FROM reminder_visit WHERE mdtrt_id IN ("+in+") ORDER BY at, call_id", args...)
	})
	return out, err
}

// CallsByID reads calls.
func (tx *Tx) CallsByID(ids []string) (map[string]Call, error) {
	out := map[string]Call{}
	err := inChunks(ids, func(in string, args []any) error {
		cs, err := tx.calls("SELECT "+callColumns+" FROM reminder_call WHERE call_id IN ("+in+")", args...)
		for _, c := range cs {
			out[c.ID] = c
		}
		return err
	})
	return out, err
}

// Silent tells that a call names a Silence instead of saying itself what was not judged.
const Silent = "@"

// Silence is what a call's cards could not judge, as many calls have it.
type Silence struct {
	ID   string
	Text string // rule=reason, one a line
}

// AddSilence keeps a text under its number, once.
func (tx *Tx) AddSilence(s Silence) error {
	_, err := tx.exec(insertText(silenceTable.name, silenceTable.names(), 1)+" ON CONFLICT (silence_id) DO NOTHING", s.ID, strings.ReplaceAll(s.Text, "\x00", ""))
	return err
}

// hear replaces the numbers of silences by what they say.
func (tx *Tx) hear(cs []Call) error {
	text := map[string]string{}
	for _, c := range cs {
		if id, ok := strings.CutPrefix(c.NotJudged, Silent); ok {
			text[id] = ""
		}
	}
	err := inChunks(slices.Sorted(maps.Keys(text)), func(in string, args []any) error {
		return tx.query(func(r *sql.Rows) error {
			var s Silence
			err := r.Scan(&s.ID, &s.Text)
			text[s.ID] = s.Text
			return err
		}, "SELECT silence_id, not_judged FROM reminder_silence WHERE silence_id IN ("+in+")", args...)
	})
	for i := range cs {
		if id, ok := strings.CutPrefix(cs[i].NotJudged, Silent); ok {
			cs[i].NotJudged = text[id]
		}
	}
	return err
}

func (tx *Tx) calls(query string, args ...any) (out []Call, err error) {
	err = tx.query(func(r *sql.Rows) error {
		var c Call
		err := r.Scan(c.fields()...)
		out = append(out, c)
		return err
	}, query, args...)
	if err != nil {
		return nil, err
	}
	return out, tx.hear(out)
}

// CallFilter restricts a list of calls; empty fields restrict nothing.
type CallFilter struct {
	From, To int64 // at: From ≤ at < To, 0 = open
	Inst     string
	Area     string // of the institutions, a prefix; only DoctorDays asks for it
	Mdtrt    string
	Limit    int
}

const forever = int64(1) << 62

func (f *CallFilter) until() int64 {
	if f.To == 0 {
		return forever
	}
	return f.To
}

// Calls lists calls, newest first.
func (tx *Tx) Calls(f CallFilter) ([]Call, error) {
	return tx.calls("SELECT "+callColumns+" FROM reminder_call WHERE at >= $1 AND at < $2 AND (fixmedins_code = $3 OR $3 = '') AND ($4 = '' OR call_id IN (SELECT call_id FROM reminder_visit WHERE mdtrt_id = $4)) ORDER BY at DESC, call_id DESC LIMIT $5",
		f.From, f.until(), f.Inst, f.Mdtrt, f.Limit)
}

// RemindersOfCalls lists the reminders of calls by call_id, in order.
func (tx *Tx) RemindersOfCalls(ids []string) (map[string][]Reminder, error) {
	out := map[string][]Reminder{}
	err := inChunks(ids, func(in string, args []any) error {
		rs, err := tx.reminders("SELECT "+reminderColumns+" FROM reminder WHERE call_id IN ("+in+") ORDER BY call_id, seq", args...)
		for _, r := range rs {
			out[r.Call] = append(out[r.Call], r)
		}
		return err
	})
	return out, err
}

// ShownSince lists the reminders that were shown at or after a moment and before another, oldest first.
func (tx *Tx) ShownSince(from, to int64) ([]Reminder, error) {
	return tx.reminders("SELECT "+reminderColumns+" FROM reminder WHERE shown = 1 AND at >= $1 AND at < $2 ORDER BY at, call_id, seq", from, to)
}

// Explained lists the reminders whose last answer is way and was given since out for out-patients, since in for
// in-patients, with the moment of that answer in place of the call's.
func (tx *Tx) Explained(way string, out, in int64) ([]Reminder, error) {
	cs, err := tx.choices("SELECT "+choiceColumns+" FROM reminder_choice c WHERE at >= $1 AND warn_dspo_way = $2 AND NOT EXISTS (SELECT 1 FROM reminder_choice d WHERE d.jr_id = c.jr_id AND (d.at > c.at OR (d.at = c.at AND d.seq > c.seq))) ORDER BY at, jr_id",
		min(out, in), way)
	if err != nil {
		return nil, err
	}
	var rs []Reminder
	for _, c := range cs {
		r, err := tx.LastReminder(c.JrID)
		if err == ErrNotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		if r.At = c.At; r.Inpatient || c.At >= out {
			rs = append(rs, *r)
		}
	}
	return rs, nil
}
