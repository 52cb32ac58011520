package casemix

import (
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
)

// listDef is a list of codes while a scheme is built.
type listDef struct {
	name  string
	codes []string // folded; a trailing % makes it a prefix
}

// builder gathers the tables of a scheme and compiles them.
type builder struct {
	s      *Scheme
	lists  [2][]listDef
	named  [2]map[string]int32 // "ADRG.list", "valid_proc", "MDCA.main"
	spell  [2]map[string]string
	titles [2]map[string]string
	alias  [2]map[string]string
	order  map[string]int // MDC index
	where  map[string]int // ADRG → MDC index
	cc     map[string]severity
	also   map[string][]int32 // further exclusion tables of a principal diagnosis
	mdc    int                // being compiled
	adrg   string
	splits bool
}

func build(f schemeFile, tables, icd, splits fs.FS, splitName, region string) (*Scheme, error) {
	if err := f.Options.complete(); err != nil {
		return nil, err
	}
	b := &builder{s: &Scheme{ID: f.ID, Name: f.Name, Options: f.Options, valid: -1, noMainDx: -1, noMainOp: -1, drgs: map[string]*drg{}},
		order: map[string]int{}, where: map[string]int{}, cc: map[string]severity{}, also: map[string][]int32{}}
	for k := range 2 {
		b.named[k], b.spell[k], b.titles[k], b.alias[k] = map[string]int32{}, map[string]string{}, map[string]string{}, map[string]string{}
	}
	steps := []func() error{
		func() error { return b.validProcedures(tables) },
		func() error { return b.mainDiagnoses(tables) },
		func() error { return b.notMain(tables) },
		func() error { return b.adrgCodes(tables) },
		func() error { return b.categories(tables) },
		func() error { return b.adrgs(tables) },
		func() error { return b.groups(tables, splits, splitName, region) },
		func() error { return b.complications(tables) },
	}
	if icd != nil {
		steps = append(steps, func() error { return b.codeLists(icd) })
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return nil, err
		}
	}
	b.finish()
	return b.s, nil
}

// list adds a code to a named list.
func (b *builder) put(kind int, list, code string) {
	if code = b.keep(kind, code); code == "" {
		return
	}
	bit, ok := b.named[kind][list]
	if !ok {
		bit = int32(len(b.lists[kind]))
		b.named[kind][list] = bit
		b.lists[kind] = append(b.lists[kind], listDef{name: list})
	}
	b.lists[kind][bit].codes = append(b.lists[kind][bit].codes, code)
}

// keep folds a code and remembers how the table spells it.
func (b *builder) keep(kind int, code string) string {
	f := Fold(code)
	if _, ok := b.spell[kind][f]; !ok && f != "" {
		b.spell[kind][f] = strings.Clone(strings.TrimSpace(code))
		if f == code {
			f = b.spell[kind][f]
		}
	}
	return f
}

func (b *builder) bit(kind int, list string) int32 {
	if v, ok := b.named[kind][list]; ok {
		return v
	}
	return -1
}

func (b *builder) validProcedures(fsys fs.FS) error {
	var code, name int
	err := each(fsys, "valid_proc", true, func(t *table) (err error) {
		name = t.col("name")
		code, err = t.need("icd9cm3", "code")
		return err
	}, func(t *table) error {
		b.put(procedures, "valid_proc", t.at(code))
		if n := t.at(name); n != "" {
			b.titles[procedures][Fold(t.at(code))] = strings.Clone(n)
		}
		return nil
	})
	b.s.valid = b.bit(procedures, "valid_proc")
	return err
}

func (b *builder) mainDiagnoses(fsys fs.FS) error {
	var m, code, site int
	return each(fsys, "mdc_main_dx", true, func(t *table) (err error) {
		site = t.col("mdcz_site", "site")
		if m, err = t.need("mdc"); err == nil {
			code, err = t.need("icd10", "code")
		}
		return err
	}, func(t *table) error {
		b.put(diagnoses, mdcCode(t.at(m))+".main", t.at(code))
		if s := t.at(site); s != "" {
			b.put(diagnoses, "部位."+s, t.at(code))
			if !slices.Contains(b.s.sites, s) {
				b.s.sites = append(b.s.sites, strings.Clone(s))
			}
		}
		return nil
	})
}

// mdcCode writes an MDC with its prefix.
func mdcCode(s string) string {
	s = Fold(s)
	if len(s) == 1 {
		return "MDC" + s
	}
	return s
}

