package store

import (
	"database/sql"
	"fmt"
	"slices"
)

// AddCases adds cases with their lines; ErrExists when a finding has one.
func (tx *Tx) AddCases(cs []Case, lines []CaseLine) error {
	if err := insert(tx, &reviewCaseTable, cs...); err != nil {
		return err
	}
	return insert(tx, &reviewLineTable, lines...)
}

// Case reads a case; ErrNotFound.
func (tx *Tx) Case(finding string) (*Case, error) {
	return only[Case](tx, &reviewCaseTable, "疑点 "+finding, "WHERE finding_id = $1", finding)
}

// ChangeCase writes a case that is of the version read; ErrConflict.
func (tx *Tx) ChangeCase(c *Case) error { return tx.replace(&reviewCaseTable, c) }

// SetFindingState writes the state and charge of a finding that has a case: the case is what decisions are checked against, lists are
// by the finding's.
func (tx *Tx) SetFindingState(id, state string, charged, now int64) error {
	return tx.execOne("UPDATE finding SET state = $1, charged_fen = $2, changed_at = $3, version = version + 1 WHERE finding_id = $4", state, charged, now, id)
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
	Charged   int64
	Scope     int64
}

// ClaimsOn lists the violating lines of all findings on some visits, by finding and line.
func (tx *Tx) ClaimsOn(mdtrts []string) ([]Claim, error) {
	var out []Claim
	err := inChunks(mdtrts, func(in string, args []any) error {
		return tx.query(func(r *sql.Rows) error {
			var c Claim
			err := r.Scan(&c.Finding, &c.LineNo, &c.Rule, &c.Prio, &c.Refund, &c.State, &c.Withdrawn, &c.LastRun, &c.Inst, &c.Mdtrt, &c.Setl, &c.Sn, &c.Vola, &c.Charged, &c.Scope)
			out = append(out, c)
			return err
		}, "SELECT l.finding_id, l.line_no, f.rule_id, f.prio, f.refund, f.state, f.withdrawn, f.last_run, l.fixmedins_code, l.mdtrt_id, l.setl_id, l.feedetl_sn, l.vola_fen, l.charged_fen, l.scope_fen FROM finding_line l JOIN finding f ON f.finding_id = l.finding_id WHERE l.vola_item_type = 1 AND l.mdtrt_id IN ("+in+") ORDER BY l.finding_id, l.line_no", args...)
	})
	return out, err
}

// SetCharged writes the charge of a line of a finding that nobody has taken up, and the finding's sum.
func (tx *Tx) SetCharged(finding string, lineNo int, charged int64) error {
	if err := tx.execOne("UPDATE finding_line SET charged_fen = $1 WHERE finding_id = $2 AND line_no = $3", charged, finding, lineNo); err != nil {
		return err
	}
	return tx.execOne("UPDATE finding SET charged_fen = (SELECT COALESCE(CAST(SUM(l.charged_fen) AS BIGINT), 0) FROM finding_line l WHERE l.finding_id = $1 AND l.vola_item_type = 1) WHERE finding_id = $2", finding, finding)
}

// Lock makes transactions that name the same thing wait for each other until they end.
func (tx *Tx) Lock(names ...string) error {
	names = slices.Compact(slices.Sorted(slices.Values(names)))
	for _, n := range names {
		if _, err := tx.exec("INSERT INTO review_lock (name, n) VALUES ($1, 1) ON CONFLICT (name) DO UPDATE SET n = review_lock.n + 1", n); err != nil {
			return err
		}
	}
	return nil
}

// Institution reads an institution; ErrNotFound.
func (tx *Tx) Institution(code string) (*Institution, error) {
	return only[Institution](tx, &reviewInstTable, "机构 "+code, "WHERE fixmedins_code = $1", code)
}

// Institutions lists all institutions by code.
func (tx *Tx) Institutions() ([]Institution, error) {
	return list[Institution](tx, &reviewInstTable, "ORDER BY fixmedins_code")
}

// SetInstitution writes an institution, and its division to its findings where that changed.
func (tx *Tx) SetInstitution(i Institution) error {
	if err := tx.put(&reviewInstTable, &i); err != nil {
		return err
	}
	_, err := tx.exec("UPDATE finding SET admdvs = $1 WHERE fixmedins_code = $2 AND admdvs <> $3", i.Admdvs, i.Code, i.Admdvs)
	if err != nil {
		return err
	}
	_, err = tx.exec("UPDATE review_case SET admdvs = $1 WHERE fixmedins_code = $2 AND admdvs <> $3", i.Admdvs, i.Code, i.Admdvs)
	return err
}

