package rule

import (
	"math"

	"github.com/mingjian/mingjian/internal/claim"
)

// Kind PRICE: consumables sold for more than they cost (E007) or for more than the price that won the tender (E008).
func init() {
	register("PRICE", "markup", func(p *params, c *Card) (any, error) {
		return markup{rate: tenThousandths(p.least("markup", 0, 0)), slack: pricePar(p, "tolerance", 0.01), window: claim.Day(p.int("window_d", 365)),
			strange: tenThousandths(p.num("strange", 5))}, nil
	})
	register("PRICE", "awarded", func(p *params, c *Card) (any, error) { return awarded{pricePar(p, "tolerance", 0)}, nil })
}

func pricePar(p *params, name string, def float64) claim.Price {
	return claim.Price(math.Round(p.least(name, def, 0) * 1e6))
}

// hitPrice records what a line charges above a lawful price: the share of its money within scope, or, where the patient
// already paid at least that much as over-limit, the whole difference as a refund to the patient.
func (e *Eval) hitPrice(c *compiled, li int32, lawful claim.Price, facts ...Fact) *Hit {
	l := &e.t.Lines[li]
	over := claim.Money(claim.MulDiv(int64(l.Pric-lawful), int64(l.Cnt), 1e8))
	facts = append(facts, Fact{"项目", e.itemName(l)}, Fact{"实际", l.Pric.String() + "元"}, Fact{"日期", l.Time.Day().String()})
	if paid := e.wide(l, "overlmt_amt"); paid != claim.None64 && over > 0 && claim.Money(paid) >= over {
		h := e.hit(c, e.unitLine(li), []HitLine{money(li, over)}, nil, facts...)
		if h != nil {
			h.Refund = true
		}
		return h
	}
	return e.hit(c, e.unitLine(li), []HitLine{{Line: li, Type: 1, Num: int64(l.Pric - lawful), Den: int64(l.Pric), Money: -1}}, nil, facts...)
}

// markup: the price of sale against the dearest purchase of the year before, else the latest one. A price many times as high
// is more often a box held against a piece.
type markup struct {
	rate    int64 // 1/10 000
	slack   claim.Price
	window  claim.Day
	strange int64 // 1/10 000
}

func (a markup) person(e *Eval, c *compiled) {
	for i := range e.t.Lines {
		l := &e.t.Lines[i]
		if l.List != 301 || l.InScope <= 0 || l.Pric <= 0 || !e.inRange(l.Month) || e.unfitInst(c, l.Inst) || e.exempt(c, l.Visit) {
			continue
		}
		cost := a.cost(e.supplies(l), l.Time.Day())
		if cost <= 0 {
			e.skipLine(c, int32(i), "没有购进记录")
			continue
		}
		lawful := cost + claim.Price(claim.MulDiv(int64(cost), a.rate, 10_000))
		if l.Pric <= lawful+a.slack {
			continue
		}
		h := e.hitPrice(c, int32(i), lawful, Fact{"限额", lawful.String() + "元"})
		if h != nil && int64(l.Pric) > claim.MulDiv(int64(cost), a.strange, 10_000) {
			h.Severity = 3
		}
	}
}

// cost is the dearest receipt within the window before the day, else the latest before it; 0 when there is none.
func (a markup) cost(rows []claim.SupplyRow, day claim.Day) claim.Price {
	var dearest, latest claim.Price
	for _, r := range rows {
		if r.Day > day {
			break
		}
		if r.Pric <= 0 {
			continue
		}
		latest = r.Pric
		if day-r.Day < a.window {
			dearest = max(dearest, r.Pric)
		}
	}
	if dearest > 0 {
		return dearest
	}
	return latest
}

// supplies are the receipts of a line's item at its institution, under the code billed or the one it stands for.
func (e *Eval) supplies(l *claim.Line) []claim.SupplyRow {
	if rows := e.b.Ref.Supplies(l.Inst, l.Item); len(rows) > 0 {
		return rows
	}
	return e.b.Ref.Supplies(l.Inst, e.b.canonical(l.Item))
}

// awarded: a consumable bought in bulk by the state is settled at the price that won.
type awarded struct{ slack claim.Price }

func (a awarded) person(e *Eval, c *compiled) {
	for i := range e.t.Lines {
		l := &e.t.Lines[i]
		if l.List != 301 || l.InScope <= 0 || l.Pric <= 0 || !e.b.priced(l.Item) || !e.inRange(l.Month) {
			continue
		}
		day := l.Time.Day()
		inst := e.b.Ref.InstOn(l.Inst, day)
		if inst == nil || e.unfitInst(c, l.Inst) || e.exempt(c, l.Visit) {
			continue
		}
		r := e.b.Ref.PriceOn(e.b.canonical(l.Item), inst.Area, inst.Tier, day, e.b.awardKind)
		if r != nil && l.Pric > r.Limit+a.slack {
			e.hitPrice(c, int32(i), r.Limit, Fact{"限额", r.Limit.String() + "元"})
		}
	}
}

// awardKind keeps the prices that won a tender.
func (b *Bound) awardKind(kind int32) bool { return b.ds[claim.DictList].String(kind) == "中选价" }
