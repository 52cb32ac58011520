package rule

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// offHours: a pharmacy settles while it is closed; where its hours are unknown, deep in the night.
type offHours struct {
	from, to int // night, minutes of the day
	grace    int // minutes around the opening hours
	always   []string
}

func newOffHours(p *params, c *Card) (any, error) {
	a := offHours{grace: p.int("grace_min", 30), always: strings.Split(p.str("always_open", "自助|24小时|24h"), "|")}
	night := p.str("night", "23:00-06:00")
	lo, hi, ok := strings.Cut(night, "-")
	var err1, err2 error
	a.from, err1 = minutes(lo)
	a.to, err2 = minutes(hi)
	if !ok || err1 != nil || err2 != nil {
		return nil, fmt.Errorf("参数 night 写作 %q，应为 23:00-06:00 的样子", night)
	}
	return a, nil
}

func minutes(s string) (int, error) {
	h, m, _ := strings.Cut(strings.TrimSpace(s), ":")
	hh, err := strconv.Atoi(h)
	if err != nil || hh < 0 || hh > 24 {
		return 0, fmt.Errorf("时刻 %q 写得不对", s)
	}
	mm, err := strconv.Atoi(m)
	if err != nil || mm < 0 || mm > 59 {
		return 0, fmt.Errorf("时刻 %q 写得不对", s)
	}
	return hh*60 + mm, nil
}

func (a offHours) settle(e *Eval, c *compiled, si int32) {
	s := &e.t.Setls[si]
	if s.Time.DayOnly() || e.b.Vocab.Setting(s.MedType)&claim.Inpatient != 0 || !e.shopSettlement(s) {
		return
	}
	at := int((s.Time.Clock() - s.Time.Day().Start().Clock()) / (60 * secondMicros))
	day := s.Time.Day()
	h := e.b.Ref.HoursOn(s.Inst, day)
	word, from, to := "夜间", a.from, a.to
	switch {
	case h.Known && (h.AllDay || within24(at, h.Open-a.grace, h.Close+a.grace)):
		return
	case h.Known:
		word, from, to = "营业", h.Open, h.Close
	case !within24(at, a.from, a.to-1):
		return
	}
	name := e.instName(s.Inst, day)
	for _, x := range a.always {
		if x != "" && strings.Contains(name, x) {
			return
		}
	}
	if !e.exempt(c, s.Visit) {
		quiet(e.hitSettle(c, si, Fact{"机构", name}, Fact{"实际", s.Time.String()}, fact("限额", "%s%02d:%02d至%02d:%02d", word, from/60, from%60, to/60, to%60)))
	}
}

// within24 tells whether a minute of the day lies from lo to hi, both included, on a clock that goes round.
func within24(at, lo, hi int) bool {
	if hi < lo {
		hi += 1440
	}
	if hi-lo >= 1440 {
		return true
	}
	return (at >= lo && at <= hi) || (at+1440 >= lo && at+1440 <= hi) || (at-1440 >= lo && at-1440 <= hi)
}
