package rulebook

import (
	"cmp"
	"slices"

	"github.com/mingjian/mingjian/internal/claim"
)

// basicTables are those without which nothing can be judged.
var basicTables = []string{"person", "institution", "visit", "fee", "settlement"}

// tableView is a table with the cards that cannot be judged without it.
type tableView struct {
	Name, Title string
	Basic       bool
	Columns     []named // needed ones: Value column, Word title, Text ids of the cards
	Cards       []*cardView
}

// tables lists all tables: first the basic ones, then by how many cards need them.
func (b *book) tables() []tableView {
	var out []tableView
	for _, t := range claim.Tables() {
		x := tableView{Name: t.Name, Title: cmp.Or(claim.TableTitles[t.Name], t.Name), Basic: slices.Contains(basicTables, t.Name)}
		columns := map[string]bool{}
		for _, v := range b.Views {
			for _, n := range v.Needs {
				if n.Table != t.Name {
					continue
				}
				x.Cards = append(x.Cards, v)
				for _, c := range n.Columns {
					columns[c.Value] = true
				}
			}
		}
		for _, c := range sortedKeys(columns) {
			x.Columns = append(x.Columns, named{c, cmp.Or(claim.ColumnTitle(t.Name, c), c), ""})
		}
		out = append(out, x)
	}
	slices.SortStableFunc(out, func(x, y tableView) int {
		if x.Basic != y.Basic {
			if x.Basic {
				return -1
			}
			return 1
		}
		return len(y.Cards) - len(x.Cards)
	})
	return out
}
