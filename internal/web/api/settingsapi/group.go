// Package settingsapi is what an area sets for itself, over HTTP: the deadlines, sums and shares of the closed loop with their values by
// area and day, the calendar that deadlines are counted on, and what stands on the bureau's paper.
//
// What a value may be and who may set it is package review's; what a day is, package calendar's.
package settingsapi

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/calendar"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/paper/forms"
	"github.com/mingjian/mingjian/internal/review"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web/api"
)

// Config is what the operations work with.
type Config struct {
	Dir  string // the data directory
	Desk func() *review.Desk
	// Office is the bureau's paper: its name, seal and templates.
	Office func() forms.Office
}

type group struct {
	Config
	*api.API
	write sync.Mutex // of the calendar's file
}

const tag = "参数与日历"

// Values differ by area, so those of a part may set theirs; the calendar is everybody's.
var (
	look = api.Need{Any: []auth.Permission{auth.SetLimits, auth.ReadBoards}, Locals: true}
	set  = api.Need{Any: []auth.Permission{auth.SetLimits}, Locals: true}
	days = api.Need{Any: []auth.Permission{auth.SetLimits}}
)

// Group adds the operations.
func Group(c Config) func(*api.API) {
	return func(a *api.API) {
		g := &group{Config: c, API: a}
		g.limits()
		g.calendar()
		g.office()
	}
}

// limitItem is a deadline, sum or share, and what was set for it.
type limitItem struct {
	Name    string       `json:"name"`
	Does    string       `json:"does"`
	Unit    string       `json:"unit"`
	Default int64        `json:"default"`
	Min     int64        `json:"min"`
	Max     int64        `json:"max"`
	Today   int64        `json:"today" doc:"今天在您的区划用的值"`
	Values  []limitValue `json:"values" doc:"各区划设过的，从新到旧"`
}

type limitValue struct {
	ID       string `json:"param_id"`
	Area     string `json:"admdvs" doc:"空为全部区划"`
	Value    int64  `json:"value"`
	From     string `json:"valid_from"`
	Reason   string `json:"reason"`
	Author   string `json:"author"`
	Approver string `json:"approver"`
	State    string `json:"state" doc:"待批 生效 作废"`
	At       string `json:"made_at"`
}

func valueOf(p *store.Param) limitValue {
	return limitValue{p.ID, p.Area, p.Value, p.ValidFrom, p.Reason, p.Author, p.Approver, p.State, api.Moment(p.MadeAt)}
}

func (g *group) limits() {
	tags := []string{tag}
	type list struct {
		Items []limitItem `json:"items"`
	}
	api.Add(g.API, huma.Operation{OperationID: "list-limits", Method: http.MethodGet, Path: "/api/settings/limits", Summary: "办理的期限、金额、比例", Tags: tags}, look,
		func(ctx context.Context, _ *struct{}) (*api.Body[list], error) {
			area := api.Who(ctx).Scope.Admdvs
			today, err := g.Desk().ParamsToday(ctx, area)
			if err != nil {
				return nil, err
			}
			all, err := g.Desk().Params(ctx, "")
			if err != nil {
				return nil, err
			}
			out := &api.Body[list]{Body: list{[]limitItem{}}}
			for _, l := range review.Limits() {
				x := limitItem{l.Name, l.Does, l.Unit, l.Default, l.Min, l.Max, today[l.Name], []limitValue{}}
				for i := range slices.Backward(all) {
					if p := &all[i]; p.Name == l.Name && related(p.Area, area) {
						x.Values = append(x.Values, valueOf(p))
					}
				}
				out.Body.Items = append(out.Body.Items, x)
			}
			return out, nil
		})
	api.Add(g.API, huma.Operation{OperationID: "ask-limit", Method: http.MethodPost, Path: "/api/settings/limits", Summary: "申请改一个值，须另一人确认", Tags: tags, DefaultStatus: http.StatusCreated}, set,
		func(ctx context.Context, in *struct{ Body review.NewParam }) (*api.Body[limitValue], error) {
			p, err := g.Desk().AskParam(ctx, api.Who(ctx), in.Body)
			if err != nil {
				return nil, err
			}
			return &api.Body[limitValue]{Body: valueOf(p)}, nil
		})
	api.Add(g.API, huma.Operation{OperationID: "decide-limit", Method: http.MethodPost, Path: "/api/settings/limits/{id}/decide", Summary: "确认或作废一个值", Tags: tags, Errors: []int{404, 409}}, set,
		func(ctx context.Context, in *struct {
			ID   string `path:"id" maxLength:"64"`
			Body struct {
				Agree bool `json:"agree"`
			}
		}) (*api.Body[limitValue], error) {
			p, err := g.Desk().DecideParam(ctx, api.Who(ctx), in.ID, in.Body.Agree)
			if err != nil {
				return nil, err
			}
			return &api.Body[limitValue]{Body: valueOf(p)}, nil
		})
}

