package oracle

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// said is everything that one side says of one violating line, or of one visit, settlement or person, by one card.
type said struct {
	times    int
	severity int // most serious
	vola     claim.Money
	months   []string
}

// Diff explains in words what two lists of findings do not agree on: a is the first voice, b the second. Findings are
// compared by card and violating line (without lines: by card, visit and settlement), then by severity, number, month
// and money. Evidence lines are not compared.
func Diff(a, b []Finding) []string {
	return compareSaid(gather(a), gather(b))
}

func compareSaid(x, y map[string]said) []string {
	keys := []string{}
	for k := range x {
		keys = append(keys, k)
	}
	for k := range y {
		if _, both := x[k]; !both {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	var out []string
	for _, k := range keys {
		p, inA := x[k]
		q, inB := y[k]
		switch {
		case !inB:
			out = append(out, fmt.Sprintf("%s: only the first has it (severity %d, %s, %s)", k, p.severity, p.vola, strings.Join(p.months, " ")))
		case !inA:
			out = append(out, fmt.Sprintf("%s: only the second has it (severity %d, %s, %s)", k, q.severity, q.vola, strings.Join(q.months, " ")))
		default:
			out = append(out, p.against(k, q)...)
		}
	}
	return out
}

func (p said) against(k string, q said) []string {
	var out []string
	if p.severity != q.severity {
		out = append(out, fmt.Sprintf("%s: severity %d against %d", k, p.severity, q.severity))
	}
	if p.times != q.times {
		out = append(out, fmt.Sprintf("%s: %d findings against %d", k, p.times, q.times))
	}
	if p.vola != q.vola {
		out = append(out, fmt.Sprintf("%s: money %s against %s", k, p.vola, q.vola))
	}
	if !slices.Equal(p.months, q.months) {
		out = append(out, fmt.Sprintf("%s: month %s against %s", k, strings.Join(p.months, " "), strings.Join(q.months, " ")))
	}
	return out
}

func gather(fs []Finding) map[string]said {
	out := map[string]said{}
	add := func(k string, f Finding, vola claim.Money) {
		s := out[k]
		if s.times == 0 || f.Severity < s.severity {
			s.severity = f.Severity
		}
		s.times++
		s.vola += vola
		if m := f.Month.String(); !slices.Contains(s.months, m) {
			s.months = append(s.months, m)
			slices.Sort(s.months)
		}
		out[k] = s
	}
	for _, f := range fs {
		if !violates(f) {
			k := f.Rule + " visit " + f.Mdtrt
			if f.Setl != "" {
				k += " settlement " + f.Setl
			}
			add(k, f, f.Vola)
			continue
		}
		for _, l := range f.Lines {
			if l.Type == 1 {
				add(f.Rule+" visit "+l.MdtrtID+" line "+l.FeedetlSn, f, l.Vola)
			}
		}
	}
	return out
}

// Differences is Diff without the number of findings and months: what two sides say of one case.
func Differences(a, b []Finding) []string {
	x, y := gather(a), gather(b)
	for _, m := range []map[string]said{x, y} {
		for k, s := range m {
			s.times, s.months = 1, nil
			m[k] = s
		}
	}
	return compareSaid(x, y)
}
