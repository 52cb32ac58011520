package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// RuleVersion is a version of a card or of a set of points, with where it is in its life. What the states mean is the
// governing package's business. Days are yyyy-MM-dd, "" = open.
type RuleVersion struct {
	ID        string
	Kind      string // card or points
	Subject   string // id of the card, name of the set
	Area      string // administrative division; "" = everywhere
	Hash      string
	Title     string
	Body      string // YAML or CSV, as it was handed in
	State     string
	Author    string
	Approver  string
	AppliesOn string
	From, To  string
	Replaces  string // version that was live before it; "" = none of the store's
	LiveAt    int64  // when it last went live; 0 = never, or taken back
	Trial     string // JSON
	MadeAt    int64
	ChangedAt int64
	Version   int64
}

func (v *RuleVersion) fields() []any {
	return []any{&v.ID, &v.Kind, &v.Subject, &v.Area, &v.Hash, &v.Title, &v.Body, &v.State, &v.Author, &v.Approver, &v.AppliesOn, &v.From, &v.To,
		&v.Replaces, &v.LiveAt, &v.Trial, &v.MadeAt, &v.ChangedAt, &v.Version}
}

var versionColumns = strings.Join(versionTable.names(), ", ")

// AddRuleVersion adds a version of a rule.
func (tx *Tx) AddRuleVersion(v *RuleVersion) error {
	return tx.load(versionTable.name, versionTable.names(), 1, func(int) []any {
		return []any{v.ID, v.Kind, v.Subject, v.Area, v.Hash, v.Title, v.Body, v.State, v.Author, v.Approver, v.AppliesOn, v.From, v.To, v.Replaces,
			v.LiveAt, v.Trial, v.MadeAt, v.MadeAt, int64(1)}
	})
}

// ChangeRuleVersion writes what may change of a version, if it is of the row version read. Text, author and subject never change.
func (tx *Tx) ChangeRuleVersion(v *RuleVersion, now int64) error {
	return tx.execOne("UPDATE rule_version SET state = $1, approver = $2, valid_from = $3, valid_to = $4, replaces = $5, live_at = $6, trial = $7, changed_at = $8, version = version + 1 WHERE version_id = $9 AND version = $10",
		v.State, v.Approver, v.From, v.To, v.Replaces, v.LiveAt, v.Trial, now, v.ID, v.Version)
}

// RuleVersion reads a version; ErrNotFound.
func (tx *Tx) RuleVersion(id string) (*RuleVersion, error) {
	var v RuleVersion
	if err := tx.one(v.fields(), "SELECT "+versionColumns+" FROM rule_version WHERE version_id = $1", id); err != nil {
		return nil, fmt.Errorf("版本 %s %w", id, err)
	}
	return &v, nil
}

// RuleVersions lists the versions of a subject, of a kind when subject is "", or all, oldest first.
func (tx *Tx) RuleVersions(kind, subject string) ([]RuleVersion, error) {
	var out []RuleVersion
	err := tx.query(func(r *sql.Rows) error {
		var v RuleVersion
		err := r.Scan(v.fields()...)
		out = append(out, v)
		return err
	}, "SELECT "+versionColumns+" FROM rule_version WHERE (kind = $1 OR $1 = '') AND (subject = $2 OR $2 = '') ORDER BY made_at, version_id", kind, subject)
	return out, err
}

// RuleStep is one change of state of a version, an override or an exemption.
type RuleStep struct {
	ID      string
	Version string // what it happened to
	From    string
	To      string
	Actor   string
	Why     string
	At      int64
}

// AddRuleStep logs a step.
func (tx *Tx) AddRuleStep(s RuleStep) error {
	return tx.load(stepTable.name, stepTable.names(), 1, func(int) []any { return []any{s.ID, s.Version, s.From, s.To, s.Actor, s.Why, s.At} })
}

