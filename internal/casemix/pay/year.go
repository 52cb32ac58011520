package pay

import (
	"cmp"
	"fmt"
	"maps"
	"math/big"
	"slices"
)

// Priced is a stay with its payment.
type Priced struct {
	Stay
	Payment
}

// Rate of an insurance type over a set of stays.
type Rate struct {
	Value    Decimal // yuan per weight or point
	Floating bool
	Total    Fen     // distributable budget, when floating
	Fixed    Fen     // of it what is paid otherwise than by the rate
	Patients Fen     // patients' part of the stays paid by the rate
	Units    Decimal // Σ weight × coefficient
	Residue  Fen     // of the budget that rounding left over (negative: half a fen a stay at most, paid beyond it)
}

// PriceAll pays every stay of one insurance type. With a floating rate:
//
//	rate = (total + patients' part of stays paid by the rate − what is paid otherwise) ÷ Σ (weight × coefficient)
//
// rounded down to the unit; what rounding leaves is the residue: less than a unit's worth of the stays and half a fen each.
func (i *Insured) PriceAll(stays []Stay) ([]Priced, Rate) {
	r := Rate{}
	reference := Decimal(0)
	if i.Rate != nil {
		r.Value, reference = *i.Rate, *i.Rate
	} else {
		if i.Reference != nil {
			reference = *i.Reference
		}
		i.float(stays, reference, &r)
	}
	out := make([]Priced, len(stays))
	var paid Fen
	for n := range stays {
		out[n] = Priced{stays[n], i.Price(&stays[n], r.Value, reference)}
		paid += out[n].Payable
	}
	if r.Floating {
		r.Residue = r.Total - paid
	}
	return out, r
}

// float finds the floating rate. A stay whose standard is below the patient's own part is paid nothing, and so may not
// lower what is left for the others either: such stays are taken out and the rate found again, until there are none.
func (i *Insured) float(stays []Stay, reference Decimal, r *Rate) {
	r.Floating, r.Total = true, *i.Total
	type share struct {
		units   *big.Rat
		patient Fen // patients' part, with what the panel cut and without what is added to the standard
	}
	var by []share
	fixed := Fen(0)
	for n := range stays {
		s := &stays[n]
		p := i.Price(s, 0, reference)
		u := i.units(s)
		switch {
		case p.Way == ByGroup:
		case p.Way == ByDaySurg:
			u.Mul(u, big.NewRat(int64(*i.DaySurg), int64(One)))
		case p.Way == ByHigh: // at rate 0 only the extra is left of the gross
			by = append(by, share{u, s.patient() - p.Gross})
			continue
		case p.Way == BySpecial && s.Special.Times > 0 && p.Units > 0:
			u.Mul(u, big.NewRat(int64(s.Special.Times), int64(One)))
			by = append(by, share{u, s.patient() + s.Special.Cut})
			continue
		default:
			fixed += p.Payable
			continue
		}
		by = append(by, share{u, s.patient()})
	}
	r.Fixed = fixed
	out := make([]bool, len(by))
	for again := true; again; {
		again = false
		units, patients := new(big.Rat), Fen(0)
		for n := range by {
			if !out[n] {
				units.Add(units, by[n].units)
				patients += by[n].patient
			}
		}
		r.Patients, r.Value = patients, 0
		r.Units = Decimal(Round(new(big.Rat).Mul(units, new(big.Rat).SetInt64(int64(One)))))
		if left := r.Total + patients - fixed; units.Sign() > 0 && left > 0 {
			v := new(big.Rat).Quo(new(big.Rat).SetFrac64(int64(left), 100), units) // yuan per unit
			v.Mul(v, big.NewRat(int64(One), int64(*i.Unit)))
			r.Value = Decimal(new(big.Int).Quo(v.Num(), v.Denom()).Int64()) * *i.Unit
		}
		for n := range by {
			if !out[n] && fen(by[n].units, r.Value) < by[n].patient {
				out[n], again = true, true
			}
		}
	}
}

// MonthSum is what one hospital has in one month.
type MonthSum struct {
	Month    string `json:"month"`
	Stays    int    `json:"stays"`
	Cost     Fen    `json:"medfee_sumamt"`
	Declared Fen    `json:"item_fund"` // item-based fund charge
	Payable  Fen    `json:"payable"`   // by group
	Base     Fen    `json:"base"`      // what is paid on: min(declared × ratio, payable)
	Deposit  Fen    `json:"deposit"`   // withheld of it
	Paid     Fen    `json:"paid"`
}

