package rule

import (
	"math"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// Kind DOSE, continued: more than the label, the order or the law on narcotics allows.
func init() {
	register("DOSE", "label", func(p *params, c *Card) (any, error) { return labelDose{p.milli("factor", 1.2)}, nil })
	register("DOSE", "ordered", func(p *params, c *Card) (any, error) { return orderedDose{p.milli("ratio", 1)}, nil })
	register("DOSE", "narcotic", func(p *params, c *Card) (any, error) {
		return narcoticDays{inject: p.int("inject_d", 1), cancer: p.int("cancer_inject_d", 3), retard: p.int("retard_d", 15), other: p.int("other_d", 7)}, nil
	})
}

// milli reads a ratio in thousandths.
func (p *params) milli(name string, def float64) int64 {
	return int64(math.Round(p.num(name, def) * 1000))
}

// dailyDose is sin_dos × times a day in the unit asked for; false when it cannot be told.
func (e *Eval) dailyDose(l *claim.Line, unit string) (claim.Qty, bool) {
	dose, freq := e.wide(l, "sin_dos"), perDay(e.text(l, "used_frqu"))
	if dose == claim.None64 || dose <= 0 || freq == 0 || unit == "" || doseUnit(e.text(l, "sin_dosunt")) != doseUnit(unit) {
		return 0, false
	}
	return claim.Qty(claim.MulDiv(dose, int64(freq), 10_000)), true
}

// doseUnit folds the spellings of one unit of dosage.
func doseUnit(s string) string {
	switch s = strings.ToLower(strings.TrimSpace(s)); s {
	case "毫克":
		return "mg"
	case "克":
		return "g"
	case "毫升":
		return "ml"
	case "微克", "μg", "µg", "mcg":
		return "ug"
	case "单位", "iu", "国际单位":
		return "u"
	}
	return s
}

// labelDose: the dose of a day (or a single dose) over what the label allows, with some tolerance.
type labelDose struct{ factor int64 }

func (a labelDose) line(e *Eval, c *compiled, li, pi int32) {
	l, pt := &e.t.Lines[li], &e.b.points[pi]
	if pt.Limit == claim.None64 || e.external(l, &e.b.drugs[l.Item]) {
		return
	}
	what := "日剂量"
	dose, ok := e.dailyDose(l, pt.Unit)
	if pt.Scope == "单次" {
		what = "单次剂量"
		n := e.wide(l, "sin_dos")
		dose, ok = claim.Qty(n), n != claim.None64 && n > 0 && pt.Unit != "" && doseUnit(e.text(l, "sin_dosunt")) == doseUnit(pt.Unit)
	}
	if !ok {
		e.skipLine(c, li, "剂量、频次或单位不详")
		return
	}
	limit := claim.Qty(claim.MulDiv(int64(pt.Limit), a.factor, 1000))
	if dose <= limit {
		return
	}
	h := e.hit(c, key(e.unitLine(li), pt.Scope), []HitLine{part(li, dose-limit, dose)}, []int32{pi}, Fact{"项目", e.itemName(l)},
		Fact{"限定", what}, Fact{"量", dose.String() + pt.Unit}, Fact{"限额", pt.Limit.String() + pt.Unit})
	if h != nil && e.b.Vocab.Flag(e.code(l, "hosp_appr_flag")) {
		h.Severity = 3
	}
}

// ordered: more of a drug settled in a stay (or visit) than was ordered.
type orderedDose struct{ ratio int64 }

func (a orderedDose) group(e *Eval, c *compiled, refs []lineRef) {
	for len(refs) > 0 {
		first := &e.t.Lines[refs[0].li]
		item, scope := e.b.canonical(first.Item), e.scopeID(first)
		var mine, rest []lineRef
		for _, r := range refs {
			if l := &e.t.Lines[r.li]; e.b.canonical(l.Item) == item && e.scopeID(l) == scope {
				mine = append(mine, r)
			} else {
				rest = append(rest, r)
			}
		}
		refs = rest
		a.judge(e, c, item, mine)
	}
}

func (a orderedDose) judge(e *Eval, c *compiled, item int32, refs []lineRef) {
	first := &e.t.Lines[refs[0].li]
	var sum claim.Qty
	known, gap := false, false
	e.eachOrder(first, func(_ string, r claim.RowRef) bool {
		t := r.B.Table
		if e.b.canonical(r.B.I32(t.MustCol("hilist_code"), r.Row)) == item {
			n := r.B.I64(t.MustCol("exe_cnt"), r.Row)
			if n == claim.None64 {
				gap = true
			} else {
				known, sum = true, sum+claim.Qty(n)
			}
		}
		return false
	})
	if !known || gap {
		e.skipLine(c, refs[0].li, "没有该药的医嘱量")
		return
	}
	limit := claim.Qty(claim.MulDiv(int64(sum), a.ratio, 1000))
	if lines, total := e.overLimit(refs, limit); lines != nil {
		h := e.hitFrom(c, key("order", e.scopeUnit(first), e.item(item)), lines, refs[0].pt, Fact{"项目", e.itemName(first)},
			Fact{"量", total.String()}, Fact{"限额", limit.String()})
		e.provisional(h, first)
	}
}

// narcoticDays: a prescription of narcotic or psychotropic drugs for more days than the law allows.
type narcoticDays struct{ inject, cancer, retard, other int }

func (a narcoticDays) person(e *Eval, c *compiled) {
	for i := range e.t.Lines {
		l := &e.t.Lines[i]
		if l.List != 101 || l.InScope <= 0 || int(l.Item) >= len(e.b.drugs) || !e.b.drugs[l.Item].narcotic || !e.report(int32(i)) {
			continue
		}
		if (e.t.SettingOf(l)&claim.Inpatient == 0 || l.Flags&claim.TakeHome != 0) && !e.unfitInst(c, l.Inst) && !e.exempt(c, l.Visit) {
			a.judge(e, c, int32(i))
		}
	}
}

func (a narcoticDays) judge(e *Eval, c *compiled, li int32) {
	l := &e.t.Lines[li]
	if e.external(l, &e.b.drugs[l.Item]) {
		return
	}
	days, ok := e.supply(l)
	if !ok {
		e.skipLine(c, li, "供应天数不详")
		return
	}
	limit, pts := a.limit(e, c, l)
	n, packs := e.packsOver(c, li, days, days-limit)
	if n == 0 {
		return
	}
	h := e.hit(c, e.unitLine(li), []HitLine{part(li, n, l.Cnt)}, pts, Fact{"项目", e.itemName(l)}, fact("天数", "%d", days),
		fact("限额", "%d天", limit), Fact{"量", packs.String()})
	if h != nil && l.Visit >= 0 && e.visitDiag(l.Visit, &longTerm) {
		h.Severity = 3 // may be extended with a reason, which the settlement does not give
	}
}

// longTerm are illnesses for which psychotropic drugs are lawfully given longer.
var longTerm = claim.MustDiagSet("F00-F99|G40|G47|G20")

func (a narcoticDays) limit(e *Eval, c *compiled, l *claim.Line) (days int, pts []int32) {
	for k := range e.b.items[l.Item] {
		r := &e.b.items[l.Item][k]
		if int(r.card) == c.idx && e.applies(r, l) && e.b.points[r.pt].Limit != claim.None64 {
			return int(e.b.points[r.pt].Limit / claim.QtyOne), []int32{r.pt}
		}
	}
	form := e.text(l, "dosform") + "|" + e.text(l, "hilist_name")
	own := e.text(l, "dosform") != ""
	for _, r := range e.b.Ref.CatRows(e.b.canonical(l.Item)) { // what a drug is does not hang on where and when
		if !own {
			form += "|" + e.b.ds[claim.DictText].String(r.Dosform)
		}
		form += "|" + e.b.ds[claim.DictText].String(r.Generic)
	}
	switch {
	case strings.Contains(form, "注射"):
		if e.t.TagsOf(l)&claim.Oncology != 0 {
			return a.cancer, nil
		}
		return a.inject, nil
	case containsAny(form, "缓释", "控释"):
		return a.retard, nil
	}
	return a.other, nil
}
