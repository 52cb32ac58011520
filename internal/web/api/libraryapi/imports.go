package libraryapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/govern"
	"github.com/mingjian/mingjian/internal/knowledge"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web"
	"github.com/mingjian/mingjian/internal/web/api"
	"github.com/mingjian/mingjian/internal/web/api/uploads"
)

// Kinds of jobs.
const (
	kindSheets   = "两库表"
	kindCoverage = "知识点覆盖"
)

// SheetReports is the folder of the data directory in which checks and imports of sheets leave their reports.
const SheetReports = "reports/sheets"

// maxSheet is the most that sheets brought together may have, in bytes: the national ones come to some 3 MB.
const maxSheet = 200 << 20

// SheetImportItem is an import of sheets on its way.
type SheetImportItem struct {
	ID       string             `json:"import_id"`
	Files    []govern.SheetFile `json:"files"`
	From     string             `json:"valid_from"`
	Why      string             `json:"why"`
	State    string             `json:"state" doc:"核对 待批 导入 生效 失败 作废"`
	Said     string             `json:"message"`
	Base     int64              `json:"base_version" doc:"核对时的知识库版本"`
	Result   int64              `json:"version_made" doc:"导入成的版本"`
	Job      string             `json:"job_id"`
	Author   string             `json:"author"`
	Approver string             `json:"approver"`
	MadeAt   string             `json:"made_at"`
	Decided  string             `json:"decided_at"`
	Version  int64              `json:"version"`
	Report   *knowledge.Report  `json:"report,omitempty" doc:"核对或导入的结果"`
}

func importOf(x *store.SheetImport) (SheetImportItem, error) {
	files, err := govern.SheetFiles(x)
	return SheetImportItem{ID: x.ID, Files: files, From: x.ValidFrom, Why: x.Reason, State: x.State, Said: x.Said, Base: x.Base, Result: x.Result, Job: x.Job, Author: x.Author,
		Approver: x.Approver, MadeAt: api.Moment(x.MadeAt), Decided: api.Moment(x.DecidedAt), Version: x.Version}, err
}

// reportOf reads what the check of an import said, or the import itself once it is done; nil before.
func (g *group) reportOf(x *store.SheetImport) (*knowledge.Report, error) {
	for _, name := range []string{x.ID + "-done", x.ID + "-check"} {
		b, err := os.ReadFile(filepath.Join(g.Dir, SheetReports, name+".json"))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		var r knowledge.Report
		if err == nil {
			err = json.Unmarshal(b, &r)
		}
		return &r, err
	}
	return nil, nil
}

// ImportID names an import in an address.
type ImportID struct {
	ID string `path:"id" maxLength:"64"`
}

// SheetStep is a step with an import of which the caller saw a version.
type SheetStep struct {
	ImportID
	api.Matched
}

type sheetJob struct {
	Import string `json:"import_id"`
}

// enqueue puts the job that works on an import in the line and notes it.
func (g *group) enqueue(ctx context.Context, x *store.SheetImport, action string) (*api.Tagged[SheetImportItem], error) {
	args, err := json.Marshal(sheetJob{x.ID})
	if err != nil {
		return nil, err
	}
	files, err := govern.SheetFiles(x)
	if err != nil {
		return nil, err
	}
	who, subject := api.Who(ctx).Name, names(files)
	j, err := g.Queue(ctx, store.Job{Kind: kindSheets, Subject: subject, Args: string(args), Actor: who}, auth.Event{Actor: who, Action: action, Object: x.ID, Detail: subject})
	if err != nil {
		return nil, err
	}
	if err := g.Rules().SheetsJob(ctx, x.ID, j.ID); err != nil && !errors.Is(err, store.ErrConflict) { // the job may have ended already
		return nil, err
	}
	return g.one(ctx, x.ID)
}

func names(files []govern.SheetFile) string {
	var out []string
	for _, f := range files[:min(3, len(files))] {
		out = append(out, f.Name)
	}
	if len(files) > len(out) {
		return strings.Join(out, "、") + fmt.Sprintf(" 等 %d 个", len(files))
	}
	return strings.Join(out, "、")
}

func (g *group) one(ctx context.Context, id string) (*api.Tagged[SheetImportItem], error) {
	x, err := g.Rules().SheetImport(ctx, id)
	if err != nil {
		return nil, err
	}
	out, err := importOf(x)
	if err == nil {
		out.Report, err = g.reportOf(x)
	}
	if err != nil {
		return nil, err
	}
	return api.Tag(x.Version, out), nil
}

