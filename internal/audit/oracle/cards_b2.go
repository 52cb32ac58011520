package oracle

import (
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// dayGroup is the unit of B001, B009, B021: visit, item and civil day; where the institution books the item in
// batches, the stay (or visit) and item over that month's lines.
func (j *judge) dayGroup(l *line) string {
	if j.c.batched(l) {
		return l.container() + "|" + l.code + "|batch"
	}
	return l.row["mdtrt_id"] + "|" + l.code + "|" + l.day.String()
}

// stretch is how many days a unit's daily limit covers: the days of the stay where times are batch-booked, else 1.
func (j *judge) stretch(l *line) claim.Qty {
	if j.c.batched(l) && l.visit.stay != nil {
		return claim.Qty(l.visit.stay.los() + 1)
	}
	return 1
}

// pricedIn is the catalogue's pricing unit with 天 read as 日 and 时, h as 小时; "" when the catalogue does not say.
func (j *judge) pricedIn(l *line) string { return unitName(j.catalogue(l)["pricing_unit"]) }

func unitName(u string) string {
	switch u {
	case "天":
		return "日"
	case "时", "h":
		return "小时"
	}
	return u
}

// B001 同日重复收费: over the point's limit, over what was executed, or the same upload twice; the largest is reported.
func (j *judge) b001() {
	lines := keep(j.charged("B001"), func(l *line) bool { return !oneOf(l.row["list_type"], "102", "106") })
	for _, u := range groups(lines, j.dayGroup) {
		best, most := []part(nil), claim.Qty(0)
		offer := func(parts []part, excess claim.Qty) {
			if excess > most {
				best, most = parts, excess
			}
		}
		for _, pt := range j.of("B001", u[0]) {
			if pt.Limit.Has() {
				limit := pt.Limit * j.stretch(u[0])
				offer(beyond(u, limit), total(u)-limit)
			}
		}
		if done, ok := j.executed(u); ok {
			offer(beyond(u, done), total(u)-done)
		}
		again := twice(u)
		offer(whole(again), total(again))
		j.report("B001", 2, best, u...)
	}
}

// executed sums the executions of the unit's visit, item and days; false when there is no record.
func (j *judge) executed(u []*line) (sum claim.Qty, ok bool) {
	for _, v := range visitsOf(u) {
		for _, r := range j.c.where("exec", "mdtrt_id", v) {
			day := r.time("exec_time").Day()
			if j.normalise(r["hilist_code"], u[0].inst, day) != u[0].code || (!j.c.batched(u[0]) && !onDay(u, day)) {
				continue
			}
			ok = true
			if n := r.qty("exec_cnt"); n.Has() {
				sum += n
			} else {
				sum += claim.QtyOne
			}
		}
	}
	return sum, ok
}

func visitsOf(u []*line) []string {
	var out []string
	for _, l := range u {
		if !oneOf(l.row["mdtrt_id"], out...) {
			out = append(out, l.row["mdtrt_id"])
		}
	}
	return out
}

func onDay(u []*line, d claim.Day) bool {
	for _, l := range u {
		if l.day == d {
			return true
		}
	}
	return false
}

// twice are the lines that repeat an earlier one in order number, instant, quantity and doctor.
func twice(u []*line) []*line {
	var out []*line
	for i, l := range u {
		for _, e := range u[:i] {
			if l.row["drord_no"] != "" && l.row["drord_no"] == e.row["drord_no"] && l.at == e.at && !l.at.DayOnly() &&
				l.net == e.net && l.row["bilg_dr_codg"] == e.row["bilg_dr_codg"] && l.row["mdtrt_id"] == e.row["mdtrt_id"] {
				out = append(out, l)
				break
			}
		}
	}
	return out
}

// least is the strictest limit that the rule's points on the line's item give; false when none gives one.
func (j *judge) least(rule string, l *line, limit func(knowledge.Point) (claim.Qty, bool)) (best claim.Qty, ok bool) {
	for _, pt := range j.of(rule, l) {
		if n, judged := limit(pt); judged && (!ok || n < best) {
			best, ok = n, true
		}
	}
	return best, ok
}

// B009 时长超 24 小时.
func (j *judge) b009() {
	for _, u := range groups(j.charged("B009"), j.dayGroup) {
		limit, ok := j.least("B009", u[0], func(pt knowledge.Point) (claim.Qty, bool) {
			n := pt.Limit
			if !n.Has() {
				n = claim.Qty(j.param("B009", "hours", 4))
			}
			return n * claim.Qty(max(1, pt.Params.Channels)), oneOf(j.pricedIn(u[0]), "", "小时")
		})
		if ok {
			j.report("B009", 2, beyond(u, limit*j.stretch(u[0])), u...)
		}
	}
}

// B021 单日频次.
func (j *judge) b021() {
	for _, u := range groups(j.charged("B021"), j.dayGroup) {
		limit, ok := j.least("B021", u[0], func(pt knowledge.Point) (claim.Qty, bool) { return j.dailyLimit(pt, u) })
		if ok {
			j.report("B021", 1, beyond(u, limit*j.stretch(u[0])), u...)
		}
	}
}

// dailyLimit is the point's limit, multiplied by the parts or sides of an item priced by them; false when the
// catalogue prices the item in another unit.
func (j *judge) dailyLimit(pt knowledge.Point, u []*line) (claim.Qty, bool) {
	switch priced := j.pricedIn(u[0]); {
	case !pt.Limit.Has():
		return 0, false
	case oneOf(priced, "部位", "侧", "肢"):
		return pt.Limit * claim.Qty(places(u)), true
	case priced != "" && pt.Unit != "" && priced != unitName(pt.Unit):
		return 0, false
	}
	return pt.Limit, true
}

// places counts the different parts and sides that the lines name, both sides as two; naming none is one more.
func places(u []*line) int {
	seen := map[string]int{}
	for _, l := range u {
		seen[l.row["body_part"]+"|"+l.row["side"]] = 1
		if sides(l.row["side"]) == 3 {
			seen[l.row["body_part"]+"|"+l.row["side"]] = 2
		}
	}
	n := 0
	for _, k := range seen {
		n += k
	}
	return n
}

func distinct(u []*line, col string) int {
	seen := map[string]bool{}
	for _, l := range u {
		if l.row[col] != "" {
			seen[l.row[col]] = true
		}
	}
	return len(seen)
}

// B022 单次住院频次.
func (j *judge) b022() {
	for _, s := range j.p.stays {
		for _, u := range groups(j.stayLines("B022", s), func(l *line) string { return l.code }) {
			limit, ok := j.least("B022", u[0], func(pt knowledge.Point) (claim.Qty, bool) {
				if pt.Params.PerDay && pt.Limit.Has() {
					return pt.Limit * claim.Qty(s.los()+1), true
				}
				return pt.Limit, pt.Limit.Has()
			})
			if ok {
				j.report("B022", opened(1, s), beyond(u, limit), u...)
			}
		}
	}
}

// stayLines are the charged lines of a stay.
func (j *judge) stayLines(card string, s *stay) []*line {
	return keep(s.lines(), func(l *line) bool { return l.inscope > 0 && l.p == j.p && !j.c.lacksIn(card, l.inst, l.month()) })
}

// B023 周期频次: an execution is at fault when k earlier ones that are not lie less than N days back.
func (j *judge) b023() {
	for _, u := range groups(j.charged("B023"), func(l *line) string { return l.code }) {
		var lawful []*line
		var faults []*line
		before := map[*line][]*line{}
		for _, l := range u {
			if before[l] = j.tooSoon(l, lawful); len(before[l]) > 0 {
				faults = append(faults, l)
			} else {
				lawful = append(lawful, l)
			}
		}
		for _, day := range groups(faults, func(l *line) string { return l.day.String() }) {
			severity := 1
			if recent := before[day[0]]; recent[len(recent)-1].inst != day[0].inst {
				severity = 3
			}
			var evidence []*line
			for _, l := range day {
				evidence = append(evidence, before[l]...)
			}
			j.report("B023", severity, whole(day), evidence...)
		}
	}
}

// tooSoon are the lawful executions in the window of a point that the line breaks; none when it breaks no point.
func (j *judge) tooSoon(l *line, lawful []*line) []*line {
	for _, pt := range j.of("B023", l) {
		times := 1
		if pt.Limit.Has() {
			times = max(1, int(pt.Limit/claim.QtyOne))
		}
		recent := keep(lawful, func(e *line) bool { return int(l.day-e.day) < pt.WindowD })
		if pt.WindowD > 0 && len(recent) >= times {
			return recent
		}
	}
	return nil
}
