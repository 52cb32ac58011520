package rule

import (
	"github.com/mingjian/mingjian/internal/claim"
)

// Kind FREQ, continued: an examination done again although another hospital's result still counts.
func init() {
	register("FREQ", "recognized", func(p *params, c *Card) (any, error) { return recognized{p.int("window_d", 30)}, nil })
}

// recognized: the list of mutual recognition (recog) names the item and for how long; days is for rows without it. The
// earlier result must have been uploaded: it is looked for in reports, not in bills.
type recognized struct{ days int }

func (a recognized) person(e *Eval, c *compiled) {
	if len(e.t.Extra["exam"])+len(e.t.Extra["lab"]) == 0 {
		return
	}
	for i := range e.t.Lines {
		l := &e.t.Lines[i]
		if l.List != 201 || l.InScope <= 0 || !e.report(int32(i)) {
			continue
		}
		item := e.b.canonical(l.Item)
		if !e.b.Ref.Recognized(item) {
			continue
		}
		days, ok := e.b.Ref.RecogDays(item, e.careArea(l.Inst, l.Time.Day()))
		if ok && !e.unfitInst(c, l.Inst) && !e.exempt(c, l.Visit) {
			a.judge(e, c, int32(i), claim.Day(days))
		}
	}
}

func (a recognized) judge(e *Eval, c *compiled, li int32, days claim.Day) {
	if days <= 0 {
		days = claim.Day(a.days)
	}
	l := &e.t.Lines[li]
	item := e.b.canonical(l.Item)
	best, from := claim.NoTime, int32(0)
	for _, table := range [2]string{"exam", "lab"} {
		for _, r := range e.t.Extra[table] {
			t := r.B.Table
			done, inst := claim.Time(r.B.I64(t.MustCol("rpt_time"), r.Row)), r.B.I32(t.MustCol("fixmedins_code"), r.Row)
			if e.b.canonical(r.B.I32(t.MustCol("hilist_code"), r.Row)) != item || inst == l.Inst || !done.Has() ||
				!before(done, l.Time) || l.Time.Day()-done.Day() >= days || (best != claim.NoTime && done.Clock() <= best.Clock()) ||
				e.withdrawn(r.B.Visit[r.Row]) {
				continue
			}
			best, from = done, inst
		}
	}
	if best == claim.NoTime || e.operatedFrom(best.Day(), l) {
		return
	}
	e.hitLine(c, li, nil, Fact{"项目", e.itemName(l)}, Fact{"日期", best.Day().String()}, Fact{"机构", e.instName(from, best.Day())},
		fact("天数", "%d", days))
}

// withdrawn: the visit was taken back: nobody can tell whether what it reports was done.
func (e *Eval) withdrawn(visit uint64) bool {
	for i := range e.t.Visits {
		if v := &e.t.Visits[i]; v.Key == visit {
			return v.Out
		}
	}
	return true
}

// operatedFrom: an operation on or after a day and no later than the line: the finding may have changed.
func (e *Eval) operatedFrom(day claim.Day, l *claim.Line) bool {
	for _, o := range e.t.Ops {
		if o.Begin.Has() && o.Begin.Day() >= day && before(o.Begin, l.Time) {
			return true
		}
	}
	return false
}
