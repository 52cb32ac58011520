package remindapi

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/board"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web"
	"github.com/mingjian/mingjian/internal/web/api"
)

// Config is what the operations work with. It may be empty while only the description is written.
type Config struct {
	Today func() claim.Day
}

type group struct {
	*api.API
	Config
}

var tags = []string{"事前提醒"}

var (
	// watch: the bureau's people, and an institution's insurance office, of their own.
	watch = api.Need{Any: []auth.Permission{auth.ReadBoards, auth.Appeal}, Inst: true, Locals: true}
	// office: what concerns the bureau alone.
	office = api.Need{Any: []auth.Permission{auth.ReadBoards}, Locals: true}
	// owners answer for cards.
	owners = api.Need{Any: []auth.Permission{auth.EditKnowledge, auth.ApproveRules}, Locals: true}
	// deciders may silence a card.
	deciders = api.Need{Any: []auth.Permission{auth.ApproveRules}, Locals: true}
)

// Group adds the operations.
func Group(c Config) func(*api.API) {
	return func(a *api.API) {
		g := &group{a, c}
		op := func(id, path, summary string) huma.Operation {
			return huma.Operation{OperationID: id, Method: http.MethodGet, Path: path, Summary: summary, Tags: tags, Errors: []int{404, 422}}
		}
		api.Add(a, op("remind-board", "/api/reminders", "事前提醒监测：指标、各项结果、耗时、打断"), watch, g.board)
		api.Add(a, op("remind-parts", "/api/reminders/parts", "按规则、机构、科室、医生或日期分"), watch, g.parts)
		api.Add(a, op("remind-calls", "/api/reminders/calls", "调用，从新到旧"), watch, g.calls)
		api.Add(a, op("remind-visits", "/api/reminders/visits", "调用涉及的就诊，最近调用的在前"), watch, g.visits)
		api.Add(a, op("remind-said", "/api/reminders/said", "显示过的提醒，同一提醒一条，从新到旧"), watch, g.said)
		api.Add(a, op("remind-episodes", "/api/reminders/episodes", "提醒事件和结果，从新到旧"), watch, g.episodes)
		api.Add(a, op("remind-doctors", "/api/reminders/doctors", "医生被打断次数，多的在前"), watch, g.doctors)
		api.Add(a, op("remind-wrongs", "/api/reminders/wrongs", "提醒有误的反映，待答复的在前，先到期的在前"), watch, g.wrongs)
		answer := op("remind-answer", "/api/reminders/wrongs/{id}/answer", "答复一件反映")
		answer.Method, answer.Errors = http.MethodPost, []int{404, 409, 412, 422, 428}
		api.Add(a, answer, owners, g.answer)
		api.Add(a, op("remind-proposals", "/api/reminders/proposals", "建议静默的规则"), office, g.proposals)
		decide := op("remind-decide", "/api/reminders/proposals/{id}/decision", "决定一件静默建议")
		decide.Method, decide.Errors = http.MethodPost, []int{404, 409, 412, 422, 428}
		api.Add(a, decide, deciders, g.decide)
	}
}

// Wanted is whose work of which time is asked for.
type Wanted struct {
	From   string `query:"from" maxLength:"10" doc:"起月 yyyy-MM 或起日 yyyy-MM-dd；不写为最近有调用的月份"`
	To     string `query:"to" maxLength:"10" doc:"止月或止日"`
	Area   string `query:"admdvs" maxLength:"6" doc:"区划代码的开头"`
	Inst   string `query:"fixmedins_code" maxLength:"32"`
	Rule   string `query:"rule_id" maxLength:"32"`
	Dept   string `query:"dept" maxLength:"64" doc:"科室编号，与 fixmedins_code 一起写"`
	Doctor string `query:"doctor" maxLength:"64" doc:"医生编号，与 fixmedins_code 一起写"`
	Mdtrt  string `query:"mdtrt_id" maxLength:"64"`
	Ind    string `query:"indicator" maxLength:"8" doc:"只要这个指标所数的，见 /api/board/dictionary"`
}

// scope is what is asked for of what the caller may see.
func (w *Wanted) scope(ctx context.Context) (store.Scope, error) {
	s := api.ScopeOf(ctx)
	switch {
	case w.Area == "" || strings.HasPrefix(s.Admdvs, w.Area): // no more than his own
	case strings.HasPrefix(w.Area, s.Admdvs) && s.Inst == "":
		s.Admdvs = w.Area
	default:
		return s, web.NewProblem(http.StatusNotFound, web.CodeNotFound, "区划 "+w.Area+" 不存在")
	}
	if w.Inst != "" && s.Inst != "" && w.Inst != s.Inst {
		return s, web.NewProblem(http.StatusNotFound, web.CodeNotFound, "机构 "+w.Inst+" 不存在")
	}
	if w.Inst != "" {
		s.Inst = w.Inst
	}
	return s, nil
}

// span reads months or days; without any, the newest month in which somebody called.
func (g *group) span(ctx context.Context, w *Wanted, s store.Scope) (board.Period, store.Span, error) {
	from, to := w.From, w.To
	if from == "" && to == "" {
		err := g.DB.View(ctx, func(tx *store.Tx) error {
			last, err := tx.LastCall(s)
			if from = api.Moment(last); last == 0 {
				from = g.Today().String()
			}
			return err
		})
		if err != nil {
			return board.Period{}, store.Span{}, err
		}
		from = from[:7]
	}
	if from == "" {
		from = to
	}
	if to == "" {
		to = from
	}
	if len(from) == 10 && len(to) == 10 {
		return dayed(from, to)
	}
	at, err := board.ParsePeriod(from, to)
	if err != nil {
		return at, store.Span{}, invalid(err.Error())
	}
	return at, at.Span(), nil
}

// dayed is a span of days and the months that hold it.
func dayed(from, to string) (board.Period, store.Span, error) {
	a, err := claim.ParseDay(from)
	b, err2 := claim.ParseDay(to)
	if err != nil || err2 != nil || b < a {
		return board.Period{}, store.Span{}, invalid("日期 " + from + " 至 " + to + " 写得不对，应为 yyyy-MM-dd")
	}
	return board.Period{From: from[:7], To: to[:7]}, board.Days(a, b), nil
}

func invalid(text string) error {
	return web.NewProblem(http.StatusUnprocessableEntity, web.CodeInvalid, text)
}

// filter is what a list holds, and the list that the indicator opens into.
func (g *group) filter(ctx context.Context, w *Wanted) (f store.WatchFilter, at board.Period, list string, err error) {
	s, err := w.scope(ctx)
	if err != nil {
		return f, at, "", err
	}
	at, span, err := g.span(ctx, w, s)
	if err != nil {
		return f, at, "", err
	}
	f = store.WatchFilter{}
	if w.Ind != "" {
		i := board.TheDictionary().Get(w.Ind)
		if i == nil {
			return f, at, "", web.NewProblem(http.StatusNotFound, web.CodeNotFound, "指标字典里没有 "+w.Ind)
		}
		list = i.Watch(at, &f)
	}
	f.Scope, f.At, f.Rule, f.Dept, f.Doctor, f.Mdtrt = s, span, w.Rule, w.Dept, w.Doctor, w.Mdtrt
	return f, at, list, nil
}

// of refuses an indicator that opens into another list.
func (g *group) of(ctx context.Context, w *Wanted, own string) (store.WatchFilter, error) {
	f, _, list, err := g.filter(ctx, w)
	if err == nil && w.Ind != "" && list != own {
		err = invalid("指标 " + w.Ind + " 打开的不是这个清单")
	}
	return f, err
}
