package runs

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sort"

	"github.com/mingjian/mingjian/internal/model"
	"github.com/mingjian/mingjian/internal/model/worker"
)

// TruthName is the file in which the synthetic city says what it planted for models.
const TruthName = "truth_models.csv"

// TruthFile is where a data directory keeps the labels of the city it was filled from.
func TruthFile(data string) string { return filepath.Join(worker.Dir(data), TruthName) }

// planted is one case of the truth: a plant that must be found or a twin that must not.
type planted struct {
	model, id string
	twin      bool
	psn       map[string]bool
	insts     map[string]bool
	doctors   map[string]bool
	visits    map[string]bool
	played    map[string]int // of the scenes: visits by institution
}

// Truth is what was planted, by model.
type Truth map[string][]*planted

// scenes is the key under which the visits stand that other scenes of the city played.
const scenes = "*"

// ground is what the data hold behind cases that name no visits.
type ground struct {
	visits map[string]int                   // how many each institution had
	lines  func(inst, item string) []string // the visits with lines of an item; nil = nobody can tell
}

// played tells whether most of what a case rests on are visits of scenes that were played for rule cards: such scenes are
// alike by construction, which life is not. A case that names an item rests on the visits that have it, one that names nothing on all of its
// institution's. An institution that plays a whole scene of another model, by which it differs from all others, is none of the rest either.
func (t Truth) played(m *model.Model, c *model.Case, g ground) bool {
	n, of := 0, 0
	for _, r := range c.Rows {
		if r.Mdtrt == "" {
			continue
		}
		of++
		for _, p := range t[scenes] {
			if p.visits[r.Mdtrt] {
				n++
				break
			}
		}
	}
	if of == 0 && len(c.Members) == 0 {
		for _, p := range t[scenes] {
			n, of = n+p.played[c.Subject], g.visits[c.Subject]
		}
		if r := &c.Rows[0]; 2*n <= of && m.Subject == model.OfInst && r.Item != "" && g.lines != nil {
			n, of = 0, 0
			for _, v := range g.lines(c.Subject, r.Item) {
				of++
				if slices.ContainsFunc(t[scenes], func(p *planted) bool { return p.visits[v] }) {
					n++
				}
			}
		}
	}
	return of > 0 && 2*n > of || m.Subject == model.OfInst && t.staged(m.ID, c.Subject)
}

// staged tells whether an institution as a whole plays for another model.
func (t Truth) staged(not, inst string) bool {
	for id, ps := range t {
		if id != not && id != scenes && slices.ContainsFunc(ps, func(p *planted) bool { return p.insts[inst] && len(p.psn) == 0 && len(p.doctors) == 0 }) {
			return true
		}
	}
	return false
}

// ReadTruth reads truth_models.csv: model_id,case_id,kind (plant|twin),psn_no,fixmedins_code,prac_psn_code,mdtrt_id with a row for each
// member of a case.
func ReadTruth(path string) (Truth, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("没有标注文件 %s：评估要有造城时写下的答案，用 --truth 指定，或先用 mingjian synth 造城并导入整个文件夹", path)
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.FieldsPerRecord = 7
	if _, err := r.Read(); err != nil {
		return nil, fmt.Errorf("标注文件 %s：%w", path, err)
	}
	t := Truth{}
	at := map[string]*planted{}
	for {
		rec, err := r.Read()
		if err == io.EOF {
			return t, nil
		}
		if err != nil {
			return nil, fmt.Errorf("标注文件 %s：%w", path, err)
		}
		key := rec[0] + " " + rec[1]
		p := at[key]
		if p == nil {
			p = &planted{model: rec[0], id: rec[1], twin: rec[2] == "twin", psn: map[string]bool{}, insts: map[string]bool{}, doctors: map[string]bool{}, visits: map[string]bool{}, played: map[string]int{}}
			at[key] = p
			t[rec[0]] = append(t[rec[0]], p)
		}
		if rec[0] == scenes && rec[4] != "" {
			p.played[rec[4]]++
		}
		for i, set := range []map[string]bool{p.psn, p.insts, p.doctors, p.visits} {
			if rec[3+i] != "" {
				set[rec[3+i]] = true
			}
		}
	}
}

// is tells whether a case a model found is the planted one: the same subject, or a group that shares more than half of the
// smaller one's members.
func (p *planted) is(m *model.Model, c *model.Case) bool {
	switch m.Subject {
	case model.OfInst:
		return p.insts[c.Subject]
	case model.OfPerson:
		return p.psn[c.Subject]
	case model.OfDoctor:
		return p.doctors[c.Subject]
	case model.OfVisit:
		return p.visits[c.Subject]
	case model.OfGroup:
		n := 0
		for _, x := range c.Members {
			if p.psn[x] {
				n++
			}
		}
		return n > 0 && 2*n > min(len(c.Members), len(p.psn))
	}
	return false
}

// Score is how a model did against the truth.
type Score struct {
	ID        string             `json:"id"`
	Truth     int                `json:"truth"`
	Hits      int                `json:"hits"`
	False     int                `json:"false"`
	Precision float64            `json:"precision"`
	Recall    float64            `json:"recall"`
	Twins     int                `json:"twins_flagged"`
	Seconds   float64            `json:"seconds"`
	PeakMiB   float64            `json:"peak_rss_mib"`
	Planted   int                `json:"twins"`        // innocent twins planted
	Scenes    int                `json:"side_effects"` // cases that rest on scenes played for rule cards; neither hits nor false
	Note      string             `json:"note,omitempty"`
	Missed    []string           `json:"missed,omitempty"`
	Wrong     []string           `json:"wrong,omitempty"` // subjects of false cases
	Param     string             `json:"curve_param,omitempty"`
	Curve     []model.CurvePoint `json:"curve,omitempty"`
}

