package rule

import (
	"github.com/mingjian/mingjian/internal/claim"
)

// Kind TIME, continued: organs that were taken out before, and what may not be given on the first day.
func init() {
	register("TIME", "organ_removed", func(p *params, c *Card) (any, error) { return organRemoved{}, nil })
	register("TIME", "first_day", func(p *params, c *Card) (any, error) { return firstDay{claim.Day(p.int("days", 1))}, nil })
}

// organRemoved: an operation on, or examination of, an organ that an earlier operation (the point's diag_set holds its
// codes) had removed. Of paired organs (params.class 成对) both records must name the same side.
type organRemoved struct{}

func (organRemoved) line(e *Eval, c *compiled, li, pi int32) {
	l, pt := &e.t.Lines[li], &e.b.points[pi]
	if len(e.t.Ops) == 0 || pt.diags.Empty() || l.Visit < 0 {
		return
	}
	scope, side := e.scopeID(l), e.code(l, "side")
	unclear := false
	for i := range e.t.Ops {
		o := &e.t.Ops[i]
		if o.Visit < 0 || !o.Begin.Has() || !pt.diags.Has(e.b.ds[claim.DictOprn].String(o.Code)) {
			continue
		}
		v := &e.t.Visits[o.Visit]
		if v.Out || v.Stay < 0 || int64(v.Stay)|1<<40 == scope || o.Begin.Day() >= l.Time.Day() {
			continue
		}
		if s := &e.t.Stays[v.Stay]; s.Open || s.Out.Day() > l.Time.Day() { // not discharged by then: which of the two is true is X001's question
			continue
		}
		if pt.Params.Class == "成对" {
			if o.Side == 0 || side == 0 {
				unclear = true
				continue
			}
			if o.Side != side {
				continue
			}
		}
		e.hitLineOnce(c, li, pi, Fact{"项目", e.itemName(l)}, Fact{"日期", o.Begin.Day().String()}, Fact{"限定", pt.Params.Part},
			Fact{"机构", e.instName(v.Inst, o.Begin.Day())})
		return
	}
	if unclear {
		e.skipLine(c, li, "成对器官侧别不详")
	}
}

// firstDay: given on the day of admission (or less than days after it) although the point says later.
type firstDay struct{ days claim.Day }

func (a firstDay) line(e *Eval, c *compiled, li, pi int32) {
	l, pt := &e.t.Lines[li], &e.b.points[pi]
	if l.Visit < 0 || e.t.Visits[l.Visit].Stay < 0 || l.Flags&claim.TakeHome != 0 {
		return
	}
	s := &e.t.Stays[e.t.Visits[l.Visit].Stay]
	first := &e.t.Visits[s.First]
	gap := l.Time.Day() - s.In.Day()
	if gap < 0 || gap >= a.days || s.Since.Day() < s.In.Day() || e.referred(l) || e.b.Vocab.Num(first.AdmWay) == 1 || e.visitInICU(l) {
		return
	}
	if !pt.diags.Empty() && e.stayHas(s, &pt.diags) {
		return
	}
	for _, vi := range s.Visits {
		for _, o := range e.t.OpsOf(vi) {
			if o.Begin.Has() && o.Begin.Day() >= s.In.Day() && before(o.Begin, l.Time) {
				return
			}
		}
	}
	if no := e.text(l, "drord_no"); no != "" && a.orderedLater(e, l, no, s.In.Day()+a.days) {
		return
	}
	e.hitLineOnce(c, li, pi, Fact{"项目", e.itemName(l)}, Fact{"日期", first.Begin.Day().String()}, Fact{"限定", pt.Basis})
}

// orderedLater: the line's order begins after the first days: booked early, given later.
func (a firstDay) orderedLater(e *Eval, l *claim.Line, no string, from claim.Day) bool {
	return e.eachOrder(l, func(_ string, r claim.RowRef) bool {
		t := r.B.Table
		at := claim.Time(r.B.I64(t.MustCol("drord_begn_date"), r.Row))
		return r.B.Str(t.MustCol("drord_no"), r.Row) == no && at.Has() && at.Day() >= from
	})
}
