package store

import (
	"context"
	"slices"
	"strconv"
	"strings"
)

// Kinds of marks: what a change was made to.
const (
	markFinding = "f"
	markCase    = "c"
	markPost    = "p"
)

// mark says whose sums no longer hold: those of an institution and of a card in a month; "" = all of the month.
type mark struct{ kind, month, inst, rule string }

var markTable = table{"board_mark", 1, cols("T mark_id", "T kind", "T month", "T fixmedins_code", "T rule_id")}

// rollup is a table of sums over the rows of another one. It is worked out from those rows and from nothing else, so that it cannot
// drift from them.
type rollup struct {
	table table
	kind  string
	of    string   // FROM
	keys  []string // what the table's keys are in it
	sums  []string // what its other columns are
	month string
	by    string // what a mark narrows it to: fixmedins_code or rule_id
	byOf  string // the same in the source
}

func boardTable(name string, keys []column, sums ...string) table {
	for _, s := range sums {
		keys = append(keys, column{name: s, kind: number})
	}
	return table{name, len(keys) - len(sums), keys}
}

var findingSums = []string{"COUNT(*)", "CAST(SUM(f.lines) AS BIGINT)", "CAST(SUM(f.vola_fen) AS BIGINT)", "CAST(SUM(f.fund_fen) AS BIGINT)", "CAST(SUM(f.charged_fen) AS BIGINT)"}

var caseSums = []string{"COUNT(*)", "CAST(SUM(c.claim_fen) AS BIGINT)", "CAST(SUM(c.charged_fen) AS BIGINT)"}

var (
	instRollup = rollup{boardTable("board_inst", cols("T month", "T admdvs", "T fixmedins_code", "N sev_deg", "T state", "N withdrawn"), "findings", "lines", "vola_fen", "fund_fen", "charged_fen"),
		markFinding, "finding f", []string{"f.month", "f.admdvs", "f.fixmedins_code", "f.sev_deg", "f.state", "f.withdrawn"}, findingSums, "f.month", "fixmedins_code", "f.fixmedins_code"}
	ruleRollup = rollup{boardTable("board_rule", cols("T month", "T admdvs", "T rule_id", "N sev_deg", "T state", "N withdrawn"), "findings", "lines", "vola_fen", "fund_fen", "charged_fen"),
		markFinding, "finding f", []string{"f.month", "f.admdvs", "f.rule_id", "f.sev_deg", "f.state", "f.withdrawn"}, findingSums, "f.month", "rule_id", "f.rule_id"}
	caseRollup = rollup{boardTable("board_case", cols("T month", "T admdvs", "T fixmedins_code", "T state", "N due_day", "N paused"), "cases", "claim_fen", "charged_fen"),
		markCase, "review_case c", []string{"c.month", "c.admdvs", "c.fixmedins_code", "c.state", "c.due_day", "CASE WHEN c.paused_day = 0 THEN 0 ELSE 1 END"}, caseSums, "c.month", "fixmedins_code", "c.fixmedins_code"}
	verdictRollup = rollup{boardTable("board_verdict", cols("T month", "T admdvs", "T rule_id", "T state", "T verdict", "T outcome"), "cases", "claim_fen", "charged_fen"),
		markCase, "review_case c", []string{"c.month", "c.admdvs", "c.rule_id", "c.state", "c.verdict", "c.outcome"}, caseSums, "c.month", "rule_id", "c.rule_id"}
	// The division of money is that of the case: lists of cases are within a division by it too.
	postRollup = rollup{boardTable("board_post", cols("T month", "T admdvs", "T fixmedins_code", "T book", "T from_acct", "T to_acct"), "posts", "amount_fen"),
		markPost, "ledger_post p LEFT JOIN review_case c ON c.finding_id = p.finding_id", []string{"p.month", "COALESCE(c.admdvs, '')", "p.fixmedins_code", "p.book", "p.from_acct", "p.to_acct"},
		[]string{"COUNT(*)", "CAST(SUM(p.amount_fen) AS BIGINT)"}, "p.month", "fixmedins_code", "p.fixmedins_code"}
)

var rollups = []*rollup{&instRollup, &ruleRollup, &caseRollup, &verdictRollup, &postRollup}

var boardTables = []*table{&markTable, &instRollup.table, &ruleRollup.table, &caseRollup.table, &verdictRollup.table, &postRollup.table}

// widely is from how many marks of a kind and month in one transaction on the whole month is marked instead: taking in a part of an audit is one mark.
const widely = 40

// mark notes that sums change with this transaction.
func (tx *Tx) mark(kind, month, inst, rule string) {
	if tx.marks == nil {
		tx.marks = map[mark]bool{}
	}
	tx.marks[mark{kind, month, inst, rule}] = true
}

// changing runs an UPDATE or DELETE of findings and marks what it touched.
func (tx *Tx) changing(query string, args ...any) (n int64, err error) {
	rows, err := tx.tx.QueryContext(tx.ctx, query+" RETURNING month, fixmedins_code, rule_id", args...)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for rows.Next() {
		var month, inst, rule string
		if err := rows.Scan(&month, &inst, &rule); err != nil {
			return n, err
		}
		tx.mark(markFinding, month, inst, rule)
		n++
	}
	return n, rows.Err()
}

// changingOne is changing for exactly one finding; ErrConflict.
func (tx *Tx) changingOne(query string, args ...any) error {
	n, err := tx.changing(query, args...)
	if err == nil && n != 1 {
		err = ErrConflict
	}
	return err
}

