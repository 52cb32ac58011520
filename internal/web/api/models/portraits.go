package models

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/model"
	"github.com/mingjian/mingjian/internal/model/portrait"
	"github.com/mingjian/mingjian/internal/model/runs"
	"github.com/mingjian/mingjian/internal/model/worker"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web"
	"github.com/mingjian/mingjian/internal/web/api"
)

// drawn are the portraits of a kind within a scope, as of a file of views and a window of twelve months.
type drawn struct {
	views string
	at    time.Time
	raws  int
	cut   bool
	all   []portrait.Portrait
	names *model.Names
}

// called names a subject: an institution and its department or doctor. A person has no name here.
func (d *drawn) called(key []string) (out []string) {
	if d.names == nil {
		return nil
	}
	for _, k := range key {
		switch {
		case d.names.Insts[k] != "":
			out = append(out, d.names.Insts[k])
		case d.names.Doctors[k] != "":
			out = append(out, d.names.Doctors[k])
		case len(out) > 0:
			out = append(out, k)
		}
	}
	return out
}

// drawnFor is how long a drawing is kept while the facts do not change: findings beside it are read anew each time.
const drawnFor = 30 * time.Minute

// mostSubjects of a kind are drawn.
const mostSubjects = 300_000

// portraitLimits bound one statement of a portrait.
var portraitLimits = worker.Limits{MemoryMiB: 4096, Threads: 1, Time: 2 * time.Minute}

func (s *Service) portraits(ctx context.Context, k *portrait.Kind, scope store.Scope) (*drawn, error) {
	views, err := runs.Views(ctx, s.Data, whose(scope), runLimits)
	if err != nil {
		return nil, err
	}
	key := k.ID + "\x00" + views
	s.mu.Lock()
	d := s.drawings[key]
	s.mu.Unlock()
	if d != nil && time.Since(d.at) < drawnFor {
		return d, nil
	}
	done, err := s.turn()
	if err != nil {
		return nil, err
	}
	defer done()
	t, err := s.fixed(ctx, views, portrait.Statement(k.SQL, ""), map[string]float64{"kind": k.Number}, nil, mostSubjects)
	if err != nil {
		return nil, err
	}
	raws := rawsOf(k, t)
	d = &drawn{views: views, at: time.Now(), raws: len(raws), cut: t.Cut, all: portrait.Draw(k, raws), names: t.Names}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.drawings == nil || len(s.drawings) > 40 {
		s.drawings = map[string]*drawn{}
	}
	s.drawings[key] = d
	return d, nil
}

// fixed answers one of the program's own statements.
func (s *Service) fixed(ctx context.Context, views, sql string, params map[string]float64, bind map[string]worker.Code, rows int) (*worker.Table, error) {
	l := portraitLimits
	l.Rows = rows
	if params == nil {
		params = map[string]float64{"kind": 0}
	}
	a, err := worker.Run(ctx, worker.Job{Kind: "query", Data: s.Data, Views: views, SQL: sql, Params: params, Bind: bind, Year: true, Limits: l})
	if err != nil {
		return nil, err
	}
	return a.Table, nil
}

func rawsOf(k *portrait.Kind, t *worker.Table) []portrait.Raw {
	out := make([]portrait.Raw, 0, len(t.Rows))
	for _, row := range t.Rows {
		r := portrait.Raw{Text: map[string]string{}, Num: map[string]float64{}}
		for i, c := range t.Columns {
			switch v := row[i].(type) {
			case string:
				r.Text[c] = v
			case float64:
				r.Num[c], r.Text[c] = v, fmt.Sprint(v)
			}
		}
		r.Area = r.Text["area"]
		for _, c := range k.Columns {
			r.Key = append(r.Key, r.Text[c])
		}
		out = append(out, r)
	}
	return out
}

type portraitRow struct {
	portrait.Portrait
	ID       string   `json:"id" doc:"画像的编号：键用 ~ 连起来"`
	Names    []string `json:"names,omitempty" doc:"键各部分的名称；参保人没有"`
	Findings int64    `json:"findings" doc:"疑点数；科室和医师是所在机构的"`
	Charged  int64    `json:"charged" doc:"疑点的拟扣金额（分）"`
}

type portraitList struct {
	Kind    portrait.Kind    `json:"kind"`
	Weights portrait.Weights `json:"weights"`
	Total   int              `json:"total"`
	Cut     bool             `json:"cut" doc:"人太多，没有全部画"`
	Items   []portraitRow    `json:"items" doc:"风险分从高到低"`
}

