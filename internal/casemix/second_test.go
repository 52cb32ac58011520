package casemix_test

import (
	"compress/gzip"
	"encoding/csv"
	"io"
	"io/fs"
	"strconv"
	"strings"
	"testing"
)

// A second opinion on grouping, written from the description of the algorithm and from nothing of the grouper: it takes a row
// of a list as text and says which row must come out. Nothing is compiled; every question is asked of a table of strings.

type second struct {
	mdc, adrg, drg       []map[string]string
	main, lists, site    map[string]map[string]bool // by MDC, by ADRG and list, by site
	valid                map[string]bool
	mcc, cc, cce         map[string]string
	of                   map[string][]map[string]string // ADRGs of an MDC, DRGs of an ADRG
	anyProc, anyDx, qyOn bool
	withWeight           bool
}

func tableOf(t testing.TB, fsys fs.FS, name string) []map[string]string {
	t.Helper()
	var in io.Reader
	f, err := fsys.Open(name + ".csv")
	if err != nil {
		if f, err = fsys.Open(name + ".csv.gz"); err != nil {
			t.Fatal(err)
		}
		if in, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	} else {
		in = f
	}
	defer f.Close()
	rows, err := csv.NewReader(in).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, r := range rows[1:] {
		m := map[string]string{}
		for i, c := range r {
			m[rows[0][i]] = c
		}
		out = append(out, m)
	}
	return out
}

func openSecond(t testing.TB, fsys fs.FS) *second {
	s := &second{main: map[string]map[string]bool{}, lists: map[string]map[string]bool{}, site: map[string]map[string]bool{}, valid: map[string]bool{},
		mcc: map[string]string{}, cc: map[string]string{}, cce: map[string]string{}, of: map[string][]map[string]string{}, withWeight: true}
	put := func(m map[string]map[string]bool, k, v string) {
		if m[k] == nil {
			m[k] = map[string]bool{}
		}
		m[k][strings.ToUpper(v)] = true
	}
	s.mdc, s.adrg, s.drg = tableOf(t, fsys, "mdc"), tableOf(t, fsys, "adrg"), tableOf(t, fsys, "drg")
	for _, r := range s.adrg {
		s.of[r["mdc"]] = append(s.of[r["mdc"]], r)
	}
	for _, r := range s.drg {
		s.of[r["adrg"]] = append(s.of[r["adrg"]], r)
	}
	for _, r := range tableOf(t, fsys, "mdc_main_dx") {
		put(s.main, r["mdc"], r["icd10"])
		if r["mdcz_site"] != "" {
			put(s.site, r["mdcz_site"], r["icd10"])
		}
	}
	for _, r := range tableOf(t, fsys, "adrg_codes") {
		put(s.lists, r["adrg"]+" "+r["list"], r["code"])
	}
	for k, set := range s.lists { // a code counts for the first proc_group that has it
		for n := 1; strings.HasSuffix(k, "proc_group"+strconv.Itoa(n)) || n < 9; n++ {
			first := k[:strings.IndexByte(k, ' ')] + " proc_group" + strconv.Itoa(n)
			if !strings.Contains(k, "proc_group") || first >= k {
				break
			}
			for c := range s.lists[first] {
				delete(set, c)
			}
		}
	}
	for _, r := range tableOf(t, fsys, "valid_proc") {
		s.valid[strings.ToUpper(r["icd9cm3"])] = true
	}
	for name, m := range map[string]map[string]string{"mcc": s.mcc, "cc": s.cc, "cce": s.cce} {
		for _, r := range tableOf(t, fsys, name) {
			m[strings.ToUpper(r["icd10"]+r["principal_icd10"])] = r["exclusion_table"]
		}
	}
	return s
}

// listed: the code itself, or a prefix written with %.
func listed(set map[string]bool, code string) bool {
	for n := len(code); n > 0; n-- {
		if set[code[:n]+"%"] {
			return true
		}
	}
	return set[code]
}

func tabled(m map[string]string, code string) string {
	if t := m[code]; t != "" {
		return t
	}
	for n := len(code); n > 0; n-- {
		if t := m[code[:n]+"%"]; t != "" {
			return t
		}
	}
	return ""
}

// plainRow is a case as text, by the reference's column names.
type plainRow map[string]string

// outcome of a row: status, MDC, ADRG, DRG.
func (s *second) outcome(r plainRow) [4]string {
	if code := s.wrong(r); code != "" {
		return [4]string{"数据错误:" + code, "0000", "00", "0000"}
	}
	c := &secondCase{s: s, sex: r["gender"], age: atoi(r["age"]), days: 1 << 20, grams: -1}
	if c.age == 0 {
		c.days = atoi(r["age_days"])
	}
	if r["weight_g"] != "" {
		c.grams = atoi(r["weight_g"])
	}
	c.dx, c.proc = cellCodes(r["dx"]), cellCodes(r["proc"])
	for _, m := range s.mdc {
		if !c.enters(m) {
			continue
		}
		qy := (s.qyOn || m["qy_enabled"] == "1") && len(s.main[m["mdc"]]) > 0 && c.anyProc(s.valid)
		for _, a := range s.of[m["mdc"]] {
			if qy && a["is_surgical_or_op"] != "1" {
				break
			}
			if !c.holds(a) {
				continue
			}
			return c.severity(m["mdc"], a["adrg"])
		}
		if qy {
			q := m["mdc"][3:] + "QY"
			return [4]string{"分组成功", m["mdc"], q, q}
		}
	}
	return [4]string{"无法入组", "0000", "00", "0000"}
}

