package store

import (
	"context"
	"database/sql"
	"sync"
)

// statements keeps what SQLite made of the texts that are asked again and again: reading a statement costs it as much as
// answering a short one. (The driver of PostgreSQL keeps its own.) Each connection of the pool gets its copy when it first needs it.
//
// A text is prepared between transactions, never within one: preparing takes a connection, and the writers' pool has only one.
type statements struct {
	pool  *sql.DB
	mu    sync.Mutex
	ready map[string]*sql.Stmt
	seen  map[string]int
	due   []string // to be prepared by whoever next begins a transaction
}

const (
	keptStatements = 300
	oftenEnough    = 3    // a text asked that often is prepared
	seenStatements = 5000 // texts that are counted at once
)

func newStatements(pool *sql.DB) *statements {
	return &statements{pool: pool, ready: map[string]*sql.Stmt{}, seen: map[string]int{}}
}

// find returns the statement of a text, nil while it has none.
func (s *statements) find(text string) *sql.Stmt {
	s.mu.Lock()
	defer s.mu.Unlock()
	if st := s.ready[text]; st != nil || len(s.ready)+len(s.due) >= keptStatements {
		return st
	}
	if len(s.seen) >= seenStatements {
		clear(s.seen)
	}
	if s.seen[text]++; s.seen[text] == oftenEnough {
		s.due = append(s.due, text)
	}
	return nil
}

// prepare makes the statements that have become due. One that cannot be made stays a text: the transaction that uses it says why.
func (s *statements) prepare(ctx context.Context) {
	s.mu.Lock()
	due := s.due
	s.due = nil
	s.mu.Unlock()
	for _, text := range due {
		st, err := s.pool.PrepareContext(ctx, text)
		s.mu.Lock()
		if err == nil {
			s.ready[text] = st
		} else {
			s.seen[text] = 0
		}
		s.mu.Unlock()
	}
}

// statement returns the prepared statement of a text in this transaction; nil: none, or its rows are being read.
func (tx *Tx) statement(text string) *sql.Stmt {
	if tx.kept == nil || tx.reading[text] {
		return nil
	}
	if st := tx.mine[text]; st != nil {
		return st
	}
	st := tx.kept.find(text)
	if st == nil {
		return nil
	}
	if tx.mine == nil {
		tx.mine = map[string]*sql.Stmt{}
	}
	own := tx.tx.StmtContext(tx.ctx, st)
	tx.mine[text] = own
	return own
}

func (tx *Tx) execContext(text string, args ...any) (sql.Result, error) {
	if st := tx.statement(text); st != nil {
		return st.ExecContext(tx.ctx, args...)
	}
	return tx.tx.ExecContext(tx.ctx, text, args...)
}

func (tx *Tx) queryContext(text string, args ...any) (*sql.Rows, error) {
	if st := tx.statement(text); st != nil {
		return st.QueryContext(tx.ctx, args...)
	}
	return tx.tx.QueryContext(tx.ctx, text, args...)
}

// read marks a text whose rows are being read: asked again meanwhile, it would lose its place.
func (tx *Tx) read(text string) (done func()) {
	if tx.kept == nil || tx.reading[text] {
		return func() {}
	}
	if tx.reading == nil {
		tx.reading = map[string]bool{}
	}
	tx.reading[text] = true
	return func() { delete(tx.reading, text) }
}
