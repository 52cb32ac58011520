package rule

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"unique"

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
	Guard      string         `yaml:"guard,omitempty"` // CEL condition of the findings' subject
	Meta       map[string]any `yaml:"meta"`
	Basis      string         `yaml:"basis"`
	Message    string         `yaml:"message"`
	Advice     string         `yaml:"advice"`
	Cases      []Case         `yaml:"cases"`

	File    string `yaml:"-"` // where it came from
	Version string `yaml:"-"` // hash of everything but the cases

	// Local cards come from a data directory. Replaces is the version of the shipped card that a local one stands for.
	Local    bool   `yaml:"-"`
	Replaces string `yaml:"-"`

	guardAt place          // where the condition stands
	lines   map[string]int // of the file, by field and by "cases/name"
	text    []byte
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
	rows := make([]map[string]any, 1)
	var err error
	if n.Kind == yaml.MappingNode {
		err = n.Decode(&rows[0])
	} else {
		err = n.Decode(&rows)
	}
	if err != nil {
		return err
	}
	*r = make(caseRows, len(rows))
	for i, row := range rows {
		(*r)[i] = shared(row)
	}
	return nil
}

// shared is a row whose names and values are the same strings as those of other rows: the cases of all cards hold a hundred thousand, of
// which few differ, and they stay in memory beside the program.
func shared(row map[string]any) map[string]any {
	out := make(map[string]any, len(row))
	for k, v := range row {
		switch v.(type) {
		case string, int, float64, bool:
			v = unique.Make(v).Value()
		}
		out[unique.Make(k).Value()] = v
	}
	return out
}

// defaultMinFill is the share of filled values of a needed column below which an institution is not judged.
const defaultMinFill = 0.3

// ParseCard reads one card. Everything wrong with it is a CardErrors that names file, line and remedy.
func ParseCard(file string, data []byte) (*Card, error) {
	p := &problems{file: file}
	root := p.read(data)
	if root == nil || !p.shape(root) {
		return nil, p.found
	}
	c := Card{File: file}
	if err := root.Decode(&c); err != nil {
		p.found = append(p.found, yamlError(file, data, err))
		return nil, p.found
	}
	p.card = &c
	if n := p.at("guard"); n != nil {
		c.guardAt = placeOf(n, data)
	}
	p.lines()
	p.check()
	if len(p.found) > 0 {
		slices.SortStableFunc(p.found, func(a, b CardError) int {
			return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Msg, b.Msg))
		})
		return nil, p.found
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

// positive reads a whole number that things are divided by.
func (p *params) positive(name string, def int) int {
	n := p.int(name, def)
	if n < 1 {
		p.fail(name, p.set[name], "大于 0 的整数")
		return def
	}
	return n
}

// least reads a number that makes sense from a least value up only.
func (p *params) least(name string, def, least float64) float64 {
	x := p.num(name, def)
	if !(x >= least) {
		p.fail(name, p.set[name], fmt.Sprintf("不小于 %v 的数字", least))
		return def
	}
	return x
}

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
			return &unknownParam{fmt.Sprintf("%s 写了 %s/%s 不认识的参数 %q", p.card.ID, p.card.Kind, p.card.Check, k), slices.Sorted(maps.Keys(p.used))}
		}
	}
	return nil
}

// unknownParam says that nobody asks for a parameter, and for which ones the check asks.
type unknownParam struct {
	msg   string
	known []string
}

func (e *unknownParam) Error() string {
	if len(e.known) == 0 {
		return e.msg + "，这种判法没有参数"
	}
	return e.msg + "，它的参数是 " + strings.Join(e.known, "、")
}
