package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// MachineState is the state of a finding that no person has acted on yet.
const MachineState = "机审"

// Finding is a finding as it stands, with its lines. Money is in fen.
type Finding struct {
	ID          string
	Revision    string // what the row says
	Published   string // print of what the audit published last; differs from the row's when people acted before
	RuleID      string
	RuleName    string
	RuleVersion string
	Severity    int // 1 明确违规, 2 高度可疑, 3 轻度可疑
	Stage       string
	Month       string // yyyy-MM of the first violating line's settlement
	Bucket      int    // of the audit: month and bucket are the part the finding was published in
	Inst        string
	Psn         string
	Mdtrt       string
	Setl        string
	LineCount   int // violating lines; 0 for findings on stays, visits, persons
	Vola        int64
	Fund        int64
	Charged     int64
	Cont        string
	PointID     string
	Basis       string
	State       string
	Withdrawn   bool // the last audit no longer finds it
	FirstRun    int  // of the audit that brought it
	LastRun     int  // that last changed it
	ChangedAt   int64
	Version     int64
	Prio        int    // of the card: smaller takes money first
	Refund      bool   // the money is the patient's, the fund paid none of it
	Admdvs      string // division of the institution; "" = not known yet

	Lines []Line
}

// Line is a fee line (or settlement, or visit) of a finding.
type Line struct {
	Type    int // 1 violating, 2 involved
	Inst    string
	Mdtrt   string
	Setl    string
	Sn      string // feedetl_sn; "" without a line
	Vola    int64
	Fund    int64
	Charged int64
	Scope   int64 // in-scope money that all cards together may charge here; 0 = not known (taken in before schema 7)
}

// Standing is what the program must know of a finding to compare it with what an audit publishes.
type Standing struct {
	ID        string
	Revision  string
	Published string
	Month     string
	Bucket    int
	State     string
	Withdrawn bool
	FirstRun  int
	Vola      int64
	Fund      int64
	Version   int64
}

// Acted reports whether a person has decided anything on the finding: then the machine may not change it.
func (s *Standing) Acted() bool { return s.State != MachineState }

const standingColumns = "finding_id, revision, published, month, bucket, state, withdrawn, first_run, vola_fen, fund_fen, version"

func scanStanding(rows *sql.Rows) (s Standing, err error) {
	err = rows.Scan(&s.ID, &s.Revision, &s.Published, &s.Month, &s.Bucket, &s.State, &s.Withdrawn, &s.FirstRun, &s.Vola, &s.Fund, &s.Version)
	return s, err
}

// StandingOfPart returns all findings of a month and bucket by id, withdrawn ones included.
func (tx *Tx) StandingOfPart(month string, bucket int) (map[string]Standing, error) {
	out := map[string]Standing{}
	err := tx.query(func(r *sql.Rows) error {
		s, err := scanStanding(r)
		out[s.ID] = s
		return err
	}, "SELECT "+standingColumns+" FROM finding WHERE month = $1 AND bucket = $2", month, bucket)
	return out, err
}

// chunk is how many ids one statement names.
const chunk = 500

// Standing returns the findings with these ids, where they are there.
func (tx *Tx) Standing(ids []string) (map[string]Standing, error) {
	out := map[string]Standing{}
	err := inChunks(ids, func(in string, args []any) error {
		return tx.query(func(r *sql.Rows) error {
			s, err := scanStanding(r)
			out[s.ID] = s
			return err
		}, "SELECT "+standingColumns+" FROM finding WHERE finding_id IN ("+in+")", args...)
	})
	return out, err
}

func inChunks(ids []string, f func(in string, args []any) error) error {
	for lo := 0; lo < len(ids); lo += chunk {
		part := ids[lo:min(len(ids), lo+chunk)]
		args := make([]any, len(part))
		for i, id := range part {
			args[i] = id
		}
		if err := f(binds(1, len(part)), args); err != nil {
			return err
		}
	}
	return nil
}

