package store

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// foreign is what only one engine understands, or what it understands in its own way.
var foreign = regexp.MustCompile(`(?i)::|\bnow\(|\bilike\b|\bany\(|\bcurrent_timestamp\b|\bautoincrement\b|\bserial\b|\bjsonb?_|->>|\bstrftime\(|\bdate_trunc\(|\bifnull\(|\bisnull\b|\binsert or\b|\breplace into\b|\bdistinct on\b|\bglob\b|\bregexp\b|\blike\b|\browid\b|\bextract\(|\bgreatest\(|\bleast\(|\bfor update\b|\btrue\b|\bfalse\b|\?`)

// named are the exceptions: what each engine is greeted with, and the pragmas of a file's address.
var named = []string{"SELECT CAST(current_setting('server_version_num') AS INTEGER)"}

var isSQL = regexp.MustCompile(`^(SELECT|INSERT|UPDATE|DELETE|WITH|CREATE|ALTER|DROP|WHERE|ORDER|AND) `)

// TestCommonSubset reads every string constant of the package that is a statement.
func TestCommonSubset(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			l, ok := n.(*ast.BasicLit)
			if !ok || l.Kind != token.STRING {
				return true
			}
			s, err := strconv.Unquote(l.Value)
			if err != nil || !isSQL.MatchString(s) || slices.Contains(named, s) {
				return true
			}
			found++
			if m := foreign.FindString(s); m != "" {
				t.Errorf("%s: %q is not in the common subset: %s", name, m, s)
			}
			return true
		})
	}
	if found < 40 {
		t.Errorf("only %d statements found: the test no longer sees them", found)
	}
	for _, bad := range []string{"SELECT a::text", "SELECT now()", "SELECT * FROM a WHERE b ILIKE $1", "SELECT * FROM a WHERE b = ANY($1)", "SELECT * FROM a WHERE b = ?"} {
		if !foreign.MatchString(bad) {
			t.Errorf("%q would pass", bad)
		}
	}
}

var numbered = regexp.MustCompile(`^[0-9]{5}_[a-z_]+\.sql$`)

var onlyIndexes = regexp.MustCompile(`^(--.*|(CREATE|DROP) INDEX .*|SELECT 1;|)$`)

// TestMigrationsPair holds the two folders to the same files, each with a number of its own, that differ in types only, or in
// indexes where the name says so.
func TestMigrationsPair(t *testing.T) {
	t.Parallel()
	lite, err := fs.Glob(migrations, "sqlite/*.sql")
	if err != nil || len(lite) == 0 {
		t.Fatal(lite, err)
	}
	pg, err := fs.Glob(migrations, "postgres/*.sql")
	if err != nil || len(pg) != len(lite) {
		t.Fatal(pg, err)
	}
	same := strings.NewReplacer(` COLLATE "C"`, "", " WITHOUT ROWID", "")
	for i := range lite {
		name := filepath.Base(lite[i])
		if name != filepath.Base(pg[i]) || !numbered.MatchString(name) || (i > 0 && name[:5] <= filepath.Base(lite[i-1])[:5]) {
			t.Errorf("%s and %s, number %d", lite[i], pg[i], i+1)
		}
		a, err := migrations.ReadFile(lite[i])
		if err != nil {
			t.Fatal(err)
		}
		b, err := migrations.ReadFile(pg[i])
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, "_indexes.sql") { // an engine has the indexes it needs; tables are the same
			for _, l := range strings.Split(string(a)+string(b), "\n") {
				if !onlyIndexes.MatchString(l) {
					t.Errorf("%s: %q is not about indexes", name, l)
				}
			}
		} else if same.Replace(string(a)) != same.Replace(string(b)) {
			t.Errorf("%s and %s differ in more than types", lite[i], pg[i])
		}
		for _, l := range strings.Split(string(b), "\n") {
			if strings.Contains(l, " TEXT") && !strings.Contains(l, ` COLLATE "C" NOT NULL`) {
				t.Errorf("%s: %q is not compared by bytes, or may be NULL", pg[i], l)
			}
		}
	}
}

// TestSchemaIsWhatMigrationsMade compares the described tables with those of a migrated store.
func TestSchemaIsWhatMigrationsMade(t *testing.T) {
	t.Parallel()
	db, err := Open(context.Background(), Location{Engine: SQLite, Path: filepath.Join(t.TempDir(), FileName)})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	described := map[string]string{}
	for _, tb := range tables {
		s := ""
		for i, c := range tb.columns {
			s += c.name + " " + strconv.FormatBool(c.kind == number) + " " + strconv.FormatBool(i < tb.key) + "\n"
		}
		described[tb.name] = s
	}
	made := map[string]string{}
	rows, err := db.read.Query("SELECT m.name, c.name, c.type, c.pk FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'goose%' AND m.name NOT LIKE 'sqlite%' ORDER BY m.name, c.cid")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var table, name, typ string
		var pk int
		if err := rows.Scan(&table, &name, &typ, &pk); err != nil {
			t.Fatal(err)
		}
		made[table] += name + " " + strconv.FormatBool(typ != "TEXT") + " " + strconv.FormatBool(pk > 0) + "\n"
	}
	for name, s := range made {
		if described[name] != s {
			t.Errorf("table %s: described\n%s\nmade\n%s", name, described[name], s)
		}
	}
	if len(described) != len(made) {
		t.Errorf("%d tables described, %d made", len(described), len(made))
	}
}
