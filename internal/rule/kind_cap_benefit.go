package rule

import (
	"github.com/mingjian/mingjian/internal/claim"
)

// Kind CAP: benefits with a ceiling that are drawn in a rush before the year ends, or all at once.
func init() {
	register("CAP", "chronic_rush", func(p *params, c *Card) (any, error) {
		return chronicRush{last: claim.Day(p.int("last_d", 45)), usage: tenThousandths(p.num("usage", 0.95)), share: tenThousandths(p.num("share", 0.4)),
			times: tenThousandths(p.num("times", 2)), min: claim.Day(p.int("min_d", 60))}, nil
	})
	register("CAP", "year_rush", func(p *params, c *Card) (any, error) {
		return yearRush{last: claim.Day(p.int("last_d", 60)), usage: tenThousandths(p.num("usage", 0.9)), share: tenThousandths(p.num("share", 0.4)),
			insts: p.int("org", 2), times: tenThousandths(p.num("times", 2))}, nil
	})
	register("CAP", "burst", func(p *params, c *Card) (any, error) {
		return benefitBurst{window: claim.Day(p.int("window_d", 30)), usage: tenThousandths(p.num("usage", 0.8)), insutype: p.int("insutype", 310)}, nil
	})
}

// chronicRush: the ceiling of a chronic disease drawn to the limit in the last weeks before the year or the qualification
// ends, far faster than the person drew it before.
type chronicRush struct {
	last, min           claim.Day
	usage, share, times int64
}

// chronicQuota is the ceiling of a chronic disease.
const chronicQuota = "门慢"

func chronicSetl(e *Eval, s *claim.Settlement) bool {
	return s.Visit >= 0 && e.t.Visits[s.Visit].Setting&claim.Chronic != 0 && e.t.Visits[s.Visit].Dise != 0
}

func (a chronicRush) person(e *Eval, c *compiled) {
	type said struct {
		dise int32
		end  claim.Day
	}
	var done []said // rare: only what was found
next:
	for si := range e.t.Setls {
		s := &e.t.Setls[si]
		if s.Month > e.to || !chronicSetl(e, s) {
			continue
		}
		dise := e.t.Visits[s.Visit].Dise
		from, end := a.period(e, dise, s.Time.Day())
		if s.Time.Day() <= end-a.last {
			continue
		}
		for _, d := range done {
			if d == (said{dise, end}) {
				continue next
			}
		}
		q, ok := a.rushes(e, c, int32(si), dise, from, end)
		if !ok {
			continue
		}
		done = append(done, said{dise, end})
		e.hitQuota(c, int32(si), e.b.ds[claim.DictDiag].String(dise), Fact{"限额", q.limit.String() + "元"}, Fact{"实际", "本年已用 " + q.used.String() + " 元"},
			fact("天数", "最后%d天", a.last), Fact{"量", q.tail.String() + "元"}, Fact{"日期", s.Time.Day().String()})
	}
}

// period is when a disease's ceiling runs in the year of a day: from New Year or the qualification, to its end or the
// last of December. A qualification that is followed by another does not end.
func (a chronicRush) period(e *Eval, dise int32, day claim.Day) (from, end claim.Day) {
	y, _, _ := day.Civil()
	from, end = claim.DayOf(y, 12, 31)+1, claim.DayOf(y, 12, 31)
	open, last := false, claim.NoDay
	for i := range e.t.Chronics {
		r := &e.t.Chronics[i]
		if r.Dise != dise || r.From > day {
			continue
		}
		from = min(from, r.From)
		if r.To == claim.NoDay || r.To > end {
			open = true
		} else {
			last = max(last, r.To)
		}
	}
	for grown := last >= day; grown && !open; { // what follows without a gap, in whichever order the rows stand
		grown = false
		for _, r := range e.t.Chronics {
			if r.Dise == dise && r.From > day && r.From <= last+1 && (r.To == claim.NoDay || r.To > last) {
				open = open || r.To == claim.NoDay || r.To > end
				last, grown = max(last, r.To), true
			}
		}
	}
	if !open && last >= day {
		end = last
	}
	if from > day {
		from = claim.DayOf(y, 1, 1)
	}
	return max(from, claim.DayOf(y, 1, 1)), end
}

func (a chronicRush) rushes(e *Eval, c *compiled, si, dise int32, from, end claim.Day) (quota, bool) {
	k := quotaKind{chronicQuota, func(e *Eval, s *claim.Settlement) bool { return chronicSetl(e, s) && e.t.Visits[s.Visit].Dise == dise }, (*Eval).pooled}
	start := end - a.last + 1
	q, ok := e.standing(&k, si, dise, start)
	day := e.t.Setls[si].Time.Day()
	if !ok || !atLeast(q.used, q.limit, a.usage) || !atLeast(q.tail, q.used, a.share) || e.taggedLately(c, day) {
		return q, false
	}
	if start-from < a.min {
		e.skipSettle(c, si, "本年可用时间太短，没有月均可比")
		return q, false
	}
	// a month of the rush against the person's own month before it
	before := claim.MulDiv(int64(q.used-q.tail), a.times, 10_000)
	return q, int64(q.tail)*int64(start-from) >= before*int64(max(30, day-start+1))
}

