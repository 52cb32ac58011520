package rule

import (
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// whole is a violating line with all of its in-scope money.
func whole(li int32) HitLine { return HitLine{Line: li, Type: 1, Num: 1, Den: 1, Money: -1} }

// involved is a line that only serves as evidence.
func involved(li int32) HitLine { return HitLine{Line: li, Type: 2, Num: 0, Den: 1, Money: -1} }

// part is a violating line of which num/den is in excess.
func part(li int32, num, den claim.Qty) HitLine {
	return HitLine{Line: li, Type: 1, Num: int64(num), Den: int64(den), Money: -1}
}

// money is a violating line whose money at issue was computed by the check.
func money(li int32, m claim.Money) HitLine {
	return HitLine{Line: li, Type: 1, Num: 1, Den: 1, Money: m}
}

// hit records a finding on lines. It is dropped unless a violating line is of a month to be reported; what it says of
// other months is parted off at the end (byMonth).
func (e *Eval) hit(c *compiled, unit string, lines []HitLine, pts []int32, facts ...Fact) *Hit {
	reported := func(l HitLine) bool { return l.Type == 1 && e.report(l.Line) }
	if !slices.ContainsFunc(lines, reported) {
		return nil
	}
	if lines = e.guarded(c, lines); c.guard != nil && !slices.ContainsFunc(lines, reported) {
		return nil
	}
	e.hits = append(e.hits, Hit{Card: c.Card, CardIdx: c.idx, Severity: c.Severity, Visit: -1, Setl: -1, Lines: lines, Points: pts,
		Unit: unit, Facts: facts, Vola: claim.None64})
	return &e.hits[len(e.hits)-1]
}

// byMonth parts findings whose violating lines were settled in several months, one for each month, so that a month's
// money is charged in that month and once. The first month keeps the unit's name.
func (e *Eval) byMonth() {
	for i := range e.hits {
		var months []claim.Month
		for _, l := range e.hits[i].Lines {
			if m := e.t.Lines[l.Line].Month; l.Type == 1 && !slices.Contains(months, m) {
				months = append(months, m)
			}
		}
		if len(months) < 2 {
			continue
		}
		slices.Sort(months)
		whole := e.hits[i]
		e.hits[i].Lines = nil
		for k, m := range months {
			if !e.inRange(m) {
				continue
			}
			h := whole
			h.Lines = e.linesOf(whole.Lines, m)
			if k > 0 {
				h.Unit = key(whole.Unit, m.String())
			}
			e.hits = append(e.hits, h)
		}
	}
	e.hits = slices.DeleteFunc(e.hits, func(h Hit) bool { return h.Lines == nil && h.Visit < 0 && h.Setl < 0 })
}

// linesOf keeps the violating lines of a month; the others become evidence.
func (e *Eval) linesOf(lines []HitLine, m claim.Month) []HitLine {
	out := slices.Clone(lines)
	for i := range out {
		if out[i].Type == 1 && e.t.Lines[out[i].Line].Month != m {
			out[i] = involved(out[i].Line)
		}
	}
	return out
}

// hitLine records a finding on one whole line.
func (e *Eval) hitLine(c *compiled, li int32, pts []int32, facts ...Fact) *Hit {
	return e.hit(c, e.unitLine(li), []HitLine{whole(li)}, pts, facts...)
}

// hitVisit records a finding without lines on a visit (or on the stay that ends with it).
func (e *Eval) hitVisit(c *compiled, vi int32, unit string, pts []int32, facts ...Fact) *Hit {
	v := &e.t.Visits[vi]
	if !e.inRange(v.Month) || !e.allowed(c, vi, v.FirstSetl, v.Inst) {
		return nil
	}
	e.hits = append(e.hits, Hit{Card: c.Card, CardIdx: c.idx, Severity: c.Severity, Visit: vi, Setl: v.FirstSetl, Points: pts, Unit: unit,
		Facts: facts, Vola: 0})
	return &e.hits[len(e.hits)-1]
}

// hitSettle records a finding on a settlement.
func (e *Eval) hitSettle(c *compiled, si int32, facts ...Fact) *Hit {
	s := &e.t.Setls[si]
	if !e.inRange(s.Month) || !e.allowed(c, s.Visit, si, s.Inst) {
		return nil
	}
	e.hits = append(e.hits, Hit{Card: c.Card, CardIdx: c.idx, Severity: c.Severity, Visit: s.Visit, Setl: si,
		Unit: key("setl", e.t.SetlID(s)), Facts: facts, Vola: s.LineScope})
	return &e.hits[len(e.hits)-1]
}

// key joins the parts of a subject key.
func key(parts ...string) string { return strings.Join(parts, "\x1f") }

func (e *Eval) unitLine(li int32) string {
	l := &e.t.Lines[li]
	setl := ""
	if l.Setl >= 0 {
		setl = e.t.SetlID(&e.t.Setls[l.Setl])
	}
	return key("line", e.inst(l.Inst), e.t.LineMdtrt(l), e.t.FeedetlSn(l), setl)
}

func (e *Eval) unitVisit(vi int32) string { return key("visit", e.t.MdtrtID(&e.t.Visits[vi])) }

// unitStay is the stay by its last visit.
func (e *Eval) unitStay(si int32) string { return e.unitVisit(e.t.Stays[si].Last) }

// scopeUnit names what in-patient lines share (the stay) and other lines (the visit).
func (e *Eval) scopeUnit(l *claim.Line) string {
	if l.Visit >= 0 {
		if s := e.t.Visits[l.Visit].Stay; s >= 0 {
			return e.t.MdtrtID(&e.t.Visits[e.t.Stays[s].First])
		}
	}
	return e.t.LineMdtrt(l)
}

// scopeID is a number for scopeUnit that is equal for lines of the same stay or visit.
func (e *Eval) scopeID(l *claim.Line) int64 {
	if l.Visit < 0 {
		return int64(l.VisitKey | 1<<63)
	}
	if s := e.t.Visits[l.Visit].Stay; s >= 0 {
		return int64(s) | 1<<40
	}
	return int64(l.Visit)
}

func (e *Eval) inst(code int32) string { return e.b.ds[claim.DictInst].String(code) }
func (e *Eval) item(code int32) string { return e.b.ds[claim.DictItem].String(code) }

// itemName is what the bill calls the item.
func (e *Eval) itemName(l *claim.Line) string {
	if s := e.text(l, "hilist_name"); s != "" {
		return s
	}
	if s := e.text(l, "medins_list_name"); s != "" {
		return s
	}
	return e.item(l.Item)
}

func (e *Eval) instName(inst int32, d claim.Day) string {
	if x := e.b.Ref.InstOn(inst, d); x != nil && x.Name != 0 {
		return e.b.ds[claim.DictText].String(x.Name)
	}
	return e.inst(inst)
}

// Point returns a compiled point by number, for explanations.
func (b *Bound) Point(i int32) (id, basis, source string) {
	p := b.points[i].Point
	return p.ID, p.Basis, p.Source
}

// Missing returns the table a card lacks ("" when it can be judged), by card number.
func (b *Bound) Missing(card int) string { return b.missing[card] }

// overLimit collects the lines after a limit: quantities are used up in line order, the crossing line is at fault with
// its excess only, earlier ones are evidence. It returns nil when the limit holds.
func (e *Eval) overLimit(refs []lineRef, limit claim.Qty) (lines []HitLine, total claim.Qty) {
	for _, r := range refs {
		total += e.t.Lines[r.li].Cnt
	}
	if total <= limit {
		return nil, total
	}
	counts := make([]claim.Qty, len(refs))
	for i, r := range refs {
		counts[i] = e.t.Lines[r.li].Cnt
	}
	return afterLimit(refs, counts, limit), total
}

// afterLimit parts lines, each with its quantity, into those within a limit and those at fault.
func afterLimit(refs []lineRef, counts []claim.Qty, limit claim.Qty) (lines []HitLine) {
	var used claim.Qty
	for i, r := range refs {
		before := used
		used += counts[i]
		switch {
		case used <= limit:
			lines = append(lines, involved(r.li))
		case before >= limit:
			lines = append(lines, whole(r.li))
		default:
			lines = append(lines, part(r.li, used-limit, counts[i]))
		}
	}
	return lines
}
