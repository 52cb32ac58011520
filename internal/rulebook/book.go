package rulebook

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
	"github.com/mingjian/mingjian/internal/rule"
)

// Options of a book.
type Options struct {
	Cards  []*rule.Card
	Points []knowledge.Point
	// PointSource says where the points are from, as the pages say it: 示例知识包, 数据目录 ….
	PointSource string
	// ItemNames are names of item codes for people; a code without one stands for itself.
	ItemNames map[string]string
	// Date is the day to be recorded with changes found now, yyyy-MM-dd. It appears nowhere when nothing changed.
	Date string
	// URL is where the site will be served, for the feed's links; "" leaves them relative.
	URL string
}

// book is the library seen as a whole: what pages link to each other by.
type book struct {
	Options
	guide   *guide
	byID    map[string]*cardView
	Views   []*cardView // by id
	Changes []Change    // newest first
	Updated string      // day of the newest change
}

// cardView is what a card's page says.
type cardView struct {
	*rule.Card
	SeverityText, StopText       named
	Kind, Says, Level, Partition string
	Quote, AreaFrom, Guard       string
	Plainly                      string // what it judges, in whole sentences
	Reading                      string
	Params                       []paramView
	Exempts                      []string
	Needs                        []needView
	MinFillPercent               string
	Speaks, Yields, Family       []*cardView
	Before, After                *cardView   // neighbours by id
	Shown                        []pointView // of the points
	PointCount                   int
	Hit, Miss                    *exampleView
	Others                       []caseView
	Meta                         []named
	History                      []Change
	fields                       map[string]string // in words, for the history
}

// paramView is a parameter. Set tells that the card gives the value; otherwise it is the check's own.
type paramView struct {
	Name, Means, Value, Unit string
	Set                      bool
}

type needView struct {
	Table, Title string
	Columns      []named // Value: column, Word: title
}

type caseView struct{ Name, Outcome, Class string }

