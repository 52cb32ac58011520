package selfcheckapi

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
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/review"
	"github.com/mingjian/mingjian/internal/selfcheck"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web"
	"github.com/mingjian/mingjian/internal/web/api"
	"github.com/mingjian/mingjian/internal/web/api/uploads"
)

// Config is what the operations work with.
type Config struct {
	Dir  string // the data directory
	Desk func() *review.Desk
	// Run runs this program as a child with arguments and tells how far it is; when ctx ends the child ends.
	Run func(ctx context.Context, args []string, progress func(done, total int64)) error
}

const (
	kind     = "自查"
	folder   = "selfcheck"
	noteName = "note.json"
	tag      = "自查自纠"
)

// own is for the users of an institution who answer for it.
var own = api.Need{Any: []auth.Permission{auth.Appeal}, Inst: true}

type group struct {
	Config
	*api.API
	shelf uploads.Shelf
}

// Group adds the operations.
func Group(c Config) func(*api.API) {
	return func(a *api.API) {
		g := &group{c, a, uploads.Shelf{Dir: filepath.Join(c.Dir, folder+"-uploads")}}
		g.shelf.Operations(a, "/api/selfcheck/uploads", "selfcheck-upload", tag, own)
		g.checks()
		g.reports()
		a.Works(kind, g.work)
	}
}

// note is what is kept of a check beside its outcome.
type note struct {
	ID    string   `json:"check_id"`
	Job   string   `json:"job_id"`
	By    string   `json:"by"`
	At    string   `json:"at"`
	Files []string `json:"files"`
}

// args are a job's.
type args struct {
	Inst    string           `json:"inst"`
	Check   string           `json:"check"`
	Uploads []uploads.Upload `json:"uploads"`
}

var plain = regexp.MustCompile(`^[0-9A-Za-z_-]{1,64}$`)

// institution is whose checks the caller may see.
func institution(ctx context.Context) (string, error) {
	inst := api.Who(ctx).Scope.Inst
	if inst == "" {
		return "", web.NewProblem(http.StatusForbidden, web.CodeForbidden, "自查由机构自己做，结果只留给机构：请用机构的用户登录")
	}
	if !plain.MatchString(inst) {
		return "", web.NewProblem(http.StatusForbidden, web.CodeForbidden, "机构编码 "+inst+" 里有不能用的字符")
	}
	return inst, nil
}

func (g *group) of(inst string) string { return filepath.Join(g.Dir, folder, inst) }