// AddFindings writes new findings and their lines in bulk. ErrExists when one is there already.
func (tx *Tx) AddFindings(fs []*Finding) error {
	for _, f := range fs {
		tx.mark(markFinding, f.Month, f.Inst, f.RuleID)
	}
	err := tx.load(findingTable.name, findingTable.names(), len(fs), func(i int) []any {
		f := fs[i]
		return []any{f.ID, f.Revision, f.Published, f.RuleID, f.RuleName, f.RuleVersion, f.Severity, f.Stage, f.Month, f.Bucket, f.Inst, f.Psn,
			f.Mdtrt, f.Setl, f.LineCount, f.Vola, f.Fund, f.Charged, f.Cont, f.PointID, f.Basis, f.State, flag(f.Withdrawn), f.FirstRun, f.LastRun,
			f.ChangedAt, f.Version, f.Prio, flag(f.Refund), f.Admdvs}
	})
	if err != nil {
		return err
	}
	type at struct{ finding, line int }
	var lines []at
	for i, f := range fs {
		for k := range f.Lines {
			lines = append(lines, at{i, k})
		}
	}
	return tx.load(lineTable.name, lineTable.names(), len(lines), func(i int) []any {
		l := &fs[lines[i].finding].Lines[lines[i].line]
		return []any{fs[lines[i].finding].ID, lines[i].line + 1, l.Type, l.Inst, l.Mdtrt, l.Setl, l.Sn, l.Vola, l.Fund, l.Charged, l.Scope}
	})
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

// ReplaceFindings puts new content in the place of findings that no person has acted on. ErrConflict when one has in the
// meantime, or is not there.
func (tx *Tx) ReplaceFindings(fs []*Finding) error {
	ids := make([]string, len(fs))
	for i, f := range fs {
		ids[i] = f.ID
	}
	err := inChunks(ids, func(in string, args []any) error {
		n, err := tx.changing("DELETE FROM finding WHERE state = '"+MachineState+"' AND finding_id IN ("+in+")", args...)
		if err != nil {
			return err
		}
		if n != int64(len(args)) {
			return ErrConflict
		}
		_, err = tx.exec("DELETE FROM finding_line WHERE finding_id IN ("+in+")", args...)
		return err
	})
	if err != nil {
		return err
	}
	return tx.AddFindings(fs)
}

// NotePublished tells of a finding that people acted on what the machine now says: content and state stay. It is not a
// change of the row that a person could collide with, so the version stays too.
func (tx *Tx) NotePublished(id, published, month string, bucket int, withdrawn bool) error {
	var was mark
	if err := tx.one([]any{&was.month, &was.inst, &was.rule}, "SELECT month, fixmedins_code, rule_id FROM finding WHERE finding_id = $1", id); err != nil {
		return err
	}
	tx.mark(markFinding, was.month, was.inst, was.rule) // it may leave this month
	return tx.changingOne("UPDATE finding SET published = $1, month = $2, bucket = $3, withdrawn = $4 WHERE finding_id = $5", published, month, bucket,
		flag(withdrawn), id)
}

// WithdrawFindings marks findings that no person has acted on as no longer found. ErrConflict when one of them has been acted
// on in the meantime, or was withdrawn before.
func (tx *Tx) WithdrawFindings(ids []string, run int, now int64) error {
	return inChunks(ids, func(_ string, args []any) error {
		n, err := tx.changing("UPDATE finding SET withdrawn = 1, last_run = $1, changed_at = $2, version = version + 1 WHERE state = '"+MachineState+
			"' AND withdrawn = 0 AND finding_id IN ("+binds(3, len(args))+")", append([]any{run, now}, args...)...)
		if err == nil && n != int64(len(args)) {
			err = ErrConflict
		}
		return err
	})
}

// SetState is a person's decision on a finding of the version that was read; ErrConflict when it is another by now.
func (tx *Tx) SetState(id string, version int64, state string, now int64) error {
	return tx.changingOne("UPDATE finding SET state = $1, changed_at = $2, version = version + 1 WHERE finding_id = $3 AND version = $4", state, now, id, version)
}

// TakeFinding writes the state and charge of a finding of the version that was read, when people begin to deal with it; ErrConflict when it is
// another by now.
func (tx *Tx) TakeFinding(id string, version int64, state string, charged, now int64) error {
	return tx.changingOne("UPDATE finding SET state = $1, charged_fen = $2, changed_at = $3, version = version + 1 WHERE finding_id = $4 AND version = $5", state, charged, now, id, version)
}

// Finding reads a finding with its lines; ErrNotFound.
func (db *DB) Finding(ctx context.Context, id string) (f *Finding, err error) {
	err = db.View(ctx, func(tx *Tx) (err error) { f, err = tx.Finding(id); return err })
	return f, err
}

// Finding reads a finding with its lines; ErrNotFound.
func (tx *Tx) Finding(id string) (*Finding, error) {
	var f Finding
	err := tx.one([]any{&f.ID, &f.Revision, &f.Published, &f.RuleID, &f.RuleName, &f.RuleVersion, &f.Severity, &f.Stage, &f.Month, &f.Bucket,
		&f.Inst, &f.Psn, &f.Mdtrt, &f.Setl, &f.LineCount, &f.Vola, &f.Fund, &f.Charged, &f.Cont, &f.PointID, &f.Basis, &f.State, &f.Withdrawn,
		&f.FirstRun, &f.LastRun, &f.ChangedAt, &f.Version, &f.Prio, &f.Refund, &f.Admdvs},
		"SELECT "+strings.Join(findingTable.names(), ", ")+" FROM finding WHERE finding_id = $1", id)
	if err != nil {
		return nil, fmt.Errorf("疑点 %s %w", id, err)
	}
	return &f, tx.query(func(r *sql.Rows) error {
		var l Line
		err := r.Scan(&l.Type, &l.Inst, &l.Mdtrt, &l.Setl, &l.Sn, &l.Vola, &l.Fund, &l.Charged, &l.Scope)
		f.Lines = append(f.Lines, l)
		return err
	}, "SELECT vola_item_type, fixmedins_code, mdtrt_id, setl_id, feedetl_sn, vola_fen, fund_fen, charged_fen, scope_fen FROM finding_line WHERE finding_id = $1 ORDER BY line_no", id)
}

// FindingSum counts standing findings of a state in a month.
type FindingSum struct {
	Month    string
	State    string
	Findings int64
	Lines    int64 // violating
	Vola     int64 // fen
	Fund     int64
	Charged  int64
}

// FindingSums sums the findings that stand (not withdrawn) by month and state.
func (db *DB) FindingSums(ctx context.Context) ([]FindingSum, error) {
	var out []FindingSum
	err := db.View(ctx, func(tx *Tx) error {
		return tx.query(func(r *sql.Rows) error {
			var s FindingSum
			err := r.Scan(&s.Month, &s.State, &s.Findings, &s.Lines, &s.Vola, &s.Fund, &s.Charged)
			out = append(out, s)
			return err
		}, "SELECT month, state, COUNT(*), CAST(SUM(lines) AS BIGINT), CAST(SUM(vola_fen) AS BIGINT), CAST(SUM(fund_fen) AS BIGINT), CAST(SUM(charged_fen) AS BIGINT) FROM finding WHERE withdrawn = 0 GROUP BY month, state ORDER BY month, state")
	})
	return out, err
}

// EachFinding calls f with every finding, without lines, by id, and then each with its lines' sums; for checks.
func (db *DB) EachFinding(ctx context.Context, f func(id, published string, withdrawn bool, lines int, vola, fund, charged int64) error) error {
	return db.View(ctx, func(tx *Tx) error {
		return tx.query(func(r *sql.Rows) error {
			var id, published string
			var withdrawn bool
			var lines int
			var vola, fund, charged int64
			if err := r.Scan(&id, &published, &withdrawn, &lines, &vola, &fund, &charged); err != nil {
				return err
			}
			return f(id, published, withdrawn, lines, vola, fund, charged)
		}, "SELECT f.finding_id, f.published, f.withdrawn, COUNT(*), CAST(SUM(l.vola_fen) AS BIGINT), CAST(SUM(l.fund_fen) AS BIGINT), CAST(SUM(l.charged_fen) AS BIGINT) FROM finding f JOIN finding_line l ON l.finding_id = f.finding_id GROUP BY f.finding_id, f.published, f.withdrawn ORDER BY f.finding_id")
	})
}
