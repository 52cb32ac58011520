package rule

import (
	"cmp"
	"math"
	"slices"

	"github.com/mingjian/mingjian/internal/claim"
)

// Kind PRICE: prices over the limit, and second operations and examinations billed in full.
func init() {
	register("PRICE", "limit", func(p *params, c *Card) (any, error) {
		p.least("tolerance_bp", 10, 0)
		return priceLimit{bp: int64(p.int("tolerance_bp", 10)), abs: pricePar(p, "tolerance", 0.01)}, nil
	})
	register("PRICE", "discount", func(p *params, c *Card) (any, error) {
		return discount{second: p.num("second", 0.5), bilateral: p.num("bilateral", 1.5)}, nil
	})
}

func (e *Eval) priceOn(item int32, l *claim.Line) *claim.PriceRow {
	day := l.Time.Day()
	inst := e.b.Ref.InstOn(l.Inst, day)
	if inst == nil {
		return nil
	}
	return e.b.Ref.PriceOn(item, inst.Area, inst.Tier, day, e.b.capKind)
}

// capKind keeps price limits proper: those without a kind, and 限价.
func (b *Bound) capKind(kind int32) bool {
	return kind == 0 || b.ds[claim.DictList].String(kind) == "限价"
}

type priceLimit struct {
	bp  int64
	abs claim.Price
}

func (a priceLimit) person(e *Eval, c *compiled) {
	for i := range e.t.Lines {
		l := &e.t.Lines[i]
		if l.InScope <= 0 || (l.List >= 101 && l.List <= 106) || !e.b.priced(l.Item) || !e.inRange(l.Month) {
			continue
		}
		r := e.priceOn(e.b.canonical(l.Item), l)
		if r == nil || e.unfitInst(c, l.Inst) || e.exempt(c, l.Visit) {
			continue
		}
		slack := max(claim.Price(int64(r.Limit)*a.bp/10_000), a.abs)
		if l.Pric <= r.Limit+slack {
			continue
		}
		over := claim.Money(claim.MulDiv(int64(l.Pric-r.Limit), int64(l.Cnt), 1e8))
		h := e.hit(c, e.unitLine(int32(i)), []HitLine{money(int32(i), over)}, nil, Fact{"项目", e.itemName(l)},
			Fact{"实际", l.Pric.String() + "元"}, Fact{"限额", r.Limit.String() + "元"}, Fact{"日期", l.Time.Day().String()})
		if h != nil {
			h.Refund = true
		}
	}
}

// priced tells whether any price limit names the item.
func (b *Bound) priced(item int32) bool {
	return item > 0 && int(item) < len(b.pricedOK) && b.pricedOK[item]
}

// discount: several operations of one group through one incision, or several parts of one examination, on one day: the
// dearest in full, the others at a ratio. Amounts are compared, not prices, for hospitals halve the quantity, the price
// or use a code of their own.
type discount struct{ second, bilateral float64 }

type discountKey struct {
	visit    uint64
	day      claim.Day
	group    string
	incision int32
}

func (a discount) group(e *Eval, c *compiled, refs []lineRef) {
	groups := map[discountKey][]lineRef{}
	var order []discountKey
	for _, r := range refs {
		l := &e.t.Lines[r.li]
		k := discountKey{l.VisitKey, l.Time.Day(), e.b.points[r.pt].Params.Group, 0}
		if c.ID == "B011" {
			k.incision = e.code(l, "incision_no")
		}
		g := groups[k]
		if len(g) == 0 {
			order = append(order, k)
		} else if g[len(g)-1].li == r.li {
			continue
		}
		groups[k] = append(g, r)
	}
	for _, k := range order {
		a.judge(e, c, k, groups[k])
	}
}

// unitOfWork is one operation or part billed by a line.
type unitOfWork struct {
	li   int32
	base int64 // full price of one, in 1e-6 yuan
	n    int64 // how many, part of one counts as one
}

func (a discount) judge(e *Eval, c *compiled, k discountKey, refs []lineRef) {
	first := &e.t.Lines[refs[0].li]
	items, parts, total, unnamed := map[int32]bool{}, map[int32]bool{}, int64(0), false
	var units []unitOfWork
	var paid claim.Money
	known := true
	for _, r := range refs {
		l := &e.t.Lines[r.li]
		items[e.b.canonical(l.Item)] = true
		if p := e.code(l, "body_part"); p != 0 {
			parts[p] = true
		} else {
			unnamed = true
		}
		price := l.Pric
		if p := e.priceOn(e.b.canonical(l.Item), l); p != nil {
			price = p.Limit
		} else {
			known = false
		}
		base := int64(price)
		if s := e.text(l, "side"); s == "双侧" || s == "3" {
			base = claim.MulDiv(base, tenThousandths(a.bilateral), 10_000)
		}
		n := (int64(l.Cnt) + int64(claim.QtyOne) - 1) / int64(claim.QtyOne)
		units = append(units, unitOfWork{r.li, base, n})
		total += int64(l.Cnt)
		paid += l.Amt
	}
	if c.ID == "B011" {
		if len(items) < 2 || len(refs) < 2 || e.sessions(first.Visit, k.day) >= 2 {
			return
		}
	} else if (len(refs) < 2 && total < 2*int64(claim.QtyOne)) || (!unnamed && len(parts) == 1) {
		return
	}
	second := a.second
	if s := e.b.points[refs[0].pt].Params.Second; s > 0 {
		second = s
	}
	due := a.due(units, second)
	if paid <= due+claim.Money(len(units)) {
		return
	}
	h := e.hitFrom(c, key("discount", e.t.LineMdtrt(first), k.group, k.day.String(), e.b.ds[claim.DictList].String(k.incision)),
		a.share(e, units, paid-due, paid), refs[0].pt, Fact{"项目", k.group}, Fact{"限额", due.String() + "元"}, Fact{"实际", paid.String() + "元"}, Fact{"日期", k.day.String()})
	if h != nil && !known && c.ID == "B011" {
		h.Severity = 2
	}
}

// due: the dearest unit in full, all others at the ratio; rounded once, to the fen.
func (discount) due(units []unitOfWork, second float64) claim.Money {
	ratio := tenThousandths(second)
	var sum, top int64
	for _, u := range units {
		top = max(top, u.base)
		sum += u.base * u.n * ratio
	}
	return claim.Money(claim.MulDiv(sum+top*(10_000-ratio), 1, 100_000_000))
}

func tenThousandths(f float64) int64 { return int64(math.Round(f * 10_000)) }

// share lays the excess on the cheapest lines first, each as far as its amount goes.
func (discount) share(e *Eval, units []unitOfWork, over, paid claim.Money) []HitLine {
	slices.SortStableFunc(units, func(x, y unitOfWork) int {
		if x.base != y.base {
			return cmp.Compare(x.base, y.base)
		}
		return int(y.li - x.li)
	})
	var lines []HitLine
	for _, u := range units {
		l := &e.t.Lines[u.li]
		take := min(over, l.Amt)
		over -= take
		if take <= 0 {
			lines = append(lines, involved(u.li))
			continue
		}
		lines = append(lines, HitLine{Line: u.li, Type: 1, Num: int64(take), Den: int64(l.Amt), Money: -1})
	}
	slices.SortStableFunc(lines, func(x, y HitLine) int { return int(x.Type) - int(y.Type) })
	return lines
}
