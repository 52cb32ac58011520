package store

import (
	"database/sql"
	"fmt"
	"strings"
)

// AreaRule changes a card for a pooling area. Days are yyyy-MM-dd, "" = open.
type AreaRule struct {
	ID        string
	Rule      string
	Area      string
	From, To  string
	Change    string // JSON: parameters, severity, stop level, exemptions
	Enabled   bool   // false: the card is not judged there
	Reason    string
	State     string
	Author    string
	Approver  string
	MadeAt    int64
	DecidedAt int64
	Version   int64
}

func (a *AreaRule) fields() []any {
	return []any{&a.ID, &a.Rule, &a.Area, &a.From, &a.To, &a.Change, &a.Enabled, &a.Reason, &a.State, &a.Author, &a.Approver, &a.MadeAt, &a.DecidedAt, &a.Version}
}

var areaColumns = strings.Join(areaTable.names(), ", ")

// AddAreaRule adds an override.
func (tx *Tx) AddAreaRule(a *AreaRule) error {
	return tx.load(areaTable.name, areaTable.names(), 1, func(int) []any {
		return []any{a.ID, a.Rule, a.Area, a.From, a.To, a.Change, flag(a.Enabled), a.Reason, a.State, a.Author, a.Approver, a.MadeAt, a.DecidedAt, int64(1)}
	})
}

// ChangeAreaRule writes state, approver and last day of an override, if it is of the version read.
func (tx *Tx) ChangeAreaRule(a *AreaRule) error {
	return tx.execOne("UPDATE area_rule SET state = $1, approver = $2, valid_to = $3, decided_at = $4, version = version + 1 WHERE override_id = $5 AND version = $6",
		a.State, a.Approver, a.To, a.DecidedAt, a.ID, a.Version)
}

// AreaRule reads an override; ErrNotFound.
func (tx *Tx) AreaRule(id string) (*AreaRule, error) {
	var a AreaRule
	if err := tx.one(a.fields(), "SELECT "+areaColumns+" FROM area_rule WHERE override_id = $1", id); err != nil {
		return nil, fmt.Errorf("区划设置 %s %w", id, err)
	}
	return &a, nil
}

// AreaRules lists all overrides, oldest first.
func (tx *Tx) AreaRules() ([]AreaRule, error) {
	var out []AreaRule
	err := tx.query(func(r *sql.Rows) error {
		var a AreaRule
		err := r.Scan(a.fields()...)
		out = append(out, a)
		return err
	}, "SELECT "+areaColumns+" FROM area_rule ORDER BY made_at, override_id")
	return out, err
}

// Exemption lets a card pass what it names for some days; empty fields name everything.
type Exemption struct {
	ID        string
	Rule      string
	Inst      string
	Dept      string
	Item      string // prefix
	Diags     string
	From, To  string
	Reason    string
	State     string
	Author    string
	Approver  string
	MadeAt    int64
	DecidedAt int64
	Version   int64
}

func (x *Exemption) fields() []any {
	return []any{&x.ID, &x.Rule, &x.Inst, &x.Dept, &x.Item, &x.Diags, &x.From, &x.To, &x.Reason, &x.State, &x.Author, &x.Approver, &x.MadeAt, &x.DecidedAt, &x.Version}
}

var exemptionColumns = strings.Join(exemptionTable.names(), ", ")

// AddExemption adds an exemption.
func (tx *Tx) AddExemption(x *Exemption) error {
	return tx.load(exemptionTable.name, exemptionTable.names(), 1, func(int) []any {
		return []any{x.ID, x.Rule, x.Inst, x.Dept, x.Item, x.Diags, x.From, x.To, x.Reason, x.State, x.Author, x.Approver, x.MadeAt, x.DecidedAt, int64(1)}
	})
}

// ChangeExemption writes state, approver and last day of an exemption, if it is of the version read.
func (tx *Tx) ChangeExemption(x *Exemption) error {
	return tx.execOne("UPDATE exemption SET state = $1, approver = $2, valid_to = $3, decided_at = $4, version = version + 1 WHERE exemption_id = $5 AND version = $6",
		x.State, x.Approver, x.To, x.DecidedAt, x.ID, x.Version)
}

// Exemption reads an exemption; ErrNotFound.
func (tx *Tx) Exemption(id string) (*Exemption, error) {
	var x Exemption
	if err := tx.one(x.fields(), "SELECT "+exemptionColumns+" FROM exemption WHERE exemption_id = $1", id); err != nil {
		return nil, fmt.Errorf("豁免 %s %w", id, err)
	}
	return &x, nil
}

// Exemptions lists all exemptions, oldest first.
func (tx *Tx) Exemptions() ([]Exemption, error) {
	var out []Exemption
	err := tx.query(func(r *sql.Rows) error {
		var x Exemption
		err := r.Scan(x.fields()...)
		out = append(out, x)
		return err
	}, "SELECT "+exemptionColumns+" FROM exemption ORDER BY made_at, exemption_id")
	return out, err
}

// RuleSettings counts the changes of overrides, exemptions and rulings: the sums of their row versions, which only grow.
func (tx *Tx) RuleSettings() (areas, exemptions, rulings int64, err error) {
	err = tx.one([]any{&areas}, "SELECT CAST(COALESCE(SUM(version), 0) AS BIGINT) FROM area_rule")
	if err == nil {
		err = tx.one([]any{&exemptions}, "SELECT CAST(COALESCE(SUM(version), 0) AS BIGINT) FROM exemption")
	}
	if err == nil {
		err = tx.one([]any{&rulings}, "SELECT CAST(COALESCE(SUM(version), 0) AS BIGINT) FROM ruling")
	}
	return areas, exemptions, rulings, err
}
