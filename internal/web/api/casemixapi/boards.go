package casemixapi

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"github.com/mingjian/mingjian/internal/casemix/board"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web/api"
)

func itoa(n int) string { return strconv.Itoa(n) }

// YearOf is asked with most operations.
type YearOf struct {
	Year int `query:"year" minimum:"0" maximum:"9999" doc:"不写为算过的最新一年"`
}

type yearsOut struct {
	Years []int `json:"years"`
}

// peers is where a hospital stands among those of the area, without names.
type peers struct {
	What  string  `json:"what" doc:"cmi cost_index time_index pay_ratio ambiguous"`
	Own   int64   `json:"own"`
	Rank  int     `json:"rank" doc:"从高到低第几"`
	Of    int     `json:"of" doc:"一共几家"`
	Marks []int64 `json:"marks" doc:"P10 P25 P50 P75 P90；不足五家为空"`
}

type hospitalOut struct {
	Year      int           `json:"year"`
	Through   string        `json:"through"`
	MadeAt    string        `json:"made_at"`
	Sample    bool          `json:"sample"`
	Place     board.Place   `json:"place"`
	Places    []board.Place `json:"places" doc:"可看的机构"`
	Insutypes []string      `json:"insutypes" doc:"这家机构有的险种"`
	Insutype  string        `json:"insutype"`
	Mode      string        `json:"mode"`
	Mix       *board.Mix    `json:"mix,omitempty"`
	Line      *board.Line   `json:"line,omitempty"`
	Peers     []peers       `json:"peers"`
	Groups    []board.Group `json:"groups"`
	Outliers  []board.Stay  `json:"outliers" doc:"高低倍率病例，按实际与标准相差从大到小，最多 200 例"`
	Ungrouped []board.Stay  `json:"ungrouped" doc:"未入组和歧义组，费用高的在前，最多 200 例"`
	Outlying  int           `json:"outliers_total" doc:"高低倍率病例一共多少"`
	Failed    int           `json:"ungrouped_total" doc:"未入组和歧义组一共多少"`
}

type budgetOut struct {
	Year    int             `json:"year"`
	Through string          `json:"through"`
	MadeAt  string          `json:"made_at"`
	Sample  bool            `json:"sample"`
	Params  string          `json:"params"`
	Left    int             `json:"left"`
	LeftOf  []board.Left    `json:"left_of" doc:"没有算的，按险种；只给全区的用户"`
	Insured []board.Insured `json:"insured"`
	Places  []board.Place   `json:"places"`
}

func (g *group) boards() {
	api.Add(g.API, op("casemix-years", http.MethodGet, "/api/casemix/years", "算过病组看板的年份"), look,
		func(context.Context, *struct{}) (*api.Body[yearsOut], error) {
			ys, err := board.Years(g.Dir)
			return &api.Body[yearsOut]{Body: yearsOut{Years: ys}}, err
		})
	api.Add(g.API, op("casemix-budget", http.MethodGet, "/api/casemix/budget", "总额预算与结付率：全区、机构，按月，预测到年底", 404), look,
		func(ctx context.Context, in *YearOf) (*api.Body[budgetOut], error) {
			y, err := g.year(in.Year)
			if err != nil {
				return nil, err
			}
			return &api.Body[budgetOut]{Body: budgetFor(y, api.ScopeOf(ctx))}, nil
		})
	api.Add(g.API, op("casemix-hospital", http.MethodGet, "/api/casemix/hospital", "一家机构的病例组合、消耗指数、病组、倍率病例", 404), look, g.hospital)
	again := op("casemix-recompute", http.MethodPost, "/api/casemix/boards", "重新测算病组看板")
	again.DefaultStatus = http.StatusAccepted
	again.Description = "在另一个进程里做；用返回的任务看进度。"
	api.Add(g.API, again, run, func(ctx context.Context, in *struct {
		Body struct {
			Year int `json:"year,omitempty" minimum:"0" maximum:"9999" doc:"不写为参数文件的年度"`
		}
	}) (*api.Tagged[api.JobItem], error) {
		return g.queue(ctx, kindBoards, yearWord(in.Body.Year), "病组测算", in.Body.Year)
	})
}

