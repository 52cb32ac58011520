package worker

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"net/url"

	"github.com/duckdb/duckdb-go/v2"
)

// engine is a DuckDB within limits. Once locked it reads nothing but its own database.
type engine struct {
	db   *sql.DB
	conn *sql.Conn
}

// open starts DuckDB on a file ("" in memory). A locked engine opens the file read-only, with no access to other files
// or the network, and with a configuration that no statement can change.
func open(ctx context.Context, file string, l *Limits, tmp string, locked bool) (*engine, error) {
	q := url.Values{"autoinstall_known_extensions": {"false"}, "autoload_known_extensions": {"false"}, "threads": {fmt.Sprint(l.Threads)},
		"memory_limit": {fmt.Sprintf("%dMiB", l.MemoryMiB*3/4)}, "temp_directory": {tmp}, "max_temp_directory_size": {fmt.Sprintf("%dMiB", l.SpillMiB)}, "preserve_insertion_order": {"false"}}
	if locked {
		q.Set("access_mode", "READ_ONLY")
	}
	db, err := sql.Open("duckdb", file+"?"+q.Encode())
	if err != nil {
		return nil, fmt.Errorf("打开分析库：%w", err)
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		db.Close()
		return nil, fmt.Errorf("打开分析库：%w", err)
	}
	e := &engine{db, conn}
	if locked { // in this order, and after the options above: without access DuckDB refuses to be told where to spill
		for _, s := range []string{"SET enable_external_access = false", "SET lock_configuration = true"} {
			if err := e.exec(ctx, s); err != nil {
				e.close()
				return nil, err
			}
		}
	}
	return e, nil
}

func (e *engine) close() {
	e.conn.Close()
	e.db.Close()
}

func (e *engine) exec(ctx context.Context, s string) error {
	_, err := e.conn.ExecContext(ctx, s)
	if err != nil {
		return fmt.Errorf("%w\n%s", err, cut(s))
	}
	return nil
}

func cut(s string) string {
	if len(s) > 400 {
		return s[:400] + " …"
	}
	return s
}

// load fills a table row by row, making it first.
func (e *engine) load(ctx context.Context, table, columns string, rows [][]driver.Value) error {
	if err := e.exec(ctx, "CREATE TEMP TABLE "+table+" ("+columns+")"); err != nil {
		return err
	}
	return e.conn.Raw(func(c any) error {
		a, err := duckdb.NewAppender(c.(driver.Conn), "temp", "main", table)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if err := a.AppendRow(r...); err != nil {
				a.Close()
				return fmt.Errorf("写入 %s：%w", table, err)
			}
		}
		return a.Close()
	})
}

// reads tells whether a statement is one SELECT, as DuckDB itself understands it.
func (e *engine) reads(ctx context.Context, q string) error {
	return e.conn.Raw(func(c any) error {
		st, err := c.(driver.ConnPrepareContext).PrepareContext(ctx, q)
		if err != nil {
			return fmt.Errorf("语句有误：%w", err)
		}
		defer st.Close()
		kind, err := st.(*duckdb.Stmt).StatementType()
		if err != nil {
			return err
		}
		if kind != duckdb.STATEMENT_TYPE_SELECT {
			return fmt.Errorf("只能查询：这条语句不是 SELECT")
		}
		return nil
	})
}