// Divisions are the divisions of the institutions by code.
func (tx *Tx) Divisions() (map[string]string, error) {
	out := map[string]string{}
	is, err := tx.Institutions()
	for _, i := range is {
		out[i.Code] = i.Admdvs
	}
	return out, err
}

// AddPackage adds a package.
func (tx *Tx) AddPackage(p Package) error { return insert(tx, &reviewPackageTable, p) }

// ChangePackage writes a package that is of the version read; ErrConflict.
func (tx *Tx) ChangePackage(p *Package) error { return tx.replace(&reviewPackageTable, p) }

// Package reads a package; ErrNotFound.
func (tx *Tx) Package(id string) (*Package, error) {
	return only[Package](tx, &reviewPackageTable, "疑点包 "+id, "WHERE package_id = $1", id)
}

// Packages lists packages of a state (all when ""), of an institution (all when ""), newest month first.
func (tx *Tx) Packages(state, inst string, limit int) ([]Package, error) {
	return list[Package](tx, &reviewPackageTable, "WHERE (state = $1 OR $1 = '') AND (fixmedins_code = $2 OR $2 = '') ORDER BY month DESC, package_id LIMIT $3", state, inst, limit)
}

// CasesOfPackage lists the cases of a package by finding.
func (tx *Tx) CasesOfPackage(id string) ([]Case, error) {
	return list[Case](tx, &reviewCaseTable, "WHERE package_id = $1 ORDER BY finding_id", id)
}

// CasesOfPanel lists the cases before a panel by finding.
func (tx *Tx) CasesOfPanel(id string) ([]Case, error) {
	return list[Case](tx, &reviewCaseTable, "WHERE panel_id = $1 ORDER BY finding_id", id)
}

// CasesIn lists cases of a state after a finding, by finding, that are due before a day (all when 0).
func (tx *Tx) CasesIn(state, after string, dueBefore int64, limit int) ([]Case, error) {
	return list[Case](tx, &reviewCaseTable, "WHERE state = $1 AND finding_id > $2 AND (due_day < $3 OR $3 = 0) ORDER BY finding_id LIMIT $4", state, after, dueBefore, limit)
}

// CasesAfter lists cases after a finding, by finding.
func (tx *Tx) CasesAfter(after string, limit int) ([]Case, error) {
	return list[Case](tx, &reviewCaseTable, "WHERE finding_id > $1 ORDER BY finding_id LIMIT $2", after, limit)
}

// Unpacked lists cases of a state that are in no package, by institution, rule and month.
func (tx *Tx) Unpacked(state string, limit int) ([]Case, error) {
	return list[Case](tx, &reviewCaseTable, "WHERE state = $1 AND package_id = '' ORDER BY fixmedins_code, rule_id, month, finding_id LIMIT $2", state, limit)
}

// AddNotice adds a notice.
func (tx *Tx) AddNotice(n Notice) error { return insert(tx, &reviewNoticeTable, n) }

// ChangeNotice writes a notice that is of the version read; ErrConflict.
func (tx *Tx) ChangeNotice(n *Notice) error { return tx.replace(&reviewNoticeTable, n) }

// Notice reads a notice; ErrNotFound.
func (tx *Tx) Notice(id string) (*Notice, error) {
	return only[Notice](tx, &reviewNoticeTable, "文书 "+id, "WHERE notice_id = $1", id)
}

// NoticesOf lists the notices of a case and of its package, oldest first.
func (tx *Tx) NoticesOf(finding, pack string) ([]Notice, error) {
	return list[Notice](tx, &reviewNoticeTable, "WHERE finding_id = $1 OR (package_id = $2 AND package_id <> '' AND finding_id = '') ORDER BY sent_at, notice_id", finding, pack)
}

// Undelivered lists notices sent up to a day that nobody has signed for, oldest first.
func (tx *Tx) Undelivered(upto int64, limit int) ([]Notice, error) {
	return list[Notice](tx, &reviewNoticeTable, "WHERE delivered_day = 0 AND sent_day <= $1 ORDER BY sent_day, notice_id LIMIT $2", upto, limit)
}

