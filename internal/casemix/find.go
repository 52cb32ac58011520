package casemix

import (
	"cmp"
	"slices"
	"strings"
)

// Code is a code with its title, for those who look one up.
type Code struct {
	Code  string `json:"code"`
	Title string `json:"title"`
}

// Find lists up to n codes that begin with the words or whose title holds them, those that begin with them first.
func (s *Scheme) Find(procedure bool, words string, n int) []Code {
	kind := diagnoses
	if procedure {
		kind = procedures
	}
	b := &s.books[kind]
	begin := Fold(words)
	type hit struct {
		Code
		inside bool
	}
	var hits []hit
	for _, name := range b.names {
		code := Fold(name)
		title := b.titles[code]
		switch {
		case begin != "" && strings.HasPrefix(code, begin):
			hits = append(hits, hit{Code{name, title}, false})
		case words != "" && title != "" && strings.Contains(title, strings.TrimSpace(words)):
			hits = append(hits, hit{Code{name, title}, true})
		}
	}
	slices.SortFunc(hits, func(x, y hit) int {
		if x.inside != y.inside {
			if y.inside {
				return -1
			}
			return 1
		}
		return cmp.Compare(x.Code.Code, y.Code.Code)
	})
	out := []Code{}
	for _, h := range hits[:min(n, len(hits))] {
		out = append(out, h.Code)
	}
	return out
}
