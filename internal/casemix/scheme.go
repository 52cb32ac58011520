package casemix

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"gopkg.in/yaml.v3"
)

// Scheme is a grouping scheme, compiled and immutable: any number of goroutines may group with it.
type Scheme struct {
	ID, Name string
	Options  Options
	Notes    []string // what the tables left open; `drg check` shows them

	books          [2]book
	mdcs           []mdc
	entries        []gate // of mdcs
	siteBits       []int32
	sites          []string
	valid          int32 // list of valid procedures, -1 = none
	noMainDx       int32
	noMainOp       int32
	severity       []severity        // by diagnosis entry
	more           map[int32][]int32 // further exclusion tables of a principal diagnosis
	prefixSeverity map[string]severity
	reads          [fields]bool
	drgs           map[string]*drg
}

// Options of a scheme, from scheme.yaml.
type Options struct {
	Procedure  string `yaml:"procedure"`      // main (缺省): 主要手术 is the first procedure; any: any procedure
	HIV        string `yaml:"hiv"`            // principal or any: MDCY by principal or any diagnosis
	Trauma     string `yaml:"trauma"`         // principal or any: MDCZ needs the principal diagnosis in the trauma list, or not
	QY         string `yaml:"qy"`             // table (缺省): by mdc.csv; on, off
	NoMainProc string `yaml:"no_main_proc"`   // skip (缺省): the next allowed one is the main procedure; error
	KeepBase   bool   `yaml:"keep_base"`      // with local splits: groups that the area does not list keep the base's
	Weight     string `yaml:"newborn_weight"` // always (缺省): a newborn without weight is bad data; used: only where a rule asks for it
	Newborn    int32  `yaml:"newborn_days"`   // 28: up to this day of life the weight is needed
}

type schemeFile struct {
	ID      string  `yaml:"id"`
	Name    string  `yaml:"name"`
	Base    string  `yaml:"base"`   // a scheme whose tables serve where this one has none
	Splits  string  `yaml:"splits"` // file of local DRGs
	Region  string  `yaml:"region"` // its region_version
	ICD     string  `yaml:"icd"`    // directory of national code lists and maps
	Options Options `yaml:"options"`
}

// mdc is a major diagnostic category, in the order of testing.
type mdc struct {
	code  string // "MDCA"
	entry node
	main  int32 // list of principal diagnoses
	adrgs []adrg
	gates []gate // of adrgs
	qy    bool
	qyAt  int // index in adrgs before which QY is judged
	qyDRG string
	rule  string // as the table words it
}

type adrg struct {
	code      string
	condition node
	surgical  bool
	drgs      []drg
	rule      string
}

type drg struct {
	code, name, mdc, adrg string
	condition             node
	severity              string // of the table, or the condition's text
}

// severity of a diagnosis: exclusion tables are numbers; 0 = not in the list, free = never excluded.
type severity struct{ mcc, cc, excluded int32 }

const free = -1

// LoadOptions choose what the scheme directory does not.
type LoadOptions struct {
	ICD    string // directory with zd_info, ss_info, zd_map, ss_map; "" = the scheme's, else DIR/icd or DIR/../icd
	Splits string // file of local splits (CSV or CSV.gz); with Region
	Region string
}

// Open reads the scheme in a directory.
func Open(dir string, opt LoadOptions) (*Scheme, error) {
	if st, err := os.Stat(dir); err != nil || !st.IsDir() {
		return nil, fmt.Errorf("分组方案目录 %s 不存在或不是目录", dir)
	}
	var f schemeFile
	b, err := os.ReadFile(filepath.Join(dir, "scheme.yaml"))
	switch {
	case err == nil:
		if err := strictYAML(b, &f); err != nil {
			return nil, fmt.Errorf("scheme.yaml：%w", err)
		}
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	if f.ID == "" {
		f.ID = filepath.Base(filepath.Clean(dir))
	}
	rel := func(p string) string {
		if p == "" || filepath.IsAbs(p) {
			return p
		}
		return filepath.Join(dir, p)
	}
	icd := opt.ICD
	if icd == "" {
		for _, d := range []string{rel(f.ICD), filepath.Join(dir, "icd"), filepath.Join(dir, "..", "icd")} {
			if st, err := os.Stat(d); d != "" && err == nil && st.IsDir() {
				icd = d
				break
			}
		}
	} else if st, err := os.Stat(icd); err != nil || !st.IsDir() {
		return nil, fmt.Errorf("编码表目录 %s 不存在", icd)
	}
	tables := layered{os.DirFS(dir)}
	if f.Base != "" {
		if st, err := os.Stat(rel(f.Base)); err != nil || !st.IsDir() {
			return nil, fmt.Errorf("scheme.yaml 的 base %s 不存在", f.Base)
		}
		tables = append(tables, os.DirFS(rel(f.Base)))
	}
	splits, region := opt.Splits, opt.Region
	if splits == "" && f.Splits != "" {
		splits = rel(f.Splits)
	}
	if region == "" {
		region = f.Region
	}
	var icdFS, splitFS fs.FS
	name := ""
	if icd != "" {
		icdFS = os.DirFS(icd)
	}
	if region != "" && splits == "" {
		return nil, fmt.Errorf("给了地区 %s，没有给本地细分组文件", region)
	}
	if splits != "" {
		if region == "" {
			return nil, fmt.Errorf("本地细分组文件 %s 要同时说明地区版本（如 suzhou_2023）", splits)
		}
		splitFS = os.DirFS(filepath.Dir(splits))
		name = strings.TrimSuffix(strings.TrimSuffix(filepath.Base(splits), ".gz"), ".csv")
		f.ID += "+" + region
	}
	return build(f, tables, icdFS, splitFS, name, region)
}

// Load reads a scheme from a file system, without code lists or local splits of another place.
func Load(fsys fs.FS) (*Scheme, error) {
	var f schemeFile
	if b, err := fs.ReadFile(fsys, "scheme.yaml"); err == nil {
		if err := strictYAML(b, &f); err != nil {
			return nil, fmt.Errorf("scheme.yaml：%w", err)
		}
	}
	return build(f, fsys, nil, nil, "", f.Region)
}

func strictYAML(b []byte, v any) error {
	d := yaml.NewDecoder(strings.NewReader(string(b)))
	d.KnownFields(true)
	return d.Decode(v)
}

// layered takes a table from the first file system that has it.
type layered []fs.FS

func (l layered) Open(name string) (fs.File, error) {
	for _, f := range l {
		file, err := f.Open(name)
		if err == nil || !errors.Is(err, fs.ErrNotExist) {
			return file, err
		}
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

func (o *Options) complete() error {
	for _, c := range []struct {
		v     *string
		name  string
		words []string
	}{{&o.Procedure, "procedure", []string{"main", "any"}}, {&o.HIV, "hiv", []string{"principal", "any"}}, {&o.Trauma, "trauma", []string{"principal", "any"}},
		{&o.QY, "qy", []string{"table", "on", "off"}}, {&o.NoMainProc, "no_main_proc", []string{"skip", "error"}},
		{&o.Weight, "newborn_weight", []string{"always", "used"}}} {
		if *c.v == "" {
			*c.v = c.words[0]
		}
		if !strings.Contains("|"+strings.Join(c.words, "|")+"|", "|"+*c.v+"|") {
			return fmt.Errorf("scheme.yaml 的选项 %s 只能是 %s，写的是 %q", c.name, strings.Join(c.words, "、"), *c.v)
		}
	}
	if o.Newborn == 0 {
		o.Newborn = 28
	}
	return nil
}
