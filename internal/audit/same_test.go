package audit_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/rule"
)

// exported is the export of all months of a data directory.
func exported(t testing.TB, dir string) string {
	t.Helper()
	var b bytes.Buffer
	if err := audit.Export(&b, storedRows(t, dir), "csv", false); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// firstDifference shows where two exports part.
func firstDifference(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return fmt.Sprintf("line %d:\n%s\n%s", i+1, strings.Join(x[i:min(i+3, len(x))], "\n"), strings.Join(y[i:min(i+3, len(y))], "\n"))
		}
	}
	return fmt.Sprintf("%d and %d lines", len(x), len(y))
}

// shuffled writes the tables of a folder anew: rows of a table in another order, cut into two files. Rows of one key with
// other content carry the time of their correction, so their order says nothing.
func shuffled(t testing.TB, from string, r *rand.Rand) string {
	t.Helper()
	to := t.TempDir()
	es, err := os.ReadDir(from)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range es {
		data, err := os.ReadFile(filepath.Join(from, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.SplitAfter(strings.TrimSuffix(string(data), "\n")+"\n", "\n")
		head, rows := lines[0], lines[1:len(lines)-1]
		r.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		cut := r.IntN(len(rows) + 1)
		name := strings.TrimSuffix(e.Name(), ".csv")
		for i, part := range [][]string{rows[cut:], rows[:cut]} {
			if err := os.WriteFile(filepath.Join(to, fmt.Sprintf("%s_%d.csv", name, i)), []byte(head+strings.Join(part, "")), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	return to
}

// TestSameWhateverTheWay: the findings of a city hang neither on the order in which its rows came and in which files, nor
// on the number of buckets or workers, nor on how many months were judged together.
func TestSameWhateverTheWay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		seed := rapid.Uint64Range(100, 1<<20).Draw(rt, "seed")
		buckets := rapid.SampledFrom([]int{1, 8}).Draw(rt, "buckets")
		workers := rapid.IntRange(1, 4).Draw(rt, "workers")
		tables := t.TempDir()
		writeWildCity(t, tables, seed, 12)
		one := t.TempDir()
		settleIn(t, one, lake.ImportOptions{Buckets: 4}, tables)
		if _, err := openAuditor(t, one).Run(context.Background(), audit.Options{Workers: 4}); err != nil {
			rt.Fatal(err)
		}
		two := t.TempDir()
		settleIn(t, two, lake.ImportOptions{Buckets: buckets}, shuffled(t, tables, rand.New(rand.NewPCG(seed, 1))))
		a := openAuditor(t, two)
		s, err := a.Lake.Snapshot()
		if err != nil {
			rt.Fatal(err)
		}
		months := s.Months()
		if rapid.Bool().Draw(rt, "latest first") {
			slices.Reverse(months)
		}
		for _, m := range months {
			if _, err := a.Run(context.Background(), audit.Options{From: m, To: m, Workers: workers}); err != nil {
				rt.Fatal(err)
			}
		}
		if x, y := exported(t, one), exported(t, two); x != y {
			rt.Fatalf("seed %d: findings differ at %s", seed, firstDifference(x, y))
		}
		// Nothing is left to do, and doing all of it again changes nothing.
		rep, err := a.Run(context.Background(), audit.Options{})
		if err != nil || len(rep.Months) != 0 {
			rt.Fatalf("months left %v, %v", rep.Months, err)
		}
	})
}

// TestRulesOneByOne: a card audited alone says what it says among all.
func TestRulesOneByOne(t *testing.T) {
	t.Parallel()
	tables := t.TempDir()
	writeWildCity(t, tables, 21, 20)
	whole, alone := t.TempDir(), t.TempDir()
	for _, d := range []string{whole, alone} {
		settleIn(t, d, lake.ImportOptions{Buckets: 1}, tables)
	}
	if _, err := openAuditor(t, whole).Run(context.Background(), audit.Options{}); err != nil {
		t.Fatal(err)
	}
	var rules []string
	for _, r := range storedRows(t, whole) {
		if !slices.Contains(rules, r.RuleID) {
			rules = append(rules, r.RuleID)
		}
	}
	a := openAuditor(t, alone)
	for i, r := range rules {
		if i%8 != 0 && !slices.Contains([]string{"B021", "A028", "G001", "G002", "D002", "G006", "D003", "H003"}, r) {
			continue
		}
		if _, err := a.Run(context.Background(), audit.Options{Rules: []string{r}}); err != nil {
			t.Fatal(err)
		}
		got := told(only(storedRows(t, alone), r))
		if want := told(only(storedRows(t, whole), r)); !slices.Equal(got, want) {
			t.Errorf("%s alone: %d findings, among all %d:\n%s", r, len(got), len(want), firstDifference(strings.Join(got, "\n"), strings.Join(want, "\n")))
		}
	}
}

func only(rows []audit.Row, rule string) []audit.Row {
	return slices.DeleteFunc(slices.Clone(rows), func(r audit.Row) bool { return r.RuleID != rule })
}

// stream turns the tables of a folder into the input of the streamed audit: reference tables first, then person by person.
func stream(t testing.TB, from string) string {
	t.Helper()
	var refs, heads strings.Builder
	person := map[string]*strings.Builder{}
	owner := map[string]string{} // of a visit
	es, err := os.ReadDir(from)
	if err != nil {
		t.Fatal(err)
	}
	read := func(name string) [][]string {
		data, err := os.ReadFile(filepath.Join(from, name+".csv"))
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	column := func(head []string, name string) int { return slices.Index(head, name) }
	if visits := read("visit"); true {
		for _, r := range visits[1:] {
			owner[r[column(visits[0], "mdtrt_id")]] = r[column(visits[0], "psn_no")]
		}
	}
	for _, e := range es {
		name := strings.TrimSuffix(e.Name(), ".csv")
		rows := read(name)
		fmt.Fprintf(&heads, "#table\t%s\t%s\n", name, strings.Join(rows[0], "\t"))
		p, m := column(rows[0], "psn_no"), column(rows[0], "mdtrt_id")
		for _, r := range rows[1:] {
			to := &refs
			who := ""
			if p >= 0 {
				who = r[p]
			} else if m >= 0 {
				who = owner[r[m]]
			}
			if who != "" {
				if to = person[who]; to == nil {
					to = &strings.Builder{}
					person[who] = to
				}
			} else if m >= 0 {
				continue
			}
			for i, v := range r {
				if v == "" {
					r[i] = `\N`
				}
			}
			fmt.Fprintf(to, "%s\t%s\n", name, strings.Join(r, "\t"))
		}
	}
	out := heads.String() + refs.String()
	var who []string
	for p := range person {
		who = append(who, p)
	}
	slices.Sort(who)
	for _, p := range who { // a row that names the person first
		lines := strings.SplitAfter(person[p].String(), "\n")
		slices.SortStableFunc(lines, func(a, b string) int {
			rank := func(s string) int {
				return map[bool]int{true: 0, false: 1}[strings.HasPrefix(s, "visit\t") || strings.HasPrefix(s, "fee\t")]
			}
			return rank(a) - rank(b)
		})
		out += strings.Join(lines, "")
	}
	return out
}

// tame writes a wild city without what only a lake can put right: united persons, rows sent twice, corrections.
func tame(t *testing.T, dir string, seed uint64, persons int) {
	t.Helper()
	writeWildCity(t, dir, seed, persons)
	os.Remove(filepath.Join(dir, "person_link.csv"))
	for _, table := range []string{"fee", "settlement", "visit"} {
		path := filepath.Join(dir, table+".csv")
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		key := slices.Index(rows[0], map[string]string{"fee": "feedetl_sn", "settlement": "setl_id", "visit": "mdtrt_id"}[table])
		seen := map[string]bool{}
		rows = slices.DeleteFunc(rows, func(r []string) bool {
			dup := seen[r[key]]
			seen[r[key]] = true
			return dup
		})
		var b strings.Builder
		csv.NewWriter(&b).WriteAll(rows)
		if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestStreamSaysTheSame: the audit as a pure function finds what the audit of a lake finds in the same rows.
func TestStreamSaysTheSame(t *testing.T) {
	t.Parallel()
	tables, dir := t.TempDir(), t.TempDir()
	tame(t, tables, 31, 30)
	settleIn(t, dir, lake.ImportOptions{Buckets: 1}, tables)
	a := openAuditor(t, dir)
	if _, err := a.Run(context.Background(), audit.Options{}); err != nil {
		t.Fatal(err)
	}
	in := stream(t, tables)
	var out, again, b021 bytes.Buffer
	for w, rules := range map[*bytes.Buffer][]string{&out: nil, &again: nil, &b021: {"B021"}} {
		if err := audit.Stream(strings.NewReader(in), w, a.Library, a.Base, rule.Options{}, rules); err != nil {
			t.Fatal(err)
		}
	}
	if out.String() != again.String() {
		t.Error("two runs over one stream differ")
	}
	rows, err := csv.NewReader(&out).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if strings.Join(rows[0], ",") != contractColumns {
		t.Errorf("header %v", rows[0])
	}
	var got, want, gotOne, wantOne []string
	say := func(rule, mdtrt, sn, typ, vola string) string {
		return strings.Join([]string{rule, mdtrt, sn, typ, vola}, " ")
	}
	for _, r := range rows[1:] {
		got = append(got, say(r[2], r[10], r[12], r[13], r[14]))
	}
	one, err := csv.NewReader(&b021).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range one[1:] {
		gotOne = append(gotOne, say(r[2], r[10], r[12], r[13], r[14]))
	}
	books := a.Library.BookCards() // they need all persons' rows
	for _, r := range storedRows(t, dir) {
		if slices.Contains(books, r.RuleID) {
			continue
		}
		s := say(r.RuleID, r.Mdtrt, r.Sn, fmt.Sprint(r.Type), r.Vola.String())
		want = append(want, s)
		if r.RuleID == "B021" {
			wantOne = append(wantOne, s)
		}
	}
	for name, x := range map[string][2][]string{"all": {got, want}, "B021": {gotOne, wantOne}} {
		slices.Sort(x[0])
		slices.Sort(x[1])
		if !slices.Equal(x[0], x[1]) {
			t.Errorf("%s: %d rows of the stream, %d of the lake\n%s", name, len(x[0]), len(x[1]), strings.Join(minus(x[0], x[1], 20), "\n"))
		}
	}
}

// minus lists what only one side has.
func minus(a, b []string, n int) (out []string) {
	for _, s := range a {
		if !slices.Contains(b, s) {
			out = append(out, "stream only: "+s)
		}
	}
	for _, s := range b {
		if !slices.Contains(a, s) {
			out = append(out, "lake only: "+s)
		}
	}
	return out[:min(len(out), n)]
}

// TestStreamErrors: what cannot be read is named by its line.
func TestStreamErrors(t *testing.T) {
	t.Parallel()
	lib := shipped(t)
	w := newTown(t)
	const head = "#table\tperson\tpsn_no\tgend\tbrdy\n"
	for in, want := range map[string]string{
		"fee\tx\n":                           "第 1 行：表 \"fee\" 之前没有 #table",
		"#table\tnothing\ta\n":               "第 1 行：没有名为 \"nothing\" 的表",
		"#table\tfee\tpsn_no\tnix\n":         "第 1 行：表 fee 没有列 \"nix\"",
		head + "\nperson\tP1\t1\n":           "第 3 行：表 person 应有 3 个值，实有 2 个",
		head + "person\tP1\t1\t1980-13-01\n": "第 2 行：",
		"#table\tdiagnosis\tmdtrt_id\tdiag_code\ndiagnosis\tm1\tA00\n":                                                                                                              "第 2 行：表 diagnosis 的这一行没有 psn_no",
		head + "person\tP1\t1\t1980-01-01\nperson\tP2\t1\t1980-01-01\nperson\tP1\t1\t1981-01-01\n":                                                                                  "第 4 行：人员 P1 的行没有排在一起",
		head + "#table\tinstitution\tfixmedins_code\tfixmedins_name\tfixmedins_type\tadmdvs\nperson\tP1\t1\t1980-01-01\nperson\tP2\t1\t1980-01-01\ninstitution\tH1\tx\t1\t990101\n": "第 5 行：参考表 institution 应在第一个人之前",
	} {
		var out bytes.Buffer
		err := audit.Stream(strings.NewReader(in), &out, lib, w.open().Base, rule.Options{}, nil)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", in, err, want)
		}
	}
	var out bytes.Buffer
	if err := audit.Stream(strings.NewReader(""), &out, lib, w.open().Base, rule.Options{}, nil); err != nil || out.String() != contractColumns+"\n" {
		t.Errorf("nothing in: %q, %v", out.String(), err)
	}
}
