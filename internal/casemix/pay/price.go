package pay

import (
	"fmt"
	"math/big"
)

// Stay is one grouped stay to be paid.
type Stay struct {
	ID, Inst, Level string
	Insutype, Month string // yyyy-MM of its settlement
	Group, Name     string // "" = not grouped
	Ambiguous       bool
	Weight          Decimal  // of the group: RW, or DIP score
	Adjust          *big.Rat // DIP: auxiliary coefficient × deviation factor; nil = 1
	Cost, Fund      Fen      // what was charged in all, and what the fund would pay by item (按项目)
	LOS             int32
	Mode            int8   // pay_mode of the settlement: 4 床日, 5 单病种; else by group
	Disease         string // code of a single disease
	DaySurgery      bool
	Special         *Special // a granted special case
}

// Special is the outcome of a special case (特例单议): paid by item less what the panel cut, or the standard times.
type Special struct {
	Times Decimal // > 0: the group's standard times this; 0: by item
	Cut   Fen     // unreasonable fees taken off the item-based fund charge
}

// The ways a stay is paid.
const (
	ByGroup   = "病组"
	ByHigh    = "高倍率"
	ByLow     = "低倍率"
	ByItem    = "未入组按项目"
	ByQY      = "歧义组"
	ByBedDay  = "床日"
	BySingle  = "单病种"
	ByDaySurg = "日间手术"
	BySpecial = "特例单议"
)

// Payment of one stay.
type Payment struct {
	Way      string
	Standard Fen // of the group at the hospital; 0 when it is not paid by group
	Gross    Fen // standard that applies: fund and patient together
	Payable  Fen // by the fund
	Units    Decimal
	Text     string // the formula with its numbers
}

// patient is the part of the cost that is not the fund's.
func (s *Stay) patient() Fen { return s.Cost - s.Fund }

// units are weight × coefficients: what a floating rate is divided by, and a fixed one multiplied with.
func (i *Insured) units(s *Stay) *big.Rat {
	u := big.NewRat(int64(s.Weight), int64(One))
	u.Mul(u, big.NewRat(int64(i.coefficient(s.Inst, s.Level)), int64(One)))
	if g, ok := i.Groups[s.Group]; ok {
		u.Mul(u, big.NewRat(int64(g), int64(One)))
	}
	if s.Adjust != nil {
		u.Mul(u, s.Adjust)
	}
	return u
}

// fen is units × a rate in yuan.
func fen(units *big.Rat, rate Decimal) Fen {
	r := new(big.Rat).Mul(units, big.NewRat(int64(rate)*100, int64(One)))
	return Round(r)
}

// Price pays one stay at a rate. reference is the rate by which outliers are told.
func (i *Insured) Price(s *Stay, rate, reference Decimal) Payment {
	if p, ok := i.byMode(s); ok {
		return p
	}
	if s.Group == "" || s.Ambiguous || s.Weight == 0 {
		share, way := i.Ungrouped, ByItem
		if s.Ambiguous {
			way = ByQY
			if i.Ambiguous != nil {
				share = *i.Ambiguous
			}
		}
		p := Payment{Way: way, Payable: s.Fund.Product(share)}
		p.Gross = p.Payable + s.patient()
		p.Text = fmt.Sprintf("按项目统筹 %s × %s = %s", s.Fund, share, p.Payable)
		if s.Special != nil {
			return i.special(s, p)
		}
		return p
	}
	u := i.units(s)
	p := Payment{Way: ByGroup, Standard: fen(u, rate), Units: Decimal(Round(new(big.Rat).Mul(u, new(big.Rat).SetInt64(int64(One)))))}
	p.Gross = p.Standard
	p.Text = fmt.Sprintf("%s %s × 系数 %s × %s = %s", i.unitWord(), s.Weight, i.coefficient(s.Inst, s.Level), rate, p.Standard)
	if g, ok := i.Groups[s.Group]; ok {
		p.Text += fmt.Sprintf("（病组系数 %s）", g)
	}
	if s.DaySurgery && i.DaySurg != nil {
		p.Way, p.Gross = ByDaySurg, p.Standard.Product(*i.DaySurg)
		p.Text += fmt.Sprintf("；日间手术 × %s = %s", *i.DaySurg, p.Gross)
	} else {
		i.outlier(s, &p, fen(u, reference))
	}
	p.Payable = max(0, p.Gross-s.patient())
	p.Text += fmt.Sprintf("；减个人负担 %s，基金应付 %s", s.patient(), p.Payable)
	if s.Special != nil {
		return i.special(s, p)
	}
	return p
}

