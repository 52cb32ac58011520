package boardapi

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/board"
	"github.com/mingjian/mingjian/internal/board/plan"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web"
	"github.com/mingjian/mingjian/internal/web/api"
)

func (g *group) plans() {
	op := func(id, method, path, summary string, errs ...int) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, Tags: tags, Errors: errs}
	}
	api.Add(g.API, op("report-plans", http.MethodGet, "/api/board/plans", "定期报表：什么时候出什么"), leaders, g.listPlans)
	add := op("add-report-plan", http.MethodPost, "/api/board/plans", "设一张定期报表", 422)
	add.DefaultStatus = http.StatusCreated
	api.Add(g.API, add, leaders, g.addPlan)
	api.Add(g.API, op("end-report-plan", http.MethodPost, "/api/board/plans/{id}/end", "停一张定期报表", 404, 412, 428), leaders, g.endPlan)
	api.Add(g.API, op("make-report", http.MethodPost, "/api/board/plans/{id}/make", "现在就出今天的一份", 403, 404, 409), leaders, g.makeNow)
	api.Add(g.API, op("report-files", http.MethodGet, "/api/board/reports", "做好的定期报表，新的在前"), leaders, g.reports)
	files := map[string]*huma.MediaType{}
	for _, t := range []string{fileTypes["pdf"], fileTypes["docx"], "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"} {
		files[t] = &huma.MediaType{Schema: &huma.Schema{Type: "string", Format: "binary"}}
	}
	get := op("report-file", http.MethodGet, "/api/board/reports/{plan}/{due}", "下载一张做好的报表", 403, 404)
	get.Responses = map[string]*huma.Response{"200": {Description: "报表", Content: files}}
	api.Add(g.API, get, leaders, g.report)
}

type reportPlan struct {
	ID     string `json:"plan_id"`
	Title  string `json:"title"`
	Form   string `json:"form"`
	File   string `json:"file"`
	Admdvs string `json:"admdvs"`
	Cover  string `json:"cover"`
	Every  string `json:"every"`
	OnDay  int    `json:"on_day"`
	AtHour int    `json:"at_hour"`
	Login  string `json:"login"`
	Made   string `json:"made_at"`
	Ended  string `json:"ended_at"`
	Next   string `json:"next_at" doc:"下一次；停了的为空"`
	Row    int64  `json:"version"`
}

func planOf(p *store.ReportPlan) reportPlan {
	x := reportPlan{p.ID, p.Title, p.Form, p.File, p.Admdvs, p.Cover, p.Every, p.OnDay, p.AtHour, p.Login, api.Moment(p.MadeAt), api.Moment(p.EndedAt), "", p.Version}
	if p.EndedAt == 0 {
		x.Next = api.Moment(store.Micros(plan.Next(p, time.Now())))
	}
	return x
}

type reportPlans struct {
	Items  []reportPlan `json:"items"`
	Every  []string     `json:"every" doc:"可选的多久一次"`
	Covers []string     `json:"covers" doc:"可选的哪几个月"`
}

func (g *group) listPlans(ctx context.Context, _ *struct{}) (*api.Body[reportPlans], error) {
	var ps []store.ReportPlan
	err := g.DB.View(ctx, func(tx *store.Tx) (err error) { ps, err = tx.ReportPlans(api.ScopeOf(ctx)); return err })
	out := reportPlans{[]reportPlan{}, plan.Rhythms, plan.Covers}
	for i := range ps {
		out.Items = append(out.Items, planOf(&ps[i]))
	}
	return &api.Body[reportPlans]{Body: out}, err
}

func invalid(text string) error {
	return web.NewProblem(http.StatusUnprocessableEntity, web.CodeInvalid, text)
}

