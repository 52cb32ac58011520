package store

import (
	"context"
	"database/sql"
	"fmt"
)

// Release is an institution's on-the-spot release of a block: two persons answer for it, the bureau reviews it afterwards.
type Release struct {
	ID         string
	JrID       string // the reminder
	Finding    string
	Rule       string
	Subject    string // with rule and visit: what is released
	Facts      string // digest as of the reminder
	Excess     int64
	Inst       string
	Admdvs     string
	Psn        string
	Mdtrt      string
	Cont       string
	Vola       int64 // fen
	ReasonCode string
	Reason     string
	First      Person
	Second     Person // empty until the second one has agreed
	Until      int64  // in force up to here; before the second agreed: up to here he may
	State      string
	Reviewer   string
	Review     string
	ReviewedAt int64
	Version    int64
}

// Person is an operator who answers for a release.
type Person struct {
	Operator string // opter
	Name     string
	Key      string // API key that signed for him
	At       int64
}

// States of a release.
const (
	ReleaseAsked    = "待第二人"
	ReleaseGiven    = "已放行"
	ReleaseUpheld   = "复核认可"
	ReleaseRejected = "复核不认可"
)

var (
	releaseTable = table{"online_release", 1, cols("T release_id", "T jr_id", "T finding_id", "T rule_id", "T subject", "T facts", "N excess",
		"T fixmedins_code", "T admdvs", "T psn_no", "T mdtrt_id", "T warn_cont", "N vola_fen", "T reason_code", "T reason", "T first_opter",
		"T first_name", "T first_key", "N first_at", "T second_opter", "T second_name", "T second_key", "N second_at", "N until", "T state", "T reviewer",
		"T review", "N reviewed_at", "N version")}
	settingTable = table{"online_setting", 2, cols("T name", "T area", "T value", "T actor", "T why", "N changed_at", "N version")}
)

const releaseColumns = "release_id, jr_id, finding_id, rule_id, subject, facts, excess, fixmedins_code, admdvs, psn_no, mdtrt_id, warn_cont, vola_fen, reason_code, reason, first_opter, first_name, first_key, first_at, second_opter, second_name, second_key, second_at, until, state, reviewer, review, reviewed_at, version"

func (r *Release) fields() []any {
	return []any{&r.ID, &r.JrID, &r.Finding, &r.Rule, &r.Subject, &r.Facts, &r.Excess, &r.Inst, &r.Admdvs, &r.Psn, &r.Mdtrt, &r.Cont, &r.Vola, &r.ReasonCode, &r.Reason,
		&r.First.Operator, &r.First.Name, &r.First.Key, &r.First.At, &r.Second.Operator, &r.Second.Name, &r.Second.Key, &r.Second.At, &r.Until, &r.State,
		&r.Reviewer, &r.Review, &r.ReviewedAt, &r.Version}
}

// AddRelease adds a release that one person asks for; Version becomes 1.
func (tx *Tx) AddRelease(r *Release) error {
	r.Version = 1
	return tx.load(releaseTable.name, releaseTable.names(), 1, func(int) []any {
		return []any{r.ID, r.JrID, r.Finding, r.Rule, r.Subject, r.Facts, r.Excess, r.Inst, r.Admdvs, r.Psn, r.Mdtrt, r.Cont, r.Vola, r.ReasonCode, r.Reason,
			r.First.Operator, r.First.Name, r.First.Key, r.First.At, r.Second.Operator, r.Second.Name, r.Second.Key, r.Second.At, r.Until, r.State,
			r.Reviewer, r.Review, r.ReviewedAt, r.Version}
	})
}

// Release reads a release; ErrNotFound.
func (tx *Tx) Release(id string) (*Release, error) {
	var r Release
	if err := tx.one(r.fields(), "SELECT "+releaseColumns+" FROM online_release WHERE release_id = $1", id); err != nil {
		return nil, fmt.Errorf("放行 %s %w", id, err)
	}
	return &r, nil
}

