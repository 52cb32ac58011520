package store

import (
	"database/sql"
	"fmt"
	"strconv"
	"strings"
)

// TrailFilter chooses records of the trail; empty fields choose all. From and To are microseconds UTC, To not included.
type TrailFilter struct {
	Actor  string
	Action string
	Object string
	From   int64
	To     int64
}

// RecordsIn lists records newest first. The page's cursor is RecordCursor of the last row of the page before.
func (tx *Tx) RecordsIn(f TrailFilter, p Page) ([]Record, error) {
	w := &conditions{}
	w.equal("actor", f.Actor)
	w.equal("action", f.Action)
	w.equal("object", f.Object)
	if f.From > 0 {
		w.add("at >= "+w.bind(f.From), true)
	}
	if f.To > 0 {
		w.add("at < "+w.bind(f.To), true)
	}
	if p.Before != "" {
		at, chain, seq, err := readRecordCursor(p.Before)
		if err != nil {
			return nil, err
		}
		a, c, s := w.bind(at), w.bind(chain), w.bind(seq)
		w.add("at <= "+a, true)
		w.add("(at < "+a+" OR chain_id < "+c+" OR (chain_id = "+c+" AND seq < "+s+"))", true)
	}
	var out []Record
	err := tx.query(func(r *sql.Rows) error {
		x, err := scanRecord(r)
		out = append(out, x)
		return err
	}, "SELECT chain_id, seq, at, actor, action, object, detail, hash FROM trail"+w.text()+" ORDER BY at DESC, chain_id DESC, seq DESC"+w.limit(p), w.args...)
	return out, err
}

// RecordCursor names a record for the next page.
func RecordCursor(r *Record) string { return fmt.Sprintf("%d.%s.%d", r.At, r.Chain, r.Seq) }

func readRecordCursor(s string) (at int64, chain string, seq int64, err error) {
	parts := strings.Split(s, ".")
	if len(parts) != 3 {
		return 0, "", 0, ErrCursor
	}
	at, err = strconv.ParseInt(parts[0], 10, 64)
	seq, err2 := strconv.ParseInt(parts[2], 10, 64)
	if err != nil || err2 != nil {
		return 0, "", 0, ErrCursor
	}
	return at, parts[1], seq, nil
}

// Locked lists the logins that failed sign-ins have locked now.
func (tx *Tx) Locked(now int64) (map[string]int64, error) {
	out := map[string]int64{}
	err := tx.query(func(r *sql.Rows) error {
		var login string
		var until int64
		err := r.Scan(&login, &until)
		out[login] = until
		return err
	}, "SELECT login, locked_until FROM sign_in_failure WHERE locked_until > $1", now)
	return out, err
}

// LastUsed tells when each login's newest session was used.
func (tx *Tx) LastUsed() (map[string]int64, error) {
	out := map[string]int64{}
	err := tx.query(func(r *sql.Rows) error {
		var login string
		var at int64
		err := r.Scan(&login, &at)
		out[login] = at
		return err
	}, "SELECT login, MAX(used_at) FROM session GROUP BY login")
	return out, err
}

// Terms lists the terms of all experts by login.
func (tx *Tx) Terms() ([]Term, error) {
	return list[Term](tx, &reviewTermTable, "ORDER BY login")
}

// Institutions lists all institutions by code.
func (tx *Tx) Institutions() ([]Institution, error) {
	var out []Institution
	err := tx.query(func(r *sql.Rows) error {
		var i Institution
		err := r.Scan(&i.Code, &i.Name, &i.Admdvs)
		out = append(out, i)
		return err
	}, "SELECT fixmedins_code, name, admdvs FROM institution ORDER BY fixmedins_code")
	return out, err
}
