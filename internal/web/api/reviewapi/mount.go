package reviewapi

import (
	"context"
	"errors"
	"net/http"
	"path/filepath"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/review"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web"
	"github.com/mingjian/mingjian/internal/web/api"
	"github.com/mingjian/mingjian/internal/web/api/uploads"
)

// Config is what the operations work with. It may be empty while only the description is written.
type Config struct {
	Desk     *review.Desk
	Library  func() review.Library // where exemptions are asked for
	Evidence func(ctx context.Context, f *store.Finding) (*audit.Evidence, error)
	Known    func(rule string) bool // whether there is such a card
	Dir      string                 // the data directory, where files wait that were sent
}

type group struct {
	*api.API
	Config
	shelf uploads.Shelf
}

// Group adds the operations of the closed loop.
func Group(c Config) func(*api.API) {
	return func(a *api.API) {
		g := &group{a, c, uploads.Shelf{Dir: filepath.Join(c.Dir, "takeover-uploads")}}
		for _, f := range []func(){g.lists, g.open, g.steps, g.money, g.packages, g.files, g.panels, g.ties, g.relays, g.bulk, g.sheets, g.months, g.books, g.saved, g.match, g.takeovers, g.payFiles} {
			f()
		}
	}
}

var tags = []string{"办理"}

// Needs: whoever may see findings, of the bureau or an institution; what he sees is the desk's to say.
var look = api.Need{Any: []auth.Permission{auth.ReadFindings}, Inst: true, Locals: true}

func office(p ...auth.Permission) api.Need { return api.Need{Any: p, Locals: true} }

func outside(p ...auth.Permission) api.Need { return api.Need{Any: p, Locals: true, Inst: true} }

var errs = []int{404, 409, 412, 422, 428}

// statuses of refusals; what is not named is a value that is wrong.
var statuses = map[review.Code]int{
	review.CodeNotFound: http.StatusNotFound, review.CodePermission: http.StatusForbidden, review.CodeSelf: http.StatusForbidden, review.CodeState: http.StatusConflict,
	review.CodeVersion: http.StatusPreconditionFailed, review.CodeDeadline: http.StatusConflict, review.CodeDelivery: http.StatusConflict, review.CodePanel: http.StatusConflict,
	review.CodeMachine: http.StatusConflict, review.CodePaused: http.StatusConflict, review.CodeOnce: http.StatusConflict, review.CodeLedger: http.StatusConflict,
	review.CodePeriod: http.StatusConflict, review.CodeReason: http.StatusUnprocessableEntity, review.CodeInput: http.StatusUnprocessableEntity,
	review.CodeFile: http.StatusUnprocessableEntity,
}

// titles of refusals by status.
var titles = map[int]string{404: "没有找到", 403: "不能由您办理", 409: "现在不能这样办", 412: "已被别人改过", 422: "内容不合要求"}

// Problem says what a refusal of the review is called over HTTP; nil when it is none.
func Problem(err error) *web.Problem {
	var e *review.Error
	if !errors.As(err, &e) {
		return nil
	}
	status, ok := statuses[e.Code]
	if !ok {
		status = http.StatusUnprocessableEntity
	}
	p := web.NewProblem(status, string(e.Code), e.Message)
	p.Title = titles[status]
	if e.Field != "" {
		p.Errors = []web.Field{{Where: "body." + e.Field, Detail: e.Message}}
	}
	return p
}

// ref names a case of the version that the caller saw.
func ref(id string, m api.Matched) (review.Ref, error) {
	v, err := m.Version()
	return review.Ref{ID: id, Version: v}, err
}

// FindingID names a finding in an address.
type FindingID struct {
	ID string `path:"id" maxLength:"64" doc:"疑点编号"`
}
