package store

import (
	"context"
	"database/sql"
	"strconv"
)

// ReminderSums are the figures of the reminder service over a time.
type ReminderSums struct {
	Calls     int64 `json:"calls"`
	Visits    int64 `json:"visits"`
	Orders    int64 `json:"orders"`
	Partial   int64 `json:"partial"`
	Found     int64 `json:"found"`
	Shown     int64 `json:"shown"`
	Blocked   int64 `json:"blocked"` // calls
	Answered  int64 `json:"answered"`
	Continued int64 `json:"continued"`
	Wrong     int64 `json:"wrong"`
	Micros    int64 `json:"total_us"`
	MaxMicros int64 `json:"max_us"`
}

// ReminderSums sums calls and reminders with From ≤ at < To of an institution ("" = all).
func (db *DB) ReminderSums(ctx context.Context, f CallFilter) (s ReminderSums, err error) {
	err = db.View(ctx, func(tx *Tx) error {
		from, to := f.From, f.until()
		for _, q := range []struct {
			dest  []any
			query string
		}{
			{[]any{&s.Calls, &s.Orders, &s.Partial, &s.Found, &s.Shown, &s.Micros, &s.MaxMicros},
				"SELECT COUNT(*), CAST(COALESCE(SUM(orders), 0) AS BIGINT), CAST(COALESCE(SUM(partial), 0) AS BIGINT), CAST(COALESCE(SUM(found), 0) AS BIGINT), CAST(COALESCE(SUM(shown), 0) AS BIGINT), CAST(COALESCE(SUM(ana_dura_us), 0) AS BIGINT), CAST(COALESCE(MAX(ana_dura_us), 0) AS BIGINT) FROM reminder_call WHERE at >= $1 AND at < $2 AND (fixmedins_code = $3 OR $3 = '')"},
			{[]any{&s.Blocked}, "SELECT COUNT(*) FROM reminder_call WHERE verdict = '阻断' AND at >= $1 AND at < $2 AND (fixmedins_code = $3 OR $3 = '')"},
			{[]any{&s.Visits}, "SELECT COUNT(*) FROM (SELECT DISTINCT psn_no, mdtrt_id FROM reminder_visit WHERE at >= $1 AND at < $2 AND (fixmedins_code = $3 OR $3 = '')) v"},
			{[]any{&s.Answered, &s.Continued, &s.Wrong}, "SELECT COUNT(*), COUNT(CASE WHEN warn_dspo_way = '继续' THEN 1 END), COUNT(CASE WHEN warn_dspo_way = '有误' THEN 1 END) FROM reminder_choice c WHERE at >= $1 AND at < $2 AND (fixmedins_code = $3 OR $3 = '') AND NOT EXISTS (SELECT 1 FROM reminder_choice d WHERE d.jr_id = c.jr_id AND (d.at > c.at OR (d.at = c.at AND d.seq > c.seq)))"},
		} {
			if err := tx.one(q.dest, q.query, from, to, f.Inst); err != nil {
				return err
			}
		}
		return nil
	})
	return s, err
}

// DoctorDay counts what a doctor met on a day.
type DoctorDay struct {
	Inst, Doctor  string
	Day           string
	Calls         int64
	Interruptions int64 // calls that showed something
}

// DoctorDays is Tx.DoctorDays in a snapshot of its own.
func (db *DB) DoctorDays(ctx context.Context, f CallFilter) (out []DoctorDay, err error) {
	err = db.View(ctx, func(tx *Tx) error { out, err = tx.DoctorDays(f); return err })
	return out, err
}

// DoctorDays counts the calls and interruptions of each doctor and civil day.
func (tx *Tx) DoctorDays(f CallFilter) (out []DoctorDay, err error) {
	const day = 86_400_000_000
	const shift = 8 * 3_600_000_000
	err = tx.query(func(r *sql.Rows) error {
		var d DoctorDay
		var n int64
		err := r.Scan(&d.Inst, &d.Doctor, &n, &d.Calls, &d.Interruptions)
		d.Day = Moment(n*day + 1).Format("2006-01-02")
		out = append(out, d)
		return err
	}, "SELECT v.fixmedins_code, v.doctor, (v.at + $1) / $2, COUNT(DISTINCT v.call_id), COUNT(DISTINCT r.call_id) FROM reminder_visit v LEFT JOIN reminder r ON r.call_id = v.call_id AND r.mdtrt_id = v.mdtrt_id AND r.shown + 0 = 1 WHERE v.at >= $3 AND v.at < $4 AND (v.fixmedins_code = $5 OR $5 = '') AND ($6 = '' OR EXISTS (SELECT 1 FROM institution i WHERE i.fixmedins_code = v.fixmedins_code AND SUBSTR(i.admdvs, 1, LENGTH($6)) = $6)) AND v.doctor <> '' GROUP BY v.fixmedins_code, v.doctor, (v.at + $1) / $2 ORDER BY 3, 1, 2",
		int64(shift), int64(day), f.From, f.until(), f.Inst, f.Area)
	return out, err
}

// Interruptions counts the days of doctors by how often they were interrupted on them.
func (tx *Tx) Interruptions(f WatchFilter) (map[int64]int64, error) {
	out := map[int64]int64{}
	from, to, ok := f.wholeMonths()
	if !ok {
		ds, err := tx.DoctorDays(CallFilter{From: f.At.From, To: f.At.To, Inst: f.Scope.Inst, Area: f.Scope.Admdvs})
		for _, d := range ds {
			out[d.Interruptions]++
		}
		return out, err
	}
	rows, err := tx.BoardSums(BoardQuery{Source: BoardDoctors, Scope: f.Scope, From: from, To: to, By: []string{"interruptions"}})
	for _, r := range rows {
		n, err := strconv.ParseInt(r.Key[0], 10, 64)
		if err != nil {
			return nil, err
		}
		out[n] = r.Sum[0]
	}
	return out, err
}

// RuleAnswers counts a card's shown reminders and their last answers.
type RuleAnswers struct {
	Rule       string `json:"rule_id"`
	Shown      int64  `json:"shown"`
	Answered   int64  `json:"answered"`
	Overridden int64  `json:"overridden"` // continued or called wrong
}

// RuleAnswers counts by card the different reminders (jr_id) shown with From ≤ at < To in divisions that begin with area.
func (tx *Tx) RuleAnswers(from, to int64, area string) ([]RuleAnswers, error) {
	var out []RuleAnswers
	err := tx.query(func(r *sql.Rows) error {
		var x RuleAnswers
		err := r.Scan(&x.Rule, &x.Shown, &x.Answered, &x.Overridden)
		out = append(out, x)
		return err
	}, "SELECT s.rule_id, COUNT(*), COUNT(c.jr_id), COUNT(CASE WHEN c.warn_dspo_way IN ('继续', '有误') THEN 1 END) FROM (SELECT DISTINCT r.rule_id, r.jr_id FROM reminder r JOIN reminder_call k ON k.call_id = r.call_id WHERE r.shown = 1 AND r.at >= $1 AND r.at < $2 AND SUBSTR(k.admdvs, 1, $4) = $3) s LEFT JOIN reminder_choice c ON c.jr_id = s.jr_id AND NOT EXISTS (SELECT 1 FROM reminder_choice d WHERE d.jr_id = c.jr_id AND (d.at > c.at OR (d.at = c.at AND d.seq > c.seq))) GROUP BY s.rule_id ORDER BY s.rule_id",
		from, to, area, len(area))
	return out, err
}
