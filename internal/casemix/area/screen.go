package area

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/mingjian/mingjian/internal/casemix/pay"
)

// Hint is something for a person to look at; none of them accuses anybody. Difference is what the fund would have paid
// less had the stay been grouped as said (the payment difference), 0 where there is no such group.
type Hint struct {
	Rule       string  `json:"rule_id"`
	Insutype   string  `json:"insutype"`
	Inst       string  `json:"fixmedins_code"`
	Case       string  `json:"mdtrt_id"` // "" = about the hospital
	Text       string  `json:"text"`
	Difference pay.Fen `json:"difference"`
}

// Bounds of screening, per area.
type Bounds struct {
	Ungrouped pay.Decimal // share of QY and ungrouped stays
	Low, High pay.Decimal // 结付率
	Index     pay.Decimal // distance of a consumption index from 1
	MinStays  int         // hospitals with fewer are not compared
}

// Usual are the bounds of the national catalogue of rules.
func Usual() Bounds {
	return Bounds{Ungrouped: 20_000, Low: 850_000, High: 1_150_000, Index: 500_000, MinStays: 30}
}

// Screen looks for high and low outliers (R001, R002), groups that hang on one complication (R004) or on the choice of
// the principal diagnosis (R003), and hospitals with odd rates (R007, R016, R020).
func (r *Run) Screen(g *Grouping, inputs []Input, b Bounds) []Hint {
	byID := make(map[string]*Input, len(inputs))
	for i := range inputs {
		byID[inputs[i].ID] = &inputs[i]
	}
	out := []Hint{}
	for _, k := range r.types() {
		x, ins := r.Insured[k], r.Params.Insurance[k]
		for i := range x.Priced {
			p := &x.Priced[i]
			switch p.Way {
			case pay.ByHigh:
				out = append(out, Hint{"R001", k, p.Inst, p.ID, fmt.Sprintf("%s 费用 %s，标准 %s", p.Stay.Group, p.Cost, p.Standard), 0})
			case pay.ByLow:
				out = append(out, Hint{"R002", k, p.Inst, p.ID, fmt.Sprintf("%s 费用 %s，标准 %s", p.Stay.Group, p.Cost, p.Standard), 0})
			}
			if in := byID[p.ID]; in != nil && ins.Mode == "DRG" && g.Scheme != nil && p.Stay.Group != "" {
				out = append(out, g.hangs(k, ins, in, p, x.Rate.Value)...)
			}
		}
		for _, m := range x.Mixes() {
			out = append(out, b.hospital(k, &m)...)
		}
	}
	slices.SortStableFunc(out, func(a, b Hint) int {
		return cmp.Or(cmp.Compare(a.Rule, b.Rule), cmp.Compare(b.Difference, a.Difference), cmp.Compare(a.Inst, b.Inst), cmp.Compare(a.Case, b.Case))
	})
	return out
}

// hangs finds what a stay's group hangs on: a single complication without which it is a cheaper group of the same ADRG,
// or the principal diagnosis, where another diagnosis of the stay in its place gives a weight lower by 0.3 of it or more.
func (g *Grouping) hangs(insutype string, ins *pay.Insured, in *Input, p *pay.Priced, rate pay.Decimal) []Hint {
	gr := g.Scheme.NewGrouper()
	was := gr.Group(&in.Case)
	less := func(drg string) (pay.Decimal, pay.Fen) {
		s := p.Stay
		s.Group, s.Weight, s.Special = drg, g.Weights[drg].Weight, nil
		return s.Weight, p.Payable - ins.Price(&s, rate, rate).Payable
	}
	var cc, pdx []Hint
	for _, ch := range gr.Changes(&in.Case) {
		w, diff := less(ch.To.DRG)
		if w == 0 || w >= p.Weight || diff <= 0 {
			continue
		}
		switch {
		case ch.Kind == "去掉诊断" && ch.To.ADRG == was.ADRG:
			cc = append(cc, Hint{"R004", insutype, p.Inst, p.ID, fmt.Sprintf("只凭 %s 入 %s，没有它入 %s：看病历里有没有它的诊疗", ch.Code, p.Stay.Group, ch.To.DRG), diff})
		case ch.Kind == "改主要诊断" && (p.Weight-w)*10 >= p.Weight*3:
			pdx = append(pdx, Hint{"R003", insutype, p.Inst, p.ID, fmt.Sprintf("以 %s 为主要诊断入 %s，以 %s 为主要诊断入 %s：看病历以哪个为主", in.Dx[0], p.Stay.Group, ch.Code, ch.To.DRG), diff})
		}
	}
	slices.SortStableFunc(pdx, func(a, b Hint) int { return cmp.Compare(b.Difference, a.Difference) })
	return append(cc, pdx[:min(1, len(pdx))]...)
}

// hospital compares one hospital's rates with the bounds.
func (b *Bounds) hospital(insutype string, m *Mix) []Hint {
	if m.Stays < b.MinStays {
		return nil
	}
	var out []Hint
	add := func(rule, format string, a ...any) {
		out = append(out, Hint{rule, insutype, m.Inst, "", fmt.Sprintf(format, a...), 0})
	}
	if s := pay.Ratio(int64(m.Ambiguous+m.Ungrouped), int64(m.Stays)); s > b.Ungrouped {
		add("R007", "歧义 %d 例、未入组 %d 例，占 %s", m.Ambiguous, m.Ungrouped, s.Percent())
	}
	if m.PayRatio < b.Low || m.PayRatio > b.High {
		add("R016", "结付率 %s", m.PayRatio.Percent())
	}
	for name, v := range map[string]pay.Decimal{"费用消耗指数": m.CostIndex, "时间消耗指数": m.TimeIndex} {
		if m.Grouped >= b.MinStays && (v-pay.One > b.Index || pay.One-v > b.Index) {
			add("R020", "%s %s", name, v)
		}
	}
	slices.SortFunc(out, func(x, y Hint) int { return cmp.Compare(x.Rule+x.Text, y.Rule+y.Text) })
	return out
}
