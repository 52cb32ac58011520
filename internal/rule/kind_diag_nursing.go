package rule

import (
	"slices"

	"github.com/mingjian/mingjian/internal/claim"
)

// Kind DIAG: nursing of a high grade for a light illness (F019).
func init() {
	register("DIAG", "nursing", func(p *params, c *Card) (any, error) {
		return nursingGrade{p.int("young_y", 6), p.int("old_y", 75), claim.Qty(p.int("free_d", 1)) * claim.QtyOne}, nil
	})
}

// nursingGrade: every diagnosis of the stay is light (the point's set), nobody was operated, rescued or in intensive care,
// neither very young nor old. The first days of observation are lawful.
type nursingGrade struct {
	young, old int
	free       claim.Qty
}

func (a nursingGrade) group(e *Eval, c *compiled, refs []lineRef) {
	stayOf := func(r lineRef) int32 {
		if v := e.t.Lines[r.li].Visit; v >= 0 {
			return e.t.Visits[v].Stay
		}
		return -1
	}
	var done []lineRef
	for i, r := range refs {
		si := stayOf(r)
		same := func(o lineRef) bool { return o.pt == r.pt && stayOf(o) == si }
		if si < 0 || slices.ContainsFunc(done, same) {
			continue
		}
		done = append(done, r)
		of := []lineRef{r}
		for _, o := range refs[i+1:] {
			if same(o) {
				of = append(of, o)
			}
		}
		a.judge(e, c, si, of)
	}
}

func (a nursingGrade) judge(e *Eval, c *compiled, si int32, refs []lineRef) {
	s, pt := &e.t.Stays[si], &e.b.points[refs[0].pt]
	light, known := a.light(e, s, pt)
	if !known {
		e.skipLine(c, refs[0].li, "没有诊断")
		return
	}
	if !light || s.Tags&(claim.Rescue|claim.Died|claim.Pregnancy|claim.Psychiatric|claim.Oncology|claim.NewbornWithMother) != 0 || e.operated(si) || e.intensive(s) {
		return
	}
	p := e.t.PersonOn(e.t.Visits[s.First].Psn, s.In.Day())
	if p == nil || !p.Birth.Has() {
		e.skipLine(c, refs[0].li, "出生日期不详")
		return
	}
	if age := p.Birth.YearsOn(s.In.Day()); age < a.young || age >= a.old {
		return
	}
	lines, total := e.overLimit(refs, a.free)
	if lines == nil {
		return
	}
	first := &e.t.Lines[refs[0].li]
	e.hitFrom(c, key("nursing", e.t.MdtrtID(&e.t.Visits[s.First]), pt.Subject), lines, refs[0].pt, Fact{"项目", e.itemName(first)},
		Fact{"量", total.String()}, Fact{"限额", a.free.String()}, Fact{"实际", "诊断 " + e.b.ds[claim.DictDiag].String(e.stayDiag(s))})
}

// light: all diagnoses of the stay are of the point's set; known is false when there is none.
func (nursingGrade) light(e *Eval, s *claim.Stay, pt *point) (light, known bool) {
	d := e.b.ds[claim.DictDiag]
	for _, vi := range s.Visits {
		codes := []int32{e.t.Visits[vi].MainDiag}
		for _, g := range e.t.DiagsOf(vi) {
			codes = append(codes, g.Code)
		}
		for _, code := range codes {
			if code == 0 {
				continue
			}
			if known = true; !pt.diags.Has(d.String(code)) {
				return false, true
			}
		}
	}
	return known, known
}

// intensive: the stay was in intensive care, by its records.
func (e *Eval) intensive(s *claim.Stay) bool {
	for _, r := range e.t.Extra["icu"] {
		for _, vi := range s.Visits {
			if e.t.Visits[vi].Key == r.B.Visit[r.Row] {
				return true
			}
		}
	}
	return false
}
