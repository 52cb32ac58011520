package rule

import (
	"github.com/mingjian/mingjian/internal/claim"
)

// Kind DOSE, continued: decoctions of Chinese herbs: grams of one herb, number of herbs, number of doses (付).
func init() {
	register("DOSE", "herbs", func(p *params, c *Card) (any, error) {
		return herbs{factor: p.milli("factor", 1.5), kinds: p.int("max_herbs", 20), doses: p.int("max_doses", 14), long: p.int("long_doses", 30)}, nil
	})
}

type herbs struct {
	factor             int64
	kinds, doses, long int
}

// herbRx is one prescription of herbs.
type herbRx struct {
	visit uint64
	no    string
	at    int64
	lines []int32
}

func (a herbs) person(e *Eval, c *compiled) {
	var rxs []herbRx
	for i := range e.t.Lines {
		l := &e.t.Lines[i]
		if (l.List != 102 && l.List != 106) || l.InScope <= 0 || !e.report(int32(i)) || e.unfitInst(c, l.Inst) || e.exempt(c, l.Visit) {
			continue
		}
		rx := herbRx{visit: l.VisitKey, no: e.text(l, "rxno")}
		if rx.no == "" {
			rx.at = l.Time.Clock()
		}
		k := len(rxs) - 1
		for k >= 0 && (rxs[k].visit != rx.visit || rxs[k].no != rx.no || rxs[k].at != rx.at) {
			k--
		}
		if k < 0 {
			k, rxs = len(rxs), append(rxs, rx)
		}
		rxs[k].lines = append(rxs[k].lines, int32(i))
	}
	for i := range rxs {
		a.judge(e, c, &rxs[i])
	}
}

// judge gives each line the largest of its shares in excess: herbs beyond the number, doses beyond the number, grams.
func (a herbs) judge(e *Eval, c *compiled, rx *herbRx) {
	first := &e.t.Lines[rx.lines[0]]
	doses := claim.Qty(0)
	for _, li := range rx.lines {
		l := &e.t.Lines[li]
		if e.external(l, &e.b.drugs[l.Item]) {
			return
		}
		if n := claim.Qty(e.wide(l, "herb_dose_cnt")); n.Has() {
			doses = max(doses, n)
		}
	}
	if doses == 0 {
		e.skipLine(c, rx.lines[0], "付数不详")
	}
	most := claim.Qty(a.doses) * claim.QtyOne
	if e.t.SettingOf(first)&claim.Chronic != 0 || (first.Visit >= 0 && e.visitDiag(first.Visit, &chronicDiag)) {
		most = claim.Qty(a.long) * claim.QtyOne
	}
	var seen []int32
	var lines []HitLine
	var pts []int32
	var why string
	fault := false
	for _, li := range rx.lines {
		h := HitLine{Line: li, Type: 2, Den: 1, Money: -1}
		n, reason := e.addKind(&seen, &e.t.Lines[li]), ""
		if n > a.kinds {
			h.Num, reason = 1, "味数"
		}
		if doses > most && h.less(doses-most, doses) {
			h.Num, h.Den, reason = int64(doses-most), int64(doses), "付数"
		}
		if g, limit, pt := a.grams(e, c, li, doses); pt >= 0 && g > limit && h.less(g-limit, g) {
			h.Num, h.Den, reason = int64(g-limit), int64(g), "单味剂量"
			pts = append(pts, pt)
		}
		if h.Num > 0 {
			h.Type, fault = 1, true
			if !containsAny(why, reason) {
				why += "、" + reason
			}
		}
		lines = append(lines, h)
	}
	if !fault {
		return
	}
	unit := key("rx", e.t.LineMdtrt(first), rx.no)
	if rx.no == "" {
		unit = key(unit, first.Time.String())
	}
	e.hit(c, unit, lines, pts, fact("量", "%d味%s付", len(seen), doses), Fact{"限定", why[len("、"):]},
		fact("限额", "%d味、%s付、单味%d%%", a.kinds, most, a.factor/10))
}

// less: the share so far is smaller than num/den.
func (h *HitLine) less(num, den claim.Qty) bool { return h.Num*int64(den) < int64(num)*h.Den }

// addKind counts the different items so far, the line's included, and gives the number of the line's own.
func (e *Eval) addKind(seen *[]int32, l *claim.Line) int {
	item := e.b.canonical(l.Item)
	for i, s := range *seen {
		if s == item {
			return i + 1
		}
	}
	*seen = append(*seen, item)
	return len(*seen)
}

// grams of one herb in one dose and how many are allowed; pt is −1 where nothing is known of the herb.
func (a herbs) grams(e *Eval, c *compiled, li int32, doses claim.Qty) (g, limit claim.Qty, pt int32) {
	l := &e.t.Lines[li]
	pt = -1
	for k := range e.b.items[l.Item] {
		if r := &e.b.items[l.Item][k]; int(r.card) == c.idx && e.applies(r, l) && e.b.points[r.pt].Limit != claim.None64 {
			pt = r.pt
		}
	}
	if pt < 0 || doses == 0 { // without the number of doses nobody knows whether the grams are of one
		return 0, 0, -1
	}
	limit = claim.Qty(claim.MulDiv(int64(e.b.points[pt].Limit), a.factor, 1000))
	if n := e.wide(l, "sin_dos"); n != claim.None64 && n > 0 && doseUnit(e.text(l, "sin_dosunt")) == "g" {
		return claim.Qty(n), limit, pt
	}
	cat := e.cat(l)
	if cat == nil || !cat.PacCnt.Has() || doseUnit(e.b.ds[claim.DictText].String(cat.PrepUnit)) != "g" {
		e.skipLine(c, li, "单味克数不详")
		return 0, 0, -1
	}
	return claim.Qty(claim.MulDiv(claim.MulDiv(int64(l.Cnt), int64(cat.PacCnt), 10_000), 10_000, int64(doses))), limit, pt
}
