package store

import (
	"context"
	"database/sql"
	"errors"
)

// Chain is the hash chain of one process. It names the record that was newest when it began, so that chains hang together.
type Chain struct {
	ID        string
	Started   int64
	Program   string
	Host      string
	PID       int
	After     string // chain of that record; "" for the very first
	AfterSeq  int64
	AfterHash string
}

// Record is one entry of the audit trail. Its hash covers everything in it and the hash before.
type Record struct {
	Chain  string
	Seq    int64 // from 1 without gaps
	At     int64
	Actor  string
	Action string
	Object string
	Detail string
	Hash   string
}

// Anchor pins the heads of all chains as of a day.
type Anchor struct {
	Day   string // yyyy-MM-dd, China
	At    int64
	Heads string // "chain seq hash" lines
	Hash  string // over the heads and the anchor before
}

// AddChain writes the head of a new chain.
func (tx *Tx) AddChain(c Chain) error {
	_, err := tx.exec("INSERT INTO trail_chain (chain_id, started_at, program, host, pid, after_chain, after_seq, after_hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
		c.ID, c.Started, c.Program, c.Host, c.PID, c.After, c.AfterSeq, c.AfterHash)
	return err
}

// AddRecords appends records; ErrExists when another process writes the same chain.
func (tx *Tx) AddRecords(rs []Record) error {
	return tx.load(recordTable.name, recordTable.names(), len(rs), func(i int) []any {
		r := &rs[i]
		return []any{r.Chain, r.Seq, r.At, r.Actor, r.Action, r.Object, r.Detail, r.Hash}
	})
}

// AddAnchor writes a day's anchor; false when the day has one.
func (tx *Tx) AddAnchor(a Anchor) (bool, error) {
	n, err := tx.exec("INSERT INTO trail_anchor (day, made_at, heads, hash) VALUES ($1, $2, $3, $4) ON CONFLICT (day) DO NOTHING", a.Day, a.At, a.Heads, a.Hash)
	return n == 1, err
}

// LastAnchor is the newest anchor; the zero Anchor before the first.
func (tx *Tx) LastAnchor() (a Anchor, err error) {
	err = tx.one([]any{&a.Day, &a.At, &a.Heads, &a.Hash}, "SELECT day, made_at, heads, hash FROM trail_anchor ORDER BY day DESC LIMIT 1")
	if errors.Is(err, ErrNotFound) {
		err = nil
	}
	return a, err
}

// Heads returns the last record of each chain that has grown since a moment, by chain.
func (tx *Tx) Heads(since int64) ([]Record, error) {
	var out []Record
	err := tx.query(func(r *sql.Rows) error {
		var x Record
		err := r.Scan(&x.Chain, &x.Seq, &x.At, &x.Hash)
		out = append(out, x)
		return err
	}, "SELECT t.chain_id, t.seq, t.at, t.hash FROM trail t JOIN (SELECT chain_id, MAX(seq) AS seq FROM trail WHERE at >= $1 GROUP BY chain_id) h ON h.chain_id = t.chain_id AND h.seq = t.seq ORDER BY t.chain_id", since)
	return out, err
}

// Newest is the newest record of all chains; ErrNotFound in an empty trail.
func (tx *Tx) Newest() (x Record, err error) {
	err = tx.one([]any{&x.Chain, &x.Seq, &x.At, &x.Hash}, "SELECT chain_id, seq, at, hash FROM trail ORDER BY at DESC, chain_id DESC, seq DESC LIMIT 1")
	return x, err
}

// Chains lists all chains by id.
func (tx *Tx) Chains() ([]Chain, error) {
	var out []Chain
	err := tx.query(func(r *sql.Rows) error {
		var c Chain
		err := r.Scan(&c.ID, &c.Started, &c.Program, &c.Host, &c.PID, &c.After, &c.AfterSeq, &c.AfterHash)
		out = append(out, c)
		return err
	}, "SELECT chain_id, started_at, program, host, pid, after_chain, after_seq, after_hash FROM trail_chain ORDER BY chain_id")
	return out, err
}

// EachRecord calls f with all records by chain and number.
func (tx *Tx) EachRecord(f func(Record) error) error {
	return tx.query(func(r *sql.Rows) error {
		x, err := scanRecord(r)
		if err != nil {
			return err
		}
		return f(x)
	}, "SELECT chain_id, seq, at, actor, action, object, detail, hash FROM trail ORDER BY chain_id, seq")
}

func scanRecord(r *sql.Rows) (x Record, err error) {
	err = r.Scan(&x.Chain, &x.Seq, &x.At, &x.Actor, &x.Action, &x.Object, &x.Detail, &x.Hash)
	return x, err
}

// Anchors lists all anchors by day.
func (tx *Tx) Anchors() ([]Anchor, error) {
	var out []Anchor
	err := tx.query(func(r *sql.Rows) error {
		var a Anchor
		err := r.Scan(&a.Day, &a.At, &a.Heads, &a.Hash)
		out = append(out, a)
		return err
	}, "SELECT day, made_at, heads, hash FROM trail_anchor ORDER BY day")
	return out, err
}

// Records lists the newest records, newest first.
func (db *DB) Records(ctx context.Context, limit int) ([]Record, error) {
	var out []Record
	err := db.View(ctx, func(tx *Tx) error {
		return tx.query(func(r *sql.Rows) error {
			x, err := scanRecord(r)
			out = append(out, x)
			return err
		}, "SELECT chain_id, seq, at, actor, action, object, detail, hash FROM trail ORDER BY at DESC, chain_id DESC, seq DESC LIMIT $1", limit)
	})
	return out, err
}
