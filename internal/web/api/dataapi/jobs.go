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
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web"
	"github.com/mingjian/mingjian/internal/web/api"
	"github.com/mingjian/mingjian/internal/web/api/uploads"
)

// Kinds of jobs.
const (
	kindImport = "导入"
	kindAudit  = "审核"
)

type importArgs struct {
	Table   string           `json:"table"`
	Uploads []uploads.Upload `json:"uploads"`
}

type auditArgs struct {
	From  string   `json:"from,omitempty" maxLength:"7" doc:"从哪个月，yyyy-MM；不写为全部"`
	To    string   `json:"to,omitempty" maxLength:"7"`
	Rules []string `json:"rules,omitempty" maxItems:"500" doc:"只审这些规则；只替换它们的疑点"`
	Force bool     `json:"force,omitempty" doc:"没有变化的月份也重审"`
}

// shorten names a few of many.
func shorten(names []string) string {
	if len(names) > 3 {
		return strings.Join(names[:3], "、") + fmt.Sprintf(" 等 %d 个", len(names))
	}
	return strings.Join(names, "、")
}

func (g *group) queue(ctx context.Context, kind, subject string, args any, action string) (*api.Tagged[api.JobItem], error) {
	b, err := json.Marshal(args)
	if err != nil {
		return nil, err
	}
	who := api.Who(ctx).Name
	j, err := g.Queue(ctx, store.Job{Kind: kind, Subject: subject, Args: string(b), Actor: who}, auth.Event{Actor: who, Action: action, Object: subject})
	if err != nil {
		return nil, err
	}
	return api.Tag(j.Version, api.JobOf(j)), nil
}

// importJob imports uploaded files and forgets them: what was wrong with them is in the report.
func (g *group) importJob(ctx context.Context, j *store.Job, progress func(done, total int64)) (string, error) {
	var a importArgs
	if err := json.Unmarshal([]byte(j.Args), &a); err != nil {
		return "", err
	}
	args := []string{"import", "--data", g.Dir, "--child", "--record", j.ID, "--by", j.Actor, "--json"}
	if a.Table != "" {
		args = append(args, "--table", a.Table)
	}
	for i := range a.Uploads {
		args = append(args, g.shelf.Content(&a.Uploads[i]))
	}
	err := g.Run(ctx, args, progress)
	r, gone := g.report(j.ID)
	if gone != nil {
		return "", err // nothing was imported: the files wait
	}
	for _, u := range a.Uploads {
		if e := g.shelf.Remove(u.ID); e != nil {
			g.Log.Warn("an uploaded file is not removed", "upload", u.ID, "error", e.Error())
		}
	}
	x := itemOf(r)
	said := fmt.Sprintf("%d 个文件 %d 行：入库 %d，已有 %d，拒收 %d", x.Files, x.Rows, x.Landed, x.Known, x.Rejected)
	if x.Failed > 0 {
		return "", fmt.Errorf("%s；%d 个文件没有导入：%s %s", said, x.Failed, r.Failed()[0].File, r.Failed()[0].Error)
	}
	return said, nil
}

// auditJob audits. A run that was broken off goes on where it stopped when it is started again: finished buckets are kept.
func (g *group) auditJob(ctx context.Context, j *store.Job, progress func(done, total int64)) (string, error) {
	var a auditArgs
	if err := json.Unmarshal([]byte(j.Args), &a); err != nil {
		return "", err
	}
	before, err := g.names(AuditReports)
	if err != nil {
		return "", err
	}
	args := []string{"audit", "--data", g.Dir, "--child", "--by", j.Actor, "--json"}
	for flag, v := range map[string]string{"--from": a.From, "--to": a.To, "--rules": strings.Join(a.Rules, ",")} {
		if v != "" {
			args = append(args, flag, v)
		}
	}
	if a.Force {
		args = append(args, "--force")
	}
	if err := g.Run(ctx, args, progress); err != nil {
		return "", err
	}
	after, err := g.names(AuditReports)
	if err != nil {
		return "", err
	}
	if len(after) == len(before) {
		return "没有需要重审的月份", nil
	}
	r, err := g.run(after[0])
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("第 %d 次审核：%s，%d 人、%d 行费用", r.Run, strings.Join(r.Months, "、"), r.Persons, r.Lines), nil
}

