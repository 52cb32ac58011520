package store

import (
	"database/sql"
	"errors"
	"strings"
)

// Wrong is somebody's word that a reminder was wrong, or a finding that the doctor was not told of though everything was
// there: the rule's owner has to answer by the due day (yyyy-MM-dd).
type Wrong struct {
	ID          string `json:"id"`
	Kind        string `json:"kind"`
	JrID        string `json:"warn_rslt_id"`
	Finding     string `json:"finding_id"`
	Rule        string `json:"rule_id"`
	RuleVersion string `json:"rule_version"`
	Inst        string `json:"fixmedins_code"`
	Actor       string `json:"actor"`
	Said        string `json:"said"`
	ReceivedAt  int64  `json:"received_at"`
	Due         string `json:"due_day"`
	Owner       string `json:"owner"`
	State       string `json:"state"`
	Verdict     string `json:"verdict"`
	Answer      string `json:"answer"`
	AnsweredBy  string `json:"answered_by"`
	AnsweredAt  int64  `json:"answered_at"`
	Version     int64  `json:"version"`
}

// The states of a Wrong.
const (
	WrongOpen     = "待答复"
	WrongAnswered = "已答复"
)

func (w *Wrong) fields() []any {
	return []any{&w.ID, &w.Kind, &w.JrID, &w.Finding, &w.Rule, &w.RuleVersion, &w.Inst, &w.Actor, &w.Said, &w.ReceivedAt, &w.Due, &w.Owner, &w.State,
		&w.Verdict, &w.Answer, &w.AnsweredBy, &w.AnsweredAt, &w.Version}
}

var wrongColumns = strings.Join(wrongTable.names(), ", ")

// AddWrong adds one once: the same id is not added again.
func (tx *Tx) AddWrong(w Wrong) (added bool, err error) {
	w.State, w.Version = WrongOpen, 1
	n, err := tx.exec("INSERT INTO reminder_wrong ("+wrongColumns+") VALUES ("+binds(1, len(wrongTable.columns))+") ON CONFLICT (wrong_id) DO NOTHING",
		bound(w.fields())...)
	return n == 1, err
}

// Wrongs lists those in a state (all when ""), the earliest due first.
func (tx *Tx) Wrongs(state, rule string) ([]Wrong, error) {
	var out []Wrong
	err := tx.query(func(r *sql.Rows) error {
		var w Wrong
		err := r.Scan(w.fields()...)
		out = append(out, w)
		return err
	}, "SELECT "+wrongColumns+" FROM reminder_wrong WHERE (state = $1 OR $1 = '') AND (rule_id = $2 OR $2 = '') ORDER BY due_day, received_at, wrong_id", state, rule)
	return out, err
}

// WrongFilter chooses from the inbox. Received is when somebody said it; Due asks for those due before a day (yyyy-MM-dd).
type WrongFilter struct {
	Scope    Scope
	Received Span
	State    string
	Rule     string
	Due      string
}

func (f *WrongFilter) where() *conditions {
	w := &conditions{}
	w.moments("r.received_at", f.Received)
	w.ofInst("r.fixmedins_code", f.Scope)
	w.equal("r.state", f.State)
	w.equal("r.rule_id", f.Rule)
	if f.Due != "" {
		w.add("r.due_day < "+w.bind(f.Due), true)
	}
	return w
}

// WrongCount counts the inbox.
func (tx *Tx) WrongCount(f WrongFilter) (n int64, err error) {
	w := f.where()
	return n, tx.one([]any{&n}, "SELECT COUNT(*) FROM reminder_wrong r"+w.text(), w.args...)
}

// WrongsIn lists the inbox, the open ones first, the earliest due first.
func (tx *Tx) WrongsIn(f WrongFilter, offset, limit int) (out []Wrong, err error) {
	w := f.where()
	err = tx.query(func(r *sql.Rows) error {
		var x Wrong
		err := r.Scan(x.fields()...)
		out = append(out, x)
		return err
	}, "SELECT r."+strings.Join(wrongTable.names(), ", r.")+" FROM reminder_wrong r"+w.text()+" ORDER BY CASE WHEN r.state = '"+WrongOpen+"' THEN 0 ELSE 1 END, r.due_day, r.received_at, r.wrong_id LIMIT "+
		w.bind(limit)+" OFFSET "+w.bind(offset), w.args...)
	return out, err
}

