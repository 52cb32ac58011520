package rule

import "github.com/mingjian/mingjian/internal/claim"

// Kind TIME against the stock book: consumables used before the institution had ever bought any (E011).
func init() {
	register("TIME", "before_purchase", func(p *params, c *Card) (any, error) {
		return beforePurchase{grace: claim.Day(p.int("grace_d", 0)), reach: claim.Day(p.int("reach_d", 180))}, nil
	})
}

// beforePurchase compares days. Goods on consignment are booked after use: a point with class 寄售 names them and says
// within how many days. Where the book itself begins too late, nothing can be said.
type beforePurchase struct{ grace, reach claim.Day }

func (a beforePurchase) person(e *Eval, c *compiled) {
	for i := range e.t.Lines {
		l := &e.t.Lines[i]
		if l.List != 301 || l.InScope <= 0 || !e.inRange(l.Month) || e.unfitInst(c, l.Inst) || e.exempt(c, l.Visit) {
			continue
		}
		rows := e.supplies(l)
		if len(rows) == 0 {
			continue // never bought: what is sold without being bought is another card's question
		}
		grace, pts := a.grace, []int32(nil)
		if pi := e.pointNaming(c, l); pi >= 0 && e.b.points[pi].Params.Class == "寄售" {
			grace, pts = claim.Day(e.b.points[pi].WindowD), []int32{pi}
		}
		day, bought := l.Time.Day(), rows[0].Day
		if bought-day <= grace {
			continue
		}
		if since := e.b.Ref.SuppliedSince(l.Inst); day-since < a.reach {
			e.skipLine(c, int32(i), "购进记录起始过晚")
			continue
		}
		e.hitLine(c, int32(i), pts, Fact{"项目", e.itemName(l)}, Fact{"日期", day.String()}, Fact{"限额", bought.String()}, fact("天数", "%d", bought-day))
	}
}

// pointNaming is the card's point that names the line's item and is in force, −1 when there is none.
func (e *Eval) pointNaming(c *compiled, l *claim.Line) int32 {
	if int(l.Item) >= len(e.b.items) {
		return -1
	}
	for k := range e.b.items[l.Item] {
		if r := &e.b.items[l.Item][k]; int(r.card) == c.idx && !r.second && e.applies(r, l) {
			return r.pt
		}
	}
	return -1
}
