package rule

import (
	"slices"

	"github.com/mingjian/mingjian/internal/claim"
)

// Kind SEQ: what ought to have come before.
func init() {
	register("SEQ", "first_line", func(p *params, c *Card) (any, error) {
		diags, err := claim.ParseDiagSet(p.str("intolerance", "Z88|T88.6|T88.7|Y40-Y59"))
		return firstLine{claim.Day(p.int("lookback_d", 180)), diags}, err
	})
}

// firstLine: a second-line drug begun without any first-line drug before it. Refills at later visits go on with what was
// begun and are not judged again; somebody whose earlier care is unknown is not judged at all.
type firstLine struct {
	lookback    claim.Day
	intolerance claim.DiagSet
}

func (a firstLine) line(e *Eval, c *compiled, li, pi int32) {
	l, pt := &e.t.Lines[li], &e.b.points[pi]
	day := l.Time.Day()
	since := day - a.lookback + 1
	first := e.genericsOf(pt.Params.Require)
	same := e.genericOf(l.Item)
	for i := e.sameInstant(li); i >= 0 && e.t.Lines[i].Time.Day() >= since; i-- {
		o := &e.t.Lines[i]
		if !before(o.Time, l.Time) {
			continue
		}
		g := e.genericOf(o.Item)
		if slices.Contains(first, g) || (g == same && e.scopeID(o) != e.scopeID(l)) {
			return
		}
	}
	if a.unfitFor(e, pt, l.Visit, since, day) {
		return
	}
	if !e.knownSince(since) {
		e.skipLine(c, li, "没有回溯期以前的就诊记录")
		return
	}
	h := e.hitLine(c, li, []int32{pi}, Fact{"项目", e.itemName(l)}, Fact{"限定", pt.Basis}, fact("天数", "%d", a.lookback), Fact{"日期", day.String()})
	if h != nil && e.approved(l) {
		h.Severity = 3
	}
}

// sameInstant is the last of the lines that cannot be told to come after a line: those of the same instant, for what one
// prescription holds has no order, and of the same day where either names no clock.
func (e *Eval) sameInstant(li int32) int32 {
	l, last := &e.t.Lines[li], li
	for i := li + 1; int(i) < len(e.t.Lines) && e.t.Lines[i].Time.Day() == l.Time.Day(); i++ {
		if before(e.t.Lines[i].Time, l.Time) {
			last = i
		}
	}
	return last
}

// unfitFor tells whether the line's own visit or one within the look-back names an intolerance, or what the point knows as a contraindication.
func (a firstLine) unfitFor(e *Eval, pt *point, own int32, since, day claim.Day) bool {
	for vi := range e.t.Visits {
		v := &e.t.Visits[vi]
		if d := v.Begin.Day(); int32(vi) != own && (d > day || (d < since && v.Setting&claim.Inpatient == 0) || (!v.Open && max(v.Begin.Day(), v.End.Day()) < since)) {
			continue
		}
		if e.visitDiag(int32(vi), &a.intolerance) || e.visitDiag(int32(vi), &pt.diags) {
			return true
		}
	}
	return false
}

// genericOf identifies a drug: its generic name in the catalogue, else the item.
func (e *Eval) genericOf(item int32) int64 { return e.b.genericOf(item) }

func (b *Bound) genericOf(item int32) int64 {
	if item > 0 && int(item) < len(b.drugs) {
		return b.drugs[item].generic
	}
	return -int64(item)
}

func (e *Eval) genericsOf(codes []string) []int64 {
	out := make([]int64, 0, len(codes))
	for _, s := range codes {
		if it := e.b.ds[claim.DictItem].Find(s); it > 0 {
			out = append(out, e.genericOf(it))
		}
	}
	return out
}

// knownSince tells whether the person's care is known from before a day: there is an earlier visit.
func (e *Eval) knownSince(d claim.Day) bool {
	return len(e.t.Visits) > 0 && e.t.Visits[0].Begin.Day() < d
}

// markGenerics adds to the items of look-back cards every other product of the drugs they name.
func (b *Bound) markGenerics(items []bool, named []int32) {
	set := map[int64]bool{}
	for _, it := range named {
		if g := b.genericOf(it); g > 0 {
			set[g] = true
		}
	}
	for i := range items {
		if len(set) > 0 && set[b.genericOf(int32(i))] {
			items[i] = true
		}
	}
}
