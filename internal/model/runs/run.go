package runs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"time"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/model"
	"github.com/mingjian/mingjian/internal/model/worker"
)

// Options of a run.
type Options struct {
	Data        string
	Models      []*model.Model
	Params      map[string]map[string]float64 // by model
	First, Last claim.Day                     // 0: all the data
	Limits      worker.Limits
	Scope       worker.Scope
	Trial       bool // nothing is kept
	Progress    func(done, total int, id string)
}

// Run is one run as it is kept.
type Run struct {
	ID       string    `json:"run_id"`
	Started  string    `json:"started"`
	Snapshot string    `json:"snapshot"`
	Seconds  float64   `json:"seconds"`
	Views    float64   `json:"views_seconds"`
	Models   []Summary `json:"models"`

	Results []*model.Result `json:"-"`
}

// Summary is one model's line in a run.
type Summary struct {
	Model    string             `json:"id"`
	Name     string             `json:"name"`
	Cases    int                `json:"cases"`
	Persons  int                `json:"persons"`
	Insts    int                `json:"institutions"`
	Money    int64              `json:"money"`
	Seconds  float64            `json:"seconds"`
	PeakMiB  float64            `json:"peak_rss_mib"`
	Params   map[string]float64 `json:"params"`
	Unjudged string             `json:"unjudged,omitempty"`
	Error    string             `json:"error,omitempty"`
}

// Views brings the approved views of a scope up to the current snapshot and returns their file.
func Views(ctx context.Context, data string, s worker.Scope, l worker.Limits) (string, error) {
	a, err := worker.Run(ctx, worker.Job{Kind: "prepare", Data: data, Scope: s, Limits: l})
	if err != nil {
		return "", fmt.Errorf("生成分析视图：%w", err)
	}
	return a.Views, nil
}

// Do runs the models one after the other, each in a child of its own. A model that fails or is stopped is noted in its result; the
// others go on. The error is of what concerns all of them.
func Do(ctx context.Context, o Options) (*Run, error) {
	started := time.Now()
	r := &Run{Started: started.Format("2006-01-02 15:04:05")}
	r.ID = started.Format("20060102-150405")
	for n := 2; exists(Path(o.Data, r.ID)); n++ {
		r.ID = fmt.Sprintf("%s-%d", started.Format("20060102-150405"), n)
	}
	views, err := Views(ctx, o.Data, o.Scope, o.Limits)
	if err != nil {
		return nil, err
	}
	r.Views = time.Since(started).Seconds()
	for i, m := range o.Models {
		if o.Progress != nil {
			o.Progress(i, len(o.Models), m.ID)
		}
		res, err := one(ctx, &o, m, views)
		if err != nil {
			return nil, err
		}
		if !o.Trial {
			res.Follow(m, Before(o.Data, m, followBack)...)
		}
		r.Results = append(r.Results, res)
		r.Models = append(r.Models, summary(res))
		r.Snapshot = res.Snapshot
	}
	r.Seconds = time.Since(started).Seconds()
	if o.Trial {
		return r, nil
	}
	return r, r.keep(o.Data)
}

// one runs a model; only a cancelled context is an error.
func one(ctx context.Context, o *Options, m *model.Model, views string) (*model.Result, error) {
	a, err := worker.Run(ctx, worker.Job{Kind: "run", Data: o.Data, Views: views, Model: worker.Text(m), Params: o.Params[m.ID],
		First: o.First, Last: o.Last, Limits: o.Limits})
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	res := &model.Result{Model: m.ID, Name: m.Name, Cases: []model.Case{}}
	if a != nil && a.Result != nil {
		res = a.Result
	}
	if a != nil {
		res.Seconds, res.PeakMiB = a.Seconds, a.PeakMiB
	}
	if err != nil {
		res.Error = err.Error()
	}
	return res, nil
}

func summary(r *model.Result) Summary {
	s := Summary{Model: r.Model, Name: r.Name, Cases: len(r.Cases), Seconds: r.Seconds, PeakMiB: r.PeakMiB, Params: r.Params, Unjudged: r.Unjudged, Error: r.Error}
	persons, insts := map[string]bool{}, map[string]bool{}
	for i := range r.Cases {
		s.Money += r.Cases[i].Money
		for _, p := range r.Cases[i].Members {
			persons[p] = true
		}
		for _, k := range r.Cases[i].Insts {
			insts[k] = true
		}
	}
	s.Persons, s.Insts = len(persons), len(insts)
	return s
}

// Path is the folder of a run.
func Path(data, id string) string { return filepath.Join(worker.Dir(data), "runs", id) }

func exists(p string) bool {
	_, err := os.Stat(p)
	return err == nil
}

// keep writes the run: the results first, the summary that names them last.
func (r *Run) keep(data string) error {
	dir := Path(data, r.ID)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, res := range r.Results {
		if err := writeJSON(filepath.Join(dir, res.Model+".json"), res); err != nil {
			return err
		}
	}
	return writeJSON(filepath.Join(dir, "run.json"), r)
}

func writeJSON(path string, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".part-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if _, err := f.Write(b); err != nil {
		f.Close()
		return err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// List returns the kept runs, newest first.
func List(data string) ([]*Run, error) {
	es, err := os.ReadDir(filepath.Join(worker.Dir(data), "runs"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []*Run
	for _, e := range es {
		if r, err := Open(data, e.Name()); err == nil {
			out = append(out, r)
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].ID > out[j].ID })
	return out, nil
}

var idShape = regexp.MustCompile(`^[0-9]{8}-[0-9]{6}(-[0-9]+)?$`)
var modelShape = regexp.MustCompile(`^[A-Z][0-9]{3}$`)

// ErrNone is returned where there is no such run or result.
var ErrNone = errors.New("没有这次运行")

// Open reads the summary of a run.
func Open(data, id string) (*Run, error) {
	if !idShape.MatchString(id) {
		return nil, ErrNone
	}
	r := &Run{}
	if err := readJSON(filepath.Join(Path(data, id), "run.json"), r); err != nil {
		return nil, err
	}
	return r, nil
}

// Result reads what a model found in a run.
func Result(data, id, modelID string) (*model.Result, error) {
	if !idShape.MatchString(id) || !modelShape.MatchString(modelID) {
		return nil, ErrNone
	}
	r := &model.Result{}
	if err := readJSON(filepath.Join(Path(data, id), modelID+".json"), r); err != nil {
		return nil, err
	}
	return r, nil
}

func readJSON(path string, into any) error {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return ErrNone
	}
	if err != nil {
		return err
	}
	return json.Unmarshal(b, into)
}

// followBack is in how many runs before this one a group's id is looked for: a year of monthly runs.
const followBack = 12

// Before are the newest kept results of a model whose groups have ids that last, newest first, at most n; of other models none.
func Before(data string, m *model.Model, n int) (out []*model.Result) {
	if m.Subject != model.OfGroup {
		return nil
	}
	rs, err := List(data)
	if err != nil {
		return nil
	}
	for _, r := range rs {
		if len(out) == n {
			break
		}
		if r.judged(m.ID) {
			if res, err := Result(data, r.ID, m.ID); err == nil {
				out = append(out, res)
			}
		}
	}
	return out
}

// judged tells whether a run has a result of the model.
func (r *Run) judged(id string) bool {
	return slices.ContainsFunc(r.Models, func(s Summary) bool { return s.Model == id && s.Error == "" && s.Unjudged == "" })
}
