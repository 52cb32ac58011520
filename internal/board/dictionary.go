package board

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
)

//go:embed indicators.tsv
var shipped string

// Indicator is one figure's definition.
type Indicator struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Unit      string `json:"unit" doc:"分为金额；‰ 为比率，值是分子、of 是分母；微秒为耗时"`
	Source    string `json:"source" doc:"none 为暂无来源"`
	Measure   string `json:"measure" doc:"算法：来源的哪个数；比率为 分子/分母 的编号"`
	Where     string `json:"where" doc:"条件"`
	Means     string `json:"means" doc:"定义；暂无来源时是原因"`
	Once      string `json:"once" doc:"去重"`
	Elsewhere string `json:"elsewhere" doc:"异地是否计入"`
	Refunds   string `json:"refunds" doc:"退费是否计入"`
	Manual    string `json:"manual" doc:"手工报销是否计入"`
	Fresh     string `json:"fresh" doc:"时效"`
	Opens     string `json:"opens" doc:"打开哪个清单"`
	Asked     string `json:"asked" doc:"出处"`
	How       string `json:"how" doc:"算法，用话说；暂无来源时为空"`

	terms []term
}

// term is a condition of an indicator.
type term struct {
	key    string
	not    bool
	values []string
}

// Missing tells whether there is no source for it yet.
func (i *Indicator) Missing() bool { return i.Source == "none" }

// measures are what the sources can be asked for.
var measures = map[string][]string{
	"finding": {"findings", "lines", "vola", "fund", "charged", "insts", "documents"}, "case": {"cases", "claim", "charged"}, "verdict": {"cases", "claim", "charged"},
	"post": {"net", "balance"}, "step": {"cases"}, "call": {"calls", "visits", "partial", "blocked", "interrupted", "mean_us", "max_us", "slow"}, "reminder": {"shown"},
	"episode": {"episodes", "avoided", "back"}, "load": {"median"}, "wrong": {"count"}, "proposal": {"count"},
	"clue": {"count", "items"}, "special": {"count"}, "inst": {"count"}, "rules": {"count"}, "model": {"kinds", "batches", "cases"}, "audit": {"settlements", "lines"},
	"casemix": {"stays", "grouped", "declared", "payable"}, "place": {"insts"}, "ratio": nil, "none": {""},
}

// keys are what conditions may name, by source.
var keys = map[string][]string{"finding": {"sev_deg", "state"}, "case": {"state", "overdue"}, "verdict": {"verdict", "outcome", "decided"}, "post": {"book", "into"},
	"step": {"event"}, "reminder": {"sev_deg"}, "episode": {"outcome", "complied", "frozen", "reopened"}, "wrong": {"state", "overdue"}, "proposal": {"state"}, "clue": {"state"}, "special": {"state"}, "casemix": {"mode"}, "place": {"what", "kind"}}

// Dictionary is all indicators in their order, and by id.
type Dictionary struct {
	All []*Indicator
	by  map[string]*Indicator
}

// Get is an indicator by its id; nil when there is none.
func (d *Dictionary) Get(id string) *Indicator { return d.by[id] }

var dictionary = func() *Dictionary {
	d, err := parse(shipped)
	if err != nil {
		panic(err) // of the program's own file: any test finds it
	}
	return d
}()

// TheDictionary is the shipped dictionary.
func TheDictionary() *Dictionary { return dictionary }

func parse(text string) (*Dictionary, error) {
	d := &Dictionary{by: map[string]*Indicator{}}
	for n, l := range strings.Split(strings.TrimRight(text, "\n"), "\n")[1:] {
		c := strings.Split(l, "\t")
		if len(c) != 14 {
			return nil, fmt.Errorf("指标字典第 %d 行有 %d 列，应为 14 列", n+2, len(c))
		}
		i := &Indicator{c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], c[8], c[9], c[10], c[11], c[12], c[13], "", nil}
		if err := i.check(d); err != nil {
			return nil, fmt.Errorf("指标 %s：%w", i.ID, err)
		}
		i.How = i.how(d)
		d.All = append(d.All, i)
		d.by[i.ID] = i
	}
	return d, nil
}

// check reads the conditions and refuses what no source can answer.
func (i *Indicator) check(d *Dictionary) error {
	has, ok := measures[i.Source]
	if !ok || d.by[i.ID] != nil || i.Means == "" {
		return fmt.Errorf("来源 %q 不认识，或编号重复，或没有定义", i.Source)
	}
	if i.Source == "ratio" {
		a, b, _ := strings.Cut(i.Measure, "/")
		if d.by[a] == nil || d.by[b] == nil {
			return fmt.Errorf("分子 %q 或分母 %q 不在前面", a, b)
		}
		return nil
	}
	if !slices.Contains(has, i.Measure) {
		return fmt.Errorf("来源 %s 没有 %q", i.Source, i.Measure)
	}
	if i.Where == "" {
		return nil
	}
	for _, c := range strings.Split(i.Where, ";") {
		k, v, ok := strings.Cut(c, "=")
		t := term{key: strings.TrimSuffix(k, "!"), not: strings.HasSuffix(k, "!"), values: strings.Split(v, "|")}
		if !ok || !slices.Contains(keys[i.Source], t.key) {
			return fmt.Errorf("条件 %q 看不懂", c)
		}
		i.terms = append(i.terms, t)
	}
	return nil
}

// of is what a condition asks a key for; nil = nothing.
func (i *Indicator) of(key string) *term {
	for k := range i.terms {
		if i.terms[k].key == key {
			return &i.terms[k]
		}
	}
	return nil
}

func (t *term) holds(v string) bool { return t == nil || slices.Contains(t.values, v) != t.not }

// is tells whether a condition on a yes-or-no column holds.
func (t *term) is(yes bool) bool {
	return t == nil || t.values[0] == map[bool]string{true: "1", false: "0"}[yes]
}
