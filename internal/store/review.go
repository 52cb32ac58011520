package store

import (
	"database/sql"
	"fmt"
	"slices"
)

// AddCases adds cases with their lines; ErrExists when a finding has one.
func (tx *Tx) AddCases(cs []Case, lines []CaseLine) error {
	for i := range cs {
		tx.mark(markCase, cs[i].Month, cs[i].Inst, cs[i].Rule)
	}
	if err := insert(tx, &reviewCaseTable, cs...); err != nil {
		return err
	}
	return insert(tx, &reviewLineTable, lines...)
}

// Case reads a case; ErrNotFound.
func (tx *Tx) Case(finding string) (*Case, error) {
	return only[Case](tx, &reviewCaseTable, "疑点 "+finding, "WHERE finding_id = $1", finding)
}

// ChangeCase writes a case that is of the version read; ErrConflict. Its month, institution and card are those of its finding for ever.
func (tx *Tx) ChangeCase(c *Case) error {
	tx.mark(markCase, c.Month, c.Inst, c.Rule)
	return tx.replace(&reviewCaseTable, c)
}

// SetFindingState writes the state and charge of a finding that has a case, and the severity that a person gave it: the case is what decisions
// are checked against, lists and boards are by the finding's.
func (tx *Tx) SetFindingState(id, state string, charged, now int64) error {
	return tx.changingOne("UPDATE finding SET state = $1, charged_fen = $2, changed_at = $3, version = version + 1, sev_deg = COALESCE((SELECT c.severity FROM review_case c WHERE c.finding_id = finding.finding_id AND c.severity > 0), sev_deg) WHERE finding_id = $4", state, charged, now, id)
}

// CaseLines lists the lines of a case in order.
func (tx *Tx) CaseLines(finding string) ([]CaseLine, error) {
	return list[CaseLine](tx, &reviewLineTable, "WHERE finding_id = $1 ORDER BY line_no", finding)
}

// SetCaseLines writes lines over.
func (tx *Tx) SetCaseLines(lines []CaseLine) error {
	for i := range lines {
		if err := tx.put(&reviewLineTable, &lines[i]); err != nil {
			return err
		}
	}
	return nil
}

// DropCaseLines forgets the lines of a case that begins anew.
func (tx *Tx) DropCaseLines(finding string) error {
	_, err := tx.exec("DELETE FROM review_line WHERE finding_id = $1", finding)
	return err
}

// AddSteps adds steps; ErrExists when a step has its number: somebody else was faster.
func (tx *Tx) AddSteps(ss ...Step) error { return insert(tx, &reviewStepTable, ss...) }

// Steps lists what happened to a case, oldest first.
func (tx *Tx) Steps(finding string) ([]Step, error) {
	return list[Step](tx, &reviewStepTable, "WHERE finding_id = $1 ORDER BY seq", finding)
}

// StepsOf lists the steps of some events between two civil days, both included.
func (tx *Tx) StepsOf(events []string, from, to int64) (out []Step, err error) {
	for _, e := range events {
		some, err := list[Step](tx, &reviewStepTable, "WHERE event = $1 AND day >= $2 AND day <= $3 ORDER BY day, finding_id, seq", e, from, to)
		if err != nil {
			return nil, err
		}
		out = append(out, some...)
	}
	return out, nil
}

// Claim is a violating line of any finding on a visit, as the machine has it, for dividing the charge.
type Claim struct {
	Finding   string
	LineNo    int
	Rule      string
	Prio      int
	Refund    bool
	State     string
	Withdrawn bool
	LastRun   int
	Inst      string
	Mdtrt     string
	Setl      string
	Sn        string
	Vola      int64
	Fund      int64
	Charged   int64
	Scope     int64
	Revision  string // of its finding
}

