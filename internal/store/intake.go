package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Part is a month and bucket of published findings that was taken in.
type Part struct {
	Month    string
	Bucket   int
	File     string // the published file: another file is another content
	Run      int
	Findings int64
}

// Parts lists what was taken in, by month and bucket.
func (db *DB) Parts(ctx context.Context) ([]Part, error) {
	var out []Part
	err := db.View(ctx, func(tx *Tx) error {
		return tx.query(func(r *sql.Rows) error {
			var p Part
			err := r.Scan(&p.Month, &p.Bucket, &p.File, &p.Run, &p.Findings)
			out = append(out, p)
			return err
		}, "SELECT month, bucket, file, run, findings FROM intake_part ORDER BY month, bucket")
	})
	return out, err
}

// SetPart marks a part as taken in.
func (tx *Tx) SetPart(p Part, now int64) error {
	_, err := tx.exec("INSERT INTO intake_part (month, bucket, file, run, findings, taken_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (month, bucket) DO UPDATE SET file = excluded.file, run = excluded.run, findings = excluded.findings, taken_at = excluded.taken_at",
		p.Month, p.Bucket, p.File, p.Run, p.Findings, now)
	return err
}

// DropPart forgets a part that is no longer published.
func (tx *Tx) DropPart(month string, bucket int) error {
	_, err := tx.exec("DELETE FROM intake_part WHERE month = $1 AND bucket = $2", month, bucket)
	return err
}

// SetGone notes which findings a part has lost, in the place of what was noted for it before.
func (tx *Tx) SetGone(month string, bucket, run int, ids []string) error {
	if _, err := tx.exec("DELETE FROM intake_gone WHERE month = $1 AND bucket = $2", month, bucket); err != nil {
		return err
	}
	if err := tx.Settled(ids); err != nil { // noted for another part: it is this one's now
		return err
	}
	return tx.load(goneTable.name, goneTable.names(), len(ids), func(i int) []any { return []any{ids[i], month, bucket, run} })
}

// Settled forgets that findings had gone.
func (tx *Tx) Settled(ids []string) error {
	return inChunks(ids, func(in string, args []any) error {
		_, err := tx.exec("DELETE FROM intake_gone WHERE finding_id IN ("+in+")", args...)
		return err
	})
}

// Gone is a finding that its part has lost.
type Gone struct {
	ID     string
	Month  string
	Bucket int
	Run    int
}

// SomeGone returns up to n findings noted as gone.
func (tx *Tx) SomeGone(n int) ([]Gone, error) {
	var out []Gone
	err := tx.query(func(r *sql.Rows) error {
		var g Gone
		err := r.Scan(&g.ID, &g.Month, &g.Bucket, &g.Run)
		out = append(out, g)
		return err
	}, "SELECT finding_id, month, bucket, run FROM intake_gone ORDER BY finding_id LIMIT $1", n)
	return out, err
}

// Run counts what taking in the findings of an audit run changed.
type Run struct {
	Run       int   `json:"run"`
	Started   int64 `json:"-"` // microseconds UTC
	Finished  int64 `json:"-"` // 0 while under way
	Parts     int64 `json:"parts"`
	Added     int64 `json:"new"`
	Same      int64 `json:"same"`
	Revised   int64 `json:"revised"`
	Withdrawn int64 `json:"withdrawn"`
	Moved     int64 `json:"moved"` // also counted as same or revised
	Tasks     int64 `json:"tasks"`
}

// AddRun adds counts to a run's row, making it when it is the first.
func (tx *Tx) AddRun(r Run) error {
	_, err := tx.exec("INSERT INTO run (run, started_at, finished_at, parts, added, same, revised, withdrawn, moved, tasks) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (run) DO UPDATE SET finished_at = excluded.finished_at, parts = run.parts + excluded.parts, added = run.added + excluded.added, same = run.same + excluded.same, revised = run.revised + excluded.revised, withdrawn = run.withdrawn + excluded.withdrawn, moved = run.moved + excluded.moved, tasks = run.tasks + excluded.tasks",
		r.Run, r.Started, r.Finished, r.Parts, r.Added, r.Same, r.Revised, r.Withdrawn, r.Moved, r.Tasks)
	return err
}

