package area

import (
	"cmp"
	"maps"
	"math/big"
	"slices"

	"github.com/mingjian/mingjian/internal/casemix/pay"
)

// Mix is the case mix of one hospital: what its page shows.
type Mix struct {
	Inst      string      `json:"fixmedins_code"`
	Stays     int         `json:"stays"`
	Grouped   int         `json:"grouped"`
	Groups    int         `json:"groups"`     // different groups
	CMI       pay.Decimal `json:"cmi"`        // Σ weight ÷ grouped stays
	CostIndex pay.Decimal `json:"cost_index"` // 费用消耗指数: mean over groups of own ÷ area cost, weighted by stays
	TimeIndex pay.Decimal `json:"time_index"` // 时间消耗指数
	Ambiguous int         `json:"qy"`
	Ungrouped int         `json:"ungrouped"`
	High      int         `json:"high"`
	Low       int         `json:"low"`
	PayRatio  pay.Decimal `json:"pay_ratio"` // 结付率
}

// Mixes of all hospitals of an insurance type. The consumption indices compare each group's cost (days) at the hospital
// with the same group's in the area, weighted by the hospital's stays in it; 1 = as the area.
func (r *Result) Mixes() []Mix {
	type sum struct {
		n, cost, days int64
	}
	area := map[string]*sum{}
	type key struct{ inst, group string }
	own := map[key]*sum{}
	mix := map[string]*Mix{}
	weights := map[string]int64{}
	declared, payable := map[string]pay.Fen{}, map[string]pay.Fen{}
	for i := range r.Priced {
		p := &r.Priced[i]
		m := mix[p.Inst]
		if m == nil {
			m = &Mix{Inst: p.Inst}
			mix[p.Inst] = m
		}
		m.Stays++
		declared[p.Inst] += p.Fund
		payable[p.Inst] += p.Payable
		switch {
		case p.Stay.Group == "":
			m.Ungrouped++
			continue
		case p.Ambiguous:
			m.Ambiguous++
			continue
		}
		switch p.Way {
		case pay.ByHigh:
			m.High++
		case pay.ByLow:
			m.Low++
		}
		m.Grouped++
		weights[p.Inst] += int64(p.Weight)
		k := key{p.Inst, p.Stay.Group}
		if own[k] == nil {
			own[k] = &sum{}
			m.Groups++
		}
		if area[p.Stay.Group] == nil {
			area[p.Stay.Group] = &sum{}
		}
		for _, s := range []*sum{own[k], area[p.Stay.Group]} {
			s.n++
			s.cost += int64(p.Cost)
			s.days += int64(p.LOS)
		}
	}
	out := make([]Mix, 0, len(mix))
	for _, inst := range slices.Sorted(maps.Keys(mix)) {
		m := mix[inst]
		m.PayRatio = pay.Ratio(int64(payable[inst]), int64(declared[inst]))
		if m.Grouped > 0 {
			m.CMI = pay.Ratio(weights[inst], int64(m.Grouped)*int64(pay.One))
			cost, days := new(big.Rat), new(big.Rat)
			for k, s := range own {
				if k.inst != inst {
					continue
				}
				a := area[k.group]
				// stays × (own mean ÷ area mean) = own sum × area stays ÷ area sum
				if a.cost > 0 {
					cost.Add(cost, new(big.Rat).Mul(big.NewRat(s.cost, 1), big.NewRat(a.n, a.cost)))
				}
				if a.days > 0 {
					days.Add(days, new(big.Rat).Mul(big.NewRat(s.days, 1), big.NewRat(a.n, a.days)))
				}
			}
			m.CostIndex, m.TimeIndex = perStay(cost, m.Grouped), perStay(days, m.Grouped)
		}
		out = append(out, *m)
	}
	return out
}

func perStay(sum *big.Rat, n int) pay.Decimal {
	sum.Mul(sum, big.NewRat(int64(pay.One), int64(n)))
	return pay.Decimal(pay.Round(sum))
}

// Shift is what a hospital would have got with other parameters.
type Shift struct {
	Inst     string  `json:"fixmedins_code"`
	Insutype string  `json:"insutype"`
	Was      pay.Fen `json:"was"`     // payable by group
	Would    pay.Fen `json:"would"`   // payable by group
	Settled  pay.Fen `json:"settled"` // the year's clearing
	Become   pay.Fen `json:"become"`  // the year's clearing
}

// Compare sets two runs over the same stays beside each other, by insurance type and hospital.
func Compare(was, would *Run) []Shift {
	type key struct{ insu, inst string }
	all := map[key]*Shift{}
	at := func(insu, inst string) *Shift {
		k := key{insu, inst}
		if all[k] == nil {
			all[k] = &Shift{Inst: inst, Insutype: insu}
		}
		return all[k]
	}
	for insu, r := range was.Insured {
		for _, a := range r.Accounts {
			s := at(insu, a.Inst)
			s.Was, s.Settled = a.Payable, a.Settled
		}
	}
	for insu, r := range would.Insured {
		for _, a := range r.Accounts {
			s := at(insu, a.Inst)
			s.Would, s.Become = a.Payable, a.Settled
		}
	}
	out := make([]Shift, 0, len(all))
	for _, s := range all {
		out = append(out, *s)
	}
	slices.SortFunc(out, func(a, b Shift) int { return cmp.Or(cmp.Compare(a.Insutype, b.Insutype), cmp.Compare(a.Inst, b.Inst)) })
	return out
}