// related tells whether a value of one division says something to another: one lies in the other.
func related(a, b string) bool {
	n := min(len(a), len(b))
	return a[:n] == b[:n]
}

// calendarDay is a day that differs from its weekday's habit.
type calendarDay struct {
	Day  string `json:"day" maxLength:"10"`
	Work bool   `json:"work" doc:"true：周末上班（调休）；false：放假"`
	Name string `json:"name" maxLength:"40" doc:"节日或调休的名称"`
}

type calendarYear struct {
	Year   int           `json:"year"`
	Status string        `json:"status" doc:"已公布、推算（还没有调休安排）、无表（只有周末）"`
	Own    bool          `json:"own" doc:"本局自己填的，代替自带的"`
	Days   []calendarDay `json:"days"`
}

// YearIn names a year in an address.
type YearIn struct {
	Year int `path:"year" minimum:"2000" maximum:"2100"`
}

func (g *group) calendar() {
	tags := []string{tag}
	api.Add(g.API, huma.Operation{OperationID: "get-calendar", Method: http.MethodGet, Path: "/api/settings/calendar/{year}", Summary: "一年的放假和调休", Tags: tags}, look,
		func(_ context.Context, in *YearIn) (*api.Body[calendarYear], error) {
			x, err := g.year(in.Year)
			return &api.Body[calendarYear]{Body: x}, err
		})
	api.Add(g.API, huma.Operation{OperationID: "set-calendar", Method: http.MethodPut, Path: "/api/settings/calendar/{year}", Summary: "按公布的安排填一年", Tags: tags,
		Description: "代替自带的这一年；从现在起算的期限都按它，已经算好的到期日不变。"}, days, g.setYear)
}

func (g *group) year(year int) (calendarYear, error) {
	c := calendar.Default()
	x := calendarYear{Year: year, Status: c.Status(year).String(), Days: []calendarDay{}}
	for _, e := range c.Year(year) {
		x.Days = append(x.Days, calendarDay{e.Day.String(), e.Work, e.Name})
	}
	own, err := calendar.ReadOwn(g.Dir)
	if own != nil {
		x.Own = own.Status(year) != calendar.Unknown
	}
	return x, err
}

func (g *group) setYear(ctx context.Context, in *struct {
	YearIn
	Body struct {
		Days []calendarDay `json:"days" maxItems:"366"`
	}
}) (*api.Body[calendarYear], error) {
	var es []calendar.Entry
	for _, d := range in.Body.Days {
		day, err := claim.ParseDay(d.Day)
		if err != nil {
			return nil, err
		}
		es = append(es, calendar.Entry{Day: day, Work: d.Work, Name: d.Name})
	}
	year, err := calendar.Of(in.Year, es)
	if err != nil {
		return nil, err
	}
	g.write.Lock()
	defer g.write.Unlock()
	own, err := calendar.ReadOwn(g.Dir)
	if err != nil {
		return nil, err
	}
	if own != nil {
		year = own.With(year)
	}
	who := api.Who(ctx).Name
	err = g.Trail.Do(ctx, g.DB, func(*store.Tx) ([]auth.Event, error) {
		return []auth.Event{{Actor: who, Action: "设置日历", Object: fmt.Sprint(in.Year), Detail: fmt.Sprintf("放假和调休 %d 天", len(es))}}, nil
	})
	if err == nil {
		err = lake.WriteFileAtomic(filepath.Join(g.Dir, calendar.FileName), func(w io.Writer) error { return year.Write(w) })
	}
	if err == nil {
		err = calendar.Load(g.Dir)
	}
	if err != nil {
		return nil, err
	}
	x, err := g.year(in.Year)
	return &api.Body[calendarYear]{Body: x}, err
}
