package reviewapi

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/review"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web"
	"github.com/mingjian/mingjian/internal/web/api"
)

type takeoverSum struct {
	Kind string `json:"kind" doc:"规则 疑点 总额"`
	Fate string `json:"fate" doc:"接管 关联 存疑 不收 已有"`
	Rows int64  `json:"rows"`
	Made int64  `json:"made" doc:"已经办了的行"`
	Vola int64  `json:"vola_fen"`
	Fund int64  `json:"fund_fen"`
}

type takeoverItem struct {
	ID        string        `json:"takeover_id"`
	Files     string        `json:"files"`
	State     string        `json:"state" doc:"待确认 接管中 已接管 已撤销"`
	Rows      int           `json:"row_count"`
	MadeBy    string        `json:"made_by"`
	MadeAt    string        `json:"made_at"`
	DecidedBy string        `json:"decided_by"`
	DecidedAt string        `json:"decided_at"`
	UndoneBy  string        `json:"undone_by"`
	UndoneAt  string        `json:"undone_at"`
	Why       string        `json:"why"`
	Sums      []takeoverSum `json:"sums"`
	Version   int64         `json:"version"`
}

type takeoverRow struct {
	Seq    int    `json:"seq"`
	File   string `json:"file"`
	Line   int    `json:"line" doc:"文件里第几行"`
	Kind   string `json:"kind"`
	OldID  string `json:"old_id"`
	Cells  string `json:"cells" doc:"文件里的一行，JSON"`
	Fate   string `json:"fate"`
	Why    string `json:"why"`
	Linked string `json:"linked" doc:"本系统的哪一条疑点"`
	Vola   int64  `json:"vola_fen"`
	Fund   int64  `json:"fund_fen"`
	Chosen bool   `json:"chosen" doc:"存疑而照收"`
	Made   string `json:"made" doc:"办成了什么；空为还没有"`
}

func takeoverOf(v *review.TakeoverView) takeoverItem {
	t := &v.Takeover
	out := takeoverItem{t.ID, t.Files, t.State, t.Rows, t.MadeBy, api.Moment(t.MadeAt), t.DecidedBy, api.Moment(t.DecidedAt), t.UndoneBy, api.Moment(t.UndoneAt), t.Why, []takeoverSum{}, t.Version}
	for _, s := range v.Sums {
		out.Sums = append(out.Sums, takeoverSum{s.Kind, s.Fate, s.Rows, s.Made, s.Vola, s.Fund})
	}
	return out
}

type takeoverRows struct {
	Items []takeoverRow `json:"items"`
	Next  int           `json:"next" doc:"取下一页用的 after；0 为没有了"`
}

type takeoverStep struct {
	Left int          `json:"left" doc:"还有多少行没有办"`
	Now  takeoverItem `json:"takeover"`
}

// takeAll is for those who bring an older system's work over: it is the whole area's.
var takeAll = api.Need{Any: []auth.Permission{auth.Dispatch}}

// maxOldFile bounds a file of an older system, bytes.
const maxOldFile = 64 << 20

