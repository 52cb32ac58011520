package rule

import (
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// Kinds FREQ and TIME over one person's settlements at pharmacies, and their opening hours.
func init() {
	register("FREQ", "account_cash", func(p *params, c *Card) (any, error) {
		return accountCash{p.yuan("single", 2000), p.int("count", 50), p.yuan("avg", 500)}, nil
	})
	register("FREQ", "split_sale", func(p *params, c *Card) (any, error) {
		return splitSale{p.int("n", 3), claim.Day(p.int("window_d", 1)), p.yuan("limit_yuan", 2000)}, nil
	})
	register("TIME", "off_hours", newOffHours)
}

// acctPay is what the settlement took from personal accounts.
func (e *Eval) acctPay(s *claim.Settlement) claim.Money {
	b := e.t.Source(s.Src)
	return claim.Money(b.I64(b.Table.MustCol("acct_pay"), int(s.Row))).Or(0)
}

func (e *Eval) shopSettlement(s *claim.Settlement) bool {
	return e.b.isShop(s.Inst, s.Time.Day(), s.MedType)
}

// quiet drops the money: what is at issue is conduct, the amount is told among the facts.
func quiet(h *Hit) {
	if h != nil {
		h.Vola = 0
	}
}

// accountCash: a large payment from the personal account at a pharmacy, or in one calendar year at one pharmacy many that
// are large on average. The year's finding is the settlement at which both are first reached.
type accountCash struct {
	single claim.Money
	count  int
	avg    claim.Money
}

func (a accountCash) person(e *Eval, c *compiled) {
	if len(e.t.Setls) == 0 {
		return
	}
	var shops []int32
	for si := range e.t.Setls {
		s := &e.t.Setls[si]
		if s.MedType != 0 && e.b.Vocab.Setting(s.MedType)&claim.Pharmacy == 0 || !e.shopSettlement(s) {
			continue
		}
		paid := e.acctPay(s)
		if paid > a.single && e.inRange(s.Month) && a.fits(e, c, s) {
			quiet(e.hitSettle(c, int32(si), Fact{"实际", paid.String() + "元"}, Fact{"限额", "单笔" + a.single.String() + "元"}, Fact{"日期", s.Time.Day().String()}))
		}
		if paid > 0 && len(e.t.Setls) >= a.count && !slices.Contains(shops, s.Inst) {
			shops = append(shops, s.Inst)
		}
	}
	for _, inst := range shops {
		a.year(e, c, inst)
	}
}

func (a accountCash) fits(e *Eval, c *compiled, s *claim.Settlement) bool {
	return !e.unfitInst(c, s.Inst) && !e.exempt(c, s.Visit)
}

func (a accountCash) year(e *Eval, c *compiled, inst int32) {
	year, n, told := 0, 0, false
	var sum claim.Money
	for si := range e.t.Setls {
		s := &e.t.Setls[si]
		if s.Inst != inst || !e.shopSettlement(s) {
			continue
		}
		paid := e.acctPay(s)
		if paid <= 0 || e.exempt(c, s.Visit) {
			continue
		}
		if y, _, _ := s.Time.Day().Civil(); y != year {
			year, n, sum, told = y, 0, 0, false
		}
		n++
		sum += paid
		if told || n < a.count || int64(sum) <= int64(a.avg)*int64(n) {
			continue
		}
		told = true
		if !e.inRange(s.Month) || e.unfitInst(c, inst) || paid > a.single { // the large one is told already
			continue
		}
		quiet(e.hitSettle(c, int32(si), fact("实际", "%d笔，均%s元", n, claim.Money(claim.MulDiv(int64(sum), 1, int64(n)))), fact("限额", "年%d笔且均%s元", a.count, a.avg),
			Fact{"日期", itoa(year) + "年"}, Fact{"涉及金额", sum.String() + "元"}))
	}
}

// splitSale: one person's sale at one pharmacy parted into several settlements, none over the limit, together over it.
type splitSale struct {
	n      int
	window claim.Day
	limit  claim.Money
}

// person reports the settlement that completes the sum, not those after it.
func (a splitSale) person(e *Eval, c *compiled) {
	if len(e.t.Setls) < a.n {
		return
	}
	for si := range e.t.Setls {
		last := &e.t.Setls[si]
		if !e.inRange(last.Month) || !a.counts(e, c, last) || e.unfitInst(c, last.Inst) {
			continue
		}
		n, sum, ids := 1, insured(e, last), []string(nil)
		for i := si - 1; i >= 0; i-- {
			s := &e.t.Setls[i]
			if last.Time.Day()-s.Time.Day() >= a.window {
				break
			}
			if s.Inst == last.Inst && a.counts(e, c, s) {
				n++
				sum += insured(e, s)
				ids = append(ids, e.t.SetlID(s))
			}
		}
		if n < a.n || sum <= a.limit || (n > a.n && sum-insured(e, last) > a.limit) {
			continue
		}
		slices.Reverse(ids)
		quiet(e.hitSettle(c, int32(si), fact("量", "%d笔", n), fact("实际", "合计%s元", sum), Fact{"限额", a.limit.String() + "元"},
			Fact{"日期", last.Time.Day().String()}, Fact{"涉及结算", strings.Join(ids, "、")}))
	}
}

// counts leaves out what is over the limit by itself: that is P010's.
func (a splitSale) counts(e *Eval, c *compiled, s *claim.Settlement) bool {
	paid := insured(e, s)
	return paid > 0 && paid <= a.limit && e.b.Vocab.Setting(s.MedType)&claim.Inpatient == 0 && e.shopSettlement(s) && !e.exempt(c, s.Visit)
}

// insured is what fund and personal account paid.
func insured(e *Eval, s *claim.Settlement) claim.Money { return s.Fund + e.acctPay(s) }
