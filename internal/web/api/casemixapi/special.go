package casemixapi

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/casemix/board"
	"github.com/mingjian/mingjian/internal/casemix/pay"
	"github.com/mingjian/mingjian/internal/casemix/special"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web"
	"github.com/mingjian/mingjian/internal/web/api"
)

// Who may do what in special review.
var (
	seeSpecial = api.Need{Any: []auth.Permission{auth.ReadBoards, auth.Appeal, auth.PanelReview}, Inst: true, Locals: true}
	askSpecial = api.Need{Any: []auth.Permission{auth.Appeal}, Inst: true}
	drawPanel  = api.Need{Any: []auth.Permission{auth.Dispatch, auth.Confirm}}
	votePanel  = api.Need{Any: []auth.Permission{auth.PanelReview}}
	decide     = api.Need{Any: []auth.Permission{auth.Confirm}}
)

type seatOut struct {
	Expert string `json:"expert"`
	Vote   string `json:"vote"`
	Cut    int64  `json:"cut"`
	Note   string `json:"note"`
}

type specialOut struct {
	ID        string            `json:"special_id"`
	Inst      string            `json:"fixmedins_code"`
	Name      string            `json:"fixmedins_name"`
	Visit     string            `json:"mdtrt_id"`
	Insutype  string            `json:"insutype"`
	Kind      string            `json:"pay_kind"`
	Period    string            `json:"period"`
	Deadline  string            `json:"deadline" doc:"申报截止日"`
	Extended  bool              `json:"extended" doc:"截止日是公告延期后的"`
	Reason    string            `json:"reason"`
	Materials map[string]string `json:"materials"`
	Files     []fileOut         `json:"files"`
	Takes     bool              `json:"takes_files" doc:"还收材料"`
	Asked     string            `json:"asked"`
	Cost      int64             `json:"cost"`
	Fund      int64             `json:"fund"`
	Standard  int64             `json:"standard"`
	State     string            `json:"state"`
	Problems  []special.Problem `json:"problems"`
	Times     int64             `json:"times" doc:"准予时按标准的倍数；0 为按项目"`
	Cut       int64             `json:"cut"`
	Author    string            `json:"author"`
	MadeAt    string            `json:"made_at"`
	DecidedAt string            `json:"decided_at"`
	Seats     []seatOut         `json:"seats" doc:"评审专家；机构看不到，专家只看到自己的"`
	Version   int64             `json:"version"`
}

// terms of the area, read anew each time: they are a small file that may be put in place while the service runs.
func (g *group) terms() (special.Terms, error) { return special.Load(g.Dir) }

func (g *group) book() (*special.Book, error) {
	t, err := g.terms()
	return &special.Book{DB: g.DB, Terms: t}, err
}

// out writes an application for who asks: an institution is not told who judges, an expert not what others voted.
func (g *group) out(ctx context.Context, tx *store.Tx, c *store.SpecialCase, seats bool) (specialOut, error) {
	x := specialOut{ID: c.ID, Inst: c.Inst, Visit: c.Visit, Insutype: c.Insutype, Kind: c.Kind, Period: c.Period, Reason: c.Reason, Materials: map[string]string{}, Files: []fileOut{}, Takes: special.Takes(c.State), Asked: c.Asked, Cost: c.Cost,
		Fund: c.Fund, Standard: c.Standard, State: c.State, Problems: []special.Problem{}, Times: c.Times, Cut: c.Cut, Author: c.Author, MadeAt: api.Moment(c.MadeAt),
		DecidedAt: api.Moment(c.DecidedAt), Seats: []seatOut{}, Version: c.Version}
	if c.Materials != "[]" {
		if err := json.Unmarshal([]byte(c.Materials), &x.Materials); err != nil {
			return x, err
		}
	}
	if err := json.Unmarshal([]byte(c.Problems), &x.Problems); err != nil {
		return x, err
	}
	t, err := g.terms()
	if err != nil {
		return x, err
	}
	if day, err := t.DeadlineOf(c.Period); err == nil {
		x.Deadline = day.String()
		_, x.Extended = t.Extended[c.Period]
	}
	who := api.Who(ctx)
	if !seats {
		return x, nil
	}
	files, err := tx.SpecialFiles(c.ID)
	for _, f := range files {
		x.Files = append(x.Files, fileOf(&f))
	}
	if err != nil || who.Outside() {
		return x, err
	}
	all, err := tx.SpecialSeats(c.ID)
	for _, s := range all {
		if who.May(auth.ReadBoards) || s.Expert == who.Name {
			x.Seats = append(x.Seats, seatOut{s.Expert, s.Vote, s.Cut, s.Note})
		}
	}
	return x, err
}

