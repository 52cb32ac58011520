package store

import (
	"strconv"
	"strings"
)

// WatchPage asks for a part of a list that is ordered by a moment or day and then an id, newest first. After is the Cursor of the last row before.
type WatchPage struct {
	After string
	Limit int
}

// after keeps rows that come after a cursor "moment|id" in the list's order.
func (w *conditions) after(p WatchPage, column, id string, number bool) {
	at, rest, ok := strings.Cut(p.After, "|")
	if !ok {
		return
	}
	var bound any = at
	if number {
		n, _ := strconv.ParseInt(at, 10, 64)
		bound = n
	}
	b, i := w.bind(bound), w.bind(rest)
	w.add("("+column+" < "+b+" OR ("+column+" = "+b+" AND "+id+" < "+i+"))", true)
}

// Cursor of an episode in its list.
func (e *Episode) Cursor() string { return e.Day + "|" + e.ID }

// WatchedEpisodes lists episodes, newest first.
func (tx *Tx) WatchedEpisodes(f WatchFilter, p WatchPage) ([]Episode, error) {
	w := f.episodes()
	w.after(p, "r.day", "r.episode_id", false)
	return tx.episodes("SELECT r."+strings.Join(episodeTable.names(), ", r.")+" FROM reminder_episode r"+w.text()+" ORDER BY r.day DESC, r.episode_id DESC"+w.limit(Page{Limit: p.Limit}), w.args...)
}

// Cursor of a call in its list.
func (c *Call) Cursor() string { return strconv.FormatInt(c.At, 10) + "|" + c.ID }

// WatchedCalls lists calls, newest first, with the time they took in Micros.
func (tx *Tx) WatchedCalls(f WatchFilter, p WatchPage) ([]Call, error) {
	w := f.calls()
	w.after(p, "r.at", "r.call_id", true)
	return tx.calls("SELECT r."+strings.Join(callTable.names(), ", r.")+" FROM reminder_call r"+w.text()+" ORDER BY r.at DESC, r.call_id DESC"+w.limit(Page{Limit: p.Limit}), w.args...)
}

// SaidReminder is a reminder that was shown, once for all its showings: the last of them, how often, and the worst severity.
type SaidReminder struct {
	Reminder
	Times int64
	Worst int
}

// Cursor of a reminder in its list.
func (s *SaidReminder) Cursor() string { return strconv.FormatInt(s.At, 10) + "|" + s.JrID }

// WatchedReminders lists the different reminders that were shown, newest showing first.
func (tx *Tx) WatchedReminders(f WatchFilter, p WatchPage) ([]SaidReminder, error) {
	w := f.reminders()
	text := said + w.text() + " GROUP BY r.jr_id"
	o := &conditions{args: w.args}
	var sevs []string
	for _, s := range f.Severities {
		if n, err := strconv.Atoi(s); err == nil {
			sevs = append(sevs, o.bind(n))
		}
	}
	o.add("x.sev IN ("+strings.Join(sevs, ", ")+")", len(sevs) > 0)
	o.after(p, "x.at", "x.jr_id", true)
	out, err := scanned(tx, func(s *SaidReminder) []any { return []any{&s.JrID, &s.Worst, &s.At, &s.Times} }, "SELECT x.jr_id, x.sev, x.at, x.times FROM ("+text+") x"+o.text()+" ORDER BY x.at DESC, x.jr_id DESC"+o.limit(Page{Limit: p.Limit}), o.args...)
	if err != nil {
		return nil, err
	}
	for i := range out {
		// The last showing within the scope and time: another institution may have been told of the same.
		in := f
		in.At.From, in.At.To = out[i].At, out[i].At+1
		w := in.reminders()
		w.equal("r.jr_id", out[i].JrID)
		rs, err := tx.reminders("SELECT r."+strings.Join(reminderTable.names(), ", r.")+" FROM reminder r"+w.text()+" ORDER BY r.call_id DESC, r.seq DESC LIMIT 1", w.args...)
		if err != nil {
			return nil, err
		}
		if len(rs) > 0 {
			out[i].Reminder = rs[0]
		}
	}
	return out, nil
}

// WatchedVisit is a visit that calls spoke of: how often, and the last of them.
type WatchedVisit struct {
	Psn, Mdtrt, Inst, Dept, Doctor string
	At, Calls                      int64
}

// Cursor of a visit in its list.
func (v *WatchedVisit) Cursor() string {
	return strconv.FormatInt(v.At, 10) + "|" + v.Mdtrt + " " + v.Psn
}

// WatchedVisits lists the different visits that calls spoke of, last called first.
func (tx *Tx) WatchedVisits(f WatchFilter, p WatchPage) ([]WatchedVisit, error) {
	w := f.visits()
	text := "SELECT r.psn_no AS psn_no, r.mdtrt_id AS mdtrt_id, MAX(r.fixmedins_code) AS inst, MAX(r.dept) AS dept, MAX(r.doctor) AS doctor, MAX(r.at) AS at, COUNT(DISTINCT r.call_id) AS calls FROM reminder_visit r" + w.text() + " GROUP BY r.psn_no, r.mdtrt_id"
	o := &conditions{args: w.args}
	o.after(p, "x.at", "x.mdtrt_id || ' ' || x.psn_no", true)
	return scanned(tx, func(v *WatchedVisit) []any {
		return []any{&v.Psn, &v.Mdtrt, &v.Inst, &v.Dept, &v.Doctor, &v.At, &v.Calls}
	}, "SELECT x.psn_no, x.mdtrt_id, x.inst, x.dept, x.doctor, x.at, x.calls FROM ("+text+") x"+o.text()+" ORDER BY x.at DESC, x.mdtrt_id || ' ' || x.psn_no DESC"+o.limit(Page{Limit: p.Limit}), o.args...)
}

// RemindersNamed reads the newest of each of these reminders.
func (tx *Tx) RemindersNamed(jrIDs []string) (map[string]Reminder, error) {
	out := map[string]Reminder{}
	err := inChunks(jrIDs, func(in string, args []any) error {
		rs, err := tx.reminders("SELECT "+reminderColumns+" FROM reminder WHERE jr_id IN ("+in+") ORDER BY at, call_id, seq", args...)
		for _, r := range rs {
			out[r.JrID] = r
		}
		return err
	})
	return out, err
}
