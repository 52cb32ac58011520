package cli

import (
	"fmt"
	"io"
	"strings"
)

// table prints rows in columns; Chinese characters are two cells wide. Columns whose header begins with ">" are
// right-aligned.
func table(w io.Writer, head []string, rows [][]string) {
	width := make([]int, len(head))
	right := make([]bool, len(head))
	hs := make([]string, len(head))
	for i, h := range head {
		right[i] = strings.HasPrefix(h, ">")
		hs[i] = strings.TrimPrefix(h, ">")
		width[i] = cells(hs[i])
	}
	for _, r := range rows {
		for i, c := range r {
			width[i] = max(width[i], cells(c))
		}
	}
	line := func(r []string) {
		var b strings.Builder
		for i, c := range r {
			pad := strings.Repeat(" ", width[i]-cells(c))
			if right[i] {
				b.WriteString(pad + c)
			} else {
				b.WriteString(c + pad)
			}
			b.WriteString("  ")
		}
		fmt.Fprintln(w, strings.TrimRight(b.String(), " "))
	}
	line(hs)
	for _, r := range rows {
		line(r)
	}
}

// cells is how many terminal cells a string takes.
func cells(s string) int {
	n := 0
	for _, r := range s {
		if r >= 0x2e80 {
			n++
		}
		n++
	}
	return n
}
