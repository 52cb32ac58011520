package store

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Kinds of marks: what a change was made to.
const (
	markFinding = "f"
	markCase    = "c"
	markPost    = "p"
	markCall    = "r" // of whole months; month "" = all
	markEpisode = "e"
)

// mark says whose sums no longer hold: those of an institution and of a card in a month; "" = all of the month.
type mark struct{ kind, month, inst, rule string }

var markTable = table{"board_mark", 1, cols("T mark_id", "T kind", "T month", "T fixmedins_code", "T rule_id")}

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
	query += " RETURNING month, fixmedins_code, rule_id"
	rows, err := tx.queryContext(query, args...)
	if err != nil {
		return 0, err
	}
	defer tx.read(query)()
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

// staleMarks reads the marks of some kinds by kind and month.
func (tx *Tx) staleMarks(wanted func(kind string) bool) (by map[mark]*stale, err error) {
	all, err := list[markRow](tx, &markTable, "")
	if err != nil {
		return nil, err
	}
	by = map[mark]*stale{}
	for i := range all {
		m := &all[i]
		if !wanted(m.kind) {
			continue
		}
		months := []string{m.month}
		if m.month == "" {
			if months, err = tx.callMonths(); err != nil {
				return nil, err
			}
		}
		for _, month := range months {
			k := mark{kind: m.kind, month: month}
			if by[k] == nil {
				by[k] = &stale{insts: map[string]bool{}, rule: map[string]bool{}}
			}
			by[k].add(m)
		}
	}
	return by, nil
}

func (s *stale) add(m *markRow) {
	if s.whole = s.whole || m.month == "" || m.inst == "" || m.rule == ""; !s.whole {
		s.insts[m.inst], s.rule[m.rule] = true, true
	}
}

// callMonths are the months from the first call to the last.
func (tx *Tx) callMonths() (out []string, err error) {
	var first, last int64
	if err := tx.one([]any{&first, &last}, "SELECT CAST(COALESCE(MIN(at), 0) AS BIGINT), CAST(COALESCE(MAX(at), 0) AS BIGINT) FROM reminder_call"); err != nil || last == 0 {
		return nil, err
	}
	for at := Moment(first + chinaShift); ; at = at.AddDate(0, 1, 1-at.Day()) {
		month := at.Format("2006-01")
		if out = append(out, month); month >= monthOf(last) {
			return out, nil
		}
	}
}

type markRow struct{ id, kind, month, inst, rule string }

func (m *markRow) fields() []any { return []any{&m.id, &m.kind, &m.month, &m.inst, &m.rule} }

// RefreshBoards works out again the sums that marks name, of some sources or of all. Boards are right without it: they add up marked months from the
// rows themselves; it makes them fast.
func (db *DB) RefreshBoards(ctx context.Context, of ...BoardSource) error {
	var n int64
	wanted := func(kind string) bool {
		return len(of) == 0 || slices.ContainsFunc(of, func(s BoardSource) bool { return sourceRollups[s][0].kind == kind })
	}
	err := db.View(ctx, func(tx *Tx) error {
		kinds, err := tx.texts("SELECT kind FROM board_mark GROUP BY kind")
		for _, k := range kinds {
			n += int64(flag(wanted(k)))
		}
		return err
	})
	if err != nil || n == 0 {
		return err
	}
	stale, err := db.boardMarks(ctx, wanted)
	if err != nil {
		return err
	}
	for _, k := range stale {
		if err := db.renewMonth(ctx, k.kind, k.month); err != nil {
			return err
		}
	}
	return nil
}

// boardMarks lists what is to be worked out again by kind and month, after marks of all months were taken apart.
func (db *DB) boardMarks(ctx context.Context, wanted func(kind string) bool) (out []mark, err error) {
	read := func(tx *Tx) (whole bool, err error) {
		by, err := tx.staleMarks(wanted)
		out = slices.SortedFunc(maps.Keys(by), func(a, b mark) int { return cmp.Or(strings.Compare(a.kind, b.kind), strings.Compare(a.month, b.month)) })
		if err != nil {
			return false, err
		}
		all, err := list[markRow](tx, &markTable, "WHERE month = ''")
		return slices.ContainsFunc(all, func(m markRow) bool { return wanted(m.kind) }), err
	}
	whole := false
	if err := db.View(ctx, func(tx *Tx) (err error) { whole, err = read(tx); return err }); err != nil || !whole {
		return out, err
	}
	err = db.Update(ctx, func(tx *Tx) error {
		if err := tx.Lock("board"); err != nil {
			return err
		}
		all, err := list[markRow](tx, &markTable, "WHERE month = ''") // before the rest is read: what came meanwhile stays for the next time
		if err != nil {
			return err
		}
		if _, err := read(tx); err != nil {
			return err
		}
		var gone []string
		for i := range all {
			if !wanted(all[i].kind) {
				continue
			}
			gone = append(gone, all[i].id)
			for _, k := range out {
				if k.kind == all[i].kind {
					tx.mark(k.kind, k.month, "", "")
				}
			}
		}
		return tx.dropMarks(gone)
	})
	return out, err
}

// renewMonth works the sums of one kind and month out again, in a transaction of its own: on SQLite nobody else writes meanwhile.
func (db *DB) renewMonth(ctx context.Context, kind, month string) error {
	return db.Update(ctx, func(tx *Tx) error {
		if err := tx.Lock("board"); err != nil { // one at a time: two would write the same cells
			return err
		}
		all, err := list[markRow](tx, &markTable, "WHERE kind = $1 AND month = $2", kind, month)
		if err != nil || len(all) == 0 { // somebody else did it
			return err
		}
		s, ids := &stale{insts: map[string]bool{}, rule: map[string]bool{}}, make([]string, len(all))
		for i := range all {
			s.add(&all[i])
			ids[i] = all[i].id
		}
		for _, r := range rollups {
			if r.kind != kind {
				continue
			}
			if err := tx.renew(r, month, s); err != nil {
				return err
			}
		}
		return tx.dropMarks(ids)
	})
}

func (tx *Tx) dropMarks(ids []string) error {
	return inChunks(ids, func(in string, args []any) error {
		_, err := tx.exec("DELETE FROM board_mark WHERE mark_id IN ("+in+")", args...)
		return err
	})
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
		markCase:    "SELECT month FROM review_case GROUP BY month UNION SELECT month FROM board_case GROUP BY month",
		markPost:    "SELECT month FROM ledger_post GROUP BY month UNION SELECT month FROM board_post GROUP BY month",
		markEpisode: "SELECT SUBSTR(day, 1, 7) FROM reminder_episode GROUP BY SUBSTR(day, 1, 7) UNION SELECT month FROM board_episode GROUP BY month",
		markCall:    "SELECT month FROM board_call GROUP BY month"} {
		months, err := tx.texts(query)
		if err != nil {
			return err
		}
		for _, m := range months {
			tx.mark(kind, m, "", "")
		}
	}
	tx.mark(markCall, "", "", "")
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
