package store

import (
	"database/sql"
	"fmt"
	"slices"
)

// Clue is a sale too many on its way to a case.
type Clue struct {
	ID        string // of code and sale: the same clue keeps it from run to run
	Code      string // drug_trac_codg
	Inst      string // fixmedins_code of the seller
	Area      string
	Finding   string // the audit's finding, "" where only the clue list knows it
	Class     string
	Proof     string // what is known of its purchase
	Detail    string // the timeline as JSON
	State     string // a ClueStates
	Verdict   string // a ClueVerdicts, once judged
	MadeAt    int64
	DueAt     int64 // when the institution's statement is due
	ChangedAt int64
	Version   int64
}

// ClueStates are the steps of a clue, in order; ClueVerdicts what it may end with.
var (
	ClueStates   = []string{"待自述", "待核查", "待结论", "已结论", "已移交", "已撤回"}
	ClueVerdicts = []string{"上传错误", "拆零", "串换", "回流", "假药", "空刷"}
)

// clueNext are the states that may follow a state.
var clueNext = map[string][]string{"待自述": {"待核查", "待结论", "已撤回"}, "待核查": {"待结论", "已撤回"}, "待结论": {"待核查", "已结论", "已撤回"}, "已结论": {"已移交"}}

// ClueStep is what was done to a clue: the institution's statement, a visit on site, the verdict. Papers names the files
// attached (invoices, photographs), one a line.
type ClueStep struct {
	Clue   string
	No     int64
	Kind   string // 自述 现场 结论 移交 撤回
	Actor  string
	Body   string
	Papers string
	At     int64
}

// AddClues adds clues that are new and leaves those that are there as people left them; it returns how many were new.
func (tx *Tx) AddClues(cs []Clue) (added int64, err error) {
	for i := range cs {
		c := &cs[i]
		n, err := tx.exec("INSERT INTO trace_clue (clue_id, code, fixmedins_code, admdvs, finding_id, class, proof, detail, state, verdict, made_at, due_at, changed_at, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 1) ON CONFLICT (clue_id) DO NOTHING",
			c.ID, c.Code, c.Inst, c.Area, c.Finding, c.Class, c.Proof, c.Detail, ClueStates[0], "", c.MadeAt, c.DueAt, c.MadeAt)
		if err != nil {
			return added, err
		}
		added += n
	}
	return added, nil
}

const clueColumns = "clue_id, code, fixmedins_code, admdvs, finding_id, class, proof, detail, state, verdict, made_at, due_at, changed_at, version"

func (c *Clue) fields() []any {
	return []any{&c.ID, &c.Code, &c.Inst, &c.Area, &c.Finding, &c.Class, &c.Proof, &c.Detail, &c.State, &c.Verdict, &c.MadeAt, &c.DueAt, &c.ChangedAt, &c.Version}
}

// Clue returns a clue; ErrNotFound.
func (tx *Tx) Clue(id string) (*Clue, error) {
	c := &Clue{}
	return c, tx.one(c.fields(), "SELECT "+clueColumns+" FROM trace_clue WHERE clue_id = $1", id)
}

// Clues lists clues of an institution ("" all) in a state ("" all) by institution, state and id, after a page's last id.
func (tx *Tx) Clues(inst, state, after string, limit int) ([]Clue, error) {
	var out []Clue
	err := tx.query(func(r *sql.Rows) error {
		var c Clue
		err := r.Scan(c.fields()...)
		out = append(out, c)
		return err
	}, "SELECT "+clueColumns+" FROM trace_clue WHERE ($1 = '' OR fixmedins_code = $1) AND ($2 = '' OR state = $2) AND clue_id > $3 ORDER BY clue_id LIMIT $4", inst, state, after, limit)
	return out, err
}

// StepClue moves a clue that was read to another state and writes down by what. ErrConflict when somebody else moved it
// meanwhile; an error in words when the step is not allowed.
func (tx *Tx) StepClue(c *Clue, to, verdict string, s ClueStep) error {
	if !slices.Contains(clueNext[c.State], to) {
		return fmt.Errorf("线索 %s 不能从「%s」到「%s」", c.ID, c.State, to)
	}
	if (to == "已结论") != (verdict != "") || (verdict != "" && !slices.Contains(ClueVerdicts, verdict)) {
		return fmt.Errorf("结论 %q 只能是 %v，且只在「已结论」时填写", verdict, ClueVerdicts)
	}
	if verdict == "" {
		verdict = c.Verdict
	}
	if err := tx.execOne("UPDATE trace_clue SET state = $1, verdict = $2, changed_at = $3, version = version + 1 WHERE clue_id = $4 AND version = $5", to, verdict,
		s.At, c.ID, c.Version); err != nil {
		return err
	}
	_, err := tx.exec("INSERT INTO trace_clue_step (clue_id, step_no, kind, actor, body, papers, at) VALUES ($1, $2, $3, $4, $5, $6, $7)", c.ID, c.Version, s.Kind,
		s.Actor, s.Body, s.Papers, s.At)
	if err == nil {
		c.State, c.Verdict, c.ChangedAt, c.Version = to, verdict, s.At, c.Version+1
	}
	return err
}

// ClueSteps lists what was done to a clue, in order.
func (tx *Tx) ClueSteps(id string) ([]ClueStep, error) {
	var out []ClueStep
	err := tx.query(func(r *sql.Rows) error {
		var s ClueStep
		err := r.Scan(&s.Clue, &s.No, &s.Kind, &s.Actor, &s.Body, &s.Papers, &s.At)
		out = append(out, s)
		return err
	}, "SELECT clue_id, step_no, kind, actor, body, papers, at FROM trace_clue_step WHERE clue_id = $1 ORDER BY step_no", id)
	return out, err
}
