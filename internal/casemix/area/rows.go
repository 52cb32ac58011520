package area

import (
	"maps"
	"slices"
	"strconv"

	"github.com/mingjian/mingjian/internal/casemix/pay"
)

func (r *Run) types() []string { return slices.Sorted(maps.Keys(r.Insured)) }

// PaymentRows are the stays with their payments, heading first.
func (r *Run) PaymentRows() [][]string {
	out := [][]string{{"insutype", "month", "fixmedins_code", "case_id", "status", "group", "group_name", "weight", "aux", "medfee_sumamt", "item_fund", "way", "standard",
		"gross", "payable", "formula"}}
	for _, k := range r.types() {
		x := r.Insured[k]
		for i := range x.Priced {
			p, g := &x.Priced[i], &x.Stays[i]
			out = append(out, []string{k, p.Month, p.Inst, p.ID, g.Status, p.Stay.Group, p.Name, p.Weight.String(), g.Aux, p.Cost.String(), p.Fund.String(), p.Way,
				p.Standard.String(), p.Gross.String(), p.Payable.String(), p.Text})
		}
	}
	return out
}

// MonthRows are the monthly pre-payments.
func (r *Run) MonthRows() [][]string {
	out := [][]string{{"insutype", "fixmedins_code", "month", "stays", "medfee_sumamt", "item_fund", "payable", "base", "deposit", "paid"}}
	for _, k := range r.types() {
		for _, a := range r.Insured[k].Accounts {
			for _, m := range a.Months {
				out = append(out, []string{k, a.Inst, m.Month, strconv.Itoa(m.Stays), m.Cost.String(), m.Declared.String(), m.Payable.String(), m.Base.String(),
					m.Deposit.String(), m.Paid.String()})
			}
		}
	}
	return out
}

// AccountRows are the year's clearings.
func (r *Run) AccountRows() [][]string {
	out := [][]string{{"insutype", "fixmedins_code", "stays", "medfee_sumamt", "item_fund", "payable", "pay_ratio", "retained", "shared", "settled", "paid", "advance",
		"deposit", "score", "forfeited", "due"}}
	for _, k := range r.types() {
		for _, a := range r.Insured[k].Accounts {
			out = append(out, []string{k, a.Inst, strconv.Itoa(a.Stays), a.Cost.String(), a.Declared.String(), a.Payable.String(), a.Ratio.String(), a.Retained.String(),
				a.Shared.String(), a.Settled.String(), a.Paid.String(), a.Advance.String(), a.Deposit.String(), strconv.Itoa(a.Score), a.Forfeited.String(), a.Due.String()})
		}
	}
	return out
}

// Sum is a run in short, for machines.
type Sum struct {
	Insutype string         `json:"insutype"`
	Mode     string         `json:"mode"`
	Stays    int            `json:"stays"`
	Rate     pay.Decimal    `json:"rate"`
	Residue  pay.Fen        `json:"residue"`
	Declared pay.Fen        `json:"item_fund"`
	Payable  pay.Fen        `json:"payable"`
	Settled  pay.Fen        `json:"settled"`
	Ways     map[string]int `json:"ways"`
	Accounts []pay.Account  `json:"accounts"`
	Mixes    []Mix          `json:"case_mix"`
}

// Summary of every insurance type.
func (r *Run) Summary() []Sum {
	out := []Sum{}
	for _, k := range r.types() {
		x := r.Insured[k]
		s := Sum{Insutype: k, Mode: r.Params.Insurance[k].Mode, Stays: len(x.Stays), Rate: x.Rate.Value, Residue: x.Rate.Residue, Ways: map[string]int{},
			Accounts: x.Accounts, Mixes: x.Mixes()}
		for i := range x.Priced {
			s.Ways[x.Priced[i].Way]++
		}
		for _, a := range x.Accounts {
			s.Declared += a.Declared
			s.Payable += a.Payable
			s.Settled += a.Settled
		}
		out = append(out, s)
	}
	return out
}
