package audit

import (
	"cmp"
	"context"
	"slices"

	"github.com/mingjian/mingjian/internal/claim"
)

// Coverage is how much of some months' fees the points in force name, by money: what the rules that rest on points can speak of at all. Fees are net
// of refunds, in fen. An item counts as named when a point names its code, its code without suffix, or the code it is mapped to, whatever
// else the point asks (dates, areas, conditions).
type Coverage struct {
	From    string      `json:"from"`    // first month
	Month   string      `json:"month"`   // last month
	Program string      `json:"program"` // rules and knowledge
	Lines   int64       `json:"lines"`
	Fen     int64       `json:"fen"`
	Named   Named       `json:"named"`
	Rules   []RuleNames `json:"rules"` // by money, largest first; an item of several rules counts for each
	Open    []OpenItem  `json:"open"`  // items that no point names, by money, largest first
	Items   int         `json:"items"` // billed in the months
	// Waiting are rows of national sheets that wait for a person, with what the items they are about came to; the caller fills it in.
	Waiting []WaitingRow `json:"waiting,omitempty"`
	Billed  []OpenItem   `json:"-"` // every billed item
}

// WaitingRow is a row that waits for a ruling, by knowledge.Pending.Row.
type WaitingRow struct {
	Row string `json:"row"`
	Named
}

// Named is what points name.
type Named struct {
	Items int   `json:"items"`
	Lines int64 `json:"lines"`
	Fen   int64 `json:"fen"`
}

// RuleNames is what the points of a rule name.
type RuleNames struct {
	Rule string `json:"rule_id"`
	Name string `json:"name"`
	Named
}

// OpenItem is an item that no point names.
type OpenItem struct {
	Code  string `json:"hilist_code"`
	Name  string `json:"hilist_name"`
	Lines int64  `json:"lines"`
	Fen   int64  `json:"fen"`
}

// Span writes the months.
func (c *Coverage) Span() string {
	if c.From == c.Month {
		return c.Month
	}
	return c.From + " 至 " + c.Month
}

// Coverage adds up the fees from a month up to that of the ground. most bounds the items without a point that are listed.
func (g *Ground) Coverage(ctx context.Context, from claim.Month, most int) (*Coverage, error) {
	s, b := g.Snapshot(), g.Bound()
	items, texts := s.Dicts()[claim.DictItem], s.Dicts()[claim.DictText]
	sums, names := make([]OpenItem, items.Len()), make([]int32, items.Len())
	r := s.Reader()
	first := g.to // with fees
	for _, m := range s.TableMonths("fee") {
		if m < from || m > g.to {
			continue
		}
		first = min(first, m)
		for bucket := range s.Buckets() {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			fee, err := r.Read("fee", m, bucket, []string{"hilist_code", "hilist_name", "det_item_fee_sumamt"})
			if err != nil {
				return nil, err
			}
			code, name, amount := fee.Table.MustCol("hilist_code"), fee.Table.MustCol("hilist_name"), fee.Table.MustCol("det_item_fee_sumamt")
			for i := range fee.N {
				it := fee.I32(code, i)
				x := &sums[it]
				x.Lines++
				if v := claim.Money(fee.I64(amount, i)); v.Has() {
					x.Fen += int64(v)
				}
				if names[it] == 0 {
					names[it] = fee.I32(name, i)
				}
			}
		}
	}
	c := &Coverage{From: first.String(), Month: g.to.String(), Program: g.program, Rules: []RuleNames{}, Open: []OpenItem{}}
	of := map[string]*RuleNames{}
	cards := b.Cards()
	for code := range sums {
		x := &sums[code]
		if x.Lines == 0 {
			continue
		}
		c.Items, c.Lines, c.Fen = c.Items+1, c.Lines+x.Lines, c.Fen+x.Fen
		x.Code, x.Name = items.String(int32(code)), texts.String(names[code])
		c.Billed = append(c.Billed, *x)
		named := b.CardsOf(int32(code))
		if len(named) == 0 {
			c.Open = append(c.Open, *x)
			continue
		}
		c.Named.Add(x)
		seen := map[string]bool{}
		for _, k := range named {
			card := cards[k]
			if seen[card.ID] { // variants of areas
				continue
			}
			seen[card.ID] = true
			if of[card.ID] == nil {
				of[card.ID] = &RuleNames{Rule: card.ID, Name: card.Name}
			}
			of[card.ID].Add(x)
		}
	}
	for _, n := range of {
		c.Rules = append(c.Rules, *n)
	}
	slices.SortFunc(c.Rules, func(a, b RuleNames) int { return cmp.Or(cmp.Compare(b.Fen, a.Fen), cmp.Compare(a.Rule, b.Rule)) })
	slices.SortFunc(c.Open, func(a, b OpenItem) int { return cmp.Or(cmp.Compare(b.Fen, a.Fen), cmp.Compare(a.Code, b.Code)) })
	c.Open = slices.Clone(c.Open[:min(most, len(c.Open))])
	return c, nil
}

// Add counts an item.
func (n *Named) Add(x *OpenItem) {
	n.Items, n.Lines, n.Fen = n.Items+1, n.Lines+x.Lines, n.Fen+x.Fen
}