// GiveRelease writes the second person and the state of a release of the version that was read.
func (tx *Tx) GiveRelease(r *Release) error {
	return tx.execOne("UPDATE online_release SET second_opter = $1, second_name = $2, second_key = $3, second_at = $4, until = $5, state = $6, version = version + 1 WHERE release_id = $7 AND version = $8",
		r.Second.Operator, r.Second.Name, r.Second.Key, r.Second.At, r.Until, r.State, r.ID, r.Version)
}

// ReviewRelease writes what the bureau thinks of a release of the version that was read.
func (tx *Tx) ReviewRelease(r *Release) error {
	return tx.execOne("UPDATE online_release SET state = $1, reviewer = $2, review = $3, reviewed_at = $4, version = version + 1 WHERE release_id = $5 AND version = $6",
		r.State, r.Reviewer, r.Review, r.ReviewedAt, r.ID, r.Version)
}

// ReleasesOf lists the releases of an institution's visit that two persons gave and that are in force at a moment.
func (db *DB) ReleasesOf(ctx context.Context, inst, mdtrt string, now int64) ([]Release, error) {
	return db.releases(ctx, "SELECT "+releaseColumns+" FROM online_release WHERE mdtrt_id = $1 AND fixmedins_code = $2 AND second_at > 0 AND until > $3 AND state <> $4 ORDER BY release_id",
		mdtrt, inst, now, ReleaseRejected)
}

// Releases lists releases of a state, newest first, at most so many.
func (db *DB) Releases(ctx context.Context, state string, most int) ([]Release, error) {
	return db.releases(ctx, "SELECT "+releaseColumns+" FROM online_release WHERE state = $1 ORDER BY first_at DESC, release_id DESC LIMIT $2", state, most)
}

func (db *DB) releases(ctx context.Context, query string, args ...any) ([]Release, error) {
	var out []Release
	err := db.View(ctx, func(tx *Tx) error {
		return tx.query(func(rows *sql.Rows) error {
			var r Release
			err := rows.Scan(r.fields()...)
			out = append(out, r)
			return err
		}, query, args...)
	})
	return out, err
}

// OnlineSetting is a switch of the online checks in an area.
type OnlineSetting struct {
	Name      string
	Area      string // prefix of the administrative division; "" = everywhere
	Value     string
	Actor     string
	Why       string
	ChangedAt int64
	Version   int64 // 0 = not stored yet
}

func (s *OnlineSetting) fields() []any {
	return []any{&s.Name, &s.Area, &s.Value, &s.Actor, &s.Why, &s.ChangedAt, &s.Version}
}

// SetOnlineSetting stores a setting of the version that was read (0 = there was none).
func (tx *Tx) SetOnlineSetting(s *OnlineSetting) error {
	if s.Version == 0 {
		_, err := tx.exec("INSERT INTO online_setting (name, area, value, actor, why, changed_at, version) VALUES ($1, $2, $3, $4, $5, $6, 1)",
			s.Name, s.Area, s.Value, s.Actor, s.Why, s.ChangedAt)
		return err
	}
	return tx.execOne("UPDATE online_setting SET value = $1, actor = $2, why = $3, changed_at = $4, version = version + 1 WHERE name = $5 AND area = $6 AND version = $7",
		s.Value, s.Actor, s.Why, s.ChangedAt, s.Name, s.Area, s.Version)
}

const settingColumns = "name, area, value, actor, why, changed_at, version"

// OnlineSetting reads a setting of exactly this area; the zero value when there is none.
func (tx *Tx) OnlineSetting(name, area string) (OnlineSetting, error) {
	s := OnlineSetting{Name: name, Area: area}
	err := tx.query(func(r *sql.Rows) error { return r.Scan(s.fields()...) },
		"SELECT "+settingColumns+" FROM online_setting WHERE name = $1 AND area = $2", name, area)
	return s, err
}

// OnlineSettings lists all settings by name and area.
func (db *DB) OnlineSettings(ctx context.Context) ([]OnlineSetting, error) {
	var out []OnlineSetting
	err := db.View(ctx, func(tx *Tx) error {
		return tx.query(func(r *sql.Rows) error {
			var s OnlineSetting
			err := r.Scan(s.fields()...)
			out = append(out, s)
			return err
		}, "SELECT "+settingColumns+" FROM online_setting ORDER BY name, area")
	})
	return out, err
}
