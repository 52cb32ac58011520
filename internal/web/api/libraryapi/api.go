// Package libraryapi shows the library to people: cards in plain words, the points they read, and a try of a card's text with its own cases
// before it is drafted. Versions are package api's; rulings on rows that wait and imports of sheets are asked for here and decided in package govern.
package libraryapi

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
	"github.com/mingjian/mingjian/internal/rule"
	"github.com/mingjian/mingjian/internal/rulebook"
	"github.com/mingjian/mingjian/internal/web"
	"github.com/mingjian/mingjian/internal/web/api"
	"github.com/mingjian/mingjian/internal/web/api/uploads"
)

// Live is the library in force. ID changes with what it says.
type Live struct {
	ID       string
	Cards    []*rule.Card
	Points   []knowledge.Point
	Plain    *knowledge.Base // as it lies, with the rows that wait; Points are what judges, with rulings and sets laid over it
	Maps     []knowledge.Mapping
	Imports  func() ([]knowledge.VersionEntry, error) // oldest first
	Book     *Book
	Coverage string // the file of CoverageFile
}

var (
	tags = []string{"规则库与知识库"}
	look = api.Need{Any: []auth.Permission{auth.ReadFindings}, Inst: true, Locals: true}
	edit = api.Need{Any: []auth.Permission{auth.EditKnowledge, auth.ApproveRules}, Locals: true}
)

// Config is what the operations work with.
type Config struct {
	Live   func() Live                 // asked when an operation is called
	Reload func(context.Context) error // has what is live read anew
	Dir    string                      // the data directory
	// Run runs this program as a child with arguments and tells how far it is; when ctx ends the child ends.
	Run func(ctx context.Context, args []string, progress func(done, total int64)) error
}

type group struct {
	Config
	*api.API
	shelf uploads.Shelf
	mu    sync.Mutex
	of    string // which library the pages are of
	page  []rulebook.Page
}

// Group adds the operations.
func Group(c Config) func(*api.API) {
	return func(a *api.API) {
		g := &group{Config: c, API: a, shelf: uploads.Shelf{Dir: filepath.Join(c.Dir, "uploads", "sheets")}}
		g.cards(a)
		g.points(a)
		g.sources(a)
		g.books(a)
		g.coverage(a)
		g.try(a)
		g.form(a)
		g.rows()
		g.imports()
	}
}

func (g *group) pages() ([]rulebook.Page, error) {
	l := g.Live()
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.page == nil || g.of != l.ID {
		ps, err := rulebook.Pages(l.Cards, l.Points)
		if err != nil {
			return nil, err
		}
		g.page, g.of = ps, l.ID
	}
	return g.page, nil
}

// CardItem is a card in the list.
type CardItem struct {
	ID       string   `json:"rule_id"`
	Name     string   `json:"name"`
	Kind     string   `json:"kind"`
	Says     string   `json:"says"`
	Severity int      `json:"severity"`
	Stop     string   `json:"stop"`
	Stages   []string `json:"stages"`
	Points   int      `json:"points"`
	Local    bool     `json:"local"`
	Version  string   `json:"rule_version"`
}

func (g *group) cards(a *api.API) {
	api.Add(a, huma.Operation{OperationID: "library-cards", Method: http.MethodGet, Path: "/api/library/cards", Summary: "现行规则", Tags: tags}, look,
		func(context.Context, *struct{}) (*api.Body[struct {
			Items []CardItem `json:"items"`
		}], error) {
			ps, err := g.pages()
			out := &api.Body[struct {
				Items []CardItem `json:"items"`
			}]{}
			out.Body.Items = make([]CardItem, 0, len(ps))
			for i := range ps {
				p := &ps[i]
				out.Body.Items = append(out.Body.Items, CardItem{p.ID, p.Name, p.Kind, p.Says, p.Severity, p.Stop, p.Stages, p.Points, p.Local, p.Version})
			}
			return out, err
		})
	api.Add(a, huma.Operation{OperationID: "library-card", Method: http.MethodGet, Path: "/api/library/cards/{id}", Summary: "一条规则：人话、口径、参数、豁免、原文", Tags: tags, Errors: []int{404}}, look,
		func(_ context.Context, in *struct {
			ID string `path:"id" maxLength:"32"`
		}) (*api.Body[rulebook.Page], error) {
			ps, err := g.pages()
			if err != nil {
				return nil, err
			}
			i, ok := slices.BinarySearchFunc(ps, in.ID, func(p rulebook.Page, id string) int { return strings.Compare(p.ID, id) })
			if !ok {
				return nil, web.NewProblem(http.StatusNotFound, web.CodeNotFound, "没有规则 "+in.ID)
			}
			return &api.Body[rulebook.Page]{Body: ps[i]}, nil
		})
}

