package rule

import (
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// Kind ATTR: surcharges whose condition does not hold (F020).
func init() {
	register("ATTR", "surcharge", func(p *params, c *Card) (any, error) { return surcharge{p.int("child_age", 6)}, nil })
}

// surcharge: for children up to an age, the birthday year included (six means: not yet seven), or in an emergency. One of
// the point's conditions suffices. In hospital an emergency need not be marked: only a suspicion there.
type surcharge struct{ childAge int }

func (a surcharge) line(e *Eval, c *compiled, li, pi int32) {
	l, pt := &e.t.Lines[li], &e.b.points[pi]
	weak := false
	var facts []Fact
	for _, w := range pt.allow {
		switch w {
		case "儿童":
			age, _, ok := e.ageOn(c, li)
			if !ok {
				return
			}
			limit := a.childAge
			if pt.AgeMax >= 0 {
				limit = pt.AgeMax
			}
			if age <= limit {
				return
			}
			facts = append(facts, fact("实际", "%d周岁", age))
		case "急诊", "抢救":
			if l.Visit < 0 || a.emergency(e, l.Visit) {
				return
			}
			weak = e.t.Visits[l.Visit].Setting&claim.Inpatient != 0
			facts = append(facts, Fact{"实际", "非急诊就诊"})
		default:
			return // a condition that the facts do not tell of
		}
	}
	if len(facts) == 0 {
		return
	}
	h := e.hitLine(c, li, []int32{pi}, append(facts[:1:1], Fact{"项目", e.itemName(l)}, Fact{"限定", strings.ReplaceAll(pt.Allow, "|", "、")},
		Fact{"日期", l.Time.Day().String()})...)
	if h != nil && weak {
		h.Severity = 2
	}
}

// emergency: the visit is one, rescue included, or the patient was admitted as one.
func (surcharge) emergency(e *Eval, vi int32) bool {
	v := &e.t.Visits[vi]
	return v.Tags&(claim.Emergency|claim.Rescue) != 0 || v.Setting&(claim.EmergencyCare|claim.RescueCare) != 0 || e.b.Vocab.Num(v.AdmWay) == 1
}
