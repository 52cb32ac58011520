package rule

import (
	"fmt"
	"slices"

	"github.com/mingjian/mingjian/internal/claim"
)

// Kind FREQ: consumables against the procedures they are used in (E004 implants, E009 dialysers).
func init() {
	register("FREQ", "per_procedure", func(p *params, c *Card) (any, error) {
		a := perProcedure{ratio: tenThousandths(p.num("ratio", 1))}
		switch by := p.str("by", "次数"); by {
		case "次数":
		case "台次":
			a.sessions = true
		default:
			return nil, fmt.Errorf("参数 by 写作 %q，应为 次数 或 台次", by)
		}
		return a, nil
	})
}

// perProcedure: what a point allows for one procedure times the procedures of the stay (or visit). Counted are the billed
// quantities of the procedures (次数), or the sessions in the theatre, which may be told by records, too (台次).
type perProcedure struct {
	ratio    int64 // 1/10 000
	sessions bool
}

// procedureUse is what a stay or visit used of one group of consumables.
type procedureUse struct {
	scope int64
	group string
	refs  []lineRef
}

func (a perProcedure) group(e *Eval, c *compiled, refs []lineRef) {
	var uses []procedureUse
	for _, r := range refs {
		if r.second {
			continue
		}
		l, pt := &e.t.Lines[r.li], &e.b.points[r.pt]
		name := pt.Params.Group
		if name == "" {
			name = pt.Subject
		}
		id := e.scopeID(l)
		i := slices.IndexFunc(uses, func(u procedureUse) bool { return u.scope == id && u.group == name })
		if i < 0 {
			i = len(uses)
			uses = append(uses, procedureUse{scope: id, group: name})
		}
		if u := &uses[i]; len(u.refs) == 0 || u.refs[len(u.refs)-1].li != r.li {
			u.refs = append(u.refs, r)
		}
	}
	for i := range uses {
		a.judge(e, c, &uses[i])
	}
}

func (a perProcedure) judge(e *Eval, c *compiled, u *procedureUse) {
	first := &e.t.Lines[u.refs[0].li]
	pt := &e.b.points[u.refs[0].pt]
	if pt.Limit == claim.None64 {
		return
	}
	n := a.procedures(e, first, pt)
	if n == 0 {
		e.skipLine(c, u.refs[0].li, "没有对应的治疗项目，次数不详")
		return
	}
	limit := claim.Qty(claim.MulDiv(claim.MulDiv(int64(pt.Limit), int64(n), int64(claim.QtyOne)), a.ratio, 10_000))
	lines, total := e.overLimit(u.refs, limit)
	if lines == nil {
		return
	}
	h := e.hitFrom(c, key("procedure", e.scopeUnit(first), u.group), lines, u.refs[0].pt, Fact{"项目", e.itemName(first)},
		Fact{"量", total.String()}, Fact{"限额", limit.String()}, Fact{"单位", pt.Unit}, Fact{"次数", n.String()})
	e.provisional(h, first)
}

// procedures of the stay or visit of a line, as a quantity; 0 when they cannot be told.
func (a perProcedure) procedures(e *Eval, l *claim.Line, pt *point) claim.Qty {
	if l.Visit < 0 {
		return 0
	}
	visits := []int32{l.Visit}
	if s := e.t.Visits[l.Visit].Stay; s >= 0 {
		visits = e.t.Stays[s].Visits
	}
	var billed claim.Qty
	var days []claim.Day
	for _, vi := range visits {
		for _, li := range e.t.LinesOf(vi) {
			o := &e.t.Lines[li]
			if !slices.Contains(pt.Params.Require, e.item(e.b.canonical(o.Item))) {
				continue
			}
			billed += o.Cnt
			if d := o.Time.Day(); !slices.Contains(days, d) {
				days = append(days, d)
			}
		}
	}
	switch {
	case !a.sessions:
		return billed
	case pt.Unit == "眼" || pt.Unit == "侧":
		return a.eyes(e, visits, billed)
	}
	return max(claim.Qty(max(len(days), theatreSessions(e, visits))), 1) * claim.QtyOne
}

// eyes (or sides) operated on: at most two; two where neither records nor bills tell.
func (perProcedure) eyes(e *Eval, visits []int32, billed claim.Qty) claim.Qty {
	var left, right bool
	for _, vi := range visits {
		for _, o := range e.t.OpsOf(vi) {
			l, r := sidesOf(e.b.ds[claim.DictList].String(o.Side))
			left, right = left || l, right || r
		}
	}
	var n claim.Qty
	if left {
		n += claim.QtyOne
	}
	if right {
		n += claim.QtyOne
	}
	if n = max(n, billed); n == 0 {
		n = 2 * claim.QtyOne
	}
	return min(n, 2*claim.QtyOne)
}

// theatreSessions counts the operations of visits that are recorded on different days or do not overlap.
func theatreSessions(e *Eval, visits []int32) int {
	n := 0
	for _, vi := range visits {
		ops := e.t.OpsOf(vi)
		for i, o := range ops {
			d := o.Begin.Day()
			if !o.Begin.Has() || slices.ContainsFunc(ops[:i], func(p claim.Operation) bool { return p.Begin.Has() && p.Begin.Day() == d }) {
				continue
			}
			n += max(1, e.sessions(vi, d))
		}
	}
	return n
}

// sidesOf reads a side as it is written: 左 右 双侧, 1 2 3.
func sidesOf(s string) (left, right bool) {
	switch s {
	case "左", "左侧", "左眼", "1":
		return true, false
	case "右", "右侧", "右眼", "2":
		return false, true
	case "双", "双侧", "双眼", "3":
		return true, true
	}
	return false, false
}
