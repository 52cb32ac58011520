package bench

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"cel.dev/cel-go/common/types"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
	"github.com/mingjian/mingjian/internal/rule"
)

// RuleTimes are what one process measured over the timelines of a month, on one processor, in processor time, which other
// work on the machine disturbs least. Nanoseconds are for one
// evaluation: a line and a point of one of the ten rules that the index selects.
type RuleTimes struct {
	Gate        bool           `json:"gate"`
	Hash        string         `json:"hash"`
	Lines       int64          `json:"lines"`       // of the month
	Named       int64          `json:"lines_named"` // those that a point of the ten rules names: they are judged
	Evaluations int64          `json:"evaluations"` // of a rule on such a line
	Found       map[string]int `json:"found"`
	Diff        []Difference   `json:"differences"`
	EngineNs    float64        `json:"engine_ns"`
	FindingNs   float64        `json:"engine_with_findings_ns"` // of all evaluations, the findings written out
	CELNs       float64        `json:"cel_ns"`
	ExprNs      float64        `json:"expr_ns"`
	UnindexedNs float64        `json:"unindexed_cel_ns"` // of CEL asked on every line, by evaluation of the index
	Cards       []CardCost     `json:"cards"`            // dearest first
}

// CardCost is what one card costs when it alone judges the month, beyond what judging without any card costs.
type CardCost struct {
	ID        string  `json:"id"`
	NsPerLine float64 `json:"ns_per_line"`
	Share     float64 `json:"share"` // of the sum of all cards
}

func (t *RuleTimes) clear() {
	t.EngineNs, t.FindingNs, t.CELNs, t.ExprNs, t.UnindexedNs, t.Cards = 0, 0, 0, 0, 0, []CardCost{}
}

// month is the pre-decoded month: timelines, and of each what the item index selects for the ten rules.
type month struct {
	b     *rule.Bound
	m     claim.Month
	all   []person
	named []person // those with anything selected
	ids   map[string]bool
	cards []*rule.Card
	eval  *rule.Eval
}

type person struct {
	t        *claim.Timeline
	selected []rule.Candidate
}

func loadMonth(ctx context.Context, j job) (*month, error) {
	lib, err := rule.Shipped()
	if err != nil {
		return nil, err
	}
	a, err := audit.Open(j.Data, lib)
	if err != nil {
		return nil, err
	}
	w := &month{m: j.Month, ids: map[string]bool{}}
	for _, r := range lineRules {
		w.ids[r.id] = true
	}
	err = a.Timelines(ctx, j.Month, func(b *rule.Bound, t *claim.Timeline) {
		if w.b == nil {
			w.b, w.cards, w.eval = b, b.Cards(), b.NewEval(j.Month, j.Month, w.ids)
		}
		p := person{t, w.eval.Candidates(t)}
		w.all = append(w.all, p)
		if len(p.selected) > 0 {
			w.named = append(w.named, p)
		}
	})
	if err == nil && len(w.named) == 0 {
		err = errors.New("示例城市没有十条规则要判的行")
	}
	return w, err
}

// verdict is a finding as the sides are compared: the card and the line.
type verdict struct {
	card string
	l    *claim.Line
}

// side judges persons with the ten rules and calls found for each finding.
type side func(ps []person, found func(verdict)) error

func (w *month) native() side {
	return func(ps []person, found func(verdict)) error {
		for i := range ps {
			for _, h := range w.eval.JudgeCandidates(ps[i].t, ps[i].selected) {
				found(verdict{h.Card.ID, &ps[i].t.Lines[h.Lines[0].Line]})
			}
		}
		return nil
	}
}

// behindIndex asks an engine's conditions about what the item index selected.
func (w *month) behindIndex(ask func(card int32, s *subject) (bool, error)) side {
	s := &subject{b: w.b, ds: w.b.Vocab.Dicts()}
	return func(ps []person, found func(verdict)) error {
		for i := range ps {
			s.t = ps[i].t
			for k := range ps[i].selected {
				c := &ps[i].selected[k]
				s.l, s.p = &s.t.Lines[c.Line], c.Point
				ok, err := ask(c.Card, s)
				if err != nil {
					return err
				}
				if ok {
					found(verdict{w.cards[c.Card].ID, s.l})
				}
			}
		}
		return nil
	}
}