// work does the job of an import: it checks what was brought, or takes in what was approved.
func (g *group) work(ctx context.Context, j *store.Job, progress func(done, total int64)) (string, error) {
	var a sheetJob
	if err := json.Unmarshal([]byte(j.Args), &a); err != nil {
		return "", err
	}
	r := g.Rules()
	x, err := r.SheetImport(ctx, a.Import)
	if err != nil {
		return "", err
	}
	files, err := govern.SheetFiles(x)
	if err != nil {
		return "", err
	}
	check := x.State == govern.SheetsChecked
	if !check && x.State != govern.SheetsTaking {
		return "已是“" + x.State + "”，不用再做", nil
	}
	record := x.ID + map[bool]string{true: "-check", false: "-done"}[check]
	args := []string{"knowledge", "import", "--data", g.Dir, "--child", "--record", record, "--by", j.Actor, "--json"}
	if check {
		args = append(args, "--check")
	}
	if x.ValidFrom != "" {
		args = append(args, "--valid-from", x.ValidFrom)
	}
	for _, f := range files {
		args = append(args, g.shelf.Content(&uploads.Upload{ID: f.ID, Name: f.Name}))
	}
	done := filepath.Join(g.Dir, SheetReports, record+".json")
	if err := os.Remove(done); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	failed := g.Run(ctx, args, progress)
	rep, err := g.reportOf(x)
	if err != nil {
		return "", err
	}
	if _, gone := os.Stat(done); gone == nil {
		failed = unread(rep) // some files of several that cannot be read are said in the report
	} else if failed == nil {
		failed = fmt.Errorf("没有留下报告")
	}
	switch {
	case check:
		err = r.SheetsSeen(ctx, x.ID, rep, failed)
	case failed != nil:
		err = r.SheetsTaken(ctx, x.ID, rep, failed)
	default: // what waits now is to be seen with its money
		if e := g.Run(ctx, []string{"knowledge", "coverage", "--data", g.Dir, "--child", "--json"}, func(int64, int64) {}); e != nil {
			g.Log.Info("the coverage is not worked out after an import", "error", e.Error()) // no fees yet
		}
		g.reload(ctx)
		if err = r.SheetsTaken(ctx, x.ID, rep, nil); err == nil {
			g.forget(files)
		}
	}
	if err := errors.Join(failed, err); err != nil {
		return "", err
	}
	return rep.Short(), nil
}

// unread tells that nothing of the files could be used.
func unread(rep *knowledge.Report) error {
	if rep.Totals.Rows > 0 || len(rep.Unread) == 0 {
		return nil
	}
	return errors.New(strings.Join(rep.Unread, "；"))
}

// forget takes the files of an import that is over off the shelf.
func (g *group) forget(files []govern.SheetFile) {
	for _, f := range files {
		if err := g.shelf.Remove(f.ID); err != nil {
			g.Log.Warn("an uploaded file is not removed", "upload", f.ID, "error", err.Error())
		}
	}
}

