package knowledge

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// sheetsDir is the folder of the national sheets, which are not part of the project.
func sheetsDir(t testing.TB) string {
	t.Helper()
	ref := os.Getenv("MINGJIAN_REFERENCE")
	if ref == "" {
		t.Skip("MINGJIAN_REFERENCE is not set: the national sheets are not tested")
	}
	return filepath.Join(ref, "data", "liangku")
}

func importInto(t testing.TB, s *Store, o Options, paths ...string) *Report {
	t.Helper()
	r, err := s.Import(paths, o)
	if err != nil {
		t.Fatal(err)
	}
	if got := r.Totals.Used + r.Totals.Pending + r.Totals.Unusable + r.Totals.Duplicate + r.Totals.Waiting; got != r.Totals.Rows {
		t.Errorf("%d rows, %d accounted for:\n%s", r.Totals.Rows, got, r)
	}
	for _, sh := range r.Sheets {
		if got := sh.Used + sh.Pending + sh.Unusable + sh.Duplicate + sh.Waiting; got != sh.Rows {
			t.Errorf("%s: %d rows, %d accounted for", sh.File, sh.Rows, got)
		}
	}
	return r
}

func open(t testing.TB, dir string) *Store {
	t.Helper()
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestNationalSheetsAsPublished(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	r := importInto(t, s, Options{}, sheetsDir(t))
	if r.Totals.Rows != 16521 || r.Totals.Unusable != 2 || r.Totals.Waiting != 0 || r.Totals.Duplicate != 0 {
		t.Errorf("totals %+v", r.Totals)
	}
	want := map[string]int{"A001": 6472, "A002": 390, "A003": 4398, "A005": 30, "A007": 85, "A008": 27, "A009": 937, "A011": 529, "A015": 1144,
		"A016": 11, "B002": 900, "B009": 33, "B011": 378, "B021": 34, "B023": 18, "C024": 1}
	for rule, n := range want {
		if r.ByRule[rule] != n {
			t.Errorf("%s: %d points, want %d", rule, r.ByRule[rule], n)
		}
	}
	if len(r.ByRule) != len(want) {
		t.Errorf("points by rule %v", r.ByRule)
	}
	var pending []string
	for _, p := range r.Pendings {
		pending = append(pending, p.Rule+" "+p.Name)
	}
	wantPending := []string{
		"A009 利司那肽注射液", "A009 地塞米松玻璃体内植入剂", "A009 度拉糖肽注射液", "A009 康柏西普眼用注射液", "A009 法瑞西单抗注射液",
		"A009 聚乙二醇洛塞那肽注射液", "A009 阿柏西普眼内注射溶液", "A009 雷珠单抗注射液", "A011 安宫牛黄丸", "A015 帕妥珠单抗注射液", "A015 注射用益气复脉(冻干)",
	}
	slices.Sort(pending)
	slices.Sort(wantPending)
	if !slices.Equal(pending, wantPending) {
		t.Errorf("pending %q\nwant %q", pending, wantPending)
	}
	again := importInto(t, s, Options{}, sheetsDir(t))
	if again.Changed || again.Version != 1 || again.Totals.Duplicate != again.Totals.Rows-2 {
		t.Errorf("importing the same again: changed %v, version %d, %+v", again.Changed, again.Version, again.Totals)
	}
	ids := map[string]bool{}
	reopened := open(t, dir).Base()
	for i := range reopened.Points {
		if p := &reopened.Points[i]; ids[p.ID] {
			t.Errorf("%s is used twice", p.ID)
		} else {
			ids[p.ID] = true
		}
		if !slices.Equal(pointCells(&reopened.Points[i]), pointCells(&s.Base().Points[i])) {
			t.Fatalf("point %d changed by being stored: %+v", i, reopened.Points[i])
		}
	}
}

// The mean time of opening 15,000 points must stay far below the start of a service.
func BenchmarkOpenNational(b *testing.B) {
	dir := b.TempDir()
	importInto(b, open(b, dir), Options{}, sheetsDir(b))
	for b.Loop() {
		open(b, dir)
	}
}
