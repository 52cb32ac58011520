package bench

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"os"
	"path/filepath"

	"github.com/duckdb/duckdb-go/v2"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/lake/lakesql"
)

// duck is a DuckDB in memory with the lake's files as views and reference facts as tables.
type duck struct {
	db   *sql.DB
	conn *sql.Conn
	tmp  string
}

// openDuck starts DuckDB with two threads and without any extension that is not built in.
func openDuck(ctx context.Context, threads int, tmp string) (*duck, error) {
	db, err := sql.Open("duckdb", "")
	if err != nil {
		return nil, err
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	d := &duck{db: db, conn: conn}
	for _, s := range []string{
		"SET autoinstall_known_extensions=false", "SET autoload_known_extensions=false",
		fmt.Sprintf("SET threads=%d", threads), "SET memory_limit='8GB'", "SET preserve_insertion_order=false",
		"SET temp_directory=" + lakesql.Quote(tmp),
		// The lake's files carry no statistics: with guesses for cardinalities the joins come out in a bad order, so that they
		// are done as the statements write them. That makes the ten a fifth faster together.
		"SET disabled_optimizers='join_order,build_side_probe_side'",
	} {
		if err := d.exec(ctx, s); err != nil {
			return nil, err
		}
	}
	return d, nil
}

func (d *duck) close() {
	d.conn.Close()
	d.db.Close()
	if d.tmp != "" {
		os.RemoveAll(d.tmp)
	}
}

func (d *duck) exec(ctx context.Context, s string) error {
	if _, err := d.conn.ExecContext(ctx, s); err != nil {
		return fmt.Errorf("DuckDB：%w", err)
	}
	return nil
}

// load fills a table row by row.
func (d *duck) load(ctx context.Context, table, columns string, rows [][]driver.Value) error {
	if err := d.exec(ctx, "CREATE TABLE "+table+" ("+columns+")"); err != nil {
		return err
	}
	return d.conn.Raw(func(c any) error {
		a, err := duckdb.NewAppenderFromConn(c.(driver.Conn), "", table)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if err := a.AppendRow(r...); err != nil {
				a.Close()
				return fmt.Errorf("写入 DuckDB 表 %s：%w", table, err)
			}
		}
		return a.Close()
	})
}

// lakeView makes a view of a name over the live rows of a lake table; row_id numbers the rows across files.
func (d *duck) lakeView(ctx context.Context, s *lake.Snapshot, name, table string, keep func(claim.Month) bool) error {
	rows, err := lakesql.Rows(ctx, d.conn, s, claim.MustTable(table), lakesql.Options{Months: keep, RowID: true})
	if err != nil {
		return err
	}
	return d.exec(ctx, "CREATE VIEW "+name+" AS "+rows)
}

// copyTo runs a query and writes its result as Parquet.
func (d *duck) copyTo(ctx context.Context, query, out string) error {
	if err := os.MkdirAll(filepath.Dir(out), 0o755); err != nil {
		return err
	}
	return d.exec(ctx, "COPY (\n"+query+"\n) TO "+lakesql.Quote(out)+" (FORMAT parquet)")
}
