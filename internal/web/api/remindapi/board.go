package remindapi

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/board"
	"github.com/mingjian/mingjian/internal/online/effect"
	"github.com/mingjian/mingjian/internal/online/remind"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web/api"
)

// figures of the page, in its order.
var figures = []string{"R01", "R02", "R03", "R04", "R06", "R09", "R05", "R07", "R08", "R10", "R11", "R12", "R21", "R22", "R23", "R24", "R25", "R26", "R27", "R28", "R29", "R30",
	"R31", "R32", "R33", "R34", "R35", "R36", "R37", "R41", "R42", "R43"}

// latencyStep counts calls that took up to Millis; the last one, with 0, those that took longer.
type latencyStep struct {
	Millis int64 `json:"upto_ms" doc:"0 为更久"`
	Calls  int64 `json:"calls"`
}

type remindBoard struct {
	Period  board.Period     `json:"period"`
	Area    string           `json:"admdvs"`
	Inst    string           `json:"fixmedins_code"`
	Name    string           `json:"fixmedins_name"`
	Today   string           `json:"today"`
	Figures []board.Figure   `json:"figures"`
	Latency []latencyStep    `json:"latency"`
	Loads   []remind.DayLoad `json:"loads" doc:"逐日：医生数、调用、打断、中位数"`
	Bound   int              `json:"median_alarm" doc:"中位数超过它告警"`
	Alarm   bool             `json:"alarm"`
}