// read reads a check of an institution; ErrNotFound.
func (g *group) read(inst, id string) (*note, error) {
	gone := fmt.Errorf("自查 %s %w", id, store.ErrNotFound)
	if !plain.MatchString(id) {
		return nil, gone
	}
	b, err := os.ReadFile(filepath.Join(g.of(inst), id, noteName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, gone
	}
	var n note
	if err == nil {
		err = json.Unmarshal(b, &n)
	}
	return &n, err
}

// checkItem is a check in the list.
type checkItem struct {
	ID       string   `json:"check_id"`
	By       string   `json:"by"`
	At       string   `json:"at"`
	Files    []string `json:"files"`
	State    string   `json:"state" doc:"等待 进行 完成 失败 取消 中断"`
	Said     string   `json:"message"`
	Done     int64    `json:"done"`
	Total    int64    `json:"total"`
	Months   string   `json:"months"`
	Findings int      `json:"findings"`
	Charged  int64    `json:"charged_fen"`
	Lines    int64    `json:"lines"`
}

func (g *group) item(ctx context.Context, inst string, n *note) (*checkItem, error) {
	x := &checkItem{ID: n.ID, By: n.By, At: n.At, Files: n.Files, State: "中断"}
	err := g.DB.View(ctx, func(tx *store.Tx) error {
		j, err := tx.Job(n.Job)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err == nil {
			x.State, x.Said, x.Done, x.Total = j.State, j.Said, j.Done, j.Total
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	r, err := selfcheck.ReadResult(filepath.Join(g.of(inst), n.ID))
	if errors.Is(err, fs.ErrNotExist) {
		return x, nil
	}
	if err == nil {
		x.State, x.Months, x.Findings, x.Charged, x.Lines = "完成", strings.Join(r.Months, "、"), r.Sum.Findings, r.Sum.Charged, r.Lines
	}
	return x, err
}

// CheckID names a check, or a declaration, in an address.
type CheckID struct {
	ID string `path:"id" maxLength:"64"`
}

func (g *group) checks() {
	type list struct {
		Items []checkItem `json:"items"`
	}
	api.Add(g.API, huma.Operation{OperationID: "start-selfcheck", Method: http.MethodPost, Path: "/api/selfcheck/checks", Summary: "自查上传的文件", Tags: []string{tag}, DefaultStatus: http.StatusAccepted, Errors: []int{404, 409},
		Description: "用现行规则判机构自己的文件；结果只留给机构，医保局看不到。"}, own, g.start)
	api.Add(g.API, huma.Operation{OperationID: "list-selfchecks", Method: http.MethodGet, Path: "/api/selfcheck/checks", Summary: "做过的自查", Tags: []string{tag}}, own,
		func(ctx context.Context, _ *struct{}) (*api.Body[list], error) {
			inst, err := institution(ctx)
			if err != nil {
				return nil, err
			}
			es, err := os.ReadDir(g.of(inst))
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return nil, err
			}
			out := &api.Body[list]{Body: list{[]checkItem{}}}
			for _, e := range slices.Backward(es) { // ids begin with the time
				n, err := g.read(inst, e.Name())
				if errors.Is(err, store.ErrNotFound) {
					continue
				}
				if err != nil {
					return nil, err
				}
				x, err := g.item(ctx, inst, n)
				if err != nil {
					return nil, err
				}
				out.Body.Items = append(out.Body.Items, *x)
			}
			return out, nil
		})
	api.Add(g.API, huma.Operation{OperationID: "get-selfcheck", Method: http.MethodGet, Path: "/api/selfcheck/checks/{id}", Summary: "一次自查：合计，按规则、科室、医生，未判的", Tags: []string{tag}, Errors: []int{404}}, own,
		func(ctx context.Context, in *CheckID) (*api.Body[selfcheck.Result], error) {
			dir, err := g.dir(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			r, err := selfcheck.ReadResult(dir)
			if errors.Is(err, fs.ErrNotExist) {
				err = web.NewProblem(http.StatusConflict, web.CodeConflict, "自查还没有做完")
			}
			if err != nil {
				return nil, err
			}
			return &api.Body[selfcheck.Result]{Body: *r}, nil
		})
	api.Add(g.API, huma.Operation{OperationID: "selfcheck-findings", Method: http.MethodGet, Path: "/api/selfcheck/checks/{id}/findings", Summary: "自查的疑点", Tags: []string{tag}, Errors: []int{404}}, own, g.findings)
	api.Add(g.API, huma.Operation{OperationID: "drop-selfcheck", Method: http.MethodDelete, Path: "/api/selfcheck/checks/{id}", Summary: "删除一次自查和它的结果", Tags: []string{tag}, Errors: []int{404}, DefaultStatus: http.StatusNoContent}, own,
		func(ctx context.Context, in *CheckID) (*struct{}, error) {
			dir, err := g.dir(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			return nil, os.RemoveAll(dir)
		})
}

// dir is the folder of one of the caller's checks.
func (g *group) dir(ctx context.Context, id string) (string, error) {
	inst, err := institution(ctx)
	if err != nil {
		return "", err
	}
	if _, err := g.read(inst, id); err != nil {
		return "", err
	}
	return filepath.Join(g.of(inst), id), nil
}

func (g *group) start(ctx context.Context, in *struct {
	Body struct {
		Uploads []string `json:"uploads" minItems:"1" maxItems:"100" doc:"上传编号"`
	}
}) (*api.Body[note], error) {
	inst, err := institution(ctx)
	if err != nil {
		return nil, err
	}
	who := api.Who(ctx)
	files, err := g.shelf.Whole(in.Body.Uploads, who.Name)
	if err != nil {
		return nil, err
	}
	n := note{ID: store.NewID(), By: who.Name, At: api.Moment(store.Micros(time.Now()))}
	for i := range files {
		n.Files = append(n.Files, files[i].Name)
	}
	a, err := json.Marshal(args{inst, n.ID, files})
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(g.of(inst), n.ID)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	j, err := g.Queue(ctx, store.Job{Kind: kind, Subject: kind, Args: string(a), Actor: who.Name}, auth.Event{Actor: who.Name, Action: "开始自查", Object: n.ID})
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	n.Job = j.ID
	b, err := json.Marshal(n)
	if err != nil {
		return nil, err
	}
	return &api.Body[note]{Body: n}, os.WriteFile(filepath.Join(dir, noteName), b, 0o600)
}

// work does a check; its files are forgotten afterwards.
func (g *group) work(ctx context.Context, j *store.Job, progress func(done, total int64)) (string, error) {
	var a args
	if err := json.Unmarshal([]byte(j.Args), &a); err != nil {
		return "", err
	}
	dir := filepath.Join(g.of(a.Inst), a.Check)
	line := []string{"selfcheck", "--data", g.Dir, "--child", "--by", j.Actor, "--json", "--inst", a.Inst, "--out", dir}
	for i := range a.Uploads {
		line = append(line, g.shelf.Content(&a.Uploads[i]))
	}
	err := g.Run(ctx, line, progress)
	for i := range a.Uploads {
		if e := g.shelf.Remove(a.Uploads[i].ID); e != nil {
			g.Log.Warn("an uploaded file is not removed", "upload", a.Uploads[i].ID, "error", e.Error())
		}
	}
	if err != nil {
		return "", err
	}
	return "自查做完了", nil
}
