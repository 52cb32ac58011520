// Package peersapi shows an institution how it stands among its like. It tells nothing of any other institution by itself; what keeps that so
// is in package peers.
package peersapi

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/board/peers"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/online/effect"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web"
	"github.com/mingjian/mingjian/internal/web/api"
)

// Config is what the operations work with.
type Config struct {
	Dir   string // the data directory
	Today func() claim.Day
}

type group struct {
	Config
	*api.API

	mu   sync.Mutex
	lake *lake.Lake
	kept map[string]*counted // by period
}

// counted is every institution's counts in a period, for a while: they are added up over all findings.
type counted struct {
	at     time.Time
	places []peers.Place
	counts map[string]*peers.Counts
	rules  map[string]string // names
	named  map[string]*named // by institution
}

// keep is how long counts are shown again.
const keep = 5 * time.Minute

// own is for who answers for an institution.
var own = api.Need{Any: []auth.Permission{auth.Appeal}, Inst: true}

type compared struct {
	Inst    string         `json:"fixmedins_code"`
	Name    string         `json:"fixmedins_name"`
	Level   string         `json:"level"`
	From    string         `json:"from"`
	To      string         `json:"to"`
	Figures []peers.Figure `json:"figures"`
	Rules   []peers.Rule   `json:"rules"`
	Depts   []heard        `json:"depts" doc:"本机构各科室的提醒"`
	Doctors []heard        `json:"doctors" doc:"本机构各医生的提醒"`
}

// heard is how reminders fared in a part of the own house.
type heard struct {
	Key      string `json:"key"`
	Name     string `json:"name" doc:"本机构数据里的名称；没有为空"`
	Episodes int64  `json:"episodes"`
	Ended    int64  `json:"ended" doc:"已有结果的"`
	Complied int64  `json:"complied"`
	Avoided  int64  `json:"avoided_fen"`
}

// Group adds the operations.
func Group(c Config) func(*api.API) {
	return func(a *api.API) {
		g := &group{Config: c, API: a, kept: map[string]*counted{}}
		api.Add(a, huma.Operation{OperationID: "peers", Method: http.MethodGet, Path: "/api/peers", Summary: "本机构与同级别机构", Tags: []string{"自查自纠"}, Errors: []int{422},
			Description: "同级别不足 5 家的不比；只给平均，不给任何一家的数。缺省到最近有疑点的月份为止的十二个月。"}, own, g.compare)
	}
}

func (g *group) compare(ctx context.Context, in *struct {
	From string `query:"from" maxLength:"7" doc:"起月 yyyy-MM"`
	To   string `query:"to" maxLength:"7" doc:"止月"`
}) (*api.Body[compared], error) {
	inst := api.Who(ctx).Scope.Inst
	if inst == "" {
		return nil, web.NewProblem(http.StatusForbidden, web.CodeForbidden, "同级对比给机构看自己的：请用机构的用户登录")
	}
	to, err := g.newest(ctx)
	if err != nil {
		return nil, err
	}
	from := to - 11
	for _, x := range []struct {
		text string
		m    *claim.Month
	}{{in.From, &from}, {in.To, &to}} {
		if x.text == "" {
			continue
		}
		m, err := claim.ParseMonth(x.text)
		if err != nil {
			return nil, err
		}
		*x.m = m
	}
	if in.To != "" && in.From == "" {
		from = to - 11
	}
	if from > to || to-from > 35 {
		return nil, fmt.Errorf("期间 %s 到 %s 应从早到晚，不超过三年", from, to)
	}
	c, err := g.count(ctx, from, to)
	if err != nil {
		return nil, err
	}
	me := peers.Place{Code: inst}
	for _, p := range c.places {
		if p.Code == inst {
			me = p
		}
	}
	out := compared{Inst: inst, Name: me.Name, Level: peers.Level(&me), From: from.String(), To: to.String(), Depts: []heard{}, Doctors: []heard{}}
	out.Figures, out.Rules = peers.Compare(&me, c.places, c.counts, c.rules)
	if out.Rules == nil {
		out.Rules = []peers.Rule{}
	}
	called, err := g.names(c, inst, from, to)
	if err != nil {
		return nil, err
	}
	return &api.Body[compared]{Body: out}, g.DB.View(ctx, func(tx *store.Tx) error {
		f := store.WatchFilter{Scope: store.Scope{Inst: inst}, At: span(from, to)}
		for by, part := range map[string]struct {
			list  *[]heard
			names map[string]string
		}{"dept": {&out.Depts, called.depts}, "doctor": {&out.Doctors, called.doctors}} {
			es, err := tx.EffectSums(by, f)
			if err != nil {
				return err
			}
			for _, e := range es {
				key := strings.TrimPrefix(e.Key, inst+" ")
				*part.list = append(*part.list, heard{key, part.names[key], e.Episodes, effect.Ended(e.Outcomes), e.Complied, e.Avoided})
			}
		}
		return nil
	})
}