func yearWord(n int) string {
	if n == 0 {
		return "参数年度"
	}
	return itoa(n) + " 年"
}

// budgetFor keeps of a year what a scope may see: the area's own line only the whole area's people.
func budgetFor(y *board.Year, s store.Scope) budgetOut {
	out := budgetOut{Year: y.Year, Through: y.Through, MadeAt: y.MadeAt, Sample: y.Sample, Params: y.Params, LeftOf: []board.Left{}, Insured: []board.Insured{}, Places: []board.Place{}}
	mine := map[string]bool{}
	for i := range y.Places {
		if p := &y.Places[i]; sees(s, p) {
			mine[p.Inst] = true
			out.Places = append(out.Places, *p)
		}
	}
	if whole(s) {
		out.Left, out.LeftOf = y.Left, append(out.LeftOf, y.LeftOf...)
	}
	for i := range y.Insured {
		x := y.Insured[i]
		x.Lines = slices.DeleteFunc(slices.Clone(x.Lines), func(l board.Line) bool { return l.Inst == "" && !whole(s) || l.Inst != "" && !mine[l.Inst] })
		x.Mixes = slices.DeleteFunc(slices.Clone(x.Mixes), func(m board.Mix) bool { return !mine[m.Inst] })
		if !whole(s) {
			x.Stays = 0
			for _, m := range x.Mixes {
				x.Stays += m.Stays
			}
		}
		if len(x.Lines) > 0 {
			out.Insured = append(out.Insured, x)
		}
	}
	return out
}

func (g *group) hospital(ctx context.Context, in *struct {
	YearOf
	Inst     string `query:"fixmedins_code" maxLength:"32" doc:"不写为本机构，或例数最多的一家"`
	Insutype string `query:"insutype" maxLength:"8" doc:"不写为第一个"`
}) (*api.Body[hospitalOut], error) {
	y, err := g.year(in.Year)
	if err != nil {
		return nil, err
	}
	scope := api.ScopeOf(ctx)
	inst := in.Inst
	if inst == "" && scope.Inst == "" {
		inst = largest(y, scope)
	}
	p, err := place(y, scope, inst)
	if err != nil {
		return nil, err
	}
	h, err := board.ReadHospital(g.Dir, y.Year, p.Inst)
	if err != nil {
		return nil, err
	}
	out := hospitalOut{Year: y.Year, Through: y.Through, MadeAt: y.MadeAt, Sample: y.Sample, Place: *p, Places: []board.Place{}, Insutypes: []string{}, Insutype: in.Insutype,
		Peers: []peers{}, Groups: []board.Group{}, Outliers: []board.Stay{}, Ungrouped: []board.Stay{}}
	for i := range y.Places {
		if sees(scope, &y.Places[i]) {
			out.Places = append(out.Places, y.Places[i])
		}
	}
	for _, x := range h.Insured {
		out.Insutypes = append(out.Insutypes, x.Insutype)
	}
	if out.Insutype == "" && len(out.Insutypes) > 0 {
		out.Insutype = out.Insutypes[0]
	}
	for i := range y.Insured {
		x := &y.Insured[i]
		if x.Insutype != out.Insutype {
			continue
		}
		out.Mode = x.Mode
		for n := range x.Mixes {
			if x.Mixes[n].Inst == p.Inst {
				out.Mix = &x.Mixes[n]
				out.Peers = standing(x.Mixes, n)
			}
		}
		for n := range x.Lines {
			if x.Lines[n].Inst == p.Inst {
				out.Line = &x.Lines[n]
			}
		}
	}
	for i := range h.Insured {
		if x := &h.Insured[i]; x.Insutype == out.Insutype {
			out.Groups = append(out.Groups, x.Groups...)
			out.Outliers, out.Ungrouped = outside(x.Stays)
			out.Outlying, out.Failed = len(out.Outliers), len(out.Ungrouped)
			out.Outliers, out.Ungrouped = out.Outliers[:min(shown, out.Outlying)], out.Ungrouped[:min(shown, out.Failed)]
		}
	}
	return &api.Body[hospitalOut]{Body: out}, nil
}

