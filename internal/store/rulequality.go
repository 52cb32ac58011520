package store

import (
	"database/sql"
	"errors"
	"strings"
)

// RuleRun is a card's part in an audit run. Money is in fen.
type RuleRun struct {
	Run         int
	Rule        string
	RuleVersion string
	FinishedAt  int64
	Months      int
	Findings    int64
	Lines       int64 // violating
	Vola        int64
	Fund        int64
	Charged     int64
	Exempted    int64
	NotJudged   int64
	Added       int64
	Withdrawn   int64
	Micros      int64 // spent on the card; 0 = not measured
	Error       string
}

func (r *RuleRun) fields() []any {
	return []any{&r.Run, &r.Rule, &r.RuleVersion, &r.FinishedAt, &r.Months, &r.Findings, &r.Lines, &r.Vola, &r.Fund, &r.Charged, &r.Exempted, &r.NotJudged,
		&r.Added, &r.Withdrawn, &r.Micros, &r.Error}
}

// SetRuleRuns writes what a run says of its cards, in the place of what was written for the run before.
func (tx *Tx) SetRuleRuns(run int, rs []RuleRun) error {
	if _, err := tx.exec("DELETE FROM rule_run WHERE run = $1", run); err != nil {
		return err
	}
	return tx.load(ruleRunTable.name, ruleRunTable.names(), len(rs), func(i int) []any {
		r := &rs[i]
		return []any{run, r.Rule, r.RuleVersion, r.FinishedAt, r.Months, r.Findings, r.Lines, r.Vola, r.Fund, r.Charged, r.Exempted, r.NotJudged, r.Added, r.Withdrawn,
			r.Micros, r.Error}
	})
}

var ruleRunColumns = strings.Join(ruleRunTable.names(), ", ")

// RuleRuns lists all cards' parts in all runs, by card and run.
func (tx *Tx) RuleRuns() ([]RuleRun, error) {
	var out []RuleRun
	err := tx.query(func(r *sql.Rows) error {
		var x RuleRun
		err := r.Scan(x.fields()...)
		out = append(out, x)
		return err
	}, "SELECT "+ruleRunColumns+" FROM rule_run ORDER BY rule_id, run")
	return out, err
}

// Sampled is a finding drawn for the blind sample of a month.
type Sampled struct {
	Month       string
	Rule        string
	Finding     string
	RuleVersion string
	Severity    int
	DrawnAt     int64
}

// AddSamples adds drawn findings; ErrExists when one was drawn before.
func (tx *Tx) AddSamples(ss []Sampled) error {
	return tx.load(sampleTable.name, sampleTable.names(), len(ss), func(i int) []any {
		s := &ss[i]
		return []any{s.Month, s.Rule, s.Finding, s.RuleVersion, s.Severity, s.DrawnAt}
	})
}

// Samples lists the findings drawn for a month (all when ""), by month, card and finding.
func (tx *Tx) Samples(month string) ([]Sampled, error) {
	var out []Sampled
	err := tx.query(func(r *sql.Rows) error {
		var s Sampled
		err := r.Scan(&s.Month, &s.Rule, &s.Finding, &s.RuleVersion, &s.Severity, &s.DrawnAt)
		out = append(out, s)
		return err
	}, "SELECT month, rule_id, finding_id, rule_version, sev_deg, drawn_at FROM rule_sample WHERE month = $1 OR $1 = '' ORDER BY month, rule_id, finding_id", month)
	return out, err
}

// SamplesOf lists the months for which a finding was drawn, newest first.
func (tx *Tx) SamplesOf(finding string) ([]Sampled, error) {
	var out []Sampled
	err := tx.query(func(r *sql.Rows) error {
		var s Sampled
		err := r.Scan(&s.Month, &s.Rule, &s.Finding, &s.RuleVersion, &s.Severity, &s.DrawnAt)
		out = append(out, s)
		return err
	}, "SELECT month, rule_id, finding_id, rule_version, sev_deg, drawn_at FROM rule_sample WHERE finding_id = $1 ORDER BY month DESC", finding)
	return out, err
}

// Judgement is what a judge says of a sampled finding.
type Judgement struct {
	Month   string
	Finding string
	Judge   string
	Rule    string
	Verdict string
	Note    string
	At      int64
}

// AddJudgement adds a judge's answer; ErrExists when the judge has answered.
func (tx *Tx) AddJudgement(j Judgement) error {
	_, err := tx.exec("INSERT INTO judgement (month, finding_id, judge, rule_id, verdict, note, judged_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
		j.Month, j.Finding, j.Judge, j.Rule, j.Verdict, j.Note, j.At)
	return err
}

// Judgements lists the answers of a month (all when ""), by month, finding and time.
func (tx *Tx) Judgements(month string) ([]Judgement, error) {
	var out []Judgement
	err := tx.query(func(r *sql.Rows) error {
		var j Judgement
		err := r.Scan(&j.Month, &j.Finding, &j.Judge, &j.Rule, &j.Verdict, &j.Note, &j.At)
		out = append(out, j)
		return err
	}, "SELECT month, finding_id, judge, rule_id, verdict, note, judged_at FROM judgement WHERE month = $1 OR $1 = '' ORDER BY month, finding_id, judged_at, judge", month)
	return out, err
}

// Setting reads a value of the office's own; "" when it was never set.
func (tx *Tx) Setting(name string) (string, error) {
	var s string
	err := tx.one([]any{&s}, "SELECT value FROM meta WHERE name = $1", "setting:"+name)
	if errors.Is(err, ErrNotFound) {
		return "", nil
	}
	return s, err
}

// SetSetting writes a value of the office's own.
func (tx *Tx) SetSetting(name, value string) error {
	_, err := tx.exec("INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value", "setting:"+name, value)
	return err
}