// RuleSteps lists the steps of a version in order.
func (tx *Tx) RuleSteps(version string) ([]RuleStep, error) {
	var out []RuleStep
	err := tx.query(func(r *sql.Rows) error {
		var s RuleStep
		err := r.Scan(&s.ID, &s.Version, &s.From, &s.To, &s.Actor, &s.Why, &s.At)
		out = append(out, s)
		return err
	}, "SELECT step_id, version_id, from_state, to_state, actor, why, at FROM rule_step WHERE version_id = $1 ORDER BY at, step_id", version)
	return out, err
}

// RuleNotice announces a version to institutions.
type RuleNotice struct {
	ID        string
	Version   string
	Body      string
	Effective string // yyyy-MM-dd
	Actor     string
	At        int64

	Kind, Subject, Area, Title, State string // of the version, when read
}

// AddRuleNotice adds an announcement.
func (tx *Tx) AddRuleNotice(n RuleNotice) error {
	return tx.load(noticeTable.name, noticeTable.names(), 1, func(int) []any { return []any{n.ID, n.Version, n.Body, n.Effective, n.Actor, n.At} })
}

// RuleNotices lists all announcements with their versions, newest effective first.
func (tx *Tx) RuleNotices() ([]RuleNotice, error) {
	var out []RuleNotice
	err := tx.query(func(r *sql.Rows) error {
		var n RuleNotice
		err := r.Scan(&n.ID, &n.Version, &n.Body, &n.Effective, &n.Actor, &n.At, &n.Kind, &n.Subject, &n.Area, &n.Title, &n.State)
		out = append(out, n)
		return err
	}, "SELECT n.notice_id, n.version_id, n.body, n.effective, n.actor, n.announced_at, v.kind, v.subject, v.area, v.title, v.state FROM rule_notice n JOIN rule_version v ON v.version_id = n.version_id ORDER BY n.effective DESC, n.notice_id DESC")
	return out, err
}

// WithdrawnBasis is a document that no longer holds.
type WithdrawnBasis struct {
	Basis string
	Actor string
	Why   string
	At    int64
}

// AddWithdrawnBasis notes a basis as withdrawn; false when it was noted before.
func (tx *Tx) AddWithdrawnBasis(b WithdrawnBasis) (bool, error) {
	n, err := tx.exec("INSERT INTO basis_gone (basis, actor, why, withdrawn_at) VALUES ($1, $2, $3, $4) ON CONFLICT (basis) DO NOTHING", b.Basis, b.Actor, b.Why, b.At)
	return n == 1, err
}

// WithdrawnBases are the documents that were noted as withdrawn, newest first.
func (tx *Tx) WithdrawnBases() ([]WithdrawnBasis, error) {
	var out []WithdrawnBasis
	err := tx.query(func(r *sql.Rows) error {
		var b WithdrawnBasis
		err := r.Scan(&b.Basis, &b.Actor, &b.Why, &b.At)
		out = append(out, b)
		return err
	}, "SELECT basis, actor, why, withdrawn_at FROM basis_gone ORDER BY withdrawn_at DESC, basis")
	return out, err
}

// RuleFinding is what governing must know of a finding.
type RuleFinding struct {
	ID, Rule, Version, Month, State, Inst, PointID, Basis, Cont string
	Severity                                                    int
	Withdrawn                                                   bool
	Vola, Fund, Charged                                         int64 // fen
}

// EachRuleFinding calls f with the findings of a month (all when ""), by rule and id.
func (db *DB) EachRuleFinding(ctx context.Context, month string, f func(*RuleFinding) error) error {
	return db.View(ctx, func(tx *Tx) error {
		return tx.query(func(r *sql.Rows) error {
			var x RuleFinding
			if err := r.Scan(&x.ID, &x.Rule, &x.Version, &x.Month, &x.State, &x.Inst, &x.PointID, &x.Basis, &x.Cont, &x.Severity, &x.Withdrawn, &x.Vola, &x.Fund, &x.Charged); err != nil {
				return err
			}
			return f(&x)
		}, "SELECT finding_id, rule_id, rule_version, month, state, fixmedins_code, point_id, basis, vola_cont, sev_deg, withdrawn, vola_fen, fund_fen, charged_fen FROM finding WHERE month = $1 OR $1 = '' ORDER BY rule_id, finding_id", month)
	})
}
