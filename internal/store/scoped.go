package store

import (
	"context"
	"database/sql"
	"strings"
)

// VersionFilter chooses versions; empty fields choose all.
type VersionFilter struct {
	ID      string
	Kind    string
	Subject string
	State   string
}

// VersionsIn lists versions within a scope, newest first.
func (tx *Tx) VersionsIn(s Scope, f VersionFilter, p Page) ([]RuleVersion, error) {
	w := p.where("version_id")
	w.related("area", s)
	w.equal("version_id", f.ID)
	w.equal("kind", f.Kind)
	w.equal("subject", f.Subject)
	w.equal("state", f.State)
	var out []RuleVersion
	err := tx.query(func(r *sql.Rows) error {
		var v RuleVersion
		err := r.Scan(v.fields()...)
		out = append(out, v)
		return err
	}, "SELECT "+versionColumns+" FROM rule_version"+w.text()+" ORDER BY version_id DESC"+w.limit(p), w.args...)
	return out, err
}

// NoticesIn lists announcements within a scope that were not taken back, newest first: for an institution those that hold where it is. id "" = all.
func (tx *Tx) NoticesIn(s Scope, id string, gone []string, p Page) ([]RuleNotice, error) {
	w := p.where("n.notice_id")
	w.equal("n.notice_id", id)
	for _, state := range gone {
		w.add("v.state <> "+w.bind(state), true)
	}
	if s.Inst == "" {
		w.related("v.area", s)
	} else {
		area, err := tx.InstitutionArea(s.Inst)
		if err != nil {
			return nil, err
		}
		if area == "" {
			area = s.Admdvs
		}
		w.holds("v.area", area)
	}
	var out []RuleNotice
	err := tx.query(func(r *sql.Rows) error {
		var n RuleNotice
		err := r.Scan(&n.ID, &n.Version, &n.Body, &n.Effective, &n.Actor, &n.At, &n.Kind, &n.Subject, &n.Area, &n.Title, &n.State)
		out = append(out, n)
		return err
	}, "SELECT n.notice_id, n.version_id, n.body, n.effective, n.actor, n.announced_at, v.kind, v.subject, v.area, v.title, v.state FROM rule_notice n JOIN rule_version v ON v.version_id = n.version_id"+
		w.text()+" ORDER BY n.notice_id DESC"+w.limit(p), w.args...)
	return out, err
}

// AreaRulesIn lists overrides within a scope, newest first, of a card and with an id unless these are "".
func (tx *Tx) AreaRulesIn(s Scope, id, card string, p Page) ([]AreaRule, error) {
	w := p.where("override_id")
	w.related("area", s)
	w.equal("override_id", id)
	w.equal("rule_id", card)
	var out []AreaRule
	err := tx.query(func(r *sql.Rows) error {
		var a AreaRule
		err := r.Scan(a.fields()...)
		out = append(out, a)
		return err
	}, "SELECT "+areaColumns+" FROM area_rule"+w.text()+" ORDER BY override_id DESC"+w.limit(p), w.args...)
	return out, err
}

// ExemptionsIn lists exemptions within a scope, newest first: those of the scope's institutions, and for a bureau those that name no institution.
func (tx *Tx) ExemptionsIn(s Scope, id, card string, p Page) ([]Exemption, error) {
	w := p.where("x.exemption_id")
	in := &conditions{args: w.args}
	in.ofInst("x.fixmedins_code", s)
	w.args = in.args
	if len(in.all) > 0 {
		c := "(" + strings.Join(in.all, " AND ") + ")"
		if s.Inst == "" {
			c = "(x.fixmedins_code = '' OR " + c + ")"
		}
		w.add(c, true)
	}
	w.equal("x.exemption_id", id)
	w.equal("x.rule_id", card)
	var out []Exemption
	err := tx.query(func(r *sql.Rows) error {
		var x Exemption
		err := r.Scan(x.fields()...)
		out = append(out, x)
		return err
	}, "SELECT x."+strings.Join(exemptionTable.names(), ", x.")+" FROM exemption x"+w.text()+" ORDER BY x.exemption_id DESC"+w.limit(p), w.args...)
	return out, err
}

// FindingQuery chooses findings; empty fields choose all.
type FindingQuery struct {
	ID    string
	Rule  string
	Month string
	Inst  string
	State string
}

