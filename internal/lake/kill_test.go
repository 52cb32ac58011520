package lake

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/mingjian/mingjian/internal/claim"
)

// The child of the kill test: imports what the environment names and says when it is done.
func TestMain(m *testing.M) {
	if dir := os.Getenv("LAKE_TEST_CHILD"); dir != "" {
		w, err := must(Open(dir)).Writer()
		if err == nil {
			_, err = w.Import(context.Background(), []string{os.Getenv("LAKE_TEST_SRC")}, ImportOptions{Buckets: 4, Memory: 1 << 20})
		}
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// TestKilledImports kills importing processes at random moments until one gets through: what the lake holds then, down
// to the manifest's bytes, is what an undisturbed import leaves.
func TestKilledImports(t *testing.T) {
	src := t.TempDir()
	generate(t, src, 60_000)
	write(t, src, "diagnosis.csv", []byte("mdtrt_id,diag_code\nM000000000000001,I10\nMX,I11\n"))
	write(t, src, "person_link.csv", []byte("psn_no,pers_id\n9901000000000001,X\n9901000000000007,X\n"))
	clean := t.TempDir()
	start := time.Now()
	child(t, clean, src, 0)
	whole := time.Since(start)
	want := manifestBytes(t, clean)
	id := snapshot(t, clean).ID()
	rounds := 5
	if os.Getenv("MINGJIAN_SOAK") != "" {
		rounds = 50
	}
	rnd := rand.New(rand.NewPCG(uint64(rounds), 7))
	for range rounds {
		dir, kills := t.TempDir(), 0
		for !child(t, dir, src, 10*time.Millisecond+time.Duration(rnd.Int64N(int64(whole)))) {
			kills++
			s := snapshot(t, dir) // every state in between is whole
			if err := s.Verify(t.Context()); err != nil {
				t.Fatal(err)
			}
			if n := s.TotalRows("fee"); n != 0 && n != 60_000 {
				t.Fatalf("%d fee rows after a kill", n)
			}
		}
		if got := manifestBytes(t, dir); !bytes.Equal(got, want) {
			t.Errorf("after %d kills the manifest differs from an undisturbed import's", kills)
		}
		s := snapshot(t, dir)
		if s.ID() != id {
			t.Errorf("snapshot %s, want %s", s.ID(), id)
		}
		if err := s.Verify(t.Context()); err != nil {
			t.Error(err)
		}
		must(must(Open(dir)).Writer()).Close()
		for _, d := range []string{"", factsDir, keysDir, dictDir, rejectsDir} {
			if got, want := names(t, dir, d), names(t, clean, d); !slices.Equal(got, want) {
				t.Errorf("files in %q: %v, want %v", d, got, want)
			}
		}
		t.Logf("%d kills", kills)
	}
}

// child imports in a process of its own and kills it after a time (0 = never); true when it got through.
func child(t *testing.T, dir, src string, after time.Duration) bool {
	t.Helper()
	c := exec.Command(must(os.Executable()))
	c.Env = append(os.Environ(), "LAKE_TEST_CHILD="+dir, "LAKE_TEST_SRC="+src)
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	if after > 0 {
		timer := time.AfterFunc(after, func() { c.Process.Kill() })
		defer timer.Stop()
	}
	err := c.Wait()
	if err != nil && c.ProcessState.ExitCode() >= 0 {
		t.Fatalf("import failed: %s", out.String())
	}
	return err == nil
}

func manifestBytes(t *testing.T, dir string) []byte {
	t.Helper()
	return must(os.ReadFile(filepath.Join(dir, manifestName)))
}

func names(t *testing.T, dir, sub string) (out []string) {
	t.Helper()
	for _, e := range must(os.ReadDir(filepath.Join(dir, sub))) {
		if e.Name() != spillDir {
			out = append(out, e.Name())
		}
	}
	return out
}

// TestImportIsDeterministic: the same input gives the same bytes, however large the memory and whatever the timing.
func TestImportIsDeterministic(t *testing.T) {
	src := t.TempDir()
	generate(t, src, 40_000)
	var want []byte
	for _, memory := range []int{0, 0, 300 << 10} {
		dir := t.TempDir()
		importTo(t, dir, ImportOptions{Memory: memory}, src)
		got := manifestBytes(t, dir) // names the hash of every file
		if want == nil {
			want = got
		}
		if !bytes.Equal(got, want) {
			t.Errorf("memory %d: another manifest", memory)
		}
	}
}

// TestSnapshotStaysWhileWriting: a reader sees its own commit to the end.
func TestSnapshotStaysWhileWriting(t *testing.T) {
	w := newWorld(t)
	w.add("settlement", setlHead+"S1,M1,P1,H1,2025-03-05,10,0,,,1,2025-03-06\n")
	l := must(Open(w.dir))
	old := must(l.Snapshot())
	w.add("settlement", setlHead+"S1,M1,P1,H1,2025-03-05,11,0,,,1,2025-03-07\n")
	p := old.Pers(old.Dicts()[claim.DictPerson].Find("P1"))
	read := func(s *Snapshot) string {
		b := must(s.Read("settlement", march, bucketOf(p, s.Buckets()), []string{"medfee_sumamt"}))
		return b.Format(s.Dicts(), b.Table.MustCol("medfee_sumamt"), 0)
	}
	w.want("old", read(old), "10.00")
	w.want("new", read(must(l.Snapshot())), "11.00")
}
