package dataapi

import (
	"context"
	"net/http"
	"path/filepath"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/web/api"
	"github.com/mingjian/mingjian/internal/web/api/uploads"
)

// Config is what the operations work with.
type Config struct {
	Dir string // the data directory
	// Run runs this program as a child with arguments and tells how far it is; when ctx ends the child ends.
	Run func(ctx context.Context, args []string, progress func(done, total int64)) error
}

type group struct {
	Config
	*api.API
	shelf uploads.Shelf

	mu   sync.Mutex
	lake *lake.Lake
	seen map[string]*dataState // by snapshot; one
}

// May look at the data; may bring data in; may start audits. Users of a part of the area may not: an import and an audit are the whole's.
var (
	look    = api.Need{Any: []auth.Permission{auth.ImportData, auth.RunAudit}}
	bring   = api.Need{Any: []auth.Permission{auth.ImportData}}
	mayRun  = api.Need{Any: []auth.Permission{auth.RunAudit}}
	mayTake = api.Need{Any: []auth.Permission{auth.ImportData}}
)

// Group adds the operations.
func Group(c Config) func(*api.API) {
	return func(a *api.API) {
		g := &group{Config: c, API: a, shelf: uploads.Shelf{Dir: filepath.Join(c.Dir, uploadsDir)}, seen: map[string]*dataState{}}
		g.data()
		g.imports()
		g.shelf.Operations(a, "/api/data/uploads", "upload", "数据接入", bring)
		g.starts()
		g.runs()
		a.Works(kindImport, g.importJob)
		a.Works(kindAudit, g.auditJob)
	}
}

// snapshot is the lake as of the last commit.
func (g *group) snapshot() (*lake.Snapshot, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.lake == nil {
		l, err := lake.Open(g.Dir)
		if err != nil {
			return nil, err
		}
		g.lake = l
	}
	return g.lake.Snapshot()
}

// dataState is what lies in the lake.
type dataState struct {
	Snapshot string      `json:"snapshot"`
	Newest   string      `json:"newest_month" doc:"有结算或费用的最新月份"`
	Months   []string    `json:"months" doc:"从早到晚"`
	Tables   []dataTable `json:"tables"`
	Totals   int         `json:"clearing_totals" doc:"清算总额有多少笔可核对"`
	Gaps     []audit.Gap `json:"gaps" doc:"与清算总额不符的，金额为分"`
}

type dataTable struct {
	Table   string  `json:"table"`
	Rows    int64   `json:"rows"`
	Waiting int64   `json:"waiting" doc:"等人员信息的行"`
	Months  []int64 `json:"months" doc:"各月行数，与 months 同序；参照表为空"`
}

func (g *group) data() {
	api.Add(g.API, huma.Operation{OperationID: "data-state", Method: http.MethodGet, Path: "/api/data/state", Summary: "数据有多少、到哪个月、与清算总额是否相符", Tags: []string{"数据接入"}}, look,
		func(context.Context, *struct{}) (*api.Body[*dataState], error) {
			s, err := g.state()
			return &api.Body[*dataState]{Body: s}, err
		})
}

func (g *group) state() (*dataState, error) {
	snap, err := g.snapshot()
	if err != nil {
		return nil, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if s := g.seen[snap.ID()]; s != nil {
		return s, nil
	}
	s := &dataState{Snapshot: snap.ID(), Months: []string{}, Tables: []dataTable{}, Gaps: []audit.Gap{}}
	months := snap.Months()
	for _, m := range months {
		s.Months = append(s.Months, m.String())
		s.Newest = m.String()
	}
	for _, t := range claim.Tables() {
		x := dataTable{Table: t.Name, Rows: snap.TotalRows(t.Name), Waiting: snap.Waiting(t.Name), Months: []int64{}}
		if t.At != "" {
			for _, m := range months {
				x.Months = append(x.Months, snap.Rows(t.Name, m))
			}
		}
		s.Tables = append(s.Tables, x)
	}
	gaps, n, err := audit.Gaps(snap)
	if err != nil {
		return nil, err
	}
	s.Gaps, s.Totals = append(s.Gaps, gaps...), n
	g.seen = map[string]*dataState{s.Snapshot: s}
	return s, nil
}