// FindingsIn lists findings within a scope by id from Before downwards: what people see of them, without their lines.
func (tx *Tx) FindingsIn(s Scope, f FindingQuery, p Page) ([]Finding, error) {
	w := p.where("f.finding_id")
	w.ofInst("f.fixmedins_code", s)
	w.equal("f.finding_id", f.ID)
	w.equal("f.rule_id", f.Rule)
	w.equal("f.month", f.Month)
	w.equal("f.fixmedins_code", f.Inst)
	w.equal("f.state", f.State)
	var out []Finding
	err := tx.query(func(r *sql.Rows) error {
		var x Finding
		err := r.Scan(&x.ID, &x.RuleID, &x.RuleName, &x.RuleVersion, &x.Severity, &x.Month, &x.Bucket, &x.Published, &x.Inst, &x.Psn, &x.Mdtrt, &x.Setl, &x.LineCount, &x.Vola, &x.Fund, &x.Charged,
			&x.Cont, &x.PointID, &x.Basis, &x.State, &x.Withdrawn, &x.ChangedAt, &x.Version)
		out = append(out, x)
		return err
	}, "SELECT f.finding_id, f.rule_id, f.rule_name, f.rule_version, f.sev_deg, f.month, f.bucket, f.published, f.fixmedins_code, f.psn_no, f.mdtrt_id, f.setl_id, f.lines, f.vola_fen, f.fund_fen, f.charged_fen, f.vola_cont, f.point_id, f.basis, f.state, f.withdrawn, f.changed_at, f.version FROM finding f"+w.text()+" ORDER BY f.finding_id DESC"+w.limit(p), w.args...)
	return out, err
}

// FindingIn reads a finding within a scope with its lines; for an institution without the lines of others. ErrNotFound.
func (tx *Tx) FindingIn(s Scope, id string) (*Finding, error) {
	fs, err := tx.FindingsIn(s, FindingQuery{ID: id}, Page{Limit: 1})
	if err != nil {
		return nil, err
	}
	if len(fs) == 0 || id == "" {
		return nil, hidden("疑点", id)
	}
	f := &fs[0]
	w := Page{}.where("")
	w.equal("finding_id", id)
	w.equal("fixmedins_code", s.Inst)
	err = tx.query(func(r *sql.Rows) error {
		var l Line
		err := r.Scan(&l.Type, &l.Inst, &l.Mdtrt, &l.Setl, &l.Sn, &l.Vola, &l.Fund, &l.Charged)
		f.Lines = append(f.Lines, l)
		return err
	}, "SELECT vola_item_type, fixmedins_code, mdtrt_id, setl_id, feedetl_sn, vola_fen, fund_fen, charged_fen FROM finding_line"+w.text()+" ORDER BY line_no", w.args...)
	return f, err
}

// RuleStateSum counts the findings of a card in a state that were not withdrawn. Money is in fen.
type RuleStateSum struct {
	Rule                string
	State               string
	Findings            int64
	Vola, Fund, Charged int64
}

// RuleStateSums sums the findings within a scope by card and state.
func (db *DB) RuleStateSums(ctx context.Context, s Scope) ([]RuleStateSum, error) {
	var out []RuleStateSum
	err := db.View(ctx, func(tx *Tx) error {
		w := Page{}.where("")
		w.ofInst("f.fixmedins_code", s)
		w.add("f.withdrawn = 0", true)
		return tx.query(func(r *sql.Rows) error {
			var x RuleStateSum
			err := r.Scan(&x.Rule, &x.State, &x.Findings, &x.Vola, &x.Fund, &x.Charged)
			out = append(out, x)
			return err
		}, "SELECT f.rule_id, f.state, COUNT(*), CAST(SUM(f.vola_fen) AS BIGINT), CAST(SUM(f.fund_fen) AS BIGINT), CAST(SUM(f.charged_fen) AS BIGINT) FROM finding f"+
			w.text()+" GROUP BY f.rule_id, f.state ORDER BY f.rule_id, f.state", w.args...)
	})
	return out, err
}

// RunsBefore lists the runs that were taken in, newest first; before 0 = from the newest.
func (tx *Tx) RunsBefore(before, limit int) ([]Run, error) {
	var out []Run
	err := tx.query(func(r *sql.Rows) error {
		var x Run
		err := r.Scan(&x.Run, &x.Started, &x.Finished, &x.Parts, &x.Added, &x.Same, &x.Revised, &x.Withdrawn, &x.Moved, &x.Tasks)
		out = append(out, x)
		return err
	}, "SELECT run, started_at, finished_at, parts, added, same, revised, withdrawn, moved, tasks FROM run WHERE run < $1 OR $1 = 0 ORDER BY run DESC LIMIT $2", before, max(1, limit))
	return out, err
}
