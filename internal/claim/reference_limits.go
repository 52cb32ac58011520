package claim

import (
	"cmp"
	"slices"
)

// limitKey names a ceiling of benefits: dictionary codes, 0 where a row names none.
type limitKey struct {
	area, insutype, kind, dise int32
	year                       int
}

func (r *Reference) readLimits(table func(string) *Batch) {
	r.limits = map[limitKey]Money{}
	r.each("benefit_limit", table, func(g rowGetter) {
		k := limitKey{g.code("admdvs"), g.code("insutype"), g.code("limit_kind"), g.code("dise_codg"), int(g.code("year"))}
		r.limits[k] = Money(g.wide("amount"))
	})
}

// BenefitLimit is the ceiling of a kind (limit_kind: 住院封顶 大病封顶 门统 门慢) in fen for an insured area, insurance and
// year: the most specific area first, and there the row of the disease before the one for all diseases. ok is false when
// no row says.
func (r *Reference) BenefitLimit(area, insutype, kind, dise int32, year int) (limit Money, ok bool) {
	if len(r.limits) == 0 {
		return 0, false
	}
	for _, a := range r.Chain(area) {
		if dise != 0 {
			if m, ok := r.limits[limitKey{a, insutype, kind, dise, year}]; ok {
				return m, true
			}
		}
		if m, ok := r.limits[limitKey{a, insutype, kind, 0, year}]; ok {
			return m, true
		}
	}
	return 0, false
}

// LeastLimit is the lowest ceiling of a kind, in fen, of any area, insurance, disease and year; ok is false when there is none.
func (r *Reference) LeastLimit(kind int32) (least Money, ok bool) {
	for k, m := range r.limits {
		if k.kind == kind && m > 0 && (!ok || m < least) {
			least, ok = m, true
		}
	}
	return least, ok
}

// DutyRow is a time during which a practitioner was at work at an institution: clocked in, or reviewing from afar.
type DutyRow struct {
	Prac     int32
	From, To Time // To = NoTime when nobody clocked out
}

func (r *Reference) readDuty(table func(string) *Batch) {
	r.duty = map[int32][]DutyRow{}
	r.each("duty", table, func(g rowGetter) {
		c := g.code("fixmedins_code")
		r.duty[c] = append(r.duty[c], DutyRow{Prac: g.code("prac_psn_code"), From: Time(g.wide("begntime")), To: Time(g.wide("endtime"))})
	})
	for _, rows := range r.duty {
		slices.SortStableFunc(rows, func(x, y DutyRow) int { return cmp.Compare(x.From.Clock(), y.From.Clock()) })
	}
}

// dutyDays is how long a time at work can last at most; who never clocked out is held to have left by then.
const dutyDays = 1

// OnDuty calls f with the times at work at an institution that may reach a day: those begun on it or the day before. It
// returns how many there were in the day's month, by which a caller can tell a pharmacy that reports none.
func (r *Reference) OnDuty(inst int32, day Day, f func(*DutyRow)) (month int) {
	rows := r.duty[inst]
	from := func(d Day) int {
		at, _ := slices.BinarySearchFunc(rows, d.Start().Clock(), func(x DutyRow, c int64) int { return cmp.Compare(x.From.Clock(), c) })
		return at
	}
	for i := from(day - dutyDays); i < len(rows) && rows[i].From.Day() <= day; i++ {
		f(&rows[i])
	}
	m := day.Month()
	return from(m.Last()+1) - from(m.First())
}

// yes tells whether a flag that may be a word (甲类, 乙类 of OTC drugs) says yes: anything but nothing, 0, 2, 否 and N.
func yes(s string) bool {
	switch s {
	case "", "0", "2", "否", "N", "n":
		return false
	}
	return true
}
