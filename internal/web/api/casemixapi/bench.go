package casemixapi

import (
	"context"
	"net/http"

	"github.com/mingjian/mingjian/internal/casemix"
	"github.com/mingjian/mingjian/internal/casemix/area"
	"github.com/mingjian/mingjian/internal/casemix/dip"
	"github.com/mingjian/mingjian/internal/casemix/mix"
	"github.com/mingjian/mingjian/internal/casemix/pay"
	"github.com/mingjian/mingjian/internal/web/api"
)

type setupOut struct {
	Params  string       `json:"params" doc:"付费参数名称"`
	Year    int          `json:"year"`
	Sample  bool         `json:"sample" doc:"自带的示例，不能用来付费"`
	Insured []insuredOut `json:"insured"`
}

type insuredOut struct {
	Insutype string `json:"insutype"`
	Mode     string `json:"mode"`
	By       string `json:"by" doc:"分组方案或病种目录"`
	Rate     int64  `json:"rate" doc:"费率、点值或参考值，元的百万分之一；0 为浮动而没有参考值"`
	Floating bool   `json:"floating"`
	High     int64  `json:"high_times" doc:"高倍率倍数，百万分之一；0 为没有"`
	Low      int64  `json:"low_times"`
	Total    int64  `json:"total" doc:"浮动时的可分配总额，分"`
}

type benchIn struct {
	Body struct {
		Insutype  string   `json:"insutype" maxLength:"8" doc:"按哪个险种的分组和付费"`
		Sex       int8     `json:"gend" doc:"1 男 2 女"`
		Age       *int32   `json:"age,omitempty"`
		AgeDays   *int32   `json:"age_days,omitempty" doc:"0 岁时的日龄"`
		Weight    *int32   `json:"weight_g,omitempty" doc:"新生儿体重，克"`
		LOS       *int32   `json:"los,omitempty" doc:"住院天数"`
		ICU       *int32   `json:"icu_hours,omitempty"`
		Discharge int8     `json:"discharge,omitempty" minimum:"0" maximum:"9" doc:"离院方式"`
		Dept      string   `json:"dept,omitempty" maxLength:"100"`
		NewTech   bool     `json:"new_tech,omitempty"`
		Level     string   `json:"hosp_lv,omitempty" maxLength:"2"`
		Cost      int64    `json:"cost,omitempty" minimum:"0" maximum:"100000000000" doc:"总费用，分"`
		Dx        []string `json:"dx" maxItems:"60" doc:"第一个为主要诊断"`
		Proc      []string `json:"proc,omitempty" maxItems:"60" doc:"第一个为主要手术"`
	}
}

type coded struct {
	Code  string `json:"code"`
	Title string `json:"title"`
}

type changeOut struct {
	Kind   string `json:"kind" doc:"去掉诊断 去掉手术 改主要诊断"`
	Code   string `json:"code"`
	Title  string `json:"title"`
	Group  string `json:"group"`
	Name   string `json:"name"`
	Weight int64  `json:"weight"`
}

type benchOut struct {
	Mode     string         `json:"mode"`
	Scheme   string         `json:"scheme"`
	Status   string         `json:"status"`
	MDC      string         `json:"mdc"`
	ADRG     string         `json:"adrg"`
	Group    string         `json:"group"`
	Name     string         `json:"name"`
	Weight   int64          `json:"weight" doc:"权重或分值，百万分之一"`
	Mean     int64          `json:"mean_cost"`
	Rate     int64          `json:"rate"`
	Standard int64          `json:"standard" doc:"病组标准，分；0 为没有费率或没有入组"`
	Way      string         `json:"way" doc:"给了总费用时怎样付"`
	Formula  string         `json:"formula"`
	Steps    []casemix.Step `json:"steps"`
	Changes  []changeOut    `json:"changes" doc:"改一个编码会变成什么组"`
	Dx       []coded        `json:"dx"`
	Proc     []coded        `json:"proc"`
}

func (g *group) bench() {
	api.Add(g.API, op("casemix-setup", http.MethodGet, "/api/casemix/setup", "现在用的分组方案和付费参数"), look,
		func(context.Context, *struct{}) (*api.Body[setupOut], error) {
			s, err := g.chosen()
			if err != nil {
				return nil, err
			}
			out := setupOut{Params: s.Params.Name, Year: s.Params.Year, Sample: s.Options.Sample, Insured: []insuredOut{}}
			for _, k := range s.Insured() {
				i := s.Params.Insurance[k]
				x := insuredOut{Insutype: k, Mode: i.Mode, By: byName(s, i.Mode), Rate: int64(rateOf(i)), Floating: i.Rate == nil}
				if i.High != nil {
					x.High = int64(i.High.Times)
				}
				if i.Low != nil {
					x.Low = int64(i.Low.Times)
				}
				if i.Total != nil {
					x.Total = int64(*i.Total)
				}
				out.Insured = append(out.Insured, x)
			}
			return &api.Body[setupOut]{Body: out}, nil
		})
	api.Add(g.API, op("casemix-codes", http.MethodGet, "/api/casemix/codes", "找诊断或手术编码"), look,
		func(_ context.Context, in *struct {
			Kind  string `query:"kind" enum:"dx,proc" default:"dx"`
			Words string `query:"q" maxLength:"40" doc:"编码开头或名称里的字"`
		}) (*api.Body[[]casemix.Code], error) {
			s, err := g.chosen()
			if err != nil {
				return nil, err
			}
			out := []casemix.Code{}
			if s.Grouping.Scheme != nil {
				out = s.Grouping.Scheme.Find(in.Kind == "proc", in.Words, 30)
			}
			return &api.Body[[]casemix.Code]{Body: out}, nil
		})
	api.Add(g.API, op("casemix-group", http.MethodPost, "/api/casemix/group", "手工分组：入哪一组、为什么、改什么会变", 422), look, g.group)
}

