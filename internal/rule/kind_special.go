package rule

import (
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/calendar"
	"github.com/mingjian/mingjian/internal/claim"
)

// What hospitals put forward for special review (特例单议): too many, too late, without what must come with it.
func init() {
	register("CASEMIX", "special_share", func(p *params, c *Card) (any, error) {
		return specialShare{p.milli("drg", 0.05), p.milli("dip", 0.005)}, nil
	})
	register("TIME", "special_deadline", func(p *params, c *Card) (any, error) {
		return specialDeadline{p.positive("quarter_workday", 15)}, nil
	})
	register("PAIR_R", "special_docs", func(p *params, c *Card) (any, error) {
		return specialDocs{words(p.str("docs", "申请表|病案首页|费用清单|出院记录")), p.milli("cut", 0.3)}, nil
	})
}

// specialReturned is the state of an application that was sent back: it counts nowhere.
const specialReturned = "退回"

// specialOf is the application for a stay, when one stands.
func (e *Eval) specialOf(s *claim.Stay) (claim.RowRef, bool) {
	r, ok := e.ofLast("special_case", s)
	if ok && e.b.Vocab.Str(r.B.I32(r.B.Table.MustCol("appy_stas"), r.Row)) == specialReturned {
		return r, false
	}
	return r, ok
}

// specialShare: R013. Of the stays settled in a quarter a hospital put forward more than the share, rounded down. Told once, in
// the quarter's last month, at the stay that leads it.
type specialShare struct{ drg, dip int64 }

func (a specialShare) mixed(e *Eval, c *compiled, si int32, s *MixStay) {
	h := s.Hospital
	if h == nil || !s.Leads || h.QuarterStays <= 0 {
		return
	}
	share := a.drg
	if s.Mode == "DIP" {
		share = a.dip
	}
	if limit := int64(h.QuarterStays) * share / milliOne; int64(h.Asked) > limit {
		e.hitMonth(c, si, h, fact("实际", "本季结算 %d 例，申报 %d 例", h.QuarterStays, h.Asked), fact("限额", "%d例", limit))
	}
}

// specialDeadline: R014. Put forward after so many working days from the end of the quarter in which the stay was settled.
type specialDeadline struct{ workdays int }

func (a specialDeadline) stay(e *Eval, c *compiled, si int32) {
	s := &e.t.Stays[si]
	r, ok := e.specialOf(s)
	if !ok || e.unfitInst(c, s.Inst) || e.exemptStay(c, s) {
		return
	}
	month := claim.Month(0)
	for i := range e.t.Setls {
		if m := &e.t.Setls[i]; slices.Contains(s.Visits, m.Visit) {
			month = max(month, m.Month)
		}
	}
	on := claim.Day(r.B.I32(r.B.Table.MustCol("appy_date"), r.Row))
	if month == 0 || !on.Has() {
		return
	}
	if d := calendar.Default().Add((month - month%3 + 2).Last(), a.workdays); on > d {
		e.hitStay(c, si, fact("日期", "%s", on), fact("限额", "%s", d))
	}
}

// specialDocs: R015. Something that must come with the application is missing, or too much of the stay's bill was cut.
type specialDocs struct {
	docs []string
	cut  int64
}

func (a specialDocs) stay(e *Eval, c *compiled, si int32) {
	s := &e.t.Stays[si]
	r, ok := e.specialOf(s)
	if !ok || e.unfitInst(c, s.Inst) || e.exemptStay(c, s) {
		return
	}
	var told []string
	if have := r.B.Str(r.B.Table.MustCol("materials"), r.Row); have == "" {
		e.skip(c, s.Inst, "申报没有材料清单")
	} else {
		names := strings.FieldsFunc(have, func(x rune) bool { return strings.ContainsRune("|;；,，、", x) })
		var missing []string
		for _, d := range a.docs {
			if !slices.ContainsFunc(names, func(n string) bool { return strings.TrimSpace(n) == d }) {
				missing = append(missing, d)
			}
		}
		if len(missing) > 0 {
			told = append(told, "缺"+strings.Join(missing, "、"))
		}
	}
	if cut := claim.Money(r.B.I64(r.B.Table.MustCol("cut_amt"), r.Row)); cut.Has() && cut > 0 {
		if fund := e.fundOf(s); fund > 0 && int64(cut)*milliOne > int64(fund)*a.cut {
			told = append(told, fact("", "核减 %s 元，占基金支付 %s", cut, percent(claim.MulDiv(int64(cut), milliOne, int64(fund)))).Value)
		}
	}
	if len(told) > 0 {
		e.hitStay(c, si, fact("实际", "%s", strings.Join(told, "；")))
	}
}

// fundOf sums what the fund paid for a stay.
func (e *Eval) fundOf(s *claim.Stay) (sum claim.Money) {
	for i := range e.t.Setls {
		if m := &e.t.Setls[i]; slices.Contains(s.Visits, m.Visit) {
			sum += m.Fund.Or(0)
		}
	}
	return sum
}
