package rule

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/mingjian/mingjian/internal/claim"
)

// Card is a rule with its metadata, as its YAML file says it (docs/规则编写指南.md).
type Card struct {
	ID         string         `yaml:"id"`
	Name       string         `yaml:"name"`
	Group      string         `yaml:"group"`
	Kind       string         `yaml:"kind"`
	Check      string         `yaml:"check"`
	Key        string         `yaml:"key"`
	Level      string         `yaml:"level"`
	Severity   int            `yaml:"severity"`
	Stages     []string       `yaml:"stages"`
	Stop       string         `yaml:"stop"`
	Priority   int            `yaml:"priority"`
	Refines    []string       `yaml:"refines"`
	Area       string         `yaml:"area"`
	Points     bool           `yaml:"points"`
	Needs      []string       `yaml:"needs"`
	MinFill    *float64       `yaml:"min_fill"`
	Params     map[string]any `yaml:"params"`
	Exempt     []string       `yaml:"exempt"`
	ExemptDiag string         `yaml:"exempt_diag"`
	Meta       map[string]any `yaml:"meta"`
	Basis      string         `yaml:"basis"`
	Message    string         `yaml:"message"`
	Advice     string         `yaml:"advice"`
	Cases      []Case         `yaml:"cases"`

	File    string `yaml:"-"` // where it came from
	Version string `yaml:"-"` // hash of everything but the cases

	text []byte
}

// Text is the YAML the card was read from.
func (c *Card) Text() []byte { return c.text }

// Case is a small world with the findings expected of the card.
type Case struct {
	Name      string              `yaml:"name"`
	Given     map[string]caseRows `yaml:"given"`
	Params    map[string]any      `yaml:"params"`
	Expect    []string            `yaml:"expect"`
	Severity  int                 `yaml:"severity"`
	VolaAmt   *float64            `yaml:"vola_amt"`
	NotJudged bool                `yaml:"not_judged"`
}

// caseRows are the rows of one table in a case; a single row may be written without a list.
type caseRows []map[string]any

// UnmarshalYAML accepts a list of rows or one row.
func (r *caseRows) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.MappingNode {
		*r = caseRows{nil}
		return n.Decode(&(*r)[0])
	}
	var rows []map[string]any
	if err := n.Decode(&rows); err != nil {
		return err
	}
	*r = rows
	return nil
}

// defaultMinFill is the share of filled values of a needed column below which an institution is not judged.
const defaultMinFill = 0.3

// ParseCard reads one card; unknown fields and impossible values are errors that say where.
func ParseCard(file string, data []byte) (*Card, error) {
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	var c Card
	if err := d.Decode(&c); err != nil {
		return nil, fmt.Errorf("%s：规则卡写法有误：%w", file, err)
	}
	c.File = file
	if err := c.validate(); err != nil {
		return nil, fmt.Errorf("%s：%w", file, err)
	}
	v := c
	v.Cases, v.File = nil, ""
	b, err := yaml.Marshal(&v)
	if err != nil {
		return nil, err
	}
	h := sha256.Sum256(b)
	c.Version = hex.EncodeToString(h[:4])
	c.text = data
	return &c, nil
}

var (
	levels = []string{"line", "day", "pair", "stay", "visit", "settlement", "person"}
	stops  = []string{"block", "confirm", "inform", "silent"}
	stages = []string{"事前", "事中", "事后"}
)

