package store

import (
	"errors"
	"strings"
)

// Takeover is the taking over of an older system's files.
type Takeover struct {
	ID        string `json:"takeover_id"`
	Files     string `json:"files"`
	State     string `json:"state"`
	Rows      int    `json:"row_count"`
	MadeBy    string `json:"made_by"`
	MadeAt    int64  `json:"made_at"`
	DecidedBy string `json:"decided_by"`
	DecidedAt int64  `json:"decided_at"`
	UndoneBy  string `json:"undone_by"`
	UndoneAt  int64  `json:"undone_at"`
	Why       string `json:"why"`
	Version   int64  `json:"version"`
}

func (x *Takeover) fields() []any {
	return []any{&x.ID, &x.Files, &x.State, &x.Rows, &x.MadeBy, &x.MadeAt, &x.DecidedBy, &x.DecidedAt, &x.UndoneBy, &x.UndoneAt, &x.Why, &x.Version}
}

// TakeoverRow is a row of its files and what becomes of it. Money is in fen.
type TakeoverRow struct {
	Takeover string `json:"takeover_id"`
	Seq      int    `json:"seq"` // from 1 on, over all files
	File     string `json:"file"`
	Line     int    `json:"line"` // in the file
	Kind     string `json:"kind"`
	OldID    string `json:"old_id"`
	Body     string `json:"body"` // JSON, as the file says it
	Fate     string `json:"fate"`
	Why      string `json:"why"`
	Linked   string `json:"linked"` // finding of this system that is the same fact
	Vola     int64  `json:"vola_fen"`
	Fund     int64  `json:"fund_fen"`
	Chosen   bool   `json:"chosen"` // a doubtful one that is to be taken all the same
	Made     string `json:"made"`   // finding, refund or old rule number that it became; "" = nothing yet
	Was      string `json:"was"`    // what it replaced
}

func (x *TakeoverRow) fields() []any {
	return []any{&x.Takeover, &x.Seq, &x.File, &x.Line, &x.Kind, &x.OldID, &x.Body, &x.Fate, &x.Why, &x.Linked, &x.Vola, &x.Fund, &x.Chosen, &x.Made, &x.Was}
}

// OldFinding is which finding a number of an older system became.
type OldFinding struct {
	OldID    string `json:"old_id"`
	Finding  string `json:"finding_id"`
	Takeover string `json:"takeover_id"`
	MadeAt   int64  `json:"made_at"`
}

func (x *OldFinding) fields() []any { return []any{&x.OldID, &x.Finding, &x.Takeover, &x.MadeAt} }

// AddTakeover adds a take-over with its rows.
func (tx *Tx) AddTakeover(t Takeover, rows []TakeoverRow) error {
	return errors.Join(insert(tx, &takeoverTable, t), insert(tx, &takeoverRowTable, rows...))
}

// ChangeTakeover writes a take-over that is of the version read; ErrConflict.
func (tx *Tx) ChangeTakeover(t *Takeover) error { return tx.replace(&takeoverTable, t) }

// Takeover reads a take-over; ErrNotFound.
func (tx *Tx) Takeover(id string) (*Takeover, error) {
	return only[Takeover](tx, &takeoverTable, "接管 "+id, "WHERE takeover_id = $1", id)
}

// Takeovers lists take-overs, newest first.
func (tx *Tx) Takeovers(p Page) ([]Takeover, error) {
	w := p.where("takeover_id")
	return list[Takeover](tx, &takeoverTable, w.text()+" ORDER BY takeover_id DESC"+w.limit(p), w.args...)
}

// TakeoverRows lists rows of a take-over after a number, in order; of some fates (all when none).
func (tx *Tx) TakeoverRows(id string, fates []string, after, limit int) ([]TakeoverRow, error) {
	w := &conditions{}
	w.equal("takeover_id", id)
	w.oneOf("fate", fates, false)
	w.add("seq > "+w.bind(after), true)
	return list[TakeoverRow](tx, &takeoverRowTable, w.text()+" ORDER BY seq"+w.limit(Page{Limit: limit}), w.args...)
}

// SetTakeoverRow writes a row over.
func (tx *Tx) SetTakeoverRow(r *TakeoverRow) error { return tx.put(&takeoverRowTable, r) }

