package audit

import (
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/rule"
)

// Unfit is an institution that fills too little of a column a card needs in a month.
type Unfit struct {
	Card   string  `json:"rule_id"`
	Inst   string  `json:"fixmedins_code"`
	Column string  `json:"column"`
	Month  string  `json:"month"`
	Rate   float64 `json:"rate"`

	inst int32
}

// unfit finds at which institutions a card cannot be judged in a month because a column it needs is filled too thinly.
// It also says which institutions were looked at: the others have no rows there.
func unfit(cards []*rule.Card, s *lake.Snapshot, m claim.Month) (out []Unfit, seen map[string]bool, err error) {
	seen = map[string]bool{}
	for _, c := range cards {
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
				return nil, nil, err
			}
			for inst, cnt := range fillOf(fill, m) {
				u := Unfit{Card: c.ID, Inst: s.Dicts()[claim.DictInst].String(inst), Column: n, Month: m.String(), Rate: cnt.Rate(t.Col(col)), inst: inst}
				again := seen[u.key()] // variants of a card need the same columns
				seen[u.key()] = true
				if u.Rate < bound && !again {
					out = append(out, u)
				}
			}
		}
	}
	slices.SortFunc(out, func(a, b Unfit) int { return strings.Compare(a.key(), b.key()) })
	return out, seen, nil
}

func (u *Unfit) key() string { return u.Card + "|" + u.Inst + "|" + u.Column }

// fillOf is how well institutions filled a table in a month, or in all months its judgement reads where the table has no
// rows in that month.
func fillOf(f *lake.Fill, m claim.Month) map[int32]*lake.Counts {
	if own := f.ByMonth[m]; len(own) > 0 {
		return own
	}
	out := map[int32]*lake.Counts{}
	for fm, insts := range f.ByMonth {
		if f.Table.PersonKeyed && !reads(f.Table.Name, fm, m, m) {
			continue
		}
		for inst, c := range insts {
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
	return out
}

// fitness is where cards can be judged in a month: who was looked at, and who of them fills too little.
type fitness struct{ unfit, seen map[string]bool }

func newFitness(us []Unfit, seen map[string]bool) fitness {
	f := fitness{map[string]bool{}, seen}
	for i := range us {
		f.unfit[us[i].key()] = true
	}
	return f
}

// agrees tells whether two months can be judged together: no institution is fit for a card in one and unfit in the other.
func (f *fitness) agrees(g *fitness) bool {
	for k := range f.unfit {
		if g.seen[k] && !g.unfit[k] {
			return false
		}
	}
	for k := range g.unfit {
		if f.seen[k] && !f.unfit[k] {
			return false
		}
	}
	return true
}