// wrong names what must be told of a row that may not be grouped; "" = nothing.
func (s *second) wrong(r plainRow) string {
	age, err := strconv.Atoi(r["age"])
	switch dx, proc := r["dx"], r["proc"]; {
	case dx == "" || strings.TrimSpace(strings.Split(dx, "|")[0]) == "":
		return "PDX_EMPTY"
	case strings.HasPrefix(proc, "|") && strings.Trim(proc, "|") != "":
		return "PPROC_EMPTY"
	case r["gender"] != "1" && r["gender"] != "2":
		return "SEX"
	case r["age"] == "":
		return "AGE_EMPTY"
	case err != nil || age < 0 || age > 130:
		return "AGE"
	case age == 0 && r["age_days"] == "":
		return "AGE_DAYS_EMPTY"
	case age == 0 && atoi(r["age_days"]) > 366:
		return "AGE_DAYS"
	case age == 0 && s.withWeight && r["weight_g"] == "" && atoi(r["age_days"]) <= 28:
		return "WEIGHT_EMPTY"
	}
	return ""
}

func cellCodes(cell string) []string {
	var out []string
	for _, c := range strings.Split(cell, "|") {
		if c = strings.ToUpper(strings.TrimSpace(c)); c != "" {
			out = append(out, c)
		}
	}
	return out
}

func atoi(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

type secondCase struct {
	s                *second
	sex              string
	age, days, grams int
	dx, proc         []string
}

func (c *secondCase) anyProc(set map[string]bool) bool {
	for _, p := range c.proc {
		if listed(set, p) {
			return true
		}
	}
	return false
}

func (c *secondCase) anyDx(set map[string]bool) bool {
	for _, d := range c.dx {
		if listed(set, d) {
			return true
		}
	}
	return false
}

func (c *secondCase) mainProc(set map[string]bool) bool {
	if c.s.anyProc {
		return c.anyProc(set)
	}
	return len(c.proc) > 0 && listed(set, c.proc[0])
}

func (c *secondCase) enters(m map[string]string) bool {
	code, rule, main := m["mdc"], m["entry_rule"], c.s.main[m["mdc"]]
	if strings.Contains(rule, "存在手术") {
		return c.mainProc(c.s.valid)
	}
	if c.s.anyDx && (code == "MDCY" || code == "MDCZ") {
		if !c.anyDx(main) {
			return false
		}
	} else if !listed(main, c.dx[0]) {
		return false
	}
	sites := 0
	for _, set := range c.s.site {
		if c.anyDx(set) {
			sites++
		}
	}
	return !(strings.Contains(rule, "婴儿") && c.age > 0 || strings.Contains(rule, "男性") && c.sex != "1" || strings.Contains(rule, "女性") && c.sex != "2" ||
		strings.Contains(rule, "多诊断") && sites < 2)
}

// holds decides a condition by taking it apart from the outside: OR, then AND, then parentheses, NOT and the single question.
func (c *secondCase) holds(a map[string]string) bool { return c.condition(a, a["condition"]) }

func (c *secondCase) condition(a map[string]string, text string) bool {
	text = strings.TrimSpace(text)
	for _, word := range []string{" OR ", " AND "} {
		depth := 0
		for i := range text {
			switch {
			case text[i] == '(':
				depth++
			case text[i] == ')':
				depth--
			case depth == 0 && strings.HasPrefix(text[i:], word):
				left, right := c.condition(a, text[:i]), c.condition(a, text[i+len(word):])
				if word == " OR " {
					return left || right
				}
				return left && right
			}
		}
	}
	if rest, ok := strings.CutPrefix(text, "NOT "); ok {
		return !c.condition(a, rest)
	}
	if strings.HasPrefix(text, "(") {
		return c.condition(a, text[1:len(text)-1])
	}
	if text == "ALWAYS" {
		return true
	}
	if who, list, ok := strings.Cut(text, "∈"); ok {
		set := c.s.lists[a["adrg"]+" "+list]
		switch list {
		case "valid_proc":
			set = c.s.valid
		case "main":
			set = c.s.main[a["mdc"]]
		}
		switch who {
		case "PDX":
			return listed(set, c.dx[0])
		case "ANYDX":
			return c.anyDx(set)
		case "PPROC":
			return c.mainProc(set)
		}
		return c.anyProc(set)
	}
	for _, op := range []string{"<=", ">=", "<", ">"} {
		who, bound, ok := strings.Cut(text, op)
		if !ok {
			continue
		}
		x, n := c.days, atoi(bound)
		if who == "WEIGHT_G" {
			x = c.grams
		}
		return op[0] == '<' && x < n || op[0] == '>' && x > n || len(op) == 2 && x == n
	}
	panic("condition " + text)
}

func (c *secondCase) severity(mdc, adrg string) [4]string {
	counts := func(table map[string]string) bool {
		for _, d := range c.dx[1:] {
			t, x := tabled(table, d), tabled(c.s.cce, c.dx[0])
			if t == "" || d == c.dx[0] {
				continue
			}
			if t == "999" || t == "无" || t != x {
				return true
			}
		}
		return false
	}
	mcc, cc := counts(c.s.mcc), counts(c.s.cc)
	for _, g := range c.s.of[adrg] {
		if n := g["severity"]; n == "ANY" || n == "MCC" && mcc || n == "MCC_OR_CC" && (mcc || cc) {
			return [4]string{"分组成功", mdc, adrg, g["drg"]}
		}
	}
	return [4]string{"无法入组", "0000", "00", "0000"}
}
