package govern

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/mingjian/mingjian/internal/casemix/pay"
	"github.com/mingjian/mingjian/internal/casemix/special"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
	"github.com/mingjian/mingjian/internal/rule"
	"github.com/mingjian/mingjian/internal/store"
)

// Book is what an audit judges with: the library overlaid with what the store says. Equal decisions give an equal book.
type Book struct {
	Library *rule.Library
	Rules   rule.Options
	Refused []rule.CardError // what is wrong with local cards that were left out of the library
	// Granted are the special cases that panels granted, by mdtrt_id: they are paid otherwise than by their case group.
	Granted map[string]*pay.Special

	points  []pointPiece
	rulings map[string]*store.Ruling // in force, by row
}

// piece says what judges of a card in an area for some days; nil card = nothing.
type piece struct {
	card      *rule.Card
	area      string
	from, to  claim.Day
	appliesOn string
}

// pointPiece is a live set of points for some days.
type pointPiece struct {
	points   []knowledge.Point
	from, to claim.Day
}

// ledger is what the store holds, read at one moment.
type ledger struct {
	versions   []store.RuleVersion
	byID       map[string]*store.RuleVersion
	areas      []store.AreaRule
	exemptions []store.Exemption
	rulings    []store.Ruling
	parsed     map[string]*rule.Card
}

func (r *Rules) read(ctx context.Context) (*ledger, error) {
	l := &ledger{}
	err := r.DB.View(ctx, func(tx *store.Tx) (err error) { *l, err = readLedger(tx); return err })
	return l, err
}

func readLedger(tx *store.Tx) (l ledger, err error) {
	l.byID, l.parsed = map[string]*store.RuleVersion{}, map[string]*rule.Card{}
	if l.versions, err = tx.RuleVersions("", ""); err != nil {
		return l, err
	}
	for i := range l.versions {
		l.byID[l.versions[i].ID] = &l.versions[i]
	}
	if l.areas, err = tx.AreaRules(); err != nil {
		return l, err
	}
	if l.exemptions, err = tx.Exemptions(); err != nil {
		return l, err
	}
	l.rulings, err = tx.Rulings()
	return l, err
}

// Live is the book an audit judges with now.
func (r *Rules) Live(ctx context.Context) (*Book, error) {
	l, err := r.read(ctx)
	if err != nil {
		return nil, err
	}
	b, err := l.compose(r.Library, nil)
	if err != nil {
		return nil, err
	}
	b.Granted, err = (&special.Book{DB: r.DB}).Granted(ctx)
	return b, err
}

// Stamp changes when what is live may have changed: a version took a step, or an override, exemption or ruling was decided.
func (r *Rules) Stamp(ctx context.Context) (stamp string, err error) {
	err = r.DB.View(ctx, func(tx *store.Tx) error {
		at, err := tx.Setting(settingChanged)
		if err != nil {
			return err
		}
		areas, exemptions, rulings, err := tx.RuleSettings()
		stamp = fmt.Sprintf("%s/%d/%d/%d", at, areas, exemptions, rulings)
		return err
	})
	return stamp, err
}

// Candidate is a book in which versions that are not live judge as if they were, for all days, with the cards they bear on.
type Candidate struct {
	Book
	Cards    []string // ids, sorted
	Versions []store.RuleVersion
}

// Shadow is the book that is judged beside the live one; nil when nothing is in the shadow.
func (r *Rules) Shadow(ctx context.Context) (*Candidate, error) {
	l, err := r.read(ctx)
	if err != nil {
		return nil, err
	}
	var vs []store.RuleVersion
	for _, v := range l.versions {
		if State(v.State).candidate() {
			vs = append(vs, v)
		}
	}
	if len(vs) == 0 {
		return nil, nil
	}
	return l.candidate(r.Library, vs)
}

// With is the live book with one version in the place of what is live, for a trial.
func (r *Rules) With(ctx context.Context, v *store.RuleVersion) (*Candidate, error) {
	l, err := r.read(ctx)
	if err != nil {
		return nil, err
	}
	return l.candidate(r.Library, []store.RuleVersion{*v})
}

