// Package plain is a second grouper for the 1.1 tables, written as simply as it can be: maps of strings, one condition
// after another, nothing compiled. It exists to be compared with: the benchmark requires both to agree on every case and
// tells how much faster the other is. It shares no code with casemix but the form of a case.
package plain

import (
	"compress/gzip"
	"encoding/csv"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"strconv"
	"strings"

	"github.com/mingjian/mingjian/internal/casemix"
)

type set map[string]bool

type group struct{ code, need string }

type test func(c *casemix.Case) bool

type adrg struct {
	code, cond string
	fits       test
	lists      map[string]set
	drgs       []group
	surgical   bool
}

type mdc struct {
	code, rule string
	main       set
	adrgs      []*adrg
	qy         bool
}

// Grouper holds the tables as maps.
type Grouper struct {
	mdcs         []*mdc
	site         map[string]set // code → trauma sites
	valid        set
	mcc, cc, cce map[string]string
	prefixed     bool
}

func read(fsys fs.FS, name string) ([]map[string]string, error) {
	f, err := fsys.Open(name + ".csv")
	gz := false
	if err != nil {
		if f, err = fsys.Open(name + ".csv.gz"); err != nil {
			return nil, err
		}
		gz = true
	}
	defer f.Close()
	var in io.Reader = f
	if gz {
		if in, err = gzip.NewReader(f); err != nil {
			return nil, err
		}
	}
	rows, err := csv.NewReader(in).ReadAll()
	if err != nil {
		return nil, err
	}
	var out []map[string]string
	for _, r := range rows[1:] {
		m := map[string]string{}
		for i, h := range rows[0] {
			m[h] = r[i]
		}
		out = append(out, m)
	}
	return out, nil
}

// Open reads the tables; rows must stand in the order in which they are judged.
func Open(fsys fs.FS) (*Grouper, error) {
	g := &Grouper{site: map[string]set{}, valid: set{}, mcc: map[string]string{}, cc: map[string]string{}, cce: map[string]string{}}
	t := map[string][]map[string]string{}
	for _, name := range []string{"mdc", "mdc_main_dx", "adrg", "adrg_codes", "drg", "mcc", "cc", "cce", "valid_proc"} {
		rows, err := read(fsys, name)
		if err != nil {
			return nil, err
		}
		t[name] = rows
	}
	mdcs, adrgs := map[string]*mdc{}, map[string]*adrg{}
	for _, r := range t["mdc"] {
		m := &mdc{code: r["mdc"], rule: r["entry_rule"], main: set{}, qy: r["qy_enabled"] == "1"}
		g.mdcs, mdcs[m.code] = append(g.mdcs, m), m
	}
	for _, r := range t["mdc_main_dx"] {
		mdcs[r["mdc"]].main[g.key(r["icd10"])] = true
		if s := r["mdcz_site"]; s != "" {
			if g.site[r["icd10"]] == nil {
				g.site[r["icd10"]] = set{}
			}
			g.site[r["icd10"]][s] = true
		}
	}
	for _, r := range t["adrg"] {
		a := &adrg{code: r["adrg"], cond: r["condition"], lists: map[string]set{}, surgical: r["is_surgical_or_op"] == "1"}
		mdcs[r["mdc"]].adrgs, adrgs[a.code] = append(mdcs[r["mdc"]].adrgs, a), a
	}
	for _, r := range t["adrg_codes"] {
		a, l, c := adrgs[r["adrg"]], r["list"], g.key(r["code"])
		if strings.HasPrefix(l, "proc_group") && a.earlier(l, c) {
			continue
		}
		if a.lists[l] == nil {
			a.lists[l] = set{}
		}
		a.lists[l][c] = true
	}
	for _, r := range t["drg"] {
		a := adrgs[r["adrg"]]
		a.drgs = append(a.drgs, group{r["drg"], r["severity"]})
	}
	for _, r := range t["valid_proc"] {
		g.valid[g.key(r["icd9cm3"])] = true
	}
	for _, a := range adrgs {
		a.fits = g.or(a, a.cond)
	}
	for _, r := range t["mcc"] {
		g.mcc[g.key(r["icd10"])] = r["exclusion_table"]
	}
	for _, r := range t["cc"] {
		g.cc[g.key(r["icd10"])] = r["exclusion_table"]
	}
	for _, r := range t["cce"] {
		g.cce[g.key(r["principal_icd10"])] = r["exclusion_table"]
	}
	return g, nil
}

func (g *Grouper) key(code string) string {
	if strings.HasSuffix(code, "%") {
		g.prefixed = true
	}
	return code
}

func (a *adrg) earlier(list, code string) bool {
	for l, s := range a.lists {
		if strings.HasPrefix(l, "proc_group") && l < list && s[code] {
			return true
		}
	}
	return false
}

// in tells whether the set has the code, or a prefix of it where the tables use prefixes.
func (g *Grouper) in(s set, code string) bool {
	if s[code] {
		return true
	}
	if g.prefixed {
		for n := len(code); n > 0; n-- {
			if s[code[:n]+"%"] {
				return true
			}
		}
	}
	return false
}

func (g *Grouper) any(s set, codes []string) bool {
	for _, c := range codes {
		if g.in(s, c) {
			return true
		}
	}
	return false
}

func (g *Grouper) table(m map[string]string, code string) (string, bool) {
	if t, ok := m[code]; ok {
		return t, true
	}
	if g.prefixed {
		for n := len(code); n > 0; n-- {
			if t, ok := m[code[:n]+"%"]; ok {
				return t, true
			}
		}
	}
	return "", false
}

