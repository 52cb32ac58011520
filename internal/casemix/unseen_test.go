package casemix_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/csv"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/mingjian/mingjian/internal/casemix"
	"pgregory.net/rapid"
)

// options under test, as scheme.yaml has them and as the second opinion takes them.
var variants = []struct {
	name, yaml string
	set        func(*second)
}{
	{"缺省", "", func(*second) {}},
	{"任一手术", "procedure: any", func(s *second) { s.anyProc = true }},
	{"任一诊断", "hiv: any, trauma: any", func(s *second) { s.anyDx = true }},
	{"歧义组", "qy: 'on'", func(s *second) { s.qyOn = true }},
	{"全部", "procedure: any, hiv: any, trauma: any, qy: 'on', newborn_weight: used", func(s *second) { s.anyProc, s.anyDx, s.qyOn, s.withWeight = true, true, true, false }},
}

// withOptions is the scheme of the tables with other options.
func withOptions(t testing.TB, tables fs.FS, yaml string) *casemix.Scheme {
	t.Helper()
	out := fstest.MapFS{"scheme.yaml": &fstest.MapFile{Data: []byte("id: t\noptions: {" + yaml + "}\n")}}
	names, err := fs.Glob(tables, "*.csv*")
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range names {
		b, err := fs.ReadFile(tables, n)
		if err != nil {
			t.Fatal(err)
		}
		out[n] = &fstest.MapFile{Data: b}
	}
	s, err := casemix.Load(out)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// maker makes rows of a list out of a scheme's codes.
type maker struct {
	r       *rand.Rand
	targets [][2][]string // diagnosis lists and procedure lists of an ADRG, joined by blanks
	main    map[string][]string
	mdcs    []string
	dx, pr  []string
	pairs   [][2]string // principal diagnosis and a complication that it cancels
	sites   [][]string
}

func newMaker(s *second, seed uint64) *maker {
	m := &maker{r: rand.New(rand.NewPCG(seed, 8)), main: map[string][]string{}}
	codes := func(set map[string]bool) []string {
		var out []string
		for c := range set {
			if p, ok := strings.CutSuffix(c, "%"); ok {
				pad := "A00.900X001"
				if c[0] <= '9' {
					pad = "00.0000"
				}
				c = p + pad[min(len(p), len(pad)):]
			}
			out = append(out, c)
		}
		slices.Sort(out)
		return out
	}
	all := map[string]bool{}
	for _, x := range s.mdc {
		m.mdcs = append(m.mdcs, x["mdc"])
		m.main[x["mdc"]] = codes(s.main[x["mdc"]])
		m.dx = append(m.dx, m.main[x["mdc"]]...)
	}
	for k, set := range s.lists {
		if strings.Contains(k, " proc") {
			for c := range set {
				all[c] = true
			}
		}
	}
	for c := range s.valid {
		all[c] = true
	}
	m.pr = codes(all)
	for _, a := range s.adrg {
		t := [2][]string{}
		for n := range 9 {
			for _, l := range []string{"dx", "proc", "proc_group"} {
				if set := s.lists[fmt.Sprint(a["adrg"], " ", l, n)]; len(set) > 0 {
					k := 0
					if l != "dx" {
						k = 1
					}
					t[k] = append(t[k], strings.Join(codes(set), " "))
				}
			}
		}
		if len(t[0]) == 0 && len(m.main[a["mdc"]]) > 0 {
			t[0] = []string{strings.Join(m.main[a["mdc"]], " ")}
		}
		m.targets = append(m.targets, t)
	}
	by := map[string][]string{}
	for c, t := range s.cce {
		by[t] = append(by[t], c)
	}
	for _, l := range by {
		slices.Sort(l)
	}
	sev := map[string]bool{}
	for _, table := range []map[string]string{s.mcc, s.cc} {
		for c, t := range table {
			sev[c] = true
			if own := by[t]; len(own) > 0 {
				m.pairs = append(m.pairs, [2]string{own[0], c})
			}
		}
	}
	slices.SortFunc(m.pairs, func(x, y [2]string) int { return strings.Compare(x[1]+x[0], y[1]+y[0]) })
	m.pairs = slices.DeleteFunc(m.pairs, func(p [2]string) bool { return strings.Contains(p[0]+p[1], "%") })
	m.dx = append(m.dx, codes(sev)...)
	for _, n := range []string{"头颈部", "胸部", "腹部", "泌尿", "生殖", "躯干脊柱", "上肢", "下肢", "骨盆"} {
		if set := s.site[n]; len(set) > 0 {
			m.sites = append(m.sites, codes(set))
		}
	}
	return m
}

func (m *maker) pick(from []string) string { return from[m.r.IntN(len(from))] }
func (m *maker) one(n int) bool            { return m.r.IntN(n) == 0 }

// row makes one: aimed at an ADRG, at a category, at two trauma sites, at a cancelled complication or at nothing, and then
// now and then spoilt in one of the ways lists are.
func (m *maker) row() plainRow {
	var dx, pr []string
	switch k := m.r.IntN(10); {
	case k < 5:
		t := m.targets[m.r.IntN(len(m.targets))]
		for _, l := range t[0] {
			dx = append(dx, m.pick(strings.Fields(l)))
		}
		for _, l := range t[1] {
			pr = append(pr, m.pick(strings.Fields(l)))
		}
	case k < 7:
		if main := m.main[m.pick(m.mdcs)]; len(main) > 0 {
			dx = append(dx, m.pick(main))
		}
	case k == 7 && len(m.sites) > 1:
		for range 1 + m.r.IntN(3) {
			dx = append(dx, m.pick(m.sites[m.r.IntN(len(m.sites))]))
		}
	case k == 8 && len(m.pairs) > 0:
		p := m.pairs[m.r.IntN(len(m.pairs))]
		dx = append(dx, p[0], p[1])
	}
	for len(dx) == 0 || m.r.IntN(3) > 0 && len(dx) < 9 {
		dx = append(dx, m.pick(m.dx))
	}
	for m.one(2) && len(pr) < 5 {
		pr = append(pr, m.pick(m.pr))
	}
	if m.one(4) {
		m.r.Shuffle(len(pr), func(i, j int) { pr[i], pr[j] = pr[j], pr[i] })
	}
	r := plainRow{"gender": fmt.Sprint(1 + m.r.IntN(2)), "age": fmt.Sprint(1 + m.r.IntN(99)), "los_days": fmt.Sprint(1 + m.r.IntN(70)), "discharge": m.pick([]string{"1", "1", "2", "3", "4", "5", "9", ""}),
		"age_days": "", "weight_g": ""}
	if m.one(6) {
		r["age"], r["age_days"], r["weight_g"] = "0", m.pick([]string{"0", "1", "27", "28", "29", "30", "200", "364", "365"}), m.pick([]string{"600", "999", "1000", "1499", "1500", "1501", "1999", "2000", "2499", "2500", "4100"})
	}
	r["dx"], r["proc"] = strings.Join(dx, "|"), strings.Join(pr, "|")
	if m.one(5) {
		m.spoil(r)
	}
	return r
}

func (m *maker) spoil(r plainRow) {
	switch m.r.IntN(14) {
	case 0:
		r["dx"] = ""
	case 1:
		r["dx"] = "|" + r["dx"]
	case 2:
		r["dx"] += "||"
	case 3:
		r["proc"] = "|" + r["proc"]
	case 4:
		r["proc"] += "|"
	case 5:
		r["gender"] = m.pick([]string{"", "0", "3", "9"})
	case 6:
		r["age"] = m.pick([]string{"", "-1", "131", "x", "1岁"})
	case 7:
		r["age"], r["age_days"] = "0", m.pick([]string{"", "367", "4000"})
	case 8:
		r["age"], r["age_days"], r["weight_g"] = "0", "3", ""
	case 9:
		r["dx"] = strings.ReplaceAll(strings.ToLower(r["dx"]), "|", " | ")
	case 10:
		r["dx"] += "|" + r["dx"] // repeated, the principal one too
	case 11:
		r["dx"] += "|Y98.Y99|ZZZ"
	case 12:
		r["proc"] += "|" + r["proc"]
	case 13:
		r["los_days"], r["discharge"] = "", ""
	}
}

// file writes rows as a list in one of the forms lists come in.
func (m *maker) file(rows []plainRow, gz bool) []byte {
	head := []string{"case_id", "gender", "age", "age_days", "weight_g", "los_days", "discharge", "dx", "proc", "tag", "备注"}
	m.r.Shuffle(len(head), func(i, j int) { head[i], head[j] = head[j], head[i] })
	var b bytes.Buffer
	if m.one(2) {
		b.WriteString("\ufeff")
	}
	w := csv.NewWriter(&b)
	w.UseCRLF = m.one(2)
	w.Write(head)
	for i, r := range rows {
		r["case_id"], r["tag"], r["备注"] = fmt.Sprint("甲-", i), "x,y", m.pick([]string{"", "说\"明", "两\n行", "a|b"})
		var cells []string
		for _, h := range head {
			cells = append(cells, r[h])
		}
		w.Write(cells)
	}
	w.Flush()
	if !gz {
		return b.Bytes()
	}
	var z bytes.Buffer
	zw := gzip.NewWriter(&z)
	zw.Write(b.Bytes())
	zw.Close()
	return z.Bytes()
}

// Lists nobody has seen, with all options and all spoilt forms, come out row by row as the second opinion says.
func TestUnseenLists(t *testing.T) {
	schemes(t, func(t *testing.T, _ *casemix.Scheme, tables fs.FS) {
		p := openSecond(t, tables)
		for i, v := range variants {
			s := withOptions(t, tables, v.yaml)
			q := *p
			v.set(&q)
			m := newMaker(&q, uint64(100+i))
			rows := make([]plainRow, 2_000)
			for n := range rows {
				rows[n] = m.row()
			}
			gz := i%2 == 0
			path := filepath.Join(t.TempDir(), map[bool]string{true: "l.csv.gz", false: "l.csv"}[gz])
			if err := os.WriteFile(path, m.file(rows, gz), 0o600); err != nil {
				t.Fatal(err)
			}
			compareList(t, v.name, s, &q, path, rows)
		}
	})
}

func compareList(t *testing.T, name string, s *casemix.Scheme, q *second, path string, rows []plainRow) {
	t.Helper()
	in, err := casemix.OpenCases(path)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	var out bytes.Buffer
	if _, err := s.Batch(context.Background(), in, &out, true, 2); err != nil {
		t.Fatal(err)
	}
	got, err := csv.NewReader(&out).ReadAll()
	if err != nil || len(got) != len(rows)+1 {
		t.Fatalf("%s: %d rows of %d, %v", name, len(got)-1, len(rows), err)
	}
	bad, seen := 0, map[string]int{}
	for i, r := range rows {
		want, g := q.outcome(r), got[i+1]
		status, _, _ := strings.Cut(want[0], ":")
		seen[status]++
		if g[0] != r["case_id"] || [4]string(g[1:5]) != want || g[5] == "" {
			if bad++; bad < 4 {
				t.Errorf("%s: %v\ngot  %v\nwant %v", name, r, g, want)
			}
		}
	}
	if bad > 0 || seen["分组成功"] == 0 || seen["无法入组"] == 0 || seen["数据错误"] == 0 {
		t.Errorf("%s: %d of %d rows differ; %v", name, bad, len(rows), seen)
	}
}

// Properties: what may not matter does not, and what an exclusion or a sex says holds, on cases that shrink when they fail.
func TestProperties(t *testing.T) {
	schemes(t, func(t *testing.T, s *casemix.Scheme, tables fs.FS) {
		p := openSecond(t, tables)
		m := newMaker(p, 1)
		g := s.NewGrouper()
		kase := func(dx, pr []string, sex, age int) *casemix.Case {
			return &casemix.Case{Sex: int8(sex), Age: int32(age), AgeDays: casemix.None, Weight: casemix.None, LOS: 5, ICUHours: casemix.None, Discharge: 1, Dx: dx, Proc: pr}
		}
		rapid.Check(t, func(t *rapid.T) {
			dx := rapid.SliceOfN(rapid.SampledFrom(m.dx), 1, 7).Draw(t, "dx")
			pr := rapid.SliceOfN(rapid.SampledFrom(m.pr), 0, 4).Draw(t, "proc")
			sex, age := rapid.IntRange(1, 2).Draw(t, "sex"), rapid.IntRange(1, 99).Draw(t, "age")
			was := g.Group(kase(dx, pr, sex, age))
			same := func(what string, r casemix.Result) {
				if r.DRG != was.DRG || r.Status != was.Status {
					t.Fatalf("%s: %s became %s", what, was.DRG, r.DRG)
				}
			}
			rest := rapid.Permutation(dx[1:]).Draw(t, "order")
			same("order of diagnoses", g.Group(kase(append([]string{dx[0]}, rest...), pr, sex, age)))
			if len(pr) > 1 {
				others := rapid.Permutation(pr[1:]).Draw(t, "procedures")
				same("order of procedures", g.Group(kase(dx, append([]string{pr[0]}, others...), sex, age)))
			}
			again := rapid.SampledFrom(dx).Draw(t, "again")
			same("a diagnosis twice", g.Group(kase(append(slices.Clone(dx), again), pr, sex, age)))
			if was.MDC == "MDCM" && sex != 1 || was.MDC == "MDCN" && sex != 2 {
				t.Fatalf("sex %d in %s", sex, was.MDC)
			}
			if was.MDC == "MDCP" {
				t.Fatalf("%d years in MDCP", age)
			}
			if was.MDC != "MDCM" && was.MDC != "MDCN" && !slices.Contains(m.main["MDCM"], dx[0]) && !slices.Contains(m.main["MDCN"], dx[0]) {
				same("sex", g.Group(kase(dx, pr, 3-sex, age)))
			}
			// A complication that the principal diagnosis cancels is as good as none.
			if len(m.pairs) > 0 {
				x := rapid.SampledFrom(m.pairs).Draw(t, "cancelled")
				with, without := g.Group(kase([]string{x[0], x[1]}, pr, sex, age)), g.Group(kase([]string{x[0]}, pr, sex, age))
				if with.ADRG == without.ADRG && with.DRG != without.DRG && !(p.mcc[x[1]] != "" && p.cc[x[1]] != "" && p.mcc[x[1]] != p.cc[x[1]]) {
					t.Fatalf("%v: excluded, and still %s became %s", x, without.DRG, with.DRG)
				}
			}
			// More complications never make a lighter group of the same ADRG.
			more := g.Group(kase(append(slices.Clone(dx), rapid.SampledFrom(m.dx).Draw(t, "more")), pr, sex, age))
			if more.ADRG == was.ADRG && was.Status == casemix.Grouped && more.DRG > was.DRG {
				t.Fatalf("%s fell to %s", was.DRG, more.DRG)
			}
		})
	})
}