func (l *ledger) candidate(lib *rule.Library, vs []store.RuleVersion) (*Candidate, error) {
	b, err := l.compose(lib, vs)
	if err != nil {
		return nil, err
	}
	c := &Candidate{Book: *b, Versions: vs}
	for i := range vs {
		ids, err := bears(&vs[i])
		if err != nil {
			return nil, err
		}
		c.Cards = append(c.Cards, ids...)
	}
	slices.Sort(c.Cards)
	c.Cards = slices.Compact(c.Cards)
	for _, id := range c.Cards {
		if c.Library.Card(id) == nil {
			return nil, fmt.Errorf("规则库里没有 %q", id)
		}
	}
	return c, nil
}

// bears lists the cards a version bears on: itself, or those its points belong to.
func bears(v *store.RuleVersion) ([]string, error) {
	if v.Kind == Cards {
		return []string{v.Subject}, nil
	}
	ps, err := knowledge.ParsePoints(v.Subject, []byte(v.Body))
	var ids []string
	for i := range ps {
		ids = append(ids, ps[i].RuleID)
	}
	return ids, err
}

func (l *ledger) card(v *store.RuleVersion) (*rule.Card, error) {
	if c := l.parsed[v.ID]; c != nil {
		return c, nil
	}
	c, err := rule.ParseCard("版本 "+v.ID, []byte(v.Body))
	if err != nil {
		return nil, err
	}
	l.parsed[v.ID] = c
	return c, nil
}

// link is a version in the chain of its subject and area.
type link struct {
	v         *store.RuleVersion
	candidate bool
}

