// Package board makes the figures that the console shows of a year of case groups: case mix and consumption of hospitals,
// budget and 结付率 with forecast, the stays of a hospital with their groups and payments. A command makes them; they lie in
// the data directory, a file for the area and one for each hospital, so that who may see one hospital reads no other's.
//
// It computes nothing that area and pay do not, judges nothing and knows neither the store nor HTTP. Money is fen, shares and
// weights are 1/1 000 000.
package board

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/mingjian/mingjian/internal/casemix/area"
	"github.com/mingjian/mingjian/internal/casemix/pay"
)

// Place is a hospital.
type Place struct {
	Inst  string `json:"fixmedins_code"`
	Name  string `json:"fixmedins_name"`
	Area  string `json:"admdvs"`
	Level string `json:"hosp_lv"`
}

// Year of an area.
type Year struct {
	Year     int       `json:"year"`
	Through  string    `json:"through" doc:"有结算的最后一个月"`
	MadeAt   string    `json:"made_at"`
	Setup    string    `json:"setup" doc:"方案和参数的编号"`
	Params   string    `json:"params" doc:"参数名称"`
	Sample   bool      `json:"sample" doc:"自带的示例，不能用来付费"`
	Snapshot string    `json:"snapshot"`
	Left     int       `json:"left" doc:"险种没有参数，没有算的例数"`
	LeftOf   []Left    `json:"left_of" doc:"没有算的，按险种"`
	Insured  []Insured `json:"insured"`
	Places   []Place   `json:"places"`
	Cases    []Cases   `json:"cases"`
}

// Left are the stays of an insurance type that has no parameters.
type Left struct {
	Insutype string `json:"insutype" doc:"空为就诊没有写险种"`
	Stays    int    `json:"stays"`
}

// Cases are the stays of a hospital that were settled in a month under one way of paying.
type Cases struct {
	Inst     string `json:"fixmedins_code"`
	Area     string `json:"admdvs"`
	Month    string `json:"month"`
	Mode     string `json:"mode" doc:"DRG 或 DIP；空为险种没有参数，不按病组付费"`
	Stays    int    `json:"stays"`
	Grouped  int    `json:"grouped" doc:"入了组，歧义组不算"`
	Declared int64  `json:"declared"`
	Payable  int64  `json:"payable"`
}

// Insured is one insurance type.
type Insured struct {
	Insutype string `json:"insutype"`
	Mode     string `json:"mode" doc:"DRG 或 DIP"`
	Rate     int64  `json:"rate" doc:"费率或点值，元的百万分之一"`
	Floating bool   `json:"floating"`
	Stays    int    `json:"stays"`
	Lines    []Line `json:"lines" doc:"第一条是全区，其后各机构"`
	Mixes    []Mix  `json:"mixes"`
}

// Line is how the area or a hospital stands: against its budget, against time, and at the clearing.
type Line struct {
	Inst     string   `json:"fixmedins_code" doc:"空为全区"`
	Budget   int64    `json:"budget" doc:"0 为没有下达"`
	Payable  int64    `json:"payable"`
	Declared int64    `json:"declared" doc:"按项目统筹"`
	Ratio    int64    `json:"pay_ratio" doc:"结付率"`
	Spent    int64    `json:"spent" doc:"预算执行"`
	Time     int64    `json:"time" doc:"时间进度"`
	Forecast int64    `json:"forecast" doc:"预计全年应付"`
	RatioEnd int64    `json:"ratio_end" doc:"预计年底结付率"`
	Warnings []string `json:"warnings"`
	Months   []Month  `json:"months"`
	Retained int64    `json:"retained"`
	Shared   int64    `json:"shared"`
	Settled  int64    `json:"settled"`
	Paid     int64    `json:"paid"`
	Advance  int64    `json:"advance"`
	Deposit  int64    `json:"deposit"`
	Due      int64    `json:"due" doc:"应补，负数为应退"`

	Score     int      `json:"score" doc:"年度考核得分；全区为 0"`
	Forfeited int64    `json:"forfeited" doc:"按考核不返还的质保金"`
	Clearing  []string `json:"clearing" doc:"清算的算式，一步一句"`
}

