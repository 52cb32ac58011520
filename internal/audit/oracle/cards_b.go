package oracle

import (
	"math"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// B005 单价超限价: the excess was paid by the patient.
func (j *judge) b005() {
	for _, l := range j.charged("B005") {
		limit, price := j.ceilingOf(l), l.row.price("pric")
		if !limit.Has() || oneOf(l.row["list_type"], "101", "102", "103", "106") {
			continue
		}
		bp := j.param("B005", "tolerance_bp", 0)
		least := claim.Price(j.param("B005", "tolerance", 6))
		if price > limit+least && int64(price)*10_000 > int64(limit)*(10_000+bp) {
			j.report("B005", 1, []part{{l, claim.Money(claim.MulDiv(int64(price-limit), int64(l.net), 100_000_000))}})
		}
	}
}

// B003 互斥, F001 输液与注射并收, F006 监护并收 share one reading: the cheaper of the two items is at fault.
func (j *judge) b003() {
	j.exclusive("B003", 1, func(pt knowledge.Point, a, b *line) bool { return inScope(pt.Scope, a, b) })
}
func (j *judge) f006() {
	j.exclusive("F006", 1, func(_ knowledge.Point, a, b *line) bool { return inScope("单日", a, b) })
}
func (j *judge) f001() {
	j.exclusive("F001", 1, func(_ knowledge.Point, a, b *line) bool {
		dayOnly := a.at.DayOnly() || b.at.DayOnly()
		return inScope("单日", a, b) && (dayOnly || a.at.Clock() == b.at.Clock())
	})
}

// inScope tells whether two lines meet in the range a point speaks of.
func inScope(scope string, a, b *line) bool {
	if a.container() != b.container() {
		return false
	}
	apart := a.at.Clock() - b.at.Clock()
	dayOnly := a.at.DayOnly() || b.at.DayOnly()
	switch scope {
	case "单次就诊", "单次住院", "本次":
		return true
	case "同台": // one session: of a day, and of one incision where both name one
		x, y := a.row["incision_no"], b.row["incision_no"]
		return a.day == b.day && (x == "" || y == "" || x == y)
	case "6小时":
		return (dayOnly && a.day == b.day) || (!dayOnly && apart <= 6*3_600_000_000 && -apart <= 6*3_600_000_000)
	case "同一小时":
		return (dayOnly && a.day == b.day) || (!dayOnly && a.at.Hour() == b.at.Hour())
	case "同一切口":
		x, y := a.row["incision_no"], b.row["incision_no"]
		return (x != "" && x == y) || (x == "" && y == "" && a.day == b.day)
	}
	return a.day == b.day // 单日
}

// differentPlace tells that two lines were different sides, parts or incisions.
func differentPlace(a, b *line) bool {
	for _, col := range []string{"side", "body_part", "incision_no"} {
		if a.row[col] != "" && b.row[col] != "" && a.row[col] != b.row[col] {
			return true
		}
	}
	return false
}

// exclusive reports, unit by unit, the cheaper item's lines that stand in a pair with a line of the other.
func (j *judge) exclusive(rule string, severity int, meets func(knowledge.Point, *line, *line) bool) {
	all := j.charged(rule)
	for _, pt := range j.pairs(rule) {
		as := keep(all, func(l *line) bool { return l.code == pt.Subject && j.holds(pt, l) })
		bs := keep(all, func(l *line) bool { return l.code == pt.Second && j.holds(pt, l) })
		paired := func(l *line, others []*line) bool {
			for _, o := range others {
				if o != l && meets(pt, l, o) && !differentPlace(l, o) {
					return true
				}
			}
			return false
		}
		as = keep(as, func(l *line) bool { return paired(l, bs) })
		bs = keep(bs, func(l *line) bool { return paired(l, as) })
		unit := func(l *line) string {
			if oneOf(pt.Scope, "单次就诊", "单次住院", "本次") || pt.Scope == "同一切口" && l.row["incision_no"] != "" {
				return l.container() + "|" + l.row["incision_no"]
			}
			return l.container() + "|" + l.day.String()
		}
		if oneOf(pt.Scope, "单次就诊", "单次住院", "本次") {
			unit = (*line).container
		}
		for _, u := range groups(append(append([]*line{}, as...), bs...), unit) {
			a := keep(u, func(l *line) bool { return l.code == pt.Subject })
			b := keep(u, func(l *line) bool { return l.code == pt.Second })
			if len(a) == 0 || len(b) == 0 {
				continue
			}
			if cheaper(a, b) {
				a, b = b, a
			}
			j.report(rule, severity, whole(b), a...)
		}
	}
}

// cheaper tells whether a is the cheaper side, or at the same amount the later one.
func cheaper(a, b []*line) bool {
	x, y := amount(a), amount(b)
	return x < y || (x == y && cmpLine(a[len(a)-1], b[len(b)-1]) > 0)
}

func amount(ls []*line) (sum claim.Money) {
	for _, l := range ls {
		sum += l.amount
	}
	return sum
}

func whole(ls []*line) []part {
	var out []part
	for _, l := range ls {
		out = append(out, part{l, l.inscope})
	}
	return out
}

// B004 套餐与单项: both drawn from the same sample, within an hour.
func (j *judge) b004() {
	all := j.charged("B004")
	for _, pt := range j.pairs("B004") {
		for _, single := range all {
			if single.code != pt.Second || !j.holds(pt, single) {
				continue
			}
			for _, set := range all {
				if set.code == pt.Subject && set.row["mdtrt_id"] == single.row["mdtrt_id"] && j.sameSample(set, single) {
					j.line("B004", 1, single, set)
					break
				}
			}
		}
	}
}

func (j *judge) sameSample(a, b *line) bool {
	for _, x := range j.samples(a) {
		for _, y := range j.samples(b) {
			if d := x.Clock() - y.Clock(); d <= 3_600_000_000 && -d <= 3_600_000_000 {
				return true
			}
		}
	}
	return false
}

// samples are the sampling times of the line's item, visit and day that name a clock.
func (j *judge) samples(l *line) []claim.Time {
	var out []claim.Time
	for _, r := range j.c.where("lab", "mdtrt_id", l.row["mdtrt_id"]) {
		t := r.time("sapl_time")
		if j.normalise(r["hilist_code"], l.inst, l.day) == l.code && t.Has() && !t.DayOnly() && t.Day() == l.day {
			out = append(out, t)
		}
	}
	return out
}

// basePrice is what one of the line's item costs in full: the price limit, else its own price; both sides cost 1.5.
func (j *judge) basePrice(l *line) (base int64, limited bool) {
	p := j.ceilingOf(l)
	limited = p.Has()
	if !limited {
		p = l.row.price("pric")
	}
	base = int64(p)
	if oneOf(l.row["side"], "双侧", "3") {
		base = claim.MulDiv(base, j.param("B011", "bilateral", 4), 10_000)
	}
	return base, limited
}

// due is what a group of operations or parts may cost: the dearest in full, every other one at the ratio.
func (j *judge) due(ls []*line, ratio int64) claim.Money {
	dearest, sum := int64(0), int64(0)
	for _, l := range ls {
		base, _ := j.basePrice(l)
		dearest = max(dearest, base)
		sum += base * ceilQty(l.net) * ratio
	}
	return claim.Money(claim.MulDiv(sum+dearest*(10_000-ratio), 1, 100_000_000)) // 1e-6 yuan × 1e-4 → fen
}

func ceilQty(q claim.Qty) int64 { return (int64(q) + 9999) / 10_000 }

// discount reports a group charged beyond what is due, the money laid on its cheapest lines first.
func (j *judge) discount(rule string, severity int, ls []*line, second float64) {
	ratio := j.param(rule, "second", 4)
	if second > 0 {
		ratio = int64(math.Round(second * 10_000))
	}
	due := j.due(ls, ratio)
	over := amount(ls) - due
	if over <= claim.Money(len(ls)) {
		return
	}
	left := append([]*line{}, ls...)
	var parts []part
	for over > 0 && len(left) > 0 {
		i := 0
		for k := range left {
			a, _ := j.basePrice(left[k])
			b, _ := j.basePrice(left[i])
			if a < b || (a == b && cmpLine(left[k], left[i]) > 0) {
				i = k
			}
		}
		if left[i].amount > 0 { // a line billed at nothing bears nothing
			parts, over = charge(parts, left[i], over)
		}
		left = append(left[:i], left[i+1:]...)
	}
	j.report(rule, severity, parts, ls...)
}

// charge lays the excess on a line, up to its net amount, and counts the in-scope share of it.
func charge(parts []part, l *line, over claim.Money) ([]part, claim.Money) {
	take := max(0, min(over, l.amount))
	vola := claim.MulDiv(int64(l.inscope), int64(take), max(1, int64(l.amount)))
	return append(parts, part{l, claim.Money(vola)}), over - take
}
