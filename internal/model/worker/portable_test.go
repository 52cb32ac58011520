package worker

import (
	"context"
	"database/sql"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mingjian/mingjian/internal/model"
	"github.com/mingjian/mingjian/internal/store/pgtest"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == Args[0] { // this process is a worker that a test started
		if err := Child(context.Background(), os.Stdin, os.Stdout); err != nil {
			os.Stderr.WriteString(err.Error() + "\n")
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(pgtest.Run(m))
}

// The statements of every model give the same rows on PostgreSQL as on DuckDB.
func TestStatementsRunElsewhere(t *testing.T) {
	lib, err := model.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range lib.All {
		t.Run(m.ID, func(t *testing.T) {
			pg, err := sql.Open("pgx", pgtest.DSN(t))
			if err != nil {
				t.Fatal(err)
			}
			defer pg.Close()
			for _, s := range append(tables(), statements(m.Rows)...) {
				if _, err := pg.Exec(s); err != nil {
					t.Fatalf("%v\n%s", err, s)
				}
			}
			values, err := m.Values(nil)
			if err != nil {
				t.Fatal(err)
			}
			e := fixtureEngine(t, m)
			q := model.Bind(m.SQL, values, whole)
			compare(t, e.db, pg, q)
			if m.Step == "" {
				return
			}
			if _, _, err := e.find(context.Background(), m, values, whole); err != nil { // makes grp and pair
				t.Fatal(err)
			}
			copyTable(t, e, pg, "grp", "case_key BIGINT, node BIGINT")
			copyTable(t, e, pg, "pair", "a BIGINT, b BIGINT, weight BIGINT")
			compareConn(t, e, pg, model.Bind(m.Members, values, whole))
		})
	}
}

type querier interface {
	QueryContext(ctx context.Context, q string, args ...any) (*sql.Rows, error)
}

func compare(t *testing.T, a, b querier, q string) {
	t.Helper()
	got, want := read(t, a, q), read(t, b, q)
	if len(got) == 0 {
		t.Error("no rows to compare")
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("DuckDB differs from PostgreSQL (-postgres +duckdb):\n%s", d)
	}
}

func compareConn(t *testing.T, e *engine, pg *sql.DB, q string) { compare(t, e.conn, pg, q) }

func read(t *testing.T, db querier, q string) []string {
	t.Helper()
	rs, err := db.QueryContext(context.Background(), q)
	if err != nil {
		t.Fatalf("%v\n%s", err, q)
	}
	defer rs.Close()
	cols, _ := rs.Columns()
	var all [][]any
	for rs.Next() {
		row, at := make([]any, len(cols)), make([]any, len(cols))
		for i := range row {
			at[i] = &row[i]
		}
		if err := rs.Scan(at...); err != nil {
			t.Fatal(err)
		}
		all = append(all, row)
	}
	if err := rs.Err(); err != nil {
		t.Fatal(err)
	}
	return lines(cols, all)
}

func copyTable(t *testing.T, e *engine, pg *sql.DB, name, cols string) {
	t.Helper()
	if _, err := pg.Exec("CREATE TABLE " + name + " (" + cols + ")"); err != nil {
		t.Fatal(err)
	}
	rs, err := e.conn.QueryContext(context.Background(), "SELECT * FROM "+name)
	if err != nil {
		t.Fatal(err)
	}
	defer rs.Close()
	names, _ := rs.Columns()
	for rs.Next() {
		v := make([]int64, len(names))
		at, marks := make([]any, len(names)), ""
		for i := range v {
			at[i] = &v[i]
			marks += ", $" + string(rune('1'+i))
		}
		if err := rs.Scan(at...); err != nil {
			t.Fatal(err)
		}
		if _, err := pg.Exec("INSERT INTO "+name+" VALUES ("+marks[2:]+")", at...); err != nil {
			t.Fatal(err)
		}
	}
}