func (w *month) number(id string) int {
	return slices.IndexFunc(w.cards, func(c *rule.Card) bool { return c.ID == id })
}

func (w *month) cel() (side, error) {
	rules := make([]*celRule, len(w.cards))
	for _, r := range lineRules {
		c, err := newCELRule(r.text, false)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", r.id, err)
		}
		rules[w.number(r.id)] = c
	}
	return w.behindIndex(func(card int32, s *subject) (bool, error) { return rules[card].ask(s) }), nil
}

func (w *month) expr() (side, error) {
	rules := make([]*exprRule, len(w.cards))
	for _, r := range lineRules {
		c, err := newExprRule(r.text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", r.id, err)
		}
		rules[w.number(r.id)] = c
	}
	return w.behindIndex(func(card int32, s *subject) (bool, error) { return rules[card].ask(s) }), nil
}

// unindexed asks all ten conditions about every line; each first asks whether one of its points names the item.
func (w *month) unindexed(base *knowledge.Base) (side, error) {
	rules := make([]*celRule, len(w.cards))
	for _, r := range lineRules {
		c, err := newCELRule(r.text, true)
		if err != nil {
			return nil, err
		}
		items := map[string]bool{}
		for _, p := range base.Points {
			if p.RuleID == r.id {
				items[p.Subject] = true
			}
		}
		c.items = types.DefaultTypeAdapter.NativeToValue(items)
		rules[w.number(r.id)] = c
	}
	s := &subject{b: w.b, ds: w.b.Vocab.Dicts()}
	none := &knowledge.Point{}
	points := make([][]*knowledge.Point, len(w.cards))
	return func(ps []person, found func(verdict)) error {
		for _, p := range ps {
			s.t = p.t
			k := 0
			for li := range p.t.Lines {
				s.l = &p.t.Lines[li]
				for i := range points {
					points[i] = points[i][:0]
				}
				for ; k < len(p.selected) && p.selected[k].Line == int32(li); k++ {
					points[p.selected[k].Card] = append(points[p.selected[k].Card], p.selected[k].Point)
				}
				for card, c := range rules {
					if c == nil {
						continue
					}
					s.p = none
					if len(points[card]) == 0 { // out of force, exempt or not named: asked all the same
						if _, err := c.ask(s); err != nil {
							return err
						}
					}
					for _, s.p = range points[card] {
						ok, err := c.ask(s)
						if err != nil {
							return err
						}
						if ok {
							found(verdict{w.cards[card].ID, s.l})
						}
					}
				}
			}
		}
		return nil
	}, nil
}

// passing are the persons with what was selected and is no finding, and how much that is.
func (w *month) passing() ([]person, int64) {
	var out []person
	n := int64(0)
	for i := range w.named {
		p := person{t: w.named[i].t}
		for k := range w.named[i].selected {
			if len(w.eval.JudgeCandidates(p.t, w.named[i].selected[k:k+1])) == 0 {
				p.selected = append(p.selected, w.named[i].selected[k])
			}
		}
		if n += int64(len(p.selected)); len(p.selected) > 0 {
			out = append(out, p)
		}
	}
	return out, n
}

// repeats is how often each person is judged in one run.
const repeats = 100