// LastRun is the newest run whose findings were taken in; ErrNotFound before the first.
func (db *DB) LastRun(ctx context.Context) (r Run, err error) {
	err = db.View(ctx, func(tx *Tx) error {
		return tx.one([]any{&r.Run, &r.Started, &r.Finished, &r.Parts, &r.Added, &r.Same, &r.Revised, &r.Withdrawn, &r.Moved, &r.Tasks},
			"SELECT run, started_at, finished_at, parts, added, same, revised, withdrawn, moved, tasks FROM run ORDER BY run DESC LIMIT 1")
	})
	return r, err
}

// Task is work for a person: the machine found something on a finding that people had acted on.
type Task struct {
	ID       string
	Kind     string // 变更, 撤回, 重现
	Finding  string
	Revision string // what the machine now says; "" when withdrawn
	Run      int
	Detail   string
	Status   string // 待办, 已办
	MadeAt   int64
	Version  int64
}

// Status of a task.
const (
	TaskOpen = "待办"
	TaskDone = "已办"
)

// AddTask adds a task once: the same id is not added again.
func (tx *Tx) AddTask(t Task) (added bool, err error) {
	n, err := tx.exec("INSERT INTO task (task_id, kind, finding_id, revision, run, detail, status, made_at, closed_at, closed_by, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, '', 1) ON CONFLICT (task_id) DO NOTHING",
		t.ID, t.Kind, t.Finding, t.Revision, t.Run, t.Detail, TaskOpen, t.MadeAt)
	return n == 1, err
}

// OpenTasks lists tasks not done yet, oldest first.
func (db *DB) OpenTasks(ctx context.Context, limit int) ([]Task, error) {
	var out []Task
	err := db.View(ctx, func(tx *Tx) error {
		return tx.query(func(r *sql.Rows) error {
			var t Task
			err := r.Scan(&t.ID, &t.Kind, &t.Finding, &t.Revision, &t.Run, &t.Detail, &t.Status, &t.MadeAt, &t.Version)
			out = append(out, t)
			return err
		}, "SELECT task_id, kind, finding_id, revision, run, detail, status, made_at, version FROM task WHERE status = '"+TaskOpen+"' ORDER BY made_at, task_id LIMIT $1", limit)
	})
	return out, err
}

// Counts are sizes for people.
type Counts struct {
	Findings  int64 `json:"findings"` // standing
	Withdrawn int64 `json:"withdrawn"`
	Lines     int64 `json:"lines"`
	Tasks     int64 `json:"open_tasks"`
	Users     int64 `json:"users"`
	Keys      int64 `json:"keys"`
	Records   int64 `json:"trail_records"`
}

// Counts counts the rows of the store.
func (db *DB) Counts(ctx context.Context) (c Counts, err error) {
	err = db.View(ctx, func(tx *Tx) error {
		for _, q := range []struct {
			to    *int64
			query string
		}{
			{&c.Findings, "SELECT COUNT(*) FROM finding WHERE withdrawn = 0"},
			{&c.Withdrawn, "SELECT COUNT(*) FROM finding WHERE withdrawn = 1"},
			{&c.Lines, "SELECT COUNT(*) FROM finding_line"},
			{&c.Tasks, "SELECT COUNT(*) FROM task WHERE status = '" + TaskOpen + "'"},
			{&c.Users, "SELECT COUNT(*) FROM app_user"},
			{&c.Keys, "SELECT COUNT(*) FROM api_key WHERE revoked_at = 0"},
			{&c.Records, "SELECT COUNT(*) FROM trail"},
		} {
			if err := tx.one([]any{q.to}, q.query); err != nil {
				return err
			}
		}
		return nil
	})
	return c, err
}

// ErrForeign is returned by Claim for a store that belongs to another data directory.
var ErrForeign = errors.New("这个业务库属于另一个数据目录，不能混用")

const installation = "installation"

// Claim ties a store to an installation: the first one to ask gets it. id is what the data directory calls itself.
func (db *DB) Claim(ctx context.Context, id string) error {
	var owner string
	read := func(tx *Tx) error {
		return tx.one([]any{&owner}, "SELECT value FROM meta WHERE name = $1", installation)
	}
	err := db.View(ctx, read)
	if errors.Is(err, ErrNotFound) {
		err = db.Update(ctx, func(tx *Tx) error {
			if _, err := tx.exec("INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING", installation, id); err != nil {
				return err
			}
			return read(tx)
		})
	}
	if err != nil {
		return err
	}
	if owner != id {
		return fmt.Errorf("%w（库属于 %s，数据目录是 %s）", ErrForeign, owner, id)
	}
	return nil
}
