package casemixapi

import (
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/attached"
	"github.com/mingjian/mingjian/internal/casemix/pay"
	"github.com/mingjian/mingjian/internal/casemix/special"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web"
	"github.com/mingjian/mingjian/internal/web/api"
)

const (
	filesPath = "/api/casemix/specials/{id}/files"
	// mostFile bounds a material, in bytes; a request may hold the form around it as well.
	mostFile = 20 << 20
)

type fileOut struct {
	ID   string `json:"file_id"`
	Kind string `json:"kind" doc:"材料种类"`
	Name string `json:"name"`
	Size int64  `json:"size" doc:"字节"`
	By   string `json:"uploaded_by"`
	At   string `json:"at"`
}

func fileOf(f *store.SpecialFile) fileOut {
	return fileOut{f.ID, f.Kind, f.Name, f.Size, f.UploadedBy, api.Moment(f.At)}
}

// materialIn takes the first file of a form as it comes; nothing is kept before it is known that it may be.
type materialIn struct {
	SpecialID
	Kind string `query:"kind" required:"true" minLength:"1" maxLength:"32" doc:"材料种类：申请表、病案首页、费用清单、出院记录、其他"`
	name string
	body io.Reader
	bad  error
}

// Resolve finds the file in the form.
func (in *materialIn) Resolve(ctx huma.Context) []error {
	kind, params, err := mime.ParseMediaType(ctx.Header("Content-Type"))
	if err != nil || kind != "multipart/form-data" || params["boundary"] == "" {
		in.bad = web.NewProblem(http.StatusUnsupportedMediaType, web.CodeBadRequest, "请用 multipart/form-data 上传文件，字段名 file")
		return nil
	}
	form := multipart.NewReader(ctx.BodyReader(), params["boundary"])
	for range 16 {
		p, err := form.NextPart()
		if err != nil {
			break
		}
		if p.FormName() == "file" {
			_, more, _ := mime.ParseMediaType(p.Header.Get("Content-Disposition"))
			in.name, in.body = more["filename"], p
			return nil
		}
	}
	in.bad = web.NewProblem(http.StatusUnprocessableEntity, web.CodeInvalid, "没有收到文件：字段名应为 file")
	return nil
}

// otherMaterial is the kind of what is sent beside the required ones.
const otherMaterial = "其他"

func (g *group) specialFiles() {
	g.Server.Large("POST "+filesPath, mostFile+1<<20)
	up := op("attach-special", http.MethodPost, filesPath, "上传一个材料", 404, 409, 413, 415)
	up.Description = "multipart/form-data，字段名 file，一次一个，不超过 20 MB。PDF、图片、DOCX、XLSX、TXT、CSV；看内容，不看文件名和浏览器怎么说。必备的齐了自动转待评审；抽了专家以后不再收。"
	api.Add(g.API, up, askSpecial, g.attach)
	type content struct {
		Type        string `header:"Content-Type"`
		Disposition string `header:"Content-Disposition"`
		Policy      string `header:"Content-Security-Policy"`
		Body        []byte
	}
	api.Add(g.API, op("special-file", http.MethodGet, "/api/casemix/specials/{id}/files/{file}", "下载一个材料", 404), seeSpecial,
		func(ctx context.Context, in *struct {
			SpecialID
			File string `path:"file" maxLength:"64"`
		}) (*content, error) {
			var f *store.SpecialFile
			err := g.DB.View(ctx, func(tx *store.Tx) error {
				c, err := g.one(ctx, tx, in.ID)
				if err != nil {
					return err
				}
				if f, err = tx.SpecialFile(in.File); err == nil && f.Case != c.ID {
					err = store.ErrNotFound
				}
				return err
			})
			if errors.Is(err, store.ErrNotFound) {
				return nil, web.NewProblem(http.StatusNotFound, web.CodeNotFound, "没有这个材料")
			}
			if err != nil {
				return nil, err
			}
			body, err := attached.Folder(g.Files).Read(attached.File{Name: f.Name, SHA256: f.SHA256})
			if err != nil {
				return nil, err
			}
			// Always saved, never shown in the console's own origin.
			return &content{f.Media, "attachment; filename*=UTF-8''" + url.PathEscape(f.Name), "sandbox; default-src 'none'", body}, nil
		})
}

func (g *group) attach(ctx context.Context, in *materialIn) (*api.Tagged[specialOut], error) {
	var c *store.SpecialCase
	err := g.DB.View(ctx, func(tx *store.Tx) (err error) { c, err = g.one(ctx, tx, in.ID); return err })
	book, berr := g.book()
	err = errors.Join(err, berr)
	switch {
	case err != nil:
		return nil, err
	case in.bad != nil:
		return nil, in.bad
	case !special.Takes(c.State):
		return nil, web.NewProblem(http.StatusConflict, web.CodeConflict, "申报现为"+c.State+"，不再收材料")
	case in.Kind != otherMaterial && !slices.Contains(book.Terms.Materials, in.Kind):
		return nil, &wrong{"没有“" + in.Kind + "”这种材料"}
	}
	h, err := g.own(ctx)
	if err != nil {
		return nil, err
	}
	kept, err := attached.Folder(g.Files).Keep(in.body, mostFile, in.name)
	if err != nil {
		var big *http.MaxBytesError
		if errors.As(err, &big) {
			return nil, web.NewProblem(http.StatusRequestEntityTooLarge, web.CodeTooLarge, "文件太大：不超过 20 MB")
		}
		return nil, err
	}
	doubted, err := g.doubted(ctx, c.Inst, c.Visit)
	if err != nil {
		return nil, err
	}
	c, _, err = book.Attach(ctx, store.SpecialFile{ID: store.NewID(), Case: c.ID, Kind: in.Kind, Name: kept.Name, Media: kept.Media, Size: kept.Size, SHA256: kept.SHA256,
		UploadedBy: api.Who(ctx).Name}, settledIn(h, c.Kind, c.Period), doubted, dayOf(time.Now()))
	if err != nil {
		return nil, err
	}
	return g.done(ctx, c.ID, "特例单议材料", in.Kind+" "+kept.Name+" "+c.State)
}

// doubted is what the audit claims of the stay's fund money: fees that a special case may not carry along.
func (g *group) doubted(ctx context.Context, inst, visit string) (sum pay.Fen, err error) {
	err = g.DB.View(ctx, func(tx *store.Tx) error {
		n, err := tx.DoubtedFund(inst, visit)
		sum = pay.Fen(n)
		return err
	})
	return sum, err
}
