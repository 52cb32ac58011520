package store

import (
	"database/sql"
	"strings"
)

// ModelBucket is the bucket of findings that models brought: no audit publishes it, so no audit withdraws them.
const ModelBucket = -1

// ModelMark begins the ids of findings that models brought; those of audits are hexadecimal.
const ModelMark = "M"

// FromModel tells by its id whether a finding was brought by a model.
func FromModel(id string) bool { return strings.HasPrefix(id, ModelMark) }

// ModelBatch is one sending of a model's or a query's results to the closed loop (批次).
type ModelBatch struct {
	ID        string
	Source    string // 模型 or 查询
	Model     string // rule_id of its findings
	Name      string
	Severity  int
	Origin    string // the run, or "" of a query
	Basis     string
	Statement string // of a query
	Why       string // what the sender says
	Cases     int64
	Known     int64 // facts left out: they were sent before
	Actor     string
	SentAt    int64
}

func (b *ModelBatch) fields() []any {
	return []any{&b.ID, &b.Source, &b.Model, &b.Name, &b.Severity, &b.Origin, &b.Basis, &b.Statement, &b.Why, &b.Cases, &b.Known, &b.Actor, &b.SentAt}
}

// ModelItem is a finding of a batch. Facts counts the visits (or single figures) it rests on, Money is fen involved, never charged.
type ModelItem struct {
	Finding string
	Batch   string
	Model   string
	Case    string
	Group   string
	Inst    string
	Persons int64
	Facts   int64
	Money   int64
}

func (x *ModelItem) fields() []any {
	return []any{&x.Finding, &x.Batch, &x.Model, &x.Case, &x.Group, &x.Inst, &x.Persons, &x.Facts, &x.Money}
}

// ModelFact is what a model has sent already: a visit, or an institution's figure of a month.
type ModelFact struct {
	Model   string
	Fact    string
	Finding string
}

func (x *ModelFact) fields() []any { return []any{&x.Model, &x.Fact, &x.Finding} }

// ModelEvidence is what a model's finding rests on as it was sent, in the sender's words (JSON): it stays when the run is gone.
type ModelEvidence struct {
	Finding string
	Body    string
}

func (x *ModelEvidence) fields() []any { return []any{&x.Finding, &x.Body} }

// EvidenceOfModel is what a model's finding rests on; "" for one that was sent before this was kept.
func (tx *Tx) EvidenceOfModel(id string) (string, error) {
	xs, err := list[ModelEvidence](tx, &modelProofTable, " WHERE finding_id = $1", id)
	if err != nil || len(xs) == 0 {
		return "", err
	}
	return xs[0].Body, nil
}

// WithdrawModel marks a finding that a model brought and nobody has taken up, or that was given back, as no longer upheld. ErrConflict when
// somebody was quicker.
func (tx *Tx) WithdrawModel(id string, version, now int64) error {
	var was mark
	if err := tx.one([]any{&was.month, &was.inst, &was.rule}, "SELECT month, fixmedins_code, rule_id FROM finding WHERE finding_id = $1", id); err != nil {
		return err
	}
	tx.mark(markFinding, was.month, was.inst, was.rule)
	return tx.changingOne("UPDATE finding SET withdrawn = 1, changed_at = $1, version = version + 1 WHERE finding_id = $2 AND version = $3 AND bucket = -1 AND withdrawn = 0 AND state = '"+MachineState+"'", now, id, version)
}

// AddBatch writes a batch with its items, the facts that it sends and what they rest on; ErrExists when another sending was quicker with one
// of the facts.
func (tx *Tx) AddBatch(b ModelBatch, items []ModelItem, facts []ModelFact, proofs ...ModelEvidence) error {
	if err := insert(tx, &batchTable, b); err != nil {
		return err
	}
	if err := insert(tx, &batchItemTable, items...); err != nil {
		return err
	}
	if err := insert(tx, &modelFactTable, facts...); err != nil {
		return err
	}
	return insert(tx, &modelProofTable, proofs...)
}

// SentFacts tells which of a model's facts were sent before.
func (tx *Tx) SentFacts(model string, facts []string) (map[string]bool, error) {
	out := map[string]bool{}
	err := inChunks(facts, func(_ string, args []any) error {
		return tx.query(func(r *sql.Rows) error {
			var f string
			err := r.Scan(&f)
			out[f] = true
			return err
		}, "SELECT fact FROM model_fact WHERE model_id = $1 AND fact IN ("+binds(2, len(args))+")", append([]any{model}, args...)...)
	})
	return out, err
}

