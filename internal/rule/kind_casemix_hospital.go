package rule

import "github.com/mingjian/mingjian/internal/claim"

// CASEMIX cards on hospitals. A finding must point to a visit: that of an ungrouped stay, else the stay that leads the
// hospital's month (the heaviest). None of them claims money; they say where to look.
func init() {
	register("CASEMIX", "ungrouped", func(p *params, c *Card) (any, error) {
		return ungroupedRate{p.milli("rate", 0.02), p.int("min_stays", 30)}, nil
	})
	register("CASEMIX", "cmi", func(p *params, c *Card) (any, error) { return drift{p.milli("yoy", 0.15), p.int("min_stays", 30)}, nil })
	register("CASEMIX", "pay_ratio", func(p *params, c *Card) (any, error) {
		return payRatio{p.milli("low", 0.85), p.milli("high", 1.15), p.int("min_stays", 30)}, nil
	})
	register("CASEMIX", "cherry", func(p *params, c *Card) (any, error) {
		return cherry{p.milli("drop", 0.3), p.int("min_stays", 30)}, nil
	})
	register("CASEMIX", "index", func(p *params, c *Card) (any, error) {
		return resource{p.milli("dev", 0.5), p.int("min_stays", 30)}, nil
	})
	register("CASEMIX", "shift", func(p *params, c *Card) (any, error) {
		return shifted{claim.Day(p.int("window_d", 7)), p.milli("ratio", 0.5), p.yuan("min_yuan", 300)}, nil
	})
}

// hitMonth records a finding on the hospital's month at the stay that leads it.
func (e *Eval) hitMonth(c *compiled, si int32, h *MixHospital, facts ...Fact) {
	s := &e.t.Stays[si]
	e.hitVisit(c, s.Last, key("hospital", e.inst(s.Inst), h.Insutype, h.Month.String()), nil, append(facts, Fact{"日期", h.Month.String()})...)
}

// ungroupedRate: R007. Each stay in no group, or in an ambiguous one, of a hospital with too many of them.
type ungroupedRate struct {
	rate int64
	min  int
}

func (a ungroupedRate) mixed(e *Eval, c *compiled, si int32, s *MixStay) {
	h := s.Hospital
	if h == nil || h.Stays < a.min || (s.Status == "分组成功" && !s.Ambiguous) {
		return
	}
	if n := int64(h.Ambiguous + h.Failed); n*milliOne > a.rate*int64(h.Stays) {
		what := s.Status
		if s.Ambiguous {
			what = "歧义组 " + s.Group
		}
		e.hitMix(c, si, 0, nil, fact("实际", "本例%s；本院本月 %d/%d", what, n, h.Stays), fact("限额", "%s", share(a.rate*milliOne)))
	}
}

// drift: R012. The case-mix index rose inside the ADRGs, while what was treated stayed the same.
type drift struct {
	yoy int64
	min int
}

func (a drift) mixed(e *Eval, c *compiled, si int32, s *MixStay) {
	h := s.Hospital
	if h == nil || !s.Leads || h.Grouped < a.min || h.Expected <= 0 {
		return
	}
	if (h.CMI-h.Expected)*milliOne >= h.Expected*a.yoy {
		e.hitMonth(c, si, h, fact("实际", "CMI %s，同病种结构应为 %s", weight(h.CMI), weight(h.Expected)), fact("限额", "%s", share(a.yoy*milliOne)))
	}
}

func weight(v int64) string { return claim.Qty(v / 100).String() }

// payRatio: R016, 结付率 of the year up to the month.
type payRatio struct {
	low, high int64
	min       int
}

func (a payRatio) mixed(e *Eval, c *compiled, si int32, s *MixStay) {
	h := s.Hospital
	if h == nil || !s.Leads || h.YearStays < a.min || h.PayRatio < 0 {
		return
	}
	if h.PayRatio < a.low*milliOne || h.PayRatio > a.high*milliOne {
		e.hitMonth(c, si, h, fact("实际", "结付率 %s", share(h.PayRatio)), fact("限额", "%s-%s", share(a.low*milliOne), share(a.high*milliOne)))
	}
}

// cherry: R017. The share of heavy groups fell.
type cherry struct {
	drop int64
	min  int
}

func (a cherry) mixed(e *Eval, c *compiled, si int32, s *MixStay) {
	h := s.Hospital
	if h == nil || !s.Leads || h.Grouped < a.min || h.HeavyBefore <= 0 || h.Heavy < 0 {
		return
	}
	if (h.HeavyBefore-h.Heavy)*milliOne >= h.HeavyBefore*a.drop {
		e.hitMonth(c, si, h, fact("实际", "高权重病组占 %s，此前 %s", share(h.Heavy), share(h.HeavyBefore)), fact("限额", "%s", share(a.drop*milliOne)))
	}
}

// resource: R020, consumption indices far from 1.
type resource struct {
	dev int64
	min int
}

func (a resource) mixed(e *Eval, c *compiled, si int32, s *MixStay) {
	h := s.Hospital
	if h == nil || !s.Leads || h.YearStays < a.min {
		return
	}
	off := func(v int64) bool {
		return v > 0 && (v-1_000_000 > a.dev*milliOne || 1_000_000-v > a.dev*milliOne)
	}
	if off(h.CostIndex) || off(h.TimeIndex) {
		e.hitMonth(c, si, h, fact("实际", "费用消耗指数 %s、时间消耗指数 %s", weight(h.CostIndex), weight(h.TimeIndex)), fact("限额", "1±%s", claim.Qty(a.dev*10)))
	}
}

// shifted: R009. Examinations were billed to out-patient visits in the days before a stay that has hardly any: cost moved out
// of the group's price. Visits marked 预住院 belong to the stay and are not meant.
type shifted struct {
	window claim.Day
	ratio  int64
	min    claim.Money
}

func (a shifted) mixed(e *Eval, c *compiled, si int32, m *MixStay) {
	s := &e.t.Stays[si]
	if !m.ByGroup || s.Tags&(claim.Emergency|claim.Dialysis|claim.Oncology|claim.Pregnancy) != 0 || e.b.Vocab.Num(e.t.Visits[s.First].AdmWay) == 1 {
		return
	}
	var before, within claim.Money
	for vi := range e.t.Visits {
		v := &e.t.Visits[vi]
		days := s.In.Day() - v.Begin.Day()
		if v.Out || v.Inst != s.Inst || v.Setting&claim.Inpatient != 0 || v.Tags&(claim.PreIpt|claim.Emergency) != 0 || days < 0 || days > a.window ||
			(days == 0 && v.Begin.Clock() > s.In.Clock()) {
			continue
		}
		before += e.examMoney(int32(vi))
	}
	if before < a.min {
		return
	}
	for _, vi := range s.Visits {
		within += e.examMoney(vi)
	}
	if int64(before)*milliOne > int64(before+within)*a.ratio && within*4 <= before {
		e.hitMix(c, si, 0, nil, groupFact(m), fact("实际", "门诊检查 %s元，住院检查 %s元", before, within), fact("限额", "%s", share(a.ratio*milliOne)), fact("天数", "%d", a.window))
	}
}