func (g *group) board(ctx context.Context, in *Wanted) (*api.Body[remindBoard], error) {
	f, at, _, err := g.filter(ctx, in)
	if err != nil {
		return nil, err
	}
	d := &board.Desk{DB: g.DB}
	fs, err := d.Figures(ctx, board.Ask{Scope: f.Scope, Period: at, Against: board.SamePeriod, Today: g.Today()}, figures...)
	if err != nil {
		return nil, err
	}
	out := remindBoard{Period: at, Area: f.Scope.Admdvs, Inst: f.Scope.Inst, Today: g.Today().String(), Figures: fs, Loads: []remind.DayLoad{}}
	areas, err := remind.LoadAreas(ctx, g.DB)
	if err != nil {
		return nil, err
	}
	area := f.Scope.Admdvs
	err = g.DB.View(ctx, func(tx *store.Tx) error {
		steps, err := tx.LatencyCounts(store.WatchFilter{Scope: f.Scope, At: at.Span()})
		for i, n := range steps {
			s := latencyStep{Calls: n}
			if i < len(store.LatencySteps) {
				s.Millis = store.LatencySteps[i] / 1000
			}
			out.Latency = append(out.Latency, s)
		}
		if err == nil && out.Inst != "" {
			if out.Name, err = tx.InstName(out.Inst); err == nil {
				area, err = tx.InstitutionArea(out.Inst)
			}
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	p := areas.Of(area)
	span := at.Span()
	loads, err := remind.Loads(ctx, g.DB, store.CallFilter{From: span.From, To: span.To, Inst: f.Scope.Inst, Area: f.Scope.Admdvs}, p)
	out.Loads, out.Bound = append(out.Loads, loads...), p.MedianAlarm
	out.Alarm = slices.ContainsFunc(loads, func(d remind.DayLoad) bool { return d.Alarm })
	return &api.Body[remindBoard]{Body: out}, err
}

// remindPart is the service's work for one rule, institution, department, doctor or day.
type remindPart struct {
	Key        string           `json:"key"`
	Name       string           `json:"name"`
	Inst       string           `json:"fixmedins_code" doc:"科室、医生所在的机构"`
	InstName   string           `json:"fixmedins_name"`
	Calls      int64            `json:"calls" doc:"规则没有"`
	Violations int64            `json:"violations" doc:"显示过的明确违规提醒条数"`
	Doubts     int64            `json:"doubts" doc:"显示过的可疑提醒条数"`
	Episodes   int64            `json:"episodes"`
	Ended      int64            `json:"ended"`
	Complied   int64            `json:"complied"`
	Outcomes   map[string]int64 `json:"outcomes"`
	Avoided    int64            `json:"avoided_fen"`
	FrozenFen  int64            `json:"frozen_fen"`
	BackFen    int64            `json:"back_fen"`
}

type remindParts struct {
	By    string       `json:"by"`
	Items []remindPart `json:"items" doc:"提醒事件多的在前；按日时从早到晚"`
	Total remindPart   `json:"total" doc:"全部；一次提醒、调用涉及两个部分的，各算一次，合计只算一次"`
}

func (g *group) parts(ctx context.Context, in *struct {
	Wanted
	By string `query:"by" enum:"rule,inst,dept,doctor,day" default:"rule"`
}) (*api.Body[remindParts], error) {
	f, err := g.plain(ctx, &in.Wanted)
	if err != nil {
		return nil, err
	}
	out := remindParts{By: in.By, Items: []remindPart{}}
	err = g.DB.View(ctx, func(tx *store.Tx) error {
		by := map[string]*remindPart{}
		at := func(k string) *remindPart {
			if by[k] == nil {
				by[k] = &remindPart{Key: k, Name: k, Outcomes: map[string]int64{}}
			}
			return by[k]
		}
		es, err := tx.EffectSums(in.By, f)
		if err != nil {
			return err
		}
		for _, e := range es {
			p := at(e.Key)
			p.sum(&e)
		}
		said, err := tx.SaidParts(f, in.By)
		if err != nil {
			return err
		}
		for _, s := range said {
			p := at(s.Key)
			p.Violations, p.Doubts = s.Violations, s.Doubts
			if in.By == "rule" {
				p.Name = s.Name
			}
		}
		calls, err := tx.CallParts(f, in.By)
		if err != nil {
			return err
		}
		for _, c := range calls {
			at(c.Key).Calls = c.Calls
		}
		for _, p := range by {
			if err := p.named(tx, in.By); err != nil {
				return err
			}
			out.Items = append(out.Items, *p)
		}
		return out.total(tx, f)
	})
	slices.SortFunc(out.Items, func(a, b remindPart) int {
		if in.By == "day" {
			return strings.Compare(a.Key, b.Key)
		}
		return cmp.Or(cmp.Compare(b.Episodes, a.Episodes), cmp.Compare(b.Calls, a.Calls), strings.Compare(a.Key, b.Key))
	})
	return &api.Body[remindParts]{Body: out}, err
}

// plain is a filter without an indicator.
func (g *group) plain(ctx context.Context, w *Wanted) (store.WatchFilter, error) {
	if w.Ind != "" {
		return store.WatchFilter{}, invalid("这里不按指标选")
	}
	f, _, _, err := g.filter(ctx, w)
	return f, err
}

func (p *remindPart) sum(e *store.EffectSum) {
	p.Episodes, p.Complied, p.Outcomes, p.Avoided, p.FrozenFen, p.BackFen = e.Episodes, e.Complied, e.Outcomes, e.Avoided, e.FrozenFen, e.BackFen
	p.Ended = effect.Ended(e.Outcomes)
}

func (p *remindPart) named(tx *store.Tx, by string) (err error) {
	switch by {
	case "dept", "doctor":
		p.Inst, p.Name, _ = strings.Cut(p.Key, " ")
	case "inst":
		p.Inst = p.Key
	default:
		return nil
	}
	p.InstName, err = tx.InstName(p.Inst)
	p.InstName = cmp.Or(p.InstName, p.Inst)
	if by == "inst" {
		p.Name = p.InstName
	}
	return err
}

func (o *remindParts) total(tx *store.Tx, f store.WatchFilter) error {
	o.Total = remindPart{Name: "合计", Outcomes: map[string]int64{}}
	es, err := tx.EffectSums("", f)
	if err != nil {
		return err
	}
	for i := range es {
		o.Total.sum(&es[i])
	}
	n, err := tx.SaidCounts(f)
	if err != nil {
		return err
	}
	o.Total.Violations, o.Total.Doubts = n["1"], n["2"]+n["3"]
	c, err := tx.CallSums(f)
	o.Total.Calls = c.Calls
	return err
}
