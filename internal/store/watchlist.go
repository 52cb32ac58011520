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

// SaidReminder is a reminder as it was first shown, and how often it was shown in all.
type SaidReminder struct {
	Reminder
	Times int64
}

// Cursor of a reminder in its list.
func (s *SaidReminder) Cursor() string { return strconv.FormatInt(s.At, 10) + "|" + s.JrID }

// WatchedReminders lists the reminders that were shown for the first time, newest first.
func (tx *Tx) WatchedReminders(f WatchFilter, p WatchPage) ([]SaidReminder, error) {
	w := f.reminders()
	var sevs []string
	for _, s := range f.Severities {
		if n, err := strconv.Atoi(s); err == nil {
			sevs = append(sevs, w.bind(n))
		}
	}
	w.add("r.rule_sev_deg IN ("+strings.Join(sevs, ", ")+")", len(sevs) > 0)
	w.after(p, "r.at", "r.jr_id", true)
	return scanned(tx, func(s *SaidReminder) []any { return append(s.fields(), &s.Times) }, "SELECT r."+strings.Join(reminderTable.names(), ", r.")+
		", (SELECT COUNT(*) FROM reminder t WHERE t.jr_id = r.jr_id AND t.shown = 1) FROM reminder r"+w.text()+" ORDER BY r.at DESC, r.jr_id DESC"+w.limit(Page{Limit: p.Limit}), w.args...)
}

// WatchedVisit is a visit when a call first spoke of it, and how many did in all.
type WatchedVisit struct {
	Psn, Mdtrt, Inst, Dept, Doctor string
	At, Calls                      int64
}

// Cursor of a visit in its list.
func (v *WatchedVisit) Cursor() string {
	return strconv.FormatInt(v.At, 10) + "|" + v.Mdtrt + " " + v.Psn
}

// WatchedVisits lists the visits that calls spoke of for the first time, newest first.
func (tx *Tx) WatchedVisits(f WatchFilter, p WatchPage) ([]WatchedVisit, error) {
	w := f.newVisits()
	w.after(p, "r.at", "r.mdtrt_id || ' ' || r.psn_no", true)
	return scanned(tx, func(v *WatchedVisit) []any {
		return []any{&v.Psn, &v.Mdtrt, &v.Inst, &v.Dept, &v.Doctor, &v.At, &v.Calls}
	}, "SELECT r.psn_no, r.mdtrt_id, r.fixmedins_code, r.dept, r.doctor, r.at, (SELECT COUNT(*) FROM reminder_visit t WHERE t.mdtrt_id = r.mdtrt_id AND t.psn_no = r.psn_no) FROM reminder_visit r"+
		w.text()+" ORDER BY r.at DESC, r.mdtrt_id || ' ' || r.psn_no DESC"+w.limit(Page{Limit: p.Limit}), w.args...)
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