// ClaimsOn lists the violating lines of all findings on some visits, by finding and line.
func (tx *Tx) ClaimsOn(mdtrts []string) ([]Claim, error) {
	var out []Claim
	err := inChunks(mdtrts, func(in string, args []any) error {
		return tx.query(func(r *sql.Rows) error {
			var c Claim
			err := r.Scan(&c.Finding, &c.LineNo, &c.Rule, &c.Prio, &c.Refund, &c.State, &c.Withdrawn, &c.LastRun, &c.Inst, &c.Mdtrt, &c.Setl, &c.Sn, &c.Vola, &c.Fund, &c.Charged, &c.Scope, &c.Revision)
			out = append(out, c)
			return err
		}, "SELECT l.finding_id, l.line_no, f.rule_id, f.prio, f.refund, f.state, f.withdrawn, f.last_run, l.fixmedins_code, l.mdtrt_id, l.setl_id, l.feedetl_sn, l.vola_fen, l.fund_fen, l.charged_fen, l.scope_fen, f.revision FROM finding_line l JOIN finding f ON f.finding_id = l.finding_id WHERE l.vola_item_type = 1 AND l.mdtrt_id IN ("+in+") ORDER BY l.finding_id, l.line_no", args...)
	})
	return out, err
}

// SetCharged writes the charge of a line of a finding that nobody has taken up, and the finding's sum.
func (tx *Tx) SetCharged(finding string, lineNo int, charged int64) error {
	if err := tx.execOne("UPDATE finding_line SET charged_fen = $1 WHERE finding_id = $2 AND line_no = $3", charged, finding, lineNo); err != nil {
		return err
	}
	return tx.changingOne("UPDATE finding SET charged_fen = (SELECT COALESCE(CAST(SUM(l.charged_fen) AS BIGINT), 0) FROM finding_line l WHERE l.finding_id = $1 AND l.vola_item_type = 1) WHERE finding_id = $2", finding, finding)
}

// Lock makes transactions that name the same thing wait for each other until they end. On SQLite whoever writes has waited for everybody already.
func (tx *Tx) Lock(names ...string) error {
	if tx.engine != Postgres {
		return nil
	}
	names = slices.Compact(slices.Sorted(slices.Values(names)))
	for _, n := range names {
		if _, err := tx.exec("INSERT INTO review_lock (name, n) VALUES ($1, 1) ON CONFLICT (name) DO UPDATE SET n = review_lock.n + 1", n); err != nil {
			return err
		}
	}
	return nil
}

// ReviewInst reads an institution; ErrNotFound.
func (tx *Tx) ReviewInst(code string) (*ReviewInst, error) {
	return only[ReviewInst](tx, &reviewInstTable, "机构 "+code, "WHERE fixmedins_code = $1", code)
}

// ReviewInsts lists all institutions by code.
func (tx *Tx) ReviewInsts() ([]ReviewInst, error) {
	return list[ReviewInst](tx, &reviewInstTable, "ORDER BY fixmedins_code")
}

// SetReviewInst writes an institution, and its division to its findings where that changed.
func (tx *Tx) SetReviewInst(i ReviewInst) error {
	if err := tx.put(&reviewInstTable, &i); err != nil {
		return err
	}
	_, err := tx.changing("UPDATE finding SET admdvs = $1 WHERE fixmedins_code = $2 AND admdvs <> $3", i.Admdvs, i.Code, i.Admdvs)
	if err != nil {
		return err
	}
	n, err := tx.exec("UPDATE review_case SET admdvs = $1 WHERE fixmedins_code = $2 AND admdvs <> $3", i.Admdvs, i.Code, i.Admdvs)
	if err != nil || n == 0 {
		return err
	}
	for kind, query := range map[string]string{markCase: "SELECT DISTINCT month FROM review_case WHERE fixmedins_code = $1", markPost: "SELECT DISTINCT month FROM ledger_post WHERE fixmedins_code = $1"} {
		months, err := tx.texts(query, i.Code)
		if err != nil {
			return err
		}
		for _, m := range months {
			tx.mark(kind, m, "", "")
		}
	}
	return nil
}

