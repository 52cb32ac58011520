package synth

import (
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/knowledge"
)

// coded labels what the codes that a scene put on a stay make of it besides: codes that contradict the patient or each other (R011), and a
// grave code that nothing on the bill treats (R019). Scenes write codes for their own card only.
func (s *scene) coded(v *visit) {
	for _, c := range []struct {
		rule string
		says func(p *knowledge.Point, d string) bool
	}{
		{"R011", func(p *knowledge.Point, d string) bool {
			age := s.p.age(v.day())
			other := strings.TrimPrefix(p.Second, "diag:")
			switch {
			case p.DiagSet == "" || !inSet(d, p.DiagSet):
				return false
			case p.Second != "":
				return slices.ContainsFunc(v.diags, func(x string) bool { return x != d && strings.HasPrefix(x, other) })
			}
			return p.Sex == "男" && !s.p.male || p.Sex == "女" && s.p.male || p.AgeMin >= 0 && age < p.AgeMin || p.AgeMax >= 0 && age > p.AgeMax
		}},
		{"R019", func(p *knowledge.Point, d string) bool {
			return inSet(d, p.DiagSet) && !slices.ContainsFunc(p.Params.Require, func(code string) bool { return s.hasCode(v, code) })
		}},
	} {
		if s.sc.rule == c.rule {
			continue
		}
		for _, p := range s.ix.points[c.rule] {
			if slices.ContainsFunc(v.diags, func(d string) bool { return c.says(p, d) }) {
				s.also(c.rule, v, nil, zero)
				break
			}
		}
	}
}