// Month of a line.
type Month struct {
	Month    string `json:"month"`
	Stays    int    `json:"stays"`
	Cost     int64  `json:"cost"`
	Declared int64  `json:"declared"`
	Payable  int64  `json:"payable"`
	Base     int64  `json:"base" doc:"预结基数：按项目统筹 × 预结比例与病组应付中的小者"`
	Deposit  int64  `json:"deposit" doc:"扣下的质保金"`
	Paid     int64  `json:"paid" doc:"当月拨付"`
}

// Mix is the case mix of a hospital.
type Mix struct {
	Inst      string   `json:"fixmedins_code"`
	Stays     int      `json:"stays"`
	Grouped   int      `json:"grouped"`
	Groups    int      `json:"groups"`
	Ambiguous int      `json:"ambiguous"`
	Ungrouped int      `json:"ungrouped"`
	High      int      `json:"high"`
	Low       int      `json:"low"`
	CMI       int64    `json:"cmi"`
	CostIndex int64    `json:"cost_index" doc:"费用消耗指数"`
	TimeIndex int64    `json:"time_index" doc:"时间消耗指数"`
	PayRatio  int64    `json:"pay_ratio"`
	ByMonth   []MixCMI `json:"by_month"`
}

// MixCMI is a month of a case mix.
type MixCMI struct {
	Month   string `json:"month"`
	Grouped int    `json:"grouped"`
	CMI     int64  `json:"cmi"`
}

// Hospital is what lies in a hospital's own file.
type Hospital struct {
	Place
	Insured []HospitalInsured `json:"insured"`
}

// HospitalInsured is one insurance type of a hospital.
type HospitalInsured struct {
	Insutype string  `json:"insutype"`
	Mode     string  `json:"mode"`
	Groups   []Group `json:"groups" doc:"从例数多到少"`
	Stays    []Stay  `json:"stays"`
}

// Group of a hospital beside the area's.
type Group struct {
	Code      string `json:"group"`
	Name      string `json:"name"`
	Stays     int    `json:"stays"`
	Weight    int64  `json:"weight"`
	Cost      int64  `json:"mean_cost"`
	AreaCost  int64  `json:"area_cost"`
	Days      int64  `json:"mean_days" doc:"百万分之一天"`
	AreaDays  int64  `json:"area_days"`
	AreaStays int    `json:"area_stays"`
	Declared  int64  `json:"declared"`
	Payable   int64  `json:"payable"`
	High      int    `json:"high"`
	Low       int    `json:"low"`
}

// Stay of a hospital, grouped and priced.
type Stay struct {
	ID       string `json:"mdtrt_id"`
	Month    string `json:"month"`
	Group    string `json:"group"`
	Name     string `json:"name"`
	Status   string `json:"status"`
	Way      string `json:"way"`
	Cost     int64  `json:"cost"`
	Fund     int64  `json:"fund" doc:"按项目统筹"`
	Standard int64  `json:"standard"`
	Payable  int64  `json:"payable"`
	LOS      int32  `json:"los"`
}

// Make the figures of a run. places tells names and divisions.
func Make(run *area.Run, places map[string]Place) (*Year, map[string]*Hospital) {
	y := &Year{Year: run.Params.Year, MadeAt: time.Now().UTC().Format(time.RFC3339), Params: run.Params.Name, LeftOf: []Left{}, Insured: []Insured{}, Places: []Place{}, Cases: cases(run, places)}
	hs := map[string]*Hospital{}
	for _, k := range slices.Sorted(maps.Keys(run.Left)) {
		y.Left += run.Left[k]
		y.LeftOf = append(y.LeftOf, Left{k, run.Left[k]})
	}
	for _, k := range types(run) {
		for _, p := range run.Insured[k].Priced {
			y.Through = max(y.Through, p.Month)
		}
	}
	for _, k := range types(run) {
		r := run.Insured[k]
		x := Insured{Insutype: k, Mode: run.Params.Insurance[k].Mode, Rate: int64(r.Rate.Value), Floating: r.Rate.Floating, Stays: len(r.Stays)}
		x.Lines = lines(run.Params.Insurance[k], k, r, y.Through)
		x.Mixes = mixes(r)
		y.Insured = append(y.Insured, x)
		hospitals(hs, places, k, x.Mode, r)
	}
	for _, h := range hs {
		y.Places = append(y.Places, h.Place)
	}
	slices.SortFunc(y.Places, func(a, b Place) int { return cmp.Compare(a.Inst, b.Inst) })
	return y, hs
}

