package traceapi

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/trace"
	"github.com/mingjian/mingjian/internal/web/api"
)

type shelfOut struct {
	Inst    string `json:"fixmedins_code"`
	Item    string `json:"med_list_codg"`
	From    string `json:"from"`
	To      string `json:"to"`
	Known   bool   `json:"opening_known"`
	Opening string `json:"opening" doc:"盒"`
	Bought  string `json:"bought"`
	Back    string `json:"sent_back"`
	Billed  string `json:"billed" doc:"医保结算"`
	Own     string `json:"sold_own" doc:"自费销售"`
	Changed string `json:"changed"`
	Closing string `json:"closing"`
	Gap     string `json:"gap" doc:"盘点与账面的差，合计"`
	Short   bool   `json:"short" doc:"卖出多于账面"`
}

type dayOut struct {
	Date    string `json:"date"`
	Known   bool   `json:"opening_known"`
	Opening string `json:"opening"`
	Bought  string `json:"bought"`
	Back    string `json:"sent_back"`
	Billed  string `json:"billed"`
	Own     string `json:"sold_own"`
	Changed string `json:"changed"`
	Closing string `json:"closing"`
	Counted string `json:"counted" doc:"空为当日没有盘点"`
	Gap     string `json:"gap"`
}

func (g *group) stock() {
	api.Add(g.API, huma.Operation{OperationID: "trace-ledger", Method: http.MethodGet, Path: "/api/trace/ledger", Summary: "一家机构的进销存台账，一个品种一行", Tags: tags}, look,
		func(ctx context.Context, in *struct {
			Inst string `query:"fixmedins_code" maxLength:"32" doc:"机构的用户不必写"`
			Only string `query:"only" enum:"short," doc:"short：只看卖出多于账面的"`
		}) (*api.Body[struct {
			Items []shelfOut `json:"items"`
		}], error) {
			out := &api.Body[struct {
				Items []shelfOut `json:"items"`
			}]{}
			out.Body.Items = []shelfOut{}
			err := g.ledger(ctx, in.Inst, "", func(days []trace.Day) {
				x := shelf(days)
				if in.Only != "short" || x.Short {
					out.Body.Items = append(out.Body.Items, x)
				}
			})
			slices.SortStableFunc(out.Body.Items, func(a, b shelfOut) int {
				return cmp.Or(-cmp.Compare(b2i(a.Short), b2i(b.Short)), strings.Compare(a.Item, b.Item))
			})
			return out, err
		})
	api.Add(g.API, huma.Operation{OperationID: "trace-ledger-days", Method: http.MethodGet, Path: "/api/trace/ledger/{item}", Summary: "一个品种逐日的台账", Tags: tags}, look,
		func(ctx context.Context, in *struct {
			Item string `path:"item" maxLength:"64"`
			Inst string `query:"fixmedins_code" maxLength:"32"`
		}) (*api.Body[struct {
			Days []dayOut `json:"days"`
		}], error) {
			out := &api.Body[struct {
				Days []dayOut `json:"days"`
			}]{}
			out.Body.Days = []dayOut{}
			err := g.ledger(ctx, in.Inst, in.Item, func(days []trace.Day) {
				for i := range days {
					out.Body.Days = append(out.Body.Days, dayRow(&days[i]))
				}
			})
			return out, err
		})
	g.lots()
	g.places()
	g.rates()
	g.network()
}

type placeOut struct {
	Inst  string `json:"fixmedins_code"`
	Name  string `json:"fixmedins_name"`
	Items int    `json:"items" doc:"有进销存记录的品种"`
	Known int    `json:"items_known" doc:"盘点过、期初有数的品种"`
	Short int    `json:"items_short" doc:"卖出多于账面的品种"`
	To    string `json:"to" doc:"最近一天"`
}

