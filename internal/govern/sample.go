package govern

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/store"
)

// SampleSize is how many findings a card are judged blindly each month.
const SampleSize = 30

// Verdicts of a judge.
const (
	Right   = "right"
	Wrong   = "wrong"
	Unclear = "unclear"
)

// Draw draws the blind sample of a month: of each card 30 findings that stand, all where there are fewer. Drawing again adds only
// cards that had none.
func (r *Rules) Draw(ctx context.Context, who *auth.Identity, month string) (drawn int, err error) {
	if _, err := claim.ParseMonth(month); err != nil {
		return 0, err
	}
	if err := allowed(who, "", auth.EditKnowledge, auth.ApproveRules); err != nil {
		return 0, err
	}
	byRule := map[string][]string{}
	facts := map[string]store.RuleFinding{}
	err = r.DB.EachRuleFinding(ctx, month, func(f *store.RuleFinding) error {
		if !f.Withdrawn {
			byRule[f.Rule] = append(byRule[f.Rule], f.ID)
			facts[f.ID] = *f
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	err = r.do(ctx, func(tx *store.Tx) ([]auth.Event, error) {
		have, err := tx.Samples(month)
		if err != nil {
			return nil, err
		}
		known := map[string]bool{}
		for _, s := range have {
			known[s.Rule] = true
		}
		var out []store.Sampled
		now := store.Micros(time.Now())
		for id, ids := range byRule {
			if known[id] {
				continue
			}
			for _, f := range draw(month+"\x1f"+id, ids, SampleSize) {
				out = append(out, store.Sampled{Month: month, Rule: id, Finding: f, RuleVersion: facts[f].Version, Severity: facts[f].Severity, DrawnAt: now})
			}
		}
		if drawn = len(out); drawn == 0 {
			return nil, nil
		}
		return []auth.Event{{Actor: who.Name, Action: "抽取盲审样本", Object: month, Detail: fmt.Sprintf("%d 条", drawn)}}, tx.AddSamples(out)
	})
	return drawn, err
}

// Sheet is a sampled finding as a judge sees it: others' answers are told only when both are in.
type Sheet struct {
	Month   string `json:"month"`
	Rule    string `json:"rule_id"`
	Finding string `json:"finding_id"`
	Mine    string `json:"mine"`  // "" = not judged yet
	Full    bool   `json:"full"`  // two judges have answered
	Other   string `json:"other"` // "" unless full
	Note    string `json:"note"`
}

// Sheets lists what is drawn for a month, for one judge.
func (r *Rules) Sheets(ctx context.Context, who *auth.Identity, month string) (out []Sheet, err error) {
	err = r.DB.View(ctx, func(tx *store.Tx) error {
		out = nil
		ss, err := tx.Samples(month)
		if err != nil {
			return err
		}
		js, err := tx.Judgements(month)
		if err != nil {
			return err
		}
		for _, s := range ss {
			x := Sheet{Month: s.Month, Rule: s.Rule, Finding: s.Finding}
			n, other := 0, ""
			for _, j := range js {
				if j.Month != s.Month || j.Finding != s.Finding {
					continue
				}
				if n++; j.Judge == who.Name {
					x.Mine, x.Note = j.Verdict, j.Note
				} else {
					other += "、" + j.Verdict
				}
			}
			if x.Full = n >= judges; x.Full && other != "" {
				x.Other = other[len("、"):]
			}
			out = append(out, x)
		}
		return nil
	})
	return out, err
}

// judges is how many people judge a finding, independently.
const judges = 2

// Judge takes a judge's answer on a sampled finding. When it completes the card's sample and the card is too often wrong, the card
// goes back to the shadow; put says why, "" when it stays.
func (r *Rules) Judge(ctx context.Context, who *auth.Identity, finding, verdict, note string) (put string, err error) {
	if !slices.Contains([]string{Right, Wrong, Unclear}, verdict) {
		return "", fmt.Errorf("判断写作 %q，只能是 right、wrong 或 unclear", verdict)
	}
	if err := allowed(who, "", auth.FirstReview, auth.SecondReview, auth.PanelReview, auth.Inspect); err != nil {
		return "", err
	}
	err = r.do(ctx, func(tx *store.Tx) ([]auth.Event, error) {
		put = ""
		ss, err := tx.SamplesOf(finding)
		if err != nil {
			return nil, err
		}
		if len(ss) == 0 {
			return nil, refusef(store.ErrNotFound, "疑点 %s 不在盲审样本里", finding)
		}
		s := ss[0]
		js, err := tx.Judgements(s.Month)
		if err != nil {
			return nil, err
		}
		n := 0
		for _, j := range js {
			if j.Finding == finding {
				if n++; j.Judge == who.Name {
					return nil, refusef(ErrState, "您已经判过这一条，不能再改")
				}
			}
		}
		if n >= judges {
			return nil, refusef(ErrState, "这一条已有两人判过")
		}
		err = tx.AddJudgement(store.Judgement{Month: s.Month, Finding: finding, Judge: who.Name, Rule: s.Rule, Verdict: verdict, Note: note, At: store.Micros(time.Now())})
		if err != nil {
			return nil, err
		}
		// What was answered is not on the trail, which others may read before they judge.
		events := []auth.Event{{Actor: who.Name, Action: "盲审", Object: finding, Detail: s.Month + " " + s.Rule}}
		more, why, err := r.check(tx, s.Month, s.Rule)
		put = why
		return append(events, more...), err
	})
	return put, err
}

// Precision is what the blind sample of a month says of a card.
type Precision struct {
	Month   string  `json:"month"`
	Rule    string  `json:"rule_id"`
	Drawn   int     `json:"drawn"`
	Both    int     `json:"both"`    // judged by two
	Right   int     `json:"right"`   // both say right
	Wrong   int     `json:"wrong"`   // both say wrong
	Open    int     `json:"open"`    // they differ, or one cannot tell: for a third to look at, not in the share
	Share   float64 `json:"share"`   // right of right and wrong
	Low     float64 `json:"low"`     // 95 % interval
	High    float64 `json:"high"`    //
	Bound   float64 `json:"bound"`   // below it with all its interval the card goes back; 0 = none
	Failing bool    `json:"failing"` // the sample is complete and the interval below the bound

	severity int
	versions []string
}

// Precisions lists the precisions of a month (all when ""), by month and card.
func (r *Rules) Precisions(ctx context.Context, month string) (out []Precision, err error) {
	err = r.DB.View(ctx, func(tx *store.Tx) (err error) { out, err = precisions(tx, month); return err })
	return out, err
}

func precisions(tx *store.Tx, month string) ([]Precision, error) {
	ss, err := tx.Samples(month)
	if err != nil {
		return nil, err
	}
	js, err := tx.Judgements(month)
	if err != nil {
		return nil, err
	}
	bs, err := bounds(tx)
	if err != nil {
		return nil, err
	}
	type key struct{ month, id string }
	said := map[key][]string{}
	for _, j := range js {
		k := key{j.Month, j.Finding}
		said[k] = append(said[k], j.Verdict)
	}
	by := map[key]*Precision{}
	for _, s := range ss {
		k := key{s.Month, s.Rule}
		if by[k] == nil {
			by[k] = &Precision{Month: s.Month, Rule: s.Rule, severity: s.Severity}
		}
		p := by[k]
		p.Drawn++
		p.severity = min(p.severity, s.Severity) // the strictest finding decides
		if !slices.Contains(p.versions, s.RuleVersion) {
			p.versions = append(p.versions, s.RuleVersion)
		}
		v := said[key{s.Month, s.Finding}]
		if len(v) < judges {
			continue
		}
		p.Both++
		switch {
		case v[0] == Right && v[1] == Right:
			p.Right++
		case v[0] == Wrong && v[1] == Wrong:
			p.Wrong++
		default:
			p.Open++
		}
	}
	out := make([]Precision, 0, len(by))
	for _, p := range by {
		n := p.Right + p.Wrong
		if n > 0 {
			p.Share = float64(p.Right) / float64(n)
		}
		p.Low, p.High = Wilson(p.Right, n)
		p.Bound = bs[p.severity]
		p.Failing = p.Both == p.Drawn && n > 0 && p.High < p.Bound
		out = append(out, *p)
	}
	slices.SortFunc(out, func(x, y Precision) int { return cmp.Or(cmp.Compare(x.Month, y.Month), cmp.Compare(x.Rule, y.Rule)) })
	return out, nil
}

// check puts a card back to the shadow when the sample of a month shows that it is too often wrong. Versions that have been live
// since are left alone.
func (r *Rules) check(tx *store.Tx, month, id string) (events []auth.Event, why string, err error) {
	ps, err := precisions(tx, month)
	if err != nil {
		return nil, "", err
	}
	i := slices.IndexFunc(ps, func(p Precision) bool { return p.Rule == id && p.Failing })
	if i < 0 {
		return nil, "", nil
	}
	p := &ps[i]
	why = fmt.Sprintf("%s 盲审 %d 条，对 %d、错 %d、不定 %d，准确率 %.1f%%（95%% 区间 %.1f%%～%.1f%%），低于下限 %.1f%%", month, p.Drawn, p.Right, p.Wrong, p.Open,
		100*p.Share, 100*p.Low, 100*p.High, 100*p.Bound)
	events, err = r.demote(tx, id, p.versions, why)
	if len(events) == 0 {
		return nil, "", err
	}
	return events, why, err
}

// demote puts the live versions of a card back to the shadow, a card of the library as a version made for it.
func (r *Rules) demote(tx *store.Tx, id string, versions []string, why string) ([]auth.Event, error) {
	l, err := readLedger(tx)
	if err != nil {
		return nil, err
	}
	b, err := l.compose(r.Library, nil)
	if err != nil {
		return nil, err
	}
	current := []string{}
	if c := b.Library.Card(id); c != nil {
		current = append(current, c.Version)
	}
	for _, v := range b.Rules.Variants {
		if v.ID == id && v.Card != nil {
			current = append(current, v.Card.Version)
		}
	}
	if !slices.ContainsFunc(versions, func(v string) bool { return slices.Contains(current, v) }) {
		return nil, nil // what was judged is no longer what judges
	}
	var events []auth.Event
	whole := false // the card has versions that hold everywhere
	for i := range l.versions {
		v := &l.versions[i]
		if v.Kind != Cards || v.Subject != id || v.LiveAt == 0 {
			continue
		}
		whole = whole || v.Area == ""
		if State(v.State) != Live {
			continue
		}
		_, more, err := act(tx, machine, v.ID, actDemote, why, forgetShadow)
		if err != nil {
			return nil, err
		}
		events = append(events, more...)
	}
	c := r.Library.Card(id)
	if whole || c == nil {
		return events, nil
	}
	v, more, err := r.adopt(tx, c, string(c.Text()))
	if err != nil {
		return nil, err
	}
	events = append(events, more...)
	_, more, err = act(tx, machine, v.ID, actDemote, why, forgetShadow)
	return append(events, more...), err
}

// forgetShadow makes a version that was put back be judged in the shadow anew before it is submitted.
func forgetShadow(_ *store.Tx, v *store.RuleVersion) ([]auth.Event, error) {
	return nil, setResults(v, func(x *Results) { x.Shadow = nil })
}
