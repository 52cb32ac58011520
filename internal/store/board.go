package store

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Kinds of marks: what a change was made to.
const (
	markFinding = "f"
	markCase    = "c"
	markPost    = "p"
	markCall    = "r" // of whole days, and month is the day; "" = all
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

// staleMarks reads the marks of some kinds by kind and month (calls': and day).
func (tx *Tx) staleMarks(kinds ...string) (map[mark]*stale, error) {
	w := &where{}
	w.oneOf("kind", kinds)
	all, err := list[markRow](tx, &markTable, " WHERE "+w.text[0], w.args...)
	if err != nil {
		return nil, err
	}
	by, every := map[mark]*stale{}, false
	for i := range all {
		m := &all[i]
		if every = every || m.month == ""; m.month == "" {
			continue
		}
		k := mark{kind: m.kind, month: m.month}
		if by[k] == nil {
			by[k] = &stale{insts: map[string]bool{}, rule: map[string]bool{}}
		}
		by[k].add(m)
	}
	if every {
		days, err := tx.callDays()
		if err != nil {
			return nil, err
		}
		for _, day := range days {
			by[mark{kind: markCall, month: day}] = &stale{whole: true}
		}
	}
	return by, nil
}

func (s *stale) add(m *markRow) {
	if s.whole = s.whole || m.inst == "" || m.rule == ""; !s.whole {
		s.insts[m.inst], s.rule[m.rule] = true, true
	}
}

// callDays are the days from the first call to the last.
func (tx *Tx) callDays() (out []string, err error) {
	var first, last int64
	if err := tx.one([]any{&first, &last}, "SELECT CAST(COALESCE(MIN(at), 0) AS BIGINT), CAST(COALESCE(MAX(at), 0) AS BIGINT) FROM reminder_call"); err != nil || last == 0 {
		return nil, err
	}
	for at := Moment(first + chinaShift); ; at = at.AddDate(0, 0, 1) {
		day := at.Format(time.DateOnly)
		if out = append(out, day); day >= dayOf(last) {
			return out, nil
		}
	}
}

type markRow struct{ id, kind, month, inst, rule string }

func (m *markRow) fields() []any { return []any{&m.id, &m.kind, &m.month, &m.inst, &m.rule} }

// RefreshBoards works out again the sums that marks name, of some sources or of all. Boards are right without it: they add up marked months from the
// rows themselves; it makes them fast.
func (db *DB) RefreshBoards(ctx context.Context, of ...BoardSource) error {
	kinds := allMarks
	if len(of) > 0 {
		kinds = nil
		for _, s := range of {
			kinds = append(kinds, sourceRollups[s][0].kind)
		}
	}
	n, err := db.countMarks(ctx, kinds)
	if err != nil || n == 0 {
		return err
	}
	months, err := db.boardMonths(ctx, kinds)
	if err != nil {
		return err
	}
	for _, k := range months {
		if err := db.renewMonth(ctx, k.kind, k.month); err != nil {
			return err
		}
	}
	return nil
}

var allMarks = []string{markFinding, markCase, markPost, markCall, markEpisode}

// boardMonths lists what is to be worked out again by kind and month, after the marks of all days of calls were taken apart.
func (db *DB) boardMonths(ctx context.Context, kinds []string) (out []mark, err error) {
	const every = "WHERE month = ''"
	var by map[mark]*stale
	whole := false
	err = db.View(ctx, func(tx *Tx) error {
		all, err := list[markRow](tx, &markTable, every)
		if whole = slices.Contains(kinds, markCall) && len(all) > 0; err != nil || whole {
			return err
		}
		by, err = tx.staleMarks(kinds...)
		return err
	})
	if err == nil && whole {
		err = db.Update(ctx, func(tx *Tx) error {
			if err := tx.Lock("board"); err != nil {
				return err
			}
			all, err := list[markRow](tx, &markTable, every) // before the rest is read: what came meanwhile stays for the next time
			if err != nil {
				return err
			}
			if by, err = tx.staleMarks(kinds...); err != nil {
				return err
			}
			for k := range by {
				if k.kind == markCall {
					tx.mark(k.kind, k.month, "", "")
				}
			}
			gone := make([]string, len(all))
			for i := range all {
				gone[i] = all[i].id
			}
			return tx.dropMarks(gone)
		})
	}
	seen := map[mark]bool{}
	for k := range by {
		seen[mark{kind: k.kind, month: k.month[:len("2006-01")]}] = true
	}
	return slices.SortedFunc(maps.Keys(seen), func(a, b mark) int { return cmp.Or(strings.Compare(a.kind, b.kind), strings.Compare(a.month, b.month)) }), err
}

// renewMonth works the sums of one kind and month out again, in a transaction of its own: on SQLite nobody else writes meanwhile. Sums of days
// come before those of months that are made of them.
func (db *DB) renewMonth(ctx context.Context, kind, month string) error {
	return db.Update(ctx, func(tx *Tx) error {
		if err := tx.Lock("board"); err != nil { // one at a time: two would write the same cells
			return err
		}
		all, err := list[markRow](tx, &markTable, "WHERE kind = $1 AND SUBSTR(month, 1, 7) = $2", kind, month)
		if err != nil || len(all) == 0 { // somebody else did it
			return err
		}
		by, ids := map[string]*stale{}, make([]string, len(all))
		for i := range all {
			m := &all[i]
			if by[m.month] == nil {
				by[m.month] = &stale{insts: map[string]bool{}, rule: map[string]bool{}}
			}
			by[m.month].add(m)
			ids[i] = m.id
		}
		for when, s := range by {
			for _, r := range rollups {
				if r.kind != kind || r.ofDays() {
					continue
				}
				if err := tx.renew(r, when, s); err != nil {
					return err
				}
			}
		}
		for _, r := range rollups {
			if r.kind != kind || !r.ofDays() {
				continue
			}
			if err := tx.renew(r, month, nil); err != nil {
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

// countMarks counts the marks of some kinds.
func (db *DB) countMarks(ctx context.Context, kinds []string) (n int64, err error) {
	w := &where{}
	w.oneOf("kind", kinds)
	return n, db.View(ctx, func(tx *Tx) error {
		return tx.one([]any{&n}, "SELECT COUNT(*) FROM board_mark WHERE "+w.text[0], w.args...)
	})
}

// manyMarks are as many as a reader should have to go through.
const manyMarks = 500

// SweepBoards is RefreshBoards when marks have become many: each piece of the reminder service's log leaves one, whether or not somebody looks at boards.
func (db *DB) SweepBoards(ctx context.Context) error {
	n, err := db.countMarks(ctx, allMarks)
	if err != nil || n < manyMarks {
		return err
	}
	return db.RefreshBoards(ctx)
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
		markCall:    "SELECT day FROM board_call_day GROUP BY day"} {
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
