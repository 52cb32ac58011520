package rule

import (
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// What is bought under chronic out-patient benefits: drugs under two benefits at once (H009), drugs that the benefit for
// hypertension and diabetes does not pay (H012), dialysis that was not done (H013), special drugs too soon (H014).
func init() {
	register("DUPBILL", "two_benefits", func(p *params, c *Card) (any, error) {
		return twoBenefits{window: claim.Day(p.int("window_d", 1)), insutype: p.int("insutype", 310)}, nil
	})
	register("DIAG", "two_disease", func(p *params, c *Card) (any, error) {
		atc, err := claim.ParseDiagSet(p.str("atc", "C02-C09|A10"))
		return twoDisease{types: strings.Split(p.str("med_type", "140105"), "|"), atc: atc}, err
	})
	register("FREQ", "chronic_dialysis", func(p *params, c *Card) (any, error) { return dialysisUse{p.int("week_max", 4)}, nil })
	register("DOSE", "special_cycle", func(p *params, c *Card) (any, error) {
		return specialCycle{tenThousandths(p.num("ratio", 0.8))}, nil
	})
}

// twoBenefits: one drug on one day under chronic and under ordinary out-patient benefits, both paid by the pooled fund.
type twoBenefits struct {
	window   claim.Day
	insutype int
}

func (a twoBenefits) person(e *Eval, c *compiled) {
	if !slices.ContainsFunc(e.t.Visits, func(v claim.Visit) bool { return v.Setting&claim.Chronic != 0 }) {
		return
	}
	for i := range e.t.Lines {
		l := &e.t.Lines[i]
		if !a.counts(e, l) || !e.report(int32(i)) || e.unfitInst(c, l.Inst) || e.exempt(c, l.Visit) {
			continue
		}
		for j := i - 1; j >= 0 && l.Time.Day()-e.t.Lines[j].Time.Day() < a.window; j-- {
			o := &e.t.Lines[j]
			if !a.counts(e, o) || !a.twice(e, l, o) || e.exempt(c, o.Visit) {
				continue
			}
			e.hit(c, e.unitLine(int32(i)), []HitLine{whole(int32(i)), involved(int32(j))}, nil, Fact{"项目", e.itemName(l)}, Fact{"实际", benefitName(e, o) + "、" + benefitName(e, l)},
				Fact{"机构", e.instName(o.Inst, o.Time.Day())}, Fact{"日期", o.Time.Day().String()})
			break
		}
	}
}

func benefitName(e *Eval, l *claim.Line) string {
	if e.t.SettingOf(l)&claim.Chronic != 0 {
		return "门慢"
	}
	return "门统"
}

// counts: a drug line outside hospital (maternity benefit is a third one) under the insurance, with pooled money as far as
// it is settled.
func (a twoBenefits) counts(e *Eval, l *claim.Line) bool {
	return l.List == 101 && l.InScope > 0 && e.t.FundPaid(l) && e.t.SettingOf(l)&(claim.Inpatient|claim.Maternity) == 0 &&
		e.b.Vocab.Num(e.t.InsutypeOf(l)) == a.insutype && int(l.Item) < len(e.b.drugs)
}

// twice: the same drug the same way under the two benefits, and not one prescription settled in two parts.
func (a twoBenefits) twice(e *Eval, l, o *claim.Line) bool {
	if (e.t.SettingOf(l)^e.t.SettingOf(o))&claim.Chronic == 0 || e.b.drugs[l.Item].generic != e.b.drugs[o.Item].generic {
		return false
	}
	if x, y := e.code(l, "medc_way"), e.code(o, "medc_way"); x != 0 && y != 0 && x != y {
		return false
	}
	for _, col := range []string{"rxno", "hi_rxno"} {
		if x := e.text(l, col); x != "" && x == e.text(o, col) {
			return false
		}
	}
	return true
}

// twoDisease: the benefit for hypertension and diabetes outside the chronic programme pays drugs against these only.
// Points name drugs that the area pays all the same.
type twoDisease struct {
	types []string // med_type of the benefit
	atc   claim.DiagSet
}

func (a twoDisease) visit(e *Eval, c *compiled, vi int32) {
	v := &e.t.Visits[vi]
	if v.Out || !slices.Contains(a.types, e.b.Vocab.Str(v.MedType)) || e.exempt(c, vi) {
		return
	}
	for _, li := range e.t.LinesOf(vi) {
		l := &e.t.Lines[li]
		herbs := l.List == 102 || l.List == 106
		if (l.List != 101 && !herbs) || l.InScope <= 0 || !e.report(li) || !e.t.FundPaid(l) || a.allowed(e, c, l) {
			continue
		}
		atc := "饮片"
		if !herbs {
			cat := e.cat(l)
			if cat == nil || cat.ATC == 0 {
				e.skipLine(c, li, "药理分类不详")
				continue
			}
			if atc = e.b.ds[claim.DictList].String(cat.ATC); a.atc.Has(atc) {
				continue
			}
		}
		e.hitLine(c, li, nil, Fact{"项目", e.itemName(l)}, Fact{"限定", "降血压、降血糖药"}, Fact{"实际", atc})
	}
}

func (twoDisease) allowed(e *Eval, c *compiled, l *claim.Line) bool {
	if int(l.Item) >= len(e.b.items) {
		return false
	}
	for k := range e.b.items[l.Item] {
		if r := &e.b.items[l.Item][k]; int(r.card) == c.idx && e.applies(r, l) {
			return true
		}
	}
	return false
}

// dialysisUse: more sessions within seven days than anybody is treated, or more sessions on a bill than the membranes
// used up or the executions recorded.
type dialysisUse struct{ week int }

func (a dialysisUse) group(e *Eval, c *compiled, refs []lineRef) {
	var sessions []lineRef
	for _, r := range refs {
		l := &e.t.Lines[r.li]
		if r.second || l.Visit < 0 || e.t.SettingOf(l)&claim.Chronic == 0 || e.t.TagsOf(l)&claim.Rescue != 0 {
			continue
		}
		if n := len(sessions); n > 0 && sessions[n-1].li == r.li {
			continue // several points name the item
		}
		sessions = append(sessions, r)
	}
	if len(sessions) == 0 {
		return
	}
	fault := a.weekly(e, c, sessions)
	for lo := 0; lo < len(sessions); lo++ {
		key := e.t.Lines[sessions[lo].li].VisitKey
		if slices.ContainsFunc(sessions[:lo], func(r lineRef) bool { return e.t.Lines[r.li].VisitKey == key }) {
			continue
		}
		var visit []lineRef
		for _, r := range sessions[lo:] {
			if e.t.Lines[r.li].VisitKey == key && !slices.Contains(fault, r.li) {
				visit = append(visit, r)
			}
		}
		if len(visit) > 0 {
			a.recorded(e, c, refs, visit)
		}
	}
}

// weekly rolls over seven days and counts days, not quantities: a line may hold a whole month's sessions, and dialysis with
// filtration is one session. A day at fault does not count against later ones.
func (a dialysisUse) weekly(e *Eval, c *compiled, sessions []lineRef) (fault []int32) {
	for i, r := range sessions {
		l := &e.t.Lines[r.li]
		var days []claim.Day
		var lines []HitLine
		for _, p := range sessions[:i] {
			o := &e.t.Lines[p.li]
			if d := o.Time.Day(); d < l.Time.Day() && l.Time.Day()-d < 7 && !slices.Contains(fault, p.li) {
				lines = append(lines, involved(p.li))
				if !slices.Contains(days, d) {
					days = append(days, d)
				}
			}
		}
		if len(days) < a.week {
			continue
		}
		fault = append(fault, r.li)
		if e.report(r.li) && !e.unfitInst(c, l.Inst) {
			e.hitFrom(c, e.unitLine(r.li), append([]HitLine{part(r.li, l.Cnt, l.Cnt)}, lines...), r.pt, Fact{"项目", e.itemName(l)}, fact("量", "七日内%d日", len(days)+1),
				fact("限额", "%d次", a.week), Fact{"日期", l.Time.Day().String()})
		}
	}
	return fault
}

// beyond are the lines of a bill whose sessions outnumber what was done, nil when they do not: on a day each kind uses up what is
// left by itself, and the day takes the largest of them, since dialysis with filtration is one session.
func (e *Eval) beyond(sessions []lineRef, done claim.Qty) (lines []HitLine, total claim.Qty) {
	left, over := done, false
	for lo := 0; lo < len(sessions); {
		day := e.t.Lines[sessions[lo].li].Time.Day()
		var items []dialysisItem
		var most claim.Qty
		for ; lo < len(sessions) && e.t.Lines[sessions[lo].li].Time.Day() == day; lo++ {
			l := &e.t.Lines[sessions[lo].li]
			it := e.b.canonical(l.Item)
			i := slices.IndexFunc(items, func(x dialysisItem) bool { return x.item == it })
			if i < 0 {
				i = len(items)
				items = append(items, dialysisItem{item: it})
			}
			before := items[i].qty
			items[i].qty += l.Cnt
			most = max(most, items[i].qty)
			switch {
			case items[i].qty <= left:
				lines = append(lines, involved(sessions[lo].li))
			case before >= left:
				lines, over = append(lines, whole(sessions[lo].li)), true
			default:
				lines, over = append(lines, part(sessions[lo].li, items[i].qty-left, l.Cnt)), true
			}
		}
		total += most
		left = max(0, left-most)
	}
	if !over {
		return nil, total
	}
	return lines, total
}

// recorded holds a bill's sessions against its membranes and executions, as far as the bill has any: many prices include
// the membrane.
func (a dialysisUse) recorded(e *Eval, c *compiled, refs, sessions []lineRef) {
	first := &e.t.Lines[sessions[0].li]
	if e.unfitInst(c, first.Inst) {
		return
	}
	var membranes claim.Qty // those the patient paid were used as well
	for _, li := range e.t.LinesOf(first.Visit) {
		o := &e.t.Lines[li]
		if slices.ContainsFunc(refs, func(r lineRef) bool {
			return !r.second && e.t.Lines[r.li].VisitKey == first.VisitKey && e.listed(o.Item, e.b.points[r.pt].Params.Require)
		}) {
			membranes += o.Cnt
		}
	}
	done, recorded := e.executed(sessions)
	for _, k := range []struct {
		n    claim.Qty
		any  bool
		name string
	}{{membranes, membranes > 0, "透析耗材"}, {done, recorded, "执行记录"}} {
		if !k.any {
			continue
		}
		lines, total := e.beyond(sessions, k.n)
		if lines == nil {
			continue
		}
		e.hitFrom(c, key("visit", e.t.LineMdtrt(first)), lines, sessions[0].pt, Fact{"项目", e.itemName(first)}, fact("量", "%s次", total), fact("限额", "%s%s", k.name, k.n),
			Fact{"日期", first.Time.Day().String()})
		return
	}
}

// executed sums the executions of the sessions' items at their visit; a missing count is one. any tells whether there is a record,
// be it one of nought.
func (e *Eval) executed(sessions []lineRef) (n claim.Qty, any bool) {
	visit := e.t.Lines[sessions[0].li].VisitKey
	for _, r := range e.t.Extra["exec"] {
		if r.B.Visit[r.Row] != visit {
			continue
		}
		item := e.b.canonical(r.B.I32(r.B.Table.MustCol("hilist_code"), r.Row))
		if !slices.ContainsFunc(sessions, func(s lineRef) bool { return e.b.canonical(e.t.Lines[s.li].Item) == item }) {
			continue
		}
		cnt := claim.Qty(r.B.I64(r.B.Table.MustCol("exec_cnt"), r.Row))
		if !cnt.Has() {
			cnt = claim.QtyOne
		}
		n, any = n+cnt, true
	}
	return n, any
}

// specialCycle: a special drug again before most of its cycle has passed.
type specialCycle struct{ ratio int64 }

func (a specialCycle) group(e *Eval, c *compiled, refs []lineRef) {
	var counted []lineRef
	for _, r := range refs {
		l, pt := &e.t.Lines[r.li], &e.b.points[r.pt]
		if e.t.SettingOf(l)&claim.Inpatient != 0 || pt.WindowD <= 0 || !e.t.FundPaid(l) || (len(counted) > 0 && counted[len(counted)-1].li == r.li) {
			continue
		}
		prev := int32(-1)
		for _, p := range counted {
			if a.sameDrug(e, p, r) {
				prev = p.li
			}
		}
		if prev < 0 || !a.early(e, prev, r) {
			counted = append(counted, r)
			continue
		}
		o := &e.t.Lines[prev]
		if !e.report(r.li) || e.unfitInst(c, l.Inst) {
			continue
		}
		e.hitFrom(c, e.unitLine(r.li), []HitLine{whole(r.li), involved(prev)}, r.pt, Fact{"项目", e.itemName(l)}, fact("天数", "%d天", l.Time.Day()-o.Time.Day()),
			fact("限额", "%d天", a.cycle(e, o, pt)), Fact{"日期", o.Time.Day().String()})
	}
}

func (specialCycle) sameDrug(e *Eval, x, y lineRef) bool {
	if g := e.b.points[x.pt].Params.Group; g != "" {
		return g == e.b.points[y.pt].Params.Group
	}
	return e.b.drugs[e.t.Lines[x.li].Item].generic == e.b.drugs[e.t.Lines[y.li].Item].generic
}

// cycle is how long the former purchase was to last: the point's cycle, or what the line itself says where that is less.
func (specialCycle) cycle(e *Eval, o *claim.Line, pt *point) int {
	if days, ok := e.supply(o); ok && days > 0 && days < pt.WindowD {
		return days
	}
	return pt.WindowD
}

// early: less than the share of the cycle after the purchase before, on another day, and no change of dose.
func (a specialCycle) early(e *Eval, prev int32, r lineRef) bool {
	l, o := &e.t.Lines[r.li], &e.t.Lines[prev]
	gap := int64(l.Time.Day() - o.Time.Day())
	if gap == 0 || gap*10_000 >= int64(a.cycle(e, o, &e.b.points[r.pt]))*a.ratio {
		return false
	}
	for _, col := range []string{"used_frqu"} {
		if x, y := e.text(l, col), e.text(o, col); x != "" && y != "" && x != y {
			return false
		}
	}
	x, y := e.wide(l, "sin_dos"), e.wide(o, "sin_dos")
	return x == claim.None64 || y == claim.None64 || x == y
}
