package audit_test

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/knowledge"
)

// TestFixture holds the engine to the published fixture, with the national sheets as knowledge: every hit found,
// every clean case left alone.
func TestFixture(t *testing.T) {
	t.Parallel()
	root := os.Getenv("MINGJIAN_REFERENCE")
	if root == "" {
		t.Skip("MINGJIAN_REFERENCE is not set: it names the folder that holds reference/fixture and data/liangku")
	}
	dir := filepath.Join(root, "reference", "fixture")
	expected, err := os.ReadFile(filepath.Join(dir, "expected.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	_, fs := auditDir(t, dir, func(ks *knowledge.Store) {
		if _, err := ks.Import([]string{filepath.Join(root, "data", "liangku")}, knowledge.Options{}); err != nil {
			t.Fatal(err)
		}
	})
	carried := map[string]bool{}
	for _, f := range fs {
		if f.Month.String() != "2025-03" {
			continue
		}
		if len(f.Lines) == 0 {
			carried[f.Rule+"|"+f.Mdtrt] = true
		}
		for _, l := range f.Lines {
			if l.Type == 1 {
				carried[f.Rule+"|"+l.FeedetlSn] = true
			}
		}
	}
	cases := 0
	for sc := bufio.NewScanner(strings.NewReader(string(expected))); sc.Scan(); {
		w := strings.Split(sc.Text(), "\t")
		if len(w) < 3 {
			continue
		}
		cases++
		hit := false
		for k := range strings.SplitSeq(w[2], "|") {
			hit = hit || carried[w[1]+"|"+k]
		}
		if hit != (w[0] == "hit") {
			t.Errorf("expected %s", sc.Text())
		}
	}
	if cases == 0 {
		t.Error("expected.tsv holds no case")
	}
	t.Logf("%d cases", cases)
}
