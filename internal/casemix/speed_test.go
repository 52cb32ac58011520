package casemix_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/mingjian/mingjian/internal/casemix"
	"github.com/mingjian/mingjian/internal/casemix/plain"
)

func BenchmarkGroup(b *testing.B) {
	s, tables := benchScheme(b)
	cs, err := plain.Cases(tables, 50_000, 1)
	if err != nil {
		b.Fatal(err)
	}
	g := s.NewGrouper()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		g.Group(&cs[i%len(cs)])
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		benchScheme(b)
	}
}

func benchScheme(b *testing.B) (*casemix.Scheme, fs.FS) {
	b.Helper()
	if root := os.Getenv("MINGJIAN_REFERENCE"); root != "" {
		dir := filepath.Join(root, "data", "chs_drg_1.1")
		s, err := casemix.Open(dir, casemix.LoadOptions{})
		if err != nil {
			b.Fatal(err)
		}
		return s, os.DirFS(dir)
	}
	s, err := casemix.Shipped()
	if err != nil {
		b.Fatal(err)
	}
	return s, casemix.ShippedTables()
}
