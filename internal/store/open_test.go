package store_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/store"
)

func TestLocate(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	at, err := store.Locate(dir, "")
	if err != nil || at.Engine != store.SQLite || at.Path != filepath.Join(dir, "store.db") {
		t.Errorf("a fresh directory: %+v, %v", at, err)
	}
	pg, err := store.ParseLocation("postgres://u:geheim@h:1/d")
	if err != nil || pg.Engine != store.Postgres {
		t.Fatal(pg, err)
	}
	if strings.Contains(pg.String(), "geheim") {
		t.Errorf("%s shows the password", pg)
	}
	if err := pg.Remember(dir); err != nil {
		t.Fatal(err)
	}
	if at, err := store.Locate(dir, ""); err != nil || at != pg {
		t.Errorf("remembered %+v, %v", at, err)
	}
	if st, err := os.Stat(filepath.Join(dir, "store.json")); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("store.json is readable by others: %v, %v", st.Mode(), err)
	}
	if at, err := store.Locate(dir, "x.db"); err != nil || at.Path != "x.db" {
		t.Errorf("given %+v, %v", at, err)
	}
	for _, bad := range []string{"mysql://x", "http://h/d"} {
		if at, err := store.ParseLocation(bad); err == nil {
			t.Errorf("%q is taken as %+v", bad, at)
		}
	}
}

func TestAMissedMigrationIsTaken(t *testing.T) {
	t.Parallel()
	for name, at := range engines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			loc := at(t)
			if err := store.PretendWithoutDuties(open(t, loc)); err != nil {
				t.Fatal(err)
			}
			err := open(t, loc).Update(context.Background(), func(tx *store.Tx) error {
				taken, err := tx.TakeDuty("clock", "a", 1, 2)
				if err == nil && !taken {
					err = errors.New("the duty is not free")
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

func TestNewerStoreIsRefused(t *testing.T) {
	t.Parallel()
	for name, at := range engines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			loc := at(t)
			db := open(t, loc)
			if err := store.PretendNewer(db); err != nil {
				t.Fatal(err)
			}
			if _, err := store.Open(context.Background(), loc); !errors.Is(err, store.ErrNewer) {
				t.Errorf("opening a newer store gives %v, want ErrNewer", err)
			}
		})
	}
}

func TestUnreachableStoreSaysSo(t *testing.T) {
	t.Parallel()
	_, err := store.Open(context.Background(), store.Location{Engine: store.Postgres, DSN: "postgres://u:geheim@127.0.0.1:1/d?sslmode=disable&connect_timeout=5"})
	if err == nil || strings.Contains(err.Error(), "geheim") || !strings.Contains(err.Error(), "PostgreSQL") {
		t.Errorf("no server: %v", err)
	}
	if _, err := store.Open(context.Background(), store.Location{Engine: store.SQLite, Path: "/nowhere/at/all.db"}); err == nil {
		t.Error("a store in no folder opened")
	}
}

func TestInstallationID(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a, err := store.InstallationID(dir)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := store.InstallationID(dir); err != nil || b != a {
		t.Errorf("%s, then %s, %v", a, b, err)
	}
}
