package boardapi

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/board"
	"github.com/mingjian/mingjian/internal/board/brief"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web"
	"github.com/mingjian/mingjian/internal/web/api"
)

// Config is what boards are worked out of. It may be empty while only the description is written.
type Config struct {
	Sources func() board.Sources     // nil = only what the store holds
	Names   func() map[string]string // what divisions are called, by code without completing zeros
	Today   func() claim.Day
	Paper   func() brief.Office
	Make    func(ctx context.Context, p *store.ReportPlan) error // a plan's report of today; nil while only the description is written
}

type group struct {
	*api.API
	Config
}

var tags = []string{"看板"}

// leaders are those who may look at figures of the bureau; an institution's people are not among them.
var leaders = api.Need{Any: []auth.Permission{auth.ReadBoards}, Locals: true}

// Group adds the operations.
func Group(c Config) func(*api.API) {
	return func(a *api.API) {
		g := &group{a, c}
		api.Add(a, huma.Operation{OperationID: "board-dictionary", Method: http.MethodGet, Path: "/api/board/dictionary", Summary: "指标字典：定义、算法、去重、是否含异地、退费、手工报销，时效", Tags: tags}, leaders, g.dictionary)
		api.Add(a, huma.Operation{OperationID: "board-figures", Method: http.MethodGet, Path: "/api/board/figures", Summary: "一些指标的值和对比", Tags: tags, Errors: []int{404, 422},
			Description: "金额为分。拒付、拟追回、已追回、事前避免、违约金、罚款互不相加。"}, leaders, g.figures)
		api.Add(a, huma.Operation{OperationID: "board-home", Method: http.MethodGet, Path: "/api/board/home", Summary: "首页看板", Tags: tags, Errors: []int{404, 422}}, leaders, g.home)
		api.Add(a, huma.Operation{OperationID: "board-split", Method: http.MethodGet, Path: "/api/board/split", Summary: "一个指标按月份、机构、规则、区划或状态分开", Tags: tags, Errors: []int{404, 422}}, leaders, g.split)
		api.Add(a, huma.Operation{OperationID: "board-rows", Method: http.MethodGet, Path: "/api/board/rows", Summary: "一个指标数的是哪些：追溯码线索、特例单议、模型运行、机构、规则、已审核月份", Tags: tags, Errors: []int{404, 422}}, leaders, g.rows)
		api.Add(a, huma.Operation{OperationID: "division-names", Method: http.MethodGet, Path: "/api/divisions", Summary: "区划的名称，按代码（不带补足的 00）", Tags: tags}, api.Need{Inst: true, Locals: true}, g.divisions)
		g.briefs()
		g.plans()
	}
}

// Wanted is what figures are asked of.
type Wanted struct {
	From    string `query:"from" maxLength:"7" doc:"起月 yyyy-MM；不写为最近有疑点的月份所在年的一月"`
	To      string `query:"to" maxLength:"7" doc:"止月；不写为最近有疑点的月份"`
	Against string `query:"against" enum:"上年同期,上年全年" default:"上年同期" doc:"和什么比"`
	Area    string `query:"admdvs" maxLength:"6" doc:"区划代码的开头"`
	Inst    string `query:"fixmedins_code" maxLength:"32"`
}

func (g *group) desk() *board.Desk {
	d := &board.Desk{DB: g.DB}
	if g.Sources != nil {
		d.Sources = g.Sources()
	}
	return d
}

// ask reads what is wanted within what the caller may see.
func (g *group) ask(ctx context.Context, w *Wanted) (board.Ask, error) {
	s := api.ScopeOf(ctx)
	switch {
	case w.Area == "" || strings.HasPrefix(s.Admdvs, w.Area): // no more than his own
	case strings.HasPrefix(w.Area, s.Admdvs):
		s.Admdvs = w.Area
	default:
		return board.Ask{}, web.NewProblem(http.StatusNotFound, web.CodeNotFound, "区划 "+w.Area+" 不存在")
	}
	if w.Inst != "" {
		s.Inst = w.Inst
	}
	at := board.Period{From: w.From, To: w.To}
	if at.To == "" || at.From == "" {
		d, err := g.desk().Newest(ctx, g.Today())
		if err != nil {
			return board.Ask{}, err
		}
		if at.To == "" {
			at.To = d.To
		}
		if at.From == "" && w.To == "" {
			at.From = d.From
		} else if at.From == "" {
			at.From = at.To[:min(4, len(at.To))] + "-01"
		}
	}
	at, err := board.ParsePeriod(at.From, at.To)
	if err != nil {
		return board.Ask{}, web.NewProblem(http.StatusUnprocessableEntity, web.CodeInvalid, err.Error())
	}
	return board.Ask{Scope: s, Period: at, Against: w.Against, Today: g.Today()}, nil
}

