package rule

import (
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// Kind FREQ over visits: many institutions in a day, many visits in a day, month or year.
func init() {
	register("FREQ", "visits_day", func(p *params, c *Card) (any, error) { return visitsDay{p.int("n", 4)}, nil })
	register("FREQ", "visits", func(p *params, c *Card) (any, error) {
		return visits{p.int("month", 20), p.int("day", 4), p.int("year", 100)}, nil
	})
}

// crowded tells that some n visits began within so many days: what can be told at a glance.
func (e *Eval) crowded(n int, days claim.Day) bool {
	n = max(n, 1)
	for i := n - 1; i < len(e.t.Visits); i++ {
		if e.t.Visits[i].Begin.Day()-e.t.Visits[i-n+1].Begin.Day() < days {
			return true
		}
	}
	return false
}

type visitsDay struct{ n int }

func (a visitsDay) person(e *Eval, c *compiled) {
	if !e.crowded(a.n, 1) {
		return
	}
	day := claim.NoDay
	var insts []int32
	for vi := range e.t.Visits {
		v := &e.t.Visits[vi]
		if v.Out || v.Setting&(claim.Inpatient|claim.Pharmacy) != 0 || v.Setting&(claim.Outpatient|claim.EmergencyCare) == 0 || e.exempt(c, int32(vi)) {
			continue
		}
		if d := v.Begin.Day(); d != day {
			day = d
			insts = insts[:0]
		}
		if slices.Contains(insts, v.Inst) {
			continue
		}
		insts = append(insts, v.Inst)
		if len(insts) == a.n && !e.unfitInst(c, v.Inst) {
			e.hitVisit(c, int32(vi), key("day", e.psn(v), day.String()), nil, fact("量", "%d家机构", a.n), fact("限额", "%d家", a.n), Fact{"日期", day.String()})
		}
	}
}

func (e *Eval) psn(v *claim.Visit) string { return e.b.ds[claim.DictPerson].String(v.Psn) }

type visits struct{ month, day, year int }

type visitKey struct {
	day  claim.Day
	inst int32
	dept int32
}

// visitUnit is the calendar unit visits are counted in: a day, month or year.
type visitUnit struct {
	kind byte // d, m, y
	at   int
}

func (u visitUnit) String() string {
	switch u.kind {
	case 'd':
		return claim.Day(u.at).String()
	case 'm':
		return claim.Month(u.at).String()
	}
	return itoa(u.at)
}

func (a visits) person(e *Eval, c *compiled) {
	if !e.crowded(a.day, 1) && !e.crowded(a.month, 31) && !e.crowded(a.year, 366) {
		return
	}
	var today []visitKey // visits are in order of their beginning
	var units [3]visitUnit
	var n [3]int
	for vi := range e.t.Visits {
		v := &e.t.Visits[vi]
		if v.Out || v.Setting&claim.OneStar == 0 || !strings.HasPrefix(e.b.Vocab.Str(v.MedType), "1") || e.exempt(c, int32(vi)) {
			continue
		}
		day := v.Begin.Day()
		if len(today) > 0 && today[0].day != day {
			today = today[:0]
		}
		k := visitKey{day, v.Inst, v.AdmDept}
		if slices.Contains(today, k) {
			continue
		}
		today = append(today, k)
		y, _, _ := day.Civil()
		limits := [3]int{a.day, a.month, a.year}
		for i, u := range [3]visitUnit{{'d', int(day)}, {'m', int(day.Month())}, {'y', y}} {
			if units[i] != u {
				units[i], n[i] = u, 0
			}
			if n[i]++; n[i] == limits[i] && !e.unfitInst(c, v.Inst) {
				unit := u.String()
				e.hitVisit(c, int32(vi), key("window", e.psn(v), unit), nil, fact("量", "%d次", limits[i]), Fact{"限额", itoa(limits[i]) + "次"}, Fact{"日期", unit})
			}
		}
	}
}
