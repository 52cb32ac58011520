package rule

import (
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// Kind ATTR, continued: what the fund does not pay for at all, or only for some people or in some places.
func init() {
	register("ATTR", "excluded", func(p *params, c *Card) (any, error) { return excluded{p.bool("pool_only", false)}, nil })
	register("ATTR", "herb_single", func(p *params, c *Card) (any, error) { return herbSingle{}, nil })
	register("ATTR", "benefit_group", func(p *params, c *Card) (any, error) { return benefitGroup{}, nil })
	register("ATTR", "overseas", func(p *params, c *Card) (any, error) {
		return overseas{words(p.str("areas", "71|81|82")), words(p.str("names", "境外|国外"))}, nil
	})
}

// words splits a list parameter; an empty one names nothing.
func words(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == '|' })
}

func hasAnyPrefix(s string, parts []string) bool {
	return slices.ContainsFunc(parts, func(p string) bool { return strings.HasPrefix(s, p) })
}

// excluded: items that are never within the scope of the fund. Diagnoses of the point make them treatment after all
// (a scar after burns). poolOnly leaves alone what only the personal account paid for.
type excluded struct{ poolOnly bool }

func (a excluded) line(e *Eval, c *compiled, li, pi int32) {
	l, pt := &e.t.Lines[li], &e.b.points[pi]
	if (a.poolOnly && !e.t.FundPaid(l)) || (!pt.diags.Empty() && e.visitDiag(l.Visit, &pt.diags)) {
		return
	}
	e.hitLine(c, li, []int32{pi}, Fact{"项目", e.itemName(l)})
}

// herbSingle: herbs that are not paid for when they are all there is in a prescription.
type herbSingle struct{}

func isHerb(l *claim.Line) bool { return l.List == 102 || l.List == 106 }

func (herbSingle) line(e *Eval, c *compiled, li, pi int32) {
	l := &e.t.Lines[li]
	if !isHerb(l) || l.Visit < 0 {
		return
	}
	rx, herb := e.text(l, "rxno"), e.b.canonical(l.Item)
	for _, oi := range e.t.LinesOf(l.Visit) {
		o := &e.t.Lines[oi]
		if isHerb(o) && e.b.canonical(o.Item) != herb && e.samePrescription(l, o, rx) {
			return
		}
	}
	e.hitLine(c, li, []int32{pi}, Fact{"项目", e.itemName(l)}, Fact{"日期", l.Time.Day().String()})
}

// samePrescription compares two lines of a visit: the same number, or none and the same day.
func (e *Eval) samePrescription(l, o *claim.Line, rx string) bool {
	other := e.text(o, "rxno")
	if rx != "" || other != "" {
		return rx == other
	}
	return l.Time.Day() == o.Time.Day()
}

// benefitGroup: items that only some classes of insured people, or ages, are entitled to.
type benefitGroup struct{}

func (benefitGroup) line(e *Eval, c *compiled, li, pi int32) {
	l, pt := &e.t.Lines[li], &e.b.points[pi]
	ages := pt.AgeMin >= 0 || pt.AgeMax >= 0
	if !e.t.FundPaid(l) || (len(pt.allow) == 0 && !ages) {
		return
	}
	if ages {
		age, _, ok := e.ageOn(c, li)
		if !ok || (age >= pt.AgeMin && (pt.AgeMax < 0 || age <= pt.AgeMax)) {
			return
		}
	}
	class := e.psnType(l)
	if class == "" && len(pt.allow) > 0 {
		e.skipLine(c, li, "人员类别不详")
		return
	}
	if hasAnyPrefix(class, pt.allow) {
		return
	}
	e.hitLine(c, li, []int32{pi}, Fact{"项目", e.itemName(l)}, Fact{"限定", pt.Basis}, Fact{"实际", "人员类别 " + class})
}

// psnType is the class of insured person of a line: its settlement's, its visit's, else the person's that day.
func (e *Eval) psnType(l *claim.Line) string {
	code := int32(0)
	if l.Setl >= 0 {
		s := &e.t.Setls[l.Setl]
		b := e.t.Source(s.Src)
		code = b.I32(b.Table.MustCol("psn_type"), int(s.Row))
	}
	if code == 0 && l.Visit >= 0 {
		code = e.visitCode(l.Visit, "psn_type")
	}
	if p := e.t.PersonOf(l); code == 0 && p != nil {
		code = p.PsnType
	}
	return e.b.Vocab.Str(code)
}

// visitCode reads a coded column of a visit that visits do not keep.
func (e *Eval) visitCode(vi int32, col string) int32 {
	v := &e.t.Visits[vi]
	b := e.t.Source(v.Src)
	return b.I32(b.Table.MustCol(col), int(v.Row))
}

// overseas: care outside the mainland is never paid for.
type overseas struct{ areas, names []string }

func (a overseas) settle(e *Eval, c *compiled, si int32) {
	s := &e.t.Setls[si]
	if s.Fund <= 0 {
		return
	}
	day := s.Time.Day()
	x := e.b.Ref.InstOn(s.Inst, day)
	if x == nil {
		e.skip(c, s.Inst, "机构不详")
		return
	}
	area := e.b.ds[claim.DictList].String(x.Area)
	if !hasAnyPrefix(area, a.areas) && !containsAny(e.b.ds[claim.DictText].String(x.Name), a.names...) {
		return
	}
	if s.Visit >= 0 && e.exempt(c, s.Visit) {
		return
	}
	e.hitSettle(c, si, Fact{"机构", e.instName(s.Inst, day)}, Fact{"实际", "就医地 " + area}, Fact{"日期", day.String()})
}