func (i *Insured) unitWord() string {
	if i.Mode == "DIP" {
		return "分值"
	}
	return "权重"
}

// outlier pays a case far from its group's standard otherwise. Exactly at a bound it is an ordinary case.
func (i *Insured) outlier(s *Stay, p *Payment, standard Fen) {
	if i.Low != nil && s.Cost < standard.Product(i.Low.Times) {
		p.Way, p.Gross = ByLow, s.Cost
		p.Text += fmt.Sprintf("；费用 %s 低于 %s 倍标准，据实 %s", s.Cost, i.Low.Times, p.Gross)
		return
	}
	if i.High == nil {
		return
	}
	if bound := standard.Product(i.High.Times); s.Cost > bound {
		extra := (s.Cost - bound).Product(i.High.Share)
		p.Way, p.Gross = ByHigh, p.Standard+extra
		p.Text += fmt.Sprintf("；费用 %s 高于 %s 倍标准，加付超出部分的 %s：%s", s.Cost, i.High.Times, i.High.Share, extra)
	}
}

// byMode pays stays that are not paid by group at all.
func (i *Insured) byMode(s *Stay) (Payment, bool) {
	var p Payment
	switch {
	case s.Mode == 4 && len(i.BedDay) > 0:
		p.Way = ByBedDay
		p.Gross, p.Text = i.bedDays(s.LOS)
	case s.Mode == 5 && i.Single[s.Disease] != nil:
		price, ok := i.Single[s.Disease][s.Level]
		if !ok {
			price, ok = i.Single[s.Disease][""]
		}
		if !ok {
			return p, false
		}
		p.Way, p.Gross, p.Text = BySingle, price, fmt.Sprintf("单病种 %s 定额 %s", s.Disease, price)
	default:
		return p, false
	}
	p.Payable = max(0, p.Gross-s.patient())
	p.Text += fmt.Sprintf("；减个人负担 %s，基金应付 %s", s.patient(), p.Payable)
	if s.Special != nil {
		p = i.special(s, p)
	}
	return p, true
}

func (i *Insured) bedDays(days int32) (sum Fen, text string) {
	from := int32(0)
	for _, b := range i.BedDay {
		to := b.To
		if to == 0 || to > days {
			to = days
		}
		if to <= from {
			break
		}
		sum += Fen(to-from) * b.Price
		if text != "" {
			text += " + "
		}
		text += fmt.Sprintf("%d 天 × %s", to-from, b.Price)
		from = to
	}
	return sum, fmt.Sprintf("%s = %s", text, sum)
}

// special replaces the payment by what the panel decided; p keeps the standard for the statistics.
func (i *Insured) special(s *Stay, p Payment) Payment {
	was := p.Payable
	if s.Special.Times > 0 && p.Standard > 0 {
		p.Gross = p.Standard.Product(s.Special.Times)
		p.Payable = max(0, p.Gross-s.patient()-s.Special.Cut)
		p.Text += fmt.Sprintf("；特例单议按标准 %s 倍", s.Special.Times)
	} else {
		p.Payable = max(0, s.Fund-s.Special.Cut)
		p.Gross = p.Payable + s.patient()
		p.Text += "；特例单议按项目"
	}
	p.Way = BySpecial
	p.Text += fmt.Sprintf("，核减 %s，基金应付 %s（原 %s）", s.Special.Cut, p.Payable, was)
	return p
}
