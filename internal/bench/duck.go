package bench

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/duckdb/duckdb-go/v2"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
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
		"SET temp_directory=" + quote(tmp),
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

func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

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

// fileRows are the live rows of one Parquet file.
type fileRows struct {
	path   string
	ranges [][2]int64 // from, to (exclusive)
	rows   int64
}

// liveFiles groups the live row groups of a table by file.
func liveFiles(s *lake.Snapshot, table string, keep func(claim.Month) bool) []*fileRows {
	var out []*fileRows
	at := map[string]*fileRows{}
	for _, m := range s.TableMonths(table) {
		if !keep(m) {
			continue
		}
		for _, p := range s.Files(table, m) {
			f := at[p.Path]
			if f == nil {
				f = &fileRows{path: p.Path}
				at[p.Path] = f
				out = append(out, f)
			}
			f.rows += p.Rows
			f.ranges = append(f.ranges, [2]int64{p.From, p.From + p.Rows})
		}
	}
	return out
}

// columnsOf lists the columns and the number of rows of a Parquet file.
func (d *duck) columnsOf(ctx context.Context, path string) (map[string]bool, int64, error) {
	rows, err := d.conn.QueryContext(ctx, "SELECT name FROM parquet_schema("+quote(path)+")")
	if err != nil {
		return nil, 0, err
	}
	defer rows.Close()
	cols := map[string]bool{}
	for rows.Next() {
		var n string
		if err := rows.Scan(&n); err != nil {
			return nil, 0, err
		}
		cols[n] = true
	}
	var n int64
	err = d.conn.QueryRowContext(ctx, "SELECT num_rows FROM parquet_file_metadata("+quote(path)+")").Scan(&n)
	return cols, n, err
}

// lakeView makes a view raw_<table> over the live rows of a lake table with all its columns; a file that lacks a column
// has none of its values. row_id numbers the rows across files.
func (d *duck) lakeView(ctx context.Context, s *lake.Snapshot, name, table string, keep func(claim.Month) bool) error {
	t := claim.MustTable(table)
	var selects []string
	for i, f := range liveFiles(s, table, keep) {
		have, n, err := d.columnsOf(ctx, f.path)
		if err != nil {
			return err
		}
		cols := []string{fmt.Sprintf("%d::BIGINT << 40 | file_row_number AS row_id", i)}
		for _, c := range []string{"pers", "visit_key", "setl_key"} {
			if have[c] {
				cols = append(cols, c)
			}
		}
		for _, c := range t.Columns {
			if have[c.Name] {
				cols = append(cols, c.Name)
			} else {
				cols = append(cols, "NULL::"+sqlType(c.Type)+" AS "+c.Name)
			}
		}
		q := "SELECT " + strings.Join(cols, ", ") + " FROM read_parquet(" + quote(f.path) + ", file_row_number=true)"
		if f.rows < n {
			var where []string
			for _, r := range f.ranges {
				where = append(where, fmt.Sprintf("file_row_number BETWEEN %d AND %d", r[0], r[1]-1))
			}
			q += " WHERE " + strings.Join(where, " OR ")
		}
		selects = append(selects, q)
	}
	if len(selects) == 0 {
		selects = []string{"SELECT " + strings.Join(emptyColumns(t), ", ") + " WHERE false"}
	}
	return d.exec(ctx, "CREATE VIEW "+name+" AS "+strings.Join(selects, "\nUNION ALL\n"))
}

func emptyColumns(t *claim.Table) []string {
	cols := []string{"0::BIGINT AS row_id", "0::INTEGER AS pers", "0::BIGINT AS visit_key", "0::BIGINT AS setl_key"}
	for _, c := range t.Columns {
		cols = append(cols, "NULL::"+sqlType(c.Type)+" AS "+c.Name)
	}
	return cols
}

func sqlType(t claim.Type) string {
	switch {
	case t == claim.Str:
		return "VARCHAR"
	case t.Wide():
		return "BIGINT"
	}
	return "INTEGER"
}

// copyTo runs a query and writes its result as Parquet.
func (d *duck) copyTo(ctx context.Context, query, out string) error {
	if err := os.MkdirAll(filepath.Dir(out), 0o755); err != nil {
		return err
	}
	return d.exec(ctx, "COPY (\n"+query+"\n) TO "+quote(out)+" (FORMAT parquet)")
}