// yearRush: the year's ceiling for in-patients, or that of the insurance against high costs, nearly used up with most of
// it, or several institutions, in the last weeks of the year.
type yearRush struct {
	last                claim.Day
	insts               int
	usage, share, times int64
}

var yearKinds = []quotaKind{
	{"住院封顶", (*Eval).inpatient, (*Eval).pooled},
	{"大病封顶", func(e *Eval, s *claim.Settlement) bool { return true }, (*Eval).catastrophic},
}

func (a yearRush) person(e *Eval, c *compiled) {
	n := len(e.t.Setls)
	if n == 0 {
		return
	}
	for k := range yearKinds {
		said := 0 // the year that was reported
		for si := range e.t.Setls {
			s := &e.t.Setls[si]
			year, _, _ := s.Time.Day().Civil()
			start := claim.DayOf(year, 12, 31) - a.last + 1
			if s.Month > e.to || year == said || s.Time.Day() < start || !yearKinds[k].uses(e, s) || yearKinds[k].pays(e, s) <= 0 {
				continue
			}
			q, ok := e.standing(&yearKinds[k], int32(si), 0, start)
			if !ok {
				e.skipSettle(c, int32(si), "没有年度限额")
				continue
			}
			if !atLeast(q.used, q.limit, a.usage) || (!atLeast(q.tail, q.used, a.share) && q.insts < a.insts) || a.usual(e, k, int32(si)) || e.taggedLately(c, s.Time.Day()) {
				continue
			}
			said = year
			e.hitQuota(c, int32(si), yearKinds[k].name, Fact{"限定", yearKinds[k].name}, Fact{"限额", q.limit.String() + "元"}, Fact{"实际", "本年已用 " + q.used.String() + " 元"},
				fact("天数", "最后%d天", a.last), fact("量", "%s元、%d家机构", q.tail, q.insts), Fact{"日期", s.Time.Day().String()})
		}
	}
}

// usual: the person drew much the same in this month of the year before. Only months are compared: the year before is
// known from the same month on.
func (a yearRush) usual(e *Eval, k int, si int32) bool {
	s := &e.t.Setls[si]
	var now, then claim.Money
	for oi := range e.t.Setls {
		o := &e.t.Setls[oi]
		switch {
		case !yearKinds[k].uses(e, o):
		case o.Month == s.Month && int32(oi) <= si:
			now += yearKinds[k].pays(e, o)
		case o.Month == s.Month-12:
			then += yearKinds[k].pays(e, o)
		}
	}
	return then > 0 && int64(now) < claim.MulDiv(int64(then), a.times, 10_000)
}

// benefitBurst: an employee who draws most of the year's out-patient ceiling within weeks.
type benefitBurst struct {
	window   claim.Day
	usage    int64
	insutype int
}

var outpatientKind = quotaKind{"门统", func(e *Eval, s *claim.Settlement) bool {
	w := e.settingOfSetl(s)
	return w&(claim.Outpatient|claim.EmergencyCare) != 0 && w&(claim.Inpatient|claim.Chronic|claim.Maternity) == 0
}, (*Eval).pooled}

func (a benefitBurst) person(e *Eval, c *compiled) {
	said := 0
	for si := range e.t.Setls {
		s := &e.t.Setls[si]
		year, _, _ := s.Time.Day().Civil()
		if s.Month > e.to || year == said || s.Fund <= 0 || !outpatientKind.uses(e, s) || e.b.Vocab.Num(e.schemeOf(s)) != a.insutype ||
			(s.Visit >= 0 && e.exempt(c, s.Visit)) {
			continue
		}
		from := max(s.Time.Day()-a.window+1, claim.DayOf(year, 1, 1))
		q, ok := e.standing(&outpatientKind, int32(si), 0, from)
		if !ok {
			e.skipSettle(c, int32(si), "没有门诊统筹年度限额")
			continue
		}
		if !atLeast(q.tail, q.limit, a.usage) || e.taggedLately(c, s.Time.Day()) {
			continue
		}
		said = year
		e.hitQuota(c, int32(si), outpatientKind.name, Fact{"限额", q.limit.String() + "元"}, fact("天数", "%d天", a.window),
			Fact{"实际", "已用 " + q.tail.String() + " 元"}, fact("量", "%d家机构", q.insts), Fact{"日期", s.Time.Day().String()})
	}
}
