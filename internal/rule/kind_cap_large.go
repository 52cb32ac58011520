package rule

import "github.com/mingjian/mingjian/internal/claim"

// Kind CAP: amounts against a ceiling. large: stays dear enough to be looked at by a person whatever else is said of them
// (G031).
func init() {
	register("CAP", "large", func(p *params, c *Card) (any, error) {
		return largeStay{p.yuan("total", 100_000), p.yuan("fund", 50_000)}, nil
	})
}

// largeStay: the stay's cost or what the fund paid of it exceeds the area's threshold. Before settlement the cost is that of
// the lines, and of the fund nothing is known.
type largeStay struct{ total, fund claim.Money }

func (a largeStay) stay(e *Eval, c *compiled, si int32) {
	s := &e.t.Stays[si]
	if e.exemptStay(c, s) {
		return
	}
	var total, fund claim.Money
	for _, vi := range s.Visits {
		settled := false
		for i := range e.t.Setls {
			if x := &e.t.Setls[i]; x.Visit == vi {
				settled = true
				total += x.Total.Or(0)
				fund += x.Fund.Or(0)
			}
		}
		if settled {
			continue
		}
		for _, li := range e.t.LinesOf(vi) {
			total += e.t.Lines[li].Amt
		}
	}
	switch {
	case total > a.total:
		e.hitStay(c, si, Fact{"实际", "总费用 " + total.String() + "元"}, Fact{"限额", a.total.String() + "元"})
	case fund > a.fund:
		e.hitStay(c, si, Fact{"实际", "统筹支付 " + fund.String() + "元"}, Fact{"限额", a.fund.String() + "元"})
	}
}
