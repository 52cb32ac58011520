package worker

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mingjian/mingjian/internal/model"
)

// viewsOf writes a database of views with some rows and returns its path.
func viewsOf(t *testing.T, rows ...string) string {
	t.Helper()
	ctx := context.Background()
	l := Limits{MemoryMiB: 512}
	l.fill()
	path := filepath.Join(t.TempDir(), "views.duckdb")
	e, err := open(ctx, path, &l, t.TempDir(), false)
	if err != nil {
		t.Fatal(err)
	}
	defer e.close()
	for _, s := range append(append(tables(), "CREATE TABLE visit_id (visit BIGINT, mdtrt_id VARCHAR)", "CREATE TABLE snapshot_note AS SELECT 's' AS snapshot, 1 AS first_day, 9 AS last_day"), rows...) {
		if err := e.exec(ctx, s); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

// raw asks the child without the checks before it: the locks must hold alone.
func raw(t *testing.T, views, q string, l Limits) error {
	t.Helper()
	l.fill()
	e, err := open(context.Background(), views, &l, t.TempDir(), true)
	if err != nil {
		t.Fatal(err)
	}
	defer e.close()
	rs, err := e.conn.QueryContext(context.Background(), q)
	if err != nil {
		return err
	}
	defer rs.Close()
	for rs.Next() {
	}
	return rs.Err()
}

func TestHostileQueriesReadNothing(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret.csv")
	if err := os.WriteFile(secret, []byte("a,b\n1,机密\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	var called atomic.Bool
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			called.Store(true)
			c.Close()
		}
	}()
	views, out := viewsOf(t), filepath.Join(t.TempDir(), "out.csv")
	other := viewsOf(t, "INSERT INTO visit (visit, inst) VALUES (1, 77)")
	for _, q := range []string{
		"SELECT * FROM read_csv('" + secret + "')", "SELECT * FROM read_text('" + secret + "')", "SELECT * FROM '" + secret + "'", "SELECT * FROM glob('/*')",
		"SELECT * FROM read_parquet('http://" + ln.Addr().String() + "/x.parquet')", "ATTACH '" + other + "' AS o (READ_ONLY)", "COPY (SELECT 1) TO '" + out + "'",
		"INSTALL httpfs", "LOAD httpfs", "SET memory_limit = '64GB'", "SET enable_external_access = true", "RESET lock_configuration", "CREATE TABLE t AS SELECT 1", "DELETE FROM visit", "EXPORT DATABASE '" + out + "'",
		"PRAGMA database_list; SET threads = 64", "SELECT '--', * FROM read_csv('" + secret + "')", "SELECT * FROM \"" + secret + "\"", "SELECT getenv('HOME')", "CALL enable_logging(storage = 'file', storage_path = '" + out + "')",
		"SELECT * FROM enable_logging('QueryLog', storage = 'file', storage_path = '" + out + "')", "INSERT INTO visit (visit) VALUES (1)", "UPDATE visit SET fee = 0", "DROP TABLE visit", "CREATE SECRET (TYPE s3)",
		"SELECT * FROM sqlite_scan('" + other + "', 'visit')", "SELECT * FROM postgres_scan('host=127.0.0.1', 'public', 'visit')", "IMPORT DATABASE '/tmp'", "PREPARE p AS SELECT 1", "BEGIN", "CHECKPOINT", "FORCE CHECKPOINT",
	} {
		harmless := map[string]bool{"BEGIN": true, "CHECKPOINT": true, "FORCE CHECKPOINT": true, "PREPARE p AS SELECT 1": true, "CALL enable_logging(storage = 'file', storage_path = '" + out + "')": true, "SELECT * FROM enable_logging('QueryLog', storage = 'file', storage_path = '" + out + "')": true} // of a connection that nobody else has
		if err := raw(t, views, q, Limits{MemoryMiB: 512}); err == nil && !strings.HasPrefix(q, "PRAGMA") && !harmless[q] {
			t.Errorf("answered: %s", q)
		}
		_, err := Run(context.Background(), Job{Kind: "query", Views: views, SQL: q, Limits: Limits{MemoryMiB: 512, Time: 20 * time.Second}})
		if err == nil || !regexp.MustCompile(`\p{Han}{2}.*[：，].*\p{Han}`).MatchString(err.Error()) {
			t.Errorf("the worker answered, or not in words: %s: %v", q, err)
		}
	}
	if called.Load() {
		t.Error("a query reached the network")
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("a query wrote a file")
	}
}

func TestRunawayQueriesAreStopped(t *testing.T) {
	views := viewsOf(t, "INSERT INTO visit (visit, person) SELECT i, i FROM generate_series(1, 20000) AS t(i)")
	endless := "SELECT COUNT(*) AS n FROM visit a, visit b, visit c WHERE a.person + b.person * c.person = 7"
	// Each limit alone stops it: the other is out of reach.
	for by, l := range map[string]Limits{
		"运行超过":  {MemoryMiB: 512, Time: 2 * time.Second},
		"处理器时间": {MemoryMiB: 512, Time: time.Hour, CPU: time.Second},
	} {
		_, err := Run(context.Background(), Job{Kind: "query", Views: views, SQL: endless, Limits: l})
		if !errors.Is(err, ErrStopped) || !strings.Contains(err.Error(), by) {
			t.Errorf("%s: %v", by, err)
		}
	}
	// What never ends, what grows without end, patterns that take other engines' breath, answers that are too big: each is stopped or answered small.
	for q, want := range map[string]string{
		"WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t) SELECT COUNT(*) AS n FROM t":                                                "超过",
		"WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t) SELECT n FROM t WHERE n < 0":                                                "超过",
		"SELECT regexp_matches(repeat('a', 50000), '((a{1,100}){1,100}){1,100}$b') AS x":                                                               "值不对",
		"SELECT COUNT(*) AS n FROM generate_series(1, 100000000000) AS s(i) WHERE regexp_matches(CAST(i AS VARCHAR) || repeat('a', 500), '(a|aa)+$b')": "超过",
		"SELECT list(a.visit) AS l FROM visit a, visit b, visit c":                                                                                     "超过|不够|临时文件",
		"SELECT a.visit FROM visit a, visit b ORDER BY a.visit * b.visit, repeat(CAST(a.visit AS VARCHAR), 200)":                                       "超过|不够|临时文件",
		"SELECT nothing FROM visit":        "没有名为 nothing 的列",
		"SELECT 1 AS a FROM nowhere":       "没有名为 nowhere 的视图",
		"SELECT nofunction(1) AS a":        "没有名为 nofunction 的函数",
		"SELECT visit FROM visit WHERE (":  "语句",
		"SELECT CAST('x' AS INTEGER) AS a": "转换",
	} {
		span := time.Minute
		if strings.HasPrefix(want, "超过") {
			span = time.Second
		}
		_, err := Run(context.Background(), Job{Kind: "query", Views: views, SQL: q, Limits: Limits{MemoryMiB: 512, Time: span, SpillMiB: 64, Rows: 1000}})
		if err == nil || !regexp.MustCompile(want).MatchString(err.Error()) {
			t.Errorf("%s: %v, want %s", q, err, want)
		}
	}
	a, err := Run(context.Background(), Job{Kind: "query", Views: views, SQL: "SELECT visit, repeat('长', 100000) AS big FROM visit", Limits: Limits{MemoryMiB: 1024, Rows: 100}})
	if err != nil || len(a.Table.Rows) != 100 || !a.Table.Cut || len(a.Table.Rows[0][1].(string)) > mostCell+10 {
		t.Errorf("large cells: %v", err)
	}
	_, err = Run(context.Background(), Job{Kind: "query", Views: views, SQL: "SELECT visit, repeat('x', 3000) AS big FROM visit", Limits: Limits{MemoryMiB: 1024, Rows: 10_000, AnswerMiB: 1}})
	if !errors.Is(err, ErrStopped) || !strings.Contains(err.Error(), "结果超过 1 MiB") {
		t.Errorf("a huge answer: %v", err)
	}
	hungry := "SELECT length(string_agg(repeat('x', 1000) || CAST(a.visit AS VARCHAR), ',')) AS n FROM visit a, visit b"
	_, err = Run(context.Background(), Job{Kind: "query", Views: views, SQL: hungry, Limits: Limits{MemoryMiB: 400, Time: time.Minute}})
	if err == nil {
		t.Error("a query that takes all memory was answered")
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if _, err := Run(ctx, Job{Kind: "query", Views: views, SQL: endless}); err == nil {
		t.Error("the caller's own context does not stop the child")
	}
}

func TestAQueryIsAnswered(t *testing.T) {
	views := viewsOf(t, "INSERT INTO visit (visit, person, fee) SELECT i, MOD(i, 3), 100 FROM generate_series(1, 30) AS t(i)")
	a, err := Run(context.Background(), Job{Kind: "query", Views: views, SQL: "WITH v AS (SELECT person AS p, fee FROM visit) SELECT p, SUM(fee) AS fee FROM v GROUP BY p ORDER BY p;", Limits: Limits{MemoryMiB: 512, Rows: 2}})
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Table.Rows) != 2 || !a.Table.Cut || a.Table.Columns[1] != "fee" {
		t.Errorf("answered %+v", a.Table)
	}
}

// What a model needs and the data does not hold makes it unjudged, never clean and never a hit.
func TestMissingFactsAreUnjudged(t *testing.T) {
	lib, err := model.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	a, err := Run(context.Background(), Job{Kind: "run", Views: viewsOf(t), Model: Text(lib.Model("I013")), Limits: Limits{MemoryMiB: 512}})
	if err != nil {
		t.Fatal(err)
	}
	if a.Result.Unjudged != "缺少医保码激活与展码" {
		t.Errorf("unjudged: %q", a.Result.Unjudged)
	}
}
