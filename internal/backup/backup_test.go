package backup_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/backup"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/store/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Run(m)) }

var ctx = context.Background()

func open(t testing.TB, at store.Location) *store.DB {
	t.Helper()
	db, err := store.Open(ctx, at)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// content is what a store holds, as text.
func content(t testing.TB, db *store.DB) string {
	t.Helper()
	var b bytes.Buffer
	if _, err := db.Dump(ctx, func(table string) (io.Writer, func() error, error) {
		fmt.Fprintln(&b, table)
		return &b, func() error { return nil }, nil
	}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// files are the files of a data directory that a backup must bring back.
func files(t testing.TB, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		rel, _ := filepath.Rel(dir, path)
		out[rel] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

var kept = map[string]string{"manifest.json": "{}", "facts/000-a.parquet": "\x00\x01", "findings/run-1/x.parquet": "x", "runs/审核.json": "报告", "empty": "",
	"calendar.csv": "day,work\n", "selfcheck/H1/1/note.json": "{}", "selfcheck/H1/1/result.json": "{}", "selfcheck/H1/1/findings.json": "[]"}

// installation is a data directory with a store in which something happened.
func installation(t testing.TB, engine string) (dir string, db *store.DB, key string, secret string) {
	t.Helper()
	dir = t.TempDir()
	for name, text := range kept {
		write(t, filepath.Join(dir, name), text)
	}
	for _, name := range []string{"LOCK", "tmp/spill", "history/x.parquet", "facts/half.tmp", "store.json"} {
		write(t, filepath.Join(dir, name), "must not be kept")
	}
	at := store.Location{Engine: store.SQLite, Path: filepath.Join(dir, store.FileName)}
	if engine == "postgres" {
		at = store.Location{Engine: store.Postgres, DSN: pgtest.DSN(t)}
	}
	db = open(t, at)
	trail := auth.OpenTrail(dir, "test")
	us := auth.Users{DB: db, Trail: trail}
	if err := us.Add(ctx, "t", auth.NewUser{Login: "wang", Password: "long enough 1", Roles: []string{"只读"}}); err != nil {
		t.Fatal(err)
	}
	ks, err := auth.OpenKeys(dir, db, trail)
	if err != nil {
		t.Fatal(err)
	}
	if key, secret, err = ks.Add(ctx, "t", auth.NewKey{Name: "HIS"}); err != nil {
		t.Fatal(err)
	}
	return dir, db, key, secret
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestBackupAndRestore brings an installation back, from each engine to each, and finds the same content.
func TestBackupAndRestore(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ from, to, ext string }{{"sqlite", "sqlite", ".tar.zst"}, {"sqlite", "postgres", ".tar.gz"}, {"postgres", "sqlite", ".tgz"},
		{"postgres", "postgres", ".tar.zst"}} {
		t.Run(c.from+" to "+c.to, func(t *testing.T) {
			t.Parallel()
			dir, db, key, secret := installation(t, c.from)
			out := filepath.Join(dir, "backup"+c.ext) // in the data directory itself: it must not swallow itself
			m, err := backup.Create(ctx, dir, db, out, "test")
			if err != nil {
				t.Fatal(err)
			}
			if st, err := os.Stat(out); err != nil || st.Mode().Perm() != 0o600 {
				t.Errorf("the archive is readable by others: %v, %v", st.Mode(), err)
			}
			want := content(t, db)
			target := filepath.Join(t.TempDir(), "new", "data")
			var at *store.Location
			if c.to == "postgres" {
				at = &store.Location{Engine: store.Postgres, DSN: pgtest.DSN(t)}
			}
			back, err := backup.Restore(ctx, out, target, at)
			if err != nil {
				t.Fatal(err)
			}
			if len(back.Files) != len(m.Files) || back.Schema != store.SchemaVersion() || back.Engine != c.from {
				t.Errorf("restored %+v, written %+v", back, m)
			}
			where, err := store.Locate(target, "")
			if err != nil || string(where.Engine) != c.to {
				t.Fatalf("the restored store is %+v, %v", where, err)
			}
			restored := open(t, where)
			if got := content(t, restored); got != want {
				t.Errorf("the store is\n%s\nwant\n%s", got, want)
			}
			got := files(t, target)
			for name, text := range kept {
				if g, ok := got[name]; !ok || g != text {
					t.Errorf("%s is %q, %v", name, g, ok)
				}
			}
			for name, text := range got {
				if text == "must not be kept" {
					t.Errorf("%s was kept", name)
				}
			}
			if v, err := auth.Verify(ctx, target, restored); err != nil || !v.Whole || v.Records != 2 || v.Anchors > 1 {
				t.Errorf("the restored trail: %+v, %v", v, err)
			}
			useKey(t, target, restored, key, secret)
			if _, err := backup.Restore(ctx, out, target, nil); err == nil {
				t.Error("a directory that holds something was overwritten")
			}
			if at != nil {
				if _, err := backup.Restore(ctx, out, filepath.Join(t.TempDir(), "x"), at); !errors.Is(err, store.ErrNotEmpty) {
					t.Errorf("a store that holds something: %v, want ErrNotEmpty", err)
				}
			}
		})
	}
}

// TestDamageIsFound cuts and changes an archive at many places: nothing is restored then, and nothing is left behind.
func TestDamageIsFound(t *testing.T) {
	t.Parallel()
	dir, db, _, _ := installation(t, "sqlite")
	out := filepath.Join(t.TempDir(), "b.tar.gz")
	if _, err := backup.Create(ctx, dir, db, out, "test"); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	parent := t.TempDir()
	try := func(what string, b []byte) {
		t.Helper()
		bad := filepath.Join(t.TempDir(), "bad")
		if err := os.WriteFile(bad, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := backup.Restore(ctx, bad, filepath.Join(parent, "d"), nil); err == nil {
			t.Fatalf("%s: restored", what)
		}
		if left, err := os.ReadDir(parent); err != nil || len(left) > 0 {
			t.Fatalf("%s left %v, %v", what, left, err)
		}
	}
	for i := range 20 {
		try(fmt.Sprint("cut at ", i), whole[:len(whole)*i/20])
		b := bytes.Clone(whole)
		b[20+(len(b)-40)*i/20] ^= 0x10
		try(fmt.Sprint("changed at ", i), b)
	}
	if _, err := backup.Create(ctx, dir, db, out, "test"); err == nil {
		t.Error("an archive was overwritten")
	}
	if _, err := backup.Create(ctx, dir, db, filepath.Join(parent, "x.zip"), "test"); err == nil {
		t.Error("an unknown ending was taken")
	}
	if left, err := os.ReadDir(parent); err != nil || len(left) > 0 {
		t.Errorf("a failed backup left %v, %v", left, err)
	}
}
