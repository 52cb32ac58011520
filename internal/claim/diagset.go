package claim

import (
	"fmt"
	"strings"
)

// DiagSet is a set of diagnosis (or operation) codes: prefixes and ranges of three-character categories, separated by
// "|": "I60-I69|G45|E11.2". Matching is by prefix, ranges by category, case kept.
type DiagSet struct {
	prefixes []string
	ranges   [][2]string
}

// ParseDiagSet reads a set; blanks, commas and semicolons separate too.
func ParseDiagSet(s string) (DiagSet, error) {
	var d DiagSet
	for _, f := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("|,;，；、 ", r) }) {
		a, b, isRange := strings.Cut(strings.ReplaceAll(f, "–", "-"), "-")
		if !isRange {
			d.prefixes = append(d.prefixes, f)
			continue
		}
		if len(a) < 3 || len(b) < 3 || a[:3] > b[:3] {
			return d, fmt.Errorf("诊断区间 %q 应写作 I60-I69", f)
		}
		d.ranges = append(d.ranges, [2]string{a[:3], b[:3]})
	}
	return d, nil
}

// MustDiagSet is ParseDiagSet for sets that code spells itself.
func MustDiagSet(s string) DiagSet {
	d, err := ParseDiagSet(s)
	if err != nil {
		panic(err)
	}
	return d
}

// Empty tells that the set holds nothing.
func (d DiagSet) Empty() bool { return len(d.prefixes) == 0 && len(d.ranges) == 0 }

// Has tells whether the code belongs to the set.
func (d DiagSet) Has(code string) bool {
	for _, p := range d.prefixes {
		if strings.HasPrefix(code, p) {
			return true
		}
	}
	if len(code) >= 3 {
		for _, r := range d.ranges {
			if c := code[:3]; r[0] <= c && c <= r[1] {
				return true
			}
		}
	}
	return false
}
