// Package casemixapi is the console's way to case groups: the coder's bench, hospitals' case mix, budget and 结付率 boards,
// simulations and special review.
//
// Figures are those that `payment boards` left in the data directory; the package reads no facts. Grouping is package
// casemix', special review package special's; who may see which hospital is decided here, in one place (sees).
package casemixapi

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/attached"
	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/casemix"
	"github.com/mingjian/mingjian/internal/casemix/area"
	"github.com/mingjian/mingjian/internal/casemix/board"
	"github.com/mingjian/mingjian/internal/casemix/dip"
	"github.com/mingjian/mingjian/internal/casemix/mix"
	"github.com/mingjian/mingjian/internal/casemix/pay"
	"github.com/mingjian/mingjian/internal/casemix/special"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web"
	"github.com/mingjian/mingjian/internal/web/api"
)

// Config is what the operations work with.
type Config struct {
	Dir   string // the data directory
	Files string // where the materials of special cases are kept
	// Run runs this program as a child with arguments; when ctx ends the child ends.
	Run func(ctx context.Context, args []string, progress func(done, total int64)) error
}

type group struct {
	Config
	*api.API
	mu    sync.Mutex
	setup *mix.Setup // what cases are grouped by at the bench
	stamp time.Time
	years map[int]*held
}

type held struct {
	*board.Year
	stamp time.Time
}

var (
	tags = []string{"病组"}
	// look is for whoever may see findings, within his scope.
	look = api.Need{Any: []auth.Permission{auth.ReadFindings}, Inst: true, Locals: true}
	run  = api.Need{Any: []auth.Permission{auth.RunAudit}}
)

// Kinds of jobs.
const (
	kindBoards = "病组测算"
	kindTry    = "病组试算"
)

// Group adds the operations.
func Group(c Config) func(*api.API) {
	return func(a *api.API) {
		g := &group{Config: c, API: a, years: map[int]*held{}}
		g.bench()
		g.boards()
		g.simulations()
		g.specials()
		a.Works(kindBoards, g.boardsJob)
		a.Works(kindTry, g.tryJob)
	}
}

// Problem tells what errors of special review and boards are called.
func Problem(err error) *web.Problem {
	var state *special.StateError
	var file *attached.Error
	switch {
	case errors.As(err, &state):
		return web.NewProblem(http.StatusConflict, web.CodeConflict, state.Error())
	case errors.As(err, &file):
		return web.NewProblem(http.StatusUnprocessableEntity, web.CodeInvalid, file.Error())
	case errors.Is(err, board.ErrNone):
		return web.NewProblem(http.StatusNotFound, web.CodeNotFound, board.ErrNone.Error())
	}
	return nil
}

// sees tells whether a hospital lies within a scope.
func sees(s store.Scope, p *board.Place) bool {
	return (s.Inst == "" || s.Inst == p.Inst) && strings.HasPrefix(p.Area, s.Admdvs)
}

// whole tells that a scope is the whole area's.
func whole(s store.Scope) bool { return s.Inst == "" && s.Admdvs == "" }

// chosen is the setup of the data directory, or the samples that come with the program while nothing is chosen.
func (g *group) chosen() (*mix.Setup, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	var stamp time.Time
	if st, err := os.Stat(filepath.Join(g.Dir, mix.Dir)); err == nil {
		stamp = st.ModTime()
	}
	if g.setup != nil && stamp.Equal(g.stamp) {
		return g.setup, nil
	}
	s, err := mix.Open(g.Dir)
	if err != nil {
		return nil, err
	}
	if s == nil {
		if s, err = samples(); err != nil {
			return nil, err
		}
	}
	g.setup, g.stamp = s, stamp
	return s, nil
}

func samples() (*mix.Setup, error) {
	p, err := pay.Shipped()
	if err != nil {
		return nil, err
	}
	x := &area.Grouping{}
	if x.Scheme, err = casemix.Shipped(); err != nil {
		return nil, err
	}
	if x.Weights, err = pay.ReadWeights(casemix.ShippedTables()); err != nil {
		return nil, err
	}
	if x.Catalogue, err = dip.Shipped(); err != nil {
		return nil, err
	}
	return &mix.Setup{Params: p, Grouping: x, Options: mix.Options{Sample: true}}, nil
}

// year reads the area's figures; 0 is the newest year that was made.
func (g *group) year(n int) (*board.Year, error) {
	if n == 0 {
		ys, err := board.Years(g.Dir)
		if err != nil {
			return nil, err
		}
		if len(ys) == 0 {
			return nil, board.ErrNone
		}
		n = ys[0]
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	st, err := os.Stat(filepath.Join(g.Dir, board.Dir, itoa(n), "year.json"))
	if err != nil {
		return nil, board.ErrNone
	}
	if h := g.years[n]; h != nil && h.stamp.Equal(st.ModTime()) {
		return h.Year, nil
	}
	y, err := board.Read(g.Dir, n)
	if err == nil {
		g.years[n] = &held{y, st.ModTime()}
	}
	return y, err
}

// place is a hospital of the year within the scope; not found otherwise.
func place(y *board.Year, s store.Scope, inst string) (*board.Place, error) {
	if inst == "" {
		inst = s.Inst
	}
	for i := range y.Places {
		if p := &y.Places[i]; p.Inst == inst && sees(s, p) {
			return p, nil
		}
	}
	return nil, web.NewProblem(http.StatusNotFound, web.CodeNotFound, "这一年没有机构 "+inst+" 的病组数据，或不在您的范围内")
}

// queue puts a job in the line.
func (g *group) queue(ctx context.Context, kind, subject, action string, args any) (*api.Tagged[api.JobItem], error) {
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

func op(id, method, path, summary string, errs ...int) huma.Operation {
	return huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, Tags: tags, Errors: errs}
}
