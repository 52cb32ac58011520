package store

import (
	"database/sql"
	"fmt"
	"strings"
)

// Job is a piece of long work. What the states mean is the runner's business.
type Job struct {
	ID         string
	Kind       string
	Subject    string // what it works on
	Area       string // administrative division of the subject
	Args       string // JSON
	State      string
	Done       int64
	Total      int64
	Said       string // how it ended, or why not
	Actor      string
	MadeAt     int64
	StartedAt  int64
	BeatAt     int64 // its runner was alive
	FinishedAt int64
	Version    int64
}

func (j *Job) fields() []any {
	return []any{&j.ID, &j.Kind, &j.Subject, &j.Area, &j.Args, &j.State, &j.Done, &j.Total, &j.Said, &j.Actor, &j.MadeAt, &j.StartedAt, &j.BeatAt, &j.FinishedAt, &j.Version}
}

var jobColumns = strings.Join(jobTable.names(), ", ")

// AddJob adds a job.
func (tx *Tx) AddJob(j *Job) error {
	j.Version = 1
	return tx.load(jobTable.name, jobTable.names(), 1, func(int) []any {
		return []any{j.ID, j.Kind, j.Subject, j.Area, j.Args, j.State, j.Done, j.Total, j.Said, j.Actor, j.MadeAt, j.StartedAt, j.BeatAt, j.FinishedAt, j.Version}
	})
}

// ChangeJob writes what may change of a job, if it is of the version read.
func (tx *Tx) ChangeJob(j *Job) error {
	err := tx.execOne("UPDATE job SET state = $1, said = $2, started_at = $3, beat_at = $4, finished_at = $5, done = $6, total = $7, version = version + 1 WHERE job_id = $8 AND version = $9",
		j.State, j.Said, j.StartedAt, j.BeatAt, j.FinishedAt, j.Done, j.Total, j.ID, j.Version)
	if err == nil {
		j.Version++
	}
	return err
}

// BeatJob tells that a job of a state is alive and how far it is; false when it is not in the state. The version stays: nobody decides on progress.
func (tx *Tx) BeatJob(id, state string, done, total, now int64) (bool, error) {
	n, err := tx.exec("UPDATE job SET done = $1, total = $2, beat_at = $3 WHERE job_id = $4 AND state = $5", done, total, now, id, state)
	return n == 1, err
}

// Job reads a job; ErrNotFound.
func (tx *Tx) Job(id string) (*Job, error) {
	var j Job
	if err := tx.one(j.fields(), "SELECT "+jobColumns+" FROM job WHERE job_id = $1", id); err != nil {
		return nil, fmt.Errorf("任务 %s %w", id, err)
	}
	return &j, nil
}

// JobsIn lists the jobs in a state, oldest first.
func (tx *Tx) JobsIn(state string) ([]Job, error) {
	return tx.jobs("SELECT "+jobColumns+" FROM job WHERE state = $1 ORDER BY job_id", state)
}

// Jobs lists jobs within a scope, newest first; only that with an id unless it is "".
func (tx *Tx) Jobs(s Scope, id string, p Page) ([]Job, error) {
	w := p.where("job_id")
	w.related("area", s)
	w.equal("job_id", id)
	return tx.jobs("SELECT "+jobColumns+" FROM job"+w.text()+" ORDER BY job_id DESC"+w.limit(p), w.args...)
}

func (tx *Tx) jobs(query string, args ...any) ([]Job, error) {
	var out []Job
	err := tx.query(func(r *sql.Rows) error {
		var j Job
		err := r.Scan(j.fields()...)
		out = append(out, j)
		return err
	}, query, args...)
	return out, err
}
