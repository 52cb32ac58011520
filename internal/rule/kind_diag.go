package rule

import (
	"slices"

	"github.com/mingjian/mingjian/internal/claim"
)

// Kind DIAG: what was given or why somebody was admitted, against the diagnoses.
func init() {
	register("DIAG", "indication", func(p *params, c *Card) (any, error) {
		return indication{claim.Day(p.int("lookback_d", 365)), int64(p.int("first_h", 48))}, nil
	})
	register("DIAG", "chronic_list", func(p *params, c *Card) (any, error) { return chronicList{}, nil })
	register("DIAG", "mild", func(p *params, c *Card) (any, error) { return mild{p.int("young_y", 6), p.int("old_y", 70)}, nil })
}

// lasting diagnoses count as known for a year after any visit that made them.
var lasting = claim.MustDiagSet("C00-C97|D00-D09|E10-E14|I10-I15|I20-I25|I60-I69|J44|J45|K74|M05|M06|N18|B18|F20|G20|G40")

var symptoms = claim.MustDiagSet("R00-R99")

type indication struct {
	lookback claim.Day
	firstH   int64
}

func (a indication) line(e *Eval, c *compiled, li, pi int32) {
	l, pt := &e.t.Lines[li], &e.b.points[pi]
	if pt.diags.Empty() {
		return
	}
	d := e.b.ds[claim.DictDiag]
	any, allSymptoms := false, true
	look := func(code int32) bool {
		if code == 0 {
			return false
		}
		any = true
		s := d.String(code)
		allSymptoms = allSymptoms && symptoms.Has(s)
		return pt.diags.Has(s)
	}
	if l.Visit >= 0 {
		v := &e.t.Visits[l.Visit]
		if look(v.MainDiag) || (v.Dise != 0 && pt.diags.Has(d.String(v.Dise))) {
			return
		}
		for _, g := range e.t.DiagsOf(l.Visit) {
			if look(g.Code) {
				return
			}
		}
		for _, o := range e.t.OpsOf(l.Visit) {
			if pt.diags.Has(e.b.ds[claim.DictOprn].String(o.Code)) {
				return
			}
		}
		any = any || v.Dise != 0
	}
	if r := e.prescription(l); r != nil && e.atPharmacy(l) && look(r.B.I32(r.B.Table.MustCol("diag_code"), r.Row)) {
		return
	}
	if !any {
		e.skipLine(c, li, "本次没有诊断")
		return
	}
	if a.known(e, l, pt) {
		return
	}
	h := e.hitLine(c, li, []int32{pi}, Fact{"项目", e.itemName(l)}, Fact{"限定", pt.Basis})
	if h != nil && allSymptoms && l.Visit >= 0 && a.early(e.t.Visits[l.Visit].Begin, l.Time) {
		h.Severity = 3
	}
}

// early: within the first hours of a visit, when symptoms are all that can be known. Where either time is a day without a
// clock the boundary day is early too.
func (a indication) early(begin, at claim.Time) bool {
	if begin.DayOnly() || at.DayOnly() {
		return at.Day()-begin.Day() <= wholeDays(a.firstH*hourMicros)
	}
	return at.Clock()-begin.Clock() <= a.firstH*hourMicros
}

// known: a tumour or chronic disease of the set was diagnosed at another visit within the look-back.
func (a indication) known(e *Eval, l *claim.Line, pt *point) bool {
	day := l.Time.Day()
	for _, g := range e.lastingDiags() {
		if gap := day - g.day; gap >= 0 && gap < a.lookback && pt.diags.Has(g.code) {
			return true
		}
	}
	return false
}

// lastingDiag is a lasting diagnosis and the day the visit began that made it.
type lastingDiag struct {
	day  claim.Day
	code string
}

// lastingDiags are the person's lasting diagnoses, of all visits but those left out.
func (e *Eval) lastingDiags() []lastingDiag {
	if e.lastsKnown {
		return e.lasts
	}
	e.lasts, e.lastsKnown = e.lasts[:0], true
	d := e.b.ds[claim.DictDiag]
	for vi := range e.t.Visits {
		v := &e.t.Visits[vi]
		if v.Out {
			continue
		}
		add := func(code int32) {
			if at(e.b.lasts, code) {
				e.lasts = append(e.lasts, lastingDiag{v.Begin.Day(), d.String(code)})
			}
		}
		add(v.MainDiag)
		for _, g := range e.t.DiagsOf(int32(vi)) {
			if g.Code != v.MainDiag {
				add(g.Code)
			}
		}
	}
	return e.lasts
}

// chronicList: a drug under chronic out-patient benefits that belongs to none of the person's diseases.
type chronicList struct{}