func (g *group) imports() {
	tags, errs := []string{"规则库与知识库"}, []int{404, 409, 412, 428}
	bring, whole := api.Need{Any: []auth.Permission{auth.EditKnowledge}}, api.Need{Any: []auth.Permission{auth.EditKnowledge, auth.ApproveRules}}
	g.shelf.Operations(g.API, "/api/library/uploads", "sheet-upload", tags[0], bring)
	g.Works(kindSheets, g.work)
	g.Works(kindCoverage, func(ctx context.Context, _ *store.Job, progress func(done, total int64)) (string, error) {
		return "已重算", g.Run(ctx, []string{"knowledge", "coverage", "--data", g.Dir, "--child", "--json"}, progress)
	})
	api.Add(g.API, huma.Operation{OperationID: "start-coverage", Method: http.MethodPost, Path: "/api/library/coverage", Summary: "重算知识点的覆盖和待裁决的金额", Tags: tags, DefaultStatus: http.StatusAccepted}, whole,
		func(ctx context.Context, _ *struct{}) (*api.Tagged[api.JobItem], error) {
			who := api.Who(ctx).Name
			j, err := g.Queue(ctx, store.Job{Kind: kindCoverage, Subject: "最近一个费用齐全的月份", Args: "{}", Actor: who}, auth.Event{Actor: who, Action: "算知识点覆盖", Object: "知识库"})
			if err != nil {
				return nil, err
			}
			return api.Tag(j.Version, api.JobOf(j)), nil
		})
	api.Add(g.API, huma.Operation{OperationID: "list-sheet-imports", Method: http.MethodGet, Path: "/api/library/imports", Summary: "在控制台办理的两库导入，从新到旧", Tags: tags}, whole,
		func(ctx context.Context, _ *struct{}) (*api.Body[api.List[SheetImportItem]], error) {
			xs, err := g.Rules().SheetImports(ctx, 50)
			out := &api.Body[api.List[SheetImportItem]]{}
			out.Body.Items = []SheetImportItem{}
			for i := range xs {
				x, err := importOf(&xs[i])
				if err != nil {
					return nil, err
				}
				out.Body.Items = append(out.Body.Items, x)
			}
			return out, err
		})
	api.Add(g.API, huma.Operation{OperationID: "get-sheet-import", Method: http.MethodGet, Path: "/api/library/imports/{id}", Summary: "一次两库导入：各表各行的去向、与上一版的不同", Tags: tags, Errors: []int{404}}, whole,
		func(ctx context.Context, in *ImportID) (*api.Tagged[SheetImportItem], error) {
			return g.one(ctx, in.ID)
		})
	api.Add(g.API, huma.Operation{OperationID: "bring-sheets", Method: http.MethodPost, Path: "/api/library/imports", Summary: "交来国家两库表、本地知识点或编码对照，先核对", Tags: tags, DefaultStatus: http.StatusAccepted, Errors: []int{404, 409},
		Description: "核对说明会怎样，不写入；另一个人看过、批准后才导入。"}, bring,
		func(ctx context.Context, in *struct {
			Body struct {
				Uploads []string `json:"uploads" minItems:"1" maxItems:"100" doc:"上传编号"`
				From    string   `json:"valid_from,omitempty" maxLength:"10" doc:"表里没写生效日的知识点从哪天起，yyyy-MM-dd；不写为 1900-01-01"`
				Why     string   `json:"why,omitempty" maxLength:"500"`
			}
		}) (*api.Tagged[SheetImportItem], error) {
			ups, err := g.shelf.Whole(in.Body.Uploads, api.Who(ctx).Name)
			if err != nil {
				return nil, err
			}
			var files []govern.SheetFile
			var size int64
			for _, u := range ups {
				files = append(files, govern.SheetFile{ID: u.ID, Name: u.Name, Size: u.Size})
				size += u.Size
			}
			if size > maxSheet {
				return nil, web.NewProblem(http.StatusRequestEntityTooLarge, web.CodeTooLarge, fmt.Sprintf("这些文件共 %d MB，超过 %d MB：请分几次导入", size>>20, maxSheet>>20))
			}
			x, err := g.Rules().BringSheets(ctx, api.Who(ctx), store.NewID(), files, in.Body.From, in.Body.Why)
			if err != nil {
				return nil, err
			}
			return g.enqueue(ctx, x, "核对两库表任务")
		})
	api.Add(g.API, huma.Operation{OperationID: "approve-sheets", Method: http.MethodPost, Path: "/api/library/imports/{id}/approve", Summary: "批准导入（须由另一个人），随即导入", Tags: tags, DefaultStatus: http.StatusAccepted, Errors: errs}, whole,
		func(ctx context.Context, in *SheetStep) (*api.Tagged[SheetImportItem], error) {
			seen, err := in.Matched.Version()
			if err != nil {
				return nil, err
			}
			version, err := g.version()
			if err != nil {
				return nil, err
			}
			x, err := g.Rules().Expecting(seen).ApproveSheets(ctx, api.Who(ctx), in.ID, version)
			if err != nil {
				return nil, err
			}
			return g.enqueue(ctx, x, "导入两库表任务")
		})
	api.Add(g.API, huma.Operation{OperationID: "check-sheets", Method: http.MethodPost, Path: "/api/library/imports/{id}/check", Summary: "重新核对", Tags: tags, DefaultStatus: http.StatusAccepted, Errors: errs}, whole,
		func(ctx context.Context, in *SheetStep) (*api.Tagged[SheetImportItem], error) {
			seen, err := in.Matched.Version()
			if err != nil {
				return nil, err
			}
			if err := g.idle(ctx, in.ID); err != nil {
				return nil, err
			}
			x, err := g.Rules().Expecting(seen).CheckSheetsAgain(ctx, api.Who(ctx), in.ID)
			if err != nil {
				return nil, err
			}
			return g.enqueue(ctx, x, "核对两库表任务")
		})
	api.Add(g.API, huma.Operation{OperationID: "drop-sheets", Method: http.MethodPost, Path: "/api/library/imports/{id}/drop", Summary: "不导入了，或不同意导入", Tags: tags, Errors: errs}, whole,
		func(ctx context.Context, in *struct {
			SheetStep
			Body struct {
				Why string `json:"why" minLength:"1" maxLength:"500"`
			}
		}) (*api.Tagged[SheetImportItem], error) {
			seen, err := in.Matched.Version()
			if err != nil {
				return nil, err
			}
			x, err := g.Rules().Expecting(seen).DropSheets(ctx, api.Who(ctx), in.ID, in.Body.Why)
			if err != nil {
				return nil, err
			}
			if files, err := govern.SheetFiles(x); err == nil {
				g.forget(files)
			}
			return g.one(ctx, in.ID)
		})
}

// idle tells that no job works on an import: one that was broken off may be checked anew.
func (g *group) idle(ctx context.Context, id string) error {
	return g.DB.View(ctx, func(tx *store.Tx) error {
		x, err := tx.SheetImport(id)
		if err != nil || x.Job == "" {
			return err
		}
		j, err := tx.Job(x.Job)
		if err == nil && (j.State == "等待" || j.State == "进行") {
			err = web.NewProblem(http.StatusConflict, web.CodeConflict, "任务还在做，等它结束再核对")
		}
		return err
	})
}

// version is the knowledge's, as it lies on disk.
func (g *group) version() (int, error) {
	vs, err := knowledge.Imports(filepath.Join(g.Dir, "knowledge"))
	if err != nil || len(vs) == 0 {
		return 0, err
	}
	return vs[len(vs)-1].Version, nil
}

// reload lets what changed be seen at once, not when the server looks next.
func (g *group) reload(ctx context.Context) {
	if err := g.Reload(ctx); err != nil {
		g.Log.Warn("rules are not reloaded after a change of the knowledge", "error", err.Error())
	}
}
