package rule

import (
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// What pharmacies sell at the pooled fund's cost: without a prescription (P001), more than it lasts for (P013), with no
// pharmacist at work (P014), far above the listed price (P015).
func init() {
	register("PAIR_R", "prescription", func(p *params, c *Card) (any, error) { return noPrescription{}, nil })
	register("PAIR_R", "pharmacist", func(p *params, c *Card) (any, error) {
		return noPharmacist{int64(p.int("grace_min", 10)) * minuteMicros}, nil
	})
	register("DOSE", "pharmacy_days", func(p *params, c *Card) (any, error) {
		return pharmacyDays{rxDays{normal: p.int("normal_d", 7), chronic: p.int("chronic_d", 28), long: p.int("long_d", 84), elder: p.int("elder_y", 65)}}, nil
	})
	register("PRICE", "pharmacy", func(p *params, c *Card) (any, error) {
		return pharmacyPrice{tenThousandths(p.least("ratio", 1.3, 1))}, nil
	})
}

const minuteMicros = 60_000_000

// atPharmacy tells whether a line was sold by a pharmacy: med_type 41, or an institution of type 2 under any other.
func (e *Eval) atPharmacy(l *claim.Line) bool {
	if e.t.SettingOf(l)&claim.Pharmacy != 0 {
		return true
	}
	x := e.b.Ref.InstOn(l.Inst, l.Time.Day())
	return x != nil && x.Type == 2
}

// pharmacyLine is what all these checks ask of a line first: a drug in scope, to be reported, sold by a pharmacy and paid
// for by the pooled fund. What is bought with the personal account is nobody's business here.
func (e *Eval) pharmacyLine(c *compiled, li int32) bool {
	l := &e.t.Lines[li]
	return l.List == 101 && l.InScope > 0 && e.report(li) && e.t.SettingOf(l)&claim.Inpatient == 0 && e.t.FundPaid(l) && e.atPharmacy(l) &&
		!e.unfitInst(c, l.Inst) && !e.exempt(c, l.Visit)
}

// needsRx tells whether a line is of a prescription drug; known is false when it does not say. An over-the-counter drug
// of the catalogue is none, whatever the line says.
func (e *Eval) needsRx(l *claim.Line) (rx, known bool) {
	if cat := e.cat(l); cat != nil && cat.OTC {
		return false, true
	}
	flag := e.code(l, "rx_flag")
	return e.b.Vocab.Flag(flag), flag != 0
}

type noPrescription struct{}

func (noPrescription) visit(e *Eval, c *compiled, vi int32) {
	if e.t.Visits[vi].Setting&claim.Inpatient != 0 {
		return
	}
	for _, li := range e.t.LinesOf(vi) {
		if !e.pharmacyLine(c, li) {
			continue
		}
		l := &e.t.Lines[li]
		rx, known := e.needsRx(l)
		switch {
		case !known:
			e.skipLine(c, li, "处方药标志不详")
		case rx && e.text(l, "rxno") == "" && e.text(l, "hi_rxno") == "":
			e.hitLine(c, li, nil, Fact{"项目", e.itemName(l)}, Fact{"日期", l.Time.Day().String()})
		}
	}
}

type noPharmacist struct{ grace int64 }

func (a noPharmacist) visit(e *Eval, c *compiled, vi int32) {
	if e.t.Visits[vi].Setting&claim.Inpatient != 0 {
		return
	}
	for _, li := range e.t.LinesOf(vi) {
		if !e.pharmacyLine(c, li) {
			continue
		}
		l := &e.t.Lines[li]
		if rx, known := e.needsRx(l); !known {
			e.skipLine(c, li, "处方药标志不详")
			continue
		} else if !rx {
			continue
		}
		at := a.soldAt(e, l)
		present, known := a.present(e, l.Inst, at)
		if !known {
			e.skipLine(c, li, "本月没有药师打卡或审方记录")
		} else if !present {
			e.hitLine(c, li, nil, Fact{"项目", e.itemName(l)}, Fact{"日期", at.String()})
		}
	}
}

// soldAt is when the sale was settled; a line that is not settled is sold now.
func (noPharmacist) soldAt(e *Eval, l *claim.Line) claim.Time {
	if l.Setl >= 0 {
		return e.t.Setls[l.Setl].Time
	}
	return l.Time
}

// present tells whether a pharmacist was at work, at the counter or reviewing from afar; who did not clock out stayed to
// the end of the day. known is false where the pharmacy reports no times at all in the month.
func (a noPharmacist) present(e *Eval, inst int32, at claim.Time) (present, known bool) {
	n := e.b.Ref.OnDuty(inst, at.Day(), func(d *claim.DutyRow) {
		if p := e.b.Ref.PracOn(d.Prac, inst, at.Day()); present || (p != nil && p.Kind > 0 && p.Kind != 3) {
			return
		}
		rough := at.DayOnly() || d.From.DayOnly() || (d.To.Has() && d.To.DayOnly())
		switch {
		case !d.To.Has():
			present = d.From.Day() == at.Day() && (rough || at.Clock() >= d.From.Clock()-a.grace)
		case rough:
			present = d.From.Day() <= at.Day() && at.Day() <= d.To.Day()
		default:
			present = d.From.Clock()-a.grace <= at.Clock() && at.Clock() <= d.To.Clock()+a.grace
		}
	})
	return present, n > 0
}

// pharmacyDays: days of supply of one sale over what the prescription's diagnosis allows (the limits of A028).
type pharmacyDays struct{ rxDays }

func (a pharmacyDays) person(e *Eval, c *compiled) {
	for _, u := range e.drugUses() {
		l := &e.t.Lines[u.li]
		if u.ward || !e.pharmacyLine(c, u.li) {
			continue
		}
		if u.days < 0 {
			e.skipLine(c, u.li, "供应天数不详")
			continue
		}
		if u.days <= a.normal {
			continue
		}
		limit, known := a.allowed(e, l)
		if !known {
			e.skipLine(c, u.li, "没有诊断也没有处方")
			continue
		}
		if n, packs := e.packsOver(c, u.li, u.days, u.days-limit); n > 0 {
			h := e.hit(c, e.unitLine(u.li), []HitLine{part(u.li, n, l.Cnt)}, nil, Fact{"项目", e.itemName(l)}, fact("天数", "%d", u.days), fact("限额", "%d天", limit), Fact{"量", packs.String() + "盒"})
			if p := e.t.PersonOf(l); h != nil && p != nil && p.Birth.Has() && p.Birth.YearsOn(u.day) >= a.elder {
				h.Severity = 3 // the old may be given more, as A028 has it
			}
		}
	}
}

// allowed is the number of days by the benefit, else by the diagnoses of the sale and of its prescription; unknown where
// there is none of these.
func (a pharmacyDays) allowed(e *Eval, l *claim.Line) (limit int, known bool) {
	if e.t.SettingOf(l)&claim.Chronic != 0 || l.Flags&claim.Negotiated != 0 {
		return a.long, true
	}
	d := e.b.ds[claim.DictDiag]
	if l.Visit >= 0 {
		v := &e.t.Visits[l.Visit]
		if v.Dise != 0 {
			return a.long, true
		}
		known = v.MainDiag != 0 || v.DiagHi > v.DiagLo
		if known && e.visitDiag(l.Visit, &chronicDiag) {
			return a.chronic, true
		}
	}
	if r := e.prescription(l); r != nil {
		if s := d.String(r.B.I32(r.B.Table.MustCol("diag_code"), r.Row)); s != "" {
			known = true
			if chronicDiag.Has(s) {
				return a.chronic, true
			}
		}
	}
	return a.normal, known
}

// pharmacyPrice: a drug sold at far more than its listed price (挂网价).
type pharmacyPrice struct{ ratio int64 }

func (b *Bound) listedKind(kind int32) bool {
	return strings.HasPrefix(b.ds[claim.DictList].String(kind), "挂网")
}

func (a pharmacyPrice) visit(e *Eval, c *compiled, vi int32) {
	if e.t.Visits[vi].Setting&claim.Inpatient != 0 {
		return
	}
	for _, li := range e.t.LinesOf(vi) {
		l := &e.t.Lines[li]
		if l.List != 101 || !e.b.priced(l.Item) || !e.pharmacyLine(c, li) {
			continue
		}
		inst := e.b.Ref.InstOn(l.Inst, l.Time.Day())
		if inst == nil {
			continue
		}
		r := e.b.Ref.PriceOn(e.b.canonical(l.Item), inst.Area, inst.Tier, l.Time.Day(), e.b.listedKind)
		if r == nil || int64(l.Pric) <= claim.MulDiv(int64(r.Limit), a.ratio, 10_000) {
			continue
		}
		over := min(claim.Money(claim.MulDiv(int64(l.Pric-r.Limit), int64(l.Cnt), 1e8)), l.InScope)
		e.hit(c, e.unitLine(li), []HitLine{money(li, over)}, nil, Fact{"项目", e.itemName(l)}, Fact{"实际", l.Pric.String() + "元"},
			Fact{"限额", r.Limit.String() + "元"}, Fact{"日期", l.Time.Day().String()})
	}
}
