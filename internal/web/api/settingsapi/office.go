package settingsapi

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/paper/forms"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web/api"
)

// mayOffice is who sets what stands on the bureau's paper: the administrator, and whoever sets the limits.
var mayOffice = api.Need{Any: []auth.Permission{auth.ManageUsers, auth.SetLimits}}

// officeState is what stands on the bureau's paper.
type officeState struct {
	Name  string       `json:"name" doc:"单位全称，印在文书头上"`
	Short string       `json:"short" doc:"文号里的简称"`
	Seal  *sealState   `json:"seal,omitempty" doc:"没有则盖章处留空，手工盖"`
	Wrong string       `json:"wrong" doc:"现有的文件有什么不对，空为没有"`
	Forms []forms.Form `json:"forms"`
}

type sealState struct {
	Bytes  int    `json:"bytes"`
	Width  int    `json:"width"`
	Height int    `json:"height"`
	Clear  bool   `json:"clear" doc:"底色透明，不遮住字"`
	Mark   string `json:"mark" doc:"随图片变，防止看到旧的"`
}

type officeText struct {
	Form string `json:"form"`
	Text string `json:"text"`
	Own  bool   `json:"own" doc:"本局改过的"`
}

// FormName names a document's template in an address.
type FormName struct {
	Form string `path:"form" maxLength:"40"`
}

type picture struct {
	Type string `header:"Content-Type"`
	Body []byte
}

func (g *group) officeState() (officeState, error) {
	o := g.Office()
	b, err := o.Bureau()
	out := officeState{Name: b.Name, Short: b.Short, Forms: []forms.Form{}}
	if err != nil { // a file that was put there by hand: it is told, and can be replaced here
		out.Wrong = err.Error()
	}
	if b.Seal != nil {
		if x, err := forms.CheckSeal(b.Seal); err == nil {
			out.Seal = &sealState{len(b.Seal), x.Width, x.Height, x.Clear, fmt.Sprintf("%d-%x", len(b.Seal), b.Seal[len(b.Seal)/2:min(len(b.Seal), len(b.Seal)/2+6)])}
		} else if out.Wrong == "" {
			out.Wrong = err.Error()
		}
	}
	fs, err := o.Forms()
	if err != nil {
		if out.Wrong == "" {
			out.Wrong = err.Error()
		}
		return out, nil
	}
	out.Forms = fs
	return out, nil
}

// change changes the bureau's paper, with a record of it on the trail.
func (g *group) change(ctx context.Context, what, detail string, f func() error) (*api.Body[officeState], error) {
	g.write.Lock()
	defer g.write.Unlock()
	who := api.Who(ctx).Name
	err := g.Trail.Do(ctx, g.DB, func(*store.Tx) ([]auth.Event, error) {
		return []auth.Event{{Actor: who, Action: "设置文书", Object: what, Detail: detail}}, f()
	})
	if err != nil {
		return nil, err
	}
	x, err := g.officeState()
	return &api.Body[officeState]{Body: x}, err
}

func (g *group) office() {
	tags := []string{"单位与印章"}
	api.Add(g.API, huma.Operation{OperationID: "get-office", Method: http.MethodGet, Path: "/api/settings/office", Summary: "文书上的单位、印章和模板", Tags: tags}, mayOffice,
		func(context.Context, *struct{}) (*api.Body[officeState], error) {
			x, err := g.officeState()
			return &api.Body[officeState]{Body: x}, err
		})
	api.Add(g.API, huma.Operation{OperationID: "set-office", Method: http.MethodPut, Path: "/api/settings/office", Summary: "改单位全称和简称", Tags: tags}, mayOffice,
		func(ctx context.Context, in *struct {
			Body struct {
				Name  string `json:"name" minLength:"1" maxLength:"60"`
				Short string `json:"short" minLength:"1" maxLength:"20"`
			}
		}) (*api.Body[officeState], error) {
			return g.change(ctx, "单位", in.Body.Name+"（"+in.Body.Short+"）", func() error { return g.Office().SetBureau(in.Body.Name, in.Body.Short) })
		})
	api.Add(g.API, huma.Operation{OperationID: "get-seal", Method: http.MethodGet, Path: "/api/settings/office/seal", Summary: "印章图片", Tags: tags, Errors: []int{404}}, mayOffice,
		func(context.Context, *struct{}) (*picture, error) {
			b, err := g.Office().Bureau()
			if err == nil && b.Seal == nil {
				err = fmt.Errorf("印章 %w", store.ErrNotFound)
			}
			return &picture{"image/png", b.Seal}, err
		})
	api.Add(g.API, huma.Operation{OperationID: "set-seal", Method: http.MethodPut, Path: "/api/settings/office/seal", Summary: "换印章图片（PNG，每边 200–3000 像素，不超过 2 MiB）", Tags: tags, MaxBodyBytes: 3 << 20}, mayOffice,
		func(ctx context.Context, in *struct {
			RawBody []byte `contentType:"image/png"`
		}) (*api.Body[officeState], error) {
			x, err := forms.CheckSeal(in.RawBody)
			if err != nil {
				return nil, err
			}
			return g.change(ctx, "印章", fmt.Sprintf("%d×%d 像素，%d 字节", x.Width, x.Height, len(in.RawBody)), func() error { return g.Office().SetSeal(in.RawBody) })
		})
	api.Add(g.API, huma.Operation{OperationID: "drop-seal", Method: http.MethodDelete, Path: "/api/settings/office/seal", Summary: "不用印章图片：手工盖", Tags: tags}, mayOffice,
		func(ctx context.Context, _ *struct{}) (*api.Body[officeState], error) {
			return g.change(ctx, "印章", "去掉", func() error { return g.Office().SetSeal(nil) })
		})
	api.Add(g.API, huma.Operation{OperationID: "office-sample", Method: http.MethodGet, Path: "/api/settings/office/sample", Summary: "样张（PDF）：单位、文号、印章印出来的样子", Tags: tags}, mayOffice,
		func(context.Context, *struct{}) (*picture, error) {
			var b bytes.Buffer
			err := g.Office().Sample(&b, time.Now().Add(8*time.Hour).UTC()) // the day in China
			return &picture{"application/pdf", b.Bytes()}, err
		})
	api.Add(g.API, huma.Operation{OperationID: "get-form-text", Method: http.MethodGet, Path: "/api/settings/office/forms/{form}", Summary: "一种文书的模板", Tags: tags, Errors: []int{404}}, mayOffice,
		func(_ context.Context, in *FormName) (*api.Body[officeText], error) {
			text, own, err := g.Office().Text(in.Form)
			return &api.Body[officeText]{Body: officeText{in.Form, text, own}}, err
		})
	api.Add(g.API, huma.Operation{OperationID: "set-form-text", Method: http.MethodPut, Path: "/api/settings/office/forms/{form}", Summary: "改一种文书的模板；空为改回自带的", Tags: tags}, mayOffice,
		func(ctx context.Context, in *struct {
			FormName
			Body struct {
				Text string `json:"text" maxLength:"200000"`
			}
		}) (*api.Body[officeState], error) {
			detail := fmt.Sprintf("%d 字", len([]rune(in.Body.Text)))
			if in.Body.Text == "" {
				detail = "改回自带的"
			}
			return g.change(ctx, "模板 "+in.Form, detail, func() error { return g.Office().SetTemplate(in.Form, in.Body.Text) })
		})
}
