package store_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/store/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Run(m)) }

// engines are how a test gets an empty place for a store of each engine.
var engines = map[string]func(t testing.TB) store.Location{
	"sqlite": func(t testing.TB) store.Location {
		return store.Location{Engine: store.SQLite, Path: filepath.Join(t.TempDir(), "库 %1?.db")}
	},
	"postgres": func(t testing.TB) store.Location {
		return store.Location{Engine: store.Postgres, DSN: pgtest.DSN(t)}
	},
}

// onBoth runs a test on each engine: what holds on one must hold on the other.
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

func update(t testing.TB, db *store.DB, f func(tx *store.Tx) error) {
	t.Helper()
	if err := db.Update(context.Background(), f); err != nil {
		t.Fatal(err)
	}
}
