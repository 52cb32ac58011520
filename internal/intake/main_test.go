package intake

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/store/pgtest"
)

// childEnv names the file that says what the child of the kill test syncs.
const childEnv = "INTAKE_TEST_CHILD"

func TestMain(m *testing.M) {
	if what := os.Getenv(childEnv); what != "" {
		if err := child(what); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(pgtest.Run(m))
}

// job is what the child of the kill test does.
type job struct {
	Pub *publication
	At  store.Location
}

func child(file string) error {
	what, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var c job
	if err := json.Unmarshal(what, &c); err != nil {
		return err
	}
	db, err := store.Open(context.Background(), c.At)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = Sync(context.Background(), c.Pub, db, Options{})
	return err
}

var engines = map[string]func(t testing.TB) store.Location{
	"sqlite": func(t testing.TB) store.Location {
		return store.Location{Engine: store.SQLite, Path: filepath.Join(t.TempDir(), store.FileName)}
	},
	"postgres": func(t testing.TB) store.Location {
		return store.Location{Engine: store.Postgres, DSN: pgtest.DSN(t)}
	},
}

func onBoth(t *testing.T, f func(t *testing.T, db *store.DB)) {
	t.Parallel()
	for name, at := range engines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f(t, open(t, at(t)))
		})
	}
}

func open(t testing.TB, at store.Location) *store.DB {
	t.Helper()
	db, err := store.Open(context.Background(), at)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// publication is what an audit published, in memory.
type publication struct {
	Run   int
	Parts map[string][]audit.Row // by "month bucket"; the file's name says what is in it
}

func (p *publication) Published() (int, []audit.Part, error) {
	var out []audit.Part
	for m := claim.Month(2025 * 12); m < 2025*12+3; m++ {
		for b := range 4 {
			if rows, ok := p.Parts[at(m, b)]; ok {
				out = append(out, audit.Part{Month: m, Bucket: b, File: fmt.Sprintf("run %d/%s: %d rows", p.Run, at(m, b), len(rows))})
			}
		}
	}
	return p.Run, out, nil
}

func (p *publication) ReadPart(q audit.Part) ([]audit.Row, error) {
	return p.Parts[at(q.Month, q.Bucket)], nil
}

func at(m claim.Month, b int) string { return fmt.Sprint(m, " ", b) }

// row is a line of a finding; revision and charge are what tells contents apart.
func row(id, revision string, month claim.Month, sn string, charged int) audit.Row {
	return audit.Row{FindingID: id, Revision: revision, RuleID: "A001", Month: month, Inst: "H99010001", Mdtrt: "m" + id, Sn: sn, Type: 1, Vola: 100,
		Fund: 50, Charged: claim.Money(charged), Severity: 1, Cont: "x"}
}

const jan = claim.Month(2025 * 12)

func sync1(t testing.TB, db *store.DB, p *publication) *store.Run {
	t.Helper()
	r, err := Sync(context.Background(), p, db, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}