func (s *Service) ranked(ctx context.Context, a *api.API, k *portrait.Kind) (*drawn, []portrait.Portrait, portrait.Weights, map[string]store.SubjectFindings, error) {
	scope := api.ScopeOf(ctx)
	d, err := s.portraits(ctx, k, scope)
	if err != nil {
		return nil, nil, portrait.Weights{}, nil, err
	}
	var sums []store.SubjectFindings
	if err := a.DB.View(ctx, func(tx *store.Tx) (err error) { sums, err = tx.SubjectSums(scope, k.ID == "person"); return err }); err != nil {
		return nil, nil, portrait.Weights{}, nil, err
	}
	by, labels := map[string]store.SubjectFindings{}, map[string]portrait.Label{}
	for _, x := range sums {
		by[x.Code] = x
		labels[x.Code] = portrait.Label{Upheld: int(x.Upheld), Dismissed: int(x.Dismissed)}
	}
	ps := make([]portrait.Portrait, len(d.all))
	for i, p := range d.all { // the drawing is shared
		p.Figures = append([]portrait.Figure{}, p.Figures...)
		ps[i] = p
	}
	w := portrait.Calibrate(k, ps, labels)
	portrait.Score(ps, w)
	return d, ps, w, by, nil
}

func (d *drawn) row(p portrait.Portrait, by map[string]store.SubjectFindings) portraitRow {
	x := by[p.Key[0]]
	return portraitRow{p, strings.Join(p.Key, "~"), d.called(p.Key), x.Findings, x.Charged}
}

func kindOf(id string) (*portrait.Kind, error) {
	if k := portrait.KindOf(id); k != nil {
		return k, nil
	}
	return nil, web.NewProblem(http.StatusNotFound, web.CodeNotFound, "没有这种画像")
}

type onePortrait struct {
	portraitRow
	Kind    portrait.Kind        `json:"kind"`
	Weights portrait.Weights     `json:"weights"`
	Spread  map[string][]float64 `json:"spread" doc:"各指标在同行里的分布：最小、十分位、四分位、中位、四分位、十分位、最大"`
	Trend   *worker.Table        `json:"trend" doc:"近十二个月"`
	Days    *worker.Table        `json:"days" doc:"近一年每天"`
	Items   *worker.Table        `json:"items" doc:"金额最大的项目"`
	Rules   []ruleCount          `json:"rules" doc:"疑点按规则和状态"`
	Cases   []caseRef            `json:"cases" doc:"最近一次运行里有它的案例"`
}

type ruleCount struct {
	Rule     string `json:"rule_id"`
	Name     string `json:"name"`
	State    string `json:"state"`
	Findings int64  `json:"findings"`
	Charged  int64  `json:"charged"`
}

type caseRef struct {
	Run   string `json:"run_id"`
	Model string `json:"model_id"`
	Name  string `json:"name"`
	Case  string `json:"case_id"`
	Money int64  `json:"money"`
}

// portraitOps adds the operations of portraits.
func (s *Service) portraitOps(a *api.API, tags []string) {
	api.Add(a, huma.Operation{OperationID: "list-portrait-kinds", Method: http.MethodGet, Path: "/api/models/portraits", Summary: "画像的种类和指标", Tags: tags}, api.Need{Any: look, Locals: true},
		func(context.Context, *struct{}) (*api.Body[[]portrait.Kind], error) {
			return &api.Body[[]portrait.Kind]{Body: portrait.Kinds}, nil
		})
	api.Add(a, huma.Operation{OperationID: "list-portraits", Method: http.MethodGet, Path: "/api/models/portraits/{kind}", Summary: "一种画像，风险分从高到低", Tags: tags, Errors: []int{404, 429},
		Description: "风险分只说先看谁，不是疑点。只比看得到的范围内的同行。"}, api.Need{Any: look, Locals: true},
		func(ctx context.Context, in *struct {
			Kind  string `path:"kind" maxLength:"16"`
			Find  string `query:"find" maxLength:"40" doc:"名称或编号的一部分"`
			Limit int    `query:"limit" minimum:"1" maximum:"1000" default:"200"`
		}) (*api.Body[portraitList], error) {
			k, err := kindOf(in.Kind)
			if err != nil {
				return nil, err
			}
			if k.ID == "person" {
				if err := s.noted(ctx, a, "查看画像", "参保人排行", in.Find); err != nil {
					return nil, err
				}
			}
			d, ps, w, by, err := s.ranked(ctx, a, k)
			if err != nil {
				return nil, err
			}
			out := portraitList{Kind: *k, Weights: w, Total: len(ps), Cut: d.cut, Items: []portraitRow{}}
			for _, p := range ps {
				if in.Find != "" && !strings.Contains(strings.Join(append(d.called(p.Key), p.Key...), "~"), in.Find) {
					continue
				}
				if out.Items = append(out.Items, d.row(p, by)); len(out.Items) == in.Limit {
					break
				}
			}
			return &api.Body[portraitList]{Body: out}, nil
		})
	api.Add(a, huma.Operation{OperationID: "get-portrait", Method: http.MethodGet, Path: "/api/models/portraits/{kind}/{id}", Summary: "一个对象的画像：指标、同行、趋势、疑点、案例", Tags: tags, Errors: []int{404, 422, 429},
		Description: "看参保人的画像要写理由，谁看了谁都记入留痕。"}, api.Need{Any: look, Locals: true},
		func(ctx context.Context, in *struct {
			Kind string `path:"kind" maxLength:"16"`
			ID   string `path:"id" maxLength:"120"`
			Why  string `query:"why" maxLength:"200" doc:"看参保人的画像时必写"`
		}) (*api.Body[*onePortrait], error) {
			k, err := kindOf(in.Kind)
			if err != nil {
				return nil, err
			}
			out, err := s.portrait(ctx, a, k, in.ID, strings.TrimSpace(in.Why))
			return &api.Body[*onePortrait]{Body: out}, err
		})
}

