package dip_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io/fs"
	"math/big"
	"math/rand/v2"
	"os"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/mingjian/mingjian/internal/casemix"
	"github.com/mingjian/mingjian/internal/casemix/dip"
	"github.com/mingjian/mingjian/internal/casemix/pay"
)

// A second opinion on DIP, written from the description of the method and from nothing of the grouper: rows stay text, every question is
// asked of all of them, and the choice between several rows is one list of numbers compared in order.

type second struct {
	rows, procs, aux, cc        []map[string]string
	commaAll, mainFirst, factor bool
	low, high, cap              *big.Rat
	hospitals                   map[string]*big.Rat
}

func readText(t testing.TB, fsys fs.FS, name string) []map[string]string {
	t.Helper()
	b, err := fs.ReadFile(fsys, name+".csv")
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, r := range rows[1:] {
		m := map[string]string{}
		for i, c := range r {
			m[rows[0][i]] = strings.TrimSpace(c)
		}
		out = append(out, m)
	}
	return out
}

func rat(s string) *big.Rat {
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		panic("not a number: " + s)
	}
	return r
}

// weight of a class of procedures: conservative, diagnostic, therapeutic, surgery.
func weight(class string) int {
	return map[string]int{"": 0, "保守治疗": 0, "诊断性操作": 1, "治疗性操作": 2, "介入治疗": 2, "相关手术": 3}[class]
}

func (s *second) proc(code string) (class int, level string) {
	for _, p := range s.procs {
		if p["code"] == code {
			return weight(p["class"]), p["level"]
		}
	}
	return 0, ""
}

// terms of an expression: each is a set of which one procedure is needed.
func (s *second) terms(expr string) [][]string {
	if expr == "" {
		return nil
	}
	if s.commaAll {
		expr = strings.ReplaceAll(expr, ",", "+")
	}
	var out [][]string
	for _, t := range strings.Split(strings.ReplaceAll(expr, ",", "/"), "+") {
		out = append(out, strings.Split(strings.Trim(t, "()"), "/"))
	}
	return out
}

// matched procedures of an expression; ok when every term has one.
func matched(terms [][]string, procs []string) (hit map[string]bool, ok bool) {
	hit = map[string]bool{}
	for _, term := range terms {
		any := false
		for _, p := range procs {
			if slices.Contains(term, p) {
				hit[p], any = true, true
			}
		}
		if !any {
			return nil, false
		}
	}
	return hit, true
}

func (s *second) rowClass(r map[string]string) int {
	if r["class"] != "" {
		return weight(r["class"])
	}
	top := 0
	for _, t := range s.terms(r["proc"]) {
		for _, code := range t {
			c, _ := s.proc(code)
			top = max(top, c)
		}
	}
	return top
}

// order of types, the first preferred.
var order = []string{"核心3", "基层3", "核心2", "基层2", "核心1", "基层1", "综合3", "综合2", "综合1", "核心0", "基层0", "综合0"}

func (s *second) group(k *dip.Case) (code, score string) {
	dx, procs := k.Dx[0], []string{}
	for _, p := range k.Proc {
		if !slices.Contains(procs, p) {
			procs = append(procs, p)
		}
	}
	top := 0
	for _, p := range procs {
		c, _ := s.proc(p)
		top = max(top, c)
	}
	var fits []map[string]string
	own := func(r map[string]string) bool {
		return (r["kind"] == "核心" || r["kind"] == "基层") && r["dx"] == dx[:min(5, len(dx))]
	}
	for _, r := range s.rows {
		if _, ok := matched(s.terms(r["proc"]), procs); own(r) && r["proc"] != "" && ok {
			fits = append(fits, r)
		}
	}
	if len(fits) == 0 && top == 0 {
		for _, r := range s.rows {
			if own(r) && r["proc"] == "" {
				fits = append(fits, r)
			}
		}
	}
	for n := 3; n >= 0 && len(fits) == 0; n-- {
		fits = s.wide(dx, n, top, procs)
	}
	if len(fits) == 0 {
		for _, r := range s.rows {
			if r["kind"] == "空白" {
				fits = append(fits, r)
			}
		}
	}
	if len(fits) == 0 {
		return "", ""
	}
	sort.SliceStable(fits, func(a, b int) bool { return slices.Compare(s.rank(fits[a], procs, k), s.rank(fits[b], procs, k)) < 0 })
	row := fits[0]
	x := new(big.Rat).Mul(rat(row["score"]), s.coefficient(row["code"], dx, k))
	x.Mul(x, s.deviation(row, k))
	return row["code"], pay.Decimal(pay.Round(x.Mul(x, rat("1000000")))).String()
}

