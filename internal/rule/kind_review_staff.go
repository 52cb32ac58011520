package rule

import (
	"github.com/mingjian/mingjian/internal/claim"
)

// Kind REVIEW, continued: drugs that need a qualification of their own, and people who may prescribe.
func init() {
	register("REVIEW", "special_drug", func(p *params, c *Card) (any, error) {
		return specialDrug{claim.Day(p.int("grace_d", 5)), p.bool("inpatient", false)}, nil
	})
	register("REVIEW", "staff", func(p *params, c *Card) (any, error) { return staff{claim.Day(p.int("grace_d", 30))}, nil })
}

// specialDrug: a separately paid drug for somebody not qualified for it, or at an institution that is not theirs.
type specialDrug struct {
	grace     claim.Day // registers are late: days before and after a qualification that count as within it
	inpatient bool
}

func (a specialDrug) line(e *Eval, c *compiled, li, pi int32) {
	l, pt := &e.t.Lines[li], &e.b.points[pi]
	if (!a.inpatient && e.t.SettingOf(l)&claim.Inpatient != 0) || !e.t.FundPaid(l) {
		return
	}
	generic := pt.Params.Group
	if g := e.genericOf(l.Item); generic == "" && g > 0 {
		generic = e.b.ds[claim.DictText].String(int32(g))
	}
	if generic == "" {
		e.skipLine(c, li, "药品通用名不详")
		return
	}
	day := l.Time.Day()
	actual := "没有备案认定"
	for _, r := range e.t.Extra["special_drug"] {
		t := r.B.Table
		if e.b.ds[claim.DictText].String(r.B.I32(t.MustCol("generic_name"), r.Row)) != generic {
			continue
		}
		from, to := intervalOf(r)
		if (from.Has() && day < from-a.grace) || (to != claim.OpenDay && day > to+a.grace) {
			if actual == "没有备案认定" {
				actual = "不在认定有效期内"
			}
			continue
		}
		idet, supply := r.B.I32(t.MustCol("idet_fixmedins_code"), r.Row), r.B.I32(t.MustCol("supply_fixmedins_code"), r.Row)
		if (idet == 0 && supply == 0) || idet == l.Inst || supply == l.Inst || (supply == 0 && e.isPharmacy(l)) {
			return
		}
		actual = "不是认定或供药机构"
	}
	e.hitLine(c, li, []int32{pi}, Fact{"项目", e.itemName(l)}, Fact{"实际", actual}, Fact{"日期", day.String()})
}

// isPharmacy: a pharmacy fills what an appointed hospital prescribed; where no supplier is named any may.
func (e *Eval) isPharmacy(l *claim.Line) bool {
	x := e.b.Ref.InstOn(l.Inst, l.Time.Day())
	return x != nil && x.Type == 2
}

// staff: ordered by somebody registered nowhere, or no longer. Registration at another institution is practice at several
// places, which is lawful.
type staff struct{ grace claim.Day }

func (a staff) person(e *Eval, c *compiled) {
	doctor, inst, day, fine := int32(0), int32(0), claim.NoDay, false
	for i := range e.t.Lines {
		l := &e.t.Lines[i]
		if l.Doctor == 0 || l.InScope <= 0 || !e.inRange(l.Month) {
			continue
		}
		if d := l.Time.Day(); l.Doctor != doctor || l.Inst != inst || d != day {
			doctor, inst, day = l.Doctor, l.Inst, d
			fine = a.registered(e, doctor, d)
		}
		if !fine {
			a.judge(e, c, int32(i))
		}
	}
}

func (a staff) registered(e *Eval, doctor int32, day claim.Day) bool {
	rows := e.b.Ref.PracRows(doctor)
	for i := range rows {
		r := &rows[i]
		if (r.From == claim.NoDay || day >= r.From-a.grace) && (r.To == claim.OpenDay || day <= r.To+a.grace) {
			return true
		}
	}
	return false
}

func (a staff) judge(e *Eval, c *compiled, li int32) {
	l := &e.t.Lines[li]
	if e.unfitInst(c, l.Inst) || e.exempt(c, l.Visit) {
		return
	}
	if !e.b.Ref.Staffed(l.Inst) {
		e.skipLine(c, li, "机构没有登记人员")
		return
	}
	actual := "没有备案"
	if rows := e.b.Ref.PracRows(l.Doctor); len(rows) > 0 {
		actual = "备案已失效"
		if l.Time.Day() < rows[len(rows)-1].From {
			actual = "备案尚未生效"
		}
	}
	e.hitLine(c, li, nil, Fact{"项目", e.itemName(l)}, Fact{"实际", "人员 " + e.b.ds[claim.DictPrac].String(l.Doctor) + " " + actual},
		Fact{"日期", l.Time.Day().String()})
}