// writeMarks writes the marks of the transaction before it commits. Each is a row of its own: transactions do not wait for each other, and
// working sums out takes away only the marks it has seen.
func (tx *Tx) writeMarks() error {
	type part struct{ kind, month string }
	by := map[part][]mark{}
	for m := range tx.marks {
		k := part{m.kind, m.month}
		by[k] = append(by[k], m)
	}
	var list []mark
	for k, ms := range by {
		if len(ms) > widely {
			ms = []mark{{k.kind, k.month, "", ""}}
		}
		list = append(list, ms...)
	}
	const per = 20
	for lo := 0; lo < len(list); lo += per {
		some := list[lo:min(len(list), lo+per)]
		var args []any
		for _, m := range some {
			args = append(args, NewID(), m.kind, m.month, m.inst, m.rule)
		}
		if _, err := tx.exec(insertText(markTable.name, markTable.names(), len(some)), args...); err != nil {
			return err
		}
	}
	tx.marks = nil
	return nil
}

// stale is what marks say of a kind and month.
type stale struct {
	whole       bool
	insts, rule map[string]bool
}

// staleMarks reads the marks by kind and month.
func (tx *Tx) staleMarks() (ids []string, by map[mark]*stale, err error) {
	by = map[mark]*stale{}
	all, err := list[markRow](tx, &markTable, "")
	for i := range all {
		m := &all[i]
		ids = append(ids, m.id)
		k := mark{kind: m.kind, month: m.month}
		s := by[k]
		if s == nil {
			s = &stale{insts: map[string]bool{}, rule: map[string]bool{}}
			by[k] = s
		}
		s.whole = s.whole || m.inst == "" || m.rule == ""
		s.insts[m.inst], s.rule[m.rule] = true, true
	}
	return ids, by, err
}

type markRow struct{ id, kind, month, inst, rule string }

func (m *markRow) fields() []any { return []any{&m.id, &m.kind, &m.month, &m.inst, &m.rule} }

// RefreshBoards works out again the sums that marks name. Boards are right without it: they add up marked months from the rows
// themselves; it makes them fast.
func (db *DB) RefreshBoards(ctx context.Context) error {
	var n int64
	err := db.View(ctx, func(tx *Tx) error { return tx.one([]any{&n}, "SELECT COUNT(*) FROM board_mark") })
	if err != nil || n == 0 {
		return err
	}
	return db.Update(ctx, func(tx *Tx) error {
		if err := tx.Lock("board"); err != nil { // one at a time: two would write the same cells
			return err
		}
		ids, by, err := tx.staleMarks()
		if err != nil {
			return err
		}
		for k, s := range by {
			for _, r := range rollups {
				if r.kind != k.kind {
					continue
				}
				if err := tx.renew(r, k.month, s); err != nil {
					return err
				}
			}
		}
		return inChunks(ids, func(in string, args []any) error {
			_, err := tx.exec("DELETE FROM board_mark WHERE mark_id IN ("+in+")", args...)
			return err
		})
	})
}

// renew writes the cells of a month, or of those institutions or cards in it that marks name, anew.
func (tx *Tx) renew(r *rollup, month string, s *stale) error {
	w := &where{}
	w.text = append(w.text, "month = "+w.bind(month))
	src := &where{}
	src.text = append(src.text, r.month+" = "+src.bind(month))
	if !s.whole {
		names := s.insts
		if r.by == "rule_id" {
			names = s.rule
		}
		w.in(r.by, names)
		src.in(r.byOf, names)
	}
	if _, err := tx.exec("DELETE FROM "+r.table.name+" WHERE "+strings.Join(w.text, " AND "), w.args...); err != nil {
		return err
	}
	_, err := tx.exec("INSERT INTO "+r.table.name+" ("+strings.Join(r.table.names(), ", ")+") "+r.text(src), src.args...)
	return err
}

// text is the query that works the sums out, under the names of the table's columns.
func (r *rollup) text(w *where) string {
	names := r.table.names()
	parts := make([]string, len(names))
	for i, e := range slices.Concat(r.keys, r.sums) {
		parts[i] = e + " AS " + names[i]
	}
	return "SELECT " + strings.Join(parts, ", ") + " FROM " + r.of + " WHERE " + strings.Join(w.text, " AND ") + " GROUP BY " + strings.Join(r.keys, ", ")
}

// in asks for a column to have one of some values.
func (w *where) in(column string, values map[string]bool) {
	var names []string
	for v := range values {
		names = append(names, v)
	}
	slices.Sort(names)
	w.oneOf(column, names)
}

func (w *where) oneOf(column string, values []string) {
	binds := make([]string, len(values))
	for i, v := range values {
		binds[i] = w.bind(v)
	}
	w.text = append(w.text, column+" IN ("+strings.Join(binds, ", ")+")")
}

// MarkBoards marks all sums, for whoever does not trust them.
func (tx *Tx) MarkBoards() error {
	for kind, query := range map[string]string{markFinding: "SELECT month FROM finding GROUP BY month UNION SELECT month FROM board_inst GROUP BY month",
		markCase: "SELECT month FROM review_case GROUP BY month UNION SELECT month FROM board_case GROUP BY month",
		markPost: "SELECT month FROM ledger_post GROUP BY month UNION SELECT month FROM board_post GROUP BY month"} {
		months, err := tx.texts(query)
		if err != nil {
			return err
		}
		for _, m := range months {
			tx.mark(kind, m, "", "")
		}
	}
	return nil
}

// value writes a key as text.
func value(v any) string {
	switch x := v.(type) {
	case int64:
		return strconv.FormatInt(x, 10)
	case []byte:
		return string(x)
	case string:
		return x
	}
	return ""
}