// cases counts all stays of a run, those too that no group pays.
func cases(run *area.Run, places map[string]Place) []Cases {
	type key struct {
		at   area.Spot
		mode string
	}
	by := map[key]*Cases{}
	of := func(at area.Spot, mode string) *Cases {
		k := key{at, mode}
		if by[k] == nil {
			by[k] = &Cases{Inst: at.Inst, Area: places[at.Inst].Area, Month: at.Month, Mode: mode}
		}
		return by[k]
	}
	for k, r := range run.Insured {
		for i := range r.Priced {
			p := &r.Priced[i]
			c := of(area.Spot{Inst: p.Inst, Month: p.Month}, run.Params.Insurance[k].Mode)
			c.Stays, c.Declared, c.Payable = c.Stays+1, c.Declared+int64(p.Fund), c.Payable+int64(p.Payable)
			if p.Stay.Group != "" && !p.Ambiguous {
				c.Grouped++
			}
		}
	}
	for at, n := range run.LeftAt {
		of(at, "").Stays += n
	}
	out := make([]Cases, 0, len(by))
	for _, c := range by {
		out = append(out, *c)
	}
	slices.SortFunc(out, func(a, b Cases) int {
		return cmp.Or(cmp.Compare(a.Month, b.Month), cmp.Compare(a.Inst, b.Inst), cmp.Compare(a.Mode, b.Mode))
	})
	return out
}

