package audit_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/rule"
)

// TestMain is also the child of the kill test: it audits the directory that the environment names.
func TestMain(m *testing.M) {
	if dir := os.Getenv("AUDIT_TEST_CHILD"); dir != "" {
		lib, err := rule.Shipped()
		if err == nil {
			var a *audit.Auditor
			if a, err = audit.Open(dir, lib); err == nil {
				_, err = a.Run(context.Background(), audit.Options{Workers: 1})
			}
		}
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	flag.Parse()
	if f := flag.Lookup("rapid.checks"); os.Getenv("MINGJIAN_SOAK") == "" && f.Value.String() == f.DefValue {
		f.Value.Set("3") // a city each: 100 are for the soak
		flag.Set("rapid.shrinktime", "2s")
	}
	os.Exit(m.Run())
}

// auditChild audits in a process of its own and kills it after a time (0 = never); true when it got through.
func auditChild(t *testing.T, dir string, after time.Duration) bool {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(self)
	c.Env = append(os.Environ(), "AUDIT_TEST_CHILD="+dir)
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	if after > 0 {
		timer := time.AfterFunc(after, func() { c.Process.Kill() })
		defer timer.Stop()
	}
	err = c.Wait()
	if err != nil && c.ProcessState.ExitCode() >= 0 {
		t.Fatalf("audit failed: %s", out.String())
	}
	return err == nil
}

// TestKilledAudits kills auditing processes at random moments until one gets through: the findings, and the files that
// hold them, are those of an undisturbed audit, and so is the report of what changed.
func TestKilledAudits(t *testing.T) {
	t.Parallel()
	first, second := t.TempDir(), t.TempDir()
	writeWildCity(t, first, 41, 12)
	writeWildCity(t, second, 42, 18) // the same persons again: late rows, conflicts, corrections
	begin := t.TempDir()
	settleIn(t, begin, lake.ImportOptions{Buckets: 4}, first)
	auditChild(t, begin, 0)
	importInto(t, begin, lake.ImportOptions{}, second)
	clean := t.TempDir()
	copyDir(t, begin, clean)
	start := time.Now()
	auditChild(t, clean, 0)
	whole := time.Since(start)
	want, files, changed := exported(t, clean), findingFiles(t, clean), lastChanges(t, clean)
	rounds := 5
	if os.Getenv("MINGJIAN_SOAK") != "" {
		rounds = 50
	}
	rnd := rand.New(rand.NewPCG(uint64(rounds), 7))
	for range rounds {
		dir, kills := t.TempDir(), 0
		copyDir(t, begin, dir)
		for !auditChild(t, dir, 5*time.Millisecond+time.Duration(rnd.Int64N(int64(whole)))) {
			kills++
			exported(t, dir) // every state in between can be read
		}
		if got := exported(t, dir); got != want {
			t.Errorf("after %d kills: %s", kills, firstDifference(got, want))
		}
		if got := findingFiles(t, dir); got != files {
			t.Errorf("after %d kills the directory holds\n%s\nwant\n%s", kills, got, files)
		}
		if got := lastChanges(t, dir); got != changed {
			t.Errorf("after %d kills the report says %s, want %s", kills, got, changed)
		}
		t.Logf("%d kills", kills)
	}
}

// lastChanges are the counts of the last run that audited anything.
func lastChanges(t *testing.T, dir string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "runs", "audit-00002.json"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(data), `"change_totals"`)
	if !ok {
		t.Fatalf("no totals in %s", data)
	}
	totals, _, _ := strings.Cut(rest, "}")
	return totals
}

func findingFiles(t *testing.T, dir string) string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(filepath.Join(dir, "findings"), func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(dir, path)
			out = append(out, rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(out, "\n")
}

func copyDir(t *testing.T, from, to string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}

// TestCheckpoints: a bucket that was judged before an audit stopped is not judged again.
func TestCheckpoints(t *testing.T) {
	t.Parallel()
	w := newTown(t).know(women)
	u := upload{}
	for i := range 40 {
		p := fmt.Sprintf("X%d", i)
		u.add("person", "psn_no="+p+" gend=1 brdy=1980-01-01 insutype=390 begndate=2020-01-01").visit("v"+p, p, "H1", "2025-01-10", "W")
	}
	w.arrive(u)
	ctx, cancel := context.WithCancel(context.Background())
	_, err := w.open().Run(ctx, audit.Options{Workers: 1, Progress: func(p audit.Progress) {
		if p.Done == 2 {
			cancel()
		}
	}})
	if err == nil || !strings.Contains(err.Error(), "再运行一次会接着做") {
		t.Fatalf("a stopped audit says %v", err)
	}
	if n := len(w.rows()); n != 0 {
		t.Errorf("%d findings of an audit that did not end", n)
	}
	kept, err := filepath.Glob(filepath.Join(w.dir, "findings", "run-*", "bucket-*.json"))
	if err != nil || len(kept) < 2 || len(kept) == 4 {
		t.Fatalf("checkpoints %v, %v", kept, err)
	}
	before := map[string]os.FileInfo{}
	for _, k := range kept {
		if before[k], err = os.Stat(k); err != nil {
			t.Fatal(err)
		}
	}
	w.audit(audit.Options{Workers: 1})
	if n := len(w.rows()); n != 40 {
		t.Errorf("%d findings, want 40", n)
	}
	for k, was := range before {
		now, err := os.Stat(k)
		if err != nil || !os.SameFile(was, now) {
			t.Errorf("%s was judged again", filepath.Base(k))
		}
	}
	// Where something else is to be judged, the checkpoints of the stopped audit say nothing.
	w.know("A002 N sex=女")
	ctx, cancel = context.WithCancel(context.Background())
	a := w.open()
	_, _ = a.Run(ctx, audit.Options{Workers: 1, Progress: func(audit.Progress) { cancel() }})
	w.know("A002 W sex=男")
	w.audit(audit.Options{})
	if n := len(w.rows()); n != 0 {
		t.Errorf("%d findings on a point that was changed", n)
	}
	folders, err := filepath.Glob(filepath.Join(w.dir, "findings", "run-*"))
	if err != nil || len(folders) != 1 {
		t.Errorf("folders left: %v", folders)
	}
}

// TestReadersWhileAuditing: who reads findings sees one run to the end, whatever other runs do meanwhile.
func TestReadersWhileAuditing(t *testing.T) {
	t.Parallel()
	w := newTown(t).know(women)
	u := upload{}
	for i := range 20 {
		p := fmt.Sprintf("X%d", i)
		u.add("person", "psn_no="+p+" gend=1 brdy=1980-01-01 insutype=390 begndate=2020-01-01").visit("v"+p, p, "H1", "2025-01-10", "W")
	}
	w.arrive(u)
	w.audit(audit.Options{})
	id := w.rows()[0].FindingID
	n, runs := 0, 0
	err := audit.OpenStore(w.dir).Each(month(t, "2025-01"), func(rows []audit.Row) error {
		n += len(rows)
		w.audit(audit.Options{Force: true}) // replaces and removes the files being read
		runs++
		return nil
	})
	if err != nil || n != 20 || runs != 4 {
		t.Errorf("%d findings in %d pieces, %v", n, runs, err)
	}
	explained := false
	w.audit(audit.Options{Force: true, Workers: 1, Progress: func(audit.Progress) {
		x, err := w.open().Explain(id)
		if err != nil || !x.Holds {
			t.Errorf("explain while auditing: %v", err)
		}
		explained = true
	}})
	if !explained {
		t.Error("nothing was explained while auditing")
	}
}