// Compare scores one result.
func Compare(m *model.Model, r *model.Result, t Truth, g ground) Score {
	s := Score{ID: m.ID, Seconds: round(r.Seconds), PeakMiB: round(r.PeakMiB), Note: r.Unjudged + r.Error}
	found := map[*planted]bool{}
	for i := range r.Cases {
		c := &r.Cases[i]
		k := slices.IndexFunc(t[m.ID], func(p *planted) bool { return !p.twin && p.is(m, c) })
		if k >= 0 {
			found[t[m.ID][k]] = true
			continue
		}
		if t.played(m, c, g) && !slices.ContainsFunc(t[m.ID], func(p *planted) bool { return p.twin && p.is(m, c) }) {
			s.Scenes++
			continue
		}
		s.False++
		s.Wrong = append(s.Wrong, c.Subject)
		for _, p := range t[m.ID] {
			if p.twin && p.is(m, c) {
				found[p] = true
			}
		}
	}
	for _, p := range t[m.ID] {
		switch {
		case p.twin:
			s.Planted++
			if found[p] {
				s.Twins++
			}
		default:
			s.Truth++
			if found[p] {
				s.Hits++
			} else {
				s.Missed = append(s.Missed, p.id)
			}
		}
	}
	sort.Strings(s.Missed)
	s.Precision, s.Recall = ratio(s.Hits, s.Hits+s.False), ratio(s.Hits, s.Truth)
	return s
}

// ratio of two counts; nothing of nothing is whole.
func ratio(a, b int) float64 {
	if b == 0 {
		return 1
	}
	return round(float64(a) / float64(b))
}

func round(v float64) float64 { return float64(int64(v*10_000+0.5)) / 10_000 }

// Evaluate runs the models and scores them. With curve the model's first parameter is tried over its bounds as well.
func Evaluate(ctx context.Context, o Options, t Truth, curve bool) ([]Score, error) {
	o.Trial = true
	views, err := Views(ctx, o.Data, o.Scope, o.Limits)
	if err != nil {
		return nil, err
	}
	visits, err := visitsOf(ctx, o, views)
	if err != nil {
		return nil, err
	}
	g := ground{visits, func(inst, item string) []string { return visitsWith(ctx, o, views, inst, item) }}
	out := []Score{}
	for i, m := range o.Models {
		if o.Progress != nil {
			o.Progress(i, len(o.Models), m.ID)
		}
		r, err := one(ctx, &o, m, views)
		if err != nil {
			return nil, err
		}
		s := Compare(m, r, t, g)
		if curve && len(m.Params) > 0 {
			if s.Curve, err = curveOf(ctx, o, m, views, t, g); err != nil {
				return nil, err
			}
			s.Param = m.Params[0].Name
		}
		out = append(out, s)
	}
	return out, nil
}

// visitsOf counts the visits of each institution.
func visitsOf(ctx context.Context, o Options, views string) (map[string]int, error) {
	l := o.Limits
	l.Rows = 1_000_000
	a, err := worker.Run(ctx, worker.Job{Kind: "query", Data: o.Data, Views: views, SQL: "SELECT inst, COUNT(1) AS n FROM visit GROUP BY inst", Limits: l})
	if err != nil {
		return nil, err
	}
	out := map[string]int{}
	for _, r := range a.Table.Rows {
		inst, _ := r[0].(string)
		n, _ := r[1].(float64)
		out[inst] = int(n)
	}
	return out, nil
}

// visitsWith lists the visits of an institution that have lines of an item; nil when that cannot be told.
func visitsWith(ctx context.Context, o Options, views, inst, item string) (out []string) {
	l := o.Limits
	l.Rows = 1_000_000
	a, err := worker.Run(ctx, worker.Job{Kind: "query", Data: o.Data, Views: views, SQL: "SELECT visit FROM line WHERE inst = :a AND item = :b GROUP BY visit", Limits: l,
		Bind: map[string]worker.Code{"a": {Column: "inst", Text: inst}, "b": {Column: "item", Text: item}}})
	if err != nil {
		return nil
	}
	for _, r := range a.Table.Rows {
		v, _ := r[0].(string)
		out = append(out, v)
	}
	return out
}

// curveOf tries the first parameter at the default and around it.
func curveOf(ctx context.Context, o Options, m *model.Model, views string, t Truth, g ground) ([]model.CurvePoint, error) {
	p := m.Params[0]
	var at []float64
	for _, f := range []float64{0.5, 0.7, 0.85, 1, 1.2, 1.5, 2} {
		v := p.Default * f
		if p.Default == float64(int64(p.Default)) && p.Default >= 2 {
			v = float64(int64(v + 0.5))
		}
		if v = min(p.Max, max(p.Min, round(v))); !slices.Contains(at, v) {
			at = append(at, v)
		}
	}
	var out []model.CurvePoint
	for _, v := range at {
		o.Params = map[string]map[string]float64{m.ID: {p.Name: v}}
		r, err := one(ctx, &o, m, views)
		if err != nil {
			return nil, err
		}
		s := Compare(m, r, t, g)
		out = append(out, model.CurvePoint{Value: v, Cases: len(r.Cases), Hits: s.Hits, False: s.False, Precision: s.Precision, Recall: s.Recall})
	}
	return out, nil
}