// PointItem is a point as people read it.
type PointItem struct {
	ID      string `json:"point_id"`
	Rule    string `json:"rule_id"`
	Subject string `json:"subject_code"`
	Second  string `json:"subject2_code"`
	Scope   string `json:"scope"`
	Limit   string `json:"limit_value"`
	Unit    string `json:"unit"`
	Days    int    `json:"window_d"`
	Sex     string `json:"sex"`
	Age     string `json:"age" doc:"年龄范围"`
	Diags   string `json:"diag_set"`
	Allow   string `json:"allow"`
	Basis   string `json:"basis"`
	Source  string `json:"source"`
	From    string `json:"valid_from"`
	To      string `json:"valid_to"`
	Area    string `json:"admdvs"`
}

// longAgo: sheets write a day in 1900 where they mean always.
var longAgo = claim.DayOf(1901, 1, 1)

func pointOf(p *knowledge.Point) PointItem {
	x := PointItem{ID: p.ID, Rule: p.RuleID, Subject: p.Subject, Second: p.Second, Scope: p.Scope, Unit: p.Unit, Days: p.WindowD, Sex: p.Sex, Diags: p.DiagSet, Allow: p.Allow,
		Basis: p.Basis, Source: p.Source, Area: p.Area}
	if p.Limit != claim.None64 {
		x.Limit = p.Limit.String()
	}
	switch {
	case p.AgeMin >= 0 && p.AgeMax >= 0:
		x.Age = strconv.Itoa(p.AgeMin) + "–" + strconv.Itoa(p.AgeMax) + " 岁"
	case p.AgeMin >= 0:
		x.Age = strconv.Itoa(p.AgeMin) + " 岁及以上"
	case p.AgeMax >= 0:
		x.Age = strconv.Itoa(p.AgeMax) + " 岁及以下"
	}
	if p.From != claim.NoDay && p.From > longAgo {
		x.From = p.From.String()
	}
	if p.To != claim.OpenDay {
		x.To = p.To.String()
	}
	return x
}

func (g *group) points(a *api.API) {
	api.Add(a, huma.Operation{OperationID: "library-points", Method: http.MethodGet, Path: "/api/library/points", Summary: "知识点：按规则、按项目编码或依据查", Tags: tags}, look,
		func(_ context.Context, in *struct {
			Rule string `query:"rule_id" maxLength:"32"`
			Find string `query:"find" maxLength:"100" doc:"编号、项目编码、依据里的文字"`
			Skip int    `query:"skip" minimum:"0" maximum:"1000000"`
			Most int    `query:"limit" minimum:"1" maximum:"500" default:"100"`
		}) (*api.Body[struct {
			Total int         `json:"total" doc:"符合的个数"`
			Items []PointItem `json:"items"`
		}], error) {
			out := &api.Body[struct {
				Total int         `json:"total" doc:"符合的个数"`
				Items []PointItem `json:"items"`
			}]{}
			out.Body.Items = []PointItem{}
			points := g.Live().Points
			for i := range points {
				p := &points[i]
				if (in.Rule != "" && p.RuleID != in.Rule) || (in.Find != "" && !mentions(p, in.Find)) {
					continue
				}
				if out.Body.Total++; out.Body.Total > in.Skip && len(out.Body.Items) < in.Most {
					out.Body.Items = append(out.Body.Items, pointOf(p))
				}
			}
			return out, nil
		})
}

func mentions(p *knowledge.Point, text string) bool {
	for _, s := range []string{p.ID, p.Subject, p.Second, p.Basis, p.DiagSet, p.Allow} {
		if strings.Contains(s, text) {
			return true
		}
	}
	return false
}

