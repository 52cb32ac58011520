package store

import (
	"database/sql"
	"fmt"
)

// What happened since a moment and is not a message yet, each under the id that its message will have, oldest first. The id of a message is
// a letter for the source and the key of the row.

// unknown keeps rows whose message is not there yet.
func unknown(prefix, key string) string {
	return " AND NOT EXISTS (SELECT 1 FROM message m WHERE m.message_id = '" + prefix + "' || " + key + ")"
}

// feed is the most of a source that is read at once.
const feed = " LIMIT 500"

// NewNotices are documents sent to institutions that are of no finding.
func (tx *Tx) NewNotices(since int64) ([]Notice, error) {
	return list[Notice](tx, &reviewNoticeTable, "WHERE finding_id = '' AND sent_at >= $1"+unknown("n:", "notice_id")+" ORDER BY sent_at, notice_id"+feed, since)
}

// NoticeDay is what an institution was sent of one kind on one civil day about findings: a clock, or a decision over many, writes one document each.
type NoticeDay struct {
	Inst, Kind  string
	Day         int64 // since 1970, in China
	Notices     int64
	Finding     string // one of them
	Title, Body string // when there is one document only
	At          int64  // the newest
	Known       string // the title of the day's message; "" = there is none
}

// ID of the day's message.
func (d *NoticeDay) ID() string { return fmt.Sprintf("n:%d %s %s", d.Day, d.Kind, d.Inst) }

// NoticeDays are the documents about findings since the beginning of a moment's day, those left out that have a message of their own.
func (tx *Tx) NoticeDays(since int64) (out []NoticeDay, err error) {
	const day = "(n.sent_at + 28800000000) / 86400000000"
	begin := (since+chinaShift)/86_400_000_000*86_400_000_000 - chinaShift
	err = tx.query(func(r *sql.Rows) error {
		var d NoticeDay
		err := r.Scan(&d.Inst, &d.Kind, &d.Day, &d.Notices, &d.Finding, &d.Title, &d.Body, &d.At, &d.Known)
		out = append(out, d)
		return err
	}, "SELECT g.inst, g.kind, g.day, g.n, g.finding, g.title, g.body, g.at, COALESCE(d.title, '') FROM (SELECT n.fixmedins_code AS inst, n.kind AS kind, "+day+" AS day, COUNT(*) AS n, MIN(n.finding_id) AS finding, MIN(n.title) AS title, MIN(n.body) AS body, MAX(n.sent_at) AS at FROM review_notice n WHERE n.finding_id <> '' AND n.sent_at >= $1"+
		unknown("n:", "n.notice_id")+" GROUP BY n.fixmedins_code, n.kind, "+day+") g LEFT JOIN message d ON d.message_id = 'n:' || CAST(g.day AS TEXT) || ' ' || g.kind || ' ' || g.inst ORDER BY g.day, g.inst, g.kind", begin)
	return out, err
}

// NewEnds are jobs that ended.
func (tx *Tx) NewEnds(since int64) ([]Job, error) {
	return tx.jobs("SELECT "+jobColumns+" FROM job WHERE finished_at >= $1"+unknown("j:", "job_id")+" ORDER BY finished_at, job_id"+feed, since)
}

// NewRuns are audits whose findings were taken in.
func (tx *Tx) NewRuns(since int64) (out []Run, err error) {
	err = tx.query(func(r *sql.Rows) error {
		var x Run
		err := r.Scan(&x.Run, &x.Started, &x.Finished, &x.Parts, &x.Added, &x.Same, &x.Revised, &x.Withdrawn, &x.Moved, &x.Tasks)
		out = append(out, x)
		return err
	}, "SELECT run, started_at, finished_at, parts, added, same, revised, withdrawn, moved, tasks FROM run WHERE finished_at >= $1"+unknown("a:", "CAST(run AS TEXT)")+" ORDER BY run"+feed, since)
	return out, err
}

// NewSteps are steps of versions of rules and points from a state to another, with the version.
func (tx *Tx) NewSteps(since int64, from, to string) (out []RuleStep, of []RuleVersion, err error) {
	err = tx.query(func(r *sql.Rows) error {
		var s RuleStep
		var v RuleVersion
		err := r.Scan(&s.ID, &s.Version, &s.From, &s.To, &s.Actor, &s.Why, &s.At, &v.Kind, &v.Subject, &v.Area, &v.Title)
		out, of = append(out, s), append(of, v)
		return err
	}, "SELECT s.step_id, s.version_id, s.from_state, s.to_state, s.actor, s.why, s.at, v.kind, v.subject, v.area, v.title FROM rule_step s JOIN rule_version v ON v.version_id = s.version_id WHERE s.at >= $1 AND s.from_state = $2 AND s.to_state = $3"+
		unknown("s:", "s.step_id")+" ORDER BY s.at, s.step_id"+feed, since, from, to)
	return out, of, err
}

// NewRuleNotices are announcements of rules.
func (tx *Tx) NewRuleNotices(since int64) (out []RuleNotice, err error) {
	err = tx.query(func(r *sql.Rows) error {
		var n RuleNotice
		err := r.Scan(&n.ID, &n.Version, &n.Body, &n.Effective, &n.Actor, &n.At, &n.Kind, &n.Subject, &n.Area, &n.Title, &n.State)
		out = append(out, n)
		return err
	}, "SELECT n.notice_id, n.version_id, n.body, n.effective, n.actor, n.announced_at, v.kind, v.subject, v.area, v.title, v.state FROM rule_notice n JOIN rule_version v ON v.version_id = n.version_id WHERE n.announced_at >= $1"+
		unknown("r:", "n.notice_id")+" ORDER BY n.announced_at, n.notice_id"+feed, since)
	return out, err
}

// Seat is somebody's seat on a panel.
type Seat struct {
	Panel, Login, Rule string
	At                 int64
}

// NewSeats are seats on panels that somebody was given.
func (tx *Tx) NewSeats(since int64) (out []Seat, err error) {
	err = tx.query(func(r *sql.Rows) error {
		var s Seat
		err := r.Scan(&s.Panel, &s.Login, &s.Rule, &s.At)
		out = append(out, s)
		return err
	}, "SELECT s.panel_id, s.login, p.rule_id, p.convened_at FROM panel_member s JOIN review_panel p ON p.panel_id = s.panel_id WHERE p.convened_at >= $1"+
		unknown("p:", "s.panel_id || ' ' || s.login")+" ORDER BY p.convened_at, s.panel_id, s.login"+feed, since)
	return out, err
}