type dictionary struct {
	Items []*board.Indicator `json:"items"`
}

func (g *group) dictionary(context.Context, *struct{}) (*api.Body[dictionary], error) {
	return &api.Body[dictionary]{Body: dictionary{board.TheDictionary().All}}, nil
}

type figures struct {
	Period  board.Period   `json:"period"`
	Against string         `json:"against"`
	Before  board.Period   `json:"before"`
	Items   []board.Figure `json:"items"`
}

func (g *group) figures(ctx context.Context, in *struct {
	Wanted
	IDs string `query:"ids" maxLength:"400" doc:"指标编号，逗号隔开；不写为全部"`
}) (*api.Body[figures], error) {
	ask, err := g.ask(ctx, &in.Wanted)
	if err != nil {
		return nil, err
	}
	var ids []string
	if in.IDs != "" {
		ids = strings.Split(in.IDs, ",")
	}
	fs, err := g.desk().Figures(ctx, ask, ids...)
	if err != nil {
		return nil, refused(err)
	}
	return &api.Body[figures]{Body: figures{ask.Period, ask.Against, ask.Period.Before(ask.Against), fs}}, nil
}

func (g *group) home(ctx context.Context, in *Wanted) (*api.Body[*board.Board], error) {
	ask, err := g.ask(ctx, in)
	if err != nil {
		return nil, err
	}
	b, err := g.desk().Board(ctx, ask)
	if err != nil {
		return nil, refused(err)
	}
	return &api.Body[*board.Board]{Body: b}, nil
}

func (g *group) split(ctx context.Context, in *struct {
	Wanted
	ID string `query:"indicator" maxLength:"8"`
	By string `query:"by" enum:"month,fixmedins_code,rule_id,admdvs,state" default:"month"`
}) (*api.Body[board.Split], error) {
	ask, err := g.ask(ctx, &in.Wanted)
	if err != nil {
		return nil, err
	}
	s, err := g.desk().Split(ctx, ask, in.ID, in.By)
	if err != nil {
		return nil, refused(err)
	}
	return &api.Body[board.Split]{Body: *s}, nil
}

type divisions struct {
	Names map[string]string `json:"names"`
}

func (g *group) divisions(context.Context, *struct{}) (*api.Body[divisions], error) {
	out := divisions{map[string]string{}}
	if g.Names != nil {
		out.Names = g.Names()
	}
	return &api.Body[divisions]{Body: out}, nil
}

type rowList struct {
	Indicator string            `json:"indicator"`
	Name      string            `json:"name"`
	Unit      string            `json:"unit"`
	Means     string            `json:"means"`
	Items     []board.FigureRow `json:"items"`
	Next      string            `json:"next" doc:"取下一页用的 cursor；空为没有了"`
}

func (g *group) rows(ctx context.Context, in *struct {
	Wanted
	ID     string `query:"indicator" maxLength:"8"`
	Cursor string `query:"cursor" maxLength:"160" doc:"上一页的 next"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}) (*api.Body[rowList], error) {
	ask, err := g.ask(ctx, &in.Wanted)
	if err != nil {
		return nil, err
	}
	rows, next, err := g.desk().Rows(ctx, ask, in.ID, in.Cursor, in.Limit)
	if err != nil {
		return nil, refused(err)
	}
	i := board.TheDictionary().Get(in.ID)
	return &api.Body[rowList]{Body: rowList{i.ID, i.Name, i.Unit, i.Means, append([]board.FigureRow{}, rows...), next}}, nil
}

// refused says what somebody asked wrongly.
func refused(err error) error {
	switch {
	case errors.Is(err, board.ErrUnknown):
		return web.NewProblem(http.StatusNotFound, web.CodeNotFound, err.Error())
	case errors.Is(err, board.ErrSplit), errors.Is(err, board.ErrNoList), errors.Is(err, store.ErrBoardColumn):
		return web.NewProblem(http.StatusUnprocessableEntity, web.CodeInvalid, err.Error())
	}
	return err
}
