package remindapi

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/board"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web/api"
)

// Paging is api.Paging for cursors that hold two numbers.
type Paging struct {
	Cursor string `query:"cursor" maxLength:"160" doc:"上一页的 next；不写取最新的"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"一页最多多少条"`
}

func (p Paging) page() store.WatchPage { return store.WatchPage{After: p.Cursor, Limit: p.Limit + 1} }

// paged makes the answer of a list.
func paged[R, T any](rows []R, p Paging, cursor func(*R) string, item func(*R) T) *api.Body[api.List[T]] {
	return api.Paged(rows, api.Paging{Limit: p.Limit}, cursor, item)
}

// places names the institutions of rows; what has no name is called by its code.
func places[R any](tx *store.Tx, rows []R, inst func(*R) string) (map[string]string, error) {
	out := map[string]string{}
	for i := range rows {
		code := inst(&rows[i])
		if _, ok := out[code]; ok {
			continue
		}
		name, err := tx.InstName(code)
		if err != nil {
			return nil, err
		}
		out[code] = cmp.Or(name, code)
	}
	return out, nil
}

type callItem struct {
	ID       string  `json:"call_id"`
	At       string  `json:"at"`
	Infno    string  `json:"infno"`
	Stage    string  `json:"stage"`
	Channel  string  `json:"channel"`
	Scenes   string  `json:"trig_scen"`
	Inst     string  `json:"fixmedins_code"`
	Name     string  `json:"fixmedins_name"`
	Verdict  string  `json:"verdict"`
	Partial  bool    `json:"partial"`
	Orders   int     `json:"orders"`
	Found    int     `json:"found"`
	Shown    int     `json:"shown"`
	Millis   float64 `json:"ms"`
	Operator string  `json:"opter"`
}

func (g *group) calls(ctx context.Context, in *struct {
	Wanted
	Paging
}) (*api.Body[api.List[callItem]], error) {
	f, err := g.of(ctx, &in.Wanted, board.ListCalls)
	if err != nil {
		return nil, err
	}
	var rows []store.Call
	var names map[string]string
	err = g.DB.View(ctx, func(tx *store.Tx) (err error) {
		if rows, err = tx.WatchedCalls(f, in.page()); err == nil {
			names, err = places(tx, rows, func(c *store.Call) string { return c.Inst })
		}
		return err
	})
	return paged(rows, in.Paging, (*store.Call).Cursor, func(c *store.Call) callItem {
		return callItem{c.ID, api.Moment(c.At), c.Infno, c.Stage, c.Channel, c.Scenes, c.Inst, names[c.Inst], c.Verdict, c.Partial, c.Orders, c.Found, c.Shown, float64(c.Micros) / 1000, c.Operator}
	}), err
}

type calledVisit struct {
	Mdtrt  string `json:"mdtrt_id"`
	Inst   string `json:"fixmedins_code"`
	Name   string `json:"fixmedins_name"`
	Dept   string `json:"dept"`
	Doctor string `json:"doctor"`
	First  string `json:"first_at"`
	Calls  int64  `json:"calls"`
}

func (g *group) visits(ctx context.Context, in *struct {
	Wanted
	Paging
}) (*api.Body[api.List[calledVisit]], error) {
	f, err := g.of(ctx, &in.Wanted, board.ListVisits)
	if err != nil {
		return nil, err
	}
	var rows []store.WatchedVisit
	var names map[string]string
	err = g.DB.View(ctx, func(tx *store.Tx) (err error) {
		if rows, err = tx.WatchedVisits(f, in.page()); err == nil {
			names, err = places(tx, rows, func(v *store.WatchedVisit) string { return v.Inst })
		}
		return err
	})
	return paged(rows, in.Paging, (*store.WatchedVisit).Cursor, func(v *store.WatchedVisit) calledVisit {
		return calledVisit{v.Mdtrt, v.Inst, names[v.Inst], v.Dept, v.Doctor, api.Moment(v.At), v.Calls}
	}), err
}

type saidItem struct {
	JrID     string   `json:"warn_rslt_id"`
	At       string   `json:"at" doc:"首次显示"`
	Times    int64    `json:"times" doc:"显示过几次"`
	Severity int      `json:"sev_deg"`
	Rule     string   `json:"rule_id"`
	RuleName string   `json:"rule_name"`
	Level    string   `json:"level" doc:"提示、确认、阻断"`
	Cont     string   `json:"warn_cont"`
	Inst     string   `json:"fixmedins_code"`
	Name     string   `json:"fixmedins_name"`
	Dept     string   `json:"dept"`
	Doctor   string   `json:"doctor"`
	Mdtrt    string   `json:"mdtrt_id"`
	Finding  string   `json:"finding_id"`
	Vola     int64    `json:"vola_fen"`
	Fund     int64    `json:"fund_fen"`
	Choices  []string `json:"choices" doc:"先后的答复"`
}

func (g *group) said(ctx context.Context, in *struct {
	Wanted
	Paging
}) (*api.Body[api.List[saidItem]], error) {
	f, err := g.of(ctx, &in.Wanted, board.ListReminders)
	if err != nil {
		return nil, err
	}
	var rows []store.SaidReminder
	var names map[string]string
	var choices map[string][]store.Choice
	err = g.DB.View(ctx, func(tx *store.Tx) (err error) {
		if rows, err = tx.WatchedReminders(f, in.page()); err != nil {
			return err
		}
		ids := make([]string, len(rows))
		for i := range rows {
			ids[i] = rows[i].JrID
		}
		if choices, err = tx.ChoicesOf(ids); err == nil {
			names, err = places(tx, rows, func(s *store.SaidReminder) string { return s.Inst })
		}
		return err
	})
	return paged(rows, in.Paging, (*store.SaidReminder).Cursor, func(s *store.SaidReminder) saidItem {
		said := []string{}
		for _, c := range choices[s.JrID] {
			if c.Inst == "" || c.Inst == s.Inst {
				said = append(said, strings.TrimSpace(strings.Join([]string{c.Way, c.Code, c.Reason}, " ")))
			}
		}
		return saidItem{s.JrID, api.Moment(s.At), s.Times, s.Severity, s.Rule, s.RuleName, s.Level, s.Cont, s.Inst, names[s.Inst], s.Dept, s.Doctor, s.Mdtrt, s.Finding, s.Vola, s.Fund, said}
	}), err
}

