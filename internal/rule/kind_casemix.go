package rule

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// Kind CASEMIX: stays against their case groups. Group, weight and payment come from the book (MixBook); what is doubtful
// in the codes is told by the bill.
func init() {
	register("CASEMIX", "high", func(p *params, c *Card) (any, error) { return outlier{p.milli("drg", 3), p.milli("dip", 2), true}, nil })
	register("CASEMIX", "low", func(p *params, c *Card) (any, error) {
		return outlier{p.milli("drg", 0.4), p.milli("dip", 0.5), false}, nil
	})
	register("CASEMIX", "principal", func(p *params, c *Card) (any, error) { return upPrincipal{p.milli("weight_gain", 0.3)}, nil })
	register("CASEMIX", "complication", func(p *params, c *Card) (any, error) {
		return upComplication{p.milli("share", 0.5), p.int("min_stays", 30)}, nil
	})
	register("CASEMIX", "procedure", func(p *params, c *Card) (any, error) { return upProcedure{}, nil })
	register("CASEMIX", "overload", func(p *params, c *Card) (any, error) { return diagnosisLoad{p.positive("n", 5)}, nil })
	register("CASEMIX", "split", func(p *params, c *Card) (any, error) { return splitGroup{claim.Day(p.int("gap_d", 15))}, nil })
	register("CASEMIX", "swap", func(p *params, c *Card) (any, error) { return wrongWay{}, nil })
	register("CASEMIX", "auxiliary", func(p *params, c *Card) (any, error) { return auxiliary{}, nil })
}

const milliOne = 1000

// outlier: R001 far above, R002 far below the group's standard. Exactly at the bound is an ordinary stay.
type outlier struct {
	drg, dip int64 // in 1/1000
	high     bool
}

func (a outlier) mixed(e *Eval, c *compiled, si int32, s *MixStay) {
	if !s.ByGroup || s.Standard <= 0 {
		return
	}
	times := a.drg
	if s.Mode == "DIP" {
		times = a.dip
	}
	out := int64(s.Cost)*milliOne < int64(s.Standard)*times
	if a.high {
		out = int64(s.Cost)*milliOne > int64(s.Standard)*times
	}
	if out {
		e.hitMix(c, si, 0, nil, groupFact(s), fact("实际", "%s元", s.Cost), fact("限额", "%s元", claim.Money(claim.MulDiv(int64(s.Standard), times, milliOne))),
			fact("病组标准", "%s元", s.Standard))
	}
}

func groupFact(s *MixStay) Fact { return Fact{"病组", strings.TrimSpace(s.Group + " " + s.Name)} }

// lower is the group without what is doubtful, when that group is lighter; the difference is what the fund paid too much. It
// may be nothing (a low outlier is paid its cost in either group): the codes are wrong all the same, and a hint says so.
func (e *Eval) lower(s *MixStay, without []string, principal string) (MixGroup, claim.Money, bool) {
	g, ok := e.b.mix.Group.Regroup(s, without, principal)
	diff := s.Payable - g.Payable
	if !ok || g.Weight >= s.Weight && diff <= 0 || g.Weight > s.Weight || g.Group == s.Group && diff <= 0 {
		return g, 0, false
	}
	return g, max(0, diff), true
}

// upPrincipal: R003. The principal diagnosis has no treatment on the bill, another diagnosis of the stay has, and with that
// one as the principal the group is lighter by at least the share.
type upPrincipal struct{ gain int64 }

func (a upPrincipal) mixed(e *Eval, c *compiled, si int32, s *MixStay) {
	if !s.ByGroup || len(s.Codes) < 2 {
		return
	}
	pt, known, treated := e.careShown(c, si, s.Codes[0])
	switch {
	case !known:
		e.skip(c, e.t.Stays[si].Inst, "没有主要诊断的诊疗依据知识点")
		return
	case treated:
		return
	}
	best, diff, by := MixGroup{}, claim.Money(0), ""
	for _, code := range s.Codes[1:] {
		if _, known, treated := e.careShown(c, si, code); !known || !treated {
			continue
		}
		g, d, ok := e.lower(s, nil, code)
		if ok && (s.Weight-g.Weight)*milliOne >= s.Weight*a.gain && (by == "" || d < diff) { // the smallest claim that holds
			best, diff, by = g, d, code
		}
	}
	if by != "" {
		e.hitUpcoded(c, si, diff, []int32{pt}, groupFact(s), fact("实际", "主要诊断 %s 无诊疗，实际诊治 %s，应入 %s", s.Codes[0], by, best.Group),
			Fact{"限额", diff.String() + "元"})
	}
}

// upComplication: R004. Without the complications that nothing on the bill treats, the group is lighter.
type upComplication struct {
	share    int64
	minStays int
}

func (a upComplication) mixed(e *Eval, c *compiled, si int32, s *MixStay) {
	if !s.ByGroup || len(s.Counted) == 0 {
		return
	}
	var doubtful []string
	var pts []int32
	silent := 0
	for _, code := range s.Counted {
		pt, known, treated := e.careShown(c, si, code)
		switch {
		case !known:
			silent++
		case !treated:
			doubtful, pts = append(doubtful, code), append(pts, pt)
		}
	}
	if len(doubtful) == 0 {
		if silent > 0 {
			e.skip(c, e.t.Stays[si].Inst, "没有合并症的诊疗依据知识点")
		}
		return
	}
	g, diff, ok := e.lower(s, doubtful, "")
	if !ok {
		return
	}
	facts := []Fact{groupFact(s), fact("实际", "%s 没有诊疗，应入 %s", strings.Join(doubtful, "、"), g.Group), Fact{"限额", diff.String() + "元"}}
	if h := s.Hospital; h != nil && h.Grouped >= a.minStays && h.Severe*milliOne > a.share*1_000_000 && h.SevereHigh >= 0 && h.Severe > h.SevereHigh {
		facts = append(facts, fact("本院合并症占比", "%s，高于同级 P95 %s", share(h.Severe), share(h.SevereHigh)))
	}
	e.hitUpcoded(c, si, diff, pts, facts...)
}

