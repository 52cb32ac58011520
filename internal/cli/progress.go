package cli

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// meter shows one line of progress with rate and time left: redrawn in place on a terminal, a line every few seconds
// otherwise.
type meter struct {
	w     io.Writer
	tty   bool
	start time.Time
	last  time.Time
	width int
	whole bool // all of it has been shown as done
	json  bool // for the server that started this program: lines of done and total
}

// settled is how long a rate must have been watched before time left is told from it.
const settled = 2 * time.Second

func newMeter(w io.Writer) *meter {
	m := &meter{w: w, start: time.Now()}
	if f, ok := w.(*os.File); ok {
		if st, err := f.Stat(); err == nil {
			m.tty = st.Mode()&os.ModeCharDevice != 0
		}
	}
	return m
}

// meter is a meter on the error stream.
func (s *streams) meter() *meter {
	m := newMeter(s.err)
	m.json = s.child
	return m
}

// childEvery is how often a child says how far it is.
const childEvery = 300 * time.Millisecond

// show draws progress: what is done of all, and how many rows so far.
func (m *meter) show(label string, done, total, rows int64) {
	every := 5 * time.Second
	if m.tty {
		every = 100 * time.Millisecond
	}
	if m.json {
		every = childEvery
	}
	now := time.Now()
	if now.Sub(m.last) < every && (done < total || m.whole) {
		return
	}
	m.last, m.whole = now, done >= total
	if m.json {
		fmt.Fprintf(m.w, "{\"done\":%d,\"total\":%d}\n", done, total)
		return
	}
	s := label
	gone := now.Sub(m.start)
	if rows > 0 && gone > 0 {
		s += fmt.Sprintf(" %s 行，每秒 %s 行", thousands(rows), thousands(int64(float64(rows)/gone.Seconds())))
	}
	if total > 0 {
		s += fmt.Sprintf("，完成 %.0f%%", 100*float64(done)/float64(total))
		if gone > settled && done > 0 && done < total {
			s += "，约剩 " + span(time.Duration(float64(gone)*float64(total-done)/float64(done)))
		}
	}
	if !m.tty {
		fmt.Fprintln(m.w, s)
		return
	}
	pad := max(0, m.width-len(s))
	m.width = len(s)
	fmt.Fprint(m.w, "\r"+s+strings.Repeat(" ", pad))
}

// end leaves the progress line.
func (m *meter) end() {
	if m.tty && m.width > 0 {
		fmt.Fprintln(m.w)
	}
	m.width = 0
}

func span(d time.Duration) string {
	switch s := int(d.Seconds()); {
	case s < 60:
		return fmt.Sprintf("%d 秒", s)
	case s < 3600:
		return fmt.Sprintf("%d 分 %d 秒", s/60, s%60)
	default:
		return fmt.Sprintf("%d 小时 %d 分", s/3600, s/60%60)
	}
}

// thousands writes 1234567 as 1,234,567.
func thousands(n int64) string {
	s := fmt.Sprint(n)
	neg := strings.HasPrefix(s, "-")
	s = strings.TrimPrefix(s, "-")
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	if neg {
		return "-" + s
	}
	return s
}

// yuan writes money with thousands separators.
func yuan(fen int64) string {
	neg := ""
	if fen < 0 {
		neg, fen = "-", -fen
	}
	return fmt.Sprintf("%s%s.%02d", neg, thousands(fen/100), fen%100)
}
