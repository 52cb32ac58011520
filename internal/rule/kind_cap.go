package rule

import (
	"github.com/mingjian/mingjian/internal/claim"
)

// What the cards of kind CAP share: the ceilings of a year and how much of one a person has used, settlement by
// settlement. A ceiling is used by what the fund paid, in the order of settlement; nothing later than the settlement
// that is judged counts.

// Columns of settlements that only ceilings and double payments read.
var (
	setlTable = claim.MustTable("settlement")
	setlPsn   = setlTable.MustCol("psn_no")
	setlArea  = setlTable.MustCol("insu_admdvs")
	visitArea = claim.MustTable("visit").MustCol("insu_admdvs")
	setlHifp  = setlTable.MustCol("hifp_pay")
	setlHifmi = setlTable.MustCol("hifmi_pay")
	setlHifob = setlTable.MustCol("hifob_pay")
	setlDedc  = setlTable.MustCol("act_pay_dedc")
	setlFace  = setlTable.MustCol("face_score")
	setlInvo  = setlTable.MustCol("invono")
	setlInit  = setlTable.MustCol("init_setl_id")
	setlType  = setlTable.MustCol("setl_type")
)

func (e *Eval) setlI32(s *claim.Settlement, col int) int32 {
	return e.t.Source(s.Src).I32(col, int(s.Row))
}

func (e *Eval) setlI64(s *claim.Settlement, col int) int64 {
	return e.t.Source(s.Src).I64(col, int(s.Row))
}

func (e *Eval) setlStr(s *claim.Settlement, col int) string {
	return e.t.Source(s.Src).Str(col, int(s.Row))
}

// settingOfSetl is the way of care that a settlement pays for: its visit's, else by its own med_type.
func (e *Eval) settingOfSetl(s *claim.Settlement) claim.Setting {
	if s.Visit >= 0 {
		return e.t.Visits[s.Visit].Setting
	}
	return e.b.Vocab.Setting(s.MedType)
}

// insuredArea of a settlement: its own, else its visit's, else that of the person's record on the day of settlement; 0 when
// unknown.
func (e *Eval) insuredArea(s *claim.Settlement) int32 {
	if a := e.setlI32(s, setlArea); a != 0 {
		return a
	}
	if s.Visit >= 0 {
		v := &e.t.Visits[s.Visit]
		if a := e.t.Source(v.Src).I32(visitArea, int(v.Row)); a != 0 {
			return a
		}
	}
	if p := e.t.PersonOn(e.setlI32(s, setlPsn), s.Time.Day()); p != nil {
		return p.Area
	}
	return 0
}

// sameCity tells whether two areas are known and of one city, the unit that pools funds.
func (e *Eval) sameCity(a, b int32) bool { return sameCity(e.b.ds[claim.DictList], a, b) }

func sameCity(list *claim.Dict, a, b int32) bool {
	x, y := list.String(a), list.String(b)
	return x != "" && prefix4(x) == prefix4(y)
}

// pooled is what the basic pooled fund paid: hifp_pay, where it is absent all that the fund paid.
func (e *Eval) pooled(s *claim.Settlement) claim.Money {
	if m := e.setlI64(s, setlHifp); m != claim.None64 {
		return claim.Money(m)
	}
	return s.Fund
}

// catastrophic is what the insurance against high costs paid: residents' hifmi_pay and employees' hifob_pay.
func (e *Eval) catastrophic(s *claim.Settlement) claim.Money {
	return claim.Money(e.setlI64(s, setlHifmi)).Or(0) + claim.Money(e.setlI64(s, setlHifob)).Or(0)
}

// quotaKind is one ceiling: its name, the settlements that use it, and how much each uses.
type quotaKind struct {
	name string
	uses func(e *Eval, s *claim.Settlement) bool
	pays func(e *Eval, s *claim.Settlement) claim.Money
}

// quota is how a ceiling stands when a settlement has been paid.
type quota struct {
	limit claim.Money
	used  claim.Money // in the calendar year, this settlement included
	tail  claim.Money // of that, since the first day of the window
	insts int         // institutions that were paid in the window
}

