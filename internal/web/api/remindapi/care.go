package remindapi

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/board"
	"github.com/mingjian/mingjian/internal/calendar"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/online/remind"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web"
	"github.com/mingjian/mingjian/internal/web/api"
)

type wrongItem struct {
	ID       string `json:"id"`
	Kind     string `json:"kind" doc:"医生反映，或审核发现的漏提示"`
	JrID     string `json:"warn_rslt_id"`
	Finding  string `json:"finding_id"`
	Rule     string `json:"rule_id"`
	RuleName string `json:"rule_name"`
	Cont     string `json:"warn_cont" doc:"当时提醒的话"`
	Inst     string `json:"fixmedins_code"`
	Name     string `json:"fixmedins_name"`
	Actor    string `json:"actor"`
	Said     string `json:"said"`
	Received string `json:"received_at"`
	Due      string `json:"due_day"`
	Left     int    `json:"working_days_left" doc:"待答复的：还有几个工作日，负数为超期"`
	Owner    string `json:"owner"`
	State    string `json:"state"`
	Verdict  string `json:"verdict"`
	Answer   string `json:"answer"`
	By       string `json:"answered_by"`
	When     string `json:"answered_at"`
	Version  int64  `json:"version" doc:"答复时放进 If-Match"`
}

func (g *group) wrong(tx *store.Tx, w *store.Wrong) (wrongItem, error) {
	x := wrongItem{ID: w.ID, Kind: w.Kind, JrID: w.JrID, Finding: w.Finding, Rule: w.Rule, Inst: w.Inst, Actor: w.Actor, Said: w.Said, Received: api.Moment(w.ReceivedAt), Due: w.Due, Owner: w.Owner, State: w.State,
		Verdict: w.Verdict, Answer: w.Answer, By: w.AnsweredBy, When: api.Moment(w.AnsweredAt), Version: w.Version}
	if due, err := claim.ParseDay(w.Due); err == nil && w.State == store.WrongOpen {
		x.Left = calendar.Default().Between(g.Today(), due)
	}
	r, err := tx.LastReminder(w.JrID)
	if err == nil && r.Inst == w.Inst {
		x.RuleName, x.Cont = r.RuleName, r.Cont
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return x, err
	}
	if x.Name, err = tx.InstName(w.Inst); x.Name == "" {
		x.Name = w.Inst
	}
	return x, err
}

