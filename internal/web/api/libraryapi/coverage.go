package libraryapi

import (
	"context"
	"net/http"
	"path/filepath"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/web/api"
)

// CoverageFile is where "knowledge coverage" leaves what it worked out, in a data directory.
func CoverageFile(data string) string { return filepath.Join(data, "reports", "coverage.json") }

type covered struct {
	At       string          `json:"at" doc:"何时算的，空为还没有算过"`
	Coverage *audit.Coverage `json:"coverage,omitempty"`
}

func (g *group) coverage(a *api.API) {
	api.Add(a, huma.Operation{OperationID: "library-coverage", Method: http.MethodGet, Path: "/api/library/coverage", Summary: "知识点点名的费用占多少（按金额加权），没有知识点的大项目", Tags: tags,
		Description: "由 mingjian knowledge coverage 算出；金额为分，冲减后的净额。"}, api.Need{Any: []auth.Permission{auth.ReadFindings}, Locals: true},
		func(context.Context, *struct{}) (*api.Body[covered], error) {
			out := &api.Body[covered]{}
			c, st, err := readCoverage(g.Live().Coverage)
			if err == nil && c != nil {
				out.Body.At, out.Body.Coverage = st.ModTime().UTC().Format(time.RFC3339), c
			}
			return out, err
		})
}