// wide are the comprehensive rows for the first n characters, or for chapters.
func (s *second) wide(dx string, n, top int, procs []string) (out []map[string]string) {
	level := ""
	for _, p := range procs {
		if c, l := s.proc(p); c == top && l > level {
			level = l
		}
	}
	for _, r := range s.rows {
		if r["kind"] != "综合" || s.rowClass(r) != top || (r["level"] != "" && (level == "" || !strings.Contains(r["level"], level))) {
			continue
		}
		from, to, chapter := strings.Cut(r["dx"], "-")
		if (n > 0 && !chapter && r["dx"] == dx[:n]) || (n == 0 && chapter && from <= dx[:3] && dx[:3] <= to) {
			out = append(out, r)
		}
	}
	return out
}

// rank of a row: smaller is better at the first number that differs.
func (s *second) rank(r map[string]string, procs []string, k *dip.Case) []int {
	terms := s.terms(r["proc"])
	hit, _ := matched(terms, procs)
	main := 1
	if len(procs) > 0 && hit[procs[0]] {
		main = 0
	}
	if !s.mainFirst {
		main = 0
	}
	far := 1 << 60
	if r["mean_cost"] != "" && r["mean_cost"] != "0" {
		mean := fen(r["mean_cost"])
		far = max(int(k.Cost)-mean, mean-int(k.Cost))
	}
	kind := slices.Index(order, r["kind"]+strconv.Itoa(s.rowClass(r)))
	if kind < 0 {
		kind = len(order)
	}
	out := []int{main, -len(terms), -len(hit), far, kind}
	for _, b := range []byte(r["code"]) {
		out = append(out, int(b))
	}
	return out
}

func fen(yuan string) int {
	f := new(big.Rat).Mul(rat(yuan), big.NewRat(100, 1))
	return int(f.Num().Int64())
}

func (s *second) coefficient(row, dx string, k *dip.Case) *big.Rat {
	grades := []string{}
	switch age, days := int(k.Age), int(k.AgeDays); {
	case age == 0 && days >= 0 && days <= 28:
		grades = append(grades, "年龄 0-28天")
	case age == 0:
		grades = append(grades, "年龄 29天-1岁")
	case age <= 6:
		grades = append(grades, "年龄 1-6岁")
	case age <= 17:
		grades = append(grades, "年龄 7-17岁")
	case age > 65:
		grades = append(grades, "年龄 66岁以上")
	}
	worst := ""
	for _, d := range k.Dx[1:] {
		for _, x := range s.cc {
			if x["code"] != d || d == dx || prefixed(dx, x["exclude"]) || (x["include"] != "" && !prefixed(dx, x["include"])) {
				continue
			}
			if x["level"] == "MCC" || worst == "" {
				worst = x["level"]
			}
		}
	}
	severe := map[string]string{"MCC": "III", "CC": "II"}[worst]
	if severe == "" {
		severe = "I-B"
		if k.LOS <= 3 {
			severe = "I-A"
		}
	}
	if k.Discharge == 5 {
		severe = "IV-B"
		if k.LOS <= 3 {
			severe = "IV-A"
		}
	}
	grades = append(grades, "严重程度 "+severe)
	if dx[0] == 'C' || strings.HasPrefix(dx, "Z51") {
		for _, d := range k.Dx {
			if strings.HasPrefix(d, "C77") || strings.HasPrefix(d, "C78") || strings.HasPrefix(d, "C79") {
				grades = append(grades, "肿瘤 转移")
			}
		}
		for _, p := range k.Proc {
			if strings.HasPrefix(p, "92.2") {
				grades = append(grades, "肿瘤 放疗")
			}
			if strings.HasPrefix(p, "99.25") {
				grades = append(grades, "肿瘤 化疗")
			}
		}
	}
	for _, of := range []string{row, ""} {
		var best *big.Rat
		for _, a := range s.aux {
			if a["code"] == of && slices.Contains(grades, a["kind"]+" "+a["grade"]) && (best == nil || rat(a["coefficient"]).Cmp(best) > 0) {
				best = rat(a["coefficient"])
			}
		}
		if best != nil {
			return best
		}
	}
	return big.NewRat(1, 1)
}

