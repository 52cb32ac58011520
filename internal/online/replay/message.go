package replay

import (
	"cmp"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/online"
)

// teller turns a person's timeline back into what hospitals said at the time.
type teller struct {
	t  *claim.Timeline
	ds *claim.Dicts
}

func (x *teller) val(src uint16, row int32, name string) string {
	b := x.t.Source(src)
	c := b.Table.Col(name)
	if c < 0 {
		return ""
	}
	return strings.Clone(b.Format(x.ds, c, int(row)))
}

func (x *teller) money(src uint16, row int32, name string) claim.Money {
	b := x.t.Source(src)
	return claim.Money(b.I64(b.Table.MustCol(name), int(row)))
}

// patient is who a visit was registered for.
func (x *teller) patient(v *claim.Visit, on claim.Day) online.Patient {
	p := online.Patient{ID: x.ds[claim.DictPerson].String(v.Psn), Birth: claim.NoDay, PsnType: x.val(v.Src, v.Row, "psn_type"), Current: x.id(v)}
	if r := x.t.PersonOn(v.Psn, on); r != nil {
		p.Birth, p.Area = r.Birth, x.ds[claim.DictList].String(r.Area)
		if r.Gend > 0 {
			p.Sex = string('0' + byte(r.Gend))
		}
	}
	return p
}

func (x *teller) id(v *claim.Visit) string { return strings.Clone(x.t.MdtrtID(v)) }

// encounter is a visit as known at a moment: how it ends and what it ends with only where it has ended.
func (x *teller) encounter(vi int32, at claim.Time) online.Encounter {
	v := &x.t.Visits[vi]
	val := func(name string) string { return x.val(v.Src, v.Row, name) }
	ended := v.End.Has() && v.End.Day() <= at.Day()
	e := online.Encounter{ID: x.id(v), Inst: x.ds[claim.DictInst].String(v.Inst), Ward: val("wardarea_codg"), Bed: val("bedno"), Begin: v.Begin, End: claim.NoTime,
		MainDiag: val("dscg_maindiag_code"), MainDiagName: val("dscg_maindiag_name"), Doctor: val("atddr_no"), DeptIn: val("adm_dept_codg"),
		DeptInName: val("adm_dept_name"), MedType: val("med_type"), Matn: val("matn_stas"), Insutype: val("insutype"),
		Total: claim.None64, Own: claim.None64, SelfPay: claim.None64, Account: claim.None64, Fund: claim.None64}
	switch {
	case v.Setting&claim.Inpatient != 0:
		e.Kind = "2"
	case v.Setting&claim.Pharmacy != 0:
		e.Kind = "3"
	default:
		e.Kind = "1"
	}
	if ended {
		e.End, e.DeptOut, e.DeptOutName = v.End, val("dscg_dept_codg"), val("dscg_dept_name")
	}
	if e.Kind == "2" && !ended {
		e.MainDiag, e.MainDiagName = "", ""
	}
	for i, g := range x.t.DiagsOf(vi) {
		if g.Out && !ended && e.Kind == "2" {
			continue
		}
		d := online.Diagnosis{InOut: "1", Main: g.Main, Order: i + 1, Code: x.ds[claim.DictDiag].String(g.Code), Name: x.ds[claim.DictText].String(g.Name), At: g.Time}
		if g.Out {
			d.InOut = "2"
		}
		e.Diagnoses = append(e.Diagnoses, d)
	}
	for _, o := range x.t.OpsOf(vi) {
		if !o.Begin.Has() || o.Begin.Day() <= at.Day() {
			e.Operations = append(e.Operations, online.Operation{Code: x.ds[claim.DictOprn].String(o.Code), On: o.Begin.Day()})
		}
	}
	return e
}

// order is a fee line, net of what was taken back.
func (x *teller) order(li int32, current bool) online.Order {
	l := &x.t.Lines[li]
	val := func(name string) string { return x.val(l.Src, l.Row, name) }
	return online.Order{ID: strings.Clone(x.t.FeedetlSn(l)), Rxno: val("rxno"), Group: val("grpno"), ListType: val("list_type"), Charge: val("med_chrgitm_type"),
		TakeHome: l.Flags&claim.TakeHome != 0, Item: val("hilist_code"), Name: val("hilist_name"), HospItem: val("medins_list_codg"), HospName: val("medins_list_name"),
		DosForm: val("dosform"), Cnt: l.Cnt, Price: l.Pric, Amount: l.Amt, Own: l.Amt - l.InScope, SelfPay: claim.None64, Unit: val("cnt_unt"),
		Begin: l.Time, Stop: claim.NoTime, Dept: val("bilg_dept_codg"), DeptName: val("bilg_dept_name"), Doctor: x.ds[claim.DictPrac].String(l.Doctor),
		Days: claim.None32, Current: current}
}