// newBook makes the views of all cards with their examples. A case that cannot be judged is an error that names card and case.
func newBook(o Options) (*book, error) {
	b, err := readBook(o)
	if err != nil {
		return nil, err
	}
	for _, v := range b.Views {
		if err := v.work(b); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// readBook makes the views without examples: it judges nothing.
func readBook(o Options) (*book, error) {
	b := &book{Options: o, guide: readGuide(), byID: map[string]*cardView{}}
	b.nameItems()
	points := map[string][]knowledge.Point{}
	for _, p := range o.Points {
		points[p.RuleID] = append(points[p.RuleID], p)
	}
	for _, c := range o.Cards {
		v := b.view(c)
		v.setPoints(b, points[c.ID])
		var err error
		if v.fields, err = fieldsInWords(c); err != nil {
			return nil, err
		}
		v.Guard = strings.TrimSpace(v.fields["guard"])
		b.byID[c.ID] = v
		b.Views = append(b.Views, v)
	}
	slices.SortFunc(b.Views, func(x, y *cardView) int { return strings.Compare(x.ID, y.ID) })
	for i, v := range b.Views {
		if i > 0 {
			v.Before, b.Views[i-1].After = b.Views[i-1], v
		}
		b.relate(v)
	}
	return b, nil
}

func (b *book) view(c *rule.Card) *cardView {
	check := c.Kind + "/" + c.Check
	t := b.guide.checks[check]
	v := &cardView{Card: c, Kind: kindWord(c.Kind), Says: cmp.Or(t.Says, c.Name), Level: cmp.Or(levelWords[c.Level], c.Level),
		Partition: cmp.Or(partitionWords[c.Key], c.Key), Quote: sentenceOf(c), AreaFrom: cmp.Or(areaWords[c.Area], c.Area), Reading: b.guide.readings[c.ID]}
	for _, n := range severities {
		if n.Value == fmt.Sprint(c.Severity) {
			v.SeverityText = n
		}
	}
	for _, n := range stopLevels {
		if n.Value == c.Stop {
			v.StopText = n
		}
	}
	known := map[string]bool{}
	for _, p := range t.Params {
		known[p.Name] = true
		v.addParam(b, check, p.Name, p.Default)
	}
	for _, name := range sortedKeys(c.Params) {
		if !known[name] {
			v.addParam(b, check, name, "")
		}
	}
	for _, tag := range c.Exempt {
		v.Exempts = append(v.Exempts, cmp.Or(claim.TagTitles[tag], tag))
	}
	v.setNeeds()
	order := []string{"对象", "场景", "险种", "费用", "机构级别", "区间"}
	for _, k := range sortedKeys(c.Meta) {
		if !slices.Contains(order, k) {
			order = append(order, k)
		}
	}
	for _, k := range order {
		if x, ok := c.Meta[k]; ok {
			v.Meta = append(v.Meta, named{k, plain(x), ""})
		}
	}
	v.Plainly = v.plainly(t.Points)
	return v
}

// addParam adds a parameter. One that the card does not set has the value the check gives it; where that is not a plain
// value (tolerances with their unit, lists with a remark) the guide's words stand.
func (v *cardView) addParam(b *book, check, name, def string) {
	text, _ := b.guide.param(check, name)
	p := paramView{Name: name, Means: cmp.Or(text.Means, name), Unit: text.Unit}
	if set, ok := v.Card.Params[name]; ok {
		p.Value, p.Set = plain(set), true
	} else {
		p.Value, _, _ = strings.Cut(def, "，")
		p.Value = strings.TrimSpace(strings.TrimSuffix(p.Value, text.Unit))
	}
	switch p.Value {
	case "true", "false":
		p.Value = map[string]string{"true": "是", "false": "否"}[p.Value]
	case "":
		p.Value = "空"
	}
	i := len(v.Params)
	if p.Set { // what the card sets comes first
		i = slices.IndexFunc(v.Params, func(x paramView) bool { return !x.Set })
		if i < 0 {
			i = len(v.Params)
		}
	}
	v.Params = slices.Insert(v.Params, i, p)
}

func (v *cardView) setNeeds() {
	at := map[string]int{}
	for _, n := range v.Card.Needs {
		table, col, _ := strings.Cut(n, ".")
		i, ok := at[table]
		if !ok {
			i = len(v.Needs)
			at[table] = i
			v.Needs = append(v.Needs, needView{Table: table, Title: cmp.Or(claim.TableTitles[table], table)})
		}
		if col != "" {
			v.Needs[i].Columns = append(v.Needs[i].Columns, named{col, cmp.Or(claim.ColumnTitle(table, col), col), ""})
		}
	}
	fill := 0.3
	if v.MinFill != nil {
		fill = *v.MinFill
	}
	v.MinFillPercent = fmt.Sprintf("%.0f%%", fill*100)
}

// relate finds the cards a card's page links to.
func (b *book) relate(v *cardView) {
	for _, id := range v.Refines {
		if o := b.byID[id]; o != nil {
			v.Speaks = append(v.Speaks, o)
		}
	}
	for _, o := range b.Views {
		if o == v {
			continue
		}
		if slices.Contains(o.Refines, v.ID) {
			v.Yields = append(v.Yields, o)
		}
		if o.Card.Kind == v.Card.Kind && o.Check == v.Check {
			v.Family = append(v.Family, o)
		}
	}
}

// Has tells whether the book has a page of the card.
func (b *book) Has(id string) bool { return b.byID[id] != nil }

// fieldsInWords are a card's fields as text, by YAML name: what the history compares.
func fieldsInWords(c *rule.Card) (map[string]string, error) {
	data, err := yaml.Marshal(c)
	if err != nil {
		return nil, err
	}
	var m map[string]any
	if err := yaml.Unmarshal(data, &m); err != nil {
		return nil, err
	}
	out := map[string]string{}
	for k, x := range m {
		if k == "cases" {
			continue
		}
		s := plain(x)
		switch k {
		case "severity":
			s = wordOf(severities, s)
		case "stop":
			s = wordOf(stopLevels, s)
		case "level":
			s = cmp.Or(levelWords[s], s)
		case "kind":
			s = kindWord(s)
		case "key":
			s = cmp.Or(partitionWords[s], s)
		case "area":
			s = cmp.Or(areaWords[s], s)
		case "exempt":
			tags := make([]string, len(c.Exempt))
			for i, t := range c.Exempt {
				tags[i] = cmp.Or(claim.TagTitles[t], t)
			}
			s = strings.Join(tags, "、")
		}
		if s != "" {
			out[k] = s
		}
	}
	return out, nil
}

// plain is a YAML value as text.
func plain(x any) string {
	switch v := x.(type) {
	case nil:
		return ""
	case bool:
		if v {
			return "是"
		}
		return "否"
	case []any:
		var out []string
		for _, e := range v {
			out = append(out, plain(e))
		}
		return strings.Join(out, "、")
	case map[string]any:
		var out []string
		for _, k := range sortedKeys(v) {
			out = append(out, k+" "+plain(v[k]))
		}
		return strings.Join(out, "；")
	}
	return fmt.Sprint(x)
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