func prefixed(code, list string) bool {
	return list != "" && slices.ContainsFunc(strings.Split(list, ";"), func(p string) bool { return strings.HasPrefix(code, p) })
}

func (s *second) deviation(row map[string]string, k *dip.Case) *big.Rat {
	one := big.NewRat(1, 1)
	if row["mean_cost"] == "" || k.Cost <= 0 {
		return one
	}
	q := big.NewRat(int64(k.Cost), int64(fen(row["mean_cost"])))
	switch {
	case q.Cmp(s.low) < 0:
		return q
	case q.Cmp(s.high) <= 0:
		return one
	}
	if s.cap.Sign() > 0 && q.Cmp(s.cap) > 0 {
		q = s.cap
	}
	back := one
	if s.factor {
		for _, key := range []string{k.Level, k.Inst} { // the institution's own goes before its level's
			if f := s.hospitals[key]; f != nil {
				back = f
			}
		}
	}
	return new(big.Rat).Add(new(big.Rat).Sub(q, s.high), back)
}

// invented makes a catalogue at random, small enough that rows compete: equal means, several expressions, levels, chapters.
func invented(r *rand.Rand) fstest.MapFS {
	dxs, codes := []string{"K80.1", "K80.2", "C34.1", "J18.9", "Z51.1"}, []string{"51.2300", "51.4100", "51.8400", "45.1300", "54.1100", "92.2400", "99.2501"}
	any := func(of []string) string { return of[r.IntN(len(of))] }
	var rows, aux strings.Builder
	rows.WriteString("code,name,kind,dx,proc,class,level,score,mean_cost\n")
	expr := func() string {
		return any([]string{"", any(codes), any(codes) + "/" + any(codes), any(codes) + "+" + any(codes), any(codes) + "/" + any(codes) + "+" + any(codes), `"` + any(codes) + "," + any(codes) + `"`})
	}
	for i := range 26 {
		mean := any([]string{"", "6000.00", "9000.00", "9000.00", strconv.Itoa(1000 * (1 + r.IntN(20)))})
		fmt.Fprintf(&rows, "R%02d,,%s,%s,%s,,,%d,%s\n", i, any([]string{"核心", "核心", "基层"}), any(dxs), expr(), 20+r.IntN(300), mean)
	}
	for i := range 14 {
		fmt.Fprintf(&rows, "Z%02d,,综合,%s,,%s,%s,%d,%s\n", i, any([]string{"K80", "K8", "C3", "J", "A00-B99", "K00-K93", "C00-D48"}), any([]string{"", "相关手术", "相关手术", "治疗性操作", "诊断性操作"}),
			any([]string{"", "", "12", "34"}), 20+r.IntN(300), any([]string{"", "8000.00"}))
	}
	if r.IntN(2) == 0 {
		rows.WriteString("KB,,空白,,,,,40,4000.00\n")
	}
	aux.WriteString("code,kind,grade,coefficient\n")
	for _, g := range []string{"年龄,0-28天", "年龄,29天-1岁", "年龄,1-6岁", "年龄,66岁以上", "严重程度,IV-A", "严重程度,IV-B", "严重程度,III", "严重程度,II", "严重程度,I-A", "肿瘤,转移", "肿瘤,放疗", "肿瘤,化疗"} {
		if r.IntN(3) > 0 {
			fmt.Fprintf(&aux, "%s,%s,%d.%d\n", any([]string{"", "", "R01", "R02", "Z01"}), g, r.IntN(2), 1+r.IntN(9))
		}
	}
	procs := "code,class,level\n51.2300,相关手术,3\n51.4100,相关手术,4\n51.8400,介入治疗,3\n45.1300,诊断性操作,1\n54.1100,相关手术,2\n92.2400,治疗性操作,\n"
	settings := fmt.Sprintf("id: t\nmain_first: %v\ncomma_all: %v\ndeviation: {low: 0.5, high: 2, cap: %d, hospital_factor: %v}\nhospitals: {H1: 1.1, \"2\": 0.9}\n", r.IntN(2) == 0, r.IntN(2) == 0, 5*r.IntN(2), r.IntN(2) == 0)
	f := fstest.MapFS{}
	for name, text := range map[string]string{"dip.yaml": settings, "procedures.csv": procs, "catalogue.csv": rows.String(), "auxiliary.csv": aux.String(),
		"complications.csv": "code,level,include,exclude\nA41.900,MCC,,\nE11.900,CC,,E1\nI10.X00,CC,K,K80.2\nI10.X00,MCC,J,\n"} {
		f[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return f
}

func openSecond(t testing.TB, fsys fs.FS) *second {
	t.Helper()
	b, err := fs.ReadFile(fsys, "dip.yaml")
	if err != nil {
		t.Fatal(err)
	}
	has := func(w string) bool { return strings.Contains(string(b), w) }
	s := &second{rows: readText(t, fsys, "catalogue"), procs: readText(t, fsys, "procedures"), aux: readText(t, fsys, "auxiliary"), cc: readText(t, fsys, "complications"),
		commaAll: has("comma_all: true"), mainFirst: has("main_first: true"), factor: has("hospital_factor: true"), low: rat("0.5"), high: rat("2"), cap: new(big.Rat),
		hospitals: map[string]*big.Rat{"H1": rat("1.1"), "2": rat("0.9")}}
	if has("cap: 5") {
		s.cap = rat("5")
	}
	return s
}

// The grouper and the second opinion agree on row and score, to the last digit, of random cases over random catalogues and the shipped one.
func TestSecondOpinion(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(8, 20))
	rows, grouped, outside := map[string]bool{}, 0, 0
	try := func(name string, fsys fs.FS, dxs, procs []string, cases int) {
		c, err := dip.Load(fsys)
		if err != nil {
			t.Fatal(err)
		}
		s := openSecond(t, fsys)
		any := func(of []string) string { return of[r.IntN(len(of))] }
		for range cases {
			k := &dip.Case{Case: casemix.Case{Sex: 1, Age: int32([]int{0, 3, 6, 7, 17, 18, 40, 65, 66, 80}[r.IntN(10)]), AgeDays: casemix.None, Weight: casemix.None, LOS: int32(1 + r.IntN(8)),
				ICUHours: casemix.None, Discharge: int8([]int{1, 1, 1, 2, 5}[r.IntN(5)]), Dx: []string{any(dxs)}}, Cost: pay.Fen(r.IntN(6_000_000)), Inst: any([]string{"H0", "H1"}), Level: any([]string{"1", "2"})}
			if r.IntN(4) == 0 { // money at the bounds
				k.Cost = pay.Fen(100_000 * (1 + r.IntN(60)))
			}
			if k.Age == 0 {
				k.AgeDays, k.Weight = int32([]int{0, 28, 29, 200}[r.IntN(4)]), 3200
			}
			for range r.IntN(4) {
				k.Dx = append(k.Dx, any(append([]string{"A41.900", "E11.900", "I10.X00", "C78.000", "C80.x00"}, dxs...)))
			}
			for range r.IntN(4) {
				k.Proc = append(k.Proc, any(procs))
			}
			got := c.Group(k)
			if got.Problem != nil {
				t.Fatalf("%s: %+v: %s", name, k, got.Problem.Text)
			}
			code, score := "", ""
			if got.Row != nil {
				code, score = got.Row.Code, got.Score.String()
				rows[name+code] = true
				grouped++
			} else {
				outside++
			}
			if wantCode, wantScore := s.group(k); code != wantCode || score != wantScore {
				t.Fatalf("%s: %+v\nis %s %s, the second opinion says %s %s\n%s", name, *k, code, score, wantCode, wantScore, strings.Join(got.Trace, "\n"))
			}
		}
	}
	dxs := []string{"K80.101", "K80.201", "K80.301", "K83.100", "C34.101", "C34.900", "J18.900", "Z51.100", "B20.900", "M51.200"}
	for n := range 60 {
		try("invented "+strconv.Itoa(n)+" ", invented(r), dxs, []string{"51.2300", "51.4100", "51.8400", "45.1300", "54.1100", "92.2400", "99.2501", "38.9300"}, 400)
	}
	shipped := os.DirFS("sample")
	var mains, procs []string
	for _, m := range readText(t, shipped, "catalogue") {
		if len(m["dx"]) == 5 && m["dx"][3] == '.' {
			mains = append(mains, m["dx"]+"00")
		}
	}
	for _, m := range readText(t, shipped, "procedures") {
		procs = append(procs, m["code"])
	}
	try("sample ", shipped, append(mains, dxs...), procs, 4000)
	if len(rows) < 600 || outside == 0 || grouped < 10_000 {
		t.Errorf("%d rows reached, %d grouped, %d outside: too little was compared", len(rows), grouped, outside)
	}
}