func (chronicList) visit(e *Eval, c *compiled, vi int32) {
	v := &e.t.Visits[vi]
	if v.Setting&claim.Chronic == 0 || e.exempt(c, vi) {
		return
	}
	for _, li := range e.t.LinesOf(vi) {
		l := &e.t.Lines[li]
		switch l.List {
		case 101, 102, 103, 106:
		default:
			continue
		}
		if l.InScope <= 0 || !e.report(li) {
			continue
		}
		dise := e.chronicOn(v, l.Time.Day())
		if len(dise) == 0 {
			e.skipLine(c, li, "没有病种")
			continue
		}
		if i := slices.IndexFunc(dise, func(d string) bool { return !e.hasList(c, l, d) }); i >= 0 {
			e.skipLine(c, li, "病种没有用药目录")
			continue
		}
		if pi, ok := e.drugAllowed(c, l, dise); !ok {
			e.hitLine(c, li, pi, Fact{"项目", e.itemName(l)}, fact("限定", "病种 %v 的用药目录", dise))
		}
	}
}

// hasList tells whether the knowledge base lists drugs for the disease where and when the line was billed.
func (e *Eval) hasList(c *compiled, l *claim.Line, dise string) bool {
	return slices.ContainsFunc(c.allowed[dise], func(i int32) bool { return e.pointApplies(&e.b.points[i], l) })
}

// chronicOn lists the diseases the person is qualified for on a day, and the visit's own.
func (e *Eval) chronicOn(v *claim.Visit, day claim.Day) []string {
	var out []string
	d := e.b.ds[claim.DictDiag]
	if v.Dise != 0 {
		out = append(out, d.String(v.Dise))
	}
	for _, r := range e.t.Chronics {
		if r.From <= day && (r.To == claim.NoDay || day <= r.To) {
			if s := d.String(r.Dise); !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	return out
}

func (e *Eval) drugAllowed(c *compiled, l *claim.Line, dise []string) ([]int32, bool) {
	var pts []int32
	if int(l.Item) < len(e.b.items) {
		for k := range e.b.items[l.Item] {
			r := &e.b.items[l.Item][k]
			if int(r.card) != c.idx || !e.applies(r, l) {
				continue
			}
			pts = append(pts, r.pt)
			for _, a := range e.b.points[r.pt].allow {
				if slices.Contains(dise, a) {
					return nil, true
				}
			}
		}
	}
	return pts, false
}

// mild: admitted for something that out-patient care treats.
type mild struct{ young, old int }

var infectious = claim.MustDiagSet("A00-B99")

func (a mild) stay(e *Eval, c *compiled, si int32) {
	s := &e.t.Stays[si]
	last := &e.t.Visits[s.Last]
	if last.MainDiag == 0 || e.exemptStay(c, s) {
		return
	}
	d := e.b.ds[claim.DictDiag]
	mainCode := d.String(last.MainDiag)
	pi := int32(-1)
	for _, i := range c.diagPoints {
		if p := &e.b.points[i]; e.pointOnVisit(p, last) && p.diags.Has(mainCode) {
			pi = i
		}
	}
	if pi < 0 || infectious.Has(mainCode) || e.operated(si) {
		return
	}
	for _, vi := range s.Visits {
		if e.b.Vocab.Num(e.t.Visits[vi].AdmWay) == 1 {
			return
		}
		for _, g := range e.t.DiagsOf(vi) {
			code := d.String(g.Code)
			if infectious.Has(code) || category(code) != category(mainCode) {
				return
			}
		}
	}
	p := e.t.PersonOn(e.t.Visits[s.First].Psn, s.In.Day())
	if p == nil || !p.Birth.Has() {
		e.skip(c, s.Inst, "出生日期不详")
		return
	}
	if age := p.Birth.YearsOn(s.In.Day()); age < a.young || age >= a.old {
		return
	}
	h := e.hitVisit(c, s.Last, e.unitStay(si), []int32{pi}, Fact{"限定", e.b.points[pi].Basis}, Fact{"实际", "主诊断 " + mainCode}, e.stakes(si))
	if h != nil && s.Open {
		h.Severity = 3
	}
}

// category is the three-character category of a diagnosis.
func category(code string) string {
	if len(code) > 3 {
		return code[:3]
	}
	return code
}

// operated: an operation is recorded or billed during the stay.
func (e *Eval) operated(si int32) bool {
	for _, vi := range e.t.Stays[si].Visits {
		if len(e.t.OpsOf(vi)) > 0 {
			return true
		}
		for _, li := range e.t.LinesOf(vi) {
			if e.t.Lines[li].Chrg == 6 {
				return true
			}
		}
	}
	return false
}

// stakes is the money a stay finding is about; it charges nothing by itself.
func (e *Eval) stakes(si int32) Fact {
	var m claim.Money
	for _, vi := range e.t.Stays[si].Visits {
		m += e.visitScope(vi)
	}
	return Fact{"涉及金额", m.String() + "元"}
}
