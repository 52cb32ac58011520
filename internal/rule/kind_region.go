package rule

import (
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// Two insurances or two regions that pay for one person, and care away from home: I012, X007, X008, X009.
func init() {
	register("DUPBILL", "two_schemes", func(p *params, c *Card) (any, error) {
		return twoSchemes{claim.Day(p.int("overlap", 1))}, nil
	})
	register("DUPBILL", "two_regions", func(p *params, c *Card) (any, error) {
		return twoRegions{claim.Day(p.int("overlap_d", 1))}, nil
	})
	register("FREQ", "nonlocal", func(p *params, c *Card) (any, error) { return nonlocal{p.int("n", 5), p.yuan("amt", 50_000)}, nil })
	register("TIME", "remote_local", func(p *params, c *Card) (any, error) { return remoteLocal{p.int("n", 3)}, nil })
}

// daysOf a settlement: the days it was for.
func (e *Eval) daysOf(s *claim.Settlement) (from, to claim.Day) {
	if from, to = e.settledDays(s); !from.Has() {
		from = s.Time.Day()
	}
	return from, max(from, to)
}

// sameBill tells whether two settlements pay one bill of one institution: the same invoice, else the same days and total.
func (e *Eval) sameBill(s, o *claim.Settlement) bool {
	if s.Inst != o.Inst {
		return false
	}
	x, y := e.setlStr(s, setlInvo), e.setlStr(o, setlInvo)
	if x != "" && y != "" {
		return x == y
	}
	sf, st := e.daysOf(s)
	of, ot := e.daysOf(o)
	return sf == of && st == ot && s.Total == o.Total && s.Total > 0
}

// twoSchemes: one bill paid under two insurances or in two regions, or stays at two hospitals at once paid one by the
// employees' and one by the residents' insurance (at one hospital that is G030's).
type twoSchemes struct{ overlap claim.Day }

// basicScheme is 310 or 390 where the settlement or its visit says so, 0 otherwise. The register of persons does not count:
// it says what somebody is insured in, not what paid. Nor does a settlement that says otherwise than its visit.
func (e *Eval) basicScheme(s *claim.Settlement) int {
	basic := func(ins int32) int {
		if n := e.b.Vocab.Num(ins); n == 310 || n == 390 {
			return n
		}
		return 0
	}
	own := basic(s.Insutype)
	if s.Visit < 0 || e.t.Visits[s.Visit].Insutype == 0 {
		return own
	}
	if visit := basic(e.t.Visits[s.Visit].Insutype); s.Insutype == 0 || visit == own {
		return visit
	}
	return 0
}

func (a twoSchemes) settle(e *Eval, c *compiled, si int32) {
	s := &e.t.Setls[si]
	if len(e.t.Setls) < 2 || s.Fund <= 0 || (s.Visit >= 0 && e.exempt(c, s.Visit)) {
		return
	}
	scheme := e.basicScheme(s)
	if scheme == 0 {
		return
	}
	for oi := int32(0); oi < si; oi++ {
		o := &e.t.Setls[oi]
		if o.Fund <= 0 || o.VisitKey == s.VisitKey || (o.Visit >= 0 && e.exempt(c, o.Visit)) || !a.twice(e, s, o, scheme) {
			continue
		}
		e.hitSettle(c, si, Fact{"实际", "已由" + e.schemeText(o) + "结算 " + e.t.SetlID(o)}, Fact{"机构", e.instName(o.Inst, o.Time.Day())}, Fact{"日期", o.Time.Day().String()})
		return
	}
}

func (a twoSchemes) twice(e *Eval, s, o *claim.Settlement, scheme int) bool {
	other := e.basicScheme(o)
	if other == 0 {
		return false
	}
	x, y := e.insuredArea(s), e.insuredArea(o)
	away := x != 0 && y != 0 && !e.sameCity(x, y)
	if (other != scheme || away) && e.sameBill(s, o) {
		return true
	}
	if other == scheme || s.Inst == o.Inst || !e.inpatient(s) || !e.inpatient(o) {
		return false
	}
	sf, st := e.daysOf(s)
	of, ot := e.daysOf(o)
	return min(st, ot)-max(sf, of) > a.overlap // days strictly between
}

func (e *Eval) schemeText(s *claim.Settlement) string {
	return e.b.ds[claim.DictList].String(e.insuredArea(s)) + " 险种" + e.b.Vocab.Str(e.schemeOf(s))
}

// twoRegions: the funds of two cities paid for one person for the same days, and it was no change of insurance on that
// day. One bill paid twice is I012's.
type twoRegions struct{ overlap claim.Day }

func (a twoRegions) settle(e *Eval, c *compiled, si int32) {
	s := &e.t.Setls[si]
	if len(e.t.Setls) < 2 || s.Fund <= 0 || (s.Visit >= 0 && e.exempt(c, s.Visit)) {
		return
	}
	area := e.insuredArea(s)
	if area == 0 {
		return
	}
	sf, st := e.daysOf(s)
	for oi := int32(0); oi < si; oi++ {
		o := &e.t.Setls[oi]
		if o.Fund <= 0 || o.VisitKey == s.VisitKey || (o.Visit >= 0 && e.exempt(c, o.Visit)) {
			continue
		}
		other := e.insuredArea(o)
		if other == 0 || e.sameCity(area, other) || e.sameBill(s, o) {
			continue
		}
		of, ot := e.daysOf(o)
		lo, hi := max(sf, of), min(st, ot)
		if hi-lo+1 < a.overlap || (hi == lo && e.movedOn(lo, other, area, si)) {
			continue
		}
		e.hitSettle(c, si, Fact{"实际", "同期" + e.schemeText(o) + "已结算 " + e.t.SetlID(o)}, Fact{"机构", e.instName(o.Inst, lo)}, Fact{"日期", lo.String()})
		return
	}
}

// movedOn: on the day the insurance may have moved from one city to the other: nothing later was settled with the former,
// as far as the settlement that is judged, and nothing earlier with the latter, whether or not the fund paid a share.
func (e *Eval) movedOn(day claim.Day, from, to, until int32) bool {
	for oi := int32(0); oi <= until; oi++ {
		o := &e.t.Setls[oi]
		of, ot := e.daysOf(o)
		area := e.insuredArea(o)
		if (e.sameCity(area, from) && ot > day) || (e.sameCity(area, to) && of < day) {
			return false
		}
	}
	return true
}

// nonlocal: many and dear visits in other cities with nothing that explains them: no filing, no referral, no residence.
type nonlocal struct {
	n   int
	amt claim.Money
}

func (a nonlocal) person(e *Eval, c *compiled) {
	if len(e.t.Visits) < a.n {
		return
	}
	year, n, said := 0, 0, false
	var sum claim.Money
	var last visitKey
	for vi := range e.t.Visits {
		v := &e.t.Visits[vi]
		day := v.Begin.Day()
		if y, _, _ := day.Civil(); y != year {
			year, n, said, sum, last = y, 0, false, 0, visitKey{}
		}
		if said || !a.away(e, c, int32(vi)) {
			continue
		}
		if k := (visitKey{day: day, inst: v.Inst}); k != last {
			last = k
			n++
		}
		for si := range e.t.Setls {
			if s := &e.t.Setls[si]; s.Visit == int32(vi) {
				sum += s.Total.Or(0)
			}
		}
		if n < a.n || sum <= a.amt {
			continue
		}
		said = true
		e.hitVisit(c, int32(vi), key("away", e.psn(v), itoa(year)), nil, fact("量", "%d次", n), Fact{"实际", sum.String() + "元"}, fact("限额", "%d次、%s元", a.n, a.amt),
			Fact{"日期", itoa(year)})
	}
}

var personRefl = [2]int{claim.MustTable("visit").MustCol("refl_from"), claim.MustTable("visit").MustCol("refl_to")}

// away: a visit paid by the fund in a city that is neither that of the insurance nor of residence, on nobody's advice.
func (a nonlocal) away(e *Eval, c *compiled, vi int32) bool {
	v := &e.t.Visits[vi]
	if v.Out || v.FirstSetl < 0 || e.exempt(c, vi) {
		return false
	}
	care := e.careArea(v.Inst, v.Begin.Day())
	p := e.t.PersonOn(v.Psn, v.Begin.Day())
	insured := e.insuredArea(&e.t.Setls[v.FirstSetl])
	if care == 0 || insured == 0 || e.sameCity(care, insured) || (p != nil && p.Addr != 0 && e.sameCity(care, p.Addr)) {
		return false
	}
	b := e.t.Source(v.Src)
	if b.I32(personRefl[0], int(v.Row)) != 0 || b.I32(personRefl[1], int(v.Row)) != 0 {
		return false
	}
	return e.t.Setls[v.FirstSetl].Fund > 0 && !e.covers("remote_filing", v.Begin.Day())
}

// remoteLocal: frequent care at home in the months for which the person filed to live elsewhere.
type remoteLocal struct{ n int }

var (
	filingType = claim.MustTable("remote_filing").MustCol("filing_type")
	filingArea = claim.MustTable("remote_filing").MustCol("mdtrtarea_admdvs")
)

func (a remoteLocal) person(e *Eval, c *compiled) {
	rows := e.t.Extra["remote_filing"]
	if len(rows) == 0 || len(e.t.Visits) < a.n {
		return
	}
	month, n := claim.Month(0), 0
	var last visitKey
	for vi := range e.t.Visits {
		v := &e.t.Visits[vi]
		day := v.Begin.Day()
		if m := day.Month(); m != month {
			month, n, last = m, 0, visitKey{}
		}
		if v.Out || v.FirstSetl < 0 || v.Setting&claim.Inpatient != 0 || e.t.Setls[v.FirstSetl].Fund <= 0 || e.exempt(c, int32(vi)) {
			continue
		}
		care := e.careArea(v.Inst, day)
		if care == 0 || !e.sameCity(care, e.insuredArea(&e.t.Setls[v.FirstSetl])) || !a.filed(e, rows, day, care) {
			continue
		}
		k := visitKey{day: day, inst: v.Inst}
		if k == last {
			continue
		}
		last = k
		if n++; n == a.n {
			e.hitVisit(c, int32(vi), key("month", e.psn(v), month.String()), nil, fact("量", "%d次", n), fact("限额", "%d次", a.n), Fact{"机构", e.instName(v.Inst, day)}, Fact{"日期", month.String()})
		}
	}
}

// filed: the person filed to live in another city on the day, its first and last day aside. Filings for one journey (a
// referral, a short trip, an emergency) say nothing of where the person lives.
func (a remoteLocal) filed(e *Eval, rows []claim.RowRef, day claim.Day, care int32) bool {
	for _, r := range rows {
		from, to := intervalOf(r)
		if day <= from || day >= to || e.sameCity(r.B.I32(filingArea, r.Row), care) {
			continue
		}
		t := e.b.Vocab.Str(r.B.I32(filingType, r.Row))
		if strings.Contains(t, "转") || strings.Contains(t, "临时") || strings.Contains(t, "急") || strings.HasPrefix(t, "2") {
			continue
		}
		return true
	}
	return false
}
