package govern

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
	"github.com/mingjian/mingjian/internal/rule"
	"github.com/mingjian/mingjian/internal/store"
)

// always tells that a piece judges everywhere on all days.
func (p *piece) always() bool { return p.area == "" && p.from <= earliest && p.to >= claim.OpenDay }

// add puts a card into the book: plainly where one version holds everywhere and always, else with variants.
func (b *Book) add(id string, base *rule.Card, pieces []piece, areas []store.AreaRule) error {
	if n := len(pieces); n > 0 && pieces[0].always() && (n == 1 || pieces[1].area != "") {
		base, pieces = pieces[0].card, pieces[1:]
		if base == nil && !slices.ContainsFunc(pieces, func(p piece) bool { return p.card != nil }) {
			return nil // nothing judges anywhere
		}
	}
	if base == nil { // known only for some days or areas
		i := slices.IndexFunc(pieces, func(p piece) bool { return p.card != nil })
		if i < 0 {
			return nil
		}
		base = pieces[i].card
		pieces = append([]piece{{from: earliest, to: claim.OpenDay}}, pieces...)
	}
	b.Library.Cards = append(b.Library.Cards, base)
	all := append([]piece{{card: base, from: earliest, to: claim.OpenDay}}, pieces...)
	for _, a := range areas {
		more, err := apply(a, all)
		if err != nil {
			return fmt.Errorf("区划设置 %s（%s@%s）：%w", a.ID, a.Rule, a.Area, err)
		}
		pieces = append(pieces, more...)
	}
	for _, p := range pieces {
		b.Rules.Variants = append(b.Rules.Variants, rule.Variant{ID: id, Card: p.card, Area: p.area, From: p.from, To: p.to, AppliesOn: p.appliesOn})
	}
	return nil
}

// apply makes what an override says of each version that judges in its area while it holds.
func apply(a store.AreaRule, all []piece) ([]piece, error) {
	var o rule.Override
	if err := json.Unmarshal([]byte(a.Change), &o); err != nil {
		return nil, err
	}
	first, last := firstDay(a.From), lastDay(a.To)
	days := []claim.Day{first}
	for _, p := range all {
		for _, d := range []claim.Day{p.from, p.to + 1} {
			if d > first && d <= last {
				days = append(days, d)
			}
		}
	}
	slices.Sort(days)
	days = slices.Compact(days)
	var out []piece
	for i, d := range days {
		to := last
		if i+1 < len(days) {
			to = days[i+1] - 1
		}
		w := winner(all, a.Area, d)
		p := piece{area: a.Area, from: d, to: to, appliesOn: w.appliesOn}
		if w.card != nil && a.Enabled {
			var err error
			if p.card, err = w.card.With(o); err != nil {
				return nil, err
			}
		}
		out = append(out, p)
	}
	return out, nil
}

// winner is the piece that judges in an area on a day; the first one of all always holds.
func winner(all []piece, area string, d claim.Day) *piece {
	best := &all[0]
	for i := range all {
		p := &all[i]
		if d < p.from || d > p.to || !rule.Within(area, p.area) {
			continue
		}
		if i == 0 || deeper(p.area, best.area) > 0 || (p.area == best.area && p.from >= best.from) || best == &all[0] {
			best = p
		}
	}
	return best
}

func deeper(a, b string) int {
	switch {
	case a == b:
		return 0
	case rule.Within(a, b):
		return 1
	}
	return -1
}

// Points overlays the knowledge with what people ruled on rows that wait, then with the live sets: a point laid over takes the place of the
// point of the same id on its days.
func (b *Book) Points(plain *knowledge.Base) (*knowledge.Base, error) {
	base, pieces, err := b.ruled(plain)
	if err != nil {
		return nil, err
	}
	if pieces = append(pieces, b.points...); len(pieces) == 0 {
		return base, nil
	}
	out := *base
	out.Points = slices.Clone(base.Points)
	for _, piece := range pieces {
		ids := map[string]bool{}
		for i := range piece.points {
			ids[piece.points[i].ID] = true
		}
		var cut []knowledge.Point
		for _, p := range out.Points {
			if !ids[p.ID] || p.To < piece.from || p.From > piece.to {
				cut = append(cut, p)
				continue
			}
			if p.From < piece.from {
				q := p
				q.To = piece.from - 1
				cut = append(cut, q)
			}
			if p.To > piece.to {
				q := p
				q.From = piece.to + 1
				cut = append(cut, q)
			}
		}
		for _, p := range piece.points {
			p.From, p.To = max(p.From, piece.from), min(p.To, piece.to)
			if p.From <= p.To {
				cut = append(cut, p)
			}
		}
		out.Points = cut
	}
	return &out, nil
}

// Open prepares the audit of a data directory with the book.
func (b *Book) Open(dir string) (*audit.Auditor, error) {
	a, err := audit.Open(dir, b.Library)
	if err != nil {
		return nil, err
	}
	a.Rules, a.Granted = b.Rules, b.Granted
	a.Base, err = b.Points(a.Base)
	return a, err
}