// Group returns MDC, ADRG and DRG; 0000, 00, 0000 when none fits.
func (g *Grouper) Group(c *casemix.Case) (string, string, string) {
	for _, m := range g.mdcs {
		if !g.enters(m, c) {
			continue
		}
		qy := m.qy && g.any(g.valid, c.Proc)
		for _, a := range m.adrgs {
			if qy && !a.surgical {
				return m.code, m.code[3:] + "QY", m.code[3:] + "QY"
			}
			if !a.fits(c) {
				continue
			}
			mcc, cc := g.severe(c)
			for _, d := range a.drgs {
				if d.need == "ANY" || d.need == "MCC" && mcc || d.need == "MCC_OR_CC" && (mcc || cc) {
					return m.code, a.code, d.code
				}
			}
			return "0000", "00", "0000"
		}
		if qy {
			return m.code, m.code[3:] + "QY", m.code[3:] + "QY"
		}
	}
	return "0000", "00", "0000"
}

func (g *Grouper) enters(m *mdc, c *casemix.Case) bool {
	for _, rule := range strings.Split(m.rule, "、") {
		ok := false
		switch rule {
		case "存在手术":
			ok = len(c.Proc) > 0 && g.in(g.valid, c.Proc[0])
		case "主诊断匹配":
			ok = g.in(m.main, c.Dx[0])
		case "婴儿":
			ok = c.Age == 0
		case "男性":
			ok = c.Sex == 1
		case "女性":
			ok = c.Sex == 2
		case "多诊断匹配":
			sites := set{}
			for _, d := range c.Dx {
				for s := range g.site[d] {
					sites[s] = true
				}
				for n := len(d); g.prefixed && n > 0; n-- {
					for s := range g.site[d[:n]+"%"] {
						sites[s] = true
					}
				}
			}
			ok = len(sites) >= 2
		}
		if !ok {
			return false
		}
	}
	return true
}

// severe tells whether a secondary diagnosis counts as MCC, and as CC.
func (g *Grouper) severe(c *casemix.Case) (mcc, cc bool) {
	x, named := g.table(g.cce, c.Dx[0])
	for _, d := range c.Dx[1:] {
		if d == c.Dx[0] {
			continue
		}
		if t, ok := g.table(g.mcc, d); ok && (t == "999" || !named || t != x) {
			mcc = true
		}
		if t, ok := g.table(g.cc, d); ok && (t == "999" || !named || t != x) {
			cc = true
		}
	}
	return mcc, cc
}

var atom = regexp.MustCompile(`^([A-Z_]+)(∈|<=|>=|<|>|$)(.*)$`)

// or reads a condition: OR of AND of atoms, with parentheses. It is read once, when the tables are.
func (g *Grouper) or(a *adrg, text string) test {
	var any []test
	for _, part := range split(text, " OR ") {
		any = append(any, g.and(a, part))
	}
	return func(c *casemix.Case) bool {
		for _, t := range any {
			if t(c) {
				return true
			}
		}
		return false
	}
}

func (g *Grouper) and(a *adrg, text string) test {
	var all []test
	for _, part := range split(text, " AND ") {
		if strings.HasPrefix(part, "(") {
			all = append(all, g.or(a, part[1:len(part)-1]))
		} else {
			all = append(all, g.atom(a, part))
		}
	}
	return func(c *casemix.Case) bool {
		for _, t := range all {
			if !t(c) {
				return false
			}
		}
		return true
	}
}

// split cuts at a separator outside parentheses.
func split(text, sep string) []string {
	var out []string
	depth, from := 0, 0
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '(':
			depth++
		case text[i] == ')':
			depth--
		case depth == 0 && strings.HasPrefix(text[i:], sep):
			out = append(out, text[from:i])
			from = i + len(sep)
		}
	}
	return append(out, text[from:])
}

func (g *Grouper) atom(a *adrg, text string) test {
	text, not := strings.CutPrefix(text, "NOT ")
	p := atom.FindStringSubmatch(text)
	if p == nil {
		panic(fmt.Sprintf("condition %q of %s", text, a.code))
	}
	if not {
		t := g.atom(a, text)
		return func(c *casemix.Case) bool { return !t(c) }
	}
	if p[2] == "∈" {
		s := a.lists[p[3]]
		switch p[3] {
		case "valid_proc":
			s = g.valid
		case "main":
			for _, m := range g.mdcs {
				if m.code == "MDC"+a.code[:1] {
					s = m.main
				}
			}
		}
		switch p[1] {
		case "PDX":
			return func(c *casemix.Case) bool { return g.in(s, c.Dx[0]) }
		case "ANYDX":
			return func(c *casemix.Case) bool { return g.any(s, c.Dx) }
		case "PPROC":
			return func(c *casemix.Case) bool { return len(c.Proc) > 0 && g.in(s, c.Proc[0]) }
		case "ANYPROC":
			return func(c *casemix.Case) bool { return g.any(s, c.Proc) }
		}
	}
	if p[1] == "ALWAYS" {
		return func(*casemix.Case) bool { return true }
	}
	n, err := strconv.Atoi(p[3])
	if err != nil {
		panic(fmt.Sprintf("condition %q of %s", text, a.code))
	}
	return func(c *casemix.Case) bool {
		x := int(c.Weight)
		if p[1] == "AGE_DAYS" {
			if x = int(c.AgeDays); c.Age > 0 {
				x = 1 << 20
			}
		}
		switch p[2] {
		case "<":
			return x < n
		case "<=":
			return x <= n
		case ">":
			return x > n
		}
		return x >= n
	}
}
