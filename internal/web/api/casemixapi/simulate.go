package casemixapi

import (
	"cmp"
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

	"github.com/mingjian/mingjian/internal/casemix/area"
	"github.com/mingjian/mingjian/internal/casemix/board"
	"github.com/mingjian/mingjian/internal/casemix/mix"
	"github.com/mingjian/mingjian/internal/casemix/pay"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web"
	"github.com/mingjian/mingjian/internal/web/api"
)

// trying is what a simulation changes.
type trying struct {
	Name string            `json:"name" minLength:"1" maxLength:"100" doc:"给这次试算起的名字"`
	Year int               `json:"year,omitempty" minimum:"0" maximum:"9999"`
	Set  map[string]string `json:"set" doc:"310.rate、310.high.times、310.hospitals.3 这样的参数和新值；空值为去掉"`
}

type shift struct {
	Insutype string `json:"insutype"`
	Inst     string `json:"fixmedins_code"`
	Name     string `json:"fixmedins_name"`
	Was      int64  `json:"was" doc:"现行应付"`
	Would    int64  `json:"would" doc:"试算应付"`
	Settled  int64  `json:"settled" doc:"现行清算"`
	Become   int64  `json:"become" doc:"试算清算"`
}

type simulated struct {
	ID     string  `json:"id"`
	At     string  `json:"at"`
	By     string  `json:"by"`
	Try    trying  `json:"try"`
	Shifts []shift `json:"shifts"`
}

const simDir = "reports/casemix-tries"

var plainName = regexp.MustCompile(`^[0-9A-Za-z-]{1,64}$`)

func (g *group) simulations() {
	begin := op("casemix-simulate", http.MethodPost, "/api/casemix/simulations", "换参数试算过去一年", 422)
	begin.DefaultStatus = http.StatusAccepted
	begin.Description = "在另一个进程里做，不改任何已定的参数；结果用 GET 取。"
	api.Add(g.API, begin, run, g.simulate)
	api.Add(g.API, op("list-simulations", http.MethodGet, "/api/casemix/simulations", "做过的试算"), run,
		func(_ context.Context, _ *struct{}) (*api.Body[[]simulated], error) {
			out, err := g.tries()
			return &api.Body[[]simulated]{Body: out}, err
		})
	api.Add(g.API, op("get-simulation", http.MethodGet, "/api/casemix/simulations/{id}", "一次试算：各机构差多少", 404), run,
		func(_ context.Context, in *struct {
			ID string `path:"id" maxLength:"64"`
		}) (*api.Body[*simulated], error) {
			x, err := g.tried(in.ID)
			return &api.Body[*simulated]{Body: x}, err
		})
}

func (g *group) simulate(ctx context.Context, in *struct{ Body trying }) (*api.Tagged[api.JobItem], error) {
	text, err := mix.ParamsText(g.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, web.NewProblem(http.StatusConflict, web.CodeConflict, "还没有选定分组方案和付费参数：先运行 mingjian payment use")
	}
	if err != nil {
		return nil, err
	}
	if len(in.Body.Set) == 0 || len(in.Body.Set) > 100 {
		return nil, &wrong{"至少改一个参数，最多一百个"}
	}
	if _, err := pay.Set(text, in.Body.Set); err != nil {
		return nil, &wrong{err.Error()}
	}
	return g.queue(ctx, kindTry, in.Body.Name, "病组试算", in.Body)
}

func (g *group) tryJob(ctx context.Context, j *store.Job, progress func(done, total int64)) (string, error) {
	var t trying
	if err := json.Unmarshal([]byte(j.Args), &t); err != nil {
		return "", err
	}
	dir := filepath.Join(g.Dir, simDir)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	raw := filepath.Join(dir, j.ID+".tmp")
	defer os.Remove(raw)
	args := []string{"payment", "simulate", "--data", g.Dir, "--child", "--by", j.Actor, "--out", raw}
	if t.Year > 0 {
		args = append(args, "--year", itoa(t.Year))
	}
	for k, v := range t.Set {
		args = append(args, "--set", k+"="+v)
	}
	if err := g.Run(ctx, args, progress); err != nil {
		return "", err
	}
	b, err := os.ReadFile(raw)
	if err != nil {
		return "", err
	}
	var shifts []area.Shift
	if err := json.Unmarshal(b, &shifts); err != nil {
		return "", err
	}
	names := map[string]string{}
	if y, err := g.year(t.Year); err == nil {
		for _, p := range y.Places {
			names[p.Inst] = p.Name
		}
	} else if !errors.Is(err, board.ErrNone) {
		return "", err
	}
	x := simulated{ID: j.ID, At: api.Moment(j.MadeAt), By: j.Actor, Try: t, Shifts: []shift{}}
	var diff int64
	for _, s := range shifts {
		x.Shifts = append(x.Shifts, shift{s.Insutype, s.Inst, names[s.Inst], int64(s.Was), int64(s.Would), int64(s.Settled), int64(s.Become)})
		diff += int64(s.Become - s.Settled)
	}
	if b, err = json.Marshal(x); err != nil {
		return "", err
	}
	if err := os.WriteFile(filepath.Join(dir, j.ID+".json"), b, 0o600); err != nil {
		return "", err
	}
	return fmt.Sprintf("%d 家机构，应清算合计差 %s 元", len(shifts), pay.Fen(diff)), nil
}

func (g *group) tried(id string) (*simulated, error) {
	none := web.NewProblem(http.StatusNotFound, web.CodeNotFound, "没有试算 "+id)
	if !plainName.MatchString(id) {
		return nil, none
	}
	b, err := os.ReadFile(filepath.Join(g.Dir, simDir, id+".json"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, none
	}
	var x simulated
	if err == nil {
		err = json.Unmarshal(b, &x)
	}
	return &x, err
}

// tries lists simulations without their shifts, newest first.
func (g *group) tries() ([]simulated, error) {
	es, err := os.ReadDir(filepath.Join(g.Dir, simDir))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	out := []simulated{}
	for _, e := range es {
		id, ok := strings.CutSuffix(e.Name(), ".json")
		if !ok {
			continue
		}
		x, err := g.tried(id)
		if err != nil {
			return nil, err
		}
		sum := map[string]*shift{}
		for _, s := range x.Shifts {
			if sum[s.Insutype] == nil {
				sum[s.Insutype] = &shift{Insutype: s.Insutype}
			}
			t := sum[s.Insutype]
			t.Was, t.Would, t.Settled, t.Become = t.Was+s.Was, t.Would+s.Would, t.Settled+s.Settled, t.Become+s.Become
		}
		x.Shifts = []shift{}
		for _, t := range sum {
			x.Shifts = append(x.Shifts, *t)
		}
		slices.SortFunc(x.Shifts, func(a, b shift) int { return cmp.Compare(a.Insutype, b.Insutype) })
		out = append(out, *x)
	}
	slices.SortFunc(out, func(a, b simulated) int { return cmp.Compare(b.ID, a.ID) })
	return out[:min(len(out), 100)], nil
}
