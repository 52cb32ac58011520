package rule

import (
	"math"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// Kind DIAG, continued: drugs that need a laboratory value, fasting or a grave illness, and injections of Chinese medicine.
func init() {
	register("DIAG", "nutrition", func(p *params, c *Card) (any, error) {
		return nutrition{alb: p.qty("alb_lt", 30), lookback: claim.Day(p.int("lookback_d", 7)), afterOp: claim.Day(p.int("after_op_d", 3))}, nil
	})
	register("DIAG", "organ_function", func(p *params, c *Card) (any, error) {
		return organFunction{egfr: p.qty("egfr_lt", 30), times: int64(p.int("alt_times", 5)), uln: p.qty("alt_uln", 40),
			lookback: claim.Day(p.int("lookback_d", 7))}, nil
	})
	register("DIAG", "tcm_injection", func(p *params, c *Card) (any, error) { return tcmInjection{}, nil })
}

// qty reads a quantity parameter, in 1/10 000.
func (p *params) qty(name string, def float64) claim.Qty {
	return claim.Qty(math.Round(p.num(name, def) * float64(claim.QtyOne)))
}

// labResult is one laboratory value.
type labResult struct {
	at        claim.Time
	value     claim.Qty
	unit, ref string
}

// latestLab is the person's latest numeric result whose name fits, sampled before the line and less than days before it.
func (e *Eval) latestLab(l *claim.Line, days claim.Day, fits func(name string) bool) (out labResult, ok bool) {
	text := e.b.ds[claim.DictText]
	for _, r := range e.t.Extra["lab"] {
		t := r.B.Table
		at := claim.Time(r.B.I64(t.MustCol("sapl_time"), r.Row))
		if !at.Has() || !before(at, l.Time) || l.Time.Day()-at.Day() >= days || (ok && at.Clock() <= out.at.Clock()) {
			continue
		}
		if !fits(text.String(r.B.I32(t.MustCol("item_name"), r.Row))) {
			continue
		}
		n, err := claim.ParseDecimal(strings.TrimLeft(r.B.Str(t.MustCol("rslt_val"), r.Row), "<>≤≥=＜＞ "), 4)
		if err != nil || n < 0 {
			continue
		}
		out = labResult{at, claim.Qty(n), text.String(r.B.I32(t.MustCol("rslt_unt"), r.Row)), r.B.Str(t.MustCol("ref_val"), r.Row)}
		ok = true
	}
	return out, ok
}

// before tells whether a happened no later than b; where either is known to the day only, days are compared.
func before(a, b claim.Time) bool {
	if a.DayOnly() || b.DayOnly() {
		return a.Day() <= b.Day()
	}
	return a.Clock() <= b.Clock()
}

func containsAny(s string, words ...string) bool {
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

// isAlbumin: the serum albumin in g/L or g/dL, none of its namesakes.
func isAlbumin(name string) bool {
	return (strings.Contains(name, "白蛋白") || strings.EqualFold(name, "ALB")) && !containsAny(name, "前白蛋白", "微量", "尿", "糖化", "球", "比")
}

// nutrition: albumin without a low laboratory value (D012), parenteral nutrition and intravenous acid blockers without
// fasting, bleeding or grave illness (D012, D013).
type nutrition struct {
	alb               claim.Qty // g/L
	lookback, afterOp claim.Day
}

func (a nutrition) line(e *Eval, c *compiled, li, pi int32) {
	l, pt := &e.t.Lines[li], &e.b.points[pi]
	if pt.Params.Class == "白蛋白" {
		r, ok := e.latestLab(l, a.lookback, isAlbumin)
		if !ok {
			e.skipLine(c, li, "用药前没有白蛋白化验值")
			return
		}
		if v := r.gramsPerLitre(); v >= a.alb {
			e.hitLineOnce(c, li, pi, Fact{"项目", e.itemName(l)}, Fact{"限定", "白蛋白<" + a.alb.String() + "g/L"}, Fact{"实际", "白蛋白" + v.String() + "g/L"})
			return
		}
	}
	if pt.diags.Empty() || l.Visit < 0 {
		return
	}
	ok, any := e.supported(l.Visit, &pt.diags)
	if ok || e.fasting(l) || e.stayInICU(l) || e.operatedSince(l, a.afterOp) {
		return
	}
	if !any {
		e.skipLine(c, li, "本次没有诊断")
		return
	}
	h := e.hitLineOnce(c, li, pi, Fact{"项目", e.itemName(l)}, Fact{"限定", pt.Basis}, Fact{"实际", "没有限定的诊断、禁食医嘱、重症或手术"})
	if h != nil && !e.hasOrders(l) {
		h.Severity = 3 // no orders uploaded: fasting cannot be ruled out
	}
}

func (r *labResult) gramsPerLitre() claim.Qty {
	if strings.Contains(strings.ToLower(r.unit), "g/dl") {
		return r.value * 10
	}
	return r.value
}

// eachOrder calls f with the orders of the line's stay or visit until it returns true.
func (e *Eval) eachOrder(l *claim.Line, f func(name string, r claim.RowRef) bool) bool {
	for _, r := range e.t.Extra["medorder"] {
		same := false
		e.eachVisit(l.Visit, func(vi int32) { same = same || r.B.Visit[r.Row] == e.t.Visits[vi].Key })
		if same && f(e.b.ds[claim.DictText].String(r.B.I32(r.B.Table.MustCol("drord_item_name"), r.Row)), r) {
			return true
		}
	}
	return false
}

// hasOrders tells whether any order of the line's own visit was uploaded.
func (e *Eval) hasOrders(l *claim.Line) bool {
	return e.eachOrder(l, func(_ string, r claim.RowRef) bool { return r.B.Visit[r.Row] == l.VisitKey })
}

// fasting: an order to take nothing by mouth holds on the line's day.
func (e *Eval) fasting(l *claim.Line) bool {
	return e.eachOrder(l, func(name string, r claim.RowRef) bool {
		if !containsAny(name, "禁食", "禁饮食", "禁饮", "胃肠减压") {
			return false
		}
		from, last := e.inForce(r)
		return from.Has() && from.Day() <= l.Time.Day() && l.Time.Day() <= last
	})
}

// visitInICU: by the records of the visit the person lay in intensive care on the line's day.
func (e *Eval) visitInICU(l *claim.Line) bool {
	for _, r := range e.t.Extra["icu"] {
		if from, to := intervalOf(r); r.B.Visit[r.Row] == l.VisitKey && from <= l.Time.Day() && l.Time.Day() <= to {
			return true
		}
	}
	return false
}

// stayInICU: by the records of the stay, or of the visit outside one, the person lay in intensive care on the line's day. A row
// without an end lasts as long as the stay.
func (e *Eval) stayInICU(l *claim.Line) bool {
	return slices.ContainsFunc(e.ofVisit("icu", l.Visit), func(r claim.RowRef) bool {
		from, to := intervalOf(r)
		return from <= l.Time.Day() && l.Time.Day() <= to
	})
}

// operatedSince: an operation of the stay on the line's day or less than days before it.
func (e *Eval) operatedSince(l *claim.Line, days claim.Day) bool {
	found := false
	e.eachVisit(l.Visit, func(vi int32) {
		for _, o := range e.t.OpsOf(vi) {
			if gap := l.Time.Day() - o.Begin.Day(); o.Begin.Has() && gap >= 0 && gap < days {
				found = true
			}
		}
	})
	return found
}

// organFunction: a drug that failing kidneys or a failing liver forbid, or allow in a lower dose only.
type organFunction struct {
	egfr     claim.Qty // mL/min/1.73m²
	times    int64     // of the upper limit of normal
	uln      claim.Qty // U/L, where the report gives none
	lookback claim.Day
}

var (
	kidneyFailure = claim.MustDiagSet("N17|N18.5|N18.6|N19")
	liverFailure  = claim.MustDiagSet("K72|K70.4|K71.1")
)

func (a organFunction) line(e *Eval, c *compiled, li, pi int32) {
	l, pt := &e.t.Lines[li], &e.b.points[pi]
	if e.external(l, &e.b.drugs[l.Item]) {
		return
	}
	failing, why, known := a.failing(e, l, pt)
	if !known {
		e.skipLine(c, li, "没有化验值，也没有诊断")
		return
	}
	if !failing {
		return
	}
	if pt.Allow == "减量" {
		daily, ok := e.dailyDose(l, pt.Unit)
		if !ok || pt.Limit == claim.None64 {
			e.skipLine(c, li, "日剂量不详")
			return
		}
		if daily <= pt.Limit {
			return
		}
		why += "，日剂量" + daily.String() + pt.Unit
	}
	e.hitLineOnce(c, li, pi, Fact{"项目", e.itemName(l)}, Fact{"限定", pt.Basis}, Fact{"实际", why})
}

// failing: a recent laboratory value decides; without one a diagnosis does.
func (a organFunction) failing(e *Eval, l *claim.Line, pt *point) (failing bool, why string, known bool) {
	set := &kidneyFailure
	if pt.Params.Class == "肝" {
		set = &liverFailure
		r, ok := e.latestLab(l, a.lookback, func(n string) bool { return containsAny(n, "谷丙转氨酶", "丙氨酸氨基转移酶", "ALT") })
		if ok {
			return int64(r.value) > a.times*int64(upperOf(r.ref, a.uln)), "ALT " + r.value.String(), true
		}
	} else if r, ok := e.latestLab(l, a.lookback, func(n string) bool { return containsAny(n, "肾小球滤过率", "eGFR", "EGFR") }); ok {
		return r.value < a.egfr, "eGFR " + r.value.String(), true
	}
	if !pt.diags.Empty() {
		set = &pt.diags
	}
	ok, any := e.knownAt(l, set, 365)
	return ok, "诊断为" + pt.Params.Class + "功能不全", any || ok
}

// upperOf a reference interval such as "9-50", "0～40" or "<50"; def where it cannot be read.
func upperOf(ref string, def claim.Qty) claim.Qty {
	fields := strings.FieldsFunc(ref, func(r rune) bool { return (r < '0' || r > '9') && r != '.' })
	if len(fields) == 0 {
		return def
	}
	if n, err := claim.ParseDecimal(fields[len(fields)-1], 4); err == nil && n > 0 {
		return claim.Qty(n)
	}
	return def
}

// tcmInjection: injections of Chinese medicine below the level, or without the illness, they are reserved for.
type tcmInjection struct{}

func (tcmInjection) line(e *Eval, c *compiled, li, pi int32) {
	l, pt := &e.t.Lines[li], &e.b.points[pi]
	inst := e.b.Ref.InstOn(l.Inst, l.Time.Day())
	if inst != nil && inst.Type == 2 {
		inst = e.prescriber(l)
	}
	need := int8(0)
	if pt.Limit != claim.None64 {
		need = int8(pt.Limit / claim.QtyOne)
	}
	switch {
	case need > 0 && inst == nil:
		e.skipLine(c, li, "机构不详")
	case need > 0 && inst.Tier > 0 && inst.Tier < need:
		e.hitLineOnce(c, li, pi, Fact{"项目", e.itemName(l)}, Fact{"限定", tierNames[need] + "及以上机构"}, Fact{"实际", tierNames[inst.Tier] + "机构"})
		return
	}
	if pt.diags.Empty() || e.t.TagsOf(l)&claim.Rescue != 0 || l.Visit < 0 || e.stayInICU(l) {
		return
	}
	ok, any := e.supported(l.Visit, &pt.diags)
	switch {
	case ok:
	case !any:
		e.skipLine(c, li, "本次没有诊断")
	case !indication{lookback: 365}.known(e, l, pt):
		if h := e.hitLineOnce(c, li, pi, Fact{"项目", e.itemName(l)}, Fact{"限定", pt.Basis}, Fact{"实际", "没有限定的病情"}); h != nil {
			h.Severity = 2 // diagnoses prove less than levels do
		}
	}
}
