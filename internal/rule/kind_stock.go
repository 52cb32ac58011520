package rule

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// Kind STOCK: what was billed against what there was. The cards read movements of stock by institution and item and leave
// marks on the lines for which nothing was left.
func init() {
	register("STOCK", "shortage", func(p *params, c *Card) (any, error) {
		s := stock{months: p.int("months", 1), packs: claim.Qty(p.int("packs", 1)) * claim.QtyOne, late: claim.Day(p.int("late_d", 7))}
		s.list, s.shop = int16(p.int("list_type", 101)), p.bool("shop", false)
		var err error
		if s.share, err = ratio(p.str("share", "0.01")); err != nil {
			return nil, err
		}
		if s.months < 1 || s.months > BookStockMonths {
			return nil, fmt.Errorf("参数 months 应为 1 至 %d", BookStockMonths)
		}
		s.judge = s.shortage
		return s, nil
	})
	register("STOCK", "never_bought", func(p *params, c *Card) (any, error) {
		s := stock{back: claim.Day(p.int("lookback_d", 180)), late: claim.Day(p.int("late_d", 7)), list: int16(p.int("list_type", 101)), shop: p.bool("shop", true)}
		s.judge = s.never
		return s, nil
	})
	register("STOCK", "dearer_than_bought", func(p *params, c *Card) (any, error) {
		s := stock{back: claim.Day(p.int("lookback_d", 180)), list: int16(p.int("list_type", 101)), late: claim.Day(p.int("late_d", 7))}
		var err error
		s.times, err = claim.ParseDecimal(p.str("price_ratio", "1.5"), 4)
		s.judge = s.dearer
		return s, err
	})
}

// stock is a card over movements of stock.
type stock struct {
	months     int
	packs      claim.Qty // tolerance, and
	share      [2]int64  // of what was available; the larger holds
	late, back claim.Day
	list       int16
	shop       bool  // pharmacies, or everybody else
	times      int64 // 1e-4
	judge      func(k *Book, c *compiled, rows []goodsRow)
}

func (stock) rows() BookRows { return BookStock }

func (s stock) book(k *Book, c *compiled) {
	k.sortGoods()
	rows := k.codes.goods
	for lo := 0; lo < len(rows); {
		hi := lo
		for hi < len(rows) && rows[hi].inst == rows[lo].inst && rows[hi].item == rows[lo].item {
			hi++
		}
		if one := rows[lo:hi]; k.b.shopOn(one[0].inst, k.to.Last()) == s.shop &&
			slices.ContainsFunc(one, func(g goodsRow) bool {
				return g.kind == goodsSold && g.list == s.list && g.month >= k.from && g.month <= k.to
			}) {
			s.judge(k, c, one)
		}
		lo = hi
	}
}

// shopOn tells whether an institution is a pharmacy.
func (b *Bound) shopOn(inst int32, d claim.Day) bool {
	x := b.Ref.InstOn(inst, d)
	return x != nil && x.Type == 2
}

// sortGoods orders movements by what they say: institution, item, day, what comes before what is sold, line.
func (k *Book) sortGoods() {
	inst, item := k.b.ds[claim.DictInst], k.b.ds[claim.DictItem]
	slices.SortFunc(k.codes.goods, func(x, y goodsRow) int {
		if x.inst != y.inst {
			return strings.Compare(inst.String(x.inst), inst.String(y.inst))
		}
		if x.item != y.item {
			return strings.Compare(item.String(x.item), item.String(y.item))
		}
		return cmp.Or(cmp.Compare(x.at.Day(), y.at.Day()), cmp.Compare(x.kind, y.kind), cmp.Compare(x.at.Clock(), y.at.Clock()), strings.Compare(x.sn, y.sn),
			cmp.Compare(x.setl, y.setl), cmp.Compare(x.qty, y.qty))
	})
}

// opening is the stock on the morning of a day, from the last stock-taking within reach: counted in the evening, plus what
// moved since. ok is false where nothing was counted.
func opening(rows []goodsRow, d, reach claim.Day) (n claim.Qty, ok bool) {
	for i := range rows {
		g := &rows[i]
		day := g.at.Day()
		switch {
		case day >= d:
			return n, ok
		case g.kind == goodsCounted:
			if day >= reach { // what is counted on a day is there that evening: the day's movements lie in it
				n, ok = g.qty, true
				for j := i + 1; j < len(rows) && rows[j].at.Day() == day; j++ {
					n -= rows[j].signed()
				}
			}
		case ok:
			n += g.signed()
		}
	}
	return n, ok
}

// signed is what a movement adds to the stock.
func (g *goodsRow) signed() claim.Qty {
	switch g.kind {
	case goodsSold, goodsSoldOwn:
		return -g.qty
	case goodsCounted:
		return 0
	}
	return g.qty
}