func types(run *area.Run) []string {
	var out []string
	for k := range run.Insured {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

func lines(ins *pay.Insured, k string, r *area.Result, through string) []Line {
	accounts := map[string]*pay.Account{}
	for i := range r.Accounts {
		accounts[r.Accounts[i].Inst] = &r.Accounts[i]
	}
	var out []Line
	sums := map[string]*Month{}
	for _, l := range ins.Progress(k, r.Accounts, through) {
		x := Line{Inst: l.Inst, Budget: int64(l.Budget), Payable: int64(l.Payable), Declared: int64(l.Declared), Ratio: int64(l.Ratio), Spent: int64(l.Spent), Time: int64(l.Time),
			Forecast: int64(l.Forecast), RatioEnd: int64(l.RatioEnd), Warnings: append([]string{}, l.Warnings...), Months: []Month{}, Clearing: []string{}}
		if a := accounts[l.Inst]; a != nil {
			x.Retained, x.Shared, x.Settled, x.Paid = int64(a.Retained), int64(a.Shared), int64(a.Settled), int64(a.Paid)
			x.Advance, x.Deposit, x.Due = int64(a.Advance), int64(a.Deposit), int64(a.Due)
			x.Score, x.Forfeited, x.Clearing = a.Score, int64(a.Forfeited), append(x.Clearing, a.Text...)
			for _, m := range a.Months {
				y := Month{m.Month, m.Stays, int64(m.Cost), int64(m.Declared), int64(m.Payable), int64(m.Base), int64(m.Deposit), int64(m.Paid)}
				x.Months = append(x.Months, y)
				if sums[y.Month] == nil {
					sums[y.Month] = &Month{Month: y.Month}
				}
				s := sums[y.Month]
				s.Stays, s.Cost, s.Declared, s.Payable, s.Paid = s.Stays+y.Stays, s.Cost+y.Cost, s.Declared+y.Declared, s.Payable+y.Payable, s.Paid+y.Paid
				s.Base, s.Deposit = s.Base+y.Base, s.Deposit+y.Deposit
			}
		}
		out = append(out, x)
	}
	if len(out) == 0 {
		return []Line{}
	}
	whole := &out[0]
	for _, m := range sums {
		whole.Months = append(whole.Months, *m)
	}
	slices.SortFunc(whole.Months, func(a, b Month) int { return cmp.Compare(a.Month, b.Month) })
	for i := range out[1:] {
		l := &out[1+i]
		whole.Retained, whole.Shared, whole.Settled, whole.Paid = whole.Retained+l.Retained, whole.Shared+l.Shared, whole.Settled+l.Settled, whole.Paid+l.Paid
		whole.Advance, whole.Deposit, whole.Due = whole.Advance+l.Advance, whole.Deposit+l.Deposit, whole.Due+l.Due
		whole.Forfeited += l.Forfeited
	}
	return out
}

func mixes(r *area.Result) []Mix {
	type key struct{ inst, month string }
	weight, n := map[key]int64{}, map[key]int{}
	for i := range r.Priced {
		if p := &r.Priced[i]; p.Stay.Group != "" && !p.Ambiguous {
			k := key{p.Inst, p.Month}
			weight[k] += int64(p.Weight)
			n[k]++
		}
	}
	out := []Mix{}
	for _, m := range r.Mixes() {
		x := Mix{Inst: m.Inst, Stays: m.Stays, Grouped: m.Grouped, Groups: m.Groups, Ambiguous: m.Ambiguous, Ungrouped: m.Ungrouped, High: m.High, Low: m.Low, CMI: int64(m.CMI),
			CostIndex: int64(m.CostIndex), TimeIndex: int64(m.TimeIndex), PayRatio: int64(m.PayRatio), ByMonth: []MixCMI{}}
		for k, c := range n {
			if k.inst == m.Inst {
				x.ByMonth = append(x.ByMonth, MixCMI{k.month, c, int64(pay.Ratio(weight[k], int64(c)*int64(pay.One)))})
			}
		}
		slices.SortFunc(x.ByMonth, func(a, b MixCMI) int { return cmp.Compare(a.Month, b.Month) })
		out = append(out, x)
	}
	return out
}

func hospitals(hs map[string]*Hospital, places map[string]Place, k, mode string, r *area.Result) {
	type sum struct{ n, cost, days int64 }
	whole := map[string]*sum{}
	own := map[string]map[string]*Group{}
	days := map[string]map[string]int64{}
	stays := map[string][]Stay{}
	level := map[string]string{} // as stays have it: 3, 2, 1
	for i := range r.Priced {
		p := &r.Priced[i]
		level[p.Inst] = p.Level
		stays[p.Inst] = append(stays[p.Inst], Stay{ID: p.ID, Month: p.Month, Group: p.Stay.Group, Name: p.Name, Status: r.Stays[i].Status, Way: p.Way, Cost: int64(p.Cost), Fund: int64(p.Fund),
			Standard: int64(p.Standard), Payable: int64(p.Payable), LOS: p.LOS})
		if p.Stay.Group == "" || p.Ambiguous {
			continue
		}
		if whole[p.Stay.Group] == nil {
			whole[p.Stay.Group] = &sum{}
		}
		if own[p.Inst] == nil {
			own[p.Inst], days[p.Inst] = map[string]*Group{}, map[string]int64{}
		}
		g := own[p.Inst][p.Stay.Group]
		if g == nil {
			g = &Group{Code: p.Stay.Group, Name: p.Name, Weight: int64(p.Weight)}
			own[p.Inst][p.Stay.Group] = g
		}
		w := whole[p.Stay.Group]
		w.n, w.cost, w.days = w.n+1, w.cost+int64(p.Cost), w.days+int64(p.LOS)
		g.Stays, g.Cost, g.Declared, g.Payable = g.Stays+1, g.Cost+int64(p.Cost), g.Declared+int64(p.Fund), g.Payable+int64(p.Payable)
		days[p.Inst][p.Stay.Group] += int64(p.LOS)
		switch p.Way {
		case pay.ByHigh:
			g.High++
		case pay.ByLow:
			g.Low++
		}
	}
	for inst, list := range stays {
		h := hs[inst]
		if h == nil {
			h = &Hospital{Place: places[inst]}
			h.Inst, h.Level = inst, level[inst]
			hs[inst] = h
		}
		x := HospitalInsured{Insutype: k, Mode: mode, Groups: []Group{}, Stays: list}
		for code, g := range own[inst] {
			w, n := whole[code], int64(g.Stays)
			g.Cost, g.AreaCost, g.AreaStays = (2*g.Cost+n)/(2*n), (2*w.cost+w.n)/(2*w.n), int(w.n)
			g.Days, g.AreaDays = int64(pay.Ratio(days[inst][code], n)), int64(pay.Ratio(w.days, w.n))
			x.Groups = append(x.Groups, *g)
		}
		slices.SortFunc(x.Groups, func(a, b Group) int { return cmp.Or(cmp.Compare(b.Stays, a.Stays), cmp.Compare(a.Code, b.Code)) })
		h.Insured = append(h.Insured, x)
	}
}
