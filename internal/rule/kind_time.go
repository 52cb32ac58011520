package rule

import (
	"math"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// Kind TIME: things that cannot have happened when or where the bill says.
func init() {
	register("TIME", "elsewhere", func(p *params, c *Card) (any, error) {
		return elsewhere{chronic: c.ID == "H008", small: p.yuan("small_yuan", 50)}, nil
	})
	register("TIME", "outside_stay", func(p *params, c *Card) (any, error) { return outsideStay{}, nil })
	register("TIME", "order_outside", func(p *params, c *Card) (any, error) {
		return orderOutside{int64(p.int("tolerance_h", 24)) * hourMicros}, nil
	})
	register("TIME", "operation_outside", func(p *params, c *Card) (any, error) { return operationOutside{}, nil })
	register("TIME", "settle_before", func(p *params, c *Card) (any, error) { return settleBefore{}, nil })
	register("TIME", "before_birth", func(p *params, c *Card) (any, error) { return beforeBirth{}, nil })
	register("TIME", "overlap", func(p *params, c *Card) (any, error) { return overlap{}, nil })
	register("TIME", "impossible", func(p *params, c *Card) (any, error) {
		return impossible{minutes: int64(p.int("minutes", 30)), km: p.num("min_km", 5), kmh: p.num("speed_kmh", 120)}, nil
	})
	register("TIME", "before_delivery", func(p *params, c *Card) (any, error) {
		return beforeDelivery{claim.Day(p.int("window_d", 180))}, nil
	})
}

// elsewhere: out-patient or pharmacy settlements while the person lay in hospital (G006; H008 for chronic drugs).
type elsewhere struct {
	chronic bool
	small   claim.Money
}

func (a elsewhere) visit(e *Eval, c *compiled, vi int32) {
	if len(e.t.Stays) == 0 || !a.candidate(e, c, vi) || e.exempt(c, vi) {
		return
	}
	si, lines := a.during(e, vi)
	if si < 0 {
		return
	}
	var total claim.Money
	for i := range e.t.Setls {
		if s := &e.t.Setls[i]; s.Visit == vi {
			total += s.Total.Or(0)
		}
	}
	day := e.t.Lines[lines[0]].Time.Day()
	h := e.hitVisit(c, vi, e.unitVisit(vi), nil, Fact{"机构", e.instName(e.t.Stays[si].Inst, day)}, Fact{"日期", day.String()})
	if h == nil {
		return
	}
	h.Vola = 0
	for _, li := range lines {
		h.Vola += e.t.Lines[li].InScope
	}
	if e.t.Stays[si].Open || (total < a.small && a.alone(e, c, vi, si)) {
		h.Severity = 3
	}
}

// candidate tells whether a visit is of a kind that should not happen during a stay, and was paid for.
func (a elsewhere) candidate(e *Eval, c *compiled, vi int32) bool {
	v := &e.t.Visits[vi]
	if v.Out || v.Setting&claim.Inpatient != 0 || v.Setting&(claim.Outpatient|claim.EmergencyCare) == 0 || (a.chronic && v.Setting&claim.Chronic == 0) ||
		v.Tags&c.tags != 0 {
		return false
	}
	for i := range e.t.Setls {
		if s := &e.t.Setls[i]; s.Visit == vi && s.Fund > 0 {
			return true
		}
	}
	return false
}

// during finds the stay in which lines of the visit fall strictly between admission and discharge, and those lines.
func (a elsewhere) during(e *Eval, vi int32) (int32, []int32) {
	v := &e.t.Visits[vi]
	for si := range e.t.Stays {
		s := &e.t.Stays[si]
		if v.ErObs.Has() && v.Inst == s.Inst {
			continue
		}
		var in []int32
		for _, li := range e.t.LinesOf(vi) {
			l := &e.t.Lines[li]
			d := l.Time.Day()
			if d <= s.In.Day() || d >= e.outOf(s) || a.lawful(e, v, s, l) {
				continue
			}
			if !a.chronic || l.List == 101 || l.List == 102 || l.List == 106 {
				in = append(in, li)
			}
		}
		if len(in) > 0 {
			return int32(si), in
		}
	}
	return -1, nil
}

// lawful: examinations of the hospital itself, dual-channel and circulated prescriptions, days of leave.
func (a elsewhere) lawful(e *Eval, v *claim.Visit, s *claim.Stay, l *claim.Line) bool {
	return (v.Inst == s.Inst && (l.Chrg == 3 || l.Chrg == 4)) || l.Flags&claim.Negotiated != 0 || e.text(l, "hi_rxno") != "" || e.onLeave(s, l.Time.Day())
}

// alone tells that no other such visit fell into the stay.
func (a elsewhere) alone(e *Eval, c *compiled, vi, si int32) bool {
	for o := range e.t.Visits {
		if int32(o) == vi || !a.candidate(e, c, int32(o)) {
			continue
		}
		if other, _ := a.during(e, int32(o)); other == si {
			return false
		}
	}
	return true
}

func (e *Eval) onLeave(s *claim.Stay, d claim.Day) bool {
	for _, r := range e.t.Extra["leave"] {
		from, to := intervalOf(r)
		if from > d || to < d {
			continue
		}
		for _, vi := range s.Visits {
			if e.t.Visits[vi].Key == r.B.Visit[r.Row] {
				return true
			}
		}
	}
	return false
}

// outsideStay: beds and nursing billed before admission or after discharge, by days.
type outsideStay struct{}

func (outsideStay) line(e *Eval, c *compiled, li, pi int32) {
	l := &e.t.Lines[li]
	if l.Visit < 0 {
		return
	}
	v := &e.t.Visits[l.Visit]
	if v.Setting&claim.Inpatient == 0 {
		return
	}
	in, d := v.Begin.Day(), l.Time.Day()
	if v.ErObs.Has() && v.ErObs.Day() < in {
		in = v.ErObs.Day()
	}
	if d >= in && (v.Open || d <= v.End.Day()) {
		return
	}
	e.hitLine(c, li, []int32{pi}, Fact{"项目", e.itemName(l)}, Fact{"日期", d.String()}, Fact{"限额", "住院 " + v.Begin.Day().String() + " 至 " + v.End.Day().String()})
}

// admitted and discharged bounds of an in-patient visit, observation included.
func bounds(v *claim.Visit) (from, to claim.Time) {
	from = v.Begin
	if v.ErObs.Has() && v.ErObs.Clock() < from.Clock() {
		from = v.ErObs
	}
	return from, v.End
}

type orderOutside struct{ tolerance int64 }

func (a orderOutside) visit(e *Eval, c *compiled, vi int32) {
	v := &e.t.Visits[vi]
	if e.b.Vocab.Setting(v.MedType)&claim.Inpatient == 0 || e.exempt(c, vi) {
		return
	}
	from, to := bounds(v)
	for _, r := range e.t.Extra["medorder"] {
		if r.B.Visit[r.Row] != v.Key {
			continue
		}
		at := claim.Time(r.B.I64(r.B.Table.MustCol("drord_begn_date"), r.Row))
		if !at.Has() {
			continue
		}
		if longAfter(from, at, a.tolerance) || (!v.Open && longAfter(at, to, a.tolerance)) {
			e.hitVisit(c, vi, e.unitVisit(vi), nil, Fact{"日期", at.String()}, Fact{"限额", "住院 " + from.String() + " 至 " + to.String()})
			return
		}
	}
}

type operationOutside struct{}

func (operationOutside) visit(e *Eval, c *compiled, vi int32) {
	v := &e.t.Visits[vi]
	if e.b.Vocab.Setting(v.MedType)&claim.Inpatient == 0 || e.exempt(c, vi) {
		return
	}
	from, to := bounds(v)
	for _, o := range e.t.OpsOf(vi) {
		if d := o.Begin.Day(); o.Begin.Has() && (d < from.Day() || (!v.Open && d > to.Day())) {
			e.hitVisit(c, vi, e.unitVisit(vi), nil, Fact{"日期", d.String()}, Fact{"限额", "住院 " + from.Day().String() + " 至 " + to.Day().String()})
			return
		}
	}
}

type settleBefore struct{}

func (settleBefore) settle(e *Eval, c *compiled, si int32) {
	s := &e.t.Setls[si]
	if s.Visit < 0 || e.exempt(c, s.Visit) {
		return
	}
	v := &e.t.Visits[s.Visit]
	early := s.Time.Clock() < v.Begin.Clock()
	if s.Time.DayOnly() || v.Begin.DayOnly() {
		early = s.Time.Day() < v.Begin.Day()
	}
	if early {
		if h := e.hitSettle(c, si, Fact{"日期", s.Time.String()}, Fact{"限额", "就诊 " + v.Begin.String()}); h != nil {
			h.Vola = 0
		}
	}
}

type beforeBirth struct{}

func (beforeBirth) person(e *Eval, c *compiled) {
	if len(e.t.Lines) == 0 {
		return
	}
	if len(e.t.People) == 0 {
		e.skipLine(c, int32(len(e.t.Lines)-1), "没有人员信息")
		return
	}
	born := claim.NoDay
	for i := range e.t.People {
		born = max(born, e.t.People[i].Birth)
	}
	if e.firstDay >= born {
		return
	}
	for i := range e.t.Lines {
		l := &e.t.Lines[i]
		p := e.t.PersonOf(l)
		if l.InScope <= 0 || p == nil || !p.Birth.Has() || l.Time.Day() >= p.Birth ||
			e.unfitInst(c, l.Inst) || e.exempt(c, l.Visit) {
			continue
		}
		e.hitLine(c, int32(i), nil, Fact{"项目", e.itemName(l)}, Fact{"日期", l.Time.Day().String()}, Fact{"限额", "出生 " + p.Birth.String()})
	}
}

// overlap: two stays in different hospitals at once; the day of transfer is lawful.
type overlap struct{}

func (a overlap) stay(e *Eval, c *compiled, si int32) {
	s := &e.t.Stays[si]
	for oi := range e.t.Stays {
		o := &e.t.Stays[oi]
		if int32(oi) >= si || o.Inst == s.Inst { // stays are ordered by admission
			continue
		}
		lo, hi := max(s.In.Day(), o.In.Day()), e.outDay(s, o)
		if hi-lo < 2 || e.exemptStay(c, s) {
			continue
		}
		h := e.hitVisit(c, s.Last, key("stays", e.t.MdtrtID(&e.t.Visits[o.First]), e.t.MdtrtID(&e.t.Visits[s.First])), nil,
			Fact{"机构", e.instName(o.Inst, lo)}, Fact{"日期", (lo + 1).String()}, fact("天数", "%d", hi-lo-1), e.stakes(si))
		if h == nil {
			return
		}
		weak := s.Open || o.Open || s.MidSettle || o.MidSettle || (s.Tags|o.Tags)&(claim.NewbornWithMother|claim.Dialysis) != 0
		if weak || !e.treated(si, lo, hi) || !e.treated(int32(oi), lo, hi) {
			h.Severity = 3
		}
		return
	}
}

// outDay is the earlier discharge of two stays; an open one runs to the evaluation day through its length.
func (e *Eval) outDay(s, o *claim.Stay) claim.Day {
	end := func(x *claim.Stay) claim.Day {
		if x.Open {
			return x.Since.Day() + claim.Day(x.LOS)
		}
		return x.Out.Day()
	}
	return min(end(s), end(o))
}

// treated: something was done (services but bed, nursing and consultation) on a day strictly within the overlap.
func (e *Eval) treated(si int32, lo, hi claim.Day) bool {
	for _, vi := range e.t.Stays[si].Visits {
		for _, li := range e.t.LinesOf(vi) {
			l := &e.t.Lines[li]
			if d := l.Time.Day(); l.List == 201 && l.Chrg != 1 && l.Chrg != 2 && l.Chrg != 7 && d > lo && d < hi {
				return true
			}
		}
	}
	return false
}

// impossible: two visits that nobody could have made one after the other.
type impossible struct {
	minutes int64
	km, kmh float64
}

func (a impossible) visit(e *Eval, c *compiled, vi int32) {
	v := &e.t.Visits[vi]
	if !a.counts(e, c, v) || e.exempt(c, vi) {
		return
	}
	for oi := vi - 1; oi >= 0; oi-- {
		o := &e.t.Visits[oi]
		if v.Begin.Clock()-o.Begin.Clock() > 24*hourMicros {
			return
		}
		if !a.counts(e, c, o) {
			continue
		}
		if o.Inst == v.Inst {
			return
		}
		a.judge(e, c, vi, o, v)
		return
	}
}

func (a impossible) counts(e *Eval, c *compiled, v *claim.Visit) bool {
	if v.Out || v.Setting&claim.Inpatient != 0 || v.Begin.DayOnly() || v.Tags&c.tags != 0 {
		return false
	}
	return !strings.Contains(e.instName(v.Inst, v.Begin.Day()), "卫生室")
}

func (a impossible) judge(e *Eval, c *compiled, vi int32, o, v *claim.Visit) {
	x, y := e.b.Ref.InstOn(o.Inst, o.Begin.Day()), e.b.Ref.InstOn(v.Inst, v.Begin.Day())
	if x == nil || y == nil || !x.Lon.Has() || !y.Lon.Has() || !x.Lat.Has() || !y.Lat.Has() {
		e.skip(c, v.Inst, "机构没有经纬度")
		return
	}
	if x.Group != 0 && x.Group == y.Group {
		return
	}
	km := distance(x, y)
	gap := v.Begin.Clock() - o.Begin.Clock()
	list := e.b.ds[claim.DictList]
	sameCity := strings.HasPrefix(list.String(y.Area), prefix4(list.String(x.Area)))
	hit := sameCity && gap < a.minutes*60_000_000 && km >= a.km
	if !sameCity {
		hit = km > a.kmh*float64(gap)/float64(hourMicros)
	}
	if !hit {
		return
	}
	h := e.hitVisit(c, vi, key("visits", e.t.MdtrtID(o), e.t.MdtrtID(v)), nil, Fact{"机构", e.instName(o.Inst, o.Begin.Day())},
		fact("实际", "相距 %.0f 公里，间隔 %d 分钟", km, gap/60_000_000), Fact{"日期", v.Begin.String()})
	if h != nil {
		h.Vola = e.visitScope(vi)
	}
}

func prefix4(s string) string {
	if len(s) > 4 {
		return s[:4]
	}
	return s
}

// distance on the great circle in kilometres (haversine, mean radius 6371 km).
func distance(a, b *claim.InstRow) float64 {
	rad := func(p claim.Price) float64 { return float64(p) / 1e6 * math.Pi / 180 }
	la, lb := rad(a.Lat), rad(b.Lat)
	h := math.Pow(math.Sin((lb-la)/2), 2) + math.Cos(la)*math.Cos(lb)*math.Pow(math.Sin((rad(b.Lon)-rad(a.Lon))/2), 2)
	return 2 * 6371 * math.Asin(math.Min(1, math.Sqrt(h)))
}

// beforeDelivery: radiology in the half year before a birth: somebody else's examination, or none.
type beforeDelivery struct{ window claim.Day }

var deliveryDiag = claim.MustDiagSet("O80-O84")

func (a beforeDelivery) line(e *Eval, c *compiled, li, pi int32) {
	l := &e.t.Lines[li]
	day := l.Time.Day()
	tags := e.t.TagsOf(l)
	if tags&(claim.Emergency|claim.Trauma) == claim.Emergency|claim.Trauma {
		return
	}
	within := func(birth claim.Day) bool { return day >= birth-a.window && day < birth }
	birth := claim.NoDay
	for _, b := range e.t.Births {
		if within(b.At.Day()) {
			birth = b.At.Day()
		}
	}
	if len(e.t.Births) == 0 {
		for vi := range e.t.Visits {
			v := &e.t.Visits[vi]
			if !v.Out && v.Setting&claim.Inpatient != 0 && within(v.Begin.Day()) && e.visitDiag(int32(vi), &deliveryDiag) {
				birth = v.Begin.Day()
			}
		}
	}
	if birth == claim.NoDay || e.inDeliveryStay(l, birth) {
		return
	}
	e.hitLine(c, li, []int32{pi}, Fact{"项目", e.itemName(l)}, Fact{"限额", "分娩日 " + birth.String()}, fact("天数", "%d", birth-day), Fact{"日期", day.String()})
}

func (e *Eval) inDeliveryStay(l *claim.Line, birth claim.Day) bool {
	if l.Visit < 0 || e.t.Visits[l.Visit].Stay < 0 {
		return false
	}
	s := &e.t.Stays[e.t.Visits[l.Visit].Stay]
	return s.In.Day() <= birth && birth <= e.outOf(s)
}
