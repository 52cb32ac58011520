// Package paperapi prints documents over HTTP: which there are, one of a finding, its whole file, a list of findings. What a document says
// and whether there is ground for it is package paper/forms'; who may see the finding is review.Desk's.
package paperapi

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/paper"
	"github.com/mingjian/mingjian/internal/paper/forms"
	"github.com/mingjian/mingjian/internal/review"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web/api"
)

// Press is what documents are printed with.
type Press interface {
	Desk() *review.Desk
	Paper() forms.Office
	Names(ctx context.Context) (forms.Names, error)
}

// outside are the forms an institution may print of its own findings; the others tell who in the bureau thought what.
var outside = []string{forms.ListForm, "tell", "appeal", "confirm", "recover", "receipt"}

type printed struct {
	Type string `header:"Content-Type"`
	Name string `header:"Content-Disposition"`
	Body []byte
}

// Printing is which file is wanted.
type Printing struct {
	Kind string `query:"kind" enum:"pdf,docx" default:"pdf" doc:"pdf 或 docx"`
}

var types = map[string]string{"pdf": "application/pdf", "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document"}

var tags = []string{"文书"}

type press struct {
	Press
	trail *auth.Trail
	db    *store.DB
}

// Group adds the operations.
func Group(p Press) func(*api.API) {
	return func(a *api.API) {
		x := &press{p, a.Trail, a.DB}
		n := api.Need{Any: []auth.Permission{auth.ReadFindings}, Inst: true, Locals: true}
		api.Add(a, huma.Operation{OperationID: "list-papers", Method: http.MethodGet, Path: "/api/papers", Summary: "能出哪些文书", Tags: tags}, n, x.list)
		api.Add(a, huma.Operation{OperationID: "print-findings", Method: http.MethodGet, Path: "/api/papers/findings", Summary: "疑点清单（文书）", Tags: tags, Errors: []int{404, 422}, Responses: file()}, n, x.findings)
		api.Add(a, huma.Operation{OperationID: "print-paper", Method: http.MethodGet, Path: "/api/findings/{id}/papers/{form}", Summary: "一条疑点的一份文书", Tags: tags,
			Description: "没有根据的文书出不了，例如没有合议就没有合议纪要；出具留痕。", Errors: []int{404, 422}, Responses: file()}, n, x.one)
		api.Add(a, huma.Operation{OperationID: "finding-forms", Method: http.MethodGet, Path: "/api/findings/{id}/forms", Summary: "一条疑点现在能出哪些文书", Tags: tags, Errors: []int{404}}, n, x.forms)
		api.Add(a, huma.Operation{OperationID: "print-file", Method: http.MethodGet, Path: "/api/findings/{id}/papers", Summary: "一条疑点的全卷（PDF）", Tags: tags,
			Description: "目录、页码、已有的全部文书。", Errors: []int{404, 422}, Responses: file()}, n, x.whole)
		x.register(a)
	}
}

func file() map[string]*huma.Response {
	content := map[string]*huma.MediaType{}
	for _, t := range types {
		content[t] = &huma.MediaType{Schema: &huma.Schema{Type: "string", Format: "binary"}}
	}
	return map[string]*huma.Response{"200": {Description: "文书", Content: content}}
}

func (x *press) list(ctx context.Context, _ *struct{}) (*api.Body[[]forms.Form], error) {
	fs, err := x.Paper().Forms()
	if api.Who(ctx).Outside() {
		fs = slices.DeleteFunc(fs, func(f forms.Form) bool { return !slices.Contains(outside, f.Name) })
	}
	return &api.Body[[]forms.Form]{Body: fs}, err
}

func (x *press) gather(ctx context.Context, id string) (*forms.Case, error) {
	b, err := x.Paper().Bureau()
	if err != nil {
		return nil, err
	}
	names, err := x.Names(ctx)
	if err != nil {
		return nil, err
	}
	return forms.Gather(ctx, x.Desk(), api.Who(ctx), id, b, names)
}

