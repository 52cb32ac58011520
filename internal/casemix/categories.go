package casemix

import (
	"cmp"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
)

// The names a condition of the current MDC and ADRG may use (scope).

func (b *builder) list(name string, kind int) (int32, error) {
	keys := []string{b.adrg + "." + name}
	if b.mdc >= 0 && b.mdc < len(b.s.mdcs) && (name == "main" || name == "主诊表") {
		keys = append(keys, b.s.mdcs[b.mdc].code+".main")
	}
	if name == "有效手术" {
		name = "valid_proc"
	}
	keys = append(keys, name)
	for _, k := range keys {
		if v, ok := b.named[kind][k]; ok {
			return v, nil
		}
	}
	if name == "main" || name == "主诊表" { // an MDC without a list of its own: nothing is in it
		return b.literal(nil, kind), nil
	}
	return 0, fmt.Errorf("没有清单 %q", name)
}

func (b *builder) literal(codes []string, kind int) int32 {
	l := listDef{name: "条件所列"}
	for _, c := range codes {
		l.codes = append(l.codes, b.keep(kind, c))
	}
	b.lists[kind] = append(b.lists[kind], l)
	return int32(len(b.lists[kind]) - 1)
}

func (b *builder) procedures(adrgs []string) ([]int32, error) {
	var bits []int32
	add := func(adrg string) {
		for _, l := range b.sections(adrg) {
			if l.kind == procedures {
				bits = append(bits, b.named[procedures][adrg+"."+l.name])
			}
		}
	}
	for _, a := range adrgs {
		n := len(bits)
		if add(Fold(a)); len(bits) == n {
			return nil, fmt.Errorf("引用的 %s 没有手术清单", a)
		}
	}
	if len(adrgs) == 0 {
		for i := range b.s.mdcs[b.mdc].adrgs {
			if a := &b.s.mdcs[b.mdc].adrgs[i]; a.surgical && a.code != b.adrg {
				add(a.code)
			}
		}
	}
	slices.Sort(bits)
	return slices.Compact(bits), nil
}

func (b *builder) anyProcedure() bool { return b.s.Options.Procedure == "any" }

type section struct {
	name string
	kind int
}

// sections are the lists of an ADRG, sorted by name.
func (b *builder) sections(adrg string) []section {
	var out []section
	for kind := range 2 {
		for k := range b.named[kind] {
			if name, ok := strings.CutPrefix(k, adrg+"."); ok {
				out = append(out, section{name, kind})
			}
		}
	}
	slices.SortFunc(out, func(x, y section) int { return strings.Compare(x.name, y.name) })
	return out
}

// entryWords are the entry rules of the 1.x tables.
var entryWords = map[string]string{"存在手术": "PPROC∈valid_proc", "主诊断匹配": "PDX∈main", "婴儿": "AGE=0", "男性": "SEX=1", "女性": "SEX=2", "多诊断匹配": "SITES>=2",
	"任一诊断匹配": "ANYDX∈main"}

func (b *builder) entryCondition(code, rule string) (string, error) {
	parts := strings.FieldsFunc(rule, func(r rune) bool { return r == '、' || r == ',' || r == '，' })
	var out []string
	for _, p := range parts {
		c, ok := entryWords[strings.TrimSpace(p)]
		if !ok {
			return "", fmt.Errorf("MDC 入组规则 %q 看不懂：可用 %s，或写 condition 列", p, "存在手术、主诊断匹配、任一诊断匹配、婴儿、男性、女性、多诊断匹配")
		}
		if c == "PDX∈main" && (code == "MDCY" && b.s.Options.HIV == "any" || code == "MDCZ" && b.s.Options.Trauma == "any") {
			c = "ANYDX∈main"
		}
		out = append(out, c)
	}
	return strings.Join(out, " AND "), nil
}