// WrongIn reads one within a scope; ErrNotFound.
func (tx *Tx) WrongIn(s Scope, id string) (*Wrong, error) {
	w := &conditions{}
	w.equal("r.wrong_id", id)
	w.ofInst("r.fixmedins_code", s)
	var x Wrong
	return &x, tx.one(x.fields(), "SELECT r."+strings.Join(wrongTable.names(), ", r.")+" FROM reminder_wrong r"+w.text(), w.args...)
}

// Wrong reads one; ErrNotFound.
func (tx *Tx) Wrong(id string) (*Wrong, error) {
	var w Wrong
	err := tx.one(w.fields(), "SELECT "+wrongColumns+" FROM reminder_wrong WHERE wrong_id = $1", id)
	return &w, err
}

// AnswerWrong writes the owner's answer to one that is open and of the version read; ErrConflict.
func (tx *Tx) AnswerWrong(w *Wrong, verdict, answer, by string, now int64) error {
	return tx.execOne("UPDATE reminder_wrong SET state = '"+WrongAnswered+"', verdict = $1, answer = $2, answered_by = $3, answered_at = $4, version = version + 1 WHERE wrong_id = $5 AND version = $6 AND state = '"+WrongOpen+"'",
		verdict, answer, by, now, w.ID, w.Version)
}

// Proposal asks the governing people to silence a card; the machine silences nothing.
type Proposal struct {
	ID         string `json:"id"`
	Rule       string `json:"rule_id"`
	Area       string `json:"admdvs"`
	From       string `json:"from"`
	To         string `json:"to"`
	Shown      int64  `json:"shown"`
	Answered   int64  `json:"answered"`
	Overridden int64  `json:"overridden"`
	State      string `json:"state"`
	MadeAt     int64  `json:"made_at"`
	DecidedBy  string `json:"decided_by"`
	DecidedAt  int64  `json:"decided_at"`
	Why        string `json:"why"`
	Version    int64  `json:"version"`
}

// The states of a proposal.
const (
	ProposalOpen     = "待议"
	ProposalAccepted = "采纳"
	ProposalRefused  = "不采纳"
)

func (p *Proposal) fields() []any {
	return []any{&p.ID, &p.Rule, &p.Area, &p.From, &p.To, &p.Shown, &p.Answered, &p.Overridden, &p.State, &p.MadeAt, &p.DecidedBy, &p.DecidedAt, &p.Why,
		&p.Version}
}

var proposalColumns = strings.Join(proposalTable.names(), ", ")

// AddProposal adds one, or brings the figures of the same one up to date while nobody has decided it.
func (tx *Tx) AddProposal(p Proposal) (added bool, err error) {
	p.State, p.Version = ProposalOpen, 1
	n, err := tx.exec("INSERT INTO reminder_proposal ("+proposalColumns+") VALUES ("+binds(1, len(proposalTable.columns))+") ON CONFLICT (proposal_id) DO NOTHING",
		bound(p.fields())...)
	if err != nil || n == 1 {
		return n == 1, err
	}
	_, err = tx.exec("UPDATE reminder_proposal SET from_day = $1, to_day = $2, shown = $3, answered = $4, overridden = $5, version = version + 1 WHERE proposal_id = $6 AND state = '"+ProposalOpen+"' AND (to_day <> $2 OR shown <> $3 OR answered <> $4 OR overridden <> $5)",
		p.From, p.To, p.Shown, p.Answered, p.Overridden, p.ID)
	return false, err
}

// Proposals lists proposals in a state (all when ""), newest first.
func (tx *Tx) Proposals(state string) ([]Proposal, error) {
	var out []Proposal
	err := tx.query(func(r *sql.Rows) error {
		var p Proposal
		err := r.Scan(p.fields()...)
		out = append(out, p)
		return err
	}, "SELECT "+proposalColumns+" FROM reminder_proposal WHERE state = $1 OR $1 = '' ORDER BY made_at DESC, proposal_id", state)
	return out, err
}

