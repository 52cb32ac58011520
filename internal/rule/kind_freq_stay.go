package rule

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/mingjian/mingjian/internal/claim"
)

// Kind FREQ over a whole stay: beds, nursing, ward rounds, hours, fixed numbers a stay.
func init() {
	register("FREQ", "stay", func(p *params, c *Card) (any, error) {
		s := stayLimit{extraH: claim.Qty(p.int("extra_h", 1)), sameDay: p.bool("same_day", true)}
		switch ht := p.str("head_tail", "算头不算尾"); ht {
		case "算头不算尾":
		case "头尾都算":
			s.tail = claim.QtyOne
		case "半日":
			s.tail = claim.QtyOne / 2
		default:
			return nil, fmt.Errorf("参数 head_tail 写作 %q，应为 算头不算尾、头尾都算 或 半日", ht)
		}
		return s, nil
	})
}

func itoa(n int) string { return strconv.Itoa(n) }

// stayLimit: quantities summed over a stay. What the limit is depends on the card: days (B006 B007 B008), hours (B010),
// the point's number (B022).
type stayLimit struct {
	tail    claim.Qty // what the day of discharge adds
	extraH  claim.Qty
	sameDay bool
}

func (a stayLimit) group(e *Eval, c *compiled, refs []lineRef) {
	byStay := map[int32][]lineRef{}
	var order []int32
	for _, r := range refs {
		l := &e.t.Lines[r.li]
		if l.Visit < 0 || e.b.points[r.pt].Params.Extra {
			continue
		}
		s := e.t.Visits[l.Visit].Stay
		if s < 0 {
			continue
		}
		if n := len(byStay[s]); n == 0 {
			order = append(order, s)
		} else if byStay[s][n-1].li == r.li {
			continue // a second point on the same line
		}
		byStay[s] = append(byStay[s], r)
	}
	for _, s := range order {
		a.judge(e, c, s, byStay[s])
	}
}

func (a stayLimit) judge(e *Eval, c *compiled, si int32, refs []lineRef) {
	switch c.ID {
	case "B010", "B022":
		a.perItem(e, c, si, refs)
	case "B007":
		a.nursing(e, c, si, refs)
	default:
		s := &e.t.Stays[si]
		limit := claim.Qty(s.LOS)*claim.QtyOne + a.tail
		if c.ID == "B006" {
			limit += e.bedTransfers(refs)
		}
		a.over(e, c, si, refs, limit, "")
	}
}

// over records what exceeds the limit. Open stays are hints.
func (a stayLimit) over(e *Eval, c *compiled, si int32, refs []lineRef, limit claim.Qty, item string) {
	lines, total := e.overLimit(refs, limit)
	if lines == nil {
		return
	}
	a.record(e, c, si, lines, refs[0].pt, limit, total, item)
}

func (a stayLimit) record(e *Eval, c *compiled, si int32, lines []HitLine, pt int32, limit, total claim.Qty, item string) {
	s := &e.t.Stays[si]
	first := &e.t.Lines[lines[0].Line]
	h := e.hit(c, key("stay", e.t.MdtrtID(&e.t.Visits[s.First]), item), lines, []int32{pt}, Fact{"项目", e.itemName(first)},
		Fact{"量", total.String()}, Fact{"限额", limit.String()}, Fact{"单位", e.b.points[pt].Unit}, fact("天数", "%d", s.LOS))
	if h != nil && s.Open {
		h.Severity = 3
	}
}

// bedTransfers: on a day of transfer between intensive and ordinary care both beds are lawful once.
func (e *Eval) bedTransfers(refs []lineRef) claim.Qty {
	icu, ward := map[claim.Day]bool{}, map[claim.Day]bool{}
	for _, r := range refs {
		d := e.t.Lines[r.li].Time.Day()
		if e.b.points[r.pt].Params.ICU {
			icu[d] = true
		} else {
			ward[d] = true
		}
	}
	var n claim.Qty
	for d := range icu {
		if ward[d] {
			n += claim.QtyOne
		}
	}
	return n
}

// perItem: hours against the hours of the stay (B010), or a fixed number a stay (B022), item by item.
func (a stayLimit) perItem(e *Eval, c *compiled, si int32, refs []lineRef) {
	s := &e.t.Stays[si]
	items := map[int32][]lineRef{}
	var order []int32
	for _, r := range refs {
		it := e.b.canonical(e.t.Lines[r.li].Item)
		if items[it] == nil {
			order = append(order, it)
		}
		items[it] = append(items[it], r)
	}
	for _, it := range order {
		rs := items[it]
		pt := &e.b.points[rs[0].pt]
		first := &e.t.Lines[rs[0].li]
		times, ok := e.unitFits(c, first, pt, rs)
		if !ok {
			e.skipLine(c, rs[0].li, "计价单位与知识点单位不同")
			continue
		}
		var limit claim.Qty
		switch {
		case c.ID == "B010":
			limit = a.hours(s) * times
		case pt.Params.PerDay:
			limit = pt.Limit * claim.Qty(s.LOS+1)
		default:
			limit = pt.Limit
		}
		a.over(e, c, si, rs, limit, e.item(it))
	}
}

// hours of the stay, rounded up, and the lenience; with day precision (LOS+1) whole days.
func (a stayLimit) hours(s *claim.Stay) claim.Qty {
	if s.Open || s.Since.DayOnly() || s.Out.DayOnly() {
		return claim.Qty(s.LOS+1) * 24 * claim.QtyOne
	}
	const hour = 3_600_000_000
	h := (s.Out.Clock() - s.Since.Clock() + hour - 1) / hour
	return (claim.Qty(h) + a.extraH) * claim.QtyOne
}

// nursing: two grades on one day refund the lower one; the rest is held against the days of the stay.
func (a stayLimit) nursing(e *Eval, c *compiled, si int32, refs []lineRef) {
	s := &e.t.Stays[si]
	low := map[int32]bool{} // lines of the lower grade on a day with a higher one
	if a.sameDay {
		best := map[claim.Day]claim.Qty{}
		for _, r := range refs {
			d, g := e.t.Lines[r.li].Time.Day(), e.b.points[r.pt].Limit
			if b, ok := best[d]; !ok || g < b {
				best[d] = g
			}
		}
		for _, r := range refs {
			if e.b.points[r.pt].Limit > best[e.t.Lines[r.li].Time.Day()] {
				low[r.li] = true
			}
		}
	}
	var rest []lineRef
	var total claim.Qty
	for _, r := range refs {
		total += e.t.Lines[r.li].Cnt
		if !low[r.li] {
			rest = append(rest, r)
		}
	}
	limit := claim.Qty(s.LOS)*claim.QtyOne + a.tail
	lines, _ := e.overLimit(rest, limit)
	if lines == nil && len(low) == 0 {
		return
	}
	if lines == nil {
		for _, r := range rest {
			lines = append(lines, involved(r.li))
		}
	}
	for _, r := range refs {
		if low[r.li] {
			lines = append(lines, whole(r.li))
		}
	}
	slices.SortFunc(lines, func(x, y HitLine) int { return int(x.Line - y.Line) })
	a.record(e, c, si, lines, refs[0].pt, limit, total, "")
}
