package paper

import "strings"

const (
	notFirst = "，。、；：！？）》」』】”’％%,.;:!?)]}…—·"
	notLast  = "（《「『【“‘([{￥"
)

func (x *pdf) letter(r rune, size float64) float64 {
	w, ok := x.wide[r]
	if !ok {
		x.SetFont(family, "", 100)
		w = x.GetStringWidth(string(r)) / 100
		x.wide[r] = w
	}
	return w * size
}

func (x *pdf) span(l []Span, size float64) (w float64) {
	for _, s := range l {
		for _, r := range s.Text {
			w += x.letter(r, size)
		}
	}
	return w
}

// wrap parts text into lines of a width, the first shorter by indent. Letters of one word or number stay together; no line begins with a
// closing mark or ends with an opening one. What is longer than a line is cut where it must be.
func (x *pdf) wrap(s []Span, size, width, indent float64) (out [][]Span) {
	type glyph struct {
		r    rune
		bold bool
	}
	var gs []glyph
	for _, p := range s {
		for _, r := range p.Text {
			gs = append(gs, glyph{r, p.Bold})
		}
	}
	if len(gs) == 0 {
		return [][]Span{{}}
	}
	line := func(gs []glyph) (l []Span) {
		for _, g := range gs {
			if k := len(l) - 1; k >= 0 && l[k].Bold == g.bold {
				l[k].Text += string(g.r)
			} else {
				l = append(l, Span{string(g.r), g.bold})
			}
		}
		return l
	}
	room := width - indent
	for from := 0; from < len(gs); {
		used, to := 0.0, from
		for to < len(gs) && used+x.letter(gs[to].r, size) <= room+0.01 {
			used += x.letter(gs[to].r, size)
			to++
		}
		if to == from {
			to++ // one letter wider than the line
		}
		if to < len(gs) {
			cut := to
			for cut > from+1 && !mayPart(gs[cut-1].r, gs[cut].r) {
				cut--
			}
			if cut > from+1 || mayPart(gs[cut-1].r, gs[cut].r) {
				to = cut
			}
		}
		out = append(out, line(gs[from:to]))
		for from = to; from < len(gs) && gs[from].r == ' '; {
			from++
		}
		room = width
	}
	return out
}

// mayPart tells whether a line may end between two letters.
func mayPart(a, b rune) bool {
	if strings.ContainsRune(notFirst, b) || strings.ContainsRune(notLast, a) {
		return false
	}
	return a >= 0x2e80 || b >= 0x2e80 || a == ' ' || b == ' '
}
