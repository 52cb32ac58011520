package dataapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web"
	"github.com/mingjian/mingjian/internal/web/api"
)

// Folders of the data directory in which imports and audits leave what they have to say.
const (
	ImportReports = "reports/imports"
	AuditReports  = "reports/audits"
	uploadsDir    = "uploads"
)

// ImportReport is what an import leaves.
type ImportReport struct {
	ID string `json:"import_id"`
	At string `json:"at" doc:"什么时候做完"`
	By string `json:"by" doc:"谁导入的"`
	*lake.Report
}

// WriteReport keeps a report under a name in one of the folders of reports.
func WriteReport(dir, folder, name string, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(dir, folder), 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, folder, name+".json"), b, 0o600)
}

type importItem struct {
	ID       string   `json:"import_id"`
	At       string   `json:"at"`
	By       string   `json:"by"`
	Files    int      `json:"files"`
	Failed   int      `json:"failed" doc:"没有导入的文件"`
	Rows     int64    `json:"rows"`
	Landed   int64    `json:"landed"`
	Known    int64    `json:"known"`
	Rejected int64    `json:"rejected"`
	Tables   []string `json:"tables"`
	Months   []string `json:"months" doc:"要重新审核的月份"`
	Seconds  float64  `json:"seconds"`
}

func itemOf(r *ImportReport) importItem {
	x := importItem{ID: r.ID, At: r.At, By: r.By, Files: len(r.Files), Failed: len(r.Failed()), Tables: r.Tables, Months: r.Months, Seconds: r.Seconds}
	for _, f := range r.Files {
		x.Rows, x.Landed, x.Known, x.Rejected = x.Rows+f.Rows, x.Landed+f.Landed, x.Known+f.Known, x.Rejected+f.Rejected
	}
	return x
}

var plainName = regexp.MustCompile(`^[0-9A-Za-z-]{1,64}$`)

// report reads an import's report; ErrNotFound.
func (g *group) report(id string) (*ImportReport, error) {
	var r ImportReport
	if !plainName.MatchString(id) {
		return nil, fmt.Errorf("导入 %s %w", id, store.ErrNotFound)
	}
	b, err := os.ReadFile(filepath.Join(g.Dir, ImportReports, id+".json"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("导入 %s %w", id, store.ErrNotFound)
	}
	if err == nil {
		err = json.Unmarshal(b, &r)
	}
	return &r, err
}

// names lists the reports of a folder, newest first: their names begin with the time, or count up.
func (g *group) names(folder string) ([]string, error) {
	es, err := os.ReadDir(filepath.Join(g.Dir, folder))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var out []string
	for _, e := range es {
		if name, ok := strings.CutSuffix(e.Name(), ".json"); ok {
			out = append(out, name)
		}
	}
	slices.Reverse(out)
	return out, nil
}

// reports reads a page of a folder's reports, newest first, and one more that tells whether there are others.
func reports[T any](g *group, folder string, in *api.Paging, read func(name string) (*T, error)) ([]T, error) {
	names, err := g.names(folder)
	if err != nil {
		return nil, err
	}
	var out []T
	for _, n := range names {
		if in.Cursor != "" && n >= in.Cursor {
			continue
		}
		if len(out) > in.Limit {
			break
		}
		r, err := read(n)
		if err != nil {
			return nil, err
		}
		out = append(out, *r)
	}
	return out, nil
}

func (g *group) imports() {
	tags := []string{"数据接入"}
	api.Add(g.API, huma.Operation{OperationID: "list-imports", Method: http.MethodGet, Path: "/api/data/imports", Summary: "做过的导入", Tags: tags}, look,
		func(_ context.Context, in *api.Paging) (*api.Body[api.List[importItem]], error) {
			out, err := reports(g, ImportReports, in, g.report)
			if err != nil {
				return nil, err
			}
			return api.Paged(out, *in, func(r *ImportReport) string { return r.ID }, itemOf), nil
		})
	api.Add(g.API, huma.Operation{OperationID: "get-import", Method: http.MethodGet, Path: "/api/data/imports/{id}", Summary: "一次导入：各文件的行数、拒收和疑问", Tags: tags, Errors: []int{404}}, look,
		func(_ context.Context, in *struct {
			ID string `path:"id" maxLength:"64"`
		}) (*api.Body[*ImportReport], error) {
			r, err := g.report(in.ID)
			return &api.Body[*ImportReport]{Body: r}, err
		})
	api.Add(g.API, huma.Operation{OperationID: "get-rejects", Method: http.MethodGet, Path: "/api/data/imports/{id}/rejects/{name}", Summary: "下载拒收的行", Tags: tags, Errors: []int{404},
		Description: "CSV：文件、行号、字段、值、原因、原文。含个人信息，下载记入操作留痕。"}, mayTake, g.rejects)
}

// download is a file to be saved.
type download struct {
	Type string `header:"Content-Type"`
	As   string `header:"Content-Disposition"`
	Body []byte
}

// bom makes Excel read a CSV as UTF-8.
const bom = "\ufeff"

// rejects gives a file of rejected rows that an import names: no other file can be asked for.
func (g *group) rejects(ctx context.Context, in *struct {
	ID   string `path:"id" maxLength:"64"`
	Name string `path:"name" maxLength:"128"`
}) (*download, error) {
	if !api.Who(ctx).May(auth.ExportData) {
		return nil, web.NewProblem(http.StatusForbidden, web.CodeForbidden, "下载拒收的行要有“导出”权限")
	}
	r, err := g.report(in.ID)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(r.Rejects, func(p string) bool { return filepath.Base(p) == in.Name })
	if i < 0 {
		return nil, fmt.Errorf("拒收文件 %s %w", in.Name, store.ErrNotFound)
	}
	b, err := os.ReadFile(filepath.Join(g.Dir, filepath.FromSlash(r.Rejects[i])))
	if err != nil {
		return nil, err
	}
	err = g.Trail.Do(ctx, g.DB, func(*store.Tx) ([]auth.Event, error) {
		return []auth.Event{{Actor: api.Who(ctx).Name, Action: "下载拒收", Object: in.ID, Detail: in.Name}}, nil
	})
	return &download{"text/csv; charset=utf-8", `attachment; filename="` + in.Name + `"`, append([]byte(bom), b...)}, err
}