func (g *group) wrongs(ctx context.Context, in *struct {
	Wanted
	State  string `query:"state" enum:"待答复,已答复" doc:"不写为全部"`
	Offset int    `query:"offset" minimum:"0" maximum:"1000000"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}) (*api.Body[struct {
	Items   []wrongItem `json:"items"`
	Total   int64       `json:"total"`
	Overdue int64       `json:"overdue" doc:"其中超期未答的"`
}], error) {
	s, err := in.scope(ctx)
	if err != nil {
		return nil, err
	}
	f := store.WrongFilter{Scope: s, State: in.State, Rule: in.Rule}
	if in.From != "" || in.Ind != "" {
		at, span, err := g.span(ctx, &in.Wanted, s)
		if err != nil {
			return nil, err
		}
		if in.Ind != "" {
			i := board.TheDictionary().Get(in.Ind)
			if i == nil || i.List(at, g.Today()) != board.ListWrongs {
				return nil, invalid("指标 " + in.Ind + " 打开的不是这个清单")
			}
			of := i.Wrongs(at, g.Today())
			if of.State != "" {
				f.State = of.State
			}
			f.Due = of.Due
			if of.State != "" { // what lies there now, whenever it came
				span = store.Span{}
			}
		}
		f.Received = span
	}
	out := &api.Body[struct {
		Items   []wrongItem `json:"items"`
		Total   int64       `json:"total"`
		Overdue int64       `json:"overdue" doc:"其中超期未答的"`
	}]{}
	out.Body.Items = []wrongItem{}
	err = g.DB.View(ctx, func(tx *store.Tx) (err error) {
		ws, err := tx.WrongsIn(f, in.Offset, in.Limit)
		if err != nil {
			return err
		}
		for i := range ws {
			x, err := g.wrong(tx, &ws[i])
			if err != nil {
				return err
			}
			out.Body.Items = append(out.Body.Items, x)
		}
		if out.Body.Total, err = tx.WrongCount(f); err != nil || f.State == store.WrongAnswered {
			return err
		}
		late := f
		late.State, late.Due = store.WrongOpen, g.Today().String()
		out.Body.Overdue, err = tx.WrongCount(late)
		return err
	})
	return out, err
}

func (g *group) answer(ctx context.Context, in *struct {
	ID string `path:"id" maxLength:"64"`
	api.Matched
	Body struct {
		Verdict string `json:"verdict" enum:"规则有误,规则无误,事实不全"`
		Answer  string `json:"answer" minLength:"1" maxLength:"500" doc:"怎么答复，怎么改"`
	}
}) (*api.Tagged[wrongItem], error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	var out wrongItem
	err = g.Trail.Do(ctx, g.DB, func(tx *store.Tx) ([]auth.Event, error) {
		w, err := tx.WrongIn(api.ScopeOf(ctx), in.ID)
		if err != nil {
			return nil, err
		}
		if w.Version != version && w.State == store.WrongOpen {
			return nil, changed()
		}
		if err := remind.AnswerWrong(tx, w, in.Body.Verdict, strings.TrimSpace(in.Body.Answer), api.Who(ctx).Name, time.Now()); err != nil {
			return nil, err
		}
		if w, err = tx.Wrong(in.ID); err != nil {
			return nil, err
		}
		out, err = g.wrong(tx, w)
		return []auth.Event{{Actor: api.Who(ctx).Name, Action: "答复提醒反映", Object: in.ID, Detail: in.Body.Verdict + "；" + in.Body.Answer}}, err
	})
	return api.Tag(out.Version, out), refused(err)
}

func changed() error {
	return web.NewProblem(http.StatusPreconditionFailed, web.CodeVersion, "已被别人改过：请刷新后再办")
}

// refused says what a decision cannot do.
func refused(err error) error {
	switch {
	case errors.Is(err, remind.ErrDecided):
		return web.NewProblem(http.StatusConflict, web.CodeConflict, err.Error())
	case errors.Is(err, remind.ErrCare):
		return web.NewProblem(http.StatusUnprocessableEntity, web.CodeInvalid, err.Error())
	case errors.Is(err, store.ErrConflict):
		return changed()
	}
	return err
}

type proposalItem struct {
	store.Proposal
	RuleName string `json:"rule_name"`
	Made     string `json:"made"`
	Decided  string `json:"decided"`
}

type proposalList struct {
	Items []proposalItem `json:"items"`
	Rate  int            `json:"override_percent" doc:"不听的超过它才建议"`
	Least int            `json:"override_min" doc:"答复少于它不建议"`
	Days  int            `json:"override_days" doc:"看近多少天"`
}

func (g *group) proposals(ctx context.Context, in *struct {
	State string `query:"state" enum:"待议,采纳,不采纳" doc:"不写为全部"`
}) (*api.Body[proposalList], error) {
	areas, err := remind.LoadAreas(ctx, g.DB)
	if err != nil {
		return nil, err
	}
	s := api.ScopeOf(ctx)
	p := areas.Of(s.Admdvs)
	out := proposalList{Items: []proposalItem{}, Rate: p.OverrideRate, Least: p.OverrideMin, Days: p.OverrideDays}
	err = g.DB.View(ctx, func(tx *store.Tx) error {
		ps, err := tx.ProposalsIn(s, in.State)
		for i := range ps {
			name, err := tx.RemindedName(ps[i].Rule)
			if err != nil {
				return err
			}
			out.Items = append(out.Items, proposalItem{ps[i], name, api.Moment(ps[i].MadeAt), api.Moment(ps[i].DecidedAt)})
		}
		return err
	})
	return &api.Body[proposalList]{Body: out}, err
}

func (g *group) decide(ctx context.Context, in *struct {
	ID string `path:"id" maxLength:"64"`
	api.Matched
	Body struct {
		State string `json:"state" enum:"采纳,不采纳"`
		Why   string `json:"why" minLength:"1" maxLength:"500"`
	}
}) (*api.Body[struct {
	State string `json:"state"`
}], error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	err = g.Trail.Do(ctx, g.DB, func(tx *store.Tx) ([]auth.Event, error) {
		p, err := remind.Decide(tx, api.ScopeOf(ctx), in.ID, version, in.Body.State, strings.TrimSpace(in.Body.Why), api.Who(ctx).Name, time.Now())
		if err != nil {
			return nil, err
		}
		return []auth.Event{{Actor: api.Who(ctx).Name, Action: "决定静默建议", Object: in.ID, Detail: p.Rule + " " + in.Body.State + "；" + in.Body.Why}}, nil
	})
	out := &api.Body[struct {
		State string `json:"state"`
	}]{}
	out.Body.State = in.Body.State
	return out, refused(err)
}