// standing works out a ceiling at settlement si for the window that begins on from. ok is false when no limit is known.
func (e *Eval) standing(k *quotaKind, si int32, dise int32, from claim.Day) (q quota, ok bool) {
	s := &e.t.Setls[si]
	year, _, _ := s.Time.Day().Civil()
	kind := e.b.ds[claim.DictList].Find(k.name)
	area, ins := e.insuredArea(s), e.schemeOf(s)
	if kind < 0 {
		return q, false
	}
	if q.limit, ok = e.b.Ref.BenefitLimit(area, ins, kind, dise, year); !ok || q.limit <= 0 {
		return q, false
	}
	var asOf claim.Day
	q.used, asOf = e.quotaUsed(kind, area, ins, dise, year, s.Time.Day())
	first := claim.DayOf(year, 1, 1)
	for oi := int32(0); oi <= si; oi++ {
		o := &e.t.Setls[oi]
		d := o.Time.Day()
		if d < first || !k.uses(e, o) || e.schemeOf(o) != ins {
			continue // what another insurance paid uses up another ceiling
		}
		pay := k.pays(e, o)
		if d > asOf {
			q.used += pay
		}
		if d < from || pay <= 0 {
			continue
		}
		q.tail += pay
		if !e.paidBefore(k, o.Inst, ins, oi, from) {
			q.insts++
		}
	}
	return q, true
}

// paidBefore tells whether an earlier settlement since the day was paid at the institution.
func (e *Eval) paidBefore(k *quotaKind, inst, ins, before int32, from claim.Day) bool {
	for oi := int32(0); oi < before; oi++ {
		o := &e.t.Setls[oi]
		if o.Inst == inst && o.Time.Day() >= from && k.uses(e, o) && e.schemeOf(o) == ins && k.pays(e, o) > 0 {
			return true
		}
	}
	return false
}

var (
	quotaTable = claim.MustTable("quota_used")
	quotaArea  = quotaTable.MustCol("admdvs")
	quotaIns   = quotaTable.MustCol("insutype")
	quotaName  = quotaTable.MustCol("limit_kind")
	quotaDise  = quotaTable.MustCol("dise_codg")
	quotaYear  = quotaTable.MustCol("year")
	quotaAmt   = quotaTable.MustCol("used_amt")
	quotaAsOf  = quotaTable.MustCol("as_of")
)

// quotaUsed is the latest account of what was used that was drawn up before the day, with its date; without one nothing,
// as of the end of the year before. An account without a date cannot be set against settlements and is left aside.
func (e *Eval) quotaUsed(kind, area, ins, dise int32, year int, before claim.Day) (claim.Money, claim.Day) {
	used, asOf := claim.Money(0), claim.DayOf(year, 1, 1)-1
	for _, r := range e.t.Extra["quota_used"] {
		at := claim.Day(r.B.I32(quotaAsOf, r.Row))
		if !at.Has() || at < asOf+1 || at >= before || int(r.B.I32(quotaYear, r.Row)) != year || r.B.I32(quotaName, r.Row) != kind ||
			r.B.I32(quotaIns, r.Row) != ins || r.B.I32(quotaDise, r.Row) != dise || !e.sameCity(r.B.I32(quotaArea, r.Row), area) {
			continue
		}
		used, asOf = claim.Money(r.B.I64(quotaAmt, r.Row)), at
	}
	return used, asOf
}

// taggedLately tells whether any visit that began in the year up to the day has what the card exempts: a tumour or
// dialysis explains high costs wherever it is billed.
func (e *Eval) taggedLately(c *compiled, day claim.Day) bool {
	for vi := range e.t.Visits {
		v := &e.t.Visits[vi]
		if d := v.Begin.Day(); v.Out || d > day || d <= day-365 {
			continue
		}
		if v.Tags&c.tags != 0 || (!c.exemptDiag.Empty() && e.visitDiag(int32(vi), &c.exemptDiag)) {
			return true
		}
	}
	return false
}

// hitQuota records a finding on the settlement that brings a person to what the card describes: conduct, no money.
func (e *Eval) hitQuota(c *compiled, si int32, what string, facts ...Fact) {
	s := &e.t.Setls[si]
	year, _, _ := s.Time.Day().Civil()
	if h := e.hitSettle(c, si, facts...); h != nil {
		h.Unit = key("quota", e.psnOf(s), what, itoa(year))
		h.Vola = 0
	}
}

// skipSettle counts a settlement as not judged, where it would have been reported.
func (e *Eval) skipSettle(c *compiled, si int32, reason string) {
	if s := &e.t.Setls[si]; e.inRange(s.Month) {
		e.skip(c, s.Inst, reason)
	}
}

func (e *Eval) psnOf(s *claim.Settlement) string {
	return e.b.ds[claim.DictPerson].String(e.setlI32(s, setlPsn))
}

// atLeast tells whether part ≥ share × whole; shares are held in 1/10 000.
func atLeast(part, whole claim.Money, share int64) bool {
	return part >= claim.Money(claim.MulDiv(int64(whole), share, 10_000))
}
