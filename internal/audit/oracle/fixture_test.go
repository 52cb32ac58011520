package oracle

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestFixture holds the evaluator to the published fixture: every hit found, every clean case left alone.
func TestFixture(t *testing.T) {
	t.Parallel()
	root := os.Getenv("MINGJIAN_REFERENCE")
	if root == "" {
		t.Skip("MINGJIAN_REFERENCE is not set: it names the folder that holds reference/fixture and data/liangku")
	}
	dir := filepath.Join(root, "reference", "fixture")
	city, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if city.Rejected > 0 {
		t.Errorf("%d rows rejected", city.Rejected)
	}
	carried := map[string]bool{}
	for _, f := range city.Evaluate(nationalPoints(t, filepath.Join(root, "data", "liangku")), nil) {
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
	f, err := os.Open(filepath.Join(dir, "expected.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	cases, wrong := 0, 0
	for sc := bufio.NewScanner(f); sc.Scan(); {
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
			wrong++
			t.Errorf("expected %s", sc.Text())
		}
	}
	if cases == 0 {
		t.Error("expected.tsv holds no case")
	}
	t.Logf("%d of %d cases", cases-wrong, cases)
}