// compose overlays the library. candidates judge as if they were live without end.
func (l *ledger) compose(lib *rule.Library, candidates []store.RuleVersion) (*Book, error) {
	out := &Book{Library: &rule.Library{}, rulings: map[string]*store.Ruling{}}
	for i := range l.rulings {
		if x := &l.rulings[i]; State(x.State) == Live {
			out.rulings[x.Row] = x
		}
	}
	cards := map[string]*rule.Card{}
	for _, c := range lib.Cards {
		cards[c.ID] = c
	}
	pieces := map[string][]piece{}
	type subject struct{ kind, subject, area string }
	var order []subject
	chains := map[subject][]link{}
	add := func(v *store.RuleVersion, candidate bool) {
		k := subject{v.Kind, v.Subject, v.Area}
		if chains[k] == nil {
			order = append(order, k)
		}
		chains[k] = append(chains[k], link{v, candidate})
	}
	for i := range l.versions {
		if v := &l.versions[i]; v.LiveAt > 0 {
			add(v, false)
		}
	}
	for i := range candidates {
		add(&candidates[i], true)
	}
	// The widest areas first, so that the order does not hang on who was made when.
	slices.SortStableFunc(order, func(x, y subject) int {
		return cmp.Or(cmp.Compare(x.kind, y.kind), cmp.Compare(x.subject, y.subject), cmp.Compare(x.area, y.area))
	})
	for _, k := range order {
		ls := l.inForce(chains[k])
		if k.kind == Points {
			ps, err := setPieces(ls)
			if err != nil {
				return nil, err
			}
			out.points = append(out.points, ps...)
			continue
		}
		ps, err := l.cardPieces(ls)
		if err != nil {
			return nil, err
		}
		pieces[k.subject] = append(pieces[k.subject], ps...)
	}
	var ids []string
	for id := range cards {
		ids = append(ids, id)
	}
	for id := range pieces {
		if cards[id] == nil {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	for _, id := range ids {
		if err := out.add(id, cards[id], pieces[id], l.overrides(id)); err != nil {
			return nil, err
		}
	}
	for _, x := range l.exemptions {
		if State(x.State) == Live && out.Library.Card(x.Rule) != nil {
			out.Rules.Exemptions = append(out.Rules.Exemptions, rule.Exemption{ID: x.ID, Card: x.Rule, Inst: x.Inst, Dept: x.Dept, Item: x.Item, Diags: x.Diags,
				From: firstDay(x.From), To: lastDay(x.To)})
		}
	}
	return out, nil
}

// inForce follows a chain from its head back: what the head replaced, and so on. Oldest first.
func (l *ledger) inForce(chain []link) []link {
	var cand *link
	var head *store.RuleVersion
	for i := range chain {
		c := &chain[i]
		switch {
		case c.candidate:
			cand = c
		case head == nil || c.v.LiveAt > head.LiveAt:
			head = c.v
		}
	}
	if cand != nil { // for all days: nothing before it judges
		return []link{*cand}
	}
	var out []link
	for v := head; v != nil; v = l.byID[v.Replaces] {
		out = append(out, link{v, false})
		if v.From == "" || len(out) > len(l.versions) {
			break
		}
	}
	slices.Reverse(out)
	return out
}

// earliest is the day before all facts: a version from then on has always held.
var earliest = claim.DayOf(1900, 1, 1)

func firstDay(s string) claim.Day {
	if s == "" {
		return earliest
	}
	d, err := claim.ParseDay(s)
	if err != nil {
		return earliest // days are checked when they are taken in
	}
	return max(d, earliest)
}

func lastDay(s string) claim.Day {
	if s == "" {
		return claim.OpenDay
	}
	d, err := claim.ParseDay(s)
	if err != nil {
		return claim.OpenDay
	}
	return d
}

// cardPieces are what the versions of a chain say, oldest first. A later version wins from its first day on, so the earlier ones
// need no end; after a version's own last day nothing judges, unless a later version had begun.
func (l *ledger) cardPieces(chain []link) ([]piece, error) {
	var out []piece
	for i, k := range chain {
		p := piece{area: k.v.Area, from: firstDay(k.v.From), to: claim.OpenDay, appliesOn: k.v.AppliesOn}
		if k.candidate {
			p.from, p.appliesOn = earliest, ""
		} else if !State(k.v.State).judges() {
			out = append(out, p) // put back to the shadow: nothing judges
			continue
		}
		var err error
		if p.card, err = l.card(k.v); err != nil {
			return nil, err
		}
		end := lastDay(k.v.To)
		if k.candidate {
			end = claim.OpenDay
		}
		p.to = end
		out = append(out, p)
		later := claim.OpenDay
		if i+1 < len(chain) {
			later = firstDay(chain[i+1].v.From)
		}
		if end < claim.OpenDay && end+1 < later {
			out = append(out, piece{area: p.area, from: end + 1, to: claim.OpenDay, appliesOn: p.appliesOn})
		}
	}
	return out, nil
}

func setPieces(chain []link) ([]pointPiece, error) {
	var out []pointPiece
	for i, k := range chain {
		if !k.candidate && !State(k.v.State).judges() {
			continue
		}
		ps, err := knowledge.ParsePoints(k.v.Subject, []byte(k.v.Body))
		if err != nil {
			return nil, err
		}
		for j := range ps {
			if ps[j].AppliesOn == "" {
				ps[j].AppliesOn = k.v.AppliesOn
			}
		}
		p := pointPiece{points: ps, from: firstDay(k.v.From), to: lastDay(k.v.To)}
		if k.candidate {
			p.from, p.to = earliest, claim.OpenDay
		}
		if i+1 < len(chain) {
			p.to = min(p.to, firstDay(chain[i+1].v.From)-1)
		}
		if p.from <= p.to {
			out = append(out, p)
		}
	}
	return out, nil
}

// overrides of a card that are in force, by area and age.
func (l *ledger) overrides(id string) []store.AreaRule {
	var out []store.AreaRule
	for _, a := range l.areas {
		if a.Rule == id && State(a.State) == Live {
			out = append(out, a)
		}
	}
	slices.SortStableFunc(out, func(x, y store.AreaRule) int { return cmp.Compare(x.Area, y.Area) })
	return out
}