// newest is the newest month with findings; this month while there are none.
func (g *group) newest(ctx context.Context) (claim.Month, error) {
	text := ""
	err := g.DB.View(ctx, func(tx *store.Tx) (err error) { text, err = tx.NewestMonth(); return err })
	if err != nil || text == "" {
		return g.Today().Month(), err
	}
	return claim.ParseMonth(text)
}

func span(from, to claim.Month) store.Span {
	return store.Span{FirstDate: from.First().String(), LastDate: to.Last().String()}
}

// count adds up every institution's counts.
func (g *group) count(ctx context.Context, from, to claim.Month) (*counted, error) {
	g.mu.Lock()
	defer g.mu.Unlock() // one adds up, the others wait for it
	key := from.String() + to.String()
	if c := g.kept[key]; c != nil && time.Since(c.at) < keep {
		return c, nil
	}
	c := &counted{at: time.Now(), counts: map[string]*peers.Counts{}, rules: map[string]string{}}
	if err := g.lines(c, from, to); err != nil {
		return nil, err
	}
	err := g.DB.View(ctx, func(tx *store.Tx) error {
		parts, err := tx.RuleParts(from.String(), to.String())
		if err != nil {
			return err
		}
		for _, p := range parts {
			x := c.of(p.Inst)
			x.Findings += p.Findings
			x.Rules[p.Rule] = p.Findings
			c.rules[p.Rule] = p.RuleName
		}
		js, err := tx.JudgedByInst(from.String(), to.String(), []string{"不违规", "部分违规", "规则误报"})
		if err != nil {
			return err
		}
		for _, j := range js {
			x := c.of(j.Inst)
			x.Taken, x.Pleaded, x.Won = j.Taken, j.Pleaded, j.Won
		}
		es, err := tx.EffectSums("inst", store.WatchFilter{At: span(from, to)})
		for _, e := range es {
			x := c.of(e.Key)
			x.Reminded, x.Heard = effect.Ended(e.Outcomes), e.Complied
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(g.kept) > 20 {
		clear(g.kept)
	}
	g.kept[key] = c
	return c, nil
}

func (c *counted) of(inst string) *peers.Counts {
	x := c.counts[inst]
	if x == nil {
		x = &peers.Counts{Rules: map[string]int64{}}
		c.counts[inst] = x
	}
	return x
}

// snapshot is of the lake as it is now. The caller holds mu.
func (g *group) snapshot() (*lake.Snapshot, error) {
	if g.lake == nil {
		l, err := lake.Open(g.Dir)
		if err != nil {
			return nil, err
		}
		g.lake = l
	}
	return g.lake.Snapshot()
}

// lines reads from the lake who there is, how many fee lines came of each and what the fund paid them.
func (g *group) lines(c *counted, from, to claim.Month) error {
	snap, err := g.snapshot()
	if err != nil {
		return err
	}
	b, err := snap.Reference("institution")
	if err != nil {
		return err
	}
	since := map[string]string{}
	at := map[string]int{}
	for i := range b.N {
		col := func(n string) string { return b.Format(snap.Dicts(), b.Table.MustCol(n), i) }
		p := peers.Place{Code: col("fixmedins_code"), Name: col("fixmedins_name"), Kind: col("fixmedins_type"), Level: col("hosp_lv"), Admdvs: col("admdvs")}
		begin := col("begndate")
		k, ok := at[p.Code]
		if !ok {
			at[p.Code] = len(c.places)
			c.places = append(c.places, p)
		} else if begin >= since[p.Code] {
			c.places[k] = p
		} else {
			continue
		}
		since[p.Code] = begin
	}
	fill, err := snap.Fill("fee")
	if err != nil {
		return err
	}
	names := snap.Dicts()[claim.DictInst]
	for m, by := range fill.ByMonth {
		if m < from || m > to {
			continue
		}
		for code, n := range by {
			if code != 0 {
				c.of(names.String(code)).Lines += n.Rows
			}
		}
	}
	ts, err := snap.Totals()
	for _, t := range ts {
		if t.Month >= from && t.Month <= to {
			c.of(names.String(t.Inst)).Fund += int64(t.Fund)
		}
	}
	return err
}
