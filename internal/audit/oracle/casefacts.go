package oracle

import (
	"slices"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// Of makes a city of rows by table, such as a card's case gives.
func Of(tables map[string][]map[string]string) *City {
	c := &City{Params: factory(), tables: map[string][]row{}}
	for _, t := range claim.Tables() {
		for _, r := range tables[t.Name] { // a case's rows are all there: none corrects another
			c.land(t, row(r), map[string]int{})
		}
	}
	c.assemble()
	return c
}

// JudgeCase judges one card as its cases are judged: open lines too, in-patients in hospital until the day.
func (c *City) JudgeCase(rule string, points []knowledge.Point, until claim.Day) []Finding {
	j := c.judge(points, nil)
	c.whole = true
	for _, p := range c.persons {
		j.p = p
		j.eval = until
		p.mergeStays(until)
		for _, card := range cards() {
			speaks := card.id == rule || slices.Contains(speaksFor[card.id], rule)
			if speaks && c.able(card.id) {
				card.judge(j)
			}
		}
	}
	return slices.DeleteFunc(j.out, func(f Finding) bool { return f.Rule != rule })
}