// Batches lists the batches that hold findings within a scope, newest first.
func (tx *Tx) Batches(s Scope, p Page) ([]ModelBatch, error) {
	w := p.where("batch_id")
	if s != (Scope{}) {
		in := &conditions{args: w.args}
		in.ofInst("x.fixmedins_code", s)
		w.args = in.args
		w.add("batch_id IN (SELECT x.batch_id FROM model_batch_item x"+in.text()+")", true)
	}
	return list[ModelBatch](tx, &batchTable, w.text()+" ORDER BY batch_id DESC"+w.limit(p), w.args...)
}

// Batch reads one batch that holds findings within a scope; ErrNotFound.
func (tx *Tx) Batch(s Scope, id string) (*ModelBatch, error) {
	w := &conditions{}
	w.equal("batch_id", id)
	if s != (Scope{}) {
		in := &conditions{args: w.args}
		in.ofInst("x.fixmedins_code", s)
		w.args = in.args
		w.add("batch_id IN (SELECT x.batch_id FROM model_batch_item x"+in.text()+")", true)
	}
	bs, err := list[ModelBatch](tx, &batchTable, w.text(), w.args...)
	if err == nil && len(bs) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return &bs[0], nil
}

// BatchState is how many findings of a batch stand in a state of the loop. Withdrawn ones count as 已撤回.
type BatchState struct {
	Batch    string
	State    string
	Findings int64
	Persons  int64
	Facts    int64
	Money    int64 // fen involved
}

// BatchStates sums the findings of batches ("" all) within a scope by state.
func (tx *Tx) BatchStates(s Scope, batch string) ([]BatchState, error) {
	w := &conditions{}
	w.equal("x.batch_id", batch)
	w.ofInst("x.fixmedins_code", s)
	var out []BatchState
	err := tx.query(func(r *sql.Rows) error {
		var b BatchState
		err := r.Scan(&b.Batch, &b.State, &b.Findings, &b.Persons, &b.Facts, &b.Money)
		out = append(out, b)
		return err
	}, "SELECT x.batch_id, CASE WHEN f.withdrawn = 1 THEN '已撤回' ELSE f.state END, COUNT(*), CAST(SUM(x.persons) AS BIGINT), CAST(SUM(x.facts) AS BIGINT), CAST(SUM(x.money_fen) AS BIGINT) FROM model_batch_item x JOIN finding f ON f.finding_id = x.finding_id"+
		w.text()+" GROUP BY x.batch_id, CASE WHEN f.withdrawn = 1 THEN '已撤回' ELSE f.state END ORDER BY 1, 2", w.args...)
	return out, err
}

// ModelItemState is an item with the state of its finding.
type ModelItemState struct {
	ModelItem
	State string
	Psn   string
	Cont  string
}

// BatchItems lists the findings of a batch within a scope by id, after a page's last one.
func (tx *Tx) BatchItems(s Scope, batch, after string, limit int) ([]ModelItemState, error) {
	w := &conditions{}
	w.equal("x.batch_id", batch)
	w.ofInst("x.fixmedins_code", s)
	w.add("x.finding_id > "+w.bind(after), true)
	var out []ModelItemState
	err := tx.query(func(r *sql.Rows) error {
		var x ModelItemState
		err := r.Scan(append(x.fields(), &x.State, &x.Psn, &x.Cont)...)
		out = append(out, x)
		return err
	}, "SELECT x.finding_id, x.batch_id, x.model_id, x.case_id, x.group_id, x.fixmedins_code, x.persons, x.facts, x.money_fen, f.state, f.psn_no, f.vola_cont FROM model_batch_item x JOIN finding f ON f.finding_id = x.finding_id"+
		w.text()+" ORDER BY x.finding_id LIMIT "+w.bind(limit), w.args...)
	return out, err
}

// ItemOfFinding is where a model's finding comes from; ErrNotFound for those of audits.
func (tx *Tx) ItemOfFinding(id string) (*ModelItem, error) {
	x := &ModelItem{}
	return x, tx.one(x.fields(), "SELECT finding_id, batch_id, model_id, case_id, group_id, fixmedins_code, persons, facts, money_fen FROM model_batch_item WHERE finding_id = $1", id)
}
