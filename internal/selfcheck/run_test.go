package selfcheck_test

import (
	"context"
	"encoding/csv"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/govern"
	"github.com/mingjian/mingjian/internal/knowledge"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/rule"
	"github.com/mingjian/mingjian/internal/selfcheck"
	"github.com/mingjian/mingjian/internal/synth"
)

// cut copies the rows of a file that are kept; it returns how many.
func cut(t *testing.T, from, to string, keep func(at func(string) string) bool) (n int) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	r := csv.NewReader(in)
	head, err := r.Read()
	if err != nil {
		t.Fatal(err)
	}
	head[0] = strings.TrimPrefix(head[0], "\ufeff")
	out, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	w := csv.NewWriter(out)
	if err := w.Write(head); err != nil {
		t.Fatal(err)
	}
	for {
		row, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if keep(func(name string) string { return row[slices.Index(head, name)] }) {
			n++
			if err := w.Write(row); err != nil {
				t.Fatal(err)
			}
		}
	}
	w.Flush()
	return n
}

// TestRunSaysWhatTheBureauWill: what an institution's own bills show by themselves is found as the bureau's audit finds it; what is another's
// is not told.
func TestRunSaysWhatTheBureauWill(t *testing.T) {
	t.Parallel()
	city, home := t.TempDir(), t.TempDir()
	if _, err := synth.Generate(synth.Options{Out: city, Persons: 3000, Months: 1, Seed: 11, End: claim.DayOf(2025, 12, 1).Month()}); err != nil {
		t.Fatal(err)
	}
	lib, err := rule.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	book := &govern.Book{Library: lib}
	ks, err := knowledge.Open(filepath.Join(home, "knowledge"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ks.ImportStarter(); err != nil {
		t.Fatal(err)
	}
	l, err := lake.Open(home)
	if err != nil {
		t.Fatal(err)
	}
	w, err := l.Writer()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Import(context.Background(), []string{city}, lake.ImportOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	a, err := book.Open(home)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Run(context.Background(), audit.Options{}); err != nil {
		t.Fatal(err)
	}
	plain := []string{"A001", "A002", "A003", "A009", "A011", "B005", "B006"} // what a line and its visit show by themselves
	only := map[string]bool{}
	for _, r := range plain {
		only[r] = true
	}
	month := claim.DayOf(2025, 12, 1).Month()
	rows, err := audit.OpenStore(home).Rows(month, only)
	if err != nil {
		t.Fatal(err)
	}
	by := map[string]map[string]bool{}
	for i := range rows {
		if by[rows[i].Inst] == nil {
			by[rows[i].Inst] = map[string]bool{}
		}
		by[rows[i].Inst][rows[i].RuleID+" "+rows[i].FindingID] = true
	}
	inst := ""
	for code, ids := range by {
		if inst == "" || len(ids) > len(by[inst]) {
			inst = code
		}
	}
	own := t.TempDir()
	visits, persons := map[string]bool{}, map[string]bool{}
	mine := func(at func(string) string) bool {
		if at("fixmedins_code") != inst {
			return false
		}
		visits[at("mdtrt_id")], persons[at("psn_no")] = true, true
		return true
	}
	for _, f := range []struct {
		name string
		keep func(at func(string) string) bool
	}{
		{"settlement_2025-12.csv", mine}, {"fee_2025-12.csv", mine}, {"visit_2025-12.csv", mine},
		{"diagnosis_2025-12.csv", func(at func(string) string) bool { return visits[at("mdtrt_id")] }},
		{"person.csv", func(at func(string) string) bool { return persons[at("psn_no")] }},
	} {
		if cut(t, filepath.Join(city, f.name), filepath.Join(own, f.name), f.keep) == 0 {
			t.Fatalf("%s has nothing of %s", f.name, inst)
		}
	}
	out := t.TempDir()
	r, err := selfcheck.Run(context.Background(), selfcheck.Options{Home: home, Dir: out, Inst: inst, Book: book, Paths: []string{own}, Progress: func(string, int64, int64) {}})
	if err != nil {
		t.Fatal(err)
	}
	found, err := selfcheck.ReadFindings(out)
	if err != nil {
		t.Fatal(err)
	}
	if len(found) != r.Sum.Findings || r.Sum.Findings == 0 || len(r.Depts) == 0 || len(r.Doctors) == 0 || !slices.Contains(r.Absent, "门诊慢特病备案 chronic") {
		t.Errorf("%d findings, %+v", len(found), r.Sum)
	}
	var got, want []string
	for i := range found {
		if only[found[i].Rule] {
			got = append(got, found[i].Rule+" "+found[i].ID)
		}
	}
	for id := range by[inst] {
		want = append(want, id)
	}
	slices.Sort(got)
	slices.Sort(want)
	if len(want) < 3 || !slices.Equal(got, want) {
		t.Errorf("own check %d, bureau %d findings of %v\n%v\n%v", len(got), len(want), plain, got, want)
	}
	if _, err := os.Stat(filepath.Join(out, "work")); !os.IsNotExist(err) {
		t.Errorf("the facts stayed: %v", err)
	}
	_, err = selfcheck.Run(context.Background(), selfcheck.Options{Home: home, Dir: t.TempDir(), Inst: "H99010199999", Book: book, Paths: []string{own}, Progress: func(string, int64, int64) {}})
	if err == nil || !strings.Contains(err.Error(), "没有本机构的费用") {
		t.Errorf("another institution's files: %v", err)
	}

	// The same bills before they are settled.
	var bills []string
	for i := range found {
		if only[found[i].Rule] {
			bills = append(bills, violated(&found[i]))
		}
	}
	early, out := t.TempDir(), t.TempDir()
	for _, name := range []string{"visit_2025-12.csv", "diagnosis_2025-12.csv", "person.csv"} {
		cut(t, filepath.Join(own, name), filepath.Join(early, name), func(func(string) string) bool { return true })
	}
	blank(t, filepath.Join(own, "fee_2025-12.csv"), filepath.Join(early, "fee_2025-12.csv"), "setl_id")
	r, err = selfcheck.Run(context.Background(), selfcheck.Options{Home: home, Dir: out, Inst: inst, Book: book, Paths: []string{early}, Progress: func(string, int64, int64) {}})
	if err != nil {
		t.Fatal(err)
	}
	if found, err = selfcheck.ReadFindings(out); err != nil || r.Open == 0 {
		t.Fatalf("%d visits are not settled: %v", r.Open, err)
	}
	var sooner []string
	for i := range found {
		if !found[i].Open || found[i].Setl != "" {
			t.Errorf("%s %s is said to be settled", found[i].Rule, found[i].Mdtrt)
		}
		if only[found[i].Rule] {
			sooner = append(sooner, violated(&found[i]))
		}
	}
	slices.Sort(bills)
	slices.Sort(sooner)
	for _, b := range bills {
		if !slices.Contains(sooner, b) {
			t.Errorf("%s is found after the settlement only", b)
		}
	}
}

// violated names a finding by its rule and the lines that are at fault.
func violated(f *selfcheck.Finding) string {
	sns := []string{f.Rule, f.Mdtrt}
	for _, l := range f.Lines {
		if l.Type == 1 {
			sns = append(sns, l.Sn)
		}
	}
	slices.Sort(sns[2:])
	return strings.Join(sns, " ")
}

// blank copies a file and empties a column.
func blank(t *testing.T, from, to, column string) {
	t.Helper()
	b, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(b), "\ufeff"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	k := slices.Index(rows[0], column)
	for _, row := range rows[1:] {
		row[k] = ""
	}
	var out strings.Builder
	if err := csv.NewWriter(&out).WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, []byte(out.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}
