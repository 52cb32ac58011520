// Package lakesql writes the SQL with which DuckDB reads the live rows of a lake table. It opens no engine: whoever asks brings a
// connection. It knows files, live row ranges and columns, and nothing of what the rows are read for.
package lakesql

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
)

// keys stand in the files beside the columns of the contract: person, visit and settlement as the lake joined them.
var keys = []string{"pers", "visit_key", "setl_key"}

// Options choose what Rows reads.
type Options struct {
	Months func(claim.Month) bool // which months; all where nil
	RowID  bool                   // a first column row_id that numbers the rows across files
}

// Rows is a SELECT of the live rows of a table: its keys, then all its columns; a file that lacks a column has none of its values.
func Rows(ctx context.Context, conn *sql.Conn, s *lake.Snapshot, t *claim.Table, o Options) (string, error) {
	var selects []string
	for i, f := range live(s, t.Name, o.Months) {
		have, n, err := columns(ctx, conn, f.path)
		if err != nil {
			return "", err
		}
		q := "SELECT " + strings.Join(list(t, have, o.RowID, i), ", ") + " FROM read_parquet(" + Quote(f.path) + ", file_row_number=true)"
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
		return "SELECT " + strings.Join(slices.Insert(list(t, nil, false, 0), 0, none(o.RowID)...), ", ") + " WHERE false", nil
	}
	return strings.Join(selects, "\nUNION ALL\n"), nil
}

func none(rowID bool) []string {
	if rowID {
		return []string{"0::BIGINT AS row_id"}
	}
	return nil
}

func list(t *claim.Table, have map[string]bool, rowID bool, file int) []string {
	cols := make([]string, 0, 1+len(keys)+len(t.Columns))
	if rowID {
		cols = append(cols, fmt.Sprintf("%d::BIGINT << 40 | file_row_number AS row_id", file))
	}
	add := func(name, kind string) {
		if !have[name] {
			name = "NULL::" + kind + " AS " + name
		}
		cols = append(cols, name)
	}
	for _, c := range keys {
		add(c, "BIGINT")
	}
	for _, c := range t.Columns {
		add(c.Name, columnType(c.Type))
	}
	return cols
}

// fileRows are the live rows of one Parquet file.
type fileRows struct {
	path   string
	ranges [][2]int64 // from, to (exclusive)
	rows   int64
}

// live groups the live row groups of a table by file.
func live(s *lake.Snapshot, table string, keep func(claim.Month) bool) []*fileRows {
	var out []*fileRows
	at := map[string]*fileRows{}
	for _, m := range s.TableMonths(table) {
		if keep != nil && !keep(m) {
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

// columns lists the columns and the number of rows of a Parquet file.
func columns(ctx context.Context, conn *sql.Conn, path string) (map[string]bool, int64, error) {
	rows, err := conn.QueryContext(ctx, "SELECT name FROM parquet_schema("+Quote(path)+")")
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
	if err := rows.Err(); err != nil {
		return nil, 0, err
	}
	var n int64
	err = conn.QueryRowContext(ctx, "SELECT num_rows FROM parquet_file_metadata("+Quote(path)+")").Scan(&n)
	return cols, n, err
}

func columnType(t claim.Type) string {
	switch {
	case t == claim.Str:
		return "VARCHAR"
	case t.Wide():
		return "BIGINT"
	}
	return "INTEGER"
}

// Quote writes a text as an SQL literal.
func Quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