// Account is the year of one hospital and insurance type. It balances: Settled = Σ Paid + Advance + Due + Forfeited.
type Account struct {
	Inst      string     `json:"fixmedins_code"`
	Insutype  string     `json:"insutype"`
	Months    []MonthSum `json:"months"`
	Stays     int        `json:"stays"`
	Cost      Fen        `json:"medfee_sumamt"`
	Declared  Fen        `json:"item_fund"`
	Payable   Fen        `json:"payable"`
	Ratio     Decimal    `json:"pay_ratio"` // 结付率 = payable ÷ declared
	Retained  Fen        `json:"retained"`  // 结余留用
	Shared    Fen        `json:"shared"`    // 超支分担: borne by the fund
	Settled   Fen        `json:"settled"`   // the year's payment before assessment
	Deposit   Fen        `json:"deposit"`   // withheld in the year
	Forfeited Fen        `json:"forfeited"` // of it, not returned by the assessment
	Advance   Fen        `json:"advance"`   // 预付金, cleared
	Paid      Fen        `json:"paid"`      // Σ monthly
	Due       Fen        `json:"due"`       // still to pay; negative: to be returned
	Score     int        `json:"score"`     // of the assessment
	Text      []string   `json:"text"`
}

// Year settles the priced stays of one insurance type. scores are the assessment points of hospitals, before those the parameters
// tell; a hospital without any has all.
func (i *Insured) Year(insutype string, priced []Priced, scores map[string]int) []Account {
	byInst := map[string]map[string]*MonthSum{}
	for n := range priced {
		p := &priced[n]
		if byInst[p.Inst] == nil {
			byInst[p.Inst] = map[string]*MonthSum{}
		}
		m := byInst[p.Inst][p.Month]
		if m == nil {
			m = &MonthSum{Month: p.Month}
			byInst[p.Inst][p.Month] = m
		}
		m.Stays++
		m.Cost += p.Cost
		m.Declared += p.Fund
		m.Payable += p.Payable
	}
	var out []Account
	for _, inst := range slices.Sorted(maps.Keys(byInst)) {
		a := Account{Inst: inst, Insutype: insutype, Advance: i.Month.Advances[inst], Score: i.Clear.Full}
		if s, ok := i.Clear.Scores[inst]; ok {
			a.Score = s
		}
		if s, ok := scores[inst]; ok {
			a.Score = s
		}
		for _, m := range byInst[inst] {
			m.Base = min(m.Declared.Product(i.Month.Ratio), m.Payable)
			m.Deposit = m.Base.Product(i.Month.Deposit)
			m.Paid = m.Base - m.Deposit
			a.Months = append(a.Months, *m)
		}
		slices.SortFunc(a.Months, func(x, y MonthSum) int { return cmp.Compare(x.Month, y.Month) })
		for _, m := range a.Months {
			a.Stays += m.Stays
			a.Cost += m.Cost
			a.Declared += m.Declared
			a.Payable += m.Payable
			a.Deposit += m.Deposit
			a.Paid += m.Paid
		}
		i.clear(&a)
		out = append(out, a)
	}
	return out
}

// clear is the year's clearing of one hospital.
func (i *Insured) clear(a *Account) {
	a.Ratio = Ratio(int64(a.Payable), int64(a.Declared))
	say := func(format string, v ...any) { a.Text = append(a.Text, fmt.Sprintf(format, v...)) }
	say("病组应付 %s，按项目统筹 %s，结付率 %s", a.Payable, a.Declared, a.Ratio.Percent())
	if d := a.Payable - a.Declared; d >= 0 {
		a.Retained = banded(d, a.Payable, i.Clear.Retain)
		a.Settled = a.Declared + a.Retained
		say("结余 %s，留用 %s，应清算 %s", d, a.Retained, a.Settled)
	} else {
		a.Shared = banded(-d, a.Payable, i.Clear.Share)
		a.Settled = a.Payable + a.Shared
		say("超支 %s，基金分担 %s，应清算 %s", -d, a.Shared, a.Settled)
	}
	score := min(max(a.Score, 0), i.Clear.Full)
	back := Fen(0)
	if i.Clear.Full > 0 {
		back = Round(big.NewRat(int64(a.Deposit)*int64(score), int64(i.Clear.Full)))
	}
	a.Forfeited = a.Deposit - back
	a.Due = a.Settled - a.Paid - a.Advance - a.Forfeited
	say("考核 %d 分，质保金 %s 返还 %s；已月付 %s，预付金 %s，清算应补（负为应退） %s", a.Score, a.Deposit, back, a.Paid, a.Advance, a.Due)
}

// banded applies tiers to an amount; the bands are shares of base. Without tiers nothing is retained or shared. Each
// band is rounded to the fen by itself, so that the sum is what the hospital can add up.
func banded(amount, base Fen, tiers []Tier) (sum Fen) {
	from := Fen(0)
	for _, t := range tiers {
		to := amount
		if t.UpTo != 0 {
			to = min(amount, base.Product(t.UpTo))
		}
		if to <= from {
			break
		}
		sum += (to - from).Product(t.Share)
		from = to
	}
	return sum
}