// NoticesFor lists the notices to an institution, newest first.
func (tx *Tx) NoticesFor(inst string, limit int) ([]Notice, error) {
	return list[Notice](tx, &reviewNoticeTable, "WHERE fixmedins_code = $1 ORDER BY sent_at DESC, notice_id DESC LIMIT $2", inst, limit)
}

// AddAttachment adds a file to a case.
func (tx *Tx) AddAttachment(a Attachment) error { return insert(tx, &reviewFileTable, a) }

// Attachments lists the files of a case, oldest first.
func (tx *Tx) Attachments(finding string) ([]Attachment, error) {
	return list[Attachment](tx, &reviewFileTable, "WHERE finding_id = $1 ORDER BY at, file_id", finding)
}

// Attachment reads a file; ErrNotFound.
func (tx *Tx) Attachment(id string) (*Attachment, error) {
	return only[Attachment](tx, &reviewFileTable, "附件 "+id, "WHERE file_id = $1", id)
}

// AddPanel adds a panel with its members.
func (tx *Tx) AddPanel(p Panel, members []Member) error {
	if err := insert(tx, &reviewPanelTable, p); err != nil {
		return err
	}
	return insert(tx, &panelMemberTable, members...)
}

// ChangePanel writes a panel that is of the version read; ErrConflict.
func (tx *Tx) ChangePanel(p *Panel) error { return tx.replace(&reviewPanelTable, p) }

// Panel reads a panel with its members; ErrNotFound.
func (tx *Tx) Panel(id string) (*Panel, []Member, error) {
	p, err := only[Panel](tx, &reviewPanelTable, "合议 "+id, "WHERE panel_id = $1", id)
	if err != nil {
		return nil, nil, err
	}
	ms, err := list[Member](tx, &panelMemberTable, "WHERE panel_id = $1 ORDER BY login", id)
	return p, ms, err
}

// PanelsOn lists the panels that decided on a rule, newest first.
func (tx *Tx) PanelsOn(rule, state string, limit int) ([]Panel, error) {
	return list[Panel](tx, &reviewPanelTable, "WHERE rule_id = $1 AND state = $2 ORDER BY decided_at DESC, panel_id DESC LIMIT $3", rule, state, limit)
}

// PanelsOf lists the panels somebody sits on, newest first.
func (tx *Tx) PanelsOf(login string) ([]Panel, error) {
	return list[Panel](tx, &reviewPanelTable, "WHERE panel_id IN (SELECT m.panel_id FROM panel_member m WHERE m.login = $1 AND m.recused = '') ORDER BY convened_at DESC, panel_id DESC", login)
}

// SetMember writes a member over, and adds one who was not there.
func (tx *Tx) SetMember(m Member) error { return tx.put(&panelMemberTable, &m) }

// AddVote adds a vote; ErrExists when the member has voted on the case.
func (tx *Tx) AddVote(v Vote) error { return insert(tx, &panelVoteTable, v) }

// DropVotes forgets the votes of a member who must stand aside.
func (tx *Tx) DropVotes(panel, login string) error {
	_, err := tx.exec("DELETE FROM panel_vote WHERE panel_id = $1 AND login = $2", panel, login)
	return err
}

// Votes lists the votes of a panel, by case and member.
func (tx *Tx) Votes(panel string) ([]Vote, error) {
	return list[Vote](tx, &panelVoteTable, "WHERE panel_id = $1 ORDER BY finding_id, login", panel)
}

// AddExtension adds a request for more days.
func (tx *Tx) AddExtension(x Extension) error { return insert(tx, &reviewExtensionTable, x) }

// ChangeExtension writes a request that is of the version read; ErrConflict.
func (tx *Tx) ChangeExtension(x *Extension) error { return tx.replace(&reviewExtensionTable, x) }

// Extensions lists the requests of a case, oldest first.
func (tx *Tx) Extensions(finding string) ([]Extension, error) {
	return list[Extension](tx, &reviewExtensionTable, "WHERE finding_id = $1 ORDER BY asked_at, extension_id", finding)
}

// Extension reads a request; ErrNotFound.
func (tx *Tx) Extension(id string) (*Extension, error) {
	return only[Extension](tx, &reviewExtensionTable, "延期申请 "+id, "WHERE extension_id = $1", id)
}

// AddParam adds a value of a limit.
func (tx *Tx) AddParam(p Param) error { return insert(tx, &reviewParamTable, p) }

// ChangeParam writes a value that is of the version read; ErrConflict.
func (tx *Tx) ChangeParam(p *Param) error { return tx.replace(&reviewParamTable, p) }