func (g *group) addPlan(ctx context.Context, in *struct {
	Body struct {
		Title   string `json:"title" minLength:"1" maxLength:"80"`
		Form    string `json:"form" maxLength:"64" doc:"简报的名字；figures 全部指标，findings 疑点清单"`
		File    string `json:"file" enum:"docx,pdf,xlsx"`
		Admdvs  string `json:"admdvs,omitempty" maxLength:"6" doc:"不写为自己能看的全部"`
		Against string `json:"against,omitempty" enum:"上年同期,上年全年"`
		Cover   string `json:"cover" maxLength:"20"`
		Every   string `json:"every" maxLength:"8"`
		OnDay   int    `json:"on_day,omitempty" doc:"每周：1 到 7；每月：1 到 31"`
		AtHour  int    `json:"at_hour"`
	}
}) (*api.Tagged[reportPlan], error) {
	who, b := api.Who(ctx), &in.Body
	p := store.ReportPlan{ID: store.NewID(), Title: strings.TrimSpace(b.Title), Form: b.Form, File: b.File, Admdvs: b.Admdvs, Against: b.Against, Cover: b.Cover, Every: b.Every, OnDay: b.OnDay, AtHour: b.AtHour,
		Login: who.Name, MadeAt: store.Micros(time.Now())}
	if p.Admdvs == "" {
		p.Admdvs = who.Scope.Admdvs
	}
	if p.Against == "" {
		p.Against = board.SamePeriod
	}
	if p.Title == "" || strings.ContainsAny(p.Title, "/\\:*?\"<>|\r\n") {
		return nil, invalid("名称要写，且不能有 / \\ : * ? \" < > |：它是文件名")
	}
	if err := plan.Check(&p); err != nil {
		return nil, invalid(err.Error())
	}
	if err := plan.May(who, &p); err != nil {
		return nil, web.NewProblem(http.StatusForbidden, web.CodeForbidden, err.Error())
	}
	fs, err := g.Paper().Forms()
	if err != nil {
		return nil, err
	}
	known := p.Form == plan.FormFigures || p.Form == plan.FormFindings
	for _, f := range fs {
		known = known || f.Name == p.Form
	}
	if !known || !slices.Contains(plan.Files(p.Form), p.File) {
		return nil, invalid("没有这种报表，或它不能出 ." + p.File)
	}
	err = g.Trail.Do(ctx, g.DB, func(tx *store.Tx) ([]auth.Event, error) {
		return []auth.Event{{Actor: who.Name, Action: "设定期报表", Object: p.ID, Detail: p.Title + "，" + p.Every + "，" + p.Cover}}, tx.AddReportPlan(p)
	})
	p.Version = 1
	return api.Tag(p.Version, planOf(&p)), err
}

func (g *group) endPlan(ctx context.Context, in *struct {
	api.Matched
	ID string `path:"id" maxLength:"64"`
}) (*api.Body[reportPlans], error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	who := api.Who(ctx)
	err = g.Trail.Do(ctx, g.DB, func(tx *store.Tx) ([]auth.Event, error) {
		ps, err := tx.ReportPlans(api.ScopeOf(ctx))
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(ps, func(p store.ReportPlan) bool { return p.ID == in.ID }) {
			return nil, web.NewProblem(http.StatusNotFound, web.CodeNotFound, "没有这张定期报表")
		}
		return []auth.Event{{Actor: who.Name, Action: "停定期报表", Object: in.ID}}, tx.EndReportPlan(in.ID, version, who.Name, store.Micros(time.Now()))
	})
	if err != nil {
		return nil, err
	}
	return g.listPlans(ctx, nil)
}

