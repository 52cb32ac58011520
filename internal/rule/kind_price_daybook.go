package rule

import (
	"fmt"
	"math"

	"github.com/mingjian/mingjian/internal/claim"
)

// Kind PRICE over the day book: a drug's unit price against what the institution charged before.
func init() {
	register("PRICE", "spike", func(p *params, c *Card) (any, error) {
		a := priceSpike{warn: bp(p.num("warn", 0.3)), high: bp(p.num("high", 0.5)), months: claim.Month(p.int("months", 3)),
			lines: int64(p.int("min_lines", 10))}
		if a.months < 1 || a.months > BookPriceMonths {
			return nil, fmt.Errorf("参数 months 应为 1 至 %d", BookPriceMonths)
		}
		return a, nil
	})
}

func bp(share float64) int64 { return int64(math.Round(share * 10_000)) }

// priceSpike: the moving average is that of the calendar months before, over net quantities, of one institution, item and
// unit; fewer lines than lines say nothing.
type priceSpike struct {
	warn, high int64 // 1/10 000
	months     claim.Month
	lines      int64
}

func (priceSpike) rows() BookRows { return BookPrices }

// off is how far a price lies from the average, in 1/10 000, and whether above.
func off(p, avg claim.Price) (bp int64, above bool) {
	d := int64(p - avg)
	if d < 0 {
		d = -d
	}
	return claim.MulDiv(d, 10_000, int64(avg)), p > avg
}

func (a priceSpike) strays(p, avg claim.Price) bool {
	d := int64(p - avg)
	if d < 0 {
		d = -d
	}
	return d*10_000 > a.warn*int64(avg)
}

func (a priceSpike) book(k *Book, c *compiled) {
	for key, s := range k.sums {
		if key.month < k.from || key.month > k.to || key.month == 0 || s.lines == 0 {
			continue
		}
		var base priceSum
		for m := key.month - a.months; m < key.month; m++ {
			if b := k.sums[priceKey{key.inst, key.item, key.unit, m}]; b != nil {
				base.add(b)
			}
		}
		if base.lines < a.lines || base.cnt <= 0 || base.amt <= 0 {
			continue
		}
		avg := claim.Price(claim.MulDiv(base.amt, 10_000, base.cnt))
		if avg > 0 && (a.strays(s.lo, avg) || a.strays(s.hi, avg)) {
			k.spikes[key] = spike{avg, base.lines}
			k.spiky[key.item] = true
		}
	}
}

func (a priceSpike) person(e *Eval, c *compiled) {
	k := e.b.book
	if len(k.spikes) == 0 {
		return
	}
	for i := range e.t.Lines {
		l := &e.t.Lines[i]
		item := e.b.canonical(l.Item)
		if !e.inRange(l.Month) || !k.spiky[item] || l.InScope <= 0 || l.Pric <= 0 || !isPriced(int(l.List)) || e.b.Vocab.Flag(e.code(l, "trdn_flag")) {
			continue
		}
		s, ok := k.spikes[priceKey{l.Inst, item, e.code(l, "cnt_unt"), l.Month}]
		if !ok || !a.strays(l.Pric, s.avg) || e.exempt(c, l.Visit) || e.unfitInst(c, l.Inst) {
			continue
		}
		day := l.Time.Day()
		if e.b.Ref.PriceChanged(item, e.careArea(l.Inst, day), (l.Month - a.months).First(), day) {
			continue
		}
		a.hit(e, c, int32(i), s)
	}
}

// hit: what is dearer than the average is at issue; a price that fell costs nobody and is only told.
func (a priceSpike) hit(e *Eval, c *compiled, li int32, s spike) {
	l := &e.t.Lines[li]
	share, above := off(l.Pric, s.avg)
	way, part := "低于", whole(li)
	if above {
		way, part = "高于", money(li, min(l.InScope, claim.Money(claim.MulDiv(int64(l.Pric-s.avg), int64(l.Cnt), 1e8))))
	}
	h := e.hit(c, e.unitLine(li), []HitLine{part}, nil, Fact{"项目", e.itemName(l)}, Fact{"实际", l.Pric.String() + "元"},
		Fact{"限额", s.avg.String() + "元"}, fact("量", "%s%d%%", way, share/100), fact("均价行数", "%d", s.lines), Fact{"日期", l.Time.Day().String()})
	if h == nil {
		return
	}
	if !above {
		h.Vola = 0
	}
	if share > a.high {
		h.Severity = min(h.Severity, 2)
	}
}
