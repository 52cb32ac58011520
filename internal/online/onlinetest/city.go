// Package onlinetest makes the small city that tests of the online service stand on. Only tests import it.
package onlinetest

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/rule"
	"github.com/mingjian/mingjian/internal/synth"
)

// Last is the last month of every city.
var Last = claim.DayOf(2025, 12, 1).Month()

// City is a data directory with an audited city of so many persons, months and a seed, and the shipped knowledge.
func City(t testing.TB, persons, months int, seed uint64) string {
	t.Helper()
	files, dir := t.TempDir(), t.TempDir()
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err := synth.Generate(synth.Options{Out: files, Persons: persons, Months: months, Seed: seed, End: Last})
	ok(err)
	ok(os.Remove(filepath.Join(files, "truth.csv"))) // the answers are not input
	l, err := lake.Open(dir)
	ok(err)
	w, err := l.Writer()
	ok(err)
	ks, err := knowledge.Open(filepath.Join(dir, "knowledge"))
	ok(err)
	_, err = ks.ImportStarter()
	ok(err)
	rep, err := w.Import(context.Background(), []string{files}, lake.ImportOptions{Buckets: 4})
	ok(err)
	if bad := rep.Failed(); len(bad) > 0 {
		t.Fatalf("%s: %s", bad[0].File, bad[0].Error)
	}
	ok(w.Close())
	ok(l.Close())
	lib, err := rule.Shipped()
	ok(err)
	a, err := audit.Open(dir, lib)
	ok(err)
	_, err = a.Run(context.Background(), audit.Options{Workers: 1})
	ok(err)
	ok(a.Lake.Close())
	return dir
}
