package rule

import (
	"github.com/mingjian/mingjian/internal/claim"
)

// Kind FREQ: an operation that each eye has once (F022 cataract).
func init() {
	register("FREQ", "per_eye", func(p *params, c *Card) (any, error) {
		return perEye{claim.Qty(p.int("per_eye", 1)) * claim.QtyOne}, nil
	})
}

// perEye counts by eye over everything known of the person, whoever operated. An eye that neither bill nor operation names
// may have been either: it is held against both eyes together.
type perEye struct{ each claim.Qty }

// eyeBook is what is known to have been done in one group of items.
type eyeBook struct {
	group                string
	left, right, unknown claim.Qty
	before               []int32
}

func (a perEye) group(e *Eval, c *compiled, refs []lineRef) {
	var books []*eyeBook
	last := int32(-1)
	for _, r := range refs {
		if r.li == last {
			continue
		}
		last = r.li
		name := e.b.points[r.pt].Params.Group
		var b *eyeBook
		for _, o := range books {
			if o.group == name {
				b = o
			}
		}
		if b == nil {
			b = &eyeBook{group: name}
			books = append(books, b)
		}
		a.book(e, c, b, r)
	}
}

// book adds a line and reports what of it an eye cannot have had.
func (a perEye) book(e *Eval, c *compiled, b *eyeBook, r lineRef) {
	l := &e.t.Lines[r.li]
	left, right := a.eyes(e, l)
	var over, all claim.Qty
	use := func(n *claim.Qty, q claim.Qty) {
		room := max(0, min(a.each-*n, 2*a.each-b.left-b.right-b.unknown)) // one that named no eye may have been this one
		*n += min(q, room)
		over, all = over+q-min(q, room), all+q
	}
	which := "眼别不详"
	switch {
	case left && right:
		which = "双眼"
		use(&b.left, max(claim.QtyOne, l.Cnt/2))
		use(&b.right, max(claim.QtyOne, l.Cnt/2))
	case left:
		which = "左眼"
		use(&b.left, l.Cnt)
	case right:
		which = "右眼"
		use(&b.right, l.Cnt)
	default:
		all = l.Cnt
		room := max(0, 2*a.each-b.left-b.right-b.unknown)
		over = l.Cnt - min(l.Cnt, room)
		b.unknown += l.Cnt - over
	}
	if over > 0 {
		lines := []HitLine{part(r.li, over, all)}
		for _, o := range b.before {
			lines = append(lines, involved(o))
		}
		e.hitFrom(c, e.unitLine(r.li), lines, r.pt, Fact{"项目", e.itemName(l)}, Fact{"实际", which}, fact("限额", "每眼%s次", a.each.String()),
			Fact{"日期", l.Time.Day().String()})
	}
	if over < all {
		b.before = append(b.before, r.li)
	}
}

// eyes of a line: as billed, else the one eye that the operation records of its visit and day name.
func (perEye) eyes(e *Eval, l *claim.Line) (left, right bool) {
	if left, right = sidesOf(e.text(l, "side")); left || right || l.Visit < 0 {
		return left, right
	}
	for _, o := range e.t.OpsOf(l.Visit) {
		if o.Begin.Day() == l.Time.Day() {
			x, y := sidesOf(e.b.ds[claim.DictList].String(o.Side))
			left, right = left || x, right || y
		}
	}
	if left && right { // two lines may be one eye each
		return false, false
	}
	return left, right
}