// doRules compares the findings of all sides, then measures them in turn.
func doRules(ctx context.Context, j job) (outcome, error) {
	w, err := loadMonth(ctx, j)
	if err != nil {
		return outcome{}, err
	}
	ks, err := openKnowledge(j.Data)
	if err != nil {
		return outcome{}, err
	}
	celSide, err := w.cel()
	if err != nil {
		return outcome{}, err
	}
	exprSide, err := w.expr()
	if err != nil {
		return outcome{}, err
	}
	bare, err := w.unindexed(ks)
	if err != nil {
		return outcome{}, err
	}
	r := &RuleTimes{Found: map[string]int{}, Diff: []Difference{}, Cards: []CardCost{}}
	for _, p := range w.all {
		r.Lines += int64(len(p.t.Lines))
		r.Evaluations += int64(len(p.selected))
		for k := range p.selected {
			if k == 0 || p.selected[k].Line != p.selected[k-1].Line {
				r.Named++
			}
		}
	}
	names := []string{"engine", "cel", "expr", "unindexed_cel"}
	sides := []side{w.native(), celSide, exprSide, bare}
	over := [][]person{w.named, w.named, w.named, w.all}
	if err := r.gate(names, sides, over); err != nil {
		return outcome{}, err
	}
	if !r.Gate || j.Runs == 0 {
		return outcome{Rules: r}, nil
	}
	// Writing out a finding (its facts, its key) is not evaluation, and only the engine does it: the sides are measured on
	// what passes, and the engine on all besides.
	passing, asked := w.passing()
	names, sides = append(names, "findings"), append(sides, sides[0])
	over = [][]person{passing, passing, passing, w.all, w.named}
	count := []int64{asked, asked, asked, r.Evaluations, r.Evaluations}
	times := make([][]float64, len(sides))
	for run := range j.Runs + 1 { // the first round warms up
		for i, s := range sides {
			n, again := 0, repeats
			if names[i] == "unindexed_cel" {
				again = 1
			}
			start := cpuTime()
			for k := range over[i] { // again and again over one person: what is measured is judging, not waiting for memory
				for range again {
					if err := s(over[i][k:k+1], func(verdict) { n++ }); err != nil {
						return outcome{}, err
					}
				}
			}
			if run > 0 {
				times[i] = append(times[i], float64((cpuTime()-start).Nanoseconds())/float64(count[i]*int64(again)))
			}
		}
	}
	r.EngineNs, r.CELNs, r.ExprNs, r.UnindexedNs = middle(times[0]), middle(times[1]), middle(times[2]), middle(times[3])
	r.FindingNs = middle(times[4])
	r.costs(w, j.Runs)
	return outcome{Rules: r}, nil
}

// gate compares all sides with the engine.
func (r *RuleTimes) gate(names []string, sides []side, over [][]person) error {
	sets := make([]map[found]bool, len(sides))
	for i, s := range sides {
		sets[i] = map[found]bool{}
		for k := range over[i] {
			t := over[i][k].t
			if err := s(over[i][k:k+1], func(v verdict) { sets[i][found{v.card, t.LineMdtrt(v.l), t.FeedetlSn(v.l)}] = true }); err != nil {
				return err
			}
		}
	}
	for f := range sets[0] {
		r.Found[f.Rule]++
	}
	for i := 1; i < len(sides); i++ {
		for _, d := range differences(sets[0], sets[i]) {
			if d.Side == "sql" {
				d.Side = names[i]
			} else {
				d.Side = "engine (not " + names[i] + ")"
			}
			r.Diff = append(r.Diff, d)
		}
	}
	r.Gate, r.Hash = len(r.Diff) == 0, hashOf(sets[0])
	return nil
}

// costs judges the month with each card alone and with none, in turn.
func (r *RuleTimes) costs(w *month, runs int) {
	only := []map[string]bool{{}}
	for _, c := range w.cards {
		only = append(only, map[string]bool{c.ID: true})
	}
	times := make([][]float64, len(only))
	for range runs {
		for i, o := range only {
			e := w.b.NewEval(w.m, w.m, o)
			start := cpuTime()
			for k := range w.all {
				e.Judge(w.all[k].t)
			}
			times[i] = append(times[i], float64((cpuTime()-start).Nanoseconds())/float64(r.Lines))
		}
	}
	sum := 0.0
	for i, c := range w.cards {
		ns := max(0, middle(times[i+1])-middle(times[0]))
		sum += ns
		r.Cards = append(r.Cards, CardCost{ID: c.ID, NsPerLine: ns})
	}
	for i := range r.Cards {
		r.Cards[i].Share = r.Cards[i].NsPerLine / max(sum, 1e-9)
	}
	slices.SortFunc(r.Cards, func(a, b CardCost) int { return cmp.Or(cmp.Compare(b.NsPerLine, a.NsPerLine), cmp.Compare(a.ID, b.ID)) })
}

func middle(xs []float64) float64 {
	slices.Sort(xs)
	return xs[len(xs)/2]
}