// ProposalsIn lists the proposals for areas within a scope or wider, in a state (all when ""), newest first. An institution sees none.
func (tx *Tx) ProposalsIn(s Scope, state string) (out []Proposal, err error) {
	w := &conditions{}
	w.equal("r.state", state)
	w.related("r.area", s)
	err = tx.query(func(r *sql.Rows) error {
		var p Proposal
		err := r.Scan(p.fields()...)
		out = append(out, p)
		return err
	}, "SELECT r."+strings.Join(proposalTable.names(), ", r.")+" FROM reminder_proposal r"+w.text()+" ORDER BY r.made_at DESC, r.proposal_id", w.args...)
	return out, err
}

// DecideProposal writes a decision on an open proposal of the version read; ErrConflict.
func (tx *Tx) DecideProposal(id string, version int64, state, by, why string, now int64) error {
	return tx.execOne("UPDATE reminder_proposal SET state = $1, decided_by = $2, why = $3, decided_at = $4, version = version + 1 WHERE proposal_id = $5 AND version = $6 AND state = '"+ProposalOpen+"'",
		state, by, why, now, id, version)
}

// ReminderArea is what a pooling area says of its reminders ("" = everywhere): JSON, as package remind reads it.
type ReminderArea struct {
	Area      string `json:"admdvs"`
	Body      string `json:"params"`
	Actor     string `json:"actor"`
	Why       string `json:"why"`
	ChangedAt int64  `json:"changed_at"`
	Version   int64  `json:"version"`
}

// ReminderAreas lists all areas that say something.
func (tx *Tx) ReminderAreas() ([]ReminderArea, error) {
	var out []ReminderArea
	err := tx.query(func(r *sql.Rows) error {
		var a ReminderArea
		err := r.Scan(&a.Area, &a.Body, &a.Actor, &a.Why, &a.ChangedAt, &a.Version)
		out = append(out, a)
		return err
	}, "SELECT area, body, actor, why, changed_at, version FROM reminder_area ORDER BY area")
	return out, err
}

// SetReminderArea writes what an area says; version 0 makes it, otherwise it must be the one read (ErrConflict).
func (tx *Tx) SetReminderArea(a ReminderArea, now int64) error {
	if a.Version == 0 {
		_, err := tx.exec("INSERT INTO reminder_area (area, body, actor, why, changed_at, version) VALUES ($1, $2, $3, $4, $5, 1)", a.Area, a.Body, a.Actor, a.Why, now)
		return err
	}
	return tx.execOne("UPDATE reminder_area SET body = $1, actor = $2, why = $3, changed_at = $4, version = version + 1 WHERE area = $5 AND version = $6",
		a.Body, a.Actor, a.Why, now, a.Area, a.Version)
}

// SegmentTaken is how much of a journal's segment is in the store: bytes and records.
func (tx *Tx) SegmentTaken(name string) (bytes, records int64, err error) {
	err = tx.one([]any{&bytes, &records}, "SELECT taken_bytes, records FROM reminder_segment WHERE name = $1", name)
	if err == ErrNotFound {
		return 0, 0, nil
	}
	return bytes, records, err
}

// TakeSegment moves a segment's mark from one place to another; ErrConflict when it is no longer there. It belongs into the
// transaction of what was read between the two.
func (tx *Tx) TakeSegment(name string, from, to, records, now int64) error {
	if from == 0 {
		_, err := tx.exec("INSERT INTO reminder_segment (name, taken_bytes, records, changed_at) VALUES ($1, 0, 0, $2) ON CONFLICT (name) DO NOTHING", name, now)
		if err != nil {
			return err
		}
	}
	return tx.execOne("UPDATE reminder_segment SET taken_bytes = $1, records = records + $2, changed_at = $3 WHERE name = $4 AND taken_bytes = $5", to, records, now,
		name, from)
}

// RemindedName is what a card was called when somebody was last answered about it; "" when nobody was.
func (tx *Tx) RemindedName(rule string) (string, error) {
	var name string
	err := tx.one([]any{&name}, "SELECT r.rule_name FROM reminder r WHERE r.rule_id = $1 ORDER BY r.at DESC LIMIT 1", rule)
	if errors.Is(err, ErrNotFound) {
		return "", nil
	}
	return name, err
}
