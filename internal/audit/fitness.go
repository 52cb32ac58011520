package audit

import (
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/rule"
)

// markUnfit tells the program at which institutions a card cannot be judged because a column it needs is filled too
// thinly, and returns those cases with the rate, for the report.
func markUnfit(b *rule.Bound, s *lake.Snapshot, from, to claim.Month) ([]Unfit, error) {
	var out []Unfit
	for _, c := range b.Cards() {
		bound := 0.3
		if c.MinFill != nil {
			bound = *c.MinFill
		}
		for _, n := range c.Needs {
			table, col, hasCol := strings.Cut(n, ".")
			t := claim.TableOf(table)
			if !hasCol || t == nil || t.Col("fixmedins_code") < 0 || bound <= 0 {
				continue
			}
			fill, err := s.Fill(table)
			if err != nil {
				return nil, err
			}
			for inst, cnt := range fillOf(fill, from, to) {
				if rate := cnt.Rate(t.Col(col)); rate < bound {
					b.Unfit(c.ID, inst)
					out = append(out, Unfit{Card: c.ID, Inst: s.Dicts()[claim.DictInst].String(inst), Column: n, Rate: rate})
				}
			}
		}
	}
	return out, nil
}

// Unfit is an institution that fills too little of a column a card needs.
type Unfit struct {
	Card   string  `json:"rule_id"`
	Inst   string  `json:"fixmedins_code"`
	Column string  `json:"column"`
	Rate   float64 `json:"rate"`
}

// fillOf is how well institutions filled a table in the months audited, or ever where the table has no such months.
func fillOf(f *lake.Fill, from, to claim.Month) map[int32]*lake.Counts {
	out := map[int32]*lake.Counts{}
	for m := from; m <= to; m++ {
		for inst, c := range f.ByMonth[m] {
			sum := out[inst]
			if sum == nil {
				sum = &lake.Counts{Has: make([]int64, len(c.Has))}
				out[inst] = sum
			}
			sum.Rows += c.Rows
			for i, n := range c.Has {
				sum.Has[i] += n
			}
		}
	}
	if len(out) == 0 {
		return f.ByInst
	}
	return out
}