// shortage: in a period of calendar months more was billed than was there at its begin and came in. What arrives within
// late_d days after the period counts, because uploads come late. A difference within the tolerance is nothing.
//
// A line belongs to the period of its day and to the month of its settlement, and is judged by what that month knew: everything that
// came in the whole period, and what was billed before. So what is found does not hang on which of the period's months are judged
// together. A period that has not ended is judged once the institution's uploads, or settlements at all, have reached its last month.
func (s stock) shortage(k *Book, c *compiled, rows []goodsRow) {
	for _, p := range s.periods(k, rows) {
		from, to := (p.end - claim.Month(s.months) + 1).First(), p.end.Last()
		seen := min(to, p.month.Last())
		known := rows
		if p.month < k.to {
			known = slices.DeleteFunc(slices.Clone(rows), func(g goodsRow) bool { return g.kind == goodsSold && g.month > p.month })
		}
		var sold, in claim.Qty
		var lines []*goodsRow
		for i := range known {
			g := &known[i]
			switch day := g.at.Day(); {
			case day < from || day > to+s.late:
			case g.kind == goodsSold && day <= to, g.kind == goodsSoldOwn && day <= seen:
				sold += g.qty
				lines = append(lines, g)
			case g.kind == goodsIn || g.kind == goodsChanged:
				if g.qty > 0 || day <= seen { // nothing sent away later is known
					in += g.qty
				}
			}
		}
		open, ok := opening(known, from, (p.end - BookStockMonths).First())
		if !ok {
			k.skip(c, rows[0].inst, "期初库存未知", 1)
			continue
		}
		have := max(0, open) + in
		tol := max(s.packs, claim.Qty(claim.MulDiv(int64(max(0, have)), s.share[0], s.share[1])))
		if sold <= have+tol {
			continue
		}
		facts := []Fact{{"量", sold.String()}, {"限额", max(0, have).String()}, {"期初", open.String()}, {"购进", in.String()}, {"实际", (sold - have).String()}}
		left := max(0, have)
		for _, g := range lines {
			before := left
			left = max(0, left-g.qty)
			if over := g.qty - before; over > 0 && s.judges(k, g) && g.month == p.month {
				k.codes.marks[g.setl] = append(k.codes.marks[g.setl], lineMark{card: c.idx, sn: g.sn, item: g.item, num: int64(min(over, g.qty)), den: int64(g.qty), facts: facts})
			}
		}
	}
}

// judges tells whether a movement is a line that the card may find fault with now.
func (s stock) judges(k *Book, g *goodsRow) bool {
	return g.kind == goodsSold && g.list == s.list && g.month >= k.from && g.month <= k.to
}

// shelfPeriod is a period by its last month, as a month knows it that is judged now.
type shelfPeriod struct{ end, month claim.Month }

// periods are those in which lines judged now were billed, once for each month that they were settled in. They end with months
// whose number the length divides.
func (s stock) periods(k *Book, rows []goodsRow) (out []shelfPeriod) {
	for i := range rows {
		if !s.judges(k, &rows[i]) {
			continue
		}
		p := shelfPeriod{rows[i].at.Day().Month(), rows[i].month}
		for int(p.end+1)%s.months != 0 {
			p.end++
		}
		if !slices.Contains(out, p) && (p.end <= k.last || k.uploaded(rows[i].inst) >= p.end.First()) {
			out = append(out, p)
		}
	}
	return out
}

// uploaded is the last day of which an institution's uploads of purchases, stock-takings and changes tell.
func (k *Book) uploaded(inst int32) claim.Day {
	if k.codes.until == nil {
		k.codes.until = map[int32]claim.Day{}
		for i := range k.codes.goods {
			if g := &k.codes.goods[i]; g.kind == goodsIn || g.kind == goodsCounted || g.kind == goodsChanged {
				k.codes.until[g.inst] = max(k.codes.until[g.inst], g.at.Day())
			}
		}
	}
	return k.codes.until[inst]
}

// never: an item was billed that the institution did not buy within the look-back. Where its uploads of purchases begin
// later than that, nothing can be said.
func (s stock) never(k *Book, c *compiled, rows []goodsRow) {
	for i := range rows {
		g := &rows[i]
		if g.kind != goodsSold || g.list != s.list || g.month < k.from || g.month > k.to {
			continue
		}
		day := g.at.Day()
		since, any := k.codes.since[g.inst]
		if !any || day-since < s.back {
			k.skip(c, g.inst, "购进记录起始过晚", 1)
			continue
		}
		if !slices.ContainsFunc(rows, func(o goodsRow) bool {
			return o.at.Day() >= day-s.back && o.at.Day() <= day+s.late && o.qty > 0 && (o.kind == goodsIn || o.kind == goodsChanged || o.kind == goodsCounted)
		}) {
			k.codes.marks[g.setl] = append(k.codes.marks[g.setl], lineMark{card: c.idx, sn: g.sn, item: g.item, num: 1, den: 1,
				facts: []Fact{{"天数", strconv.Itoa(int(s.back))}, {"实际", "无购进"}}})
		}
	}
}

// dearer: billed above price_ratio times the dearest price at which it was bought within the look-back: a dear pack billed
// for a cheap one. Prices of purchase that were not said are no prices.
func (s stock) dearer(k *Book, c *compiled, rows []goodsRow) {
	for i := range rows {
		g := &rows[i]
		if g.kind != goodsSold || g.list != s.list || g.month < k.from || g.month > k.to || !g.price.Has() || g.price <= 0 {
			continue
		}
		dearest := claim.Price(0)
		for j := range rows {
			if o := &rows[j]; o.kind == goodsIn && o.qty > 0 && o.price.Has() && o.price > 0 && o.at.Day() >= g.at.Day()-s.back && o.at.Day() <= g.at.Day()+s.late {
				dearest = max(dearest, o.price)
			}
		}
		limit := claim.Price(claim.MulDiv(int64(dearest), s.times, 10_000))
		if dearest > 0 && g.price > limit {
			k.codes.marks[g.setl] = append(k.codes.marks[g.setl], lineMark{card: c.idx, sn: g.sn, item: g.item, num: int64(g.price - limit), den: int64(g.price),
				facts: []Fact{{"实际", g.price.String()}, {"限额", dearest.String()}}})
		}
	}
}
