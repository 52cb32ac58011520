package casemix_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/mingjian/mingjian/internal/casemix"
	"github.com/mingjian/mingjian/internal/casemix/plain"
)

// BenchmarkGroup also tells processor time: on a busy machine the time by the clock says nothing.
func BenchmarkGroup(b *testing.B) {
	s, tables := benchScheme(b)
	cs, err := plain.Cases(tables, 50_000, 1)
	if err != nil {
		b.Fatal(err)
	}
	g := s.NewGrouper()
	b.ReportAllocs()
	begun, n := processor(), 0
	for ; b.Loop(); n++ {
		g.Group(&cs[n%len(cs)])
	}
	b.ReportMetric(float64(processor()-begun)/float64(n), "cpu-ns/op")
}

// processor time of this process, in nanoseconds.
func processor() int64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return u.Utime.Nano() + u.Stime.Nano()
}

func BenchmarkLoad(b *testing.B) {
	begun, n := processor(), 0
	for ; b.Loop(); n++ {
		benchScheme(b)
	}
	b.ReportMetric(float64(processor()-begun)/float64(n), "cpu-ns/op")
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