func (b *builder) notMain(fsys fs.FS) error {
	for kind, names := range [2][]string{{"no_main_dx", "zd_invalid"}, {"no_main_op", "ss_invalid"}} {
		for _, name := range names {
			var code int
			err := each(fsys, name, false, func(t *table) (err error) {
				code, err = t.need("code", "icd10", "icd9cm3")
				return err
			}, func(t *table) error {
				b.put(kind, "not_main", t.at(code))
				return nil
			})
			if err != nil {
				return err
			}
		}
	}
	b.s.noMainDx, b.s.noMainOp = b.bit(diagnoses, "not_main"), b.bit(procedures, "not_main")
	return nil
}

// adrgCodes reads the lists of the ADRGs. In lists called proc_groupN a code counts for the first that has it.
func (b *builder) adrgCodes(fsys fs.FS) error {
	var a, list, code int
	type key struct{ adrg, code string }
	taken := map[key]string{}
	return each(fsys, "adrg_codes", true, func(t *table) (err error) {
		if a, err = t.need("adrg"); err != nil {
			return err
		}
		if list, err = t.need("list"); err != nil {
			return err
		}
		code, err = t.need("code")
		return err
	}, func(t *table) error {
		name := strings.ReplaceAll(t.at(list), " ", "")
		kind, ok := listKind(name)
		if !ok {
			return t.errorf("清单名 %q 看不出是诊断还是手术：用 dx1、proc1、proc_group1 或主要诊断、手术或操作1 这样的名字", name)
		}
		ad := Fold(t.at(a))
		if strings.HasPrefix(name, "proc_group") {
			k := key{ad, Fold(t.at(code))}
			if first, ok := taken[k]; ok && first != name {
				return nil
			}
			taken[key{strings.Clone(k.adrg), strings.Clone(k.code)}] = strings.Clone(name)
		}
		b.put(kind, ad+"."+name, t.at(code))
		return nil
	})
}

func listKind(name string) (int, bool) {
	switch {
	case strings.HasPrefix(name, "dx"):
		return diagnoses, true
	case strings.HasPrefix(name, "proc"):
		return procedures, true
	}
	if p, ok := sectionPosition(name); ok {
		return p.kind(), true
	}
	return 0, false
}

// complications reads MCC, CC and the exclusion tables.
func (b *builder) complications(fsys fs.FS) error {
	for _, which := range []string{"mcc", "cc", "cce"} {
		var code, tab int
		err := each(fsys, which, false, func(t *table) (err error) {
			if code, err = t.need("icd10", "principal_icd10", "code"); err == nil {
				tab, err = t.need("exclusion_table")
			}
			return err
		}, func(t *table) error {
			n, err := exclusionTable(t.at(tab))
			if err != nil {
				return t.errorf("%v", err)
			}
			c := b.keep(diagnoses, t.at(code))
			if c == "" {
				return nil
			}
			s := b.cc[c]
			switch which {
			case "mcc":
				s.mcc = n
			case "cc":
				s.cc = n
			default:
				if n == free { // 999 as a principal diagnosis's table cancels nothing
					return nil
				}
				if s.excluded != 0 && s.excluded != n {
					b.also[c] = append(b.also[c], n)
					return nil
				}
				s.excluded = n
			}
			b.cc[c] = s
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func exclusionTable(s string) (int32, error) {
	if s == "" || s == "无" || s == "999" {
		return free, nil
	}
	n, err := strconv.ParseInt(s, 10, 31)
	if err != nil || n <= 0 {
		return 0, fmt.Errorf("排除表号 %q 不是正整数（没有排除表写 999 或 无）", s)
	}
	return int32(n), nil
}

// codeLists reads the national code lists and the maps from other code versions.
func (b *builder) codeLists(fsys fs.FS) error {
	for kind, prefix := range [2]string{"zd", "ss"} {
		var code, name, src, dst int
		found := false
		err := each(fsys, prefix+"_info", false, func(t *table) (err error) {
			found, name = true, t.col("name")
			code, err = t.need("icd10_yb", "icd9cm3_yb", "code")
			return err
		}, func(t *table) error {
			c := b.keep(kind, t.at(code))
			if n := t.at(name); c != "" && n != "" && b.titles[kind][c] == "" {
				b.titles[kind][c] = strings.Clone(n)
			}
			return nil
		})
		if err != nil {
			return err
		}
		b.s.books[kind].catalogued = found
		err = each(fsys, prefix+"_map", false, func(t *table) (err error) {
			if src, err = t.need("source_code"); err == nil {
				dst, err = t.need("yb_code")
			}
			return err
		}, func(t *table) error {
			if s, d := Fold(t.at(src)), Fold(t.at(dst)); s != d && s != "" && d != "" {
				b.alias[kind][strings.Clone(s)] = strings.Clone(d)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