func share(v int64) string { return fmt.Sprintf("%d.%02d%%", v/10_000, v/100%100) }

// upProcedure: R005. A coded operation that nothing on the bill shows raised the group. An operation with a point is shown
// by the point's items, one without by any operation or treatment fee.
type upProcedure struct{}

func (upProcedure) mixed(e *Eval, c *compiled, si int32, s *MixStay) {
	if !s.ByGroup || len(s.Procs) == 0 {
		return
	}
	stay := &e.t.Stays[si]
	lines, charged := 0, false
	for _, vi := range stay.Visits {
		for _, li := range e.t.LinesOf(vi) {
			l := &e.t.Lines[li]
			lines++
			charged = charged || (l.Cnt > 0 && (l.Chrg == 6 || l.Chrg == 5))
		}
	}
	if lines == 0 {
		e.skip(c, stay.Inst, "没有费用明细")
		return
	}
	var doubtful []string
	var pts []int32
	for _, code := range s.Procs {
		pt, known, done := e.shown(c, si, code)
		switch {
		case known && !done:
			doubtful, pts = append(doubtful, code), append(pts, pt)
		case !known && !charged:
			doubtful = append(doubtful, code)
		}
	}
	if len(doubtful) == 0 {
		return
	}
	if g, diff, ok := e.lower(s, doubtful, ""); ok {
		e.hitUpcoded(c, si, diff, pts, groupFact(s), fact("实际", "手术 %s 没有收费，应入 %s", strings.Join(doubtful, "、"), g.Group), Fact{"限额", diff.String() + "元"})
	}
}

// diagnosisLoad: R006. At least n secondary diagnoses that nothing on the bill treats.
type diagnosisLoad struct{ n int }

func (a diagnosisLoad) mixed(e *Eval, c *compiled, si int32, s *MixStay) {
	if len(s.Codes) <= a.n {
		return
	}
	var idle []string
	var pts []int32
	for _, code := range s.Codes[1:] {
		if pt, known, treated := e.careShown(c, si, code); known && !treated {
			idle = append(idle, code)
			if !slices.Contains(pts, pt) {
				pts = append(pts, pt)
			}
		}
	}
	if len(idle) >= a.n {
		e.hitMix(c, si, 0, pts, fact("实际", "%d 个次要诊断没有诊疗：%s", len(idle), strings.Join(idle, "、")), fact("限额", "%d个", a.n))
	}
}

// splitGroup: R008. Two stays of one main category at one hospital within gap days, both paid as case groups.
type splitGroup struct{ gap claim.Day }

func (a splitGroup) mixed(e *Eval, c *compiled, si int32, m *MixStay) {
	r := readmit{gap: a.gap}
	prev := r.previous(e, si)
	if prev < 0 || !m.ByGroup || m.MDC == "" {
		return
	}
	s, p := &e.t.Stays[si], &e.t.Stays[prev]
	gap := s.In.Day() - p.Out.Day()
	if p.Open || gap < 0 || gap > a.gap || r.excused(e, c, s, p) || r.excusedNextDay(e, s, p) {
		return
	}
	o := e.mixOf(prev)
	if o == nil || !o.ByGroup || o.MDC != m.MDC || o.Mode != m.Mode {
		return
	}
	diff := claim.Money(0)
	one, ok := e.b.mix.Group.Merge(o, m)
	if ok {
		diff = o.Payable + m.Payable - one.Payable
	}
	if h := e.hitVisit(c, s.Last, key("stays", e.t.MdtrtID(&e.t.Visits[p.First]), e.t.MdtrtID(&e.t.Visits[s.First])), nil, groupFact(m),
		fact("天数", "%d", gap), fact("限额", "%d天", a.gap), fact("实际", "前次入 %s，本次入 %s", o.Group, m.Group), Fact{"合并后病组", one.Group}); h != nil {
		h.Vola, h.Difference = max(0, diff), true
	}
}

// wrongWay: R018. Paid as a case group where a fixed price, a price per bed day or day surgery was due.
type wrongWay struct{}

func (wrongWay) mixed(e *Eval, c *compiled, si int32, s *MixStay) {
	if s.ByGroup && s.Proper != "" {
		e.hitMix(c, si, s.Payable-s.Due, nil, groupFact(s), fact("实际", "%s，病组付 %s元", s.Way, s.Payable), fact("限定", "%s，应付 %s元", s.Proper, s.Due))
	}
}

// auxiliary: R019. The auxiliary grade of severity rests on complications that nothing on the bill treats.
type auxiliary struct{}

func (auxiliary) mixed(e *Eval, c *compiled, si int32, s *MixStay) {
	if s.Mode != "DIP" || s.Aux == "" || len(s.Counted) == 0 || s.Plain >= s.Payable {
		return
	}
	var doubtful []string
	var pts []int32
	for _, code := range s.Counted {
		if pt, known, treated := e.careShown(c, si, code); known && !treated {
			doubtful, pts = append(doubtful, code), append(pts, pt)
		}
	}
	if len(doubtful) == 0 {
		return
	}
	g, diff, ok := e.lower(s, doubtful, "")
	if ok {
		e.hitMix(c, si, diff, pts, groupFact(s), fact("实际", "辅助目录 %s 所凭的 %s 没有诊疗", s.Aux, strings.Join(doubtful, "、")), fact("限定", "不计应付 %s元", g.Payable))
	}
}
