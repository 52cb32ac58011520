package knowledge

import (
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// AreaChain is the way from an admin division up to the nation: ABCDEF → ABCD00 → AB0000 → "". The first that has an
// answer wins. A code that is not six digits has itself and the nation.
func AreaChain(area string) []string {
	chain := []string{}
	add := func(a string) {
		if len(chain) == 0 || chain[len(chain)-1] != a {
			chain = append(chain, a)
		}
	}
	if area != "" {
		add(area)
	}
	if len(area) == 6 {
		add(area[:4] + "00")
		add(area[:2] + "0000")
	}
	add("")
	return chain
}

// Subjects are the item codes that a live point names in any role: what a line of that code costs is money the
// knowledge covers.
func (b *Base) Subjects() map[string]bool {
	out := make(map[string]bool, len(b.Points))
	put := func(codes ...string) {
		for _, c := range codes {
			if c != "" && !strings.HasPrefix(c, "diag:") {
				out[c] = true
			}
		}
	}
	for i := range b.Points {
		p := &b.Points[i]
		put(p.Subject, p.Second)
		put(p.Params.Children...)
		put(p.Params.Require...)
	}
	return out
}

// Lookup brings the item codes of bills to the codes of points. It is immutable and safe for concurrent use.
type Lookup struct {
	subjects map[string]bool
	maps     map[string][]Mapping
}

// NewLookup indexes a base; maps are the code maps that came with the facts, beside those of the base.
func NewLookup(b *Base, maps ...Mapping) *Lookup {
	l := &Lookup{subjects: b.Subjects(), maps: map[string][]Mapping{}}
	for _, ms := range [][]Mapping{b.Maps, maps} {
		for _, m := range ms {
			l.maps[m.Src] = append(l.maps[m.Src], m)
		}
	}
	return l
}

// Resolve is the code under which the points of a billed item are found: the code itself, else without its last
// "-suffix", else what a code map makes of either on that day, the most specific area first. area is the admin
// division of care. False when no point names it.
func (l *Lookup) Resolve(code string, day claim.Day, area string) (string, bool) {
	forms := codeForms(code)
	for _, c := range forms {
		if l.subjects[c] {
			return c, true
		}
	}
	for _, a := range AreaChain(area) {
		for _, c := range forms {
			if dst, ok := l.mapped(c, day, a); ok {
				return dst, true
			}
		}
	}
	return "", false
}

func (l *Lookup) mapped(code string, day claim.Day, area string) (string, bool) {
	for _, m := range l.maps[code] {
		if m.Area != area || day < m.From || day > m.To {
			continue
		}
		for _, c := range codeForms(m.Dst) {
			if l.subjects[c] {
				return c, true
			}
		}
	}
	return "", false
}

// codeForms are a code and, when it has one, the code without its last "-suffix".
func codeForms(code string) []string {
	if i := strings.LastIndexByte(code, '-'); i > 0 {
		return []string{code, code[:i]}
	}
	return []string{code}
}
