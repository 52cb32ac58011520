package dip

import (
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/mingjian/mingjian/internal/casemix"
	"github.com/mingjian/mingjian/internal/casemix/pay"
)

// Class of a procedure or of a row, from the least to the most.
type Class int8

// The classes (介入治疗 counts as therapeutic).
const (
	Conservative Class = iota // 保守治疗
	Diagnostic                // 诊断性操作
	Therapeutic               // 治疗性操作
	Surgery                   // 相关手术
)

var classNames = [...]string{"保守治疗", "诊断性操作", "治疗性操作", "相关手术"}

func (c Class) String() string { return classNames[c] }

func classOf(s string) (Class, error) {
	switch s {
	case "介入治疗":
		return Therapeutic, nil
	case "手术":
		return Surgery, nil
	case "":
		return Conservative, nil
	}
	if i := slices.Index(classNames[:], s); i >= 0 {
		return Class(i), nil
	}
	return 0, fmt.Errorf("类别 %q 不是保守治疗、诊断性操作、治疗性操作、介入治疗或相关手术", s)
}

// Kind of a row.
type Kind int8

// The kinds in the order in which they are preferred.
const (
	Core          Kind = iota // 核心病种
	Basic                     // 基层病种
	Comprehensive             // 综合病种
	Blank                     // 空白病种
)

var kindNames = [...]string{"核心", "基层", "综合", "空白"}

func (k Kind) String() string { return kindNames[k] + "病种" }

// Row of the catalogue.
type Row struct {
	Code, Name string
	Kind       Kind
	Dx         string // 亚目, category, letter or chapter range
	Expr       string // of procedures, as written
	Class      Class
	Levels     string // of surgical comprehensive rows: the procedure levels it takes, e.g. "34"
	Score      pay.Decimal
	Mean       pay.Fen // mean cost of the group; 0 = not given
	all        [][]string
}

// Settings of an area and year.
type Settings struct {
	ID        string `yaml:"id"`
	Name      string `yaml:"name"`
	Area      string `yaml:"area"`
	Year      int    `yaml:"year"`
	CommaAll  bool   `yaml:"comma_all"`  // in expressions a comma means all of
	MainFirst bool   `yaml:"main_first"` // rows with the main procedure are preferred
	Deviation struct {
		Low    pay.Decimal `yaml:"low"`  // below this share of the mean: cost ÷ mean
		High   pay.Decimal `yaml:"high"` // above: cost ÷ mean − high + back
		Cap    pay.Decimal `yaml:"cap"`  // 0 = none; the ratio counts at most this
		Factor bool        `yaml:"hospital_factor"`
	} `yaml:"deviation"`
	Hospitals map[string]pay.Decimal `yaml:"hospitals"` // factor by institution or level, for hospital_factor
}

// Aux is a row of the auxiliary catalogue (辅助目录).
type Aux struct {
	Code        string // of the row it corrects; "" = every row
	Kind        string // 年龄, 严重程度, 肿瘤
	Grade       string
	Coefficient pay.Decimal
}

// complication is a row of DIP's own MCC/CC table.
type complication struct {
	mcc     bool
	include []string // prefixes of the principal diagnosis for which it counts; none = all
	exclude []string // prefixes for which it does not
}

// Catalogue of an area and year, immutable.
type Catalogue struct {
	Settings
	Notes []string

	core, basic map[string][]*Row // by 亚目
	broad       []*Row            // comprehensive, in the order of the table
	blank       *Row
	classes     map[string]Class
	levels      map[string]string
	aux         map[string][]Aux
	cc          map[string][]complication
	sexes       []sexLimit
	codes       *casemix.Codebook
}

// sexLimit says that diagnoses of a prefix, or of a range of categories, occur in one sex.
type sexLimit struct {
	dx  string // C51, N70-N98
	sex int8   // 1 male, 2 female
}

// Use the national code lists: diagnoses and procedures are read as they map them, and what they do not have is invalid.
// It is called before anything is grouped.
func (c *Catalogue) Use(codes *casemix.Codebook) { c.codes = codes }

// Open reads the catalogue in a directory.
func Open(dir string) (*Catalogue, error) {
	if st, err := os.Stat(dir); err != nil || !st.IsDir() {
		return nil, fmt.Errorf("DIP 目录 %s 不存在或不是目录", dir)
	}
	c, err := Load(os.DirFS(dir))
	if err == nil && c.ID == "" {
		c.ID = filepath.Base(filepath.Clean(dir))
	}
	return c, err
}