// Params lists the values of a limit (all when ""), oldest first.
func (tx *Tx) Params(name string) ([]Param, error) {
	return list[Param](tx, &reviewParamTable, "WHERE name = $1 OR $1 = '' ORDER BY name, area, valid_from, made_at, param_id", name)
}

// AddTie says why somebody may not judge an institution.
func (tx *Tx) AddTie(t Tie) error { return insert(tx, &reviewTieTable, t) }

// Ties lists what ties somebody (all when "") to institutions.
func (tx *Tx) Ties(login string) ([]Tie, error) {
	return list[Tie](tx, &reviewTieTable, "WHERE login = $1 OR $1 = '' ORDER BY login, fixmedins_code, made_at", login)
}

// SetTerm says for how long an expert serves.
func (tx *Tx) SetTerm(t Term) error { return tx.put(&reviewTermTable, &t) }

// Term reads an expert's term; ErrNotFound.
func (tx *Tx) Term(login string) (*Term, error) {
	return only[Term](tx, &reviewTermTable, "专家 "+login+" 的聘期", "WHERE login = $1", login)
}

// AddRelay adds a question inside a hospital.
func (tx *Tx) AddRelay(r Relay) error { return insert(tx, &reviewRelayTable, r) }

// ChangeRelay writes a question that is of the version read; ErrConflict.
func (tx *Tx) ChangeRelay(r *Relay) error { return tx.replace(&reviewRelayTable, r) }

// Relay reads a question; ErrNotFound.
func (tx *Tx) Relay(id string) (*Relay, error) {
	return only[Relay](tx, &reviewRelayTable, "院内转办 "+id, "WHERE relay_id = $1", id)
}

// Relays lists the questions on a case, oldest first.
func (tx *Tx) Relays(finding string) ([]Relay, error) {
	return list[Relay](tx, &reviewRelayTable, "WHERE finding_id = $1 ORDER BY asked_at, relay_id", finding)
}

// RelaysTo lists the questions to somebody of a state (all when ""), by due day.
func (tx *Tx) RelaysTo(login, state string) ([]Relay, error) {
	return list[Relay](tx, &reviewRelayTable, "WHERE login = $1 AND (state = $2 OR $2 = '') ORDER BY due_day, relay_id", login, state)
}

// SetRuleAlias maps an old rule number.
func (tx *Tx) SetRuleAlias(a RuleAlias) error { return tx.put(&ruleAliasTable, &a) }

// RuleAliases are the rules by old number.
func (tx *Tx) RuleAliases() (map[string]string, error) {
	out := map[string]string{}
	as, err := list[RuleAlias](tx, &ruleAliasTable, "ORDER BY old_rule")
	for _, a := range as {
		out[a.OldRule] = a.Rule
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
	return tx.execOne("UPDATE finding SET state = '"+MachineState+"', published = '', changed_at = $1, version = version + 1 WHERE finding_id = $2", now, id)
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

// Outcomes lists how decided cases came out, by rule. A case is decided when it has an outcome.
func (tx *Tx) Outcomes(overturned, partly string) ([]Outcome, error) {
	var out []Outcome
	err := tx.query(func(r *sql.Rows) error {
		var o Outcome
		err := r.Scan(&o.Rule, &o.Decided, &o.Overturned, &o.Partly, &o.Claimed, &o.Lost)
		out = append(out, o)
		return err
	}, "SELECT c.rule_id, COUNT(*), CAST(SUM(CASE WHEN c.verdict = $1 OR c.verdict = '规则误报' THEN 1 ELSE 0 END) AS BIGINT), CAST(SUM(CASE WHEN c.verdict = $2 THEN 1 ELSE 0 END) AS BIGINT), CAST(SUM(l.vola) AS BIGINT), CAST(SUM(l.vola - l.upheld) AS BIGINT) FROM review_case c JOIN (SELECT finding_id, SUM(vola_fen) AS vola, SUM(upheld_fen) AS upheld FROM review_line GROUP BY finding_id) l ON l.finding_id = c.finding_id WHERE c.outcome <> '' AND c.outcome <> '撤回' AND c.outcome <> '重出' GROUP BY c.rule_id ORDER BY c.rule_id", overturned, partly)
	if err != nil {
		return nil, fmt.Errorf("统计结论：%w", err)
	}
	return out, nil
}