type tryOut struct {
	Rule  string           `json:"rule_id"`
	Name  string           `json:"name"`
	Cases []caseOut        `json:"cases"`
	Wrong []rule.CardError `json:"wrong" doc:"写错的地方：行、说明、改法"`
}

type caseOut struct {
	Name string `json:"name"`
	OK   bool   `json:"ok"`
	Said string `json:"said" doc:"不符时：应当怎样、实际怎样"`
}

// try checks a card's text as an installation would and judges its own cases.
func (g *group) try(a *api.API) {
	api.Add(a, huma.Operation{OperationID: "library-try", Method: http.MethodPost, Path: "/api/library/try", Summary: "检查一张卡的文本，跑它自己的用例", Tags: tags, MaxBodyBytes: 2 << 20}, edit,
		func(_ context.Context, in *struct {
			Body struct {
				Text string `json:"text" minLength:"1" maxLength:"1000000"`
			}
		}) (*api.Body[tryOut], error) {
			out, err := check([]byte(in.Body.Text))
			return &api.Body[tryOut]{Body: out}, err
		})
}

// formOut is a card's text with what a form of it needs.
type formOut struct {
	Text   string           `json:"text"`
	Form   rule.CardForm    `json:"form"`
	Params []rulebook.Param `json:"params" doc:"这种判法的参数：名字、含义、单位、值"`
	Tags   []tagTitle       `json:"tags" doc:"豁免可选的"`
	Wrong  []rule.CardError `json:"wrong" doc:"写错的地方：行、说明、改法"`
}

type tagTitle struct {
	Tag   string `json:"tag"`
	Title string `json:"title"`
}

// form reads the fields of a card's text, or writes changed ones into it.
func (g *group) form(a *api.API) {
	api.Add(a, huma.Operation{OperationID: "library-form", Method: http.MethodPost, Path: "/api/library/form", Summary: "卡的文本拆成表单的各项，或把改了的项写回文本", Tags: tags, MaxBodyBytes: 2 << 20}, edit,
		func(_ context.Context, in *struct {
			Body struct {
				Text string         `json:"text" minLength:"1" maxLength:"1000000"`
				Set  *rule.CardForm `json:"set,omitempty" doc:"要写进去的；不写只拆"`
			}
		}) (*api.Body[formOut], error) {
			out, err := formOf([]byte(in.Body.Text), in.Body.Set)
			return &api.Body[formOut]{Body: out}, err
		})
}

func formOf(text []byte, set *rule.CardForm) (formOut, error) {
	out := formOut{Text: string(text), Params: []rulebook.Param{}, Tags: []tagTitle{}, Wrong: []rule.CardError{}}
	c, err := rule.ParseCard("提交的文本", text)
	if set != nil && err == nil {
		if text, err = c.Write(*set); err != nil {
			return out, err
		}
		out.Text, out.Form = string(text), *set
		c, err = rule.ParseCard("提交的文本", text)
	}
	var wrong rule.CardErrors
	if errors.As(err, &wrong) {
		out.Wrong = wrong
		return out, nil
	}
	if err != nil {
		return out, err
	}
	out.Form = c.Form()
	ps, err := rulebook.Pages([]*rule.Card{c}, nil)
	if err != nil {
		return out, err
	}
	out.Params = append(out.Params, ps[0].Params...)
	for _, t := range slices.Sorted(maps.Keys(claim.TagTitles)) {
		out.Tags = append(out.Tags, tagTitle{t, claim.TagTitles[t]})
	}
	return out, nil
}

func check(text []byte) (tryOut, error) {
	out := tryOut{Cases: []caseOut{}, Wrong: []rule.CardError{}}
	c, err := rule.ParseCard("提交的文本", text)
	var wrong rule.CardErrors
	if errors.As(err, &wrong) {
		out.Wrong = wrong
		return out, nil
	}
	if err != nil {
		return out, err
	}
	out.Rule, out.Name = c.ID, c.Name
	results, more := rule.TestCard(c)
	out.Wrong = append(out.Wrong, more...)
	for _, r := range results {
		x := caseOut{Name: r.Case, OK: r.Err == nil}
		if r.Err != nil {
			x.Said = r.Err.Error()
		}
		out.Cases = append(out.Cases, x)
	}
	return out, nil
}