// filter keeps for experts what they have a seat in.
func filter(ctx context.Context, f store.SpecialFilter) store.SpecialFilter {
	if who := api.Who(ctx); !who.May(auth.ReadBoards) && !who.Outside() {
		f.Expert = who.Name
	}
	return f
}

type SpecialID struct {
	ID string `path:"id" maxLength:"64"`
}

// one reads an application within the scope.
func (g *group) one(ctx context.Context, tx *store.Tx, id string) (*store.SpecialCase, error) {
	cs, err := tx.SpecialCasesIn(api.ScopeOf(ctx), filter(ctx, store.SpecialFilter{ID: id}), store.Page{Limit: 1})
	if err != nil {
		return nil, err
	}
	if len(cs) == 0 || id == "" {
		return nil, web.NewProblem(http.StatusNotFound, web.CodeNotFound, "没有特例单议申报 "+id)
	}
	return &cs[0], nil
}

func (g *group) view(ctx context.Context, id string) (*api.Tagged[specialOut], error) {
	var x specialOut
	err := g.DB.View(ctx, func(tx *store.Tx) error {
		c, err := g.one(ctx, tx, id)
		if err == nil {
			x, err = g.out(ctx, tx, c, true)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	g.name([]*specialOut{&x})
	return api.Tag(x.Version, x), nil
}

// name writes the names of institutions that the newest figures know.
func (g *group) name(xs []*specialOut) {
	y, err := g.year(0)
	if err != nil {
		return
	}
	for _, x := range xs {
		for i := range y.Places {
			if y.Places[i].Inst == x.Inst {
				x.Name = y.Places[i].Name
			}
		}
	}
}

type termsOut struct {
	Reasons   []string `json:"reasons"`
	Materials []string `json:"materials"`
	Panel     int      `json:"panel"`
	Workdays  int      `json:"workdays" doc:"季度结束后几个工作日内申报"`
	DRG       int64    `json:"drg_share" doc:"占出院病例的上限，百万分之一"`
	DIP       int64    `json:"dip_share"`
	Extended  []until  `json:"extended" doc:"公告延期的季度"`
}

type until struct {
	Period string `json:"period"`
	Day    string `json:"until"`
}

func (g *group) specials() {
	api.Add(g.API, op("special-terms", http.MethodGet, "/api/casemix/specials/terms", "特例单议的条件：理由、材料、时限、占比"), seeSpecial,
		func(context.Context, *struct{}) (*api.Body[termsOut], error) {
			t, err := g.terms()
			if err != nil {
				return nil, err
			}
			x := termsOut{t.Reasons, t.Materials, t.Panel, t.Workdays, int64(t.DRG), int64(t.DIP), []until{}}
			for _, q := range slices.Sorted(maps.Keys(t.Extended)) {
				x.Extended = append(x.Extended, until{q, t.Extended[q].String()})
			}
			return &api.Body[termsOut]{Body: x}, nil
		})
	api.Add(g.API, op("list-specials", http.MethodGet, "/api/casemix/specials", "特例单议申报"), seeSpecial, g.listSpecials)
	api.Add(g.API, op("special-stats", http.MethodGet, "/api/casemix/specials/stats", "特例单议统计：申报、通过率、金额"), seeSpecial, g.stats)
	api.Add(g.API, op("special-candidates", http.MethodGet, "/api/casemix/specials/candidates", "本机构可申报的病例：高倍率和住院时间长的"), askSpecial, g.candidates)
	api.Add(g.API, op("get-special", http.MethodGet, "/api/casemix/specials/{id}", "一件特例单议", 404), seeSpecial,
		func(ctx context.Context, in *SpecialID) (*api.Tagged[specialOut], error) { return g.view(ctx, in.ID) })
	apply := op("apply-special", http.MethodPost, "/api/casemix/specials", "申报特例单议", 404, 409)
	apply.DefaultStatus = http.StatusCreated
	apply.Description = "自动查时限、占比、审核发现的不合理费用；不能补正的退回。材料随后逐个上传，齐了才待评审。"
	api.Add(g.API, apply, askSpecial, g.apply)
	api.Add(g.API, op("complete-special", http.MethodPost, "/api/casemix/specials/{id}/complete", "补正理由，重新检查", 404, 409, 412, 428), askSpecial, g.complete)
	g.specialFiles()
	api.Add(g.API, op("draw-special", http.MethodPost, "/api/casemix/specials/{id}/draw", "随机抽评审专家（有人回避时补抽）", 404, 409, 412, 428), drawPanel, g.draw)
	api.Add(g.API, op("vote-special", http.MethodPost, "/api/casemix/specials/{id}/vote", "投票或回避", 404, 409), votePanel, g.vote)
	api.Add(g.API, op("decide-special", http.MethodPost, "/api/casemix/specials/{id}/decide", "按多数意见定结果", 404, 409, 412, 428), decide, g.decide)
}

func (g *group) listSpecials(ctx context.Context, in *struct {
	api.Paging
	Period string `query:"period" maxLength:"6" doc:"季度，2025Q1"`
	State  string `query:"state" maxLength:"12"`
	Inst   string `query:"fixmedins_code" maxLength:"32"`
}) (*api.Body[api.List[specialOut]], error) {
	var cs []store.SpecialCase
	xs := map[string]specialOut{}
	err := g.DB.View(ctx, func(tx *store.Tx) (err error) {
		cs, err = tx.SpecialCasesIn(api.ScopeOf(ctx), filter(ctx, store.SpecialFilter{Period: in.Period, State: in.State, Inst: in.Inst}), in.Page())
		for i := range cs {
			if err != nil {
				return err
			}
			var x specialOut
			x, err = g.out(ctx, tx, &cs[i], true)
			xs[cs[i].ID] = x
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	out := api.Paged(cs, in.Paging, func(c *store.SpecialCase) string { return c.ID }, func(c *store.SpecialCase) specialOut { return xs[c.ID] })
	var named []*specialOut
	for i := range out.Body.Items {
		named = append(named, &out.Body.Items[i])
	}
	g.name(named)
	return out, nil
}

type statsOut struct {
	Asked   int            `json:"asked"`
	Judged  int            `json:"judged"`
	Granted int            `json:"granted"`
	Fund    int64          `json:"fund" doc:"准予的按项目统筹"`
	Cut     int64          `json:"cut"`
	States  map[string]int `json:"by_state"`
	Reasons map[string]int `json:"by_reason"`
}

// stats count within the caller's scope.
func (g *group) stats(ctx context.Context, in *struct {
	Period string `query:"period" maxLength:"6"`
}) (*api.Body[statsOut], error) {
	out := statsOut{States: map[string]int{}, Reasons: map[string]int{}}
	err := g.DB.View(ctx, func(tx *store.Tx) error {
		cs, err := tx.SpecialCasesIn(api.ScopeOf(ctx), filter(ctx, store.SpecialFilter{Period: in.Period}), store.Page{Limit: 1 << 30})
		for i := range cs {
			c := &cs[i]
			out.Asked++
			out.States[c.State]++
			out.Reasons[c.Reason]++
			switch c.State {
			case special.StateGranted:
				out.Granted++
				out.Judged++
				out.Fund += c.Fund
				out.Cut += c.Cut
			case special.StateRefused:
				out.Judged++
			}
		}
		return err
	})
	return &api.Body[statsOut]{Body: out}, err
}

// own reads the newest figures of the caller's hospital.
func (g *group) own(ctx context.Context) (*board.Hospital, error) {
	y, err := g.year(0)
	if err != nil {
		return nil, err
	}
	p, err := place(y, api.ScopeOf(ctx), api.ScopeOf(ctx).Inst)
	if err != nil {
		return nil, err
	}
	return board.ReadHospital(g.Dir, y.Year, p.Inst)
}

type candidate struct {
	board.Stay
	Insutype string `json:"insutype"`
	Mode     string `json:"pay_kind"`
	Deadline string `json:"deadline"`
	Late     bool   `json:"late"`
}

func (g *group) candidates(ctx context.Context, _ *struct{}) (*api.Body[[]candidate], error) {
	h, err := g.own(ctx)
	if p := (*web.Problem)(nil); errors.As(err, &p) && p.Status == http.StatusNotFound || errors.Is(err, board.ErrNone) {
		return &api.Body[[]candidate]{Body: []candidate{}}, nil // nobody was paid by case here: nothing to apply for
	} else if err != nil {
		return nil, err
	}
	asked := map[string]bool{}
	err = g.DB.View(ctx, func(tx *store.Tx) error {
		cs, err := tx.SpecialCasesIn(api.ScopeOf(ctx), store.SpecialFilter{}, store.Page{Limit: 1 << 30})
		for i := range cs {
			asked[cs[i].Visit] = true
		}
		return err
	})
	t, terr := g.terms()
	if err = errors.Join(err, terr); err != nil {
		return nil, err
	}
	out := []candidate{}
	today := dayOf(time.Now())
	for _, x := range h.Insured {
		for _, s := range x.Stays {
			if asked[s.ID] || s.Standard <= 0 || s.Way != pay.ByHigh && s.LOS < 60 {
				continue
			}
			c := candidate{Stay: s, Insutype: x.Insutype, Mode: x.Mode}
			if m, err := claim.ParseMonth(s.Month); err == nil {
				d := t.Deadline(m)
				c.Deadline, c.Late = d.String(), today > d
			}
			out = append(out, c)
		}
	}
	// those that can still be put forward first, of each the dearest above its standard first
	slices.SortStableFunc(out, func(a, b candidate) int {
		if a.Late != b.Late {
			return map[bool]int{false: -1, true: 1}[a.Late]
		}
		return cmp.Compare(b.Cost-b.Standard, a.Cost-a.Standard)
	})
	return &api.Body[[]candidate]{Body: out[:min(len(out), 500)]}, nil
}

func dayOf(t time.Time) claim.Day {
	t = t.In(time.FixedZone("UTC+8", 8*3600))
	return claim.DayOf(t.Year(), int(t.Month()), t.Day())
}

func (g *group) apply(ctx context.Context, in *struct {
	Body struct {
		Visit  string `json:"mdtrt_id" minLength:"1" maxLength:"64"`
		Reason string `json:"reason" minLength:"1" maxLength:"100"`
		Asked  string `json:"asked" enum:"按项目,按标准" default:"按项目"`
	}
}) (*api.Tagged[specialOut], error) {
	h, err := g.own(ctx)
	if err != nil {
		return nil, err
	}
	b := &in.Body
	for _, x := range h.Insured {
		for _, s := range x.Stays {
			if s.ID != b.Visit {
				continue
			}
			m, err := claim.ParseMonth(s.Month)
			if err != nil {
				return nil, err
			}
			doubted, err := g.doubted(ctx, h.Inst, s.ID)
			if err != nil {
				return nil, err
			}
			who := api.Who(ctx)
			book, err := g.book()
			if err != nil {
				return nil, err
			}
			c, _, err := book.Apply(ctx, &special.Application{Inst: h.Inst, Visit: s.ID, Insutype: x.Insutype, Kind: x.Mode, Settled: m, Reason: b.Reason,
				Asked: b.Asked, Cost: pay.Fen(s.Cost), Fund: pay.Fen(s.Fund), Standard: pay.Fen(s.Standard), On: dayOf(time.Now())}, settledIn(h, x.Mode, special.Quarter(m)), doubted, who.Name)
			if err != nil {
				return nil, err
			}
			return g.done(ctx, c.ID, "特例单议申报", s.ID+" "+c.State)
		}
	}
	return nil, web.NewProblem(http.StatusNotFound, web.CodeNotFound, "本机构没有已结算的住院 "+b.Visit+"，或病组看板还没有算到")
}

// settledIn counts the stays a hospital settled in a quarter that are paid by a mode.
func settledIn(h *board.Hospital, mode, quarter string) int {
	n := 0
	for _, x := range h.Insured {
		if x.Mode != mode {
			continue
		}
		for _, s := range x.Stays {
			if m, err := claim.ParseMonth(s.Month); err == nil && special.Quarter(m) == quarter {
				n++
			}
		}
	}
	return n
}

// done puts a step on the trail and shows what became of the application.
func (g *group) done(ctx context.Context, id, action, detail string) (*api.Tagged[specialOut], error) {
	err := g.Trail.Do(ctx, g.DB, func(*store.Tx) ([]auth.Event, error) {
		return []auth.Event{{Actor: api.Who(ctx).Name, Action: action, Object: id, Detail: detail}}, nil
	})
	if err != nil {
		return nil, err
	}
	return g.view(ctx, id)
}

// may reads the application a step is about, of the version the caller saw.
func (g *group) may(ctx context.Context, id string, m api.Matched) (*store.SpecialCase, error) {
	var c *store.SpecialCase
	err := g.DB.View(ctx, func(tx *store.Tx) (err error) { c, err = g.one(ctx, tx, id); return err })
	if err != nil {
		return nil, err
	}
	seen, err := m.Version()
	if err != nil {
		return nil, err
	}
	if seen != c.Version {
		return nil, store.ErrConflict
	}
	return c, nil
}

func (g *group) complete(ctx context.Context, in *struct {
	SpecialID
	api.Matched
	Body struct {
		Reason string `json:"reason,omitempty" maxLength:"100"`
	}
}) (*api.Tagged[specialOut], error) {
	c, err := g.may(ctx, in.ID, in.Matched)
	if err != nil {
		return nil, err
	}
	h, err := g.own(ctx)
	if err != nil {
		return nil, err
	}
	doubted, err := g.doubted(ctx, c.Inst, c.Visit)
	if err != nil {
		return nil, err
	}
	book, err := g.book()
	if err != nil {
		return nil, err
	}
	c, _, err = book.Complete(ctx, c.ID, in.Body.Reason, nil, settledIn(h, c.Kind, c.Period), doubted, dayOf(time.Now()))
	if err != nil {
		return nil, err
	}
	return g.done(ctx, c.ID, "特例单议补正", c.State)
}

func (g *group) draw(ctx context.Context, in *struct {
	SpecialID
	api.Matched
}) (*api.Tagged[specialOut], error) {
	c, err := g.may(ctx, in.ID, in.Matched)
	if err != nil {
		return nil, err
	}
	pool, err := g.experts(ctx)
	if err != nil {
		return nil, err
	}
	book, err := g.book()
	if err != nil {
		return nil, err
	}
	seats, err := book.Draw(ctx, c.ID, pool, "")
	if err != nil {
		return nil, err
	}
	names := ""
	for _, s := range seats {
		names += " " + s.Expert
	}
	return g.done(ctx, c.ID, "特例单议抽专家", names)
}

// experts are those whose term runs.
func (g *group) experts(ctx context.Context) ([]special.Expert, error) {
	us, err := g.DB.Users(ctx)
	if err != nil {
		return nil, err
	}
	serving := map[string]bool{}
	err = g.DB.View(ctx, func(tx *store.Tx) error {
		ts, err := tx.Terms()
		today := dayOf(time.Now())
		for _, t := range ts {
			serving[t.Login] = claim.Day(t.FromDay) <= today && today <= claim.Day(t.UntilDay)
		}
		return err
	})
	var out []special.Expert
	for i := range us {
		if u := &us[i]; !u.Disabled && serving[u.Login] && (&auth.Identity{Roles: u.Roles}).May(auth.PanelReview) {
			out = append(out, special.Expert{ID: u.Login, Name: u.Name, Inst: u.Inst})
		}
	}
	return out, err
}

func (g *group) vote(ctx context.Context, in *struct {
	SpecialID
	Body struct {
		Vote string `json:"vote" enum:"准予,不准予,回避"`
		Cut  int64  `json:"cut,omitempty" minimum:"0" doc:"核减的不合理费用，分"`
		Note string `json:"note,omitempty" maxLength:"2000"`
	}
}) (*api.Tagged[specialOut], error) {
	err := g.DB.View(ctx, func(tx *store.Tx) error { _, err := g.one(ctx, tx, in.ID); return err })
	if err != nil {
		return nil, err
	}
	who, b := api.Who(ctx), &in.Body
	book, err := g.book()
	if err != nil {
		return nil, err
	}
	if err := book.Vote(ctx, in.ID, special.Ballot{Expert: who.Name, Vote: b.Vote, Cut: pay.Fen(b.Cut)}, b.Note); err != nil {
		return nil, err
	}
	return g.done(ctx, in.ID, "特例单议投票", b.Vote+" 核减 "+pay.Fen(b.Cut).String())
}

func (g *group) decide(ctx context.Context, in *struct {
	SpecialID
	api.Matched
	Body struct {
		Times int64 `json:"times,omitempty" minimum:"0" maximum:"100000000" doc:"准予时按标准的倍数，百万分之一；0 为按项目"`
	}
}) (*api.Tagged[specialOut], error) {
	c, err := g.may(ctx, in.ID, in.Matched)
	if err != nil {
		return nil, err
	}
	book, err := g.book()
	if err != nil {
		return nil, err
	}
	if c, err = book.Decide(ctx, c.ID, pay.Decimal(in.Body.Times)); err != nil {
		return nil, err
	}
	return g.done(ctx, c.ID, "特例单议结果", c.State+" 核减 "+pay.Fen(c.Cut).String())
}
