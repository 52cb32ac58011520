package reviewapi

import (
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/review"
	"github.com/mingjian/mingjian/internal/web"
	"github.com/mingjian/mingjian/internal/web/api"
)

const attachPath = "/api/review/findings/{id}/files"

// mostFile bounds a request with a file: the largest an area may allow, and the form around it.
const mostFile = 201 << 20

// formIn takes the first file of a form as it comes: nothing is kept before the desk has said that it may be.
type formIn struct {
	FindingID
	api.Matched
	name string
	body io.Reader
	bad  error
}

// Resolve finds the file in the form.
func (in *formIn) Resolve(ctx huma.Context) []error {
	in.name, in.body, in.bad = firstFile(ctx)
	return nil
}

func firstFile(ctx huma.Context) (string, io.Reader, error) {
	kind, params, err := mime.ParseMediaType(ctx.Header("Content-Type"))
	if err != nil || kind != "multipart/form-data" || params["boundary"] == "" {
		return "", nil, web.NewProblem(http.StatusUnsupportedMediaType, web.CodeBadRequest, "请用 multipart/form-data 上传文件，字段名 file")
	}
	form := multipart.NewReader(ctx.BodyReader(), params["boundary"])
	for range 16 {
		p, err := form.NextPart()
		if err != nil {
			break
		}
		if p.FormName() == "file" {
			_, more, _ := mime.ParseMediaType(p.Header.Get("Content-Disposition"))
			return more["filename"], p, nil
		}
	}
	return "", nil, web.NewProblem(http.StatusUnprocessableEntity, web.CodeInvalid, "没有收到文件：字段名应为 file")
}

func tooLarge(err error) error {
	var big *http.MaxBytesError
	if errors.As(err, &big) {
		return web.NewProblem(http.StatusRequestEntityTooLarge, web.CodeTooLarge, "文件太大")
	}
	return err
}

func (g *group) files() {
	g.Server.Large("POST "+attachPath, mostFile)
	api.Add(g.API, huma.Operation{OperationID: "review-attach", Method: http.MethodPost, Path: attachPath, Summary: "上传附件", Tags: tags, Errors: append([]int{413, 415}, errs...),
		Description: "multipart/form-data，字段名 file，一次一个。PDF、图片、DOCX、XLSX、TXT、CSV；看内容，不看文件名和浏览器怎么说。"}, outside(auth.Appeal),
		func(ctx context.Context, in *formIn) (*api.Body[reviewFile], error) {
			r, err := ref(in.ID, in.Matched)
			if err != nil {
				return nil, err
			}
			if in.bad != nil {
				return nil, in.bad
			}
			a, err := g.Desk.Attach(ctx, api.Who(ctx), r, in.name, in.body)
			if err != nil {
				return nil, tooLarge(err)
			}
			return &api.Body[reviewFile]{Body: fileOf(a)}, nil
		})
	type content struct {
		Type        string `header:"Content-Type"`
		Disposition string `header:"Content-Disposition"`
		Policy      string `header:"Content-Security-Policy"`
		Body        []byte
	}
	api.Add(g.API, huma.Operation{OperationID: "review-file", Method: http.MethodGet, Path: "/api/review/files/{id}", Summary: "下载附件", Tags: tags, Errors: []int{404}}, look,
		func(ctx context.Context, in *PaperID) (*content, error) {
			a, body, err := g.Desk.File(ctx, api.Who(ctx), in.ID)
			if review.CodeOf(err) == review.CodeFile {
				return nil, err
			}
			if err != nil {
				return nil, err
			}
			// Always saved, never shown in the console's own origin.
			return &content{Type: a.Media, Disposition: "attachment; filename*=UTF-8''" + url.PathEscape(a.Name), Policy: "sandbox; default-src 'none'", Body: body}, nil
		})
}

type fileMatch struct {
	Name  string       `json:"name"`
	Stay  string       `json:"mdtrt_id" doc:"文件名里认出的就诊号"`
	Items []reviewItem `json:"items" doc:"应附的疑点"`
	Why   string       `json:"why" doc:"为什么没有配上；空为配上了"`
}

type fileMatches struct {
	Items []fileMatch `json:"items"`
}

// match tells which file goes to which finding before any is sent.
func (g *group) match() {
	api.Add(g.API, huma.Operation{OperationID: "review-match", Method: http.MethodPost, Path: "/api/review/match-files", Summary: "按文件名里的就诊号配疑点", Tags: tags, Errors: []int{422},
		Description: "只看文件名，不传内容。就诊号要完整出现，不能是更长号码的一部分；同一就诊有几条疑点时都配上。"}, outside(auth.Appeal),
		func(ctx context.Context, in *struct {
			Body struct {
				Names []string `json:"names" minItems:"1" maxItems:"200"`
			}
		}) (*api.Body[fileMatches], error) {
			ms, err := g.Desk.MatchFiles(ctx, api.Who(ctx), in.Body.Names)
			out := fileMatches{[]fileMatch{}}
			for _, m := range ms {
				x := fileMatch{m.Name, m.Stay, []reviewItem{}, m.Why}
				for i := range m.Items {
					x.Items = append(x.Items, g.itemOf(&m.Items[i], nil))
				}
				out.Items = append(out.Items, x)
			}
			return &api.Body[fileMatches]{Body: out}, err
		})
}