// places lists whose ledgers there are, those with shortages first.
func (g *group) places() {
	api.Add(g.API, huma.Operation{OperationID: "trace-ledger-places", Method: http.MethodGet, Path: "/api/trace/ledger-places", Summary: "有进销存记录的机构", Tags: tags}, look,
		func(ctx context.Context, _ *struct{}) (*api.Body[struct {
			Items []placeOut `json:"items"`
		}], error) {
			f, free, err := g.facts(ctx)
			if err != nil {
				return nil, err
			}
			defer free()
			out := &api.Body[struct {
				Items []placeOut `json:"items"`
			}]{}
			out.Body.Items = []placeOut{}
			d, err := g.digestOf(f)
			if err != nil {
				return nil, err
			}
			s := api.ScopeOf(ctx)
			for i := range d.places {
				if p := &d.places[i]; sees(s, p.Inst, p.area) {
					out.Body.Items = append(out.Body.Items, p.placeOut)
				}
			}
			return out, nil
		})
}

// eachItem calls each with the days of every item.
func eachItem(f *trace.Facts, inst, item string, each func(days []trace.Day)) error {
	var days []trace.Day
	err := f.Ledger(inst, item, func(d *trace.Day) error {
		if len(days) > 0 && (days[0].Item != d.Item || days[0].Inst != d.Inst) {
			each(days)
			days = days[:0]
		}
		days = append(days, *d)
		return nil
	})
	if len(days) > 0 {
		each(days)
	}
	return err
}

// ledgerOf is the institution whose ledger is asked for: within the scope, an institution's users' own.
func (g *group) ledgerOf(ctx context.Context, inst string) (string, error) {
	s := api.ScopeOf(ctx)
	if s.Inst != "" {
		inst = s.Inst
	}
	if inst == "" {
		return "", gone("请给出机构编码")
	}
	return inst, g.deps().DB.View(ctx, func(tx *store.Tx) error {
		in, err := tx.InScope(s, inst)
		if err == nil && !in {
			err = gone("没有机构 " + inst)
		}
		return err
	})
}

// ledger calls each with the days of every item of an institution within the scope.
func (g *group) ledger(ctx context.Context, inst, item string, each func(days []trace.Day)) error {
	inst, err := g.ledgerOf(ctx, inst)
	if err != nil {
		return err
	}
	f, free, err := g.facts(ctx)
	if err != nil {
		return err
	}
	defer free()
	return eachItem(f, inst, item, each)
}

