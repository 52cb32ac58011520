package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Errors that callers tell apart.
var (
	// ErrConflict: the row is no longer of the version that was read; read it again and decide again.
	ErrConflict = errors.New("这条记录刚被别人改过，请刷新后再办")
	// ErrExists: a row with this key is there already.
	ErrExists = errors.New("已经存在")
	// ErrNotFound: no row has this key.
	ErrNotFound = errors.New("不存在")
)

// Tx is a transaction. It is used by one goroutine, inside the function given to Update or View, and not afterwards.
type Tx struct {
	ctx    context.Context
	engine Engine
	conn   *sql.Conn
	tx     *sql.Tx
	marks  map[mark]bool // sums that change with it

	kept    *statements // nil: the driver keeps its own
	mine    map[string]*sql.Stmt
	reading map[string]bool // texts whose rows are being read
}

// maxTries is how often Update runs a transaction that loses races.
const maxTries = 5

// Update runs f in a transaction that may write: all of it takes effect, or nothing. f runs again when the engine reports
// a lost race, so it must not keep what a failed try computed.
func (db *DB) Update(ctx context.Context, f func(*Tx) error) error {
	for try := 1; ; try++ {
		err := db.run(ctx, db.write, db.writes, &sql.TxOptions{}, f)
		if err == nil || try == maxTries || !lostRace(err) {
			return err
		}
	}
}

// View runs f in a transaction that sees one snapshot and writes nothing.
func (db *DB) View(ctx context.Context, f func(*Tx) error) error {
	opt := &sql.TxOptions{ReadOnly: true}
	if db.at.Engine == Postgres {
		opt.Isolation = sql.LevelRepeatableRead
	} else {
		opt = nil // a read transaction of SQLite is a snapshot; the pool is read-only by pragma
	}
	return db.run(ctx, db.read, db.reads, opt, f)
}

func (db *DB) run(ctx context.Context, pool *sql.DB, kept *statements, opt *sql.TxOptions, f func(*Tx) error) (err error) {
	if kept != nil {
		kept.prepare(ctx)
	}
	conn, err := pool.Conn(ctx)
	if err != nil {
		return fmt.Errorf("业务库连接失败：%w", err)
	}
	defer conn.Close()
	tx, err := conn.BeginTx(ctx, opt)
	if err != nil {
		return fmt.Errorf("业务库忙或不可用：%w", err)
	}
	defer tx.Rollback() //nolint:errcheck // after a commit it does nothing
	t := &Tx{ctx: ctx, engine: db.at.Engine, conn: conn, tx: tx, kept: kept}
	if err := f(t); err != nil {
		return err
	}
	if err := t.writeMarks(); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	if pool == db.write {
		db.log.grew()
	}
	return nil
}

func lostRace(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
}

func isDuplicate(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == "23505"
	}
	var lite *sqlite.Error
	return errors.As(err, &lite) && (lite.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY || lite.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE)
}

// Failed tells an error of the database, its connection or a deadline from one that says what a caller did wrong.
func Failed(err error) bool {
	var pg *pgconn.PgError
	var lite *sqlite.Error
	var network net.Error
	return errors.As(err, &pg) || errors.As(err, &lite) || errors.As(err, &network) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) ||
		errors.Is(err, sql.ErrTxDone) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) || errors.Is(err, io.ErrUnexpectedEOF)
}

// exec runs a statement and returns how many rows it touched.
func (tx *Tx) exec(query string, args ...any) (int64, error) {
	r, err := tx.execContext(query, args...)
	if err != nil {
		if isDuplicate(err) {
			return 0, fmt.Errorf("%w：%w", ErrExists, err)
		}
		return 0, err
	}
	return r.RowsAffected()
}

// execOne runs a decision: exactly one row, of the version that was read, must be touched.
func (tx *Tx) execOne(query string, args ...any) error {
	n, err := tx.exec(query, args...)
	if err != nil {
		return err
	}
	if n != 1 {
		return ErrConflict
	}
	return nil
}

// query calls scan for each row.
func (tx *Tx) query(scan func(*sql.Rows) error, query string, args ...any) error {
	rows, err := tx.queryContext(query, args...)
	if err != nil {
		return err
	}
	defer tx.read(query)()
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// one reads one row; ErrNotFound when there is none.
func (tx *Tx) one(dest []any, query string, args ...any) error {
	var row *sql.Row
	if st := tx.statement(query); st != nil {
		row = st.QueryRowContext(tx.ctx, args...)
	} else {
		row = tx.tx.QueryRowContext(tx.ctx, query, args...)
	}
	err := row.Scan(dest...)
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	return err
}

// load inserts n rows in bulk; row(i) returns the values of the i-th. This is the one place where the engines' statements
// differ: COPY on PostgreSQL, prepared INSERTs of many rows on SQLite.
func (tx *Tx) load(table string, columns []string, n int, row func(i int) []any) error {
	if n == 0 {
		return nil
	}
	if tx.engine == Postgres {
		return tx.conn.Raw(func(driver any) error {
			c := driver.(*stdlib.Conn).Conn()
			_, err := c.CopyFrom(tx.ctx, pgx.Identifier{table}, columns, pgx.CopyFromSlice(n, func(i int) ([]any, error) { return row(i), nil }))
			if isDuplicate(err) {
				return fmt.Errorf("%w：%w", ErrExists, err)
			}
			return err
		})
	}
	return tx.insertMany(table, columns, n, row)
}

// maxBinds bounds the values of one INSERT on SQLite: the driver looks for each bind among all of them, so long statements cost
// more than they save.
const maxBinds = 120

func (tx *Tx) insertMany(table string, columns []string, n int, row func(i int) []any) error {
	per := max(1, maxBinds/len(columns))
	args := make([]any, 0, per*len(columns))
	for lo := 0; lo < n; {
		k := min(per, n-lo)
		st, err := tx.tx.PrepareContext(tx.ctx, insertText(table, columns, k))
		if err != nil {
			return err
		}
		for ; n-lo >= k; lo += k {
			args = args[:0]
			for i := lo; i < lo+k; i++ {
				args = append(args, row(i)...)
			}
			if _, err := st.ExecContext(tx.ctx, args...); err != nil {
				st.Close()
				if isDuplicate(err) {
					return fmt.Errorf("%w：%w", ErrExists, err)
				}
				return err
			}
		}
		st.Close()
	}
	return nil
}

func insertText(table string, columns []string, rows int) string {
	var b strings.Builder
	b.WriteString("INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES ")
	for i := range rows {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("(" + binds(i*len(columns)+1, len(columns)) + ")")
	}
	return b.String()
}

// binds writes n placeholders from $first on.
func binds(first, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("$" + strconv.Itoa(first+i))
	}
	return b.String()
}