func (c *Card) validate() error {
	if c.ID == "" || c.Name == "" {
		return fmt.Errorf("缺少 id 或 name")
	}
	oneOf := func(field, v string, set []string) error {
		if !slices.Contains(set, v) {
			return fmt.Errorf("%s 的 %s 写作 %q，只能是 %v 之一", c.ID, field, v, set)
		}
		return nil
	}
	for _, err := range []error{oneOf("level", c.Level, levels), oneOf("stop", c.Stop, stops),
		oneOf("key", c.Key, []string{"person", "institution"}), oneOf("area", c.Area, []string{"care", "insured"})} {
		if err != nil {
			return err
		}
	}
	if c.Severity < 1 || c.Severity > 3 {
		return fmt.Errorf("%s 的 severity 写作 %d，只能是 1、2、3", c.ID, c.Severity)
	}
	if len(c.Stages) == 0 {
		return fmt.Errorf("%s 没有写 stages", c.ID)
	}
	for _, s := range c.Stages {
		if err := oneOf("stages", s, stages); err != nil {
			return err
		}
	}
	for _, e := range c.Exempt {
		if _, ok := claim.TagNames[e]; !ok {
			return fmt.Errorf("%s 的豁免标记 %q 不存在", c.ID, e)
		}
	}
	for _, n := range c.Needs {
		table, col, _ := strings.Cut(n, ".")
		t := claim.TableOf(table)
		if t == nil || (col != "" && t.Col(col) < 0) {
			return fmt.Errorf("%s 的 needs 写了不存在的 %q，应为 表.列", c.ID, n)
		}
	}
	if !slices.ContainsFunc(c.Cases, func(k Case) bool { return len(k.Expect) > 0 }) ||
		!slices.ContainsFunc(c.Cases, func(k Case) bool { return len(k.Expect) == 0 }) {
		return fmt.Errorf("%s 至少要有一个命中的用例和一个刚好不命中的用例", c.ID)
	}
	if c.Basis == "" || c.Message == "" {
		return fmt.Errorf("%s 缺少 basis 或 message", c.ID)
	}
	if n := len([]rune(c.Message)); n > 60 {
		return fmt.Errorf("%s 的 message 有 %d 字，不能超过 60 字", c.ID, n)
	}
	return nil
}

// minFill of the card.
func (c *Card) minFill() float64 {
	if c.MinFill == nil {
		return defaultMinFill
	}
	return *c.MinFill
}

// params gives a check its parameters and notices those that no check asked for.
type params struct {
	card *Card
	set  map[string]any
	used map[string]bool
	err  error
}

func newParams(c *Card, override map[string]any) *params {
	p := &params{card: c, set: map[string]any{}, used: map[string]bool{}}
	for k, v := range c.Params {
		p.set[k] = v
	}
	for k, v := range override {
		p.set[k] = v
	}
	return p
}

func (p *params) has(name string) bool {
	_, ok := p.set[name]
	return ok
}

func (p *params) fail(name string, v any, want string) {
	if p.err == nil {
		p.err = fmt.Errorf("%s 的参数 %s 写作 %v，应为%s", p.card.ID, name, v, want)
	}
}

func (p *params) num(name string, def float64) float64 {
	p.used[name] = true
	v, ok := p.set[name]
	if !ok {
		return def
	}
	switch n := v.(type) {
	case int:
		return float64(n)
	case float64:
		return n
	case string:
		if f, err := strconv.ParseFloat(n, 64); err == nil {
			return f
		}
	}
	p.fail(name, v, "数字")
	return def
}

func (p *params) int(name string, def int) int { return int(p.num(name, float64(def))) }

// yuan reads an amount of money given in yuan.
func (p *params) yuan(name string, def float64) claim.Money {
	return claim.Money(math.Round(p.num(name, def) * 100))
}

func (p *params) str(name, def string) string {
	p.used[name] = true
	if v, ok := p.set[name]; ok {
		return fmt.Sprint(v)
	}
	return def
}

func (p *params) bool(name string, def bool) bool {
	p.used[name] = true
	v, ok := p.set[name]
	if !ok {
		return def
	}
	b, isBool := v.(bool)
	if !isBool {
		p.fail(name, v, " true 或 false")
	}
	return b
}

func (p *params) done() error {
	if p.err != nil {
		return p.err
	}
	for k := range p.set {
		if !p.used[k] {
			return fmt.Errorf("%s 写了 %s/%s 不认识的参数 %q", p.card.ID, p.card.Kind, p.card.Check, k)
		}
	}
	return nil
}