func byName(s *mix.Setup, mode string) string {
	if mode == "DRG" && s.Grouping.Scheme != nil {
		return s.Grouping.Scheme.String()
	}
	return "病种目录"
}

// rateOf an insurance type: fixed, or the reference that stands for a floating one; 0 when neither is known.
func rateOf(i *pay.Insured) pay.Decimal {
	switch {
	case i.Rate != nil:
		return *i.Rate
	case i.Reference != nil:
		return *i.Reference
	}
	return 0
}

func given(n *int32) int32 {
	if n == nil {
		return casemix.None
	}
	return *n
}

func (g *group) group(_ context.Context, in *benchIn) (*api.Body[benchOut], error) {
	s, err := g.chosen()
	if err != nil {
		return nil, err
	}
	b := &in.Body
	ins := s.Params.Insurance[b.Insutype]
	if ins == nil {
		return nil, &wrong{"险种 " + b.Insutype + " 没有付费参数"}
	}
	c := casemix.Case{ID: "手工", Sex: b.Sex, Age: given(b.Age), AgeDays: given(b.AgeDays), Weight: given(b.Weight), LOS: given(b.LOS), ICUHours: given(b.ICU), Discharge: b.Discharge,
		Dept: b.Dept, NewTech: b.NewTech, Dx: b.Dx, Proc: b.Proc}
	x := area.Input{Case: c, Level: b.Level, Insutype: b.Insutype, Cost: pay.Fen(b.Cost), Fund: pay.Fen(b.Cost)}
	out := benchOut{Mode: ins.Mode, Scheme: byName(s, ins.Mode), Rate: int64(rateOf(ins)), Steps: []casemix.Step{}, Changes: []changeOut{}, Dx: []coded{}, Proc: []coded{}}
	title := func(proc bool, code string) string {
		if s.Grouping.Scheme == nil {
			return ""
		}
		return s.Grouping.Scheme.Title(proc, code)
	}
	for _, d := range b.Dx {
		out.Dx = append(out.Dx, coded{d, title(false, d)})
	}
	for _, p := range b.Proc {
		out.Proc = append(out.Proc, coded{p, title(true, p)})
	}
	if ins.Mode == "DIP" {
		r := s.Grouping.Catalogue.Group(&dip.Case{Case: c, Cost: pay.Fen(b.Cost), Level: b.Level})
		out.Status = r.Status()
		for _, t := range r.Trace {
			out.Steps = append(out.Steps, casemix.Step{Kind: "病种", Text: t})
		}
		for _, ch := range dipChanges(s.Grouping.Catalogue, c, b.Cost, b.Level, &r) {
			ch.Title = title(ch.Kind == "去掉手术", ch.Code)
			out.Changes = append(out.Changes, ch)
		}
	} else {
		gr := s.Grouping.Scheme.NewGrouper()
		r, t := gr.Explain(&c, false, true)
		out.Status, out.MDC, out.ADRG = r.String(), r.MDC, r.ADRG
		out.Steps = append(out.Steps, t.Steps...)
		if r.Status != casemix.BadData {
			for _, ch := range gr.Changes(&c) {
				out.Changes = append(out.Changes, changeOut{ch.Kind, ch.Code, title(ch.Kind == "去掉手术", ch.Code), ch.To.DRG, ch.To.Name, int64(s.Grouping.Weights[ch.To.DRG].Weight)})
			}
		}
	}
	var gr *casemix.Grouper
	if s.Grouping.Scheme != nil {
		gr = s.Grouping.Scheme.NewGrouper()
	}
	st := s.Grouping.Stay(gr, ins.Mode, &x)
	out.Group, out.Name, out.Weight, out.Mean = st.Group, st.Name, int64(st.Weight), int64(st.Mean)
	if rate := rateOf(ins); rate > 0 && st.Group != "" && st.Weight > 0 {
		p := ins.Price(&st.Stay, rate, rate)
		out.Standard = int64(p.Standard)
		if b.Cost > 0 {
			out.Way, out.Formula = p.Way, p.Text
		}
	}
	return &api.Body[benchOut]{Body: out}, nil
}

// wrong is a refusal for what was sent.
type wrong struct{ says string }

func (e *wrong) Error() string { return e.says }

// dipChanges regroups the case without each code and with each other diagnosis as the principal one.
func dipChanges(c *dip.Catalogue, k casemix.Case, cost int64, level string, was *dip.Result) []changeOut {
	var out []changeOut
	if was.Problem != nil {
		return out
	}
	try := func(kind, code string, x casemix.Case) {
		r := c.Group(&dip.Case{Case: x, Cost: pay.Fen(cost), Level: level})
		if r.Problem != nil || (r.Row == was.Row && r.Aux == was.Aux) {
			return
		}
		ch := changeOut{Kind: kind, Code: code, Group: "无法入组"}
		if r.Row != nil {
			ch.Group, ch.Name, ch.Weight = r.Row.Code, r.Row.Name, int64(r.Score)
		}
		out = append(out, ch)
	}
	without := func(list []string, i int) []string { return append(append([]string{}, list[:i]...), list[i+1:]...) }
	for i := 1; i < len(k.Dx); i++ {
		x := k
		x.Dx = without(k.Dx, i)
		try("去掉诊断", k.Dx[i], x)
		x.Dx = append([]string{k.Dx[i]}, x.Dx...)
		try("改主要诊断", k.Dx[i], x)
	}
	for i := range k.Proc {
		x := k
		x.Proc = without(k.Proc, i)
		try("去掉手术", k.Proc[i], x)
	}
	return out
}