// TakeoverSum counts the rows of a kind and fate.
type TakeoverSum struct {
	Kind, Fate             string
	Rows, Made, Vola, Fund int64
}

// TakeoverSums counts the rows of a take-over by kind and fate.
func (tx *Tx) TakeoverSums(id string) ([]TakeoverSum, error) {
	return scanned(tx, func(s *TakeoverSum) []any { return []any{&s.Kind, &s.Fate, &s.Rows, &s.Made, &s.Vola, &s.Fund} },
		"SELECT kind, fate, COUNT(*), COUNT(CASE WHEN made <> '' THEN 1 END), CAST(SUM(vola_fen) AS BIGINT), CAST(SUM(fund_fen) AS BIGINT) FROM takeover_row WHERE takeover_id = $1 GROUP BY kind, fate ORDER BY kind, fate", id)
}

// NoteOld says which finding an old number became; ErrExists when it became one before.
func (tx *Tx) NoteOld(o OldFinding) error { return insert(tx, &takeoverOldTable, o) }

// Olds are the findings that old numbers became.
func (tx *Tx) Olds(ids []string) (map[string]OldFinding, error) {
	out := map[string]OldFinding{}
	err := inChunks(ids, func(in string, args []any) error {
		os, err := list[OldFinding](tx, &takeoverOldTable, "WHERE old_id IN ("+in+")", args...)
		for _, o := range os {
			out[o.OldID] = o
		}
		return err
	})
	return out, err
}

// ForgetOld forgets what an old number became.
func (tx *Tx) ForgetOld(id string) error {
	_, err := tx.exec("DELETE FROM takeover_old WHERE old_id = $1", id)
	return err
}

// DropRuleAlias forgets what an old rule number stands for.
func (tx *Tx) DropRuleAlias(old string) error {
	_, err := tx.exec("DELETE FROM rule_alias WHERE old_rule = $1", old)
	return err
}

// RefundElse reads money that came back on another way; ErrNotFound.
func (tx *Tx) RefundElse(id string) (*RefundElse, error) {
	return only[RefundElse](tx, &refundElseTable, "另行退款 "+id, "WHERE refund_id = $1", id)
}

// DropRefund forgets money that came back on another way and of which nothing is used; ErrConflict.
func (tx *Tx) DropRefund(id string) error {
	return tx.execOne("DELETE FROM refund_else WHERE refund_id = $1 AND used_fen = 0", id)
}

// papersOf are tables that hold what people did with a case.
var papersOf = []string{"review_file", "review_notice", "review_extension", "review_relay", "panel_vote"}

// Papers counts what people added to a case beside its steps.
func (tx *Tx) Papers(finding string) (n int64, err error) {
	var parts []string
	for _, t := range papersOf {
		parts = append(parts, "(SELECT COUNT(*) FROM "+t+" WHERE finding_id = $1)")
	}
	return n, tx.one([]any{&n}, "SELECT "+strings.Join(parts, " + "), finding)
}

// DropCase takes a case back as if it had never been: its steps, lines and postings. The caller has made sure that nothing was built on it.
func (tx *Tx) DropCase(c *Case) error {
	posts, err := tx.Posts(c.Finding)
	if err != nil {
		return err
	}
	for i := range posts {
		tx.mark(markPost, posts[i].Month, posts[i].Inst, postRule)
	}
	tx.mark(markCase, c.Month, c.Inst, c.Rule)
	for _, t := range []string{"ledger_post", "review_step", "review_line", "task"} {
		if _, err := tx.exec("DELETE FROM "+t+" WHERE finding_id = $1", c.Finding); err != nil {
			return err
		}
	}
	return tx.execOne("DELETE FROM review_case WHERE finding_id = $1 AND version = $2", c.Finding, c.Version)
}

// DropFinding takes a finding back that was brought in by hand; ErrConflict.
func (tx *Tx) DropFinding(id string) error {
	n, err := tx.changing("DELETE FROM finding WHERE finding_id = $1", id)
	if err == nil && n != 1 {
		err = ErrConflict
	}
	if err != nil {
		return err
	}
	_, err = tx.exec("DELETE FROM finding_line WHERE finding_id = $1", id)
	return err
}
