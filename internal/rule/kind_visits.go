package rule

import (
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

// courseDiag: treatments that rightly bring people back day after day.
var courseDiag = claim.MustDiagSet("Z51.0|Z510|Z24.2|Z242|P59|Z50")

func (e *Eval) courseVisit(vi int32) bool {
	return e.t.Visits[vi].Tags&claim.Dialysis != 0 || e.visitDiag(vi, &courseDiag)
}

type visitsDay struct{ n int }

func (a visitsDay) person(e *Eval, c *compiled) {
	if len(e.t.Visits) < a.n {
		return
	}
	day := claim.NoDay
	insts := map[int32]bool{}
	for vi := range e.t.Visits {
		v := &e.t.Visits[vi]
		if v.Out || v.Setting&(claim.Inpatient|claim.Pharmacy) != 0 || v.Setting&(claim.Outpatient|claim.EmergencyCare) == 0 || e.exempt(c, int32(vi)) || e.courseVisit(int32(vi)) {
			continue
		}
		if d := v.Begin.Day(); d != day {
			day = d
			clear(insts)
		}
		if insts[v.Inst] {
			continue
		}
		insts[v.Inst] = true
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
	if len(e.t.Visits) < min(a.day, a.month, a.year) {
		return
	}
	seen := map[visitKey]bool{}
	n := map[visitUnit]int{}
	for vi := range e.t.Visits {
		v := &e.t.Visits[vi]
		if v.Out || v.Setting&claim.OneStar == 0 || !strings.HasPrefix(e.b.Vocab.Str(v.MedType), "1") || e.exempt(c, int32(vi)) || e.courseVisit(int32(vi)) {
			continue
		}
		day := v.Begin.Day()
		k := visitKey{day, v.Inst, v.AdmDept}
		if seen[k] {
			continue
		}
		seen[k] = true
		y, _, _ := day.Civil()
		for _, w := range [...]struct {
			unit  visitUnit
			limit int
		}{{visitUnit{'d', int(day)}, a.day}, {visitUnit{'m', int(day.Month())}, a.month}, {visitUnit{'y', y}, a.year}} {
			if n[w.unit]++; n[w.unit] == w.limit && !e.unfitInst(c, v.Inst) {
				unit := w.unit.String()
				e.hitVisit(c, int32(vi), key("window", e.psn(v), unit), nil, fact("量", "%d次", w.limit), Fact{"限额", itoa(w.limit) + "次"}, Fact{"日期", unit})
			}
		}
	}
}
