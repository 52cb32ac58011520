package casemix

import (
	"compress/gzip"
	"encoding/csv"
	"os"
	"path/filepath"
	"testing"
)

// reference is the folder of the official tables; tests that need it say why they are skipped.
func reference(t testing.TB, name string) string {
	t.Helper()
	root := os.Getenv("MINGJIAN_REFERENCE")
	if root == "" {
		t.Skip("没有设置 MINGJIAN_REFERENCE：跳过对照官方分组表的测试")
	}
	dir := filepath.Join(root, "data", name)
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("%s 不存在：跳过对照官方分组表的测试", dir)
	}
	return dir
}

type expected struct{ status, mdc, adrg, drg, tag string }

func readExpected(t testing.TB, path string) map[string]expected {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(z).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]int{}
	for i, h := range rows[0] {
		at[h] = i
	}
	out := map[string]expected{}
	for _, r := range rows[1:] {
		out[r[at["case_id"]]] = expected{r[at["status"]], r[at["mdc"]], r[at["adrg"]], r[at["drg"]], r[at["tag"]]}
	}
	return out
}

// readCases reads a whole list.
func readCases(t testing.TB, path string) []Case {
	t.Helper()
	r, err := OpenCases(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var out []Case
	for {
		var c Case
		if err := r.Next(&c); err != nil {
			return out
		}
		out = append(out, c)
	}
}

func TestReferenceCases(t *testing.T) {
	dir := reference(t, "chs_drg_1.1")
	s, err := Open(dir, LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "cases_5000.csv.gz")
	want := readExpected(t, path)
	g := s.NewGrouper()
	bad := 0
	for _, c := range readCases(t, path) {
		r := g.Group(&c)
		if got := (expected{r.String(), r.MDC, r.ADRG, r.DRG, want[c.ID].tag}); got != want[c.ID] {
			if bad++; bad <= 20 {
				_, tr := g.Explain(&c, false, false)
				t.Errorf("%s: got %v, want %v: %+v\n%s", c.ID, got, want[c.ID], c, tr)
			}
		}
	}
	if bad > 0 {
		t.Errorf("%d of %d cases differ", bad, len(want))
	}
}
