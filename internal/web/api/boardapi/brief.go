package boardapi

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/board/brief"
	"github.com/mingjian/mingjian/internal/paper"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web"
	"github.com/mingjian/mingjian/internal/web/api"
)

func (g *group) briefs() {
	files := map[string]*huma.MediaType{}
	for _, t := range fileTypes {
		files[t] = &huma.MediaType{Schema: &huma.Schema{Type: "string", Format: "binary"}}
	}
	api.Add(g.API, huma.Operation{OperationID: "brief-forms", Method: http.MethodGet, Path: "/api/board/briefs", Summary: "能出哪些简报和发布会表格", Tags: tags}, leaders, g.briefForms)
	api.Add(g.API, huma.Operation{OperationID: "brief-preview", Method: http.MethodGet, Path: "/api/board/briefs/{form}/preview", Summary: "一份简报的样子", Tags: tags, Errors: []int{404, 422}}, leaders, g.briefPreview)
	api.Add(g.API, huma.Operation{OperationID: "brief-file", Method: http.MethodGet, Path: "/api/board/briefs/{form}", Summary: "一份简报的文件", Tags: tags, Errors: []int{404, 422},
		Responses: map[string]*huma.Response{"200": {Description: "简报", Content: files}}}, leaders, g.briefFile)
}

var fileTypes = map[string]string{"pdf": "application/pdf", "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document"}

func (g *group) briefForms(context.Context, *struct{}) (*api.Body[struct {
	Items []brief.Form `json:"items"`
}], error) {
	fs, err := g.Paper().Forms()
	out := &api.Body[struct {
		Items []brief.Form `json:"items"`
	}]{}
	out.Body.Items = fs
	return out, err
}

// Briefed is which briefing of what.
type Briefed struct {
	Form string `path:"form" maxLength:"64"`
	Wanted
}

// made is the briefing that is asked for, within what the caller may see.
func (g *group) made(ctx context.Context, in *Briefed) (*paper.Doc, string, error) {
	if in.Inst != "" {
		return nil, "", web.NewProblem(http.StatusUnprocessableEntity, web.CodeInvalid, "简报按区划出，不按机构")
	}
	ask, err := g.ask(ctx, &in.Wanted)
	if err != nil {
		return nil, "", err
	}
	doc, err := g.Paper().Make(ctx, in.Form, g.desk(), ask, g.desk().AreaName(ask.Scope.Admdvs))
	if errors.Is(err, brief.ErrForm) {
		err = web.NewProblem(http.StatusNotFound, web.CodeNotFound, err.Error())
	}
	return doc, ask.Period.String(), err
}

func (g *group) briefPreview(ctx context.Context, in *Briefed) (*api.Body[*paper.Preview], error) {
	doc, _, err := g.made(ctx, in)
	if err != nil {
		return nil, err
	}
	return &api.Body[*paper.Preview]{Body: doc.Preview()}, nil
}

type briefing struct {
	Type string `header:"Content-Type"`
	Name string `header:"Content-Disposition"`
	Body []byte
}

func (g *group) briefFile(ctx context.Context, in *struct {
	Briefed
	Kind string `query:"kind" enum:"pdf,docx" default:"docx"`
}) (*briefing, error) {
	doc, period, err := g.made(ctx, &in.Briefed)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	y, m, d := g.Today().Civil()
	if err := g.Paper().Print(&b, in.Kind, time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC), doc); err != nil {
		return nil, err
	}
	err = g.Trail.Do(ctx, g.DB, func(*store.Tx) ([]auth.Event, error) {
		return []auth.Event{{Actor: api.Who(ctx).Name, Action: "出具简报", Object: in.Form, Detail: period + " " + g.desk().AreaName(in.Area) + "." + in.Kind}}, nil
	})
	return &briefing{fileTypes[in.Kind], "attachment; filename*=UTF-8''" + url.PathEscape(doc.Title+"."+in.Kind), b.Bytes()}, err
}
