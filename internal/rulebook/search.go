package rulebook

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// maxItems is how many item names of a card's points the search knows, so that the index stays small enough to load.
const maxItems = 400

// searchEntry is a card in the search index. Items are kept apart to say which one matched.
type searchEntry struct {
	ID    string   `json:"i"`
	Text  string   `json:"t"` // lower case: id, name, kind, sentence, law, tables
	Items []string `json:"w"`
}

// searchIndex is the index as a script, because a page opened from a file may not read other files.
func (b *book) searchIndex() ([]byte, error) {
	points := map[string][]knowledge.Point{}
	for _, p := range b.Options.Points {
		points[p.RuleID] = append(points[p.RuleID], p)
	}
	entries := make([]searchEntry, 0, len(b.Views))
	for _, v := range b.Views {
		text := []string{v.ID, v.Name, v.Group, v.Kind, v.Card.Kind + "/" + v.Check, v.Says, v.Message, v.Advice, v.Basis}
		for _, n := range v.Needs {
			text = append(text, n.Table, n.Title)
			for _, c := range n.Columns {
				text = append(text, c.Value, c.Word)
			}
		}
		text = append(text, v.Exempts...)
		entries = append(entries, searchEntry{v.ID, strings.ToLower(strings.Join(text, "\n")), b.itemWords(points[v.ID])})
	}
	data, err := json.Marshal(entries)
	return append(append([]byte("window.RULEBOOK="), data...), ";\n"...), err
}

// itemWords are the names (without one: codes) of the points' items, each once.
func (b *book) itemWords(points []knowledge.Point) []string {
	out, seen := []string{}, map[string]bool{}
	for i := range points {
		for _, code := range []string{points[i].Subject, points[i].Second} {
			if code == "" || len(out) >= maxItems {
				continue
			}
			if w := b.itemName(code); !seen[w] {
				seen[w] = true
				out = append(out, w)
			}
		}
	}
	slices.Sort(out)
	return out
}

// facet is a way of narrowing the index, with its options.
type facet struct {
	Name, Title string
	Options     []facetOption
}

type facetOption struct {
	Value, Word string
	Count       int
}

// noTable stands for "needs nothing beyond the basic tables" among the needs.
const noTable = "-"

// facets count the cards by what people narrow by.
func (b *book) facets() []facet {
	out := []facet{{Name: "g", Title: "类别"}, {Name: "s", Title: "严重程度"}, {Name: "t", Title: "环节"}, {Name: "k", Title: "判法"}, {Name: "n", Title: "需要的数据"}}
	counts := make([]map[string]int, len(out))
	for i := range counts {
		counts[i] = map[string]int{}
	}
	for _, v := range b.Views {
		for i, values := range v.FacetValues() {
			for _, x := range values {
				counts[i][x]++
			}
		}
	}
	words := []func(string) string{func(s string) string { return s }, func(s string) string { return wordOf(severities, s) }, func(s string) string { return s }, kindWord, tableWord}
	for i := range out {
		for _, x := range sortedKeys(counts[i]) {
			out[i].Options = append(out[i].Options, facetOption{x, words[i](x), counts[i][x]})
		}
		switch out[i].Name {
		case "t":
			slices.SortStableFunc(out[i].Options, func(x, y facetOption) int { return indexOf(stageWords, x.Value) - indexOf(stageWords, y.Value) })
		case "s":
		default:
			slices.SortStableFunc(out[i].Options, func(x, y facetOption) int { return y.Count - x.Count })
		}
	}
	return out
}

// FacetValues are the card's values in the order of facets.
func (v *cardView) FacetValues() [][]string {
	tables := []string{}
	for _, n := range v.Needs {
		tables = append(tables, n.Table)
	}
	if len(tables) == 0 {
		tables = []string{noTable}
	}
	return [][]string{{v.Group}, {v.SeverityText.Value}, v.Stages, {v.Card.Kind}, tables}
}

func tableWord(t string) string {
	if t == noTable {
		return "只用基本表"
	}
	if s := claim.TableTitles[t]; s != "" {
		return s
	}
	return t
}

func indexOf(list []named, v string) int {
	return slices.IndexFunc(list, func(n named) bool { return n.Value == v })
}