// RunName is the name of a run's report: runs sort by it.
func RunName(run int) string { return fmt.Sprintf("%08d", run) }

func (g *group) run(name string) (*audit.Report, error) {
	b, err := os.ReadFile(filepath.Join(g.Dir, AuditReports, name+".json"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("这次审核的报告 %w：它是旧版本的程序做的，或数据目录换过", store.ErrNotFound)
	}
	var r audit.Report
	if err == nil {
		err = json.Unmarshal(b, &r)
	}
	return &r, err
}

func (g *group) runs() {
	tags := []string{"运行"}
	type jobID struct {
		ID string `path:"id" maxLength:"64"`
	}
	api.Add(g.API, huma.Operation{OperationID: "start-audit", Method: http.MethodPost, Path: "/api/data/audits", Summary: "开始审核", Tags: tags, DefaultStatus: http.StatusAccepted,
		Description: "排队在另一个进程里做；中断过的从停下的地方接着做。"}, mayRun, g.startAudit)
	api.Add(g.API, huma.Operation{OperationID: "list-data-jobs", Method: http.MethodGet, Path: "/api/data/jobs", Summary: "导入和审核任务", Tags: tags}, look,
		func(ctx context.Context, in *api.Paging) (*api.Body[api.List[api.JobItem]], error) {
			var js []store.Job
			err := g.DB.View(ctx, func(tx *store.Tx) (err error) {
				js, err = tx.Jobs(api.ScopeOf(ctx), "", in.Page())
				return err
			})
			more := len(js) > in.Limit
			next := ""
			if more {
				next = js[in.Limit-1].ID
				js = js[:in.Limit]
			}
			js = slices.DeleteFunc(js, func(j store.Job) bool { return j.Kind != kindImport && j.Kind != kindAudit })
			out := api.Paged(js, *in, func(j *store.Job) string { return j.ID }, api.JobOf)
			out.Body.Next = next
			return out, err
		})
	api.Add(g.API, huma.Operation{OperationID: "get-data-job", Method: http.MethodGet, Path: "/api/data/jobs/{id}", Summary: "一个任务的进度", Tags: tags, Errors: []int{404}}, look,
		func(ctx context.Context, in *jobID) (*api.Tagged[api.JobItem], error) {
			j, err := g.job(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			return api.Tag(j.Version, api.JobOf(j)), nil
		})
	api.Add(g.API, huma.Operation{OperationID: "cancel-data-job", Method: http.MethodPost, Path: "/api/data/jobs/{id}/cancel", Summary: "取消", Tags: tags, Errors: []int{404, 409}}, look,
		func(ctx context.Context, in *jobID) (*api.Tagged[api.JobItem], error) {
			if _, err := g.mayChange(ctx, in.ID); err != nil {
				return nil, err
			}
			j, err := g.CancelJob(ctx, api.Who(ctx), in.ID)
			if err != nil {
				return nil, err
			}
			return api.Tag(j.Version, api.JobOf(j)), nil
		})
	api.Add(g.API, huma.Operation{OperationID: "resume-data-job", Method: http.MethodPost, Path: "/api/data/jobs/{id}/resume", Summary: "接着做", Tags: tags, Errors: []int{404, 409}, DefaultStatus: http.StatusAccepted,
		Description: "中断、失败或取消了的任务照原样再做一次；审核从停下的地方接着做。"}, look, func(ctx context.Context, in *jobID) (*api.Tagged[api.JobItem], error) {
		j, err := g.mayChange(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		if !slices.Contains([]string{"中断", "失败", "取消"}, j.State) {
			return nil, web.NewProblem(http.StatusConflict, web.CodeConflict, "任务现为“"+j.State+"”，不用接着做")
		}
		return g.queue(ctx, j.Kind, j.Subject, json.RawMessage(j.Args), "接着做任务")
	})
	api.Add(g.API, huma.Operation{OperationID: "list-audits", Method: http.MethodGet, Path: "/api/data/audits", Summary: "做过的审核", Tags: tags}, look, g.listRuns)
	api.Add(g.API, huma.Operation{OperationID: "get-audit", Method: http.MethodGet, Path: "/api/data/audits/{run}", Summary: "一次审核：各规则的用时和命中，未判按机构和规则", Tags: tags, Errors: []int{404}}, look,
		func(_ context.Context, in *struct {
			Run int `path:"run" minimum:"1"`
		}) (*api.Body[AuditReport], error) {
			r, err := g.run(RunName(in.Run))
			return &api.Body[AuditReport]{Body: AuditReport{r}}, err
		})
}

// job reads an import or audit.
func (g *group) job(ctx context.Context, id string) (*store.Job, error) {
	var js []store.Job
	err := g.DB.View(ctx, func(tx *store.Tx) (err error) {
		js, err = tx.Jobs(api.ScopeOf(ctx), id, store.Page{Limit: 1})
		return err
	})
	if err == nil && (len(js) == 0 || (js[0].Kind != kindImport && js[0].Kind != kindAudit)) {
		err = fmt.Errorf("任务 %s %w", id, store.ErrNotFound)
	}
	if err != nil {
		return nil, err
	}
	return &js[0], nil
}

// mayChange reads a job that the caller may cancel or start again.
func (g *group) mayChange(ctx context.Context, id string) (*store.Job, error) {
	j, err := g.job(ctx, id)
	if err != nil {
		return nil, err
	}
	need := auth.RunAudit
	if j.Kind == kindImport {
		need = auth.ImportData
	}
	if !api.Who(ctx).May(need) {
		return nil, web.NewProblem(http.StatusForbidden, web.CodeForbidden, "用户 "+api.Who(ctx).Name+" 没有“"+string(need)+"”权限")
	}
	return j, nil
}

func (g *group) startAudit(ctx context.Context, in *struct{ Body auditArgs }) (*api.Tagged[api.JobItem], error) {
	subject := "全部月份"
	for _, m := range []string{in.Body.From, in.Body.To} {
		if m != "" {
			if _, err := claim.ParseMonth(m); err != nil {
				return nil, err
			}
		}
	}
	if in.Body.From+in.Body.To != "" {
		subject = in.Body.From + " 至 " + in.Body.To
	}
	known := g.Rules().Library
	for _, r := range in.Body.Rules {
		if known.Card(r) == nil {
			return nil, fmt.Errorf("没有规则 %s", r)
		}
	}
	if len(in.Body.Rules) > 0 {
		subject += "，" + shorten(in.Body.Rules)
	}
	return g.queue(ctx, kindAudit, subject, in.Body, "审核任务")
}

// AuditReport is what an audit leaves.
type AuditReport struct{ *audit.Report }

type auditRun struct {
	Run       int      `json:"run"`
	Started   string   `json:"started"`
	Seconds   float64  `json:"seconds"`
	Months    []string `json:"months"`
	Persons   int64    `json:"persons"`
	Lines     int64    `json:"lines"`
	Findings  int64    `json:"findings"`
	Charged   int64    `json:"charged_fen"`
	NotJudged int64    `json:"not_judged"`
	NoPoints  int      `json:"no_points" doc:"没有知识点、因此没有判的卡"`
}

func (g *group) listRuns(_ context.Context, in *api.Paging) (*api.Body[api.List[auditRun]], error) {
	out, err := reports(g, AuditReports, in, g.run)
	if err != nil {
		return nil, err
	}
	return api.Paged(out, *in, func(r *audit.Report) string { return RunName(r.Run) }, func(r *audit.Report) auditRun {
		x := auditRun{Run: r.Run, Started: started(r.Started), Seconds: r.Seconds, Months: r.Months, Persons: r.Persons, Lines: r.Lines, NoPoints: len(r.NoPoints)}
		for _, c := range r.Rules {
			x.Findings, x.Charged = x.Findings+c.Findings, x.Charged+int64(c.Charged)
		}
		for _, s := range r.NotJudged {
			x.NotJudged += s.Count
		}
		return x
	}), nil
}

// started writes a run's beginning, which is UTC, in China's time.
func started(utc string) string {
	t, err := time.Parse(time.RFC3339, utc)
	if err != nil {
		return utc
	}
	return api.Moment(store.Micros(t))
}