// Divisions are the divisions of the institutions by code.
func (tx *Tx) Divisions() (map[string]string, error) {
	out := map[string]string{}
	is, err := tx.ReviewInsts()
	for _, i := range is {
		out[i.Code] = i.Admdvs
	}
	return out, err
}

// TasksOn lists open tasks about findings that have cases, oldest first, after a moment and id.
func (tx *Tx) TasksOn(afterAt int64, afterID string, limit int) ([]Task, error) {
	var out []Task
	err := tx.query(func(r *sql.Rows) error {
		var t Task
		err := r.Scan(&t.ID, &t.Kind, &t.Finding, &t.Revision, &t.Run, &t.Detail, &t.Status, &t.MadeAt, &t.Version)
		out = append(out, t)
		return err
	}, "SELECT t.task_id, t.kind, t.finding_id, t.revision, t.run, t.detail, t.status, t.made_at, t.version FROM task t JOIN review_case c ON c.finding_id = t.finding_id WHERE t.status = '"+TaskOpen+"' AND (t.made_at > $1 OR (t.made_at = $1 AND t.task_id > $2)) ORDER BY t.made_at, t.task_id LIMIT $3", afterAt, afterID, limit)
	return out, err
}

// CloseTasks closes the open tasks about a finding.
func (tx *Tx) CloseTasks(finding, who string, now int64) error {
	_, err := tx.exec("UPDATE task SET status = '"+TaskDone+"', closed_at = $1, closed_by = $2, version = version + 1 WHERE finding_id = $3 AND status = '"+TaskOpen+"'", now, who, finding)
	return err
}

// ReleaseFinding gives a finding back to the machine: the next taking in writes what the audit says now.
func (tx *Tx) ReleaseFinding(id string, now int64) error {
	return tx.changingOne("UPDATE finding SET state = '"+MachineState+"', published = CASE WHEN bucket = -1 THEN published ELSE '' END, changed_at = $1, version = version + 1 WHERE finding_id = $2", now, id)
}

// Outcome counts how the decided cases of a rule came out. Money is in fen.
type Outcome struct {
	Rule       string
	Decided    int64
	Overturned int64 // nothing of it was upheld
	Partly     int64
	Claimed    int64 // gross money of the decided ones
	Lost       int64 // of it, what was not upheld
}

// decidedCase chooses cases c that tell whether a card was right: closed, neither recalled nor done again, or confirmed and being carried out.
const decidedCase = "(c.state = '执行' OR (c.outcome <> '' AND c.outcome <> '撤回' AND c.outcome <> '重出'))"

// Outcomes lists how decided cases came out, by rule.
func (tx *Tx) Outcomes(overturned, partly string) ([]Outcome, error) {
	var out []Outcome
	err := tx.query(func(r *sql.Rows) error {
		var o Outcome
		err := r.Scan(&o.Rule, &o.Decided, &o.Overturned, &o.Partly, &o.Claimed, &o.Lost)
		out = append(out, o)
		return err
	}, "SELECT c.rule_id, COUNT(*), CAST(SUM(CASE WHEN c.verdict = $1 OR c.verdict = '规则误报' THEN 1 ELSE 0 END) AS BIGINT), CAST(SUM(CASE WHEN c.verdict = $2 THEN 1 ELSE 0 END) AS BIGINT), CAST(SUM(l.vola) AS BIGINT), CAST(SUM(l.vola - l.upheld) AS BIGINT) FROM review_case c JOIN (SELECT finding_id, SUM(vola_fen) AS vola, SUM(upheld_fen) AS upheld FROM review_line GROUP BY finding_id) l ON l.finding_id = c.finding_id WHERE "+decidedCase+" GROUP BY c.rule_id ORDER BY c.rule_id", overturned, partly)
	if err != nil {
		return nil, fmt.Errorf("统计结论：%w", err)
	}
	return out, nil
}
