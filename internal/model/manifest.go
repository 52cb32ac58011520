package model

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// Subject says what a case of a model is about.
type Subject string

// Subjects. A group is several persons.
const (
	OfInst   Subject = "institution"
	OfPerson Subject = "person"
	OfDoctor Subject = "doctor"
	OfGroup  Subject = "group"
	OfVisit  Subject = "visit"
	OfArea   Subject = "area"
)

var subjects = map[Subject]string{OfInst: "机构", OfPerson: "参保人", OfDoctor: "医师", OfGroup: "人群", OfVisit: "就诊", OfArea: "统筹区"}

// Word is the Chinese word for the subject.
func (s Subject) Word() string { return subjects[s] }

// Param is a threshold an area may move within bounds.
type Param struct {
	Name    string  `yaml:"name" json:"name"`
	Title   string  `yaml:"title" json:"title"`
	Default float64 `yaml:"default" json:"default"`
	Min     float64 `yaml:"min" json:"min"`
	Max     float64 `yaml:"max" json:"max"`
}

// Fixture names the case keys that must come out of the fixture and the innocent twins that must not.
type Fixture struct {
	Hit  []int64 `yaml:"hit" json:"hit"`
	Twin []int64 `yaml:"twin" json:"twin"`
}

// Model is one model as its directory says.
type Model struct {
	ID       string            `yaml:"id" json:"id"`
	Name     string            `yaml:"name" json:"name"`
	Purpose  string            `yaml:"purpose" json:"purpose"`     // what it is for, a sentence
	Method   string            `yaml:"method" json:"method"`       // in plain words
	Subject  Subject           `yaml:"subject" json:"subject"`     // what a case is about
	Step     string            `yaml:"step" json:"step"`           // "", groups, similar
	Node     string            `yaml:"node" json:"node,omitempty"` // of a network: person (default) or visit
	Picture  string            `yaml:"picture" json:"picture"`     // network, timeline, heat, peers
	Severity int               `yaml:"severity" json:"severity"`   // 1 2 3
	Params   []Param           `yaml:"params" json:"params"`
	Inputs   []string          `yaml:"inputs" json:"inputs"` // approved views
	Needs    []string          `yaml:"needs" json:"needs"`   // view or view.column that must hold something, else 未判
	Titles   map[string]string `yaml:"titles" json:"titles"` // of the result's own columns
	Money    string            `yaml:"money" json:"money"`   // what the sum involved is
	Basis    string            `yaml:"basis" json:"basis"`
	Verify   string            `yaml:"verify" json:"verify"`
	Innocent []string          `yaml:"innocent" json:"innocent"`
	Fixture  Fixture           `yaml:"fixture" json:"fixture"`

	SQL     string `yaml:"-" json:"sql"`
	Members string `yaml:"-" json:"members_sql,omitempty"` // second statement, after the step
	Rows    string `yaml:"-" json:"-"`                     // the fixture's statements
	Own     bool   `yaml:"-" json:"own"`                   // of this data directory
}

var idShape = regexp.MustCompile(`^[A-Z][0-9]{3}$`)
var nameShape = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// Load reads one model's directory and checks it whole; the error lists in Chinese everything that is wrong.
func Load(dir fs.FS, name string) (*Model, error) {
	b, err := fs.ReadFile(dir, path.Join(name, "model.yaml"))
	if err != nil {
		return nil, fmt.Errorf("模型 %s 没有 model.yaml：%w", name, err)
	}
	m := &Model{}
	d := yaml.NewDecoder(bytes.NewReader(b))
	d.KnownFields(true)
	if err := d.Decode(m); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("模型 %s 的 model.yaml 读不懂：%w", name, err)
	}
	for file, into := range map[string]*string{"model.sql": &m.SQL, "members.sql": &m.Members, "fixture.sql": &m.Rows} {
		b, err := fs.ReadFile(dir, path.Join(name, file))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		*into = strings.TrimSpace(string(b))
	}
	return m, m.Check(name)
}

// Check says everything that is wrong with a model; dir is the name of its directory, "" for none.
func (m *Model) Check(dir string) error {
	var bad []string
	say := func(ok bool, format string, a ...any) {
		if !ok {
			bad = append(bad, fmt.Sprintf(format, a...))
		}
	}
	say(idShape.MatchString(m.ID), "id %q 应为一个大写字母加三位数字", m.ID)
	say(dir == "" || dir == m.ID, "目录名 %s 与 id %s 不同", dir, m.ID)
	for _, f := range []struct{ title, text string }{{"name 名称", m.Name}, {"purpose 用途", m.Purpose}, {"method 方法", m.Method}, {"basis 依据", m.Basis},
		{"verify 现场核实办法", m.Verify}, {"money 涉及金额口径", m.Money}, {"model.sql", m.SQL}, {"fixture.sql", m.Rows}} {
		say(strings.TrimSpace(f.text) != "", "缺 %s", f.title)
	}
	say(subjects[m.Subject] != "", "subject %q 不在 institution、person、doctor、group、visit、area 之中", m.Subject)
	say(slices.Contains([]string{"", "groups", "similar"}, m.Step), "step %q 不在 groups、similar 之中", m.Step)
	say(m.Node == "" || m.Node == "visit", "node %q 只能是 visit 或不写（人）", m.Node)
	say((m.Step == "") == (m.Members == ""), "有 step 才有 members.sql，有 step 必须有 members.sql")
	say(slices.Contains([]string{"network", "timeline", "heat", "peers", "map"}, m.Picture), "picture %q 不在 network、timeline、heat、peers、map 之中", m.Picture)
	say(m.Severity >= 1 && m.Severity <= 3, "severity %d 应为 1、2、3", m.Severity)
	say(len(m.Innocent) > 0, "缺 innocent：没有写已知的正当原因")
	say(len(m.Fixture.Hit) > 0 && len(m.Fixture.Twin) > 0, "fixture 至少要有一个 hit 和一个 twin")
	for _, v := range m.Inputs {
		say(ViewOf(v) != nil, "inputs 里的 %q 不是可用的视图", v)
	}
	for _, n := range m.Needs {
		view, col, _ := strings.Cut(n, ".")
		v := ViewOf(view)
		say(v != nil && (col == "" || v.Has(col)), "needs 里的 %q 没有这样的视图或列", n)
	}
	seen := map[string]bool{}
	for _, p := range m.Params {
		say(nameShape.MatchString(p.Name) && !seen[p.Name], "参数名 %q 重复或不合规（小写字母、数字、下划线）", p.Name)
		say(p.Title != "", "参数 %s 没有 title", p.Name)
		say(p.Min <= p.Default && p.Default <= p.Max, "参数 %s 的缺省 %v 不在 %v 到 %v 之间", p.Name, p.Default, p.Min, p.Max)
		seen[p.Name] = true
	}
	for _, q := range []struct{ file, text string }{{"model.sql", m.SQL}, {"members.sql", m.Members}} {
		if q.text == "" {
			continue
		}
		for _, e := range CheckSQL(q.text) {
			bad = append(bad, q.file+" "+e)
		}
		for _, p := range paramsIn(q.text) {
			say(seen[p] || isPeriod(p), "%s 用了没有声明的参数 :%s", q.file, p)
		}
	}
	if len(bad) > 0 {
		return fmt.Errorf("模型 %s：%s", m.ID, strings.Join(bad, "；"))
	}
	return nil
}
