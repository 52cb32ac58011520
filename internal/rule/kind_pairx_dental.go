package rule

import (
	"slices"

	"github.com/mingjian/mingjian/internal/claim"
)

// Kind PAIR_X: insured items in plenty around a treatment the patient pays (F021: dental implants and braces).
func init() {
	register("PAIR_X", "selfpay_swap", func(p *params, c *Card) (any, error) {
		return selfpaySwap{claim.Day(p.int("window_d", 30)), claim.Qty(p.int("min_qty", 6)) * claim.QtyOne}, nil
	})
}

// selfpaySwap: points of class 自费 name what the patient pays, points of class 医保 what the fund pays. At one institution,
// the insured items within the window around a self-paid one are suspect when there are at least so many of them. A finding
// for each visit that billed them.
type selfpaySwap struct {
	window claim.Day
	min    claim.Qty
}

func (a selfpaySwap) group(e *Eval, c *compiled, refs []lineRef) {
	var insured []lineRef
	var sum claim.Qty
	for _, r := range refs {
		if e.b.points[r.pt].Params.Class == "医保" && (len(insured) == 0 || insured[len(insured)-1].li != r.li) {
			insured = append(insured, r)
			sum += e.t.Lines[r.li].Cnt
		}
	}
	if sum < a.min {
		return
	}
	var judged []int32 // institutions
	for i := range e.t.Lines {
		own := &e.t.Lines[i]
		if slices.Contains(judged, own.Inst) || !a.selfPaid(e, c, own) {
			continue
		}
		judged = append(judged, own.Inst)
		a.judge(e, c, own.Inst, insured)
	}
}

func (selfpaySwap) selfPaid(e *Eval, c *compiled, l *claim.Line) bool {
	pi := e.pointNaming(c, l)
	return pi >= 0 && e.b.points[pi].Params.Class == "自费" && l.InScope == 0
}

func (a selfpaySwap) judge(e *Eval, c *compiled, inst int32, insured []lineRef) {
	var near []lineRef
	var own []int32
	var sum claim.Qty
	for i := range e.t.Lines {
		if l := &e.t.Lines[i]; l.Inst == inst && a.selfPaid(e, c, l) {
			own = append(own, int32(i))
		}
	}
	for _, r := range insured {
		l := &e.t.Lines[r.li]
		if l.Inst == inst && slices.ContainsFunc(own, func(o int32) bool { return a.within(e, l, &e.t.Lines[o]) }) {
			near = append(near, r)
			sum += l.Cnt
		}
	}
	if sum < a.min {
		return
	}
	eachKind(near, func(x, y lineRef) bool { return e.t.Lines[x.li].VisitKey == e.t.Lines[y.li].VisitKey }, func(refs []lineRef) {
		l := &e.t.Lines[refs[0].li]
		var lines []HitLine
		for _, r := range refs {
			lines = append(lines, whole(r.li))
		}
		for _, o := range own {
			if a.within(e, l, &e.t.Lines[o]) {
				lines = append(lines, involved(o))
			}
		}
		e.hitFrom(c, key("visit", e.t.LineMdtrt(l)), lines, refs[0].pt, Fact{"项目", e.itemName(l)}, Fact{"限定", e.itemName(&e.t.Lines[own[0]])},
			Fact{"量", sum.String()}, fact("限额", "%d天内%s项", a.window, a.min.String()), Fact{"日期", l.Time.Day().String()})
	})
}

func (a selfpaySwap) within(e *Eval, x, y *claim.Line) bool {
	d := x.Time.Day() - y.Time.Day()
	return d <= a.window && -d <= a.window
}