func (b *builder) categories(fsys fs.FS) error {
	type row struct {
		order           int
		code, rule, con string
		qy              bool
	}
	var rows []row
	var order, code, rule, con, qy int
	err := each(fsys, "mdc", true, func(t *table) (err error) {
		order, rule, con, qy = t.col("order"), t.col("entry_rule"), t.col("condition"), t.col("qy_enabled")
		code, err = t.need("mdc")
		return err
	}, func(t *table) error {
		n, err := t.order(order, len(rows)+1)
		rows = append(rows, row{n, mdcCode(t.at(code)), t.at(rule), t.at(con), t.at(qy) == "1"})
		return err
	})
	if err != nil {
		return err
	}
	slices.SortStableFunc(rows, func(x, y row) int { return cmp.Compare(x.order, y.order) })
	for i, r := range rows {
		if _, dup := b.order[r.code]; dup {
			return fmt.Errorf("mdc.csv 里 %s 有两行", r.code)
		}
		b.order[r.code] = i
		m := mdc{code: r.code, rule: r.rule, main: b.bit(diagnoses, r.code+".main")}
		// Ambiguous is an operation that does not fit the diagnosis: where no diagnosis leads into the category (MDCA), every
		// other operation falls through to the next.
		m.qy = m.main >= 0 && (r.qy && b.s.Options.QY == "table" || b.s.Options.QY == "on")
		b.s.mdcs = append(b.s.mdcs, m)
		for _, s := range b.s.sites {
			if i == 0 {
				b.s.siteBits = append(b.s.siteBits, b.bit(diagnoses, "部位."+s))
			}
		}
		if r.con == "" {
			if r.con, err = b.entryCondition(r.code, r.rule); err != nil {
				return err
			}
		}
		b.mdc, b.adrg = i, ""
		if b.s.mdcs[i].entry, err = parseCondition(r.con, b); err != nil {
			return fmt.Errorf("mdc.csv 的 %s：%w", r.code, err)
		}
	}
	return nil
}

// order reads an ordering number; an absent one keeps the order of the file.
func (t *table) order(col, next int) (int, error) {
	s := t.at(col)
	if s == "" {
		return next, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0, t.errorf("次序 %q 不是整数", s)
	}
	return n, nil
}

func (b *builder) adrgs(fsys fs.FS) error {
	type row struct {
		order     int
		mdc       int
		condition string
		a         adrg
	}
	var rows []row
	var order, m, code, rule, surgical, con int
	err := each(fsys, "adrg", true, func(t *table) (err error) {
		order, rule, con, surgical = t.col("order"), t.col("rule"), t.col("condition"), t.col("is_surgical_or_op", "surgical")
		if m, err = t.need("mdc"); err == nil {
			code, err = t.need("adrg")
		}
		return err
	}, func(t *table) error {
		mi, ok := b.order[mdcCode(t.at(m))]
		if !ok {
			return t.errorf("mdc.csv 里没有 %s", t.at(m))
		}
		c := Fold(t.at(code))
		if _, dup := b.where[c]; dup {
			return t.errorf("ADRG %s 有两行", c)
		}
		b.where[c] = mi
		n, err := t.order(order, len(rows)+1)
		a := adrg{code: c, rule: t.at(rule), surgical: t.at(surgical) == "1"}
		if t.at(surgical) == "" && len(c) >= 2 {
			a.surgical = c[1] >= 'A' && c[1] <= 'Q' // A–J surgical, K–Q procedures
		}
		rows = append(rows, row{n, mi, t.at(con), a})
		return err
	})
	if err != nil {
		return err
	}
	slices.SortStableFunc(rows, func(x, y row) int { return cmp.Or(cmp.Compare(x.mdc, y.mdc), cmp.Compare(x.order, y.order)) })
	for _, r := range rows {
		b.s.mdcs[r.mdc].adrgs = append(b.s.mdcs[r.mdc].adrgs, r.a)
	}
	for _, r := range rows {
		b.mdc, b.adrg = r.mdc, r.a.code
		con := r.condition
		if con == "" {
			con = b.defaultCondition(r.a.code)
		}
		n, err := parseCondition(con, b)
		if err != nil {
			return fmt.Errorf("adrg.csv 的 %s：%w", r.a.code, err)
		}
		for i := range b.s.mdcs[r.mdc].adrgs {
			if a := &b.s.mdcs[r.mdc].adrgs[i]; a.code == r.a.code {
				a.condition = n
			}
		}
	}
	for i := range b.s.mdcs {
		m := &b.s.mdcs[i]
		m.qyAt = len(m.adrgs)
		for j := range m.adrgs {
			if !m.adrgs[j].surgical {
				m.qyAt = j
				break
			}
		}
		m.qyDRG = strings.TrimPrefix(m.code, "MDC") + "QY"
	}
	return nil
}

// defaultCondition is what an ADRG without a Boolean line means (2.0): OR within the diagnosis sections, OR within the
// procedure sections, AND between the two kinds; every 同时包含 group must be hit.
func (b *builder) defaultCondition(adrg string) string {
	var kinds [2][]string
	var must []string
	for _, s := range b.sections(adrg) {
		atom := s.name
		if _, ok := sectionPosition(s.name); !ok {
			atom = [2]string{"PDX∈", "PPROC∈"}[s.kind] + s.name
		}
		if strings.HasPrefix(s.name, "同时包含") {
			must = append(must, atom)
			continue
		}
		kinds[s.kind] = append(kinds[s.kind], atom)
	}
	for _, k := range kinds {
		if len(k) > 0 {
			must = append(must, "("+strings.Join(k, " OR ")+")")
		}
	}
	if len(must) == 0 {
		return "FALSE"
	}
	return strings.Join(must, " AND ")
}
