package review_test

import (
	"fmt"
	"syscall"
	"testing"

	"github.com/mingjian/mingjian/internal/review"
	"github.com/mingjian/mingjian/internal/store"
)

// BenchmarkKeep decides cases at first review on SQLite, one after the other: what the writer is held for.
func BenchmarkKeep(b *testing.B) {
	o := newOffice(b, engines["sqlite"](b))
	ids := make([]string, b.N)
	for i := range ids {
		ids[i] = fmt.Sprintf("k%06d", i)
		o.add(spec{id: ids[i], lines: []store.Line{line("M-"+ids[i], "1", 100000, 100000, 200000)}})
	}
	for lo := 0; lo < len(ids); lo += 5000 {
		o.take(ids[lo:min(len(ids), lo+5000)]...)
	}
	b.ResetTimer()
	before := cpu(b)
	for _, id := range ids {
		if _, err := o.desk.Keep(ctx, first1, review.KeepInput{Ref: review.Ref{ID: id, Version: 1}, Say: fine}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(cpu(b)-before)/float64(b.N), "cpu-us/op")
}

// cpu is the processor time of the process, microseconds: wall time says little on a shared machine.
func cpu(b *testing.B) int64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return (u.Utime.Sec+u.Stime.Sec)*1_000_000 + int64(u.Utime.Usec+u.Stime.Usec)
}

// BenchmarkTake takes findings up in bulk on SQLite: what each costs while nobody else can write.
func BenchmarkTake(b *testing.B) {
	o := newOffice(b, engines["sqlite"](b))
	ids := make([]string, b.N)
	specs := make([]spec, b.N)
	for i := range ids {
		ids[i] = fmt.Sprintf("k%06d", i)
		specs[i] = spec{id: ids[i], lines: []store.Line{line("M-"+ids[i], "1", 100000, 100000, 200000)}}
	}
	for lo := 0; lo < len(specs); lo += 5000 {
		o.add(specs[lo:min(len(specs), lo+5000)]...)
	}
	b.ResetTimer()
	before := cpu(b)
	for lo := 0; lo < len(ids); lo += 5000 {
		o.take(ids[lo:min(len(ids), lo+5000)]...)
	}
	b.ReportMetric(float64(cpu(b)-before)/float64(b.N), "cpu-us/op")
}
