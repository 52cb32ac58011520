package models

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/model/worker"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/synth"
	"github.com/mingjian/mingjian/internal/web"
	"github.com/mingjian/mingjian/internal/web/api"
	"github.com/mingjian/mingjian/internal/web/api/apitest"
)

// A worker is this program again.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == worker.Args[0] {
		if err := worker.Child(context.Background(), os.Stdin, os.Stdout); err != nil {
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func serve(t *testing.T) (*apitest.Server, *Service) {
	t.Helper()
	var sights *Service
	s := apitest.Serve(t, apitest.Options{People: map[string][3]string{"wu": {"分析员", "", ""}, "du": {"只读", "", ""}}, Errors: []func(error) *web.Problem{Problem},
		Groups: func(s *apitest.Server) []func(*api.API) {
			sights = New(s.Dir, nil)
			sights.Queries.Time, sights.Queries.MemoryMiB = 2*time.Second, 700
			return []func(*api.API){sights.Group}
		}})
	files := t.TempDir()
	if _, err := synth.Generate(synth.Options{Out: files, Persons: 300, Months: 1, Seed: 3, End: claim.DayOf(2025, 12, 1).Month()}); err != nil {
		t.Fatal(err)
	}
	for _, f := range []string{"truth.csv", "truth_models.csv"} {
		if err := os.Remove(filepath.Join(files, f)); err != nil {
			t.Fatal(err)
		}
	}
	l, err := lake.Open(s.Dir)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	w, err := l.Writer()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if _, err := w.Import(t.Context(), []string{files}, lake.ImportOptions{}); err != nil {
		t.Fatal(err)
	}
	return s, sights
}

// Every hostile query is refused or stopped with a sentence, each is on the trail with its reason, and the service goes on answering.
func TestHostileQueriesAtTheDesk(t *testing.T) {
	s, _ := serve(t)
	ask := func(who, sql string) (int, string) {
		r, b, err := s.Ask(t.Context(), who, "POST", "/api/models/query", apitest.M{"sql": sql})
		if err != nil {
			t.Error(err)
			return 0, ""
		}
		return r.StatusCode, string(b)
	}
	if status, raw := ask("wu", "SELECT inst, COUNT(1) AS n FROM visit GROUP BY inst"); status != 200 || !strings.Contains(raw, "institutions") {
		t.Fatalf("an honest query: %d %.300s", status, raw)
	}
	hostile := []string{
		"SELECT * FROM read_csv('/etc/passwd')", "SELECT '--' AS a FROM read_csv('/etc/passwd')", "SELECT * FROM '/etc/passwd'", "SELECT a FROM \"/etc/passwd\"", "COPY visit TO '/tmp/x'", "ATTACH '/tmp/x' AS y", "INSTALL httpfs", "LOAD httpfs",
		"SELECT getenv('HOME') AS h", "PRAGMA database_list", "SELECT current_setting('temp_directory') AS d", "SELECT * FROM read_parquet('http://127.0.0.1:1/x')", "SELECT 1; DROP TABLE visit", "SELECT * FROM duckdb_secrets()",
		"SELECT nothing FROM visit", "SELECT " + strings.Repeat("1+", 20_000) + "1", "ｓｅｌｅｃｔ 1", "", "SELECT 1 -- \rFROM read_csv('/etc/passwd')",
		"WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t) SELECT COUNT(*) AS n FROM t",
		"SELECT COUNT(*) AS n FROM line a, line b, line c WHERE a.amt + b.amt * c.amt = 7",
		"SELECT string_agg(repeat('x', 1000) || CAST(a.visit AS VARCHAR), ',') AS l FROM line a, line b",
		"SELECT regexp_matches(repeat('a', 50000), '((a{1,100}){1,100}){1,100}$b') AS x",
	}
	for _, q := range hostile {
		status, raw := ask("wu", q)
		if status != 422 || !regexp.MustCompile(`\p{Han}{2}`).MatchString(raw) {
			t.Errorf("%.60q: %d %.300s", q, status, raw)
		}
	}
	// While one runs without an end, others are answered: the service itself, and another analyst.
	done := make(chan int)
	go func() {
		status, _ := ask("wu", "SELECT COUNT(*) AS n FROM line a, line b, line c WHERE a.amt + b.amt * c.amt = 11")
		done <- status
	}()
	s.As("du", 200, "GET", "/api/models/views", nil)
	if status, raw := ask("wu", "SELECT COUNT(1) AS n FROM visit"); status != 200 {
		t.Errorf("a query meanwhile: %d %s", status, raw)
	}
	if status := <-done; status != 422 {
		t.Errorf("the endless one: %d", status)
	}
	if status, _ := ask("du", "SELECT 1 AS a"); status != 403 {
		t.Errorf("without the permission: %d", status)
	}
	tried, why := map[string]bool{}, map[string]string{}
	err := s.DB.View(t.Context(), func(tx *store.Tx) error {
		return tx.EachRecord(func(r store.Record) error {
			switch r.Action {
			case "分析查询":
				tried[r.Detail] = true
			case "分析查询未答复":
				why[r.Detail] = r.Object
			}
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range hostile {
		if k := asked(q); !tried[k] || why[k] == "" {
			t.Errorf("%.60q is not on the trail: asked %v, why %q", q, tried[k], why[k])
		}
	}
}

// Who hangs up ends the child: its place is free for the next.
func TestHangingUpEndsTheQuery(t *testing.T) {
	s, sights := serve(t)
	sights.Queries.Time = time.Hour
	s.As("wu", 200, "POST", "/api/models/query", apitest.M{"sql": "SELECT COUNT(1) AS n FROM visit"}) // the views are there
	for range cap(sights.queries) + 1 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		if r, _, err := s.Ask(ctx, "wu", "POST", "/api/models/query", apitest.M{"sql": "SELECT COUNT(*) AS n FROM line a, line b, line c WHERE a.amt + b.amt * c.amt = 7"}); err == nil {
			t.Errorf("answered %d", r.StatusCode)
		}
		cancel()
		for range cap(sights.queries) { // takes all places: waits until the child's is free
			sights.queries <- struct{}{}
		}
		for range cap(sights.queries) {
			<-sights.queries
		}
	}
}