func shelf(days []trace.Day) shelfOut {
	first, last := &days[0], &days[len(days)-1]
	var in, back, billed, own, changed, gap claim.Qty
	short := false
	for i := range days {
		d := &days[i]
		in, back, billed, own, changed, gap = in+d.Bought, back+d.SentBack, billed+d.Billed, own+d.SoldOwn, changed+d.Changed, gap+d.Gap
		short = short || (d.Known && d.Closing < 0)
	}
	closing := last.Closing
	if last.Counted != claim.None64 {
		closing = last.Counted
	}
	known := slices.ContainsFunc(days, func(d trace.Day) bool { return d.Known || d.Counted != claim.None64 })
	return shelfOut{first.Inst, first.Item, first.Date, last.Date, known, first.Opening.String(), in.String(), back.String(), billed.String(), own.String(), changed.String(),
		closing.String(), gap.String(), short}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

type rateOut struct {
	Inst      string `json:"fixmedins_code"`
	Name      string `json:"fixmedins_name"`
	Month     string `json:"month"`
	Due       int64  `json:"due" doc:"应采"`
	Scanned   int64  `json:"scanned" doc:"实采"`
	Purchases int64  `json:"purchase_rows"`
	Coded     int64  `json:"purchase_rows_coded"`
}

func (g *group) rates() {
	api.Add(g.API, huma.Operation{OperationID: "trace-rates", Method: http.MethodGet, Path: "/api/trace/rates", Summary: "追溯码应采率和购进带码率", Tags: tags, Description: "是指标，不是疑点。"}, look,
		func(ctx context.Context, in *struct {
			Month string `query:"month" maxLength:"7"`
		}) (*api.Body[struct {
			Items []rateOut `json:"items"`
		}], error) {
			f, free, err := g.facts(ctx)
			if err != nil {
				return nil, err
			}
			defer free()
			out := &api.Body[struct {
				Items []rateOut `json:"items"`
			}]{}
			out.Body.Items = []rateOut{}
			s := api.ScopeOf(ctx)
			for _, r := range f.Rates(g.deps().Due) {
				if sees(s, r.Inst, r.Area) && (in.Month == "" || in.Month == r.Month) {
					out.Body.Items = append(out.Body.Items, rateOut{r.Inst, r.Name, r.Month, r.Due, r.Scanned, r.Purchases, r.Coded})
				}
			}
			return out, nil
		})
}

type nodeOut struct {
	ID    string `json:"id"`
	Kind  string `json:"kind" doc:"开出机构 人员 销售机构"`
	Name  string `json:"name" doc:"机构的名称"`
	Boxes int    `json:"boxes"`
}

type edgeOut struct {
	From  string `json:"from"`
	To    string `json:"to"`
	Boxes int    `json:"boxes"`
}

type networkOut struct {
	Nodes []nodeOut `json:"nodes"`
	Edges []edgeOut `json:"edges"`
	Boxes int       `json:"boxes" doc:"医院开出后又在药店卖出的盒数"`
}

func (g *group) network() {
	api.Add(g.API, huma.Operation{OperationID: "trace-network", Method: http.MethodGet, Path: "/api/trace/network", Summary: "开出机构 → 人员 → 销售药店", Tags: tags,
		Description: "前一次由医院开出、又在药店卖出的盒，按三方相连。人员是参保编号。"},
		api.Need{Any: look.Any, Locals: true},
		func(ctx context.Context, in *struct {
			Min int  `query:"min" minimum:"1" maximum:"1000" default:"1" doc:"至少多少盒的边"`
			All bool `query:"all" doc:"不限于医院开出、药店卖出的，看全部重复售出"`
		}) (*api.Body[networkOut], error) {
			f, free, err := g.facts(ctx)
			if err != nil {
				return nil, err
			}
			defer free()
			s := api.ScopeOf(ctx)
			edges, nodes, names := map[[2]string]int{}, map[[2]string]int{}, map[string]string{}
			out := networkOut{Nodes: []nodeOut{}, Edges: []edgeOut{}}
			d, err := g.digestOf(f)
			if err != nil {
				return nil, err
			}
			for i := range d.clues {
				c := &d.clues[i]
				if c.Explained != "" || !(c.FromHosp || in.All) || !sees(s, c.Inst, c.Area) || c.PrevInst == c.Inst {
					continue
				}
				who := cmp.Or(c.PrevPsn, "未知")
				from, person, to := "开出 "+c.PrevInst, "人员 "+who, "销售 "+c.Inst
				names[from], names[to] = c.PrevName, c.Name
				nodes[[2]string{from, "开出机构"}]++
				nodes[[2]string{person, "人员"}]++
				nodes[[2]string{to, "销售机构"}]++
				edges[[2]string{from, person}]++
				edges[[2]string{person, to}]++
				out.Boxes++
			}
			kept := map[string]bool{}
			for e, n := range edges {
				if n >= in.Min {
					out.Edges = append(out.Edges, edgeOut{e[0], e[1], n})
					kept[e[0]], kept[e[1]] = true, true
				}
			}
			for k, n := range nodes {
				if kept[k[0]] {
					out.Nodes = append(out.Nodes, nodeOut{k[0], k[1], names[k[0]], n})
				}
			}
			slices.SortFunc(out.Edges, func(a, b edgeOut) int {
				return cmp.Or(b.Boxes-a.Boxes, strings.Compare(a.From, b.From), strings.Compare(a.To, b.To))
			})
			slices.SortFunc(out.Nodes, func(a, b nodeOut) int { return cmp.Or(b.Boxes-a.Boxes, strings.Compare(a.ID, b.ID)) })
			return &api.Body[networkOut]{Body: out}, nil
		})
}
