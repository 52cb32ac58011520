package lake

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/mingjian/mingjian/internal/claim"
)

// importTo imports paths into the lake at dir.
func importTo(t testing.TB, dir string, opt ImportOptions, paths ...string) *Report {
	t.Helper()
	l, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	w, err := l.Writer()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	rep, err := w.Import(context.Background(), paths, opt)
	if err != nil {
		t.Fatal(err)
	}
	return rep
}

func snapshot(t testing.TB, dir string) *Snapshot {
	t.Helper()
	l, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	s, err := l.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// readAll reads all live rows of a table as text, row by row in the order of (bucket, month, row).
func readAll(t testing.TB, s *Snapshot, table string) (out []string) {
	t.Helper()
	for _, r := range s.refs(table) {
		b, err := s.Read(table, r.month(), r.bucket(), nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := range b.N {
			out = append(out, rowText(b, s.Dicts(), i))
		}
	}
	return out
}

func rowText(b *claim.Batch, ds *claim.Dicts, i int) string {
	s := ""
	for ci := range b.Table.Columns {
		if v := b.Format(ds, ci, i); v != "" {
			s += b.Table.Columns[ci].Name + "=" + v + ";"
		}
	}
	return s
}

func TestFixture(t *testing.T) {
	ref := os.Getenv("MINGJIAN_REFERENCE")
	if ref == "" {
		t.Skip("MINGJIAN_REFERENCE is not set: the reference fixture is not at hand")
	}
	dir := t.TempDir()
	rep := importTo(t, dir, ImportOptions{}, filepath.Join(ref, "reference", "fixture"))
	if f := rep.Failed(); len(f) > 0 {
		t.Fatalf("failed: %+v", f)
	}
	s := snapshot(t, dir)
	if n := s.Rows("fee", claim.DayOf(2025, 3, 1).Month()); n < 1500 {
		t.Errorf("fee rows in 2025-03: %d", n)
	}
	t.Logf("%+v", rep)
}