func (s *Service) portrait(ctx context.Context, a *api.API, k *portrait.Kind, id, why string) (*onePortrait, error) {
	if k.ID == "person" && len([]rune(why)) < 2 {
		return nil, web.NewProblem(http.StatusUnprocessableEntity, web.CodeInvalid, "看参保人的画像要写明理由")
	}
	d, ps, w, by, err := s.ranked(ctx, a, k)
	if err != nil {
		return nil, err
	}
	var p *portrait.Portrait
	for i := range ps {
		if strings.Join(ps[i].Key, "~") == id {
			p = &ps[i]
		}
	}
	if p == nil {
		return nil, web.NewProblem(http.StatusNotFound, web.CodeNotFound, k.Title+" "+id+" 没有画像：不在范围内，或近一年就诊太少")
	}
	if err := s.noted(ctx, a, "查看画像", k.Title+" "+id, why); err != nil {
		return nil, err
	}
	done, err := s.turn()
	if err != nil {
		return nil, err
	}
	defer done()
	out := &onePortrait{portraitRow: d.row(*p, by), Kind: *k, Weights: w, Spread: map[string][]float64{}, Rules: []ruleCount{}, Cases: []caseRef{}}
	for _, f := range p.Figures {
		out.Spread[f.Measure] = marks(portrait.PeersOf(ps, p, f.Measure))
	}
	bind := map[string]worker.Code{"a": {Column: k.Columns[0], Text: p.Key[0]}}
	if len(p.Key) > 1 {
		bind["b"] = worker.Code{Column: k.Columns[1], Text: p.Key[1]}
	}
	for name, into := range map[string]**worker.Table{"trend": &out.Trend, "days": &out.Days, "items": &out.Items} {
		if *into, err = s.fixed(ctx, d.views, portrait.Statement(name, k.Subject), nil, bind, 400); err != nil {
			return nil, err
		}
	}
	inst, psn := p.Key[0], ""
	if k.ID == "person" {
		inst, psn = "", p.Key[0]
	}
	err = a.DB.View(ctx, func(tx *store.Tx) error {
		rs, err := tx.SubjectRules(api.ScopeOf(ctx), inst, psn)
		for _, r := range rs {
			out.Rules = append(out.Rules, ruleCount(r))
		}
		return err
	})
	if err == nil && api.ScopeOf(ctx) == (store.Scope{}) { // runs look at all areas
		out.Cases = s.casesOf(p.Key[len(p.Key)-1], k.ID)
	}
	return out, err
}

// marks are seven marks of a sorted distribution.
func marks(v []float64) []float64 {
	out := []float64{}
	for _, q := range []float64{0, 0.1, 0.25, 0.5, 0.75, 0.9, 1} {
		if len(v) > 0 {
			out = append(out, v[int(q*float64(len(v)-1)+0.5)])
		}
	}
	return out
}

// casesOf lists the cases of each model's newest result that a subject is in.
func (s *Service) casesOf(code, kind string) []caseRef {
	out := []caseRef{}
	seen := map[string]bool{}
	rs, err := runs.List(s.Data)
	if err != nil {
		return out
	}
	for _, r := range rs {
		for _, m := range r.Models {
			if seen[m.Model] || m.Cases == 0 {
				continue
			}
			seen[m.Model] = true
			res, err := runs.Result(s.Data, r.ID, m.Model)
			if err != nil {
				continue
			}
			for i := range res.Cases {
				c := &res.Cases[i]
				in := c.Subject == code
				for _, x := range c.Rows {
					in = in || kind == "person" && x.Psn == code || kind == "doctor" && x.Doctor == code || (kind == "institution" || kind == "pharmacy") && x.Inst == code
				}
				if in {
					out = append(out, caseRef{r.ID, m.Model, m.Name, c.ID, c.Money})
				}
			}
		}
	}
	return out
}