// request is the call made just before a settlement.
func (x *teller) request(si int32) *online.Request {
	s := &x.t.Setls[si]
	v := &x.t.Visits[s.Visit]
	p := x.patient(v, s.Time.Day())
	e := x.encounter(s.Visit, s.Time)
	for _, li := range x.t.LinesOf(s.Visit) {
		if l := &x.t.Lines[li]; l.Setl == si || l.Time.Clock() <= s.Time.Clock() {
			e.Orders = append(e.Orders, x.order(li, l.Setl == si))
		}
	}
	x.bill(&e, s)
	p.Encounters = []online.Encounter{e}
	return &online.Request{Infno: "3102", Stage: online.During, Channel: Channel, MsgID: "R", TaskID: strings.Clone(x.t.SetlID(s)), Inst: e.Inst, Insured: x.areaOf(s, &p),
		At: x.clock(si), Patients: []online.Patient{p}}
}

// clock is when the call was made. Where the bill names the day alone, it was at some hour of that day, after what it settles: a call has
// a clock, and midnight would be before the visit began.
func (x *teller) clock(si int32) claim.Time {
	s := &x.t.Setls[si]
	at := s.Time &^ 1
	if !s.Time.DayOnly() {
		return at
	}
	later := func(t claim.Time) {
		if t.Has() && t.Day() == s.Time.Day() {
			at = max(at, t&^1)
		}
	}
	later(x.t.Visits[s.Visit].Begin)
	for _, li := range x.t.LinesOf(s.Visit) {
		if l := &x.t.Lines[li]; l.Setl == si {
			later(l.Time)
		}
	}
	return at
}

// areaOf is where the settlement was insured.
func (x *teller) areaOf(s *claim.Settlement, p *online.Patient) string {
	return cmp.Or(x.val(s.Src, s.Row, "insu_admdvs"), p.Area)
}

// bill is what the trial settlement says.
func (x *teller) bill(e *online.Encounter, s *claim.Settlement) {
	e.Insutype = cmp.Or(x.ds[claim.DictList].String(s.Insutype), e.Insutype)
	e.Total, e.Fund = s.Total, s.Fund
	e.Own = x.money(s.Src, s.Row, "fulamt_ownpay_amt").Or(max(0, s.Total-s.InScope.Or(s.LineScope)))
	e.Account = x.money(s.Src, s.Row, "acct_pay").Or(0)
	e.SelfPay = max(0, s.Total-e.Own-e.Account-e.Fund)
}

// event is what became known of a visit at a moment, with the lines chosen.
func (x *teller) event(kind online.EventKind, vi int32, at claim.Time, lines []int32) *online.Event {
	v := &x.t.Visits[vi]
	p := x.patient(v, at.Day())
	e := x.encounter(vi, at)
	for _, li := range lines {
		e.Orders = append(e.Orders, x.order(li, false))
	}
	p.Encounters = []online.Encounter{e}
	return &online.Event{Kind: kind, Inst: e.Inst, At: at, Patient: p}
}

// settled is what a settlement made known.
func (x *teller) settled(s step) *online.Event {
	setl := &x.t.Setls[s.setl]
	var lines []int32
	for _, li := range x.t.LinesOf(s.visit) {
		if x.t.Lines[li].Setl == s.setl {
			lines = append(lines, li)
		}
	}
	ev := x.event(online.Settled, s.visit, s.at, lines)
	x.bill(&ev.Patient.Encounters[0], setl)
	ev.Patient.Area = x.areaOf(setl, &ev.Patient)
	ev.Setl, ev.SetlTime = strings.Clone(x.t.SetlID(setl)), setl.Time
	if len(lines) == 0 {
		ev.Lines = []string{}
	}
	return ev
}

// step is one thing that happened to a person.
type step struct {
	at    claim.Time
	rank  int // of what happened at one moment: what is told, then what is asked
	visit int32
	setl  int32 // −1: told only
	lines []int32
}

// steps are what hospitals told and asked of a person in a month, in order of time: visits as they began, bills of stays as they were
// written, settlements.
func (x *teller) steps(m claim.Month) (out []step) {
	t := x.t
	last := m.Last()
	for vi := range t.Visits {
		v := &t.Visits[vi]
		if v.Begin.Day() > last || (v.LastMonth != 0 && v.LastMonth < m) || v.Out {
			continue
		}
		out = append(out, step{at: v.Begin &^ 1, visit: int32(vi), setl: -1})
		for _, o := range t.OpsOf(int32(vi)) {
			if o.Begin.Has() && o.Begin.Day() <= last {
				out = append(out, step{at: o.Begin &^ 1, visit: int32(vi), setl: -1})
			}
		}
		if v.Setting&claim.Inpatient == 0 {
			continue
		}
		by := map[claim.Time][]int32{}
		for _, li := range t.LinesOf(int32(vi)) {
			if l := &t.Lines[li]; l.Time.Day() <= last && (l.Month == 0 || l.Month >= m) {
				by[l.Time&^1] = append(by[l.Time&^1], li)
			}
		}
		for at, ls := range by {
			out = append(out, step{at: at, rank: 1, visit: int32(vi), setl: -1, lines: ls})
		}
	}
	for si := range t.Setls {
		if s := &t.Setls[si]; s.Month == m && s.Visit >= 0 {
			out = append(out, step{at: s.Time &^ 1, rank: 2, visit: s.Visit, setl: int32(si)})
		}
	}
	slices.SortStableFunc(out, func(a, b step) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.rank, b.rank), cmp.Compare(a.setl, b.setl))
	})
	return out
}
