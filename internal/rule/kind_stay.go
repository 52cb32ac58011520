package rule

import (
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// Kind STAY: stays that should have been one, and stays in which nothing happened. They charge nothing by themselves.
func init() {
	register("STAY", "readmit", func(p *params, c *Card) (any, error) {
		return readmit{gap: claim.Day(p.int("gap_d", 15)), group: p.bool("same_group", false)}, nil
	})
	register("STAY", "idle", func(p *params, c *Card) (any, error) { return idle{p.int("days", 3), p.int("min_los", 5)}, nil })
	register("STAY", "exam_share", func(p *params, c *Card) (any, error) {
		return examShare{p.num("ratio", 0.6), p.num("strong", 0.8), p.yuan("procedure_yuan", 500)}, nil
	})
	register("STAY", "oral", func(p *params, c *Card) (any, error) { return oral{p.num("ratio", 0.1), p.num("oral", 0.5)}, nil })
	register("STAY", "short", func(p *params, c *Card) (any, error) {
		return short{p.int("min_days", 3), [4]claim.Money{0, p.yuan("low1", 600), p.yuan("low2", 1500), p.yuan("low3", 3000)}}, nil
	})
}

// readmit: G001 same disease again soon, G002 the same or next day, G003 through another department, G004 with a
// self-paid stay in between.
type readmit struct {
	gap   claim.Day
	group bool
}

func (a readmit) stay(e *Eval, c *compiled, si int32) {
	prev := a.previous(e, si)
	if prev < 0 {
		return
	}
	s, p := &e.t.Stays[si], &e.t.Stays[prev]
	gap := s.In.Day() - p.Out.Day()
	if p.Open || gap < 0 || gap > a.gap || e.exemptStay(c, s) || a.excused(e, c, s, p) {
		return
	}
	from, to := &e.t.Visits[p.Last], &e.t.Visits[s.First]
	d := e.b.ds[claim.DictDiag]
	switch c.ID {
	case "G001":
		x, y := d.String(e.stayDiag(p)), d.String(e.stayDiag(s))
		if x == "" || y == "" || category(x) != category(y) {
			return
		}
	case "G002", "G003":
		if a.excusedNextDay(e, s, p) {
			return
		}
		if c.ID == "G003" && !changedDept(from, to) {
			return
		}
		if c.ID == "G003" && (e.mainDiag(s.Last, &rehabilitation) || e.mainDiag(p.Last, &rehabilitation)) {
			return
		}
	case "G004":
		if !a.selfPaidBetween(e, s, p) {
			return
		}
	}
	h := e.hitVisit(c, s.Last, key("stays", e.t.MdtrtID(&e.t.Visits[p.First]), e.t.MdtrtID(&e.t.Visits[s.First])), nil,
		fact("天数", "%d", gap), fact("限额", "%d天", a.gap), Fact{"日期", p.Out.Day().String()}, Fact{"实际", "主诊断 " + d.String(e.stayDiag(s))}, e.stakes(si))
	if h != nil && s.Open {
		h.Severity = 3
	}
}

// stayDiag is the main diagnosis of the last visit.
func (e *Eval) stayDiag(s *claim.Stay) int32 { return e.t.Visits[s.Last].MainDiag }

// previous is the latest earlier stay at the institution (or its group).
func (a readmit) previous(e *Eval, si int32) int32 {
	s := &e.t.Stays[si]
	best := int32(-1)
	for i := range e.t.Stays {
		o := &e.t.Stays[i]
		if int32(i) >= si || (o.Inst != s.Inst && !(a.group && e.sameGroup(o.Inst, s.Inst, s.In.Day()))) {
			continue
		}
		if best < 0 || e.t.Stays[best].Out.Clock() <= o.Out.Clock() {
			best = int32(i)
		}
	}
	return best
}

func (e *Eval) sameGroup(a, b int32, d claim.Day) bool {
	x, y := e.b.Ref.InstOn(a, d), e.b.Ref.InstOn(b, d)
	return x != nil && y != nil && x.Group != 0 && x.Group == y.Group
}

var (
	plannedCare    = claim.MustDiagSet("Z51|Z47|Z43|Z49")
	tumour         = claim.MustDiagSet("C00-C97|D00-D09")
	rehabilitation = claim.MustDiagSet("Z50")
	keepPregnancy  = claim.MustDiagSet("O20-O60")
	cataract       = claim.MustDiagSet("H25|H26")
)

// excused holds for all four cards.
func (a readmit) excused(e *Eval, c *compiled, s, p *claim.Stay) bool {
	last := &e.t.Visits[p.Last]
	first := &e.t.Visits[s.First]
	switch e.b.Vocab.Num(last.DscgWay) {
	case 2, 4:
		return true
	}
	return s.Tags&c.tags&^outcomes != 0 || p.Tags&c.tags&(claim.DaySurgery|claim.Psychiatric) != 0 || e.b.Vocab.Num(first.AdmWay) == 1 || p.MidSettle ||
		e.mainDiag(s.Last, &plannedCare) || e.mainDiag(s.Last, &tumour) ||
		(e.mainDiag(p.Last, &keepPregnancy) && e.mainDiag(s.Last, &deliveryDiag)) || a.otherSide(e, s, p)
}

// otherSide: both stays operated, on different sides or for cataract.
func (readmit) otherSide(e *Eval, s, p *claim.Stay) bool {
	so, po := e.operationsOf(s), e.operationsOf(p)
	if len(so) == 0 || len(po) == 0 {
		return false
	}
	if e.mainDiag(p.Last, &cataract) && e.mainDiag(s.Last, &cataract) {
		return true
	}
	for _, o := range so {
		if o.Side != 0 && slices.ContainsFunc(po, func(q claim.Operation) bool { return q.Side != 0 && q.Side != o.Side }) {
			return true
		}
	}
	return false
}

func (e *Eval) operationsOf(s *claim.Stay) []claim.Operation {
	var out []claim.Operation
	for _, vi := range s.Visits {
		out = append(out, e.t.OpsOf(vi)...)
	}
	return out
}

// excusedNextDay: another hospital in between, a newborn, a death.
func (readmit) excusedNextDay(e *Eval, s, p *claim.Stay) bool {
	if p.Tags&claim.Died != 0 {
		return true
	}
	for i := range e.t.Stays {
		o := &e.t.Stays[i]
		if o.Inst != s.Inst && o.In.Day() >= p.Out.Day() && o.In.Day() <= s.In.Day() {
			return true
		}
	}
	pr := e.t.PersonOn(e.t.Visits[s.First].Psn, s.In.Day())
	return pr != nil && pr.Birth.Has() && s.In.Day()-pr.Birth <= 28
}

func changedDept(from, to *claim.Visit) bool {
	a, b := from.DscgDept, to.AdmDept
	if a == 0 || b == 0 {
		a, b = from.DscgDeptName, to.AdmDeptName
	}
	return a != 0 && b != 0 && a != b
}

func (readmit) selfPaidBetween(e *Eval, s, p *claim.Stay) bool {
	for _, r := range e.t.Extra["selfpay_visit"] {
		from, to := intervalOf(r)
		if from >= p.Out.Day() && to <= s.In.Day() && r.B.I32(r.B.Table.MustCol("fixmedins_code"), r.Row) == s.Inst {
			return true
		}
	}
	return false
}

// idle: days in hospital on which nothing was done.
type idle struct{ days, minLOS int }

var palliative = claim.MustDiagSet("Z51.5|Z515")

// stayHas tells whether any visit of the stay has a diagnosis of the set.
func (e *Eval) stayHas(s *claim.Stay, set *claim.DiagSet) bool {
	return slices.ContainsFunc(s.Visits, func(v int32) bool { return e.visitDiag(v, set) })
}

// hitStay records a finding on a stay; one that has not ended is a hint only.
func (e *Eval) hitStay(c *compiled, si int32, facts ...Fact) {
	s := &e.t.Stays[si]
	if h := e.hitVisit(c, s.Last, e.unitStay(si), nil, append(facts, e.stakes(si))...); h != nil && s.Open {
		h.Severity = 3
	}
}

// outcomes are tags of how a visit ended: of a stay only the last visit's count.
const outcomes = claim.Died | claim.Transferred | claim.LeftAgainstAdvice

// left tells how the stay ended, by its last visit.
func (e *Eval) left(s *claim.Stay, how claim.Tags) bool { return e.t.Visits[s.Last].Tags&how != 0 }

// exemptStay tells whether what the card exempts holds for the stay: a tag or diagnosis of any of its visits, an outcome of its last.
func (e *Eval) exemptStay(c *compiled, s *claim.Stay) bool {
	return e.exempt(c, s.Last) || s.Tags&c.tags&^outcomes != 0 || (!c.exemptDiag.Empty() && e.stayHas(s, &c.exemptDiag))
}

func (a idle) stay(e *Eval, c *compiled, si int32) {
	s := &e.t.Stays[si]
	if s.LOS < a.minLOS || e.exemptStay(c, s) {
		return
	}
	d := e.b.ds[claim.DictDept]
	for _, vi := range s.Visits {
		v := &e.t.Visits[vi]
		if strings.Contains(d.String(v.AdmDeptName), "康复") || strings.Contains(d.String(v.DscgDeptName), "康复") {
			return
		}
	}
	active := map[claim.Day]bool{}
	for _, vi := range s.Visits {
		for _, li := range e.t.LinesOf(vi) {
			switch l := &e.t.Lines[li]; l.Chrg {
			case 3, 4, 5, 6, 9, 10, 11:
				active[l.Time.Day()] = true
			}
		}
	}
	run, from := 0, claim.NoDay
	for day := s.In.Day() + 1; day < e.outOf(s); day++ {
		if active[day] || e.onLeave(s, day) {
			run = 0
			continue
		}
		if run == 0 {
			from = day
		}
		if run++; run >= a.days {
			e.hitStay(c, si, Fact{"日期", from.String()}, fact("天数", "%d", run), fact("限额", "%d天", a.days))
			return
		}
	}
}

// spending sums a stay's in-scope money by what it was for.
type spending struct {
	total, exam, treat, inject, drug, oral claim.Money
	biggest                                claim.Money // dearest single treatment
	lines                                  int
	routes                                 bool // some drug line says how it was given
}

func (e *Eval) spendingOf(s *claim.Stay) (sp spending) {
	for _, vi := range s.Visits {
		for _, li := range e.t.LinesOf(vi) {
			l := &e.t.Lines[li]
			sp.lines++
			sp.total += l.InScope
			switch l.Chrg {
			case 3, 4:
				sp.exam += l.InScope
			case 5, 6:
				sp.treat += l.InScope
				if l.Chrg == 5 {
					sp.biggest = max(sp.biggest, l.Amt)
				}
			}
			switch l.List {
			case 101, 102, 103, 106:
				sp.addDrug(l, e.text(l, "medc_way"), e.text(l, "dosform"))
			}
		}
	}
	return sp
}

func (sp *spending) addDrug(l *claim.Line, way, form string) {
	sp.drug += l.InScope
	sp.routes = sp.routes || way != ""
	if strings.Contains(way, "口服") || strings.Contains(strings.ToLower(way), "po") {
		sp.oral += l.InScope
	}
	if l.Chrg != 5 && l.Chrg != 6 && (strings.Contains(form, "注射") || strings.Contains(way, "注射") || strings.Contains(way, "静") || strings.Contains(way, "肌")) {
		sp.inject += l.InScope
	}
}

type examShare struct {
	ratio, strong float64
	procedure     claim.Money
}

func (a examShare) stay(e *Eval, c *compiled, si int32) {
	s := &e.t.Stays[si]
	if s.LOS <= 1 || e.exemptStay(c, s) || e.operated(si) {
		return
	}
	sp := e.spendingOf(s)
	if sp.total <= 0 || sp.biggest >= a.procedure {
		return
	}
	share := float64(sp.exam) / float64(sp.total)
	if share < a.ratio {
		return
	}
	word := "检查检验费占比过高"
	if share >= a.strong {
		word = "体检式住院：检查检验费占绝大部分"
	}
	e.hitStay(c, si, fact("实际", "%s，%.1f%%", word, share*100), fact("限额", "%.0f%%", a.ratio*100))
}

type oral struct{ ratio, oral float64 }

func (a oral) stay(e *Eval, c *compiled, si int32) {
	s := &e.t.Stays[si]
	if e.exemptStay(c, s) {
		return
	}
	sp := e.spendingOf(s)
	if sp.drug > 0 && !sp.routes {
		e.skip(c, s.Inst, "给药途径不详")
		return
	}
	if sp.total <= 0 || sp.drug <= 0 {
		return
	}
	if float64(sp.treat+sp.inject) < a.ratio*float64(sp.total) && float64(sp.oral) > a.oral*float64(sp.drug) {
		e.hitStay(c, si, fact("实际", "治疗、注射、手术占 %.1f%%", 100*float64(sp.treat+sp.inject)/float64(sp.total)), fact("限额", "%.0f%%", a.ratio*100))
	}
}

type short struct {
	minDays int
	low     [4]claim.Money // by level
}

func (short) mixes() {}

func (a short) stay(e *Eval, c *compiled, si int32) {
	s := &e.t.Stays[si]
	if s.LOS >= a.minDays || e.exemptStay(c, s) || e.operated(si) {
		return
	}
	inst := e.b.Ref.InstOn(s.Inst, s.In.Day())
	if inst == nil || inst.Tier == 0 {
		e.skip(c, s.Inst, "机构级别不详")
		return
	}
	sp := e.spendingOf(s)
	if m := e.mixOf(si); m != nil && m.ByGroup && m.Low > 0 { // the group's own tenth percentile, where it is known
		if sp.lines > 0 && m.Cost < m.Low {
			e.hitStay(c, si, fact("天数", "%d", s.LOS), Fact{"实际", m.Cost.String() + "元"}, Fact{"限额", m.Low.String() + "元"}, groupFact(m))
		}
		return
	}
	if limit := a.low[inst.Tier]; sp.lines > 0 && sp.total < limit {
		e.hitStay(c, si, fact("天数", "%d", s.LOS), Fact{"实际", sp.total.String() + "元"}, Fact{"限额", limit.String() + "元"})
	}
}