// largest is the hospital with most stays within a scope.
func largest(y *board.Year, s store.Scope) string {
	n := map[string]int{}
	for _, x := range y.Insured {
		for _, m := range x.Mixes {
			n[m.Inst] += m.Stays
		}
	}
	best := ""
	for i := range y.Places {
		if p := &y.Places[i]; sees(s, p) && (best == "" || n[p.Inst] > n[best]) {
			best = p.Inst
		}
	}
	return best
}

const shown = 200 // stays of a list at most

// outside are the stays off the standard, the furthest first, and those without a group, the dearest first.
func outside(stays []board.Stay) (outliers, ungrouped []board.Stay) {
	outliers, ungrouped = []board.Stay{}, []board.Stay{}
	for _, s := range stays {
		switch s.Way {
		case "高倍率", "低倍率":
			outliers = append(outliers, s)
		case "未入组按项目", "歧义组":
			ungrouped = append(ungrouped, s)
		}
	}
	far := func(s *board.Stay) int64 { return max(s.Cost-s.Standard, s.Standard-s.Cost) }
	slices.SortStableFunc(outliers, func(a, b board.Stay) int { return int(min(1, max(-1, far(&b)-far(&a)))) })
	slices.SortStableFunc(ungrouped, func(a, b board.Stay) int { return int(min(1, max(-1, b.Cost-a.Cost))) })
	return outliers, ungrouped
}

// fewPeers: with fewer hospitals the marks would tell one of them what another's figure is.
const fewPeers = 5

func standing(all []board.Mix, own int) []peers {
	var out []peers
	for _, w := range []struct {
		name string
		of   func(m *board.Mix) (int64, bool)
	}{
		{"cmi", func(m *board.Mix) (int64, bool) { return m.CMI, m.Grouped > 0 }},
		{"cost_index", func(m *board.Mix) (int64, bool) { return m.CostIndex, m.Grouped > 0 }},
		{"time_index", func(m *board.Mix) (int64, bool) { return m.TimeIndex, m.Grouped > 0 }},
		{"pay_ratio", func(m *board.Mix) (int64, bool) { return m.PayRatio, m.Stays > 0 }},
		{"ambiguous", func(m *board.Mix) (int64, bool) {
			return int64(m.Ambiguous+m.Ungrouped) * 1_000_000 / int64(max(1, m.Stays)), m.Stays > 0
		}},
	} {
		var vs []int64
		for i := range all {
			if v, ok := w.of(&all[i]); ok {
				vs = append(vs, v)
			}
		}
		v, ok := w.of(&all[own])
		if !ok {
			continue
		}
		x := peers{What: w.name, Own: v, Of: len(vs), Rank: 1, Marks: []int64{}}
		for _, o := range vs {
			if o > v {
				x.Rank++
			}
		}
		if slices.Sort(vs); len(vs) >= fewPeers {
			for _, p := range []int{10, 25, 50, 75, 90} {
				x.Marks = append(x.Marks, vs[(len(vs)*p+99)/100-1])
			}
		}
		out = append(out, x)
	}
	return out
}

func (g *group) boardsJob(ctx context.Context, j *store.Job, progress func(done, total int64)) (string, error) {
	args := []string{"payment", "boards", "--data", g.Dir, "--child", "--by", j.Actor, "--json"}
	if j.Args != "0" && j.Args != "" {
		args = append(args, "--year", j.Args)
	}
	if err := g.Run(ctx, args, progress); err != nil {
		return "", err
	}
	y, err := g.year(0)
	if err != nil {
		return "", err
	}
	n := 0
	for _, x := range y.Insured {
		n += x.Stays
	}
	return itoa(y.Year) + " 年截至 " + y.Through + "，" + itoa(n) + " 例", nil
}
