package rule

import (
	"github.com/mingjian/mingjian/internal/claim"
)

// Kind SEQ: what should follow an event within a time and does not.
func init() {
	register("SEQ", "followup", func(p *params, c *Card) (any, error) {
		set, err := claim.ParseDiagSet(p.str("oprn", "36.06|36.07"))
		if err != nil {
			return nil, err
		}
		bleed, err := claim.ParseDiagSet(p.str("exempt_diag", "D65-D69|I60-I62|K25.0|K25.4|K26.0|K26.4|K92.0-K92.2"))
		return followup{set, bleed, claim.Day(p.int("window_d", 366))}, err
	})
}

// followup: after an operation, none of the drugs that points name was obtained in the window. It can only be said once
// the window is over: the first visit after it carries the finding. Conduct: no money.
type followup struct {
	oprn, bleeding claim.DiagSet
	window         claim.Day
}

func (a followup) person(e *Eval, c *compiled) {
	if len(e.t.Ops) == 0 {
		return
	}
	for i := range e.t.Ops {
		o := &e.t.Ops[i]
		if o.Visit < 0 || !o.Begin.Has() || !a.oprn.Has(e.b.ds[claim.DictOprn].String(o.Code)) {
			continue
		}
		if at := &e.t.Visits[o.Visit]; !at.Out && at.Setting&claim.Inpatient != 0 && !a.again(e, i) {
			a.judge(e, c, o)
		}
	}
}

// again: a later operation of the kind restarts the window and speaks for both.
func (a followup) again(e *Eval, i int) bool {
	o := &e.t.Ops[i]
	for k := range e.t.Ops {
		p := &e.t.Ops[k]
		if k == i || p.Visit < 0 || !p.Begin.Has() || e.t.Visits[p.Visit].Out || !a.oprn.Has(e.b.ds[claim.DictOprn].String(p.Code)) {
			continue
		}
		d := p.Begin.Clock() - o.Begin.Clock()
		if (d > 0 || (d == 0 && k > i)) && p.Begin.Day() <= o.Begin.Day()+a.window {
			return true
		}
	}
	return false
}

func (a followup) judge(e *Eval, c *compiled, o *claim.Operation) {
	from, to := o.Begin.Day(), o.Begin.Day()+a.window
	vi := int32(-1) // the first visit after the window
	for i := range e.t.Visits {
		v := &e.t.Visits[i]
		if !v.Out && v.Begin.Day() > to && vi < 0 {
			vi = int32(i)
		}
		near := v.Begin.Day() >= from && v.Begin.Day() <= to
		if v.Out || (!near && int32(i) != o.Visit) {
			continue
		}
		if v.Tags&claim.Died != 0 || e.visitDiag(int32(i), &a.bleeding) {
			return
		}
	}
	if vi < 0 || !e.inRange(e.t.Visits[vi].Month) || e.unfitInst(c, e.t.Visits[o.Visit].Inst) || e.exempt(c, o.Visit) {
		return
	}
	bought := false
	for i := range e.t.Lines {
		l := &e.t.Lines[i]
		if d := l.Time.Day(); d < from || d > to || !before(o.Begin, l.Time) {
			continue
		}
		if e.named(c, l) {
			return
		}
		bought = bought || (l.List == 101 && e.t.SettingOf(l)&claim.Inpatient == 0)
	}
	if !bought { // lives or buys elsewhere
		e.skip(c, e.t.Visits[o.Visit].Inst, "窗口内没有任何门诊或购药记录")
		return
	}
	e.hitVisit(c, vi, key("visit", e.t.MdtrtID(&e.t.Visits[o.Visit])), nil, Fact{"日期", from.String()}, fact("天数", "%d", a.window),
		Fact{"机构", e.instName(e.t.Visits[o.Visit].Inst, from)})
}