func (x *press) one(ctx context.Context, in *struct {
	Printing
	ID   string `path:"id" maxLength:"64"`
	Form string `path:"form" maxLength:"64"`
}) (*printed, error) {
	c, err := x.gather(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if api.Who(ctx).Outside() && !slices.Contains(outside, in.Form) {
		return nil, store.ErrNotFound
	}
	if !api.Who(ctx).Outside() { // an institution reads the number that the bureau gave
		err := x.db.Update(ctx, func(tx *store.Tx) error { return c.Issue(tx, in.Form, api.Who(ctx).Name, store.Micros(time.Now())) })
		if err != nil {
			return nil, err
		}
	}
	d, err := x.Paper().Doc(in.Form, c)
	if err != nil {
		return nil, err
	}
	return x.print(ctx, in.Kind, in.ID, d.Title, d)
}

// paperForm is a document of a finding, or why there is none yet.
type paperForm struct {
	Form  string `json:"form"`
	Title string `json:"title"`
	Why   string `json:"why" doc:"为什么现在出不了；空为可以出"`
}

type paperForms struct {
	Items []paperForm `json:"items"`
	Whole bool        `json:"whole" doc:"可以出全卷"`
}

func (x *press) forms(ctx context.Context, in *struct {
	ID string `path:"id" maxLength:"64"`
}) (*api.Body[paperForms], error) {
	c, err := x.gather(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	all, err := x.list(ctx, nil)
	if err != nil {
		return nil, err
	}
	out := paperForms{Items: []paperForm{}, Whole: !api.Who(ctx).Outside()}
	for _, f := range all.Body {
		if f.Name == forms.ListForm {
			continue
		}
		p := paperForm{Form: f.Name, Title: f.Title}
		if _, err := x.Paper().Doc(f.Name, c); err != nil {
			p.Why = err.Error()
		}
		out.Items = append(out.Items, p)
	}
	return &api.Body[paperForms]{Body: out}, nil
}

func (x *press) whole(ctx context.Context, in *struct {
	ID string `path:"id" maxLength:"64"`
}) (*printed, error) {
	c, err := x.gather(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if api.Who(ctx).Outside() {
		return nil, store.ErrNotFound
	}
	docs, err := x.Paper().File(c)
	if err != nil {
		return nil, err
	}
	return x.print(ctx, "pdf", in.ID, "全卷", docs...)
}

func (x *press) findings(ctx context.Context, in *struct {
	Printing
	Rule     string `query:"rule_id" maxLength:"32"`
	Month    string `query:"month" maxLength:"7"`
	Inst     string `query:"fixmedins_code" maxLength:"32"`
	State    string `query:"state" maxLength:"32"`
	Severity int    `query:"sev_deg" minimum:"0" maximum:"3"`
}) (*printed, error) {
	b, err := x.Paper().Bureau()
	if err != nil {
		return nil, err
	}
	names, err := x.Names(ctx)
	if err != nil {
		return nil, err
	}
	f, err := forms.List(ctx, x.Desk(), api.Who(ctx), store.FindingFilter{Rule: in.Rule, Month: in.Month, Inst: in.Inst, State: in.State, Severity: in.Severity}, b, names)
	if err != nil {
		return nil, err
	}
	d, err := x.Paper().Sheet(f)
	if err != nil {
		return nil, err
	}
	return x.print(ctx, in.Kind, "疑点清单", d.Title, d)
}

func (x *press) print(ctx context.Context, kind, object, title string, docs ...*paper.Doc) (*printed, error) {
	var b bytes.Buffer
	if err := x.Paper().Print(&b, kind, start(x.Desk().Today()), docs...); err != nil {
		return nil, err
	}
	err := x.trail.Do(ctx, x.db, func(*store.Tx) ([]auth.Event, error) {
		return []auth.Event{{Actor: api.Who(ctx).Name, Action: "出具文书", Object: object, Detail: title + "." + kind}}, nil
	})
	if err != nil {
		return nil, err
	}
	return &printed{Type: types[kind], Name: "attachment; filename*=UTF-8''" + url.PathEscape(title+"-"+object+"."+kind), Body: b.Bytes()}, nil
}

func start(d claim.Day) time.Time {
	y, m, day := d.Civil()
	return time.Date(y, time.Month(m), day, 0, 0, 0, 0, time.UTC)
}
