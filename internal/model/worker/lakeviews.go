package worker

import (
	"context"
	"fmt"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
)

// lakeTables are what the approved views are made of.
var lakeTables = []string{"institution", "practitioner", "catalogue", "duty", "person", "visit", "diagnosis", "operation", "settlement", "fee", "medorder", "exec",
	"exam", "lab", "record", "implant", "chronic", "chronic_proof", "prescription", "receipt", "ecode", "sale", "nocode_stock"}

// fileRows are the live rows of one Parquet file.
type fileRows struct {
	path   string
	ranges [][2]int64
	rows   int64
}

// liveFiles groups the live row groups of a table by file.
func liveFiles(s *lake.Snapshot, t *claim.Table) []*fileRows {
	var out []*fileRows
	at := map[string]*fileRows{}
	for _, m := range s.TableMonths(t.Name) {
		for _, p := range s.Files(t.Name, m) {
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

// lakeView makes a view raw_<table> over the live rows of a lake table; a file that lacks a column has none of its values.
func (e *engine) lakeView(ctx context.Context, s *lake.Snapshot, t *claim.Table) error {
	var selects []string
	for _, f := range liveFiles(s, t) {
		have, n, err := e.columnsOf(ctx, f.path)
		if err != nil {
			return err
		}
		cols := make([]string, 0, len(t.Columns)+3)
		for _, c := range keyColumns {
			if have[c] {
				cols = append(cols, c)
			} else {
				cols = append(cols, "NULL::BIGINT AS "+c)
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
		cols := []string{}
		for _, c := range keyColumns {
			cols = append(cols, "NULL::BIGINT AS "+c)
		}
		for _, c := range t.Columns {
			cols = append(cols, "NULL::"+sqlType(c.Type)+" AS "+c.Name)
		}
		selects = []string{"SELECT " + strings.Join(cols, ", ") + " WHERE false"}
	}
	return e.exec(ctx, "CREATE TEMP VIEW raw_"+t.Name+" AS "+strings.Join(selects, "\nUNION ALL\n"))
}

// keyColumns stand in the files beside the columns of the contract: person, visit and settlement as the lake joined them.
var keyColumns = []string{"pers", "visit_key", "setl_key"}

func (e *engine) columnsOf(ctx context.Context, path string) (map[string]bool, int64, error) {
	rows, err := e.conn.QueryContext(ctx, "SELECT name FROM parquet_schema("+quote(path)+")")
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
	err = e.conn.QueryRowContext(ctx, "SELECT num_rows FROM parquet_file_metadata("+quote(path)+")").Scan(&n)
	return cols, n, err
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
