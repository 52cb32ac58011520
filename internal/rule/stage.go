package rule

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/mingjian/mingjian/internal/claim"
)

// What those need to know of a program who judge before and during payment.

// OfStage lists the ids of the cards that speak at a stage, and of all that must be judged to know what they say: narrower cards
// silence wider ones whether or not they speak themselves.
func (p *Program) OfStage(stage string) (speak, judged map[string]bool) {
	speak, judged = map[string]bool{}, map[string]bool{}
	for _, c := range p.cards {
		if slices.Contains(c.Stages, stage) {
			speak[c.ID], judged[c.ID] = true, true
		}
	}
	for n := 0; n < len(judged); {
		n = len(judged)
		for _, c := range p.cards {
			if slices.ContainsFunc(c.Refines, func(wide string) bool { return judged[wide] }) {
				judged[c.ID] = true
			}
		}
	}
	return speak, judged
}

// Scope is what a card looks at.
type Scope struct {
	Lines  bool // every fee line, whatever the item
	Named  bool // fee lines that its points name
	Visit  bool // visits and stays
	Settle bool // settlements
	Book   bool // rows of all persons together
}

// ScopeOf a card by number.
func (p *Program) ScopeOf(card int) Scope {
	c := p.cards[card]
	s := Scope{Named: c.line != nil || c.group != nil, Book: c.bookH != nil || c.mixH != nil || (p.grouped && c.mixes()), Visit: c.visitH != nil || c.stayH != nil, Settle: c.settleH != nil}
	s.Lines = c.personH != nil && !s.Named
	return s
}

// IsUnfit tells that an institution fills too little of what a card needs: it is not judged there.
func (b *Bound) IsUnfit(card int, inst int32) bool { return at(b.unfit[card], inst) }

// CardsOf lists the cards whose points name an item by its code, each once.
func (b *Bound) CardsOf(item int32) []int {
	if item < 0 || int(item) >= len(b.items) {
		return nil
	}
	var out []int
	for _, r := range b.items[item] {
		if !slices.Contains(out, int(r.card)) {
			out = append(out, int(r.card))
		}
	}
	return out
}

// Spoken tells whether anything at all is known of an item code: a point, another code it stands for, or the catalogue.
func (b *Bound) Spoken(item int32) bool {
	return item > 0 && int(item) < len(b.items) && (len(b.items[item]) > 0 || b.canon[item] != item)
}

// Lacks tells which of a card's needs the facts do not hold, "" for none. carried says of "table.column" (or a table alone)
// that it is at hand.
func Lacks(c *Card, carried func(table, column string) bool) string {
	for _, n := range c.Needs {
		table, col, _ := strings.Cut(n, ".")
		if optionalTable(c, table) || pastNeeds[c.Kind+"/"+c.Check] == table {
			continue
		}
		if !carried(table, col) {
			return n
		}
	}
	return ""
}

// pastNeeds are needs that a check reads of other visits, never of the one it judges: earlier examinations elsewhere.
var pastNeeds = map[string]string{"FREQ/recognized": "exam"}

// Brief is the finding in at most limit characters: what, limit, remedy. say gives the value of a fact as the reader may see it.
// Where it is too long, the longest values are cut.
func (h *Hit) Brief(limit int, say func(Fact) string) string {
	vs := make([]string, len(h.Facts)) // values of the facts that the message names
	for i, f := range h.Facts {
		if h.Card.names(f.Name) {
			vs[i] = say(f)
		}
	}
	s := h.filled(vs)
	for n := utf8.RuneCountInString(s) - limit; n > 0; n = utf8.RuneCountInString(s) - limit {
		longest, most := -1, 3
		for i, v := range vs {
			if k := utf8.RuneCountInString(v); k > most {
				longest, most = i, k
			}
		}
		if longest < 0 {
			return string([]rune(s)[:limit-1]) + "…"
		}
		vs[longest] = string([]rune(vs[longest])[:max(2, most-n-1)]) + "…"
		s = h.filled(vs)
	}
	return s
}

// names tells whether the card's message has a place for a fact.
func (c *Card) names(fact string) bool {
	for s := c.Message; ; {
		i := strings.IndexByte(s, '{')
		if i < 0 {
			return false
		}
		if s = s[i+1:]; strings.HasPrefix(s, fact) && len(s) > len(fact) && s[len(fact)] == '}' {
			return true
		}
	}
}

// filled is the message with the values of the facts; what nothing fills is left out.
func (h *Hit) filled(vs []string) string {
	var b strings.Builder
	s := h.Card.Message
	b.Grow(2 * len(s))
	for {
		i := strings.IndexByte(s, '{')
		j := strings.IndexByte(s, '}')
		if i < 0 || j < i {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:i])
		if k := slices.IndexFunc(h.Facts, func(f Fact) bool { return f.Name == s[i+1:j] }); k >= 0 {
			b.WriteString(vs[k])
		}
		s = s[j+1:]
	}
}

// dropPlaceholders takes out what nothing filled.
func dropPlaceholders(s string) string {
	for {
		i := strings.IndexByte(s, '{')
		j := strings.IndexByte(s, '}')
		if i < 0 || j < i {
			return s
		}
		s = s[:i] + s[j+1:]
	}
}

// Code of the item of a line under which points, catalogue and prices know it, in its original string.
func (b *Bound) Code(l *claim.Line) string { return b.ds[claim.DictItem].String(b.canonical(l.Item)) }