// makeNow makes today's report of a plan at once, in the name of who set it.
func (g *group) makeNow(ctx context.Context, in *struct {
	ID string `path:"id" maxLength:"64"`
}) (*api.Body[reportPlans], error) {
	who := api.Who(ctx)
	var p *store.ReportPlan
	err := g.DB.View(ctx, func(tx *store.Tx) error {
		ps, err := tx.ReportPlans(api.ScopeOf(ctx))
		for i := range ps {
			if ps[i].ID == in.ID {
				p = &ps[i]
			}
		}
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case p == nil:
		return nil, web.NewProblem(http.StatusNotFound, web.CodeNotFound, "没有这张定期报表")
	case p.EndedAt != 0:
		return nil, web.NewProblem(http.StatusConflict, web.CodeConflict, "这张定期报表已停，请新设一张")
	}
	if err := plan.May(who, p); err != nil {
		return nil, web.NewProblem(http.StatusForbidden, web.CodeForbidden, err.Error())
	}
	err = g.Make(ctx, p)
	if errors.Is(err, plan.ErrMade) {
		return nil, web.NewProblem(http.StatusConflict, web.CodeConflict, err.Error())
	}
	if err == nil {
		err = g.Trail.Do(ctx, g.DB, func(*store.Tx) ([]auth.Event, error) {
			return []auth.Event{{Actor: who.Name, Action: "出定期报表", Object: p.ID, Detail: p.Title}}, nil
		})
	}
	if err != nil {
		return nil, err
	}
	return g.listPlans(ctx, nil)
}

type reportMade struct {
	Plan   string `json:"plan_id"`
	Due    string `json:"due" doc:"哪一天该出"`
	Title  string `json:"title"`
	Form   string `json:"form"`
	Admdvs string `json:"admdvs"`
	State  string `json:"state" doc:"在做 做好 没有做成"`
	From   string `json:"from"`
	To     string `json:"to"`
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	Said   string `json:"said"`
	Made   string `json:"made_at"`
}

func (g *group) reports(ctx context.Context, in *struct {
	Plan  string `query:"plan_id" maxLength:"64"`
	Limit int    `query:"limit" minimum:"1" maximum:"500" default:"100"`
}) (*api.Body[struct {
	Items []reportMade `json:"items"`
}], error) {
	out := &api.Body[struct {
		Items []reportMade `json:"items"`
	}]{}
	out.Body.Items = []reportMade{}
	err := g.DB.View(ctx, func(tx *store.Tx) error {
		ms, err := tx.MadeReports(api.ScopeOf(ctx), in.Plan, in.Limit)
		for _, m := range ms {
			out.Body.Items = append(out.Body.Items, reportMade{m.Plan, claim.Day(m.DueDay).String(), m.Title, m.Form, m.Admdvs, m.State, m.From, m.To, m.Name, m.Size, m.Said, api.Moment(m.MadeAt)})
		}
		return err
	})
	return out, err
}

func (g *group) report(ctx context.Context, in *struct {
	Plan string `path:"plan" maxLength:"64"`
	Due  string `path:"due" maxLength:"10"`
}) (*briefing, error) {
	who := api.Who(ctx)
	gone := web.NewProblem(http.StatusNotFound, web.CodeNotFound, "没有这张报表")
	due, err := claim.ParseDay(in.Due)
	if err != nil {
		return nil, gone
	}
	var f *store.ReportFile
	var p *store.ReportPlan
	err = g.DB.View(ctx, func(tx *store.Tx) error {
		ps, err := tx.ReportPlans(api.ScopeOf(ctx))
		if err != nil {
			return err
		}
		i := slices.IndexFunc(ps, func(p store.ReportPlan) bool { return p.ID == in.Plan })
		if i < 0 {
			return gone
		}
		p = &ps[i]
		if f, err = tx.ReportFile(in.Plan, int64(due)); errors.Is(err, store.ErrNotFound) || (err == nil && f.State != store.ReportDone) {
			return gone
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := plan.May(who, p); err != nil {
		return nil, web.NewProblem(http.StatusForbidden, web.CodeForbidden, err.Error())
	}
	content, err := base64.StdEncoding.DecodeString(f.Content)
	if err != nil {
		return nil, err
	}
	err = g.Trail.Do(ctx, g.DB, func(*store.Tx) ([]auth.Event, error) {
		return []auth.Event{{Actor: who.Name, Action: "下载定期报表", Object: in.Plan, Detail: f.Name}}, nil
	})
	return &briefing{f.Media, "attachment; filename*=UTF-8''" + url.PathEscape(f.Name), content}, err
}