type episodeItem struct {
	ID        string `json:"episode_id"`
	Day       string `json:"day"`
	Rule      string `json:"rule_id"`
	RuleName  string `json:"rule_name"`
	Cont      string `json:"warn_cont"`
	Subject   string `json:"subject"`
	Inst      string `json:"fixmedins_code"`
	Name      string `json:"fixmedins_name"`
	Dept      string `json:"dept"`
	Doctor    string `json:"doctor"`
	Mdtrt     string `json:"mdtrt_id"`
	Times     int    `json:"times"`
	Choice    string `json:"choice"`
	Outcome   string `json:"outcome"`
	Complied  bool   `json:"complied"`
	OrigFund  int64  `json:"orig_fund_fen"`
	FinalFund int64  `json:"final_fund_fen"`
	SubstFund int64  `json:"subst_fund_fen"`
	Avoided   int64  `json:"avoided_fen"`
	Back      int64  `json:"back_fen"`
	Where     string `json:"reopened_at" doc:"在哪里又开；机构只看到本机构的"`
	Frozen    bool   `json:"frozen"`
	Setl      string `json:"setl_day"`
	Note      string `json:"note"`
}

func (g *group) episodes(ctx context.Context, in *struct {
	Wanted
	Paging
}) (*api.Body[api.List[episodeItem]], error) {
	f, err := g.of(ctx, &in.Wanted, board.ListEpisodes)
	if err != nil {
		return nil, err
	}
	var rows []store.Episode
	var names map[string]string
	var said map[string]store.Reminder
	err = g.DB.View(ctx, func(tx *store.Tx) (err error) {
		if rows, err = tx.WatchedEpisodes(f, in.page()); err != nil {
			return err
		}
		ids := make([]string, len(rows))
		for i := range rows {
			ids[i] = rows[i].JrID
		}
		if said, err = tx.RemindersNamed(ids); err == nil {
			names, err = places(tx, rows, func(e *store.Episode) string { return e.Inst })
		}
		return err
	})
	own := api.ScopeOf(ctx).Inst
	return paged(rows, in.Paging, (*store.Episode).Cursor, func(e *store.Episode) episodeItem {
		x := episodeItem{e.ID, e.Day, e.Rule, said[e.JrID].RuleName, said[e.JrID].Cont, e.Subject, e.Inst, names[e.Inst], e.Dept, e.Doctor, e.Mdtrt, e.Times,
			strings.TrimSpace(e.Choice + " " + e.Code), e.Outcome, e.Complied, e.OrigFund, e.FinalFund, e.SubstFund, e.Avoided, e.Back(), e.ReopenedAt, e.Frozen, e.SetlDay, e.Note}
		x.Where = elsewhere(x.Where, own)
		return x
	}), err
}

// elsewhere tells people of an institution no other institution and no visit there: only the day.
func elsewhere(at, own string) string {
	parts := strings.Fields(at)
	if own == "" || len(parts) != 3 || parts[0] == own {
		return at
	}
	return "外院 " + parts[2]
}

type doctorLoad struct {
	Inst          string `json:"fixmedins_code"`
	Name          string `json:"fixmedins_name"`
	Doctor        string `json:"doctor"`
	Day           string `json:"day"`
	Calls         int64  `json:"calls"`
	Interruptions int64  `json:"interruptions"`
}

func (g *group) doctors(ctx context.Context, in *struct {
	Wanted
	Limit int `query:"limit" minimum:"1" maximum:"500" default:"100"`
}) (*api.Body[struct {
	Items []doctorLoad `json:"items"`
	Total int          `json:"total" doc:"医生日数"`
}], error) {
	f, err := g.of(ctx, &in.Wanted, board.ListLoads)
	if err != nil {
		return nil, err
	}
	out := &api.Body[struct {
		Items []doctorLoad `json:"items"`
		Total int          `json:"total" doc:"医生日数"`
	}]{}
	out.Body.Items = []doctorLoad{}
	err = g.DB.View(ctx, func(tx *store.Tx) error {
		ds, err := tx.DoctorDays(store.CallFilter{From: f.At.From, To: f.At.To, Inst: f.Scope.Inst, Area: f.Scope.Admdvs})
		if err != nil {
			return err
		}
		if f.Doctor != "" {
			ds = slices.DeleteFunc(ds, func(d store.DoctorDay) bool { return d.Doctor != f.Doctor })
		}
		slices.SortStableFunc(ds, func(a, b store.DoctorDay) int { return cmp.Compare(b.Interruptions, a.Interruptions) })
		out.Body.Total = len(ds)
		ds = ds[:min(len(ds), in.Limit)]
		names, err := places(tx, ds, func(d *store.DoctorDay) string { return d.Inst })
		for _, d := range ds {
			out.Body.Items = append(out.Body.Items, doctorLoad{d.Inst, names[d.Inst], d.Doctor, d.Day, d.Calls, d.Interruptions})
		}
		return err
	})
	return out, err
}
