package rule

import (
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// Kind REVIEW of prescribers: was the doctor of a prescription filled at a pharmacy registered where it was written.
func init() {
	register("REVIEW", "prescriber", func(p *params, c *Card) (any, error) {
		return prescriber{grace: claim.Day(p.int("grace_d", 30)), remote: strings.Split(p.str("remote", "互联网|卫生室|卫生所|服务站"), "|")}, nil
	})
}

type prescriber struct {
	grace  claim.Day // days after leaving
	remote []string  // institutions, by name, whose doctors are registered elsewhere
}

func (a prescriber) visit(e *Eval, c *compiled, vi int32) {
	if e.t.Visits[vi].Setting&claim.Pharmacy == 0 || len(e.t.Extra["prescription"]) == 0 || e.exempt(c, vi) {
		return
	}
	for _, li := range e.t.LinesOf(vi) {
		l := &e.t.Lines[li]
		if l.InScope <= 0 || !e.inRange(l.Month) || (e.t.Str(l, rxCols.rx) == "" && e.t.Str(l, rxCols.hi) == "") {
			continue
		}
		if r, ok := rxRow(e.t, l); ok {
			a.line(e, c, li, r)
		}
	}
}

func (a prescriber) line(e *Eval, c *compiled, li int32, r claim.RowRef) {
	col := r.B.Table.MustCol
	inst, doctor := r.B.I32(col("fixmedins_code"), r.Row), r.B.I32(col("prsc_dr_code"), r.Row)
	at := claim.Time(r.B.I64(col("prsc_time"), r.Row))
	ref := e.b.Ref
	if doctor == 0 || !at.Has() || !ref.Staffed(inst) {
		e.skipLine(c, li, "处方没有医师，或处方机构没有人员备案")
		return
	}
	day := at.Day()
	why := a.why(e, doctor, inst, day)
	if why == "" {
		return
	}
	e.hitLine(c, li, nil, Fact{"项目", e.itemName(&e.t.Lines[li])}, Fact{"实际", "医师 " + e.b.ds[claim.DictPrac].String(doctor) + " " + why},
		Fact{"机构", e.instName(inst, day)}, Fact{"日期", day.String()})
}

// why tells what is wrong with a prescriber on the day of the prescription, "" when nothing is.
func (a prescriber) why(e *Eval, doctor, inst int32, day claim.Day) string {
	ref := e.b.Ref
	if s := ref.Credential(doctor, day); s != nil {
		return "支付资格" + statusNames[s.Stas]
	}
	name := e.instName(inst, day)
	for _, x := range a.remote {
		if x != "" && strings.Contains(name, x) {
			return ""
		}
	}
	rows := ref.PracRows(doctor)
	if len(rows) == 0 {
		return "没有备案"
	}
	home := ref.InstOn(inst, day)
	left := false
	for i := range rows {
		p := &rows[i]
		other := ref.InstOn(p.Inst, day)
		same := p.Inst == inst || (home != nil && other != nil && (other.Succ == inst || home.Succ == p.Inst || (home.Group != 0 && home.Group == other.Group)))
		if !same || (p.From != claim.NoDay && day < p.From) {
			continue
		}
		if day <= p.To || day-p.To <= a.grace {
			return ""
		}
		left = left || p.Inst == inst
	}
	if left {
		return "已离开处方机构"
	}
	return "不是处方机构的备案医师"
}
