package store

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

// Ties lists what ties somebody to institutions and has not ended.
func (tx *Tx) Ties(login string) ([]Tie, error) {
	return list[Tie](tx, &reviewTieTable, "WHERE login = $1 AND ended_at = 0 ORDER BY fixmedins_code, made_at", login)
}

// Tie reads a tie; ErrNotFound.
func (tx *Tx) Tie(id string) (*Tie, error) {
	return only[Tie](tx, &reviewTieTable, "回避关系 "+id, "WHERE tie_id = $1", id)
}

// ChangeTie writes a tie that is of the version read; ErrConflict.
func (tx *Tx) ChangeTie(t *Tie) error { return tx.replace(&reviewTieTable, t) }

// TiesIn lists ties to institutions within a scope, newest first: of somebody (all when ""), to an institution (all when ""), ended ones too or not.
func (tx *Tx) TiesIn(s Scope, login, inst string, ended bool, p Page) ([]Tie, error) {
	w := p.where("tie_id")
	w.equal("login", login)
	w.equal("fixmedins_code", inst)
	w.equal("fixmedins_code", s.Inst)
	if s.Admdvs != "" {
		w.add("EXISTS (SELECT 1 FROM review_inst i WHERE i.fixmedins_code = review_tie.fixmedins_code AND i.admdvs >= "+w.bind(s.Admdvs)+" AND i.admdvs < "+w.bind(s.Admdvs+"~")+")", true)
	}
	w.add("ended_at = 0", !ended)
	return list[Tie](tx, &reviewTieTable, w.text()+" ORDER BY tie_id DESC"+w.limit(p), w.args...)
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

// RelaysBy lists the questions somebody put to others, by what runs out first; state "" = all.
func (tx *Tx) RelaysBy(login, state string) ([]Relay, error) {
	return list[Relay](tx, &reviewRelayTable, "WHERE asked_by = $1 AND (state = $2 OR $2 = '') ORDER BY due_day, relay_id", login, state)
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