// Load reads a catalogue: dip.yaml, catalogue, procedures, auxiliary, complications, sexes.
func Load(fsys fs.FS) (*Catalogue, error) {
	c := &Catalogue{core: map[string][]*Row{}, basic: map[string][]*Row{}, classes: map[string]Class{}, levels: map[string]string{}, aux: map[string][]Aux{},
		cc: map[string][]complication{}}
	c.Deviation.Low, c.Deviation.High = pay.One/2, 2*pay.One
	b, err := fs.ReadFile(fsys, "dip.yaml")
	if err == nil {
		d := yaml.NewDecoder(strings.NewReader(string(b)))
		d.KnownFields(true)
		err = d.Decode(&c.Settings)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("dip.yaml：%w", err)
	}
	if c.Deviation.Low < 0 || c.Deviation.High <= c.Deviation.Low {
		return nil, fmt.Errorf("dip.yaml：deviation.high 要大于 low")
	}
	for _, read := range []func(fs.FS) error{c.readClasses, c.readRows, c.readAux, c.readComplications, c.readSexes} {
		if err := read(fsys); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func (c *Catalogue) readClasses(fsys fs.FS) error {
	return casemix.EachRow(fsys, "procedures", true, func(cell func(...string) string, fail func(string, ...any) error) error {
		cl, err := classOf(cell("class", "类别"))
		if err != nil {
			return fail("%v", err)
		}
		code := casemix.Fold(cell("code", "icd9cm3"))
		c.classes[code], c.levels[code] = cl, cell("level", "级别")
		return nil
	})
}

func (c *Catalogue) readRows(fsys fs.FS) error {
	seen := map[string]bool{}
	return casemix.EachRow(fsys, "catalogue", true, func(cell func(...string) string, fail func(string, ...any) error) error {
		r := &Row{Code: cell("code"), Name: cell("name"), Dx: casemix.Fold(cell("dx")), Expr: cell("proc"), Levels: cell("level")}
		if r.Code == "" || seen[r.Code] {
			return fail("病种编码 %q 为空或重复", r.Code)
		}
		seen[r.Code] = true
		var err error
		if r.Score, err = pay.ParseDecimal(cell("score")); err != nil {
			return fail("分值%v", err)
		}
		if m := cell("mean_cost"); m != "" {
			if r.Mean, err = pay.ParseFen(m); err != nil || r.Mean < 0 {
				return fail("均费 %q 不对", m)
			}
		}
		if r.all, err = c.expression(r.Expr); err != nil {
			return fail("%s：%v", r.Code, err)
		}
		k := slices.Index(kindNames[:], strings.TrimSuffix(cell("kind"), "病种"))
		if k < 0 {
			return fail("病种类型 %q 不是核心、基层、综合、空白", cell("kind"))
		}
		r.Kind = Kind(k)
		if r.Class, err = classOf(cell("class")); err != nil {
			return fail("%v", err)
		}
		if cell("class") == "" {
			r.Class = c.highest(r.codes())
		}
		if err := r.place(); err != nil {
			return fail("%s：%v", r.Code, err)
		}
		switch r.Kind {
		case Core:
			c.core[r.Dx] = append(c.core[r.Dx], r)
		case Basic:
			c.basic[r.Dx] = append(c.basic[r.Dx], r)
		case Comprehensive:
			c.broad = append(c.broad, r)
		case Blank:
			c.blank = r
		}
		return nil
	})
}

// place checks that the row's diagnosis can be met at all: a 亚目 for core and basic rows, a category, its beginning or a
// range of categories for comprehensive ones.
func (r *Row) place() error {
	from, to, ranged := strings.Cut(r.Dx, "-")
	switch {
	case r.Kind == Blank:
		return nil
	case r.Kind != Comprehensive:
		if len(r.Dx) != 5 || !categoryShaped(r.Dx[:3]) || r.Dx[3] != '.' {
			return fmt.Errorf("诊断 %q 不是亚目（五位，如 K80.1）", r.Dx)
		}
	case ranged:
		if !categoryShaped(from) || !categoryShaped(to) || from > to {
			return fmt.Errorf("诊断 %q 不是类目范围（如 K00-K93）", r.Dx)
		}
	case len(r.Dx) < 1 || len(r.Dx) > 3 || !categoryShaped(r.Dx+"00"[:3-len(r.Dx)]):
		return fmt.Errorf("诊断 %q 不是一到三位（如 K、K8、K80）或类目范围（如 K00-K93）", r.Dx)
	}
	return nil
}

// categoryShaped tells whether a code could be a category of ICD-10 (K80).
func categoryShaped(s string) bool {
	return len(s) == 3 && 'A' <= s[0] && s[0] <= 'Z' && '0' <= s[1] && s[1] <= '9' && '0' <= s[2] && s[2] <= '9'
}

// expression reads "a/b+c": (a or b) and c. A comma is another "or", or "and" where the area says so.
func (c *Catalogue) expression(s string) ([][]string, error) {
	if s = strings.TrimSpace(s); s == "" {
		return nil, nil
	}
	comma := "/"
	if c.CommaAll {
		comma = "+"
	}
	s = strings.NewReplacer("，", comma, ",", comma, "＋", "+", "／", "/").Replace(s)
	var all [][]string
	for _, term := range strings.Split(s, "+") {
		var any []string
		for _, code := range strings.Split(term, "/") {
			code = casemix.Fold(strings.Trim(code, "() "))
			if code == "" {
				return nil, fmt.Errorf("手术表达式 %q 有空的一项", s)
			}
			any = append(any, code)
		}
		all = append(all, any)
	}
	return all, nil
}

func (r *Row) codes() []string {
	var out []string
	for _, t := range r.all {
		out = append(out, t...)
	}
	return out
}

func (c *Catalogue) readAux(fsys fs.FS) error {
	return casemix.EachRow(fsys, "auxiliary", false, func(cell func(...string) string, fail func(string, ...any) error) error {
		a := Aux{Code: cell("code"), Kind: cell("kind"), Grade: cell("grade")}
		grades := auxGrades[a.Kind]
		if grades == nil || !slices.Contains(grades, a.Grade) {
			return fail("辅助目录没有“%s”的“%s”这一档，可用 %s", a.Kind, a.Grade, strings.Join(grades, "、"))
		}
		var err error
		if a.Coefficient, err = pay.ParseDecimal(cell("coefficient")); err != nil || a.Coefficient <= 0 {
			return fail("系数 %q 不对", cell("coefficient"))
		}
		c.aux[a.Code] = append(c.aux[a.Code], a)
		return nil
	})
}

func (c *Catalogue) readComplications(fsys fs.FS) error {
	return casemix.EachRow(fsys, "complications", false, func(cell func(...string) string, fail func(string, ...any) error) error {
		k := complication{mcc: cell("level") == "MCC", include: prefixes(cell("include")), exclude: prefixes(cell("exclude"))}
		if l := cell("level"); l != "MCC" && l != "CC" {
			return fail("level %q 不是 MCC 或 CC", l)
		}
		code := casemix.Fold(cell("code"))
		c.cc[code] = append(c.cc[code], k)
		return nil
	})
}

func (c *Catalogue) readSexes(fsys fs.FS) error {
	return casemix.EachRow(fsys, "sexes", false, func(cell func(...string) string, fail func(string, ...any) error) error {
		l := sexLimit{dx: casemix.Fold(cell("dx")), sex: map[string]int8{"1": 1, "2": 2}[cell("sex")]}
		if l.sex == 0 || l.dx == "" {
			return fail("要有 dx 和 sex（1 男、2 女），写的是 %q、%q", cell("dx"), cell("sex"))
		}
		c.sexes = append(c.sexes, l)
		return nil
	})
}

// otherSex tells whether a principal diagnosis occurs only in the sex that the patient is not.
func (c *Catalogue) otherSex(pdx string, sex int8) bool {
	return slices.ContainsFunc(c.sexes, func(l sexLimit) bool {
		if from, to, ok := strings.Cut(l.dx, "-"); ok {
			return l.sex != sex && len(pdx) >= 3 && from <= pdx[:3] && pdx[:3] <= to
		}
		return l.sex != sex && strings.HasPrefix(pdx, l.dx)
	})
}

func prefixes(s string) []string {
	var out []string
	for _, p := range strings.FieldsFunc(s, func(r rune) bool { return r == ';' || r == '|' || r == '；' }) {
		out = append(out, casemix.Fold(p))
	}
	return out
}

// factor of a hospital for the deviation of dear cases.
func (c *Catalogue) factor(inst, level string) *big.Rat {
	for _, k := range []string{inst, level} {
		if f, ok := c.Hospitals[k]; ok {
			return big.NewRat(int64(f), int64(pay.One))
		}
	}
	return big.NewRat(1, 1)
}
