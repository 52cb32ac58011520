package rule

import (
	"github.com/mingjian/mingjian/internal/claim"
)

// Kind DIAG, continued: services without any reason among the diagnoses, and drugs against which a diagnosis speaks.
func init() {
	register("DIAG", "association", func(p *params, c *Card) (any, error) {
		return association{claim.Day(p.int("lookback_d", 365)), p.bool("symptoms", false)}, nil
	})
	register("DIAG", "contraindication", func(p *params, c *Card) (any, error) {
		return contraindication{claim.Day(p.int("lookback_d", 365))}, nil
	})
}

// eachVisit calls f with every visit of the stay, or with the visit alone where it belongs to none.
func (e *Eval) eachVisit(vi int32, f func(vi int32)) {
	if vi < 0 {
		return
	}
	if s := e.t.Visits[vi].Stay; s >= 0 {
		for _, o := range e.t.Stays[s].Visits {
			f(o)
		}
		return
	}
	f(vi)
}

// eachDiag calls f with every diagnosis of a visit: main, chronic disease, all others.
func (e *Eval) eachDiag(vi int32, f func(code string)) {
	d := e.b.ds[claim.DictDiag]
	v := &e.t.Visits[vi]
	for _, c := range [2]int32{v.MainDiag, v.Dise} {
		if c != 0 {
			f(d.String(c))
		}
	}
	for _, g := range e.t.DiagsOf(vi) {
		f(d.String(g.Code))
	}
}

// supported tells whether a diagnosis or operation of the stay (or visit) belongs to the set, and whether there is any
// diagnosis to compare with.
func (e *Eval) supported(vi int32, set *claim.DiagSet) (ok, any bool) {
	e.eachVisit(vi, func(o int32) {
		e.eachDiag(o, func(code string) { any, ok = true, ok || set.Has(code) })
		for _, op := range e.t.OpsOf(o) {
			ok = ok || set.Has(e.b.ds[claim.DictOprn].String(op.Code))
		}
	})
	return ok, any
}

// hitLineOnce is hitLine for cards that may have several points on one item: they give one finding.
func (e *Eval) hitLineOnce(c *compiled, li, pi int32, facts ...Fact) *Hit {
	unit := e.unitLine(li)
	for i := len(e.hits) - 1; i >= 0; i-- {
		if h := &e.hits[i]; h.CardIdx == c.idx && h.Unit == unit {
			h.Points = append(h.Points, pi)
			return h
		}
	}
	return e.hit(c, unit, []HitLine{whole(li)}, []int32{pi}, facts...)
}

// association: an examination (C001) or treatment (C006) that no diagnosis, operation or known disease calls for.
type association struct {
	lookback claim.Day
	symptoms bool // any symptom (R00–R99) is reason enough
}

func (a association) line(e *Eval, c *compiled, li, pi int32) {
	l, pt := &e.t.Lines[li], &e.b.points[pi]
	if l.Visit < 0 || pt.diags.Empty() {
		return
	}
	ok, any := e.supported(l.Visit, &pt.diags)
	if !ok && any && a.symptoms {
		ok, _ = e.supported(l.Visit, &symptoms)
	}
	switch {
	case ok:
	case !any:
		e.skipLine(c, li, "本次没有诊断")
	case !indication{lookback: a.lookback}.known(e, l, pt):
		e.hitLineOnce(c, li, pi, Fact{"项目", e.itemName(l)}, Fact{"限定", pt.Basis})
	}
}

// knownAt tells whether a diagnosis of the set was already known when the line was billed: at the visit itself unless it
// is only a discharge diagnosis of a stay, or as a lasting disease at an earlier visit. any tells whether anything was.
func (e *Eval) knownAt(l *claim.Line, set *claim.DiagSet, lookback claim.Day) (ok, any bool) {
	if l.Visit < 0 {
		return false, false
	}
	d := e.b.ds[claim.DictDiag]
	ward := e.t.Visits[l.Visit].Setting&claim.Inpatient != 0
	e.eachVisit(l.Visit, func(vi int32) {
		v := &e.t.Visits[vi]
		for _, code := range [2]int32{v.MainDiag, v.Dise} {
			s := d.String(code)
			any = any || code != 0
			ok = ok || (code != 0 && set.Has(s) && (!ward || lasting.Has(s)))
		}
		for _, g := range e.t.DiagsOf(vi) {
			s := d.String(g.Code)
			early := !ward || !g.Out || lasting.Has(s) || (g.Time.Has() && g.Time.Day() < l.Time.Day())
			any, ok = true, ok || (early && set.Has(s))
		}
	})
	return ok || indication{lookback: lookback}.known(e, l, &point{diags: *set}), any
}

// contraindication: a drug for somebody whose diagnosis, age or sex forbids it.
type contraindication struct{ lookback claim.Day }

func (a contraindication) line(e *Eval, c *compiled, li, pi int32) {
	l, pt := &e.t.Lines[li], &e.b.points[pi]
	if e.external(l, &e.b.drugs[l.Item]) {
		return
	}
	if pt.AgeMin >= 0 || pt.AgeMax >= 0 {
		age, _, ok := e.ageOn(c, li)
		if ok && ageOut(pt, age) {
			e.hitLineOnce(c, li, pi, Fact{"项目", e.itemName(l)}, Fact{"限定", pt.Basis}, fact("实际", "%d周岁", age))
			return
		}
	}
	if pt.diags.Empty() {
		return
	}
	ok, any := e.knownAt(l, &pt.diags, a.lookback)
	switch {
	case ok:
		e.hitLineOnce(c, li, pi, Fact{"项目", e.itemName(l)}, Fact{"限定", pt.Basis}, Fact{"实际", "诊断属禁忌"})
	case !any:
		e.skipLine(c, li, "本次没有诊断")
	}
}