func (g *group) takeovers() {
	tags := []string{"接管旧系统"}
	g.shelf.Operations(g.API, "/api/review/takeover-uploads", "takeover-upload", tags[0], takeAll)
	one := func(ctx context.Context, id string) (*takeoverItem, error) {
		vs, err := g.Desk.Takeovers(ctx, api.Who(ctx), id, store.Page{Limit: 1})
		if err != nil {
			return nil, err
		}
		x := takeoverOf(&vs[0])
		return &x, nil
	}
	tagged := func(ctx context.Context, id string, err error) (*api.Tagged[takeoverItem], error) {
		if err != nil {
			return nil, err
		}
		x, err := one(ctx, id)
		if err != nil {
			return nil, err
		}
		return api.Tag(x.Version, *x), nil
	}
	api.Add(g.API, huma.Operation{OperationID: "start-takeover", Method: http.MethodPost, Path: "/api/review/takeovers", Summary: "检查旧系统的文件：每一行收、关联、存疑还是不收", Tags: tags, DefaultStatus: http.StatusCreated, Errors: []int{404, 422},
		Description: "只检查，不接管。文件认三种：旧规则对应表、旧疑点（在办的和已收回的）、已收回的总额。"}, takeAll,
		func(ctx context.Context, in *struct {
			Body struct {
				Uploads []string `json:"uploads" minItems:"1" maxItems:"20" doc:"上传编号"`
			}
		}) (*api.Tagged[takeoverItem], error) {
			t, err := g.readTakeover(ctx, in.Body.Uploads)
			if err != nil {
				return nil, err
			}
			return tagged(ctx, t.ID, nil)
		})
	api.Add(g.API, huma.Operation{OperationID: "list-takeovers", Method: http.MethodGet, Path: "/api/review/takeovers", Summary: "做过的接管", Tags: tags}, takeAll,
		func(ctx context.Context, in *api.Paging) (*api.Body[api.List[takeoverItem]], error) {
			vs, err := g.Desk.Takeovers(ctx, api.Who(ctx), "", in.Page())
			return api.Paged(vs, *in, func(v *review.TakeoverView) string { return v.ID }, takeoverOf), err
		})
	api.Add(g.API, huma.Operation{OperationID: "get-takeover", Method: http.MethodGet, Path: "/api/review/takeovers/{id}", Summary: "一次接管", Tags: tags, Errors: []int{404}}, takeAll,
		func(ctx context.Context, in *PaperID) (*api.Tagged[takeoverItem], error) {
			return tagged(ctx, in.ID, nil)
		})
	api.Add(g.API, huma.Operation{OperationID: "takeover-rows", Method: http.MethodGet, Path: "/api/review/takeovers/{id}/rows", Summary: "一次接管的行", Tags: tags, Errors: []int{404}}, takeAll,
		func(ctx context.Context, in *struct {
			PaperID
			Fate  string `query:"fate" maxLength:"8" doc:"接管 关联 存疑 不收 已有"`
			After int    `query:"after" minimum:"0"`
			Limit int    `query:"limit" minimum:"1" maximum:"500" default:"100"`
		}) (*api.Body[takeoverRows], error) {
			rs, err := g.Desk.TakeoverRows(ctx, api.Who(ctx), in.ID, in.Fate, in.After, in.Limit+1)
			out := takeoverRows{Items: []takeoverRow{}}
			for i := range rs[:min(len(rs), in.Limit)] {
				r := &rs[i]
				out.Items = append(out.Items, takeoverRow{r.Seq, r.File, r.Line, r.Kind, r.OldID, r.Body, r.Fate, r.Why, r.Linked, r.Vola, r.Fund, r.Chosen, r.Made})
			}
			if len(rs) > in.Limit {
				out.Next = out.Items[len(out.Items)-1].Seq
			}
			return &api.Body[takeoverRows]{Body: out}, err
		})
	api.Add(g.API, huma.Operation{OperationID: "confirm-takeover", Method: http.MethodPost, Path: "/api/review/takeovers/{id}/confirm", Summary: "确认接管", Tags: tags, Errors: errs,
		Description: "存疑的行只收选中的。确认后反复调 take，直到没有剩下的行。"}, takeAll,
		func(ctx context.Context, in *struct {
			PaperID
			api.Matched
			Body struct {
				Doubtful []int `json:"doubtful,omitempty" maxItems:"10000" doc:"存疑而照收的行（seq）"`
			}
		}) (*api.Tagged[takeoverItem], error) {
			v, err := in.Version()
			if err == nil {
				_, err = g.Desk.ConfirmTakeover(ctx, api.Who(ctx), in.ID, v, in.Body.Doubtful)
			}
			return tagged(ctx, in.ID, err)
		})
	api.Add(g.API, huma.Operation{OperationID: "take-takeover", Method: http.MethodPost, Path: "/api/review/takeovers/{id}/take", Summary: "接着办已确认的接管：一次办一些行", Tags: tags, Errors: errs}, takeAll,
		func(ctx context.Context, in *PaperID) (*api.Body[takeoverStep], error) {
			left, err := g.Desk.TakeRows(ctx, api.Who(ctx), in.ID)
			if err != nil {
				return nil, err
			}
			x, err := one(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			return &api.Body[takeoverStep]{Body: takeoverStep{left, *x}}, nil
		})
	api.Add(g.API, huma.Operation{OperationID: "undo-takeover", Method: http.MethodPost, Path: "/api/review/takeovers/{id}/undo", Summary: "整批撤销接管", Tags: tags, Errors: errs,
		Description: "接管之后还没有人在任何一条上办过事时才可以；撤销后同样的文件可以再接管。"}, takeAll,
		func(ctx context.Context, in *struct {
			PaperID
			api.Matched
			Body struct {
				Why string `json:"why" maxLength:"1000"`
			}
		}) (*api.Tagged[takeoverItem], error) {
			v, err := in.Version()
			if err == nil {
				_, err = g.Desk.UndoTakeover(ctx, api.Who(ctx), in.ID, v, in.Body.Why)
			}
			return tagged(ctx, in.ID, err)
		})
}

// readTakeover reads the files that somebody sent and tells what becomes of their rows; the files are forgotten then.
func (g *group) readTakeover(ctx context.Context, ids []string) (*store.Takeover, error) {
	who := api.Who(ctx)
	files, err := g.shelf.Whole(ids, who.Name)
	if err != nil {
		return nil, err
	}
	var rows []review.OldRow
	var names []string
	for i := range files {
		f := &files[i]
		if f.Size > maxOldFile {
			return nil, web.NewProblem(http.StatusRequestEntityTooLarge, web.CodeTooLarge, fmt.Sprintf("%s 超过 %d MB，请拆开", f.Name, maxOldFile>>20))
		}
		b, err := os.ReadFile(g.shelf.Content(f))
		if err != nil {
			return nil, err
		}
		rs, err := review.ReadOld(f.Name, b)
		if err != nil {
			return nil, err
		}
		rows, names = append(rows, rs...), append(names, f.Name)
	}
	slices.Sort(names)
	t, err := g.Desk.NewTakeover(ctx, who, names, rows, g.Known)
	if err != nil {
		return nil, err
	}
	for i := range files {
		if err := g.shelf.Remove(files[i].ID); err != nil {
			g.Log.Warn("an uploaded file is not removed", "upload", files[i].ID, "error", err.Error())
		}
	}
	return t, nil
}
